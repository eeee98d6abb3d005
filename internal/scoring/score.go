package scoring

import (
	"cmp"
	"math/big"
	"slices"
)

// Score applies a plan to single marks and the scores of other parts. The
// error is a *Problem; the order of marks and parts never changes the result.
func Score(p Plan, marks []Mark, parts []PartScore) (Result, error) {
	c, err := NewCounter(p)
	if err != nil {
		return Result{}, err
	}
	for _, m := range marks {
		if err := c.Add(m); err != nil {
			return Result{}, err
		}
	}
	return c.finish(parts)
}

// ScoreTallies applies a plan to tallies instead of single marks.
func ScoreTallies(p Plan, tallies []Tally, parts []PartScore) (Result, error) {
	c, err := NewCounter(p)
	if err != nil {
		return Result{}, err
	}
	for _, t := range tallies {
		if err := c.AddTally(t); err != nil {
			return Result{}, err
		}
	}
	return c.finish(parts)
}

func (c *Counter) finish(parts []PartScore) (Result, error) {
	for _, s := range parts {
		if err := c.AddPart(s); err != nil {
			return Result{}, err
		}
	}
	return c.Result()
}

// Result does the arithmetic on what has been counted so far. The error is a
// *Problem: there is nothing to score, a unit lacks a part, or a class is
// empty where the plan refuses that.
func (c *Counter) Result() (Result, error) {
	if len(c.units) == 0 {
		return Result{}, problem(NothingThere, "").at(InBallots, 1)
	}
	v := newValueTable(c.values)
	result := Result{Units: make([]UnitResult, 0, len(c.units))}
	for _, u := range c.units {
		unit, fault := c.scheme.unit(u, v)
		if fault != nil {
			return Result{}, u.blame(fault)
		}
		result.Units = append(result.Units, unit)
	}
	result.rank()
	result.report(c.scheme)
	return result, nil
}

// valueTable holds the values of all marks ready for adding up.
type valueTable struct {
	values []*Value
	// place is the rank of a value from the lowest to the highest; among
	// equals, grades stand before numbers, in the order of the plan.
	place []int
	// scaled is every value as a whole number of 1/scale, so that sums need
	// no reducing of fractions on the way.
	scaled []*big.Int
	scale  *big.Int
}

func newValueTable(values []*Value) *valueTable {
	v := &valueTable{values: values, place: make([]int, len(values)), scale: big.NewInt(1)}
	ids, decimals := make([]int, len(values)), 0
	for i, one := range values {
		ids[i] = i
		n, _ := one.Points.Exact.FloatPrec()
		decimals = max(decimals, n)
	}
	slices.SortStableFunc(ids, func(a, b int) int { return values[a].Points.Exact.Cmp(values[b].Points.Exact) })
	for i, id := range ids {
		v.place[id] = i
	}
	v.scale.Exp(big.NewInt(10), big.NewInt(int64(decimals)), nil)
	for _, one := range values {
		whole := new(big.Int).Mul(one.Points.Exact.Num(), v.scale)
		v.scaled = append(v.scaled, whole.Quo(whole, one.Points.Exact.Denom()))
	}
	return v
}

// sum adds up piles exactly.
func (v *valueTable) sum(piles []pile) *big.Rat {
	total, product, n := new(big.Int), new(big.Int), new(big.Int)
	for _, p := range piles {
		total.Add(total, product.Mul(v.scaled[p.value], n.SetInt64(int64(p.n))))
	}
	return new(big.Rat).SetFrac(total, v.scale)
}

func (s *scheme) unit(u *unitCount, v *valueTable) (UnitResult, *Problem) {
	r := UnitResult{Unit: u.id}
	if !u.marked && s.needsBallot {
		return r, problem(UnitUnmarked, "", "unit", u.id)
	}
	if u.marked {
		if fault := s.ballot(&r, u, v); fault != nil {
			return r, fault
		}
	}
	composite := new(big.Rat)
	for i, part := range s.parts {
		score := u.parts[i]
		if part.id == BallotPart {
			score = r.Ballot.Exact
		}
		if score == nil {
			return r, problem(PartMissing, "", "unit", u.id, "part", part.id)
		}
		share := new(big.Rat).Mul(part.weight, score)
		composite.Add(composite, share)
		r.Parts = append(r.Parts, PartResult{
			ID: part.id, Weight: exact(part.weight), Score: s.round(score), Contribution: s.round(share),
		})
	}
	r.Composite = s.round(composite)
	grade, top := s.suggest(number(r.Composite.Text))
	r.Suggested, r.BelowTop = grade, !top
	return r, nil
}

func (s *scheme) round(n *big.Rat) Figure { return rounded(n, s.plan.Decimals) }

// ballot works out the class means of a unit and weighs them.
func (s *scheme) ballot(r *UnitResult, u *unitCount, v *valueTable) *Problem {
	left := new(big.Rat)
	for k, class := range s.classes {
		cells := u.cells[k*len(s.items) : (k+1)*len(s.items)]
		result := s.class(class, cells, v)
		if result.Empty {
			if s.plan.EmptyClass == Refuse {
				return s.emptyClass(u.id, result)
			}
			r.Renormalised = true
		} else {
			left.Add(left, class.weight)
		}
		r.Classes = append(r.Classes, result)
	}
	if left.Sign() == 0 {
		return problem(ClassesEmpty, "", "unit", u.id)
	}
	ballot := new(big.Rat)
	for k := range r.Classes {
		class := &r.Classes[k]
		if class.Empty {
			class.Used = exact(new(big.Rat))
			continue
		}
		class.Used = exact(new(big.Rat).Quo(class.Weight.Exact, left))
		share := s.round(new(big.Rat).Mul(class.Used.Exact, class.Mean.Exact))
		class.Contribution = &share
		ballot.Add(ballot, share.Exact)
	}
	figure := s.round(ballot)
	r.Ballot = &figure
	return nil
}

func (s *scheme) emptyClass(unit string, class ClassResult) *Problem {
	for _, item := range class.Items {
		if item.Valid == 0 {
			return problem(ClassEmpty, "", "unit", unit, "class", class.ID, "item", item.ID)
		}
	}
	return nil
}

func (s *scheme) class(class weighed, cells []cell, v *valueTable) ClassResult {
	r := ClassResult{ID: class.id, Weight: exact(class.weight)}
	mean := new(big.Rat)
	for i, item := range s.items {
		result := s.item(item, &cells[i], v)
		r.Valid += result.Valid
		r.Abstained += result.Abstained
		r.Invalid += result.Invalid
		if result.Valid == 0 {
			r.Empty = true
		} else {
			mean.Add(mean, result.Contribution.Exact)
		}
		r.Items = append(r.Items, result)
	}
	if !r.Empty {
		figure := s.round(mean)
		r.Mean = &figure
	}
	return r
}

// pile is how often one value stands in a cell.
type pile struct {
	value, n int
}

func (s *scheme) item(item weighed, c *cell, v *valueTable) ItemResult {
	r := ItemResult{ID: item.id, Weight: exact(item.weight), Abstained: c.abstained, Invalid: c.invalid}
	piles := s.piles(c, v)
	r.Counts = make([]Count, 0, len(piles))
	for i := len(piles) - 1; i >= 0; i-- {
		r.Counts = append(r.Counts, Count{v.values[piles[i].value], piles[i].n})
		r.Valid += piles[i].n
	}
	if t := s.plan.Trim; t != nil && r.Valid > t.WhenMoreThan {
		r.Low = leaveOut(piles, v, t.EachEnd)
		slices.Reverse(piles)
		r.High = leaveOut(piles, v, t.EachEnd)
	}
	for _, p := range piles {
		r.Kept += p.n
	}
	sum := v.sum(piles)
	r.Sum = exact(sum)
	if r.Kept > 0 {
		mean := s.round(new(big.Rat).Quo(sum, new(big.Rat).SetInt64(int64(r.Kept))))
		share := s.round(new(big.Rat).Mul(item.weight, mean.Exact))
		r.Mean, r.Contribution = &mean, &share
	}
	return r
}

// piles lists the values of a cell from the lowest to the highest.
func (s *scheme) piles(c *cell, v *valueTable) []pile {
	piles := make([]pile, 0, len(s.points)+len(c.numbers))
	for g := range s.points {
		n := 0
		if c.grades != nil {
			n = c.grades[g]
		}
		piles = append(piles, pile{g, n})
	}
	for id, n := range c.numbers {
		piles = append(piles, pile{int(id), n})
	}
	slices.SortFunc(piles, func(a, b pile) int { return cmp.Compare(v.place[a.value], v.place[b.value]) })
	return piles
}

// leaveOut takes n marks off the front of the piles and returns them.
func leaveOut(piles []pile, v *valueTable, n int) []Figure {
	out := make([]Figure, 0, n)
	for i := range piles {
		for len(out) < n && piles[i].n > 0 {
			piles[i].n--
			out = append(out, v.values[piles[i].value].Points)
		}
	}
	return out
}

// rank sorts the units and gives competition ranks; equal texts are equal
// figures, since all carry the same decimals.
func (r *Result) rank() {
	slices.SortFunc(r.Units, func(a, b UnitResult) int {
		return cmp.Or(
			number(b.Composite.Text).Cmp(number(a.Composite.Text)),
			cmp.Compare(a.Unit, b.Unit))
	})
	for first := 0; first < len(r.Units); {
		next := first
		var group []string
		for next < len(r.Units) && r.Units[next].Composite.Text == r.Units[first].Composite.Text {
			group = append(group, r.Units[next].Unit)
			next++
		}
		if len(group) < 2 {
			group = nil
		}
		for i := first; i < next; i++ {
			r.Units[i].Rank, r.Units[i].Tied = first+1, group
		}
		if group != nil {
			r.Ties = append(r.Ties, Tie{Rank: first + 1, Composite: r.Units[first].Composite.Text, Units: group})
		}
		first = next
	}
}

func (r *Result) report(s *scheme) {
	if s.quota == nil {
		return
	}
	n := len(r.Units)
	q := &QuotaReport{Share: exact(s.quota), Units: n, BelowTopRequired: AtLeast(n, s.quota)}
	q.TopAllowed = n - q.BelowTopRequired
	for _, u := range r.Units {
		if u.BelowTop {
			q.BelowTopSuggested++
		}
	}
	q.Met = q.BelowTopSuggested >= q.BelowTopRequired
	r.Quota = q
}
