package app_test

import (
	"context"
	"testing"

	"plumbline/internal/app/apptest"
	"plumbline/internal/authz"
	"plumbline/internal/ledger"
	"plumbline/internal/org"
)

// When units move and merge, their matters and the figures of every unit above follow.
func TestMattersFollowTheirUnits(t *testing.T) {
	apptest.Each(t, func(h *apptest.House) {
		h.AddUnits("C - city 甲市", "A C county 乙县", "B C county 丙县", "V A township 丁镇", "W A township 戊镇")
		ctx, clerk := context.Background(), h.Actor("clerk", 0, "secretariat@C")
		for _, code := range []string{"V", "V", "W", "A"} {
			_, err := h.Rooms.Ledgers.Register(ctx, clerk, ledger.Draft{Convenor: h.Units["C"].ID, Unit: h.Units[code].ID, Fields: map[string]string{"problem": "问题", "source": "audit"}})
			if err != nil {
				t.Fatal(err)
			}
		}
		version := func(code string) org.Unit {
			u, err := org.UnitByCode(ctx, h.DB, code)
			if err != nil {
				t.Fatal(err)
			}
			return u
		}
		if err := h.Rooms.Org.MoveUnit(ctx, authz.System(), org.Move{Unit: h.Units["V"].ID, Parent: h.Units["B"].ID, Version: version("V").Version, Date: "2022-01-10"}); err != nil {
			t.Fatal(err)
		}
		if err := h.Rooms.Org.MergeUnit(ctx, authz.System(), org.Merge{Unit: h.Units["W"].ID, Into: h.Units["B"].ID, Version: version("W").Version, Date: "2022-01-10"}); err != nil {
			t.Fatal(err)
		}
		today := h.Rooms.Ledgers.Today(h.Clock.Now())
		for code, want := range map[string]int64{"C": 4, "A": 1, "B": 3, "V": 2} {
			r, err := h.Rooms.Ledgers.Rollup(ctx, h.DB, h.Units[code].ID, today)
			if err != nil || len(r) != 1 || r[0].Total != want {
				t.Errorf("%s counts %+v, want %d: %v", code, r, want, err)
			}
		}
		if wrong, err := h.Rooms.Ledgers.CheckCounts(ctx, h.DB); err != nil || len(wrong) > 0 {
			t.Errorf("%v %v", wrong, err)
		}
	})
}
