package cycle

import (
	"plumbline/internal/calendar"
	"plumbline/internal/review/plan"
)

// meetingYears is how many years after the year under review the meeting may still be.
const meetingYears = 2

// validMeeting says whether a date can be the meeting of a year's review.
func validMeeting(year int, date string) bool {
	d, err := calendar.ParseDate(date)
	return err == nil && d.Year() >= year && d.Year() <= year+meetingYears
}

// dues gives the date of every step of a plan for a meeting day.
func dues(cal *calendar.Calendar, body plan.Body, meeting string) map[string]string {
	day, err := calendar.ParseDate(meeting)
	out := map[string]string{}
	if err != nil {
		return out
	}
	for _, s := range body.Steps {
		out[s.ID] = s.Due(cal, day).String()
	}
	return out
}

// moved gives the deadlines after the meeting moved: a date that stood as the plan computed it moves along, one that was
// set by hand stays, and the steps of the plan that had no date get one.
func moved(have []Deadline, before, after map[string]string) map[string]string {
	out := map[string]string{}
	for step, due := range after {
		out[step] = due
	}
	for _, d := range have {
		if d.Due != before[d.Step] {
			out[d.Step] = d.Due
		}
	}
	return out
}

// doneBy says from which state on a step is over without anybody saying so.
var doneBy = map[string]State{
	"open": Preparing, plan.StepMeeting: Held, "tally": Appraised, plan.StepDecision: Decided,
}

// IsDone says whether a deadline is behind a cycle: marked as done, or done by where the cycle stands. What was due
// before the meeting needs nobody's hand once the meeting is over.
func (d Deadline) IsDone(c Cycle) bool {
	from, known := doneBy[d.Step]
	return d.DoneAt != 0 || c.State == Closed || known && c.State.AtLeast(from) || c.State.AtLeast(Held) && d.Due < c.MeetingDate
}

// settle marks the dates of the report as done when every report that is shown is in.
func settle(dates []Date, rows []Row) {
	for _, r := range rows {
		if lamp := r.Cells[ColReport].Lamp; lamp != LampDone && lamp != LampWait {
			return
		}
	}
	for i := range dates {
		if step := dates[i].Deadline.Step; len(rows) > 0 && (step == plan.StepDraft || step == plan.StepReport) {
			dates[i].Done, dates[i].Lamp = true, LampDone
		}
	}
}

// nudge names what the calendar says about moving a cycle on, as a wording key; "" when it stands where it should. The
// rooms move a cycle on by what happens in them; some steps only a person can tell.
func nudge(c Cycle, dates []Date) string {
	late := map[string]bool{}
	for _, d := range dates {
		late[d.Deadline.Step] = d.Left < 0
	}
	switch {
	case !c.State.AtLeast(Held) && late[plan.StepMeeting]:
		return "cycle.task.held"
	case c.State == Decided:
		return "cycle.task.rectify"
	case c.State == Rectifying && late[plan.StepLookBack]:
		return "cycle.task.close"
	}
	return ""
}

// lampOf says how a date stands today.
func lampOf(cal *calendar.Calendar, due, today calendar.Date) string {
	switch cal.Lamp(due, today, calendar.SoonDays) {
	case calendar.Late:
		return LampLate
	case calendar.DueSoon:
		return LampSoon
	case calendar.OnTime:
		return LampOnTime
	}
	return LampNone
}

// worst gives the lamp that matters most among a reporter's cells: what needs a hand first.
func worst(cells Cells) string {
	rank := map[string]int{LampLate: 6, LampSoon: 5, LampOnTime: 4, LampDraft: 3, LampWait: 2, LampDone: 1}
	best := LampNone
	for _, c := range Columns {
		if cell, ok := cells[c]; ok && rank[cell.Lamp] > rank[best] {
			best = cell.Lamp
		}
	}
	return best
}
