package web

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"plumbline/internal/authz"
	"plumbline/internal/fault"
	"plumbline/internal/ledger"
	"plumbline/internal/org"
	"plumbline/internal/web/ui"
)

// The open pages are what everybody may look at. They know no account and set no cookie: whoever asks gets the same page.
const openPages = "/open"

const (
	openPageSize  = 30
	openColumns   = 3      // beside the matter, its unit and its state
	openAddresses = 20_000 // of so many is remembered how often they came
	openMinute    = "60"   // how long a page may be kept without asking again, in seconds
)

// outsider makes a visitor of whoever asks, and reads the language from the address.
func (c *Ctx) outsider() {
	c.Actor = authz.Actor{}
	if lang := c.R.URL.Query().Get("lang"); lang == "zh" || lang == "en" {
		c.Lang = lang
	}
}

// paced answers a visitor who asks too often by saying when to come again: one address can't keep the office waiting. A
// whole office may sit behind one address, so the pace is that of many readers.
func paced(handle func(s *Server, c *Ctx) error) func(s *Server, c *Ctx) error {
	return func(s *Server, c *Ctx) error {
		c.outsider()
		if s.pace != nil {
			if wait := s.pace.Take(c.from().Address, s.Now()); wait > 0 {
				seconds := int((wait + time.Second - 1) / time.Second)
				c.W.Header().Set("Retry-After", strconv.Itoa(seconds))
				return fault.New(fault.TooOften, "open.too_often", "Count", seconds)
			}
		}
		return handle(s, c)
	}
}

// openPath is an address of the open pages that keeps the language that the address chose.
func (c *Ctx) openPath(parts ...string) string {
	to := openPages
	for _, p := range parts {
		to += "/" + url.PathEscape(p)
	}
	if lang := c.R.URL.Query().Get("lang"); lang == c.Lang {
		to += "?lang=" + lang
	}
	return to
}

// otherLanguage is the page's own address in the other language.
func (c *Ctx) otherLanguage() string {
	q := c.R.URL.Query()
	q.Set("lang", map[string]string{"zh": "en", "en": "zh"}[c.Lang])
	return c.R.URL.Path + "?" + q.Encode()
}

// renderOpen answers with an open page, or says that what the reader has is still right.
func (c *Ctx) renderOpen(status int, name string, data framed, listed bool) error {
	f := &data.base().Frame
	f.Lang, f.Product, f.Office, f.Home = c.Lang, c.T("product"), c.srv.Office.In(c.Lang), c.openPath()
	f.Path, f.Other = c.R.URL.RequestURI(), c.otherLanguage()
	b, err := c.draw(name, "page", data)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(b.Bytes())
	tag := `W/"` + hex.EncodeToString(sum[:12]) + `"`
	h := c.W.Header()
	h.Set("Cache-Control", "public, max-age="+openMinute)
	h.Add("Vary", "Accept-Language")
	h.Set("ETag", tag)
	if !listed {
		h.Set("X-Robots-Tag", "noindex")
	}
	if status == http.StatusOK && c.R.Header.Get("If-None-Match") == tag {
		c.W.WriteHeader(http.StatusNotModified)
		return nil
	}
	c.send(status, b)
	return nil
}

// OpenPage lists the ledgers that everybody may look at.
type OpenPage struct {
	Page
	Cards []ui.Card
	Empty *ui.EmptyState
}

func (s *Server) openLedgers(c *Ctx) error {
	c.outsider()
	ctx := c.R.Context()
	all, err := s.Ledgers().Outsides(ctx)
	if err != nil {
		return err
	}
	p, listed := &OpenPage{}, true
	p.Title, p.Sub = c.T("open.title"), c.T("open.sub")
	for _, o := range all {
		n, err := s.Ledgers().CountShown(ctx, o, ledger.OutsideQuery{}, mostCounted)
		if err != nil {
			return err
		}
		p.Cards = append(p.Cards, ui.Card{Title: o.Def.Name.In(c.Lang), Href: c.openPath(o.Def.ID), Text: o.Def.About.In(c.Lang), Meta: []string{c.countText(n, mostCounted)}})
		listed = listed && o.Listed
	}
	if len(all) == 0 {
		p.Empty = &ui.EmptyState{Title: c.T("open.none"), Text: c.T("open.none_hint")}
	}
	return c.renderOpen(http.StatusOK, "open", p, listed)
}

// OpenLedgerPage is one ledger as everybody sees it.
type OpenLedgerPage struct {
	Page
	Filter ui.Filter
	Table  ui.Table
	Sheet  string
}

func (s *Server) openLedger(c *Ctx) error {
	c.outsider()
	ctx := c.R.Context()
	o, err := s.Ledgers().Outside(ctx, c.R.PathValue("ledger"))
	if err != nil {
		return err
	}
	page := max(1, min(c.Int("page", 1), 10000))
	q := ledger.OutsideQuery{State: c.Value("state"), Unit: c.Int("unit", 0), Text: c.Value("q"), Limit: openPageSize, Offset: int(page-1) * openPageSize}
	n, err := s.Ledgers().CountShown(ctx, o, q, mostCounted)
	if err != nil {
		return err
	}
	list, names, err := s.Ledgers().ShownBy(ctx, o, q)
	if err != nil {
		return err
	}
	p := &OpenLedgerPage{Sheet: c.openPath(o.Def.ID, "sheet")}
	p.Title, p.Sub = o.Def.Name.In(c.Lang), o.Def.About.In(c.Lang)
	p.Crumbs = []ui.Link{{Text: c.T("open.title"), Href: c.openPath()}, {Text: p.Title}}
	p.Table = c.openTable(o, list, names)
	if p.Filter, err = s.openFilter(c, o, q, n); err != nil {
		return err
	}
	p.Table.Pager = c.openPager(page, n, int64(len(list)))
	return c.renderOpen(http.StatusOK, "open_ledger", p, o.Listed)
}

// openTable shows matters as outsiders see them.
func (c *Ctx) openTable(o ledger.Outside, list []ledger.Shown, names ledger.Names) ui.Table {
	t := ui.Table{Caption: o.Def.Name.In(c.Lang), HideCaption: true, Columns: []ui.Column{{Head: o.Def.One.In(c.Lang)}, {Head: c.T("ledger.col.unit")}, {Head: c.T("ledger.col.state"), Align: "nowrap"}},
		Empty: &ui.EmptyState{Title: c.T("open.empty"), Text: c.T("open.empty_hint")}}
	columns := shortFields(o.Def)
	for _, f := range columns {
		col := ui.Column{Head: f.Name.In(c.Lang), Align: "nowrap"}
		if f.Gives() == ledger.KindNumber || f.Gives() == ledger.KindDecimal || f.Gives() == ledger.KindMoney {
			col.Align = "right"
		}
		t.Columns = append(t.Columns, col)
	}
	for _, m := range list {
		head := ui.Cell{Text: otherwise(m.Title, m.Number)}
		if m.Title != "" {
			head.Sub = m.Number
		}
		row := ui.Row{Href: c.openPath(o.Def.ID, m.Number), Cells: []ui.Cell{head, ui.T(c.openOwner(m, names)), {Status: c.openStatus(m)}}}
		for _, f := range columns {
			own, _ := m.Def.Field(f.ID)
			row.Cells = append(row.Cells, ui.T(c.fieldText(own, m.Values[f.ID], names)))
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// shortFields are the first of the projection's fields that fit into a column.
func shortFields(d *ledger.Definition) (out []ledger.Field) {
	for _, id := range d.Public.Fields {
		f, _ := d.Field(id)
		switch f.Kind {
		case ledger.KindDate, ledger.KindComputed, ledger.KindChoice, ledger.KindNumber, ledger.KindDecimal, ledger.KindMoney, ledger.KindUnit:
			if d.ShowsField(id) && len(out) < openColumns {
				out = append(out, f)
			}
		}
	}
	return out
}

func (c *Ctx) openOwner(m ledger.Shown, names ledger.Names) string {
	if u, ok := names.Units[m.Owner.ID]; ok {
		return u.In(c.Lang)
	}
	return c.T("open.no_unit")
}

// openStatus is a state with its lamp: done, not done, or on its way. Whether something is late is the office's to judge.
func (c *Ctx) openStatus(m ledger.Shown) *ui.Status {
	state := ui.Waiting
	switch m.State.Class {
	case ledger.Done:
		state = ui.Done
	case ledger.NotDone, ledger.Dropped:
		state = ui.None
	}
	return &ui.Status{State: state, Text: m.State.Name.In(c.Lang)}
}

func (s *Server) openFilter(c *Ctx, o ledger.Outside, q ledger.OutsideQuery, n int64) (ui.Filter, error) {
	ids, err := s.Ledgers().UnitsShown(c.R.Context(), o)
	if err != nil {
		return ui.Filter{}, err
	}
	units, err := org.UnitsByID(c.R.Context(), s.Reader, ids)
	if err != nil {
		return ui.Filter{}, err
	}
	anyState, anyUnit := []ui.Option{{Text: c.T("ledger.filter.any")}}, []ui.Option{{Text: c.T("ledger.filter.any")}}
	for _, st := range o.Def.States {
		for _, id := range o.Def.Public.States {
			if id == st.ID {
				anyState = append(anyState, ui.Option{Value: st.ID, Text: st.Name.In(c.Lang)})
			}
		}
	}
	for _, id := range ids {
		anyUnit = append(anyUnit, ui.Option{Value: itoa(id), Text: units[id].In(c.Lang)})
	}
	unit := ""
	if q.Unit != 0 {
		unit = itoa(q.Unit)
	}
	f := ui.Filter{Action: openPages + "/" + o.Def.ID, Count: c.countText(n, mostCounted), Fields: []ui.Field{
		{Type: "search", Name: "q", Label: c.T("ledger.filter.text"), Value: q.Text},
		{Type: "select", Name: "state", Label: c.T("ledger.filter.state"), Value: q.State, Options: anyState},
		{Type: "select", Name: "unit", Label: c.T("ledger.col.unit"), Value: unit, Options: anyUnit}}}
	if c.R.URL.Query().Get("lang") == c.Lang {
		f.Hidden = []ui.Pair{{Name: "lang", Value: c.Lang}}
	}
	if q.State != "" || q.Unit != 0 || q.Text != "" {
		f.Clear = c.openPath(o.Def.ID)
	}
	return f, nil
}

func (c *Ctx) openPager(page, n, shown int64) *ui.Pager {
	if n <= openPageSize && page == 1 {
		return nil
	}
	at := func(page int64) string {
		q := c.R.URL.Query()
		q.Set("page", strconv.FormatInt(page, 10))
		return c.R.URL.Path + "?" + q.Encode()
	}
	first := (page - 1) * openPageSize
	p := &ui.Pager{Text: c.T("ledger.range", "From", first+1, "To", first+shown, "Total", upTo(n, mostCounted))}
	if shown == 0 {
		p.Text = ""
	}
	if page > 1 {
		p.Prev = at(page - 1)
	}
	if first+shown < n {
		p.Next = at(page + 1)
	}
	return p
}

// OpenMatterPage is one matter as everybody sees it. Gone says that it was shown once and is no more.
type OpenMatterPage struct {
	Page
	Facts ui.DescriptionList
	Way   ui.Timeline
	QR    Squares
	At    string // the address that the QR code holds
	Sheet string
	Gone  *ui.EmptyState
}

func (s *Server) openMatter(c *Ctx) error { return s.openMatterAs(c, "open_matter") }

// openMatterSheet is the same on a sheet for a notice board.
func (s *Server) openMatterSheet(c *Ctx) error { return s.openMatterAs(c, "open_sheet") }

func (s *Server) openMatterAs(c *Ctx, page string) error {
	c.outsider()
	o, m, names, withdrawn, err := s.Ledgers().ShownByNumber(c.R.Context(), c.R.PathValue("ledger"), c.R.PathValue("number"))
	if err != nil {
		return err
	}
	p := &OpenMatterPage{}
	p.Crumbs = []ui.Link{{Text: c.T("open.title"), Href: c.openPath()}, {Text: o.Def.Name.In(c.Lang), Href: c.openPath(o.Def.ID)}}
	if withdrawn {
		p.Title = c.T("open.gone")
		p.Gone = &ui.EmptyState{Title: c.T("open.gone_title"), Text: c.T("open.gone_hint"), Action: &ui.Button{Text: c.T("open.title"), Href: c.openPath()}}
		p.Crumbs = p.Crumbs[:1]
		return c.renderOpen(http.StatusGone, "open_matter", p, false)
	}
	p.Title, p.Sub = otherwise(m.Title, o.Def.One.In(c.Lang)), o.Def.One.In(c.Lang)+" "+m.Number
	p.Crumbs = append(p.Crumbs, ui.Link{Text: m.Number})
	p.Status = c.openStatus(m)
	p.Status.Box = true
	p.Facts = c.openFacts(m, names)
	p.Way = c.openWay(m)
	p.At, p.Sheet = c.site()+openPages+"/"+url.PathEscape(o.Def.ID)+"/"+url.PathEscape(m.Number), c.openPath(o.Def.ID, m.Number, "sheet")
	if p.QR, err = squares(p.At); err != nil {
		return err
	}
	if page == "open_sheet" {
		p.Kind = ui.KindPrint
	}
	return c.renderOpen(http.StatusOK, page, p, o.Listed)
}

// openFacts say who acts and what the projection shows.
func (c *Ctx) openFacts(m ledger.Shown, names ledger.Names) (out ui.DescriptionList) {
	out.Items = []ui.Fact{{Term: c.T("ledger.col.unit"), Text: c.openOwner(m, names)}}
	for _, f := range m.Fields {
		if f.ID != m.Def.Title {
			out.Items = append(out.Items, ui.Fact{Term: f.Name.In(c.Lang), Text: c.fieldText(f, m.Values[f.ID], names)})
		}
	}
	return out
}

// openWay tells which states a matter came to, the last first.
func (c *Ctx) openWay(m ledger.Shown) ui.Timeline {
	t := ui.Timeline{Label: c.T("open.way")}
	for i := len(m.Way) - 1; i >= 0; i-- {
		r := m.Way[i]
		e := ui.Event{When: c.date(r.On), ISO: r.On, Text: r.State.Name.In(c.Lang)}
		if i == len(m.Way)-1 {
			e.State = c.openStatus(m).State
		}
		t.Events = append(t.Events, e)
	}
	return t
}

// OpenSheetPage is the QR code of a ledger on a sheet for a notice board.
type OpenSheetPage struct {
	Page
	Facts ui.DescriptionList
	QR    Squares
	At    string
}

func (s *Server) openLedgerSheet(c *Ctx) (err error) {
	c.outsider()
	o, err := s.Ledgers().Outside(c.R.Context(), c.R.PathValue("ledger"))
	if err != nil {
		return err
	}
	p := &OpenSheetPage{At: c.site() + openPages + "/" + url.PathEscape(o.Def.ID)}
	p.Kind, p.Title, p.Sub = ui.KindPrint, o.Def.Name.In(c.Lang), o.Def.About.In(c.Lang)
	if p.QR, err = squares(p.At); err != nil {
		return err
	}
	return c.renderOpen(http.StatusOK, "open_sheet", p, o.Listed)
}
