// Package ballot counts paper ballots. Two tellers key the same pile of numbered slips independently; where they differ
// the slip is looked at and the difference settled; the sealed tally is counts and nothing else.
//
// Secrecy. A slip is numbered only after it was drawn from the box, so its number says nothing about who filled it in.
// No row names a rater, and none says when a slip was keyed. What was keyed is kept until the round is sealed and then
// removed: the counts stay, with a digest over all slips in an order of their own, which a recount from the paper
// reproduces. A later room for ballots on phones puts its counts into the same tally.
//
// A round that went wrong is never overwritten: a further round is opened, with a reason, and the earlier one stays.
package ballot

import (
	"context"

	"plumbline/internal/audit"
	"plumbline/internal/authz"
	"plumbline/internal/gate"
	"plumbline/internal/store"
)

// Kind is what a round is called in the log.
const Kind = "tally"

// Values of a mark besides the id of a grade or a number from 0 to 100.
const (
	Abstained = ""  // the line was left blank
	Invalid   = "!" // the line can't be read, or has more than one tick
)

// State is where a round stands.
type State string

// The states of a round.
const (
	Open   State = "open"
	Sealed State = "sealed"
)

// Round is one count of one cycle's ballots. Times are UTC microseconds.
type Round struct {
	ID         int64
	Cycle      int64
	No         int
	Plan       int64
	PlanDigest string
	State      State
	Reason     string // why a further round was opened
	Override   string // why it was sealed below the turnout
	Digest     string // over all slips, once sealed
	OpenedAt   int64
	SealedAt   int64
	Version    int
}

// Paper is how many people of a class may rate, how many slips were given out, and how many came back.
type Paper struct {
	Class    string
	Entitled int
	Issued   int
	Returned int
}

// Form is what a slip looks like: one line for each unit and item. Port Plans makes it of the cycle's plan.
type Form struct {
	Convenor   authz.Unit
	Plan       int64
	PlanDigest string
	Classes    []string
	Items      []string
	Grades     []string // best first; with none, marks are numbers
	Units      []int64  // in the order of the slip
	Turnout    string   // share of those entitled that must come back
	SmallClass int
}

// Plans is what this room asks of the review: the form of a cycle's slips.
type Plans interface {
	// Form gives the form; NotFound where there is no such cycle.
	Form(ctx context.Context, r store.Reader, cycle int64) (Form, error)
	// Came counts, by class, those entitled to rate who came to the meeting of a cycle; nil where no roll was kept.
	Came(ctx context.Context, r store.Reader, cycle int64) (map[string]int, error)
	// Freeze makes the plan unchangeable because its ballot opens; it is called inside the opening transaction and gives
	// what changed for the log.
	Freeze(ctx context.Context, tx *store.Tx, cycle int64) ([]audit.Change, error)
	// Sealed moves the cycle on when a round has been sealed, and gives what changed.
	Sealed(ctx context.Context, tx *store.Tx, cycle int64) ([]audit.Change, error)
}

// Mark is one line of one slip. Value is the id of a grade, a number, Abstained or Invalid.
type Mark struct {
	Class string
	Slip  int
	Unit  int64
	Item  string
	Value string
}

// Count is how often a value was given in a class to a unit on an item.
type Count struct {
	Class string
	Unit  int64
	Item  string
	Value string
	N     int
}

// Difference is a line on which the two tellers do not agree. A value of Missing says that the slip was not keyed at all.
type Difference struct {
	Class   string
	Slip    int
	Unit    int64
	Item    string
	First   string
	Second  string
	Settled bool
	Value   string // as settled
}

// Missing stands in a Difference for a slip that one teller has not keyed.
const Missing = "?"

// Seat is a teller's place: 1 or 2.
type Seat struct {
	No      int
	Account int64
	Slips   map[string]int // keyed so far, by class
}

// Service is the verbs of the room; it is safe for use by many goroutines.
type Service struct {
	gate  *gate.Gate
	db    store.Reader
	plans Plans
}

// New makes the service.
func New(g *gate.Gate, db store.Reader, plans Plans) *Service { return &Service{g, db, plans} }
