package ledger

import (
	"context"
	"database/sql"
	"encoding/json"

	"plumbline/internal/audit"
	"plumbline/internal/authz"
	"plumbline/internal/calendar"
	"plumbline/internal/gate"
	"plumbline/internal/store"
)

// SweepJob is the kind of the job that gives reminders and escalations; app runs it every SweepEvery minutes.
const (
	SweepJob   = "ledger.sweep"
	SweepEvery = 10
)

// sweepBatch is how many matters one transaction of a sweep deals with: few enough that whoever writes meanwhile does
// not notice.
const sweepBatch = 10

// Sweep gives the reminders and escalations that have fallen due, each once for its matter, rule, level and due date,
// whatever happened since: those that came due while the program stood still are given too. It works in small
// transactions, in the order in which things fell due, and holds one batch in memory. It gives how many it gave, and
// may be broken off and begun again at any time, also by two programs at once. At its end it deletes notices that were
// read more than a year ago.
func (s *Service) Sweep(ctx context.Context, progress func(done, total int64)) (given int64, err error) {
	now := s.gate.Now().UnixMicro()
	x := &recipients{s: s, r: s.db, today: s.Today(s.gate.Now()).String(), heads: map[int64]audience{}}
	var done int64
	for {
		ids, err := store.List(ctx, s.db, `SELECT id FROM matter WHERE prompt_at <> 0 AND prompt_at <= $1 ORDER BY prompt_at, id LIMIT $2`,
			[]any{now, sweepBatch}, func(rows *sql.Rows) (id int64, err error) {
				err = rows.Scan(&id)
				return id, err
			})
		if err != nil {
			return given, err
		}
		if len(ids) == 0 {
			return given, s.forgetNotices(ctx)
		}
		n, err := s.sweep(ctx, x, ids, now)
		if err != nil {
			return given, err
		}
		given, done = given+n, done+int64(len(ids))
		progress(done, 0)
	}
}

// swept is one matter of a batch: what it is now told of, and what remains for later.
type swept struct {
	matter Matter
	given  []Prompt
	to     []audience
	next   int64
	marks  string
}

// sweep deals with one batch. Everything is read and worked out before the transaction, which only writes; a matter
// that somebody changed in between is left for the next batch.
func (s *Service) sweep(ctx context.Context, x *recipients, ids []int64, now int64) (given int64, err error) {
	batch, err := s.sweepable(ctx, x, ids, now)
	if err != nil {
		return 0, err
	}
	err = s.gate.Do(ctx, authz.System(), authz.LedgerPrompt, gate.Subject{Kind: "matter"}, func(tx *store.Tx) (d audit.Detail, err error) {
		fresh, err := unchanged(ctx, tx, batch)
		if err != nil {
			return d, err
		}
		first, err := recordPrompts(ctx, tx, fresh)
		if err != nil {
			return d, err
		}
		given = int64(len(first))
		return s.tell(ctx, tx, fresh, first)
	})
	return given, err
}

// sweepable works out what a batch is told of, and whom.
func (s *Service) sweepable(ctx context.Context, x *recipients, ids []int64, now int64) ([]swept, error) {
	ms, err := mattersByID(ctx, s.db, ids)
	if err != nil {
		return nil, err
	}
	out, cals := make([]swept, 0, len(ms)), map[string]*calendar.Calendar{}
	for _, m := range ms {
		d, err := s.types.At(ctx, s.db, m.Type, m.TypeVersion)
		if err != nil {
			return nil, err
		}
		at := m.Place()
		if cals[at.Path] == nil {
			if cals[at.Path], err = s.calendarAt(ctx, s.db, at); err != nil {
				return nil, err
			}
		}
		w := swept{matter: m}
		m.Marks = m.Marks.clone()
		for _, p := range d.waiting(m, cals[at.Path]) {
			if p.At > now {
				w.next = p.At
				break
			}
			to, err := x.of(ctx, p, m)
			if err != nil {
				return nil, err
			}
			w.given, w.to = append(w.given, p), append(w.to, to)
			m.Marks.remember(p)
		}
		marks, err := json.Marshal(m.Marks)
		if err != nil {
			return nil, err
		}
		w.marks = string(marks)
		out = append(out, w)
	}
	return out, nil
}

func (k *Marks) remember(p Prompt) {
	if k.Told == nil {
		k.Told = map[string]string{}
	}
	k.Told[p.key()] = p.due()
}

// unchanged are those of a batch that are as they were read.
func unchanged(ctx context.Context, r store.Reader, batch []swept) (fresh []swept, err error) {
	w, ids := &where{}, make([]int64, len(batch))
	for i, x := range batch {
		ids[i] = x.matter.ID
	}
	if len(ids) == 0 {
		return nil, nil
	}
	in(w, "id", ids)
	type state struct {
		version int
		prompt  int64
	}
	now := map[int64]state{}
	err = store.Each(ctx, r, `SELECT id, version, prompt_at FROM matter WHERE `+w.String(), w.args, func(rows *sql.Rows) error {
		var id int64
		var x state
		err := rows.Scan(&id, &x.version, &x.prompt)
		now[id] = x
		return err
	})
	for _, x := range batch {
		if now[x.matter.ID] == (state{x.matter.Version, x.matter.PromptAt}) {
			fresh = append(fresh, x)
		}
	}
	return fresh, err
}
