package app_test

import (
	"context"
	"strconv"
	"testing"

	"plumbline/internal/app/apptest"
	"plumbline/internal/authz"
	"plumbline/internal/ledger"
	"plumbline/internal/review/cycle"
	"plumbline/internal/review/plan"
	"plumbline/internal/store"
)

// The plan's day for the look-back reaches the finding of a meeting, is shown with its source, and follows when the
// cycle's date is set by hand.
func TestTheLookBackFollowsThePlan(t *testing.T) {
	apptest.Each(t, func(h *apptest.House) {
		ctx := context.Background()
		h.AddUnits("C1 - city 甲市", "D1 C1 county 乙县")
		c := openYear(h, 2021, "2022-01-05")
		register := func(meeting int64) string {
			m, err := h.Rooms.Ledgers.Register(ctx, authz.System(), ledger.Draft{Convenor: h.Units["C1"].ID, Unit: h.Units["D1"].ID,
				Fields: map[string]string{"problem": "问题" + strconv.FormatInt(meeting, 10), "source": "comment"}, Origin: ledger.Origin{Cycle: c.ID, Meeting: meeting}})
			if err != nil {
				t.Fatal(err)
			}
			return "/matters/" + strconv.FormatInt(m, 10)
		}
		met, other := register(1), register(0)
		err := h.DB.Write(ctx, func(tx *store.Tx) error {
			_, err := tx.Exec(ctx, `UPDATE matter SET state = 'closed_done', state_class = 'done', closed_on = '2022-01-10'`)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		clerk := h.As("clerk", "secretariat@C1")
		says(t, clerk.Page(met), "回头看", "2022年7月4日", "按考核方案的日期")
		says(t, clerk.Page(other), "2022年4月10日", "按台账规定：办结满90天")
		if _, err := h.Rooms.Cycles.SetDeadlines(ctx, authz.System(), c.ID, c.Version, map[string]string{plan.StepLookBack: "2022-08-01"}); err != nil {
			t.Fatal(err)
		}
		says(t, clerk.Page(met), "2022年8月1日")
		says(t, clerk.Page(other), "2022年4月10日")
		if due, err := cycle.DeadlineOf(ctx, h.DB, c.ID, plan.StepLookBack); err != nil || due != "2022-08-01" {
			t.Errorf("%s %v", due, err)
		}
	})
}
