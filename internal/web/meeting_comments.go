package web

import (
	"plumbline/internal/authz"
	"plumbline/internal/fault"
	"plumbline/internal/org"
	"plumbline/internal/review/cycle"
	"plumbline/internal/review/meeting"
	"plumbline/internal/web/ui"
)

// MeetingCommentsPage is every comment of a cycle that the reader may know of; those who host see also who still has
// none.
type MeetingCommentsPage struct {
	Page
	Tabs  ui.Tabs
	Table ui.Table
}

func (s *Server) cycleComments(c *Ctx) error {
	id, err := c.ID("id")
	if err != nil {
		return err
	}
	ctx := c.R.Context()
	cy, err := cycle.Find(ctx, s.Reader, c.Scope(authz.Read), id)
	if err != nil {
		return err
	}
	u, err := org.UnitByID(ctx, s.Reader, cy.Unit)
	if err != nil {
		return err
	}
	p := &MeetingCommentsPage{Tabs: c.cycleTabs(cy, "/comments")}
	p.Title, p.Sub, p.Crumbs = c.T("meeting.comments"), c.cycleTitle(cy, u), c.cycleCrumbs(cy, u, c.T("meeting.comments"))
	p.Table = ui.Table{Caption: c.T("meeting.comments"), HideCaption: true, Columns: []ui.Column{{Head: c.T("meeting.comment.on")}, {Head: c.T("meeting.comment.by")}, {Head: c.T("meeting.comment.problems"), Align: "right"}, {Head: c.T("meeting.comment")}},
		Empty: &ui.EmptyState{Title: c.T("meeting.comments.none"), Text: c.T("meeting.comments.none_hint")}}
	m, err := meeting.ByCycle(ctx, s.Reader, id)
	if fault.KindOf(err) == fault.NotFound {
		return c.Render("meeting_comments", p)
	}
	if err != nil {
		return err
	}
	if err := s.commentRows(c, p, m.ID); err != nil {
		return err
	}
	return c.Render("meeting_comments", p)
}

func (s *Server) commentRows(c *Ctx, p *MeetingCommentsPage, id int64) error {
	h, err := s.hallOf(c, id)
	if err != nil {
		return err
	}
	b, err := s.readBoard(c, h)
	if err != nil {
		return err
	}
	for _, r := range b.Reporters {
		found := false
		for _, k := range b.Comments {
			if k.Reporter == r.ID {
				p.Table.Rows = append(p.Table.Rows, c.commentRow(k, r.UnitName.In(c.Lang)))
				found = found || k.Voice == meeting.Chair
			}
		}
		if !found && h.Runs {
			p.Table.Rows = append(p.Table.Rows, ui.Row{Href: h.path("/hear/" + itoa(r.ID)), Cells: []ui.Cell{ui.T(r.UnitName.In(c.Lang)), {}, {}, c.commentCell(nil)}})
		}
	}
	for _, k := range b.Comments {
		if k.Voice == meeting.Higher {
			p.Table.Rows = append(p.Table.Rows, c.commentRow(k, h.Unit.In(c.Lang)))
		}
	}
	return nil
}

func (c *Ctx) commentRow(k meeting.Comment, on string) ui.Row {
	return ui.Row{Href: "/comments/" + itoa(k.ID), Cells: []ui.Cell{ui.T(on), {Text: c.author(k), Sub: c.T("meeting.voice." + string(k.Voice))},
		ui.T(itoa(int64(len(k.Body.Problems)))), {Status: c.commentStatus(k)}}}
}
