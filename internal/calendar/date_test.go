package calendar

import (
	"encoding/json"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func anyDate() *rapid.Generator[Date] {
	return rapid.Custom(func(t *rapid.T) Date {
		return Date{int32(rapid.IntRange(1, lastOrdinal).Draw(t, "ordinal"))}
	})
}

func TestDateAgreesWithTime(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := anyDate().Draw(t, "date")
		want := time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, int(d.ordinal)-1)
		if d.String() != want.Format(time.DateOnly) || d.Weekday() != want.Weekday() {
			t.Fatalf("%d: %s %s, want %s", d.ordinal, d, d.Weekday(), want)
		}
		back, err := ParseDate(d.String())
		if err != nil || back != d {
			t.Fatalf("%s read back as %s, %v", d, back, err)
		}
		made, err := New(d.Year(), d.Month(), d.Day())
		if err != nil || made != d {
			t.Fatalf("%s made again as %s, %v", d, made, err)
		}
	})
}

func TestAddDaysAndDaysUntil(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := anyDate().Draw(t, "a"), anyDate().Draw(t, "b")
		if got := a.AddDays(a.DaysUntil(b)); got != b {
			t.Fatalf("%s plus the days until %s is %s", a, b, got)
		}
		if a.Compare(b) != -b.Compare(a) || a.Before(b) != (a.String() < b.String()) {
			t.Fatalf("order of %s and %s", a, b)
		}
	})
	last := MustParse("9999-12-31")
	if last.AddDays(1<<62) != last || last.AddDays(-1<<62) != MustParse("0001-01-01") {
		t.Error("AddDays does not stop at the ends")
	}
	if !(Date{}).AddDays(3).IsZero() {
		t.Error("no date plus three days is a date")
	}
}

func TestParseDateRefuses(t *testing.T) {
	for _, s := range []string{"", "2022-02-29", "2022-13-01", "2022-00-10", "2022-01-00", "2022-1-5", "0000-01-01",
		"2022/01/05", "2022-01-05 ", "２０２２-01-05", "-022-01-05", "2022-+1-05", "2100-02-29"} {
		if d, err := ParseDate(s); err == nil {
			t.Errorf("%q was read as %s", s, d)
		}
	}
	if _, err := ParseDate("2024-02-29"); err != nil {
		t.Error(err)
	}
}

func TestDateInJSONAndDatabase(t *testing.T) {
	type record struct{ Due, None Date }
	in := record{Due: MustParse("2022-01-25")}
	text, err := json.Marshal(in)
	if err != nil || string(text) != `{"Due":"2022-01-25","None":""}` {
		t.Fatalf("%s, %v", text, err)
	}
	var out record
	if err := json.Unmarshal(text, &out); err != nil || out != in {
		t.Fatalf("%v, %v", out, err)
	}
	for _, src := range []any{"2022-01-25", []byte("2022-01-25")} {
		var d Date
		if err := d.Scan(src); err != nil || d != in.Due {
			t.Errorf("Scan(%v) gave %s, %v", src, d, err)
		}
	}
	for _, src := range []any{nil, ""} {
		d := in.Due
		if err := d.Scan(src); err != nil || !d.IsZero() {
			t.Errorf("Scan(%v) gave %s, %v", src, d, err)
		}
	}
	var d Date
	if d.Scan(int64(3)) == nil || d.Scan("tomorrow") == nil {
		t.Error("Scan accepts what is no date")
	}
	if v, _ := in.Due.Value(); v != "2022-01-25" {
		t.Errorf("stored as %v", v)
	}
	if v, _ := (Date{}).Value(); v != nil {
		t.Errorf("no date stored as %v", v)
	}
}

func TestOnUsesTheZone(t *testing.T) {
	shanghai, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		t.Fatal(err)
	}
	evening := time.Date(2022, 1, 25, 16, 30, 0, 0, time.UTC)
	if On(evening, shanghai).String() != "2022-01-26" || On(evening, time.UTC).String() != "2022-01-25" {
		t.Error("the date of an instant ignores the zone")
	}
	if got := MustParse("2022-01-26").Start(shanghai).UTC(); got != time.Date(2022, 1, 25, 16, 0, 0, 0, time.UTC) {
		t.Errorf("the day starts at %s", got)
	}
	if !On(time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC), time.UTC).IsZero() || !On(time.Time{}.Add(-time.Second), time.UTC).IsZero() {
		t.Error("an instant outside the calendar has a date")
	}
}

func FuzzParseDate(f *testing.F) {
	for _, s := range []string{"2022-01-25", "2024-02-29", "0000-00-00", "9999-12-31"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, err := ParseDate(s)
		want, wantErr := time.Parse(time.DateOnly, s)
		if (err == nil) != (wantErr == nil && want.Year() > 0) {
			t.Fatalf("%q: %v, the standard library says %v", s, err, wantErr)
		}
		if err == nil && d.String() != s {
			t.Fatalf("%q came back as %q", s, d)
		}
	})
}

func TestAddMonths(t *testing.T) {
	for _, c := range []struct {
		from string
		n    int
		want string
	}{
		{"2022-01-31", 1, "2022-02-28"}, {"2024-01-31", 1, "2024-02-29"}, {"2024-02-29", 12, "2025-02-28"}, {"2024-02-29", 48, "2028-02-29"},
		{"2022-03-31", -1, "2022-02-28"}, {"2022-11-15", 2, "2023-01-15"}, {"2022-01-15", -13, "2020-12-15"}, {"2022-01-15", 0, "2022-01-15"},
		{"9999-12-31", 1, ""},
	} {
		if got := MustParse(c.from).AddMonths(c.n).String(); got != c.want {
			t.Errorf("%s and %d months: %s, not %s", c.from, c.n, got, c.want)
		}
	}
	if !(Date{}).AddMonths(3).IsZero() {
		t.Error("no date became one")
	}
}
