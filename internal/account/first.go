package account

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"plumbline/internal/audit"
	"plumbline/internal/authz"
	"plumbline/internal/fault"
	"plumbline/internal/gate"
	"plumbline/internal/store"
)

// FirstLogin is the login of the first administrator.
const FirstLogin = "admin"

// FirstAdmin makes the first administrator where nobody is one yet and gives the token of the setup link, for the
// terminal. While no administrator has ever set a password, every start makes a new link (created is then false): the
// old one may have scrolled away. Otherwise the token is empty. Accounts that administer nothing, made from the
// terminal before, change none of this. Only the start of the program calls it.
func (s *Service) FirstAdmin(ctx context.Context) (setup string, created bool, err error) {
	roles := s.gate.Policy().RolesWith(authz.AccountManage, authz.Below)
	if len(roles) == 0 {
		return "", false, fmt.Errorf("account: no role of the pack may manage accounts in a subtree")
	}
	admins, err := administrators(ctx, s.db, roles)
	if err != nil {
		return "", false, err
	}
	if len(admins) > 0 {
		setup, err = s.firstAgain(ctx, admins)
		return setup, false, err
	}
	err = s.gate.Do(ctx, authz.System(), authz.AccountManage, gate.Subject{Kind: Kind}, func(tx *store.Tx) (d audit.Detail, err error) {
		if admins, err = administrators(ctx, tx, roles); err != nil || len(admins) > 0 {
			return d, errors.Join(err, errFirstTaken)
		}
		login, err := freeLogin(ctx, tx)
		if err == nil {
			d, setup, err = createTx(ctx, tx, NewAccount{Login: login, Name: login, Lang: "zh", Grants: []RoleAt{{Role: roles[0]}}})
		}
		return d, err
	})
	if errors.Is(err, errFirstTaken) { // another process was quicker; it prints the link
		return "", false, nil
	}
	return setup, err == nil, err
}

var errFirstTaken = errors.New("account: there is an administrator already")

// freeLogin is the first administrator's login, with a number behind it where somebody else has taken it.
func freeLogin(ctx context.Context, r store.Reader) (string, error) {
	for n := 1; ; n++ {
		login, taken := FirstLogin, 0
		if n > 1 {
			login += fmt.Sprint(n)
		}
		if err := r.QueryRow(ctx, `SELECT COUNT(*) FROM account WHERE login = $1`, login).Scan(&taken); err != nil || taken == 0 {
			return login, err
		}
	}
}

// administrator is an account that looks after the accounts of the whole installation or of a whole tree.
type administrator struct {
	id    int64
	login string
	set   bool // it has a password
}

func administrators(ctx context.Context, r store.Reader, roles []string) ([]administrator, error) {
	marks, args := make([]string, len(roles)), make([]any, len(roles))
	for i, role := range roles {
		marks[i], args[i] = fmt.Sprintf("$%d", i+1), role
	}
	return store.List(ctx, r, `SELECT a.id, a.login, CASE WHEN a.secret <> '' THEN 1 ELSE 0 END FROM account a WHERE a.disabled = 0
		AND EXISTS (SELECT 1 FROM role_grant g WHERE g.account_id = a.id AND g.role IN (`+strings.Join(marks, ", ")+`)
		AND (g.unit_id = 0 OR EXISTS (SELECT 1 FROM unit u WHERE u.id = g.unit_id AND u.parent_id = 0))) ORDER BY a.id`, args,
		func(rows *sql.Rows) (a administrator, err error) {
			var set int
			err = rows.Scan(&a.id, &a.login, &set)
			a.set = set == 1
			return a, err
		})
}

// firstAgain renews the first link while no administrator has a password.
func (s *Service) firstAgain(ctx context.Context, admins []administrator) (string, error) {
	var first int64
	for _, a := range admins {
		if a.set {
			return "", nil
		}
		if a.login == FirstLogin {
			first = a.id
		}
	}
	if first == 0 {
		return "", nil
	}
	return s.SetupLink(ctx, authz.System(), first)
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
