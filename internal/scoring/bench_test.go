package scoring

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"
)

// A city that does everything at once: 900 units, 300 ballots, 5 items, which
// makes 1,350,000 marks.
const (
	benchUnits   = 900
	benchBallots = 300
	benchItems   = 5
)

func benchPlan() Plan {
	p := simple(Class{"A", "0.5"}, Class{"B", "0.3"}, Class{"C", "0.2"})
	p.Items = nil
	for i := range benchItems {
		p.Items = append(p.Items, Item{fmt.Sprint("item", i), "0.2"})
	}
	p.Trim = &Trim{EachEnd: 1, WhenMoreThan: 5}
	p.Quota = &Quota{"0.15"}
	return p
}

// spread scatters numbers, always the same way.
func spread(n int) int { return int(uint32(n) * 2654435761 >> 8) }

// benchFile writes the marks; value gives the text of the n-th one.
func benchFile(b *testing.B, p Plan, value func(n int) string) string {
	b.Helper()
	path := filepath.Join(b.TempDir(), "BALLOTS.csv")
	file, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	w := bufio.NewWriter(file)
	fmt.Fprintln(w, "ballot,class,unit,item,value")
	n := 0
	for ballot := range benchBallots {
		for unit := range benchUnits {
			for item := range benchItems {
				n++
				fmt.Fprintf(w, "%d,%s,unit-%04d,item%d,%s\n", ballot, p.Classes[ballot%3].ID, unit, item, value(spread(n)))
			}
		}
	}
	if err := w.Flush(); err != nil {
		b.Fatal(err)
	}
	if err := file.Close(); err != nil {
		b.Fatal(err)
	}
	return path
}

// BenchmarkBallots scores the file as a stream. It prints, beside the time, how
// much memory the counts hold when the last line is read, how much the result
// adds, and how many times as long the whole takes as encoding/csv takes to
// read the same file and do nothing.
func BenchmarkBallots(b *testing.B) {
	p := benchPlan()
	for name, value := range map[string]func(n int) string{
		"grades":  func(n int) string { return p.Grades[n%4].ID },
		"numbers": func(n int) string { return fmt.Sprintf("%d.%d", n%100, n/100%10) },
	} {
		b.Run(name, func(b *testing.B) {
			path := benchFile(b, p, value)
			var bare, ours time.Duration
			var counts, result uint64
			for b.Loop() {
				start := time.Now()
				readBare(b, path)
				bare += time.Since(start)
				start = time.Now()
				counts, result = scoreFile(b, p, path)
				ours += time.Since(start)
			}
			b.ReportMetric(float64(ours)/float64(bare), "times-bare-csv")
			b.ReportMetric(ours.Seconds()/float64(b.N), "s/score")
			b.ReportMetric(float64(counts)/(1<<20), "MiB-counts")
			b.ReportMetric(float64(result)/(1<<20), "MiB-result")
		})
	}
}

func readBare(b *testing.B, path string) {
	file, err := os.Open(path)
	if err != nil {
		b.Fatal(err)
	}
	defer file.Close()
	r := csv.NewReader(file)
	r.ReuseRecord = true
	for {
		if _, err := r.Read(); err == io.EOF {
			return
		} else if err != nil {
			b.Fatal(err)
		}
	}
}

func scoreFile(b *testing.B, p Plan, path string) (counts, result uint64) {
	file, err := os.Open(path)
	if err != nil {
		b.Fatal(err)
	}
	defer file.Close()
	before := heap()
	c, err := NewCounter(p)
	if err != nil {
		b.Fatal(err)
	}
	if fault := ReadBallots(bufio.NewReaderSize(file, 256<<10), c); fault != nil {
		b.Fatal(fault)
	}
	read := heap()
	r, err := c.Result()
	if err != nil {
		b.Fatal(err)
	}
	var out bytes.Buffer
	if err := r.WriteJSON(&out); err != nil {
		b.Fatal(err)
	}
	done := heap()
	runtime.KeepAlive(c)
	runtime.KeepAlive(r)
	return read - before, done - read
}

// heap is what is alive after a collection.
func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
