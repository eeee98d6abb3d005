package web

import (
	"slices"
	"strings"

	"plumbline/internal/authz"
	"plumbline/internal/ledger"
)

func (r designReader) steps(d *ledger.Definition) {
	var out []ledger.Transition
	was := *d
	for _, i := range r.rows("t") {
		at := "t." + i + "."
		t, known := was.Step(r.text(at + "id"))
		if !known {
			t.ID = newKey("t", func(id string) bool {
				_, has := was.Step(id)
				return has || slices.ContainsFunc(out, func(t ledger.Transition) bool { return t.ID == id })
			})
		}
		t.Name = r.wording(at)
		t.From, t.To = r.chosen(at+"from", t.From), r.text(at+"to")
		if who := authz.Action(otherwise(r.text(at+"who"), string(authz.LedgerOwn))); who != t.Action {
			t.Action, t.At = who, ""
		}
		t.Main = r.v.Has(at + "main")
		if r.v.Has(at + "note") { // a row just added has none of the rest
			t.Ask = r.asks(d, t.Ask, at+"ask.")
			t.Note, t.Evidence, t.Effects = r.threeWay(at+"note", t.Note), r.threeWay(at+"evidence", t.Evidence), r.chosen(at+"effects", t.Effects)
			t.NoteName, t.Past = r.wording(at+"note_"), r.wording(at+"past_")
			t.After = r.number(at + "after")
			t.Need = r.needs(d, t.Need, at+"n.")
			r.makes(&t, at)
		}
		out = append(out, t)
	}
	d.Steps = out
}

// asks reads what a step asks for: in the order of before, what is new in that of the fields.
func (r designReader) asks(d *ledger.Definition, was []ledger.Ask, at string) []ledger.Ask {
	var out []ledger.Ask
	for _, f := range d.Fields {
		if asked := r.text(at + f.ID); asked == ledger.May || asked == ledger.Must {
			out = append(out, ledger.Ask{Field: f.ID, Must: asked == ledger.Must})
		}
	}
	slices.SortStableFunc(out, func(a, b ledger.Ask) int { return place(was, a) - place(was, b) })
	return out
}

func (r designReader) needs(d *ledger.Definition, was []ledger.Need, at string) []ledger.Need {
	var out []ledger.Need
	n := -1
	r.items(at, func(at, _ string) {
		n++
		rule := r.text(at + "rule")
		if rule == "" {
			return
		}
		keys := ledger.NeedKeys(rule)
		has := func(key string) bool { return slices.Contains(keys, key) && r.v.Has(at+key) }
		x := ledger.Need{Rule: rule}
		if n < len(was) { // a rule put in the place of another keeps what both read
			x.Say = was[n].Say
		}
		if r.v.Has(at + "say_zh") {
			x.Say = r.wording(at + "say_")
		}
		if has("field") {
			x.Field = r.text(at + "field")
		}
		if has("of") {
			x.Of = r.text(at + "of")
		}
		if has("if") {
			x.If = r.text(at + "if")
			if n < len(was) && was[n].If != "" && was[n].Field == x.Field && was[n].Compared() == x.If {
				x.If = was[n].If // a column beside another may be named without its table
			}
		}
		if has("value") {
			x.Value = r.literal(d, x, r.text(at+"value"))
		}
		if slices.Contains(keys, "n") {
			x.N = r.number(at + "rows")
		}
		if has("link") {
			x.Link = r.text(at + "link")
		}
		out = append(out, x)
	})
	return out
}

// literal is the value that the words of a form stand for.
func (r designReader) literal(d *ledger.Definition, x ledger.Need, text string) ledger.Literal {
	f, _ := d.FieldAt(x.Compared())
	for _, ch := range f.Choices {
		if ch.Name["zh"] == text || strings.EqualFold(ch.Name["en"], text) {
			return ledger.Literal(ch.ID)
		}
	}
	if word := r.words[text]; word != "" && f.Gives() == ledger.KindDate {
		return ledger.Literal(word)
	}
	return ledger.Literal(text)
}

// makes reads what a step makes in other ledgers and which steps it takes there.
func (r designReader) makes(t *ledger.Transition, at string) {
	kind, link := r.pair(at + "make")
	switch {
	case kind == "":
		t.Spawn = nil
	case t.Spawn == nil || t.Spawn.Type != kind:
		t.Spawn = &ledger.Spawn{Type: kind, Link: link, Map: map[string]string{}}
	default:
		t.Spawn = &ledger.Spawn{Type: kind, Link: link, Table: r.text(at + "table"), Owner: r.text(at + "owner"), Map: r.mapping(at + "map.")}
	}
	if !r.v.Has(at + "drive") {
		return
	}
	t.Drives = nil
	if link, step := r.pair(at + "drive"); link != "" {
		t.Drives = &ledger.Drives{Link: link, Step: step, Note: r.text(at + "drive_note")}
	}
}

// mapping reads where the fields of a matter that is made come from.
func (r designReader) mapping(at string) map[string]string {
	out := map[string]string{}
	for name := range r.v {
		if field, ok := strings.CutPrefix(name, at); ok && r.text(name) != "" {
			out[field] = r.text(name)
		}
	}
	return out
}
