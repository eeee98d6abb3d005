package calendar

import (
	"database/sql/driver"
	"fmt"
	"time"
)

// Date is a day of the civil (proleptic Gregorian) calendar without a time or a zone, from
// 0001-01-01 to 9999-12-31. The zero value means "no date". Dates are comparable with == and can
// be map keys.
type Date struct {
	// ordinal counts days from 0001-01-01, which is 1, so that the zero value is no day at all.
	ordinal int32
}

const (
	lastOrdinal = 3652059 // 9999-12-31
	// epochOrdinal is the ordinal of 1970-01-01.
	epochOrdinal = 719163
)

// DateError says that a text is not a date. Its text is for logs; people are told in words from
// the catalogue.
type DateError struct{ Text string }

func (e *DateError) Error() string { return fmt.Sprintf("not a date: %q", e.Text) }

// New gives the date of a year, month and day, or a *DateError where no such day exists.
func New(year int, month time.Month, day int) (Date, error) {
	d := fromTime(time.Date(year, month, day, 0, 0, 0, 0, time.UTC))
	if y, m, dd := d.parts(); d.IsZero() || y != year || m != month || dd != day {
		return Date{}, &DateError{fmt.Sprintf("%d-%d-%d", year, int(month), day)}
	}
	return d, nil
}

// MustParse is Parse for dates written in the program; it panics on a text that is no date.
func MustParse(s string) Date {
	d, err := ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

// ParseDate reads the form YYYY-MM-DD, with exactly these ten characters.
func ParseDate(s string) (Date, error) {
	if len(s) != 10 || s[4] != '-' || s[7] != '-' {
		return Date{}, &DateError{s}
	}
	number := func(digits string) int {
		n := 0
		for _, c := range []byte(digits) {
			if c < '0' || c > '9' {
				return -1
			}
			n = n*10 + int(c-'0')
		}
		return n
	}
	d, err := New(number(s[:4]), time.Month(number(s[5:7])), number(s[8:]))
	if err != nil {
		return Date{}, &DateError{s}
	}
	return d, nil
}

// On gives the civil date of an instant in a time zone.
func On(t time.Time, loc *time.Location) Date {
	y, m, d := t.In(loc).Date()
	return fromTime(time.Date(y, m, d, 0, 0, 0, 0, time.UTC))
}

func fromTime(t time.Time) Date {
	days := t.Unix() / 86400
	if t.Unix()%86400 < 0 {
		days--
	}
	n := days + epochOrdinal
	if n < 1 || n > lastOrdinal {
		return Date{}
	}
	return Date{int32(n)}
}

func (d Date) time() time.Time {
	return time.Unix((int64(d.ordinal)-epochOrdinal)*86400, 0).UTC()
}

func (d Date) parts() (year int, month time.Month, day int) { return d.time().Date() }

// IsZero reports whether d is "no date".
func (d Date) IsZero() bool { return d.ordinal == 0 }

// Year, Month and Day are 0 for "no date".
func (d Date) Year() int {
	if d.IsZero() {
		return 0
	}
	return d.time().Year()
}

// Month of the date; 0 for "no date".
func (d Date) Month() time.Month {
	if d.IsZero() {
		return 0
	}
	return d.time().Month()
}

// Day of the month; 0 for "no date".
func (d Date) Day() int {
	if d.IsZero() {
		return 0
	}
	return d.time().Day()
}

// Weekday of the date; Sunday for "no date".
func (d Date) Weekday() time.Weekday { return time.Weekday(d.ordinal % 7) }

// AddDays moves by n calendar days and stops at the first and the last date there is.
// "No date" stays "no date".
func (d Date) AddDays(n int) Date {
	if d.IsZero() {
		return d
	}
	return Date{int32(min(max(int64(d.ordinal)+int64(max(min(n, lastOrdinal), -lastOrdinal)), 1), lastOrdinal))}
}

// AddMonths moves by n months; a day that the month does not have becomes its last day. A date outside of those that
// there are is "no date", and "no date" stays so.
func (d Date) AddMonths(n int) Date {
	if d.IsZero() {
		return d
	}
	y, m, day := d.parts()
	first := time.Date(y, m+time.Month(n), 1, 0, 0, 0, 0, time.UTC)
	last := first.AddDate(0, 1, -1).Day()
	return fromTime(first.AddDate(0, 0, min(day, last)-1))
}

// DaysUntil counts calendar days from d to other: negative when other is earlier.
func (d Date) DaysUntil(other Date) int { return int(other.ordinal) - int(d.ordinal) }

// Compare gives -1, 0 or 1. "No date" stands before every date.
func (d Date) Compare(other Date) int {
	switch {
	case d.ordinal < other.ordinal:
		return -1
	case d.ordinal > other.ordinal:
		return 1
	}
	return 0
}

// Before reports whether d is earlier than other.
func (d Date) Before(other Date) bool { return d.ordinal < other.ordinal }

// After reports whether d is later than other.
func (d Date) After(other Date) bool { return d.ordinal > other.ordinal }

// Start gives the first instant of the day in a time zone. In the rare zone that skips midnight on
// that day it is the instant midnight would have been.
func (d Date) Start(loc *time.Location) time.Time {
	y, m, day := d.parts()
	return time.Date(y, m, day, 0, 0, 0, 0, loc)
}

// String gives YYYY-MM-DD, and the empty text for "no date".
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	y, m, day := d.parts()
	digit := func(n int) byte { return byte('0' + n%10) }
	return string([]byte{digit(y / 1000), digit(y / 100), digit(y / 10), digit(y), '-',
		digit(int(m) / 10), digit(int(m)), '-', digit(day / 10), digit(day)})
}

// MarshalText writes YYYY-MM-DD, or nothing for "no date".
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads what MarshalText writes.
func (d *Date) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*d = Date{}
		return nil
	}
	parsed, err := ParseDate(string(text))
	if err != nil {
		return err
	}
	*d = parsed
	return nil
}

// Value stores the date as text YYYY-MM-DD and "no date" as NULL.
func (d Date) Value() (driver.Value, error) {
	if d.IsZero() {
		return nil, nil
	}
	return d.String(), nil
}

// Scan reads a text column; NULL and the empty text are "no date".
func (d *Date) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*d = Date{}
		return nil
	case string:
		return d.UnmarshalText([]byte(v))
	case []byte:
		return d.UnmarshalText(v)
	}
	return fmt.Errorf("calendar: a date cannot be read from a column of type %T", src)
}
