package ledger_test

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"plumbline/internal/authz"
	"plumbline/internal/ledger"
	"plumbline/internal/store"
	"plumbline/internal/store/storetest"
)

// book is who has which account: person n has account 1000+n; held are the accounts by "action@unit".
type book struct {
	held map[string][]int64
	none map[int64]bool // people without an account
}

func (b *book) Holding(_ context.Context, _ store.Reader, act authz.Action, at authz.Unit) ([]int64, error) {
	return b.held[fmt.Sprintf("%s@%d", act, at.ID)], nil
}

func (b *book) OfPeople(_ context.Context, _ store.Reader, people []int64) (out []int64, err error) {
	for _, p := range people {
		if !b.none[p] {
			out = append(out, 1000+p)
		}
	}
	return out, nil
}

// errands is a house whose one ledger reminds and escalates. The clock stands on Monday, 10 January 2022.
func errands(t *testing.T, db *store.DB, clock *storetest.Clock) (*house, *book) {
	types := source("errand.json", string(must(os.ReadFile("testdata/errand.json"))))
	types["ledgers/routine.json"] = source("routine.json", string(must(os.ReadFile("testdata/routine.json"))))["ledgers/routine.json"]
	h := openWith(t, db, clock, types)
	b := &book{held: map[string][]int64{"ledger.own@4": {41, 42}, "ledger.own@2": {21}, "ledger.approve@1": {11}}, none: map[int64]bool{}}
	h.Accounts = b
	return h, b
}

// errand gives the township 4 something to do by a date.
func (h *house) errand(due string) int64 {
	h.t.Helper()
	id, err := h.Register(h.ctx, clerk, ledger.Draft{Type: "errand", Convenor: 1, Unit: 4, Fields: map[string]string{"what": "报送名单", "due": due}})
	if err != nil {
		h.t.Fatal(err)
	}
	return id
}

func (h *house) sweep() int64 {
	h.t.Helper()
	n, err := h.Sweep(h.ctx, func(int64, int64) {})
	if err != nil {
		h.t.Fatal(err)
	}
	return n
}

// until moves the clock to the morning of a date.
func (h *house) until(date string) {
	h.t.Helper()
	to, err := time.ParseInLocation(time.DateOnly, date, h.Calendar().Location())
	if err != nil {
		h.t.Fatal(err)
	}
	h.clock.Add(to.Add(9 * time.Hour).Sub(h.clock.Now()))
}

// said is what the history of a matter has of prompts: the step, as whom, at which unit, who.
func (h *house) said(id int64) (out []string) {
	h.t.Helper()
	v, err := h.View(h.ctx, authz.System(), id)
	if err != nil {
		h.t.Fatal(err)
	}
	for _, e := range v.Events {
		if e.Step != ledger.StepRemind && e.Step != ledger.StepEscalate {
			continue
		}
		line := e.Step
		for _, ch := range e.Changes {
			if ch.Field != ledger.ChangeClock && ch.Field != ledger.ChangeDue && ch.Field != ledger.ChangeLevel {
				line += " " + ch.To
			}
		}
		out = append(out, line)
	}
	return out
}

// unread lists whom the notices of a matter went to.
func (h *house) unread(id int64) (accounts []int64) {
	h.t.Helper()
	accounts = []int64{}
	rows, err := h.db.Query(h.ctx, `SELECT account_id FROM notice WHERE matter_id = $1 ORDER BY id`, id)
	if err != nil {
		h.t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var a int64
		if err := rows.Scan(&a); err != nil {
			h.t.Fatal(err)
		}
		accounts = append(accounts, a)
	}
	return accounts
}

func (h *house) wantSaid(id int64, want ...string) {
	h.t.Helper()
	if got := h.said(id); !slices.Equal(got, want) {
		h.t.Errorf("on %s the history tells\n  %s\nwant\n  %s", h.today(), strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}

// Due on Monday 17 January, one day of grace: late from Wednesday on.
func TestAnErrandIsRemindedAndEscalatedDayByDay(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		h, _ := errands(t, db, clock)
		id := h.errand("2022-01-17")
		for _, day := range []struct {
			date string
			n    int64
		}{{"2022-01-12", 0}, {"2022-01-13", 1}, {"2022-01-14", 0}, {"2022-01-17", 0}, {"2022-01-18", 0}, {"2022-01-19", 1},
			{"2022-01-20", 1}, {"2022-01-21", 1}, {"2022-01-25", 0}, {"2022-01-26", 1}, {"2022-03-01", 0}} {
			h.until(day.date)
			if n := h.sweep(); n != day.n {
				t.Errorf("%s: %d given, want %d", day.date, n, day.n)
			}
			if n := h.sweep(); n != 0 {
				t.Errorf("%s: %d given a second time", day.date, n)
			}
		}
		h.wantSaid(id, "remind staff 4", "escalate leader 4 40", "escalate convenor 1", "escalate leader 2 20", "escalate leader 1 10")
		if got, want := h.unread(id), []int64{41, 42, 1040, 1040, 11, 1020, 1010}; !slices.Equal(got, want) {
			t.Errorf("told %v, want %v", got, want)
		}
		if m := h.matter(id); m.PromptAt != 0 || m.Version != 1 {
			t.Errorf("%+v", m)
		}
		if n := len(logged(t, db, id)); n != 6 {
			t.Errorf("%d entries in the log, want 1 of the registration and 5 of sweeps", n)
		}
	})
}

func TestAfterDaysOfDownTimeEveryLevelIsGivenOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		h, _ := errands(t, db, clock)
		id := h.errand("2022-01-17")
		h.until("2022-01-21")
		if n := h.sweep(); n != 4 {
			t.Errorf("%d given after the down time", n)
		}
		h.wantSaid(id, "remind staff 4", "escalate leader 4 40", "escalate convenor 1", "escalate leader 2 20")
		// The same after a restart: another service on the same database.
		again, _ := errands(t, db, clock)
		if n := again.sweep(); n != 0 {
			t.Errorf("%d given after the restart", n)
		}
	})
}

// Two programs that sweep at once: the table's key lets each prompt through once.
func TestSweepsAtOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		h, _ := errands(t, db, clock)
		other, _ := errands(t, db, clock)
		const errands = 90
		for range errands {
			h.errand("2022-01-17")
		}
		h.until("2022-01-21")
		var wg sync.WaitGroup
		given := make([]int64, 4)
		for i, x := range []*house{h, other, h, other} {
			wg.Go(func() {
				var err error
				if given[i], err = x.Sweep(x.ctx, func(int64, int64) {}); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		var prompts, events int
		if err := db.QueryRow(h.ctx, `SELECT (SELECT COUNT(*) FROM matter_prompt), (SELECT COUNT(*) FROM matter_event WHERE step IN ('remind', 'escalate'))`).Scan(&prompts, &events); err != nil {
			t.Fatal(err)
		}
		if prompts != 4*errands || events != 4*errands || given[0]+given[1]+given[2]+given[3] != 4*errands {
			t.Errorf("%d prompts, %d events, given %v; want %d", prompts, events, given, 4*errands)
		}
	})
}

func TestPromptsStopWhenTheMatterMovesOn(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		h, _ := errands(t, db, clock)
		ended, waits, redated, passedOn, busy := h.errand("2022-01-17"), h.errand("2022-01-17"), h.errand("2022-01-17"), h.errand("2022-01-17"), h.errand("2022-01-17")
		owner := as(9, 0, "staff", 4)
		h.until("2022-01-19")
		h.sweep()
		h.do(ended, clerk, "close", nil)
		h.do(waits, owner, "ask", nil)
		h.do(redated, clerk, "date", ledger.Texts(map[string]string{"due": "2022-01-24"}))
		if err := h.Take(h.ctx, clerk, passedOn, ledger.In{Step: "assign", Owner: 3}); err != nil {
			t.Fatal(err)
		}
		h.until("2022-01-20")
		h.do(busy, owner, "note", nil)
		h.sweep()
		first := []string{"remind staff 4", "escalate leader 4 40"}
		h.wantSaid(ended, first...)
		h.wantSaid(waits, first...)
		h.wantSaid(redated, "remind staff 4", "escalate leader 4 40", "remind staff 4")
		h.wantSaid(passedOn, first...)
		h.wantSaid(busy, append(first, "escalate convenor 1")...)

		// Whoever waited has the two days of waiting more; the one with a new owner goes on with a new date.
		h.until("2022-01-21")
		h.do(waits, clerk, "answer", nil)
		if m := h.matter(waits); m.Due != "2022-01-20" {
			t.Fatalf("due %s after the pause, grace included", m.Due)
		}
		h.do(passedOn, clerk, "date", ledger.Texts(map[string]string{"due": "2022-01-24"}))
		h.until("2022-01-26")
		h.sweep()
		h.wantSaid(passedOn, append(first, "remind staff 3", "escalate leader 3 30")...)
		// Its clock ends on another date now, so that the rounds begin anew for it.
		h.wantSaid(waits, append(first, "remind staff 4", "escalate leader 4 40", "escalate convenor 1", "escalate leader 2 20")...)
	})
}

func TestWhoStandsInWhereAPostIsVacant(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		h, b := errands(t, db, clock)
		h.write(func(tx *store.Tx) error {
			for _, q := range []string{
				`UPDATE tenure SET to_date = '2022-01-01' WHERE post_id IN (400, 200)`,
				`INSERT INTO post (id, unit_id, kind, title, title_en, from_date, to_date, version) VALUES (401, 4, 'deputy_secretary', '副书记', 'Deputy', '', '', 1)`,
				`INSERT INTO person (id, code, name, name_en, version) VALUES (44, 'p44', '副手', '', 1)`,
				`INSERT INTO tenure (post_id, person_id, from_date, to_date, version) VALUES (401, 44, '', '', 1)`,
			} {
				if _, err := tx.Exec(h.ctx, q); err != nil {
					return err
				}
			}
			return nil
		})
		id := h.errand("2022-01-17")
		h.until("2022-01-21")
		h.sweep()
		// The township's deputy stands in; the county has neither, so those who act for it.
		h.wantSaid(id, "remind staff 4", "escalate deputy 4 44", "escalate convenor 1", "escalate staff 2")

		// Where nobody may even act, the level above; and a head without an account has it told to those who act.
		delete(b.held, "ledger.own@2")
		b.none[44] = true
		id = h.errand("2022-01-17")
		h.sweep()
		h.wantSaid(id, "remind staff 4", "escalate deputy 4 44", "escalate convenor 1", "escalate leader 1 10")
		if got, want := h.unread(id), []int64{41, 42, 41, 42, 11, 1010}; !slices.Equal(got, want) {
			t.Errorf("told %v, want %v", got, want)
		}
	})
}

func TestNoticesAreReadOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		h, _ := errands(t, db, clock)
		first, second := h.errand("2022-01-12"), h.errand("2022-01-12")
		h.sweep()
		reader, stranger := as(41, 0, "staff", 4), as(42, 0, "staff", 3)
		count := func(a authz.Actor, want int) {
			t.Helper()
			if n, err := h.Unread(h.ctx, a); n != want || err != nil {
				t.Errorf("account %d has %d unread, want %d (%v)", a.Account, n, want, err)
			}
		}
		count(reader, 2)
		list, err := h.Notices(h.ctx, reader, ledger.NoticeQuery{Limit: 10})
		if err != nil || len(list) != 2 || list[0].Matter != second || list[0].About.Number != "JB-2022-0002" || list[0].Due != "2022-01-12" {
			t.Fatalf("%+v %v", list, err)
		}
		if m, err := h.ReadNotice(h.ctx, reader, list[1].ID); m != first || err != nil {
			t.Errorf("leads to %d: %v", m, err)
		}
		if m, err := h.ReadNotice(h.ctx, as(77, 0), list[0].ID); m != 0 || err != nil {
			t.Errorf("somebody else's notice led to %d: %v", m, err)
		}
		count(reader, 1)
		if list, err = h.Notices(h.ctx, reader, ledger.NoticeQuery{Read: true, Limit: 10}); err != nil || len(list) != 1 || list[0].Read == 0 {
			t.Errorf("read: %+v %v", list, err)
		}
		if list, err = h.Notices(h.ctx, stranger, ledger.NoticeQuery{Limit: 10}); err != nil || len(list) != 2 || list[0].About.ID != 0 {
			t.Errorf("whoever may not read the matter any more is shown it: %+v %v", list, err)
		}
		if err := h.ReadAll(h.ctx, stranger, list[1].ID); err != nil {
			t.Fatal(err)
		}
		count(stranger, 1)
		count(reader, 1)
	})
}
