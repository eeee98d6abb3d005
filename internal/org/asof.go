package org

import (
	"context"
	"database/sql"
	"errors"

	"plumbline/internal/store"
)

// Period is what was true of a unit from one date to another.
type Period struct {
	From, To     string
	Parent       int64
	Kind         string
	Name, NameEn string
	Recorded     int64 // when the change that ended it was entered, UTC microseconds; 0 for the present
}

// In is the unit's name of that time in the reader's language.
func (p Period) In(lang string) string { return pick(lang, p.Name, p.NameEn) }

// present is the period of a unit's row.
func present(u Unit) Period {
	return Period{From: u.Since, To: u.To, Parent: u.Parent, Kind: u.Kind, Name: u.Name, NameEn: u.NameEn}
}

const periodColumns = `p.from_date, p.to_date, p.parent_id, p.kind, p.name, p.name_en, p.recorded_at`

func scanPeriod(rows *sql.Rows) (p Period, err error) {
	err = rows.Scan(&p.From, &p.To, &p.Parent, &p.Kind, &p.Name, &p.NameEn, &p.Recorded)
	return p, err
}

// History lists a unit's periods, the present one first.
func History(ctx context.Context, r store.Reader, u Unit) ([]Period, error) {
	past, err := store.List(ctx, r, `SELECT `+periodColumns+` FROM unit_past p WHERE p.unit_id = $1 ORDER BY p.from_date DESC, p.recorded_at DESC`,
		[]any{u.ID}, scanPeriod)
	return append([]Period{present(u)}, past...), err
}

// UnitAt gives a unit as it was on a date: its name, kind and parent then, and whether it existed. Path, code and
// version are those of today. Before its beginning a unit has the first name that is known.
func UnitAt(ctx context.Context, r store.Reader, id int64, date string) (u Unit, exists bool, err error) {
	if u, err = UnitByID(ctx, r, id); err != nil {
		return u, false, err
	}
	exists = Holds(u.From, u.To, date)
	if date >= u.Since {
		return u, exists, nil
	}
	var p Period
	err = r.QueryRow(ctx, `SELECT p.parent_id, p.kind, p.name, p.name_en, p.from_date FROM unit_past p
		WHERE p.unit_id = $1 AND p.to_date > $2 ORDER BY p.to_date LIMIT 1`, id, date).Scan(&p.Parent, &p.Kind, &p.Name, &p.NameEn, &p.From)
	if errors.Is(err, sql.ErrNoRows) {
		return u, exists, nil
	}
	u.Parent, u.Kind, u.Name, u.NameEn, u.Since = p.Parent, p.Kind, p.Name, p.NameEn, p.From
	return u, exists, err
}

// AncestorsAt lists the units above a unit as they were on a date, from the root down.
func AncestorsAt(ctx context.Context, r store.Reader, u Unit, date string) ([]Unit, error) {
	var up []Unit
	for u.Parent != 0 && len(up) <= MaxDepth {
		var err error
		if u, _, err = UnitAt(ctx, r, u.Parent, date); err != nil {
			return nil, err
		}
		up = append([]Unit{u}, up...)
	}
	return up, nil
}

// Above lists the units above a unit as they are now, from the root down, in one query.
func Above(ctx context.Context, r store.Reader, u Unit) ([]Unit, error) {
	ids := u.Ancestors()
	found, err := UnitsByID(ctx, r, ids)
	out := []Unit{}
	for _, id := range ids {
		if a, ok := found[id]; ok {
			out = append(out, a)
		}
	}
	return out, err
}

// WhoWas lists who held the posts of a kind at a unit on a date: "who was secretary on 25 January 2022?". An empty kind
// means every post. Who holds which post is no secret inside the organisation.
func WhoWas(ctx context.Context, r store.Reader, unit int64, kind, date string) ([]Holder, error) {
	return store.List(ctx, r, `SELECT `+holderColumns+` FROM `+holderTables+` WHERE p.unit_id = $1 AND ($2 = '' OR p.kind = $2)
		AND (t.from_date = '' OR t.from_date <= $3) AND (t.to_date = '' OR t.to_date > $3) ORDER BY p.id, t.from_date`,
		[]any{unit, kind, date}, scanHolder)
}

// BeforeAndAfter gives the tenure of a post that ended last before a date and the one that begins first after it; the
// zero Holder where there is none. It answers for a post that was vacant on the date.
func BeforeAndAfter(ctx context.Context, r store.Reader, post int64, date string) (before, after Holder, err error) {
	one := func(cond string) (Holder, error) {
		found, err := store.List(ctx, r, `SELECT `+holderColumns+` FROM `+holderTables+` WHERE t.post_id = $1 AND `+cond+` LIMIT 1`,
			[]any{post, date}, scanHolder)
		if err != nil || len(found) == 0 {
			return Holder{}, err
		}
		return found[0], nil
	}
	if before, err = one(`t.to_date <> '' AND t.to_date <= $2 ORDER BY t.to_date DESC`); err != nil {
		return before, after, err
	}
	after, err = one(`t.from_date > $2 ORDER BY t.from_date`)
	return before, after, err
}
