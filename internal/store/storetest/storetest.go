// Package storetest gives every test of a room both databases, migrated and empty, at a known time.
package storetest

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"plumbline/internal/store"
)

// Clock is a clock that tests move by hand. It begins on Monday 10 January 2022, 01:00 UTC (09:00 in Shanghai).
type Clock struct{ micros atomic.Int64 }

// NewClock gives a clock at its beginning.
func NewClock() *Clock {
	c := &Clock{}
	c.Set(time.Date(2022, 1, 10, 1, 0, 0, 0, time.UTC))
	return c
}

// Now is the clock's time.
func (c *Clock) Now() time.Time { return time.UnixMicro(c.micros.Load()).UTC() }

// Set moves the clock to t.
func (c *Clock) Set(t time.Time) { c.micros.Store(t.UnixMicro()) }

// Add moves the clock by d.
func (c *Clock) Add(d time.Duration) { c.micros.Add(d.Microseconds()) }

// Each runs the test once on SQLite and once on PostgreSQL, in parallel, each on a fresh migrated database with a
// clock of its own.
func Each(t *testing.T, test func(t *testing.T, db *store.DB, clock *Clock)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		clock := NewClock()
		test(t, OpenSQLite(t, clock), clock)
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		clock := NewClock()
		test(t, OpenPostgres(t, clock), clock)
	})
}

var liteTemplate = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "plumbline-template-")
	if err != nil {
		return "", err
	}
	db, err := store.Open(store.Config{Dir: dir})
	if err != nil {
		return "", err
	}
	if _, err = db.Migrate(context.Background()); err != nil {
		return "", err
	}
	if err = db.Close(); err != nil {
		return "", err
	}
	text, err := os.ReadFile(filepath.Join(dir, "plumbline.db"))
	_ = os.RemoveAll(dir)
	return string(text), err
})

// OpenSQLite gives a fresh migrated SQLite database that is closed when the test ends.
func OpenSQLite(t testing.TB, clock *Clock) *store.DB {
	t.Helper()
	return OpenSQLiteAt(t, clock.Now)
}

// OpenSQLiteAt is OpenSQLite with a clock of the test's own.
func OpenSQLiteAt(t testing.TB, now func() time.Time) *store.DB {
	t.Helper()
	text, err := liteTemplate()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "plumbline.db"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return open(t, store.Config{Dir: dir, Now: now})
}

func open(t testing.TB, cfg store.Config) *store.DB {
	t.Helper()
	db, err := store.Open(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// serverURL names the PostgreSQL server of the tests: PLUMBLINE_TEST_POSTGRES, else the one on the usual port.
func serverURL() string {
	if u := os.Getenv("PLUMBLINE_TEST_POSTGRES"); u != "" {
		return u
	}
	return "postgres://postgres@127.0.0.1:5432/postgres?sslmode=disable"
}

func withDatabase(name string) string {
	u, err := url.Parse(serverURL())
	if err != nil {
		panic(err)
	}
	u.Path = "/" + name
	return u.String()
}

var serial atomic.Int64

// PostgresURL makes an empty database on the test server, dropped when the test ends, and gives its address.
func PostgresURL(t testing.TB) string {
	t.Helper()
	return newDatabase(t, "template0")
}

// OpenPostgres gives a fresh migrated PostgreSQL database that is dropped when the test ends.
func OpenPostgres(t testing.TB, clock *Clock) *store.DB {
	t.Helper()
	return OpenPostgresAt(t, clock.Now)
}

// OpenPostgresAt is OpenPostgres with a clock of the test's own.
func OpenPostgresAt(t testing.TB, now func() time.Time) *store.DB {
	t.Helper()
	name, err := pgTemplate()
	if err != nil {
		t.Fatalf("the tests need a PostgreSQL server; start one or run make test: %v", err)
	}
	return open(t, store.Config{Dir: t.TempDir(), URL: newDatabase(t, name), Now: now})
}

func newDatabase(t testing.TB, template string) string {
	t.Helper()
	name := fmt.Sprintf("plumbline_test_%d_%d", os.Getpid(), serial.Add(1))
	admin(t, `CREATE DATABASE `+name+` TEMPLATE `+template+` STRATEGY FILE_COPY`)
	t.Cleanup(func() { admin(t, `DROP DATABASE IF EXISTS `+name+` WITH (FORCE)`) })
	return withDatabase(name)
}

func admin(t testing.TB, stmt string) {
	t.Helper()
	db, err := sql.Open("pgx", serverURL())
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(stmt); err != nil {
		t.Fatalf("the tests need a PostgreSQL server; start one or run make test: %v", err)
	}
}

// pgTemplate makes, once for every state of the migrations, a migrated database to copy from.
var pgTemplate = sync.OnceValues(func() (string, error) {
	ctx := context.Background()
	server, err := sql.Open("pgx", serverURL())
	if err != nil {
		return "", err
	}
	defer server.Close()
	conn, err := server.Conn(ctx)
	if err != nil {
		return "", err
	}
	defer conn.Close()
	sum, err := schemaSum()
	if err != nil {
		return "", err
	}
	name := "plumbline_template_" + sum
	if _, err = conn.ExecContext(ctx, `SELECT pg_advisory_lock(7062)`); err != nil {
		return "", err
	}
	defer func() { _, _ = conn.ExecContext(ctx, `SELECT pg_advisory_unlock(7062)`) }()
	var ready bool
	err = conn.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM pg_database WHERE datname = $1 AND datistemplate)`, name).Scan(&ready)
	if err != nil || ready {
		return name, err
	}
	return name, buildTemplate(ctx, conn, name)
})

func buildTemplate(ctx context.Context, conn *sql.Conn, name string) error {
	if _, err := conn.ExecContext(ctx, `DROP DATABASE IF EXISTS `+name); err != nil {
		return err
	}
	if _, err := conn.ExecContext(ctx, `CREATE DATABASE `+name+` TEMPLATE template0`); err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "plumbline-template-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	db, err := store.Open(store.Config{Dir: dir, URL: withDatabase(name)})
	if err != nil {
		return err
	}
	_, err = db.Migrate(ctx)
	if cerr := db.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return err
	}
	_, err = conn.ExecContext(ctx, `ALTER DATABASE `+name+` IS_TEMPLATE true`)
	return err
}

func schemaSum() (string, error) {
	text, err := store.MigrationText()
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:8]), err
}
