// Package plan keeps the plan of a review: what is reported, who rates with which weight, how marks become a grade, and
// when each step is due. A plan is data: it starts as the pack's or as an earlier plan, is edited as a draft, and is
// frozen when the ballot opens. A frozen plan never changes again; the SHA-256 digest of its text stands in the log and
// is printed on every result.
//
// Numbers are decimals kept as the text that a person typed; shares and weights run from 0 to 1, scores and points from
// 0 to 100. Nothing is repaired in silence: Problems lists everything that keeps a plan from being used.
package plan

import "plumbline/internal/wording"

// State says whether a plan can still be edited.
type State string

// The states of a plan.
const (
	Draft  State = "draft"
	Frozen State = "frozen"
)

// Plan is one plan of a convenor. Text is the canonical JSON of Body, byte by byte what Digest was taken of.
type Plan struct {
	ID       int64
	Unit     int64 // the convenor
	Year     int
	Name     string
	State    State
	Digest   string // SHA-256 of Text in hex; "" while it is a draft
	BasedOn  int64  // the plan that it was copied from; 0 where it came from the pack
	FrozenAt int64  // UTC microseconds; 0 while it is a draft
	Version  int
	Body     Body
	Text     string
}

// Body is what a plan says. Its JSON is that of the pack's plan.json.
type Body struct {
	Calls   []Call    `json:"calls"` // who reports how, by kind of unit
	Areas   []Area    `json:"areas"`
	Report  Report    `json:"report"`
	Minutes int       `json:"minutes"` // that a reporter may speak
	Classes []Class   `json:"classes"`
	Items   []Item    `json:"items"`
	Grades  []Grade   `json:"grades"` // best first
	Bands   []Band    `json:"bands"`  // best first
	Quota   *Quota    `json:"quota"`
	Trim    *Trim     `json:"trim"`
	Turnout string    `json:"turnout"` // share of those entitled that must vote; "0" for no rule
	Ties    []TieRule `json:"ties"`    // looked at in this order; a tie is shown, never broken in silence
	// EmptyClass is what happens where a class gave a unit no valid mark: "refuse" or "renormalise".
	EmptyClass string `json:"empty_class"`
	Parts      []Part `json:"parts"` // of the composite; with none the composite is the ballot's score
	Decimals   int    `json:"decimals"`
	SmallClass int    `json:"small_class"` // a class with fewer ballots than this is not shown apart
	Steps      []Step `json:"steps"`
	Notify     Range  `json:"notify"`
	// Defaults names the chapters (see Chapters) whose values came from the pack and were confirmed by nobody yet.
	Defaults []string `json:"defaults"`
}

// Mode says how a unit reports.
type Mode string

// The modes. A written reporter goes through the same life cycle without a slot in the meeting.
const (
	Oral    Mode = "oral"
	Written Mode = "written"
)

// Choice says why a unit reports.
type Choice string

// The choices.
const (
	Required Choice = "required"
	Selected Choice = "selected"
)

// Call says how the units of a kind report when a cycle is opened; kinds that no call names report orally and must.
type Call struct {
	Kind   string `json:"kind"` // a unit kind of the pack
	Mode   Mode   `json:"mode"`
	Choice Choice `json:"choice"`
}

// Area is one field of work that reports and comments are about.
type Area struct {
	ID   string       `json:"id"`
	Name wording.Text `json:"name"`
}

// SectionKind says what a section of the report is for; the rooms treat each kind in its own way.
type SectionKind string

// The kinds of section.
const (
	Answers  SectionKind = "answers"  // last year's findings and promises, item by item
	Results  SectionKind = "results"  // what was done
	Problems SectionKind = "problems" // what is not good
	Causes   SectionKind = "causes"   // why it is not good
	Promises SectionKind = "promises" // measures and promises for the next year, with target and date
	Free     SectionKind = "free"     // anything else
)

// SectionKinds lists the kinds in the order of a report.
var SectionKinds = []SectionKind{Answers, Results, Problems, Causes, Promises, Free}

// Section is one section of the report. Lengths are in characters; 0 is no limit.
type Section struct {
	ID       string       `json:"id"`
	Kind     SectionKind  `json:"kind"`
	Name     wording.Text `json:"name"`
	Hint     wording.Text `json:"hint"`
	Min      int          `json:"min"`
	Max      int          `json:"max"`
	Required bool         `json:"required"`
}

// Report is the template of the report and what is checked in it. Checks warn and never block.
type Report struct {
	Sections []Section `json:"sections"`
	Min      int       `json:"min"` // characters of the whole report; 0 is no limit
	Max      int       `json:"max"`
	// Share warns where the sections of these kinds together are shorter than Num/Den of the whole; nil for no check.
	Share *ShareCheck `json:"share"`
}

// ShareCheck is "problems and causes make at least one third".
type ShareCheck struct {
	Kinds []SectionKind `json:"kinds"`
	Num   int           `json:"num"`
	Den   int           `json:"den"`
}

// Class is a class of raters.
type Class struct {
	ID     string       `json:"id"`
	Name   wording.Text `json:"name"`
	Weight string       `json:"weight"`
}

// Item is one line of the ballot.
type Item struct {
	ID     string       `json:"id"`
	Name   wording.Text `json:"name"`
	Weight string       `json:"weight"`
}

// Grade is a word on the ballot, and of the decision, that stands for points.
type Grade struct {
	ID     string       `json:"id"`
	Name   wording.Text `json:"name"`
	Points string       `json:"points"`
}

// Band suggests a grade for a composite of at least From.
type Band struct {
	Grade string `json:"grade"`
	From  string `json:"from"`
}

// Quota asks for a share of the units below the top grade; "at least" is rounded up.
type Quota struct {
	BelowTopAtLeast string `json:"below_top_at_least"`
}

// Trim leaves out so many marks at each end where more than WhenMoreThan valid ones stand in a class.
type Trim struct {
	EachEnd      int `json:"each_end"`
	WhenMoreThan int `json:"when_more_than"`
}

// TieKind is a way to look at units with the same composite.
type TieKind string

// The ways to look at a tie. Body ends the list: the deciding body settles it.
const (
	HigherClass  TieKind = "class"  // the higher mean in the class Ref
	FewerOfGrade TieKind = "fewest" // fewer marks of the grade Ref
	HigherPart   TieKind = "part"   // the higher score in the part Ref
	BodyDecides  TieKind = "body"
)

// TieKinds lists them all.
var TieKinds = []TieKind{HigherClass, FewerOfGrade, HigherPart, BodyDecides}

// TieRule is one criterion; Ref is the id of a class, grade or part, "" for BodyDecides.
type TieRule struct {
	Kind TieKind `json:"kind"`
	Ref  string  `json:"ref"`
}

// PartKind says where the score of a part comes from.
type PartKind string

// The kinds of part.
const (
	FromBallot PartKind = "ballot" // the ballot's own score; its id is "ballot"
	FromSheet  PartKind = "sheet"  // a check-sheet with a start score and deductions
	FromFile   PartKind = "import" // figures brought in from elsewhere
)

// PartKinds lists them all.
var PartKinds = []PartKind{FromBallot, FromSheet, FromFile}

// Part is one part of the composite. Sheet is set exactly where Kind is FromSheet.
type Part struct {
	ID     string       `json:"id"`
	Kind   PartKind     `json:"kind"`
	Name   wording.Text `json:"name"`
	Weight string       `json:"weight"`
	Sheet  *Sheet       `json:"sheet"`
}

// Sheet is the form of a check-sheet: a start score, what takes points off and what adds some, held between floor and
// ceiling at the end.
type Sheet struct {
	Start   string      `json:"start"`
	Floor   string      `json:"floor"`
	Ceiling string      `json:"ceiling"`
	Lines   []SheetLine `json:"lines"`
}

// SheetLine takes points off each time it applies, or adds them where Bonus is set. Points carry no sign.
type SheetLine struct {
	ID     string       `json:"id"`
	Name   wording.Text `json:"name"`
	Points string       `json:"points"`
	Bonus  bool         `json:"bonus"`
}

// Days says how the days of a step's offset are counted.
type Days string

// The ways to count.
const (
	CalendarDays Days = "calendar"
	WorkingDays  Days = "working"
)

// Who is reminded of a step.
type Who string

// Who has to act.
const (
	Convenor  Who = "convenor"
	Reporters Who = "reporters"
	Everyone  Who = "everyone"
)

// Whos lists them all.
var Whos = []Who{Convenor, Reporters, Everyone}

// Step is a deadline as an offset from the meeting day: -10 is ten days before it.
type Step struct {
	ID     string       `json:"id"`
	Name   wording.Text `json:"name"`
	Offset int          `json:"offset"`
	Days   Days         `json:"days"`
	Who    Who          `json:"who"`
}

// The steps whose dates the rooms need; every plan has them. A plan may have others besides.
const (
	StepDraft       = "draft"        // first draft of the report
	StepReport      = "report"       // final report handed in
	StepMeeting     = "meeting"      // the meeting itself, offset 0
	StepClaim       = "claim"        // findings registered and claimed
	StepMatterPlan  = "matter_plan"  // plan for every finding handed in
	StepDecision    = "decision"     // grades decided, letters issued
	StepFirstReport = "first_report" // first report on what was done about the findings
	StepLookBack    = "look_back"    // look-back at closed findings
)

// NeededSteps lists them in the order of time.
var NeededSteps = []string{StepDraft, StepReport, StepMeeting, StepClaim, StepMatterPlan, StepDecision, StepFirstReport, StepLookBack}

// Range is how far the notification of results goes.
type Range string

// The ranges.
const (
	ToUnit      Range = "unit"      // every unit learns its own result only
	ToReporters Range = "reporters" // all reporters of the cycle
	ToSubtree   Range = "subtree"   // everyone in the convenor's organisation
	ToPublic    Range = "public"
)

// Ranges lists them from the narrowest to the widest.
var Ranges = []Range{ToUnit, ToReporters, ToSubtree, ToPublic}

// The chapters of a plan, in the order of the page. A chapter is what is confirmed or changed as a whole.
const (
	ChapterCalls   = "calls"
	ChapterAreas   = "areas"
	ChapterReport  = "report"
	ChapterClasses = "classes"
	ChapterItems   = "items"
	ChapterGrades  = "grades"
	ChapterBands   = "bands"
	ChapterQuota   = "quota"
	ChapterBallot  = "ballot" // trim, turnout, empty class, small classes, decimals
	ChapterTies    = "ties"
	ChapterParts   = "parts"
	ChapterSteps   = "steps"
	ChapterNotify  = "notify"
)

// Chapters lists them in the order of the page.
var Chapters = []string{ChapterCalls, ChapterAreas, ChapterReport, ChapterClasses, ChapterItems, ChapterGrades, ChapterBands, ChapterQuota,
	ChapterBallot, ChapterTies, ChapterParts, ChapterSteps, ChapterNotify}
