package web

import (
	"context"
	"database/sql"
	"net/http"
	"strings"

	"plumbline/internal/authz"
	"plumbline/internal/fault"
	"plumbline/internal/ledger"
	"plumbline/internal/org"
	"plumbline/internal/store"
	"plumbline/internal/web/ui"
)

// MatterNewPage registers a matter that did not come from a meeting: a self-check, an opinion, an inspection.
type MatterNewPage struct {
	Page
	Types    ui.Tabs
	Type     string
	Convenor ui.Field
	Unit     ui.Field
	More     ui.Field
	Cycle    ui.Field
	On       ui.Field
	Fields   []StepField
	Errors   *ui.ErrorSummary
}

func (s *Server) matterNew(c *Ctx) error { return s.matterNewPage(c, http.StatusOK, nil, nil) }

// newType is the ledger that the form is for: the one asked for, else that of findings.
func (s *Server) newType(c *Ctx) *ledger.Definition {
	types := s.Ledgers().Types()
	if d := types.Current(c.Value("type")); d != nil {
		return d
	}
	return types.For("finding")
}

func (s *Server) matterNewPage(c *Ctx, status int, typed ledger.Values, failed error) error {
	d := s.newType(c)
	if d == nil {
		return fault.Missing()
	}
	p, problems := &MatterNewPage{Type: d.ID}, c.Errors(failed)
	p.Title, p.Sub = c.T("ledger.new_title", "One", d.One.In(c.Lang)), c.T("ledger.new_sub")
	p.Crumbs = []ui.Link{{Text: c.T("ledger.title"), Href: "/matters"}, {Text: p.Title, Current: true}}
	p.Types.Label = c.T("ledger.filter.type")
	for _, x := range s.Ledgers().Types().All() {
		p.Types.Items = append(p.Types.Items, ui.Link{Text: x.Name.In(c.Lang), Href: "/matters/new?type=" + x.ID, Current: x == d})
	}
	convenor, err := s.convenorField(c, p, problems)
	if err != nil {
		return err
	}
	p.Unit = ui.Field{Name: "unit", Label: c.T("ledger.col.unit"), Hint: c.T("ledger.unit_hint"), Value: c.Value("unit"), Error: problems["unit"], Suggest: s.unitNames(c), Width: "medium"}
	p.More = ui.Field{Type: "textarea", Name: "units", Label: c.T("ledger.units_more"), Hint: c.T("ledger.units_hint"), Value: c.sent("units"), Error: problems["units"], Rows: 3}
	p.On = ui.Field{Type: "date", Name: "on", Label: c.T("ledger.opened_on"), Required: true, Value: otherwise(c.sent("on"), c.Today()), Max: c.Today(), Error: problems["on"]}
	if p.Cycle, err = s.cycleField(c, convenor); err != nil {
		return err
	}
	m := ledger.Matter{Convenor: convenor, Opened: c.Today(), Values: ledger.Values{}}
	if p.Fields, err = s.askFields(c, m, d, d.Register, typed, problems); err != nil {
		return err
	}
	all := []ui.Field{p.Convenor, p.Unit, p.More, p.On}
	for _, f := range p.Fields {
		all = append(all, f.Field)
	}
	p.Errors = ui.Errors(all...)
	return c.RenderStatus(status, "matter_new", p)
}

// convenorField asks for whom the matter is registered, where there is a choice.
func (s *Server) convenorField(c *Ctx, p *MatterNewPage, problems map[string]string) (authz.Unit, error) {
	places := s.Ledgers().MayRegister(c.Actor)
	if len(places) == 0 {
		return authz.Unit{}, fault.New(fault.Forbidden, "fault.forbidden")
	}
	chosen := places[0]
	var ids []int64
	for _, u := range places {
		ids = append(ids, u.ID)
		if itoa(u.ID) == c.Value("convenor") {
			chosen = u
		}
	}
	p.Convenor = ui.Field{Type: "hidden", Name: "convenor", Value: itoa(chosen.ID), Error: problems["convenor"]}
	if len(places) == 1 {
		return chosen, nil
	}
	units, err := org.UnitsByID(c.R.Context(), s.Reader, ids)
	p.Convenor.Type, p.Convenor.Label, p.Convenor.Required = "select", c.T("ledger.registered_by"), true
	for _, id := range ids {
		u := units[id]
		p.Convenor.Options = append(p.Convenor.Options, ui.Option{Value: itoa(id), Text: u.In(c.Lang)})
	}
	return chosen, err
}

// cycleField proposes the convenor's cycles, the latest one first.
func (s *Server) cycleField(c *Ctx, convenor authz.Unit) (ui.Field, error) {
	f := ui.Field{Type: "select", Name: "cycle", Label: c.T("ledger.origin.cycle"), Value: c.sent("cycle"), Width: "medium"}
	years, err := cycleYears(c.R.Context(), s.Reader, convenor.ID)
	for i, y := range years {
		if i == 0 && c.R.Method != http.MethodPost {
			f.Value = itoa(y.id)
		}
		f.Options = append(f.Options, ui.Option{Value: itoa(y.id), Text: c.T("ledger.of_cycle", "Year", y.year)})
	}
	f.Options = append(f.Options, ui.Option{Value: "0", Text: c.T("ledger.no_cycle")})
	return f, err
}

type cycleYear struct {
	id   int64
	year int
}

func cycleYears(ctx context.Context, r store.Reader, convenor int64) ([]cycleYear, error) {
	return store.List(ctx, r, `SELECT id, year FROM cycle WHERE unit_id = $1 ORDER BY year DESC LIMIT 5`, []any{convenor},
		func(rows *sql.Rows) (y cycleYear, err error) {
			err = rows.Scan(&y.id, &y.year)
			return y, err
		})
}

func (s *Server) registerMatter(c *Ctx) error {
	d := s.newType(c)
	if d == nil {
		return fault.Missing()
	}
	typed := formValues(c, d, d.Register)
	in := ledger.Draft{Type: d.ID, Convenor: c.Int("convenor", 0), Fields: map[string]string{}, On: c.Value("on"), Origin: ledger.Origin{Cycle: c.Int("cycle", 0)}}
	for id, v := range typed {
		in.Fields[id] = v.Text
	}
	var err error
	if in.Units, err = s.typedUnits(c, in.Convenor); err == nil {
		var id int64
		if id, err = s.Ledgers().Register(c.R.Context(), c.Actor, in); err == nil {
			return c.Go("/matters/"+itoa(id), "ledger.flash.registered")
		}
	}
	if fault.KindOf(err) == fault.Invalid {
		return s.matterNewPage(c, http.StatusUnprocessableEntity, typed, err)
	}
	return err
}

// typedUnits finds the units that a form names: one in its own box, more of them one a line.
func (s *Server) typedUnits(c *Ctx, convenor int64) ([]int64, error) {
	at, err := org.UnitByID(c.R.Context(), s.Reader, convenor)
	if err != nil {
		return nil, err
	}
	var form fault.Form
	var out []int64
	seen := map[int64]bool{}
	near := ledger.Matter{Convenor: at.Place(), Opened: c.Today()}
	for i, text := range append([]string{c.Value("unit")}, strings.Split(c.Value("units"), "\n")...) {
		if text = strings.TrimSpace(text); text == "" {
			continue
		}
		id, err := s.Ledgers().FindUnit(c.R.Context(), near, text)
		if err != nil {
			return nil, err
		}
		switch {
		case id == 0 && i == 0:
			form.Add("unit", "fault.ledger.reference")
		case id == 0:
			form.Add("units", "fault.ledger.unit_unknown", "Name", text)
		case !seen[id]:
			seen[id] = true
			out = append(out, id)
		}
	}
	return out, form.Err()
}
