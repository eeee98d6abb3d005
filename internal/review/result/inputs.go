package result

import (
	"context"
	"errors"
	"slices"

	"plumbline/internal/org"
	"plumbline/internal/review/cycle"
	"plumbline/internal/review/plan"
	"plumbline/internal/scoring"
	"plumbline/internal/store"
)

// inputs is everything that a result is computed from, as it stands.
type inputs struct {
	Cycle     cycle.Cycle
	Convenor  org.Unit
	Plan      plan.Plan
	Reporters []cycle.Reporter
	Units     map[int64]org.Unit
	Sealed    Sealed
	HasTally  bool
	Sheets    map[Cell]Sheet
	Figures   map[Cell]Figure
}

// gather reads the inputs of a cycle in a fixed number of queries.
func (s *Service) gather(ctx context.Context, r store.Reader, c cycle.Cycle) (in inputs, err error) {
	in.Cycle = c
	if in.Convenor, err = org.UnitByID(ctx, r, c.Unit); err != nil {
		return in, err
	}
	if in.Plan, err = plan.ByID(ctx, r, c.Plan); err != nil {
		return in, err
	}
	if in.Reporters, err = cycle.Reporters(ctx, r, c.ID); err != nil {
		return in, err
	}
	var ids []int64
	for _, p := range in.Reporters {
		ids = append(ids, p.Unit)
	}
	if in.Units, err = org.UnitsByID(ctx, r, ids); err != nil {
		return in, err
	}
	if in.Sheets, err = sheetsOf(ctx, r, c.ID); err != nil {
		return in, err
	}
	if in.Figures, err = figuresOf(ctx, r, c.ID); err != nil {
		return in, err
	}
	in.forget()
	if s.ports.Ballots != nil {
		in.Sealed, in.HasTally, err = s.ports.Ballots.Sealed(ctx, r, c.ID)
	}
	return in, err
}

// forget leaves out what was filled in for parts that the plan, still a draft, has no more or has of another kind.
func (in inputs) forget() {
	for at := range in.Sheets {
		if part, ok := in.Plan.Body.Part(at.Part); !ok || part.Sheet == nil {
			delete(in.Sheets, at)
		}
	}
	for at := range in.Figures {
		if part, ok := in.Plan.Body.Part(at.Part); !ok || part.Kind == plan.FromBallot {
			delete(in.Figures, at)
		}
	}
}

// balloted says whether the composite takes the ballot in.
func balloted(body plan.Body) bool {
	_, ok := body.Part(scoring.BallotPart)
	return ok || len(body.Parts) == 0
}

// gaps lists what is missing, exactly.
func (in inputs) gaps() []Gap {
	out := []Gap{}
	if len(in.Reporters) == 0 {
		out = append(out, Gap{Kind: NoUnits})
	}
	if balloted(in.Plan.Body) {
		out = append(out, in.tallyGaps()...)
	}
	for _, part := range in.Plan.Body.Parts {
		if part.Kind == plan.FromBallot {
			continue
		}
		for _, p := range in.Reporters {
			if kind := in.gap(part, p.Unit); kind != "" {
				out = append(out, Gap{kind, p.Unit, part.ID})
			}
		}
	}
	return out
}

func (in inputs) tallyGaps() []Gap {
	switch {
	case !in.HasTally:
		return []Gap{{Kind: NoTally}}
	case in.Sealed.PlanDigest != plan.Digest(in.Plan.Text):
		return []Gap{{Kind: OtherPlan}}
	}
	seen := map[string]bool{}
	for _, t := range in.Sealed.Tallies {
		seen[t.Unit] = true
	}
	var out []Gap
	for _, p := range in.Reporters {
		if !seen[unitText(p.Unit)] {
			out = append(out, Gap{NotBalloted, p.Unit, scoring.BallotPart})
		}
	}
	return out
}

// gap says what a unit lacks in a part other than the ballot, "" for nothing.
func (in inputs) gap(part plan.Part, unit int64) GapKind {
	at := Cell{unit, part.ID}
	sheet, has := in.Sheets[at]
	switch {
	case has && sheet.State == SheetLocked:
		return ""
	case has:
		return OpenSheet
	}
	if _, ok := in.Figures[at]; ok {
		return ""
	}
	if part.Kind == plan.FromSheet {
		return NoSheet
	}
	return NoFigure
}

// scores gives the parts that come from sheets and figures. Only units that report now count.
func (in inputs) scores() ([]scoring.PartScore, error) {
	var out []scoring.PartScore
	for _, p := range in.Reporters {
		for _, part := range in.Plan.Body.Parts {
			at := Cell{p.Unit, part.ID}
			if sheet, ok := in.Sheets[at]; ok && part.Kind != plan.FromBallot {
				w, err := WorkOut(part, sheet.Entries)
				if err != nil {
					return nil, err
				}
				out = append(out, scoring.PartScore{Unit: unitText(p.Unit), Part: part.ID, Score: w.Score})
			} else if f, ok := in.Figures[at]; ok {
				out = append(out, scoring.PartScore{Unit: unitText(p.Unit), Part: part.ID, Score: f.Score})
			}
		}
	}
	return out, nil
}

func (in inputs) tallies() []scoring.Tally {
	var out []scoring.Tally
	for _, t := range in.Sealed.Tallies {
		id := unitID(t.Unit)
		if slices.ContainsFunc(in.Reporters, func(p cycle.Reporter) bool { return p.Unit == id }) {
			out = append(out, t)
		}
	}
	return out
}

// compute does the arithmetic. The inputs must have no gaps; a *scoring.Problem says why the arithmetic refuses them, an
// empty class for instance.
func (in inputs) compute() (Record, error) {
	parts, err := in.scores()
	if err != nil {
		return Record{}, err
	}
	res, err := scoring.ScoreTallies(in.Plan.Body.Scoring(), in.tallies(), parts)
	if err != nil {
		return Record{}, err
	}
	return recordOf(in, res), nil
}

// problemOf takes the arithmetic's refusal out of an error, with the units named in words rather than keys.
func (in inputs) problemOf(err error) *scoring.Problem {
	var p *scoring.Problem
	if !errors.As(err, &p) {
		return nil
	}
	out := *p
	out.Args = map[string]string{}
	for k, v := range p.Args {
		out.Args[k] = v
	}
	if u, ok := in.Units[unitID(out.Args["unit"])]; ok {
		out.Args["unit"] = u.Name
	}
	return &out
}
