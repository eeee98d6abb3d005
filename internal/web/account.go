package web

import (
	"context"
	"net/http"

	"plumbline/internal/account"
	"plumbline/internal/org"
	"plumbline/internal/web/ui"
)

// AccountPage is one's own account: roles, language, password, sessions.
type AccountPage struct {
	Page
	Facts    []ui.Fact
	Roles    ui.Table
	Errors   *ui.ErrorSummary
	Language ui.Field
	Login    ui.Field
	Old      ui.Field
	Password ui.Field
	Repeat   ui.Field
	Sessions ui.Table
}

func (s *Server) accountPage(c *Ctx) error { return s.renderAccount(c, http.StatusOK, nil) }

func (s *Server) renderAccount(c *Ctx, status int, errs map[string]string) error {
	ctx := c.R.Context()
	a, err := s.Rooms.Accounts.Account(ctx, c.Actor, c.Actor.Account)
	if err != nil {
		return err
	}
	sessions, err := s.Rooms.Accounts.Sessions(ctx, c.Actor)
	if err != nil {
		return err
	}
	p := &AccountPage{}
	p.Title, p.Sub = c.T("account.mine"), c.T("account.mine_sub")
	p.Facts = []ui.Fact{{Term: c.T("account.name"), Text: a.Name}, {Term: c.T("account.login"), Text: a.Login}}
	units, err := org.UnitsByID(ctx, s.Reader, grantUnits(a))
	if err != nil {
		return err
	}
	p.Roles = c.rolesOf(a, units, false)
	p.Language = ui.Field{Type: "radio", Name: "lang", Label: c.T("account.language"), Value: c.Lang, Inline: true, Required: true,
		Options: languageOptions}
	p.Login = ui.Field{Type: "hidden", Name: "login", Value: a.Login}
	p.Old = ui.Field{Type: "password", Name: "old_password", Label: c.T("account.old_password"), Required: true, Autocomplete: "current-password", Error: errs["old"]}
	p.Password, p.Repeat = c.newPassword(errs)
	p.Errors = ui.Errors(p.Old, p.Password, p.Repeat)
	p.Sessions = c.sessionsTable(sessions, "/account/sessions/", c.ownSession(ctx))
	return c.RenderStatus(status, "account", p)
}

// ownSession is the id of the session of this very request, 0 where there is none.
func (c *Ctx) ownSession(ctx context.Context) int64 {
	ses, _, err := c.srv.Rooms.Accounts.Session(ctx, c.SessionToken())
	if err != nil {
		return 0
	}
	return ses.ID
}

// sessionsTable lists sessions, each with a button that ends it; own is marked and can only sign out.
func (c *Ctx) sessionsTable(list []account.Session, base string, own int64) ui.Table {
	l := ui.Locale{Lang: c.Lang, Zone: c.srv.Zone}
	t := ui.Table{Caption: c.T("account.sessions"), HideCaption: true, Columns: []ui.Column{{Head: c.T("account.device")}, {Head: c.T("account.begun")},
		{Head: c.T("account.seen")}, {Head: c.T("account.until")}, {Head: c.T("account.act")}}, Empty: &ui.EmptyState{Title: c.T("account.no_sessions")}}
	for _, ses := range list {
		device := ses.Device
		if device == "" {
			device = c.T("account.unknown_device")
		}
		row := ui.Row{Cells: []ui.Cell{ui.T(device), ui.T(l.DateTime(ses.Created)), ui.T(l.DateTime(ses.Seen)), ui.T(l.DateTime(ses.Ends)), {}}}
		if ses.ID == own {
			row.Cells[4].Status = &ui.Status{State: ui.OnTime, Text: c.T("account.this_session")}
		} else {
			row.Cells[4].Button = &ui.Button{Text: c.T("account.end_session"), Small: true, Post: base + itoa(ses.ID) + "/end", Fields: c.onceField()}
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// onceField is the hidden token of a button that is a form of its own.
func (c *Ctx) onceField() []ui.Pair { return []ui.Pair{{Name: "_once", Value: newToken()}} }

func grantUnits(list ...account.Account) (ids []int64) {
	for _, a := range list {
		if a.Home.ID != 0 {
			ids = append(ids, a.Home.ID)
		}
		for _, g := range a.Grants {
			if g.Unit.ID != 0 {
				ids = append(ids, g.Unit.ID)
			}
		}
	}
	return ids
}

func (c *Ctx) unitCell(units map[int64]org.Unit, id int64) ui.Cell {
	if id == 0 {
		return ui.T(c.T("account.everywhere"))
	}
	u, ok := units[id]
	if !ok {
		return ui.T(c.T("account.no_unit"))
	}
	return ui.Cell{Text: u.In(c.Lang), Sub: u.Code, Href: "/units/" + itoa(id)}
}

func (s *Server) setLanguage(c *Ctx) error {
	lang := c.Value("lang")
	if err := s.Rooms.Accounts.SetLanguage(c.R.Context(), c.Actor, lang); err != nil {
		return err
	}
	c.cookie(langCookie, "", -1)
	return c.Go("/account", "account.saved")
}

func (s *Server) changePassword(c *Ctx) error {
	ctx := c.R.Context()
	password, err := c.chosenPassword()
	if err == nil {
		err = s.Rooms.Accounts.ChangePassword(ctx, c.Actor, c.ownSession(ctx), c.R.PostForm.Get("old_password"), password)
	}
	if errs := c.Errors(err); errs != nil {
		if errs[""] != "" {
			errs["old"] = errs[""]
		}
		return s.renderAccount(c, http.StatusUnprocessableEntity, errs)
	}
	if err != nil {
		return err
	}
	return c.Go("/account", "account.password_changed")
}

func (s *Server) endOwnSession(c *Ctx) error {
	id, err := c.ID("id")
	if err != nil {
		return err
	}
	if err := s.Rooms.Accounts.EndSession(c.R.Context(), c.Actor, id); err != nil {
		return err
	}
	return c.Go("/account", "account.session_ended")
}
