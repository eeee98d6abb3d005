package web

import (
	"fmt"

	"plumbline/internal/authz"
	"plumbline/internal/fault"
	"plumbline/internal/review/report"
	"plumbline/internal/web/ui"
)

// ReportPage is a version handed in, as it is read and printed.
type ReportPage struct {
	Page
	Sheet ReportSheet
	Rail  ReportRail
	Tabs  ui.Tabs
}

// ReportSheet is a report as it stands on paper.
type ReportSheet struct {
	Heading, Unit, Person, Date string
	Sections                    []SheetSection
	Files                       ui.Files
	Sign                        string
}

// SheetSection is one section on paper; one of Text, Items and Promises holds something.
type SheetSection struct {
	ID, Anchor, Title string
	Paragraphs        [][]SheetPiece
	Items             []SheetItem
	Promises          *ui.Table
	Empty             string
	Remarks           []RemarkBlock // on the review page
	Field             *ui.Field     // a new remark, on the review page
}

// SheetPiece is text, or a number of the ledger with the day of which it is.
type SheetPiece struct{ Text, Note string }

// SheetItem is one thing of last year and what the report says to it.
type SheetItem struct {
	Item   ItemBlock
	Answer [][]SheetPiece
	Empty  string
}

func (s *Server) reportRead(c *Ctx) error {
	id, err := c.ID("id")
	if err != nil {
		return err
	}
	ctx, scope := c.R.Context(), c.Scope(authz.Read)
	sheet, err := s.Rooms.Reports.Sheet(ctx, c.Actor, scope, id, 0)
	if fault.KindOf(err) == fault.NotFound {
		return s.reportNotYet(c, id)
	}
	if err != nil {
		return err
	}
	if err := s.Rooms.Reports.Opened(ctx, c.Actor, sheet.Head); err != nil {
		return err
	}
	p := &ReportPage{Sheet: c.sheet(sheet.Head, sheet.Content, sheet.Version.At)}
	p.Title, p.Sub = c.T("report.read.title", "Unit", sheet.Unit.In(c.Lang)), c.T("report.version_n", "N", sheet.Version.Number)+" · "+sheet.SubmittedBy+" · "+c.locale().DateTime(sheet.Version.At)
	p.Status = c.reportStatus(sheet.Head)
	p.Crumbs = c.reportCrumbs(sheet.Head, c.T("report.read.crumb"))
	p.Rail = c.sheetRail(sheet)
	p.Actions = []ui.Button{{Text: c.T("report.print"), Print: true}, {Text: c.T("report.docx"), Href: reportPath(id) + "/report.docx", Download: true},
		{Text: c.T("report.versions"), Href: reportPath(id) + "/versions"}}
	switch {
	case s.Rooms.Reports.Reviews(c.Actor, sheet.Head) && sheet.State == report.Submitted:
		p.Primary = &ui.Button{Text: c.T("report.review"), Href: reportPath(id) + "/review"}
	case s.Rooms.Reports.Writes(c.Actor, sheet.Head) && sheet.Open():
		p.Primary = &ui.Button{Text: c.T("report.go_on"), Href: reportPath(id) + "/edit"}
	}
	return c.Render("report", p)
}

// reportNotYet answers for a report of which nothing was handed in: its writers go to the editor, others are told.
func (s *Server) reportNotYet(c *Ctx, id int64) error {
	h, err := s.Rooms.Reports.Find(c.R.Context(), c.Scope(authz.Read), id)
	if err != nil {
		return err
	}
	if s.Rooms.Reports.Writes(c.Actor, h) {
		return c.Go(reportPath(id)+"/edit", "")
	}
	p := &ReportPage{}
	p.Title, p.Status = c.T("report.read.title", "Unit", h.Unit.In(c.Lang)), c.reportStatus(h)
	p.Crumbs = c.reportCrumbs(h, c.T("report.read.crumb"))
	p.Sheet.Heading = ""
	p.Rail.Facts = []ui.Fact{{Term: c.T("report.due"), Text: c.dueText(h)}}
	return c.Render("report", p)
}

func (c *Ctx) dueText(h report.Head) string {
	if h.Due == "" {
		return c.T("report.no_due")
	}
	return c.locale().Date(h.Due)
}

func (c *Ctx) sheetRail(v report.Sheet) ReportRail {
	r := ReportRail{Report: v.Reporter, Facts: []ui.Fact{{Term: c.T("report.mode"), Text: c.T("report.mode." + v.Mode)}, {Term: c.T("report.due"), Text: c.dueText(v.Head)}}}
	if v.State == report.Accepted || v.State == report.Returned {
		r.Facts = append(r.Facts, ui.Fact{Term: c.T("report.decided." + string(v.State)), Text: v.DecidedBy, Sub: c.locale().DateTime(v.DecidedAt)})
	}
	r.Checks, r.Readers = c.checkLines(v.Version.Checks, v.Content.Sections), c.readers(v.Receipts)
	return r
}

// sheet lays a content out as it stands on paper. at is when it was handed in, UTC microseconds.
func (c *Ctx) sheet(h report.Head, content report.Content, at int64) ReportSheet {
	out := ReportSheet{Heading: c.T("report.sheet.heading", "Year", content.Year), Unit: content.Unit.In(c.Lang),
		Person: c.reportPerson(content.Person, content.Post), Date: c.locale().Date(at), Sign: content.Person.In(c.Lang)}
	for i, f := range content.Sections {
		out.Sections = append(out.Sections, c.sheetSection(i, f, content.Numbers))
	}
	for _, f := range content.Files {
		out.Files.Items = append(out.Files.Items, c.fileItem(h.Reporter, f))
	}
	return out
}

func (c *Ctx) sheetSection(i int, f report.Filled, numbers []report.Number) SheetSection {
	s := SheetSection{ID: f.ID, Anchor: sectionAnchor(f.ID), Title: c.sectionTitle(i, f.Section)}
	switch f.Kind {
	case report.Answers:
		for n, a := range f.Answers {
			item := SheetItem{Item: ItemBlock{Number: c.num(n + 1), Text: a.Item.Text, Href: a.Item.Href, Facts: c.itemFacts(a.Item), Gone: a.Gone}, Answer: c.paragraphs(a.Text, numbers)}
			if state := a.Item.State.In(c.Lang); state != "" {
				item.Item.Status = &ui.Status{State: a.Item.Lamp, Text: state}
			}
			if a.Item.Kind != "" {
				item.Item.Kind = c.T("report.item." + a.Item.Kind)
			}
			if a.Text == "" {
				item.Empty = c.T("report.unanswered")
			}
			s.Items = append(s.Items, item)
		}
	case report.Promises:
		s.Promises = c.promiseTable(f, numbers)
	default:
		s.Paragraphs = c.paragraphs(f.Text, numbers)
	}
	if len(s.Paragraphs) == 0 && len(s.Items) == 0 && s.Promises == nil {
		s.Empty = c.T("report.empty_section")
		if f.Kind == report.Answers {
			s.Empty = c.T("report.no_items")
		}
	}
	return s
}

func (c *Ctx) promiseTable(f report.Filled, numbers []report.Number) *ui.Table {
	if len(f.Promises) == 0 {
		return nil
	}
	t := &ui.Table{Caption: f.Title.In(c.Lang), HideCaption: true, Columns: []ui.Column{{Head: c.T("report.promise.no"), Align: "right"},
		{Head: c.T("report.promise.target")}, {Head: c.T("report.promise.measure")}, {Head: c.T("report.promise.date")}}}
	for i, p := range f.Promises {
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{ui.T(fmt.Sprint(i + 1)), ui.T(report.Fill(p.Target, numbers)), ui.T(report.Fill(p.Measure, numbers)), ui.T(c.locale().Date(p.Date))}})
	}
	return t
}

// paragraphs cuts text at line ends and puts the frozen numbers in their places.
func (c *Ctx) paragraphs(text string, numbers []report.Number) [][]SheetPiece {
	var out [][]SheetPiece
	for _, line := range splitLines(text) {
		var pieces []SheetPiece
		for _, piece := range report.Pieces(line, numbers) {
			one := SheetPiece{Text: piece.Text}
			if n := piece.Number; n != nil {
				one.Note = c.T("report.number_note", "Name", n.Label.In(c.Lang), "Date", c.locale().Date(n.Date))
			}
			pieces = append(pieces, one)
		}
		out = append(out, pieces)
	}
	return out
}
