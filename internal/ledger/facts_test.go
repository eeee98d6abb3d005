package ledger_test

import (
	"encoding/json"
	"io/fs"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"plumbline/internal/fault"
	"plumbline/internal/ledger"
	"plumbline/internal/pack"
	"plumbline/internal/pack/party"
	"plumbline/internal/store"
	"plumbline/internal/store/storetest"
)

func TestAFactIsKnownByItsWords(t *testing.T) {
	fact := func(id string, words ...string) ledger.Fact {
		return ledger.Fact{ID: id, Words: map[string][]string{"zh": words[:1], "en": words[1:]}}
	}
	facts := []ledger.Fact{fact("posts", "名册", "posts", "list of posts"), fact("cadres", "干部名册", "cadre list"), fact("units", "单位", "units"), fact("odd", "Ａ类 表", "A-list"), fact("end", "整改", "findings")}
	for _, x := range []struct {
		text string
		want []string
	}{
		{"", nil},
		{"统计表", nil},
		{"名册", []string{"posts"}},
		{"干部名册", []string{"cadres"}}, // the longest word
		{"干部名册和名册", []string{"posts", "cadres"}}, // another place
		{"整改情况与单位名册", []string{"posts", "units", "end"}},
		{"LIST OF POSTS", []string{"posts"}},
		{"ＬＩＳＴ　ＯＦ　ＰＯＳＴＳ", []string{"posts"}},
		{"list   of\nposts", []string{"posts"}},
		{"the posts, the units", []string{"posts", "units"}},
		{"postscript", nil},
		{"opportunities", nil},
		{"5units", nil},
		{"报units表", []string{"units"}},
		{"a类 表", []string{"odd"}},
		{"(a-list)", []string{"odd"}},
		{"名 册", nil},
	} {
		var got []string
		for _, f := range ledger.Match(x.text, facts) {
			got = append(got, f.ID)
		}
		if diff := cmp.Diff(x.want, got); diff != "" {
			t.Errorf("%q: %s", x.text, diff)
		}
	}
}

const oneFact = `[
 {"id": "tasks", "name": {"zh": "任务", "en": "Tasks"},
  "words": {"zh": ["任务单"], "en": ["task list"]},
  "at": {"ledger": "task", "class": "open", "field": "text"}, "ask": "all"}
]`

// loadFacts loads the sample ledgers with facts.
func loadFacts(t *testing.T, facts string) error {
	t.Helper()
	_, err := ledger.LoadTypes(fstest.MapFS{"ledgers/call.json": {Data: []byte(sample(t, "call"))}, "ledgers/task.json": {Data: []byte(sample(t, "task"))},
		"facts.json": {Data: []byte(facts)}}, everyone)
	return err
}

func TestWhatIsWrongWithFactsIsSaidWithItsLine(t *testing.T) {
	if err := loadFacts(t, oneFact); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ old, new, want string }{
		{`"ledger": "task"`, `"ledger": "ships"`, `facts.json:4: there is no ledger type "ships"`},
		{`"field": "text"`, `"field": "sails"`, `facts.json:4: there is no field "sails"`},
		{`"class": "open"`, `"class": "shut"`, `facts.json:4: "shut" is none of`},
		{`"class": "open"`, `"state": "sunk"`, `facts.json:4: there is no state "sunk"`},
		{`"class": "open"`, `"colour": "red"`, `facts.json:4: there is no key "colour"`},
		{`"ledger": "task"`, `"page": "moon"`, `facts.json:4: "moon" is none of: units, posts, reports, figures, meter`},
		{`"ledger": "task"`, `"page": "units"`, `"class" has no meaning beside this "page"`},
		{`"ledger": "task", "class": "open", "field": "text"`, `"page": "meter", "ledger": "task"`, `the ledger type "task" has no meter`},
		{`"ledger": "task", "class": "open", "field": "text"`, ``, `facts.json:4: the key "ledger" is missing here`},
		{`"zh": "任务", "en": "Tasks"`, `"zh": "任务"`, `facts.json:2: the wording is missing in en`},
		{`"zh": ["任务单"], `, ``, `facts.json:3: there are no words in zh`},
		{`["task list"]`, `[]`, `facts.json:3: there are no words in en`},
		{`["task list"]`, `[" "]`, `facts.json:3: a word is empty`},
		{`["task list"]`, `["task list", "ＴＡＳＫ list"]`, `facts.json:3: "ＴＡＳＫ list" stands for two facts or stands here twice`},
		{`["task list"]`, `["task list"], "fr": ["liste"]`, `"fr" is none of`},
		{`"ask": "all"`, `"ask": "nobody"`, `facts.json:4: there is no role "nobody"`},
		{`"ask": "all"}`, `"ask": "all"},` + "\n" + `{"id": "tasks", "name": {"zh": "甲", "en": "A"}, "words": {"zh": ["甲"], "en": ["a"]}, "at": {"page": "units"}, "ask": "all"}`, `facts.json:5: "tasks" stands here twice`},
		{`"id": "tasks"`, `"id": "Tasks!"`, `facts.json:2: "Tasks!" is no id`},
		{`[`, `{`, `facts.json:`},
	} {
		text := strings.Replace(oneFact, c.old, c.new, 1)
		if text == oneFact {
			t.Fatalf("%q is not there", c.old)
		}
		if err := loadFacts(t, text); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: want %q, got %v", c.new, c.want, err)
		}
	}
}

// holding loads the pack's ledgers with its facts and one change in the ledger that asks for things.
func holding(t *testing.T, old, new string) error {
	t.Helper()
	p := must(pack.Load(party.Files()))
	files := fstest.MapFS{"facts.json": {Data: must(fs.ReadFile(p.Files, "facts.json"))}}
	for _, name := range must(fs.Glob(p.Files, "ledgers/*.json")) {
		files[name] = &fstest.MapFile{Data: must(fs.ReadFile(p.Files, name))}
	}
	text := string(files["ledgers/burden.json"].Data)
	if !strings.Contains(text, old) {
		t.Fatalf("%q is not there", old)
	}
	files["ledgers/burden.json"] = &fstest.MapFile{Data: []byte(strings.Replace(text, old, new, 1))}
	_, err := ledger.LoadTypes(files, p.AuthzRoles())
	return err
}

func TestALedgerThatHoldsAgainstFactsIsChecked(t *testing.T) {
	if err := holding(t, "", ""); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ old, new, want string }{
		{`"held": {"in": ["title"]`, `"held": {"in": []`, `the key "in" is missing here`},
		{`"held": {"in": ["title"]`, `"held": {"in": ["hours"]`, `burden.json:`},
		{`"fact": "facts", "none": "none"`, `"fact": "facts", "none": "nothing"`, `"nothing" is no choice of the field "facts"`},
		{`"fact": "facts", "none": "none"`, `"none": "none"`, `the key "fact" is missing here`},
		{`"choice": "held"`, `"choice": "title"`, `burden.json:`},
		{`"given": "given"`, `"given": "gone"`, `"gone" is no choice of the field "held"`},
		{`"again": "again"`, `"again": "given"`, `"given" stands here twice`},
		{`"reason": "again_why"`, `"reason": "hours"`, `burden.json:`},
		{`"held", "again_why"],` + "\n" + ` "columns"`, `"held"],` + "\n" + ` "columns"`, `the field "again_why" has to be in "register"`},
		{`"question": {"step": "question"`, `"question": {"step": "complain"`, `burden.json:`},
		{`"field": "complaint", "value": "held"}}`, `"field": "answer", "value": "held"}}`, `there is no field "answer"`},
		{`"value": "held"}}`, `"value": "seen"}}`, `"seen" is no choice of the field "complaint"`},
		{`{"id": "posts", "name": {"zh": "任职情况", "en": "Posts and holders"}},`, ``, `the fact "posts" of facts.json is missing here`},
		{`{"id": "posts", "name": {"zh": "任职情况", "en": "Posts and holders"}},`, `{"id": "posts", "name": {"zh": "岗位", "en": "Posts and holders"}},`, `facts.json calls the fact "posts" "任职情况"`},
		{`{"id": "posts", "name": {"zh": "任职情况"`, `{"id": "boats", "name": {"zh": "任职情况"`, `there is no fact "boats" in facts.json`},
	} {
		if err := holding(t, c.old, c.new); err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "burden.json:") {
			t.Errorf("%s: want %q, got %v", c.new, c.want, err)
		}
	}
}

// What a version says of facts is kept with it.
func TestWhatIsHeldIsStoredWithTheVersion(t *testing.T) {
	p := must(pack.Load(party.Files()))
	d, problems := ledger.Parse("x.json", must(fs.ReadFile(p.Files, "ledgers/burden.json")), p.AuthzRoles())
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	var again ledger.Definition
	if err := json.Unmarshal(must(json.Marshal(d)), &again); err != nil || d.Held == nil || !reflect.DeepEqual(d.Held, again.Held) {
		t.Errorf("%+v became %+v, %v", d.Held, again.Held, err)
	}
}

// A demand for what the system holds is not registered before somebody says what is to be done about it.
func TestADemandForWhatIsHeldHasToBeAnswered(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		h := open(t, db, clock)
		d := h.Types().Current("burden")
		ask := func(fields map[string]string) (ledger.Matter, error) {
			in := map[string]string{"kind": "form", "title": "任职情况统计表", "by": "C1", "asked_on": "2022-01-03", "answer_by": "2022-02-28", "hours": "2"}
			for k, v := range fields {
				in[k] = v
			}
			id, err := h.Register(h.ctx, county, ledger.Draft{Type: "burden", Requester: 2, Fields: in, Repeat: ledger.NoRepeat})
			if err != nil {
				return ledger.Matter{}, err
			}
			return h.matter(id), nil
		}
		for _, c := range []struct {
			fields   map[string]string
			box      string // where it is refused
			answer   string
			reasoned bool
		}{
			{nil, "held", "", false},
			{map[string]string{"held": "open"}, "held", "", false},
			{map[string]string{"held": "again"}, "again_why", "", false},
			{map[string]string{"held": "again", "again_why": " "}, "again_why", "", false},
			{map[string]string{"held": "maybe"}, "held", "", false},
			{map[string]string{"held": "again", "again_why": "口径不同"}, "", ledger.HeldAgain, true},
			{map[string]string{"held": "given", "again_why": "口径不同"}, "", ledger.HeldGiven, false},
			{map[string]string{"title": "防汛通知"}, "", "", false},
			{map[string]string{"title": "防汛通知", "held": "given", "again_why": "多余"}, "", "", false},
			{map[string]string{"title": "防汛通知", "facts": "projects"}, "held", "", false},
			{map[string]string{"facts": "none"}, "", "", false},
		} {
			m, err := ask(c.fields)
			if c.box != "" {
				if bad := fault.As(err); bad == nil || len(bad.Fields) != 1 || bad.Fields[0].Name != c.box {
					t.Errorf("%v: %v", c.fields, err)
				}
				continue
			}
			if err != nil {
				t.Errorf("%v: %v", c.fields, err)
			}
			if got := d.Held.Answer(m.Values); got != c.answer || m.Values["again_why"].Empty() == c.reasoned {
				t.Errorf("%v: %q, %+v", c.fields, got, m.Values)
			}
		}
		// What another room registers waits for an answer; the office gives it, once it says which.
		var id int64
		h.write(func(tx *store.Tx) (err error) {
			id, err = h.RegisterTx(h.ctx, tx, county, ledger.Draft{Type: "burden", Convenor: 1, Requester: 2, Repeat: ledger.NoRepeat,
				Fields: map[string]string{"kind": "form", "title": "花名册", "by": "C1", "asked_on": "2022-01-03", "answer_by": "2022-02-28", "hours": "4"}})
			return err
		})
		if got := d.Held.Answer(h.matter(id).Values); got != ledger.HeldOpen {
			t.Errorf("nobody was asked: %q", got)
		}
		sums := func() (out map[string][2]int64) {
			list, err := h.Metered(h.ctx, clerk, d, places[1], "2022-01", "2022-01")
			if err != nil {
				t.Fatal(err)
			}
			out = map[string][2]int64{}
			for _, x := range list {
				key := x.Held
				if !x.Counts() {
					key += "-"
				}
				out[key] = [2]int64{out[key][0] + 1, out[key][1] + x.Sums[2]/1000}
			}
			return out
		}
		if diff := cmp.Diff(map[string][2]int64{"": {3, 6}, "again": {1, 2}, "given-": {1, 2}, "open": {1, 4}}, sums()); diff != "" {
			t.Error(diff)
		}
		if err := h.take(county, id, "choose", ledger.Texts(map[string]string{"held": "given"}), ""); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("the unit answers for the office: %v", err)
		}
		for _, bad := range []map[string]string{{"held": "open"}, {"held": "again"}, {}} {
			if err := h.take(clerk, id, "choose", ledger.Texts(bad), ""); fault.KindOf(err) != fault.Invalid {
				t.Errorf("%v: %v", bad, err)
			}
		}
		h.do(id, clerk, "choose", ledger.Texts(map[string]string{"held": "given"}))
		if diff := cmp.Diff(map[string][2]int64{"": {3, 6}, "again": {1, 2}, "given-": {2, 6}}, sums()); diff != "" {
			t.Error(diff)
		}
		free := h.asked(2, nil)
		if err := h.take(clerk, free, "choose", ledger.Texts(map[string]string{"held": "given"}), ""); fault.KindOf(err) != fault.Invalid {
			t.Errorf("what asks for nothing that is held: %v", err)
		}
		v, err := h.View(h.ctx, clerk, free)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range h.Offers(clerk, v) {
			if s.ID == "choose" {
				t.Error("the answer is offered where there is nothing to answer")
			}
		}
	})
}
