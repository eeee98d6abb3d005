package web

import (
	"strconv"
	"strings"

	"plumbline/internal/authz"
	"plumbline/internal/fault"
	"plumbline/internal/review/plan"
	"plumbline/internal/review/result"
	"plumbline/internal/web/ui"
)

// ResultUnitPage is the composite of one unit, line by line, so that anyone can recompute it by hand.
type ResultUnitPage struct {
	Page
	Figures   ui.KeyFigures
	Ballot    *ui.Table
	Hidden    []string
	Reweighed string
	Sources   []ResultSource
	Composite ui.Table
	Band      string
	Rounding  string
}

// ResultSource is where the score of a part comes from.
type ResultSource struct {
	Heading string
	Lines   ui.DescriptionList
}

func (s *Server) resultUnit(c *Ctx) error {
	id, err := c.ID("id")
	if err != nil {
		return err
	}
	unit, err := c.ID("unit")
	if err != nil {
		return err
	}
	v, err := s.Rooms.Results.Look(c.R.Context(), c.Scope(authz.Read), id, int(c.Int("no", 0)))
	if err != nil {
		return err
	}
	if v.Record == nil {
		return fault.Missing()
	}
	u, ok := v.Record.Of(unit)
	if !ok {
		return fault.Missing()
	}
	p := &ResultUnitPage{Rounding: c.T("result.rounding", "Decimals", v.Record.Decimals)}
	p.Title, p.Sub = c.T("result.of_unit", "Unit", u.In(c.Lang)), c.cycleTitle(v.Cycle, v.Convenor)
	p.Crumbs = append(c.cycleCrumbs(v.Cycle, v.Convenor, c.T("result.title")), ui.Link{Text: u.In(c.Lang)})
	p.Crumbs[2].Href = resultPath(id)
	p.Status = c.resultStatus(v)
	p.Actions = []ui.Button{{Text: c.T("plan.print"), Print: true}}
	c.fillUnit(p, v, u)
	return c.Render("result_unit", p)
}

func (c *Ctx) fillUnit(p *ResultUnitPage, v result.View, u result.UnitRecord) {
	body := v.Plan.Body
	p.Figures = ui.KeyFigures{Items: []ui.Figure{{Label: c.T("result.composite"), Value: u.Composite.Text}, {Label: c.T("result.rank"), Value: strconv.Itoa(u.Rank), Unit: "/ " + strconv.Itoa(len(v.Record.Units))},
		{Label: c.T("result.suggested"), Value: orDash(c.gradeName(body, u.Suggested)), State: c.gradeStatus(body, u.Suggested).State}}}
	if v.Last != nil {
		if g, ok := v.Last.Of(u.Unit); ok {
			p.Figures.Items = append(p.Figures.Items, ui.Figure{Label: c.T("result.decided"), Value: c.gradeName(body, g.Grade), Note: g.Reason})
		}
	}
	if len(u.Classes) > 0 {
		p.Ballot = c.ballotTable(body, u)
	}
	p.Hidden = c.hiddenNotes(body, *v.Record, u)
	if u.Renormalised {
		p.Reweighed = c.T("result.renormalised")
	}
	for _, part := range u.Parts {
		if part.Sheet != nil {
			def, _ := body.Part(part.ID)
			p.Sources = append(p.Sources, ResultSource{c.partName(body, part.ID), c.sheetTotal(def, *part.Sheet)})
		} else if part.Figure != nil {
			p.Sources = append(p.Sources, ResultSource{c.partName(body, part.ID), ui.DescriptionList{Items: []ui.Fact{{Term: c.T("result.score"), Text: part.Score.Exact, Sub: part.Figure.Note},
				{Term: c.T("result.figures.from"), Text: c.sourceText(part.Figure.Source), Sub: part.Figure.Name}}}})
		}
	}
	p.Composite = c.compositeTable(body, u)
	p.Band = c.bandText(body, u)
}

// ballotTable leads from the counts to each class mean and its share; hidden classes show their weight alone.
func (c *Ctx) ballotTable(body plan.Body, u result.UnitRecord) *ui.Table {
	t := &ui.Table{Caption: c.T("result.ballot_table"), Columns: []ui.Column{{Head: c.T("result.class")}, {Head: c.T("result.counts")}, {Head: c.T("result.others")},
		{Head: c.T("result.mean"), Align: "right"}, {Head: c.T("result.weight"), Align: "right"}, {Head: c.T("result.share"), Align: "right"}}}
	several := len(body.Items) > 1
	for _, k := range u.Classes {
		class, _ := body.Class(k.ID)
		name := class.Name.In(c.Lang)
		if k.Hidden != "" {
			t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{ui.T(name), ui.T(c.T("result.not_shown")), {}, {}, ui.T("× " + k.Used), {}}})
			continue
		}
		row := ui.Row{Cells: []ui.Cell{ui.T(name), {}, {}, c.numCell(k.Mean), ui.T("× " + k.Used), c.numCell(k.Contribution)}}
		if k.Empty {
			row.Cells[3] = ui.T(c.T("result.empty_class"))
		}
		if !several && len(k.Items) == 1 {
			row.Cells[1], row.Cells[2] = c.countsCell(body, k.Items[0]), ui.T(c.othersText(k.Items[0]))
		}
		t.Rows = append(t.Rows, row)
		for _, item := range k.Items {
			if several {
				def, _ := body.Item(item.ID)
				t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{ui.T("· " + def.Name.In(c.Lang)), c.countsCell(body, item), ui.T(c.othersText(item)), c.numCell(item.Mean), ui.T("× " + item.Weight), c.numCell(item.Contribution)}})
			}
		}
	}
	if u.Ballot != nil {
		t.Foot = []ui.Cell{ui.T(c.T("result.ballot_score")), {}, {}, {}, {}, c.numCell(u.Ballot)}
	}
	return t
}

// numCell is a printed figure, with the exact one under it where it was rounded.
func (c *Ctx) numCell(n *result.Num) ui.Cell {
	if n == nil {
		return ui.Cell{}
	}
	cell := ui.T(n.Text)
	if n.Rounded() {
		cell.Sub = c.T("result.exactly", "Exact", n.Exact)
	}
	return cell
}

// countsCell says how often each value was given, and the sum that the mean is taken of.
func (c *Ctx) countsCell(body plan.Body, item result.ItemRecord) ui.Cell {
	var counts, products []string
	for _, n := range item.Counts {
		name := n.Points
		if n.Grade != "" {
			name = c.gradeName(body, n.Grade)
		}
		counts = append(counts, name+" "+strconv.Itoa(n.N))
		if n.N > 0 {
			products = append(products, strconv.Itoa(n.N)+"×"+n.Points)
		}
	}
	cell := ui.Cell{Text: strings.Join(counts, " · ")}
	if item.Kept == 0 {
		return cell
	}
	sum := strings.Join(products, " + ")
	if len(item.Low) > 0 {
		sum += " − (" + strings.Join(append(append([]string{}, item.Low...), item.High...), " + ") + ")"
	}
	cell.Sub = "(" + sum + ") ÷ " + strconv.Itoa(item.Kept) + " = " + item.Sum + " ÷ " + strconv.Itoa(item.Kept)
	return cell
}

func (c *Ctx) othersText(item result.ItemRecord) string {
	return c.T("result.others_text", "Valid", item.Valid, "Abstained", item.Abstained, "Invalid", item.Invalid)
}

// hiddenNotes says why a class is not shown.
func (c *Ctx) hiddenNotes(body plan.Body, r result.Record, u result.UnitRecord) []string {
	var out []string
	for _, k := range u.Classes {
		class, _ := body.Class(k.ID)
		switch k.Hidden {
		case result.HiddenSmall:
			out = append(out, c.T("result.hidden_small", "Class", class.Name.In(c.Lang), "Small", r.SmallClass))
		case result.HiddenRest:
			out = append(out, c.T("result.hidden_rest", "Class", class.Name.In(c.Lang)))
		}
	}
	return out
}

func (c *Ctx) compositeTable(body plan.Body, u result.UnitRecord) ui.Table {
	t := ui.Table{Caption: c.T("result.composite_table"), Columns: []ui.Column{{Head: c.T("result.part")}, {Head: c.T("result.score"), Align: "right"},
		{Head: c.T("result.weight"), Align: "right"}, {Head: c.T("result.share"), Align: "right"}}}
	for _, part := range u.Parts {
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{ui.T(c.partName(body, part.ID)), c.numCell(&part.Score), ui.T("× " + part.Weight), c.numCell(&part.Contribution)}})
	}
	t.Foot = []ui.Cell{ui.T(c.T("result.composite")), {}, {}, c.numCell(&u.Composite)}
	return t
}

// bandText says which band the composite reaches.
func (c *Ctx) bandText(body plan.Body, u result.UnitRecord) string {
	for i, b := range body.Bands {
		if b.Grade != u.Suggested {
			continue
		}
		if i == 0 {
			return c.T("result.band_top", "Score", u.Composite.Text, "From", b.From, "Grade", c.gradeName(body, b.Grade))
		}
		return c.T("result.band", "Score", u.Composite.Text, "From", b.From, "Below", body.Bands[i-1].From, "Grade", c.gradeName(body, b.Grade))
	}
	return c.T("result.no_band")
}
