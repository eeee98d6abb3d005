package web

import (
	"net/http"
	"strconv"

	"plumbline/internal/fault"
	"plumbline/internal/ledger"
	"plumbline/internal/web/ui"
)

// LinkForm ties a matter to another by its number.
type LinkForm struct {
	Kind, To ui.Field
	Made     []LinkMade // the links that may be taken away
}

// LinkMade is a link that a person made, with the button that takes it away.
type LinkMade struct {
	Text   string
	Remove ui.Button
}

// matterKin shows where a matter came from and what came of it, and offers to register another from it and to link it.
func (s *Server) matterKin(c *Ctx, p *MatterPage, v ledger.View, problems map[string]string) error {
	kin, err := s.Ledgers().Kin(c.R.Context(), c.Actor, v.Matter)
	if err != nil {
		return err
	}
	if p.Came, err = s.cameFrom(c, v.Matter, kin.Up); err != nil {
		return err
	}
	if len(kin.Down) > 0 {
		if p.Became, err = s.becameTable(c, v.Matter, kin); err != nil {
			return err
		}
	}
	p.From = s.registerFrom(c, v.Matter)
	if s.Ledgers().MayLink(c.Actor, v.Matter) {
		p.Link = c.linkForm(v, kin.Up, p.Once, problems)
	}
	return nil
}

// cameFrom is the line up, ending at the comment or report in which all began.
func (s *Server) cameFrom(c *Ctx, m ledger.Matter, up []ledger.Relative) ([]ui.Fact, error) {
	var out []ui.Fact
	for _, r := range up {
		d, err := s.Ledgers().Types().At(c.R.Context(), s.Reader, r.Matter.Type, r.Matter.TypeVersion)
		if err != nil {
			return nil, err
		}
		st, _ := d.State(r.Matter.State)
		out = append(out, ui.Fact{Term: r.Word.In(c.Lang), Text: r.Matter.Title, Sub: r.Matter.Number + " · " + st.Name.In(c.Lang), Href: "/matters/" + itoa(r.Matter.ID)})
		if r.Matter.Origin != m.Origin {
			out = append(out, c.bornOf(r.Matter)...)
		}
	}
	return out, nil
}

// bornOf says from which comment or report a matter came.
func (c *Ctx) bornOf(m ledger.Matter) []ui.Fact {
	var out []ui.Fact
	if m.Origin.Comment != 0 {
		out = append(out, ui.Fact{Term: c.T("ledger.origin.comment"), Text: c.T("ledger.origin.item", "Item", m.Origin.Item), Href: c.opens("comment", m.Origin.Comment)})
	}
	if m.Origin.Report != 0 {
		out = append(out, ui.Fact{Term: c.T("ledger.origin.report"), Text: c.T("ledger.origin.report_text"), Href: c.opens("report", m.Origin.Report)})
	}
	return out
}

// becameTable is the line down; what came of something else in between says of what.
func (s *Server) becameTable(c *Ctx, m ledger.Matter, kin ledger.Kin) (ui.Table, error) {
	var list []ledger.Matter
	numbers := map[int64]string{}
	for _, r := range kin.Down {
		list = append(list, r.Matter)
		numbers[r.Matter.ID] = r.Matter.Number
	}
	t, err := s.mattersTable(c, list, c.T("ledger.became"))
	if err != nil {
		return t, err
	}
	t.HideCaption = true
	t.Columns = append(t.Columns[:1:1], append([]ui.Column{{Head: c.T("ledger.col.relation"), Align: "nowrap"}}, t.Columns[1:]...)...)
	for i, r := range kin.Down {
		cell := ui.Cell{Text: r.Word.In(c.Lang)}
		if r.Of != m.ID {
			cell.Sub = numbers[r.Of]
		}
		row := &t.Rows[i]
		row.Cells = append(row.Cells[:1:1], append([]ui.Cell{cell}, row.Cells[1:]...)...)
	}
	if len(kin.Down) == ledger.MaxKin {
		t.Pager = &ui.Pager{Text: c.T("ledger.became_more")}
	}
	return t, nil
}

// registerFrom lists what the reader may register from a matter: for every ledger each kind of link that leads to it.
func (s *Server) registerFrom(c *Ctx, m ledger.Matter) []ui.Link {
	var out []ui.Link
	for _, d := range s.registrable(c) {
		for _, l := range d.Links {
			if l.Leads(m.Type) {
				out = append(out, ui.Link{Text: c.T("ledger.register_as", "One", d.One.In(c.Lang), "Word", l.Name.In(c.Lang)),
					Href: "/matters/new?type=" + d.ID + "&from=" + itoa(m.ID) + "&link=" + l.ID})
			}
		}
	}
	return out
}

func (c *Ctx) linkForm(v ledger.View, up []ledger.Relative, once string, problems map[string]string) *LinkForm {
	if len(v.Def.Links) == 0 {
		return nil
	}
	f := &LinkForm{
		Kind: ui.Field{Type: "select", Name: "kind", Label: c.T("ledger.link.kind"), Required: true, Value: c.sent("kind"), Error: problems["kind"], Width: "medium"},
		To:   ui.Field{Name: "to", Label: c.T("ledger.link.to"), Hint: c.T("ledger.link.to_hint"), Required: true, Value: c.sent("to"), Error: problems["to"], Width: "medium"},
	}
	for _, l := range v.Def.Links {
		f.Kind.Options = append(f.Kind.Options, ui.Option{Value: l.ID, Text: l.Name.In(c.Lang)})
	}
	for _, r := range up {
		if r.Loose && r.Of == v.Matter.ID {
			f.Made = append(f.Made, LinkMade{Text: r.Word.In(c.Lang) + c.T("ledger.colon") + r.Matter.Number, Remove: ui.Button{Text: c.T("ledger.link.remove"), Small: true,
				Post: "/matters/" + itoa(v.Matter.ID) + "/links/" + itoa(r.Link) + "/remove", Fields: []ui.Pair{{Name: "_once", Value: once}}}})
		}
	}
	return f
}

// linkMatter links a matter to another one by its number.
func (s *Server) linkMatter(c *Ctx) error {
	m, err := s.matterOf(c)
	if err != nil {
		return err
	}
	to, err := s.Ledgers().FindMatter(c.R.Context(), c.Actor, c.Value("to"))
	var form fault.Form
	form.Check(fault.KindOf(err) != fault.NotFound, "to", "fault.ledger.reference")
	form.Check(c.Value("to") != "", "to", "fault.ledger.needed")
	if problems := c.Errors(form.Err()); problems != nil {
		return s.matterPage(c, http.StatusUnprocessableEntity, m.ID, problems)
	}
	if err == nil {
		err = s.Ledgers().Link(c.R.Context(), c.Actor, m.ID, to, c.Value("kind"))
	}
	if problems := c.Errors(err); problems != nil {
		return s.matterPage(c, http.StatusUnprocessableEntity, m.ID, map[string]string{"to": problems[""]})
	}
	if err != nil {
		return err
	}
	return c.Go("/matters/"+itoa(m.ID), "ledger.flash.linked")
}

// unlinkMatter takes a link away.
func (s *Server) unlinkMatter(c *Ctx) error {
	m, err := s.matterOf(c)
	if err != nil {
		return err
	}
	link, err := c.ID("link")
	if err != nil {
		return err
	}
	err = s.Ledgers().Unlink(c.R.Context(), c.Actor, m.ID, link)
	if problems := c.Errors(err); problems != nil {
		return s.matterPage(c, http.StatusUnprocessableEntity, m.ID, map[string]string{"to": problems[""]})
	}
	if err != nil {
		return err
	}
	return c.Go("/matters/"+itoa(m.ID), "ledger.flash.unlinked")
}

// linkLine tells of a link that was made or taken away; the other matter is named to whoever may read it.
func (s *Server) linkLine(c *Ctx, d *ledger.Definition, ch ledger.Change) string {
	l, ok := d.LinkKind(ch.Field[len(ledger.LinkChange):])
	id, _ := strconv.ParseInt(otherwise(ch.To, ch.From), 10, 64)
	m, err := s.Ledgers().Find(c.R.Context(), c.Actor, id)
	if !ok || err != nil {
		return ""
	}
	return l.Name.In(c.Lang) + c.T("ledger.colon") + m.Number + " " + m.Title
}
