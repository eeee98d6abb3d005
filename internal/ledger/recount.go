package ledger

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"plumbline/internal/audit"
	"plumbline/internal/authz"
	"plumbline/internal/gate"
	"plumbline/internal/store"
)

// recounted are the milestones and figures as the histories give them.
type recounted struct {
	milestones map[milestone]int64 // by milestone: the matter
	figures    keeping
}

// recounting reckons from the histories of all matters what is kept beside them. How a matter ended is taken as it was
// noted: no history says which date it had then.
func (s *Service) recounting(ctx context.Context, r store.Reader) (recounted, error) {
	out := recounted{map[milestone]int64{}, keeping{}}
	defs := s.defsIn(ctx, r)
	var last int64
	for {
		matters, histories, err := nextLives(ctx, r, last)
		if err != nil || len(matters) == 0 {
			return out, err
		}
		for i, m := range matters {
			l, err := live(m, histories[i], defs, s.cal)
			if err != nil {
				return out, err
			}
			for _, x := range l.milestones {
				out.milestones[x] = m.ID
			}
			out.figures.add(m, l, 1)
			last = m.ID
		}
	}
}

// lifeBatch is how many matters a recount reads at a time.
const lifeBatch = 5000

// nextLives reads the matters after one, with their histories. Of a matter are filled what live reads and its place.
func nextLives(ctx context.Context, r store.Reader, last int64) (matters []Matter, histories [][]entry, err error) {
	at := map[int64]int{}
	err = store.Each(ctx, r, `SELECT id, type, type_version, place_path, opened_on, target_on FROM matter WHERE id > $1 ORDER BY id LIMIT $2`, []any{last, lifeBatch},
		func(rows *sql.Rows) error {
			var m Matter
			err := rows.Scan(&m.ID, &m.Type, &m.TypeVersion, &m.Convenor.Path, &m.Opened, &m.Target)
			at[m.ID] = len(matters)
			matters = append(matters, m)
			return err
		})
	if err != nil || len(matters) == 0 {
		return nil, nil, err
	}
	histories = make([][]entry, len(matters))
	err = store.Each(ctx, r, `SELECT e.matter_id, e.id, e.step, e.from_state, e.to_state, e.happened_on, e.recorded_at, e.changes, COALESCE(x.kind, '')
		FROM matter_event e LEFT JOIN matter_milestone x ON x.event_id = e.id AND x.kind IN ('in_time', 'late', 'undated')
		WHERE e.matter_id > $1 AND e.matter_id <= $2 ORDER BY e.matter_id, e.id`, []any{last, matters[len(matters)-1].ID}, func(rows *sql.Rows) error {
		var id int64
		var e entry
		var changes string
		if err := rows.Scan(&id, &e.ID, &e.Step, &e.From, &e.To, &e.On, &e.At, &changes, &e.Ending); err != nil {
			return err
		}
		if i, here := at[id]; here {
			err := e.set(changes)
			histories[i] = append(histories[i], e)
			return err
		}
		return nil
	})
	return matters, histories, err
}

// CheckCounts compares everything that is kept to count matters with what the matters and their histories say, and tells
// where they differ, in words for the log; nothing is good.
func (s *Service) CheckCounts(ctx context.Context, r store.Reader) ([]string, error) {
	out, err := CheckTally(ctx, r)
	if err != nil {
		return nil, err
	}
	want, err := s.recounting(ctx, r)
	if err != nil {
		return nil, err
	}
	lost, err := differentMilestones(ctx, r, want.milestones)
	if err != nil {
		return nil, err
	}
	wrong, err := differentFigures(ctx, r, want.figures)
	return slices.Concat(out, lost, wrong), err
}

func differentMilestones(ctx context.Context, r store.Reader, want map[milestone]int64) (out []string, err error) {
	left := maps.Clone(want)
	err = store.Each(ctx, r, `SELECT event_id, kind, day, matter_id FROM matter_milestone ORDER BY event_id, kind`, nil, func(rows *sql.Rows) error {
		var x milestone
		var matter int64
		err := rows.Scan(&x.Event, &x.Kind, &x.Day, &matter)
		if want[x] != matter {
			out = append(out, fmt.Sprintf("matter_milestone: matter %d %s on %s is not in its history", matter, x.Kind, x.Day))
		}
		delete(left, x)
		return err
	})
	for _, x := range slices.SortedFunc(maps.Keys(left), func(a, b milestone) int { return int(a.Event - b.Event) }) {
		out = append(out, fmt.Sprintf("matter_milestone: matter %d %s on %s is missing", left[x], x.Kind, x.Day))
	}
	return out, err
}

func differentFigures(ctx context.Context, r store.Reader, want keeping) (out []string, err error) {
	left := maps.Clone(want)
	err = store.Each(ctx, r, `SELECT unit_id, what, type, month, state, bucket, n FROM ledger_figure`, nil, func(rows *sql.Rows) error {
		var x kept
		var n int64
		err := rows.Scan(&x.Unit, &x.What, &x.Type, &x.Month, &x.State, &x.Bucket, &n)
		left[x] -= n
		return err
	})
	for _, x := range left.sorted() {
		out = append(out, fmt.Sprintf("ledger_figure: unit %d %s %s %s %s %d is wrong by %d", x.Unit, x.Type, x.What, x.Month, x.State, x.Bucket, -left[x]))
	}
	return out, err
}

// Recount looks for differences as CheckCounts does and, unless it only looks, mends what differs, under an entry of the
// log that says how much. It gives the differences that it found.
func (s *Service) Recount(ctx context.Context, only bool) (wrong []string, err error) {
	if wrong, err = s.CheckCounts(ctx, s.db); err != nil || len(wrong) == 0 || only {
		return wrong, err
	}
	err = s.gate.Do(ctx, authz.System(), authz.LedgerPrompt, gate.Subject{Kind: "matter"}, func(tx *store.Tx) (audit.Detail, error) {
		return audit.Detail{Note: map[string]string{"step": StepRecount, "differences": strconv.Itoa(len(wrong))}}, s.RecountTx(ctx, tx)
	})
	return wrong, err
}

// RecountTx makes anew everything that is kept of the matters beside them: the tallies, the words by which they are
// found, the milestones and the figures of months.
func (s *Service) RecountTx(ctx context.Context, tx *store.Tx) error {
	if err := RebuildTx(ctx, tx); err != nil {
		return err
	}
	return s.FiguresTx(ctx, tx)
}

// FiguresMissing says whether there are matters and no figures of them: the database is older than the figures are.
func FiguresMissing(ctx context.Context, r store.Reader) (bool, error) {
	var matters, figures bool
	err := r.QueryRow(ctx, `SELECT EXISTS (SELECT 1 FROM matter), EXISTS (SELECT 1 FROM ledger_figure)`).Scan(&matters, &figures)
	return matters && !figures, err
}

// FiguresTx makes the milestones and the figures of months anew from the histories.
func (s *Service) FiguresTx(ctx context.Context, tx *store.Tx) error {
	is, err := s.recounting(ctx, tx)
	if err != nil {
		return err
	}
	for _, stmt := range []string{`DELETE FROM matter_milestone`, `DELETE FROM ledger_figure`} {
		if _, err := tx.Exec(ctx, stmt); err != nil {
			return err
		}
	}
	milestones := slices.SortedFunc(maps.Keys(is.milestones), func(a, b milestone) int { return int(a.Event - b.Event) })
	err = tx.Load(ctx, "matter_milestone", []string{"event_id", "kind", "matter_id", "day"}, nil, func(row []any) (bool, error) {
		if len(milestones) == 0 {
			return false, nil
		}
		x := milestones[0]
		row[0], row[1], row[2], row[3] = x.Event, x.Kind, is.milestones[x], x.Day
		milestones = milestones[1:]
		return true, nil
	})
	if err != nil {
		return err
	}
	figures := is.figures.sorted()
	return tx.Load(ctx, "ledger_figure", []string{"unit_id", "what", "type", "month", "state", "bucket", "n"}, nil, func(row []any) (bool, error) {
		if len(figures) == 0 {
			return false, nil
		}
		x := figures[0]
		row[0], row[1], row[2], row[3], row[4], row[5], row[6] = x.Unit, x.What, x.Type, x.Month, x.State, int64(x.Bucket), is.figures[x]
		figures = figures[1:]
		return true, nil
	})
}
