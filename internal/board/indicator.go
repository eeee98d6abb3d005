package board

import (
	"context"

	"plumbline/internal/authz"
	"plumbline/internal/fault"
	"plumbline/internal/ledger"
)

// Use is what the definition of the ledger of indicators is "for".
const Use = "indicator"

// The fields of such a ledger. direction is a choice of "up" and "down", source of "ledger" and "import", figure of
// Figures, of of the ids of ledgers ("" is all of them), period of Every; target, amber and weight are decimals.
const (
	fieldDefinition = "definition"
	fieldMeasure    = "measure"
	fieldDirection  = "direction"
	fieldSource     = "source"
	fieldFigure     = "figure"
	fieldOf         = "of"
	fieldPeriod     = "period"
	fieldTarget     = "target"
	fieldAmber      = "amber"
	fieldWeight     = "weight"
)

// Indicator is something that units are compared by.
type Indicator struct {
	ID         int64
	Number     string
	Name       string
	Definition string
	Measure    string
	Down       bool   // less is better
	Counted    bool   // from the ledgers, not brought in
	Figure     string // what is counted
	Of         string // the ledger in which it is counted, "" for all
	Every      string
	Target     string // "" for none
	Amber      string // the worst value that is still amber, "" for a tenth beside the target
	Weight     string // in the combined board, "" for none
	Convenor   authz.Unit
	Ended      bool
}

func indicatorOf(m ledger.Matter) Indicator {
	text := func(field string) string { return m.Values[field].Text }
	x := Indicator{ID: m.ID, Number: m.Number, Name: m.Title, Definition: text(fieldDefinition), Measure: text(fieldMeasure),
		Down: text(fieldDirection) == "down", Counted: text(fieldSource) == "ledger", Figure: text(fieldFigure), Of: text(fieldOf), Every: text(fieldPeriod),
		Target: shortest(text(fieldTarget)), Amber: shortest(text(fieldAmber)), Weight: shortest(text(fieldWeight)), Convenor: m.Convenor, Ended: ledger.Ended(m.Class)}
	return x
}

// shown says whether an indicator is on the boards: it was approved, that is, has left the state that it began in, and
// was not ruled out.
func shown(m ledger.Matter, d *ledger.Definition) bool {
	return d != nil && m.State != d.Start && m.Class != ledger.Dropped
}

// mostIndicators is how many indicators boards look at.
const mostIndicators = 2000

// all lists the indicators that are shown, by number.
func (s *Service) all(ctx context.Context) ([]Indicator, error) {
	d := s.ledgers.Types().For(Use)
	if d == nil {
		return nil, nil
	}
	found, err := s.ledgers.List(ctx, authz.System(), ledger.Filter{Type: d.ID, Sort: "number", Limit: mostIndicators}, s.today())
	var out []Indicator
	for _, m := range found {
		if shown(m, d) {
			out = append(out, indicatorOf(m))
		}
	}
	return out, err
}

// Indicators lists those that the actor may see on a board: an indicator is shown to whoever may read at the unit that
// set it, above it or anywhere below it. What is shown is shown to all whom it compares.
func (s *Service) Indicators(ctx context.Context, actor authz.Actor) ([]Indicator, error) {
	found, err := s.all(ctx)
	out := found[:0]
	for _, x := range found {
		if s.maySee(actor, x) {
			out = append(out, x)
		}
	}
	return out, err
}

func (s *Service) maySee(actor authz.Actor, x Indicator) bool {
	policy := s.gate.Policy()
	if policy.Scope(actor, authz.Read).Covers(x.Convenor) {
		return true
	}
	for _, u := range policy.Units(actor, authz.Read) {
		if inside(u, x.Convenor) {
			return true
		}
	}
	return false
}

// Find gives an indicator that the actor may see on a board; others get NotFound.
func (s *Service) Find(ctx context.Context, actor authz.Actor, id int64) (Indicator, error) {
	found, err := s.Indicators(ctx, actor)
	if err != nil {
		return Indicator{}, err
	}
	for _, x := range found {
		if x.ID == id {
			return x, nil
		}
	}
	return Indicator{}, fault.Missing()
}
