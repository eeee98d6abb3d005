package bench

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"plumbline/internal/audit"
	"plumbline/internal/authz"
	"plumbline/internal/gate"
	"plumbline/internal/ledger"
	"plumbline/internal/store"
)

// The matters of the sweep: all of them open, so many of them overdue and not escalated yet. The number differs from that
// of the lists' measurements, so that each keeps a database of its own.
const (
	openMatters = 1_000_001
	dueMatters  = 10_000
)

// BenchmarkSweep gives the reminders and escalations of 10,000 overdue matters among a million open ones, while somebody
// saves steps. Under 30 s, in bounded memory, and the writer hardly notices: the 99th percentile of a saved step beside
// that of the same without a sweep.
func BenchmarkSweep(b *testing.B) {
	measure := func(b *testing.B, address string) {
		for b.Loop() {
			r := openRegister(b, openMatters, address)
			r.overdue(b)
			before := r.writer(b, func(stop func() bool) {
				for end := time.Now().Add(10 * time.Second); time.Now().Before(end) && !stop(); {
					time.Sleep(10 * time.Millisecond)
				}
			})
			var given int64
			var took time.Duration
			var heap uint64
			during := r.writer(b, func(func() bool) {
				low, start, cpu := heapInUse(), time.Now(), cpuTime(b)
				done := make(chan struct{})
				go func() {
					defer close(done)
					var err error
					if given, err = r.a.Rooms.Ledgers.Sweep(context.Background(), func(int64, int64) {}); err != nil {
						b.Error(err)
					}
				}()
				for running := true; running; {
					select {
					case <-done:
						running = false
					case <-time.After(50 * time.Millisecond):
						if now := heapInUse(); now > low {
							heap = max(heap, now-low)
						}
					}
				}
				took = time.Since(start)
				b.ReportMetric((cpuTime(b) - cpu).Seconds(), "s-processor")
			})
			fmt.Printf("\n%d prompts of %d matters in %.1f s, heap above before %d MiB; a saved step: median %.1f and 99th percentile %.1f ms before (%d steps), %.1f and %.1f ms during (%d steps)\n",
				given, dueMatters, took.Seconds(), heap>>20, millis(middle(before)), millis(percentile(before, 99)), len(before), millis(middle(during)), millis(percentile(during, 99)), len(during))
			b.ReportMetric(took.Seconds(), "s-sweep")
			b.ReportMetric(float64(heap)/(1<<20), "MiB-heap")
			b.ReportMetric(millis(percentile(before, 99)), "ms-p99-before")
			b.ReportMetric(millis(percentile(during, 99)), "ms-p99-during")
			if given < dueMatters {
				b.Fatalf("%d prompts were given", given)
			}
			if err := r.a.Close(); err != nil {
				b.Fatal(err)
			}
		}
	}
	b.Run("sqlite", func(b *testing.B) { measure(b, "") })
	if address := os.Getenv("PLUMBLINE_BENCH_POSTGRES_SWEEP"); address != "" {
		b.Run("postgres", func(b *testing.B) { measure(b, address) })
	}
}

func heapInUse() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapInuse
}

func percentile(list []time.Duration, n int) time.Duration {
	sorted := slices.Sorted(slices.Values(list))
	return sorted[min(len(sorted)-1, len(sorted)*n/100)]
}

// writer saves steps, one every few milliseconds, for as long as work lasts, and gives how long each took.
func (r *register) writer(b *testing.B, work func(stop func() bool)) (took []time.Duration) {
	b.Helper()
	ctx := context.Background()
	ids, err := store.List(ctx, r.a.DB, `SELECT id FROM matter WHERE type = 'rectification' AND state = 'in_progress' AND prompt_at = 0 ORDER BY id DESC LIMIT 500`, nil,
		func(rows *sql.Rows) (id int64, err error) {
			err = rows.Scan(&id)
			return id, err
		})
	if err != nil || len(ids) == 0 {
		b.Fatal(len(ids), err)
	}
	var over atomic.Bool
	done := make(chan struct{})
	go func() {
		defer close(done)
		for i := 0; !over.Load(); i++ {
			start := time.Now()
			if err := r.a.Rooms.Ledgers.Take(ctx, authz.System(), ids[i%len(ids)], ledger.In{Step: "progress", Note: "第" + strconv.Itoa(i) + "次进展"}); err != nil {
				b.Error(err)
				over.Store(true)
			}
			took = append(took, time.Since(start))
			time.Sleep(5 * time.Millisecond)
		}
	}()
	work(over.Load)
	over.Store(true)
	<-done
	return took
}

// overdue opens every matter and lets 10,000 of them be overdue by eight working days and not escalated. Each county has
// a head with an account. A database of an earlier run is put back.
func (r *register) overdue(b *testing.B) {
	b.Helper()
	ctx := context.Background()
	today := r.a.Calendar.Today(time.Now())
	due := r.a.Calendar.AddWorkingDays(today, -8).String()
	err := r.a.Gate.Do(ctx, authz.System(), authz.LedgerRegister, gate.Subject{Kind: "matter"}, func(tx *store.Tx) (d audit.Detail, err error) {
		for _, q := range []string{
			`UPDATE matter SET state = CASE WHEN type = 'promise' THEN 'made' ELSE 'in_progress' END, state_class = 'owner', closed_on = '', due_on = '2099-01-01', prompt_at = 0
				WHERE state_class <> 'owner' OR due_on <> '2099-01-01' OR prompt_at <> 0`,
			`DELETE FROM matter_prompt`, `DELETE FROM notice`,
		} {
			if _, err := tx.Exec(ctx, q); err != nil {
				return d, err
			}
		}
		_, err = tx.Exec(ctx, `UPDATE matter SET due_on = $1, prompt_at = 1, state = 'in_progress', marks = REPLACE(marks, '"told":', '"was":'),
			fields = CASE WHEN fields LIKE '{"due"%' THEN '{"due":"' || $1 || SUBSTR(fields, 19) ELSE '{"due":"' || $1 || '",' || SUBSTR(fields, 2) END
			WHERE id IN (SELECT id FROM matter WHERE type = 'rectification' ORDER BY id LIMIT $2)`, due, dueMatters)
		if err == nil {
			err = r.heads(ctx, tx)
		}
		if err == nil {
			err = ledger.RebuildTx(ctx, tx)
		}
		if err == nil {
			_, err = tx.Exec(ctx, `ANALYZE`)
		}
		return d, err
	})
	if err != nil {
		b.Fatal(err)
	}
}

// heads gives every unit a head with an account, where it has none yet.
func (r *register) heads(ctx context.Context, tx *store.Tx) error {
	units, err := store.List(ctx, tx, `SELECT id FROM unit WHERE NOT EXISTS (SELECT 1 FROM post WHERE unit_id = unit.id) ORDER BY id`, nil, func(rows *sql.Rows) (id int64, err error) {
		err = rows.Scan(&id)
		return id, err
	})
	for _, u := range units {
		if err != nil {
			return err
		}
		var person, post int64
		if person, err = tx.Insert(ctx, `INSERT INTO person (code, name, name_en, version) VALUES ($1, $1, '', 1) RETURNING id`, fmt.Sprint("head-", u)); err != nil {
			return err
		}
		if post, err = tx.Insert(ctx, `INSERT INTO post (unit_id, kind, title, title_en, from_date, to_date, version) VALUES ($1, 'secretary', '负责人', '', '', '', 1) RETURNING id`, u); err != nil {
			return err
		}
		if _, err = tx.Exec(ctx, `INSERT INTO tenure (post_id, person_id, from_date, to_date, version) VALUES ($1, $2, '', '', 1)`, post, person); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `INSERT INTO account (login, person_id, unit_id, name, lang, secret, setup_digest, setup_until, failures, locked_until, disabled, created_at, version)
			VALUES ($1, $2, $3, $1, 'zh', '', '', 0, 0, 0, 0, $4, 1)`, fmt.Sprint("head-", u), person, u, tx.Now)
	}
	return err
}
