package web

import (
	"math/big"
	"strconv"
	"strings"

	"plumbline/internal/authz"
	"plumbline/internal/fault"
	"plumbline/internal/review/cycle"
	"plumbline/internal/review/plan"
	"plumbline/internal/review/result"
	"plumbline/internal/web/ui"
)

// ResultPage is the result of a cycle: what is missing, or the ranking with ties and quota.
type ResultPage struct {
	Page
	Tabs    ui.Tabs
	Notices []ui.Notice
	Gaps    *ui.Table
	Chart   *ui.Bars
	Ranking *ui.Table
	Hidden  string
	Quota   *ui.Notice
	Ties    []ui.Table
	TieNote string
	Facts   ui.DescriptionList
	Results []ui.Link
	Export  *ui.Menu
}

// resultReaders are those who work on a result or judge it; the room shows it to nobody whose scope leaves the convenor
// out. Units learn theirs by letter and notification.
var resultReaders = May(authz.SheetFill, authz.Decide, authz.LetterIssue, authz.CommentWrite, authz.AuditRead)

func resultPath(cycle int64) string { return result.PathOf(cycle) }

func (s *Server) resultPage(c *Ctx) error {
	id, err := c.ID("id")
	if err != nil {
		return err
	}
	v, err := s.Rooms.Results.Look(c.R.Context(), c.Scope(authz.Read), id, int(c.Int("no", 0)))
	if err != nil {
		return err
	}
	return c.Render("result", c.resultPageOf(v))
}

func (c *Ctx) resultPageOf(v result.View) *ResultPage {
	p := &ResultPage{Tabs: c.cycleTabs(v.Cycle, "/result"), Notices: c.resultNotices(v), Facts: c.resultFacts(v)}
	p.Title, p.Sub = c.T("result.title"), c.cycleTitle(v.Cycle, v.Convenor)
	p.Crumbs = c.cycleCrumbs(v.Cycle, v.Convenor, p.Title)
	p.Status = c.resultStatus(v)
	if len(v.Gaps) > 0 {
		p.Gaps = c.gapTable(v)
	}
	if v.Record != nil {
		c.fillResult(p, v)
	}
	c.resultActions(p, v)
	for _, f := range v.Results {
		p.Results = append(p.Results, ui.Link{Text: c.T("result.no", "No", f.No), Href: resultPath(v.Cycle.ID) + "?no=" + strconv.Itoa(f.No), Current: v.Chosen != nil && v.Chosen.No == f.No})
	}
	return p
}

func (c *Ctx) resultStatus(v result.View) *ui.Status {
	switch {
	case v.Chosen != nil:
		return &ui.Status{State: ui.Done, Text: c.T("result.is_fixed", "No", v.Chosen.No), Box: true}
	case v.Record != nil:
		return &ui.Status{State: ui.Draft, Text: c.T("result.is_draft"), Box: true}
	}
	return &ui.Status{State: ui.Waiting, Text: c.T("result.is_waiting"), Box: true}
}

func (c *Ctx) resultNotices(v result.View) []ui.Notice {
	var out []ui.Notice
	now := resultPath(v.Cycle.ID) + "?no=-1"
	switch {
	case v.Problem != nil:
		out = append(out, ui.Notice{Kind: "error", Title: c.T("result.problem"), Text: v.Problem.Text(c.Lang)})
	case len(v.Gaps) > 0 && len(v.Results) == 0:
		out = append(out, ui.Notice{Kind: "warn", Title: c.T("result.gaps", "Count", len(v.Gaps)), Text: c.T("result.gaps_hint")})
	case len(v.Gaps) > 0:
		out = append(out, ui.Notice{Kind: "warn", Text: c.T("result.gaps_after", "Count", len(v.Gaps))})
	case v.Changed() && v.Chosen != nil:
		out = append(out, ui.Notice{Kind: "warn", Text: c.T("result.changed"), Actions: []ui.Button{{Text: c.T("result.see_now"), Href: now}}})
	case v.Chosen == nil && v.CanFix():
		out = append(out, ui.Notice{Kind: "info", Text: c.T("result.fix_hint")})
	}
	if v.Chosen != nil && v.Chosen.No != v.Results[0].No {
		out = append(out, ui.Notice{Kind: "info", Text: c.T("result.older"), Actions: []ui.Button{{Text: c.T("result.see_newest"), Href: resultPath(v.Cycle.ID)}}})
	}
	return out
}

// resultActions: fix what is new, then decide about it.
func (c *Ctx) resultActions(p *ResultPage, v result.View) {
	if v.Record != nil {
		at := resultPath(v.Cycle.ID) + "/files/"
		no := ""
		if v.Chosen != nil {
			no = "?no=" + strconv.Itoa(v.Chosen.No)
			p.Export = &ui.Menu{Text: c.T("result.export"), Links: []ui.Link{{Text: "XLSX", Href: at + "result.xlsx" + no}, {Text: "CSV", Href: at + "result.csv" + no},
				{Text: "PLAN.json", Href: at + "PLAN.json" + no}, {Text: "PARTS.csv", Href: at + "PARTS.csv" + no}}}
			if v.Chosen.TallyDigest != "" && !v.Record.AnyHidden() {
				p.Export.Links = append(p.Export.Links, ui.Link{Text: "BALLOTS.csv", Href: at + "BALLOTS.csv" + no})
			}
		}
		p.Actions = append(p.Actions, ui.Button{Text: c.T("plan.print"), Print: true})
	}
	place := v.Convenor.Place()
	switch {
	case v.Cycle.State == cycle.Closed:
	case v.Chosen == nil && v.CanFix() && c.May(authz.SheetFill, place):
		p.Primary = &ui.Button{Text: c.T("result.fix"), Post: resultPath(v.Cycle.ID) + "/fix", Confirm: c.T("result.fix_confirm"),
			Fields: append(c.onceField(), ui.Pair{Name: "digest", Value: v.Now})}
	case v.Chosen != nil && v.Last == nil && c.May(authz.Decide, place):
		p.Primary = &ui.Button{Text: c.T("result.to_decision"), Href: cyclePath(v.Cycle.ID) + "/decision"}
	case v.Last != nil || v.Chosen != nil:
		p.Actions = append(p.Actions, ui.Button{Text: c.T("result.decision.title"), Href: cyclePath(v.Cycle.ID) + "/decision"})
	}
}

// gapTable lists what is missing, each with the way there.
func (c *Ctx) gapTable(v result.View) *ui.Table {
	t := &ui.Table{Caption: c.T("result.missing_list"), Columns: []ui.Column{{Head: c.T("result.missing_what")}, {Head: c.T("result.unit")}, {Head: c.T("result.part")}}}
	for _, g := range v.Gaps {
		part, _ := v.Plan.Body.Part(g.Part)
		u := v.Units[g.Unit]
		href := ""
		if c.May(authz.SheetFill, v.Convenor.Place()) {
			href = gapPath(v.Cycle.ID, g)
		}
		t.Rows = append(t.Rows, ui.Row{Href: href, Cells: []ui.Cell{{Status: &ui.Status{State: ui.Soon, Text: c.T("result.gap." + string(g.Kind))}},
			ui.T(u.In(c.Lang)), ui.T(part.Name.In(c.Lang))}})
	}
	return t
}

func gapPath(id int64, g result.Gap) string {
	at := result.Cell{Unit: g.Unit, Part: g.Part}
	switch g.Kind {
	case result.NoUnits:
		return cyclePath(id) + "/reporters"
	case result.NoTally, result.OtherPlan, result.NotBalloted:
		return ballotsPath(id)
	case result.NoFigure:
		return figuresPath(id, g.Part)
	}
	return sheetPath(id, at)
}

func (c *Ctx) fillResult(p *ResultPage, v result.View) {
	r, body := *v.Record, v.Plan.Body
	p.Chart, p.Ranking = c.resultChart(v, r), c.ranking(v, r)
	if r.AnyHidden() {
		p.Hidden = c.T("result.some_hidden", "Small", r.SmallClass)
	}
	p.Quota = c.quotaNotice(r.Quota)
	for _, tie := range r.Ties {
		p.Ties = append(p.Ties, c.tieTable(body, r, tie))
	}
	if len(r.Ties) > 0 {
		p.TieNote = c.T("result.tie_note")
	}
}

func (c *Ctx) quotaNotice(q *result.Quota) *ui.Notice {
	if q == nil {
		return nil
	}
	args := []any{"Units", q.Units, "Share", percentOf(q.Share), "Required", q.Required, "Have", q.Suggested}
	if q.Met {
		return &ui.Notice{Kind: "ok", Text: c.T("result.quota_met", args...)}
	}
	return &ui.Notice{Kind: "warn", Text: c.T("result.quota_unmet", args...)}
}

func (c *Ctx) resultChart(v result.View, r result.Record) *ui.Bars {
	if len(r.Units) == 0 {
		return nil
	}
	body := v.Plan.Body
	tops := 0
	for _, u := range r.Units {
		if !u.BelowTop && u.Suggested != "" {
			tops++
		}
	}
	b := &ui.Bars{ChartHead: ui.ChartHead{ID: "composite", Title: c.T("result.chart", "Unit", r.Units[0].In(c.Lang), "Score", r.Units[0].Composite.Text), Desc: c.T("result.chart_desc")}, Max: "100"}
	if len(body.Bands) > 0 {
		b.Title = c.T("result.chart_top", "Count", tops, "Units", len(r.Units), "Grade", c.gradeName(body, body.Bands[0].Grade))
		b.Rule = &ui.Rule{Value: body.Bands[0].From, Text: c.gradeName(body, body.Bands[0].Grade) + " ≥ " + body.Bands[0].From}
	}
	for _, u := range r.Units {
		b.Items = append(b.Items, ui.Bar{Label: joined(u.In(c.Lang), c.gradeName(body, u.Suggested)), Value: u.Composite.Text, Href: c.unitResultPath(v, u.Unit)})
	}
	return b
}

func (c *Ctx) unitResultPath(v result.View, unit int64) string {
	at := resultPath(v.Cycle.ID) + "/" + itoa(unit)
	if v.Chosen == nil {
		return at + "?no=-1"
	}
	return at + "?no=" + strconv.Itoa(v.Chosen.No)
}

func (c *Ctx) ranking(v result.View, r result.Record) *ui.Table {
	body := v.Plan.Body
	t := &ui.Table{ID: "ranking", Caption: c.T("result.ranking"), Columns: []ui.Column{{Head: c.T("result.unit")}, {Head: c.T("result.rank"), Align: "right"}, {Head: c.T("result.composite"), Align: "right"}}}
	if len(r.Units) > 0 {
		for _, part := range r.Units[0].Parts {
			t.Columns = append(t.Columns, ui.Column{Head: c.partName(body, part.ID), Unit: "× " + part.Weight, Align: "right"})
		}
	}
	t.Columns = append(t.Columns, ui.Column{Head: c.T("result.suggested")})
	if v.Last != nil {
		t.Columns = append(t.Columns, ui.Column{Head: c.T("result.decided")})
	}
	for _, u := range r.Units {
		row := ui.Row{Href: c.unitResultPath(v, u.Unit), Cells: []ui.Cell{{Text: u.In(c.Lang), Sub: u.Code}, ui.T(strconv.Itoa(u.Rank)), ui.T(u.Composite.Text)}}
		if len(u.Tied) > 0 {
			row.Cells[1].Sub = c.T("result.tied")
		}
		for _, part := range u.Parts {
			row.Cells = append(row.Cells, ui.T(part.Score.Text))
		}
		row.Cells = append(row.Cells, ui.Cell{Status: c.gradeStatus(body, u.Suggested)})
		if v.Last != nil {
			g, _ := v.Last.Of(u.Unit)
			cell := ui.Cell{Status: c.gradeStatus(body, g.Grade)}
			if g.Grade != u.Suggested {
				cell.Sub = c.T("result.departs")
			}
			row.Cells = append(row.Cells, cell)
		}
		t.Rows = append(t.Rows, row)
	}
	t.Wide = len(t.Columns) > wideFrom
	return t
}

// wideFrom is how many columns the ranking has at most beside the rail; more scroll within their own frame.
const wideFrom = 6

// percentOf writes a share between 0 and 1 as people say it: 0.15 is 15%.
func percentOf(share string) string {
	r, ok := new(big.Rat).SetString(share)
	if !ok {
		return share
	}
	text := r.Mul(r, big.NewRat(100, 1)).FloatString(2)
	return strings.TrimSuffix(strings.TrimRight(text, "0"), ".") + "%"
}

// partName names a part of the composite; a plan without parts has the ballot alone.
func (c *Ctx) partName(body plan.Body, id string) string {
	if part, ok := body.Part(id); ok {
		return part.Name.In(c.Lang)
	}
	return c.T("plan.part.ballot")
}

// gradeStatus is a grade as a word with a shape: the best a disc, the last a square, between them ring and triangle.
func (c *Ctx) gradeStatus(body plan.Body, id string) *ui.Status {
	if id == "" {
		return &ui.Status{State: ui.None, Text: c.T("result.no_grade")}
	}
	state, last := ui.Soon, len(body.Grades)-1
	for i, g := range body.Grades {
		switch {
		case g.ID != id:
		case i == 0:
			state = ui.OnTime
		case i == last:
			state = ui.Late
		case i == 1:
			state = ui.Waiting
		}
	}
	return &ui.Status{State: state, Text: c.gradeName(body, id)}
}

// tieTable sets the units of a tie side by side under the plan's criteria.
func (c *Ctx) tieTable(body plan.Body, r result.Record, tie result.Tie) ui.Table {
	t := ui.Table{Caption: c.T("result.tie", "Rank", tie.Rank, "Score", tie.Composite, "Count", len(tie.Units)), Columns: []ui.Column{{Head: c.T("result.criterion")}}}
	for _, id := range tie.Units {
		u, _ := r.Of(id)
		t.Columns = append(t.Columns, ui.Column{Head: u.In(c.Lang), Align: "right"})
	}
	t.Columns = append(t.Columns, ui.Column{Head: c.T("result.ahead")})
	for _, l := range tie.Looks {
		row := ui.Row{Cells: []ui.Cell{ui.T(c.tieText(body, plan.TieRule{Kind: l.Kind, Ref: l.Ref}))}}
		for i := range tie.Units {
			text := c.T("result.not_shown")
			if !l.Hidden {
				text = orDash(l.Values[i])
			}
			row.Cells = append(row.Cells, ui.T(text))
		}
		row.Cells = append(row.Cells, ui.T(c.aheadText(r, l)))
		t.Rows = append(t.Rows, row)
	}
	row := ui.Row{Cells: []ui.Cell{ui.T(c.tieText(body, plan.TieRule{Kind: plan.BodyDecides}))}}
	for range tie.Units {
		row.Cells = append(row.Cells, ui.Cell{})
	}
	t.Rows = append(t.Rows, ui.Row{Cells: append(row.Cells, ui.Cell{})})
	return t
}

func (c *Ctx) aheadText(r result.Record, l result.Look) string {
	if l.Hidden {
		return c.T("result.not_shown")
	}
	var names []string
	for _, id := range l.Ahead {
		u, _ := r.Of(id)
		names = append(names, u.In(c.Lang))
	}
	if len(names) == 0 {
		return c.T("result.no_difference")
	}
	return c.list(names)
}

func (c *Ctx) resultFacts(v result.View) ui.DescriptionList {
	var facts []ui.Fact
	if f := v.Chosen; f != nil {
		facts = append(facts, ui.Fact{Term: c.T("result.fixed_by"), Text: f.Name, Sub: c.locale().DateTime(f.At)},
			ui.Fact{Term: c.T("result.plan_digest"), Text: short(f.PlanDigest), Href: planPath(v.Plan.ID)})
		if f.TallyDigest != "" {
			facts = append(facts, ui.Fact{Term: c.T("result.tally_digest"), Text: short(f.TallyDigest)})
		}
		facts = append(facts, ui.Fact{Term: c.T("result.digest"), Text: short(f.Digest)})
		facts = append(facts, c.logFact("result", f.ID)...)
	}
	if d := v.Last; d != nil {
		facts = append(facts, ui.Fact{Term: c.T("result.decision.title"), Text: joined(d.Body, c.locale().Date(d.MetOn)), Href: cyclePath(v.Cycle.ID) + "/decision"})
	}
	if v.Record != nil && len(v.Record.Papers) > 0 {
		for _, paper := range v.Record.Papers {
			class, _ := v.Plan.Body.Class(paper.Class)
			facts = append(facts, ui.Fact{Term: class.Name.In(c.Lang), Text: c.T("result.paper", "Returned", paper.Returned, "Issued", paper.Issued, "Entitled", paper.Entitled)})
		}
	}
	return ui.DescriptionList{Items: facts}
}

// short is the beginning of a digest: enough to compare by eye.
func short(digest string) string {
	if len(digest) > 16 {
		return digest[:16] + "…"
	}
	return digest
}

func (s *Server) fixResult(c *Ctx) error {
	id, err := c.ID("id")
	if err != nil {
		return err
	}
	_, err = s.Rooms.Results.Fix(c.R.Context(), c.Actor, id, c.Value("digest"))
	if k := fault.KindOf(err); k == fault.Stale || k == fault.Invalid {
		v, lookErr := s.Rooms.Results.Look(c.R.Context(), c.Scope(authz.Read), id, -1)
		if lookErr != nil {
			return lookErr
		}
		p := c.resultPageOf(v)
		f := fault.As(err)
		text := c.T(f.Key, f.Args...)
		if k == fault.Stale {
			text = c.T("result.fix_stale")
		}
		p.Notices = append([]ui.Notice{{Kind: "error", Text: text}}, p.Notices...)
		return c.RenderStatus(statusOf[k], "result", p)
	}
	if err != nil {
		return err
	}
	return c.Go(resultPath(id), "result.flash_fixed")
}
