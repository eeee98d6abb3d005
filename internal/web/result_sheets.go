package web

import (
	"net/http"
	"strconv"

	"plumbline/internal/authz"
	"plumbline/internal/fault"
	"plumbline/internal/review/cycle"
	"plumbline/internal/review/plan"
	"plumbline/internal/review/result"
	"plumbline/internal/web/ui"
)

// ResultSheetsPage is the units of a cycle against the parts that people fill in: who is missing.
type ResultSheetsPage struct {
	Page
	Tabs    ui.Tabs
	Figures ui.KeyFigures
	Table   ui.Table
	Legend  string
}

// ResultSheetPage is one check-sheet.
type ResultSheetPage struct {
	Page
	Path     string
	Version  int
	Fills    bool
	Locked   bool
	Notice   *ui.Notice
	Errors   *ui.ErrorSummary
	Stale    *ui.Stale
	Lines    ui.Table
	Total    ui.DescriptionList
	Facts    ui.DescriptionList
	Unlock   ui.Field
	Discards bool
}

func sheetPath(cycle int64, at result.Cell) string {
	return "/cycles/" + itoa(cycle) + "/sheets/" + itoa(at.Unit) + "/" + at.Part
}

func (s *Server) resultSheets(c *Ctx) error {
	id, err := c.ID("id")
	if err != nil {
		return err
	}
	m, err := s.Rooms.Results.Matrix(c.R.Context(), c.Scope(authz.Read), id)
	if err != nil {
		return err
	}
	p := &ResultSheetsPage{Tabs: c.cycleTabs(m.Cycle, "/sheets"), Table: c.sheetMatrix(m), Legend: c.T("result.sheets.legend")}
	p.Title, p.Sub = c.T("result.sheets.title"), c.cycleTitle(m.Cycle, m.Convenor)
	p.Crumbs = c.cycleCrumbs(m.Cycle, m.Convenor, p.Title)
	p.Figures = c.missingFigures(m)
	p.Actions = []ui.Button{{Text: c.T("result.figures.title"), Href: cyclePath(id) + "/figures"}}
	for _, part := range m.Parts {
		for _, r := range m.Reporters {
			if at := (result.Cell{Unit: r.Unit, Part: part.ID}); p.Primary == nil && part.Kind == plan.FromSheet && m.Gaps[at] != "" && m.Cycle.State != cycle.Closed && c.May(authz.SheetFill, m.Convenor.Place()) {
				p.Primary = &ui.Button{Text: c.T("result.sheets.next"), Href: sheetPath(id, at)}
			}
		}
	}
	return c.Render("result_sheets", p)
}

// missingFigures counts what is missing in each part.
func (c *Ctx) missingFigures(m result.Matrix) ui.KeyFigures {
	out := ui.KeyFigures{Label: c.T("result.sheets.missing")}
	for _, part := range m.Parts {
		done := 0
		for _, r := range m.Reporters {
			if m.Gaps[result.Cell{Unit: r.Unit, Part: part.ID}] == "" {
				done++
			}
		}
		f := ui.Figure{Label: part.Name.In(c.Lang), Value: strconv.Itoa(done), Unit: "/ " + strconv.Itoa(len(m.Reporters)), State: ui.Soon, Note: c.T("result.part." + string(part.Kind))}
		if done == len(m.Reporters) {
			f.State = ui.Done
		}
		out.Items = append(out.Items, f)
	}
	return out
}

func (c *Ctx) sheetMatrix(m result.Matrix) ui.Table {
	t := ui.Table{Caption: c.T("result.sheets.matrix"), HideCaption: true, Columns: []ui.Column{{Head: c.T("result.unit")}},
		Empty: &ui.EmptyState{Title: c.T("result.no_units")}}
	for _, part := range m.Parts {
		t.Columns = append(t.Columns, ui.Column{Head: part.Name.In(c.Lang), Unit: "× " + part.Weight})
	}
	for _, r := range m.Reporters {
		u := m.Units[r.Unit]
		row := ui.Row{Cells: []ui.Cell{{Text: u.In(c.Lang), Sub: u.Code}}}
		for _, part := range m.Parts {
			row.Cells = append(row.Cells, c.matrixCell(m, part, result.Cell{Unit: r.Unit, Part: part.ID}))
		}
		t.Rows = append(t.Rows, row)
	}
	if len(m.Parts) == 0 {
		t.Rows, t.Empty = nil, &ui.EmptyState{Title: c.T("result.sheets.none"), Text: c.T("result.sheets.none_hint")}
	}
	return t
}

func (c *Ctx) matrixCell(m result.Matrix, part plan.Part, at result.Cell) ui.Cell {
	cell := ui.Cell{Href: sheetPath(m.Cycle.ID, at)}
	sheet, has := m.Sheets[at]
	switch {
	case has && sheet.State == result.SheetLocked:
		cell.Status, cell.Sub = &ui.Status{State: ui.Done, Text: m.Scores[at]}, sheet.LockedBy
	case has:
		cell.Status, cell.Sub = &ui.Status{State: ui.Draft, Text: m.Scores[at]}, c.T("result.sheet.draft")
	case m.Scores[at] != "":
		f := m.Figures[at]
		cell.Status, cell.Sub = &ui.Status{State: ui.Done, Text: m.Scores[at]}, joined(c.sourceText(f.Source), f.Name)
		cell.Href = figuresPath(m.Cycle.ID, part.ID)
	default:
		cell.Status = &ui.Status{State: ui.Waiting, Text: c.T("result.missing")}
		if part.Kind != plan.FromSheet {
			cell.Href = figuresPath(m.Cycle.ID, part.ID)
		}
	}
	return cell
}

// sourceText says where a figure comes from.
func (c *Ctx) sourceText(source string) string {
	if source == "" {
		return c.T("result.figures.by_hand")
	}
	return source
}

// sheetAt reads the address of a check-sheet.
func (c *Ctx) sheetAt() (cycle int64, at result.Cell, err error) {
	if cycle, err = c.ID("id"); err != nil {
		return cycle, at, err
	}
	at.Unit, err = c.ID("unit")
	at.Part = c.R.PathValue("part")
	return cycle, at, err
}

func (s *Server) resultSheet(c *Ctx) error { return s.showSheet(c, http.StatusOK, nil, nil) }

// showSheet draws a check-sheet: as it stands, or, where a form came back, as it was filled in.
func (s *Server) showSheet(c *Ctx, status int, typed map[string]result.Entry, refused error) error {
	id, at, err := c.sheetAt()
	if err != nil {
		return err
	}
	v, err := s.Rooms.Results.Sheet(c.R.Context(), c.Scope(authz.Read), id, at)
	if err != nil {
		return err
	}
	p := &ResultSheetPage{Path: sheetPath(id, at), Version: v.Sheet.Version, Locked: v.Sheet.State == result.SheetLocked}
	p.Fills = v.Cycle.State != cycle.Closed && c.May(authz.SheetFill, v.Convenor.Place()) && v.Figure == nil
	p.Title, p.Sub = v.Unit.In(c.Lang), joined(v.Part.Name.In(c.Lang), c.cycleTitle(v.Cycle, v.Convenor))
	p.Crumbs = append(c.cycleCrumbs(v.Cycle, v.Convenor, c.T("result.sheets.title")), ui.Link{Text: v.Unit.In(c.Lang)})
	p.Crumbs[2].Href = cyclePath(id) + "/sheets"
	p.Status = c.sheetStatus(v)
	entries, worked := v.Sheet.Entries, v.Worked
	if typed != nil {
		entries = typed
		if w, err := result.WorkOut(v.Part, typed); err == nil && w != nil {
			worked = *w
		}
	}
	errs := c.Errors(refused)
	p.Lines, p.Errors = c.sheetLines(v.Part, entries, worked, p.Fills && !p.Locked, errs)
	p.Total, p.Facts = c.sheetTotal(v.Part, worked), c.sheetFacts(v)
	p.Unlock = ui.Field{Name: "reason", Label: c.T("result.sheet.unlock_reason"), Required: true, Error: errs["reason"]}
	p.Discards = v.Sheet.ID != 0 && !p.Locked
	p.Notice = c.sheetNotice(v, errs[""])
	if f := fault.As(refused); f != nil && f.Kind == fault.Stale {
		p.Stale = c.staleSheet(v, typed)
	}
	return c.RenderStatus(status, "result_sheet", p)
}

func (c *Ctx) sheetStatus(v result.SheetView) *ui.Status {
	switch {
	case v.Sheet.State == result.SheetLocked:
		return &ui.Status{State: ui.Done, Text: c.T("result.sheet.locked"), Box: true}
	case v.Sheet.ID != 0:
		return &ui.Status{State: ui.Draft, Text: c.T("result.sheet.draft"), Box: true}
	}
	return &ui.Status{State: ui.Waiting, Text: c.T("result.missing"), Box: true}
}

func (c *Ctx) sheetNotice(v result.SheetView, wrong string) *ui.Notice {
	switch {
	case wrong != "":
		return &ui.Notice{Kind: "error", Text: wrong}
	case v.Figure != nil:
		return &ui.Notice{Kind: "info", Text: c.T("result.sheet.figure", "Score", v.Figure.Score, "Name", v.Figure.Name),
			Actions: []ui.Button{{Text: c.T("result.figures.title"), Href: figuresPath(v.Cycle.ID, v.Part.ID)}}}
	case v.Sheet.Reason != "" && v.Sheet.State == result.SheetDraft:
		return &ui.Notice{Kind: "warn", Text: c.T("result.sheet.unlocked", "Reason", v.Sheet.Reason)}
	}
	return nil
}

// sheetLines is the form of a check-sheet: one row a line, with boxes where it can be filled in.
func (c *Ctx) sheetLines(part plan.Part, entries map[string]result.Entry, w result.SheetRecord, fills bool, errs map[string]string) (ui.Table, *ui.ErrorSummary) {
	t := ui.Table{Caption: part.Name.In(c.Lang), HideCaption: true, Columns: []ui.Column{{Head: c.T("result.sheet.line")}, {Head: c.T("result.sheet.points"), Align: "right"},
		{Head: c.T("result.sheet.times"), Align: "right"}, {Head: c.T("result.sheet.amount"), Align: "right"}, {Head: c.T("result.sheet.note")}}}
	amounts := map[string]string{}
	for _, l := range w.Lines {
		amounts[l.ID] = sign(l.Bonus) + l.Amount
	}
	var all []ui.Field
	for _, l := range part.Sheet.Lines {
		e := entries[l.ID]
		row := ui.Row{Cells: []ui.Cell{ui.T(l.Name.In(c.Lang)), ui.T(sign(l.Bonus) + l.Points), ui.T(strconv.Itoa(e.Times)), ui.T(amounts[l.ID]), ui.T(e.Note)}}
		if fills {
			times := ui.Field{Name: "times-" + l.ID, Type: "number", Min: "0", Max: "999", Step: "1", Inputmode: "numeric", Width: "short", Plain: true,
				Label: c.T("result.sheet.times_of", "Line", l.Name.In(c.Lang)), Value: strconv.Itoa(e.Times), Error: errs["times-"+l.ID]}
			note := ui.Field{Name: "note-" + l.ID, Plain: true, MaxLength: 500, Label: c.T("result.sheet.note_of", "Line", l.Name.In(c.Lang)), Value: e.Note, Error: errs["note-"+l.ID]}
			row.Cells[2], row.Cells[4] = ui.Cell{Field: &times}, ui.Cell{Field: &note}
			all = append(all, times, note)
		}
		t.Rows = append(t.Rows, row)
	}
	return t, ui.Errors(all...)
}

func sign(bonus bool) string {
	if bonus {
		return "+"
	}
	return "−"
}

// sheetTotal explains how a check-sheet adds up.
func (c *Ctx) sheetTotal(part plan.Part, w result.SheetRecord) ui.DescriptionList {
	names := map[string]string{}
	if part.Sheet != nil {
		for _, l := range part.Sheet.Lines {
			names[l.ID] = l.Name.In(c.Lang)
		}
	}
	items := []ui.Fact{{Term: c.T("result.sheet.start"), Text: w.Start}}
	for _, l := range w.Lines {
		items = append(items, ui.Fact{Term: names[l.ID], Text: sign(l.Bonus) + l.Points + " × " + strconv.Itoa(l.Times) + " = " + sign(l.Bonus) + l.Amount, Sub: l.Note})
	}
	score := ui.Fact{Term: c.T("result.sheet.score"), Text: w.Score, Sub: c.T("result.sheet.bounds", "Floor", w.Floor, "Ceiling", w.Ceiling)}
	switch {
	case w.AtFloor:
		score.Sub = c.T("result.sheet.at_floor", "Before", w.Before, "Floor", w.Floor)
	case w.AtCeil:
		score.Sub = c.T("result.sheet.at_ceiling", "Before", w.Before, "Ceiling", w.Ceiling)
	}
	return ui.DescriptionList{Items: append(items, score)}
}

func (c *Ctx) sheetFacts(v result.SheetView) ui.DescriptionList {
	if v.Sheet.ID == 0 {
		return ui.DescriptionList{}
	}
	facts := []ui.Fact{{Term: c.T("result.changed_by"), Text: v.Sheet.Name, Sub: c.locale().DateTime(v.Sheet.At)}}
	if v.Sheet.State == result.SheetLocked {
		facts = append(facts, ui.Fact{Term: c.T("result.locked_by"), Text: v.Sheet.LockedBy, Sub: c.locale().DateTime(v.Sheet.LockedAt)})
	}
	return ui.DescriptionList{Items: append(facts, c.logFact("sheet", v.Sheet.ID)...)}
}

// staleSheet shows what somebody else filled in beside what was typed.
func (c *Ctx) staleSheet(v result.SheetView, typed map[string]result.Entry) *ui.Stale {
	st := &ui.Stale{TheirsMeta: joined(v.Sheet.Name, c.locale().DateTime(v.Sheet.At)),
		Keep: ui.Button{Text: c.T("result.stale.keep"), Kind: "primary", Form: "sheet", Name: "do", Value: "save"}, Discard: ui.Button{Text: c.T("result.stale.discard"), Href: sheetPath(v.Cycle.ID, result.Cell{Unit: v.Unit.ID, Part: v.Part.ID})}}
	say := func(e result.Entry) string { return joined(strconv.Itoa(e.Times)+" ×", e.Note) }
	for _, l := range v.Part.Sheet.Lines {
		if row := (ui.StaleRow{Label: l.Name.In(c.Lang), Yours: say(typed[l.ID]), Theirs: say(v.Sheet.Entries[l.ID])}); row.Differs() {
			st.Rows = append(st.Rows, row)
		}
	}
	return st
}

// typedEntries reads a check-sheet's form; what is no whole number becomes -1, which the verb refuses at its place.
func (c *Ctx) typedEntries(part plan.Part) map[string]result.Entry {
	out := map[string]result.Entry{}
	if part.Sheet == nil {
		return out
	}
	for _, l := range part.Sheet.Lines {
		e := result.Entry{Note: c.Value("note-" + l.ID)}
		if text := c.Value("times-" + l.ID); text != "" {
			n, err := strconv.Atoi(text)
			if err != nil {
				n = -1
			}
			e.Times = n
		}
		out[l.ID] = e
	}
	return out
}

func (s *Server) saveSheet(c *Ctx) error {
	id, at, err := c.sheetAt()
	if err != nil {
		return err
	}
	ctx := c.R.Context()
	v, err := s.Rooms.Results.Sheet(ctx, c.Scope(authz.Read), id, at)
	if err != nil {
		return err
	}
	typed := c.typedEntries(v.Part)
	_, err = s.Rooms.Results.Save(ctx, c.Actor, result.SaveSheet{Cycle: id, At: at, Version: int(c.Int("version", 0)), Entries: typed, Lock: c.Value("do") == "lock"})
	switch fault.KindOf(err) {
	case fault.Invalid, fault.Stale:
		return s.showSheet(c, statusOf[fault.KindOf(err)], typed, err)
	}
	if err != nil {
		return err
	}
	if c.Value("do") == "lock" && v.Next != 0 {
		return c.Go(sheetPath(id, result.Cell{Unit: v.Next, Part: at.Part}), "result.sheet.flash_next")
	}
	if c.Value("do") == "lock" {
		return c.Go(cyclePath(id)+"/sheets", "result.sheet.flash_locked")
	}
	return c.Go(sheetPath(id, at), "result.sheet.flash_saved")
}

// sheetTotalNow answers htmx with the total of a sheet that is being filled in; nothing is kept.
func (s *Server) sheetTotalNow(c *Ctx) error {
	id, at, err := c.sheetAt()
	if err != nil {
		return err
	}
	v, err := s.Rooms.Results.Sheet(c.R.Context(), c.Scope(authz.Read), id, at)
	if err != nil {
		return err
	}
	p := &ResultSheetPage{Total: c.sheetTotal(v.Part, v.Worked)}
	if w, err := result.WorkOut(v.Part, c.typedEntries(v.Part)); err == nil && w != nil {
		p.Total = c.sheetTotal(v.Part, *w)
	}
	return c.Fragment("result_sheet", "total", p)
}

func (s *Server) unlockSheet(c *Ctx) error {
	id, at, err := c.sheetAt()
	if err != nil {
		return err
	}
	_, err = s.Rooms.Results.Unlock(c.R.Context(), c.Actor, id, at, int(c.Int("version", 0)), c.Value("reason"))
	if fault.KindOf(err) == fault.Invalid {
		return s.showSheet(c, http.StatusUnprocessableEntity, nil, err)
	}
	if err != nil {
		return err
	}
	return c.Go(sheetPath(id, at), "result.sheet.flash_unlocked")
}

func (s *Server) discardSheet(c *Ctx) error {
	id, at, err := c.sheetAt()
	if err != nil {
		return err
	}
	if err := s.Rooms.Results.Discard(c.R.Context(), c.Actor, id, at, int(c.Int("version", 0))); err != nil {
		return err
	}
	return c.Go(cyclePath(id)+"/sheets", "result.sheet.flash_discarded")
}
