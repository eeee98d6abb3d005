package web

import (
	"net/http"
	"strings"

	"plumbline/internal/fault"
	"plumbline/internal/review/cycle"
	"plumbline/internal/review/meeting"
	"plumbline/internal/web/ui"
)

// MeetingDrawPage is the draw as everybody may check it, and for the host the draw itself.
type MeetingDrawPage struct {
	Page
	ID      int64
	Runs    bool
	Errors  *ui.ErrorSummary
	Sealed  *meeting.Draw // ready to be drawn
	Words   ui.Field
	Reason  ui.Field
	MayDraw bool // nobody has begun to speak
	Drawn   []DrawnBlock
	Order   []SlotRow
}

// DrawnBlock is one draw that was made, with everything that is needed to make it again.
type DrawnBlock struct {
	Title  string
	Facts  []ui.Fact
	Recipe string // for machines that have sha256sum
	Shell  string // the same for PowerShell
	Lots   ui.Table
}

// SlotRow is one slot with the forms that move or remove it.
type SlotRow struct {
	Slot   int64
	Text   string
	Begun  bool
	To     ui.Field
	Reason ui.Field
}

func (s *Server) drawPage(c *Ctx) error {
	h, err := s.hallHere(c)
	if err != nil {
		return err
	}
	return s.renderDraw(c, h, http.StatusOK, nil)
}

func (s *Server) renderDraw(c *Ctx, h hall, status int, failed error) error {
	ctx := c.R.Context()
	p := &MeetingDrawPage{ID: h.M.ID, Runs: h.Runs && h.Cycle.State != cycle.Closed, MayDraw: h.M.State != meeting.Ended}
	c.hallPage(&p.Page, h, c.T("meeting.draw"))
	if h.Runs && !p.Runs {
		p.Flash = &ui.Notice{Text: c.T("fault.cycle.closed")}
	}
	draws, err := meeting.Draws(ctx, s.Reader, h.M.ID)
	if err != nil {
		return err
	}
	b, err := s.readBoard(c, h)
	if err != nil {
		return err
	}
	names := map[string]string{}
	for _, x := range b.Slots {
		names[x.Code] = x.UnitName.In(c.Lang)
		p.MayDraw = p.MayDraw && b.Stage.Turns[x.ID].Begun == 0
	}
	for i := range draws {
		if draws[i].DrawnAt == 0 {
			p.Sealed = &draws[i]
		} else {
			p.Drawn = append(p.Drawn, c.drawnBlock(draws[i], names))
		}
	}
	errs := c.Errors(failed)
	p.Words = ui.Field{Name: "words", Label: c.T("meeting.draw.words"), Hint: c.T("meeting.draw.words_hint"), Value: c.Value("words"), Error: errs["words"], MaxLength: 100}
	p.Reason = ui.Field{Name: "reason", Label: c.T("meeting.draw.reason"), Hint: c.T("meeting.draw.reason_hint"), Required: true, Error: errs["reason"], MaxLength: 500}
	if p.Runs && h.M.State != meeting.Ended {
		p.Order = c.slotRows(b)
	}
	p.Errors = ui.Errors(p.Words, p.Reason)
	return c.RenderStatus(status, "meeting_draw", p)
}

func (c *Ctx) slotRows(b meetingBoard) []SlotRow {
	var out []SlotRow
	for i, x := range b.Slots {
		id := itoa(x.ID)
		out = append(out, SlotRow{Slot: x.ID, Text: itoa(int64(i+1)) + "  " + x.UnitName.In(c.Lang) + " · " + c.who(x.Person, x.Post), Begun: b.Stage.Turns[x.ID].Begun != 0,
			To:     ui.Field{Type: "number", Name: "to", ID: "f-to_" + id, Label: c.T("meeting.move.to"), Value: itoa(int64(i + 1)), Min: "1", Max: itoa(int64(len(b.Slots))), Required: true},
			Reason: ui.Field{Name: "reason", ID: "f-reason_" + id, Label: c.T("meeting.move.reason"), Required: true, MaxLength: 500}})
	}
	return out
}

// drawnBlock lists the lots, so that whoever can compute a SHA-256 can draw again.
func (c *Ctx) drawnBlock(d meeting.Draw, names map[string]string) DrawnBlock {
	l := c.locale()
	b := DrawnBlock{Title: c.T("meeting.draw.no", "N", d.No), Facts: []ui.Fact{{Term: c.T("meeting.draw.sealed"), Text: l.DateTime(d.SealedAt)}, {Term: c.T("meeting.draw.digest"), Text: d.Digest},
		{Term: c.T("meeting.draw.drawn"), Text: l.DateTime(d.DrawnAt)}, {Term: c.T("meeting.draw.secret"), Text: d.Secret}, {Term: c.T("meeting.draw.words"), Text: orDash(d.Words)}, {Term: c.T("meeting.draw.seed"), Text: d.Seed()}}}
	if d.Reason != "" {
		b.Facts = append(b.Facts, ui.Fact{Term: c.T("meeting.draw.reason"), Text: d.Reason})
	}
	b.Lots = ui.Table{Caption: c.T("meeting.draw.lots"), Columns: []ui.Column{{Head: c.T("meeting.no")}, {Head: c.T("meeting.draw.code")}, {Head: c.T("meeting.unit")}, {Head: c.T("meeting.draw.lot")}}}
	for i, code := range d.Codes {
		b.Lots.Rows = append(b.Lots.Rows, ui.Row{Cells: []ui.Cell{ui.T(itoa(int64(i + 1))), ui.T(code), ui.T(orDash(names[code])), ui.T(cycle.LotNumber(d.Seed(), code)[:16] + "…")}})
	}
	b.Recipe = "printf '%s' '" + d.Secret + "' | sha256sum\n"
	for _, code := range d.Codes {
		b.Recipe += "printf '%s\\n%s' '" + shell(d.Seed()) + "' '" + shell(code) + "' | sha256sum\n"
	}
	b.Shell = powerShell + "& $h " + quoted(d.Secret) + "\n"
	for _, code := range d.Codes {
		b.Shell += "& $h (" + quoted(d.Seed()) + ` + "` + "`" + `n" + ` + quoted(code) + ")\n"
	}
	return b
}

const powerShell = "$h={param($s)([BitConverter]::ToString([Security.Cryptography.SHA256]::Create().ComputeHash([Text.Encoding]::UTF8.GetBytes($s))) -replace '-').ToLower()}\n"

// quoted is a text as PowerShell takes it literally.
func quoted(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

// shell makes a text safe between single quotes.
func shell(s string) string { return strings.ReplaceAll(s, "'", `'\''`) }

// drawFacts is the draw on the meeting's first page.
func (s *Server) drawFacts(c *Ctx, h hall) ([]ui.Fact, error) {
	draws, err := meeting.Draws(c.R.Context(), s.Reader, h.M.ID)
	if err != nil || len(draws) == 0 {
		return nil, err
	}
	d, l := draws[0], c.locale()
	if d.DrawnAt == 0 {
		return []ui.Fact{{Term: c.T("meeting.draw.digest"), Text: d.Digest, Sub: c.T("meeting.draw.not_yet", "Time", l.DateTime(d.SealedAt))}}, nil
	}
	return []ui.Fact{{Term: c.T("meeting.draw.drawn"), Text: l.DateTime(d.DrawnAt)}, {Term: c.T("meeting.draw.seed"), Text: d.Seed()}}, nil
}

func (s *Server) drawLots(c *Ctx) error {
	return s.drawVerb(c, "meeting.flash.drawn", func(h hall) error {
		return s.Rooms.Meetings.Draw(c.R.Context(), c.Actor, h.M.ID, c.Value("words"))
	})
}

func (s *Server) sealAgain(c *Ctx) error {
	return s.drawVerb(c, "meeting.flash.sealed", func(h hall) error {
		return s.Rooms.Meetings.Redraw(c.R.Context(), c.Actor, h.M.ID, c.Value("reason"))
	})
}

func (s *Server) syncSlots(c *Ctx) error {
	return s.drawVerb(c, "meeting.flash.synced", func(h hall) error {
		_, err := s.Rooms.Meetings.Sync(c.R.Context(), c.Actor, h.M.ID)
		return err
	})
}

// drawVerb runs a verb of the draw's page and comes back to it.
func (s *Server) drawVerb(c *Ctx, flash string, do func(h hall) error) error {
	h, err := s.arranging(c)
	if err != nil {
		return err
	}
	err = do(h)
	if formFault(err) && len(fault.As(err).Fields) > 0 {
		return s.renderDraw(c, h, http.StatusUnprocessableEntity, err)
	}
	if err != nil {
		return err
	}
	return c.Go(h.path("/draw"), flash)
}

func (s *Server) moveSlot(c *Ctx) error {
	return s.slotVerb(c, "meeting.flash.moved", func(slot int64) error {
		return s.Rooms.Meetings.Move(c.R.Context(), c.Actor, slot, int(c.Int("to", 0)), c.Value("reason"))
	})
}

func (s *Server) removeSlot(c *Ctx) error {
	return s.slotVerb(c, "meeting.flash.removed", func(slot int64) error {
		return s.Rooms.Meetings.Remove(c.R.Context(), c.Actor, slot, c.Value("reason"))
	})
}

func (s *Server) slotVerb(c *Ctx, flash string, do func(slot int64) error) error {
	id, err := c.ID("slot")
	if err != nil {
		return err
	}
	x, err := meeting.SlotByID(c.R.Context(), s.Reader, id)
	if err != nil {
		return err
	}
	h, err := s.hallOf(c, x.Meeting)
	if err != nil {
		return err
	}
	if err := do(id); err != nil {
		return err
	}
	return c.Go(h.path("/draw"), flash)
}
