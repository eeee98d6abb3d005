package flow

import "time"

// parseTime reads a time of ISO 8601 and gives microseconds since 1970 UTC. It takes the extended and the basic form
// ("2022-01-25T09:00:00", "20220125T090000"), a blank for the T, a date alone (its first instant), minutes without
// seconds, hours without minutes, fractions of a second after a point or a comma, and "Z", "+08:00", "+0800" or "+08".
// A time without an offset is taken as UTC. 24:00 is the first instant of the next day, and a leap second is the
// second after it.
//
// It is written out because a million lines are read: time.Parse takes ten times as long and knows one layout a call.
func parseTime(s string) (micros int64, ok bool) {
	p := scanner{rest: s}
	year, month, day := p.date()
	if p.bad {
		return 0, false
	}
	var hour, minute, second, fraction, offset int
	if p.rest != "" {
		hour, minute, second, fraction = p.clock()
		offset = p.offset()
	}
	if p.bad || p.rest != "" || !isClock(hour, minute, second, fraction) {
		return 0, false
	}
	t := time.Date(year, time.Month(month), day, hour, minute, second, 0, time.UTC)
	return (t.Unix()-int64(offset))*1_000_000 + int64(fraction), true
}

func isClock(hour, minute, second, fraction int) bool {
	if hour == 24 {
		return minute == 0 && second == 0 && fraction == 0
	}
	return hour < 24 && minute < 60 && second <= 60
}

// scanner takes a time apart from the left; bad says that it could not.
type scanner struct {
	rest string
	bad  bool
}

// digits takes n digits.
func (p *scanner) digits(n int) int {
	if len(p.rest) < n {
		p.bad = true
		return 0
	}
	v := 0
	for i := range n {
		c := p.rest[i]
		if c < '0' || c > '9' {
			p.bad = true
			return 0
		}
		v = v*10 + int(c-'0')
	}
	p.rest = p.rest[n:]
	return v
}

// take takes one of the characters if it stands there.
func (p *scanner) take(any string) bool {
	if p.rest == "" {
		return false
	}
	for i := range len(any) {
		if p.rest[0] == any[i] {
			p.rest = p.rest[1:]
			return true
		}
	}
	return false
}

func (p *scanner) date() (year, month, day int) {
	year = p.digits(4)
	extended := p.take("-")
	month = p.digits(2)
	if p.take("-") != extended {
		p.bad = true
	}
	day = p.digits(2)
	if p.bad || year == 0 || month < 1 || month > 12 || day < 1 || day > lastDay(year, month) {
		p.bad = true
	}
	return year, month, day
}

func lastDay(year, month int) int {
	switch month {
	case 4, 6, 9, 11:
		return 30
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	}
	return 31
}

// clock takes the time of day; the fraction is in microseconds, what is finer is cut off.
func (p *scanner) clock() (hour, minute, second, fraction int) {
	if !p.take("Tt ") {
		p.bad = true
		return
	}
	hour = p.digits(2)
	colon := p.take(":")
	if !colon && !p.digit() {
		return
	}
	minute = p.digits(2)
	if colon && !p.take(":") || !colon && !p.digit() {
		return
	}
	second = p.digits(2)
	if p.take(".,") {
		fraction = p.micros()
	}
	return
}

func (p *scanner) digit() bool { return p.rest != "" && p.rest[0] >= '0' && p.rest[0] <= '9' }

func (p *scanner) micros() (v int) {
	p.bad = p.bad || !p.digit()
	for scale := 100_000; p.digit(); scale /= 10 {
		v += int(p.rest[0]-'0') * scale
		p.rest = p.rest[1:]
	}
	return v
}

// offset takes the distance from UTC, in seconds; a blank may stand before it.
func (p *scanner) offset() int {
	if p.rest == "" || p.take("Zz") {
		return 0
	}
	p.take(" ")
	sign := 1
	switch {
	case p.take("-"):
		sign = -1
	case p.take("Zz"):
		return 0
	case !p.take("+"):
		p.bad = true
		return 0
	}
	hours, minutes := p.digits(2), 0
	if p.take(":") || p.digit() {
		minutes = p.digits(2)
	}
	if hours > 23 || minutes > 59 {
		p.bad = true
	}
	return sign * (hours*3600 + minutes*60)
}
