package account

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"plumbline/internal/audit"
	"plumbline/internal/authz"
	"plumbline/internal/fault"
	"plumbline/internal/gate"
	"plumbline/internal/store"
)

// FirstLogin is the login of the first administrator.
const FirstLogin = "admin"

// FirstAdmin makes the first administrator on a database without accounts and gives the token of the setup link, for
// the terminal. While nobody has ever set a password, every start makes a new link (created is then false): the old one
// may have scrolled away. Otherwise the token is empty. Only the start of the program calls it.
func (s *Service) FirstAdmin(ctx context.Context) (setup string, created bool, err error) {
	n, err := countAccounts(ctx, s.db)
	if err != nil {
		return "", false, err
	}
	if n > 0 {
		setup, err = s.firstAgain(ctx)
		return setup, false, err
	}
	roles := s.gate.Policy().RolesWith(authz.AccountManage, authz.Below)
	if len(roles) == 0 {
		return "", false, fmt.Errorf("account: no role of the pack may manage accounts in a subtree")
	}
	err = s.gate.Do(ctx, authz.System(), authz.AccountManage, gate.Subject{Kind: Kind}, func(tx *store.Tx) (d audit.Detail, err error) {
		if n, err = countAccounts(ctx, tx); err != nil || n > 0 {
			return d, errors.Join(err, errFirstTaken)
		}
		d, setup, err = createTx(ctx, tx, NewAccount{Login: FirstLogin, Name: FirstLogin, Lang: "zh", Grants: []RoleAt{{Role: roles[0]}}})
		return d, err
	})
	if errors.Is(err, errFirstTaken) { // another process was quicker; it prints the link
		return "", false, nil
	}
	return setup, err == nil, err
}

var errFirstTaken = errors.New("account: there are accounts already")

// firstAgain renews the first link while no account has a password.
func (s *Service) firstAgain(ctx context.Context) (string, error) {
	var set, id int64
	err := s.db.QueryRow(ctx, `SELECT COUNT(*), COALESCE(MAX(CASE WHEN login = $1 AND secret = '' AND disabled = 0 THEN id ELSE 0 END), 0)
		FROM account WHERE secret <> '' OR login = $1`, FirstLogin).Scan(&set, &id)
	if err != nil || id == 0 || set > 1 {
		return "", err
	}
	return s.SetupLink(ctx, authz.System(), id)
}

const demoMark = "demo"

// MarkDemo marks an empty database as a demonstration, in which one-click links work. A database with accounts is never
// turned into one.
func (s *Service) MarkDemo(ctx context.Context) error {
	return s.gate.Do(ctx, authz.System(), authz.AccountManage, gate.Subject{Kind: Kind}, func(tx *store.Tx) (audit.Detail, error) {
		n, err := countAccounts(ctx, tx)
		if err == nil && n > 0 {
			err = fmt.Errorf("account: only an empty database can become a demonstration")
		}
		if err == nil {
			_, err = tx.Exec(ctx, `INSERT INTO instance (name, value) VALUES ($1, '1') ON CONFLICT DO NOTHING`, demoMark)
		}
		return note("demo"), err
	})
}

// IsDemo says whether the database is marked as a demonstration.
func (s *Service) IsDemo(ctx context.Context) (bool, error) {
	var value string
	err := s.db.QueryRow(ctx, `SELECT value FROM instance WHERE name = $1`, demoMark).Scan(&value)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return value == "1", err
}

// DemoLink makes a link that signs in as the account with one click, as often as it is opened, and gives its token.
// Refused outside a demonstration.
func (s *Service) DemoLink(ctx context.Context, account int64) (token string, err error) {
	if demo, err := s.IsDemo(ctx); err != nil || !demo {
		return "", errors.Join(err, errLink)
	}
	token, kept := newToken()
	err = s.gate.Do(ctx, authz.System(), authz.OwnAccount, gate.Subject{Kind: Kind, ID: account}, func(tx *store.Tx) (audit.Detail, error) {
		_, err := tx.Exec(ctx, `INSERT INTO demo_link (digest, account_id) VALUES ($1, $2)`, kept, account)
		return note("demo_link"), err
	})
	return token, err
}

// DemoSignIn opens a session by a one-click link of a demonstration.
func (s *Service) DemoSignIn(ctx context.Context, token string, from From) (session string, ses Session, err error) {
	demo, err := s.IsDemo(ctx)
	if err != nil || !demo {
		return "", ses, errors.Join(err, errLink)
	}
	a, err := findAccount(ctx, s.db, `a.disabled = 0 AND a.id = (SELECT account_id FROM demo_link WHERE digest = $1)`, digest(token))
	if fault.KindOf(err) == fault.NotFound {
		return "", ses, errLink
	}
	if err != nil {
		return "", ses, err
	}
	return s.begin(ctx, a, from, "signed_in", func(*store.Tx) error { return nil })
}
