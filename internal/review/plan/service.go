package plan

import (
	"context"
	"slices"
	"strings"

	"plumbline/internal/audit"
	"plumbline/internal/authz"
	"plumbline/internal/fault"
	"plumbline/internal/gate"
	"plumbline/internal/org"
	"plumbline/internal/store"
)

// Service is the verbs on plans. It is safe for use by many goroutines.
type Service struct {
	gate  *gate.Gate
	db    store.Reader
	start Body
}

// New makes the service; start is the plan of the pack (FromPack).
func New(g *gate.Gate, db store.Reader, start Body) *Service { return &Service{g, db, start} }

// Start is the plan of the pack.
func (s *Service) Start() Body { return s.start }

// NewPlan asks for a new plan. From is an earlier plan to copy, of the same unit or of one above it; 0 takes the pack's.
type NewPlan struct {
	Unit int64
	Year int
	Name string
	From int64
}

// The years that a plan may be for.
const (
	firstYear = 2000
	lastYear  = 2100
)

// Create makes a draft. The actor needs plan.edit at the unit.
func (s *Service) Create(ctx context.Context, actor authz.Actor, in NewPlan) (Plan, error) {
	unit, err := org.UnitByID(ctx, s.db, in.Unit)
	if err != nil {
		return Plan{}, err
	}
	in.Name = strings.TrimSpace(in.Name)
	if err := in.check(); err != nil {
		return Plan{}, err
	}
	p := Plan{Unit: unit.ID, Year: in.Year, Name: in.Name, State: Draft, BasedOn: in.From, Version: 1}
	err = s.gate.Do(ctx, actor, authz.PlanEdit, gate.Subject{Kind: "plan", Unit: unit.Place()}, func(tx *store.Tx) (audit.Detail, error) {
		if p.Body, err = s.source(ctx, tx, unit, in.From); err != nil {
			return audit.Detail{}, err
		}
		if p.Text, err = p.Body.Text(); err != nil {
			return audit.Detail{}, err
		}
		p.ID, err = tx.Insert(ctx, `INSERT INTO plan (unit_id, year, name, body, state, digest, based_on, frozen_at, version)
			VALUES ($1, $2, $3, $4, $5, '', $6, 0, 1) RETURNING id`, p.Unit, p.Year, p.Name, p.Text, p.State, p.BasedOn)
		return audit.Detail{ID: p.ID, Changes: []audit.Change{{Field: "name", To: p.Name}, {Field: "text", To: Digest(p.Text)}}}, err
	})
	return p, err
}

func (in NewPlan) check() error {
	var form fault.Form
	form.Check(in.Year >= firstYear && in.Year <= lastYear, "year", "fault.plan.year", "Min", firstYear, "Max", lastYear)
	checkName(&form, in.Name)
	return form.Err()
}

func checkName(form *fault.Form, name string) {
	form.Check(name != "", "name", "fault.plan.name")
	form.Check(len(name) <= 300, "name", "fault.plan.long_text", "Max", 300)
}

func (s *Service) source(ctx context.Context, tx *store.Tx, unit org.Unit, from int64) (Body, error) {
	if from == 0 {
		return s.start, nil
	}
	p, err := ByID(ctx, tx, from)
	if err != nil {
		return Body{}, err
	}
	if p.Unit != unit.ID && !slices.Contains(unit.Ancestors(), p.Unit) {
		return Body{}, fault.Missing()
	}
	return p.Body, nil
}

// Save changes a draft. Problems do not keep a draft from being saved, so that nothing typed is lost; freezing needs a
// plan without them. A chapter stays marked as default only where it was, is marked in body, and was not changed.
// Stale where version is not the current one; Current is then the Plan that stands there.
func (s *Service) Save(ctx context.Context, actor authz.Actor, id int64, version int, name string, body Body) (Plan, error) {
	var form fault.Form
	name = strings.TrimSpace(name)
	checkName(&form, name)
	if err := form.Err(); err != nil {
		return Plan{}, err
	}
	return s.change(ctx, actor, id, version, func(p *Plan) ([]audit.Change, error) {
		var err error
		if body.Defaults, err = settle(p.Body, body); err != nil {
			return nil, err
		}
		changes := logged(Diff(p.Body, body))
		if p.Name != name {
			changes = append(changes, audit.Change{Field: "name", From: p.Name, To: name})
		}
		p.Name, p.Body = name, body
		p.Text, err = body.Text()
		if err == nil && len(p.Text) > longest {
			err = fault.New(fault.TooLarge, "fault.plan.too_long", "Max", longest/1024)
		}
		return changes, err
	})
}

// Freeze ends the editing of a plan for good. A plan with problems is refused with all of them.
func (s *Service) Freeze(ctx context.Context, actor authz.Actor, id int64, version int) (Plan, error) {
	return s.change(ctx, actor, id, version, func(p *Plan) ([]audit.Change, error) {
		if err := Fault(p.Body.Problems()); err != nil {
			return nil, err
		}
		p.State, p.Digest = Frozen, Digest(p.Text)
		return frozenChanges(*p), nil
	})
}

func frozenChanges(p Plan) []audit.Change {
	return []audit.Change{{Field: "state", From: string(Draft), To: string(Frozen)}, {Field: "digest", To: p.Digest}}
}

// change runs one edit of a draft through the gate, guards its version and stores the outcome.
func (s *Service) change(ctx context.Context, actor authz.Actor, id int64, version int, edit func(*Plan) ([]audit.Change, error)) (Plan, error) {
	p, err := ByID(ctx, s.db, id)
	if err != nil {
		return p, err
	}
	unit, err := org.UnitByID(ctx, s.db, p.Unit)
	if err != nil {
		return p, err
	}
	err = s.gate.Do(ctx, actor, authz.PlanEdit, gate.Subject{Kind: "plan", ID: id, Unit: unit.Place()}, func(tx *store.Tx) (audit.Detail, error) {
		if p, err = ByID(ctx, tx, id); err != nil {
			return audit.Detail{}, err
		}
		if p.State == Frozen {
			return audit.Detail{}, fault.Bad("fault.plan.frozen")
		}
		if p.Version != version {
			return audit.Detail{}, fault.Outdated(p)
		}
		changes, err := edit(&p)
		if err != nil {
			return audit.Detail{}, err
		}
		return audit.Detail{Changes: changes}, put(ctx, tx, &p)
	})
	return p, err
}

func put(ctx context.Context, tx *store.Tx, p *Plan) error {
	if p.State == Frozen {
		p.FrozenAt = tx.Now
	}
	p.Version++
	_, err := tx.Exec(ctx, `UPDATE plan SET name = $1, body = $2, state = $3, digest = $4, frozen_at = $5, version = $6 WHERE id = $7`,
		p.Name, p.Text, p.State, p.Digest, p.FrozenAt, p.Version, p.ID)
	return err
}

// FreezeTx freezes a plan inside another room's transaction, as when the ballot opens; a frozen one stays as it is. The
// changes are for that room's log detail, together with the subject {"plan", id}.
func FreezeTx(ctx context.Context, tx *store.Tx, id int64) (Plan, []audit.Change, error) {
	p, err := ByID(ctx, tx, id)
	if err != nil || p.State == Frozen {
		return p, nil, err
	}
	if err := Fault(p.Body.Problems()); err != nil {
		return p, nil, err
	}
	p.State, p.Digest = Frozen, Digest(p.Text)
	return p, frozenChanges(p), put(ctx, tx, &p)
}

// mostLogged bounds how many fields of one edit the log names; a plan's text is at hand, its digest is exact.
const mostLogged = 60

func logged(diff []Change) []audit.Change {
	out := []audit.Change{}
	for i, c := range diff {
		if i == mostLogged {
			break
		}
		out = append(out, audit.Change{Field: c.Path(), From: c.From, To: c.To})
	}
	return out
}
