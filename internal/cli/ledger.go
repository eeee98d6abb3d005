package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"text/tabwriter"

	"plumbline/internal/ledger"
	"plumbline/internal/pack"
	"plumbline/internal/pack/party"
	"plumbline/internal/wording"
)

// LedgerCmd looks after the lists that are data.
type LedgerCmd struct {
	List    LedgerListCmd    `cmd:"" help:"Every ledger: id, names, version, how many states and matters."`
	Check   LedgerCheckCmd   `cmd:"" help:"Check definitions from files alone: silent where all is well, else file:line: reason."`
	Diagram LedgerDiagramCmd `cmd:"" help:"Draw the life cycle of a ledger as SVG on standard output."`
	Export  LedgerExportCmd  `cmd:"" help:"Write all matters of a ledger as CSV or XLSX, in the columns that import reads."`
	Import  LedgerImportCmd  `cmd:"" help:"Read matters of a ledger from CSV or XLSX; where anything is wrong, all of it is said and nothing is changed."`
	Recount LedgerRecountCmd `cmd:"" help:"Compare what is kept to count matters with their histories, tell every difference and mend it."`
	Events  LedgerEventsCmd  `cmd:"" help:"Write the event history of all matters for process-mining tools: no names of people, nothing that people typed."`
}

// maybeWhere names a database that a command can do without.
type maybeWhere struct {
	Data        string `help:"Data directory; plumbline-data where there is one." env:"PLUMBLINE_DATA" type:"path"`
	DatabaseURL string `name:"database-url" help:"PostgreSQL server to use instead of the embedded database." env:"PLUMBLINE_DATABASE_URL"`
	Lang        string `help:"Language of names and messages." enum:"zh,en" default:"${lang}"`
}

// usual is where a database lies when nothing else is said.
const usual = "plumbline-data"

// where gives the database that was named or lies in the usual place; ok is false where there is none to speak of.
func (c maybeWhere) where() (w Where, ok bool) {
	w = Where{c.Data, c.DatabaseURL}
	if w.Data != "" || w.DatabaseURL != "" {
		return w, true
	}
	w.Data = usual
	return w, w.there() == nil
}

// types gives the ledgers in force: those of the database, else those of the pack alone. sizes is nil without a database.
func (c maybeWhere) types(io *IO) (types *ledger.Types, sizes map[string]ledger.Size, err error) {
	w, ok := c.where()
	if !ok {
		p, err := pack.Load(party.Files())
		if err != nil {
			return nil, nil, err
		}
		types, err = ledger.LoadTypes(p.Files, p.AuthzRoles())
		return types, nil, err
	}
	a, err := w.open(io.Ctx)
	if err != nil {
		return nil, nil, err
	}
	sizes, err = a.Rooms.Ledgers.Sizes(io.Ctx)
	return a.Rooms.Ledgers.Types(), sizes, errors.Join(err, a.Close())
}

// LedgerListCmd lists the ledgers.
type LedgerListCmd struct {
	maybeWhere
	JSON bool `name:"json" help:"As JSON."`
}

// listedLedger is one line of the list. Version and Matters are 0 where no matter was ever registered, or without a
// database.
type listedLedger struct {
	ID      string       `json:"id"`
	Name    wording.Text `json:"name"`
	Version int          `json:"version"`
	States  int          `json:"states"`
	Matters int64        `json:"matters"`
}

// Run lists.
func (c *LedgerListCmd) Run(io *IO) error {
	types, sizes, err := c.types(io)
	if err != nil {
		return err
	}
	list := []listedLedger{}
	for _, d := range types.All() {
		size := sizes[d.ID]
		list = append(list, listedLedger{d.ID, d.Name, size.Version, len(d.States), size.Matters})
	}
	if c.JSON {
		out := json.NewEncoder(io.Out)
		out.SetEscapeHTML(false)
		out.SetIndent("", "  ")
		return out.Encode(list)
	}
	w := tabwriter.NewWriter(io.Out, 0, 0, 2, ' ', 0)
	for _, l := range list {
		version := "–"
		if l.Version != 0 {
			version = strconv.Itoa(l.Version)
		}
		names := []string{l.Name.In(c.Lang)}
		for _, lang := range wording.Languages {
			if lang != c.Lang {
				names = append(names, l.Name.In(lang))
			}
		}
		fmt.Fprintf(w, "%s\t%s\t%d\t%d\t%s\n", l.ID, version, l.States, l.Matters, strings.Join(names, " / "))
	}
	return w.Flush()
}

// LedgerCheckCmd checks definitions.
type LedgerCheckCmd struct {
	Files []string `arg:"" name:"file" help:"Definitions, as ledgers/*.json of a pack."`
	Roles string   `help:"Check who may take the steps against these roles, as roles.json of a pack." placeholder:"FILE" type:"existingfile"`
	Lang  string   `help:"Language of the messages." enum:"zh,en" default:"${lang}"`
}

// Run checks all files as if they stood in the pack, and tells every mistake.
func (c *LedgerCheckCmd) Run(io *IO) error {
	p, err := pack.Load(party.Files())
	if err != nil {
		return err
	}
	types, err := ledger.LoadTypes(p.Files, p.AuthzRoles())
	if err != nil {
		return err
	}
	if c.Roles != "" {
		p.Roles = nil
		if err := pack.ReadJSON(os.DirFS(filepath.Dir(c.Roles)), filepath.Base(c.Roles), &p.Roles); err != nil {
			return err
		}
	}
	var sources []ledger.Source
	var problems []ledger.Problem
	for _, file := range c.Files {
		text, err := os.ReadFile(file)
		if err != nil {
			problems = append(problems, unread(file, err))
			continue
		}
		sources = append(sources, ledger.Source{Name: file, Text: text})
	}
	problems = append(problems, ledger.CheckTogether(sources, p.AuthzRoles(), types)...)
	for _, x := range problems {
		fmt.Fprintln(io.Err, x.In(c.Lang))
	}
	if len(problems) > 0 {
		return exit(2)
	}
	return nil
}

// unread says why a file could not be read.
func unread(file string, err error) ledger.Problem {
	out := ledger.Problem{File: file, Line: 1, Key: "ledger.check.unreadable", Args: []any{"Error", err.Error()}}
	var path *fs.PathError
	switch info, failed := os.Stat(file); {
	case errors.Is(err, fs.ErrNotExist):
		out.Key, out.Args = "ledger.check.no_file", nil
	case failed == nil && info.IsDir():
		out.Key, out.Args = "ledger.check.directory", nil
	case errors.As(err, &path):
		out.Args = []any{"Error", path.Err.Error()}
	}
	return out
}

// LedgerDiagramCmd draws a life cycle.
type LedgerDiagramCmd struct {
	maybeWhere
	ID string `arg:"" help:"The ledger's id."`
}

// Run draws.
func (c *LedgerDiagramCmd) Run(io *IO) error {
	types, _, err := c.types(io)
	if err != nil {
		return err
	}
	d, err := knownType(types, c.ID)
	if err != nil {
		return told(io, err)
	}
	_, err = fmt.Fprintln(io.Out, d.Diagram(c.Lang, "", nil))
	return err
}

// knownType finds a ledger; where there is none of the id, the answer names those that there are.
func knownType(types *ledger.Types, id string) (*ledger.Definition, error) {
	if d := types.Current(id); d != nil {
		return d, nil
	}
	var ids []string
	for _, d := range types.All() {
		ids = append(ids, d.ID)
	}
	return nil, mistaken("cli.no_ledger", "ID", id, "IDs", strings.Join(ids, ", "))
}
