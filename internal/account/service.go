package account

import (
	"context"
	"database/sql"
	"slices"

	"plumbline/internal/audit"
	"plumbline/internal/authz"
	"plumbline/internal/fault"
	"plumbline/internal/gate"
	"plumbline/internal/store"
	"plumbline/internal/wording"
)

// NewAccount is what a new account needs. Home is the id of the unit that looks after it, 0 the whole installation.
type NewAccount struct {
	Login  string
	Name   string
	Person int64
	Home   int64
	Lang   string
	Grants []RoleAt
}

// RoleAt is a role at a unit by its id; 0 is the whole installation.
type RoleAt struct {
	Role string
	Unit int64
}

func scanInto(into ...any) func(rows *sql.Rows) error {
	return func(rows *sql.Rows) error { return rows.Scan(into...) }
}

// Create makes an account with its roles and gives the token of its setup link, which is shown this once. The actor has
// to manage accounts at the home and at the unit of every role.
func (s *Service) Create(ctx context.Context, actor authz.Actor, n NewAccount) (id int64, setup string, err error) {
	if err := n.tidy(); err != nil {
		return 0, "", err
	}
	places, err := s.placesFor(ctx, actor, n)
	if err != nil {
		return 0, "", err
	}
	err = s.gate.Do(ctx, actor, authz.AccountManage, gate.Subject{Kind: Kind, Unit: places[n.Home]}, func(tx *store.Tx) (audit.Detail, error) {
		var d audit.Detail
		d, setup, err = createTx(ctx, tx, n)
		id = d.ID
		return d, err
	})
	if err != nil {
		return 0, "", err
	}
	return id, setup, nil
}

// Check says what is wrong with the fields themselves, for a form that shows everything at once.
func (n NewAccount) Check() error { return n.tidy() }

// tidy brings the fields into their kept form and checks them.
func (n *NewAccount) tidy() error {
	var f fault.Form
	n.Login = NormalLogin(n.Login)
	if n.Lang == "" {
		n.Lang = wording.Languages[0]
	}
	f.Check(validLogin(n.Login), "login", "fault.account.login")
	f.Check(validName(n.Name), "name", "fault.account.name")
	f.Check(slices.Contains(wording.Languages, n.Lang), "lang", "fault.account.lang")
	return f.Err()
}

// placesFor finds the places of a new account and refuses unknown ones, unknown roles and roles that the actor may not give.
func (s *Service) placesFor(ctx context.Context, actor authz.Actor, n NewAccount) (map[int64]authz.Unit, error) {
	ids := []int64{n.Home}
	for _, g := range n.Grants {
		ids = append(ids, g.Unit)
	}
	places, err := placesOf(ctx, s.db, ids)
	if err != nil {
		return nil, err
	}
	var f fault.Form
	_, ok := places[n.Home]
	f.Check(ok, "unit", "fault.account.unit")
	for _, g := range n.Grants {
		_, ok := places[g.Unit]
		f.Check(ok, "grant_unit", "fault.account.unit")
		f.Check(s.gate.Policy().Has(g.Role), "role", "fault.account.role")
	}
	if err := f.Err(); err != nil {
		return nil, err
	}
	for _, at := range places {
		if !s.gate.Policy().Allows(actor, authz.AccountManage, at) {
			return nil, fault.New(fault.Forbidden, "fault.forbidden")
		}
	}
	return places, nil
}

// createTx writes a tidy account with its grants.
func createTx(ctx context.Context, tx *store.Tx, n NewAccount) (d audit.Detail, setup string, err error) {
	setup, kept := newSetup()
	d = audit.Detail{Changes: []audit.Change{{Field: "login", To: n.Login}, {Field: "name", To: n.Name}}, Note: map[string]string{"what": "created"}}
	if d.ID, err = insertAccount(ctx, tx, n, kept, tx.Now+SetupFor.Microseconds()); err != nil {
		return d, "", err
	}
	for _, g := range n.Grants {
		if _, err := insertGrant(ctx, tx, d.ID, g.Role, g.Unit); err != nil {
			return d, "", err
		}
		code, err := codeOf(ctx, tx, g.Unit)
		if err != nil {
			return d, "", err
		}
		d.Changes = append(d.Changes, audit.Change{Field: "role", To: roleText(g.Role, code)})
		d.Also = append(d.Also, audit.Subject{Kind: "unit", ID: g.Unit})
	}
	return d, setup, nil
}

// Account gives an account with its roles: the actor's own, or one in the reach of account.manage; else NotFound.
func (s *Service) Account(ctx context.Context, actor authz.Actor, id int64) (Account, error) {
	a, err := byID(ctx, s.db, id)
	if err != nil {
		return Account{}, err
	}
	scope := s.gate.Policy().Scope(actor, authz.AccountManage)
	if id != actor.Account && !slices.ContainsFunc(a.Places(), scope.Covers) {
		return Account{}, fault.Missing()
	}
	return a.Account, nil
}

// MayManage says whether the actor looks after the account: manages accounts at all of its places.
func (s *Service) MayManage(actor authz.Actor, a Account) bool {
	return managesAll(s.gate.Policy(), actor, a.Places())
}

// manage runs a verb on an account that the actor looks after; its places are asked for again inside the transaction.
func (s *Service) manage(ctx context.Context, actor authz.Actor, id int64, verb func(tx *store.Tx, a stored) (audit.Detail, error)) error {
	a, err := s.Account(ctx, actor, id)
	if err != nil {
		return err
	}
	return s.gate.Do(ctx, actor, authz.AccountManage, gate.Subject{Kind: Kind, ID: id, Unit: a.Home}, func(tx *store.Tx) (audit.Detail, error) {
		now, err := byID(ctx, tx, id)
		if err != nil {
			return audit.Detail{}, err
		}
		if !managesAll(s.gate.Policy(), actor, now.Places()) {
			return audit.Detail{}, fault.New(fault.Forbidden, "fault.forbidden")
		}
		return verb(tx, now)
	})
}

// SetupLink makes a new setup link for an account and gives its token, which is shown this once; an older link ends. The
// password, if there is one, holds until the link is used.
func (s *Service) SetupLink(ctx context.Context, actor authz.Actor, id int64) (token string, err error) {
	token, kept := newSetup()
	err = s.manage(ctx, actor, id, func(tx *store.Tx, _ stored) (audit.Detail, error) {
		return note("setup_link"), setSetup(ctx, tx, id, kept)
	})
	if err != nil {
		return "", err
	}
	return token, nil
}

func setSetup(ctx context.Context, tx *store.Tx, id int64, kept string) error {
	_, err := tx.Exec(ctx, `UPDATE account SET setup_digest = $2, setup_until = $3 WHERE id = $1`, id, kept, tx.Now+SetupFor.Microseconds())
	return err
}

// Unlock lifts a lock and forgets the failures.
func (s *Service) Unlock(ctx context.Context, actor authz.Actor, id int64) error {
	var login string
	err := s.manage(ctx, actor, id, func(tx *store.Tx, a stored) (audit.Detail, error) {
		login = a.Login
		_, err := tx.Exec(ctx, `UPDATE account SET failures = 0, locked_until = 0 WHERE id = $1`, id)
		return note("unlocked"), err
	})
	if err == nil {
		s.guard.clear(login, "")
	}
	return err
}

// Disable shuts an account out, or lets it in again; its sessions end. Nobody can do it to themselves, so that there is
// always somebody left who can sign in.
func (s *Service) Disable(ctx context.Context, actor authz.Actor, id int64, disabled bool) error {
	if id == actor.Account {
		return fault.Bad("fault.account.own")
	}
	return s.manage(ctx, actor, id, func(tx *store.Tx, a stored) (audit.Detail, error) {
		what, value := "enabled", 0
		if disabled {
			what, value = "disabled", 1
		}
		if _, err := tx.Exec(ctx, `UPDATE account SET disabled = $2, version = version + 1 WHERE id = $1`, id, value); err != nil {
			return audit.Detail{}, err
		}
		if disabled {
			if _, err := endSessions(ctx, tx, id, 0); err != nil {
				return audit.Detail{}, err
			}
		}
		return note(what), nil
	})
}

// Edit is what can be changed of an account by whoever looks after it.
type Edit struct {
	Version int
	Name    string
	Person  int64
	Home    int64
}

// Change edits an account; a stale version is a Stale fault with the account as it stands.
func (s *Service) Change(ctx context.Context, actor authz.Actor, id int64, e Edit) error {
	var f fault.Form
	f.Check(validName(e.Name), "name", "fault.account.name")
	if err := f.Err(); err != nil {
		return err
	}
	if _, err := s.placesFor(ctx, actor, NewAccount{Home: e.Home}); err != nil {
		return err
	}
	return s.manage(ctx, actor, id, func(tx *store.Tx, a stored) (audit.Detail, error) {
		ok, err := tx.Change(ctx, `UPDATE account SET name = $3, person_id = $4, unit_id = $5, version = version + 1 WHERE id = $1 AND version = $2`,
			id, e.Version, e.Name, e.Person, e.Home)
		if err == nil && !ok {
			err = fault.Outdated(a.Account)
		}
		d := note("changed")
		if a.Name != e.Name {
			d.Changes = []audit.Change{{Field: "name", From: a.Name, To: e.Name}}
		}
		return d, err
	})
}
