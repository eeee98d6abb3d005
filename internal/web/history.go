package web

import (
	"context"
	"maps"

	"plumbline/internal/audit"
	"plumbline/internal/authz"
	"plumbline/internal/fault"
	"plumbline/internal/review/meeting"
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
	ctx, on := c.R.Context(), audit.Subject{Kind: c.R.PathValue("kind"), ID: id}
	entries, err := audit.History(ctx, s.Reader, on, 500)
	if err != nil {
		return err
	}
	eyes, err := c.eyesFor(entries)
	if err != nil {
		return err
	}
	if entries = eyes.readable(on, entries); len(entries) == 0 {
		return fault.Missing()
	}
	words, err := c.logWords(ctx, entries, on)
	if err != nil {
		return err
	}
	p := &HistoryPage{}
	p.Title = c.T("history.title", "Thing", c.thing(on, words))
	if href := c.opens(on.Kind, id); href != "" {
		p.Actions = []ui.Button{{Text: c.T("history.open"), Href: href}}
	}
	if c.MayAnywhere(authz.AuditRead) {
		p.Crumbs = []ui.Link{{Text: c.T("audit.title"), Href: "/audit"}}
	}
	if p.Log, err = c.timeline(ctx, entries, on, words, eyes.leads); err != nil {
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

// historyButton is logFact as a button.
func (c *Ctx) historyButton(kind string, id int64) []ui.Button {
	href, err := c.srv.logOf(c, kind, id)
	if err != nil || href == "" {
		return nil
	}
	return []ui.Button{{Text: c.T("history.label"), Href: href}}
}

// timeline words entries for a reader. on is the thing whose history it is, the zero Subject for the log as a whole: its
// entries don't name it again, and lead nowhere.
func (c *Ctx) timeline(ctx context.Context, entries []audit.Entry, on audit.Subject, w logWords, leads func(audit.Entry) bool) (ui.Timeline, error) {
	names, err := c.srv.Rooms.Accounts.Names(ctx, actorsOf(entries))
	if err != nil {
		return ui.Timeline{}, err
	}
	l := ui.Locale{Lang: c.Lang, Zone: c.srv.Zone}
	t := ui.Timeline{Label: c.T("history.label")}
	for _, e := range entries {
		ev := ui.Event{When: l.DateTime(e.At), ISO: l.ISO(e.At), Who: names[e.Actor], Text: c.T("action." + e.Action), Detail: c.changesText(e, w)}
		if e.Actor == 0 {
			ev.Who = c.T("history.system")
		}
		if e.Subject != on {
			ev.Text += " · " + c.thing(e.Subject, w) + c.placeText(e, w)
			if e.Subject.ID != 0 && leads(e) {
				ev.Href = "/history/" + e.Subject.Kind + "/" + itoa(e.Subject.ID)
			}
		}
		t.Events = append(t.Events, ev)
	}
	return t, nil
}

// placeText is the unit of an entry, where the name of its thing does not say it.
func (c *Ctx) placeText(e audit.Entry, w logWords) string {
	t := w.things[e.Subject]
	at := w.unitName(e.Unit, c.Lang)
	if at == "" || t.cycle != 0 || t.unit == e.Unit || e.Subject.Kind == "unit" && e.Subject.ID == e.Unit {
		return ""
	}
	return c.T("history.at", "Unit", at)
}

// thingPages are the kinds that have a page of their own; the addresses are those of the routes.
var thingPages = map[string]string{"unit": "/units/", "person": "/people/", "post": "/posts/", "group": "/groups/", "account": "/accounts/",
	"plan": "/plans/", "cycle": "/cycles/", "report": "/reports/", "meeting": "/meetings/", "comment": "/comments/", "matter": "/matters/"}

// opens is where the reader may look at a thing, "" where it has no page or one that is not open to the reader.
func (c *Ctx) opens(kind string, id int64) string {
	base, open := thingPages[kind], true
	switch kind {
	case "account":
		open = c.MayAnywhere(authz.AccountManage)
	case "report":
		open = c.srv.readsThing(c, audit.Subject{Kind: kind, ID: id})
	case meeting.Kind:
		_, err := c.srv.hallOf(c, id)
		open = err == nil
	case meeting.CommentKind:
		_, _, err := c.srv.commentOf(c, id)
		open = err == nil
	}
	if base == "" || !open {
		return ""
	}
	return base + itoa(id)
}

func actorsOf(entries []audit.Entry) (ids []int64) {
	for _, e := range entries {
		ids = append(ids, e.Actor)
	}
	return ids
}

// ThingPages lists the pages to which histories lead, by kind.
func ThingPages() map[string]string { return maps.Clone(thingPages) }
