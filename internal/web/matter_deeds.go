package web

import (
	"fmt"
	"io"
	"mime"
	"net/http"
	"time"

	"plumbline/internal/fault"
	"plumbline/internal/ledger"
)

// attachEvidence adds files and links to a matter without a step.
func (s *Server) attachEvidence(c *Ctx) error {
	id, err := c.ID("id")
	if err != nil {
		return err
	}
	if err := c.readFiles(); err != nil {
		return err
	}
	pieces, err := s.pieces(c)
	if err == nil {
		err = s.Ledgers().Attach(c.R.Context(), c.Actor, id, pieces)
	}
	if problems := c.Errors(err); problems != nil {
		return s.evidencePage(c, id, problems)
	}
	if err != nil {
		return err
	}
	return c.Go("/matters/"+itoa(id), "ledger.flash.evidence")
}

// EvidencePage is the form for evidence alone, for one that came back.
type EvidencePage struct {
	Page
	ID       int64
	Evidence *EvidenceForm
}

func (s *Server) evidencePage(c *Ctx, id int64, problems map[string]string) error {
	m, err := s.Ledgers().Find(c.R.Context(), c.Actor, id)
	if err != nil {
		return err
	}
	p := &EvidencePage{ID: id, Evidence: c.evidenceForm(problems)}
	p.Title, p.Sub = c.T("ledger.evidence.add"), m.Number+" "+m.Title
	return c.RenderStatus(http.StatusUnprocessableEntity, "evidence", p)
}

// matterFile sends a piece of evidence. It is never opened as a page of this site.
func (s *Server) matterFile(c *Ctx) error {
	id, err := c.ID("id")
	if err != nil {
		return err
	}
	file, err := c.ID("file")
	if err != nil {
		return err
	}
	f, body, err := s.Ledgers().OpenFile(c.R.Context(), c.Actor, id, file)
	if err != nil {
		return err
	}
	defer body.Close()
	h := c.W.Header()
	h.Set("Content-Type", "application/octet-stream")
	if kind := mime.TypeByExtension("." + f.Type); kind != "" {
		h.Set("Content-Type", kind)
	}
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": f.Name}))
	h.Set("Cache-Control", "private, max-age=3600")
	http.ServeContent(c.W, c.R, "", time.UnixMicro(f.At), body)
	return nil
}

// shareMatter gives another unit its share of a common finding.
func (s *Server) shareMatter(c *Ctx) error {
	m, err := s.matterOf(c)
	if err != nil {
		return err
	}
	unit, err := s.Ledgers().FindUnit(c.R.Context(), ledger.Matter{Convenor: m.Convenor, Opened: c.Today()}, c.Value("unit"))
	if err != nil {
		return err
	}
	var form fault.Form
	form.Check(unit != 0 && unit != m.Owner.ID, "unit", "fault.ledger.reference")
	if problems := c.Errors(form.Err()); problems != nil {
		return s.matterPage(c, http.StatusUnprocessableEntity, m.ID, problems)
	}
	made, err := s.Ledgers().Share(c.R.Context(), c.Actor, m.ID, unit)
	if err != nil {
		return err
	}
	return c.Go("/matters/"+itoa(made), "ledger.flash.registered")
}

// linkRepeat links a finding to the earlier one that it repeats, or takes the link away.
func (s *Server) linkRepeat(c *Ctx) error {
	m, err := s.matterOf(c)
	if err != nil {
		return err
	}
	of, err := s.Ledgers().FindMatter(c.R.Context(), c.Actor, c.Value("repeat_of"))
	var form fault.Form
	form.Check(fault.KindOf(err) != fault.NotFound, "repeat_of", "fault.ledger.reference")
	if problems := c.Errors(form.Err()); problems != nil {
		return s.matterPage(c, http.StatusUnprocessableEntity, m.ID, problems)
	}
	if err == nil {
		err = s.Ledgers().SetRepeat(c.R.Context(), c.Actor, m.ID, of)
	}
	if problems := c.Errors(err); problems != nil {
		return s.matterPage(c, http.StatusUnprocessableEntity, m.ID, map[string]string{"repeat_of": problems[""]})
	}
	if err != nil {
		return err
	}
	return c.Go("/matters/"+itoa(m.ID), "ledger.flash.taken")
}

func (s *Server) matterOf(c *Ctx) (ledger.Matter, error) {
	id, err := c.ID("id")
	if err != nil {
		return ledger.Matter{}, err
	}
	return s.Ledgers().Find(c.R.Context(), c.Actor, id)
}

// download prepares an answer that is a file of ours.
func (c *Ctx) download(name, kind string) io.Writer {
	h := c.W.Header()
	h.Set("Content-Type", kind)
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	h.Set("Cache-Control", "no-store")
	return c.W
}

func stamp(t time.Time) string { return fmt.Sprint(t.Format("20060102")) }
