package app_test

import (
	"net/http"
	"strings"
	"testing"

	"plumbline/internal/app/apptest"
)

func TestPagesOfTheHouse(t *testing.T) {
	apptest.Each(t, func(h *apptest.House) {
		h.AddUnits("C1 - city 甲市")
		auditor := h.As("auditor", "auditor@C1")
		for _, path := range []string{"/", "/audit"} {
			auditor.Page(path)
		}
		nobody := h.Nobody()
		nobody.Must(http.StatusOK, nobody.Get("/healthz"))
		if a := nobody.Get("/audit?below=3"); a.Status != http.StatusSeeOther || a.Location != "/signin?to=%2Faudit%3Fbelow%3D3" {
			t.Errorf("a page without a session: %d to %q", a.Status, a.Location)
		}
		staff := h.As("staff", "staff@C1")
		staff.Must(http.StatusForbidden, staff.Get("/audit"))
		staff.Must(http.StatusNotFound, staff.Get("/history/unit/999"))
		for _, back := range []string{"//evil.example", "https://evil.example/", "/\\evil.example", "javascript:alert(1)"} {
			if a := nobody.Post("/lang", "lang", "en", "back", back); a.Location != "/" {
				t.Errorf("back to %q went to %q", back, a.Location)
			}
		}
		nobody.Lang = ""
		if a := nobody.Get("/nothing"); !strings.Contains(a.Body, "There is nothing at this address") {
			t.Errorf("the language did not stay: %s", apptest.Text(a.Body))
		}
		if a := nobody.Get("/healthz"); !strings.Contains(a.Header.Get("Content-Security-Policy"), "default-src 'self'") {
			t.Error("no content security policy")
		}
	})
}
