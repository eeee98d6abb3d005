package audit_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"plumbline/internal/audit"
	"plumbline/internal/store"
	"plumbline/internal/store/storetest"
)

func fill(t *testing.T, db *store.DB, n int) {
	t.Helper()
	ctx := context.Background()
	err := db.Write(ctx, func(tx *store.Tx) error {
		if err := audit.MakeKey(ctx, tx); err != nil {
			return err
		}
		for i := range n {
			e := audit.Entry{Actor: 1, Action: "org.edit", Subject: audit.Subject{Kind: "unit", ID: int64(i % 5)},
				Changes: []audit.Change{{Field: "name", To: fmt.Sprint(i)}}}
			if _, err := audit.Append(ctx, tx, e, nil); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestVerifyNamesTheFirstBadEntry(t *testing.T) {
	tampers := []struct {
		name, stmt string
		bad        int64
	}{
		{"changed detail", `UPDATE audit_entry SET detail = REPLACE(detail, '17', '71') WHERE seq = 17`, 17},
		{"changed time", `UPDATE audit_entry SET at = at + 1 WHERE seq = 3`, 3},
		{"changed actor", `UPDATE audit_entry SET actor = 2 WHERE seq = 0`, 0},
		{"lost in the middle", `DELETE FROM audit_entry WHERE seq = 20`, 20},
		{"lost at the end", `DELETE FROM audit_entry WHERE seq = 36`, 36},
		{"swapped hash", `UPDATE audit_hash SET hash = (SELECT hash FROM audit_hash WHERE idx = 0) WHERE idx = 7`, 4},
		{"lost hash", `DELETE FROM audit_hash WHERE idx = 0`, 0},
		{"entry added at the end", `INSERT INTO audit_entry SELECT 37, at, actor, action, subject_kind, subject_id, unit_id, detail FROM audit_entry WHERE seq = 36`, 37},
	}
	for _, tamper := range tampers {
		t.Run(tamper.name, func(t *testing.T) {
			storetest.Each(t, func(t *testing.T, db *store.DB, _ *storetest.Clock) {
				ctx := context.Background()
				fill(t, db, 37)
				if tree, err := audit.Verify(ctx, db, nil); err != nil || tree.Size != 37 {
					t.Fatalf("an honest log: %v %v", tree, err)
				}
				err := db.Write(ctx, func(tx *store.Tx) error {
					_, err := tx.Exec(ctx, tamper.stmt)
					return err
				})
				if err != nil {
					t.Fatal(err)
				}
				_, err = audit.Verify(ctx, db, nil)
				var bad *audit.Bad
				if !errors.As(err, &bad) || bad.Seq != tamper.bad {
					t.Fatalf("got %v, want entry %d", err, tamper.bad)
				}
			})
		})
	}
}

func TestCheckpointSeesACutTail(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		ctx := context.Background()
		fill(t, db, 10)
		c, err := audit.Sign(ctx, db, clock.Now())
		if err != nil {
			t.Fatal(err)
		}
		back, err := audit.ParseCheckpoint(c.Text, c.Key)
		if err != nil || back.Tree != c.Tree || !back.At.Equal(clock.Now().Truncate(time.Second)) {
			t.Fatalf("%+v %v", back, err)
		}
		if _, err := audit.ParseCheckpoint(strings.Replace(c.Text, "\n10\n", "\n9\n", 1), c.Key); err == nil {
			t.Fatal("a changed checkpoint passed")
		}
		if copied, err := audit.ParseCheckpoint(strings.ReplaceAll(strings.TrimSpace(c.Text), "\n", "\r\n"), c.Key+"\n"); err != nil || copied.Tree != c.Tree {
			t.Fatalf("copied by way of a phone: %v", err)
		}
		fill(t, db, 5)
		if err := back.Agrees(ctx, db); err != nil {
			t.Fatalf("a longer log: %v", err)
		}
		err = db.Write(ctx, func(tx *store.Tx) error {
			if _, err := tx.Exec(ctx, `DELETE FROM audit_entry WHERE seq >= 8`); err != nil {
				return err
			}
			if _, err := tx.Exec(ctx, `DELETE FROM audit_subject WHERE seq >= 8`); err != nil {
				return err
			}
			_, err := tx.Exec(ctx, `DELETE FROM audit_hash WHERE idx >= 15`)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := audit.Verify(ctx, db, nil); err != nil {
			t.Fatalf("a cleanly cut log verifies by itself: %v", err)
		}
		if err := back.Agrees(ctx, db); err == nil {
			t.Fatal("the checkpoint did not see the cut tail")
		}
	})
}

func TestHeadsAreTheHistoryWithoutWhatChanged(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, _ *storetest.Clock) {
		ctx, on := context.Background(), audit.Subject{Kind: "unit", ID: 3}
		fill(t, db, 37)
		full, err := audit.History(ctx, db, on, 4)
		if err != nil || len(full) != 4 || len(full[0].Changes) != 1 {
			t.Fatal(full, err)
		}
		heads, err := audit.Heads(ctx, db, on, 4)
		if err != nil || len(heads) != 4 {
			t.Fatal(heads, err)
		}
		for i, h := range heads {
			f := full[i]
			if h.Seq != f.Seq || h.At != f.At || h.Actor != f.Actor || h.Action != f.Action || h.Subject != f.Subject || h.Unit != f.Unit || h.Changes != nil {
				t.Errorf("%+v is not the head of %+v", h, f)
			}
		}
	})
}
