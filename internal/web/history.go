package web

import (
	"context"
	"maps"
	"slices"
	"strings"

	"plumbline/internal/account"
	"plumbline/internal/audit"
	"plumbline/internal/authz"
	"plumbline/internal/fault"
	"plumbline/internal/org"
	"plumbline/internal/web/ui"
)

// HistoryPage is what the log says of one thing.
type HistoryPage struct {
	Page
	Log ui.Timeline
}

// history shows a thing's own entries to those who may read the log, and to those whose right covers the units that the
// entries name.
func (s *Server) history(c *Ctx) error {
	id, err := c.ID("id")
	if err != nil {
		return err
	}
	ctx, kind := c.R.Context(), c.R.PathValue("kind")
	entries, err := audit.History(ctx, s.Reader, audit.Subject{Kind: kind, ID: id}, 500)
	if err != nil {
		return err
	}
	if entries, err = s.readable(c, audit.Subject{Kind: kind, ID: id}, entries); err != nil {
		return err
	}
	if len(entries) == 0 {
		return fault.Missing()
	}
	p := &HistoryPage{}
	names, err := c.unitNames(ctx, entries)
	if err != nil {
		return err
	}
	p.Title = c.T("history.title", "Thing", c.thing(audit.Subject{Kind: kind, ID: id}, names))
	if href := pageOf(kind, id); href != "" && (kind != "account" || c.MayAnywhere(authz.AccountManage)) {
		p.Actions = []ui.Button{{Text: c.T("history.open"), Href: href}}
	}
	if c.MayAnywhere(authz.AuditRead) {
		p.Crumbs = []ui.Link{{Text: c.T("audit.title"), Href: "/audit"}}
	}
	if p.Log, err = c.timeline(ctx, entries); err != nil {
		return err
	}
	return c.Render("history", p)
}

// logFact is the line that leads to the history of a thing, none for a reader who would find nothing there.
func (c *Ctx) logFact(kind string, id int64) []ui.Fact {
	href, err := c.srv.logOf(c, kind, id)
	if err != nil || href == "" {
		return nil // an error of the database stops the page's own reads too
	}
	return []ui.Fact{{Term: c.T("plan.history"), Text: c.T("cycle.history"), Href: href}}
}

// readsHouse says whether the reader may see entries that belong to no unit: whoever reads the log of a whole tree.
func (c *Ctx) readsHouse() bool {
	for _, u := range c.srv.Gate.Policy().Units(c.Actor, authz.AuditRead) {
		if len(org.PathIDs(u.Path)) <= 1 {
			return true
		}
	}
	return false
}

// readable leaves out the entries of units in which the reader may neither read the log nor the things themselves. When
// somebody signed in is for those who look after accounts, and for oneself. Who may read the thing itself also reads
// what was done to it, and that a cycle took it over.
func (s *Server) readable(c *Ctx, on audit.Subject, entries []audit.Entry) ([]audit.Entry, error) {
	var ids []int64
	for _, e := range entries {
		if e.Unit != 0 {
			ids = append(ids, e.Unit)
		}
	}
	units, err := org.UnitsByID(c.R.Context(), s.Reader, ids)
	if err != nil {
		return nil, err
	}
	log, house := c.Scope(authz.AuditRead), c.readsHouse()
	things := map[bool]authz.Scope{false: c.Scope(authz.Read), true: c.Scope(authz.AccountManage)}
	open := s.readsThing(c, on)
	var out []audit.Entry
	for _, e := range entries {
		at, ofAccount := units[e.Unit].Place(), e.Subject.Kind == account.Kind
		own := ofAccount && e.Subject.ID == c.Actor.Account
		if own || open && (e.Subject == on || e.Subject.Kind == "cycle") || e.Unit == 0 && house || e.Unit != 0 && (log.Covers(at) || things[ofAccount].Covers(at)) {
			out = append(out, e)
		}
	}
	return out, nil
}

// timeline words entries for a reader.
func (c *Ctx) timeline(ctx context.Context, entries []audit.Entry) (ui.Timeline, error) {
	names, err := c.srv.Rooms.Accounts.Names(ctx, actorsOf(entries))
	if err != nil {
		return ui.Timeline{}, err
	}
	units, err := c.unitNames(ctx, entries)
	if err != nil {
		return ui.Timeline{}, err
	}
	words, err := c.logWords(ctx, entries)
	if err != nil {
		return ui.Timeline{}, err
	}
	l := ui.Locale{Lang: c.Lang, Zone: c.srv.Zone}
	t := ui.Timeline{Label: c.T("history.label")}
	for _, e := range entries {
		who := names[e.Actor]
		if e.Actor == 0 {
			who = c.T("history.system")
		}
		what, href := c.thing(e.Subject, units), ""
		if e.Subject.ID != 0 {
			href = "/history/" + e.Subject.Kind + "/" + itoa(e.Subject.ID)
		}
		if at := units[e.Unit]; at != "" && (e.Subject.Kind != "unit" || e.Subject.ID != e.Unit) {
			what += c.T("history.at", "Unit", at)
		}
		t.Events = append(t.Events, ui.Event{When: l.DateTime(e.At), ISO: l.ISO(e.At), Who: who,
			Text:   c.T("action."+e.Action) + " · " + what,
			Detail: c.changesText(e, words), Href: href})
	}
	return t, nil
}

// historyLines is how much of one entry a page shows; an import may have changed thousands of things.
const historyLines = 30

// changesText words what an entry changed; fields, notes and states that have words in the catalogue are worded.
func (c *Ctx) changesText(e audit.Entry, w logWords) string {
	var lines []string
	if key := "log." + e.Subject.Kind + "." + e.Note["what"]; c.srv.Words.Has(key) {
		lines = append(lines, c.T(key))
		delete(e.Note, "what")
	}
	for _, ch := range e.Changes {
		field, from, to := c.changeWords(e, ch, w)
		line := field + c.T("history.colon")
		if from != "" {
			line += from + " → "
		}
		lines = append(lines, line+to)
	}
	for _, k := range slices.Sorted(maps.Keys(e.Note)) {
		lines = append(lines, c.fieldWord(k)+c.T("history.colon")+c.logValue(e, w.of(e), k, e.Note[k]))
	}
	if more := len(lines) - historyLines; more > 1 {
		lines = append(lines[:historyLines], c.T("history.more", "Count", more))
	}
	return strings.Join(lines, "\n")
}

// fieldWord is what a reader calls a field of the log. "grade C1" is the grade of C1.
func (c *Ctx) fieldWord(field string) string {
	name, of, two := strings.Cut(strings.Replace(field, "/", " ", 1), " ")
	if !c.srv.Words.Has("log.field." + name) {
		return field
	}
	if two {
		return c.T("log.field."+name) + " " + of
	}
	return c.T("log.field." + name)
}

func (c *Ctx) valueWord(value string) string {
	if key := "log.value." + value; c.srv.Words.Has(key) {
		return c.T(key)
	}
	return value
}

// thing names a subject: a unit by its name, anything else by its kind and number.
func (c *Ctx) thing(s audit.Subject, units map[int64]string) string {
	kind := c.T("kind." + s.Kind)
	switch {
	case s.ID == 0:
		return kind
	case s.Kind == "unit" && units[s.ID] != "":
		return kind + c.T("history.space") + units[s.ID]
	}
	return kind + " " + itoa(s.ID)
}

// unitNames names the units that entries speak of or belong to, in one read. Every account may know them.
func (c *Ctx) unitNames(ctx context.Context, entries []audit.Entry) (map[int64]string, error) {
	var ids []int64
	for _, e := range entries {
		if e.Unit != 0 {
			ids = append(ids, e.Unit)
		}
		if e.Subject.Kind == "unit" {
			ids = append(ids, e.Subject.ID)
		}
	}
	slices.Sort(ids)
	units, err := org.UnitsByID(ctx, c.srv.Reader, slices.Compact(ids))
	names := map[int64]string{}
	for id, u := range units {
		names[id] = u.In(c.Lang)
	}
	return names, err
}

// thingPages are the kinds that have a page of their own; the addresses are those of the routes.
var thingPages = map[string]string{"unit": "/units/", "person": "/people/", "post": "/posts/", "group": "/groups/", "account": "/accounts/",
	"plan": "/plans/", "cycle": "/cycles/", "report": "/reports/", "meeting": "/meetings/", "comment": "/comments/", "matter": "/matters/"}

// pageOf is where a thing can be looked at, "" where it has no page.
func pageOf(kind string, id int64) string {
	if base := thingPages[kind]; base != "" {
		return base + itoa(id)
	}
	return ""
}

func actorsOf(entries []audit.Entry) (ids []int64) {
	for _, e := range entries {
		ids = append(ids, e.Actor)
	}
	return ids
}

// ThingPages lists the pages to which histories lead, by kind.
func ThingPages() map[string]string { return maps.Clone(thingPages) }
