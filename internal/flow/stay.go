package flow

// Stay is one visit of a case at a resource: a run of its events with that resource, events without one left aside.
// Waited is from the event before the run to the first event of the run: the case lay there, or was on its way, until
// somebody did something. Worked is from the first event of the run to its last. Both in microseconds; the visit that
// a case begins with did not wait, First says so.
type Stay struct {
	Resource string
	First    bool
	Waited   int64
	Worked   int64
}

// Stays visits every case with its stays, in order. Over a case, all that was waited and worked is the time from its
// first event with a resource to its last.
func (l *Log) Stays(visit func(kase string, stays []Stay)) {
	var stays []Stay
	l.eachCase(func(events []record) {
		stays = stays[:0]
		var last, first int64 // the last event with a resource, and the first of the present run
		var at uint32 = none
		for _, e := range events {
			if e.resource == none {
				continue
			}
			if e.resource != at {
				s := Stay{Resource: l.resources.list[e.resource], First: at == none}
				if !s.First {
					s.Waited = e.at - last
				}
				stays = append(stays, s)
				at, first = e.resource, e.at
			}
			last = e.at
			stays[len(stays)-1].Worked = last - first
		}
		visit(l.cases.list[events[0].kase], stays)
	})
}
