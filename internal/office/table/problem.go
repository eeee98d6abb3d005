package table

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
)

// Problem is one thing wrong with a file that was sent in. Line is the line or sheet row, 0 where the
// file as a whole is meant. Column is the column's name, empty where the whole row is meant. Code
// names the sentence in the catalogues, Args its parameters.
type Problem struct {
	Line   int               `json:"line"`
	Column string            `json:"column,omitempty"`
	Code   string            `json:"code"`
	Args   map[string]string `json:"args,omitempty"`
}

// Error is for logs and tests; people read the catalogue's sentence.
func (p *Problem) Error() string {
	return fmt.Sprintf("line %d, column %q: %s %v", p.Line, p.Column, p.Code, p.Args)
}

func (p *Problem) with(key, value string) *Problem {
	args := maps.Clone(p.Args)
	if args == nil {
		args = map[string]string{}
	}
	args[key] = value
	return &Problem{p.Line, p.Column, p.Code, args}
}

func limit(n int) map[string]string { return map[string]string{"limit": strconv.Itoa(n)} }

// The codes of this package's own problems. Those above the blank line are about the whole file and
// carry its name in Args["file"] when Line is 0; those with a bound carry it in Args["limit"].
const (
	EmptyFile      = "empty_file"       // no bytes
	NoHeader       = "no_header"        // nothing but blank rows
	BadEncoding    = "bad_encoding"     // neither UTF-8 nor GB18030; Line is the first line that fails
	UTF16          = "utf16"            // "Unicode text" of a spreadsheet program: save as CSV UTF-8
	Binary         = "binary"           // no text at all
	HTML           = "html"             // a web page under a spreadsheet's name
	OldExcel       = "old_excel"        // .xls, or an .xlsx under a password
	NotSpreadsheet = "not_spreadsheet"  // a ZIP file without a workbook in it
	BadSpreadsheet = "bad_spreadsheet"  // a damaged workbook; Line is the sheet row where known
	GzipRefused    = "gzip_refused"     // gzipped, where that is not accepted
	BadGzip        = "bad_gzip"         // damaged gzip
	TooLarge       = "too_large"        // more than Options.MaxBytes unpacked
	TooManyRows    = "too_many_rows"    // more than Options.MaxRows
	TooManyColumns = "too_many_columns" // more than Options.MaxColumns
	RowTooLong     = "row_too_long"     // one row of many megabytes

	MissingColumn    = "missing_column"    // Args["accepted"]: the headers that would do
	DoubledColumn    = "doubled_column"    // Args["columns"]: the headers that mean the same
	BadQuote         = "bad_quote"         // quotation marks that do not match
	ExtraCells       = "extra_cells"       // more cells than the header has
	CellTooLong      = "cell_too_long"     // more than Options.MaxCell
	ControlCharacter = "control_character" // invisible control characters in a cell
	BadCell          = "bad_cell"          // a spreadsheet's error value, in Args["value"]
	NoValue          = "no_value"          // a formula that was never calculated
)

// Codes lists every code of this package, so that catalogues can be checked against it.
var Codes = []string{EmptyFile, NoHeader, BadEncoding, UTF16, Binary, HTML, OldExcel, NotSpreadsheet, BadSpreadsheet,
	GzipRefused, BadGzip, TooLarge, TooManyRows, TooManyColumns, RowTooLong, MissingColumn, DoubledColumn, BadQuote,
	ExtraCells, CellTooLong, ControlCharacter, BadCell, NoValue}

// KeptProblems is how many problems are kept of those that are counted.
const KeptProblems = 1000

// Problems counts problems and keeps the first KeptProblems of them. The zero value is ready.
type Problems struct {
	kept  []Problem
	total int
}

// Add counts the problems given.
func (p *Problems) Add(problems ...Problem) {
	p.total += len(problems)
	if room := KeptProblems - len(p.kept); room > 0 {
		p.kept = append(p.kept, problems[:min(room, len(problems))]...)
	}
}

// Total is how many there were.
func (p *Problems) Total() int { return p.total }

// Empty reports whether there were none.
func (p *Problems) Empty() bool { return p.total == 0 }

// List gives the kept ones in order of their lines.
func (p *Problems) List() []Problem {
	list := slices.Clone(p.kept)
	slices.SortStableFunc(list, func(a, b Problem) int { return a.Line - b.Line })
	return list
}
