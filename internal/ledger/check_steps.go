package ledger

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"plumbline/internal/authz"
)

var stepActions = map[authz.Action]string{authz.LedgerOwn: AtOwner, authz.LedgerVerify: AtOwner, authz.LedgerApprove: AtConvenor, authz.LedgerRegister: AtConvenor}

// Where says at which unit the step's right is asked: what the definition says, else the place usual for the action.
func (t Transition) Where() string {
	if t.At != "" {
		return t.At
	}
	return stepActions[t.Action]
}

func (c *checker) steps(d *Definition) {
	seen := map[string]bool{"birth": true, "enter": true, StepRegister: true, StepCarry: true, StepEvidence: true, StepRepeat: true, StepHandOver: true}
	for i, t := range d.Steps {
		at := fmt.Sprintf("/transitions/%d", i)
		c.id(seen, t.ID, at+"/id")
		c.words(t.Name, at+"/name")
		c.must(len(t.Past) == 0 || t.Past.Full(), at+"/past", "ledger.check.no_wording", "Lang", "zh/en")
		c.must(len(t.NoteName) == 0 || t.NoteName.Full(), at+"/note_name", "ledger.check.no_wording", "Lang", "zh/en")
		c.must(len(t.From) > 0, at+"/from", "ledger.check.step_from_nowhere", "ID", t.ID)
		for j, s := range t.From {
			_, ok := d.State(s)
			c.must(ok, fmt.Sprintf("%s/from/%d", at, j), "ledger.check.unknown_state", "ID", s)
		}
		_, ok := d.State(t.To)
		c.must(ok, at+"/to", "ledger.check.unknown_state", "ID", t.To)
		c.asks(d, t.Ask, at+"/ask")
		c.threeWay(t.Note, at+"/note")
		c.threeWay(t.Evidence, at+"/evidence")
		c.stepRight(t, at)
		c.stepEffects(d, t, at)
	}
}

func (c *checker) threeWay(s, at string) {
	c.must(s == "" || s == No || s == May || s == Must, at, "ledger.check.not_one_of", "Value", s, "List", "no, may, must")
}

func (c *checker) stepRight(t Transition, at string) {
	usual, known := stepActions[t.Action]
	c.must(known, at+"/action", "ledger.check.not_one_of", "Value", string(t.Action), "List", "ledger.own, ledger.approve, ledger.verify, ledger.register")
	c.must(t.At == "" || t.At == AtOwner || t.At == AtConvenor, at+"/at", "ledger.check.not_one_of", "Value", t.At, "List", "owner, convenor")
	c.must(!known || t.At == "" || t.At == usual || t.Action == authz.LedgerVerify, at+"/at", "ledger.check.wrong_place", "Action", string(t.Action), "At", t.At)
	held := false
	for _, r := range c.roles {
		held = held || r.Can[t.Action] != 0
	}
	c.must(!known || held, at+"/action", "ledger.check.nobody", "ID", t.ID, "Action", string(t.Action))
}

func (c *checker) stepEffects(d *Definition, t Transition, at string) {
	for j, e := range t.Effects {
		c.must(slices.Contains(Effects, e), fmt.Sprintf("%s/effects/%d", at, j), "ledger.check.not_one_of", "Value", e, "List", strings.Join(Effects, ", "))
	}
	c.must(t.After == 0 || t.Has(EffectLookBack), at+"/after", "ledger.check.after", "ID", t.ID)
	c.must(t.After >= 0 && t.After <= 3660, at+"/after", "ledger.check.days", "Days", t.After)
	c.must(!(t.Does() && t.Judges()), at+"/effects", "ledger.check.does_and_judges", "ID", t.ID)
	c.must(!t.Judges() || t.Action != authz.LedgerOwn, at+"/action", "ledger.check.owner_judges", "ID", t.ID)
	to, ok := d.State(t.To)
	if !ok {
		return
	}
	switch to.Class {
	case Done:
		c.must(t.Has(EffectCloseDone) || t.Has(EffectLookBack), at+"/effects", "ledger.check.end_needs_effect", "ID", t.ID, "Effect", EffectCloseDone)
	case NotDone:
		c.must(t.Has(EffectCloseNotDone), at+"/effects", "ledger.check.end_needs_effect", "ID", t.ID, "Effect", EffectCloseNotDone)
	case Dropped:
		c.must(t.Has(EffectDrop), at+"/effects", "ledger.check.end_needs_effect", "ID", t.ID, "Effect", EffectDrop)
	default:
		for _, s := range t.From {
			from, _ := d.State(s)
			c.must(!Ended(from.Class) || t.Has(EffectReopen), at+"/effects", "ledger.check.end_needs_effect", "ID", t.ID, "Effect", EffectReopen)
		}
	}
	c.must((to.Class != NotDone && to.Class != Dropped) || t.Note == Must, at+"/note", "ledger.check.reason_needed", "ID", t.ID)
}

// formNames are the other places of the forms that ask for fields: to register a matter, and to take a step.
var formNames = []string{"type", "convenor", "unit", "units", "cycle", "owner", "on", "note", "file", "link", "file_on", "version", "step"}

func (c *checker) fields(fields []Field, path string, top bool) {
	seen := map[string]bool{}
	if top {
		for _, id := range formNames {
			seen[id] = true
		}
	}
	for i, f := range fields {
		at := fmt.Sprintf("%s/%d", path, i)
		c.id(seen, f.ID, at+"/id")
		c.words(f.Name, at+"/name")
		c.must(len(f.Hint) == 0 || f.Hint.Full(), at+"/hint", "ledger.check.no_wording", "Lang", "zh/en")
		c.must(slices.Contains(Kinds, f.Kind), at+"/kind", "ledger.check.not_one_of", "Value", f.Kind, "List", strings.Join(Kinds, ", "))
		c.must(top || slices.Contains(columnKinds, f.Kind), at+"/kind", "ledger.check.not_one_of", "Value", f.Kind, "List", strings.Join(columnKinds, ", "))
		c.must(f.Max >= 0 && f.Max <= 20000, at+"/max", "ledger.check.max", "Max", f.Max)
		c.must(f.Places >= 0 && f.Places <= 6, at+"/places", "ledger.check.max", "Max", f.Places)
		c.fieldParts(f, at)
		if f.Kind == KindComputed {
			c.formula(fields, f, at+"/formula")
		}
	}
}

var columnKinds = []string{KindText, KindLong, KindNumber, KindDecimal, KindMoney, KindDate, KindChoice}

func (c *checker) fieldParts(f Field, at string) {
	c.must((f.Kind == KindChoice) == (len(f.Choices) > 0), at+"/choices", "ledger.check.choices", "ID", f.ID)
	seen := map[string]bool{}
	for j, ch := range f.Choices {
		c.id(seen, ch.ID, fmt.Sprintf("%s/choices/%d/id", at, j))
		c.words(ch.Name, fmt.Sprintf("%s/choices/%d/name", at, j))
	}
	c.must((f.Kind == KindTable) == (len(f.Columns) > 0), at+"/columns", "ledger.check.columns", "ID", f.ID)
	c.fields(f.Columns, at+"/columns", false)
	c.must(f.Kind != KindDecimal || f.Measure.Full(), at+"/measure", "ledger.check.no_wording", "Lang", "zh/en")
	c.must(!f.Free || f.Kind == KindPerson, at+"/free", "ledger.check.wrong_kind", "ID", f.ID, "Kind", f.Kind)
	c.must(!f.Doer || f.Kind == KindPerson, at+"/doer", "ledger.check.wrong_kind", "ID", f.ID, "Kind", f.Kind)
	c.must(!f.Future || f.Kind == KindDate, at+"/future", "ledger.check.wrong_kind", "ID", f.ID, "Kind", f.Kind)
	c.must(goodDefault(f), at+"/default", "ledger.check.default", "Value", f.Default, "Kind", f.Kind)
}

func goodDefault(f Field) bool {
	switch {
	case f.Default == "":
		return true
	case f.Default == "owner":
		return f.Kind == KindUnit
	case f.Default == "holder":
		return f.Kind == KindPerson || f.Kind == KindPost
	case f.Default == "today":
		return f.Kind == KindDate
	}
	_, ok := defaultDays(f)
	return ok && f.Kind == KindDate
}

func defaultDays(f Field) (int, bool) {
	text, ok := strings.CutPrefix(f.Default, "days:")
	n, err := strconv.Atoi(text)
	return n, ok && err == nil && n >= 0 && n <= 3660
}

func (c *checker) formula(fields []Field, f Field, at string) {
	bad := func() { c.note(at, "ledger.check.formula", "ID", f.ID) }
	kinds := make([]string, len(f.Formula.Of))
	for i, ref := range f.Formula.Of {
		kinds[i] = kindOf(fields, ref)
	}
	number := func(k string) bool { return k == KindNumber || k == KindDecimal || k == KindMoney }
	switch f.Formula.Op {
	case "sum":
		if len(kinds) != 1 || !number(kinds[0]) || !strings.Contains(f.Formula.Of[0], ".") {
			bad()
		}
	case "count":
		if len(kinds) != 1 || kinds[0] != KindTable {
			bad()
		}
	case "plus", "minus":
		if len(kinds) != 2 || !number(kinds[0]) || !number(kinds[1]) {
			bad()
		}
	case "days":
		if len(kinds) != 2 || kinds[0] != KindDate || kinds[1] != KindDate {
			bad()
		}
	default:
		bad()
	}
}

// kindOf gives the kind of a field, or of a table's column ("table.column"); "" where there is none.
func kindOf(fields []Field, ref string) string {
	table, column, dotted := strings.Cut(ref, ".")
	f, ok := fieldIn(fields, table)
	if !ok || (dotted && f.Kind != KindTable) {
		return ""
	}
	if dotted {
		col, _ := fieldIn(f.Columns, column)
		return col.Kind
	}
	return f.Kind
}
