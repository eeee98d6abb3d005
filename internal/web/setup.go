package web

import (
	"net/http"

	"plumbline/internal/account"
	"plumbline/internal/fault"
	"plumbline/internal/web/ui"
)

// SetupPage sets the first password, or a new one, by a one-time link.
type SetupPage struct {
	Page
	Token    string
	Errors   *ui.ErrorSummary
	Login    ui.Field
	Password ui.Field
	Repeat   ui.Field
}

func (s *Server) setupPage(c *Ctx) error {
	a, err := s.Rooms.Accounts.SetupFor(c.R.Context(), c.R.PathValue("token"))
	if err != nil {
		return err
	}
	c.speakTo(a)
	return c.renderSetup(http.StatusOK, a, nil)
}

// speakTo puts the page into the account's language where the reader has chosen none yet: whoever made the account has.
func (c *Ctx) speakTo(a account.Account) {
	if _, err := c.R.Cookie(langCookie); err != nil {
		c.Lang = a.Lang
	}
}

func (c *Ctx) renderSetup(status int, a account.Account, errs map[string]string) error {
	p := &SetupPage{Token: c.R.PathValue("token")}
	p.Kind, p.Title = ui.KindAuth, c.T("setup.title", "Name", a.Name)
	p.Login = ui.Field{Name: "login", Label: c.T("account.login"), Value: a.Login, Readonly: true, Autocomplete: "username"}
	p.Password, p.Repeat = c.newPassword(errs)
	p.Errors = ui.Errors(p.Password, p.Repeat)
	return c.RenderStatus(status, "setup", p)
}

// newPassword is the pair of fields in which a new password is chosen.
func (c *Ctx) newPassword(errs map[string]string) (password, repeat ui.Field) {
	return ui.Field{Type: "password", Name: "password", Label: c.T("account.new_password"), Hint: c.T("account.password_hint"), Required: true,
			Autocomplete: "new-password", Error: errs["password"]},
		ui.Field{Type: "password", Name: "repeat_password", Label: c.T("account.repeat_password"), Required: true, Autocomplete: "new-password",
			Error: errs["repeat_password"]}
}

// chosenPassword reads the pair; the two have to agree.
func (c *Ctx) chosenPassword() (string, error) {
	password := c.R.PostForm.Get("password")
	var f fault.Form
	f.Check(password == c.R.PostForm.Get("repeat_password"), "repeat_password", "fault.account.repeat")
	return password, f.Err()
}

func (s *Server) setup(c *Ctx) error {
	ctx, link := c.R.Context(), c.R.PathValue("token")
	a, err := s.Rooms.Accounts.SetupFor(ctx, link)
	if err != nil {
		return err
	}
	c.speakTo(a)
	password, err := c.chosenPassword()
	var token string
	var ses account.Session
	if err == nil {
		token, ses, err = s.Rooms.Accounts.Setup(ctx, link, password, c.from())
	}
	if errs := c.Errors(err); errs != nil && errs[""] == "" {
		return c.renderSetup(http.StatusUnprocessableEntity, a, errs)
	}
	if err != nil {
		return err
	}
	c.come(token, ses)
	return c.Go("/", "setup.done")
}
