// Package result brings together what a review knows of every unit: the sealed ballots, the check-sheets, the figures
// from elsewhere. It computes the composite, keeps it when it is fixed, records what a body decides about it, and issues
// the letters that tell it.
//
// Three records stay apart. The tally is the ballot's. The result is arithmetic: computed from what stands, fixed with
// the digests of plan and tally, never changed. The decision is a body's: grades with a date, a reason wherever they
// depart from what the arithmetic suggests. Every later result or decision is a new one with the next number.
//
// A class of few raters is not shown apart, neither its counts nor its mean; the arithmetic is the same. Nothing leaves
// this package without that mask.
package result

import (
	"context"

	"plumbline/internal/gate"
	"plumbline/internal/review/plan"
	"plumbline/internal/scoring"
	"plumbline/internal/store"
)

// The kinds of subject in the log.
const (
	SheetKind    = "sheet"
	FigureKind   = "figure"
	ResultKind   = "result"
	DecisionKind = "decision"
	LetterKind   = "letter"
)

// Ballots is what this room asks of the room that counts ballots.
type Ballots interface {
	// Sealed gives the tally that counts: the newest one that was sealed. ok is false where there is none. In the
	// tallies a unit is its id in decimal.
	Sealed(ctx context.Context, r store.Reader, cycle int64) (sealed Sealed, ok bool, err error)
}

// Sealed is a sealed tally.
type Sealed struct {
	Round      int
	Tallies    []scoring.Tally
	Papers     []Paper
	Digest     string
	PlanDigest string
}

// Paper is how many of a class might rate, how many slips were given out, and how many came back.
type Paper struct {
	Class    string `json:"class"`
	Entitled int    `json:"entitled"`
	Issued   int    `json:"issued"`
	Returned int    `json:"returned"`
}

// Comments is what a letter asks of the room that keeps the comments.
type Comments interface {
	// Of gives the comment on a unit of a cycle; confirmed is false where there is none or it is still a draft.
	Of(ctx context.Context, r store.Reader, cycle, unit int64) (affirmations, problems, directions []string, confirmed bool, err error)
	// Standing says of every unit that has a comment in a cycle how it stands, in one query.
	Standing(ctx context.Context, r store.Reader, cycle int64) (map[int64]Standing, error)
}

// Standing is how the comments on a unit stand. Draft says that the chair's, or a correction of it, waits to be confirmed.
type Standing struct{ Confirmed, Draft bool }

// Reports is what a letter asks of the room that keeps the reports.
type Reports interface {
	// Open gives the units of a cycle whose report is not accepted, and whether it was handed in.
	Open(ctx context.Context, r store.Reader, cycle int64) (map[int64]bool, error)
}

// Ports is what this room asks of others. Today turns the time of a transaction into the organisation's date.
type Ports struct {
	Ballots  Ballots
	Comments Comments
	Reports  Reports
	Today    func(micros int64) string
}

// Cell is one unit in one part of the composite.
type Cell struct {
	Unit int64
	Part string
}

// SheetState says whether a check-sheet can still be filled in.
type SheetState string

// The states of a check-sheet. Only a locked one counts.
const (
	SheetDraft  SheetState = "draft"
	SheetLocked SheetState = "locked"
)

// Entry is how often a line of a check-sheet applied, and what it was.
type Entry struct {
	Times int    `json:"times"`
	Note  string `json:"note,omitempty"`
}

// Sheet is the check-sheet of one unit for one part. Reason is why it was last unlocked.
type Sheet struct {
	ID       int64
	Cycle    int64
	Unit     int64
	Part     string
	State    SheetState
	Entries  map[string]Entry // by line
	Account  int64
	Name     string // who changed it last
	At       int64
	LockedBy string
	LockedAt int64
	Reason   string
	Version  int
}

// Figure is a score from elsewhere.
type Figure struct {
	ID      int64
	Cycle   int64
	Unit    int64
	Part    string
	Score   string
	Note    string
	Source  string // the name of a file, or "" for one keyed by hand
	Account int64
	Name    string
	At      int64
	Version int
}

// Gap is one thing that is missing before a result can be computed.
type Gap struct {
	Kind GapKind
	Unit int64  // 0 where every unit is meant
	Part string // "" where the ballot is meant
}

// GapKind says what is missing.
type GapKind string

// The gaps, in the order in which they are listed.
const (
	NoUnits     GapKind = "units"    // nobody reports in this cycle
	NoTally     GapKind = "tally"    // the ballots are not sealed
	OtherPlan   GapKind = "plan"     // the ballots were cast under another plan
	NotBalloted GapKind = "balloted" // the unit does not stand in the tally
	NoSheet     GapKind = "sheet"    // no check-sheet yet
	OpenSheet   GapKind = "open"     // the check-sheet is not locked
	NoFigure    GapKind = "figure"   // no figure yet
)

// Fixed is a fixed result without its figures.
type Fixed struct {
	ID          int64
	Cycle       int64
	No          int
	Digest      string // SHA-256 of the record's JSON
	PlanDigest  string
	TallyDigest string
	Name        string
	At          int64
}

// Decision is what a body decided about a fixed result.
type Decision struct {
	ID          int64
	Cycle       int64
	No          int
	Result      int64 // Fixed.ID
	Group       int64 // 0 where the body is given as text alone
	Body        string
	MetOn       string // YYYY-MM-DD
	Reason      string // why it corrects the one before; "" for the first
	QuotaReason string // why the quota is not met; "" where it is
	Name        string
	At          int64
	Grades      []Grade
}

// Grade is the decided grade of one unit.
type Grade struct {
	Unit      int64
	Suggested string // "" where the composite reached no band
	Grade     string
	Reason    string
}

// Of gives the decided grade of a unit.
func (d Decision) Of(unit int64) (Grade, bool) {
	for _, g := range d.Grades {
		if g.Unit == unit {
			return g, true
		}
	}
	return Grade{}, false
}

// Kind says what a letter is.
type Kind string

// The letters.
const (
	Feedback     Kind = "feedback"     // to one unit
	Notification Kind = "notification" // of all decided grades, in the plan's range
)

// LetterState says whether a letter can still be changed.
type LetterState string

// The states of a letter.
const (
	LetterDraft  LetterState = "draft"
	LetterIssued LetterState = "issued"
)

// Letter is a letter about a decision. Number and IssuedOn are set when it is issued; Reason is why it was issued before
// the comment on its unit was confirmed, else "".
type Letter struct {
	ID       int64
	Cycle    int64
	Convenor int64
	Unit     int64 // 0 for a notification
	Kind     Kind
	Decision int64
	Lang     string
	Reach    plan.Range // of a notification
	Content  Content
	State    LetterState
	Year, No int
	Number   string
	IssuedOn string
	IssuedAt int64
	IssuedBy string
	Reason   string
	Name     string
	At       int64
	Version  int
}

// Content is the text of a letter. Sections have a heading and one paragraph for each item.
type Content struct {
	Title     string    `json:"title"`
	Addressee string    `json:"addressee"`
	Opening   string    `json:"opening"`
	Sections  []Section `json:"sections"`
	Closing   string    `json:"closing"`
	Signature string    `json:"signature"`
}

// Section is a part of a letter.
type Section struct {
	ID      string   `json:"id"`
	Heading string   `json:"heading"`
	Items   []string `json:"items"`
}

// Service is the verbs of the room; it is safe for use by many goroutines.
type Service struct {
	gate    *gate.Gate
	db      store.Reader
	ports   Ports
	letters *Letters
}

// New makes the service. letters may be nil where the pack has none.
func New(g *gate.Gate, db store.Reader, ports Ports, letters *Letters) *Service {
	return &Service{g, db, ports, letters}
}

// HasLetters says whether the pack words letters.
func (s *Service) HasLetters() bool { return s.letters != nil }
