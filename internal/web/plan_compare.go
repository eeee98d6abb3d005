package web

import (
	"strings"

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
		page.Table.Rows = append(page.Table.Rows, ui.Row{Cells: []ui.Cell{{Text: c.changeLabel(ch), Sub: c.T("plan.chapter." + ch.Chapter)}, ui.T(ch.From), ui.T(ch.To)}})
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

// changeLabel words where a change stands: row and field. A field without a word of its own shows its path.
func (c *Ctx) changeLabel(ch plan.Change) string {
	var parts []string
	for _, step := range ch.Steps[1:] {
		if id, isRow := strings.CutPrefix(step, "#"); isRow {
			parts = append(parts, id)
		} else if key := "plan.path." + step; c.srv.Words.Has(key) {
			parts = append(parts, c.T(key))
		} else {
			parts = append(parts, step)
		}
	}
	first := "plan.path." + ch.Steps[0]
	head := c.T("plan.chapter." + ch.Chapter)
	if c.srv.Words.Has(first) {
		head = c.T(first)
	}
	return strings.Join(append([]string{head}, parts...), " · ")
}
