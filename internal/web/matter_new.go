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

// MatterNewPage registers a matter that did not come from a meeting: a self-check, an opinion, an inspection, a request.
// Side is the unit that registers: the convenor, or where the ledger says so the owner or the requester.
type MatterNewPage struct {
	Page
	Types     ui.Tabs
	Type      string
	Side      ui.Field
	Convenor  []ui.Fact
	From      int64  // the matter that it is registered from, 0 if none …
	Link      string // … and the kind of link that leads back
	Requester *ui.Field
	Unit      *ui.Field
	More      *ui.Field
	Cycle     *ui.Field
	On        ui.Field
	Fields    []StepField
	// Folded are the boxes that may be left out, in a ledger that is noted in passing; Open unfolds them.
	Folded []StepField
	Open   bool
	// Held asks what is to be done about facts that the system holds; nil where none are asked for.
	Held   *HeldBlock
	Errors *ui.ErrorSummary
}

func (s *Server) matterNew(c *Ctx) error { return s.matterNewPage(c, http.StatusOK, nil, nil) }

// registrable lists the types of which the actor may register matters somewhere.
func (s *Server) registrable(c *Ctx) []*ledger.Definition {
	var out []*ledger.Definition
	for _, d := range s.Ledgers().Types().All() {
		if c.MayAnywhere(d.RegisteredBy()) && !s.Ledgers().Types().Retired(d.ID) {
			out = append(out, d)
		}
	}
	return out
}

// newType is the ledger that the form is for: the one asked for, nil where the actor may not fill it; without one the
// first that the actor may fill, findings before others.
func (s *Server) newType(c *Ctx) *ledger.Definition {
	types := s.registrable(c)
	for _, d := range types {
		if d.ID == c.Value("type") {
			return d
		}
	}
	if len(types) == 0 || s.Ledgers().Types().Current(c.Value("type")) != nil {
		return nil // one that the actor may not fill is not taken for another
	}
	return types[0]
}

func (s *Server) matterNewPage(c *Ctx, status int, typed ledger.Values, failed error) error {
	d := s.newType(c)
	if d == nil {
		return fault.New(fault.Forbidden, "fault.forbidden")
	}
	p, problems := &MatterNewPage{Type: d.ID}, c.Errors(failed)
	p.Title, p.Sub = c.T("ledger.new_title", "One", d.One.In(c.Lang)), d.About.In(c.Lang)
	if d.For == "finding" {
		p.Sub = c.T("ledger.new_sub")
	}
	p.Crumbs = []ui.Link{{Text: c.T("ledger.title"), Href: "/matters"}, {Text: p.Title, Current: true}}
	p.Types.Label = c.T("ledger.filter.type")
	for _, x := range s.registrable(c) {
		if c.Value("from") != "" {
			break // what is registered from a matter has its type
		}
		p.Types.Items = append(p.Types.Items, ui.Link{Text: x.Name.In(c.Lang), Href: "/matters/new?type=" + x.ID, Current: x == d})
	}
	m, err := s.sideField(c, p, d, problems)
	if err != nil {
		return err
	}
	if err := s.beginFrom(c, p, d, &m); err != nil {
		return err
	}
	if err := s.sideBoxes(c, p, d, m, problems); err != nil {
		return err
	}
	if p.Unit != nil && p.From != 0 && c.R.Method == http.MethodGet && p.Unit.Value == "" {
		if p.Unit.Value, err = s.ownerTyped(c, m.Convenor, p.From); err != nil {
			return err
		}
	}
	p.On = ui.Field{Type: "date", Name: "on", Label: c.T("ledger.opened_on"), Required: true, Value: otherwise(c.sent("on"), c.Today()), Max: c.Today(), Error: problems["on"]}
	if p.Fields, err = s.askFields(c, m, d, d.Register, false, typed, problems); err != nil {
		return err
	}
	if p.Held, err = s.heldAsked(c, p, d, m, typed); err != nil {
		return err
	}
	all := []ui.Field{p.Side, p.On}
	for _, f := range []*ui.Field{p.Requester, p.Unit, p.More} {
		if f != nil {
			all = append(all, *f)
		}
	}
	for _, f := range p.Fields {
		all = append(all, f.Field)
	}
	if p.Held != nil {
		for _, f := range p.Held.Fields {
			all = append(all, f.Field)
		}
	}
	p.Errors = ui.Errors(all...)
	if d.Meter != nil {
		p.fold()
	}
	return c.RenderStatus(status, "matter_new", p)
}

// fold puts the boxes that may be left out behind a word: noting what was asked must not be a burden of its own.
func (p *MatterNewPage) fold() {
	var must []StepField
	for _, f := range p.Fields {
		if f.Field.Required {
			must = append(must, f)
			continue
		}
		p.Folded = append(p.Folded, f)
		p.Open = p.Open || f.Field.Error != "" || (f.Field.Value != "" && f.Field.Default == "")
	}
	p.Fields, p.Open = must, p.Open || p.On.Error != "" || (p.Unit != nil && p.Unit.Error != "")
}

// beginFrom fills in what a matter shares with the one that it is registered from.
func (s *Server) beginFrom(c *Ctx, p *MatterNewPage, d *ledger.Definition, m *ledger.Matter) error {
	id := c.Int("from", 0)
	if id == 0 {
		return nil
	}
	v, err := s.Ledgers().View(c.R.Context(), c.Actor, id)
	if err != nil {
		return err
	}
	l, ok := d.LinkKind(c.Value("link"))
	if !ok || !l.Leads(v.Matter.Type) {
		return fault.Missing()
	}
	m.Values = d.Begin(v.Def, v.Matter)
	p.From, p.Link = id, l.ID
	p.Convenor = append([]ui.Fact{{Term: l.Name.In(c.Lang), Text: v.Matter.Title, Sub: v.Matter.Number, Href: "/matters/" + itoa(id)}}, p.Convenor...)
	return nil
}

// ownerTyped is the owner of the matter that another is registered from, as somebody would type it: by name where that
// is enough to find the unit, else by code.
func (s *Server) ownerTyped(c *Ctx, convenor authz.Unit, from int64) (string, error) {
	m, err := s.Ledgers().Find(c.R.Context(), c.Actor, from)
	if err != nil || m.Owner.ID == 0 {
		return "", err
	}
	u, err := org.UnitByID(c.R.Context(), s.Reader, m.Owner.ID)
	if err != nil {
		return "", err
	}
	name := u.In(c.Lang)
	found, err := s.Ledgers().FindUnit(c.R.Context(), ledger.Matter{Convenor: convenor, Opened: c.Today()}, name)
	if found != u.ID {
		name = u.Code
	}
	return name, err
}

// sideNames are the boxes for the unit that registers, by the right that it needs.
var sideNames = map[authz.Action]string{authz.LedgerRegister: "convenor", authz.LedgerOwn: "unit", authz.LedgerAsk: "requester"}

// sideField asks for whom the matter is registered, where there is a choice, and gives the matter as it begins from
// there.
func (s *Server) sideField(c *Ctx, p *MatterNewPage, d *ledger.Definition, problems map[string]string) (ledger.Matter, error) {
	places := s.Ledgers().MayRegister(c.Actor, d)
	if len(places) == 0 {
		return ledger.Matter{}, fault.New(fault.Forbidden, "fault.forbidden")
	}
	name := sideNames[d.RegisteredBy()]
	chosen := places[0]
	var ids []int64
	for _, u := range places {
		ids = append(ids, u.ID)
		if itoa(u.ID) == c.Value(name) {
			chosen = u
		}
	}
	m, err := s.Ledgers().Blank(c.R.Context(), d, chosen)
	if err != nil {
		return m, err
	}
	units, err := org.UnitsByID(c.R.Context(), s.Reader, append(ids, m.Convenor.ID))
	p.Side = ui.Field{Type: "hidden", Name: name, Value: itoa(chosen.ID), Error: problems[name]}
	if len(places) > 1 {
		p.Side.Type, p.Side.Label, p.Side.Required = "select", c.T("ledger.side."+name), true
		for _, id := range ids {
			u := units[id]
			p.Side.Options = append(p.Side.Options, ui.Option{Value: itoa(id), Text: u.In(c.Lang)})
		}
	}
	if u, ok := units[m.Convenor.ID]; ok && d.RegisteredBy() != authz.LedgerRegister {
		p.Convenor = []ui.Fact{{Term: c.T("ledger.side.ruled"), Text: u.In(c.Lang)}}
		if len(places) == 1 {
			own := units[chosen.ID]
			p.Convenor = append([]ui.Fact{{Term: c.T("ledger.side." + name), Text: own.In(c.Lang)}}, p.Convenor...)
		}
	}
	return m, err
}

// sideBoxes asks for the other units: whoever has to act, and on whose behalf the convenor registers.
func (s *Server) sideBoxes(c *Ctx, p *MatterNewPage, d *ledger.Definition, m ledger.Matter, problems map[string]string) error {
	by := d.RegisteredBy()
	if by == authz.LedgerOwn {
		return nil
	}
	p.Unit = &ui.Field{Name: "unit", Label: c.T("ledger.col.unit"), Hint: c.T("ledger.unit_hint"), Value: c.Value("unit"), Error: problems["unit"], Suggest: s.unitNames(c), Width: "medium"}
	if by == authz.LedgerAsk {
		return nil
	}
	if d.Requester {
		p.Requester = &ui.Field{Name: "requester", Label: c.T("ledger.side.requester"), Hint: c.T("ledger.requester_hint"), Value: c.Value("requester"), Error: problems["requester"], Suggest: s.unitNames(c), Width: "medium"}
	}
	p.More = &ui.Field{Type: "textarea", Name: "units", Label: c.T("ledger.units_more"), Hint: c.T("ledger.units_hint"), Value: c.sent("units"), Error: problems["units"], Rows: 3}
	cycles, err := s.cycleField(c, m.Convenor)
	p.Cycle = &cycles
	return err
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
		return fault.New(fault.Forbidden, "fault.forbidden")
	}
	typed := formValues(c, d, d.Register)
	in := ledger.Draft{Type: d.ID, Fields: map[string]string{}, Tables: map[string][][]string{}, On: c.Value("on"),
		Origin: ledger.Origin{Cycle: c.Int("cycle", 0)}, From: c.Int("from", 0), Link: c.Value("link")}
	for id, v := range typed {
		if v.Rows != nil {
			in.Tables[id] = v.Rows
		} else {
			in.Fields[id] = v.Text
		}
	}
	if c.Value("more") != "" {
		return s.matterNewPage(c, http.StatusOK, typed, nil)
	}
	err := s.draftSides(c, d, &in)
	if err == nil {
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

// draftSides reads the units of the form.
func (s *Server) draftSides(c *Ctx, d *ledger.Definition, in *ledger.Draft) (err error) {
	var near ledger.Matter
	switch side := c.Int(sideNames[d.RegisteredBy()], 0); d.RegisteredBy() {
	case authz.LedgerOwn:
		in.Unit = side
		return nil
	case authz.LedgerAsk:
		in.Requester = side
		at, err := org.UnitByID(c.R.Context(), s.Reader, side)
		if err != nil {
			return err
		}
		if near, err = s.Ledgers().Blank(c.R.Context(), d, at.Place()); err != nil {
			return err
		}
	default:
		in.Convenor = side
		at, err := org.UnitByID(c.R.Context(), s.Reader, side)
		if err != nil {
			return err
		}
		near = ledger.Matter{Convenor: at.Place(), Opened: c.Today()}
		if text := c.Value("requester"); d.Requester && text != "" {
			if in.Requester, err = s.Ledgers().FindUnit(c.R.Context(), near, text); err != nil {
				return err
			}
			if in.Requester == 0 {
				var form fault.Form
				form.Add("requester", "fault.ledger.reference")
				return form.Err()
			}
		}
	}
	in.Units, err = s.typedUnits(c, near)
	return err
}

// typedUnits finds the units that a form names: one in its own box, more of them one a line.
func (s *Server) typedUnits(c *Ctx, near ledger.Matter) ([]int64, error) {
	var form fault.Form
	var out []int64
	seen := map[int64]bool{}
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
