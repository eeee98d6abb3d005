package ledger

import (
	"fmt"
	"maps"
	"slices"
)

// AnyType in a kind of link stands for every type.
const AnyType = "*"

func (c *checker) linkKinds(d *Definition) {
	seen := map[string]bool{}
	for i, l := range d.Links {
		at := fmt.Sprintf("/links/%d", i)
		c.id(seen, l.ID, at+"/id")
		c.words(l.Name, at+"/name")
		c.words(l.Back, at+"/back")
		c.must(len(l.To) > 0, at, "ledger.check.missing_key", "Key", "to")
	}
}

func (c *checker) spawn(d *Definition, t Transition, at string) {
	s := t.Spawn
	if s == nil {
		return
	}
	c.must(s.Type != "", at, "ledger.check.missing_key", "Key", "type")
	c.must(s.Link != "", at, "ledger.check.missing_key", "Key", "link")
	c.must(s.Table == "" || kindOf(d.Fields, s.Table) == KindTable, at+"/table", "ledger.check.field_kind", "ID", s.Table, "Kind", KindTable)
	if s.Owner != "" {
		f, ok := d.source(s, s.Owner)
		c.must(ok && f.Kind == KindUnit, at+"/owner", "ledger.check.field_kind", "ID", s.Owner, "Kind", KindUnit)
	}
	for _, to := range slices.Sorted(maps.Keys(s.Map)) {
		from := s.Map[to]
		_, ok := d.source(s, from)
		c.must(ok, at+"/map/"+to, "ledger.check.unknown_field", "ID", from)
	}
}

// source finds what a spawned matter's field comes from: a column of the table, else a field of the matter.
func (d *Definition) source(s *Spawn, id string) (Field, bool) {
	if table, ok := d.Field(s.Table); ok {
		if col, ok := fieldIn(table.Columns, id); ok {
			return col, true
		}
	}
	return d.Field(id)
}

func (c *checker) drives(d *Definition, t Transition, at string) {
	if t.Drives == nil {
		return
	}
	l, ok := d.LinkKind(t.Drives.Link)
	c.must(ok, at+"/link", "ledger.check.unknown_link", "ID", t.Drives.Link, "Type", d.ID)
	c.must(!ok || !slices.Contains(l.To, AnyType), at+"/link", "ledger.check.drives_any", "ID", t.Drives.Link)
	f, ok := d.Field(t.Drives.Note)
	c.must(t.Drives.Note == "" || ok && (f.Kind == KindText || f.Kind == KindLong), at+"/note", "ledger.check.field_kind", "ID", t.Drives.Note, "Kind", KindText)
}

// LinkKind finds a kind of link that leads from matters of this type.
func (d *Definition) LinkKind(id string) (LinkKind, bool) {
	for _, l := range d.Links {
		if l.ID == id {
			return l, true
		}
	}
	return LinkKind{}, false
}

// Leads says whether a link of this kind may lead to a matter of a type.
func (l LinkKind) Leads(kind string) bool {
	return slices.Contains(l.To, kind) || slices.Contains(l.To, AnyType)
}

// among checks what a definition says of other ledgers, by id.
func (c *checker) among(d *Definition, all map[string]*Definition) {
	for i, l := range d.Links {
		for j, to := range l.To {
			c.must(to == AnyType || all[to] != nil, fmt.Sprintf("/links/%d/to/%d", i, j), "ledger.check.unknown_type", "ID", to)
		}
	}
	if r := d.Recurrence; r != nil {
		c.child(d, r.Type, r.Link, r.Map, func(id string) (Field, bool) { return d.Field(id) }, all, "/recurrence")
	}
	for i, t := range d.Steps {
		at := fmt.Sprintf("/transitions/%d", i)
		if s := t.Spawn; s != nil {
			c.child(d, s.Type, s.Link, s.Map, func(id string) (Field, bool) { return d.source(s, id) }, all, at+"/spawn")
		}
		if t.Drives != nil {
			c.driven(d, t, all, at+"/drives")
		}
		for j, n := range t.Need {
			if n.Link != "" {
				c.must(linkKnown(d, n, all), fmt.Sprintf("%s/need/%d/link", at, j), "ledger.check.unknown_link", "ID", n.Link, "Type", d.ID)
			}
		}
	}
}

// child checks a matter of another ledger that a definition makes: that its type is there, is linked by a kind of its
// own, and gets everything that its registration asks for in a kind that it can hold.
func (c *checker) child(d *Definition, kind, link string, mapped map[string]string, source func(string) (Field, bool), all map[string]*Definition, at string) {
	to := all[kind]
	if to == nil {
		c.note(at+"/type", "ledger.check.unknown_type", "ID", kind)
		return
	}
	l, ok := to.LinkKind(link)
	c.must(ok && l.Leads(d.ID), at+"/link", "ledger.check.unknown_link", "ID", link, "Type", kind)
	for _, field := range slices.Sorted(maps.Keys(mapped)) {
		from := mapped[field]
		f, ok := to.Field(field)
		c.must(ok && f.Kind != KindComputed, at+"/map/"+field, "ledger.check.unknown_field_of", "ID", field, "Type", kind)
		if src, found := source(from); ok && found {
			c.must(Fits(src, f), at+"/map/"+field, "ledger.check.map_kind", "From", from, "ID", field)
		}
	}
	for _, a := range to.Register {
		f, _ := to.Field(a.Field)
		_, given := mapped[a.Field]
		c.must(!a.Must || given || f.Default != "", at+"/map", "ledger.check.not_mapped", "ID", a.Field, "Type", kind)
	}
}

// Fits says whether what one field holds can stand in another.
func Fits(from, to Field) bool {
	kind := from.Gives()
	switch to.Kind {
	case KindLong:
		return kind == KindText || kind == KindLong || kind == KindChoice || kind == KindNumber || kind == KindDecimal || kind == KindDate
	case KindText:
		return kind == KindText || kind == KindNumber || kind == KindDecimal || kind == KindDate
	case KindNumber, KindDecimal, KindMoney:
		return numeric(kind)
	case KindChoice:
		if kind != KindChoice {
			return false
		}
		for _, ch := range from.Choices {
			if !to.hasChoice(ch.ID) {
				return false
			}
		}
		return true
	case KindTable:
		return false
	}
	return kind == to.Kind
}

func (c *checker) driven(d *Definition, t Transition, all map[string]*Definition, at string) {
	l, _ := d.LinkKind(t.Drives.Link)
	for _, id := range l.To {
		to := all[id]
		if to == nil {
			continue
		}
		step, ok := to.Step(t.Drives.Step)
		c.must(ok, at+"/step", "ledger.check.unknown_step", "ID", t.Drives.Step, "Type", id)
		c.must(!step.Has(EffectAssign) && step.Evidence != Must, at+"/step", "ledger.check.drives_form", "ID", t.Drives.Step, "Type", id)
		c.must(step.Note != Must || t.Drives.Note != "" || t.Note == Must, at+"/note", "ledger.check.drives_note", "ID", t.Drives.Step, "Type", id)
	}
}

// linkKnown says whether a rule's kind of link leads from matters of the definition (has_link) or from those of another
// ledger back to them.
func linkKnown(d *Definition, n Need, all map[string]*Definition) bool {
	if _, own := d.LinkKind(n.Link); own && n.Rule == NeedHasLink {
		return true
	}
	for _, other := range all {
		if l, ok := other.LinkKind(n.Link); ok && l.Leads(d.ID) {
			return true
		}
	}
	return false
}
