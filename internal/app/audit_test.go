package app_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"plumbline/internal/app/apptest"
	"plumbline/internal/web"
)

// The log is narrowed by an address; nothing of other units comes through it; the pages of a long log follow each other.
func TestTheLogIsNarrowed(t *testing.T) {
	apptest.Each(t, func(h *apptest.House) {
		h.AddUnits("C1 - city 甲市", "K1 C1 county 乙县")
		b := h.As("auditor", "auditor@C1")
		if a := b.Page("/audit?kind=unit"); strings.Contains(a.Body, "账号 ") || !strings.Contains(a.Body, "/history/unit/1") {
			h.T.Errorf("narrowed to units: %s", apptest.Text(a.Body))
		}
		if a := b.Page("/audit?action=account.own&kind=account"); strings.Contains(a.Body, "/history/unit/") || !strings.Contains(a.Body, "/history/account/1") {
			h.T.Errorf("narrowed to one's own account: %s", apptest.Text(a.Body))
		}
		if a := b.Page("/audit?kind=nonsense&action=%00"); !strings.Contains(a.Body, "没有符合条件的记录") {
			h.T.Errorf("narrowed to nothing: %s", apptest.Text(a.Body))
		}
		for i := range 60 {
			b.Must(http.StatusSeeOther, b.Post("/account/language", "lang", []string{"en", "zh"}[i%2]))
		}
		first := b.Page("/audit?action=account.own")
		i := strings.Index(first.Body, "/audit?action=account.own&amp;below=")
		if i < 0 {
			h.T.Fatalf("there is no second page: %s", apptest.Text(first.Body))
		}
		next, _, _ := strings.Cut(first.Body[i:], `"`)
		if a := b.Page(strings.ReplaceAll(next, "&amp;", "&")); strings.Contains(a.Body, "/history/unit/") || strings.Contains(a.Body, `href="/audit?action=account.own&amp;below=`) {
			h.T.Errorf("the second page: %s", apptest.Text(a.Body))
		}
	})
}

// A history names its thing, words what changed, and leads to the thing.
func TestHistoryIsWorded(t *testing.T) {
	h := apptest.SQLite(t)
	h.AddUnits("C1 - city 甲市")
	b := h.As("auditor", "auditor@C1")
	b.Must(http.StatusSeeOther, b.Post("/account/language", "lang", "en"))
	b.Lang = "zh"
	account := b.Get("/history/account/1")
	b.Must(http.StatusOK, account)
	if !strings.Contains(account.Body, "语言：") || strings.Contains(account.Body, `href="/accounts/1"`) {
		t.Errorf("the history of an account is not worded, or leads an auditor to a page that is not open to auditors: %s", apptest.Text(account.Body))
	}
	admin := h.As("admin", "admin@C1")
	if own := admin.Must(http.StatusOK, admin.Get("/history/account/1")); !strings.Contains(own.Body, `href="/accounts/1"`) {
		t.Errorf("the history of an account leads no administrator to it: %s", apptest.Text(own.Body))
	}
	unit := b.Get("/history/unit/1")
	for _, want := range []string{"历史记录：单位甲市", `href="/units/1"`, `href="/audit"`} {
		if !strings.Contains(unit.Body, want) {
			t.Errorf("the history of a unit does not say %q: %s", want, apptest.Text(unit.Body))
		}
	}
}

// Every page to which a history leads is a page.
func TestThingsHavePages(t *testing.T) {
	known := map[string]bool{}
	for _, r := range web.Routes() {
		if r.Method == http.MethodGet {
			base, _, _ := strings.Cut(r.Pattern, "{")
			known[base] = true
		}
	}
	for kind, base := range web.ThingPages() {
		if !known[base] {
			t.Errorf("%s leads to %s, which is no page", kind, base)
		}
	}
}

// The sheet with the checkpoint holds the signed text, for people and for machines, and is for readers of the log only.
func TestCheckpointSheet(t *testing.T) {
	h := apptest.SQLite(t)
	h.AddUnits("C1 - city 甲市")
	b := h.As("auditor", "auditor@C1")
	a := b.Page("/audit/checkpoint")
	for _, want := range []string{"plumbline/", "— plumbline/", "<path d=\"M4 4h7v1h-7z", "签名文本"} {
		if !strings.Contains(a.Body, want) {
			t.Errorf("the sheet has no %q: %s", want, apptest.Text(a.Body))
		}
	}
	staff := h.As("staff", "staff@C1")
	staff.Must(http.StatusForbidden, staff.Get("/audit/checkpoint"))
	if to := h.Nobody().Get("/audit/checkpoint").Location; to != "/signin?to="+url.QueryEscape("/audit/checkpoint") {
		t.Errorf("somebody without a session went to %q", to)
	}
}
