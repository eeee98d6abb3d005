package ledger_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"plumbline/internal/authz"
	"plumbline/internal/ledger"
	"plumbline/internal/store"
	"plumbline/internal/store/storetest"
)

// trails reads the whole history that somebody may read.
func (h *house) trails(actor authz.Actor, f ledger.Filter, p ledger.Period) (*ledger.History, []ledger.Trail) {
	h.t.Helper()
	history, err := h.History(h.ctx, actor, f, p, h.today())
	if err != nil {
		h.t.Fatal(err)
	}
	var out []ledger.Trail
	for t, err := range history.Trails(h.ctx) {
		if err != nil {
			h.t.Fatal(err)
		}
		out = append(out, t)
	}
	return history, out
}

// wander takes a finding from county 2 to county 3 and back and forth to its end, a day a step.
func (h *house) wander() int64 {
	h.t.Helper()
	id := h.finding("谁来办")
	day := func() { h.clock.Add(24 * time.Hour) }
	day()
	h.do(id, county, "dispute", nil)
	day()
	if err := h.Take(h.ctx, clerk, id, ledger.In{Step: "assign", Owner: 3}); err != nil {
		h.t.Fatal(err)
	}
	for _, step := range []struct {
		who    authz.Actor
		id     string
		values ledger.Values
	}{{other, "plan", plan}, {clerk, "return_plan", nil}, {other, "plan", plan}, {clerk, "approve", nil}, {other, "progress", nil}} {
		day()
		h.do(id, step.who, step.id, step.values)
	}
	piece, err := ledger.LinkTo("https://example.org/seen")
	if err != nil {
		h.t.Fatal(err)
	}
	if err := h.Attach(h.ctx, other, id, []ledger.Piece{piece}); err != nil {
		h.t.Fatal(err)
	}
	h.do(id, other, "declare", ledger.Texts(map[string]string{"result": "好"}))
	day()
	if err := h.Take(h.ctx, verifier, id, ledger.In{Step: "verify", On: "2022-01-12", Note: "看过"}); err != nil {
		h.t.Fatal(err)
	}
	day()
	h.do(id, clerk, "close", closing)
	return id
}

func TestHistoryTellsWhoseTurnItWas(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		h := open(t, db, clock)
		id := h.wander()
		history, all := h.trails(clerk, ledger.Filter{}, ledger.Period{})
		if len(all) != 1 || history.Len() != 1 || all[0].Matter.ID != id || all[0].Matter.Number != "ZG-2022-0001" || all[0].Matter.Closed == "" {
			t.Fatalf("%+v", all)
		}
		want := []string{"register convenor C1 of C2 > owner", "dispute owner C2 of C2 > convenor", "assign convenor C1 of C3 > owner", "plan owner C3 of C3 > convenor",
			"return_plan convenor C1 of C3 > owner", "plan owner C3 of C3 > convenor", "approve convenor C1 of C3 > owner", "progress owner C3 of C3 > owner",
			"evidence   of C3 > owner", "declare owner C3 of C3 > verifier", "verify verifier C1 of C3 > convenor", "close convenor C1 of C3 > done"}
		for i, turn := range all[0].Turns {
			got := fmt.Sprintf("%s %s %s of %s > %s", turn.Step, turn.Role, history.Unit(turn.Unit).Code, history.Unit(turn.Owner).Code, turn.Class)
			if i >= len(want) || got != want[i] {
				t.Errorf("%d: %s", i, got)
			}
			if i > 0 && turn.At.Before(all[0].Turns[i-1].At) {
				t.Errorf("%s before %s", turn.At, all[0].Turns[i-1].At)
			}
		}
		if len(all[0].Turns) != len(want) {
			t.Errorf("%d turns", len(all[0].Turns))
		}
		// Verified on the 12th, recorded later than what was recorded before it: it stands at that record's instant.
		if v := all[0].Turns[10]; v.On != "2022-01-12" || !v.At.Equal(all[0].Turns[9].At) {
			t.Errorf("verified at %s", v.At)
		}
		if right, counts := all[0].Right(); right || !counts {
			t.Error("a returned plan came through at once")
		}
		if n := all[0].SentBack(); n != 2 {
			t.Errorf("sent back %d times: disputed once, returned once", n)
		}
		if diff := cmp.Diff([]int64{2, 3}, all[0].Owners()); diff != "" || all[0].CameRound() {
			t.Error(diff)
		}
		passed := []ledger.Passed{{1, 2, false}, {2, 1, true}, {1, 3, false}, {3, 1, false}, {1, 3, true}, {3, 1, false}, {1, 3, false}, {3, 1, false}}
		if diff := cmp.Diff(passed, all[0].Passed()); diff != "" {
			t.Error(diff)
		}
		if last, counts := all[0].LastDay(h.Calendar()); last || !counts {
			t.Error("declared in January for the end of April, and the last day is said")
		}
	})
}

// Two matters at two units: everybody gets what he may read, and a period takes the day on which a matter was opened.
func TestHistoryIsScoped(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		h := open(t, db, clock)
		h.finding("一")
		h.clock.Add(48 * time.Hour)
		if _, err := h.Register(h.ctx, clerk, ledger.Draft{Convenor: 1, Unit: 3, Fields: map[string]string{"problem": "二", "source": "self_check"}}); err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			who  authz.Actor
			f    ledger.Filter
			p    ledger.Period
			want int
		}{
			{clerk, ledger.Filter{}, ledger.Period{}, 2},
			{county, ledger.Filter{}, ledger.Period{}, 1},
			{other, ledger.Filter{}, ledger.Period{}, 1},
			{as(50, 0), ledger.Filter{}, ledger.Period{}, 0},
			{clerk, ledger.Filter{Under: places[2]}, ledger.Period{}, 1},
			{clerk, ledger.Filter{Type: "promise"}, ledger.Period{}, 0},
			{clerk, ledger.Filter{}, ledger.Period{From: "2022-01-11"}, 1},
			{clerk, ledger.Filter{}, ledger.Period{From: "2022-01-10", To: "2022-01-12"}, 2},
			{clerk, ledger.Filter{}, ledger.Period{To: "2022-01-09"}, 0},
		} {
			if _, got := h.trails(c.who, c.f, c.p); len(got) != c.want {
				t.Errorf("%+v %+v %+v: %d trails", c.who.Grants, c.f, c.p, len(got))
			}
		}
	})
}

func TestRightAndLastDay(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		h := open(t, db, clock)
		// 19 March is a Saturday: the last working day before it is Friday the 18th.
		onDay := func(declared time.Time, target string) ledger.Trail {
			h.clock.Set(time.Date(2022, 1, 10, 1, 0, 0, 0, time.UTC))
			id := h.finding("问题" + declared.String())
			values := ledger.Values{}
			for k, v := range plan {
				values[k] = v
			}
			values["due"] = ledger.Value{Text: target}
			h.do(id, county, "plan", values, clerk, "approve", nil)
			h.clock.Set(declared)
			h.do(id, county, "declare", ledger.Texts(map[string]string{"result": "好"}), verifier, "verify", nil, clerk, "close", closing)
			_, all := h.trails(clerk, ledger.Filter{}, ledger.Period{})
			return all[len(all)-1]
		}
		for _, c := range []struct {
			day, target string
			last        bool
		}{{"2022-03-17", "2022-03-19", false}, {"2022-03-18", "2022-03-19", true}, {"2022-03-19", "2022-03-19", true}, {"2022-03-20", "2022-03-19", false},
			{"2022-03-17", "2022-03-17", true}, {"2022-03-16", "2022-03-17", false}} {
			day, err := time.Parse(time.DateOnly, c.day)
			if err != nil {
				t.Fatal(err)
			}
			trail := onDay(day.Add(3*time.Hour), c.target)
			if last, counts := trail.LastDay(h.Calendar()); last != c.last || !counts {
				t.Errorf("%+v: %v %v", c, last, counts)
			}
			if right, counts := trail.Right(); !right || !counts {
				t.Errorf("%+v was not right at once", c)
			}
		}
		id := h.finding("还没有办")
		_, all := h.trails(clerk, ledger.Filter{}, ledger.Period{})
		open := all[len(all)-1]
		if _, counts := open.Right(); counts || open.Matter.ID != id {
			t.Error("an open matter counts as ended")
		}
		if _, counts := open.LastDay(h.Calendar()); counts {
			t.Error("an open matter counts as declared")
		}
	})
}

func TestAMatterThatComesRound(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		h := open(t, db, clock)
		id := h.finding("谁也不办")
		for _, to := range []int64{3, 2} {
			if err := h.Take(h.ctx, clerk, id, ledger.In{Step: "assign", Owner: to}); err != nil {
				t.Fatal(err)
			}
		}
		_, all := h.trails(clerk, ledger.Filter{}, ledger.Period{})
		if diff := cmp.Diff([]int64{2, 3, 2}, all[0].Owners()); diff != "" || !all[0].CameRound() || all[0].SentBack() != 0 {
			t.Error(diff)
		}
	})
}
