package web

import (
	"strconv"
	"strings"

	"plumbline/internal/authz"
	"plumbline/internal/review/cycle"
	"plumbline/internal/review/plan"
	"plumbline/internal/web/ui"
)

// CyclePage is a cycle at a glance: every reporter, every date, and what can be done.
type CyclePage struct {
	Page
	Tabs      ui.Tabs
	Steps     ui.Steps
	Figures   ui.KeyFigures
	Lamps     *ui.LampStrip
	Reporters ui.Table
	Calendar  *ui.Calendar
	Dates     ui.Table
	Facts     ui.DescriptionList
	Draws     []DrawText
	Manage    *CycleManage
}

// DrawText is a draw of lots with everything that is needed to draw again.
type DrawText struct {
	Title string
	Facts []ui.Fact
	Check string
}

// CycleManage is what whoever runs the cycle can do.
type CycleManage struct {
	Path    string
	Version int
	Next    *ui.Field // the states to move on to; nil where there is none
	Close   bool
}

// cycleView finds the cycle of the address as the reader may see it.
func (s *Server) cycleView(c *Ctx) (cycle.View, error) {
	id, err := c.ID("id")
	if err != nil {
		return cycle.View{}, err
	}
	return s.Rooms.Cycles.View(c.R.Context(), c.Scope(authz.Read), id, c.Today())
}

func (s *Server) cyclePage(c *Ctx) error {
	v, err := s.cycleView(c)
	if err != nil {
		return err
	}
	page := &CyclePage{Tabs: c.cycleTabs(v.Cycle, ""), Steps: c.cycleSteps(v.Cycle), Facts: c.cycleFacts(v)}
	page.Title, page.Sub = c.cycleTitle(v.Cycle, v.Convenor), c.cycleSub(v)
	page.Status = c.cycleStatus(v.Cycle)
	page.Status.Box = true
	page.Crumbs = c.cycleCrumbs(v.Cycle, v.Convenor, "")
	c.fillReporters(page, v)
	c.fillDates(page, v)
	for _, d := range v.Draws {
		page.Draws = append(page.Draws, c.drawText(d))
	}
	page.Actions = []ui.Button{{Text: c.T("cycle.print"), Href: cyclePath(v.Cycle.ID) + "/print"}, {Text: c.T("cycle.export"), Href: cyclePath(v.Cycle.ID) + "/export"}}
	if v.Cycle.State != cycle.Closed && c.May(authz.CycleManage, v.Convenor.Place()) {
		c.fillManage(page, v)
	}
	return c.Render("cycle", page)
}

func (c *Ctx) cycleSub(v cycle.View) string {
	l := ui.Locale{Lang: c.Lang, Zone: c.srv.Zone}
	return joined(v.Convenor.In(c.Lang), c.T("cycle.meeting_on", "Date", l.Date(v.Cycle.MeetingDate)))
}

func (c *Ctx) cycleFacts(v cycle.View) ui.DescriptionList {
	l := ui.Locale{Lang: c.Lang, Zone: c.srv.Zone}
	facts := []ui.Fact{{Term: c.T("plan.convenor"), Text: v.Convenor.In(c.Lang)}, {Term: c.T("cycle.meeting_date"), Text: l.Date(v.Cycle.MeetingDate)},
		{Term: c.T("cycle.opened_at"), Text: l.Date(v.Cycle.OpenedAt)}}
	if v.Plan.State == plan.Frozen || v.Whole {
		facts = append(facts, ui.Fact{Term: c.T("cycle.plan"), Text: v.Plan.Name, Href: planPath(v.Plan.ID), Status: planStatus(c, v.Plan)})
	}
	if v.Previous.ID != 0 && v.Whole {
		facts = append(facts, ui.Fact{Term: c.T("cycle.previous"), Text: c.cycleTitle(v.Previous, v.Convenor), Href: cyclePath(v.Previous.ID)})
	}
	if v.Cycle.ClosedAt != 0 {
		facts = append(facts, ui.Fact{Term: c.T("cycle.closed_at"), Text: l.Date(v.Cycle.ClosedAt)})
		if v.Whole && v.Cycle.CloseReason != "" {
			facts = append(facts, ui.Fact{Term: c.T("cycle.close_reason"), Text: v.Cycle.CloseReason})
		}
	}
	if v.Whole {
		facts = append(facts, ui.Fact{Term: c.T("plan.history"), Text: c.T("cycle.history"), Href: "/history/cycle/" + itoa(v.Cycle.ID)})
	}
	return ui.DescriptionList{Items: facts}
}

func (c *Ctx) fillReporters(page *CyclePage, v cycle.View) {
	page.Reporters = c.reporterTable(v)
	late, oral := 0, 0
	strip := &ui.LampStrip{ChartHead: ui.ChartHead{ID: "reporters", Desc: c.T("cycle.lamps.desc")}}
	for _, r := range v.Rows {
		if r.Lamp == cycle.LampLate {
			late++
		}
		if r.Reporter.Mode == cycle.Oral {
			oral++
		}
		strip.Items = append(strip.Items, ui.LampItem{Label: r.Unit.In(c.Lang), State: r.Lamp, Href: "#unit-" + itoa(r.Unit.ID)})
	}
	if !v.Whole {
		return
	}
	strip.Title = c.T("cycle.lamps.none_late")
	if late > 0 {
		strip.Title = c.T("cycle.lamps.late", "Count", late)
	}
	if len(v.Rows) > 1 {
		page.Lamps = strip
	}
	page.Figures = ui.KeyFigures{Items: []ui.Figure{{Label: c.T("cycle.figure.reporters"), Value: strconv.Itoa(len(v.Rows)), Href: "#list"},
		{Label: c.T("cycle.mode.oral"), Value: strconv.Itoa(oral), Href: "#list"}, {Label: c.T("cycle.mode.written"), Value: strconv.Itoa(len(v.Rows) - oral), Href: "#list"}}}
	if late > 0 {
		page.Figures.Items = append(page.Figures.Items, ui.Figure{Label: c.T("cycle.figure.late"), Value: strconv.Itoa(late), State: ui.Late, Href: "#list"})
	}
}

// reporterTable shows every reporter; a column of which no room has anything to say is left out.
func (c *Ctx) reporterTable(v cycle.View) ui.Table {
	t := ui.Table{ID: "list", Caption: c.T("cycle.reporters"), Columns: []ui.Column{{Head: c.T("cycle.col.unit")}, {Head: c.T("cycle.col.mode")}},
		Empty: &ui.EmptyState{Title: c.T("cycle.no_reporters")}}
	var shown []cycle.Column
	reads := c.Scope(authz.Read)
	for _, col := range cycle.Columns {
		for _, r := range v.Rows {
			if _, ok := r.Cells[col]; ok {
				shown = append(shown, col)
				t.Columns = append(t.Columns, ui.Column{Head: c.T("cycle.col." + string(col))})
				break
			}
		}
	}
	for _, r := range v.Rows {
		row := ui.Row{ID: "unit-" + itoa(r.Unit.ID), Cells: []ui.Cell{{Text: r.Unit.In(c.Lang), Sub: c.personText(r)},
			{Text: c.T("cycle.mode." + string(r.Reporter.Mode)), Sub: c.T("cycle.choice." + string(r.Reporter.Choice))}}}
		for _, col := range shown {
			cell := c.cellOf(r.Cells[col])
			if !reads.Covers(r.Unit.Place()) {
				cell.Href = "" // a convenor's reader need not read what lies at the reporters
			}
			row.Cells = append(row.Cells, cell)
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

func (c *Ctx) fillDates(page *CyclePage, v cycle.View) {
	if len(v.Dates) == 0 {
		return
	}
	l := ui.Locale{Lang: c.Lang, Zone: c.srv.Zone}
	cal := &ui.Calendar{ChartHead: ui.ChartHead{ID: "dates", Title: c.nextDate(v), Desc: c.T("cycle.dates.desc")},
		From: v.Dates[0].Deadline.Due, To: v.Dates[len(v.Dates)-1].Deadline.Due, Today: c.Today()}
	page.Dates = ui.Table{Caption: c.T("cycle.dates.list"), HideCaption: true, Columns: []ui.Column{{Head: c.T("cycle.col.step")}, {Head: c.T("cycle.col.due")}, {Head: c.T("cycle.col.who")}, {Head: c.T("cycle.col.left")}}}
	for _, d := range v.Dates {
		st := c.dateStatus(d)
		name := c.stepName(d)
		label := name
		if !d.Done {
			label = joined(name, st.Text)
		}
		cal.Items = append(cal.Items, ui.Milestone{Date: d.Deadline.Due, Label: label, State: st.State})
		page.Dates.Rows = append(page.Dates.Rows, ui.Row{Cells: []ui.Cell{ui.T(name), ui.T(l.Date(d.Deadline.Due)), ui.T(c.whoText(d)), {Status: st}}})
	}
	page.Calendar = cal
}

// nextDate says what comes next, or what is late: the finding of the calendar.
func (c *Ctx) nextDate(v cycle.View) string {
	late := 0
	for _, d := range v.Dates {
		switch {
		case d.Done:
		case d.Lamp == cycle.LampLate:
			late++
		case late > 0:
			return c.T("cycle.dates.late", "Count", late, "Step", c.stepName(d), "Left", c.dateStatus(d).Text)
		default:
			return c.T("cycle.dates.next", "Step", c.stepName(d), "Left", c.dateStatus(d).Text)
		}
	}
	if late > 0 {
		return c.T("cycle.dates.all_late", "Count", late)
	}
	return c.T("cycle.dates.over")
}

func (c *Ctx) stepName(d cycle.Date) string {
	if name := d.Step.Name.In(c.Lang); name != "" {
		return name
	}
	return d.Deadline.Step
}

func (c *Ctx) whoText(d cycle.Date) string {
	if d.Step.Who == "" {
		return ""
	}
	return c.T("plan.who." + string(d.Step.Who))
}

func (c *Ctx) drawText(d cycle.Draw) DrawText {
	l := ui.Locale{Lang: c.Lang, Zone: c.srv.Zone}
	out := DrawText{Title: c.T("cycle.draw.title", "Date", l.DateTime(d.DrawnAt), "Count", d.Oral)}
	out.Facts = []ui.Fact{{Term: c.T("cycle.draw.seed"), Text: d.Seed}, {Term: c.T("cycle.draw.order"), Text: strings.Join(d.Codes, c.T("list.separator"))}}
	if len(d.Codes) > 0 {
		out.Check = "printf '%s\\n%s' " + shellWord(d.Seed) + " " + shellWord(d.Codes[0]) + " | sha256sum"
	}
	return out
}

// shellWord quotes a text for a POSIX shell.
func shellWord(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }

func (c *Ctx) fillManage(page *CyclePage, v cycle.View) {
	page.Manage = &CycleManage{Path: cyclePath(v.Cycle.ID), Version: v.Cycle.Version, Close: v.Cycle.State.AtLeast(cycle.Decided)}
	var next []ui.Option
	for _, st := range cycle.States {
		if st.Order() > v.Cycle.State.Order() && st != cycle.Closed {
			next = append(next, ui.Option{Value: string(st), Text: c.T("cycle.state." + string(st))})
		}
	}
	if next != nil {
		page.Manage.Next = &ui.Field{Name: "state", Type: "select", Label: c.T("cycle.advance.to"), Options: next, Plain: true}
	}
	if !v.Cycle.State.AtLeast(cycle.Held) {
		page.Actions = append(page.Actions, ui.Button{Text: c.T("cycle.edit_reporters"), Href: page.Manage.Path + "/reporters", Key: "e"})
	}
	page.Actions = append(page.Actions, ui.Button{Text: c.T("cycle.edit_dates"), Href: page.Manage.Path + "/dates"})
}

// CyclePrintPage is the register of a cycle on paper.
type CyclePrintPage struct {
	Page
	Reporters ui.Table
	Dates     ui.Table
}

func (s *Server) cyclePrint(c *Ctx) error {
	v, err := s.cycleView(c)
	if err != nil {
		return err
	}
	full := &CyclePage{}
	c.fillReporters(full, v)
	c.fillDates(full, v)
	page := &CyclePrintPage{Reporters: full.Reporters, Dates: full.Dates}
	page.Kind, page.Title = ui.KindPrint, c.cycleTitle(v.Cycle, v.Convenor)
	page.Dates.HideCaption = false
	return c.Render("cycle_print", page)
}
