package web

import (
	"net/http"
	"strings"

	"plumbline/internal/authz"
	"plumbline/internal/fault"
	"plumbline/internal/org"
	"plumbline/internal/review/cycle"
	"plumbline/internal/review/plan"
	"plumbline/internal/web/ui"
)

// CycleReportersPage says who reports, and draws lots among the selected.
type CycleReportersPage struct {
	Page
	Path    string
	Version int
	Errors  *ui.ErrorSummary
	Calls   CallGrid
	Add     ui.Field
	Draw    []ui.Field
	Refresh ui.Button
	Stale   *ui.Notice
}

// managed is the cycle of the address for whoever may run it.
func (s *Server) managed(c *Ctx) (cycle.View, error) {
	v, err := s.cycleView(c)
	if err == nil && !c.May(authz.CycleManage, v.Convenor.Place()) {
		err = fault.New(fault.Forbidden, "fault.forbidden")
	}
	return v, err
}

func (s *Server) cycleReporters(c *Ctx) error {
	return s.showReporters(c, http.StatusOK, nil, nil)
}

func (s *Server) showReporters(c *Ctx, status int, errs map[string]string, stale *ui.Notice) error {
	v, err := s.managed(c)
	if err != nil {
		return err
	}
	if v.Cycle.State == cycle.Closed {
		return c.Go(cyclePath(v.Cycle.ID), "") // nothing there can be changed
	}
	page := &CycleReportersPage{Path: cyclePath(v.Cycle.ID), Version: v.Cycle.Version, Stale: stale}
	page.Title = c.T("cycle.edit_reporters")
	page.Crumbs = c.cycleCrumbs(v.Cycle, v.Convenor, page.Title)
	if page.Calls.Rows, err = s.callable(c, v, errs); err != nil {
		return err
	}
	page.Calls.Hint = c.T("cycle.calls.hint")
	page.Add = ui.Field{Name: "add", Label: c.T("cycle.add_code"), Hint: c.T("cycle.add_code.hint"), Value: c.Value("add"), Error: errs["add"], Width: "medium", Plain: true}
	page.Draw = []ui.Field{{Name: "seed", Label: c.T("cycle.draw.seed"), Hint: c.T("cycle.draw.seed_hint"), Value: c.Value("seed"), Required: true, MaxLength: 200, Error: errs["seed"]},
		{Name: "oral", Type: "number", Label: c.T("cycle.draw.oral"), Value: c.Value("oral"), Required: true, Min: "0", Error: errs["oral"]}}
	page.Refresh = ui.Button{Text: c.T("cycle.refresh"), Post: page.Path + "/refresh", Fields: []ui.Pair{{Name: "version", Value: itoa(int64(v.Cycle.Version))}, {Name: "_once", Value: newToken()}}}
	page.Errors = callErrors(page, errs)
	return c.RenderStatus(status, "cycle_reporters", page)
}

func callErrors(page *CycleReportersPage, errs map[string]string) *ui.ErrorSummary {
	fields := append([]ui.Field{page.Add}, page.Draw...)
	for _, r := range page.Calls.Rows {
		fields = append(fields, r.Mode)
	}
	sum := ui.Errors(fields...)
	if text := errs["reporters"]; text != "" {
		sum = &ui.ErrorSummary{Errors: []ui.Link{{Text: text, Href: "#list"}}}
	}
	return sum
}

// callable lists the reporters first, then the units that could be called besides.
func (s *Server) callable(c *Ctx, v cycle.View, errs map[string]string) ([]CallRow, error) {
	var rows []CallRow
	have := map[int64]bool{}
	for _, r := range v.Rows {
		rows = append(rows, c.callRow(r.Unit, r.Reporter.Mode, r.Reporter.Choice, false, true, errs))
		rows[len(rows)-1].Note = joined(r.Unit.Code, c.personText(r))
		have[r.Unit.ID] = true
	}
	more, err := cycle.Propose(c.R.Context(), s.Reader, v.Plan.Body, v.Convenor.ID, v.Cycle.Year, v.Cycle.MeetingDate)
	if err != nil {
		return nil, err
	}
	for _, x := range more {
		if !have[x.Unit.ID] {
			rows = append(rows, c.callRow(x.Unit, x.Mode, x.Choice, x.Before, false, errs))
		}
	}
	return rows, nil
}

func (s *Server) setReporters(c *Ctx) error {
	id, err := c.ID("id")
	if err != nil {
		return err
	}
	calls := c.calls()
	if code := c.Value("add"); code != "" {
		u, err := org.UnitByCode(c.R.Context(), s.Reader, code)
		if fault.KindOf(err) == fault.NotFound {
			return s.showReporters(c, http.StatusUnprocessableEntity, map[string]string{"add": c.T("cycle.add_code.unknown", "Code", code)}, nil)
		}
		if err != nil {
			return err
		}
		calls = append(calls, cycle.Call{Unit: u.ID, Mode: cycle.Oral, Choice: cycle.Selected})
	}
	_, err = s.Rooms.Cycles.SetReporters(c.R.Context(), c.Actor, id, int(c.Int("version", 0)), calls)
	return s.afterReporters(c, id, err, "cycle.reporters_saved")
}

func (s *Server) drawModes(c *Ctx) error {
	id, err := c.ID("id")
	if err != nil {
		return err
	}
	_, err = s.Rooms.Cycles.DrawModes(c.R.Context(), c.Actor, id, int(c.Int("version", 0)), c.Value("seed"), int(c.Int("oral", -1)))
	return s.afterReporters(c, id, err, "cycle.drawn")
}

func (s *Server) refreshHolders(c *Ctx) error {
	id, err := c.ID("id")
	if err != nil {
		return err
	}
	_, err = s.Rooms.Cycles.RefreshHolders(c.R.Context(), c.Actor, id, int(c.Int("version", 0)))
	return s.afterReporters(c, id, err, "cycle.refreshed")
}

// afterReporters goes on, or brings the form back with what is wrong; a stale one shows who reports now beside what was
// ticked.
func (s *Server) afterReporters(c *Ctx, id int64, err error, flash string) error {
	if fault.KindOf(err) == fault.Stale {
		return s.showReporters(c, http.StatusConflict, nil, &ui.Notice{Kind: "warn", Text: c.T("cycle.stale"), Live: true})
	}
	if f := fault.As(err); f != nil && f.Kind == fault.Invalid && len(f.Fields) > 0 {
		errs := c.Errors(err)
		if add := c.Value("add"); add != "" && errs["add"] == "" {
			for name, text := range errs {
				if strings.HasPrefix(name, "unit-") {
					errs["add"] = text
				}
			}
		}
		return s.showReporters(c, http.StatusUnprocessableEntity, errs, nil)
	}
	if err != nil {
		return err
	}
	return c.Go(cyclePath(id)+"/reporters", flash)
}

// CycleDatesPage moves the meeting and the deadlines, and ticks steps off.
type CycleDatesPage struct {
	Page
	Path    string
	Version int
	Errors  *ui.ErrorSummary
	Stale   *ui.Notice
	Meeting *ui.Field // nil once the meeting is over
	Rows    []DateRow
	Names   []ui.Field
}

// DateRow is one deadline in the form.
type DateRow struct {
	Name   string
	Field  ui.Field
	Status *ui.Status
	Tick   *ui.Button
}

func (s *Server) cycleDates(c *Ctx) error { return s.showDates(c, http.StatusOK, nil, nil) }

func (s *Server) showDates(c *Ctx, status int, errs map[string]string, stale *ui.Notice) error {
	v, err := s.managed(c)
	if err != nil {
		return err
	}
	if v.Cycle.State == cycle.Closed {
		return c.Go(cyclePath(v.Cycle.ID), "") // nothing there can be changed
	}
	page := &CycleDatesPage{Path: cyclePath(v.Cycle.ID), Version: v.Cycle.Version, Stale: stale}
	page.Title = c.T("cycle.edit_dates")
	page.Crumbs = c.cycleCrumbs(v.Cycle, v.Convenor, page.Title)
	if !v.Cycle.State.AtLeast(cycle.Held) {
		page.Meeting = &ui.Field{Name: "meeting_date", Type: "date", Label: c.T("cycle.meeting_date"), HideLabel: true, Hint: c.T("cycle.meeting_date.hint"), Required: true,
			Value: c.or("meeting_date", v.Cycle.MeetingDate), Error: errs["meeting_date"]}
	}
	var fields []ui.Field
	for _, d := range v.Dates {
		row := c.dateRow(v.Cycle, d, errs)
		fields = append(fields, row.Field)
		page.Rows = append(page.Rows, row)
	}
	page.Names = []ui.Field{{Name: "cycle_name", Label: c.T("cycle.own_name"), Hint: c.T("cycle.own_name.hint"), Value: c.or("cycle_name", v.Cycle.Name), MaxLength: 100, Error: errs["name"]},
		{Name: "cycle_name_en", Label: c.T("cycle.own_name_en"), Value: c.or("cycle_name_en", v.Cycle.NameEn), MaxLength: 100, Error: errs["name_en"]}}
	if page.Meeting != nil {
		fields = append(fields, *page.Meeting)
	}
	page.Errors = ui.Errors(append(fields, page.Names...)...)
	return c.RenderStatus(status, "cycle_dates", page)
}

// or is the typed value of a form that came back, else what stands.
func (c *Ctx) or(name, stands string) string {
	if _, typed := c.R.PostForm[name]; typed {
		return c.Value(name)
	}
	return stands
}

func (c *Ctx) dateRow(cy cycle.Cycle, d cycle.Date, errs map[string]string) DateRow {
	name := "due-" + d.Deadline.Step
	row := DateRow{Name: c.stepName(d), Status: c.dateStatus(d),
		Field: ui.Field{Name: name, Type: "date", Label: c.stepName(d), Value: c.or(name, d.Deadline.Due), Error: errs[name], Disabled: d.Deadline.Step == plan.StepMeeting}}
	tick := &ui.Button{Small: true, Kind: "quiet", Text: c.T("cycle.step.done"), Post: cyclePath(cy.ID) + "/step",
		Fields: []ui.Pair{{Name: "step", Value: d.Deadline.Step}, {Name: "done", Value: "1"}, {Name: "version", Value: itoa(int64(cy.Version))}, {Name: "_once", Value: newToken()}}}
	switch {
	case !d.Done:
		row.Tick = tick
	case d.Deadline.DoneAt != 0:
		tick.Text, tick.Fields[1].Value = c.T("cycle.step.undo"), ""
		row.Tick = tick
	}
	return row
}

func (s *Server) setMeetingDate(c *Ctx) error {
	return s.changeDates(c, func(id int64, version int) error {
		_, err := s.Rooms.Cycles.SetMeetingDate(c.R.Context(), c.Actor, id, version, c.Value("meeting_date"))
		return err
	})
}

func (s *Server) setDates(c *Ctx) error {
	due := map[string]string{}
	for name := range c.R.PostForm {
		if step, ok := strings.CutPrefix(name, "due-"); ok {
			due[step] = c.Value(name)
		}
	}
	return s.changeDates(c, func(id int64, version int) error {
		_, err := s.Rooms.Cycles.SetDeadlines(c.R.Context(), c.Actor, id, version, due)
		return err
	})
}

func (s *Server) markStep(c *Ctx) error {
	return s.changeDates(c, func(id int64, version int) error {
		_, err := s.Rooms.Cycles.MarkStep(c.R.Context(), c.Actor, id, version, c.Value("step"), c.Value("done") != "")
		return err
	})
}

func (s *Server) renameCycle(c *Ctx) error {
	return s.changeDates(c, func(id int64, version int) error {
		_, err := s.Rooms.Cycles.Rename(c.R.Context(), c.Actor, id, version, c.Value("cycle_name"), c.Value("cycle_name_en"))
		return err
	})
}

func (s *Server) changeDates(c *Ctx, change func(id int64, version int) error) error {
	id, err := c.ID("id")
	if err != nil {
		return err
	}
	err = change(id, int(c.Int("version", 0)))
	f := fault.As(err)
	switch {
	case fault.KindOf(err) == fault.Stale:
		return s.showDates(c, http.StatusConflict, nil, &ui.Notice{Kind: "warn", Text: c.T("cycle.stale"), Live: true})
	case f != nil && f.Kind == fault.Invalid && len(f.Fields) > 0:
		return s.showDates(c, http.StatusUnprocessableEntity, c.Errors(err), nil)
	case err != nil:
		return err
	}
	return c.Go(cyclePath(id)+"/dates", "cycle.dates_saved")
}

func (s *Server) advanceCycle(c *Ctx) error {
	id, err := c.ID("id")
	if err != nil {
		return err
	}
	if _, err := s.Rooms.Cycles.Advance(c.R.Context(), c.Actor, id, int(c.Int("version", 0)), cycle.State(c.Value("state"))); err != nil {
		return err
	}
	return c.Go(cyclePath(id), "cycle.advanced")
}
