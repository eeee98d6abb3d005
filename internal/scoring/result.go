package scoring

// Result is the outcome of a plan on marks and part scores, explained down to
// every count. Figures whose text is rounded carry the plan's decimals; counts,
// sums, points and weights are shown exactly.
type Result struct {
	// Units by rank, then by id (byte order).
	Units []UnitResult
	// Ties are the groups of units that share a rank, best first.
	Ties []Tie
	// Quota is nil when the plan has none.
	Quota *QuotaReport
}

// UnitResult is the result of one unit.
type UnitResult struct {
	Unit string
	// Classes in the order of the plan; empty only where the unit has no
	// mark at all and the plan has no ballot part.
	Classes []ClassResult
	// Renormalised tells that a class was empty and the weights of the
	// others were scaled to one.
	Renormalised bool
	// Ballot is the ballot score; nil where Classes is empty.
	Ballot *Figure
	// Parts in the order of the plan; the ballot alone when it has none.
	Parts     []PartResult
	Composite Figure
	// Rank counts 1, 2, 2, 4: units whose rounded composites are equal
	// share it.
	Rank int
	// Tied are all units of the same rank, by id, this one among them; nil
	// where it stands alone.
	Tied []string
	// Suggested grade; "" where the composite reaches no band.
	Suggested string
	// BelowTop tells that the suggested grade is not that of the top band.
	BelowTop bool
}

// TiedWith are the other units of the same rank, by id.
func (u UnitResult) TiedWith() []string {
	others := make([]string, 0, len(u.Tied))
	for _, unit := range u.Tied {
		if unit != u.Unit {
			others = append(others, unit)
		}
	}
	return others
}

// ClassResult is what one class said of one unit.
type ClassResult struct {
	ID string
	// Valid, Abstained and Invalid count marks over all items.
	Valid, Abstained, Invalid int
	Items                     []ItemResult
	// Empty tells that an item has no valid mark; Mean and Contribution are
	// nil then, and Used is zero.
	Empty bool
	Mean  *Figure
	// Weight is that of the plan, Used the one the class counted with.
	Weight, Used Figure
	// Contribution is Used times Mean.
	Contribution *Figure
}

// ItemResult is what one class said of one unit on one item.
type ItemResult struct {
	ID                        string
	Weight                    Figure
	Valid, Abstained, Invalid int
	// Counts by value, highest first; grades of the plan always stand there,
	// even with none.
	Counts []Count
	// Kept is the number of marks left after the trim, Sum their sum.
	Kept int
	Sum  Figure
	// Low and High are the marks left out at each end, outermost first.
	Low, High []Figure
	// Mean is Sum through Kept; Contribution is Weight times Mean. Both are
	// nil where there is no valid mark.
	Mean, Contribution *Figure
}

// Count is how often a value was given.
type Count struct {
	*Value
	N int
}

// Value is what a mark may say: a grade of the plan, or a number, whose Grade
// is "".
type Value struct {
	Grade  string
	Points Figure
}

// PartResult is one part of the composite.
type PartResult struct {
	ID                          string
	Weight, Score, Contribution Figure
}

// Tie is a group of units with the same rounded composite. It is shown, never
// broken: that is for the body that decides.
type Tie struct {
	Rank      int
	Composite string
	Units     []string
}

// QuotaReport compares the suggested grades with the plan's quota.
type QuotaReport struct {
	// Share is the plan's, Units the number it is taken of.
	Share Figure
	Units int
	// BelowTopRequired is rounded up; TopAllowed is the rest.
	BelowTopRequired, TopAllowed int
	BelowTopSuggested            int
	Met                          bool
}
