package cycle

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
)

// LotOrder draws lots: the order of the codes by LotNumber, smallest first. It depends on the seed and the codes alone,
// not on the order in which they are given, so whoever knows the published seed can draw again and compare.
// Doubled codes count once.
func LotOrder(seed string, codes []string) []string {
	out := slices.Clone(codes)
	slices.SortFunc(out, func(a, b string) int {
		if c := strings.Compare(LotNumber(seed, a), LotNumber(seed, b)); c != 0 {
			return c
		}
		return strings.Compare(a, b)
	})
	return slices.Compact(out)
}

// LotNumber is the lot that a code draws: the SHA-256 in hex of the seed, one line feed and the code, all in UTF-8.
// On any machine: printf '%s\n%s' "$SEED" "$CODE" | sha256sum
func LotNumber(seed, code string) string {
	sum := sha256.Sum256([]byte(seed + "\n" + code))
	return hex.EncodeToString(sum[:])
}
