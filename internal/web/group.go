package web

import (
	"plumbline/internal/authz"
	"plumbline/internal/org"
	"plumbline/internal/web/ui"
)

// GroupPage is one group and who is or was in it.
type GroupPage struct {
	Page
	Now    ui.Table
	Before *ui.Table
	Log    string
}

func (s *Server) group(c *Ctx) error {
	id, err := c.ID("id")
	if err != nil {
		return err
	}
	ctx, today := c.R.Context(), c.Today()
	g, err := org.GroupByID(ctx, s.Reader, id)
	if err != nil {
		return err
	}
	u, err := org.UnitByID(ctx, s.Reader, g.Unit)
	if err != nil {
		return err
	}
	all, err := org.MembersAt(ctx, s.Reader, id, "")
	if err != nil {
		return err
	}
	p := &GroupPage{}
	if p.Log, err = s.logOf(c, "group", id); err != nil {
		return err
	}
	p.Title, p.Sub = g.In(c.Lang), c.kindName(s.Pack.GroupKinds, g.Kind)
	if p.Crumbs, err = s.crumbs(ctx, c, u); err != nil {
		return err
	}
	p.Crumbs = append(p.Crumbs, ui.Link{Text: p.Title})
	may := c.May(authz.OrgEdit, u.Place())
	var now, before []org.Member
	for _, m := range all {
		if m.To == "" || m.To > today {
			now = append(now, m)
		} else {
			before = append(before, m)
		}
	}
	p.Now = c.members(now, may)
	if len(before) > 0 {
		t := c.members(before, false)
		p.Before = &t
	}
	at := "/groups/" + itoa(id)
	if g.To != "" && g.To <= today {
		p.Status = &ui.Status{State: ui.None, Text: c.T("org.gone"), Box: true}
	} else if may {
		p.Primary = &ui.Button{Text: c.T("org.member_new"), Href: at + "/members/new"}
		p.Actions = []ui.Button{{Text: c.T("org.group_edit"), Href: at + "/edit", Key: "e"}, {Text: c.T("org.group_end"), Href: at + "/end"}}
	}
	return c.Render("group", p)
}

func (c *Ctx) members(list []org.Member, may bool) ui.Table {
	l := ui.Locale{Lang: c.Lang, Zone: c.srv.Zone}
	t := ui.Table{Caption: c.T("org.members"), HideCaption: true, Columns: []ui.Column{{Head: c.T("org.member")}, {Head: c.T("org.duty")}, {Head: c.T("org.from")}, {Head: c.T("org.to")}},
		Empty: &ui.EmptyState{Title: c.T("org.no_members")}}
	if may {
		t.Columns = append(t.Columns, ui.Column{Head: c.T("org.act")})
	}
	for _, m := range list {
		row := ui.Row{Href: "/people/" + itoa(m.Person.ID), Cells: []ui.Cell{ui.T(m.Person.In(c.Lang)), ui.T(m.Duty), ui.T(l.Date(m.From)), ui.T(l.Date(m.To))}}
		if may {
			row.Cells = append(row.Cells, ui.Cell{Button: &ui.Button{Text: c.T("org.member_end"), Href: "/members/" + itoa(m.ID) + "/end", Small: true}})
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}
