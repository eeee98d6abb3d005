package ledger_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"plumbline/internal/authz"
	"plumbline/internal/fault"
	"plumbline/internal/ledger"
	"plumbline/internal/store"
	"plumbline/internal/store/storetest"
	"plumbline/internal/wording"
)

// designer looks after the whole installation.
var designer = func() authz.Actor {
	a := as(9, 0)
	a.Grants = []authz.Grant{{Role: "admin", Unit: authz.Whole}}
	return a
}()

// draft begins the next version of the finding ledger and changes it.
func (h *house) draft(change func(d *ledger.Definition)) ledger.TypeDraft {
	h.t.Helper()
	id, err := h.ChangeType(h.ctx, designer, "rectification")
	if err != nil {
		h.t.Fatal(err)
	}
	t, err := h.TypeDraft(h.ctx, designer, id)
	if err != nil {
		h.t.Fatal(err)
	}
	d := t.Definition()
	change(d)
	if err := h.SaveTypeDraft(h.ctx, designer, id, t.Version, d.Text()); err != nil {
		h.t.Fatal(err)
	}
	if t, err = h.TypeDraft(h.ctx, designer, id); err != nil {
		h.t.Fatal(err)
	}
	return t
}

// without takes a state and the steps that lead from it alone out of a definition; what led to it leads to another.
func without(d *ledger.Definition, state, instead string) {
	d.States = slices.DeleteFunc(d.States, func(s ledger.State) bool { return s.ID == state })
	d.Steps = slices.DeleteFunc(d.Steps, func(t ledger.Transition) bool { return slices.Equal(t.From, []string{state}) })
	for i := range d.Steps {
		if d.Steps[i].To == state {
			d.Steps[i].To = instead
		}
		d.Steps[i].From = slices.DeleteFunc(slices.Clone(d.Steps[i].From), func(s string) bool { return s == state })
	}
	for i := range d.Clocks {
		d.Clocks[i].States = slices.DeleteFunc(slices.Clone(d.Clocks[i].States), func(s string) bool { return s == state })
	}
	d.Clocks = slices.DeleteFunc(d.Clocks, func(k ledger.Clock) bool { return len(k.States) == 0 })
}

func TestACopyIsPublishedAndWorksAtOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		h := open(t, db, clock)
		name := wording.Text{"zh": "督办台账", "en": "Supervision"}
		if _, err := h.CopyType(h.ctx, clerk, "rectification", ledger.CopyIn{Name: name, One: name, Prefix: "DB"}); fault.KindOf(err) != fault.Forbidden {
			t.Fatalf("a clerk copies a ledger: %v", err)
		}
		if _, err := h.CopyType(h.ctx, designer, "rectification", ledger.CopyIn{Name: wording.Text{"zh": "督办", "en": "督办"}, One: name, Prefix: "DB"}); fault.KindOf(err) != fault.Invalid {
			t.Fatalf("a name that gives no id: %v", err)
		}
		id, err := h.CopyType(h.ctx, designer, "rectification", ledger.CopyIn{Name: name, One: name, Prefix: "ZG"})
		if err != nil {
			t.Fatal(err)
		}
		draft, _ := h.TypeDraft(h.ctx, designer, id)
		if _, problems, err := h.ReadDraft(h.ctx, db, draft); err != nil || len(problems) != 1 || problems[0].At != "/number" {
			t.Fatalf("numbers of another ledger: %v %v", problems, err)
		}
		if _, _, err := h.Publish(h.ctx, designer, id, ledger.PublishIn{Version: draft.Version}); fault.KindOf(err) != fault.Invalid {
			t.Fatalf("a wrong draft was published: %v", err)
		}
		if err := h.SaveTypeDraft(h.ctx, designer, id, draft.Version, strings.ReplaceAll(draft.Body, "ZG-", "DC-")); err != nil {
			t.Fatal(err)
		}
		if err := h.SaveTypeDraft(h.ctx, designer, id, draft.Version, "{}"); fault.KindOf(err) != fault.Stale {
			t.Fatalf("a stale form: %v", err)
		}
		draft, _ = h.TypeDraft(h.ctx, designer, id)
		if _, problems, err := h.ReadDraft(h.ctx, db, draft); len(problems) > 0 || err != nil {
			t.Fatal(problems, err)
		}
		version, moved, err := h.Publish(h.ctx, designer, id, ledger.PublishIn{Version: draft.Version})
		if err != nil || version != 1 || moved != 0 {
			t.Fatalf("published as %d, %d moved: %v", version, moved, err)
		}
		if h.Types().Current("supervision") == nil || h.Types().For("finding").ID != "rectification" {
			t.Fatal("the ledger is not in force, or serves findings")
		}
		in := ledger.Draft{Type: "supervision", Convenor: 1, Unit: 2, Fields: map[string]string{"problem": "督办一", "source": "self_check"}}
		made, err := h.Register(h.ctx, clerk, in)
		if err != nil || h.matter(made).Number != "DC-2022-0001" {
			t.Fatalf("%+v %v", h.matter(made), err)
		}
		again := open(t, db, clock)
		if err := again.Types().Refresh(h.ctx, db); err != nil || again.Types().Current("supervision") == nil {
			t.Fatalf("the program started anew does not see it: %v", err)
		}
		if err := h.Retire(h.ctx, designer, "rectification", true); fault.KindOf(err) != fault.Invalid {
			t.Fatalf("the ledger of findings was retired: %v", err)
		}
		if err := h.Retire(h.ctx, designer, "supervision", true); err != nil {
			t.Fatal(err)
		}
		if _, err := h.Register(h.ctx, clerk, in); fault.KindOf(err) != fault.Invalid {
			t.Fatalf("a retired ledger took a matter: %v", err)
		}
		h.do(made, county, "claim", nil)
		h.tallied()
	})
}

func TestMattersKeepTheirVersionOrMoveTogether(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		h := open(t, db, clock)
		first, second := h.finding("一号问题"), h.finding("二号问题")
		h.do(second, county, "claim", nil, staff, "plan", plan)
		state := h.matter(second).State
		draft := h.draft(func(d *ledger.Definition) {
			without(d, state, "claimed")
			for i := range d.Steps { // what led there leads on
				if d.Steps[i].ID == "declare" {
					d.Steps[i].From = append(d.Steps[i].From, "claimed")
				}
			}
		})
		d, problems, err := h.ReadDraft(h.ctx, db, draft)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range problems {
			t.Log(p.In("en"))
		}
		moves, open, err := h.Moves(h.ctx, designer, d, 0)
		if err != nil || open != 2 || len(moves) != 1 || moves[0].Matter.ID != second || !moves[0].NoState {
			t.Fatalf("stranded: %+v of %d, %v", moves, open, err)
		}
		if len(problems) > 0 {
			t.Fatal("the draft is not sound")
		}
		if _, _, err := h.Publish(h.ctx, designer, draft.ID, ledger.PublishIn{Version: draft.Version, Move: true}); fault.KindOf(err) != fault.Invalid {
			t.Fatalf("nobody chose a state: %v", err)
		}
		if m := h.matter(first); m.TypeVersion != 1 {
			t.Fatal("a move that failed moved something")
		}
		version, moved, err := h.Publish(h.ctx, designer, draft.ID, ledger.PublishIn{Version: draft.Version, Move: true, States: map[string]string{state: "claimed"}})
		if err != nil || version != 2 || moved != 2 {
			t.Fatalf("published as %d, %d moved: %v", version, moved, err)
		}
		if m := h.matter(second); m.TypeVersion != 2 || m.State != "claimed" {
			t.Fatalf("moved to %+v", m)
		}
		v, err := h.View(h.ctx, clerk, second)
		if last := v.Events[len(v.Events)-1]; err != nil || last.Step != ledger.StepMigrate || last.From != state || last.To != "claimed" {
			t.Fatalf("the history: %+v %v", v.Events, err)
		}
		if _, has := v.Def.State(state); has {
			t.Error("the new version has the old state")
		}
		if _, told := v.Def.Whole().State(state); !told {
			t.Error("the history lost the word for the old state")
		}
		h.tallied()
	})
}

func TestAMatterStaysWithItsVersion(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		h := open(t, db, clock)
		old := h.finding("旧版事项")
		draft := h.draft(func(d *ledger.Definition) { d.Name["zh"] = "新版台账" })
		if _, _, err := h.Publish(h.ctx, designer, draft.ID, ledger.PublishIn{Version: draft.Version}); err != nil {
			t.Fatal(err)
		}
		fresh := h.finding("新版事项")
		if a, b := h.matter(old), h.matter(fresh); a.TypeVersion != 1 || b.TypeVersion != 2 || b.Number != "ZG-2022-0002" {
			t.Fatalf("%+v and %+v", a, b)
		}
		if moved, err := h.MoveMatters(h.ctx, designer, "rectification", nil); err != nil || moved != 1 || h.matter(old).TypeVersion != 2 {
			t.Fatalf("%d moved, %v", moved, err)
		}
	})
}

// What a version has no place for, because the field is gone or of another kind, stays in the history of every matter
// that moves, and in it alone.
func TestWhatAVersionHasNoPlaceForStaysInTheHistory(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		h := open(t, db, clock)
		id := h.finding("旧版事项")
		h.do(id, county, "claim", nil, staff, "plan", plan)
		held := h.matter(id).Values
		draft := h.draft(func(d *ledger.Definition) {
			d.Fields = slices.DeleteFunc(d.Fields, func(f ledger.Field) bool { return f.ID == "measures" })
			for i := range d.Fields {
				if d.Fields[i].ID == "goal" {
					d.Fields[i].Kind, d.Fields[i].Max = ledger.KindNumber, 0
				}
			}
			for i := range d.Steps {
				d.Steps[i].Ask = slices.DeleteFunc(d.Steps[i].Ask, func(a ledger.Ask) bool { return a.Field == "measures" })
			}
			d.Columns = slices.DeleteFunc(d.Columns, func(c string) bool { return c == "measures" })
		})
		d, problems, err := h.ReadDraft(h.ctx, db, draft)
		if err != nil || len(problems) > 0 {
			t.Fatal(problems, err)
		}
		moves, open, err := h.Moves(h.ctx, designer, d, 0)
		if err != nil || open != 1 || len(moves) != 1 || len(moves[0].Lost) != 2 {
			t.Fatalf("of %d open: %+v, %v", open, moves, err)
		}
		if _, moved, err := h.Publish(h.ctx, designer, draft.ID, ledger.PublishIn{Version: draft.Version, Move: true}); err != nil || moved != 1 {
			t.Fatalf("%d moved: %v", moved, err)
		}
		m := h.matter(id)
		v, err := h.View(h.ctx, clerk, id)
		if err != nil {
			t.Fatal(err)
		}
		last := v.Events[len(v.Events)-1]
		for _, field := range []string{"goal", "measures"} {
			if held[field].Empty() || !m.Values[field].Empty() {
				t.Errorf("%s: held %+v, holds %+v", field, held[field], m.Values[field])
			}
			if !slices.Contains(last.Changes, ledger.Change{Field: field, From: held[field].Text}) {
				t.Errorf("%s is not in the history: %+v", field, last.Changes)
			}
		}
		h.tallied()
	})
}

// Whatever a version leaves out and whatever is chosen for it: all open matters move into states that it has, or none
// moves at all.
func TestAMoveNeverLeavesAMatterInNoState(t *testing.T) {
	h := open(t, storetest.OpenSQLite(t, storetest.NewClock()), storetest.NewClock())
	old := h.Types().Current("rectification")
	var ids []int64
	rapid.Check(t, func(t *rapid.T) {
		if len(ids) < 12 {
			id := h.finding("随机事项")
			if err := h.take(county, id, "claim", nil, ""); err == nil && rapid.Bool().Draw(t, "planned") {
				_ = h.take(staff, id, "plan", plan, "") // its ledger may have no such step by now
			}
			ids = append(ids, id)
		}
		var d ledger.Definition
		body, _ := json.Marshal(old)
		if err := json.Unmarshal(body, &d); err != nil {
			t.Fatal(err)
		}
		gone := rapid.SampledFrom(old.States).Draw(t, "gone").ID
		choice := rapid.SampledFrom(old.States).Draw(t, "instead").ID
		without(&d, gone, choice)
		if d.Start == gone {
			d.Start = d.States[0].ID
		}
		for i, s := range d.States {
			if rapid.IntRange(0, 5).Draw(t, "class") == 0 {
				d.States[i].Class = rapid.SampledFrom(ledger.Classes).Draw(t, s.ID)
			}
		}
		states := map[string]string{}
		for _, s := range old.States {
			states[s.ID] = choice
		}
		before := map[int64]ledger.Matter{}
		for _, id := range ids {
			before[id] = h.matter(id)
		}
		version, moved, err := h.Exchange(designer, &d, states)
		for _, id := range ids {
			m := h.matter(id)
			if ledger.Ended(before[id].Class) {
				continue
			}
			if err != nil {
				if m.Version != before[id].Version {
					t.Fatalf("a move that failed changed a matter: %v", err)
				}
				continue
			}
			st, ok := d.State(m.State)
			if m.TypeVersion != version || !ok || st.Class != m.Class || ledger.Ended(m.Class) {
				t.Fatalf("moved %d into %q (%s) of version %d", moved, m.State, m.Class, version)
			}
		}
	})
}
