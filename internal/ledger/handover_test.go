package ledger

import (
	"context"
	"database/sql"
	"strings"
	"testing"

	"plumbline/internal/store"
	"plumbline/internal/store/storetest"
)

// A unit that hands its matters over reads its own, not those of the whole country.
func TestHandingOverReadsByIndexes(t *testing.T) {
	db := storetest.OpenSQLite(t, storetest.NewClock())
	plan, err := store.List(context.Background(), db, `EXPLAIN QUERY PLAN SELECT m.id FROM matter m WHERE `+handedOn+` ORDER BY m.id`, []any{7, "/1/7/"},
		func(rows *sql.Rows) (said string, err error) {
			var a, b, c int
			return said, rows.Scan(&a, &b, &c, &said)
		})
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Join(plan, "\n")
	for _, index := range []string{"matter_unit", "matter_convenor_path", "matter_requester_path"} {
		if !strings.Contains(text, index+" (") {
			t.Errorf("%s is not used:\n%s", index, text)
		}
	}
	if strings.Contains(text, "SCAN m") {
		t.Errorf("all matters are read:\n%s", text)
	}
}
