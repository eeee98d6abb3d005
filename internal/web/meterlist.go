package web

import (
	"slices"
	"strconv"

	"plumbline/internal/ledger"
	"plumbline/internal/office/table"
	"plumbline/internal/org"
	"plumbline/internal/web/ui"
)

// MeterListPage is the matters behind one figure of a meter.
type MeterListPage struct {
	Page
	Notice *ui.Notice
	Table  ui.Table
}

// meterMatters lists what a figure counts: by month, kind, asking unit and unit asked.
func (s *Server) meterMatters(c *Ctx) error {
	m, err := s.meterAsked(c)
	if err != nil {
		return err
	}
	kind, by, dropped, held := c.Value("kind"), c.Value("by"), c.Value("dropped") == "1", c.Value("held")
	var ids []int64
	for _, x := range m.list {
		switch {
		case x.Month() != m.month, kind != "" && x.Kind != kind, by != "" && itoa(x.From) != by, dropped != x.Dropped:
		case held != "" && x.Held != held, held == "" && !dropped && !x.Counts():
		case c.Value("alone") == "1" && x.Unit.ID != m.unit.ID:
		default:
			ids = append(ids, x.Matter)
		}
	}
	list, err := s.Ledgers().Some(c.R.Context(), c.Actor, ids[:min(len(ids), mostBehind)])
	if err != nil {
		return err
	}
	p := &MeterListPage{}
	p.Title = c.T("meter.list", "Unit", m.unit.In(c.Lang), "Month", c.monthText(m.month))
	p.Sub = c.meterNarrowed(m, kind, by, dropped)
	if slices.Contains(heldAnswers, held) {
		p.Sub = joined(p.Sub, c.T("meter.held."+held))
	}
	p.Crumbs = []ui.Link{{Text: m.d.Name.In(c.Lang), Href: "/matters?type=" + m.d.ID}, {Text: c.T("meter.title"), Href: m.at() + m.query()}, {Text: c.T("meter.behind"), Current: true}}
	p.Actions = []ui.Button{{Text: c.T("ledger.print"), Print: true}}
	if len(ids) > len(list) {
		p.Notice = &ui.Notice{Text: c.T("meter.list_more", "Count", len(ids), "Most", mostBehind)}
	}
	if p.Table, err = s.mattersTable(c, list, p.Title); err != nil {
		return err
	}
	p.Table.HideCaption = true
	return c.Render("meter_matters", p)
}

// mostBehind is how many matters one such list shows.
const mostBehind = 500

// meterNarrowed says what a list is narrowed to, beside unit and month.
func (c *Ctx) meterNarrowed(m metered, kind, by string, dropped bool) string {
	text := m.d.Name.In(c.Lang)
	if f, ok := m.d.Field(m.d.Meter.By); ok && kind != "" {
		text = joined(text, c.fieldText(f, ledger.Value{Text: kind}, ledger.Names{}))
	}
	if u, err := org.UnitByID(c.R.Context(), c.srv.Reader, parseID(by)); by != "" && err == nil {
		text = joined(text, c.T("meter.list_by", "Unit", u.In(c.Lang)))
	}
	if dropped {
		text = joined(text, c.T("meter.withdrawn"))
	}
	return text
}

// exportMeter writes what the page counts, a row for each month, unit asked, asking unit and kind, for twelve months.
func (s *Server) exportMeter(c *Ctx) error {
	m, err := s.meterAsked(c)
	if err != nil {
		return err
	}
	names, err := s.meterNames(c, m)
	if err != nil {
		return err
	}
	by, _ := m.d.Field(m.d.Meter.By)
	sheet := table.Sheet{Name: c.T("meter.title")}
	for _, key := range []string{"meter.month", "meter.unit_code", "flow.unit", "meter.asked_by", "ledger.filter.kind"} {
		sheet.Columns = append(sheet.Columns, table.Column{Title: c.T(key)})
	}
	for _, key := range []string{"meter.number", "meter.withdrawn"} {
		sheet.Columns = append(sheet.Columns, table.Column{Title: c.T(key), Kind: table.Number})
	}
	for _, id := range m.d.Meter.Sums {
		f, _ := m.d.Field(id)
		sheet.Columns = append(sheet.Columns, table.Column{Title: f.Name.In(c.Lang), Kind: table.Number})
	}
	if m.d.Held != nil {
		for _, answer := range heldAnswers {
			sheet.Columns = append(sheet.Columns, table.Column{Title: c.T("meter.held." + answer), Kind: table.Number})
			if m.d.Meter.MainSum() >= 0 {
				sheet.Columns = append(sheet.Columns, table.Column{Title: c.heldMain(m, answer), Kind: table.Number})
			}
		}
	}
	rows := m.rows()
	sheet.Rows = func(yield func([]string, error) bool) {
		for _, r := range rows {
			u := names[r.key.unit]
			row := []string{r.key.month, u.Code, u.In(c.Lang), names[r.key.from].In(c.Lang), c.fieldText(by, ledger.Value{Text: r.key.kind}, ledger.Names{}),
				strconv.Itoa(r.sum.n), strconv.Itoa(r.sum.dropped)}
			for _, n := range r.sum.sums {
				row = append(row, strconv.FormatFloat(float64(n)/ledger.Thousandths, 'f', -1, 64))
			}
			if m.d.Held != nil {
				for _, answer := range heldAnswers {
					row = append(row, strconv.Itoa(r.held[answer].n))
					if m.d.Meter.MainSum() >= 0 {
						row = append(row, strconv.FormatFloat(float64(r.held[answer].main)/ledger.Thousandths, 'f', -1, 64))
					}
				}
			}
			if !yield(row, nil) {
				return
			}
		}
	}
	name := m.d.Name.In(c.Lang) + "-" + m.month
	return table.WriteXLSX(c.download(name+".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"), sheet)
}

// meterRow is what one unit was asked in a month by another one, of one kind.
type meterRow struct {
	key  meterKey
	sum  meterSum
	held heldSums
}

type meterKey struct {
	month      string
	unit, from int64
	kind       string
}

// rows adds up the last twelve months, in the order of the first matter of each row.
func (m metered) rows() []meterRow {
	at := map[meterKey]int{}
	var out []meterRow
	first := ledger.MonthsBack(m.month, meterPicture-1)
	for _, x := range m.list {
		if x.Month() < first {
			continue
		}
		k := meterKey{x.Month(), x.Unit.ID, x.From, x.Kind}
		i, ok := at[k]
		if !ok {
			i = len(out)
			at[k] = i
			out = append(out, meterRow{k, meterSum{sums: make([]int64, len(x.Sums))}, heldSums{}})
		}
		if x.Dropped {
			out[i].sum.dropped++
			continue
		}
		out[i].held.add(m, x)
		if !x.Counts() {
			continue
		}
		out[i].sum.n++
		for j, n := range x.Sums {
			out[i].sum.sums[j] += n
		}
	}
	return out
}
