package ledger

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"plumbline/internal/calendar"
	"plumbline/internal/fault"
)

const maxNote = 2000

// The lamps of a matter.
const (
	LampOnTime  = "on_time"
	LampSoon    = "due_soon"
	LampLate    = "late"
	LampWaiting = "waiting" // for somebody other than its owner
	LampDone    = "done"
	LampNoDate  = "none"
)

// Lamp says how a matter stands today: its end, else its due date, else whom it waits for.
func Lamp(class, due string, today calendar.Date, cal *calendar.Calendar) string {
	if Ended(class) {
		return LampDone
	}
	day, err := calendar.ParseDate(due)
	lamp := calendar.NoLamp
	if err == nil {
		lamp = cal.Lamp(day, today, calendar.SoonDays)
	}
	switch {
	case lamp == calendar.Late:
		return LampLate
	case class != TurnOwner:
		return LampWaiting
	}
	return lamp.String()
}

// Taken is a step that somebody wants to take. Values are what the form said, references already resolved; Owner is the
// unit named by a step that assigns one; Evidence counts the pieces handed in with it.
type Taken struct {
	Step     string
	Values   Values
	Note     string
	Early    string  // why a look-back is taken before it is due
	Owner    *Matter // only Owner, Post and Person of it are read
	Evidence int
	Linked   []Linked // the matters linked to this one, for a step that needs to know
	At       int64    // the instant of the step, UTC microseconds; 0 where only the day is known
}

// Take is the whole rule of a step: it gives the matter after it and what changed, or the fault. It changes nothing
// of m. doers are all who took part so far; they never judge, by account or by person.
func (d *Definition) Take(m Matter, s Taken, who Who, doers []Who, today calendar.Date, cal *calendar.Calendar) (Matter, []Change, error) {
	t, ok := d.Step(s.Step)
	if !ok || !slices.Contains(t.From, m.State) {
		return m, nil, fault.Bad("fault.ledger.step_not_now")
	}
	if d.Held.Asks(t) && d.Held.Answer(m.Values) == "" { // it asks for nothing that is held
		return m, nil, fault.Bad("fault.ledger.step_not_now")
	}
	if t.Judges() && d.TookPart(m, who, doers) {
		return m, nil, fault.New(fault.Forbidden, "fault.ledger.doer_never_judges")
	}
	var form fault.Form
	was := m
	m.Values, m.Marks = m.Values.clone(), m.Marks.clone()
	var changes []Change
	if t.Has(EffectAssign) {
		changes = assign(&m, s.Owner, &form)
	}
	changes = append(changes, d.fill(&m, t.Ask, s.Values, t.Judges(), today, cal, &form)...)
	checkNote(t, s, &form)
	changes = append(changes, d.checkEarly(m, t, s, today, &form)...)
	if err := form.Err(); err != nil {
		return m, nil, err
	}
	if err := d.meets(m, t, s.Linked, today); err != nil {
		return m, nil, err
	}
	d.dated(was, &m, today, s.At)
	if m.Owner.ID != was.Owner.ID {
		m.Marks.mark(MarkOwner, today, s.At)
	}
	d.enter(&m, t, today, s.At)
	d.settle(&m, cal)
	return m, changes, nil
}

func assign(m *Matter, to *Matter, form *fault.Form) []Change {
	if to == nil || to.Owner.ID == 0 {
		form.Add("owner", "fault.ledger.needed")
		return nil
	}
	c := Change{"owner", strconv.FormatInt(m.Owner.ID, 10), strconv.FormatInt(to.Owner.ID, 10)}
	m.Owner, m.Post, m.Person = to.Owner, to.Post, to.Person
	return []Change{c}
}

func checkNote(t Transition, s Taken, form *fault.Form) {
	note := strings.TrimSpace(s.Note)
	form.Check(t.Note != Must || note != "", "note", "fault.ledger.needed")
	form.Check(utf8.RuneCountInString(note) <= maxNote, "note", "fault.ledger.too_long", "Max", maxNote, "Count", utf8.RuneCountInString(note))
	form.Check(t.Evidence != Must || s.Evidence > 0, "file", "fault.ledger.evidence_needed")
}

// LookBackDue is the date on which a step that looks back falls due; "" for other steps and where no time is set. One
// rule: the day that the plan of the matter's cycle sets, but never sooner than t.After days after the end, so that what
// was mended had the time to slip back. A matter that no meeting brought has no plan, and t.After days alone count.
// byPlan says that the plan's day is the later one. (The default plan: findings are verified by T+90, looked back at on
// T+180; the default ledger waits 90 days.)
func (d *Definition) LookBackDue(m Matter, t Transition) (due string, byPlan bool) {
	closed, err := calendar.ParseDate(m.Closed)
	if !t.Has(EffectLookBack) || t.After == 0 || err != nil {
		return "", false
	}
	due = closed.AddDays(t.After).String()
	return max(due, m.LookFrom), m.LookFrom > due
}

// checkEarly asks for a reason where a look-back is taken before it is due: what was mended must have had the time to
// slip back.
func (d *Definition) checkEarly(m Matter, t Transition, s Taken, today calendar.Date, form *fault.Form) []Change {
	due, _ := d.LookBackDue(m, t)
	why := strings.TrimSpace(s.Early)
	if due == "" || today.String() >= due {
		return nil
	}
	form.Check(why != "", "early", "fault.ledger.early", "Date", due)
	form.Check(utf8.RuneCountInString(why) <= maxNote, "early", "fault.ledger.too_long", "Max", maxNote, "Count", utf8.RuneCountInString(why))
	return []Change{{Field: "early", To: why}}
}

// enter moves the matter into the step's state and winds the clocks.
func (d *Definition) enter(m *Matter, t Transition, today calendar.Date, at int64) {
	was := m.Class
	if m.State != t.To || t.Has(EffectAssign) {
		m.Marks.mark(MarkEnter, today, at)
	}
	if m.State != t.To {
		d.moved(&m.Marks, t.To, today, at)
	}
	m.Marks.mark(t.ID, today, at)
	m.State = t.To
	st, _ := d.State(t.To)
	m.Class = st.Class
	switch {
	case Ended(m.Class) && !Ended(was):
		m.Closed = today.String()
	case !Ended(m.Class) && Ended(was):
		m.Closed = ""
	}
	if t.Has(EffectReopen) {
		m.Reopened++
	}
}

// settle computes what follows from the fields and the state: title, target and due date.
func (d *Definition) settle(m *Matter, cal *calendar.Calendar) {
	m.Title = short(m.Values[d.Title].Text)
	m.Target = ""
	if d.Target != "" {
		m.Target = m.Values[d.Target].Text
	}
	m.Due, m.DueAt = d.due(*m, cal)
	m.PromptAt = d.nextPrompt(*m, cal)
	m.RecurOn = d.nextPeriod(*m)
}

// short is the first line of a text, cut to what a list has room for.
func short(s string) string {
	s, _, _ = strings.Cut(s, "\n")
	if runes := []rune(s); len(runes) > 120 {
		return string(runes[:119]) + "…"
	}
	return s
}

// TookPart says whether somebody took part in doing the matter: in a step, with evidence, by being named in a field
// that marks doers, or as the one who answers for it, now or ever.
func (d *Definition) TookPart(m Matter, who Who, doers []Who) bool {
	for _, x := range doers {
		if x.Same(who) {
			return true
		}
	}
	if who.Person == 0 {
		return false
	}
	if who.Person == m.Person {
		return true
	}
	for _, f := range d.Fields {
		if f.Doer && m.Values[f.ID].Text == strconv.FormatInt(who.Person, 10) {
			return true
		}
	}
	return false
}

func (k Marks) clone() Marks {
	out := Marks{On: map[string]string{}, At: maps.Clone(k.At), Days: k.Days, Stays: slices.Clone(k.Stays), Told: maps.Clone(k.Told), Recurred: k.Recurred}
	for x, y := range k.On {
		out.On[x] = y
	}
	return out
}
