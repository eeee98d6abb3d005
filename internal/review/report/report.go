// Package report holds the yearly report of every reporter of a cycle: one report each, written part by part, handed
// in as versions, returned with remarks that must be answered, and accepted.
//
// Invariants: a version handed in never changes; an accepted report takes no more writing; a part is overwritten only
// by somebody who has seen what stands there, and what others wrote is kept before it is overwritten; what is refused
// because it is stale is put aside for its author. Checks warn and never stand in the way.
package report

import (
	"encoding/json"
	"strings"

	"plumbline/internal/authz"
	"plumbline/internal/org"
	"plumbline/internal/wording"
)

// State is where a report stands.
type State string

// The states of a report. A report that nobody has touched is Drafting.
const (
	Drafting  State = "drafting"
	Submitted State = "submitted"
	Returned  State = "returned"
	Accepted  State = "accepted"
)

// Oral is the mode of a reporter who speaks at the meeting; any other mode is in writing.
const Oral = "oral"

// SectionKind says what a section is made of.
type SectionKind string

// The kinds of section.
const (
	Text     SectionKind = "text"     // running text
	Answers  SectionKind = "answers"  // one answer for every item of last year
	Promises SectionKind = "promises" // rows of target, measure and date
)

// Section is one section of the template.
type Section struct {
	ID    string       `json:"id"`
	Kind  SectionKind  `json:"kind"`
	Title wording.Text `json:"title"`
	Hint  wording.Text `json:"hint,omitempty"`
	// Weighs marks the sections on problems and causes, whose share of the length is checked.
	Weighs   bool `json:"weighs,omitempty"`
	Min      int  `json:"min,omitempty"` // characters; 0 is no limit
	Max      int  `json:"max,omitempty"`
	Required bool `json:"required,omitempty"` // warned of when it holds nothing
	// Gone: the plan has the section no more, but something was written in it.
	Gone bool `json:"gone,omitempty"`
}

// Template is what a plan asks of a report. A limit of 0 is no limit.
type Template struct {
	Sections []Section
	// The weighing sections should be at least ShareNum/ShareDen of the whole length.
	ShareNum, ShareDen int
	MinLength          int // characters, as Length counts them
	MaxLength          int
	PerMinute          int // characters that a speaker says in a minute
	Minutes            int // time to speak
	RepeatPercent      int // warn when more than this share of sentences stood in last year's report
}

// Find gives a section by its id.
func (t Template) Find(id string) (Section, bool) {
	for _, s := range t.Sections {
		if s.ID == id {
			return s, true
		}
	}
	return Section{}, false
}

// PastItem is something of last year that the report must answer.
type PastItem struct {
	Key      string       `json:"key"`  // stable and unique within the report; no "/"
	Kind     string       `json:"kind"` // "finding" or "promise"
	Text     string       `json:"text"` // as it was worded last year
	Source   wording.Text `json:"source,omitempty"`
	State    wording.Text `json:"state,omitempty"` // in the ledger, in words
	Lamp     string       `json:"lamp,omitempty"`  // the state's shape
	Due      string       `json:"due,omitempty"`
	Evidence int          `json:"evidence,omitempty"` // pieces of evidence in the ledger
	Href     string       `json:"href,omitempty"`
	// Said is what the unit itself last wrote of it in the ledger: a start for the answer.
	Said string `json:"said,omitempty"`
}

// Promise is one row of the table of measures for the coming year. Date is YYYY-MM-DD or empty.
type Promise struct {
	Target  string `json:"target"`
	Measure string `json:"measure"`
	Date    string `json:"date"`
}

// Number is a count that the ledger holds. In the text it stands as {Label}; Date says of which day the value is.
type Number struct {
	Key   string       `json:"key"`
	Label wording.Text `json:"label"`
	Value string       `json:"value"`
	Date  string       `json:"date"`
}

// Answer is an item of last year with what the report says to it.
type Answer struct {
	Item PastItem `json:"item"`
	Text string   `json:"text"`
	// Gone: the item is on the list no more, but an answer was written.
	Gone bool `json:"gone,omitempty"`
}

// Filled is a section with what is written in it; which field holds it depends on the kind.
type Filled struct {
	Section
	Text     string    `json:"text,omitempty"`
	Answers  []Answer  `json:"answers,omitempty"`
	Promises []Promise `json:"promises,omitempty"`
}

// Content is the whole of a report at one moment: the working text, or a version as it was kept.
type Content struct {
	Unit     wording.Text `json:"unit"`
	Convenor wording.Text `json:"convenor"`
	Person   wording.Text `json:"person"`
	Post     wording.Text `json:"post"`
	Year     int          `json:"year"`
	Mode     string       `json:"mode"`
	Sections []Filled     `json:"sections"`
	Numbers  []Number     `json:"numbers,omitempty"`
	Files    []File       `json:"files,omitempty"`
}

// File is an attachment. Kind is one of the kinds of Sniff; times are UTC microseconds.
type File struct {
	ID      int64  `json:"id"`
	Hash    string `json:"hash"`
	Size    int64  `json:"size"`
	Kind    string `json:"kind"`
	Name    string `json:"name"`
	By      string `json:"by"`
	At      int64  `json:"at"`
	Removed int64  `json:"-"`
}

// Part is one separately saved piece of the working text.
type Part struct {
	Key     string
	Body    string
	Account int64
	By      string
	At      int64
	Version int
}

// Aside is a text that its author wrote while somebody else changed the same part.
type Aside struct {
	Part string
	Body string
	At   int64
}

// Remark is what a reviewer says of a version; Part is "" when it is of the whole.
type Remark struct {
	ID         int64
	Number     int
	Part       string
	Body       string
	By         string
	At         int64
	SentAt     int64 // 0: not sent yet; only the reviewing side sees it
	Answer     string
	AnsweredBy string
	AnsweredAt int64
	Version    int
}

// Receipt says who of the reviewing side opened a version first when.
type Receipt struct {
	Number int
	By     string
	At     int64
}

// Version is a kept state of the report: number 1, 2 … was handed in, number 0 is a kept draft.
type Version struct {
	ID     int64
	Number int
	At     int64
	By     string
	Digest string
	Checks []Check
}

// Head is a report without its text: whose it is, in which cycle, and where it stands.
type Head struct {
	Reporter    int64
	Cycle       int64
	Previous    int64 // last year's cycle of the same convenor
	CycleState  string
	CycleName   wording.Text
	Year        int
	Unit        org.Unit
	Convenor    org.Unit
	Person      org.Person
	Post        wording.Text
	Mode        string
	Due         string // YYYY-MM-DD, of the return or of the cycle; "" for none
	State       State
	Number      int // the last version handed in
	Warnings    int // of that version
	SubmittedAt int64
	SubmittedBy string
	DecidedAt   int64 // returned or accepted
	DecidedBy   string
	Version     int // counts every change of the working text
}

// place is where the writing side's rights are asked; bench is the reviewing side's.
func (h Head) place() authz.Unit { return h.Unit.Place() }
func (h Head) bench() authz.Unit { return h.Convenor.Place() }

// Open says whether the working text may be changed now.
func (h Head) Open() bool { return h.State == Drafting || h.State == Returned }

// PartKey names the part that answers an item.
func PartKey(section, item string) string { return section + "/" + item }

// SplitKey takes a part's key apart; item is "" for a whole section.
func SplitKey(key string) (section, item string) {
	section, item, _ = strings.Cut(key, "/")
	return section, item
}

// EncodePromises is the body of a part that holds promises; rows without a word are left out, and no row gives "".
func EncodePromises(rows []Promise) string {
	kept := []Promise{}
	for _, p := range rows {
		p = Promise{tidy(p.Target), tidy(p.Measure), strings.TrimSpace(p.Date)}
		if p != (Promise{}) {
			kept = append(kept, p)
		}
	}
	if len(kept) == 0 {
		return ""
	}
	b, err := json.Marshal(kept)
	if err != nil {
		panic(err) // strings always marshal
	}
	return string(b)
}

// DecodePromises reads such a body; what can't be read gives no rows.
func DecodePromises(body string) []Promise {
	var rows []Promise
	if body == "" || json.Unmarshal([]byte(body), &rows) != nil {
		return nil
	}
	return rows
}

// Promises gives every promise of the report, in order, without rows that promise nothing.
func (c Content) Promises() []Promise {
	var out []Promise
	for _, s := range c.Sections {
		for _, p := range s.Promises {
			if p.Target != "" || p.Measure != "" {
				out = append(out, p)
			}
		}
	}
	return out
}

// Answers are what the report says to every item of last year.
func (c Content) Answers() []Answer {
	var out []Answer
	for _, s := range c.Sections {
		out = append(out, s.Answers...)
	}
	return out
}
