// Package ledger keeps lists of matters. What a list is (its fields, life cycle, clocks, numbering, words) is a
// Definition: data, checked when it is read. One engine carries every list.
//
// The engine guarantees for any definition that a matter is always in one of the definition's states, that only the
// definition's steps move it, that whoever took part in doing it never judges it, and that the tallies of every unit on
// the owner's path equal what the matters say. A matter keeps the version of the definition that it was born under.
//
// "Late" is never a state: it is the due date against today, on the working-day calendar.
package ledger

import (
	"encoding/json"

	"plumbline/internal/authz"
)

// The classes of states: whose turn it is, or how the matter ended.
const (
	TurnOwner     = "owner"     // the unit that has to act
	TurnConvenor  = "convenor"  // who approves and rules
	TurnVerifier  = "verifier"  // who looks at what was done
	TurnRequester = "requester" // who asked for it
	Done          = "done"
	NotDone       = "not_done"
	Dropped       = "dropped" // ruled to be no matter at all
)

// Classes lists the classes in the order of a life.
var Classes = []string{TurnOwner, TurnConvenor, TurnVerifier, TurnRequester, Done, NotDone, Dropped}

// Ended says whether a class is an end; an ended matter has no clock but may be looked at again.
func Ended(class string) bool { return class == Done || class == NotDone || class == Dropped }

// Matter is one line of a ledger. Dates are business dates, YYYY-MM-DD, "" where there is none; times UTC microseconds.
type Matter struct {
	ID          int64
	Type        string
	TypeVersion int
	Number      string
	Title       string
	State       string
	Class       string
	Owner       authz.Unit // the unit that has to act; the zero Unit while nobody is named
	Convenor    authz.Unit // the unit that approves and rules
	Requester   authz.Unit // the unit that asked for it, the zero Unit where the ledger has none
	Asker       int64      // the account that asked for it, 0 if none
	Origin      Origin
	Common      bool
	Group       int64  // the first matter of those that share one common finding, 0 if it stands alone
	RepeatOf    int64  // last year's matter that this one repeats
	Post        int64  // the post that answers for it …
	Person      int64  // … and who holds it now (earlier holders: Holder)
	Due         string // the last day in time: when it is due, with the days of grace that its clock gives
	DueAt       int64  // of a clock of hours: the instant, UTC microseconds; 0 where the whole day counts
	PromptAt    int64  // when the next reminder or escalation falls due, UTC microseconds; 0: none
	RecurOn     string // when it makes the next matter that recurs, "" for never
	Target      string
	LookFrom    string // the day that the plan of its cycle sets for looking back
	Values      Values
	Marks       Marks
	Opened      string
	Closed      string
	Reopened    int
	CreatedAt   int64
	ChangedAt   int64
	Version     int
}

// Place is where the matter counts: at its owner, or at its convenor while it has none.
func (m Matter) Place() authz.Unit {
	if m.Owner.ID != 0 {
		return m.Owner
	}
	return m.Convenor
}

// Origin says where a matter came from. Keys are those of the other rooms' things, 0 where there is none.
type Origin struct {
	Cycle   int64
	Meeting int64
	Slot    int64
	Comment int64
	Item    int // the number of the item in the comment
	Report  int64
}

// Marks is the memory of a matter's clocks: on which day, and at which instant (UTC microseconds) where that is known,
// each step was last taken; the days that differ from the definition's; the time spent where clocks stand still; and what
// was said of them.
type Marks struct {
	On    map[string]string `json:"on"`
	At    map[string]int64  `json:"at,omitempty"`
	Days  map[string]int    `json:"days,omitempty"`
	Stays []Stay            `json:"stays,omitempty"`
	// Told is for which due date each reminder and escalation was last given.
	Told map[string]string `json:"told,omitempty"`
	// Recurred is the first day of the last period that the matter has dealt with.
	Recurred string `json:"recurred,omitempty"`
}

// What marks are noted for beside the ids of steps.
const (
	MarkBirth = "birth"  // the matter was registered
	MarkEnter = "enter"  // it came into its present state
	MarkOwner = ":owner" // it got its present owner
)

// Who is somebody who took part: an account and the person behind it (0 if none).
type Who struct {
	Account int64
	Person  int64
}

// Same says whether two are one and the same, by account or by person.
func (w Who) Same(o Who) bool {
	return w.Account == o.Account || (w.Person != 0 && w.Person == o.Person)
}

// Event is one step in a matter's history. On is when it happened, At when it was recorded.
type Event struct {
	ID      int64
	Matter  int64
	Step    string
	From    string
	To      string
	Who     Who
	Name    string // the actor's name then
	On      string
	At      int64
	Note    string
	Changes []Change
	Files   []File
}

// The steps that the engine itself records, beside those of a definition.
const (
	StepRegister = "register"
	StepCarry    = "carry"
	StepEvidence = "evidence"
	StepRepeat   = "repeat"
	StepHandOver = "hand_over"
	StepImport   = "import" // brought in standing in some state already
	StepLink     = "link"
	StepUnlink   = "unlink"
	StepRemind   = "remind"
	StepEscalate = "escalate"
	StepRecur    = "recur"   // it made the matter of a period
	StepRedate   = "redate"  // its unit works on other days now
	StepMigrate  = "migrate" // it goes by another version of its ledger now
	StepRecount  = "recount" // of no matter: what is kept to count them was made anew
)

// Change is one field before and after, in canonical text.
type Change struct {
	Field string `json:"f"`
	From  string `json:"a,omitempty"`
	To    string `json:"b,omitempty"`
}

// File is a piece of evidence: a stored file, or a link. On is the date of the evidence itself, At that of the upload.
type File struct {
	ID     int64
	Matter int64
	Event  int64
	Name   string
	Hash   string
	Size   int64
	Type   string
	Link   string
	On     string
	At     int64
	Who    Who
}

// Holder is who answered for a matter from a date on: the obligation belongs to the post, the names stay.
type Holder struct {
	Matter int64
	Cycle  int64
	Post   int64
	Person int64
	From   string
}

// Value is what a field holds: canonical text, or the rows of a table.
type Value struct {
	Text string
	Rows [][]string
}

// Empty says whether there is nothing.
func (v Value) Empty() bool { return v.Text == "" && len(v.Rows) == 0 }

// MarshalJSON writes a text as a string and a table as rows.
func (v Value) MarshalJSON() ([]byte, error) {
	if v.Rows != nil {
		return json.Marshal(v.Rows)
	}
	return json.Marshal(v.Text)
}

// UnmarshalJSON reads what MarshalJSON writes.
func (v *Value) UnmarshalJSON(b []byte) error {
	*v = Value{}
	if len(b) > 0 && b[0] == '[' {
		return json.Unmarshal(b, &v.Rows)
	}
	return json.Unmarshal(b, &v.Text)
}

// Values are a matter's fields by id.
type Values map[string]Value

// Texts makes values of plain texts.
func Texts(m map[string]string) Values {
	out := Values{}
	for k, s := range m {
		out[k] = Value{Text: s}
	}
	return out
}

func (v Values) clone() Values {
	out := Values{}
	for k, x := range v {
		out[k] = x
	}
	return out
}
