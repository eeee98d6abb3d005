package store

import (
	"archive/tar"
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"strings"
	"time"
)

// dumpFormat is raised when the layout of a backup changes.
const dumpFormat = 1

// Manifest is the first member of a backup: what it holds and from when.
type Manifest struct {
	Format   int               `json:"format"`
	Taken    string            `json:"taken"` // RFC 3339, UTC
	Schema   map[string]string `json:"schema"`
	Versions []int64           `json:"versions"`
	Notes    map[string]string `json:"notes,omitempty"`
}

// Dump writes the whole database and every file as one compressed archive that Restore reads into either database.
// It sees one unchanging view, so work goes on while it runs. notes go into the manifest as they are (the newest
// checkpoint of the log, for instance).
func (db *DB) Dump(ctx context.Context, w io.Writer, notes map[string]string) error {
	zip := gzip.NewWriter(w)
	tw := tar.NewWriter(zip)
	err := db.Snapshot(ctx, func(r Reader) error { return db.dumpTables(ctx, r, tw, notes) })
	if err == nil {
		err = db.dumpFiles(tw)
	}
	if err != nil {
		return plain(err)
	}
	if err = tw.Close(); err != nil {
		return plain(err)
	}
	return plain(zip.Close())
}

func (db *DB) dumpTables(ctx context.Context, r Reader, tw *tar.Writer, notes map[string]string) error {
	m := Manifest{Format: dumpFormat, Taken: db.now().UTC().Format(time.RFC3339), Schema: map[string]string{}, Notes: notes}
	err := Each(ctx, r, `SELECT version, sum FROM schema_sum ORDER BY version`, nil, func(rows *sql.Rows) error {
		var v int64
		var s string
		err := rows.Scan(&v, &s)
		m.Versions = append(m.Versions, v)
		m.Schema[fmt.Sprint(v)] = s
		return err
	})
	if err != nil {
		return err
	}
	head, _ := json.MarshalIndent(m, "", " ")
	if err := member(tw, "manifest.json", bytes.NewReader(head), int64(len(head))); err != nil {
		return err
	}
	tables, err := db.tables(ctx, r)
	if err != nil {
		return err
	}
	for _, t := range tables {
		if err := dumpTable(ctx, r, tw, t); err != nil {
			return fmt.Errorf("table %s: %w", t, err)
		}
	}
	return nil
}

// dumpTable writes one table as JSON lines, first the columns, by way of a temporary file since tar wants the size.
func dumpTable(ctx context.Context, r Reader, tw *tar.Writer, table string) error {
	tmp, err := os.CreateTemp("", "plumbline-dump-*")
	if err != nil {
		return err
	}
	defer func() { _ = tmp.Close(); _ = os.Remove(tmp.Name()) }()
	buf := bufio.NewWriterSize(tmp, 1<<16)
	if err := writeRows(ctx, r, buf, table); err != nil {
		return err
	}
	if err := buf.Flush(); err != nil {
		return err
	}
	size, err := tmp.Seek(0, io.SeekCurrent)
	if err != nil {
		return err
	}
	if _, err := tmp.Seek(0, io.SeekStart); err != nil {
		return err
	}
	return member(tw, "tables/"+table+".jsonl", tmp, size)
}

func writeRows(ctx context.Context, r Reader, w io.Writer, table string) error {
	rows, err := r.Query(ctx, `SELECT * FROM `+table)
	if err != nil {
		return err
	}
	defer rows.Close()
	cols, err := rows.Columns()
	if err != nil {
		return err
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(cols); err != nil {
		return err
	}
	vals, ptrs := make([]any, len(cols)), make([]any, len(cols))
	for i := range vals {
		ptrs[i] = &vals[i]
	}
	for rows.Next() {
		if err := rows.Scan(ptrs...); err != nil {
			return err
		}
		for i, v := range vals {
			if b, ok := v.([]byte); ok {
				vals[i] = map[string]string{"b": base64.StdEncoding.EncodeToString(b)}
			}
		}
		if err := enc.Encode(vals); err != nil {
			return err
		}
	}
	return rows.Err()
}

func (db *DB) dumpFiles(tw *tar.Writer) error {
	return db.Blobs.Each(func(hash string) error {
		f, err := db.Blobs.Open(hash)
		if err != nil {
			return err
		}
		defer f.Close()
		size, err := f.Seek(0, io.SeekEnd)
		if err != nil {
			return err
		}
		if _, err = f.Seek(0, io.SeekStart); err != nil {
			return err
		}
		return member(tw, "files/"+hash, f, size)
	})
}

func member(tw *tar.Writer, name string, r io.Reader, size int64) error {
	if err := tw.WriteHeader(&tar.Header{Name: name, Mode: 0o600, Size: size}); err != nil {
		return err
	}
	_, err := io.Copy(tw, r)
	return err
}

// Restore reads a backup into this database, which must be migrated and otherwise empty. Nothing is kept when
// anything in the backup is broken.
func (db *DB) Restore(ctx context.Context, r io.Reader) (Manifest, error) {
	var m Manifest
	zip, err := gzip.NewReader(r)
	if err != nil {
		return m, fmt.Errorf("not a backup of this program: %w", err)
	}
	tr := tar.NewReader(zip)
	head, err := tr.Next()
	if err != nil || head.Name != "manifest.json" {
		return m, fmt.Errorf("not a backup of this program: no manifest in front")
	}
	if err := json.NewDecoder(tr).Decode(&m); err != nil {
		return m, fmt.Errorf("the backup's manifest can't be read: %w", err)
	}
	if err := db.sameSchema(m); err != nil {
		return m, err
	}
	return m, db.Write(ctx, func(tx *Tx) error { return db.restoreMembers(ctx, tx, tr) })
}

func (db *DB) sameSchema(m Manifest) error {
	if m.Format != dumpFormat {
		return fmt.Errorf("the backup has format %d, this program reads %d", m.Format, dumpFormat)
	}
	all, err := db.migrations()
	if err != nil {
		return err
	}
	for _, have := range all {
		if m.Schema[fmt.Sprint(have.version)] != have.sum {
			return fmt.Errorf("the backup was taken by another version of this program (migration %s differs); restore it with that version, then migrate", have.name)
		}
	}
	if len(m.Versions) != len(all) {
		return fmt.Errorf("the backup was taken by a newer version of this program; restore it with that version")
	}
	return nil
}

func (db *DB) restoreMembers(ctx context.Context, tx *Tx, tr *tar.Reader) error {
	tables, err := db.tables(ctx, tx)
	if err != nil {
		return err
	}
	known := map[string]bool{}
	for _, t := range tables {
		known[t] = true
		if !strings.HasPrefix(t, "schema_") {
			var n int
			if err := tx.QueryRow(ctx, `SELECT COUNT(*) FROM (SELECT 1 FROM `+t+` LIMIT 1) AS x`).Scan(&n); err != nil {
				return err
			}
			if n > 0 {
				return fmt.Errorf("the database to restore into is not empty (table %s holds rows)", t)
			}
		}
	}
	for {
		head, err := tr.Next()
		if errors.Is(err, io.EOF) {
			return db.afterRestore(ctx, tx, tables)
		}
		if err != nil {
			return fmt.Errorf("the backup is cut off or damaged: %w", err)
		}
		if err := db.restoreMember(ctx, tx, head.Name, tr, known); err != nil {
			return fmt.Errorf("%s: %w", head.Name, err)
		}
	}
}

func (db *DB) restoreMember(ctx context.Context, tx *Tx, name string, r io.Reader, known map[string]bool) error {
	dir, base := path.Split(name)
	switch dir {
	case "files/":
		hash, _, err := db.Blobs.Put(r, 1<<40)
		if err == nil && hash != base {
			err = fmt.Errorf("the file's content does not match its name")
		}
		return err
	case "tables/":
		table := strings.TrimSuffix(base, ".jsonl")
		if !known[table] {
			return fmt.Errorf("this program has no such table")
		}
		if strings.HasPrefix(table, "schema_") {
			return nil
		}
		return readRows(ctx, tx, table, r)
	}
	return fmt.Errorf("unknown member of a backup")
}

func readRows(ctx context.Context, tx *Tx, table string, r io.Reader) error {
	dec := json.NewDecoder(bufio.NewReaderSize(r, 1<<16))
	dec.UseNumber()
	var cols []string
	if err := dec.Decode(&cols); err != nil {
		return err
	}
	for _, c := range cols {
		if strings.ContainsFunc(c, func(r rune) bool { return r != '_' && (r < 'a' || r > 'z') && (r < '0' || r > '9') }) {
			return fmt.Errorf("column name %q is not one of ours", c)
		}
	}
	return tx.Load(ctx, table, cols, nil, func(row []any) (bool, error) {
		vals := row[:0]
		if err := dec.Decode(&vals); errors.Is(err, io.EOF) {
			return false, nil
		} else if err != nil {
			return false, err
		}
		if len(vals) != len(cols) {
			return false, fmt.Errorf("a row has %d values for %d columns", len(vals), len(cols))
		}
		copy(row, vals)
		return true, native(row)
	})
}

// native turns decoded JSON back into what the drivers take.
func native(vals []any) error {
	for i, v := range vals {
		switch x := v.(type) {
		case json.Number:
			n, err := x.Int64()
			if err != nil {
				return err
			}
			vals[i] = n
		case map[string]any:
			s, _ := x["b"].(string)
			b, err := base64.StdEncoding.DecodeString(s)
			if err != nil {
				return err
			}
			vals[i] = b
		}
	}
	return nil
}

// tables lists our tables in the order in which they were made, so that what is referred to comes first.
func (db *DB) tables(ctx context.Context, r Reader) ([]string, error) {
	query := `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name <> 'schema_version' ORDER BY rowid`
	if db.Dialect == Postgres {
		query = `SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
			WHERE c.relkind = 'r' AND n.nspname = current_schema() AND c.relname <> 'schema_version' ORDER BY c.oid`
	}
	return List(ctx, r, query, nil, func(rows *sql.Rows) (string, error) {
		var s string
		err := rows.Scan(&s)
		return s, err
	})
}

// afterRestore moves PostgreSQL's key counters behind the restored keys.
func (db *DB) afterRestore(ctx context.Context, tx *Tx, tables []string) error {
	if db.Dialect != Postgres {
		return nil
	}
	for _, t := range tables {
		var seq sql.NullString
		err := tx.QueryRow(ctx, `SELECT pg_get_serial_sequence($1, a.attname) FROM pg_attribute a
			WHERE a.attrelid = $2::regclass AND a.attname = 'id' AND a.attnum > 0`, t, t).Scan(&seq)
		if errors.Is(err, sql.ErrNoRows) || (err == nil && !seq.Valid) {
			continue
		}
		if err == nil {
			_, err = tx.Exec(ctx, `SELECT setval('`+seq.String+`', (SELECT COALESCE(MAX(id), 0) + 1 FROM `+t+`), false)`)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
