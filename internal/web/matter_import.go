package web

import (
	"errors"
	"net/http"
	"net/url"
	"slices"

	"plumbline/internal/authz"
	"plumbline/internal/fault"
	"plumbline/internal/ledger"
	"plumbline/internal/office/table"
	"plumbline/internal/org"
	"plumbline/internal/web/ui"
)

// MatterImportPage takes a file of matters of one ledger; without a ledger it asks for which.
type MatterImportPage struct {
	Page
	Choose  *ui.Table
	Type    string
	Errors  *ui.ErrorSummary
	Fields  []ui.Field
	Upload  ui.Button
	Empty   ui.Button
	Columns ui.Table
}

const matterImports = "/matter-imports/"

func (s *Server) matterImport(c *Ctx) error { return s.showMatterImport(c, http.StatusOK, nil) }

func (s *Server) showMatterImport(c *Ctx, status int, problems map[string]string) error {
	p := &MatterImportPage{}
	p.Title, p.Sub = c.T("exchange.title"), c.T("exchange.sub")
	p.Crumbs = []ui.Link{{Text: c.T("ledger.title"), Href: "/matters"}, {Text: p.Title, Current: true}}
	d := s.Ledgers().Types().Current(c.Value("type"))
	if d == nil {
		p.Choose = s.importChoice(c)
		return c.RenderStatus(status, "matter_import", p)
	}
	p.Type, p.Title = d.ID, d.Name.In(c.Lang)+c.T("ledger.colon")+c.T("exchange.import")
	p.Crumbs = []ui.Link{{Text: c.T("ledger.title"), Href: "/matters?type=" + url.QueryEscape(d.ID)}, {Text: c.T("exchange.title"), Href: matterImports + "new"}, {Text: d.Name.In(c.Lang), Current: true}}
	convenor, err := s.registrarField(c)
	if err != nil {
		return err
	}
	file := ui.Field{Type: "file", Name: "file", Label: c.T("exchange.file"), Hint: c.T("exchange.file_hint"), Accept: ".csv,.xlsx", Required: true, Error: problems["file"]}
	p.Fields = []ui.Field{convenor, file}
	p.Errors = ui.Errors(p.Fields...)
	p.Upload = ui.Button{Text: c.T("exchange.try"), Kind: "primary"}
	p.Empty = ui.Button{Text: c.T("exchange.empty"), Href: matterImports + "table?type=" + url.QueryEscape(d.ID), Download: true}
	p.Columns = c.importColumnsTable(d)
	return c.RenderStatus(status, "matter_import", p)
}

// importChoice lists the ledgers to import into.
func (s *Server) importChoice(c *Ctx) *ui.Table {
	t := &ui.Table{Caption: c.T("exchange.ledger"), Columns: []ui.Column{{Head: c.T("exchange.ledger")}}}
	for _, d := range s.Ledgers().Types().All() {
		if s.Ledgers().Types().Retired(d.ID) {
			continue
		}
		t.Rows = append(t.Rows, ui.Row{Href: matterImports + "new?type=" + url.QueryEscape(d.ID), Cells: []ui.Cell{ui.T(d.Name.In(c.Lang))}})
	}
	return t
}

// registrarField asks for whom the matters are registered, where there is a choice.
func (s *Server) registrarField(c *Ctx) (ui.Field, error) {
	places := s.Gate.Policy().Units(c.Actor, authz.LedgerRegister)
	if len(places) == 0 {
		return ui.Field{}, fault.New(fault.Forbidden, "fault.forbidden")
	}
	var ids []int64
	for _, u := range places {
		ids = append(ids, u.ID)
	}
	f := ui.Field{Type: "hidden", Name: "convenor", Value: itoa(ids[0])}
	if slices.Contains(ids, c.Int("convenor", 0)) {
		f.Value = c.Value("convenor")
	}
	if len(ids) == 1 {
		return f, nil
	}
	units, err := org.UnitsByID(c.R.Context(), s.Reader, ids)
	f.Type, f.Label, f.Hint, f.Required = "select", c.T("exchange.convenor"), c.T("exchange.convenor_hint"), true
	for _, id := range ids {
		f.Options = append(f.Options, ui.Option{Value: itoa(id), Text: units[id].In(c.Lang)})
	}
	return f, err
}

// importColumnsTable says which columns a file may have, and what to write in them.
func (c *Ctx) importColumnsTable(d *ledger.Definition) ui.Table {
	t := ui.Table{Caption: c.T("exchange.columns"), Columns: []ui.Column{{Head: c.T("exchange.col.name")}, {Head: c.T("exchange.col.must"), Align: "nowrap"}, {Head: c.T("exchange.col.how")}}}
	for _, col := range d.Exchange() {
		if !col.Read {
			continue
		}
		must := c.T("exchange.may")
		if col.Must {
			must = c.T("exchange.must")
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{ui.T(d.Head(col, c.Lang)), ui.T(must), ui.T(c.howToWrite(d, col))}})
	}
	return t
}

// The keys that are put together from parts.
const howKey = "exchange.how."

func (c *Ctx) howToWrite(d *ledger.Definition, col ledger.Column) string {
	f := col.Field
	if f.ID == "" {
		return c.T(howKey+col.Key[1:], "States", c.namesOf(len(d.States), func(i int) string { return d.States[i].Name.In(c.Lang) }))
	}
	switch f.Kind {
	case ledger.KindDate:
		return c.T("exchange.how.date")
	case ledger.KindNumber, ledger.KindDecimal, ledger.KindMoney:
		return c.T("exchange.how.number_kind")
	case ledger.KindChoice:
		return c.T("exchange.how.choice", "Choices", c.namesOf(len(f.Choices), func(i int) string { return f.Choices[i].Name.In(c.Lang) }))
	case ledger.KindUnit:
		return c.T("exchange.how.unit")
	case ledger.KindPerson:
		return c.T("exchange.how.person")
	case ledger.KindPost:
		return c.T("exchange.how.post")
	case ledger.KindLink:
		return c.T("exchange.how.link")
	case ledger.KindTable:
		return c.T("exchange.how.table", "Columns", c.namesOf(len(f.Columns), func(i int) string { return f.Columns[i].Name.In(c.Lang) }))
	}
	return c.T("exchange.how.text")
}

// namesOf lists n names in a sentence.
func (c *Ctx) namesOf(n int, name func(i int) string) string {
	text := ""
	for i := range n {
		if i > 0 {
			text += c.T("list.separator")
		}
		text += name(i)
	}
	return text
}

// emptyTable is a file with the headings alone, to be filled in.
func (s *Server) emptyTable(c *Ctx) error {
	d := s.Ledgers().Types().Current(c.Value("type"))
	if d == nil {
		return fault.Missing()
	}
	sheet := table.Sheet{Name: d.Name.In(c.Lang), Rows: table.RowsOf(nil)}
	for _, col := range d.Exchange() {
		if col.Read {
			sheet.Columns = append(sheet.Columns, table.Column{Title: d.Head(col, c.Lang), Kind: col.Kind()})
		}
	}
	return table.WriteXLSX(c.download(d.Name.In(c.Lang)+".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"), sheet)
}

// uploadMatters keeps the file and tries it with its columns as their headings tell.
func (s *Server) uploadMatters(c *Ctx) error {
	c.R.Body = http.MaxBytesReader(c.W, c.R.Body, unitsFileLimit)
	file, head, err := c.R.FormFile("file")
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return fault.New(fault.TooLarge, "fault.too_large", "Limit", unitsFileLimit)
	}
	if err != nil {
		return s.showMatterImport(c, http.StatusUnprocessableEntity, map[string]string{"file": c.T("fault.org.no_file")})
	}
	defer file.Close()
	c.R.PostForm = c.R.MultipartForm.Value
	c.UseOnce(c.Value("_once"))
	convenor, err := s.registrarField(c)
	if err != nil {
		return err
	}
	o := ledger.Order{Type: c.Value("type"), Name: head.Filename, Convenor: parseID(convenor.Value), DryRun: true}
	u, err := org.UnitByID(c.R.Context(), s.Reader, o.Convenor)
	if err != nil {
		return err
	}
	if !c.May(authz.LedgerRegister, u.Place()) { // before the file is kept
		return fault.New(fault.Forbidden, "fault.forbidden")
	}
	if o.Blob, _, err = s.Blobs.Put(file, unitsFileLimit); err != nil {
		return err
	}
	return s.orderMatters(c, o)
}

// orderMatters enqueues an import and shows it.
func (s *Server) orderMatters(c *Ctx, o ledger.Order) error {
	id, err := s.Ledgers().OrderImport(c.R.Context(), c.Actor, o)
	if err != nil {
		return err
	}
	s.Wake()
	return c.Go(matterImports+itoa(id), "")
}
