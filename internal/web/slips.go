package web

import (
	"plumbline/internal/account"
	"plumbline/internal/web/ui"
)

// SlipsPage shows setup links, this once: a slip for every account, to be printed and cut.
type SlipsPage struct {
	Page
	Slips []Slip
	Until string
}

// Slip is what one person is handed.
type Slip struct {
	Name, Login, Unit, Link string
	Copy                    ui.Button
}

func (c *Ctx) slips(links []account.SetupLinkOf) error {
	l := ui.Locale{Lang: c.Lang, Zone: c.srv.Zone}
	p := &SlipsPage{Until: l.DateTime(c.srv.Now().Add(account.SetupFor))}
	for _, link := range links {
		at := c.origin() + "/setup/" + link.Token
		p.Slips = append(p.Slips, Slip{Name: link.Name, Login: link.Login, Unit: link.Unit, Link: at,
			Copy: ui.Button{Text: c.T("slips.copy"), Copy: at, Small: true}})
	}
	p.Kind, p.Title = ui.KindPrint, c.T("slips.title")
	return c.Render("slips", p)
}

// origin is the address of this program as the browser sees it.
func (c *Ctx) origin() string {
	if c.R.TLS != nil || c.R.Header.Get("X-Forwarded-Proto") == "https" {
		return "https://" + c.R.Host
	}
	return "http://" + c.R.Host
}
