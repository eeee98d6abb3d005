package web

import (
	"slices"

	"plumbline/internal/fault"
	"plumbline/internal/web/ui"
)

// FlowListPage is the matters behind one figure.
type FlowListPage struct {
	Page
	Notice ui.Notice
	Table  ui.Table
}

// flowMatter is a matter behind a figure.
type flowMatter struct {
	record flowRecord
	hit    bool
}

// flowMatters lists the matters that count for a figure, those that make it up first.
func (s *Server) flowMatters(c *Ctx) error {
	figure, unit, by, on := c.Value("figure"), c.Int("of", 0), c.Int("by", 0), c.Int("on", 0)
	if !slices.Contains(flowFigures, figure) {
		return fault.Missing()
	}
	a, err := s.flowAsked(c)
	if err != nil {
		return err
	}
	h, err := s.flowHistory(c, &a)
	if err != nil {
		return err
	}
	records, err := flowRecords(c.R.Context(), h, s.Ledgers().Calendar())
	if err != nil {
		return err
	}
	if figure == flowPassed {
		unit = by
	}
	var list []flowMatter
	for _, r := range records {
		if hit, counts := r.says(figure, unit, on); counts {
			list = append(list, flowMatter{r, hit})
		}
	}
	slices.SortStableFunc(list, func(a, b flowMatter) int { return order(b.hit) - order(a.hit) })
	v := flowView{c, a, h, records}
	p := &FlowListPage{}
	p.Title = v.heading(figure, unit, on)
	p.Crumbs = []ui.Link{{Text: c.T("ledger.title"), Href: "/matters"}, {Text: c.T("flow.title"), Href: "/flow" + a.query()}}
	p.Actions = []ui.Button{{Text: c.T("ledger.print"), Print: true}}
	p.Notice = v.notice(figure, list)
	if p.Table, err = v.table(figure, unit, list); err != nil {
		return err
	}
	return c.Render("flow_matters", p)
}

func order(hit bool) int {
	if hit {
		return 1
	}
	return 0
}

// heading names the figure and whose it is.
func (v flowView) heading(figure string, unit, to int64) string {
	if figure == flowPassed {
		return v.c.T("flow.list_passed", "From", v.unitName(unit), "To", v.unitName(to))
	}
	name := v.c.T("flow.list." + figure)
	if unit != 0 {
		return v.c.T("flow.list_of", "Unit", v.unitName(unit), "Figure", name)
	}
	return name
}

// notice says how the figure comes about.
func (v flowView) notice(figure string, list []flowMatter) ui.Notice {
	hits := 0
	for _, m := range list {
		hits += order(m.hit)
	}
	n := ui.Notice{Kind: "info", Title: v.c.T("flow.list_count", "Hits", hits, "Of", len(list)), Text: v.c.T("flow.means."+meaningOf[figure], "Small", smallNumber)}
	if len(list) > 0 && len(list) < smallNumber {
		n.Title += v.c.T("flow.list_small")
	}
	return n
}

// meaningOf is the explanation of each figure.
var meaningOf = map[string]string{flowAll: "passed", flowBack: "back", flowRound: "round", flowPing: "pingpong", flowRight: "right", flowLast: "last", flowStayed: "stay", flowPassed: "passed"}

func (v flowView) table(figure string, unit int64, list []flowMatter) (ui.Table, error) {
	page := max(1, int(v.c.Int("page", 1)))
	first := min((page-1)*mattersPageSize, len(list))
	shown := list[first:min(first+mattersPageSize, len(list))]
	ids := make([]int64, len(shown))
	for i, m := range shown {
		ids[i] = m.record.id
	}
	matters, err := v.h.Matters(v.c.R.Context(), ids)
	if err != nil {
		return ui.Table{}, err
	}
	t, err := v.c.srv.mattersTable(v.c, matters, v.heading(figure, unit, v.c.Int("on", 0)))
	if err != nil {
		return t, err
	}
	t.HideCaption = true
	t.Columns = append(t.Columns[:3:3], ui.Column{Head: v.c.T("flow.says." + figure), Align: "nowrap"})
	for i, m := range matters {
		at := slices.Index(ids, m.ID)
		t.Rows[i].Cells = append(t.Rows[i].Cells[:3:3], v.said(figure, unit, shown[at]))
	}
	if len(list) > mattersPageSize {
		t.Pager = v.pager(page, first, len(shown), len(list))
	}
	return t, nil
}

// said is what a figure says of one matter.
func (v flowView) said(figure string, unit int64, m flowMatter) ui.Cell {
	switch figure {
	case flowAll, flowPassed:
		return ui.T(v.c.T("flow.handed", "Count", m.record.handovers))
	case flowStayed:
		var t flowTally
		t.add(m.record, unit)
		return ui.T(v.c.T("flow.stayed", "Waited", v.c.days(t.waited, order(t.waits > 0)), "Worked", v.c.days(t.worked, order(t.visits > 0))))
	case flowBack, flowRound, flowPing, flowLast:
		if m.hit {
			return ui.Cell{Status: &ui.Status{State: ui.Soon, Text: v.c.T("flow.yes")}}
		}
		return ui.Cell{Status: &ui.Status{State: ui.None, Text: v.c.T("flow.no")}}
	}
	if m.hit {
		return ui.Cell{Status: &ui.Status{State: ui.Done, Text: v.c.T("flow.yes")}}
	}
	return ui.Cell{Status: &ui.Status{State: ui.None, Text: v.c.T("flow.no")}}
}

func (v flowView) pager(page, first, shown, all int) *ui.Pager {
	p := &ui.Pager{Text: v.c.T("ledger.range", "From", first+1, "To", first+shown, "Total", all)}
	to := func(n int) string {
		q := v.c.R.URL.Query()
		q.Set("page", itoa(int64(n)))
		return "/flow/matters?" + q.Encode()
	}
	if page > 1 {
		p.Prev = to(page - 1)
	}
	if first+shown < all {
		p.Next = to(page + 1)
	}
	return p
}
