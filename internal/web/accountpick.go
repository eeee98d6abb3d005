package web

import (
	"plumbline/internal/account"
	"plumbline/internal/authz"
	"plumbline/internal/fault"
	"plumbline/internal/org"
	"plumbline/internal/web/ui"
)

// UnitPick asks for a unit by its code or name; where the text means several, Choice lists them.
type UnitPick struct {
	Text   ui.Field
	Choice *ui.Field
}

const pickLimit = 20

// askUnit is the question for a unit, with what was answered so far.
func (c *Ctx) askUnit(name, label, value, err string) UnitPick {
	hint := c.T("account.unit_hint")
	if c.May(authz.AccountManage, authz.Whole) {
		hint = c.T("account.unit_hint_whole")
	}
	return UnitPick{Text: ui.Field{Name: name, Label: label, Hint: hint, Value: value, Error: err, Required: true, Width: "medium"}}
}

// pickUnit reads the answer: the unit's id, or an Invalid fault at the field, with the choices where there are several.
func (s *Server) pickUnit(c *Ctx, name string) (id int64, choice *ui.Field, err error) {
	text := c.Value(name)
	if text == "*" {
		return 0, nil, nil
	}
	found, err := s.Rooms.Accounts.FindPlaces(c.R.Context(), c.Actor, text, pickLimit)
	if err != nil {
		return 0, nil, err
	}
	var f fault.Form
	if len(found) == 0 {
		f.Add(name, "fault.account.unit")
		return 0, nil, f.Err()
	}
	if len(found) == 1 {
		return found[0].ID, nil, nil
	}
	choice = &ui.Field{Type: "radio", Name: name + "_id", Label: c.T("account.which_unit"), Value: c.Value(name + "_id"), Required: true}
	for _, p := range found {
		if itoa(p.ID) == choice.Value {
			return p.ID, nil, nil
		}
		choice.Options = append(choice.Options, ui.Option{Value: itoa(p.ID), Text: placeName(p, c.Lang), Hint: c.T("account.unit_line", "Above", p.Above, "Code", p.Code)})
	}
	f.Add(name, "fault.account.which_unit")
	return 0, choice, f.Err()
}

func placeName(p account.Place, lang string) string {
	return org.Unit{Name: p.Name, NameEn: p.NameEn}.In(lang)
}

// pickPerson reads a person by code or full name; an empty answer is nobody.
func (s *Server) pickPerson(c *Ctx, name string) (int64, error) {
	text := c.Value(name)
	if text == "" {
		return 0, nil
	}
	found, err := s.Rooms.Accounts.FindPeople(c.R.Context(), text, 2)
	if err != nil {
		return 0, err
	}
	var f fault.Form
	f.Check(len(found) > 0, name, "fault.account.person")
	f.Check(len(found) < 2, name, "fault.account.which_person")
	if err := f.Err(); err != nil {
		return 0, err
	}
	return found[0].ID, nil
}

// merge joins what several checks say of one form; a fault that is not about fields comes back alone.
func merge(errs ...error) error {
	var f fault.Form
	for _, err := range errs {
		e := fault.As(err)
		if err != nil && (e == nil || e.Kind != fault.Invalid || len(e.Fields) == 0) {
			return err
		}
		if e == nil {
			continue
		}
		for _, field := range e.Fields {
			f.Add(field.Name, field.Key, field.Args...)
		}
	}
	return f.Err()
}
