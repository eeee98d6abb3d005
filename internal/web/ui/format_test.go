package ui

import (
	"testing"
	"time"
)

var (
	zh = Locale{Lang: "zh", Zone: time.FixedZone("CST", 8*3600)}
	en = Locale{Lang: "en", Zone: time.FixedZone("CST", 8*3600)}
)

func TestDates(t *testing.T) {
	late := time.Date(2026, 1, 26, 17, 5, 0, 0, time.UTC) // already the 27th at UTC+8
	for _, c := range []struct{ got, want string }{
		{zh.Date("2026-01-27"), "2026年1月27日"},
		{en.Date("2026-01-27"), "27 January 2026"},
		{zh.Date(late), "2026年1月27日"},
		{en.Date(late.UnixMicro()), "27 January 2026"},
		{zh.DateTime(late), "2026年1月27日 01:05"},
		{en.DateTime(&late), "27 January 2026, 01:05"},
		{en.DateTime("2026-01-27"), "27 January 2026"},
		{zh.ShortDate("2026-01-05"), "1月5日"},
		{en.ShortDate("2026-01-05"), "5 Jan"},
		{zh.ClockTime(late), "01:05"},
		{zh.ISO("2026-01-27"), "2026-01-27"},
		{zh.ISO(late), "2026-01-27T01:05:00+08:00"},
		{zh.Date(""), ""},
		{zh.Date("soon"), "soon"},
		{zh.Date(time.Time{}), ""},
		{zh.Date((*time.Time)(nil)), ""},
		{zh.Date(int64(0)), ""},
		{Locale{Lang: "en"}.DateTime(late), "26 January 2026, 17:05"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

func TestNumbers(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{en.Num(665277), "665,277"},
		{zh.Num(int64(999)), "999"},
		{en.Num("1234.50"), "1,234.50"},
		{en.Num("-1234567"), "−1,234,567"},
		{en.Num("92.50"), "92.50"},
		{en.Num("+3"), "3"},
		{en.Num("n/a"), "n/a"},
		{en.Num("1/3"), "1/3"},
		{en.Num(""), ""},
		{zh.NumShort(665277), "66.5万"},
		{zh.NumShort(4_200_000), "420万"},
		{zh.NumShort(350_000_000), "3.5亿"},
		{zh.NumShort(9999), "9,999"},
		{zh.NumShort(20000), "2万"},
		{en.NumShort(665277), "665k"},
		{en.NumShort(12345), "12.3k"},
		{en.NumShort(2_000_000), "2m"},
		{en.NumShort("-12345"), "−12.3k"},
		{en.NumShort("88.25"), "88.25"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

func TestDaysLeft(t *testing.T) {
	for lang, want := range map[string][]string{
		"zh": {"还剩3个工作日", "还剩1个工作日", "今天到期", "已逾期2个工作日"},
		"en": {"3 working days left", "1 working day left", "due today", "2 working days late"},
	} {
		say := words(t, lang)
		for i, n := range []int{3, 1, 0, -2} {
			if got := DaysLeft(n, say); got != want[i] {
				t.Errorf("%s %d: %q, want %q", lang, n, got, want[i])
			}
		}
	}
}

func TestClockFace(t *testing.T) {
	for _, c := range []struct {
		clock Clock
		want  string
	}{
		{Clock{ElapsedMS: 61_999}, "01:01"},
		{Clock{ElapsedMS: 60_000, StartedMS: 1000, NowMS: 31_000, Running: true}, "01:30"},
		{Clock{ElapsedMS: 60_000, StartedMS: 9000, NowMS: 1000, Running: true}, "01:00"},
		{Clock{ElapsedMS: 3_660_000}, "61:00"},
		{Clock{ElapsedMS: 590_000, LimitMS: 600_000, Down: true}, "00:10"},
		{Clock{ElapsedMS: 605_000, LimitMS: 600_000, Down: true}, "−00:05"},
	} {
		if got := c.clock.Face(); got != c.want {
			t.Errorf("%+v: %q, want %q", c.clock, got, c.want)
		}
	}
}
