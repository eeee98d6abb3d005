package web

import (
	"net/http"
	"strconv"

	"plumbline/internal/authz"
	"plumbline/internal/org"
	"plumbline/internal/review/cycle"
	"plumbline/internal/review/plan"
	"plumbline/internal/web/ui"
)

// CycleNewPage opens a year: first the few facts, then who should report.
type CycleNewPage struct {
	Page
	Errors *ui.ErrorSummary
	Fields []ui.Field
	Calls  *CallGrid // nil until unit, plan and date are known
	NoPlan *ui.Notice
}

// CallGrid is a list of units to call, each with its box and its way of reporting.
type CallGrid struct {
	Rows []CallRow
	Hint string
}

// CallRow is one unit that can be called.
type CallRow struct {
	Unit    int64
	Name    string
	Note    string
	Checked bool
	Mode    ui.Field
	Choice  ui.Field
}

func (s *Server) cycleNew(c *Ctx) error { return s.showCycleNew(c, http.StatusOK, nil) }

func (s *Server) showCycleNew(c *Ctx, status int, errs map[string]string) error {
	units, err := c.unitOptions(authz.CycleManage)
	if err != nil {
		return err
	}
	unit := c.Int("unit", 0)
	if unit == 0 && len(units) > 0 {
		unit, _ = strconv.ParseInt(units[0].Value, 10, 64)
	}
	plans, err := s.plansFor(c, unit)
	if err != nil {
		return err
	}
	year := c.Value("year")
	if year == "" {
		year = c.Today()[:4]
	}
	page := &CycleNewPage{Fields: []ui.Field{
		{Name: "unit", Type: "select", Label: c.T("plan.convenor"), Options: units, Value: itoa(unit), Required: true, Error: errs["unit"]},
		{Name: "year", Type: "number", Label: c.T("plan.field.year"), Value: year, Required: true, Hint: c.T("plan.year.hint"), Error: errs["year"]},
		{Name: "plan", Type: "select", Label: c.T("cycle.plan"), Options: plans, Value: c.Value("plan"), Required: true, Error: errs["plan"]},
		{Name: "meeting_date", Type: "date", Label: c.T("cycle.meeting_date"), Value: c.Value("meeting_date"), Required: true, Error: errs["meeting_date"]},
	}}
	if len(plans) == 0 {
		page.NoPlan = &ui.Notice{Kind: "warn", Text: c.T("cycle.no_plan"), Actions: []ui.Button{{Text: c.T("plans.new"), Href: "/plans/new?unit=" + itoa(unit)}}}
	}
	if c.Value("meeting_date") != "" && len(plans) > 0 {
		if page.Calls, err = s.proposal(c, unit, errs); err != nil {
			return err
		}
	}
	page.Errors = ui.Errors(page.Fields...)
	page.Title, page.Sub = c.T("cycles.open"), c.T("cycle.open.sub")
	page.Crumbs = []ui.Link{{Text: c.T("nav.cycles"), Href: "/cycles"}, {Text: page.Title}}
	return c.RenderStatus(status, "cycle_new", page)
}

// plansFor lists the plans that a convenor can use: its own and those of units above it.
func (s *Server) plansFor(c *Ctx, unit int64) ([]ui.Option, error) {
	if unit == 0 {
		return nil, nil
	}
	u, err := org.UnitByID(c.R.Context(), s.Reader, unit)
	if err != nil {
		return nil, err
	}
	var out []ui.Option
	for _, id := range append([]int64{u.ID}, u.Ancestors()...) {
		list, err := plan.OfUnit(c.R.Context(), s.Reader, id)
		if err != nil {
			return nil, err
		}
		for _, p := range list {
			if id == u.ID || p.State == plan.Frozen {
				out = append(out, ui.Option{Value: itoa(p.ID), Text: c.T("plan.from.plan", "Name", p.Name, "Year", p.Year)})
			}
		}
	}
	return out, nil
}

func (s *Server) proposal(c *Ctx, unit int64, errs map[string]string) (*CallGrid, error) {
	p, err := plan.ByID(c.R.Context(), s.Reader, c.Int("plan", 0))
	if err != nil {
		return nil, nil //nolint:nilerr // without a plan there is nothing to propose; the field says so
	}
	list, err := cycle.Propose(c.R.Context(), s.Reader, p.Body, unit, int(c.Int("year", 0)), c.Value("meeting_date"))
	if err != nil {
		return nil, err
	}
	g := &CallGrid{Hint: c.T("cycle.calls.hint")}
	for _, x := range list {
		g.Rows = append(g.Rows, c.callRow(x.Unit, x.Mode, x.Choice, x.Before, true, errs))
	}
	return g, nil
}

// callRow draws a unit's row; what was typed in a form that came back stays.
func (c *Ctx) callRow(u org.Unit, mode cycle.Mode, choice cycle.Choice, before, called bool, errs map[string]string) CallRow {
	id := itoa(u.ID)
	r := CallRow{Unit: u.ID, Name: u.In(c.Lang), Note: u.Code, Checked: called}
	if before {
		r.Note = joined(u.Code, c.T("cycle.before"))
	}
	if c.R.Method == http.MethodPost {
		r.Checked = false
		for _, v := range c.Values("call") {
			r.Checked = r.Checked || v == id
		}
		mode, choice = cycle.Mode(c.Value("mode-"+id)), cycle.Choice(c.Value("choice-"+id))
	}
	r.Mode = ui.Field{Name: "mode-" + id, Type: "select", Label: c.T("cycle.col.mode"), Value: string(mode), Options: c.options("cycle.mode.", "oral", "written"), Error: errs["unit-"+id]}
	r.Choice = ui.Field{Name: "choice-" + id, Type: "select", Label: c.T("cycle.col.choice"), Value: string(choice), Options: c.options("cycle.choice.", "required", "selected")}
	return r
}

// calls reads the ticked units of a form in its order.
func (c *Ctx) calls() []cycle.Call {
	out := []cycle.Call{}
	for _, v := range c.Values("call") {
		id, err := strconv.ParseInt(v, 10, 64)
		if err == nil {
			out = append(out, cycle.Call{Unit: id, Mode: cycle.Mode(c.Value("mode-" + v)), Choice: cycle.Choice(c.Value("choice-" + v))})
		}
	}
	return out
}

func (s *Server) openCycle(c *Ctx) error {
	in := cycle.NewCycle{Unit: c.Int("unit", 0), Year: int(c.Int("year", 0)), Plan: c.Int("plan", 0), MeetingDate: c.Value("meeting_date")}
	if c.Value("proposed") != "" {
		in.Reporters = c.calls()
	}
	out, err := s.Rooms.Cycles.Open(c.R.Context(), c.Actor, in)
	if errs := c.Errors(err); errs != nil {
		return s.showCycleNew(c, http.StatusUnprocessableEntity, errs)
	}
	if err != nil {
		return err
	}
	if out.Carried > 0 {
		return c.Go(cyclePath(out.Cycle.ID), "cycle.opened_carried")
	}
	return c.Go(cyclePath(out.Cycle.ID), "cycle.opened")
}
