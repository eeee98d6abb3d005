package ledger_test

import (
	"flag"
	"fmt"
	"io/fs"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"pgregory.net/rapid"

	"plumbline/internal/audit"
	"plumbline/internal/authz"
	"plumbline/internal/fault"
	"plumbline/internal/ledger"
	"plumbline/internal/pack"
	"plumbline/internal/pack/party"
	"plumbline/internal/store"
	"plumbline/internal/store/storetest"
)

// dearly is rapid.Check for a check that is worth many: one in so many of those asked for is made.
func dearly(t *testing.T, worth int, check func(*rapid.T)) {
	t.Helper()
	checks := flag.Lookup("rapid.checks")
	was := checks.Value.String()
	n, _ := strconv.Atoi(was)
	_ = checks.Value.Set(strconv.Itoa(max(n/worth, 1)))
	defer func() { _ = checks.Value.Set(was) }()
	rapid.Check(t, check)
}

// Every ledger of the pack, lived by people of all roles who try anything: every step is taken at least once, a step
// refused changes nothing, one taken keeps the definition, and whoever did never judges.
func TestEveryLifeOfEveryLedger(t *testing.T) {
	for name, open := range databases {
		t.Run(name, func(t *testing.T) {
			clock := storetest.NewClock()
			h := openWith(t, open(t, clock), clock, packFiles(t))
			h.grant(1, "secretariat", 1)
			dearly(t, 50, func(t *rapid.T) {
				for _, d := range h.Types().All() {
					newWalk(h, t, d).everyStep()
				}
				h.sound(t)
			})
		})
	}
}

// The same for ledgers that nobody has thought of.
func TestEveryLifeOfAnyLedger(t *testing.T) {
	for name, open := range databases {
		t.Run(name, func(outer *testing.T) {
			dearly(outer, 33, func(t *rapid.T) {
				files := packFiles(outer)
				for i := range 4 {
					id := fmt.Sprintf("any%d", i)
					files["ledgers/"+id+".json"] = &fstest.MapFile{Data: []byte(soundDefinition(t, id))}
				}
				clock := storetest.NewClock()
				h := openWith(outer, open(outer, clock), clock, files)
				h.grant(1, "secretariat", 1)
				for i := range 4 {
					w := newWalk(h, t, h.Types().Current(fmt.Sprintf("any%d", i)))
					for range 3 {
						w.live(w.register(), 15)
					}
				}
				h.sound(t)
			})
		})
	}
}

// databases opens a database of each kind. They are not run at once: one setting of rapid serves both.
var databases = map[string]func(testing.TB, *storetest.Clock) *store.DB{"sqlite": storetest.OpenSQLite, "postgres": storetest.OpenPostgres}

// sound checks what stands beside the matters: tallies and log.
func (h *house) sound(t *rapid.T) {
	if wrong, err := ledger.CheckTally(h.ctx, h.db); err != nil || len(wrong) > 0 {
		t.Fatalf("the tally is not the recount: %v %v", wrong, err)
	}
	if _, err := audit.Verify(h.ctx, h.db, nil); err != nil {
		t.Fatalf("the log: %v", err)
	}
}

// cast are people of all classes. Accounts 8 and 9 are one person who may act on every side, 2 and 6 are one that leads
// the owner, once with a grant to verify.
var cast = []authz.Actor{clerk, county, staff, verifier, township, neighbor,
	as(6, 20, "debriefer", 2, "verifier", 1), as(7, 0, "presider", 1), as(8, 70, all...), as(9, 70, all...), as(10, 0, all...), as(13, 0, "teller", 1), as(14, 0, "auditor", 1), as(15, 0, "staff", 3)}

var all = []any{"staff", 2, "staff", 3, "staff", 4, "verifier", 1, "secretariat", 1}

// able are those of the cast who usually hold an action.
var able = map[authz.Action][]authz.Actor{
	authz.LedgerOwn: {county, staff, as(15, 0, "staff", 3)}, authz.LedgerApprove: {clerk, as(7, 0, "presider", 1)}, authz.LedgerRegister: {clerk},
	authz.LedgerVerify: {verifier, as(16, 0, "verifier", 1)}, authz.LedgerAsk: {township, neighbor, clerk},
}

// walk is somebody's way through the matters of one ledger.
type walk struct {
	h     *house
	t     *rapid.T
	d     *ledger.Definition
	taken map[string]bool
	did   map[int64]map[string]bool // who took part in a matter, by account and by person
}

func newWalk(h *house, t *rapid.T, d *ledger.Definition) *walk {
	return &walk{h: h, t: t, d: d, taken: map[string]bool{}, did: map[int64]map[string]bool{}}
}

// everyStep lives through matters until every step was taken.
func (w *walk) everyStep() {
	var left []string
	for range 80 {
		w.live(w.register(), 40)
		if left = w.left(); len(left) == 0 {
			return
		}
	}
	w.t.Fatalf("%s: nobody ever took %v", w.d.ID, left)
}

func (w *walk) left() (out []string) {
	for _, s := range w.d.Steps {
		if !w.taken[s.ID] {
			out = append(out, s.ID)
		}
	}
	return out
}

// live takes a matter through so many tries: mostly towards a step that was never taken, else anywhere.
func (w *walk) live(id int64, tries int) {
	for range tries {
		m := w.h.matter(id)
		next, known := w.towards(m.State, func(s ledger.Transition) bool { return !w.taken[s.ID] })
		step := next
		switch {
		case !known && len(w.left()) == 0, !known && ledger.Ended(m.Class):
			return
		case !known || w.rarely(4):
			step = rapid.SampledFrom(w.d.Steps).Draw(w.t, "step")
		}
		if err := w.try(id, step); err != nil && w.rarely(2) {
			w.endLinked(id)
		}
		if w.rarely(6) {
			w.h.clock.Add(time.Duration(rapid.IntRange(1, 60).Draw(w.t, "hours")) * time.Hour)
		}
	}
}

// rarely is true once in n.
func (w *walk) rarely(n int) bool { return rapid.IntRange(1, n).Draw(w.t, "rarely") == n }

// towards is the first step of the shortest way from a state to a step that is wanted.
func (w *walk) towards(state string, wanted func(ledger.Transition) bool) (ledger.Transition, bool) {
	first, edge := map[string]ledger.Transition{}, []string{state}
	for len(edge) > 0 {
		at := edge[0]
		edge = edge[1:]
		for _, s := range w.d.StepsFrom(at) {
			begin, ok := first[at]
			if !ok {
				begin = s
			}
			if wanted(s) {
				return begin, true
			}
			if _, seen := first[s.To]; !seen && s.To != state {
				first[s.To] = begin
				edge = append(edge, s.To)
			}
		}
	}
	return ledger.Transition{}, false
}

// endLinked ends what was made of a matter, which its steps may wait for.
func (w *walk) endLinked(id int64) {
	for _, child := range w.linked(id) {
		m := w.h.matter(child)
		if ledger.Ended(m.Class) {
			continue
		}
		c := newWalk(w.h, w.t, w.h.Types().Current(m.Type))
		c.reach(child, func(s ledger.Transition) bool { st, _ := c.d.State(s.To); return ledger.Ended(st.Class) })
	}
}

func (w *walk) linked(id int64) (out []int64) {
	rows, err := w.h.db.Query(w.h.ctx, `SELECT from_id FROM matter_link WHERE to_id = $1`, id)
	if err != nil {
		w.t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var from int64
		if err := rows.Scan(&from); err != nil {
			w.t.Fatal(err)
		}
		out = append(out, from)
	}
	return out
}

// reach takes a matter to a step, as far as sixty tries lead.
func (w *walk) reach(id int64, wanted func(ledger.Transition) bool) {
	for range 60 {
		step, ok := w.towards(w.h.matter(id).State, wanted)
		if !ok {
			return
		}
		if err := w.try(id, step); err == nil && wanted(step) {
			return
		}
	}
}

// register registers a matter by whoever may.
func (w *walk) register() int64 {
	in := ledger.Draft{Type: w.d.ID, Convenor: 1, Unit: 2, Fields: map[string]string{}, Tables: map[string][][]string{}, Repeat: ledger.NoRepeat}
	by := clerk
	switch w.d.RegisteredBy() {
	case authz.LedgerOwn:
		by = county
	case authz.LedgerAsk:
		by, in.Requester = township, 4
	}
	var needs []ledger.Need
	for _, s := range w.d.Steps {
		needs = append(needs, s.Need...)
	}
	for range 50 {
		for id, v := range w.values(w.d.Register, needs) {
			in.Fields[id] = v.Text
			if v.Rows != nil {
				in.Tables[id] = v.Rows
				delete(in.Fields, id)
			}
		}
		w.origin(&in)
		before := w.h.counts()
		id, err := w.h.Register(w.h.ctx, by, in)
		if err == nil {
			return id
		}
		w.refused(err, before)
	}
	w.t.Fatalf("%s can't be registered", w.d.ID)
	return 0
}

// origin gives the check of a mechanism the finding that it is of, closed as it has to be.
func (w *walk) origin(in *ledger.Draft) {
	if w.d.ID != "mechanism_check" || in.From != 0 {
		return
	}
	of := newWalk(w.h, w.t, w.h.Types().Current("rectification"))
	in.From, in.Link = of.register(), "check_of"
	of.reach(in.From, func(s ledger.Transition) bool { return s.ID == "close" })
}

// try takes a step with values of any kind, and checks what became of it.
func (w *walk) try(id int64, step ledger.Transition) error {
	who := rapid.SampledFrom(cast).Draw(w.t, "who")
	if !w.rarely(4) {
		who = rapid.SampledFrom(able[step.Action]).Draw(w.t, "able")
	}
	in := ledger.In{Step: step.ID, Values: w.values(step.Ask, step.Need)}
	if !w.rarely(8) {
		in.Note, in.Early = "说明", "一并开展"
	}
	if step.Has(ledger.EffectAssign) && !w.rarely(8) {
		in.Owner = rapid.SampledFrom([]int64{2, 2, 3}).Draw(w.t, "owner")
	}
	if w.rarely(10) {
		in.Version = rapid.IntRange(1, 3).Draw(w.t, "version")
	}
	was, before := w.h.matter(id), w.h.counts()
	err := w.h.Take(w.h.ctx, who, id, in)
	is := w.h.matter(id)
	if err != nil {
		w.refused(err, before)
		if fmt.Sprintf("%+v", was) != fmt.Sprintf("%+v", is) {
			w.t.Fatalf("%s %s was refused (%v) and changed %+v to %+v", w.d.ID, step.ID, err, was, is)
		}
		return err
	}
	w.taken[step.ID] = true
	w.kept(step, was, is)
	w.judged(step, was, who)
	return nil
}

// refused says that a refusal is one that people can act upon, and that nothing was written.
func (w *walk) refused(err error, before [4]int) {
	if fault.As(err) == nil {
		w.t.Fatalf("%s: %v", w.d.ID, err)
	}
	if after := w.h.counts(); after != before {
		w.t.Fatalf("%s: refused (%v), but matters, events, links and entries went from %v to %v", w.d.ID, err, before, after)
	}
}

// counts are how many matters, events, links and entries of the log there are.
func (h *house) counts() (n [4]int) {
	h.t.Helper()
	err := h.db.QueryRow(h.ctx, `SELECT (SELECT COUNT(*) FROM matter), (SELECT COUNT(*) FROM matter_event), (SELECT COUNT(*) FROM matter_link), (SELECT COUNT(*) FROM audit_entry)`).
		Scan(&n[0], &n[1], &n[2], &n[3])
	if err != nil {
		h.t.Fatal(err)
	}
	return n
}

// kept checks that a step that was taken kept to the definition: states, what must be answered, what it needs.
func (w *walk) kept(step ledger.Transition, was, is ledger.Matter) {
	st, ok := w.d.State(is.State)
	if !ok || is.State != step.To || is.Class != st.Class || !slices.Contains(step.From, was.State) {
		w.t.Fatalf("%s %s led from %s to %s (%s)", w.d.ID, step.ID, was.State, is.State, is.Class)
	}
	if ledger.Ended(is.Class) != (is.Closed != "") {
		w.t.Fatalf("%s %s led to %s, closed on %q", w.d.ID, step.ID, is.Class, is.Closed)
	}
	for _, a := range step.Ask {
		if a.Must && is.Values[a.Field].Empty() {
			w.t.Fatalf("%s %s was taken without %s", w.d.ID, step.ID, a.Field)
		}
	}
	for _, n := range step.Need {
		if !w.met(n, is) {
			w.t.Fatalf("%s %s was taken although %s of %s does not hold: %+v", w.d.ID, step.ID, n.Rule, n.Field, is.Values)
		}
	}
}

// judged checks that nobody judges who took part, by account, by person, by being named or by answering for it.
func (w *walk) judged(step ledger.Transition, was ledger.Matter, who authz.Actor) {
	if w.did[was.ID] == nil {
		w.did[was.ID] = map[string]bool{}
	}
	did := w.did[was.ID]
	named := func(person int64) string { return fmt.Sprintf("person %d", person) }
	did[named(was.Person)] = true
	mine := []string{fmt.Sprintf("account %d", who.Account), named(who.Person)}
	if step.Judges() {
		for _, f := range w.d.Fields {
			if f.Doer && who.Person != 0 && was.Values[f.ID].Text == strconv.FormatInt(who.Person, 10) {
				w.t.Fatalf("%s: person %d is named in %s and judged by %s", w.d.ID, who.Person, f.ID, step.ID)
			}
		}
		if did[mine[0]] || (who.Person != 0 && did[mine[1]]) {
			w.t.Fatalf("%s: %v did and judged by %s", w.d.ID, mine, step.ID)
		}
	}
	if step.Does() {
		did[mine[0]], did[mine[1]] = true, did[mine[1]] || who.Person != 0
	}
}

// met works out a condition once more, by other means than the engine's.
func (w *walk) met(n ledger.Need, m ledger.Matter) bool {
	v := m.Values[n.Field]
	table, col, _ := strings.Cut(n.Field, ".")
	var cells []string
	var others []string
	if f, ok := w.d.Field(table); ok && col != "" {
		for _, row := range m.Values[table].Rows {
			cells = append(cells, row[slices.IndexFunc(f.Columns, func(c ledger.Field) bool { return c.ID == col })])
			_, other, _ := strings.Cut(n.If, ".")
			if k := slices.IndexFunc(f.Columns, func(c ledger.Field) bool { return c.ID == other }); k >= 0 {
				others = append(others, row[k])
			}
		}
	}
	number := func(s string) float64 { f, _ := strconv.ParseFloat(s, 64); return f }
	switch n.Rule {
	case ledger.NeedFilled:
		return !v.Empty()
	case ledger.NeedEquals:
		return v.Text == string(n.Value)
	case ledger.NeedNotEquals:
		return v.Text != string(n.Value)
	case ledger.NeedAtLeast:
		return number(v.Text) >= number(string(n.Value))
	case ledger.NeedNotMore:
		return v.Text == "" || m.Values[n.Of].Text == "" || number(v.Text) <= number(m.Values[n.Of].Text)
	case ledger.NeedAtMost:
		if n.Value == "today" {
			return v.Text != "" && v.Text <= w.h.today().String()
		}
		return number(v.Text) <= number(string(n.Value))
	case ledger.NeedRows:
		return len(v.Rows) >= n.N
	case ledger.NeedFilledIf:
		return m.Values[n.If].Text != string(n.Value) || !v.Empty()
	case ledger.NeedMoreThanHalf:
		return 2*number(v.Text) > number(m.Values[n.Of].Text)
	case ledger.NeedNotBefore:
		return v.Text == "" || v.Text >= m.Values[n.Of].Text
	case ledger.NeedColumnFilled:
		return !slices.Contains(cells, "")
	case ledger.NeedColumnIs:
		return !slices.ContainsFunc(cells, func(c string) bool { return c != string(n.Value) })
	case ledger.NeedColumnFilledIf:
		for i, c := range cells {
			if c == "" && others[i] == string(n.Value) {
				return false
			}
		}
		return true
	case ledger.NeedSumIs:
		sum := new(big.Rat)
		for _, c := range cells {
			if r, ok := new(big.Rat).SetString(c); ok {
				sum.Add(sum, r)
			}
		}
		want, _ := new(big.Rat).SetString(string(n.Value))
		return sum.Cmp(want) == 0
	case ledger.NeedLinksEnded:
		for _, id := range w.linked(m.ID) {
			if !ledger.Ended(w.h.matter(id).Class) {
				return false
			}
		}
		return true
	}
	w.t.Fatalf("the test does not know the condition %s", n.Rule)
	return false
}

// values draws answers to a form: now and then nothing, or nonsense; mostly such that the conditions hold.
func (w *walk) values(asks []ledger.Ask, needs []ledger.Need) ledger.Values {
	out := ledger.Values{}
	for _, a := range asks {
		f, _ := w.d.Field(a.Field)
		switch {
		case w.rarely(30):
			out[a.Field] = ledger.Value{Text: "全角１２３\n再来一行"}
		case w.rarely(12):
			out[a.Field] = ledger.Value{}
		default:
			out[a.Field] = w.value(f)
		}
	}
	if w.rarely(5) {
		return out
	}
	for _, n := range rapid.Permutation(needs).Draw(w.t, "needs") {
		w.mend(out, n)
	}
	return out
}

func (w *walk) value(f ledger.Field) ledger.Value {
	if f.Kind != ledger.KindTable {
		return ledger.Value{Text: w.text(f)}
	}
	rows := [][]string{}
	for range rapid.IntRange(0, 3).Draw(w.t, "rows") {
		var row []string
		for _, c := range f.Columns {
			row = append(row, w.text(c))
		}
		rows = append(rows, row)
	}
	return ledger.Value{Rows: rows}
}

func (w *walk) text(f ledger.Field) string {
	pick := func(of ...string) string { return rapid.SampledFrom(of).Draw(w.t, f.ID) }
	switch f.Kind {
	case ledger.KindText, ledger.KindLong:
		return pick("甲", "乙处", "按季调度")
	case ledger.KindNumber:
		return pick("1", "2", "5", "20")
	case ledger.KindDecimal, ledger.KindMoney:
		return pick("0.5", "12", "1,000")
	case ledger.KindDate:
		least, most := -40, 90
		if f.Past {
			most = 0
		}
		if f.Future {
			least = 0
		}
		return w.h.today().AddDays(rapid.IntRange(least, most).Draw(w.t, f.ID)).String()
	case ledger.KindChoice:
		return rapid.SampledFrom(f.Choices).Draw(w.t, f.ID).ID
	case ledger.KindUnit:
		return pick("C2", "C3", "C4")
	case ledger.KindPerson:
		return pick("#20", "#30", "#70")
	}
	return ""
}

// mend makes answers fulfil a condition, as far as the form asks for what it is about.
func (w *walk) mend(out ledger.Values, n ledger.Need) {
	id, col, _ := strings.Cut(n.Field, ".")
	v, asked := out[id]
	f, _ := w.d.Field(id)
	if !asked {
		return
	}
	switch n.Rule {
	case ledger.NeedEquals, ledger.NeedAtLeast, ledger.NeedAtMost:
		if v.Text = string(n.Value); v.Text == "today" {
			v.Text = w.h.today().String()
		}
	case ledger.NeedNotEquals:
		for v.Text == string(n.Value) {
			v = w.value(f)
		}
	case ledger.NeedFilled, ledger.NeedFilledIf:
		v = w.value(f)
	case ledger.NeedMoreThanHalf:
		v.Text = out[n.Of].Text
	case ledger.NeedColumnIs:
		for _, row := range v.Rows {
			row[slices.IndexFunc(f.Columns, func(c ledger.Field) bool { return c.ID == col })] = string(n.Value)
		}
	case ledger.NeedRows, ledger.NeedSumIs, ledger.NeedColumnFilled, ledger.NeedColumnFilledIf:
		for len(v.Rows) < max(n.N, 1) {
			v = w.value(f)
		}
		for i, row := range v.Rows {
			for k, c := range f.Columns {
				switch {
				case c.ID == col && n.Rule == ledger.NeedSumIs && i == 0:
					row[k] = string(n.Value)
				case c.ID == col && n.Rule == ledger.NeedSumIs:
					row[k] = "0"
				case c.ID == col && row[k] == "":
					row[k] = w.text(c)
				}
			}
		}
	}
	out[id] = v
}

// packFiles are the ledgers of the pack.
func packFiles(t *testing.T) fstest.MapFS {
	t.Helper()
	files := must(pack.Load(party.Files())).Files
	out := fstest.MapFS{"facts.json": &fstest.MapFile{Data: must(fs.ReadFile(files, "facts.json"))}}
	for _, name := range must(fs.Glob(files, "ledgers/*.json")) {
		out[name] = &fstest.MapFile{Data: must(fs.ReadFile(files, name))}
	}
	return out
}

// soundDefinition draws a ledger that passes every check: a line of states from the start to an end, other ways between
// them, questions and conditions.
func soundDefinition(t *rapid.T, id string) string {
	words := func(s string) string { return fmt.Sprintf(`{"zh": %q, "en": %q}`, s, s) }
	turns := []string{ledger.TurnOwner, ledger.TurnConvenor, ledger.TurnVerifier, ledger.TurnRequester}
	n := rapid.IntRange(1, 4).Draw(t, "states")
	class := []string{ledger.TurnOwner}
	for range n {
		class = append(class, rapid.SampledFrom(turns).Draw(t, "class"))
	}
	class = append(class, rapid.SampledFrom(turns[1:3]).Draw(t, "last"))
	var states, owned, steps []string
	for i, c := range class {
		states = append(states, fmt.Sprintf(`{"id": "s%d", "class": %q, "name": %s}`, i, c, words("态")))
		if c == ledger.TurnOwner {
			owned = append(owned, fmt.Sprintf("%q", fmt.Sprintf("s%d", i)))
		}
	}
	for _, c := range []string{ledger.Done, ledger.NotDone, ledger.Dropped} {
		states = append(states, fmt.Sprintf(`{"id": %q, "class": %q, "name": %s}`, c, c, words("终")))
	}
	action := map[string]string{ledger.TurnOwner: "ledger.own", ledger.TurnConvenor: "ledger.approve", ledger.TurnVerifier: "ledger.verify", ledger.TurnRequester: "ledger.ask"}
	effects := map[string][]string{ledger.TurnOwner: {"claim", "plan", "progress", "declare"}, ledger.TurnConvenor: {"approve", "return", "rule", "assign"}, ledger.TurnVerifier: {"verify"}, ledger.TurnRequester: {"rule"}}
	needs := []string{`{"rule": "filled", "field": "c", "say": {"zh": "请选", "en": "Pick"}}`, `{"rule": "equals", "field": "c", "value": "a", "say": {"zh": "甲", "en": "A"}}`,
		`{"rule": "at_least", "field": "n", "value": 2, "say": {"zh": "少", "en": "Few"}}`, `{"rule": "rows", "field": "rows", "n": 1, "say": {"zh": "空", "en": "None"}}`,
		`{"rule": "sum_is", "field": "rows.y", "value": 100, "say": {"zh": "合计", "en": "Sum"}}`, `{"rule": "not_before", "field": "until", "of": "since", "say": {"zh": "早", "en": "Early"}}`,
		`{"rule": "filled_if", "field": "n", "if": "c", "value": "b", "say": {"zh": "填", "en": "Fill"}}`}
	step := func(from, to, action, effect, note string) {
		ask := rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"c", "n", "since", "until", "rows", "chief"}), 0, 3, rapid.ID).Draw(t, "ask")
		for i := range ask {
			ask[i] = fmt.Sprintf("%q", ask[i]+rapid.SampledFrom([]string{"", "*"}).Draw(t, "must"))
		}
		need := rapid.SliceOfNDistinct(rapid.SampledFrom(needs), 0, 2, rapid.ID).Draw(t, "need")
		steps = append(steps, fmt.Sprintf(`{"id": "t%d", "from": [%q], "to": %q, "action": %q, "effects": [%s], "note": %q, "ask": [%s], "need": [%s], "name": %s}`,
			len(steps), from, to, action, effect, note, strings.Join(ask, ","), strings.Join(need, ","), words("步")))
	}
	onward := func(i, to int) {
		step(fmt.Sprintf("s%d", i), fmt.Sprintf("s%d", to), action[class[i]], fmt.Sprintf("%q", rapid.SampledFrom(effects[class[i]]).Draw(t, "effect")),
			rapid.SampledFrom([]string{ledger.No, ledger.May, ledger.Must}).Draw(t, "note"))
	}
	last := len(class) - 1
	for i := range last {
		onward(i, i+1)
	}
	step(fmt.Sprintf("s%d", last), ledger.Done, action[class[last]], `"close_done"`, ledger.May)
	step("s0", ledger.NotDone, "ledger.approve", `"close_not_done"`, ledger.Must)
	step("s0", ledger.Dropped, "ledger.approve", `"drop"`, ledger.Must)
	for range rapid.IntRange(0, 5).Draw(t, "more") {
		onward(rapid.IntRange(0, last).Draw(t, "from"), rapid.IntRange(0, last).Draw(t, "to"))
	}
	if rapid.Bool().Draw(t, "reopens") {
		step(ledger.Done, "s0", "ledger.verify", `"reopen"`, ledger.May)
	}
	return fmt.Sprintf(`{"id": %q, "name": %[2]s, "one": %[2]s, "number": "%[1]s-{year}-{seq}", "title": "what", "start": "s0", "requester": true, "register_by": %[3]q, "register": ["what*", "c", "rows"],
		"fields": [{"id": "what", "kind": "text", "name": %[2]s}, {"id": "c", "kind": "choice", "name": %[2]s, "choices": [{"id": "a", "name": %[2]s}, {"id": "b", "name": %[2]s}]},
			{"id": "n", "kind": "number", "name": %[2]s}, {"id": "since", "kind": "date", "name": %[2]s}, {"id": "until", "kind": "date", "name": %[2]s}, {"id": "chief", "kind": "person", "doer": true, "name": %[2]s},
			{"id": "rows", "kind": "table", "name": %[2]s, "columns": [{"id": "x", "kind": "text", "name": %[2]s}, {"id": "y", "kind": "number", "name": %[2]s}]}],
		"states": [%[4]s], "transitions": [%[5]s], "clocks": [{"id": "k", "name": %[2]s, "states": [%[6]s], "from": "enter", "days": 5, "working": true}]}`,
		id, words("事"), rapid.SampledFrom([]string{"ledger.register", "ledger.own", "ledger.ask"}).Draw(t, "by"), strings.Join(states, ","), strings.Join(steps, ","), strings.Join(owned, ","))
}
