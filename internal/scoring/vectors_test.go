package scoring

import (
	"fmt"
	"math/big"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// simple is a plan with one item and the four usual grades.
func simple(classes ...Class) Plan {
	return Plan{
		Classes: classes,
		Items:   []Item{{"overall", "1"}},
		Grades:  []Grade{{"good", "100"}, {"fair", "80"}, {"weak", "60"}, {"poor", "40"}},
		Bands: []Band{
			{"good", "90"}, {"fair", "75"}, {"weak", "60"}, {"poor", "0"},
		},
		EmptyClass: Refuse,
		Decimals:   2,
	}
}

// marks gives one unit one mark per value from ballots of one class.
func marks(class, unit, item string, values ...string) []Mark {
	var all []Mark
	for i, v := range values {
		all = append(all, Mark{fmt.Sprint(i + 1), class, unit, item, v})
	}
	return all
}

func mustScore(t *testing.T, p Plan, m []Mark, parts ...PartScore) Result {
	t.Helper()
	r, err := Score(p, m, parts)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func wantText(t *testing.T, what, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("%s is %s, want %s", what, got, want)
	}
}

func TestTwoClasses(t *testing.T) {
	p := simple(Class{"A", "0.6"}, Class{"B", "0.4"})
	r := mustScore(t, p, append(marks("A", "u", "overall", "95", "90"), marks("B", "u", "overall", "88")...))
	u := r.Units[0]
	wantText(t, "mean of A", u.Classes[0].Mean.Text, "92.50")
	wantText(t, "mean of B", u.Classes[1].Mean.Text, "88.00")
	wantText(t, "contribution of A", u.Classes[0].Contribution.Text, "55.50")
	wantText(t, "contribution of B", u.Classes[1].Contribution.Text, "35.20")
	wantText(t, "ballot", u.Ballot.Text, "90.70")
	wantText(t, "composite", u.Composite.Text, "90.70")
	wantText(t, "grade", u.Suggested, "good")
}

func TestGradePoints(t *testing.T) {
	tally := Tally{Class: "A", Unit: "u", Item: "overall", Counts: map[string]int{"good": 20, "fair": 8, "weak": 2}, Abstained: 3, Invalid: 1}
	r, err := ScoreTallies(simple(Class{"A", "1"}), []Tally{tally}, nil)
	if err != nil {
		t.Fatal(err)
	}
	c := r.Units[0].Classes[0]
	wantText(t, "mean", c.Mean.Text, "92.00")
	wantText(t, "sum", c.Items[0].Sum.Text, "2760")
	if c.Valid != 30 || c.Abstained != 3 || c.Invalid != 1 {
		t.Errorf("valid %d, abstained %d, invalid %d; want 30, 3, 1", c.Valid, c.Abstained, c.Invalid)
	}
	var counts []string
	for _, n := range c.Items[0].Counts {
		counts = append(counts, fmt.Sprintf("%s %s %d", n.Grade, n.Points.Text, n.N))
	}
	if d := cmp.Diff([]string{"good 100 20", "fair 80 8", "weak 60 2", "poor 40 0"}, counts); d != "" {
		t.Error(d)
	}
}

// Three classes, three items of 30/30/40 and a bonus on top.
func TestThreeItemsAndBonus(t *testing.T) {
	p := simple(Class{"leaders", "0.2"}, Class{"staff", "0.4"}, Class{"team", "0.4"})
	p.Items = []Item{{"a", "0.3"}, {"b", "0.3"}, {"c", "0.4"}}
	var m []Mark
	for class, values := range map[string][3]string{"leaders": {"90", "85", "92"}, "staff": {"88", "86", "90"}, "team": {"84", "88", "91"}} {
		for i, v := range values {
			m = append(m, Mark{"1", class, "u", p.Items[i].ID, v})
		}
	}
	u := mustScore(t, p, m).Units[0]
	for i, want := range []string{"89.30", "88.20", "88.00"} {
		wantText(t, "mean of "+u.Classes[i].ID, u.Classes[i].Mean.Text, want)
	}
	wantText(t, "ballot", u.Ballot.Text, "88.34")
	sheet := CheckSheet{Start: u.Ballot.Text, Floor: "0", Ceiling: "100", Bonuses: []SheetLine{{"praise", "1.5", 1}}}
	r, err := sheet.Score()
	if err != nil {
		t.Fatal(err)
	}
	wantText(t, "with bonus", r.Score.Text, "89.84")
}

func TestSixClasses(t *testing.T) {
	weights := []string{".15", ".15", ".20", ".10", ".15", ".25"}
	values := []string{"95", "92", "90", "88", "91", "86"}
	var p Plan
	var m []Mark
	for i := range weights {
		id := fmt.Sprint("c", i)
		p.Classes = append(p.Classes, Class{id, "0" + weights[i]})
		m = append(m, Mark{"1", id, "u", "overall", values[i]})
	}
	full := simple(p.Classes...)
	full.Decimals = 1
	wantText(t, "ballot", mustScore(t, full, m).Units[0].Ballot.Text, "90.0")
}

func TestTrim(t *testing.T) {
	p := simple(Class{"A", "1"})
	m := marks("A", "u", "overall", "88", "91", "76", "95", "90", "84", "89")
	wantText(t, "plain mean", mustScore(t, p, m).Units[0].Ballot.Text, "87.57")
	p.Trim = &Trim{EachEnd: 1, WhenMoreThan: 5}
	item := mustScore(t, p, m).Units[0].Classes[0].Items[0]
	wantText(t, "trimmed mean", item.Mean.Text, "88.40")
	if item.Valid != 7 || item.Kept != 5 || item.Low[0].Text != "76" || item.High[0].Text != "95" {
		t.Errorf("valid %d, kept %d, low %v, high %v; want 7, 5, 76, 95", item.Valid, item.Kept, item.Low, item.High)
	}
	five := mustScore(t, p, m[:5]).Units[0].Classes[0].Items[0]
	wantText(t, "mean of five, which is not more than five", five.Mean.Text, "88.00")
	withEmpty := append(m[:5:5], Mark{"6", "A", "u", "overall", ""})
	wantText(t, "an abstention does not start the trim", mustScore(t, p, withEmpty).Units[0].Ballot.Text, "88.00")
}

// A trim works inside class and item: the lowest of A stays where A is small.
func TestTrimStaysInsideClassAndItem(t *testing.T) {
	p := simple(Class{"A", "0.5"}, Class{"B", "0.5"})
	p.Items = []Item{{"x", "0.5"}, {"y", "0.5"}}
	p.Trim = &Trim{EachEnd: 1, WhenMoreThan: 2}
	var m []Mark
	m = append(m, marks("A", "u", "x", "0", "50", "100")...)
	m = append(m, marks("A", "u", "y", "10", "20")...)
	m = append(m, marks("B", "u", "x", "0", "0", "90")...)
	m = append(m, marks("B", "u", "y", "40")...)
	u := mustScore(t, p, m).Units[0]
	wantText(t, "A", u.Classes[0].Mean.Text, "32.50") // (50 + 15) / 2
	wantText(t, "B", u.Classes[1].Mean.Text, "20.00") // (0 + 40) / 2
	wantText(t, "ballot", u.Ballot.Text, "26.25")
}

func TestQuotaRounding(t *testing.T) {
	share := big.NewRat(15, 100)
	for n, want := range map[int]int{0: 0, 1: 1, 7: 2, 8: 2, 9: 2, 14: 3, 20: 3, 21: 4} {
		if got := AtLeast(n, share); got != want {
			t.Errorf("at least 15 %% of %d is %d, want %d", n, got, want)
		}
		if got := AtMost(n, big.NewRat(85, 100)); got != n-want {
			t.Errorf("at most 85 %% of %d is %d, want %d", n, got, n-want)
		}
	}
	if got := AtMost(14, big.NewRat(1, 3)); got != 4 {
		t.Errorf("at most a third of 14 is %d, want 4", got)
	}
}

func TestQuotaReport(t *testing.T) {
	p := simple(Class{"A", "1"})
	p.Quota = &Quota{"0.15"}
	var m []Mark
	for i := range 14 {
		value := "95"
		if i < 2 {
			value = "89"
		}
		m = append(m, Mark{"1", "A", fmt.Sprintf("u%02d", i), "overall", value})
	}
	q := mustScore(t, p, m).Quota
	if q.BelowTopRequired != 3 || q.BelowTopSuggested != 2 || q.Met || q.TopAllowed != 11 {
		t.Errorf("got %+v, want 3 required, 2 suggested, not met, 11 allowed", *q)
	}
	m[2].Value = "89.99"
	if q = mustScore(t, p, m).Quota; q.BelowTopSuggested != 3 || !q.Met {
		t.Errorf("got %+v, want 3 suggested, met", *q)
	}
}

// Rounding is half away from zero and happens once: 89.995 is read as 90.00,
// reaches the band and ties with 90.
func TestRankReadsRoundedFigure(t *testing.T) {
	p := simple(Class{"A", "1"})
	var m []Mark
	for unit, v := range map[string]string{"d": "89.995", "b": "90", "a": "95", "c": "89.994", "e": "90.004"} {
		m = append(m, Mark{"1", "A", unit, "overall", v})
	}
	r := mustScore(t, p, m)
	var got []string
	for _, u := range r.Units {
		got = append(got, fmt.Sprintf("%s %s %d %v %s", u.Unit, u.Composite, u.Rank, u.TiedWith(), u.Suggested))
	}
	want := []string{
		"a 95.00 1 [] good", "b 90.00 2 [d e] good", "d 90.00 2 [b e] good", "e 90.00 2 [b d] good", "c 89.99 5 [] fair",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if len(r.Ties) != 1 || r.Ties[0].Rank != 2 || strings.Join(r.Ties[0].Units, "") != "bde" {
		t.Errorf("ties are %+v", r.Ties)
	}
}

// Rounding the class means first would give 50.1; the exact figure is 50.0.
func TestNoRoundingOnTheWay(t *testing.T) {
	p := simple(Class{"A", "0.5"}, Class{"B", "0.5"})
	p.Decimals = 0
	m := append(marks("A", "u", "overall", "50", "50", "51", "51"), marks("B", "u", "overall", "50", "50", "50", "50", "51")...)
	u := mustScore(t, p, m).Units[0]
	wantText(t, "A", u.Classes[0].Mean.Text, "51")
	wantText(t, "B", u.Classes[1].Mean.Text, "50")
	wantText(t, "ballot", u.Ballot.Text, "50") // 50.35, where (51+50)/2 would print 51
}

func TestEmptyClass(t *testing.T) {
	p := simple(Class{"A", "0.5"}, Class{"B", "0.3"}, Class{"C", "0.2"})
	m := append(marks("A", "u", "overall", "90"), marks("B", "u", "overall", "80", "")...)
	m = append(m, marks("C", "u", "overall", "", "")...)
	_, err := Score(p, m, nil)
	wantText(t, "refusal", fmt.Sprint(err),
		`unit "u" has no valid mark of class "C" on item "overall", and the plan refuses empty classes`)
	p.EmptyClass = Renormalise
	u := mustScore(t, p, m).Units[0]
	if !u.Renormalised || !u.Classes[2].Empty || u.Classes[2].Mean != nil || u.Classes[2].Abstained != 2 {
		t.Errorf("class C should be empty with 2 abstentions, and the unit renormalised: %+v", u)
	}
	wantText(t, "weight used of A", u.Classes[0].Used.Text, "0.625")
	wantText(t, "weight used of B", u.Classes[1].Used.Text, "0.375")
	wantText(t, "ballot", u.Ballot.Text, "86.25")
	_, err = Score(p, marks("A", "u", "overall", ""), nil)
	if err == nil || err.(*Problem).Code != ClassesEmpty {
		t.Errorf("a unit without any class gives %v", err)
	}
}

// One item without a mark empties the whole class, whatever its weight.
func TestEmptyItemEmptiesClass(t *testing.T) {
	p := simple(Class{"A", "0.5"}, Class{"B", "0.5"})
	p.Items = []Item{{"x", "1"}, {"y", "0"}}
	p.EmptyClass = Renormalise
	m := append(marks("A", "u", "x", "90"), marks("B", "u", "x", "50")...)
	m = append(m, marks("B", "u", "y", "10")...)
	u := mustScore(t, p, m).Units[0]
	wantText(t, "ballot", u.Ballot.Text, "50.00")
	if !u.Classes[0].Empty || u.Classes[0].Valid != 1 {
		t.Errorf("class A should be empty with one valid mark: %+v", u.Classes[0])
	}
	wantText(t, "weight as a fraction", Exact(big.NewRat(2, 3)), "2/3")
}

func TestParts(t *testing.T) {
	p := simple(Class{"A", "1"})
	p.Parts = []Part{{"ballot", "0.4"}, {"ordinary", "0.3"}, {"field", "0.3"}}
	u := mustScore(t, p, marks("A", "u", "overall", "90.7"), PartScore{"u", "field", "85.55"}, PartScore{"u", "ordinary", "88"}).Units[0]
	wantText(t, "composite", u.Composite.Text, "88.35") // 36.28 + 26.4 + 25.665 = 88.345
	for i, want := range []string{"ballot 90.70 36.28", "ordinary 88.00 26.40", "field 85.55 25.67"} {
		wantText(t, "part", fmt.Sprintf("%s %s %s", u.Parts[i].ID, u.Parts[i].Score, u.Parts[i].Contribution), want)
	}
}

func TestPlanWithoutBallotPart(t *testing.T) {
	p := simple(Class{"A", "1"})
	p.Parts = []Part{{"field", "1"}}
	r := mustScore(t, p, marks("A", "u", "overall", "10"), PartScore{"u", "field", "70"}, PartScore{"v", "field", "80"})
	if r.Units[0].Unit != "v" || r.Units[0].Ballot != nil || r.Units[0].Composite.Text != "80.00" {
		t.Errorf("a unit without marks should be scored by its parts: %+v", r.Units[0])
	}
	if r.Units[1].Ballot.Text != "10.00" || r.Units[1].Composite.Text != "70.00" {
		t.Errorf("marks that weigh nothing should be shown: %+v", r.Units[1])
	}
}

// Marks equal in points but different in kind are still one distribution.
func TestGradesAndNumbersMix(t *testing.T) {
	p := simple(Class{"A", "1"})
	p.Trim = &Trim{EachEnd: 1, WhenMoreThan: 2}
	item := mustScore(t, p, marks("A", "u", "overall", "good", "100", "100.0", "73")).Units[0].Classes[0].Items[0]
	wantText(t, "mean", item.Mean.Text, "100.00")
	var counts []string
	for _, n := range item.Counts {
		counts = append(counts, fmt.Sprintf("%s/%s/%d", n.Grade, n.Points, n.N))
	}
	if d := cmp.Diff([]string{"/100/2", "good/100/1", "fair/80/0", "/73/1", "weak/60/0", "poor/40/0"}, counts); d != "" {
		t.Error(d)
	}
}

// The bands of a plan may leave the bottom open; then nothing is suggested.
func TestNoBandReached(t *testing.T) {
	p := simple(Class{"A", "1"})
	p.Bands = p.Bands[:1]
	u := mustScore(t, p, marks("A", "u", "overall", "50")).Units[0]
	if u.Suggested != "" || !u.BelowTop {
		t.Errorf("suggested %q, below top %v; want nothing, below top", u.Suggested, u.BelowTop)
	}
}

func TestRoundHasNoNegativeZero(t *testing.T) {
	wantText(t, "-0.004", Round(big.NewRat(-4, 1000), 2), "0.00")
	wantText(t, "-0.005", Round(big.NewRat(-5, 1000), 2), "-0.01")
	wantText(t, "0.005", Round(big.NewRat(5, 1000), 2), "0.01")
	wantText(t, "0.5", Round(big.NewRat(1, 2), 0), "1")
}

func TestCheckSheet(t *testing.T) {
	sheet := CheckSheet{
		Start: "100", Floor: "60", Ceiling: "100",
		Deductions: []SheetLine{{"studies", "0.5", 3}, {"late", "2", 1}},
		Bonuses:    []SheetLine{{"praise", "1.25", 2}},
	}
	r, err := sheet.Score()
	if err != nil {
		t.Fatal(err)
	}
	wantText(t, "sheet", fmt.Sprint(r.Start, r.Deductions, r.Deducted, r.Bonuses, r.Added, r.Before, r.Score), "100 [1.5 2] 3.5 [2.5] 2.5 99 99")
	sheet.Deductions[1].Times = 40
	r, _ = sheet.Score()
	wantText(t, "held at the floor", fmt.Sprint(r.Before, r.Score, r.HeldAtFloor, r.HeldAtCeil), "21 60 true false")
	sheet.Deductions, sheet.Bonuses[0].Times = nil, 9
	r, _ = sheet.Score()
	wantText(t, "held at the ceiling", fmt.Sprint(r.Before, r.Score, r.HeldAtFloor, r.HeldAtCeil), "111.25 100 false true")
	for want, bad := range map[string]CheckSheet{
		"floor: a number from 0 to 100 is wanted, nothing stands here":                  {Start: "1", Ceiling: "2"},
		"start: floor 70, start 60 and ceiling 100 are not in rising order":             {Start: "60", Floor: "70", Ceiling: "100"},
		"bonuses[0].times: 0 is not a number of times from 1 to 10000":                  {Start: "1", Floor: "0", Ceiling: "2", Bonuses: []SheetLine{{"x", "1", 0}}},
		`deductions[0].points: "-1" has a sign; a plain number from 0 to 100 is wanted`: {Start: "1", Floor: "0", Ceiling: "2", Deductions: []SheetLine{{"x", "-1", 1}}},
	} {
		_, err := bad.Score()
		wantText(t, "error", fmt.Sprint(err), want)
	}
}

func TestSampleScores(t *testing.T) {
	p := simple(Class{"A", "0.6"}, Class{"B", "0.4"})
	p.Parts = []Part{{"ballot", "0.5"}, {"field", "0.5"}}
	p.Trim = &Trim{1, 5}
	m, parts := Sample(p, []string{"u1", "u2", "u3", "u4", "u5", "u6"}, 8)
	first := mustScore(t, p, m, parts...)
	if len(first.Units) != 6 || first.Units[0].Composite.Text == first.Units[5].Composite.Text {
		t.Errorf("the sample should spread six units: %+v", first.Units)
	}
	again, _ := Sample(p, []string{"u1", "u2", "u3", "u4", "u5", "u6"}, 8)
	if d := cmp.Diff(m, again); d != "" {
		t.Error("the sample changes:", d)
	}
	p.Grades, p.Bands = nil, nil
	m, parts = Sample(p, []string{"u"}, 3)
	mustScore(t, p, m, parts...)
}

// Every code is worded in both languages, with the same blanks.
func TestWordingIsComplete(t *testing.T) {
	for code, words := range wording {
		if words.en == "" || words.zh == "" {
			t.Errorf("%s lacks a wording", code)
		}
		p := problem(code, "")
		if strings.Contains(p.Text("en"), "\n") || strings.Contains(p.Text("zh"), "\n") {
			t.Errorf("%s breaks its line", code)
		}
		for _, blank := range strings.Split(words.zh, "{")[1:] {
			name, _, _ := strings.Cut(blank, "}")
			if name != "…" && !strings.Contains(words.en, "{"+name+"}") {
				t.Errorf("%s: {%s} stands in Chinese alone", code, name)
			}
		}
	}
}
