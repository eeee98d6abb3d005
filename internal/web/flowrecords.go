package web

import (
	"context"
	"slices"
	"strconv"

	"plumbline/internal/calendar"
	"plumbline/internal/flow"
	"plumbline/internal/ledger"
)

// flowRecord is what the page "who passes matters on" keeps of one matter.
type flowRecord struct {
	id        int64
	kind      string
	owner     int64
	passed    []ledger.Passed
	stays     []flowStay
	back      bool // sent back at least once
	round     bool // came back to an owner that had been rid of it
	pingPong  bool // a b a, by the letter
	closed    bool // ended as done …
	right     bool // … without being sent back
	declared  bool // declared done, with a date by which it had to be …
	lastDay   bool // … on its last day
	handovers int
}

// flowStay is one visit at a unit, in microseconds.
type flowStay struct {
	unit           int64
	waits          bool
	waited, worked int64
}

// The figures of the page: each says of a matter whether it counts and whether it is a hit.
const (
	flowAll    = "all"
	flowBack   = "back"
	flowRound  = "round"
	flowPing   = "pingpong"
	flowRight  = "right"
	flowLast   = "last"
	flowStayed = "stay"
	flowPassed = "passed"
)

var flowFigures = []string{flowAll, flowBack, flowRound, flowPing, flowRight, flowLast, flowStayed, flowPassed}

// says applies a figure. unit 0 is every unit; to is the unit that got it, for flowPassed alone. What a matter came to
// is its owner's; where it stayed and how it was passed on is every unit's that had it.
func (r flowRecord) says(figure string, unit, to int64) (hit, counts bool) {
	owned := unit == 0 || r.owner == unit
	switch figure {
	case flowAll:
		counts = owned || r.at(unit)
		return counts, counts
	case flowBack:
		return owned && r.back, owned
	case flowRound:
		return owned && r.round, owned
	case flowPing:
		return owned && r.pingPong, owned
	case flowRight:
		return owned && r.right, owned && r.closed
	case flowLast:
		return owned && r.lastDay, owned && r.declared
	case flowStayed:
		counts = r.at(unit)
		return counts, counts
	case flowPassed:
		counts = slices.ContainsFunc(r.passed, func(p ledger.Passed) bool { return p.From == unit && p.To == to })
		return counts, counts
	}
	return false, false
}

// at says whether a unit had its turn; 0 asks whether any had.
func (r flowRecord) at(unit int64) bool {
	return slices.ContainsFunc(r.stays, func(s flowStay) bool { return unit == 0 || s.unit == unit })
}

// flowRecords reads a history once and computes what there is to say of every matter.
func flowRecords(ctx context.Context, h *ledger.History, cal *calendar.Calendar) ([]flowRecord, error) {
	var out []flowRecord
	log := flow.NewLog()
	at := map[string]int{}
	for t, err := range h.Trails(ctx) {
		if err != nil {
			return nil, err
		}
		r := flowRecord{id: t.Matter.ID, kind: t.Matter.Type, owner: t.Matter.Owner.ID, passed: t.Passed(), back: t.SentBack() > 0, round: t.CameRound()}
		r.right, r.closed = t.Right()
		r.lastDay, r.declared = t.LastDay(cal)
		kase := itoa(t.Matter.ID)
		at[kase] = len(out)
		for _, turn := range t.Turns {
			e := flow.Event{Case: kase, Activity: turn.Step, Time: turn.At}
			if turn.Unit != 0 {
				e.Resource = itoa(turn.Unit)
			}
			log.Add(e)
		}
		out = append(out, r)
	}
	log.Paths(func(kase string, p flow.Path) {
		out[at[kase]].pingPong, out[at[kase]].handovers = p.PingPong > 0, p.Handovers
	})
	log.Stays(func(kase string, stays []flow.Stay) {
		r := &out[at[kase]]
		for _, s := range stays {
			unit, _ := strconv.ParseInt(s.Resource, 10, 64)
			r.stays = append(r.stays, flowStay{unit, !s.First, s.Waited, s.Worked})
		}
	})
	return out, nil
}

// flowTally adds matters up, for all of them, a unit or a ledger.
type flowTally struct {
	matters                 int
	back, round, ping       ratio
	right, last             ratio
	waits, visits           int
	waited, worked          int64
	handovers, mostHandover int
}

// ratio is how many of how many.
type ratio struct{ hits, of int }

func (x *ratio) add(hit, counts bool) {
	if counts {
		x.of++
	}
	if counts && hit {
		x.hits++
	}
}

// add takes a matter; of its stays those at the unit, or all.
func (t *flowTally) add(r flowRecord, unit int64) {
	if hit, _ := r.says(flowAll, unit, 0); hit {
		t.matters++
	}
	t.back.add(r.says(flowBack, unit, 0))
	t.round.add(r.says(flowRound, unit, 0))
	t.ping.add(r.says(flowPing, unit, 0))
	t.right.add(r.says(flowRight, unit, 0))
	t.last.add(r.says(flowLast, unit, 0))
	t.handovers += r.handovers
	t.mostHandover = max(t.mostHandover, r.handovers)
	for _, s := range r.stays {
		if unit != 0 && s.unit != unit {
			continue
		}
		t.visits++
		t.worked += s.worked
		if s.waits {
			t.waits++
			t.waited += s.waited
		}
	}
}

// units lists every unit that owns one of the matters or had its turn, by how many they are, most first.
func flowUnits(records []flowRecord) []int64 {
	count := map[int64]int{}
	for _, r := range records {
		seen := map[int64]bool{0: true}
		for _, unit := range append([]int64{r.owner}, stayUnits(r)...) {
			if !seen[unit] {
				seen[unit] = true
				count[unit]++
			}
		}
	}
	var out []int64
	for unit := range count {
		out = append(out, unit)
	}
	slices.SortFunc(out, func(a, b int64) int {
		if count[a] != count[b] {
			return count[b] - count[a]
		}
		return int(a - b)
	})
	return out
}

func stayUnits(r flowRecord) []int64 {
	out := make([]int64, len(r.stays))
	for i, s := range r.stays {
		out[i] = s.unit
	}
	return out
}

// flowWay is one way between two units.
type flowWay struct {
	from, to             int64
	times, matters, back int
}

// flowWays gathers the handovers, the most frequent first.
func flowWays(records []flowRecord) []flowWay {
	at := map[[2]int64]int{}
	var out []flowWay
	for _, r := range records {
		seen := map[int]bool{}
		for _, p := range r.passed {
			key := [2]int64{p.From, p.To}
			i, ok := at[key]
			if !ok {
				i = len(out)
				at[key] = i
				out = append(out, flowWay{from: p.From, to: p.To})
			}
			out[i].times++
			if p.Back {
				out[i].back++
			}
			if !seen[i] {
				seen[i] = true
				out[i].matters++
			}
		}
	}
	slices.SortFunc(out, func(a, b flowWay) int {
		switch {
		case a.times != b.times:
			return b.times - a.times
		case a.from != b.from:
			return int(a.from - b.from)
		}
		return int(a.to - b.to)
	})
	return out
}
