package web

import (
	"net/http"
	"strings"

	"plumbline/internal/authz"
	"plumbline/internal/fault"
	"plumbline/internal/review/cycle"
	"plumbline/internal/web/ui"
)

// CalendarPage is the dates that concern the reader, and the secret address that brings them into a calendar program.
type CalendarPage struct {
	Page
	Dates   ui.Table
	Address string // just made: shown this once
	Since   string
	Has     bool
}

func (s *Server) calendarPage(c *Ctx) error { return s.showCalendar(c, "") }

func (s *Server) showCalendar(c *Ctx, address string) error {
	views, err := s.Rooms.Cycles.Upcoming(c.R.Context(), c.Scope(authz.Read), c.Today())
	if err != nil {
		return err
	}
	since, err := cycle.FeedSince(c.R.Context(), s.Reader, c.Actor.Account)
	if err != nil {
		return err
	}
	l := ui.Locale{Lang: c.Lang, Zone: s.Zone}
	page := &CalendarPage{Address: address, Has: since != 0, Since: l.DateTime(since)}
	page.Title, page.Sub = c.T("calendar.title"), c.T("calendar.sub")
	page.Dates = ui.Table{Caption: c.T("calendar.coming"), Columns: []ui.Column{{Head: c.T("cycle.col.step")}, {Head: c.T("cycle.col.due")}, {Head: c.T("cycle.col.left")}, {Head: c.T("cycle.name")}},
		Empty: &ui.EmptyState{Title: c.T("calendar.empty")}}
	for _, v := range views {
		for _, d := range v.Dates {
			if !d.Done {
				page.Dates.Rows = append(page.Dates.Rows, ui.Row{Href: cyclePath(v.Cycle.ID), Cells: []ui.Cell{ui.T(c.stepName(d)), ui.T(l.Date(d.Deadline.Due)),
					{Status: c.dateStatus(d)}, ui.T(c.cycleTitle(v.Cycle, v.Convenor))}})
			}
		}
	}
	return c.Render("calendar", page)
}

// renewFeed answers with the page itself: the address is shown this once and kept nowhere.
func (s *Server) renewFeed(c *Ctx) error {
	token, err := s.Rooms.Cycles.RenewFeed(c.R.Context(), c.Actor)
	if err != nil {
		return err
	}
	return s.showCalendar(c, c.site()+"/calendar/"+token+".ics")
}

// site is the address under which the reader reached the program.
func (c *Ctx) site() string {
	scheme := "http"
	if c.R.TLS != nil || c.R.Header.Get("X-Forwarded-Proto") == "https" {
		scheme = "https"
	}
	return scheme + "://" + c.R.Host
}

func (s *Server) dropFeed(c *Ctx) error {
	if err := s.Rooms.Cycles.DropFeed(c.R.Context(), c.Actor); err != nil {
		return err
	}
	return c.Go("/calendar", "calendar.dropped")
}

// feed is the calendar of whoever holds the address, in the account's language.
func (s *Server) feed(c *Ctx) error {
	token, ok := strings.CutSuffix(c.R.PathValue("file"), ".ics")
	if !ok {
		return fault.Missing()
	}
	actor, err := cycle.FeedAccount(c.R.Context(), s.Reader, token)
	if err != nil {
		return err
	}
	c.Actor = actor
	if actor.Lang != "" {
		c.Lang = actor.Lang
	}
	views, err := s.Rooms.Cycles.Upcoming(c.R.Context(), c.Scope(authz.Read), c.Today())
	if err != nil {
		return err
	}
	var events []cycle.Event
	for _, v := range views {
		title := c.cycleTitle(v.Cycle, v.Convenor)
		for _, d := range v.Dates {
			events = append(events, cycle.Event{UID: "cycle-" + itoa(v.Cycle.ID) + "-" + d.Deadline.Step + "@plumbline", Date: d.Deadline.Due,
				Title: c.stepName(d), Text: title, URL: c.site() + cyclePath(v.Cycle.ID)})
		}
	}
	text, err := cycle.ICal(c.T("calendar.name"), events, s.Now().UTC())
	if err != nil {
		return err
	}
	c.W.Header().Set("Content-Type", "text/calendar; charset=utf-8")
	c.W.WriteHeader(http.StatusOK)
	_, err = c.W.Write([]byte(text))
	return err
}
