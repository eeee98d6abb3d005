package plan

import (
	"plumbline/internal/calendar"
	"plumbline/internal/scoring"
)

// Scoring gives the plan as the arithmetic takes it; its JSON is the PLAN.json of "plumbline score".
func (b Body) Scoring() scoring.Plan {
	p := scoring.Plan{EmptyClass: b.EmptyClass, Decimals: b.Decimals, Grades: []scoring.Grade{}, Parts: []scoring.Part{}, Bands: []scoring.Band{}}
	for _, c := range b.Classes {
		p.Classes = append(p.Classes, scoring.Class{ID: c.ID, Weight: c.Weight})
	}
	for _, i := range b.Items {
		p.Items = append(p.Items, scoring.Item{ID: i.ID, Weight: i.Weight})
	}
	for _, g := range b.Grades {
		p.Grades = append(p.Grades, scoring.Grade{ID: g.ID, Points: g.Points})
	}
	for _, x := range b.Bands {
		p.Bands = append(p.Bands, scoring.Band{Grade: x.Grade, From: x.From})
	}
	for _, x := range b.Parts {
		p.Parts = append(p.Parts, scoring.Part{ID: x.ID, Weight: x.Weight})
	}
	if b.Trim != nil {
		p.Trim = &scoring.Trim{EachEnd: b.Trim.EachEnd, WhenMoreThan: b.Trim.WhenMoreThan}
	}
	if b.Quota != nil {
		p.Quota = &scoring.Quota{BelowTopAtLeast: b.Quota.BelowTopAtLeast}
	}
	return p
}

// CheckSheet gives the form of a part's check-sheet filled in: times says how often each line applied, by its id. Lines
// that did not apply are left out.
func (s Sheet) CheckSheet(times map[string]int) scoring.CheckSheet {
	c := scoring.CheckSheet{Start: s.Start, Floor: s.Floor, Ceiling: s.Ceiling}
	for _, l := range s.Lines {
		n := times[l.ID]
		if n == 0 {
			continue
		}
		line := scoring.SheetLine{ID: l.ID, Points: l.Points, Times: n}
		if l.Bonus {
			c.Bonuses = append(c.Bonuses, line)
		} else {
			c.Deductions = append(c.Deductions, line)
		}
	}
	return c
}

// Due gives the date of a step for a meeting day. A calendar offset that lands on a day off moves to the last working
// day before it when the step comes before the meeting, and to the next one when it comes after: time to work is never
// cut short by a holiday, and nothing is due after its purpose.
func (s Step) Due(cal *calendar.Calendar, meeting calendar.Date) calendar.Date {
	if s.Days == WorkingDays {
		return cal.AddWorkingDays(meeting, s.Offset)
	}
	day := meeting.AddDays(s.Offset)
	switch {
	case s.Offset < 0:
		return cal.OnOrBefore(day)
	case s.Offset > 0:
		return cal.OnOrAfter(day)
	}
	return day
}

// Preview is the arithmetic of a plan on made-up marks: what goes in and what comes out.
type Preview struct {
	Marks  []scoring.Mark
	Parts  []scoring.PartScore
	Result scoring.Result
}

// previewBallots is the number of made-up ballots in each class: enough for a trim to show.
const previewBallots = 9

// Preview scores the made-up marks of the units, the same ones at every call. The plan must be without problems; else
// the error is the first of them.
func (b Body) Preview(units []string) (Preview, error) {
	p := b.Scoring()
	if problems := b.Problems(); len(problems) > 0 {
		return Preview{}, Fault(problems)
	}
	out := Preview{}
	out.Marks, out.Parts = scoring.Sample(p, units, previewBallots)
	var err error
	out.Result, err = scoring.Score(p, out.Marks, out.Parts)
	return out, err
}
