package ledger

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// Whatever holds a text holds every word of it, so that no list misses a matter whose title or number holds what was
// typed.
func TestWhatHoldsATextHoldsItsWords(t *testing.T) {
	letters := []rune("服务群众ABcé09 ，-/·第件𠀀")
	random := rand.New(rand.NewPCG(3, 4))
	for range 5000 {
		title := make([]rune, 1+random.IntN(20))
		for i := range title {
			title[i] = letters[random.IntN(len(letters))]
		}
		from := random.IntN(len(title))
		part := string(title[from : from+1+random.IntN(len(title)-from)])
		if random.IntN(2) == 0 {
			part = strings.ToUpper(part)
		}
		all := wordsOf(string(title), "ZG-2022-0001")
		for _, w := range wordsOf(part) {
			if !slices.Contains(all, w) {
				t.Fatalf("%q is part of %q and has a word more", part, string(title))
			}
		}
	}
	if n := len(wordsOf("服务群众")); n != 3 {
		t.Errorf("%d words in four characters", n)
	}
	if n := len(wordsOf("养", "ab", "，。")); n != 0 {
		t.Errorf("%d words where there are none", n)
	}
}
