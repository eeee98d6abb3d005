package journeys_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"plumbline/internal/browser"
	"plumbline/internal/ledger"
)

// script is the way of one matter through its ledger, as a file of testdata/ledgers writes it.
type script struct {
	Type string `json:"type"`
	Lang string `json:"lang"` // "" is zh
	Open turn   `json:"open"`
	// From is the ledger whose matter, at the end of its own way, this one is registered from.
	From string `json:"from"`
	// Until are the turns before time runs out, Told who is then told of it, After the turns that follow.
	Until []turn   `json:"until"`
	Told  []string `json:"told"`
	After []turn   `json:"after"`
}

// turn is one step: Who presses its button and fills in Fields. What stands in Wrong is sent first, and refused with the
// sentence Refused. A text "@12" is the day in twelve days; "table.row.column" is a cell. Child is a turn of the matter
// that came of this one.
type turn struct {
	Who     string            `json:"who"`
	Step    string            `json:"step"`
	Fields  map[string]string `json:"fields"`
	Wrong   map[string]string `json:"wrong"`
	Refused string            `json:"refused"`
	Child   bool              `json:"child"`
	Stops   bool              `json:"stops"` // the refusal is the end of it
}

// people are the accounts that the scripts name: a subdistrict's clerk and its head, whose matters the district's office
// approves and the city's supervision office verifies; the district's clerk and head for what the subdistrict asks of it.
var people = map[string]string{"own": "baishi-staff", "head": "baishi", "ask": "baishi-staff", "office": "donghu-office", "verifier": "verifier",
	"above-own": "donghu-staff", "above": "donghu", "city": "office", "chair": "chair"}

// waiting is how long the matters lie until everybody above is told.
const waiting = 100 * 24 * time.Hour

// journey walks one matter through the browser.
type journey struct {
	*script
	s      *ledgers
	d      *ledger.Definition
	at     string // the address of the matter
	number string
	clicks int
	typed  int
	took   time.Duration
	failed bool
}

// ledgers are the city in which all journeys happen, with a window for each person.
type ledgers struct {
	town
	whole *testing.T
	tabs  map[string]*browser.Tab
	seen  map[string]bool // pages that axe has seen
	done  map[string]*journey
}

// Every ledger, walked by hand: opened, claimed, planned, done, verified and closed by those whose turn it is; refused
// once, reopened where it can be, and told to those above when its time is over.
func TestEveryLedgerByHand(t *testing.T) {
	site, _ := browser.City(t, "zh")
	s := &ledgers{town{site}, t, map[string]*browser.Tab{}, map[string]bool{}, map[string]*journey{}}
	var all []*journey
	for _, name := range files(t, "testdata/ledgers/*.json") {
		x := &script{}
		text, err := os.ReadFile(name)
		if err == nil {
			err = json.Unmarshal(text, x)
		}
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		j := &journey{script: x, s: s, d: site.Rooms.Ledgers.Types().Current(x.Type)}
		all = append(all, j)
		s.done[x.Type] = j
	}
	for _, d := range site.Rooms.Ledgers.Types().All() {
		if s.done[d.ID] == nil {
			t.Errorf("nobody walks through %s", d.ID)
		}
	}
	s.part(t, all, "opened", func(j *journey) {
		if j.From == "" {
			j.begin()
		}
	})
	s.tabs = map[string]*browser.Tab{}
	s.Later(waiting)
	s.part(t, all, "told", (*journey).heard)
	slices.SortStableFunc(all, func(a, b *journey) int { return strings.Compare(a.From, b.From) })
	s.part(t, all, "closed", (*journey).finish)
	for _, j := range all {
		t.Logf("%s: %d clicks, %d fields typed, %v", j.Type, j.clicks, j.typed, j.took.Round(time.Millisecond))
	}
}

func files(t *testing.T, pattern string) []string {
	t.Helper()
	names, err := filepath.Glob(pattern)
	if err != nil || len(names) == 0 {
		t.Fatalf("no files %s: %v", pattern, err)
	}
	return names
}

// part runs a part of every journey as a test of its own.
func (s *ledgers) part(t *testing.T, all []*journey, name string, walk func(*journey)) {
	for _, j := range all {
		if j.failed {
			continue
		}
		j.failed = !t.Run(j.Type+" "+name, func(t *testing.T) {
			begun := time.Now()
			s.T = t
			for _, b := range s.tabs {
				b.T = t
			}
			walk(j)
			j.took += time.Since(begun)
		})
	}
	s.T = t
	for _, b := range s.tabs {
		b.T = t
	}
}

// tab is somebody's window, in the journey's language.
func (j *journey) tab(who string) *browser.Tab {
	j.s.T.Helper()
	login := people[who]
	if login == "" {
		login = who
	}
	b := j.s.tabs[login]
	if b == nil {
		part := j.s.T
		j.s.T = j.s.whole // the window stays open after this part
		b = j.s.as(login)
		j.s.T, b.T = part, part
		j.s.tabs[login] = b
	}
	b.Lang(j.lang())
	return b
}

func (j *journey) lang() string {
	if j.Lang == "" {
		return "zh"
	}
	return j.Lang
}

// look has axe look at a page, once for each kind of page.
func (j *journey) look(b *browser.Tab, kind string) {
	if kind += j.lang(); !j.s.seen[kind] {
		j.s.seen[kind] = true
		b.Axe()
		b.Shot("ledger-" + kind)
	}
}

// begin registers the matter and takes the turns until time runs out.
func (j *journey) begin() {
	b := j.tab(j.Open.Who)
	if j.From != "" {
		b.Visit(j.s.done[j.From].at)
		browser.Eval[bool](b, `(document.querySelectorAll('details').forEach(d => { d.open = true; }), true)`)
		j.press(b, `[...document.querySelectorAll('details a')].find(a => a.getAttribute('href').includes('type=`+j.Type+`'))`)
	} else {
		b.Visit("/matters?type=" + j.Type)
		j.press(b, `[...document.querySelectorAll('main a')].find(a => a.getAttribute('href').startsWith('/matters/new'))`)
		if !strings.Contains(b.At(), "type="+j.Type) {
			j.s.T.Errorf("from the list of %s its button leads to %s", j.Type, b.At())
		}
	}
	j.look(b, "new-"+j.Type)
	j.form(b, j.Open)
	j.at, _, _ = strings.Cut(b.At(), "?")
	if !strings.HasPrefix(j.at, "/matters/") || strings.HasSuffix(j.at, "/new") {
		j.s.T.Fatalf("not registered, at %s:\n%s", b.At(), b.Text())
	}
	start, _ := j.d.State(j.d.Start)
	j.stands(b, start)
	for _, t := range j.Until {
		j.take(t)
	}
}

// press clicks what an expression finds, and counts the click.
func (j *journey) press(b *browser.Tab, finder string) {
	j.s.T.Helper()
	if !browser.Eval[bool](b, `(() => { const el = `+finder+`; if (!el) return false; el.setAttribute('data-picked', ''); return true; })()`) {
		j.s.T.Fatalf("%s at %s has nothing that is %s:\n%s", j.Type, b.At(), finder, b.Text())
	}
	j.clicks++
	b.Follow("[data-picked]")
}

// form fills in the form that is open and sends it; what is wrong first, if anything is.
func (j *journey) form(b *browser.Tab, t turn) {
	j.s.T.Helper()
	if t.Refused != "" {
		j.fill(b, t.Wrong)
		before := b.At()
		j.press(b, `document.querySelector('main form button.primary')`)
		b.Says(t.Refused)
		if where := strings.TrimSuffix(b.At(), "/files"); !strings.HasPrefix(before, where) {
			j.s.T.Errorf("%s %s: refused, but at %s", j.Type, t.Step, where)
		}
		j.look(b, "refused")
	}
	if t.Stops {
		return
	}
	j.fill(b, t.Fields)
	j.press(b, `document.querySelector('main form button.primary')`)
}

func (j *journey) fill(b *browser.Tab, fields map[string]string) {
	for name, text := range fields {
		if days, err := strconv.Atoi(strings.TrimPrefix(text, "@")); err == nil && strings.HasPrefix(text, "@") {
			text = j.s.Rooms.Ledgers.Today(j.s.Now()).AddDays(days).String()
		}
		b.Fill(name, text)
		j.typed++
	}
}

// take opens the matter, presses the step's button, and answers what it asks.
func (j *journey) take(t turn) {
	j.s.T.Helper()
	b, d, at := j.tab(t.Who), j.d, j.at
	b.Visit(j.at)
	if t.Child {
		j.press(b, `document.querySelector("main section table a[href^='/matters/']")`)
		at, _, _ = strings.Cut(b.At(), "?")
		d = j.s.Rooms.Ledgers.Types().Current(j.child())
	}
	step, ok := d.Step(t.Step)
	if !ok {
		j.s.T.Fatalf("%s has no step %s", d.ID, t.Step)
	}
	name := strconv.Quote(step.Name.In(j.lang()))
	j.press(b, `[...document.querySelectorAll('a.btn, button')].find(el => el.textContent.trim() === `+name+`)`)
	if strings.Contains(b.At(), "/steps/") {
		j.form(b, t)
	} else if len(t.Fields) > 0 || t.Refused != "" {
		j.s.T.Errorf("%s %s asked for nothing", d.ID, t.Step)
	}
	if t.Stops {
		return
	}
	if here, _, _ := strings.Cut(b.At(), "?"); here != at {
		j.s.T.Fatalf("%s %s led to %s:\n%s", d.ID, t.Step, b.At(), b.Text())
	}
	to, _ := d.State(step.To)
	j.stands(b, to)
}

// child is the ledger of the matters that this one makes.
func (j *journey) child() string {
	for _, s := range j.d.Steps {
		if s.Spawn != nil {
			return s.Spawn.Type
		}
	}
	return ""
}

// stands checks what the page says of the state.
func (j *journey) stands(b *browser.Tab, st ledger.State) {
	j.s.T.Helper()
	word := map[string]string{"zh": "状态", "en": "State"}[j.lang()]
	says := browser.Eval[string](b, `([...document.querySelectorAll('dt')].find(d => d.textContent.trim() === `+strconv.Quote(word)+`)?.nextElementSibling || document.body).textContent.trim()`)
	if says != st.Name.In(j.lang()) {
		j.s.T.Fatalf("%s stands at %.60q, not at %s", j.Type, says, st.Name.In(j.lang()))
	}
}

// heard looks for the notice that the time is over, with everybody who has to be told.
func (j *journey) heard() {
	for _, who := range j.Told {
		b := j.tab(who)
		b.Visit("/notices")
		row := fmt.Sprintf(`[...document.querySelectorAll("main table tr")].find(r => r.textContent.includes(%q) && r.querySelector('.s-late'))?.querySelector('a')`, j.known())
		for range 10 {
			if browser.Eval[bool](b, `!!`+row) || !browser.Eval[bool](b, `!!document.querySelector('a[rel=next]')`) {
				break
			}
			b.Follow("a[rel=next]")
		}
		j.look(b, "notices")
		j.press(b, row)
		if here, _, _ := strings.Cut(b.At(), "?"); here != j.at {
			j.s.T.Errorf("the notice of %s leads to %s", j.Type, here)
		}
	}
}

// known is the number of the matter.
func (j *journey) known() string {
	if j.number == "" {
		if err := j.s.DB.QueryRow(context.Background(), `SELECT number FROM matter WHERE id = `+strings.TrimPrefix(j.at, "/matters/")).Scan(&j.number); err != nil {
			j.s.T.Fatal(err)
		}
	}
	return j.number
}

// finish takes the turns that are left.
func (j *journey) finish() {
	if j.From != "" {
		j.begin()
	}
	for _, t := range j.After {
		j.take(t)
	}
	b := j.tab(j.Open.Who)
	b.Visit(j.at)
	kind := "matter"
	if slices.ContainsFunc(j.d.Fields, func(f ledger.Field) bool { return f.Kind == ledger.KindTable }) {
		kind += "-" + j.Type
	}
	j.look(b, kind)
}
