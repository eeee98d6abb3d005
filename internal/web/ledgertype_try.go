package web

import (
	"encoding/json"
	"net/http"

	"plumbline/internal/fault"
	"plumbline/internal/ledger"
	"plumbline/internal/web/ui"
)

// LedgerTryPage walks a sample matter through a draft. The whole walk travels in the form; nothing is stored.
type LedgerTryPage struct {
	Page
	ID      int64
	Walk    string
	Stand   []ui.Fact
	Fields  []ui.Fact
	Tables  []ui.Table
	History ui.Timeline
	Steps   []ui.Button
	Step    string // the step that the form is of
	Send    string
	Form    []StepField
	Errors  *ui.ErrorSummary
	Refused string
	Ended   bool
	Diagram any
}

func (s *Server) tryLedgerDraft(c *Ctx) error {
	t, err := s.draftNamed(c)
	if err != nil {
		return err
	}
	d := t.Definition()
	if d == nil {
		return c.Go(draftPath(t.ID)+"?view=text", "")
	}
	paper := d.OnPaper()
	var walk []ledger.TrialStep
	if json.Unmarshal([]byte(c.Value("walk")), &walk) != nil || c.R.Method == http.MethodGet {
		walk = nil
	}
	typed, asked, failed := ledger.Values(nil), c.Value("open"), error(nil)
	today := s.Ledgers().Today(s.Now())
	m, events, err := d.Walk(walk, today, s.Ledgers().Calendar())
	if err != nil {
		return fault.Bad("fault.form")
	}
	if step := c.Value("step"); step != "" {
		typed = formValues(c, paper, asksOf(paper, step))
		next, more, err := d.Walk(append(walk, ledger.TrialStep{Step: step, Values: typed, Note: c.Value("note")}), today, s.Ledgers().Calendar())
		switch fault.KindOf(err) {
		case fault.Invalid, fault.Forbidden:
			asked, failed = step, err
		default:
			walk = append(walk, ledger.TrialStep{Step: step, Values: typed, Note: c.Value("note")})
			m, events, asked, typed = next, more, "", nil
		}
	}
	if len(walk) == 0 {
		asked = ledger.StepRegister
	}
	text, err := json.Marshal(walk)
	if err != nil {
		return err
	}
	p := &LedgerTryPage{ID: t.ID, Walk: string(text), Step: asked, Ended: ledger.Ended(m.Class)}
	p.Title, p.Sub = c.T("design.try_title", "Name", d.Name.In(c.Lang)), c.T("design.try_sub")
	p.Crumbs = c.designCrumbs(ui.Link{Text: t.Title.In(c.Lang), Href: draftPath(t.ID)}, ui.Link{Text: c.T("design.try"), Current: true})
	return s.tryPage(c, p, paper, m, events, typed, failed)
}

// asksOf is what registering, or a step, asks for.
func asksOf(d *ledger.Definition, step string) []ledger.Ask {
	if step == ledger.StepRegister {
		return d.Register
	}
	t, _ := d.Step(step)
	return t.Ask
}

func (s *Server) tryPage(c *Ctx, p *LedgerTryPage, d *ledger.Definition, m ledger.Matter, events []ledger.Event, typed ledger.Values, failed error) (err error) {
	status, problems := http.StatusOK, c.Errors(failed)
	if failed != nil {
		status, p.Refused = http.StatusUnprocessableEntity, problems[""]
		if f := fault.As(failed); f != nil && len(problems) == 0 {
			p.Refused = c.T(f.Key, f.Args...)
		}
	}
	v := ledger.View{Matter: m, Def: d, Events: events}
	if len(events) > 0 {
		st, _ := d.State(m.State)
		p.Stand = []ui.Fact{{Term: c.T("ledger.col.number"), Text: m.Number}, {Term: c.T("ledger.col.state"), Text: st.Name.In(c.Lang)}, {Term: c.T("design.class"), Text: c.T("design.class." + m.Class)}, {Term: c.T("ledger.col.due"), Text: otherwise(c.date(m.Due), "–")}}
		p.Fields, p.Tables = c.matterFacts(v, ledger.Names{}, holdsRows), c.matterTables(v, ledger.Names{})
		p.History = s.matterHistory(c, v, ledger.Names{})
		for _, t := range d.StepsFrom(m.State) {
			p.Steps = append(p.Steps, ui.Button{Text: t.Name.In(c.Lang) + " · " + c.T("design.class."+t.Turn()), Name: "open", Value: t.ID})
		}
	}
	p.Diagram = lifePicture(d, c.Lang, sampleState(events, m))
	if p.Step == "" {
		return c.RenderStatus(status, "ledgertry", p)
	}
	p.Send = c.T("design.try_register")
	m.Owner.ID, m.Convenor.ID = 0, 0 // the sample's units are nobody's
	if p.Form, err = s.askFields(c, m, d, asksOf(d, p.Step), judged(d, p.Step), typed, problems); err != nil {
		return err
	}
	if t, ok := d.Step(p.Step); ok {
		p.Send = t.Name.In(c.Lang)
		if t.Note == ledger.May || t.Note == ledger.Must {
			p.Form = append(p.Form, StepField{Field: ui.Field{Type: "textarea", Name: "note", Label: otherwise(t.NoteName.In(c.Lang), c.T("ledger.note")), Required: t.Note == ledger.Must, Error: problems["note"], Value: c.sent("note")}})
		}
	}
	var all []ui.Field
	for _, f := range p.Form {
		all = append(all, f.Field)
	}
	p.Errors = ui.Errors(all...)
	return c.RenderStatus(status, "ledgertry", p)
}

// sampleState is the state in which a sample stands, "" before it is registered.
func sampleState(events []ledger.Event, m ledger.Matter) string {
	if len(events) == 0 {
		return ""
	}
	return m.State
}

// judged says whether a step judges.
func judged(d *ledger.Definition, step string) bool {
	t, _ := d.Step(step)
	return t.Judges()
}
