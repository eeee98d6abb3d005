package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/mattn/go-isatty"

	"plumbline/internal/audit"
	"plumbline/internal/store"
)

// AuditCmd checks the log or signs a checkpoint of it.
type AuditCmd struct {
	Verify     AuditVerifyCmd     `cmd:"" help:"Check the whole log, and name the first bad entry."`
	Checkpoint AuditCheckpointCmd `cmd:"" help:"Print a signed checkpoint of the log, to be kept elsewhere."`
}

// AuditVerifyCmd works offline, on the database alone.
type AuditVerifyCmd struct {
	Where
	Checkpoint string `help:"A checkpoint that was kept elsewhere: the log must still hold what it saw." type:"existingfile"`
	Key        string `help:"The key that checks the checkpoint's signature (printed with it); without it, the one in the database."`
}

// openExisting opens a database that must be there already and hold our tables.
func openExisting(w Where) (*store.DB, error) {
	if err := w.there(); err != nil {
		return nil, err
	}
	db, err := store.Open(store.Config{Dir: w.Data, URL: w.DatabaseURL})
	if err != nil {
		return nil, err
	}
	if _, err := audit.Size(context.Background(), db); err != nil {
		return nil, errors.Join(mistaken("cli.no_tables"), db.Close())
	}
	return db, nil
}

// Run verifies.
func (c *AuditVerifyCmd) Run(io *IO) error {
	db, err := openExisting(c.Where)
	if err != nil {
		return err
	}
	defer db.Close()
	var bad *audit.Bad
	err = db.Snapshot(io.Ctx, func(r store.Reader) error {
		tree, err := verifyWithProgress(io, r)
		if err != nil {
			return err
		}
		fmt.Fprintln(io.Out, io.T("cli.log_holds", "Count", tree.Size, "Root", fmt.Sprintf("%x", tree.Root[:])))
		return c.against(io, r, tree)
	})
	if errors.As(err, &bad) {
		fmt.Fprintln(io.Err, "plumbline:", io.T("cli.log_broken", "Why", bad.Error()))
		return exit(1)
	}
	return err
}

// verifyWithProgress tells a terminal, and only a terminal, how far it is.
func verifyWithProgress(io *IO, r store.Reader) (audit.Tree, error) {
	f, ok := io.Err.(*os.File)
	if !ok || !isatty.IsTerminal(f.Fd()) {
		return audit.Verify(io.Ctx, r, nil)
	}
	tree, err := audit.Verify(io.Ctx, r, func(n, of int64) {
		fmt.Fprint(f, "\r"+io.T("cli.log_progress", "N", n, "Of", of, "Percent", 100*n/max(of, 1)))
	})
	fmt.Fprint(f, "\r\x1b[K")
	return tree, err
}

// against tells apart what a checkpoint kept elsewhere vouches for and what nothing outside the database does.
func (c *AuditVerifyCmd) against(io *IO, r store.Reader, tree audit.Tree) error {
	if c.Checkpoint == "" {
		fmt.Fprintln(io.Out, io.T("cli.unanchored", "Total", tree.Size))
		return nil
	}
	text, err := os.ReadFile(c.Checkpoint)
	if err != nil {
		return err
	}
	key, whose := c.Key, ""
	if key == "" {
		if key, err = audit.Key(io.Ctx, r); err != nil {
			return err
		}
		whose = " " + io.T("cli.own_key")
	}
	cp, err := audit.ParseCheckpoint(string(text), key)
	if err != nil {
		return err
	}
	if err := cp.Agrees(io.Ctx, r); err != nil {
		return err
	}
	fmt.Fprintln(io.Out, io.T("cli.anchored", "Count", cp.Tree.Size, "When", cp.At.Format(time.RFC3339), "After", tree.Size-cp.Tree.Size)+whose)
	return nil
}

// AuditCheckpointCmd prints a signed checkpoint.
type AuditCheckpointCmd struct{ Where }

// Run signs and prints; the key goes to the terminal's second stream so that a file holds the checkpoint alone.
func (c *AuditCheckpointCmd) Run(io *IO) error {
	db, err := openExisting(c.Where)
	if err != nil {
		return err
	}
	defer db.Close()
	cp, err := audit.Sign(io.Ctx, db, time.Now())
	if err != nil {
		return err
	}
	fmt.Fprint(io.Out, cp.Text)
	fmt.Fprintln(io.Err, io.T("cli.key", "Key", cp.Key))
	return nil
}
