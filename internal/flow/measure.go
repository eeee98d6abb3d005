package flow

// Figures are what a log says as a whole; the package comment defines every one of them.
type Figures struct {
	Cases               int         `json:"cases"`
	Events              int         `json:"events"`
	Handovers           int         `json:"handovers"`
	CasesWithHandover   int         `json:"cases_with_handover"`
	MaxHandovers        int         `json:"max_handovers"`
	PingPongCases       int         `json:"ping_pong_cases"`
	PingPongOccurrences int         `json:"ping_pong_occurrences"`
	ReturnCases         int         `json:"return_cases"`
	ReworkEvents        int         `json:"rework_events"`
	ReworkCases         int         `json:"rework_cases"`
	Duration            Durations   `json:"duration_days"`
	ByHandovers         ByHandovers `json:"duration_by_handovers"`
}

// Durations compares the cases with ping-pong to the others.
type Durations struct {
	All      Spread `json:"all"`
	PingPong Spread `json:"ping_pong"`
	Other    Spread `json:"other"`
}

// ByHandovers is how long cases last that were handed over so often.
type ByHandovers struct {
	H0 Mean `json:"0"`
	H1 Mean `json:"1"`
	H2 Mean `json:"2"`
	H3 Mean `json:"3"`
	H4 Mean `json:"4"`
	H5 Mean `json:"5"`
	H6 Mean `json:"6+"`
}

// List gives the seven groups in order.
func (b *ByHandovers) List() []*Mean {
	return []*Mean{&b.H0, &b.H1, &b.H2, &b.H3, &b.H4, &b.H5, &b.H6}
}

// Path is how one case wandered.
type Path struct {
	Events    int
	Handovers int
	PingPong  int // occurrences
	Loops     int // occurrences
	Returned  bool
	Rework    int
	Lasted    int64 // microseconds
}

// walker computes paths. Its memory tells of every resource and activity in which case, and where, it was met last; so
// a case costs its own length and nothing has to be wiped between cases.
type walker struct {
	kase     int
	trail    []uint32
	place    []int // of a resource in the trail
	metIn    []int // the case in which the resource was met last
	activeIn []int // the same of an activity
}

func newWalker(l *Log) *walker {
	return &walker{place: make([]int, len(l.resources.list)), metIn: make([]int, len(l.resources.list)), activeIn: make([]int, len(l.activities.list))}
}

func (w *walker) walk(events []record) Path {
	w.kase++
	w.trail = trail(w.trail, events)
	p := Path{Events: len(events), Handovers: max(0, len(w.trail)-1), Lasted: events[len(events)-1].at - events[0].at}
	for i, r := range w.trail {
		if w.metIn[r] == w.kase {
			p.Returned = true
			if i-w.place[r] == 2 {
				p.PingPong++
			} else {
				p.Loops++
			}
		}
		w.metIn[r], w.place[r] = w.kase, i
	}
	p.Rework = len(events)
	for _, e := range events {
		if w.activeIn[e.activity] != w.kase {
			w.activeIn[e.activity] = w.kase
			p.Rework--
		}
	}
	return p
}

// Measure computes the figures of the whole log.
func (l *Log) Measure() Figures {
	f := Figures{Cases: len(l.cases.list), Events: len(l.records)}
	w := newWalker(l)
	var pingPong, other durations
	var by [7]sum
	l.eachCase(func(events []record) {
		p := w.walk(events)
		f.count(p)
		if p.PingPong > 0 {
			pingPong.add(p.Lasted)
		} else {
			other.add(p.Lasted)
		}
		by[min(p.Handovers, 6)].add(p.Lasted)
	})
	f.Duration = Durations{All: join(pingPong, other).spread(), PingPong: pingPong.spread(), Other: other.spread()}
	for i, m := range f.ByHandovers.List() {
		*m = by[i].mean()
	}
	return f
}

func (f *Figures) count(p Path) {
	f.Handovers += p.Handovers
	f.MaxHandovers = max(f.MaxHandovers, p.Handovers)
	f.PingPongOccurrences += p.PingPong
	f.ReworkEvents += p.Rework
	f.CasesWithHandover += one(p.Handovers > 0)
	f.PingPongCases += one(p.PingPong > 0)
	f.ReturnCases += one(p.Returned)
	f.ReworkCases += one(p.Rework > 0)
}

func one(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

// Paths visits every case with its path, in the order of the cases' first lines.
func (l *Log) Paths(visit func(kase string, p Path)) {
	l.sort()
	w := newWalker(l)
	l.eachCase(func(events []record) { visit(l.cases.list[events[0].kase], w.walk(events)) })
}
