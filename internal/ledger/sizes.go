package ledger

import (
	"context"
	"database/sql"

	"plumbline/internal/store"
)

// Size is how large a ledger is: the newest version that matters were born under (0 where none was), and its matters.
type Size struct {
	Version int
	Matters int64
}

// Sizes gives the sizes of the ledgers that hold anything, by type. It reads without asking; whoever runs the program at
// a terminal may know.
func (s *Service) Sizes(ctx context.Context) (map[string]Size, error) {
	out := map[string]Size{}
	err := store.Each(ctx, s.db, `SELECT type, MAX(version) FROM ledger_type GROUP BY type`, nil, func(rows *sql.Rows) error {
		var id string
		var x Size
		err := rows.Scan(&id, &x.Version)
		out[id] = x
		return err
	})
	if err != nil {
		return nil, err
	}
	return out, store.Each(ctx, s.db, `SELECT type, COUNT(*) FROM matter GROUP BY type`, nil, func(rows *sql.Rows) error {
		var id string
		var n int64
		err := rows.Scan(&id, &n)
		out[id] = Size{out[id].Version, n}
		return err
	})
}
