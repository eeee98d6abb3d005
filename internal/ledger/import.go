package ledger

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"maps"
	"slices"
	"strconv"

	"plumbline/internal/audit"
	"plumbline/internal/authz"
	"plumbline/internal/fault"
	"plumbline/internal/gate"
	"plumbline/internal/office/table"
	"plumbline/internal/org"
	"plumbline/internal/store"
)

// Import is a file of matters to be taken in.
type Import struct {
	Type string
	Name string // the file's name as people know it
	File io.ReaderAt
	Size int64
	Gzip bool // accept a gzipped CSV file; only for files from the command line
	// Convenor registers every matter whose row names nobody else; the right is asked there, and at any other that a row
	// names.
	Convenor int64
	// Columns are the keys (see Column) for which the file's columns stand, by their place, "" for one that is not read.
	// nil leaves it to Definition.Guess.
	Columns []string
	DryRun  bool
	// Progress, if set, is told how much is done of the whole, in thousandths.
	Progress func(done int64)
}

// What can be wrong with a row besides what a form would be told, as wording keys.
const (
	BadNumber     = "exchange.bad_number"
	DoubledNumber = "exchange.doubled_number"
	OtherLedger   = "exchange.other_ledger"
	NoSuchUnit    = "exchange.no_unit"
	SeveralUnits  = "exchange.several_units"
	NotTheSame    = "exchange.not_the_same"
	NotYours      = "exchange.not_yours"
	BadOpened     = "exchange.bad_opened"
	NoSuchState   = "exchange.no_state"
	NoOwner       = "exchange.no_owner"
	NoClosed      = "exchange.no_closed"
	NotEnded      = "exchange.not_ended"
	BadDay        = "exchange.bad_day"
	NoClock       = "exchange.no_clock"
	NoColumn      = "exchange.no_column"
	NoSuchChoice  = "exchange.no_choice"
	NotFound      = "exchange.not_found"
	NoRequester   = "exchange.no_requester"
	NothingHeld   = "exchange.nothing_held"
	NoReason      = "fault.ledger.held_reason"
)

// ImportCodes lists them all, so that catalogues can be checked against them.
var ImportCodes = []string{BadNumber, DoubledNumber, OtherLedger, NoSuchUnit, SeveralUnits, NotTheSame, NotYours, BadOpened,
	NoSuchState, NoOwner, NoClosed, NotEnded, BadDay, NoClock, NoColumn, NoSuchChoice, NotFound, NoRequester, NothingHeld, NoReason}

// KeptRows is how many rows a report names one by one; all of them are counted.
const KeptRows = 200

// Imported is what became of one row: There says that the matter stood already and was left alone.
type Imported struct {
	Line   int    `json:"line"`
	Number string `json:"number"` // "" before it was handed out
	Title  string `json:"title"`
	State  string `json:"state"`
	Unit   int64  `json:"unit"`
	There  bool   `json:"there"`
	// Held are the facts, by id, for which it asks though the system holds them; Open says that nobody has said whether
	// they were given from there.
	Held []string `json:"held,omitempty"`
	Open bool     `json:"held_open,omitempty"`
}

// ImportReport says what an import did, or would do. Where there are problems nothing was changed.
type ImportReport struct {
	Type     string          `json:"type"`
	File     string          `json:"file"`
	Digest   string          `json:"digest"`  // SHA-256 of the file
	Titles   []string        `json:"titles"`  // of the file's columns …
	Columns  []string        `json:"columns"` // … and what each was taken for
	Rows     int64           `json:"rows"`
	Created  int64           `json:"created"`
	There    int64           `json:"there"`               // stood already
	Open     int64           `json:"held_open,omitempty"` // ask for what the system holds, and nobody has said more
	Some     []Imported      `json:"some"`
	Problems []table.Problem `json:"problems"`
	Wrong    int             `json:"wrong"`
	DryRun   bool            `json:"dry_run"`
}

// Ignored lists the titles of the columns that are not read.
func (r ImportReport) Ignored() []string {
	var out []string
	for i, title := range r.Titles {
		if title != "" && (i >= len(r.Columns) || r.Columns[i] == "") {
			out = append(out, title)
		}
	}
	return out
}

// importer carries an import through its rows.
type importer struct {
	*Service
	in       Import
	d        *Definition
	version  int
	actor    authz.Actor
	convenor org.Unit
	table    *table.Reader
	titles   map[string]string // by key: the title in the file
	problems table.Problems
	report   ImportReport
	finder
	places  map[string]int   // by key: the place of the column in the file
	lines   map[string]int   // by number: the line that has it first
	brought map[series]int64 // the highest number of each series that the file brings along
	last    int64            // the newest matter before the import
	made    []int64
	first   string         // the number of the first one made
	units   map[int64]bool // that own what was made
	tally   map[string]tallied
	figures keeping
	links   map[int64]map[string]string // by matter and field: the number of another matter of the file
}

// ImportMatters takes in a file of matters of one type, one row each. A row whose number stands in the ledger already,
// or, without a number, whose unit, day and words do, is left alone, so that the same file can be read again. Rows that
// name a state come in standing there. Where anything is wrong, all of it is reported and nothing is changed; a dry run
// only looks.
func (s *Service) ImportMatters(ctx context.Context, actor authz.Actor, in Import) (ImportReport, error) {
	x := &importer{Service: s, in: in, actor: actor, d: s.types.Current(in.Type), titles: map[string]string{}, lines: map[string]int{}, places: map[string]int{}, brought: map[series]int64{},
		units: map[int64]bool{}, tally: map[string]tallied{}, figures: keeping{}, links: map[int64]map[string]string{}}
	x.report = ImportReport{Type: in.Type, File: in.Name, DryRun: in.DryRun}
	if x.d == nil {
		return x.report, fault.Bad("fault.ledger.no_type", "Type", in.Type)
	}
	if s.types.Retired(in.Type) {
		return x.report, fault.Bad("fault.ledger.retired")
	}
	var err error
	if x.convenor, err = org.UnitByID(ctx, s.db, in.Convenor); err != nil {
		return x.report, err
	}
	if !s.gate.Policy().Allows(actor, authz.LedgerRegister, x.convenor.Place()) {
		return x.report, fault.New(fault.Forbidden, "fault.forbidden")
	}
	if err := x.open(); err != nil || x.table == nil {
		return x.done(err)
	}
	defer x.table.Close()
	if in.DryRun {
		return x.done(x.each(ctx, s.db))
	}
	return x.done(s.gate.Do(ctx, actor, authz.LedgerRegister, gate.Subject{Kind: "matter", Unit: x.convenor.Place()}, func(tx *store.Tx) (audit.Detail, error) {
		if err := x.each(ctx, tx); err != nil {
			return audit.Detail{}, err
		}
		if err := x.link(ctx, tx); err != nil {
			return audit.Detail{}, err
		}
		return x.detail(), x.count(ctx, tx)
	}))
}

// errWrong ends a transaction whose import has problems, errSame one that found nothing new.
var (
	errWrong = errors.New("ledger: the file has problems")
	errSame  = errors.New("ledger: every matter of the file is there")
)

func (x *importer) done(err error) (ImportReport, error) {
	x.report.Problems, x.report.Wrong = x.problems.List(), x.problems.Total()
	if errors.Is(err, errWrong) || errors.Is(err, errSame) {
		err = nil
	}
	return x.report, err
}

// open opens the file, hashes it and settles its columns; table stays nil where the file is of no use.
func (x *importer) open() error {
	sum := sha256.New()
	if _, err := io.Copy(sum, io.NewSectionReader(x.in.File, 0, x.in.Size)); err != nil {
		return err
	}
	x.report.Digest = hex.EncodeToString(sum.Sum(nil))
	t, err := x.reader()
	var bad *table.Problem
	if errors.As(err, &bad) {
		x.problems.Add(*bad)
		return nil
	}
	if err != nil {
		return err
	}
	x.report.Titles, x.report.Columns = t.Titles(), x.in.Columns
	if x.in.Columns == nil {
		x.report.Columns = x.d.Guess(t.Titles())
	}
	if !x.settle(t) {
		return t.Close()
	}
	x.table = t
	if _, numbered := x.places[ColNumber]; numbered {
		return x.numbers()
	}
	return nil
}

func (x *importer) reader() (*table.Reader, error) {
	return table.Open(x.in.Name, x.in.File, x.in.Size, table.Options{Gzip: x.in.Gzip})
}

// settle gives the file's columns their keys; a column that every new matter needs and that is missing, or one that is
// taken twice, is a problem.
func (x *importer) settle(t *table.Reader) bool {
	for i, key := range x.report.Columns {
		c, ok := x.d.column(key)
		if !ok || !c.Read || i >= len(x.report.Titles) {
			continue
		}
		if _, doubled := x.places[key]; doubled {
			x.problems.Add(table.Problem{Line: t.HeaderLine(), Column: x.titles[key], Code: table.DoubledColumn,
				Args: map[string]string{"columns": x.titles[key] + ", " + x.report.Titles[i]}})
		}
		x.places[key], x.titles[key] = i, x.report.Titles[i]
	}
	for _, c := range x.d.Exchange() {
		if _, there := x.places[c.Key]; c.Must && !there {
			x.problems.Add(table.Problem{Line: t.HeaderLine(), Code: NoColumn,
				Args: map[string]string{"Zh": x.d.Head(c, "zh"), "En": x.d.Head(c, "en")}})
		}
	}
	t.Pick(x.places)
	return x.problems.Empty()
}

// each takes every row; r is a transaction where it is in earnest.
func (x *importer) each(ctx context.Context, r store.Reader) error {
	x.finder = newFinder(r, x.Service)
	err := r.QueryRow(ctx, `SELECT COALESCE(MAX(id), 0) FROM matter`).Scan(&x.last)
	tx, earnest := r.(*store.Tx)
	if err == nil && earnest {
		if x.version, err = x.types.keep(ctx, tx, x.d); err == nil {
			err = x.keepFree(ctx, tx)
		}
	}
	if err != nil {
		return err
	}
	err = x.table.Each(&x.problems, func(row table.Row) error {
		x.report.Rows++
		if x.report.Rows%64 == 0 && x.in.Progress != nil {
			x.in.Progress(int64(x.table.Progress() * 950))
		}
		born, err := x.take(ctx, r, row)
		if err != nil || born == nil {
			return err
		}
		if earnest && x.problems.Empty() {
			err = x.write(ctx, tx, born)
		}
		x.report.Created++
		i := Imported{Line: row.Line, Number: born.matter.Number, Title: born.matter.Title, State: born.matter.State, Unit: born.matter.Owner.ID}
		if x.d.Held.Answer(born.matter.Values) == HeldOpen {
			i.Open = true
			x.report.Open++
		}
		for _, f := range x.types.HeldIn(x.d, born.matter.Values) {
			i.Held = append(i.Held, f.ID)
		}
		x.note(i)
		return err
	})
	switch {
	case err != nil:
		return err
	case !x.problems.Empty():
		return errWrong
	case earnest && x.report.Created == 0:
		return errSame
	}
	return nil
}

func (x *importer) note(i Imported) {
	if len(x.report.Some) < KeptRows {
		x.report.Some = append(x.report.Some, i)
	}
}

// detail is what the log says of the import: one entry that names every matter made.
func (x *importer) detail() audit.Detail {
	d := audit.Detail{ID: x.made[0], Note: map[string]string{"step": StepImport, "type": x.d.ID, "file": x.report.File, "file_sha256": x.report.Digest,
		"rows": strconv.FormatInt(x.report.Rows, 10), "created": strconv.FormatInt(x.report.Created, 10), "number": x.first}}
	for _, id := range x.made[1:] {
		d.Also = append(d.Also, audit.Subject{Kind: "matter", ID: id})
	}
	for _, id := range slices.Sorted(maps.Keys(x.units)) {
		d.Also = append(d.Also, audit.Subject{Kind: "unit", ID: id})
	}
	return d
}
