package web

import (
	"net/http"
	"slices"

	"plumbline/internal/calendar"
	"plumbline/internal/org"
	"plumbline/internal/web/ui"
)

// WhoPage answers who held a unit's posts on a date.
type WhoPage struct {
	Page
	Fields []ui.Field
	Table  *ui.Table
}

func (s *Server) whoPage(c *Ctx) error {
	kinds := append([]ui.Option{{Text: c.T("org.any_post")}}, c.kindOptions(s.Pack.PostKinds)...)
	unit := c.placeField("unit", "org.unit", "")
	unit.Value = c.Value("unit")
	date := ui.Field{Type: "date", Name: "date", Label: c.T("org.on_day"), Value: c.Value("date"), Required: true, Width: "medium"}
	p := &WhoPage{Fields: []ui.Field{unit, {Type: "select", Name: "kind", Label: c.T("org.post"), Options: kinds, Value: c.Value("kind"), Plain: true}, date}}
	p.Title, p.Sub = c.T("org.who_title"), c.T("org.who_sub")
	p.Crumbs = []ui.Link{{Text: c.T("org.units"), Href: "/units"}, {Text: p.Title}}
	if unit.Value == "" || date.Value == "" {
		return c.Render("who", p)
	}
	id, choice, err := s.findPlace(c, "unit")
	if errs := c.Errors(err); errs != nil {
		p.Fields[0].Error = errs["unit"]
	} else if err != nil {
		return err
	}
	d, derr := calendar.ParseDate(date.Value)
	if derr != nil {
		p.Fields[2].Error = c.T("fault.org.date")
	}
	if err != nil || derr != nil {
		p.Fields = withChoice(p.Fields, "unit", choice)
		return c.RenderStatus(http.StatusUnprocessableEntity, "who", p)
	}
	if err := s.answerWho(c, p, id, d.String()); err != nil {
		return err
	}
	return c.Render("who", p)
}

func (s *Server) answerWho(c *Ctx, p *WhoPage, unit int64, date string) error {
	ctx, kind := c.R.Context(), c.Value("kind")
	u, exists, err := org.UnitAt(ctx, s.Reader, unit, date)
	if err != nil {
		return err
	}
	held, err := org.WhoWas(ctx, s.Reader, unit, kind, date)
	if err != nil {
		return err
	}
	posts, err := org.PostsOfUnit(ctx, s.Reader, unit, date)
	if err != nil {
		return err
	}
	l := ui.Locale{Lang: c.Lang, Zone: s.Zone}
	t := c.holders(held, false)
	t.Caption, t.HideCaption = c.T("org.who_answer", "Unit", u.In(c.Lang), "Date", l.Date(date)), false
	t.Columns = slices.Insert(t.Columns, 1, ui.Column{Head: c.T("org.post")})
	for i, h := range held {
		t.Rows[i].Cells = slices.Insert(t.Rows[i].Cells, 1, ui.Cell{Text: h.Post.In(c.Lang), Href: "/posts/" + itoa(h.Post.ID)})
	}
	for _, post := range posts {
		if slices.ContainsFunc(held, func(h org.Holder) bool { return h.Post.ID == post.ID }) || kind != "" && kind != post.Kind {
			continue
		}
		row, err := s.vacant(c, post, date)
		if err != nil {
			return err
		}
		t.Rows = append(t.Rows, row)
	}
	p.Table = &t
	t.Empty = &ui.EmptyState{Title: c.T("org.who_none"), Text: c.T("org.who_none_hint")}
	if !exists {
		t.Empty.Title = c.T("org.not_then", "Date", l.Date(date))
	}
	return nil
}

// vacant tells of a post that nobody held who came before and after.
func (s *Server) vacant(c *Ctx, post org.Post, date string) (ui.Row, error) {
	before, after, err := org.BeforeAndAfter(c.R.Context(), s.Reader, post.ID, date)
	l := ui.Locale{Lang: c.Lang, Zone: s.Zone}
	row := ui.Row{Cells: []ui.Cell{{Status: &ui.Status{State: ui.None, Text: c.T("org.vacant")}}, {Text: post.In(c.Lang), Href: "/posts/" + itoa(post.ID)}, {}, {}}}
	if before.Tenure.ID != 0 {
		row.Cells[2] = ui.T(c.T("org.before", "Name", before.Person.In(c.Lang), "Date", l.Date(before.Tenure.To)))
	}
	if after.Tenure.ID != 0 {
		row.Cells[3] = ui.T(c.T("org.after", "Name", after.Person.In(c.Lang), "Date", l.Date(after.Tenure.From)))
	}
	return row, err
}
