package ledger

import (
	"context"
	"database/sql"
	"slices"
	"strconv"

	"plumbline/internal/audit"
	"plumbline/internal/authz"
	"plumbline/internal/fault"
	"plumbline/internal/gate"
	"plumbline/internal/store"
)

// Link ties a matter to another. It leads from what came later to what it came from: a project answers a finding, a
// clause is part of a directive. Field names the field that holds it, Item what a step made the from-side of; both are ""
// where a person made the link.
type Link struct {
	ID    int64
	From  int64
	To    int64
	Kind  string
	Field string
	Item  string
}

// loose says whether the link may be taken away by itself.
func (l Link) loose() bool { return l.Field == "" && l.Item == "" }

// LinkChange is the field under which a history tells of a link of a kind.
const LinkChange = "link."

// Link ties a matter to another by a kind of link of the first one's definition. The actor has to see both, and needs a
// right to act at the first.
func (s *Service) Link(ctx context.Context, actor authz.Actor, from, to int64, kind string) error {
	m, d, err := s.find(ctx, actor, from)
	if err != nil {
		return err
	}
	other, err := s.Find(ctx, actor, to)
	if err != nil {
		return err
	}
	action, at := s.linkRight(actor, m)
	return s.gate.Do(ctx, actor, action, gate.Subject{Kind: "matter", ID: from, Unit: at}, func(tx *store.Tx) (audit.Detail, error) {
		if err := d.mayLink(m, other, kind); err != nil {
			return audit.Detail{}, err
		}
		known, err := linksWhere(ctx, tx, "l.from_id = ? AND l.to_id = ? AND l.kind = ?", from, to, kind)
		if err != nil {
			return audit.Detail{}, err
		}
		if len(known) > 0 {
			return audit.Detail{}, fault.Bad("fault.ledger.link_twice")
		}
		if err := insertLink(ctx, tx, actor, Link{From: from, To: to, Kind: kind}); err != nil {
			return audit.Detail{}, err
		}
		return s.linked(ctx, tx, actor, m, StepLink, Change{Field: LinkChange + kind, To: strconv.FormatInt(to, 10)}, to)
	})
}

// Unlink takes a link away that a person made. The right is that of Link.
func (s *Service) Unlink(ctx context.Context, actor authz.Actor, from, link int64) error {
	m, err := s.Find(ctx, actor, from)
	if err != nil {
		return err
	}
	action, at := s.linkRight(actor, m)
	return s.gate.Do(ctx, actor, action, gate.Subject{Kind: "matter", ID: from, Unit: at}, func(tx *store.Tx) (audit.Detail, error) {
		found, err := linksWhere(ctx, tx, "l.id = ? AND l.from_id = ?", link, from)
		if err != nil {
			return audit.Detail{}, err
		}
		if len(found) == 0 {
			return audit.Detail{}, fault.Missing()
		}
		l := found[0]
		if !l.loose() {
			return audit.Detail{}, fault.Bad("fault.ledger.link_made")
		}
		if _, err := tx.Exec(ctx, `DELETE FROM matter_link WHERE id = $1`, l.ID); err != nil {
			return audit.Detail{}, err
		}
		return s.linked(ctx, tx, actor, m, StepUnlink, Change{Field: LinkChange + l.Kind, From: strconv.FormatInt(l.To, 10)}, l.To)
	})
}

// linked writes what happened to a link into the history of its from-side, and gives what the log says; the log's entry
// stands in the history of both.
func (s *Service) linked(ctx context.Context, tx *store.Tx, actor authz.Actor, m Matter, step string, c Change, to int64) (audit.Detail, error) {
	e := Event{Matter: m.ID, Step: step, From: m.State, To: m.State, Who: who(actor), Name: actor.Name, On: s.todayIn(tx).String(), Changes: []Change{c}}
	d := logged(m, m, e)
	d.Also = append(d.Also, audit.Subject{Kind: "matter", ID: to})
	return d, insertEvent(ctx, tx, &e, false)
}

// linkRight is a right by which the actor may act at a matter, and where; the owner's where there is none.
func (s *Service) linkRight(actor authz.Actor, m Matter) (authz.Action, authz.Unit) {
	policy := s.gate.Policy()
	for _, r := range []struct {
		action authz.Action
		at     authz.Unit
	}{{authz.LedgerOwn, m.Owner}, {authz.LedgerApprove, m.Convenor}, {authz.LedgerRegister, m.Convenor}, {authz.LedgerAsk, m.Requester}} {
		if r.at.ID != 0 && policy.Allows(actor, r.action, r.at) {
			return r.action, r.at
		}
	}
	return authz.LedgerOwn, m.Owner
}

// MayLink says whether the actor may link a matter to others.
func (s *Service) MayLink(actor authz.Actor, m Matter) bool {
	action, at := s.linkRight(actor, m)
	return at.ID != 0 && s.gate.Policy().Allows(actor, action, at)
}

// mayLink says whether a link of a kind may lead from a matter of this definition to another.
func (d *Definition) mayLink(from, to Matter, kind string) error {
	l, ok := d.LinkKind(kind)
	switch {
	case from.ID == to.ID:
		return fault.Bad("fault.ledger.link_self")
	case !ok || !l.Leads(to.Type):
		return fault.Bad("fault.ledger.link_kind")
	}
	return nil
}

// feed keeps the links that fields hold as the fields are: was and is are the matter before and after a step.
func (s *Service) feed(ctx context.Context, tx *store.Tx, actor authz.Actor, d *Definition, was, is Matter) error {
	for _, f := range d.Fields {
		if f.Kind != KindLink || was.Values[f.ID].Text == is.Values[f.ID].Text {
			continue
		}
		if _, err := tx.Exec(ctx, `DELETE FROM matter_link WHERE from_id = $1 AND field = $2`, is.ID, f.ID); err != nil {
			return err
		}
		to := number(is.Values[f.ID].Text)
		if to == 0 {
			continue
		}
		if err := s.fieldLink(ctx, tx, actor, d, f, is, to); err != nil {
			return err
		}
	}
	return nil
}

// fieldLink links a matter to the one that its field names, which the actor has to see, and which a kind of link of the
// field's own id, where there is one, has to allow.
func (s *Service) fieldLink(ctx context.Context, tx *store.Tx, actor authz.Actor, d *Definition, f Field, m Matter, to int64) error {
	other, err := matterByID(ctx, tx, to)
	if err != nil {
		return err
	}
	l, known := d.LinkKind(f.ID)
	var form fault.Form
	form.Check(s.mayRead(actor, other), f.ID, "fault.ledger.reference")
	form.Check(m.ID != to, f.ID, "fault.ledger.link_self")
	form.Check(!known || l.Leads(other.Type), f.ID, "fault.ledger.link_kind")
	if err := form.Err(); err != nil {
		return err
	}
	return insertLink(ctx, tx, actor, Link{From: m.ID, To: to, Kind: f.ID, Field: f.ID})
}

// linkedTo is what a step that needs to know is told of the matters linked to one.
func (s *Service) linkedTo(ctx context.Context, r store.Reader, t Transition, id int64) ([]Linked, error) {
	if !slices.ContainsFunc(t.Need, func(n Need) bool { return n.Link != "" }) {
		return nil, nil
	}
	return store.List(ctx, r, `SELECT l.kind, CASE WHEN l.to_id = $1 THEN 1 ELSE 0 END, m.state_class FROM matter_link l
		JOIN matter m ON m.id = CASE WHEN l.to_id = $1 THEN l.from_id ELSE l.to_id END WHERE l.to_id = $1 OR l.from_id = $1`, []any{id},
		func(rows *sql.Rows) (l Linked, err error) {
			var back int
			err = rows.Scan(&l.Kind, &back, &l.Class)
			l.Back = back == 1
			return l, err
		})
}

func linksWhere(ctx context.Context, r store.Reader, cond string, args ...any) ([]Link, error) {
	w := &where{}
	w.add(cond, args...)
	return linksIn(ctx, r, w)
}

func linksIn(ctx context.Context, r store.Reader, w *where) ([]Link, error) {
	return store.List(ctx, r, `SELECT l.id, l.from_id, l.to_id, l.kind, l.field, l.item FROM matter_link l WHERE `+w.String()+` ORDER BY l.id`, w.args,
		func(rows *sql.Rows) (l Link, err error) {
			err = rows.Scan(&l.ID, &l.From, &l.To, &l.Kind, &l.Field, &l.Item)
			return l, err
		})
}

func insertLink(ctx context.Context, tx *store.Tx, actor authz.Actor, l Link) error {
	_, err := tx.Exec(ctx, `INSERT INTO matter_link (from_id, to_id, kind, field, item, account_id, actor_name, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		l.From, l.To, l.Kind, l.Field, l.Item, actor.Account, actor.Name, tx.Now)
	return err
}
