package org

import (
	"context"

	"plumbline/internal/audit"
	"plumbline/internal/authz"
	"plumbline/internal/fault"
	"plumbline/internal/gate"
	"plumbline/internal/store"
)

// NewGroup is a body of people to be made at a unit.
type NewGroup struct {
	Unit               int64
	Kind, Name, NameEn string
	From               string
}

// CreateGroup makes a group; an empty name takes the kind's.
func (s *Service) CreateGroup(ctx context.Context, actor authz.Actor, in NewGroup) (made Group, err error) {
	u, err := UnitByID(ctx, s.r, in.Unit)
	if err != nil {
		return Group{}, err
	}
	err = s.gate.Do(ctx, actor, authz.OrgEdit, gate.Subject{Kind: "group", Unit: u.Place()}, func(tx *store.Tx) (audit.Detail, error) {
		made = Group{Unit: u.ID, Kind: in.Kind, Name: in.Name, NameEn: in.NameEn, From: in.From, Version: 1}
		s.nameGroup(&made)
		var f fault.Form
		s.checkGroup(&f, made)
		checkSpan(&f, made.From, "")
		f.Check(u.To == "" || made.From != "" && made.From < u.To, "from", "fault.org.ended", "Unit", u.Name, "Date", u.To)
		if err := f.Err(); err != nil {
			return audit.Detail{}, err
		}
		made.ID, err = tx.Insert(ctx, `INSERT INTO org_group (unit_id, kind, name, name_en, from_date, to_date, version) VALUES ($1, $2, $3, $4, $5, '', 1) RETURNING id`,
			made.Unit, made.Kind, made.Name, made.NameEn, made.From)
		return audit.Detail{ID: made.ID, Changes: changes("name", "", made.Name, "kind", "", made.Kind, "from", "", made.From), Also: also(u.ID)}, err
	})
	return made, err
}

func (s *Service) nameGroup(g *Group) { nameByKind(s.pack.GroupKinds, g.Kind, &g.Name, &g.NameEn) }

func (s *Service) checkGroup(f *fault.Form, g Group) {
	checkKind(f, s.pack.GroupKinds, g.Kind)
	if hasKind(s.pack.GroupKinds, g.Kind) {
		checkNames(f, g.Name, g.NameEn)
	}
}

// onGroup carries out a verb upon a group; version 0 asks for none.
func (s *Service) onGroup(ctx context.Context, actor authz.Actor, id int64, version int, verb func(tx *store.Tx, g Group) (audit.Detail, error)) error {
	g, err := GroupByID(ctx, s.r, id)
	if err != nil {
		return err
	}
	u, err := UnitByID(ctx, s.r, g.Unit)
	if err != nil {
		return err
	}
	return s.gate.Do(ctx, actor, authz.OrgEdit, gate.Subject{Kind: "group", ID: id, Unit: u.Place()}, func(tx *store.Tx) (audit.Detail, error) {
		g, err := GroupByID(ctx, tx, id)
		if err != nil {
			return audit.Detail{}, err
		}
		if version != 0 && g.Version != version {
			return audit.Detail{}, fault.Outdated(g)
		}
		return verb(tx, g)
	})
}

// ReviseGroup puts a group's kind and name right.
func (s *Service) ReviseGroup(ctx context.Context, actor authz.Actor, group int64, version int, kind, name, nameEn string) error {
	return s.onGroup(ctx, actor, group, version, func(tx *store.Tx, g Group) (audit.Detail, error) {
		now := g
		now.Kind, now.Name, now.NameEn = kind, name, nameEn
		s.nameGroup(&now)
		var f fault.Form
		s.checkGroup(&f, now)
		if err := f.Err(); err != nil {
			return audit.Detail{}, err
		}
		_, err := tx.Exec(ctx, `UPDATE org_group SET kind = $1, name = $2, name_en = $3, version = version + 1 WHERE id = $4`, now.Kind, now.Name, now.NameEn, g.ID)
		return audit.Detail{Changes: changes("kind", g.Kind, now.Kind, "name", g.Name, now.Name, "name_en", g.NameEn, now.NameEn)}, err
	})
}

// EndGroup ends a group and every membership of it on a date.
func (s *Service) EndGroup(ctx context.Context, actor authz.Actor, group int64, version int, date string) error {
	return s.onGroup(ctx, actor, group, version, func(tx *store.Tx, g Group) (audit.Detail, error) {
		var f fault.Form
		if checkDate(&f, "date", date, "") {
			f.Check(g.From == "" || date >= g.From, "date", "fault.org.span")
		}
		f.Check(g.To == "", "date", "fault.org.ended", "Unit", g.Name, "Date", g.To)
		if err := f.Err(); err != nil {
			return audit.Detail{}, err
		}
		_, err := tx.Exec(ctx, `UPDATE group_member SET to_date = CASE WHEN from_date > $1 THEN from_date ELSE $1 END
			WHERE group_id = $2 AND (to_date = '' OR to_date > $1)`, date, g.ID)
		if err == nil {
			_, err = tx.Exec(ctx, `UPDATE org_group SET to_date = $1, version = version + 1 WHERE id = $2`, date, g.ID)
		}
		return audit.Detail{Changes: changes("to", g.To, date)}, err
	})
}

// NewMember puts a person into a group; Person 0 makes the person of New first. Duty is free text ("deputy head").
type NewMember struct {
	Group, Person int64
	New           NewPerson
	Duty, From    string
}

// AddMember puts a person into a group from a date; nobody is in a group twice at one time.
func (s *Service) AddMember(ctx context.Context, actor authz.Actor, in NewMember) error {
	return s.onGroup(ctx, actor, in.Group, 0, func(tx *store.Tx, g Group) (audit.Detail, error) {
		var f fault.Form
		checkSpan(&f, in.From, "")
		if key := wrongName(in.Duty); key != "" && in.Duty != "" {
			f.Add("duty", key, "Max", MaxName)
		}
		f.Check(g.To == "" || in.From != "" && in.From < g.To, "from", "fault.org.ended", "Unit", g.Name, "Date", g.To)
		if err := f.Err(); err != nil {
			return audit.Detail{}, err
		}
		p, err := s.personFor(ctx, tx, in.Person, in.New)
		if err != nil {
			return audit.Detail{}, err
		}
		var n int
		err = tx.QueryRow(ctx, `SELECT COUNT(*) FROM group_member WHERE group_id = $1 AND person_id = $2 AND (to_date = '' OR to_date > $3)`,
			g.ID, p.ID, in.From).Scan(&n)
		if err != nil {
			return audit.Detail{}, err
		}
		if n > 0 {
			f.Add("person", "fault.org.member_already", "Person", p.Name)
			return audit.Detail{}, f.Err()
		}
		_, err = tx.Exec(ctx, `INSERT INTO group_member (group_id, person_id, duty, from_date, to_date) VALUES ($1, $2, $3, $4, '')`, g.ID, p.ID, in.Duty, in.From)
		return audit.Detail{Changes: changes("member", "", p.Name, "duty", "", in.Duty, "from", "", in.From), Also: []audit.Subject{{Kind: "person", ID: p.ID}}}, err
	})
}

// EndMember ends a membership on a date.
func (s *Service) EndMember(ctx context.Context, actor authz.Actor, member int64, date string) error {
	m, err := MemberByID(ctx, s.r, member)
	if err != nil {
		return err
	}
	return s.onGroup(ctx, actor, m.Group, 0, func(tx *store.Tx, g Group) (audit.Detail, error) {
		var f fault.Form
		if checkDate(&f, "date", date, "") {
			f.Check(m.From == "" || date >= m.From, "date", "fault.org.span")
		}
		if err := f.Err(); err != nil {
			return audit.Detail{}, err
		}
		done, err := tx.Change(ctx, `UPDATE group_member SET to_date = $1 WHERE id = $2 AND (to_date = '' OR to_date > $1)`, date, member)
		if err == nil && !done {
			f.Add("date", "fault.org.ended", "Unit", m.Person.Name, "Date", m.To)
			err = f.Err()
		}
		return audit.Detail{Changes: changes("member", m.Person.Name, "", "to", m.To, date), Also: []audit.Subject{{Kind: "person", ID: m.Person.ID}}}, err
	})
}
