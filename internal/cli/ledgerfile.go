package cli

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"plumbline/internal/app"
	"plumbline/internal/authz"
	"plumbline/internal/fault"
	"plumbline/internal/ledger"
	"plumbline/internal/office/table"
	"plumbline/internal/org"
)

// LedgerExportCmd writes a ledger into a file.
type LedgerExportCmd struct {
	Where
	ID   string `arg:"" help:"The ledger's id."`
	File string `arg:"" help:"The file to write: .csv or .xlsx."`
	Lang string `help:"Language of headings, states and choices." enum:"zh,en" default:"${lang}"`
}

// Run writes. A file that was begun and could not be finished is taken away again.
func (c *LedgerExportCmd) Run(io *IO) error {
	write := map[string]func(f *os.File, s table.Sheet) error{
		".csv":  func(f *os.File, s table.Sheet) error { return table.WriteCSV(f, s) },
		".xlsx": func(f *os.File, s table.Sheet) error { return table.WriteXLSX(f, s) },
	}[strings.ToLower(filepath.Ext(c.File))]
	if write == nil {
		return told(io, mistaken("cli.no_table", "File", c.File))
	}
	a, err := c.open(io.Ctx)
	if err != nil {
		return err
	}
	defer a.Close()
	if _, err := knownType(a.Rooms.Ledgers.Types(), c.ID); err != nil {
		return told(io, err)
	}
	f, err := os.OpenFile(c.File, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if errors.Is(err, os.ErrExist) {
		return told(io, mistaken("cli.exists", "File", c.File))
	}
	if err != nil {
		return err
	}
	lists := a.Rooms.Ledgers
	sheet := lists.Sheet(io.Ctx, authz.System(), ledger.Filter{Type: c.ID, Sort: "number"}, lists.Today(a.Now()), c.Lang)
	if err := errors.Join(write(f, sheet), f.Close()); err != nil {
		return errors.Join(err, os.Remove(c.File))
	}
	return nil
}

// told prints what was called wrongly; the exit status is 2.
func told(io *IO, err error) error {
	fmt.Fprintln(io.Err, "plumbline:", io.said(err))
	return exit(2)
}

// LedgerImportCmd reads a file into a ledger.
type LedgerImportCmd struct {
	Where
	ID       string   `arg:"" help:"The ledger's id."`
	File     string   `arg:"" help:"CSV (UTF-8 or GB18030, .gz too) or XLSX; columns are known by their headings." type:"existingfile"`
	Convenor string   `help:"Code of the unit that registers the matters; the top of the tree where there is one." placeholder:"CODE"`
	Map      []string `help:"Take a column for another: HEADING=FIELD, with a field's id, @number, @unit, @unit_code, @convenor, @opened, @state, @state_on, @closed, or nothing to leave it out." placeholder:"HEADING=FIELD" sep:"none"`
	DryRun   bool     `help:"Only say what would be done."`
	Lang     string   `help:"Language of the messages." enum:"zh,en" default:"${lang}"`
}

// Run imports.
func (c *LedgerImportCmd) Run(io *IO) error {
	file, err := c.input(io.Ctx, c.File)
	if err != nil {
		return err
	}
	defer file.Close()
	a := file.app
	d, err := knownType(a.Rooms.Ledgers.Types(), c.ID)
	if err != nil {
		return told(io, err)
	}
	bar := newBar(io.Err)
	in := ledger.Import{Type: d.ID, Name: filepath.Base(c.File), File: file.file, Size: file.size, Gzip: true, DryRun: c.DryRun, Progress: bar.show}
	if in.Convenor, err = c.convenor(io, a); err != nil {
		return told(io, err)
	}
	if in.Columns, err = c.columns(d, in); err != nil {
		return told(io, err)
	}
	report, err := a.Rooms.Ledgers.ImportMatters(io.Ctx, authz.System(), in)
	bar.clear()
	if fault.As(err) != nil {
		return told(io, errors.New(a.Words.T(c.Lang, fault.As(err).Key, fault.As(err).Args...)))
	}
	if err != nil {
		return err
	}
	return c.report(io, file, d, report)
}

// convenor is the unit that registers: the one named, else the only one that has none above it.
func (c *LedgerImportCmd) convenor(io *IO, a *app.App) (int64, error) {
	if c.Convenor != "" {
		u, err := org.UnitByCode(io.Ctx, a.DB, c.Convenor)
		if err != nil {
			return 0, mistaken("cli.no_unit", "Code", c.Convenor)
		}
		return u.ID, nil
	}
	roots, err := org.Roots(io.Ctx, a.DB)
	if err != nil || len(roots) != 1 {
		return 0, errors.Join(err, mistaken("cli.no_convenor"))
	}
	return roots[0].ID, nil
}

// columns is the guess with what --map says instead; nil where nothing is said.
func (c *LedgerImportCmd) columns(d *ledger.Definition, in ledger.Import) ([]string, error) {
	if len(c.Map) == 0 {
		return nil, nil
	}
	t, err := table.Open(in.Name, in.File, in.Size, table.Options{Gzip: true})
	var bad *table.Problem
	if errors.As(err, &bad) {
		return nil, nil // said with the rest
	}
	if err != nil {
		return nil, err
	}
	defer t.Close()
	keys := d.Guess(t.Titles())
	for _, said := range c.Map {
		title, key, ok := strings.Cut(said, "=")
		i := indexOf(t.Titles(), title)
		switch {
		case !ok || i < 0:
			return nil, mistaken("cli.no_column", "Map", said, "Column", title)
		case key != "" && !readable(d, key):
			return nil, mistaken("cli.no_field", "Map", said, "Field", key)
		}
		for k := range keys {
			if key != "" && keys[k] == key {
				keys[k] = ""
			}
		}
		keys[i] = key
	}
	return keys, nil
}

func indexOf(titles []string, title string) int {
	for i, t := range titles {
		if t == title {
			return i
		}
	}
	return -1
}

func readable(d *ledger.Definition, key string) bool {
	for _, c := range d.Exchange() {
		if c.Key == key {
			return c.Read
		}
	}
	return false
}

// report prints every mistake as file:line: column: reason, or what was done.
func (c *LedgerImportCmd) report(io *IO, file *input, d *ledger.Definition, r ledger.ImportReport) error {
	t := func(key string, args ...any) string { return file.app.Words.T(c.Lang, key, args...) }
	if ignored := r.Ignored(); len(ignored) > 0 {
		fmt.Fprintln(io.Err, t("exchange.ignored"), strings.Join(ignored, t("list.separator")))
	}
	if r.Wrong > 0 {
		return file.wrong(io, c.Lang, c.File, r.Problems, r.Wrong)
	}
	key := "exchange.cli_done"
	if r.DryRun {
		key = "exchange.cli_would"
	}
	fmt.Fprintln(io.Out, t(key, "Ledger", d.Name.In(c.Lang), "Rows", r.Rows, "Created", r.Created, "There", r.There))
	if r.Open > 0 {
		fmt.Fprintln(io.Out, t("exchange.cli_held", "Count", int(r.Open)))
	}
	return nil
}
