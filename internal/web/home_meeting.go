package web

import (
	"plumbline/internal/authz"
	"plumbline/internal/fault"
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
		if card != nil {
			out.Cards = append(out.Cards, *card)
		}
	}
	if len(out.Cards) == 0 {
		return nil, nil
	}
	return out, nil
}

// homeMeetingCard is one meeting, or nil where it is over and nothing waits for the reader.
func (s *Server) homeMeetingCard(c *Ctx, m meeting.Meeting) (*ui.Card, error) {
	h, err := s.hallOf(c, m.ID)
	if fault.KindOf(err) == fault.NotFound {
		return nil, nil // may comment there, but not read
	}
	if err != nil {
		return nil, err
	}
	b, err := s.readBoard(c, h)
	if err != nil {
		return nil, err
	}
	waiting := len(b.Reporters) - b.confirmed()
	if m.State == meeting.Ended && (h.Cycle.State.AtLeast(cycle.Appraised) || h.Runs) && !(h.Runs && waiting > 0) {
		return nil, nil
	}
	card := &ui.Card{Title: c.cycleTitle(h.Cycle, h.Unit), Href: h.path(""), Status: c.meetingStatus(m.State), Meta: []string{c.when(m)}}
	if m.Place != "" {
		card.Meta = append(card.Meta, m.Place)
	}
	if h.Runs {
		card.Meta = append(card.Meta, c.T("meeting.home.comments", "Done", b.confirmed(), "Of", len(b.Reporters)))
	}
	switch {
	case h.Voice == meeting.Higher:
		card.Actions = []ui.Button{{Text: c.T("meeting.comment.begin_higher"), Kind: "primary", Post: h.path("/comments"), Fields: c.onceField()}}
	case h.Runs && m.State == meeting.Ended:
		card.Text = c.T("meeting.task.comments", "Count", waiting)
		card.Actions = []ui.Button{{Text: c.T("meeting.home.confirm"), Kind: "primary", Href: "/cycles/" + itoa(m.Cycle) + "/comments"}}
		return card, nil
	default:
		card.Actions = []ui.Button{{Text: c.T("meeting.hear"), Kind: "primary", Href: h.path("/hear")}}
	}
	return card, s.whomNext(c, h, b, card)
}

// whomNext says on a card who is on, or next, and what became of what they were told.
func (s *Server) whomNext(c *Ctx, h hall, b meetingBoard, card *ui.Card) error {
	x, key := b.Stage.Now(b.Slots), "meeting.home.now"
	if x == nil {
		x, key = b.Stage.Next(b.Slots), "meeting.next"
	}
	if x == nil || h.M.State == meeting.Ended {
		return nil
	}
	card.Text = c.T(key, "Unit", x.UnitName.In(c.Lang), "Who", c.who(x.Person, x.Post))
	if h.Voice == meeting.Higher {
		return nil
	}
	past, err := s.Rooms.Meetings.LastYear(c.R.Context(), x.Unit, h.Cycle)
	ended := 0
	for _, f := range past {
		if f.Ended {
			ended++
		}
	}
	card.Meta = append(card.Meta, c.T("meeting.home.told", "Count", len(past), "Ended", ended, "Open", len(past)-ended))
	return err
}

// confirmed counts the reporters on whom the chair's comment is confirmed as it stands.
func (b meetingBoard) confirmed() int {
	n := 0
	for _, r := range b.Reporters {
		if k := b.of(r.ID); k != nil && k.Edition > 0 && !k.Pending {
			n++
		}
	}
	return n
}
