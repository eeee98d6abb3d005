package scoring

import (
	"fmt"
	"math/big"
	"regexp"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"
)

// shares draws n weights of four decimals that sum to one; none is zero.
func shares(t *rapid.T, label string, n int) []string {
	left := 10000
	var all []string
	for i := range n - 1 {
		w := rapid.IntRange(1, left-(n-1-i)).Draw(t, label)
		left -= w
		all = append(all, tenthousandths(w))
	}
	return append(all, tenthousandths(left))
}

func tenthousandths(n int) string { return big.NewRat(int64(n), 10000).FloatString(4) }

func drawPlan(t *rapid.T) Plan {
	p := Plan{
		Grades:     []Grade{{"good", "100"}, {"fair", "80"}, {"weak", "60.5"}, {"poor", "40"}},
		Bands:      []Band{{"good", "90"}, {"fair", "75.5"}, {"weak", "60"}},
		EmptyClass: rapid.SampledFrom([]string{Refuse, Renormalise}).Draw(t, "empty class"),
		Decimals:   rapid.IntRange(0, 4).Draw(t, "decimals"),
	}
	for i, w := range shares(t, "class weight", rapid.IntRange(1, 3).Draw(t, "classes")) {
		p.Classes = append(p.Classes, Class{fmt.Sprint("c", i), w})
	}
	for i, w := range shares(t, "item weight", rapid.IntRange(1, 3).Draw(t, "items")) {
		p.Items = append(p.Items, Item{fmt.Sprint("i", i), w})
	}
	if rapid.Bool().Draw(t, "parts") {
		w := shares(t, "part weight", 3)
		p.Parts = []Part{{BallotPart, w[0]}, {"field", w[1]}, {"ordinary", w[2]}}
	}
	if rapid.Bool().Draw(t, "trim") {
		each := rapid.IntRange(1, 2).Draw(t, "each end")
		p.Trim = &Trim{each, rapid.IntRange(2*each, 2*each+3).Draw(t, "when more than")}
	}
	if rapid.Bool().Draw(t, "quota") {
		p.Quota = &Quota{tenthousandths(rapid.IntRange(0, 10000).Draw(t, "share"))}
	}
	return p
}

func drawNumber(t *rapid.T) string {
	decimals := rapid.IntRange(0, 3).Draw(t, "places")
	n := rapid.IntRange(0, 100*[]int{1, 10, 100, 1000}[decimals]).Draw(t, "digits")
	return big.NewRat(int64(n), []int64{1, 10, 100, 1000}[decimals]).FloatString(decimals)
}

func drawValue(t *rapid.T, p Plan) string {
	switch n := rapid.IntRange(0, 9).Draw(t, "kind of value"); {
	case n == 0:
		return ""
	case n < 6:
		return p.Grades[rapid.IntRange(0, len(p.Grades)-1).Draw(t, "grade")].ID
	}
	return drawNumber(t)
}

func drawMarks(t *rapid.T, p Plan) ([]Mark, []PartScore) {
	var marks []Mark
	var parts []PartScore
	for u := range rapid.IntRange(1, 4).Draw(t, "units") {
		unit := fmt.Sprint("u", u)
		for _, class := range p.Classes {
			for b := range rapid.IntRange(1, 7).Draw(t, "ballots") {
				for _, item := range p.Items {
					marks = append(marks, Mark{strconv.Itoa(b), class.ID, unit, item.ID, drawValue(t, p)})
				}
			}
		}
		for _, part := range p.Parts {
			if part.ID != BallotPart {
				parts = append(parts, PartScore{unit, part.ID, drawNumber(t)})
			}
		}
	}
	return marks, parts
}

// exactly compares two results down to every figure.
var exactly = cmp.Options{
	cmp.Comparer(func(a, b *big.Rat) bool { return a == b || a != nil && b != nil && a.Cmp(b) == 0 }),
	cmpopts.EquateEmpty(),
}

func TestAgreesWithNaive(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawPlan(t)
		marks, parts := drawMarks(t, p)
		want := naive(p, marks, parts)
		r, err := Score(p, marks, parts)
		got := lines(r)
		if err != nil {
			if code := err.(*Problem).Code; code != ClassEmpty && code != ClassesEmpty {
				t.Fatal(err)
			}
			got = []string{"refused"}
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Fatal(d)
		}
	})
}

func TestOrderOfBallotsDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawPlan(t)
		p.EmptyClass = Renormalise
		marks, parts := drawMarks(t, p)
		first, err := Score(p, marks, parts)
		if err != nil {
			return // a unit without any class; the naive check covers it
		}
		second, err := Score(p, rapid.Permutation(marks).Draw(t, "marks"), rapid.Permutation(parts).Draw(t, "parts"))
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(first, second, exactly); d != "" {
			t.Fatal(d)
		}
	})
}

func TestTallyGivesTheSameResult(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawPlan(t)
		marks, parts := drawMarks(t, p)
		tallies := map[[3]string]*Tally{}
		for _, m := range marks {
			at := [3]string{m.Class, m.Unit, m.Item}
			if tallies[at] == nil {
				tallies[at] = &Tally{Class: m.Class, Unit: m.Unit, Item: m.Item, Counts: map[string]int{"poor": 0}}
			}
			if m.Value == "" {
				tallies[at].Abstained++
			} else {
				tallies[at].Counts[m.Value]++
			}
		}
		var list []Tally
		for _, one := range tallies {
			list = append(list, *one)
		}
		want, wantErr := Score(p, marks, parts)
		got, gotErr := ScoreTallies(p, list, parts)
		if (wantErr == nil) != (gotErr == nil) {
			t.Fatalf("marks give %v, tallies %v", wantErr, gotErr)
		}
		if d := cmp.Diff(want, got, exactly); d != "" {
			t.Fatal(d)
		}
	})
}

// A better mark never makes a unit worse, and never touches another unit.
func TestBetterMarkNeverHurts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawPlan(t)
		marks, parts := drawMarks(t, p)
		at := rapid.IntRange(0, len(marks)-1).Draw(t, "mark")
		low, high := drawNumber(t), drawNumber(t)
		if number(low).Cmp(number(high)) > 0 {
			low, high = high, low
		}
		marks[at].Value = low
		before, err := Score(p, marks, parts)
		if err != nil {
			return
		}
		marks[at].Value = high
		after, err := Score(p, marks, parts)
		if err != nil {
			t.Fatal(err)
		}
		for _, was := range before.Units {
			for _, is := range after.Units {
				switch {
				case was.Unit != is.Unit:
				case was.Unit == marks[at].Unit && (is.Ballot.Exact.Cmp(was.Ballot.Exact) < 0 || is.Rank > was.Rank):
					t.Fatalf("%s fell from %v (%d) to %v (%d)", was.Unit, was.Ballot, was.Rank, is.Ballot, is.Rank)
				case was.Unit != marks[at].Unit && is.Composite.Text != was.Composite.Text:
					t.Fatalf("%s moved from %v to %v", was.Unit, was.Composite, is.Composite)
				}
			}
		}
	})
}

// Renormalising over an empty class equals a plan without that class, whose
// other weights are scaled by hand: here the empty one weighs a half.
func TestRenormaliseEqualsScaledWeights(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		scaled := drawPlan(t)
		scaled.EmptyClass = Refuse
		marks, parts := drawMarks(t, scaled)
		want, err := Score(scaled, marks, parts)
		if err != nil {
			return
		}
		full := scaled
		full.EmptyClass = Renormalise
		full.Classes = []Class{{"absent", "0.5"}}
		for _, c := range scaled.Classes {
			half := new(big.Rat).Mul(number(c.Weight), big.NewRat(1, 2))
			full.Classes = append(full.Classes, Class{c.ID, Exact(half)})
		}
		got, err := Score(full, marks, parts)
		if err != nil {
			t.Fatal(err)
		}
		for i, u := range got.Units {
			if !u.Renormalised || u.Ballot.Exact.Cmp(want.Units[i].Ballot.Exact) != 0 || u.Rank != want.Units[i].Rank {
				t.Fatalf("renormalised %v, want %v", u.Ballot.Exact, want.Units[i].Ballot.Exact)
			}
		}
	})
}

// Every printed decimal reads back, has the plan's decimals, and lies at most
// half a unit of the last place from the exact figure.
func TestPrintedFiguresReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		decimals := rapid.IntRange(0, MaxDecimals).Draw(t, "decimals")
		exact := big.NewRat(rapid.Int64Range(0, 1e12).Draw(t, "num"), rapid.Int64Range(1e10, 1e12).Draw(t, "den"))
		text := Round(exact, decimals)
		form := `^\d+$`
		if decimals > 0 {
			form = fmt.Sprintf(`^\d+\.\d{%d}$`, decimals)
		}
		if !regexp.MustCompile(form).MatchString(text) {
			t.Fatalf("%s does not have %d decimals", text, decimals)
		}
		back, err := ParseDecimal(text, 0, 100)
		if err != nil {
			t.Fatal(err)
		}
		ten := new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(decimals)), nil))
		off := new(big.Rat).Sub(back, exact)
		off.Abs(off.Mul(off, ten))
		if off.Cmp(big.NewRat(1, 2)) > 0 || off.Cmp(big.NewRat(1, 2)) == 0 && back.Cmp(exact) < 0 {
			t.Fatalf("%v is printed as %s", exact, text)
		}
	})
}

// The least whole number that keeps an "at least" quota, and the greatest that
// keeps an "at most" quota.
func TestQuotaIsTight(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 700_000).Draw(t, "n")
		share := big.NewRat(rapid.Int64Range(0, 10000).Draw(t, "share"), 10000)
		bound := new(big.Rat).Mul(share, new(big.Rat).SetInt64(int64(n)))
		least, most := AtLeast(n, share), AtMost(n, share)
		if big.NewRat(int64(least), 1).Cmp(bound) < 0 || big.NewRat(int64(least-1), 1).Cmp(bound) >= 0 {
			t.Fatalf("at least %v of %d is %d", share, n, least)
		}
		if big.NewRat(int64(most), 1).Cmp(bound) > 0 || big.NewRat(int64(most+1), 1).Cmp(bound) <= 0 {
			t.Fatalf("at most %v of %d is %d", share, n, most)
		}
	})
}
