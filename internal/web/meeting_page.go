package web

import (
	"net/http"

	"plumbline/internal/authz"
	"plumbline/internal/fault"
	"plumbline/internal/org"
	"plumbline/internal/review/cycle"
	"plumbline/internal/review/meeting"
	"plumbline/internal/web/ui"
)

// MeetingPage is the meeting at a glance: when and where, the agenda, who speaks in which order, what was commented.
type MeetingPage struct {
	Page
	Tabs    ui.Tabs
	Facts   []ui.Fact
	Agenda  ui.Table
	Order   ui.Table
	Written *ui.Table
	Draw    []ui.Fact
	Others  *ui.Table // comments of others
	Links   []ui.Button
	Begin   *ui.Button
}

func (s *Server) meetingPage(c *Ctx) error {
	h, err := s.hallHere(c)
	if err != nil {
		return err
	}
	p := &MeetingPage{}
	c.hallPage(&p.Page, h, "")
	p.Status, p.Tabs = c.meetingStatus(h.M.State), c.cycleTabs(h.Cycle, "/meeting")
	b, err := s.readBoard(c, h)
	if err != nil {
		return err
	}
	p.Facts = c.meetingFacts(h, b)
	p.Agenda = c.agendaTable(b.Agenda)
	p.Order = c.orderTable(h, b)
	p.Written = c.writtenTable(h, b)
	p.Others = c.othersTable(b)
	if p.Draw, err = s.drawFacts(c, h); err != nil {
		return err
	}
	c.meetingActions(p, h)
	return c.Render("meeting", p)
}

// meetingBoard is everything that is read of a meeting for its pages.
type meetingBoard struct {
	Agenda    []meeting.Item
	Slots     []meeting.Slot
	Reporters []meeting.Reporter
	Events    []meeting.Event
	Stage     meeting.Stage
	Comments  []meeting.Comment
	Presider  string
	Now       int64
}

// of gives the chair's comment on a reporter; nil where there is none that the reader may know of.
func (b meetingBoard) of(reporter int64) *meeting.Comment {
	for i := range b.Comments {
		if b.Comments[i].Reporter == reporter && b.Comments[i].Voice == meeting.Chair {
			return &b.Comments[i]
		}
	}
	return nil
}

func (s *Server) readBoard(c *Ctx, h hall) (b meetingBoard, err error) {
	ctx := c.R.Context()
	b.Now = s.Now().UnixMicro()
	if b.Agenda, err = meeting.Agenda(ctx, s.Reader, h.M.ID); err != nil {
		return b, err
	}
	if b.Slots, err = meeting.Slots(ctx, s.Reader, h.M.ID); err != nil {
		return b, err
	}
	if b.Reporters, err = meeting.Reporters(ctx, s.Reader, h.M); err != nil {
		return b, err
	}
	if b.Events, err = meeting.Events(ctx, s.Reader, h.M.ID); err != nil {
		return b, err
	}
	b.Stage = meeting.Replay(b.Events)
	if b.Comments, err = meeting.Comments(ctx, s.Reader, c.reader(h), h.M.ID); err != nil {
		return b, err
	}
	if h.M.Presider != 0 {
		p, err := org.PersonByID(ctx, s.Reader, h.M.Presider)
		if err != nil {
			return b, err
		}
		b.Presider = p.In(c.Lang)
	}
	return b, nil
}

func (c *Ctx) meetingFacts(h hall, b meetingBoard) []ui.Fact {
	limit := c.T("meeting.no_limit")
	if h.M.Limit > 0 {
		limit = c.T("meeting.minutes", "Count", h.M.Limit/60)
	}
	facts := []ui.Fact{{Term: c.T("meeting.when"), Text: c.when(h.M)}, {Term: c.T("meeting.place"), Text: orDash(h.M.Place)},
		{Term: c.T("meeting.presider"), Text: orDash(b.Presider)}, {Term: c.T("meeting.limit"), Text: limit}}
	if b.Stage.Opened != 0 {
		facts = append(facts, ui.Fact{Term: c.T("meeting.opened"), Text: c.locale().DateTime(b.Stage.Opened)})
	}
	if b.Stage.Ended != 0 {
		facts = append(facts, ui.Fact{Term: c.T("meeting.ended"), Text: c.locale().DateTime(b.Stage.Ended)})
	}
	return facts
}

func orDash(s string) string {
	if s == "" {
		return "—"
	}
	return s
}

func (c *Ctx) agendaTable(items []meeting.Item) ui.Table {
	t := ui.Table{Caption: c.T("meeting.agenda"), HideCaption: true, Columns: []ui.Column{{Head: c.T("meeting.no")}, {Head: c.T("meeting.item")}, {Head: c.T("meeting.item_minutes"), Align: "right"}},
		Empty: &ui.EmptyState{Title: c.T("meeting.no_agenda")}}
	for i, it := range items {
		row := ui.Row{Cells: []ui.Cell{ui.T(itoa(int64(i + 1))), ui.T(c.itemName(it)), {}}}
		if it.Minutes > 0 {
			row.Cells[2].Text = itoa(int64(it.Minutes))
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

var phaseLamps = map[meeting.Phase]string{meeting.Waiting: ui.None, meeting.Speaking: ui.OnTime, meeting.Paused: ui.Waiting, meeting.Spoken: ui.Done}

func (c *Ctx) phase(p meeting.Phase) *ui.Status {
	key := string(p)
	if p == meeting.Waiting {
		key = "waiting"
	}
	return &ui.Status{State: phaseLamps[p], Text: c.T("meeting.phase." + key)}
}

// placed is a unit with its place in the order: on a phone it heads the card.
func (c *Ctx) placed(i int, x meeting.Slot) string {
	return itoa(int64(i+1)) + ". " + x.UnitName.In(c.Lang)
}

func (c *Ctx) orderTable(h hall, b meetingBoard) ui.Table {
	t := ui.Table{Caption: c.T("meeting.order"), HideCaption: true, Columns: []ui.Column{{Head: c.T("meeting.unit")}, {Head: c.T("meeting.speaker")},
		{Head: c.T("meeting.turn")}, {Head: c.T("meeting.spoke"), Align: "right"}, {Head: c.T("meeting.comment")}},
		Empty: &ui.EmptyState{Title: c.T("meeting.nobody"), Text: c.T("meeting.nobody_hint")}}
	for i, x := range b.Slots {
		turn := b.Stage.Turns[x.ID]
		row := ui.Row{Cells: []ui.Cell{ui.T(c.placed(i, x)), ui.T(c.who(x.Person, x.Post)), {Status: c.phase(turn.Phase)}, {},
			c.commentCell(b.of(x.Reporter))}}
		if turn.Begun != 0 {
			row.Cells[3].Text = span(turn.Clock.At(b.Now))
		}
		if h.Voice != "" {
			row.Href = h.path("/hear/" + itoa(x.Reporter))
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// commentCell shows how far a comment is.
func (c *Ctx) commentCell(k *meeting.Comment) ui.Cell {
	if k == nil {
		return ui.Cell{Status: &ui.Status{State: ui.None, Text: c.T("meeting.comment.none")}}
	}
	return ui.Cell{Status: c.commentStatus(*k), Href: "/comments/" + itoa(k.ID)}
}

func (c *Ctx) commentStatus(k meeting.Comment) *ui.Status {
	switch {
	case k.Edition == 0:
		return &ui.Status{State: ui.Draft, Text: c.T("meeting.comment.draft")}
	case k.Pending:
		return &ui.Status{State: ui.Soon, Text: c.T("meeting.comment.pending")}
	}
	return &ui.Status{State: ui.Done, Text: c.T("meeting.comment.confirmed")}
}

func (c *Ctx) writtenTable(h hall, b meetingBoard) *ui.Table {
	t := &ui.Table{Caption: c.T("meeting.written"), HideCaption: true, Columns: []ui.Column{{Head: c.T("meeting.unit")}, {Head: c.T("meeting.speaker")}, {Head: c.T("meeting.comment")}}}
	for _, r := range b.Reporters {
		if r.Slot != 0 {
			continue
		}
		row := ui.Row{Cells: []ui.Cell{{Text: r.UnitName.In(c.Lang)}, ui.T(c.who(r.Person, r.Post)), c.commentCell(b.of(r.ID))}}
		if h.Voice != "" {
			row.Href = h.path("/hear/" + itoa(r.ID))
		}
		t.Rows = append(t.Rows, row)
	}
	if len(t.Rows) == 0 {
		return nil
	}
	return t
}

// othersTable lists the comments that are not the chair's.
func (c *Ctx) othersTable(b meetingBoard) *ui.Table {
	t := &ui.Table{Caption: c.T("meeting.others"), HideCaption: true, Columns: []ui.Column{{Head: c.T("meeting.comment.by")}, {Head: c.T("meeting.comment.on")}, {Head: c.T("meeting.comment")}}}
	units := map[int64]string{}
	for _, r := range b.Reporters {
		units[r.ID] = r.UnitName.In(c.Lang)
	}
	for _, k := range b.Comments {
		if k.Voice == meeting.Chair {
			continue
		}
		on := units[k.Reporter]
		if k.Voice == meeting.Higher {
			on = c.T("meeting.comment.on_convenor")
		}
		t.Rows = append(t.Rows, ui.Row{Href: "/comments/" + itoa(k.ID), Cells: []ui.Cell{{Text: c.author(k)}, ui.T(on), {Status: c.commentStatus(k)}}})
	}
	if len(t.Rows) == 0 {
		return nil
	}
	return t
}

func (c *Ctx) meetingActions(p *MeetingPage, h hall) {
	switch {
	case h.Cycle.State == cycle.Closed:
		if h.Runs {
			p.Primary = &ui.Button{Text: c.T("meeting.minutes_page"), Href: h.path("/record")}
			p.Links = []ui.Button{{Text: c.T("meeting.register"), Href: h.path("/register")}, {Text: c.T("meeting.attendance"), Href: h.path("/attendance")}}
			p.Links = append(p.Links, c.historyButton(meeting.Kind, h.M.ID)...)
		} else if h.Voice == meeting.OfMember {
			p.Links = []ui.Button{{Text: c.T("meeting.minutes_page"), Href: h.path("/record")}}
		}
	case h.Runs:
		p.Primary = &ui.Button{Text: c.T("meeting.console"), Href: h.path("/console")}
		if h.M.State == meeting.Ended {
			p.Primary = &ui.Button{Text: c.T("meeting.minutes_page"), Href: h.path("/record")}
		}
		p.Actions = []ui.Button{{Text: c.T("meeting.edit"), Href: h.path("/edit"), Key: "e"}, {Text: c.T("meeting.roll"), Href: h.path("/roll")}}
		p.Links = []ui.Button{{Text: c.T("meeting.console"), Href: h.path("/console")}, {Text: c.T("meeting.hear"), Href: h.path("/hear")}, {Text: c.T("meeting.stage"), Href: h.path("/stage")}, {Text: c.T("meeting.register"), Href: h.path("/register")},
			{Text: c.T("meeting.attendance"), Href: h.path("/attendance")}, {Text: c.T("meeting.minutes_page"), Href: h.path("/record")}}
		p.Links = append(p.Links, c.historyButton(meeting.Kind, h.M.ID)...)
	case h.Voice == meeting.Higher:
		p.Begin = &ui.Button{Text: c.T("meeting.comment.begin_higher"), Kind: "primary", Post: h.path("/comments"), Fields: c.onceField()}
	case h.Voice == meeting.OfMember:
		p.Links = []ui.Button{{Text: c.T("meeting.minutes_page"), Href: h.path("/record")}}
		p.Primary = &ui.Button{Text: c.T("meeting.hear"), Href: h.path("/hear")}
	}
}

// meetingOfCycle leads to the meeting of a cycle, or to the page that makes it.
func (s *Server) meetingOfCycle(c *Ctx) error {
	id, err := c.ID("id")
	if err != nil {
		return err
	}
	m, err := meeting.ByCycle(c.R.Context(), s.Reader, id)
	if err == nil {
		if _, err := s.hallOf(c, m.ID); err != nil {
			return err
		}
		http.Redirect(c.W, c.R, "/meetings/"+itoa(m.ID), http.StatusSeeOther)
		return nil
	}
	if fault.KindOf(err) != fault.NotFound {
		return err
	}
	return s.renderNewMeeting(c, http.StatusOK, id, nil)
}

// MeetingNewPage makes the meeting of a cycle.
type MeetingNewPage struct {
	Page
	Tabs   ui.Tabs
	Cycle  int64
	May    bool
	Errors *ui.ErrorSummary
	Fields []ui.Field
}

func (s *Server) renderNewMeeting(c *Ctx, status int, id int64, failed error) error {
	ctx := c.R.Context()
	cy, err := cycle.Find(ctx, s.Reader, c.Scope(authz.Read), id)
	if err != nil {
		return err
	}
	u, err := org.UnitByID(ctx, s.Reader, cy.Unit)
	if err != nil {
		return err
	}
	p := &MeetingNewPage{Cycle: id, May: c.May(authz.MeetingRun, u.Place())}
	p.Title, p.Sub = c.T("meeting.new"), c.cycleTitle(cy, u)
	p.Crumbs = c.cycleCrumbs(cy, u, c.T("meeting.title"))
	p.Tabs = c.cycleTabs(cy, "/meeting")
	form := meetingForm{Start: c.Value("start"), Place: c.Value("place"), Presider: c.Value("presider"), Minutes: c.Value("minutes")}
	if status == http.StatusOK {
		form.Start = "09:00"
	}
	if p.Fields, err = s.meetingFields(c, cy, form, failed); err != nil {
		return err
	}
	p.Errors = ui.Errors(p.Fields...)
	return c.RenderStatus(status, "meeting_new", p)
}

func (s *Server) createMeeting(c *Ctx) error {
	id, err := c.ID("id")
	if err != nil {
		return err
	}
	made, err := s.Rooms.Meetings.Create(c.R.Context(), c.Actor, id, c.meetingFacets())
	if formFault(err) && len(fault.As(err).Fields) > 0 {
		return s.renderNewMeeting(c, http.StatusUnprocessableEntity, id, err)
	}
	if err != nil {
		return err
	}
	return c.Go("/meetings/"+itoa(made), "meeting.flash.made")
}
