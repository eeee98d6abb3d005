package ledger

import (
	"slices"
	"strings"
	"time"

	"plumbline/internal/calendar"
	"plumbline/internal/wording"
)

// Clock says when a matter is due while it stands in some states. From is "birth", "enter" (when the present state was
// entered), a step's id (when it was last taken) or "field:" and the id of a field that holds a date, computed or not.
type Clock struct {
	ID     string       `json:"id"`
	Name   wording.Text `json:"name"`
	States []string     `json:"states"`
	From   string       `json:"from"`
	Days   int          `json:"days"`
	// Hours make a clock of hours instead of days; with Working they run on working days alone, from midnight to midnight.
	Hours   int  `json:"hours,omitempty"`
	Working bool `json:"working"`
	// Pauses are states in which the clock stands still: time spent there does not count.
	Pauses []string `json:"pauses,omitempty"`
	// Anew are steps after which the clock counts from its beginning again: a matter that comes back has its time once more.
	Anew []string `json:"anew,omitempty"`
	// Grace is how many days after the due date a matter is not yet late, counted as the clock counts its days.
	Grace int `json:"grace,omitempty"`
	// By gives other lengths by what a choice field says; where it says nothing listed the clock's own length holds.
	By ClockBy `json:"by,omitzero"`
}

// Span is a length of time, exactly one of days, hours and months: of a clock days or hours, of every day or of working
// days alone; of a recurrence days or months.
type Span struct {
	Days    int  `json:"days,omitempty"`
	Hours   int  `json:"hours,omitempty"`
	Months  int  `json:"months,omitempty"`
	Working bool `json:"working,omitempty"`
}

// ClockBy are the lengths of a clock by the value of a choice field.
type ClockBy struct {
	Field  string          `json:"field"`
	Values map[string]Span `json:"values"`
}

// Running is a clock that runs in a matter's present state. Due is the day on which the matter is due, Last the last day
// on which it is not late: the same, or later by the clock's grace. DueAt and LastAt are the instants of a clock of hours,
// UTC microseconds; of a clock of days they are 0, and the whole day counts.
type Running struct {
	Clock         Clock
	Due, Last     calendar.Date
	DueAt, LastAt int64
}

// Running lists the clocks that run in the matter's present state, in the definition's order. A clock whose beginning
// is not known yet (an empty field, a step never taken) does not run.
func (d *Definition) Running(m Matter, cal *calendar.Calendar) []Running {
	var out []Running
	for _, k := range d.Clocks {
		if !slices.Contains(k.States, m.State) {
			continue
		}
		if r, ok := k.run(m, cal); ok {
			out = append(out, r)
		}
	}
	return out
}

// due is the end of the clock that ends first, grace included, in the present state: the day, and the instant where it
// is one of hours; "" and 0 where none runs.
func (d *Definition) due(m Matter, cal *calendar.Calendar) (day string, at int64) {
	var first *Running
	for _, r := range d.Running(m, cal) {
		if first == nil || r.ends(cal) < first.ends(cal) {
			first = &r
		}
	}
	if first == nil {
		return "", 0
	}
	return first.Last.String(), first.LastAt
}

// ends is the instant after which the matter is late.
func (r Running) ends(cal *calendar.Calendar) int64 { return moment{r.Last, r.LastAt}.instant(cal) }

// run reckons one clock.
func (k Clock) run(m Matter, cal *calendar.Calendar) (Running, bool) {
	from, since := k.start(m)
	if from.day.IsZero() {
		return Running{}, false
	}
	span := k.span(m)
	due := span.after(from, cal)
	for _, stay := range m.Marks.Stays {
		if slices.Contains(k.Pauses, stay.State) {
			due = k.measure(span).push(due, stay, since, cal)
		}
	}
	last := due
	switch {
	case k.Grace == 0:
	case span.Hours > 0:
		last = Span{Hours: 24 * k.Grace, Working: span.Working}.after(due, cal)
	default:
		last = Span{Days: k.Grace, Working: span.Working}.after(due, cal)
	}
	return Running{Clock: k, Due: due.day, Last: last.day, DueAt: due.at, LastAt: last.at}, true
}

// start is the moment from which the clock counts, and the one from which pauses count: a date that was set after a
// pause was set in the knowledge of it.
func (k Clock) start(m Matter) (from, since moment) {
	if id, isField := strings.CutPrefix(k.From, "field:"); isField {
		return m.Marks.moment(m.Values[id].Text, ""), m.Marks.moment(m.Marks.On[k.From], k.From)
	}
	day := m.Marks.On[k.From]
	if k.From == "birth" {
		day = m.Opened
	}
	from = m.Marks.moment(day, k.From)
	if from.day.IsZero() {
		return from, from
	}
	for _, step := range k.Anew {
		if again := m.Marks.moment(m.Marks.On[step], step); again.after(from) {
			from = again
		}
	}
	return from, from
}

// after says whether a moment is later than another: by the instant where both have one, else by the day.
func (x moment) after(y moment) bool {
	if x.day != y.day || x.at == 0 || y.at == 0 {
		return y.day.Before(x.day)
	}
	return x.at > y.at
}

// span is the clock's length for a matter: by what the choice field says, else the days that the matter's own marks
// set, else the clock's.
func (k Clock) span(m Matter) Span {
	if s, ok := k.By.Values[m.Values[k.By.Field].Text]; ok {
		return s
	}
	s := Span{Days: k.Days, Hours: k.Hours, Working: k.Working}
	if days, set := m.Marks.Days[k.ID]; set {
		s = Span{Days: days, Working: k.Working}
	}
	return s
}

// measure is how pauses are counted: as the clock counts its own time, but on working days where the due date is one
// that somebody has set.
func (k Clock) measure(s Span) Span {
	if strings.HasPrefix(k.From, "field:") && s.Hours == 0 {
		s.Working = true
	}
	return s
}

// after is the moment a span after another. Days other than working days that end on a day off run on to the next
// working day; no days at all are the day itself. Hours count from the end of the day where only the day is known.
func (s Span) after(from moment, cal *calendar.Calendar) moment {
	switch {
	case s.Hours > 0:
		return momentAt(s.later(from.instant(cal), int64(s.Hours)*hour, cal), cal)
	case s.Days == 0:
		return moment{day: from.day}
	case s.Working:
		return moment{day: cal.AddWorkingDays(from.day, s.Days)}
	}
	return moment{day: cal.OnOrAfter(from.day.AddDays(s.Days))}
}

const hour = int64(3600 * 1e6)

// later moves an instant on by a time, which runs on working days alone where the span says so.
func (s Span) later(at, by int64, cal *calendar.Calendar) int64 {
	if !s.Working {
		return at + by
	}
	for day := cal.Today(time.UnixMicro(at)); ; day = day.AddDays(1) {
		end := startOf(day.AddDays(1), cal)
		if day.AddDays(1) == day { // the end of time
			return at + by
		}
		if cal.IsWorking(day) {
			if by <= end-at {
				return at + by
			}
			by -= end - at
		}
		at = end
	}
}

// between is the time from one instant to another as the span counts it.
func (s Span) between(a, b int64, cal *calendar.Calendar) (n int64) {
	if !s.Working {
		return max(b-a, 0)
	}
	for day := cal.Today(time.UnixMicro(a)); a < b; day = day.AddDays(1) {
		end := min(startOf(day.AddDays(1), cal), b)
		if end <= a { // the end of time
			return n
		}
		if cal.IsWorking(day) {
			n += end - a
		}
		a = end
	}
	return n
}

// moment is a day, and the instant within it where that is known, UTC microseconds, else 0.
type moment struct {
	day calendar.Date
	at  int64
}

// instant is the moment's; of a whole day it is its end, so that nobody loses time for want of a clock.
func (x moment) instant(cal *calendar.Calendar) int64 {
	if x.at != 0 {
		return x.at
	}
	return startOf(x.day.AddDays(1), cal)
}

// momentAt is the moment of an instant; midnight is the end of the day before.
func momentAt(at int64, cal *calendar.Calendar) moment {
	return moment{cal.Today(time.UnixMicro(at - 1)), at}
}

func startOf(d calendar.Date, cal *calendar.Calendar) int64 {
	return d.Start(cal.Location()).UnixMicro()
}

func (k Marks) moment(day, mark string) moment {
	d, _ := calendar.ParseDate(day)
	return moment{d, k.At[mark]}
}

// Late says whether the matter's time is over at an instant.
func (m Matter) Late(now time.Time, cal *calendar.Calendar) bool {
	switch {
	case m.Due == "" || Ended(m.Class):
		return false
	case m.DueAt != 0:
		return now.UnixMicro() > m.DueAt
	}
	return cal.Today(now).String() > m.Due
}

// Lamp says how the matter stands at an instant: by its end, else by its due date or hour, else by whom it waits for.
func (m Matter) Lamp(now time.Time, cal *calendar.Calendar) string {
	if m.Late(now, cal) {
		return LampLate
	}
	return Lamp(m.Class, m.Due, cal.Today(now), cal)
}
