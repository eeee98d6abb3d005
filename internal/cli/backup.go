package cli

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"plumbline/internal/audit"
	"plumbline/internal/store"
)

// BackupCmd writes a backup while the program may go on serving.
type BackupCmd struct {
	Where
	File string `arg:"" help:"The archive to write; it must not exist yet." type:"path"`
}

// Run writes the archive under a temporary name and renames it when it is whole and on disk.
func (c *BackupCmd) Run(io *IO) error {
	if _, err := os.Stat(c.File); err == nil {
		return mistaken("cli.exists", "File", c.File)
	}
	db, err := openExisting(c.Where)
	if err != nil {
		return err
	}
	defer db.Close()
	cp, err := audit.Sign(io.Ctx, db, time.Now())
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(c.File), filepath.Base(c.File)+".part-*")
	if err != nil {
		return err
	}
	err = db.Dump(io.Ctx, f, map[string]string{"checkpoint": cp.Text, "key": cp.Key})
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), c.File)
	}
	if err == nil {
		err = store.SyncDir(filepath.Dir(c.File))
	}
	if err != nil {
		_ = os.Remove(f.Name())
		return err
	}
	fmt.Fprintln(io.Out, io.T("cli.backup", "File", c.File, "Count", cp.Tree.Size))
	return nil
}

// RestoreCmd reads a backup into a new database.
type RestoreCmd struct {
	Where
	File string `arg:"" help:"The archive to read." type:"existingfile"`
}

// Run restores and then verifies the log.
func (c *RestoreCmd) Run(io *IO) error {
	f, err := os.Open(c.File)
	if err != nil {
		return err
	}
	defer f.Close()
	db, err := store.Open(store.Config{Dir: c.Data, URL: c.DatabaseURL})
	if err != nil {
		return err
	}
	defer db.Close()
	if _, err := db.Migrate(io.Ctx); err != nil {
		return err
	}
	m, err := db.Restore(io.Ctx, f)
	if err != nil {
		return mistaken("cli.not_restored", "Why", err.Error())
	}
	tree, err := audit.Verify(io.Ctx, db, nil)
	if err != nil {
		return mistaken("cli.restored_broken", "Why", err.Error())
	}
	fmt.Fprintln(io.Out, io.T("cli.restored", "Taken", m.Taken, "Count", tree.Size))
	return nil
}
