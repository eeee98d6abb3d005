package store_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"plumbline/internal/fault"
	"plumbline/internal/store"
	"plumbline/internal/store/storetest"
)

func TestWriteKeepsAllOrNothing(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		ctx := context.Background()
		boom := errors.New("boom")
		err := db.Write(ctx, func(tx *store.Tx) error {
			if tx.Now != clock.Now().UnixMicro() {
				t.Errorf("tx.Now = %d, the clock says %d", tx.Now, clock.Now().UnixMicro())
			}
			_, err := tx.Exec(ctx, `INSERT INTO instance (name, value) VALUES ($1, $2)`, "a", "b")
			return errors.Join(err, boom)
		})
		if !errors.Is(err, boom) {
			t.Fatalf("got %v", err)
		}
		var n int
		if err := db.QueryRow(ctx, `SELECT COUNT(*) FROM instance`).Scan(&n); err != nil || n != 0 {
			t.Fatalf("%d rows, %v", n, err)
		}
	})
}

func TestUniqueIsRecognised(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, _ *storetest.Clock) {
		ctx := context.Background()
		insert := func(tx *store.Tx) error {
			_, err := tx.Exec(ctx, `INSERT INTO instance (name, value) VALUES ('a', 'b')`)
			return err
		}
		if err := db.Write(ctx, insert); err != nil {
			t.Fatal(err)
		}
		if err := db.Write(ctx, insert); !store.IsUnique(err) {
			t.Fatalf("%v is not seen as a broken uniqueness rule", err)
		}
	})
}

// A backup taken on one database restores into the other, bytes, keys, files and all.
func TestDumpRestoreAcrossDatabases(t *testing.T) {
	ctx := context.Background()
	clock := storetest.NewClock()
	for _, c := range []struct {
		name     string
		from, to func(testing.TB, *storetest.Clock) *store.DB
	}{
		{"sqlite to postgres", storetest.OpenSQLite, storetest.OpenPostgres},
		{"postgres to sqlite", storetest.OpenPostgres, storetest.OpenSQLite},
	} {
		t.Run(c.name, func(t *testing.T) {
			from, to := c.from(t, clock), c.to(t, clock)
			hash, _, err := from.Blobs.Put(strings.NewReader("evidence"), 100)
			if err != nil {
				t.Fatal(err)
			}
			err = from.Write(ctx, func(tx *store.Tx) error {
				if _, err := tx.Exec(ctx, `INSERT INTO audit_hash (idx, hash) VALUES (0, $1)`, []byte{0, 1, 255}); err != nil {
					return err
				}
				_, err := tx.Exec(ctx, `INSERT INTO person (id, code, name, name_en, version) VALUES (41, 'p', '𠮷 "x"', '', 1)`)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			var file bytes.Buffer
			if err := from.Dump(ctx, &file, map[string]string{"k": "v"}); err != nil {
				t.Fatal(err)
			}
			cut := bytes.NewReader(file.Bytes()[:file.Len()*2/3])
			if _, err := to.Restore(ctx, cut); err == nil {
				t.Fatal("a cut-off backup was taken")
			}
			m, err := to.Restore(ctx, bytes.NewReader(file.Bytes()))
			if err != nil {
				t.Fatal(err)
			}
			if m.Notes["k"] != "v" {
				t.Errorf("notes: %v", m.Notes)
			}
			var name string
			var b []byte
			if err := to.QueryRow(ctx, `SELECT name FROM person WHERE id = 41`).Scan(&name); err != nil || name != `𠮷 "x"` {
				t.Errorf("name %q, %v", name, err)
			}
			if err := to.QueryRow(ctx, `SELECT hash FROM audit_hash`).Scan(&b); err != nil || !bytes.Equal(b, []byte{0, 1, 255}) {
				t.Errorf("bytes %v, %v", b, err)
			}
			if f, err := to.Blobs.Open(hash); err != nil {
				t.Errorf("file: %v", err)
			} else {
				_ = f.Close()
			}
			var id int64
			err = to.Write(ctx, func(tx *store.Tx) (err error) {
				id, err = tx.Insert(ctx, `INSERT INTO person (code, name, name_en, version) VALUES ('q', 'x', '', 1) RETURNING id`)
				return err
			})
			if err != nil || id != 42 {
				t.Errorf("the next key is %d, %v", id, err)
			}
			if _, err := to.Restore(ctx, bytes.NewReader(file.Bytes())); err == nil {
				t.Error("restored over a database that holds rows")
			}
		})
	}
}

func TestBlobsRefuseWhatIsTooLarge(t *testing.T) {
	db := storetest.OpenSQLite(t, storetest.NewClock())
	if _, _, err := db.Blobs.Put(strings.NewReader("12345"), 4); fault.KindOf(err) != fault.TooLarge {
		t.Fatalf("got %v", err)
	}
	if _, err := db.Blobs.Open("../../etc/passwd"); fault.KindOf(err) != fault.NotFound {
		t.Fatalf("got %v", err)
	}
	if err := db.Blobs.Each(func(string) error { t.Error("something was left behind"); return nil }); err != nil {
		t.Fatal(err)
	}
}

// What was left of an upload that broke off is removed when it is old; what may still be arriving is not.
func TestSweepRemovesWhatWasBrokenOff(t *testing.T) {
	db := storetest.OpenSQLite(t, storetest.NewClock())
	hash, _, err := db.Blobs.Put(strings.NewReader("evidence"), 100)
	if err != nil {
		t.Fatal(err)
	}
	left := filepath.Join(db.Dir, "files", "incoming-123")
	if err := os.WriteFile(left, []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	if n, err := db.Blobs.Sweep(time.Now().Add(-time.Hour)); n != 0 || err != nil {
		t.Errorf("removed %d that may still arrive, %v", n, err)
	}
	if n, err := db.Blobs.Sweep(time.Now().Add(time.Hour)); n != 1 || err != nil {
		t.Errorf("removed %d, %v", n, err)
	}
	if _, err := os.Stat(left); !os.IsNotExist(err) {
		t.Errorf("still there: %v", err)
	}
	f, err := db.Blobs.Open(hash)
	if err != nil {
		t.Fatal(err)
	}
	_ = f.Close()
}

// One program serves a database; the place is free again when it lets go. Writing goes on beside it.
func TestClaim(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, _ *storetest.Clock) {
		ctx := context.Background()
		release, err := db.Claim(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := db.Claim(ctx); fault.KindOf(err) != fault.Unavailable || fault.As(err).Key != "fault.served" {
			t.Fatalf("claimed twice: %v", err)
		}
		err = db.Write(ctx, func(tx *store.Tx) error {
			_, err := tx.Exec(ctx, `INSERT INTO instance (name, value) VALUES ('beside', 'x')`)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		release()
		if release, err = db.Claim(ctx); err != nil {
			t.Fatal(err)
		}
		release()
	})
}
