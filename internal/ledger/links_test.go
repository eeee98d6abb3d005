package ledger_test

import (
	"fmt"
	"strings"
	"testing"

	"plumbline/internal/authz"
	"plumbline/internal/fault"
	"plumbline/internal/ledger"
	"plumbline/internal/store"
	"plumbline/internal/store/storetest"
)

// hand hands a call's parts on; rows are "part|unit|weight".
func (h *house) hand(id int64, rows ...string) error {
	v := ledger.Value{}
	for _, r := range rows {
		p := strings.Split(r, "|")
		v.Rows = append(v.Rows, []string{p[0], p[1], "", "", p[2], "2022-03-01", ""})
	}
	return h.Take(h.ctx, county, id, ledger.In{Step: "hand_on", Values: ledger.Values{"parts": v}})
}

// tasks are what was made of a call, by number.
func (h *house) tasks(id int64) []ledger.Matter {
	h.t.Helper()
	list, err := h.List(h.ctx, authz.System(), ledger.Filter{Type: "task", Sort: "number"}, h.today())
	if err != nil {
		h.t.Fatal(err)
	}
	return list
}

func TestAStepMakesMattersOfItsRows(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		h := open(t, db, clock)
		id := h.call(township, "修路")
		if err := h.hand(id, "清障|C2|60", "补网|C4|30"); fault.As(err) == nil || fault.As(err).Fields[0].Name != "parts" || fault.As(err).Fields[0].Key != "fault.ledger.say" {
			t.Fatalf("weights of 90: %v", err)
		}
		if err := h.hand(id, "清障|C2|60", "补网||40"); err != nil {
			t.Fatal(err)
		}
		got := h.tasks(id)
		if len(got) != 2 || got[0].Title != "清障" || got[0].Owner.ID != 2 || got[0].Due != "2022-03-01" || got[1].Owner.ID != 0 || got[0].Convenor.ID != 2 {
			t.Fatalf("made %+v", got)
		}
		if d, err := h.Types().At(h.ctx, db, "task", got[0].TypeVersion); err != nil || got[0].Values["kind"].Text != "plain" || d.ID != "task" {
			t.Fatalf("made with %+v", got[0].Values)
		}
		// Taken again in another order, with one row changed beside its words, one given its unit, one reworded and one added.
		if err := h.hand(id, "新增|C3|10", "补网|C4|30", "清障|C2|60"); err != nil {
			t.Fatal(err)
		}
		if got = h.tasks(id); len(got) != 3 || got[2].Title != "新增" || got[2].Owner.ID != 3 {
			t.Fatalf("made again %+v", got)
		}
		// The same words for another unit are another row.
		if err := h.hand(id, "新增|C4|10", "新增|C3|10", "补网|C4|20", "清障|C2|60"); err != nil {
			t.Fatal(err)
		}
		if got = h.tasks(id); len(got) != 4 || got[3].Owner.ID != 4 {
			t.Fatalf("made again %+v", got)
		}
		h.tallied()
		// The whole history is in the log of what was made, too.
		if n := len(logged(t, db, got[3].ID)); n != 1 {
			t.Errorf("%d entries name the new matter", n)
		}
		err := h.take(county, id, "answer", ledger.Texts(map[string]string{"answer": "好"}), "")
		if f := fault.As(err); f == nil || f.Fields[0].Key != "fault.ledger.say" || f.Fields[0].Name != "" {
			t.Fatalf("answered with parts open: %v", err)
		}
		for _, m := range got {
			by := as(20+m.ID, 0, "staff", 2, "staff", 3, "staff", 4)
			if m.Owner.ID == 0 {
				h.write(func(tx *store.Tx) error {
					_, err := tx.Exec(h.ctx, `UPDATE matter SET state = 'done', state_class = 'done' WHERE id = $1`, m.ID)
					if err == nil {
						err = ledger.RebuildTx(h.ctx, tx)
					}
					return err
				})
				continue
			}
			h.do(m.ID, by, "report", nil, as(50, 0, "presider", 2), "close", nil)
		}
		h.do(id, county, "answer", ledger.Texts(map[string]string{"answer": "好"}))
	})
}

// A row that can't become a matter is named, and nothing of the step stands.
func TestARowThatCannotBecomeAMatter(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		h := open(t, db, clock)
		id := h.call(township, "修路")
		err := h.hand(id, "清障|C2|60", "|C4|40")
		f := fault.As(err)
		if f == nil || f.Fields[0].Name != "parts" || f.Fields[0].Key != "fault.ledger.spawn_row" || fmt.Sprint(f.Fields[0].Args[1]) != "2" {
			t.Fatalf("%v", err)
		}
		if n := len(h.tasks(id)); n != 0 || h.matter(id).Version != 1 {
			t.Fatalf("%d matters were made of a refused step", n)
		}
	})
}

func TestAStepDrivesAnother(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		h := open(t, db, clock)
		id := h.call(township, "修路")
		if err := h.hand(id, "清障|C2|60", "补网|C4|40"); err != nil {
			t.Fatal(err)
		}
		presider := as(60, 0, "presider", 2)
		task := h.tasks(id)
		in := ledger.In{Step: "fail", Values: ledger.Texts(map[string]string{"why": "无资金"}), Note: "认定"}
		if err := h.Take(h.ctx, presider, task[0].ID, in); err != nil {
			t.Fatal(err)
		}
		if m := h.matter(id); m.State != "asked_back" {
			t.Fatalf("the call stands in %s", m.State)
		}
		v, err := h.View(h.ctx, county, id)
		if e := v.Events[len(v.Events)-1]; err != nil || e.Step != "ask_back" || e.Note != "无资金" || e.Who.Account != 60 {
			t.Fatalf("%+v %v", e, err)
		}
		if n := len(logged(t, db, id)); n != 3 {
			t.Errorf("%d entries tell of the call", n)
		}
		// The call is no longer where the step leads from: nothing of either step stands.
		err = h.Take(h.ctx, presider, task[1].ID, in)
		if f := fault.As(err); f == nil || f.Key != "fault.ledger.driven" || h.matter(task[1].ID).State != "open" {
			t.Fatalf("%v", err)
		}
	})
}

func TestPeopleLinkMatters(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		h := open(t, db, clock)
		id, finding := h.call(township, "修路"), h.finding("道路失修")
		for _, c := range []struct {
			who      authz.Actor
			from, to int64
			kind     string
			want     fault.Kind
		}{
			{other, id, finding, "answers", fault.NotFound}, {township, id, finding, "answers", fault.NotFound}, {county, id, 999, "answers", fault.NotFound},
			{verifier, id, finding, "answers", fault.Forbidden}, {county, id, finding, "repairs", fault.Invalid}, {county, id, id, "answers", fault.Invalid},
			{county, finding, id, "answers", fault.Invalid}, {county, id, finding, "answers", 0}, {county, id, finding, "answers", fault.Invalid},
		} {
			if err := h.Link(h.ctx, c.who, c.from, c.to, c.kind); fault.KindOf(err) != c.want || (c.want == 0 && err != nil) {
				t.Errorf("%+v: %v", c, err)
			}
		}
		down, err := h.Kin(h.ctx, county, h.matter(finding))
		if err != nil || len(down.Down) != 1 || down.Down[0].Matter.ID != id || down.Down[0].Word.In("en") != "Is answered by" {
			t.Fatalf("%+v %v", down, err)
		}
		up, err := h.Kin(h.ctx, county, h.matter(id))
		if err != nil || len(up.Up) != 1 || up.Up[0].Matter.ID != finding || up.Up[0].Word.In("en") != "Answers" {
			t.Fatalf("%+v %v", up, err)
		}
		// Whoever may not read the other side does not learn of it.
		if up, err := h.Kin(h.ctx, township, h.matter(id)); err != nil || len(up.Up) != 0 {
			t.Fatalf("%+v %v", up, err)
		}
		if err := h.Unlink(h.ctx, verifier, id, up.Up[0].Link); fault.KindOf(err) != fault.Forbidden {
			t.Fatalf("unlinked without a right: %v", err)
		}
		if err := h.Unlink(h.ctx, county, id, up.Up[0].Link); err != nil {
			t.Fatal(err)
		}
		if up, err := h.Kin(h.ctx, county, h.matter(id)); err != nil || len(up.Up) != 0 {
			t.Fatalf("%+v %v", up, err)
		}
		if err := h.Unlink(h.ctx, county, id, 1); fault.KindOf(err) != fault.NotFound {
			t.Fatalf("unlinked twice: %v", err)
		}
		v, _ := h.View(h.ctx, county, id)
		if n := len(v.Events); v.Events[n-1].Step != ledger.StepUnlink || v.Events[n-2].Step != ledger.StepLink {
			t.Errorf("the history: %+v", v.Events)
		}
	})
}

// A matter shows its whole line: from the task up to the comment at the meeting, and from the finding down to the task.
func TestTheLineOfAMatter(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		h := open(t, db, clock)
		finding := h.finding("道路失修")
		h.write(func(tx *store.Tx) error {
			_, err := tx.Exec(h.ctx, `UPDATE matter SET meeting_id = 5, comment_id = 6, item = 2 WHERE id = $1`, finding)
			return err
		})
		id, err := h.Register(h.ctx, as(11, 0, "staff", 2), ledger.Draft{Type: "call", Requester: 2, Unit: 2, From: finding, Link: "answers", Fields: map[string]string{"what": "修路", "category": "plain"}})
		if err != nil {
			t.Fatal(err)
		}
		if err := h.hand(id, "清障|C2|100"); err != nil {
			t.Fatal(err)
		}
		task := h.tasks(id)[0]
		up, err := h.Kin(h.ctx, county, task)
		if err != nil || len(up.Up) != 2 || up.Up[0].Matter.ID != id || up.Up[1].Matter.ID != finding || up.Up[1].Depth != 2 || up.Up[1].Matter.Origin.Comment != 6 || up.Up[0].Loose {
			t.Fatalf("%+v %v", up, err)
		}
		down, err := h.Kin(h.ctx, county, h.matter(finding))
		if err != nil || len(down.Down) != 2 || down.Down[1].Matter.ID != task.ID || down.Down[1].Depth != 2 {
			t.Fatalf("%+v %v", down, err)
		}
		if err := h.Unlink(h.ctx, county, task.ID, up.Up[0].Link); fault.As(err) == nil || fault.As(err).Key != "fault.ledger.link_made" {
			t.Fatalf("what a step made was unlinked: %v", err)
		}
		// From a matter that the actor may not read nothing is registered, and no kind of link that does not lead there.
		for _, in := range []ledger.Draft{{Requester: 4, From: finding, Link: "answers"}, {Requester: 4, From: id, Link: "part_of"}} {
			in.Type, in.Fields = "call", map[string]string{"what": "修路", "category": "plain"}
			if _, err := h.Register(h.ctx, township, in); fault.KindOf(err) != fault.NotFound && fault.KindOf(err) != fault.Invalid {
				t.Errorf("%+v: %v", in, err)
			}
		}
	})
}
