package web

import (
	"plumbline/internal/authz"
	"plumbline/internal/web/ui"
)

// SetupBlock is an administrator's first screen: what is still to be set up, and who can't come in.
type SetupBlock struct {
	Steps   *ui.Steps
	Figures ui.KeyFigures
}

// setupBlock gives the block, nil for those who look after no accounts.
func (s *Server) setupBlock(c *Ctx) (*SetupBlock, error) {
	if !c.MayAnywhere(authz.AccountManage) {
		return nil, nil
	}
	o, err := s.Rooms.Accounts.Overview(c.R.Context(), c.Actor)
	if err != nil {
		return nil, err
	}
	b := &SetupBlock{Figures: ui.KeyFigures{Label: c.T("accounts.title")}}
	figure := func(key string, n int64, state, lamp string) {
		f := ui.Figure{Label: c.T(key), Value: itoa(n), Href: "/accounts"}
		if state != "" {
			f.Href += "?state=" + state
		}
		if n > 0 {
			f.State = lamp
		}
		b.Figures.Items = append(b.Figures.Items, f)
	}
	figure("accounts.title", o.Total, "", "")
	figure("accounts.state_waiting", o.Waiting, "waiting", ui.Waiting)
	figure("accounts.state_locked", o.Locked, "locked", ui.Late)
	figure("accounts.state_disabled", o.Disabled, "disabled", ui.None)
	if o.NoUnits || o.Total <= 1 {
		b.Steps = c.setupSteps(o.NoUnits)
	}
	return b, nil
}

// setupSteps tells what comes first on a new installation.
func (c *Ctx) setupSteps(noUnits bool) *ui.Steps {
	units, accounts := "done", "current"
	if noUnits {
		units, accounts = "current", ""
	}
	return &ui.Steps{Label: c.T("setupblock.steps"), Items: []ui.Step{
		{Text: c.T("setupblock.password"), State: "done"},
		{Text: c.T("setupblock.units"), Sub: c.T("setupblock.units_hint"), Href: "/units", State: units},
		{Text: c.T("setupblock.accounts"), Sub: c.T("setupblock.accounts_hint"), Href: "/accounts/import", State: accounts},
	}}
}
