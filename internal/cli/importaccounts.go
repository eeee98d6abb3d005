package cli

import (
	"encoding/csv"
	"fmt"
	"path/filepath"

	"plumbline/internal/account"
	"plumbline/internal/authz"
	"plumbline/internal/office/table"
	"plumbline/internal/web"
)

// ImportAccountsCmd reads accounts from a table: all of it, or with anything wrong nothing.
type ImportAccountsCmd struct {
	importFile
	LinkTo
}

// Run imports; the setup links of new accounts come on the first stream as CSV, everything else on the second.
func (c *ImportAccountsCmd) Run(io *IO) error {
	in, err := c.input(io.Ctx, c.File)
	if err != nil {
		return err
	}
	defer in.Close()
	res, err := in.app.Rooms.Accounts.Import(io.Ctx, authz.System(), account.ImportFile{Name: filepath.Base(c.File), Data: in.file, Size: in.size, Gzip: true,
		RoleNames: web.RoleNames(in.app.Pack)}, c.DryRun)
	if err := c.told(io, in.app, err); err != nil {
		return err
	}
	if res.Total > 0 {
		return in.wrong(io, c.Lang, c.File, res.Problems, res.Total)
	}
	key := "cli.accounts_would"
	if res.Done {
		key = "cli.accounts_done"
	}
	fmt.Fprintln(io.Err, in.app.Words.T(c.Lang, key, "Rows", res.Rows, "New", res.New, "Changed", res.Changed, "Roles", res.Roles))
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
