// Package cycle keeps the cycles of review: one convenor, one year, the units that report to it, the dates that count.
//
// Every level convenes its own: a unit is reporter in the cycle of the level above and convenor of the level below, in
// one organisation. A cycle links to the same convenor's cycle of the year before, whose open items and promises are
// carried over when the new one is opened.
package cycle

import (
	"slices"

	"plumbline/internal/review/plan"
)

// State is where a cycle stands.
type State string

// The states in their order. A cycle only moves on, never back.
const (
	Preparing  State = "preparing"
	Reporting  State = "reporting"  // reports are being written
	Held       State = "held"       // the meeting is over
	Appraised  State = "appraised"  // ballots are counted and sealed
	Decided    State = "decided"    // the body has decided
	Rectifying State = "rectifying" // findings are being worked off
	Closed     State = "closed"
)

// States lists the states in their order.
var States = []State{Preparing, Reporting, Held, Appraised, Decided, Rectifying, Closed}

// Order is the state's place in States, -1 where there is no such state.
func (s State) Order() int { return slices.Index(States, s) }

// AtLeast says whether the state is other or comes after it.
func (s State) AtLeast(other State) bool { return s.Order() >= other.Order() }

// Cycle is one year's review of the units below one convenor.
type Cycle struct {
	ID          int64
	Unit        int64 // the convenor
	Year        int
	Name        string // "" where the pack's name and the year will do
	NameEn      string
	Plan        int64
	Previous    int64 // the same convenor's cycle of an earlier year; 0 for none
	State       State
	MeetingDate string // YYYY-MM-DD
	OpenedAt    int64  // UTC microseconds
	ClosedAt    int64  // 0 while it is open
	CloseReason string // why it was closed although something was left undone; "" where nothing was
	Version     int
}

// In is the cycle's own name in the reader's language, "" where it has none.
func (c Cycle) In(lang string) string {
	if lang == "en" && c.NameEn != "" {
		return c.NameEn
	}
	return c.Name
}

// Mode and Choice say how and why a unit reports; they are the plan's words.
type (
	Mode   = plan.Mode
	Choice = plan.Choice
)

// The modes and choices.
const (
	Oral     = plan.Oral
	Written  = plan.Written
	Required = plan.Required
	Selected = plan.Selected
)

// Reporter is a unit that reports in a cycle. Person and Post are who held its reporting post at the meeting date; 0
// where the post was vacant. From the meeting on they stay, whoever holds the post later.
type Reporter struct {
	ID      int64
	Cycle   int64
	Unit    int64
	Person  int64
	Post    int64
	Mode    Mode
	Choice  Choice
	Seq     int // the order in lists, from 1; the order of speaking is the meeting's
	Version int
}

// Deadline is a date that counts. Step is the id of a step of the plan.
type Deadline struct {
	ID     int64
	Cycle  int64
	Step   string
	Due    string // YYYY-MM-DD
	DoneAt int64  // UTC microseconds; 0 while it is not done
}
