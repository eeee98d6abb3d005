package scoring

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A page shows everything that is wrong with a plan at once, field by field.
func TestValidateListsEverything(t *testing.T) {
	p := Plan{
		Classes:  []Class{{"A", "0.6"}, {"A", ""}, {"", "2"}},
		Grades:   []Grade{{"5", "x"}, {"low", "10"}, {"high", "20"}},
		Trim:     &Trim{EachEnd: 2, WhenMoreThan: 3},
		Parts:    []Part{{BallotPart, "0.5"}},
		Bands:    []Band{{"low", "50"}, {"high", "60"}, {"none", "1/2"}},
		Quota:    &Quota{"１"},
		Decimals: -1,
	}
	var got []string
	for _, one := range p.Validate() {
		got = append(got, string(one.Code)+" "+one.Path)
		if one.Source != InPlan || one.Text("zh") == one.Text("en") {
			t.Errorf("%s: source %q, zh %q", one.Code, one.Source, one.Text("zh"))
		}
	}
	want := []string{
		"id_doubled classes[1].id", "number_empty classes[1].weight", "id_empty classes[2].id", "number_range classes[2].weight",
		"list_empty items", "grade_is_number grades[0].id", "number_syntax grades[0].points", "trim_threshold trim.when_more_than",
		"empty_class_rule empty_class", "weights_sum parts", "band_order bands[1].from", "band_points bands[1].grade",
		"number_fraction bands[2].from", "band_grade bands[2].grade", "number_full_width quota.below_top_at_least", "decimals_range decimals",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if _, err := NewCounter(p); err == nil {
		t.Error("a counter starts under a plan with problems")
	}
	p = simple(Class{"A", "1"})
	p.Bands, p.Quota = nil, &Quota{"0.1"}
	if problems := p.Validate(); len(problems) != 1 || problems[0].Code != QuotaBands {
		t.Errorf("a quota without bands gives %v", problems)
	}
}

// Every problem of a plan file knows its line, and they come in that order.
func TestPlanProblemsByLine(t *testing.T) {
	_, problems := ReadPlan(strings.NewReader("{\n\"decimals\": \"2\",\n\"items\": {},\n\"classes\": [\n7,\n{\"id\": null}],\n\"trim\": [], \"x\": 1}"))
	var got []string
	for _, p := range problems {
		got = append(got, fmt.Sprintf("%d %s %s", p.Line, p.Path, p.Code))
	}
	want := []string{
		"2 decimals json_number", "3 items json_list", "5 classes[0] json_object",
		"6 classes[1].id json_string", "6 classes[1] json_missing", "7 trim json_object", "7  json_unknown",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestPlanTooLongOrDeep(t *testing.T) {
	for want, text := range map[string]string{
		"the text is longer than 1048576 bytes":     strings.Repeat(" ", longestPlan+1),
		"broken JSON: nested more than 16 deep":     strings.Repeat("[", 20) + strings.Repeat("]", 20),
		"broken JSON: unexpected end of JSON input": "",
	} {
		_, problems := ReadPlan(strings.NewReader(text))
		if len(problems) != 1 || problems[0].Error() != want || problems[0].Line != 1 {
			t.Errorf("got %v, want %s", problems, want)
		}
	}
}

func TestTallyRefusals(t *testing.T) {
	good := Tally{Class: "A", Unit: "u", Item: "overall", Counts: map[string]int{"good": 1}}
	for want, spoil := range map[string]func(*Tally){
		`class: "Z" is not a class of the plan`:                                   func(y *Tally) { y.Class = "Z" },
		`unit: nothing stands here`:                                               func(y *Tally) { y.Unit = "" },
		`counts: -1 is not a count from 0 to 1000000000`:                          func(y *Tally) { y.Invalid = -1 },
		`counts: 2000000000 is not a count from 0 to 1000000000`:                  func(y *Tally) { y.Counts["good"] = 2_000_000_000 },
		`value: "best" is neither a grade of the plan nor a number from 0 to 100`: func(y *Tally) { y.Counts["best"] = 1 },
		`counts: "" is neither a grade of the plan nor a number from 0 to 100`:    func(y *Tally) { y.Counts[""] = 1 },
		`class "A", unit "v", item "overall" has been tallied already`:            func(y *Tally) { y.Unit = "v" },
	} {
		bad := good
		bad.Counts = map[string]int{"good": 1}
		spoil(&bad)
		other := good
		other.Unit = "v"
		_, err := ScoreTallies(simple(Class{"A", "1"}), []Tally{other, bad}, nil)
		wantText(t, "error", fmt.Sprint(err), want)
	}
}

// A tally of paper and marks from elsewhere add up in the same class.
func TestTallyAndMarksAddUp(t *testing.T) {
	c, err := NewCounter(simple(Class{"A", "1"}))
	if err != nil {
		t.Fatal(err)
	}
	if err := c.AddTally(Tally{Class: "A", Unit: "u", Item: "overall", Counts: map[string]int{"good": 3}, Abstained: 2}); err != nil {
		t.Fatal(err)
	}
	if err := c.Add(Mark{"1", "A", "u", "overall", "poor"}); err != nil {
		t.Fatal(err)
	}
	r, err := c.Result()
	if err != nil {
		t.Fatal(err)
	}
	wantText(t, "ballot", r.Units[0].Ballot.Text, "85.00")
}

// Ballots are numbered inside their class.
func TestSameBallotNumberInTwoClasses(t *testing.T) {
	p := simple(Class{"A", "0.5"}, Class{"B", "0.5"})
	mustScore(t, p, []Mark{{"1", "A", "u", "overall", "good"}, {"1", "B", "u", "overall", "good"}})
	_, err := Score(p, []Mark{{"1", "A", "u", "overall", "good"}, {"1", "A", "u", "overall", ""}}, nil)
	wantText(t, "error", fmt.Sprint(err), `ballot "1" of class "A" has marked unit "u" on item "overall" already`)
}
