package web

import (
	"net/http"
	"net/url"

	"plumbline/internal/board"
	"plumbline/internal/fault"
	"plumbline/internal/office/table"
	"plumbline/internal/org"
	"plumbline/internal/web/ui"
)

// BoardPage is one indicator among peers, with the curve of each unit.
type BoardPage struct {
	Page
	Filter  ui.Filter
	Notice  *ui.Notice
	Table   ui.Table
	Course  *ui.Lines
	More    string // how many curves are not drawn
	Facts   ui.DescriptionList
	Meaning ui.Details
}

// boardAsked finds the board that the address asks for.
func (s *Server) boardAsked(c *Ctx) (b board.Board, a boardAsk, err error) {
	id, err := c.ID("id")
	if err != nil {
		return b, a, err
	}
	if a, err = c.readBoardAsk(); err != nil {
		return b, a, err
	}
	if b, err = s.Rooms.Boards.Board(c.R.Context(), c.Actor, id, a.Ask); err != nil {
		return b, a, err
	}
	a.Period, a.Parent, a.Kind = b.Period, b.Peers.Parent.ID, b.Peers.Kind
	return b, a, nil
}

func (s *Server) boardPage(c *Ctx) error {
	b, a, err := s.boardAsked(c)
	if err != nil {
		return err
	}
	x, v := b.Indicator, boardView{c, a}
	p := &BoardPage{Table: v.rows(b), Meaning: c.boardMeaning(false)}
	p.Title, p.Sub = x.Name, x.Definition
	p.Crumbs = []ui.Link{{Text: c.T("board.title"), Href: v.boards(x)}, {Text: x.Name}}
	fill := s.Rooms.Boards.MayFill(c.Actor, x)
	if fill {
		p.Primary = &ui.Button{Text: c.T(fillKey(x)), Href: boardPath(x.ID) + "/values" + a.query(), Kind: "primary"}
	}
	if fill && !b.Settled && b.Period.Last().Before(s.Ledgers().Today(s.Now())) {
		p.Actions = append(p.Actions, ui.Button{Text: c.T("board.settle"), Post: boardPath(x.ID) + "/settle" + a.query(), Confirm: c.T("board.settle_sure", "Period", c.periodText(b.Period))})
	}
	p.Actions = append(p.Actions, ui.Button{Text: c.T("ledger.print"), Print: true}, ui.Button{Text: c.T("board.export"), Href: boardPath(x.ID) + "/export" + a.query()})
	convenor, err := org.UnitByID(c.R.Context(), s.Reader, x.Convenor.ID)
	if err != nil {
		return err
	}
	p.Filter.Action = boardPath(x.ID)
	if p.Filter.Fields, err = s.peersFields(c, convenor, a); err != nil {
		return err
	}
	if b.Settled {
		p.Notice = &ui.Notice{Kind: "info", Text: c.T("board.is_settled")}
	}
	if err := s.course(c, p, v, b); err != nil {
		return err
	}
	p.Facts = v.facts(x, convenor)
	return c.Render("board", p)
}

// fillKey says how an indicator gets its figures.
func fillKey(x board.Indicator) string {
	if x.Counted {
		return "board.count"
	}
	return "board.fill"
}

// boards is the address of the side-by-side board on which an indicator stands.
func (v boardView) boards(x board.Indicator) string {
	return "/boards" + v.a.query("by", itoa(x.Convenor.ID), "every", x.Every)
}

// course draws the curve of every unit.
func (s *Server) course(c *Ctx, p *BoardPage, v boardView, b board.Board) error {
	at, values, err := s.Rooms.Boards.Course(c.R.Context(), b, boardCourse)
	if err != nil || len(b.Rows) == 0 {
		return err
	}
	lines := v.lines(b.Indicator, at)
	for _, r := range b.Rows[:min(len(b.Rows), boardCurves)] {
		lines.Panels = append(lines.Panels, ui.Panel{Label: r.Unit.In(c.Lang), Href: v.unitPath(b.Indicator.ID, r.Unit.ID), Values: values[r.Unit.ID]})
	}
	if more := len(b.Rows) - boardCurves; more > 0 {
		p.More = c.T("board.more_curves", "Count", more)
	}
	p.Course = lines
	return nil
}

func (v boardView) lines(x board.Indicator, at []board.Period) *ui.Lines {
	l := &ui.Lines{ChartHead: ui.ChartHead{ID: "course", Title: v.c.T("board.course_title", "Count", len(at)), Desc: v.c.T("board.course_desc", "Indicator", x.Name, "Measure", x.Measure)}, Unit: x.Measure}
	for _, p := range at {
		l.X = append(l.X, p.String())
	}
	return l
}

// facts say how an indicator is counted and what is aimed at.
func (v boardView) facts(x board.Indicator, convenor org.Unit) ui.DescriptionList {
	c := v.c
	fact := func(key, text string) ui.Fact { return ui.Fact{Term: c.T("board." + key), Text: text} }
	source := v.source(x)
	if x.Counted {
		source = c.T("board.counted_what", "Figure", c.choiceName("figure", x.Figure), "Ledger", v.ledgerName(x))
	}
	amber := v.withMeasure(x, x.Amber)
	if x.Amber == "" && x.Target != "" {
		amber = c.T("board.amber_tenth")
	}
	number := ui.Fact{Term: c.T("ledger.col.number"), Text: x.Number}
	if _, err := c.srv.Ledgers().Find(c.R.Context(), c.Actor, x.ID); err == nil {
		number.Href = "/matters/" + itoa(x.ID)
	}
	return ui.DescriptionList{Items: []ui.Fact{fact("direction", v.direction(x)), fact("measure", x.Measure), fact("source", source), fact("every", c.T("board.every."+x.Every)),
		fact("target", v.withMeasure(x, x.Target)), fact("amber", amber), fact("weight", v.or(x.Weight)), {Term: c.T("board.set_by"), Text: convenor.In(c.Lang), Href: "/units/" + itoa(convenor.ID)}, number}}
}

// choiceName is what the ledger of indicators calls a choice.
func (c *Ctx) choiceName(field, id string) string {
	if d := c.srv.Ledgers().Types().For(board.Use); d != nil {
		if f, ok := d.Field(field); ok {
			for _, x := range f.Choices {
				if x.ID == id {
					return x.Name.In(c.Lang)
				}
			}
		}
	}
	return id
}

func (v boardView) ledgerName(x board.Indicator) string {
	if d := v.c.srv.Ledgers().Types().Current(x.Of); d != nil {
		return d.Name.In(v.c.Lang)
	}
	return v.c.T("board.all_ledgers")
}

func (s *Server) exportBoard(c *Ctx) error {
	b, a, err := s.boardAsked(c)
	if err != nil {
		return err
	}
	name := b.Indicator.Name + "-" + b.Period.String() + ".xlsx"
	return table.WriteXLSX(c.download(name, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"), boardView{c, a}.sheet(b))
}

func (s *Server) settleBoard(c *Ctx) error {
	b, a, err := s.boardAsked(c)
	if err != nil {
		return err
	}
	back := boardPath(b.Indicator.ID) + a.query()
	if !c.Sure() {
		return c.AskFirst(c.T("board.settle_sure", "Period", c.periodText(b.Period)), c.T("board.settle"), back)
	}
	if err := s.Rooms.Boards.Settle(c.R.Context(), c.Actor, b.Indicator.ID, b.Period); err != nil {
		return err
	}
	return c.Go(back, "board.settled_now")
}

// BoardUnitPage is what one unit came to over time, with every version of every figure.
type BoardUnitPage struct {
	Page
	Course *ui.Lines
	Table  ui.Table
}

func (s *Server) boardUnit(c *Ctx) error {
	b, a, err := s.boardAsked(c)
	if err != nil {
		return err
	}
	unit, err := c.ID("unit")
	if err != nil {
		return err
	}
	x, versions, err := s.Rooms.Boards.Versions(c.R.Context(), c.Actor, b.Indicator.ID, unit)
	if err != nil {
		return err
	}
	u, err := org.UnitByID(c.R.Context(), s.Reader, unit)
	if err != nil {
		return err
	}
	v := boardView{c, a}
	p := &BoardUnitPage{}
	p.Title, p.Sub = c.T("board.of_unit", "Unit", u.In(c.Lang), "Indicator", x.Name), x.Definition
	p.Crumbs = []ui.Link{{Text: c.T("board.title"), Href: v.boards(x)}, {Text: x.Name, Href: v.path(x.ID)}, {Text: u.In(c.Lang)}}
	p.Actions = []ui.Button{{Text: c.T("ledger.print"), Print: true}}
	if x.Counted && s.Ledgers().MayRead(c.Actor, u.Place()) {
		p.Actions = append(p.Actions, ui.Button{Text: c.T("board.behind"), Href: behind(x, u.ID)})
	}
	only := board.Board{Indicator: x, Period: b.Period, Peers: board.Peers{Units: []org.Unit{u}}}
	at, values, err := s.Rooms.Boards.Course(c.R.Context(), only, boardCourse)
	if err != nil {
		return err
	}
	p.Course = v.lines(x, at)
	p.Course.Panels = []ui.Panel{{Label: u.In(c.Lang), Values: values[unit]}}
	p.Table = v.versions(x, u, versions)
	return c.Render("board_unit", p)
}

// versions lists every version of a unit's figures: the one in force of a period stands first.
func (v boardView) versions(x board.Indicator, u org.Unit, list []board.Value) ui.Table {
	c := v.c
	t := ui.Table{Caption: c.T("board.versions"), Columns: []ui.Column{{Head: c.T("board.period"), Align: "nowrap"}, {Head: c.T("board.value"), Unit: x.Measure, Align: "right"}, {Head: c.T("board.came_from")},
		{Head: c.T("board.by")}, {Head: c.T("board.reason")}}, Empty: &ui.EmptyState{Title: c.T("board.no_values")}}
	var last string
	for _, y := range list {
		p, _ := board.ParsePeriod(y.Period)
		row := []ui.Cell{ui.T(c.periodText(p)), {Text: v.figure(y.Value), Sub: v.small(y)}, ui.T(c.T("board.source." + y.Source)), {Text: y.Name, Sub: c.locale().DateTime(y.At)}, ui.T(y.Reason)}
		if y.Name == "system" {
			row[3].Text = c.T("board.the_program")
		}
		if y.Period == last {
			row[0].Sub = c.T("board.replaced")
		}
		last = y.Period
		t.Rows = append(t.Rows, ui.Row{Cells: row})
	}
	return t
}

// BoardFillPage takes figures typed by hand.
type BoardFillPage struct {
	Page
	Post   string
	Errors *ui.ErrorSummary
	Notice *ui.Notice
	Filter ui.Filter
	Table  ui.Table
	Reason ui.Field
	Button string
}

func (s *Server) boardFillPage(c *Ctx) error { return s.showBoardFill(c, http.StatusOK, nil) }

func (s *Server) showBoardFill(c *Ctx, status int, refused error) error {
	b, a, err := s.boardAsked(c)
	if err != nil {
		return err
	}
	x, v := b.Indicator, boardView{c, a}
	if !s.Rooms.Boards.MayFill(c.Actor, x) {
		return fault.New(fault.Forbidden, "fault.forbidden")
	}
	errs := c.Errors(refused)
	p := &BoardFillPage{Post: boardPath(x.ID) + "/values" + a.query(), Button: c.T("board.save")}
	if x.Counted {
		p.Post, p.Button = boardPath(x.ID)+"/count"+a.query(), c.T("board.count")
	}
	p.Title, p.Sub = c.T(fillKey(x)), x.Name
	p.Crumbs = []ui.Link{{Text: c.T("board.title"), Href: v.boards(x)}, {Text: x.Name, Href: v.path(x.ID)}, {Text: p.Title}}
	convenor, err := org.UnitByID(c.R.Context(), s.Reader, x.Convenor.ID)
	if err != nil {
		return err
	}
	p.Filter.Action = boardPath(x.ID) + "/values"
	if p.Filter.Fields, err = s.peersFields(c, convenor, a); err != nil {
		return err
	}
	for _, key := range []string{"", "period"} {
		if errs[key] != "" {
			p.Notice = &ui.Notice{Kind: "error", Text: errs[key]}
		}
	}
	fields := v.fillTable(p, b, errs)
	p.Reason = ui.Field{Type: "textarea", Name: "reason", Label: c.T("board.reason"), Hint: c.T("board.reason_hint"), Value: c.Value("reason"), Required: b.Settled, MaxLength: board.ReasonMax, Error: errs["reason"]}
	p.Errors = ui.Errors(append(fields, p.Reason)...)
	if b.Settled && p.Notice == nil {
		p.Notice = &ui.Notice{Kind: "warn", Text: c.T("board.is_settled")}
	}
	return c.RenderStatus(status, "board_fill", p)
}

func (v boardView) fillTable(p *BoardFillPage, b board.Board, errs map[string]string) (fields []ui.Field) {
	c := v.c
	p.Table = ui.Table{Caption: v.peersTitle(b.Peers, b.Period), Columns: []ui.Column{{Head: c.T("board.unit")}, {Head: c.T("board.value"), Unit: b.Indicator.Measure}}, Empty: &ui.EmptyState{Title: c.T("board.no_units")}}
	for _, u := range b.Peers.Units {
		name := "value-" + itoa(u.ID)
		value := b.Of(u.ID).Value.Value
		if typed, sent := c.R.Form[name]; sent && len(typed) > 0 {
			value = typed[0]
		}
		if b.Indicator.Counted {
			p.Table.Rows = append(p.Table.Rows, ui.Row{Cells: []ui.Cell{{Text: u.In(c.Lang), Sub: u.Code}, ui.T(v.figure(value))}})
			continue
		}
		f := ui.Field{Type: "text", Name: name, Label: c.T("board.value_of", "Unit", u.In(c.Lang)), Value: value, Inputmode: "decimal", Width: "short", Plain: true, Error: errs[name]}
		fields = append(fields, f)
		p.Table.Rows = append(p.Table.Rows, ui.Row{Cells: []ui.Cell{{Text: u.In(c.Lang), Sub: u.Code}, {Field: &f}}})
	}
	return fields
}

func (s *Server) fillBoard(c *Ctx) error {
	b, a, err := s.boardAsked(c)
	if err != nil {
		return err
	}
	var entries []board.Entry
	for _, u := range b.Peers.Units {
		if typed, sent := c.R.Form["value-"+itoa(u.ID)]; sent && len(typed) > 0 {
			entries = append(entries, board.Entry{Unit: u, Value: typed[0]})
		}
	}
	n, err := s.Rooms.Boards.Put(c.R.Context(), c.Actor, b.Indicator.ID, b.Period, entries, c.Value("reason"))
	if fault.KindOf(err) == fault.Invalid {
		return s.showBoardFill(c, http.StatusUnprocessableEntity, err)
	}
	if err != nil {
		return err
	}
	said := "board.filled"
	if n == 0 {
		said = "board.filled_nothing"
	}
	return c.Go(boardPath(b.Indicator.ID)+a.query(), said)
}

// countBoard counts an indicator anew from the ledgers.
func (s *Server) countBoard(c *Ctx) error {
	b, a, err := s.boardAsked(c)
	if err != nil {
		return err
	}
	n, err := s.Rooms.Boards.Count(c.R.Context(), c.Actor, b.Indicator.ID, b.Period, c.Value("reason"))
	if fault.KindOf(err) == fault.Invalid {
		return s.showBoardFill(c, http.StatusUnprocessableEntity, err)
	}
	if err != nil {
		return err
	}
	said := "board.counted_now"
	if n == 0 {
		said = "board.filled_nothing"
	}
	return c.Go(boardPath(b.Indicator.ID)+a.query(), said)
}

// behind is the address of the list of matters from which an indicator is counted at a unit.
func behind(x board.Indicator, unit int64) string {
	q := url.Values{"under": {itoa(unit)}}
	if x.Of != "" {
		q.Set("type", x.Of)
	}
	switch x.Figure {
	case board.OnTimeRate, board.Closed, board.Late:
		q.Set("class", "ended")
	case board.Open:
		q.Set("class", "open")
	}
	return "/matters?" + q.Encode()
}
