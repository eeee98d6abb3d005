package web

import (
	"math/big"
	"slices"
	"strings"

	"plumbline/internal/calendar"
	"plumbline/internal/ledger"
	"plumbline/internal/web/ui"
)

// matterPictures draws what the definition wants drawn from the rows of tables; an empty table has no picture.
func (s *Server) matterPictures(c *Ctx, v ledger.View, names ledger.Names) []ui.Chart {
	var out []ui.Chart
	for i, pic := range v.Def.Pictures {
		f, ok := v.Def.Field(pic.Table)
		rows := v.Matter.Values[pic.Table].Rows
		if !ok || len(rows) == 0 {
			continue
		}
		t := pictured{c: c, table: f, rows: rows, names: names, id: "picture-" + itoa(int64(i+1))}
		switch pic.Kind {
		case ledger.PictureGantt:
			out = append(out, t.gantt(pic, s.lampDay(c, v.Matter), s.Ledgers().Calendar()))
		case ledger.PictureCurve:
			out = append(out, t.curve(pic))
		}
	}
	return out
}

// lampDay is the day at which plans are judged: today, or the day on which the matter ended.
func (s *Server) lampDay(c *Ctx, m ledger.Matter) calendar.Date {
	if d, err := calendar.ParseDate(m.Closed); ledger.Ended(m.Class) && err == nil {
		return d
	}
	return s.Ledgers().Today(s.Now())
}

// pictured is a table whose rows are drawn.
type pictured struct {
	c     *Ctx
	table ledger.Field
	rows  [][]string
	names ledger.Names
	id    string
}

// cell is what a row holds in a column; "" without that column.
func (t pictured) cell(row []string, column string) string {
	for i, col := range t.table.Columns {
		if col.ID == column && i < len(row) {
			return row[i]
		}
	}
	return ""
}

func (t pictured) columnName(column string) string {
	for _, col := range t.table.Columns {
		if col.ID == column {
			return col.Name.In(t.c.Lang)
		}
	}
	return column
}

// gantt draws rows with what was planned and what is done; its title says how many are done and late on the day.
func (t pictured) gantt(pic ledger.Picture, day calendar.Date, cal *calendar.Calendar) ui.Gantt {
	g := ui.Gantt{ChartHead: ui.ChartHead{ID: t.id, Desc: t.c.T("picture.gantt_desc", "Table", t.table.Name.In(t.c.Lang), "Date", t.c.date(day.String()))}, Today: day.String()}
	done, late := 0, 0
	for _, row := range t.rows {
		it := ui.GanttRow{Label: t.cell(row, pic.Name), From: t.cell(row, pic.From), To: t.cell(row, pic.To), Done: t.cell(row, pic.Done)}
		it.State = planLamp(it, day, cal)
		switch it.State {
		case ui.Done:
			done++
		case ui.Late:
			late++
		}
		g.Items = append(g.Items, it)
	}
	table := t.table.Name.In(t.c.Lang)
	g.Title = t.c.T("picture.gantt_title", "Table", table, "Done", done, "All", len(g.Items))
	if late > 0 {
		g.Title = t.c.T("picture.gantt_late", "Table", table, "Done", done, "All", len(g.Items), "Late", late)
	}
	return g
}

// planLamp says how a row of a plan stands on a day: done, else by its date, else waiting for its beginning.
func planLamp(it ui.GanttRow, day calendar.Date, cal *calendar.Calendar) string {
	if it.Done != "" {
		return ui.Done
	}
	due, err := calendar.ParseDate(it.To)
	if err != nil {
		return ui.None
	}
	lamp := cal.Lamp(due, day, calendar.SoonDays)
	begin, err := calendar.ParseDate(it.From)
	switch {
	case lamp == calendar.Late:
		return ui.Late
	case lamp == calendar.DueSoon:
		return ui.Soon
	case err == nil && day.Before(begin):
		return ui.Waiting
	}
	return ui.OnTime
}

// curve draws the columns named, in the order of the dates; its title says how far the first line is from the second
// where both were last known.
func (t pictured) curve(pic ledger.Picture) ui.Curve {
	rows := slices.Clone(t.rows)
	if t.kind(pic.X) == ledger.KindDate {
		rows = slices.DeleteFunc(rows, func(row []string) bool { return t.cell(row, pic.X) == "" })
		slices.SortStableFunc(rows, func(a, b []string) int { return strings.Compare(t.cell(a, pic.X), t.cell(b, pic.X)) })
	}
	out := ui.Curve{ChartHead: ui.ChartHead{ID: t.id, Title: t.table.Name.In(t.c.Lang), Desc: t.c.T("picture.curve_desc", "Table", t.table.Name.In(t.c.Lang), "Count", len(rows))}}
	for _, row := range rows {
		out.X = append(out.X, t.cell(row, pic.X))
	}
	for i, column := range pic.Lines {
		ln := ui.CurveLine{Label: t.columnName(column), Mark: i == 0}
		for _, row := range rows {
			ln.Values = append(ln.Values, t.cell(row, column))
		}
		out.Lines = append(out.Lines, ln)
	}
	if len(out.Lines) >= 2 {
		t.gap(&out)
	}
	return out
}

func (t pictured) kind(column string) string {
	for _, col := range t.table.Columns {
		if col.ID == column {
			return col.Kind
		}
	}
	return ""
}

// gap puts the distance of the first two lines into the title, and what became of it since the first date into the
// description.
func (t pictured) gap(out *ui.Curve) {
	own, other := out.Lines[0], out.Lines[1]
	var first, last *big.Rat
	places, when := 0, ""
	for j := range out.X {
		a, okA := new(big.Rat).SetString(own.Values[j])
		b, okB := new(big.Rat).SetString(other.Values[j])
		if !okA || !okB {
			continue
		}
		last, when = a.Sub(a, b), out.X[j]
		if first == nil {
			first = new(big.Rat).Set(last)
		}
		for _, text := range []string{own.Values[j], other.Values[j]} {
			_, frac, _ := strings.Cut(text, ".")
			places = max(places, len(frac))
		}
	}
	if last == nil {
		return
	}
	key := map[int]string{-1: "picture.below", 0: "picture.level", 1: "picture.above"}[last.Sign()]
	size := new(big.Rat).Abs(last)
	if _, err := calendar.ParseDate(when); err == nil {
		when = t.c.date(when)
	}
	out.Title = t.c.T(key, "Own", own.Label, "Other", other.Label, "Gap", size.FloatString(places), "When", when)
	change := new(big.Rat).Sub(size, first.Abs(first))
	switch change.Sign() {
	case -1:
		out.Desc = t.c.T("picture.narrower", "Table", t.table.Name.In(t.c.Lang), "Count", len(out.X), "By", change.Neg(change).FloatString(places))
	case 1:
		out.Desc = t.c.T("picture.wider", "Table", t.table.Name.In(t.c.Lang), "Count", len(out.X), "By", change.FloatString(places))
	}
}
