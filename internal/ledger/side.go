package ledger

import (
	"context"
	"database/sql"
	"fmt"

	"plumbline/internal/authz"
	"plumbline/internal/fault"
	"plumbline/internal/org"
	"plumbline/internal/store"
)

// typeOf finds the type of a draft; without one it is that of findings.
func (s *Service) typeOf(in Draft) (*Definition, error) {
	d := s.types.Current(in.Type)
	if in.Type == "" {
		d = s.types.For("finding")
	}
	if d == nil {
		return nil, fault.Bad("fault.ledger.no_type", "Type", in.Type)
	}
	if s.types.Retired(d.ID) {
		return nil, fault.Bad("fault.ledger.retired")
	}
	return d, nil
}

// side gives the unit at which the right to register a draft is asked. A unit that registers from its own side becomes
// the owner or the requester, and its convenor is found for it, whatever the draft says.
func (s *Service) side(ctx context.Context, d *Definition, in *Draft) (authz.Unit, error) {
	id, box := in.Convenor, "convenor"
	switch d.RegisteredBy() {
	case authz.LedgerOwn:
		id, box = in.Unit, "unit"
		in.Units, in.Requester = nil, 0
	case authz.LedgerAsk:
		id, box = in.Requester, "requester"
	}
	if id == 0 {
		var form fault.Form
		form.Add(box, "fault.ledger.needed")
		return authz.Unit{}, form.Err()
	}
	u, err := org.UnitByID(ctx, s.db, id)
	if err != nil || d.RegisteredBy() == authz.LedgerRegister {
		return u.Place(), err
	}
	convenor, err := s.ConvenorFor(ctx, d, u.Place())
	in.Convenor = convenor.ID
	return u.Place(), err
}

// ConvenorFor finds who is convenor of what a unit registers from its own side: the unit itself where the ledger says
// so, else the nearest unit above it at which an account may approve, else the one right above it. A unit with none above
// it is its own convenor.
func (s *Service) ConvenorFor(ctx context.Context, d *Definition, at authz.Unit) (authz.Unit, error) {
	above := org.PathIDs(at.Path)
	if len(above) > 0 {
		above = above[:len(above)-1]
	}
	if d.ConvenorIs == ConvenorSelf || len(above) == 0 {
		return at, nil
	}
	w := &where{}
	in(w, "u.id", above)
	policy, approves := s.gate.Policy(), "0"
	if roles := append(policy.RolesWith(authz.LedgerApprove, authz.Here), policy.RolesWith(authz.LedgerApprove, authz.Below)...); len(roles) > 0 {
		holds := &where{args: w.args}
		inTexts(holds, "g.role", roles)
		w.args = holds.args
		approves = fmt.Sprintf("CASE WHEN EXISTS (SELECT 1 FROM role_grant g JOIN account a ON a.id = g.account_id WHERE g.unit_id = u.id AND a.disabled = 0 AND %s) THEN 1 ELSE 0 END", holds)
	}
	found, err := store.List(ctx, s.db, `SELECT u.id, u.path FROM unit u WHERE `+w.String()+` ORDER BY `+approves+` DESC, LENGTH(u.path) DESC LIMIT 1`, w.args,
		func(rows *sql.Rows) (u authz.Unit, err error) { return u, rows.Scan(&u.ID, &u.Path) })
	if err != nil || len(found) == 0 {
		return at, err
	}
	return found[0], nil
}

// asked notes who asked for a new matter, in a ledger that has requesters.
func (s *Service) asked(ctx context.Context, r store.Reader, d *Definition, m *Matter, in Draft, actor authz.Actor) error {
	if !d.Requester {
		return nil
	}
	m.Requester, m.Asker = m.Convenor, actor.Account
	if in.Requester == 0 {
		return nil
	}
	u, err := org.UnitByID(ctx, r, in.Requester)
	m.Requester = u.Place()
	return err
}

// Begin gives the fields of a new matter that it shares with the one it is registered from: fields of the same id that
// can hold the same, and what names it where no field of that id says so. from is the other one's definition.
func (d *Definition) Begin(from *Definition, m Matter) Values {
	out := Values{}
	for _, a := range d.Register {
		f, _ := d.Field(a.Field)
		src, same := from.Field(f.ID)
		v := m.Values[f.ID]
		if f.ID == d.Title && v.Empty() { // what is called the same says more than what names the other
			src, _ = from.Field(from.Title)
			same, v = true, m.Values[from.Title]
		}
		switch {
		case !same || v.Empty() || f.Future:
		case Fits(src, f) && v.Rows == nil:
			out[f.ID] = v
		case f.ID == d.Title:
			out[f.ID] = Value{Text: cut(m.Title, f)}
		}
	}
	return out
}

// Blank is the matter that a form to register one begins with, seen from the unit that registers it.
func (s *Service) Blank(ctx context.Context, d *Definition, at authz.Unit) (m Matter, err error) {
	today := s.cal.Today(s.gate.Now())
	m = Matter{Type: d.ID, State: d.Start, Opened: today.String(), Values: Values{}, Convenor: at}
	switch d.RegisteredBy() {
	case authz.LedgerRegister:
		return m, nil
	case authz.LedgerOwn:
		m.Owner = at
		if m.Post, m.Person, err = s.holderOf(ctx, s.db, at.ID, m.Opened); err != nil {
			return m, err
		}
	case authz.LedgerAsk:
		m.Requester = at
	}
	m.Convenor, err = s.ConvenorFor(ctx, d, at)
	return m, err
}
