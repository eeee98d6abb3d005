package web

import (
	"context"
	"strings"

	"plumbline/internal/account"
	"plumbline/internal/audit"
	"plumbline/internal/authz"
	"plumbline/internal/fault"
	"plumbline/internal/org"
	"plumbline/internal/web/ui"
)

// AuditPage is the log, newest first, and its latest checkpoint.
type AuditPage struct {
	Page
	Size       int64
	Checkpoint string
	Key        string
	Log        ui.Timeline
	Pager      ui.Pager
}

const auditPageSize = 50

func (s *Server) auditPage(c *Ctx) error {
	ctx := c.R.Context()
	entries, err := audit.LatestIn(ctx, s.Reader, c.Scope(authz.AuditRead), c.readsHouse(), c.Int("below", 0), auditPageSize)
	if err != nil {
		return err
	}
	cp, err := audit.Sign(ctx, s.Reader, s.Now())
	if err != nil {
		return err
	}
	p := &AuditPage{Size: cp.Tree.Size, Checkpoint: cp.Text, Key: cp.Key}
	p.Title, p.Sub = c.T("audit.title"), c.T("audit.sub")
	if p.Log, err = c.timeline(ctx, entries); err != nil {
		return err
	}
	p.Pager.Text = c.T("audit.size", "Count", int(cp.Tree.Size))
	if n := len(entries); n == auditPageSize && entries[n-1].Seq > 0 {
		p.Pager.Next = "/audit?below=" + itoa(entries[n-1].Seq)
	}
	return c.Render("audit", p)
}

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
	if entries, err = s.readable(c, entries); err != nil {
		return err
	}
	if len(entries) == 0 {
		return fault.Missing()
	}
	p := &HistoryPage{}
	p.Title = c.T("history.title", "Kind", c.T("kind."+entries[0].Subject.Kind), "ID", id)
	if p.Log, err = c.timeline(ctx, entries); err != nil {
		return err
	}
	return c.Render("history", p)
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
// somebody signed in is for those who look after accounts, and for oneself.
func (s *Server) readable(c *Ctx, entries []audit.Entry) ([]audit.Entry, error) {
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
	var out []audit.Entry
	for _, e := range entries {
		at, ofAccount := units[e.Unit].Place(), e.Subject.Kind == account.Kind
		own := ofAccount && e.Subject.ID == c.Actor.Account
		if own || e.Unit == 0 && house || e.Unit != 0 && (log.Covers(at) || things[ofAccount].Covers(at)) {
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
	l := ui.Locale{Lang: c.Lang, Zone: c.srv.Zone}
	t := ui.Timeline{Label: c.T("history.label")}
	for _, e := range entries {
		who := names[e.Actor]
		if e.Actor == 0 {
			who = c.T("history.system")
		}
		what, href := c.T("kind."+e.Subject.Kind), ""
		if e.Subject.ID != 0 {
			what, href = what+" "+itoa(e.Subject.ID), "/history/"+e.Subject.Kind+"/"+itoa(e.Subject.ID)
		}
		t.Events = append(t.Events, ui.Event{When: l.DateTime(e.At), ISO: l.ISO(e.At), Who: who,
			Text:   c.T("action."+e.Action) + " · " + what,
			Detail: c.changesText(e), Href: href})
	}
	return t, nil
}

// historyLines is how much of one entry a page shows; an import may have changed thousands of things.
const historyLines = 30

// changesText words what an entry changed; fields and notes that have words in the catalogue are worded.
func (c *Ctx) changesText(e audit.Entry) string {
	var lines []string
	if key := "log." + e.Subject.Kind + "." + e.Note["what"]; c.srv.Words.Has(key) {
		lines = append(lines, c.T(key))
		delete(e.Note, "what")
	}
	for _, ch := range e.Changes {
		line := ch.Field + ": "
		if key := "log.field." + ch.Field; c.srv.Words.Has(key) {
			line = c.T(key) + ": "
		}
		if ch.From != "" {
			line += ch.From + " → "
		}
		lines = append(lines, line+ch.To)
	}
	for k, v := range e.Note {
		lines = append(lines, k+": "+v)
	}
	if more := len(lines) - historyLines; more > 1 {
		lines = append(lines[:historyLines], c.T("history.more", "Count", more))
	}
	return strings.Join(lines, "\n")
}

func actorsOf(entries []audit.Entry) (ids []int64) {
	for _, e := range entries {
		ids = append(ids, e.Actor)
	}
	return ids
}
