package meeting

import (
	"context"
	"slices"

	"plumbline/internal/audit"
	"plumbline/internal/authz"
	"plumbline/internal/fault"
	"plumbline/internal/store"
)

// Mark writes down that somebody came, came back or went. at is UTC microseconds, 0 for now; a time to come is refused,
// and so is what contradicts a later mark. Whoever was there before and comes again is marked as returned.
func (s *Service) Mark(ctx context.Context, actor authz.Actor, call int64, kind MarkKind, at int64) error {
	return s.onCall(ctx, actor, call, func(tx *store.Tx, m Meeting, c Call) (audit.Detail, error) {
		return markTx(ctx, tx, actor, m, call, kind, at)
	})
}

func markTx(ctx context.Context, tx *store.Tx, actor authz.Actor, m Meeting, call int64, kind MarkKind, at int64) (audit.Detail, error) {
	d := note("attendance")
	if at == 0 {
		at = tx.Now
	}
	var form fault.Form
	form.Check(at <= tx.Now, "at", "fault.meeting.future")
	if err := form.Err(); err != nil {
		return d, err
	}
	marks := map[int64][]Mark{}
	if err := readMarks(ctx, tx, m.ID, marks); err != nil {
		return d, err
	}
	kind, ok := fits(marks[call], kind, at)
	if !ok {
		form.Add("at", "fault.meeting.mark")
		return d, form.Err()
	}
	_, err := tx.Exec(ctx, `INSERT INTO meeting_attendance (meeting_id, call_id, kind, at, recorded_at, account_id, void)
		VALUES ($1, $2, $3, $4, $5, $6, 0)`, m.ID, call, string(kind), at, tx.Now, actor.Account)
	d.Changes = []audit.Change{{Field: string(kind), To: key(call)}}
	return d, err
}

// MarkAll marks as arrived, now, everybody in the list who is not there.
func (s *Service) MarkAll(ctx context.Context, actor authz.Actor, meeting int64, calls []int64) (marked int, err error) {
	err = s.run(ctx, actor, meeting, func(tx *store.Tx, m Meeting) (audit.Detail, error) {
		marked = 0
		d := note("attendance")
		roll, err := ReadRoll(ctx, tx, m.ID)
		if err != nil {
			return d, err
		}
		for _, c := range roll.Calls {
			if !slices.Contains(calls, c.ID) {
				continue
			}
			kind, ok := fits(roll.Marks[c.ID], Arrive, tx.Now)
			if !ok {
				continue
			}
			one, err := markTx(ctx, tx, actor, m, c.ID, kind, tx.Now)
			if err != nil {
				return d, err
			}
			marked++
			d.Changes = append(d.Changes, one.Changes...)
		}
		return d, nil
	})
	return marked, err
}

// Unmark voids the last mark of somebody, written down by mistake; it stays in the database and in the log.
func (s *Service) Unmark(ctx context.Context, actor authz.Actor, call int64) error {
	return s.onCall(ctx, actor, call, func(tx *store.Tx, m Meeting, c Call) (audit.Detail, error) {
		marks := map[int64][]Mark{}
		if err := readMarks(ctx, tx, m.ID, marks); err != nil {
			return audit.Detail{}, err
		}
		mine := marks[call]
		if len(mine) == 0 {
			return audit.Detail{}, fault.Bad("fault.meeting.nothing_to_undo")
		}
		last := mine[len(mine)-1]
		_, err := tx.Exec(ctx, `UPDATE meeting_attendance SET void = 1 WHERE id = $1`, last.ID)
		d := note("attendance_void")
		d.Changes = []audit.Change{{Field: string(last.Kind), From: key(call)}}
		return d, err
	})
}
