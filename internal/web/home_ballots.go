package web

import (
	"strconv"

	"plumbline/internal/authz"
	"plumbline/internal/ballot"
	"plumbline/internal/fault"
	"plumbline/internal/review/cycle"
	"plumbline/internal/web/ui"
)

// HomeBallots is what a teller comes for: the open counts, and how far the own keying is.
type HomeBallots struct{ Cards []ui.Card }

// homeBallots lists the open rounds at the units where the reader keys ballots; nil where there is none.
func (s *Server) homeBallots(c *Ctx) (*HomeBallots, error) {
	out := &HomeBallots{}
	for _, unit := range s.Gate.Policy().Units(c.Actor, authz.TallyKey) {
		cycles, err := cycle.OfUnit(c.R.Context(), s.Reader, unit.ID)
		if err != nil {
			return nil, err
		}
		for _, x := range cycles {
			if x.State == cycle.Closed {
				continue
			}
			card, ok, err := s.ballotCard(c, x)
			if err != nil {
				return nil, err
			}
			if ok {
				out.Cards = append(out.Cards, card)
			}
		}
	}
	if len(out.Cards) == 0 {
		return nil, nil
	}
	return out, nil
}

func (s *Server) ballotCard(c *Ctx, x cycle.Cycle) (card ui.Card, ok bool, err error) {
	v, err := s.Rooms.Ballots.Look(c.R.Context(), c.Actor, x.ID)
	if fault.KindOf(err) == fault.NotFound || err == nil && v.Round.State != ballot.Open {
		return card, false, nil
	}
	if err != nil {
		return card, false, err
	}
	n, err := s.countOf(c, x.ID)
	if err != nil {
		return card, false, err
	}
	card = ui.Card{Title: c.cycleTitle(x, n.convenor), Href: ballotsPath(x.ID), Status: &ui.Status{State: ui.Done, Text: c.T("ballot.home.done")}}
	for _, class := range v.Form.Classes {
		keyed, all := keyedBy(v, c.Actor, class), returned(v, class)
		card.Meta = append(card.Meta, n.class(c, class)+" "+strconv.Itoa(keyed)+"/"+strconv.Itoa(all))
		if keyed < all {
			card.Status = &ui.Status{State: ui.Soon, Text: c.T("ballot.home.open")}
			card.Actions = []ui.Button{{Text: c.T("ballot.key"), Kind: "primary", Href: ballotsPath(x.ID) + "/key"}}
		}
	}
	return card, true, nil
}
