package web

import (
	"net/http"

	"plumbline/internal/fault"
	"plumbline/internal/review/cycle"
	"plumbline/internal/web/ui"
)

// CycleClosePage asks before a cycle is closed, or says what keeps it open.
type CycleClosePage struct {
	Page
	Path    string
	Version int
	Notice  *ui.Notice
	Unowned ui.Table
}

func (s *Server) cycleClosePage(c *Ctx) error { return s.showClose(c, http.StatusOK, nil, nil) }

func (s *Server) showClose(c *Ctx, status int, notice *ui.Notice, open []cycle.Unowned) error {
	v, err := s.managed(c)
	if err != nil {
		return err
	}
	page := &CycleClosePage{Path: cyclePath(v.Cycle.ID), Version: v.Cycle.Version, Notice: notice}
	page.Title, page.Sub = c.T("cycle.close.title"), c.cycleTitle(v.Cycle, v.Convenor)
	page.Crumbs = c.cycleCrumbs(v.Cycle, v.Convenor, page.Title)
	units, err := unitsOf(c, open, func(u cycle.Unowned) int64 { return u.Unit })
	if err != nil {
		return err
	}
	page.Unowned = ui.Table{Caption: c.T("cycle.close.unowned"), Columns: []ui.Column{{Head: c.T("cycle.col.finding")}, {Head: c.T("cycle.col.unit")}, {Head: c.T("cycle.col.lacks")}}}
	for _, x := range open {
		lacks := ""
		switch {
		case x.NoOwner && x.NoDate:
			lacks = c.T("cycle.lacks.both")
		case x.NoOwner:
			lacks = c.T("cycle.lacks.owner")
		case x.NoDate:
			lacks = c.T("cycle.lacks.date")
		}
		page.Unowned.Rows = append(page.Unowned.Rows, ui.Row{Href: "/matters/" + itoa(x.ID), Cells: []ui.Cell{ui.T(x.Title), ui.T(units[x.Unit].In(c.Lang)), ui.T(lacks)}})
	}
	return c.RenderStatus(status, "cycle_close", page)
}

func (s *Server) closeCycle(c *Ctx) error {
	id, err := c.ID("id")
	if err != nil {
		return err
	}
	_, err = s.Rooms.Cycles.Close(c.R.Context(), c.Actor, id, int(c.Int("version", 0)))
	if f := fault.As(err); f != nil && f.Kind == fault.Invalid {
		open, _ := f.Current.([]cycle.Unowned)
		return s.showClose(c, http.StatusUnprocessableEntity, &ui.Notice{Kind: "error", Text: c.T(f.Key, f.Args...)}, open)
	}
	if err != nil {
		return err
	}
	return c.Go(cyclePath(id), "cycle.closed")
}
