package demo_test

import (
	"context"
	"database/sql"
	"log/slog"
	"testing"

	"plumbline/internal/app"
	"plumbline/internal/audit"
	"plumbline/internal/demo"
	"plumbline/internal/review/cycle"
	"plumbline/internal/store"
	"plumbline/internal/store/storetest"
)

// build makes the city on an empty database.
func build(t *testing.T, db *store.DB, clock *demo.Clock, lang string) (*app.App, []demo.Link) {
	t.Helper()
	a, err := app.Open(context.Background(), app.Config{DB: db, Now: clock.Now, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	links, err := demo.Build(context.Background(), a, clock, lang)
	if err != nil {
		t.Fatal(err)
	}
	return a, links
}

// The city is built through the program's own verbs on either database, in either language: last year's cycle is
// closed, this year's stands on the day after its meeting, and the log of it all verifies.
func TestTheCityStands(t *testing.T) {
	for _, c := range []struct {
		name, lang string
		open       func(testing.TB, *demo.Clock) *store.DB
	}{
		{"sqlite", "zh", func(t testing.TB, c *demo.Clock) *store.DB { return storetest.OpenSQLiteAt(t, c.Now) }},
		{"postgres", "en", func(t testing.TB, c *demo.Clock) *store.DB { return storetest.OpenPostgresAt(t, c.Now) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			ctx, clock := context.Background(), &demo.Clock{}
			a, links := build(t, c.open(t, clock), clock, c.lang)
			if len(links) < 11 {
				t.Errorf("%d links, one for each role is due", len(links))
			}
			roles := map[string]bool{}
			for _, l := range links {
				roles[l.Role[c.lang]] = true
			}
			for _, r := range a.Pack.Roles {
				if !roles[r.Name[c.lang]] {
					t.Errorf("nobody stands for the role %s", r.ID)
				}
			}
			cycles, err := store.List(ctx, a.DB, `SELECT state FROM cycle ORDER BY year, id`, nil, scanText)
			if err != nil {
				t.Fatal(err)
			}
			if len(cycles) != 3 || cycles[0] != string(cycle.Closed) {
				t.Errorf("the cycles stand at %v", cycles)
			}
			var held int
			if err := a.DB.QueryRow(ctx, `SELECT COUNT(*) FROM cycle WHERE state = 'held'`).Scan(&held); err != nil || held != 1 {
				t.Errorf("%d cycles stand after their meeting, %v", held, err)
			}
			if tree, err := audit.Verify(ctx, a.DB, nil); err != nil || tree.Size < 1000 {
				t.Errorf("the log: %d entries, %v", tree.Size, err)
			}
			var back int
			if err := a.DB.QueryRow(ctx, `SELECT COUNT(*) FROM audit_entry a JOIN audit_entry b ON b.seq = a.seq + 1 AND b.at < a.at`).Scan(&back); err != nil || back != 0 {
				t.Errorf("time ran backwards %d times, %v", back, err)
			}
		})
	}
}

func scanText(rows *sql.Rows) (s string, err error) {
	err = rows.Scan(&s)
	return s, err
}
