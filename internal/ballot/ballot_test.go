package ballot_test

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"plumbline/internal/audit"
	"plumbline/internal/authz"
	"plumbline/internal/ballot"
	"plumbline/internal/fault"
	"plumbline/internal/gate"
	"plumbline/internal/store"
	"plumbline/internal/store/storetest"
)

const cycleID = 5

// fixed is a review whose slips have two units and one item.
type fixed struct {
	froze, sealed int
	came          map[string]int
}

var convenor = authz.Unit{ID: 1, Path: "/1/"}

func (p *fixed) Form(context.Context, store.Reader, int64) (ballot.Form, error) {
	return ballot.Form{Convenor: convenor, Plan: 9, PlanDigest: "abc", Classes: []string{"A", "B"}, Items: []string{"overall"},
		Grades: []string{"good", "fair", "poor"}, Units: []int64{21, 22}, Turnout: "0.8", SmallClass: 5}, nil
}

func (p *fixed) Came(context.Context, store.Reader, int64) (map[string]int, error) {
	return p.came, nil
}

func (p *fixed) Freeze(context.Context, *store.Tx, int64) ([]audit.Change, error) {
	p.froze++
	return nil, nil
}

func (p *fixed) Sealed(context.Context, *store.Tx, int64) ([]audit.Change, error) {
	p.sealed++
	return nil, nil
}

type room struct {
	*ballot.Service
	t     *testing.T
	db    *store.DB
	plans *fixed
}

func at(role string, account int64) authz.Actor {
	return authz.Actor{Account: account, Grants: []authz.Grant{{Role: role, Unit: convenor}}}
}

var (
	clerk  = at("clerk", 1)
	first  = at("teller", 2)
	second = at("teller", 3)
	third  = at("teller", 4)
)

func open(t *testing.T, db *store.DB) *room {
	t.Helper()
	policy, err := authz.NewPolicy([]authz.Role{
		{ID: "clerk", Can: map[authz.Action]authz.Reach{authz.TallySettle: authz.Here}},
		{ID: "teller", Can: map[authz.Action]authz.Reach{authz.TallyKey: authz.Here}},
	})
	if err != nil {
		t.Fatal(err)
	}
	plans := &fixed{}
	return &room{ballot.New(gate.New(db, policy), db, plans), t, db, plans}
}

func (r *room) must(err error) {
	r.t.Helper()
	if err != nil {
		r.t.Fatal(err)
	}
}

func (r *room) refused(err error, key string) {
	r.t.Helper()
	f := fault.As(err)
	if f == nil {
		r.t.Fatalf("got %v, want %s", err, key)
	}
	for _, field := range f.Fields {
		if field.Key == key {
			return
		}
	}
	if f.Key != key {
		r.t.Fatalf("got %v, want %s", err, key)
	}
}

func (r *room) look(actor authz.Actor) ballot.View {
	r.t.Helper()
	v, err := r.Look(context.Background(), actor, cycleID)
	r.must(err)
	return v
}

func (r *room) paper(a, b int) {
	r.t.Helper()
	r.must(r.SetPaper(context.Background(), clerk, cycleID, r.look(clerk).Round.Version,
		[]ballot.Paper{{Class: "A", Entitled: a, Issued: a, Returned: a}, {Class: "B", Entitled: b, Issued: b, Returned: b}}))
}

func TestARoundFromOpeningToSeal(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, _ *storetest.Clock) {
		ctx, r := context.Background(), open(t, db)
		r.refused(r.OpenRound(ctx, first, cycleID, ""), "fault.forbidden")
		r.must(r.OpenRound(ctx, clerk, cycleID, ""))
		if r.plans.froze != 1 {
			t.Error("the plan was not frozen")
		}
		r.refused(r.OpenRound(ctx, clerk, cycleID, "again"), "fault.ballot.open")
		r.paper(2, 1)
		for slip, values := range map[int][]string{1: {"good", "fair"}, 2: {"good", "!"}} {
			r.must(r.Key(ctx, first, cycleID, "A", slip, values))
		}
		r.must(r.Key(ctx, first, cycleID, "B", 1, []string{"", "poor"}))
		r.refused(r.Seal(ctx, clerk, cycleID, r.look(clerk).Round.Version, ""), "fault.ballot.one_teller")

		// The second teller reads one line differently and leaves one slip out.
		r.must(r.Key(ctx, second, cycleID, "A", 1, []string{"good", "fair"}))
		r.must(r.Key(ctx, second, cycleID, "A", 2, []string{"fair", "!"}))
		r.refused(r.Key(ctx, third, cycleID, "A", 1, []string{"good", "good"}), "fault.ballot.two_tellers")
		r.refused(r.Key(ctx, second, cycleID, "A", 3, []string{"good", "good"}), "fault.ballot.slip")
		r.refused(r.Key(ctx, second, cycleID, "A", 1, []string{"good"}), "fault.ballot.lines")
		r.refused(r.Seal(ctx, clerk, cycleID, r.look(clerk).Round.Version, ""), "fault.ballot.not_all_keyed")

		diffs := r.look(clerk).Differences
		want := []ballot.Difference{
			{Class: "A", Slip: 2, Unit: 21, Item: "overall", First: "good", Second: "fair"},
			{Class: "B", Slip: 1, Unit: 21, Item: "overall", First: "", Second: ballot.Missing},
			{Class: "B", Slip: 1, Unit: 22, Item: "overall", First: "poor", Second: ballot.Missing},
		}
		if d := cmp.Diff(want, diffs); d != "" {
			t.Fatal(d)
		}
		if v := r.look(first); len(v.Differences) != 0 || v.Unsettled != 3 {
			t.Errorf("a teller sees what the other keyed, or not how much differs: %+v", v)
		}
		r.refused(r.Settle(ctx, clerk, cycleID, "B", 1, 22, "overall", "poor"), "fault.ballot.key_first")
		r.must(r.Key(ctx, second, cycleID, "B", 1, []string{"", "poor"}))
		r.refused(r.Seal(ctx, clerk, cycleID, r.look(clerk).Round.Version, ""), "fault.ballot.differences")
		r.refused(r.Settle(ctx, clerk, cycleID, "A", 1, 21, "overall", "good"), "fault.ballot.no_difference")
		r.refused(r.Settle(ctx, first, cycleID, "A", 2, 21, "overall", "good"), "fault.forbidden")
		r.must(r.Settle(ctx, clerk, cycleID, "A", 2, 21, "overall", "fair"))
		r.must(r.Seal(ctx, clerk, cycleID, r.look(clerk).Round.Version, ""))

		round, err := ballot.LatestSealed(ctx, db, cycleID)
		r.must(err)
		counts, err := ballot.Counts(ctx, db, round.ID)
		r.must(err)
		wantCounts := []ballot.Count{
			{Class: "A", Unit: 21, Item: "overall", Value: "fair", N: 1}, {Class: "A", Unit: 21, Item: "overall", Value: "good", N: 1},
			{Class: "A", Unit: 22, Item: "overall", Value: "!", N: 1}, {Class: "A", Unit: 22, Item: "overall", Value: "fair", N: 1},
			{Class: "B", Unit: 21, Item: "overall", Value: "", N: 1}, {Class: "B", Unit: 22, Item: "overall", Value: "poor", N: 1},
		}
		if d := cmp.Diff(wantCounts, counts); d != "" {
			t.Fatal(d)
		}
		if r.plans.sealed != 1 {
			t.Error("the review was not told")
		}
		var left int
		r.must(db.QueryRow(ctx, `SELECT COUNT(*) FROM ballot_mark`).Scan(&left))
		if left != 0 {
			t.Errorf("%d marks are kept after the seal", left)
		}
		r.refused(r.Key(ctx, first, cycleID, "A", 1, []string{"good", "good"}), "fault.ballot.sealed")
		r.refused(r.OpenRound(ctx, clerk, cycleID, " "), "fault.ballot.round_reason")
		r.must(r.OpenRound(ctx, clerk, cycleID, "a slip was found"))
		if rounds, err := ballot.Rounds(ctx, db, cycleID); err != nil || len(rounds) != 2 || rounds[1].Digest != round.Digest {
			t.Errorf("the first round did not stay: %v %v", rounds, err)
		}
	})
}

// Nothing that is kept or logged says what stood on a slip, who filled it in, or when it was keyed.
func TestTheLogHoldsNoVote(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, _ *storetest.Clock) {
		ctx, r := context.Background(), open(t, db)
		r.must(r.OpenRound(ctx, clerk, cycleID, ""))
		r.paper(1, 0)
		r.must(r.Key(ctx, first, cycleID, "A", 1, []string{"poor", "poor"}))
		r.must(r.Key(ctx, second, cycleID, "A", 1, []string{"fair", "poor"}))
		r.must(r.Settle(ctx, clerk, cycleID, "A", 1, 21, "overall", "poor"))
		r.must(r.Seal(ctx, clerk, cycleID, r.look(clerk).Round.Version, ""))
		entries, err := audit.Latest(ctx, db, authz.Everything(), true, audit.Filter{}, 100)
		r.must(err)
		for _, e := range entries {
			for _, c := range e.Changes {
				if strings.Contains(c.To+c.From, "poor") || strings.Contains(c.To+c.From, "fair") {
					t.Errorf("entry %d holds a vote: %v", e.Seq, c)
				}
			}
			for k, v := range e.Note {
				if v == "poor" || v == "fair" {
					t.Errorf("entry %d holds a vote: %s %s", e.Seq, k, v)
				}
			}
		}
	})
}

func TestTurnoutBlocksUnlessOverridden(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, _ *storetest.Clock) {
		ctx, r := context.Background(), open(t, db)
		r.must(r.OpenRound(ctx, clerk, cycleID, ""))
		err := r.SetPaper(ctx, clerk, cycleID, 1, []ballot.Paper{{Class: "A", Entitled: 5, Issued: 6, Returned: 7}})
		r.refused(err, "fault.ballot.issued")
		r.refused(err, "fault.ballot.returned")
		r.must(r.SetPaper(ctx, clerk, cycleID, 1, []ballot.Paper{{Class: "A", Entitled: 4, Issued: 3, Returned: 3}}))
		if err := r.SetPaper(ctx, clerk, cycleID, 1, nil); fault.KindOf(err) != fault.Stale {
			t.Errorf("a stale form was taken: %v", err)
		}
		for slip := 1; slip <= 3; slip++ {
			r.must(r.Key(ctx, first, cycleID, "A", slip, []string{"good", "good"}))
			r.must(r.Key(ctx, second, cycleID, "A", slip, []string{"good", "good"}))
		}
		v := r.look(clerk)
		if v.TurnoutMet {
			t.Error("three of four is not four fifths")
		}
		r.refused(r.Seal(ctx, clerk, cycleID, v.Round.Version, ""), "fault.ballot.turnout")
		r.must(r.Seal(ctx, clerk, cycleID, v.Round.Version, "one member is ill"))
	})
}

func TestAReleasedSeatStartsAnew(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, _ *storetest.Clock) {
		ctx, r := context.Background(), open(t, db)
		r.must(r.OpenRound(ctx, clerk, cycleID, ""))
		r.paper(2, 0)
		r.must(r.Key(ctx, first, cycleID, "A", 1, []string{"good", "good"}))
		r.must(r.Key(ctx, second, cycleID, "A", 1, []string{"good", "good"}))
		r.refused(r.Release(ctx, clerk, cycleID, 1, ""), "fault.ballot.release_reason")
		r.must(r.Release(ctx, clerk, cycleID, 1, "taken ill"))
		r.must(r.Key(ctx, third, cycleID, "A", 2, []string{"good", "good"}))
		seats := r.look(clerk).Seats
		if len(seats) != 2 || seats[0].Account != third.Account || seats[0].Slips["A"] != 1 || seats[1].Slips["A"] != 1 {
			t.Errorf("seats: %+v", seats)
		}
		f, _ := r.plans.Form(ctx, db, cycleID)
		if _, ok, err := r.Slip(ctx, third, f, r.look(clerk).Round.ID, "A", 1); err != nil || ok {
			t.Errorf("the new teller was handed the old one's reading: %v", err)
		}
	})
}
