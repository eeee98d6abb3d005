package web

import (
	"net/http"
	"slices"
	"strconv"

	"plumbline/internal/fault"
	"plumbline/internal/review/meeting"
	"plumbline/internal/review/plan"
	"plumbline/internal/web/ui"
)

// MeetingRollPage is who is called, who is there, and how people are called.
type MeetingRollPage struct {
	Page
	ID      int64
	Errors  *ui.ErrorSummary
	Figures ui.KeyFigures
	Rows    []RollRow
	Empty   ui.EmptyState
	Who     []ui.Field
	Groups  []ui.Field // nil where the convenor has no group
	Classes []ui.Fact
}

// RollRow is one of the called.
type RollRow struct {
	Call                         int64
	Name, From, Capacity, Class  string
	Present                      bool
	Status                       *ui.Status
	Times                        string
	Arrive, Leave, Undo, Details ui.Button
}

// entry is what the roll's pages need beside the meeting.
type entry struct {
	Roll    meeting.Roll
	Classes []plan.Class
	Stage   meeting.Stage
	Now     int64
}

func (s *Server) readRoll(c *Ctx, h hall) (e entry, err error) {
	ctx := c.R.Context()
	e.Now = s.Now().UnixMicro()
	if e.Roll, err = meeting.ReadRoll(ctx, s.Reader, h.M.ID); err != nil {
		return e, err
	}
	events, err := meeting.Events(ctx, s.Reader, h.M.ID)
	if err != nil {
		return e, err
	}
	e.Stage = meeting.Replay(events)
	p, err := plan.ByID(ctx, s.Reader, h.Cycle.Plan)
	if fault.KindOf(err) == fault.NotFound {
		return e, nil
	}
	e.Classes = p.Body.Classes
	return e, err
}

func (c *Ctx) className(classes []plan.Class, id string) string {
	for _, k := range classes {
		if k.ID == id {
			return k.Name.In(c.Lang)
		}
	}
	return id
}

// from is where one of the called comes from: unit and post, or what a guest is said to be.
func (c *Ctx) calledFrom(x meeting.Call) string {
	from := x.UnitName.In(c.Lang)
	if title := x.PostName.In(c.Lang); title != "" {
		if from != "" {
			from += " · "
		}
		from += title
	}
	if from == "" {
		from = x.Place
	}
	return from
}

func (s *Server) rollPage(c *Ctx) error {
	h, err := s.arranging(c)
	if err != nil {
		return err
	}
	return s.renderRoll(c, h, http.StatusOK, nil)
}

func (s *Server) renderRoll(c *Ctx, h hall, status int, failed error) error {
	e, err := s.readRoll(c, h)
	if err != nil {
		return err
	}
	p := &MeetingRollPage{ID: h.M.ID, Empty: ui.EmptyState{Title: c.T("meeting.roll.empty"), Text: c.T("meeting.roll.empty_hint")}}
	c.hallPage(&p.Page, h, c.T("meeting.roll"))
	p.Actions = []ui.Button{{Text: c.T("meeting.register"), Href: h.path("/register")}, {Text: c.T("meeting.attendance"), Href: h.path("/attendance")}}
	show := c.Value("show")
	for _, x := range e.Roll.Calls {
		if show == "" || slices.Contains(e.standing(x), show) {
			p.Rows = append(p.Rows, c.rollRow(x, e))
		}
	}
	p.Figures = c.rollFigures(e, h.path("/roll"))
	p.Classes = c.classFacts(e)
	if err := s.rollForms(c, h, p, e, failed); err != nil {
		return err
	}
	return c.RenderStatus(status, "meeting_roll", p)
}

func (c *Ctx) rollRow(x meeting.Call, e entry) RollRow {
	in := e.Roll.Intervals(x.ID)
	base := "/calls/" + itoa(x.ID)
	r := RollRow{Call: x.ID, Name: x.Name.In(c.Lang), From: c.calledFrom(x), Capacity: c.T("meeting.capacity." + string(x.Capacity)), Class: c.className(e.Classes, x.Class),
		Present: meeting.Present(in), Times: c.times(in, e.Stage.Ended)}
	switch {
	case r.Present && e.Stage.Ended != 0:
		r.Status = &ui.Status{State: ui.Done, Text: c.T("meeting.came")}
	case r.Present:
		r.Status = &ui.Status{State: ui.OnTime, Text: c.T("meeting.present")}
		if late := meeting.LateBy(in, e.Stage.Opened); late > 0 {
			r.Status = &ui.Status{State: ui.Soon, Text: c.T("meeting.late", "Count", int(late/60e6)+1)}
		}
	case len(in) > 0:
		r.Status = &ui.Status{State: ui.Waiting, Text: c.T("meeting.left")}
	case x.Excuse != "":
		r.Status = &ui.Status{State: ui.None, Text: c.T("meeting.excused", "Why", x.Excuse)}
	default:
		r.Status = &ui.Status{State: ui.None, Text: c.T("meeting.absent")}
	}
	mark := func(kind string) []ui.Pair { return append(c.onceField(), ui.Pair{Name: "kind", Value: kind}) }
	r.Arrive = ui.Button{Text: c.T("meeting.mark.arrive"), Small: true, Post: base + "/mark", Fields: mark("arrive")}
	if len(in) > 0 {
		r.Arrive.Text = c.T("meeting.mark.return")
	}
	r.Leave = ui.Button{Text: c.T("meeting.mark.leave"), Small: true, Post: base + "/mark", Fields: mark("leave")}
	r.Details = ui.Button{Text: c.T("meeting.call.details"), Small: true, Kind: "quiet", Href: base}
	return r
}

// times are intervals of presence in words, 08:52–11:30; the end of the meeting ends them all.
func (c *Ctx) times(in []meeting.Interval, ended int64) string {
	out := ""
	for i, x := range in {
		if i > 0 {
			out += c.T("list.separator")
		}
		out += c.locale().ClockTime(x.From) + "–"
		if x.To == 0 {
			x.To = ended
		}
		out += c.locale().ClockTime(x.To)
	}
	return out
}

// The ways to stand on the roll, in the order of the figures.
var standings = []string{"called", "present", "came", "excused", "missing"}

// standing is what the figures count of one of the called.
func (e entry) standing(x meeting.Call) []string {
	in := e.Roll.Intervals(x.ID)
	switch {
	case meeting.Present(in) && e.Stage.Ended == 0:
		return []string{"called", "came", "present"}
	case len(in) > 0:
		return []string{"called", "came"}
	case x.Excuse != "":
		return []string{"called", "excused"}
	}
	return []string{"called", "missing"}
}

func (c *Ctx) rollFigures(e entry, path string) ui.KeyFigures {
	n := map[string]int{}
	for _, x := range e.Roll.Calls {
		for _, k := range e.standing(x) {
			n[k]++
		}
	}
	out := ui.KeyFigures{Label: c.T("meeting.roll")}
	for _, k := range standings {
		href := path + "?show=" + k
		if k == "called" {
			href = path
		}
		out.Items = append(out.Items, ui.Figure{Label: c.T("meeting.figure." + k), Value: itoa(int64(n[k])), Href: href})
	}
	return out
}

// classFacts counts, for every class of ballot, who came of those who may appraise in it.
func (c *Ctx) classFacts(e entry) []ui.Fact {
	came, called := e.Roll.Entitled(), map[string]int{}
	for _, x := range e.Roll.Calls {
		called[x.Class]++
	}
	var out []ui.Fact
	for _, k := range e.Classes {
		out = append(out, ui.Fact{Term: k.Name.In(c.Lang), Text: c.T("meeting.class_came", "Came", came[k.ID], "Count", called[k.ID])})
	}
	return out
}

func (c *Ctx) capacityOptions() []ui.Option {
	var out []ui.Option
	for _, k := range meeting.Capacities {
		out = append(out, ui.Option{Value: string(k), Text: c.T("meeting.capacity." + string(k))})
	}
	return out
}

func (c *Ctx) classOptions(classes []plan.Class) []ui.Option {
	out := []ui.Option{{Value: "", Text: c.T("meeting.no_class")}}
	for _, k := range classes {
		out = append(out, ui.Option{Value: k.ID, Text: k.Name.In(c.Lang)})
	}
	return out
}

// rollForms are the two ways to call people: one by one, and a group.
func (s *Server) rollForms(c *Ctx, h hall, p *MeetingRollPage, e entry, failed error) error {
	errs := c.Errors(failed)
	capacity, class := orElse(c.Value("capacity"), string(meeting.Member)), c.Value("class")
	p.Who = []ui.Field{{Name: "who", Label: c.T("meeting.call.who"), Hint: c.T("meeting.call.who_hint"), Value: c.Value("who"), Error: errs["who"], Required: true, MaxLength: 100},
		{Name: "place", Label: c.T("meeting.call.place"), Hint: c.T("meeting.call.place_hint"), Value: c.Value("place"), Error: errs["place"], MaxLength: 200},
		{Type: "select", Name: "capacity", ID: "f-capacity", Label: c.T("meeting.call.capacity"), Value: capacity, Options: c.capacityOptions(), Error: errs["capacity"], Required: true, Width: "medium"},
		{Type: "select", Name: "class", ID: "f-class", Label: c.T("meeting.call.class"), Value: class, Options: c.classOptions(e.Classes), Error: errs["class"], Width: "medium"}}
	groups, err := meeting.Groups(c.R.Context(), s.Reader, h.M)
	if err != nil || len(groups) == 0 {
		p.Errors = ui.Errors(p.Who...)
		return err
	}
	var options []ui.Option
	for _, g := range groups {
		options = append(options, ui.Option{Value: itoa(g.ID), Text: c.T("meeting.call.group_left", "Name", g.Name.In(c.Lang), "Count", g.Left)})
	}
	p.Groups = []ui.Field{{Type: "select", Name: "group", Label: c.T("meeting.call.group"), Options: options, Required: true, Width: "medium"}, p.Who[2], p.Who[3]}
	p.Groups[1].ID, p.Groups[2].ID = "f-group-capacity", "f-group-class"
	p.Groups[1].Error, p.Groups[2].Error = "", ""
	p.Errors = ui.Errors(p.Who...)
	return nil
}

func orElse(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

// rollVerb runs a verb of the roll's page and comes back to it.
func (s *Server) rollVerb(c *Ctx, flash string, do func(h hall) error) error {
	h, err := s.arranging(c)
	if err != nil {
		return err
	}
	err = do(h)
	if formFault(err) && len(fault.As(err).Fields) > 0 {
		return s.renderRoll(c, h, http.StatusUnprocessableEntity, err)
	}
	if err != nil {
		return err
	}
	return c.Go(h.path("/roll"), flash)
}

func (s *Server) callOne(c *Ctx) error {
	return s.rollVerb(c, "meeting.flash.called", func(h hall) error {
		return s.Rooms.Meetings.Call(c.R.Context(), c.Actor, h.M.ID, meeting.CallIn{Who: c.Value("who"), Place: c.Value("place"),
			Capacity: meeting.Capacity(c.Value("capacity")), Class: c.Value("class")})
	})
}

func (s *Server) callGroup(c *Ctx) error {
	return s.rollVerb(c, "meeting.flash.called", func(h hall) error {
		_, err := s.Rooms.Meetings.CallGroup(c.R.Context(), c.Actor, h.M.ID, c.Int("group", 0), meeting.Capacity(c.Value("capacity")), c.Value("class"))
		return err
	})
}

// markMany marks as arrived everybody who was ticked.
func (s *Server) markMany(c *Ctx) error {
	return s.rollVerb(c, "meeting.flash.marked", func(h hall) error {
		var calls []int64
		for _, v := range c.Values("call") {
			if id, err := strconv.ParseInt(v, 10, 64); err == nil {
				calls = append(calls, id)
			}
		}
		_, err := s.Rooms.Meetings.MarkAll(c.R.Context(), c.Actor, h.M.ID, calls)
		return err
	})
}
