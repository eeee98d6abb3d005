package store_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"testing"

	"plumbline/internal/store"
	"plumbline/internal/store/storetest"
)

func people(from, n int64) func(row []any) (bool, error) {
	i := int64(0)
	return func(row []any) (bool, error) {
		if i == n {
			return false, nil
		}
		row[0], row[1], row[2] = from+i, fmt.Sprint("p", from+i), "名"
		i++
		return true, nil
	}
}

func indexes(t *testing.T, r store.Reader, d store.Dialect) (out []string) {
	t.Helper()
	q := `SELECT sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL ORDER BY name`
	if d == store.Postgres {
		q = `SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY indexname`
	}
	out, err := store.List(context.Background(), r, q, nil, func(rows *sql.Rows) (s string, err error) { return s, rows.Scan(&s) })
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestLoadWritesEveryRowAndKeepsTheIndexes(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, _ *storetest.Clock) {
		ctx := context.Background()
		columns, fixed := []string{"id", "code", "name"}, []store.Fixed{{Column: "name_en", Value: ""}, {Column: "version", Value: 1}}
		before := indexes(t, db, db.Dialect)
		for round, n := range []int64{250, 100, 0, 1} {
			err := db.Write(ctx, func(tx *store.Tx) error {
				first, err := tx.Reserve(ctx, "person", n)
				if err != nil {
					return err
				}
				return tx.Load(ctx, "person", columns, fixed, people(first, n))
			})
			if err != nil {
				t.Fatal(round, err)
			}
		}
		var count, high int64
		if err := db.QueryRow(ctx, `SELECT COUNT(*), MAX(id) FROM person`).Scan(&count, &high); err != nil || count != 351 || high < 351 {
			t.Fatalf("%d rows up to %d, %v", count, high, err)
		}
		var next int64
		err := db.Write(ctx, func(tx *store.Tx) (err error) {
			next, err = tx.Insert(ctx, `INSERT INTO person (code, name, name_en, version) VALUES ('q', 'x', '', 1) RETURNING id`)
			return err
		})
		if err != nil || next <= high {
			t.Errorf("the next key is %d after %d, %v", next, high, err)
		}
		if after := indexes(t, db, db.Dialect); fmt.Sprint(after) != fmt.Sprint(before) {
			t.Errorf("the indexes changed:\n%v\n%v", before, after)
		}
	})
}

func TestLoadKeepsUniquenessAndStopsAtAnError(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, _ *storetest.Clock) {
		ctx := context.Background()
		columns := []string{"id", "code", "parent_id", "path", "kind", "name", "name_en", "from_date", "to_date", "since", "successor_id", "version"}
		unit := func(id int64, code string, row []any) {
			copy(row, []any{id, code, int64(0), "/", "k", "n", "", "", "", "", int64(0), int64(1)})
		}
		i := 0
		err := db.Write(ctx, func(tx *store.Tx) error {
			return tx.Load(ctx, "unit", columns, nil, func(row []any) (bool, error) {
				unit(int64(i+1), "same", row)
				i++
				return i < 4, nil
			})
		})
		if !store.IsUnique(err) {
			t.Errorf("a doubled code was loaded: %v", err)
		}
		boom := errors.New("boom")
		err = db.Write(ctx, func(tx *store.Tx) error {
			return tx.Load(ctx, "unit", columns, nil, func(row []any) (bool, error) { return true, boom })
		})
		if !errors.Is(err, boom) {
			t.Errorf("got %v", err)
		}
		var n int
		if err := db.QueryRow(ctx, `SELECT COUNT(*) FROM unit`).Scan(&n); err != nil || n != 0 {
			t.Errorf("%d rows were left, %v", n, err)
		}
	})
}

func TestLoadNumberedGivesTheReservedKeys(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, _ *storetest.Clock) {
		ctx := context.Background()
		columns, fixed := []string{"code", "name"}, []store.Fixed{{Column: "name_en", Value: ""}, {Column: "version", Value: 1}}
		var want []string
		for round, gap := range []int64{0, 0, 7} { // a gap: the keys are not the next ones
			err := db.Write(ctx, func(tx *store.Tx) error {
				first, err := tx.Reserve(ctx, "person", 150+gap)
				if err != nil {
					return err
				}
				first += gap
				i := 0
				return tx.LoadNumbered(ctx, "person", first, columns, fixed, func(row []any) (bool, error) {
					if i == 150 {
						return false, nil
					}
					code := fmt.Sprintf("%d-%d", round, i)
					want = append(want, fmt.Sprint(first+int64(i), " ", code))
					row[0], row[1] = code, "n"
					i++
					return true, nil
				})
			})
			if err != nil {
				t.Fatal(round, err)
			}
		}
		got, err := store.List(ctx, db, `SELECT id, code FROM person ORDER BY id`, nil, func(rows *sql.Rows) (string, error) {
			var id int64
			var code string
			err := rows.Scan(&id, &code)
			return fmt.Sprint(id, " ", code), err
		})
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%v, %v\nwanted %v", got, err, want)
		}
	})
}
