package ledger_test

import (
	"context"
	"strings"
	"testing"

	"plumbline/internal/authz"
	"plumbline/internal/calendar"
	"plumbline/internal/fault"
	"plumbline/internal/ledger"
	"plumbline/internal/store"
	"plumbline/internal/store/storetest"
)

func TestAFindingGoesFromTheMeetingToItsEnd(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		h := open(t, db, clock)
		id := h.finding("支部生活走过场，组织生活记录补写")
		m := h.matter(id)
		if m.Number != "ZG-2022-0001" || m.State != "registered" || m.Person != 20 || m.Post != 200 || m.Due != "2022-01-20" {
			t.Fatalf("registered as %+v", m)
		}
		h.do(id, county, "claim", nil, staff, "plan", plan)
		if m = h.matter(id); m.State != "planned" || m.Target != "2022-04-29" || m.Values["responsible"].Text != "=张三" || m.Values["lead_unit"].Text != "2" {
			t.Fatalf("planned as %+v", m)
		}
		if err := h.take(county, id, "approve", nil, ""); fault.KindOf(err) != fault.Forbidden {
			t.Fatalf("the owner approved its own plan: %v", err)
		}
		h.do(id, clerk, "approve", nil, staff, "progress", nil)
		piece, err := h.Keep("佐证.pdf", file("%PDF-1.7 …"), 20)
		if err != nil {
			t.Fatal(err)
		}
		piece.On = "2022-01-05"
		if err := h.Attach(h.ctx, staff, id, []ledger.Piece{piece}); err != nil {
			t.Fatal(err)
		}
		h.do(id, county, "declare", ledger.Texts(map[string]string{"result": "已完成"}), verifier, "verify", nil, clerk, "close", closing)
		if m = h.matter(id); m.Class != ledger.Done || m.Due != "" || m.Closed != "2022-01-10" {
			t.Fatalf("closed as %+v", m)
		}
		h.do(id, verifier, "reopen", ledger.Texts(map[string]string{"due": "2022-06-30"}))
		if m = h.matter(id); m.State != "in_progress" || m.Reopened != 1 || m.Closed != "" || m.Due != "2022-06-30" {
			t.Fatalf("reopened as %+v", m)
		}
		v, err := h.View(h.ctx, county, id)
		if err != nil || len(v.Events) != 10 || len(v.Files) != 1 || v.Files[0].On != "2022-01-05" || !v.Parted {
			t.Fatalf("view: %d events, %d files, %v", len(v.Events), len(v.Files), err)
		}
		if n := len(logged(t, db, id)); n != 10 {
			t.Fatalf("%d entries in the log", n)
		}
		h.tallied()
	})
}

func TestTheDoerNeverJudges(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		h := open(t, db, clock)
		both := as(6, 60, "staff", 2, "verifier", 1, "secretariat", 1)
		twin := as(7, 60, "verifier", 1) // another account of the same person
		id := h.finding("问题一")
		h.do(id, county, "plan", plan, both, "approve", nil, both, "progress", nil, county, "declare", ledger.Texts(map[string]string{"result": "好"}))
		for _, a := range []authz.Actor{both, twin, as(8, 20, "verifier", 1)} {
			if err := h.take(a, id, "verify", nil, "看过"); fault.KindOf(err) != fault.Forbidden {
				t.Fatalf("account %d took part and verified: %v", a.Account, err)
			}
		}
		if n, err := h.Count(h.ctx, both, ledger.Filter{Queue: ledger.QueueVerify}, h.today()); n != 0 || err != nil {
			t.Fatalf("the doer is offered %d matters to verify: %v", n, err)
		}
		if n, err := h.Count(h.ctx, verifier, ledger.Filter{Queue: ledger.QueueVerify}, h.today()); n != 1 || err != nil {
			t.Fatalf("the verifier is offered %d matters: %v", n, err)
		}
		h.do(id, verifier, "verify", nil)
		if err := h.take(both, id, "close", nil, ""); fault.KindOf(err) != fault.Forbidden {
			t.Fatalf("a doer closed it: %v", err)
		}
		if err := h.take(both, id, "close_not_done", nil, "算了"); fault.KindOf(err) != fault.Forbidden {
			t.Fatalf("a doer closed it as not done: %v", err)
		}
	})
}

func TestWhatIsWrongStandsAtTheField(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		h := open(t, db, clock)
		id := h.finding("问题一")
		err := h.take(county, id, "plan", ledger.Texts(map[string]string{"goal": "", "measures": strings.Repeat("长", 2001),
			"leader": "#999", "lead_unit": "没有的单位", "responsible": "李四", "due": "2021-12-31"}), "")
		var got []string
		for _, f := range fault.As(err).Fields {
			got = append(got, f.Name+" "+strings.TrimPrefix(f.Key, "fault.ledger."))
		}
		if want := "goal needed; measures too_long; leader reference; lead_unit reference; due date_past"; strings.Join(got, "; ") != want {
			t.Fatalf("got %s", strings.Join(got, "; "))
		}
		if m := h.matter(id); m.State != "registered" || m.Version != 1 || len(m.Values) != 2 {
			t.Fatalf("a refused step changed the matter: %+v", m)
		}
		if err := h.take(county, id, "dispute", nil, " "); fault.As(err).Fields[0].Name != "note" {
			t.Fatalf("disputed without a reason: %v", err)
		}
		if err := h.take(county, id, "declare", nil, ""); fault.As(err).Key != "fault.ledger.step_not_now" {
			t.Fatalf("declared before the plan: %v", err)
		}
		if _, err := h.Keep("x.exe", file("MZ…"), 5); fault.As(err).Fields[0].Key != "fault.ledger.file_kind" {
			t.Fatalf("took a program as evidence: %v", err)
		}
		if _, err := h.Keep("x.pdf", file("%PDF-"), ledger.MaxFile+1); fault.KindOf(err) != fault.TooLarge {
			t.Fatalf("took a file over the limit: %v", err)
		}
		if _, err := ledger.LinkTo("javascript:alert(1)"); fault.As(err).Fields[0].Name != "link" {
			t.Fatalf("took a script as a link: %v", err)
		}
	})
}

func TestAStaleFormIsShownWhatStandsThere(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		h := open(t, db, clock)
		id := h.finding("问题一")
		h.do(id, county, "claim", nil)
		err := h.Take(h.ctx, staff, id, ledger.In{Step: "dispute", Version: 1, Note: "不属实"})
		now, ok := fault.As(err).Current.(ledger.Matter)
		if fault.KindOf(err) != fault.Stale || !ok || now.State != "claimed" {
			t.Fatalf("a stale form went through: %v", err)
		}
	})
}

func TestPeopleSeeTheirOwnMatters(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		h := open(t, db, clock)
		id := h.finding("问题一")
		if _, err := h.Find(h.ctx, other, id); fault.KindOf(err) != fault.NotFound {
			t.Fatalf("another county sees it: %v", err)
		}
		if err := h.take(other, id, "claim", nil, ""); fault.KindOf(err) != fault.NotFound {
			t.Fatalf("another county claimed it: %v", err)
		}
		for _, c := range []struct {
			who authz.Actor
			f   ledger.Filter
			n   int64
		}{
			{county, ledger.Filter{}, 1}, {other, ledger.Filter{}, 0}, {clerk, ledger.Filter{}, 1}, {authz.Actor{}, ledger.Filter{}, 0},
			{county, ledger.Filter{Queue: ledger.QueueDo}, 1}, {clerk, ledger.Filter{Queue: ledger.QueueDo}, 0},
			{clerk, ledger.Filter{Under: places[3]}, 0}, {clerk, ledger.Filter{Under: places[2]}, 1},
			{clerk, ledger.Filter{Text: "zg-2022"}, 1}, {clerk, ledger.Filter{Text: "100%"}, 0}, {clerk, ledger.Filter{Text: "_题"}, 0},
			{clerk, ledger.Filter{Class: "ended"}, 0}, {clerk, ledger.Filter{Class: "open", State: "registered", Cycle: 7, Type: "rectification"}, 1},
		} {
			if n, err := h.Count(h.ctx, c.who, c.f, h.today()); n != c.n || err != nil {
				t.Errorf("account %d with %+v sees %d, want %d (%v)", c.who.Account, c.f, n, c.n, err)
			}
			if l, err := h.List(h.ctx, c.who, c.f, h.today()); int64(len(l)) != c.n || err != nil {
				t.Errorf("list of %+v: %d, %v", c.f, len(l), err)
			}
		}
	})
}

func TestACommonFindingIsSpread(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		h := open(t, db, clock)
		id, err := h.Register(h.ctx, clerk, ledger.Draft{Convenor: 1, Units: []int64{2, 3}, Fields: map[string]string{"problem": "带普遍性的问题", "source": "higher"}})
		if err != nil {
			t.Fatal(err)
		}
		made, err := h.Share(h.ctx, clerk, id, 4)
		if err != nil {
			t.Fatal(err)
		}
		v, err := h.View(h.ctx, clerk, id)
		if err != nil || len(v.Sharing) != 2 || v.Sharing[1].ID != made || !v.Sharing[0].Common || v.Matter.Group != id {
			t.Fatalf("shared by %d: %v", len(v.Sharing)+1, err)
		}
		if v, err = h.View(h.ctx, other, v.Sharing[0].ID); err != nil || len(v.Sharing) != 0 {
			t.Fatalf("a county sees the others' shares: %v", err)
		}
		h.tallied()
	})
}

func TestARepeatIsFoundAndLinked(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		h := open(t, db, clock)
		first := h.finding("党员发展把关不严，材料不规范")
		unlike := h.finding("村集体经济薄弱，增收渠道单一")
		clock.Add(365 * 24 * 3600e9)
		id, err := h.Register(h.ctx, clerk, ledger.Draft{Convenor: 1, Unit: 2, Origin: ledger.Origin{Cycle: 8},
			Fields: map[string]string{"problem": "党员发展把关仍然不严、材料不够规范。", "source": "comment"}})
		if err != nil || h.matter(id).RepeatOf != first {
			t.Fatalf("linked to %d, want %d: %v", h.matter(id).RepeatOf, first, err)
		}
		if err := h.SetRepeat(h.ctx, clerk, id, unlike); err != nil || h.matter(id).RepeatOf != unlike {
			t.Fatalf("could not link by hand: %v", err)
		}
		if err := h.SetRepeat(h.ctx, clerk, first, id); fault.As(err) == nil || fault.As(err).Key != "fault.ledger.not_a_repeat" {
			t.Fatalf("the earlier repeats the later: %v", err)
		}
		if err := h.SetRepeat(h.ctx, clerk, id, 0); err != nil || h.matter(id).RepeatOf != 0 {
			t.Fatalf("could not take the link away: %v", err)
		}
	})
}

func TestNextYearCarriesWhatIsOpen(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		h := open(t, db, clock)
		openOne, closedOne := h.finding("未完成的问题"), h.finding("另一个已经办完的事")
		h.do(closedOne, county, "plan", plan, clerk, "approve", nil, staff, "progress", nil, county, "declare", ledger.Texts(map[string]string{"result": "办完"}),
			verifier, "verify", nil, clerk, "close", closing)
		stuck, err := h.UnownedInCycle(h.ctx, db, 7)
		if err != nil || len(stuck) != 1 || stuck[0].ID != openOne {
			t.Fatalf("%d keep the cycle open: %v", len(stuck), err)
		}
		h.do(openOne, county, "plan", plan)
		if stuck, _ = h.UnownedInCycle(h.ctx, db, 7); len(stuck) != 0 {
			t.Fatalf("%d keep the cycle open", len(stuck))
		}
		clock.Add(300 * 24 * 3600e9)
		h.write(func(tx *store.Tx) error {
			for _, q := range []string{`UPDATE tenure SET to_date = '2022-09-01' WHERE post_id = 200`,
				`INSERT INTO person (id, code, name, name_en, version) VALUES (21, 'new', '新人', '', 1)`,
				`INSERT INTO tenure (post_id, person_id, from_date, to_date, version) VALUES (200, 21, '2022-09-01', '', 1)`} {
				if _, err := tx.Exec(h.ctx, q); err != nil {
					return err
				}
			}
			for _, want := range []int{1, 0} { // the second time there is nothing left to carry
				n, err := h.CarryOver(h.ctx, tx, clerk, 7, 8)
				if len(n) != want || err != nil || want == 1 && n[0] != openOne {
					t.Errorf("carried %v, want %d: %v", n, want, err)
				}
			}
			return nil
		})
		v, err := h.View(h.ctx, clerk, openOne)
		if err != nil || v.Matter.Person != 21 || v.Matter.Origin.Cycle != 7 || len(v.Holders) != 2 || v.Holders[0].Person != 20 || v.Holders[1].Cycle != 8 {
			t.Fatalf("carried as %+v with %+v: %v", v.Matter, v.Holders, err)
		}
		items, err := h.OpenItems(h.ctx, db, 2, 7, "finding")
		if err != nil || len(items) != 2 || items[1].Result != "办完" || items[1].Note != "说明" || items[1].State.Name["zh"] != "已销号" {
			t.Fatalf("items to answer: %+v %v", items, err)
		}
		if items, err = h.OpenItems(h.ctx, db, 2, 8, ""); err != nil || len(items) != 1 || items[0].Matter.ID != openOne {
			t.Fatalf("items of the next year: %+v %v", items, err)
		}
	})
}

func TestAPromiseIsAnsweredNextYear(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		h := open(t, db, clock)
		var id int64
		h.write(func(tx *store.Tx) (err error) {
			id, err = h.RegisterTx(h.ctx, tx, clerk, ledger.Draft{Type: "promise", Convenor: 1, Unit: 2, Fields: map[string]string{"promise": "新建三个服务站"}, Origin: ledger.Origin{Cycle: 7, Report: 5}})
			return err
		})
		if m := h.matter(id); m.Number != "CN-2022-0001" || m.Due != "2022-11-07" {
			t.Fatalf("promised as %+v", m)
		}
		answer := ledger.In{Step: "answer", Values: ledger.Texts(map[string]string{"outcome": "kept", "answer": "已建成"})}
		h.write(func(tx *store.Tx) error { return h.StepTx(h.ctx, tx, county, id, answer) })
		h.write(func(tx *store.Tx) error { return h.StepTx(h.ctx, tx, county, id, answer) })
		err := db.Write(h.ctx, func(tx *store.Tx) error { return h.StepTx(h.ctx, tx, county, id, ledger.In{Step: "accept"}) })
		if fault.KindOf(err) != fault.Forbidden {
			t.Fatalf("who promised judged: %v", err)
		}
		h.write(func(tx *store.Tx) error { return h.StepTx(h.ctx, tx, clerk, id, ledger.In{Step: "accept"}) })
		if m := h.matter(id); m.Class != ledger.Done {
			t.Fatalf("ended as %+v", m)
		}
		h.tallied()
	})
}

func TestAFindingWithoutOwnerIsAssigned(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		h := open(t, db, clock)
		id, err := h.Register(h.ctx, clerk, ledger.Draft{Convenor: 1, Fields: map[string]string{"problem": "责任不清的问题", "source": "opinion"}})
		if err != nil {
			t.Fatal(err)
		}
		h.tallied()
		h.nobody(1)
		if err := h.take(clerk, id, "assign", nil, ""); fault.As(err).Fields[0].Name != "owner" {
			t.Fatalf("assigned to nobody: %v", err)
		}
		if err := h.Take(h.ctx, clerk, id, ledger.In{Step: "assign", Owner: 3}); err != nil {
			t.Fatal(err)
		}
		if m := h.matter(id); m.Owner.ID != 3 || m.Person != 30 {
			t.Fatalf("assigned as %+v", m)
		}
		h.nobody(0)
		h.do(id, other, "claim", nil)
		h.tallied()
	})
}

// nobody says that so many findings of the city await an owner: at the city, where they lie, in the convenor's queue, and
// in nobody's who may not read there.
func (h *house) nobody(want int64) {
	h.t.Helper()
	for unit, n := range map[int64]int64{1: want, 2: 0} {
		r, err := h.Rollup(h.ctx, h.db, unit, h.today())
		if err != nil || (len(r) > 0 && r[0].Nobody != n) || (n > 0 && len(r) == 0) {
			h.t.Errorf("unit %d: %+v, want %d without an owner, %v", unit, r, n, err)
		}
	}
	for who, n := range map[*authz.Actor]int64{&clerk: want, &other: 0} {
		for _, f := range []ledger.Filter{{}, {Under: places[1]}, {Type: "rectification", Text: "责任不清"}} {
			f.Queue = ledger.QueueNobody
			if got, err := h.Count(h.ctx, *who, f, h.today()); got != n || err != nil {
				h.t.Errorf("account %d sees %d with %+v, want %d, %v", who.Account, got, f, n, err)
			}
		}
	}
}

func TestALookBackFallsDue(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		h := open(t, db, clock)
		id := h.finding("问题一")
		h.do(id, county, "plan", plan, clerk, "approve", nil, county, "declare", ledger.Texts(map[string]string{"result": "办完"}), verifier, "verify", nil, clerk, "close", closing)
		waiting := func(a authz.Actor) int64 {
			n, err := h.Count(h.ctx, a, ledger.Filter{Queue: ledger.QueueBack}, h.today())
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
		err := h.Take(h.ctx, verifier, id, ledger.In{Step: "look_back", Note: "看过"})
		if f := fault.As(err); f == nil || len(f.Fields) != 1 || f.Fields[0].Name != "early" || f.Fields[0].Key != "fault.ledger.early" {
			t.Fatalf("a look-back on the day of the closing needs no reason: %v", err)
		}
		clock.Add(89 * 24 * 3600e9)
		if n := waiting(verifier); n != 0 {
			t.Fatalf("%d look-backs are due too early", n)
		}
		clock.Add(24 * 3600e9)
		if v, c := waiting(verifier), waiting(as(9, 20, "verifier", 1)); v != 1 || c != 0 {
			t.Fatalf("the verifier is offered %d, the doer %d", v, c)
		}
		h.do(id, verifier, "look_back", nil)
		if n := waiting(verifier); n != 0 {
			t.Fatalf("%d look-backs are due after they passed", n)
		}
		early := h.finding("问题二")
		h.do(early, county, "plan", plan, clerk, "approve", nil, county, "declare", ledger.Texts(map[string]string{"result": "办完"}), verifier, "verify", nil, clerk, "close", closing)
		if err := h.Take(h.ctx, verifier, early, ledger.In{Step: "look_back", Note: "看过", Early: "专项检查一并安排"}); err != nil {
			t.Fatal(err)
		}
		v, err := h.View(h.ctx, clerk, early)
		if last := v.Events[len(v.Events)-1]; err != nil || len(last.Changes) != 1 || last.Changes[0] != (ledger.Change{Field: "early", To: "专项检查一并安排"}) {
			t.Fatalf("the reason is not kept: %+v %v", v.Events, err)
		}
	})
}

func TestTheCycleSetsTheDatesOfItsFindings(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		h := open(t, db, clock)
		lookBack := "2022-07-24"
		h.Dates = func(context.Context, store.Reader, int64) (map[string]string, error) {
			return map[string]string{"claim": "2022-01-14", "plan": "2022-01-24", "due": "2022-05-10", ledger.EffectLookBack: lookBack}, nil
		}
		register := func(meeting int64, problem string) ledger.Matter {
			id, err := h.Register(h.ctx, clerk, ledger.Draft{Convenor: 1, Unit: 2, Fields: map[string]string{"problem": problem, "source": "comment"}, Origin: ledger.Origin{Cycle: 7, Meeting: meeting}})
			if err != nil {
				t.Fatal(err)
			}
			return h.matter(id)
		}
		if m := register(3, "会上指出的问题"); m.Due != "2022-01-14" || m.Marks.Days["due"] != 120 {
			t.Errorf("of the meeting: due %s, %v", m.Due, m.Marks.Days)
		}
		if m := register(0, "自查发现的问题"); m.Due != "2022-01-20" {
			t.Errorf("from elsewhere: due %s", m.Due)
		}
		// The look-back: on the plan's day, but never sooner than 90 days after the closing.
		look, _ := h.Types().Current("rectification").Step("look_back")
		due := func(m ledger.Matter, closed, want string, plan bool) {
			t.Helper()
			m.Closed = closed
			if got, byPlan := h.Types().Current("rectification").LookBackDue(m, look); got != want || byPlan != plan {
				t.Errorf("closed on %s: %s, by the plan %v, want %s", closed, got, byPlan, want)
			}
		}
		m := register(3, "会上指出的又一问题")
		due(m, "2022-03-01", "2022-07-24", true)
		due(m, "2022-04-25", "2022-07-24", false)
		due(m, "2022-06-01", "2022-08-30", false)
		due(register(0, "巡察发现的问题"), "2022-03-01", "2022-05-30", false)
		lookBack = "2022-09-01"
		h.write(func(tx *store.Tx) error { return h.DatesSetTx(h.ctx, tx, 7) })
		due(h.matter(m.ID), "2022-03-01", "2022-09-01", true)

		// The list asks the same of the database.
		h.write(func(tx *store.Tx) error {
			_, err := tx.Exec(h.ctx, `UPDATE matter SET state = 'closed_done', state_class = 'done', closed_on = '2022-03-01'`)
			return err
		})
		for date, want := range map[string]int64{"2022-05-29": 0, "2022-05-30": 2, "2022-08-31": 2, "2022-09-01": 4} {
			if n, err := h.Count(h.ctx, verifier, ledger.Filter{Queue: ledger.QueueBack}, calendar.MustParse(date)); n != want || err != nil {
				t.Errorf("%s: %d wait to be looked back at, want %d: %v", date, n, want, err)
			}
		}
	})
}

func TestAnAcceptedReportAnswersAPromise(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		h := open(t, db, clock)
		reporter := authz.System()
		reporter.Person = 20
		var id int64
		h.write(func(tx *store.Tx) (err error) {
			id, err = h.RegisterTx(h.ctx, tx, clerk, ledger.Draft{Type: "promise", Convenor: 1, Unit: 2, Fields: map[string]string{"promise": "新建服务站"}})
			return err
		})
		answer := func(unit int64) (done bool) {
			h.write(func(tx *store.Tx) (err error) {
				done, err = h.AnswerTx(h.ctx, tx, reporter, id, unit, "已建成三个")
				return err
			})
			return done
		}
		if answer(3) || !answer(2) {
			t.Fatal("the wrong unit answered, or the right one could not")
		}
		if m := h.matter(id); m.State != "answered" || m.Values["answer"].Text != "已建成三个" {
			t.Fatalf("answered as %+v", m)
		}
		h.do(id, clerk, "accept", nil)
		if answer(2) {
			t.Fatal("an ended promise was answered again")
		}
	})
}
