package web

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"plumbline/internal/fault"
	"plumbline/internal/job"
	"plumbline/internal/ledger"
	"plumbline/internal/org"
	"plumbline/internal/web/ui"
)

// MatterImportResultPage shows an import under way, and then what it would register or did.
type MatterImportResultPage struct {
	Page
	Progress *ui.Progress
	Notice   *ui.Notice
	Figures  *ui.KeyFigures
	Problems *ui.Table
	Rows     *ui.Table
	Mapping  []ui.Field
	Columns  string // where the mapping is sent
	Open     bool   // the mapping is worth looking at
	Ignored  []string
	Confirm  *ui.Button
	Buttons  []ui.Button
}

// matterJob finds an import of matters of this account, with its order.
func (s *Server) matterJob(c *Ctx) (j job.Job, o ledger.Order, err error) {
	id, err := c.ID("id")
	if err != nil {
		return j, o, err
	}
	if j, err = s.FindJob(c.R.Context(), id, c.Actor.Account); err != nil {
		return j, o, err
	}
	if j.Kind != ledger.ImportJob {
		return j, o, fault.Missing()
	}
	return j, o, json.Unmarshal([]byte(j.Payload), &o)
}

func (s *Server) matterImportResult(c *Ctx) error {
	j, o, err := s.matterJob(c)
	if err != nil {
		return err
	}
	if done, err := ledger.CarriedOut(c.R.Context(), s.Reader, c.Actor.Account, j.ID); err != nil {
		return err
	} else if done != 0 { // a trial that was confirmed shows what came of it
		return c.Go(matterImports+itoa(done), "")
	}
	d := s.Ledgers().Types().Current(o.Type)
	if d == nil {
		return fault.Missing()
	}
	p := &MatterImportResultPage{Buttons: []ui.Button{{Text: c.T("exchange.other_file"), Href: matterImports + "new?type=" + url.QueryEscape(o.Type)}}}
	p.Title, p.Sub = d.Name.In(c.Lang)+c.T("ledger.colon")+c.T("exchange.import"), o.Name
	p.Crumbs = []ui.Link{{Text: c.T("ledger.title"), Href: "/matters?type=" + url.QueryEscape(d.ID)}, {Text: c.T("exchange.title"), Href: matterImports + "new"}, {Text: d.Name.In(c.Lang), Current: true}}
	switch j.State {
	case job.Done:
		var r ledger.ImportReport
		if err := json.Unmarshal([]byte(j.Result), &r); err != nil {
			return err
		}
		if err := c.matterReport(p, d, j, o, r); err != nil {
			return err
		}
	case job.Failed:
		p.Notice = &ui.Notice{Kind: "error", Title: c.T("org.import_failed"), Text: c.T(j.Result)}
	default:
		p.Progress = c.importBar(j, matterImports+itoa(j.ID))
	}
	return c.Render("matter_importresult", p)
}

// matterImportProgress answers the bar's poll; when the work is done the browser is sent to the result.
func (s *Server) matterImportProgress(c *Ctx) error {
	j, _, err := s.matterJob(c)
	if err != nil {
		return err
	}
	return c.importPoll(j, matterImports+itoa(j.ID))
}

// importPoll answers the poll of a job's bar.
func (c *Ctx) importPoll(j job.Job, at string) error {
	if j.State == job.Done || j.State == job.Failed {
		c.W.Header().Set("HX-Redirect", at)
		c.W.WriteHeader(http.StatusOK)
		return nil
	}
	return c.Fragment("importresult", "c-progress", c.importBar(j, at))
}

func (c *Ctx) matterReport(p *MatterImportResultPage, d *ledger.Definition, j job.Job, o ledger.Order, r ledger.ImportReport) error {
	at := matterImports + itoa(j.ID)
	p.Ignored = r.Ignored()
	if o.DryRun {
		p.Mapping, p.Columns, p.Open = c.mappingFields(d, r), at+"/columns", r.Wrong > 0
	}
	switch {
	case r.Wrong > 0:
		p.Notice = &ui.Notice{Kind: "error", Title: c.T("fault.org.import", "Count", r.Wrong), Text: c.T("exchange.mend")}
		p.Problems = c.problemTable(r.Problems, r.Wrong)
		return nil
	case r.Created == 0:
		p.Notice = &ui.Notice{Text: c.T("exchange.same", "Count", int(r.Rows))}
	case o.DryRun:
		p.Notice = &ui.Notice{Title: c.T("exchange.would"), Text: c.T("exchange.would_text")}
		p.Confirm = &ui.Button{Text: c.T("exchange.do", "Count", int(r.Created)), Kind: "primary", Post: at, Fields: c.onceField()}
	default:
		p.Notice = &ui.Notice{Kind: "ok", Text: c.T("exchange.done", "Count", int(r.Created))}
		p.Buttons = append([]ui.Button{{Text: c.T("exchange.list_of", "Ledger", d.Name.In(c.Lang)), Href: "/matters?sort=new&type=" + url.QueryEscape(d.ID), Kind: "primary"}}, p.Buttons...)
	}
	l := ui.Locale{Lang: c.Lang, Zone: c.srv.Zone}
	p.Figures = &ui.KeyFigures{Label: c.T("exchange.title"), Items: []ui.Figure{{Label: c.T("exchange.rows"), Value: l.Num(r.Rows)},
		{Label: c.T("exchange.created"), Value: l.Num(r.Created)}, {Label: c.T("exchange.there"), Value: l.Num(r.There)}}}
	if r.Open > 0 {
		p.Figures.Items = append(p.Figures.Items, ui.Figure{Label: c.T("exchange.held_open"), Value: l.Num(r.Open), State: ui.Soon})
	}
	var err error
	p.Rows, err = c.importedRows(d, r)
	return err
}

// importedRows names the first rows one by one.
func (c *Ctx) importedRows(d *ledger.Definition, r ledger.ImportReport) (*ui.Table, error) {
	t := &ui.Table{Caption: c.T("exchange.list"), Columns: []ui.Column{{Head: c.T("table.line"), Align: "right"}, {Head: c.T("exchange.what"), Align: "nowrap"},
		{Head: c.T("ledger.col.matter")}, {Head: c.T("ledger.col.unit")}, {Head: c.T("ledger.col.state"), Align: "nowrap"}}}
	var ids []int64
	for _, i := range r.Some {
		ids = append(ids, i.Unit)
	}
	names, err := org.UnitsByID(c.R.Context(), c.srv.Reader, ids)
	for _, i := range r.Some {
		what, st := "exchange.what.new", ledger.State{}
		if i.There {
			what = "exchange.what.there"
		}
		st, _ = d.State(i.State)
		unit := c.T("ledger.no_owner")
		if i.Unit != 0 {
			unit = names[i.Unit].In(c.Lang)
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{ui.T(itoa(int64(i.Line))), {Text: c.T(what), Sub: c.heldRow(i)}, {Text: i.Title, Sub: i.Number}, ui.T(unit), ui.T(st.Name.In(c.Lang))}})
	}
	if more := int(r.Rows) - len(r.Some); more > 0 {
		t.Pager = &ui.Pager{Text: c.T("exchange.more", "Count", more)}
	}
	return t, err
}

// heldRow says what a row asks for though the system holds it; "" for nothing.
func (c *Ctx) heldRow(i ledger.Imported) string {
	var names []string
	for _, f := range c.srv.Ledgers().Types().Facts() {
		if slices.Contains(i.Held, f.ID) {
			names = append(names, f.Name.In(c.Lang))
		}
	}
	key := "exchange.held"
	if i.Open {
		key = "exchange.held_open_row"
	}
	if len(names) == 0 {
		return ""
	}
	return c.T(key, "Facts", strings.Join(names, c.T("list.separator")))
}

// mappingFields ask of every column of the file what it is.
func (c *Ctx) mappingFields(d *ledger.Definition, r ledger.ImportReport) []ui.Field {
	options := []ui.Option{{Text: c.T("exchange.unread")}}
	for _, col := range d.Exchange() {
		if col.Read {
			text := d.Head(col, c.Lang)
			if col.Must {
				text += " *"
			}
			options = append(options, ui.Option{Value: col.Key, Text: text})
		}
	}
	var out []ui.Field
	for i, title := range r.Titles {
		if title == "" {
			title = c.T("exchange.untitled", "N", i+1)
		}
		f := ui.Field{Type: "select", Name: fmt.Sprint("col-", i), Label: title, Options: options, Plain: true, Width: "medium"}
		if i < len(r.Columns) {
			f.Value = r.Columns[i]
		}
		out = append(out, f)
	}
	return out
}

// matterImportColumns tries the same file again with the columns that somebody has chosen.
func (s *Server) matterImportColumns(c *Ctx) error {
	j, o, err := s.matterJob(c)
	if err != nil {
		return err
	}
	var r ledger.ImportReport
	if j.State != job.Done || !o.DryRun {
		return fault.Bad("fault.org.import_not_tried")
	}
	if err := json.Unmarshal([]byte(j.Result), &r); err != nil {
		return err
	}
	o.Columns = make([]string, len(r.Titles))
	for i := range o.Columns {
		o.Columns[i] = c.Value(fmt.Sprint("col-", i))
	}
	return s.orderMatters(c, o)
}

// matterImportConfirm carries out what a trial has shown.
func (s *Server) matterImportConfirm(c *Ctx) error {
	j, o, err := s.matterJob(c)
	if err != nil {
		return err
	}
	if j.State != job.Done || !o.DryRun {
		return fault.Bad("fault.org.import_not_tried")
	}
	if done, err := ledger.CarriedOut(c.R.Context(), s.Reader, c.Actor.Account, j.ID); err != nil {
		return err
	} else if done != 0 {
		return c.Go(matterImports+itoa(done), "")
	}
	o.DryRun, o.Tried = false, j.ID
	return s.orderMatters(c, o)
}
