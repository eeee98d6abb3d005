package web

import (
	"slices"
	"strconv"
	"strings"

	"plumbline/internal/authz"
	"plumbline/internal/ledger"
	"plumbline/internal/web/ui"
	"plumbline/internal/wording"
)

// designRights are the rights by which a step is taken, in the order of a life.
var designRights = []authz.Action{authz.LedgerOwn, authz.LedgerApprove, authz.LedgerVerify, authz.LedgerRegister, authz.LedgerAsk}

// The chapters of the form of a draft, each with the letter of its rows.
const (
	partNames  = "names"
	partFields = "fields"
	partStates = "states"
	partSteps  = "transitions"
	partClocks = "clocks"
	partLinks  = "links"
	partMore   = "more"
)

var (
	designParts = []string{partNames, partFields, partStates, partSteps, partClocks, partLinks, partMore}
	partLetter  = map[string]string{partFields: "f", partStates: "s", partSteps: "t", partClocks: "k", partLinks: "l"}
)

// DesignPart is one chapter of the form.
type DesignPart struct {
	ID, Title, Hint string
	Fields          []ui.Field
	Groups          []DesignGroup
	Rows            []DesignRow
	Add             string // the value of the button that adds a row; "" for none
}

// DesignRow is one field, state, step, clock or kind of link.
type DesignRow struct {
	ID, Title, Note string
	Letter, No, Key string // Key is what its buttons name: "f.2"
	Row             string // its own key in the definition, "" of a new one
	Open            bool
	Problems        []string
	Fields          []ui.Field
	Groups          []DesignGroup
}

// DesignGroup is a folded part of a row or of a chapter.
type DesignGroup struct {
	Title, Count, Hint string
	Open, Dense        bool
	Fields             []ui.Field
	Items              []DesignItem
}

// DesignItem is one of the like things in a group: a choice, a column, a condition.
type DesignItem struct {
	Key, ID string
	Label   string
	Fields  []ui.Field
}

// designPart is one chapter of a definition as a form.
func (c *Ctx) designPart(d *ledger.Definition, id string) *DesignPart {
	p := &DesignPart{ID: id, Title: c.T("design.part." + id), Hint: c.T("design.hint." + id)}
	if letter := partLetter[id]; letter != "" {
		p.Add = "add:" + letter
	}
	switch id {
	case partNames:
		p.Fields = c.designNames(d)
	case partFields:
		for i, f := range d.Fields {
			p.row(f.ID, f.Name.In(c.Lang), c.fieldNote(d, f), c.fieldBoxes(d, i))
		}
	case partStates:
		for i, x := range d.States {
			at := "s." + strconv.Itoa(i) + "."
			p.row(x.ID, x.Name.In(c.Lang), c.T("design.class."+x.Class), designBoxes{fields: append(c.designWords(at, x.Name, 30),
				c.pick(at+"class", "design.class", x.Class, c.worded("design.class.", ledger.Classes)))})
		}
	case partSteps:
		for i, t := range d.Steps {
			p.row(t.ID, t.Name.In(c.Lang), c.stepNote(d, t), c.stepBoxes(d, i))
		}
	case partClocks:
		for i, k := range d.Clocks {
			p.row(k.ID, k.Name.In(c.Lang), c.clockNote(d, k), c.clockBoxes(d, i))
		}
	case partLinks:
		for i, l := range d.Links {
			at := "l." + strconv.Itoa(i) + "."
			p.row(l.ID, l.Name.In(c.Lang), "", designBoxes{fields: append(append(c.designWords(at, l.Name, 30), c.wordPair(at+"back_", "design.back_", l.Back, 30, true)...),
				c.choose(at+"to", "design.link_to", l.To, c.typeOptions(d, true)))})
		}
	case partMore:
		p.Fields, p.Groups = c.designColumns(d), []DesignGroup{c.designPublic(d), c.designRecurrence(d)}
	}
	for i := range p.Rows {
		p.Rows[i].Title = otherwise(p.Rows[i].Title, c.T("design.unnamed"))
	}
	return p
}

// designBoxes is what a row holds.
type designBoxes struct {
	fields []ui.Field
	groups []DesignGroup
}

func (p *DesignPart) row(id, title, note string, boxes designBoxes) {
	n := strconv.Itoa(len(p.Rows))
	letter := partLetter[p.ID]
	p.Rows = append(p.Rows, DesignRow{ID: p.ID + "-" + n, Letter: letter, No: n, Key: letter + "." + n, Row: id, Title: title, Note: note, Open: nameless.MatchString(id),
		Fields: boxes.fields, Groups: boxes.groups})
}

func (c *Ctx) designNames(d *ledger.Definition) []ui.Field {
	var texts, dates []ui.Option
	for _, f := range d.Fields {
		o := ui.Option{Value: f.ID, Text: f.Name.In(c.Lang)}
		if f.Kind == ledger.KindText || f.Kind == ledger.KindLong {
			texts = append(texts, o)
		}
		if givesDate(f) {
			dates = append(dates, o)
		}
	}
	fields := append(c.designWords("", d.Name, 60), c.wordPair("one_", "design.one_", d.One, 30, true)...)
	for _, f := range c.wordPair("about_", "design.about_", d.About, 200, false) {
		f.Type, f.Rows = "textarea", 2
		fields = append(fields, f)
	}
	if prefix, plain := strings.CutSuffix(d.Number, plainNumber); plain && !strings.ContainsAny(prefix, "{}") {
		fields = append(fields, ui.Field{Name: "prefix", Label: c.T("design.prefix"), Hint: c.T("design.prefix_hint"), Value: prefix, Required: true, Width: "short", MaxLength: 12})
	} else {
		fields = append(fields, ui.Field{Name: "number", Label: c.T("design.number"), Hint: c.T("design.number_hint"), Value: d.Number, Required: true, Width: "medium"})
	}
	return append(fields,
		c.pick("title", "design.titlefield", d.Title, texts),
		c.pick("target", "design.target", d.Target, c.orNone(dates)),
		c.pick("start", "design.start", d.Start, c.stateOptions(d)),
		c.pick("register_by", "design.register_by", string(d.RegisteredBy()), c.worded("design.register_by.", []string{string(authz.LedgerRegister), string(authz.LedgerOwn), string(authz.LedgerAsk)})),
		c.pick("convenor", "design.convenor", d.ConvenorIs, []ui.Option{{Text: c.T("design.convenor.usual")}, {Value: ledger.ConvenorAbove, Text: c.T("design.convenor.above")}, {Value: ledger.ConvenorSelf, Text: c.T("design.convenor.self")}}),
		ui.Field{Type: "checkbox", Name: "requester", Label: c.T("design.requester"), Value: ticked(d.Requester), Plain: true})
}

// plainNumber ends the pattern of numbers that begin with letters alone.
const plainNumber = "-{year}-{seq}"

// designWords are the boxes for a name in both languages.
func (c *Ctx) designWords(at string, t wording.Text, most int) []ui.Field {
	return c.wordPair(at, "design.word_", t, most, true)
}

func (c *Ctx) wordPair(at, key string, t wording.Text, most int, must bool) []ui.Field {
	var out []ui.Field
	for _, lang := range wording.Languages {
		out = append(out, ui.Field{Name: at + lang, Label: c.T(key + lang), Value: t[lang], MaxLength: most, Plain: must})
	}
	return out
}

// pick is a choice of one. A value that is none of the options stays among them, so that looking at it does not change it.
func (c *Ctx) pick(name, key, value string, options []ui.Option) ui.Field {
	if value != "" && !slices.ContainsFunc(options, func(o ui.Option) bool { return o.Value == value }) {
		options = append(slices.Clone(options), ui.Option{Value: value, Text: c.T("design.unknown", "Value", value)})
	}
	return ui.Field{Type: "select", Name: name, Label: c.T(key), Value: value, Options: options, Plain: true, Width: "medium"}
}

func (c *Ctx) orNone(options []ui.Option) []ui.Option {
	return append([]ui.Option{{Text: c.T("design.nothing")}}, options...)
}

func (c *Ctx) worded(prefix string, values []string) []ui.Option {
	var out []ui.Option
	for _, v := range values {
		out = append(out, ui.Option{Value: v, Text: c.T(prefix + v)})
	}
	return out
}

func (c *Ctx) choose(name, key string, chosen []string, options []ui.Option) ui.Field {
	return ui.Field{Type: "checkbox", Name: name, Label: c.T(key), Values: chosen, Options: options, Inline: true, Plain: true}
}

func (c *Ctx) figure(name, key, value string) ui.Field {
	return ui.Field{Name: name, Label: c.T(key), Value: value, Inputmode: "numeric", Width: "short", Plain: true}
}

func ticked(b bool) string {
	if b {
		return "1"
	}
	return ""
}

func howMany(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

// stateOptions are the states; withEnds says whether the ends are among them.
func (c *Ctx) stateOptions(d *ledger.Definition) (out []ui.Option) {
	for _, x := range d.States {
		out = append(out, ui.Option{Value: x.ID, Text: otherwise(x.Name.In(c.Lang), c.T("design.unnamed"))})
	}
	return out
}

// openStates are the states in which a matter is not at its end.
func (c *Ctx) openStates(d *ledger.Definition) (out []ui.Option) {
	for i, o := range c.stateOptions(d) {
		if !ledger.Ended(d.States[i].Class) {
			out = append(out, o)
		}
	}
	return out
}

// fieldOptions are the fields that a test takes.
func (c *Ctx) fieldOptions(d *ledger.Definition, good func(ledger.Field) bool) (out []ui.Option) {
	for _, f := range d.Fields {
		if good(f) {
			out = append(out, ui.Option{Value: f.ID, Text: otherwise(f.Name.In(c.Lang), c.T("design.unnamed"))})
		}
	}
	return out
}

func isChoice(f ledger.Field) bool  { return f.Kind == ledger.KindChoice }
func givesDate(f ledger.Field) bool { return f.Gives() == ledger.KindDate }
func isAsked(f ledger.Field) bool   { return f.Kind != ledger.KindComputed }

// refName is what a field or a table's column is called.
func (c *Ctx) refName(d *ledger.Definition, ref string) string {
	table, _, column := strings.Cut(ref, ".")
	f, ok := d.FieldAt(ref)
	if !ok {
		return ref
	}
	name := otherwise(f.Name.In(c.Lang), c.T("design.unnamed"))
	if !column {
		return name
	}
	t, _ := d.Field(table)
	return c.T("design.column_of", "Table", t.Name.In(c.Lang), "Column", name)
}

func (c *Ctx) refOptions(d *ledger.Definition, refs []string) (out []ui.Option) {
	for _, ref := range refs {
		out = append(out, ui.Option{Value: ref, Text: c.refName(d, ref)})
	}
	return out
}

func (c *Ctx) typeOptions(d *ledger.Definition, any bool) (out []ui.Option) {
	if any {
		out = append(out, ui.Option{Value: ledger.AnyType, Text: c.T("design.any_type")})
	}
	self := false
	for _, o := range c.srv.Ledgers().Types().All() {
		out = append(out, ui.Option{Value: o.ID, Text: o.Name.In(c.Lang)})
		self = self || o.ID == d.ID
	}
	if !self {
		out = append(out, ui.Option{Value: d.ID, Text: d.Name.In(c.Lang)})
	}
	return out
}
