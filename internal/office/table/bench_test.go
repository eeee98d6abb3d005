package table

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

// unitsCSV makes rows like those of the country's list of units: 52 bytes each.
func unitsCSV(rows int) string {
	var b strings.Builder
	b.WriteString("code,parent_code,kind,name\n")
	for i := range rows {
		fmt.Fprintf(&b, "%012d,%09d,village,第%d村村民委员会\n", 110000000000+i, 110000000+i/100, i)
	}
	return b.String()
}

func benchmarkRead(b *testing.B, data string, rows int) {
	b.ReportAllocs()
	for b.Loop() {
		r, err := open(data, Options{Gzip: true})
		if err != nil {
			b.Fatal(err)
		}
		n := 0
		for {
			row, err := r.Next()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				b.Fatal(err)
			}
			if row.Get("code") == "" || row.Get("name") == "" {
				b.Fatal("a cell is missing")
			}
			n++
		}
		if n != rows {
			b.Fatalf("%d rows", n)
		}
	}
	b.ReportMetric(float64(rows)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}

func BenchmarkReadCSV(b *testing.B) { benchmarkRead(b, unitsCSV(200_000), 200_000) }

func BenchmarkReadQuotedCSV(b *testing.B) {
	benchmarkRead(b, strings.ReplaceAll(strings.ReplaceAll(unitsCSV(200_000), ",village,", `,"village","`), "会\n", "会\"\n"), 200_000)
}

func BenchmarkReadGzippedCSV(b *testing.B) {
	benchmarkRead(b, zipped(b, unitsCSV(200_000)), 200_000)
}

func BenchmarkReadWorkbook(b *testing.B) {
	const rows = 20_000
	data := workbook(b, func(f *excelize.File) {
		w, err := f.NewStreamWriter("Sheet1")
		must(b, err)
		for i, line := range strings.Split(strings.TrimSpace(unitsCSV(rows)), "\n") {
			var cells []any
			for cell := range strings.SplitSeq(line, ",") {
				cells = append(cells, cell)
			}
			must(b, w.SetRow("A"+lineOf(i+1), cells))
		}
		must(b, w.Flush())
	})
	benchmarkRead(b, data, rows)
}
