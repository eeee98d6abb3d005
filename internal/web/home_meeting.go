package web

import (
	"plumbline/internal/authz"
	"plumbline/internal/org"
	"plumbline/internal/review/cycle"
	"plumbline/internal/review/meeting"
	"plumbline/internal/web/ui"
)

// HomeMeeting is what the presider, a member or an observer of the level above comes for: the next meeting, whom to
// hear, and which comments wait.
type HomeMeeting struct{ Cards []ui.Card }

// homeMeeting lists the meetings of open cycles in which the reader comments; nil where there is none.
func (s *Server) homeMeeting(c *Ctx) (*HomeMeeting, error) {
	if !c.MayAnywhere(authz.CommentWrite) {
		return nil, nil
	}
	list, err := meeting.OfScope(c.R.Context(), s.Reader, c.Scope(authz.CommentWrite))
	if err != nil {
		return nil, err
	}
	out := &HomeMeeting{}
	for _, m := range list {
		card, err := s.homeMeetingCard(c, m)
		if err != nil {
			return nil, err
		}
		out.Cards = append(out.Cards, card)
	}
	if len(out.Cards) == 0 {
		return nil, nil
	}
	return out, nil
}

func (s *Server) homeMeetingCard(c *Ctx, m meeting.Meeting) (card ui.Card, err error) {
	ctx := c.R.Context()
	h := hall{M: m}
	if h.Cycle, err = cycle.ByID(ctx, s.Reader, m.Cycle); err != nil {
		return card, err
	}
	if h.Unit, err = org.UnitByID(ctx, s.Reader, m.Unit); err != nil {
		return card, err
	}
	h.Runs = c.May(authz.MeetingRun, h.Unit.Place())
	h.Voice = meeting.VoiceOf(s.Gate.Policy(), c.Actor, h.Unit.Place())
	b, err := s.readBoard(c, h)
	if err != nil {
		return card, err
	}
	card = ui.Card{Title: c.cycleTitle(h.Cycle, h.Unit), Href: h.path(""), Status: c.meetingStatus(m.State), Meta: []string{c.when(m)}}
	if m.Place != "" {
		card.Meta = append(card.Meta, m.Place)
	}
	if now := b.Stage.Now(b.Slots); now != nil {
		card.Text = c.T("meeting.home.now", "Unit", now.UnitName.In(c.Lang), "Who", c.who(now.Person, now.Post))
	} else if next := b.Stage.Next(b.Slots); next != nil && m.State != meeting.Ended {
		card.Text = c.T("meeting.next", "Unit", next.UnitName.In(c.Lang), "Who", c.who(next.Person, next.Post))
	}
	if card.Text != "" && h.Voice != meeting.Higher {
		told, err := s.toldLastYear(c, h, b)
		if err != nil {
			return card, err
		}
		card.Meta = append(card.Meta, told)
	}
	if h.Voice == meeting.Higher {
		card.Actions = []ui.Button{{Text: c.T("meeting.comment.begin_higher"), Kind: "primary", Post: h.path("/comments"), Fields: c.onceField()}}
		return card, nil
	}
	confirmed := b.confirmed()
	waiting := len(b.Reporters) - confirmed
	if h.Runs {
		card.Meta = append(card.Meta, c.T("meeting.home.comments", "Done", confirmed, "Of", len(b.Reporters)))
	}
	card.Actions = []ui.Button{{Text: c.T("meeting.hear"), Kind: "primary", Href: h.path("/hear")}}
	if h.Runs && m.State == meeting.Ended && waiting > 0 {
		card.Text = c.T("meeting.task.comments", "Count", waiting)
		card.Actions = []ui.Button{{Text: c.T("meeting.home.confirm"), Kind: "primary", Href: "/cycles/" + itoa(m.Cycle) + "/comments"}}
	}
	return card, nil
}

// confirmed counts the reporters on whom the chair's comment is confirmed as it stands.
func (b board) confirmed() int {
	n := 0
	for _, r := range b.Reporters {
		if k := b.of(r.ID); k != nil && k.Edition > 0 && !k.Pending {
			n++
		}
	}
	return n
}

// toldLastYear says of whoever is on, or next, what was found before and what became of it.
func (s *Server) toldLastYear(c *Ctx, h hall, b board) (string, error) {
	x := b.Stage.Now(b.Slots)
	if x == nil {
		x = b.Stage.Next(b.Slots)
	}
	past, err := s.Rooms.Meetings.LastYear(c.R.Context(), x.Unit, h.Cycle)
	if err != nil {
		return "", err
	}
	ended := 0
	for _, f := range past {
		if f.Ended {
			ended++
		}
	}
	return c.T("meeting.home.told", "Count", len(past), "Ended", ended, "Open", len(past)-ended), nil
}
