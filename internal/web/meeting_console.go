package web

import (
	"net/http"
	"slices"

	"plumbline/internal/fault"
	"plumbline/internal/review/cycle"
	"plumbline/internal/review/meeting"
	"plumbline/internal/web/ui"
)

// MeetingConsolePage is the host's: who speaks, who is next, the clock, questions. It works by keyboard.
type MeetingConsolePage struct {
	Page
	ID        int64
	Live      ConsoleNow
	Errors    *ui.ErrorSummary
	Reporter  int64 // to whom questions are put
	Name      string
	Choose    ui.Field
	Ask       []ui.Field
	Questions []QuestionBlock
	Comment   *ui.Button
}

// ConsoleNow is the part that follows the meeting by itself.
type ConsoleNow struct {
	ID       int64
	Status   *ui.Status
	Now      *TurnBlock
	Next     string
	Buttons  []ui.Button
	Undo     *ui.Button
	Reopen   *ui.Field // where the meeting is over
	Once     string
	Order    ui.Table
	ClockNow int64
}

// TurnBlock is who is on.
type TurnBlock struct {
	Place, Unit, Who string
	Paused           bool
	Clock            ui.Clock
	Spoken           ui.Clock
	Limit            string
	Slot             int64
}

// QuestionBlock is one question with the form that writes down its answer.
type QuestionBlock struct {
	ID, Reporter int64
	Version      int
	Text, Meta   string
	Status       ui.Status
	Answer       ui.Field
	Remove       ui.Button
}

func (s *Server) consolePage(c *Ctx) error {
	h, err := s.hosted(c)
	if err != nil {
		return err
	}
	if c.Value("part") == "now" {
		b, err := s.readBoard(c, h)
		if err != nil {
			return err
		}
		return c.Fragment("meeting_console", "console-now", c.consoleNow(h, b))
	}
	if h.Cycle.State == cycle.Closed {
		return c.Go(h.path(""), "") // nothing there can be changed
	}
	return s.renderConsole(c, h, http.StatusOK, nil)
}

func (s *Server) renderConsole(c *Ctx, h hall, status int, failed error) error {
	b, err := s.readBoard(c, h)
	if err != nil {
		return err
	}
	p := &MeetingConsolePage{ID: h.M.ID, Live: c.consoleNow(h, b)}
	c.hallPage(&p.Page, h, c.T("meeting.console"))
	p.Actions = []ui.Button{{Text: c.T("meeting.stage"), Href: h.path("/stage")}, {Text: c.T("meeting.roll"), Href: h.path("/roll")}, {Text: c.T("meeting.draw"), Href: h.path("/draw")}}
	p.Reporter = c.Int("reporter", c.asked(b))
	errs := c.Errors(failed)
	for _, r := range b.Reporters {
		p.Choose.Options = append(p.Choose.Options, ui.Option{Value: itoa(r.ID), Text: r.UnitName.In(c.Lang)})
		if r.ID == p.Reporter {
			p.Name = r.UnitName.In(c.Lang) + " · " + c.who(r.Person, r.Post)
			p.Comment = &ui.Button{Text: c.T("meeting.hear_one"), Href: h.path("/hear/" + itoa(r.ID)), Small: true}
		}
	}
	p.Choose.Type, p.Choose.Name, p.Choose.Label, p.Choose.Value, p.Choose.Plain = "select", "reporter", c.T("meeting.question.to"), itoa(p.Reporter), true
	p.Choose.Width, p.Choose.Required = "medium", true
	p.Ask = []ui.Field{{Name: "asker", Label: c.T("meeting.question.asker"), Value: c.Value("asker"), Error: errs["asker"], Required: true, MaxLength: 100, Width: "medium"},
		{Type: "textarea", Name: "text", Label: c.T("meeting.question.text"), Value: c.Value("text"), Error: errs["text"], Required: true, Rows: 3, MaxLength: 2000}}
	p.Errors = ui.Errors(p.Ask...)
	questions, err := meeting.Questions(c.R.Context(), s.Reader, h.M.ID, p.Reporter)
	if err != nil {
		return err
	}
	for _, q := range questions {
		p.Questions = append(p.Questions, c.questionBlock(q))
	}
	return c.RenderStatus(status, "meeting_console", p)
}

// asked is the reporter to whom questions are put unless the host chooses: who is on, else who spoke last, else who is
// next.
func (c *Ctx) asked(b meetingBoard) int64 {
	if now := b.Stage.Now(b.Slots); now != nil {
		return now.Reporter
	}
	var last *meeting.Slot
	for i := range b.Slots {
		if ended := b.Stage.Turns[b.Slots[i].ID].Ended; ended != 0 && (last == nil || ended > b.Stage.Turns[last.ID].Ended) {
			last = &b.Slots[i]
		}
	}
	if last == nil {
		last = b.Stage.Next(b.Slots)
	}
	if last == nil {
		return 0
	}
	return last.Reporter
}

func (c *Ctx) questionBlock(q meeting.Question) QuestionBlock {
	id := itoa(q.ID)
	out := QuestionBlock{ID: q.ID, Reporter: q.Reporter, Version: q.Version, Text: q.Text, Meta: q.Asker + " · " + c.locale().ClockTime(q.AskedAt), Status: c.answerStatus(q)}
	out.Answer = ui.Field{Type: "textarea", Name: "answer", ID: "f-answer_" + id, Label: c.T("meeting.question.answer"), Value: q.Answer, Rows: 2, MaxLength: 4000}
	out.Remove = ui.Button{Text: c.T("meeting.question.remove"), Kind: "quiet", Small: true, Post: "/questions/" + id + "/remove", Fields: c.onceField(), Confirm: c.T("meeting.question.remove_sure")}
	return out
}

func (c *Ctx) answerStatus(q meeting.Question) ui.Status {
	if q.Answered {
		return ui.Status{State: ui.Done, Text: c.T("meeting.question.answered")}
	}
	return ui.Status{State: ui.Waiting, Text: c.T("meeting.question.open")}
}

// clockOf is the clock of a slot as every screen draws it: what is left where there is a limit.
func (c *Ctx) clockOf(x meeting.Slot, turn meeting.Turn, now int64) ui.Clock {
	return ui.Clock{ElapsedMS: turn.Clock.Elapsed / 1000, StartedMS: turn.Clock.Started / 1000, Running: turn.Clock.Running, LimitMS: int64(x.Limit) * 1000,
		NowMS: now / 1000, Down: x.Limit > 0, Label: c.T("meeting.clock")}
}

func (c *Ctx) consoleNow(h hall, b meetingBoard) ConsoleNow {
	p := ConsoleNow{ID: h.M.ID, Status: c.meetingStatus(b.Stage.State), Once: newToken()}
	next := b.Stage.Next(b.Slots)
	if next != nil {
		p.Next = c.T("meeting.next", "Unit", next.UnitName.In(c.Lang), "Who", c.who(next.Person, next.Post))
	}
	if now := b.Stage.Now(b.Slots); now != nil {
		p.Now = c.turnBlock(*now, b)
	}
	p.Buttons = c.liveButtons(h, b, next)
	if last, ok := meeting.Undoable(b.Events); ok {
		p.Undo = c.liveButton(h, meeting.Undo, 0, c.T("meeting.undo", "Step", c.T("meeting.step."+string(last.Step))), "u", "quiet")
	}
	if b.Stage.State == meeting.Ended {
		p.Reopen = &ui.Field{Name: "reason", Label: c.T("meeting.reopen.reason"), Required: true, MaxLength: 500}
	}
	p.Order = c.consoleOrder(h, b)
	return p
}

func (c *Ctx) turnBlock(x meeting.Slot, b meetingBoard) *TurnBlock {
	turn := b.Stage.Turns[x.ID]
	place := slices.IndexFunc(b.Slots, func(y meeting.Slot) bool { return y.ID == x.ID }) + 1
	t := &TurnBlock{Slot: x.ID, Unit: x.UnitName.In(c.Lang), Who: c.who(x.Person, x.Post), Paused: turn.Phase == meeting.Paused,
		Place: c.T("meeting.nth", "N", place, "Of", len(b.Slots)), Clock: c.clockOf(x, turn, b.Now)}
	t.Spoken = t.Clock
	t.Spoken.Down = false
	if x.Limit > 0 {
		t.Limit = c.T("meeting.limit_is", "Count", x.Limit/60)
	}
	return t
}

func (c *Ctx) liveButton(h hall, step meeting.Step, slot int64, text, key, kind string) *ui.Button {
	return &ui.Button{Text: text, Kind: kind, Key: key, Post: h.path("/live"),
		Fields: append(c.onceField(), ui.Pair{Name: "step", Value: string(step)}, ui.Pair{Name: "slot", Value: itoa(slot)})}
}

// liveButtons are what the host can do now, the likeliest first.
func (c *Ctx) liveButtons(h hall, b meetingBoard, next *meeting.Slot) []ui.Button {
	var out []ui.Button
	add := func(step meeting.Step, slot int64, key, kind string, args ...any) {
		if b.Stage.Allows(step, slot) {
			out = append(out, *c.liveButton(h, step, slot, c.T("meeting.do."+string(step), args...), key, kind))
		}
	}
	cur := b.Stage.Current
	add(meeting.Open, 0, "o", "primary")
	if len(out) > 0 {
		out[0].Confirm = c.openEarly(h)
	}
	if cur != 0 {
		stop := "primary"
		if b.Stage.Turns[cur].Phase == meeting.Paused {
			add(meeting.Resume, cur, "p", "primary")
			stop = ""
		}
		add(meeting.Stop, cur, "x", stop)
		add(meeting.Pause, cur, "p", "")
	} else if next != nil {
		add(meeting.Start, next.ID, "s", "primary", "Unit", next.UnitName.In(c.Lang))
	}
	if cur == 0 && b.Stage.State == meeting.Running {
		end := c.liveButton(h, meeting.Close, 0, c.T("meeting.do.close"), "", "")
		end.Confirm = c.T("meeting.do.close_sure")
		out = append(out, *end)
	}
	return out
}

// openEarly is what is asked before a meeting is opened ahead of its date, "" from that date on.
func (c *Ctx) openEarly(h hall) string {
	if c.Today() >= h.Cycle.MeetingDate {
		return ""
	}
	return c.T("meeting.do.open_early", "Date", c.locale().Date(h.Cycle.MeetingDate))
}

func (c *Ctx) consoleOrder(h hall, b meetingBoard) ui.Table {
	t := ui.Table{Caption: c.T("meeting.order"), HideCaption: true, Columns: []ui.Column{{Head: c.T("meeting.unit")}, {Head: c.T("meeting.turn")}, {Head: c.T("meeting.spoke"), Align: "right"}, {Head: c.T("meeting.act")}},
		Empty: &ui.EmptyState{Title: c.T("meeting.nobody"), Text: c.T("meeting.nobody_hint")}}
	for i, x := range b.Slots {
		turn := b.Stage.Turns[x.ID]
		row := ui.Row{Cells: []ui.Cell{{Text: c.placed(i, x), Sub: c.who(x.Person, x.Post), Href: h.path("/console?reporter=" + itoa(x.Reporter))}, {Status: c.phase(turn.Phase)}, {}, {}}}
		if turn.Begun != 0 {
			row.Cells[2].Text = span(turn.Clock.At(b.Now))
		}
		for _, step := range []meeting.Step{meeting.Start, meeting.Resume} {
			if b.Stage.Allows(step, x.ID) && b.Stage.Current == 0 {
				row.Cells[3].Button = c.liveButton(h, step, x.ID, c.T("meeting.step."+string(step)), "", "")
				row.Cells[3].Button.Small = true
			}
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

func (s *Server) liveStep(c *Ctx) error {
	h, err := s.hosted(c)
	if err != nil {
		return err
	}
	step := meeting.Step(c.Value("step"))
	if early := c.openEarly(h); step == meeting.Open && early != "" && !c.Sure() {
		return c.AskFirst(early, c.T("meeting.do.open"), h.path("/console"))
	}
	if err := s.Rooms.Meetings.Live(c.R.Context(), c.Actor, h.M.ID, step, c.Int("slot", 0), c.Value("reason")); err != nil {
		return err
	}
	return c.Go(h.path("/console"), "")
}

func (s *Server) askQuestion(c *Ctx) error {
	h, err := s.hosted(c)
	if err != nil {
		return err
	}
	_, err = s.Rooms.Meetings.Ask(c.R.Context(), c.Actor, h.M.ID, c.Int("reporter", 0), c.Value("asker"), c.Value("text"))
	if formFault(err) {
		return s.renderConsole(c, h, http.StatusUnprocessableEntity, err)
	}
	if err != nil {
		return err
	}
	return c.Go(h.path("/console?reporter="+itoa(c.Int("reporter", 0))+"#questions"), "")
}

// questionVerb runs a verb on a question and comes back to the console.
func (s *Server) questionVerb(c *Ctx, do func(q meeting.Question) error) error {
	id, err := c.ID("question")
	if err != nil {
		return err
	}
	q, err := meeting.QuestionByID(c.R.Context(), s.Reader, id)
	if err != nil {
		return err
	}
	h, err := s.hallOf(c, q.Meeting)
	if err != nil {
		return err
	}
	if err := do(q); err != nil {
		return err
	}
	return c.Go(h.path("/console?reporter="+itoa(q.Reporter)+"#questions"), "")
}

func (s *Server) answerQuestion(c *Ctx) error {
	return s.questionVerb(c, func(q meeting.Question) error {
		in := meeting.Answered{Version: int(c.Int("version", 0)), Answered: c.Value("answered") == "1", Answer: c.Value("answer")}
		err := s.Rooms.Meetings.Answer(c.R.Context(), c.Actor, q.ID, in)
		if f := fault.As(err); f != nil && f.Kind == fault.Stale {
			if now, ok := f.Current.(meeting.Question); ok {
				return fault.Outdated(&ui.Stale{Rows: []ui.StaleRow{{Label: c.T("meeting.question.answer"), Yours: in.Answer, Theirs: now.Answer}},
					Keep: ui.Button{Text: c.T("meeting.keep_mine"), Post: c.R.URL.Path, Fields: append(c.onceField(), ui.Pair{Name: "version", Value: itoa(int64(now.Version))},
						ui.Pair{Name: "answer", Value: in.Answer}, ui.Pair{Name: "answered", Value: c.Value("answered")})},
					Discard: ui.Button{Text: c.T("meeting.keep_theirs"), Href: "/meetings/" + itoa(now.Meeting) + "/console?reporter=" + itoa(now.Reporter)}})
			}
		}
		return err
	})
}

func (s *Server) removeQuestion(c *Ctx) error {
	return s.questionVerb(c, func(q meeting.Question) error { return s.Rooms.Meetings.Withdraw(c.R.Context(), c.Actor, q.ID) })
}
