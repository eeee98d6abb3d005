package web

import (
	"context"
	"net/http"
	"slices"

	"plumbline/internal/authz"
	"plumbline/internal/fault"
	"plumbline/internal/org"
	"plumbline/internal/pack"
	"plumbline/internal/web/ui"
)

// OrgFormPage is one form of the organisation: a few fields and one verb.
type OrgFormPage struct {
	Page
	Notice *ui.Notice
	Errors *ui.ErrorSummary
	Hangs  *ui.Table // what hangs on a unit that is to end
	Fields []ui.Field
	To     string // where it posts
	Rev    int    // the version that the form was made of; 0 where there is none
	Submit ui.Button
	Back   ui.Button
}

// orgForm is a form before it is shown. theirs reads from a stale fault what stands there now: version and values by
// field name.
type orgForm struct {
	title, sub, back, submit, kind string
	crumbs                         []ui.Link
	fields                         []ui.Field
	version                        int
	notice                         *ui.Notice
	hangs                          *ui.Table
	theirs                         func(current any) (version int, values map[string]string)
}

// typed is what was typed in a form that came back, or else what stands there.
func (c *Ctx) typed(name, stands string) string {
	if c.R.PostForm.Has(name) {
		return c.Value(name)
	}
	return stands
}

func (c *Ctx) showForm(status int, f orgForm, errs map[string]string) error {
	p := &OrgFormPage{Notice: f.notice, Hangs: f.hangs, To: c.R.URL.RequestURI(), Rev: int(c.Int("version", int64(f.version))),
		Submit: ui.Button{Text: f.submit, Kind: f.kind}, Back: ui.Button{Text: c.T("org.cancel"), Href: f.back, Kind: "quiet"}}
	if f.kind == "" {
		p.Submit.Kind = "primary"
	}
	for _, field := range f.fields {
		field.Error = errs[field.Name]
		p.Fields = append(p.Fields, field)
	}
	p.Errors = ui.Errors(p.Fields...)
	if errs[""] != "" {
		p.Notice = &ui.Notice{Kind: "error", Text: errs[""], Live: true}
	}
	p.Title, p.Sub, p.Crumbs = f.title, f.sub, append(f.crumbs, ui.Link{Text: f.title})
	return c.RenderStatus(status, "orgform", p)
}

// endForm ends a verb: on to the page, the form again with what is wrong, or both texts where somebody was faster.
func (c *Ctx) endForm(f orgForm, err error, to, flash string) error {
	if err == nil {
		return c.Go(to, flash)
	}
	if e := fault.As(err); e != nil && e.Kind == fault.Stale && f.theirs != nil {
		return fault.Outdated(c.bothTexts(f, e.Current))
	}
	if errs := c.Errors(err); errs != nil {
		return c.showForm(http.StatusUnprocessableEntity, f, c.place(f, errs))
	}
	return err
}

// place puts faults at fields that the form does not have above it.
func (c *Ctx) place(f orgForm, errs map[string]string) map[string]string {
	for name, said := range errs {
		if name != "" && !slices.ContainsFunc(f.fields, func(x ui.Field) bool { return x.Name == name }) {
			errs[""] = said
		}
	}
	return errs
}

func (c *Ctx) bothTexts(f orgForm, current any) *ui.Stale {
	version, theirs := f.theirs(current)
	again := []ui.Pair{{Name: "version", Value: itoa(int64(version))}, {Name: "_once", Value: newToken()}}
	st := &ui.Stale{Discard: ui.Button{Text: c.T("org.keep_theirs"), Href: f.back}}
	for _, field := range f.fields {
		value := c.Value(field.Name)
		again = append(again, ui.Pair{Name: field.Name, Value: value})
		if now, stands := theirs[field.Name]; stands {
			st.Rows = append(st.Rows, ui.StaleRow{Label: field.Label, Yours: optionText(field.Options, value), Theirs: optionText(field.Options, now)})
		}
	}
	st.Keep = ui.Button{Text: c.T("org.keep_mine"), Post: c.R.URL.RequestURI(), Fields: again}
	return st
}

// kindOptions are kinds of the pack as choices.
func (c *Ctx) kindOptions(kinds []pack.Kind) (out []ui.Option) {
	for _, k := range kinds {
		out = append(out, ui.Option{Value: k.ID, Text: k.Name.In(c.Lang)})
	}
	return out
}

func (c *Ctx) kindName(kinds []pack.Kind, id string) string {
	return pack.Find(kinds, id).Name.In(c.Lang)
}

func (c *Ctx) textField(name, label, stands string, required bool) ui.Field {
	return ui.Field{Name: name, Label: c.T(label), Value: c.typed(name, stands), Required: required, MaxLength: org.MaxName, Width: "medium"}
}

func (c *Ctx) dateField(name, label, stands string, required bool) ui.Field {
	return ui.Field{Type: "date", Name: name, Label: c.T(label), Value: c.typed(name, stands), Required: required, Width: "medium"}
}

func (c *Ctx) kindField(kinds []pack.Kind, stands string) ui.Field {
	return ui.Field{Type: "select", Name: "kind", Label: c.T("org.kind"), Value: c.typed("kind", stands), Options: c.kindOptions(kinds), Required: true}
}

// correctField lets a change put right what was entered wrongly.
func (c *Ctx) correctField() ui.Field {
	return ui.Field{Type: "checkbox", Name: "correct", Label: c.T("org.correct"), Hint: c.T("org.correct_hint"), Value: c.typed("correct", ""), Plain: true}
}

// changeDateField asks from when a change holds; a correction needs no date.
func (c *Ctx) changeDateField() ui.Field {
	f := c.dateField("date", "org.from_day", c.Today(), false)
	f.Plain = true
	return f
}

// changeDate is the date of a change, "" for a correction.
func (c *Ctx) changeDate() string {
	if c.Value("correct") == "1" {
		return ""
	}
	if c.Value("date") == "" {
		return "-" // refused as no date
	}
	return c.Value("date")
}

// mayEditAt is a Forbidden fault where the actor may not edit the organisation at the unit.
func (c *Ctx) mayEditAt(at authz.Unit) error {
	if !c.May(authz.OrgEdit, at) {
		return fault.New(fault.Forbidden, "fault.forbidden")
	}
	return nil
}

// unitToEdit is the unit of the address, for those who may edit it.
func (s *Server) unitToEdit(c *Ctx) (org.Unit, error) {
	id, err := c.ID("id")
	if err != nil {
		return org.Unit{}, err
	}
	u, err := org.UnitByID(c.R.Context(), s.Reader, id)
	if err != nil {
		return u, err
	}
	return u, c.mayEditAt(u.Place())
}

func (c *Ctx) unitLink(u org.Unit) ui.Link { return ui.Link{Text: u.In(c.Lang), Href: unitAt(u.ID)} }

func unitAt(id int64) string { return "/units/" + itoa(id) }

// crumbs lead from the tree down to the unit.
func (s *Server) crumbs(ctx context.Context, c *Ctx, u org.Unit) ([]ui.Link, error) {
	above, err := org.Above(ctx, s.Reader, u)
	out := []ui.Link{{Text: c.T("org.units"), Href: "/units"}}
	for _, a := range above {
		out = append(out, c.unitLink(a))
	}
	return append(out, c.unitLink(u)), err
}
