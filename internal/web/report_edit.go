package web

import (
	"net/http"

	"plumbline/internal/authz"
	"plumbline/internal/fault"
	"plumbline/internal/review/report"
	"plumbline/internal/web/ui"
)

// ReportEditPage is where a report is written: section by section, each saved by itself.
type ReportEditPage struct {
	Page
	Report    int64
	Errors    *ui.ErrorSummary
	Notices   []ui.Notice
	Remarks   []RemarkBlock // on the report as a whole
	Sections  []EditSection
	Files     ui.Files
	FileField ui.Field
	Open      bool
	Rail      ReportRail
}

// ReportRail is what stands beside the text: where the report stands, and what the checks say.
type ReportRail struct {
	Report  int64
	Facts   []ui.Fact
	Checks  []CheckLine
	Readers []ui.Fact
	Poll    bool
}

// EditSection is one section of the editor.
type EditSection struct {
	Anchor, Title, Hint, Length string
	Remarks                     []RemarkBlock
	Parts                       []EditPart
	Nothing                     string
}

// EditPart is one form. Field is the text; Rows are the promises, of which Field is then empty.
type EditPart struct {
	Report      int64
	Open        bool
	Anchor, Key string
	Version     int
	Item        *ItemBlock
	Field       ui.Field
	Rows        []PromiseRow
	Conflict    *ui.Stale
	Saved       string
	Inserts     []ui.Pair // what is inserted, and how the button says it
}

// ItemBlock is one thing of last year above its answer.
type ItemBlock struct {
	Number, Kind, Text, Href string
	Said                     string // what the ledger holds, to start from
	Status                   *ui.Status
	Facts                    []string
	Gone                     bool
}

// PromiseRow is one row of the table of promises.
type PromiseRow struct{ Target, Measure, Date ui.Field }

// RemarkBlock is one remark of a return with the answer's form.
type RemarkBlock struct {
	Anchor, Action, Text, Meta, Answer, AnswerMeta string
	Version                                        int
	Once                                           string
	Field                                          *ui.Field // nil where it can't be answered any more
	Drop                                           *ui.Button
}

// typed is what a refused form held, so that it comes back.
type typed struct {
	part string
	body string
	err  error
}

func (s *Server) reportEdit(c *Ctx) error { return s.renderEditor(c, http.StatusOK, typed{}) }

func (s *Server) renderEditor(c *Ctx, status int, back typed) error {
	id, err := c.ID("id")
	if err != nil {
		return err
	}
	d, err := s.Rooms.Reports.Draft(c.R.Context(), c.Actor, c.Scope(authz.Read), id, s.Now().UnixMicro())
	if fault.KindOf(err) == fault.Forbidden {
		return c.Go(reportPath(id), "")
	}
	if err != nil {
		return err
	}
	p := &ReportEditPage{Report: id, Open: d.Open()}
	p.Title, p.Sub = c.T("report.edit.title"), c.reportPerson(d.Content.Person, d.Content.Post)+" · "+d.Unit.In(c.Lang)
	p.Status = c.reportStatus(d.Head)
	p.Crumbs = c.reportCrumbs(d.Head, c.T("report.edit.crumb"))
	p.Notices = c.editNotices(d)
	p.Once = newToken()
	p.Remarks = c.remarksOf(d, "", p.Once)
	for i := range d.Content.Sections {
		p.Sections = append(p.Sections, c.editSection(d, i, back, p.Once))
	}
	p.Files = c.editFiles(d)
	p.FileField = ui.Field{Type: "file", Name: "file", Label: c.T("report.file.add"), Hint: c.T("report.file.hint", "Limit", report.MaxFile>>20),
		Accept: report.Accept, Required: true, Error: c.Errors(back.err)["file"]}
	if file := c.Int("removed", 0); file > 0 {
		p.Flash = &ui.Notice{Kind: "info", Text: c.T("report.file.removed"), Live: true,
			Actions: []ui.Button{{Text: c.T("report.file.undo"), Small: true, Post: reportPath(id) + "/files/" + itoa(file) + "/restore"}}}
	}
	if back.err != nil {
		p.Errors = c.editErrors(p)
	}
	p.Rail = c.editRail(d)
	p.Actions = []ui.Button{{Text: c.T("report.versions"), Href: reportPath(id) + "/versions"}}
	if d.Open() && s.Rooms.Reports.Submits(c.Actor, d.Head) {
		p.Primary = c.submitButton(d)
	}
	return c.RenderStatus(status, "report_edit", p)
}

// submitButton leads to handing the report in, or while remarks of a return have no answer to the first of these.
func (c *Ctx) submitButton(d report.Draft) *ui.Button {
	if open := d.Unanswered(); len(open) > 0 {
		return &ui.Button{Text: c.T("report.answer_first", "Count", len(open)), Href: reportPath(d.Reporter) + "/edit#" + remarkAnchor(open[0].ID), Kind: "primary"}
	}
	return &ui.Button{Text: c.T("report.submit"), Href: reportPath(d.Reporter) + "/submit", Kind: "primary"}
}

func reportPath(id int64) string { return "/reports/" + itoa(id) }

func (c *Ctx) reportCrumbs(h report.Head, last string) []ui.Link {
	return []ui.Link{{Text: c.reportCycle(h), Href: "/cycles/" + itoa(h.Cycle)}, {Text: c.T("report.list.title"), Href: "/cycles/" + itoa(h.Cycle) + "/reports"},
		{Text: h.Unit.In(c.Lang), Href: reportPath(h.Reporter)}, {Text: last, Current: true}}
}

// editNotices says what matters first: returned, locked, or that somebody else hands it in.
func (c *Ctx) editNotices(d report.Draft) []ui.Notice {
	var out []ui.Notice
	switch {
	case d.State == report.Returned:
		out = append(out, ui.Notice{Kind: "warn", Title: c.T("report.returned", "By", d.DecidedBy, "Time", c.locale().DateTime(d.DecidedAt)), Text: c.T("report.returned_hint")})
	case d.State == report.Submitted:
		out = append(out, ui.Notice{Kind: "info", Text: c.T("report.locked_submitted", "N", d.Number, "Time", c.locale().DateTime(d.SubmittedAt)),
			Actions: []ui.Button{{Text: c.T("report.read"), Href: reportPath(d.Reporter)}}})
	case d.State == report.Accepted:
		out = append(out, ui.Notice{Kind: "ok", Text: c.T("report.locked_accepted", "By", d.DecidedBy, "Time", c.locale().DateTime(d.DecidedAt)),
			Actions: []ui.Button{{Text: c.T("report.read"), Href: reportPath(d.Reporter)}}})
	}
	if d.Open() && !c.srv.Rooms.Reports.Submits(c.Actor, d.Head) {
		out = append(out, ui.Notice{Kind: "info", Text: c.T("report.only_person", "Name", c.reportPerson(d.Content.Person, nil))})
	}
	return out
}

// editErrors gathers the errors of every field on the page.
func (c *Ctx) editErrors(p *ReportEditPage) *ui.ErrorSummary {
	fields := []ui.Field{p.FileField}
	for _, s := range p.Sections {
		for _, part := range s.Parts {
			fields = append(fields, part.Field)
			for _, row := range part.Rows {
				fields = append(fields, row.Target, row.Measure, row.Date)
			}
		}
	}
	return ui.Errors(fields...)
}

func (c *Ctx) editRail(d report.Draft) ReportRail {
	l := c.locale()
	r := ReportRail{Report: d.Reporter, Poll: d.Open()}
	due := ui.Fact{Term: c.T("report.due"), Text: l.Date(d.Due)}
	if d.Due == "" {
		due.Text = c.T("report.no_due")
	} else if d.Open() {
		due.Status = c.Due(d.Due)
	}
	r.Facts = []ui.Fact{due, {Term: c.T("report.mode"), Text: c.T("report.mode." + d.Mode)}}
	if d.Number > 0 {
		r.Facts = append(r.Facts, ui.Fact{Term: c.T("report.last_version"), Text: c.T("report.version_n", "N", d.Number), Sub: l.DateTime(d.SubmittedAt), Href: reportPath(d.Reporter)})
	}
	r.Checks = c.checkLines(d.Checks, d.Content.Sections)
	r.Readers = c.readers(d.Receipts)
	return r
}

func (c *Ctx) readers(receipts []report.Receipt) []ui.Fact {
	var out []ui.Fact
	for _, x := range receipts {
		out = append(out, ui.Fact{Term: x.By, Text: c.T("report.read_at", "N", x.Number, "Time", c.locale().DateTime(x.At))})
	}
	return out
}

// reportChecks is the rail's fragment: the page asks for it again while somebody writes.
func (s *Server) reportChecks(c *Ctx) error {
	id, err := c.ID("id")
	if err != nil {
		return err
	}
	d, err := s.Rooms.Reports.Draft(c.R.Context(), c.Actor, c.Scope(authz.Read), id, s.Now().UnixMicro())
	if err != nil {
		return err
	}
	return c.Fragment("report_edit", "checks", c.editRail(d))
}
