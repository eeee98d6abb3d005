package ledger

import (
	"encoding/json"
	"reflect"
	"strings"

	"plumbline/internal/wording"
)

// The parts of a definition that a comparison names.
const (
	PartField = "field"
	PartState = "state"
	PartStep  = "step"
	PartClock = "clock"
	PartOther = "other"
)

// How a part differs.
const (
	Added   = "added"
	Removed = "removed"
	Changed = "changed"
)

// Difference is one part that two versions of a definition do not have alike. Of the other parts ID is the member of the
// definition, "number" or "register", and there is no name.
type Difference struct {
	Part, ID, How string
	Name          wording.Text
}

// Compare lists how a definition differs from the one before it, in the order of its parts.
func Compare(was, is *Definition) []Difference {
	var out []Difference
	out = append(out, between(PartField, was.Fields, is.Fields, func(f Field) (string, wording.Text) { return f.ID, f.Name })...)
	out = append(out, between(PartState, was.States, is.States, func(s State) (string, wording.Text) { return s.ID, s.Name })...)
	out = append(out, between(PartStep, was.Steps, is.Steps, func(t Transition) (string, wording.Text) { return t.ID, t.Name })...)
	out = append(out, between(PartClock, was.Clocks, is.Clocks, func(k Clock) (string, wording.Text) { return k.ID, k.Name })...)
	return append(out, others(was, is)...)
}

func between[T any](part string, was, is []T, of func(T) (string, wording.Text)) []Difference {
	before, here := map[string]T{}, map[string]bool{}
	for _, x := range was {
		id, _ := of(x)
		before[id] = x
	}
	var out []Difference
	for _, x := range is {
		id, name := of(x)
		here[id] = true
		old, had := before[id]
		switch {
		case !had:
			out = append(out, Difference{part, id, Added, name})
		case !alike(old, x):
			out = append(out, Difference{part, id, Changed, name})
		}
	}
	for _, x := range was {
		if id, name := of(x); !here[id] {
			out = append(out, Difference{part, id, Removed, name})
		}
	}
	return out
}

// alike says whether two parts say the same; an empty list says what none says.
func alike(a, b any) bool {
	x, _ := json.Marshal(a)
	y, _ := json.Marshal(b)
	return string(x) == string(y) || strings.ReplaceAll(string(x), `:[]`, `:null`) == strings.ReplaceAll(string(y), `:[]`, `:null`)
}

// listed are the members that Compare takes apart, and the one that publishing fills.
var listed = map[string]bool{"fields": true, "states": true, "transitions": true, "clocks": true, "gone": true}

func others(was, is *Definition) []Difference {
	var out []Difference
	a, b := reflect.ValueOf(*was), reflect.ValueOf(*is)
	for i := range a.NumField() {
		name := memberName(a.Type().Field(i))
		if !listed[name] && !alike(a.Field(i).Interface(), b.Field(i).Interface()) {
			out = append(out, Difference{Part: PartOther, ID: name, How: Changed})
		}
	}
	return out
}
