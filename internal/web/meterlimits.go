package web

import (
	"net/http"
	"strconv"

	"plumbline/internal/authz"
	"plumbline/internal/fault"
	"plumbline/internal/ledger"
	"plumbline/internal/org"
	"plumbline/internal/web/ui"
)

// MeterLimitsPage is where an office sets its own limits for itself and all below it.
type MeterLimitsPage struct {
	Page
	Notice ui.Notice
	Errors *ui.ErrorSummary
	Side   ui.Field
	Sets   []LimitSet
	To     string
}

// LimitSet is the boxes of one limit.
type LimitSet struct {
	Name, From  string
	Most, Words ui.Field
	Default     *ui.Field
}

// limitUnits are the units at which the reader may set limits.
func (s *Server) limitUnits(c *Ctx) []authz.Unit {
	return s.Gate.Policy().Units(c.Actor, authz.LedgerApprove)
}

func (s *Server) meterLimits(c *Ctx) error { return s.limitsPage(c, http.StatusOK, nil) }

// limitsAt is the unit that the form is for.
func (s *Server) limitsAt(c *Ctx) (org.Unit, error) {
	units := s.limitUnits(c)
	if len(units) == 0 {
		return org.Unit{}, fault.New(fault.Forbidden, "fault.forbidden")
	}
	at := units[0]
	for _, u := range units {
		if itoa(u.ID) == c.Value("at") {
			at = u
		}
	}
	return org.UnitByID(c.R.Context(), s.Reader, at.ID)
}

func (s *Server) limitsPage(c *Ctx, status int, problems map[string]string) error {
	d, err := s.meterType(c)
	if err != nil {
		return err
	}
	u, err := s.limitsAt(c)
	if err != nil {
		return err
	}
	limits, err := s.Ledgers().Limits(c.R.Context(), d)
	if err != nil {
		return err
	}
	p := &MeterLimitsPage{To: "/meter/" + d.ID + "/limits", Notice: ui.Notice{Text: c.T("meter.limits_about", "Unit", u.In(c.Lang))}}
	p.Title, p.Sub = c.T("meter.set_limits"), u.In(c.Lang)
	p.Crumbs = []ui.Link{{Text: d.Name.In(c.Lang), Href: "/matters?type=" + d.ID}, {Text: c.T("meter.title"), Href: "/meter/" + d.ID}, {Text: p.Title, Current: true}}
	p.Side = ui.Field{Type: "hidden", Name: "at", Value: itoa(u.ID)}
	var all []ui.Field
	for i, l := range limits.At(u.Path) {
		set := c.limitSet(d, l, d.Meter.Limits[i], u.ID, problems)
		all = append(all, set.Most, set.Words)
		p.Sets = append(p.Sets, set)
	}
	p.Errors = ui.Errors(all...)
	return c.RenderStatus(status, "meter_limits", p)
}

// limitSet makes the boxes of a limit; own is the definition's.
func (c *Ctx) limitSet(d *ledger.Definition, l ledger.SetLimit, own ledger.Limit, at int64, problems map[string]string) LimitSet {
	name, most := l.Name(), strconv.Itoa(l.AtMost)
	if l.Off {
		most = ""
	}
	words := l.Said
	if c.R.Method == http.MethodPost {
		most, words = c.Value(name), c.Value(name+".note")
	}
	set := LimitSet{Name: c.limitName(d, l.Limit), From: c.T("meter.own", "Most", own.AtMost)}
	set.Most = ui.Field{Name: name, Label: c.T("meter.at_most"), HideLabel: false, Plain: true, Hint: c.T("meter.at_most_hint"), Inputmode: "numeric", Width: "short", Value: most, Error: problems[name]}
	set.Words = ui.Field{Name: name + ".note", Label: c.T("meter.reason"), Value: words, MaxLength: 200, Error: problems[name+".note"]}
	if l.SetBy == at {
		set.Default = &ui.Field{Type: "checkbox", Name: name + ".default", Label: c.T("meter.back_to_own"), Plain: true, HideLabel: true, Options: []ui.Option{{Value: "1", Text: c.T("meter.back_to_own")}}}
	}
	return set
}

func (s *Server) setMeterLimits(c *Ctx) error {
	d, err := s.meterType(c)
	if err != nil {
		return err
	}
	u, err := s.limitsAt(c)
	if err != nil {
		return err
	}
	limits, err := s.Ledgers().Limits(c.R.Context(), d)
	if err != nil {
		return err
	}
	in := map[string]ledger.LimitIn{}
	for _, l := range limits.At(u.Path) {
		name := l.Name()
		x := ledger.LimitIn{AtMost: c.Value(name), Note: c.Value(name + ".note"), Default: c.Value(name+".default") == "1"}
		now := strconv.Itoa(l.AtMost)
		if l.Off {
			now = ""
		}
		if !x.Default && x.AtMost == now && x.Note == l.Said {
			continue // what nobody touched goes on following the office above
		}
		in[name] = x
	}
	err = s.Ledgers().SetLimits(c.R.Context(), c.Actor, d.ID, u.Place(), in)
	if problems := c.Errors(err); problems != nil {
		return s.limitsPage(c, http.StatusUnprocessableEntity, problems)
	}
	if err != nil {
		return err
	}
	return c.Go("/meter/"+d.ID+"?under="+itoa(u.ID), "meter.flash.limits")
}
