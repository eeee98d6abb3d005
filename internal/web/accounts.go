package web

import (
	"net/url"
	"strings"

	"plumbline/internal/account"
	"plumbline/internal/authz"
	"plumbline/internal/fault"
	"plumbline/internal/org"
	"plumbline/internal/web/ui"
)

// AccountsPage lists the accounts that the reader looks after.
type AccountsPage struct {
	Page
	Filter ui.Filter
	Table  ui.Table
}

const accountsPageSize = 50

func (s *Server) accounts(c *Ctx) error {
	ctx := c.R.Context()
	f := account.Filter{Text: c.Value("q"), Role: c.Value("role"), State: c.Value("state"), After: c.Value("after"), Limit: accountsPageSize}
	at, err := s.accountsUnit(c)
	if err != nil {
		return err
	}
	f.At = at.Place()
	list, total, err := s.Rooms.Accounts.Accounts(ctx, c.Actor, f)
	if err != nil {
		return err
	}
	units, err := org.UnitsByID(ctx, s.Reader, grantUnits(list...))
	if err != nil {
		return err
	}
	p := &AccountsPage{Filter: c.accountsFilter(f, at, total), Table: c.accountsTable(list, units)}
	p.Title, p.Sub = c.T("accounts.title"), c.T("accounts.sub")
	p.Primary = &ui.Button{Text: c.T("accounts.new"), Href: "/accounts/new"}
	p.Actions = []ui.Button{{Text: c.T("accounts.import"), Href: "/accounts/import"}}
	if n := len(list); n == accountsPageSize {
		p.Table.Pager = &ui.Pager{Text: c.T("accounts.count", "Count", int(total)), Next: accountsAddress(f, list[n-1].Login)}
	}
	return c.Render("accounts", p)
}

// accountsUnit is the unit that the address names; the zero Unit where it names none that there is.
func (s *Server) accountsUnit(c *Ctx) (org.Unit, error) {
	u, err := org.UnitByID(c.R.Context(), s.Reader, c.Int("unit", 0))
	if fault.KindOf(err) == fault.NotFound {
		return org.Unit{}, nil
	}
	return u, err
}

func accountsAddress(f account.Filter, after string) string {
	v := url.Values{}
	for name, value := range map[string]string{"q": f.Text, "role": f.Role, "state": f.State, "after": after} {
		if value != "" {
			v.Set(name, value)
		}
	}
	if f.At.ID != 0 {
		v.Set("unit", itoa(f.At.ID))
	}
	if len(v) == 0 {
		return "/accounts"
	}
	return "/accounts?" + v.Encode()
}

func (c *Ctx) accountsFilter(f account.Filter, at org.Unit, total int64) ui.Filter {
	roles := append([]ui.Option{{Text: c.T("accounts.any_role")}}, c.roleOptions()...)
	states := []ui.Option{{Text: c.T("accounts.any_state")}, {Value: "waiting", Text: c.T("accounts.state_waiting")},
		{Value: "locked", Text: c.T("accounts.state_locked")}, {Value: "disabled", Text: c.T("accounts.state_disabled")}}
	out := ui.Filter{Action: "/accounts", Count: c.T("accounts.count", "Count", int(total)), Clear: "/accounts", Fields: []ui.Field{
		{Type: "search", Name: "q", Label: c.T("accounts.search"), HideLabel: true, Placeholder: c.T("accounts.search"), Value: f.Text},
		{Type: "select", Name: "role", Label: c.T("account.role"), HideLabel: true, Value: f.Role, Options: roles},
		{Type: "select", Name: "state", Label: c.T("accounts.state"), HideLabel: true, Value: f.State, Options: states}}}
	if at.ID != 0 {
		out.Hidden = []ui.Pair{{Name: "unit", Value: itoa(at.ID)}}
	}
	chip := func(set bool, text string, drop func(f *account.Filter)) {
		if set {
			less := f
			less.After = ""
			drop(&less)
			out.Chips = append(out.Chips, ui.Link{Text: text, Href: accountsAddress(less, "")})
		}
	}
	chip(f.Text != "", f.Text, func(f *account.Filter) { f.Text = "" })
	chip(at.ID != 0, at.In(c.Lang), func(f *account.Filter) { f.At = authz.Unit{} })
	chip(f.Role != "", optionText(roles, f.Role), func(f *account.Filter) { f.Role = "" })
	chip(f.State != "", optionText(states, f.State), func(f *account.Filter) { f.State = "" })
	return out
}

func optionText(options []ui.Option, value string) string {
	for _, o := range options {
		if o.Value == value {
			return o.Text
		}
	}
	return value
}

// roleOptions are the roles of the pack, as choices.
func (c *Ctx) roleOptions() []ui.Option {
	var out []ui.Option
	for _, r := range c.srv.Pack.Roles {
		out = append(out, ui.Option{Value: r.ID, Text: r.Name.In(c.Lang)})
	}
	return out
}

func (c *Ctx) accountsTable(list []account.Account, units map[int64]org.Unit) ui.Table {
	t := ui.Table{Caption: c.T("accounts.title"), HideCaption: true, Columns: []ui.Column{{Head: c.T("account.login")}, {Head: c.T("account.name")},
		{Head: c.T("account.roles")}, {Head: c.T("accounts.state")}}, Empty: &ui.EmptyState{Title: c.T("accounts.none"), Text: c.T("accounts.none_hint")}}
	for _, a := range list {
		state := c.accountState(a)
		t.Rows = append(t.Rows, ui.Row{Href: "/accounts/" + itoa(a.ID), Cells: []ui.Cell{ui.T(a.Login), ui.T(a.Name),
			ui.T(c.rolesText(a, units)), {Status: &state}}})
	}
	return t
}

// rolesText names the first few roles with their units, and how many there are more.
func (c *Ctx) rolesText(a account.Account, units map[int64]org.Unit) string {
	var parts []string
	for i, g := range a.Grants {
		if i == 2 && len(a.Grants) > 3 {
			parts = append(parts, c.T("accounts.more_roles", "Count", len(a.Grants)-2))
			break
		}
		name := g.Role
		if role, ok := c.srv.Pack.Role(g.Role); ok {
			name = role.Name.In(c.Lang)
		}
		parts = append(parts, c.T("accounts.role_at", "Role", name, "Unit", c.unitCell(units, g.Unit.ID).Text))
	}
	return strings.Join(parts, c.T("list.separator"))
}

// accountState is the lamp of an account.
func (c *Ctx) accountState(a account.Account) ui.Status {
	now := c.srv.Now().UnixMicro()
	switch {
	case a.Disabled:
		return ui.Status{State: ui.None, Text: c.T("accounts.state_disabled")}
	case a.LockedUntil > now:
		return ui.Status{State: ui.Late, Text: c.T("accounts.state_locked")}
	case a.HasPassword:
		return ui.Status{State: ui.OnTime, Text: c.T("accounts.state_open")}
	case a.SetupUntil > now:
		return ui.Status{State: ui.Waiting, Text: c.T("accounts.state_waiting")}
	}
	return ui.Status{State: ui.Soon, Text: c.T("accounts.state_link_over")}
}
