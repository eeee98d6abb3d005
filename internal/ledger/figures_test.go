package ledger_test

import (
	"fmt"
	"maps"
	"testing"
	"time"

	"pgregory.net/rapid"

	"plumbline/internal/authz"
	"plumbline/internal/fault"
	"plumbline/internal/ledger"
	"plumbline/internal/store"
	"plumbline/internal/store/storetest"
)

const day = 24 * time.Hour

func (h *house) recounted() {
	h.t.Helper()
	if wrong, err := h.CheckCounts(h.ctx, h.db); err != nil || len(wrong) > 0 {
		h.t.Fatalf("a recount differs: %v %v", wrong, err)
	}
}

// figures gives the months of a unit with everything under it, those in which nothing happened left out.
func (h *house) figures(unit int64, kind string) map[string]ledger.Figures {
	h.t.Helper()
	list, err := ledger.MonthsOf(h.ctx, h.db, ledger.FigureQuery{Unit: unit, Subtree: true, Type: kind, From: "2021-12", To: "2022-12"})
	if err != nil || len(list) != 13 {
		h.t.Fatalf("%d months: %v", len(list), err)
	}
	out := map[string]ledger.Figures{}
	for _, m := range list {
		if f := m.Figures; f != (ledger.Figures{Open: f.Open}) {
			out[m.Month] = f
		}
	}
	return out
}

// One finding is late, one in time, one reopened and ended again, one dropped, one never done.
func (h *house) fiveLives() (ids []int64) {
	for i := range 5 {
		ids = append(ids, h.finding(fmt.Sprintf("问题%d", i)))
	}
	h.do(ids[3], staff, "dispute", nil, clerk, "drop", nil)
	h.clock.Add(2 * day)
	for _, id := range ids[:3] {
		h.do(id, staff, "claim", nil, staff, "plan", plan, clerk, "approve", nil, staff, "declare", ledger.Texts(map[string]string{"result": "办完"}), verifier, "verify", nil)
	}
	h.do(ids[4], staff, "claim", nil, clerk, "close_not_done", nil)
	h.do(ids[1], clerk, "close", closing)
	h.do(ids[2], clerk, "close", closing)
	h.clock.Set(time.Date(2022, 3, 1, 4, 0, 0, 0, time.UTC))
	h.do(ids[2], verifier, "reopen", ledger.Texts(map[string]string{"due": "2022-05-31"}))
	h.clock.Set(time.Date(2022, 5, 5, 4, 0, 0, 0, time.UTC))
	h.do(ids[0], clerk, "close", closing)
	h.do(ids[2], staff, "declare", ledger.Texts(map[string]string{"result": "办完"}), verifier, "verify", nil, clerk, "close", closing)
	return ids
}

func TestFiguresTellWhatHappenedInAMonth(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		h := open(t, db, clock)
		h.fiveLives()
		want := map[string]ledger.Figures{
			"2022-01": {Opened: 5, Closed: 3, InTime: 2, NotDone: 1, Dropped: 1, Open: 1},
			"2022-03": {Reopened: 1, Open: 2},
			"2022-05": {Closed: 2, InTime: 1, Late: 1},
		}
		for _, unit := range []int64{1, 2} {
			got := h.figures(unit, "rectification")
			if fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("unit %d: %+v, not %+v", unit, got, want)
			}
		}
		if got := h.figures(4, ""); len(got) != 0 {
			t.Errorf("a unit without matters has %+v", got)
		}
		h.recounted()
		q := ledger.FigureQuery{Unit: 1, Type: "rectification", From: "2022-02", To: "2022-06"}
		own, err := ledger.FiguresOf(h.ctx, db, q)
		if err != nil || own["rectification"] != (ledger.Figures{}) {
			t.Errorf("the city's own: %+v %v", own, err)
		}
		q.Subtree = true
		all, err := ledger.FiguresOf(h.ctx, db, q)
		if f := all["rectification"]; err != nil || f != (ledger.Figures{Closed: 2, InTime: 1, Late: 1, Reopened: 1}) {
			t.Errorf("the city and below: %+v %v", f, err)
		}
		below, err := ledger.FiguresBelow(h.ctx, db, q)
		if err != nil || len(below) != 1 || below[ledger.UnitType{Unit: 2, Type: "rectification"}] != all["rectification"] {
			t.Errorf("the counties: %+v %v", below, err)
		}
		if share, ok := all["rectification"].OnTime(); !ok || share != 0.5 {
			t.Errorf("in time: %v %v", share, ok)
		}
		if _, ok := (ledger.Figures{Closed: 2}).OnTime(); ok {
			t.Error("nothing had a day in time, and a share is given")
		}
	})
}

// A state's stays are as long as the clock says, to the scale's step, at the root and at the leaf.
func TestStaysAreMeasuredToTheScale(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		h := open(t, db, clock)
		for i, n := range []int{1, 3, 3, 40, 5} {
			id := h.finding(fmt.Sprintf("问题%d", i))
			clock.Add(time.Duration(n) * day)
			h.do(id, staff, "claim", nil)
		}
		for _, unit := range []int64{1, 2} {
			stays, err := ledger.StaysOf(h.ctx, db, ledger.FigureQuery{Unit: unit, Type: "rectification", From: "2022-01", To: "2022-12"})
			x := stays["registered"]
			if err != nil || len(stays) != 1 || x.N != 5 || !near(x.Median, 3*day) || !near(x.Most, 40*day) {
				t.Errorf("unit %d: %+v %v", unit, stays, err)
			}
		}
		stays, err := ledger.StaysOf(h.ctx, db, ledger.FigureQuery{Unit: 1, Type: "rectification", From: "2022-06", To: "2022-12"})
		if err != nil || len(stays) != 0 {
			t.Errorf("nobody left a state in those months: %+v %v", stays, err)
		}
		h.recounted()
	})
}

func near(got, want time.Duration) bool {
	r := float64(got) / float64(want)
	return r > 0.955 && r < 1.045
}

// Whoever takes over a matter takes over its figures.
func TestFiguresGoWithTheirMatters(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		h := open(t, db, clock)
		id := h.finding("问题一")
		clock.Add(3 * day)
		h.do(id, staff, "claim", nil)
		if err := h.Take(h.ctx, clerk, id, ledger.In{Step: "assign", Owner: 3, Note: "改由乙县负责"}); err != nil {
			t.Fatal(err)
		}
		want := ledger.Figures{Opened: 1, Handed: 1, Open: 1}
		if got := h.figures(3, "")["2022-01"]; got != want {
			t.Errorf("the new owner: %+v", got)
		}
		if got := h.figures(2, ""); len(got) != 0 {
			t.Errorf("the old owner: %+v", got)
		}
		if got := h.figures(1, "")["2022-01"]; got != want {
			t.Errorf("the city: %+v", got)
		}
		h.recounted()
	})
}

func TestARecountFindsAndMends(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		h := open(t, db, clock)
		h.fiveLives()
		var late int64
		if err := db.QueryRow(h.ctx, `SELECT COUNT(*) FROM matter_milestone WHERE kind = 'late'`).Scan(&late); err != nil || late != 1 {
			t.Fatalf("%d ended late: %v", late, err)
		}
		h.write(func(tx *store.Tx) error {
			for _, s := range []string{`UPDATE ledger_figure SET n = n + 1 WHERE unit_id = 1 AND what = 'opened'`, `DELETE FROM ledger_figure WHERE unit_id = 2 AND what = 'reopened'`,
				`DELETE FROM matter_milestone WHERE kind = 'dropped'`, `UPDATE ledger_tally SET n = n + 1 WHERE unit_id = 2 AND state_class = 'done'`} {
				if _, err := tx.Exec(h.ctx, s); err != nil {
					return err
				}
			}
			return nil
		})
		if wrong, err := h.CheckCounts(h.ctx, db); err != nil || len(wrong) != 4 {
			t.Errorf("four things are wrong, and these were found: %v %v", wrong, err)
		}
		h.write(func(tx *store.Tx) error { return h.RecountTx(h.ctx, tx) })
		h.recounted()
		if got := h.figures(1, "")["2022-05"]; got.Late != 1 {
			t.Errorf("who had ended late was forgotten: %+v", got)
		}
	})
}

// Lives that chance leads, with owners that change, units that move and merge, clocks that run: what was kept step by
// step is what the histories give.
func TestAnyLifeIsCountedAsARecountCounts(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		h := open(t, db, clock)
		all := []any{"staff", 2, "staff", 3, "verifier", 1, "secretariat", 1}
		actors := []authz.Actor{as(1, 10, all...), as(3, 0, all...), as(4, 40, all...), as(6, 30, all...)}
		d := h.Types().Current("rectification")
		values := maps.Clone(plan)
		values["result"], values["mechanism"], values["check_every"] = ledger.Value{Text: "办完"}, ledger.Value{Text: "制度"}, ledger.Value{Text: "yearly"}
		under := int64(2)
		rapid.Check(t, func(t *rapid.T) {
			id := h.finding("随机问题")
			for range rapid.IntRange(1, 14).Draw(t, "length") {
				clock.Add(time.Duration(rapid.IntRange(0, 6000).Draw(t, "minutes")) * time.Minute)
				values["due"] = ledger.Value{Text: h.today().AddDays(rapid.IntRange(1, 20).Draw(t, "due")).String()}
				steps := d.StepsFrom(h.matter(id).State)
				if len(steps) == 0 {
					break
				}
				err := h.Take(h.ctx, rapid.SampledFrom(actors).Draw(t, "actor"), id, ledger.In{Step: rapid.SampledFrom(steps).Draw(t, "step").ID, Values: values, Note: "说明",
					Early: "一并开展", Owner: int64(rapid.SampledFrom([]int{2, 3, 4}).Draw(t, "owner"))})
				if err != nil && fault.As(err) == nil {
					t.Fatal(err)
				}
			}
			if rapid.IntRange(0, 3).Draw(t, "moved") == 0 {
				to := 5 - under
				was, is := fmt.Sprintf("/1/%d/4/", under), fmt.Sprintf("/1/%d/4/", to)
				h.write(func(tx *store.Tx) error {
					if _, err := tx.Exec(h.ctx, `UPDATE unit SET path = $1, parent_id = $2 WHERE id = 4`, is, to); err != nil {
						return err
					}
					return ledger.RetallyTx(h.ctx, tx, was, is)
				})
				under = to
			}
			if rapid.IntRange(0, 9).Draw(t, "merged") == 0 {
				h.write(func(tx *store.Tx) error {
					_, err := h.HandOverTx(h.ctx, tx, authz.System(), 3, 2)
					return err
				})
			}
			if wrong, err := h.CheckCounts(h.ctx, h.db); err != nil || len(wrong) > 0 {
				t.Fatalf("a recount differs: %v %v", wrong, err)
			}
			// What was opened and came back, less what ended, is what stands open.
			var open int64
			if err := h.db.QueryRow(h.ctx, `SELECT COUNT(*) FROM matter WHERE state_class IN ('owner', 'convenor', 'verifier', 'requester')`).Scan(&open); err != nil {
				t.Fatal(err)
			}
			months, err := ledger.MonthsOf(h.ctx, h.db, ledger.FigureQuery{Unit: 1, Subtree: true, From: "2022-01", To: "2099-12"})
			if err != nil || months[len(months)-1].Open != open {
				t.Fatalf("%d are open, the figures say %d: %v", open, months[len(months)-1].Open, err)
			}
		})
	})
}
