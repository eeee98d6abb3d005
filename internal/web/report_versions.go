package web

import (
	"strings"

	"plumbline/internal/authz"
	"plumbline/internal/review/report"
	"plumbline/internal/web/ui"
)

// ReportVersionsPage lists what was kept of a report; two of them can be compared.
type ReportVersionsPage struct {
	Page
	Report  int64
	Table   ui.Table
	Compare []ui.Field
}

func (s *Server) reportVersions(c *Ctx) error {
	id, err := c.ID("id")
	if err != nil {
		return err
	}
	h, versions, err := s.Rooms.Reports.Versions(c.R.Context(), c.Actor, c.Scope(authz.Read), id)
	if err != nil {
		return err
	}
	p := &ReportVersionsPage{Report: id}
	p.Title, p.Sub, p.Status = c.T("report.versions.title", "Unit", h.Unit.In(c.Lang)), c.T("report.versions.sub"), c.reportStatus(h)
	p.Crumbs = c.reportCrumbs(h, c.T("report.versions"))
	if log, err := s.logOf(c, "report", id); err != nil {
		return err
	} else if log != "" {
		p.Actions = []ui.Button{{Text: c.T("history.label"), Href: log}}
	}
	p.Table = ui.Table{Caption: c.T("report.versions"), HideCaption: true, Empty: &ui.EmptyState{Title: c.T("report.versions.none"), Text: c.T("report.versions.none_hint")},
		Columns: []ui.Column{{Head: c.T("report.versions.which")}, {Head: c.T("report.versions.when")}, {Head: c.T("report.versions.who")}, {Head: c.T("report.versions.checks")}, {Head: c.T("report.versions.diff")}}}
	for i, v := range versions {
		row := ui.Row{Href: reportPath(id) + "/versions/" + itoa(v.ID), Cells: []ui.Cell{ui.T(c.versionName(v)), ui.T(c.locale().DateTime(v.At)), ui.T(v.By), {}, {}}}
		if v.Number > 0 {
			row.Cells[3] = ui.Cell{Status: c.warned(report.Warnings(v.Checks))}
		}
		if i+1 < len(versions) {
			row.Cells[4] = ui.Cell{Text: c.T("report.versions.previous"), Href: diffPath(id, versions[i+1].ID, v.ID)}
		}
		p.Table.Rows = append(p.Table.Rows, row)
	}
	p.Compare = c.compareFields(h, versions)
	return c.Render("report_versions", p)
}

func diffPath(id, a, b int64) string {
	return reportPath(id) + "/diff?a=" + itoa(a) + "&b=" + itoa(b)
}

func (c *Ctx) versionName(v report.Version) string {
	if v.Number > 0 {
		return c.T("report.version_n", "N", v.Number)
	}
	return c.T("report.versions.draft")
}

func (c *Ctx) warned(n int) *ui.Status {
	if n == 0 {
		return &ui.Status{State: ui.Done, Text: c.T("report.check.none")}
	}
	return &ui.Status{State: ui.Soon, Text: c.T("report.check.count", "Count", n)}
}

// compareFields are the two boxes of the comparison; the working text is offered to whoever writes.
func (c *Ctx) compareFields(h report.Head, versions []report.Version) []ui.Field {
	var options []ui.Option
	if c.srv.Rooms.Reports.Writes(c.Actor, h) {
		options = append(options, ui.Option{Value: "0", Text: c.T("report.versions.now")})
	}
	for _, v := range versions {
		options = append(options, ui.Option{Value: itoa(v.ID), Text: c.versionName(v) + " · " + c.locale().DateTime(v.At)})
	}
	if len(options) < 2 {
		return nil
	}
	return []ui.Field{{Type: "select", Name: "a", Label: c.T("report.diff.old"), Options: options, Value: options[1].Value, Plain: true},
		{Type: "select", Name: "b", Label: c.T("report.diff.new"), Options: options, Value: options[0].Value, Plain: true}}
}

func (s *Server) reportVersion(c *Ctx) error {
	id, err := c.ID("id")
	if err != nil {
		return err
	}
	key, err := c.ID("version")
	if err != nil {
		return err
	}
	h, err := s.Rooms.Reports.Find(c.R.Context(), c.Scope(authz.Read), id)
	if err != nil {
		return err
	}
	v, content, err := s.Rooms.Reports.Kept(c.R.Context(), c.Actor, c.Scope(authz.Read), id, key)
	if err != nil {
		return err
	}
	p := &ReportPage{Sheet: c.sheet(h, content, v.At)}
	p.Title, p.Sub = c.T("report.read.title", "Unit", h.Unit.In(c.Lang)), c.versionName(v)+" · "+v.By+" · "+c.locale().DateTime(v.At)
	p.Crumbs = append(c.reportCrumbs(h, ""), ui.Link{Text: c.versionName(v), Current: true})
	p.Crumbs[3] = ui.Link{Text: c.T("report.versions"), Href: reportPath(id) + "/versions"}
	p.Rail = ReportRail{Report: id, Facts: []ui.Fact{{Term: c.T("report.digest"), Text: v.Digest[:min(12, len(v.Digest))], Sub: c.T("report.digest_hint")}}, Checks: c.checkLines(v.Checks, content.Sections)}
	p.Actions = []ui.Button{{Text: c.T("report.print"), Print: true}}
	return c.Render("report", p)
}

// ReportDiffPage is the difference of two kept states, section by section.
type ReportDiffPage struct {
	Page
	Old, New string
	Sections []DiffSection
	Same     bool
}

// DiffSection is the difference of one section; Diff is nil where nothing changed.
type DiffSection struct {
	Title string
	Diff  *ui.Diff
}

func (s *Server) reportDiff(c *Ctx) error {
	id, err := c.ID("id")
	if err != nil {
		return err
	}
	ctx, scope := c.R.Context(), c.Scope(authz.Read)
	h, err := s.Rooms.Reports.Find(ctx, scope, id)
	if err != nil {
		return err
	}
	va, a, err := s.Rooms.Reports.Kept(ctx, c.Actor, scope, id, c.Int("a", -1))
	if err != nil {
		return err
	}
	vb, b, err := s.Rooms.Reports.Kept(ctx, c.Actor, scope, id, c.Int("b", -1))
	if err != nil {
		return err
	}
	p := &ReportDiffPage{Old: c.keptName(va), New: c.keptName(vb), Sections: c.diffSections(a, b), Same: true}
	for _, sec := range p.Sections {
		p.Same = p.Same && sec.Diff == nil
	}
	p.Title, p.Sub = c.T("report.diff.title", "Unit", h.Unit.In(c.Lang)), c.T("report.diff.sub", "Old", p.Old, "New", p.New)
	p.Crumbs = append(c.reportCrumbs(h, ""), ui.Link{Text: c.T("report.diff.crumb"), Current: true})
	p.Crumbs[3] = ui.Link{Text: c.T("report.versions"), Href: reportPath(id) + "/versions"}
	return c.Render("report_diff", p)
}

func (c *Ctx) keptName(v report.Version) string {
	if v.ID == 0 {
		return c.T("report.versions.now")
	}
	return c.versionName(v) + " (" + c.locale().DateTime(v.At) + ")"
}

func (c *Ctx) diffSections(a, b report.Content) []DiffSection {
	old := map[string]string{}
	for _, f := range a.Sections {
		old[f.ID] = c.sectionLines(f, a.Numbers)
	}
	var out []DiffSection
	seen := map[string]bool{}
	add := func(id, title, before, after string) {
		seen[id] = true
		sec := DiffSection{Title: title}
		if d := ui.NewDiff(before, after); !d.Same() {
			d = d.Folded(2)
			sec.Diff = &d
		}
		out = append(out, sec)
	}
	for i, f := range b.Sections {
		add(f.ID, c.sectionTitle(i, f.Section), old[f.ID], c.sectionLines(f, b.Numbers))
	}
	for _, f := range a.Sections {
		if !seen[f.ID] {
			add(f.ID, f.Title.In(c.Lang), old[f.ID], "")
		}
	}
	add("", c.T("report.files"), fileLines(a.Files), fileLines(b.Files))
	return out
}

// sectionLines is a section as lines of text, so that answers and promises can be compared too.
func (c *Ctx) sectionLines(f report.Filled, numbers []report.Number) string {
	var lines []string
	switch f.Kind {
	case report.Answers:
		for _, a := range f.Answers {
			if a.Text != "" {
				lines = append(lines, "【"+a.Item.Text+"】", report.Fill(a.Text, numbers))
			}
		}
	case report.Promises:
		for _, r := range f.Promises {
			lines = append(lines, report.Fill(strings.Join([]string{r.Target, r.Measure, r.Date}, " | "), numbers))
		}
	default:
		return report.Fill(f.Text, numbers)
	}
	return strings.Join(lines, "\n")
}

func fileLines(files []report.File) string {
	var lines []string
	for _, f := range files {
		lines = append(lines, f.Name)
	}
	return strings.Join(lines, "\n")
}
