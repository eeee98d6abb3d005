// Package browser lets tests walk through the program as people do: the whole program on a real port, a real Chromium
// in front of it. There is one browser process in a test binary; every Tab has cookies of its own.
//
// It is for tests alone. docs/house.md shows a journey.
package browser

import (
	"context"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"plumbline/internal/account"
	"plumbline/internal/app"
	"plumbline/internal/app/apptest"
	"plumbline/internal/authz"
	"plumbline/internal/demo"
)

// names of the browser in the distributions, in the order in which they are looked for.
var names = []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"}

var process struct {
	once sync.Once
	ctx  context.Context
	stop func()
	err  error
}

// start starts the one browser of this test binary.
func start() {
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("hide-scrollbars", true))
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			options = append(options, chromedp.ExecPath(path))
			break
		}
	}
	alloc, stopAlloc := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, stop := chromedp.NewContext(alloc)
	process.ctx, process.stop = ctx, func() { stop(); stopAlloc() }
	process.err = chromedp.Do(ctx, chromedp.Navigate("about:blank"))
}

// Main is what TestMain of a package with journeys hands to os.Exit: it runs the tests and then ends the browser.
func Main(m *testing.M) int {
	code := m.Run()
	if process.stop != nil {
		process.stop()
	}
	return code
}

// Site is the running program of one test.
type Site struct {
	*app.App
	T *testing.T
	// House makes units and accounts; nil for a City.
	House *apptest.House
	ahead *atomic.Int64 // how far a City's clock is ahead of the machine's, in nanoseconds
}

// Later moves a City's clock on, and gives the reminders and escalations that fall due by then. Whoever was signed in
// comes in again.
func (s *Site) Later(by time.Duration) {
	s.T.Helper()
	s.ahead.Add(int64(by))
	if _, err := s.Rooms.Ledgers.Sweep(context.Background(), func(int64, int64) {}); err != nil {
		s.T.Fatal(err)
	}
}

// Open starts the program on a fresh embedded database whose clock the test moves by hand.
func Open(t *testing.T) *Site {
	t.Helper()
	h := apptest.SQLite(t)
	h.Addr = "127.0.0.1:0"
	if err := h.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = h.Close() })
	return &Site{App: h.App, T: t, House: h}
}

// City starts the program with the demonstration's fictional city in it, and gives the links by which its people come in.
func City(t *testing.T, lang string) (*Site, []demo.Link) {
	t.Helper()
	ctx, clock, ahead := context.Background(), &demo.Clock{}, &atomic.Int64{}
	now := func() time.Time { return clock.Now().Add(time.Duration(ahead.Load())) }
	a, err := app.Open(ctx, app.Config{Data: t.TempDir(), Addr: "127.0.0.1:0", Now: now, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.Close() })
	links, err := demo.Build(ctx, a, clock, lang)
	if err == nil {
		err = a.Run(ctx)
	}
	if err != nil {
		t.Fatal(err)
	}
	return &Site{App: a, T: t, ahead: ahead}, links
}

// As makes an account with roles ("role@unitcode") and gives a tab in which it has signed in by a one-click link.
func (s *Site) As(login string, roles ...string) *Tab {
	s.T.Helper()
	actor := s.House.Actor(login, 0, roles...)
	link, err := s.Rooms.Accounts.DemoLink(context.Background(), actor.Account)
	if err != nil {
		s.T.Fatal(err)
	}
	return s.By("/demo/" + link)
}

// By gives a tab that came in by a one-click link of a demonstration.
func (s *Site) By(path string) *Tab {
	s.T.Helper()
	b := s.Nobody()
	b.Visit(path)
	return b
}

// Link makes the one-time link by which a new account sets its password.
func (s *Site) Link(login string, roles ...string) string {
	s.T.Helper()
	n := account.NewAccount{Login: login, Name: login, Lang: "zh"}
	for _, r := range roles {
		n.Grants = append(n.Grants, account.RoleAt{Role: r})
	}
	_, setup, err := s.Rooms.Accounts.Create(context.Background(), authz.System(), n)
	if err != nil {
		s.T.Fatal(err)
	}
	return "/setup/" + setup
}

// root is the folder of the module.
func root(t *testing.T) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		if filepath.Dir(dir) == dir {
			t.Fatal("the test does not run inside the module")
		}
		dir = filepath.Dir(dir)
	}
}
