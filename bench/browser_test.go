package bench

import (
	"cmp"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"runtime"
	"slices"
	"syscall"
	"testing"
	"time"

	"plumbline/internal/account"
	"plumbline/internal/app"
	"plumbline/internal/authz"
)

// openApp opens the whole program on a directory or a PostgreSQL database; it listens nowhere.
func openApp(b testing.TB, dir, url string, now func() time.Time) *app.App {
	b.Helper()
	a, err := app.Open(context.Background(), app.Config{Data: dir, DatabaseURL: url, Now: now, Log: slog.New(slog.NewTextHandler(io.Discard, nil))})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = a.Close() })
	return a
}

// browser asks the program's own handler, signed in.
type browser struct {
	a      *app.App
	cookie []*http.Cookie
}

// signIn makes an account with a role at a unit (0: the whole installation) and signs it in.
func signIn(b testing.TB, a *app.App, login, role string, unit int64) *browser {
	b.Helper()
	ctx := context.Background()
	var accounts int
	if err := a.DB.QueryRow(ctx, `SELECT COUNT(*) FROM account`).Scan(&accounts); err != nil {
		b.Fatal(err)
	}
	if accounts == 0 { // one-click links are for demonstrations alone
		if err := a.Rooms.Accounts.MarkDemo(ctx); err != nil {
			b.Fatal(err)
		}
	}
	id, _, err := a.Rooms.Accounts.Create(ctx, authz.System(), account.NewAccount{Login: login, Name: login, Lang: "zh", Grants: []account.RoleAt{{Role: role, Unit: unit}}})
	if err != nil {
		b.Fatal(err)
	}
	link, err := a.Rooms.Accounts.DemoLink(ctx, id)
	if err != nil {
		b.Fatal(err)
	}
	return open(b, a, "/demo/"+link)
}

// open signs in by a one-click link.
func open(b testing.TB, a *app.App, link string) *browser {
	b.Helper()
	x := &browser{a: a}
	res, _ := x.get(link)
	if x.cookie = res.Cookies(); len(x.cookie) == 0 {
		b.Fatalf("%s does not sign in: status %d", link, res.StatusCode)
	}
	return x
}

// get asks for an address as a browser does, which takes gzip, and says how long the server took.
func (x *browser) get(path string) (*http.Response, time.Duration) {
	r := httptest.NewRequest("GET", path, nil)
	r.Header.Set("Accept-Encoding", "gzip")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	for _, c := range x.cookie {
		r.AddCookie(c)
	}
	w := httptest.NewRecorder()
	start := time.Now()
	x.a.Web.Handler().ServeHTTP(w, r)
	return w.Result(), time.Since(start)
}

// cost is what one page costs: the median of the time that the answers took, and the processor time of one. Where the
// machine has other work, the first counts the waiting for it too.
type cost struct{ wall, cpu time.Duration }

// cost measures a page, which must come with status 200, n times after a first.
func (x *browser) cost(b testing.TB, path string, n int) (c cost) {
	b.Helper()
	var all []time.Duration
	for i := range n + 1 {
		if i == 1 {
			c.cpu = -cpuTime(b)
		}
		res, took := x.get(path)
		if res.StatusCode != http.StatusOK {
			b.Fatalf("%s: status %d", path, res.StatusCode)
		}
		if i > 0 {
			all = append(all, took)
		}
	}
	c.cpu = (c.cpu + cpuTime(b)) / time.Duration(n)
	c.wall = middle(all)
	return c
}

// cpuTime is the processor time that this process has used.
func cpuTime(b testing.TB) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func middle[T cmp.Ordered](all []T) T {
	slices.Sort(all)
	return all[len(all)/2]
}

func millis(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// drain takes a long answer and throws it away; it says how long it was and how high the heap stood meanwhile.
func (x *browser) drain(b testing.TB, path string) (bytes int64, peak uint64) {
	b.Helper()
	r := httptest.NewRequest("GET", path, nil)
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	for _, c := range x.cookie {
		r.AddCookie(c)
	}
	s := &sink{header: http.Header{}}
	x.a.Web.Handler().ServeHTTP(s, r)
	if s.status != 0 && s.status != http.StatusOK {
		b.Fatalf("%s: status %d", path, s.status)
	}
	return s.n, s.peak
}

// sink is a reader of answers that keeps nothing.
type sink struct {
	header http.Header
	status int
	n      int64
	next   int64
	peak   uint64
}

func (s *sink) Header() http.Header    { return s.header }
func (s *sink) WriteHeader(status int) { s.status = status }

func (s *sink) Write(p []byte) (int, error) {
	if s.n += int64(len(p)); s.n >= s.next {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		s.peak, s.next = max(s.peak, m.HeapAlloc), s.n+4<<20
	}
	return len(p), nil
}
