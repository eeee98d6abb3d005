package web

import (
	"net/http"
	"net/url"

	"plumbline/internal/authz"
	"plumbline/internal/org"
	"plumbline/internal/web/ui"
)

// PeoplePage lists people with the posts that they hold today.
type PeoplePage struct {
	Page
	Filter ui.Filter
	Table  ui.Table
}

func (s *Server) people(c *Ctx) error {
	ctx, q, after := c.R.Context(), c.Value("q"), c.Int("after", 0)
	list, err := org.SearchPeople(ctx, s.Reader, q, after, org.PageSize+1)
	if err != nil {
		return err
	}
	n, err := org.CountPeople(ctx, s.Reader)
	if err != nil {
		return err
	}
	more := len(list) > org.PageSize
	list = list[:min(len(list), org.PageSize)]
	p := &PeoplePage{}
	p.Title, p.Sub = c.T("org.people"), c.T("org.people_sub")
	p.Filter = ui.Filter{Action: "/people", Count: c.T("org.people_count", "Count", int(n)), Clear: "/people",
		Fields: []ui.Field{{Type: "search", Name: "q", Label: c.T("org.find_people"), HideLabel: true, Placeholder: c.T("org.find_people"), Value: q}}}
	if p.Table, err = s.peopleTable(c, list); err != nil {
		return err
	}
	p.Table.Empty = &ui.EmptyState{Title: c.T("org.no_people"), Text: c.T("org.no_people_hint")}
	if more {
		p.Table.Pager = &ui.Pager{Text: c.T("org.page_of", "Count", len(list)),
			Next: "/people?" + url.Values{"q": {q}, "after": {itoa(list[len(list)-1].ID)}}.Encode()}
	}
	if c.MayAnywhere(authz.OrgEdit) {
		p.Actions = []ui.Button{{Text: c.T("org.import_people"), Href: "/imports/new?what=people"}}
	}
	return c.Render("people", p)
}

// peopleTable names people and what they are today.
func (s *Server) peopleTable(c *Ctx, list []org.Person) (ui.Table, error) {
	ctx := c.R.Context()
	t := ui.Table{Caption: c.T("org.people"), HideCaption: true, Columns: []ui.Column{{Head: c.T("org.person_name")}, {Head: c.T("org.posts")}, {Head: c.T("org.code")}}}
	var ids, unitIDs []int64
	for _, p := range list {
		ids = append(ids, p.ID)
	}
	held, err := org.PostsOfPeople(ctx, s.Reader, ids, c.Today())
	if err != nil {
		return t, err
	}
	for _, hs := range held {
		for _, h := range hs {
			unitIDs = append(unitIDs, h.Post.Unit)
		}
	}
	units, err := org.UnitsByID(ctx, s.Reader, unitIDs)
	if err != nil {
		return t, err
	}
	for _, p := range list {
		posts := ""
		for i, h := range held[p.ID] {
			if i > 0 {
				posts += c.T("list.separator")
			}
			posts += c.T("org.post_at", "Unit", units[h.Post.Unit].In(c.Lang), "Post", h.Post.In(c.Lang))
		}
		t.Rows = append(t.Rows, ui.Row{Href: "/people/" + itoa(p.ID), Cells: []ui.Cell{ui.T(p.In(c.Lang)), ui.T(posts), ui.T(p.Code)}})
	}
	return t, nil
}

// PersonPage is one person: every post and group, with dates.
type PersonPage struct {
	Page
	Posts  ui.Table
	Groups *ui.Table
	Log    string
}

func (s *Server) person(c *Ctx) error {
	id, err := c.ID("id")
	if err != nil {
		return err
	}
	ctx := c.R.Context()
	who, err := org.PersonByID(ctx, s.Reader, id)
	if err != nil {
		return err
	}
	held, err := org.TenuresOfPerson(ctx, s.Reader, id)
	if err != nil {
		return err
	}
	p := &PersonPage{}
	if p.Log, err = s.logOf(c, "person", id); err != nil {
		return err
	}
	p.Title, p.Sub = who.In(c.Lang), c.T("org.person_sub", "Code", who.Code)
	p.Crumbs = []ui.Link{{Text: c.T("org.people"), Href: "/people"}, {Text: p.Title}}
	if p.Posts, err = s.careers(c, held); err != nil {
		return err
	}
	if p.Groups, err = s.memberships(c, id); err != nil {
		return err
	}
	at, err := s.Rooms.Org.PersonPlace(ctx, c.Actor, id)
	if err != nil {
		return err
	}
	if c.May(authz.OrgEdit, at) {
		p.Primary = &ui.Button{Text: c.T("org.person_edit"), Href: "/people/" + itoa(id) + "/edit", Key: "e"}
	}
	return c.Render("person", p)
}

// careers lists every time in a post, the latest first.
func (s *Server) careers(c *Ctx, held []org.Holder) (ui.Table, error) {
	t := ui.Table{Caption: c.T("org.posts"), HideCaption: true, Columns: []ui.Column{{Head: c.T("org.post")}, {Head: c.T("org.unit")}, {Head: c.T("org.tenure_from")}, {Head: c.T("org.tenure_to")}},
		Empty: &ui.EmptyState{Title: c.T("org.holds_none")}}
	var ids []int64
	for _, h := range held {
		ids = append(ids, h.Post.Unit)
	}
	units, err := org.UnitsByID(c.R.Context(), s.Reader, ids)
	l := ui.Locale{Lang: c.Lang, Zone: s.Zone}
	for _, h := range held {
		u := units[h.Post.Unit]
		row := ui.Row{Href: "/posts/" + itoa(h.Post.ID), Cells: []ui.Cell{ui.T(h.Post.In(c.Lang)), {Text: u.In(c.Lang), Href: unitAt(u.ID)}, ui.T(l.Date(h.Tenure.From)), ui.T(l.Date(h.Tenure.To))}}
		if h.Tenure.To == "" {
			row.Cells[3] = ui.Cell{Status: &ui.Status{State: ui.OnTime, Text: c.T("org.in_post")}}
		}
		t.Rows = append(t.Rows, row)
	}
	return t, err
}

func (s *Server) memberships(c *Ctx, person int64) (*ui.Table, error) {
	ctx := c.R.Context()
	list, err := org.MembershipsOf(ctx, s.Reader, person)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	l := ui.Locale{Lang: c.Lang, Zone: s.Zone}
	t := &ui.Table{Caption: c.T("org.groups"), HideCaption: true, Columns: []ui.Column{{Head: c.T("org.group")}, {Head: c.T("org.duty")}, {Head: c.T("org.from")}, {Head: c.T("org.to")}}}
	for _, m := range list {
		g, err := org.GroupByID(ctx, s.Reader, m.Group)
		if err != nil {
			return nil, err
		}
		t.Rows = append(t.Rows, ui.Row{Href: "/groups/" + itoa(g.ID), Cells: []ui.Cell{ui.T(g.In(c.Lang)), ui.T(m.Duty), ui.T(l.Date(m.From)), ui.T(l.Date(m.To))}})
	}
	return t, nil
}

func (s *Server) editPerson(c *Ctx) error {
	id, err := c.ID("id")
	if err != nil {
		return err
	}
	who, err := org.PersonByID(c.R.Context(), s.Reader, id)
	if err != nil {
		return err
	}
	at, err := s.Rooms.Org.PersonPlace(c.R.Context(), c.Actor, id)
	if err != nil {
		return err
	}
	if err := c.mayEditAt(at); err != nil {
		return err
	}
	back := "/people/" + itoa(id)
	f := orgForm{title: c.T("org.person_edit_title"), sub: who.Code, submit: c.T("org.save"), back: back, version: who.Version,
		crumbs: []ui.Link{{Text: c.T("org.people"), Href: "/people"}, {Text: who.In(c.Lang), Href: back}},
		theirs: func(current any) (int, map[string]string) {
			now, _ := current.(org.Person)
			return now.Version, map[string]string{"name": now.Name, "name_en": now.NameEn}
		}}
	f.fields = []ui.Field{c.textField("name", "org.person_name", who.Name, true), c.textField("name_en", "org.person_name_en", who.NameEn, false)}
	if c.R.Method == http.MethodGet {
		return c.showForm(http.StatusOK, f, nil)
	}
	err = s.Rooms.Org.RevisePerson(c.R.Context(), c.Actor, id, int(c.Int("version", 0)), c.Value("name"), c.Value("name_en"))
	return c.endForm(f, err, back, "org.saved")
}
