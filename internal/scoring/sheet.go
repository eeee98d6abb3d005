package scoring

import (
	"math/big"
	"strconv"
)

// CheckSheet scores work by a start score, deductions and bonuses. It gives a
// part of the composite, such as ordinary work or a field assessment.
type CheckSheet struct {
	// Start, Floor and Ceiling are scores from 0 to 100, the floor not above
	// the start and the start not above the ceiling.
	Start, Floor, Ceiling string
	Deductions, Bonuses   []SheetLine
}

// SheetLine takes or gives Points (0 to 100, without a sign) so many Times.
type SheetLine struct {
	ID     string
	Points string
	Times  int
}

// SheetResult explains a check-sheet. All figures are exact.
type SheetResult struct {
	Start Figure
	// Deductions and Bonuses are the totals of the lines, in their order.
	Deductions, Bonuses     []Figure
	Deducted, Added         Figure
	Before                  Figure // start - deducted + added
	Score                   Figure // Before, held between floor and ceiling
	HeldAtFloor, HeldAtCeil bool
}

// mostTimes bounds how often a line may apply.
const mostTimes = 10_000

// Score adds up the sheet. Floor and ceiling hold the total once, at the end,
// so that the order of the lines does not matter. The error is a *Problem.
func (c CheckSheet) Score() (SheetResult, error) {
	v := &validation{}
	floor, start, ceiling := v.number("floor", c.Floor, 100), v.number("start", c.Start, 100), v.number("ceiling", c.Ceiling, 100)
	if floor != nil && start != nil && ceiling != nil && (floor.Cmp(start) > 0 || start.Cmp(ceiling) > 0) {
		v.add(problem(SheetBounds, "start", "floor", c.Floor, "start", c.Start, "ceiling", c.Ceiling))
	}
	var r SheetResult
	var deducted, added *big.Rat
	r.Deductions, deducted = v.lines("deductions", c.Deductions)
	r.Bonuses, added = v.lines("bonuses", c.Bonuses)
	if len(v.found) > 0 {
		first := v.found[0]
		first.Source = ""
		return SheetResult{}, &first
	}
	before := new(big.Rat).Sub(start, deducted)
	before.Add(before, added)
	score := before
	if r.HeldAtFloor = before.Cmp(floor) < 0; r.HeldAtFloor {
		score = floor
	}
	if r.HeldAtCeil = before.Cmp(ceiling) > 0; r.HeldAtCeil {
		score = ceiling
	}
	r.Start, r.Deducted, r.Added = exact(start), exact(deducted), exact(added)
	r.Before, r.Score = exact(before), exact(score)
	return r, nil
}

// lines multiplies every line out and adds them up.
func (v *validation) lines(list string, lines []SheetLine) ([]Figure, *big.Rat) {
	total := new(big.Rat)
	var each []Figure
	for i, line := range lines {
		path := list + "[" + strconv.Itoa(i) + "]"
		if line.Times < 1 || line.Times > mostTimes {
			v.add(problem(SheetTimes, path+".times", "n", strconv.Itoa(line.Times), "most", strconv.Itoa(mostTimes)))
		}
		if points := v.number(path+".points", line.Points, 100); points != nil {
			sum := new(big.Rat).Mul(points, new(big.Rat).SetInt64(int64(line.Times)))
			total.Add(total, sum)
			each = append(each, exact(sum))
		}
	}
	return each, total
}
