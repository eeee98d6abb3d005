package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/mattn/go-isatty"

	"plumbline/internal/app"
	"plumbline/internal/authz"
	"plumbline/internal/fault"
	"plumbline/internal/office/table"
	"plumbline/internal/org"
	"plumbline/internal/web"
)

// ImportCmd takes files in.
type ImportCmd struct {
	Units    ImportUnitsCmd    `cmd:"" help:"Import units: columns code, parent_code, kind, name, and if wanted name_en, from, to."`
	People   ImportPeopleCmd   `cmd:"" help:"Import people and the posts they hold: columns code, name, and if wanted name_en, unit_code, post_kind, title, from, to."`
	Accounts ImportAccountsCmd `cmd:"" help:"Read accounts and their roles; print the setup links of new ones as CSV."`
	Values   ImportValuesCmd   `cmd:"" name:"indicator-values" help:"Import figures of indicators: columns indicator, unit_code, period, value, and if wanted reason."`
}

// importFile is what every import is told.
type importFile struct {
	Where
	File   string `arg:"" help:"CSV (UTF-8 or GB18030, .gz too) or XLSX." type:"existingfile"`
	DryRun bool   `help:"Only say what would change."`
	Lang   string `help:"Language of the messages." enum:"zh,en" default:"${lang}"`
}

// input is a file that is to be imported, open beside the program.
type input struct {
	file *os.File
	size int64
	app  *app.App
}

// input opens a file and the program on the database.
func (w Where) input(ctx context.Context, file string) (*input, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	a, err := w.open(ctx)
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return &input{f, info.Size(), a}, nil
}

// Close closes both.
func (in *input) Close() error { return errors.Join(in.file.Close(), in.app.Close()) }

// ImportUnitsCmd imports units.
type ImportUnitsCmd struct {
	importFile
	Date    string `help:"From when renames and moves hold (YYYY-MM-DD); today without it." placeholder:"DATE"`
	Correct bool   `help:"Renames and moves put right what was entered wrongly; nothing goes into the past."`
}

// ImportPeopleCmd imports people.
type ImportPeopleCmd struct{ importFile }

// Run imports.
func (c *ImportUnitsCmd) Run(io *IO) error {
	return c.run(io, func(ctx context.Context, s *org.Service, in org.Import) (org.Report, error) {
		in.Date, in.Correct = c.Date, c.Correct
		return s.ImportUnits(ctx, authz.System(), in)
	})
}

// Run imports.
func (c *ImportPeopleCmd) Run(io *IO) error {
	return c.run(io, func(ctx context.Context, s *org.Service, in org.Import) (org.Report, error) {
		return s.ImportPeople(ctx, authz.System(), in)
	})
}

func (c *importFile) run(io *IO, take func(ctx context.Context, s *org.Service, in org.Import) (org.Report, error)) error {
	in, err := c.input(io.Ctx, c.File)
	if err != nil {
		return err
	}
	defer in.Close()
	a := in.app
	bar := newBar(io.Err)
	report, err := take(io.Ctx, a.Rooms.Org, org.Import{Name: filepath.Base(c.File), File: in.file, Size: in.size, Gzip: true,
		Under: authz.Whole, DryRun: c.DryRun, Progress: bar.show})
	bar.clear()
	if err := c.told(io, a, err); err != nil {
		return err
	}
	if report.Wrong > 0 {
		return in.wrong(io, c.Lang, c.File, report.Problems, report.Wrong)
	}
	key := "org.cli_done"
	if c.DryRun {
		key = "org.cli_would"
	}
	fmt.Fprintln(io.Out, a.Words.T(c.Lang, key, "Rows", report.Rows, "Created", report.Created, "Renamed", report.Renamed, "Moved", report.Moved,
		"Dated", report.Dated, "Posts", report.Posts, "Tenures", report.Tenures, "Unchanged", report.Unchanged))
	if c.DryRun {
		c.listed(io, a, report)
	}
	return nil
}

// listedChanges is how many changes a dry run names one by one.
const listedChanges = 100

// listed prints what would change as file:line: change, code, before and after.
func (c *importFile) listed(io *IO, a *app.App, report org.Report) {
	shown := report.Changes[:min(len(report.Changes), listedChanges)]
	for _, ch := range shown {
		what := a.Words.T(c.Lang, "org.change_"+ch.What) + " " + ch.Code + ":"
		if ch.From != "" {
			what += " " + ch.From + " →"
		}
		fmt.Fprintf(io.Out, "%s:%d: %s %s\n", c.File, ch.Line, what, ch.To)
	}
	if more := report.Changed() - int64(len(shown)); more > 0 {
		fmt.Fprintln(io.Out, a.Words.T(c.Lang, "org.more_changes", "Count", int(more)))
	}
}

// told words a fault; a wrong flag is bad input.
func (c *importFile) told(io *IO, a *app.App, err error) error {
	f := fault.As(err)
	if f == nil {
		return err
	}
	said := []string{a.Words.T(c.Lang, f.Key, f.Args...)}
	if len(f.Fields) > 0 {
		said = nil
	}
	for _, field := range f.Fields {
		said = append(said, a.Words.T(c.Lang, field.Key, field.Args...))
	}
	fmt.Fprintln(io.Err, "plumbline:", strings.Join(said, " "))
	if f.Kind == fault.Invalid {
		return exit(2)
	}
	return exit(1)
}

// wrong prints every problem as file:line: column: reason; total counts those that are not listed too.
func (in *input) wrong(io *IO, lang, name string, problems []table.Problem, total int) error {
	t := func(key string, args ...any) string { return in.app.Words.T(lang, key, args...) }
	for _, p := range problems {
		place := at(name, p)
		if p.Column != "" {
			place += ": " + p.Column
		}
		fmt.Fprintln(io.Err, place+": "+web.ProblemText(t, p))
	}
	if more := total - len(problems); more > 0 {
		fmt.Fprintln(io.Err, t("table.more", "Count", more))
	}
	fmt.Fprintln(io.Err, "plumbline: "+t("fault.org.import", "Count", total))
	return exit(2)
}

func at(file string, p table.Problem) string {
	if p.Line == 0 {
		return file
	}
	return fmt.Sprintf("%s:%d", file, p.Line)
}

// bar draws progress on a terminal, and nothing anywhere else.
type bar struct {
	out  io.Writer
	last time.Time
	live bool
}

const barWidth = 40

func newBar(out io.Writer) *bar {
	f, ok := out.(*os.File)
	return &bar{out: out, live: ok && isatty.IsTerminal(f.Fd())}
}

func (b *bar) show(done int64) {
	if now := time.Now(); b.live && (now.Sub(b.last) > 100*time.Millisecond || done == 1000) {
		b.last = now
		full := int(min(done, 1000)) * barWidth / 1000
		fmt.Fprintf(b.out, "\r[%s%s] %3d%%", strings.Repeat("#", full), strings.Repeat(".", barWidth-full), done/10)
	}
}

func (b *bar) clear() {
	if b.live {
		fmt.Fprintf(b.out, "\r%s\r", strings.Repeat(" ", barWidth+8))
	}
}
