package web

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"plumbline/internal/authz"
	"plumbline/internal/board"
	"plumbline/internal/fault"
	"plumbline/internal/web/ui"
	"plumbline/internal/wording"
)

// Page is what every page's struct embeds: the frame, and the token that makes its forms count once
// (<input type="hidden" name="_once" value="{{$.Once}}">).
type Page struct {
	ui.Frame
	Once string
}

func (p *Page) base() *Page { return p }

type framed interface{ base() *Page }

// Render answers with a page: data is a pointer to the page's struct, name its file without ".html". What the handler
// left empty of the frame is filled in.
func (c *Ctx) Render(name string, data framed) error {
	return c.RenderStatus(http.StatusOK, name, data)
}

// RenderStatus is Render with another status, 422 for a form that came back.
func (c *Ctx) RenderStatus(status int, name string, data framed) error {
	c.frame(data.base())
	return c.write(status, name, "page", data)
}

// Fragment answers htmx with one named template of a page.
func (c *Ctx) Fragment(page, name string, data any) error {
	return c.write(http.StatusOK, page, name, data)
}

func (c *Ctx) write(status int, page, name string, data any) error {
	b, err := c.draw(page, name, data)
	if err != nil {
		return err
	}
	c.send(status, b)
	return nil
}

func (c *Ctx) draw(page, name string, data any) (b bytes.Buffer, err error) {
	t := c.srv.pages[c.Lang][page]
	if t == nil {
		return b, fmt.Errorf("web: there is no page %q", page)
	}
	return b, t.ExecuteTemplate(&b, name, data)
}

func (c *Ctx) send(status int, b bytes.Buffer) {
	h := c.W.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Language", c.Lang)
	h.Add("Vary", "Accept-Encoding, Cookie, HX-Request")
	if b.Len() < 1400 || !strings.Contains(c.R.Header.Get("Accept-Encoding"), "gzip") {
		h.Set("Content-Length", strconv.Itoa(b.Len()))
		c.W.WriteHeader(status)
		_, _ = c.W.Write(b.Bytes())
		return
	}
	h.Set("Content-Encoding", "gzip")
	c.W.WriteHeader(status)
	zip := zips.Get().(*gzip.Writer)
	zip.Reset(c.W)
	_, _ = zip.Write(b.Bytes())
	_ = zip.Close()
	zips.Put(zip)
}

// zips are used again: a new one takes more memory than the page that it packs.
var zips = sync.Pool{New: func() any {
	zip, _ := gzip.NewWriterLevel(nil, gzip.BestSpeed)
	return zip
}}

func (c *Ctx) frame(p *Page) {
	f := &p.Frame
	if p.Once == "" {
		p.Once = newToken()
	}
	f.Lang, f.Product, f.NowMS = c.Lang, c.T("product"), c.srv.Now().UnixMilli()
	if f.Office == "" {
		f.Office = c.srv.Office.In(c.Lang)
	}
	f.Path = c.R.URL.RequestURI()
	if c.R.Method != http.MethodGet {
		f.Path, f.Resend = Local(refererPath(c.R)), c.turnable()
	}
	if f.Flash == nil {
		if said := c.takeFlash(); said != "" {
			f.Flash = &ui.Notice{Kind: "ok", Text: said, Live: true}
		}
	}
	if c.Actor.SignedIn() && f.Kind == ui.KindApp {
		f.Nav = c.nav()
		f.User = &ui.User{ID: strconv.FormatInt(c.Actor.Account, 10), Name: c.Actor.Name, Role: c.roles(), SignOut: "/signout",
			Links: []ui.Link{{Text: c.T("account.mine"), Href: "/account"}}}
		f.Search = &ui.Search{Action: "/search", Placeholder: c.T("house.search")}
		f.Notices = c.bell()
	}
}

func refererPath(r *http.Request) string {
	_, rest, ok := strings.Cut(r.Referer(), "//")
	if !ok {
		return "/"
	}
	_, p, _ := strings.Cut(rest, "/")
	return "/" + p
}

// nav is the main navigation: what this actor has any use for.
func (c *Ctx) nav() []ui.NavItem {
	items := []struct {
		key, href string
		shown     bool
	}{
		{"nav.home", "/", true},
		{"nav.cycles", "/cycles", true},
		{"nav.matters", "/matters", true},
		{"nav.boards", "/boards", c.MayAnywhere(authz.Read) && c.srv.Ledgers().Types().For(board.Use) != nil},
		{"nav.plans", "/plans", c.MayAnywhere(authz.PlanEdit)},
		{"nav.units", "/units", true},
		{"nav.people", "/people", c.MayAnywhere(authz.OrgEdit)},
		{"nav.accounts", "/accounts", c.MayAnywhere(authz.AccountManage)},
		{"nav.designs", ledgerTypes, c.May(authz.LedgerDesign, authz.Whole)},
		{"nav.audit", "/audit", c.MayAnywhere(authz.AuditRead)},
	}
	var out []ui.NavItem
	for _, it := range items {
		if it.shown {
			out = append(out, ui.NavItem{Text: c.T(it.key), Href: it.href, Current: isUnder(c.R.URL.Path, it.href) || it.href == ledgerTypes && isUnder(c.R.URL.Path, ledgerDrafts)})
		}
	}
	return out
}

func isUnder(path, href string) bool {
	return path == href || href != "/" && strings.HasPrefix(path, href+"/")
}

// roles names the roles that the actor holds, each once.
func (c *Ctx) roles() string {
	seen := map[string]bool{}
	var names []string
	for _, g := range c.Actor.Grants {
		if role, ok := c.srv.Pack.Role(g.Role); ok && !seen[g.Role] {
			seen[g.Role] = true
			names = append(names, role.Name.In(c.Lang))
		}
	}
	return strings.Join(names, c.T("list.separator"))
}

// Errors are the sentences of an Invalid fault by field name, in the reader's language; nil for any other error.
func (c *Ctx) Errors(err error) map[string]string {
	f := fault.As(err)
	if f == nil || f.Kind != fault.Invalid {
		return nil
	}
	out := map[string]string{}
	if len(f.Fields) == 0 {
		out[""] = c.T(f.Key, f.Args...)
	}
	for _, field := range f.Fields {
		if _, have := out[field.Name]; !have {
			out[field.Name] = c.T(field.Key, field.Args...)
		}
	}
	return out
}

// Text picks a pack text.
func (c *Ctx) Text(t wording.Text) string { return t.In(c.Lang) }
