package web

import (
	"net/url"

	"plumbline/internal/ledger"
	"plumbline/internal/org"
	"plumbline/internal/web/ui"
)

// SearchPage answers the search box: units and people whose name or code holds the text, and matters of any ledger that
// the reader may read.
type SearchPage struct {
	Page
	Filter  ui.Filter
	Units   *ui.Table
	People  *ui.Table
	More    string // address of the whole list of people
	Matters *ui.Table
	MoreOf  string // address of the whole list of matters
	Empty   *ui.EmptyState
}

const searchLimit = 25

func (s *Server) searchPage(c *Ctx) error {
	ctx, q := c.R.Context(), c.Value("q")
	p := &SearchPage{Filter: c.searchFilter(q)}
	p.Title = c.T("org.search_title")
	if q == "" {
		p.Empty = &ui.EmptyState{Title: c.T("org.search_empty"), Text: c.T("org.search_hint")}
		return c.Render("search", p)
	}
	units, err := org.SearchUnits(ctx, s.Reader, q, "", searchLimit)
	if err != nil {
		return err
	}
	people, err := org.SearchPeople(ctx, s.Reader, q, 0, searchLimit)
	if err != nil {
		return err
	}
	if len(units) > 0 {
		if p.Units, err = s.foundUnits(c, units); err != nil {
			return err
		}
	}
	if len(people) > 0 {
		t, err := s.peopleTable(c, people)
		if err != nil {
			return err
		}
		p.People = &t
	}
	if len(people) == searchLimit {
		p.More = "/people?" + url.Values{"q": {q}}.Encode()
	}
	if err := s.foundMatters(c, p, q); err != nil {
		return err
	}
	if len(units)+len(people) == 0 && p.Matters == nil {
		p.Empty = &ui.EmptyState{Title: c.T("org.search_none", "Text", q), Text: c.T("org.search_hint")}
	}
	return c.Render("search", p)
}

// foundMatters lists the matters that hold the text, whatever ledger they stand in.
func (s *Server) foundMatters(c *Ctx, p *SearchPage, q string) error {
	list, err := s.Ledgers().List(c.R.Context(), c.Actor, ledger.Filter{Text: q, Limit: searchLimit}, s.Ledgers().Today(s.Now()))
	if err != nil || len(list) == 0 {
		return err
	}
	t, err := s.mattersTable(c, list, c.T("ledger.title"))
	t.HideCaption = true
	p.Matters = &t
	if len(list) == searchLimit {
		p.MoreOf = "/matters?" + url.Values{"q": {q}}.Encode()
	}
	return err
}

func (s *Server) foundUnits(c *Ctx, units []org.Unit) (*ui.Table, error) {
	parents, err := s.parentNames(c.R.Context(), c, units)
	t := &ui.Table{Caption: c.T("org.units"), HideCaption: true, Columns: []ui.Column{{Head: c.T("org.name")}, {Head: c.T("org.parent")}, {Head: c.T("org.kind")}, {Head: c.T("org.code")}}}
	for _, u := range units {
		name := ui.T(u.In(c.Lang))
		if u.To != "" && u.To <= c.Today() {
			name.Sub = c.T("org.gone")
		}
		t.Rows = append(t.Rows, ui.Row{Href: unitAt(u.ID), Cells: []ui.Cell{name, ui.T(parents[u.Parent]), ui.T(c.kindName(s.Pack.UnitKinds, u.Kind)), ui.T(u.Code)}})
	}
	return t, err
}
