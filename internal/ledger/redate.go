package ledger

import (
	"context"
	"database/sql"
	"strconv"

	"plumbline/internal/audit"
	"plumbline/internal/authz"
	"plumbline/internal/calendar"
	"plumbline/internal/gate"
	"plumbline/internal/job"
	"plumbline/internal/org"
	"plumbline/internal/store"
)

// RedateJob is the kind of the job that reckons due dates anew under a unit whose working days have changed.
const RedateJob = "ledger.redate"

// RedateTx has the open matters under a unit reckoned anew. It is called in the transaction that changes the unit's
// working days.
func (s *Service) RedateTx(ctx context.Context, tx *store.Tx, u org.Unit) error {
	_, err := job.Enqueue(ctx, tx, RedateJob, u.Path, 0)
	return err
}

// MovedTx keeps matters and roll-ups right when a unit moves (RetallyTx), and has the open matters at and below its new
// place reckoned anew: units work by the calendar of those above them.
func MovedTx(ctx context.Context, tx *store.Tx, oldPath, newPath string) error {
	if err := RetallyTx(ctx, tx, oldPath, newPath); err != nil || oldPath == newPath {
		return err
	}
	_, err := job.Enqueue(ctx, tx, RedateJob, newPath, 0)
	return err
}

// RedateWorker does that work: matter by matter in small transactions, each change of a due date in the matter's
// history. It may be broken off and begun again.
func (s *Service) RedateWorker(ctx context.Context, j job.Job, progress job.Progress) (string, error) {
	var last, seen, changed int64
	cals := map[string]*calendar.Calendar{}
	for {
		ids, err := store.List(ctx, s.db, `SELECT id FROM matter m WHERE m.place_path >= $1 AND m.place_path < $2 AND `+openClasses+` AND (m.due_on || '') <> ''
			AND m.id > $3 ORDER BY m.id LIMIT $4`, []any{j.Payload, authz.PathEnd(j.Payload), last, sweepBatch}, func(rows *sql.Rows) (id int64, err error) {
			err = rows.Scan(&id)
			return id, err
		})
		if err != nil || len(ids) == 0 {
			return strconv.FormatInt(changed, 10), err
		}
		n, err := s.redate(ctx, ids, cals)
		if err != nil {
			return "", err
		}
		last, seen, changed = ids[len(ids)-1], seen+int64(len(ids)), changed+n
		progress(seen, 0)
		if len(cals) > rememberedUnits {
			clear(cals)
		}
	}
}

// redate reckons a batch anew. What is as before is not written, and a batch without a change needs no transaction.
func (s *Service) redate(ctx context.Context, ids []int64, cals map[string]*calendar.Calendar) (changed int64, err error) {
	ms, err := mattersByID(ctx, s.db, ids)
	if err != nil {
		return 0, err
	}
	var moved []int64
	for _, m := range ms {
		is, err := s.reckoned(ctx, s.db, m, cals)
		if err != nil {
			return 0, err
		}
		if is.Due != m.Due || is.DueAt != m.DueAt || is.PromptAt != m.PromptAt {
			moved = append(moved, m.ID)
		}
	}
	if len(moved) == 0 {
		return 0, nil
	}
	err = s.gate.Do(ctx, authz.System(), authz.LedgerPrompt, gate.Subject{Kind: "matter"}, func(tx *store.Tx) (audit.Detail, error) {
		d := audit.Detail{Note: map[string]string{"step": StepRedate}}
		for _, id := range moved {
			was, err := matterByID(ctx, tx, id)
			if err != nil {
				return d, err
			}
			m, err := s.reckoned(ctx, tx, was, cals)
			if err != nil {
				return d, err
			}
			e := Event{Matter: id, Step: StepRedate, From: m.State, To: m.State, Name: authz.System().Name, On: s.todayIn(tx).String(),
				Changes: []Change{{Field: ChangeDue, From: was.Due, To: m.Due}}}
			if err := s.record(ctx, tx, was, &m, &e, false, nil); err != nil {
				return d, err
			}
			d.Also = append(d.Also, audit.Subject{Kind: "matter", ID: id})
		}
		changed = int64(len(d.Also))
		return d, nil
	})
	return changed, err
}

// reckoned is a matter with its clocks reckoned by its calendar of today.
func (s *Service) reckoned(ctx context.Context, r store.Reader, m Matter, cals map[string]*calendar.Calendar) (Matter, error) {
	d, err := s.types.At(ctx, s.db, m.Type, m.TypeVersion)
	if err != nil {
		return m, err
	}
	at := m.Place()
	if cals[at.Path] == nil {
		if cals[at.Path], err = s.calendarAt(ctx, r, at); err != nil {
			return m, err
		}
	}
	m.Due, m.DueAt = d.due(m, cals[at.Path])
	m.PromptAt = d.nextPrompt(m, cals[at.Path])
	return m, nil
}
