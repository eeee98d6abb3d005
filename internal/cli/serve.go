package cli

import (
	"errors"
	"fmt"

	"plumbline/internal/app"
	"plumbline/internal/store"
)

// ServeCmd serves the pages until it is interrupted.
type ServeCmd struct {
	Where
	Addr string `help:"Address to listen on." default:"127.0.0.1:8080" env:"PLUMBLINE_ADDR"`
	Open int    `name:"open-per-minute" help:"How often one address may ask for the open pages in a minute; 0 is without a limit." default:"300" env:"PLUMBLINE_OPEN_PER_MINUTE"`
}

// Run serves.
func (c *ServeCmd) Run(io *IO) error {
	if c.Open < 0 {
		return mistaken("cli.open_per_minute")
	}
	cfg := c.config()
	cfg.Addr, cfg.Serve, cfg.OpenPerMinute = c.Addr, true, c.Open
	a, err := app.Open(io.Ctx, cfg)
	if err != nil {
		return err
	}
	if err := a.Run(io.Ctx); err != nil {
		_ = a.Close()
		return err
	}
	fmt.Fprintln(io.Out, io.T("cli.serving", "URL", a.URL()))
	if err := firstAdmin(io, a); err != nil {
		return errors.Join(err, a.Close())
	}
	<-io.Ctx.Done()
	return a.Close()
}

// firstAdmin prints the link by which the first administrator comes in, until somebody has set a password.
func firstAdmin(io *IO, a *app.App) error {
	link, _, err := a.Rooms.Accounts.FirstAdmin(io.Ctx)
	if err == nil && link != "" {
		fmt.Fprintf(io.Out, "%s\n  %s/setup/%s\n", io.T("cli.first_admin"), a.URL(), link)
	}
	return err
}

// MigrateCmd brings the database up to date. One that holds no tables gets them, and it says so.
type MigrateCmd struct{ Where }

// Run migrates.
func (c *MigrateCmd) Run(io *IO) error {
	if err := c.there(); err != nil {
		return err
	}
	db, err := store.Open(store.Config{Dir: c.Data, URL: c.DatabaseURL})
	if err != nil {
		return err
	}
	defer db.Close()
	made, err := db.New(io.Ctx)
	if err != nil {
		return err
	}
	backup, err := db.Migrate(io.Ctx)
	if err != nil {
		return err
	}
	if backup != "" {
		fmt.Fprintln(io.Out, io.T("cli.migrate_copy", "File", backup))
	}
	if made {
		fmt.Fprintln(io.Out, io.T("cli.tables_made"))
	}
	fmt.Fprintln(io.Out, io.T("cli.migrated"))
	return nil
}
