package demo_test

import (
	"context"
	"database/sql"
	"testing"

	"plumbline/internal/authz"
	"plumbline/internal/demo"
	"plumbline/internal/ledger"
	"plumbline/internal/store"
	"plumbline/internal/store/storetest"
)

// A year has passed in every ledger: something has ended, something is open, things came back and went up, and nothing
// that the tallies say is untrue.
func TestEveryLedgerHasAYear(t *testing.T) {
	t.Parallel()
	ctx, clock := context.Background(), &demo.Clock{}
	a, _ := build(t, storetest.OpenSQLiteAt(t, clock.Now), clock, "zh")
	types := a.Rooms.Ledgers.Types().All()
	for _, d := range types {
		for _, class := range []string{"open", "ended"} {
			n, err := a.Rooms.Ledgers.Count(ctx, authz.System(), ledger.Filter{Type: d.ID, Class: class}, a.Rooms.Ledgers.Today(a.Now()))
			if err != nil || (n == 0 && !(d.For == "promise" && class == "ended")) {
				t.Errorf("%s: %d matters are %s, %v", d.ID, n, class, err)
			}
		}
	}
	var back, above int
	err := a.DB.QueryRow(ctx, `SELECT COUNT(*) FROM matter WHERE reopened > 0`).Scan(&back)
	if err != nil || back < 10 {
		t.Errorf("%d matters came back, %v", back, err)
	}
	err = a.DB.QueryRow(ctx, `SELECT COUNT(*) FROM matter_event WHERE step = $1`, ledger.StepEscalate).Scan(&above)
	if err != nil || above < 10 {
		t.Errorf("%d times something went up, %v", above, err)
	}
	if wrong, err := a.Rooms.Ledgers.CheckCounts(ctx, a.DB); err != nil || len(wrong) > 0 {
		t.Errorf("the tallies: %v, %v", wrong, err)
	}
	names, err := store.List(ctx, a.DB, `SELECT title FROM matter WHERE title LIKE '$%' OR title = ''`, nil, func(rows *sql.Rows) (s string, err error) {
		err = rows.Scan(&s)
		return s, err
	})
	if err != nil || len(names) > 0 {
		t.Errorf("matters without words: %v, %v", names, err)
	}
}
