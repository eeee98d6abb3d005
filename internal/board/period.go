package board

import (
	"fmt"
	"regexp"
	"strconv"

	"plumbline/internal/calendar"
)

// The kinds of periods.
const (
	Month   = "month"
	Quarter = "quarter"
	Year    = "year"
)

// Every lists them, the shortest first.
var Every = []string{Month, Quarter, Year}

// Period is a month "2026-03", a quarter "2026-Q1" or a year "2026". The zero Period is none.
type Period struct {
	year, first, months int
}

var (
	monthText   = regexp.MustCompile(`^(\d{4})-(0[1-9]|1[0-2])$`)
	quarterText = regexp.MustCompile(`^(\d{4})-?[Qq]([1-4])$`)
	yearText    = regexp.MustCompile(`^(\d{4})$`)
)

// ParsePeriod reads a period; ok is false for what is none.
func ParsePeriod(s string) (p Period, ok bool) {
	number := func(s string) int { n, _ := strconv.Atoi(s); return n }
	if m := monthText.FindStringSubmatch(s); m != nil {
		return Period{number(m[1]), number(m[2]), 1}, true
	}
	if m := quarterText.FindStringSubmatch(s); m != nil {
		return Period{number(m[1]), number(m[2])*3 - 2, 3}, true
	}
	if m := yearText.FindStringSubmatch(s); m != nil {
		return Period{number(m[1]), 1, 12}, true
	}
	return Period{}, false
}

// PeriodAt is the period of a kind in which a day lies.
func PeriodAt(every string, day calendar.Date) Period {
	m := int(day.Month())
	switch every {
	case Quarter:
		return Period{day.Year(), (m-1)/3*3 + 1, 3}
	case Year:
		return Period{day.Year(), 1, 12}
	}
	return Period{day.Year(), m, 1}
}

// Every is the period's kind.
func (p Period) Every() string {
	switch p.months {
	case 3:
		return Quarter
	case 12:
		return Year
	}
	return Month
}

// Numbers are the period's year and its number in the year.
func (p Period) Numbers() (year, number int) { return p.year, (p.first-1)/p.months + 1 }

func (p Period) String() string {
	switch p.months {
	case 0:
		return ""
	case 3:
		return fmt.Sprintf("%04d-Q%d", p.year, p.first/3+1)
	case 12:
		return fmt.Sprintf("%04d", p.year)
	}
	return fmt.Sprintf("%04d-%02d", p.year, p.first)
}

// Before is the period before.
func (p Period) Before() Period { return p.step(-1) }

// After is the period after.
func (p Period) After() Period { return p.step(1) }

func (p Period) step(by int) Period {
	at := p.year*12 + p.first - 1 + by*p.months
	return Period{at / 12, at%12 + 1, p.months}
}

// Back lists so many periods that end with this one, the earliest first.
func (p Period) Back(n int) []Period {
	out := make([]Period, n)
	for i := n - 1; i >= 0; i-- {
		out[i], p = p, p.Before()
	}
	return out
}

// Months are the first and the last month, "2026-01" and "2026-03".
func (p Period) Months() (from, to string) {
	return fmt.Sprintf("%04d-%02d", p.year, p.first), fmt.Sprintf("%04d-%02d", p.year, p.first+p.months-1)
}

// First is the first day.
func (p Period) First() calendar.Date {
	from, _ := p.Months()
	d, _ := calendar.ParseDate(from + "-01")
	return d
}

// Last is the last day.
func (p Period) Last() calendar.Date { return p.After().First().AddDays(-1) }
