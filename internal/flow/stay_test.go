package flow

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

const minute = 60_000_000

func TestStays(t *testing.T) {
	for trail, want := range map[string][]Stay{
		"a":      {{Resource: "a", First: true}},
		"..":     {},
		"aab":    {{"a", true, 0, minute}, {"b", false, minute, 0}},
		".a.bb.": {{"a", true, 0, 0}, {"b", false, 2 * minute, minute}},
		"a.ab.a": {{"a", true, 0, 2 * minute}, {"b", false, minute, 0}, {"a", false, 2 * minute, 0}},
	} {
		logOf(trail).Stays(func(_ string, got []Stay) {
			if diff := cmp.Diff(want, slices.Clone(got)); diff != "" && len(want)+len(got) > 0 {
				t.Errorf("%s: %s", trail, diff)
			}
		})
	}
}

// However a case wanders, waiting and working together are the time between its first and last event with a resource,
// and there is one stay more than handovers.
func TestStaysAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := NewLog()
		first, last, handovers := map[string]time.Time{}, map[string]time.Time{}, map[string]int{}
		for _, e := range drawn(t) {
			l.Add(e)
			if e.Resource == "" {
				continue
			}
			if at, ok := first[e.Case]; !ok || e.Time.Before(at) {
				first[e.Case] = e.Time
			}
			if at, ok := last[e.Case]; !ok || e.Time.After(at) {
				last[e.Case] = e.Time
			}
		}
		l.Paths(func(kase string, p Path) { handovers[kase] = p.Handovers })
		l.Stays(func(kase string, stays []Stay) {
			var total int64
			for _, s := range stays {
				if s.Waited < 0 || s.Worked < 0 {
					t.Fatalf("%+v", s)
				}
				total += s.Waited + s.Worked
			}
			if total != last[kase].Sub(first[kase]).Microseconds() || max(0, len(stays)-1) != handovers[kase] {
				t.Fatalf("%s: %+v", kase, stays)
			}
		})
	})
}
