package ledger_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"plumbline/internal/fault"
	"plumbline/internal/ledger"
	"plumbline/internal/store"
	"plumbline/internal/store/storetest"
)

// asked notes a demand on a unit by the staff or the head of it.
func (h *house) asked(unit int64, fields map[string]string) int64 {
	h.t.Helper()
	who := county
	if unit == 3 {
		who = other
	}
	in := map[string]string{"kind": "form", "title": "统计表", "by": "C1", "answer_by": "2022-02-28"}
	for k, v := range fields {
		in[k] = v
	}
	id, err := h.Register(h.ctx, who, ledger.Draft{Type: "burden", Requester: unit, Fields: in, Repeat: ledger.NoRepeat})
	if err != nil {
		h.t.Fatal(err)
	}
	return id
}

func TestAMeterCountsWhatIsAsked(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		h := open(t, db, clock)
		d := h.Types().Current("burden")
		h.asked(2, map[string]string{"asked_on": "2022-01-03", "hours": "1.5", "pages": "4"})
		h.asked(2, map[string]string{"asked_on": "2021-12-30", "hours": "0.7"})
		gone := h.asked(2, map[string]string{"asked_on": "2022-01-04", "hours": "9"})
		h.asked(3, map[string]string{"asked_on": "2022-01-05", "kind": "meeting", "minutes": "90"})
		h.do(gone, clerk, "withdraw", nil)
		type line struct {
			Unit    int64
			Kind    string
			Day     string
			Hours   int64
			Dropped bool
		}
		read := func(who string, from, to string) (out []line) {
			actor, under := clerk, places[1]
			if who == "county" {
				actor = county
			}
			list, err := h.Metered(h.ctx, actor, d, under, from, to)
			if err != nil {
				t.Fatal(err)
			}
			for _, x := range list {
				out = append(out, line{x.Unit.ID, x.Kind, x.Day, x.Sums[2], x.Dropped})
			}
			return out
		}
		all := []line{{2, "form", "2022-01-03", 1500, false}, {2, "form", "2021-12-30", 700, false}, {2, "form", "2022-01-04", 9000, true}, {3, "meeting", "2022-01-05", 0, false}}
		if diff := cmp.Diff(all, read("clerk", "2021-12", "2022-01")); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff([]line{all[0], all[2], all[3]}, read("clerk", "2022-01", "2022-01")); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff(all[:3], read("county", "2021-01", "2022-12")); diff != "" {
			t.Errorf("a county reads of another one: %s", diff)
		}
		list, err := h.Metered(h.ctx, clerk, d, places[2], "2022-01", "2022-01")
		if err != nil || len(list) != 2 {
			t.Errorf("below one county: %v %v", list, err)
		}
	})
}

func TestLimitsHoldByUnitAndPeriod(t *testing.T) {
	m := ledger.Meter{Sums: []string{"hours"}}
	one := func(day, kind string, from, hours int64, dropped bool) ledger.Metered {
		return ledger.Metered{Day: day, Kind: kind, From: from, Sums: []int64{hours * ledger.Thousandths}, Dropped: dropped}
	}
	list := []ledger.Metered{one("2021-12-31", "form", 1, 5, false), one("2022-01-10", "form", 1, 2, false), one("2022-03-10", "form", 2, 3, false),
		one("2022-03-11", "form", 2, 1, false), one("2022-03-12", "form", 2, 7, true), one("2022-03-13", "visit", 2, 1, false), one("2022-04-01", "form", 1, 1, false)}
	for _, x := range []struct {
		limit ledger.Limit
		month string
		value int64
		over  bool
		full  bool
	}{
		{ledger.Limit{Of: "count", Per: "month", AtMost: 2}, "2022-03", 3, true, false},
		{ledger.Limit{Of: "count", Kind: "form", Per: "month", AtMost: 2}, "2022-03", 2, false, true},
		{ledger.Limit{Of: "count", Kind: "form", Per: "quarter", AtMost: 2}, "2022-03", 3, true, false},
		{ledger.Limit{Of: "count", Kind: "form", Per: "quarter", AtMost: 2}, "2022-04", 1, false, false},
		{ledger.Limit{Of: "hours", Kind: "form", Per: "year", AtMost: 7}, "2022-04", 7, false, true},
		{ledger.Limit{Of: "count", Kind: "form", Per: "year", Each: true, AtMost: 1}, "2022-12", 2, true, false},
		{ledger.Limit{Of: "count", Per: "month", AtMost: 0}, "2022-02", 0, false, true},
	} {
		got := m.Stand(list, []ledger.SetLimit{{Limit: x.limit}}, x.month)[0]
		if got.Value != x.value*ledger.Thousandths || got.Over() != x.over || got.Full() != x.full {
			t.Errorf("%+v in %s: %d, over %v, full %v", x.limit, x.month, got.Value, got.Over(), got.Full())
		}
	}
	if off := (ledger.LimitStand{SetLimit: ledger.SetLimit{Off: true}, Value: 9000}); off.Over() || off.Full() {
		t.Error("where there is no limit nothing is over it")
	}
}

func TestAnOfficeSetsItsOwnLimits(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		h := open(t, db, clock)
		d := h.Types().Current("burden")
		name := d.Meter.Limits[0].Name()
		at := func(path string) ledger.SetLimit {
			t.Helper()
			limits, err := h.Limits(h.ctx, d)
			if err != nil {
				t.Fatal(err)
			}
			return limits.At(path)[0]
		}
		near := as(8, 0, "secretariat", 2)
		set := func(unit int64, x ledger.LimitIn) error {
			actor := clerk
			if unit == 2 {
				actor = near
			}
			return h.SetLimits(h.ctx, actor, "burden", places[unit], map[string]ledger.LimitIn{name: x})
		}
		if err := set(1, ledger.LimitIn{AtMost: "6", Note: "市里的规定"}); err != nil {
			t.Fatal(err)
		}
		if err := set(2, ledger.LimitIn{AtMost: ""}); err != nil {
			t.Fatal(err)
		}
		if l := at("/1/3/"); l.AtMost != 6 || l.SetBy != 1 || l.Said != "市里的规定" {
			t.Errorf("below the city: %+v", l)
		}
		if l := at("/1/2/4/"); !l.Off || l.SetBy != 2 {
			t.Errorf("below the county that wants none: %+v", l)
		}
		for _, bad := range []string{"-1", "viel", "1.5", "1000001"} {
			if err := set(1, ledger.LimitIn{AtMost: bad}); fault.KindOf(err) != fault.Invalid {
				t.Errorf("%q: %v", bad, err)
			}
		}
		if err := h.SetLimits(h.ctx, county, "burden", places[2], map[string]ledger.LimitIn{name: {AtMost: "99"}}); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("a unit set a limit for itself: %v", err)
		}
		if err := set(2, ledger.LimitIn{Default: true}); err != nil {
			t.Fatal(err)
		}
		if l := at("/1/2/4/"); l.AtMost != 6 || l.SetBy != 1 || l.Off {
			t.Errorf("after the county dropped its own: %+v", l)
		}
	})
}
