package ledger

import (
	"context"
	"database/sql"
	"slices"
	"strconv"
	"strings"

	"plumbline/internal/audit"
	"plumbline/internal/authz"
	"plumbline/internal/calendar"
	"plumbline/internal/fault"
	"plumbline/internal/gate"
	"plumbline/internal/store"
)

// RecurJob is the kind of the job that opens what recurs.
const RecurJob = "ledger.recur"

// period is the first day of the n-th period of a matter's recurrence; ok is false where none runs: the state is another,
// the choice has no length, or the beginning is not known.
func (r *Recurrence) period(m Matter, n int) (day calendar.Date, ok bool) {
	span, ok := r.Values[m.Values[r.Field].Text]
	if !ok || !slices.Contains(r.States, m.State) {
		return day, false
	}
	begin := m.Opened
	if id, isField := strings.CutPrefix(r.From, "field:"); isField {
		begin = m.Values[id].Text
	}
	from, err := calendar.ParseDate(begin)
	if err != nil || span.Days+span.Months <= 0 {
		return day, false
	}
	if span.Months > 0 {
		day = from.AddMonths(n * span.Months)
	} else {
		day = from.AddDays(n * span.Days)
	}
	return day, !day.IsZero()
}

// ends is the last day on which a period may begin; no date is no end.
func (r *Recurrence) ends(m Matter) calendar.Date {
	id, _ := strings.CutPrefix(r.Until, "field:")
	return mustDate(m.Values[id].Text)
}

// next is the first period that begins after a day and no later than the recurrence ends, with its number; "" where
// there is none.
func (r *Recurrence) next(m Matter, after string) (day string, n int) {
	last := r.ends(m)
	for n := 0; ; n++ {
		d, ok := r.period(m, n)
		if !ok || (!last.IsZero() && d.After(last)) || n > maxPeriods {
			return "", 0
		}
		if d.String() > after {
			return d.String(), n
		}
	}
}

// maxPeriods is more than any recurrence lives through: a century of days.
const maxPeriods = 40000

// nextPeriod is the day on which the matter makes its next one; "" where it makes none.
func (d *Definition) nextPeriod(m Matter) string {
	if d.Recurrence == nil {
		return ""
	}
	day, _ := d.Recurrence.next(m, m.Marks.Recurred)
	return day
}

// Occurrence is what a recurring matter makes on a day: the matter of the period that the day lies in. Those whose
// period is over are not made after the fact, but counted as missed, from the day on which the matter came into its
// present state: nobody can do last month's work, and a list full of it hides this month's.
type Occurrence struct {
	Period string // the first day of the period; "" where nothing is to be made any more
	Missed int
	Last   string // the first day of the last period that has begun
}

// Occurs says what a matter makes on a day.
func (d *Definition) Occurs(m Matter, today calendar.Date) (o Occurrence) {
	r, since := d.Recurrence, m.Marks.On[MarkEnter]
	day, n := r.next(m, m.Marks.Recurred)
	last := r.ends(m)
	for day != "" && day <= today.String() {
		after, ok := r.period(m, n+1)
		o.Last = day
		if !ok || after.After(today) {
			o.Period = day
			return o
		}
		if day >= since {
			o.Missed++
		}
		if day, n = after.String(), n+1; !last.IsZero() && after.After(last) {
			return o
		}
	}
	return o
}

// Recur opens what recurring matters make by today, each period once, whatever the program went through. It gives how
// many it opened. Every one has a transaction of its own, with the entry in the history of the matter that made it.
func (s *Service) Recur(ctx context.Context, progress func(done, total int64)) (made int64, err error) {
	today := s.Today(s.gate.Now())
	var done int64
	for {
		ids, err := store.List(ctx, s.db, `SELECT id FROM matter WHERE recur_on <> '' AND recur_on <= $1 ORDER BY recur_on, id LIMIT $2`,
			[]any{today.String(), sweepBatch}, func(rows *sql.Rows) (id int64, err error) {
				err = rows.Scan(&id)
				return id, err
			})
		if err != nil || len(ids) == 0 {
			return made, err
		}
		for _, id := range ids {
			n, err := s.recur(ctx, id, today)
			if err != nil {
				return made, err
			}
			made, done = made+n, done+1
			progress(done, 0)
		}
	}
}

// recur opens what one matter makes. Where it can't be made (its unit has ended, say) the history says why, and the next
// period tries again.
func (s *Service) recur(ctx context.Context, id int64, today calendar.Date) (made int64, err error) {
	attempt := func(refused string) error {
		return s.gate.Do(ctx, authz.System(), authz.LedgerPrompt, gate.Subject{Kind: "matter", ID: id}, func(tx *store.Tx) (audit.Detail, error) {
			was, err := matterByID(ctx, tx, id)
			if err != nil {
				return audit.Detail{}, err
			}
			d, err := s.types.At(ctx, s.db, was.Type, was.TypeVersion)
			if err != nil {
				return audit.Detail{}, err
			}
			var detail audit.Detail
			detail, made, err = s.recurTx(ctx, tx, d, was, d.Occurs(was, today), refused)
			return detail, err
		})
	}
	err = attempt("")
	if f := fault.As(err); f != nil && f.Kind != fault.Unavailable {
		err = attempt(f.Key)
	}
	return made, err
}

// The changes of the event that tells of an occurrence.
const (
	ChangePeriod  = "period"
	ChangeMissed  = "missed"
	ChangeRefused = "refused"
)

func (s *Service) recurTx(ctx context.Context, tx *store.Tx, d *Definition, was Matter, o Occurrence, refused string) (detail audit.Detail, made int64, err error) {
	m := was
	m.Marks = m.Marks.clone()
	m.Marks.Recurred = max(o.Last, m.Marks.Recurred)
	m.RecurOn = d.nextPeriod(m)
	e := Event{Matter: m.ID, Step: StepRecur, From: m.State, To: m.State, Name: authz.System().Name, On: s.todayIn(tx).String()}
	detail = audit.Detail{Note: map[string]string{"step": StepRecur, "number": m.Number}, Also: alsoOf(m)}
	switch {
	case refused != "":
		e.Changes = []Change{{Field: ChangePeriod, To: o.Period}, {Field: ChangeRefused, To: refused}}
	case o.Period != "":
		child, err := s.occurrence(ctx, tx, d, m, o.Period)
		if err != nil {
			return detail, 0, err
		}
		if child.ID != 0 {
			e.Note, made = child.Number, 1
			e.Changes = []Change{{Field: ChangePeriod, To: o.Period}}
			detail.Also = append(append(detail.Also, audit.Subject{Kind: "matter", ID: child.ID}), alsoOf(child)...)
		}
	}
	if o.Missed > 0 {
		e.Changes = append(e.Changes, Change{Field: ChangeMissed, To: strconv.Itoa(o.Missed)})
	}
	if len(e.Changes) == 0 {
		return detail, made, updateMatter(ctx, tx, was, &m)
	}
	return detail, made, s.record(ctx, tx, was, &m, &e, false, nil)
}

// occurrence makes the matter of a period and links it to the one that it comes from; the zero Matter where the period
// has its own already.
func (s *Service) occurrence(ctx context.Context, tx *store.Tx, d *Definition, m Matter, period string) (Matter, error) {
	fresh, err := tx.Change(ctx, `INSERT INTO matter_occurrence (matter_id, period_on, made_id, at) VALUES ($1, $2, 0, $3) ON CONFLICT DO NOTHING`, m.ID, period, tx.Now)
	if err != nil || !fresh {
		return Matter{}, err
	}
	made, err := s.register(ctx, tx, authz.System(), Draft{Type: d.Recurrence.Type, Convenor: m.Convenor.ID, Unit: m.Owner.ID, Requester: m.Requester.ID,
		Fields: d.handedOn(m, d.Recurrence.Map), Repeat: NoRepeat})
	if err != nil {
		return Matter{}, err
	}
	child := made[0]
	if _, err := tx.Exec(ctx, `UPDATE matter_occurrence SET made_id = $1 WHERE matter_id = $2 AND period_on = $3`, child.ID, m.ID, period); err != nil {
		return child, err
	}
	_, err = tx.Exec(ctx, `INSERT INTO matter_link (from_id, to_id, kind, field, item, account_id, actor_name, at) VALUES ($1, $2, $3, '', $4, 0, $5, $6)`,
		child.ID, m.ID, d.Recurrence.Link, period, authz.System().Name, tx.Now)
	return child, err
}

// handedOn is what a matter's fields hand on to a new one, by the new one's fields, as a form would say it.
func (d *Definition) handedOn(m Matter, mapped map[string]string) map[string]string {
	out := map[string]string{}
	for field, from := range mapped {
		f, _ := d.Field(from)
		text := m.Values[from].Text
		switch f.Kind {
		case KindUnit, KindPost, KindPerson:
			if name, free := strings.CutPrefix(text, FreeName); free {
				text = name
			} else if text != "" {
				text = "#" + text
			}
		}
		out[field] = text
	}
	return out
}
