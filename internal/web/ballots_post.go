package web

import (
	"strings"

	"net/http"
	"strconv"

	"plumbline/internal/ballot"
	"plumbline/internal/fault"
)

// ballotsOf is the count that the address names, by the id of its cycle, as the reader may see it.
func (s *Server) ballotsOf(c *Ctx) (cycle int64, v ballot.View, err error) {
	if cycle, err = c.ID("id"); err != nil {
		return 0, v, err
	}
	v, err = s.Rooms.Ballots.Look(c.R.Context(), c.Actor, cycle)
	return cycle, v, err
}

// afterBallots answers a form of the count: on to the page, or the page again with what is wrong.
func (s *Server) afterBallots(c *Ctx, id int64, err error, flash string) error {
	if fault.KindOf(err) == fault.Invalid {
		return s.showBallots(c, id, http.StatusUnprocessableEntity, err)
	}
	if err != nil {
		return err
	}
	return c.Go(ballotsPath(id), flash)
}

func (s *Server) openRound(c *Ctx) error {
	id, err := c.ID("id")
	if err != nil {
		return err
	}
	return s.afterBallots(c, id, s.Rooms.Ballots.OpenRound(c.R.Context(), c.Actor, id, c.Value("reason")), "ballot.opened")
}

func (s *Server) setPaper(c *Ctx) error {
	id, v, err := s.ballotsOf(c)
	if err != nil {
		return err
	}
	var papers []ballot.Paper
	for _, class := range v.Form.Classes {
		papers = append(papers, ballot.Paper{Class: class, Entitled: int(c.Int("entitled-"+class, -1)), Issued: int(c.Int("issued-"+class, -1)), Returned: int(c.Int("returned-"+class, -1))})
	}
	return s.afterBallots(c, id, s.Rooms.Ballots.SetPaper(c.R.Context(), c.Actor, id, int(c.Int("version", 0)), papers), "ballot.saved")
}

func (s *Server) settleBallot(c *Ctx) error {
	id, v, err := s.ballotsOf(c)
	if err != nil {
		return err
	}
	value, ok := v.Form.ReadValue(c.Value("value"))
	if !ok || strings.TrimSpace(c.Value("value")) == "" { // what settles a difference is said, never left out
		return s.afterBallots(c, id, fault.Bad("fault.ballot.value", "Value", c.Value("value")), "")
	}
	err = s.Rooms.Ballots.Settle(c.R.Context(), c.Actor, id, c.Value("class"), int(c.Int("slip", 0)), c.Int("unit", 0), c.Value("item"), value)
	return s.afterBallots(c, id, err, "ballot.settled")
}

func (s *Server) releaseSeat(c *Ctx) error {
	id, err := c.ID("id")
	if err != nil {
		return err
	}
	return s.afterBallots(c, id, s.Rooms.Ballots.Release(c.R.Context(), c.Actor, id, int(c.Int("seat", 0)), c.Value("reason")), "ballot.released")
}

func (s *Server) sealBallots(c *Ctx) error {
	id, err := c.ID("id")
	if err != nil {
		return err
	}
	return s.afterBallots(c, id, s.Rooms.Ballots.Seal(c.R.Context(), c.Actor, id, int(c.Int("version", 0)), c.Value("override")), "ballot.is_sealed")
}

func (s *Server) removeSlip(c *Ctx) error {
	id, err := c.ID("id")
	if err != nil {
		return err
	}
	class, slip := c.Value("class"), int(c.Int("slip", 0))
	if err := s.Rooms.Ballots.RemoveSlip(c.R.Context(), c.Actor, id, class, slip); err != nil {
		return err
	}
	return c.Go(keyPath(id, class, slip), "ballot.slip_removed")
}

func keyPath(id int64, class string, slip int) string {
	return ballotsPath(id) + "/key?class=" + class + "&slip=" + strconv.Itoa(slip)
}
