package web

import (
	"slices"
	"strconv"
	"strings"

	"plumbline/internal/ledger"
	"plumbline/internal/web/ui"
)

// Blank rows that stand ready at the end of a list in a form.
const (
	blankChoices = 2
	blankOthers  = 1
)

// columnKinds are the kinds that a column of a table may have.
var columnKinds = slices.DeleteFunc(slices.Clone(ledger.Kinds), func(k string) bool {
	return k == ledger.KindFile || k == ledger.KindLink || k == ledger.KindTable || k == ledger.KindComputed
})

func askedAt(d *ledger.Definition, id string) string {
	return askOf(d.Register, id)
}

// askOf says how a list of questions asks for a field.
func askOf(list []ledger.Ask, id string) string {
	for _, a := range list {
		if a.Field == id {
			return map[bool]string{true: ledger.Must, false: ledger.May}[a.Must]
		}
	}
	return ledger.No
}

func (c *Ctx) fieldNote(d *ledger.Definition, f ledger.Field) string {
	note := c.T("design.kind." + f.Kind)
	if asked := askedAt(d, f.ID); asked != ledger.No {
		note += c.T("design.note_sep") + c.T("design.asked_at."+asked)
	}
	return note
}

func (c *Ctx) fieldBoxes(d *ledger.Definition, i int) designBoxes {
	f, at := d.Fields[i], "f."+strconv.Itoa(i)+"."
	kind := c.pick(at+"kind", "design.kind", f.Kind, c.worded("design.kind.", ledger.Kinds))
	kind.Hint = c.T("design.kind_hint")
	b := designBoxes{fields: append(c.designWords(at, f.Name, 60), kind)}
	if f.Kind != ledger.KindComputed {
		b.fields = append(b.fields, c.pick(at+"asked", "design.asked", askedAt(d, f.ID), c.worded("design.ask.", []string{ledger.No, ledger.May, ledger.Must})))
	}
	b.fields = append(b.fields, c.kindBoxes(f, at)...)
	b.fields = append(b.fields, c.wordPair(at+"hint_", "design.hint_", f.Hint, 200, false)...)
	switch f.Kind {
	case ledger.KindComputed:
		b.groups = []DesignGroup{c.formulaGroup(d, i, at)}
	case ledger.KindChoice:
		b.groups = []DesignGroup{c.choiceGroup(f, at)}
	case ledger.KindTable:
		b.groups = []DesignGroup{c.columnGroup(f, at)}
	}
	return b
}

// kindBoxes are the boxes that a field of its kind alone has.
func (c *Ctx) kindBoxes(f ledger.Field, at string) []ui.Field {
	switch f.Kind {
	case ledger.KindText, ledger.KindLong, ledger.KindTable:
		return []ui.Field{c.figure(at+"max", "design.max."+f.Kind, howMany(f.Max))}
	case ledger.KindDecimal:
		return append(c.wordPair(at+"measure_", "design.measure_", f.Measure, 20, true), c.figure(at+"places", "design.places", howMany(f.Places)))
	case ledger.KindDate:
		days := ""
		start := f.Default
		if n, ok := strings.CutPrefix(f.Default, "days:"); ok {
			start, days = "days", n
		}
		return []ui.Field{c.pick(at+"default", "design.default", start, c.orNone(c.worded("design.default.", []string{"today", "days"}))), c.figure(at+"days", "design.default_days", days),
			{Type: "checkbox", Name: at + "future", Label: c.T("design.future"), Value: ticked(f.Future), Plain: true}}
	case ledger.KindUnit:
		return []ui.Field{c.pick(at+"default", "design.default", f.Default, c.orNone(c.worded("design.default.", []string{"owner"})))}
	case ledger.KindPost:
		return []ui.Field{c.pick(at+"default", "design.default", f.Default, c.orNone(c.worded("design.default.", []string{"holder"})))}
	case ledger.KindPerson:
		return []ui.Field{c.pick(at+"default", "design.default", f.Default, c.orNone(c.worded("design.default.", []string{"holder"}))),
			{Type: "checkbox", Name: at + "free", Label: c.T("design.free"), Value: ticked(f.Free), Plain: true},
			{Type: "checkbox", Name: at + "doer", Label: c.T("design.doer"), Value: ticked(f.Doer), Plain: true}}
	}
	return nil
}

func (c *Ctx) formulaGroup(d *ledger.Definition, i int, at string) DesignGroup {
	f := d.Fields[i]
	g := DesignGroup{Title: c.T("design.formula"), Hint: c.T("design.formula_hint"), Open: true, Fields: []ui.Field{c.pick(at+"op", "design.op", f.Formula.Op, c.worded("design.op.", ledger.Formulas))}}
	for n, refs := range ledger.Operands(d.Fields[:i], f.Formula.Op) {
		of := ""
		if n < len(f.Formula.Of) {
			of = f.Formula.Of[n]
		}
		no, number := strconv.Itoa(n), ""
		options := c.orNone(c.refOptions(d, refs))
		if _, err := strconv.Atoi(of); err == nil {
			of, number = "", of
		}
		g.Fields = append(g.Fields, c.pick(at+"of"+no, "design.operand."+f.Formula.Op+"."+no, of, options))
		if ledger.TakesNumber(f.Formula.Op, n) && n > 0 {
			g.Fields = append(g.Fields, c.figure(at+"number"+no, "design.operand_number", number))
		}
	}
	return g
}

func (c *Ctx) choiceGroup(f ledger.Field, at string) DesignGroup {
	g := DesignGroup{Title: c.T("design.choices"), Hint: c.T("design.rows_hint"), Open: true}
	for n := range len(f.Choices) + blankChoices {
		var ch ledger.Choice
		if n < len(f.Choices) {
			ch = f.Choices[n]
		}
		key := at + "c." + strconv.Itoa(n)
		g.Items = append(g.Items, DesignItem{Key: key, ID: ch.ID, Label: c.T("design.choice_no", "N", n+1), Fields: c.designWords(key+".", ch.Name, 60)})
	}
	return g
}

func (c *Ctx) columnGroup(f ledger.Field, at string) DesignGroup {
	g := DesignGroup{Title: c.T("design.columns"), Hint: c.T("design.rows_hint"), Open: true}
	for n := range len(f.Columns) + blankOthers {
		col := ledger.Field{Kind: ledger.KindText}
		if n < len(f.Columns) {
			col = f.Columns[n]
		}
		key := at + "c." + strconv.Itoa(n)
		it := DesignItem{Key: key, ID: col.ID, Label: c.T("design.column_no", "N", n+1), Fields: append(c.designWords(key+".", col.Name, 60), c.pick(key+".kind", "design.kind", col.Kind, c.worded("design.kind.", columnKinds)))}
		switch col.Kind {
		case ledger.KindDecimal:
			it.Fields = append(it.Fields, c.wordPair(key+".measure_", "design.measure_", col.Measure, 20, true)...)
		case ledger.KindChoice:
			var lines []string
			for _, ch := range col.Choices {
				lines = append(lines, ch.Name["zh"]+" | "+ch.Name["en"])
			}
			it.Fields = append(it.Fields, ui.Field{Type: "textarea", Name: key + ".choices", Label: c.T("design.choices"), Hint: c.T("design.choices_hint"), Value: strings.Join(lines, "\n"), Rows: max(3, len(lines)+1), Plain: true})
		}
		g.Items = append(g.Items, it)
	}
	return g
}
