// Package bench holds the measurements that the product promises; docs/performance.md tells how to run them. Each prints
// a ratio that was measured in one run, so that it means the same on every machine.
package bench

import (
	"bufio"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"strings"
	"testing"
	"time"

	"plumbline/internal/authz"
	"plumbline/internal/gate"
	"plumbline/internal/org"
	"plumbline/internal/pack"
	"plumbline/internal/pack/party"
	"plumbline/internal/store"
)

// unitsFile is a CSV file of 665,277 units on five levels: the one that PLUMBLINE_UNITS_CHINA names (.csv or .csv.gz),
// or a made-up country of the same shape.
func unitsFile(b testing.TB) string {
	b.Helper()
	out := filepath.Join(b.TempDir(), "units.csv")
	f, err := os.Create(out)
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	w := bufio.NewWriterSize(f, 1<<20)
	if path := os.Getenv("PLUMBLINE_UNITS_CHINA"); path != "" {
		copyUnits(b, w, path)
	} else {
		makeUnits(w)
	}
	if err := w.Flush(); err != nil {
		b.Fatal(err)
	}
	return out
}

func copyUnits(b testing.TB, w io.Writer, path string) {
	b.Helper()
	in, err := os.Open(path)
	if err != nil {
		b.Fatal(err)
	}
	defer in.Close()
	var r io.Reader = in
	if strings.HasSuffix(path, ".gz") {
		if r, err = gzip.NewReader(in); err != nil {
			b.Fatal(err)
		}
	}
	if _, err := io.Copy(w, r); err != nil {
		b.Fatal(err)
	}
}

// makeUnits writes a country of 31 provinces, 342 cities, 2,978 counties, 41,352 townships and 620,573 villages.
func makeUnits(w io.Writer) {
	kinds := []string{"country", "province", "city", "county", "township", "village"}
	sizes := []int{1, 31, 342, 2978, 41352, 620573}
	fmt.Fprintln(w, "code,parent_code,kind,name")
	code := func(level, i int) string {
		if level == 0 {
			return "0"
		}
		return fmt.Sprintf("%d%0*d", level, 2*level, i)
	}
	for level, n := range sizes {
		for i := range n {
			parent := ""
			if level > 0 {
				parent = code(level-1, i*sizes[level-1]/n)
			}
			fmt.Fprintf(w, "%s,%s,%s,某某第%d社区居民委员会\n", code(level, i), parent, kinds[level], i)
		}
	}
}

// BenchmarkImportUnits sets the import of a country against what the sqlite3 shell's .import into one bare indexed table
// takes on the same file. At most 4 times, under 300 MiB resident.
func BenchmarkImportUnits(b *testing.B) {
	path := unitsFile(b)
	for b.Loop() {
		bare, bareCPU := bareImport(b, path)
		forgetPeak()
		start, cpu := time.Now(), cpuTime(b)
		rows := importUnits(b, b.TempDir(), path)
		took := time.Since(start)
		cpu = cpuTime(b) - cpu
		b.ReportMetric(took.Seconds(), "s/import")
		b.ReportMetric(float64(peakMiB()), "MiB-peak")
		b.ReportMetric(float64(rows), "rows")
		if bare > 0 {
			b.ReportMetric(bare.Seconds(), "s/sqlite3")
			b.ReportMetric(took.Seconds()/bare.Seconds(), "ratio")
			b.ReportMetric(cpu.Seconds()/bareCPU.Seconds(), "cpu-ratio")
		}
	}
}

// bareImport is 0 where there is no sqlite3 shell.
func bareImport(b *testing.B, path string) (took, cpu time.Duration) {
	b.Helper()
	shell, err := exec.LookPath("sqlite3")
	if err != nil {
		b.Log("there is no sqlite3 shell here: no ratio")
		return 0, 0
	}
	start := time.Now()
	cmd := exec.Command(shell, filepath.Join(b.TempDir(), "bare.db"),
		"CREATE TABLE unit (code TEXT, parent_code TEXT, kind TEXT, name TEXT)", "CREATE INDEX unit_code ON unit (code)",
		".mode csv", ".import --skip 1 '"+path+"' unit")
	if out, err := cmd.CombinedOutput(); err != nil {
		b.Fatalf("%v: %s", err, out)
	}
	return time.Since(start), cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
}

func openOrg(b testing.TB, dir string) (*store.DB, *org.Service) {
	b.Helper()
	db, err := store.Open(store.Config{Dir: dir})
	if err != nil {
		b.Fatal(err)
	}
	if _, err := db.Migrate(context.Background()); err != nil {
		b.Fatal(err)
	}
	p, err := pack.Load(party.Files())
	if err != nil {
		b.Fatal(err)
	}
	policy, err := authz.NewPolicy(p.AuthzRoles())
	if err != nil {
		b.Fatal(err)
	}
	return db, org.New(gate.New(db, policy), db, p, time.UTC)
}

func importUnits(b testing.TB, dir, path string) int64 {
	b.Helper()
	db, rooms := openOrg(b, dir)
	defer db.Close()
	f, err := os.Open(path)
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		b.Fatal(err)
	}
	rep, err := rooms.ImportUnits(context.Background(), authz.System(), org.Import{Name: path, File: f, Size: info.Size(), Under: authz.Whole})
	if err != nil || rep.Wrong > 0 {
		b.Fatalf("%v %v", err, rep.Problems)
	}
	return rep.Created
}

// forgetPeak begins peakMiB anew: what ran before is not this measurement's.
func forgetPeak() {
	debug.FreeOSMemory()
	_ = os.WriteFile("/proc/self/clear_refs", []byte("5"), 0)
}

// peakMiB is the highest resident memory of this process since forgetPeak, where the system tells (Linux).
func peakMiB() int64 { return memory(os.Getpid(), "VmHWM:") }
