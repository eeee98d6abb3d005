package web

import (
	"net/http"
	"slices"
	"strings"

	"plumbline/internal/authz"
	"plumbline/internal/org"
	"plumbline/internal/review/cycle"
	"plumbline/internal/web/ui"
)

func cyclePath(id int64) string { return cycle.PathOf(id) }

// cycleTitle names a cycle: by its own name, or by the pack's, the convenor and the year.
func (c *Ctx) cycleTitle(cy cycle.Cycle, convenor org.Unit) string {
	if name := cy.In(c.Lang); name != "" {
		return name
	}
	return c.T("cycle.title", "Unit", convenor.In(c.Lang), "Year", cy.Year, "Pack", c.srv.Pack.Name.In(c.Lang))
}

// cycleCrumbs lead to a page inside a cycle; here is the page's own name, "" on the cycle's first page.
func (c *Ctx) cycleCrumbs(cy cycle.Cycle, convenor org.Unit, here string) []ui.Link {
	out := []ui.Link{{Text: c.T("nav.cycles"), Href: "/cycles"}, {Text: c.cycleTitle(cy, convenor)}}
	if here != "" {
		if c.MayAnywhere(authz.Read) {
			out[1].Href = cyclePath(cy.ID)
		}
		out = append(out, ui.Link{Text: here})
	}
	return out
}

// cycleRooms are the pages of a cycle, each below its address, in the order of the work.
var cycleRooms = []struct{ key, below string }{
	{"cycle.tab.overview", ""}, {"cycle.tab.reports", "/reports"}, {"cycle.tab.meeting", "/meeting"}, {"cycle.tab.comments", "/comments"},
	{"cycle.tab.ballots", "/ballots"}, {"cycle.tab.sheets", "/sheets"}, {"cycle.tab.result", "/result"},
	{"result.tab.decision", "/decision"}, {"result.tab.letters", "/letters"},
}

// cycleTabs lead from one room of a cycle to the others: those that are there and open to the reader. current is the
// part of the address below the cycle.
func (c *Ctx) cycleTabs(cy cycle.Cycle, current string) ui.Tabs {
	tabs := ui.Tabs{Label: c.T("cycle.tabs")}
	convenor, err := org.UnitByID(c.R.Context(), c.srv.Reader, cy.Unit)
	if err != nil {
		c.srv.Log.Error("the convenor of a cycle can't be read", "cycle", cy.ID, "error", err)
	}
	reads := c.MayAnywhere(authz.Read) // a teller counts, and reads nothing else
	for _, room := range cycleRooms {
		if room.below == current || (reads || room.below == "/ballots") && c.mayGet("/cycles/{id}"+room.below, convenor.Place()) && (room.below != "/reports" || c.reportsIn(cy.ID)) {
			tabs.Items = append(tabs.Items, ui.Link{Text: c.T(room.key), Href: cyclePath(cy.ID) + room.below, Current: room.below == current})
		}
	}
	return tabs
}

// reportsIn says whether there is a report in the cycle that the reader may know of.
func (c *Ctx) reportsIn(cycle int64) bool {
	heads, err := c.srv.Rooms.Reports.OfCycle(c.R.Context(), c.Scope(authz.Read), cycle)
	return err == nil && len(heads) > 0
}

// mayGet says whether there is a page of this pattern and whether its door is open to the reader by a right at the unit.
func (c *Ctx) mayGet(pattern string, at authz.Unit) bool {
	for _, r := range Routes() {
		if r.Method == http.MethodGet && r.Pattern == pattern {
			_, every := r.Access.Open()
			return every || slices.ContainsFunc(r.Access.Actions(), func(act authz.Action) bool { return c.May(act, at) })
		}
	}
	return false
}

// cycleStatus is where a cycle stands, as a word with its shape.
func (c *Ctx) cycleStatus(cy cycle.Cycle) *ui.Status {
	state := ui.OnTime
	switch cy.State {
	case cycle.Preparing:
		state = ui.Draft
	case cycle.Closed:
		state = ui.Done
	}
	return &ui.Status{State: state, Text: c.T("cycle.state." + string(cy.State))}
}

// cycleSteps shows the whole way of a cycle.
func (c *Ctx) cycleSteps(cy cycle.Cycle) ui.Steps {
	steps := ui.Steps{Label: c.T("cycle.steps")}
	for _, st := range cycle.States {
		step := ui.Step{Text: c.T("cycle.state." + string(st))}
		switch {
		case st == cy.State && st != cycle.Closed:
			step.State = "current"
		case cy.State.AtLeast(st):
			step.State = "done"
		}
		steps.Items = append(steps.Items, step)
	}
	return steps
}

// dateStatus is how a date of a cycle stands: done, or the time left in words.
func (c *Ctx) dateStatus(d cycle.Date) *ui.Status {
	if d.Done {
		return &ui.Status{State: ui.Done}
	}
	return c.Due(d.Deadline.Due)
}

// cellOf words what a room says of a reporter.
func (c *Ctx) cellOf(cell cycle.Cell) ui.Cell {
	text := cell.Text
	if cell.Key != "" {
		text = c.T(cell.Key, cell.Args...)
	}
	out := ui.Cell{Text: text, Href: cell.Href}
	if cell.Lamp != "" && cell.Lamp != cycle.LampNone {
		out.Status = &ui.Status{State: cell.Lamp, Text: text}
	}
	return out
}

// personText names who reports for a unit.
func (c *Ctx) personText(r cycle.Row) string {
	if r.Person.ID == 0 {
		return c.T("cycle.vacant")
	}
	return r.Person.In(c.Lang)
}

func joined(texts ...string) string {
	var out []string
	for _, t := range texts {
		if t != "" {
			out = append(out, t)
		}
	}
	return strings.Join(out, " · ")
}
