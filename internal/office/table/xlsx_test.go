package table

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
)

func TestReadWorkbook(t *testing.T) {
	data := workbook(t, func(f *excelize.File) {
		must(t, f.SetSheetRow("Sheet1", "A1", &[]any{"单位名单"}))
		must(t, f.MergeCell("Sheet1", "A1", "D1"))
		must(t, f.SetSheetRow("Sheet1", "A3", &[]any{"编码", "名称", "成立日期", "分数"}))
		must(t, f.SetSheetRow("Sheet1", "A4", &[]any{210902001001, "海州区\n第二行", time.Date(2022, 1, 25, 0, 0, 0, 0, time.UTC), 92.5}))
		must(t, f.SetSheetRow("Sheet1", "A7", &[]any{"007", "", nil, 0.1 + 0.2}))
		must(t, f.SetCellValue("Sheet1", "C8", time.Date(2022, 1, 25, 14, 30, 0, 0, time.UTC)))
		must(t, f.SetCellBool("Sheet1", "D8", true))
		must(t, f.SetCellRichText("Sheet1", "B8", []excelize.RichTextRun{{Text: "两"}, {Text: "段", Font: &excelize.Font{Bold: true}}}))
	})
	r, err := open(data, Options{})
	must(t, err)
	if r.HeaderLine() != 3 || !slices.Equal(r.Header(), []string{"编码", "名称", "成立日期", "分数"}) {
		t.Errorf("header %q on row %d", r.Header(), r.HeaderLine())
	}
	rows, problems := readAll(t, data, Options{})
	want := []string{"4:210902001001|海州区\n第二行|2022-01-25|92.5", "7:007|||0.3", "8:|两段|2022-01-25 14:30:00|TRUE"}
	if !slices.Equal(rows, want) || problems != nil {
		t.Errorf("rows %q, problems %q", rows, problems)
	}
}

func TestWorkbookNumberFormats(t *testing.T) {
	formats := map[string]string{ // format: how 44586.5 or 10203 must come out
		"yyyy-mm-dd": "2022-01-25", `yyyy"年"m"月"d"日";@`: "2022-01-25", "[$-804]yyyy/m/d": "2022-01-25", "m/d/yy h:mm": "2022-01-25 12:00:00",
		"mmm": "2022-01-25", "0.00": "44586.5", "#,##0.00": "44586.5", `0"days"`: "44586.5", "[Red]0.0": "44586.5",
		"0.00%": "44586.5", "[h]:mm": "1070076:00:00",
	}
	order := make([]string, 0, len(formats))
	data := workbook(t, func(f *excelize.File) {
		must(t, f.SetSheetRow("Sheet1", "A1", &[]any{"a", "b"}))
		for format := range formats {
			order = append(order, format)
			cell := "B" + lineOf(len(order)+1)
			style, err := f.NewStyle(&excelize.Style{CustomNumFmt: &format})
			must(t, err)
			must(t, f.SetCellFloat("Sheet1", cell, 44586.5, -1, 64))
			must(t, f.SetCellStyle("Sheet1", cell, cell, style))
		}
	})
	r, err := open(data, Options{})
	must(t, err)
	for _, format := range order {
		row, err := r.Next()
		must(t, err)
		if got := row.Get("b"); got != formats[format] {
			t.Errorf("44586.5 under %s is %q, want %q", format, got, formats[format])
		}
	}
	for _, tc := range []struct {
		value, format string
		from904       bool
		want          string
	}{
		{"10203", "000000", false, "010203"}, {"1.5", "000000", false, "1.5"},
		{"2.10902001001E11", "General", false, "210902001001"}, {"1E-3", "", false, "0.001"},
		{"92.499999999999986", "", false, "92.5"}, {"-0.30000000000000004", "", false, "-0.3"},
		{"1", "yyyy", false, "1900-01-01"}, {"59", "yyyy", false, "1900-02-28"}, {"61", "yyyy", false, "1900-03-01"},
		{"0", "yyyy", true, "1904-01-01"}, {"2958465", "yyyy", false, "9999-12-31"}, {"2958466", "yyyy", false, "2958466"},
		{"-1", "yyyy", false, "-1"}, {"x", "yyyy", false, "x"}, {"0.75", "h:mm", false, "18:00:00"},
	} {
		b := &book{formats: []cellFormat{parseFormat(tc.format)}, from904: tc.from904}
		if got := b.number(tc.value, 0); got != tc.want {
			t.Errorf("%s under %q is %q, want %q", tc.value, tc.format, got, tc.want)
		}
	}
}

func TestWorkbookSheets(t *testing.T) {
	data := workbook(t, func(f *excelize.File) { // an empty sheet, a hidden one, and the one that counts
		for _, name := range []string{"hidden", "units"} {
			_, err := f.NewSheet(name)
			must(t, err)
			must(t, f.SetSheetRow(name, "A1", &[]any{"code", name}))
			must(t, f.SetSheetRow(name, "A2", &[]any{"1", "x"}))
		}
		must(t, f.SetSheetVisible("hidden", false))
	})
	r, err := open(data, Options{})
	must(t, err)
	if !slices.Equal(r.Titles(), []string{"code", "units"}) {
		t.Errorf("read from the sheet with %q", r.Titles())
	}
	_, problems := readAll(t, workbook(t, func(*excelize.File) {}), Options{})
	if !slices.Equal(problems, []string{"0::no_header"}) {
		t.Errorf("an empty workbook: %q", problems)
	}
}

func TestWorkbookCells(t *testing.T) {
	sheet := func(rows string) string {
		return bareBook(t, `<x:worksheet xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><x:sheetData>`+
			`<x:row r="1"><x:c r="A1" t="inlineStr"><x:is><x:t>code</x:t></x:is></x:c><x:c t="str"><x:v>score</x:v></x:c></x:row>`+
			rows+`</x:sheetData></x:worksheet>`)
	}
	for name, tc := range map[string]struct {
		rows           string
		want, problems []string
	}{
		"reading aid":   {`<x:row r="5"><x:c t="inlineStr"><x:is><x:t>海</x:t><x:rPh><x:t>hai</x:t></x:rPh></x:is></x:c></x:row>`, []string{"5:海"}, nil},
		"no row number": {`<x:row><x:c t="str"><x:v>a</x:v></x:c></x:row><x:row><x:c r="B3"><x:v>2</x:v></x:c></x:row>`, []string{"2:a", "3:|2"}, nil},
		"escape":        {`<x:row><x:c t="str"><x:v>a_x000A_b_x00_c_x5</x:v></x:c></x:row>`, []string{"2:a\nb_x00_c_x5"}, nil},
		"hidden byte":   {`<x:row><x:c t="str"><x:v>a_x0001_b</x:v></x:c></x:row>`, nil, []string{"2:code:control_character"}},
		"formula":       {`<x:row><x:c><x:f>1+1</x:f><x:v>2</x:v></x:c></x:row>`, []string{"2:2"}, nil},
		"no value":      {`<x:row r="2"><x:c r="B2"><x:f>1+1</x:f></x:c></x:row><x:row><x:c><x:v>3</x:v></x:c></x:row>`, []string{"3:3"}, []string{"2:score:no_value"}},
		"error value":   {`<x:row r="2"><x:c r="A2" t="e"><x:v>#REF!</x:v></x:c></x:row>`, nil, []string{"2:code:bad_cell"}},
		"date type":     {`<x:row><x:c t="d"><x:v>2022-01-25T00:00:00</x:v></x:c></x:row>`, []string{"2:2022-01-25"}, nil},
		"no string":     {`<x:row r="9"><x:c t="s"><x:v>0</x:v></x:c></x:row>`, nil, []string{"9::bad_spreadsheet"}},
		"far column":    {`<x:row r="9"><x:c r="XFD9"><x:v>1</x:v></x:c></x:row>`, nil, []string{"9::too_many_columns"}},
		"far and empty": {`<x:row r="9"><x:c r="A9"><x:v>1</x:v></x:c><x:c r="XFD9"/></x:row>`, []string{"9:1"}, nil},
		"more cells":    {`<x:row r="9"><x:c r="C9"><x:v>1</x:v></x:c></x:row>`, nil, []string{"9::extra_cells"}},
		"not closed":    {`<x:row r="9"><x:c>`, nil, []string{"9::bad_spreadsheet"}},
		"deep":          {`<x:row r="9"><x:c>` + strings.Repeat("<x:a>", 100), nil, []string{"9::bad_spreadsheet"}},
		"one column":    {``, nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			rows, problems := readAll(t, sheet(tc.rows), Options{})
			if !slices.Equal(rows, tc.want) || !slices.Equal(problems, tc.problems) {
				t.Errorf("rows %q, problems %q", rows, problems)
			}
		})
	}
}

func TestLoneTitlesInWorkbook(t *testing.T) {
	for want, column := range map[string][]string{
		"3 b":   {"List", "of units", "a|b", "1|2"},
		"1 one": {"one", "x", "y", "z", "v", "w", "a|b"},
		"1 two": {"two"},
	} {
		data := workbook(t, func(f *excelize.File) {
			for i, line := range column {
				for j, cell := range strings.Split(line, "|") {
					must(t, f.SetCellStr("Sheet1", columnName(j+1)+lineOf(i+1), cell))
				}
			}
		})
		r, err := open(data, Options{})
		must(t, err)
		if got := lineOf(r.HeaderLine()) + " " + r.Titles()[len(r.Titles())-1]; got != want {
			t.Errorf("header %q, want %q", got, want)
		}
		if rows, _ := readAll(t, data, Options{}); want == "1 one" && len(rows) != 5 { // the row of two cells is a problem
			t.Errorf("rows %q", rows)
		}
	}
}

func TestDamagedWorkbooks(t *testing.T) {
	bomb := zipOf(t, "_rels/.rels", rootRels, "xl/workbook.xml", strings.Repeat(" ", 3<<20))
	if _, problems := readAll(t, bomb, Options{MaxBytes: 2 << 20}); !slices.Equal(problems, []string{"0::too_large"}) {
		t.Errorf("a bomb: %q", problems)
	}
	long := bareBook(t, `<worksheet><sheetData><row r="1"><c t="str"><v>`+strings.Repeat("x", maxToken+1<<20)+`</v></c></row></sheetData></worksheet>`)
	if _, problems := readAll(t, long, Options{}); !slices.Equal(problems, []string{"1::bad_spreadsheet"}) {
		t.Errorf("an endless text: %q", problems)
	}
	for name, parts := range map[string][]string{
		"no workbook":  {"_rels/.rels", rootRels},
		"not XML":      {"_rels/.rels", "<<<"},
		"no sheet":     {"_rels/.rels", rootRels, "xl/workbook.xml", bookXML, "xl/_rels/workbook.xml.rels", bookRels},
		"cut workbook": {"_rels/.rels", rootRels, "xl/workbook.xml", bookXML[:40], "xl/_rels/workbook.xml.rels", bookRels},
		"other code":   {"_rels/.rels", rootRels, "xl/workbook.xml", `<?xml version="1.0" encoding="GBK"?><a/>`},
	} {
		if _, problems := readAll(t, zipOf(t, parts...), Options{}); !slices.Equal(problems, []string{"0::bad_spreadsheet"}) {
			t.Errorf("%s: %q", name, problems)
		}
	}
}

func FuzzReadWorkbook(f *testing.F) {
	f.Add([]byte(workbook(f, func(w *excelize.File) {
		must(f, w.SetSheetRow("Sheet1", "A1", &[]any{"code", "date"}))
		must(f, w.SetSheetRow("Sheet1", "A2", &[]any{1, time.Date(2022, 1, 25, 0, 0, 0, 0, time.UTC)}))
	})))
	f.Fuzz(func(t *testing.T, data []byte) {
		readAll(t, string(data), Options{MaxBytes: 1 << 20, MaxColumns: 20, MaxRows: 1000})
	})
}

func FuzzReadSheet(f *testing.F) {
	f.Add(`<row r="1"><c t="str"><v>a</v></c><c><v>1</v></c></row><row><c t="e"><v>x</v></c><c><f>1</f></c></row>`)
	f.Fuzz(func(t *testing.T, rows string) {
		readAll(t, bareBook(t, "<worksheet><sheetData>"+rows+"</sheetData></worksheet>"), Options{MaxRows: 1000})
	})
}

func FuzzParseFormat(f *testing.F) {
	for _, s := range []string{`yyyy"年"m"月"`, "[h]:mm", `"`, "[", `\`, "0;-0", "General"} {
		f.Add(s, "44586.5")
	}
	f.Fuzz(func(t *testing.T, format, value string) {
		b := &book{formats: []cellFormat{parseFormat(format)}}
		if b.number(value, 0) == "" && value != "" {
			t.Fatalf("%q under %q vanished", value, format)
		}
	})
}
