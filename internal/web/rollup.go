package web

import (
	"net/url"

	"plumbline/internal/ledger"
	"plumbline/internal/org"
	"plumbline/internal/web/ui"
)

// rollupBlocks gives the blocks for a unit's page, one for each ledger that holds anything there; none for readers who
// may not read at the unit. It costs the same at the root as at a leaf.
func (s *Server) rollupBlocks(c *Ctx, u org.Unit) ([]UnitBlock, error) {
	if !s.Ledgers().MayRead(c.Actor, u.Place()) {
		return nil, nil
	}
	rows, err := s.Ledgers().Rollup(c.R.Context(), s.Reader, u.ID, s.Ledgers().Today(s.Now()))
	var out []UnitBlock
	for _, r := range rows {
		out = append(out, c.rollupBlock(u, r))
	}
	return out, err
}

func (c *Ctx) rollupBlock(u org.Unit, r ledger.Rollup) UnitBlock {
	d := c.srv.Ledgers().Types().Current(r.Type)
	to := func(pairs ...string) string {
		q := url.Values{"under": {itoa(u.ID)}, "type": {r.Type}}
		for i := 0; i+1 < len(pairs); i += 2 {
			q.Set(pairs[i], pairs[i+1])
		}
		return "/matters?" + q.Encode()
	}
	name := d.Name.In(c.Lang)
	b := UnitBlock{Heading: ui.Heading{Text: name, Actions: []ui.Button{{Text: c.T("ledger.open_list"), Href: to(), Kind: "quiet"}}}}
	b.Chart = &ui.Share{ChartHead: ui.ChartHead{ID: "rollup-" + r.Type, Title: c.rollupFinding(r), Desc: c.T("ledger.rollup_desc", "Unit", u.In(c.Lang))}}
	part := func(n int64, key, state, href string) {
		if n > 0 {
			b.Chart.Items = append(b.Chart.Items, ui.ShareItem{Label: c.T(key), Href: href, State: state, Count: n})
		}
	}
	part(r.Done, "ledger.class.done", ui.Done, to("class", "done"))
	part(r.NotDone, "ledger.class.not_done", ui.None, to("class", "not_done"))
	part(r.Waiting, "ledger.rollup.waiting", ui.Waiting, to("queue", "waiting"))
	part(r.OnTime, "ledger.rollup.on_time", ui.OnTime, to("queue", "on_time"))
	part(r.Soon, "ledger.queue.soon", ui.Soon, to("queue", "soon"))
	part(r.Late, "ledger.queue.late", ui.Late, to("queue", "late"))
	b.Figures = &ui.KeyFigures{Label: name, Items: []ui.Figure{
		{Label: c.T("ledger.rollup.total"), Value: itoa(r.Total), Href: to()},
		{Label: c.T("ledger.class.open"), Value: itoa(r.Open()), Href: to("class", "open")},
		{Label: c.T("ledger.queue.late"), Value: itoa(r.Late), Href: to("queue", "late"), State: lateState(r.Late)},
		{Label: c.T("ledger.class.done"), Value: itoa(r.Done), Href: to("class", "done")},
	}}
	if r.Nobody > 0 {
		b.Figures.Items = append(b.Figures.Items, ui.Figure{Label: c.T("ledger.queue.nobody"), Value: itoa(r.Nobody), Href: to("queue", ledger.QueueNobody), State: ui.Late})
	}
	return b
}

func lateState(n int64) string {
	if n > 0 {
		return ui.Late
	}
	return ""
}

// rollupFinding is what the picture says.
func (c *Ctx) rollupFinding(r ledger.Rollup) string {
	switch {
	case r.Late > 0:
		return c.T("ledger.rollup.some_late", "Count", int(r.Late))
	case r.Open() == 0:
		return c.T("ledger.rollup.all_ended")
	}
	return c.T("ledger.rollup.none_late", "Count", int(r.Open()))
}
