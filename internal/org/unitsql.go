package org

import (
	"context"
	"strconv"

	"plumbline/internal/authz"
	"plumbline/internal/store"
)

func insertUnit(ctx context.Context, tx *store.Tx, u Unit) error {
	_, err := tx.Exec(ctx, `INSERT INTO unit (id, code, parent_id, path, kind, name, name_en, from_date, to_date, since, successor_id, below, version)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
		u.ID, u.Code, u.Parent, u.Path, u.Kind, u.Name, u.NameEn, u.From, u.To, u.Since, u.Successor, u.Below, u.Version)
	return err
}

// reviseUnit writes what holds from a date on. What held before goes into the past, unless it began that very day.
func reviseUnit(ctx context.Context, tx *store.Tx, was, now Unit, date string) error {
	if date > was.Since {
		_, err := tx.Exec(ctx, `INSERT INTO unit_past (unit_id, from_date, to_date, parent_id, kind, name, name_en, recorded_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`, was.ID, was.Since, date, was.Parent, was.Kind, was.Name, was.NameEn, tx.Now)
		if err != nil {
			return err
		}
	}
	_, err := tx.Exec(ctx, `UPDATE unit SET parent_id = $1, kind = $2, name = $3, name_en = $4, since = $5, version = version + 1 WHERE id = $6`,
		now.Parent, now.Kind, now.Name, now.NameEn, date, now.ID)
	return err
}

// rewritePaths gives a subtree its new beginning.
func rewritePaths(ctx context.Context, tx *store.Tx, old, now string) error {
	_, err := tx.Exec(ctx, `UPDATE unit SET path = CAST($1 AS TEXT) || SUBSTR(path, $2) WHERE path >= $3 AND path < $4`,
		now, len(old)+1, old, authz.PathEnd(old))
	return err
}

// addBelow changes the counts of units that have one more, or fewer, under them.
func addBelow(ctx context.Context, tx *store.Tx, units []int64, n int64) error {
	if len(units) == 0 || n == 0 {
		return nil
	}
	marks, args := placeholders(units)
	_, err := tx.Exec(ctx, `UPDATE unit SET below = below + `+number(n)+` WHERE id IN (`+marks+`)`, args...)
	return err
}

// deepestUnder is the level of the lowest unit in a subtree.
func deepestUnder(ctx context.Context, r store.Reader, path string) (n int, err error) {
	err = r.QueryRow(ctx, `SELECT COALESCE(MAX(LENGTH(path) - LENGTH(REPLACE(path, '/', ''))), 1) - 1 FROM unit WHERE path >= $1 AND path < $2`,
		path, authz.PathEnd(path)).Scan(&n)
	return n, err
}

// livingChildren lists the units right below that have not ended by the date, those to come included.
func livingChildren(ctx context.Context, r store.Reader, parent int64, date string) ([]Unit, error) {
	return store.List(ctx, r, `SELECT `+unitColumns+` FROM unit u WHERE u.parent_id = $1 AND (u.to_date = '' OR u.to_date > $2) ORDER BY u.code`,
		[]any{parent, date}, scanUnits)
}

func number(n int64) string { return strconv.FormatInt(n, 10) }
