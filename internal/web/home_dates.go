package web

import (
	"plumbline/internal/authz"
	"plumbline/internal/web/ui"
)

// homeDates is how many coming dates the first page shows.
const homeDates = 4

// comingDates reminds those who write reports of the dates that concern their units; nil for everybody else, and for
// those who run a cycle, whose desk shows more.
func (s *Server) comingDates(c *Ctx) (*ui.Table, error) {
	if !c.MayAnywhere(authz.ReportWrite) || c.MayAnywhere(authz.CycleManage) {
		return nil, nil
	}
	views, err := s.Rooms.Cycles.Upcoming(c.R.Context(), c.Scope(authz.ReportWrite), c.Today())
	if err != nil {
		return nil, err
	}
	l := ui.Locale{Lang: c.Lang, Zone: s.Zone}
	t := &ui.Table{Caption: c.T("calendar.coming"), Columns: []ui.Column{{Head: c.T("cycle.col.step")}, {Head: c.T("cycle.col.due")}, {Head: c.T("cycle.col.left")}}}
	for _, v := range views {
		for _, d := range v.Dates {
			if !d.Done && d.Left >= 0 && len(t.Rows) < homeDates {
				first := ui.T(c.stepName(d))
				if len(views) > 1 {
					first.Sub = c.cycleTitle(v.Cycle, v.Convenor)
				}
				t.Rows = append(t.Rows, ui.Row{Href: cyclePath(v.Cycle.ID), Cells: []ui.Cell{first,
					ui.T(l.Date(d.Deadline.Due)), {Status: c.dateStatus(d)}}})
			}
		}
	}
	if t.Rows == nil {
		return nil, nil
	}
	return t, nil
}
