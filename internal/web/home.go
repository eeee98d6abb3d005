package web

import "plumbline/internal/web/ui"

// HomePage answers the one question of whoever opens it. Each block is filled by its room's file (home_*.go) and is nil
// for those whom it does not concern; blocks stand in the order of the template.
type HomePage struct {
	Page
	Matters *MattersBlock
	Notices *NoticesBlock
	Nothing bool // no block concerns this reader today
	Desks   []DeskBlock
	Dates   *ui.Table
	Reports *HomeReports
	Setup   *SetupBlock
	Meeting *HomeMeeting
	Results *HomeResults
	Ballots *HomeBallots
}

func (s *Server) home(c *Ctx) error {
	p := &HomePage{}
	p.Title = c.T("home.title", "Name", c.Actor.Name)
	var err error
	if p.Desks, err = s.desks(c); err != nil {
		return err
	}
	if p.Reports, err = s.homeReports(c); err != nil {
		return err
	}
	if p.Results, err = s.homeResults(c); err != nil {
		return err
	}
	if p.Matters, err = s.mattersBlock(c); err != nil {
		return err
	}
	if p.Notices, err = s.noticesBlock(c); err != nil {
		return err
	}
	if p.Setup, err = s.setupBlock(c); err != nil {
		return err
	}
	if p.Dates, err = s.comingDates(c); err != nil {
		return err
	}
	if p.Meeting, err = s.homeMeeting(c); err != nil {
		return err
	}
	if p.Ballots, err = s.homeBallots(c); err != nil {
		return err
	}
	p.Nothing = p.Notices == nil && p.Ballots == nil && p.Meeting == nil && p.Results == nil && p.Setup == nil && p.Reports == nil && p.Matters == nil && p.Desks == nil && p.Dates == nil
	return c.Render("home", p)
}
