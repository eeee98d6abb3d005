package web

import (
	"strconv"
	"strings"

	"plumbline/internal/ledger"
	"plumbline/internal/web/ui"
)

// NoticesPage is what the reader was told: what is unread first, then what was read.
type NoticesPage struct {
	Page
	Unread ui.Table
	Read   *ui.Table
	Heads  struct{ Unread, Read ui.Heading }
}

// NoticesBlock is the beginning of it on the first screen.
type NoticesBlock struct {
	Heading ui.Heading
	Table   ui.Table
}

const (
	noticesPage  = 50
	noticesShown = 3
)

// bell leads to the notices and says how many are unread.
func (c *Ctx) bell() *ui.Link {
	n, err := c.srv.Ledgers().Unread(c.R.Context(), c.Actor)
	if err != nil {
		c.srv.Log.Error("unread notices can't be counted", "error", err)
	}
	link := &ui.Link{Text: c.T("notice.title"), Href: "/notices", Current: c.R.URL.Path == "/notices"}
	if n > 0 {
		link.Count = upTo(int64(n), ledger.MostUnread)
		link.Text = c.T("notice.bell", "Count", n)
	}
	return link
}

func (s *Server) notices(c *Ctx) error {
	ctx := c.R.Context()
	unread, err := s.Ledgers().Notices(ctx, c.Actor, ledger.NoticeQuery{Limit: noticesPage})
	if err != nil {
		return err
	}
	before := c.Int("before", 0)
	read, err := s.Ledgers().Notices(ctx, c.Actor, ledger.NoticeQuery{Read: true, Before: before, Limit: noticesPage + 1})
	if err != nil {
		return err
	}
	p := &NoticesPage{}
	p.Title = c.T("notice.title")
	p.Heads.Unread, p.Heads.Read = ui.Heading{Text: c.T("notice.unread")}, ui.Heading{Text: c.T("notice.read"), ID: "read"}
	p.Unread = c.noticesTable(unread, c.T("notice.unread"))
	p.Unread.Empty = &ui.EmptyState{Title: c.T("notice.none"), Text: c.T("notice.none_hint")}
	if len(unread) > 0 {
		p.Heads.Unread.Actions = []ui.Button{{Text: c.T("notice.read_all"), Small: true, Post: "/notices/read",
			Fields: []ui.Pair{{Name: "upto", Value: itoa(unread[0].ID)}, {Name: "_once", Value: newToken()}}}}
	}
	if len(read) == 0 && before == 0 {
		return c.Render("notices", p)
	}
	more := len(read) > noticesPage
	read = read[:min(len(read), noticesPage)]
	table := c.noticesTable(read, c.T("notice.read"))
	if more || before != 0 {
		table.Pager = &ui.Pager{Text: c.T("notice.page", "Count", len(read))}
		if more {
			table.Pager.Next = "/notices?before=" + itoa(read[len(read)-1].ID) + "#read"
		}
		if before != 0 {
			table.Pager.Links = []ui.Link{{Text: c.T("notice.newest"), Href: "/notices"}}
		}
	}
	p.Read = &table
	return c.Render("notices", p)
}

func (c *Ctx) noticesTable(list []ledger.Notice, caption string) ui.Table {
	t := ui.Table{Caption: caption, HideCaption: true, Columns: []ui.Column{{Head: c.T("notice.matter")}, {Head: c.T("notice.what")}, {Head: c.T("notice.when"), Align: "nowrap"}}}
	l := c.locale()
	for _, n := range list {
		what := c.noticeCell(n)
		cell := ui.Cell{Text: n.About.Title, Sub: n.About.Number}
		if n.About.ID == 0 {
			cell, what.Sub = ui.Cell{Text: c.T("notice.out_of_reach")}, ""
		}
		t.Rows = append(t.Rows, ui.Row{Href: "/notices/" + itoa(n.ID), Cells: []ui.Cell{cell, what, ui.T(l.DateTime(n.At))}})
	}
	return t
}

// noticeCell says what a notice tells, with the remark of whoever caused it.
func (c *Ctx) noticeCell(n ledger.Notice) ui.Cell {
	if step, moved := strings.CutPrefix(n.Kind, ledger.NoticeStep); moved {
		return ui.Cell{Status: &ui.Status{State: ui.Info, Text: c.T("notice.kind.step", "Step", c.stepTold(n.About, step))}, Sub: n.Note}
	}
	key, state := "notice.kind."+n.Kind, ui.Info
	switch {
	case n.Kind == ledger.StepEscalate && n.Level > 0:
		key, state = key+"_above", ui.Late
	case n.Kind == ledger.StepEscalate:
		state = ui.Late
	case n.Kind == ledger.StepRemind:
		state = ui.Soon
	}
	return ui.Cell{Status: &ui.Status{State: state, Text: c.T(key, "Date", c.date(n.Due))}, Sub: n.Note}
}

// stepTold is a step of a matter as its history tells it; "" where the matter is out of the reader's reach.
func (c *Ctx) stepTold(m ledger.Matter, step string) string {
	if m.ID == 0 {
		return ""
	}
	d, err := c.srv.Ledgers().Types().At(c.R.Context(), c.srv.Reader, m.Type, m.TypeVersion)
	if err != nil {
		return "" // the notice still leads to the matter
	}
	t, _ := d.Step(step)
	return t.Told(c.Lang)
}

// notice leads on to the matter and remembers that the notice was read.
func (s *Server) notice(c *Ctx) error {
	id, err := c.ID("id")
	if err != nil {
		return err
	}
	matter, err := s.Ledgers().ReadNotice(c.R.Context(), c.Actor, id)
	if err != nil {
		return err
	}
	if _, err := s.Ledgers().Find(c.R.Context(), c.Actor, matter); err != nil {
		return c.Go("/notices", "")
	}
	return c.Go("/matters/"+itoa(matter), "")
}

func (s *Server) readNotices(c *Ctx) error {
	if err := s.Ledgers().ReadAll(c.R.Context(), c.Actor, c.Int("upto", 0)); err != nil {
		return err
	}
	return c.Go("/notices", "notice.all_read")
}

// noticesBlock is the newest unread notices; nil where there is none.
func (s *Server) noticesBlock(c *Ctx) (*NoticesBlock, error) {
	list, err := s.Ledgers().Notices(c.R.Context(), c.Actor, ledger.NoticeQuery{Limit: noticesShown})
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return &NoticesBlock{Table: c.noticesTable(list, c.T("notice.title")), Heading: ui.Heading{Text: c.T("notice.title"),
		Actions: []ui.Button{{Text: c.T("notice.all"), Href: "/notices", Kind: "quiet"}}}}, nil
}

// recurText tells what a recurring matter made, and what it did not.
func (c *Ctx) recurText(e ledger.Event) string {
	var lines []string
	period, missed := "", 0
	for _, ch := range e.Changes {
		switch ch.Field {
		case ledger.ChangePeriod:
			period = c.date(ch.To)
			lines = append(lines, c.T("recur.made", "Date", period, "Number", e.Note))
		case ledger.ChangeRefused:
			lines = []string{c.T("recur.refused", "Date", period)}
		case ledger.ChangeMissed:
			missed, _ = strconv.Atoi(ch.To)
			lines = append(lines, c.T("recur.missed", "Count", missed))
		}
	}
	return strings.Join(lines, c.T("ledger.semicolon"))
}

// promptText tells of a reminder or an escalation whom it went to.
func (c *Ctx) promptText(d *ledger.Definition, e ledger.Event, names ledger.Names) string {
	as, unit, people, due, level, clock := "", "", "", "", 0, ""
	for _, ch := range e.Changes {
		switch ch.Field {
		case ledger.ChangeAs:
			as = ch.To
		case ledger.ChangeDue:
			due = c.date(ch.To)
		case ledger.ChangeLevel:
			level, _ = strconv.Atoi(ch.To)
		case ledger.ChangeUnit:
			u := names.Units[parseID(ch.To)]
			unit = u.In(c.Lang)
		case ledger.ChangePerson:
			if people != "" {
				people += c.T("list.separator")
			}
			p := names.People[parseID(ch.To)]
			people += p.In(c.Lang)
		case ledger.ChangeClock:
			for _, k := range d.Clocks {
				if k.ID == ch.To {
					clock = k.Name.In(c.Lang)
				}
			}
		}
	}
	whom := c.T("prompt.as."+as, "Unit", unit, "People", people)
	return c.T("prompt."+e.Step, "Whom", whom, "Date", due, "Clock", clock, "Level", level)
}
