package cycle

import (
	"context"
	"maps"
	"slices"

	"plumbline/internal/audit"
	"plumbline/internal/authz"
	"plumbline/internal/calendar"
	"plumbline/internal/fault"
	"plumbline/internal/review/plan"
	"plumbline/internal/store"
)

// Rename gives a cycle names of its own; both empty leave it to the pack's name and the year.
func (s *Service) Rename(ctx context.Context, actor authz.Actor, id int64, version int, name, nameEn string) (Cycle, error) {
	var form fault.Form
	checkNames(&form, name, nameEn)
	if err := form.Err(); err != nil {
		return Cycle{}, err
	}
	return s.manage(ctx, actor, id, version, func(_ *store.Tx, c *Cycle) (audit.Detail, error) {
		changes := []audit.Change{{Field: "name", From: c.Name, To: name}, {Field: "name_en", From: c.NameEn, To: nameEn}}
		c.Name, c.NameEn = name, nameEn
		return audit.Detail{Changes: changes}, nil
	})
}

// SetMeetingDate moves the meeting. Deadlines that stand as the plan computed them move along, those set by hand stay;
// the reporting people become those who hold the posts on the new day. Refused once the meeting is over.
func (s *Service) SetMeetingDate(ctx context.Context, actor authz.Actor, id int64, version int, date string) (Cycle, error) {
	return s.manage(ctx, actor, id, version, func(tx *store.Tx, c *Cycle) (audit.Detail, error) {
		if err := beforeMeeting(c); err != nil {
			return audit.Detail{}, err
		}
		if !validMeeting(c.Year, date) {
			var form fault.Form
			form.Add("meeting_date", "fault.cycle.meeting_date", "Min", c.Year, "Max", c.Year+meetingYears)
			return audit.Detail{}, form.Err()
		}
		p, err := plan.ByID(ctx, tx, c.Plan)
		if err != nil {
			return audit.Detail{}, err
		}
		have, err := Deadlines(ctx, tx, c.ID)
		if err != nil {
			return audit.Detail{}, err
		}
		next := moved(have, dues(s.cal, p.Body, c.MeetingDate), dues(s.cal, p.Body, date))
		changes := append([]audit.Change{{Field: "meeting_date", From: c.MeetingDate, To: date}}, dueChanges(have, next)...)
		c.MeetingDate = date
		if err := putDeadlines(ctx, tx, c.ID, next); err != nil {
			return audit.Detail{}, err
		}
		return audit.Detail{Changes: changes}, s.fillPosts(ctx, tx, *c)
	})
}

// SetDeadlines sets dates by hand; steps that are not named stay as they are. The meeting's own date is changed with
// SetMeetingDate.
func (s *Service) SetDeadlines(ctx context.Context, actor authz.Actor, id int64, version int, due map[string]string) (Cycle, error) {
	return s.manage(ctx, actor, id, version, func(tx *store.Tx, c *Cycle) (audit.Detail, error) {
		have, err := Deadlines(ctx, tx, c.ID)
		if err != nil {
			return audit.Detail{}, err
		}
		if err := checkDues(*c, have, due); err != nil {
			return audit.Detail{}, err
		}
		if err := putDeadlines(ctx, tx, c.ID, due); err != nil {
			return audit.Detail{}, err
		}
		if s.ports.Redated != nil {
			err = s.ports.Redated.DatesSetTx(ctx, tx, *c)
		}
		return audit.Detail{Changes: dueChanges(have, due)}, err
	})
}

func checkDues(c Cycle, have []Deadline, due map[string]string) error {
	known := map[string]bool{}
	for _, d := range have {
		known[d.Step] = d.Step != plan.StepMeeting || due[d.Step] == c.MeetingDate
	}
	var form fault.Form
	for _, step := range slices.Sorted(maps.Keys(due)) {
		d, err := calendar.ParseDate(due[step])
		form.Check(err == nil && d.Year() >= c.Year-1 && d.Year() <= c.Year+4, "due-"+step, "fault.cycle.date")
		form.Check(known[step], "due-"+step, "fault.cycle.step")
	}
	return form.Err()
}

func dueChanges(have []Deadline, next map[string]string) []audit.Change {
	was := map[string]string{}
	for _, d := range have {
		was[d.Step] = d.Due
	}
	var out []audit.Change
	for _, step := range slices.Sorted(maps.Keys(next)) {
		if was[step] != next[step] {
			out = append(out, audit.Change{Field: "due " + step, From: was[step], To: next[step]})
		}
	}
	return out
}

func putDeadlines(ctx context.Context, tx *store.Tx, cycle int64, due map[string]string) error {
	for _, step := range slices.Sorted(maps.Keys(due)) {
		_, err := tx.Exec(ctx, `INSERT INTO cycle_deadline (cycle_id, step, due, done_at) VALUES ($1, $2, $3, 0)
			ON CONFLICT (cycle_id, step) DO UPDATE SET due = excluded.due`, cycle, step, due[step])
		if err != nil {
			return err
		}
	}
	return nil
}

// MarkStep ticks a step off, or takes the tick back.
func (s *Service) MarkStep(ctx context.Context, actor authz.Actor, id int64, version int, step string, done bool) (Cycle, error) {
	return s.manage(ctx, actor, id, version, func(tx *store.Tx, c *Cycle) (audit.Detail, error) {
		at, word := int64(0), "open"
		if done {
			at, word = tx.Now, "done"
		}
		ok, err := tx.Change(ctx, `UPDATE cycle_deadline SET done_at = $1 WHERE cycle_id = $2 AND step = $3`, at, c.ID, step)
		if err == nil && !ok {
			err = fault.Missing()
		}
		return audit.Detail{Changes: []audit.Change{{Field: "step " + step, To: word}}}, err
	})
}
