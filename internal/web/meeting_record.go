package web

import (
	"bytes"
	"mime"
	"time"

	"plumbline/internal/authz"
	"plumbline/internal/fault"
	"plumbline/internal/office/docx"
	"plumbline/internal/review/meeting"
	"plumbline/internal/web/ui"
)

// MeetingRecordPage is the record of the meeting: who was there, what happened when, what was asked and what was said.
type MeetingRecordPage struct {
	Page
	Record Record
	Docx   string
}

// Record is the minutes, for the page and for the document.
type Record struct {
	Sub        string
	Facts      []ui.Fact
	Attendance ui.Table
	Events     ui.Table
	Turns      []TurnRecord
	Others     []CommentBlock
}

// TurnRecord is what was asked of one reporter and said about it.
type TurnRecord struct {
	Title, Time string
	Questions   []QuestionBlock
	Comments    []CommentBlock
}

func (s *Server) readRecord(c *Ctx, h hall) (r Record, err error) {
	ctx := c.R.Context()
	b, err := s.readBoard(c, h)
	if err != nil {
		return r, err
	}
	e, err := s.readRoll(c, h)
	if err != nil {
		return r, err
	}
	questions, err := meeting.Questions(ctx, s.Reader, h.M.ID, 0)
	if err != nil {
		return r, err
	}
	said, err := meeting.ConfirmedOn(ctx, s.Reader, h.Cycle.ID, 0)
	if err != nil {
		return r, err
	}
	r.Facts, r.Attendance, r.Events = c.meetingFacts(h, b), c.attendanceTable(e), c.eventsTable(b)
	for _, x := range b.Reporters {
		r.Turns = append(r.Turns, c.turnRecord(x, b, questions, said))
	}
	for _, k := range said {
		if k.Voice == meeting.Higher {
			r.Others = append(r.Others, c.saidBlock(k))
		}
	}
	return r, nil
}

// eventsTable lists what the host did; what was taken back is marked.
func (c *Ctx) eventsTable(b meetingBoard) ui.Table {
	t := ui.Table{Caption: c.T("meeting.events"), HideCaption: true, Wide: true, Columns: []ui.Column{{Head: c.T("meeting.time")}, {Head: c.T("meeting.event")}, {Head: c.T("meeting.unit")}, {Head: c.T("meeting.by")}},
		Empty: &ui.EmptyState{Title: c.T("meeting.no_events")}}
	units, gone := map[int64]string{}, map[int64]bool{}
	for _, x := range b.Slots {
		units[x.ID] = x.UnitName.In(c.Lang)
	}
	for _, e := range b.Events {
		if e.Step == meeting.Undo {
			gone[e.Undoes] = true
		}
	}
	for _, e := range b.Events {
		what := ui.Cell{Text: c.T("meeting.step." + string(e.Step)), Sub: e.Note}
		if gone[e.ID] {
			what.Sub = c.T("meeting.taken_back")
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{ui.T(c.seconds(e.At)), what, ui.T(units[e.Slot]), ui.T(e.By)}})
	}
	return t
}

// seconds is a time of day to the second.
func (c *Ctx) seconds(at int64) string {
	return time.UnixMicro(at).In(c.srv.Zone).Format(time.TimeOnly)
}

func (c *Ctx) turnRecord(x meeting.Reporter, b meetingBoard, questions []meeting.Question, said []meeting.Confirmed) TurnRecord {
	t := TurnRecord{Title: x.UnitName.In(c.Lang) + " · " + c.who(x.Person, x.Post), Time: c.T("meeting.in_writing")}
	if x.Slot != 0 {
		turn := b.Stage.Turns[x.Slot]
		t.Time = c.T("meeting.phase.waiting")
		if turn.Begun != 0 {
			t.Time = c.T("meeting.spoke_for", "From", c.locale().ClockTime(turn.Begun), "Span", span(turn.Clock.At(b.Now)))
		}
	}
	for _, q := range questions {
		if q.Reporter == x.ID {
			t.Questions = append(t.Questions, QuestionBlock{ID: q.ID, Text: q.Text, Meta: q.Asker, Status: c.answerStatus(q), Answer: ui.Field{Value: q.Answer}})
		}
	}
	for _, k := range said {
		if k.Reporter == x.ID {
			t.Comments = append(t.Comments, c.saidBlock(k))
		}
	}
	return t
}

// saidBlock is a confirmed comment in its latest edition.
func (c *Ctx) saidBlock(k meeting.Confirmed) CommentBlock {
	k.Pending = false
	b := c.commentBlock(k.Comment, k.Latest.Body)
	b.Meta = c.T("meeting.comment.confirmed_by", "Who", k.Latest.By, "Time", c.locale().DateTime(k.Latest.At), "N", k.Latest.No, "Digest", k.Latest.Digest[:16])
	return b
}

// overseen is the meeting in the address, for its host and for those who may read of everybody in it.
func (s *Server) overseen(c *Ctx) (hall, error) {
	h, err := s.hallHere(c)
	if err != nil || h.Runs {
		return h, err
	}
	reporters, err := meeting.Reporters(c.R.Context(), s.Reader, h.M)
	if err != nil {
		return h, err
	}
	scope := c.Scope(authz.Read)
	all := scope.Covers(h.Unit.Place())
	for _, r := range reporters {
		all = all && scope.Covers(authz.Unit{ID: r.Unit, Path: r.Path})
	}
	if !all {
		return h, fault.New(fault.Forbidden, "fault.forbidden")
	}
	return h, nil
}

func (s *Server) recordPage(c *Ctx) error {
	h, err := s.overseen(c)
	if err != nil {
		return err
	}
	p := &MeetingRecordPage{Docx: h.path("/record.docx")}
	if p.Record, err = s.readRecord(c, h); err != nil {
		return err
	}
	p.Record.Sub = c.printFrame(&p.Page, h, c.T("meeting.record"))
	return c.Render("meeting_record", p)
}

// recordDocx is the record as a document that the office goes on writing in.
func (s *Server) recordDocx(c *Ctx) error {
	h, err := s.overseen(c)
	if err != nil {
		return err
	}
	r, err := s.readRecord(c, h)
	if err != nil {
		return err
	}
	var out bytes.Buffer
	if _, err := c.recordDocument(h, r).WriteTo(&out); err != nil {
		return err
	}
	head := c.W.Header()
	head.Set("Content-Type", "application/vnd.openxmlformats-officedocument.wordprocessingml.document")
	head.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": c.T("meeting.record") + " " + h.M.Date + ".docx"}))
	_, err = c.W.Write(out.Bytes())
	return err
}

func (c *Ctx) recordDocument(h hall, r Record) docx.Document {
	d := docx.Document{Title: c.cycleTitle(h.Cycle, h.Unit) + "\n" + c.T("meeting.record"), Date: c.locale().Date(h.M.Date), Signature: h.Unit.In(c.Lang)}
	if c.Lang == "en" {
		d.Language = docx.English
	}
	heading := func(level int, text string) { d.Blocks = append(d.Blocks, docx.Heading{Level: level, Text: text}) }
	say := func(lead, text string) {
		if text != "" {
			d.Blocks = append(d.Blocks, docx.Paragraph{Lead: lead, Text: text})
		}
	}
	for _, f := range r.Facts {
		say(f.Term+c.T("meeting.colon"), f.Text)
	}
	heading(1, c.T("meeting.attendance"))
	d.Blocks = append(d.Blocks, docxTable(r.Attendance))
	heading(1, c.T("meeting.order"))
	for _, t := range r.Turns {
		heading(2, t.Title)
		say("", t.Time)
		for _, q := range t.Questions {
			say(c.T("meeting.question.by", "Who", q.Meta), q.Text)
			say(c.T("meeting.question.answer")+c.T("meeting.colon"), q.Answer.Value)
		}
		for _, k := range t.Comments {
			c.commentParagraphs(k, say)
		}
	}
	if len(r.Others) > 0 {
		heading(1, c.T("meeting.voice.higher"))
		for _, k := range r.Others {
			c.commentParagraphs(k, say)
		}
	}
	heading(1, c.T("meeting.events"))
	d.Blocks = append(d.Blocks, docxTable(r.Events))
	return d
}

func (c *Ctx) commentParagraphs(k CommentBlock, say func(lead, text string)) {
	say(k.Voice+" · "+k.Author, k.Meta)
	say(c.T("meeting.comment.affirm")+c.T("meeting.colon"), k.Affirm)
	for i, p := range k.Problems {
		say(c.T("meeting.problem.n", "N", i+1)+c.T("meeting.colon"), p.Text)
	}
	say(c.T("meeting.comment.none_reason")+c.T("meeting.colon"), k.None)
	say(c.T("meeting.comment.direct")+c.T("meeting.colon"), k.Direct)
}

// docxTable is a table of a page as one of a document.
func docxTable(t ui.Table) docx.Table {
	var out docx.Table
	for _, col := range t.Columns {
		align := docx.Standard
		if col.Align == "right" {
			align = docx.Right
		}
		out.Columns = append(out.Columns, docx.Column{Title: col.Head, Align: align})
	}
	for _, row := range t.Rows {
		var cells []string
		for _, cell := range row.Cells {
			text := cell.Text
			if cell.Sub != "" {
				text += "\n" + cell.Sub
			}
			cells = append(cells, text)
		}
		out.Rows = append(out.Rows, cells)
	}
	return out
}
