package web

import (
	"net/http"

	"plumbline/internal/account"
	"plumbline/internal/authz"
	"plumbline/internal/fault"
	"plumbline/internal/org"
	"plumbline/internal/web/ui"
)

// AccountOfPage is somebody else's account, for whoever looks after it.
type AccountOfPage struct {
	Page
	ID       int64
	Version  int
	Facts    []ui.Fact
	Errors   *ui.ErrorSummary
	MayEdit  bool
	Edit     []ui.Field
	Home     UnitPick
	Roles    ui.Table
	Role     ui.Field
	Unit     UnitPick
	Sessions ui.Table
	History  string
}

// picks carries the choices of units that a form came back with.
type picks struct{ home, unit *ui.Field }

func (s *Server) accountOf(c *Ctx) error { return s.renderAccountOf(c, http.StatusOK, nil, picks{}) }

func (s *Server) renderAccountOf(c *Ctx, status int, errs map[string]string, choice picks) error {
	id, err := c.ID("id")
	if err != nil {
		return err
	}
	ctx := c.R.Context()
	a, err := s.Rooms.Accounts.Account(ctx, c.Actor, id)
	if err != nil {
		return err
	}
	units, err := org.UnitsByID(ctx, s.Reader, grantUnits(a))
	if err != nil {
		return err
	}
	sessions, err := s.Rooms.Accounts.SessionsOf(ctx, c.Actor, id)
	if err != nil {
		return err
	}
	p := &AccountOfPage{ID: id, Version: a.Version, MayEdit: s.Rooms.Accounts.MayManage(c.Actor, a) && id != c.Actor.Account}
	if p.History, err = s.logOf(c, account.Kind, id); err != nil {
		return err
	}
	if p.Facts, err = s.accountFacts(c, a, units); err != nil {
		return err
	}
	state := c.accountState(a)
	p.Title, p.Status = a.Name, &state
	p.Crumbs = []ui.Link{{Text: c.T("accounts.title"), Href: "/accounts"}, {Text: a.Name}}
	p.Roles = c.rolesOf(a, units, true)
	if p.MayEdit {
		p.Actions = c.accountButtons(a)
		if err := s.accountForms(c, p, a, units, errs); err != nil {
			return err
		}
		p.Home.Choice, p.Unit.Choice = choice.home, choice.unit
		p.Sessions = c.sessionsTable(sessions, "/accounts/"+itoa(id)+"/sessions/", 0)
	}
	return c.RenderStatus(status, "accountof", p)
}

func (s *Server) accountFacts(c *Ctx, a account.Account, units map[int64]org.Unit) ([]ui.Fact, error) {
	l := ui.Locale{Lang: c.Lang, Zone: s.Zone}
	home := c.unitCell(units, a.Home.ID)
	facts := []ui.Fact{{Term: c.T("account.login"), Text: a.Login}, {Term: c.T("account.home"), Text: home.Text, Href: home.Href}}
	if a.Person != 0 {
		p, err := org.PersonByID(c.R.Context(), s.Reader, a.Person)
		if err != nil && fault.KindOf(err) != fault.NotFound {
			return nil, err
		}
		facts = append(facts, ui.Fact{Term: c.T("account.person"), Text: p.In(c.Lang), Sub: p.Code})
	}
	facts = append(facts, ui.Fact{Term: c.T("account.created"), Text: l.DateTime(a.Created)})
	now := s.Now().UnixMicro()
	if a.SetupUntil > now {
		facts = append(facts, ui.Fact{Term: c.T("account.link_until"), Text: l.DateTime(a.SetupUntil)})
	}
	if a.LockedUntil > now {
		facts = append(facts, ui.Fact{Term: c.T("account.locked_until"), Text: l.DateTime(a.LockedUntil)})
	}
	return facts, nil
}

// accountButtons are the few things that are done to an account.
func (c *Ctx) accountButtons(a account.Account) []ui.Button {
	at := "/accounts/" + itoa(a.ID)
	button := func(text, verb, confirm string) ui.Button {
		return ui.Button{Text: c.T(text), Post: at + "/" + verb, Fields: c.onceField(), Confirm: confirm}
	}
	if a.Disabled {
		return []ui.Button{button("account.enable", "enable", "")}
	}
	var out []ui.Button
	if a.LockedUntil > c.srv.Now().UnixMicro() {
		out = append(out, button("account.unlock", "unlock", ""))
	}
	return append(out, button("account.new_link", "link", c.T("account.new_link_confirm")), button("account.disable", "disable", c.T("account.disable_confirm", "Name", a.Name)))
}

// accountForms fills the forms in: what was typed when they came back, else what stands.
func (s *Server) accountForms(c *Ctx, p *AccountOfPage, a account.Account, units map[int64]org.Unit, errs map[string]string) error {
	typed := func(name, stands string) string {
		if c.R.PostForm.Has(name) {
			return c.Value(name)
		}
		return stands
	}
	person := ""
	if a.Person != 0 {
		if who, err := org.PersonByID(c.R.Context(), s.Reader, a.Person); err == nil {
			person = who.Code
		} else if fault.KindOf(err) != fault.NotFound {
			return err
		}
	}
	home := "*"
	if a.Home.ID != 0 {
		home = units[a.Home.ID].Code
	}
	p.Edit = []ui.Field{{Name: "name", Label: c.T("account.name"), Required: true, Value: typed("name", a.Name), Error: errs["name"], Width: "medium"},
		{Name: "person", Label: c.T("account.person"), Hint: c.T("account.person_hint"), Value: typed("person", person), Error: errs["person"], Width: "medium"}}
	p.Home = c.askUnit("home", c.T("account.home"), typed("home", home), errs["home"])
	p.Role = ui.Field{Type: "select", Name: "role", Label: c.T("account.role"), Options: c.roleOptions(), Value: typed("role", ""), Required: true, Error: errs["role"]}
	p.Unit = c.askUnit("unit", c.T("account.unit"), typed("unit", ""), errs["unit"])
	p.Errors = ui.Errors(p.Edit[0], p.Edit[1], p.Home.Text, p.Role, p.Unit.Text)
	return nil
}

// rolesOf is the table of an account's roles; with revoke, a button takes each away where the reader may.
func (c *Ctx) rolesOf(a account.Account, units map[int64]org.Unit, revoke bool) ui.Table {
	t := ui.Table{Caption: c.T("account.roles"), HideCaption: true, Columns: []ui.Column{{Head: c.T("account.role")}, {Head: c.T("account.unit")}},
		Empty: &ui.EmptyState{Title: c.T("account.no_roles")}}
	if revoke {
		t.Columns = append(t.Columns, ui.Column{Head: c.T("account.act")})
	}
	for _, g := range a.Grants {
		name := ui.Cell{Text: g.Role}
		if role, ok := c.srv.Pack.Role(g.Role); ok {
			name = ui.Cell{Text: role.Name.In(c.Lang), Sub: role.Hint.In(c.Lang)}
		}
		row := ui.Row{Cells: []ui.Cell{name, c.unitCell(units, g.Unit.ID)}}
		if revoke {
			var cell ui.Cell
			if a.ID != c.Actor.Account && c.May(authz.AccountManage, g.Unit) {
				cell.Button = &ui.Button{Text: c.T("account.revoke"), Small: true, Post: "/accounts/" + itoa(a.ID) + "/grants/" + itoa(g.ID) + "/revoke",
					Fields: c.onceField(), Confirm: c.T("account.revoke_confirm", "Name", a.Name, "Role", name.Text)}
			}
			row.Cells = append(row.Cells, cell)
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}
