package web

import (
	"crypto/rand"
	"encoding/hex"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"plumbline/internal/authz"
	"plumbline/internal/fault"
	"plumbline/internal/gate"
	"plumbline/internal/wording"
)

// FormLimit is how much a form without files may hold, in bytes. A handler that takes files reads R.Body itself
// through MultipartReader with its own limit; its route says so by a pattern that ends in "/files" or "/import".
const FormLimit = 4 << 20

// Ctx is one request on its way through: who asks, in which language, and the answer.
type Ctx struct {
	W     http.ResponseWriter
	R     *http.Request
	Actor authz.Actor
	Lang  string
	srv   *Server
	// posted is the form, where it can be posted again as texts alone; turned says that it was, for the sake of
	// the language (turn.go).
	posted url.Values
	turned bool
}

const (
	sessionCookie = "plumbline_session"
	langCookie    = "plumbline_lang"
	flashCookie   = "plumbline_flash"
)

// context finds language and, where a session cookie came, the actor.
func (s *Server) context(w http.ResponseWriter, r *http.Request) *Ctx {
	c := &Ctx{W: w, R: r, srv: s, Lang: wording.Pick(r.Header.Get("Accept-Language"))}
	if cookie, err := r.Cookie(sessionCookie); err == nil && s.Rooms.Who != nil {
		if actor, err := s.Rooms.Who(r.Context(), cookie.Value); err == nil {
			c.Actor = actor
		} else if fault.KindOf(err) != fault.SignIn {
			s.Log.Error("the session can't be read", "error", err)
		}
	}
	if c.Actor.Lang != "" {
		c.Lang = c.Actor.Lang
	}
	if cookie, err := r.Cookie(langCookie); err == nil && (cookie.Value == "zh" || cookie.Value == "en") {
		c.Lang = cookie.Value
	}
	return c
}

// adapt makes a handler of a route: who comes, the form's limit, its once token, and faults as pages.
func (s *Server) adapt(route Route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c := s.context(w, r)
		defer func() {
			if p := recover(); p != nil {
				s.panicked(c, p)
			}
		}()
		if err := c.readForm(); err != nil {
			s.fail(c, err)
			return
		}
		if err := route.Access.check(s.Gate.Policy(), c.Actor); err != nil {
			s.fail(c, err)
			return
		}
		if err := route.Handler(s, c); err != nil {
			s.fail(c, err)
		}
	})
}

func (c *Ctx) readForm() error {
	if !keepable(c.R.URL.Path) {
		return fault.Missing()
	}
	post := c.R.Method == http.MethodPost
	c.limitTime()
	if post && strings.HasPrefix(c.R.Header.Get("Content-Type"), "multipart/") {
		return nil
	}
	if post {
		c.R.Body = http.MaxBytesReader(c.W, c.R.Body, FormLimit)
	}
	if err := c.R.ParseForm(); err != nil && post {
		return fault.New(fault.TooLarge, "fault.form")
	}
	clean(c.R.Form)
	clean(c.R.PostForm)
	if post {
		c.posted = c.R.PostForm
		if err := c.turn(); err != nil {
			return err
		}
	}
	c.UseOnce(c.R.PostForm.Get("_once"))
	return nil
}

// limitTime ends the connection of a client that sends so slowly that it only holds it. Recorders of tests have none.
func (c *Ctx) limitTime() {
	if c.srv.Patience == 0 || c.R.Method != http.MethodPost {
		return
	}
	limit := c.srv.Patience
	if strings.HasPrefix(c.R.Header.Get("Content-Type"), "multipart/") {
		limit *= 20
	}
	_ = http.NewResponseController(c.W).SetReadDeadline(time.Now().Add(limit))
}

// keepable says whether a text can stand in every database: UTF-8 without a zero byte.
func keepable(s string) bool { return utf8.ValidString(s) && !strings.Contains(s, "\x00") }

// clean takes out of a form what no keyboard types and PostgreSQL does not keep.
func clean(form url.Values) {
	for _, values := range form {
		for i, v := range values {
			if !keepable(v) {
				values[i] = strings.ReplaceAll(strings.ToValidUTF8(v, "\ufffd"), "\x00", "")
			}
		}
	}
}

// UseOnce lets the request's first write count only once for this token. Forms with files call it themselves.
func (c *Ctx) UseOnce(token string) { c.R = c.R.WithContext(gate.Once(c.R.Context(), token)) }

// T words a key in the reader's language.
func (c *Ctx) T(key string, args ...any) string { return c.srv.Words.T(c.Lang, key, args...) }

// Value is a form or query value without surrounding space.
func (c *Ctx) Value(name string) string { return strings.TrimSpace(c.R.FormValue(name)) }

// Values are all values of a form field.
func (c *Ctx) Values(name string) []string { return c.R.Form[name] }

// ID is a key in the address; NotFound where it is none.
func (c *Ctx) ID(name string) (int64, error) {
	id, err := strconv.ParseInt(c.R.PathValue(name), 10, 64)
	if err != nil || id <= 0 {
		return 0, fault.Missing()
	}
	return id, nil
}

// Int is a whole number from the form, or the given value where there is none.
func (c *Ctx) Int(name string, otherwise int64) int64 {
	n, err := strconv.ParseInt(c.Value(name), 10, 64)
	if err != nil {
		return otherwise
	}
	return n
}

// Today is the organisation's date, YYYY-MM-DD.
func (c *Ctx) Today() string { return c.srv.Now().In(c.srv.Zone).Format(time.DateOnly) }

// May says whether the actor may do act at the unit; pages show only what can be done.
func (c *Ctx) May(act authz.Action, at authz.Unit) bool {
	return c.srv.Gate.Policy().Allows(c.Actor, act, at)
}

// MayAnywhere says whether the actor may do act at some unit.
func (c *Ctx) MayAnywhere(act authz.Action) bool { return c.srv.Gate.Policy().Anywhere(c.Actor, act) }

// Scope is what the actor may read by act.
func (c *Ctx) Scope(act authz.Action) authz.Scope { return c.srv.Gate.Policy().Scope(c.Actor, act) }

// Go sends the browser on after a POST that was carried out; flash, a wording key or "", is said on the next page.
func (c *Ctx) Go(to, flash string) error {
	if flash != "" && !c.turned {
		c.cookie(flashCookie, flash, 60)
	}
	http.Redirect(c.W, c.R, to, http.StatusSeeOther)
	return nil
}

// Local makes sure that an address to go back to is one of ours.
func Local(to string) string {
	u, err := url.Parse(to)
	if err != nil || u.IsAbs() || u.Host != "" || !strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//") || strings.Contains(to, "\\") {
		return "/"
	}
	return to
}

func (c *Ctx) cookie(name, value string, seconds int) {
	http.SetCookie(c.W, &http.Cookie{Name: name, Value: value, Path: "/", MaxAge: seconds, HttpOnly: true,
		SameSite: http.SameSiteLaxMode, Secure: c.R.TLS != nil || c.R.Header.Get("X-Forwarded-Proto") == "https"})
}

// SetSession keeps a session's token with the browser; "" forgets it.
func (c *Ctx) SetSession(token string) {
	if token == "" {
		c.cookie(sessionCookie, "", -1)
		return
	}
	c.cookie(sessionCookie, token, 0)
}

// SessionToken is the token that the browser sent.
func (c *Ctx) SessionToken() string {
	if cookie, err := c.R.Cookie(sessionCookie); err == nil {
		return cookie.Value
	}
	return ""
}

// takeFlash reads and forgets what the last page left to say.
func (c *Ctx) takeFlash() string {
	cookie, err := c.R.Cookie(flashCookie)
	if err != nil || !c.srv.Words.Has(cookie.Value) {
		return ""
	}
	c.cookie(flashCookie, "", -1)
	return c.T(cookie.Value)
}

func newToken() string {
	b := make([]byte, 16)
	_, _ = rand.Read(b)
	return hex.EncodeToString(b)
}

// HX says whether htmx asks for a fragment.
func (c *Ctx) HX() bool { return c.R.Header.Get("HX-Request") == "true" }
