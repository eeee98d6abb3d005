package cli

import (
	"fmt"
	"path/filepath"

	"plumbline/internal/authz"
	"plumbline/internal/board"
)

// ImportValuesCmd reads figures of indicators from a table: all of it, or with anything wrong nothing.
type ImportValuesCmd struct{ importFile }

// Run imports.
func (c *ImportValuesCmd) Run(io *IO) error {
	in, err := c.input(io.Ctx, c.File)
	if err != nil {
		return err
	}
	defer in.Close()
	taken, err := in.app.Rooms.Boards.Import(io.Ctx, authz.System(), board.File{Name: filepath.Base(c.File), Data: in.file, Size: in.size, Gzip: true}, c.DryRun)
	if err := c.told(io, in.app, err); err != nil {
		return err
	}
	if taken.Total > 0 {
		return in.wrong(io, c.Lang, c.File, taken.Problems, taken.Total)
	}
	key := "board.cli_done"
	if c.DryRun {
		key = "board.cli_would"
	}
	fmt.Fprintln(io.Out, in.app.Words.T(c.Lang, key, "Rows", taken.Rows, "New", taken.New, "Changed", taken.Changed, "Corrected", taken.Corrected))
	return nil
}
