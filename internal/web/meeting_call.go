package web

import (
	"net/http"
	"time"

	"plumbline/internal/fault"
	"plumbline/internal/review/cycle"
	"plumbline/internal/review/meeting"
	"plumbline/internal/web/ui"
)

// MeetingCallPage is one of the called: as what, for which ballot, when there.
type MeetingCallPage struct {
	Page
	Call    int64
	Version int
	Errors  *ui.ErrorSummary
	Stale   *ui.Stale
	Facts   []ui.Fact
	Fields  []ui.Field
	Mark    []ui.Field
	Unmark  *ui.Button
	Remove  *ui.Button
}

// callHere finds one of the called and its meeting, for the host alone.
func (s *Server) callHere(c *Ctx) (h hall, e entry, x meeting.Call, err error) {
	id, err := c.ID("call")
	if err != nil {
		return h, e, x, err
	}
	m, err := meeting.OfCall(c.R.Context(), s.Reader, id)
	if err != nil {
		return h, e, x, err
	}
	if h, err = s.hallOf(c, m); err != nil {
		return h, e, x, err
	}
	if !h.Runs {
		return h, e, x, fault.New(fault.Forbidden, "fault.forbidden")
	}
	if h.Cycle.State == cycle.Closed {
		return h, e, x, fault.Bad("fault.cycle.closed")
	}
	if e, err = s.readRoll(c, h); err != nil {
		return h, e, x, err
	}
	for _, x := range e.Roll.Calls {
		if x.ID == id {
			return h, e, x, nil
		}
	}
	return h, e, x, fault.Missing()
}

func (s *Server) callPage(c *Ctx) error { return s.renderCall(c, http.StatusOK, nil) }

func (s *Server) renderCall(c *Ctx, status int, failed error) error {
	h, e, x, err := s.callHere(c)
	if err != nil {
		return err
	}
	p := &MeetingCallPage{Call: x.ID, Version: x.Version}
	c.hallPage(&p.Page, h, x.Name.In(c.Lang))
	p.Crumbs = append(p.Crumbs[:3], ui.Link{Text: c.T("meeting.roll"), Href: h.path("/roll")}, ui.Link{Text: x.Name.In(c.Lang), Current: true})
	p.Facts = []ui.Fact{{Term: c.T("meeting.call.from"), Text: orDash(c.calledFrom(x))}, {Term: c.T("meeting.presence"), Text: orDash(c.times(e.Roll.Intervals(x.ID), e.Stage.Ended))}}
	errs := c.Errors(failed)
	capacity, class, excuse := string(x.Capacity), x.Class, x.Excuse
	if failed != nil && c.Value("capacity") != "" {
		capacity, class, excuse = c.Value("capacity"), c.Value("class"), c.Value("excuse")
	}
	if fault.KindOf(failed) == fault.Stale {
		p.Stale = &ui.Stale{Rows: []ui.StaleRow{{Label: c.T("meeting.call.capacity"), Yours: c.T("meeting.capacity." + capacity), Theirs: c.T("meeting.capacity." + string(x.Capacity))},
			{Label: c.T("meeting.call.class"), Yours: c.className(e.Classes, class), Theirs: c.className(e.Classes, x.Class)}, {Label: c.T("meeting.call.excuse"), Yours: excuse, Theirs: x.Excuse}},
			Keep: ui.Button{Text: c.T("meeting.keep_mine"), Form: "call"}, Discard: ui.Button{Text: c.T("meeting.keep_theirs"), Href: "/calls/" + itoa(x.ID)}}
	}
	p.Fields = []ui.Field{{Type: "select", Name: "capacity", Label: c.T("meeting.call.capacity"), Value: capacity, Options: c.capacityOptions(), Error: errs["capacity"], Required: true, Width: "medium"},
		{Type: "select", Name: "class", Label: c.T("meeting.call.class"), Value: class, Options: c.classOptions(e.Classes), Error: errs["class"], Width: "medium"},
		{Name: "excuse", Label: c.T("meeting.call.excuse"), Value: excuse, Error: errs["excuse"], MaxLength: 200}}
	p.Mark = []ui.Field{{Type: "radio", Name: "kind", Label: c.T("meeting.mark"), Value: orElse(c.Value("kind"), "arrive"), Inline: true, Required: true,
		Options: []ui.Option{{Value: "arrive", Text: c.T("meeting.mark.arrive")}, {Value: "leave", Text: c.T("meeting.mark.leave")}}},
		{Name: "at", Label: c.T("meeting.mark.at"), Hint: c.T("meeting.mark.at_hint"), Value: c.Value("at"), Error: errs["at"], Width: "short", Inputmode: "numeric", MaxLength: 5}}
	if len(e.Roll.Marks[x.ID]) > 0 {
		p.Unmark = &ui.Button{Text: c.T("meeting.mark.undo"), Post: "/calls/" + itoa(x.ID) + "/unmark", Fields: c.onceField()}
	} else {
		p.Remove = &ui.Button{Text: c.T("meeting.call.remove"), Kind: "danger", Post: "/calls/" + itoa(x.ID) + "/remove", Fields: c.onceField(), Confirm: c.T("meeting.call.remove_sure", "Name", x.Name.In(c.Lang))}
	}
	p.Errors = ui.Errors(append(p.Fields, p.Mark...)...)
	return c.RenderStatus(status, "meeting_call", p)
}

// callVerb runs a verb on one of the called and comes back to the roll.
func (s *Server) callVerb(c *Ctx, do func(h hall, x meeting.Call) error) error {
	h, _, x, err := s.callHere(c)
	if err != nil {
		return err
	}
	err = do(h, x)
	f := fault.As(err)
	if f != nil && (f.Kind == fault.Stale || f.Kind == fault.Invalid && len(f.Fields) > 0) {
		return s.renderCall(c, statusOf[f.Kind], err)
	}
	if err != nil {
		return err
	}
	return c.Go(h.path("/roll"), "")
}

func (s *Server) editCall(c *Ctx) error {
	return s.callVerb(c, func(_ hall, x meeting.Call) error {
		return s.Rooms.Meetings.EditCall(c.R.Context(), c.Actor, x.ID, meeting.CallEdit{Version: int(c.Int("version", 0)),
			Capacity: meeting.Capacity(c.Value("capacity")), Class: c.Value("class"), Excuse: c.Value("excuse")})
	})
}

func (s *Server) markCall(c *Ctx) error {
	return s.callVerb(c, func(h hall, x meeting.Call) error {
		at, err := s.momentOf(h.M, c.Value("at"))
		if err != nil {
			return err
		}
		return s.Rooms.Meetings.Mark(c.R.Context(), c.Actor, x.ID, meeting.MarkKind(c.Value("kind")), at)
	})
}

// momentOf is a time of day on the meeting's day; "" is now, 0.
func (s *Server) momentOf(m meeting.Meeting, clock string) (int64, error) {
	if clock == "" {
		return 0, nil
	}
	at, err := time.ParseInLocation("2006-01-02 15:04", m.Date+" "+clock, s.Zone)
	if err != nil || !meeting.TimeOfDay(clock) {
		var form fault.Form
		form.Add("at", "fault.meeting.at")
		return 0, form.Err()
	}
	return at.UTC().UnixMicro(), nil
}

func (s *Server) unmarkCall(c *Ctx) error {
	return s.callVerb(c, func(_ hall, x meeting.Call) error { return s.Rooms.Meetings.Unmark(c.R.Context(), c.Actor, x.ID) })
}

func (s *Server) removeCall(c *Ctx) error {
	return s.callVerb(c, func(_ hall, x meeting.Call) error { return s.Rooms.Meetings.Uncall(c.R.Context(), c.Actor, x.ID) })
}
