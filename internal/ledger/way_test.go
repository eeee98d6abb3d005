package ledger_test

import (
	"slices"
	"strconv"
	"testing"

	"plumbline/internal/authz"
	"plumbline/internal/ledger"
	"plumbline/internal/store"
	"plumbline/internal/store/storetest"
)

// A list is the same whichever way it is found, and a page of it says the same as the list and its count.
func TestEveryWayFindsTheSame(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		h := open(t, db, clock)
		for i := range 12 {
			id := h.finding("养老服务第" + strconv.Itoa(i) + "件")
			switch i % 4 {
			case 1:
				h.do(id, county, "plan", plan)
			case 2:
				h.do(id, county, "plan", plan, clerk, "approve", nil, staff, "progress", nil)
			case 3:
				h.do(id, county, "plan", plan, clerk, "approve", nil, staff, "progress", nil, staff, "declare", ledger.Texts(map[string]string{"result": "好"}))
			}
		}
		seen := 0
		filters := everyFilter()
		for i := 0; i < len(filters); i += 29 { // shares no factor with the number of choices, so that all of them meet
			f := filters[i]
			for _, who := range []authz.Actor{clerk, county, verifier} {
				h.Few(7000)
				want := h.keys(who, f)
				count, err := h.CountTo(h.ctx, who, f, h.today(), 5)
				if err != nil || count != min(6, int64(len(want))) {
					t.Fatalf("%+v: %d of %d counted, %v", f, count, len(want), err)
				}
				seen += len(want)
				for _, few := range []int{7000, 3, -1} {
					h.Few(few)
					if got := h.keys(who, f); !slices.Equal(got, want) {
						t.Errorf("%+v with few %d: %v, want %v", f, few, got, want)
					}
					for _, offset := range []int{2, 40} {
						part := f
						part.Limit, part.Offset = 3, offset
						page, n, err := h.Page(h.ctx, who, part, h.today(), 5)
						if err != nil || n != count || !slices.Equal(keysOf(page), want[min(offset, len(want)):min(offset+3, len(want))]) {
							t.Errorf("%+v with few %d: page %v of %d, want %v of %d, %v", part, few, keysOf(page), n, want, count, err)
						}
					}
				}
			}
		}
		if seen < 100 {
			t.Errorf("only %d matters were found by all filters", seen)
		}
	})
}

func everyFilter() (out []ledger.Filter) {
	for _, kind := range []string{"", "rectification", "promise"} {
		for _, state := range []string{"", "registered", "in_progress"} {
			for _, class := range []string{"", "open", "ended", ledger.TurnVerifier, ledger.TurnOwner} {
				for _, queue := range []string{"", ledger.QueueDo, ledger.QueueVerify, ledger.QueueNobody, ledger.QueueLate} {
					for _, text := range []string{"", "养老服务", "第1", "zg-2022-0002"} {
						for _, order := range []string{"", "new", "number"} {
							if (state != "") && (class != "" || queue != "") {
								continue // a state has one class
							}
							out = append(out, ledger.Filter{Type: kind, State: state, Class: class, Queue: queue, Text: text, Sort: order},
								ledger.Filter{Type: kind, State: state, Class: class, Queue: queue, Text: text, Sort: order, Under: places[2]})
						}
					}
				}
			}
		}
	}
	return out
}

func (h *house) keys(who authz.Actor, f ledger.Filter) []int64 {
	h.t.Helper()
	list, err := h.List(h.ctx, who, f, h.today())
	if err != nil {
		h.t.Fatalf("%+v: %v", f, err)
	}
	return keysOf(list)
}

func keysOf(list []ledger.Matter) []int64 {
	out := make([]int64, len(list))
	for i, m := range list {
		out[i] = m.ID
	}
	return out
}
