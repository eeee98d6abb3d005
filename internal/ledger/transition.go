package ledger

import (
	"slices"
	"strings"

	"plumbline/internal/authz"
	"plumbline/internal/wording"
)

// What may be done to the remark and the evidence of a step.
const (
	No   = "no"
	May  = "may"
	Must = "must"
)

// Where a step's right is asked.
const (
	AtOwner     = "owner"
	AtConvenor  = "convenor"
	AtRequester = "requester"
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
	// After is how many days after the end a step with the effect "look_back" falls due for those who verify, at the
	// soonest: a later day that the plan of the matter's cycle sets goes before it, see LookBackDue.
	After int `json:"after"`
	// Need are the conditions of the step beside what it asks for.
	Need []Need `json:"need,omitempty"`
	// Spawn makes matters of another ledger.
	Spawn *Spawn `json:"spawn,omitempty"`
	// Drives takes a step of the matters that this one is linked to.
	Drives *Drives `json:"drives,omitempty"`
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

func anyOf(list []string, in map[string]bool) bool {
	for _, x := range list {
		if in[x] {
			return true
		}
	}
	return false
}
