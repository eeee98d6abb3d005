package cycle

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"plumbline/internal/audit"
	"plumbline/internal/authz"
	"plumbline/internal/fault"
	"plumbline/internal/gate"
	"plumbline/internal/org"
	"plumbline/internal/review/plan"
	"plumbline/internal/store"
)

// Candidate is a unit that could report.
type Candidate struct {
	Unit   org.Unit
	Mode   Mode
	Choice Choice
	Before bool // it reported in the cycle of the year before
}

// Propose lists who should report to a convenor: the units right below it on the date, in the way that last year's
// cycle or else the plan says, and last year's reporters from elsewhere below that still exist. Names of units are known
// to every signed-in person.
func Propose(ctx context.Context, r store.Reader, body plan.Body, unit int64, year int, date string) ([]Candidate, error) {
	last, err := lastReporters(ctx, r, unit, year)
	if err != nil {
		return nil, err
	}
	children, err := org.Children(ctx, r, unit, date)
	if err != nil {
		return nil, err
	}
	before := map[int64]Reporter{}
	var ids []int64
	for _, p := range last {
		before[p.Unit] = p
		ids = append(ids, p.Unit)
	}
	out := []Candidate{}
	for _, u := range children {
		out = append(out, candidate(u, body, before))
		delete(before, u.ID)
	}
	units, err := org.UnitsByID(ctx, r, ids)
	if err != nil {
		return nil, err
	}
	for _, p := range last {
		if u, known := units[p.Unit]; known && before[p.Unit].ID != 0 && org.Holds(u.From, u.To, date) {
			out = append(out, candidate(u, body, before))
		}
	}
	return out, nil
}

func candidate(u org.Unit, body plan.Body, before map[int64]Reporter) Candidate {
	if p, was := before[u.ID]; was {
		return Candidate{u, p.Mode, p.Choice, true}
	}
	call := body.Call(u.Kind)
	return Candidate{u, call.Mode, call.Choice, false}
}

// previous gives the convenor's latest cycle of an earlier year; the zero Cycle where there is none.
func previous(ctx context.Context, r store.Reader, unit int64, year int) (Cycle, error) {
	c, err := scanCycle(r.QueryRow(ctx, `SELECT `+columns+` FROM cycle c WHERE c.unit_id = $1 AND c.year < $2
		ORDER BY c.year DESC LIMIT 1`, unit, year))
	if fault.KindOf(err) == fault.NotFound {
		return Cycle{}, nil
	}
	return c, err
}

func lastReporters(ctx context.Context, r store.Reader, unit int64, year int) ([]Reporter, error) {
	c, err := previous(ctx, r, unit, year)
	if err != nil || c.ID == 0 {
		return nil, err
	}
	return Reporters(ctx, r, c.ID)
}

// NewCycle asks for a cycle. With Reporters nil those that Propose lists are taken.
type NewCycle struct {
	Unit         int64
	Year         int
	Plan         int64
	MeetingDate  string
	Name, NameEn string
	Reporters    []Call
}

// Call is a unit that is called to report.
type Call struct {
	Unit   int64
	Mode   Mode
	Choice Choice
}

// Opened is what came of opening a cycle: the cycle, and how many items the year before handed on.
type Opened struct {
	Cycle   Cycle
	Carried int
	carried []audit.Subject
}

// Open opens the year: the cycle, its reporters with whoever holds their reporting post on the day of the meeting, its
// deadlines, and what the year before carries over, all in one transaction. The actor needs cycle.manage at the
// convenor. The plan is one of the convenor's or of a unit above it, without problems; it may still be a draft.
func (s *Service) Open(ctx context.Context, actor authz.Actor, in NewCycle) (Opened, error) {
	unit, err := org.UnitByID(ctx, s.db, in.Unit)
	if err != nil {
		return Opened{}, err
	}
	in.Name, in.NameEn = strings.TrimSpace(in.Name), strings.TrimSpace(in.NameEn)
	if err := in.check(); err != nil {
		return Opened{}, err
	}
	var out Opened
	err = s.gate.Do(ctx, actor, authz.CycleManage, gate.Subject{Kind: "cycle", Unit: unit.Place()}, func(tx *store.Tx) (audit.Detail, error) {
		body, err := usablePlan(ctx, tx, unit, in.Plan)
		if err != nil {
			return audit.Detail{}, err
		}
		if out, err = s.openTx(ctx, tx, actor, unit, body, in); err != nil {
			return audit.Detail{}, err
		}
		return audit.Detail{ID: out.Cycle.ID, Changes: []audit.Change{{Field: "year", To: fmt.Sprint(in.Year)},
			{Field: "meeting_date", To: in.MeetingDate}, {Field: "carried_over", To: fmt.Sprint(out.Carried)}},
			Also: append([]audit.Subject{{Kind: "plan", ID: in.Plan}}, out.carried...)}, nil
	})
	return out, err
}

func (in NewCycle) check() error {
	var form fault.Form
	form.Check(in.Year >= 2000 && in.Year <= 2100, "year", "fault.cycle.year", "Min", 2000, "Max", 2100)
	form.Check(validMeeting(in.Year, in.MeetingDate), "meeting_date", "fault.cycle.meeting_date", "Min", in.Year, "Max", in.Year+meetingYears)
	checkNames(&form, in.Name, in.NameEn)
	return form.Err()
}

func checkNames(form *fault.Form, name, nameEn string) {
	form.Check(len(name) <= 300, "name", "fault.cycle.long_name", "Max", 100)
	form.Check(len(nameEn) <= 300, "name_en", "fault.cycle.long_name", "Max", 100)
}

func usablePlan(ctx context.Context, tx *store.Tx, unit org.Unit, id int64) (plan.Body, error) {
	p, err := plan.ByID(ctx, tx, id)
	if fault.KindOf(err) == fault.NotFound || err == nil && p.Unit != unit.ID && !slices.Contains(unit.Ancestors(), p.Unit) {
		var form fault.Form
		form.Add("plan", "fault.cycle.plan")
		return plan.Body{}, form.Err()
	}
	if err != nil {
		return plan.Body{}, err
	}
	if n := len(p.Body.Problems()); n > 0 {
		var form fault.Form
		form.Add("plan", "fault.cycle.plan_problems", "Count", n)
		return plan.Body{}, form.Err()
	}
	return p.Body, nil
}

func (s *Service) openTx(ctx context.Context, tx *store.Tx, actor authz.Actor, unit org.Unit, body plan.Body, in NewCycle) (Opened, error) {
	last, err := previous(ctx, tx, in.Unit, in.Year)
	if err != nil {
		return Opened{}, err
	}
	c := Cycle{Unit: in.Unit, Year: in.Year, Name: in.Name, NameEn: in.NameEn, Plan: in.Plan, Previous: last.ID, State: Preparing,
		MeetingDate: in.MeetingDate, OpenedAt: tx.Now, Version: 1}
	if c.ID, err = insert(ctx, tx, c); err != nil {
		return Opened{}, err
	}
	if in.Reporters == nil {
		if in.Reporters, err = proposed(ctx, tx, body, in); err != nil {
			return Opened{}, err
		}
	}
	if _, err := s.replaceReporters(ctx, tx, c, unit, in.Reporters); err != nil {
		return Opened{}, err
	}
	if err := putDeadlines(ctx, tx, c.ID, dues(s.cal, body, in.MeetingDate)); err != nil {
		return Opened{}, err
	}
	var carried []audit.Subject
	if last.ID != 0 && s.ports.CarryOver != nil {
		carried, err = s.ports.CarryOver.CarryOverTx(ctx, tx, actor, last, c)
	}
	return Opened{c, len(carried), carried}, err
}

func insert(ctx context.Context, tx *store.Tx, c Cycle) (int64, error) {
	var taken int
	if err := tx.QueryRow(ctx, `SELECT COUNT(*) FROM cycle WHERE unit_id = $1 AND year = $2`, c.Unit, c.Year).Scan(&taken); err != nil {
		return 0, err
	}
	if taken > 0 {
		var form fault.Form
		form.Add("year", "fault.cycle.year_taken", "Year", c.Year)
		return 0, form.Err()
	}
	return tx.Insert(ctx, `INSERT INTO cycle (unit_id, year, name, name_en, plan_id, previous_id, state, meeting_date, opened_at, closed_at, version)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, 1) RETURNING id`,
		c.Unit, c.Year, c.Name, c.NameEn, c.Plan, c.Previous, c.State, c.MeetingDate, c.OpenedAt)
}

func proposed(ctx context.Context, tx *store.Tx, body plan.Body, in NewCycle) ([]Call, error) {
	candidates, err := Propose(ctx, tx, body, in.Unit, in.Year, in.MeetingDate)
	calls := []Call{}
	for _, x := range candidates {
		calls = append(calls, Call{x.Unit.ID, x.Mode, x.Choice})
	}
	return calls, err
}
