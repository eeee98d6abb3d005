package meeting

import (
	"reflect"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// drawLog makes a log that the host could have made: only allowed steps, times that never go back.
func drawLog(t *rapid.T) []Event {
	var events []Event
	at := int64(1_000_000)
	n := rapid.IntRange(0, 40).Draw(t, "steps")
	for range n {
		at += rapid.Int64Range(0, 400_000_000).Draw(t, "gap")
		slot := rapid.Int64Range(1, 4).Draw(t, "slot")
		step := rapid.SampledFrom([]Step{Open, Start, Pause, Resume, Stop, Undo, Close, Reopen}).Draw(t, "step")
		e := Event{ID: int64(len(events) + 1), Seq: len(events) + 1, Step: step, Slot: slot, At: at}
		if step == Undo {
			last, ok := Undoable(events)
			if !ok {
				continue
			}
			e.Undoes, e.Slot = last.ID, last.Slot
		} else {
			if step == Open || step == Close || step == Reopen {
				e.Slot = 0
			}
			if !Replay(events).Allows(step, e.Slot) {
				continue
			}
		}
		events = append(events, e)
	}
	return events
}

func TestReplayIsTheLiveStage(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		events := drawLog(t)
		live := Stage{State: Planned, Turns: map[int64]Turn{}}
		history := []Stage{}
		clone := func(s Stage) Stage {
			turns := map[int64]Turn{}
			for k, v := range s.Turns {
				turns[k] = v
			}
			s.Turns = turns
			return s
		}
		for _, e := range events { // the host's screen: one step after the other, an undo goes back to what was before
			if e.Step == Undo {
				live, history = history[len(history)-1], history[:len(history)-1]
				continue
			}
			history = append(history, clone(live))
			live.apply(e)
		}
		if got := Replay(events); !reflect.DeepEqual(got, live) {
			t.Fatalf("replay %+v, live %+v", got, live)
		}
	})
}

func TestClockIsNeverNegativeAndNeverRunsBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		events := drawLog(t)
		before := map[int64]int64{}
		for i := range events {
			if events[i].Step == Undo {
				clear(before) // an undo may give time back or take it away; that is what it is for
			}
			s := Replay(events[:i+1])
			for slot, turn := range s.Turns {
				now := turn.Clock.At(events[i].At)
				if now < 0 || now < before[slot] {
					t.Fatalf("slot %d shows %d after %d", slot, now, before[slot])
				}
				before[slot] = now
			}
		}
		end := int64(1 << 50)
		for slot, turn := range Replay(events).Turns {
			early, late := turn.Clock.At(0), turn.Clock.At(end)
			if early < 0 || late < early {
				t.Fatalf("slot %d: %d then %d", slot, early, late)
			}
		}
	})
}

// A slot that is removed, added or put elsewhere takes its own events with it and nothing else: no clock jumps.
func TestClockIsItsOwnEventsAlone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		events := drawLog(t)
		whole := Replay(events)
		for slot, turn := range whole.Turns {
			own := slices.DeleteFunc(slices.Clone(events), func(e Event) bool { return e.Slot != slot && e.Slot != 0 })
			if got := Replay(own).Turns[slot]; got.Clock != turn.Clock || got.Phase != turn.Phase {
				t.Fatalf("slot %d alone %+v, among others %+v", slot, got, turn)
			}
		}
	})
}

func TestUndoTakesBackExactlyOneStep(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		events := drawLog(t)
		last, ok := Undoable(events)
		if !ok {
			return
		}
		undone := append(slices.Clone(events), Event{ID: 1000, Seq: len(events) + 1, Step: Undo, Slot: last.Slot, At: 1 << 40, Undoes: last.ID})
		standing := Standing(events)
		want := Stage{State: Planned, Turns: map[int64]Turn{}}
		for _, e := range standing[:len(standing)-1] {
			want.apply(e)
		}
		if got := Replay(undone); !reflect.DeepEqual(got, want) {
			t.Fatalf("after the undo %+v, want %+v", got, want)
		}
	})
}

func TestOnlyOneSpeaksAtATime(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		speaking := 0
		s := Replay(drawLog(t))
		for slot, turn := range s.Turns {
			if turn.Phase == Speaking || turn.Phase == Paused {
				speaking++
				if s.Current != slot {
					t.Fatalf("slot %d is on, current is %d", slot, s.Current)
				}
			}
		}
		if speaking > 1 {
			t.Fatalf("%d at once", speaking)
		}
	})
}

func TestNextSkipsWhoeverHasBegun(t *testing.T) {
	slots := []Slot{{ID: 7}, {ID: 8}, {ID: 9}}
	s := Replay([]Event{{ID: 1, Step: Open, At: 1}, {ID: 2, Step: Start, Slot: 7, At: 2}})
	if s.Now(slots).ID != 7 || s.Next(slots).ID != 8 {
		t.Errorf("now %v, next %v", s.Now(slots), s.Next(slots))
	}
	if s.Next(slots[:1]) != nil || s.Now(slots[1:]) != nil {
		t.Error("somebody follows the last one")
	}
}

func TestIntervals(t *testing.T) {
	marks := []Mark{{ID: 3, Kind: Return, At: 50}, {ID: 1, Kind: Arrive, At: 10}, {ID: 2, Kind: Leave, At: 30}}
	in := Intervals(marks)
	if !reflect.DeepEqual(in, []Interval{{10, 30}, {50, 0}}) {
		t.Errorf("%v", in)
	}
	if !Present(in) || Attended(in, 60) != 30 || LateBy(in, 4) != 6 || LateBy(in, 0) != 0 {
		t.Errorf("present %v, attended %d, late %d", Present(in), Attended(in, 60), LateBy(in, 4))
	}
	if kind, ok := fits(marks[1:], Arrive, 40); kind != Return || !ok {
		t.Errorf("whoever was there comes back: %v %v", kind, ok)
	}
	for name, bad := range map[string]struct {
		kind MarkKind
		at   int64
	}{"twice": {Arrive, 60}, "into the past": {Leave, 20}} {
		if _, ok := fits(marks, bad.kind, bad.at); ok {
			t.Errorf("%s was taken", name)
		}
	}
	if _, ok := fits(nil, Leave, 5); ok {
		t.Error("somebody left who never came")
	}
}

func TestAttendanceIsNeverNegative(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 12).Draw(t, "marks")
		var marks []Mark
		for i := range n {
			marks = append(marks, Mark{ID: int64(i), Kind: rapid.SampledFrom([]MarkKind{Arrive, Leave, Return}).Draw(t, "kind"), At: rapid.Int64Range(1, 1000).Draw(t, "at")})
		}
		in := Intervals(marks)
		for i, x := range in {
			if x.To != 0 && x.To < x.From || i > 0 && (in[i-1].To == 0 || in[i-1].To > x.From) {
				t.Fatalf("%v", in)
			}
		}
		if until := rapid.Int64Range(0, 1200).Draw(t, "until"); Attended(in, until) < 0 || Attended(in, until) > until {
			t.Fatalf("%v until %d: %d", in, until, Attended(in, until))
		}
	})
}

func TestTimeOfDay(t *testing.T) {
	for s, want := range map[string]bool{"09:00": true, "23:59": true, "24:00": false, "9:00": false, "09:60": false, "ab:cd": false, "": false, "0a:00": false} {
		if TimeOfDay(s) != want {
			t.Errorf("%q", s)
		}
	}
}

func TestBodyTidy(t *testing.T) {
	b, err := Body{Affirm: " good ", Problems: []Problem{{Key: "p1", Text: " "}, {Key: "p2", Text: " late ", Units: []int64{3}}, {Key: "p3", Text: "x", Common: true, Units: []int64{5, 3, 5}}}}.tidy()
	if err != nil {
		t.Fatal(err)
	}
	want := Body{Affirm: "good", Problems: []Problem{{Key: "p2", Text: "late"}, {Key: "p3", Text: "x", Common: true, Units: []int64{3, 5}}}}
	if !reflect.DeepEqual(b, want) {
		t.Errorf("%+v", b)
	}
	for _, bad := range []Body{{Problems: []Problem{{Key: "q1", Text: "x"}}}, {Problems: []Problem{{Key: "p1", Text: "x"}, {Key: "p1", Text: "y"}}}} {
		if _, err := bad.tidy(); err == nil {
			t.Errorf("%+v was taken", bad)
		}
	}
	if got := NextKeys(2, "p2", "p7"); !slices.Equal(got, []string{"p8", "p9"}) {
		t.Errorf("%v", got)
	}
	if !(Body{Affirm: "x"}).Lacks() || (Body{None: "why"}).Lacks() {
		t.Error("lacks")
	}
}

func FuzzTimeOfDay(f *testing.F) {
	for _, s := range []string{"09:00", "24:00", "1:5", "００:00", ":", "12:345"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		_, err := time.Parse("15:04", s)
		if want := err == nil && len(s) == 5; TimeOfDay(s) != want {
			t.Fatalf("%q: %v, the library says %v", s, TimeOfDay(s), want)
		}
	})
}

func FuzzStoredBody(f *testing.F) {
	f.Add(`{"affirm":"a","problems":[{"key":"p1","text":"x","common":true,"units":[3,1]}],"direct":""}`)
	f.Add(`{"problems":null}`)
	f.Add(`[]`)
	f.Fuzz(func(t *testing.T, s string) {
		b, err := parseBody(s)
		if err != nil {
			return
		}
		tidy, err := b.tidy()
		if err != nil {
			return
		}
		again, err := parseBody(tidy.text())
		if err != nil {
			t.Fatalf("%q can't be read again: %v", tidy.text(), err)
		}
		if once, err := again.tidy(); err != nil || once.text() != tidy.text() {
			t.Fatalf("%q became %q, %v", tidy.text(), once.text(), err)
		}
	})
}
