package ballot

import (
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"plumbline/internal/fault"
	"plumbline/internal/scoring"
)

var graded = Form{Classes: []string{"A", "B"}, Items: []string{"i", "j"}, Grades: []string{"good", "fair", "poor"}, Units: []int64{3, 1, 2}}

func TestReadValue(t *testing.T) {
	numbers := Form{Items: []string{"i"}, Units: []int64{1}}
	for _, c := range []struct {
		form  Form
		typed string
		want  string
		ok    bool
	}{
		{graded, "1", "good", true}, {graded, " ３ ", "poor", true}, {graded, "fair", "fair", true},
		{graded, "", "", true}, {graded, "0", "", true}, {graded, "-", "", true},
		{graded, "x", "!", true}, {graded, "Ｘ", "!", true}, {graded, "×", "!", true},
		{graded, "4", "", false}, {graded, "-1", "", false}, {graded, "11", "", false}, {graded, "1.0", "", false},
		{numbers, "92.50", "92.5", true}, {numbers, "0", "0", true}, {numbers, "100", "100", true}, {numbers, "", "", true},
		{numbers, "101", "", false}, {numbers, "-3", "", false}, {numbers, "1e1", "", false}, {numbers, "9,5", "", false},
	} {
		got, ok := c.form.ReadValue(c.typed)
		if got != c.want || ok != c.ok {
			t.Errorf("%q: %q %v, want %q %v", c.typed, got, ok, c.want, c.ok)
		}
	}
}

func TestReadRow(t *testing.T) {
	got, err := graded.ReadRow("12 3x 01")
	if want := []string{"good", "fair", "poor", "!", "", "good"}; err != nil || cmp.Diff(want, got) != "" {
		t.Fatalf("%v %v", got, err)
	}
	for typed, key := range map[string]string{"12": "fault.ballot.row_length", "12341": "fault.ballot.row_length", "129x01": "fault.ballot.row_char"} {
		if _, err := graded.ReadRow(typed); fault.As(err) == nil || fault.As(err).Key != key {
			t.Errorf("%q: %v, want %s", typed, err, key)
		}
	}
	if _, err := (Form{Items: []string{"i"}, Units: []int64{1}}).ReadRow("1"); err == nil {
		t.Error("numbers were read from a row of single characters")
	}
}

func drawMarks(t *rapid.T, f Form) []Mark {
	var out []Mark
	values := append([]string{Abstained, Invalid}, f.Grades...)
	for _, class := range f.Classes {
		for slip := 1; slip <= rapid.IntRange(0, 6).Draw(t, "slips "+class); slip++ {
			for _, unit := range f.Units {
				for _, item := range f.Items {
					out = append(out, Mark{class, slip, unit, item, rapid.SampledFrom(values).Draw(t, "value")})
				}
			}
		}
	}
	return out
}

// The same pile keyed in another order, with other numbers on the slips, has the same digest and the same counts; one
// changed line changes the digest.
func TestDigestIsThatOfThePile(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		marks := drawMarks(t, graded)
		turned := make([]Mark, len(marks))
		copy(turned, marks)
		for i := range turned {
			turned[i].Slip = 100 - turned[i].Slip
		}
		rand.Shuffle(len(turned), func(i, j int) { turned[i], turned[j] = turned[j], turned[i] })
		if DigestOf(graded, marks) != DigestOf(graded, turned) {
			t.Fatal("the order of keying changed the digest")
		}
		if d := cmp.Diff(count(marks), count(turned)); d != "" {
			t.Fatal(d)
		}
		if len(marks) == 0 {
			return
		}
		i := rapid.IntRange(0, len(marks)-1).Draw(t, "changed")
		changed := append([]Mark{}, marks...)
		changed[i].Value = "changed"
		if DigestOf(graded, marks) == DigestOf(graded, changed) {
			t.Fatal("a changed line kept the digest")
		}
	})
}

// Two readings agree exactly where no difference is shown; settling every difference gives a full pile again.
func TestCompareAndAgree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		first := drawMarks(t, graded)
		second := append([]Mark{}, first...)
		changed := map[line]bool{}
		for i := range second {
			if rapid.IntRange(0, 4).Draw(t, "misread") == 0 && second[i].Value != "misread" {
				second[i].Value = "misread"
				changed[second[i].line()] = true
			}
		}
		diffs := compare(graded, first, second, nil)
		if len(diffs) != len(changed) {
			t.Fatalf("%d differences, %d lines differ", len(diffs), len(changed))
		}
		if _, err := agree(graded, first, second, nil); (err != nil) != (len(changed) > 0) {
			t.Fatalf("agreed before settling: %v", err)
		}
		var settled []Mark
		for _, d := range diffs {
			settled = append(settled, Mark{d.Class, d.Slip, d.Unit, d.Item, d.First})
		}
		agreed, err := agree(graded, first, second, settled)
		if err != nil || cmp.Diff(first, agreed) != "" {
			t.Fatalf("settled by the first reading, the pile is not the first reading: %v", err)
		}
	})
}

// What the tellers counted scores as the single marks do.
func TestTalliesScoreLikeMarks(t *testing.T) {
	plan := scoring.Plan{Classes: []scoring.Class{{ID: "A", Weight: "0.6"}, {ID: "B", Weight: "0.4"}},
		Items: []scoring.Item{{ID: "i", Weight: "0.5"}, {ID: "j", Weight: "0.5"}}, EmptyClass: scoring.Renormalise, Decimals: 2,
		Grades: []scoring.Grade{{ID: "good", Points: "100"}, {ID: "fair", Points: "60"}, {ID: "poor", Points: "20"}}}
	rapid.Check(t, func(t *rapid.T) {
		marks := drawMarks(t, graded)
		name := func(id int64) string { return string(rune('a' + id)) }
		// An invalid line counts as little as an abstention: single marks know only the latter.
		var single []scoring.Mark
		for _, m := range marks {
			if m.Value == Invalid {
				m.Value = Abstained
			}
			single = append(single, scoring.Mark{Ballot: string(rune('a' + m.Slip)), Class: m.Class, Unit: name(m.Unit), Item: m.Item, Value: m.Value})
		}
		a, errA := scoring.Score(plan, single, nil)
		b, errB := scoring.ScoreTallies(plan, Tallies(count(marks), name), nil)
		if (errA == nil) != (errB == nil) {
			t.Fatalf("%v against %v", errA, errB)
		}
		if errA != nil {
			return
		}
		for i := range a.Units {
			if a.Units[i].Unit != b.Units[i].Unit || a.Units[i].Composite.Text != b.Units[i].Composite.Text {
				t.Fatalf("%s %s against %s %s", a.Units[i].Unit, a.Units[i].Composite, b.Units[i].Unit, b.Units[i].Composite)
			}
		}
	})
}
