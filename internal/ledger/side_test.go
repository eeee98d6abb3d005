package ledger_test

import (
	"testing"

	"pgregory.net/rapid"

	"plumbline/internal/authz"
	"plumbline/internal/fault"
	"plumbline/internal/ledger"
	"plumbline/internal/store"
	"plumbline/internal/store/storetest"
)

// A township (4) asks, a county (2) above it does, the city (1) is where somebody approves.
var (
	township = as(11, 40, "debriefer", 4)
	neighbor = as(12, 0, "staff", 4)
)

// grant gives an account that exists a role, for what asks the database who may do something.
func (h *house) grant(account int64, role string, unit int64) {
	h.t.Helper()
	h.write(func(tx *store.Tx) error {
		_, err := tx.Exec(h.ctx, `INSERT INTO account (id, login, name, lang, person_id, unit_id, secret, setup_digest, setup_until, failures, locked_until, disabled, created_at, version)
			VALUES ($1, $2, 'somebody', 'zh', 0, $3, '', '', 0, 0, 0, 0, 0, 1)`, account, "login"+string(rune('a'+account%26)), unit)
		if err == nil {
			_, err = tx.Exec(h.ctx, `INSERT INTO role_grant (account_id, role, unit_id) VALUES ($1, $2, $3)`, account, role, unit)
		}
		return err
	})
}

func (h *house) call(by authz.Actor, text string) int64 {
	h.t.Helper()
	id, err := h.Register(h.ctx, by, ledger.Draft{Type: "call", Requester: 4, Unit: 2, Fields: map[string]string{"what": text, "category": "plain", "start": "2022-01-10"}})
	if err != nil {
		h.t.Fatal(err)
	}
	return id
}

func TestWhoeverAskedAnswersAndJudges(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		h := open(t, db, clock)
		id := h.call(township, "村口道路塌方，请派人")
		m := h.matter(id)
		if m.Requester.ID != 4 || m.Asker != 11 || m.Owner.ID != 2 || m.Convenor.ID != 2 {
			t.Fatalf("asked for as %+v", m)
		}
		for who, sees := range map[*authz.Actor]bool{&township: true, &neighbor: true, &county: true, &clerk: true, &other: false} {
			if _, err := h.Find(h.ctx, *who, id); (err == nil) != sees {
				t.Errorf("account %d: %v", who.Account, err)
			}
			if n, err := h.Count(h.ctx, *who, ledger.Filter{Type: "call"}, h.today()); (n == 1) != sees || err != nil {
				t.Errorf("account %d lists %d: %v", who.Account, n, err)
			}
		}
		h.do(id, county, "ask_back", nil)
		h.queued(township, ledger.QueueAsk, 1)
		h.queued(county, ledger.QueueAsk, 0)
		if err := h.take(county, id, "tell", nil, "两处"); fault.KindOf(err) != fault.Forbidden {
			t.Fatalf("the owner answered for the requester: %v", err)
		}
		h.do(id, neighbor, "tell", nil)
		h.do(id, county, "answer", ledger.Texts(map[string]string{"answer": "已抢修"}))
		if err := h.take(county, id, "accept", ledger.Texts(map[string]string{"satisfied": "yes"}), ""); fault.KindOf(err) != fault.Forbidden {
			t.Fatalf("the doer judged: %v", err)
		}
		h.do(id, township, "return", nil, county, "answer", ledger.Texts(map[string]string{"answer": "又修好了"}), township, "accept", ledger.Texts(map[string]string{"satisfied": "yes"}))
		if m := h.matter(id); m.Class != ledger.Done {
			t.Fatalf("%+v", m)
		}
		h.tallied()
	})
}

// Somebody who may act for both sides is still one person: who took part never judges, not as requester either.
func TestTheDoerNeverJudgesAsRequester(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		h := open(t, db, clock)
		id := h.call(township, "请解决办公用房")
		both, twin := as(13, 70, "staff", 2, "staff", 4), as(14, 70, "staff", 4)
		h.do(id, both, "answer", ledger.Texts(map[string]string{"answer": "已解决"}))
		for _, a := range []authz.Actor{both, twin, as(15, 20, "staff", 4)} { // the third answers for the owner
			if err := h.take(a, id, "accept", ledger.Texts(map[string]string{"satisfied": "yes"}), ""); fault.KindOf(err) != fault.Forbidden {
				t.Errorf("account %d did and judged: %v", a.Account, err)
			}
		}
		h.do(id, neighbor, "accept", ledger.Texts(map[string]string{"satisfied": "yes"}))
	})
}

func TestAUnitRegistersFromItsOwnSideOnly(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		h := open(t, db, clock)
		fields := map[string]string{"what": "事项", "category": "plain"}
		for _, c := range []struct {
			who  authz.Actor
			in   ledger.Draft
			want fault.Kind
		}{
			{township, ledger.Draft{Type: "call", Requester: 2, Unit: 3, Fields: fields}, fault.Forbidden},
			{township, ledger.Draft{Type: "call", Convenor: 4, Unit: 2, Fields: fields}, fault.Invalid},
			{verifier, ledger.Draft{Type: "call", Requester: 4, Fields: fields}, fault.Forbidden},
			{township, ledger.Draft{Convenor: 4, Unit: 4, Fields: map[string]string{"problem": "x", "source": "self_check"}}, fault.Forbidden},
			{township, ledger.Draft{Type: "call", Requester: 4, Fields: map[string]string{}}, fault.Invalid},
		} {
			if _, err := h.Register(h.ctx, c.who, c.in); fault.KindOf(err) != c.want {
				t.Errorf("%+v: %v", c.in, err)
			}
		}
		h.grant(1, "secretariat", 1)
		id := h.call(township, "请市里解决")
		if m := h.matter(id); m.Convenor.ID != 1 {
			t.Fatalf("somebody approves at the city, but the convenor is %d", m.Convenor.ID)
		}
		// A draft can't choose its convenor.
		id, err := h.Register(h.ctx, township, ledger.Draft{Type: "call", Requester: 4, Convenor: 4, Fields: fields})
		if m := h.matter(id); err != nil || m.Convenor.ID != 1 || m.Owner.ID != 0 || m.Place().ID != 1 {
			t.Fatalf("%+v %v", m, err)
		}
	})
}

func TestARequestFollowsItsRequester(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		h := open(t, db, clock)
		id := h.call(township, "请求一")
		h.write(func(tx *store.Tx) error {
			if _, err := tx.Exec(h.ctx, `UPDATE unit SET path = '/1/3/4/', parent_id = 3 WHERE id = 4`); err != nil {
				return err
			}
			return ledger.RetallyTx(h.ctx, tx, "/1/2/4/", "/1/3/4/")
		})
		if m := h.matter(id); m.Requester.Path != "/1/3/4/" {
			t.Fatalf("moved to %+v", m.Requester)
		}
		h.write(func(tx *store.Tx) error {
			_, err := h.HandOverTx(h.ctx, tx, authz.System(), 4, 3)
			return err
		})
		if m := h.matter(id); m.Requester.ID != 3 || m.Owner.ID != 2 {
			t.Fatalf("handed over to %+v", m)
		}
		h.tallied()
	})
}

func (h *house) queued(who authz.Actor, queue string, want int64) {
	h.t.Helper()
	if n, err := h.Count(h.ctx, who, ledger.Filter{Queue: queue}, h.today()); n != want || err != nil {
		h.t.Errorf("account %d has %d in %s, not %d: %v", who.Account, n, queue, want, err)
	}
}

// Any life of a request, by people who may act on every side at once: nobody who did judges, and the tallies stay true.
func TestNoLifeOfARequestLetsADoerJudge(t *testing.T) {
	h := open(t, storetest.OpenSQLite(t, storetest.NewClock()), storetest.NewClock())
	all := []any{"staff", 2, "staff", 4, "presider", 2, "staff", 3}
	actors := []authz.Actor{as(1, 10, all...), as(2, 10, all...), as(3, 0, all...), as(4, 70, all...)}
	d := h.Types().Current("call")
	values := ledger.Texts(map[string]string{"answer": "好", "satisfied": "yes"})
	values["parts"] = ledger.Value{Rows: [][]string{{"清障", "C3", "", "", "100", "2022-05-01", ""}}}
	rapid.Check(t, func(t *rapid.T) {
		id := h.call(township, "随机诉求")
		did := map[int64]bool{}
		for range rapid.IntRange(1, 12).Draw(t, "length") {
			steps := d.StepsFrom(h.matter(id).State)
			if len(steps) == 0 {
				break
			}
			a, step := rapid.SampledFrom(actors).Draw(t, "actor"), rapid.SampledFrom(steps).Draw(t, "step")
			err := h.Take(h.ctx, a, id, ledger.In{Step: step.ID, Values: values, Note: "说明"})
			if err != nil && fault.As(err) == nil {
				t.Fatal(err)
			}
			who := a.Account
			if who == 2 { // the same person as account 1
				who = 1
			}
			if err == nil && step.Judges() && did[who] {
				t.Fatalf("account %d did and judged by %s", a.Account, step.ID)
			}
			did[who] = did[who] || (err == nil && step.Does())
		}
		if wrong, err := h.CheckCounts(h.ctx, h.db); err != nil || len(wrong) > 0 {
			t.Fatalf("%v %v", wrong, err)
		}
	})
}

func TestACheckOfAMechanismBeginsWithTheMechanism(t *testing.T) {
	h := open(t, storetest.OpenSQLite(t, storetest.NewClock()), storetest.NewClock())
	finding, check := h.Types().Current("rectification"), h.Types().Current("mechanism_check")
	m := ledger.Matter{Title: "档案不规范", Values: ledger.Texts(map[string]string{"problem": "档案不规范", "mechanism": "季度抽查制度"})}
	if got := check.Begin(finding, m)["mechanism"].Text; got != "季度抽查制度" {
		t.Errorf("begins with %q", got)
	}
	delete(m.Values, "mechanism")
	if got := check.Begin(finding, m)["mechanism"].Text; got != "档案不规范" {
		t.Errorf("without a mechanism it begins with %q", got)
	}
}
