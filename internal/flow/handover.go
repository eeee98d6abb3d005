package flow

import (
	"cmp"
	"slices"
)

// Handover is how often one resource passed cases to another, and in how many cases it did.
type Handover struct {
	From  string
	To    string
	Count int
	Cases int
}

// Handovers is the map of handovers: who passes to whom, the most frequent first, then by name.
func (l *Log) Handovers() []Handover {
	type way struct{ from, to uint32 }
	count, cases, last := map[way]int{}, map[way]int{}, map[way]int{}
	var steps []uint32
	kase := 0
	l.eachCase(func(events []record) {
		kase++
		steps = trail(steps, events)
		for i := 1; i < len(steps); i++ {
			w := way{steps[i-1], steps[i]}
			count[w]++
			if last[w] != kase {
				last[w] = kase
				cases[w]++
			}
		}
	})
	out := make([]Handover, 0, len(count))
	for w, n := range count {
		out = append(out, Handover{l.resources.list[w.from], l.resources.list[w.to], n, cases[w]})
	}
	slices.SortFunc(out, func(a, b Handover) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To))
	})
	return out
}

// Grouped keeps the most-1 resources that take part in most handovers and puts all others under one name, for a
// drawing that can be read. Handovers inside the group of the others are left out; how many there were is the second
// result. Cases of joined ways are added up, so that a case may count in several. With at most that many resources
// nothing changes.
func Grouped(all []Handover, most int, others string) (shown []Handover, within int) {
	weight := map[string]int{}
	for _, h := range all {
		weight[h.From] += h.Count
		weight[h.To] += h.Count
	}
	if len(weight) <= most {
		return all, 0
	}
	kept := map[string]bool{}
	for _, name := range heaviest(weight)[:most-1] {
		kept[name] = true
	}
	name := func(s string) string {
		if kept[s] {
			return s
		}
		return others
	}
	at := map[[2]string]int{}
	for _, h := range all {
		h.From, h.To = name(h.From), name(h.To)
		if h.From == h.To {
			within += h.Count
			continue
		}
		key := [2]string{h.From, h.To}
		i, ok := at[key]
		if !ok {
			at[key] = len(shown)
			shown = append(shown, h)
			continue
		}
		shown[i].Count += h.Count
		shown[i].Cases += h.Cases
	}
	slices.SortStableFunc(shown, func(a, b Handover) int { return cmp.Compare(b.Count, a.Count) })
	return shown, within
}

func heaviest(weight map[string]int) []string {
	out := make([]string, 0, len(weight))
	for name := range weight {
		out = append(out, name)
	}
	slices.SortFunc(out, func(a, b string) int { return cmp.Or(cmp.Compare(weight[b], weight[a]), cmp.Compare(a, b)) })
	return out
}
