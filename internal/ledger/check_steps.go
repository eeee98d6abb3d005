package ledger

import (
	"fmt"
	"slices"
	"strings"

	"plumbline/internal/authz"
)

var stepActions = map[authz.Action]string{authz.LedgerOwn: AtOwner, authz.LedgerVerify: AtOwner, authz.LedgerApprove: AtConvenor,
	authz.LedgerRegister: AtConvenor, authz.LedgerAsk: AtRequester}

// Where says at which unit the step's right is asked: what the definition says, else the place usual for the action.
func (t Transition) Where() string {
	if t.At != "" {
		return t.At
	}
	return stepActions[t.Action]
}

// stepNames are the engine's own steps, and the words that stand beside steps as the start of a clock.
var stepNames = []string{"birth", "enter", StepRegister, StepCarry, StepEvidence, StepRepeat, StepHandOver, StepLink, StepUnlink, StepImport, StepRemind, StepEscalate, StepRedate, StepRecur, StepMigrate}

// ReservedStep says whether a step can't have an id, because the engine uses the word itself.
func ReservedStep(id string) bool { return slices.Contains(stepNames, id) }

func (c *checker) steps(d *Definition) {
	seen := map[string]bool{}
	for _, id := range stepNames {
		seen[id] = true
	}
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
		c.stepRight(d, t, at)
		c.stepEffects(d, t, at)
		for j, n := range t.Need {
			c.need(d, n, fmt.Sprintf("%s/need/%d", at, j))
		}
		c.spawn(d, t, at+"/spawn")
		c.drives(d, t, at+"/drives")
	}
}

func (c *checker) threeWay(s, at string) {
	c.must(s == "" || s == No || s == May || s == Must, at, "ledger.check.not_one_of", "Value", s, "List", "no, may, must")
}

func (c *checker) stepRight(d *Definition, t Transition, at string) {
	usual, known := stepActions[t.Action]
	c.must(known, at+"/action", "ledger.check.not_one_of", "Value", string(t.Action), "List", "ledger.own, ledger.approve, ledger.verify, ledger.register, ledger.ask")
	c.must(t.At == "" || t.At == AtOwner || t.At == AtConvenor || t.At == AtRequester, at+"/at", "ledger.check.not_one_of", "Value", t.At, "List", "owner, convenor, requester")
	elsewhere := t.Action == authz.LedgerVerify && t.At != AtRequester
	c.must(!known || t.At == "" || t.At == usual || elsewhere, at+"/at", "ledger.check.wrong_place", "Action", string(t.Action), "At", t.At)
	c.must(!known || c.held(t.Action), at+"/action", "ledger.check.nobody", "ID", t.ID, "Action", string(t.Action))
	c.must(t.Action != authz.LedgerAsk || d.Requester, at+"/action", "ledger.check.no_requester")
	c.must(t.Action != authz.LedgerAsk || !t.Does(), at+"/effects", "ledger.check.requester_does", "ID", t.ID)
}

// held says whether some role has an action.
func (c *checker) held(action authz.Action) bool {
	for _, r := range c.roles {
		if r.Can[action] != 0 {
			return true
		}
	}
	return false
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
