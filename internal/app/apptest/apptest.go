// Package apptest starts the whole program on a fresh database for a test, and speaks to it as a browser would.
package apptest

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"plumbline/internal/account"
	"plumbline/internal/app"
	"plumbline/internal/audit"
	"plumbline/internal/authz"
	"plumbline/internal/gate"
	"plumbline/internal/pack"
	"plumbline/internal/store"
	"plumbline/internal/store/storetest"
)

// House is the running program of one test.
type House struct {
	*app.App
	T     *testing.T
	Clock *storetest.Clock
	// Units by code, as AddUnits made them.
	Units map[string]authz.Unit
}

// Each runs the test on both databases, each with the default pack.
func Each(t *testing.T, test func(h *House)) {
	t.Helper()
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) { test(Open(t, db, clock, nil)) })
}

// SQLite starts the program on the embedded database alone, for tests of pages that hold no SQL of their own.
func SQLite(t *testing.T) *House {
	t.Helper()
	clock := storetest.NewClock()
	return Open(t, storetest.OpenSQLite(t, clock), clock, nil)
}

// SQLiteWith is SQLite with other settings.
func SQLiteWith(t *testing.T, set func(cfg *app.Config)) *House {
	t.Helper()
	clock := storetest.NewClock()
	return start(t, app.Config{DB: storetest.OpenSQLite(t, clock)}, clock, set)
}

// Open starts the program on a database; a nil pack is the default one.
func Open(t *testing.T, db *store.DB, clock *storetest.Clock, p *pack.Pack) *House {
	t.Helper()
	return start(t, app.Config{DB: db, Pack: p}, clock, func(*app.Config) {})
}

func start(t *testing.T, cfg app.Config, clock *storetest.Clock, set func(cfg *app.Config)) *House {
	t.Helper()
	cfg.Now, cfg.Log = clock.Now, slog.New(slog.NewTextHandler(testLog{t}, nil))
	set(&cfg)
	a, err := app.Open(context.Background(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	h := &House{App: a, T: t, Clock: clock, Units: map[string]authz.Unit{}}
	if err := a.Rooms.Accounts.MarkDemo(context.Background()); err != nil {
		t.Fatal(err)
	}
	return h
}

// testLog shows the program's own log beside the test.
type testLog struct{ t *testing.T }

func (l testLog) Write(b []byte) (int, error) {
	l.t.Log(strings.TrimSpace(string(b)))
	return len(b), nil
}

// AddUnits makes units, each given as "code parent kind name" with "-" for no parent, through the gate.
func (h *House) AddUnits(lines ...string) {
	h.T.Helper()
	ctx := context.Background()
	for _, line := range lines {
		f := strings.Fields(line)
		err := h.Gate.Do(ctx, authz.System(), authz.OrgEdit, gate.Subject{Kind: "unit"}, func(tx *store.Tx) (audit.Detail, error) {
			parent := h.Units[f[1]]
			id, err := tx.Insert(ctx, `INSERT INTO unit (code, parent_id, path, kind, name, name_en, from_date, to_date, since, successor_id, version)
				VALUES ($1, $2, '', $3, $4, $5, '', '', '', 0, 1) RETURNING id`, f[0], parent.ID, f[2], f[3], f[3])
			if err != nil {
				return audit.Detail{}, err
			}
			path := parent.Path
			if path == "" {
				path = "/"
			}
			u := authz.Unit{ID: id, Path: path + itoa(id) + "/"}
			h.Units[f[0]] = u
			_, err = tx.Exec(ctx, `UPDATE unit SET path = $2 WHERE id = $1`, id, u.Path)
			return audit.Detail{ID: id}, err
		})
		if err != nil {
			h.T.Fatal(err)
		}
	}
}

// AddPerson makes a person who holds a post of that kind at the unit from the date on, and gives the keys.
func (h *House) AddPerson(name, postKind, unit, from string) (person, post int64) {
	h.T.Helper()
	ctx := context.Background()
	err := h.Gate.Do(ctx, authz.System(), authz.OrgEdit, gate.Subject{Kind: "person"}, func(tx *store.Tx) (d audit.Detail, err error) {
		if person, err = tx.Insert(ctx, `INSERT INTO person (code, name, name_en, version) VALUES ($1, $1, $1, 1) RETURNING id`, name); err != nil {
			return d, err
		}
		if post, err = tx.Insert(ctx, `INSERT INTO post (unit_id, kind, title, title_en, from_date, to_date, version)
			VALUES ($1, $2, $2, $2, '', '', 1) RETURNING id`, h.Units[unit].ID, postKind); err != nil {
			return d, err
		}
		_, err = tx.Exec(ctx, `INSERT INTO tenure (post_id, person_id, from_date, to_date, version) VALUES ($1, $2, $3, '', 1)`, post, person, from)
		return audit.Detail{ID: person}, err
	})
	if err != nil {
		h.T.Fatal(err)
	}
	return person, post
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

// Actor makes an account with roles, each given as "role@unitcode", and gives it as an actor.
func (h *House) Actor(login string, person int64, roles ...string) authz.Actor {
	h.T.Helper()
	return h.account(login, person, roles).Actor()
}

func (h *House) account(login string, person int64, roles []string) account.Account {
	h.T.Helper()
	ctx := context.Background()
	n := account.NewAccount{Login: login, Name: login, Person: person, Lang: "zh"}
	for _, r := range roles {
		role, code, _ := strings.Cut(r, "@")
		u, ok := h.Units[code]
		if !ok && code != "" {
			h.T.Fatalf("no unit %q", code)
		}
		n.Grants = append(n.Grants, account.RoleAt{Role: role, Unit: u.ID})
	}
	id, _, err := h.Rooms.Accounts.Create(ctx, authz.System(), n)
	if err != nil {
		h.T.Fatal(err)
	}
	a, err := h.Rooms.Accounts.Account(ctx, authz.System(), id)
	if err != nil {
		h.T.Fatal(err)
	}
	return a
}

// Browser is one signed-in browser (or one that is not).
type Browser struct {
	h      *House
	Actor  authz.Actor
	Lang   string // "" leaves the account's
	cookie map[string]string
}

// Nobody is a browser without a session.
func (h *House) Nobody() *Browser { return &Browser{h: h, cookie: map[string]string{}} }

// As makes an account with roles ("role@unitcode") and signs it in.
func (h *House) As(login string, roles ...string) *Browser { return h.AsPerson(login, 0, roles...) }

// AsPerson is As for an account that belongs to a person.
func (h *House) AsPerson(login string, person int64, roles ...string) *Browser {
	h.T.Helper()
	ctx := context.Background()
	a := h.account(login, person, roles)
	link, err := h.Rooms.Accounts.DemoLink(ctx, a.ID)
	if err != nil {
		h.T.Fatal(err)
	}
	token, _, err := h.Rooms.Accounts.DemoSignIn(ctx, link, account.From{})
	if err != nil {
		h.T.Fatal(err)
	}
	b := h.Nobody()
	b.Actor = a.Actor()
	b.cookie["plumbline_session"] = token
	return b
}

// Again signs the same account in anew, after the test's clock has jumped past the end of its session.
func (b *Browser) Again() {
	b.h.T.Helper()
	ctx := context.Background()
	link, err := b.h.Rooms.Accounts.DemoLink(ctx, b.Actor.Account)
	if err != nil {
		b.h.T.Fatal(err)
	}
	token, _, err := b.h.Rooms.Accounts.DemoSignIn(ctx, link, account.From{})
	if err != nil {
		b.h.T.Fatal(err)
	}
	b.cookie["plumbline_session"] = token
}

// Answer is what came back.
type Answer struct {
	Status   int
	Body     string
	Location string
	Header   http.Header
}

// Get fetches a page in the browser's language.
func (b *Browser) Get(path string) Answer { return b.do(httptest.NewRequest("GET", path, nil)) }

// GetWith is Get with more headers.
func (b *Browser) GetWith(path string, headers map[string]string) Answer {
	r := httptest.NewRequest("GET", path, nil)
	for name, value := range headers {
		r.Header.Set(name, value)
	}
	return b.do(r)
}

// Post sends a form given as name, value, name, value …
func (b *Browser) Post(path string, pairs ...string) Answer {
	form := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	r := httptest.NewRequest("POST", path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return b.do(r)
}

// Autosave posts a form as the page does by itself while somebody writes.
func (b *Browser) Autosave(path string, pairs ...string) Answer {
	form := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	r := httptest.NewRequest("POST", path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("X-Autosave", "1")
	return b.do(r)
}

// PostWith is Post with more headers.
func (b *Browser) PostWith(path string, headers map[string]string, pairs ...string) Answer {
	form := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	r := httptest.NewRequest("POST", path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for name, value := range headers {
		r.Header.Set(name, value)
	}
	return b.do(r)
}

// Send sends a body of another kind, a form with files for instance.
func (b *Browser) Send(path, contentType string, body io.Reader) Answer {
	r := httptest.NewRequest("POST", path, body)
	r.Header.Set("Content-Type", contentType)
	return b.do(r)
}

func (b *Browser) do(r *http.Request) Answer {
	b.h.T.Helper()
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	for name, value := range b.cookie {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	if b.Lang != "" {
		r.AddCookie(&http.Cookie{Name: "plumbline_lang", Value: b.Lang})
	}
	w := httptest.NewRecorder()
	b.h.Web.Handler().ServeHTTP(w, r)
	res := w.Result()
	for _, c := range res.Cookies() {
		if c.MaxAge < 0 {
			delete(b.cookie, c.Name)
		} else {
			b.cookie[c.Name] = c.Value
		}
	}
	a := Answer{Status: res.StatusCode, Body: w.Body.String(), Location: res.Header.Get("Location"), Header: res.Header}
	if strings.Contains(a.Body, "⟦") {
		b.h.T.Errorf("%s %s: a key without words: %s", r.Method, r.URL.Path, around(a.Body, "⟦"))
	}
	if a.Status >= 500 && a.Status != http.StatusServiceUnavailable {
		b.h.T.Errorf("%s %s: status %d", r.Method, r.URL.Path, a.Status)
	}
	return a
}

// Page fetches a page in both languages, fails the test unless both come with status 200, and gives the Chinese one.
func (b *Browser) Page(path string) Answer {
	b.h.T.Helper()
	lang := b.Lang
	var zh Answer
	for _, l := range []string{"en", "zh"} {
		b.Lang = l
		zh = b.Get(path)
		if zh.Status != http.StatusOK {
			b.h.T.Fatalf("GET %s in %s: status %d: %s", path, l, zh.Status, Text(zh.Body))
		}
	}
	b.Lang = lang
	return zh
}

// Must fails the test unless the answer has the status, and gives the answer.
func (b *Browser) Must(status int, a Answer) Answer {
	b.h.T.Helper()
	if a.Status != status {
		b.h.T.Fatalf("status %d instead of %d: %s", a.Status, status, Text(a.Body))
	}
	return a
}

var tags = regexp.MustCompile(`(?s)<(script|style|head)\b.*?</(script|style|head)>|<[^>]*>`)
var space = regexp.MustCompile(`\s+`)

// Text is what a reader sees of a page, roughly.
func Text(body string) string {
	s := space.ReplaceAllString(tags.ReplaceAllString(body, " "), " ")
	if len(s) > 3000 {
		s = s[:3000]
	}
	return s
}

func around(s, mark string) string {
	i := strings.Index(s, mark)
	return s[max(0, i-60):min(len(s), i+60)]
}
