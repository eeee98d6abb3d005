package web

import (
	"net/url"
	"strconv"
	"time"

	"plumbline/internal/calendar"
	"plumbline/internal/fault"
	"plumbline/internal/flow"
	"plumbline/internal/ledger"
	"plumbline/internal/org"
	"plumbline/internal/web/ui"
)

// FlowPage tells who passes matters on.
type FlowPage struct {
	Page
	Filter  ui.Filter
	Notice  *ui.Notice
	Empty   *ui.EmptyState
	Figures ui.KeyFigures
	Map     *ui.Passes
	Within  string // handovers inside the group of the others
	Ways    ui.Table
	Units   ui.Table
	Kinds   ui.Table
	Meaning ui.Details
	Exports []ui.Link
}

const (
	// mostTrails is how many matters are looked at for one page; a reader who wants more narrows the question or takes
	// the export.
	mostTrails = 20_000
	// flowNodes is how many units the map draws; the rest stand as one.
	flowNodes = 12
	// flowRows and flowMostWays are how many rows the tables of units and of ways show.
	flowRows     = 50
	flowMostWays = 20
	// smallNumber is the number below which a figure is marked as small.
	smallNumber = 5
)

// asked is what a page of this kind was asked for.
type asked struct {
	ledger.Filter
	ledger.Period
	unit org.Unit
}

// query is the address's part that says it, with more pairs; an empty value takes one away.
func (a asked) query(pairs ...string) string {
	q := url.Values{}
	set := func(k, v string) {
		q.Del(k)
		if v != "" {
			q.Set(k, v)
		}
	}
	set("type", a.Type)
	if a.unit.ID != 0 {
		set("under", itoa(a.unit.ID))
	}
	q.Set("from", a.From) // even empty: without it the last twelve months would be meant
	set("to", a.To)
	for i := 0; i+1 < len(pairs); i += 2 {
		set(pairs[i], pairs[i+1])
	}
	return "?" + q.Encode()
}

// flowAsked reads the question: a ledger, a unit with all below it, and when the matters were opened.
func (s *Server) flowAsked(c *Ctx) (a asked, err error) {
	a.Type, a.From, a.To = c.Value("type"), c.Value("from"), c.Value("to")
	var form fault.Form
	for name, day := range map[string]*string{"from": &a.From, "to": &a.To} {
		if _, err := calendar.ParseDate(*day); *day != "" && err != nil {
			form.Add(name, "flow.no_day")
			*day = ""
		}
	}
	unit, err := s.mattersUnit(c)
	if fault.KindOf(err) == fault.NotFound {
		return a, err
	}
	if err != nil {
		return a, err
	}
	a.unit, a.Under = unit, unit.Place()
	return a, form.Err()
}

// flowHistory finds the matters. Where there are too many and no period was named, it takes those of the last twelve
// months and says so in a; still too many is a fault of the form.
func (s *Server) flowHistory(c *Ctx, a *asked) (*ledger.History, error) {
	today := s.Ledgers().Today(s.Now())
	h, err := s.Ledgers().History(c.R.Context(), c.Actor, a.Filter, a.Period, today)
	if err == nil && h.Len() > mostTrails && a.From == "" && !c.R.URL.Query().Has("from") {
		a.From = today.AddDays(-364).String()
		h, err = s.Ledgers().History(c.R.Context(), c.Actor, a.Filter, a.Period, today)
	}
	if err == nil && h.Len() > mostTrails {
		var form fault.Form
		form.Add("type", "flow.too_many", "Count", h.Len(), "Most", mostTrails)
		err = form.Err()
	}
	return h, err
}

func (s *Server) flowPage(c *Ctx) error {
	p := &FlowPage{}
	p.Title, p.Sub = c.T("flow.title"), c.T("flow.sub")
	p.Crumbs = []ui.Link{{Text: c.T("ledger.title"), Href: "/matters"}}
	p.Actions = []ui.Button{{Text: c.T("ledger.print"), Print: true}}
	a, err := s.flowAsked(c)
	var h *ledger.History
	if err == nil {
		h, err = s.flowHistory(c, &a)
	}
	problems := c.Errors(err)
	if err != nil && problems == nil {
		return err
	}
	p.Filter = s.flowFilter(c, a, problems)
	if problems != nil {
		for _, key := range []string{"unit", "from", "to", "type"} {
			if problems[key] != "" {
				p.Notice = &ui.Notice{Kind: "error", Text: problems[key]}
			}
		}
		return c.RenderStatus(422, "flow", p)
	}
	records, err := flowRecords(c.R.Context(), h, s.Ledgers().Calendar())
	if err != nil {
		return err
	}
	p.Filter.Count = c.T("ledger.count", "Count", len(records))
	if len(records) == 0 {
		p.Empty = &ui.EmptyState{Title: c.T("flow.empty"), Text: c.T("flow.empty_hint")}
		return c.Render("flow", p)
	}
	v := flowView{c, a, h, records}
	p.Figures, p.Meaning = v.figures(), c.flowMeaning()
	p.Map, p.Within = v.picture()
	p.Ways, p.Units, p.Kinds = v.ways(), v.units(), v.kinds()
	for _, f := range ledger.LogFormats {
		p.Exports = append(p.Exports, ui.Link{Text: c.T("flow.format." + f.ID), Href: "/flow/export" + a.query("format", f.ID)})
	}
	return c.Render("flow", p)
}

func (s *Server) flowFilter(c *Ctx, a asked, problems map[string]string) ui.Filter {
	f := ui.Filter{Action: "/flow", Clear: "/flow", Fields: []ui.Field{
		{Name: "unit", Label: c.T("ledger.filter.unit"), Value: c.Value("unit"), Suggest: s.unitNames(c), Error: problems["unit"]},
		{Type: "select", Name: "type", Label: c.T("ledger.filter.type"), Value: a.Type, Options: s.typeOptions(c)},
		{Type: "date", Name: "from", Label: c.T("flow.from"), Value: a.From, Error: problems["from"]},
		{Type: "date", Name: "to", Label: c.T("flow.to"), Value: a.To, Error: problems["to"]},
	}}
	if a.unit.ID != 0 {
		none := a
		none.unit = org.Unit{}
		f.Chips = []ui.Link{{Text: a.unit.In(c.Lang), Href: "/flow" + none.query()}}
		if c.Value("unit") == "" {
			f.Hidden = []ui.Pair{{Name: "under", Value: itoa(a.unit.ID)}}
		}
	}
	return f
}

func (c *Ctx) flowMeaning() ui.Details {
	d := ui.Details{Summary: c.T("flow.meaning")}
	for _, key := range []string{"passed", "back", "round", "pingpong", "stay", "right", "last", "small"} {
		d.Items = append(d.Items, ui.Fact{Term: c.T("flow.term." + key), Text: c.T("flow.means."+key, "Small", smallNumber)})
	}
	return d
}

// flowView words what the records say.
type flowView struct {
	c       *Ctx
	a       asked
	h       *ledger.History
	records []flowRecord
}

// list is the address of the matters behind a figure.
func (v flowView) list(figure string, pairs ...string) string {
	return "/flow/matters" + v.a.query(append([]string{"figure", figure}, pairs...)...)
}

// days writes a mean number of days; "–" where there is nothing.
func (c *Ctx) days(micros int64, n int) string {
	if n == 0 {
		return "–"
	}
	return strconv.FormatFloat(float64(micros)/float64(n)/float64(24*time.Hour/time.Microsecond), 'f', 1, 64)
}

func percent(x ratio) string {
	if x.of == 0 {
		return "–"
	}
	return strconv.FormatFloat(100*float64(x.hits)/float64(x.of), 'f', 0, 64) + "%"
}

// share is a cell "3 / 7" with the percentage under it, marked where the number is small, and a link to the matters.
func (v flowView) share(x ratio, figure string, pairs ...string) ui.Cell {
	if x.of == 0 {
		return ui.T("–")
	}
	cell := ui.Cell{Text: strconv.Itoa(x.hits) + " / " + strconv.Itoa(x.of), Sub: percent(x), Href: v.list(figure, pairs...)}
	if x.of < smallNumber {
		cell.Sub = v.c.T("flow.small")
	}
	return cell
}

func (v flowView) figures() ui.KeyFigures {
	var t flowTally
	for _, r := range v.records {
		t.add(r, 0)
	}
	small := func(n int) string {
		if n < smallNumber {
			return v.c.T("flow.small")
		}
		return ""
	}
	part := func(key, figure string, x ratio) ui.Figure {
		if x.of == 0 {
			return ui.Figure{Label: v.c.T("flow.term." + key), Value: "–"}
		}
		return ui.Figure{Label: v.c.T("flow.term." + key), Value: percent(x), Unit: v.c.T("flow.of", "Hits", x.hits, "Of", x.of), Href: v.list(figure), Note: small(x.of)}
	}
	all := ratio{t.waits, t.visits}
	return ui.KeyFigures{Label: v.c.T("flow.title"), Items: []ui.Figure{
		{Label: v.c.T("flow.handovers"), Value: strconv.FormatFloat(float64(t.handovers)/float64(len(v.records)), 'f', 1, 64), Unit: v.c.T("flow.most", "Most", t.mostHandover),
			Href: v.list(flowAll), Note: small(len(v.records))},
		part("back", flowBack, t.back), part("round", flowRound, t.round), part("pingpong", flowPing, t.ping), part("right", flowRight, t.right), part("last", flowLast, t.last),
		{Label: v.c.T("flow.term.stay"), Value: v.c.days(t.waited, t.waits), Unit: v.c.T("flow.and_worked", "Worked", v.c.days(t.worked, t.visits)), Href: v.list(flowStayed), Note: small(all.of)},
	}}
}

// unitName is a unit as tables name it.
func (v flowView) unitName(id int64) string {
	if u := v.h.Unit(id); u.ID != 0 {
		return u.In(v.c.Lang)
	}
	return v.c.T("ledger.no_owner")
}

// picture is the map: at most flowNodes units, the rest as one.
func (v flowView) picture() (*ui.Passes, string) {
	var all []flow.Handover
	names := map[string]string{}
	for _, w := range flowWays(v.records) {
		from, to := itoa(w.from), itoa(w.to)
		names[from], names[to] = v.unitName(w.from), v.unitName(w.to)
		all = append(all, flow.Handover{From: from, To: to, Count: w.times, Cases: w.matters})
	}
	if len(all) == 0 {
		return nil, ""
	}
	const others = "others"
	names[others] = v.c.T("flow.others")
	shown, within := flow.Grouped(all, flowNodes, others)
	m := &ui.Passes{ChartHead: ui.ChartHead{ID: "map", Desc: v.c.T("flow.map_desc")}, Gave: v.c.T("flow.gave"), Got: v.c.T("flow.got"), Unit: v.c.T("flow.times_unit")}
	m.Rest = names[others]
	for _, h := range shown {
		w := ui.Pass{From: names[h.From], To: names[h.To], Count: int64(h.Count), Mark: h.From == all[0].From && h.To == all[0].To}
		if h.From != others && h.To != others {
			w.Href = v.list(flowPassed, "by", h.From, "on", h.To)
		}
		m.Ways = append(m.Ways, w)
	}
	m.Title = v.c.T("flow.map_title", "From", names[all[0].From], "To", names[all[0].To], "Times", all[0].Count)
	if within == 0 {
		return m, ""
	}
	return m, v.c.T("flow.within", "Count", within)
}

func (v flowView) ways() ui.Table {
	t := ui.Table{Caption: v.c.T("flow.ways"), Wide: true, Columns: []ui.Column{{Head: v.c.T("flow.gave")}, {Head: v.c.T("flow.got")}, {Head: v.c.T("flow.times"), Align: "right"},
		{Head: v.c.T("flow.matters"), Align: "right"}, {Head: v.c.T("flow.term.back"), Align: "right"}}, Empty: &ui.EmptyState{Title: v.c.T("flow.no_ways")}}
	all := flowWays(v.records)
	for _, w := range all[:min(len(all), flowMostWays)] {
		matters := ui.Cell{Text: strconv.Itoa(w.matters), Href: v.list(flowPassed, "by", itoa(w.from), "on", itoa(w.to))}
		if w.matters < smallNumber {
			matters.Sub = v.c.T("flow.small")
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{ui.T(v.unitName(w.from)), ui.T(v.unitName(w.to)), ui.T(strconv.Itoa(w.times)), matters, ui.T(strconv.Itoa(w.back))}})
	}
	if more := len(all) - flowMostWays; more > 0 {
		t.Pager = &ui.Pager{Text: v.c.T("flow.more_rows", "Count", more)}
	}
	return t
}

// outcome are the cells that rows of units and of ledgers share.
func (v flowView) outcome(t flowTally, pairs ...string) []ui.Cell {
	matters := ui.Cell{Text: strconv.Itoa(t.matters), Href: v.list(flowAll, pairs...)}
	if t.matters < smallNumber {
		matters.Sub = v.c.T("flow.small")
	}
	stay := func(micros int64, n int) ui.Cell {
		cell := ui.Cell{Text: v.c.days(micros, n)}
		if n > 0 {
			cell.Href = v.list(flowStayed, pairs...)
		}
		if n > 0 && n < smallNumber {
			cell.Sub = v.c.T("flow.small")
		}
		return cell
	}
	return []ui.Cell{matters, stay(t.waited, t.waits), stay(t.worked, t.visits), v.share(t.back, flowBack, pairs...), v.share(t.right, flowRight, pairs...), v.share(t.last, flowLast, pairs...)}
}

func (v flowView) outcomeTable(caption, first string) ui.Table {
	head := func(key string) ui.Column { return ui.Column{Head: v.c.T(key), Align: "right"} }
	days := func(key string) ui.Column {
		return ui.Column{Head: v.c.T(key), Unit: v.c.T("flow.days"), Align: "right"}
	}
	return ui.Table{Caption: caption, Wide: true, Columns: []ui.Column{{Head: first}, head("flow.matters"), days("flow.waited"), days("flow.worked"), head("flow.term.back"), head("flow.term.right"), head("flow.term.last")}}
}

func (v flowView) units() ui.Table {
	t := v.outcomeTable(v.c.T("flow.by_unit"), v.c.T("flow.unit"))
	units := flowUnits(v.records)
	shown := units[:min(len(units), flowRows)]
	tallies := make([]flowTally, len(shown))
	for i, unit := range shown {
		for _, r := range v.records {
			if r.owner == unit || r.at(unit) {
				tallies[i].add(r, unit)
			}
		}
		row := ui.Row{Cells: []ui.Cell{{Text: v.unitName(unit), Href: "/units/" + itoa(unit)}}}
		row.Cells = append(row.Cells, v.outcome(tallies[i], "of", itoa(unit))...)
		t.Rows = append(t.Rows, row)
	}
	if more := len(units) - len(shown); more > 0 {
		t.Pager = &ui.Pager{Text: v.c.T("flow.more_rows", "Count", more)}
	}
	return t
}

func (v flowView) kinds() ui.Table {
	t := v.outcomeTable(v.c.T("flow.by_type"), v.c.T("ledger.filter.type"))
	for _, d := range v.c.srv.Ledgers().Types().All() {
		var tally flowTally
		for _, r := range v.records {
			if r.kind == d.ID {
				tally.add(r, 0)
			}
		}
		if tally.matters == 0 {
			continue
		}
		row := ui.Row{Cells: []ui.Cell{{Text: d.Name.In(v.c.Lang), Href: "/flow" + v.a.query("type", d.ID)}}}
		t.Rows = append(t.Rows, ui.Row{Cells: append(row.Cells, v.outcome(tally, "type", d.ID)...)})
	}
	return t
}
