package cli

import (
	"context"
	"fmt"
	"io"
	"os"
	"time"

	"plumbline/internal/app"
	"plumbline/internal/demo"
	"plumbline/internal/wording"
)

// DemoCmd serves a fictional city.
type DemoCmd struct {
	Addr string `help:"Address to listen on." default:"127.0.0.1:8080"`
	Data string `help:"Data directory; a temporary one that is removed at the end if none is named." type:"path"`
	Lang string `help:"Language of what the people of the city wrote: zh or en." about:"city" default:"zh" enum:"zh,en"`
}

// Run builds the city, prints a sign-in link for each role, and serves until it is interrupted. A data directory that
// already holds a demo is served as it is.
func (c *DemoCmd) Run(io *IO) error {
	dir, done, err := c.dir()
	if err != nil {
		return err
	}
	defer done()
	clock := &demo.Clock{}
	a, err := app.Open(io.Ctx, app.Config{Data: dir, Addr: c.Addr, Serve: true, Now: clock.Now, Office: wording.Text{"zh": "望川市（演示）", "en": "Wangchuan City (demo)"}})
	if err != nil {
		return err
	}
	defer a.Close()
	began := time.Now()
	links, err := c.links(io.Ctx, a, clock)
	if err != nil {
		return err
	}
	if err := a.Run(io.Ctx); err != nil {
		return err
	}
	fmt.Fprintln(io.Out, io.T("cli.demo", "URL", a.URL(), "Seconds", fmt.Sprintf("%.1f", time.Since(began).Seconds())))
	printLinks(io.Out, a.URL(), links)
	<-io.Ctx.Done()
	return nil
}

func (c *DemoCmd) dir() (dir string, done func(), err error) {
	if c.Data != "" {
		return c.Data, func() {}, nil
	}
	dir, err = os.MkdirTemp("", "plumbline-demo-")
	return dir, func() { _ = os.RemoveAll(dir) }, err
}

func (c *DemoCmd) links(ctx context.Context, a *app.App, clock *demo.Clock) ([]demo.Link, error) {
	made, err := a.Rooms.Accounts.IsDemo(ctx)
	if err != nil {
		return nil, err
	}
	if made {
		return demo.Links(ctx, a)
	}
	return demo.Build(ctx, a, clock, c.Lang)
}

func printLinks(w io.Writer, url string, links []demo.Link) {
	for _, l := range links {
		fmt.Fprintf(w, "  %-28s %s%s\n", l.Role["en"]+" / "+l.Role["zh"], url, l.Path)
		fmt.Fprintf(w, "  %-28s   %s, %s\n", "", l.Name, l.Place["en"])
	}
}
