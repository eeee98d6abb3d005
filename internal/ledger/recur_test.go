package ledger_test

import (
	"database/sql"
	"slices"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"plumbline/internal/authz"
	"plumbline/internal/calendar"
	"plumbline/internal/ledger"
	"plumbline/internal/store"
	"plumbline/internal/store/storetest"
)

// routine gives the township 4 something to do again and again.
func (h *house) routine(often, begin, until string) int64 {
	h.t.Helper()
	id, err := h.Register(h.ctx, clerk, ledger.Draft{Type: "routine", Convenor: 1, Unit: 4, Fields: map[string]string{"what": "召开例会", "how_often": often, "begin": begin, "until": until}})
	if err != nil {
		h.t.Fatal(err)
	}
	return id
}

func (h *house) recur(want int64) {
	h.t.Helper()
	if n, err := h.Recur(h.ctx, func(int64, int64) {}); n != want || err != nil {
		h.t.Errorf("on %s %d were opened, want %d (%v)", h.today(), n, want, err)
	}
}

// periods lists what a matter made: the first days of the periods.
func (h *house) periods(id int64) (out []string) {
	h.t.Helper()
	list, err := store.List(h.ctx, h.db, `SELECT l.item FROM matter_link l JOIN matter m ON m.id = l.from_id WHERE l.to_id = $1 AND l.kind = 'occurrence_of' ORDER BY l.item`,
		[]any{id}, func(rows *sql.Rows) (text string, err error) {
			err = rows.Scan(&text)
			return text, err
		})
	if err != nil {
		h.t.Fatal(err)
	}
	return list
}

func TestARoutineOpensItsMattersOnceAPeriod(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		h, _ := errands(t, db, clock)
		id := h.routine("weekly", "2022-01-10", "2022-02-20")
		other, _ := errands(t, db, clock)
		h.recur(1)
		other.recur(0)
		h.until("2022-01-16")
		h.recur(0)
		h.until("2022-01-17")
		h.recur(1)
		// Three weeks without the program: this week's alone, and the history says how many were not made.
		h.until("2022-02-09")
		h.recur(1)
		if got, want := h.periods(id), []string{"2022-01-10", "2022-01-17", "2022-02-07"}; !slices.Equal(got, want) {
			t.Errorf("opened %v, want %v", got, want)
		}
		v, err := h.View(h.ctx, clerk, id)
		last := v.Events[len(v.Events)-1]
		if err != nil || last.Step != ledger.StepRecur || last.Note != "JB-2022-0003" || !slices.Contains(last.Changes, ledger.Change{Field: ledger.ChangeMissed, To: "2"}) {
			t.Errorf("the history tells %+v (%v)", last, err)
		}
		made := h.matter(id + 3)
		if made.Type != "errand" || made.Owner.ID != 4 || made.Title != "召开例会" || made.Opened != "2022-02-09" {
			t.Errorf("made %+v", made)
		}
		// While it rests it makes none; when it goes on, that of the present week.
		h.do(id, clerk, "rest", nil)
		h.until("2022-02-14")
		h.recur(0)
		h.do(id, clerk, "go_on", nil)
		h.recur(1)
		// Its end has come.
		h.until("2022-02-21")
		h.recur(0)
		if m := h.matter(id); m.RecurOn != "" {
			t.Errorf("goes on from %s", m.RecurOn)
		}
		h.tallied()
	})
}

func TestWhatCannotBeOpenedIsSaid(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		h, _ := errands(t, db, clock)
		bad, good := h.routine("monthly", "2022-01-01", ""), h.routine("monthly", "2022-01-05", "")
		h.write(func(tx *store.Tx) error {
			_, err := tx.Exec(h.ctx, `UPDATE matter SET unit_id = 999 WHERE id = $1`, bad)
			return err
		})
		h.recur(1)
		v, err := h.View(h.ctx, authz.System(), bad)
		if last := v.Events[len(v.Events)-1]; err != nil || last.Step != ledger.StepRecur || last.Changes[1].Field != ledger.ChangeRefused {
			t.Errorf("the history tells %+v (%v)", last, err)
		}
		if got := h.periods(good); !slices.Equal(got, []string{"2022-01-05"}) {
			t.Errorf("one that can't be made holds the others up: %v", got)
		}
		h.recur(0)
	})
}

func TestTwoProgramsOpenAPeriodOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		h, _ := errands(t, db, clock)
		other, _ := errands(t, db, clock)
		for range 8 {
			h.routine("monthly", "2022-01-01", "")
		}
		var wg sync.WaitGroup
		for _, x := range []*house{h, other, h} {
			wg.Go(func() {
				if _, err := x.Recur(x.ctx, func(int64, int64) {}); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		var n int
		if err := db.QueryRow(h.ctx, `SELECT COUNT(*) FROM matter WHERE type = 'errand'`).Scan(&n); err != nil || n != 8 {
			t.Errorf("%d opened (%v)", n, err)
		}
	})
}

// Whatever days the job runs on, it makes at most one for a period, only for the period that the day lies in, and
// accounts for every period that has begun.
func TestOccurrencesByAnyDays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		span := ledger.Span{Days: rapid.IntRange(1, 40).Draw(t, "days")}
		if rapid.Bool().Draw(t, "of months") {
			span = ledger.Span{Months: rapid.IntRange(1, 12).Draw(t, "months")}
		}
		d := &ledger.Definition{Recurrence: &ledger.Recurrence{Field: "often", Values: map[string]ledger.Span{"x": span}, From: "field:begin", States: []string{"on"}}}
		begin := calendar.MustParse("2022-01-31").AddDays(rapid.IntRange(0, 40).Draw(t, "begin"))
		m := ledger.Matter{State: "on", Values: ledger.Texts(map[string]string{"often": "x", "begin": begin.String()}), Marks: ledger.Marks{On: map[string]string{"enter": "2022-01-01"}}}
		made, dealt := map[string]bool{}, 0
		day := begin.AddDays(-rapid.IntRange(0, 10).Draw(t, "before"))
		for range rapid.IntRange(1, 30).Draw(t, "runs") {
			day = day.AddDays(rapid.IntRange(0, 50).Draw(t, "later"))
			o := d.Occurs(m, day)
			if o.Period != "" {
				first := calendar.MustParse(o.Period)
				end := first.AddDays(span.Days)
				if span.Months > 0 {
					end = first.AddMonths(span.Months)
				}
				if made[o.Period] || first.After(day) || end.AddDays(3).Before(day) {
					t.Fatalf("on %s the period from %s: %v", day, o.Period, made)
				}
				made[o.Period] = true
				dealt++
			}
			if dealt += o.Missed; o.Last != "" {
				m.Marks.Recurred = o.Last
			}
		}
		begun := 0
		for n := 0; ; n++ {
			first := begin.AddDays(n * span.Days)
			if span.Months > 0 {
				first = begin.AddMonths(n * span.Months)
			}
			if first.After(day) {
				break
			}
			begun++
		}
		if dealt != begun {
			t.Fatalf("%d periods have begun, %d were dealt with", begun, dealt)
		}
	})
}
