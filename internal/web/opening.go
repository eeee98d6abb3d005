package web

import (
	"strings"

	"plumbline/internal/fault"
	"plumbline/internal/ledger"
	"plumbline/internal/org"
	"plumbline/internal/web/ui"
)

const openingPages = "/ledgers/open"

// previewSize is how many matters a preview shows of what outsiders see.
const previewSize = 10

// OpeningsPage lists the ledgers that could be shown to everybody, and where they are.
type OpeningsPage struct {
	Page
	Table ui.Table
}

func (s *Server) openings(c *Ctx) error {
	ctx := c.R.Context()
	all, err := s.Ledgers().Openings(ctx, c.Actor, "")
	if err != nil {
		return err
	}
	var ids []int64
	for _, o := range all {
		ids = append(ids, o.Unit.ID)
	}
	units, err := org.UnitsByID(ctx, s.Reader, ids)
	if err != nil {
		return err
	}
	p := &OpeningsPage{}
	p.Title, p.Sub = c.T("opening.title"), c.T("opening.sub")
	p.Crumbs = []ui.Link{{Text: c.T("ledger.title"), Href: "/matters"}, {Text: p.Title}}
	p.Actions = []ui.Button{{Text: c.T("opening.look"), Href: openPages}}
	p.Table = ui.Table{Caption: p.Title, HideCaption: true, Columns: []ui.Column{{Head: c.T("design.name")}, {Head: c.T("opening.where")}, {Head: c.T("opening.fields")}},
		Empty: &ui.EmptyState{Title: c.T("opening.none"), Text: c.T("opening.none_hint")}}
	for _, d := range s.Ledgers().Types().All() {
		if d.Public == nil {
			continue
		}
		var at []string
		for _, o := range all {
			if o.Type == d.ID && o.Open() {
				at = append(at, units[o.Unit.ID].In(c.Lang))
			}
		}
		where := ui.Cell{Status: &ui.Status{State: ui.None, Text: c.T("opening.closed")}}
		if len(at) > 0 {
			where = ui.Cell{Status: &ui.Status{State: ui.Done, Text: c.T("opening.open")}, Sub: strings.Join(at, c.T("list.separator"))}
		}
		p.Table.Rows = append(p.Table.Rows, ui.Row{Href: openingPages + "/" + d.ID, Cells: []ui.Cell{{Text: d.Name.In(c.Lang)}, where, ui.T(c.shownFields(d))}})
	}
	return c.Render("openings", p)
}

// shownFields names what outsiders see of a matter's fields.
func (c *Ctx) shownFields(d *ledger.Definition) string {
	var out []string
	for _, id := range d.Public.Fields {
		if f, _ := d.Field(id); d.ShowsField(id) {
			out = append(out, f.Name.In(c.Lang))
		}
	}
	return strings.Join(out, c.T("list.separator"))
}

// OpeningPage shows exactly what outsiders see of a ledger of one unit, and opens or closes it.
type OpeningPage struct {
	Page
	Path    string
	Unit    int64
	Units   *ui.Filter // to choose the unit, for those who may open at several
	Facts   ui.DescriptionList
	Preview ui.Table
	Whole   []ui.Details // each of them with all that its page shows
	Heading ui.Heading
	Open    bool
	Listed  ui.Field
	Ask     string
}

// opener is the unit of the request at which the reader may open ledgers, and all of them.
func (s *Server) opener(c *Ctx) (u org.Unit, all []org.Unit, err error) {
	if all, err = s.Ledgers().Openers(c.R.Context(), c.Actor); err != nil || len(all) == 0 {
		return u, nil, otherwiseErr(err, fault.New(fault.Forbidden, "fault.forbidden"))
	}
	id := c.Int("unit", all[0].ID)
	for _, u := range all {
		if u.ID == id {
			return u, all, nil
		}
	}
	return u, nil, fault.Missing()
}

func otherwiseErr(err, instead error) error {
	if err != nil {
		return err
	}
	return instead
}

func (s *Server) openingPage(c *Ctx) error {
	ctx := c.R.Context()
	d := s.Ledgers().Types().Current(c.R.PathValue("type"))
	if d == nil {
		return fault.Missing()
	}
	u, units, err := s.opener(c)
	if err != nil {
		return err
	}
	seen, err := s.Ledgers().Preview(c.Actor, d, u.Place())
	if err != nil {
		return err
	}
	all, err := s.Ledgers().Openings(ctx, c.Actor, d.ID)
	if err != nil {
		return err
	}
	var now ledger.Opening
	for _, o := range all {
		if o.Unit.ID == u.ID {
			now = o
		}
	}
	p := &OpeningPage{Path: openingPages + "/" + d.ID, Unit: u.ID, Open: now.Open()}
	p.Title, p.Sub = d.Name.In(c.Lang), c.T("opening.of", "Unit", u.In(c.Lang))
	p.Crumbs = []ui.Link{{Text: c.T("ledger.title"), Href: "/matters"}, {Text: c.T("opening.title"), Href: openingPages}, {Text: p.Title}}
	p.Status = &ui.Status{State: ui.None, Text: c.T("opening.closed"), Box: true}
	if p.Open {
		p.Status = &ui.Status{State: ui.Done, Text: c.T("opening.open"), Box: true}
		p.Actions = []ui.Button{{Text: c.T("opening.look"), Href: openPages + "/" + d.ID}, {Text: c.T("open.sheet"), Href: openPages + "/" + d.ID + "/sheet"}}
	}
	n, err := s.Ledgers().CountShown(ctx, seen, ledger.OutsideQuery{}, mostCounted)
	if err != nil {
		return err
	}
	list, names, err := s.Ledgers().ShownBy(ctx, seen, ledger.OutsideQuery{Limit: previewSize})
	if err != nil {
		return err
	}
	p.Preview = c.openTable(seen, list, names)
	for i, m := range list {
		p.Preview.Rows[i].Href = ""
		p.Whole = append(p.Whole, ui.Details{Summary: joined(m.Number, m.Title), Items: c.openFacts(m, names).Items})
	}
	p.Heading = ui.Heading{Text: c.T("opening.preview"), Count: upTo(n, mostCounted)}
	p.Facts = c.openingFacts(d, now, n)
	p.Listed = ui.Field{Type: "checkbox", Name: "listed", Label: c.T("opening.listed"), Hint: c.T("opening.listed_hint"), Options: []ui.Option{{Value: "1", Text: c.T("opening.listed_yes")}}}
	if now.Listed {
		p.Listed.Values = []string{"1"}
	}
	p.Ask = c.T("opening.ask", "Count", int(n))
	if len(units) > 1 {
		p.Units = c.openerChoice(p.Path, u, units)
	}
	return c.Render("opening", p)
}

func (c *Ctx) openerChoice(path string, u org.Unit, units []org.Unit) *ui.Filter {
	f := ui.Field{Type: "select", Name: "unit", Label: c.T("ledger.filter.unit"), Value: itoa(u.ID)}
	for _, u := range units {
		f.Options = append(f.Options, ui.Option{Value: itoa(u.ID), Text: u.In(c.Lang)})
	}
	return &ui.Filter{Action: path, Fields: []ui.Field{f}}
}

// openingFacts say what outsiders see, in which states, and since when.
func (c *Ctx) openingFacts(d *ledger.Definition, now ledger.Opening, n int64) (out ui.DescriptionList) {
	var states []string
	for _, id := range d.Public.States {
		if st, ok := d.State(id); ok {
			states = append(states, st.Name.In(c.Lang))
		}
	}
	out.Items = []ui.Fact{{Term: c.T("opening.always"), Text: c.T("opening.always_text")}, {Term: c.T("opening.fields"), Text: c.shownFields(d)},
		{Term: c.T("opening.states"), Text: strings.Join(states, c.T("list.separator"))}, {Term: c.T("opening.count"), Text: c.countText(n, mostCounted)}, {Term: c.T("opening.never"), Text: c.T("opening.never_text")}}
	if now.Since != 0 {
		key, at := "opening.since", now.Since
		if !now.Open() {
			key, at = "opening.until", now.Until
		}
		out.Items = append(out.Items, ui.Fact{Term: c.T(key), Text: joined(c.locale().DateTime(at), now.By)})
	}
	return out
}

func (s *Server) setOpening(c *Ctx) error {
	u, _, err := s.opener(c)
	if err != nil {
		return err
	}
	kind, open := c.R.PathValue("type"), c.Value("do") == "open"
	if err := s.Ledgers().SetOpen(c.R.Context(), c.Actor, kind, u.ID, open, c.Value("listed") == "1"); err != nil {
		return err
	}
	flash := "opening.flash.closed"
	if open {
		flash = "opening.flash.open"
	}
	return c.Go(openingPages+"/"+kind+"?unit="+itoa(u.ID), flash)
}
