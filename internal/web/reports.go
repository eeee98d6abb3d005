package web

import (
	"plumbline/internal/authz"
	"plumbline/internal/review/cycle"
	"plumbline/internal/review/report"
	"plumbline/internal/web/ui"
)

// ReportsPage is every report of a cycle that the reader may see.
type ReportsPage struct {
	Page
	Figures ui.KeyFigures
	Filter  ui.Filter
	Table   ui.Table
}

func (s *Server) cycleReports(c *Ctx) error {
	id, err := c.ID("id")
	if err != nil {
		return err
	}
	ctx, scope := c.R.Context(), c.Scope(authz.Read)
	cy, err := cycle.Find(ctx, s.Reader, scope, id)
	if err != nil {
		return err
	}
	heads, err := s.Rooms.Reports.OfCycle(ctx, scope, id)
	if err != nil {
		return err
	}
	p, path := &ReportsPage{}, "/cycles/"+itoa(id)+"/reports"
	name := cy.In(c.Lang)
	if name == "" {
		name = c.T("report.cycle", "Year", cy.Year)
	}
	p.Title, p.Sub = c.T("report.list.title"), name
	p.Crumbs = []ui.Link{{Text: name, Href: "/cycles/" + itoa(id)}, {Text: c.T("report.list.title"), Current: true}}
	want := c.Value("state")
	p.Figures = c.reportFigures(heads, path)
	p.Table = c.reportTable(heads, want)
	p.Filter = ui.Filter{Action: path, Fields: []ui.Field{{Type: "select", Name: "state", Label: c.T("report.list.state"), Value: want, Options: c.reportStates()}},
		Count: c.T("report.list.count", "N", c.num(len(p.Table.Rows)), "Of", c.num(len(heads)))}
	if want != "" {
		p.Filter.Clear = path
		p.Filter.Chips = []ui.Link{{Text: c.T("report.state." + reportStateKey(want)), Href: path}}
	}
	return c.Render("reports", p)
}

// late is the filter of reports that are past their date and not handed in.
const late = "late"

var reportStateList = []string{string(report.Drafting), late, string(report.Submitted), string(report.Returned), string(report.Accepted)}

func reportStateKey(state string) string {
	for _, known := range reportStateList {
		if state == known {
			return state
		}
	}
	return string(report.Drafting)
}

func (c *Ctx) reportStates() []ui.Option {
	out := []ui.Option{{Value: "", Text: c.T("report.list.all")}}
	for _, st := range reportStateList {
		out = append(out, ui.Option{Value: st, Text: c.T("report.state." + st)})
	}
	return out
}

func (c *Ctx) isLate(h report.Head) bool {
	due := c.Due(h.Due)
	return h.Open() && due != nil && due.State == ui.Late
}

func (c *Ctx) inState(h report.Head, want string) bool {
	return want == "" || want == late && c.isLate(h) || string(h.State) == want
}

func (c *Ctx) reportFigures(heads []report.Head, path string) ui.KeyFigures {
	k := ui.KeyFigures{Label: c.T("report.list.title")}
	lamps := map[string]string{late: ui.Late, string(report.Submitted): ui.Waiting, string(report.Returned): ui.Soon, string(report.Accepted): ui.Done, string(report.Drafting): ui.Draft}
	for _, st := range reportStateList {
		n := 0
		for _, h := range heads {
			if c.inState(h, st) {
				n++
			}
		}
		f := ui.Figure{Label: c.T("report.state." + st), Value: c.num(n), Unit: "/ " + c.num(len(heads)), Href: path + "?state=" + st}
		if n > 0 {
			f.State = lamps[st]
		}
		k.Items = append(k.Items, f)
	}
	return k
}

func (c *Ctx) reportTable(heads []report.Head, want string) ui.Table {
	t := ui.Table{Caption: c.T("report.list.title"), HideCaption: true, Empty: &ui.EmptyState{Title: c.T("report.list.none"), Text: c.T("report.list.none_hint")},
		Columns: []ui.Column{{Head: c.T("report.list.unit")}, {Head: c.T("report.list.person")}, {Head: c.T("report.mode")}, {Head: c.T("report.list.state")},
			{Head: c.T("report.due")}, {Head: c.T("report.last_version")}, {Head: c.T("report.versions.checks")}}}
	for _, h := range heads {
		if !c.inState(h, want) {
			continue
		}
		person := h.Person.In(c.Lang)
		if person == "" {
			person = c.T("report.list.later")
		}
		row := ui.Row{Href: reportPath(h.Reporter), Cells: []ui.Cell{ui.T(h.Unit.In(c.Lang)), ui.T(person), ui.T(c.T("report.mode." + h.Mode)),
			{Status: c.reportStatus(h)}, {Text: c.locale().Date(h.Due)}, {}, {}}}
		if h.Open() {
			row.Cells[4].Status = c.Due(h.Due)
			if row.Cells[4].Status != nil {
				row.Cells[4] = ui.Cell{Text: c.locale().Date(h.Due), Sub: row.Cells[4].Status.Text}
			}
		}
		if h.Number > 0 {
			row.Cells[5] = ui.Cell{Text: c.T("report.version_n", "N", h.Number), Sub: c.locale().Date(h.SubmittedAt)}
			row.Cells[6] = ui.Cell{Status: c.warned(h.Warnings)}
		}
		if c.isLate(h) {
			row.State = ui.Late
		}
		if h.State == report.Submitted && c.srv.Rooms.Reports.Reviews(c.Actor, h) {
			row.Href = reportPath(h.Reporter) + "/review"
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// HomeReports is what a writer of reports must do today.
type HomeReports struct{ Cards []ui.Card }

// homeReports lists the reader's own reports in open cycles, the most urgent first; nil where there is none to do.
func (s *Server) homeReports(c *Ctx) (*HomeReports, error) {
	if !c.MayAnywhere(authz.ReportWrite) {
		return nil, nil
	}
	heads, err := s.Rooms.Reports.Mine(c.R.Context(), c.Actor)
	if err != nil || len(heads) == 0 {
		return nil, err
	}
	out := &HomeReports{}
	for _, h := range heads {
		if h.State != report.Accepted {
			out.Cards = append(out.Cards, c.homeReport(h))
		}
	}
	if len(out.Cards) == 0 {
		return nil, nil
	}
	return out, nil
}

func (c *Ctx) homeReport(h report.Head) ui.Card {
	card := ui.Card{Title: c.T("report.home.title", "Unit", h.Unit.In(c.Lang), "Year", h.Year), Href: reportPath(h.Reporter) + "/edit", Status: c.reportStatus(h),
		Meta: []string{c.reportCycle(h)}}
	if h.Due != "" {
		card.Meta = append(card.Meta, c.T("report.home.due", "Date", c.locale().Date(h.Due)))
		if due := c.Due(h.Due); due != nil && h.Open() {
			card.Meta = append(card.Meta, due.Text)
		}
	}
	switch {
	case h.State == report.Submitted:
		card.Href, card.Text = reportPath(h.Reporter), c.T("report.home.waiting", "Convenor", h.Convenor.In(c.Lang))
	case h.State == report.Returned:
		card.Text = c.T("report.home.returned", "By", h.DecidedBy)
	case h.Version == 0:
		card.Text = c.T("report.home.begin")
	case c.srv.Rooms.Reports.Submits(c.Actor, h):
		card.Text = c.T("report.home.submit")
	default:
		card.Text = c.T("report.home.write", "Name", h.Person.In(c.Lang))
	}
	return card
}
