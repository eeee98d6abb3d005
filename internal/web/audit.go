package web

import (
	"fmt"
	"net/url"
	"strings"

	"rsc.io/qr"

	"plumbline/internal/audit"
	"plumbline/internal/authz"
	"plumbline/internal/web/ui"
)

// AuditPage is the log, newest first, narrowed by an address that can be shared.
type AuditPage struct {
	Page
	Filter ui.Filter
	Log    ui.Timeline
	Empty  *ui.EmptyState
	Pager  ui.Pager
}

const auditPageSize = 50

// auditKinds are the things that the log can be narrowed to.
var auditKinds = []string{"unit", "person", "post", "group", "account", "plan", "cycle", "report", "meeting", "comment", "tally", "sheet",
	"figure", "result", "decision", "letter", "matter", "ledger", "ledger_draft", "job"}

func (s *Server) auditPage(c *Ctx) error {
	ctx := c.R.Context()
	f := audit.Filter{Kind: c.Value("kind"), Action: c.Value("action"), Below: c.Int("below", 0)}
	entries, err := audit.Latest(ctx, s.Reader, c.Scope(authz.AuditRead), c.readsHouse(), f, auditPageSize)
	if err != nil {
		return err
	}
	size, err := audit.Size(ctx, s.Reader)
	if err != nil {
		return err
	}
	p := &AuditPage{Filter: c.auditFilter(f)}
	p.Title, p.Sub = c.T("audit.title"), c.T("audit.sub")
	p.Actions = []ui.Button{{Text: c.T("audit.checkpoint"), Href: "/audit/checkpoint"}}
	words, err := c.logWords(ctx, entries)
	if err != nil {
		return err
	}
	every := func(audit.Entry) bool { return true } // whoever reads an entry of the log finds it in its thing's history
	if p.Log, err = c.timeline(ctx, entries, audit.Subject{}, words, every); err != nil {
		return err
	}
	if len(entries) == 0 {
		p.Empty = &ui.EmptyState{Title: c.T("audit.none"), Text: c.T("audit.none_hint")}
	}
	p.Pager.Text = c.T("audit.size", "Count", int(size))
	if n := len(entries); n == auditPageSize && entries[n-1].Seq > 0 {
		f.Below = entries[n-1].Seq
		p.Pager.Next = auditAddress(f)
	}
	return c.Render("audit", p)
}

// auditAddress is where the log narrowed like this stands.
func auditAddress(f audit.Filter) string {
	v := url.Values{}
	if f.Kind != "" {
		v.Set("kind", f.Kind)
	}
	if f.Action != "" {
		v.Set("action", f.Action)
	}
	if f.Below > 0 {
		v.Set("below", itoa(f.Below))
	}
	if len(v) == 0 {
		return "/audit"
	}
	return "/audit?" + v.Encode()
}

func (c *Ctx) auditFilter(f audit.Filter) ui.Filter {
	kinds := []ui.Option{{Value: "", Text: c.T("audit.any_kind")}}
	for _, k := range auditKinds {
		kinds = append(kinds, ui.Option{Value: k, Text: c.T("kind." + k)})
	}
	actions := []ui.Option{{Value: "", Text: c.T("audit.any_action")}}
	for _, a := range authz.Actions {
		if a != authz.Read && a != authz.AuditRead {
			actions = append(actions, ui.Option{Value: string(a), Text: c.T("action." + string(a))})
		}
	}
	out := ui.Filter{Action: "/audit", Clear: "/audit", Fields: []ui.Field{
		{Type: "select", Name: "kind", Label: c.T("audit.kind"), Value: f.Kind, Options: kinds},
		{Type: "select", Name: "action", Label: c.T("audit.action"), Value: f.Action, Options: actions}}}
	if c.srv.Words.Has("kind." + f.Kind) {
		out.Chips = append(out.Chips, ui.Link{Text: c.T("kind." + f.Kind), Href: auditAddress(audit.Filter{Action: f.Action})})
	}
	if c.srv.Words.Has("action." + f.Action) {
		out.Chips = append(out.Chips, ui.Link{Text: c.T("action." + f.Action), Href: auditAddress(audit.Filter{Kind: f.Kind})})
	}
	return out
}

// CheckpointPage is a signed statement of the log as it stands, on a sheet of paper to be kept elsewhere.
type CheckpointPage struct {
	Page
	Facts ui.DescriptionList
	Text  string
	Key   string
	QR    Squares // the text, for a machine
}

// Squares is a square pattern: the path of its dark fields, and how many fields a side has.
type Squares struct {
	Size int
	Path string
}

func (s *Server) checkpointPage(c *Ctx) error {
	cp, err := audit.Sign(c.R.Context(), s.Reader, s.Now())
	if err != nil {
		return err
	}
	l := ui.Locale{Lang: c.Lang, Zone: s.Zone}
	p := &CheckpointPage{Text: cp.Text, Key: cp.Key}
	p.Kind, p.Title, p.Sub = ui.KindPrint, c.T("audit.checkpoint_of", "When", l.DateTime(cp.At)), c.T("audit.checkpoint_hint")
	p.Facts.Items = []ui.Fact{{Term: c.T("audit.origin"), Text: cp.Origin}, {Term: c.T("audit.entries"), Text: itoa(cp.Tree.Size)},
		{Term: c.T("audit.root"), Text: grouped(fmt.Sprintf("%x", cp.Tree.Root[:]))}}
	if p.QR, err = squares(cp.Text); err != nil {
		return err
	}
	return c.Render("checkpoint", p)
}

// grouped sets hex digits in groups of eight, so that two people can read them to each other.
func grouped(hex string) string {
	var parts []string
	for ; len(hex) > 8; hex = hex[8:] {
		parts = append(parts, hex[:8])
	}
	return strings.Join(append(parts, hex), " ")
}

// squares draws a text as a QR code, with the quiet margin of four fields that readers need.
func squares(text string) (Squares, error) {
	code, err := qr.Encode(text, qr.M)
	if err != nil {
		return Squares{}, err
	}
	var path strings.Builder
	for y := range code.Size {
		for x := 0; x < code.Size; x++ {
			from := x
			for x < code.Size && code.Black(x, y) {
				x++
			}
			if x > from {
				fmt.Fprintf(&path, "M%d %dh%dv1h-%dz", from+4, y+4, x-from, x-from)
			}
		}
	}
	return Squares{Size: code.Size + 8, Path: path.String()}, nil
}

// logOf is the address of a thing's history, or "" where the reader would find nothing there: what came in with a large
// import stands in the import's own entry.
func (s *Server) logOf(c *Ctx, kind string, id int64) (string, error) {
	entries, err := audit.Heads(c.R.Context(), s.Reader, audit.Subject{Kind: kind, ID: id}, 20)
	if err == nil && len(entries) > 0 {
		var eyes logEyes
		if eyes, err = c.eyesFor(entries); err == nil {
			entries = eyes.readable(audit.Subject{Kind: kind, ID: id}, entries)
		}
	}
	if err != nil || len(entries) == 0 {
		return "", err
	}
	return "/history/" + kind + "/" + itoa(id), nil
}
