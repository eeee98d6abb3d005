package web

import (
	"net/http"

	"plumbline/internal/authz"
	"plumbline/internal/fault"
	"plumbline/internal/web/ui"
)

// ReportSubmitPage shows the text once more as it will be handed in, with what the checks say.
type ReportSubmitPage struct {
	Page
	Report  int64
	Version int
	Notices []ui.Notice
	Sheet   ReportSheet
	Rail    ReportRail
	Can     bool
	First   *ui.Button // what has to be done before the report can be handed in
}

func (s *Server) reportSubmitPage(c *Ctx) error { return s.renderSubmit(c, http.StatusOK, nil) }

func (s *Server) renderSubmit(c *Ctx, status int, notice *ui.Notice) error {
	id, err := c.ID("id")
	if err != nil {
		return err
	}
	d, err := s.Rooms.Reports.Draft(c.R.Context(), c.Actor, c.Scope(authz.Read), id, s.Now().UnixMicro())
	if err != nil {
		return err
	}
	p := &ReportSubmitPage{Report: id, Version: d.Version, Can: d.Open() && s.Rooms.Reports.Submits(c.Actor, d.Head)}
	p.Sheet, p.Rail = c.sheet(d.Head, d.Content, s.Now().UnixMicro()), c.editRail(d)
	p.Rail.Poll = false
	p.Title, p.Sub = c.T("report.submit.title"), c.T("report.submit.sub")
	p.Status, p.Crumbs = c.reportStatus(d.Head), c.reportCrumbs(d.Head, c.T("report.submit.crumb"))
	p.Actions = []ui.Button{{Text: c.T("report.go_on"), Href: reportPath(id) + "/edit"}}
	if notice != nil {
		p.Notices = append(p.Notices, *notice)
	}
	if n := d.Waiting(); n > 0 && p.Can {
		p.Can, p.First = false, c.submitButton(d)
	}
	if n := d.Waiting(); n > 0 && notice == nil {
		p.Notices = append(p.Notices, ui.Notice{Kind: "warn", Text: c.T("fault.report.remarks_open", "Count", n)})
	}
	warned := 0
	for _, k := range d.Checks {
		if !k.OK {
			warned++
		}
	}
	if warned > 0 {
		p.Notices = append(p.Notices, ui.Notice{Kind: "warn", Text: c.T("report.submit.warned", "Count", warned)})
	}
	if !p.Can && p.First == nil {
		p.Notices = append(p.Notices, ui.Notice{Kind: "info", Text: c.T("report.only_person", "Name", c.reportPerson(d.Content.Person, nil))})
	}
	return c.RenderStatus(status, "report_submit", p)
}

func (s *Server) submitReport(c *Ctx) error {
	id, err := c.ID("id")
	if err != nil {
		return err
	}
	_, err = s.Rooms.Reports.Submit(c.R.Context(), c.Actor, id, int(c.Int("version", -1)))
	f := fault.As(err)
	switch {
	case err == nil:
		return c.Go(reportPath(id), "report.flash.submitted")
	case f != nil && f.Kind == fault.Stale:
		return s.renderSubmit(c, http.StatusConflict, &ui.Notice{Kind: "error", Text: c.T("report.submit.changed"), Live: true})
	case f != nil && f.Kind == fault.Invalid:
		return s.renderSubmit(c, http.StatusUnprocessableEntity, &ui.Notice{Kind: "error", Text: c.T(f.Key, f.Args...), Live: true})
	}
	return err
}
