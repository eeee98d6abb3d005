package board

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"strings"

	"plumbline/internal/authz"
	"plumbline/internal/store"
)

const valueColumns = `id, indicator_id, unit_id, period, version, value, base, source, reason, account_id, actor_name, at`

func scanValue(rows *sql.Rows) (v Value, err error) {
	err = rows.Scan(&v.ID, &v.Indicator, &v.Unit, &v.Period, &v.Version, &v.Value, &v.Base, &v.Source, &v.Reason, &v.Account, &v.Name, &v.At)
	return v, err
}

// cell is where a value stands.
type cell struct {
	indicator, unit int64
	period          string
}

// valuesIn gives the values in force of some indicators in some periods.
func valuesIn(ctx context.Context, r store.Reader, indicators []int64, periods []Period) (map[cell]Value, error) {
	out := map[cell]Value{}
	if len(indicators) == 0 || len(periods) == 0 {
		return out, nil
	}
	args := []any{}
	marks := func(n int, add func(i int) any) string {
		list := make([]string, n)
		for i := range n {
			args = append(args, add(i))
			list[i] = fmt.Sprintf("$%d", len(args))
		}
		return strings.Join(list, ", ")
	}
	query := `SELECT ` + valueColumns + ` FROM board_value WHERE current = 1 AND indicator_id IN (` + marks(len(indicators), func(i int) any { return indicators[i] }) +
		`) AND period IN (` + marks(len(periods), func(i int) any { return periods[i].String() }) + `)`
	err := store.Each(ctx, r, query, args, func(rows *sql.Rows) error {
		v, err := scanValue(rows)
		out[cell{v.Indicator, v.Unit, v.Period}] = v
		return err
	})
	return out, err
}

// versionsOf gives every version of a unit's values of an indicator, the latest period and version first.
func versionsOf(ctx context.Context, r store.Reader, indicator, unit int64) ([]Value, error) {
	return store.List(ctx, r, `SELECT `+valueColumns+` FROM board_value WHERE indicator_id = $1 AND unit_id = $2 ORDER BY period DESC, version DESC LIMIT 400`,
		[]any{indicator, unit}, scanValue)
}

// insertValue puts a value in force in place of the one that stood there.
func insertValue(ctx context.Context, tx *store.Tx, actor authz.Actor, v Value, was Value) error {
	_, err := tx.Exec(ctx, `UPDATE board_value SET current = 0 WHERE indicator_id = $1 AND unit_id = $2 AND period = $3 AND current = 1`, v.Indicator, v.Unit, v.Period)
	if err != nil {
		return err
	}
	_, err = tx.Insert(ctx, `INSERT INTO board_value (indicator_id, unit_id, period, version, current, value, base, source, reason, account_id, actor_name, at)
		VALUES ($1, $2, $3, $4, 1, $5, $6, $7, $8, $9, $10, $11) RETURNING id`,
		v.Indicator, v.Unit, v.Period, was.Version+1, v.Value, v.Base, v.Source, v.Reason, actor.Account, actor.Name, tx.Now)
	return err
}

// settled says of which indicators a period is settled.
func settled(ctx context.Context, r store.Reader, period Period) (map[int64]bool, error) {
	out := map[int64]bool{}
	err := store.Each(ctx, r, `SELECT indicator_id FROM board_settled WHERE period = $1`, []any{period.String()}, func(rows *sql.Rows) error {
		var id int64
		err := rows.Scan(&id)
		out[id] = true
		return err
	})
	return out, err
}

func settle(ctx context.Context, tx *store.Tx, actor authz.Actor, indicator int64, period Period) error {
	_, err := tx.Exec(ctx, `INSERT INTO board_settled (indicator_id, period, account_id, at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`,
		indicator, period.String(), actor.Account, tx.Now)
	return err
}

// latest is the last period up to one in which an indicator of the list has a value, "" where none has.
func latest(ctx context.Context, r store.Reader, indicators []int64, until string) (period string, err error) {
	for _, id := range indicators {
		var p string
		err := r.QueryRow(ctx, `SELECT COALESCE(MAX(period), '') FROM board_value WHERE indicator_id = $1 AND current = 1 AND period <= $2`, id, until).Scan(&p)
		if err != nil {
			return "", err
		}
		period = max(period, p)
	}
	return period, nil
}

func itoa(n int) string { return strconv.Itoa(n) }
