package web

import (
	"net/http"

	"plumbline/internal/account"
	"plumbline/internal/web/ui"
)

// NewAccountPage makes one account with its first role.
type NewAccountPage struct {
	Page
	Errors *ui.ErrorSummary
	Fields []ui.Field
	Unit   UnitPick
}

func (s *Server) newAccountPage(c *Ctx) error { return c.renderNewAccount(http.StatusOK, nil, nil) }

func (c *Ctx) renderNewAccount(status int, errs map[string]string, choice *ui.Field) error {
	lang := c.Value("lang")
	if lang == "" {
		lang = c.Lang
	}
	p := &NewAccountPage{Fields: []ui.Field{
		{Name: "login", Label: c.T("account.login"), Hint: c.T("account.login_hint"), Required: true, Autocomplete: "off", Width: "medium"},
		{Name: "name", Label: c.T("account.name"), Required: true, Autocomplete: "off", Width: "medium"},
		{Name: "person", Label: c.T("account.person"), Hint: c.T("account.person_hint"), Width: "medium"},
		{Type: "radio", Name: "lang", Label: c.T("account.language"), Inline: true, Required: true, Options: languageOptions},
		{Type: "select", Name: "role", Label: c.T("account.role"), Options: c.roleOptions(), Required: true}}}
	for i := range p.Fields {
		f := &p.Fields[i]
		f.Value, f.Error = c.Value(f.Name), errs[f.Name]
	}
	p.Fields[3].Value = lang
	p.Unit = c.askUnit("unit", c.T("account.unit"), c.Value("unit"), errs["unit"])
	p.Unit.Choice = choice
	p.Errors = ui.Errors(append(p.Fields[:5:5], p.Unit.Text)...)
	p.Title = c.T("accounts.new")
	p.Crumbs = []ui.Link{{Text: c.T("accounts.title"), Href: "/accounts"}, {Text: p.Title}}
	return c.RenderStatus(status, "accountnew", p)
}

var languageOptions = []ui.Option{{Value: "zh", Text: "中文"}, {Value: "en", Text: "English"}}

func (s *Server) newAccount(c *Ctx) error {
	unit, choice, unitErr := s.pickUnit(c, "unit")
	person, personErr := s.pickPerson(c, "person")
	n := account.NewAccount{Login: c.Value("login"), Name: c.Value("name"), Person: person, Home: unit, Lang: c.Value("lang"),
		Grants: []account.RoleAt{{Role: c.Value("role"), Unit: unit}}}
	err := merge(unitErr, personErr, n.Check())
	var link string
	if err == nil {
		_, link, err = s.Rooms.Accounts.Create(c.R.Context(), c.Actor, n)
	}
	if errs := c.Errors(err); errs != nil {
		return c.renderNewAccount(http.StatusUnprocessableEntity, errs, choice)
	}
	if err != nil {
		return err
	}
	return c.slips([]account.SetupLinkOf{{Login: account.NormalLogin(n.Login), Name: n.Name, Token: link}})
}
