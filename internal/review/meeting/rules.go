package meeting

import "slices"

// Step is the kind of a live event.
type Step string

// The live events. Undo takes back the last one of open, start, pause, resume and stop that stands.
const (
	Open   Step = "open"  // the meeting begins
	Start  Step = "start" // of a slot
	Pause  Step = "pause"
	Resume Step = "resume" // after a pause, or once more after a stop
	Stop   Step = "stop"
	Undo   Step = "undo"
	Close  Step = "close" // the meeting is over
	Reopen Step = "reopen"
)

// Event is one thing that the host did. At is UTC microseconds; Slot is 0 for the meeting as a whole. Undoes is the
// event that an undo took back.
type Event struct {
	ID     int64
	Seq    int
	Slot   int64
	Step   Step
	At     int64
	Undoes int64
	Note   string
	By     string // the account's name
}

// Phase is how far a slot is.
type Phase string

// The phases of a slot.
const (
	Waiting  Phase = ""
	Speaking Phase = "speaking"
	Paused   Phase = "paused"
	Spoken   Phase = "spoken"
)

// Clock is the time of one slot as a pure function of its events: Elapsed up to the last start, and since Started while
// it runs. All in microseconds.
type Clock struct {
	Elapsed int64
	Started int64
	Running bool
}

// At is the time that the clock shows at a moment. It is never negative and never runs backwards.
func (c Clock) At(now int64) int64 {
	if c.Running {
		return c.Elapsed + max(0, now-c.Started)
	}
	return c.Elapsed
}

// Turn is what the events say of one slot. Begun and Ended are 0 where it has not happened.
type Turn struct {
	Phase Phase
	Clock Clock
	Begun int64
	Ended int64
}

// Stage is what the events say of the whole meeting.
type Stage struct {
	State   State
	Opened  int64
	Ended   int64
	Current int64 // the slot that speaks or pauses; 0: none
	Turns   map[int64]Turn
}

// Replay makes the stage from the log of events. Slots that were removed or put elsewhere change nothing in it: an event
// names its slot, not its place.
func Replay(events []Event) Stage {
	s := Stage{State: Planned, Turns: map[int64]Turn{}}
	for _, e := range Standing(events) {
		s.apply(e)
	}
	return s
}

// Standing gives the events that nobody took back, without the undos themselves.
func Standing(events []Event) []Event {
	gone := map[int64]bool{}
	for _, e := range events {
		if e.Step == Undo {
			gone[e.Undoes] = true
		}
	}
	var out []Event
	for _, e := range events {
		if e.Step != Undo && !gone[e.ID] {
			out = append(out, e)
		}
	}
	return out
}

func (s *Stage) apply(e Event) {
	t := s.Turns[e.Slot]
	switch e.Step {
	case Open:
		s.State, s.Opened = Running, e.At
		return
	case Close:
		s.State, s.Ended = Ended, e.At
		return
	case Reopen:
		s.State, s.Ended = Running, 0
		return
	case Start, Resume:
		if t.Begun == 0 {
			t.Begun = e.At
		}
		t.Phase, t.Ended, s.Current = Speaking, 0, e.Slot
		t.Clock = Clock{Elapsed: t.Clock.At(e.At), Started: e.At, Running: true}
	case Pause:
		t.Phase, t.Clock = Paused, Clock{Elapsed: t.Clock.At(e.At)}
	case Stop:
		t.Phase, t.Ended, t.Clock = Spoken, e.At, Clock{Elapsed: t.Clock.At(e.At)}
		if s.Current == e.Slot {
			s.Current = 0
		}
	}
	s.Turns[e.Slot] = t
}

// Allows says whether a step makes sense now. Only one slot is on at a time.
func (s Stage) Allows(step Step, slot int64) bool {
	phase := s.Turns[slot].Phase
	free := s.Current == 0 || s.Current == slot
	running := s.State == Running
	switch step {
	case Open:
		return s.State == Planned
	case Start:
		return running && slot != 0 && free && phase == Waiting
	case Pause:
		return running && slot != 0 && phase == Speaking
	case Resume:
		return running && slot != 0 && free && (phase == Paused || phase == Spoken)
	case Stop:
		return running && slot != 0 && (phase == Speaking || phase == Paused)
	case Close:
		return running && s.Current == 0
	case Reopen:
		return s.State == Ended
	}
	return false
}

// Undoable gives the event that an undo would take back: the last one that stands, unless the meeting was closed or
// opened again since.
func Undoable(events []Event) (Event, bool) {
	standing := Standing(events)
	if len(standing) == 0 {
		return Event{}, false
	}
	last := standing[len(standing)-1]
	return last, last.Step != Close && last.Step != Reopen
}

// Next is the first slot in the order that has not begun; nil where everybody has.
func (s Stage) Next(slots []Slot) *Slot {
	for i := range slots {
		if s.Turns[slots[i].ID].Phase == Waiting {
			return &slots[i]
		}
	}
	return nil
}

// Now is the slot that is on; nil where none is.
func (s Stage) Now(slots []Slot) *Slot {
	if i := slices.IndexFunc(slots, func(x Slot) bool { return x.ID == s.Current }); i >= 0 && s.Current != 0 {
		return &slots[i]
	}
	return nil
}
