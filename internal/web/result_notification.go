package web

import (
	"strings"

	"plumbline/internal/authz"
	"plumbline/internal/fault"
	"plumbline/internal/review/cycle"
	"plumbline/internal/review/result"
	"plumbline/internal/web/ui"
)

// ResultNotificationPage is the notification of results, as far as its reader may know them.
type ResultNotificationPage struct {
	Page
	Notices []ui.Notice
	Letter  LetterText
	Facts   ui.DescriptionList
	Older   []ui.Link
	Draft   bool
	Path    string
	None    *ui.EmptyState
}

// notificationOf finds the notification; whoever is not signed in and may not read it is asked to sign in.
func (s *Server) notificationOf(c *Ctx) (result.NotificationView, error) {
	id, err := c.ID("id")
	if err != nil {
		return result.NotificationView{}, err
	}
	v, err := s.Rooms.Results.Notification(c.R.Context(), c.Actor, id, c.Int("letter", 0))
	if fault.KindOf(err) != fault.NotFound || c.Actor.SignedIn() {
		return v, err
	}
	if _, none := cycle.ByID(c.R.Context(), s.Reader, id); none != nil {
		return v, none
	}
	return v, fault.New(fault.SignIn, "fault.sign_in")
}

func (s *Server) notificationPage(c *Ctx) error {
	v, err := s.notificationOf(c)
	if fault.KindOf(err) == fault.NotFound {
		return s.noNotification(c, err)
	}
	if err != nil {
		return err
	}
	l := v.Letter
	if l.State == result.LetterDraft && c.May(authz.LetterIssue, v.Convenor.Place()) {
		return c.Go("/letters/"+itoa(l.ID), "")
	}
	p := &ResultNotificationPage{Letter: c.notificationText(v), Path: l.Path()}
	p.Title, p.Sub = c.T("result.notification.title"), c.cycleTitle(v.Cycle, v.Convenor)
	p.Status = c.letterStatus(l, v.Newer && v.Manages)
	p.Status.Box = true
	if c.Actor.SignedIn() {
		p.Crumbs = c.cycleCrumbs(v.Cycle, v.Convenor, p.Title)
	}
	query := ""
	if id := c.Value("letter"); id != "" {
		query = "?letter=" + itoa(l.ID)
	}
	p.Actions = []ui.Button{{Text: c.T("result.letter.paper"), Href: l.Path() + "/print" + query}, {Text: "DOCX", Href: l.Path() + "/docx" + query, Download: true}}
	p.Facts = ui.DescriptionList{Items: []ui.Fact{{Term: c.T("result.letters.number"), Text: l.Number}, {Term: c.T("result.letter.issued_on"), Text: c.locale().Date(l.IssuedOn)},
		{Term: c.T("result.notification.range"), Text: c.T("plan.range." + string(l.Reach))}}}
	if !v.Whole {
		p.Notices = append(p.Notices, ui.Notice{Kind: "info", Text: c.T("result.notification.own_only")})
	}
	if v.Newer && v.Manages {
		p.Notices = append(p.Notices, ui.Notice{Kind: "warn", Text: c.T("result.notification.newer")})
		p.Draft = c.May(authz.LetterIssue, v.Convenor.Place())
	}
	for _, o := range v.Older {
		p.Older = append(p.Older, ui.Link{Text: joined(o.Number, c.locale().Date(o.IssuedOn)), Href: o.Path() + "?letter=" + itoa(o.ID)})
	}
	return c.Render("result_notification", p)
}

// noNotification tells the convenor's side how to begin one; for others there is none.
func (s *Server) noNotification(c *Ctx, missing error) error {
	id, err := c.ID("id")
	if err != nil {
		return err
	}
	v, err := s.Rooms.Results.LettersOf(c.R.Context(), c.Scope(authz.Read), id)
	if err != nil || !v.Whole {
		return missing
	}
	p := &ResultNotificationPage{Path: cyclePath(id) + "/notification"}
	p.Title, p.Sub = c.T("result.notification.title"), c.cycleTitle(v.Cycle, v.Convenor)
	p.Crumbs = c.cycleCrumbs(v.Cycle, v.Convenor, p.Title)
	p.None = &ui.EmptyState{Title: c.T("result.notification.none"), Text: c.T("result.letters.undecided")}
	if v.Decision != nil {
		p.None.Text = c.T("result.notification.none_hint", "Range", c.T("plan.range."+string(v.Plan.Body.Notify)))
		p.Draft = s.Rooms.Results.HasLetters() && c.May(authz.LetterIssue, v.Convenor.Place())
	}
	return c.Render("result_notification", p)
}

func (c *Ctx) notificationText(v result.NotificationView) LetterText {
	t := c.letterText(v.Letter)
	t.Sections = nil
	for _, g := range v.Groups {
		sec := LetterSection{Heading: g.Heading, Plain: true}
		if sec.Heading == "" {
			def, _ := v.Plan.Body.Grade(g.Grade)
			sec.Heading = def.Name.In(v.Letter.Lang)
		}
		for _, u := range g.Units {
			sec.Items = append(sec.Items, u.In(v.Letter.Lang))
		}
		t.Sections = append(t.Sections, sec)
	}
	return t
}

func (s *Server) draftNotification(c *Ctx) error {
	return s.draftKind(c, result.Notification, "/notification")
}

func (s *Server) notificationPrint(c *Ctx) error {
	v, err := s.notificationOf(c)
	if err != nil {
		return err
	}
	p := &LetterPrintPage{Letter: c.notificationText(v)}
	p.Kind, p.Title = ui.KindPrint, strings.Join(p.Letter.Title, "")
	return c.Render("letter_print", p)
}

func (s *Server) notificationDOCX(c *Ctx) error {
	v, err := s.notificationOf(c)
	if err != nil {
		return err
	}
	return c.sendLetter(c.notificationText(v), c.T("result.notification.title"))
}
