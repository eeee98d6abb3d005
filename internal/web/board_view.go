package web

import (
	"strconv"

	"plumbline/internal/board"
	"plumbline/internal/office/table"
	"plumbline/internal/org"
	"plumbline/internal/pack"
	"plumbline/internal/web/ui"
)

// boardView words what boards say.
type boardView struct {
	c *Ctx
	a boardAsk
}

// lampState is the shape of a lamp.
var lampState = map[string]string{board.Green: ui.OnTime, board.Amber: ui.Soon, board.Red: ui.Late}

// peersTitle says who is compared, and when.
func (v boardView) peersTitle(p board.Peers, at board.Period) string {
	kind := pack.Find(v.c.srv.Pack.UnitKinds, p.Kind).Name.In(v.c.Lang)
	return v.c.T("board.peers", "Unit", p.Parent.In(v.c.Lang), "Kind", kind, "Count", len(p.Units), "Period", v.c.periodText(at))
}

// path is the address of a board, or of a unit on it.
func (v boardView) path(indicator int64) string {
	return boardPath(indicator) + v.a.query()
}

func boardPath(indicator int64) string { return "/boards/" + itoa(indicator) }

func (v boardView) unitPath(indicator, unit int64) string {
	return boardPath(indicator) + "/units/" + itoa(unit) + v.a.query()
}

// figure writes a value in the reader's form.
func (v boardView) figure(value string) string {
	if value == "" {
		return v.c.T("board.no_figure")
	}
	return v.c.locale().Num(value)
}

// rank writes a place and by how much it changed.
func (v boardView) rank(rank int) string {
	if rank == 0 {
		return "–"
	}
	return v.c.T("board.rank_n", "Rank", rank)
}

func (v boardView) rose(places int, known bool, rank int) string {
	switch {
	case rank == 0:
		return "–"
	case !known:
		return v.c.T("board.new")
	case places > 0:
		return v.c.T("board.up", "Places", places)
	case places < 0:
		return v.c.T("board.down", "Places", -places)
	}
	return v.c.T("board.same")
}

// lamp is a value with its lamp and the lamp's name; without a lamp the value alone.
func (v boardView) lamp(r board.Row) ui.Cell {
	if r.Lamp == "" {
		return ui.T("–")
	}
	return ui.Cell{Status: &ui.Status{State: lampState[r.Lamp], Text: v.c.T("board.lamp." + r.Lamp)}}
}

// small marks a counted value that rests on few matters.
func (v boardView) small(x board.Value) string {
	switch {
	case x.Base < 0 || x.Version == 0:
		return ""
	case x.Base < board.SmallBase:
		return v.c.T("board.base_small", "Base", x.Base)
	}
	return v.c.T("board.base", "Base", x.Base)
}

// order lists the units of an overview by the combined board, or by code.
func (v boardView) order(o board.Overview) []org.Unit {
	if o.Combined == nil {
		return o.Peers.Units
	}
	out := make([]org.Unit, len(o.Combined))
	for i, s := range o.Combined {
		out[i] = s.Unit
	}
	return out
}

// sides is the table of all indicators, a row for each unit, in the order of the combined board where there is one.
func (v boardView) sides(o board.Overview) ui.Table {
	t := ui.Table{Caption: v.c.T("board.sides"), HideCaption: true, Wide: true, Columns: []ui.Column{{Head: v.c.T("board.unit")}},
		Empty: &ui.EmptyState{Title: v.c.T("board.no_units")}}
	for _, b := range o.Boards {
		t.Columns = append(t.Columns, ui.Column{Head: b.Indicator.Name, Unit: b.Indicator.Measure})
	}
	for _, u := range v.order(o) {
		row := ui.Row{Cells: []ui.Cell{{Text: u.In(v.c.Lang), Href: "/units/" + itoa(u.ID)}}}
		for _, b := range o.Boards {
			row.Cells = append(row.Cells, v.sideCell(b, b.Of(u.ID)))
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// sideCell is a value with its lamp, and its place below.
func (v boardView) sideCell(b board.Board, r board.Row) ui.Cell {
	cell := ui.Cell{Text: v.figure(r.Value.Value), Href: v.unitPath(b.Indicator.ID, r.Unit.ID)}
	if r.Rank == 0 {
		return cell
	}
	places, known := r.Rose()
	cell.Sub = v.c.T("board.side", "Rank", v.rank(r.Rank), "Change", v.rose(places, known, r.Rank))
	if r.Lamp != "" {
		cell.Status = &ui.Status{State: lampState[r.Lamp], Text: cell.Text}
		cell.Sub = v.c.T("board.side_lamp", "Lamp", v.c.T("board.lamp."+r.Lamp), "Place", cell.Sub)
	}
	if r.Value.Base >= 0 && r.Value.Base < board.SmallBase {
		cell.Sub += v.c.T("board.side_small", "Base", r.Value.Base)
	}
	return cell
}

// combined is the combined board; nil where no indicator has a weight.
func (v boardView) combined(o board.Overview) *ui.Table {
	if o.Combined == nil {
		return nil
	}
	t := &ui.Table{Caption: v.c.T("board.combined"), Columns: []ui.Column{{Head: v.c.T("board.rank"), Align: "nowrap"}, {Head: v.c.T("board.unit")},
		{Head: v.c.T("board.points"), Align: "right"}, {Head: v.c.T("board.change"), Align: "nowrap"}}}
	for _, s := range o.Combined {
		places, known := s.Rose()
		points := ui.T(v.figure(s.Points))
		if s.Missing > 0 {
			points.Sub = v.c.T("board.missing", "Number", s.Missing)
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{ui.T(v.rank(s.Rank)), {Text: s.Unit.In(v.c.Lang), Href: "/units/" + itoa(s.Unit.ID)}, points, ui.T(v.rose(places, known, s.Rank))}})
	}
	return t
}

// indicators lists what is compared.
func (v boardView) indicators(g board.Group) ui.Table {
	t := ui.Table{Caption: v.c.T("board.indicators"), Columns: []ui.Column{{Head: v.c.T("board.indicator")}, {Head: v.c.T("board.direction"), Align: "nowrap"}, {Head: v.c.T("board.source")},
		{Head: v.c.T("board.target"), Align: "right"}, {Head: v.c.T("board.weight"), Align: "right"}}}
	for _, x := range g.Indicators {
		name := ui.Cell{Text: x.Name, Sub: x.Definition}
		if x.Ended {
			name.Sub = v.c.T("board.ended") + " " + name.Sub
		}
		t.Rows = append(t.Rows, ui.Row{Href: v.path(x.ID), Cells: []ui.Cell{name, ui.T(v.direction(x)), ui.T(v.source(x)), ui.T(v.withMeasure(x, x.Target)), ui.T(v.or(x.Weight))}})
	}
	return t
}

func (v boardView) direction(x board.Indicator) string {
	if x.Down {
		return v.c.T("board.less")
	}
	return v.c.T("board.more")
}

func (v boardView) source(x board.Indicator) string {
	if x.Counted {
		return v.c.T("board.from_ledgers")
	}
	return v.c.T("board.from_file")
}

func (v boardView) or(value string) string {
	if value == "" {
		return "–"
	}
	return v.c.locale().Num(value)
}

func (v boardView) withMeasure(x board.Indicator, value string) string {
	if value == "" {
		return "–"
	}
	return v.c.T("board.with_measure", "Value", v.c.locale().Num(value), "Measure", x.Measure)
}

// rows is the table of one indicator.
func (v boardView) rows(b board.Board) ui.Table {
	t := ui.Table{Caption: v.peersTitle(b.Peers, b.Period), Columns: []ui.Column{{Head: v.c.T("board.rank"), Align: "nowrap"}, {Head: v.c.T("board.unit")},
		{Head: v.c.T("board.value"), Unit: b.Indicator.Measure, Align: "right"}, {Head: v.c.T("board.target"), Unit: b.Indicator.Measure, Align: "right"},
		{Head: v.c.T("board.lamp"), Align: "nowrap"}, {Head: v.c.T("board.change"), Align: "nowrap"}}, Empty: &ui.EmptyState{Title: v.c.T("board.no_units")}}
	for _, r := range b.Rows {
		places, known := r.Rose()
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{ui.T(v.rank(r.Rank)), {Text: r.Unit.In(v.c.Lang), Href: v.unitPath(b.Indicator.ID, r.Unit.ID)},
			{Text: v.figure(r.Value.Value), Sub: v.small(r.Value)}, ui.T(v.or(b.Indicator.Target)), v.lamp(r), ui.T(v.rose(places, known, r.Rank))}})
	}
	return t
}

// sheet is one indicator's board for a workbook.
func (v boardView) sheet(b board.Board) table.Sheet {
	s := table.Sheet{Name: b.Indicator.Name, Columns: []table.Column{{Title: v.c.T("board.rank"), Kind: table.Number}, {Title: v.c.T("board.code")}, {Title: v.c.T("board.unit")},
		{Title: v.c.T("board.value") + " (" + b.Indicator.Measure + ")", Kind: table.Number}, {Title: v.c.T("board.target"), Kind: table.Number}, {Title: v.c.T("board.lamp")},
		{Title: v.c.T("board.rank_before"), Kind: table.Number}, {Title: v.c.T("board.base_head"), Kind: table.Number}, {Title: v.c.T("board.came_from")}, {Title: v.c.T("board.reason")}}}
	var rows [][]string
	for _, r := range b.Rows {
		lamp, base, from := "", "", ""
		if r.Lamp != "" {
			lamp = v.c.T("board.lamp." + r.Lamp)
		}
		if r.Value.Version > 0 {
			from = v.c.T("board.source." + r.Value.Source)
			if r.Value.Base >= 0 {
				base = itoa(r.Value.Base)
			}
		}
		value := r.Value.Value
		if value == "" {
			value = v.c.T("board.no_figure")
		}
		rows = append(rows, []string{rankCell(r.Rank), r.Unit.Code, r.Unit.In(v.c.Lang), value, b.Indicator.Target, lamp, rankCell(r.Was), base, from, r.Value.Reason})
	}
	s.Rows = table.RowsOf(rows)
	return s
}

// sidesSheet is the side-by-side board for a workbook.
func (v boardView) sidesSheet(o board.Overview) table.Sheet {
	s := table.Sheet{Name: v.c.periodText(o.Period), Columns: []table.Column{{Title: v.c.T("board.code")}, {Title: v.c.T("board.unit")}}}
	if o.Combined != nil {
		s.Columns = append(s.Columns, table.Column{Title: v.c.T("board.points"), Kind: table.Number}, table.Column{Title: v.c.T("board.rank"), Kind: table.Number})
	}
	for _, b := range o.Boards {
		s.Columns = append(s.Columns, table.Column{Title: b.Indicator.Name + " (" + b.Indicator.Measure + ")", Kind: table.Number}, table.Column{Title: b.Indicator.Name + " " + v.c.T("board.rank"), Kind: table.Number})
	}
	var rows [][]string
	for _, u := range v.order(o) {
		row := []string{u.Code, u.In(v.c.Lang)}
		for _, x := range o.Combined {
			if x.Unit.ID == u.ID {
				row = append(row, x.Points, rankCell(x.Rank))
			}
		}
		for _, b := range o.Boards {
			r := b.Of(u.ID)
			value := r.Value.Value
			if value == "" {
				value = v.c.T("board.no_figure")
			}
			row = append(row, value, rankCell(r.Rank))
		}
		rows = append(rows, row)
	}
	s.Rows = table.RowsOf(rows)
	return s
}

// rankCell is a rank for a workbook, empty for none.
func rankCell(rank int) string {
	if rank == 0 {
		return ""
	}
	return strconv.Itoa(rank)
}
