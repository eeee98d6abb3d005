package web

import (
	"net/http"
	"slices"

	"plumbline/internal/fault"
	"plumbline/internal/review/meeting"
	"plumbline/internal/web/ui"
)

// MeetingHearPage is the presider's, on a tablet or a phone: whom do I hear, what did I tell them last year, what became
// of it, and what do I say now.
type MeetingHearPage struct {
	Page
	ID        int64
	Reporter  int64
	Now       HearNow
	Clock     *ui.Clock
	Spent     string
	Turn      *ui.Status
	Report    ui.Button
	Past      []PastRow
	Questions []QuestionBlock
	Comments  []CommentBlock
	Begin     *ui.Button
	Prev      *ui.Link
	Next      *ui.Link
	List      []ui.Link
}

// PastRow is one finding of an earlier year and where it stands.
type PastRow struct {
	Number, Title, Href, Meta string
	Status                    ui.Status
}

// HearNow says who is on now, where that is somebody other than the page is about.
type HearNow struct {
	Notice *ui.Notice
}

func (c *Ctx) hearNow(h hall, b meetingBoard, reporter int64) HearNow {
	var out HearNow
	if now := b.Stage.Now(b.Slots); now != nil && now.Reporter != reporter {
		out.Notice = &ui.Notice{Text: c.T("meeting.home.now", "Unit", now.UnitName.In(c.Lang), "Who", c.who(now.Person, now.Post)),
			Actions: []ui.Button{{Text: c.T("meeting.hear_go"), Href: h.path("/hear/" + itoa(now.Reporter)), Small: true}}}
	}
	return out
}

func (s *Server) hearNext(c *Ctx) error {
	h, err := s.commenting(c)
	if err != nil {
		return err
	}
	b, err := s.readBoard(c, h)
	if err != nil {
		return err
	}
	if c.Value("part") == "now" {
		return c.Fragment("meeting_hear", "hear-now", c.hearNow(h, b, c.Int("reporter", 0)))
	}
	to := c.asked(b)
	if b.Stage.Current == 0 && h.M.State != meeting.Ended {
		if next := b.Stage.Next(b.Slots); next != nil {
			to = next.Reporter
		}
	}
	if to == 0 && len(b.Reporters) > 0 {
		to = b.Reporters[0].ID
	}
	if to == 0 || h.Voice == meeting.Higher {
		http.Redirect(c.W, c.R, h.path(""), http.StatusSeeOther)
		return nil
	}
	http.Redirect(c.W, c.R, h.path("/hear/"+itoa(to)), http.StatusSeeOther)
	return nil
}

func (s *Server) hearPage(c *Ctx) error {
	h, err := s.commenting(c)
	if err != nil {
		return err
	}
	id, err := c.ID("reporter")
	if err != nil {
		return err
	}
	b, err := s.readBoard(c, h)
	if err != nil {
		return err
	}
	at := slices.IndexFunc(b.Reporters, func(r meeting.Reporter) bool { return r.ID == id })
	if at < 0 {
		return fault.Missing()
	}
	p := &MeetingHearPage{ID: h.M.ID, Reporter: id, Now: c.hearNow(h, b, id), Report: ui.Button{Text: c.T("meeting.report"), Href: "/reports/" + itoa(id)}}
	c.hearFrame(p, h, b, at)
	if err := s.hearPast(c, h, p, b.Reporters[at]); err != nil {
		return err
	}
	if err := s.hearSaid(c, h, p, b); err != nil {
		return err
	}
	return c.Render("meeting_hear", p)
}

func (c *Ctx) hearFrame(p *MeetingHearPage, h hall, b meetingBoard, at int) {
	r := b.Reporters[at]
	c.hallPage(&p.Page, h, r.UnitName.In(c.Lang))
	p.Sub = c.who(r.Person, r.Post)
	if r.Slot != 0 {
		turn := b.Stage.Turns[r.Slot]
		p.Turn = c.phase(turn.Phase)
		for _, x := range b.Slots {
			switch {
			case x.ID != r.Slot || turn.Begun == 0:
			case turn.Phase == meeting.Spoken:
				p.Spent = span(turn.Clock.At(b.Now))
			default:
				clock := c.clockOf(x, turn, b.Now)
				p.Clock = &clock
			}
		}
	} else {
		p.Turn = &ui.Status{State: ui.Info, Text: c.T("meeting.in_writing")}
	}
	link := func(i int) *ui.Link {
		if i < 0 || i >= len(b.Reporters) {
			return nil
		}
		return &ui.Link{Text: b.Reporters[i].UnitName.In(c.Lang), Href: h.path("/hear/" + itoa(b.Reporters[i].ID))}
	}
	p.Prev, p.Next = link(at-1), link(at+1)
	for i := range b.Reporters {
		l := *link(i)
		l.Current = i == at
		if k := b.of(b.Reporters[i].ID); k != nil {
			l.Count = c.commentStatus(*k).Text
		}
		p.List = append(p.List, l)
	}
}

func (s *Server) hearPast(c *Ctx, h hall, p *MeetingHearPage, r meeting.Reporter) error {
	past, err := s.Rooms.Meetings.LastYear(c.R.Context(), r.Unit, h.Cycle)
	for _, f := range past {
		p.Past = append(p.Past, c.pastRow(f))
	}
	return err
}

func (c *Ctx) pastRow(f meeting.PastFinding) PastRow {
	row := PastRow{Number: f.Number, Title: f.Title, Href: "/matters/" + itoa(f.Matter), Status: ui.Status{State: f.Lamp, Text: f.State.In(c.Lang)}}
	if f.Due != "" && !f.Ended {
		row.Meta = c.T("meeting.past.due", "Date", c.locale().Date(f.Due))
	}
	return row
}

// hearSaid reads questions and comments, and finds the comment that the reader writes.
func (s *Server) hearSaid(c *Ctx, h hall, p *MeetingHearPage, b meetingBoard) error {
	questions, err := meeting.Questions(c.R.Context(), s.Reader, h.M.ID, p.Reporter)
	if err != nil {
		return err
	}
	for _, q := range questions {
		p.Questions = append(p.Questions, QuestionBlock{ID: q.ID, Text: q.Text, Meta: q.Asker, Status: c.answerStatus(q), Answer: ui.Field{Value: q.Answer}})
	}
	mine := false
	for _, k := range b.Comments {
		if k.Reporter != p.Reporter {
			continue
		}
		block := c.commentBlock(k, k.Body)
		if err := s.problemLinks(c, k, k.Body, &block); err != nil {
			return err
		}
		if s.Rooms.Meetings.MayWrite(c.Actor, h.Unit.Place(), k) {
			mine = true
			block.Edit = &ui.Button{Text: c.T("meeting.comment.edit"), Href: "/comments/" + itoa(k.ID) + "/edit", Kind: "primary", Key: "e"}
			if k.Edition > 0 && !k.Pending {
				block.Edit.Kind, block.Edit.Text = "", c.T("meeting.comment.correct")
			}
		}
		p.Comments = append(p.Comments, block)
	}
	if !mine && h.Voice != meeting.Higher {
		p.Begin = &ui.Button{Text: c.T("meeting.comment.begin"), Kind: "primary", Post: h.path("/comments"), Key: "e",
			Fields: append(c.onceField(), ui.Pair{Name: "reporter", Value: itoa(p.Reporter)})}
	}
	return nil
}

// author is who commented: the name, or for the chair without a name what the chair is called.
func (c *Ctx) author(k meeting.Comment) string {
	name := k.Author.In(c.Lang)
	if name == "" {
		name = c.T("meeting.presider")
	}
	if post := k.Post.In(c.Lang); post != "" {
		name += " · " + post
	}
	return name
}
