package ledger

import (
	"slices"
	"strings"

	"plumbline/internal/calendar"
)

// Stay is a time that a matter spent in a state in which some clock stands still. To is "" while it is there. The
// instants are UTC microseconds, 0 where only the day is known.
type Stay struct {
	State  string `json:"state"`
	From   string `json:"from"`
	To     string `json:"to,omitempty"`
	FromAt int64  `json:"from_at,omitempty"`
	ToAt   int64  `json:"to_at,omitempty"`
}

// Paused says whether a clock of the definition stands still in the matter's present state.
func (d *Definition) Paused(m Matter) bool { return !Ended(m.Class) && d.pausesIn(m.State) }

func (d *Definition) pausesIn(state string) bool {
	return slices.ContainsFunc(d.Clocks, func(k Clock) bool { return slices.Contains(k.Pauses, state) })
}

// moved notes that a matter came into a state: what stood still in the one before goes on.
func (d *Definition) moved(k *Marks, to string, today calendar.Date, at int64) {
	if n := len(k.Stays); n > 0 && k.Stays[n-1].To == "" {
		k.Stays[n-1].To, k.Stays[n-1].ToAt = today.String(), at
	}
	if d.pausesIn(to) {
		k.Stays = append(k.Stays, Stay{State: to, From: today.String(), FromAt: at})
	}
}

// born are the marks of a new matter. The instant is known only where it came up today.
func (d *Definition) born(m Matter, today calendar.Date, at int64) Marks {
	opened, _ := calendar.ParseDate(m.Opened)
	if opened != today {
		at = 0
	}
	k := Marks{On: map[string]string{}}
	k.mark(MarkBirth, opened, at)
	k.mark(MarkEnter, opened, at)
	d.moved(&k, m.State, opened, at)
	return k
}

// mark notes when something happened that clocks may count from.
func (k *Marks) mark(what string, today calendar.Date, at int64) {
	k.On[what] = today.String()
	if at == 0 {
		delete(k.At, what)
		return
	}
	if k.At == nil {
		k.At = map[string]int64{}
	}
	k.At[what] = at
}

// dated notes which dates that clocks count from were set by a step.
func (d *Definition) dated(was Matter, m *Matter, today calendar.Date, at int64) {
	for _, k := range d.Clocks {
		id, isField := strings.CutPrefix(k.From, "field:")
		if isField && len(k.Pauses) > 0 && was.Values[id].Text != m.Values[id].Text {
			m.Marks.mark(k.From, today, at)
		}
	}
}

// push moves a due moment on by a stay, counted from since. Stays are pushed one after the other, so that after each
// as much time is left as there was before it.
func (s Span) push(due moment, stay Stay, since moment, cal *calendar.Calendar) moment {
	from, _ := calendar.ParseDate(stay.From)
	to, err := calendar.ParseDate(stay.To)
	if err != nil {
		return due // it is there still: the clock does not run
	}
	if s.Hours > 0 {
		a, b := moment{from, stay.FromAt}.instant(cal), moment{to, stay.ToAt}.instant(cal)
		if !since.day.IsZero() {
			a = max(a, since.instant(cal))
		}
		return momentAt(s.later(due.instant(cal), s.between(a, b, cal), cal), cal)
	}
	if from.Before(since.day) {
		from = since.day
	}
	switch {
	case !from.Before(to):
		return due
	case s.Working:
		return moment{day: cal.AddWorkingDays(due.day, cal.WorkingDaysBetween(from, to))}
	}
	return moment{day: cal.OnOrAfter(due.day.AddDays(from.DaysUntil(to)))}
}
