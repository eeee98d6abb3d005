package ledger

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"plumbline/internal/org"
	"plumbline/internal/store"
)

// kept is one figure that is kept: of a unit and everything under it, a ledger and a month.
type kept struct {
	Unit int64
	Type string
	share
}

func (a kept) compare(b kept) int {
	return cmp.Or(cmp.Compare(a.Unit, b.Unit), cmp.Compare(a.What, b.What), cmp.Compare(a.Type, b.Type), cmp.Compare(a.Month, b.Month), cmp.Compare(a.State, b.State), cmp.Compare(a.Bucket, b.Bucket))
}

// keeping are figures to be added.
type keeping map[kept]int64

// add adds (by times) what a matter contributes to the figures of every unit on the path of its place.
func (k keeping) add(m Matter, l lived, by int64) {
	for _, unit := range org.PathIDs(m.Place().Path) {
		for s, n := range l.shares {
			k[kept{unit, m.Type, s}] += by * n
		}
	}
}

// sorted are the figures that are not nothing, in the order in which every writer comes to them.
func (k keeping) sorted() []kept {
	out := make([]kept, 0, len(k))
	for x, n := range k {
		if n != 0 {
			out = append(out, x)
		}
	}
	slices.SortFunc(out, kept.compare)
	return out
}

// keepRows is how many figures one statement writes.
const keepRows = 200

// write adds to the figures that are kept; one that comes to nothing is taken away.
func (k keeping) write(ctx context.Context, tx *store.Tx) error {
	for part := range slices.Chunk(k.sorted(), keepRows) {
		rows, args := make([]string, len(part)), make([]any, 0, 7*len(part))
		for i, x := range part {
			n := 7 * i
			rows[i] = fmt.Sprintf("($%d, $%d, $%d, $%d, $%d, $%d, $%d)", n+1, n+2, n+3, n+4, n+5, n+6, n+7)
			args = append(args, x.Unit, x.What, x.Type, x.Month, x.State, x.Bucket, k[x])
		}
		nothing := false
		err := store.Each(ctx, tx, `INSERT INTO ledger_figure (unit_id, what, type, month, state, bucket, n) VALUES `+strings.Join(rows, ", ")+`
			ON CONFLICT (unit_id, what, type, month, state, bucket) DO UPDATE SET n = ledger_figure.n + excluded.n RETURNING n`, args, func(rows *sql.Rows) error {
			var n int64
			err := rows.Scan(&n)
			nothing = nothing || n == 0
			return err
		})
		if err != nil {
			return err
		}
		if !nothing {
			continue
		}
		for _, x := range part {
			_, err := tx.Exec(ctx, `DELETE FROM ledger_figure WHERE unit_id = $1 AND what = $2 AND type = $3 AND month = $4 AND state = $5 AND bucket = $6 AND n = 0`, x.Unit, x.What, x.Type, x.Month, x.State, x.Bucket)
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// keepStep keeps the figures right after an entry was written that took a matter from was to m.
func (s *Service) keepStep(ctx context.Context, tx *store.Tx, was, m Matter, e Event) error {
	if was.State == m.State && was.Owner.ID == m.Owner.ID && was.Place().Path == m.Place().Path {
		return nil
	}
	history, err := entriesOf(ctx, tx, m.ID)
	if err != nil {
		return err
	}
	n := len(history) - 1
	if !Ended(was.Class) && Ended(m.Class) {
		history[n].Ending = s.endingOf(was, tx.Now)
	}
	before, err := live(was, history[:n], s.defsIn(ctx, tx), s.cal)
	if err != nil {
		return err
	}
	after, err := live(m, history, s.defsIn(ctx, tx), s.cal)
	if err != nil {
		return err
	}
	for _, x := range after.milestones {
		if x.Event == e.ID {
			if err := insertMilestone(ctx, tx, m.ID, x); err != nil {
				return err
			}
		}
	}
	figures := keeping{}
	figures.add(was, before, -1)
	figures.add(m, after, 1)
	return figures.write(ctx, tx)
}

// keepBirth counts a new matter with the history that it begins with, in figures that the caller writes.
func (s *Service) keepBirth(ctx context.Context, tx *store.Tx, figures keeping, m Matter, history []Event) error {
	entries := make([]entry, len(history))
	for i, e := range history {
		entries[i] = entry{ID: e.ID, Step: e.Step, From: e.From, To: e.To, On: e.On, At: e.At}
	}
	l, err := live(m, entries, s.defsIn(ctx, tx), s.cal)
	if err != nil {
		return err
	}
	for _, x := range l.milestones {
		if err := insertMilestone(ctx, tx, m.ID, x); err != nil {
			return err
		}
	}
	figures.add(m, l, 1)
	return nil
}

func insertMilestone(ctx context.Context, tx *store.Tx, matter int64, x milestone) error {
	_, err := tx.Exec(ctx, `INSERT INTO matter_milestone (event_id, kind, matter_id, day) VALUES ($1, $2, $3, $4)`, x.Event, x.Kind, matter, x.Day)
	return err
}

// defsIn gives versions of ledgers as a reader sees them. What was read in a transaction is remembered no longer than the
// function is.
func (s *Service) defsIn(ctx context.Context, r store.Reader) definitions {
	type key struct {
		kind    string
		version int
	}
	known := map[key]*Definition{}
	return func(kind string, version int) (*Definition, error) {
		k := key{kind, version}
		if known[k] != nil {
			return known[k], nil
		}
		d, err := s.types.At(ctx, r, kind, version)
		known[k] = d
		return d, err
	}
}

// shiftFigures moves a unit's figures from the units of one path to those of another.
func shiftFigures(ctx context.Context, tx *store.Tx, moved int64, before, after []int64) error {
	figures := keeping{}
	err := store.Each(ctx, tx, `SELECT what, type, month, state, bucket, n FROM ledger_figure WHERE unit_id = $1`, []any{moved}, func(rows *sql.Rows) error {
		var x kept
		var n int64
		err := rows.Scan(&x.What, &x.Type, &x.Month, &x.State, &x.Bucket, &n)
		for _, unit := range before {
			x.Unit = unit
			figures[x] -= n
		}
		for _, unit := range after {
			x.Unit = unit
			figures[x] += n
		}
		return err
	})
	if err != nil {
		return err
	}
	return figures.write(ctx, tx)
}
