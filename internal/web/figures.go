package web

import (
	"context"
	"net/url"
	"strconv"
	"time"

	"plumbline/internal/calendar"
	"plumbline/internal/fault"
	"plumbline/internal/ledger"
	"plumbline/internal/org"
	"plumbline/internal/web/ui"
)

// FiguresPage tells what happened to matters in a time, beside the time before it.
type FiguresPage struct {
	Page
	Filter  ui.Filter
	Notice  *ui.Notice
	Figures ui.KeyFigures
	Trend   *ui.Curve
	Tables  []ui.Table
	Meaning ui.Details
}

// figuresOf is the page of a ledger's figures; "" is all ledgers.
func figuresOf(kind string) string {
	if kind == "" {
		return "/ledgers/figures"
	}
	return "/ledgers/figures?type=" + url.QueryEscape(kind)
}

// The times that figures are chosen for, beside months named one by one.
const (
	spanMonth   = "month"
	spanQuarter = "quarter"
	spanYear    = "year"
	spanOther   = "other"
)

// trendMonths is how many months the picture shows at least.
const trendMonths = 12

// figuring is what a page of figures was asked for: the unit, the ledger, the time and the one before it.
type figuring struct {
	ledger.FigureQuery
	unit org.Unit
	span string
	// n is the number of months.
	n int
}

// before is the same question of as many months before.
func (f figuring) before() ledger.FigureQuery {
	q := f.FigureQuery
	q.From, q.To = ledger.MonthPlus(f.From, -f.n), ledger.MonthPlus(f.From, -1)
	return q
}

// with is the page's address with some values changed; "" takes one away.
func (f figuring) with(pairs ...string) string {
	q := url.Values{"under": {itoa(f.unit.ID)}, "from": {f.From}, "to": {f.To}, "span": {f.span}}
	if f.Type != "" {
		q.Set("type", f.Type)
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		q.Del(pairs[i])
		if pairs[i+1] != "" {
			q.Set(pairs[i], pairs[i+1])
		}
	}
	return "?" + q.Encode()
}

// list is the address of the matters behind a figure, at a unit and of a ledger.
func (f figuring) list(what string, unit int64, kind string) string {
	last, _ := time.Parse("2006-01", f.To)
	q := url.Values{"happened": {what}, "from": {f.From + "-01"}, "to": {last.AddDate(0, 1, -1).Format("2006-01-02")}, "under": {itoa(unit)}}
	if kind != "" {
		q.Set("type", kind)
	}
	if !f.Subtree {
		q.Set("alone", "1")
	}
	return "/matters?" + q.Encode()
}

// figuresAsked reads the question. Who names no unit gets the first at which they may read, and no time this year.
func (s *Server) figuresAsked(c *Ctx) (f figuring, err error) {
	if f.unit, err = s.mattersUnit(c); err != nil {
		return f, err
	}
	if root := s.rootOf(c); f.unit.ID == 0 && root.ID != 0 {
		if f.unit, err = org.UnitByID(c.R.Context(), s.Reader, root.ID); err != nil {
			return f, err
		}
	}
	if f.unit.ID == 0 || !s.Ledgers().MayRead(c.Actor, f.unit.Place()) {
		return f, fault.Missing()
	}
	f.Unit, f.Subtree = f.unit.ID, s.Ledgers().MayReadBelow(c.Actor, f.unit.Place())
	if f.Type = c.Value("type"); f.Type != "" && s.Ledgers().Types().Current(f.Type) == nil {
		return f, fault.Missing()
	}
	f.span = c.Value("span")
	if f.span == spanOther {
		return f, f.months(c.Value("from"), c.Value("to"))
	}
	f.From, f.To = monthsOfSpan(&f.span, c.Value("from"), s.Ledgers().Today(s.Now()))
	f.n = len(ledger.MonthsFrom(f.From, f.To))
	return f, nil
}

// mostFigureMonths is the longest time that the page looks at.
const mostFigureMonths = 120

// months takes months that somebody named.
func (f *figuring) months(from, to string) error {
	var form fault.Form
	form.Check(ledger.MonthPlus(from, 0) == from && from != "", "from", "figures.no_month")
	form.Check(ledger.MonthPlus(to, 0) == to && to != "", "to", "figures.no_month")
	if form.Err() == nil {
		f.n = len(ledger.MonthsFrom(from, to))
		form.Check(f.n > 0 && f.n <= mostFigureMonths, "to", "figures.wrong_order", "Most", mostFigureMonths)
	}
	f.From, f.To = from, to
	return form.Err()
}

// monthsOfSpan is the month, quarter or year that a month lies in; the present year where neither is named.
func monthsOfSpan(span *string, in string, today calendar.Date) (from, to string) {
	month := ledger.MonthPlus(in, 0)
	if month == "" {
		month = today.String()[:7]
	}
	first, _ := time.Parse("2006-01", month)
	switch *span {
	case spanMonth:
		return month, month
	case spanQuarter:
		from = ledger.MonthPlus(month, -(int(first.Month())-1)%3)
		return from, ledger.MonthPlus(from, 2)
	}
	*span = spanYear
	return month[:4] + "-01", month[:4] + "-12"
}

func (s *Server) figures(c *Ctx) error {
	p := &FiguresPage{}
	p.Title, p.Sub = c.T("figures.title"), c.T("figures.sub")
	p.Crumbs = []ui.Link{{Text: c.T("ledger.title"), Href: "/matters"}, {Text: c.T("figures.ledgers"), Href: "/ledgers"}, {Text: p.Title, Current: true}}
	f, err := s.figuresAsked(c)
	problems := c.Errors(err)
	if err != nil && problems == nil {
		return err
	}
	p.Filter = s.figuresForm(c, f, problems)
	for _, key := range []string{"unit", "from", "to"} {
		if problems[key] != "" {
			p.Notice = &ui.Notice{Kind: "error", Text: problems[key]}
			return c.RenderStatus(422, "figures", p)
		}
	}
	v, err := s.figuresRead(c, f)
	if err != nil {
		return err
	}
	p.Title = c.T("figures.of", "Unit", f.unit.In(c.Lang))
	if d := s.Ledgers().Types().Current(f.Type); d != nil {
		p.Title = c.T("figures.of_type", "Unit", f.unit.In(c.Lang), "Ledger", d.Name.In(c.Lang))
	}
	p.Sub = c.T("figures.span", "From", f.From, "To", f.To, "BeforeFrom", f.before().From, "BeforeTo", f.before().To)
	if f.n == 1 {
		p.Sub = c.T("figures.span_month", "From", f.From, "Before", f.before().From)
	}
	p.Actions = []ui.Button{{Text: "XLSX", Href: "/ledgers/figures/export" + f.with(), Download: true}, {Text: c.T("ledger.print"), Print: true}}
	p.Figures, p.Trend, p.Tables, p.Meaning = v.key(), v.trend(), v.tables(), c.figuresMeaning()
	return c.Render("figures", p)
}

func (s *Server) figuresForm(c *Ctx, f figuring, problems map[string]string) ui.Filter {
	out := ui.Filter{Action: "/ledgers/figures", Clear: "/ledgers/figures", Fields: []ui.Field{
		{Name: "unit", Label: c.T("ledger.filter.unit"), Value: c.Value("unit"), Suggest: s.unitNames(c), Error: problems["unit"], Width: "medium"},
		{Type: "select", Name: "type", Label: c.T("ledger.filter.type"), Value: f.Type, Options: s.typeOptions(c)},
		{Type: "select", Name: "span", Label: c.T("figures.time"), Value: f.span},
		{Name: "from", Label: c.T("figures.from"), Value: f.From, Error: problems["from"], Width: "short"},
		{Name: "to", Label: c.T("figures.to"), Value: f.To, Error: problems["to"], Width: "short"},
	}}
	for _, span := range []string{spanMonth, spanQuarter, spanYear, spanOther} {
		out.Fields[2].Options = append(out.Fields[2].Options, ui.Option{Value: span, Text: c.T("figures.span." + span)})
	}
	if f.unit.ID != 0 && c.Value("unit") == "" {
		out.Hidden = []ui.Pair{{Name: "under", Value: itoa(f.unit.ID)}}
	}
	if c.Value("under") != "" || c.Value("unit") != "" {
		out.Chips = []ui.Link{{Text: f.unit.In(c.Lang), Href: "/ledgers/figures" + f.with("under", "")}}
	}
	return out
}

func (c *Ctx) figuresMeaning() ui.Details {
	d := ui.Details{Summary: c.T("flow.meaning")}
	for _, key := range []string{"where", "closed", "in_time", "reopened", "handed", "stay", "small"} {
		d.Items = append(d.Items, ui.Fact{Term: c.T("figures.term." + key), Text: c.T("figures.means."+key, "Small", smallNumber)})
	}
	return d
}

// figuresView words figures that were read.
type figuresView struct {
	c *Ctx
	f figuring
	// months are those of the picture, of which the last may be those asked for.
	months        []ledger.MonthFigures
	now, was      ledger.Figures
	kinds, before map[string]ledger.Figures
	below, past   map[int64]ledger.Figures
	units         []org.Unit
	stays         map[string]ledger.Stays
}

func (s *Server) figuresRead(c *Ctx, f figuring) (v *figuresView, err error) {
	ctx := c.R.Context()
	v = &figuresView{c: c, f: f, below: map[int64]ledger.Figures{}, past: map[int64]ledger.Figures{}}
	q := f.FigureQuery
	q.From = min(q.From, ledger.MonthPlus(q.To, 1-trendMonths))
	if v.months, err = ledger.MonthsOf(ctx, s.Reader, q); err != nil {
		return v, err
	}
	if v.kinds, err = ledger.FiguresOf(ctx, s.Reader, f.FigureQuery); err != nil {
		return v, err
	}
	if v.before, err = ledger.FiguresOf(ctx, s.Reader, f.before()); err != nil {
		return v, err
	}
	v.now, v.was = together(v.kinds), together(v.before)
	if f.Type != "" {
		if v.stays, err = ledger.StaysOf(ctx, s.Reader, f.FigureQuery); err != nil {
			return v, err
		}
	}
	return v, v.readBelow(ctx, s)
}

// readBelow reads the units right below, where the reader may read there.
func (v *figuresView) readBelow(ctx context.Context, s *Server) error {
	if !v.f.Subtree {
		return nil
	}
	var err error
	if v.units, err = org.Children(ctx, s.Reader, v.f.unit.ID, v.c.Today()); err != nil {
		return err
	}
	for q, into := range map[ledger.FigureQuery]map[int64]ledger.Figures{v.f.FigureQuery: v.below, v.f.before(): v.past} {
		found, err := ledger.FiguresBelow(ctx, s.Reader, q)
		if err != nil {
			return err
		}
		for at, f := range found {
			into[at.Unit] = into[at.Unit].Plus(f)
		}
	}
	return nil
}

func together(by map[string]ledger.Figures) (all ledger.Figures) {
	for _, f := range by {
		all = all.Plus(f)
	}
	return all
}

// share writes the share of what was closed in time; "–" where nothing could be.
func timely(f ledger.Figures) string {
	share, ok := f.OnTime()
	if !ok {
		return "–"
	}
	return strconv.FormatFloat(100*share, 'f', 0, 64) + "%"
}

// change writes by how much a figure differs from the time before.
func (c *Ctx) change(now, was int64) string {
	switch {
	case now == was:
		return c.T("figures.same")
	case now > was:
		return c.T("figures.more", "By", now-was)
	}
	return c.T("figures.fewer", "By", was-now)
}
