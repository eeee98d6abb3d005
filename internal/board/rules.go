package board

import (
	"cmp"
	"math/big"
	"regexp"
	"slices"
	"strings"
)

// The lamps. "" is no lamp: there is no target, or no figure.
const (
	Green = "green" // the target is met
	Amber = "amber" // missed, but not by more than the indicator allows
	Red   = "red"
)

// SmallBase is the number of matters below which a counted value is marked as resting on few.
const SmallBase = 5

// SettleDays is how many days after its end a period is settled.
const SettleDays = 10

var decimalText = regexp.MustCompile(`^-?\d{1,12}(\.\d{1,4})?$`)

// ParseValue reads a value as people write it, "1,234.5" and "96.5%" included, and gives it in its shortest form. ok is
// false for what is no number.
func ParseValue(s string) (value string, ok bool) {
	s = strings.NewReplacer(",", "", "，", "", "．", ".", " ", "").Replace(strings.TrimSpace(s))
	s = strings.TrimSuffix(strings.TrimSuffix(s, "%"), "％")
	if !decimalText.MatchString(s) {
		return "", false
	}
	return shortest(number(s).FloatString(4)), true
}

// shortest takes zeros off the end of a decimal.
func shortest(s string) string {
	if strings.Contains(s, ".") {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	if s == "-0" {
		return "0"
	}
	return s
}

// number is a decimal as an exact number, nil for "".
func number(s string) *big.Rat {
	if s == "" {
		return nil
	}
	r, ok := new(big.Rat).SetString(s)
	if !ok {
		return nil
	}
	return r
}

// rank gives each value its place, by the figure as it is shown: the best has 1, equal ones share a place, and the next
// one's place counts all before it (1, 2, 2, 4). "" has no place, 0.
func rank(values []string, down bool) []int {
	out := make([]int, len(values))
	for i, v := range values {
		x := number(v)
		if x == nil {
			continue
		}
		out[i] = 1
		for _, w := range values {
			if y := number(w); y != nil && better(y, x, down) {
				out[i]++
			}
		}
	}
	return out
}

func better(a, b *big.Rat, down bool) bool {
	if down {
		return a.Cmp(b) < 0
	}
	return a.Cmp(b) > 0
}

// LampOf says how a value stands against the target: green where it meets it; amber where it meets the indicator's
// bound of amber, or, where none is set, misses the target by no more than a tenth of it; else red.
func (x Indicator) LampOf(value string) string {
	v, target := number(value), number(x.Target)
	if v == nil || target == nil {
		return ""
	}
	if !better(target, v, x.Down) {
		return Green
	}
	if !better(x.amber(target), v, x.Down) {
		return Amber
	}
	return Red
}

// amber is the worst value that is still amber.
func (x Indicator) amber(target *big.Rat) *big.Rat {
	if a := number(x.Amber); a != nil {
		return a
	}
	tenth := new(big.Rat).Mul(new(big.Rat).Abs(target), big.NewRat(1, 10))
	if x.Down {
		return tenth.Add(target, tenth)
	}
	return tenth.Sub(target, tenth)
}

// share is the part of its peers that a value outdoes, an equal one counting half: 0 for the worst alone, 1 for the
// best alone. nil where there is no figure, or nobody to compare with.
func share(values []string, at int, down bool) *big.Rat {
	x := number(values[at])
	if x == nil {
		return nil
	}
	var halves, others int64
	for i, v := range values {
		y := number(v)
		if y == nil || i == at {
			continue
		}
		others++
		switch {
		case better(x, y, down):
			halves += 2
		case x.Cmp(y) == 0:
			halves++
		}
	}
	if others == 0 {
		return nil
	}
	return big.NewRat(halves, 2*others)
}

// combine makes the combined board of boards over the same units: points = 100 × Σ(weight × share) ÷ Σ(weight), over
// the indicators that have a weight, to two decimals. A unit that lacks one of the figures has no points, never zero.
// nil where no indicator has a weight.
func combine(boards []Board, peers Peers) []Standing {
	type weighted struct {
		weight *big.Rat
		shares []*big.Rat
	}
	var parts []weighted
	total := new(big.Rat)
	for _, b := range boards {
		w := number(b.Indicator.Weight)
		if w == nil || w.Sign() <= 0 {
			continue
		}
		values := make([]string, len(peers.Units))
		for i, u := range peers.Units {
			values[i] = b.Of(u.ID).Value.Value
		}
		p := weighted{weight: w}
		for i := range values {
			p.shares = append(p.shares, share(values, i, b.Indicator.Down))
		}
		parts = append(parts, p)
		total.Add(total, w)
	}
	if len(parts) == 0 {
		return nil
	}
	out := make([]Standing, len(peers.Units))
	points := make([]string, len(peers.Units))
	for i, u := range peers.Units {
		out[i].Unit = u
		sum := new(big.Rat)
		for _, p := range parts {
			if p.shares[i] == nil {
				out[i].Missing++
				continue
			}
			sum.Add(sum, new(big.Rat).Mul(p.weight, p.shares[i]))
		}
		if out[i].Missing == 0 {
			points[i] = sum.Mul(sum, new(big.Rat).Quo(big.NewRat(100, 1), total)).FloatString(2)
		}
		out[i].Points = points[i]
	}
	for i, r := range rank(points, false) {
		out[i].Rank = r
	}
	return out
}

// byRank puts what has a rank first, in its order.
func byRank[T any](list []T, rank func(T) int) {
	slices.SortStableFunc(list, func(a, b T) int {
		x, y := rank(a), rank(b)
		if (x == 0) != (y == 0) {
			return cmp.Compare(y, x)
		}
		return cmp.Compare(x, y)
	})
}
