package bench

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"plumbline/internal/account"
	"plumbline/internal/app"
	"plumbline/internal/authz"
	"plumbline/internal/ledger"
	"plumbline/internal/org"
	"plumbline/internal/store"
)

const findings = 200_000

// BenchmarkRollup sets reading how all ledgers stand at the root of 665,277 units with 200,000 findings against the
// same at a village that has one. The page that shows it must take at most twice the time; the figures alone are a
// fraction of a page.
func BenchmarkRollup(b *testing.B) {
	ctx := context.Background()
	dir := b.TempDir()
	importUnits(b, dir, unitsFile(b))
	a, err := app.Open(ctx, app.Config{Data: dir})
	if err != nil {
		b.Fatal(err)
	}
	defer a.Close()
	root, village := spread(b, a)
	lists, today := a.Rooms.Ledgers, a.Rooms.Ledgers.Today(time.Now())
	read := func(unit int64) time.Duration {
		return median(2000, func() {
			r, err := lists.Rollup(ctx, a.DB, unit, today)
			if err != nil || len(r) == 0 {
				b.Fatalf("%v %v", r, err)
			}
		})
	}
	for b.Loop() {
		rootTook, villageTook := read(root.ID), read(village.ID)
		b.ReportMetric(float64(rootTook.Microseconds()), "µs/root")
		b.ReportMetric(float64(villageTook.Microseconds()), "µs/village")
		b.ReportMetric(float64(rootTook)/float64(villageTook), "ratio-figures")
		page := pages(b, a, root.ID)
		rootPage, villagePage := page(root.ID), page(village.ID)
		b.ReportMetric(float64(rootPage.Microseconds()), "µs/root-page")
		b.ReportMetric(float64(villagePage.Microseconds()), "µs/village-page")
		b.ReportMetric(float64(rootPage)/float64(villagePage), "ratio")
	}
}

// pages opens a unit's page as somebody who may read everything, and gives the median time at the server.
func pages(b *testing.B, a *app.App, root int64) func(unit int64) time.Duration {
	b.Helper()
	ctx := context.Background()
	if err := a.Rooms.Accounts.MarkDemo(ctx); err != nil {
		b.Fatal(err)
	}
	id, _, err := a.Rooms.Accounts.Create(ctx, authz.System(), account.NewAccount{Login: "reader", Name: "reader", Lang: "zh", Grants: []account.RoleAt{{Role: "auditor", Unit: root}}})
	if err != nil {
		b.Fatal(err)
	}
	link, err := a.Rooms.Accounts.DemoLink(ctx, id)
	if err != nil {
		b.Fatal(err)
	}
	token, _, err := a.Rooms.Accounts.DemoSignIn(ctx, link, account.From{})
	if err != nil {
		b.Fatal(err)
	}
	return func(unit int64) time.Duration {
		return median(500, func() {
			r := httptest.NewRequest("GET", fmt.Sprintf("/units/%d", unit), nil)
			r.AddCookie(&http.Cookie{Name: "plumbline_session", Value: token})
			w := httptest.NewRecorder()
			a.Web.Handler().ServeHTTP(w, r)
			if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "/matters?") {
				b.Fatalf("status %d, or no figures on the page", w.Code)
			}
		})
	}
}

func median(n int, do func()) time.Duration {
	took := make([]time.Duration, n)
	for i := range took {
		start := time.Now()
		do()
		took[i] = time.Since(start)
	}
	slices.Sort(took)
	return took[n/2]
}

// spread puts findings on units at random, as a year of work would leave them, and gives the root and a village that
// has one.
func spread(b *testing.B, a *app.App) (root, village org.Unit) {
	b.Helper()
	ctx := context.Background()
	var places []org.Unit
	err := store.Each(ctx, a.DB, `SELECT id, path FROM unit ORDER BY id`, nil, func(rows *sql.Rows) error {
		var u org.Unit
		err := rows.Scan(&u.ID, &u.Path)
		places = append(places, u)
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	for _, u := range places {
		if len(org.PathIDs(u.Path)) == 1 {
			root = u
		}
	}
	r := rand.New(rand.NewPCG(1, 2))
	err = a.DB.Write(ctx, func(tx *store.Tx) error {
		if village, err = insertFindings(ctx, tx, r, root, places); err != nil {
			return err
		}
		return ledger.RebuildTx(ctx, tx)
	})
	if err != nil {
		b.Fatal(err)
	}
	if wrong, err := ledger.CheckTally(ctx, a.DB); err != nil || len(wrong) > 0 {
		b.Fatal(wrong, err)
	}
	return root, village
}

func insertFindings(ctx context.Context, tx *store.Tx, r *rand.Rand, root org.Unit, places []org.Unit) (last org.Unit, err error) {
	put, err := tx.Prepare(ctx, `INSERT INTO matter (type, type_version, number, title, state, state_class, unit_id, unit_path, convenor_id,
		convenor_path, place_path, cycle_id, meeting_id, slot_id, comment_id, item, report_id, common, group_id, repeat_of, post_id,
		person_id, due_on, target_on, fields, marks, opened_on, closed_on, reopened, created_at, changed_at, version)
		VALUES ('rectification', 1, $1, $2, $3, $4, $5, $6, $7, $8, $6, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, $9, $9, $10, '{"on":{}}', '2022-01-25', '', 0, 1, 1, 1)`)
	if err != nil {
		return last, err
	}
	defer put.Close()
	states := [][2]string{{"registered", "owner"}, {"in_progress", "owner"}, {"in_progress", "owner"}, {"declared", "verifier"}, {"planned", "convenor"}, {"closed_done", "done"}, {"closed_not_done", "not_done"}}
	begin := time.Now().AddDate(0, -6, 0)
	for i := range findings {
		u, st := places[r.IntN(len(places))], states[r.IntN(len(states))]
		due := begin.AddDate(0, 0, r.IntN(365)).Format(time.DateOnly)
		if st[1] == "done" || st[1] == "not_done" {
			due = ""
		}
		title := fmt.Sprintf("组织生活不规范、记录不完整的第%d个问题", i)
		_, err := put.ExecContext(ctx, fmt.Sprintf("ZG-2022-%06d", i), title, st[0], st[1], u.ID, u.Path, root.ID, root.Path, due, `{"problem":"`+title+`","source":"field"}`)
		if err != nil {
			return last, err
		}
		if len(org.PathIDs(u.Path)) > 4 {
			last = u
		}
	}
	return last, nil
}
