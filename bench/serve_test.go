package bench

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"plumbline/internal/app"
)

// program builds the real binary.
func program(b *testing.B) string {
	b.Helper()
	path := filepath.Join(b.TempDir(), "plumbline")
	if out, err := exec.Command("go", "build", "-trimpath", "-o", path, "plumbline/cmd/plumbline").CombinedOutput(); err != nil {
		b.Fatalf("%v: %s", err, out)
	}
	return path
}

// stepTime is how long one command may take before it counts as hanging, on a machine that has other work too.
const stepTime = 20 * time.Minute

// BenchmarkServe starts the real program on the country, and asks for a page. Under 1 s to the first page, under 150 MiB
// resident when idle.
func BenchmarkServe(b *testing.B) {
	c, bin := makeCountry(b, ""), program(b)
	for b.Loop() {
		ctx, stop := context.WithTimeout(context.Background(), stepTime)
		b.Cleanup(stop) // nothing is left running when a step fails
		start := time.Now()
		cmd := exec.CommandContext(ctx, bin, "serve", "--data", c.dir, "--addr", "127.0.0.1:0")
		out, err := cmd.StdoutPipe()
		if err != nil {
			b.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			b.Fatal(err)
		}
		line, err := bufio.NewReader(out).ReadString('\n')
		if err != nil {
			b.Fatal(err)
		}
		url := strings.TrimSpace(line[strings.Index(line, "http"):])
		first := fetch(b, url+"/signin", start)
		page := fetch(b, url+"/signin", time.Now())
		rss := resident(b, cmd.Process.Pid)
		_ = cmd.Process.Signal(syscall.SIGTERM)
		_ = cmd.Wait()
		b.ReportMetric(millis(first), "ms-to-first-page")
		b.ReportMetric(millis(cmd.ProcessState.UserTime()+cmd.ProcessState.SystemTime()), "ms-cpu")
		b.ReportMetric(millis(page), "ms-second-page")
		b.ReportMetric(float64(rss), "MiB-idle")
	}
}

func fetch(b *testing.B, url string, start time.Time) time.Duration {
	b.Helper()
	res, err := http.Get(url)
	if err != nil {
		b.Fatal(err)
	}
	defer res.Body.Close()
	if _, err := io.Copy(io.Discard, res.Body); err != nil || res.StatusCode != http.StatusOK {
		b.Fatal(res.Status, err)
	}
	return time.Since(start)
}

// resident is what a process holds in memory, in MiB, where the system tells (Linux).
func resident(b *testing.B, pid int) int64 {
	return memory(pid, "VmRSS:")
}

func memory(pid int, what string) int64 {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, what); ok {
			kib, _ := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(rest), " kB"), 10, 64)
			return kib >> 10
		}
	}
	return 0
}

// runWatched runs a command and gives the most memory that it held, in MiB. What the system says of a child that ended
// counts the memory of this process too, from which it was forked.
func runWatched(cmd *exec.Cmd) (peak int64, err error) {
	if err := cmd.Start(); err != nil {
		return 0, err
	}
	done := make(chan error, 1)
	go func() { done <- cmd.Wait() }()
	for tick := time.NewTicker(20 * time.Millisecond); ; {
		select {
		case err := <-done:
			tick.Stop()
			return peak, err
		case <-tick.C:
			peak = max(peak, memory(cmd.Process.Pid, "VmHWM:"))
		}
	}
}

// BenchmarkLists opens lists, search, the log and exports of the country.
func BenchmarkLists(b *testing.B) {
	eachDatabase(b, func(b *testing.B, c *fixture, a *app.App) {
		root, village := ends(b, a)
		stamp := strconv.FormatInt(time.Now().UnixNano(), 36)
		top, low := signIn(b, a, "top-"+stamp, "auditor", root), signIn(b, a, "low-"+stamp, "staff", village)
		last := strconv.FormatInt(c.findings/50, 10)
		for b.Loop() {
			fmt.Println("\nprocessor time, median time of the answer, page")
			for _, p := range []struct {
				x          *browser
				name, path string
			}{{top, "the whole list", "/matters"}, {top, "its last page", "/matters?page=" + last}, {top, "by number, last page", "/matters?sort=number&page=" + last},
				{top, "one state", "/matters?state=declared"}, {top, "what is open", "/matters?class=open"}, {top, "a text", "/matters?q=%E7%AC%AC77777%E4%BB%B6"},
				{top, "one village's", "/matters?under=" + strconv.FormatInt(village, 10)}, {low, "a village's own list", "/matters"}, {low, "a village's first screen", "/"},
				{top, "search: a code", "/search?q=36"}, {top, "search: a name", "/search?q=%E7%A4%BE%E5%8C%BA"}, {top, "search: no hit", "/search?q=%E4%B8%8D%E5%AD%98%E5%9C%A8%E7%9A%84"},
				{top, "the log", "/audit"}, {top, "the middle of the log", "/audit?below=" + strconv.FormatInt(c.entries/2, 10)}} {
				cost := p.x.cost(b, p.path, 3)
				fmt.Printf("%8.1f ms %8.1f ms  %s\n", millis(cost.cpu), millis(cost.wall), p.name)
			}
		}
	})
}

// BenchmarkKeep takes a backup of the country, reads it back, and checks its log, with the real program.
func BenchmarkKeep(b *testing.B) {
	if !big() {
		b.Log("asked for with PLUMBLINE_BENCH_COUNTRY=1")
		b.SkipNow()
	}
	c, bin := makeCountry(b, ""), program(b)
	for b.Loop() {
		dir := b.TempDir()
		file := filepath.Join(dir, "country.backup")
		for _, step := range []struct {
			name string
			args []string
		}{{"backup", []string{"backup", file, "--data", c.dir}}, {"restore", []string{"restore", file, "--data", filepath.Join(dir, "new")}},
			{"verify", []string{"audit", "verify", "--data", filepath.Join(dir, "new")}}} {
			ctx, stop := context.WithTimeout(context.Background(), stepTime)
			b.Cleanup(stop)
			cmd := exec.CommandContext(ctx, bin, step.args...)
			start := time.Now()
			var out bytes.Buffer
			cmd.Stdout, cmd.Stderr = &out, &out
			peak, err := runWatched(cmd)
			if err != nil {
				b.Fatalf("%s: %v: %s", step.name, err, out.String())
			}
			b.ReportMetric(time.Since(start).Seconds(), "s-"+step.name)
			b.ReportMetric((cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Seconds(), "s-cpu-"+step.name)
			b.ReportMetric(float64(peak), "MiB-"+step.name)
		}
	}
}

// BenchmarkExport writes every finding of the country as CSV and as XLSX; what the program holds in memory meanwhile does
// not grow with the list.
func BenchmarkExport(b *testing.B) {
	if !big() {
		b.Log("asked for with PLUMBLINE_BENCH_COUNTRY=1")
		b.SkipNow()
	}
	c := makeCountry(b, "")
	a := openApp(b, c.dir, "", nil)
	root, _ := ends(b, a)
	x := signIn(b, a, "export-"+strconv.FormatInt(time.Now().UnixNano(), 36), "auditor", root)
	for b.Loop() {
		for _, format := range []string{"csv", "xlsx"} {
			start, cpu := time.Now(), cpuTime(b)
			n, peak := x.drain(b, "/matters/export?format="+format)
			b.ReportMetric(time.Since(start).Seconds(), "s-"+format)
			b.ReportMetric((cpuTime(b) - cpu).Seconds(), "s-cpu-"+format)
			b.ReportMetric(float64(n)/(1<<20), "MiB-"+format)
			b.ReportMetric(float64(peak)/(1<<20), "MiB-heap-"+format)
		}
	}
}
