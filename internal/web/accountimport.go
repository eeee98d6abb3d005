package web

import (
	"errors"
	"net/http"

	"plumbline/internal/account"
	"plumbline/internal/fault"
	"plumbline/internal/pack"
	"plumbline/internal/web/ui"
)

// ImportAccountsPage takes a table of accounts, tells what it would do, and does it.
type ImportAccountsPage struct {
	Page
	File     ui.Field
	Result   *ui.Notice
	Problems *ui.Table
	Columns  ui.Table
}

// importLimit is how large an uploaded table may be.
const importLimit = 20 << 20

func (s *Server) importAccountsPage(c *Ctx) error { return c.renderImport(http.StatusOK, nil, "") }

func (c *Ctx) renderImport(status int, res *account.ImportResult, fileErr string) error {
	p := &ImportAccountsPage{File: ui.Field{Type: "file", Name: "file", Label: c.T("accounts.file"), Hint: c.T("accounts.file_hint"), Accept: ".csv,.xlsx",
		Required: true, Error: fileErr}}
	p.Title, p.Sub = c.T("accounts.import"), c.T("accounts.import_sub")
	p.Crumbs = []ui.Link{{Text: c.T("accounts.title"), Href: "/accounts"}, {Text: p.Title}}
	p.Columns = ui.Table{Caption: c.T("accounts.columns"), Columns: []ui.Column{{Head: c.T("accounts.column")}, {Head: c.T("accounts.meaning")}}}
	for _, name := range []string{"login", "name", "person_code", "role", "unit_code", "lang"} {
		key := "accounts.column_" + name
		p.Columns.Rows = append(p.Columns.Rows, ui.Row{Cells: []ui.Cell{{Text: name}, {Text: c.T(key)}}})
	}
	if res != nil {
		p.Result = c.importNotice(*res)
		if res.Total > 0 {
			p.Problems = c.problemTable(res.Problems, res.Total)
		}
	}
	return c.RenderStatus(status, "accountimport", p)
}

func (c *Ctx) importNotice(res account.ImportResult) *ui.Notice {
	switch {
	case res.Total > 0:
		return &ui.Notice{Kind: "error", Title: c.T("accounts.import_bad", "Count", res.Total), Text: c.T("accounts.import_bad_text")}
	case res.New+res.Changed+res.Roles == 0:
		return &ui.Notice{Text: c.T("accounts.import_nothing", "Count", res.Rows)}
	}
	n := &ui.Notice{Kind: "ok", Text: c.T("accounts.import_counts", "Rows", res.Rows, "New", res.New, "Changed", res.Changed, "Roles", res.Roles)}
	if n.Title = c.T("accounts.import_would"); res.Done {
		n.Title = c.T("accounts.import_done")
	}
	return n
}

func (s *Server) importAccounts(c *Ctx) error {
	c.R.Body = http.MaxBytesReader(c.W, c.R.Body, importLimit)
	file, head, err := c.R.FormFile("file")
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return fault.New(fault.TooLarge, "fault.too_large", "Limit", importLimit)
	case err != nil:
		return c.renderImport(http.StatusUnprocessableEntity, nil, c.T("fault.account.no_file"))
	}
	defer file.Close()
	c.UseOnce(c.Value("_once"))
	res, err := s.Rooms.Accounts.Import(c.R.Context(), c.Actor, account.ImportFile{Name: head.Filename, Data: file, Size: head.Size,
		RoleNames: RoleNames(s.Pack)}, c.Value("do") != "import")
	switch {
	case err != nil:
		return err
	case res.Total > 0:
		return c.renderImport(http.StatusUnprocessableEntity, &res, "")
	case len(res.Links) > 0:
		return c.slips(res.Links)
	}
	return c.renderImport(http.StatusOK, &res, "")
}

// RoleNames are the names of the pack's roles in every language, to their ids.
func RoleNames(p *pack.Pack) map[string]string {
	names := map[string]string{}
	for _, r := range p.Roles {
		for _, name := range r.Name {
			names[name] = r.ID
		}
	}
	return names
}
