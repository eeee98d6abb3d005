package ledger

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"plumbline/internal/audit"
	"plumbline/internal/authz"
	"plumbline/internal/fault"
	"plumbline/internal/gate"
	"plumbline/internal/store"
)

// SharedWithNobody stands in Saved.Unit for a filter that its owner alone is shown.
const SharedWithNobody = -1

// Saved is a filter of the list under a name: Query is what its address says. Unit is the unit whose accounts are shown
// it too: those that hold a role at that unit; 0 is the whole installation, SharedWithNobody nobody. Sharing a filter
// shares no matter: each reader sees by it what that reader may see.
type Saved struct {
	ID      int64
	Account int64
	Owner   string // the name of the account
	Unit    int64
	Name    string
	Query   string
	Version int
}

// The bounds of saved filters.
const (
	mostSaved   = 50
	longestSave = 40
	longestAsk  = 1000
)

// Save saves a filter of the actor's, or with in.ID another name, address or sharing of it. It is shared only with a unit
// at which the actor holds a role.
func (s *Service) Save(ctx context.Context, actor authz.Actor, in Saved) (id int64, err error) {
	in.Name, in.Query = strings.TrimSpace(in.Name), strings.TrimPrefix(strings.TrimSpace(in.Query), "?")
	var form fault.Form
	n := utf8.RuneCountInString(in.Name)
	form.Check(in.Name != "", "name", "fault.ledger.needed")
	form.Check(n <= longestSave, "name", "fault.ledger.too_long", "Max", longestSave, "Count", n)
	form.Check(len(in.Query) <= longestAsk, "name", "fault.ledger.filter_long")
	form.Check(in.Unit == SharedWithNobody || slices.Contains(units(actor), in.Unit), "share", "fault.ledger.choice")
	if err := form.Err(); err != nil {
		return 0, err
	}
	what := "filter_save"
	if in.ID != 0 {
		what = "filter_edit"
	}
	err = s.ofFilters(ctx, actor, what, in.Name, func(tx *store.Tx) error {
		if in.ID != 0 {
			return changeSaved(ctx, tx, actor, in)
		}
		var have int
		if err := tx.QueryRow(ctx, `SELECT COUNT(*) FROM saved_filter WHERE account_id = $1`, actor.Account).Scan(&have); err != nil {
			return err
		}
		if have >= mostSaved {
			return fault.Bad("fault.ledger.too_many_saved", "Max", mostSaved)
		}
		in.ID, err = tx.Insert(ctx, `INSERT INTO saved_filter (account_id, unit_id, name, query, created_at, changed_at, version)
			VALUES ($1, $2, $3, $4, $5, $5, 1) RETURNING id`, actor.Account, in.Unit, in.Name, in.Query, tx.Now)
		return err
	})
	return in.ID, err
}

func changeSaved(ctx context.Context, tx *store.Tx, actor authz.Actor, in Saved) error {
	ok, err := tx.Change(ctx, `UPDATE saved_filter SET name = $1, unit_id = $2, query = $3, changed_at = $4, version = version + 1
		WHERE id = $5 AND account_id = $6 AND version = $7`, in.Name, in.Unit, in.Query, tx.Now, in.ID, actor.Account, in.Version)
	if err == nil && !ok {
		err = fault.Outdated(in)
	}
	return err
}

// Forget deletes a filter of the actor's.
func (s *Service) Forget(ctx context.Context, actor authz.Actor, id int64) error {
	f, err := s.SavedFilter(ctx, actor, id)
	if err != nil {
		return err
	}
	if f.Account != actor.Account {
		return fault.Missing()
	}
	return s.ofFilters(ctx, actor, "filter_delete", f.Name, func(tx *store.Tx) error {
		_, err := tx.Exec(ctx, `DELETE FROM saved_filter WHERE id = $1 AND account_id = $2`, id, actor.Account)
		return err
	})
}

// ofFilters runs a write of the actor's own filters.
func (s *Service) ofFilters(ctx context.Context, actor authz.Actor, what, name string, write func(tx *store.Tx) error) error {
	return s.gate.Do(ctx, actor, authz.OwnAccount, gate.Subject{Kind: "account", ID: actor.Account}, func(tx *store.Tx) (audit.Detail, error) {
		return audit.Detail{Note: map[string]string{"what": what}, Changes: []audit.Change{{Field: "filter", To: name}}}, write(tx)
	})
}

// units are those at which the actor holds a role; 0 is the whole installation.
func units(actor authz.Actor) (ids []int64) {
	for _, g := range actor.Grants {
		if !slices.Contains(ids, g.Unit.ID) {
			ids = append(ids, g.Unit.ID)
		}
	}
	return ids
}

// SavedFilters lists the actor's filters, and those that are shared with the actor, by name.
func (s *Service) SavedFilters(ctx context.Context, actor authz.Actor) ([]Saved, error) {
	return s.savedWhere(ctx, actor, &where{})
}

// SavedFilter gives one of them; NotFound where it is neither the actor's nor shared.
func (s *Service) SavedFilter(ctx context.Context, actor authz.Actor, id int64) (Saved, error) {
	w := &where{}
	w.add("f.id = ?", id)
	list, err := s.savedWhere(ctx, actor, w)
	if err != nil || len(list) == 0 {
		return Saved{}, orMissing(err)
	}
	return list[0], nil
}

// shownSaved is how many filters a page names.
const shownSaved = 100

func (s *Service) savedWhere(ctx context.Context, actor authz.Actor, w *where) ([]Saved, error) {
	x := &where{args: w.args}
	in(x, "f.unit_id", append(units(actor), 0))
	x.args = append(x.args, actor.Account, shownSaved)
	n := len(x.args)
	w.conds = append(w.conds, fmt.Sprintf("(f.account_id = $%d OR %s)", n-1, x))
	return store.List(ctx, s.db, fmt.Sprintf(`SELECT f.id, f.account_id, a.name, f.unit_id, f.name, f.query, f.version FROM saved_filter f
		JOIN account a ON a.id = f.account_id WHERE %s ORDER BY CASE WHEN f.account_id = $%d THEN 0 ELSE 1 END, f.name, f.id LIMIT $%d`, w, n-1, n), x.args,
		func(rows *sql.Rows) (f Saved, err error) {
			err = rows.Scan(&f.ID, &f.Account, &f.Owner, &f.Unit, &f.Name, &f.Query, &f.Version)
			return f, err
		})
}
