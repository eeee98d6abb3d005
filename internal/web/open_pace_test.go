package web_test

import (
	"strings"
	"testing"
	"time"

	"plumbline/internal/app"
	"plumbline/internal/app/apptest"
)

// One address can't keep the office waiting: it is told when to come again, in its language, and others come as before.
func TestTheOpenPagesHaveAPace(t *testing.T) {
	h := apptest.SQLiteWith(t, func(cfg *app.Config) { cfg.OpenPerMinute = 30 })
	visitor := h.Nobody()
	for range 30 {
		visitor.Must(200, visitor.Get("/open"))
	}
	for lang, says := range map[string]string{"zh": "请2秒后再试", "en": "Try again in 2 seconds"} {
		for _, page := range []string{"/open", "/open/promise", "/open/promise/1", "/open/promise/sheet", "/open/promise/1/sheet"} {
			a := visitor.Must(429, visitor.Get(page+"?lang="+lang))
			if a.Header.Get("Retry-After") != "2" || a.Header.Get("Cache-Control") != "no-store" || !strings.Contains(a.Body, says) {
				t.Errorf("%s in %s: Retry-After %q, Cache-Control %q, %s", page, lang, a.Header.Get("Retry-After"), a.Header.Get("Cache-Control"), apptest.Text(a.Body))
			}
		}
	}
	visitor.Must(200, visitor.Get("/signin"))
	h.Clock.Add(2 * time.Second)
	visitor.Must(200, visitor.Get("/open"))
	visitor.Must(429, visitor.Get("/open"))
	h.Clock.Add(time.Hour)
	for range 30 {
		visitor.Must(200, visitor.Get("/open"))
	}
	visitor.Must(429, visitor.Get("/open"))
}
