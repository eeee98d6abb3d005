package ui

import (
	"fmt"
	"html/template"
	"strings"
	"time"
)

// LampStrip shows the state of every reporter at a glance: one shape each, in
// the order given, with a legend that counts.
type LampStrip struct {
	ChartHead
	Items []LampItem
}

// LampItem is one reporter.
type LampItem struct{ Label, State, Href string }

// stateOrder is how a legend lists states: what needs a hand first.
var stateOrder = []string{Late, Soon, OnTime, Waiting, Draft, Done, None}

func (c LampStrip) draw(p painter) (template.HTML, error) {
	var s svg
	count := map[string]int{}
	g := grid{head: []string{p.t("ui.chart.name"), p.t("ui.chart.state")}}
	s.put(`<ul class="strip">`)
	for _, it := range c.Items {
		word := p.t("ui.status." + it.State)
		name := esc(it.Label + " · " + word)
		cell := fmt.Sprintf(`<svg class="lamp s-%s" viewBox="0 0 14 14" role="img" aria-label="%s"><title>%s</title>%s</svg>`, esc(it.State), name, name, shape(it.State))
		if it.Href != "" {
			s.put(`<li><a href="%s">%s</a></li>`, esc(safeHref(it.Href)), cell)
		} else {
			s.put(`<li><span class="cell">%s</span></li>`, cell)
		}
		count[it.State]++
		g.rows = append(g.rows, []string{it.Label, word})
		g.links = append(g.links, it.Href)
	}
	s.put(`</ul><ul class="legend">`)
	for _, st := range stateOrder {
		if count[st] > 0 {
			s.put(`<li>%s<span>%s <b class="num">%d</b></span></li>`, lampSVG(st), esc(p.t("ui.status."+st)), count[st])
		}
	}
	s.put(`</ul>`)
	return p.figure(c.ChartHead, &s, 0, "", g), nil
}

// Calendar shows the dates of a cycle along one line, numbered, with today
// marked; the list under it says what each number is. Dates are "2006-01-02".
type Calendar struct {
	ChartHead
	From, To, Today string
	Items           []Milestone
}

// Milestone is one date; State lights it.
type Milestone struct{ Date, Label, State, Href string }

func (c Calendar) draw(p painter) (template.HTML, error) {
	from, err := time.Parse(time.DateOnly, c.From)
	if err != nil {
		return "", fmt.Errorf("ui: calendar %s: %w", c.ID, err)
	}
	to, err := time.Parse(time.DateOnly, c.To)
	if err != nil {
		return "", fmt.Errorf("ui: calendar %s: %w", c.ID, err)
	}
	sc := scale{0, to.Sub(from).Hours() / 24}
	place := func(date string) (float64, bool) {
		d, err := time.Parse(time.DateOnly, date)
		days := d.Sub(from).Hours() / 24
		return inset(sc.at(days)), err == nil && days >= 0 && days <= sc.max
	}
	lanes, depth := lanesOf(c.Items, place)
	axis := 24 + depth*24
	var s svg
	c.months(&s, p, from, to, sc, axis)
	if x, ok := place(c.Today); ok {
		s.put(`<line class="today" x1="%s" x2="%s" y1="16" y2="%d"/><text class="today-text b" x="%s" y="11" text-anchor="%s">%s</text>`, pct(x), pct(x), axis+6, pct(x), anchor(x), esc(p.t("ui.chart.today")))
	}
	for i, it := range c.Items {
		if x, ok := place(it.Date); ok {
			y := axis - 14 - 24*lanes[i]
			s.link(it.Href, func() {
				s.put(`<line class="axis" x1="%s" x2="%s" y1="%d" y2="%d"/>`, pct(x), pct(x), y, axis)
				s.put(`<circle class="pinned s-%s" cx="%s" cy="%d" r="10"/><text class="pin-no" x="%s" y="%d" text-anchor="middle">%d</text>`, esc(it.State), pct(x), y, pct(x), y+4, i+1)
			})
		}
	}
	return p.figure(c.ChartHead, &s, axis+22, c.list(p), c.grid(p)), nil
}

// inset keeps the first and the last marker inside the drawing.
func inset(at float64) float64 { return 0.03 + 0.94*at }

// lanesOf stacks markers that would touch on a phone: 20 px of 340.
func lanesOf(items []Milestone, place func(string) (float64, bool)) (lanes []int, depth int) {
	lanes = make([]int, len(items))
	var taken [][]float64
	depth = 1
	for i, it := range items {
		x, ok := place(it.Date)
		if !ok {
			continue
		}
		lane := 0
		for ; lane < len(taken); lane++ {
			free := true
			for _, o := range taken[lane] {
				free = free && (x-o > 0.065 || o-x > 0.065)
			}
			if free {
				break
			}
		}
		if lane == len(taken) {
			taken = append(taken, nil)
		}
		taken[lane] = append(taken[lane], x)
		lanes[i] = lane
		depth = max(depth, lane+1)
	}
	return lanes, depth
}

// months draws the axis with the first days of months, as many as fit a phone.
func (c Calendar) months(s *svg, p painter, from, to time.Time, sc scale, axis int) {
	s.put(`<line class="axis base" x1="0" x2="100%%" y1="%d" y2="%d"/>`, axis, axis)
	step := 1
	for months := to.Sub(from).Hours() / 24 / 30; months/float64(step) > 5; {
		step++
	}
	n, year := 0, 0
	for d := time.Date(from.Year(), from.Month()+1, 1, 0, 0, 0, 0, time.UTC); d.Before(to); d = d.AddDate(0, 1, 0) {
		x := inset(sc.at(d.Sub(from).Hours() / 24))
		s.put(`<line class="axis" x1="%s" x2="%s" y1="%d" y2="%d"/>`, pct(x), pct(x), axis, axis+4)
		if n%step == 0 && x < 0.94 {
			name := monthName(d, p.l.Lang)
			if d.Year() != year { // the first month that is named, and the first of every further year
				name, year = yearMonth(d, p.l.Lang), d.Year()
			}
			s.put(`<text class="q" x="%s" y="%d">%s</text>`, pct(x), axis+18, esc(name))
		}
		n++
	}
}

func monthName(d time.Time, lang string) string {
	if lang == "zh" {
		return d.Format("1月")
	}
	return d.Format("Jan")
}

func yearMonth(d time.Time, lang string) string {
	if lang == "zh" {
		return d.Format("2006年1月")
	}
	return d.Format("Jan 2006")
}

func (c Calendar) list(p painter) string {
	var b strings.Builder
	b.WriteString(`<ol class="dates">`)
	for i, it := range c.Items {
		label := esc(it.Label)
		if it.Href != "" {
			label = `<a href="` + esc(safeHref(it.Href)) + `">` + label + `</a>`
		}
		lamp := ""
		if it.State != "" {
			lamp = ` <span class="tag s-` + esc(it.State) + `">` + lampSVG(it.State) + esc(p.t("ui.status."+it.State)) + `</span>`
		}
		fmt.Fprintf(&b, `<li><b>%d</b><span>%s%s</span><time datetime="%s">%s</time></li>`, i+1, label, lamp, esc(it.Date), esc(p.l.ShortDate(it.Date)))
	}
	b.WriteString(`</ol>`)
	return b.String()
}

func (c Calendar) grid(p painter) grid {
	g := grid{head: []string{p.t("ui.chart.name"), p.t("ui.chart.date"), p.t("ui.chart.state")}}
	for _, it := range c.Items {
		word := ""
		if it.State != "" {
			word = p.t("ui.status." + it.State)
		}
		g.rows = append(g.rows, []string{it.Label, p.l.Date(it.Date), word})
		g.links = append(g.links, it.Href)
	}
	return g
}
