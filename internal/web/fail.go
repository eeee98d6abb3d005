package web

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"runtime/debug"
	"sort"

	"plumbline/internal/fault"
	"plumbline/internal/gate"
	"plumbline/internal/web/ui"
)

// FaultPage says what is wrong and what to do. Kept holds what was typed in a form that could not be taken.
type FaultPage struct {
	Page
	Notice ui.Notice
	Errors []string
	Kept   []ui.Fact
	Stale  *ui.Stale
	Back   ui.Button
}

var statusOf = map[fault.Kind]int{
	fault.Invalid: http.StatusUnprocessableEntity, fault.NotFound: http.StatusNotFound, fault.Stale: http.StatusConflict,
	fault.Repeated: http.StatusConflict, fault.Forbidden: http.StatusForbidden, fault.SignIn: http.StatusUnauthorized,
	fault.TooLarge: http.StatusRequestEntityTooLarge, fault.Unavailable: http.StatusServiceUnavailable, fault.TooOften: http.StatusTooManyRequests,
}

// fail turns an error into a page: the one place where a fault meets HTTP.
func (s *Server) fail(c *Ctx, err error) {
	if errors.Is(err, gate.ErrHeld) { // the form can be taken by now: its reader sends it, not the language button
		if err = c.sendNow(); err == nil {
			return
		}
	}
	f := fault.As(err)
	if f == nil {
		s.Log.Error("a request failed", "method", c.R.Method, "route", c.R.Pattern, "error", err)
		f = fault.New(0, "fault.internal")
	}
	if f.Kind == fault.SignIn && s.askToSignIn(c) {
		return
	}
	status, ok := statusOf[f.Kind]
	if !ok {
		status = http.StatusInternalServerError
	}
	p := &FaultPage{Notice: ui.Notice{Kind: "error", Text: c.T(f.Key, f.Args...)}}
	if f.Kind == fault.Repeated {
		p.Notice.Kind = "info"
	}
	p.Title = c.T(fmt.Sprintf("fault.title.%d", status))
	for _, field := range f.Fields {
		p.Errors = append(p.Errors, c.T(field.Key, field.Args...))
	}
	p.Stale, _ = f.Current.(*ui.Stale)
	p.Back = ui.Button{Text: c.T("fault.back"), Href: Local(refererPath(c.R)), Kind: "primary"}
	if c.R.Method == http.MethodPost && p.Stale == nil && f.Kind != fault.Repeated {
		p.Kept = kept(c.R.PostForm)
	}
	if !c.Actor.SignedIn() {
		p.Kind = ui.KindAuth
	}
	if rerr := c.RenderStatus(status, "fault", p); rerr != nil {
		s.Log.Error("the page of a fault can't be drawn", "error", rerr)
		http.Error(c.W, c.T(f.Key, f.Args...), status)
	}
}

// kept lists what was typed, so that a refused form loses nothing. Secrets and the form's own tokens are left out.
func kept(form url.Values) []ui.Fact {
	var names []string
	for name := range form {
		if name != "" && name[0] != '_' && !secretField(name) && name != "version" && len([]rune(form.Get(name))) > 20 {
			names = append(names, name)
		}
	}
	sort.Strings(names)
	var out []ui.Fact
	for _, name := range names {
		out = append(out, ui.Fact{Term: name, Text: form.Get(name)})
	}
	return out
}

func (s *Server) panicked(c *Ctx, p any) {
	if p == http.ErrAbortHandler {
		panic(p)
	}
	s.Log.Error("a handler panicked", "route", c.R.Pattern, "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
	s.fail(c, fmt.Errorf("panic: %v", p))
}

// askToSignIn sends a reader to the sign-in page and back; a form that was posted is carried along by the sign-in page
// (see signin.go).
func (s *Server) askToSignIn(c *Ctx) bool {
	if c.R.Method != http.MethodGet {
		return s.signInAndResume(c)
	}
	if c.R.Header.Get("X-Quiet") != "" { // a screen in a hall never turns into a form
		c.W.WriteHeader(http.StatusUnauthorized)
		return true
	}
	if c.HX() {
		c.W.Header().Set("HX-Redirect", "/signin?to="+url.QueryEscape(hxPath(c.R)))
		c.W.WriteHeader(http.StatusUnauthorized)
		return true
	}
	to := "/signin"
	if c.R.URL.Path != "/" {
		to += "?to=" + url.QueryEscape(c.R.URL.RequestURI())
	}
	http.Redirect(c.W, c.R, to, http.StatusSeeOther)
	return true
}
