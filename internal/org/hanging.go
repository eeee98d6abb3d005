package org

import (
	"context"
	"database/sql"
	"time"

	"plumbline/internal/audit"
	"plumbline/internal/authz"
	"plumbline/internal/store"
)

// What becomes of the roles that accounts hold at a unit which ends.
const (
	RolesKeep = ""     // they stay as they are: who may not manage accounts leaves them
	RolesMove = "move" // they go to the unit that takes over
	RolesEnd  = "end"
)

// End is how a unit comes to its end. By merger it ends alone and what is under it moves to Into; otherwise everything
// under it ends too, and Into is who takes over what is open, the zero Unit for nobody.
type End struct {
	Unit, Into Unit
	Merged     bool
	Date       string
	Begins     int64 // when that day begins, UTC microseconds; 0 when it has begun
	Roles      string
}

// Span gives the bounds of the paths of the units that end: from <= path < to.
func (e End) Span() (from, to string) {
	if e.Merged {
		return e.Unit.Path, e.Unit.Path + "\x01"
	}
	return e.Unit.Path, authz.PathEnd(e.Unit.Path)
}

// The kinds of things that hang on a unit.
const (
	HangMatters     = "matters"      // open matters that it has to act upon
	HangRuled       = "ruled"        // open matters of others that it approves and rules
	HangConvened    = "convened"     // running cycles that it convenes: they keep it
	HangReports     = "reports"      // running cycles whose meeting it will not see
	HangReported    = "reported"     // running cycles whose meeting it has seen
	HangPosts       = "posts"        // posts that are held
	HangRoles       = "roles"        // roles of accounts that the actor may move or end
	HangRolesOthers = "roles_others" // roles that are not the actor's to change
	HangGroups      = "groups"
	HangChildren    = "children"
)

// Hanging is one kind of thing that hangs on a unit, how many there are, and which the first ones are.
type Hanging struct {
	Kind  string
	Count int
	Items []Item
}

// Item is one thing that hangs on a unit, by its key in its own room; names are empty where that room words it.
type Item struct {
	ID             int64
	Name, NameEn   string
	Where, WhereEn string // beside the name: the post that somebody holds
}

// In is the item's name in the reader's language, Beside what stands beside it.
func (i Item) In(lang string) string     { return pick(lang, i.Name, i.NameEn) }
func (i Item) Beside(lang string) string { return pick(lang, i.Where, i.WhereEn) }

// Named is how many items a Hanging names at most.
const Named = 5

// Dependents is how another room tells what of its own hangs on a unit, and deals with it when the unit ends.
type Dependents interface {
	// HangsOn lists what hangs on the units of e.Span(), leaving out kinds of which there is none.
	HangsOn(ctx context.Context, actor authz.Actor, e End) ([]Hanging, error)
	// UnitEndsTx deals with it, in the transaction that ends the unit and before it does so, and says what it did. A
	// fault keeps the unit.
	UnitEndsTx(ctx context.Context, tx *store.Tx, actor authz.Actor, e End) (audit.Detail, error)
}

// HangsOn lists everything that hangs on a unit which is to end: what asks for an answer first, then what ends with it.
func (s *Service) HangsOn(ctx context.Context, actor authz.Actor, e End) ([]Hanging, error) {
	out := []Hanging{}
	for _, room := range s.Dependents {
		more, err := room.HangsOn(ctx, actor, e)
		if err != nil {
			return nil, err
		}
		out = append(out, more...)
	}
	for _, ask := range []func(context.Context, store.Reader, End) (Hanging, error){heldPosts, livingGroups, unitsBelow} {
		h, err := ask(ctx, s.r, e)
		if err != nil {
			return nil, err
		}
		if h.Count > 0 {
			out = append(out, h)
		}
	}
	return out, nil
}

func heldPosts(ctx context.Context, r store.Reader, e End) (Hanging, error) {
	from, to := e.Span()
	list, err := store.List(ctx, r, `SELECT `+holderColumns+` FROM `+holderTables+` JOIN unit u ON u.id = p.unit_id
		WHERE u.path >= $1 AND u.path < $2 AND (t.to_date = '' OR t.to_date > $3) ORDER BY u.path, p.id, t.from_date`, []any{from, to, e.Date}, scanHolder)
	h := Hanging{Kind: HangPosts, Count: len(list)}
	for _, x := range list[:min(Named, len(list))] {
		h.Items = append(h.Items, Item{x.Person.ID, x.Person.Name, x.Person.NameEn, x.Post.Title, x.Post.TitleEn})
	}
	return h, err
}

func livingGroups(ctx context.Context, r store.Reader, e End) (Hanging, error) {
	from, to := e.Span()
	items, err := store.List(ctx, r, `SELECT g.id, g.name, g.name_en FROM org_group g JOIN unit u ON u.id = g.unit_id
		WHERE u.path >= $1 AND u.path < $2 AND (g.to_date = '' OR g.to_date > $3) ORDER BY u.path, g.id`, []any{from, to, e.Date}, scanItem)
	return Hanging{Kind: HangGroups, Count: len(items), Items: items[:min(Named, len(items))]}, err
}

func unitsBelow(ctx context.Context, r store.Reader, e End) (Hanging, error) {
	h := Hanging{Kind: HangChildren}
	from, to := e.Unit.Path, authz.PathEnd(e.Unit.Path)
	err := r.QueryRow(ctx, `SELECT COUNT(*) FROM unit u WHERE u.path > $1 AND u.path < $2 AND (u.to_date = '' OR u.to_date > $3)`,
		from, to, e.Date).Scan(&h.Count)
	if err != nil || h.Count == 0 {
		return h, err
	}
	h.Items, err = store.List(ctx, r, `SELECT u.id, u.name, u.name_en FROM unit u WHERE u.parent_id = $1 AND (u.to_date = '' OR u.to_date > $2)
		ORDER BY u.code LIMIT $3`, []any{e.Unit.ID, e.Date, Named}, scanItem)
	return h, err
}

func scanItem(rows *sql.Rows) (i Item, err error) {
	err = rows.Scan(&i.ID, &i.Name, &i.NameEn)
	return i, err
}

// settle lets every room deal with what hangs on the unit, and adds to the entry what they did.
func (s *Service) settle(ctx context.Context, tx *store.Tx, actor authz.Actor, e End, d *audit.Detail) error {
	if e.Date > s.today(tx) {
		day, err := time.ParseInLocation(time.DateOnly, e.Date, s.zone)
		if err != nil {
			return err
		}
		e.Begins = day.UnixMicro()
	}
	for _, room := range s.Dependents {
		done, err := room.UnitEndsTx(ctx, tx, actor, e)
		if err != nil {
			return err
		}
		d.Changes, d.Also = append(d.Changes, done.Changes...), append(d.Also, done.Also...)
	}
	return nil
}
