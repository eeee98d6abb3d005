package cli

import (
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"

	"plumbline/internal/account"
	"plumbline/internal/app"
	"plumbline/internal/authz"
	"plumbline/internal/office/table"
	"plumbline/internal/web"
)

// ImportAccountsCmd reads accounts from a table: all of it, or with anything wrong nothing.
type ImportAccountsCmd struct {
	Where
	LinkTo
	File   string `arg:"" help:"CSV or XLSX with the columns login, name, person_code, role, unit_code, lang." type:"existingfile"`
	DryRun bool   `help:"Only tell what would change."`
}

// Run imports; the setup links of new accounts come on the first stream as CSV, everything else on the second.
func (c *ImportAccountsCmd) Run(io *IO) error {
	f, err := os.Open(c.File)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	a, err := c.open(io.Ctx)
	if err != nil {
		return err
	}
	defer a.Close()
	res, err := a.Rooms.Accounts.Import(io.Ctx, authz.System(), account.ImportFile{Name: filepath.Base(c.File), Data: f, Size: info.Size(),
		RoleNames: web.RoleNames(a.Pack)}, c.DryRun)
	if err != nil {
		return err
	}
	if res.Total > 0 {
		return tellProblems(io, a, c.File, res.Problems, res.Total)
	}
	done := "would be"
	if res.Done {
		done = "were"
	}
	fmt.Fprintf(io.Err, "%d rows read: %d accounts %s made, %d changed, %d roles given.\n", res.Rows, res.New, done, res.Changed, res.Roles)
	return c.links(io, res.Links)
}

func (c *ImportAccountsCmd) links(io *IO, links []account.SetupLinkOf) error {
	if len(links) == 0 {
		return nil
	}
	w := csv.NewWriter(io.Out)
	_ = w.Write([]string{"login", "name", "unit_code", "link"})
	for _, l := range links {
		_ = w.Write([]string{l.Login, table.Guard(l.Name), l.Unit, c.setup(l.Token)})
	}
	w.Flush()
	return w.Error()
}

// tellProblems prints what is wrong with a table, a line each, and gives exit status 2.
func tellProblems(io *IO, a *app.App, file string, problems []table.Problem, total int) error {
	t := func(key string, args ...any) string { return a.Words.T("en", key, args...) }
	for _, p := range problems {
		at := file
		if p.Line > 0 {
			at = fmt.Sprintf("%s:%d", file, p.Line)
		}
		if p.Column != "" {
			at += ": " + p.Column
		}
		fmt.Fprintf(io.Err, "%s: %s\n", at, web.ProblemText(t, p))
	}
	if more := total - len(problems); more > 0 {
		fmt.Fprintf(io.Err, "%s: %d more mistakes are not listed\n", file, more)
	}
	fmt.Fprintln(io.Err, "plumbline: nothing was imported")
	return exit(2)
}
