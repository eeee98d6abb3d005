package web

import (
	"cmp"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"plumbline/internal/authz"
	"plumbline/internal/fault"
	"plumbline/internal/ledger"
	"plumbline/internal/org"
	"plumbline/internal/web/ui"
)

// MeterPage is how much a ledger's matters ask of a unit, and of everything below it, in a month.
type MeterPage struct {
	Page
	Filter  ui.Filter
	Notice  *ui.Notice
	Figures ui.KeyFigures
	Kinds   ui.Table
	Limits  ui.Table
	Units   ui.Table
	From    ui.Table
	Held    *ui.Table
	Picture *ui.Bars
	Meaning ui.Details
}

const (
	// meterMonths is how many months back the page can be asked for, and how many its picture shows.
	meterMonths  = 24
	meterPicture = 12
	// meterRows is how many rows its tables of units and of those who ask show.
	meterRows = 50
)

// metered is what a page of a meter was asked for, with everything that it counts: thirteen months before its month too.
type metered struct {
	d     *ledger.Definition
	unit  org.Unit
	month string
	list  []ledger.Metered
}

func (s *Server) meterType(c *Ctx) (*ledger.Definition, error) {
	d := s.Ledgers().Types().Current(c.R.PathValue("type"))
	if d == nil || d.Meter == nil {
		return nil, fault.Missing()
	}
	return d, nil
}

// meterUnit is the unit asked for; without one the first at which the reader may read.
func (s *Server) meterUnit(c *Ctx) (org.Unit, error) {
	u, err := s.mattersUnit(c)
	if err != nil || u.ID != 0 {
		return u, err
	}
	if root := s.rootOf(c); root.ID != 0 {
		return org.UnitByID(c.R.Context(), s.Reader, root.ID)
	}
	return org.Unit{Path: "/"}, nil
}

func (s *Server) meterAsked(c *Ctx) (m metered, err error) {
	if m.d, err = s.meterType(c); err != nil {
		return m, err
	}
	now := c.Today()[:7]
	if m.month = c.Value("month"); !slices.Contains(monthsTo(now, meterMonths), m.month) {
		m.month = now
	}
	if m.unit, err = s.meterUnit(c); err != nil {
		return m, err
	}
	m.list, err = s.Ledgers().Metered(c.R.Context(), c.Actor, m.d, m.unit.Place(), m.first(), m.month)
	return m, err
}

// first is the month from which the page has to know: a year before the picture begins, and the year of every limit.
func (m metered) first() string { return ledger.MonthsBack(m.month, 2*meterPicture-1) }

// monthsTo lists months, the last one first.
func monthsTo(last string, n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = ledger.MonthsBack(last, i)
	}
	return out
}

// meterSum is what a selection of matters adds up to.
type meterSum struct {
	n, dropped int
	sums       []int64
}

// sum adds up what keep wants.
func (m metered) sum(keep func(ledger.Metered) bool) meterSum {
	out := meterSum{sums: make([]int64, len(m.d.Meter.Sums))}
	for _, x := range m.list {
		switch {
		case !keep(x):
		case x.Dropped:
			out.dropped++
		case !x.Counts():
		default:
			out.n++
			for i, v := range x.Sums {
				out.sums[i] += v
			}
		}
	}
	return out
}

// group adds up the matters of a month by a key.
func (m metered) group(month string, key func(ledger.Metered) int64) map[int64]meterSum {
	out := map[int64]meterSum{}
	for _, x := range m.list {
		if x.Month() != month {
			continue
		}
		sum, ok := out[key(x)]
		if !ok {
			sum.sums = make([]int64, len(m.d.Meter.Sums))
		}
		switch {
		case x.Dropped:
			sum.dropped++
		case x.Counts():
			sum.n++
			for i, v := range x.Sums {
				sum.sums[i] += v
			}
		}
		out[key(x)] = sum
	}
	return out
}

func (m metered) in(month string) func(ledger.Metered) bool {
	return func(x ledger.Metered) bool { return x.Month() == month }
}

// main is the sum that stands in front; -1 for nothing where the meter has none.
func (m metered) main(x meterSum) int64 {
	if i := m.d.Meter.MainSum(); i >= 0 {
		return x.sums[i]
	}
	return -1
}

// amountText writes thousandths with as many digits as are there.
func (c *Ctx) amountText(n int64) string {
	text := strconv.FormatInt(n/ledger.Thousandths, 10)
	if rest := n % ledger.Thousandths; rest != 0 {
		text += "." + strings.TrimRight(strconv.FormatInt(ledger.Thousandths+rest, 10)[1:], "0")
	}
	return c.locale().Num(text)
}

// moreText says a change in words of figures: "+3", "−2", "±0".
func (c *Ctx) moreText(now, was int64) string {
	switch d := now - was; {
	case d > 0:
		return "+" + c.amountText(d)
	case d < 0:
		return "−" + c.amountText(-d)
	}
	return "±0"
}

func (m metered) at() string { return "/meter/" + m.d.ID }

// query is the page's address with more pairs; "" takes one away.
func (m metered) query(pairs ...string) string {
	q := url.Values{"month": {m.month}}
	if m.unit.ID != 0 {
		q.Set("under", itoa(m.unit.ID))
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		if q.Del(pairs[i]); pairs[i+1] != "" {
			q.Set(pairs[i], pairs[i+1])
		}
	}
	return "?" + q.Encode()
}

// list is the address of the matters behind a figure.
func (m metered) behind(pairs ...string) string { return m.at() + "/matters" + m.query(pairs...) }

func (s *Server) meterPage(c *Ctx) error {
	m, err := s.meterAsked(c)
	problems := c.Errors(err)
	if err != nil && problems == nil {
		return err
	}
	p := &MeterPage{}
	p.Title, p.Sub = c.T("meter.of", "Ledger", m.d.Name.In(c.Lang)), m.d.About.In(c.Lang)
	p.Crumbs = []ui.Link{{Text: c.T("ledger.title"), Href: "/matters"}, {Text: m.d.Name.In(c.Lang), Href: "/matters?type=" + m.d.ID}, {Text: c.T("meter.title"), Current: true}}
	p.Filter = s.meterFilter(c, m, problems)
	if problems != nil {
		p.Notice = &ui.Notice{Kind: "error", Text: problems["unit"]}
		return c.RenderStatus(422, "meter", p)
	}
	s.meterDeeds(c, p, m)
	limits, err := s.Ledgers().Limits(c.R.Context(), m.d)
	if err != nil {
		return err
	}
	names, err := s.meterNames(c, m)
	if err != nil {
		return err
	}
	v := meterView{c, m, limits, names}
	p.Figures, p.Kinds, p.Limits, p.Units, p.From = v.figures(), v.kinds(), v.limitTable(), v.units(), v.from()
	p.Picture, p.Meaning, p.Held = v.picture(), v.meaning(), v.held()
	return c.Render("meter", p)
}

// meterDeeds offers to note what was asked, to set limits, and the file.
func (s *Server) meterDeeds(c *Ctx, p *MeterPage, m metered) {
	if c.MayAnywhere(m.d.RegisteredBy()) && !s.Ledgers().Types().Retired(m.d.ID) {
		p.Primary = &ui.Button{Text: c.T("meter.note"), Href: "/matters/new?type=" + m.d.ID, Kind: "primary", Key: "n"}
	}
	if at := s.limitUnits(c); len(at) > 0 && len(m.d.Meter.Limits) > 0 {
		p.Actions = append(p.Actions, ui.Button{Text: c.T("meter.set_limits"), Href: m.at() + "/limits"})
	}
	p.Actions = append(p.Actions, ui.Button{Text: "XLSX", Href: m.at() + "/export" + m.query(), Download: true}, ui.Button{Text: c.T("ledger.print"), Print: true})
}

func (s *Server) meterFilter(c *Ctx, m metered, problems map[string]string) ui.Filter {
	f := ui.Filter{Action: m.at(), Clear: m.at(), Fields: []ui.Field{
		{Name: "unit", Label: c.T("ledger.filter.unit"), Value: c.Value("unit"), Suggest: s.unitNames(c), Error: problems["unit"]},
		{Type: "select", Name: "month", Label: c.T("meter.month"), Value: m.month}}}
	for _, month := range monthsTo(c.Today()[:7], meterMonths) {
		f.Fields[1].Options = append(f.Fields[1].Options, ui.Option{Value: month, Text: c.monthText(month)})
	}
	if m.unit.ID != 0 {
		f.Count = c.T("meter.with_below", "Unit", m.unit.In(c.Lang))
		if c.Value("unit") == "" {
			f.Hidden = []ui.Pair{{Name: "under", Value: itoa(m.unit.ID)}}
		}
	}
	return f
}

// monthText writes a month for a reader.
func (c *Ctx) monthText(month string) string {
	n, _ := strconv.Atoi(month[5:])
	return c.T("meter.month_text", "Year", month[:4], "Month", n, "Name", c.T("meter.month."+month[5:]))
}

// meterNames looks up every unit that the page names: those asked, those above them up to the page's, those who ask.
func (s *Server) meterNames(c *Ctx, m metered) (map[int64]org.Unit, error) {
	ids := map[int64]bool{}
	for _, x := range m.list {
		ids[x.From], ids[x.Unit.ID], ids[m.below(x)] = true, true, true
	}
	delete(ids, 0)
	return org.UnitsByID(c.R.Context(), s.Reader, slices.Sorted(maps.Keys(ids)))
}

// below is the unit right below the page's under which a matter lies; the page's own for what was asked of it alone.
func (m metered) below(x ledger.Metered) int64 {
	path := org.PathIDs(x.Unit.Path)
	if at := len(org.PathIDs(m.unit.Path)); at < len(path) {
		return path[at]
	}
	return x.Unit.ID
}

// meterView words what a meter says.
type meterView struct {
	c      *Ctx
	m      metered
	limits ledger.MeterLimits
	names  map[int64]org.Unit
}

// standing is how one unit stands against its limits; over and full count them.
type standing struct {
	unit       authz.Unit
	stands     []ledger.LimitStand
	over, full int
}

// standings are those of every unit that was asked for anything in the year.
func (v meterView) standings() map[int64]standing {
	of := map[int64][]ledger.Metered{}
	for _, x := range v.m.list {
		of[x.Unit.ID] = append(of[x.Unit.ID], x)
	}
	out := map[int64]standing{}
	for id, list := range of {
		st := standing{unit: list[0].Unit}
		st.stands = v.m.d.Meter.Stand(list, v.limits.At(st.unit.Path), v.m.month)
		for _, l := range st.stands {
			if l.Over() {
				st.over++
			}
			if l.Full() && l.Value > 0 {
				st.full++
			}
		}
		out[id] = st
	}
	return out
}

func (v meterView) figures() ui.KeyFigures {
	c, m := v.c, v.m
	now, last, year := m.sum(m.in(m.month)), m.sum(m.in(ledger.MonthsBack(m.month, 1))), m.sum(m.in(ledger.MonthsBack(m.month, 12)))
	out := ui.KeyFigures{Label: c.T("meter.title"), Items: []ui.Figure{{Label: c.T("meter.number"), Value: strconv.Itoa(now.n), Href: m.behind(),
		Note: c.T("meter.against", "Last", c.moreText(int64(now.n)*1000, int64(last.n)*1000), "Year", c.moreText(int64(now.n)*1000, int64(year.n)*1000))}}}
	if i := m.d.Meter.MainSum(); i >= 0 {
		f, _ := m.d.Field(m.d.Meter.Sums[i])
		out.Items = append(out.Items, ui.Figure{Label: f.Name.In(c.Lang), Value: c.amountText(now.sums[i]), Unit: f.Measure.In(c.Lang), Href: m.behind(),
			Note: c.T("meter.against", "Last", c.moreText(now.sums[i], last.sums[i]), "Year", c.moreText(now.sums[i], year.sums[i]))})
	}
	over, asked := 0, map[int64]bool{}
	for _, st := range v.standings() {
		over += order(st.over > 0)
	}
	for _, x := range m.list {
		if x.Month() == m.month && x.Counts() {
			asked[x.Unit.ID] = true
		}
	}
	out.Items = append(out.Items, ui.Figure{Label: c.T("meter.units_asked"), Value: strconv.Itoa(len(asked)), Href: "#units"})
	if len(m.d.Meter.Limits) > 0 {
		state := ui.OnTime
		if over > 0 {
			state = ui.Late
		}
		out.Items = append(out.Items, ui.Figure{Label: c.T("meter.units_over"), Value: strconv.Itoa(over), Href: "#limits", State: state})
	}
	out.Items = append(out.Items, v.heldFigures()...)
	out.Items = append(out.Items, ui.Figure{Label: c.T("meter.withdrawn"), Value: strconv.Itoa(now.dropped), Href: m.behind("dropped", "1"), Note: c.T("meter.withdrawn_note")})
	return out
}

// number is a cell with how many matters, linked to them.
func (v meterView) number(x meterSum, pairs ...string) ui.Cell {
	cell := ui.Cell{Text: strconv.Itoa(x.n)}
	if x.n > 0 {
		cell.Href = v.m.behind(pairs...)
	}
	return cell
}

// sumColumns are the heads of the meter's sums.
func (v meterView) sumColumns() []ui.Column {
	var out []ui.Column
	for _, id := range v.m.d.Meter.Sums {
		f, _ := v.m.d.Field(id)
		out = append(out, ui.Column{Head: f.Name.In(v.c.Lang), Align: "right"})
	}
	return out
}

func (v meterView) mainColumn() []ui.Column {
	if i := v.m.d.Meter.MainSum(); i >= 0 {
		return v.sumColumns()[i : i+1]
	}
	return nil
}

func (v meterView) mainCell(x meterSum) []ui.Cell {
	if v.m.d.Meter.MainSum() < 0 {
		return nil
	}
	return []ui.Cell{ui.T(v.c.amountText(v.m.main(x)))}
}

func (v meterView) kinds() ui.Table {
	c, m := v.c, v.m
	t := ui.Table{Caption: c.T("meter.by_kind", "Month", c.monthText(m.month))}
	by, ok := m.d.Field(m.d.Meter.By)
	if !ok {
		return t
	}
	t.Columns = append([]ui.Column{{Head: by.Name.In(c.Lang)}, {Head: c.T("meter.number"), Align: "right"}}, v.sumColumns()...)
	t.Columns = append(t.Columns, ui.Column{Head: c.T("meter.last_month"), Align: "right"}, ui.Column{Head: c.T("meter.last_year"), Align: "right"})
	cells := func(kind string, pairs ...string) []ui.Cell {
		of := func(month string) meterSum {
			return m.sum(func(x ledger.Metered) bool { return x.Month() == month && (kind == "" || x.Kind == kind) })
		}
		now := of(m.month)
		out := []ui.Cell{v.number(now, pairs...)}
		for _, sum := range now.sums {
			out = append(out, ui.T(c.amountText(sum)))
		}
		for _, back := range []int{1, 12} {
			was := of(ledger.MonthsBack(m.month, back))
			out = append(out, ui.Cell{Text: c.moreText(int64(now.n)*1000, int64(was.n)*1000), Sub: c.T("meter.was", "Count", was.n)})
		}
		return out
	}
	for _, ch := range by.Choices {
		t.Rows = append(t.Rows, ui.Row{Cells: append([]ui.Cell{ui.T(ch.Name.In(c.Lang))}, cells(ch.ID, "kind", ch.ID)...)})
	}
	t.Foot = append([]ui.Cell{ui.T(c.T("meter.all"))}, cells("")...)
	return t
}

// limitName is what a reader calls a limit.
func (c *Ctx) limitName(d *ledger.Definition, l ledger.Limit) string {
	what := c.T("meter.number")
	if f, ok := d.Field(l.Of); ok {
		what = f.Name.In(c.Lang)
	}
	kind := ""
	if by, ok := d.Field(d.Meter.By); ok {
		for _, ch := range by.Choices {
			if ch.ID == l.Kind {
				kind = ch.Name.In(c.Lang)
			}
		}
	}
	key := "meter.limit"
	if kind == "" {
		key = "meter.limit_all"
	}
	name := c.T(key, "Kind", kind, "What", what, "Per", c.T("meter.per."+l.Per))
	if l.Each {
		name = c.T("meter.limit_each", "Name", name)
	}
	return name
}

// limitLogged is what the log calls a limit: "burden/count.document.month".
func (c *Ctx) limitLogged(of string) string {
	kind, name, _ := strings.Cut(of, "/")
	if d := c.srv.Ledgers().Types().Current(kind); d != nil && d.Meter != nil {
		for _, l := range d.Meter.Limits {
			if l.Name() == name {
				return c.T("meter.limit_logged", "Name", c.limitName(d, l))
			}
		}
	}
	return c.T("meter.limit_logged", "Name", name)
}

// limitTable is one row a limit. Of one unit it says the figure beside the limit; of several how many are over it, by name.
func (v meterView) limitTable() ui.Table {
	c, all := v.c, v.standings()
	t := ui.Table{ID: "limits", Caption: c.T("meter.limits"), Columns: []ui.Column{{Head: c.T("meter.limit_head")}, {Head: c.T("meter.at_most"), Align: "right"}, {Head: c.T("meter.stand")}, {Head: c.T("meter.who_over")}}}
	alone, ok := all[v.m.unit.ID]
	single := len(all) == 0 || len(all) == 1 && ok
	for i, l := range v.limits.At(v.m.unit.Path) {
		row := []ui.Cell{{Text: c.limitName(v.m.d, l.Limit), Sub: l.Note.In(c.Lang)}, {Text: strconv.Itoa(l.AtMost)}, {}, {}}
		if l.SetBy != 0 {
			row[0].Sub = otherwise(l.Said, c.T("meter.set_here"))
		}
		if l.Off {
			row[1].Text = c.T("meter.off")
		}
		if single {
			st := ledger.LimitStand{SetLimit: l}
			if ok {
				st = alone.stands[i]
			}
			row[2].Status = c.limitStatus(st)
			if st.From != 0 {
				row[3].Text = v.names[st.From].In(c.Lang)
			}
			t.Rows = append(t.Rows, ui.Row{Cells: row})
			continue
		}
		var over []standing
		for _, st := range all {
			if st.stands[i].Over() {
				over = append(over, st)
			}
		}
		slices.SortFunc(over, func(a, b standing) int {
			return cmp.Or(cmp.Compare(b.stands[i].Value, a.stands[i].Value), cmp.Compare(a.unit.ID, b.unit.ID))
		})
		row[2].Status = &ui.Status{State: ui.OnTime, Text: c.T("meter.none_over")}
		if len(over) > 0 {
			row[2].Status = &ui.Status{State: ui.Late, Text: c.T("meter.n_over", "Count", len(over))}
			var names []string
			for _, st := range over[:min(len(over), 5)] {
				names = append(names, c.T("meter.name_over", "Unit", v.names[st.unit.ID].In(c.Lang), "Value", c.amountText(st.stands[i].Value)))
			}
			if more := len(over) - len(names); more > 0 {
				names = append(names, c.T("meter.more_over", "Count", more))
			}
			row[3].Text = strings.Join(names, c.T("ledger.semicolon"))
		}
		t.Rows = append(t.Rows, ui.Row{Cells: row})
	}
	t.Columns[3].Head = c.T("meter.who_over")
	if single {
		t.Columns[3].Head = c.T("meter.asked_by")
	}
	return t
}

// limitStatus words how one unit stands against one limit.
func (c *Ctx) limitStatus(l ledger.LimitStand) *ui.Status {
	text := c.T("meter.value", "Value", c.amountText(l.Value), "Most", l.AtMost)
	switch {
	case l.Off:
		return &ui.Status{State: ui.None, Text: c.amountText(l.Value)}
	case l.Over():
		return &ui.Status{State: ui.Late, Text: c.T("meter.over", "Value", text)}
	case l.Full() && l.Value > 0:
		return &ui.Status{State: ui.Soon, Text: c.T("meter.full", "Value", text)}
	}
	return &ui.Status{State: ui.OnTime, Text: c.T("meter.within", "Value", text)}
}

// units is one row for each unit right below the page's, with all below that, and one for the unit itself.
func (v meterView) units() ui.Table {
	c, m := v.c, v.m
	t := ui.Table{ID: "units", Caption: c.T("meter.by_unit", "Month", c.monthText(m.month)), Empty: &ui.EmptyState{Title: c.T("meter.none"), Text: c.T("meter.none_hint")}}
	t.Columns = append([]ui.Column{{Head: c.T("flow.unit")}, {Head: c.T("meter.number"), Align: "right"}}, v.mainColumn()...)
	t.Columns = append(t.Columns, ui.Column{Head: c.T("meter.last_month"), Align: "right"}, ui.Column{Head: c.T("meter.limits")})
	over, full := map[int64]int{}, map[int64]int{}
	seen, before := m.group(m.month, m.below), m.group(ledger.MonthsBack(m.month, 1), m.below)
	for _, st := range v.standings() {
		at := m.below(ledger.Metered{Unit: st.unit})
		over[at] += order(st.over > 0)
		full[at] += order(st.full > 0)
	}
	for id := range over {
		if _, ok := seen[id]; !ok {
			seen[id] = meterSum{sums: make([]int64, len(m.d.Meter.Sums))}
		}
	}
	ids := slices.SortedFunc(maps.Keys(seen), func(a, b int64) int {
		return cmp.Or(over[b]-over[a], cmp.Compare(m.main(seen[b]), m.main(seen[a])), seen[b].n-seen[a].n, cmp.Compare(a, b))
	})
	for _, id := range ids[:min(len(ids), meterRows)] {
		now, last := seen[id], before[id]
		pairs := []string{"under", itoa(id)}
		row := ui.Row{Cells: []ui.Cell{{Text: v.names[id].In(c.Lang)}}}
		if id == m.unit.ID {
			row.Cells[0].Sub = c.T("meter.itself")
			pairs = append(pairs, "alone", "1")
		} else {
			row.Cells[0].Href = m.at() + m.query("under", itoa(id))
		}
		lamp := &ui.Status{State: ui.OnTime, Text: c.T("meter.none_over")}
		switch {
		case over[id] > 0:
			lamp = &ui.Status{State: ui.Late, Text: c.T("meter.n_over", "Count", over[id])}
		case full[id] > 0:
			lamp = &ui.Status{State: ui.Soon, Text: c.T("meter.n_full", "Count", full[id])}
		}
		row.Cells = append(append(row.Cells, v.number(now, pairs...)), v.mainCell(now)...)
		row.Cells = append(row.Cells, ui.Cell{Text: c.moreText(int64(now.n)*1000, int64(last.n)*1000), Sub: c.T("meter.was", "Count", last.n)}, ui.Cell{Status: lamp})
		t.Rows = append(t.Rows, row)
	}
	if more := len(ids) - meterRows; more > 0 {
		t.Pager = &ui.Pager{Text: c.T("flow.more_rows", "Count", more)}
	}
	return t
}

// from is who asks, the most first.
func (v meterView) from() ui.Table {
	c, m := v.c, v.m
	t := ui.Table{Caption: c.T("meter.by_from", "Month", c.monthText(m.month)), Empty: &ui.EmptyState{Title: c.T("meter.none")}}
	if m.d.Meter.From == "" {
		return t
	}
	f, _ := m.d.Field(m.d.Meter.From)
	t.Columns = append([]ui.Column{{Head: f.Name.In(c.Lang)}, {Head: c.T("meter.number"), Align: "right"}}, v.mainColumn()...)
	t.Columns = append(t.Columns, ui.Column{Head: c.T("meter.units_asked"), Align: "right"}, ui.Column{Head: c.T("meter.last_month"), Align: "right"}, ui.Column{Head: c.T("meter.withdrawn"), Align: "right"})
	from := func(x ledger.Metered) int64 { return x.From }
	now, before, units := m.group(m.month, from), m.group(ledger.MonthsBack(m.month, 1), from), map[int64]map[int64]bool{}
	for _, x := range m.list {
		if x.Month() != m.month {
			continue
		}
		if units[x.From] == nil {
			units[x.From] = map[int64]bool{}
		}
		if x.Counts() {
			units[x.From][x.Unit.ID] = true
		}
	}
	ids := slices.SortedFunc(maps.Keys(now), func(a, b int64) int {
		return cmp.Or(now[b].n-now[a].n, cmp.Compare(m.main(now[b]), m.main(now[a])), cmp.Compare(a, b))
	})
	for _, id := range ids[:min(len(ids), meterRows)] {
		last := before[id]
		name := ui.Cell{Text: v.names[id].In(c.Lang)}
		if id == 0 {
			name.Text = c.T("meter.nobody")
		}
		row := ui.Row{Cells: append([]ui.Cell{name, v.number(now[id], "by", itoa(id))}, v.mainCell(now[id])...)}
		row.Cells = append(row.Cells, ui.T(strconv.Itoa(len(units[id]))), ui.Cell{Text: c.moreText(int64(now[id].n)*1000, int64(last.n)*1000), Sub: c.T("meter.was", "Count", last.n)}, ui.T(strconv.Itoa(now[id].dropped)))
		t.Rows = append(t.Rows, row)
	}
	return t
}

// picture is the last twelve months, the page's own marked.
func (v meterView) picture() *ui.Bars {
	c, m := v.c, v.m
	p := &ui.Bars{ChartHead: ui.ChartHead{ID: "months", Desc: c.T("meter.picture_desc")}, Unit: c.T("meter.unit"), KeepOrder: true}
	most, at := 0, ""
	for _, month := range slices.Backward(monthsTo(m.month, meterPicture)) {
		n := m.sum(m.in(month)).n
		if n > most {
			most, at = n, month
		}
		p.Items = append(p.Items, ui.Bar{Label: c.monthText(month), Value: strconv.Itoa(n), Href: m.at() + m.query("month", month), Mark: month == m.month})
	}
	if most == 0 {
		return nil
	}
	p.Title = c.T("meter.picture", "Month", c.monthText(at), "Count", most)
	return p
}

func (v meterView) meaning() ui.Details {
	d := ui.Details{Summary: v.c.T("flow.meaning")}
	keys := []string{"counted", "withdrawn", "limits", "below"}
	if v.m.d.Held != nil {
		keys = append(keys, "held")
	}
	for _, key := range keys {
		d.Items = append(d.Items, ui.Fact{Term: v.c.T("meter.term." + key), Text: v.c.T("meter.means." + key)})
	}
	return d
}
