package web

import (
	"net/http"

	"plumbline/internal/authz"
	"plumbline/internal/org"
	"plumbline/internal/web/ui"
)

// theirUnit reads what stands at a unit that somebody else has changed.
func theirUnit(current any) (int, map[string]string) {
	u, _ := current.(org.Unit)
	return u.Version, map[string]string{"name": u.Name, "name_en": u.NameEn, "kind": u.Kind, "to": u.To}
}

// unitForm begins a form about a unit.
func (s *Server) unitForm(c *Ctx, u org.Unit, verb string) (orgForm, error) {
	crumbs, err := s.crumbs(c.R.Context(), c, u)
	return orgForm{title: c.T("org." + verb + "_title"), sub: c.T("org.of_unit", "Unit", u.In(c.Lang)), submit: c.T("org." + verb), back: unitAt(u.ID),
		crumbs: crumbs, version: u.Version, theirs: theirUnit}, err
}

// newUnit makes a unit under the one that "parent" names, or a root.
func (s *Server) newUnit(c *Ctx) error {
	f := orgForm{title: c.T("org.new_title"), submit: c.T("org.new"), back: "/units", crumbs: []ui.Link{{Text: c.T("org.units"), Href: "/units"}}}
	parent, at, kind := c.Int("parent", 0), authz.Whole, ""
	if parent != 0 {
		u, err := org.UnitByID(c.R.Context(), s.Reader, parent)
		if err != nil {
			return err
		}
		if f, err = s.unitForm(c, u, "new"); err != nil {
			return err
		}
		f.sub, at, kind, f.theirs, f.version = c.T("org.new_under", "Unit", u.In(c.Lang)), u.Place(), s.kindBelow(u.Kind), nil, 0
	}
	if err := c.mayEditAt(at); err != nil {
		return err
	}
	f.fields = []ui.Field{c.textField("name", "org.name", "", true), c.textField("name_en", "org.name_en", "", false),
		{Name: "code", Label: c.T("org.code"), Hint: c.T("org.code_hint"), Value: c.typed("code", ""), Required: true, Width: "short", MaxLength: org.MaxCode},
		c.kindField(s.Pack.UnitKinds, kind), c.dateField("from", "org.from", c.Today(), false)}
	f.fields[4].Hint = c.T("org.from_hint")
	if c.R.Method == http.MethodGet {
		return c.showForm(http.StatusOK, f, nil)
	}
	made, err := s.Rooms.Org.CreateUnit(c.R.Context(), c.Actor, org.NewUnit{Parent: parent, Code: c.Value("code"), Kind: c.Value("kind"),
		Name: c.Value("name"), NameEn: c.Value("name_en"), From: c.Value("from")})
	return c.endForm(f, err, unitAt(made.ID), "org.made")
}

// kindBelow guesses the kind of a unit's child: the first of the next level.
func (s *Server) kindBelow(kind string) string {
	level := -1
	for _, k := range s.Pack.UnitKinds {
		if k.ID == kind {
			level = k.Level
		}
	}
	for _, k := range s.Pack.UnitKinds {
		if level >= 0 && k.Level > level {
			return k.ID
		}
	}
	return kind
}

func (s *Server) renameUnit(c *Ctx) error {
	u, err := s.unitToEdit(c)
	if err != nil {
		return err
	}
	f, err := s.unitForm(c, u, "rename")
	if err != nil {
		return err
	}
	f.fields = []ui.Field{c.textField("name", "org.name", u.Name, true), c.textField("name_en", "org.name_en", u.NameEn, false),
		c.kindField(s.Pack.UnitKinds, u.Kind), c.changeDateField(), c.correctField()}
	if c.R.Method == http.MethodGet {
		return c.showForm(http.StatusOK, f, nil)
	}
	err = s.Rooms.Org.RenameUnit(c.R.Context(), c.Actor, org.Rename{Unit: u.ID, Version: int(c.Int("version", 0)), Name: c.Value("name"),
		NameEn: c.Value("name_en"), Kind: c.Value("kind"), Date: c.changeDate()})
	return c.endForm(f, err, unitAt(u.ID), "org.saved")
}

func (s *Server) moveUnit(c *Ctx) error {
	u, err := s.unitToEdit(c)
	if err != nil {
		return err
	}
	f, err := s.unitForm(c, u, "move")
	if err != nil {
		return err
	}
	if u.Below > 0 {
		f.notice = &ui.Notice{Text: c.T("org.move_notice", "Count", int(u.Below))}
	}
	f.fields = []ui.Field{c.placeField("parent", "org.new_parent", ""), c.changeDateField(), c.correctField()}
	if c.R.Method == http.MethodGet {
		return c.showForm(http.StatusOK, f, nil)
	}
	parent, choice, err := s.findPlace(c, "parent")
	f.fields = withChoice(f.fields, "parent", choice)
	if err == nil {
		err = s.Rooms.Org.MoveUnit(c.R.Context(), c.Actor, org.Move{Unit: u.ID, Parent: parent, Version: int(c.Int("version", 0)), Date: c.changeDate()})
	}
	return c.endForm(f, err, unitAt(u.ID), "org.moved")
}
