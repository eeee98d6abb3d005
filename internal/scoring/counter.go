package scoring

import (
	"maps"
	"math/big"
	"slices"
	"strconv"
	"strings"
)

// Counter takes in marks, tallies and part scores, one at a time and in any
// order, and counts them by unit, class and item. It keeps no ballot together:
// only how often each value was given, and which lines of which ballot have
// been filled in, so that a doubled mark is found. Not safe for use by several
// goroutines at once.
type Counter struct {
	scheme  *scheme
	units   []*unitCount
	unitAt  map[string]int
	ballots map[ballotID]uint32
	seen    map[seenAt]uint64
	tallied map[*cell]bool
	// values are all values given so far, the grades first; valueAt finds
	// them by the text of the mark, same by the number itself.
	values  []*Value
	valueAt map[string]int32
	same    map[string]int32
}

// ballotID is a ballot inside its class: two classes may number theirs alike.
type ballotID struct {
	class int
	id    string
}

// seenAt is a run of 64 (unit, item) lines of one ballot.
type seenAt struct {
	ballot uint32
	run    uint32
}

// blame puts a problem with a unit to the line of the ballots or of the parts
// that first named it, whichever was asked for and exists.
func (u *unitCount) blame(p *Problem) *Problem {
	inParts := p.Code == PartMissing || p.Code == UnitUnmarked
	if u.ballotLine == 0 || inParts && u.partLine != 0 {
		return p.at(InParts, u.partLine)
	}
	return p.at(InBallots, u.ballotLine)
}

type unitCount struct {
	id    string
	cells []cell // by class, then item
	parts []*big.Rat
	// marked tells whether any mark or tally names the unit.
	marked bool
	// ballotLine and partLine are where the unit was first named; 0 where it
	// was not, or not in a text.
	ballotLine, partLine int
}

// cell counts what one class said of one unit on one item.
type cell struct {
	grades    []int         // by grade
	numbers   map[int32]int // by value
	abstained int
	invalid   int
}

// mostCount bounds a single count, so that sums of counts can't overflow.
const mostCount = 1_000_000_000

// abstained stands for the value of an empty mark.
const abstained int32 = -1

// NewCounter prepares to count under a plan. The error is the plan's first
// *Problem.
func NewCounter(p Plan) (*Counter, error) {
	if problems := p.Validate(); len(problems) > 0 {
		return nil, &problems[0]
	}
	c := &Counter{
		scheme: newScheme(p), unitAt: map[string]int{}, ballots: map[ballotID]uint32{},
		seen: map[seenAt]uint64{}, tallied: map[*cell]bool{},
		valueAt: map[string]int32{"": abstained}, same: map[string]int32{},
	}
	for i, g := range p.Grades {
		c.valueAt[g.ID] = int32(i)
		c.values = append(c.values, &Value{Grade: g.ID, Points: exact(c.scheme.points[i])})
	}
	return c, nil
}

// Add counts one mark. The error is a *Problem; after one the counter must not
// be used further.
func (c *Counter) Add(m Mark) error { return asError(c.mark(m, 0)) }

// AddPart takes in the score of a unit in a part other than the ballot.
func (c *Counter) AddPart(s PartScore) error { return asError(c.part(s, 0)) }

// AddTally counts a tally. One and the same class, unit and item may have a
// tally and single marks, but not two tallies.
func (c *Counter) AddTally(t Tally) error { return asError(c.tally(t)) }

// asError keeps a nil *Problem from becoming an error that is not nil.
func asError(p *Problem) error {
	if p == nil {
		return nil
	}
	return p
}

func (c *Counter) mark(m Mark, line int) *Problem {
	ballot, fault := c.ballot(m)
	if fault != nil {
		return fault
	}
	u, at, fault := c.cell(m.Class, m.Unit, m.Item, line)
	if fault != nil {
		return fault
	}
	given, fault := c.value(m.Value)
	if fault != nil {
		return fault
	}
	spot := c.unitAt[m.Unit]*len(c.scheme.items) + c.scheme.itemAt[m.Item]
	run, bit := seenAt{ballot, uint32(spot / 64)}, uint64(1)<<(spot%64)
	if c.seen[run]&bit != 0 {
		return problem(MarkDoubled, "", "ballot", m.Ballot, "class", m.Class, "unit", m.Unit, "item", m.Item)
	}
	c.seen[run] |= bit
	u.marked = true
	c.count(at, given, 1)
	return nil
}

// ballot is the number of a ballot; the class is checked on the way.
func (c *Counter) ballot(m Mark) (uint32, *Problem) {
	class, known := c.scheme.classAt[m.Class]
	if n, seen := c.ballots[ballotID{class, m.Ballot}]; seen && known {
		return n, nil
	}
	if fault := idFault(m.Ballot); fault != nil {
		fault.Path = "ballot"
		return 0, fault
	}
	if !known {
		return 0, problem(ClassUnknown, "class", "class", m.Class)
	}
	n := uint32(len(c.ballots))
	c.ballots[ballotID{class, strings.Clone(m.Ballot)}] = n
	return n, nil
}

// cell finds the counts for a class, unit and item; a new unit is added.
func (c *Counter) cell(class, unit, item string, line int) (*unitCount, *cell, *Problem) {
	k, known := c.scheme.classAt[class]
	if !known {
		return nil, nil, problem(ClassUnknown, "class", "class", class)
	}
	i, known := c.scheme.itemAt[item]
	if !known {
		return nil, nil, problem(ItemUnknown, "item", "item", item)
	}
	u, fault := c.unit(unit)
	if fault != nil {
		return nil, nil, fault
	}
	if u.ballotLine == 0 {
		u.ballotLine = line
	}
	return u, &u.cells[k*len(c.scheme.items)+i], nil
}

func (c *Counter) unit(id string) (*unitCount, *Problem) {
	if at, seen := c.unitAt[id]; seen {
		return c.units[at], nil
	}
	if fault := idFault(id); fault != nil {
		fault.Path = "unit"
		return nil, fault
	}
	u := &unitCount{
		id:    strings.Clone(id),
		cells: make([]cell, len(c.scheme.classes)*len(c.scheme.items)),
		parts: make([]*big.Rat, len(c.scheme.parts)),
	}
	c.unitAt[u.id] = len(c.units)
	c.units = append(c.units, u)
	return u, nil
}

// value finds or adds a value; 90 and 90.0 are the same one.
func (c *Counter) value(text string) (int32, *Problem) {
	if at, seen := c.valueAt[text]; seen {
		return at, nil
	}
	points, fault := decimal(text, 0, 100)
	if fault != nil && !looksNumeric(text) {
		fault = problem(ValueUnknown, "", "value", text, "min", "0", "max", "100")
	}
	if fault != nil {
		fault.Path = "value"
		return 0, fault
	}
	canonical := points.RatString()
	at, seen := c.same[canonical]
	if !seen {
		at = int32(len(c.values))
		c.values = append(c.values, &Value{Points: exact(points)})
		c.same[canonical] = at
	}
	c.valueAt[strings.Clone(text)] = at
	return at, nil
}

// count adds n times a value to a cell.
func (c *Counter) count(to *cell, given int32, n int) {
	switch {
	case given == abstained:
		to.abstained += n
	case int(given) < len(c.scheme.points):
		if to.grades == nil {
			to.grades = make([]int, len(c.scheme.points))
		}
		to.grades[given] += n
	default:
		if to.numbers == nil {
			to.numbers = map[int32]int{}
		}
		to.numbers[given] += n
	}
}

func (c *Counter) tally(t Tally) *Problem {
	u, at, fault := c.cell(t.Class, t.Unit, t.Item, 0)
	if fault != nil {
		return fault
	}
	if c.tallied[at] {
		return problem(TallyDoubled, "", "class", t.Class, "unit", t.Unit, "item", t.Item)
	}
	c.tallied[at] = true
	for _, text := range slices.Sorted(maps.Keys(t.Counts)) {
		if text == "" {
			return problem(ValueUnknown, "counts", "value", text, "min", "0", "max", "100")
		}
		given, fault := c.value(text)
		if fault != nil {
			return fault
		}
		if fault := countFault(t.Counts[text]); fault != nil {
			return fault
		}
		if t.Counts[text] > 0 {
			c.count(at, given, t.Counts[text])
		}
	}
	if fault := countFault(t.Abstained); fault != nil {
		return fault
	}
	if fault := countFault(t.Invalid); fault != nil {
		return fault
	}
	at.abstained += t.Abstained
	at.invalid += t.Invalid
	u.marked = true
	return nil
}

func countFault(n int) *Problem {
	if n < 0 || n > mostCount {
		return problem(TallyCount, "counts", "n", strconv.Itoa(n), "most", strconv.Itoa(mostCount))
	}
	return nil
}

func (c *Counter) part(s PartScore, line int) *Problem {
	u, fault := c.unit(s.Unit)
	if fault != nil {
		return fault
	}
	if u.partLine == 0 {
		u.partLine = line
	}
	at, known := c.scheme.partAt[s.Part]
	switch {
	case s.Part == BallotPart:
		return problem(PartIsBallot, "part")
	case !known:
		return problem(PartUnknown, "part", "part", s.Part)
	case u.parts[at] != nil:
		return problem(PartDoubled, "", "unit", s.Unit, "part", s.Part)
	}
	score, fault := decimal(s.Score, 0, 100)
	if fault != nil {
		fault.Path = "score"
		return fault
	}
	u.parts[at] = score
	return nil
}
