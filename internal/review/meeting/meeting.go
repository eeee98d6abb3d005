// Package meeting runs the meeting of a cycle: the order drawn by lot, the roll and who was there when, the turns of
// those who speak with a clock that is nothing but its logged events, questions, and the comments whose confirmed
// problems become findings.
//
// Whoever may run the meeting at the convenor prepares and hosts it and drafts the chair's comments; whoever may also
// confirm comments there confirms those of the chair and of members. Who may confirm comments but does not run the
// meeting speaks for the level above: such a comment is on the convenor itself.
package meeting

import (
	"plumbline/internal/gate"
	"plumbline/internal/store"
)

// Kinds of subject in the log.
const (
	Kind        = "meeting"
	SlotKind    = "slot"
	CommentKind = "comment"
)

// State is where a meeting stands; it follows from the live events.
type State string

// The states of a meeting.
const (
	Planned State = "planned"
	Running State = "running"
	Ended   State = "ended"
)

// Meeting is the one meeting of a cycle. Date is the cycle's; Start a time of day, HH:MM, "" while nobody has set it.
type Meeting struct {
	ID       int64
	Cycle    int64
	Unit     int64 // the convenor
	Date     string
	Start    string
	Place    string
	Presider int64 // a person; 0 while nobody is named
	Limit    int   // seconds that each turn may take; 0 is no limit
	State    State
	Version  int
}

// ItemKind says what an item of the agenda is; the pages have a word for each, and Title overrides it.
type ItemKind string

// The kinds of item, in the order of an ordinary agenda.
const (
	ItemOpening ItemKind = "opening"
	ItemReview  ItemKind = "review"  // what became of last year's findings
	ItemSpeak   ItemKind = "speak"   // reports are heard, questioned and commented one by one
	ItemWritten ItemKind = "written" // reports in writing are handed out
	ItemBallot  ItemKind = "ballot"
	ItemHigher  ItemKind = "higher" // the level above comments
	ItemClosing ItemKind = "closing"
	ItemOther   ItemKind = "other" // needs a title
)

// ItemKinds lists them all.
var ItemKinds = []ItemKind{ItemOpening, ItemReview, ItemSpeak, ItemWritten, ItemBallot, ItemHigher, ItemClosing, ItemOther}

// Item is one line of the agenda. Minutes 0 is "not planned".
type Item struct {
	Kind    ItemKind
	Title   string
	Minutes int
}

// Name is a name in both languages; En may be "".
type Name struct{ Zh, En string }

// In is the name in the reader's language.
func (n Name) In(lang string) string {
	if lang == "en" && n.En != "" {
		return n.En
	}
	return n.Zh
}

// Slot is the turn of one reporter who speaks, with the names that every page of the meeting shows.
type Slot struct {
	ID       int64
	Meeting  int64
	Reporter int64
	Unit     int64
	Code     string // of the unit: what is drawn
	Seq      int
	Limit    int // seconds
	UnitName Name
	Person   Name // empty where the post was vacant
	Post     Name
}

// Service is the verbs of meetings; it is safe for use by many goroutines.
type Service struct {
	gate     *gate.Gate
	db       store.Reader
	findings Findings
}

// New makes the service. findings may be nil where the pack keeps no list of findings: problems then stay in the
// comment alone.
func New(g *gate.Gate, db store.Reader, findings Findings) *Service { return &Service{g, db, findings} }
