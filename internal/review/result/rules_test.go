package result

import (
	"math/big"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"plumbline/internal/scoring"
)

// classOf makes a class with so many valid ballots and a weight in percent.
func classOf(id string, valid, percent int) scoring.ClassResult {
	w := big.NewRat(int64(percent), 100)
	c := scoring.ClassResult{ID: id, Valid: valid, Abstained: 1, Empty: valid == 0, Used: scoring.Figure{Exact: w}, Items: []scoring.ItemResult{{Valid: valid}}}
	if valid == 0 {
		c.Used.Exact = new(big.Rat)
	}
	return c
}

func TestNoSingleHiddenMeanCanBeWorkedOut(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		small := rapid.IntRange(0, 8).Draw(t, "small")
		var classes []scoring.ClassResult
		for i := range rapid.IntRange(1, 6).Draw(t, "classes") {
			classes = append(classes, classOf(string(rune('A'+i)), rapid.IntRange(0, 12).Draw(t, "valid"), rapid.IntRange(0, 40).Draw(t, "weight")))
		}
		got := hide(classes, small)
		unknown, counting := 0, 0
		for i, c := range classes {
			counts := !c.Empty && c.Used.Exact.Sign() > 0
			if counts {
				counting++
			}
			if ballots(c) < small && got[i] != HiddenSmall {
				t.Fatalf("class %s with %d ballots is shown", c.ID, ballots(c))
			}
			if got[i] == HiddenRest && !counts {
				t.Fatalf("class %s is hidden for nothing", c.ID)
			}
			if got[i] != "" && counts {
				unknown++
			}
		}
		if unknown == 1 && counting > 1 {
			t.Fatalf("the one hidden mean follows from the others: %v", got)
		}
	})
}

func TestTheNextSmallestIsHiddenWithTheSmall(t *testing.T) {
	for name, c := range map[string]struct {
		classes []scoring.ClassResult
		want    string
	}{
		"all large":        {[]scoring.ClassResult{classOf("A", 9, 50), classOf("B", 7, 30), classOf("C", 6, 20)}, ",,"},
		"one small":        {[]scoring.ClassResult{classOf("A", 9, 50), classOf("B", 7, 30), classOf("C", 4, 20)}, ",rest,small"},
		"two small":        {[]scoring.ClassResult{classOf("A", 9, 50), classOf("B", 1, 30), classOf("C", 4, 20)}, ",small,small"},
		"small, no weight": {[]scoring.ClassResult{classOf("A", 9, 50), classOf("B", 7, 50), classOf("C", 4, 0)}, ",,small"},
		"empty":            {[]scoring.ClassResult{classOf("A", 9, 50), classOf("B", 7, 50), classOf("C", 0, 20)}, ",,small"},
		"alone":            {[]scoring.ClassResult{classOf("A", 4, 100)}, "small"},
		"like sizes":       {[]scoring.ClassResult{classOf("A", 6, 50), classOf("B", 6, 30), classOf("C", 2, 20)}, "rest,,small"},
	} {
		if got := strings.Join(hide(c.classes, 5), ","); got != c.want {
			t.Errorf("%s: %s, not %s", name, got, c.want)
		}
	}
}

func TestAnExactFigureIsCutNotRounded(t *testing.T) {
	n := numOf(scoring.Figure{Exact: big.NewRat(200, 3), Text: "66.67"})
	if n.Exact != "66.666666666666…" || !n.Rounded() {
		t.Errorf("%+v", n)
	}
	n = numOf(scoring.Figure{Exact: big.NewRat(185, 2), Text: "92.50"})
	if n.Exact != "92.5" || n.Rounded() {
		t.Errorf("%+v", n)
	}
}
