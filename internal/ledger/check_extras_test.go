package ledger_test

import (
	"bytes"
	"encoding/json"
	"os"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"

	"plumbline/internal/authz"
	"plumbline/internal/ledger"
)

var everyone = []authz.Role{{ID: "all", Can: map[authz.Action]authz.Reach{authz.LedgerOwn: authz.Here, authz.LedgerApprove: authz.Here,
	authz.LedgerVerify: authz.Below, authz.LedgerRegister: authz.Here, authz.LedgerAsk: authz.Here}}}

func sample(t testing.TB, name string) string {
	t.Helper()
	return string(must(os.ReadFile("testdata/" + name + ".json")))
}

// samples are a type that says everything a definition can say, and the one that it makes matters of.
func samples(t testing.TB, call string) error {
	t.Helper()
	_, err := ledger.LoadTypes(fstest.MapFS{"ledgers/call.json": {Data: []byte(call)}, "ledgers/task.json": {Data: []byte(sample(t, "task"))}}, everyone)
	return err
}

func TestADefinitionThatSaysEverythingLoads(t *testing.T) {
	if err := samples(t, sample(t, "call")); err != nil {
		t.Fatal(err)
	}
}

// A version is kept as JSON and read again: nothing of a definition may be lost on the way.
func TestAStoredVersionIsTheDefinition(t *testing.T) {
	for _, text := range []string{sample(t, "call"), sample(t, "task"), shipped(t)} {
		d, problems := ledger.Parse("x.json", []byte(text), everyone)
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		body := must(json.Marshal(d))
		var again ledger.Definition
		if err := json.Unmarshal(body, &again); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(must(json.Marshal(&again)), body) {
			t.Errorf("%s: read again it is another", d.ID)
		}
		if !reflect.DeepEqual(d.Steps, again.Steps) || !reflect.DeepEqual(d.Recurrence, again.Recurrence) || !reflect.DeepEqual(d.Meter, again.Meter) ||
			!reflect.DeepEqual(d.Clocks, again.Clocks) || !reflect.DeepEqual(d.Links, again.Links) {
			t.Errorf("%s: steps, clocks, links, what recurs or the meter changed on the way", d.ID)
		}
	}
}

// A definition that says nothing new is stored as it always was, so that no matter gets a new version for nothing.
func TestOldDefinitionsAreStoredAsTheyWere(t *testing.T) {
	d, _ := ledger.Parse("x.json", []byte(shipped(t)), everyone)
	var tree map[string]any
	if err := json.Unmarshal(must(json.Marshal(&ledger.Definition{ID: d.ID, Steps: d.Steps[:1], Clocks: d.Clocks[:1]})), &tree); err != nil {
		t.Fatal(err)
	}
	if len(tree) != 13 || len(tree["transitions"].([]any)[0].(map[string]any)) != 14 || len(tree["clocks"].([]any)[0].(map[string]any)) != 6 {
		t.Errorf("the keys of a definition, a step and a clock: %d, %d, %d", len(tree), len(tree["transitions"].([]any)[0].(map[string]any)), len(tree["clocks"].([]any)[0].(map[string]any)))
	}
}

func TestTheCheckerKnowsEveryKey(t *testing.T) {
	good := sample(t, "call")
	for _, c := range []struct{ old, new, want string }{
		{`"about": {"zh": "基层提请上级部门解决的事项", `, `"about": {`, "wording is missing"},
		{`"register_by": "ledger.ask"`, `"register_by": "ledger.verify"`, `"ledger.verify" is none of`},
		{`"convenor": "above"`, `"convenor": "below"`, `"below" is none of: above, self`},
		{`"register_by": "ledger.ask",`, ``, "registers from its own side"},
		{` "requester": true,`, ``, `needs "requester": true`},
		{`"at": "requester"`, `"at": "owner"`, "not asked at the owner"},
		{`"at": "requester", "note": "must", "effects": []`, `"at": "requester", "note": "must", "effects": ["progress"]`, "can't be a part of doing"},
		{`"of": ["start", "years"]`, `"of": ["years", "start"]`, `formula of "until"`},
		{`"of": ["start", "6"]`, `"of": ["start", "-6"]`, `formula of "soon"`},
		{`"of": ["parts.weight", "parts.done"]`, `"of": ["parts.part", "parts.done"]`, `formula of "progress"`},
		{`"op": "count_filled", "of": ["parts.done"]`, `"op": "count_filled", "of": ["parts"]`, `formula of "ready"`},
		{`"of": ["ready", "all"]`, `"of": ["ready", "share"]`, `formula of "share"`},
		{`{"rule": "rows", "field": "parts", "n": 1`, `{"rule": "row", "field": "parts", "n": 1`, `"row" is none of`},
		{`{"rule": "rows", "field": "parts", "n": 1`, `{"rule": "rows", "field": "parts"`, `the key "n" is missing`},
		{`{"rule": "rows", "field": "parts", "n": 1`, `{"rule": "rows", "field": "what", "n": 1`, `not of the kind: table`},
		{`"field": "parts.weight", "value": 100`, `"field": "parts.part", "value": 100`, "not of the kind"},
		{`"field": "parts.weight", "value": 100`, `"field": "parts.weight", "value": "all"`, `"all" is nothing that "weight" could hold`},
		{`"if": "weight"`, `"if": "height"`, `no field "height"`},
		{`{"rule": "links_ended", "link": "part_of"`, `{"rule": "links_ended", "link": "parts"`, `no kind of link "parts"`},
		{`{"rule": "links_ended", "link": "part_of"`, `{"rule": "links_ended", "link": "part_of", "n": 2`, `not read by the rule`},
		{`{"rule": "equals", "field": "satisfied", "value": "yes"`, `{"rule": "equals", "field": "satisfied", "value": "maybe"`, `"maybe" is nothing that`},
		{`"say": {"zh": "不满意的请退回重办", `, `"say": {`, "missing in zh"},
		{`"spawn": {"type": "task"`, `"spawn": {"type": "tusk"`, `no ledger type "tusk"`},
		{`"table": "parts", "owner": "unit"`, `"table": "answer", "owner": "unit"`, "not of the kind: table"},
		{`"owner": "unit"`, `"owner": "part"`, "not of the kind: unit"},
		{`"map": {"text": "part", "due": "due", "kind"`, `"map": {"due": "due", "kind"`, `needs "text"`},
		{`"map": {"text": "part", "due": "due", "kind"`, `"map": {"text": "part", "due": "part", "kind"`, `does not fit into "due"`},
		{`"map": {"text": "part", "due": "due", "kind"`, `"map": {"text": "part", "until": "due", "kind"`, `has no field "until"`},
		{`"kind": "category"}, "link": "part_of"}},`, `"kind": "category"}, "link": "answers"}},`, `no kind of link "answers"`},
		{`"hours": 24, "working": true, "pauses"`, `"hours": 24, "days": 1, "working": true, "pauses"`, "exactly one length"},
		{`"pauses": ["asked_back"]`, `"pauses": ["sent"]`, "both runs and pauses"},
		{`"grace": 1`, `"grace": -1`, "not between 0 and 365"},
		{`"plain": {"hours": 24}`, `"plian": {"hours": 24}`, `"plian" is no choice`},
		{`"plain": {"hours": 24}`, `"plain": {"hors": 24}`, `no key "hors"`},
		{`"plain": {"hours": 24}`, `"plain": {"months": 24}`, `"months" is none of: hours, days`},
		{`"from": "field:until", "days": 0`, `"from": "field:until", "hours": 3`, "has no hour"},
		{`"from": "field:until", "days": 0`, `"from": "field:share", "days": 0`, "is no date field"},
		{`"to": ["*"]`, `"to": ["nothing"]`, `no ledger type "nothing"`},
		{`"to": ["*"]`, `"to": []`, `the key "to" is missing`},
		{`"remind": [{"clock": "answer"`, `"remind": [{"clock": "question"`, `no clock "question"`},
		{`"after": 1, "to": "leader"`, `"after": 1, "to": "boss"`, `"boss" is none of`},
		{`"after": 1, "to": "leader"`, `"after": 1, "to": "leader", "levels": 2`, `"levels" is for`},
		{`"from": "field:start", "until"`, `"from": "start", "until"`, `"start" is no date here`},
		{`"public": {"states": ["sent", "solved"]`, `"public": {"states": ["sent", "sold"]`, `no state "sold"`},
		{`"fields": ["what", "answer"]`, `"fields": ["what", "anger"]`, `no field "anger"`},
		{`"columns": ["what", "category"`, `"columns": ["what", "parts"`, "can't have this"},
		{`"columns": ["what", "category"`, `"columns": ["what", "lamp"`, `"lamp" is neither`},
		{`"kind": "gantt"`, `"kind": "pie"`, `"pie" is none of`},
		{`"lines": ["weight"]`, `"lines": ["part"]`, "not of the kind: number"},
		{`"meter": {"date": "start"`, `"meter": {"date": "what"`, "not of the kind: date"},
		{`"of": "count", "kind": "hard"`, `"of": "sum", "kind": "hard"`, `"sum" is none of: count, years`},
		{`"per": "month"`, `"per": "day"`, `"day" is none of`},
	} {
		if strings.Count(good, c.old) == 0 {
			t.Fatalf("the sample no longer holds %s", c.old)
		}
		line := 1 + strings.Count(good[:strings.Index(good, c.old)], "\n")
		err := samples(t, strings.Replace(good, c.old, c.new, 1))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: wanted %q, got %v", c.new, c.want, err)
			continue
		}
		near := false
		for _, p := range err.(interface{ Unwrap() []error }).Unwrap() {
			q := p.(ledger.Problem)
			near = near || (q.Line >= line-1 && q.Line <= line+2) || strings.Contains(c.want, "requester") || strings.Contains(c.want, "own side")
			if zh := q.In("zh"); strings.Contains(zh, "⟦") || strings.Contains(zh, "<no value>") || strings.Contains(q.Error(), "<no value>") {
				t.Errorf("worded as %s", zh)
			}
		}
		if !near {
			t.Errorf("%s stands at line %d: %v", c.new, line, err)
		}
	}
}

// What a ledger says of another is checked from both sides: one that is changed may not break another.
func TestAChangedLedgerDoesNotBreakAnother(t *testing.T) {
	call, _ := ledger.Parse("call.json", []byte(sample(t, "call")), everyone)
	task := sample(t, "task")
	if _, problems := ledger.ParseAmong("task.json", []byte(task), everyone, []*ledger.Definition{call}); len(problems) > 0 {
		t.Fatal(problems)
	}
	for old, want := range map[string]string{`"to": ["call"]`: `no kind of link`, `"step": "ask_back"`: `no transition`, `{"id": "text", "kind": "long_text"`: `ledger type "call" would no longer hold`} {
		changed := strings.NewReplacer(`"to": ["call"]`, `"to": ["task"]`, `"step": "ask_back"`, `"step": "ask"`, `{"id": "text", "kind": "long_text"`, `{"id": "text", "kind": "date"`).Replace(old)
		_, problems := ledger.ParseAmong("task.json", []byte(strings.Replace(task, old, changed, 1)), everyone, []*ledger.Definition{call})
		all := ""
		for _, p := range problems {
			all += p.Error() + p.In("zh")
		}
		if !strings.Contains(all, want) || strings.Contains(all, "⟦") || strings.Contains(all, "{task.json") {
			t.Errorf("%s: %s", changed, all)
		}
	}
}
