package ledger

import (
	"context"
	"database/sql"
	"slices"

	"plumbline/internal/authz"
	"plumbline/internal/calendar"
	"plumbline/internal/store"
)

// Told is what a register says of a matter's history: the last remark of those who do it, and who verified it when.
type Told struct {
	Progress   string
	ProgressOn string
	Opinion    string
	Verifier   string
	VerifiedOn string
}

// Batches hands a list to visit in pieces of at most 200 matters with what their history tells, for exports of any
// length in bounded memory.
func (s *Service) Batches(ctx context.Context, actor authz.Actor, f Filter, today calendar.Date, visit func([]Matter, map[int64]Told) error) error {
	return s.pieces(ctx, actor, f, today, func(batch []Matter) error {
		told, err := s.told(ctx, s.db, batch)
		if err != nil {
			return err
		}
		return visit(batch, told)
	})
}

// pieces hands a list to visit in pieces of at most 200 matters.
func (s *Service) pieces(ctx context.Context, actor authz.Actor, f Filter, today calendar.Date, visit func([]Matter) error) error {
	ids, err := s.ids(ctx, actor, f, today)
	if err != nil {
		return err
	}
	for part := range slices.Chunk(ids, listBatch) {
		batch, err := mattersByID(ctx, s.db, part)
		if err != nil {
			return err
		}
		if err := visit(batch); err != nil {
			return err
		}
	}
	return nil
}

// told reads the events of a batch in one query.
func (s *Service) told(ctx context.Context, r store.Reader, ms []Matter) (map[int64]Told, error) {
	out := map[int64]Told{}
	if len(ms) == 0 {
		return out, nil
	}
	defs, ids := map[int64]*Definition{}, make([]int64, len(ms))
	for i, m := range ms {
		d, err := s.types.At(ctx, r, m.Type, m.TypeVersion)
		if err != nil {
			return nil, err
		}
		defs[m.ID], ids[i] = d.Whole(), m.ID
	}
	w := &where{}
	in(w, "matter_id", ids)
	err := store.Each(ctx, r, `SELECT matter_id, step, actor_name, happened_on, note FROM matter_event WHERE `+w.String()+` ORDER BY id`,
		w.args, func(rows *sql.Rows) error {
			var id int64
			var step, name, on, note string
			if err := rows.Scan(&id, &step, &name, &on, &note); err != nil {
				return err
			}
			t, _ := defs[id].Step(step)
			x := out[id]
			if t.Does() && note != "" {
				x.Progress, x.ProgressOn = note, on
			}
			if t.Has(EffectVerify) {
				x.Opinion, x.Verifier, x.VerifiedOn = note, name, on
			}
			out[id] = x
			return nil
		})
	return out, err
}

// StandOf says how the matters of a use born in a cycle stand, by owner unit, in one query. The caller shows it to
// whoever may see the cycle.
func (s *Service) StandOf(ctx context.Context, r store.Reader, cycle int64, use string, units []int64, today calendar.Date) (map[int64]Rollup, error) {
	out := map[int64]Rollup{}
	d := s.types.For(use)
	if d == nil || len(units) == 0 {
		return out, nil
	}
	wanted := map[int64]bool{}
	for _, u := range units {
		wanted[u] = true
	}
	err := store.Each(ctx, r, `SELECT m.unit_id, m.state_class, COUNT(*),
		SUM(CASE WHEN (m.due_on <> '' AND m.due_on < $1) OR (m.due_at <> 0 AND m.due_at < $5) THEN 1 ELSE 0 END),
		SUM(CASE WHEN m.due_on >= $1 AND m.due_on <= $2 AND NOT (m.due_at <> 0 AND m.due_at < $5) THEN 1 ELSE 0 END)
		FROM matter m WHERE m.cycle_id = $3 AND m.type = $4 GROUP BY m.unit_id, m.state_class`,
		[]any{today.String(), s.cal.Horizon(today, calendar.SoonDays).String(), cycle, d.ID, s.instant(today)}, func(rows *sql.Rows) error {
			var unit, n, late, soon int64
			var class string
			err := rows.Scan(&unit, &class, &n, &late, &soon)
			if wanted[unit] {
				x := out[unit]
				x.Type = d.ID
				x.add(class, n, late, soon)
				out[unit] = x
			}
			return err
		})
	return out, err
}

// Evidence counts the pieces of evidence of matters, in one query.
func Evidence(ctx context.Context, r store.Reader, ms []Matter) (map[int64]int, error) {
	out, ids := map[int64]int{}, []int64{}
	for _, m := range ms {
		ids = append(ids, m.ID)
	}
	if len(ids) == 0 {
		return out, nil
	}
	w := &where{}
	in(w, "matter_id", ids)
	return out, store.Each(ctx, r, `SELECT matter_id, COUNT(*) FROM matter_file WHERE `+w.String()+` GROUP BY matter_id`, w.args, func(rows *sql.Rows) error {
		var id int64
		var n int
		err := rows.Scan(&id, &n)
		out[id] = n
		return err
	})
}
