package web

import (
	"net/http"
	"slices"
	"strings"

	"plumbline/internal/authz"
	"plumbline/internal/org"
	"plumbline/internal/review/cycle"
	"plumbline/internal/web/ui"
)

// ending is a unit's end as its page shows it: the form, and what hangs on the unit.
type ending struct {
	orgForm
	unit  org.Unit
	end   org.End
	verb  string // "merge" or "dissolve"
	hangs []org.Hanging
}

// unitEnding begins the page on which a unit is merged or dissolved.
func (s *Server) unitEnding(c *Ctx, verb string) (p ending, err error) {
	if p.unit, err = s.unitToEdit(c); err != nil {
		return p, err
	}
	if p.orgForm, err = s.unitForm(c, p.unit, verb); err != nil {
		return p, err
	}
	p.verb, p.kind = verb, "danger"
	p.end = org.End{Unit: p.unit, Merged: verb == "merge", Date: c.Today()}
	if p.hangs, err = s.Rooms.Org.HangsOn(c.R.Context(), c.Actor, p.end); err != nil {
		return p, err
	}
	notice := "org." + verb + "_notice"
	if len(p.hangs) == 0 {
		notice += "_alone"
	}
	p.notice = &ui.Notice{Kind: "warn", Text: c.T(notice, "Unit", p.unit.In(c.Lang))}
	p.orgForm.hangs, err = s.hangsTable(c, p)
	return p, err
}

// count says how many things of some kinds hang on the unit.
func (p ending) count(kinds ...string) (n int) {
	for _, h := range p.hangs {
		if slices.Contains(kinds, h.Kind) {
			n += h.Count
		}
	}
	return n
}

func (s *Server) mergeUnit(c *Ctx) error {
	p, err := s.unitEnding(c, "merge")
	if err != nil {
		return err
	}
	p.fields = []ui.Field{c.placeField("into", "org.into", ""), c.dateField("date", "org.end_day", c.Today(), true)}
	if p.count(org.HangRoles) > 0 {
		p.fields = append(p.fields, c.rolesField(org.RolesMove))
	}
	if c.R.Method == http.MethodGet {
		return c.showForm(http.StatusOK, p.orgForm, nil)
	}
	into, choice, err := s.findPlace(c, "into")
	p.fields = withChoice(p.fields, "into", choice)
	if err == nil {
		err = s.Rooms.Org.MergeUnit(c.R.Context(), c.Actor, org.Merge{Unit: p.unit.ID, Into: into, Version: int(c.Int("version", 0)),
			Date: c.Value("date"), Roles: c.Value("roles")})
	}
	return c.endForm(p.orgForm, err, unitAt(p.unit.ID), "org.merged")
}

func (s *Server) dissolveUnit(c *Ctx) error {
	p, err := s.unitEnding(c, "dissolve")
	if err != nil {
		return err
	}
	p.fields = []ui.Field{c.dateField("date", "org.end_day", c.Today(), true)}
	if p.count(org.HangMatters, org.HangRuled, org.HangRoles) > 0 {
		into := c.placeField("into", "org.open_into", "")
		into.Required = p.count(org.HangMatters, org.HangRuled) > 0
		p.fields = append(p.fields, into)
	}
	if p.count(org.HangRoles) > 0 {
		p.fields = append(p.fields, c.rolesField(org.RolesEnd))
	}
	if n := p.count(org.HangChildren); n > 0 {
		p.fields = append(p.fields, ui.Field{Type: "checkbox", Name: "below", Label: c.T("org.dissolve_below", "Count", n), Value: c.typed("below", ""), Plain: true})
	}
	if c.R.Method == http.MethodGet {
		return c.showForm(http.StatusOK, p.orgForm, nil)
	}
	var into int64
	if c.Value("into") != "" {
		var choice *ui.Field
		if into, choice, err = s.findPlace(c, "into"); err != nil {
			p.fields = withChoice(p.fields, "into", choice)
			return c.endForm(p.orgForm, err, unitAt(p.unit.ID), "")
		}
	}
	err = s.Rooms.Org.DissolveUnit(c.R.Context(), c.Actor, org.Dissolve{Unit: p.unit.ID, Into: into, Version: int(c.Int("version", 0)),
		Date: c.Value("date"), Below: c.Value("below") == "1", Roles: c.Value("roles")})
	return c.endForm(p.orgForm, err, unitAt(p.unit.ID), "org.dissolved")
}

// rolesField asks what becomes of the roles at a unit that ends.
func (c *Ctx) rolesField(stands string) ui.Field {
	return ui.Field{Type: "radio", Name: "roles", Label: c.T("org.roles"), Value: c.typed("roles", stands), Required: true, Options: []ui.Option{
		{Value: org.RolesMove, Text: c.T("org.roles_move")}, {Value: org.RolesEnd, Text: c.T("org.roles_end")}}}
}

// hangsTable lists what hangs on the unit: how many, which, and what becomes of each; nil where nothing does.
func (s *Server) hangsTable(c *Ctx, p ending) (*ui.Table, error) {
	if len(p.hangs) == 0 {
		return nil, nil
	}
	t := &ui.Table{Caption: c.T("org.hangs"), Columns: []ui.Column{{Head: c.T("org.hangs_what")}, {Head: c.T("org.hangs_count"), Align: "right"}, {Head: c.T("org.hangs_then")}}}
	for _, h := range p.hangs {
		names, err := s.hangNames(c, h)
		if err != nil {
			return nil, err
		}
		then := ui.Cell{Text: c.T("org.hang." + h.Kind + "_" + p.verb)}
		if h.Kind == org.HangConvened {
			then = ui.Cell{Status: &ui.Status{State: ui.Late, Text: c.T("org.hang_first")}, Sub: then.Text}
		}
		href := s.hangHref(c, p, h)
		t.Rows = append(t.Rows, ui.Row{Href: href, Cells: []ui.Cell{{Text: c.T("org.hang." + h.Kind), Sub: names}, {Text: itoa(int64(h.Count)), Href: href}, then}})
	}
	return t, nil
}

// hangNames are the names of the first things of a kind, in the reader's language.
func (s *Server) hangNames(c *Ctx, h org.Hanging) (string, error) {
	var names []string
	for _, i := range h.Items {
		name, beside := i.In(c.Lang), i.Beside(c.Lang)
		switch h.Kind {
		case org.HangConvened, org.HangReports, org.HangReported:
			cy, err := cycle.ByID(c.R.Context(), s.Reader, i.ID)
			if err != nil {
				return "", err
			}
			convenor, err := org.UnitByID(c.R.Context(), s.Reader, cy.Unit)
			if err != nil {
				return "", err
			}
			name = c.cycleTitle(cy, convenor)
		case org.HangRoles:
			if role, ok := s.Pack.Role(i.Where); ok {
				beside = role.Name.In(c.Lang)
			}
		}
		if beside != "" {
			name = c.T("org.hang_beside", "Name", name, "Beside", beside)
		}
		names = append(names, name)
	}
	text := strings.Join(names, c.T("org.hang_join"))
	if h.Count > len(h.Items) && len(h.Items) > 0 {
		text = c.T("org.hang_more", "Names", text, "Count", h.Count)
	}
	return text, nil
}

// hangHref leads to the things of a kind, where the reader may go there; "" where not.
func (s *Server) hangHref(c *Ctx, p ending, h org.Hanging) string {
	alone := ""
	if p.end.Merged {
		alone = "&alone=1"
	}
	switch h.Kind {
	case org.HangMatters:
		return "/matters?class=open&under=" + itoa(p.unit.ID) + alone
	case org.HangRuled:
		return "/matters?class=open&ruled=" + itoa(p.unit.ID) + alone
	case org.HangConvened, org.HangReports, org.HangReported:
		if len(h.Items) == 1 && c.MayAnywhere(authz.Read) {
			return cyclePath(h.Items[0].ID)
		}
		return "/cycles"
	case org.HangRoles:
		return "/accounts?unit=" + itoa(p.unit.ID)
	case org.HangRolesOthers:
		return ""
	}
	return unitAt(p.unit.ID)
}
