package web

import (
	"net/http"
	"strings"

	"plumbline/internal/fault"
	"plumbline/internal/ledger"
	"plumbline/internal/web/ui"
)

// TalkBlock is what was said of a matter, and the box to say more.
type TalkBlock struct {
	Items []TalkItem
	Box   ui.Field
	Names []TalkName
}

// TalkName is a name to put into the box at a press.
type TalkName struct{ Text, Insert string }

// TalkItem is one thing said. Sub tells what became of it, Missed which names could not be found, to its writer alone.
type TalkItem struct {
	ID, Who, When, ISO, Text, Sub, Missed, Edit string
}

// matterTalk adds what was said, and whether the reader follows the matter.
func (s *Server) matterTalk(c *Ctx, p *MatterPage, m ledger.Matter, problems map[string]string) error {
	ctx := c.R.Context()
	follows, err := s.Ledgers().Follows(ctx, c.Actor, m.ID)
	if err != nil {
		return err
	}
	follow := ui.Button{Text: c.T("talk.follow"), Kind: "quiet", Post: "/matters/" + itoa(m.ID) + "/follow", Fields: []ui.Pair{{Name: "_once", Value: p.Once}, {Name: "follows", Value: "1"}}}
	if follows {
		follow.Text, follow.Fields[1].Value = c.T("talk.unfollow"), "0"
	}
	p.Actions = append(p.Actions, follow)
	said, err := s.Ledgers().TalkOf(ctx, m.ID)
	if err != nil {
		return err
	}
	for _, t := range said {
		p.Talk.Items = append(p.Talk.Items, c.talkItem(t))
	}
	names, err := s.Ledgers().Callable(ctx, c.Actor.Account, m)
	if err != nil {
		return err
	}
	for _, name := range names {
		p.Talk.Names = append(p.Talk.Names, TalkName{Text: "@" + name, Insert: "@" + name + " "})
	}
	p.Talk.Box = c.talkBox(c.sent("text"), problems["text"])
	return nil
}

func (c *Ctx) talkBox(text, problem string) ui.Field {
	return ui.Field{Type: "textarea", Name: "text", Label: c.T("talk.text"), Hint: c.T("talk.hint"), Value: text, Required: true, Rows: 3, Error: problem}
}

func (c *Ctx) talkItem(t ledger.Talk) TalkItem {
	l := c.locale()
	x := TalkItem{ID: "talk-" + itoa(t.ID), Who: t.Name, When: l.DateTime(t.At), ISO: l.ISO(t.At), Text: t.Text}
	if t.Withdrawn != 0 {
		x.Sub = c.T("talk.withdrawn", "When", l.DateTime(t.Withdrawn))
		return x
	}
	var told []string
	for _, n := range t.Told {
		told = append(told, n.Name)
	}
	var said []string
	if len(told) > 0 {
		said = append(said, c.T("talk.told", "Names", strings.Join(told, c.T("list.separator"))))
	}
	if t.Changed != 0 {
		said = append(said, c.T("talk.changed", "When", l.DateTime(t.Changed)))
	}
	x.Sub = strings.Join(said, " · ")
	if t.Account == c.Actor.Account {
		x.Edit = "/matters/" + itoa(t.Matter) + "/talk/" + itoa(t.ID)
		if len(t.Missed) > 0 {
			x.Missed = c.T("talk.missed", "Names", strings.Join(t.Missed, c.T("list.separator")))
		}
	}
	return x
}

func (s *Server) followMatter(c *Ctx) error {
	id, err := c.ID("id")
	if err != nil {
		return err
	}
	follows, flash := c.Value("follows") != "0", "talk.flash.follows"
	if !follows {
		flash = "talk.flash.unfollows"
	}
	if err := s.Ledgers().Follow(c.R.Context(), c.Actor, id, follows); err != nil {
		return err
	}
	return c.Go("/matters/"+itoa(id), flash)
}

func (s *Server) sayOfMatter(c *Ctx) error {
	id, err := c.ID("id")
	if err != nil {
		return err
	}
	t, err := s.Ledgers().Say(c.R.Context(), c.Actor, id, c.Value("text"))
	if problems := c.Errors(err); problems != nil {
		return s.matterPage(c, http.StatusUnprocessableEntity, id, problems)
	}
	if err != nil {
		return err
	}
	return c.saidGo(t)
}

// saidGo leads back to what was said, and says so where a name could not be found.
func (c *Ctx) saidGo(t ledger.Talk) error {
	flash := "talk.flash.said"
	if len(t.Missed) > 0 {
		flash = "talk.flash.missed"
	}
	return c.Go("/matters/"+itoa(t.Matter)+"#talk-"+itoa(t.ID), flash)
}

// TalkPage is the form to reword or withdraw what the reader said.
type TalkPage struct {
	Page
	Back, Action string
	Version      int
	Box          ui.Field
	Errors       *ui.ErrorSummary
}

func (s *Server) talkPage(c *Ctx) error { return s.talkForm(c, http.StatusOK, nil) }

func (s *Server) talkForm(c *Ctx, status int, problems map[string]string) error {
	id, talk, err := c.talkIDs()
	if err != nil {
		return err
	}
	m, err := s.Ledgers().Find(c.R.Context(), c.Actor, id)
	if err != nil {
		return err
	}
	t, err := s.Ledgers().OwnTalk(c.R.Context(), c.Actor, id, talk)
	if err != nil {
		return err
	}
	p := &TalkPage{Back: "/matters/" + itoa(id), Action: "/matters/" + itoa(id) + "/talk/" + itoa(talk), Version: t.Version}
	p.Title, p.Sub = c.T("talk.edit"), m.Number+" "+m.Title
	p.Crumbs = []ui.Link{{Text: c.T("ledger.title"), Href: "/matters"}, {Text: m.Number, Href: p.Back}, {Text: p.Title, Current: true}}
	text := t.Text
	if c.R.Method == http.MethodPost {
		text = c.Value("text")
	}
	p.Box = c.talkBox(text, problems["text"])
	p.Errors = ui.Errors(p.Box)
	if problems[""] != "" {
		p.Flash = &ui.Notice{Kind: "error", Text: problems[""]}
	}
	return c.RenderStatus(status, "talk", p)
}

func (c *Ctx) talkIDs() (matter, talk int64, err error) {
	if matter, err = c.ID("id"); err == nil {
		talk, err = c.ID("talk")
	}
	return matter, talk, err
}

func (s *Server) rewordTalk(c *Ctx) error {
	id, talk, err := c.talkIDs()
	if err != nil {
		return err
	}
	t, err := s.Ledgers().Reword(c.R.Context(), c.Actor, id, talk, int(c.Int("version", 0)), c.Value("text"))
	if problems := c.Errors(err); problems != nil {
		return s.talkForm(c, http.StatusUnprocessableEntity, problems)
	}
	if fault.KindOf(err) == fault.Stale {
		return s.talkForm(c, http.StatusConflict, map[string]string{"": c.T("talk.stale")})
	}
	if err != nil {
		return err
	}
	return c.saidGo(t)
}

func (s *Server) withdrawTalk(c *Ctx) error {
	id, talk, err := c.talkIDs()
	if err != nil {
		return err
	}
	back := "/matters/" + itoa(id)
	if !c.Sure() {
		return c.AskFirst(c.T("talk.withdraw_sure"), c.T("talk.withdraw"), back)
	}
	if err := s.Ledgers().Withdraw(c.R.Context(), c.Actor, id, talk); err != nil {
		return err
	}
	return c.Go(back+"#talk-"+itoa(talk), "talk.flash.withdrawn")
}
