package web

import (
	"encoding/json"
	"net/http"
	"strconv"

	"plumbline/internal/authz"
	"plumbline/internal/org"
	"plumbline/internal/review/plan"
	"plumbline/internal/web/ui"
)

// PlansPage lists the plans that the reader may know.
type PlansPage struct {
	Page
	Table ui.Table
}

func (s *Server) plansPage(c *Ctx) error {
	list, err := s.plansOf(c)
	if err != nil {
		return err
	}
	units, err := unitsOf(c, list, func(p plan.Plan) int64 { return p.Unit })
	if err != nil {
		return err
	}
	page := &PlansPage{Table: ui.Table{Caption: c.T("plans.title"), HideCaption: true,
		Columns: []ui.Column{{Head: c.T("plan.field.plan_name")}, {Head: c.T("plan.field.year"), Align: "right"}, {Head: c.T("plan.convenor")}, {Head: c.T("plan.state")}},
		Empty:   &ui.EmptyState{Title: c.T("plans.empty"), Text: c.T("plans.empty_hint")}}}
	for _, p := range list {
		status := planStatus(c, p)
		status.Box = false
		page.Table.Rows = append(page.Table.Rows, ui.Row{Href: planPath(p.ID), Cells: []ui.Cell{ui.T(p.Name), ui.T(strconv.Itoa(p.Year)),
			ui.T(units[p.Unit].In(c.Lang)), {Status: status}}})
	}
	page.Title, page.Sub = c.T("plans.title"), c.T("plans.sub")
	if c.MayAnywhere(authz.PlanEdit) {
		page.Primary = &ui.Button{Text: c.T("plans.new"), Href: "/plans/new"}
	}
	return c.Render("plans", page)
}

// plansOf lists the plans in the reader's reach and those that the reader edits, each once.
func (s *Server) plansOf(c *Ctx) ([]plan.Plan, error) {
	seen := map[int64]bool{}
	var out []plan.Plan
	for _, act := range []authz.Action{authz.PlanEdit, authz.Read} {
		list, err := plan.List(c.R.Context(), s.Reader, c.Scope(act))
		if err != nil {
			return nil, err
		}
		for _, p := range list {
			if !seen[p.ID] {
				out = append(out, p)
			}
			seen[p.ID] = true
		}
	}
	return out, nil
}

func unitsOf[T any](c *Ctx, list []T, of func(T) int64) (map[int64]org.Unit, error) {
	var ids []int64
	for _, x := range list {
		ids = append(ids, of(x))
	}
	return org.UnitsByID(c.R.Context(), c.srv.Reader, ids)
}

// PlanNewPage asks for what a new plan needs.
type PlanNewPage struct {
	Page
	Errors *ui.ErrorSummary
	Fields []ui.Field
}

func (s *Server) planNew(c *Ctx) error { return s.showPlanNew(c, http.StatusOK, nil) }

func (s *Server) showPlanNew(c *Ctx, status int, errs map[string]string) error {
	units, err := c.unitOptions(authz.PlanEdit)
	if err != nil {
		return err
	}
	from, err := s.planSources(c)
	if err != nil {
		return err
	}
	year := c.Value("year")
	if year == "" {
		year = c.Today()[:4]
	}
	page := &PlanNewPage{Fields: []ui.Field{
		{Name: "unit", Type: "select", Label: c.T("plan.convenor"), Options: units, Value: c.Value("unit"), Required: true, Error: errs["unit"]},
		{Name: "year", Type: "number", Label: c.T("plan.field.year"), Value: year, Required: true, Error: errs["year"], Hint: c.T("plan.year.hint")},
		{Name: "name", Label: c.T("plan.field.plan_name"), Value: c.Value("name"), Required: true, MaxLength: 100, Error: errs["name"]},
		{Name: "from", Type: "select", Label: c.T("plan.from"), Options: from, Value: c.Value("from"), Plain: true, Hint: c.T("plan.from.hint")},
	}}
	page.Errors = ui.Errors(page.Fields...)
	page.Title = c.T("plans.new")
	page.Crumbs = []ui.Link{{Text: c.T("nav.plans"), Href: "/plans"}, {Text: page.Title}}
	return c.RenderStatus(status, "plan_new", page)
}

// unitOptions are the units at which the actor may do act.
func (c *Ctx) unitOptions(act authz.Action) ([]ui.Option, error) {
	places := c.srv.Gate.Policy().Units(c.Actor, act)
	units, err := unitsOf(c, places, func(u authz.Unit) int64 { return u.ID })
	var out []ui.Option
	for _, p := range places {
		out = append(out, ui.Option{Value: itoa(p.ID), Text: units[p.ID].In(c.Lang)})
	}
	return out, err
}

func (s *Server) planSources(c *Ctx) ([]ui.Option, error) {
	list, err := s.plansOf(c)
	out := []ui.Option{{Value: "0", Text: c.T("plan.from.pack")}}
	for _, p := range list {
		out = append(out, ui.Option{Value: itoa(p.ID), Text: c.T("plan.from.plan", "Name", p.Name, "Year", p.Year)})
	}
	return out, err
}

func (s *Server) createPlan(c *Ctx) error {
	p, err := s.Rooms.Plans.Create(c.R.Context(), c.Actor, plan.NewPlan{Unit: c.Int("unit", 0), Year: int(c.Int("year", 0)), Name: c.Value("name"), From: c.Int("from", 0)})
	if errs := c.Errors(err); errs != nil {
		return s.showPlanNew(c, http.StatusUnprocessableEntity, errs)
	}
	if err != nil {
		return err
	}
	return c.Go(planPath(p.ID), "plan.created")
}

func (s *Server) freezePlan(c *Ctx) error {
	id, err := c.ID("id")
	if err != nil {
		return err
	}
	if _, err := s.Rooms.Plans.Freeze(c.R.Context(), c.Actor, id, int(c.Int("version", 0))); err != nil {
		return err
	}
	return c.Go(planPath(id), "plan.frozen")
}

// planForScore is the plan as "plumbline score --plan" reads it.
func (s *Server) planForScore(c *Ctx) error {
	p, _, err := s.planFor(c)
	if err != nil {
		return err
	}
	text, err := json.MarshalIndent(p.Body.Scoring(), "", " ")
	if err != nil {
		return err
	}
	c.W.Header().Set("Content-Type", "application/json; charset=utf-8")
	c.W.Header().Set("Content-Disposition", `attachment; filename="PLAN.json"`)
	_, err = c.W.Write(append(text, '\n'))
	return err
}

// planText is the whole plan, byte by byte what its digest was taken of.
func (s *Server) planText(c *Ctx) error {
	p, _, err := s.planFor(c)
	if err != nil {
		return err
	}
	c.W.Header().Set("Content-Type", "application/json; charset=utf-8")
	c.W.Header().Set("Content-Disposition", `attachment; filename="plan-`+itoa(p.ID)+`.json"`)
	_, err = c.W.Write([]byte(p.Text))
	return err
}
