package web

import (
	"time"

	"plumbline/internal/ledger"
	"plumbline/internal/web/ui"
)

// matterDue is how a matter's due date, or hour, stands now: the lamp, and the time left in words.
func (c *Ctx) matterDue(m ledger.Matter) *ui.Status {
	if m.DueAt == 0 || m.Due != c.Today() {
		return c.Due(m.Due)
	}
	left := time.UnixMicro(m.DueAt).Sub(c.srv.Now())
	state, key := ui.Soon, "clock.hours_left"
	if left < 0 {
		state, key, left = ui.Late, "clock.hours_late", -left
	}
	if left < time.Hour {
		return &ui.Status{State: state, Text: c.T(key+"_few", "Count", int(left/time.Minute))}
	}
	return &ui.Status{State: state, Text: c.T(key, "Count", int(left/time.Hour))}
}

// dueMoment is the due date, with the hour of a clock of hours.
func (c *Ctx) dueMoment(m ledger.Matter) string {
	if m.DueAt == 0 {
		return c.date(m.Due)
	}
	return ui.Locale{Lang: c.Lang, Zone: c.srv.Zone}.DateTime(m.DueAt)
}

// clockFacts say when the matter is due by which clock, what grace there is, and whether the clock stands still.
func (c *Ctx) clockFacts(v ledger.View) []ui.Fact {
	m := v.Matter
	if v.Def.Paused(m) && m.Due == "" {
		return []ui.Fact{{Term: c.T("ledger.col.due"), Text: c.T("clock.paused"), Sub: c.T("clock.paused_since", "Date", c.date(m.Marks.On[ledger.MarkEnter]))}}
	}
	if m.Due == "" {
		return nil
	}
	fact := ui.Fact{Term: c.T("ledger.col.due"), Text: c.dueMoment(m), Status: c.matterDue(m)}
	cal, err := c.srv.Ledgers().CalendarOf(c.R.Context(), m)
	if err != nil {
		return []ui.Fact{fact} // an error of the database stops the page's own reads too
	}
	for _, r := range v.Def.Running(m, cal) {
		if r.Last.String() != m.Due || r.LastAt != m.DueAt {
			continue
		}
		fact.Sub = r.Clock.Name.In(c.Lang)
		if r.Due != r.Last || r.DueAt != r.LastAt {
			fact.Sub = c.T("clock.grace", "Clock", fact.Sub, "Date", c.runningDue(r))
		}
		break
	}
	return []ui.Fact{fact}
}

// runningDue is when a clock is due without its grace.
func (c *Ctx) runningDue(r ledger.Running) string {
	if r.DueAt != 0 {
		return ui.Locale{Lang: c.Lang, Zone: c.srv.Zone}.DateTime(r.DueAt)
	}
	return c.date(r.Due.String())
}
