package web

import (
	"plumbline/internal/authz"
	"plumbline/internal/fault"
	"plumbline/internal/review/plan"
	"plumbline/internal/web/ui"
)

// PlanComparePage shows in what two plans differ.
type PlanComparePage struct {
	Page
	Filter *ui.Filter
	Table  ui.Table
}

func (s *Server) planCompare(c *Ctx) error {
	p, _, err := s.planFor(c)
	if err != nil {
		return err
	}
	page := &PlanComparePage{}
	page.Title = c.T("plan.compare.title")
	page.Crumbs = []ui.Link{{Text: c.T("nav.plans"), Href: "/plans"}, {Text: p.Name, Href: planPath(p.ID)}, {Text: page.Title}}
	with := c.Int("with", 0)
	if page.Filter, err = s.compareFilter(c, p, with); err != nil {
		return err
	}
	other, err := s.otherPlan(c, with)
	if err != nil {
		return err
	}
	page.Sub = c.T("plan.compare.sub", "From", other.Name, "To", p.Name)
	page.Table = ui.Table{Caption: page.Sub, HideCaption: true, Columns: []ui.Column{{Head: c.T("plan.compare.where")}, {Head: other.Name}, {Head: p.Name}},
		Empty: &ui.EmptyState{Title: c.T("plan.compare.same")}}
	for _, ch := range plan.Diff(other.Body, p.Body) {
		page.Table.Rows = append(page.Table.Rows, ui.Row{Cells: []ui.Cell{{Text: c.stepsLabel(ch.Steps, p.Body, other.Body), Sub: c.T("plan.chapter." + ch.Chapter)},
			ui.T(c.planValue(ch.Steps, ch.From, other.Body, p.Body)), ui.T(c.planValue(ch.Steps, ch.To, p.Body, other.Body))}})
	}
	return c.Render("plan_compare", page)
}

// otherPlan is the plan to compare with; 0 is the pack's.
func (s *Server) otherPlan(c *Ctx, id int64) (plan.Plan, error) {
	if id == 0 {
		return plan.Plan{Name: c.T("plan.from.pack"), Body: s.Rooms.Plans.Start()}, nil
	}
	p, err := plan.Find(c.R.Context(), s.Reader, c.Scope(authz.Read), id)
	if fault.KindOf(err) == fault.NotFound {
		p, err = plan.Find(c.R.Context(), s.Reader, c.Scope(authz.PlanEdit), id)
	}
	return p, err
}

func (s *Server) compareFilter(c *Ctx, p plan.Plan, with int64) (*ui.Filter, error) {
	list, err := s.planSources(c)
	if err != nil {
		return nil, err
	}
	var options []ui.Option
	for _, o := range list {
		if o.Value != itoa(p.ID) {
			options = append(options, o)
		}
	}
	return &ui.Filter{Action: planPath(p.ID) + "/compare", Fields: []ui.Field{{Name: "with", Type: "select", Label: c.T("plan.compare.with"), Options: options, Value: itoa(with)}}}, nil
}
