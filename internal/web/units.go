package web

import (
	"context"

	"plumbline/internal/authz"
	"plumbline/internal/org"
	"plumbline/internal/web/ui"
)

// UnitsPage is the tree: the roots and what stands right below them; every unit opens its own page.
type UnitsPage struct {
	Page
	Filter ui.Filter
	Tree   ui.Tree
	Empty  *ui.EmptyState
}

func (s *Server) units(c *Ctx) error {
	ctx := c.R.Context()
	roots, err := org.Roots(ctx, s.Reader)
	if err != nil {
		return err
	}
	p := &UnitsPage{Tree: ui.Tree{Label: c.T("org.units")}, Filter: c.searchFilter("")}
	p.Title, p.Sub = c.T("org.units"), c.T("org.units_sub")
	for _, u := range roots {
		node, err := s.unitNode(ctx, c, u, len(roots) == 1)
		if err != nil {
			return err
		}
		p.Tree.Nodes = append(p.Tree.Nodes, node)
	}
	if c.MayAnywhere(authz.OrgEdit) {
		p.Actions = []ui.Button{{Text: c.T("org.import_units"), Href: "/imports/new?what=units"}}
	}
	if c.May(authz.OrgEdit, authz.Whole) {
		p.Actions = append(p.Actions, ui.Button{Text: c.T("org.new_root"), Href: "/units/new"})
	}
	if len(roots) == 0 {
		p.Empty = &ui.EmptyState{Title: c.T("org.none"), Text: c.T("org.none_hint")}
	}
	return c.Render("units", p)
}

// unitNode is a root with its children, and with theirs where there is only one root.
func (s *Server) unitNode(ctx context.Context, c *Ctx, u org.Unit, open bool) (ui.Node, error) {
	node := c.node(u)
	node.Open = open
	below, more, err := org.ChildPage(ctx, s.Reader, org.ChildQuery{Parent: u.ID, Date: c.Today()})
	for _, b := range below {
		node.Children = append(node.Children, c.node(b))
	}
	if more {
		node.MoreText, node.MoreHref = c.T("org.more"), unitAt(u.ID)+"#below"
	}
	return node, err
}

func (c *Ctx) node(u org.Unit) ui.Node {
	n := ui.Node{Text: u.In(c.Lang), Href: unitAt(u.ID), Note: c.kindName(c.srv.Pack.UnitKinds, u.Kind)}
	if u.Below > 0 {
		n.Note = c.T("org.node_note", "Kind", n.Note, "Count", int(u.Below))
	}
	if u.To != "" && u.To <= c.Today() {
		n.Status = &ui.Status{State: ui.None, Text: c.T("org.gone")}
	}
	return n
}

// searchFilter is the search over units and people as a line above a list.
func (c *Ctx) searchFilter(q string) ui.Filter {
	return ui.Filter{Action: "/search", Fields: []ui.Field{{Type: "search", Name: "q", Label: c.T("org.search"), HideLabel: true, Placeholder: c.T("org.search"), Value: q}}}
}
