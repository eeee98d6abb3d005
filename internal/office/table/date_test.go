package table

import (
	"testing"

	"pgregory.net/rapid"

	"plumbline/internal/calendar"
)

func TestParseDate(t *testing.T) {
	for _, s := range []string{"2022-01-25", "2022-1-25", "2022/1/25", "2022/01/25", "2022.1.25", "2022年1月25日", "2022年01月25日",
		"20220125", " 2022-01-25 00:00:00", "2022-01-25T00:00:00", "２０２２－０１－２５", "2022-01-25\u3000"} {
		if d, err := ParseDate(s); err != nil || d.String() != "2022-01-25" {
			t.Errorf("%q: %s, %v", s, d, err)
		}
	}
	for _, s := range []string{"", "2022-02-29", "2022-13-1", "2022/0/1", "22-1-25", "1/25/2022", "25.1.2022", "2022-01", "2022年1月",
		"2022-01/25", "2022-01-25-1", "20220230", "202201251", "2022-01-25 14:30", "２０２２年１月", "2022年25日", "44586", "-2022-1-1", "2022--1-25",
		"2022-001-25", "明天"} {
		if d, err := ParseDate(s); err == nil {
			t.Errorf("%q was read as %s", s, d)
		}
	}
}

func TestParseDateReadsEveryForm(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := calendar.MustParse("1900-01-01").AddDays(rapid.IntRange(0, 80000).Draw(t, "day"))
		y, m, d := lineOf(want.Year()), lineOf(int(want.Month())), lineOf(want.Day())
		for _, s := range []string{want.String(), y + "/" + m + "/" + d, y + "." + m + "." + d, y + "年" + m + "月" + d + "日", want.String() + " 00:00"} {
			if got, err := ParseDate(s); err != nil || got != want {
				t.Fatalf("%q: %s, %v", s, got, err)
			}
		}
	})
}

func FuzzParseDate(f *testing.F) {
	for _, s := range []string{"2022-01-25", "2022年1月25日", "20220125", "2022/1/25 0:00", "２０２２．１．２５"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if d, err := ParseDate(s); err == nil {
			if again, err := ParseDate(d.String()); err != nil || again != d || d.IsZero() {
				t.Fatalf("%q was read as %s", s, d)
			}
		}
	})
}
