package web

import (
	"context"

	"plumbline/internal/authz"
	"plumbline/internal/org"
	"plumbline/internal/review/cycle"
	"plumbline/internal/review/result"
	"plumbline/internal/web/ui"
)

// HomeResults says what the reader is asked to judge now, and what was decided about the reader's own unit.
type HomeResults struct {
	Judge []ui.Card
	Own   []ui.Card
}

// letterCards is how many letters a first screen shows.
const letterCards = 3

// notificationCards is how many notifications it shows.
const notificationCards = 2

// homeResults gives the block of whoever appraises without running the cycle, and of whoever reports; nil for others.
func (s *Server) homeResults(c *Ctx) (*HomeResults, error) {
	b := &HomeResults{}
	for _, u := range s.Gate.Policy().Units(c.Actor, authz.CommentWrite) {
		if c.May(authz.CycleManage, u) {
			continue // the desk says it
		}
		cards, err := s.judgeCards(c, u)
		if err != nil {
			return nil, err
		}
		b.Judge = append(b.Judge, cards...)
	}
	told, err := s.Rooms.Results.Notified(c.R.Context(), c.Actor, notificationCards)
	if err != nil {
		return nil, err
	}
	for _, v := range told {
		b.Own = append(b.Own, ui.Card{Title: c.T("result.notification.title"), Href: v.Letter.Path(), Text: c.cycleTitle(v.Cycle, v.Convenor), Status: &ui.Status{State: ui.Done, Text: c.T("result.letters.is_issued")},
			Meta: []string{v.Letter.Number, c.locale().Date(v.Letter.IssuedOn)}})
	}
	if !c.MayAnywhere(authz.ReportWrite) {
		if len(b.Judge)+len(b.Own) == 0 {
			return nil, nil
		}
		return b, nil
	}
	letters, err := result.IssuedTo(c.R.Context(), s.Reader, s.ownScope(c), letterCards)
	if err != nil {
		return nil, err
	}
	for _, l := range letters {
		card, err := s.letterCard(c.R.Context(), c, l)
		if err != nil {
			return nil, err
		}
		b.Own = append(b.Own, card)
	}
	if len(b.Judge)+len(b.Own) == 0 {
		return nil, nil
	}
	return b, nil
}

// ownScope is the units for which the reader writes reports, each alone.
func (s *Server) ownScope(c *Ctx) authz.Scope { return c.Scope(authz.ReportWrite) }

// judgeCards is one card for every open cycle of a convenor: what is on the table there.
func (s *Server) judgeCards(c *Ctx, at authz.Unit) ([]ui.Card, error) {
	ctx := c.R.Context()
	cycles, err := cycle.OfUnit(ctx, s.Reader, at.ID)
	if err != nil {
		return nil, err
	}
	var out []ui.Card
	for _, cy := range cycles {
		if cy.State == cycle.Closed || len(out) == letterCards {
			continue
		}
		u, err := org.UnitByID(ctx, s.Reader, cy.Unit)
		if err != nil {
			return nil, err
		}
		card, err := s.judgeCard(c, cy)
		if err != nil {
			return nil, err
		}
		card.Meta = []string{c.cycleTitle(cy, u), c.T("cycle.meeting_on", "Date", c.locale().Date(cy.MeetingDate))}
		out = append(out, card)
	}
	return out, nil
}

func (s *Server) judgeCard(c *Ctx, cy cycle.Cycle) (ui.Card, error) {
	ctx := c.R.Context()
	fixed, err := result.Results(ctx, s.Reader, cy.ID)
	if err != nil {
		return ui.Card{}, err
	}
	decided, err := result.Decisions(ctx, s.Reader, cy.ID)
	if err != nil {
		return ui.Card{}, err
	}
	switch {
	case len(decided) > 0:
		return ui.Card{Title: c.T("result.home.decided"), Href: cyclePath(cy.ID) + "/decision", Text: c.T("result.home.decided_text", "Body", decided[0].Body, "Date", c.locale().Date(decided[0].MetOn)), Status: &ui.Status{State: ui.Done}}, nil
	case len(fixed) > 0:
		return ui.Card{Title: c.T("result.home.judge"), Href: resultPath(cy.ID), Text: c.T("result.home.judge_text"), Status: &ui.Status{State: ui.Soon, Text: c.T("result.home.your_turn")}}, nil
	case cy.State.AtLeast(cycle.Held):
		return ui.Card{Title: c.T("result.home.counting"), Href: cyclePath(cy.ID), Text: c.T("result.home.counting_text"), Status: &ui.Status{State: ui.Waiting}}, nil
	}
	return ui.Card{Title: c.T("result.home.reports"), Href: cyclePath(cy.ID) + "/reports", Text: c.T("result.home.reports_text"), Status: &ui.Status{State: ui.OnTime, Text: c.T("cycle.state." + string(cy.State))}}, nil
}

// letterCard is the grade and the letter of one's own unit.
func (s *Server) letterCard(ctx context.Context, c *Ctx, l result.Letter) (ui.Card, error) {
	told, err := s.Rooms.Results.Told(ctx, l)
	if err != nil {
		return ui.Card{}, err
	}
	return ui.Card{Title: c.T("result.home.letter", "Year", told.Year), Href: l.Path(), Text: told.Unit.In(c.Lang), Status: c.gradeStatus(told.Plan, told.Grade),
		Meta: []string{l.Number, c.locale().Date(l.IssuedOn), c.T("result.home.score", "Score", told.Composite)}}, nil
}
