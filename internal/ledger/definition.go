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
	For  string       `json:"for"` // what the engine uses it for: "finding", "promise", "indicator" or nothing
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

	// About is one sentence that says what the list is for.
	About wording.Text `json:"about,omitempty"`
	// RegisterBy is whose right registers a matter: LedgerRegister (the default), asked at the convenor; LedgerAsk or
	// LedgerOwn, asked at the unit that registers, which becomes the requester or the owner.
	RegisterBy authz.Action `json:"register_by,omitempty"`
	// ConvenorIs says who is convenor where the unit itself registers: ConvenorAbove (the default) or ConvenorSelf.
	ConvenorIs string `json:"convenor,omitempty"`
	// Requester says that a matter has somebody who asked for it.
	Requester  bool         `json:"requester,omitempty"`
	Links      []LinkKind   `json:"links,omitempty"`
	Remind     []Reminder   `json:"remind,omitempty"`
	Escalation []Escalation `json:"escalation,omitempty"`
	Recurrence *Recurrence  `json:"recurrence,omitempty"`
	Public     *Public      `json:"public,omitempty"`
	// Columns are those of its list and its export: fields and the words of ColumnWords. Empty: DefaultColumns.
	Columns  []string  `json:"columns,omitempty"`
	Pictures []Picture `json:"pictures,omitempty"`
	Meter    *Meter    `json:"meter,omitempty"`
	// Held says how what its matters ask for is held against the facts that the system holds.
	Held   *Held   `json:"held,omitempty"`
	Beside *Beside `json:"beside,omitempty"`
	// Gone is what earlier versions had and this one has no more; publishing fills it, so that histories keep their words.
	Gone Gone `json:"gone,omitzero"`
}

// Who is convenor of a matter that a unit registers from its own side.
const (
	ConvenorAbove = "above" // the nearest unit above it where somebody may approve
	ConvenorSelf  = "self"
)

// RegisteredBy is the action that registers a matter of this type.
func (d *Definition) RegisteredBy() authz.Action {
	if d.RegisterBy == "" {
		return authz.LedgerRegister
	}
	return d.RegisterBy
}

// State is a place in the life cycle.
type State struct {
	ID    string       `json:"id"`
	Name  wording.Text `json:"name"`
	Class string       `json:"class"`
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
