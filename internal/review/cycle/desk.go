package cycle

import (
	"context"

	"plumbline/internal/authz"
	"plumbline/internal/org"
	"plumbline/internal/review/plan"
)

// Desk answers the three questions of whoever runs a cycle: who is late, where is the cycle, what needs my hand.
type Desk struct {
	Cycle    Cycle
	Convenor org.Unit
	Rows     []Row  // every reporter
	Late     []Row  // those with something late
	Dates    []Date // late and coming ones that are not done, at most deskDates
	Tasks    []Task
	all      []Date
}

// deskDates is how many dates a desk shows.
const deskDates = 5

// mostDesks bounds how many open cycles one desk page shows.
const mostDesks = 5

// Desks gives a desk for every open cycle that is convened by one of the units, where the actor may run it: the caller
// takes them from the policy. today is YYYY-MM-DD.
func (s *Service) Desks(ctx context.Context, units []authz.Unit, today string) ([]Desk, error) {
	out := []Desk{}
	for _, u := range units {
		cycles, err := OfUnit(ctx, s.db, u.ID)
		if err != nil {
			return nil, err
		}
		for _, c := range cycles {
			if c.State == Closed || len(out) == mostDesks {
				continue
			}
			d, err := s.desk(ctx, c, today)
			if err != nil {
				return nil, err
			}
			out = append(out, d)
		}
	}
	return out, nil
}

func (s *Service) desk(ctx context.Context, c Cycle, today string) (Desk, error) {
	d := Desk{Cycle: c}
	var err error
	if d.Convenor, err = org.UnitByID(ctx, s.db, c.Unit); err != nil {
		return d, err
	}
	p, err := plan.ByID(ctx, s.db, c.Plan)
	if err != nil {
		return d, err
	}
	if d.Rows, err = s.rows(ctx, c, func(org.Unit) bool { return true }); err != nil {
		return d, err
	}
	for _, r := range d.Rows {
		if r.Lamp == LampLate {
			d.Late = append(d.Late, r)
		}
	}
	dates, err := s.dates(ctx, c, p.Body, today, true)
	if err != nil {
		return d, err
	}
	d.all = dates
	settle(dates, d.Rows)
	for _, x := range dates {
		if !x.Done && len(d.Dates) < deskDates {
			d.Dates = append(d.Dates, x)
		}
	}
	d.Tasks, err = s.tasks(ctx, c, d)
	return d, err
}

// tasks begins with what this room knows and adds what the others say.
func (s *Service) tasks(ctx context.Context, c Cycle, d Desk) ([]Task, error) {
	var out []Task
	href := PathOf(c.ID)
	if len(d.Rows) == 0 {
		out = append(out, Task{Lamp: LampLate, Key: "cycle.task.reporters", Href: href + "/reporters", Count: 1})
	}
	vacant := 0
	for _, r := range d.Rows {
		if r.Reporter.Person == 0 {
			vacant++
		}
	}
	if vacant > 0 && !c.State.AtLeast(Held) {
		out = append(out, Task{Lamp: LampSoon, Key: "cycle.task.vacant", Href: href + "/reporters", Count: vacant})
	}
	if key := nudge(c, d.all); key != "" {
		out = append(out, Task{Lamp: LampSoon, Key: key, Href: href, Count: 1})
	}
	for _, room := range s.ports.Tasks {
		more, err := room.Tasks(ctx, s.db, c)
		if err != nil {
			return nil, err
		}
		out = append(out, more...)
	}
	return out, nil
}
