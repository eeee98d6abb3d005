package cycle

import (
	"testing"

	"plumbline/internal/review/plan"
)

func TestNudgesFollowTheCalendar(t *testing.T) {
	on := func(step string, left int) []Date { return []Date{{Deadline: Deadline{Step: step}, Left: left}} }
	for _, c := range []struct {
		state State
		dates []Date
		want  string
	}{
		{Reporting, on(plan.StepMeeting, 0), ""},
		{Reporting, on(plan.StepMeeting, -1), "cycle.task.held"},
		{Held, on(plan.StepMeeting, -1), ""},
		{Decided, nil, "cycle.task.rectify"},
		{Rectifying, on(plan.StepLookBack, 3), ""},
		{Rectifying, on(plan.StepLookBack, -3), "cycle.task.close"},
		{Closed, on(plan.StepLookBack, -3), ""},
	} {
		if got := nudge(Cycle{State: c.state}, c.dates); got != c.want {
			t.Errorf("%s %v: %q", c.state, c.dates, got)
		}
	}
}

func TestWorstIsWhatNeedsAHandFirst(t *testing.T) {
	for want, cells := range map[string]Cells{
		LampNone: {},
		LampDone: {ColReport: {Lamp: LampDone}},
		LampWait: {ColReport: {Lamp: LampDone}, ColSlot: {Lamp: LampWait}},
		LampLate: {ColReport: {Lamp: LampDone}, ColFindings: {Lamp: LampLate}, ColGrade: {Lamp: LampSoon}},
	} {
		if got := worst(cells); got != want {
			t.Errorf("%v: %s", cells, got)
		}
	}
}

func TestReportDatesAreDoneWhenAllAreIn(t *testing.T) {
	row := func(lamp string) Row { return Row{Cells: Cells{ColReport: {Lamp: lamp}}} }
	for _, c := range []struct {
		rows []Row
		want bool
	}{{nil, false}, {[]Row{row(LampDone), row(LampDraft)}, false}, {[]Row{row(LampDone), {}}, false}, {[]Row{row(LampDone), row(LampWait)}, true}} {
		dates := []Date{{Deadline: Deadline{Step: plan.StepReport}}, {Deadline: Deadline{Step: plan.StepClaim}}}
		settle(dates, c.rows)
		if dates[0].Done != c.want || dates[1].Done {
			t.Errorf("%v: %v", c.rows, dates)
		}
	}
	before := Deadline{Step: "opinions", Due: "2022-01-05"}
	if before.IsDone(Cycle{State: Reporting, MeetingDate: "2022-01-25"}) || !before.IsDone(Cycle{State: Held, MeetingDate: "2022-01-25"}) {
		t.Error("what was due before the meeting is behind when it is over, and not earlier")
	}
}
