package web

import (
	"strings"

	"plumbline/internal/authz"
	"plumbline/internal/fault"
	"plumbline/internal/org"
	"plumbline/internal/review/plan"
	"plumbline/internal/web/ui"
)

func planPath(id int64) string { return "/plans/" + itoa(id) }

// planFor finds the plan of the address, as far as the reader may know it, and its convenor.
func (s *Server) planFor(c *Ctx) (plan.Plan, org.Unit, error) {
	id, err := c.ID("id")
	if err != nil {
		return plan.Plan{}, org.Unit{}, err
	}
	p, err := plan.Find(c.R.Context(), s.Reader, c.Scope(authz.Read), id)
	if fault.KindOf(err) == fault.NotFound {
		p, err = plan.Find(c.R.Context(), s.Reader, c.Scope(authz.PlanEdit), id)
	}
	if err != nil {
		return p, org.Unit{}, err
	}
	unit, err := org.UnitByID(c.R.Context(), s.Reader, p.Unit)
	return p, unit, err
}

// PlanPage is a plan as it is read and printed.
type PlanPage struct {
	Page
	Facts    ui.DescriptionList
	Notice   *ui.Notice
	Chapters []PlanReading
	Compare  *ui.Filter
}

// PlanReading is one chapter as it is read.
type PlanReading struct {
	ID, Title string
	Default   bool
	Facts     []ui.Fact
	Tables    []ui.Table
}

func (s *Server) planPage(c *Ctx) error {
	p, unit, err := s.planFor(c)
	if err != nil {
		return err
	}
	page := &PlanPage{}
	page.Title, page.Sub = p.Name, c.T("plan.sub", "Unit", unit.In(c.Lang), "Year", p.Year)
	page.Status = planStatus(c, p)
	page.Crumbs = []ui.Link{{Text: c.T("nav.plans"), Href: "/plans"}, {Text: p.Name}}
	page.Chapters = c.planReadings(p.Body)
	problems := len(p.Body.Problems())
	page.Notice = c.planNotice(p, problems)
	page.Facts = c.planFacts(p, unit)
	s.planActions(c, page, p, unit, problems)
	if page.Compare, err = s.compareFilter(c, p, 0); err != nil {
		return err
	}
	return c.Render("plan", page)
}

func planStatus(c *Ctx, p plan.Plan) *ui.Status {
	if p.State == plan.Frozen {
		return &ui.Status{State: ui.Done, Text: c.T("plan.state.frozen"), Box: true}
	}
	return &ui.Status{State: ui.Draft, Text: c.T("plan.state.draft"), Box: true}
}

func (c *Ctx) planNotice(p plan.Plan, problems int) *ui.Notice {
	switch {
	case problems > 0:
		return &ui.Notice{Kind: "warn", Text: c.T("plan.problems", "Count", problems)}
	case p.State == plan.Draft && len(p.Body.Defaults) > 0:
		return &ui.Notice{Kind: "info", Text: c.T("plan.defaults", "Count", len(p.Body.Defaults))}
	}
	return nil
}

func (c *Ctx) planFacts(p plan.Plan, unit org.Unit) ui.DescriptionList {
	l := ui.Locale{Lang: c.Lang, Zone: c.srv.Zone}
	facts := []ui.Fact{{Term: c.T("plan.convenor"), Text: unit.In(c.Lang)}, {Term: c.T("plan.field.year"), Text: itoa(int64(p.Year))},
		{Term: c.T("plan.version"), Text: itoa(int64(p.Version))}}
	if c.Scope(authz.Read).Covers(unit.Place()) {
		facts[2].Action = &ui.Link{Text: c.T("plan.history"), Href: "/history/plan/" + itoa(p.ID)}
	}
	if p.BasedOn != 0 {
		facts = append(facts, ui.Fact{Term: c.T("plan.based_on"), Text: c.T("plan.based_on_text"), Href: planPath(p.ID) + "/compare?with=" + itoa(p.BasedOn)})
	}
	if p.State == plan.Frozen {
		facts = append(facts, ui.Fact{Term: c.T("plan.frozen_at"), Text: l.DateTime(p.FrozenAt)}, ui.Fact{Term: c.T("plan.digest"), Text: p.Digest})
	}
	return ui.DescriptionList{Items: facts}
}

func (s *Server) planActions(c *Ctx, page *PlanPage, p plan.Plan, unit org.Unit, problems int) {
	if p.State == plan.Draft && c.May(authz.PlanEdit, unit.Place()) {
		page.Primary = &ui.Button{Text: c.T("plan.edit"), Href: planPath(p.ID) + "/edit", Key: "e"}
		if problems == 0 {
			page.Actions = append(page.Actions, ui.Button{Text: c.T("plan.freeze"), Post: planPath(p.ID) + "/freeze", Confirm: c.T("plan.freeze.confirm"),
				Fields: []ui.Pair{{Name: "version", Value: itoa(int64(p.Version))}, {Name: "_once", Value: newToken()}}})
		}
	}
	if problems == 0 {
		page.Actions = append(page.Actions, ui.Button{Text: c.T("plan.preview"), Href: planPath(p.ID) + "/preview"})
	}
	page.Actions = append(page.Actions, ui.Button{Text: c.T("plan.export"), Href: planPath(p.ID) + "/PLAN.json", Download: true}, ui.Button{Text: c.T("plan.print"), Print: true})
	if c.MayAnywhere(authz.PlanEdit) {
		page.Actions = append(page.Actions, ui.Button{Text: c.T("plan.copy"), Href: "/plans/new?from=" + itoa(p.ID)})
	}
}

// planReadings draws the chapters from the same description as the form.
func (c *Ctx) planReadings(body plan.Body) []PlanReading {
	values := body.Encode()
	f := &planForm{c, values, map[string]string{}, map[string]bool{}}
	var out []PlanReading
	for _, spec := range c.planSpec(body) {
		r := PlanReading{ID: spec.id, Title: c.T("plan.chapter." + spec.id), Default: body.IsDefault(spec.id)}
		for _, x := range spec.fields {
			field := f.field("", x)
			if text := c.reading(field); text != "" {
				r.Facts = append(r.Facts, ui.Fact{Term: field.Label, Text: text})
			}
		}
		for _, l := range spec.lists {
			t := f.table(l)
			t.HideCaption = len(spec.lists) == 1
			r.Tables = append(r.Tables, t)
		}
		out = append(out, r)
	}
	return out
}

func (f *planForm) table(l planList) ui.Table {
	t := ui.Table{Caption: f.caption(l), Empty: &ui.EmptyState{Title: f.c.T("plan.list.empty")}}
	for _, col := range l.cols {
		t.Columns = append(t.Columns, ui.Column{Head: f.c.T(col.key), Align: col.align})
	}
	for _, n := range plan.Rows(f.values, l.path) {
		at := l.path + "." + itoa(int64(n))
		var row ui.Row
		for _, col := range l.cols {
			row.Cells = append(row.Cells, ui.T(f.cellText(at, col)))
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// cellText reads a cell: of a pair of languages the reader's, of a pair of bounds both.
func (f *planForm) cellText(at string, col planCol) string {
	var texts []string
	for _, x := range col.fields {
		field := f.field(at, x)
		text := f.c.reading(field)
		if base, lang, ok := cutLang(x.name); ok {
			if lang == f.c.Lang || f.values.Get(at+"."+base+"."+f.c.Lang) == "" {
				texts = append(texts, text)
			}
			continue
		}
		if x.kind == "number" && len(col.fields) > 1 && text == "0" {
			text = "–"
		}
		texts = append(texts, text)
	}
	return strings.Trim(strings.Join(texts, " / "), " /")
}

func cutLang(name string) (base, lang string, ok bool) {
	for _, l := range []string{"zh", "en"} {
		if b, found := strings.CutSuffix(name, "."+l); found {
			return b, l, true
		}
	}
	return "", "", false
}

// reading is a field's value as it is read: the words of choices, a tick for a box.
func (c *Ctx) reading(f ui.Field) string {
	switch {
	case f.Type == "checkbox" && len(f.Options) > 0:
		var texts []string
		for _, o := range f.Options {
			if f.Chosen(o.Value) {
				texts = append(texts, o.Text)
			}
		}
		return strings.Join(texts, c.T("list.separator"))
	case f.Type == "checkbox" && f.Value == "1":
		return c.T("plan.yes")
	case f.Type == "checkbox":
		return c.T("plan.no")
	case f.Type == "select":
		for _, o := range f.Options {
			if o.Value == f.Value {
				return o.Text
			}
		}
	}
	return f.Value
}
