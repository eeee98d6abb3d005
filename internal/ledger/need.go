package ledger

import (
	"bytes"
	"encoding/json"
	"math/big"
	"slices"
	"strings"

	"plumbline/internal/calendar"
	"plumbline/internal/fault"
	"plumbline/internal/wording"
)

// The rules that a step may need: a closed list.
const (
	NeedFilled         = "filled"           // Field holds something
	NeedEquals         = "equals"           // Field is Value
	NeedNotEquals      = "not_equals"       // Field is not Value
	NeedAtLeast        = "at_least"         // Field, a number or a date, is Value or more
	NeedAtMost         = "at_most"          // Field, a number or a date, is Value or less
	NeedRows           = "rows"             // the table Field has N rows or more
	NeedColumnFilled   = "column_filled"    // "table.column" is filled in every row
	NeedColumnIs       = "column_is"        // "table.column" is Value in every row
	NeedSumIs          = "sum_is"           // the sum of "table.column" is Value
	NeedMoreThanHalf   = "more_than_half"   // the number Field is more than half of the number Of
	NeedNotMore        = "not_more"         // the number Field is not more than the number Of
	NeedNotBefore      = "not_before"       // the date Field is not before the date Of
	NeedFilledIf       = "filled_if"        // Field holds something where the field If is Value
	NeedColumnFilledIf = "column_filled_if" // "table.column" is filled in every row whose column If is Value
	NeedLinksEnded     = "links_ended"      // every matter that a link of the kind Link ties back to this one has ended
	NeedHasLink        = "has_link"         // there is a link of the kind Link, from this matter or back to it
)

// NeedRules lists them all.
var NeedRules = []string{NeedFilled, NeedEquals, NeedNotEquals, NeedAtLeast, NeedAtMost, NeedRows, NeedColumnFilled, NeedColumnIs,
	NeedSumIs, NeedMoreThanHalf, NeedNotMore, NeedNotBefore, NeedFilledIf, NeedColumnFilledIf, NeedLinksEnded, NeedHasLink}

// Need is a condition of a step. Say tells whoever fails it what to do.
type Need struct {
	Rule  string       `json:"rule"`
	Field string       `json:"field,omitempty"`
	Of    string       `json:"of,omitempty"`
	If    string       `json:"if,omitempty"`
	Value Literal      `json:"value,omitempty"`
	N     int          `json:"n,omitempty"`
	Link  string       `json:"link,omitempty"`
	Say   wording.Text `json:"say"`
}

// Literal is a value that a definition names: a text, or a number in the file.
type Literal string

// UnmarshalJSON takes a text or a number.
func (l *Literal) UnmarshalJSON(b []byte) error {
	var n json.Number
	if !bytes.HasPrefix(b, []byte(`"`)) && json.Unmarshal(b, &n) == nil {
		*l = Literal(n)
		return nil
	}
	return json.Unmarshal(b, (*string)(l))
}

// Linked is what a step may need to know of a matter linked to this one: the kind of the link, whether it leads back to
// this one, and how the other stands.
type Linked struct {
	Kind  string
	Back  bool
	Class string
}

// meets checks the conditions of a step on the matter as the step would leave it. Each one that fails is a fault at its
// field, with the sentence that the definition has for it; where the form does not ask for the field, at the form.
func (d *Definition) meets(m Matter, t Transition, linked []Linked, today calendar.Date) error {
	var form fault.Form
	for _, n := range t.Need {
		if d.holds(n, m.Values, linked, today) {
			continue
		}
		at := tableOf(n.Field)
		if !slices.ContainsFunc(t.Ask, func(a Ask) bool { return a.Field == at }) {
			at = ""
		}
		form.Add(at, "fault.ledger.say", "Say", n.Say)
	}
	return form.Err()
}

// holds says whether a condition is met. What compares a value fails while there is none, except not_equals, not_more and
// not_before; a rule on a column holds of a table without rows.
func (d *Definition) holds(n Need, v Values, linked []Linked, today calendar.Date) bool {
	is, want := v[n.Field], string(n.Value)
	switch n.Rule {
	case NeedFilled:
		return !is.Empty()
	case NeedEquals:
		return d.alike(n.Field, is.Text, want)
	case NeedNotEquals:
		return !d.alike(n.Field, is.Text, want)
	case NeedAtLeast:
		c, ok := d.compare(n.Field, is.Text, want, today)
		return ok && c >= 0
	case NeedAtMost:
		c, ok := d.compare(n.Field, is.Text, want, today)
		return ok && c <= 0
	case NeedRows:
		return len(is.Rows) >= n.N
	case NeedFilledIf:
		return !is.Empty() || !d.alike(n.If, v[n.If].Text, want)
	case NeedNotBefore:
		of := v[n.Of].Text
		return is.Text == "" || of == "" || is.Text >= of
	case NeedMoreThanHalf:
		part, ok := numberOf(n.Field, v)
		all, ok2 := numberOf(n.Of, v)
		return ok && ok2 && part.Add(part, part).Cmp(all) > 0
	case NeedNotMore:
		part, ok := numberOf(n.Field, v)
		all, ok2 := numberOf(n.Of, v)
		return !ok || !ok2 || part.Cmp(all) <= 0
	case NeedLinksEnded, NeedHasLink:
		return n.tied(linked)
	}
	return d.holdsRows(n, v)
}

// holdsRows is holds for the rules on a column.
func (d *Definition) holdsRows(n Need, v Values) bool {
	cells := d.cells(n.Field, v)
	switch n.Rule {
	case NeedColumnFilled:
		return !slices.Contains(cells, "")
	case NeedColumnIs:
		return !slices.ContainsFunc(cells, func(cell string) bool { return !d.alike(n.Field, cell, string(n.Value)) })
	case NeedSumIs:
		want, ok := new(big.Rat).SetString(string(n.Value))
		return ok && total(cells).Cmp(want) == 0
	case NeedColumnFilledIf:
		for i, other := range d.cells(n.condition(), v) {
			if cells[i] == "" && d.alike(n.condition(), other, string(n.Value)) {
				return false
			}
		}
		return true
	}
	return false
}

// tied is holds for the rules on links.
func (n Need) tied(linked []Linked) bool {
	for _, l := range linked {
		switch {
		case l.Kind != n.Link:
		case n.Rule == NeedHasLink:
			return true
		case l.Back && !Ended(l.Class):
			return false
		}
	}
	return n.Rule == NeedLinksEnded
}

// alike says whether a field or column holds a value; numbers are compared as numbers.
func (d *Definition) alike(ref, is, want string) bool {
	f, _ := d.FieldAt(ref)
	if numeric(f.Gives()) {
		a, ok := new(big.Rat).SetString(is)
		b, ok2 := new(big.Rat).SetString(want)
		return ok && ok2 && a.Cmp(b) == 0
	}
	return is == want
}

// compare gives -1, 0 or 1 for what a number or date field holds against a value ("today" is one of dates).
func (d *Definition) compare(ref, is, want string, today calendar.Date) (int, bool) {
	f, _ := d.FieldAt(ref)
	if !numeric(f.Gives()) {
		if want == "today" {
			want = today.String()
		}
		return strings.Compare(is, want), is != ""
	}
	a, ok := new(big.Rat).SetString(is)
	b, ok2 := new(big.Rat).SetString(want)
	if !ok || !ok2 {
		return 0, false
	}
	return a.Cmp(b), true
}
