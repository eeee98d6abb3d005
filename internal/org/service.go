package org

import (
	"context"
	"fmt"
	"time"

	"plumbline/internal/audit"
	"plumbline/internal/authz"
	"plumbline/internal/fault"
	"plumbline/internal/gate"
	"plumbline/internal/pack"
	"plumbline/internal/store"
)

// Service holds the room's verbs. It is safe for use by many goroutines once its hooks are set.
type Service struct {
	gate *gate.Gate
	r    store.Reader
	pack *pack.Pack
	zone *time.Location
	// Moved is told, inside the transaction, that a unit and everything under it has a new path; rooms that keep paths
	// of their own follow there. It may be nil.
	Moved func(ctx context.Context, tx *store.Tx, oldPath, newPath string) error
	// Dependents are the rooms whose things hang on units; they are asked in this order when a unit ends.
	Dependents []Dependents
	// Redated is told, inside the transaction, that a unit and everything under it has other working days; rooms that
	// reckon in them follow there. It may be nil.
	Redated func(ctx context.Context, tx *store.Tx, unit Unit) error
	// Now is the clock of dry runs, which open no transaction; New sets the machine's.
	Now func() time.Time
}

// New makes the room. zone is where a day of the organisation begins.
func New(g *gate.Gate, r store.Reader, p *pack.Pack, zone *time.Location) *Service {
	return &Service{gate: g, r: r, pack: p, zone: zone, Now: time.Now}
}

// today is the organisation's date at the transaction's time.
func (s *Service) today(tx *store.Tx) string {
	return s.dayOf(time.UnixMicro(tx.Now))
}

func (s *Service) dayOf(t time.Time) string { return t.In(s.zone).Format(time.DateOnly) }

func subjectOf(u Unit) gate.Subject { return gate.Subject{Kind: "unit", ID: u.ID, Unit: u.Place()} }

// onUnit carries out a verb upon a unit: it asks for the right at the unit, and inside the transaction for the version
// that the form was made of.
func (s *Service) onUnit(ctx context.Context, actor authz.Actor, id int64, version int, verb func(tx *store.Tx, u Unit) (audit.Detail, error)) error {
	u, err := UnitByID(ctx, s.r, id)
	if err != nil {
		return err
	}
	return s.gate.Do(ctx, actor, authz.OrgEdit, subjectOf(u), func(tx *store.Tx) (audit.Detail, error) {
		u, err := UnitByID(ctx, tx, id)
		if err != nil {
			return audit.Detail{}, err
		}
		if u.Version != version {
			return audit.Detail{}, fault.Outdated(u)
		}
		return verb(tx, u)
	})
}

// checkChange wants a date on which a change of the unit can begin; none stands for the day from which the present holds.
func (s *Service) checkChange(f *fault.Form, tx *store.Tx, u Unit, date *string) bool {
	if *date == "" {
		*date = u.Since
		f.Check(u.To == "", "date", "fault.org.ended", "Unit", u.Name, "Date", u.To)
		return true
	}
	if !checkDate(f, "date", *date, s.today(tx)) {
		return false
	}
	changeable(f, u, *date)
	return true
}

// mayEdit asks for the right at a second unit that a verb touches.
func (s *Service) mayEdit(actor authz.Actor, at authz.Unit) error {
	if !s.gate.Policy().Allows(actor, authz.OrgEdit, at) {
		return fault.New(fault.Forbidden, "fault.org.forbidden_there")
	}
	return nil
}

// changes lists the fields that differ; pairs are field, before, after.
func changes(triples ...string) (out []audit.Change) {
	for i := 0; i+2 < len(triples); i += 3 {
		if triples[i+1] != triples[i+2] {
			out = append(out, audit.Change{Field: triples[i], From: triples[i+1], To: triples[i+2]})
		}
	}
	return out
}

func named(u Unit) string {
	if u.ID == 0 {
		return ""
	}
	return fmt.Sprintf("%s (%s)", u.Name, u.Code)
}
