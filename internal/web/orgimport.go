package web

import (
	"encoding/json"
	"errors"
	"mime/multipart"
	"net/http"
	"net/url"

	"plumbline/internal/authz"
	"plumbline/internal/fault"
	"plumbline/internal/job"
	"plumbline/internal/org"
	"plumbline/internal/web/ui"
)

// ImportPage takes a file of units or people; what it would change is tried first and shown.
type ImportPage struct {
	Page
	Errors  *ui.ErrorSummary
	To      string
	What    string
	Fields  []ui.Field
	Columns ui.Table
	Upload  ui.Button
}

// unitsFileLimit is how large an uploaded file may be; larger ones are for the command line.
const unitsFileLimit = 64 << 20

// The keys that are put together from parts.
const (
	importKey = "org.import_"
	columnKey = "org.column_"
	changeKey = "org.change_"
)

var importColumns = map[string][]string{
	"units":  {"code", "parent_code", "kind", "name", "name_en", "from", "to"},
	"people": {"code", "name", "name_en", "unit_code", "post_kind", "title", "from", "to"},
}

func (s *Server) importPage(c *Ctx) error {
	return s.showImport(c, http.StatusOK, c.Value("what"), nil, nil)
}

func (s *Server) showImport(c *Ctx, status int, what string, errs map[string]string, choice *ui.Field) error {
	if importColumns[what] == nil {
		return fault.Missing()
	}
	p := &ImportPage{What: what, To: "/imports/new", Upload: ui.Button{Text: c.T("org.import_try"), Kind: "primary"}}
	p.Title, p.Sub = c.T(importKey+what), c.T("org.import_sub")
	p.Crumbs = []ui.Link{{Text: c.T("org." + what), Href: "/" + what}, {Text: p.Title}}
	p.Fields = []ui.Field{{Type: "file", Name: "file", Label: c.T("org.file"), Hint: c.T("org.file_hint"), Accept: ".csv,.xlsx", Required: true, Error: errs["file"]}}
	if !c.May(authz.OrgEdit, authz.Whole) {
		under, err := s.importPlace(c)
		if err != nil {
			return err
		}
		f := c.placeField("under", "org.import_under", under)
		f.Error = errs["under"]
		p.Fields = withChoice(append(p.Fields, f), "under", choice)
	}
	if what == "units" {
		date, correct := c.dateField("date", "org.import_date", c.Today(), true), c.correctField()
		date.Hint, date.Error = c.T("org.import_date_hint"), errs["date"]
		p.Fields = append(p.Fields, date, correct)
	}
	p.Errors = ui.Errors(p.Fields...)
	p.Columns = ui.Table{Caption: c.T("org.import_columns"), Columns: []ui.Column{{Head: c.T("org.import_column")}, {Head: c.T("org.import_meaning")}}}
	for _, name := range importColumns[what] {
		p.Columns.Rows = append(p.Columns.Rows, ui.Row{Cells: []ui.Cell{ui.T(name), ui.T(c.T(columnKey + what + "_" + name))}})
	}
	return c.RenderStatus(status, "import", p)
}

// importPlace is the code of the unit that the reader comes from, or of the first one that they may edit.
func (s *Server) importPlace(c *Ctx) (string, error) {
	id := c.Int("under", 0)
	if id == 0 {
		for _, at := range s.Gate.Policy().Units(c.Actor, authz.OrgEdit) {
			id = at.ID
			break
		}
	}
	u, err := org.UnitByID(c.R.Context(), s.Reader, id)
	if fault.KindOf(err) == fault.NotFound {
		return "", nil
	}
	return u.Code, err
}

func (s *Server) importUpload(c *Ctx) error {
	c.R.Body = http.MaxBytesReader(c.W, c.R.Body, unitsFileLimit)
	file, head, err := c.R.FormFile("file")
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return fault.New(fault.TooLarge, "fault.too_large", "Limit", unitsFileLimit)
	}
	what := c.Value("what")
	if err != nil {
		return s.showImport(c, http.StatusUnprocessableEntity, what, map[string]string{"file": c.T("fault.org.no_file")}, nil)
	}
	defer file.Close()
	c.R.PostForm = c.R.MultipartForm.Value
	c.UseOnce(c.Value("_once"))
	o := org.Order{What: what, Name: head.Filename, DryRun: true, Date: c.Value("date"), Correct: c.Value("correct") == "1"}
	id, choice, err := s.orderImport(c, o, file)
	if errs := c.Errors(err); errs != nil {
		return s.showImport(c, http.StatusUnprocessableEntity, what, errs, choice)
	}
	if err != nil {
		return err
	}
	return c.Go("/imports/"+itoa(id), "")
}

// orderImport finds the place of an import, keeps the file, and enqueues the trial.
func (s *Server) orderImport(c *Ctx, o org.Order, file multipart.File) (id int64, choice *ui.Field, err error) {
	at := authz.Whole
	if !c.May(authz.OrgEdit, authz.Whole) {
		if o.Under, choice, err = s.findPlace(c, "under"); err != nil {
			return 0, choice, err
		}
		u, err := org.UnitByID(c.R.Context(), s.Reader, o.Under)
		if err != nil {
			return 0, nil, err
		}
		at = u.Place()
	}
	if err := c.mayEditAt(at); err != nil {
		return 0, nil, err
	}
	if o.Blob, _, err = s.Blobs.Put(file, unitsFileLimit); err != nil {
		return 0, nil, err
	}
	id, err = s.Rooms.Org.OrderImport(c.R.Context(), c.Actor, o)
	s.Wake()
	return id, nil, err
}

// ImportResultPage shows an import under way, and then what it would do or did.
type ImportResultPage struct {
	Page
	Progress *ui.Progress
	Notice   *ui.Notice
	Figures  *ui.KeyFigures
	Problems *ui.Table
	Changes  *ui.Table
	Ignored  []string
	Confirm  *ui.Button
	Again    ui.Button
}

// importJob finds an import of this account, with its order.
func (s *Server) importJob(c *Ctx) (j job.Job, o org.Order, err error) {
	id, err := c.ID("id")
	if err != nil {
		return j, o, err
	}
	if j, err = s.FindJob(c.R.Context(), id, c.Actor.Account); err != nil {
		return j, o, err
	}
	if j.Kind != org.ImportJob {
		return j, o, fault.Missing()
	}
	return j, o, json.Unmarshal([]byte(j.Payload), &o)
}

func (s *Server) importResult(c *Ctx) error {
	j, o, err := s.importJob(c)
	if err != nil {
		return err
	}
	if done, err := org.CarriedOut(c.R.Context(), s.Reader, c.Actor.Account, j.ID); err != nil {
		return err
	} else if done != 0 { // a trial that was confirmed shows what came of it
		return c.Go("/imports/"+itoa(done), "")
	}
	p := &ImportResultPage{Again: ui.Button{Text: c.T("org.import_again"), Href: "/imports/new?what=" + url.QueryEscape(o.What)}}
	p.Title, p.Sub = c.T(importKey+o.What), o.Name
	p.Crumbs = []ui.Link{{Text: c.T("org." + o.What), Href: "/" + o.What}, {Text: p.Title}}
	switch j.State {
	case job.Done:
		var r org.Report
		if err := json.Unmarshal([]byte(j.Result), &r); err != nil {
			return err
		}
		c.importReport(p, j, o, r)
	case job.Failed:
		p.Notice = &ui.Notice{Kind: "error", Title: c.T("org.import_failed"), Text: c.T(j.Result)}
	default:
		p.Progress, p.RefreshSec = c.importBar(j, "/imports/"+itoa(j.ID)), 0
	}
	return c.Render("importresult", p)
}

// importBar is the progress of a job whose page is at; without JavaScript a link looks again.
func (c *Ctx) importBar(j job.Job, at string) *ui.Progress {
	p := &ui.Progress{ID: "import", Label: c.T("org.import_running"), Value: j.Done, Max: max(j.Total, 1000), Poll: at + "/progress", Href: at}
	p.Text = c.T("org.percent", "N", p.Value*100/p.Max)
	if j.State == job.Waiting {
		p.Text = c.T("org.import_waiting")
	}
	return p
}

// importProgress answers the bar's poll; when the work is done the browser is sent to the result.
func (s *Server) importProgress(c *Ctx) error {
	j, _, err := s.importJob(c)
	if err != nil {
		return err
	}
	return c.importPoll(j, "/imports/"+itoa(j.ID))
}

func (c *Ctx) importReport(p *ImportResultPage, j job.Job, o org.Order, r org.Report) {
	changes := r.Changed()
	switch {
	case r.Wrong > 0:
		p.Notice = &ui.Notice{Kind: "error", Title: c.T("fault.org.import", "Count", r.Wrong), Text: c.T("org.import_mend")}
		p.Problems = c.problemTable(r.Problems, r.Wrong)
		return
	case changes == 0:
		p.Notice = &ui.Notice{Text: c.T("org.import_same", "Count", int(r.Rows))}
		return
	case o.DryRun:
		p.Notice = &ui.Notice{Title: c.T("org.import_would"), Text: c.T("org.import_would_text")}
		p.Confirm = &ui.Button{Text: c.T("org.import_do"), Kind: "primary", Post: "/imports/" + itoa(j.ID), Fields: c.onceField()}
	default:
		p.Notice = &ui.Notice{Kind: "ok", Text: c.T("org.import_done", "Count", int(r.Rows))}
	}
	p.Figures = c.importFigures(o.What, r)
	p.Ignored = r.Ignored
	p.Changes = c.importChanges(r, changes)
}

func (c *Ctx) importFigures(what string, r org.Report) *ui.KeyFigures {
	l := ui.Locale{Lang: c.Lang, Zone: c.srv.Zone}
	f := &ui.KeyFigures{Label: c.T(importKey + what)}
	add := func(key string, n int64) {
		f.Items = append(f.Items, ui.Figure{Label: c.T(key), Value: l.Num(n)})
	}
	add("org.created", r.Created)
	add("org.renamed", r.Renamed)
	if what == "units" {
		add("org.moved_n", r.Moved)
	} else {
		add("org.posts_n", r.Posts)
		add("org.tenures_n", r.Tenures)
	}
	add("org.dated", r.Dated)
	add("org.unchanged", r.Unchanged)
	return f
}

// importChanges names the first changes one by one.
func (c *Ctx) importChanges(r org.Report, all int64) *ui.Table {
	t := &ui.Table{Caption: c.T("org.import_changes"), Columns: []ui.Column{{Head: c.T("table.line"), Align: "right"}, {Head: c.T("org.change")}, {Head: c.T("org.code")},
		{Head: c.T("org.was")}, {Head: c.T("org.becomes")}}}
	for _, ch := range r.Changes {
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{ui.T(itoa(int64(ch.Line))), ui.T(c.T(changeKey + ch.What)), ui.T(ch.Code), ui.T(ch.From), ui.T(ch.To)}})
	}
	if more := all - int64(len(r.Changes)); more > 0 {
		t.Pager = &ui.Pager{Text: c.T("org.more_changes", "Count", int(more))}
	}
	return t
}

// importConfirm carries out what a trial has shown.
func (s *Server) importConfirm(c *Ctx) error {
	j, o, err := s.importJob(c)
	if err != nil {
		return err
	}
	if j.State != job.Done || !o.DryRun {
		return fault.Bad("fault.org.import_not_tried")
	}
	if done, err := org.CarriedOut(c.R.Context(), s.Reader, c.Actor.Account, j.ID); err != nil {
		return err
	} else if done != 0 {
		return c.Go("/imports/"+itoa(done), "")
	}
	o.DryRun, o.Tried = false, j.ID
	id, err := s.Rooms.Org.OrderImport(c.R.Context(), c.Actor, o)
	if err != nil {
		return err
	}
	s.Wake()
	return c.Go("/imports/"+itoa(id), "")
}
