package ledger

import (
	"fmt"
	"slices"
	"strconv"

	"plumbline/internal/calendar"
	"plumbline/internal/org"
)

// Prompt is a reminder or an escalation that one of the matter's running clocks gives rise to. It is given once for its
// rule, level and due date, however often the matter is looked at.
type Prompt struct {
	Step  string // StepRemind or StepEscalate
	Rule  string // the rule's own key
	Clock Clock
	To    string // of an escalation: ToLeader, ToConvenor or ToAbove
	Level int    // how far up the owner's path; 0 is the owner itself
	Due   string
	DueAt int64
	At    int64 // when it falls due, UTC microseconds
}

// key tells the prompts of one matter apart, whatever its due date.
func (p Prompt) key() string { return p.Rule + " " + strconv.Itoa(p.Level) }

// due is the due date or hour as the matter's marks keep it.
func (p Prompt) due() string {
	if p.DueAt != 0 {
		return p.Due + " " + strconv.FormatInt(p.DueAt, 10)
	}
	return p.Due
}

// Prompts lists what the matter's running clocks give rise to, in the order in which it falls due: reminders before the
// due date, escalations after the last day in time. Whoever got the matter when it was late already is not escalated for
// a date that was never theirs.
func (d *Definition) Prompts(m Matter, cal *calendar.Calendar) []Prompt {
	var out []Prompt
	for _, r := range d.Running(m, cal) {
		p := Prompt{Clock: r.Clock, Due: r.Due.String(), DueAt: r.DueAt}
		for _, rule := range d.Remind {
			if rule.Clock == r.Clock.ID {
				p.Step, p.Rule, p.To, p.Level = StepRemind, fmt.Sprintf("remind %s %d", rule.Clock, rule.Before), "", 0
				p.At = startOf(cal.AddWorkingDays(r.Due, -rule.Before), cal)
				out = append(out, p)
			}
		}
		if m.Marks.On[MarkOwner] > r.Last.String() {
			continue
		}
		p.Step = StepEscalate
		for _, rule := range d.Escalation {
			if rule.Clock == r.Clock.ID {
				out = append(out, rule.prompts(p, m, r, cal)...)
			}
		}
	}
	slices.SortStableFunc(out, func(a, b Prompt) int {
		return int(min(max(a.At-b.At, -1), 1))
	})
	return out
}

// prompts are those of one rule: one, or one for every level above the owner, each so much later than the one before.
func (e Escalation) prompts(p Prompt, m Matter, r Running, cal *calendar.Calendar) (out []Prompt) {
	p.Rule, p.To = fmt.Sprintf("escalate %s %s %d", e.Clock, e.To, e.After), e.To
	above := max(len(org.PathIDs(m.Place().Path))-1, 0)
	first, last := 0, 0
	switch {
	case e.To != ToAbove:
	case e.Levels == 0:
		first, last = 1, above
	case above > 0:
		first, last = min(e.Levels, above), min(e.Levels, above)
	}
	for level, n := first, 1; level <= last; level, n = level+1, n+1 {
		p.Level, p.At = level, r.lateBy(e.After*n, cal)
		out = append(out, p)
	}
	return out
}

// lateBy is the instant at which the matter has been late for so many working days; 0 is as soon as it is late.
func (r Running) lateBy(days int, cal *calendar.Calendar) int64 {
	if days == 0 {
		return r.ends(cal)
	}
	return startOf(cal.AddWorkingDays(r.Last, days), cal)
}

// waiting are the prompts that were not given yet, by the matter's own memory.
func (d *Definition) waiting(m Matter, cal *calendar.Calendar) []Prompt {
	return slices.DeleteFunc(d.Prompts(m, cal), func(p Prompt) bool { return m.Marks.Told[p.key()] == p.due() })
}

// nextPrompt is when the first prompt that was not given yet falls due; 0: never.
func (d *Definition) nextPrompt(m Matter, cal *calendar.Calendar) int64 {
	if len(d.Remind)+len(d.Escalation) == 0 {
		return 0
	}
	if next := d.waiting(m, cal); len(next) > 0 {
		return next[0].At
	}
	return 0
}
