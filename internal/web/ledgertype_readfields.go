package web

import (
	"slices"
	"strconv"
	"strings"

	"plumbline/internal/ledger"
	"plumbline/internal/wording"
)

func (r designReader) fields(d *ledger.Definition) {
	var fields []ledger.Field
	var register []ledger.Ask
	was := *d
	for _, i := range r.rows("f") {
		at := "f." + i + "."
		f, known := was.Field(r.text(at + "id"))
		if !known {
			f.ID = newKey("f", func(id string) bool {
				_, has := was.Field(id)
				return has || slices.ContainsFunc(fields, func(f ledger.Field) bool { return f.ID == id })
			})
		}
		f.Name = r.wording(at)
		if r.v.Has(at + "hint_zh") {
			f.Hint = r.wording(at + "hint_")
		}
		kind := otherwise(r.text(at+"kind"), ledger.KindText)
		if kind != f.Kind { // what suited the old kind does not suit the new one
			f = ledger.Field{ID: f.ID, Kind: kind, Name: f.Name, Hint: f.Hint}
		}
		r.kindOf(&f, at)
		if asked := r.text(at + "asked"); kind != ledger.KindComputed && (asked == ledger.May || asked == ledger.Must) {
			register = append(register, ledger.Ask{Field: f.ID, Must: asked == ledger.Must})
		}
		fields = append(fields, f)
	}
	// Fields are asked for in the order in which they were before, new ones after them.
	slices.SortStableFunc(register, func(a, b ledger.Ask) int { return place(was.Register, a) - place(was.Register, b) })
	d.Fields, d.Register = fields, register
}

func place(asks []ledger.Ask, a ledger.Ask) int {
	if i := slices.IndexFunc(asks, func(o ledger.Ask) bool { return o.Field == a.Field }); i >= 0 {
		return i
	}
	return len(asks)
}

// kindOf reads the boxes that a field of its kind alone has. A field that was of another kind when the form was shown
// has none of them, and keeps what it has.
func (r designReader) kindOf(f *ledger.Field, at string) {
	switch f.Kind {
	case ledger.KindText, ledger.KindLong, ledger.KindTable:
		f.Max = r.number(at + "max")
	case ledger.KindDecimal:
		if r.v.Has(at + "measure_zh") {
			f.Measure, f.Places = r.wording(at+"measure_"), r.number(at+"places")
		}
	case ledger.KindDate:
		f.Future, f.Default = r.v.Has(at+"future"), r.text(at+"default")
		if f.Default == "days" {
			f.Default = "days:" + strconv.Itoa(r.number(at+"days"))
		}
	case ledger.KindUnit, ledger.KindPost:
		f.Default = r.text(at + "default")
	case ledger.KindPerson:
		f.Default, f.Free, f.Doer = r.text(at+"default"), r.v.Has(at+"free"), r.v.Has(at+"doer")
	case ledger.KindComputed:
		if r.v.Has(at + "op") {
			r.formula(f, at)
		}
	case ledger.KindChoice:
		if r.v.Has(at + "c.0.id") {
			f.Choices = r.choices(f.Choices, at+"c.")
		}
	}
	if f.Kind == ledger.KindTable && r.v.Has(at+"c.0.id") {
		f.Columns = r.columns(f.Columns, at+"c.")
	}
}

// formula reads how a field is computed; an operation just chosen has its operands still to come.
func (r designReader) formula(f *ledger.Field, at string) {
	op := r.text(at + "op")
	if op != f.Formula.Op {
		f.Formula = ledger.Formula{Op: op}
		return
	}
	f.Formula.Of = nil
	for n := 0; r.v.Has(at + "of" + strconv.Itoa(n)); n++ {
		no := strconv.Itoa(n)
		of := r.text(at + "of" + no)
		if of == "" && r.text(at+"number"+no) != "" {
			of = strconv.Itoa(r.number(at + "number" + no))
		}
		f.Formula.Of = append(f.Formula.Of, of)
	}
}

func (r designReader) choices(was []ledger.Choice, at string) []ledger.Choice {
	var out []ledger.Choice
	r.items(at, func(at, id string) {
		name := r.wording(at)
		if name == nil {
			return
		}
		out = append(out, ledger.Choice{ID: otherwise(id, ledger.MakeID(name["en"], takenBy(was, out))), Name: name})
	})
	return out
}

func takenBy(lists ...[]ledger.Choice) func(id string) bool {
	return func(id string) bool {
		return slices.ContainsFunc(slices.Concat(lists...), func(c ledger.Choice) bool { return c.ID == id })
	}
}

func (r designReader) columns(was []ledger.Field, at string) []ledger.Field {
	var out []ledger.Field
	r.items(at, func(at, id string) {
		name := r.wording(at)
		if name == nil {
			return
		}
		col := ledger.Field{}
		if i := slices.IndexFunc(was, func(f ledger.Field) bool { return id != "" && f.ID == id }); i >= 0 {
			col = was[i]
		}
		if kind := otherwise(r.text(at+"kind"), ledger.KindText); kind != col.Kind {
			col = ledger.Field{Kind: kind, Hint: col.Hint}
		}
		col.Name, col.ID = name, otherwise(id, ledger.MakeID(name["en"], func(id string) bool {
			return slices.ContainsFunc(slices.Concat(was, out), func(f ledger.Field) bool { return f.ID == id })
		}))
		if r.v.Has(at+"measure_zh") && col.Kind == ledger.KindDecimal {
			col.Measure = r.wording(at + "measure_")
		}
		if r.v.Has(at+"choices") && col.Kind == ledger.KindChoice {
			col.Choices = readChoices(r.text(at+"choices"), col.Choices)
		}
		out = append(out, col)
	})
	return out
}

// readChoices reads one choice a line, "中文 | English"; one that kept either name is the one that it was.
func readChoices(text string, was []ledger.Choice) []ledger.Choice {
	var out []ledger.Choice
	for _, line := range strings.Split(text, "\n") {
		if strings.TrimSpace(line) == "" {
			continue
		}
		zh, en, _ := strings.Cut(strings.ReplaceAll(line, "｜", "|"), "|")
		name := wording.Text{"zh": strings.TrimSpace(zh), "en": strings.TrimSpace(en)}
		id := ""
		if i := slices.IndexFunc(was, func(c ledger.Choice) bool {
			return name["zh"] != "" && c.Name["zh"] == name["zh"] || name["en"] != "" && c.Name["en"] == name["en"]
		}); i >= 0 {
			id = was[i].ID
		}
		out = append(out, ledger.Choice{ID: otherwise(id, ledger.MakeID(name["en"], takenBy(was, out))), Name: name})
	}
	return out
}
