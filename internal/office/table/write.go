package table

import (
	"bufio"
	"encoding/csv"
	"errors"
	"io"
	"iter"
	"strings"
)

// Kind says how the cells of a written column are to be understood.
type Kind int

// The kinds of a column. Cells are always given as text: exact decimals stay exact.
const (
	Text   Kind = iota
	Number      // a plain decimal number becomes a number in XLSX; other text stays text
	Date        // YYYY-MM-DD becomes a date in XLSX; other text stays text
)

// Column is one column of a written table. Width is in characters of half width; 0 chooses one.
type Column struct {
	Title string
	Kind  Kind
	Width float64
}

// Sheet is a table to be written. Rows may end with an error, which then ends the writing.
type Sheet struct {
	Name    string
	Columns []Column
	Rows    iter.Seq2[[]string, error]
}

// RowsOf gives the rows of a slice, for Sheet.Rows.
func RowsOf(rows [][]string) iter.Seq2[[]string, error] {
	return func(yield func([]string, error) bool) {
		for _, row := range rows {
			if !yield(row, nil) {
				return
			}
		}
	}
}

// WriteCSV writes a table as spreadsheet programs like it: UTF-8 with a byte order mark, lines that
// end in CR LF. Cells that a spreadsheet would take for a formula are guarded (see Guard).
func WriteCSV(w io.Writer, sheet Sheet) error {
	buffered := bufio.NewWriterSize(w, 64<<10)
	if _, err := buffered.Write(utf8BOM); err != nil {
		return err
	}
	out := csv.NewWriter(buffered)
	out.UseCRLF = true
	record := make([]string, len(sheet.Columns))
	for i, c := range sheet.Columns {
		record[i] = Guard(c.Title)
	}
	if err := out.Write(record); err != nil {
		return err
	}
	for row, err := range sheet.Rows {
		if err != nil {
			return err
		}
		record = record[:0]
		for _, cell := range row {
			record = append(record, Guard(cell))
		}
		if err := out.Write(record); err != nil {
			return err
		}
	}
	out.Flush()
	return errors.Join(out.Error(), buffered.Flush())
}

// Guard puts an apostrophe before a text that a spreadsheet might run as a formula: one that begins
// with = + - @, a tab or a carriage return, in half or full width, unless it is a plain number.
func Guard(s string) string {
	if s == "" || PlainNumber(s) {
		return s
	}
	for _, lead := range []string{"=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"} {
		if strings.HasPrefix(s, lead) {
			return "'" + s
		}
	}
	return s
}

// PlainNumber reports whether s is a decimal number: digits with at most one sign before and one
// point within.
func PlainNumber(s string) bool {
	if s != "" && (s[0] == '+' || s[0] == '-') {
		s = s[1:]
	}
	whole, fraction, point := strings.Cut(s, ".")
	return digits(whole, len(whole)) && (!point || digits(fraction, len(fraction)))
}
