package web

import (
	"bytes"
	"io"
	"net/http"
	"strings"

	"plumbline/internal/authz"
	"plumbline/internal/fault"
	"plumbline/internal/office/docx"
	"plumbline/internal/review/plan"
	"plumbline/internal/review/result"
	"plumbline/internal/web/ui"
)

// ResultLettersPage is the letters of a cycle.
type ResultLettersPage struct {
	Page
	Tabs     ui.Tabs
	Notices  []ui.Notice
	Figures  ui.KeyFigures
	Table    ui.Table
	Draft    bool
	IssueAll bool
	Path     string
}

// ResultLetterPage is one letter: a form while it is a draft, the letter itself once it is issued.
type ResultLetterPage struct {
	Page
	Path     string
	Version  int
	Edits    bool
	Notices  []ui.Notice
	Errors   *ui.ErrorSummary
	Stale    *ui.Stale
	Fields   []ui.Field
	Letter   LetterText
	Facts    ui.DescriptionList
	CanIssue bool
}

// LetterText is a letter as it is read on a page and on paper.
type LetterText struct {
	Lang      string
	Title     []string
	Number    string
	Addressee string
	Opening   []string
	Sections  []LetterSection
	Closing   []string
	Signature string
	Date      string
}

// LetterSection is a part of a letter. Plain says that its items are not numbered.
type LetterSection struct {
	Heading string
	Items   []string
	Plain   bool
}

// LetterPrintPage is a letter on paper.
type LetterPrintPage struct {
	Page
	Letter LetterText
}

func (s *Server) resultLetters(c *Ctx) error { return s.showLetters(c, http.StatusOK, "") }

func (s *Server) showLetters(c *Ctx, status int, wrong string) error {
	id, err := c.ID("id")
	if err != nil {
		return err
	}
	v, err := s.Rooms.Results.LettersOf(c.R.Context(), c.Scope(authz.Read), id)
	if err != nil {
		return err
	}
	p := &ResultLettersPage{Tabs: c.cycleTabs(v.Cycle, "/letters"), Path: cyclePath(id) + "/letters"}
	p.Title, p.Sub = c.T("result.letters.title"), c.cycleTitle(v.Cycle, v.Convenor)
	p.Crumbs = c.cycleCrumbs(v.Cycle, v.Convenor, p.Title)
	p.Table = c.letterTable(v)
	doubts, names := map[int64][]result.Doubt{}, map[int64]string{}
	for _, r := range v.Rows {
		doubts[r.Unit.ID], names[r.Unit.ID] = r.Doubts, r.Unit.In(c.Lang)
	}
	p.Notices = c.doubtNotices(id, doubts, names)
	if wrong != "" {
		p.Notices = append(p.Notices, ui.Notice{Kind: "error", Text: wrong})
	}
	if v.Whole && v.Decision == nil {
		undecided := ui.Notice{Kind: "info", Text: c.T("result.letters.undecided")}
		if c.mayGet("/cycles/{id}/decision", v.Convenor.Place()) {
			undecided.Actions = []ui.Button{{Text: c.T("result.decision.title"), Href: cyclePath(id) + "/decision"}}
		}
		p.Notices = append(p.Notices, undecided)
	}
	if v.Notification != nil || v.Whole && v.Decision != nil {
		p.Actions = []ui.Button{{Text: c.T("result.notification.title"), Href: cyclePath(id) + "/notification"}}
	}
	if v.Decision != nil && s.Rooms.Results.HasLetters() && c.May(authz.LetterIssue, v.Convenor.Place()) {
		c.countLetters(p, v)
	}
	return c.RenderStatus(status, "result_letters", p)
}

// countLetters says how many letters are still to be drafted and issued.
func (c *Ctx) countLetters(p *ResultLettersPage, v result.LettersView) {
	none, drafts, issued, held := 0, 0, 0, 0
	for _, r := range v.Rows {
		switch {
		case len(r.Letters) == 0 || r.Letters[0].Decision != v.Decision.ID:
			none++
		case r.Letters[0].State == result.LetterDraft:
			drafts++
			if r.Held() {
				held++
			}
		default:
			issued++
		}
	}
	p.Figures = ui.KeyFigures{Items: []ui.Figure{{Label: c.T("result.letters.to_draft"), Value: c.num(none)}, {Label: c.T("result.letters.drafts"), Value: c.num(drafts)}, {Label: c.T("result.letters.issued"), Value: c.num(issued), Unit: "/ " + c.num(len(v.Rows))}}}
	p.Draft, p.IssueAll = none > 0, none == 0 && drafts > held
}

func (c *Ctx) letterTable(v result.LettersView) ui.Table {
	t := ui.Table{Caption: c.T("result.letters.title"), HideCaption: true, Columns: []ui.Column{{Head: c.T("result.unit")}}, Empty: &ui.EmptyState{Title: c.T("result.letters.none")}}
	if v.Whole {
		t.Columns = append(t.Columns, ui.Column{Head: c.T("result.decided")})
	}
	t.Columns = append(t.Columns, ui.Column{Head: c.T("result.letters.state")}, ui.Column{Head: c.T("result.letters.number")}, ui.Column{Head: c.T("result.letters.earlier")})
	for _, r := range v.Rows {
		if !v.Whole && len(r.Letters) == 0 {
			continue
		}
		row := ui.Row{Cells: []ui.Cell{{Text: r.Unit.In(c.Lang), Sub: r.Unit.Code}}}
		if v.Whole {
			row.Cells = append(row.Cells, ui.Cell{Status: c.gradeOrNone(v, r)})
		}
		state, number, earlier := ui.Cell{Status: &ui.Status{State: ui.Waiting, Text: c.T("result.letters.not_drafted")}}, ui.Cell{}, ui.Cell{}
		for i, l := range r.Letters {
			if i > 0 {
				earlier = ui.Cell{Text: l.Number, Href: l.Path()}
				break
			}
			row.Href = l.Path()
			state.Status = c.letterStatus(l, v.Decision != nil && l.Decision != v.Decision.ID)
			if r.Held() {
				state.Sub = c.T("result.letters.held")
			}
			number = ui.Cell{Text: l.Number, Sub: c.locale().Date(l.IssuedOn)}
		}
		t.Rows = append(t.Rows, ui.Row{Href: row.Href, Cells: append(row.Cells, state, number, earlier)})
	}
	return t
}

func (c *Ctx) gradeOrNone(v result.LettersView, r result.LetterRow) *ui.Status {
	if r.Grade == "" {
		return &ui.Status{State: ui.Waiting, Text: c.T("result.letters.undecided_unit")}
	}
	return c.gradeStatus(v.Plan.Body, r.Grade)
}

func (c *Ctx) letterStatus(l result.Letter, old bool) *ui.Status {
	switch {
	case old:
		return &ui.Status{State: ui.Late, Text: c.T("result.letters.old")}
	case l.State == result.LetterIssued:
		return &ui.Status{State: ui.Done, Text: c.T("result.letters.is_issued")}
	}
	return &ui.Status{State: ui.Draft, Text: c.T("result.letters.is_draft")}
}

func (s *Server) draftLetters(c *Ctx) error { return s.draftKind(c, result.Feedback, "/letters") }

func (s *Server) draftKind(c *Ctx, kind result.Kind, back string) error {
	id, err := c.ID("id")
	if err != nil {
		return err
	}
	_, err = s.Rooms.Results.Draft(c.R.Context(), c.Actor, id, kind, c.Lang)
	if f := fault.As(err); f != nil && f.Kind == fault.Invalid && kind == result.Feedback {
		return s.showLetters(c, http.StatusUnprocessableEntity, c.T(f.Key, f.Args...))
	}
	if err != nil {
		return err
	}
	return c.Go(cyclePath(id)+back, "result.letters.flash_drafted")
}

func (s *Server) issueLetters(c *Ctx) error {
	id, err := c.ID("id")
	if err != nil {
		return err
	}
	_, left, err := s.Rooms.Results.IssueAll(c.R.Context(), c.Actor, id)
	if f := fault.As(err); f != nil && f.Kind == fault.Invalid {
		return s.showLetters(c, http.StatusUnprocessableEntity, c.T(f.Key, f.Args...))
	}
	if err != nil {
		return err
	}
	if left > 0 {
		return c.Go(cyclePath(id)+"/letters", "result.letters.flash_some")
	}
	return c.Go(cyclePath(id)+"/letters", "result.letters.flash_issued")
}

func (s *Server) letterOf(c *Ctx) (result.LetterView, error) {
	id, err := c.ID("id")
	if err != nil {
		return result.LetterView{}, err
	}
	return s.Rooms.Results.Letter(c.R.Context(), c.Scope(authz.Read), id)
}

func (s *Server) letterPage(c *Ctx) error { return s.showLetter(c, http.StatusOK, nil, nil) }

func (s *Server) showLetter(c *Ctx, status int, typed *result.Content, refused error) error {
	v, err := s.letterOf(c)
	if id, _ := c.ID("id"); fault.KindOf(err) == fault.NotFound || v.Letter.Kind == result.Notification && v.Letter.State == result.LetterIssued {
		if to, none := s.Rooms.Results.Led(c.R.Context(), c.Actor, id); none == nil {
			return c.Go(to, "")
		}
	}
	if err != nil {
		return err
	}
	l := v.Letter
	at := "/letters/" + itoa(l.ID)
	p := &ResultLetterPage{Path: at, Version: l.Version, Letter: c.letterText(l), Facts: c.letterFacts(v)}
	p.Title, p.Sub = c.T("result.letter."+string(l.Kind), "Unit", v.Unit.In(c.Lang)), c.cycleTitle(v.Cycle, v.Convenor)
	p.Crumbs = append(c.cycleCrumbs(v.Cycle, v.Convenor, c.T("result.letters.title")), ui.Link{Text: p.Title})
	p.Crumbs[2].Href = cyclePath(v.Cycle.ID) + "/letters"
	p.Status = c.letterStatus(l, v.Newer)
	p.Status.Box = true
	p.Edits = l.State == result.LetterDraft && c.May(authz.LetterIssue, v.Convenor.Place())
	p.CanIssue = p.Edits && !v.Newer
	p.Notices = c.letterNotices(v, p.Edits)
	p.Actions = []ui.Button{{Text: c.T("result.letter.paper"), Href: at + "/print"}, {Text: "DOCX", Href: at + "/docx", Download: true}}
	content := l.Content
	if typed != nil {
		content = *typed
	}
	if p.Edits {
		p.Fields = c.letterFields(l.Kind, content, c.Errors(refused))
		if l.Kind == result.Notification {
			if err := s.addRange(c, p, v, c.Errors(refused)["reach"]); err != nil {
				return err
			}
		}
		if v.Held && p.CanIssue {
			p.Fields = append(p.Fields, ui.Field{Type: "textarea", Rows: 2, Name: "reason", Label: c.T("result.letter.reason"), Hint: c.T("result.letter.reason_hint"), Value: c.Value("reason"), Error: c.Errors(refused)["reason"]})
		}
		p.Errors = ui.Errors(p.Fields...)
	}
	if fault.KindOf(refused) == fault.Stale && typed != nil {
		p.Stale = c.staleLetter(v, *typed)
	} else if text := c.Errors(refused)[""]; text != "" {
		p.Notices = append(p.Notices, ui.Notice{Kind: "error", Text: text})
	}
	return c.RenderStatus(status, "result_letter", p)
}

// addRange lets the drafter choose who may read a notification; what the plan says is marked.
func (s *Server) addRange(c *Ctx, p *ResultLetterPage, v result.LetterView, wrong string) error {
	ruled, err := plan.ByID(c.R.Context(), s.Reader, v.Cycle.Plan)
	if err != nil {
		return err
	}
	f := ui.Field{Type: "select", Name: "reach", Label: c.T("result.notification.range"), Hint: c.T("result.notification.range_hint"), Value: c.or("reach", string(v.Letter.Reach)), Required: true, Width: "medium", Error: wrong}
	for _, r := range plan.Ranges {
		text := c.T("plan.range." + string(r))
		if r == ruled.Body.Notify {
			text = c.T("result.notification.range_plan", "Range", text)
		}
		f.Options = append(f.Options, ui.Option{Value: string(r), Text: text})
	}
	p.Fields = append(p.Fields, f)
	return nil
}

func (c *Ctx) letterNotices(v result.LetterView, edits bool) []ui.Notice {
	var out []ui.Notice
	switch {
	case v.Newer && edits:
		out = append(out, ui.Notice{Kind: "warn", Text: c.T("result.letter.newer")})
	case v.Newer:
		out = append(out, ui.Notice{Kind: "warn", Text: c.T("result.letter.superseded")})
	}
	if edits {
		for _, d := range v.Doubts {
			out = append(out, ui.Notice{Kind: "warn", Text: c.T("result.doubt." + string(d) + "_here"), Actions: c.doubtActions(v.Cycle.ID, d)})
		}
	}
	return out
}

func (c *Ctx) letterFacts(v result.LetterView) ui.DescriptionList {
	l := v.Letter
	facts := []ui.Fact{{Term: c.T("result.changed_by"), Text: l.Name, Sub: c.locale().DateTime(l.At)}}
	if l.State == result.LetterIssued {
		facts = []ui.Fact{{Term: c.T("result.letters.number"), Text: l.Number}, {Term: c.T("result.letter.issued_on"), Text: c.locale().Date(l.IssuedOn), Sub: l.IssuedBy}}
		if l.Reason != "" && c.May(authz.LetterIssue, v.Convenor.Place()) {
			facts = append(facts, ui.Fact{Term: c.T("result.letter.reason"), Text: l.Reason})
		}
	}
	return ui.DescriptionList{Items: append(facts, c.logFact("letter", l.ID)...)}
}

func (c *Ctx) letterFields(kind result.Kind, t result.Content, errs map[string]string) []ui.Field {
	out := []ui.Field{{Type: "textarea", Rows: 2, Name: "title", Label: c.T("result.letter.title"), Value: t.Title, Required: true, Error: errs["title"]},
		{Name: "addressee", Label: c.T("result.letter.addressee"), Value: t.Addressee, Error: errs["addressee"]},
		{Type: "textarea", Rows: 4, Name: "opening", Label: c.T("result.letter.opening"), Value: t.Opening, Required: true, Error: errs["opening"]}}
	if kind == result.Feedback { // a notification's units come from the decision
		for _, sec := range t.Sections {
			out = append(out, ui.Field{Type: "textarea", Rows: max(3, len(sec.Items)+1), Name: "section-" + sec.ID, Label: sec.Heading, Hint: c.T("result.letter.one_a_line"), Value: strings.Join(sec.Items, "\n"), Error: errs["section-"+sec.ID]})
		}
	}
	return append(out, ui.Field{Type: "textarea", Rows: 4, Name: "closing", Label: c.T("result.letter.closing"), Value: t.Closing, Error: errs["closing"]},
		ui.Field{Name: "signature", Label: c.T("result.letter.signature"), Value: t.Signature, Error: errs["signature"]})
}

// typedLetter reads the form of a letter over what stands in it.
func (c *Ctx) typedLetter(now result.Content) result.Content {
	out := result.Content{Title: c.Value("title"), Addressee: c.Value("addressee"), Opening: c.Value("opening"), Closing: c.Value("closing"), Signature: c.Value("signature")}
	for _, sec := range now.Sections {
		if _, sent := c.R.PostForm["section-"+sec.ID]; sent {
			sec.Items = splitLines(c.Value("section-" + sec.ID))
		}
		out.Sections = append(out.Sections, sec)
	}
	return out
}

func (c *Ctx) staleLetter(v result.LetterView, typed result.Content) *ui.Stale {
	st := &ui.Stale{TheirsMeta: joined(v.Letter.Name, c.locale().DateTime(v.Letter.At)), Keep: ui.Button{Text: c.T("result.stale.keep"), Kind: "primary", Form: "letter", Name: "do", Value: "save"},
		Discard: ui.Button{Text: c.T("result.stale.discard"), Href: "/letters/" + itoa(v.Letter.ID)}}
	now, mine := c.letterFields(v.Letter.Kind, v.Letter.Content, nil), c.letterFields(v.Letter.Kind, typed, nil)
	for i := range min(len(now), len(mine)) {
		if row := (ui.StaleRow{Label: now[i].Label, Yours: mine[i].Value, Theirs: now[i].Value}); row.Differs() {
			st.Rows = append(st.Rows, row)
		}
	}
	return st
}

// saveLetter keeps the text of a draft, and issues it where asked.
func (s *Server) saveLetter(c *Ctx) error {
	v, err := s.letterOf(c)
	if err != nil {
		return err
	}
	ctx, id, typed := c.R.Context(), v.Letter.ID, c.typedLetter(v.Letter.Content)
	version, do := int(c.Int("version", 0)), c.Value("do")
	switch do {
	case "again":
		err = s.Rooms.Results.Redraft(ctx, c.Actor, id, version)
	default:
		err = s.Rooms.Results.Edit(ctx, c.Actor, id, version, typed, plan.Range(c.Value("reach")))
	}
	if err == nil && do == "issue" {
		err = s.Rooms.Results.Issue(ctx, c.Actor, id, version+1, c.Value("reason"))
	}
	switch fault.KindOf(err) {
	case fault.Invalid, fault.Stale:
		return s.showLetter(c, statusOf[fault.KindOf(err)], &typed, err)
	}
	if err != nil {
		return err
	}
	flash := map[string]string{"issue": "result.letter.flash_issued", "again": "result.letter.flash_again"}[do]
	if flash == "" {
		flash = "result.letter.flash_saved"
	}
	if do == "issue" {
		return c.Go(v.Letter.Path(), flash)
	}
	return c.Go("/letters/"+itoa(id), flash)
}

// letterText is a letter's content with its number and date.
func (c *Ctx) letterText(l result.Letter) LetterText {
	t := l.Content
	out := LetterText{Lang: l.Lang, Title: splitLines(t.Title), Number: l.Number, Addressee: t.Addressee, Opening: splitLines(t.Opening), Closing: splitLines(t.Closing),
		Signature: t.Signature, Date: result.DateIn(l.Lang, l.IssuedOn)}
	for _, sec := range t.Sections {
		if len(sec.Items) > 0 {
			out.Sections = append(out.Sections, LetterSection{Heading: sec.Heading, Items: sec.Items})
		}
	}
	return out
}

func (s *Server) letterPrint(c *Ctx) error {
	v, err := s.letterOf(c)
	if err != nil {
		return err
	}
	p := &LetterPrintPage{Letter: c.letterText(v.Letter)}
	p.Kind, p.Title = ui.KindPrint, strings.Join(p.Letter.Title, "")
	return c.Render("letter_print", p)
}

func (s *Server) letterDOCX(c *Ctx) error {
	v, err := s.letterOf(c)
	if err != nil {
		return err
	}
	return c.sendLetter(c.letterText(v.Letter), joined(c.T("result.letters.title"), v.Unit.In(c.Lang)))
}

const docxType = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

// sendLetter sends a letter as an office document in the plain style.
func (c *Ctx) sendLetter(t LetterText, name string) error {
	d := docx.Document{Style: docx.Plain, Language: docx.Chinese, Title: strings.Join(t.Title, "\n"), Number: t.Number, Addressee: t.Addressee, Signature: t.Signature, Date: t.Date}
	if t.Lang == "en" {
		d.Language = docx.English
	}
	for _, line := range t.Opening {
		d.Blocks = append(d.Blocks, docx.Paragraph{Text: line})
	}
	for _, sec := range t.Sections {
		d.Blocks = append(d.Blocks, docx.Heading{Level: 1, Text: sec.Heading})
		if sec.Plain {
			d.Blocks = append(d.Blocks, docx.Paragraph{Text: c.list(sec.Items)})
			continue
		}
		for i, item := range sec.Items {
			if len(sec.Items) > 1 {
				item = c.num(i+1) + ". " + item
			}
			d.Blocks = append(d.Blocks, docx.Paragraph{Text: item})
		}
	}
	for _, line := range t.Closing {
		d.Blocks = append(d.Blocks, docx.Paragraph{Text: line})
	}
	var b bytes.Buffer
	if _, err := d.WriteTo(&b); err != nil {
		return err
	}
	_, err := io.Copy(c.download(strings.ReplaceAll(name, " · ", "-")+".docx", docxType), &b)
	return err
}
