// Package calendar knows civil dates and working days. It is pure: it reads no clock, no file and
// no database. What is a holiday is data, given by the organisation or its pack, year by year; a
// year without data has its weekends only, and Covered says which years those are.
package calendar

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"time"
	_ "time/tzdata" // the binary runs on machines without a zone database
)

// Calendar tells working days from days off in one time zone. It does not change after Parse and
// may be used from many goroutines.
type Calendar struct {
	loc     *time.Location
	weekend [7]bool
	// special holds the days that are not what their weekday says; true means working.
	special map[Date]bool
	// listed holds the same days in order, and balance[i] is the number of working days less the
	// number of days off among the first i of them: counting over a span is two look-ups.
	listed  []Date
	balance []int
	covered map[int]bool
}

// The reasons of a DataError.
const (
	BadJSON       = "bad_json"        // not the JSON described at Parse
	BadZone       = "bad_zone"        // an unknown time zone
	BadWeekend    = "bad_weekend"     // a number that is no weekday, a doubled one, or all seven
	BadYear       = "bad_year"        // a key under "years" that is no year
	BadDay        = "bad_day"         // a text that is no date
	WrongYear     = "wrong_year"      // a date listed under another year
	DoubledDay    = "doubled_day"     // a date listed twice, or both off and working
	OffOnWeekend  = "off_on_weekend"  // a day off that is off anyway
	WorkOnWeekday = "work_on_weekday" // a make-up working day that is a working day anyway
)

// DataError says why calendar data was refused. Value is the offending text.
type DataError struct {
	Code  string
	Value string
}

func (e *DataError) Error() string { return fmt.Sprintf("calendar data: %s %q", e.Code, e.Value) }

type fileData struct {
	Zone    string              `json:"zone"`
	Weekend []int               `json:"weekend"`
	Years   map[string]yearData `json:"years"`
}

type yearData struct {
	Off  []string `json:"off"`
	Work []string `json:"work"`
}

// Parse builds a calendar from JSON:
//
//	{"zone":"Asia/Shanghai","weekend":[6,0],
//	 "years":{"2022":{"off":["2022-01-31"],"work":["2022-01-29"]}}}
//
// zone is an IANA name, weekend lists weekdays (0 is Sunday), off lists days off that fall on a
// working weekday, work lists weekend days that are worked. A listed year is covered even where
// both lists are empty. Data given in more adds years, or replaces a year as a whole; it may leave
// zone and weekend out. Refused data is a *DataError.
func Parse(data []byte, more ...[]byte) (*Calendar, error) {
	merged := fileData{Years: map[string]yearData{}}
	for _, raw := range append([][]byte{data}, more...) {
		file, err := decode(raw)
		if err != nil {
			return nil, err
		}
		if file.Zone != "" {
			merged.Zone = file.Zone
		}
		if file.Weekend != nil {
			merged.Weekend = file.Weekend
		}
		maps.Copy(merged.Years, file.Years)
	}
	return build(merged)
}

func decode(raw []byte) (fileData, error) {
	var file fileData
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&file); err != nil {
		return file, &DataError{BadJSON, err.Error()}
	}
	if _, err := dec.Token(); err != io.EOF {
		return file, &DataError{BadJSON, "more than one value"}
	}
	return file, nil
}

func build(file fileData) (*Calendar, error) {
	c := &Calendar{special: map[Date]bool{}, covered: map[int]bool{}}
	loc, err := time.LoadLocation(file.Zone)
	// "Local" would make the same data mean different days on different machines.
	if err != nil || file.Zone == "" || file.Zone == "Local" {
		return nil, &DataError{BadZone, file.Zone}
	}
	c.loc = loc
	for _, day := range file.Weekend {
		if day < 0 || day > 6 || c.weekend[day] || len(file.Weekend) == 7 {
			return nil, &DataError{BadWeekend, strconv.Itoa(day)}
		}
		c.weekend[day] = true
	}
	for _, key := range slices.Sorted(maps.Keys(file.Years)) {
		if err := c.addYear(key, file.Years[key]); err != nil {
			return nil, err
		}
	}
	c.index()
	return c, nil
}

func (c *Calendar) index() {
	c.listed = slices.SortedFunc(maps.Keys(c.special), Date.Compare)
	c.balance = make([]int, len(c.listed)+1)
	for i, d := range c.listed {
		change := -1
		if c.special[d] {
			change = 1
		}
		c.balance[i+1] = c.balance[i] + change
	}
}

func (c *Calendar) addYear(key string, data yearData) error {
	year, err := strconv.Atoi(key)
	if err != nil || year < 1 || year > 9999 || strconv.Itoa(year) != key {
		return &DataError{BadYear, key}
	}
	c.covered[year] = true
	for _, text := range data.Off {
		if err := c.addSpecial(text, year, false); err != nil {
			return err
		}
	}
	for _, text := range data.Work {
		if err := c.addSpecial(text, year, true); err != nil {
			return err
		}
	}
	return nil
}

func (c *Calendar) addSpecial(text string, year int, working bool) error {
	d, err := ParseDate(text)
	if err != nil {
		return &DataError{BadDay, text}
	}
	if d.Year() != year {
		return &DataError{WrongYear, text}
	}
	if _, listed := c.special[d]; listed {
		return &DataError{DoubledDay, text}
	}
	if onWeekend := c.weekend[d.Weekday()]; onWeekend != working {
		return &DataError{map[bool]string{true: WorkOnWeekday, false: OffOnWeekend}[working], text}
	}
	c.special[d] = working
	return nil
}

// With gives a calendar in which the days listed are working days (true) or days off, whatever this one says of them.
// Years stay covered as they are.
func (c *Calendar) With(days map[Date]bool) *Calendar {
	if len(days) == 0 {
		return c
	}
	out := *c
	out.special = maps.Clone(c.special)
	for d, working := range days {
		if c.weekend[d.Weekday()] == working {
			out.special[d] = working
		} else {
			delete(out.special, d) // its weekday says so
		}
	}
	out.index()
	return &out
}

// Location is the time zone in which the calendar's days begin and end.
func (c *Calendar) Location() *time.Location { return c.loc }

// Today gives the date of an instant in the calendar's zone.
func (c *Calendar) Today(now time.Time) Date { return On(now, c.loc) }

// Covered reports whether public holidays of the year are known. In a year that is not covered
// every weekday counts as a working day.
func (c *Calendar) Covered(year int) bool { return c.covered[year] }

// CoveredBetween reports whether every year that the two dates touch or enclose is covered.
func (c *Calendar) CoveredBetween(a, b Date) bool {
	if b.Before(a) {
		a, b = b, a
	}
	for y := a.Year(); y <= b.Year(); y++ {
		if !c.covered[y] {
			return false
		}
	}
	return true
}

// Years lists the covered years in order.
func (c *Calendar) Years() []int { return slices.Sorted(maps.Keys(c.covered)) }
