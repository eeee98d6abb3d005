package demo

import (
	"strconv"

	"plumbline/internal/authz"
	"plumbline/internal/org"
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
	if err := b.hold(c, 0); err != nil {
		return err
	}
	b.at(c.MeetingDate, 16, 0)
	if err := b.countBallots(c, true); err != nil {
		return err
	}
	b.at(day(c.MeetingDate, 2), 9, 0)
	if err := b.sheets(c, false); err != nil {
		return err
	}
	b.at(day(c.MeetingDate, 6), 9, 0)
	if err := b.work(c, b.decide); err != nil {
		return err
	}
	b.last = c
	b.at(day(c.MeetingDate, 200), 9, 0)
	return b.close(c)
}

// close ends a cycle; every finding has an owner and a date by then.
func (b *builder) close(c cycle.Cycle) error {
	now, err := cycle.ByID(b.ctx, b.DB, c.ID)
	if err != nil {
		return err
	}
	if !now.State.AtLeast(cycle.Rectifying) {
		if now, err = b.Rooms.Cycles.Advance(b.ctx, b.as("office"), c.ID, now.Version, cycle.Rectifying); err != nil {
			return err
		}
	}
	_, err = b.Rooms.Cycles.Close(b.ctx, b.as("office"), c.ID, now.Version, "")
	return err
}

// thisYear opens the next cycle, which carries over what is open, and stops on the day after its meeting: the last
// comments are still drafts, the second teller has not finished, and one unit has not handed its report in.
func (b *builder) thisYear() error {
	if err := b.change("WC03"); err != nil {
		return err
	}
	c, err := b.open(b.thisMeeting(), b.last.Plan)
	if err != nil {
		return err
	}
	if err := b.writeReports(c, map[string]bool{"WC311": true}); err != nil {
		return err
	}
	if err := b.county(); err != nil {
		return err
	}
	b.at(day(c.MeetingDate, -9), 9, 0)
	if err := b.sheets(c, true); err != nil {
		return err
	}
	if err := b.hold(c, 6); err != nil {
		return err
	}
	b.at(c.MeetingDate, 16, 30)
	return b.countBallots(c, false)
}

// change lets somebody else take the reporting post of a unit, half a year before this year's meeting: what the
// predecessor left open passes to the successor.
func (b *builder) change(code string) error {
	on := day(b.today, -150)
	b.at(on, 9, 0)
	holders, err := org.WhoWas(b.ctx, b.DB, b.units[code].ID, "secretary", day(on, -1))
	if err != nil {
		return err
	}
	zh, en := name(99)
	t, err := b.Rooms.Org.Appoint(b.ctx, authz.System(), org.Appointment{Post: holders[0].Post.ID, New: org.NewPerson{Name: zh, NameEn: en}, From: on})
	if err != nil {
		return err
	}
	b.heads[code] = t.Person
	if err := b.Rooms.Accounts.Disable(b.ctx, authz.System(), b.who["head-"+code].id, true); err != nil {
		return err
	}
	if err := b.account("head2-"+code, "debriefer", code, b.say(text(zh, en)), t.Person); err != nil {
		return err
	}
	b.who["head-"+code] = b.who["head2-"+code]
	return nil
}

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
