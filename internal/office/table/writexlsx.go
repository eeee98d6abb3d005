package table

import (
	"errors"
	"io"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"plumbline/internal/calendar"
)

// The bounds of a spreadsheet.
const (
	MaxSheetRows = excelize.TotalRows
	maxCellUnits = excelize.TotalCellChars
	// maxDigits is how many digits a number cell keeps; longer numbers are written as text.
	maxDigits = 15
)

// ErrTooManyRows says that a table has more rows than a spreadsheet can hold.
var ErrTooManyRows = errors.New("table: more rows than a spreadsheet holds")

// WriteXLSX writes tables as the sheets of a workbook: bold frozen header that is repeated on every
// printed page, landscape A4, number and date cells as such, everything else as text that is never a
// formula. A text longer than a cell can hold ends in an ellipsis.
func WriteXLSX(w io.Writer, sheets ...Sheet) (err error) {
	f := excelize.NewFile()
	defer func() { err = errors.Join(err, f.Close()) }()
	styles, err := newStyles(f)
	if err != nil {
		return err
	}
	used := map[string]bool{}
	for i, sheet := range sheets {
		name := sheetName(sheet.Name, i, used)
		if i == 0 {
			err = f.SetSheetName(f.GetSheetName(0), name)
		} else {
			_, err = f.NewSheet(name)
		}
		if err != nil {
			return err
		}
		if err := writeSheet(f, name, sheet, styles); err != nil {
			return err
		}
	}
	return f.Write(w)
}

// sheetStyles holds style numbers; numbers are by decimals, so that 92.50 stays 92.50 to the eye.
type sheetStyles struct {
	header, text, date int
	numbers            [maxDecimals + 1]int
}

const maxDecimals = 8

func newStyles(f *excelize.File) (s sheetStyles, err error) {
	border := []excelize.Border{{Type: "bottom", Color: "808080", Style: 1}}
	dateFormat := "yyyy-mm-dd"
	type definition struct {
		id  *int
		def excelize.Style
	}
	definitions := []definition{
		{&s.header, excelize.Style{Font: &excelize.Font{Bold: true}, Border: border,
			Fill:      excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"F2F2F2"}},
			Alignment: &excelize.Alignment{Vertical: "center", WrapText: true}}},
		{&s.text, excelize.Style{NumFmt: 49, Alignment: &excelize.Alignment{Vertical: "top", WrapText: true}}},
		{&s.date, excelize.Style{CustomNumFmt: &dateFormat, Alignment: &excelize.Alignment{Vertical: "top"}}},
	}
	for n := range s.numbers {
		format := strings.TrimSuffix("0."+strings.Repeat("0", n), ".")
		definitions = append(definitions, definition{&s.numbers[n],
			excelize.Style{CustomNumFmt: &format, Alignment: &excelize.Alignment{Vertical: "top"}}})
	}
	for _, style := range definitions {
		if *style.id, err = f.NewStyle(&style.def); err != nil {
			return s, err
		}
	}
	return s, nil
}

func writeSheet(f *excelize.File, name string, sheet Sheet, styles sheetStyles) error {
	if err := printSetup(f, name); err != nil {
		return err
	}
	out, err := f.NewStreamWriter(name)
	if err != nil {
		return err
	}
	header := make([]any, len(sheet.Columns))
	for i, c := range sheet.Columns {
		if err := out.SetColWidth(i+1, i+1, c.width()); err != nil {
			return err
		}
		header[i] = excelize.Cell{StyleID: styles.header, Value: fit(Guard(c.Title))}
	}
	if err := out.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	if err := out.SetRow("A1", header); err != nil {
		return err
	}
	line := 1
	for row, err := range sheet.Rows {
		if err != nil {
			return err
		}
		if line++; line > MaxSheetRows {
			return ErrTooManyRows
		}
		cells := make([]any, len(row))
		for i, text := range row {
			kind := Text
			if i < len(sheet.Columns) {
				kind = sheet.Columns[i].Kind
			}
			cells[i] = styles.cell(text, kind)
		}
		if err := out.SetRow("A"+strconv.Itoa(line), cells); err != nil {
			return err
		}
	}
	return out.Flush()
}

func printSetup(f *excelize.File, name string) error {
	landscape, a4, wide, high := "landscape", 9, 1, 0
	if err := f.SetPageLayout(name, &excelize.PageLayoutOptions{Orientation: &landscape, Size: &a4,
		FitToWidth: &wide, FitToHeight: &high}); err != nil {
		return err
	}
	fit := true
	if err := f.SetSheetProps(name, &excelize.SheetPropsOptions{FitToPage: &fit}); err != nil {
		return err
	}
	return f.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Titles",
		RefersTo: "'" + strings.ReplaceAll(name, "'", "''") + "'!$1:$1", Scope: name})
}

func (s sheetStyles) cell(text string, kind Kind) excelize.Cell {
	switch kind {
	case Number:
		if n, decimals, ok := numberCell(text); ok {
			return excelize.Cell{StyleID: s.numbers[decimals], Value: n}
		}
	case Date:
		if d, err := calendar.ParseDate(text); err == nil && d.Year() >= 1900 {
			return excelize.Cell{StyleID: s.date, Value: d.Start(time.UTC)}
		}
	}
	return excelize.Cell{StyleID: s.text, Value: fit(Guard(text))}
}

// numberCell gives the number of a text and its decimals where a spreadsheet keeps and shows all of
// it: not for numbers too long, and not for codes that begin with zeros.
func numberCell(text string) (n float64, decimals int, ok bool) {
	bare := strings.TrimLeft(text, "+-")
	whole, fraction, _ := strings.Cut(bare, ".")
	if !PlainNumber(text) || len(bare) > maxDigits || len(fraction) > maxDecimals || len(whole) > 1 && whole[0] == '0' {
		return 0, 0, false
	}
	n, err := strconv.ParseFloat(text, 64)
	return n, len(fraction), err == nil
}

// width of the column: that of the title where none is given, but room for a few words.
func (c Column) width() float64 {
	if c.Width > 0 {
		return min(c.Width, 255)
	}
	width := 4.0
	for _, r := range c.Title {
		width++
		if r > 0x2E7F {
			width++
		}
	}
	return min(max(width, 12), 60)
}

// fit cuts a text to what a cell holds, visibly, and replaces what XML cannot hold.
func fit(s string) string {
	s = strings.Map(func(r rune) rune {
		if isControl(r) || r == 0xFFFE || r == 0xFFFF {
			return utf8.RuneError
		}
		return r
	}, s)
	if len(s) <= maxCellUnits || utf16Length(s) <= maxCellUnits {
		return s
	}
	units := 0
	for i, r := range s {
		if units += utf16.RuneLen(r); units >= maxCellUnits {
			return s[:i] + "…"
		}
	}
	return s
}

func utf16Length(s string) int {
	n := 0
	for _, r := range s {
		n += utf16.RuneLen(r)
	}
	return n
}

// sheetName makes a name that a workbook accepts: at most 31 characters, none of :\/?*[], not used yet.
func sheetName(name string, index int, used map[string]bool) string {
	name = strings.Trim(strings.Map(func(r rune) rune {
		if strings.ContainsRune(`:\/?*[]`, r) || isControl(r) || r == '\n' || r == '\r' || r == '\t' {
			return ' '
		}
		return r
	}, name), " '")
	runes := []rune(name)
	name = strings.Trim(string(runes[:min(len(runes), 27)]), " '")
	if name == "" || used[strings.ToLower(name)] {
		name = strings.TrimSpace(name + " " + strconv.Itoa(index+1))
	}
	used[strings.ToLower(name)] = true
	return name
}
