package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"strings"
	"testing"
)

// onConnection hands a connection of the writing kind and what it keeps.
func onConnection(t *testing.T, use func(ctx context.Context, c *sql.Conn, kept func() *preparedConn)) {
	t.Helper()
	db, err := Open(Config{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	ctx := context.Background()
	c, err := db.write.Conn(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	use(ctx, c, func() (p *preparedConn) {
		if err := c.Raw(func(conn any) error { p = conn.(*preparedConn); return nil }); err != nil {
			t.Fatal(err)
		}
		return p
	})
}

func TestAStatementIsKeptAndUsedAgain(t *testing.T) {
	onConnection(t, func(ctx context.Context, c *sql.Conn, kept func() *preparedConn) {
		do := func(query string, args ...any) {
			t.Helper()
			if _, err := c.ExecContext(ctx, query, args...); err != nil {
				t.Fatal(query, err)
			}
		}
		do(`CREATE TABLE x (n INTEGER PRIMARY KEY, s TEXT)`)
		before := kept().latest.Len()
		for i := range 50 {
			do(`INSERT INTO x (n, s) VALUES ($1, $2)`, i, fmt.Sprint("s", i))
		}
		if n := kept().latest.Len(); n != before+1 {
			t.Errorf("%d statements are kept after one, want %d", n, before+1)
		}
		// A question within the reading of the same question gets rows of its own.
		const ask = `SELECT n FROM x WHERE n >= $1 ORDER BY n LIMIT 3`
		read := func(from int, each func(n int)) {
			rows, err := c.QueryContext(ctx, ask, from)
			if err != nil {
				t.Fatal(err)
			}
			defer rows.Close()
			for rows.Next() {
				var n int
				if err := rows.Scan(&n); err != nil {
					t.Fatal(err)
				}
				each(n)
			}
			if err := rows.Err(); err != nil {
				t.Fatal(err)
			}
		}
		var got []string
		read(10, func(n int) { read(n+10, func(m int) { got = append(got, fmt.Sprint(n, "-", m)) }) })
		if want := "10-20 10-21 10-22 11-21 11-22 11-23 12-22 12-23 12-24"; strings.Join(got, " ") != want {
			t.Errorf("read %v, want %s", got, want)
		}
		// A refused statement leaves nothing of itself, and the table may change under those that are kept.
		if _, err := c.ExecContext(ctx, `INSERT INTO x (n, s) VALUES ($1, $2)`, 1, "twice"); err == nil {
			t.Error("a doubled key was taken")
		}
		do(`ALTER TABLE x ADD COLUMN more TEXT NOT NULL DEFAULT 'm'`)
		do(`INSERT INTO x (n, s) VALUES ($1, $2)`, 50, "after")
		do(`DELETE FROM x WHERE n < $1`, 49)
		read(0, func(n int) {
			if n < 49 {
				t.Errorf("%d is still there", n)
			}
		})
		do(`DROP TABLE x`)
		if rows, err := c.QueryContext(ctx, ask, 0); err == nil {
			rows.Close()
			t.Error("a table that is gone was read")
		}
		do(`CREATE TABLE x (n INTEGER PRIMARY KEY)`)
		do(`INSERT INTO x (n) VALUES ($1)`, 7)
		read(0, func(n int) { got = append(got, fmt.Sprint(n)) })
		if got[len(got)-1] != "7" {
			t.Errorf("the new table was not read: %v", got)
		}
	})
}

func TestWhatIsKeptIsBounded(t *testing.T) {
	onConnection(t, func(ctx context.Context, c *sql.Conn, kept func() *preparedConn) {
		open, err := c.QueryContext(ctx, `SELECT 1 UNION SELECT 2`)
		if err != nil {
			t.Fatal(err)
		}
		defer open.Close()
		for i := range 3 * mostPrepared {
			var n int
			if err := c.QueryRowContext(ctx, fmt.Sprintf(`SELECT %d`, i)).Scan(&n); err != nil || n != i {
				t.Fatal(n, err)
			}
		}
		if _, err := c.ExecContext(ctx, `SELECT 1 `+strings.Repeat(" ", longestPrepared)); err != nil {
			t.Fatal(err)
		}
		p := kept()
		if p.latest.Len() > mostPrepared || len(p.by) != p.latest.Len() {
			t.Errorf("%d statements are kept, by %d texts", p.latest.Len(), len(p.by))
		}
		n := 0
		for open.Next() { // what was being read all the while is whole
			n++
		}
		if n != 2 || open.Err() != nil {
			t.Errorf("%d rows, %v", n, open.Err())
		}
	})
}

var _ driver.Validator = (*preparedConn)(nil)
