package cycle

import (
	"context"

	"plumbline/internal/audit"
	"plumbline/internal/authz"
	"plumbline/internal/store"
)

// Findings is what closing a cycle asks of the room that keeps its findings.
type Findings interface {
	// Unowned lists the findings of a cycle that have no owner or no date.
	Unowned(ctx context.Context, r store.Reader, cycle int64) ([]Unowned, error)
}

// Unowned is a finding that keeps a cycle open.
type Unowned struct {
	ID      int64
	Unit    int64 // 0 where it has none
	Title   string
	NoOwner bool
	NoDate  bool
}

// Obstacles is how a room tells what is left undone when a cycle is to be closed.
type Obstacles interface {
	// Obstacles must ask the database a fixed number of questions, not one for each unit.
	Obstacles(ctx context.Context, r store.Reader, c Cycle) ([]Obstacle, error)
}

// Obstacle is one thing that is left undone, worded by Key and Args. One that Blocks keeps the cycle open; any other
// needs a reason.
type Obstacle struct {
	Unit   int64 // 0 where it is of no unit
	Key    string
	Args   []any
	Href   string
	Blocks bool
}

// CarryOver takes what is open in one cycle into the next of the same convenor.
type CarryOver interface {
	// CarryOverTx runs in the transaction that opens the cycle to, and names what was carried: the opening stands in the
	// history of each.
	CarryOverTx(ctx context.Context, tx *store.Tx, actor authz.Actor, from, to Cycle) (carried []audit.Subject, err error)
}

// Redated follows dates of a cycle that were set by hand.
type Redated interface {
	DatesSetTx(ctx context.Context, tx *store.Tx, c Cycle) error
}

// The lamps of cells and deadlines; pages draw the same shapes everywhere.
const (
	LampOnTime = "ontime"
	LampSoon   = "soon"
	LampLate   = "late"
	LampWait   = "wait" // somebody else's turn
	LampDone   = "done"
	LampDraft  = "draft"
	LampNone   = "none"
)

// Column is one thing to know of every reporter.
type Column string

// The columns of the cycle's page, in their order. Each is filled by the room that knows.
const (
	ColReport   Column = "report"
	ColSlot     Column = "slot"
	ColComment  Column = "comment"
	ColBallot   Column = "ballot"
	ColGrade    Column = "grade"
	ColFindings Column = "findings"
)

// Columns lists them in their order.
var Columns = []Column{ColReport, ColSlot, ColComment, ColBallot, ColGrade, ColFindings}

// Cell is what a room says of one reporter in one column. Key and Args word it; Text stands as it is where Key is "".
type Cell struct {
	Lamp string
	Key  string
	Args []any
	Text string
	Href string
}

// Cells are the cells of one reporter.
type Cells map[Column]Cell

// Progress is how a room tells the state of every reporter at a glance.
type Progress interface {
	// Progress gives cells by unit for the units asked, which the reader may see; it must ask the database a fixed number
	// of questions, not one for each unit.
	Progress(ctx context.Context, r store.Reader, c Cycle, units []int64) (map[int64]Cells, error)
}

// Tasks is how a room tells the convenor what needs a hand.
type Tasks interface {
	Tasks(ctx context.Context, r store.Reader, c Cycle) ([]Task, error)
}

// Task is one thing to do, worded by Key, Args and Count, which is how many wait; Args need not hold it again.
type Task struct {
	Lamp  string
	Key   string
	Args  []any
	Count int
	Href  string
}

// Ports is what the cycle's room asks of others; app fills it in. A nil port asks nothing.
type Ports struct {
	Findings  Findings
	CarryOver CarryOver
	Redated   Redated
	Progress  []Progress
	Tasks     []Tasks
	Obstacles []Obstacles
}
