package web

import (
	"plumbline/internal/authz"
	"plumbline/internal/org"
	"plumbline/internal/web/ui"
)

// PostPage is one post and everybody who held it.
type PostPage struct {
	Page
	Holders ui.Table
	Log     string
}

func (s *Server) post(c *Ctx) error {
	id, err := c.ID("id")
	if err != nil {
		return err
	}
	ctx := c.R.Context()
	post, err := org.PostByID(ctx, s.Reader, id)
	if err != nil {
		return err
	}
	u, err := org.UnitByID(ctx, s.Reader, post.Unit)
	if err != nil {
		return err
	}
	held, err := org.TenuresOfPost(ctx, s.Reader, id)
	if err != nil {
		return err
	}
	p := &PostPage{}
	if p.Log, err = s.logOf(c, "post", id); err != nil {
		return err
	}
	p.Title, p.Sub = post.In(c.Lang), c.kindName(s.Pack.PostKinds, post.Kind)
	if p.Crumbs, err = s.crumbs(ctx, c, u); err != nil {
		return err
	}
	p.Crumbs = append(p.Crumbs, ui.Link{Text: p.Title})
	may := c.May(authz.OrgEdit, u.Place())
	p.Holders = c.holders(held, may)
	at := "/posts/" + itoa(id)
	if post.To != "" && post.To <= c.Today() {
		p.Status = &ui.Status{State: ui.None, Text: c.T("org.gone"), Box: true}
	} else if may {
		p.Primary = &ui.Button{Text: c.T("org.appoint"), Href: at + "/appoint"}
		p.Actions = []ui.Button{{Text: c.T("org.post_edit"), Href: at + "/edit", Key: "e"}, {Text: c.T("org.post_end"), Href: at + "/end"}}
	}
	return c.Render("post", p)
}

// holders lists times in a post, the latest first.
func (c *Ctx) holders(held []org.Holder, may bool) ui.Table {
	l := ui.Locale{Lang: c.Lang, Zone: c.srv.Zone}
	t := ui.Table{Caption: c.T("org.holders"), HideCaption: true, Columns: []ui.Column{{Head: c.T("org.holder")}, {Head: c.T("org.tenure_from")}, {Head: c.T("org.tenure_to")}},
		Empty: &ui.EmptyState{Title: c.T("org.no_holders")}}
	if may {
		t.Columns = append(t.Columns, ui.Column{Head: c.T("org.act")})
	}
	for _, h := range held {
		row := ui.Row{Href: "/people/" + itoa(h.Person.ID), Cells: []ui.Cell{{Text: h.Person.In(c.Lang)}, ui.T(l.Date(h.Tenure.From)), ui.T(l.Date(h.Tenure.To))}}
		if h.Tenure.To == "" {
			row.Cells[2] = ui.Cell{Status: &ui.Status{State: ui.OnTime, Text: c.T("org.in_post")}}
		}
		if may {
			row.Cells = append(row.Cells, ui.Cell{Button: &ui.Button{Text: c.T("org.tenure_edit"), Href: "/tenures/" + itoa(h.Tenure.ID), Small: true}})
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}
