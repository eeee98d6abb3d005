package ledger_test

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"plumbline/internal/authz"
	"plumbline/internal/calendar"
	"plumbline/internal/ledger"
	"plumbline/internal/store"
	"plumbline/internal/store/storetest"
)

// holidays has the first week of October 2022 off and the two weekend days beside it worked.
var holidays = must(calendar.Parse([]byte(`{"zone":"Asia/Shanghai","weekend":[6,0],"years":{"2022":{
	"off":["2022-10-03","2022-10-04","2022-10-05","2022-10-06","2022-10-07"],"work":["2022-10-08","2022-10-09"]}}}`)))

func at(text string) int64 {
	t, err := time.ParseInLocation("2006-01-02 15:04", text, holidays.Location())
	if err != nil {
		panic(err)
	}
	return t.UnixMicro()
}

func clockText(us int64) string {
	if us == 0 {
		return ""
	}
	return time.UnixMicro(us).In(holidays.Location()).Format("2006-01-02 15:04")
}

// one is a definition of one clock that runs in "doing" and may stand still in "waiting".
func one(k ledger.Clock) *ledger.Definition {
	k.ID, k.States = "k", []string{"doing"}
	step := func(id, from, to string, asks ...ledger.Ask) ledger.Transition {
		return ledger.Transition{ID: id, From: []string{from}, To: to, Action: authz.LedgerOwn, Ask: asks}
	}
	return &ledger.Definition{ID: "one", Title: "what", Start: "doing",
		Fields: []ledger.Field{{ID: "what", Kind: ledger.KindText}, {ID: "by", Kind: ledger.KindDate},
			{ID: "sort", Kind: ledger.KindChoice, Choices: []ledger.Choice{{ID: "quick"}, {ID: "slow"}}}},
		States: []ledger.State{{ID: "doing", Class: ledger.TurnOwner}, {ID: "waiting", Class: ledger.TurnConvenor}, {ID: "over", Class: ledger.Done}},
		Steps:  []ledger.Transition{step("ask", "doing", "waiting"), step("answer", "waiting", "doing"), step("date", "doing", "doing", ledger.Ask{Field: "by"}), step("end", "doing", "over")},
		Clocks: []ledger.Clock{k}}
}

// begun is a matter that came up at a moment.
func begun(on string) ledger.Matter {
	m := ledger.Matter{State: "doing", Class: ledger.TurnOwner, Opened: on[:10], Values: ledger.Values{}, Marks: ledger.Marks{On: map[string]string{"birth": on[:10], "enter": on[:10]}}}
	if len(on) > 10 {
		m.Marks.At = map[string]int64{"birth": at(on), "enter": at(on)}
	}
	return m
}

func taken(t interface {
	Helper()
	Fatal(...any)
}, d *ledger.Definition, m ledger.Matter, step, when string, values ...string) ledger.Matter {
	t.Helper()
	in := ledger.Taken{Step: step, Values: ledger.Values{}}
	if len(when) > 10 {
		in.At = at(when)
	}
	for i := 0; i < len(values); i += 2 {
		in.Values[values[i]] = ledger.Value{Text: values[i+1]}
	}
	m, _, err := d.Take(m, in, ledger.Who{Account: 1}, nil, calendar.MustParse(when[:10]), holidays)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestWhenAClockEnds(t *testing.T) {
	pausing := []string{"waiting"}
	for name, c := range map[string]struct {
		clock ledger.Clock
		begun string
		steps []string // step and moment
		due   string   // the last day in time
		at    string   // the instant of a clock of hours
	}{
		"days end on a working day":                   {ledger.Clock{From: "birth", Days: 2}, "2022-09-29 10:00", nil, "2022-10-08", ""},
		"working days":                                {ledger.Clock{From: "birth", Days: 2, Working: true}, "2022-09-29 10:00", nil, "2022-10-08", ""},
		"hours go through the night":                  {ledger.Clock{From: "birth", Hours: 24}, "2022-09-29 10:00", nil, "2022-09-30", "2022-09-30 10:00"},
		"hours of every day take no holiday":          {ledger.Clock{From: "birth", Hours: 48}, "2022-09-30 10:00", nil, "2022-10-02", "2022-10-02 10:00"},
		"working hours stand still over the holidays": {ledger.Clock{From: "birth", Hours: 24, Working: true}, "2022-09-30 10:00", nil, "2022-10-08", "2022-10-08 10:00"},
		"working hours begun on a day off":            {ledger.Clock{From: "birth", Hours: 24, Working: true}, "2022-10-03 10:00", nil, "2022-10-08", "2022-10-09 00:00"},
		"hours from a day count from its end":         {ledger.Clock{From: "birth", Hours: 2}, "2022-09-29", nil, "2022-09-30", "2022-09-30 02:00"},
		"midnight belongs to the day before":          {ledger.Clock{From: "birth", Hours: 14}, "2022-09-29 10:00", nil, "2022-09-29", "2022-09-30 00:00"},
		"grace of days":                               {ledger.Clock{From: "birth", Days: 1, Working: true, Grace: 2}, "2022-09-28 10:00", nil, "2022-10-08", ""},
		"grace of a clock of hours":                   {ledger.Clock{From: "birth", Hours: 2, Grace: 1}, "2022-09-28 10:00", nil, "2022-09-29", "2022-09-29 12:00"},
		"a pause of working days":                     {ledger.Clock{From: "birth", Days: 5, Working: true, Pauses: pausing}, "2022-09-21 09:00", []string{"ask", "2022-09-22 09:00", "answer", "2022-09-26 09:00"}, "2022-09-30", ""},
		"a pause over a weekend takes nothing":        {ledger.Clock{From: "birth", Days: 5, Working: true, Pauses: pausing}, "2022-09-21 09:00", []string{"ask", "2022-09-23 18:00", "answer", "2022-09-25 09:00"}, "2022-09-28", ""},
		"a pause of days":                             {ledger.Clock{From: "birth", Days: 5, Pauses: pausing}, "2022-09-14 09:00", []string{"ask", "2022-09-15 09:00", "answer", "2022-09-17 09:00"}, "2022-09-21", ""},
		"a pause of hours":                            {ledger.Clock{From: "birth", Hours: 24, Pauses: pausing}, "2022-09-14 09:00", []string{"ask", "2022-09-14 15:00", "answer", "2022-09-15 18:30"}, "2022-09-16", "2022-09-16 12:30"},
		"a pause of working hours":                    {ledger.Clock{From: "birth", Hours: 24, Working: true, Pauses: pausing}, "2022-09-30 09:00", []string{"ask", "2022-09-30 15:00", "answer", "2022-10-08 18:00"}, "2022-10-09", "2022-10-09 12:00"},
		"two pauses":                                  {ledger.Clock{From: "birth", Hours: 24, Pauses: pausing}, "2022-09-14 09:00", []string{"ask", "2022-09-14 10:00", "answer", "2022-09-14 11:00", "ask", "2022-09-14 12:00", "answer", "2022-09-14 14:00"}, "2022-09-15", "2022-09-15 12:00"},
		"where nothing pauses the clock runs on":      {ledger.Clock{From: "birth", Days: 5, Working: true}, "2022-09-21 09:00", []string{"ask", "2022-09-22 09:00", "answer", "2022-09-26 09:00"}, "2022-09-28", ""},
		"no clock runs where it stands still":         {ledger.Clock{From: "birth", Days: 5, Pauses: pausing}, "2022-09-21 09:00", []string{"ask", "2022-09-22 09:00"}, "", ""},
		"from the last step":                          {ledger.Clock{From: "answer", Hours: 4}, "2022-09-21 09:00", []string{"ask", "2022-09-22 09:00", "answer", "2022-09-26 09:15"}, "2022-09-26", "2022-09-26 13:15"},
	} {
		d := one(c.clock)
		m := begun(c.begun)
		if len(c.steps) == 0 {
			c.steps = []string{"date", c.begun}
		}
		for i := 0; i < len(c.steps); i += 2 {
			m = taken(t, d, m, c.steps[i], c.steps[i+1])
		}
		if m.Due != c.due || clockText(m.DueAt) != c.at {
			t.Errorf("%s: due %s %s, want %s %s", name, m.Due, clockText(m.DueAt), c.due, c.at)
		}
	}
}

func TestADatePushedOnByAPause(t *testing.T) {
	d := one(ledger.Clock{From: "field:by", Pauses: []string{"waiting"}})
	m := taken(t, d, begun("2022-09-01 09:00"), "date", "2022-09-01 09:00", "by", "2022-09-30")
	m = taken(t, d, m, "ask", "2022-09-05 09:00")
	m = taken(t, d, m, "answer", "2022-09-07 09:00")
	if m.Due != "2022-10-09" {
		t.Fatalf("two working days of waiting: due %s", m.Due)
	}
	if m = taken(t, d, m, "date", "2022-09-08 09:00", "by", "2022-09-29"); m.Due != "2022-09-29" {
		t.Fatalf("a date set after the pause knows of it: due %s", m.Due)
	}
}

func TestTheLengthByWhatAFieldSays(t *testing.T) {
	k := ledger.Clock{From: "birth", Days: 7, By: ledger.ClockBy{Field: "sort", Values: map[string]ledger.Span{"quick": {Hours: 24}, "slow": {Days: 15, Working: true}}}}
	for said, want := range map[string]string{"": "2022-09-08 ", "quick": "2022-09-02 2022-09-02 09:00", "slow": "2022-09-22 "} {
		m := begun("2022-09-01 09:00")
		if said != "" {
			m.Values["sort"] = ledger.Value{Text: said}
		}
		m = taken(t, one(k), m, "date", "2022-09-01 09:00")
		if got := m.Due + " " + clockText(m.DueAt); got != want {
			t.Errorf("%q: due %s, want %s", said, got, want)
		}
	}
}

// anyClock draws a clock that may stand still.
func anyClock(t *rapid.T) ledger.Clock {
	k := ledger.Clock{From: rapid.SampledFrom([]string{"birth", "field:by"}).Draw(t, "from"), Working: rapid.Bool().Draw(t, "working"),
		Grace: rapid.IntRange(0, 3).Draw(t, "grace"), Pauses: []string{"waiting"}}
	if rapid.Bool().Draw(t, "of hours") {
		k.Hours = rapid.IntRange(1, 200).Draw(t, "hours")
	} else {
		k.Days = rapid.IntRange(0, 40).Draw(t, "days")
	}
	return k
}

// left is how much time is left at a moment, as the clock counts it.
func left(k ledger.Clock, r ledger.Running, us int64) int64 {
	day := holidays.Today(time.UnixMicro(us))
	switch {
	case k.Hours > 0 && k.Working:
		return workedUntil(us, r.DueAt)
	case k.Hours > 0:
		return r.DueAt - us
	case k.Working || k.From == "field:by":
		return int64(holidays.WorkingDaysBetween(day, r.Due))
	}
	return int64(day.DaysUntil(r.Due))
}

// workedUntil counts the minutes of working days between two instants, minute by minute from day to day.
func workedUntil(a, b int64) (n int64) {
	if b < a {
		return -workedUntil(b, a)
	}
	for a < b {
		day := holidays.Today(time.UnixMicro(a))
		end := min(day.AddDays(1).Start(holidays.Location()).UnixMicro(), b)
		if holidays.IsWorking(day) {
			n += end - a
		}
		a = end
	}
	return n
}

// Whoever asks and is answered has as much time left as before, however often; no clock ends before it began; and the
// end with grace is never before the end without.
func TestAPauseNeverShortensWhatIsLeft(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		k := anyClock(t)
		d := one(k)
		now := at("2022-08-01 00:00") + int64(rapid.IntRange(0, 80*24*60).Draw(t, "begun"))*60e6
		text := func() string { return clockText(now) }
		m := begun(text())
		m.Values["by"] = ledger.Value{Text: holidays.Today(time.UnixMicro(now)).AddDays(rapid.IntRange(0, 60).Draw(t, "by")).String()}
		m = taken(t, d, m, "date", text())
		k.States = []string{"doing"}
		for range rapid.IntRange(1, 5).Draw(t, "pauses") {
			now += int64(rapid.IntRange(0, 10*24*60).Draw(t, "worked")) * 60e6
			was := d.Running(m, holidays)[0]
			if was.Last.Before(was.Due) || (was.DueAt != 0 && was.LastAt < was.DueAt) {
				t.Fatalf("grace shortens: %+v", was)
			}
			if k.From == "birth" && was.Due.String() < m.Opened {
				t.Fatalf("due %s, begun %s", was.Due, m.Opened)
			}
			before := left(k, was, now)
			if m = taken(t, d, m, "ask", text()); m.Due != "" || len(d.Running(m, holidays)) != 0 || !d.Paused(m) {
				t.Fatalf("the clock runs while it stands still: %+v", m)
			}
			now += int64(rapid.IntRange(0, 20*24*60).Draw(t, "waited")) * 60e6
			m = taken(t, d, m, "answer", text())
			if after := left(k, d.Running(m, holidays)[0], now); after < before {
				t.Fatalf("%s: %d left before the pause, %d after it: %+v", fmt.Sprintf("%+v", k), before, after, m.Marks.Stays)
			}
		}
	})
}

func TestAMatterOfHoursIsLateInEveryListAndFigure(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		h := open(t, db, clock)
		id := h.finding("一小时前该办完的事")
		h.finding("按天计的事")
		h.dueAt(id, h.clock.Now().Add(2*time.Hour))
		h.counted(1)
		h.stands(1, 2, 0)
		clock.Add(3 * time.Hour)
		h.counted(1)
		h.counted(2)
		h.stands(1, 2, 1)
		below, err := h.RollupBelow(h.ctx, db, 1, h.today())
		if err != nil || below[2][0].Late != 1 || below[2][0].Open() != 2 {
			t.Errorf("below the city: %+v %v", below, err)
		}
		stand, err := h.StandOf(h.ctx, db, 7, "finding", []int64{2}, h.today())
		if err != nil || stand[2].Late != 1 || stand[2].Open() != 2 {
			t.Errorf("of the cycle: %+v %v", stand, err)
		}
		if m := h.matter(id); !m.Late(clock.Now(), h.Calendar()) || m.Lamp(clock.Now(), h.Calendar()) != ledger.LampLate {
			t.Errorf("%+v is not late", m)
		}
	})
}

// dueAt gives a matter an hour at which it is due.
func (h *house) dueAt(id int64, due time.Time) {
	h.t.Helper()
	h.write(func(tx *store.Tx) error {
		_, err := tx.Exec(h.ctx, `UPDATE matter SET due_at = $1, due_on = $2 WHERE id = $3`, due.UnixMicro(), h.Today(due).String(), id)
		if err != nil {
			return err
		}
		return ledger.RebuildTx(h.ctx, tx)
	})
}

func (h *house) stands(unit, open, late int64) {
	h.t.Helper()
	r, err := h.Rollup(h.ctx, h.db, unit, h.today())
	if err != nil || len(r) != 1 || r[0].Open() != open || r[0].Late != late {
		h.t.Errorf("unit %d: %+v, want %d open and %d late (%v)", unit, r, open, late, err)
	}
}

func TestAUnitWorksByItsOwnDays(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		h := open(t, db, clock)
		h.write(func(tx *store.Tx) error {
			_, err := tx.Exec(h.ctx, `INSERT INTO unit_calendar (unit_id, day, kind, name) VALUES (2, '2022-01-20', 'off', '州庆'),
				(2, '2022-01-21', 'off', '州庆'), (4, '2022-01-21', 'work', '防汛值守'), (3, '2022-01-20', 'work', '')`)
			return err
		})
		// Ten days on is Thursday, 20 January: off at the county, where Friday is too; worked on Friday in its township.
		for unit, want := range map[int64]string{1: "2022-01-20", 2: "2022-01-24", 3: "2022-01-20", 4: "2022-01-21"} {
			id, err := h.Register(h.ctx, clerk, ledger.Draft{Convenor: 1, Unit: unit, Fields: map[string]string{"problem": "问题", "source": "opinion"}})
			if err != nil {
				t.Fatal(err)
			}
			if m := h.matter(id); m.Due != want {
				t.Errorf("unit %d: due %s, want %s", unit, m.Due, want)
			}
		}
	})
}

// What is sent back has its time once more, whatever it took before; without the word it is late at once.
func TestAStepOfAnewBeginsTheClockAgain(t *testing.T) {
	m := ledger.Matter{State: "doing", Opened: "2022-01-10", Values: ledger.Values{}, Marks: ledger.Marks{On: map[string]string{"claim": "2022-01-10", "return": "2022-02-10"}}}
	k := ledger.Clock{ID: "k", States: []string{"doing"}, From: "claim", Days: 5}
	for _, x := range []struct {
		anew []string
		want string
	}{{nil, "2022-01-15"}, {[]string{"return"}, "2022-02-15"}, {[]string{"reopen"}, "2022-01-15"}, {[]string{"reopen", "return"}, "2022-02-15"}} {
		k.Anew = x.anew
		d := &ledger.Definition{States: []ledger.State{{ID: "doing", Class: ledger.TurnOwner}}, Clocks: []ledger.Clock{k}}
		got := d.Running(m, everyDay)
		if len(got) != 1 || got[0].Due.String() != x.want {
			t.Errorf("anew %v: %+v, want %s", x.anew, got, x.want)
		}
	}
}

var everyDay = must(calendar.Parse([]byte(`{"zone":"Asia/Shanghai","weekend":[],"years":{"2022":{"off":[],"work":[]}}}`)))
