package ledger

import (
	"embed"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"sync"

	"plumbline/internal/authz"
	"plumbline/internal/wording"
)

//go:embed wording
var words embed.FS

// Wording is the room's own catalogue: what the checker says of a definition.
func Wording() fs.FS { return words }

// Problem is one thing wrong with a definition, at its place. Key and Args word the reason.
type Problem struct {
	File string
	Line int
	At   string // the path of its place within the definition, "/states/3/name"; "" for the whole
	Key  string
	Args []any
}

var plainWords = sync.OnceValue(func() *wording.Catalogue {
	c, err := wording.Load(nil, words)
	if err != nil {
		panic(err) // embedded, and loaded by every test
	}
	return c
})

// In is the problem as one line in a language: "file:line: reason".
func (p Problem) In(lang string) string {
	return fmt.Sprintf("%s:%d: %s", p.File, p.Line, p.Reason(lang))
}

// Reason is what is wrong, without its place.
func (p Problem) Reason(lang string) string {
	args := slices.Clone(p.Args)
	for i, a := range args {
		if of, ok := a.(Problem); ok {
			args[i] = of.Reason(lang)
		}
	}
	return plainWords().T(lang, p.Key, args...)
}

func (p Problem) Error() string { return p.In("en") }

type checker struct {
	file     string
	lines    map[string]int
	roles    []authz.Role
	problems []Problem
}

func (c *checker) note(path, key string, args ...any) {
	line, ok := c.lines[path]
	for up := path; !ok && up != ""; line, ok = c.lines[up] {
		up = up[:strings.LastIndexByte(up, '/')]
	}
	c.problems = append(c.problems, Problem{c.file, max(line, 1), path, key, args})
}

func (c *checker) must(ok bool, path, key string, args ...any) {
	if !ok {
		c.note(path, key, args...)
	}
}

var idForm = regexp.MustCompile(`^[a-z][a-z0-9_]{0,39}$`)

func (c *checker) id(seen map[string]bool, id, path string) {
	c.must(idForm.MatchString(id), path, "ledger.check.bad_id", "ID", id)
	c.must(!seen[id], path, "ledger.check.doubled_id", "ID", id)
	seen[id] = true
}

func (c *checker) words(t wording.Text, path string) {
	for _, lang := range wording.Languages {
		c.must(strings.TrimSpace(t[lang]) != "", path, "ledger.check.no_wording", "Lang", lang)
	}
}

func (c *checker) check(d *Definition) {
	c.must(idForm.MatchString(d.ID), "/id", "ledger.check.bad_id", "ID", d.ID)
	c.must(d.For == "" || d.For == "finding" || d.For == "promise" || d.For == "indicator", "/for", "ledger.check.not_one_of", "Value", d.For, "List", "finding, promise, indicator")
	c.words(d.Name, "/name")
	c.words(d.One, "/one")
	c.must(strings.Contains(d.Number, "{year}") && strings.Contains(d.Number, "{seq}"), "/number", "ledger.check.number", "Value", d.Number)
	c.fields(d.Fields, "/fields", true)
	c.registering(d)
	title, ok := d.Field(d.Title)
	c.must(ok && (title.Kind == KindText || title.Kind == KindLong), "/title", "ledger.check.title", "ID", d.Title)
	c.must(d.Target == "" || kindOf(d.Fields, d.Target) == KindDate, "/target", "ledger.check.target", "ID", d.Target)
	c.asks(d, d.Register, "/register")
	c.must(asks(d.Register, d.Title), "/register", "ledger.check.title_not_asked", "ID", d.Title)
	c.states(d)
	c.steps(d)
	c.clocks(d)
	c.paths(d)
	c.linkKinds(d)
	c.extras(d)
}

// registering checks by whose right a matter is registered, and for whom.
func (c *checker) registering(d *Definition) {
	c.must(len(d.About) == 0 || d.About.Full(), "/about", "ledger.check.no_wording", "Lang", "zh/en")
	by := d.RegisteredBy()
	known := by == authz.LedgerRegister || by == authz.LedgerOwn || by == authz.LedgerAsk
	c.must(known, "/register_by", "ledger.check.not_one_of", "Value", string(by), "List", "ledger.register, ledger.own, ledger.ask")
	c.must(!known || d.RegisterBy == "" || c.held(by), "/register_by", "ledger.check.nobody_registers", "Action", string(by))
	c.must(by != authz.LedgerAsk || d.Requester, "/register_by", "ledger.check.no_requester")
	c.must(d.ConvenorIs == "" || d.ConvenorIs == ConvenorAbove || d.ConvenorIs == ConvenorSelf, "/convenor", "ledger.check.not_one_of", "Value", d.ConvenorIs, "List", "above, self")
	c.must(d.ConvenorIs == "" || by != authz.LedgerRegister, "/convenor", "ledger.check.convenor_chosen")
}

func asks(list []Ask, field string) bool {
	for _, a := range list {
		if a.Field == field && a.Must {
			return true
		}
	}
	return false
}

func (c *checker) asks(d *Definition, list []Ask, path string) {
	seen := map[string]bool{}
	for i, a := range list {
		at := fmt.Sprintf("%s/%d", path, i)
		f, ok := d.Field(a.Field)
		c.must(ok, at, "ledger.check.unknown_field", "ID", a.Field)
		c.must(!ok || f.Kind != KindComputed, at, "ledger.check.asked_computed", "ID", a.Field)
		c.must(!seen[a.Field], at, "ledger.check.doubled_id", "ID", a.Field)
		seen[a.Field] = true
	}
}

func (c *checker) states(d *Definition) {
	seen, ends := map[string]bool{}, false
	for i, s := range d.States {
		at := fmt.Sprintf("/states/%d", i)
		c.id(seen, s.ID, at+"/id")
		c.words(s.Name, at+"/name")
		c.must(slices.Contains(Classes, s.Class), at+"/class", "ledger.check.not_one_of", "Value", s.Class, "List", strings.Join(Classes, ", "))
		c.must(s.Class != TurnRequester || d.Requester, at+"/class", "ledger.check.no_requester")
		ends = ends || Ended(s.Class)
	}
	start, ok := d.State(d.Start)
	c.must(ok, "/start", "ledger.check.unknown_state", "ID", d.Start)
	c.must(!ok || !Ended(start.Class), "/start", "ledger.check.starts_ended", "ID", d.Start)
	c.must(ends, "/states", "ledger.check.no_end")
}

// paths looks at the life cycle as a whole: every state can be reached, and from every state an end can be.
func (c *checker) paths(d *Definition) {
	next, back := map[string][]string{}, map[string][]string{}
	for _, t := range d.Steps {
		for _, from := range t.From {
			next[from] = append(next[from], t.To)
			back[t.To] = append(back[t.To], from)
		}
	}
	var ends []string
	for _, s := range d.States {
		if Ended(s.Class) {
			ends = append(ends, s.ID)
		}
	}
	forth, alive := reach(next, d.Start), reach(back, ends...)
	for i, s := range d.States {
		at := fmt.Sprintf("/states/%d", i)
		c.must(forth[s.ID], at, "ledger.check.unreachable", "ID", s.ID)
		c.must(alive[s.ID], at, "ledger.check.dead", "ID", s.ID)
		c.must(Ended(s.Class) || c.turnCanMove(d, s), at, "ledger.check.turn_cannot_move", "ID", s.ID, "Class", s.Class)
	}
}

func reach(next map[string][]string, from ...string) map[string]bool {
	seen := map[string]bool{}
	for len(from) > 0 {
		s := from[0]
		from = from[1:]
		if !seen[s] {
			seen[s] = true
			from = append(from, next[s]...)
		}
	}
	return seen
}

// turnCanMove says whether those whose turn it is in a state have a step out of it.
func (c *checker) turnCanMove(d *Definition, s State) bool {
	for _, t := range d.StepsFrom(s.ID) {
		if t.To != s.ID && turnOf(t) == s.Class {
			return true
		}
	}
	return false
}

// turnOf says whose step it is.
func turnOf(t Transition) string {
	switch {
	case t.Action == authz.LedgerVerify:
		return TurnVerifier
	case t.Where() == AtOwner:
		return TurnOwner
	case t.Where() == AtRequester:
		return TurnRequester
	}
	return TurnConvenor
}
