package app_test

import (
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"sort"
	"strings"
	"testing"

	"plumbline/internal/app/apptest"
	"plumbline/internal/web"
)

var update = flag.Bool("update", false, "write testdata/access.golden anew")

const golden = "../web/testdata/access.golden"

// Who gets through which door stands in one file: reviewing rights is reading its difference. Every door is then tried
// as every role, through the real handler.
func TestEveryRouteAsEveryRole(t *testing.T) {
	h := apptest.SQLite(t)
	city(h)
	who := map[string]*apptest.Browser{"nobody": h.Nobody(), "account": h.As("account")}
	var roles []string
	for _, r := range h.Pack.Roles {
		roles = append(roles, r.ID)
		who[r.ID] = h.As("x-"+r.ID, r.ID+"@C1")
	}
	var lines []string
	routes := web.Routes()
	sort.SliceStable(routes, func(i, j int) bool { return routes[i].Pattern < routes[j].Pattern })
	for _, r := range routes {
		var may []string
		for _, role := range roles {
			if r.Access.Opens(h.Gate.Policy(), who[role].Actor) {
				may = append(may, role)
			}
		}
		everybody, everyAccount := r.Access.Open()
		if everyAccount {
			may = []string{"every account"}
		}
		if everybody {
			may = []string{"EVERYBODY"}
		}
		lines = append(lines, fmt.Sprintf("%-4s %-55s %s\n", r.Method, r.Pattern, strings.Join(may, " ")))
		for name, b := range who {
			tryDoor(t, h, r, name, b)
		}
	}
	got := strings.Join(lines, "")
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != got {
		t.Errorf("the doors changed; if that is meant, run: go test ./internal/app -run TestEveryRouteAsEveryRole -update\n%s", difference(string(want), got))
	}
}

func difference(want, got string) string {
	have, out := map[string]bool{}, ""
	for _, line := range strings.Split(want, "\n") {
		have[line] = true
	}
	for _, line := range strings.Split(got, "\n") {
		if !have[line] {
			out += "+ " + line + "\n"
		}
		delete(have, line)
	}
	for line := range have {
		out += "- " + line + "\n"
	}
	return out
}

var pathValue = regexp.MustCompile(`\{[^}]*\}`)

// tryDoor sends a request for things that are not there: who may not come is turned away at the door, everybody else
// gets an answer that is neither a demand to sign in nor a breakdown.
func tryDoor(t *testing.T, h *apptest.House, r web.Route, name string, b *apptest.Browser) {
	t.Helper()
	if r.Pattern == "/signout" {
		return // ends the session that the other doors are tried with; see TestFirstSignInSetsThePassword
	}
	path := pathValue.ReplaceAllString(strings.ReplaceAll(r.Pattern, "{$}", ""), "999999")
	a := b.Get(path)
	if r.Method == http.MethodPost {
		a = b.Post(path)
	}
	open := r.Access.Opens(h.Gate.Policy(), b.Actor)
	askedIn := a.Status == http.StatusUnauthorized || strings.HasPrefix(a.Location, "/signin")
	switch {
	case !open && name == "nobody" && !askedIn:
		t.Errorf("%s %s as nobody: status %d instead of the sign-in", r.Method, path, a.Status)
	case !open && name != "nobody" && a.Status != http.StatusForbidden:
		t.Errorf("%s %s as %s: status %d instead of 403", r.Method, path, name, a.Status)
	case open && askedIn:
		t.Errorf("%s %s as %s: asked to sign in", r.Method, path, name)
	}
}

func TestEveryAnswerCarriesTheHeaders(t *testing.T) {
	h := apptest.SQLite(t)
	b := h.As("staff", "staff@")
	static := regexp.MustCompile(`/static/[^"]*app\.[^"]*css`).FindString(b.Get("/").Body)
	for _, path := range []string{"/", "/signin", "/healthz", "/nothing", "/audit", static} {
		a := b.Get(path)
		for name, want := range map[string]string{"X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin", "Cross-Origin-Opener-Policy": "same-origin"} {
			if got := a.Header.Get(name); got != want {
				t.Errorf("%s: %s is %q", path, name, got)
			}
		}
		csp := a.Header.Get("Content-Security-Policy")
		if !strings.Contains(csp, "default-src 'self'") || !strings.Contains(csp, "frame-ancestors 'none'") || strings.Contains(csp, "unsafe") {
			t.Errorf("%s: policy %q", path, csp)
		}
	}
}

func TestCookiesAndForeignForms(t *testing.T) {
	h := apptest.SQLite(t)
	serve := func(r *http.Request) *http.Response {
		w := httptest.NewRecorder()
		h.Web.Handler().ServeHTTP(w, r)
		return w.Result()
	}
	if c := serve(httptest.NewRequest("GET", "/signin", nil)).Cookies(); len(c) != 0 {
		t.Errorf("a cookie before it is needed: %v", c)
	}
	foreign := httptest.NewRequest("POST", "/signin", strings.NewReader("login=a&password=b"))
	foreign.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	foreign.Header.Set("Sec-Fetch-Site", "cross-site")
	if res := serve(foreign); res.StatusCode != http.StatusForbidden {
		t.Errorf("a form of another site: %d", res.StatusCode)
	}
	link := setupLink(t, h, "li.na")
	setup := httptest.NewRequest("POST", link, strings.NewReader("password="+strings.ReplaceAll(goodPassword+"&repeat_password="+goodPassword, " ", "+")))
	setup.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	setup.Header.Set("X-Forwarded-Proto", "https")
	found := false
	for _, c := range serve(setup).Cookies() {
		if c.Name == "plumbline_session" {
			found = true
			if !c.HttpOnly || !c.Secure || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || len(c.Value) < 43 {
				t.Errorf("the session's cookie: %v", c)
			}
		}
	}
	if !found {
		t.Error("no session")
	}
}
