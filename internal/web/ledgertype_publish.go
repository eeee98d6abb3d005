package web

import (
	"net/http"
	"slices"
	"strings"

	"plumbline/internal/fault"
	"plumbline/internal/ledger"
	"plumbline/internal/web/ui"
)

// LedgerPublishPage says what a new version changes and which open matters it would strand; it serves for moving open
// matters to the version in force, too.
type LedgerPublishPage struct {
	Page
	To       string
	Version  int
	Changes  ui.Table
	New      bool
	Open     int
	Behind   string // how many a move would bring over, where nothing else asks about them
	Stranded ui.Table
	States   []ui.Field
	Move     *ui.Field
	Errors   *ui.ErrorSummary
	Send     string
}

func (s *Server) publishPage(c *Ctx) error { return s.publishForm(c, http.StatusOK, nil) }

func (s *Server) publishForm(c *Ctx, status int, failed error) error {
	t, err := s.draftNamed(c)
	if err != nil {
		return err
	}
	d, problems, err := s.Ledgers().ReadDraft(c.R.Context(), s.Reader, t)
	if err != nil {
		return err
	}
	if len(problems) > 0 {
		return c.Go(draftPath(t.ID), "design.flash.wrong")
	}
	p := &LedgerPublishPage{To: draftPath(t.ID) + "/publish", Version: t.Version, Send: c.T("design.publish")}
	p.Title, p.Sub = c.T("design.publish_title", "Name", d.Name.In(c.Lang)), c.T("design.publish_sub")
	p.Crumbs = c.designCrumbs(ui.Link{Text: t.Title.In(c.Lang), Href: draftPath(t.ID)}, ui.Link{Text: c.T("design.publish"), Current: true})
	was := s.Ledgers().Types().Current(t.Type)
	if p.New = was == nil; !p.New {
		p.Changes = c.differences(ledger.Compare(was, d))
		if err := s.stranded(c, p, d, 0, failed); err != nil {
			return err
		}
	}
	if p.Open > 0 {
		p.Move = &ui.Field{Type: "radio", Name: "move", Label: c.T("design.open_matters", "Count", p.Open), Value: otherwise(c.sent("move"), "no"), Required: true,
			Options: []ui.Option{{Value: "no", Text: c.T("design.move.no"), Hint: c.T("design.move.no_hint")}, {Value: "yes", Text: c.T("design.move.yes"), Hint: c.T("design.move.yes_hint")}}}
	}
	return c.RenderStatus(status, "ledgerpublish", p)
}

func (c *Ctx) differences(list []ledger.Difference) ui.Table {
	t := ui.Table{Caption: c.T("design.changes"), Columns: []ui.Column{{Head: c.T("design.what")}, {Head: c.T("design.name")}, {Head: c.T("design.how")}}}
	for _, x := range list {
		name := x.Name.In(c.Lang)
		if x.Part == ledger.PartOther {
			name = c.T("design.member." + x.ID)
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{ui.T(c.T("design.diff." + x.Part)), ui.T(name), ui.T(c.T("design.how." + x.How))}})
	}
	if len(list) == 0 {
		t.Empty = &ui.EmptyState{Title: c.T("design.no_changes")}
	}
	return t
}

// strandedShown is how many stranded matters a page lists.
const strandedShown = 200

// stranded lists the open matters that a version would strand, and asks for a state for each that it has not got.
func (s *Server) stranded(c *Ctx, p *LedgerPublishPage, d *ledger.Definition, but int, failed error) error {
	moves, open, err := s.Ledgers().Moves(c.R.Context(), c.Actor, d, but)
	if err != nil {
		return err
	}
	p.Open = open
	problems := c.Errors(failed)
	var options []ui.Option
	for _, st := range d.States {
		if !ledger.Ended(st.Class) {
			options = append(options, ui.Option{Value: st.ID, Text: st.Name.In(c.Lang)})
		}
	}
	options = append([]ui.Option{{Text: c.T("ledger.choose")}}, options...)
	p.Stranded = ui.Table{Caption: c.T("design.stranded", "N", len(moves)), Columns: []ui.Column{{Head: c.T("ledger.col.number")}, {Head: c.T("design.name")}, {Head: c.T("ledger.col.state")}, {Head: c.T("design.why")}}}
	seen := map[string]bool{}
	for i, m := range moves {
		if m.NoState && !seen[m.State.ID] {
			seen[m.State.ID] = true
			name := "state_" + m.State.ID
			p.States = append(p.States, ui.Field{Type: "select", Name: name, Label: c.T("design.instead", "State", m.State.Name.In(c.Lang)), Options: options, Value: c.sent(name), Error: problems[name], Plain: true, Width: "medium"})
		}
		if i < strandedShown {
			p.Stranded.Rows = append(p.Stranded.Rows, ui.Row{Href: "/matters/" + itoa(m.Matter.ID), Cells: []ui.Cell{ui.T(m.Matter.Number), ui.T(m.Matter.Title), ui.T(m.State.Name.In(c.Lang)), ui.T(c.whyStranded(m))}})
		}
	}
	p.Errors = ui.Errors(p.States...)
	return nil
}

func (c *Ctx) whyStranded(m ledger.Move) string {
	var out []string
	names := func(fields []ledger.Field) string {
		var list []string
		for _, f := range fields {
			list = append(list, f.Name.In(c.Lang))
		}
		return strings.Join(list, c.T("history.comma"))
	}
	if m.NoState {
		out = append(out, c.T("design.why.state"))
	}
	if len(m.Empty) > 0 {
		out = append(out, c.T("design.why.empty", "Fields", names(m.Empty)))
	}
	if len(m.Lost) > 0 {
		out = append(out, c.T("design.why.lost", "Fields", names(m.Lost)))
	}
	if m.NoClock {
		out = append(out, c.T("design.why.clock"))
	}
	if m.Stays {
		out = append(out, c.T("design.why.stays"))
	}
	return strings.Join(out, "\n")
}

// chosenStates reads which states take the place of those that a version has not got.
func (c *Ctx) chosenStates() map[string]string {
	out := map[string]string{}
	for name, values := range c.R.PostForm {
		if id, ok := strings.CutPrefix(name, "state_"); ok && len(values) > 0 && !slices.Contains(values, "") {
			out[id] = values[0]
		}
	}
	return out
}

func (s *Server) publishLedger(c *Ctx) error {
	t, err := s.draftNamed(c)
	if err != nil {
		return err
	}
	d := t.Definition()
	_, _, err = s.Ledgers().Publish(c.R.Context(), c.Actor, t.ID, ledger.PublishIn{Version: int(c.Int("version", 0)), Move: c.Value("move") == "yes", States: c.chosenStates()})
	switch fault.KindOf(err) {
	case fault.Invalid:
		return s.publishForm(c, http.StatusUnprocessableEntity, err)
	case fault.Stale:
		return s.publishForm(c, http.StatusConflict, nil)
	}
	if err != nil {
		return err
	}
	return c.Go(ledgerTypes+"/"+d.ID, "design.flash.published")
}

func (s *Server) moveTypePage(c *Ctx) error { return s.moveTypeForm(c, http.StatusOK, nil) }

func (s *Server) moveTypeForm(c *Ctx, status int, failed error) error {
	d, err := s.typeNamed(c)
	if err != nil {
		return err
	}
	uses, err := s.Ledgers().TypeUses(c.R.Context(), c.Actor)
	if err != nil {
		return err
	}
	p := &LedgerPublishPage{To: ledgerTypes + "/" + d.ID + "/move", New: true, Send: c.T("design.move_send")}
	p.Title, p.Sub = c.T("design.move_title", "Name", d.Name.In(c.Lang)), c.T("design.move.yes_hint")
	p.Crumbs = c.designCrumbs(ui.Link{Text: d.Name.In(c.Lang), Href: ledgerTypes + "/" + d.ID}, ui.Link{Text: c.T("design.move_send"), Current: true})
	if err := s.stranded(c, p, d, uses[d.ID].Version, failed); err != nil {
		return err
	}
	p.Behind = c.T("design.behind_count", "Count", p.Open)
	return c.RenderStatus(status, "ledgerpublish", p)
}

func (s *Server) moveType(c *Ctx) error {
	_, err := s.Ledgers().MoveMatters(c.R.Context(), c.Actor, c.R.PathValue("type"), c.chosenStates())
	if fault.KindOf(err) == fault.Invalid {
		return s.moveTypeForm(c, http.StatusUnprocessableEntity, err)
	}
	if err != nil {
		return err
	}
	return c.Go(ledgerTypes+"/"+c.R.PathValue("type"), "design.flash.moved")
}
