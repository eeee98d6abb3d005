package cycle

import (
	"context"

	"plumbline/internal/authz"
	"plumbline/internal/calendar"
	"plumbline/internal/org"
	"plumbline/internal/review/plan"
	"plumbline/internal/store"
)

// View is a cycle at a glance, as one reader may see it.
type View struct {
	Cycle    Cycle
	Convenor org.Unit
	Plan     plan.Plan
	Previous Cycle // the zero Cycle where there is none
	Rows     []Row
	Dates    []Date
	Draws    []Draw
	// Whole says that the reader sees every reporter; else Rows holds the reader's own units alone.
	Whole bool
}

// Row is one reporter with what every room says of it. Person is the zero Person where the post was vacant.
type Row struct {
	Reporter Reporter
	Unit     org.Unit
	Person   org.Person
	Cells    Cells
	Lamp     string // what matters most among the cells
}

// Date is a deadline as it stands on a day.
type Date struct {
	Deadline Deadline
	Step     plan.Step
	Done     bool
	Lamp     string
	Left     int  // days until it is due, negative when it has passed
	Working  bool // Left counts working days; else calendar days
}

// View gives a cycle that the reader may know of, or NotFound. Whoever's scope covers the convenor sees every reporter;
// others see those of their own units, and the dates that concern reporters. today is YYYY-MM-DD.
func (s *Service) View(ctx context.Context, scope authz.Scope, id int64, today string) (View, error) {
	c, err := Find(ctx, s.db, scope, id)
	if err != nil {
		return View{}, err
	}
	v, err := s.outline(ctx, scope, c, today)
	if err != nil {
		return v, err
	}
	if c.Previous != 0 {
		if v.Previous, err = ByID(ctx, s.db, c.Previous); err != nil {
			return v, err
		}
	}
	if v.Draws, err = Draws(ctx, s.db, c.ID); err != nil {
		return v, err
	}
	v.Rows, err = s.rows(ctx, c, func(u org.Unit) bool { return v.Whole || scope.Covers(u.Place()) })
	settle(v.Dates, v.Rows)
	return v, err
}

// outline is a view without its rows, its draws and the year before.
func (s *Service) outline(ctx context.Context, scope authz.Scope, c Cycle, today string) (View, error) {
	v := View{Cycle: c}
	var err error
	if v.Convenor, err = org.UnitByID(ctx, s.db, c.Unit); err != nil {
		return v, err
	}
	v.Whole = scope.Covers(v.Convenor.Place())
	if v.Plan, err = plan.ByID(ctx, s.db, c.Plan); err != nil {
		return v, err
	}
	v.Dates, err = s.dates(ctx, c, v.Plan.Body, today, v.Whole)
	return v, err
}

// rows gives the reporters that may be shown, with their people and cells: a fixed number of queries.
func (s *Service) rows(ctx context.Context, c Cycle, shown func(org.Unit) bool) ([]Row, error) {
	all, err := Reporters(ctx, s.db, c.ID)
	if err != nil {
		return nil, err
	}
	units, people, err := named(ctx, s.db, all)
	if err != nil {
		return nil, err
	}
	rows, ids := []Row{}, []int64{}
	for _, p := range all {
		if u := units[p.Unit]; shown(u) {
			rows = append(rows, Row{Reporter: p, Unit: u, Person: people[p.Person], Cells: Cells{}})
			ids = append(ids, p.Unit)
		}
	}
	for _, room := range s.ports.Progress {
		cells, err := room.Progress(ctx, s.db, c, ids)
		if err != nil {
			return nil, err
		}
		for i := range rows {
			for col, cell := range cells[rows[i].Reporter.Unit] {
				rows[i].Cells[col] = cell
			}
		}
	}
	for i := range rows {
		rows[i].Lamp = worst(rows[i].Cells)
	}
	return rows, nil
}

func named(ctx context.Context, r store.Reader, all []Reporter) (map[int64]org.Unit, map[int64]org.Person, error) {
	var unitIDs, personIDs []int64
	for _, p := range all {
		unitIDs = append(unitIDs, p.Unit)
		if p.Person != 0 {
			personIDs = append(personIDs, p.Person)
		}
	}
	units, err := org.UnitsByID(ctx, r, unitIDs)
	if err != nil {
		return nil, nil, err
	}
	people, err := org.PeopleByID(ctx, r, personIDs)
	return units, people, err
}

// dates gives the deadlines of a cycle in the order of time; whole adds those that concern the convenor alone.
func (s *Service) dates(ctx context.Context, c Cycle, body plan.Body, today string, whole bool) ([]Date, error) {
	list, err := Deadlines(ctx, s.db, c.ID)
	if err != nil {
		return nil, err
	}
	day, err := calendar.ParseDate(today)
	if err != nil {
		return nil, err
	}
	out := []Date{}
	for _, d := range list {
		step, _ := body.Step(d.Step)
		if whole || step.Who != plan.Convenor {
			out = append(out, s.date(c, d, step, day))
		}
	}
	return out, nil
}

func (s *Service) date(c Cycle, d Deadline, step plan.Step, today calendar.Date) Date {
	due, _ := calendar.ParseDate(d.Due) // written by this room; "no date" shows as no lamp
	out := Date{Deadline: d, Step: step, Done: d.IsDone(c), Lamp: lampOf(s.cal, due, today)}
	out.Left, out.Working = s.cal.Left(due, today)
	if out.Done {
		out.Lamp = LampDone
	}
	return out
}
