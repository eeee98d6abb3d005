package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"plumbline/internal/app"
	"plumbline/internal/authz"
	"plumbline/internal/ledger"
	"plumbline/internal/store"
)

// LedgerEventsCmd writes an event log.
type LedgerEventsCmd struct {
	Where
	Format string `required:"" enum:"xes,ocel-json,ocel-sqlite,csv" help:"xes (IEEE 1849), ocel-json or ocel-sqlite (OCEL 2.0), or csv, which plumbline analyse reads."`
	Lang   string `help:"Language of steps and units." enum:"zh,en" default:"${lang}"`
	From   string `help:"Only matters opened on or after this day (YYYY-MM-DD)." placeholder:"DATE"`
	To     string `help:"Only matters opened on or before this day (YYYY-MM-DD)." placeholder:"DATE"`
	File   string `arg:"" help:"The file to write; it must not exist yet." type:"path"`
}

// Run writes the log under a temporary name and renames it when it is whole.
func (c *LedgerEventsCmd) Run(out *IO) error {
	for _, day := range []string{c.From, c.To} {
		if !ledger.IsDay(day) {
			return told(out, mistaken("cli.no_day", "Day", day))
		}
	}
	if _, err := os.Lstat(c.File); err == nil {
		return mistaken("cli.exists", "File", c.File)
	}
	a, err := c.open(out.Ctx)
	if err != nil {
		return err
	}
	defer a.Close()
	n, err := c.write(out.Ctx, a)
	if err != nil {
		return err
	}
	fmt.Fprintln(out.Out, a.Words.T(c.Lang, "flow.written", "Count", n, "File", c.File))
	return nil
}

func (c *LedgerEventsCmd) write(ctx context.Context, a *app.App) (matters int, err error) {
	ledgers := a.Rooms.Ledgers
	history, err := ledgers.History(ctx, authz.System(), ledger.Filter{}, ledger.Period{From: c.From, To: c.To}, ledgers.Today(a.DB.Now()))
	if err != nil {
		return 0, err
	}
	dir, err := os.MkdirTemp(filepath.Dir(c.File), filepath.Base(c.File)+".part-*")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(dir)
	part := filepath.Join(dir, "log")
	words := ledger.LogWords{Lang: c.Lang, T: func(key string) string { return a.Words.T(c.Lang, key) }}
	if err := history.WriteLog(ctx, c.Format, part, words); err != nil {
		return 0, err
	}
	return history.Len(), errors.Join(os.Rename(part, c.File), store.SyncDir(filepath.Dir(c.File)))
}
