package flow

import (
	"encoding/json"
	"math"
	"slices"
	"strconv"
)

// Days is a number of days, or nothing where there was nothing to measure. It is printed with at most nine decimals,
// rounded half away from zero, which is finer than a tenth of a millisecond.
type Days struct {
	Known bool
	Value float64
}

const perDay = 24 * 60 * 60 * 1_000_000 // microseconds

// MarshalJSON writes a number, or null.
func (d Days) MarshalJSON() ([]byte, error) {
	if !d.Known {
		return []byte("null"), nil
	}
	return strconv.AppendFloat(nil, d.Value, 'f', -1, 64), nil
}

// UnmarshalJSON reads what MarshalJSON writes.
func (d *Days) UnmarshalJSON(text []byte) error {
	var v *float64
	err := json.Unmarshal(text, &v)
	*d = Days{}
	if v != nil {
		*d = Days{true, *v}
	}
	return err
}

func rounded(days float64) Days {
	const places = 1e9
	if math.Abs(days) < 1<<20 { // beyond that a float has no ninth decimal to round
		days = math.Round(days*places) / places
	}
	return Days{true, days}
}

// Mean is a mean duration in days over N cases.
type Mean struct {
	Mean Days `json:"mean"`
	N    int  `json:"n"`
}

// Spread is mean and median duration in days over N cases. The median of an even number is the mean of the middle two.
type Spread struct {
	Mean   Days `json:"mean"`
	Median Days `json:"median"`
	N      int  `json:"n"`
}

// sum adds durations up exactly: whole days and the microseconds beyond them apart, so that no sum overflows.
type sum struct {
	n    int
	days int64
	rest int64
}

func (s *sum) add(lasted int64) {
	s.n++
	s.days += lasted / perDay
	s.rest += lasted % perDay
}

func (s sum) mean() Mean {
	if s.n == 0 {
		return Mean{}
	}
	total := float64(s.days+s.rest/perDay) + float64(s.rest%perDay)/perDay
	return Mean{rounded(total / float64(s.n)), s.n}
}

// durations are those of a group of cases, in microseconds.
type durations []int64

func (d *durations) add(lasted int64) { *d = append(*d, lasted) }

func join(a, b durations) durations { return append(slices.Clone(a), b...) }

// spread sorts the durations.
func (d durations) spread() Spread {
	if len(d) == 0 {
		return Spread{}
	}
	var s sum
	for _, x := range d {
		s.add(x)
	}
	m := s.mean()
	return Spread{m.Mean, d.median(), m.N}
}

func (d durations) median() Days {
	slices.Sort(d)
	low, high := d[(len(d)-1)/2], d[len(d)/2]
	return rounded((float64(low) + float64(high-low)/2) / perDay)
}
