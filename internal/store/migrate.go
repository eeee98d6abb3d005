package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/pressly/goose/v3"
)

//go:embed migrations/*.sql
var migrationFiles embed.FS

type migration struct {
	version int64
	name    string
	text    string
	sum     string
}

// migrations reads the numbered files; the number is the room's, see docs/house.md.
func migrations() ([]migration, error) {
	names, err := fs.Glob(migrationFiles, "migrations/*.sql")
	if err != nil {
		return nil, err
	}
	sort.Strings(names)
	var out []migration
	for _, name := range names {
		text, err := migrationFiles.ReadFile(name)
		if err != nil {
			return nil, err
		}
		base := filepath.Base(name)
		version, err := strconv.ParseInt(base[:4], 10, 64)
		if err != nil {
			return nil, fmt.Errorf("store: migration %s has no four-digit number", base)
		}
		out = append(out, newMigration(version, base, string(text)))
	}
	return out, nil
}

func newMigration(version int64, name, text string) migration {
	sum := sha256.Sum256([]byte(text))
	return migration{version, name, text, hex.EncodeToString(sum[:])}
}

// migrations are the program's own, or those that a test has set.
func (db *DB) migrations() ([]migration, error) {
	if db.steps != nil {
		return db.steps, nil
	}
	return migrations()
}

// Migrate brings the schema up to date. Where there is something to lose it first writes a copy of the whole database
// into the data directory; the name of the copy, if one was made, comes back. A migration whose text differs from what
// was once applied is refused.
func (db *DB) Migrate(ctx context.Context) (backup string, err error) {
	unlock, err := db.lockMigration(ctx)
	if err != nil {
		return "", err
	}
	defer unlock()
	all, err := db.migrations()
	if err != nil {
		return "", err
	}
	provider, err := db.provider(all)
	if err != nil {
		return "", err
	}
	current, err := provider.GetDBVersion(ctx)
	if err != nil {
		return "", err
	}
	if err := db.checkSums(ctx, all, current); err != nil {
		return "", err
	}
	pending, err := provider.HasPending(ctx)
	if err != nil || !pending {
		return "", err
	}
	if current > 0 {
		if backup, err = db.backupBefore(ctx, current); err != nil {
			return "", fmt.Errorf("store: no migration without a backup: %w", err)
		}
	}
	_, err = provider.Up(ctx)
	return backup, err
}

// New says whether the database holds no tables of this program yet.
func (db *DB) New(ctx context.Context) (bool, error) {
	all, err := db.migrations()
	if err != nil {
		return false, err
	}
	provider, err := db.provider(all)
	if err != nil {
		return false, err
	}
	version, err := provider.GetDBVersion(ctx)
	return version == 0, err
}

// Pending says whether Migrate has anything to do.
func (db *DB) Pending(ctx context.Context) (bool, error) {
	all, err := db.migrations()
	if err != nil {
		return false, err
	}
	provider, err := db.provider(all)
	if err != nil {
		return false, err
	}
	return provider.HasPending(ctx)
}

func (db *DB) provider(all []migration) (*goose.Provider, error) {
	dialect := goose.DialectSQLite3
	if db.Dialect == Postgres {
		dialect = goose.DialectPostgres
	}
	var steps []*goose.Migration
	for _, m := range all {
		steps = append(steps, goose.NewGoMigration(m.version, &goose.GoFunc{RunTx: db.step(m)}, nil))
	}
	// Numbers go by room, so a new one may be lower than one that was applied long ago.
	return goose.NewProvider(dialect, db.write, nil, goose.WithGoMigrations(steps...), goose.WithAllowOutofOrder(true),
		goose.WithDisableGlobalRegistry(true), goose.WithTableName("schema_version"))
}

func (db *DB) step(m migration) func(ctx context.Context, tx *sql.Tx) error {
	return func(ctx context.Context, tx *sql.Tx) error {
		for _, stmt := range statements(db.Dialect.words().Replace(m.text)) {
			if _, err := tx.ExecContext(ctx, stmt); err != nil {
				return fmt.Errorf("migration %s: %w\n%s", m.name, err, stmt)
			}
		}
		_, err := tx.ExecContext(ctx, `CREATE TABLE IF NOT EXISTS schema_sum (version BIGINT PRIMARY KEY, sum TEXT NOT NULL)`)
		if err == nil {
			_, err = tx.ExecContext(ctx, `INSERT INTO schema_sum (version, sum) VALUES ($1, $2)`, m.version, m.sum)
		}
		return err
	}
}

// statements cuts a migration at the semicolons that end a line; migrations hold plain statements only.
func statements(text string) []string {
	var out []string
	for _, part := range strings.Split(text+"\n", ";\n") {
		var kept []string
		for _, line := range strings.Split(part, "\n") {
			if trimmed := strings.TrimSpace(line); trimmed != "" && !strings.HasPrefix(trimmed, "--") {
				kept = append(kept, line)
			}
		}
		if len(kept) > 0 {
			out = append(out, strings.Join(kept, "\n"))
		}
	}
	return out
}

func (db *DB) checkSums(ctx context.Context, all []migration, current int64) error {
	if current == 0 {
		return nil
	}
	known := map[int64]string{}
	err := Each(ctx, db, `SELECT version, sum FROM schema_sum`, nil, func(rows *sql.Rows) error {
		var v int64
		var s string
		err := rows.Scan(&v, &s)
		known[v] = s
		return err
	})
	if err != nil {
		return err
	}
	for _, m := range all {
		if s, ok := known[m.version]; ok && s != m.sum {
			return fmt.Errorf("store: migration %s was changed after it had been applied; use the program that wrote this database", m.name)
		}
		delete(known, m.version)
	}
	if len(known) > 0 {
		return fmt.Errorf("store: this database was written by a newer program; start that one")
	}
	return nil
}

// backupBefore writes a copy of the database beside it.
func (db *DB) backupBefore(ctx context.Context, version int64) (string, error) {
	dir := filepath.Join(db.Dir, "backups")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", err
	}
	name := filepath.Join(dir, fmt.Sprintf("before-migration-%04d-%s.plumbline", version+1, db.now().UTC().Format("20060102T150405")))
	f, err := createNew(name)
	if err != nil {
		return "", err
	}
	err = db.Dump(ctx, f, nil)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		_ = os.Remove(f.Name())
		return "", err
	}
	return f.Name(), nil
}

// createNew makes a file that was not there; a taken name gets a number.
func createNew(name string) (*os.File, error) {
	end := filepath.Ext(name)
	for i := 1; ; i++ {
		f, err := os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
		if !errors.Is(err, os.ErrExist) {
			return f, err
		}
		name = fmt.Sprintf("%s-%d%s", strings.TrimSuffix(strings.TrimSuffix(name, end), fmt.Sprintf("-%d", i)), i+1, end)
	}
}

// lockMigration lets one program at a time bring a database up to date; others wait and then find nothing to do.
func (db *DB) lockMigration(ctx context.Context) (unlock func(), err error) {
	if db.Dialect == SQLite {
		return db.lockFile(ctx, "migration.lock", 10*time.Minute)
	}
	conn, err := db.write.Conn(ctx)
	if err != nil {
		return nil, err
	}
	if _, err = conn.ExecContext(ctx, `SELECT pg_advisory_lock(7060)`); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return func() {
		_, _ = conn.ExecContext(context.WithoutCancel(ctx), `SELECT pg_advisory_unlock(7060)`)
		_ = conn.Close()
	}, nil
}

// lockFile holds a file of the data directory for this process alone, by the embedded database's own locks, which the
// system lets go when the process dies. It waits as long as it is told to.
func (db *DB) lockFile(ctx context.Context, name string, wait time.Duration) (unlock func(), err error) {
	lock, err := sql.Open("sqlite", fmt.Sprintf("file:%s?_pragma=busy_timeout(%d)", (&url.URL{Path: filepath.Join(db.Dir, name)}).EscapedPath(), wait.Milliseconds()))
	if err != nil {
		return nil, err
	}
	lock.SetMaxOpenConns(1)
	if _, err := lock.ExecContext(ctx, `BEGIN EXCLUSIVE`); err != nil {
		return nil, errors.Join(err, lock.Close())
	}
	return func() {
		_, _ = lock.Exec(`ROLLBACK`)
		_ = lock.Close()
	}, nil
}

// MigrationText is every migration in order; tests name their template databases by it.
func MigrationText() (string, error) {
	all, err := migrations()
	var b strings.Builder
	for _, m := range all {
		b.WriteString(m.name + "\n" + m.text)
	}
	return b.String(), err
}
