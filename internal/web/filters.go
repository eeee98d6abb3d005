package web

import (
	"net/http"
	"net/url"
	"strconv"

	"plumbline/internal/fault"
	"plumbline/internal/ledger"
	"plumbline/internal/org"
	"plumbline/internal/web/ui"
)

// filterKeys are what an address of the list may say of its filter: what is saved of it.
var filterKeys = []string{"q", "type", "state", "class", "queue", "unit", "under", "cycle", "kind", "unplanned", "ruled", "asker", "alone", "sort", "mine", "happened", "from", "to"}

// filterQuery keeps of an address what filters.
func filterQuery(from url.Values) string {
	q := url.Values{}
	for _, k := range filterKeys {
		if v := from.Get(k); v != "" {
			q.Set(k, v)
		}
	}
	return q.Encode()
}

// savedBar is the reader's filters as links above the list, and the way to save the present one.
func (s *Server) savedBar(c *Ctx, f listed) (ui.Menu, error) {
	m := ui.Menu{Text: c.T("filter.menu")}
	list, err := s.Ledgers().SavedFilters(c.R.Context(), c.Actor)
	for _, x := range list {
		l := ui.Link{Text: x.Name, Href: "/matters?" + x.Query}
		if x.Account != c.Actor.Account {
			l.Text = c.T("filter.of", "Name", x.Name, "Owner", x.Owner)
		}
		m.Links = append(m.Links, l)
	}
	if query := filterQuery(f.q); query != "" {
		m.Links = append(m.Links, ui.Link{Text: c.T("filter.save"), Href: "/filters/new?" + query})
	}
	if len(list) > 0 {
		m.Links = append(m.Links, ui.Link{Text: c.T("filter.manage"), Href: "/filters"})
	}
	return m, err
}

// FiltersPage lists the filters that the reader saved, and those shared with the reader.
type FiltersPage struct {
	Page
	Table ui.Table
}

func (s *Server) filters(c *Ctx) error {
	list, err := s.Ledgers().SavedFilters(c.R.Context(), c.Actor)
	if err != nil {
		return err
	}
	p := &FiltersPage{}
	p.Title = c.T("filter.title")
	p.Crumbs = []ui.Link{{Text: c.T("ledger.title"), Href: "/matters"}, {Text: p.Title, Current: true}}
	p.Table = ui.Table{Caption: p.Title, HideCaption: true, Columns: []ui.Column{{Head: c.T("filter.name")}, {Head: c.T("filter.owner")}, {Head: c.T("filter.shared")}, {Head: c.T("filter.change"), Align: "nowrap"}},
		Empty: &ui.EmptyState{Title: c.T("filter.none"), Text: c.T("filter.none_hint"), Action: &ui.Button{Text: c.T("filter.to_list"), Href: "/matters"}}}
	names, err := s.sharedWith(c, list)
	if err != nil {
		return err
	}
	for _, x := range list {
		row := ui.Row{Href: "/matters?" + x.Query, Cells: []ui.Cell{{Text: x.Name}, {Text: x.Owner}, {Text: names[x.Unit]}, {}}}
		if x.Account == c.Actor.Account {
			row.Cells[3] = ui.Cell{Text: c.T("filter.edit"), Href: "/filters/" + itoa(x.ID)}
		}
		p.Table.Rows = append(p.Table.Rows, row)
	}
	return c.Render("filters", p)
}

// sharedWith names whom filters are shared with, by unit.
func (s *Server) sharedWith(c *Ctx, list []ledger.Saved) (map[int64]string, error) {
	var ids []int64
	for _, x := range list {
		ids = append(ids, x.Unit)
	}
	for _, g := range c.Actor.Grants {
		ids = append(ids, g.Unit.ID)
	}
	found, err := org.UnitsByID(c.R.Context(), s.Reader, ids)
	out := map[int64]string{ledger.SharedWithNobody: c.T("filter.nobody"), 0: c.T("filter.everyone")}
	for id, u := range found {
		out[id] = c.T("filter.unit", "Unit", u.In(c.Lang))
	}
	return out, err
}

// FilterPage is the form of a filter: its name and whom it is shared with.
type FilterPage struct {
	Page
	Action  string
	Query   string
	Version int
	Name    ui.Field
	Share   ui.Field
	Link    string
	Delete  string
	Errors  *ui.ErrorSummary
}

func (s *Server) newFilter(c *Ctx) error {
	return s.filterForm(c, http.StatusOK, ledger.Saved{Unit: ledger.SharedWithNobody, Query: filterQuery(c.R.URL.Query())}, nil)
}

func (s *Server) filterForm(c *Ctx, status int, f ledger.Saved, problems map[string]string) error {
	p := &FilterPage{Action: "/filters", Query: f.Query, Version: f.Version, Link: "/matters?" + f.Query}
	p.Title = c.T("filter.save")
	if f.ID != 0 {
		p.Title, p.Action = c.T("filter.edit"), "/filters/"+itoa(f.ID)
		p.Delete = p.Action + "/delete"
	}
	p.Crumbs = []ui.Link{{Text: c.T("ledger.title"), Href: "/matters"}, {Text: c.T("filter.title"), Href: "/filters"}, {Text: p.Title, Current: true}}
	p.Name = ui.Field{Name: "name", Label: c.T("filter.name"), Value: f.Name, Required: true, MaxLength: 40, Error: problems["name"], Width: "medium"}
	p.Share = ui.Field{Type: "select", Name: "share", Label: c.T("filter.shared"), Hint: c.T("filter.shared_hint"), Value: itoa(f.Unit), Required: true, Error: problems["share"], Options: []ui.Option{{Value: itoa(ledger.SharedWithNobody), Text: c.T("filter.nobody")}}}
	names, err := s.sharedWith(c, nil)
	if err != nil {
		return err
	}
	seen := map[int64]bool{}
	for _, g := range c.Actor.Grants {
		if !seen[g.Unit.ID] {
			seen[g.Unit.ID] = true
			p.Share.Options = append(p.Share.Options, ui.Option{Value: itoa(g.Unit.ID), Text: names[g.Unit.ID]})
		}
	}
	p.Errors = ui.Errors(p.Name, p.Share)
	if problems[""] != "" {
		p.Flash = &ui.Notice{Kind: "error", Text: problems[""]}
	}
	return c.RenderStatus(status, "filter", p)
}

// ownFilter is the filter that an address names, where it is the reader's own.
func (s *Server) ownFilter(c *Ctx) (ledger.Saved, error) {
	id, err := c.ID("id")
	if err != nil {
		return ledger.Saved{}, err
	}
	f, err := s.Ledgers().SavedFilter(c.R.Context(), c.Actor, id)
	if err == nil && f.Account != c.Actor.Account {
		err = fault.Missing()
	}
	return f, err
}

func (s *Server) editFilter(c *Ctx) error {
	f, err := s.ownFilter(c)
	if err != nil {
		return err
	}
	return s.filterForm(c, http.StatusOK, f, nil)
}

func (s *Server) createFilter(c *Ctx) error { return s.saveFilter(c, ledger.Saved{}) }

func (s *Server) changeFilter(c *Ctx) error {
	f, err := s.ownFilter(c)
	if err != nil {
		return err
	}
	f.Version = int(c.Int("version", 0))
	return s.saveFilter(c, f)
}

func (s *Server) saveFilter(c *Ctx, f ledger.Saved) error {
	typed, _ := url.ParseQuery(c.Value("query")) // what can't be read filters nothing
	f.Name, f.Query, f.Unit = c.Value("name"), filterQuery(typed), c.Int("share", ledger.SharedWithNobody)
	_, err := s.Ledgers().Save(c.R.Context(), c.Actor, f)
	if problems := c.Errors(err); problems != nil {
		return s.filterForm(c, http.StatusUnprocessableEntity, f, problems)
	}
	if fault.KindOf(err) == fault.Stale {
		now, err := s.ownFilter(c)
		if err != nil {
			return err
		}
		f.Version = now.Version
		return s.filterForm(c, http.StatusConflict, f, map[string]string{"": c.T("filter.stale")})
	}
	if err != nil {
		return err
	}
	return c.Go("/matters?"+f.Query, "filter.flash.saved")
}

func (s *Server) deleteFilter(c *Ctx) error {
	f, err := s.ownFilter(c)
	if err != nil {
		return err
	}
	if !c.Sure() {
		return c.AskFirst(c.T("filter.delete_sure", "Name", f.Name), c.T("filter.delete"), "/filters/"+strconv.FormatInt(f.ID, 10))
	}
	if err := s.Ledgers().Forget(c.R.Context(), c.Actor, f.ID); err != nil {
		return err
	}
	return c.Go("/filters", "filter.flash.deleted")
}
