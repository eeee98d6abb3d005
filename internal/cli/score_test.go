package cli

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
	"github.com/google/go-cmp/cmp"
)

const (
	scorePlan = `{
  "classes": [
    {"id": "A", "weight": "0.6"},
    {"id": "B", "weight": "0.4"}
  ],
  "items": [{"id": "overall", "weight": "1"}],
  "grades": [
    {"id": "good", "points": "100"},
    {"id": "fair", "points": "80"}
  ],
  "trim": null,
  "empty_class": "refuse",
  "parts": [
    {"id": "ballot", "weight": "0.4"},
    {"id": "field", "weight": "0.6"}
  ],
  "bands": [
    {"grade": "good", "from": "90"},
    {"grade": "fair", "from": "0"}
  ],
  "quota": {"below_top_at_least": "0.15"},
  "decimals": 2
}
`
	scoreBallots = `ballot,class,unit,item,value
1,A,north,overall,92.5
1,B,north,overall,88
1,A,south,overall,good
1,B,south,overall,fair
2,B,south,overall,
`
	scoreParts = `unit,part,score
north,field,90.7
south,field,89
`
)

// runScore runs the command on three texts; a parts text of "-" is not given.
func runScore(t *testing.T, plan, ballots, parts string) (status int, stdout, stderr string) {
	t.Helper()
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	cmd := ScoreCmd{Plan: write("PLAN.json", plan), Ballots: write("BALLOTS.csv", ballots)}
	if parts != "-" {
		cmd.Parts = write("PARTS.csv", parts)
	}
	var out, errOut bytes.Buffer
	status = cmd.Main(&out, &errOut)
	return status, out.String(), strings.ReplaceAll(errOut.String(), dir+string(filepath.Separator), "")
}

func TestScorePrintsResult(t *testing.T) {
	status, out, errOut := runScore(t, scorePlan, scoreBallots, scoreParts)
	want := `{"units":[
{"unit":"north","classes":{"A":{"mean":"92.50","valid":1,"abstained":0},"B":{"mean":"88.00","valid":1,"abstained":0}},"ballot":"90.70","parts":{"field":"90.70"},"composite":"90.70","rank":1,"tied_with":[],"suggested":"good"},
{"unit":"south","classes":{"A":{"mean":"100.00","valid":1,"abstained":0},"B":{"mean":"80.00","valid":1,"abstained":1}},"ballot":"92.00","parts":{"field":"89.00"},"composite":"90.20","rank":2,"tied_with":[],"suggested":"good"}
],"quota":{"below_top_required":1,"below_top_suggested":0,"met":false}}
`
	if d := cmp.Diff(want, out); d != "" || status != 0 || errOut != "" {
		t.Errorf("status %d, stderr %q, diff %s", status, errOut, d)
	}
}

func TestScoreToleratesBOMAndCRLF(t *testing.T) {
	_, want, _ := runScore(t, scorePlan, scoreBallots, scoreParts)
	windows := func(s string) string { return "\ufeff" + strings.ReplaceAll(s, "\n", "\r\n") }
	status, out, errOut := runScore(t, windows(scorePlan), windows(scoreBallots)+"\r\n", windows(scoreParts))
	if status != 0 || out != want {
		t.Errorf("status %d, stderr %q, diff %s", status, errOut, cmp.Diff(want, out))
	}
}

func TestScoreWithoutPartsAndQuota(t *testing.T) {
	plan := `{"classes":[{"id":"A","weight":"0.50"},{"id":"B","weight":"0.5"}],"items":[{"id":"overall","weight":"1"}],"grades":[{"id":"x","points":"0"}],
		"trim":null,"empty_class":"renormalise","parts":[],"bands":[{"grade":"x","from":"90"}],"quota":null,"decimals":1}`
	status, out, errOut := runScore(t, plan, "ballot,class,unit,item,value\n1,A,b<&>,overall,80\n1,A,准,overall,80.04\n", "-")
	want := `{"units":[
{"unit":"b<&>","classes":{"A":{"mean":"80.0","valid":1,"abstained":0},"B":{"mean":null,"valid":0,"abstained":0}},"renormalised":true,"ballot":"80.0","parts":{},"composite":"80.0","rank":1,"tied_with":["准"],"suggested":null},
{"unit":"准","classes":{"A":{"mean":"80.0","valid":1,"abstained":0},"B":{"mean":null,"valid":0,"abstained":0}},"renormalised":true,"ballot":"80.0","parts":{},"composite":"80.0","rank":1,"tied_with":["b<&>"],"suggested":null}
],"quota":null}
`
	if d := cmp.Diff(want, out); d != "" || status != 0 {
		t.Errorf("status %d, stderr %q, diff %s", status, errOut, d)
	}
}

// swap replaces one text once and fails the test where it is not there.
func swap(t *testing.T, in, old, new string) string {
	t.Helper()
	if !strings.Contains(in, old) {
		t.Fatalf("%q does not hold %q", in, old)
	}
	return strings.Replace(in, old, new, 1)
}

// Each bad input gives exactly this line, no result and status 2. The input is
// the good one with old replaced by new in the named file.
func TestScoreRefusals(t *testing.T) {
	for _, c := range []struct{ file, old, new, want string }{
		{"plan", `"0.4"}` + "\n  ],\n  \"items\"", `"0.3"}` + "\n  ],\n  \"items\"", `PLAN.json:2: classes: the weights sum to 0.9, not to 1`},
		{"plan", `"id": "overall", "weight": "1"`, `"id": "overall", "weight": "0.999999999999999999"`, `PLAN.json:6: items: the weights sum to 0.999999999999999999, not to 1`},
		{"plan", `"field", "weight": "0.6"`, `"field", "weight": "0.61"`, `PLAN.json:13: parts: the weights sum to 1.01, not to 1`},
		{"plan", `"weight": "0.6"`, `"weight": 0.6`, `PLAN.json:3: classes[0].weight: a text in quotation marks is wanted here`},
		{"plan", `"weight": "0.6"`, `"weight": "3/5"`, `PLAN.json:3: classes[0].weight: "3/5" is a fraction; write a decimal number`},
		{"plan", `"weight": "0.6"`, `"weight": "60%"`, `PLAN.json:3: classes[0].weight: "60%" holds a percent sign; write the decimal number alone`},
		{"plan", `"weight": "0.6"`, `"weight": "-0.6"`, `PLAN.json:3: classes[0].weight: "-0.6" has a sign; a plain number from 0 to 1 is wanted`},
		{"plan", `"weight": "0.6"`, `"wieght": "0.6"`, `PLAN.json:3: classes[0]: "wieght" is not a field of a plan here`},
		{"plan", `"weight": "0.6"`, `"id": "A"`, `PLAN.json:3: classes[0]: field "id" stands there twice`},
		{"plan", `, "weight": "0.6"`, ``, `PLAN.json:3: classes[0]: field "weight" is missing`},
		{"plan", `"id": "B"`, `"id": "A"`, `PLAN.json:4: classes[1].id: "A" stands there twice`},
		{"plan", `"id": "B"`, `"id": "B "`, `PLAN.json:4: classes[1].id: "B " begins or ends with a space`},
		{"plan", `"id": "fair"`, `"id": "80分"`, `PLAN.json:9: grades[1].id: "80分" begins like a number, so a mark of "80分" could mean either; use a word`},
		{"plan", `"points": "80"`, `"points": "101"`, `PLAN.json:9: grades[1].points: 101 is out of range; a number from 0 to 100 is wanted`},
		{"plan", `"trim": null`, `"trim": {"each_end": 3, "when_more_than": 5}`, `PLAN.json:11: trim.when_more_than: more than 5 marks are too few to leave 3 out at each end; at least 6 is needed`},
		{"plan", `"trim": null`, `"trim": {"each_end": 0, "when_more_than": 5}`, `PLAN.json:11: trim.each_end: 0 can't be left out at each end; at least 1 is needed (null for no trim)`},
		{"plan", `"refuse"`, `"ignore"`, `PLAN.json:12: empty_class: "ignore" is not a rule for empty classes; "refuse" or "renormalise" is wanted`},
		{"plan", `"from": "0"`, `"from": "90.0"`, `PLAN.json:19: bands[1].from: 90 does not lie below 90; the bands must fall, the best first`},
		{"plan", `"grade": "fair"`, `"grade": "fare"`, `PLAN.json:19: bands[1].grade: "fare" is not a grade of the plan`},
		{"plan", `"grade": "fair"`, `"grade": "good"`, `PLAN.json:19: bands[1].grade: grade "good" has a band already`},
		{"plan", `"0.15"`, `"15"`, `PLAN.json:21: quota.below_top_at_least: 15 is out of range; a number from 0 to 1 is wanted`},
		{"plan", `"decimals": 2`, `"decimals": 2.0`, `PLAN.json:22: decimals: a whole number is wanted here`},
		{"plan", `"decimals": 2`, `"decimals": 12`, `PLAN.json:22: decimals: 12 decimals can't be printed; 0 to 9 is wanted`},
		{"plan", `"decimals": 2`, `"decimals": 2,`, `PLAN.json:23: broken JSON: invalid character '}' looking for beginning of object key string`},
		{"plan", "2\n}\n", "2\n", `PLAN.json:22: broken JSON: unexpected end of JSON input`},
		{"plan", "2\n}\n", "2\n}\n{}\n", `PLAN.json:24: broken JSON: invalid character '{' after top-level value`},
		{"plan", "good", "\xba\xc3", `PLAN.json:8: the text is not UTF-8; save the file as UTF-8`},
		{"plan", "\"items\"", "\"item\"", `PLAN.json:1: field "items" is missing`},

		{"ballots", "ballot,class", "ballots,class", `BALLOTS.csv:1: the first line must be the header ballot,class,unit,item,value, found "ballots,class,unit,item,value"`},
		{"ballots", scoreBallots, "", `BALLOTS.csv:1: the first line must be the header ballot,class,unit,item,value, found ""`},
		{"ballots", "1,A,north,overall,92.5", "1,C,north,overall,92.5", `BALLOTS.csv:2: class: "C" is not a class of the plan`},
		{"ballots", "north,overall,88", "north,overal,88", `BALLOTS.csv:3: item: "overal" is not an item of the plan`},
		{"ballots", "overall,fair", "overall,Fair", `BALLOTS.csv:5: value: "Fair" is neither a grade of the plan nor a number from 0 to 100`},
		{"ballots", "2,B,south", "1,B,south", `BALLOTS.csv:6: ballot "1" of class "B" has marked unit "south" on item "overall" already`},
		{"ballots", "92.5", "100.01", `BALLOTS.csv:2: value: 100.01 is out of range; a number from 0 to 100 is wanted`},
		{"ballots", "92.5", "-1", `BALLOTS.csv:2: value: "-1" has a sign; a plain number from 0 to 100 is wanted`},
		{"ballots", "92.5", "9e1", `BALLOTS.csv:2: value: "9e1" is written with an exponent; write the decimal number out`},
		{"ballots", "92.5", "９２.5", `BALLOTS.csv:2: value: "９２.5" is written with full-width characters; type it with the plain digits 0 to 9 and "."`},
		{"ballots", "92.5", "9 2", `BALLOTS.csv:2: value: "9 2" holds a space; a number from 0 to 100 is wanted`},
		{"ballots", "92.5", `"92,5"`, `BALLOTS.csv:2: value: "92,5" holds a comma; write the decimal point as "." and no other separators`},
		{"ballots", "92.5", "92,5", `BALLOTS.csv:2: 6 columns, 5 are wanted (ballot,class,unit,item,value)`},
		{"ballots", "92.5", ".5", `BALLOTS.csv:2: value: ".5" is not a decimal number; a number from 0 to 100 is wanted`},
		{"ballots", "92.5", "9" + strings.Repeat("0", 64), `BALLOTS.csv:2: value: "9` + strings.Repeat("0", 64) + `" is longer than 64 characters`},
		{"ballots", "1,A,north", ",A,north", `BALLOTS.csv:2: ballot: nothing stands here`},
		{"ballots", "1,A,north", "1,A, north", `BALLOTS.csv:2: unit: " north" begins or ends with a space`},
		{"ballots", "1,B,north", "1,B,\"north", `BALLOTS.csv:3: broken CSV: a quoted field is not closed properly on its line`},
		{"ballots", "1,B,north", "1,B,no\"rth", `BALLOTS.csv:3: broken CSV: a quotation mark stands inside a field that does not begin with one`},
		{"ballots", "1,B,north", "1,B,\xb1\xb1", `BALLOTS.csv:3: the text is not UTF-8; save the file as UTF-8`},
		{"ballots", "1,B,north", "1,B,no\rrth", `BALLOTS.csv:3: unit: "no\rrth" holds a control character`},
		{"ballots", "1,B,north", strings.Repeat("x", 70_000), `BALLOTS.csv:3: the line is longer than 65536 bytes`},
		{"ballots", "overall,88", "overall,", `BALLOTS.csv:2: unit "north" has no valid mark of class "B" on item "overall", and the plan refuses empty classes`},
		{"ballots", "1,A,south", "1,A,east", `BALLOTS.csv:4: unit "east" has no valid mark of class "B" on item "overall", and the plan refuses empty classes`},

		{"parts", "north,field", "north,ballot", `PARTS.csv:2: part: the score of part "ballot" comes from the ballots, it can't be given here`},
		{"parts", "north,field", "north,central", `PARTS.csv:2: part: "central" is not a part of the plan`},
		{"parts", "south,field,89", "north,field,89", `PARTS.csv:3: unit "north" has a score for part "field" already`},
		{"parts", "south,field,89\n", "", `BALLOTS.csv:4: unit "south" has no score for part "field"`},
		{"parts", "89\n", "89\neast,field,50\n", `PARTS.csv:4: unit "east" stands in no ballot, and part "ballot" of the plan needs one`},
		{"parts", "90.7", "", `PARTS.csv:2: score: a number from 0 to 100 is wanted, nothing stands here`},
		{"parts", "90.7", "1000", `PARTS.csv:2: score: 1000 is out of range; a number from 0 to 100 is wanted`},
		{"parts", "unit,part,score", "unit;part;score", `PARTS.csv:1: the first line must be the header unit,part,score, found "unit;part;score"`},
		{"parts", scoreParts, "-", `PLAN.json:15: parts[1]: part "field" needs a score for every unit, and no table of parts is given`},
	} {
		t.Run(c.want, func(t *testing.T) {
			texts := map[string]string{"plan": scorePlan, "ballots": scoreBallots, "parts": scoreParts}
			texts[c.file] = swap(t, texts[c.file], c.old, c.new)
			status, out, errOut := runScore(t, texts["plan"], texts["ballots"], texts["parts"])
			if status != 2 || out != "" || errOut != c.want+"\n" {
				t.Errorf("status %d, stdout %q\n got %s\nwant %s", status, out, errOut, c.want)
			}
		})
	}
}

func TestScoreNothingToScore(t *testing.T) {
	status, out, errOut := runScore(t, scorePlan, "ballot,class,unit,item,value\n", "unit,part,score\n")
	if want := "BALLOTS.csv:1: no mark follows the header, there is nothing to score\n"; status != 2 || out != "" || errOut != want {
		t.Errorf("status %d, stdout %q, stderr %q", status, out, errOut)
	}
}

func TestScoreMissingFile(t *testing.T) {
	var out, errOut bytes.Buffer
	cmd := ScoreCmd{Plan: filepath.Join(t.TempDir(), "no\nplan.json"), Ballots: "none.csv"}
	status := cmd.Main(&out, &errOut)
	if status != 2 || out.Len() > 0 || strings.Count(errOut.String(), "\n") != 1 || !strings.Contains(errOut.String(), `no\nplan.json": no such file`) {
		t.Errorf("status %d, stdout %q, stderr %q", status, out.String(), errOut.String())
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, fmt.Errorf("no space left") }

func TestScoreSaysWhenOutputIsLost(t *testing.T) {
	dir := t.TempDir()
	cmd := ScoreCmd{Plan: filepath.Join(dir, "p"), Ballots: filepath.Join(dir, "b")}
	plan := swap(t, scorePlan, `"field", "weight": "0.6"`, `"field", "weight": "0"`)
	plan = swap(t, plan, `"ballot", "weight": "0.4"`, `"ballot", "weight": "1"`)
	plan = swap(t, plan, ",\n    {\"id\": \"field\", \"weight\": \"0\"}", "")
	for name, text := range map[string]string{cmd.Plan: plan, cmd.Ballots: scoreBallots} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var errOut bytes.Buffer
	if status := cmd.Main(full{}, &errOut); status != 1 || errOut.String() != "the result could not be written: no space left\n" {
		t.Errorf("status %d, stderr %q", status, errOut.String())
	}
}

func TestScoreFlags(t *testing.T) {
	parse := func(args ...string) (ScoreCmd, error) {
		var root struct {
			Score ScoreCmd `cmd:""`
		}
		parser, err := kong.New(&root)
		if err != nil {
			t.Fatal(err)
		}
		_, err = parser.Parse(append([]string{"score"}, args...))
		return root.Score, err
	}
	got, err := parse("--plan", "a", "--ballots=b", "--parts", "c")
	if want := (ScoreCmd{Plan: "a", Ballots: "b", Parts: "c"}); got != want || err != nil {
		t.Errorf("read %+v, %v; want %+v", got, err, want)
	}
	if _, err := parse("--plan", "a"); err == nil {
		t.Error("--ballots should be required")
	}
}
