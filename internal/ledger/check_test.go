package ledger_test

import (
	"io/fs"
	"strings"
	"testing"

	"plumbline/internal/authz"
	"plumbline/internal/ledger"
	"plumbline/internal/pack"
	"plumbline/internal/pack/party"
	"plumbline/internal/wording"
)

var everyRight = []authz.Role{{ID: "all", Can: map[authz.Action]authz.Reach{authz.LedgerOwn: authz.Here, authz.LedgerApprove: authz.Here,
	authz.LedgerVerify: authz.Below, authz.LedgerRegister: authz.Here, authz.LedgerAsk: authz.Here}}}

func shipped(t testing.TB) string {
	t.Helper()
	b, err := fs.ReadFile(party.Files(), "ledgers/rectification.json")
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestTheCheckerNamesLineAndReason(t *testing.T) {
	good := shipped(t)
	for _, c := range []struct{ old, new, want string }{
		{"", "", ""},
		{`"start": "registered"`, `"start": "nowhere"`, `there is no state "nowhere"`},
		{`"start": "registered"`, `"start": "dropped"`, `can't be born in "dropped"`},
		{`"en": "Rectification ledger"`, `"en": ""`, "missing in en"},
		{`"one": {"zh": "问题", "en": "Finding"}`, `"one": {"zh": "问题"}`, "missing in en"},
		{`"number": "ZG-{year}-{seq}"`, `"number": "ZG-{year}"`, "needs {year} and {seq}"},
		{`"title": "problem"`, `"title": "due"`, `"due" is no text field`},
		{`"target": "due"`, `"target": "goal"`, `"goal" is no date field`},
		{`"register": ["problem*"`, `"register": ["problem", "gaol*"`, `no field "gaol"`},
		{`"kind": "person", "free": true, "doer": true, "default": "holder"`, `"kind": "persona", "free": true`, `"persona" is none of`},
		{`{"id": "disputed", "class": "convenor"`, `{"id": "disputed", "class": "judge"`, `"judge" is none of`},
		{`"from": ["declared"], "to": "in_progress", "action": "ledger.verify"`, `"from": ["declared"], "to": "in_progress", "action": "ledger.fix"`, `"ledger.fix" is none of`},
		{`"from": ["registered", "disputed"], "to": "dropped"`, `"from": ["registered", "disputd"], "to": "dropped"`, `no state "disputd"`},
		{`"from": ["registered", "claimed"], "to": "disputed"`, `"from": ["registered", "claimed"], "to": "registered"`, "no way leads to the state \"disputed\""},
		{`"effects": ["close_done"]`, `"effects": []`, `needs the effect "close_done"`},
		{`"effects": ["verify", "return"]`, `"effects": ["verify", "plan"]`, "both does and judges"},
		{`"to": "verified", "action": "ledger.verify"`, `"to": "verified", "action": "ledger.own"`, "can't be the owner's own"},
		{`"to": "closed_not_done", "action": "ledger.approve", "note": "must"`, `"to": "closed_not_done", "action": "ledger.approve"`, "has to ask for the reason"},
		{`"states": ["in_progress"], "from": "field:due"`, `"states": ["in_progress"], "from": "field:goal"`, "which is no date field"},
		{`"states": ["in_progress"], "from": "field:due"`, `"states": ["closed_done"], "from": "field:due"`, "never stops"},
		{`"states": ["in_progress"], "from": "field:due"`, `"states": ["planned"], "from": "field:due"`, "no clock runs"},
		{`"states": ["verified"], "from": "enter"`, `"states": ["verified"], "from": "entry"`, "no start of a clock"},
		{`"id": "goal", "kind"`, `"id": "note", "kind"`, "word of the engine"},
		{`"default": "days:90"`, `"default": "days:soon"`, "no default for a field of kind date"},
		{`"max": 1000, "name": {"zh": "问题"`, `"mx": 1000, "name": {"zh": "问题"`, `no key "mx"`},
		{`"for": "finding",`, `"for": "finding", "for": "finding",`, `"for" stands here twice`},
		{`"for": "finding",`, `"for": "finding"`, "this is not JSON here"},
		{`"days": 15`, `"days": "15"`, "a whole number has to stand here"},
	} {
		text := good
		if c.old != "" {
			if !strings.Contains(good, c.old) {
				t.Fatalf("the shipped ledger no longer holds %s", c.old)
			}
			text = strings.Replace(good, c.old, c.new, 1)
		}
		_, problems := ledger.Parse("x.json", []byte(text), everyRight)
		if c.want == "" && c.old == "" && len(problems) > 0 {
			t.Errorf("the shipped ledger: %v", problems)
		}
		if c.want == "" {
			continue
		}
		line := 1 + strings.Count(good[:strings.Index(good, c.old)], "\n")
		found := false
		for _, p := range problems {
			found = found || strings.Contains(p.Error(), c.want)
			if zh := p.In("zh"); strings.Contains(zh, "⟦") || !strings.HasPrefix(zh, "x.json:") {
				t.Errorf("in Chinese: %s", zh)
			}
			near := p.Line >= line-1 && p.Line <= line+1
			if strings.Contains(p.Error(), c.want) && !near && !strings.Contains(c.want, "no way") && !strings.Contains(c.want, "no clock") {
				t.Errorf("%s: reported at line %d, stands at %d", c.new, p.Line, line)
			}
		}
		if !found {
			t.Errorf("%s: wanted %q, got %v", c.new, c.want, problems)
		}
	}
}

func TestNobodyCanMakeAStep(t *testing.T) {
	_, problems := ledger.Parse("x.json", []byte(shipped(t)), []authz.Role{{ID: "owner", Can: map[authz.Action]authz.Reach{authz.LedgerOwn: authz.Here, authz.LedgerApprove: authz.Here}}})
	if len(problems) != 5 || !strings.Contains(problems[0].Error(), `no role has the action ledger.verify`) {
		t.Fatal(problems)
	}
}

func TestEveryProblemOfAFileIsReported(t *testing.T) {
	_, problems := ledger.Parse("x.json", []byte(`{"id":"X","name":{},"one":{},"number":"","title":"t","start":"s",
"fields":[{"id":"t","kind":"table","name":{"zh":"表","en":"T"}},
{"id":"c","kind":"computed","name":{"zh":"和","en":"S"},"formula":{"op":"sum","of":["t.x"]}}],
"states":[{"id":"s","class":"owner","name":{"zh":"始","en":"S"}}],
"transitions":[{"id":"go","name":{"zh":"走","en":"Go"},"from":["s"],"to":"s","action":"ledger.own","note":"perhaps"}]}`), everyRight)
	var all []string
	for _, p := range problems {
		all = append(all, p.Error())
	}
	for _, want := range []string{`x.json:1: "X" is no id`, "x.json:1: the wording is missing in zh", "x.json:2: the field \"t\": a table", "x.json:3: the formula of \"c\"",
		"x.json:4: from the state \"s\" no way leads to an end", "x.json:4: no state is an end", `x.json:5: "perhaps" is none of`, "no clock runs"} {
		if !strings.Contains(strings.Join(all, "\n"), want) {
			t.Errorf("not reported: %s\n%s", want, strings.Join(all, "\n"))
		}
	}
}

// A field shares its form with the questions that the engine asks itself: one name can't stand for two answers.
func TestAFieldIsNotCalledLikeAnotherPlaceOfItsForm(t *testing.T) {
	for _, taken := range []string{"on", "unit", "units", "convenor", "cycle", "type", "note", "owner", "file", "link", "file_on", "version"} {
		_, problems := ledger.Parse("x.json", []byte(strings.ReplaceAll(shipped(t), `"goal`, `"`+taken)), everyRight)
		if len(problems) != 1 || problems[0].Key != "ledger.check.doubled_id" {
			t.Errorf("%s: %v", taken, problems)
		}
	}
}

func TestAPackWithABrokenLedgerDoesNotLoad(t *testing.T) {
	if _, err := ledger.LoadTypes(source("a.json", "{}"), everyRight); err == nil || !strings.Contains(err.Error(), "ledgers/a.json:1: ") {
		t.Fatal(err)
	}
	types, err := ledger.LoadTypes(party.Files(), must(pack.Load(party.Files())).AuthzRoles())
	if err != nil || types.All()[0].ID != "rectification" || types.For("promise").ID != "promise" {
		t.Fatal(err)
	}
}

func TestWordingIsWhole(t *testing.T) {
	if _, err := wording.Load(nil, ledger.Wording()); err != nil {
		t.Fatal(err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(shipped(f)))
	f.Add([]byte(`{"fields":[{"kind":"computed","formula":{"op":"sum","of":["."]}}]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		d, problems := ledger.Parse("x", text, everyRight)
		if d == nil && len(problems) == 0 {
			t.Fatal("neither a definition nor a reason")
		}
		for _, p := range problems {
			if p.Line < 1 || p.Line > 1+strings.Count(string(text), "\n") || strings.Contains(p.Error(), "⟦") {
				t.Fatalf("%+v", p)
			}
		}
	})
}
