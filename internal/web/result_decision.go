package web

import (
	"net/http"
	"strconv"

	"plumbline/internal/authz"
	"plumbline/internal/fault"
	"plumbline/internal/org"
	"plumbline/internal/review/cycle"
	"plumbline/internal/review/plan"
	"plumbline/internal/review/result"
	"plumbline/internal/web/ui"
)

// ResultDecisionPage is what a body decided, and the form in which a decision is recorded.
type ResultDecisionPage struct {
	Page
	Tabs     ui.Tabs
	Notices  []ui.Notice
	Past     []PastDecision
	Form     *DecisionForm
	Stale    *ui.Stale
	Distinct string
}

// PastDecision is one recorded decision.
type PastDecision struct {
	Heading string
	Facts   ui.DescriptionList
	Grades  ui.Table
	Share   *ui.Share
	Old     bool
}

// DecisionForm records a decision. Correct says that it corrects an earlier one.
type DecisionForm struct {
	Path     string
	Hidden   []ui.Pair
	Errors   *ui.ErrorSummary
	Group    *ui.Field
	Body     ui.Field
	MetOn    ui.Field
	Quota    *ui.Notice
	Grades   ui.Table
	QuotaWhy *ui.Field
	Reason   *ui.Field
	Correct  bool
	Open     bool
}

func (s *Server) resultDecision(c *Ctx) error { return s.showDecision(c, http.StatusOK, nil, nil) }

func (s *Server) showDecision(c *Ctx, status int, typed *result.Decide, refused error) error {
	id, err := c.ID("id")
	if err != nil {
		return err
	}
	v, err := s.Rooms.Results.DecisionOf(c.R.Context(), c.Scope(authz.Read), id)
	if err != nil {
		return err
	}
	p := &ResultDecisionPage{Tabs: c.cycleTabs(v.Cycle, "/decision"), Distinct: c.T("result.decision.distinct")}
	p.Title, p.Sub = c.T("result.decision.title"), c.cycleTitle(v.Cycle, v.Convenor)
	p.Crumbs = c.cycleCrumbs(v.Cycle, v.Convenor, p.Title)
	for i, d := range v.Decisions {
		p.Past = append(p.Past, c.pastDecision(v, d, i > 0))
	}
	decides := c.May(authz.Decide, v.Convenor.Place()) && v.Cycle.State != cycle.Closed
	switch {
	case v.Record == nil:
		p.Notices = append(p.Notices, ui.Notice{Kind: "info", Text: c.T("result.decision.no_result"), Actions: []ui.Button{{Text: c.T("result.title"), Href: resultPath(id)}}})
	case decides:
		if p.Form, err = s.decisionForm(c, v, typed, c.Errors(refused)); err != nil {
			return err
		}
	case len(v.Decisions) == 0:
		p.Notices = append(p.Notices, ui.Notice{Kind: "info", Text: c.T("result.decision.none")})
	}
	if v.Record != nil && v.Cycle.State != cycle.Closed {
		names := map[int64]string{}
		for _, u := range v.Record.Units {
			names[u.Unit] = u.In(c.Lang)
		}
		p.Notices = append(p.Notices, c.doubtNotices(v.Cycle.ID, v.Doubts, names)...)
	}
	if fault.KindOf(refused) == fault.Stale && p.Form != nil {
		p.Form.Open = true
		p.Notices = append(p.Notices, ui.Notice{Kind: "warn", Title: c.T("result.decision.stale"), Text: c.T("result.decision.stale_hint")})
	} else if text := c.Errors(refused)[""]; text != "" {
		p.Notices = append(p.Notices, ui.Notice{Kind: "error", Text: text})
	}
	if len(v.Decisions) > 0 {
		p.Actions = append(p.Actions, ui.Button{Text: c.T("plan.print"), Print: true})
		if c.May(authz.LetterIssue, v.Convenor.Place()) {
			p.Primary = &ui.Button{Text: c.T("result.to_letters"), Href: cyclePath(id) + "/letters"}
		}
	}
	return c.RenderStatus(status, "result_decision", p)
}

func (c *Ctx) pastDecision(v result.DecisionView, d result.Decision, old bool) PastDecision {
	out := PastDecision{Heading: c.T("result.decision.no", "No", d.No), Old: old}
	no := 0
	for _, f := range v.Results {
		if f.ID == d.Result {
			no = f.No
		}
	}
	facts := []ui.Fact{{Term: c.T("result.decision.body"), Text: d.Body}, {Term: c.T("result.decision.met_on"), Text: c.locale().Date(d.MetOn)},
		{Term: c.T("result.decision.about"), Text: c.T("result.no", "No", no), Href: resultPath(d.Cycle) + "?no=" + strconv.Itoa(no)},
		{Term: c.T("result.decision.recorded"), Text: d.Name, Sub: c.locale().DateTime(d.At)}}
	if d.Reason != "" {
		facts = append(facts, ui.Fact{Term: c.T("result.decision.correction"), Text: d.Reason})
	}
	if d.QuotaReason != "" {
		facts = append(facts, ui.Fact{Term: c.T("result.decision.quota_reason"), Text: d.QuotaReason})
	}
	out.Facts = ui.DescriptionList{Items: append(facts, c.logFact("decision", d.ID)...)}
	out.Grades = c.decidedTable(v, d)
	if !old && len(d.Grades) > 1 {
		out.Share = c.gradeShare(v.Plan.Body, d)
	}
	return out
}

func (c *Ctx) decidedTable(v result.DecisionView, d result.Decision) ui.Table {
	t := ui.Table{Caption: c.T("result.decision.grades"), HideCaption: true, Columns: []ui.Column{{Head: c.T("result.unit")}, {Head: c.T("result.suggested")}, {Head: c.T("result.decided")}, {Head: c.T("result.reason")}}}
	for _, g := range d.Grades {
		u := v.Names[g.Unit]
		row := ui.Row{Cells: []ui.Cell{{Text: u.In(c.Lang), Sub: u.Code}, {Status: c.gradeStatus(v.Plan.Body, g.Suggested)}, {Status: c.gradeStatus(v.Plan.Body, g.Grade)}, ui.T(g.Reason)}}
		if g.Grade != g.Suggested {
			row.Cells[2].Sub = c.T("result.departs")
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

func (c *Ctx) gradeShare(body plan.Body, d result.Decision) *ui.Share {
	sh := &ui.Share{ChartHead: ui.ChartHead{ID: "grades", Title: c.T("result.decision.chart", "Count", len(d.Grades)), Desc: c.T("result.decision.chart_desc")}}
	for _, g := range body.Grades {
		n := int64(0)
		for _, x := range d.Grades {
			if x.Grade == g.ID {
				n++
			}
		}
		if n > 0 {
			sh.Items = append(sh.Items, ui.ShareItem{Label: g.Name.In(c.Lang), State: c.gradeStatus(body, g.ID).State, Count: n})
		}
	}
	return sh
}

// decisionForm is the one table in which grades are decided: the suggestion stands preselected, or what the earlier
// decision said.
func (s *Server) decisionForm(c *Ctx, v result.DecisionView, typed *result.Decide, errs map[string]string) (*DecisionForm, error) {
	f := &DecisionForm{Path: cyclePath(v.Cycle.ID) + "/decision", Correct: len(v.Decisions) > 0, Open: typed != nil || len(v.Decisions) == 0}
	in := s.startDecision(c, v)
	if typed != nil {
		in = *typed
	}
	groups, err := org.GroupsOf(c.R.Context(), s.Reader, v.Convenor.ID, c.Today())
	if err != nil {
		return nil, err
	}
	f.Hidden = []ui.Pair{{Name: "result", Value: strconv.Itoa(v.Results[0].No)}, {Name: "previous", Value: strconv.Itoa(len(v.Decisions))}}
	f.Body = ui.Field{Name: "body", Label: c.T("result.decision.body_text"), Value: in.Body, Required: len(groups) == 0, Width: "medium", Error: errs["body"]}
	if len(groups) > 0 {
		f.Body.Hint = c.T("result.decision.body_hint")
		f.Group = &ui.Field{Type: "select", Name: "group", Label: c.T("result.decision.group"), Value: itoa(in.Group), Plain: true, Width: "medium", Error: errs["group"], Options: []ui.Option{{Value: "0", Text: c.T("result.decision.other_body")}}}
		for _, g := range groups {
			f.Group.Options = append(f.Group.Options, ui.Option{Value: itoa(g.ID), Text: g.In(c.Lang)})
		}
	}
	f.MetOn = ui.Field{Type: "date", Name: "met_on", Label: c.T("result.decision.met_on"), Value: in.MetOn, Required: true, Min: v.Cycle.MeetingDate, Max: c.Today(), Error: errs["met_on"]}
	fields := append([]ui.Field{f.Body, f.MetOn}, c.gradeFields(f, v, in, errs)...)
	if q := c.chosenQuota(v, in); q != nil {
		f.Quota = c.quotaNotice(q)
		why := ui.Field{Type: "textarea", Rows: 2, Name: "quota_reason", Label: c.T("result.decision.quota_reason"), Hint: c.T("result.decision.quota_hint", "Required", q.Required, "Units", q.Units), Value: in.QuotaReason, Error: errs["quota_reason"]}
		f.QuotaWhy = &why
		fields = append(fields, why)
	}
	if f.Correct {
		why := ui.Field{Type: "textarea", Rows: 2, Name: "reason", Label: c.T("result.decision.correction"), Value: in.Reason, Required: true, Error: errs["reason"]}
		f.Reason = &why
		fields = append(fields, why)
	}
	f.Errors = ui.Errors(fields...)
	return f, nil
}

// startDecision is the form before anybody typed in it.
func (s *Server) startDecision(c *Ctx, v result.DecisionView) result.Decide {
	in := result.Decide{Grades: map[int64]result.Choice{}, MetOn: c.Today()}
	for _, u := range v.Record.Units {
		in.Grades[u.Unit] = result.Choice{Grade: u.Suggested}
	}
	if len(v.Decisions) == 0 {
		return in
	}
	last := v.Decisions[0]
	in.Group, in.Body, in.QuotaReason = last.Group, last.Body, last.QuotaReason
	for _, g := range last.Grades {
		if _, still := in.Grades[g.Unit]; still {
			in.Grades[g.Unit] = result.Choice{Grade: g.Grade, Reason: g.Reason}
		}
	}
	return in
}

func (c *Ctx) chosenQuota(v result.DecisionView, in result.Decide) *result.Quota {
	grades := map[int64]string{}
	for unit, choice := range in.Grades {
		grades[unit] = choice.Grade
	}
	return result.QuotaOf(v.Plan.Body, *v.Record, grades)
}

func (c *Ctx) gradeFields(f *DecisionForm, v result.DecisionView, in result.Decide, errs map[string]string) []ui.Field {
	f.Grades = ui.Table{Caption: c.T("result.decision.grades"), HideCaption: true, Columns: []ui.Column{{Head: c.T("result.unit")}, {Head: c.T("result.composite"), Align: "right"},
		{Head: c.T("result.suggested")}, {Head: c.T("result.decided")}, {Head: c.T("result.decision.why")}}}
	var options []ui.Option
	for _, g := range v.Plan.Body.Grades {
		options = append(options, ui.Option{Value: g.ID, Text: g.Name.In(c.Lang)})
	}
	var all []ui.Field
	for _, u := range v.Record.Units {
		choice, id := in.Grades[u.Unit], itoa(u.Unit)
		list := options
		if choice.Grade == "" {
			list = append([]ui.Option{{Value: "", Text: c.T("result.decision.choose")}}, options...)
		}
		grade := ui.Field{Type: "select", Name: "grade-" + id, Label: c.T("result.decision.grade_of", "Unit", u.In(c.Lang)), Options: list, Value: choice.Grade, Plain: true, Error: errs["grade-"+id]}
		why := ui.Field{Name: "reason-" + id, Label: c.T("result.decision.why_of", "Unit", u.In(c.Lang)), Value: choice.Reason, Plain: true, MaxLength: 500, Error: errs["reason-"+id]}
		score := ui.Cell{Text: u.Composite.Text, Sub: c.T("result.rank_no", "Rank", u.Rank)}
		if len(u.Tied) > 0 {
			score.Sub = joined(score.Sub, c.T("result.tied"))
		}
		f.Grades.Rows = append(f.Grades.Rows, ui.Row{Cells: []ui.Cell{{Text: u.In(c.Lang), Sub: u.Code}, score, {Status: c.gradeStatus(v.Plan.Body, u.Suggested)}, {Field: &grade}, {Field: &why}}})
		all = append(all, c.summed(grade, u.In(c.Lang)), c.summed(why, u.In(c.Lang)))
	}
	return all
}

// summed is a field as the summary of errors tells of it: twenty units share one sentence, so that it names the unit.
func (c *Ctx) summed(f ui.Field, unit string) ui.Field {
	if f.Error != "" {
		f.Error = c.T("result.decision.wrong", "Unit", unit, "Text", f.Error)
	}
	return f
}

func (s *Server) recordDecision(c *Ctx) error {
	id, err := c.ID("id")
	if err != nil {
		return err
	}
	ctx := c.R.Context()
	v, err := s.Rooms.Results.DecisionOf(ctx, c.Scope(authz.Read), id)
	if err != nil {
		return err
	}
	in := result.Decide{Cycle: id, Result: int(c.Int("result", 0)), Previous: int(c.Int("previous", 0)), Group: c.Int("group", 0), Body: c.Value("body"), MetOn: c.Value("met_on"),
		Grades: map[int64]result.Choice{}, Reason: c.Value("reason"), QuotaReason: c.Value("quota_reason")}
	if v.Record != nil {
		for _, u := range v.Record.Units {
			in.Grades[u.Unit] = result.Choice{Grade: c.Value("grade-" + itoa(u.Unit)), Reason: c.Value("reason-" + itoa(u.Unit))}
		}
	}
	if in.Group != 0 && in.Body == "" {
		if g, err := org.GroupByID(ctx, s.Reader, in.Group); err == nil {
			in.Body = g.In(c.Lang)
		}
	}
	_, err = s.Rooms.Results.Decide(ctx, c.Actor, in)
	switch fault.KindOf(err) {
	case fault.Invalid, fault.Stale:
		return s.showDecision(c, statusOf[fault.KindOf(err)], &in, err)
	}
	if err != nil {
		return err
	}
	return c.Go(cyclePath(id)+"/decision", "result.decision.flash")
}
