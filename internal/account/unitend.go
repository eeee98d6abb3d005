package account

import (
	"context"
	"database/sql"
	"encoding/json"

	"plumbline/internal/audit"
	"plumbline/internal/authz"
	"plumbline/internal/fault"
	"plumbline/internal/gate"
	"plumbline/internal/job"
	"plumbline/internal/org"
	"plumbline/internal/store"
)

// UnitEndJob is the kind of job that moves or ends roles on the day on which their unit ends.
const UnitEndJob = "account.unit_end"

// held is a role at a unit that ends.
type held struct {
	grant, account int64
	role, code     string
	name           string // the account's
}

// heldAt lists the roles at the units of e.Span().
func heldAt(ctx context.Context, r store.Reader, e org.End) ([]held, error) {
	from, to := e.Span()
	return store.List(ctx, r, `SELECT g.id, g.account_id, g.role, u.code, a.name FROM role_grant g JOIN unit u ON u.id = g.unit_id
		JOIN account a ON a.id = g.account_id WHERE u.path >= $1 AND u.path < $2 ORDER BY a.login, u.path, g.role`,
		[]any{from, to}, func(rows *sql.Rows) (h held, err error) {
			err = rows.Scan(&h.grant, &h.account, &h.role, &h.code, &h.name)
			return h, err
		})
}

// HangsOn implements org.Dependents: the accounts that hold roles at the units. Who they are is for those to know who
// manage accounts there.
func (s *Service) HangsOn(ctx context.Context, actor authz.Actor, e org.End) ([]org.Hanging, error) {
	list, err := heldAt(ctx, s.db, e)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	h := org.Hanging{Kind: org.HangRolesOthers}
	manages := s.gate.Policy().Allows(actor, authz.AccountManage, e.Unit.Place())
	if manages {
		h.Kind = org.HangRoles
	}
	for i, x := range list {
		if i > 0 && list[i-1].account == x.account {
			continue
		}
		if h.Count++; manages && h.Count <= org.Named {
			h.Items = append(h.Items, org.Item{ID: x.account, Name: x.name, Where: x.role})
		}
	}
	return []org.Hanging{h}, nil
}

// UnitEndsTx implements org.Dependents: it moves or ends the roles as e.Roles says, on the day of the end. It takes the
// right to manage accounts at the unit, to move them also at the unit that takes over.
func (s *Service) UnitEndsTx(ctx context.Context, tx *store.Tx, actor authz.Actor, e org.End) (d audit.Detail, err error) {
	var f fault.Form
	policy := s.gate.Policy()
	switch {
	case e.Roles == org.RolesKeep:
		return d, nil
	case e.Roles != org.RolesMove && e.Roles != org.RolesEnd:
		f.Add("roles", "fault.account.unit_roles")
	case !policy.Allows(actor, authz.AccountManage, e.Unit.Place()):
		f.Add("roles", "fault.account.unit_roles_not_yours")
	case e.Roles == org.RolesMove && e.Into.ID == 0:
		f.Add("roles", "fault.account.unit_roles_where")
	case e.Roles == org.RolesMove && !policy.Allows(actor, authz.AccountManage, e.Into.Place()):
		f.Add("roles", "fault.account.unit_roles_not_there", "Unit", e.Into.Name)
	}
	if err := f.Err(); err != nil {
		return d, err
	}
	if e.Begins > 0 {
		text, err := json.Marshal(later{e.Unit.ID, e.Into.ID, e.Merged, e.Roles, actor.Account})
		if err != nil {
			return d, err
		}
		_, err = job.EnqueueAt(ctx, tx, UnitEndJob, string(text), 0, e.Begins)
		return d, err
	}
	return endRoles(ctx, tx, e, actor.Account)
}

// later is the payload of a UnitEndJob. By is whose own roles stay.
type later struct {
	Unit, Into int64
	Merged     bool
	Roles      string
	By         int64
}

// UnitEndWorker carries out what was decided about the roles at a unit when the day of its end comes.
func (s *Service) UnitEndWorker(ctx context.Context, j job.Job, _ job.Progress) (string, error) {
	var in later
	if err := json.Unmarshal([]byte(j.Payload), &in); err != nil {
		return "", err
	}
	e := org.End{Merged: in.Merged, Roles: in.Roles}
	var err error
	if e.Unit, err = org.UnitByID(ctx, s.db, in.Unit); err != nil {
		return "", err
	}
	if in.Into != 0 {
		if e.Into, err = org.UnitByID(ctx, s.db, in.Into); err != nil {
			return "", err
		}
	}
	return "", s.gate.Do(ctx, authz.System(), authz.AccountManage, gate.Subject{Kind: "unit", ID: e.Unit.ID, Unit: e.Unit.Place()},
		func(tx *store.Tx) (audit.Detail, error) { return endRoles(ctx, tx, e, in.By) })
}

// endRoles takes the roles at the units away and, where they move, gives them at the unit that takes over; the accounts
// that were looked after there move along. The account but keeps its own: nobody changes the own roles.
func endRoles(ctx context.Context, tx *store.Tx, e org.End, but int64) (d audit.Detail, err error) {
	list, err := heldAt(ctx, tx, e)
	if err != nil {
		return d, err
	}
	for _, h := range list {
		if h.account == but {
			continue
		}
		if _, err := tx.Exec(ctx, `DELETE FROM role_grant WHERE id = $1`, h.grant); err != nil {
			return d, err
		}
		ch := audit.Change{Field: "role", From: roleText(h.role, h.code)}
		if e.Roles == org.RolesMove {
			ch.To = roleText(h.role, e.Into.Code)
			if _, err := insertGrant(ctx, tx, h.account, h.role, e.Into.ID); err != nil {
				return d, err
			}
		}
		d.Changes, d.Also = append(d.Changes, ch), append(d.Also, audit.Subject{Kind: Kind, ID: h.account})
	}
	if e.Roles == org.RolesMove {
		from, to := e.Span()
		_, err = tx.Exec(ctx, `UPDATE account SET unit_id = $1, version = version + 1 WHERE id <> $2 AND unit_id IN (SELECT id FROM unit WHERE path >= $3 AND path < $4)`,
			e.Into.ID, but, from, to)
	}
	return d, err
}
