package web

import (
	"html/template"
	"slices"
	"strings"

	"plumbline/internal/authz"
	"plumbline/internal/ledger"
	"plumbline/internal/review/cycle"
	"plumbline/internal/web/ui"
)

// MatterPage is one matter: where it came from, where it stands, what comes next, and everything that happened.
type MatterPage struct {
	Page
	Steps    ui.Steps
	Note     *ui.Notice
	Fields   []ui.Fact
	Tables   []ui.Table // the fields that hold rows
	Pictures []ui.Chart // drawn from them
	Beside   *BesideBlock
	Held     *HeldBlock
	Files    ui.Files
	Attach   *EvidenceForm
	History  ui.Timeline
	Stand    []ui.Fact
	Origin   []ui.Fact
	Came     []ui.Fact // the matters that it came from
	Became   ui.Table  // those that came of it
	From     []ui.Link // what may be registered from it
	Link     *LinkForm
	Sharing  ui.Table
	Share    *ui.Field
	Repeat   *ui.Field
	ID       int64
	Diagram  template.HTML
	Errors   *ui.ErrorSummary
	Talk     TalkBlock
}

// EvidenceForm is the boxes for bringing evidence.
type EvidenceForm struct {
	File, Link, On ui.Field
}

func (s *Server) matter(c *Ctx) error {
	id, err := c.ID("id")
	if err != nil {
		return err
	}
	return s.matterPage(c, 200, id, nil)
}

// matterPage shows a matter; problems are those of one of its small forms that came back.
func (s *Server) matterPage(c *Ctx, status int, id int64, problems map[string]string) error {
	v, err := s.Ledgers().View(c.R.Context(), c.Actor, id)
	if err != nil {
		return err
	}
	p := &MatterPage{ID: id}
	p.Once = newToken()
	p.Title, p.Sub = v.Matter.Title, v.Def.One.In(c.Lang)+" "+v.Matter.Number
	p.Crumbs = []ui.Link{{Text: c.T("ledger.title"), Href: "/matters"}, {Text: v.Matter.Number, Current: true}}
	p.Status = c.matterStatus(v.Matter)
	p.Status.Box = true
	names, err := s.matterNames(c, v)
	if err != nil {
		return err
	}
	p.Steps, p.Fields = c.lifeSteps(v), c.matterFacts(v, names, holdsRows)
	if err := s.matterHeld(c, p, v, names); err != nil {
		return err
	}
	p.Tables, p.Pictures = c.matterTables(v, names), s.matterPictures(c, v, names)
	p.Stand, p.Origin = c.standFacts(v, names), s.originFacts(c, v, names)
	p.History, p.Files = s.matterHistory(c, v, names), c.matterFiles(v)
	p.Diagram = template.HTML(v.Def.Diagram(c.Lang, v.Matter.State, been(v)))
	s.matterDeeds(c, p, v)
	if p.Beside, err = s.matterBeside(c, v, names); err != nil {
		return err
	}
	if p.Beside != nil { // it says all that the table says
		p.Tables = slices.DeleteFunc(p.Tables, func(t ui.Table) bool { return t.Caption == p.Beside.Of })
	}
	if err := s.matterRelated(c, p, v, problems); err != nil {
		return err
	}
	if err := s.matterTalk(c, p, v.Matter, problems); err != nil {
		return err
	}
	if err := s.matterKin(c, p, v, problems); err != nil {
		return err
	}
	boxes := append(p.boxes(), p.Talk.Box)
	if p.Link != nil {
		boxes = append(boxes, p.Link.Kind, p.Link.To)
	}
	if p.Errors == nil {
		p.Errors = ui.Errors(boxes...)
	}
	return c.RenderStatus(status, "matter", p)
}

// boxes are the page's small questions.
func (p *MatterPage) boxes() []ui.Field {
	var out []ui.Field
	for _, f := range []*ui.Field{p.Share, p.Repeat} {
		if f != nil {
			out = append(out, *f)
		}
	}
	return out
}

func been(v ledger.View) map[string]bool {
	out := map[string]bool{}
	for _, e := range v.Events {
		out[e.From], out[e.To] = true, true
	}
	return out
}

// matterDeeds offers what the actor may do: one primary deed, the others beside it.
func (s *Server) matterDeeds(c *Ctx, p *MatterPage, v ledger.View) {
	for _, t := range s.Ledgers().Offers(c.Actor, v) {
		b := stepButton(c, p, v, t)
		if t.Main && p.Primary == nil {
			b.Kind = "primary"
			p.Primary = &b
			continue
		}
		p.Actions = append(p.Actions, b)
	}
	if p.Primary == nil && len(p.Actions) == 0 && !ledger.Ended(v.Matter.Class) {
		p.Note = &ui.Notice{Text: c.T("ledger.waits." + v.Matter.Class)}
		if v.Parted && v.Matter.Class == ledger.TurnVerifier {
			p.Note.Text = c.T("ledger.waits.other")
		}
	}
	if s.Ledgers().MayAttach(c.Actor, v.Matter) {
		p.Attach = c.evidenceForm(nil)
	}
}

// stepButton is one click where a step asks for nothing, else the way to its form.
func stepButton(c *Ctx, p *MatterPage, v ledger.View, t ledger.Transition) ui.Button {
	to := "/matters/" + itoa(v.Matter.ID) + "/steps/" + t.ID
	b := ui.Button{Text: t.Name.In(c.Lang)}
	if len(t.Ask) == 0 && (t.Note == "" || t.Note == ledger.No) && (t.Evidence == "" || t.Evidence == ledger.No) && !t.Has(ledger.EffectAssign) {
		b.Post, b.Fields = to, []ui.Pair{{Name: "_once", Value: p.Once}, {Name: "version", Value: itoa(int64(v.Matter.Version))}}
		return b
	}
	b.Href = to
	return b
}

// evidenceForm makes the boxes for evidence.
func (c *Ctx) evidenceForm(problems map[string]string) *EvidenceForm {
	return &EvidenceForm{
		File: ui.Field{Type: "file", Name: "file", Label: c.T("ledger.evidence.file"), Hint: c.T("ledger.evidence.file_hint"), Accept: fileKinds, Multiple: true, Error: problems["file"]},
		Link: ui.Field{Name: "link", Label: c.T("ledger.evidence.link"), Error: problems["link"], Inputmode: "url", Value: c.sent("link")},
		On:   ui.Field{Type: "date", Name: "file_on", Label: c.T("ledger.evidence.on"), Value: otherwise(c.sent("file_on"), c.Today()), Max: c.Today(), Error: problems["file_on"]},
	}
}

// fileKinds is what a box for evidence offers; what is taken is decided by content.
const fileKinds = ".pdf,.docx,.xlsx,.png,.jpg,.jpeg"

// sent is what a posted form held; "" on a GET.
func (c *Ctx) sent(name string) string {
	if c.R.Method != "POST" {
		return ""
	}
	return c.Value(name)
}

func otherwise(s, instead string) string {
	if s == "" {
		return instead
	}
	return s
}

// lifeSteps is the straight way through the life, with where the matter stands; a state off the way is put after the
// last one passed.
func (c *Ctx) lifeSteps(v ledger.View) ui.Steps {
	out := ui.Steps{Label: c.T("ledger.life")}
	line, at := v.Def.Line(), -1
	for i, st := range line {
		if st.ID == v.Matter.State {
			at = i
		}
	}
	passed := been(v)
	current := ui.Step{State: "current", Sub: c.dueMoment(v.Matter)}
	if st, ok := v.Def.State(v.Matter.State); ok {
		current.Text = st.Name.In(c.Lang)
	}
	for i, st := range line {
		switch {
		case i == at:
			if ledger.Ended(v.Matter.Class) {
				current.State, current.Sub = "done", c.date(v.Matter.Closed)
			}
			out.Items = append(out.Items, current)
		case at >= 0 && i < at, at < 0 && passed[st.ID]:
			out.Items = append(out.Items, ui.Step{Text: st.Name.In(c.Lang), State: "done"})
		case at < 0:
			if len(out.Items) == 0 || out.Items[len(out.Items)-1].State == "done" {
				out.Items = append(out.Items, current)
			}
			if ledger.Ended(v.Matter.Class) {
				return out
			}
			out.Items = append(out.Items, ui.Step{Text: st.Name.In(c.Lang)})
		default:
			out.Items = append(out.Items, ui.Step{Text: st.Name.In(c.Lang)})
		}
	}
	return out
}

// matterNames looks up every name that the page says.
func (s *Server) matterNames(c *Ctx, v ledger.View) (ledger.Names, error) {
	var units, people []int64
	for _, h := range v.Holders {
		people = append(people, h.Person)
	}
	for _, e := range v.Events {
		for _, ch := range e.Changes {
			switch kind := changeKind(v.Def, ch.Field); kind {
			case ledger.KindTable:
				f, _ := v.Def.Field(ch.Field)
				for _, row := range append(ledger.RowsOf(ch.From), ledger.RowsOf(ch.To)...) {
					for i, col := range f.Columns[:min(len(row), len(f.Columns))] {
						switch col.Kind {
						case ledger.KindUnit:
							units = append(units, parseID(row[i]))
						case ledger.KindPerson:
							people = append(people, parseID(row[i]))
						}
					}
				}
			case ledger.KindUnit:
				units = append(units, parseID(ch.From), parseID(ch.To))
			case ledger.KindPerson:
				people = append(people, parseID(ch.From), parseID(ch.To))
			}
		}
	}
	all := append(append([]ledger.Matter{v.Matter}, v.Sharing...), v.Later...)
	return s.Ledgers().NamesOf(c.R.Context(), all, units, people)
}

// changeKind is the kind of what an event changed.
func changeKind(d *ledger.Definition, field string) string {
	switch field {
	case "owner", "convenor", "requester", ledger.ChangeUnit:
		return ledger.KindUnit
	case "person", ledger.ChangePerson:
		return ledger.KindPerson
	}
	f, _ := d.Field(field)
	return f.Kind
}

func holdsRows(f ledger.Field) bool { return f.Kind == ledger.KindTable }

// matterTables are the fields that hold rows.
func (c *Ctx) matterTables(v ledger.View, names ledger.Names) []ui.Table {
	var out []ui.Table
	for _, f := range v.Def.Fields {
		val := v.Matter.Values[f.ID]
		if !holdsRows(f) || val.Empty() {
			continue
		}
		t := ui.Table{Caption: f.Name.In(c.Lang), HideCaption: true}
		for _, col := range f.Columns {
			head := ui.Column{Head: col.Name.In(c.Lang)}
			switch col.Kind {
			case ledger.KindNumber, ledger.KindDecimal, ledger.KindMoney:
				head.Align = "right"
			case ledger.KindDate:
				head.Align = "nowrap"
			}
			t.Columns = append(t.Columns, head)
		}
		for _, row := range val.Rows {
			var r ui.Row
			for i, col := range f.Columns {
				cell := ui.Cell{}
				if i < len(row) && row[i] != "" {
					cell.Text = c.fieldText(col, ledger.Value{Text: row[i]}, names)
				}
				r.Cells = append(r.Cells, cell)
			}
			t.Rows = append(t.Rows, r)
		}
		out = append(out, t)
	}
	return out
}

// matterFacts are the fields that hold something, in the order of the definition, without those that leave names.
func (c *Ctx) matterFacts(v ledger.View, names ledger.Names, leave func(ledger.Field) bool) []ui.Fact {
	var out []ui.Fact
	for _, f := range v.Def.Fields {
		val := v.Matter.Values[f.ID]
		if leave(f) || val.Empty() || (f.ID == v.Def.Title && val.Text == v.Matter.Title) {
			continue
		}
		fact := ui.Fact{Term: f.Name.In(c.Lang), Text: c.fieldText(f, val, names)}
		if f.Kind == ledger.KindUnit {
			fact.Href = "/units/" + val.Text
		}
		out = append(out, fact)
	}
	return out
}

// fieldText is a field's value for a reader.
func (c *Ctx) fieldText(f ledger.Field, v ledger.Value, names ledger.Names) string {
	switch f.Kind {
	case ledger.KindUnit:
		if u, ok := names.Units[parseID(v.Text)]; ok {
			return u.In(c.Lang)
		}
	case ledger.KindPerson:
		if p, ok := names.People[parseID(v.Text)]; ok {
			return p.In(c.Lang)
		}
		return strings.TrimPrefix(v.Text, ledger.FreeName)
	case ledger.KindPost:
		if p, ok := names.Posts[parseID(v.Text)]; ok {
			return p.In(c.Lang)
		}
	case ledger.KindLink:
		if number, ok := names.Numbers[parseID(v.Text)]; ok {
			return number
		}
	case ledger.KindChoice:
		for _, ch := range f.Choices {
			if ch.ID == v.Text {
				return ch.Name.In(c.Lang)
			}
		}
	case ledger.KindDate:
		return c.date(v.Text)
	case ledger.KindComputed:
		return c.computedText(f, v.Text)
	case ledger.KindDecimal:
		return v.Text + " " + f.Measure.In(c.Lang)
	case ledger.KindMoney:
		return c.T("ledger.money", "Sum", v.Text)
	case ledger.KindTable:
		return c.tableText(f, v, names)
	}
	return v.Text
}

// computedText is what a formula gave, for a reader.
func (c *Ctx) computedText(f ledger.Field, text string) string {
	switch {
	case f.Gives() == ledger.KindDate:
		return c.date(text)
	case f.Measure.In(c.Lang) != "":
		return text + " " + f.Measure.In(c.Lang)
	}
	return text
}

func (c *Ctx) tableText(f ledger.Field, v ledger.Value, names ledger.Names) string {
	var lines []string
	for _, row := range v.Rows {
		var cells []string
		for i, col := range f.Columns {
			if i < len(row) && row[i] != "" {
				cells = append(cells, col.Name.In(c.Lang)+c.T("ledger.colon")+c.fieldText(col, ledger.Value{Text: row[i]}, names))
			}
		}
		lines = append(lines, strings.Join(cells, c.T("ledger.semicolon")))
	}
	return strings.Join(lines, "\n")
}

// standFacts say who has to act by when, and who answers for it, then and now.
func (c *Ctx) standFacts(v ledger.View, names ledger.Names) []ui.Fact {
	m := v.Matter
	st, _ := v.Def.State(m.State)
	out := []ui.Fact{{Term: c.T("ledger.col.state"), Text: st.Name.In(c.Lang)}, {Term: c.T("ledger.col.unit"), Text: c.T("ledger.no_owner")}}
	if u, ok := names.Units[m.Owner.ID]; ok {
		out[1].Text, out[1].Href = u.In(c.Lang), "/units/"+itoa(u.ID)
	}
	for i := len(v.Holders) - 1; i >= 0; i-- {
		h := v.Holders[i]
		p, ok := names.People[h.Person]
		if !ok || (i < len(v.Holders)-1 && v.Holders[i+1].Person == h.Person) {
			continue
		}
		term := c.T("ledger.answers")
		if h.Person != m.Person {
			term = c.T("ledger.answered_before")
		}
		out = append(out, ui.Fact{Term: term, Text: p.In(c.Lang), Sub: c.T("ledger.since", "Date", c.date(h.From))})
	}
	out = append(out, c.clockFacts(v)...)
	if m.Closed != "" {
		out = append(out, ui.Fact{Term: c.T("ledger.closed_on"), Text: c.date(m.Closed)})
	}
	if f, ok := c.lookBackFact(v); ok {
		out = append(out, f)
	}
	if m.Reopened > 0 {
		out = append(out, ui.Fact{Term: c.T("ledger.reopened"), Text: c.T("ledger.times", "Count", m.Reopened)})
	}
	return out
}

// lookBackFact says when the matter is to be looked back at, and by which rule.
func (c *Ctx) lookBackFact(v ledger.View) (ui.Fact, bool) {
	for _, t := range v.Def.StepsFrom(v.Matter.State) {
		due, byPlan := v.Def.LookBackDue(v.Matter, t)
		if due == "" {
			continue
		}
		source := c.T("ledger.look_back_by_ledger", "Count", t.After)
		if byPlan {
			source = c.T("ledger.look_back_by_plan")
		}
		return ui.Fact{Term: c.T("ledger.look_back"), Text: c.date(due), Sub: source}, true
	}
	return ui.Fact{}, false
}

// originFacts say where the matter came from.
func (s *Server) originFacts(c *Ctx, v ledger.View, names ledger.Names) []ui.Fact {
	m := v.Matter
	out := []ui.Fact{{Term: c.T("ledger.registered_on"), Text: c.date(m.Opened)}}
	if u, ok := names.Units[m.Convenor.ID]; ok {
		term := "ledger.registered_by"
		if v.Def.RegisteredBy() != authz.LedgerRegister {
			term = "ledger.side.ruled"
		}
		out = append(out, ui.Fact{Term: c.T(term), Text: u.In(c.Lang), Href: "/units/" + itoa(u.ID)})
	}
	if u, ok := names.Units[m.Requester.ID]; ok {
		out = append(out, ui.Fact{Term: c.T("ledger.side.requester"), Text: u.In(c.Lang), Href: "/units/" + itoa(u.ID)})
	}
	if m.Origin.Cycle != 0 {
		if y, err := cycle.ByID(c.R.Context(), s.Reader, m.Origin.Cycle); err == nil {
			out = append(out, ui.Fact{Term: c.T("ledger.origin.cycle"), Text: c.T("ledger.of_cycle", "Year", y.Year), Href: "/cycles/" + itoa(y.ID)})
		}
	}
	out = append(out, c.bornOf(m)...)
	if v.Earlier != nil {
		out = append(out, ui.Fact{Term: c.T("ledger.repeats"), Text: v.Earlier.Title, Sub: v.Earlier.Number, Href: "/matters/" + itoa(v.Earlier.ID)})
	}
	for _, x := range v.Later {
		out = append(out, ui.Fact{Term: c.T("ledger.repeated_by"), Text: x.Title, Sub: x.Number, Href: "/matters/" + itoa(x.ID)})
	}
	log, err := s.logOf(c, "matter", m.ID)
	if err == nil && log != "" {
		out = append(out, ui.Fact{Term: c.T("ledger.log"), Text: c.T("ledger.log_text"), Href: log})
	}
	return out
}

// matterRelated adds the shares of a common finding, and for whoever registers the boxes to add one and to link a repeat.
func (s *Server) matterRelated(c *Ctx, p *MatterPage, v ledger.View, problems map[string]string) (err error) {
	if len(v.Sharing) > 0 {
		if p.Sharing, err = s.mattersTable(c, v.Sharing, c.T("ledger.sharing")); err != nil {
			return err
		}
		p.Sharing.HideCaption = true
	}
	if !c.May(authz.LedgerRegister, v.Matter.Convenor) {
		return nil
	}
	if v.Def.For == "finding" {
		number := ""
		if v.Earlier != nil {
			number = v.Earlier.Number
		}
		p.Share = &ui.Field{Name: "unit", Label: c.T("ledger.share_unit"), Suggest: s.unitNames(c), Plain: true, Value: c.sent("unit"), Error: problems["unit"], Width: "medium"}
		p.Repeat = &ui.Field{Name: "repeat_of", Label: c.T("ledger.repeat_of"), Hint: c.T("ledger.repeat_hint"), Plain: true, Value: otherwise(c.sent("repeat_of"), number), Error: problems["repeat_of"], Width: "medium"}
	}
	return nil
}
