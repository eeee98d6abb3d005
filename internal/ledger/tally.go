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
	figures := cells{}
	figures.add(m, by)
	return addCells(ctx, tx, figures)
}

// recount moves a matter's count from where it was to where it is.
func recount(ctx context.Context, tx *store.Tx, was, is Matter) error {
	figures := cells{}
	figures.add(was, -1)
	figures.add(is, 1)
	return addCells(ctx, tx, figures)
}

// cells are figures to be added.
type cells map[cell]int64

// add adds a matter's share to the figures of every unit on the path of its place.
func (f cells) add(m Matter, by int64) {
	for _, id := range org.PathIDs(m.Place().Path) {
		c := cellOf(m)
		c.Unit = id
		f[c] += by
	}
}

// addCells adds to the figures of days and to those of months, a table in one statement; a figure that comes to nothing
// is taken away.
func addCells(ctx context.Context, tx *store.Tx, days cells) error {
	months := cells{}
	for c, n := range days {
		c.Due = month(c.Due)
		months[c] += n
	}
	if err := addTo(ctx, tx, "ledger_tally", "due_day", days); err != nil {
		return err
	}
	return addTo(ctx, tx, "ledger_tally_month", "due_month", months)
}

func addTo(ctx context.Context, tx *store.Tx, table, column string, figures cells) error {
	var rows []string
	var args []any
	for _, c := range sorted(figures) {
		if n := figures[c]; n != 0 {
			args = append(args, c.Unit, c.Type, c.Class, c.Due, n)
			rows = append(rows, fmt.Sprintf("($%d, $%d, $%d, $%d, $%d)", len(args)-4, len(args)-3, len(args)-2, len(args)-1, len(args)))
		}
	}
	if len(rows) == 0 {
		return nil
	}
	var gone []cell
	err := store.Each(ctx, tx, `INSERT INTO `+table+` (unit_id, type, state_class, `+column+`, n) VALUES `+strings.Join(rows, ", ")+`
		ON CONFLICT (unit_id, type, state_class, `+column+`) DO UPDATE SET n = `+table+`.n + excluded.n RETURNING unit_id, type, state_class, `+column+`, n`, args,
		func(rows *sql.Rows) error {
			var c cell
			var n int64
			err := rows.Scan(&c.Unit, &c.Type, &c.Class, &c.Due, &n)
			if n == 0 {
				gone = append(gone, c)
			}
			return err
		})
	for _, c := range gone {
		if err == nil {
			_, err = tx.Exec(ctx, `DELETE FROM `+table+` WHERE unit_id = $1 AND type = $2 AND state_class = $3 AND `+column+` = $4`, c.Unit, c.Type, c.Class, c.Due)
		}
	}
	return err
}

// month is "2022-01" of "2022-01-25", and "" of "".
func month(day string) string { return day[:min(7, len(day))] }

// Rollup is how the matters of one type stand at a unit and everything under it.
type Rollup struct {
	Type    string
	Total   int64
	OnTime  int64 // the owner's turn, in time
	Soon    int64 // the owner's turn, due within calendar.SoonDays working days
	Late    int64 // due date passed, whoever's turn it is
	Waiting int64 // for approval, ruling or verification, in time
	Nobody  int64 // of all that are open, those in which it is the owner's turn and no owner is named
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
	by, err := s.rollups(ctx, r, `t.unit_id = ?`, unit, today)
	if err != nil || len(by[unit]) == 0 {
		return nil, err
	}
	return by[unit], nobody(ctx, r, unit, by[unit])
}

// nobody counts at a unit and below it what nobody acts upon. Its index holds that alone.
func nobody(ctx context.Context, r store.Reader, unit int64, rows []Rollup) error {
	counts := map[string]int64{}
	err := store.Each(ctx, r, `SELECT m.type, COUNT(*) FROM unit u JOIN matter m ON m.place_path >= u.path AND m.place_path < (substr(u.path, 1, length(u.path) - 1) || '0')
		WHERE u.id = $1 AND `+nobodyActs+` GROUP BY m.type`, []any{unit}, func(found *sql.Rows) error {
		var kind string
		var n int64
		err := found.Scan(&kind, &n)
		counts[kind] = n
		return err
	})
	for i := range rows {
		rows[i].Nobody = counts[rows[i].Type]
	}
	return err
}

// RollupBelow gives the same for every unit right below a unit, in one query.
func (s *Service) RollupBelow(ctx context.Context, r store.Reader, parent int64, today calendar.Date) (map[int64][]Rollup, error) {
	return s.rollups(ctx, r, `t.unit_id IN (SELECT id FROM unit WHERE parent_id = ?)`, parent, today)
}

// rollups reads the figures of the units that cond names. Whole months come from the months; of the present one the
// days tell what is late and what is due soon. So a unit costs a few dozen rows, however many due days it has.
func (s *Service) rollups(ctx context.Context, r store.Reader, cond string, arg int64, today calendar.Date) (map[int64][]Rollup, error) {
	by := counted{}
	first := month(today.String()) + "-01"
	months := &where{args: []any{month(first)}}
	months.add(cond, arg)
	err := by.read(ctx, r, `SELECT t.unit_id, t.type, t.state_class, CAST(SUM(t.n) AS BIGINT),
		CAST(SUM(CASE WHEN t.due_month <> '' AND t.due_month < $1 THEN t.n ELSE 0 END) AS BIGINT), 0
		FROM ledger_tally_month t WHERE `+months.String()+` GROUP BY t.unit_id, t.type, t.state_class`, months.args)
	if err != nil {
		return nil, err
	}
	days := &where{args: []any{today.String()}}
	days.add(cond, arg)
	inTexts(days, "t.type", s.types.IDs())
	inTexts(days, "t.state_class", []string{TurnOwner, TurnConvenor, TurnVerifier, TurnRequester})
	days.add("t.due_day >= ? AND t.due_day <= ?", first, s.cal.Horizon(today, calendar.SoonDays).String())
	err = by.read(ctx, r, `SELECT t.unit_id, t.type, t.state_class, 0, CAST(SUM(CASE WHEN t.due_day < $1 THEN t.n ELSE 0 END) AS BIGINT),
		CAST(SUM(CASE WHEN t.due_day >= $1 THEN t.n ELSE 0 END) AS BIGINT)
		FROM ledger_tally t WHERE `+days.String()+` GROUP BY t.unit_id, t.type, t.state_class`, days.args)
	if err != nil {
		return nil, err
	}
	if err := s.pastHours(ctx, r, by, strings.ReplaceAll(cond, "t.unit_id", "u.id"), arg, today); err != nil {
		return nil, err
	}
	return by.fold(s.types), nil
}

// pastHours turns what is due today by the hour, and late by now, from due soon into late. The index of hours gives the
// few of today; the place is in words that no index knows, so that the database does not read a whole subtree for them.
func (s *Service) pastHours(ctx context.Context, r store.Reader, by counted, cond string, arg int64, today calendar.Date) error {
	w := &where{}
	w.add(cond, arg)
	w.add("m.due_at <> 0 AND m.due_at > ? AND m.due_at < ?", startOf(today, s.cal), s.instant(today))
	return by.read(ctx, r, `SELECT u.id, m.type, m.state_class, 0, COUNT(*), -COUNT(*) FROM matter m
		JOIN unit u ON (m.place_path || '') >= u.path AND (m.place_path || '') < (substr(u.path, 1, length(u.path) - 1) || '0')
		WHERE `+w.String()+` GROUP BY u.id, m.type, m.state_class`, w.args)
}

func inTexts(w *where, column string, values []string) {
	args := make([]any, len(values))
	for i, v := range values {
		args[i] = v
	}
	w.add(column+" IN ("+strings.TrimSuffix(strings.Repeat("?, ", len(values)), ", ")+")", args...)
}

// counted are the figures of units, by unit, type and class: how many, late, soon.
type counted map[cell][3]int64

func (by counted) read(ctx context.Context, r store.Reader, query string, args []any) error {
	return store.Each(ctx, r, query, args, func(rows *sql.Rows) error {
		var c cell
		var n, late, soon int64
		err := rows.Scan(&c.Unit, &c.Type, &c.Class, &n, &late, &soon)
		was := by[c]
		by[c] = [3]int64{was[0] + n, was[1] + late, was[2] + soon}
		return err
	})
}

func (by counted) fold(types *Types) map[int64][]Rollup {
	rolled := map[int64]map[string]*Rollup{}
	for c, n := range by {
		if rolled[c.Unit] == nil {
			rolled[c.Unit] = map[string]*Rollup{}
		}
		if rolled[c.Unit][c.Type] == nil {
			rolled[c.Unit][c.Type] = &Rollup{Type: c.Type}
		}
		rolled[c.Unit][c.Type].add(c.Class, n[0], n[1], n[2])
	}
	out := map[int64][]Rollup{}
	for unit, kinds := range rolled {
		for _, id := range types.IDs() {
			if x := kinds[id]; x != nil {
				out[unit] = append(out[unit], *x)
			}
		}
	}
	return out
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
	if err := shiftFigures(ctx, tx, moved, without(before, after), without(after, before)); err != nil {
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
			if err := addCells(ctx, tx, cells{f.cell: sign * f.n}); err != nil {
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
	for _, column := range []string{"unit_path", "convenor_path", "place_path", "requester_path"} {
		_, err := tx.Exec(ctx, `UPDATE matter SET `+column+` = CAST($1 AS TEXT) || substr(`+column+`, CAST($2 AS INTEGER))
			WHERE `+column+` >= $3 AND `+column+` < $4`, newPath, len(oldPath)+1, oldPath, authz.PathEnd(oldPath))
		if err != nil {
			return err
		}
	}
	return nil
}

// RebuildTx makes anew what is kept of the matters beside them: the whole tally, and the words by which they are found.
func RebuildTx(ctx context.Context, tx *store.Tx) error {
	truth, err := truth(ctx, tx)
	if err != nil {
		return err
	}
	if err := refill(ctx, tx, "ledger_tally", "due_day", truth); err != nil {
		return err
	}
	if err := refill(ctx, tx, "ledger_tally_month", "due_month", byMonth(truth)); err != nil {
		return err
	}
	return WordsTx(ctx, tx)
}

func byMonth(days map[cell]int64) map[cell]int64 {
	out := map[cell]int64{}
	for c, n := range days {
		c.Due = month(c.Due)
		out[c] += n
	}
	return out
}

func refill(ctx context.Context, tx *store.Tx, table, column string, figures map[cell]int64) error {
	if _, err := tx.Exec(ctx, `DELETE FROM `+table); err != nil {
		return err
	}
	const batch = 200
	cells := sorted(figures)
	for len(cells) > 0 {
		part := cells[:min(batch, len(cells))]
		cells = cells[len(part):]
		marks, args := make([]string, len(part)), make([]any, 0, 5*len(part))
		for i, c := range part {
			k := 5 * i
			marks[i] = fmt.Sprintf("($%d, $%d, $%d, $%d, $%d)", k+1, k+2, k+3, k+4, k+5)
			args = append(args, c.Unit, c.Type, c.Class, c.Due, figures[c])
		}
		_, err := tx.Exec(ctx, `INSERT INTO `+table+` (unit_id, type, state_class, `+column+`, n) VALUES `+strings.Join(marks, ", "), args...)
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

// CheckTally compares the tallies with the matters and says where they differ, in words for the log; nothing is good.
func CheckTally(ctx context.Context, r store.Reader) ([]string, error) {
	want, err := truth(ctx, r)
	if err != nil {
		return nil, err
	}
	months := byMonth(want)
	days, err := differences(ctx, r, "ledger_tally", "due_day", want)
	if err != nil {
		return nil, err
	}
	wrong, err := differences(ctx, r, "ledger_tally_month", "due_month", months)
	return append(days, wrong...), err
}

func differences(ctx context.Context, r store.Reader, table, column string, want map[cell]int64) ([]string, error) {
	err := store.Each(ctx, r, `SELECT unit_id, type, state_class, `+column+`, n FROM `+table, nil, func(rows *sql.Rows) error {
		var f figure
		err := rows.Scan(&f.Unit, &f.Type, &f.Class, &f.Due, &f.n)
		if want[f.cell] -= f.n; want[f.cell] == 0 {
			delete(want, f.cell)
		}
		return err
	})
	var out []string
	for _, c := range sorted(want) {
		out = append(out, fmt.Sprintf("%s: unit %d %s %s %q is wrong by %d", table, c.Unit, c.Type, c.Class, c.Due, -want[c]))
	}
	return out, err
}
