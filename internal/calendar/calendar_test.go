package calendar

import (
	"errors"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// sample has a week off around 2022-02-01 with two weekend days worked before it, and a whole
// covered year without exceptions after it.
const sample = `{"zone":"Asia/Shanghai","weekend":[6,0],"years":{
 "2022":{"off":["2022-01-31","2022-02-01","2022-02-02","2022-02-03","2022-02-04"],"work":["2022-01-29","2022-01-30"]},
 "2023":{"off":[],"work":[]}}}`

func sampleCalendar(t *testing.T) *Calendar {
	t.Helper()
	c, err := Parse([]byte(sample))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestParseRefuses(t *testing.T) {
	year := func(body string) string {
		return `{"zone":"Asia/Shanghai","weekend":[6,0],"years":{"2022":` + body + `}}`
	}
	for name, tc := range map[string]struct{ data, code, value string }{
		"no JSON":         {`{`, BadJSON, ""},
		"two values":      {`{"zone":"UTC"} {}`, BadJSON, ""},
		"unknown key":     {`{"zone":"UTC","weekends":[6]}`, BadJSON, ""},
		"no zone":         {`{"weekend":[6,0]}`, BadZone, ""},
		"machine's zone":  {`{"zone":"Local"}`, BadZone, "Local"},
		"unknown zone":    {`{"zone":"Asia/Nowhere"}`, BadZone, "Asia/Nowhere"},
		"eighth day":      {`{"zone":"UTC","weekend":[7]}`, BadWeekend, "7"},
		"doubled day":     {`{"zone":"UTC","weekend":[6,6]}`, BadWeekend, "6"},
		"never working":   {`{"zone":"UTC","weekend":[0,1,2,3,4,5,6]}`, BadWeekend, "0"},
		"odd year":        {`{"zone":"UTC","years":{"022":{}}}`, BadYear, "022"},
		"impossible":      {year(`{"off":["2022-02-30"]}`), BadDay, "2022-02-30"},
		"other year":      {year(`{"off":["2023-01-02"]}`), WrongYear, "2023-01-02"},
		"twice off":       {year(`{"off":["2022-01-31","2022-01-31"]}`), DoubledDay, "2022-01-31"},
		"off and worked":  {year(`{"off":["2022-01-31"],"work":["2022-01-31"]}`), DoubledDay, "2022-01-31"},
		"off on weekend":  {year(`{"off":["2022-01-29"]}`), OffOnWeekend, "2022-01-29"},
		"work on weekday": {year(`{"work":["2022-01-28"]}`), WorkOnWeekday, "2022-01-28"},
	} {
		_, err := Parse([]byte(tc.data))
		var bad *DataError
		if !errors.As(err, &bad) || bad.Code != tc.code || (tc.value != "" && bad.Value != tc.value) {
			t.Errorf("%s: %v, want %s %q", name, err, tc.code, tc.value)
		}
	}
}

func TestParseAddsAndReplacesYears(t *testing.T) {
	c, err := Parse([]byte(sample), []byte(`{"years":{"2023":{"off":["2023-01-02"]},"2024":{}}}`))
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(c.Years(), []int{2022, 2023, 2024}) || c.IsWorking(MustParse("2023-01-02")) ||
		c.IsWorking(MustParse("2022-02-01")) {
		t.Errorf("years %v", c.Years())
	}
}

func TestWorkingDays(t *testing.T) {
	c := sampleCalendar(t)
	for day, want := range map[string]bool{"2022-01-28": true, "2022-01-29": true, "2022-01-30": true, "2022-01-31": false,
		"2022-02-04": false, "2022-02-05": false, "2022-02-07": true, "2021-02-01": true, "2021-02-06": false} {
		if c.IsWorking(MustParse(day)) != want {
			t.Errorf("%s: working is %v", day, !want)
		}
	}
	if c.IsWorking(Date{}) {
		t.Error("no date is a working day")
	}
	for _, tc := range []struct {
		from string
		n    int
		want string
	}{{"2022-01-28", 1, "2022-01-29"}, {"2022-01-28", 3, "2022-02-07"}, {"2022-02-07", -1, "2022-01-30"},
		{"2022-02-01", 1, "2022-02-07"}, {"2022-02-01", -1, "2022-01-30"}, {"2022-02-01", 0, "2022-02-01"},
		{"9999-12-31", 5, "9999-12-31"}, {"0001-01-01", -1, "0001-01-01"}} {
		if got := c.AddWorkingDays(MustParse(tc.from), tc.n).String(); got != tc.want {
			t.Errorf("%s %+d is %s, want %s", tc.from, tc.n, got, tc.want)
		}
	}
	if !c.AddWorkingDays(Date{}, 3).IsZero() {
		t.Error("three working days after no date is a date")
	}
	if c.OnOrAfter(MustParse("2022-02-02")).String() != "2022-02-07" || c.OnOrBefore(MustParse("2022-02-02")).String() != "2022-01-30" ||
		c.OnOrAfter(MustParse("2022-02-07")).String() != "2022-02-07" {
		t.Error("the nearest working day")
	}
}

func TestCovered(t *testing.T) {
	c := sampleCalendar(t)
	if c.Covered(2021) || !c.Covered(2022) || !c.Covered(2023) {
		t.Error("covered years")
	}
	if c.CoveredBetween(MustParse("2022-05-01"), MustParse("2024-01-01")) || !c.CoveredBetween(MustParse("2023-12-31"), MustParse("2022-01-01")) {
		t.Error("covered spans")
	}
}

func TestLampAndLeft(t *testing.T) {
	c := sampleCalendar(t)
	for _, tc := range []struct {
		due, today string
		lamp       Lamp
		n          int
		working    bool
	}{
		{"2022-02-07", "2022-01-27", OnTime, 4, true},
		{"2022-02-07", "2022-01-28", DueSoon, 3, true},
		{"2022-02-07", "2022-02-07", DueSoon, 0, true},
		{"2022-02-07", "2022-02-08", Late, -1, true},
		{"2022-02-11", "2022-02-12", Late, -1, false}, // a Saturday: late, no working day passed
		{"2022-02-13", "2022-02-12", DueSoon, 1, false},
		{"2024-01-08", "2023-12-29", OnTime, 10, false}, // 2024 is not covered
	} {
		due, today := MustParse(tc.due), MustParse(tc.today)
		n, working := c.Left(due, today)
		if lamp := c.Lamp(due, today, 3); lamp != tc.lamp || n != tc.n || working != tc.working {
			t.Errorf("due %s on %s: %s %d %v, want %s %d %v", due, today, lamp, n, working, tc.lamp, tc.n, tc.working)
		}
	}
	if c.Lamp(Date{}, MustParse("2022-02-07"), 3) != NoLamp {
		t.Error("a matter without a deadline has a lamp")
	}
}

// anyCalendar draws a calendar with some weekend and exceptions in 2022 and 2023.
func anyCalendar(t *rapid.T) *Calendar {
	c := &Calendar{special: map[Date]bool{}, covered: map[int]bool{2022: true, 2023: true}}
	for range rapid.IntRange(0, 3).Draw(t, "weekend days") {
		c.weekend[rapid.IntRange(0, 6).Draw(t, "weekend day")] = true
	}
	first := MustParse("2022-01-01")
	for range rapid.IntRange(0, 60).Draw(t, "exceptions") {
		d := first.AddDays(rapid.IntRange(0, 729).Draw(t, "exception"))
		c.special[d] = c.weekend[d.Weekday()]
	}
	c.index()
	return c
}

func nearDate(t *rapid.T, name string) Date {
	return MustParse("2021-10-01").AddDays(rapid.IntRange(0, 1000).Draw(t, name))
}

func TestWorkingDayLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := anyCalendar(t)
		a, b, e := nearDate(t, "a"), nearDate(t, "b"), nearDate(t, "e")
		n := rapid.IntRange(-80, 80).Draw(t, "n")
		if c.WorkingDaysBetween(a, b)+c.WorkingDaysBetween(b, e) != c.WorkingDaysBetween(a, e) {
			t.Fatalf("between is not additive over %s %s %s", a, b, e)
		}
		counted := 0
		for d := a; d.Before(b); {
			d = d.AddDays(1)
			if c.IsWorking(d) {
				counted++
			}
		}
		if a.Before(b) && c.WorkingDaysBetween(a, b) != counted {
			t.Fatalf("%s to %s: %d, counted %d", a, b, c.WorkingDaysBetween(a, b), counted)
		}
		if to := c.AddWorkingDays(a, n); n != 0 && !c.IsWorking(to) {
			t.Fatalf("%s %+d lands on a day off, %s", a, n, to)
		}
		w := c.OnOrAfter(a)
		if back := c.AddWorkingDays(c.AddWorkingDays(w, n), -n); back != w {
			t.Fatalf("%s %+d and back is %s", w, n, back)
		}
		if got := c.WorkingDaysBetween(w, c.AddWorkingDays(w, n)); got != n {
			t.Fatalf("%s %+d lies %d working days away", w, n, got)
		}
	})
}

func TestLampLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := anyCalendar(t)
		due, today := nearDate(t, "due"), nearDate(t, "today")
		soon := rapid.IntRange(0, 20).Draw(t, "soon")
		lamp := c.Lamp(due, today, soon)
		n, _ := c.Left(due, today)
		if (n < 0) != (lamp == Late) || (n == 0) != (due == today) {
			t.Fatalf("due %s on %s: %s with %d left", due, today, lamp, n)
		}
		inQuery := OnTime
		if due.Before(today) {
			inQuery = Late
		} else if !due.After(c.Horizon(today, soon)) {
			inQuery = DueSoon
		}
		if inQuery != lamp {
			t.Fatalf("due %s on %s, soon %d: lamp %s, by the horizon %s", due, today, soon, lamp, inQuery)
		}
	})
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(sample))
	f.Add([]byte(`{"zone":"UTC","weekend":[0,1,2,3,4,5]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := Parse(data)
		if err != nil {
			var bad *DataError
			if !errors.As(err, &bad) {
				t.Fatalf("refused with %T", err)
			}
			return
		}
		d := MustParse("2022-01-25")
		if !c.IsWorking(c.OnOrAfter(d)) || c.WorkingDaysBetween(d, c.AddWorkingDays(d, 3)) != 3 {
			t.Fatal("accepted data breaks the laws")
		}
	})
}

func BenchmarkWorkingDaysBetween(b *testing.B) {
	c, err := Parse([]byte(sample))
	if err != nil {
		b.Fatal(err)
	}
	from, to := MustParse("2021-11-01"), MustParse("2023-02-06")
	for b.Loop() {
		c.WorkingDaysBetween(from, to)
	}
}

func TestACalendarWithOtherDays(t *testing.T) {
	base, err := Parse([]byte(sample))
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		from := MustParse("2022-01-01")
		said := map[Date]bool{}
		for range rapid.IntRange(0, 8).Draw(t, "days") {
			said[from.AddDays(rapid.IntRange(0, 60).Draw(t, "day"))] = rapid.Bool().Draw(t, "working")
		}
		c := base.With(said)
		for n := range 70 {
			d := from.AddDays(n)
			want, listed := said[d]
			if !listed {
				want = base.IsWorking(d)
			}
			if c.IsWorking(d) != want {
				t.Fatalf("%s works: %v, want %v", d, c.IsWorking(d), want)
			}
			if got := c.WorkingDaysBetween(from, d); n > 0 && got-c.WorkingDaysBetween(from, d.AddDays(-1)) != map[bool]int{true: 1}[want] {
				t.Fatalf("counting does not follow on %s: %d", d, got)
			}
		}
	})
}
