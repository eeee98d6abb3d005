package org

import (
	"context"
	"fmt"

	"plumbline/internal/audit"
	"plumbline/internal/authz"
	"plumbline/internal/fault"
	"plumbline/internal/gate"
	"plumbline/internal/store"
)

// NewUnit is a unit to be made. Parent 0 makes a root; From "" means that it has always been.
type NewUnit struct {
	Parent             int64
	Code, Kind         string
	Name, NameEn, From string
}

// CreateUnit makes a unit under its parent. It takes the right to edit at the parent, or everywhere for a root.
func (s *Service) CreateUnit(ctx context.Context, actor authz.Actor, in NewUnit) (made Unit, err error) {
	on := gate.Subject{Kind: "unit", Unit: authz.Whole}
	if in.Parent != 0 {
		parent, err := UnitByID(ctx, s.r, in.Parent)
		if err != nil {
			return Unit{}, err
		}
		on.Unit = parent.Place()
	}
	err = s.gate.Do(ctx, actor, authz.OrgEdit, on, func(tx *store.Tx) (audit.Detail, error) {
		made, err = s.createUnit(ctx, tx, in)
		if err != nil {
			return audit.Detail{}, err
		}
		d := audit.Detail{ID: made.ID, Changes: changes("name", "", made.Name, "code", "", made.Code, "kind", "", made.Kind, "from", "", made.From)}
		if in.Parent != 0 {
			d.Also = []audit.Subject{{Kind: "unit", ID: in.Parent}}
		}
		return d, nil
	})
	return made, err
}

func (s *Service) createUnit(ctx context.Context, tx *store.Tx, in NewUnit) (Unit, error) {
	var f fault.Form
	checkNames(&f, in.Name, in.NameEn)
	if key := wrongCode(in.Code); key != "" {
		f.Add("code", key, "Max", MaxCode)
	} else if taken, err := UnitByCode(ctx, tx, in.Code); err == nil {
		f.Add("code", "fault.org.code_taken", "Code", in.Code, "Unit", taken.Name)
	}
	checkKind(&f, s.pack.UnitKinds, in.Kind)
	checkSpan(&f, in.From, "")
	u := Unit{Code: in.Code, Parent: in.Parent, Kind: in.Kind, Name: in.Name, NameEn: in.NameEn, From: in.From, Since: in.From, Version: 1}
	path := "/"
	if in.Parent != 0 {
		parent, err := UnitByID(ctx, tx, in.Parent)
		if err != nil {
			return u, err
		}
		path = parent.Path
		f.Check(parent.To == "", "parent", "fault.org.parent_ended", "Unit", parent.Name, "Date", parent.To)
		f.Check(depth(path) < MaxDepth, "parent", "fault.org.deep", "Max", MaxDepth)
	}
	if err := f.Err(); err != nil {
		return u, err
	}
	var err error
	if u.ID, err = tx.Reserve(ctx, "unit", 1); err != nil {
		return u, err
	}
	u.Path = fmt.Sprintf("%s%d/", path, u.ID)
	if err := insertUnit(ctx, tx, u); err != nil {
		return u, err
	}
	return u, addBelow(ctx, tx, u.Ancestors(), 1)
}

// Rename is a unit's new name and kind from a date on. On a later day than that from which the present name holds, the
// present name goes into the unit's past; on that very day, or with no Date at all, it is put right as if never entered.
type Rename struct {
	Unit               int64
	Version            int
	Name, NameEn, Kind string
	Date               string
}

// RenameUnit gives a unit another name or kind from a date.
func (s *Service) RenameUnit(ctx context.Context, actor authz.Actor, in Rename) error {
	return s.onUnit(ctx, actor, in.Unit, in.Version, func(tx *store.Tx, u Unit) (audit.Detail, error) {
		var f fault.Form
		checkNames(&f, in.Name, in.NameEn)
		checkKind(&f, s.pack.UnitKinds, in.Kind)
		s.checkChange(&f, tx, u, &in.Date)
		f.Check(u.Name != in.Name || u.NameEn != in.NameEn || u.Kind != in.Kind, "name", "fault.org.same")
		if err := f.Err(); err != nil {
			return audit.Detail{}, err
		}
		now := u
		now.Name, now.NameEn, now.Kind = in.Name, in.NameEn, in.Kind
		d := audit.Detail{Changes: changes("name", u.Name, now.Name, "name_en", u.NameEn, now.NameEn, "kind", u.Kind, now.Kind, "since", u.Since, in.Date)}
		return d, reviseUnit(ctx, tx, u, now, in.Date)
	})
}

// Move puts a unit, with everything under it, under another one from a date; no Date puts the parent right, as with
// Rename. Parent 0 makes it a root.
type Move struct {
	Unit, Parent int64
	Version      int
	Date         string
}

// MoveUnit moves a unit. It takes the right to edit at the unit and at its new parent.
func (s *Service) MoveUnit(ctx context.Context, actor authz.Actor, in Move) error {
	return s.onUnit(ctx, actor, in.Unit, in.Version, func(tx *store.Tx, u Unit) (audit.Detail, error) {
		var f fault.Form
		parent, err := s.newParent(ctx, tx, &f, in)
		if err != nil {
			return audit.Detail{}, err
		}
		if s.checkChange(&f, tx, u, &in.Date) {
			f.Check(parent.To == "", "parent", "fault.org.parent_ended", "Unit", parent.Name, "Date", parent.To)
		}
		f.Check(u.Parent != in.Parent, "parent", "fault.org.same_parent")
		f.Check(parent.ID == 0 || !inside(parent.Path, u.Path), "parent", "fault.org.cycle", "Unit", u.Name, "Parent", parent.Name)
		if err := f.Err(); err != nil {
			return audit.Detail{}, err
		}
		if err := s.mayEdit(actor, placeOr(parent)); err != nil {
			return audit.Detail{}, err
		}
		old, err := parentOf(ctx, tx, u)
		if err != nil {
			return audit.Detail{}, err
		}
		d := audit.Detail{Changes: changes("parent", named(old), named(parent), "since", u.Since, in.Date), Also: also(old.ID, parent.ID)}
		return d, s.moveUnit(ctx, tx, u, parent, in.Date)
	})
}

func (s *Service) newParent(ctx context.Context, tx *store.Tx, f *fault.Form, in Move) (Unit, error) {
	if in.Parent == 0 {
		return Unit{Path: "/"}, nil
	}
	parent, err := UnitByID(ctx, tx, in.Parent)
	if fault.KindOf(err) == fault.NotFound {
		f.Add("parent", "fault.org.no_unit")
		return parent, f.Err()
	}
	return parent, err
}

func placeOr(u Unit) authz.Unit {
	if u.ID == 0 {
		return authz.Whole
	}
	return u.Place()
}

func parentOf(ctx context.Context, r store.Reader, u Unit) (Unit, error) {
	if u.Parent == 0 {
		return Unit{}, nil
	}
	return UnitByID(ctx, r, u.Parent)
}

func also(units ...int64) (out []audit.Subject) {
	for _, id := range units {
		if id != 0 {
			out = append(out, audit.Subject{Kind: "unit", ID: id})
		}
	}
	return out
}

// moveUnit changes parent, paths and counts; the caller has checked that no cycle comes of it. parent is the zero unit
// with the path "/" for a root.
func (s *Service) moveUnit(ctx context.Context, tx *store.Tx, u, parent Unit, date string) error {
	deepest, err := deepestUnder(ctx, tx, u.Path)
	if err != nil {
		return err
	}
	if depth(parent.Path)+1+deepest-depth(u.Path) > MaxDepth {
		return fault.Bad("fault.org.deep", "Max", MaxDepth)
	}
	now := u
	now.Parent = parent.ID
	if err := reviseUnit(ctx, tx, u, now, date); err != nil {
		return err
	}
	moved := fmt.Sprintf("%s%d/", parent.Path, u.ID)
	if err := rewritePaths(ctx, tx, u.Path, moved); err != nil {
		return err
	}
	n := u.Below
	if u.To == "" {
		n++
	}
	if err := addBelow(ctx, tx, u.Ancestors(), -n); err != nil {
		return err
	}
	if err := addBelow(ctx, tx, PathIDs(parent.Path), n); err != nil {
		return err
	}
	if s.Moved == nil {
		return nil
	}
	return s.Moved(ctx, tx, u.Path, moved)
}
