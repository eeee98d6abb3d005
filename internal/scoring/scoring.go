// Package scoring turns the marks of a ballot and the scores of other parts
// into a composite, a rank and a suggested grade.
//
// It is arithmetic and nothing else: no clock, no files, no chance. Every
// figure is an exact rational (math/big.Rat) until it is printed, and every
// printed figure is rounded once, half away from zero, to the plan's number of
// decimals. Rank, ties and suggested grade are then read off the rounded
// composite, because that is the figure people see and recompute by hand.
//
// The order of the arithmetic, for one unit:
//
//	item mean   = sum of the valid marks left after the trim / their number
//	class mean  = sum over items of item weight x item mean
//	ballot      = sum over classes of class weight x class mean
//	composite   = sum over parts of part weight x part score
//
// All types of a Plan hold decimals as text, exactly as a person typed them;
// Plan.Validate says what is wrong with them, and nothing is ever repaired in
// silence. Scores, marks and points run from 0 to 100, weights and shares from
// 0 to 1.
package scoring

// BallotPart is the id of the part of the composite that is the ballot's own
// score. The scores of all other parts are brought in from outside.
const BallotPart = "ballot"

// What to do with a unit for which a class has an item without a valid mark.
const (
	// Refuse gives no result at all.
	Refuse = "refuse"
	// Renormalise scales the weights of the remaining classes to one, for
	// that unit alone, and says so in the result.
	Renormalise = "renormalise"
)

// MaxDecimals is the largest number of decimals a plan may print.
const MaxDecimals = 9

// Plan is the rule by which marks become results. The JSON form is that of
// PLAN.json; docs/scoring.md describes it.
type Plan struct {
	// Classes of raters; their weights sum to exactly one.
	Classes []Class `json:"classes"`
	// Items are the lines of the ballot; their weights sum to exactly one.
	Items []Item `json:"items"`
	// Grades a rater may tick instead of writing a number; may be empty.
	Grades []Grade `json:"grades"`
	// Trim is nil when no mark is left out.
	Trim *Trim `json:"trim"`
	// EmptyClass is Refuse or Renormalise.
	EmptyClass string `json:"empty_class"`
	// Parts of the composite; their weights sum to exactly one. With no
	// parts the composite is the ballot score.
	Parts []Part `json:"parts"`
	// Bands turn a rounded composite into a suggested grade; the best band
	// comes first.
	Bands []Band `json:"bands"`
	// Quota is nil when the plan has none.
	Quota *Quota `json:"quota"`
	// Decimals that every figure is printed with, 0 to MaxDecimals.
	Decimals int `json:"decimals"`
}

// Class is a class of raters, such as peers or leaders.
type Class struct {
	ID     string `json:"id"`
	Weight string `json:"weight"`
}

// Item is one line of the ballot.
type Item struct {
	ID     string `json:"id"`
	Weight string `json:"weight"`
}

// Grade is a word on the ballot that stands for points.
type Grade struct {
	ID     string `json:"id"`
	Points string `json:"points"`
}

// Trim leaves out the EachEnd lowest and the EachEnd highest marks of one unit
// inside one class and one item, when more than WhenMoreThan valid marks stand
// there.
type Trim struct {
	EachEnd      int `json:"each_end"`
	WhenMoreThan int `json:"when_more_than"`
}

// Part is a part of the composite.
type Part struct {
	ID     string `json:"id"`
	Weight string `json:"weight"`
}

// Band suggests Grade for a rounded composite of at least From.
type Band struct {
	Grade string `json:"grade"`
	From  string `json:"from"`
}

// Quota asks for a share of the units below the top band.
type Quota struct {
	BelowTopAtLeast string `json:"below_top_at_least"`
}

// Mark is one line of one ballot. Value is the id of a grade, a number from 0
// to 100, or empty for an abstention. Ballot need only be unique in its class.
type Mark struct {
	Ballot, Class, Unit, Item, Value string
}

// Tally is what tellers count on paper: how often each value stands for one
// unit on one item in one class. It gives the same result as the single marks.
type Tally struct {
	Class, Unit, Item string
	// Counts by value; a key is what Mark.Value may be, except empty.
	Counts    map[string]int
	Abstained int
	Invalid   int
}

// PartScore is the score of a unit in a part other than the ballot.
type PartScore struct {
	Unit, Part, Score string
}
