package web

import (
	"plumbline/internal/review/meeting"
	"plumbline/internal/web/ui"
)

// MeetingRegisterPage is the roll on paper, to be signed at the door.
type MeetingRegisterPage struct {
	Page
	Sub1  string
	Sign  []SignLine // of the register
	Table ui.Table   // of the attendance
	Note  string
}

// SignLine is one line of the register, with room for a signature.
type SignLine struct {
	No                           int
	Name, From, Capacity, Remark string
}

// printFrame fills the frame of a page on paper.
func (c *Ctx) printFrame(p *Page, h hall, title string) string {
	p.Kind, p.Title = ui.KindPrint, title
	sub := c.cycleTitle(h.Cycle, h.Unit) + " · " + c.when(h.M)
	if h.M.Place != "" {
		sub += " · " + h.M.Place
	}
	return sub
}

func (s *Server) registerPage(c *Ctx) error {
	h, err := s.hosted(c)
	if err != nil {
		return err
	}
	e, err := s.readRoll(c, h)
	if err != nil {
		return err
	}
	p := &MeetingRegisterPage{}
	p.Sub1 = c.printFrame(&p.Page, h, c.T("meeting.register"))
	for i, x := range e.Roll.Calls {
		p.Sign = append(p.Sign, SignLine{No: i + 1, Name: x.Name.In(c.Lang), From: c.calledFrom(x), Capacity: c.T("meeting.capacity." + string(x.Capacity)), Remark: x.Excuse})
	}
	p.Note = c.T("meeting.register_note", "Count", len(e.Roll.Calls))
	return c.Render("meeting_register", p)
}

// attendanceTable lists who was there when.
func (c *Ctx) attendanceTable(e entry) ui.Table {
	t := ui.Table{Caption: c.T("meeting.attendance"), HideCaption: true, Wide: true, Columns: []ui.Column{{Head: c.T("meeting.no")}, {Head: c.T("meeting.name")}, {Head: c.T("meeting.call.from")},
		{Head: c.T("meeting.call.capacity")}, {Head: c.T("meeting.presence")}, {Head: c.T("meeting.minutes_there"), Align: "right"}, {Head: c.T("meeting.remark")}}}
	until := e.Now
	if e.Stage.Ended != 0 {
		until = e.Stage.Ended
	}
	for i, x := range e.Roll.Calls {
		in := e.Roll.Intervals(x.ID)
		row := ui.Row{Cells: []ui.Cell{ui.T(itoa(int64(i + 1))), ui.T(x.Name.In(c.Lang)), ui.T(c.calledFrom(x)), ui.T(c.T("meeting.capacity." + string(x.Capacity))), ui.T(c.times(in, e.Stage.Ended)), {}, {}}}
		switch {
		case len(in) > 0:
			row.Cells[5].Text = itoa(meeting.Attended(in, until) / 60e6)
			if late := meeting.LateBy(in, e.Stage.Opened); late > 0 {
				row.Cells[6].Text = c.T("meeting.late", "Count", int(late/60e6)+1)
			}
		case x.Excuse != "":
			row.Cells[6].Text = c.T("meeting.excused", "Why", x.Excuse)
		default:
			row.Cells[6].Text = c.T("meeting.absent")
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

func (s *Server) attendancePage(c *Ctx) error {
	h, err := s.hosted(c)
	if err != nil {
		return err
	}
	e, err := s.readRoll(c, h)
	if err != nil {
		return err
	}
	p := &MeetingRegisterPage{Table: c.attendanceTable(e)}
	p.Sub1 = c.printFrame(&p.Page, h, c.T("meeting.attendance"))
	p.Note = c.T("meeting.attendance_note", "Time", c.locale().DateTime(e.Now))
	return c.Render("meeting_register", p)
}
