// Package flow tells who passes matters on: from a log of events (which case, which activity, when, done by which unit
// or role) it computes how cases wander between resources.
//
// It is arithmetic over a reader and nothing else: it knows no database, no ledger and no clock.
//
// The definitions, for one case with its events in the order of time (equal times keep the order in which they came):
//
//	trail        the resources of its events, without those that are empty, equal neighbours counted once: t1 t2 … tn
//	handovers    n-1, and 0 for an empty trail: the direct successions of one resource by another
//	ping-pong    every i with t(i) = t(i+2): a b a b holds two
//	loop         every i whose resource stood in the trail before, most lately three or more places back: a b c a holds one
//	return       a resource that stands in the trail more than once
//	rework       the number of events less the number of distinct activities
//	duration     from its first event to its last, whatever their resources
//
// An event without a resource neither hands over nor breaks a run: a, none, a is the trail a. It counts as an event, as
// an activity and for the duration.
//
// Handover of work is that of van der Aalst, Reijers, Song: Discovering social networks from event logs (2005), direct
// succession; ping-pong and return are those of the shared paper on methods, section 7.
package flow

import (
	"slices"
	"time"
)

// Event is one line of a log. Resource is a unit or a role, "" where nobody is known.
type Event struct {
	Case     string
	Activity string
	Time     time.Time
	Resource string
}

// none is the index of the empty resource.
const none = 0

// record is an event in 24 bytes: indexes into the lists of names, and microseconds since 1970 UTC.
type record struct {
	kase     uint32
	activity uint32
	resource uint32
	at       int64
}

// names hands out an index for every distinct text.
type names struct {
	index map[string]uint32
	list  []string
}

func newNames(first ...string) names {
	n := names{index: map[string]uint32{}}
	for _, s := range first {
		n.of(s)
	}
	return n
}

// of gives the index of a text, which is copied when it is new: texts that are read come out of longer lines.
func (n *names) of(s string) uint32 {
	if i, ok := n.index[s]; ok {
		return i
	}
	i := uint32(len(n.list))
	s = string([]byte(s))
	n.index[s] = i
	n.list = append(n.list, s)
	return i
}

// Log holds events in memory: 24 bytes an event, twice that while they are put in order, and every distinct name once.
// It is not safe for use by many goroutines.
type Log struct {
	records    []record
	cases      names
	activities names
	resources  names
	sorted     bool
}

// NewLog gives an empty log.
func NewLog() *Log {
	return &Log{cases: newNames(), activities: newNames(), resources: newNames(""), sorted: true}
}

// Add takes an event. Its time is kept to the microsecond.
func (l *Log) Add(e Event) { l.add(e.Case, e.Activity, e.Resource, e.Time.UnixMicro()) }

func (l *Log) add(kase, activity, resource string, at int64) {
	l.records = append(l.records, record{l.cases.of(kase), l.activities.of(activity), l.resources.of(resource), at})
	l.sorted = false
}

// Len is the number of events.
func (l *Log) Len() int { return len(l.records) }

// sort brings the events of a case together, cases in the order of their first line, and each case in the order of
// time. Counting first where each case begins keeps it linear, and the order of the file where times are equal.
func (l *Log) sort() {
	if l.sorted {
		return
	}
	next := make([]int, len(l.cases.list)+1)
	for _, r := range l.records {
		next[r.kase+1]++
	}
	for i := 1; i < len(next); i++ {
		next[i] += next[i-1]
	}
	out := make([]record, len(l.records))
	for _, r := range l.records {
		out[next[r.kase]] = r
		next[r.kase]++
	}
	l.records, l.sorted = out, true
	byTime := func(a, b record) int {
		switch {
		case a.at < b.at:
			return -1
		case a.at > b.at:
			return 1
		}
		return 0
	}
	l.eachCase(func(events []record) {
		if !slices.IsSortedFunc(events, byTime) {
			slices.SortStableFunc(events, byTime)
		}
	})
}

// eachCase visits the events of every case, in order.
func (l *Log) eachCase(visit func(events []record)) {
	l.sort()
	for rest := l.records; len(rest) > 0; {
		n := 1
		for n < len(rest) && rest[n].kase == rest[0].kase {
			n++
		}
		visit(rest[:n])
		rest = rest[n:]
	}
}

// trail writes the distinct consecutive resources of a case over to.
func trail(to []uint32, events []record) []uint32 {
	to = to[:0]
	for _, e := range events {
		if e.resource != none && (len(to) == 0 || to[len(to)-1] != e.resource) {
			to = append(to, e.resource)
		}
	}
	return to
}
