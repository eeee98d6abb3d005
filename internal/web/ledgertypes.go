package web

import (
	"net/http"
	"strconv"

	"plumbline/internal/authz"
	"plumbline/internal/fault"
	"plumbline/internal/ledger"
	"plumbline/internal/web/ui"
	"plumbline/internal/wording"
)

const (
	ledgerTypes  = "/ledgers/types"
	ledgerDrafts = "/ledgers/drafts"
)

func draftPath(id int64) string { return ledgerDrafts + "/" + itoa(id) }

// LedgerTypesPage lists the ledgers themselves, and the drafts of ledgers to come.
type LedgerTypesPage struct {
	Page
	Types  ui.Table
	Drafts ui.Table
}

// mayDesign refuses whoever does not look after the whole installation's ledgers.
func (c *Ctx) mayDesign() error {
	if !c.May(authz.LedgerDesign, authz.Whole) {
		return fault.New(fault.Forbidden, "fault.forbidden")
	}
	return nil
}

func (c *Ctx) designCrumbs(more ...ui.Link) []ui.Link {
	out := []ui.Link{{Text: c.T("ledger.title"), Href: "/matters"}, {Text: c.T("design.title"), Href: ledgerTypes}}
	return append(out, more...)
}

func (s *Server) ledgerTypes(c *Ctx) error {
	ctx := c.R.Context()
	uses, err := s.Ledgers().TypeUses(ctx, c.Actor)
	if err != nil {
		return err
	}
	drafts, err := s.Ledgers().TypeDrafts(ctx, c.Actor)
	if err != nil {
		return err
	}
	p := &LedgerTypesPage{}
	p.Title, p.Sub = c.T("design.title"), c.T("design.sub")
	p.Crumbs = c.designCrumbs()
	p.Types = ui.Table{Caption: c.T("design.in_force"), Columns: []ui.Column{{Head: c.T("design.name")}, {Head: c.T("design.version"), Align: "right"}, {Head: c.T("design.source")},
		{Head: c.T("design.states"), Align: "right"}, {Head: c.T("design.matters"), Align: "right"}, {Head: c.T("design.open"), Align: "right"}}}
	for _, d := range s.Ledgers().Types().All() {
		p.Types.Rows = append(p.Types.Rows, c.typeRow(d, uses[d.ID]))
	}
	if len(drafts) > 0 {
		p.Drafts = ui.Table{Caption: c.T("design.drafts"), Columns: []ui.Column{{Head: c.T("design.name")}, {Head: c.T("design.begun_by")}, {Head: c.T("design.changed")}}}
	}
	l := ui.Locale{Lang: c.Lang, Zone: s.Zone}
	for _, t := range drafts {
		p.Drafts.Rows = append(p.Drafts.Rows, ui.Row{Href: draftPath(t.ID), Cells: []ui.Cell{ui.T(otherwise(t.Title.In(c.Lang), c.T("design.unnamed"))), ui.T(t.Name), ui.T(l.Date(t.ChangedAt))}})
	}
	return c.Render("ledgertypes", p)
}

func (c *Ctx) typeRow(d *ledger.Definition, u ledger.TypeUse) ui.Row {
	source := c.T("design.source.pack")
	if c.srv.Ledgers().Types().Published(d.ID) != 0 {
		source = c.T("design.source.office", "Name", u.By)
	}
	var open int64
	for _, n := range u.Open {
		open += n
	}
	version := "–"
	if u.Version != 0 {
		version = strconv.Itoa(u.Version)
	}
	name := ui.Cell{Text: d.Name.In(c.Lang)}
	if c.srv.Ledgers().Types().Retired(d.ID) {
		name.Sub = c.T("design.retired")
	}
	return ui.Row{Href: ledgerTypes + "/" + d.ID, Cells: []ui.Cell{name, ui.T(version), ui.T(source), ui.T(strconv.Itoa(len(d.States))), ui.T(itoa(u.Total)), ui.T(itoa(open))}}
}

// LedgerTypePage is one ledger itself: how it stands, and what can be done with it.
type LedgerTypePage struct {
	Page
	ID      string
	Facts   []ui.Fact
	Copy    []ui.Field
	Errors  *ui.ErrorSummary
	Retired bool
	Kept    bool // the program itself needs it
	Behind  int64
	Diagram any
}

// typeNamed is the ledger of the address.
func (s *Server) typeNamed(c *Ctx) (*ledger.Definition, error) {
	if err := c.mayDesign(); err != nil {
		return nil, err
	}
	d := s.Ledgers().Types().Current(c.R.PathValue("type"))
	if d == nil {
		return nil, fault.Missing()
	}
	return d, nil
}

func (s *Server) ledgerType(c *Ctx) error { return s.ledgerTypePage(c, http.StatusOK, nil) }

func (s *Server) ledgerTypePage(c *Ctx, status int, failed error) error {
	d, err := s.typeNamed(c)
	if err != nil {
		return err
	}
	uses, err := s.Ledgers().TypeUses(c.R.Context(), c.Actor)
	if err != nil {
		return err
	}
	u, problems := uses[d.ID], c.Errors(failed)
	p := &LedgerTypePage{ID: d.ID, Retired: s.Ledgers().Types().Retired(d.ID), Kept: d.For != "", Diagram: lifePicture(d, c.Lang, "")}
	p.Title, p.Sub, p.Crumbs = d.Name.In(c.Lang), d.About.In(c.Lang), c.designCrumbs(ui.Link{Text: d.Name.In(c.Lang), Current: true})
	row := c.typeRow(d, u)
	for i, head := range []string{"version", "source", "states", "matters", "open"} {
		p.Facts = append(p.Facts, ui.Fact{Term: c.T("design." + head), Text: row.Cells[i+1].Text})
	}
	for version, n := range u.Open {
		if version != u.Version {
			p.Behind += n
		}
	}
	for _, x := range []struct{ name, key string }{{"name_zh", "design.name_zh"}, {"name_en", "design.name_en"}, {"one_zh", "design.one_zh"}, {"one_en", "design.one_en"}, {"prefix", "design.prefix"}} {
		f := ui.Field{Name: x.name, Label: c.T(x.key), Required: true, MaxLength: 60, Value: c.sent(x.name), Error: problems[x.name], Width: "medium"}
		if x.name == "prefix" {
			f.Hint, f.Width, f.MaxLength = c.T("design.prefix_hint"), "short", 12
		}
		p.Copy = append(p.Copy, f)
	}
	p.Errors = ui.Errors(p.Copy...)
	return c.RenderStatus(status, "ledgertype", p)
}

func (s *Server) copyLedgerType(c *Ctx) error {
	d, err := s.typeNamed(c)
	if err != nil {
		return err
	}
	in := ledger.CopyIn{Name: wording.Text{"zh": c.Value("name_zh"), "en": c.Value("name_en")}, One: wording.Text{"zh": c.Value("one_zh"), "en": c.Value("one_en")}, Prefix: c.Value("prefix")}
	id, err := s.Ledgers().CopyType(c.R.Context(), c.Actor, d.ID, in)
	if fault.KindOf(err) == fault.Invalid {
		return s.ledgerTypePage(c, http.StatusUnprocessableEntity, err)
	}
	if err != nil {
		return err
	}
	return c.Go(draftPath(id), "design.flash.begun")
}

func (s *Server) changeLedgerType(c *Ctx) error {
	id, err := s.Ledgers().ChangeType(c.R.Context(), c.Actor, c.R.PathValue("type"))
	if err != nil {
		return err
	}
	return c.Go(draftPath(id), "design.flash.begun")
}

func (s *Server) retireLedgerType(c *Ctx) error {
	retired := c.Value("do") != "reopen"
	if err := s.Ledgers().Retire(c.R.Context(), c.Actor, c.R.PathValue("type"), retired); err != nil {
		return err
	}
	return c.Go(ledgerTypes+"/"+c.R.PathValue("type"), "design.flash.retired."+strconv.FormatBool(retired))
}
