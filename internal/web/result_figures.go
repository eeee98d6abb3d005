package web

import (
	"encoding/base64"
	"errors"
	"io"
	"net/http"

	"plumbline/internal/authz"
	"plumbline/internal/fault"
	"plumbline/internal/review/cycle"
	"plumbline/internal/review/plan"
	"plumbline/internal/review/result"
	"plumbline/internal/web/ui"
)

// ResultFiguresPage is the figures of one part: keyed in row by row, or taken from a file.
type ResultFiguresPage struct {
	Page
	Tabs   ui.Tabs
	Parts  ui.Tabs
	Path   string
	Part   string
	Fills  bool
	Notice *ui.Notice
	Errors *ui.ErrorSummary
	Table  ui.Table
	Hidden []ui.Pair
	File   ui.Field
	None   *ui.EmptyState
}

// ResultImportPage is what a file with figures would do.
type ResultImportPage struct {
	Page
	Path     string
	Part     string
	Name     string
	Content  string
	Notice   ui.Notice
	Problems *ui.Table
	Rows     ui.Table
	Good     bool
}

func figuresPath(cycle int64, part string) string {
	return "/cycles/" + itoa(cycle) + "/figures?part=" + part
}

func (s *Server) resultFigures(c *Ctx) error {
	return s.showFigures(c, http.StatusOK, c.Value("part"), nil, nil)
}

// figurePart picks the part of the page: the one asked for, else the first that comes from files, else the first.
func figurePart(m result.Matrix, id string) (plan.Part, bool) {
	var best *plan.Part
	for i, p := range m.Parts {
		if p.ID == id {
			return p, true
		}
		if best == nil || best.Kind != plan.FromFile && p.Kind == plan.FromFile {
			best = &m.Parts[i]
		}
	}
	if best == nil {
		return plan.Part{}, false
	}
	return *best, true
}

func (s *Server) showFigures(c *Ctx, status int, partID string, typed map[result.Cell]result.FigureEdit, refused error) error {
	id, err := c.ID("id")
	if err != nil {
		return err
	}
	m, err := s.Rooms.Results.Matrix(c.R.Context(), c.Scope(authz.Read), id)
	if err != nil {
		return err
	}
	p := &ResultFiguresPage{Tabs: c.cycleTabs(m.Cycle, "/sheets"), Path: cyclePath(id) + "/figures", Fills: m.Cycle.State != cycle.Closed && c.May(authz.SheetFill, m.Convenor.Place())}
	p.Title, p.Sub = c.T("result.figures.title"), c.cycleTitle(m.Cycle, m.Convenor)
	p.Crumbs = append(c.cycleCrumbs(m.Cycle, m.Convenor, c.T("result.sheets.title")), ui.Link{Text: p.Title})
	p.Crumbs[2].Href = cyclePath(id) + "/sheets"
	part, ok := figurePart(m, partID)
	if !ok {
		p.None = &ui.EmptyState{Title: c.T("result.sheets.none"), Text: c.T("result.sheets.none_hint")}
		return c.Render("result_figures", p)
	}
	p.Part, p.Parts = part.ID, ui.Tabs{Label: c.T("result.figures.parts")}
	for _, x := range m.Parts {
		p.Parts.Items = append(p.Parts.Items, ui.Link{Text: x.Name.In(c.Lang), Href: figuresPath(id, x.ID), Current: x.ID == part.ID})
	}
	errs := c.Errors(refused)
	c.fillFigures(p, m, part, typed, errs)
	p.File = ui.Field{Type: "file", Name: "file", Label: c.T("result.figures.file"), Hint: c.T("result.figures.file_hint"), Accept: ".csv,.xlsx", Required: true, Error: errs["file"]}
	switch fault.KindOf(refused) {
	case fault.Stale:
		p.Notice = &ui.Notice{Kind: "warn", Title: c.T("result.figures.stale"), Text: c.T("result.figures.stale_hint")}
	case fault.Invalid:
		if errs[""] != "" {
			p.Notice = &ui.Notice{Kind: "error", Text: errs[""]}
		}
	default:
		if part.Kind == plan.FromSheet {
			p.Notice = &ui.Notice{Kind: "info", Text: c.T("result.figures.of_sheet")}
		}
	}
	return c.RenderStatus(status, "result_figures", p)
}

func (c *Ctx) fillFigures(p *ResultFiguresPage, m result.Matrix, part plan.Part, typed map[result.Cell]result.FigureEdit, errs map[string]string) {
	p.Table = ui.Table{Caption: part.Name.In(c.Lang), HideCaption: true, Columns: []ui.Column{{Head: c.T("result.unit")}, {Head: c.T("result.score"), Align: "right"},
		{Head: c.T("result.sheet.note")}, {Head: c.T("result.figures.from")}}, Empty: &ui.EmptyState{Title: c.T("result.no_units")}}
	var fields []ui.Field
	for _, r := range m.Reporters {
		u, at := m.Units[r.Unit], result.Cell{Unit: r.Unit, Part: part.ID}
		f := m.Figures[at]
		row := ui.Row{Cells: []ui.Cell{{Text: u.In(c.Lang), Sub: u.Code}, ui.T(f.Score), ui.T(f.Note), {}}}
		if f.ID != 0 {
			row.Cells[3] = ui.Cell{Text: c.sourceText(f.Source), Sub: joined(f.Name, c.locale().DateTime(f.At))}
		}
		if _, has := m.Sheets[at]; has {
			row.Cells[1], row.Cells[3] = ui.T(m.Scores[at]), ui.Cell{Text: c.T("result.part.sheet"), Href: sheetPath(m.Cycle.ID, at)}
		} else if p.Fills {
			score, note := c.figureFields(u.In(c.Lang), at, f, typed, errs)
			if t, ok := typed[at]; ok && (t.Score != f.Score || t.Note != f.Note) && f.Version != t.Version {
				row.Cells[3].Sub = c.T("result.figures.now", "Score", f.Score, "Name", f.Name)
			}
			row.Cells[1], row.Cells[2] = ui.Cell{Field: &score}, ui.Cell{Field: &note}
			p.Hidden = append(p.Hidden, ui.Pair{Name: "version-" + itoa(at.Unit), Value: itoa(int64(f.Version))})
			fields = append(fields, score, note)
		}
		p.Table.Rows = append(p.Table.Rows, row)
	}
	p.Errors = ui.Errors(fields...)
}

func (c *Ctx) figureFields(unit string, at result.Cell, f result.Figure, typed map[result.Cell]result.FigureEdit, errs map[string]string) (score, note ui.Field) {
	value, remark := f.Score, f.Note
	if t, ok := typed[at]; ok {
		value, remark = t.Score, t.Note
	}
	key := "-" + itoa(at.Unit) + "-" + at.Part
	score = ui.Field{Name: "score-" + itoa(at.Unit), ID: "f-score" + key, Inputmode: "decimal", Width: "short", Plain: true, Label: c.T("result.score_of", "Unit", unit), Value: value, Error: errs["score"+key]}
	note = ui.Field{Name: "note-" + itoa(at.Unit), ID: "f-note" + key, Plain: true, MaxLength: 500, Label: c.T("result.note_of", "Unit", unit), Value: remark, Error: errs["note"+key]}
	return score, note
}

func (s *Server) setFigures(c *Ctx) error {
	id, err := c.ID("id")
	if err != nil {
		return err
	}
	ctx, part := c.R.Context(), c.Value("part")
	m, err := s.Rooms.Results.Matrix(ctx, c.Scope(authz.Read), id)
	if err != nil {
		return err
	}
	var edits []result.FigureEdit
	typed := map[result.Cell]result.FigureEdit{}
	for _, r := range m.Reporters {
		unit := itoa(r.Unit)
		if _, sent := c.R.PostForm["score-"+unit]; !sent {
			continue
		}
		e := result.FigureEdit{At: result.Cell{Unit: r.Unit, Part: part}, Score: c.Value("score-" + unit), Note: c.Value("note-" + unit), Version: int(c.Int("version-"+unit, 0))}
		edits, typed[e.At] = append(edits, e), e
	}
	err = s.Rooms.Results.SetFigures(ctx, c.Actor, id, edits)
	switch fault.KindOf(err) {
	case fault.Invalid, fault.Stale:
		return s.showFigures(c, statusOf[fault.KindOf(err)], part, typed, err)
	}
	if err != nil {
		return err
	}
	return c.Go(figuresPath(id, part), "result.figures.flash_saved")
}

// importFigures reads an uploaded file and shows what it would do; nothing is kept.
func (s *Server) importFigures(c *Ctx) error {
	id, err := c.ID("id")
	if err != nil {
		return err
	}
	c.R.Body = http.MaxBytesReader(c.W, c.R.Body, result.MaxImport+64<<10)
	file, head, err := c.R.FormFile("file")
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return fault.New(fault.TooLarge, "fault.too_large", "Limit", result.MaxImport)
	case err != nil:
		var form fault.Form
		form.Add("file", "fault.result.no_file")
		return s.showFigures(c, http.StatusUnprocessableEntity, c.Value("part"), nil, form.Err())
	}
	defer file.Close()
	content, err := io.ReadAll(file)
	if err != nil {
		return err
	}
	return s.showFiguresImport(c, id, c.Value("part"), head.Filename, content)
}

func (s *Server) showFiguresImport(c *Ctx, id int64, part, name string, content []byte) error {
	in, err := s.Rooms.Results.DryRun(c.R.Context(), c.Scope(authz.Read), id, part, name, content)
	if err != nil {
		return err
	}
	p := &ResultImportPage{Path: cyclePath(id) + "/figures", Part: part, Name: name, Good: in.Total == 0}
	p.Title, p.Sub = c.T("result.import.title"), joined(in.Part.Name.In(c.Lang), name)
	p.Crumbs = []ui.Link{{Text: c.T("nav.cycles"), Href: "/cycles"}, {Text: c.T("result.figures.title"), Href: figuresPath(id, part)}, {Text: p.Title}}
	if !p.Good {
		p.Notice = ui.Notice{Kind: "error", Title: c.T("result.import.bad", "Count", in.Total), Text: c.T("result.import.bad_hint")}
		p.Problems = c.problemTable(in.Problems, in.Total)
		return c.RenderStatus(http.StatusUnprocessableEntity, "result_import", p)
	}
	p.Content = base64.StdEncoding.EncodeToString(content)
	p.Notice = ui.Notice{Kind: "info", Title: c.T("result.import.would", "Rows", len(in.Rows), "Changes", in.Changes())}
	if len(in.Left) > 0 {
		var names []string
		for _, u := range in.Left {
			names = append(names, u.In(c.Lang))
		}
		p.Notice.Kind, p.Notice.Text = "warn", c.T("result.import.left", "Units", c.list(names))
	}
	p.Rows = ui.Table{Caption: c.T("result.import.rows"), HideCaption: true, Columns: []ui.Column{{Head: c.T("table.line"), Align: "right"}, {Head: c.T("result.unit")},
		{Head: c.T("result.import.old"), Align: "right"}, {Head: c.T("result.import.new"), Align: "right"}, {Head: c.T("result.sheet.note")}}}
	for _, r := range in.Rows {
		p.Rows.Rows = append(p.Rows.Rows, ui.Row{Cells: []ui.Cell{ui.T(itoa(int64(r.Line))), {Text: r.Unit.In(c.Lang), Sub: r.Unit.Code}, ui.T(r.Old), ui.T(r.Score), ui.T(r.Note)}})
	}
	return c.Render("result_import", p)
}

// list puts names into one text.
func (c *Ctx) list(names []string) string {
	out := ""
	for i, n := range names {
		if i > 0 {
			out += c.T("list.separator")
		}
		out += n
	}
	return out
}

// takeFigures carries out what the page before showed.
func (s *Server) takeFigures(c *Ctx) error {
	id, err := c.ID("id")
	if err != nil {
		return err
	}
	part := c.Value("part")
	content, err := base64.StdEncoding.DecodeString(c.Value("content"))
	if err != nil {
		return fault.Bad("fault.result.no_file")
	}
	in, err := s.Rooms.Results.Import(c.R.Context(), c.Actor, c.Scope(authz.Read), id, part, c.Value("name"), content)
	if in.Total > 0 {
		return s.showFiguresImport(c, id, part, c.Value("name"), content)
	}
	if err != nil {
		return err
	}
	return c.Go(figuresPath(id, part), "result.import.flash")
}
