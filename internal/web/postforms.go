package web

import (
	"net/http"

	"plumbline/internal/org"
	"plumbline/internal/web/ui"
)

// newPost makes a post at the unit of the address.
func (s *Server) newPost(c *Ctx) error {
	u, err := s.unitToEdit(c)
	if err != nil {
		return err
	}
	f, err := s.unitForm(c, u, "post_new")
	if err != nil {
		return err
	}
	f.theirs, f.version = nil, 0
	f.fields = s.postFields(c, org.Post{})
	f.fields = append(f.fields, c.dateField("from", "org.from", "", false))
	f.fields[3].Hint = c.T("org.from_hint")
	if c.R.Method == http.MethodGet {
		return c.showForm(http.StatusOK, f, nil)
	}
	made, err := s.Rooms.Org.CreatePost(c.R.Context(), c.Actor, org.NewPost{Unit: u.ID, Kind: c.Value("kind"), Title: c.Value("title"), TitleEn: c.Value("title_en"), From: c.Value("from")})
	return c.endForm(f, err, "/posts/"+itoa(made.ID), "org.post_made")
}

func (s *Server) postFields(c *Ctx, p org.Post) []ui.Field {
	fields := []ui.Field{c.kindField(s.Pack.PostKinds, p.Kind), c.textField("title", "org.title", p.Title, false), c.textField("title_en", "org.title_en", p.TitleEn, false)}
	fields[1].Hint = c.T("org.title_hint")
	return fields
}

// postToEdit is the post of the address with its unit, for those who may edit it, and the beginning of a form.
func (s *Server) postToEdit(c *Ctx, id int64, verb string) (p org.Post, f orgForm, err error) {
	if p, err = org.PostByID(c.R.Context(), s.Reader, id); err != nil {
		return p, f, err
	}
	u, err := org.UnitByID(c.R.Context(), s.Reader, p.Unit)
	if err != nil {
		return p, f, err
	}
	if err = c.mayEditAt(u.Place()); err != nil {
		return p, f, err
	}
	f, err = s.unitForm(c, u, verb)
	at := "/posts/" + itoa(p.ID)
	f.sub, f.back, f.version = c.T("org.of_post", "Unit", u.In(c.Lang), "Post", p.In(c.Lang)), at, p.Version
	f.crumbs = append(f.crumbs, ui.Link{Text: p.In(c.Lang), Href: at})
	f.theirs = func(current any) (int, map[string]string) {
		now, _ := current.(org.Post)
		return now.Version, map[string]string{"kind": now.Kind, "title": now.Title, "title_en": now.TitleEn, "date": now.To}
	}
	return p, f, err
}

func (s *Server) editPost(c *Ctx) error {
	id, err := c.ID("id")
	if err != nil {
		return err
	}
	p, f, err := s.postToEdit(c, id, "post_edit")
	if err != nil {
		return err
	}
	f.fields = s.postFields(c, p)
	if c.R.Method == http.MethodGet {
		return c.showForm(http.StatusOK, f, nil)
	}
	err = s.Rooms.Org.RevisePost(c.R.Context(), c.Actor, p.ID, int(c.Int("version", 0)), c.Value("kind"), c.Value("title"), c.Value("title_en"))
	return c.endForm(f, err, f.back, "org.saved")
}

func (s *Server) endPost(c *Ctx) error {
	id, err := c.ID("id")
	if err != nil {
		return err
	}
	p, f, err := s.postToEdit(c, id, "post_end")
	if err != nil {
		return err
	}
	f.kind, f.notice = "danger", &ui.Notice{Kind: "warn", Text: c.T("org.post_end_notice")}
	f.fields = []ui.Field{c.dateField("date", "org.end_day", c.Today(), true)}
	if c.R.Method == http.MethodGet {
		return c.showForm(http.StatusOK, f, nil)
	}
	err = s.Rooms.Org.EndPost(c.R.Context(), c.Actor, p.ID, int(c.Int("version", 0)), c.Value("date"))
	return c.endForm(f, err, f.back, "org.saved")
}

func (s *Server) appoint(c *Ctx) error {
	id, err := c.ID("id")
	if err != nil {
		return err
	}
	p, f, err := s.postToEdit(c, id, "appoint")
	if err != nil {
		return err
	}
	f.theirs, f.version = nil, 0
	f.fields = []ui.Field{c.personField(), c.dateField("from", "org.tenure_from", c.Today(), false), c.dateField("to", "org.tenure_to", "", false)}
	f.fields[1].Hint = c.T("org.tenure_from_hint")
	f.fields[2].Hint = c.T("org.tenure_to_hint")
	if c.R.Method == http.MethodGet {
		return c.showForm(http.StatusOK, f, nil)
	}
	person, made, choice, err := s.findPerson(c)
	f.fields = withChoice(f.fields, "person", choice)
	if err == nil {
		_, err = s.Rooms.Org.Appoint(c.R.Context(), c.Actor, org.Appointment{Post: p.ID, Person: person, New: made, From: c.Value("from"), To: c.Value("to")})
	}
	return c.endForm(f, err, f.back, "org.appointed")
}

// editTenure puts the dates of somebody's time in a post right, or ends it.
func (s *Server) editTenure(c *Ctx) error {
	id, err := c.ID("id")
	if err != nil {
		return err
	}
	h, err := org.TenureByID(c.R.Context(), s.Reader, id)
	if err != nil {
		return err
	}
	_, f, err := s.postToEdit(c, h.Post.ID, "tenure")
	if err != nil {
		return err
	}
	f.sub, f.version = c.T("org.tenure_of", "Person", h.Person.In(c.Lang), "Post", h.Post.In(c.Lang)), h.Tenure.Version
	f.theirs = func(current any) (int, map[string]string) {
		now, _ := current.(org.Holder)
		return now.Tenure.Version, map[string]string{"from": now.Tenure.From, "to": now.Tenure.To}
	}
	f.fields = []ui.Field{c.dateField("from", "org.tenure_from", h.Tenure.From, false), c.dateField("to", "org.tenure_to", h.Tenure.To, false)}
	f.fields[1].Hint = c.T("org.tenure_to_hint")
	if c.R.Method == http.MethodGet {
		return c.showForm(http.StatusOK, f, nil)
	}
	err = s.Rooms.Org.CorrectTenure(c.R.Context(), c.Actor, id, int(c.Int("version", 0)), c.Value("from"), c.Value("to"))
	return c.endForm(f, err, f.back, "org.saved")
}
