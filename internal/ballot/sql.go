package ballot

import (
	"context"
	"database/sql"
	"errors"

	"plumbline/internal/fault"
	"plumbline/internal/store"
)

const roundColumns = `id, cycle_id, no, plan_id, plan_digest, state, reason, override, digest, opened_at, sealed_at, version`

func scanRound(row interface{ Scan(...any) error }) (r Round, err error) {
	err = row.Scan(&r.ID, &r.Cycle, &r.No, &r.Plan, &r.PlanDigest, &r.State, &r.Reason, &r.Override, &r.Digest, &r.OpenedAt, &r.SealedAt, &r.Version)
	if errors.Is(err, sql.ErrNoRows) {
		err = fault.Missing()
	}
	return r, err
}

// Rounds lists the rounds of a cycle, the newest first. It asks no scope: the caller has found the cycle by one.
func Rounds(ctx context.Context, r store.Reader, cycle int64) ([]Round, error) {
	return store.List(ctx, r, `SELECT `+roundColumns+` FROM ballot_round WHERE cycle_id = $1 ORDER BY no DESC`, []any{cycle},
		func(rows *sql.Rows) (Round, error) { return scanRound(rows) })
}

// Latest gives the newest round of a cycle, NotFound where none was opened.
func Latest(ctx context.Context, r store.Reader, cycle int64) (Round, error) {
	return scanRound(r.QueryRow(ctx, `SELECT `+roundColumns+` FROM ballot_round WHERE cycle_id = $1 ORDER BY no DESC LIMIT 1`, cycle))
}

// LatestSealed gives the newest sealed round of a cycle: the one that counts.
func LatestSealed(ctx context.Context, r store.Reader, cycle int64) (Round, error) {
	return scanRound(r.QueryRow(ctx, `SELECT `+roundColumns+` FROM ballot_round WHERE cycle_id = $1 AND state = 'sealed' ORDER BY no DESC LIMIT 1`, cycle))
}

// Papers lists the counts of slips of a round by class.
func Papers(ctx context.Context, r store.Reader, round int64) ([]Paper, error) {
	return store.List(ctx, r, `SELECT class, entitled, issued, returned FROM ballot_class WHERE round_id = $1 ORDER BY class`, []any{round},
		func(rows *sql.Rows) (p Paper, err error) {
			err = rows.Scan(&p.Class, &p.Entitled, &p.Issued, &p.Returned)
			return p, err
		})
}

// Counts lists the tally of a sealed round; it is empty while the round is open.
func Counts(ctx context.Context, r store.Reader, round int64) ([]Count, error) {
	return store.List(ctx, r, `SELECT class, unit_id, item, value, n FROM ballot_tally WHERE round_id = $1 ORDER BY class, unit_id, item, value`,
		[]any{round}, func(rows *sql.Rows) (c Count, err error) {
			err = rows.Scan(&c.Class, &c.Unit, &c.Item, &c.Value, &c.N)
			return c, err
		})
}

func marksOf(ctx context.Context, r store.Reader, round int64, seat int) ([]Mark, error) {
	return store.List(ctx, r, `SELECT class, slip, unit_id, item, value FROM ballot_mark WHERE round_id = $1 AND seat = $2
		ORDER BY class, slip, unit_id, item`, []any{round, seat}, func(rows *sql.Rows) (m Mark, err error) {
		err = rows.Scan(&m.Class, &m.Slip, &m.Unit, &m.Item, &m.Value)
		return m, err
	})
}

func slipOf(ctx context.Context, r store.Reader, round int64, seat int, class string, slip int) ([]Mark, error) {
	return store.List(ctx, r, `SELECT class, slip, unit_id, item, value FROM ballot_mark
		WHERE round_id = $1 AND seat = $2 AND class = $3 AND slip = $4`, []any{round, seat, class, slip}, func(rows *sql.Rows) (m Mark, err error) {
		err = rows.Scan(&m.Class, &m.Slip, &m.Unit, &m.Item, &m.Value)
		return m, err
	})
}

// Seats lists the tellers of a round with how many slips each has keyed.
func Seats(ctx context.Context, r store.Reader, round int64) ([]Seat, error) {
	seats, err := store.List(ctx, r, `SELECT seat, account_id FROM ballot_teller WHERE round_id = $1 ORDER BY seat`, []any{round},
		func(rows *sql.Rows) (s Seat, err error) {
			s.Slips = map[string]int{}
			err = rows.Scan(&s.No, &s.Account)
			return s, err
		})
	if err != nil {
		return nil, err
	}
	err = store.Each(ctx, r, `SELECT seat, class, COUNT(DISTINCT slip) FROM ballot_mark WHERE round_id = $1 GROUP BY seat, class`, []any{round},
		func(rows *sql.Rows) error {
			var no, n int
			var class string
			err := rows.Scan(&no, &class, &n)
			for _, s := range seats {
				if s.No == no {
					s.Slips[class] = n
				}
			}
			return err
		})
	return seats, err
}
