package web

import (
	"encoding/json"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"plumbline/internal/authz"
	"plumbline/internal/ledger"
	"plumbline/internal/wording"
)

// nameless is the key of a row that has no English name yet: the letter of its chapter and a number.
var nameless = regexp.MustCompile(`^new_[fstkl][0-9]+$`)

// designReader reads a chapter of the form of a draft. What can't be taken stands in bad, by the name of its box.
type designReader struct {
	v     url.Values
	words map[string]string // words of the form, in either language, that stand for a value
	bad   map[string]string // the key of the sentence
}

func (c *Ctx) designReader() designReader {
	r := designReader{c.R.PostForm, map[string]string{}, map[string]string{}}
	for _, lang := range wording.Languages {
		r.words[c.srv.Words.T(lang, "design.today")] = "today"
	}
	return r
}

// rows are the numbers of the rows of a chapter as the form's order list has them.
func (r designReader) rows(letter string) []string { return r.v[letter] }

// reshape adds, drops or raises the row that a button names and gives the place to come back to.
func (r designReader) reshape(part, do string) (anchor string) {
	verb, key, ok := strings.Cut(do, ":")
	if !ok {
		return ""
	}
	letter, no, _ := strings.Cut(key, ".")
	rows := r.v[letter]
	i := slices.Index(rows, no)
	switch {
	case verb == "add":
		n := 0
		for slices.Contains(rows, strconv.Itoa(n)) {
			n++
		}
		r.v[letter] = append(rows, strconv.Itoa(n))
		return part + "-" + strconv.Itoa(len(rows))
	case verb == "open" && i >= 0:
		return part + "-" + strconv.Itoa(i)
	case verb == "drop" && i >= 0:
		r.v[letter] = slices.Delete(slices.Clone(rows), i, i+1)
	case verb == "up" && i > 0:
		rows[i-1], rows[i] = rows[i], rows[i-1]
		return part + "-" + strconv.Itoa(i-1)
	}
	return part
}

func (r designReader) text(name string) string { return strings.TrimSpace(r.v.Get(name)) }

// number reads a whole number; nothing is 0.
func (r designReader) number(name string) int {
	text := r.text(name)
	n, err := strconv.Atoi(text)
	if text != "" && (err != nil || n < 0 || n > 1000000) {
		r.bad[name] = "design.bad_number"
		return 0
	}
	return n
}

// chosen are the ticked ones of a group: those of before in their order, then the others in the form's.
func (r designReader) chosen(name string, was []string) []string {
	out := slices.Clone(r.v[name])
	slices.SortStableFunc(out, func(a, b string) int { return placeIn(was, a) - placeIn(was, b) })
	return out
}

// threeWay is no, may or must; what was never said is no, too.
func (r designReader) threeWay(name, was string) string {
	if text := r.text(name); text != ledger.No || was != "" {
		return text
	}
	return was
}

// pair reads "type/link".
func (r designReader) pair(name string) (a, b string) {
	a, b, _ = strings.Cut(r.text(name), "/")
	return a, b
}

// items calls visit for each row of a list in a row, in its order.
func (r designReader) items(at string, visit func(at, id string)) {
	for n := 0; r.v.Has(at + strconv.Itoa(n) + ".id"); n++ {
		visit(at+strconv.Itoa(n)+".", r.text(at+strconv.Itoa(n)+".id"))
	}
}

func (r designReader) wording(at string) wording.Text {
	t := wording.Text{}
	for _, lang := range wording.Languages {
		if s := r.text(at + lang); s != "" {
			t[lang] = s
		}
	}
	if len(t) == 0 {
		return nil
	}
	return t
}

// read puts what a chapter of the form says into the definition; what it has no box for stays.
func (r designReader) read(d *ledger.Definition, part string) {
	switch part {
	case partNames:
		r.names(d)
	case partFields:
		r.fields(d)
	case partStates:
		r.states(d)
	case partSteps:
		r.steps(d)
	case partClocks:
		r.clocks(d)
	case partLinks:
		r.links(d)
	case partMore:
		r.columnsOf(d)
		r.public(d)
		r.recurrence(d)
	}
	rename(d)
	unhook(d)
}

func (r designReader) names(d *ledger.Definition) {
	d.Name, d.One, d.About = r.wording(""), r.wording("one_"), r.wording("about_")
	d.Number = r.text("number")
	if r.v.Has("prefix") {
		d.Number = r.text("prefix") + plainNumber
		if r.text("prefix") == "" {
			r.bad["prefix"] = "fault.ledger.needed"
		}
	}
	d.Title, d.Target, d.Start = r.text("title"), r.text("target"), r.text("start")
	if by := authz.Action(r.text("register_by")); by != d.RegisteredBy() {
		d.RegisterBy = by
	}
	d.ConvenorIs, d.Requester = r.text("convenor"), r.v.Has("requester")
}

// unhook takes what was dropped out of what mentions it in lists; single mentions are for the list of problems.
func unhook(d *ledger.Definition) {
	noState := func(id string) bool { _, has := d.State(id); return !has }
	noField := func(a ledger.Ask) bool { _, has := d.Field(a.Field); return !has }
	for i := range d.Steps {
		d.Steps[i].From = slices.DeleteFunc(d.Steps[i].From, noState)
		d.Steps[i].Ask = slices.DeleteFunc(d.Steps[i].Ask, noField)
	}
	for i := range d.Clocks {
		d.Clocks[i].States = slices.DeleteFunc(d.Clocks[i].States, noState)
		d.Clocks[i].Pauses = slices.DeleteFunc(d.Clocks[i].Pauses, noState)
	}
	if d.Public != nil {
		d.Public = &ledger.Public{States: slices.DeleteFunc(slices.Clone(d.Public.States), noState),
			Fields: slices.DeleteFunc(slices.Clone(d.Public.Fields), func(id string) bool { return noField(ledger.Ask{Field: id}) })}
	}
	if d.Recurrence != nil {
		d.Recurrence.States = slices.DeleteFunc(d.Recurrence.States, noState)
	}
	d.Columns = slices.DeleteFunc(slices.Clone(d.Columns), func(id string) bool {
		return noField(ledger.Ask{Field: id}) && !slices.Contains(ledger.ColumnWords, id)
	})
	d.Held = unhookHeld(d)
}

// unhookHeld is what a ledger says of facts that are held without what was dropped; nil where it can't say it any more,
// since no chapter asks about it.
func unhookHeld(d *ledger.Definition) *ledger.Held {
	if d.Held == nil {
		return nil
	}
	has := func(id, choice string) bool {
		f, ok := d.Field(id)
		return ok && (choice == "" || slices.ContainsFunc(f.Choices, func(ch ledger.Choice) bool { return ch.ID == choice }))
	}
	h := *d.Held
	h.In = slices.DeleteFunc(slices.Clone(h.In), func(id string) bool { return !has(id, "") })
	if len(h.In) == 0 || !has(h.Reason, "") || !has(h.Choice, h.Given) || !has(h.Choice, h.Again) || !has(h.Choice, h.Open) {
		return nil
	}
	if h.Fact != "" && !has(h.Fact, "") {
		h.Fact, h.None = "", ""
	}
	if h.None != "" && !has(h.Fact, h.None) {
		h.None = ""
	}
	if q := h.Question; q != nil {
		t, ok := d.Step(q.Step)
		asked := slices.ContainsFunc(t.Ask, func(a ledger.Ask) bool { return a.Field == q.Field })
		if !ok || !asked || !has(q.Field, q.Value) {
			h.Question = nil
		}
	}
	return &h
}

// newKey is the key of a new row until it has an English name.
func newKey(letter string, taken func(id string) bool) string {
	for n := 0; ; n++ {
		if id := "new_" + letter + strconv.Itoa(n); !taken(id) {
			return id
		}
	}
}

func (r designReader) states(d *ledger.Definition) {
	var out []ledger.State
	was := *d
	for _, i := range r.rows("s") {
		at := "s." + i + "."
		id := r.text(at + "id")
		if id == "" {
			id = newKey("s", func(id string) bool {
				_, has := was.State(id)
				return has || slices.ContainsFunc(out, func(s ledger.State) bool { return s.ID == id })
			})
		}
		out = append(out, ledger.State{ID: id, Name: r.wording(at), Class: otherwise(r.text(at+"class"), ledger.TurnOwner)})
	}
	d.States = out
}

func (r designReader) links(d *ledger.Definition) {
	var out []ledger.LinkKind
	was := *d
	for _, i := range r.rows("l") {
		at := "l." + i + "."
		id := r.text(at + "id")
		if id == "" {
			id = newKey("l", func(id string) bool {
				_, has := was.LinkKind(id)
				return has || slices.ContainsFunc(out, func(l ledger.LinkKind) bool { return l.ID == id })
			})
		}
		l, _ := was.LinkKind(id)
		out = append(out, ledger.LinkKind{ID: id, To: r.chosen(at+"to", l.To), Name: r.wording(at), Back: r.wording(at + "back_")})
	}
	d.Links = out
}

// rename gives rows that got an English name their key, wherever it stands: all mentions are found in the text of the
// definition, where such a key is a word of its own.
func rename(d *ledger.Definition) {
	text := d.Text()
	swap := func(id string, name wording.Text, taken func(id string) bool) {
		if !nameless.MatchString(id) {
			return
		}
		if to := ledger.MakeID(name["en"], taken); to != "" {
			text = regexp.MustCompile(`\b`+id+`\b`).ReplaceAllString(text, to)
		}
	}
	given := map[string]bool{}
	key := func(has func(id string) bool) func(id string) bool {
		return func(id string) bool {
			if has(id) || given[id] {
				return true
			}
			given[id] = true
			return false
		}
	}
	for _, f := range d.Fields {
		swap(f.ID, f.Name, key(func(id string) bool { _, has := d.Field(id); return has || ledger.Reserved(id) }))
	}
	clear(given)
	for _, s := range d.States {
		swap(s.ID, s.Name, key(func(id string) bool { _, has := d.State(id); return has }))
	}
	clear(given)
	for _, t := range d.Steps {
		swap(t.ID, t.Name, key(func(id string) bool { _, has := d.Step(id); return has || ledger.ReservedStep(id) }))
	}
	clear(given)
	for _, k := range d.Clocks {
		swap(k.ID, k.Name, key(func(id string) bool {
			return slices.ContainsFunc(d.Clocks, func(o ledger.Clock) bool { return o.ID == id })
		}))
	}
	clear(given)
	for _, l := range d.Links {
		swap(l.ID, l.Name, key(func(id string) bool { _, has := d.LinkKind(id); return has }))
	}
	fresh := ledger.Definition{}
	if err := json.Unmarshal([]byte(text), &fresh); err != nil {
		panic(err) // it was written from a definition, and keys were put in the place of keys
	}
	*d = fresh
}
