package bench

import (
	"bufio"
	"context"
	"database/sql"
	"io"
	"net/http"
	"net/http/cookiejar"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"plumbline/internal/account"
	"plumbline/internal/authz"
	"plumbline/internal/ledger"
	"plumbline/internal/store"
)

// BenchmarkMattersExport takes 100,000 matters as XLSX and as CSV from the real program. Under 100 MiB above idle.
func BenchmarkMattersExport(b *testing.B) {
	const n = 100_000
	r, bin := openRegister(b, n, ""), program(b)
	ctx := context.Background()
	id, _, err := r.a.Rooms.Accounts.Create(ctx, authz.System(), account.NewAccount{Login: "export-" + strconv.FormatInt(time.Now().UnixNano(), 36), Name: "export", Lang: "zh",
		Grants: []account.RoleAt{{Role: "auditor"}}})
	if err != nil {
		b.Fatal(err)
	}
	link, err := r.a.Rooms.Accounts.DemoLink(ctx, id)
	if err != nil {
		b.Fatal(err)
	}
	if err := r.a.Close(); err != nil { // one program at a time
		b.Fatal(err)
	}
	for b.Loop() {
		for i, format := range []string{"xlsx", "csv"} {
			idle, peak, size, took := exportOnce(b, bin, r.kept, link, "/matters/export?type=rectification&format="+format)
			if i == 0 {
				b.ReportMetric(float64(peak-idle), "MiB-above-idle")
				b.ReportMetric(float64(idle), "MiB-idle")
			}
			b.ReportMetric(took.Seconds(), "s/"+format)
			b.ReportMetric(float64(size)/(1<<20), "MiB/"+format)
			b.ReportMetric(float64(peak-idle), "MiB-above-idle-"+format)
		}
	}
}

// exportOnce starts the program, signs in, lets it rest, and takes one export.
func exportOnce(b *testing.B, bin, dir, link, path string) (idle, peak, size int64, took time.Duration) {
	b.Helper()
	cmd := exec.Command(bin, "serve", "--data", dir, "--addr", "127.0.0.1:0")
	out, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	defer func() { _ = cmd.Process.Signal(syscall.SIGTERM); _ = cmd.Wait() }()
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		b.Fatal(err)
	}
	at := strings.TrimSpace(line[strings.Index(line, "http"):])
	jar, _ := cookiejar.New(nil)
	client := &http.Client{Jar: jar}
	take := func(path string) int64 {
		res, err := client.Get(at + path)
		if err != nil {
			b.Fatal(err)
		}
		defer res.Body.Close()
		n, err := io.Copy(io.Discard, res.Body)
		if err != nil || res.StatusCode != http.StatusOK {
			b.Fatal(path, res.Status, err)
		}
		return n
	}
	take("/demo/" + link)
	take("/matters")
	idle = resident(b, cmd.Process.Pid)
	start := time.Now()
	size = take(path)
	return idle, memory(cmd.Process.Pid, "VmHWM:"), size, time.Since(start)
}

// BenchmarkTransition sets a saved step of a matter against a bare durable insert into the same database, which holds a
// million. At most 2 times.
func BenchmarkTransition(b *testing.B) {
	eachRegister(b, func(b *testing.B, _, many *register) {
		for b.Loop() {
			bare, stays, moves := many.steps(b, 100)
			b.ReportMetric(millis(bare), "ms-bare")
			b.ReportMetric(millis(stays), "ms-stays")
			b.ReportMetric(millis(moves), "ms-moves")
			b.ReportMetric(float64(stays)/float64(bare), "ratio-stays")
			b.ReportMetric(float64(moves)/float64(bare), "ratio-moves")
		}
	})
}

// steps gives the median time of a bare insert, of a step that leaves a matter in its state, and of one that moves it;
// they are taken in turn, so that all meet the same weather.
func (r *register) steps(b *testing.B, rounds int) (bare, stays, moves time.Duration) {
	b.Helper()
	ctx := context.Background()
	ids, err := store.List(ctx, r.a.DB, `SELECT id FROM matter WHERE type = 'rectification' AND state = 'in_progress' AND target_on > $1 ORDER BY id LIMIT `+strconv.Itoa(2*rounds),
		[]any{time.Now().Format(time.DateOnly)}, func(rows *sql.Rows) (id int64, err error) { return id, rows.Scan(&id) })
	if err != nil || len(ids) < 2*rounds {
		b.Fatal(len(ids), err)
	}
	var all [3][]time.Duration
	timed := func(k int, work func() error) {
		start := time.Now()
		if err := work(); err != nil {
			b.Fatal(err)
		}
		all[k] = append(all[k], time.Since(start))
	}
	for _, id := range ids { // the dates of a matter that was loaded are made up: the first step sets them right
		if err := r.a.Rooms.Ledgers.Take(ctx, authz.System(), id, ledger.In{Step: "progress", Note: "已开工"}); err != nil {
			b.Fatal(err)
		}
	}
	stamp := strconv.FormatInt(time.Now().UnixNano(), 36)
	for i := range rounds {
		timed(0, func() error {
			return r.a.Gate.Housekeep(ctx, func(tx *store.Tx) error {
				_, err := tx.Exec(ctx, `INSERT INTO once (token, at) VALUES ($1, $2)`, stamp+strconv.Itoa(i), tx.Now)
				return err
			})
		})
		timed(1, func() error {
			return r.a.Rooms.Ledgers.Take(ctx, authz.System(), ids[2*i], ledger.In{Step: "progress", Note: "已完成一半"})
		})
		timed(2, func() error {
			return r.a.Rooms.Ledgers.Take(ctx, authz.System(), ids[2*i+1], ledger.In{Step: "declare", Values: ledger.Texts(map[string]string{"result": "已完成"})})
		})
	}
	return middle(all[0]), middle(all[1]), middle(all[2])
}
