package app_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"plumbline/internal/app"
	"plumbline/internal/app/apptest"
	"plumbline/internal/web"
)

// No address and no value that a browser can send breaks a page: there is an answer below 500 everywhere, on both
// databases, for somebody who may do everything.
func TestHostileValues(t *testing.T) {
	apptest.Each(t, func(h *apptest.House) {
		h.AddUnits("C1 - city 甲市", "K1 C1 county 乙县")
		var roles []string
		for _, r := range h.Pack.Roles {
			roles = append(roles, r.ID+"@C1")
		}
		b := h.As("everybody", roles...)
		hostile := []string{"%00", "%ff", "9223372036854775808", "9223372036854775807", "-1", "1'--", "1%20OR%201=1", "%E5%85%9A"}
		for _, r := range web.Routes() {
			if r.Method != http.MethodGet || r.Pattern == "/{$}" {
				continue
			}
			for _, v := range hostile {
				path := pathValue.ReplaceAllString(r.Pattern, v)
				b.Get(path)
				if path == r.Pattern {
					break
				}
			}
			path := pathValue.ReplaceAllString(r.Pattern, "1")
			for _, v := range hostile {
				b.Get(path + "?" + everyName(v))
			}
		}
	})
}

// everyName gives one value to every name of a query that pages read.
func everyName(value string) string {
	var parts []string
	for _, name := range []string{"q", "kind", "action", "below", "unit", "page", "sort", "state", "cycle", "year", "from", "to", "date", "at", "a", "b", "month", "type", "lang", "part", "class", "reporter", "post", "person", "parent"} {
		parts = append(parts, name+"="+value)
	}
	return strings.Join(parts, "&")
}

func TestFormsHaveLimits(t *testing.T) {
	h := apptest.SQLite(t)
	h.AddUnits("C1 - city 甲市")
	b := h.As("auditor", "auditor@C1")
	for lang, want := range map[string]string{"zh": "表单过大或传输中断", "en": "too large or was cut off"} {
		b.Lang = lang
		a := b.Must(http.StatusRequestEntityTooLarge, b.Post("/account/language", "lang", lang, "note", strings.Repeat("x", web.FormLimit)))
		if !strings.Contains(a.Body, want) {
			t.Errorf("%s: %s", lang, apptest.Text(a.Body))
		}
	}
	b.Must(http.StatusSeeOther, b.Post("/account/language", "lang", "zh", "note", strings.Repeat("x", 1<<20)))
	if a := b.Post("/account/language", "lang", "zh\x00", "_once", "a\x00\xff"); a.Status != http.StatusSeeOther {
		t.Errorf("a zero byte: %d", a.Status)
	}
}

// Clients that send slowly, or far too much, are let go; others are served meanwhile.
func TestSlowAndGreedyClients(t *testing.T) {
	a, err := app.Open(context.Background(), app.Config{Data: t.TempDir(), Addr: "127.0.0.1:0", Patience: 2 * time.Second,
		Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	u, err := url.Parse(a.URL())
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"head that never ends": "GET / HTTP/1.1\r\nHost: x\r\nX-A: ",
		"form that never ends": "POST /signin HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000\r\n\r\nlogin=",
		"head of a megabyte":   "GET / HTTP/1.1\r\nHost: x\r\nX-A: " + strings.Repeat("a", 1<<20) + "\r\n\r\n",
	} {
		conn, err := net.Dial("tcp", u.Host)
		if err != nil {
			t.Fatal(err)
		}
		_ = conn.SetDeadline(time.Now().Add(20 * time.Second))
		_, _ = conn.Write([]byte(text))
		answer := make(chan string, 1)
		go func() {
			said, _ := io.ReadAll(conn)
			answer <- string(said)
		}()
		res, err := http.Get(a.URL() + "/healthz")
		if err != nil || res.StatusCode != http.StatusOK {
			t.Errorf("%s: others are not served: %v", name, err)
		} else {
			_ = res.Body.Close()
		}
		select {
		case said := <-answer:
			line, _ := bufio.NewReader(strings.NewReader(said)).ReadString('\n')
			if strings.Contains(line, " 200 ") || strings.Contains(line, " 303 ") || strings.Contains(line, " 500 ") {
				t.Errorf("%s was answered %q", name, line)
			}
		case <-time.After(15 * time.Second):
			t.Errorf("%s was never let go", name)
		}
		_ = conn.Close()
	}
}

// What a proxy says of the way decides whether cookies are marked Secure, and nothing else.
func TestForwardedProto(t *testing.T) {
	h := apptest.SQLite(t)
	for _, proto := range []string{"", "https", "http", "https, http", "javascript"} {
		b := h.Nobody()
		a := b.PostWith("/lang", map[string]string{"X-Forwarded-Proto": proto, "X-Forwarded-Host": "evil.example"}, "lang", "en", "back", "/signin")
		if a.Location != "/signin" || a.Status != http.StatusSeeOther {
			t.Errorf("%q: %d to %q", proto, a.Status, a.Location)
		}
		cookie := a.Header.Get("Set-Cookie")
		if got := strings.Contains(cookie, "; Secure"); got != (proto == "https") {
			t.Errorf("%q gives %s", proto, cookie)
		}
		if fmt.Sprint(a.Header) == "" || strings.Contains(fmt.Sprint(a.Header)+a.Body, "evil.example") {
			t.Errorf("%q: another host's name got into the answer", proto)
		}
	}
}
