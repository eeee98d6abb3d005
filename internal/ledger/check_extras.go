package ledger

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// extras checks what a definition says beside the life cycle: whom it tells when, what recurs, what outsiders see, and
// how its list and its pictures are made.
func (c *checker) extras(d *Definition) {
	for i, r := range d.Remind {
		at := fmt.Sprintf("/remind/%d", i)
		c.clockNamed(d, r.Clock, at)
		c.must(r.Before >= 0 && r.Before <= 365, at+"/before", "ledger.check.range", "N", r.Before, "Min", 0, "Max", 365)
	}
	for i, e := range d.Escalation {
		c.escalation(d, e, fmt.Sprintf("/escalation/%d", i))
	}
	if d.Recurrence != nil {
		c.recurrence(d, *d.Recurrence)
	}
	if d.Public != nil {
		c.public(d, *d.Public)
	}
	seen := map[string]bool{}
	for i, id := range d.Columns {
		at := fmt.Sprintf("/columns/%d", i)
		f, isField := d.Field(id)
		c.must(isField || slices.Contains(ColumnWords, id), at, "ledger.check.column", "ID", id, "List", strings.Join(ColumnWords, ", "))
		c.must(f.Kind != KindTable && f.Kind != KindFile, at, "ledger.check.wrong_kind", "ID", id, "Kind", f.Kind)
		c.must(id != "requester" || isField || d.Requester, at, "ledger.check.no_requester")
		c.must(!seen[id], at, "ledger.check.doubled_id", "ID", id)
		seen[id] = true
	}
	for i, p := range d.Pictures {
		c.picture(d, p, fmt.Sprintf("/pictures/%d", i))
	}
	if d.Beside != nil {
		c.beside(d, *d.Beside)
	}
	if d.Meter != nil {
		c.meter(d, *d.Meter)
	}
	if d.Held != nil {
		c.holding(d, *d.Held)
	}
}

func (c *checker) clockNamed(d *Definition, id, at string) {
	for _, k := range d.Clocks {
		if k.ID == id {
			return
		}
	}
	c.note(at+"/clock", "ledger.check.unknown_clock", "ID", id)
}

func (c *checker) escalation(d *Definition, e Escalation, at string) {
	c.clockNamed(d, e.Clock, at)
	c.must(e.After >= 0 && e.After <= 365, at+"/after", "ledger.check.range", "N", e.After, "Min", 0, "Max", 365)
	c.must(e.To == ToLeader || e.To == ToConvenor || e.To == ToAbove, at+"/to", "ledger.check.not_one_of", "Value", e.To, "List", "leader, convenor, above")
	c.must(e.Levels == 0 || e.To == ToAbove, at+"/levels", "ledger.check.levels")
	c.must(e.Levels >= 0 && e.Levels <= 20, at+"/levels", "ledger.check.range", "N", e.Levels, "Min", 0, "Max", 20)
	c.must(e.To != ToAbove || e.Levels != 0 || e.After > 0, at+"/after", "ledger.check.range", "N", e.After, "Min", 1, "Max", 365)
}

func (c *checker) recurrence(d *Definition, r Recurrence) {
	const at = "/recurrence"
	c.byChoice(d, r.Field, r.Values, at, cycleSpans)
	c.must(r.From == "birth" || c.dateField(d, r.From), at+"/from", "ledger.check.recurs_from", "Value", r.From)
	c.must(r.Until == "" || c.dateField(d, r.Until), at+"/until", "ledger.check.recurs_from", "Value", r.Until)
	c.must(len(r.States) > 0, at, "ledger.check.missing_key", "Key", "states")
	for i, id := range r.States {
		st, ok := d.State(id)
		// A matter that was done may go on recurring: what keeps it done is looked at again and again.
		c.must(ok && (!Ended(st.Class) || st.Class == Done), fmt.Sprintf("%s/states/%d", at, i), "ledger.check.unknown_state", "ID", id)
	}
	c.must(r.Type != "", at, "ledger.check.missing_key", "Key", "type")
	c.must(r.Link != "", at, "ledger.check.missing_key", "Key", "link")
	for _, to := range slices.Sorted(maps.Keys(r.Map)) {
		from := r.Map[to]
		_, ok := d.Field(from)
		c.must(ok, at+"/map/"+to, "ledger.check.unknown_field", "ID", from)
	}
}

// dateField says whether a text is "field:" and a field that holds a date.
func (c *checker) dateField(d *Definition, text string) bool {
	id, ok := strings.CutPrefix(text, "field:")
	return ok && kindOf(d.Fields, id) == KindDate
}

func (c *checker) public(d *Definition, p Public) {
	c.must(len(p.States) > 0, "/public", "ledger.check.missing_key", "Key", "states")
	for i, id := range p.States {
		_, ok := d.State(id)
		c.must(ok, fmt.Sprintf("/public/states/%d", i), "ledger.check.unknown_state", "ID", id)
	}
	c.must(len(p.Fields) > 0, "/public", "ledger.check.missing_key", "Key", "fields")
	for i, id := range p.Fields {
		f, ok := d.Field(id)
		at := fmt.Sprintf("/public/fields/%d", i)
		c.must(ok, at, "ledger.check.unknown_field", "ID", id)
		c.must(!ok || f.impersonal(), at, "ledger.check.personal", "ID", id)
	}
}

func (c *checker) picture(d *Definition, p Picture, at string) {
	c.must(p.Kind == PictureGantt || p.Kind == PictureCurve, at+"/kind", "ledger.check.not_one_of", "Value", p.Kind, "List", "gantt, curve")
	c.must(kindOf(d.Fields, p.Table) == KindTable, at+"/table", "ledger.check.field_kind", "ID", p.Table, "Kind", KindTable)
	want := func(key, column string, good func(string) bool, what string) {
		c.must(good(kindOf(d.Fields, p.Table+"."+column)), at+"/"+key, "ledger.check.field_kind", "ID", column, "Kind", what)
	}
	date := func(k string) bool { return k == KindDate }
	switch p.Kind {
	case PictureGantt:
		want("name", p.Name, func(k string) bool { return k == KindText || k == KindLong }, KindText)
		want("to", p.To, date, KindDate)
		if p.From != "" {
			want("from", p.From, date, KindDate)
		}
		if p.Done != "" {
			want("done", p.Done, date, KindDate)
		}
	case PictureCurve:
		want("x", p.X, func(k string) bool { return k == KindDate || k == KindText || k == KindNumber }, "date, text, number")
		c.must(len(p.Lines) > 0, at, "ledger.check.missing_key", "Key", "lines")
		for i, line := range p.Lines {
			want(fmt.Sprintf("lines/%d", i), line, numeric, KindNumber)
		}
	}
}

func (c *checker) meter(d *Definition, m Meter) {
	c.must(kindOf(d.Fields, m.Date) == KindDate, "/meter/date", "ledger.check.field_kind", "ID", m.Date, "Kind", KindDate)
	by, ok := d.Field(m.By)
	c.must(m.By == "" || ok && by.Kind == KindChoice, "/meter/by", "ledger.check.field_kind", "ID", m.By, "Kind", KindChoice)
	c.must(m.From == "" || kindOf(d.Fields, m.From) == KindUnit, "/meter/from", "ledger.check.field_kind", "ID", m.From, "Kind", KindUnit)
	c.must(m.Main == "" || slices.Contains(m.Sums, m.Main), "/meter/main", "ledger.check.not_one_of", "Value", m.Main, "List", strings.Join(m.Sums, ", "))
	for i, id := range m.Sums {
		c.must(numeric(kindOf(d.Fields, id)), fmt.Sprintf("/meter/sums/%d", i), "ledger.check.field_kind", "ID", id, "Kind", KindNumber)
	}
	for i, l := range m.Limits {
		at := fmt.Sprintf("/meter/limits/%d", i)
		c.must(l.Of == MeterCount || slices.Contains(m.Sums, l.Of), at+"/of", "ledger.check.not_one_of", "Value", l.Of, "List", strings.Join(append([]string{MeterCount}, m.Sums...), ", "))
		c.must(l.Kind == "" || by.hasChoice(l.Kind), at+"/kind", "ledger.check.unknown_choice", "ID", l.Kind, "Field", m.By)
		c.must(!l.Each || m.From != "", at+"/each", "ledger.check.missing_key", "Key", "from")
		c.must(slices.Contains(Periods, l.Per), at+"/per", "ledger.check.not_one_of", "Value", l.Per, "List", strings.Join(Periods, ", "))
		c.must(l.AtMost >= 0 && l.AtMost <= 1000000, at+"/at_most", "ledger.check.range", "N", l.AtMost, "Min", 0, "Max", 1000000)
		c.words(l.Note, at+"/note")
	}
}
