package ledger

import (
	"math/big"
	"slices"
	"strings"

	"plumbline/internal/calendar"
)

// needKeys are the keys that each rule reads beside "say"; it may have no others.
var needKeys = map[string][]string{
	NeedFilled: {"field"}, NeedEquals: {"field", "value"}, NeedNotEquals: {"field", "value"},
	NeedAtLeast: {"field", "value"}, NeedAtMost: {"field", "value"}, NeedRows: {"field", "n"},
	NeedColumnFilled: {"field"}, NeedColumnIs: {"field", "value"}, NeedSumIs: {"field", "value"},
	NeedMoreThanHalf: {"field", "of"}, NeedNotMore: {"field", "of"}, NeedNotBefore: {"field", "of"},
	NeedFilledIf: {"field", "if", "value"}, NeedColumnFilledIf: {"field", "if", "value"},
	NeedLinksEnded: {"link"}, NeedHasLink: {"link"},
}

// NeedKeys lists the keys that a rule reads beside the sentence.
func NeedKeys(rule string) []string { return needKeys[rule] }

func (c *checker) need(d *Definition, n Need, at string) {
	c.words(n.Say, at+"/say")
	keys, known := needKeys[n.Rule]
	c.must(known, at+"/rule", "ledger.check.not_one_of", "Value", n.Rule, "List", strings.Join(NeedRules, ", "))
	if !known {
		return
	}
	given := map[string]bool{"field": n.Field != "", "of": n.Of != "", "if": n.If != "", "value": n.Value != "", "n": n.N != 0, "link": n.Link != ""}
	for _, key := range []string{"field", "of", "if", "value", "n", "link"} {
		wanted := slices.Contains(keys, key)
		c.must(!wanted || given[key], at, "ledger.check.missing_key", "Key", key)
		c.must(wanted || !given[key], at+"/"+key, "ledger.check.not_for_rule", "Key", key, "Rule", n.Rule)
	}
	if n.Field != "" {
		c.needField(d, n, at)
	}
}

func (c *checker) needField(d *Definition, n Need, at string) {
	f, ok := d.FieldAt(n.Field)
	c.must(ok, at+"/field", "ledger.check.unknown_field", "ID", n.Field)
	if !ok {
		return
	}
	kind, column := f.Gives(), strings.Contains(n.Field, ".")
	wants := func(ok bool, what string) {
		c.must(ok, at+"/field", "ledger.check.field_kind", "ID", n.Field, "Kind", what)
	}
	switch n.Rule {
	case NeedRows:
		wants(kind == KindTable, KindTable)
		c.must(n.N >= 0 && n.N <= 20000, at+"/n", "ledger.check.max", "Max", n.N)
	case NeedColumnFilled, NeedColumnIs, NeedColumnFilledIf:
		wants(column, "table.column")
	case NeedSumIs:
		wants(column && numeric(kind), "table.column (number)")
	case NeedMoreThanHalf, NeedNotMore:
		wants(!column && numeric(kind), KindNumber)
		c.must(numeric(kindOf(d.Fields, n.Of)), at+"/of", "ledger.check.field_kind", "ID", n.Of, "Kind", KindNumber)
	case NeedNotBefore:
		wants(!column && kind == KindDate, KindDate)
		c.must(kindOf(d.Fields, n.Of) == KindDate, at+"/of", "ledger.check.field_kind", "ID", n.Of, "Kind", KindDate)
	case NeedAtLeast, NeedAtMost:
		wants(!column && (numeric(kind) || kind == KindDate), KindNumber+", "+KindDate)
	case NeedEquals, NeedNotEquals:
		wants(!column && kind != KindTable && kind != KindFile, KindChoice)
	case NeedFilled, NeedFilledIf:
		wants(!column, "field")
	}
	c.needValue(d, n, f, at)
}

// needValue checks the value that a rule compares with: it must be one that the field compared can hold.
func (c *checker) needValue(d *Definition, n Need, f Field, at string) {
	if n.If != "" {
		other, ok := d.FieldAt(n.condition())
		c.must(ok && other.Kind != KindTable, at+"/if", "ledger.check.unknown_field", "ID", n.If)
		f = other
	}
	if n.Value == "" {
		return
	}
	good := true
	switch {
	case f.Kind == KindChoice:
		good = f.hasChoice(string(n.Value))
	case numeric(f.Gives()):
		_, good = new(big.Rat).SetString(string(n.Value))
	case f.Gives() == KindDate:
		_, err := calendar.ParseDate(string(n.Value))
		good = err == nil || n.Value == "today"
	}
	c.must(good, at+"/value", "ledger.check.need_value", "Value", string(n.Value), "ID", f.ID)
}

// FieldAt finds a field, or a table's column ("table.column").
func (d *Definition) FieldAt(ref string) (Field, bool) {
	table, column, dotted := strings.Cut(ref, ".")
	f, ok := d.Field(table)
	if dotted {
		return fieldIn(f.Columns, column)
	}
	return f, ok
}

// Compared names the field or column whose value a rule compares.
func (n Need) Compared() string {
	if n.If != "" {
		return n.condition()
	}
	return n.Field
}

// condition names what a rule's "if" looks at: a field, or with a column a column of the same table.
func (n Need) condition() string {
	if table, _, dotted := strings.Cut(n.Field, "."); dotted && !strings.Contains(n.If, ".") {
		return table + "." + n.If
	}
	return n.If
}
