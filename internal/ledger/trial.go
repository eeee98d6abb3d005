package ledger

import (
	"plumbline/internal/authz"
	"plumbline/internal/calendar"
	"plumbline/internal/fault"
)

// TrialStep is one step of a sample matter; the first of a trial is StepRegister.
type TrialStep struct {
	Step   string `json:"step"`
	Values Values `json:"values"`
	Note   string `json:"note"`
}

// OnPaper is the definition with plain names in the place of units, people, posts, matters and files, so that a sample
// needs none of the real ones.
func (d *Definition) OnPaper() *Definition {
	p := *d
	p.Fields = onPaper(d.Fields)
	return &p
}

func onPaper(fields []Field) []Field {
	out := make([]Field, len(fields))
	for i, f := range fields {
		if f.refers() {
			f.Kind, f.Free, f.Doer, f.Default = KindPerson, true, false, ""
		}
		f.Columns = onPaper(f.Columns)
		out[i] = f
	}
	return out
}

// named marks what stands for a name, in fields and in the cells of tables.
func (d *Definition) named(in Values) Values {
	mark := func(f Field, s string) string {
		if f.Kind == KindPerson && s != "" {
			return FreeName + s
		}
		return s
	}
	out := Values{}
	for id, v := range in {
		f, _ := d.Field(id)
		v.Text = mark(f, v.Text)
		for r, row := range v.Rows {
			fresh := make([]string, len(row))
			for i, cell := range row {
				if fresh[i] = cell; i < len(f.Columns) {
					fresh[i] = mark(f.Columns[i], cell)
				}
			}
			v.Rows[r] = fresh
		}
		out[id] = v
	}
	return out
}

// Walk takes a sample matter through its life by the rules of a step, touching nothing. Every side is one person of its
// own: who registers and approves, who acts, who verifies, who asked. It gives the matter and its history as far as they
// came; err is why the last step could not be taken.
func (d *Definition) Walk(steps []TrialStep, today calendar.Date, cal *calendar.Calendar) (m Matter, events []Event, err error) {
	p := d.OnPaper()
	st, _ := p.State(p.Start)
	m = Matter{Type: d.ID, Number: d.NumberFor(today.Year(), 1), State: p.Start, Class: st.Class, Opened: today.String(), Values: Values{},
		Owner: authz.Unit{ID: 1, Path: "/1/"}, Convenor: authz.Unit{ID: 2, Path: "/2/"}}
	m.Marks = p.born(m, today, 0)
	var doers []Who
	for _, s := range steps {
		if s.Step == StepRegister {
			var form fault.Form
			p.fill(&m, p.Register, p.named(s.Values), false, today, cal, &form)
			if err := form.Err(); err != nil {
				return m, events, err
			}
			p.settle(&m, cal)
			events = append(events, Event{Step: StepRegister, To: m.State, On: m.Opened})
			continue
		}
		t, _ := p.Step(s.Step)
		who := Who{Account: sideOf[turnOf(t)]}
		next, changes, err := p.Take(m, Taken{Step: s.Step, Values: p.named(s.Values), Note: s.Note, Early: s.Step, Owner: &m, Evidence: 1}, who, doers, today, cal)
		if err != nil {
			return m, events, err
		}
		if t.Does() {
			doers = append(doers, who)
		}
		events = append(events, Event{Step: s.Step, From: m.State, To: next.State, On: today.String(), Note: s.Note, Changes: changes})
		m = next
	}
	return m, events, nil
}

// sideOf numbers the sides of a sample matter.
var sideOf = map[string]int64{TurnConvenor: 1, TurnOwner: 2, TurnVerifier: 3, TurnRequester: 4}

// Turn says whose step it is, by the class of states in which it is theirs.
func (t Transition) Turn() string { return turnOf(t) }
