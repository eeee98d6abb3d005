package web

import (
	"slices"
	"strconv"
	"strings"

	"plumbline/internal/ledger"
	"plumbline/internal/web/ui"
	"plumbline/internal/wording"
)

func (c *Ctx) stateNames(d *ledger.Definition, ids []string) string {
	var names []string
	for _, id := range ids {
		if st, ok := d.State(id); ok {
			names = append(names, otherwise(st.Name.In(c.Lang), c.T("design.unnamed")))
		}
	}
	return strings.Join(names, c.T("history.comma"))
}

func (c *Ctx) stepNote(d *ledger.Definition, t ledger.Transition) string {
	who := c.T("design.who." + string(t.Action))
	if t.To == "" || len(t.From) == 0 {
		return who
	}
	return c.stateNames(d, t.From) + " → " + c.stateNames(d, []string{t.To}) + c.T("design.note_sep") + who
}

func (c *Ctx) stepBoxes(d *ledger.Definition, i int) designBoxes {
	t, at := d.Steps[i], "t."+strconv.Itoa(i)+"."
	var rights []string
	for _, a := range designRights {
		rights = append(rights, string(a))
	}
	b := designBoxes{fields: append(c.designWords(at, t.Name, 40),
		c.choose(at+"from", "design.from", t.From, c.stateOptions(d)),
		c.pick(at+"to", "design.to", t.To, c.stateOptions(d)),
		c.pick(at+"who", "design.who", string(t.Action), c.worded("design.who.", rights)),
		ui.Field{Type: "checkbox", Name: at + "main", Label: c.T("design.main"), Value: ticked(t.Main), Plain: true})}
	b.groups = []DesignGroup{c.askGroup(d, t, at), c.noteGroup(t, at), c.effectGroup(t, at), c.needGroup(d, t, at), c.spawnGroup(d, t, at)}
	if len(d.Links) > 0 || t.Drives != nil {
		b.groups = append(b.groups, c.drivesGroup(d, t, at))
	}
	return b
}

var threeWays = []string{ledger.No, ledger.May, ledger.Must}

func (c *Ctx) askGroup(d *ledger.Definition, t ledger.Transition, at string) DesignGroup {
	g := DesignGroup{Title: c.T("design.asks"), Count: howMany(len(t.Ask)), Dense: true}
	for _, f := range d.Fields {
		if f.Kind == ledger.KindComputed {
			continue
		}
		g.Fields = append(g.Fields, ui.Field{Type: "select", Name: at + "ask." + f.ID, Label: otherwise(f.Name.In(c.Lang), c.T("design.unnamed")), Value: askOf(t.Ask, f.ID), Options: c.worded("design.ask.", threeWays), Plain: true, Width: "medium"})
	}
	return g
}

func (c *Ctx) noteGroup(t ledger.Transition, at string) DesignGroup {
	g := DesignGroup{Title: c.T("design.notes"), Fields: []ui.Field{
		c.pick(at+"note", "design.note", otherwise(t.Note, ledger.No), c.worded("design.ask.", threeWays)),
		c.pick(at+"evidence", "design.evidence", otherwise(t.Evidence, ledger.No), c.worded("design.ask.", threeWays))}}
	g.Fields = append(g.Fields, c.wordPair(at+"note_", "design.note_", t.NoteName, 30, false)...)
	g.Fields = append(g.Fields, c.wordPair(at+"past_", "design.past_", t.Past, 40, false)...)
	return g
}

func (c *Ctx) effectGroup(t ledger.Transition, at string) DesignGroup {
	g := DesignGroup{Title: c.T("design.effects"), Count: howMany(len(t.Effects)), Hint: c.T("design.effects_hint"),
		Fields: []ui.Field{c.choose(at+"effects", "design.effects", t.Effects, c.worded("design.effect.", ledger.Effects))}}
	if t.Has(ledger.EffectLookBack) || t.After != 0 {
		g.Fields = append(g.Fields, c.figure(at+"after", "design.after", howMany(t.After)))
	}
	return g
}

func (c *Ctx) needGroup(d *ledger.Definition, t ledger.Transition, at string) DesignGroup {
	g := DesignGroup{Title: c.T("design.needs"), Count: howMany(len(t.Need)), Hint: c.T("design.needs_hint")}
	for n := range len(t.Need) + blankOthers {
		var x ledger.Need
		if n < len(t.Need) {
			x = t.Need[n]
		}
		key := at + "n." + strconv.Itoa(n)
		g.Items = append(g.Items, DesignItem{Key: key, Label: c.T("design.need_no", "N", n+1), Fields: c.needBoxes(d, x, key+".")})
	}
	return g
}

// needBoxes are the boxes that a rule reads; without a rule only the choice of one.
func (c *Ctx) needBoxes(d *ledger.Definition, x ledger.Need, at string) []ui.Field {
	out := []ui.Field{c.pick(at+"rule", "design.rule", x.Rule, c.orNone(c.worded("design.rule.", ledger.NeedRules)))}
	if x.Rule == "" {
		return out
	}
	keys := ledger.NeedKeys(x.Rule)
	has := func(key string) bool { return slices.Contains(keys, key) }
	refs := c.orNone(c.refOptions(d, needRefs(d, x.Rule)))
	if has("field") {
		out = append(out, c.pick(at+"field", "design.need_field", x.Field, refs))
	}
	if has("of") {
		out = append(out, c.pick(at+"of", "design.need_of", x.Of, refs))
	}
	if has("if") {
		other := x.If
		if x.If != "" {
			other = x.Compared()
		}
		out = append(out, c.pick(at+"if", "design.need_if", other, refs))
	}
	if has("value") {
		out = append(out, ui.Field{Name: at + "value", Label: c.T("design.need_value"), Value: c.needValue(d, x), Suggest: c.needValues(d, x), Plain: true, Width: "medium"})
	}
	if has("n") {
		out = append(out, c.figure(at+"rows", "design.need_rows", howMany(x.N)))
	}
	if has("link") {
		out = append(out, c.pick(at+"link", "design.need_link", x.Link, c.orNone(c.linkOptions(d))))
	}
	return append(out, c.wordPair(at+"say_", "design.say_", x.Say, 120, true)...)
}

// needRefs are the fields and columns that a rule may name.
func needRefs(d *ledger.Definition, rule string) []string {
	wantsColumn := strings.Contains(rule, "column") || rule == ledger.NeedSumIs
	return slices.DeleteFunc(d.Refs(), func(ref string) bool {
		f, _ := d.FieldAt(ref)
		column := strings.Contains(ref, ".")
		return column != wantsColumn || (rule == ledger.NeedRows) != (f.Kind == ledger.KindTable)
	})
}

// needValue is the value that a rule compares with, in the reader's words.
func (c *Ctx) needValue(d *ledger.Definition, x ledger.Need) string {
	f, _ := d.FieldAt(x.Compared())
	for _, ch := range f.Choices {
		if ch.ID == string(x.Value) {
			return ch.Name.In(c.Lang)
		}
	}
	if f.Gives() == ledger.KindDate && x.Value == "today" {
		return c.T("design.today")
	}
	return string(x.Value)
}

func (c *Ctx) needValues(d *ledger.Definition, x ledger.Need) (out []string) {
	f, _ := d.FieldAt(x.Compared())
	for _, ch := range f.Choices {
		out = append(out, ch.Name.In(c.Lang))
	}
	if f.Gives() == ledger.KindDate {
		out = append(out, c.T("design.today"))
	}
	return out
}

// linkOptions are the kinds of links that lead from or to matters of a ledger.
func (c *Ctx) linkOptions(d *ledger.Definition) (out []ui.Option) {
	add := func(l ledger.LinkKind, name wording.Text) {
		if !slices.ContainsFunc(out, func(o ui.Option) bool { return o.Value == l.ID }) {
			out = append(out, ui.Option{Value: l.ID, Text: name.In(c.Lang)})
		}
	}
	for _, l := range d.Links {
		add(l, l.Name)
	}
	for _, o := range c.srv.Ledgers().Types().All() {
		for _, l := range o.Links {
			if l.Leads(d.ID) {
				add(l, l.Back)
			}
		}
	}
	return out
}

// makeOptions are the ledgers of which this one may make matters, each with the kind of link that leads back.
func (c *Ctx) makeOptions(d *ledger.Definition) (out []ui.Option) {
	for _, o := range c.srv.Ledgers().Types().All() {
		for _, l := range o.Links {
			if l.Leads(d.ID) {
				out = append(out, ui.Option{Value: o.ID + "/" + l.ID, Text: o.Name.In(c.Lang) + c.T("design.note_sep") + l.Name.In(c.Lang)})
			}
		}
	}
	return out
}

func pairOf(a, b string) string {
	if a == "" {
		return ""
	}
	return a + "/" + b
}

func (c *Ctx) spawnGroup(d *ledger.Definition, t ledger.Transition, at string) DesignGroup {
	x := ledger.Spawn{}
	if t.Spawn != nil {
		x = *t.Spawn
	}
	g := DesignGroup{Title: c.T("design.spawn"), Hint: c.T("design.spawn_hint"), Fields: []ui.Field{c.pick(at+"make", "design.make", pairOf(x.Type, x.Link), c.orNone(c.makeOptions(d)))}}
	if t.Spawn == nil {
		return g
	}
	g.Count = "1"
	sources := d.Fields
	table := c.pick(at+"table", "design.spawn_table", x.Table, append([]ui.Option{{Text: c.T("design.spawn_whole")}}, c.fieldOptions(d, func(f ledger.Field) bool { return f.Kind == ledger.KindTable })...))
	if of, ok := d.Field(x.Table); ok {
		sources = slices.Concat(of.Columns, sources)
	}
	g.Fields = append(g.Fields, table, c.pick(at+"owner", "design.spawn_owner", x.Owner, c.orNone(c.sourceOptions(sources, ledger.Field{Kind: ledger.KindUnit}))))
	g.Fields = append(g.Fields, c.mapBoxes(x.Type, x.Map, sources, at)...)
	return g
}

// sourceOptions are the fields whose content fits into another.
func (c *Ctx) sourceOptions(sources []ledger.Field, to ledger.Field) (out []ui.Option) {
	for _, f := range sources {
		if ledger.Fits(f, to) {
			out = append(out, ui.Option{Value: f.ID, Text: f.Name.In(c.Lang)})
		}
	}
	return out
}

// mapBoxes say where each field of a matter that is made comes from.
func (c *Ctx) mapBoxes(kind string, mapped map[string]string, sources []ledger.Field, at string) (out []ui.Field) {
	to := c.srv.Ledgers().Types().Current(kind)
	if to == nil {
		return nil
	}
	for _, f := range to.Fields {
		options := c.sourceOptions(sources, f)
		if f.Kind == ledger.KindComputed || (len(options) == 0 && mapped[f.ID] == "") {
			continue
		}
		box := c.pick(at+"map."+f.ID, "design.map", mapped[f.ID], c.orNone(options))
		box.Label = c.T("design.map", "Field", f.Name.In(c.Lang))
		if askedAt(to, f.ID) == ledger.Must {
			box.Label = c.T("design.map_must", "Field", f.Name.In(c.Lang))
		}
		out = append(out, box)
	}
	return out
}

func (c *Ctx) drivesGroup(d *ledger.Definition, t ledger.Transition, at string) DesignGroup {
	x := ledger.Drives{}
	g := DesignGroup{Title: c.T("design.drives"), Hint: c.T("design.drives_hint")}
	if t.Drives != nil {
		x, g.Count = *t.Drives, "1"
	}
	var options []ui.Option
	for _, l := range d.Links {
		for _, id := range l.To {
			to := c.srv.Ledgers().Types().Current(id)
			if to == nil {
				continue
			}
			for _, s := range to.Steps {
				options = append(options, ui.Option{Value: l.ID + "/" + s.ID, Text: l.Name.In(c.Lang) + c.T("design.note_sep") + to.Name.In(c.Lang) + c.T("design.note_sep") + s.Name.In(c.Lang)})
			}
		}
	}
	g.Fields = []ui.Field{c.pick(at+"drive", "design.drive", pairOf(x.Link, x.Step), c.orNone(options)),
		c.pick(at+"drive_note", "design.drive_note", x.Note, append([]ui.Option{{Text: c.T("design.drive_own")}}, c.fieldOptions(d, func(f ledger.Field) bool { return f.Kind == ledger.KindText || f.Kind == ledger.KindLong })...))}
	return g
}
