package party_test

import (
	"os"
	"testing"
	"time"

	"plumbline/internal/calendar"
)

// The State Council's notices exchange weekend days for weekdays, so in every year the weekdays off
// less the weekend days worked are the statutory holidays: 11 of them until 2024, 13 since 2025.
// (Holidays that fall on a weekend are given back on a weekday.)
func TestCalendarAddsUpToTheStatutoryHolidays(t *testing.T) {
	data, err := os.ReadFile("calendar.json")
	if err != nil {
		t.Fatal(err)
	}
	c, err := calendar.Parse(data) // checks that days off are weekdays, worked days weekend days, none doubled
	if err != nil {
		t.Fatal(err)
	}
	workingDays := map[int]int{2021: 250, 2022: 249, 2023: 249, 2024: 251, 2025: 248, 2026: 248}
	for year := 2021; year <= 2026; year++ {
		statutory := 11
		if year >= 2025 {
			statutory = 13
		}
		first := calendar.MustParse(time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC).Format(time.DateOnly))
		next := calendar.MustParse(time.Date(year+1, 1, 1, 0, 0, 0, 0, time.UTC).Format(time.DateOnly))
		weekdays, working := 0, 0
		for d := first; d != next; d = d.AddDays(1) {
			if d.Weekday() != time.Saturday && d.Weekday() != time.Sunday {
				weekdays++
			}
			if c.IsWorking(d) {
				working++
			}
		}
		if !c.Covered(year) || weekdays-working != statutory || working != workingDays[year] {
			t.Errorf("%d: %d weekdays, %d working days", year, weekdays, working)
		}
	}
}

// Days that people remember: the eves of the spring festival and the swaps around them.
func TestCalendarKnowsTheNotices(t *testing.T) {
	data, err := os.ReadFile("calendar.json")
	if err != nil {
		t.Fatal(err)
	}
	c, err := calendar.Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	for day, working := range map[string]bool{
		"2022-01-25": true, "2022-01-29": true, "2022-01-31": false, "2022-02-06": false, "2022-02-07": true,
		"2023-01-02": false, "2024-02-09": true, "2024-02-18": true, "2025-01-28": false, "2025-05-05": false,
		"2025-10-08": false, "2026-01-04": true, "2026-02-23": false, "2026-02-24": true, "2026-10-07": false,
	} {
		if c.IsWorking(calendar.MustParse(day)) != working {
			t.Errorf("%s: want working %v", day, working)
		}
	}
	if c.Today(time.Date(2022, 1, 24, 16, 0, 0, 0, time.UTC)).String() != "2022-01-25" {
		t.Error("the calendar is not in Beijing time")
	}
}
