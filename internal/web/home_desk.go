package web

import (
	"strconv"

	"plumbline/internal/authz"
	"plumbline/internal/review/cycle"
	"plumbline/internal/web/ui"
)

// DeskBlock answers whoever runs a cycle: who is late, where is it, what needs my hand. pages/blocks/desk.html draws it.
type DeskBlock struct {
	Title, Href string
	Status      *ui.Status
	Steps       ui.Steps
	Lamps       *ui.LampStrip
	Tasks       []ui.Card
	Late        *ui.Table
	Dates       ui.Table
}

// desks gives a block for every open cycle that the actor runs; none for everybody else.
func (s *Server) desks(c *Ctx) ([]DeskBlock, error) {
	units := s.Gate.Policy().Units(c.Actor, authz.CycleManage)
	if len(units) == 0 {
		return nil, nil
	}
	list, err := s.Rooms.Cycles.Desks(c.R.Context(), units, c.Today())
	if err != nil {
		return nil, err
	}
	var out []DeskBlock
	for _, d := range list {
		out = append(out, c.deskBlock(d))
	}
	return out, nil
}

func (c *Ctx) deskBlock(d cycle.Desk) DeskBlock {
	b := DeskBlock{Title: c.cycleTitle(d.Cycle, d.Convenor), Href: cyclePath(d.Cycle.ID), Status: c.cycleStatus(d.Cycle), Steps: c.cycleSteps(d.Cycle)}
	id := itoa(d.Cycle.ID)
	strip := &ui.LampStrip{ChartHead: ui.ChartHead{ID: "desk-" + id, Title: c.T("cycle.lamps.none_late"), Desc: c.T("cycle.lamps.desc")}}
	if len(d.Late) > 0 {
		strip.Title = c.T("cycle.lamps.late", "Count", len(d.Late))
	}
	for _, r := range d.Rows {
		strip.Items = append(strip.Items, ui.LampItem{Label: r.Unit.In(c.Lang), State: r.Lamp, Href: b.Href + "#unit-" + itoa(r.Unit.ID)})
	}
	if len(strip.Items) > 0 {
		b.Lamps = strip
	}
	for _, t := range d.Tasks {
		args := append([]any{"Count", t.Count}, t.Args...)
		b.Tasks = append(b.Tasks, ui.Card{Title: c.T(t.Key, args...), Href: t.Href, Status: &ui.Status{State: t.Lamp, Text: strconv.Itoa(t.Count)}})
	}
	if len(d.Late) > 0 {
		t := c.reporterTable(cycle.View{Rows: d.Late})
		t.ID, t.Caption = "late-"+id, c.T("cycle.desk.late")
		b.Late = &t
	}
	l := ui.Locale{Lang: c.Lang, Zone: c.srv.Zone}
	b.Dates = ui.Table{Caption: c.T("calendar.coming"), Columns: []ui.Column{{Head: c.T("cycle.col.step")}, {Head: c.T("cycle.col.due")}, {Head: c.T("cycle.col.left")}},
		Empty: &ui.EmptyState{Title: c.T("calendar.empty")}}
	for _, x := range d.Dates {
		b.Dates.Rows = append(b.Dates.Rows, ui.Row{Href: b.Href, Cells: []ui.Cell{ui.T(c.stepName(x)), ui.T(l.Date(x.Deadline.Due)), {Status: c.dateStatus(x)}}})
	}
	return b
}
