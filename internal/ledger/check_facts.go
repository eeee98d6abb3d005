package ledger

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"reflect"
	"slices"
	"strings"

	"plumbline/internal/authz"
	"plumbline/internal/wording"
)

// factsFile is where a pack says what the system holds; a pack without it says nothing.
const factsFile = "facts.json"

// loadFacts reads and checks the facts of a pack, beside the ledgers and roles that they name.
func loadFacts(files fs.FS, types map[string]*Definition, roles []authz.Role) ([]Fact, []Problem, error) {
	text, err := fs.ReadFile(files, factsFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, err
	}
	c := &checker{file: factsFile, lines: map[string]int{}, roles: roles}
	var facts []Fact
	if err := c.index(text); err != nil {
		c.unreadable(text, err)
		return nil, c.sorted(), nil
	}
	if !c.shaped(text, reflect.TypeFor[[]Fact]()) {
		return nil, c.sorted(), nil
	}
	if err := json.Unmarshal(text, &facts); err != nil {
		c.unreadable(text, err)
		return nil, c.sorted(), nil
	}
	seen, words := map[string]bool{}, map[string]bool{}
	for i, f := range facts {
		at := fmt.Sprintf("/%d", i)
		c.id(seen, f.ID, at+"/id")
		c.words(f.Name, at+"/name")
		c.factWords(f, words, at+"/words")
		c.factPlace(f.At, types, at+"/at")
		known := slices.ContainsFunc(roles, func(r authz.Role) bool { return r.ID == f.Ask })
		c.must(known, at+"/ask", "ledger.check.unknown_role", "ID", f.Ask)
	}
	return facts, c.sorted(), nil
}

// factWords checks the words of a fact; seen are those of the facts before it, by which no other one can be known.
func (c *checker) factWords(f Fact, seen map[string]bool, at string) {
	for lang := range f.Words {
		c.must(slices.Contains(wording.Languages, lang), at+"/"+lang, "ledger.check.not_one_of", "Value", lang, "List", strings.Join(wording.Languages, ", "))
	}
	for _, lang := range wording.Languages {
		c.must(len(f.Words[lang]) > 0, at, "ledger.check.no_words", "Lang", lang)
		for i, word := range f.Words[lang] {
			plain, place := string(plainRunes(word)), fmt.Sprintf("%s/%s/%d", at, lang, i)
			c.must(plain != "", place, "ledger.check.empty_word")
			c.must(plain == "" || !seen[plain], place, "ledger.check.doubled_word", "Word", word)
			seen[plain] = true
		}
	}
}

func (c *checker) factPlace(p FactPlace, types map[string]*Definition, at string) {
	if p.Page != "" {
		c.must(slices.Contains(FactPages, p.Page), at+"/page", "ledger.check.not_one_of", "Value", p.Page, "List", strings.Join(FactPages, ", "))
		for key, value := range map[string]string{"state": p.State, "class": p.Class, "field": p.Field} {
			c.must(value == "", at+"/"+key, "ledger.check.fact_page", "Key", key)
		}
		c.must(p.Ledger == "" || p.Page == FactMeter, at+"/ledger", "ledger.check.fact_page", "Key", "ledger")
	}
	if p.Page != "" && p.Page != FactMeter {
		return
	}
	if p.Ledger == "" {
		c.note(at, "ledger.check.missing_key", "Key", "ledger")
		return
	}
	d := types[p.Ledger]
	if d == nil {
		c.note(at+"/ledger", "ledger.check.unknown_type", "ID", p.Ledger)
		return
	}
	c.must(p.Page != FactMeter || d.Meter != nil, at+"/ledger", "ledger.check.no_meter", "ID", p.Ledger)
	if p.State != "" {
		_, ok := d.State(p.State)
		c.must(ok, at+"/state", "ledger.check.unknown_state", "ID", p.State)
	}
	if p.Field != "" {
		_, ok := d.Field(p.Field)
		c.must(ok, at+"/field", "ledger.check.unknown_field", "ID", p.Field)
	}
	classes := append([]string{"open", "ended"}, Classes...)
	c.must(p.Class == "" || slices.Contains(classes, p.Class), at+"/class", "ledger.check.not_one_of", "Value", p.Class, "List", strings.Join(classes, ", "))
}

// holding checks what a definition says of facts that are held.
func (c *checker) holding(d *Definition, h Held) {
	c.must(len(h.In) > 0, "/held", "ledger.check.missing_key", "Key", "in")
	for i, id := range h.In {
		k := kindOf(d.Fields, id)
		c.must(k == KindText || k == KindLong, fmt.Sprintf("/held/in/%d", i), "ledger.check.field_kind", "ID", id, "Kind", KindText)
	}
	choice := func(key, id string) Field {
		f, _ := d.Field(id)
		c.must(f.Kind == KindChoice, "/held/"+key, "ledger.check.field_kind", "ID", id, "Kind", KindChoice)
		c.must(asked(d.Register, id), "/held/"+key, "ledger.check.held_asked", "ID", id)
		return f
	}
	if h.Fact != "" {
		f := choice("fact", h.Fact)
		c.must(h.None == "" || f.hasChoice(h.None), "/held/none", "ledger.check.unknown_choice", "ID", h.None, "Field", h.Fact)
	}
	c.must(h.Fact != "" || h.None == "", "/held", "ledger.check.missing_key", "Key", "fact")
	f, seen := choice("choice", h.Choice), map[string]bool{}
	for _, x := range [][2]string{{"given", h.Given}, {"again", h.Again}, {"open", h.Open}} {
		c.must(f.hasChoice(x[1]), "/held/"+x[0], "ledger.check.unknown_choice", "ID", x[1], "Field", h.Choice)
		c.must(!seen[x[1]], "/held/"+x[0], "ledger.check.doubled_id", "ID", x[1])
		seen[x[1]] = true
	}
	c.must(kindOf(d.Fields, h.Reason) == KindText || kindOf(d.Fields, h.Reason) == KindLong, "/held/reason", "ledger.check.field_kind", "ID", h.Reason, "Kind", KindText)
	c.must(asked(d.Register, h.Reason), "/held/reason", "ledger.check.held_asked", "ID", h.Reason)
	if q := h.Question; q != nil {
		t, ok := d.Step(q.Step)
		c.must(ok, "/held/question/step", "ledger.check.unknown_step", "ID", q.Step, "Type", d.ID)
		field, _ := d.Field(q.Field)
		c.must(asked(t.Ask, q.Field) || asks(t.Ask, q.Field), "/held/question/field", "ledger.check.unknown_field", "ID", q.Field)
		c.must(field.hasChoice(q.Value), "/held/question/value", "ledger.check.unknown_choice", "ID", q.Value, "Field", q.Field)
	}
}

// asked says whether a list asks for a field that may be left empty.
func asked(list []Ask, field string) bool {
	return slices.ContainsFunc(list, func(a Ask) bool { return a.Field == field && !a.Must })
}

// heldFacts sees that the choice by which a definition names facts outright names those of the pack, in their words.
func (c *checker) heldFacts(d *Definition, facts []Fact) {
	if d.Held == nil || d.Held.Fact == "" {
		return
	}
	n := slices.IndexFunc(d.Fields, func(f Field) bool { return f.ID == d.Held.Fact })
	if n < 0 {
		return
	}
	for i, ch := range d.Fields[n].Choices {
		at := fmt.Sprintf("/fields/%d/choices/%d", n, i)
		k := slices.IndexFunc(facts, func(f Fact) bool { return f.ID == ch.ID })
		c.must(k >= 0 || ch.ID == d.Held.None, at+"/id", "ledger.check.unknown_fact", "ID", ch.ID)
		if k >= 0 {
			for _, lang := range wording.Languages {
				c.must(ch.Name.In(lang) == facts[k].Name.In(lang), at+"/name", "ledger.check.fact_name", "ID", ch.ID, "Name", facts[k].Name.In(lang))
			}
		}
	}
	for _, f := range facts {
		c.must(d.Fields[n].hasChoice(f.ID), fmt.Sprintf("/fields/%d/choices", n), "ledger.check.fact_missing", "ID", f.ID)
	}
}
