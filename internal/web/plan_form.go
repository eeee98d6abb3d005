package web

import (
	"fmt"
	"math/big"
	"net/url"

	"plumbline/internal/review/plan"
	"plumbline/internal/web/ui"
)

// PlanChapter is one chapter of a plan as a form.
type PlanChapter struct {
	ID, Title, Hint string
	Default         bool   // the pack's values, confirmed by nobody
	Confirm         string // name of the box that confirms them
	Fields          []ui.Field
	Grids           []PlanGrid
	Problems        []string // those that belong to no field
}

// PlanGrid is a list that can be edited without JavaScript: every button saves.
type PlanGrid struct {
	Path, Caption string
	HideCaption   bool // the chapter's title says the same
	Heads         []ui.Column
	Rows          []PlanRow
	Add           ui.Button
	Sum           *ui.Status
}

// PlanRow is one row of a grid.
type PlanRow struct {
	Hidden  []ui.Pair
	Cells   []PlanCell
	Buttons []ui.Button
}

// PlanCell holds the controls of one cell.
type PlanCell struct {
	Head   string
	Fields []ui.Field
}

// planForm draws a form from values; errors are sentences by field name.
type planForm struct {
	c      *Ctx
	values url.Values
	errors map[string]string
	used   map[string]bool
}

func (c *Ctx) planForm(values url.Values, body plan.Body, problems []plan.Problem) []PlanChapter {
	f := &planForm{c, values, map[string]string{}, map[string]bool{}}
	for _, p := range problems {
		name := plan.FieldName(p.Path)
		if f.errors[name] == "" {
			f.errors[name] = c.T(p.Key, p.Args...)
		}
	}
	var out []PlanChapter
	for _, spec := range c.planSpec(body) {
		ch := f.chapter(spec)
		ch.Default = body.IsDefault(spec.id)
		for _, p := range problems {
			if name := plan.FieldName(p.Path); p.Chapter() == spec.id && !f.used[name] {
				ch.Problems = append(ch.Problems, f.errors[name])
				f.used[name] = true
			}
		}
		out = append(out, ch)
	}
	return out
}

func (f *planForm) chapter(spec planChapter) PlanChapter {
	ch := PlanChapter{ID: spec.id, Title: f.c.T("plan.chapter." + spec.id), Hint: f.c.T("plan.hint." + spec.id), Confirm: "confirm." + spec.id}
	for _, x := range spec.fields {
		ch.Fields = append(ch.Fields, f.field("", x))
	}
	for _, l := range spec.lists {
		g := f.grid(l)
		g.HideCaption = len(spec.lists) == 1
		ch.Grids = append(ch.Grids, g)
	}
	return ch
}

func (f *planForm) field(row string, x planField) ui.Field {
	name := x.name
	if row != "" {
		name = row + "." + x.name
	}
	f.used[name] = true
	out := ui.Field{Name: name, Type: x.kind, Label: f.c.T(x.key), Value: f.values.Get(name), Options: x.options, Width: x.width, Error: f.errors[name], Plain: true}
	if x.kind == "checkboxes" {
		out.Type, out.Values, out.Inline = "checkbox", f.values[name], true
	}
	if x.kind == "number" {
		out.Step = "1"
	}
	return out
}

func (f *planForm) grid(l planList) PlanGrid {
	g := PlanGrid{Path: l.path, Caption: f.caption(l)}
	for _, col := range l.cols {
		g.Heads = append(g.Heads, ui.Column{Head: f.c.T(col.key)})
	}
	rows := plan.Rows(f.values, l.path)
	for i, n := range rows {
		g.Rows = append(g.Rows, f.row(l, n, i > 0))
	}
	g.Add = ui.Button{Text: f.c.T("plan.row.add"), Name: "do", Value: "add:" + l.path, Small: true}
	if l.sum != "" && len(rows) > 0 {
		g.Sum = f.sum(l, rows)
	}
	return g
}

// caption names a list; the lines of a check-sheet are named after its part.
func (f *planForm) caption(l planList) string {
	var at int
	if _, err := fmt.Sscanf(l.path, "parts.%d.sheet.lines", &at); err == nil {
		base := fmt.Sprintf("parts.%d.name.", at)
		name := f.values.Get(base + f.c.Lang)
		if name == "" {
			name = f.values.Get(base + "zh")
		}
		return f.c.T(l.key, "Name", name)
	}
	return f.c.T(l.key)
}

func (f *planForm) row(l planList, n int, mayRise bool) PlanRow {
	at := fmt.Sprintf("%s.%d", l.path, n)
	var r PlanRow
	for _, h := range l.hidden {
		r.Hidden = append(r.Hidden, ui.Pair{Name: at + "." + h, Value: f.values.Get(at + "." + h)})
	}
	for _, col := range l.cols {
		cell := PlanCell{Head: f.c.T(col.key)}
		for _, x := range col.fields {
			cell.Fields = append(cell.Fields, f.field(at, x))
		}
		r.Cells = append(r.Cells, cell)
	}
	if mayRise {
		r.Buttons = append(r.Buttons, ui.Button{Text: f.c.T("plan.row.up"), Kind: "quiet", Small: true, Name: "do", Value: "up:" + at})
	}
	r.Buttons = append(r.Buttons, ui.Button{Text: f.c.T("plan.row.drop"), Kind: "quiet", Small: true, Name: "do", Value: "drop:" + at})
	return r
}

// sum shows what the weights of a list add up to, exactly.
func (f *planForm) sum(l planList, rows []int) *ui.Status {
	total := new(big.Rat)
	for _, n := range rows {
		w, ok := new(big.Rat).SetString(f.values.Get(fmt.Sprintf("%s.%d.%s", l.path, n, l.sum)))
		if !ok || len(f.values.Get(fmt.Sprintf("%s.%d.%s", l.path, n, l.sum))) > 20 {
			return &ui.Status{State: ui.Late, Text: f.c.T("plan.sum.unknown")}
		}
		total.Add(total, w)
	}
	text := total.FloatString(6)
	for text[len(text)-1] == '0' {
		text = text[:len(text)-1]
	}
	if text[len(text)-1] == '.' {
		text = text[:len(text)-1]
	}
	if total.Cmp(big.NewRat(1, 1)) == 0 {
		return &ui.Status{State: ui.Done, Text: f.c.T("plan.sum.right")}
	}
	return &ui.Status{State: ui.Late, Text: f.c.T("plan.sum.wrong", "Sum", text)}
}
