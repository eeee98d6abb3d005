package web

import (
	"net/http"

	"plumbline/internal/fault"
	"plumbline/internal/review/cycle"
	"plumbline/internal/web/ui"
)

// CycleClosePage asks before a cycle is closed, and lists beforehand what speaks against it.
type CycleClosePage struct {
	Page
	Path    string
	Version int
	Notices []ui.Notice
	Errors  *ui.ErrorSummary
	Unowned ui.Table
	Blocks  ui.Table
	Others  ui.Table
	Reason  *ui.Field
	Refused bool
}

func (s *Server) cycleClosePage(c *Ctx) error { return s.showClose(c, http.StatusOK, nil) }

func (s *Server) showClose(c *Ctx, status int, refused error) error {
	v, err := s.managed(c)
	if err != nil {
		return err
	}
	if v.Cycle.State == cycle.Closed {
		return c.Go(cyclePath(v.Cycle.ID), "")
	}
	x, err := s.Rooms.Cycles.Closing(c.R.Context(), v.Cycle)
	if err != nil {
		return err
	}
	page := &CycleClosePage{Path: cyclePath(v.Cycle.ID), Version: v.Cycle.Version, Refused: x.Refused()}
	page.Title, page.Sub = c.T("cycle.close.title"), c.cycleTitle(v.Cycle, v.Convenor)
	page.Crumbs = c.cycleCrumbs(v.Cycle, v.Convenor, page.Title)
	c.closeNotices(page, x, c.Errors(refused)[""])
	if page.Unowned, err = c.unownedTable(x.Unowned); err != nil {
		return err
	}
	if err := c.obstacleTables(page, x.Obstacles); err != nil {
		return err
	}
	if x.NeedsReason() && !page.Refused {
		page.Reason = &ui.Field{Type: "textarea", Rows: 3, Name: "reason", Label: c.T("cycle.close.reason"), Hint: c.T("cycle.close.reason_hint"), Value: c.Value("reason"), Required: true, Error: c.Errors(refused)["reason"]}
		page.Errors = ui.Errors(*page.Reason)
	}
	return c.RenderStatus(status, "cycle_close", page)
}

// closeNotices says once why the cycle can't be closed: what was refused, or what stands in the way from the start.
func (c *Ctx) closeNotices(page *CycleClosePage, x cycle.Closing, refused string) {
	switch {
	case refused != "":
		page.Notices = append(page.Notices, ui.Notice{Kind: "error", Text: refused})
	case x.Undecided:
		page.Notices = append(page.Notices, ui.Notice{Kind: "warn", Text: c.T("fault.cycle.undecided")})
	case page.Refused:
		page.Notices = append(page.Notices, ui.Notice{Kind: "warn", Text: c.T("cycle.close.refused")})
	}
}

func (c *Ctx) unownedTable(open []cycle.Unowned) (ui.Table, error) {
	units, err := unitsOf(c, open, func(u cycle.Unowned) int64 { return u.Unit })
	t := ui.Table{Caption: c.T("cycle.close.unowned"), Columns: []ui.Column{{Head: c.T("cycle.col.finding")}, {Head: c.T("cycle.col.unit")}, {Head: c.T("cycle.col.lacks")}}}
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
		t.Rows = append(t.Rows, ui.Row{Href: "/matters/" + itoa(x.ID), Cells: []ui.Cell{ui.T(x.Title), ui.T(units[x.Unit].In(c.Lang)), ui.T(lacks)}})
	}
	return t, err
}

// obstacleTables lists what blocks, and what needs a reason.
func (c *Ctx) obstacleTables(page *CycleClosePage, list []cycle.Obstacle) error {
	units, err := unitsOf(c, list, func(o cycle.Obstacle) int64 { return o.Unit })
	heads := []ui.Column{{Head: c.T("cycle.col.obstacle")}, {Head: c.T("cycle.col.unit")}}
	page.Blocks = ui.Table{Caption: c.T("cycle.close.blocks"), Columns: heads}
	page.Others = ui.Table{Caption: c.T("cycle.close.others"), Columns: heads}
	for _, o := range list {
		t := &page.Others
		if o.Blocks {
			t = &page.Blocks
		}
		t.Rows = append(t.Rows, ui.Row{Href: o.Href, Cells: []ui.Cell{ui.T(c.T(o.Key, o.Args...)), ui.T(units[o.Unit].In(c.Lang))}})
	}
	return err
}

func (s *Server) closeCycle(c *Ctx) error {
	id, err := c.ID("id")
	if err != nil {
		return err
	}
	_, err = s.Rooms.Cycles.Close(c.R.Context(), c.Actor, id, int(c.Int("version", 0)), c.Value("reason"))
	if fault.KindOf(err) == fault.Invalid {
		return s.showClose(c, http.StatusUnprocessableEntity, err)
	}
	if err != nil {
		return err
	}
	return c.Go(cyclePath(id), "cycle.closed")
}
