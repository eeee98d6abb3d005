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

// NewPerson is a person to be made. An empty code gets one of its own.
type NewPerson struct{ Code, Name, NameEn string }

// CreatePerson makes a person who holds no post yet; at is the unit whose right is used.
func (s *Service) CreatePerson(ctx context.Context, actor authz.Actor, at authz.Unit, in NewPerson) (made Person, err error) {
	err = s.gate.Do(ctx, actor, authz.OrgEdit, gate.Subject{Kind: "person", Unit: at}, func(tx *store.Tx) (audit.Detail, error) {
		if made, err = createPerson(ctx, tx, in); err != nil {
			return audit.Detail{}, err
		}
		return audit.Detail{ID: made.ID, Changes: changes("name", "", made.Name, "code", "", made.Code)}, nil
	})
	return made, err
}

func createPerson(ctx context.Context, tx *store.Tx, in NewPerson) (Person, error) {
	var f fault.Form
	checkNames(&f, in.Name, in.NameEn)
	if in.Code != "" {
		if key := wrongCode(in.Code); key != "" {
			f.Add("code", key, "Max", MaxCode)
		} else if taken, err := PersonByCode(ctx, tx, in.Code); err == nil {
			f.Add("code", "fault.org.code_taken", "Code", in.Code, "Unit", taken.Name)
		}
	}
	p := Person{Code: in.Code, Name: in.Name, NameEn: in.NameEn, Version: 1}
	if err := f.Err(); err != nil {
		return p, err
	}
	var err error
	if p.ID, err = tx.Reserve(ctx, "person", 1); err != nil {
		return p, err
	}
	if p.Code == "" {
		p.Code = fmt.Sprintf("p%d", p.ID)
	}
	_, err = tx.Exec(ctx, `INSERT INTO person (id, code, name, name_en, version) VALUES ($1, $2, $3, $4, 1)`, p.ID, p.Code, p.Name, p.NameEn)
	if store.IsUnique(err) {
		f.Add("code", "fault.org.code_taken", "Code", p.Code, "Unit", "")
		err = f.Err()
	}
	return p, err
}

// personFor finds the person of a form, or makes the one whose name was typed instead.
func (s *Service) personFor(ctx context.Context, tx *store.Tx, id int64, in NewPerson) (Person, error) {
	var f fault.Form
	switch {
	case id == 0 && in.Name == "":
		f.Add("person", "fault.org.no_person")
		return Person{}, f.Err()
	case id == 0:
		return createPerson(ctx, tx, in)
	}
	p, err := PersonByID(ctx, tx, id)
	if fault.KindOf(err) == fault.NotFound {
		f.Add("person", "fault.org.no_person")
		err = f.Err()
	}
	return p, err
}

// RevisePerson puts a person's name right. It takes the right to edit at some unit where the person holds or held a
// post, or everywhere.
func (s *Service) RevisePerson(ctx context.Context, actor authz.Actor, id int64, version int, name, nameEn string) error {
	if _, err := PersonByID(ctx, s.r, id); err != nil {
		return err
	}
	at, err := s.PersonPlace(ctx, actor, id)
	if err != nil {
		return err
	}
	return s.gate.Do(ctx, actor, authz.OrgEdit, gate.Subject{Kind: "person", ID: id, Unit: at}, func(tx *store.Tx) (audit.Detail, error) {
		p, err := PersonByID(ctx, tx, id)
		if err != nil {
			return audit.Detail{}, err
		}
		if p.Version != version {
			return audit.Detail{}, fault.Outdated(p)
		}
		var f fault.Form
		checkNames(&f, name, nameEn)
		if err := f.Err(); err != nil {
			return audit.Detail{}, err
		}
		_, err = tx.Exec(ctx, `UPDATE person SET name = $1, name_en = $2, version = version + 1 WHERE id = $3`, name, nameEn, id)
		return audit.Detail{Changes: changes("name", p.Name, name, "name_en", p.NameEn, nameEn)}, err
	})
}

// PersonPlace is the unit by whose right the actor may edit a person: of those where the person holds or held a post,
// the first that the actor may edit; the whole organisation where there is none.
func (s *Service) PersonPlace(ctx context.Context, actor authz.Actor, person int64) (authz.Unit, error) {
	held, err := TenuresOfPerson(ctx, s.r, person)
	if err != nil {
		return authz.Unit{}, err
	}
	var ids []int64
	for _, h := range held {
		ids = append(ids, h.Post.Unit)
	}
	units, err := UnitsByID(ctx, s.r, ids)
	if err != nil {
		return authz.Unit{}, err
	}
	for _, h := range held {
		if u := units[h.Post.Unit]; s.gate.Policy().Allows(actor, authz.OrgEdit, u.Place()) {
			return u.Place(), nil
		}
	}
	return authz.Whole, nil
}
