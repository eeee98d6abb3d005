package web

import (
	"strconv"

	"plumbline/internal/authz"
	"plumbline/internal/review/cycle"
	"plumbline/internal/web/ui"
)

// CyclesPage lists the cycles that the reader may know of.
type CyclesPage struct {
	Page
	Table ui.Table
}

func (s *Server) cyclesPage(c *Ctx) error {
	list, err := cycle.List(c.R.Context(), s.Reader, c.Scope(authz.Read))
	if err != nil {
		return err
	}
	units, err := unitsOf(c, list, func(cy cycle.Cycle) int64 { return cy.Unit })
	if err != nil {
		return err
	}
	page := &CyclesPage{Table: ui.Table{Caption: c.T("cycles.title"), HideCaption: true,
		Columns: []ui.Column{{Head: c.T("cycle.name")}, {Head: c.T("plan.field.year"), Align: "right"}, {Head: c.T("plan.convenor")},
			{Head: c.T("cycle.meeting_date")}, {Head: c.T("plan.state")}},
		Empty: &ui.EmptyState{Title: c.T("cycles.empty"), Text: c.T("cycles.empty_hint")}}}
	l := ui.Locale{Lang: c.Lang, Zone: s.Zone}
	for _, cy := range list {
		u := units[cy.Unit]
		page.Table.Rows = append(page.Table.Rows, ui.Row{Href: cyclePath(cy.ID), Cells: []ui.Cell{ui.T(c.cycleTitle(cy, u)), ui.T(strconv.Itoa(cy.Year)),
			ui.T(u.In(c.Lang)), ui.T(l.Date(cy.MeetingDate)), {Status: c.cycleStatus(cy)}}})
	}
	page.Title, page.Sub = c.T("cycles.title"), c.T("cycles.sub")
	page.Actions = []ui.Button{{Text: c.T("calendar.title"), Href: "/calendar"}}
	if c.MayAnywhere(authz.CycleManage) {
		page.Primary = &ui.Button{Text: c.T("cycles.open"), Href: "/cycles/new"}
	}
	return c.Render("cycles", page)
}
