package ledger

import (
	"slices"
	"strings"
	"unicode"

	"plumbline/internal/authz"
	"plumbline/internal/wording"
)

// Fact is something that the system holds already, so that nobody need ask a unit for it again (facts.json of a pack).
type Fact struct {
	ID   string       `json:"id"`
	Name wording.Text `json:"name"`
	// Words are those by which a text is known to ask for it, by language; every text is searched for all of them.
	Words map[string][]string `json:"words"`
	At    FactPlace           `json:"at"`
	// Ask is the role to turn to for whoever may not read it.
	Ask string `json:"ask"`
}

// FactPlace is where a fact is found: in a ledger, narrowed to a state or a class, maybe in one of its fields; or on one
// of FactPages, of which the meter's needs its ledger.
type FactPlace struct {
	Page   string `json:"page,omitempty"`
	Ledger string `json:"ledger,omitempty"`
	State  string `json:"state,omitempty"`
	Class  string `json:"class,omitempty"` // a class, or "open", or "ended"
	Field  string `json:"field,omitempty"`
}

// The pages on which a fact can be found.
const (
	FactUnits   = "units"   // the unit with all below it
	FactPosts   = "posts"   // its posts and who holds them
	FactReports = "reports" // its latest report
	FactFigures = "figures" // the figures of its ledgers
	FactMeter   = "meter"   // what was asked of it
)

// FactPages lists them all.
var FactPages = []string{FactUnits, FactPosts, FactReports, FactFigures, FactMeter}

// Held says how the matters of a ledger that ask something of a unit are held against the facts: the fields In say what
// is asked; the choice Fact, if there is one, names a fact outright, or None to say that it is none of them. Where a fact
// is held the choice Choice records whether it was Given from the system or asked Again, with the Reason; it is Open
// while nobody has said.
type Held struct {
	In     []string `json:"in"`
	Fact   string   `json:"fact,omitempty"`
	None   string   `json:"none,omitempty"`
	Choice string   `json:"choice"`
	Given  string   `json:"given"`
	Again  string   `json:"again"`
	Open   string   `json:"open"`
	Reason string   `json:"reason"`
	// Question is the step by which the unit questions a demand for what is held.
	Question *HeldStep `json:"question,omitempty"`
}

// HeldStep is a step with what one of its choices has to say.
type HeldStep struct {
	Step  string `json:"step"`
	Field string `json:"field"`
	Value string `json:"value"`
}

// How a demand for facts that are held was answered; "" is one for nothing that is held.
const (
	HeldGiven = "given" // from the system: nobody had to do anything
	HeldAgain = "again" // asked again, for a reason
	HeldOpen  = "open"  // nobody has said yet
)

// Answer is how a matter's demand was answered: HeldGiven, HeldAgain, HeldOpen or "".
func (h *Held) Answer(v Values) string {
	if h == nil {
		return ""
	}
	switch v[h.Choice].Text {
	case "":
		return ""
	case h.Given:
		return HeldGiven
	case h.Again:
		return HeldAgain
	}
	return HeldOpen
}

// Asks says whether a step records the answer.
func (h *Held) Asks(t Transition) bool {
	return h != nil && slices.ContainsFunc(t.Ask, func(a Ask) bool { return a.Field == h.Choice })
}

// Shown says whether a field is answered only where facts are held, and so stands in no form that asks for other things.
func (h *Held) Shown(field string) bool { return h != nil && (field == h.Choice || field == h.Reason) }

// Match finds the facts that a text asks for, in the order of the list. Letters count alike in either case and width; a
// word of letters and digits is known only as a whole word; where words overlap the longest is the one that was meant.
func Match(text string, facts []Fact) []Fact {
	type hit struct{ fact, from, to int }
	in := plainRunes(text)
	var hits []hit
	for i, f := range facts {
		for _, lang := range wording.Languages {
			for _, word := range f.Words[lang] {
				w := plainRunes(word)
				for _, at := range placesOf(in, w) {
					hits = append(hits, hit{i, at, at + len(w)})
				}
			}
		}
	}
	slices.SortStableFunc(hits, func(a, b hit) int {
		if n := (b.to - b.from) - (a.to - a.from); n != 0 {
			return n
		}
		return a.from - b.from
	})
	taken, found := make([]bool, len(in)), make([]bool, len(facts))
	for _, h := range hits {
		if !slices.Contains(taken[h.from:h.to], true) {
			found[h.fact] = true
			for i := h.from; i < h.to; i++ {
				taken[i] = true
			}
		}
	}
	var out []Fact
	for i, f := range facts {
		if found[i] {
			out = append(out, f)
		}
	}
	return out
}

// plainRunes is a text with small letters, half-width signs and single spaces.
func plainRunes(text string) []rune {
	text = strings.Map(func(r rune) rune {
		if r >= '！' && r <= '～' {
			r -= '！' - '!'
		}
		return unicode.ToLower(r)
	}, text)
	return []rune(strings.Join(strings.Fields(text), " "))
}

// placesOf lists where a word stands in a text, both plain.
func placesOf(text, word []rune) (out []int) {
	if len(word) == 0 {
		return nil
	}
	for i := 0; i+len(word) <= len(text); i++ {
		if !slices.Equal(text[i:i+len(word)], word) {
			continue
		}
		before := i > 0 && latin(text[i-1]) && latin(word[0])
		after := i+len(word) < len(text) && latin(text[i+len(word)]) && latin(word[len(word)-1])
		if !before && !after {
			out = append(out, i)
		}
	}
	return out
}

// latin says whether a sign belongs to words that spaces part.
func latin(r rune) bool { return r < 0x2E80 && (unicode.IsLetter(r) || unicode.IsDigit(r)) }

// Facts lists what the pack says the system holds.
func (t *Types) Facts() []Fact { return t.facts }

// HeldIn gives the facts for which a matter asks though the system holds them; none where its ledger asks for nothing.
func (t *Types) HeldIn(d *Definition, v Values) []Fact {
	if d == nil || d.Held == nil {
		return nil
	}
	named := v[d.Held.Fact].Text
	if d.Held.Fact == "" {
		named = ""
	}
	if named != "" && named == d.Held.None {
		return nil
	}
	var texts []string
	for _, id := range d.Held.In {
		texts = append(texts, v[id].Text)
	}
	found := Match(strings.Join(texts, "\n"), t.facts)
	return slices.DeleteFunc(slices.Clone(t.facts), func(f Fact) bool {
		return f.ID != named && !slices.ContainsFunc(found, func(x Fact) bool { return x.ID == f.ID })
	})
}

// Asked is the unit of which a matter asks something: its requester where the ledger has requesters, else its owner.
func (d *Definition) Asked(m Matter) authz.Unit {
	if d.Requester && m.Requester.ID != 0 {
		return m.Requester
	}
	return m.Owner
}

// answer makes a new matter's answer fit what it asks for: none where nothing is held, HeldOpen where nobody has said. It
// gives the field in which the reason is missing, "" if none.
func (t *Types) answer(d *Definition, m *Matter) (lacks string) {
	h := d.Held
	if h == nil {
		return ""
	}
	if len(t.HeldIn(d, m.Values)) == 0 {
		delete(m.Values, h.Choice)
		delete(m.Values, h.Reason)
		return ""
	}
	switch h.Answer(m.Values) {
	case "":
		m.Values[h.Choice] = Value{Text: h.Open}
	case HeldAgain:
		if m.Values[h.Reason].Empty() {
			return h.Reason
		}
	}
	if h.Answer(m.Values) != HeldAgain {
		delete(m.Values, h.Reason)
	}
	return ""
}
