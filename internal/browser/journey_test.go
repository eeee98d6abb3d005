package browser_test

import (
	"os"
	"strings"
	"testing"

	"plumbline/internal/browser"
)

func TestMain(m *testing.M) { os.Exit(browser.Main(m)) }

// Somebody new sets a password by the link, signs out, comes in again by hand, switches the language.
func TestComingIn(t *testing.T) {
	site := browser.Open(t)
	site.House.AddUnits("C1 - city 甲市")
	link := site.Link("zhang")
	b := site.Nobody()
	b.Each(link, "setup")
	b.Lang("zh")
	b.Visit(link)
	b.Fill("password", "a long first password")
	b.Fill("repeat_password", "a long first password")
	b.Follow("main form button")
	b.Says("zhang，您好")
	b.Follow("[data-signout] button")
	if !strings.HasPrefix(b.At(), "/signin") {
		t.Fatalf("signed out, at %s", b.At())
	}
	b.Each("/signin", "signin")
	b.Lang("zh")
	b.Visit("/audit")
	b.Fill("login", "zhang")
	b.Fill("password", "not the password")
	b.Follow("main form button")
	b.Axe()
	b.Fill("login", "zhang")
	b.Fill("password", "a long first password")
	b.Follow("main form button")
	b.Visit("/")
	b.Says("zhang，您好")
	b.Follow("form[action='/lang'] button")
	b.Says("Good day, zhang")
	b.Visit("/no/such/page")
	b.Axe()
}

// The pages of the house, in both languages, on both screens.
func TestPagesOfTheHouse(t *testing.T) {
	site := browser.Open(t)
	site.House.AddUnits("C1 - city 甲市", "K1 C1 county 乙县")
	b := site.As("auditor", "auditor@C1")
	for name, path := range map[string]string{"home": "/", "log": "/audit", "history": "/history/unit/1", "account": "/account", "checkpoint": "/audit/checkpoint"} {
		b.Each(path, name)
	}
}
