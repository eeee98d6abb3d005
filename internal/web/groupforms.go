package web

import (
	"net/http"

	"plumbline/internal/org"
	"plumbline/internal/web/ui"
)

// newGroup makes a group at the unit of the address.
func (s *Server) newGroup(c *Ctx) error {
	u, err := s.unitToEdit(c)
	if err != nil {
		return err
	}
	f, err := s.unitForm(c, u, "group_new")
	if err != nil {
		return err
	}
	f.theirs, f.version = nil, 0
	f.fields = append(s.groupFields(c, org.Group{}), c.dateField("from", "org.from", c.Today(), false))
	if c.R.Method == http.MethodGet {
		return c.showForm(http.StatusOK, f, nil)
	}
	made, err := s.Rooms.Org.CreateGroup(c.R.Context(), c.Actor, org.NewGroup{Unit: u.ID, Kind: c.Value("kind"), Name: c.Value("name"), NameEn: c.Value("name_en"), From: c.Value("from")})
	return c.endForm(f, err, "/groups/"+itoa(made.ID), "org.group_made")
}

func (s *Server) groupFields(c *Ctx, g org.Group) []ui.Field {
	fields := []ui.Field{c.kindField(s.Pack.GroupKinds, g.Kind), c.textField("name", "org.name", g.Name, false), c.textField("name_en", "org.name_en", g.NameEn, false)}
	fields[1].Hint = c.T("org.title_hint")
	return fields
}

// groupToEdit is a group for those who may edit it, and the beginning of a form.
func (s *Server) groupToEdit(c *Ctx, id int64, verb string) (g org.Group, f orgForm, err error) {
	if g, err = org.GroupByID(c.R.Context(), s.Reader, id); err != nil {
		return g, f, err
	}
	u, err := org.UnitByID(c.R.Context(), s.Reader, g.Unit)
	if err != nil {
		return g, f, err
	}
	if err = c.mayEditAt(u.Place()); err != nil {
		return g, f, err
	}
	f, err = s.unitForm(c, u, verb)
	at := "/groups/" + itoa(g.ID)
	f.sub, f.back, f.version = c.T("org.of_post", "Unit", u.In(c.Lang), "Post", g.In(c.Lang)), at, g.Version
	f.crumbs = append(f.crumbs, ui.Link{Text: g.In(c.Lang), Href: at})
	f.theirs = func(current any) (int, map[string]string) {
		now, _ := current.(org.Group)
		return now.Version, map[string]string{"kind": now.Kind, "name": now.Name, "name_en": now.NameEn, "date": now.To}
	}
	return g, f, err
}

func (s *Server) editGroup(c *Ctx) error {
	id, err := c.ID("id")
	if err != nil {
		return err
	}
	g, f, err := s.groupToEdit(c, id, "group_edit")
	if err != nil {
		return err
	}
	f.fields = s.groupFields(c, g)
	if c.R.Method == http.MethodGet {
		return c.showForm(http.StatusOK, f, nil)
	}
	err = s.Rooms.Org.ReviseGroup(c.R.Context(), c.Actor, g.ID, int(c.Int("version", 0)), c.Value("kind"), c.Value("name"), c.Value("name_en"))
	return c.endForm(f, err, f.back, "org.saved")
}

func (s *Server) endGroup(c *Ctx) error {
	id, err := c.ID("id")
	if err != nil {
		return err
	}
	g, f, err := s.groupToEdit(c, id, "group_end")
	if err != nil {
		return err
	}
	f.kind = "danger"
	f.fields = []ui.Field{c.dateField("date", "org.end_day", c.Today(), true)}
	if c.R.Method == http.MethodGet {
		return c.showForm(http.StatusOK, f, nil)
	}
	err = s.Rooms.Org.EndGroup(c.R.Context(), c.Actor, g.ID, int(c.Int("version", 0)), c.Value("date"))
	return c.endForm(f, err, f.back, "org.saved")
}

func (s *Server) addMember(c *Ctx) error {
	id, err := c.ID("id")
	if err != nil {
		return err
	}
	g, f, err := s.groupToEdit(c, id, "member_new")
	if err != nil {
		return err
	}
	f.theirs, f.version = nil, 0
	f.fields = []ui.Field{c.personField(), c.textField("duty", "org.duty", "", false), c.dateField("from", "org.from", c.Today(), false)}
	if c.R.Method == http.MethodGet {
		return c.showForm(http.StatusOK, f, nil)
	}
	person, made, choice, err := s.findPerson(c)
	f.fields = withChoice(f.fields, "person", choice)
	if err == nil {
		err = s.Rooms.Org.AddMember(c.R.Context(), c.Actor, org.NewMember{Group: g.ID, Person: person, New: made, Duty: c.Value("duty"), From: c.Value("from")})
	}
	return c.endForm(f, err, f.back, "org.member_made")
}

func (s *Server) endMember(c *Ctx) error {
	id, err := c.ID("id")
	if err != nil {
		return err
	}
	m, err := org.MemberByID(c.R.Context(), s.Reader, id)
	if err != nil {
		return err
	}
	_, f, err := s.groupToEdit(c, m.Group, "member_end")
	if err != nil {
		return err
	}
	f.sub, f.theirs, f.version = m.Person.In(c.Lang), nil, 0
	f.fields = []ui.Field{c.dateField("date", "org.end_day", c.Today(), true)}
	if c.R.Method == http.MethodGet {
		return c.showForm(http.StatusOK, f, nil)
	}
	err = s.Rooms.Org.EndMember(c.R.Context(), c.Actor, id, c.Value("date"))
	return c.endForm(f, err, f.back, "org.saved")
}
