package table

import (
	"strings"
	"time"

	"plumbline/internal/calendar"
)

// ParseDate reads a date as people write it in tables: 2022-01-25, 2022/1/25, 2022.1.25,
// 2022年1月25日 or 20220125, with half-width or full-width digits, and a time of midnight after it
// as spreadsheets add one. Years have four digits and the order is year, month, day. What is no such
// date, or a day that does not exist, is a *calendar.DateError.
func ParseDate(s string) (calendar.Date, error) {
	text := strings.Map(halfWidth, trim(s))
	if i := strings.IndexAny(text, " T"); i > 0 {
		if clock := strings.Trim(text[i+1:], "0:."); clock != "" {
			return calendar.Date{}, &calendar.DateError{Text: s}
		}
		text = text[:i]
	}
	parts := dateParts(text)
	if len(parts) != 3 || len(parts[0]) != 4 || !digits(parts[1], 2) || !digits(parts[2], 2) || !digits(parts[0], 4) {
		return calendar.Date{}, &calendar.DateError{Text: s}
	}
	d, err := calendar.New(number(parts[0]), time.Month(number(parts[1])), number(parts[2]))
	if err != nil {
		return calendar.Date{}, &calendar.DateError{Text: s}
	}
	return d, nil
}

// dateParts cuts a text into year, month and day; one kind of separator serves for the whole.
func dateParts(text string) []string {
	if digits(text, 8) && len(text) == 8 {
		return []string{text[:4], text[4:6], text[6:]}
	}
	if rest, ok := strings.CutSuffix(text, "日"); ok {
		year, rest, found := strings.Cut(rest, "年")
		month, day, found2 := strings.Cut(rest, "月")
		if found && found2 {
			return []string{year, month, day}
		}
		return nil
	}
	for _, sep := range []string{"-", "/", "."} {
		if strings.Contains(text, sep) {
			return strings.Split(text, sep)
		}
	}
	return nil
}

func halfWidth(r rune) rune {
	switch {
	case r >= '！' && r <= '～':
		return r - '！' + '!'
	case r == '－' || r == '–' || r == '—' || r == '−':
		return '-'
	}
	return r
}

// digits reports whether s is one to most digits.
func digits(s string, most int) bool {
	return s != "" && len(s) <= most && strings.Trim(s, "0123456789") == ""
}

func number(s string) int {
	n := 0
	for _, c := range []byte(s) {
		n = n*10 + int(c-'0')
	}
	return n
}
