package ui

import (
	"html/template"
	"time"
)

// Gantt shows what was planned from when until when, what of it is done, and today: one bar a row, with the lamp, the
// word and the date beside it, so that colour is never alone. Dates are "2006-01-02"; what is no date is not drawn, and
// stands in the table all the same.
type Gantt struct {
	ChartHead
	Today string // "" or outside of the plan: no line
	Items []GanttRow
}

// GanttRow is one plan. From may be empty: then the plan is a point at To. Done is when it was done, empty while it is
// not. State is its lamp.
type GanttRow struct{ Label, From, To, Done, State, Href string }

const (
	ganttRow  = 46
	ganttHead = 18
)

func (c Gantt) draw(p painter) (template.HTML, error) {
	g := grid{head: []string{p.t("ui.chart.name"), p.t("ui.chart.from"), p.t("ui.chart.planned"), p.t("ui.chart.done_on"), p.t("ui.chart.state")}}
	for _, it := range c.Items {
		g.rows = append(g.rows, []string{it.Label, p.l.Date(it.From), p.l.Date(it.To), p.l.Date(it.Done), p.t("ui.status." + it.State)})
		g.links = append(g.links, it.Href)
	}
	var s svg
	from, to, ok := c.span()
	if !ok {
		return p.figure(c.ChartHead, &s, 0, "", g), nil
	}
	axis := ganttHead + ganttRow*len(c.Items) + 4
	sc := scale{0, to.Sub(from).Hours() / 24}
	s.put(`<defs>%s</defs>`, patterns(c.ID))
	Calendar{}.months(&s, p, from, to, sc, axis)
	at := func(date string) (float64, bool) {
		d, err := time.Parse(time.DateOnly, date)
		days := d.Sub(from).Hours() / 24
		return inset(sc.at(days)), err == nil && days >= 0 && days <= sc.max
	}
	for i, it := range c.Items {
		s.link(it.Href, func() { s.plan(c.ID, it, ganttHead+ganttRow*i, at, p) })
	}
	if x, ok := at(c.Today); ok {
		s.put(`<text class="today-text b" x="%s" y="11" text-anchor="%s">%s</text>`, pct(x), anchor(x), esc(p.t("ui.chart.today")))
		for i := range c.Items { // beside the bars alone, so that no words are struck through
			y := ganttHead + ganttRow*i + 22
			s.put(`<line class="today" x1="%s" x2="%s" y1="%d" y2="%d"/>`, pct(x), pct(x), y, y+18)
		}
	}
	return p.figure(c.ChartHead, &s, axis+22, "", g), nil
}

// span is from the first to the last date of all rows, and at least a month, so that the axis has something to name.
func (c Gantt) span() (from, to time.Time, ok bool) {
	for _, it := range c.Items {
		for _, text := range []string{it.From, it.To, it.Done} {
			d, err := time.Parse(time.DateOnly, text)
			if err != nil {
				continue
			}
			if !ok || d.Before(from) {
				from = d
			}
			if !ok || d.After(to) {
				to = d
			}
			ok = true
		}
	}
	if d, err := time.Parse(time.DateOnly, c.Today); err == nil && ok && d.After(to) && d.Sub(to) < 60*24*time.Hour {
		to = d // a plan that ended not long ago shows how far behind today is
	}
	if least := from.AddDate(0, 1, 5); to.Before(least) {
		to = least
	}
	return from, to, ok
}

// plan draws one row: lamp, words, the bar of what was planned, and a tick where it was done. What was done after its
// day is joined to its bar by a dashed line.
func (s *svg) plan(id string, it GanttRow, y int, at func(string) (float64, bool), p painter) {
	s.put(`<svg class="lamp s-%s" x="0" y="%d" width="14" height="14" viewBox="0 0 14 14">%s</svg>`, esc(it.State), y+5, shape(it.State))
	s.put(`<text x="20" y="%d">%s</text>`, y+17, esc(clip(it.Label, 11)))
	word := p.t("ui.status." + it.State)
	when := it.To
	if it.Done != "" {
		when = it.Done
	}
	s.put(`<text x="100%%" y="%d" text-anchor="end"><tspan class="b">%s</tspan> <tspan class="q">%s</tspan></text>`, y+17, esc(word), esc(p.l.ShortDate(when)))
	s.put(`<rect class="bed" x="0" y="%d" width="100%%" height="12" rx="2"/>`, y+25)
	end, okEnd := at(it.To)
	begin, okBegin := at(it.From)
	if !okBegin || begin > end {
		begin = end
	}
	if okEnd {
		s.span(id, tone(it.State, 0), it.State == Late, begin, end, y+25)
	}
	done, ok := at(it.Done)
	if !ok {
		return
	}
	if okEnd && done > end {
		s.put(`<line class="rule" x1="%s" x2="%s" y1="%d" y2="%d"/>`, pct(end), pct(done), y+31, y+31)
	}
	s.put(`<svg class="lamp s-done" x="%s" y="%d" width="1" height="1" overflow="visible"><circle class="tick" cx="0" cy="6" r="8"/><path class="o" d="M-4 6.5l2.75 3L4 2.5"/></svg>`, pct(done), y+25)
}

// span draws a planned span, at least as wide as can be seen; on grey paper and without colours what is late is hatched.
func (s *svg) span(id, k string, hatched bool, begin, end float64, y int) {
	width := max(end-begin, 0.012)
	begin = end - width
	s.put(`<rect class="%s" x="%s" y="%d" width="%s" height="12" rx="2"/>`, k, pct(begin), y, pct(width))
	if hatched {
		s.put(`<rect class="pat" x="%s" y="%d" width="%s" height="12" rx="2" fill="url(#%s-p1)"/>`, pct(begin), y, pct(width), esc(id))
	}
}
