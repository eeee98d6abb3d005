package ui

import (
	"fmt"
	"math/big"
	"strconv"
	"strings"
	"time"
)

// moment reads the forms in which the house carries time: time.Time, UTC
// microseconds (int64), or a business date "2006-01-02". dateOnly is true for
// the last, which stands in no zone.
func (l Locale) moment(v any) (tm time.Time, dateOnly, ok bool) {
	zone := l.Zone
	if zone == nil {
		zone = time.UTC
	}
	switch x := v.(type) {
	case time.Time:
		return x.In(zone), false, !x.IsZero()
	case *time.Time:
		if x == nil {
			return time.Time{}, false, false
		}
		return l.moment(*x)
	case int64:
		return time.UnixMicro(x).In(zone), false, x != 0
	case fmt.Stringer:
		return l.moment(x.String())
	case string:
		tm, err := time.Parse(time.DateOnly, x)
		return tm, true, err == nil
	}
	return time.Time{}, false, false
}

// Date writes 2026年1月27日 or 27 January 2026. A string that is no date comes
// back as it is; an empty time is "".
func (l Locale) Date(v any) string {
	tm, _, ok := l.moment(v)
	if !ok {
		s, _ := v.(string)
		return s
	}
	if l.Lang == "zh" {
		return tm.Format("2006年1月2日")
	}
	return tm.Format("2 January 2006")
}

// ShortDate writes 1月27日 or 27 Jan: for axes, where the year is known.
func (l Locale) ShortDate(v any) string {
	tm, _, ok := l.moment(v)
	if !ok {
		return ""
	}
	if l.Lang == "zh" {
		return tm.Format("1月2日")
	}
	return tm.Format("2 Jan")
}

// DateTime writes the date and the time of day, 24 hours.
func (l Locale) DateTime(v any) string {
	tm, dateOnly, ok := l.moment(v)
	if !ok || dateOnly {
		return l.Date(v)
	}
	if l.Lang == "zh" {
		return tm.Format("2006年1月2日 15:04")
	}
	return tm.Format("2 January 2006, 15:04")
}

// ClockTime writes the time of day, 24 hours.
func (l Locale) ClockTime(v any) string {
	tm, dateOnly, ok := l.moment(v)
	if !ok || dateOnly {
		return ""
	}
	return tm.Format("15:04")
}

// ISO is the machine's form, for datetime attributes.
func (l Locale) ISO(v any) string {
	tm, dateOnly, ok := l.moment(v)
	if !ok {
		return ""
	}
	if dateOnly {
		return tm.Format(time.DateOnly)
	}
	return tm.Format(time.RFC3339)
}

// digits splits a number into sign, integer part and decimals as they stand.
func digits(v any) (sign, whole, frac string, ok bool) {
	var s string
	switch x := v.(type) {
	case int:
		s = strconv.Itoa(x)
	case int64:
		s = strconv.FormatInt(x, 10)
	case string:
		s = strings.TrimSpace(x)
	case float64:
		s = strconv.FormatFloat(x, 'f', -1, 64)
	case fmt.Stringer:
		s = x.String()
	default:
		s = fmt.Sprint(v)
	}
	if _, isNum := new(big.Rat).SetString(s); !isNum || strings.ContainsAny(s, "/eExX_") {
		return "", s, "", false
	}
	s = strings.TrimPrefix(s, "+")
	if strings.HasPrefix(s, "-") {
		sign, s = "−", s[1:]
	}
	whole, frac, _ = strings.Cut(s, ".")
	return sign, whole, frac, true
}

// Num writes an exact number: digits grouped by threes, decimals as given. What
// is no number comes back as it is.
func (l Locale) Num(v any) string {
	sign, whole, frac, ok := digits(v)
	if !ok {
		return whole
	}
	var b strings.Builder
	b.WriteString(sign)
	for i, d := range whole {
		if i > 0 && (len(whole)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(d)
	}
	if frac != "" {
		b.WriteString("." + frac)
	}
	return b.String()
}

// magnitude is a named power of ten.
type magnitude struct {
	zeros int
	name  string
}

var magnitudes = map[string][]magnitude{
	"zh": {{8, "亿"}, {4, "万"}},
	"en": {{9, "bn"}, {6, "m"}, {3, "k"}},
}

// NumShort writes a number of five digits or more as people say it: 66.5万 or
// 665k. Smaller ones stay exact.
func (l Locale) NumShort(v any) string {
	sign, whole, _, ok := digits(v)
	if !ok || len(whole) < 5 {
		return l.Num(v)
	}
	for _, m := range magnitudes[l.Lang] {
		if len(whole) > m.zeros {
			return sign + short(whole, m.zeros) + m.name
		}
	}
	return l.Num(v)
}

// short cuts whole (at least 10^zeros) to one decimal below a hundred units.
func short(whole string, zeros int) string {
	r, _ := new(big.Rat).SetString(whole)
	r.Quo(r, new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(zeros)), nil)))
	if len(whole)-zeros >= 3 {
		return Locale{}.Num(r.FloatString(0))
	}
	return strings.TrimSuffix(r.FloatString(1), ".0")
}

// DaysLeft says how many working days remain: negative is late, zero is today.
func DaysLeft(n int, t Translator) string {
	switch {
	case n > 0:
		return t("ui.days.left", "Count", n)
	case n == 0:
		return t("ui.days.today")
	}
	return t("ui.days.over", "Count", -n)
}

// Face is what a clock shows when the page is made: minutes and seconds.
func (c Clock) Face() string {
	ms := c.ElapsedMS
	if c.Running {
		ms += max(0, c.NowMS-c.StartedMS)
	}
	sign := ""
	if c.Down {
		ms = c.LimitMS - ms
		if ms < 0 {
			sign, ms = "−", -ms
		}
	}
	s := ms / 1000
	return fmt.Sprintf("%s%02d:%02d", sign, s/60, s%60)
}

// paren puts a unit of measure in brackets after its head, as the language writes them.
func (l Locale) paren(s string) string {
	if l.Lang == "zh" {
		return "（" + s + "）"
	}
	return " (" + s + ")"
}
