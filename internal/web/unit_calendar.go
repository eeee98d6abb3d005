package web

import (
	"context"
	"net/http"
	"slices"

	"plumbline/internal/authz"
	"plumbline/internal/calendar"
	"plumbline/internal/org"
	"plumbline/internal/web/ui"
)

// UnitCalendarPage is the days on which a unit works, or does not, apart from the organisation's calendar: its own and
// those that it has from above. Whoever looks after the unit adds and removes its own.
type UnitCalendarPage struct {
	Page
	Notice *ui.Notice
	Errors *ui.ErrorSummary
	Days   ui.Table
	Fields []ui.Field // none for those who only read
	Submit ui.Button
	To     string
	Adding ui.Heading
}

func (s *Server) unitCalendar(c *Ctx) error {
	id, err := c.ID("id")
	if err != nil {
		return err
	}
	u, err := org.UnitByID(c.R.Context(), s.Reader, id)
	if err != nil {
		return err
	}
	return s.showUnitCalendar(c, u, http.StatusOK, nil)
}

func (s *Server) showUnitCalendar(c *Ctx, u org.Unit, status int, errs map[string]string) (err error) {
	ctx := c.R.Context()
	p := &UnitCalendarPage{To: unitAt(u.ID) + "/calendar"}
	p.Title, p.Sub = c.T("workdays.title"), u.In(c.Lang)
	if p.Crumbs, err = s.crumbs(ctx, c, u); err != nil {
		return err
	}
	p.Crumbs = append(p.Crumbs, ui.Link{Text: p.Title})
	p.Notice = &ui.Notice{Text: c.T("workdays.about", "First", s.Calendar.Years()[0], "Last", s.Calendar.Years()[len(s.Calendar.Years())-1])}
	mayEdit := c.May(authz.OrgEdit, u.Place())
	if p.Days, err = s.unitDays(ctx, c, u, mayEdit); err != nil {
		return err
	}
	if mayEdit {
		p.Adding = ui.Heading{Text: c.T("workdays.add")}
		p.Fields = []ui.Field{
			{Type: "date", Name: "day", Label: c.T("workdays.day"), Value: c.sent("day"), Error: errs["day"], Required: true, Width: "medium"},
			{Type: "radio", Name: "kind", Label: c.T("workdays.kind"), Value: c.sent("kind"), Error: errs["kind"], Required: true, Inline: true,
				Options: []ui.Option{{Value: org.DayOff, Text: c.T("workdays.off")}, {Value: org.DayWork, Text: c.T("workdays.work")}}},
			{Name: "name", Label: c.T("workdays.name"), Hint: c.T("workdays.name_hint"), Value: c.sent("name"), Error: errs["name"], Required: true, Width: "medium"}}
		p.Submit = ui.Button{Text: c.T("workdays.save"), Kind: "primary"}
		p.Errors = ui.Errors(p.Fields...)
	}
	return c.RenderStatus(status, "unit_calendar", p)
}

// unitDays lists the days from the beginning of last year on. A day that a unit below says otherwise of is left out.
func (s *Server) unitDays(ctx context.Context, c *Ctx, u org.Unit, mayEdit bool) (ui.Table, error) {
	days, err := org.Days(ctx, s.Reader, u.Place())
	if err != nil {
		return ui.Table{}, err
	}
	var units []int64
	holds := map[string]org.Day{}
	for _, d := range days {
		holds[d.Date] = d // the nearest unit's word comes last
		units = append(units, d.Unit)
	}
	names, err := org.UnitsByID(ctx, s.Reader, slices.Compact(units))
	t := ui.Table{Caption: c.T("workdays.title"), HideCaption: true, Empty: &ui.EmptyState{Title: c.T("workdays.none"), Text: c.T("workdays.none_hint")},
		Columns: []ui.Column{{Head: c.T("workdays.day"), Align: "nowrap"}, {Head: c.T("workdays.kind"), Align: "nowrap"}, {Head: c.T("workdays.name")}, {Head: c.T("workdays.from")}}}
	if mayEdit {
		t.Columns = append(t.Columns, ui.Column{})
	}
	l, since := c.locale(), calendar.MustParse(c.Today()).AddDays(-400).String()
	for _, d := range days {
		if holds[d.Date] != d || d.Date < since {
			continue
		}
		from := names[d.Unit]
		cells := []ui.Cell{ui.T(l.Date(d.Date)), ui.T(c.T("workdays." + d.Kind)), ui.T(d.Name), {Text: from.In(c.Lang), Href: unitAt(d.Unit) + "/calendar"}}
		if d.Unit == u.ID {
			cells[3].Href = ""
		}
		if mayEdit && d.Unit == u.ID {
			cells = append(cells, ui.Cell{Button: &ui.Button{Text: c.T("workdays.remove"), Small: true, Post: unitAt(u.ID) + "/calendar/remove",
				Fields: []ui.Pair{{Name: "day", Value: d.Date}, {Name: "_once", Value: newToken()}}}})
		} else if mayEdit {
			cells = append(cells, ui.Cell{})
		}
		t.Rows = append(t.Rows, ui.Row{Cells: cells})
	}
	return t, err
}

func (s *Server) setUnitDay(c *Ctx) error {
	u, err := s.unitToEdit(c)
	if err != nil {
		return err
	}
	day := org.Day{Date: c.Value("day"), Kind: c.Value("kind"), Name: c.Value("name")}
	if day.Kind == "" {
		day.Kind = "-" // refused: nothing was chosen
	}
	err = s.Rooms.Org.SetDay(c.R.Context(), c.Actor, u.ID, day)
	if errs := c.Errors(err); errs != nil {
		return s.showUnitCalendar(c, u, http.StatusUnprocessableEntity, errs)
	}
	if err != nil {
		return err
	}
	s.Wake()
	return c.Go(unitAt(u.ID)+"/calendar", "workdays.saved")
}

func (s *Server) removeUnitDay(c *Ctx) error {
	u, err := s.unitToEdit(c)
	if err != nil {
		return err
	}
	if err := s.Rooms.Org.SetDay(c.R.Context(), c.Actor, u.ID, org.Day{Date: c.Value("day")}); err != nil {
		return err
	}
	s.Wake()
	return c.Go(unitAt(u.ID)+"/calendar", "workdays.removed")
}

// workdaysFact leads to the unit's calendar and says whether it has days of its own.
func (s *Server) workdaysFact(ctx context.Context, c *Ctx, u org.Unit) (ui.Fact, error) {
	days, err := org.Days(ctx, s.Reader, u.Place())
	fact := ui.Fact{Term: c.T("workdays.title"), Text: c.T("workdays.general"), Href: unitAt(u.ID) + "/calendar"}
	if len(days) > 0 {
		fact.Text = c.T("workdays.special", "Count", len(days))
	}
	return fact, err
}
