package web

import (
	"context"
	"strings"

	"plumbline/internal/fault"
	"plumbline/internal/org"
	"plumbline/internal/web/ui"
)

// placeField asks for a unit by code or name.
func (c *Ctx) placeField(name, label, stands string) ui.Field {
	return ui.Field{Name: name, Label: c.T(label), Hint: c.T("org.unit_hint"), Value: c.typed(name, stands), Required: true, Width: "medium"}
}

// findPlace reads the answer to placeField: one unit, or an Invalid fault at the field with the units that may be meant.
func (s *Server) findPlace(c *Ctx, name string) (id int64, choice *ui.Field, err error) {
	var f fault.Form
	text := c.Value(name)
	if text == "" {
		f.Add(name, "field.required")
		return 0, nil, f.Err()
	}
	found, err := org.SearchUnits(c.R.Context(), s.Reader, text, "", 20)
	if err != nil {
		return 0, nil, err
	}
	var exact []org.Unit
	for _, u := range found {
		if u.Code == text {
			return u.ID, nil, nil
		}
		if u.Name == text || strings.EqualFold(u.NameEn, text) {
			exact = append(exact, u)
		}
	}
	if len(exact) == 1 {
		return exact[0].ID, nil, nil
	}
	if len(found) == 0 {
		f.Add(name, "fault.org.no_unit")
		return 0, nil, f.Err()
	}
	choice = &ui.Field{Type: "radio", Name: name + "_id", Label: c.T("org.which_unit"), Value: c.Value(name + "_id"), Required: true}
	above, err := s.parentNames(c.R.Context(), c, found)
	if err != nil {
		return 0, nil, err
	}
	for _, u := range found {
		if itoa(u.ID) == choice.Value {
			return u.ID, nil, nil
		}
		choice.Options = append(choice.Options, ui.Option{Value: itoa(u.ID), Text: u.In(c.Lang), Hint: strings.TrimSpace(above[u.Parent] + " " + u.Code)})
	}
	f.Add(name, "fault.org.which_unit")
	return 0, choice, f.Err()
}

// parentNames are the names of the units right above those of a list, by key.
func (s *Server) parentNames(ctx context.Context, c *Ctx, units []org.Unit) (map[int64]string, error) {
	var ids []int64
	for _, u := range units {
		if u.Parent != 0 {
			ids = append(ids, u.Parent)
		}
	}
	parents, err := org.UnitsByID(ctx, s.Reader, ids)
	out := map[int64]string{}
	for id, u := range parents {
		out[id] = u.In(c.Lang)
	}
	return out, err
}

// withChoice puts a choice behind the field that it belongs to.
func withChoice(fields []ui.Field, name string, choice *ui.Field) []ui.Field {
	if choice == nil {
		return fields
	}
	var out []ui.Field
	for _, f := range fields {
		if out = append(out, f); f.Name == name {
			out = append(out, *choice)
		}
	}
	return out
}

// personField asks for a person by name or code; an unknown name makes a new person.
func (c *Ctx) personField() ui.Field {
	return ui.Field{Name: "person", Label: c.T("org.person"), Hint: c.T("org.person_hint"), Value: c.typed("person", ""), Required: true, Width: "medium", MaxLength: org.MaxName}
}

// findPerson reads the answer to personField.
func (s *Server) findPerson(c *Ctx) (id int64, made org.NewPerson, choice *ui.Field, err error) {
	ctx, text := c.R.Context(), c.Value("person")
	if text == "" {
		return 0, made, nil, nil
	}
	found, err := org.PeopleCalled(ctx, s.Reader, text, 20)
	if err != nil || len(found) == 0 {
		return 0, org.NewPerson{Name: text}, nil, err
	}
	if len(found) == 1 && found[0].Code == text {
		return found[0].ID, made, nil, nil
	}
	choice = &ui.Field{Type: "radio", Name: "person_id", Label: c.T("org.which_person"), Value: c.Value("person_id"), Required: true}
	if choice.Value == "new" {
		return 0, org.NewPerson{Name: text}, nil, nil
	}
	var ids []int64
	for _, p := range found {
		if itoa(p.ID) == choice.Value {
			return p.ID, made, nil, nil
		}
		ids = append(ids, p.ID)
	}
	posts, err := org.PostsOfPeople(ctx, s.Reader, ids, c.Today())
	if err != nil {
		return 0, made, nil, err
	}
	for _, p := range found {
		choice.Options = append(choice.Options, ui.Option{Value: itoa(p.ID), Text: p.In(c.Lang), Hint: c.postsText(posts[p.ID], p.Code)})
	}
	choice.Options = append(choice.Options, ui.Option{Value: "new", Text: c.T("org.new_person_named", "Name", text)})
	var f fault.Form
	f.Add("person", "fault.org.which_person_same")
	return 0, made, choice, f.Err()
}

// postsText names posts, or else the code.
func (c *Ctx) postsText(held []org.Holder, otherwise string) string {
	var out []string
	for _, h := range held {
		out = append(out, h.Post.In(c.Lang))
	}
	if len(out) == 0 {
		return otherwise
	}
	return strings.Join(out, c.T("list.separator"))
}
