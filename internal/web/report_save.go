package web

import (
	"encoding/json"
	"mime"
	"net/http"
	"strconv"
	"time"

	"plumbline/internal/authz"
	"plumbline/internal/fault"
	"plumbline/internal/review/report"
	"plumbline/internal/web/ui"
)

// savePart keeps one part. The editor's own forms carry no once token: a part's version makes the same form harmless
// when it comes twice, and autosave sends one form many times.
func (s *Server) savePart(c *Ctx) error {
	id, err := c.ID("id")
	if err != nil {
		return err
	}
	in := report.Save{Reporter: id, Part: c.Value("part"), Body: c.partBody(), Version: int(c.Int("version", 0))}
	saved, err := s.Rooms.Reports.Save(c.R.Context(), c.Actor, in)
	switch fault.KindOf(err) {
	case 0:
		if err != nil {
			return err
		}
	case fault.Stale:
		return s.renderEditor(c, http.StatusConflict, typed{})
	case fault.Invalid:
		if len(fault.As(err).Fields) == 0 {
			return err
		}
		return s.renderEditor(c, http.StatusUnprocessableEntity, typed{in.Part, in.Body, err})
	default:
		return err
	}
	if c.R.Header.Get("X-Autosave") != "" {
		c.W.Header().Set("X-Version", strconv.Itoa(saved.Version))
		c.W.WriteHeader(http.StatusNoContent)
		return nil
	}
	return c.Go(reportPath(id)+"/edit#"+partAnchor(in.Part), "report.flash.saved")
}

// partBody is the text of a part's form: a text box, with what a button inserts at its end, or rows of promises.
func (c *Ctx) partBody() string {
	if _, rows := c.R.PostForm["target"]; rows {
		targets, measures, dates := c.R.PostForm["target"], c.R.PostForm["measure"], c.R.PostForm["date"]
		at := func(list []string, i int) string {
			if i < len(list) {
				return list[i]
			}
			return ""
		}
		var out []report.Promise
		for i := range targets {
			out = append(out, report.Promise{Target: targets[i], Measure: at(measures, i), Date: at(dates, i)})
		}
		b, err := json.Marshal(out)
		if err != nil {
			return ""
		}
		return string(b)
	}
	return c.R.PostForm.Get("body") + c.R.PostForm.Get("insert")
}

// dropAside takes the other's text: the reader's own, put aside, goes.
func (s *Server) dropAside(c *Ctx) error {
	id, err := c.ID("id")
	if err != nil {
		return err
	}
	if err := s.Rooms.Reports.DropAside(c.R.Context(), c.Actor, id, c.Value("part")); err != nil {
		return err
	}
	return c.Go(reportPath(id)+"/edit#"+partAnchor(c.Value("part")), "report.flash.dropped")
}

// answerRemark keeps the answer to one remark of a return.
func (s *Server) answerRemark(c *Ctx) error {
	id, err := c.ID("id")
	if err != nil {
		return err
	}
	remark, err := c.ID("remark")
	if err != nil {
		return err
	}
	err = s.Rooms.Reports.AnswerRemark(c.R.Context(), c.Actor, id, remark, c.R.PostForm.Get("answer"), int(c.Int("version", 0)))
	if f := fault.As(err); f != nil && f.Kind == fault.Stale {
		if m, ok := f.Current.(report.Remark); ok {
			return staleAnswer(c, id, m)
		}
	}
	if err != nil {
		return err
	}
	return c.Go(reportPath(id)+"/edit#m-"+itoa(remark), "report.flash.answered")
}

func staleAnswer(c *Ctx, id int64, m report.Remark) error {
	mine := c.R.PostForm.Get("answer")
	return fault.Outdated(&ui.Stale{TheirsMeta: m.AnsweredBy, Rows: []ui.StaleRow{{Label: c.T("report.remark_answer"), Yours: mine, Theirs: m.Answer}},
		Keep: ui.Button{Text: c.T("report.keep_mine"), Post: c.R.URL.Path,
			Fields: []ui.Pair{{Name: "answer", Value: mine}, {Name: "version", Value: strconv.Itoa(m.Version)}}},
		Discard: ui.Button{Text: c.T("report.keep_theirs"), Href: reportPath(id) + "/edit"}})
}

// attachFile takes one file. The body may be larger than a file may be, so that the answer can say so.
func (s *Server) attachFile(c *Ctx) error {
	id, err := c.ID("id")
	if err != nil {
		return err
	}
	c.R.Body = http.MaxBytesReader(c.W, c.R.Body, 4*report.MaxFile)
	if err := c.R.ParseMultipartForm(1 << 20); err != nil {
		return fault.New(fault.TooLarge, "fault.report.file_large", "Limit", report.MaxFile>>20)
	}
	defer func() { _ = c.R.MultipartForm.RemoveAll() }()
	c.UseOnce(c.R.FormValue("_once"))
	up := report.Upload{}
	if file, head, err := c.R.FormFile("file"); err == nil {
		defer file.Close()
		up = report.Upload{Name: head.Filename, Size: head.Size, File: file}
	}
	_, err = s.Rooms.Reports.Attach(c.R.Context(), c.Actor, id, up)
	if f := fault.As(err); f != nil && len(f.Fields) > 0 {
		status := statusOf[f.Kind]
		return s.renderEditor(c, status, typed{err: &fault.Error{Kind: fault.Invalid, Key: f.Key, Args: f.Args, Fields: f.Fields}})
	}
	if err != nil {
		return err
	}
	return c.Go(reportPath(id)+"/edit#files", "report.flash.attached")
}

// removeFile takes a file off; the page that follows offers to put it back.
func (s *Server) removeFile(c *Ctx) error {
	id, file, err := c.reportFile()
	if err != nil {
		return err
	}
	if err := s.Rooms.Reports.Detach(c.R.Context(), c.Actor, id, file); err != nil {
		return err
	}
	return c.Go(reportPath(id)+"/edit?removed="+itoa(file)+"#files", "")
}

func (s *Server) restoreFile(c *Ctx) error {
	id, file, err := c.reportFile()
	if err != nil {
		return err
	}
	if err := s.Rooms.Reports.Reattach(c.R.Context(), c.Actor, id, file); err != nil {
		return err
	}
	return c.Go(reportPath(id)+"/edit#files", "report.flash.restored")
}

func (c *Ctx) reportFile() (id, file int64, err error) {
	if id, err = c.ID("id"); err != nil {
		return 0, 0, err
	}
	file, err = c.ID("file")
	return id, file, err
}

// reportDownload sends an attachment: always to be saved, never shown in our own origin.
func (s *Server) reportDownload(c *Ctx) error {
	id, file, err := c.reportFile()
	if err != nil {
		return err
	}
	f, body, err := s.Rooms.Reports.File(c.R.Context(), c.Actor, c.Scope(authz.Read), id, file)
	if err != nil {
		return err
	}
	defer body.Close()
	h := c.W.Header()
	h.Set("Content-Type", report.MIME(f.Kind))
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": f.Name}))
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	http.ServeContent(c.W, c.R, "", time.UnixMicro(f.At), body)
	return nil
}
