package ledger

import (
	"slices"
	"strconv"
	"strings"

	"plumbline/internal/authz"
	"plumbline/internal/wording"
)

// Definition is a type of ledger, as the files of a pack write it (ledgers/*.json).
type Definition struct {
	ID   string       `json:"id"`
	For  string       `json:"for"` // what the engine uses it for: "finding", "promise" or nothing
	Name wording.Text `json:"name"`
	One  wording.Text `json:"one"` // what one matter is called
	// Number is the pattern of numbers: {year} and {seq} (four digits at least), "ZG-{year}-{seq}".
	Number   string       `json:"number"`
	Title    string       `json:"title"`    // the field that names a matter
	Target   string       `json:"target"`   // the date field by which the thing must be done
	Start    string       `json:"start"`    // the state of a new matter
	Register []Ask        `json:"register"` // what is asked when it is registered
	Fields   []Field      `json:"fields"`
	States   []State      `json:"states"`
	Steps    []Transition `json:"transitions"`
	Clocks   []Clock      `json:"clocks"`
}

// The kinds of fields: a closed list.
const (
	KindText     = "text"
	KindLong     = "long_text"
	KindNumber   = "number"
	KindDecimal  = "decimal"
	KindMoney    = "money"
	KindDate     = "date"
	KindChoice   = "choice"
	KindUnit     = "unit"
	KindPost     = "post"
	KindPerson   = "person"
	KindFile     = "file"
	KindLink     = "link"
	KindTable    = "table"
	KindComputed = "computed"
)

// Kinds lists them all.
var Kinds = []string{KindText, KindLong, KindNumber, KindDecimal, KindMoney, KindDate, KindChoice, KindUnit, KindPost,
	KindPerson, KindFile, KindLink, KindTable, KindComputed}

// Field is one column of a ledger.
type Field struct {
	ID      string       `json:"id"`
	Kind    string       `json:"kind"`
	Name    wording.Text `json:"name"`
	Hint    wording.Text `json:"hint"`
	Max     int          `json:"max"`     // of texts: characters; of tables: rows
	Places  int          `json:"places"`  // of decimals: digits after the point
	Measure wording.Text `json:"measure"` // of decimals: the unit of measurement
	Choices []Choice     `json:"choices"`
	Columns []Field      `json:"columns"` // of tables
	// Free lets a person field hold a name that the organisation does not know.
	Free bool `json:"free"`
	// Doer marks a person field whose person took part in doing and so never judges.
	Doer bool `json:"doer"`
	// Future refuses dates before today.
	Future bool `json:"future"`
	// Default is filled in where nothing was said: "owner", "holder", "today" or "days:90" (after the birth).
	Default string  `json:"default"`
	Formula Formula `json:"formula"`
}

// Choice is one of a choice field's values.
type Choice struct {
	ID   string       `json:"id"`
	Name wording.Text `json:"name"`
}

// Formula is how a computed field comes about. Op: "sum" and "count" of a table ("table.column", "table"), "plus" and
// "minus" of numbers, "days" from one date to another.
type Formula struct {
	Op string   `json:"op"`
	Of []string `json:"of"`
}

// State is a place in the life cycle.
type State struct {
	ID    string       `json:"id"`
	Name  wording.Text `json:"name"`
	Class string       `json:"class"`
}

// What may be done to the remark and the evidence of a step.
const (
	No   = "no"
	May  = "may"
	Must = "must"
)

// Where a step's right is asked.
const (
	AtOwner    = "owner"
	AtConvenor = "convenor"
)

// The effects of steps: a closed list. The engine hangs its rules on them and on nothing else.
const (
	EffectClaim        = "claim"
	EffectDispute      = "dispute"
	EffectRule         = "rule"
	EffectAssign       = "assign" // names the owner
	EffectPlan         = "plan"
	EffectApprove      = "approve"
	EffectReturn       = "return"
	EffectProgress     = "progress"
	EffectDeclare      = "declare"
	EffectVerify       = "verify"
	EffectCloseDone    = "close_done"
	EffectCloseNotDone = "close_not_done"
	EffectDrop         = "drop"
	EffectLookBack     = "look_back"
	EffectReopen       = "reopen"
)

// Effects lists them all.
var Effects = []string{EffectClaim, EffectDispute, EffectRule, EffectAssign, EffectPlan, EffectApprove, EffectReturn,
	EffectProgress, EffectDeclare, EffectVerify, EffectCloseDone, EffectCloseNotDone, EffectDrop, EffectLookBack, EffectReopen}

var (
	doing   = map[string]bool{EffectPlan: true, EffectProgress: true, EffectDeclare: true}
	judging = map[string]bool{EffectVerify: true, EffectCloseDone: true, EffectCloseNotDone: true, EffectLookBack: true, EffectReopen: true}
)

// Transition is a step that moves a matter (or leaves it where it is and records something).
type Transition struct {
	ID       string       `json:"id"`
	Name     wording.Text `json:"name"` // the verb on the button
	Past     wording.Text `json:"past"` // how the history tells it; the name if empty
	From     []string     `json:"from"`
	To       string       `json:"to"`
	Action   authz.Action `json:"action"`
	At       string       `json:"at"`
	Ask      []Ask        `json:"ask"`
	Note     string       `json:"note"`
	NoteName wording.Text `json:"note_name"`
	Evidence string       `json:"evidence"`
	Effects  []string     `json:"effects"`
	Main     bool         `json:"main"` // the one thing that a page offers first
	// After is how many days after the end a step with the effect "look_back" falls due for those who verify.
	After int `json:"after"`
}

// Has says whether the step has an effect.
func (t Transition) Has(effect string) bool { return slices.Contains(t.Effects, effect) }

// Does says whether taking the step is part of doing the matter.
func (t Transition) Does() bool { return anyOf(t.Effects, doing) }

// Judges says whether the step judges what was done.
func (t Transition) Judges() bool { return anyOf(t.Effects, judging) }

// Told is the step's wording in a history.
func (t Transition) Told(lang string) string {
	if t.Past.In(lang) != "" {
		return t.Past.In(lang)
	}
	return t.Name.In(lang)
}

// Ask is a field that a step asks for; the files write "goal*" where it must be answered.
type Ask struct {
	Field string
	Must  bool
}

// UnmarshalText reads "goal" and "goal*".
func (a *Ask) UnmarshalText(text []byte) error {
	s, must := strings.CutSuffix(string(text), "*")
	a.Field, a.Must = s, must
	return nil
}

// MarshalText writes what UnmarshalText reads.
func (a Ask) MarshalText() ([]byte, error) {
	if a.Must {
		return []byte(a.Field + "*"), nil
	}
	return []byte(a.Field), nil
}

// Clock says when a matter is due while it stands in some states. From is "birth", "enter" (when the present state was
// entered), a step's id (when it was last taken) or "field:" and a date field's id.
type Clock struct {
	ID      string       `json:"id"`
	Name    wording.Text `json:"name"`
	States  []string     `json:"states"`
	From    string       `json:"from"`
	Days    int          `json:"days"`
	Working bool         `json:"working"`
}

// State finds a state.
func (d *Definition) State(id string) (State, bool) {
	for _, s := range d.States {
		if s.ID == id {
			return s, true
		}
	}
	return State{}, false
}

// Field finds a field.
func (d *Definition) Field(id string) (Field, bool) { return fieldIn(d.Fields, id) }

func fieldIn(fields []Field, id string) (Field, bool) {
	for _, f := range fields {
		if f.ID == id {
			return f, true
		}
	}
	return Field{}, false
}

// Step finds a step.
func (d *Definition) Step(id string) (Transition, bool) {
	for _, t := range d.Steps {
		if t.ID == id {
			return t, true
		}
	}
	return Transition{}, false
}

// StepsFrom lists the steps that lead on from a state, the main ones first.
func (d *Definition) StepsFrom(state string) []Transition {
	var first, rest []Transition
	for _, t := range d.Steps {
		switch {
		case !slices.Contains(t.From, state):
		case t.Main:
			first = append(first, t)
		default:
			rest = append(rest, t)
		}
	}
	return append(first, rest...)
}

// NumberFor makes the number of the seq-th matter of a year.
func (d *Definition) NumberFor(year int, seq int64) string {
	digits := strconv.FormatInt(seq, 10)
	for len(digits) < 4 {
		digits = "0" + digits
	}
	return strings.NewReplacer("{year}", strconv.Itoa(year), "{seq}", digits).Replace(d.Number)
}

func anyOf(list []string, in map[string]bool) bool {
	for _, x := range list {
		if in[x] {
			return true
		}
	}
	return false
}
