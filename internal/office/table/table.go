// Package table reads and writes the tabular files that people send and fetch: CSV (UTF-8 or
// GB18030, plain or gzipped) and XLSX. What a file is, is read off its content, never its name.
// Reading streams: memory does not grow with the number of rows. Everything wrong with a file is a
// Problem with a line number and a code, never a sentence: wording belongs to the catalogues.
package table

import (
	"errors"
	"io"
	"slices"
	"strings"
	"unicode"
)

// Options bound what is accepted. A zero field means its default.
type Options struct {
	// Gzip accepts a gzipped CSV file. Only for files from the command line.
	Gzip bool
	// MaxBytes bounds the unpacked size of the file (512 MiB).
	MaxBytes int64
	// MaxRows bounds the rows below the header (2,000,000).
	MaxRows int
	// MaxColumns bounds the columns (200).
	MaxColumns int
	// MaxCell bounds a cell, in bytes of UTF-8 (128 KiB; a spreadsheet's own bound is 32,767 characters).
	MaxCell int
}

// maxRecord bounds the bytes of one CSV record: what an unclosed quotation mark can swallow.
const maxRecord = 4 << 20

func (o Options) withDefaults() Options {
	if o.MaxBytes <= 0 {
		o.MaxBytes = 512 << 20
	}
	if o.MaxRows <= 0 {
		o.MaxRows = 2_000_000
	}
	if o.MaxColumns <= 0 {
		o.MaxColumns = 200
	}
	if o.MaxCell <= 0 {
		o.MaxCell = 128 << 10
	}
	return o
}

// source is a kind of file: it gives the records in order, blank ones included.
type source interface {
	// next gives a record and the line or sheet row where it starts. cells is memory that may be
	// reused for the answer. A Problem is about this record alone; an error ends the file: io.EOF,
	// a *Problem, or a failure to read.
	next(cells []string) (line int, record []string, bad *Problem, err error)
	// progress gives the share of the file that was read, from 0 to 1.
	progress() float64
	io.Closer
}

// Reader gives the rows of one file. It belongs to one goroutine.
type Reader struct {
	src        source
	opt        Options
	titles     []string
	header     []string
	headerLine int
	ahead      []held // read while looking for the header
	columns    map[string]int
	// controls says that cells may hold control characters, so that they must be looked through.
	controls bool
	rows     int
	cells    []string
	ended    bool
}

// Open looks at a file of size bytes and reads its header. name is the file's name as people know
// it; it is only repeated in the problems. A file that cannot be used is a *Problem, on line 0 where
// it is about the file as a whole; any other error is a failure to read r. A spreadsheet is read from
// its first visible sheet that has a row. Blank rows above the header, and a lone title above a
// header of several columns, are skipped.
func Open(name string, r io.ReaderAt, size int64, opt Options) (*Reader, error) {
	opt = opt.withDefaults()
	t := &Reader{opt: opt}
	err := t.open(r, size)
	var bad *Problem
	if errors.As(err, &bad) && bad.Line == 0 {
		err = bad.with("file", name)
	}
	if err != nil {
		return nil, err
	}
	return t, nil
}

func (t *Reader) open(r io.ReaderAt, size int64) error {
	switch kind, err := sniff(r, size); {
	case err != nil:
		return err
	case kind == kindXLSX:
		return t.openWorkbook(r, size)
	case kind == kindGzip && !t.opt.Gzip:
		return &Problem{Code: GzipRefused}
	default:
		src, controls, err := openText(r, size, kind == kindGzip, t.opt)
		if err != nil {
			return err
		}
		t.src, t.controls = src, controls
		return t.readHeader(false)
	}
}

// openWorkbook takes the first visible sheet with a row in it.
func (t *Reader) openWorkbook(r io.ReaderAt, size int64) error {
	book, err := openBook(r, size, t.opt)
	if err != nil {
		return err
	}
	t.controls = true // a spreadsheet hides them as _x0001_
	for _, path := range book.sheets {
		if t.src, err = book.open(path, t.opt); err != nil {
			return err
		}
		if err = t.readHeader(true); !isNoHeader(err) {
			return err
		}
	}
	return &Problem{Code: NoHeader}
}

func isNoHeader(err error) bool {
	var bad *Problem
	return errors.As(err, &bad) && bad.Code == NoHeader
}

// maxTitles is how many lone titles may stand above the header.
const maxTitles = 3

// held is a record that was read while looking for the header.
type held struct {
	line  int
	cells []string
}

// readHeader takes the first row that is not blank, or the first of several filled cells where only
// lone titles stand above it. sheet says that empty cells may be left out of a record, so that one
// cell alone may be a title too; in a CSV file it is a file of one column.
func (t *Reader) readHeader(sheet bool) error {
	var above []held
	for {
		line, cells, bad, err := t.src.next(nil)
		if err == nil && bad != nil {
			err = bad
		}
		if err != nil && (!errors.Is(err, io.EOF) || len(above) == 0) {
			_ = t.src.Close()
			if errors.Is(err, io.EOF) {
				return &Problem{Code: NoHeader}
			}
			return err
		}
		filled := 0
		for _, c := range cells {
			if trim(c) != "" {
				filled++
			}
		}
		switch {
		case err == nil && filled == 0:
			continue
		case err == nil && filled > 1, err == nil && len(above) == 0 && !sheet && len(cells) == 1:
			return t.setHeader(held{line, cells})
		case err == nil:
			above = append(above, held{line, cells})
		}
		if err != nil || len(above) > maxTitles {
			t.ahead = above[1:]
			return t.setHeader(above[0])
		}
	}
}

func (t *Reader) setHeader(row held) error {
	cells := row.cells
	for len(cells) > 0 && trim(cells[len(cells)-1]) == "" {
		cells = cells[:len(cells)-1]
	}
	if len(cells) > t.opt.MaxColumns {
		_ = t.src.Close()
		return &Problem{Line: row.line, Code: TooManyColumns, Args: limit(t.opt.MaxColumns)}
	}
	t.headerLine = row.line
	t.columns = map[string]int{}
	for i, c := range cells {
		t.titles = append(t.titles, trim(c))
		name := normalise(c)
		t.header = append(t.header, name)
		if _, doubled := t.columns[name]; !doubled {
			t.columns[name] = i
		}
	}
	return nil
}

// Header gives the column names as they are compared: trimmed, in lower case.
func (t *Reader) Header() []string { return slices.Clone(t.header) }

// Titles gives the column names as they stand in the file.
func (t *Reader) Titles() []string { return slices.Clone(t.titles) }

// HeaderLine is the line or sheet row of the header.
func (t *Reader) HeaderLine() int { return t.headerLine }

// Progress gives the share of the file that was read so far, from 0 to 1.
func (t *Reader) Progress() float64 { return t.src.progress() }

// Close frees what the reader holds. The file itself stays open.
func (t *Reader) Close() error { return t.src.Close() }

// Next gives the next row that is not blank, and io.EOF at the end. A *Problem says what is wrong
// with a row; then call Next again: it goes on with the row after it, or gives io.EOF where the file
// cannot be read any further. Any other error is a failure to read. The row's memory is used again
// by the next call; the texts in it may be kept.
func (t *Reader) Next() (Row, error) {
	for !t.ended {
		line, cells, bad, err := t.next()
		if err != nil {
			t.ended = true
			return Row{Line: line}, err
		}
		if bad != nil {
			// A spreadsheet names the column by its letter; people know it by its title.
			if title := t.title(columnOf(bad.Column) - 1); title != "" {
				bad.Column = title
			}
			return Row{Line: line}, bad
		}
		if blank(cells) {
			continue
		}
		if t.rows++; t.rows > t.opt.MaxRows {
			t.ended = true
			return Row{Line: line}, &Problem{Line: line, Code: TooManyRows, Args: limit(t.opt.MaxRows)}
		}
		if bad := t.check(line, cells); bad != nil {
			return Row{Line: line}, bad
		}
		return Row{Line: line, t: t, cells: cells}, nil
	}
	return Row{}, io.EOF
}

func (t *Reader) next() (line int, cells []string, bad *Problem, err error) {
	if len(t.ahead) > 0 {
		row := t.ahead[0]
		t.ahead = t.ahead[1:]
		return row.line, row.cells, nil, nil
	}
	line, t.cells, bad, err = t.src.next(t.cells)
	return line, t.cells, bad, err
}

// Each calls fn with every sound row to the end of the file and adds every problem of the file to
// problems, those that end the file included. It stops at an error of fn or a failure to read, and
// gives that.
func (t *Reader) Each(problems *Problems, fn func(Row) error) error {
	for {
		row, err := t.Next()
		var bad *Problem
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case errors.As(err, &bad):
			problems.Add(*bad)
		case err != nil:
			return err
		default:
			if err := fn(row); err != nil {
				return err
			}
		}
	}
}

func (t *Reader) check(line int, cells []string) *Problem {
	if len(cells) > len(t.header) {
		for i := len(t.header); i < len(cells); i++ {
			if trim(cells[i]) != "" {
				return &Problem{Line: line, Code: ExtraCells, Args: limit(len(t.header))}
			}
		}
	}
	for i, c := range cells {
		if len(c) > t.opt.MaxCell {
			return &Problem{Line: line, Column: t.title(i), Code: CellTooLong, Args: limit(t.opt.MaxCell)}
		}
		if t.controls && strings.ContainsFunc(c, isControl) {
			return &Problem{Line: line, Column: t.title(i), Code: ControlCharacter}
		}
	}
	return nil
}

func (t *Reader) title(i int) string {
	if i >= 0 && i < len(t.titles) {
		return t.titles[i]
	}
	return ""
}

func blank(cells []string) bool {
	for _, c := range cells {
		if trim(c) != "" {
			return false
		}
	}
	return true
}

// Row is one row of a file.
type Row struct {
	// Line is where the row begins: the line number that an editor shows, or the sheet row.
	Line  int
	t     *Reader
	cells []string
}

// Get gives the cell under a column, trimmed: by the name it was mapped to or, before Map, by its
// normalised header. A column that the file does not have is empty.
func (r Row) Get(column string) string {
	i, ok := r.t.columns[column]
	if !ok || i >= len(r.cells) {
		return ""
	}
	return trim(r.cells[i])
}

// Place is where a column stands, for At: -1 where the file does not have it. Files of many rows ask once, not in every
// row.
func (t *Reader) Place(column string) int {
	if i, ok := t.columns[column]; ok {
		return i
	}
	return -1
}

// At gives the cell at a column's place, trimmed.
func (r Row) At(place int) string {
	if place < 0 || place >= len(r.cells) {
		return ""
	}
	return trim(r.cells[place])
}

// Cells gives the row as it stands in the file, in the order of Titles; it may be shorter.
func (r Row) Cells() []string { return r.cells }

// Problem makes a problem of this row.
func (r Row) Problem(column, code string, args map[string]string) Problem {
	return Problem{Line: r.Line, Column: column, Code: code, Args: args}
}

// trim also takes away what is as good as white space to the eye.
func trim(s string) string {
	if s == "" || (s[0] > ' ' && s[0] < 0x7f && s[len(s)-1] > ' ' && s[len(s)-1] < 0x7f) {
		return s
	}
	return strings.TrimFunc(s, func(r rune) bool {
		return unicode.IsSpace(r) || r == '\uFEFF' || r == '\u200B'
	})
}

func normalise(s string) string { return strings.ToLower(trim(s)) }

func isControl(r rune) bool {
	return r < ' ' && r != '\n' && r != '\r' && r != '\t' || r == 0x7f
}
