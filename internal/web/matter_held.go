package web

import (
	"net/url"
	"slices"
	"strings"

	"plumbline/internal/authz"
	"plumbline/internal/ledger"
	"plumbline/internal/org"
	"plumbline/internal/web/ui"
)

// HeldBlock says that what is asked for is held already, and where: to whoever registers with the question what is to be
// done about it, on the matter's page with what was said.
type HeldBlock struct {
	Notice   ui.Notice
	Facts    []ui.Fact
	Fields   []StepField
	Said     []ui.Fact
	Question *ui.Button
}

// heldAsked is what a form to register has to ask about facts that are held; nil where none are. The questions are taken
// out of the form's others either way.
func (s *Server) heldAsked(c *Ctx, p *MatterNewPage, d *ledger.Definition, m ledger.Matter, typed ledger.Values) (*HeldBlock, error) {
	if d.Held == nil {
		return nil, nil
	}
	var own []StepField
	p.Fields = slices.DeleteFunc(p.Fields, func(f StepField) bool {
		if d.Held.Shown(f.Name) {
			own = append(own, f)
		}
		return d.Held.Shown(f.Name)
	})
	facts := s.Ledgers().Types().HeldIn(d, typed)
	if len(facts) == 0 {
		return nil, nil
	}
	b, err := s.heldBlock(c, d, facts, d.Asked(m))
	if err != nil {
		return nil, err
	}
	for i, f := range own {
		if f.Name == d.Held.Choice {
			own[i].Type, own[i].Required = "radio", true
			own[i].Options = slices.DeleteFunc(f.Options, func(o ui.Option) bool { return o.Value != d.Held.Given && o.Value != d.Held.Again })
			continue
		}
		own[i].Hint = c.T("held.reason_hint", "Again", choiceText(c, d, d.Held.Choice, d.Held.Again))
	}
	b.Fields, b.Notice.Live = own, true
	return b, nil
}

func choiceText(c *Ctx, d *ledger.Definition, field, choice string) string {
	f, _ := d.Field(field)
	return c.fieldText(f, ledger.Value{Text: choice}, ledger.Names{})
}

// heldBlock is the sentence and the way to each fact, as far as the reader may read it of the unit.
func (s *Server) heldBlock(c *Ctx, d *ledger.Definition, facts []ledger.Fact, of authz.Unit) (*HeldBlock, error) {
	unit, err := org.UnitByID(c.R.Context(), s.Reader, of.ID)
	if err != nil {
		return nil, err
	}
	var names []string
	b := &HeldBlock{}
	for _, f := range facts {
		names = append(names, f.Name.In(c.Lang))
		fact, err := s.heldFact(c, f, unit)
		if err != nil {
			return nil, err
		}
		b.Facts = append(b.Facts, fact)
	}
	b.Notice = ui.Notice{Kind: "warn", Text: c.T("held.sentence", "Facts", strings.Join(names, c.T("list.separator")))}
	return b, nil
}

// heldFact is one fact: where it is, with the page and the file of the unit's part, or whom to ask for it.
func (s *Server) heldFact(c *Ctx, f ledger.Fact, unit org.Unit) (ui.Fact, error) {
	out := ui.Fact{Term: f.Name.In(c.Lang)}
	id, file, kind := itoa(unit.ID), "", "XLSX"
	open := f.At.Page == ledger.FactUnits || f.At.Page == ledger.FactPosts // names of units, posts and people are no secret
	if !open && !c.May(authz.Read, unit.Place()) {
		role, _ := s.Pack.Role(f.Ask)
		out.Text = c.T("held.ask", "Role", role.Name.In(c.Lang))
		return out, nil
	}
	switch f.At.Page {
	case ledger.FactUnits:
		out.Text, out.Href, file = c.T("held.units", "Unit", unit.In(c.Lang)), unitAt(unit.ID), unitAt(unit.ID)+"/export"
	case ledger.FactPosts:
		out.Text, out.Href, file = c.T("held.posts", "Unit", unit.In(c.Lang)), unitAt(unit.ID), unitAt(unit.ID)+"/posts/export"
	case ledger.FactFigures:
		out.Text, out.Href, file = c.T("figures.title"), "/ledgers/figures?under="+id, "/ledgers/figures/export?under="+id
	case ledger.FactReports:
		h, ok, err := s.Rooms.Reports.LatestOf(c.R.Context(), c.Scope(authz.Read), unit.ID)
		if err != nil || !ok {
			out.Text = c.T("held.no_report", "Unit", unit.In(c.Lang))
			return out, err
		}
		out.Text, out.Href, file, kind = c.T("held.report", "Year", h.Year), "/reports/"+itoa(h.Reporter), "/reports/"+itoa(h.Reporter)+"/report.docx", "DOCX"
	case ledger.FactMeter:
		out.Text, out.Href, file = c.T("meter.title"), "/meter/"+f.At.Ledger+"?under="+id, "/meter/"+f.At.Ledger+"/export?under="+id
	default:
		d := s.Ledgers().Types().Current(f.At.Ledger)
		out.Text, out.Href, file = c.heldLedger(f.At, d, id)
	}
	out.Action = &ui.Link{Text: kind, Href: file}
	return out, nil
}

// heldLedger is the unit's part of a ledger: what it is called, its list and its file.
func (c *Ctx) heldLedger(at ledger.FactPlace, d *ledger.Definition, unit string) (text, list, file string) {
	q := url.Values{"type": {d.ID}}
	side := "under"
	if d.Requester {
		side = "asker"
	}
	q.Set(side, unit)
	if st, ok := d.State(at.State); ok { // the office may have published a version without it
		q.Set("state", st.ID)
	}
	if at.Class != "" {
		q.Set("class", at.Class)
	}
	text, list = d.Name.In(c.Lang), "/matters?"+q.Encode()
	if f, ok := d.Field(at.Field); ok {
		text = c.T("held.field", "Ledger", text, "Field", f.Name.In(c.Lang))
	}
	q.Set("format", "xlsx")
	if at.Field != "" && !slices.Contains(d.Columns, at.Field) {
		q.Set("all", "1")
	}
	return text, list, "/matters/export?" + q.Encode()
}

// matterHeld says on a matter's page what it asks for though the system holds it, what was said about that, and lets the
// unit question it at once.
func (s *Server) matterHeld(c *Ctx, p *MatterPage, v ledger.View, names ledger.Names) error {
	h := v.Def.Held
	facts := s.Ledgers().Types().HeldIn(v.Def, v.Matter.Values)
	of := v.Def.Asked(v.Matter)
	if len(facts) == 0 || of.ID == 0 {
		return nil
	}
	b, err := s.heldBlock(c, v.Def, facts, of)
	if err != nil {
		return err
	}
	b.Notice.Kind = ""
	for _, f := range v.Def.Fields {
		if val := v.Matter.Values[f.ID]; h.Shown(f.ID) && !val.Empty() {
			fact := ui.Fact{Term: f.Name.In(c.Lang), Text: c.fieldText(f, val, names)}
			if f.ID == h.Choice {
				fact.Term, fact.Text = c.T("held.said"), ""
				fact.Status = &ui.Status{State: heldLamps[h.Answer(v.Matter.Values)], Text: c.fieldText(f, val, names)}
			}
			b.Said = append(b.Said, fact)
		}
	}
	p.Fields, p.Held = c.matterFacts(v, names, func(f ledger.Field) bool { return holdsRows(f) || h.Shown(f.ID) }), b
	if h.Question == nil {
		return nil
	}
	for _, t := range s.Ledgers().Offers(c.Actor, v) {
		if t.ID == h.Question.Step {
			b.Question = &ui.Button{Text: c.T("held.question"), Post: "/matters/" + itoa(v.Matter.ID) + "/steps/" + t.ID,
				Fields: []ui.Pair{{Name: "_once", Value: p.Once}, {Name: "version", Value: itoa(int64(v.Matter.Version))}, {Name: h.Question.Field, Value: h.Question.Value}}}
		}
	}
	return nil
}

// heldLamps are the lamps of how a demand for what is held was answered.
var heldLamps = map[string]string{ledger.HeldGiven: ui.Done, ledger.HeldAgain: ui.Late, ledger.HeldOpen: ui.Soon}
