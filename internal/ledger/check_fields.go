package ledger

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// formNames are the other places of the forms that ask for fields: to register a matter, and to take a step.
var formNames = []string{"type", "convenor", "unit", "units", "cycle", "owner", "on", "note", "early", "file", "link", "file_on",
	"version", "step", "from", "requester", "more"}

// Reserved says whether a field can't have an id, because forms use the word for something else.
func Reserved(id string) bool { return slices.Contains(formNames, id) }

func (c *checker) fields(fields []Field, path string, top bool) {
	seen := map[string]bool{}
	if top {
		for _, id := range formNames {
			seen[id] = true
		}
	}
	for i, f := range fields {
		at := fmt.Sprintf("%s/%d", path, i)
		c.id(seen, f.ID, at+"/id")
		c.words(f.Name, at+"/name")
		c.must(len(f.Hint) == 0 || f.Hint.Full(), at+"/hint", "ledger.check.no_wording", "Lang", "zh/en")
		c.must(slices.Contains(Kinds, f.Kind), at+"/kind", "ledger.check.not_one_of", "Value", f.Kind, "List", strings.Join(Kinds, ", "))
		c.must(top || slices.Contains(columnKinds, f.Kind), at+"/kind", "ledger.check.not_one_of", "Value", f.Kind, "List", strings.Join(columnKinds, ", "))
		c.must(f.Max >= 0 && f.Max <= 20000, at+"/max", "ledger.check.max", "Max", f.Max)
		c.must(f.Places >= 0 && f.Places <= 6, at+"/places", "ledger.check.max", "Max", f.Places)
		c.must(!f.Judged || (!top && i > 0), at+"/judged", "ledger.check.wrong_kind", "ID", f.ID, "Kind", f.Kind)
		c.fieldParts(f, at)
		if f.Kind == KindComputed {
			c.formula(fields[:i], f, at+"/formula")
		}
	}
}

var columnKinds = []string{KindText, KindLong, KindNumber, KindDecimal, KindMoney, KindDate, KindChoice, KindUnit, KindPost, KindPerson}

func (c *checker) fieldParts(f Field, at string) {
	c.must((f.Kind == KindChoice) == (len(f.Choices) > 0), at+"/choices", "ledger.check.choices", "ID", f.ID)
	seen := map[string]bool{}
	for j, ch := range f.Choices {
		c.id(seen, ch.ID, fmt.Sprintf("%s/choices/%d/id", at, j))
		c.words(ch.Name, fmt.Sprintf("%s/choices/%d/name", at, j))
	}
	c.must((f.Kind == KindTable) == (len(f.Columns) > 0), at+"/columns", "ledger.check.columns", "ID", f.ID)
	c.fields(f.Columns, at+"/columns", false)
	c.must(f.Kind != KindDecimal || f.Measure.Full(), at+"/measure", "ledger.check.no_wording", "Lang", "zh/en")
	c.must(!f.Free || f.Kind == KindPerson, at+"/free", "ledger.check.wrong_kind", "ID", f.ID, "Kind", f.Kind)
	c.must(!f.Doer || f.Kind == KindPerson, at+"/doer", "ledger.check.wrong_kind", "ID", f.ID, "Kind", f.Kind)
	c.must(!f.Future || f.Kind == KindDate, at+"/future", "ledger.check.wrong_kind", "ID", f.ID, "Kind", f.Kind)
	c.must(!f.Past || (f.Kind == KindDate && !f.Future), at+"/past", "ledger.check.wrong_kind", "ID", f.ID, "Kind", f.Kind)
	c.must(f.Least == "" || (numeric(f.Kind) && f.Kind != KindComputed && numberForm.MatchString(string(f.Least))), at+"/least", "ledger.check.wrong_kind", "ID", f.ID, "Kind", f.Kind)
	c.must(goodDefault(f), at+"/default", "ledger.check.default", "Value", f.Default, "Kind", f.Kind)
}

func goodDefault(f Field) bool {
	switch {
	case f.Default == "":
		return true
	case f.Default == "owner":
		return f.Kind == KindUnit
	case f.Default == "holder":
		return f.Kind == KindPerson || f.Kind == KindPost
	case f.Default == "today":
		return f.Kind == KindDate
	}
	_, ok := defaultDays(f)
	return ok && f.Kind == KindDate
}

func defaultDays(f Field) (int, bool) {
	text, ok := strings.CutPrefix(f.Default, "days:")
	n, err := strconv.Atoi(text)
	return n, ok && err == nil && n >= 0 && n <= 3660
}

// A formula's operations, by what each works on: "n" a number, "d" a date, "t" a table, "c" a table's column, "s" a
// table's column of numbers.
var formulas = map[string]string{"sum": "s", "count": "t", "count_filled": "c", "plus": "nn", "minus": "nn", "ratio": "nn", "weighted": "sc",
	"days": "dd", "add_years": "dn", "add_months": "dn"}

// formula checks a computed field against the fields that stand before it; a computed one among them counts as what it
// gives.
func (c *checker) formula(before []Field, f Field, at string) {
	want, known := formulas[f.Formula.Op]
	good := known && len(f.Formula.Of) == len(want)
	for i := 0; good && i < len(want); i++ {
		good = suits(before, f.Formula.Of[i], want[i])
	}
	if good && f.Formula.Op == "weighted" {
		good = tableOf(f.Formula.Of[0]) == tableOf(f.Formula.Of[1])
	}
	c.must(good, at, "ledger.check.formula", "ID", f.ID)
}

// Formulas lists the operations of formulas.
var Formulas = []string{"sum", "count", "count_filled", "plus", "minus", "ratio", "weighted", "days", "add_years", "add_months"}

// Operands lists, for each place of an operation, what of the given fields may stand there: fields, tables and columns
// ("table.column").
func Operands(before []Field, op string) [][]string {
	var out [][]string
	for _, want := range []byte(formulas[op]) {
		var refs []string
		for _, ref := range refsOf(before) {
			if suits(before, ref, want) {
				refs = append(refs, ref)
			}
		}
		out = append(out, refs)
	}
	return out
}

// TakesNumber says whether a whole number itself may stand in a place of an operation.
func TakesNumber(op string, place int) bool {
	want := formulas[op]
	return place < len(want) && want[place] == 'n'
}

// refsOf lists all fields, each table followed by its columns.
func refsOf(fields []Field) []string {
	var out []string
	for _, f := range fields {
		out = append(out, f.ID)
		for _, col := range f.Columns {
			out = append(out, f.ID+"."+col.ID)
		}
	}
	return out
}

// Refs lists all fields, each table followed by its columns ("table.column").
func (d *Definition) Refs() []string { return refsOf(d.Fields) }

func suits(fields []Field, ref string, want byte) bool {
	kind, column := kindOf(fields, ref), strings.Contains(ref, ".")
	switch want {
	case 'n':
		return !column && (numeric(kind) || wholeNumber(ref))
	case 'd':
		return !column && kind == KindDate
	case 't':
		return kind == KindTable
	case 's':
		return column && numeric(kind)
	}
	return column && kind != ""
}

func numeric(kind string) bool { return kind == KindNumber || kind == KindDecimal || kind == KindMoney }

// wholeNumber says whether a formula names a number itself instead of a field.
func wholeNumber(ref string) bool {
	n, err := strconv.Atoi(ref)
	return err == nil && n >= 0 && n <= 100000
}

func tableOf(ref string) string {
	table, _, _ := strings.Cut(ref, ".")
	return table
}

// kindOf gives the kind of a field, or of a table's column ("table.column"); of a computed field the kind of what it
// gives; "" where there is none.
func kindOf(fields []Field, ref string) string {
	table, column, dotted := strings.Cut(ref, ".")
	f, ok := fieldIn(fields, table)
	if !ok || (dotted && f.Kind != KindTable) {
		return ""
	}
	if dotted {
		f, _ = fieldIn(f.Columns, column)
	}
	return f.Gives()
}
