package web

import (
	"plumbline/internal/review/meeting"
	"plumbline/internal/web/ui"
)

// MeetingStagePage is the screen in the hall: who speaks, the clock, who is next; nothing else, and nothing that needs
// the network to go on.
type MeetingStagePage struct {
	Page
	ID    int64
	Stage StageNow
}

// StageNow is what stands on the screen. Turn is nil between two turns.
type StageNow struct {
	Name  string
	Line  string // under the name, between turns
	Turn  *TurnBlock
	Next  string
	Place string
}

func (s *Server) stagePage(c *Ctx) error {
	h, err := s.hosted(c)
	if err != nil {
		return err
	}
	b, err := s.readBoard(c, h)
	if err != nil {
		return err
	}
	now := c.stageNow(h, b)
	if c.Value("part") == "now" {
		return c.Fragment("meeting_stage", "stage-now", now)
	}
	p := &MeetingStagePage{ID: h.M.ID, Stage: now}
	p.Kind, p.Title, p.RefreshSec = ui.KindStage, c.cycleTitle(h.Cycle, h.Unit), 5
	return c.Render("meeting_stage", p)
}

func (c *Ctx) stageNow(h hall, b meetingBoard) StageNow {
	p := StageNow{Name: c.cycleTitle(h.Cycle, h.Unit), Place: h.M.Place}
	if next := b.Stage.Next(b.Slots); next != nil && b.Stage.State != meeting.Ended {
		p.Next = c.T("meeting.stage.next", "Unit", next.UnitName.In(c.Lang))
	}
	now := b.Stage.Now(b.Slots)
	switch {
	case now != nil:
		p.Turn = c.turnBlock(*now, b)
	case b.Stage.State == meeting.Planned:
		p.Line = c.when(h.M)
	case b.Stage.State == meeting.Ended:
		p.Line = c.T("meeting.stage.over")
	}
	return p
}
