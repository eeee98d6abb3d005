// Package app puts the program together: Open, Run, Close. It is the only package that imports everything.
package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"
	_ "time/tzdata" // dates are right on machines without a zone database

	"plumbline/internal/audit"
	"plumbline/internal/authz"
	"plumbline/internal/calendar"
	"plumbline/internal/gate"
	"plumbline/internal/job"
	"plumbline/internal/pack"
	"plumbline/internal/pack/party"
	"plumbline/internal/store"
	"plumbline/internal/web"
	"plumbline/internal/web/ui"
	"plumbline/internal/wording"
)

// Config is everything that can be set. The zero value of each field is its default.
type Config struct {
	Data        string // the data directory
	DatabaseURL string // PostgreSQL instead of the embedded database
	Addr        string // where to listen, "127.0.0.1:8080"
	Pack        *pack.Pack
	Office      wording.Text
	Now         func() time.Time
	Log         *slog.Logger
	// Patience is how long a request without files may take to arrive, 30 seconds if zero; its head may take a third.
	Patience time.Duration
	// OpenPerMinute is how often one address may ask for the open pages, 0 without a limit.
	OpenPerMinute int
	DB            *store.DB // an open database instead of Data and DatabaseURL; tests hand one in
	// Serve says that the program is to serve the database: it claims it before it changes anything, and Open is refused
	// with an Unavailable fault while another program serves it.
	Serve bool
}

// App is the opened program.
type App struct {
	Config
	DB    *store.DB // hides Config's: always the open one
	Gate  *gate.Gate
	Rooms web.Rooms
	Words *wording.Catalogue
	Zone  *time.Location
	// Calendar knows the organisation's working days.
	Calendar *calendar.Calendar
	Jobs     *job.Runner
	Web      *web.Server

	listener net.Listener
	server   *http.Server
	stop     context.CancelFunc
	release  func() // gives the database up
	done     sync.WaitGroup
}

// Open opens the database, brings it up to date, and puts the rooms together. Nothing listens yet.
func Open(ctx context.Context, cfg Config) (*App, error) {
	a := &App{Config: cfg}
	if err := a.defaults(); err != nil {
		return nil, err
	}
	var err error
	if a.DB = cfg.DB; a.DB == nil {
		a.DB, err = store.Open(store.Config{Dir: a.Data, URL: a.DatabaseURL, Now: a.Now})
	}
	if err != nil {
		return nil, err
	}
	if err := a.claimed(ctx); err != nil {
		return nil, errors.Join(err, a.DB.Close())
	}
	if err := a.build(ctx); err != nil {
		a.release()
		return nil, errors.Join(err, a.DB.Close())
	}
	return a, nil
}

// claimed claims the database for a program that is to serve it.
func (a *App) claimed(ctx context.Context) (err error) {
	a.release = func() {}
	if a.Serve {
		a.release, err = a.DB.Claim(ctx)
	}
	return err
}

func (a *App) defaults() (err error) {
	if a.Now == nil {
		a.Now = time.Now
	}
	if a.Log == nil {
		a.Log = slog.Default()
	}
	if a.Addr == "" {
		a.Addr = "127.0.0.1:8080"
	}
	if a.Patience == 0 {
		a.Patience = 30 * time.Second
	}
	if a.Pack == nil {
		a.Pack, err = pack.Load(party.Files())
	}
	return err
}

func (a *App) build(ctx context.Context) error {
	backup, err := a.DB.Migrate(ctx)
	if err != nil {
		return err
	}
	if backup != "" {
		a.Log.Info("the database was brought up to date; a copy of how it was stands beside it", "backup", backup)
	}
	if err := a.DB.Write(ctx, func(tx *store.Tx) error { return audit.MakeKey(ctx, tx) }); err != nil {
		return err
	}
	policy, err := authz.NewPolicy(a.Pack.AuthzRoles())
	if err != nil {
		return err
	}
	if a.Words, err = Words(a.Pack); err != nil {
		return err
	}
	if a.Calendar, err = calendarOf(a.Pack); err != nil {
		return err
	}
	a.Zone = a.Calendar.Location()
	a.Gate = gate.New(a.DB, policy)
	a.Jobs = job.NewRunner(a.DB, a.Log)
	a.Jobs.Daily("forms.forget", func(ctx context.Context, _ job.Job, _ job.Progress) (string, error) {
		n, err := a.Gate.ForgetForms(ctx)
		return fmt.Sprint(n), err
	})
	a.Jobs.Daily("files.sweep", func(context.Context, job.Job, job.Progress) (string, error) {
		n, err := a.DB.Blobs.Sweep(time.Now().Add(-24 * time.Hour))
		return fmt.Sprint(n), err
	})
	if a.Rooms, err = a.rooms(); err != nil {
		return err
	}
	if err := errors.Join(a.matterWords(ctx), a.matterFigures(ctx)); err != nil {
		return err
	}
	a.Web, err = web.New(web.Config{Rooms: a.Rooms, Gate: a.Gate, Reader: a.DB, Blobs: a.DB.Blobs, Pack: a.Pack, Words: a.Words,
		Zone: a.Zone, Calendar: a.Calendar, Now: a.Now, Log: a.Log, Office: a.Office, Ready: a.ready, Patience: a.Patience, OpenPerMinute: a.OpenPerMinute, Wake: a.Jobs.Wake, FindJob: a.Jobs.Find})
	return err
}

// Words loads every catalogue: the components', the pages', the pack's.
func Words(p *pack.Pack) (*wording.Catalogue, error) {
	return wording.Load(p.Terms, ui.Wording, web.Wording(), p.Files)
}

// calendarOf reads the pack's calendar: time zone, weekend, public holidays.
func calendarOf(p *pack.Pack) (*calendar.Calendar, error) {
	text, err := fs.ReadFile(p.Files, "calendar.json")
	if err != nil {
		return nil, fmt.Errorf("pack: %w", err)
	}
	c, err := calendar.Parse(text)
	if err != nil {
		return nil, fmt.Errorf("pack: calendar.json: %w", err)
	}
	return c, nil
}

func (a *App) ready(ctx context.Context) error {
	var n int
	return a.DB.QueryRow(ctx, `SELECT 1`).Scan(&n)
}

// Run listens and serves until Close. It returns when the address is bound; the address is URL's.
func (a *App) Run(ctx context.Context) error {
	var err error
	if a.listener, err = net.Listen("tcp", a.Addr); err != nil {
		return err
	}
	ctx, a.stop = context.WithCancel(ctx)
	a.server = &http.Server{Handler: a.Web.Handler(), ReadHeaderTimeout: a.Patience / 3, WriteTimeout: 20 * time.Minute, IdleTimeout: 2 * time.Minute,
		MaxHeaderBytes: 64 << 10,
		ErrorLog:       slog.NewLogLogger(a.Log.Handler(), slog.LevelDebug)}
	a.done.Add(2)
	go func() { defer a.done.Done(); a.Jobs.Run(ctx) }()
	go func() {
		defer a.done.Done()
		if err := a.server.Serve(a.listener); !errors.Is(err, http.ErrServerClosed) {
			a.Log.Error("the server stopped", "error", err)
		}
	}()
	return nil
}

// URL is where the running program answers.
func (a *App) URL() string { return "http://" + a.listener.Addr().String() }

// Close lets requests under way finish, ends the background work, and closes the database.
func (a *App) Close() error {
	if a.server != nil {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		_ = a.server.Shutdown(ctx)
		a.stop()
		a.done.Wait()
	}
	a.release()
	return a.DB.Close()
}
