package web

import (
	"context"
	"net/http"
	"strconv"

	"plumbline/internal/fault"
	"plumbline/internal/org"
	"plumbline/internal/review/cycle"
	"plumbline/internal/review/meeting"
	"plumbline/internal/web/ui"
)

// MeetingEditPage changes what is planned of a meeting: time and place in one form, the agenda in another.
type MeetingEditPage struct {
	Page
	ID      int64
	Version int
	Errors  *ui.ErrorSummary
	Stale   *ui.Stale
	Fields  []ui.Field
	Items   []ItemRow
}

// ItemRow is one line of the agenda's form.
type ItemRow struct{ No, Kind, Title, Minutes ui.Field }

type meetingForm struct{ Start, Place, Presider, Minutes string }

// meetingFacets reads the form of time and place.
func (c *Ctx) meetingFacets() meeting.Facts {
	return meeting.Facts{Version: int(c.Int("version", 0)), Start: c.Value("start"), Place: c.Value("place"),
		Presider: c.Int("presider", 0), Minutes: int(c.Int("minutes", 0))}
}

func (s *Server) meetingFields(c *Ctx, cy cycle.Cycle, form meetingForm, failed error) ([]ui.Field, error) {
	errs := c.Errors(failed)
	people, err := s.presiders(c.R.Context(), c.Lang, cy, form.Presider)
	if err != nil {
		return nil, err
	}
	return []ui.Field{
		{Name: "start", Label: c.T("meeting.start"), Hint: c.T("meeting.start_hint", "Date", c.locale().Date(cy.MeetingDate)), Value: form.Start, Width: "short", Inputmode: "numeric", Error: errs["start"], MaxLength: 5},
		{Name: "place", Label: c.T("meeting.place"), Value: form.Place, Error: errs["place"], MaxLength: 200},
		{Type: "select", Name: "presider", Label: c.T("meeting.presider"), Value: form.Presider, Options: people, Error: errs["presider"], Width: "medium"},
		{Type: "number", Name: "minutes", Label: c.T("meeting.limit"), Hint: c.T("meeting.limit_hint"), Value: form.Minutes, Min: "0", Max: "240", Unit: c.T("meeting.minutes_unit"), Error: errs["minutes"]},
	}, nil
}

// presiders offers whoever holds a post of the convenor on the day.
func (s *Server) presiders(ctx context.Context, lang string, cy cycle.Cycle, chosen string) ([]ui.Option, error) {
	holders, err := org.HoldersAt(ctx, s.Reader, cy.Unit, cy.MeetingDate)
	if err != nil {
		return nil, err
	}
	out := []ui.Option{{Value: "0", Text: "—"}}
	seen := map[string]bool{"": true, "0": true}
	for _, x := range holders {
		id := itoa(x.Person.ID)
		if !seen[id] {
			out = append(out, ui.Option{Value: id, Text: x.Person.In(lang) + " · " + x.Post.In(lang)})
		}
		seen[id] = true
	}
	if id, err := strconv.ParseInt(chosen, 10, 64); err == nil && !seen[chosen] {
		if p, err := org.PersonByID(ctx, s.Reader, id); err == nil {
			out = append(out, ui.Option{Value: chosen, Text: p.In(lang)})
		}
	}
	return out, nil
}

func (s *Server) meetingEditPage(c *Ctx) error {
	h, err := s.arranging(c)
	if err != nil {
		return err
	}
	return s.renderMeetingEdit(c, h, http.StatusOK, nil, nil)
}

// renderMeetingEdit shows both forms; what was typed in the one that failed is kept.
func (s *Server) renderMeetingEdit(c *Ctx, h hall, status int, factsErr, agendaErr error) error {
	p := &MeetingEditPage{ID: h.M.ID, Version: h.M.Version}
	c.hallPage(&p.Page, h, c.T("meeting.edit"))
	form := meetingForm{Start: h.M.Start, Place: h.M.Place, Presider: itoa(h.M.Presider), Minutes: itoa(int64(h.M.Limit / 60))}
	if factsErr != nil {
		form = meetingForm{Start: c.Value("start"), Place: c.Value("place"), Presider: c.Value("presider"), Minutes: c.Value("minutes")}
		p.Stale = c.staleMeeting(h, factsErr, form)
	}
	var err error
	if p.Fields, err = s.meetingFields(c, h.Cycle, form, factsErr); err != nil {
		return err
	}
	items := c.agendaForm()
	if agendaErr == nil {
		if items, err = meeting.Agenda(c.R.Context(), s.Reader, h.M.ID); err != nil {
			return err
		}
	}
	p.Items = c.itemRows(items, c.Errors(agendaErr))
	fields := p.Fields
	for _, row := range p.Items {
		fields = append(fields, row.Kind, row.Title, row.Minutes)
	}
	p.Errors = ui.Errors(fields...)
	return c.RenderStatus(status, "meeting_edit", p)
}

func (c *Ctx) staleMeeting(h hall, err error, form meetingForm) *ui.Stale {
	if fault.KindOf(err) != fault.Stale {
		return nil
	}
	l := func(key string) string { return c.T("meeting." + key) }
	return &ui.Stale{Rows: []ui.StaleRow{{Label: l("start"), Yours: form.Start, Theirs: h.M.Start}, {Label: l("place"), Yours: form.Place, Theirs: h.M.Place},
		{Label: l("limit"), Yours: form.Minutes, Theirs: itoa(int64(h.M.Limit / 60))}},
		Keep:    ui.Button{Text: c.T("meeting.keep_mine"), Form: "facts"},
		Discard: ui.Button{Text: c.T("meeting.keep_theirs"), Href: h.path("/edit")}}
}

// spareItems is how many empty lines the agenda's form has.
const spareItems = 3

func (c *Ctx) itemRows(items []meeting.Item, errs map[string]string) []ItemRow {
	kinds := []ui.Option{{Value: "", Text: c.T("meeting.item_drop")}}
	for _, k := range meeting.ItemKinds {
		kinds = append(kinds, ui.Option{Value: string(k), Text: c.T("meeting.item." + string(k))})
	}
	var out []ItemRow
	for i := range len(items) + spareItems {
		n := strconv.Itoa(i)
		var it meeting.Item
		if i < len(items) {
			it = items[i]
		}
		minutes := ""
		if it.Minutes != 0 {
			minutes = strconv.Itoa(it.Minutes)
		}
		out = append(out, ItemRow{
			No:      ui.Field{Type: "number", Name: "no", ID: "f-no_" + n, Label: c.T("meeting.no"), HideLabel: true, Plain: true, Value: strconv.Itoa(i + 1), Min: "1"},
			Kind:    ui.Field{Type: "select", Name: "kind", ID: "f-kind_" + n, Label: c.T("meeting.item"), HideLabel: true, Plain: true, Value: string(it.Kind), Options: kinds, Error: errs["kind_"+n]},
			Title:   ui.Field{Name: "title", ID: "f-title_" + n, Label: c.T("meeting.item_title"), HideLabel: true, Plain: true, Value: it.Title, Error: errs["title_"+n], MaxLength: 200},
			Minutes: ui.Field{Type: "number", Name: "item_minutes", ID: "f-minutes_" + n, Label: c.T("meeting.item_minutes"), HideLabel: true, Plain: true, Value: minutes, Min: "0", Max: "600", Error: errs["minutes_"+n]},
		})
	}
	return out
}

func (s *Server) editMeeting(c *Ctx) error {
	h, err := s.arranging(c)
	if err != nil {
		return err
	}
	err = s.Rooms.Meetings.Edit(c.R.Context(), c.Actor, h.M.ID, c.meetingFacets())
	switch fault.KindOf(err) {
	case fault.Invalid:
		if len(fault.As(err).Fields) > 0 {
			return s.renderMeetingEdit(c, h, http.StatusUnprocessableEntity, err, nil)
		}
	case fault.Stale:
		return s.renderMeetingEdit(c, h, http.StatusConflict, err, nil)
	}
	if err != nil {
		return err
	}
	return c.Go(h.path(""), "meeting.flash.saved")
}

func (s *Server) editAgenda(c *Ctx) error {
	h, err := s.arranging(c)
	if err != nil {
		return err
	}
	err = s.Rooms.Meetings.SetAgenda(c.R.Context(), c.Actor, h.M.ID, int(c.Int("version", 0)), c.agendaForm())
	if fault.KindOf(err) == fault.Invalid && len(fault.As(err).Fields) > 0 {
		return s.renderMeetingEdit(c, h, http.StatusUnprocessableEntity, nil, err)
	}
	if fault.KindOf(err) == fault.Stale {
		return s.staleAgenda(c, h)
	}
	if err != nil {
		return err
	}
	return c.Go(h.path("/edit"), "meeting.flash.saved")
}

// staleAgenda shows both agendas.
func (s *Server) staleAgenda(c *Ctx, h hall) error {
	theirs, err := meeting.Agenda(c.R.Context(), s.Reader, h.M.ID)
	if err != nil {
		return err
	}
	text := func(items []meeting.Item) string {
		out := ""
		for i, it := range items {
			out += strconv.Itoa(i+1) + ". " + c.itemName(it) + "\n"
		}
		return out
	}
	return fault.Outdated(&ui.Stale{Rows: []ui.StaleRow{{Label: c.T("meeting.agenda"), Yours: text(c.agendaForm()), Theirs: text(theirs)}},
		Discard: ui.Button{Text: c.T("meeting.keep_theirs"), Href: h.path("/edit")}})
}
