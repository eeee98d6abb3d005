package browser

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	chromelog "github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// patience is how long a page may take.
const patience = 20 * time.Second

// Tab is one person's window. Every method fails the test when it can't do what it is asked; whatever the page
// complains of (an error in the console, an uncaught exception, a broken rule of the content security policy, an
// answer of 5xx, a missing asset) fails the test too.
type Tab struct {
	T    *testing.T
	site *Site
	ctx  context.Context

	mu         sync.Mutex
	complaints []string
	size       string
}

// Nobody gives a tab without a session, wide, in the browser's own language, English.
func (s *Site) Nobody() *Tab {
	s.T.Helper()
	process.once.Do(start)
	if process.err != nil {
		s.T.Fatalf("the tests need Chromium; install it or run make test: %v", process.err)
	}
	ctx, stop := chromedp.NewContext(process.ctx, chromedp.WithNewBrowserContext())
	b := &Tab{T: s.T, site: s, ctx: ctx}
	s.T.Cleanup(func() { b.quiet(); stop() })
	// The context of the first step is the tab's life, so that it can't carry a limit.
	if err := chromedp.Do(ctx, chromedp.Navigate("about:blank")); err != nil {
		s.T.Fatal(err)
	}
	if err := chromedp.Listen(ctx, b.hear); err != nil {
		s.T.Fatal(err)
	}
	_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-reduced-motion", Value: "reduce"}}})
	if err != nil {
		s.T.Fatal(err)
	}
	b.Wide()
	return b
}

// hear gathers complaints. An answer of 4xx to the page itself is an answer: the test looks at what it says.
func (b *Tab) hear(event any) {
	switch e := event.(type) {
	case *runtime.EventExceptionThrown:
		said := e.ExceptionDetails.Text
		if e.ExceptionDetails.Exception != nil {
			said += " " + e.ExceptionDetails.Exception.Description
		}
		b.complain("exception: " + said)
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.ConsoleAPICalledTypeError || e.Type == runtime.ConsoleAPICalledTypeAssert {
			var said []string
			for _, a := range e.Args {
				said = append(said, string(a.Value)+a.Description)
			}
			b.complain("console: " + strings.Join(said, " "))
		}
	case *chromelog.EventEntryAdded:
		if e.Entry.Level == chromelog.EntryLevelError && e.Entry.Source != chromelog.EntrySourceNetwork {
			b.complain(string(e.Entry.Source) + ": " + e.Entry.Text)
		}
	case *network.EventResponseReceived:
		page := e.Type == network.ResourceTypeDocument || e.Type == network.ResourceTypeXHR || e.Type == network.ResourceTypeFetch
		if s := e.Response.Status; s >= 500 || s >= 400 && !page {
			b.complain(fmt.Sprintf("status %d of %s", s, e.Response.URL))
		}
	case *network.EventLoadingFailed:
		if !e.Canceled && e.ErrorText != "net::ERR_ABORTED" {
			b.complain("not loaded: " + e.ErrorText + " " + string(e.BlockedReason))
		}
	}
}

func (b *Tab) complain(said string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.complaints = append(b.complaints, said)
}

// quiet fails the test for every complaint so far.
func (b *Tab) quiet() {
	b.T.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, said := range b.complaints {
		b.T.Errorf("at %s: %s", b.size, said)
	}
	b.complaints = nil
}

func (b *Tab) do(steps ...chromedp.Action[chromedp.Void]) {
	b.T.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		b.T.Fatal(err)
	}
}

// Visit opens a page of the program.
func (b *Tab) Visit(path string) {
	b.T.Helper()
	b.do(chromedp.Navigate(b.site.URL() + path))
	b.Until(`document.readyState === 'complete'`)
	b.quiet()
}

// At is the path and query of the page that is open.
func (b *Tab) At() string {
	u, err := url.Parse(Eval[string](b, `location.href`))
	if err != nil {
		b.T.Fatal(err)
	}
	return u.RequestURI()
}

// Text is what a reader sees of the page, without what is folded away.
func (b *Tab) Text() string { return Eval[string](b, `document.body.innerText`) }

// Says fails the test unless the page shows all the texts.
func (b *Tab) Says(texts ...string) {
	b.T.Helper()
	seen := b.Text()
	for _, text := range texts {
		if !strings.Contains(seen, text) {
			b.T.Errorf("%s does not say %q:\n%s", b.At(), text, seen)
		}
	}
}

// Eval works out an expression of JavaScript in the page; a promise is waited for.
func Eval[R any](b *Tab, expression string) R {
	b.T.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[R](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		b.T.Fatalf("%s: %v", expression, err)
	}
	return v
}

// Until waits until an expression of JavaScript is true, also while pages change.
func (b *Tab) Until(condition string) {
	b.T.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	beat := time.NewTicker(15 * time.Millisecond)
	defer beat.Stop()
	for {
		ok, err := chromedp.Run(ctx, chromedp.Evaluate[bool](`!!(`+condition+`)`))
		if err == nil && ok {
			return
		}
		select {
		case <-ctx.Done():
			b.T.Fatalf("waited in vain for %s (%v)", condition, err)
		case <-beat.C:
		}
	}
}

// Fill puts a value into the field of that name, as typing would.
func (b *Tab) Fill(name, value string) {
	b.T.Helper()
	if !Eval[bool](b, `(() => { const el = document.querySelector('main [name=`+quote(name)+`], [name=`+quote(name)+`]'); if (!el) return false; el.value = `+
		quote(value)+`; el.dispatchEvent(new Event('input', {bubbles: true})); el.dispatchEvent(new Event('change', {bubbles: true})); return true; })()`) {
		b.T.Fatalf("%s has no field %q", b.At(), name)
	}
}

// Tick puts a mark into the box, or chooses the button, of that name and value.
func (b *Tab) Tick(name, value string) {
	b.T.Helper()
	b.Tap(`input[name=` + quote(name) + `][value=` + quote(value) + `]`)
}

// Tap clicks what the selector finds and stays on the page.
func (b *Tab) Tap(selector string) {
	b.T.Helper()
	if !Eval[bool](b, `(() => { const el = document.querySelector(`+quote(selector)+`); if (el) el.click(); return !!el; })()`) {
		b.T.Fatalf("%s has nothing that is %s", b.At(), selector)
	}
	b.quiet()
}

// Keys presses keys one after another, "\t" and "\r" among them, and stays on the page.
func (b *Tab) Keys(keys string) {
	b.T.Helper()
	b.do(chromedp.KeyEvent(keys))
	b.quiet()
}

// Enter presses the Enter key and waits for the page to which it leads.
func (b *Tab) Enter() {
	b.T.Helper()
	Eval[bool](b, `window.leftBehind = true`)
	b.Keys("\r")
	b.Until(`!window.leftBehind && document.readyState === 'complete'`)
	b.quiet()
}

// Press clicks the link or button with that text, in the main part of the page if it stands there, and waits for the
// page to which it leads.
func (b *Tab) Press(text string) {
	b.T.Helper()
	b.leave(`[...document.querySelectorAll('main a, main button, a, button')].find(el => el.textContent.trim() === `+quote(text)+` || el.getAttribute('aria-label') === `+quote(text)+`)`, text)
}

// Follow clicks what the selector finds and waits for the page to which it leads.
func (b *Tab) Follow(selector string) {
	b.T.Helper()
	b.leave(`document.querySelector(`+quote(selector)+`)`, selector)
}

// leave marks the page that is open, clicks, and waits until another one has come.
func (b *Tab) leave(finder, what string) {
	b.T.Helper()
	if !Eval[bool](b, `(() => { const el = `+finder+`; if (!el) return false; window.leftBehind = true; el.click(); return true; })()`) {
		b.T.Fatalf("%s has nothing to press that is %q:\n%s", b.At(), what, b.Text())
	}
	b.Until(`!window.leftBehind && document.readyState === 'complete'`)
	b.quiet()
}

// EndSession takes the session away from the browser; the open page knows nothing of it.
func (b *Tab) EndSession() {
	b.T.Helper()
	_, err := chromedp.Call(b.ctx, network.DeleteCookies, network.DeleteCookiesParams{Name: "plumbline_session", URL: b.site.URL()})
	if err != nil {
		b.T.Fatal(err)
	}
}

// Scripts turns the scripts of pages off, as some offices do, and on again, which Axe needs.
func (b *Tab) Scripts(on bool) {
	b.T.Helper()
	_, err := chromedp.Call(b.ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !on})
	if err != nil {
		b.T.Fatal(err)
	}
}

// Lang switches the language by the cookie that the language link sets.
func (b *Tab) Lang(lang string) {
	b.T.Helper()
	_, err := chromedp.Call(b.ctx, network.SetCookie, network.SetCookieParams{Name: "plumbline_lang", Value: lang, URL: b.site.URL()})
	if err != nil {
		b.T.Fatal(err)
	}
}

func quote(s string) string {
	b, _ := json.Marshal(s)
	return string(b)
}
