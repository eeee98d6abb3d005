package meeting

import (
	"slices"
	"strings"
)

// MarkKind is what a mark of attendance says.
type MarkKind string

// The marks.
const (
	Arrive MarkKind = "arrive"
	Leave  MarkKind = "leave"
	Return MarkKind = "return"
)

// Mark says that somebody came, went or came back. At is when it happened, UTC microseconds.
type Mark struct {
	ID   int64
	Call int64
	Kind MarkKind
	At   int64
}

// Interval is a time of presence, UTC microseconds; To is 0 while it lasts.
type Interval struct{ From, To int64 }

// Intervals makes the times of presence from the marks of one person, in whatever order they were written down.
func Intervals(marks []Mark) []Interval {
	marks = slices.Clone(marks)
	slices.SortStableFunc(marks, func(a, b Mark) int {
		if a.At != b.At {
			return int(min(max(a.At-b.At, -1), 1))
		}
		return int(min(max(a.ID-b.ID, -1), 1))
	})
	var out []Interval
	for _, m := range marks {
		here := len(out) > 0 && out[len(out)-1].To == 0
		switch {
		case m.Kind == Leave && here:
			out[len(out)-1].To = m.At
		case m.Kind != Leave && !here:
			out = append(out, Interval{From: m.At})
		}
	}
	return out
}

// Present says whether the last interval lasts.
func Present(in []Interval) bool { return len(in) > 0 && in[len(in)-1].To == 0 }

// Attended is the whole time of presence up to a moment, in microseconds.
func Attended(in []Interval, until int64) int64 {
	var sum int64
	for _, i := range in {
		to := i.To
		if to == 0 || to > until {
			to = until
		}
		sum += max(0, to-i.From)
	}
	return sum
}

// LateBy is how long after the opening somebody first came, in microseconds; 0 for whoever was there in time, is not
// there at all, or where the meeting was not opened.
func LateBy(in []Interval, opened int64) int64 {
	if len(in) == 0 || opened == 0 {
		return 0
	}
	return max(0, in[0].From-opened)
}

// fits says whether a mark makes sense among those that stand: nobody arrives twice or leaves before coming. The mark's
// right kind comes back: who was there before returns.
func fits(marks []Mark, kind MarkKind, at int64) (MarkKind, bool) {
	var before []Mark
	for _, m := range marks {
		if m.At > at {
			return kind, false // what happened later is already written down
		}
		before = append(before, m)
	}
	in := Intervals(before)
	switch {
	case kind == Leave:
		return Leave, Present(in)
	case Present(in):
		return kind, false
	case len(in) > 0:
		return Return, true
	}
	return Arrive, true
}

// TimeOfDay says whether a text is a time of day, HH:MM.
func TimeOfDay(s string) bool {
	h, m, ok := strings.Cut(s, ":")
	return ok && len(h) == 2 && len(m) == 2 && h >= "00" && h <= "23" && m >= "00" && m <= "59" && strings.Trim(h+m, "0123456789") == ""
}
