package web

import (
	"net/http"

	"plumbline/internal/account"
	"plumbline/internal/fault"
	"plumbline/internal/web/ui"
)

// The verbs of the page of an account. Each goes back to it.

func (s *Server) changeAccount(c *Ctx) error {
	id, err := c.ID("id")
	if err != nil {
		return err
	}
	home, choice, homeErr := s.pickUnit(c, "home")
	person, personErr := s.pickPerson(c, "person")
	e := account.Edit{Version: int(c.Int("version", 0)), Name: c.Value("name"), Person: person, Home: home}
	err = merge(homeErr, personErr)
	if err == nil {
		err = s.Rooms.Accounts.Change(c.R.Context(), c.Actor, id, e)
	}
	if f := fault.As(err); f != nil && f.Kind == fault.Stale {
		if now, ok := f.Current.(account.Account); ok {
			return fault.Outdated(c.staleAccount(now))
		}
	}
	return s.backToAccount(c, id, err, "account.saved", picks{home: choice})
}

// staleAccount shows what was typed beside what somebody else saved meanwhile.
func (c *Ctx) staleAccount(now account.Account) *ui.Stale {
	at := "/accounts/" + itoa(now.ID)
	again := []ui.Pair{{Name: "version", Value: itoa(int64(now.Version))}, {Name: "_once", Value: newToken()}}
	for _, name := range []string{"name", "person", "home"} {
		again = append(again, ui.Pair{Name: name, Value: c.Value(name)})
	}
	return &ui.Stale{Rows: []ui.StaleRow{{Label: c.T("account.name"), Yours: c.Value("name"), Theirs: now.Name}},
		Keep: ui.Button{Text: c.T("account.keep_mine"), Post: at, Fields: again}, Discard: ui.Button{Text: c.T("account.keep_theirs"), Href: at}}
}

// backToAccount ends a verb: on to the page, or the form again with what is wrong.
func (s *Server) backToAccount(c *Ctx, id int64, err error, flash string, choice picks) error {
	if errs := c.Errors(err); errs != nil && errs[""] == "" {
		return s.renderAccountOf(c, http.StatusUnprocessableEntity, errs, choice)
	}
	if err != nil {
		return err
	}
	return c.Go("/accounts/"+itoa(id), flash)
}

func (s *Server) grantRole(c *Ctx) error {
	id, err := c.ID("id")
	if err != nil {
		return err
	}
	unit, choice, err := s.pickUnit(c, "unit")
	if err == nil {
		err = s.Rooms.Accounts.Grant(c.R.Context(), c.Actor, id, account.RoleAt{Role: c.Value("role"), Unit: unit})
	}
	return s.backToAccount(c, id, err, "account.granted", picks{unit: choice})
}

func (s *Server) revokeRole(c *Ctx) error {
	id, err := c.ID("id")
	if err != nil {
		return err
	}
	grant, err := c.ID("grant")
	if err == nil {
		err = s.Rooms.Accounts.Revoke(c.R.Context(), c.Actor, id, grant)
	}
	return s.backToAccount(c, id, err, "account.revoked", picks{})
}

func (s *Server) renewLink(c *Ctx) error {
	id, err := c.ID("id")
	if err != nil {
		return err
	}
	ctx := c.R.Context()
	a, err := s.Rooms.Accounts.Account(ctx, c.Actor, id)
	if err != nil {
		return err
	}
	link, err := s.Rooms.Accounts.SetupLink(ctx, c.Actor, id)
	if err != nil {
		return err
	}
	return c.slips([]account.SetupLinkOf{{Login: a.Login, Name: a.Name, Token: link}})
}

func (s *Server) unlockAccount(c *Ctx) error {
	id, err := c.ID("id")
	if err == nil {
		err = s.Rooms.Accounts.Unlock(c.R.Context(), c.Actor, id)
	}
	return s.backToAccount(c, id, err, "account.unlocked", picks{})
}

func (s *Server) disableAccount(c *Ctx) error {
	return s.setDisabled(c, true, "account.disabled")
}

func (s *Server) enableAccount(c *Ctx) error {
	return s.setDisabled(c, false, "account.enabled")
}

func (s *Server) setDisabled(c *Ctx, disabled bool, flash string) error {
	id, err := c.ID("id")
	if err == nil {
		err = s.Rooms.Accounts.Disable(c.R.Context(), c.Actor, id, disabled)
	}
	return s.backToAccount(c, id, err, flash, picks{})
}

func (s *Server) endSessionOf(c *Ctx) error {
	id, err := c.ID("id")
	if err != nil {
		return err
	}
	session, err := c.ID("session")
	if err == nil {
		err = s.Rooms.Accounts.EndSession(c.R.Context(), c.Actor, session)
	}
	return s.backToAccount(c, id, err, "account.session_ended", picks{})
}
