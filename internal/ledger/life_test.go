package ledger_test

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"plumbline/internal/authz"
	"plumbline/internal/calendar"
	"plumbline/internal/fault"
	"plumbline/internal/ledger"
	"plumbline/internal/org"
	"plumbline/internal/store"
	"plumbline/internal/store/storetest"
)

var plainDays = must(calendar.Parse([]byte(`{"zone":"Asia/Shanghai","weekend":[6,0],"years":{"2022":{"off":[],"work":[]}}}`)))

// anyDefinition draws a life cycle of any shape, sensible or not: the engine must hold for every one.
func anyDefinition(t *rapid.T) *ledger.Definition {
	d := &ledger.Definition{ID: "any", Title: "what", Fields: []ledger.Field{{ID: "what", Kind: ledger.KindText}, {ID: "chief", Kind: ledger.KindPerson, Doer: true}}}
	n := rapid.IntRange(2, 6).Draw(t, "states")
	for i := range n {
		d.States = append(d.States, ledger.State{ID: fmt.Sprintf("s%d", i), Class: rapid.SampledFrom(ledger.Classes).Draw(t, "class")})
	}
	d.Start = "s0"
	id := rapid.Custom(func(t *rapid.T) string { return fmt.Sprintf("s%d", rapid.IntRange(0, n-1).Draw(t, "state")) })
	for i := range rapid.IntRange(1, 12).Draw(t, "steps") {
		d.Steps = append(d.Steps, ledger.Transition{ID: fmt.Sprintf("t%d", i), From: rapid.SliceOfNDistinct(id, 1, n, rapid.ID).Draw(t, "from"), To: id.Draw(t, "to"),
			Effects: rapid.SliceOfNDistinct(rapid.SampledFrom(ledger.Effects), 0, 3, rapid.ID).Draw(t, "effects"), Action: authz.LedgerOwn,
			Note: rapid.SampledFrom([]string{"", ledger.May, ledger.Must}).Draw(t, "note")})
	}
	d.Clocks = []ledger.Clock{{ID: "c", States: []string{"s0", "s1"}, From: "enter", Days: 3, Working: rapid.Bool().Draw(t, "working")}}
	return d
}

// For any definition and any sequence of steps by anybody: the matter stays in the definition's states, and nobody
// judges who took part, whether under the same account, as the same person, or by being named.
func TestNoSequenceLeavesTheStatesOrLetsADoerJudge(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := anyDefinition(t)
		people := []ledger.Who{{Account: 1, Person: 10}, {Account: 2, Person: 10}, {Account: 3}, {Account: 4, Person: 40}, {Account: 5, Person: 50}, {}}
		m := ledger.Matter{State: "s0", Class: d.States[0].Class, Opened: "2022-01-10", Values: ledger.Values{"chief": {Text: "50"}}, Marks: ledger.Marks{On: map[string]string{"enter": "2022-01-10"}}}
		if rapid.Bool().Draw(t, "answers for it") {
			m.Person = 40
		}
		var did []ledger.Who
		day := calendar.MustParse("2022-01-10")
		for range rapid.IntRange(1, 25).Draw(t, "length") {
			who := rapid.SampledFrom(people).Draw(t, "who")
			step := rapid.SampledFrom(d.Steps).Draw(t, "step")
			day = day.AddDays(rapid.IntRange(0, 9).Draw(t, "days"))
			taken := ledger.Taken{Step: step.ID, Note: "x", Early: "y", Owner: &ledger.Matter{Owner: authz.Unit{ID: 9, Path: "/9/"}, Person: m.Person}}
			was := fmt.Sprintf("%+v", m)
			next, _, err := d.Take(m, taken, who, did, day, plainDays)
			if fmt.Sprintf("%+v", m) != was {
				t.Fatalf("taking a step changed the matter that it was asked about")
			}
			if err != nil {
				if fault.As(err) == nil {
					t.Fatalf("an error that is no fault: %v", err)
				}
				continue
			}
			checkTaken(t, d, step, m, next, who, did)
			if m = next; step.Does() {
				did = append(did, who)
			}
		}
	})
}

func checkTaken(t *rapid.T, d *ledger.Definition, step ledger.Transition, was, is ledger.Matter, who ledger.Who, did []ledger.Who) {
	st, ok := d.State(is.State)
	if !ok || is.State != step.To || is.Class != st.Class {
		t.Fatalf("step %s led to %s (%s), which is none of the states", step.ID, is.State, is.Class)
	}
	from := false
	for _, s := range step.From {
		from = from || s == was.State
	}
	if !from {
		t.Fatalf("step %s was taken from %s", step.ID, was.State)
	}
	if ledger.Ended(is.Class) != (is.Closed != "") && ledger.Ended(was.Class) == (was.Closed != "") {
		t.Fatalf("ended %v but closed on %q", ledger.Ended(is.Class), is.Closed)
	}
	judges := false
	for _, e := range []string{ledger.EffectVerify, ledger.EffectCloseDone, ledger.EffectCloseNotDone, ledger.EffectLookBack, ledger.EffectReopen} {
		judges = judges || step.Has(e)
	}
	if !judges {
		return
	}
	for _, x := range did {
		if x.Account == who.Account || (who.Person != 0 && x.Person == who.Person) {
			t.Fatalf("%+v did and judged", who)
		}
	}
	if who.Person == 50 || (who.Person != 0 && who.Person == was.Person) {
		t.Fatalf("%+v is named as a doer and judged", who)
	}
}

// The same on the shipped ledger and a real database, by actors who hold every right at once; and the tallies stay true.
func TestAnyLifeKeepsTheTally(t *testing.T) {
	h := open(t, storetest.OpenSQLite(t, storetest.NewClock()), storetest.NewClock())
	all := []any{"staff", 2, "staff", 3, "verifier", 1, "secretariat", 1}
	actors := []authz.Actor{as(1, 10, all...), as(2, 10, all...), as(3, 0, all...), as(4, 40, all...), as(5, 20, all...), as(6, 30, all...)}
	d := h.Types().Current("rectification")
	values := plan
	values["result"], values["mechanism"] = ledger.Value{Text: "办完"}, ledger.Value{Text: "制度"}
	values["check_every"] = ledger.Value{Text: "yearly"}
	rapid.Check(t, func(t *rapid.T) {
		id := h.finding("随机问题")
		did, answered := map[int64]bool{}, map[int64]bool{20: true}
		for range rapid.IntRange(1, 12).Draw(t, "length") {
			m := h.matter(id)
			steps := d.StepsFrom(m.State)
			if len(steps) == 0 {
				break
			}
			a := rapid.SampledFrom(actors).Draw(t, "actor")
			step := rapid.SampledFrom(steps).Draw(t, "step")
			err := h.Take(h.ctx, a, id, ledger.In{Step: step.ID, Values: values, Note: "说明", Early: "一并开展", Owner: int64(rapid.SampledFrom([]int{2, 3}).Draw(t, "owner"))})
			if err != nil && fault.KindOf(err) != fault.Forbidden {
				t.Fatal(err)
			}
			who := a.Account
			if who == 2 { // the same person as account 1
				who = 1
			}
			if err == nil && step.Judges() && did[who] {
				t.Fatalf("account %d did and judged by %s", a.Account, step.ID)
			}
			if err == nil && step.Judges() && answered[a.Person] {
				t.Fatalf("person %d answered for it and judged by %s", a.Person, step.ID)
			}
			answered[h.matter(id).Person] = true
			did[who] = did[who] || (err == nil && step.Does())
		}
		if wrong, err := h.CheckCounts(h.ctx, h.db); err != nil || len(wrong) > 0 {
			t.Fatalf("%v %v", wrong, err)
		}
		h.counted(2)
	})
}

// Whoever ever answered for a matter never judges it, even without a step taken: the page does not offer it, the queue
// does not list it, and the verb refuses.
func TestAnEarlierHolderNeverJudges(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		h := open(t, db, clock)
		id := h.finding("问题一")
		h.write(func(tx *store.Tx) error {
			for _, s := range []string{`UPDATE matter SET cycle_id = 7`, `INSERT INTO person (id, code, name, name_en, version) VALUES (21, 'p21', '新', 'New', 1)`,
				`UPDATE tenure SET to_date = '2022-01-01' WHERE post_id = 200`, `INSERT INTO tenure (post_id, person_id, from_date, to_date, version) VALUES (200, 21, '2022-01-01', '', 1)`} {
				if _, err := tx.Exec(h.ctx, s); err != nil {
					return err
				}
			}
			_, err := h.CarryOver(h.ctx, tx, clerk, 7, 8)
			return err
		})
		if m := h.matter(id); m.Person != 21 {
			t.Fatalf("carried over to %d", m.Person)
		}
		h.do(id, staff, "claim", nil, staff, "plan", plan, clerk, "approve", nil, staff, "declare", ledger.Texts(map[string]string{"result": "办完"}))
		for _, was := range []authz.Actor{as(6, 20, "verifier", 1), as(7, 21, "verifier", 1)} {
			if err := h.take(was, id, "verify", nil, "看过"); fault.KindOf(err) != fault.Forbidden {
				t.Errorf("person %d answered for it and verifies: %v", was.Person, err)
			}
			if v, err := h.View(h.ctx, was, id); err != nil || !v.Parted {
				t.Errorf("person %d is offered to verify: %v", was.Person, err)
			}
			if n, err := h.Count(h.ctx, was, ledger.Filter{Queue: ledger.QueueVerify}, h.today()); n != 0 || err != nil {
				t.Errorf("%d wait for person %d: %v", n, was.Person, err)
			}
		}
		h.do(id, verifier, "verify", nil)
	})
}

func TestMovingAUnitMovesItsFigures(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		h := open(t, db, clock)
		for i, unit := range []int64{2, 4, 4, 3, 0} {
			_, err := h.Register(h.ctx, clerk, ledger.Draft{Convenor: 1, Unit: unit, Fields: map[string]string{"problem": fmt.Sprintf("问题%d", i), "source": "opinion"}})
			if err != nil {
				t.Fatal(err)
			}
		}
		h.write(func(tx *store.Tx) error {
			if _, err := tx.Exec(h.ctx, `UPDATE unit SET path = '/1/3/4/', parent_id = 3 WHERE id = 4`); err != nil {
				return err
			}
			return ledger.RetallyTx(h.ctx, tx, "/1/2/4/", "/1/3/4/")
		})
		h.tallied()
		want := map[int64]int64{1: 5, 2: 1, 3: 3, 4: 2}
		for unit, n := range want {
			r, err := h.Rollup(h.ctx, db, unit, h.today())
			if err != nil || len(r) != 1 || r[0].Total != n || r[0].OnTime != n {
				t.Errorf("unit %d: %+v %v", unit, r, err)
			}
		}
		below, err := h.RollupBelow(h.ctx, db, 1, h.today())
		if err != nil || len(below) != 2 || below[3][0].Total != 3 {
			t.Errorf("below the city: %+v %v", below, err)
		}
		clock.Add(9 * 24 * 3600e9) // 19 January: due on the 20th
		if r, _ := h.Rollup(h.ctx, db, 1, h.today()); r[0].Soon != 5 {
			t.Errorf("due soon: %+v", r)
		}
		clock.Add(2 * 24 * 3600e9)
		h.counted(1)
		if r, _ := h.Rollup(h.ctx, db, 1, h.today()); r[0].Late != 5 || r[0].Open() != 5 {
			t.Errorf("late: %+v", r)
		}
	})
}

// counted checks that every figure of a unit's roll-up is the length of the list that it opens.
func (h *house) counted(unit int64) {
	h.t.Helper()
	rolled, err := h.Rollup(h.ctx, h.db, unit, h.today())
	if err != nil {
		h.t.Fatal(err)
	}
	for _, r := range rolled {
		for filter, want := range map[ledger.Filter]int64{{}: r.Total, {Queue: ledger.QueueOnTime}: r.OnTime, {Queue: ledger.QueueSoon}: r.Soon, {Queue: ledger.QueueLate}: r.Late,
			{Queue: ledger.QueueWaiting}: r.Waiting, {Class: ledger.Done}: r.Done, {Class: ledger.NotDone}: r.NotDone, {Class: "open"}: r.Open()} {
			filter.Type, filter.Under = r.Type, places[unit]
			if n, err := h.Count(h.ctx, authz.System(), filter, h.today()); n != want || err != nil {
				h.t.Errorf("unit %d, %+v: the roll-up says %d, the list %d (%v)", unit, filter, want, n, err)
			}
		}
	}
}

func TestTheTallyIsRebuiltAndChecked(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		h := open(t, db, clock)
		for i := range 5 {
			h.finding(fmt.Sprintf("问题%d", i))
		}
		h.write(func(tx *store.Tx) error {
			_, err := tx.Exec(h.ctx, `UPDATE ledger_tally SET n = n + 1 WHERE unit_id = 1`)
			return err
		})
		if wrong, err := ledger.CheckTally(h.ctx, db); err != nil || len(wrong) != 1 {
			t.Fatalf("a wrong tally was found in %d places: %v", len(wrong), err)
		}
		h.write(func(tx *store.Tx) error { return ledger.RebuildTx(h.ctx, tx) })
		h.tallied()
		var n int
		if err := db.QueryRow(h.ctx, `SELECT COUNT(*) FROM ledger_tally`).Scan(&n); err != nil || n != 2 {
			t.Fatalf("%d figures for two units: %v", n, err)
		}
	})
}

func TestHandOverAfterAMerger(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		h := open(t, db, clock)
		id := h.finding("问题一")
		h.write(func(tx *store.Tx) error {
			handed, err := h.HandOverTx(h.ctx, tx, authz.System(), 2, 3)
			if len(handed) != 1 || handed[0] != id {
				t.Errorf("handed over %v", handed)
			}
			return err
		})
		if m := h.matter(id); m.Owner.ID != 3 || m.Person != 30 {
			t.Fatalf("%+v", m)
		}
		h.tallied()
		if got := org.PathIDs(h.matter(id).Owner.Path); len(got) != 2 {
			t.Fatal(got)
		}
		// The convenor ends too: who takes over rules from then on, and nothing else changes hands.
		h.write(func(tx *store.Tx) error {
			_, err := h.HandOverTx(h.ctx, tx, authz.System(), 1, 2)
			return err
		})
		if m := h.matter(id); m.Convenor.ID != 2 || m.Owner.ID != 3 || m.Person != 30 {
			t.Fatalf("%+v", m)
		}
		h.tallied()
	})
}

func TestLamps(t *testing.T) {
	friday := calendar.MustParse("2022-01-14")
	for _, c := range []struct{ class, due, want string }{
		{ledger.TurnOwner, "", ledger.LampNoDate}, {ledger.TurnOwner, "2022-01-13", ledger.LampLate}, {ledger.TurnOwner, "2022-01-14", ledger.LampSoon},
		{ledger.TurnOwner, "2022-01-19", ledger.LampSoon}, {ledger.TurnOwner, "2022-01-20", ledger.LampOnTime},
		{ledger.TurnVerifier, "2022-01-14", ledger.LampWaiting}, {ledger.TurnConvenor, "2022-01-13", ledger.LampLate}, {ledger.TurnConvenor, "", ledger.LampWaiting},
		{ledger.Done, "2022-01-01", ledger.LampDone}, {ledger.NotDone, "", ledger.LampDone},
	} {
		if got := ledger.Lamp(c.class, c.due, friday, plainDays); got != c.want {
			t.Errorf("%+v: %s", c, got)
		}
	}
}

func TestSimilarity(t *testing.T) {
	if s := ledger.Similar("党员教育管理不严。", "党员教育管理不严"); s != 1 {
		t.Errorf("punctuation counts: %v", s)
	}
	if s := ledger.Similar("ＡＢＣ", "abc"); s != 1 {
		t.Errorf("width and case count: %v", s)
	}
	if s := ledger.Similar("村集体经济薄弱", "党员教育管理不严"); s > 0.1 {
		t.Errorf("unlike texts: %v", s)
	}
	if ledger.Similar("", "") != 0 || ledger.Similar("字", "字") != 0 {
		t.Error("nothing is like nothing")
	}
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.String().Draw(t, "a"), rapid.String().Draw(t, "b")
		if x, y := ledger.Similar(a, b), ledger.Similar(b, a); x != y || x < 0 || x > 1 {
			t.Fatalf("%v and %v", x, y)
		}
	})
}
