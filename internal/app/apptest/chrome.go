package apptest

import (
	"context"
	"fmt"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// Chrome is a real Chromium before the running program, for what only a script in the page does.
type Chrome struct {
	T       *testing.T
	Address string
	ctx     context.Context
}

// Chrome opens a Chromium that is signed in as b; it is closed with the test.
func (h *House) Chrome(b *Browser) *Chrome {
	h.T.Helper()
	server := httptest.NewServer(h.Web.Handler())
	h.T.Cleanup(server.Close)
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true))
	alloc, stop := chromedp.NewExecAllocator(context.Background(), options...)
	h.T.Cleanup(stop)
	ctx, cancel := chromedp.NewContext(alloc)
	h.T.Cleanup(cancel)
	limited, end := context.WithTimeout(ctx, time.Minute)
	h.T.Cleanup(end)
	c := &Chrome{T: h.T, Address: server.URL, ctx: limited}
	c.do(chromedp.Navigate("about:blank"))
	c.SignIn(b)
	return c
}

func (c *Chrome) do(steps ...chromedp.Action[chromedp.Void]) {
	c.T.Helper()
	if err := chromedp.Do(c.ctx, steps...); err != nil {
		c.T.Fatal(err)
	}
}

// SignIn gives the page b's session; SignOut ends it as if it had expired.
func (c *Chrome) SignIn(b *Browser) {
	c.T.Helper()
	for name, value := range b.cookie {
		_, err := chromedp.Call(c.ctx, network.SetCookie, network.SetCookieParams{Name: name, Value: value, URL: c.Address})
		if err != nil {
			c.T.Fatal(err)
		}
	}
}

// SignOut takes the session away from the browser; the open page knows nothing of it.
func (c *Chrome) SignOut() {
	c.T.Helper()
	if _, err := chromedp.Call(c.ctx, network.ClearBrowserCookies, cdp.Empty{}); err != nil {
		c.T.Fatal(err)
	}
}

// Open goes to a page.
func (c *Chrome) Open(path string) {
	c.T.Helper()
	c.do(chromedp.Navigate(c.Address + path))
}

// Run runs a script in the page.
func (c *Chrome) Run(script string) {
	c.T.Helper()
	c.do(chromedp.Evaluate[chromedp.Void](script + ";void 0"))
}

// Text is what a script gives as text.
func (c *Chrome) Text(script string) string {
	c.T.Helper()
	v, err := chromedp.Run(c.ctx, chromedp.Evaluate[string]("String("+script+")"))
	if err != nil {
		c.T.Fatalf("%s: %v", script, err)
	}
	return v
}

// Until waits in the page until a condition holds, ten seconds at most.
func (c *Chrome) Until(condition string) {
	c.T.Helper()
	script := fmt.Sprintf(`new Promise(done => { const end = Date.now() + 10000; const look = () => (%s) ? done(true) : Date.now() > end ? done(false) : setTimeout(look, 50); look(); })`, condition)
	held, err := chromedp.Run(c.ctx, chromedp.Evaluate[bool](script, chromedp.EvalAwaitPromise))
	for i := 0; err != nil && c.ctx.Err() == nil && i < 50; i++ { // the page went on to another one meanwhile
		held, err = chromedp.Run(c.ctx, chromedp.Evaluate[bool](script, chromedp.EvalAwaitPromise))
	}
	if err != nil || !held {
		c.T.Fatalf("waited in vain for %s (%v); the page says: %s", condition, err, c.Text("document.body.innerText.slice(0, 2000)"))
	}
}
