package audit_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"plumbline/internal/audit"
	"plumbline/internal/store"
	"plumbline/internal/store/storetest"
)

var errBack = errors.New("put everything back")

// A thousand single edits of the log's tables, chosen at random: every one is found.
func TestEverySingleEditIsFound(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, _ *storetest.Clock) {
		const size, edits = 45, 1000
		ctx := context.Background()
		fillOdd(t, db, size)
		seed := rand.Uint64()
		random := rand.New(rand.NewPCG(seed, 1))
		for range edits / 2 { // on each database
			e := anEdit(random, size)
			err := db.Write(ctx, func(tx *store.Tx) error {
				res, err := tx.Exec(ctx, e.stmt, e.args...)
				if err != nil {
					return err
				}
				if n, err := res.RowsAffected(); err != nil || n != 1 {
					return fmt.Errorf("%d rows changed, %v", n, err)
				}
				var bad *audit.Bad
				if _, err := audit.Verify(ctx, tx, nil); !errors.As(err, &bad) {
					return fmt.Errorf("not found: %v", err)
				} else if e.seq >= 0 && bad.Seq != e.seq {
					return fmt.Errorf("found at entry %d, was made at %d: %v", bad.Seq, e.seq, bad)
				}
				return errBack
			})
			if !errors.Is(err, errBack) {
				t.Fatalf("seed %d: %s %v: %v", seed, e.stmt, e.args, err)
			}
		}
		if _, err := audit.Verify(ctx, db, nil); err != nil {
			t.Fatalf("after all edits were taken back: %v", err)
		}
	})
}

// fillOdd writes entries that speak of several things, in words outside of ASCII.
func fillOdd(t *testing.T, db *store.DB, n int) {
	t.Helper()
	ctx := context.Background()
	err := db.Write(ctx, func(tx *store.Tx) error {
		for i := range n {
			e := audit.Entry{Actor: int64(i % 3), Action: "org.edit", Subject: audit.Subject{Kind: "unit", ID: int64(i%7 + 1)}, Unit: int64(i % 4),
				Changes: []audit.Change{{Field: "name", From: "青石县", To: fmt.Sprintf("𠮷 <%d>\ufffd", i)}}, Note: map[string]string{"why": "合并"}}
			if _, err := audit.Append(ctx, tx, e, []audit.Subject{{Kind: "person", ID: int64(i%5 + 1)}, {Kind: "unit", ID: int64(i%7 + 1)}}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

type edit struct {
	seq  int64 // the entry that must be named; -1 where several are right
	stmt string
	args []any
}

func anEdit(r *rand.Rand, size int64) edit {
	seq := r.Int64N(size)
	number := []string{"at", "actor", "subject_id", "unit_id"}[r.IntN(4)]
	text := []string{"action", "subject_kind", "detail"}[r.IntN(3)]
	switch r.IntN(9) {
	case 0:
		return edit{seq, `UPDATE audit_entry SET ` + number + ` = ` + number + ` + $1 WHERE seq = $2`, []any{1 + r.Int64N(1000), seq}}
	case 1: // one letter more, somewhere
		return edit{seq, `UPDATE audit_entry SET ` + text + ` = substr(` + text + `, 1, $1) || $2 || substr(` + text + `, $3) WHERE seq = $4`,
			func() []any {
				at := r.IntN(6)
				return []any{at, string(rune('a' + r.IntN(26))), at + 1, seq}
			}()}
	case 2: // one letter lost, at the front
		return edit{seq, `UPDATE audit_entry SET ` + text + ` = substr(` + text + `, 2) WHERE seq = $1`, []any{seq}}
	case 3:
		return edit{seq, `DELETE FROM audit_entry WHERE seq = $1`, []any{seq}}
	case 4: // one bit of one hash
		hash := []byte(strings.Repeat("\x00", 32))
		_, _ = rand.NewChaCha8([32]byte{byte(r.Uint32()), byte(r.Uint32()), byte(r.Uint32())}).Read(hash)
		return edit{-1, `UPDATE audit_hash SET hash = $1 WHERE idx = $2`, []any{hash, r.Int64N(2*size - 10)}}
	case 5:
		return edit{-1, `DELETE FROM audit_hash WHERE idx = $1`, []any{r.Int64N(2*size - 10)}}
	case 6:
		return edit{-1, `INSERT INTO audit_entry (seq, at, actor, action, subject_kind, subject_id, unit_id, detail)
			SELECT $1, at, actor, action, subject_kind, subject_id, unit_id, detail FROM audit_entry WHERE seq = $2`,
			[]any{[]int64{-1, size, size + 1, 1 << 40}[r.IntN(4)], seq}}
	case 7:
		return edit{seq, `DELETE FROM audit_subject WHERE kind = 'person' AND seq = $1`, []any{seq}}
	}
	return edit{-1, `INSERT INTO audit_subject (kind, id, seq) VALUES ('matter', $1, $2)`, []any{1 + r.Int64N(9), r.Int64N(size + 3)}}
}

// An honest log of any length verifies, with the root that a checkpoint signs.
func TestVerifyAgreesWithCheckpointsAtEveryLength(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		ctx := context.Background()
		if tree, err := audit.Verify(ctx, db, nil); err != nil || tree.Size != 0 {
			t.Fatalf("an empty log: %v %v", tree, err)
		}
		fill(t, db, 1)
		for n := int64(1); n < 40; n++ {
			tree, err := audit.Verify(ctx, db, nil)
			if err != nil {
				t.Fatal(err)
			}
			c, err := audit.Sign(ctx, db, clock.Now())
			if err != nil || c.Tree != tree || tree.Size != n {
				t.Fatalf("verified %v, signed %v, %v", tree, c.Tree, err)
			}
			fillOdd(t, db, 1)
		}
	})
}
