package web

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"plumbline/internal/authz"
	"plumbline/internal/fault"
	"plumbline/internal/review/report"
	"plumbline/internal/web/ui"
)

// ReportReviewPage is the report as its reviewer works on it: text, remarks, last year's list, and the decision.
type ReportReviewPage struct {
	Page
	Report   int64
	Number   int
	Errors   *ui.ErrorSummary
	Notices  []ui.Notice
	Sheet    ReportSheet
	Whole    []RemarkBlock
	Field    ui.Field // a remark on the whole
	Due      ui.Field
	Unsent   int
	Open     bool // a decision is waited for
	Rail     ReportRail
	LastYear []ItemBlock
}

func (s *Server) reportReview(c *Ctx) error { return s.renderReview(c, http.StatusOK, nil) }

func (s *Server) renderReview(c *Ctx, status int, back error) error {
	id, err := c.ID("id")
	if err != nil {
		return err
	}
	ctx := c.R.Context()
	v, err := s.Rooms.Reports.Sheet(ctx, c.Actor, c.Scope(authz.Read), id, 0)
	if err != nil {
		return err
	}
	if !s.Rooms.Reports.Reviews(c.Actor, v.Head) {
		return fault.New(fault.Forbidden, "fault.forbidden")
	}
	if err := s.Rooms.Reports.Opened(ctx, c.Actor, v.Head); err != nil {
		return err
	}
	p := &ReportReviewPage{Report: id, Number: v.Version.Number, Open: v.State == report.Submitted, Sheet: c.sheet(v.Head, v.Content, v.Version.At), Rail: c.sheetRail(v)}
	p.Title = c.T("report.review.title", "Unit", v.Unit.In(c.Lang))
	p.Sub = c.reportPerson(v.Content.Person, v.Content.Post) + " · " + c.T("report.version_n", "N", v.Version.Number) + " · " + c.locale().DateTime(v.Version.At)
	p.Status, p.Crumbs = c.reportStatus(v.Head), c.reportCrumbs(v.Head, c.T("report.review.crumb"))
	p.Actions = []ui.Button{{Text: c.T("report.read"), Href: reportPath(id)}, {Text: c.T("report.versions"), Href: reportPath(id) + "/versions"}}
	c.reviewRemarks(p, v, back)
	p.LastYear = lastYear(p.Sheet)
	if !p.Open {
		p.Notices = append(p.Notices, ui.Notice{Kind: "info", Text: c.T("report.review.decided." + string(v.State))})
	}
	return c.RenderStatus(status, "report_review", p)
}

// reviewRemarks puts every remark beside the section that it is about, with a form for the next one.
func (c *Ctx) reviewRemarks(p *ReportReviewPage, v report.Sheet, back error) {
	errs, where, typed := c.Errors(back), c.Value("part"), c.R.PostForm.Get("body")
	field := func(part string) ui.Field {
		f := ui.Field{Type: "textarea", Name: "body", ID: "f-remark-" + part, Label: c.T("report.remark_new"), Rows: 3, Required: true, Plain: true}
		if back != nil && part == where {
			f.Value, f.Error = typed, errs["body"]
		}
		return f
	}
	p.Field = field("")
	p.Field.Label = c.T("report.remark_whole")
	p.Due = ui.Field{Type: "date", Name: "due", Label: c.T("report.return_due"), Hint: c.T("report.return_due_hint"), Value: c.Value("due"), Error: errs["due"]}
	blocks := map[string][]RemarkBlock{}
	for i := len(v.Remarks) - 1; i >= 0; i-- {
		m := v.Remarks[i]
		b := c.remarkBlock(m)
		if m.SentAt == 0 {
			p.Unsent++
			b.Meta = c.T("report.remark_unsent", "Name", m.By)
			b.Drop = &ui.Button{Text: c.T("report.remark_drop"), Kind: "quiet", Small: true, Post: fmt.Sprintf("%s/remarks/%d/drop", reportPath(v.Reporter), m.ID)}
		}
		blocks[m.Part] = append(blocks[m.Part], b)
	}
	p.Whole = blocks[""]
	fields := []ui.Field{p.Field, p.Due}
	for i := range p.Sheet.Sections {
		sec := &p.Sheet.Sections[i]
		sec.Remarks = blocks[sec.ID]
		if p.Open {
			f := field(sec.ID)
			sec.Field = &f
			fields = append(fields, f)
		}
	}
	if back != nil {
		p.Errors = ui.Errors(fields...)
		if p.Errors == nil {
			p.Notices = append(p.Notices, ui.Notice{Kind: "error", Text: sentences(errs), Live: true})
		}
	}
}

// sentences joins what is wrong where no field of the page can show it.
func sentences(errs map[string]string) string {
	var out []string
	for _, name := range slices.Sorted(maps.Keys(errs)) {
		out = append(out, errs[name])
	}
	return strings.Join(out, " ")
}

func lastYear(sheet ReportSheet) []ItemBlock {
	var out []ItemBlock
	for _, s := range sheet.Sections {
		for _, it := range s.Items {
			if !it.Item.Gone {
				out = append(out, it.Item)
			}
		}
	}
	return out
}

// reviewed answers a verb of the review: the page again with what is wrong, or on.
func (s *Server) reviewed(c *Ctx, id int64, err error, to, flash string) error {
	switch fault.KindOf(err) {
	case fault.Invalid:
		return s.renderReview(c, http.StatusUnprocessableEntity, err)
	case fault.Stale:
		return c.Go(reportPath(id)+"/review", "report.flash.newer")
	}
	if err != nil {
		return err
	}
	return c.Go(to, flash)
}

func (s *Server) addRemark(c *Ctx) error {
	id, err := c.ID("id")
	if err != nil {
		return err
	}
	part := c.Value("part")
	err = s.Rooms.Reports.Remark(c.R.Context(), c.Actor, report.NewRemark{Reporter: id, Number: int(c.Int("number", 0)), Part: part, Body: c.R.PostForm.Get("body")})
	to := reportPath(id) + "/review#remarks"
	if part != "" {
		to = reportPath(id) + "/review#" + sectionAnchor(part)
	}
	return s.reviewed(c, id, err, to, "report.flash.remarked")
}

func (s *Server) dropRemark(c *Ctx) error {
	id, err := c.ID("id")
	if err != nil {
		return err
	}
	remark, err := c.ID("remark")
	if err != nil {
		return err
	}
	err = s.Rooms.Reports.DropRemark(c.R.Context(), c.Actor, id, remark)
	return s.reviewed(c, id, err, reportPath(id)+"/review", "report.flash.remark_dropped")
}

func (s *Server) returnReport(c *Ctx) error {
	id, err := c.ID("id")
	if err != nil {
		return err
	}
	err = s.Rooms.Reports.Return(c.R.Context(), c.Actor, id, int(c.Int("number", 0)), c.Value("due"))
	return s.reviewed(c, id, err, reportPath(id)+"/review", "report.flash.returned")
}

func (s *Server) acceptReport(c *Ctx) error {
	id, err := c.ID("id")
	if err != nil {
		return err
	}
	err = s.Rooms.Reports.Accept(c.R.Context(), c.Actor, id, int(c.Int("number", 0)))
	return s.reviewed(c, id, err, reportPath(id), "report.flash.accepted")
}

func splitLines(text string) []string {
	var out []string
	for _, line := range strings.Split(text, "\n") {
		if line = strings.TrimSpace(line); line != "" {
			out = append(out, line)
		}
	}
	return out
}
