package flow

import (
	"fmt"
	"math"
	"slices"
	"sort"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func drawn(t *rapid.T) []Event {
	event := rapid.Custom(func(t *rapid.T) Event {
		return Event{
			Case:     fmt.Sprint(rapid.IntRange(0, 5).Draw(t, "case")),
			Activity: fmt.Sprint(rapid.IntRange(0, 4).Draw(t, "activity")),
			Time:     time.UnixMicro(rapid.Int64Range(0, 8).Draw(t, "time") * 3_600_000_007),
			Resource: rapid.SampledFrom([]string{"", "a", "b", "c", "d"}).Draw(t, "resource"),
		}
	})
	return rapid.SliceOfN(event, 0, 60).Draw(t, "events")
}

// plainly computes the same figures in the most pedestrian way, from the words of the package comment.
func plainly(events []Event) Figures {
	f := Figures{Events: len(events)}
	cases := map[string][]Event{}
	for _, e := range events {
		cases[e.Case] = append(cases[e.Case], e)
	}
	var all, pingPong, other []float64
	by := map[int][]float64{}
	for _, es := range cases {
		sort.SliceStable(es, func(i, j int) bool { return es[i].Time.Before(es[j].Time) })
		var trail []string
		activities := map[string]bool{}
		for _, e := range es {
			activities[e.Activity] = true
			if e.Resource != "" && (len(trail) == 0 || trail[len(trail)-1] != e.Resource) {
				trail = append(trail, e.Resource)
			}
		}
		pings, returned := 0, false
		for i := range trail {
			if i+2 < len(trail) && trail[i] == trail[i+2] {
				pings++
			}
			returned = returned || slices.Contains(trail[:i], trail[i])
		}
		handovers := max(0, len(trail)-1)
		rework := len(es) - len(activities)
		days := float64(es[len(es)-1].Time.Sub(es[0].Time)) / float64(24*time.Hour)
		f.Cases++
		f.Handovers += handovers
		f.MaxHandovers = max(f.MaxHandovers, handovers)
		f.PingPongOccurrences += pings
		f.ReworkEvents += rework
		f.CasesWithHandover += one(handovers > 0)
		f.PingPongCases += one(pings > 0)
		f.ReturnCases += one(returned)
		f.ReworkCases += one(rework > 0)
		all = append(all, days)
		if pings > 0 {
			pingPong = append(pingPong, days)
		} else {
			other = append(other, days)
		}
		by[min(handovers, 6)] = append(by[min(handovers, 6)], days)
	}
	f.Duration = Durations{plainSpread(all), plainSpread(pingPong), plainSpread(other)}
	for i, m := range f.ByHandovers.List() {
		s := plainSpread(by[i])
		*m = Mean{s.Mean, s.N}
	}
	return f
}

func plainSpread(days []float64) Spread {
	if len(days) == 0 {
		return Spread{}
	}
	sort.Float64s(days)
	total := 0.0
	for _, d := range days {
		total += d
	}
	n := len(days)
	return Spread{Days{true, total / float64(n)}, Days{true, (days[(n-1)/2] + days[n/2]) / 2}, n}
}

var nearly = cmp.Comparer(func(a, b Days) bool { return a.Known == b.Known && math.Abs(a.Value-b.Value) < 1e-9 })

func TestMeasureIsWhatTheWordsSay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		events := drawn(t)
		l := NewLog()
		for _, e := range events {
			l.Add(e)
		}
		if diff := cmp.Diff(plainly(events), l.Measure(), nearly); diff != "" {
			t.Fatal(diff)
		}
		total := 0
		for _, h := range l.Handovers() {
			total += h.Count
			if h.From == h.To || h.From == "" || h.To == "" || h.Cases > h.Count {
				t.Fatalf("%+v", h)
			}
		}
		if total != l.Measure().Handovers {
			t.Fatalf("the map holds %d", total)
		}
	})
}

// The order of lines of different times, and of the cases among each other, changes nothing.
func TestOrderOfTheFileDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		events := drawn(t)
		for i := range events {
			events[i].Time = time.UnixMicro(int64(i) * 1_000_003)
		}
		a, b := NewLog(), NewLog()
		for _, e := range events {
			a.Add(e)
		}
		for _, e := range rapid.Permutation(events).Draw(t, "shuffled") {
			b.Add(e)
		}
		if diff := cmp.Diff(a.Measure(), b.Measure()); diff != "" {
			t.Fatal(diff)
		}
	})
}
