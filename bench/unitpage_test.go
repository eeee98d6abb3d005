package bench

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"
	"time"

	"plumbline/internal/account"
	"plumbline/internal/app"
	"plumbline/internal/authz"
	"plumbline/internal/org"
)

// country opens the program on a database that holds the units of a country, and a browser of an administrator.
func country(b *testing.B) (a *app.App, get func(path string)) {
	b.Helper()
	ctx, dir := context.Background(), b.TempDir()
	importUnits(b, dir, unitsFile(b))
	a, err := app.Open(ctx, app.Config{Data: dir, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = a.Close() })
	if err := a.Rooms.Accounts.MarkDemo(ctx); err != nil {
		b.Fatal(err)
	}
	id, _, err := a.Rooms.Accounts.Create(ctx, authz.System(), account.NewAccount{Login: "bench", Name: "bench", Lang: "zh", Grants: []account.RoleAt{{Role: "admin"}}})
	if err != nil {
		b.Fatal(err)
	}
	link, err := a.Rooms.Accounts.DemoLink(ctx, id)
	if err != nil {
		b.Fatal(err)
	}
	token, _, err := a.Rooms.Accounts.DemoSignIn(ctx, link, account.From{})
	if err != nil {
		b.Fatal(err)
	}
	return a, func(path string) {
		r := httptest.NewRequest("GET", path, nil)
		r.AddCookie(&http.Cookie{Name: "plumbline_session", Value: token})
		w := httptest.NewRecorder()
		a.Web.Handler().ServeHTTP(w, r)
		if w.Code != http.StatusOK {
			b.Fatalf("%s: status %d", path, w.Code)
		}
	}
}

// BenchmarkUnitPage opens the page of the country and of a village, on 665,277 units with 200,000 findings. The country's
// takes at most 2 times the village's.
func BenchmarkUnitPage(b *testing.B) {
	a, get := country(b)
	root, village := spread(b, a)
	page := func(u org.Unit) string { return "/units/" + strconv.FormatInt(u.ID, 10) }
	took := func(path string) time.Duration { return median(101, func() { get(path) }) }
	ms := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
	for b.Loop() {
		top, leaf := took(page(root)), took(page(village))
		b.ReportMetric(ms(top), "ms/country")
		b.ReportMetric(ms(leaf), "ms/village")
		b.ReportMetric(float64(top)/float64(leaf), "ratio")
		b.ReportMetric(ms(took("/search?q=%E4%B8%8D%E5%AD%98%E5%9C%A8")), "ms/search-miss")
		b.ReportMetric(ms(took("/search?q=3611")), "ms/search-code")
	}
}
