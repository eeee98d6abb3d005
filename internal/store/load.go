package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

// loadBatch is how many rows one statement of Load carries on SQLite.
const loadBatch = 100

// Reserve gives the first of n new keys of a table, which then belong to the caller: rows are written with them by
// Load. It relies on the one writer at a time.
func (t *Tx) Reserve(ctx context.Context, table string, n int64) (first int64, err error) {
	if err = t.QueryRow(ctx, `SELECT COALESCE(MAX(id), 0) + 1 FROM `+table).Scan(&first); err != nil || t.Dialect != Postgres {
		return first, err
	}
	sequence := `pg_get_serial_sequence('` + table + `', 'id')`
	err = t.QueryRow(ctx, `SELECT GREATEST($1, nextval(`+sequence+`))`, first).Scan(&first)
	if err == nil {
		_, err = t.Exec(ctx, `SELECT setval(`+sequence+`, $1)`, first+max(n, 1)-1)
	}
	return first, err
}

// Fixed is a column that has the same value, a number or a text without quotation marks, in every row of a Load.
type Fixed struct {
	Column string
	Value  any
}

// Load writes many rows quickly. next fills row, which holds as many values as there are columns, and gives false when
// there are no more; values are int64, string, []byte and nil. On SQLite the indexes of a table that was empty are built after the
// rows, which is several times faster; a broken uniqueness rule is then found at the end. Nothing is promised about the
// order of the rows.
func (t *Tx) Load(ctx context.Context, table string, columns []string, fixed []Fixed, next func(row []any) (bool, error)) error {
	if t.Dialect == Postgres {
		return t.copyRows(ctx, table, columns, fixed, next)
	}
	var filled bool
	if err := t.QueryRow(ctx, `SELECT EXISTS (SELECT 1 FROM `+table+`)`).Scan(&filled); err != nil {
		return err
	}
	if filled {
		return t.insertRows(ctx, table, columns, fixed, next)
	}
	rebuild, err := t.dropIndexes(ctx, table)
	if err != nil {
		return err
	}
	if err := t.insertRows(ctx, table, columns, fixed, next); err != nil {
		return err
	}
	for _, stmt := range rebuild {
		if _, err := t.Exec(ctx, stmt); err != nil {
			return err
		}
	}
	return nil
}

// LoadNumbered is Load for rows whose keys count up from first, which Reserve gave; columns do not name the key. SQLite
// counts by itself where the keys are the next ones, and then looks for no row's place.
func (t *Tx) LoadNumbered(ctx context.Context, table string, first int64, columns []string, fixed []Fixed, next func(row []any) (bool, error)) error {
	if t.Dialect == SQLite {
		var free int64
		if err := t.QueryRow(ctx, `SELECT COALESCE(MAX(id), 0) + 1 FROM `+table).Scan(&free); err != nil {
			return err
		}
		if free == first {
			return t.Load(ctx, table, columns, fixed, next)
		}
	}
	key := first - 1
	return t.Load(ctx, table, append([]string{"id"}, columns...), fixed, func(row []any) (bool, error) {
		key++
		row[0] = key
		return next(row[1:])
	})
}

// dropIndexes takes away what can be made again and gives the statements that do it.
func (t *Tx) dropIndexes(ctx context.Context, table string) (rebuild []string, err error) {
	var names []string
	err = Each(ctx, t, `SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = $1 AND sql IS NOT NULL ORDER BY rowid`, []any{table},
		func(rows *sql.Rows) error {
			var name, stmt string
			err := rows.Scan(&name, &stmt)
			names, rebuild = append(names, name), append(rebuild, stmt)
			return err
		})
	for _, name := range names {
		if err == nil {
			_, err = t.Exec(ctx, `DROP INDEX `+name)
		}
	}
	return rebuild, err
}

// insertRows speaks to the driver itself: database/sql would copy every argument once more.
func (t *Tx) insertRows(ctx context.Context, table string, columns []string, fixed []Fixed, next func(row []any) (bool, error)) error {
	if t.conn == nil {
		return errReadOnly
	}
	width := len(columns)
	row, batch := make([]any, width), make([]driver.NamedValue, loadBatch*width)
	for i := range batch {
		batch[i].Ordinal = i + 1
	}
	return t.conn.Raw(func(conn any) error {
		full, err := prepareRaw(ctx, conn, insertText(table, columns, fixed, loadBatch))
		if err != nil {
			return err
		}
		defer full.Close()
		for n := loadBatch; n == loadBatch; {
			if n, err = fillBatch(batch, row, next); err != nil {
				return err
			}
			stmt := full
			if n < loadBatch && n > 0 {
				if stmt, err = prepareRaw(ctx, conn, insertText(table, columns, fixed, n)); err != nil {
					return err
				}
				defer stmt.Close()
			}
			if n > 0 {
				if _, err = stmt.(driver.StmtExecContext).ExecContext(ctx, batch[:n*width]); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

var errReadOnly = errors.New("store: nothing can be loaded while reading")

func prepareRaw(ctx context.Context, conn any, query string) (driver.Stmt, error) {
	c, ok := conn.(driver.ConnPrepareContext)
	if !ok {
		return nil, fmt.Errorf("store: unknown SQLite driver %T", conn)
	}
	return c.PrepareContext(ctx, query)
}

// fillBatch asks for as many rows as a statement carries and says how many came.
func fillBatch(batch []driver.NamedValue, row []any, next func(row []any) (bool, error)) (n int, err error) {
	for ; n < loadBatch; n++ {
		more, err := next(row)
		if err != nil || !more {
			return n, err
		}
		for i, v := range row {
			batch[n*len(row)+i].Value = v
		}
	}
	return n, nil
}

// insertText numbers its arguments by place: SQLite looks up a named argument ($1) by walking all names before it.
func insertText(table string, columns []string, fixed []Fixed, rows int) string {
	names, one := strings.Join(columns, ", "), "(?"+strings.Repeat(",?", len(columns)-1)
	for _, f := range fixed {
		names += ", " + f.Column
		if s, isText := f.Value.(string); isText {
			one += ",'" + s + "'"
		} else {
			one += fmt.Sprint(",", f.Value)
		}
	}
	one += ")"
	return `INSERT INTO ` + table + ` (` + names + `) VALUES ` + one + strings.Repeat(","+one, rows-1)
}

// copyRows uses PostgreSQL's COPY on the transaction's own connection.
func (t *Tx) copyRows(ctx context.Context, table string, columns []string, fixed []Fixed, next func(row []any) (bool, error)) error {
	if t.conn == nil {
		return errReadOnly
	}
	return t.conn.Raw(func(conn any) error {
		c, ok := conn.(*stdlib.Conn)
		if !ok {
			return fmt.Errorf("store: unknown PostgreSQL driver %T", conn)
		}
		names, row := slices.Clone(columns), make([]any, len(columns)+len(fixed))
		for i, f := range fixed {
			names, row[len(columns)+i] = append(names, f.Column), f.Value
		}
		src := &copySource{next: next, row: row, width: len(columns)}
		_, err := c.Conn().CopyFrom(ctx, pgx.Identifier{table}, names, src)
		if src.err != nil {
			return src.err
		}
		return err
	})
}

type copySource struct {
	next  func(row []any) (bool, error)
	row   []any
	width int
	err   error
}

func (s *copySource) Next() bool {
	more, err := s.next(s.row[:s.width])
	s.err = err
	return more && err == nil
}

func (s *copySource) Values() ([]any, error) { return s.row, nil }
func (s *copySource) Err() error             { return s.err }
