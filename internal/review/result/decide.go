package result

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"plumbline/internal/audit"
	"plumbline/internal/authz"
	"plumbline/internal/calendar"
	"plumbline/internal/fault"
	"plumbline/internal/gate"
	"plumbline/internal/org"
	"plumbline/internal/review/cycle"
	"plumbline/internal/review/plan"
	"plumbline/internal/store"
)

// Decide is what a body decided. Result is the number of the newest fixed result, Previous that of the decision which it
// corrects, 0 for the first. Group is a group of the convenor, 0 where Body alone says who decided.
type Decide struct {
	Cycle       int64
	Result      int
	Previous    int
	Group       int64
	Body        string
	MetOn       string
	Grades      map[int64]Choice
	Reason      string // needed where it corrects an earlier decision
	QuotaReason string // needed where the quota is not met
}

// Choice is the decided grade of one unit; Reason is needed where it departs from the suggestion.
type Choice struct {
	Grade  string
	Reason string
}

// Decide records a decision and moves the cycle on. Needs decide at the convenor. Fields of the fault: "body", "met_on",
// "grade-UNIT", "reason-UNIT", "reason", "quota_reason". Stale where a newer result was fixed or a newer decision was
// recorded since the form was made.
func (s *Service) Decide(ctx context.Context, actor authz.Actor, in Decide) (d Decision, err error) {
	err = s.on(ctx, actor, authz.Decide, in.Cycle, gate.Subject{Kind: DecisionKind}, func(tx *store.Tx, c cycle.Cycle) (detail audit.Detail, err error) {
		fixed, rec, previous, err := s.standing(ctx, tx, in)
		if err != nil {
			return detail, err
		}
		p, err := plan.ByID(ctx, tx, rec.Plan)
		if err != nil {
			return detail, err
		}
		if err := s.checkDecision(ctx, tx, c, p.Body, rec, &in); err != nil {
			return detail, err
		}
		d = Decision{Cycle: in.Cycle, No: in.Previous + 1, Result: fixed.ID, Group: in.Group, Body: in.Body, MetOn: in.MetOn, Reason: in.Reason,
			QuotaReason: in.QuotaReason, Name: actor.Name, At: tx.Now}
		for _, u := range rec.Units {
			choice := in.Grades[u.Unit]
			d.Grades = append(d.Grades, Grade{u.Unit, u.Suggested, choice.Grade, choice.Reason})
		}
		if err := putDecision(ctx, tx, actor, &d); err != nil {
			return detail, err
		}
		detail = d.logged(rec, previous)
		moved, err := cycle.AdvanceTx(ctx, tx, c.ID, cycle.Decided)
		detail.Changes = append(detail.Changes, moved...)
		return detail, err
	})
	return d, err
}

// standing gives what the decision is about, and refuses a form that was made before something newer.
func (s *Service) standing(ctx context.Context, tx *store.Tx, in Decide) (f Fixed, rec Record, previous *Decision, err error) {
	results, err := Results(ctx, tx, in.Cycle)
	if err != nil {
		return f, rec, nil, err
	}
	if len(results) == 0 {
		return f, rec, nil, fault.Bad("fault.result.not_fixed")
	}
	decisions, err := Decisions(ctx, tx, in.Cycle)
	if err != nil {
		return f, rec, nil, err
	}
	last := 0
	if len(decisions) > 0 {
		previous, last = &decisions[0], decisions[0].No
	}
	if results[0].No != in.Result || last != in.Previous {
		return f, rec, nil, fault.Outdated(previous)
	}
	rec, err = recordByID(ctx, tx, results[0].ID)
	return results[0], rec, previous, err
}

func (s *Service) checkDecision(ctx context.Context, tx *store.Tx, c cycle.Cycle, body plan.Body, rec Record, in *Decide) error {
	var form fault.Form
	form.Check(tidy(&in.Body, 200), "body", "fault.result.long_note", "Max", 200)
	form.Check(in.Body != "", "body", "fault.result.body")
	if in.Group != 0 {
		var n int
		err := tx.QueryRow(ctx, `SELECT COUNT(*) FROM org_group WHERE id = $1 AND unit_id = $2`, in.Group, c.Unit).Scan(&n)
		if err != nil {
			return err
		}
		form.Check(n == 1, "group", "fault.result.group")
	}
	_, err := calendar.ParseDate(in.MetOn)
	switch {
	case err != nil:
		form.Add("met_on", "fault.result.date")
	case in.MetOn < c.MeetingDate:
		form.Add("met_on", "fault.result.before_meeting")
	case s.ports.Today != nil && in.MetOn > s.ports.Today(tx.Now):
		form.Add("met_on", "fault.result.future")
	}
	grades := checkGrades(&form, body, rec, in)
	form.Check(tidy(&in.Reason, longNote), "reason", "fault.result.long_note", "Max", longNote)
	form.Check(in.Previous == 0 || in.Reason != "", "reason", "fault.result.correction")
	form.Check(tidy(&in.QuotaReason, longNote), "quota_reason", "fault.result.long_note", "Max", longNote)
	if q := QuotaOf(body, rec, grades); q != nil && q.Met {
		in.QuotaReason = ""
	} else if q != nil && in.QuotaReason == "" {
		form.Add("quota_reason", "fault.result.quota", "Required", q.Required, "Have", q.Suggested)
	}
	return form.Err()
}

func checkGrades(form *fault.Form, body plan.Body, rec Record, in *Decide) map[int64]string {
	grades := map[int64]string{}
	for _, u := range rec.Units {
		choice := in.Grades[u.Unit]
		id := unitText(u.Unit)
		form.Check(tidy(&choice.Reason, longNote), "reason-"+id, "fault.result.long_note", "Max", longNote)
		known := slices.ContainsFunc(body.Grades, func(g plan.Grade) bool { return g.ID == choice.Grade })
		form.Check(known, "grade-"+id, "fault.result.grade")
		if known && choice.Grade != u.Suggested {
			form.Check(choice.Reason != "", "reason-"+id, "fault.result.departs")
		}
		if choice.Grade == u.Suggested {
			choice.Reason = ""
		}
		in.Grades[u.Unit], grades[u.Unit] = choice, choice.Grade
	}
	return grades
}

func putDecision(ctx context.Context, tx *store.Tx, actor authz.Actor, d *Decision) (err error) {
	d.ID, err = tx.Insert(ctx, `INSERT INTO decision (cycle_id, no, result_id, group_id, body, met_on, reason, quota_reason, account_id, name, at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) RETURNING id`,
		d.Cycle, d.No, d.Result, d.Group, d.Body, d.MetOn, d.Reason, d.QuotaReason, actor.Account, d.Name, d.At)
	for _, g := range d.Grades {
		if err == nil {
			_, err = tx.Exec(ctx, `INSERT INTO decision_grade (decision_id, unit_id, suggested, grade, reason) VALUES ($1, $2, $3, $4, $5)`,
				d.ID, g.Unit, g.Suggested, g.Grade, g.Reason)
		}
	}
	return err
}

// logged tells the log the body, the date, and every grade that departs from the suggestion or from the decision before.
func (d Decision) logged(rec Record, previous *Decision) audit.Detail {
	out := audit.Detail{ID: d.ID, Changes: []audit.Change{{Field: "no", To: strconv.Itoa(d.No)}, {Field: "body", To: d.Body}, {Field: "met_on", To: d.MetOn}}}
	if d.Reason != "" {
		out.Changes = append(out.Changes, audit.Change{Field: "reason", To: d.Reason})
	}
	if d.QuotaReason != "" {
		out.Changes = append(out.Changes, audit.Change{Field: "quota_reason", To: d.QuotaReason})
	}
	for _, g := range d.Grades {
		before := g.Suggested
		if previous != nil {
			old, _ := previous.Of(g.Unit)
			before = old.Grade
		}
		if before != g.Grade {
			u, _ := rec.Of(g.Unit)
			out.Changes = append(out.Changes, audit.Change{Field: fmt.Sprint("grade ", u.Code), From: before, To: g.Grade})
		}
	}
	return out
}

// DecisionView is the decisions of a cycle beside the newest fixed result, whose record is masked.
type DecisionView struct {
	Cycle     cycle.Cycle
	Convenor  org.Unit
	Plan      plan.Plan
	Results   []Fixed
	Record    *Record // of the newest fixed result; nil where none is fixed
	Decisions []Decision
	Names     map[int64]org.Unit
	Doubts    map[int64][]Doubt // of the units in Record
}

// DecisionOf gives the decisions of a cycle to those whose scope covers its convenor.
func (s *Service) DecisionOf(ctx context.Context, scope authz.Scope, cycleID int64) (v DecisionView, err error) {
	if v.Cycle, err = s.found(ctx, scope, cycleID); err != nil {
		return v, err
	}
	if v.Convenor, err = org.UnitByID(ctx, s.db, v.Cycle.Unit); err != nil {
		return v, err
	}
	if v.Plan, err = plan.ByID(ctx, s.db, v.Cycle.Plan); err != nil {
		return v, err
	}
	if v.Results, err = Results(ctx, s.db, cycleID); err != nil {
		return v, err
	}
	if v.Decisions, err = Decisions(ctx, s.db, cycleID); err != nil {
		return v, err
	}
	var ids []int64
	for _, d := range v.Decisions {
		for _, g := range d.Grades {
			ids = append(ids, g.Unit)
		}
	}
	if v.Names, err = org.UnitsByID(ctx, s.db, ids); err != nil || len(v.Results) == 0 {
		return v, err
	}
	rec, err := recordByID(ctx, s.db, v.Results[0].ID)
	masked := rec.Masked()
	v.Record = &masked
	if err != nil {
		return v, err
	}
	ids = nil
	for _, u := range rec.Units {
		ids = append(ids, u.Unit)
	}
	v.Doubts, err = s.doubts(ctx, s.db, cycleID, ids)
	return v, err
}
