package ledger

import "plumbline/internal/wording"

// LinkKind is a kind of link that leads from a matter of this type to one of the types To; "*" is every type. Name is
// how the from-side says it, Back how the to-side does.
type LinkKind struct {
	ID   string       `json:"id"`
	To   []string     `json:"to"`
	Name wording.Text `json:"name"`
	Back wording.Text `json:"back"`
}

// Spawn makes matters of another ledger: one for each row of Table, or one for the matter where Table is empty. Owner
// names the row's column (without a table the matter's field) that holds the new matter's unit; where that is empty, or
// Owner is, the new matter is nobody's yet. Map gives the new matter's fields: its field from the row's column, or from
// a field of the matter. Link is a kind of link of the new matter's type, which leads from it back to this one.
type Spawn struct {
	Type  string            `json:"type"`
	Table string            `json:"table,omitempty"`
	Owner string            `json:"owner,omitempty"`
	Map   map[string]string `json:"map"`
	Link  string            `json:"link"`
}

// Drives takes the step Step of every matter that a link of the kind Link leads to from this one. Note is the field
// whose text becomes that step's remark; empty: the remark of the step that drives.
type Drives struct {
	Link string `json:"link"`
	Step string `json:"step"`
	Note string `json:"note,omitempty"`
}

// Reminder tells those whose turn it is Before working days before a clock's due date.
type Reminder struct {
	Clock  string `json:"clock"`
	Before int    `json:"before"`
}

// Whom a clock that has run out is told to.
const (
	ToLeader   = "leader"   // who holds the post that answers; its deputy, or those who may act, while it is vacant
	ToConvenor = "convenor" // those who approve at the convenor
	ToAbove    = "above"    // who holds the reporting post up the owner's path
)

// Escalation tells somebody After working days after a clock's due date and its grace. Levels is, with ToAbove, how many
// levels up; 0 is one level after another, each After working days later than the one before.
type Escalation struct {
	Clock  string `json:"clock"`
	After  int    `json:"after"`
	To     string `json:"to"`
	Levels int    `json:"levels,omitempty"`
}

// Recurrence makes matters of another ledger again and again while a matter stands in some states: every Values[v],
// where v is what the choice Field holds, from a date ("birth" or "field:" and a date field) until another ("" is no
// end). Map and Link are as with Spawn.
type Recurrence struct {
	Field  string            `json:"field"`
	Values map[string]Span   `json:"values"`
	From   string            `json:"from"`
	Until  string            `json:"until,omitempty"`
	States []string          `json:"states"`
	Type   string            `json:"type"`
	Map    map[string]string `json:"map"`
	Link   string            `json:"link"`
}

// Public is what outsiders see of a matter, and in which states.
type Public struct {
	States []string `json:"states"`
	Fields []string `json:"fields"`
}

// ColumnWords are the columns of lists that are no fields; a field of the same id comes before them.
var ColumnWords = []string{"number", "title", "owner", "convenor", "requester", "state", "due", "opened", "closed"}

// DefaultColumns are the columns of a list whose definition names none.
var DefaultColumns = []string{"title", "owner", "state", "due"}

// The kinds of pictures.
const (
	PictureGantt = "gantt"
	PictureCurve = "curve"
)

// Picture is drawn from the rows of a table. Of a gantt: Name, From, To and Done are columns (From and Done may be
// empty). Of a curve: X and Lines.
type Picture struct {
	Kind  string   `json:"kind"`
	Table string   `json:"table"`
	Name  string   `json:"name,omitempty"`
	From  string   `json:"from,omitempty"`
	To    string   `json:"to,omitempty"`
	Done  string   `json:"done,omitempty"`
	X     string   `json:"x,omitempty"`
	Lines []string `json:"lines,omitempty"`
}

// Meter adds up what the matters of a ledger ask of each unit, by the month of the field Date and the choice By. The unit
// is the requester where the ledger has requesters, else the owner. From is the field of the unit that asks; Main is the
// sum that stands in front, the last one where nothing is said.
type Meter struct {
	Date   string   `json:"date"`
	By     string   `json:"by,omitempty"`
	From   string   `json:"from,omitempty"`
	Sums   []string `json:"sums,omitempty"`
	Main   string   `json:"main,omitempty"`
	Limits []Limit  `json:"limits,omitempty"`
}

// MeterCount is what a limit is of where it counts matters.
const MeterCount = "count"

// Periods are those of limits.
var Periods = []string{"month", "quarter", "year"}

// Limit is how much is at most right for a unit in a period: of matters, or of one of the sums; Kind narrows it to one
// value of the choice. Each says that it holds for every asking unit by itself.
type Limit struct {
	Of     string       `json:"of"`
	Kind   string       `json:"kind,omitempty"`
	Per    string       `json:"per"`
	Each   bool         `json:"each,omitempty"`
	AtMost int          `json:"at_most"`
	Note   wording.Text `json:"note"`
}
