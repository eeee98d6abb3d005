package calendar

import "slices"

// IsWorking reports whether d is a working day. "No date" is none.
func (c *Calendar) IsWorking(d Date) bool {
	if d.IsZero() {
		return false
	}
	if working, listed := c.special[d]; listed {
		return working
	}
	return !c.weekend[d.Weekday()]
}

// AddWorkingDays gives the nth working day after d, or the -nth before it when n is negative.
// The day d itself is never counted, so from a day off one working day on is the next day worked.
// With n = 0 it is d unchanged, even where d is a day off. From a working day,
// AddWorkingDays(AddWorkingDays(d, n), -n) is d.
func (c *Calendar) AddWorkingDays(d Date, n int) Date {
	step := 1
	if n < 0 {
		step, n = -1, -n
	}
	for n != 0 {
		next := d.AddDays(step)
		if next == d { // the end of time, or no date
			return d
		}
		d = next
		if c.IsWorking(d) {
			n--
		}
	}
	return d
}

// WorkingDaysBetween counts the working days after a up to and including b; for b before a it is
// the negative of the count from b to a. So Between(a,b) + Between(b,c) = Between(a,c), and from a
// working day d, Between(d, AddWorkingDays(d, n)) = n. With "no date" on either side it is 0.
func (c *Calendar) WorkingDaysBetween(a, b Date) int {
	if a.IsZero() || b.IsZero() {
		return 0
	}
	if b.Before(a) {
		return -c.WorkingDaysBetween(b, a)
	}
	// Whole weeks are counted at once, the rest day by day; the listed days are then corrected.
	n, weeks := 0, a.DaysUntil(b)/7
	for _, off := range c.weekend {
		if !off {
			n += weeks
		}
	}
	for d := a.AddDays(weeks * 7); d != b; {
		d = d.AddDays(1)
		if !c.weekend[d.Weekday()] {
			n++
		}
	}
	return n + c.correction(a, b)
}

// correction counts the listed working days less the listed days off after a up to and including b.
func (c *Calendar) correction(a, b Date) int {
	upTo := func(d Date) int {
		i, found := slices.BinarySearchFunc(c.listed, d, Date.Compare)
		if found {
			i++
		}
		return c.balance[i]
	}
	return upTo(b) - upTo(a)
}

// OnOrAfter gives d where it is a working day, otherwise the next working day.
func (c *Calendar) OnOrAfter(d Date) Date {
	if c.IsWorking(d) {
		return d
	}
	return c.AddWorkingDays(d, 1)
}

// OnOrBefore gives d where it is a working day, otherwise the last working day before it.
func (c *Calendar) OnOrBefore(d Date) Date {
	if c.IsWorking(d) {
		return d
	}
	return c.AddWorkingDays(d, -1)
}

// Lamp is how a deadline stands on a day.
type Lamp int

// The lamps. NoLamp is for a matter without a deadline.
const (
	NoLamp Lamp = iota
	OnTime
	DueSoon
	Late
)

// String gives the lamp's key: "none", "on_time", "due_soon", "late".
func (l Lamp) String() string {
	switch l {
	case OnTime:
		return "on_time"
	case DueSoon:
		return "due_soon"
	case Late:
		return "late"
	}
	return "none"
}

// SoonDays is from how many working days before it a date is "due soon", on every page and in every count.
const SoonDays = 3

// Lamp says how a deadline stands: Late from the day after due, DueSoon when at most soonDays
// working days are left (the day due is today included), otherwise OnTime. A query asks the same by
// comparing the stored date with today and, for DueSoon, with Horizon.
func (c *Calendar) Lamp(due, today Date, soonDays int) Lamp {
	switch {
	case due.IsZero() || today.IsZero():
		return NoLamp
	case today.After(due):
		return Late
	case c.WorkingDaysBetween(today, due) <= soonDays:
		return DueSoon
	}
	return OnTime
}

// Horizon is the last date whose lamp is still DueSoon today: one day short of the first date that
// is more than soonDays working days away.
func (c *Calendar) Horizon(today Date, soonDays int) Date {
	return c.AddWorkingDays(today, soonDays+1).AddDays(-1)
}

// Left says how many days remain until due, or with a negative n by how many it is passed; n is 0
// only when due is today. They are working days when working is true. They are calendar days when
// working days can't tell: a year in between is not covered, or only days off lie in between
// (due on Friday, today is Saturday: one day late, but no working day).
func (c *Calendar) Left(due, today Date) (n int, working bool) {
	if due.IsZero() || today.IsZero() {
		return 0, false
	}
	n = c.WorkingDaysBetween(today, due)
	if !c.CoveredBetween(today, due) || (n == 0 && due != today) {
		return today.DaysUntil(due), false
	}
	return n, true
}
