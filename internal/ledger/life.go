package ledger

import (
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
}

// Take is the whole rule of a step: it gives the matter after it and what changed, or the fault. It changes nothing
// of m. doers are all who took part so far; they never judge, by account or by person.
func (d *Definition) Take(m Matter, s Taken, who Who, doers []Who, today calendar.Date, cal *calendar.Calendar) (Matter, []Change, error) {
	t, ok := d.Step(s.Step)
	if !ok || !slices.Contains(t.From, m.State) {
		return m, nil, fault.Bad("fault.ledger.step_not_now")
	}
	if t.Judges() && d.TookPart(m, who, doers) {
		return m, nil, fault.New(fault.Forbidden, "fault.ledger.doer_never_judges")
	}
	var form fault.Form
	m.Values, m.Marks = m.Values.clone(), m.Marks.clone()
	var changes []Change
	if t.Has(EffectAssign) {
		changes = assign(&m, s.Owner, &form)
	}
	changes = append(changes, d.fill(&m, t.Ask, s.Values, today, cal, &form)...)
	checkNote(t, s, &form)
	changes = append(changes, d.checkEarly(m, t, s, today, &form)...)
	if err := form.Err(); err != nil {
		return m, nil, err
	}
	d.enter(&m, t, today)
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

// LookBackDue is the date on which a step that looks back falls due; "" for other steps and where no time is set.
func (d *Definition) LookBackDue(m Matter, t Transition) string {
	closed, err := calendar.ParseDate(m.Closed)
	if !t.Has(EffectLookBack) || t.After == 0 || err != nil {
		return ""
	}
	return closed.AddDays(t.After).String()
}

// checkEarly asks for a reason where a look-back is taken before it is due: what was mended must have had the time to
// slip back.
func (d *Definition) checkEarly(m Matter, t Transition, s Taken, today calendar.Date, form *fault.Form) []Change {
	due, why := d.LookBackDue(m, t), strings.TrimSpace(s.Early)
	if due == "" || today.String() >= due {
		return nil
	}
	form.Check(why != "", "early", "fault.ledger.early", "Date", due)
	form.Check(utf8.RuneCountInString(why) <= maxNote, "early", "fault.ledger.too_long", "Max", maxNote, "Count", utf8.RuneCountInString(why))
	return []Change{{Field: "early", To: why}}
}

// enter moves the matter into the step's state and winds the clocks.
func (d *Definition) enter(m *Matter, t Transition, today calendar.Date) {
	was := m.Class
	if m.State != t.To || t.Has(EffectAssign) {
		m.Marks.On["enter"] = today.String()
	}
	m.Marks.On[t.ID] = today.String()
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
	m.Due = d.due(*m, cal)
}

// short is the first line of a text, cut to what a list has room for.
func short(s string) string {
	s, _, _ = strings.Cut(s, "\n")
	if runes := []rune(s); len(runes) > 120 {
		return string(runes[:119]) + "…"
	}
	return s
}

// due is the earliest date that a clock running in the present state gives; "" where none runs.
func (d *Definition) due(m Matter, cal *calendar.Calendar) string {
	first := ""
	for _, k := range d.Clocks {
		if !slices.Contains(k.States, m.State) {
			continue
		}
		if day := k.due(m, cal); day != "" && (first == "" || day < first) {
			first = day
		}
	}
	return first
}

// due of one clock. Days other than working days that end on a day off run on to the next working day.
func (k Clock) due(m Matter, cal *calendar.Calendar) string {
	base := m.Marks.On[k.From]
	if k.From == "birth" {
		base = m.Opened
	}
	if id, isField := strings.CutPrefix(k.From, "field:"); isField {
		base = m.Values[id].Text
	}
	from, err := calendar.ParseDate(base)
	if err != nil {
		return ""
	}
	days, set := m.Marks.Days[k.ID]
	if !set {
		days = k.Days
	}
	switch {
	case k.Working:
		return cal.AddWorkingDays(from, days).String()
	case days == 0:
		return from.String()
	}
	return cal.OnOrAfter(from.AddDays(days)).String()
}

// TookPart says whether somebody took part in doing the matter: in a step, with evidence, by being named in a field
// that marks doers, or as the one who answers for it.
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
	out := Marks{On: map[string]string{}, Days: k.Days}
	for x, y := range k.On {
		out.On[x] = y
	}
	return out
}
