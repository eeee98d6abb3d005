package web

import (
	"net/url"
	"strconv"
	"time"

	"plumbline/internal/ledger"
	"plumbline/internal/office/table"
	"plumbline/internal/web/ui"
)

// key are the figures above all others.
func (v *figuresView) key() ui.KeyFigures {
	c, f := v.c, v.f
	item := func(what string, now, was int64) ui.Figure {
		x := ui.Figure{Label: c.T("figures.term." + what), Value: itoa(now), Note: c.change(now, was)}
		if now > 0 {
			x.Href = f.list(what, f.Unit, f.Type)
		}
		return x
	}
	share := ui.Figure{Label: c.T("figures.term.in_time"), Value: timely(v.now), Note: c.T("figures.was", "Was", timely(v.was))}
	if n := v.now.Timed(); n > 0 {
		share.Unit, share.Href = c.T("flow.of", "Hits", int(v.now.InTime), "Of", int(n)), f.list(ledger.EndInTime, f.Unit, f.Type)
		if n < smallNumber {
			share.Note = c.T("flow.small")
		}
	}
	open := ui.Figure{Label: c.T("figures.open_end"), Value: itoa(v.now.Open), Note: c.change(v.now.Open, v.was.Open)}
	if f.To >= c.Today()[:7] {
		open.Href = v.openList(f.Unit, f.Type)
	}
	return ui.KeyFigures{Label: c.T("figures.title"), Items: []ui.Figure{item(ledger.Opened, v.now.Opened, v.was.Opened), item(ledger.Closed, v.now.Closed, v.was.Closed), share,
		item(ledger.EndLate, v.now.Late, v.was.Late), item(ledger.CameBack, v.now.Reopened, v.was.Reopened), item(ledger.ChangedHand, v.now.Handed, v.was.Handed), open}}
}

// openList is the list of what is open now.
func (v *figuresView) openList(unit int64, kind string) string {
	q := url.Values{"class": {"open"}, "under": {itoa(unit)}}
	if kind != "" {
		q.Set("type", kind)
	}
	if !v.f.Subtree {
		q.Set("alone", "1")
	}
	return "/matters?" + q.Encode()
}

// trend is the picture of the months.
func (v *figuresView) trend() *ui.Curve {
	opened := ui.CurveLine{Label: v.c.T("figures.term.opened")}
	closed := ui.CurveLine{Label: v.c.T("figures.term.closed"), Mark: true}
	out := &ui.Curve{ChartHead: ui.ChartHead{ID: "trend", Desc: v.c.T("figures.trend_desc", "Unit", v.f.unit.In(v.c.Lang))}, Unit: v.c.T("figures.unit")}
	this := v.c.Today()[:7]
	var more, less int64
	for _, m := range v.months {
		if m.Month > this {
			break
		}
		out.X = append(out.X, m.Month)
		opened.Values, closed.Values = append(opened.Values, itoa(m.Opened)), append(closed.Values, itoa(m.Closed))
		more, less = more+m.Opened, less+m.Closed
	}
	if len(out.X) < 2 || more+less == 0 {
		return nil
	}
	out.Title = v.c.T("figures.trend", "Opened", more, "Closed", less, "From", out.X[0], "To", out.X[len(out.X)-1])
	out.Lines = []ui.CurveLine{closed, opened}
	return out
}

// tables are those by ledger or, of one ledger, by state, and by unit.
func (v *figuresView) tables() (out []ui.Table) {
	if len(v.units) > 0 {
		t := v.table(v.c.T("figures.by_unit"), v.c.T("flow.unit"))
		for _, u := range v.units {
			t.Rows = append(t.Rows, v.row(u.In(v.c.Lang), "/ledgers/figures"+v.f.with("under", itoa(u.ID)), v.below[u.ID], v.past[u.ID], u.ID, v.f.Type))
		}
		out = append(out, t)
	}
	if v.f.Type != "" {
		return append(out, v.states())
	}
	t := v.table(v.c.T("figures.by_type"), v.c.T("ledger.filter.type"))
	for _, d := range v.c.srv.Ledgers().Types().All() {
		now, was := v.kinds[d.ID], v.before[d.ID]
		if now != (ledger.Figures{}) || was != (ledger.Figures{}) {
			t.Rows = append(t.Rows, v.row(d.Name.In(v.c.Lang), "/ledgers/figures"+v.f.with("type", d.ID), now, was, v.f.Unit, d.ID))
		}
	}
	t.Empty = &ui.EmptyState{Title: v.c.T("figures.nothing"), Text: v.c.T("figures.nothing_hint")}
	return append(out, t)
}

func (v *figuresView) table(caption, first string) ui.Table {
	t := ui.Table{Caption: caption, Columns: []ui.Column{{Head: first}}}
	for _, key := range []string{"figures.term.opened", "figures.term.closed", "figures.term.in_time", "figures.term.late", "figures.term.reopened", "figures.open_end"} {
		t.Columns = append(t.Columns, ui.Column{Head: v.c.T(key), Align: "right"})
	}
	return t
}

// row is one line: how often each thing happened, below it the change.
func (v *figuresView) row(name, href string, now, was ledger.Figures, unit int64, kind string) ui.Row {
	cell := func(what string, n, old int64) ui.Cell {
		x := ui.Cell{Text: itoa(n), Sub: v.c.change(n, old)}
		if n > 0 {
			x.Href = v.f.list(what, unit, kind)
		}
		return x
	}
	share := ui.T(timely(now))
	if n := now.Timed(); n > 0 {
		share.Sub, share.Href = v.c.T("flow.of", "Hits", int(now.InTime), "Of", int(n)), v.f.list(ledger.EndInTime, unit, kind)
		if n < smallNumber {
			share.Sub = v.c.T("flow.small")
		}
	}
	open := ui.Cell{Text: itoa(now.Open), Sub: v.c.change(now.Open, was.Open)}
	if v.f.To >= v.c.Today()[:7] && now.Open > 0 {
		open.Href = v.openList(unit, kind)
	}
	return ui.Row{Cells: []ui.Cell{{Text: name, Href: href}, cell(ledger.Opened, now.Opened, was.Opened), cell(ledger.Closed, now.Closed, was.Closed), share,
		cell(ledger.EndLate, now.Late, was.Late), cell(ledger.CameBack, now.Reopened, was.Reopened), open}}
}

// states is how long matters of the ledger stayed in each state that they left.
func (v *figuresView) states() ui.Table {
	c := v.c
	t := ui.Table{Caption: c.T("figures.by_state"), Columns: []ui.Column{{Head: c.T("ledger.filter.state")}, {Head: c.T("figures.stays"), Align: "right"},
		{Head: c.T("figures.median"), Align: "right"}, {Head: c.T("figures.ninety"), Align: "right"}}, Empty: &ui.EmptyState{Title: c.T("figures.no_stays"), Text: c.T("figures.nothing_hint")}}
	for _, st := range c.srv.Ledgers().Types().Current(v.f.Type).Whole().States {
		x, there := v.stays[st.ID]
		if !there {
			continue
		}
		n := ui.T(itoa(x.N))
		if x.N < smallNumber {
			n.Sub = c.T("flow.small")
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: st.Name.In(c.Lang), Href: v.openList(v.f.Unit, v.f.Type) + "&state=" + url.QueryEscape(st.ID)}, n, ui.T(c.lasting(x.Median)), ui.T(c.lasting(x.Most))}})
	}
	return t
}

// lasting writes a length of time in the unit that fits it.
func (c *Ctx) lasting(d time.Duration) string {
	days := d.Hours() / 24
	switch {
	case days >= 2:
		return c.T("figures.days", "N", strconv.FormatFloat(days, 'f', 1, 64))
	case d >= time.Hour:
		return c.T("figures.hours", "N", strconv.FormatFloat(d.Hours(), 'f', 1, 64))
	}
	return c.T("figures.minutes", "N", strconv.FormatFloat(d.Minutes(), 'f', 0, 64))
}

// exportFigures writes the page's figures as XLSX: the units with each ledger, and the months.
func (s *Server) exportFigures(c *Ctx) error {
	f, err := s.figuresAsked(c)
	if err != nil {
		return err
	}
	v, err := s.figuresRead(c, f)
	if err != nil {
		return err
	}
	counts := []string{"opened", "closed", "in_time", "late", "not_done", "dropped", "reopened", "handed"}
	head := func(first ...string) (out []table.Column) {
		for _, x := range first {
			out = append(out, table.Column{Title: x})
		}
		for _, key := range counts {
			out = append(out, table.Column{Title: c.T("figures.count." + key), Kind: table.Number})
		}
		return append(out, table.Column{Title: c.T("figures.open_end"), Kind: table.Number})
	}
	cells := func(x ledger.Figures, first ...string) []string {
		for _, n := range []int64{x.Opened, x.Closed, x.InTime, x.Late, x.NotDone, x.Dropped, x.Reopened, x.Handed, x.Open} {
			first = append(first, itoa(n))
		}
		return first
	}
	this, past := f.From+" – "+f.To, f.before().From+" – "+f.before().To
	rows := [][]string{cells(v.now, f.unit.In(c.Lang), "", this), cells(v.was, f.unit.In(c.Lang), "", past)}
	for _, d := range s.Ledgers().Types().All() {
		if now, was := v.kinds[d.ID], v.before[d.ID]; now != (ledger.Figures{}) || was != (ledger.Figures{}) {
			rows = append(rows, cells(now, f.unit.In(c.Lang), d.Name.In(c.Lang), this), cells(was, f.unit.In(c.Lang), d.Name.In(c.Lang), past))
		}
	}
	kind := ""
	if d := s.Ledgers().Types().Current(f.Type); d != nil {
		kind = d.Name.In(c.Lang)
	}
	for _, u := range v.units {
		rows = append(rows, cells(v.below[u.ID], u.In(c.Lang), kind, this), cells(v.past[u.ID], u.In(c.Lang), kind, past))
	}
	var months [][]string
	for _, m := range v.months {
		months = append(months, cells(m.Figures, m.Month))
	}
	return table.WriteXLSX(c.download(c.T("figures.title")+"-"+stamp(s.Now().In(s.Zone))+".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
		table.Sheet{Name: c.T("figures.title"), Columns: head(c.T("flow.unit"), c.T("ledger.filter.type"), c.T("figures.time")), Rows: table.RowsOf(rows)},
		table.Sheet{Name: c.T("figures.by_month"), Columns: head(c.T("figures.span.month")), Rows: table.RowsOf(months)})
}
