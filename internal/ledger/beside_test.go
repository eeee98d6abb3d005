package ledger_test

import (
	"testing"
	"time"

	"plumbline/internal/ledger"
	"plumbline/internal/store"
	"plumbline/internal/store/storetest"
)

// TestAClaimStandsBesideItsFigure lets two counties do their findings, one of them with a return, and keeps the figures
// of a topic as they were when it was concluded.
func TestAClaimStandsBesideItsFigure(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		h := open(t, db, clock)
		finish := func(returned bool) int64 {
			id := h.finding("问题")
			h.do(id, county, "claim", nil, staff, "plan", plan)
			if returned {
				h.do(id, clerk, "return_plan", nil, staff, "plan", plan)
			}
			h.do(id, clerk, "approve", nil, county, "declare", ledger.Texts(map[string]string{"result": "已完成"}), verifier, "verify", nil, clerk, "close", closing)
			return id
		}
		finish(false)
		last := finish(true)
		peer, err := h.Register(h.ctx, clerk, ledger.Draft{Convenor: 1, Unit: 3, Fields: map[string]string{"problem": "另一个", "source": "self_check"}, Origin: ledger.Origin{Cycle: 7}})
		if err != nil {
			t.Fatal(err)
		}
		claim := func(figure, unit string) []string {
			return []string{"看法", "prevarication", figure, unit, "rectification"}
		}
		topic, err := h.Register(h.ctx, clerk, ledger.Draft{Type: "topic", Convenor: 1, Unit: 1, Fields: map[string]string{"topic": "题目", "about": "内容", "until": "2022-06-30"},
			Tables: map[string][][]string{"claims": {claim("reopened", "C2"), claim("", "C2"), claim("lie", "C3"), claim("late", "")}}})
		if err != nil {
			t.Fatal(err)
		}
		figures := func() []ledger.Claimed {
			t.Helper()
			v, err := h.View(h.ctx, clerk, topic)
			if err != nil {
				t.Fatal(err)
			}
			out, _, err := h.Claims(h.ctx, clerk, v, h.BesideOf(v))
			if err != nil {
				t.Fatal(err)
			}
			return out
		}
		got := figures()
		if len(got) != 4 || got[0].Own.Of != 2 || got[0].Own.Hits != 0 || got[1].Measure != ledger.MeasureHandovers || got[1].Own.Of != 2 || got[1].Own.Value() <= got[1].Median || !got[1].Worse() {
			t.Fatalf("%+v", got)
		}
		if got[2].Own.Of != 1 || got[2].Peers != 1 || got[3].Unit.ID != 0 {
			t.Fatalf("%+v", got)
		}
		h.do(topic, clerk, "conclude", ledger.Texts(map[string]string{"conclusion": "结论"}))
		before := figures()
		clock.Set(clock.Now().Add(40 * 24 * time.Hour))
		h.do(last, verifier, "reopen", ledger.Texts(map[string]string{"due": "2022-06-30"}))
		_ = peer
		after := figures()
		for i := range before {
			if before[i].Own != after[i].Own || before[i].Median != after[i].Median {
				t.Errorf("claim %d changed after the end: %+v, then %+v", i, before[i], after[i])
			}
		}
		h.do(topic, clerk, "reopen", ledger.Texts(map[string]string{"until": "2022-08-30"}))
		if now := figures(); now[0].Own.Hits != 1 || now[0].Own.Of != 2 {
			t.Errorf("reopened, the topic should see what happened since: %+v", now[0])
		}
	})
}
