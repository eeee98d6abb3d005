package web

import (
	"strconv"
	"strings"

	"plumbline/internal/ledger"
	"plumbline/internal/web/ui"
)

// parseID reads a key from canonical text; 0 where it is none.
func parseID(s string) int64 {
	id, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return 0
	}
	return id
}

// matterHistory tells what happened, newest first.
func (s *Server) matterHistory(c *Ctx, v ledger.View, names ledger.Names) ui.Timeline {
	v.Def = v.Def.Whole()
	t := ui.Timeline{Label: c.T("ledger.history")}
	l := ui.Locale{Lang: c.Lang, Zone: c.srv.Zone}
	for i := len(v.Events) - 1; i >= 0; i-- {
		e := v.Events[i]
		ev := ui.Event{When: c.date(e.On), ISO: e.On, Who: e.Name, Text: c.eventText(v.Def, e, names), Detail: s.eventDetail(c, v, e, names)}
		if e.Who.Account == 0 && e.Who.Person == 0 && (e.Step == ledger.StepRemind || e.Step == ledger.StepEscalate || e.Step == ledger.StepRedate || e.Step == ledger.StepRecur) {
			ev.Who = c.T("history.system")
		}
		if recorded := l.Date(e.At); recorded != ev.When {
			ev.Who += " · " + c.T("ledger.recorded_on", "Date", recorded)
		}
		t.Events = append(t.Events, ev)
	}
	return t
}

func (c *Ctx) eventText(d *ledger.Definition, e ledger.Event, names ledger.Names) string {
	if e.Step == ledger.StepRemind || e.Step == ledger.StepEscalate {
		return c.promptText(d, e, names)
	}
	if e.Step == ledger.StepRecur {
		return c.recurText(e)
	}
	if e.Step == ledger.StepMigrate {
		return c.migrateText(d, e)
	}
	if e.Step == ledger.StepRedate && len(e.Changes) > 0 {
		return c.T("prompt.redate", "From", c.date(e.Changes[0].From), "To", c.date(e.Changes[0].To))
	}
	text := ""
	if t, ok := d.Step(e.Step); ok {
		text = t.Told(c.Lang)
	} else {
		text = c.T("ledger.step." + e.Step)
	}
	if to, ok := d.State(e.To); ok && e.From != e.To && to.Name.In(c.Lang) != text {
		text += " → " + to.Name.In(c.Lang)
	}
	return text
}

// eventDetail is the remark, what changed, and the evidence that came with it.
func (s *Server) eventDetail(c *Ctx, v ledger.View, e ledger.Event, names ledger.Names) string {
	var lines []string
	if e.Note != "" {
		lines = append(lines, e.Note)
	}
	told := v.Def
	if e.Step == ledger.StepMigrate {
		told = s.definitionBefore(c, v, e)
	}
	for _, ch := range e.Changes {
		line := c.changeLine(told, ch, names)
		if e.Step == ledger.StepMigrate && line != "" {
			line = c.leftLine(told, ch, names)
		}
		if strings.HasPrefix(ch.Field, ledger.LinkChange) {
			line = s.linkLine(c, v.Def, ch)
		}
		if line != "" {
			lines = append(lines, line)
		}
	}
	for _, f := range e.Files {
		lines = append(lines, c.T("ledger.evidence.one", "Name", f.Name))
	}
	return strings.Join(lines, "\n")
}

// definitionBefore is the version of its ledger by which a matter went until it moved to another one: what it held then
// has its words and its choices there.
func (s *Server) definitionBefore(c *Ctx, v ledger.View, e ledger.Event) *ledger.Definition {
	for _, ch := range e.Changes {
		version, err := strconv.Atoi(ch.From)
		if ch.Field != ledger.ChangeVersion || err != nil {
			continue
		}
		if d, err := s.Ledgers().Types().At(c.R.Context(), s.Reader, v.Matter.Type, version); err == nil {
			return d.Whole()
		}
	}
	return v.Def
}

// leftLine tells what a matter held that the version which it moved to has no place for.
func (c *Ctx) leftLine(d *ledger.Definition, ch ledger.Change, names ledger.Names) string {
	f, _ := d.Field(ch.Field)
	held := c.changedText(f, ch.From, names)
	if f.Kind == ledger.KindTable {
		held = "\n" + c.rowsText(f, "", ch.From, func(col ledger.Field, text string) string {
			return c.fieldText(col, ledger.Value{Text: text}, names)
		})
	}
	return c.T("design.left", "Field", f.Name.In(c.Lang), "Value", held)
}

func (c *Ctx) changeLine(d *ledger.Definition, ch ledger.Change, names ledger.Names) string {
	if ch.Field == "early" {
		return c.T("ledger.change.early") + c.T("ledger.colon") + ch.To
	}
	f, ok := d.Field(ch.Field)
	term := f.Name.In(c.Lang)
	switch {
	case ch.Field == "owner" || ch.Field == "convenor" || ch.Field == "requester" || ch.Field == "person":
		f.Kind, f.Free, term = changeKind(d, ch.Field), true, c.T("ledger.change."+ch.Field)
	case !ok:
		return "" // told by the event's own text, or by its files
	}
	if f.Kind == ledger.KindTable {
		return term + c.T("ledger.colon") + "\n" + c.rowsText(f, ch.From, ch.To, func(col ledger.Field, text string) string {
			return c.fieldText(col, ledger.Value{Text: text}, names)
		})
	}
	to := c.changedText(f, ch.To, names)
	if ch.From == "" || f.Kind == ledger.KindLong {
		return term + c.T("ledger.colon") + to
	}
	return term + c.T("ledger.colon") + c.fieldText(f, ledger.Value{Text: ch.From}, names) + " → " + to
}

// changedText is a field's value for a reader as a change tells it.
func (c *Ctx) changedText(f ledger.Field, text string, names ledger.Names) string {
	v := ledger.Value{Text: text}
	if f.Kind == ledger.KindTable {
		v = ledger.Value{Rows: ledger.RowsOf(text)}
	}
	return c.fieldText(f, v, names)
}

// matterFiles lists the evidence, each piece with its own date beside that of the upload.
func (c *Ctx) matterFiles(v ledger.View) ui.Files {
	var out ui.Files
	l := ui.Locale{Lang: c.Lang, Zone: c.srv.Zone}
	for _, f := range v.Files {
		item := ui.File{Name: f.Name, Href: f.Link, Note: c.T("ledger.evidence.note", "On", c.date(f.On), "At", l.Date(f.At))}
		if f.Hash != "" {
			item.Href = "/matters/" + itoa(f.Matter) + "/files/" + itoa(f.ID)
			item.Note = c.bytes(f.Size) + " · " + item.Note
		}
		out.Items = append(out.Items, item)
	}
	return out
}

// bytes writes a size as people read it.
func (c *Ctx) bytes(n int64) string {
	if n < 1<<20 {
		return strconv.FormatInt((n+1023)>>10, 10) + " KB"
	}
	return strconv.FormatFloat(float64(n)/(1<<20), 'f', 1, 64) + " MB"
}

// migrateText tells that a matter went over to another version of its ledger, and where it stands since.
func (c *Ctx) migrateText(d *ledger.Definition, e ledger.Event) string {
	text := c.T("ledger.step.migrate")
	for _, ch := range e.Changes {
		if ch.Field == ledger.ChangeVersion {
			text = c.T("design.migrated", "From", ch.From, "To", ch.To)
		}
	}
	if to, ok := d.State(e.To); ok && e.From != e.To {
		text += " → " + to.Name.In(c.Lang)
	}
	return text
}
