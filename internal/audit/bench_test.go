package audit_test

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"testing"

	"golang.org/x/mod/sumdb/tlog"

	"plumbline/internal/audit"
	"plumbline/internal/store"
	"plumbline/internal/store/storetest"
)

// BenchmarkVerify reads a log of 100,000 entries (or as many as PLUMBLINE_BENCH_ENTRIES says) and tells entries a
// second and the largest heap seen on the way.
func BenchmarkVerify(b *testing.B) {
	n := int64(100_000)
	if more, err := strconv.ParseInt(os.Getenv("PLUMBLINE_BENCH_ENTRIES"), 10, 64); err == nil {
		n = more
	}
	db := storetest.OpenSQLite(b, storetest.NewClock())
	loadLog(b, db, n)
	runtime.GC()
	b.ResetTimer()
	for b.Loop() {
		var peak uint64
		tree, err := audit.Verify(context.Background(), db, func(int64, int64) {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			peak = max(peak, m.HeapSys)
		})
		if err != nil || tree.Size != n {
			b.Fatalf("%v %v", tree, err)
		}
		b.ReportMetric(float64(peak)/(1<<20), "heap-MiB")
	}
	b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "entries/s")
}

// loadLog writes an honest log quickly: rows in bulk, hashes from memory.
func loadLog(b *testing.B, db *store.DB, n int64) {
	b.Helper()
	ctx := context.Background()
	detail := func(i int64) string { return fmt.Sprintf(`{"c":[{"f":"name","a":"青石县","b":"%d"}]}`, i) }
	err := db.Write(ctx, func(tx *store.Tx) error {
		i := int64(-1)
		err := tx.Load(ctx, "audit_entry", []string{"seq", "at", "actor", "action", "subject_kind", "subject_id", "unit_id", "detail"}, nil, func(row []any) (bool, error) {
			i++
			copy(row, []any{i, tx.Now, int64(1), "org.edit", "unit", i % 1000, int64(7), detail(i)})
			return i < n, nil
		})
		if err != nil {
			return err
		}
		i = -1
		err = tx.Load(ctx, "audit_subject", []string{"kind", "id", "seq"}, nil, func(row []any) (bool, error) {
			i++
			copy(row, []any{"unit", i % 1000, i})
			return i < n, nil
		})
		if err != nil {
			return err
		}
		var edge []tlog.Hash
		var made [][]byte
		seq, idx := int64(0), int64(-1)
		return tx.Load(ctx, "audit_hash", []string{"idx", "hash"}, nil, func(row []any) (bool, error) {
			if len(made) == 0 {
				if seq == n {
					return false, nil
				}
				made, edge = hashesOf(tx, seq, detail(seq), edge)
				seq++
			}
			idx++
			row[0], row[1] = idx, made[0]
			made = made[1:]
			return true, nil
		})
	})
	if err != nil {
		b.Fatal(err)
	}
}

func hashesOf(tx *store.Tx, seq int64, detail string, edge []tlog.Hash) ([][]byte, []tlog.Hash) {
	h := tlog.RecordHash(audit.Leaf(audit.Entry{Seq: seq, At: tx.Now, Actor: 1, Action: "org.edit", Subject: audit.Subject{Kind: "unit", ID: seq % 1000}, Unit: 7}, detail))
	made := [][]byte{append([]byte{}, h[:]...)}
	level := 0
	for ; seq>>level&1 == 1; level++ {
		h = tlog.NodeHash(edge[level], h)
		made = append(made, append([]byte{}, h[:]...))
	}
	if level == len(edge) {
		edge = append(edge, h)
	}
	edge[level] = h
	return made, edge
}
