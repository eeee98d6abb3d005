package web

import (
	"bytes"
	"mime"
	"net/http"
	"strings"
	"time"

	"plumbline/internal/authz"
	"plumbline/internal/office/docx"
	"plumbline/internal/review/report"
)

// reportDOCX sends the last version handed in as an office document.
func (s *Server) reportDOCX(c *Ctx) error {
	id, err := c.ID("id")
	if err != nil {
		return err
	}
	sheet, err := s.Rooms.Reports.Sheet(c.R.Context(), c.Actor, c.Scope(authz.Read), id, 0)
	if err != nil {
		return err
	}
	if err := s.Rooms.Reports.Opened(c.R.Context(), c.Actor, sheet.Head); err != nil {
		return err
	}
	var file bytes.Buffer
	if _, err := c.reportDocument(sheet).WriteTo(&file); err != nil {
		return err
	}
	name := c.T("report.docx_name", "Unit", sheet.Unit.In(c.Lang), "Year", sheet.Year, "N", sheet.Version.Number)
	h := c.W.Header()
	h.Set("Content-Type", report.MIME(report.DOCX))
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": report.CleanName(name, report.DOCX)}))
	http.ServeContent(c.W, c.R, "", time.UnixMicro(sheet.Version.At), bytes.NewReader(file.Bytes()))
	return nil
}

func (c *Ctx) reportDocument(v report.Sheet) docx.Document {
	content := v.Content
	d := docx.Document{Style: docx.Official, Language: docx.Chinese, Title: c.T("report.sheet.heading", "Year", content.Year),
		Date: c.locale().Date(v.Version.At), Signature: content.Person.In(c.Lang)}
	if c.Lang == "en" {
		d.Language = docx.English
	}
	d.Blocks = []docx.Block{docx.Paragraph{Text: content.Unit.In(c.Lang), Align: docx.Center}, docx.Paragraph{Text: c.reportPerson(content.Person, content.Post), Align: docx.Center}}
	for _, f := range content.Sections {
		title := f.Title.In(c.Lang)
		if f.Gone {
			title = c.T("report.gone_section")
		}
		d.Blocks = append(append(d.Blocks, docx.Heading{Level: 1, Text: title}), c.sectionBlocks(f, content.Numbers)...)
	}
	for _, f := range content.Files {
		d.Attachments = append(d.Attachments, f.Name)
	}
	return d
}

func (c *Ctx) sectionBlocks(f report.Filled, numbers []report.Number) []docx.Block {
	var out []docx.Block
	switch f.Kind {
	case report.Answers:
		for i, a := range f.Answers {
			lead := c.num(i+1) + ". "
			if a.Item.Kind != "" {
				lead += c.T("report.item."+a.Item.Kind) + c.T("report.colon")
			}
			out = append(out, docx.Paragraph{Lead: lead, Text: strings.ReplaceAll(a.Item.Text, "\n", " ")})
			answer := a.Text
			if answer == "" {
				answer = c.T("report.unanswered")
			}
			out = append(out, paragraphBlocks(report.Fill(answer, numbers))...)
		}
		if len(f.Answers) == 0 {
			out = append(out, docx.Paragraph{Text: c.T("report.no_items")})
		}
	case report.Promises:
		if len(f.Promises) == 0 {
			break
		}
		t := docx.Table{Columns: []docx.Column{{Title: c.T("report.promise.no"), Width: 1, Align: docx.Center}, {Title: c.T("report.promise.target"), Width: 4},
			{Title: c.T("report.promise.measure"), Width: 6}, {Title: c.T("report.promise.date"), Width: 3}}}
		for i, p := range f.Promises {
			t.Rows = append(t.Rows, []string{c.num(i + 1), report.Fill(p.Target, numbers), report.Fill(p.Measure, numbers), c.locale().Date(p.Date)})
		}
		out = append(out, t)
	default:
		out = paragraphBlocks(report.Fill(f.Text, numbers))
	}
	return out
}

func paragraphBlocks(text string) []docx.Block {
	var out []docx.Block
	for _, line := range splitLines(text) {
		out = append(out, docx.Paragraph{Text: line})
	}
	return out
}
