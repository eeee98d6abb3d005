package org

import (
	"context"
	"fmt"

	"plumbline/internal/audit"
	"plumbline/internal/authz"
	"plumbline/internal/fault"
	"plumbline/internal/store"
)

// Merge joins a unit to another one from a date: it ends, names its successor, and what is under it moves there.
type Merge struct {
	Unit, Into int64
	Version    int
	Date       string
	Roles      string // what becomes of the roles at it, see RolesMove
}

// MergeUnit ends a unit in favour of another. Its posts, the time of those who hold them, and its groups end on the
// date; other rooms deal with what hangs on it, or refuse. It takes the right to edit at both.
func (s *Service) MergeUnit(ctx context.Context, actor authz.Actor, in Merge) error {
	return s.onUnit(ctx, actor, in.Unit, in.Version, func(tx *store.Tx, u Unit) (audit.Detail, error) {
		var f fault.Form
		into, err := UnitByID(ctx, tx, in.Into)
		if fault.KindOf(err) == fault.NotFound {
			f.Add("into", "fault.org.no_unit")
			return audit.Detail{}, f.Err()
		} else if err != nil {
			return audit.Detail{}, err
		}
		if checkDate(&f, "date", in.Date, s.today(tx)) {
			changeable(&f, u, in.Date)
			f.Check(Holds(into.From, into.To, in.Date), "into", "fault.org.not_there", "Unit", into.Name)
		}
		f.Check(into.To == "" || into.To <= in.Date, "into", "fault.org.ended_into", "Unit", into.Name, "Date", into.To)
		f.Check(!inside(into.Path, u.Path), "into", "fault.org.merge_inside", "Unit", u.Name)
		if err := f.Err(); err != nil {
			return audit.Detail{}, err
		}
		if err := s.mayEdit(actor, into.Place()); err != nil {
			return audit.Detail{}, err
		}
		if err := s.handOver(ctx, tx, u, into, in.Date); err != nil {
			return audit.Detail{}, err
		}
		d := audit.Detail{Changes: changes("to", u.To, in.Date, "successor", "", named(into)), Also: also(into.ID)}
		if err := s.settle(ctx, tx, actor, End{Unit: u, Into: into, Merged: true, Date: in.Date, Roles: in.Roles}, &d); err != nil {
			return d, err
		}
		return d, s.endUnit(ctx, tx, u, into.ID, in.Date)
	})
}

// handOver moves the units right below one unit to another.
func (s *Service) handOver(ctx context.Context, tx *store.Tx, u, into Unit, date string) error {
	children, err := livingChildren(ctx, tx, u.ID, date)
	if err != nil {
		return err
	}
	for _, c := range children {
		var f fault.Form
		changeable(&f, c, max(date, c.From))
		if err := f.Err(); err != nil {
			return err
		}
		if into, err = UnitByID(ctx, tx, into.ID); err != nil {
			return err
		}
		if err := s.moveUnit(ctx, tx, c, into, max(date, c.From)); err != nil {
			return err
		}
	}
	return nil
}

// Dissolve ends a unit on a date; the date may lie ahead. Below ends everything under it as well; without it a unit
// with others under it stays.
type Dissolve struct {
	Unit    int64
	Version int
	Date    string
	Below   bool
	Into    int64 // the unit that takes over what is open; 0 where nothing is
	Roles   string
}

// DissolveUnit ends a unit, its posts, the time of those who hold them, and its groups; other rooms deal with what hangs
// on it, or refuse.
func (s *Service) DissolveUnit(ctx context.Context, actor authz.Actor, in Dissolve) error {
	return s.onUnit(ctx, actor, in.Unit, in.Version, func(tx *store.Tx, u Unit) (audit.Detail, error) {
		var f fault.Form
		if checkDate(&f, "date", in.Date, "") {
			changeable(&f, u, in.Date)
		}
		if err := f.Err(); err != nil {
			return audit.Detail{}, err
		}
		children, err := livingChildren(ctx, tx, u.ID, in.Date)
		if err != nil {
			return audit.Detail{}, err
		}
		if len(children) > 0 && !in.Below {
			f.Add("below", "fault.org.has_children", "Count", len(children))
			return audit.Detail{}, f.Err()
		}
		d := audit.Detail{Changes: changes("to", u.To, in.Date)}
		into, err := s.takesOver(ctx, tx, actor, u, in, &d)
		if err != nil {
			return d, err
		}
		if err := s.settle(ctx, tx, actor, End{Unit: u, Into: into, Date: in.Date, Roles: in.Roles}, &d); err != nil {
			return d, err
		}
		if len(children) > 0 {
			ended, err := s.endBelow(ctx, tx, u, in.Date)
			if err != nil {
				return d, err
			}
			d.Note = map[string]string{"also_ended": fmt.Sprint(ended)}
			if u, err = UnitByID(ctx, tx, u.ID); err != nil {
				return d, err
			}
		}
		return d, s.endUnit(ctx, tx, u, 0, in.Date)
	})
}

// takesOver gives the unit that takes over what is open at one that is dissolved; the zero Unit where none is named.
func (s *Service) takesOver(ctx context.Context, tx *store.Tx, actor authz.Actor, u Unit, in Dissolve, d *audit.Detail) (Unit, error) {
	if in.Into == 0 {
		return Unit{}, nil
	}
	var f fault.Form
	into, err := UnitByID(ctx, tx, in.Into)
	if fault.KindOf(err) == fault.NotFound {
		f.Add("into", "fault.org.no_unit")
		return into, f.Err()
	} else if err != nil {
		return into, err
	}
	f.Check(Holds(into.From, into.To, in.Date), "into", "fault.org.not_there", "Unit", into.Name)
	f.Check(!inside(into.Path, u.Path), "into", "fault.org.dissolve_inside", "Unit", u.Name)
	if err := f.Err(); err != nil {
		return into, err
	}
	d.Changes, d.Also = append(d.Changes, changes("successor", "", named(into))...), append(d.Also, also(into.ID)...)
	return into, s.mayEdit(actor, into.Place())
}

// endUnit writes the end of one unit and of what belongs to it.
func (s *Service) endUnit(ctx context.Context, tx *store.Tx, u Unit, successor int64, date string) error {
	if _, err := tx.Exec(ctx, `UPDATE unit SET to_date = $1, successor_id = $2, version = version + 1 WHERE id = $3`, date, successor, u.ID); err != nil {
		return err
	}
	if u.To == "" {
		if err := addBelow(ctx, tx, u.Ancestors(), -1); err != nil {
			return err
		}
	}
	return endBelongings(ctx, tx, `SELECT id FROM unit WHERE id = $2`, date, u.ID)
}

// endBelow ends everything under a unit that has not ended by the date, and gives how many units that were.
func (s *Service) endBelow(ctx context.Context, tx *store.Tx, u Unit, date string) (int64, error) {
	from, to := u.Path, authz.PathEnd(u.Path)
	var late string
	err := tx.QueryRow(ctx, `SELECT COALESCE(MAX(since), '') FROM unit WHERE path > $1 AND path < $2 AND (to_date = '' OR to_date > $3)`,
		from, to, date).Scan(&late)
	if err != nil {
		return 0, err
	}
	if late > date {
		var f fault.Form
		f.Add("date", "fault.org.changed_below", "Date", late)
		return 0, f.Err()
	}
	if err := endBelongings(ctx, tx, `SELECT id FROM unit WHERE path > $2 AND path < $3`, date, from, to); err != nil {
		return 0, err
	}
	var open int64
	err = tx.QueryRow(ctx, `SELECT COUNT(*) FROM unit WHERE path > $1 AND path < $2 AND to_date = ''`, from, to).Scan(&open)
	if err != nil {
		return 0, err
	}
	res, err := tx.Exec(ctx, `UPDATE unit SET to_date = $1, version = version + 1 WHERE path > $2 AND path < $3 AND (to_date = '' OR to_date > $1)`, date, from, to)
	if err != nil {
		return 0, err
	}
	if _, err := tx.Exec(ctx, `UPDATE unit SET below = 0 WHERE path > $1 AND path < $2`, from, to); err != nil {
		return 0, err
	}
	if err := addBelow(ctx, tx, PathIDs(u.Path), -open); err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

// endBelongings ends posts, tenures, groups and memberships of the units that the query finds; $1 is the date. What
// would have begun later ends on the day it begins: it never was.
func endBelongings(ctx context.Context, tx *store.Tx, units, date string, args ...any) error {
	all := append([]any{date}, args...)
	end := `SET to_date = CASE WHEN from_date > $1 THEN from_date ELSE $1 END`
	open := `(to_date = '' OR to_date > $1)`
	for _, stmt := range []string{
		`UPDATE tenure ` + end + `, version = version + 1 WHERE ` + open + ` AND post_id IN (SELECT id FROM post WHERE unit_id IN (` + units + `))`,
		`UPDATE post ` + end + `, version = version + 1 WHERE ` + open + ` AND unit_id IN (` + units + `)`,
		`UPDATE group_member ` + end + ` WHERE ` + open + ` AND group_id IN (SELECT id FROM org_group WHERE unit_id IN (` + units + `))`,
		`UPDATE org_group ` + end + `, version = version + 1 WHERE ` + open + ` AND unit_id IN (` + units + `)`,
	} {
		if _, err := tx.Exec(ctx, stmt, all...); err != nil {
			return err
		}
	}
	return nil
}
