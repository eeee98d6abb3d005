package cli

import (
	"fmt"

	"plumbline/internal/app"
	"plumbline/internal/store"
)

// ServeCmd serves the pages until it is interrupted.
type ServeCmd struct {
	Where
	Addr string `help:"Address to listen on." default:"127.0.0.1:8080" env:"PLUMBLINE_ADDR"`
}

// Run serves.
func (c *ServeCmd) Run(io *IO) error {
	cfg := c.config()
	cfg.Addr = c.Addr
	a, err := app.Open(io.Ctx, cfg)
	if err != nil {
		return err
	}
	if err := a.Run(io.Ctx); err != nil {
		_ = a.Close()
		return err
	}
	fmt.Fprintf(io.Out, "Plumbline answers at %s\n", a.URL())
	<-io.Ctx.Done()
	return a.Close()
}

// MigrateCmd brings the database up to date.
type MigrateCmd struct{ Where }

// Run migrates.
func (c *MigrateCmd) Run(io *IO) error {
	db, err := store.Open(store.Config{Dir: c.Data, URL: c.DatabaseURL})
	if err != nil {
		return err
	}
	defer db.Close()
	backup, err := db.Migrate(io.Ctx)
	if err != nil {
		return err
	}
	if backup != "" {
		fmt.Fprintf(io.Out, "A copy of the database as it was: %s\n", backup)
	}
	fmt.Fprintln(io.Out, "The database is up to date.")
	return nil
}
