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
	"plumbline/internal/org"
	"plumbline/internal/store"
)

// Opening is a ledger that the office of a unit shows to everybody: the matters placed at the unit and below it, as far
// as the ledger's projection (Public) shows them. Since and Until are when it was last opened and closed, UTC
// microseconds; Until is 0 while it is open. Listed lets search engines in. By is who did it last.
type Opening struct {
	Type   string
	Unit   authz.Unit
	Since  int64
	Until  int64
	Listed bool
	By     string
}

// Open says whether everybody may look now.
func (o Opening) Open() bool { return o.Since != 0 && o.Until == 0 }

// openings reads those of one ledger, or of all where kind is "", the closed ones with them.
func openings(ctx context.Context, r store.Reader, kind string) ([]Opening, error) {
	return store.List(ctx, r, `SELECT o.type, u.id, u.path, o.since, o.until, o.listed, o.actor_name FROM ledger_open o JOIN unit u ON u.id = o.unit_id
		WHERE o.type = $1 OR $1 = '' ORDER BY o.type, u.path`, []any{kind}, func(rows *sql.Rows) (o Opening, err error) {
		var listed int
		err = rows.Scan(&o.Type, &o.Unit.ID, &o.Unit.Path, &o.Since, &o.Until, &listed, &o.By)
		o.Listed = listed == 1
		return o, err
	})
}

// Openings gives those of one ledger, or of all where kind is "", for whoever may open and close.
func (s *Service) Openings(ctx context.Context, actor authz.Actor, kind string) ([]Opening, error) {
	all, err := openings(ctx, s.db, kind)
	return slices.DeleteFunc(all, func(o Opening) bool { return !s.gate.Policy().Allows(actor, authz.LedgerOpen, o.Unit) }), err
}

// Openers lists the units whose ledgers the actor may open: where the right is held for the whole installation, those
// that have none above them.
func (s *Service) Openers(ctx context.Context, actor authz.Actor) ([]org.Unit, error) {
	ids := []int64{}
	for _, u := range s.gate.Policy().Units(actor, authz.LedgerOpen) {
		if u.ID != 0 {
			ids = append(ids, u.ID)
			continue
		}
		tops, err := store.List(ctx, s.db, `SELECT id FROM unit WHERE parent_id = 0 AND to_date = '' ORDER BY id LIMIT 50`, nil, func(rows *sql.Rows) (id int64, err error) {
			err = rows.Scan(&id)
			return id, err
		})
		if err != nil {
			return nil, err
		}
		ids = append(ids, tops...)
	}
	units, err := org.UnitsByID(ctx, s.db, distinct(ids))
	out := make([]org.Unit, 0, len(units))
	for _, id := range distinct(ids) {
		if u, ok := units[id]; ok {
			out = append(out, u)
		}
	}
	return out, err
}

// SetOpen opens a ledger at a unit to everybody, or closes it again.
func (s *Service) SetOpen(ctx context.Context, actor authz.Actor, kind string, unit int64, open, listed bool) error {
	d := s.types.Current(kind)
	if d == nil {
		return fault.Missing()
	}
	if open && d.Public == nil {
		return fault.Bad("fault.ledger.no_public")
	}
	u, err := org.UnitByID(ctx, s.db, unit)
	if err != nil {
		return err
	}
	what := "close"
	if open {
		what = "open"
	}
	return s.gate.Do(ctx, actor, authz.LedgerOpen, gate.Subject{Kind: LedgerKind, Unit: u.Place()}, func(tx *store.Tx) (audit.Detail, error) {
		detail := audit.Detail{Note: map[string]string{"what": what, "ledger": kind}, Also: []audit.Subject{{Kind: "unit", ID: unit}}}
		all, err := openings(ctx, tx, kind)
		if err != nil {
			return detail, err
		}
		o := Opening{Type: kind, Unit: u.Place()}
		if i := slices.IndexFunc(all, func(o Opening) bool { return o.Unit.ID == unit }); i >= 0 {
			o = all[i]
		}
		if open && o.Listed != listed {
			detail.Changes = append(detail.Changes, audit.Change{Field: "listed", From: strconv.FormatBool(o.Listed), To: strconv.FormatBool(listed)})
			o.Listed = listed
		}
		switch {
		case open && !o.Open():
			o.Since, o.Until = tx.Now, 0
		case !open && o.Open():
			o.Until = tx.Now
		case !open:
			return detail, fault.Bad("fault.ledger.not_open")
		}
		_, err = tx.Exec(ctx, `INSERT INTO ledger_open (type, unit_id, since, until, listed, actor_name) VALUES ($1, $2, $3, $4, $5, $6)
			ON CONFLICT (type, unit_id) DO UPDATE SET since = $3, until = $4, listed = $5, actor_name = $6`, kind, unit, o.Since, o.Until, flag(o.Listed), actor.Name)
		return detail, err
	})
}
