package cli

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"plumbline/internal/account"
	"plumbline/internal/app"
	"plumbline/internal/authz"
	"plumbline/internal/fault"
	"plumbline/internal/org"
)

// UserCmd looks after accounts from the terminal.
type UserCmd struct {
	Add  UserAddCmd  `cmd:"" help:"Make an account and print its setup link."`
	Link UserLinkCmd `cmd:"" help:"Print a new setup link for an account, and let it in again if it is locked."`
}

// LinkTo is where the pages are reached, for the links that a command prints.
type LinkTo struct {
	URL string `help:"Where the pages are reached, for the link." default:"http://127.0.0.1:8080" env:"PLUMBLINE_URL"`
}

func (l LinkTo) setup(token string) string { return strings.TrimRight(l.URL, "/") + "/setup/" + token }

// UserAddCmd makes an account.
type UserAddCmd struct {
	Where
	LinkTo
	Login  string   `arg:"" help:"What the person signs in with."`
	Name   string   `help:"The person's name." required:""`
	Role   []string `help:"A role at a unit, as ROLE@UNITCODE; \"*\" as the code is the whole installation. May be given several times." placeholder:"ROLE@UNITCODE"`
	Person string   `help:"Code of the person of the organisation." placeholder:"CODE"`
	Lang   string   `help:"Language of the pages." about:"account" enum:"zh,en" default:"zh"`
}

// Run makes the account.
func (c *UserAddCmd) Run(io *IO) error {
	a, err := c.open(io.Ctx)
	if err != nil {
		return err
	}
	defer a.Close()
	n, err := c.account(io, a)
	if err != nil {
		return refused(io, err)
	}
	_, token, err := a.Rooms.Accounts.Create(io.Ctx, authz.System(), n)
	if err != nil {
		return refused(io, err)
	}
	fmt.Fprintf(io.Out, "%s\n  %s\n", io.T("cli.account_made", "Login", account.NormalLogin(c.Login)), c.setup(token))
	return nil
}

// account resolves roles, units and the person; the first role's unit becomes the account's home.
func (c *UserAddCmd) account(io *IO, a *app.App) (account.NewAccount, error) {
	n := account.NewAccount{Login: c.Login, Name: c.Name, Lang: c.Lang}
	for _, r := range c.Role {
		role, code, ok := strings.Cut(r, "@")
		if !ok || !a.Gate.Policy().Has(role) {
			return n, mistaken("cli.no_role", "Role", r, "Roles", roleIDs(a))
		}
		at := account.RoleAt{Role: role}
		if code != "*" {
			u, err := org.UnitByCode(io.Ctx, a.DB, code)
			if fault.KindOf(err) == fault.NotFound {
				return n, mistaken("cli.no_unit", "Code", code)
			}
			if err != nil {
				return n, err
			}
			at.Unit = u.ID
		}
		n.Grants = append(n.Grants, at)
	}
	if len(n.Grants) > 0 {
		n.Home = n.Grants[0].Unit
	}
	if c.Person == "" {
		return n, nil
	}
	found, err := a.Rooms.Accounts.FindPeople(io.Ctx, c.Person, 1)
	if err != nil {
		return n, err
	}
	if len(found) == 0 {
		return n, mistaken("cli.no_person", "Code", c.Person)
	}
	n.Person = found[0].ID
	return n, nil
}

func roleIDs(a *app.App) string {
	var ids []string
	for _, r := range a.Pack.Roles {
		ids = append(ids, r.ID)
	}
	slices.Sort(ids)
	return strings.Join(ids, ", ")
}

// UserLinkCmd renews a setup link: the way back in when the last administrator has lost the password.
type UserLinkCmd struct {
	Where
	LinkTo
	Login string `arg:"" help:"The account's login."`
}

// Run renews the link.
func (c *UserLinkCmd) Run(io *IO) error {
	a, err := c.open(io.Ctx)
	if err != nil {
		return err
	}
	defer a.Close()
	login := account.NormalLogin(c.Login)
	id, err := a.Rooms.Accounts.ByLogin(io.Ctx, authz.System(), login)
	if fault.KindOf(err) == fault.NotFound {
		return refused(io, mistaken("cli.no_account", "Login", login))
	}
	if err != nil {
		return err
	}
	if err := a.Rooms.Accounts.Unlock(io.Ctx, authz.System(), id); err != nil {
		return err
	}
	token, err := a.Rooms.Accounts.SetupLink(io.Ctx, authz.System(), id)
	if err != nil {
		return err
	}
	fmt.Fprintf(io.Out, "%s\n  %s\n", io.T("cli.account_link", "Login", login), c.setup(token))
	return nil
}

// refused tells in one line what was wrong with what was given, and gives exit status 2; any other failure goes back as
// it is.
func refused(io *IO, err error) error {
	var m mistake
	f := fault.As(err)
	switch {
	case errors.As(err, &m):
		fmt.Fprintln(io.Err, "plumbline:", io.said(m))
		return exit(2)
	case f == nil:
		return err
	}
	said := []string{io.T(f.Key, f.Args...)}
	if len(f.Fields) > 0 {
		said = nil
	}
	for _, field := range f.Fields {
		said = append(said, io.T(field.Key, field.Args...))
	}
	fmt.Fprintln(io.Err, "plumbline:", strings.Join(said, " "))
	return exit(2)
}
