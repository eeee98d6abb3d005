package web

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"plumbline/internal/authz"
	"plumbline/internal/board"
	"plumbline/internal/fault"
	"plumbline/internal/office/table"
	"plumbline/internal/org"
	"plumbline/internal/pack"
	"plumbline/internal/web/ui"
)

// BoardsPage puts the indicators of one unit side by side.
type BoardsPage struct {
	Page
	Filter     ui.Filter
	Empty      *ui.EmptyState
	Heading    ui.Heading
	Sides      ui.Table
	Combined   *ui.Table
	Indicators ui.Table
	Meaning    ui.Details
}

// boardPeriods is how many periods can be chosen and how many a curve shows.
const (
	boardPeriods = 24
	boardCourse  = 12
	// boardCurves is how many units' curves a page draws.
	boardCurves = 24
)

// boardAsk is what a page of boards was asked for.
type boardAsk struct {
	board.Ask
	by    int64 // the unit that set the indicators
	every string
}

// readBoardAsk reads the address: whose indicators, the period and the peers.
func (c *Ctx) readBoardAsk() (a boardAsk, err error) {
	a.by, a.every = c.Int("by", 0), c.Value("every")
	if group := c.Value("group"); group != "" {
		by, every, _ := strings.Cut(group, "-")
		a.by, _ = strconv.ParseInt(by, 10, 64)
		a.every = every
	}
	a.Parent, a.Kind = c.Int("under", 0), c.Value("kind")
	if text := c.Value("period"); text != "" {
		p, ok := board.ParsePeriod(text)
		if !ok {
			return a, fault.Missing()
		}
		a.Period = p
	}
	return a, nil
}

// query is the address's part that asks for the same, with more pairs.
func (a boardAsk) query(pairs ...string) string {
	q := url.Values{}
	set := func(k, v string) {
		q.Del(k)
		if v != "" && v != "0" {
			q.Set(k, v)
		}
	}
	set("period", a.Period.String())
	set("under", itoa(a.Parent))
	set("kind", a.Kind)
	for i := 0; i+1 < len(pairs); i += 2 {
		set(pairs[i], pairs[i+1])
	}
	if len(q) == 0 {
		return ""
	}
	return "?" + q.Encode()
}

// overview finds the group that was asked for and its boards; found is false where the reader is shown no indicator.
func (s *Server) overview(c *Ctx) (groups []board.Group, at int, o board.Overview, a boardAsk, err error) {
	if a, err = c.readBoardAsk(); err != nil {
		return groups, 0, o, a, err
	}
	if groups, err = s.Rooms.Boards.Groups(c.R.Context(), c.Actor); err != nil || len(groups) == 0 {
		return groups, 0, o, a, err
	}
	if a.by != 0 {
		at = slices.IndexFunc(groups, func(g board.Group) bool {
			return g.Convenor.ID == a.by && (a.every == "" || g.Every == a.every)
		})
		if at < 0 {
			return groups, 0, o, a, fault.Missing()
		}
	}
	g := groups[at]
	a.by, a.every = g.Convenor.ID, g.Every
	if a.Period != (board.Period{}) && a.Period.Every() != g.Every { // another kind of period was chosen
		a.Period = board.Period{}
	}
	if o, err = s.Rooms.Boards.Overview(c.R.Context(), g, a.Ask); err != nil {
		return groups, at, o, a, err
	}
	a.Period, a.Parent, a.Kind = o.Period, o.Peers.Parent.ID, o.Peers.Kind
	return groups, at, o, a, nil
}

func (s *Server) boardsPage(c *Ctx) error {
	groups, at, o, a, err := s.overview(c)
	if err != nil {
		return err
	}
	p := &BoardsPage{}
	p.Title, p.Sub = c.T("board.title"), c.T("board.sub")
	if c.MayAnywhere(authz.LedgerApprove) {
		p.Actions = []ui.Button{{Text: c.T("board.import"), Href: "/boards/import"}}
	}
	if len(groups) == 0 {
		p.Empty = &ui.EmptyState{Title: c.T("board.none"), Text: c.T("board.none_hint")}
		return c.Render("boards", p)
	}
	p.Actions = append(p.Actions, ui.Button{Text: c.T("ledger.print"), Print: true}, ui.Button{Text: c.T("board.export"), Href: "/boards/export" + a.query("by", itoa(a.by), "every", a.every)})
	if p.Filter, err = s.boardsFilter(c, groups, at, a); err != nil {
		return err
	}
	v := boardView{c, a}
	p.Heading = ui.Heading{Text: v.peersTitle(o.Peers, o.Period)}
	p.Sides = v.sides(o)
	p.Combined = v.combined(o)
	p.Indicators = v.indicators(groups[at])
	p.Meaning = c.boardMeaning(o.Combined != nil)
	return c.Render("boards", p)
}

// boardsFilter offers the groups, periods and peers.
func (s *Server) boardsFilter(c *Ctx, groups []board.Group, at int, a boardAsk) (ui.Filter, error) {
	f := ui.Filter{Action: "/boards"}
	whose := ui.Field{Type: "select", Name: "group", Label: c.T("board.whose"), Value: itoa(a.by) + "-" + a.every}
	for _, g := range groups {
		whose.Options = append(whose.Options, ui.Option{Value: itoa(g.Convenor.ID) + "-" + g.Every, Text: c.T("board.group", "Unit", g.Convenor.In(c.Lang), "Every", c.T("board.every."+g.Every))})
	}
	f.Fields = append(f.Fields, whose)
	more, err := s.peersFields(c, groups[at].Convenor, a)
	f.Fields = append(f.Fields, more...)
	return f, err
}

// peersFields are the boxes that choose the period, the unit whose children are compared, and their kind.
func (s *Server) peersFields(c *Ctx, convenor org.Unit, a boardAsk) ([]ui.Field, error) {
	period := ui.Field{Type: "select", Name: "period", Label: c.T("board.period"), Value: a.Period.String()}
	last := board.PeriodAt(a.Period.Every(), s.Ledgers().Today(s.Now()))
	if a.Period.First().After(last.First()) {
		last = a.Period
	}
	list := last.Back(boardPeriods)
	slices.Reverse(list)
	if !slices.Contains(list, a.Period) {
		list = append(list, a.Period)
	}
	for _, p := range list {
		period.Options = append(period.Options, ui.Option{Value: p.String(), Text: c.periodText(p)})
	}
	under := ui.Field{Type: "select", Name: "under", Label: c.T("board.under"), Value: itoa(a.Parent)}
	parents, err := s.boardParents(c, convenor, a.Parent)
	if err != nil {
		return nil, err
	}
	for _, u := range parents {
		under.Options = append(under.Options, ui.Option{Value: itoa(u.ID), Text: u.In(c.Lang)})
	}
	fields := []ui.Field{period, under}
	kinds, err := s.Rooms.Boards.Kinds(c.R.Context(), a.Parent)
	if len(kinds) > 1 {
		kind := ui.Field{Type: "select", Name: "kind", Label: c.T("board.kind"), Value: a.Kind}
		for _, k := range kinds {
			kind.Options = append(kind.Options, ui.Option{Value: k, Text: pack.Find(s.Pack.UnitKinds, k).Name.In(c.Lang)})
		}
		fields = append(fields, kind)
	}
	return fields, err
}

// boardParents are the units whose children can be compared: the one that set the indicators, and those right below it
// and right below the chosen one that have units below them.
func (s *Server) boardParents(c *Ctx, convenor org.Unit, chosen int64) ([]org.Unit, error) {
	out := []org.Unit{convenor}
	seen := map[int64]bool{convenor.ID: true}
	for _, parent := range []int64{convenor.ID, chosen} {
		u, err := org.UnitByID(c.R.Context(), s.Reader, parent)
		if err != nil {
			return nil, err
		}
		children, err := org.Children(c.R.Context(), s.Reader, parent, c.Today())
		if err != nil {
			return nil, err
		}
		for _, x := range append([]org.Unit{u}, children...) {
			if !seen[x.ID] && x.Below > 0 {
				seen[x.ID] = true
				out = append(out, x)
			}
		}
	}
	return out, nil
}

// periodText is a period in words.
func (c *Ctx) periodText(p board.Period) string {
	year, number := p.Numbers()
	key := "board.period_month"
	switch p.Every() {
	case board.Quarter:
		key = "board.period_quarter"
	case board.Year:
		key = "board.period_year"
	}
	return c.T(key, "Year", strconv.Itoa(year), "Number", number, "Text", p.String())
}

func (c *Ctx) boardMeaning(combined bool) ui.Details {
	d := ui.Details{Summary: c.T("board.meaning")}
	keys := []string{"source", "rank", "change", "lamp", "none", "small", "settled"}
	if combined {
		keys = append(keys, "points")
	}
	for _, key := range keys {
		d.Items = append(d.Items, ui.Fact{Term: c.T("board.term." + key), Text: c.T("board.means."+key, "Small", board.SmallBase, "Days", board.SettleDays)})
	}
	return d
}

// exportBoards writes the side-by-side board as a workbook: a sheet for all, and one for each indicator.
func (s *Server) exportBoards(c *Ctx) error {
	groups, _, o, a, err := s.overview(c)
	if err != nil {
		return err
	}
	if len(groups) == 0 {
		return fault.Missing()
	}
	v := boardView{c, a}
	sheets := []table.Sheet{v.sidesSheet(o)}
	for _, b := range o.Boards {
		sheets = append(sheets, v.sheet(b))
	}
	name := c.T("board.title") + "-" + o.Period.String() + ".xlsx"
	return table.WriteXLSX(c.download(name, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"), sheets...)
}
