package web

import (
	"errors"
	"net/http"

	"plumbline/internal/board"
	"plumbline/internal/fault"
	"plumbline/internal/web/ui"
)

// BoardImportPage takes a table of figures, tells what it would do, and does it.
type BoardImportPage struct {
	Page
	File     ui.Field
	Result   *ui.Notice
	Problems *ui.Table
	Columns  ui.Table
}

func (s *Server) boardImportPage(c *Ctx) error {
	return c.renderBoardImport(http.StatusOK, nil, "")
}

func (c *Ctx) renderBoardImport(status int, taken *board.Taken, fileErr string) error {
	p := &BoardImportPage{File: ui.Field{Type: "file", Name: "file", Label: c.T("board.file"), Hint: c.T("board.file_hint"), Accept: ".csv,.xlsx", Required: true, Error: fileErr}}
	p.Title, p.Sub = c.T("board.import"), c.T("board.import_sub")
	p.Crumbs = []ui.Link{{Text: c.T("board.title"), Href: "/boards"}, {Text: p.Title}}
	p.Columns = ui.Table{Caption: c.T("board.columns"), Columns: []ui.Column{{Head: c.T("table.column")}, {Head: c.T("board.meaning_of")}}}
	for _, name := range []string{"indicator", "unit_code", "period", "value", "reason"} {
		p.Columns.Rows = append(p.Columns.Rows, ui.Row{Cells: []ui.Cell{ui.T(c.T("board.column." + name)), ui.T(c.T("board.column_is." + name))}})
	}
	if taken != nil {
		p.Result = c.boardImportNotice(*taken)
		if taken.Total > 0 {
			p.Problems = c.problemTable(taken.Problems, taken.Total)
		}
	}
	return c.RenderStatus(status, "board_import", p)
}

func (c *Ctx) boardImportNotice(t board.Taken) *ui.Notice {
	switch {
	case t.Total > 0:
		return &ui.Notice{Kind: "error", Title: c.T("board.import_bad", "Count", t.Total), Text: c.T("board.import_bad_hint")}
	case t.New+t.Changed == 0:
		return &ui.Notice{Text: c.T("board.import_nothing", "Count", t.Rows)}
	}
	n := &ui.Notice{Kind: "ok", Title: c.T("board.import_would"), Text: c.T("board.import_counts", "Rows", t.Rows, "New", t.New, "Changed", t.Changed, "Corrected", t.Corrected)}
	if t.Done {
		n.Title = c.T("board.import_done")
	}
	return n
}

func (s *Server) importBoardValues(c *Ctx) error {
	c.R.Body = http.MaxBytesReader(c.W, c.R.Body, importLimit)
	file, head, err := c.R.FormFile("file")
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return fault.New(fault.TooLarge, "fault.too_large", "Limit", importLimit)
	case err != nil:
		return c.renderBoardImport(http.StatusUnprocessableEntity, nil, c.T("fault.board.no_file"))
	}
	defer file.Close()
	c.UseOnce(c.Value("_once"))
	taken, err := s.Rooms.Boards.Import(c.R.Context(), c.Actor, board.File{Name: head.Filename, Data: file, Size: head.Size}, c.Value("do") != "import")
	switch {
	case err != nil:
		return err
	case taken.Total > 0:
		return c.renderBoardImport(http.StatusUnprocessableEntity, &taken, "")
	}
	return c.renderBoardImport(http.StatusOK, &taken, "")
}
