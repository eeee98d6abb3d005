package table

import (
	"encoding/csv"
	"errors"
	"io"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"pgregory.net/rapid"
)

func TestReadCSV(t *testing.T) {
	for name, tc := range map[string]struct {
		data           string
		rows, problems []string
	}{
		"plain":            {"code,name\n1,a\n2,b\n", []string{"2:1|a", "3:2|b"}, nil},
		"no end of line":   {"code,name\n1,a", []string{"2:1|a"}, nil},
		"CR LF":            {"code,name\r\n1,a\r\n", []string{"2:1|a"}, nil},
		"CR alone":         {"code,name\r1,a\r2,\"b\rc\"\r", []string{"2:1|a", "3:2|b\nc"}, nil},
		"mark":             {"\uFEFFcode,name\n1,a\n", []string{"2:1|a"}, nil},
		"tabs":             {"code\tname\n1\ta,b\n", []string{"2:1|a,b"}, nil},
		"semicolons":       {"code;name\n1;a\n", []string{"2:1|a"}, nil},
		"blank lines":      {"\n\ncode,name\n\n1,a\n,\n \u3000,\n2,b\n\n", []string{"5:1|a", "8:2|b"}, nil},
		"title above":      {"List of units,\n\ncode,name\n1,a\n", []string{"4:1|a"}, nil},
		"one column":       {"code\n1\n2\n", []string{"2:1", "3:2"}, nil},
		"quoted":           {"code,name\n1,\"a,b\"\n2,\"say \"\"hi\"\"\"\n3,\"\"\n", []string{"2:1|a,b", `3:2|say "hi"`, "4:3|"}, nil},
		"over lines":       {"code,name\n1,\"a\r\nb\n\nc\"\n2,d\n", []string{"2:1|a\nb\n\nc", "6:2|d"}, nil},
		"mark inside":      {"code,name\n1,12\" pipe\n", []string{`2:1|12" pipe`}, nil},
		"short row":        {"code,name,note\n1,a\n", []string{"2:1|a"}, nil},
		"empty cells more": {"code,name\n1,a,,\n", []string{"2:1|a||"}, nil},
		"cells more":       {"code,name\n1,a,b\n2,c\n", []string{"3:2|c"}, []string{"2::extra_cells"}},
		"text after mark":  {"code,name\n1,\"a\"b\n2,c\n", []string{"3:2|c"}, []string{"2::bad_quote"}},
		"open mark":        {"code,name\n1,a\n2,\"b\n3,c\n", []string{"2:1|a"}, []string{"3::bad_quote"}},
		"control":          {"code,name\n1,a\x01b\n2,c\n", []string{"3:2|c"}, []string{"2:name:control_character"}},
		"long cell":        {"code,name\n1," + strings.Repeat("x", 101) + "\n2,c\n", []string{"3:2|c"}, []string{"2:name:cell_too_long"}},
		"many rows":        {"code,name\n1,a\n2,b\n3,c\n4,d\n", []string{"2:1|a", "3:2|b", "4:3|c"}, []string{"5::too_many_rows"}},
		"many columns":     {"a,b,c,d,e\n1,2,3,4,5\n", nil, []string{"1::too_many_columns"}},
		"header alone":     {"code,name\n", nil, nil},
		"empty":            {"", nil, []string{"0::empty_file"}},
		"blank":            {"\n \n,,\n", nil, []string{"0::no_header"}},
		"too large":        {"code,name\n" + strings.Repeat("1,a\n", 500), nil, []string{"0::too_large"}},
	} {
		t.Run(name, func(t *testing.T) {
			rows, problems := readAll(t, tc.data, Options{MaxCell: 100, MaxRows: 3, MaxColumns: 4, MaxBytes: 1000})
			if !slices.Equal(rows, tc.rows) || !slices.Equal(problems, tc.problems) {
				t.Errorf("rows %q, problems %q", rows, problems)
			}
		})
	}
}

func TestLongLines(t *testing.T) {
	long := strings.Repeat("长", 200_000)
	rows, problems := readAll(t, "code,name\n1,"+long+"\n2,\""+long+"\n"+long+"\"\n3,c\n", Options{MaxCell: 2_000_000})
	want := []string{"2:1|" + long, "3:2|" + long + "\n" + long, "5:3|c"}
	if !slices.Equal(rows, want) || problems != nil {
		t.Errorf("%d rows, %q", len(rows), problems)
	}
	_, problems = readAll(t, "code,name\n1,"+strings.Repeat("x", maxRecord+1)+"\n", Options{})
	if !slices.Equal(problems, []string{"2::row_too_long"}) {
		t.Errorf("problems %q", problems)
	}
	_, problems = readAll(t, "code,name\n1,\""+strings.Repeat("x\n", maxRecord), Options{})
	if !slices.Equal(problems, []string{"2::bad_quote"}) {
		t.Errorf("problems %q", problems)
	}
}

func TestEncodings(t *testing.T) {
	const units = "编码,名称\n210902,海州区\n210903,镕基镇\n"
	want := []string{"2:210902|海州区", "3:210903|镕基镇"}
	utf16 := func(order string) string {
		out := order
		for _, r := range "a,b\n1,2\n" {
			out += map[string]string{"\xFF\xFE": string(r) + "\x00", "\xFE\xFF": "\x00" + string(r), "": string(r) + "\x00"}[order]
		}
		return out
	}
	for name, tc := range map[string]struct {
		data     string
		rows     []string
		problems []string
	}{
		"UTF-8":               {units, want, nil},
		"UTF-8 with mark":     {"\uFEFF" + units, want, nil},
		"GBK":                 {gb(t, units), want, nil},
		"GBK at the very end": {"code,name\n" + strings.Repeat("1,a\n", 60_000) + gb(t, "2,海州区"), nil, nil},
		"GB18030 four bytes":  {gb(t, "编码,名称\n1,𠮷林区\n"), []string{"2:1|𠮷林区"}, nil},
		"Latin-1":             {"code,name\n1,M\xFCnchen\n2,Orl\xE9ans\n", nil, []string{"2::bad_encoding"}},
		"Latin-1 later":       {"code,name\n1,a\n2,caf\xE9\n", nil, []string{"3::bad_encoding"}},
		"broken UTF-8":        {"编码,名称\n1,海州区\n2,海\xE5\xB7\n", nil, []string{"3::bad_encoding"}},
		"Big5":                {"code,name\n1,\xA5\x78\xA5\x5F\xA5\xAB\n", nil, []string{"2::bad_encoding"}},
		"Shift-JIS":           {"code,name\n1,\x82\xA0\x82\xA2\x82\xA4\n", nil, []string{"2::bad_encoding"}},
		"UTF-16 LE":           {utf16("\xFF\xFE"), nil, []string{"0::utf16"}},
		"UTF-16 BE":           {utf16("\xFE\xFF"), nil, []string{"0::utf16"}},
		"UTF-16 unmarked":     {utf16(""), nil, []string{"0::utf16"}},
		"zeros":               {"code,name\n" + strings.Repeat("\x00", 900), nil, []string{"0::binary"}},
		"a picture":           {"\x89PNG\r\n\x1a\n", nil, []string{"0::binary"}},
		"an old workbook":     {"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", nil, []string{"0::old_excel"}},
		"a web page":          {"\uFEFF  <html><table>", nil, []string{"0::html"}},
		"a gzip file":         {zipped(t, units), nil, []string{"0::gzip_refused"}},
		"a ZIP file":          {zipOf(t, "word/document.xml", "<a/>"), nil, []string{"0::not_spreadsheet"}},
		"half a ZIP file":     {"PK\x03\x04 and so on", nil, []string{"0::bad_spreadsheet"}},
	} {
		t.Run(name, func(t *testing.T) {
			rows, problems := readAll(t, tc.data, Options{})
			if name == "GBK at the very end" {
				if len(rows) != 60_001 || rows[60_000] != "60002:2|海州区" {
					t.Errorf("%d rows, %q", len(rows), problems)
				}
				return
			}
			if !slices.Equal(rows, tc.rows) || !slices.Equal(problems, tc.problems) {
				t.Errorf("rows %q, problems %q", rows, problems)
			}
		})
	}
}

func TestGzip(t *testing.T) {
	packed := zipped(t, "code,name\n1,海州区\n")
	rows, problems := readAll(t, packed, Options{Gzip: true})
	if !slices.Equal(rows, []string{"2:1|海州区"}) || problems != nil {
		t.Errorf("rows %q, problems %q", rows, problems)
	}
	for _, damaged := range []string{packed[:len(packed)-3], packed[:12], packed[:len(packed)-8] + "12345678", "\x1F\x8Bgarbage, not gzip"} {
		if _, problems := readAll(t, damaged, Options{Gzip: true}); !slices.Equal(problems, []string{"0::bad_gzip"}) {
			t.Errorf("problems %q", problems)
		}
	}
	bomb := zipped(t, strings.Repeat("0", 3<<20))
	if _, problems := readAll(t, bomb, Options{Gzip: true, MaxBytes: 2 << 20}); !slices.Equal(problems, []string{"0::too_large"}) {
		t.Errorf("problems %q", problems)
	}
}

func TestFileNameIsInProblems(t *testing.T) {
	_, err := open("", Options{})
	var p *Problem
	if !errors.As(err, &p) || p.Args["file"] != "units.csv" {
		t.Errorf("%v", err)
	}
}

type brokenDisk struct{}

func (brokenDisk) ReadAt([]byte, int64) (int, error) { return 0, iotest.ErrTimeout }

func TestFailureToReadIsNoProblem(t *testing.T) {
	_, err := Open("x", brokenDisk{}, 100, Options{})
	if !errors.Is(err, iotest.ErrTimeout) {
		t.Errorf("%v", err)
	}
}

// TestAgainstStandardLibrary compares with encoding/csv on files that are right.
func TestAgainstStandardLibrary(t *testing.T) {
	cell := rapid.StringMatching(`[ a-z,;"\n海州\t]{0,12}`)
	rapid.Check(t, func(t *rapid.T) {
		var text strings.Builder
		w := csv.NewWriter(&text)
		w.UseCRLF = rapid.Bool().Draw(t, "CRLF")
		want := rapid.SliceOfN(rapid.SliceOfN(cell, 3, 3), 0, 20).Draw(t, "rows")
		if err := w.WriteAll(append([][]string{{"a", "b", "c"}}, want...)); err != nil {
			t.Fatal(err)
		}
		r, err := open(text.String(), Options{})
		if err != nil {
			t.Fatal(err)
		}
		want = slices.DeleteFunc(want, blank)
		var got [][]string
		for {
			row, err := r.Next()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, slices.Clone(row.Cells()))
		}
		if len(got)+len(want) > 0 && !reflect.DeepEqual(got, want) {
			t.Fatalf("%q instead of %q", got, want)
		}
	})
}

func FuzzReadCSV(f *testing.F) {
	for _, s := range []string{"a,b\n1,2\n", "a\tb\r1\t\"2\r\"\r", "\uFEFFa;b\n\"x\"y;z", "\xB1\xE0\xC2\xEB,\xC3\xFB\n1,2\n", "a,b\n\"\"\"", "a,\n1,2,3"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, data string) {
		rows, problems := readAll(t, data, Options{MaxColumns: 20, Gzip: true})
		last := 0
		for _, row := range rows {
			line, _, _ := strings.Cut(row, ":")
			n := number(line)
			if n <= last || n > strings.Count(data, "\n")+strings.Count(data, "\r")+1 {
				t.Fatalf("line %d after %d", n, last)
			}
			last = n
		}
		if len(rows)+len(problems) > len(data)+1 {
			t.Fatal("more rows than bytes")
		}
	})
}

// A text that is too long to be kept is unzipped again.
func TestGzippedTextOfAnyLengthIsReadToItsEnd(t *testing.T) {
	cell := strings.Repeat("x", 100<<10)
	for _, rows := range []int{1, 3, keptPieces*keptPiece/len(cell) - 1, keptPieces*keptPiece/len(cell) + 2} {
		data := zipped(t, "a,b\n"+strings.Repeat("1,"+cell+"\n", rows)+"last,2\n")
		got, problems := readAll(t, data, Options{Gzip: true})
		if len(got) != rows+1 || len(problems) > 0 || !strings.HasSuffix(got[rows], "last|2") {
			t.Errorf("%d rows of %d, %v", len(got), rows+1, problems)
		}
	}
}
