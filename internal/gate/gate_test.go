package gate_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"plumbline/internal/audit"
	"plumbline/internal/authz"
	"plumbline/internal/fault"
	"plumbline/internal/gate"
	"plumbline/internal/store"
	"plumbline/internal/store/storetest"
)

var (
	city   = authz.Unit{ID: 1, Path: "/1/"}
	county = authz.Unit{ID: 7, Path: "/1/7/"}
)

func open(t *testing.T, db *store.DB) *gate.Gate {
	t.Helper()
	policy, err := authz.NewPolicy([]authz.Role{
		{ID: "clerk", Can: map[authz.Action]authz.Reach{authz.PlanEdit: authz.Here, authz.OrgEdit: authz.Below}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return gate.New(db, policy)
}

func count(t *testing.T, db *store.DB) (n int64) {
	t.Helper()
	n, err := audit.Size(context.Background(), db)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestGateAsksWritesAndLogs(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, _ *storetest.Clock) {
		ctx, g := context.Background(), open(t, db)
		clerk := authz.Actor{Account: 3, Grants: []authz.Grant{{Role: "clerk", Unit: city}}}
		ran := false
		verb := func(tx *store.Tx) (audit.Detail, error) {
			ran = true
			return audit.Detail{ID: 9, Changes: []audit.Change{{Field: "name", From: "a", To: "b"}}, Also: []audit.Subject{{Kind: "unit", ID: 1}}}, nil
		}
		err := g.Do(ctx, clerk, authz.PlanEdit, gate.Subject{Kind: "plan", Unit: county}, verb)
		if fault.KindOf(err) != fault.Forbidden || ran {
			t.Fatalf("a right at one unit reached another: %v", err)
		}
		if err := g.Do(ctx, authz.Actor{}, authz.PlanEdit, gate.Subject{Kind: "plan", Unit: city}, verb); fault.KindOf(err) != fault.Forbidden {
			t.Fatalf("nobody could write: %v", err)
		}
		if err := g.Do(ctx, clerk, authz.PlanEdit, gate.Subject{Kind: "plan", Unit: city}, verb); err != nil {
			t.Fatal(err)
		}
		for _, s := range []audit.Subject{{Kind: "plan", ID: 9}, {Kind: "unit", ID: 1}} {
			h, err := audit.History(ctx, db, s, 10)
			if err != nil || len(h) != 1 || h[0].Actor != 3 || h[0].Changes[0].To != "b" {
				t.Fatalf("history of %v: %v %v", s, h, err)
			}
		}
		boom := errors.New("boom")
		err = g.Do(ctx, clerk, authz.OrgEdit, gate.Subject{Kind: "unit", ID: 7, Unit: county}, func(tx *store.Tx) (audit.Detail, error) {
			return audit.Detail{}, boom
		})
		if !errors.Is(err, boom) || count(t, db) != 1 {
			t.Fatalf("a failed verb left an entry: %v", err)
		}
	})
}

// However many things a verb touches, each has it in its history, and no entry grows beyond its bound.
func TestManyThingsStandInSeveralEntries(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, _ *storetest.Clock) {
		ctx, g := context.Background(), open(t, db)
		var also []audit.Subject
		for i := range 2*gate.AlsoLimit + 1 {
			also = append(also, audit.Subject{Kind: "matter", ID: int64(i + 1)})
		}
		err := g.Do(ctx, authz.System(), authz.PlanEdit, gate.Subject{Kind: "cycle", Unit: city}, func(*store.Tx) (audit.Detail, error) {
			return audit.Detail{ID: 4, Changes: []audit.Change{{Field: "year", To: "2022"}}, Also: also}, nil
		})
		if n := count(t, db); err != nil || n != 3 {
			t.Fatalf("%d entries: %v", n, err)
		}
		for _, id := range []int64{1, gate.AlsoLimit, gate.AlsoLimit + 1, 2*gate.AlsoLimit + 1} {
			h, err := audit.History(ctx, db, audit.Subject{Kind: "matter", ID: id}, 10)
			if err != nil || len(h) != 1 || h[0].Subject != (audit.Subject{Kind: "cycle", ID: 4}) || h[0].Changes[0].To != "2022" {
				t.Errorf("matter %d: %+v %v", id, h, err)
			}
		}
		if _, err := audit.Verify(ctx, db, nil); err != nil {
			t.Error(err)
		}
	})
}

func TestAFormCountsOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		g := open(t, db)
		token := "form-1"
		send := func() error {
			ctx := gate.Once(context.Background(), token)
			return g.Do(ctx, authz.System(), authz.OrgEdit, gate.Subject{Kind: "unit", ID: 1}, func(*store.Tx) (audit.Detail, error) {
				return audit.Detail{}, nil
			})
		}
		if err := send(); err != nil {
			t.Fatal(err)
		}
		if err := send(); fault.KindOf(err) != fault.Repeated || count(t, db) != 1 {
			t.Fatalf("the form counted twice: %v", err)
		}
		clock.Add(6 * 24 * time.Hour)
		token = "form-2"
		if err := send(); err != nil {
			t.Fatal(err)
		}
		clock.Add(36 * time.Hour)
		if n, err := g.ForgetForms(context.Background()); n != 1 || err != nil {
			t.Fatalf("%d forms forgotten, %v", n, err)
		}
		if err := send(); fault.KindOf(err) != fault.Repeated {
			t.Errorf("a form of this week was forgotten: %v", err)
		}
	})
}
