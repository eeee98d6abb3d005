package gallery

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// browser opens one Chromium for a test and serves the gallery to it.
func browser(t *testing.T) (ctx context.Context, address string) {
	t.Helper()
	h, err := Handler()
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("hide-scrollbars", true))
	alloc, stop := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(stop)
	ctx, cancel := chromedp.NewContext(alloc)
	t.Cleanup(cancel)
	do(t, ctx, chromedp.Navigate("about:blank"))
	return ctx, server.URL
}

func do(t *testing.T, ctx context.Context, steps ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	if err := chromedp.Do(ctx, steps...); err != nil {
		t.Fatal(err)
	}
}

func eval[T any](t *testing.T, ctx context.Context, script string) T {
	t.Helper()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](script, chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatalf("%s: %v", script, err)
	}
	return v
}

// until waits in the page for a condition, ten seconds at most.
func until(t *testing.T, ctx context.Context, condition string) {
	t.Helper()
	script := fmt.Sprintf(`new Promise(done => { const end = Date.now() + 10000; const look = () => (%s) ? done(true) : Date.now() > end ? done(false) : setTimeout(look, 50); look(); })`, condition)
	if !eval[bool](t, ctx, script) {
		t.Fatalf("waited in vain for %s", condition)
	}
}

// look sets the screen: width, height and colour scheme.
func look(t *testing.T, ctx context.Context, width, height int64, scheme, media string) {
	t.Helper()
	steps := chromedp.EmulateViewport(width, height)
	if width < 500 {
		steps = chromedp.EmulateViewport(width, height, chromedp.EmulateMobile, chromedp.EmulateTouch)
	}
	do(t, ctx, steps)
	_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: media,
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"}}})
	if err != nil {
		t.Fatal(err)
	}
}

// No page has an accessibility violation that axe can find, scrolls sideways, or
// complains in the console: in both languages, schemes and widths.
func TestAccessible(t *testing.T) {
	axe, err := os.ReadFile("../testdata/axe.min.js")
	if err != nil {
		t.Fatal(err)
	}
	ctx, address := browser(t)
	var complaints []string
	listen, stop := context.WithCancel(ctx)
	messages := chromedp.Console(listen)
	heard := make(chan struct{})
	go func() {
		defer close(heard)
		for m, err := range messages {
			if err != nil {
				return
			}
			if m.IsException() || m.Type == "error" || m.Type == "warning" {
				complaints = append(complaints, m.String())
			}
		}
	}()
	for _, view := range []struct {
		lang, scheme  string
		width, height int64
	}{{"zh", "light", 1280, 900}, {"en", "dark", 390, 844}} {
		look(t, ctx, view.width, view.height, view.scheme, "screen")
		for _, name := range Names {
			do(t, ctx, chromedp.Navigate(address+"/"+view.lang+"/"+name))
			do(t, ctx, chromedp.Evaluate[chromedp.Void](string(axe)+";void 0"))
			found := eval[[]string](t, ctx, `document.querySelectorAll('details').forEach(d => d.open = !d.matches('.menu')), axe.run(document, {resultTypes: ['violations']}).then(r => r.violations.flatMap(v => v.nodes.map(n => v.id + ': ' + n.target + ' ' + n.failureSummary)))`)
			for _, f := range found {
				t.Errorf("%s/%s %s: %s", view.lang, name, view.scheme, f)
			}
			if over := eval[int](t, ctx, `document.documentElement.scrollWidth - innerWidth`); over > 0 {
				t.Errorf("%s/%s at %d px scrolls %d px sideways", view.lang, name, view.width, over)
			}
		}
	}
	stop()
	<-heard
	if len(complaints) > 0 {
		t.Errorf("the console says:\n%s", strings.Join(complaints, "\n"))
	}
}

// The keyboard walks lists, opens, searches and shows its help.
func TestKeyboard(t *testing.T) {
	ctx, address := browser(t)
	look(t, ctx, 1280, 900, "light", "screen")
	do(t, ctx, chromedp.Navigate(address+"/en/lists"), chromedp.KeyEvent("jjk"))
	if got := eval[string](t, ctx, `document.activeElement.textContent`); got != "Qingshi District" {
		t.Errorf("j j k stands on %q", got)
	}
	do(t, ctx, chromedp.KeyEvent("j"), chromedp.KeyEvent("\r"))
	if got := eval[string](t, ctx, `location.hash`); got != "#r1" {
		t.Errorf("Enter opened %q", got)
	}
	do(t, ctx, chromedp.KeyEvent("/"))
	if got := eval[string](t, ctx, `document.activeElement.id`); got != "q" {
		t.Errorf("/ went to %q", got)
	}
	do(t, ctx, chromedp.Evaluate[chromedp.Void](`document.activeElement.blur()`), chromedp.KeyEvent("?"))
	if !eval[bool](t, ctx, `document.getElementById('keys').open`) {
		t.Error("? shows no help")
	}
	do(t, ctx, chromedp.Evaluate[chromedp.Void](`document.getElementById('keys').close()`),
		chromedp.Evaluate[chromedp.Void](`document.querySelector('tbody tr:nth-child(3) td:last-child').click()`))
	if got := eval[string](t, ctx, `location.hash`); got != "#r2" {
		t.Errorf("a click on a row opened %q", got)
	}
}

// A form saves itself; what an ended session refused is kept and offered again.
func TestAutosave(t *testing.T) {
	ctx, address := browser(t)
	look(t, ctx, 1280, 900, "light", "screen")
	write := func(text string) {
		do(t, ctx, chromedp.Evaluate[chromedp.Void](`{ const el = document.getElementById('f-problems'); el.value = '`+text+`'; el.dispatchEvent(new Event('input', {bubbles: true})); }`))
	}
	status := `document.querySelector('[data-autosave-status]').textContent`
	do(t, ctx, chromedp.Navigate(address+"/en/forms"))
	write("first text")
	until(t, ctx, status+`.startsWith('Saved at')`)
	if v := eval[string](t, ctx, `document.getElementById('report').elements.version.value`); v != "2" {
		t.Errorf("the form stands at version %s after saving", v)
	}
	if n := eval[int](t, ctx, `Object.keys(localStorage).length`); n != 0 {
		t.Errorf("%d drafts kept after saving", n)
	}
	write("expired text")
	until(t, ctx, status+`.startsWith('Your session has ended')`)
	do(t, ctx, chromedp.Reload())
	until(t, ctx, `document.querySelector('form .notice .btn')`)
	do(t, ctx, chromedp.Evaluate[chromedp.Void](`document.querySelector('form .notice .btn').click()`))
	if got := eval[string](t, ctx, `document.getElementById('f-problems').value`); got != "expired text" {
		t.Errorf("the draft came back as %q", got)
	}
	write("stale text")
	until(t, ctx, status+`.startsWith('Someone else')`)
	do(t, ctx, chromedp.Evaluate[chromedp.Void](`document.querySelector('[data-signout]').dispatchEvent(new SubmitEvent('submit', {bubbles: true, cancelable: true}))`))
	if n := eval[int](t, ctx, `Object.keys(localStorage).length`); n != 0 {
		t.Errorf("%d drafts kept after signing out", n)
	}
}

// Questions are asked once, forms are sent once, clocks run, work under way reports.
func TestBehaviour(t *testing.T) {
	ctx, address := browser(t)
	look(t, ctx, 1280, 900, "light", "screen")
	do(t, ctx, chromedp.Navigate(address+"/en/forms"), chromedp.Evaluate[chromedp.Void](`window.sent = 0; addEventListener('submit', e => { if (e.target.id === 'report' && !e.defaultPrevented) { sent++; e.preventDefault(); } }); document.querySelector('[data-confirm]').click()`))
	if !eval[bool](t, ctx, `document.querySelector('dialog[open]').textContent.includes('Flood stores') && sent === 0`) {
		t.Error("no question before deleting")
	}
	do(t, ctx, chromedp.Evaluate[chromedp.Void](`document.querySelector('dialog[open] .primary').click()`))
	until(t, ctx, `sent === 1 && document.querySelector('#report button').disabled`)
	do(t, ctx, chromedp.Evaluate[chromedp.Void](`document.getElementById('report').requestSubmit()`))
	if n := eval[int](t, ctx, `sent`); n != 1 {
		t.Errorf("sent %d times", n)
	}
	do(t, ctx, chromedp.Navigate(address+"/en/lists"))
	until(t, ctx, `document.querySelector('progress').value === document.querySelector('progress').max`)
	if top := eval[float64](t, ctx, `(document.querySelector('tbody tr:nth-child(6)').scrollIntoView({block: 'center'}), scrollBy(0, 300), document.querySelector('thead th').getBoundingClientRect().top)`); top < -1 || top > 1 {
		t.Errorf("the head of the table went away to %v", top)
	}
	do(t, ctx, chromedp.Navigate(address+"/en/stage"))
	before := eval[string](t, ctx, `document.querySelector('[data-clock]').textContent`)
	until(t, ctx, `document.querySelector('[data-clock]').textContent > '`+before+`'`)
}

// With UI_SHOTS=folder, pictures of every page are written there to be looked at.
func TestShots(t *testing.T) {
	folder := os.Getenv("UI_SHOTS")
	if folder == "" {
		return
	}
	ctx, address := browser(t)
	for _, v := range []struct {
		tag, lang, scheme, media string
		width, height            int64
	}{{"desk", "zh", "light", "screen", 1280, 900}, {"desk", "en", "light", "screen", 1280, 900}, {"desk-dark", "zh", "dark", "screen", 1280, 900},
		{"phone", "zh", "light", "screen", 390, 844}, {"phone", "en", "light", "screen", 390, 844}, {"phone-dark", "en", "dark", "screen", 390, 844}, {"print", "zh", "light", "print", 800, 1100}} {
		look(t, ctx, v.width, v.height, v.scheme, v.media)
		for _, name := range Names {
			if only := os.Getenv("UI_ONLY"); only != "" && !strings.Contains(only, name) {
				continue
			}
			do(t, ctx, chromedp.Navigate(address+"/"+v.lang+"/"+name))
			png, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(folder, name+"-"+v.tag+"-"+v.lang+".png"), png, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// With UI_GALLERY=address, the gallery is served there until the test is stopped.
func TestServe(t *testing.T) {
	address := os.Getenv("UI_GALLERY")
	if address == "" {
		return
	}
	h, err := Handler()
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: h, ReadHeaderTimeout: 5 * time.Second}
	t.Logf("gallery on http://%s/zh/overview: %v", l.Addr(), server.Serve(l))
}
