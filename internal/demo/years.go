package demo

import (
	"strconv"

	"plumbline/internal/review/cycle"
	"plumbline/internal/review/plan"
)

// lastMeeting and thisMeeting are the days of the two meetings.
func (b *builder) lastMeeting() string { return day(b.today, -365) }
func (b *builder) thisMeeting() string { return day(b.today, -1) }

func yearOf(date string) int {
	n, _ := strconv.Atoi(date[:4])
	return n
}

func (b *builder) lastYear() error {
	c, err := b.open(b.lastMeeting(), 0)
	if err != nil {
		return err
	}
	if err := b.writeReports(c, nil); err != nil {
		return err
	}
	return nil
}

func (b *builder) thisYear() error { return nil }

// open makes the plan and opens the cycle of a meeting day, sixty days before it.
func (b *builder) open(meeting string, from int64) (cycle.Cycle, error) {
	b.at(day(meeting, -60), 9, 0)
	city := b.units["WC"].ID
	year := yearOf(meeting)
	p, err := b.Rooms.Plans.Create(b.ctx, b.as("office"), plan.NewPlan{Unit: city, Year: year, From: from,
		Name: b.say(text("望川市"+strconv.Itoa(year)+"年度考核方案", "Plan of Wangchuan City, "+strconv.Itoa(year)))})
	if err != nil {
		return cycle.Cycle{}, err
	}
	var calls []cycle.Call
	for _, code := range oral {
		calls = append(calls, cycle.Call{Unit: b.units[code].ID, Mode: cycle.Oral, Choice: cycle.Required})
	}
	for _, code := range written {
		calls = append(calls, cycle.Call{Unit: b.units[code].ID, Mode: cycle.Written, Choice: cycle.Required})
	}
	o, err := b.Rooms.Cycles.Open(b.ctx, b.as("office"), cycle.NewCycle{Unit: city, Year: year, Plan: p.ID, MeetingDate: meeting, Reporters: calls})
	return o.Cycle, err
}
