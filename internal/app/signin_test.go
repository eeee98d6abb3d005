package app_test

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"plumbline/internal/account"
	"plumbline/internal/app/apptest"
	"plumbline/internal/authz"
)

const goodPassword = "a plumb line hangs true"

// hiddenFields reads the hidden inputs of a page.
func hiddenFields(body string) (pairs []string) {
	for _, m := range regexp.MustCompile(`<input type="hidden" name="([^"]*)" value="([^"]*)">`).FindAllStringSubmatch(body, -1) {
		pairs = append(pairs, m[1], strings.NewReplacer("&#43;", "+", "&amp;", "&", "&#34;", `"`, "&lt;", "<", "&gt;", ">", "&#39;", "'").Replace(m[2]))
	}
	return pairs
}

func setupLink(t *testing.T, h *apptest.House, login string) string {
	t.Helper()
	_, link, err := h.Rooms.Accounts.Create(context.Background(), authz.System(), account.NewAccount{Login: login, Name: login})
	if err != nil {
		t.Fatal(err)
	}
	return "/setup/" + link
}

func TestFirstSignInSetsThePassword(t *testing.T) {
	h := apptest.SQLite(t)
	link := setupLink(t, h, "li.na")
	b := h.Nobody()
	b.Page(link)
	for _, bad := range [][2]string{{"short", "short"}, {goodPassword, "another one entirely"}, {"1234567890", "1234567890"}} {
		b.Must(http.StatusUnprocessableEntity, b.Post(link, "password", bad[0], "repeat_password", bad[1]))
	}
	if a := b.Post(link, "password", goodPassword, "repeat_password", goodPassword); a.Status != http.StatusSeeOther || a.Location != "/" {
		t.Fatalf("%d to %q", a.Status, a.Location)
	}
	b.Page("/")
	b.Page("/account")
	other := h.Nobody()
	other.Must(http.StatusUnprocessableEntity, other.Get(link))
	other.Must(http.StatusUnprocessableEntity, other.Post(link, "password", goodPassword, "repeat_password", goodPassword))
	other.Page("/signin")
	if a := other.Post("/signin", "login", "li.na", "password", "wrong", "to", "/units"); a.Status != http.StatusUnprocessableEntity ||
		!strings.Contains(a.Body, `value="li.na"`) || strings.Contains(a.Body, `value="wrong"`) {
		t.Fatalf("a wrong password: %d %s", a.Status, apptest.Text(a.Body))
	}
	if a := other.Post("/signin", "login", "li.na", "password", goodPassword, "to", "/account"); a.Location != "/account" {
		t.Fatalf("signed in to %q", a.Location)
	}
	if a := other.Get("/signin?to=https://evil.example"); a.Location != "/" {
		t.Errorf("sent to %q", a.Location)
	}
	other.Must(http.StatusSeeOther, other.Post("/signout"))
	if a := other.Get("/account"); a.Location != "/signin?to=%2Faccount" {
		t.Errorf("after signing out: %d %q", a.Status, a.Location)
	}
}

// A form that arrives after the session has ended goes through the sign-in with everything that was typed.
func TestAFormOutlivesItsSession(t *testing.T) {
	h := apptest.SQLite(t)
	link := setupLink(t, h, "wang")
	b := h.Nobody()
	b.Must(http.StatusSeeOther, b.Post(link, "password", goodPassword, "repeat_password", goodPassword))
	h.Clock.Add(account.Idle)
	a := b.Must(http.StatusUnauthorized, b.Post("/account/language", "lang", "en", "_once", "t1", "note", "写了很久的一段话<b>\"&'+", "old_password", "secret"))
	if strings.Contains(a.Body, "secret") || !strings.Contains(a.Body, `value="wang"`) {
		t.Fatalf("the sign-in page: %s", a.Body)
	}
	form := append(hiddenFields(a.Body), "login", "wang")
	again := b.Must(http.StatusUnprocessableEntity, b.Post("/signin", append(form, "password", "wrong password")...))
	form = append(hiddenFields(again.Body), "login", "wang")
	a = b.Must(http.StatusOK, b.Post("/signin", append(form, "password", goodPassword)...))
	fields := url.Values{}
	for i, p := 0, hiddenFields(a.Body); i < len(p); i += 2 {
		fields.Add(p[i], p[i+1])
	}
	if fields.Get("lang") != "en" || fields.Get("_once") != "t1" || fields.Get("note") != "写了很久的一段话<b>\"&'+" || !strings.Contains(a.Body, `action="/account/language"`) {
		t.Fatalf("the carried form: %v %s", fields, a.Body)
	}
	b.Must(http.StatusSeeOther, b.Post("/account/language", hiddenFields(a.Body)...))
	if a := b.Get("/account"); a.Header.Get("Content-Language") != "en" {
		t.Error("the carried form was not carried out")
	}
}

func TestAnotherPersonDoesNotSendTheForm(t *testing.T) {
	h := apptest.SQLite(t)
	first, second := setupLink(t, h, "one"), setupLink(t, h, "two")
	b, c := h.Nobody(), h.Nobody()
	b.Must(http.StatusSeeOther, b.Post(first, "password", goodPassword, "repeat_password", goodPassword))
	c.Must(http.StatusSeeOther, c.Post(second, "password", goodPassword, "repeat_password", goodPassword))
	h.Clock.Add(account.Idle)
	a := b.Must(http.StatusUnauthorized, b.Post("/account/language", "lang", "en", "note", "what the first one wrote"))
	a = b.Must(http.StatusSeeOther, b.Post("/signin", append(hiddenFields(a.Body), "login", "two", "password", goodPassword)...))
	if a.Location != "/" || strings.Contains(a.Body, "what the first one wrote") {
		t.Errorf("the second person got the form: %q %s", a.Location, a.Body)
	}
}

func TestOwnAccountPage(t *testing.T) {
	h := apptest.SQLite(t)
	h.AddUnits("C1 - city 甲市")
	b := h.As("zhao", "staff@C1")
	a := b.Page("/account")
	if !strings.Contains(a.Body, "甲市") || !strings.Contains(a.Body, "当前设备") {
		t.Errorf("the page: %s", apptest.Text(a.Body))
	}
	b.Must(http.StatusUnprocessableEntity, b.Post("/account/language", "lang", "xx"))
	b.Must(http.StatusSeeOther, b.Post("/account/language", "lang", "en"))
	if a := b.Get("/account"); a.Header.Get("Content-Language") != "en" {
		t.Error("the language did not change")
	}
	b.Must(http.StatusUnprocessableEntity, b.Post("/account/password", "old_password", "x", "password", goodPassword, "repeat_password", goodPassword))
	b.Must(http.StatusNotFound, b.Post("/account/sessions/999/end"))
}
