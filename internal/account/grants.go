package account

import (
	"context"
	"database/sql"
	"errors"
	"strconv"

	"plumbline/internal/audit"
	"plumbline/internal/authz"
	"plumbline/internal/fault"
	"plumbline/internal/gate"
	"plumbline/internal/store"
)

// roleText is a grant as the log keeps it: the role and the unit's code, "*" for the whole installation.
func roleText(role, code string) string { return role + "@" + code }

// codeOf is the code of a grant's unit for the log; a unit that is gone is named by its key.
func codeOf(ctx context.Context, r store.Reader, unit int64) (code string, err error) {
	if unit == 0 {
		return "*", nil
	}
	err = r.QueryRow(ctx, `SELECT code FROM unit WHERE id = $1`, unit).Scan(&code)
	if errors.Is(err, sql.ErrNoRows) {
		return "#" + strconv.FormatInt(unit, 10), nil
	}
	return code, err
}

// Grant gives an account a role at a unit; a role that it holds there already is no fault. The actor has to look after
// the account and to manage accounts at the unit, and can't be the account itself.
func (s *Service) Grant(ctx context.Context, actor authz.Actor, id int64, at RoleAt) error {
	if id == actor.Account {
		return fault.Bad("fault.account.own")
	}
	if _, err := s.placesFor(ctx, actor, NewAccount{Home: at.Unit, Grants: []RoleAt{at}}); err != nil {
		return err
	}
	return s.manage(ctx, actor, id, func(tx *store.Tx, _ stored) (audit.Detail, error) {
		if _, err := insertGrant(ctx, tx, id, at.Role, at.Unit); err != nil {
			return audit.Detail{}, err
		}
		code, err := codeOf(ctx, tx, at.Unit)
		return audit.Detail{Changes: []audit.Change{{Field: "role", To: roleText(at.Role, code)}}, Note: map[string]string{"what": "granted"},
			Also: []audit.Subject{{Kind: "unit", ID: at.Unit}}}, err
	})
}

// Revoke takes a role away. Whoever manages accounts at the grant's unit may, even if others look after the account too.
func (s *Service) Revoke(ctx context.Context, actor authz.Actor, id, grant int64) error {
	if id == actor.Account {
		return fault.Bad("fault.account.own")
	}
	a, err := s.Account(ctx, actor, id)
	if err != nil {
		return err
	}
	var g Grant
	for _, have := range a.Grants {
		if have.ID == grant {
			g = have
		}
	}
	if g.ID == 0 {
		return fault.Missing()
	}
	if g.Unit.Path == "" { // a unit that is gone: whoever looks after the home clears up
		g.Unit.Path = a.Home.Path
	}
	return s.gate.Do(ctx, actor, authz.AccountManage, gate.Subject{Kind: Kind, ID: id, Unit: g.Unit}, func(tx *store.Tx) (audit.Detail, error) {
		ok, err := tx.Change(ctx, `DELETE FROM role_grant WHERE id = $1 AND account_id = $2`, grant, id)
		if err == nil && !ok {
			err = fault.Missing()
		}
		if err != nil {
			return audit.Detail{}, err
		}
		code, err := codeOf(ctx, tx, g.Unit.ID)
		return audit.Detail{Changes: []audit.Change{{Field: "role", From: roleText(g.Role, code)}}, Note: map[string]string{"what": "revoked"},
			Also: []audit.Subject{{Kind: "unit", ID: g.Unit.ID}}}, err
	})
}
