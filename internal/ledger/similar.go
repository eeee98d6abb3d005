package ledger

import (
	"unicode"
)

// RepeatFrom is the similarity from which a matter counts as a repeat of an earlier one of the same unit. It is only
// a proposal: people see the link and can take it away.
const RepeatFrom = 0.5

// Similar compares two texts: twice the pairs of neighbouring letters that both have, over all pairs (Dice), after case,
// width, spaces and punctuation are gone. 1 is the same text, 0 nothing in common.
func Similar(a, b string) float64 { return dice(bigrams(a), bigrams(b)) }

type pairs struct {
	n   int
	has map[[2]rune]int
}

func bigrams(s string) pairs {
	p := pairs{has: map[[2]rune]int{}}
	var last rune
	for _, r := range s {
		if r >= 0xFF01 && r <= 0xFF5E { // full-width forms of ASCII
			r -= 0xFEE0
		}
		r = unicode.ToLower(r)
		if !unicode.IsLetter(r) && !unicode.IsNumber(r) {
			continue
		}
		if last != 0 {
			p.has[[2]rune{last, r}]++
			p.n++
		}
		last = r
	}
	return p
}

func dice(a, b pairs) float64 {
	if a.n == 0 || b.n == 0 {
		return 0
	}
	both := 0
	for k, n := range a.has {
		both += min(n, b.has[k])
	}
	return 2 * float64(both) / float64(a.n+b.n)
}
