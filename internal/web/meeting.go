package web

import (
	"fmt"

	"plumbline/internal/authz"
	"plumbline/internal/fault"
	"plumbline/internal/org"
	"plumbline/internal/review/cycle"
	"plumbline/internal/review/meeting"
	"plumbline/internal/web/ui"
)

// hall is a meeting as one reader comes to it.
type hall struct {
	M     meeting.Meeting
	Cycle cycle.Cycle
	Unit  org.Unit      // the convenor
	Runs  bool          // the reader hosts it
	Voice meeting.Voice // for whom the reader comments; "" for nobody
}

// path is the address of the meeting or of a page below it.
func (h hall) path(below string) string { return "/meetings/" + itoa(h.M.ID) + below }

// hallOf gives a meeting to whoever may know of its cycle.
func (s *Server) hallOf(c *Ctx, id int64) (h hall, err error) {
	ctx := c.R.Context()
	if h.M, err = meeting.ByID(ctx, s.Reader, id); err != nil {
		return h, err
	}
	if h.Cycle, err = cycle.Find(ctx, s.Reader, c.Scope(authz.Read), h.M.Cycle); err != nil {
		return h, err
	}
	if h.Unit, err = org.UnitByID(ctx, s.Reader, h.M.Unit); err != nil {
		return h, err
	}
	h.Runs = c.May(authz.MeetingRun, h.Unit.Place())
	h.Voice = meeting.VoiceOf(s.Gate.Policy(), c.Actor, h.Unit.Place())
	return h, nil
}

// hallHere is the meeting in the address.
func (s *Server) hallHere(c *Ctx) (hall, error) {
	id, err := c.ID("id")
	if err != nil {
		return hall{}, err
	}
	return s.hallOf(c, id)
}

// hosted is the meeting in the address, for its host alone.
func (s *Server) hosted(c *Ctx) (hall, error) {
	h, err := s.hallHere(c)
	if err == nil && !h.Runs {
		err = fault.New(fault.Forbidden, "fault.forbidden")
	}
	return h, err
}

// arranging is the meeting in the address, for its host and as long as its cycle is open: afterwards nothing of it can be
// arranged, and no form is shown that would be refused.
func (s *Server) arranging(c *Ctx) (hall, error) {
	h, err := s.hosted(c)
	if err == nil && h.Cycle.State == cycle.Closed {
		err = fault.Bad("fault.cycle.closed")
	}
	return h, err
}

// commenting is the meeting in the address, for those who comment in it.
func (s *Server) commenting(c *Ctx) (hall, error) {
	h, err := s.hallHere(c)
	if err == nil && h.Voice == "" {
		err = fault.New(fault.Forbidden, "fault.forbidden")
	}
	return h, err
}

// hallPage fills the frame that the meeting's pages share; here is the page's own name, "" on the first one.
func (c *Ctx) hallPage(p *Page, h hall, here string) {
	p.Crumbs = c.cycleCrumbs(h.Cycle, h.Unit, c.T("meeting.title"))
	p.Title = c.T("meeting.title")
	if here != "" {
		p.Crumbs[len(p.Crumbs)-1].Href = h.path("")
		p.Crumbs = append(p.Crumbs, ui.Link{Text: here, Current: true})
		p.Title = here
	}
	p.Sub = c.cycleTitle(h.Cycle, h.Unit)
}

var meetingLamps = map[meeting.State]string{meeting.Planned: ui.Waiting, meeting.Running: ui.OnTime, meeting.Ended: ui.Done}

func (c *Ctx) meetingStatus(state meeting.State) *ui.Status {
	return &ui.Status{State: meetingLamps[state], Text: c.T("meeting.state." + string(state)), Box: true}
}

// span is a length of time in minutes and seconds, from microseconds.
func span(micros int64) string {
	sec := micros / 1e6
	return fmt.Sprintf("%02d:%02d", sec/60, sec%60)
}

// when is the meeting's date and time of day in words.
func (c *Ctx) when(m meeting.Meeting) string {
	if m.Date == "" {
		return c.T("meeting.no_date")
	}
	if m.Start == "" {
		return c.locale().Date(m.Date)
	}
	return c.locale().Date(m.Date) + " " + m.Start
}

// itemName is the title of an item of the agenda.
func (c *Ctx) itemName(it meeting.Item) string {
	if it.Title != "" {
		return it.Title
	}
	return c.T("meeting.item." + string(it.Kind))
}

// who names a reporter as the meeting does: the person, and behind it the post.
func (c *Ctx) who(person, post meeting.Name) string {
	name := person.In(c.Lang)
	if name == "" {
		return c.T("meeting.vacant")
	}
	if title := post.In(c.Lang); title != "" {
		name += " · " + title
	}
	return name
}

// reader is this actor as comments know readers.
func (c *Ctx) reader(h hall) meeting.Reader {
	return meeting.Reader{Account: c.Actor.Account, Runs: h.Runs, Scope: c.Scope(authz.Read)}
}

// formFault says whether a form can't be taken as it is.
func formFault(err error) bool {
	f := fault.As(err)
	return f != nil && f.Kind == fault.Invalid
}
