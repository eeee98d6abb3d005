package bench

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

const flowEvents = 1_000_000

// makeEvents writes a million events of some 100,000 cases in the order of time, as a ledger's export has them: lines of
// a case stand far apart, 400 units, a tenth of the events without one.
func makeEvents(b testing.TB, path string) {
	b.Helper()
	f, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	w := bufio.NewWriterSize(f, 1<<20)
	dice := rand.New(rand.NewPCG(7, 7))
	start := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
	fmt.Fprintln(w, "number,activity,resource,time,case,remark")
	for i := range flowEvents {
		unit := ""
		if dice.IntN(10) > 0 {
			unit = fmt.Sprintf("unit-%03d", dice.IntN(400))
		}
		at := start.Add(time.Duration(i) * 97 * time.Second).Format("2006-01-02T15:04:05.000Z07:00")
		fmt.Fprintf(w, "%d,step %d,%s,%s,ZG-%d,\"seen, and passed on\"\n", i, dice.IntN(14), unit, at, i/20_000*2_000+dice.IntN(4_000))
	}
	if err := w.Flush(); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkAnalyse sets the analysis of a million events, as the command does it, against sort(1) putting the same file
// in the order of its cases. Under 20 s and 500 MiB.
func BenchmarkAnalyse(b *testing.B) {
	path := filepath.Join(b.TempDir(), "events.csv")
	makeEvents(b, path)
	bin := program(b)
	for b.Loop() {
		cmd := exec.Command(bin, "analyse", "--json", path)
		start := time.Now()
		used, err := runWatched(cmd)
		took := time.Since(start)
		if err != nil {
			b.Fatal(err)
		}
		if took > 20*time.Second || used > 500 {
			b.Errorf("%v and %d MiB", took, used)
		}
		b.ReportMetric(took.Seconds(), "s/analyse")
		b.ReportMetric(flowEvents/took.Seconds(), "events/s")
		b.ReportMetric(float64(used), "MiB-peak")
		if plain := sorted(b, path); plain > 0 {
			b.ReportMetric(plain.Seconds(), "s/sort")
			b.ReportMetric(took.Seconds()/plain.Seconds(), "ratio")
		}
	}
}

// sorted is how long sort(1) takes for the file by its fifth column; 0 where there is none.
func sorted(b testing.TB, path string) time.Duration {
	b.Helper()
	tool, err := exec.LookPath("sort")
	if err != nil {
		b.Log("there is no sort here: no ratio")
		return 0
	}
	cmd := exec.Command(tool, "-s", "-t,", "-k5,5", "-o", path+".sorted", path)
	cmd.Env = append(os.Environ(), "LC_ALL=C")
	start := time.Now()
	if out, err := cmd.CombinedOutput(); err != nil {
		b.Fatalf("%v: %s", err, out)
	}
	return time.Since(start)
}
