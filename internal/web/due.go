package web

import (
	"plumbline/internal/calendar"
	"plumbline/internal/web/ui"
)

// Due is how a date YYYY-MM-DD stands today: the lamp, and the time left in words. Where there is no date it is nil.
func (c *Ctx) Due(date string) *ui.Status {
	due, err := calendar.ParseDate(date)
	if err != nil {
		return nil
	}
	cal := c.srv.Calendar
	today := cal.Today(c.srv.Now())
	left, working := cal.Left(due, today)
	status := &ui.Status{State: ui.OnTime, Text: ui.DaysLeft(left, c.ui)}
	if !working && left != 0 {
		key := "house.days_left"
		if left < 0 {
			key, left = "house.days_late", -left
		}
		status.Text = c.T(key, "Count", left)
	}
	switch cal.Lamp(due, today, calendar.SoonDays) {
	case calendar.Late:
		status.State = ui.Late
	case calendar.DueSoon:
		status.State = ui.Soon
	}
	return status
}

// ui is the reader's words in the form that components take.
func (c *Ctx) ui(key string, args ...any) string { return c.T(key, args...) }
