package web

import (
	"net/http"
	"net/url"
	"strings"

	"plumbline/internal/authz"
	"plumbline/internal/fault"
	"plumbline/internal/org"
	"plumbline/internal/review/plan"
	"plumbline/internal/web/ui"
)

// PlanEditPage is the one page on which a plan is edited.
type PlanEditPage struct {
	Page
	Errors   *ui.ErrorSummary
	Stale    *ui.Stale
	Version  int
	Name     ui.Field
	Chapters []PlanChapter
	Defaults []string
	Contents []ui.Link
}

func (s *Server) planEdit(c *Ctx) error {
	p, _, err := s.planFor(c)
	if err != nil {
		return err
	}
	if err := c.mayEditPlan(p); err != nil {
		return err
	}
	return s.showPlanEdit(c, http.StatusOK, p, p.Name, p.Body.Encode(), p.Body.Problems(), nil)
}

// mayEditPlan refuses what the gate would refuse, before anything is typed.
func (c *Ctx) mayEditPlan(p plan.Plan) error {
	if p.State == plan.Frozen {
		return fault.Bad("fault.plan.frozen")
	}
	unit, err := org.UnitByID(c.R.Context(), c.srv.Reader, p.Unit)
	if err == nil && !c.May(authz.PlanEdit, unit.Place()) {
		err = fault.New(fault.Forbidden, "fault.forbidden")
	}
	return err
}

func (s *Server) showPlanEdit(c *Ctx, status int, p plan.Plan, name string, values url.Values, problems []plan.Problem, stale *ui.Stale) error {
	body, _ := plan.Decode(values)
	body.Defaults = values["defaults"]
	page := &PlanEditPage{Version: p.Version, Stale: stale, Defaults: values["defaults"],
		Name: ui.Field{Name: "name", Label: c.T("plan.field.plan_name"), Value: name, Required: true, MaxLength: 100}}
	page.Chapters = c.planForm(values, body, problems)
	page.Errors = planErrors(page.Chapters)
	for _, ch := range page.Chapters {
		page.Contents = append(page.Contents, ui.Link{Text: ch.Title, Href: "#" + ch.ID})
	}
	page.Title = c.T("plan.edit.title")
	page.Sub = c.T("plan.edit.sub")
	page.Crumbs = []ui.Link{{Text: c.T("nav.plans"), Href: "/plans"}, {Text: p.Name, Href: planPath(p.ID)}, {Text: page.Title}}
	return c.RenderStatus(status, "plan_edit", page)
}

// planErrors gathers what is wrong, field by field; a draft is saved all the same.
func planErrors(chapters []PlanChapter) *ui.ErrorSummary {
	var list []ui.Link
	for _, ch := range chapters {
		for _, text := range ch.Problems {
			list = append(list, ui.Link{Text: ch.Title + ": " + text, Href: "#" + ch.ID})
		}
		fields := ch.Fields
		for _, g := range ch.Grids {
			for _, r := range g.Rows {
				for _, cell := range r.Cells {
					fields = append(fields, cell.Fields...)
				}
			}
		}
		for _, f := range fields {
			if f.Error != "" {
				list = append(list, ui.Link{Text: ch.Title + ": " + f.Error, Href: "#" + f.FieldID()})
			}
		}
	}
	if list == nil {
		return nil
	}
	return &ui.ErrorSummary{Errors: list}
}

func (s *Server) savePlan(c *Ctx) error {
	p, _, err := s.planFor(c)
	if err != nil {
		return err
	}
	values := c.R.PostForm
	anchor := reshape(values, c.Value("do"))
	body, problems := plan.Decode(values)
	body.Defaults = unconfirmed(values)
	name := c.Value("name")
	if len(problems) > 0 {
		return s.showPlanEdit(c, http.StatusUnprocessableEntity, p, name, values, problems, nil)
	}
	_, err = s.Rooms.Plans.Save(c.R.Context(), c.Actor, p.ID, int(c.Int("version", 0)), name, body)
	switch {
	case fault.KindOf(err) == fault.Stale:
		now, _ := fault.As(err).Current.(plan.Plan)
		return s.showPlanEdit(c, http.StatusConflict, now, name, values, body.Problems(), c.stalePlan(body, now))
	case fault.KindOf(err) == fault.Invalid && c.Errors(err)["name"] != "":
		return s.planNameMissing(c, p, values, c.Errors(err)["name"])
	case err != nil:
		return err
	}
	if anchor != "" {
		return c.Go(planPath(p.ID)+"/edit#"+anchor, "plan.saved")
	}
	return c.Go(planPath(p.ID), "plan.saved")
}

func (s *Server) planNameMissing(c *Ctx, p plan.Plan, values url.Values, sentence string) error {
	body, _ := plan.Decode(values)
	page := &PlanEditPage{Version: p.Version, Defaults: values["defaults"], Chapters: c.planForm(values, body, nil),
		Name:   ui.Field{Name: "name", Label: c.T("plan.field.plan_name"), Required: true, Error: sentence},
		Errors: &ui.ErrorSummary{Errors: []ui.Link{{Text: sentence, Href: "#f-name"}}}}
	page.Title = c.T("plan.edit.title")
	return c.RenderStatus(http.StatusUnprocessableEntity, "plan_edit", page)
}

// reshape adds, drops or raises the row that a button names ("drop:classes.1") and gives the chapter to come back to.
func reshape(values url.Values, do string) (anchor string) {
	verb, path, ok := strings.Cut(do, ":")
	if !ok {
		return ""
	}
	switch verb {
	case "add":
		plan.AddRow(values, path)
	case "drop":
		plan.DropRow(values, path)
	case "up":
		plan.RaiseRow(values, path)
	}
	anchor, _, _ = strings.Cut(path, ".")
	return anchor
}

// unconfirmed lists the chapters that came marked as default and whose box was not ticked.
func unconfirmed(values url.Values) []string {
	var out []string
	for _, ch := range values["defaults"] {
		if values.Get("confirm."+ch) == "" {
			out = append(out, ch)
		}
	}
	return out
}

// stalePlan shows both texts: the reader's own, and what somebody else saved meanwhile.
func (c *Ctx) stalePlan(mine plan.Body, now plan.Plan) *ui.Stale {
	st := &ui.Stale{Keep: ui.Button{Text: c.T("plan.stale.keep"), Kind: "primary", Form: "plan-form", Name: "do", Value: "save"},
		Discard: ui.Button{Text: c.T("plan.stale.discard"), Href: planPath(now.ID) + "/edit"}}
	for _, ch := range plan.Diff(now.Body, mine) {
		st.Rows = append(st.Rows, ui.StaleRow{Label: c.stepsLabel(ch.Steps, mine, now.Body),
			Yours: c.planValue(ch.Steps, ch.To, mine, now.Body), Theirs: c.planValue(ch.Steps, ch.From, now.Body, mine)})
	}
	return st
}
