package web

import (
	"html/template"
	"net/http"
	"slices"

	"plumbline/internal/fault"
	"plumbline/internal/ledger"
	"plumbline/internal/web/ui"
)

// LedgerDraftPage is a chapter of a draft as a form, or the whole definition in one text.
type LedgerDraftPage struct {
	Page
	ID       int64
	Version  int
	Tabs     ui.Tabs
	Errors   *ui.ErrorSummary
	Problems []ui.Link
	Stale    *ui.Notice
	Part     *DesignPart
	Body     *ui.Field
	Diagram  any
}

// partText is the view that shows the whole definition.
const partText = "text"

func lifePicture(d *ledger.Definition, lang, now string) template.HTML {
	return template.HTML(d.Diagram(lang, now, nil)) // drawn by the ledger's room, every text escaped
}

func (s *Server) draftNamed(c *Ctx) (t ledger.TypeDraft, err error) {
	id, err := c.ID("id")
	if err != nil {
		return t, err
	}
	return s.Ledgers().TypeDraft(c.R.Context(), c.Actor, id)
}

func (s *Server) ledgerDraft(c *Ctx) error {
	t, err := s.draftNamed(c)
	if err != nil {
		return err
	}
	return s.ledgerDraftPage(c, http.StatusOK, t, draftView{part: c.Value("view"), open: c.Value("open")})
}

// draftView is what of a draft is shown: the chapter, the row to open, whether somebody else saved meanwhile, and what
// of the form can't be taken, by the name of its box.
type draftView struct {
	part, open string
	stale      bool
	bad        map[string]string
}

func (s *Server) ledgerDraftPage(c *Ctx, status int, t ledger.TypeDraft, v draftView) error {
	_, problems, err := s.Ledgers().ReadDraft(c.R.Context(), s.Reader, t)
	if err != nil {
		return err
	}
	d := t.Definition()
	if d == nil {
		v.part = partText
	}
	if v.part != partText && !slices.Contains(designParts, v.part) {
		v.part = partNames
	}
	p := &LedgerDraftPage{ID: t.ID, Version: t.Version}
	p.Title, p.Sub = otherwise(t.Title.In(c.Lang), c.T("design.unnamed")), c.T("design.draft_sub")
	p.Crumbs = c.designCrumbs(ui.Link{Text: p.Title, Current: true})
	if v.stale {
		p.Stale = &ui.Notice{Kind: "warn", Text: c.T("design.stale"), Actions: []ui.Button{{Text: c.T("design.stale_discard"), Href: chapterPath(t.ID, v.part)}}}
	}
	marks := c.designMarks(d, problems)
	p.Problems, p.Tabs = marks.links(c, t.ID), c.designTabs(t.ID, d, v.part, marks)
	if v.part == partText {
		p.Body = &ui.Field{Type: "textarea", Name: "body", Label: c.T("design.view_text"), Hint: c.T("design.text_hint"), Value: t.Body, Rows: 40, Required: true}
		p.Problems = nil
		for _, x := range problems {
			p.Problems = append(p.Problems, ui.Link{Text: x.In(c.Lang), Href: "#f-body"})
		}
	} else {
		p.Part = c.designPart(d, v.part)
		p.Part.place(marks)
		p.Errors = p.Part.refuse(c, v.bad)
		p.Part.unfold(v.open)
	}
	if d != nil {
		p.Diagram = lifePicture(d, c.Lang, "")
		p.Actions = append(p.Actions, ui.Button{Text: c.T("design.try"), Href: draftPath(t.ID) + "/try"})
	}
	if len(problems) == 0 {
		p.Primary = &ui.Button{Text: c.T("design.publish_next"), Kind: "primary", Href: draftPath(t.ID) + "/publish"}
	}
	p.Actions = append(p.Actions, ui.Button{Text: c.T("design.drop"), Kind: "danger", Confirm: c.T("design.drop_sure"), Post: draftPath(t.ID) + "/drop", Fields: []ui.Pair{{Name: "_once", Value: newToken()}}})
	return c.RenderStatus(status, "ledgerdraft", p)
}

// chapterPath is the address of a chapter of a draft.
func chapterPath(id int64, part string) string { return draftPath(id) + "?view=" + part }

func (c *Ctx) designTabs(id int64, d *ledger.Definition, current string, marks designMarks) ui.Tabs {
	tabs := ui.Tabs{Label: c.T("design.views")}
	if d != nil {
		for _, part := range designParts {
			l := ui.Link{Text: c.T("design.part." + part), Href: chapterPath(id, part), Current: part == current}
			if n := marks.count[part]; n > 0 {
				l.Count = c.T("design.wrong_count", "N", n)
			}
			tabs.Items = append(tabs.Items, l)
		}
	}
	tabs.Items = append(tabs.Items, ui.Link{Text: c.T("design.view_text"), Href: chapterPath(id, partText), Current: current == partText})
	return tabs
}

func (s *Server) saveLedgerDraft(c *Ctx) error {
	t, err := s.draftNamed(c)
	if err != nil {
		return err
	}
	v := draftView{part: c.Value("part")}
	if c.R.PostForm.Has("body") {
		v.part = partText
	}
	body := c.R.PostForm.Get("body")
	if d := t.Definition(); v.part != partText && d != nil {
		r := c.designReader()
		v.open = r.reshape(v.part, c.Value("do"))
		r.read(d, v.part)
		body = d.Text()
		if v.bad = r.bad; len(v.bad) > 0 {
			t.Body = body
			return s.ledgerDraftPage(c, http.StatusUnprocessableEntity, t, v)
		}
	}
	err = s.Ledgers().SaveTypeDraft(c.R.Context(), c.Actor, t.ID, int(c.Int("version", 0)), body)
	if fault.KindOf(err) == fault.Stale {
		t, _ = fault.As(err).Current.(ledger.TypeDraft)
		t.Body, v.stale = body, true // what was typed, over the version that stands now
		return s.ledgerDraftPage(c, http.StatusConflict, t, v)
	}
	if err != nil {
		return err
	}
	to := chapterPath(t.ID, v.part)
	if v.open != "" {
		to += "&open=" + v.open + "#" + v.open
	}
	return c.Go(to, "design.flash.saved")
}

func (s *Server) dropLedgerDraft(c *Ctx) error {
	t, err := s.draftNamed(c)
	if err != nil {
		return err
	}
	if err := s.Ledgers().DropTypeDraft(c.R.Context(), c.Actor, t.ID); err != nil {
		return err
	}
	return c.Go(ledgerTypes, "design.flash.dropped")
}
