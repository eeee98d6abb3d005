// Package web is the pages: one table of routes, a handler a file, a typed struct and a template of the same name a
// page. docs/house.md tells how to add one.
package web

import (
	"context"
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"log/slog"
	"net/http"
	"path"
	"strings"
	"time"

	"plumbline/internal/account"
	"plumbline/internal/authz"
	"plumbline/internal/ballot"
	"plumbline/internal/board"
	"plumbline/internal/calendar"
	"plumbline/internal/fault"
	"plumbline/internal/gate"
	"plumbline/internal/job"
	"plumbline/internal/ledger"
	"plumbline/internal/org"
	"plumbline/internal/pace"
	"plumbline/internal/pack"
	"plumbline/internal/review/cycle"
	"plumbline/internal/review/meeting"
	"plumbline/internal/review/plan"
	"plumbline/internal/review/report"
	"plumbline/internal/review/result"
	"plumbline/internal/store"
	"plumbline/internal/web/ui"
	"plumbline/internal/wording"
)

//go:embed pages
var pageFiles embed.FS

//go:embed wording/*.json
var wordingFiles embed.FS

// Wording is the catalogue files of the pages.
func Wording() fs.FS { return wordingFiles }

// Rooms are the domain's services that the pages speak to; app fills them in.
type Rooms struct {
	// Who finds the actor behind a session token; a SignIn fault where there is none.
	Who func(ctx context.Context, token string) (authz.Actor, error)

	Org      *org.Service
	Accounts *account.Service
	Ballots  *ballot.Service
	Reports  *report.Service
	Plans    *plan.Service
	Cycles   *cycle.Service
	Meetings *meeting.Service
	Ledgers  *ledger.Service
	Boards   *board.Service
	Results  *result.Service
}

// Config is what the pages need from the program.
type Config struct {
	Rooms  Rooms
	Gate   *gate.Gate
	Reader store.Reader
	Blobs  *store.Blobs
	Pack   *pack.Pack
	Words  *wording.Catalogue
	Zone   *time.Location
	// Calendar knows the organisation's working days.
	Calendar *calendar.Calendar
	Now      func() time.Time
	Log      *slog.Logger
	Office   wording.Text
	// Ready says whether the program can serve; /healthz asks it.
	Ready func(ctx context.Context) error
	// Patience is how long a form without files may take to arrive; one with files may take twenty times that.
	Patience time.Duration
	// OpenPerMinute is how often one address may ask for the open pages, 0 without a limit.
	OpenPerMinute int
	// Wake tells the background runner that a job was enqueued.
	Wake func()
	// FindJob gives a job of the account that enqueued it, with how far it is.
	FindJob func(ctx context.Context, id, account int64) (job.Job, error)
}

// Server answers every request of a browser.
type Server struct {
	Config
	pages map[string]map[string]*template.Template // language, page
	mux   *http.ServeMux
	pace  *pace.Pace // of the open pages; nil without a limit
}

// New parses every page in every language and builds the routes. A broken template or a route without an Access is an
// error here, not at the reader's first click.
func New(cfg Config) (*Server, error) {
	s := &Server{Config: cfg, pages: map[string]map[string]*template.Template{}, mux: http.NewServeMux()}
	if cfg.OpenPerMinute > 0 {
		s.pace = pace.New(cfg.OpenPerMinute, time.Minute/time.Duration(cfg.OpenPerMinute), openAddresses)
	}
	for _, lang := range wording.Languages {
		if err := s.parse(lang); err != nil {
			return nil, err
		}
	}
	for _, r := range Routes() {
		if !r.Access.valid() {
			return nil, fmt.Errorf("web: route %s %s has no access", r.Method, r.Pattern)
		}
		s.mux.Handle(r.Method+" "+r.Pattern, s.adapt(r))
	}
	s.mux.Handle("GET /static/", ui.Handler())
	return s, nil
}

// parse reads pages/*.html; the fragments in pages/blocks are known to every page.
func (s *Server) parse(lang string) error {
	t := func(key string, args ...any) string { return s.Words.T(lang, key, args...) }
	funcs := ui.Funcs(ui.Locale{Lang: lang, Zone: s.Zone}, t)
	names, err := fs.Glob(pageFiles, "pages/*.html")
	if err != nil {
		return err
	}
	shared, err := ui.ParseShared(funcs, pageFiles, "pages/blocks/*.html")
	if err != nil {
		return err
	}
	s.pages[lang] = map[string]*template.Template{}
	for _, name := range names {
		page, err := shared.Parse(pageFiles, name, funcs)
		if err != nil {
			return err
		}
		s.pages[lang][strings.TrimSuffix(path.Base(name), ".html")] = page
	}
	return nil
}

// Handler is the whole face, with what every answer carries.
func (s *Server) Handler() http.Handler {
	guard := http.NewCrossOriginProtection()
	guard.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.fail(s.context(w, r), fault.New(fault.Forbidden, "fault.cross_origin"))
	}))
	return secure(guard.Handler(s.notFound(s.mux)))
}

// notFound gives unknown addresses the page of the house instead of the library's plain text.
func (s *Server) notFound(mux *http.ServeMux) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, pattern := mux.Handler(r); pattern == "" {
			s.fail(s.context(w, r), fault.Missing())
			return
		}
		mux.ServeHTTP(w, r)
	})
}

// secure sets the headers that every answer carries.
func secure(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'self'; img-src 'self'; style-src 'self'; script-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=()")
		h.Set("Cache-Control", "no-store")
		next.ServeHTTP(w, r)
	})
}
