package web

import (
	"net/url"
	"strconv"

	"plumbline/internal/authz"
	"plumbline/internal/review/cycle"
	"plumbline/internal/web/ui"
)

// CyclesPage lists the cycles that the reader may know of.
type CyclesPage struct {
	Page
	Filter ui.Filter
	Table  ui.Table
}

// cyclesOnPage is how many cycles one page lists.
const cyclesOnPage = 50

func (s *Server) cyclesPage(c *Ctx) error {
	q := cycle.Query{Year: int(max(0, min(c.Int("year", 0), 9999))), State: cycle.State(c.Value("state")), Text: c.Value("text"), Limit: cyclesOnPage, Offset: int(max(0, min(c.Int("from", 0), 1_000_000)))}
	list, total, err := cycle.Search(c.R.Context(), s.Reader, c.Scope(authz.Read), q)
	if err != nil {
		return err
	}
	units, err := unitsOf(c, list, func(cy cycle.Cycle) int64 { return cy.Unit })
	if err != nil {
		return err
	}
	page := &CyclesPage{Table: ui.Table{Caption: c.T("cycles.title"), HideCaption: true,
		Columns: []ui.Column{{Head: c.T("cycle.name")}, {Head: c.T("plan.field.year"), Align: "right"}, {Head: c.T("plan.convenor")},
			{Head: c.T("cycle.meeting_date")}, {Head: c.T("plan.state")}},
		Empty: &ui.EmptyState{Title: c.T("cycles.empty"), Text: c.T("cycles.empty_hint")}}}
	l := ui.Locale{Lang: c.Lang, Zone: s.Zone}
	for _, cy := range list {
		u := units[cy.Unit]
		page.Table.Rows = append(page.Table.Rows, ui.Row{Href: cyclePath(cy.ID), Cells: []ui.Cell{ui.T(c.cycleTitle(cy, u)), ui.T(strconv.Itoa(cy.Year)),
			ui.T(u.In(c.Lang)), ui.T(l.Date(cy.MeetingDate)), {Status: c.cycleStatus(cy)}}})
	}
	page.Filter = c.cyclesFilter(q, total)
	page.Table.Pager = c.cyclesPager(q, len(list), total)
	page.Title, page.Sub = c.T("cycles.title"), c.T("cycles.sub")
	page.Actions = []ui.Button{{Text: c.T("calendar.title"), Href: "/calendar"}}
	if c.MayAnywhere(authz.CycleManage) {
		page.Primary = &ui.Button{Text: c.T("cycles.open"), Href: "/cycles/new"}
	}
	return c.Render("cycles", page)
}

func (c *Ctx) cyclesFilter(q cycle.Query, total int) ui.Filter {
	states := append([]ui.Option{{Value: "", Text: c.T("cycles.any_state")}}, c.options("cycle.state.", words(cycle.States)...)...)
	year := ""
	if q.Year != 0 {
		year = strconv.Itoa(q.Year)
	}
	f := ui.Filter{Action: "/cycles", Count: c.T("cycles.count", "Count", total), Fields: []ui.Field{
		{Name: "text", Type: "search", Label: c.T("plan.convenor"), Value: q.Text},
		{Name: "year", Type: "number", Label: c.T("plan.field.year"), Value: year, Width: "short"},
		{Name: "state", Type: "select", Label: c.T("plan.state"), Value: string(q.State), Options: states}}}
	if q.Text != "" || q.Year != 0 || q.State != "" {
		f.Chips, f.Clear = []ui.Link{{Text: c.T("cycles.all"), Href: "/cycles"}}, "/cycles"
	}
	return f
}

func (c *Ctx) cyclesPager(q cycle.Query, shown, total int) *ui.Pager {
	if total <= cyclesOnPage && q.Offset == 0 {
		return nil
	}
	address := func(from int) string {
		v := url.Values{}
		for name, value := range map[string]string{"text": q.Text, "state": string(q.State), "year": c.Value("year"), "from": strconv.Itoa(from)} {
			if value != "" {
				v.Set(name, value)
			}
		}
		return "/cycles?" + v.Encode()
	}
	p := &ui.Pager{Text: c.T("cycles.range", "From", min(q.Offset+1, total), "To", q.Offset+shown, "Count", total)}
	if q.Offset > 0 {
		p.Prev = address(max(0, q.Offset-cyclesOnPage))
	}
	if q.Offset+shown < total && shown > 0 {
		p.Next = address(q.Offset + shown)
	}
	return p
}
