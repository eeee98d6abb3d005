package web

import (
	"net/url"

	"plumbline/internal/authz"
	"plumbline/internal/ledger"
	"plumbline/internal/org"
	"plumbline/internal/web/ui"
)

// LedgersPage lists every ledger with how it stands at the unit from which the reader reads.
type LedgersPage struct {
	Page
	Groups []ui.Table
}

func (s *Server) ledgers(c *Ctx) error {
	p := &LedgersPage{}
	p.Title, p.Sub = c.T("figures.ledgers"), c.T("figures.ledgers_sub")
	p.Crumbs = []ui.Link{{Text: c.T("ledger.title"), Href: "/matters"}, {Text: p.Title, Current: true}}
	root, stand := s.rootOf(c), map[string]ledger.Rollup{}
	if root.ID != 0 {
		p.Actions = append(p.Actions, ui.Button{Text: c.T("figures.title"), Href: "/ledgers/figures"})
	}
	p.Actions = append(p.Actions, ui.Button{Text: c.T("flow.title"), Href: "/flow"})
	if c.MayAnywhere(authz.LedgerOpen) {
		p.Actions = append(p.Actions, ui.Button{Text: c.T("opening.title"), Href: openingPages})
	}
	p.Actions = append(p.Actions, ui.Button{Text: c.T("ledger.print"), Print: true})
	if root.ID != 0 {
		u, err := org.UnitByID(c.R.Context(), s.Reader, root.ID)
		if err != nil {
			return err
		}
		p.Sub = c.T("figures.ledgers_of", "Unit", u.In(c.Lang))
		rolled, err := s.Ledgers().Rollup(c.R.Context(), s.Reader, root.ID, s.Ledgers().Today(s.Now()))
		if err != nil {
			return err
		}
		for _, r := range rolled {
			stand[r.Type] = r
		}
	}
	for _, g := range s.ledgerGroups(c) {
		t := ui.Table{Caption: g.name, Columns: []ui.Column{{Head: c.T("ledger.filter.type")}, {Head: c.T("ledger.class.open"), Align: "right"}, {Head: c.T("ledger.queue.soon"), Align: "right"},
			{Head: c.T("ledger.queue.late"), Align: "right"}, {Head: c.T("figures.head"), Align: "nowrap"}}}
		for _, d := range g.ledgers {
			t.Rows = append(t.Rows, c.ledgerRow(d, stand[d.ID], root.ID != 0))
		}
		p.Groups = append(p.Groups, t)
	}
	return c.Render("ledgers", p)
}

// ledgerGroup is a group of ledgers as a page shows it.
type ledgerGroup struct {
	name    string
	ledgers []*ledger.Definition
}

// ledgerGroups are the groups of the pack and, after them, what is in none: what the office has made itself.
func (s *Server) ledgerGroups(c *Ctx) (out []ledgerGroup) {
	types, shown := s.Ledgers().Types(), map[string]bool{}
	for _, g := range s.Pack.LedgerGroups {
		x := ledgerGroup{name: g.Name.In(c.Lang)}
		for _, id := range g.Ledgers {
			shown[id] = true
			x.ledgers = append(x.ledgers, types.Current(id))
		}
		out = append(out, x)
	}
	rest := ledgerGroup{name: c.T("figures.other_ledgers")}
	for _, d := range types.All() {
		if !shown[d.ID] {
			rest.ledgers = append(rest.ledgers, d)
		}
	}
	if len(rest.ledgers) > 0 {
		out = append(out, rest)
	}
	return out
}

func (c *Ctx) ledgerRow(d *ledger.Definition, r ledger.Rollup, figures bool) ui.Row {
	list := func(pairs ...string) string {
		q := url.Values{"type": {d.ID}}
		if len(pairs) == 2 {
			q.Set(pairs[0], pairs[1])
		}
		return "/matters?" + q.Encode()
	}
	count := func(n int64, key, value string) ui.Cell {
		if n == 0 {
			return ui.T("0")
		}
		return ui.Cell{Text: itoa(n), Href: list(key, value)}
	}
	shown := ui.Cell{}
	switch {
	case d.Meter != nil:
		shown = ui.Cell{Text: c.T("meter.title"), Href: "/meter/" + d.ID}
	case figures:
		shown = ui.Cell{Text: c.T("figures.show"), Href: figuresOf(d.ID)}
	}
	row := ui.Row{Href: list(), State: lateState(r.Late), Cells: []ui.Cell{{Text: d.Name.In(c.Lang), Sub: d.About.In(c.Lang)}, count(r.Open(), "class", "open"), count(r.Soon, "queue", "soon"),
		count(r.Late, "queue", "late"), shown}}
	if r.Late > 0 {
		row.Cells[3].Status = &ui.Status{State: ui.Late, Text: itoa(r.Late)}
	}
	return row
}
