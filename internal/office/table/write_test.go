package table

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/xuri/excelize/v2"
	"pgregory.net/rapid"
)

func sampleSheet() Sheet {
	return Sheet{Name: "得分[2022]", Columns: []Column{{Title: "编码"}, {Title: "名称", Width: 30}, {Title: "分数", Kind: Number}, {Title: "日期", Kind: Date}},
		Rows: RowsOf([][]string{
			{"007", "=HYPERLINK(1)", "92.50", "2022-01-25"},
			{"-12", "a\nb", "-3", "n/a"},
			{"+x", "@me", "12345678901234567", ""},
		})}
}

func TestWriteCSV(t *testing.T) {
	var out bytes.Buffer
	must(t, WriteCSV(&out, sampleSheet()))
	want := "\uFEFF编码,名称,分数,日期\r\n007,'=HYPERLINK(1),92.50,2022-01-25\r\n-12,\"a\r\nb\",-3,n/a\r\n'+x,'@me,12345678901234567,\r\n"
	if out.String() != want {
		t.Errorf("%q", out.String())
	}
	broken := sampleSheet()
	fault := errors.New("the query failed")
	broken.Rows = func(yield func([]string, error) bool) { yield(nil, fault) }
	if err := WriteCSV(&out, broken); !errors.Is(err, fault) {
		t.Errorf("%v", err)
	}
	if err := WriteXLSX(&out, broken); !errors.Is(err, fault) {
		t.Errorf("%v", err)
	}
}

func TestGuard(t *testing.T) {
	for s, want := range map[string]string{"": "", "a": "a", "=1+1": "'=1+1", "+8613912345678": "+8613912345678", "-1.5": "-1.5",
		"-": "'-", "-1.": "'-1.", "-1e3": "'-1e3", "--1": "'--1", "@a": "'@a", "\ta": "'\ta", "\ra": "'\ra", "＝1": "'＝1", "1=1": "1=1", "-1-1": "'-1-1"} {
		if got := Guard(s); got != want {
			t.Errorf("%q became %q, want %q", s, got, want)
		}
	}
}

func TestWriteXLSX(t *testing.T) {
	var out bytes.Buffer
	second := sampleSheet()
	second.Rows = RowsOf(nil)
	must(t, WriteXLSX(&out, sampleSheet(), second))
	f, err := excelize.OpenReader(bytes.NewReader(out.Bytes()))
	must(t, err)
	defer f.Close()
	if got := f.GetSheetList(); !slices.Equal(got, []string{"得分 2022", "得分 2022 2"}) {
		t.Errorf("sheets %q", got)
	}
	rows, err := f.GetRows("得分 2022")
	must(t, err)
	want := [][]string{{"编码", "名称", "分数", "日期"}, {"007", "'=HYPERLINK(1)", "92.50", "2022-01-25"},
		{"-12", "a\nb", "-3", "n/a"}, {"'+x", "'@me", "12345678901234567"}}
	for i := range want {
		if i >= len(rows) || !slices.Equal(rows[i], want[i]) {
			t.Errorf("row %d of %q", i+1, rows)
		}
	}
	for cell, want := range map[string]excelize.CellType{"C2": excelize.CellTypeUnset, "D2": excelize.CellTypeUnset,
		"A2": excelize.CellTypeInlineString, "C4": excelize.CellTypeInlineString} {
		if got, err := f.GetCellType("得分 2022", cell); err != nil || got != want {
			t.Errorf("%s is of type %v, %v", cell, got, err)
		}
	}
	panes, err := f.GetPanes("得分 2022")
	if err != nil || !panes.Freeze || panes.YSplit != 1 {
		t.Errorf("panes %+v, %v", panes, err)
	}
	if width, err := f.GetColWidth("得分 2022", "B"); err != nil || width != 30 {
		t.Errorf("width %v, %v", width, err)
	}
	if names := f.GetDefinedName(); len(names) != 2 || !strings.Contains(names[0].RefersTo, "$1:$1") {
		t.Errorf("print titles %v", names)
	}
}

func TestWhatIsWrittenIsReadBack(t *testing.T) {
	cell := rapid.StringMatching(`[a-z0-9海][a-z0-9海州区 ,";\n.=+-]{0,10}[a-z0-9海]`)
	rapid.Check(t, func(t *rapid.T) {
		want := rapid.SliceOfN(rapid.SliceOfN(cell, 2, 2), 1, 10).Draw(t, "rows")
		sheet := Sheet{Columns: []Column{{Title: "a"}, {Title: "b"}}, Rows: RowsOf(want)}
		var csv, xlsx bytes.Buffer
		if err := errors.Join(WriteCSV(&csv, sheet), WriteXLSX(&xlsx, sheet)); err != nil {
			t.Fatal(err)
		}
		for _, data := range []string{csv.String(), xlsx.String()} {
			r, err := open(data, Options{})
			if err != nil {
				t.Fatal(err)
			}
			for i := range want {
				row, err := r.Next()
				if err != nil || !slices.Equal(row.Cells(), want[i]) {
					t.Fatalf("%q, %v, want %q", row.Cells(), err, want[i])
				}
			}
		}
	})
}

func TestTextsThatDoNotFit(t *testing.T) {
	long := strings.Repeat("𠮷", maxCellUnits)
	got := fit(long)
	if n := len(utf16.Encode([]rune(got))); n > maxCellUnits || n < maxCellUnits-2 || !strings.HasSuffix(got, "𠮷…") {
		t.Errorf("%d units", n)
	}
	whole := strings.Repeat("长", maxCellUnits)
	if fit(whole) != whole || fit("a\x01b") != "a\uFFFDb" {
		t.Error("a text that fits was changed, or a control character was not")
	}
	for name, want := range map[string]string{"": "1", "a:b": "a b", "'x'": "x", strings.Repeat("长", 40): strings.Repeat("长", 27)} {
		if got := sheetName(name, 0, map[string]bool{}); got != want {
			t.Errorf("%q became %q", name, got)
		}
	}
}

func FuzzGuard(f *testing.F) {
	f.Add("=1")
	f.Fuzz(func(t *testing.T, s string) {
		g := Guard(s)
		if g == "" || PlainNumber(g) {
			return
		}
		if strings.ContainsRune("=+-@\t\r", rune(g[0])) || strings.TrimPrefix(g, "'") != strings.TrimPrefix(s, "'") {
			t.Fatalf("%q became %q", s, g)
		}
	})
}
