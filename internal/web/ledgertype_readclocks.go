package web

import (
	"slices"
	"strconv"
	"strings"

	"plumbline/internal/ledger"
)

func (r designReader) clocks(d *ledger.Definition) {
	var out []ledger.Clock
	for _, i := range r.rows("k") {
		at := "k." + i + "."
		k := ledger.Clock{ID: r.text(at + "id")}
		if j := slices.IndexFunc(d.Clocks, func(o ledger.Clock) bool { return o.ID == k.ID }); j >= 0 {
			k = d.Clocks[j]
		} else {
			k.ID = newKey("k", func(id string) bool {
				has := func(o ledger.Clock) bool { return o.ID == id }
				return slices.ContainsFunc(d.Clocks, has) || slices.ContainsFunc(out, has)
			})
		}
		k.Name, k.States, k.From = r.wording(at), r.chosen(at+"states", k.States), otherwise(r.text(at+"from"), "enter")
		if r.v.Has(at + "len") {
			s := spanOf(r.number(at+"len"), r.text(at+"unit"))
			k.Days, k.Hours, k.Working = s.Days, s.Hours, s.Working
			k.Grace, k.Pauses = r.number(at+"grace"), r.chosen(at+"pauses", k.Pauses)
			k.By.Field, k.By.Values = r.by(at, clockUnits)
			r.notices(d, k.ID, at)
		}
		out = append(out, k)
	}
	d.Clocks = out
	gone := func(id string) bool {
		return !slices.ContainsFunc(out, func(k ledger.Clock) bool { return k.ID == id })
	}
	d.Remind = slices.DeleteFunc(d.Remind, func(x ledger.Reminder) bool { return gone(x.Clock) })
	d.Escalation = slices.DeleteFunc(d.Escalation, func(x ledger.Escalation) bool { return gone(x.Clock) })
}

// notices reads who is told of a clock; those of a clock stand together, in the place of its first.
func (r designReader) notices(d *ledger.Definition, id, at string) {
	var remind []ledger.Reminder
	for _, text := range strings.FieldsFunc(r.text(at+"remind"), func(c rune) bool { return strings.ContainsRune(",，、; ", c) }) {
		before, err := strconv.Atoi(text)
		if err != nil || before < 0 {
			r.bad[at+"remind"] = "design.bad_numbers"
			break
		}
		remind = append(remind, ledger.Reminder{Clock: id, Before: before})
	}
	var told []ledger.Escalation
	r.items(at+"e.", func(at, _ string) {
		if to := r.text(at + "to"); to != "" {
			told = append(told, ledger.Escalation{Clock: id, To: to, After: r.number(at + "after"), Levels: r.number(at + "levels")})
		}
	})
	d.Remind = inPlace(d.Remind, remind, func(x ledger.Reminder) bool { return x.Clock == id })
	d.Escalation = inPlace(d.Escalation, told, func(x ledger.Escalation) bool { return x.Clock == id })
}

// inPlace puts others where the first of those that are replaced stood.
func inPlace[T any](list, others []T, replaced func(T) bool) []T {
	i := slices.IndexFunc(list, replaced)
	if i < 0 {
		return slices.Concat(list, others)
	}
	return slices.Concat(list[:i], others, slices.DeleteFunc(slices.Clone(list[i:]), replaced))
}

// by reads lengths by the values of a choice field; without any the field still stands, to be said what is missing.
func (r designReader) by(at string, units []string) (field string, values map[string]ledger.Span) {
	if field = r.text(at + "by"); field == "" {
		return "", nil
	}
	values = map[string]ledger.Span{}
	for name := range r.v {
		id, ok := strings.CutPrefix(name, at+"by.")
		if id, ok = strings.CutSuffix(id, ".len"); !ok || r.text(name) == "" {
			continue
		}
		if unit := r.text(at + "by." + id + ".unit"); slices.Contains(units, unit) {
			values[id] = spanOf(r.number(name), unit)
		}
	}
	return field, values
}

func (r designReader) columnsOf(d *ledger.Definition) {
	columns := r.chosen("columns", d.Columns)
	if slices.Equal(columns, ledger.DefaultColumns) && len(d.Columns) == 0 {
		return
	}
	d.Columns = columns
}

func (r designReader) public(d *ledger.Definition) {
	p := ledger.Public{}
	if d.Public != nil {
		p = *d.Public
	}
	p.States, p.Fields = r.chosen("public_states", p.States), r.chosen("public_fields", p.Fields)
	if d.Public = &p; len(p.States)+len(p.Fields) == 0 {
		d.Public = nil
	}
}

func (r designReader) recurrence(d *ledger.Definition) {
	const at = "recur_"
	kind, link := r.pair(at + "make")
	if kind == "" {
		d.Recurrence = nil
		return
	}
	x := ledger.Recurrence{From: "birth", Map: map[string]string{}}
	if d.Recurrence != nil {
		x = *d.Recurrence
	}
	if x.Type != kind {
		x.Map = map[string]string{}
	} else if r.v.Has(at + "from") {
		x.Map = r.mapping(at + "map.")
	}
	x.Type, x.Link = kind, link
	if x.Field, x.Values = r.by(at, cycleUnits); x.Values == nil {
		x.Values = map[string]ledger.Span{}
	}
	if r.v.Has(at + "from") {
		x.From, x.Until, x.States = r.text(at+"from"), r.text(at+"until"), r.chosen(at+"states", x.States)
	}
	d.Recurrence = &x
}
