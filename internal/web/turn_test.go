package web_test

import (
	"strings"
	"testing"

	"plumbline/internal/app/apptest"
)

// The language button of an answered form answers the same form again, and never does what the form asks for.
func TestALanguageButtonLosesNothingAndDoesNothing(t *testing.T) {
	apptest.Each(t, func(h *apptest.House) {
		h.AddUnits("C1 - city 甲市")
		count := func() (n int) {
			if err := h.DB.QueryRow(t.Context(), `SELECT COUNT(*) FROM unit`).Scan(&n); err != nil {
				t.Fatal(err)
			}
			return n
		}
		b := h.As("keeper", "admin@C1")
		b.Lang = ""
		form := []string{"_once", "one-token", "name", "一个还没有编码的单位", "kind", "county", "code", "", "from", "2022-01-01"}
		refused := b.Must(422, b.Post("/units/new?parent=1", form...))
		for _, part := range []string{`class="lang" method="post" action="/units/new?parent=1"`, `<input type="hidden" name="f.name" value="一个还没有编码的单位">`, `name="_lang"`} {
			if !strings.Contains(refused.Body, part) {
				t.Errorf("the language button does not carry %s", part)
			}
		}
		for lang, says := range map[string]string{"en": "New unit", "zh": "设立单位"} {
			again := b.Must(422, b.Post("/units/new?parent=1", turned(lang, form)...))
			if text := apptest.Text(again.Body); !strings.Contains(text, says) || !strings.Contains(again.Body, `value="一个还没有编码的单位"`) {
				t.Errorf("in %s:\n%s", lang, text)
			}
		}
		form[7] = "K7"
		held := b.Must(200, b.Post("/units/new?parent=1", turned("en", form)...))
		if n := count(); n != 1 {
			t.Fatalf("a language button made %d units", n-1)
		}
		if !strings.Contains(apptest.Text(held.Body), "can be sent now") || !strings.Contains(held.Body, `action="/units/new?parent=1"`) {
			t.Errorf("a form that can be taken by now is not offered:\n%s", apptest.Text(held.Body))
		}
		b.Must(303, b.Post("/units/new?parent=1", form...)) // its token is not spent
		b.Must(409, b.Post("/units/new?parent=1", form...))
		repeated := b.Must(409, b.Post("/units/new?parent=1", turned("zh", form)...))
		if count() != 2 || !strings.Contains(apptest.Text(repeated.Body), "已") {
			t.Errorf("%d units; said:\n%s", count()-1, apptest.Text(repeated.Body))
		}
	})
}

// turned is what the language button sends of a form.
func turned(lang string, form []string) []string {
	out := []string{"_lang", lang}
	for i := 0; i < len(form); i += 2 {
		out = append(out, "f."+form[i], form[i+1])
	}
	return out
}

// A form whose session has ended keeps what was typed through the other language, the sign-in and a wrong password.
func TestALanguageButtonOnTheWayThroughSigningIn(t *testing.T) {
	h := apptest.SQLite(t)
	h.AddUnits("C1 - city 甲市")
	b := h.Nobody()
	const typed = "这一段文字必须保留到重新登录以后"
	first := b.Must(401, b.Post("/filters", turned("en", []string{"name", typed})...))
	if !strings.Contains(first.Body, `name="f.name" value="`+typed+`"`) || !strings.Contains(apptest.Text(first.Body), "Sign in") {
		t.Errorf("the form is lost at the door:\n%s", apptest.Text(first.Body))
	}
	for lang, says := range map[string]string{"zh": "登录", "en": "Sign in"} {
		again := b.Must(200, b.Post("/signin", turned(lang, []string{"login", "keeper", "resume", "/filters", "f.name", typed})...))
		if !strings.Contains(again.Body, `name="f.name" value="`+typed+`"`) || !strings.Contains(again.Body, `value="keeper"`) || !strings.Contains(apptest.Text(again.Body), says) {
			t.Errorf("in %s the form is lost:\n%s", lang, apptest.Text(again.Body))
		}
	}
}
