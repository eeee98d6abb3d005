package ledger

import (
	"context"
	"database/sql"
	"fmt"
	"sort"
	"strings"

	"plumbline/internal/authz"
	"plumbline/internal/calendar"
	"plumbline/internal/org"
	"plumbline/internal/store"
)

// cell is one figure of the tally.
type cell struct {
	Unit             int64
	Type, Class, Due string
}

func cellOf(m Matter) cell { return cell{Type: m.Type, Class: m.Class, Due: m.Due} }

// same says whether two states of a matter count alike.
func same(a, b Matter) bool { return cellOf(a) == cellOf(b) && a.Place().Path == b.Place().Path }

// count adds a matter to (or takes it from) every unit on the path of its place.
func count(ctx context.Context, tx *store.Tx, m Matter, by int64) error {
	for _, id := range org.PathIDs(m.Place().Path) {
		c := cellOf(m)
		c.Unit = id
		if err := addCell(ctx, tx, c, by); err != nil {
			return err
		}
	}
	return nil
}

func addCell(ctx context.Context, tx *store.Tx, c cell, by int64) error {
	var n int64
	err := tx.QueryRow(ctx, `INSERT INTO ledger_tally (unit_id, type, state_class, due_day, n) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (unit_id, type, state_class, due_day) DO UPDATE SET n = ledger_tally.n + excluded.n RETURNING n`,
		c.Unit, c.Type, c.Class, c.Due, by).Scan(&n)
	if err != nil || n != 0 {
		return err
	}
	_, err = tx.Exec(ctx, `DELETE FROM ledger_tally WHERE unit_id = $1 AND type = $2 AND state_class = $3 AND due_day = $4`,
		c.Unit, c.Type, c.Class, c.Due)
	return err
}

// Rollup is how the matters of one type stand at a unit and everything under it.
type Rollup struct {
	Type    string
	Total   int64
	OnTime  int64 // the owner's turn, in time
	Soon    int64 // the owner's turn, due within SoonDays working days
	Late    int64 // due date passed, whoever's turn it is
	Waiting int64 // for approval, ruling or verification, in time
	Done    int64
	NotDone int64
	Dropped int64
}

// Open is what is not ended.
func (r Rollup) Open() int64 { return r.OnTime + r.Soon + r.Late + r.Waiting }

func (r *Rollup) add(class string, n, late, soon int64) {
	r.Total += n
	switch class {
	case Done:
		r.Done += n
	case NotDone:
		r.NotDone += n
	case Dropped:
		r.Dropped += n
	case TurnOwner:
		r.Late, r.Soon, r.OnTime = r.Late+late, r.Soon+soon, r.OnTime+n-late-soon
	default:
		r.Late, r.Waiting = r.Late+late, r.Waiting+n-late
	}
}

// Rollup gives how each ledger stands at a unit, from the figures kept for it: the root costs what a leaf costs. It
// is for readers who may read at the unit; the caller asks that (see Service.MayRead).
func (s *Service) Rollup(ctx context.Context, r store.Reader, unit int64, today calendar.Date) ([]Rollup, error) {
	by, err := s.rollups(ctx, r, `t.unit_id = $3`, []any{unit}, today)
	return by[unit], err
}

// RollupBelow gives the same for every unit right below a unit, in one query.
func (s *Service) RollupBelow(ctx context.Context, r store.Reader, parent int64, today calendar.Date) (map[int64][]Rollup, error) {
	return s.rollups(ctx, r, `t.unit_id IN (SELECT id FROM unit WHERE parent_id = $3)`, []any{parent}, today)
}

func (s *Service) rollups(ctx context.Context, r store.Reader, where string, args []any, today calendar.Date) (map[int64][]Rollup, error) {
	by := map[int64]map[string]*Rollup{}
	args = append([]any{today.String(), s.cal.Horizon(today, SoonDays).String()}, args...)
	err := store.Each(ctx, r, `SELECT t.unit_id, t.type, t.state_class, CAST(SUM(t.n) AS BIGINT),
		CAST(SUM(CASE WHEN t.due_day <> '' AND t.due_day < $1 THEN t.n ELSE 0 END) AS BIGINT),
		CAST(SUM(CASE WHEN t.due_day >= $1 AND t.due_day <= $2 THEN t.n ELSE 0 END) AS BIGINT)
		FROM ledger_tally t WHERE `+where+` GROUP BY t.unit_id, t.type, t.state_class`, args, func(rows *sql.Rows) error {
		var unit, n, late, soon int64
		var kind, class string
		if err := rows.Scan(&unit, &kind, &class, &n, &late, &soon); err != nil {
			return err
		}
		if by[unit] == nil {
			by[unit] = map[string]*Rollup{}
		}
		if by[unit][kind] == nil {
			by[unit][kind] = &Rollup{Type: kind}
		}
		by[unit][kind].add(class, n, late, soon)
		return nil
	})
	out := map[int64][]Rollup{}
	for unit, kinds := range by {
		for _, d := range s.types.All() {
			if x := kinds[d.ID]; x != nil {
				out[unit] = append(out[unit], *x)
			}
		}
	}
	return out, err
}

// RetallyTx keeps matters and roll-ups right when a unit moves: oldPath and newPath are the moved unit's own paths,
// both ending in its id. It is called in the transaction that moves the unit.
func RetallyTx(ctx context.Context, tx *store.Tx, oldPath, newPath string) error {
	before, after := org.PathIDs(oldPath), org.PathIDs(newPath)
	if oldPath == newPath || len(before) == 0 || len(after) == 0 {
		return nil
	}
	moved := before[len(before)-1]
	cells, err := cellsOf(ctx, tx, moved)
	if err != nil {
		return err
	}
	if err := shift(ctx, tx, cells, before, after, -1); err != nil {
		return err
	}
	if err := shift(ctx, tx, cells, after, before, 1); err != nil {
		return err
	}
	return repath(ctx, tx, oldPath, newPath)
}

type figure struct {
	cell
	n int64
}

func cellsOf(ctx context.Context, r store.Reader, unit int64) ([]figure, error) {
	return store.List(ctx, r, `SELECT unit_id, type, state_class, due_day, n FROM ledger_tally WHERE unit_id = $1`, []any{unit},
		func(rows *sql.Rows) (f figure, err error) {
			err = rows.Scan(&f.Unit, &f.Type, &f.Class, &f.Due, &f.n)
			return f, err
		})
}

// shift adds the figures (sign times) to every unit of path that is not in other.
func shift(ctx context.Context, tx *store.Tx, figures []figure, path, other []int64, sign int64) error {
	for _, id := range path {
		if holds(other, id) {
			continue
		}
		for _, f := range figures {
			f.Unit = id
			if err := addCell(ctx, tx, f.cell, sign*f.n); err != nil {
				return err
			}
		}
	}
	return nil
}

func holds(ids []int64, id int64) bool {
	for _, x := range ids {
		if x == id {
			return true
		}
	}
	return false
}

func repath(ctx context.Context, tx *store.Tx, oldPath, newPath string) error {
	for _, column := range []string{"unit_path", "convenor_path", "place_path"} {
		_, err := tx.Exec(ctx, `UPDATE matter SET `+column+` = CAST($1 AS TEXT) || substr(`+column+`, CAST($2 AS INTEGER))
			WHERE `+column+` >= $3 AND `+column+` < $4`, newPath, len(oldPath)+1, oldPath, authz.PathEnd(oldPath))
		if err != nil {
			return err
		}
	}
	return nil
}

// RebuildTx makes the whole tally anew from the matters.
func RebuildTx(ctx context.Context, tx *store.Tx) error {
	truth, err := truth(ctx, tx)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `DELETE FROM ledger_tally`); err != nil {
		return err
	}
	const batch = 200
	cells := sorted(truth)
	for len(cells) > 0 {
		part := cells[:min(batch, len(cells))]
		cells = cells[len(part):]
		marks, args := make([]string, len(part)), make([]any, 0, 5*len(part))
		for i, c := range part {
			k := 5 * i
			marks[i] = fmt.Sprintf("($%d, $%d, $%d, $%d, $%d)", k+1, k+2, k+3, k+4, k+5)
			args = append(args, c.Unit, c.Type, c.Class, c.Due, truth[c])
		}
		_, err := tx.Exec(ctx, `INSERT INTO ledger_tally (unit_id, type, state_class, due_day, n) VALUES `+strings.Join(marks, ", "), args...)
		if err != nil {
			return err
		}
	}
	return nil
}

func truth(ctx context.Context, r store.Reader) (map[cell]int64, error) {
	out := map[cell]int64{}
	err := store.Each(ctx, r, `SELECT place_path, type, state_class, due_on, COUNT(*) FROM matter GROUP BY place_path, type, state_class, due_on`,
		nil, func(rows *sql.Rows) error {
			var path string
			var c cell
			var n int64
			if err := rows.Scan(&path, &c.Type, &c.Class, &c.Due, &n); err != nil {
				return err
			}
			for _, id := range org.PathIDs(path) {
				c.Unit = id
				out[c] += n
			}
			return nil
		})
	return out, err
}

func sorted(m map[cell]int64) []cell {
	out := make([]cell, 0, len(m))
	for c := range m {
		out = append(out, c)
	}
	sort.Slice(out, func(i, j int) bool { return fmt.Sprint(out[i]) < fmt.Sprint(out[j]) })
	return out
}

// CheckTally compares the tally with the matters and says where they differ, in words for the log; nothing is good.
func CheckTally(ctx context.Context, r store.Reader) ([]string, error) {
	want, err := truth(ctx, r)
	if err != nil {
		return nil, err
	}
	err = store.Each(ctx, r, `SELECT unit_id, type, state_class, due_day, n FROM ledger_tally`, nil, func(rows *sql.Rows) error {
		var f figure
		err := rows.Scan(&f.Unit, &f.Type, &f.Class, &f.Due, &f.n)
		if want[f.cell] -= f.n; want[f.cell] == 0 {
			delete(want, f.cell)
		}
		return err
	})
	var out []string
	for _, c := range sorted(want) {
		out = append(out, fmt.Sprintf("unit %d %s %s %q is wrong by %d", c.Unit, c.Type, c.Class, c.Due, -want[c]))
	}
	return out, err
}
