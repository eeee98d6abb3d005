package store_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"plumbline/internal/store"
	"plumbline/internal/store/storetest"
)

const (
	firstStep  = "CREATE TABLE thing (\n  id {{ID}},\n  name TEXT NOT NULL,\n  seal {{BYTES}} NOT NULL\n);\n"
	secondStep = "ALTER TABLE thing ADD COLUMN size BIGINT NOT NULL DEFAULT 0;\n"
	lateStep   = "-- a room's own number is lower than one that was applied before it\nCREATE INDEX thing_name ON thing (name);\n"
)

// eachEmpty runs the test on both databases, neither of them migrated.
func eachEmpty(t *testing.T, test func(t *testing.T, open func(dir string) *store.DB)) {
	run := func(name string, url func(t *testing.T) string) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			address, clock := url(t), storetest.NewClock()
			test(t, func(dir string) *store.DB {
				db, err := store.Open(store.Config{Dir: dir, URL: address, Now: clock.Now})
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() { _ = db.Close() })
				return db
			})
		})
	}
	run("sqlite", func(*testing.T) string { return "" })
	run("postgres", func(t *testing.T) string { return storetest.PostgresURL(t) })
}

func migrate(t *testing.T, db *store.DB, steps map[int64]string) (backup string) {
	t.Helper()
	db.Knows(steps)
	backup, err := db.Migrate(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return backup
}

func addThing(t *testing.T, db *store.DB, name string) {
	t.Helper()
	err := db.Write(context.Background(), func(tx *store.Tx) error {
		_, err := tx.Exec(context.Background(), `INSERT INTO thing (name, seal) VALUES ($1, $2)`, name, []byte{0, 255})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func things(t *testing.T, db *store.DB) (n int) {
	t.Helper()
	if err := db.QueryRow(context.Background(), `SELECT COUNT(*) FROM thing`).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// An older database is brought up to date after a backup, from which it can be had again as it was.
func TestAnOlderDatabaseIsBackedUpFirst(t *testing.T) {
	eachEmpty(t, func(t *testing.T, open func(dir string) *store.DB) {
		ctx, dir := context.Background(), t.TempDir()
		db := open(dir)
		older := map[int64]string{1: firstStep}
		if backup := migrate(t, db, older); backup != "" {
			t.Errorf("an empty database was backed up: %s", backup)
		}
		addThing(t, db, "kept")
		if pending, err := db.Pending(ctx); err != nil || pending {
			t.Fatalf("pending %v, %v", pending, err)
		}
		backup := migrate(t, db, map[int64]string{1: firstStep, 20: secondStep})
		if filepath.Dir(backup) != filepath.Join(dir, "backups") {
			t.Fatalf("the backup stands at %q", backup)
		}
		if again := migrate(t, db, map[int64]string{1: firstStep, 20: secondStep}); again != "" {
			t.Errorf("a backup though there was nothing to do: %s", again)
		}
		var size int
		if err := db.QueryRow(ctx, `SELECT size FROM thing`).Scan(&size); err != nil {
			t.Errorf("the column is not there: %v", err)
		}
		text, err := os.ReadFile(backup)
		if err != nil {
			t.Fatal(err)
		}
		into, err := store.Open(store.Config{Dir: t.TempDir()})
		if err != nil {
			t.Fatal(err)
		}
		defer into.Close()
		into.Knows(map[int64]string{1: firstStep, 20: secondStep})
		if _, err := into.Restore(ctx, bytes.NewReader(text)); err == nil || !strings.Contains(err.Error(), "another version") {
			t.Errorf("a program that does not fit took the backup: %v", err)
		}
		migrate(t, into, older)
		if _, err := into.Restore(ctx, bytes.NewReader(text)); err != nil {
			t.Fatal(err)
		}
		migrate(t, into, map[int64]string{1: firstStep, 20: secondStep})
		if n := things(t, into); n != 1 {
			t.Errorf("%d things after restoring and migrating", n)
		}
	})
}

// Rooms number their own migrations, so that a later one may carry a lower number.
func TestALowerNumberComesLater(t *testing.T) {
	eachEmpty(t, func(t *testing.T, open func(dir string) *store.DB) {
		db := open(t.TempDir())
		migrate(t, db, map[int64]string{1: firstStep, 90: secondStep})
		if backup := migrate(t, db, map[int64]string{1: firstStep, 11: lateStep, 90: secondStep}); backup == "" {
			t.Error("the step with the lower number was passed over")
		}
	})
}

func TestMigrateRefuses(t *testing.T) {
	eachEmpty(t, func(t *testing.T, open func(dir string) *store.DB) {
		ctx, db := context.Background(), open(t.TempDir())
		migrate(t, db, map[int64]string{1: firstStep, 20: secondStep})
		addThing(t, db, "kept")
		for _, c := range []struct {
			name, want string
			steps      map[int64]string
		}{
			{"a changed step", "was changed after", map[int64]string{1: firstStep + "\n", 20: secondStep}},
			{"a newer database", "newer program", map[int64]string{1: firstStep}},
			{"a newer database and something to do", "newer program", map[int64]string{1: firstStep, 30: lateStep}},
		} {
			db.Knows(c.steps)
			if _, err := db.Migrate(ctx); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%s: %v", c.name, err)
			}
		}
		db.Knows(map[int64]string{1: firstStep, 20: secondStep, 30: lateStep + "CREATE TABLE half (id BIGINT);\nCREATE TABLE thing (id BIGINT);\n"})
		if _, err := db.Migrate(ctx); err == nil {
			t.Fatal("a broken step passed")
		}
		migrate(t, db, map[int64]string{1: firstStep, 20: secondStep, 30: lateStep + "CREATE TABLE half (id BIGINT);\n"})
		if n := things(t, db); n != 1 {
			t.Errorf("%d things after a step that broke in the middle", n)
		}
	})
}

// Without room for the backup there is no migration.
func TestNoMigrationWithoutABackup(t *testing.T) {
	eachEmpty(t, func(t *testing.T, open func(dir string) *store.DB) {
		dir := t.TempDir()
		db := open(dir)
		migrate(t, db, map[int64]string{1: firstStep})
		if err := os.WriteFile(filepath.Join(dir, "backups"), nil, 0o600); err != nil {
			t.Fatal(err)
		}
		db.Knows(map[int64]string{1: firstStep, 20: secondStep})
		if _, err := db.Migrate(context.Background()); err == nil || !strings.Contains(err.Error(), "no migration without a backup") {
			t.Fatalf("got %v", err)
		}
		if pending, err := db.Pending(context.Background()); err != nil || !pending {
			t.Errorf("pending %v, %v", pending, err)
		}
	})
}

// A second start at the same moment waits or finds nothing to do; neither breaks the other's work.
func TestTwoProgramsMigrateAtOnce(t *testing.T) {
	eachEmpty(t, func(t *testing.T, open func(dir string) *store.DB) {
		dir := t.TempDir()
		done := make(chan error, 3)
		for range cap(done) {
			db := open(dir)
			db.Knows(map[int64]string{1: firstStep, 20: secondStep})
			go func() {
				_, err := db.Migrate(context.Background())
				done <- err
			}()
		}
		for range cap(done) {
			select {
			case err := <-done:
				if err != nil {
					t.Error(err)
				}
			case <-time.After(30 * time.Second):
				t.Fatal("they wait for each other")
			}
		}
	})
}
