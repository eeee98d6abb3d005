package web

import (
	"strconv"
	"strings"

	"plumbline/internal/review/plan"
	"plumbline/internal/scoring"
	"plumbline/internal/web/ui"
)

// PlanPreviewPage shows the arithmetic of a plan on made-up marks, from class means to the quota.
type PlanPreviewPage struct {
	Page
	Notice  ui.Notice
	Chart   ui.Bars
	Result  ui.Table
	Classes ui.Table
	Explain []ui.Fact
	First   string
	Quota   *ui.Status
	Ties    []string
	Rules   []string
}

// previewUnits is how many invented units the preview has.
const previewUnits = 5

func (s *Server) planPreview(c *Ctx) error {
	p, _, err := s.planFor(c)
	if err != nil {
		return err
	}
	var units []string
	for i := range previewUnits {
		units = append(units, c.T("plan.preview.unit"+strconv.Itoa(i+1)))
	}
	pre, err := p.Body.Preview(units)
	if err != nil {
		return err
	}
	page := &PlanPreviewPage{Notice: ui.Notice{Kind: "info", Text: c.T("plan.preview.notice")}}
	page.Title, page.Sub = c.T("plan.preview.title"), p.Name
	page.Crumbs = []ui.Link{{Text: c.T("nav.plans"), Href: "/plans"}, {Text: p.Name, Href: planPath(p.ID)}, {Text: page.Title}}
	page.Actions = []ui.Button{{Text: c.T("plan.print"), Print: true}}
	c.fillPreview(page, p.Body, pre.Result)
	return c.Render("plan_preview", page)
}

func (c *Ctx) fillPreview(page *PlanPreviewPage, b plan.Body, r scoring.Result) {
	page.Chart = ui.Bars{ChartHead: ui.ChartHead{ID: "composite", Title: c.T("plan.preview.chart", "Unit", r.Units[0].Unit), Desc: c.T("plan.preview.notice")}, Max: "100"}
	for _, u := range r.Units {
		page.Chart.Items = append(page.Chart.Items, ui.Bar{Label: u.Unit, Value: u.Composite.Text})
	}
	if len(b.Bands) > 0 {
		page.Chart.Rule = &ui.Rule{Value: b.Bands[0].From, Text: c.gradeName(b, b.Bands[0].Grade)}
	}
	page.Result = c.previewResult(b, r)
	page.Classes = c.previewClasses(b, r)
	page.First = r.Units[0].Unit
	page.Explain = c.explain(b, r.Units[0])
	if q := r.Quota; q != nil {
		page.Quota = &ui.Status{State: ui.Done, Text: c.T("plan.preview.quota_met", "Required", q.BelowTopRequired, "Suggested", q.BelowTopSuggested)}
		if !q.Met {
			page.Quota = &ui.Status{State: ui.Late, Text: c.T("plan.preview.quota_unmet", "Required", q.BelowTopRequired, "Suggested", q.BelowTopSuggested)}
		}
	}
	for _, t := range r.Ties {
		page.Ties = append(page.Ties, c.T("plan.preview.tie", "Units", strings.Join(t.Units, c.T("list.separator")), "Score", t.Composite))
	}
	for _, t := range b.Ties {
		page.Rules = append(page.Rules, c.tieText(b, t))
	}
}

func (c *Ctx) gradeName(b plan.Body, id string) string {
	g, _ := b.Grade(id)
	return g.Name.In(c.Lang)
}

func (c *Ctx) previewResult(b plan.Body, r scoring.Result) ui.Table {
	t := ui.Table{Caption: c.T("plan.preview.result"), Wide: true, Columns: []ui.Column{{Head: c.T("plan.preview.unit")}}}
	for _, p := range r.Units[0].Parts {
		name := c.T("plan.part.ballot")
		if part, ok := b.Part(p.ID); ok {
			name = part.Name.In(c.Lang)
		}
		t.Columns = append(t.Columns, ui.Column{Head: name, Unit: "× " + p.Weight.Text, Align: "right"})
	}
	t.Columns = append(t.Columns, ui.Column{Head: c.T("plan.preview.composite"), Align: "right"}, ui.Column{Head: c.T("plan.preview.rank"), Align: "right"}, ui.Column{Head: c.T("plan.preview.suggested")})
	for _, u := range r.Units {
		row := ui.Row{Cells: []ui.Cell{ui.T(u.Unit)}}
		for _, p := range u.Parts {
			row.Cells = append(row.Cells, ui.T(p.Score.Text))
		}
		row.Cells = append(row.Cells, ui.T(u.Composite.Text), ui.T(strconv.Itoa(u.Rank)), ui.T(c.gradeName(b, u.Suggested)))
		t.Rows = append(t.Rows, row)
	}
	return t
}

func (c *Ctx) previewClasses(b plan.Body, r scoring.Result) ui.Table {
	t := ui.Table{Caption: c.T("plan.preview.classes"), Wide: true, Columns: []ui.Column{{Head: c.T("plan.preview.unit")}}}
	for _, x := range b.Classes {
		t.Columns = append(t.Columns, ui.Column{Head: x.ID, Unit: "× " + x.Weight, Align: "right"})
	}
	t.Columns = append(t.Columns, ui.Column{Head: c.T("plan.part.ballot"), Align: "right"})
	for _, u := range r.Units {
		row := ui.Row{Cells: []ui.Cell{ui.T(u.Unit)}}
		for _, x := range u.Classes {
			cell := ui.Cell{Text: c.T("plan.preview.empty_class")}
			if x.Mean != nil {
				cell = ui.T(x.Mean.Text)
			}
			row.Cells = append(row.Cells, cell)
		}
		if u.Ballot != nil {
			row.Cells = append(row.Cells, ui.T(u.Ballot.Text))
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// explain writes one unit's arithmetic out, line by line, as a hand calculator would.
func (c *Ctx) explain(b plan.Body, u scoring.UnitResult) []ui.Fact {
	var out []ui.Fact
	var terms []string
	for _, x := range u.Classes {
		class, _ := b.Class(x.ID)
		for _, item := range x.Items {
			if item.Mean == nil {
				continue
			}
			name := class.Name.In(c.Lang)
			if it, ok := b.Item(item.ID); ok && len(b.Items) > 1 {
				name += " · " + it.Name.In(c.Lang)
			}
			text := c.T("plan.preview.mean", "Sum", item.Sum.Text, "Kept", item.Kept, "Mean", item.Mean.Text)
			if n := len(item.Low) + len(item.High); n > 0 {
				text += c.T("plan.preview.trimmed", "Count", n)
			}
			out = append(out, ui.Fact{Term: name, Text: text})
		}
		if x.Mean != nil {
			terms = append(terms, x.Used.Text+" × "+x.Mean.Text)
		}
	}
	if u.Ballot != nil {
		out = append(out, ui.Fact{Term: c.T("plan.part.ballot"), Text: strings.Join(terms, " + ") + " = " + u.Ballot.Text})
	}
	terms = nil
	for _, p := range u.Parts {
		terms = append(terms, p.Weight.Text+" × "+p.Score.Text)
	}
	return append(out, ui.Fact{Term: c.T("plan.preview.composite"), Text: strings.Join(terms, " + ") + " = " + u.Composite.Text},
		ui.Fact{Term: c.T("plan.preview.suggested"), Text: c.gradeName(b, u.Suggested)})
}

func (c *Ctx) tieText(b plan.Body, t plan.TieRule) string {
	name := t.Ref
	switch t.Kind {
	case plan.HigherClass:
		x, _ := b.Class(t.Ref)
		name = x.Name.In(c.Lang)
	case plan.FewerOfGrade:
		name = c.gradeName(b, t.Ref)
	case plan.HigherPart:
		x, _ := b.Part(t.Ref)
		name = x.Name.In(c.Lang)
	}
	return c.T("plan.tie_text."+string(t.Kind), "Name", name)
}
