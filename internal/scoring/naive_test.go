package scoring

import (
	"fmt"
	"math/big"
	"sort"
	"strings"
)

// The naive scorer does the same arithmetic another way: whole numbers only,
// every mark kept in a list, fractions as two integers that are never reduced,
// rounding by integer division. It serves to check the real one.

type fraction struct{ num, den *big.Int }

func whole(n int64) fraction { return fraction{big.NewInt(n), big.NewInt(1)} }

func (f fraction) times(g fraction) fraction {
	return fraction{new(big.Int).Mul(f.num, g.num), new(big.Int).Mul(f.den, g.den)}
}

func (f fraction) through(g fraction) fraction { return f.times(fraction{g.den, g.num}) }

func (f fraction) plus(g fraction) fraction {
	left, right := new(big.Int).Mul(f.num, g.den), new(big.Int).Mul(g.num, f.den)
	return fraction{left.Add(left, right), new(big.Int).Mul(f.den, g.den)}
}

func (f fraction) less(g fraction) bool {
	return new(big.Int).Mul(f.num, g.den).Cmp(new(big.Int).Mul(g.num, f.den)) < 0
}

func typed(s string) fraction {
	before, after, _ := strings.Cut(s, ".")
	num, _ := new(big.Int).SetString(before+after, 10)
	return fraction{num, new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(len(after))), nil)}
}

// scaled is the figure times ten to the decimals, rounded half up; all figures
// here are positive.
func (f fraction) scaled(decimals int) *big.Int {
	ten := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(decimals)), nil)
	doubled := new(big.Int).Mul(f.num, ten)
	doubled.Lsh(doubled, 1).Add(doubled, f.den)
	return doubled.Div(doubled, new(big.Int).Lsh(f.den, 1))
}

func (f fraction) print(decimals int) string {
	digits := f.scaled(decimals).String()
	for len(digits) <= decimals {
		digits = "0" + digits
	}
	if decimals == 0 {
		return digits
	}
	return digits[:len(digits)-decimals] + "." + digits[len(digits)-decimals:]
}

// naive returns one line per unit, or the word "refused".
func naive(p Plan, marks []Mark, parts []PartScore) []string {
	given := map[string]string{}
	for _, s := range parts {
		given[s.Unit+"/"+s.Part] = s.Score
	}
	lists := map[string][]fraction{}
	composite := map[string]fraction{}
	ballot := map[string]fraction{}
	for _, m := range marks {
		ballot[m.Unit] = whole(0)
		points := m.Value
		for _, g := range p.Grades {
			if g.ID == m.Value {
				points = g.Points
			}
		}
		if points != "" {
			at := m.Unit + "/" + m.Class + "/" + m.Item
			lists[at] = append(lists[at], typed(points))
		}
	}
	for unit := range ballot {
		sum, weights := whole(0), whole(0)
		for _, class := range p.Classes {
			mean, empty := whole(0), false
			for _, item := range p.Items {
				list := lists[unit+"/"+class.ID+"/"+item.ID]
				if len(list) == 0 {
					empty = true
					continue
				}
				mean = mean.plus(naiveMean(p, list).times(typed(item.Weight)))
			}
			if empty && p.EmptyClass == Refuse {
				return []string{"refused"}
			}
			if !empty {
				sum = sum.plus(mean.times(typed(class.Weight)))
				weights = weights.plus(typed(class.Weight))
			}
		}
		if weights.num.Sign() == 0 {
			return []string{"refused"}
		}
		ballot[unit] = sum.through(weights)
		composite[unit] = whole(0)
		for _, part := range p.Parts {
			score := ballot[unit]
			if part.ID != BallotPart {
				score = typed(given[unit+"/"+part.ID])
			}
			composite[unit] = composite[unit].plus(score.times(typed(part.Weight)))
		}
		if len(p.Parts) == 0 {
			composite[unit] = ballot[unit]
		}
	}
	return naiveLines(p, ballot, composite)
}

func naiveMean(p Plan, list []fraction) fraction {
	sorted := append([]fraction(nil), list...)
	sort.Slice(sorted, func(i, j int) bool { return sorted[i].less(sorted[j]) })
	if p.Trim != nil && len(sorted) > p.Trim.WhenMoreThan {
		sorted = sorted[p.Trim.EachEnd : len(sorted)-p.Trim.EachEnd]
	}
	sum := whole(0)
	for _, f := range sorted {
		sum = sum.plus(f)
	}
	return sum.through(whole(int64(len(sorted))))
}

func naiveLines(p Plan, ballot, composite map[string]fraction) []string {
	var lines []string
	for unit, own := range composite {
		rank, ties := 1, []string{}
		for other, theirs := range composite {
			switch theirs.scaled(p.Decimals).Cmp(own.scaled(p.Decimals)) {
			case 1:
				rank++
			case 0:
				if other != unit {
					ties = append(ties, other)
				}
			}
		}
		sort.Strings(ties)
		suggested := ""
		for i := len(p.Bands) - 1; i >= 0; i-- {
			text := own.print(p.Decimals)
			if !typed(text).less(typed(p.Bands[i].From)) {
				suggested = p.Bands[i].Grade
			}
		}
		lines = append(lines, fmt.Sprintf("%06d %s ballot %s composite %s ties %v suggested %s",
			rank, unit, ballot[unit].print(p.Decimals), own.print(p.Decimals), ties, suggested))
	}
	sort.Strings(lines)
	return lines
}

// lines words a result as the naive scorer does.
func lines(r Result) []string {
	var all []string
	for _, u := range r.Units {
		all = append(all, fmt.Sprintf("%06d %s ballot %s composite %s ties %v suggested %s",
			u.Rank, u.Unit, u.Ballot, u.Composite, u.TiedWith(), u.Suggested))
	}
	return all
}
