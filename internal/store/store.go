// Package store holds the database, its transactions, its migrations and the content-addressed files.
//
// The embedded database is SQLite (one writer, many readers, synchronous=FULL: what is acknowledged is on disk);
// PostgreSQL serves the same SQL text. Only the gate and the log write; rooms are handed a Tx or a Reader.
package store

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the PostgreSQL driver

	"plumbline/internal/fault"
)

// Config says where the data lives. Dir always holds the files; the database is Dir/plumbline.db unless URL names a
// PostgreSQL server.
type Config struct {
	Dir string
	URL string
	// Now is the clock; nil is the machine's.
	Now func() time.Time
}

// DB is an open database. Its methods are safe for use by many goroutines.
type DB struct {
	Dialect Dialect
	Blobs   *Blobs
	Dir     string
	write   *sql.DB
	read    *sql.DB
	now     func() time.Time
	steps   []migration // nil: the program's own
}

// Reader runs queries; it can't change anything. Arguments are $1, $2 … in both databases.
type Reader interface {
	Query(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRow(ctx context.Context, query string, args ...any) *sql.Row
}

// Tx is a writing transaction. Now is the one time of everything written in it, in UTC microseconds.
type Tx struct {
	Now     int64
	Dialect Dialect
	tx      *sql.Tx
	conn    *sql.Conn // the transaction's own; nil in a Snapshot
}

// Open opens the database and its files; it makes neither tables nor changes (see Migrate).
func Open(cfg Config) (*DB, error) {
	if cfg.Dir == "" {
		return nil, fmt.Errorf("store: no data directory given")
	}
	if err := os.MkdirAll(cfg.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("store: data directory: %w", err)
	}
	db := &DB{Dir: cfg.Dir, now: cfg.Now, Blobs: &Blobs{dir: filepath.Join(cfg.Dir, "files")}}
	if db.now == nil {
		db.now = time.Now
	}
	var err error
	if cfg.URL != "" {
		err = db.openPostgres(cfg.URL)
	} else {
		err = db.openSQLite(filepath.Join(cfg.Dir, "plumbline.db"))
	}
	if err != nil {
		_ = db.Close()
		return nil, err
	}
	return db, nil
}

func (db *DB) openSQLite(path string) error {
	db.Dialect = SQLite
	dsn := func(mode string, more ...string) string {
		v := url.Values{"_pragma": append([]string{"busy_timeout(10000)", "foreign_keys(1)", "journal_mode(WAL)",
			"synchronous(FULL)", "temp_store(MEMORY)", "cache_size(-8000)"}, more...)}
		return "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + v.Encode() + mode
	}
	var err error
	if db.write, err = sql.Open(preparing, dsn("&_txlock=immediate")); err != nil {
		return err
	}
	db.write.SetMaxOpenConns(1)
	if err = db.write.Ping(); isAlien(err) {
		return fmt.Errorf("%s is not a database of this program", path)
	} else if err != nil {
		return fmt.Errorf("store: %s: %w", path, err)
	}
	_ = os.Chmod(path, 0o600)
	if db.read, err = sql.Open("sqlite", dsn("", "query_only(1)")); err != nil {
		return err
	}
	readers := max(4, runtime.NumCPU())
	db.read.SetMaxOpenConns(readers)
	db.read.SetMaxIdleConns(readers)
	return nil
}

func (db *DB) openPostgres(dsn string) error {
	db.Dialect = Postgres
	var err error
	if db.write, err = sql.Open("pgx", dsn); err != nil {
		return err
	}
	db.write.SetMaxOpenConns(16)
	db.write.SetMaxIdleConns(8)
	db.read = db.write
	if err = db.write.Ping(); err != nil {
		return fmt.Errorf("store: the PostgreSQL server does not answer: %w", err)
	}
	return nil
}

// Close ends every connection.
func (db *DB) Close() error {
	var err error
	if db.read != nil && db.read != db.write {
		err = db.read.Close()
	}
	if db.write != nil {
		if werr := db.write.Close(); err == nil {
			err = werr
		}
	}
	return err
}

// Now is the store's clock.
func (db *DB) Now() time.Time { return db.now() }

// Query reads outside any transaction.
func (db *DB) Query(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	return db.read.QueryContext(ctx, query, args...)
}

// QueryRow reads one row outside any transaction.
func (db *DB) QueryRow(ctx context.Context, query string, args ...any) *sql.Row {
	return db.read.QueryRowContext(ctx, query, args...)
}

// Write runs fn in one durable transaction; it is rolled back when fn fails. Only the gate and start-up call it.
// A full disk and a lock that could not be had come back as Unavailable faults.
func (db *DB) Write(ctx context.Context, fn func(tx *Tx) error) (err error) {
	conn, err := db.write.Conn(ctx)
	if err != nil {
		return plain(err)
	}
	defer conn.Close()
	tx, err := conn.BeginTx(ctx, nil)
	if err != nil {
		return plain(err)
	}
	defer func() {
		if p := recover(); p != nil {
			_ = tx.Rollback()
			panic(p)
		}
	}()
	if err = db.Dialect.lockWriters(ctx, tx); err == nil {
		err = fn(&Tx{Now: db.now().UTC().UnixMicro(), Dialect: db.Dialect, tx: tx, conn: conn})
	}
	if err != nil {
		_ = tx.Rollback()
		return plain(err)
	}
	return plain(tx.Commit())
}

// Snapshot runs fn over one unchanging view of the database.
func (db *DB) Snapshot(ctx context.Context, fn func(r Reader) error) error {
	opts := &sql.TxOptions{ReadOnly: true}
	if db.Dialect == Postgres {
		opts.Isolation = sql.LevelRepeatableRead
	}
	tx, err := db.read.BeginTx(ctx, opts)
	if err != nil {
		return plain(err)
	}
	defer func() { _ = tx.Rollback() }()
	return fn(&Tx{Now: db.now().UTC().UnixMicro(), Dialect: db.Dialect, tx: tx})
}

// plain turns what the machine can't do at the moment into a fault that people can read.
func plain(err error) error {
	switch {
	case err == nil || fault.As(err) != nil:
		return err
	case isFull(err):
		return &fault.Error{Kind: fault.Unavailable, Key: "fault.disk_full", Cause: err}
	case isBusy(err):
		return &fault.Error{Kind: fault.Unavailable, Key: "fault.busy", Cause: err}
	}
	return err
}

// Exec changes something inside the transaction.
func (t *Tx) Exec(ctx context.Context, query string, args ...any) (sql.Result, error) {
	return t.tx.ExecContext(ctx, query, args...)
}

// Query reads inside the transaction.
func (t *Tx) Query(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	return t.tx.QueryContext(ctx, query, args...)
}

// QueryRow reads one row inside the transaction.
func (t *Tx) QueryRow(ctx context.Context, query string, args ...any) *sql.Row {
	return t.tx.QueryRowContext(ctx, query, args...)
}

// Prepare makes a statement that lives as long as the transaction, for loops over many rows.
func (t *Tx) Prepare(ctx context.Context, query string) (*sql.Stmt, error) {
	return t.tx.PrepareContext(ctx, query)
}

// Insert runs an INSERT … RETURNING id and gives the id.
func (t *Tx) Insert(ctx context.Context, query string, args ...any) (id int64, err error) {
	err = t.tx.QueryRowContext(ctx, query, args...).Scan(&id)
	return id, err
}

// Change runs an UPDATE that guards a version; it reports whether exactly one row was changed.
func (t *Tx) Change(ctx context.Context, query string, args ...any) (bool, error) {
	res, err := t.tx.ExecContext(ctx, query, args...)
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	return n == 1, err
}

// Each runs a query and hands every row to scan.
func Each(ctx context.Context, r Reader, query string, args []any, scan func(rows *sql.Rows) error) error {
	rows, err := r.Query(ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// List runs a query and gathers what scan makes of every row. It never gives nil for an empty result.
func List[T any](ctx context.Context, r Reader, query string, args []any, scan func(rows *sql.Rows) (T, error)) ([]T, error) {
	out := []T{}
	err := Each(ctx, r, query, args, func(rows *sql.Rows) error {
		v, err := scan(rows)
		out = append(out, v)
		return err
	})
	return out, err
}
