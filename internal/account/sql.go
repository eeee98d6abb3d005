package account

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"plumbline/internal/authz"
	"plumbline/internal/fault"
	"plumbline/internal/store"
)

const accountColumns = `a.id, a.login, a.name, a.person_id, a.lang, a.unit_id, COALESCE(h.path, ''), a.secret, a.setup_until,
	a.locked_until, a.failures, a.disabled, a.created_at, a.version`

const accountTables = `account a LEFT JOIN unit h ON h.id = a.unit_id`

// stored is an account with what only sign-in needs.
type stored struct {
	Account
	secret   string
	failures int
}

func scanAccount(row interface{ Scan(...any) error }) (a stored, err error) {
	var home int64
	var path string
	err = row.Scan(&a.ID, &a.Login, &a.Name, &a.Person, &a.Lang, &home, &path, &a.secret, &a.SetupUntil, &a.LockedUntil, &a.failures,
		&a.Disabled, &a.Created, &a.Version)
	a.Home, a.HasPassword = place(home, path), a.secret != ""
	return a, err
}

// place is a unit from a left join: unit 0 is the whole installation, and a unit that is not there is no place at all.
func place(id int64, path string) authz.Unit {
	if id == 0 {
		return authz.Whole
	}
	return authz.Unit{ID: id, Path: path}
}

func findAccount(ctx context.Context, r store.Reader, where string, arg any) (stored, error) {
	a, err := scanAccount(r.QueryRow(ctx, `SELECT `+accountColumns+` FROM `+accountTables+` WHERE `+where, arg))
	if errors.Is(err, sql.ErrNoRows) {
		return stored{}, fault.Missing()
	}
	if err != nil {
		return stored{}, err
	}
	a.Grants, err = grantsOf(ctx, r, a.ID)
	return a, err
}

func byID(ctx context.Context, r store.Reader, id int64) (stored, error) {
	return findAccount(ctx, r, `a.id = $1`, id)
}

func byLogin(ctx context.Context, r store.Reader, login string) (stored, error) {
	return findAccount(ctx, r, `a.login = $1`, login)
}

// bySetup finds the account that a setup token opens; errLink when there is none any more.
func bySetup(ctx context.Context, r store.Reader, token string, now int64) (stored, error) {
	a, err := findAccount(ctx, r, `a.setup_digest = $1`, setupDigest(token))
	switch {
	case fault.KindOf(err) == fault.NotFound:
		return a, errLink
	case err == nil && (a.Disabled || a.SetupUntil <= now):
		return stored{}, errLink
	}
	return a, err
}

func grantsOf(ctx context.Context, r store.Reader, id int64) ([]Grant, error) {
	return store.List(ctx, r, `SELECT g.id, g.role, g.unit_id, COALESCE(u.path, '') FROM role_grant g LEFT JOIN unit u ON u.id = g.unit_id
		WHERE g.account_id = $1 ORDER BY u.path, g.role`, []any{id}, scanGrant)
}

func scanGrant(rows *sql.Rows) (g Grant, err error) {
	var unit int64
	var path string
	err = rows.Scan(&g.ID, &g.Role, &unit, &path)
	g.Unit = place(unit, path)
	return g, err
}

// findSession gives a session with its account's grants in one query; a session that is not there has ID 0.
func findSession(ctx context.Context, r store.Reader, digest string) (s Session, actor authz.Actor, err error) {
	err = store.Each(ctx, r, `SELECT s.id, s.account_id, a.login, a.name, a.lang, a.person_id, s.device, s.created_at, s.seen_at, s.ends_at,
			COALESCE(g.role, ''), COALESCE(g.unit_id, 0), COALESCE(u.path, '')
		FROM session s JOIN account a ON a.id = s.account_id LEFT JOIN role_grant g ON g.account_id = a.id LEFT JOIN unit u ON u.id = g.unit_id
		WHERE s.digest = $1 AND a.disabled = 0 ORDER BY u.path, g.role`, []any{digest}, func(rows *sql.Rows) error {
		var g authz.Grant
		var unit int64
		var path string
		err := rows.Scan(&s.ID, &s.Account, &s.Login, &s.Name, &s.Lang, &actor.Person, &s.Device, &s.Created, &s.Seen, &s.Ends, &g.Role, &unit, &path)
		if g.Unit = place(unit, path); g.Role != "" && g.Unit.Path != "" {
			actor.Grants = append(actor.Grants, g)
		}
		return err
	})
	actor.Account, actor.Name, actor.Lang = s.Account, s.Name, s.Lang
	return s, actor, err
}

func sessionsOf(ctx context.Context, r store.Reader, account int64) ([]Session, error) {
	return store.List(ctx, r, `SELECT s.id, s.account_id, a.login, a.name, a.lang, s.device, s.created_at, s.seen_at, s.ends_at
		FROM session s JOIN account a ON a.id = s.account_id WHERE s.account_id = $1 ORDER BY s.seen_at DESC, s.id DESC`, []any{account},
		func(rows *sql.Rows) (s Session, err error) {
			err = rows.Scan(&s.ID, &s.Account, &s.Login, &s.Name, &s.Lang, &s.Device, &s.Created, &s.Seen, &s.Ends)
			return s, err
		})
}

// endSessions ends every session of an account but one (0: all) and tells how many there were.
func endSessions(ctx context.Context, tx *store.Tx, account, but int64) (int64, error) {
	res, err := tx.Exec(ctx, `DELETE FROM session WHERE account_id = $1 AND id <> $2`, account, but)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

// insertAccount makes the row; a login that is taken is a fault at the field.
func insertAccount(ctx context.Context, tx *store.Tx, n NewAccount, setup string, until int64) (int64, error) {
	var taken int
	if err := tx.QueryRow(ctx, `SELECT COUNT(*) FROM account WHERE login = $1`, n.Login).Scan(&taken); err != nil {
		return 0, err
	}
	if taken > 0 {
		var f fault.Form
		f.Add("login", "fault.account.login_taken", "Login", n.Login)
		return 0, f.Err()
	}
	return tx.Insert(ctx, `INSERT INTO account (login, person_id, unit_id, name, lang, secret, setup_digest, setup_until, failures, locked_until,
		disabled, created_at, version) VALUES ($1, $2, $3, $4, $5, '', $6, $7, 0, 0, 0, $8, 1) RETURNING id`,
		n.Login, n.Person, n.Home, n.Name, n.Lang, setup, until, tx.Now)
}

// insertGrant reports false when the account held the role there already.
func insertGrant(ctx context.Context, tx *store.Tx, account int64, role string, unit int64) (bool, error) {
	return tx.Change(ctx, `INSERT INTO role_grant (account_id, role, unit_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`, account, role, unit)
}

// placesOf gives the places of units by id; an unknown unit is absent.
func placesOf(ctx context.Context, r store.Reader, ids []int64) (map[int64]authz.Unit, error) {
	out := map[int64]authz.Unit{}
	var marks []string
	var args []any
	for _, id := range ids {
		if id == 0 {
			out[0] = authz.Whole
			continue
		}
		args = append(args, id)
		marks = append(marks, fmt.Sprintf("$%d", len(args)))
	}
	if len(args) == 0 {
		return out, nil
	}
	err := store.Each(ctx, r, `SELECT id, path FROM unit WHERE id IN (`+strings.Join(marks, ",")+`)`, args, func(rows *sql.Rows) error {
		var u authz.Unit
		err := rows.Scan(&u.ID, &u.Path)
		out[u.ID] = u
		return err
	})
	return out, err
}

func countAccounts(ctx context.Context, r store.Reader) (n int64, err error) {
	err = r.QueryRow(ctx, `SELECT COUNT(*) FROM account`).Scan(&n)
	return n, err
}
