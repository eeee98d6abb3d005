package app

import (
	"context"

	"plumbline/internal/audit"
	"plumbline/internal/ballot"
	"plumbline/internal/fault"
	"plumbline/internal/org"
	"plumbline/internal/review/cycle"
	"plumbline/internal/review/meeting"
	"plumbline/internal/review/plan"
	"plumbline/internal/store"
)

// slips makes the form of a cycle's ballots of its plan and its reporters.
type slips struct{}

// Form takes the reporters in the order of the list; on paper every one of them has a line, oral or written.
func (slips) Form(ctx context.Context, r store.Reader, id int64) (f ballot.Form, err error) {
	c, err := cycle.ByID(ctx, r, id)
	if err != nil {
		return f, err
	}
	p, err := plan.ByID(ctx, r, c.Plan)
	if err != nil {
		return f, err
	}
	convenor, err := org.UnitByID(ctx, r, c.Unit)
	if err != nil {
		return f, err
	}
	reporters, err := cycle.Reporters(ctx, r, id)
	if err != nil {
		return f, err
	}
	f = ballot.Form{Convenor: convenor.Place(), Plan: p.ID, PlanDigest: p.Digest, Turnout: p.Body.Turnout, SmallClass: p.Body.SmallClass}
	for _, x := range p.Body.Classes {
		f.Classes = append(f.Classes, x.ID)
	}
	for _, x := range p.Body.Items {
		f.Items = append(f.Items, x.ID)
	}
	for _, x := range p.Body.Grades {
		f.Grades = append(f.Grades, x.ID)
	}
	for _, x := range reporters {
		f.Units = append(f.Units, x.Unit)
	}
	return f, nil
}

// Came takes it from the roll of the cycle's meeting.
func (slips) Came(ctx context.Context, r store.Reader, id int64) (map[string]int, error) {
	m, err := meeting.ByCycle(ctx, r, id)
	if fault.KindOf(err) == fault.NotFound {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	roll, err := meeting.ReadRoll(ctx, r, m.ID)
	if came := roll.Entitled(); len(came) > 0 {
		return came, err
	}
	return nil, err
}

// Freeze makes the plan unchangeable when its first ballot opens.
func (slips) Freeze(ctx context.Context, tx *store.Tx, id int64) ([]audit.Change, error) {
	c, err := cycle.OpenTx(ctx, tx, id)
	if err != nil {
		return nil, err
	}
	_, changes, err := plan.FreezeTx(ctx, tx, c.Plan)
	return changes, err
}

// Sealed moves the cycle on.
func (slips) Sealed(ctx context.Context, tx *store.Tx, id int64) ([]audit.Change, error) {
	return cycle.AdvanceTx(ctx, tx, id, cycle.Appraised)
}
