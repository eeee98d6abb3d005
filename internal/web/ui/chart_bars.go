package ui

import (
	"fmt"
	"html/template"
	"slices"
	"strconv"
	"strings"
)

// Bars compares one number of several units, largest first.
type Bars struct {
	ChartHead
	Items     []Bar
	Unit      string
	Max       string // "" for the largest value
	Rule      *Rule
	KeepOrder bool // the order itself means something (speaking order)
}

// Bar is one unit. Mark picks it out in the accent; State colours it by lamp.
type Bar struct {
	Label, Value, Href, State string
	Mark                      bool
}

func (c Bars) draw(p painter) (template.HTML, error) {
	items := slices.Clone(c.Items)
	if !c.KeepOrder {
		slices.SortStableFunc(items, func(a, b Bar) int {
			x, _ := number(a.Value)
			y, _ := number(b.Value)
			return compare(y, x)
		})
	}
	sc := scale{0, 0}
	for _, it := range items {
		if v, ok := number(it.Value); ok {
			sc.max = max(sc.max, v)
		}
	}
	if v, ok := number(c.Max); ok {
		sc.max = v
	}
	const rowH = 42
	var s svg
	g := grid{head: []string{p.t("ui.chart.name"), p.withUnit(p.t("ui.chart.value"), c.Unit)}}
	for i, it := range items {
		s.link(it.Href, func() { s.bar(it, sc, i*rowH, p.l.Num(it.Value)) })
		g.rows = append(g.rows, []string{it.Label, p.l.Num(it.Value)})
		g.links = append(g.links, it.Href)
	}
	h := len(items) * rowH
	if c.Rule != nil {
		if v, ok := number(c.Rule.Value); ok {
			ruleLine(&s, sc.at(v), 18, h, c.Rule.Text)
			h += 20
		}
	}
	return p.figure(c.ChartHead, &s, h, "", g), nil
}

// bar draws one unit: its words, the bed, and the bar in it.
func (s *svg) bar(it Bar, sc scale, y int, value string) {
	k := "k2"
	switch {
	case it.State != "":
		k = tone(it.State, 0)
	case it.Mark:
		k = "k4"
	}
	s.put(`<text x="0" y="%d">%s</text>`, y+15, esc(clip(it.Label, 20)))
	s.put(`<text class="b" x="100%%" y="%d" text-anchor="end">%s</text>`, y+15, esc(value))
	s.put(`<rect class="bed" x="0" y="%d" width="100%%" height="10" rx="2"/>`, y+22)
	if v, ok := number(it.Value); ok && v > 0 {
		s.put(`<rect class="%s" x="0" y="%d" width="%s" height="10" rx="2"/>`, k, y+22, pct(sc.at(v)))
	}
}

// ruleLine draws a dashed line with its words under it, leaning inwards.
func ruleLine(s *svg, at float64, top, bottom int, text string) {
	s.put(`<line class="rule" x1="%s" x2="%s" y1="%d" y2="%d"/>`, pct(at), pct(at), top, bottom)
	s.put(`<text class="q" x="%s" y="%d" text-anchor="%s">%s</text>`, pct(at), bottom+15, anchor(at), esc(text))
}

func anchor(at float64) string {
	switch {
	case at < 0.15:
		return "start"
	case at > 0.85:
		return "end"
	}
	return "middle"
}

func compare(a, b float64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

func (p painter) withUnit(head, unit string) string {
	if unit == "" {
		return head
	}
	return head + p.l.paren(unit)
}

// Share splits one whole into parts: grades given, states reached.
type Share struct {
	ChartHead
	Items []ShareItem
}

// ShareItem is one part; State takes a lamp's colour instead of the series'.
type ShareItem struct {
	Label, Href, State string
	Count              int64
}

func (c Share) draw(p painter) (template.HTML, error) {
	var total int64
	for _, it := range c.Items {
		total += max(0, it.Count)
	}
	var s svg
	var legend strings.Builder
	g := grid{head: []string{p.t("ui.chart.name"), p.t("ui.chart.value"), p.t("ui.chart.share")}}
	s.put(`<defs>%s</defs>`, patterns(c.ID))
	at := 0.0
	legend.WriteString(`<ul class="legend">`)
	for i, it := range c.Items {
		share := 0.0
		if total > 0 {
			share = float64(max(0, it.Count)) / float64(total)
		}
		k := tone(it.State, i)
		if share > 0 {
			s.segment(c.ID, i, k, at, share, p.l.Num(it.Count))
		}
		at += share
		percent := percentOf(it.Count, total)
		label := fmt.Sprintf(`%s <b class="num">%s</b> <span class="muted num">%s</span>`, esc(it.Label), esc(p.l.Num(it.Count)), percent)
		if it.Href != "" {
			label = `<a href="` + esc(safeHref(it.Href)) + `">` + label + `</a>`
		}
		fmt.Fprintf(&legend, `<li>%s<span>%s</span></li>`, swatch(c.ID, it.State, k, i), label)
		g.rows = append(g.rows, []string{it.Label, p.l.Num(it.Count), percent})
		g.links = append(g.links, it.Href)
	}
	legend.WriteString(`</ul>`)
	return p.figure(c.ChartHead, &s, 32, legend.String(), g), nil
}

// segment draws one part with a gap after it, its pattern for grey paper and its count.
func (s *svg) segment(id string, i int, k string, at, share float64, count string) {
	s.put(`<svg x="%s" width="%s" height="32" overflow="visible">`, pct(at), pct(share))
	s.put(`<rect class="%s" width="100%%" height="32"/>`, k)
	s.put(`<rect class="pat" width="100%%" height="32" fill="url(#%s-p%d)"/>`, esc(id), i%4)
	if at > 0 {
		s.put(`<line class="gap" x1="0" x2="0" y1="0" y2="32"/>`)
	}
	if share >= 0.07 {
		s.put(`<text class="on-%s b" x="50%%" y="21" text-anchor="middle">%s</text>`, k, esc(count))
	}
	s.put(`</svg>`)
}

// swatch is the sign in a legend: the lamp of a state, else a patch of the series.
func swatch(id, state, k string, i int) string {
	if state != "" {
		return lampSVG(state)
	}
	return fmt.Sprintf(`<svg viewBox="0 0 14 14" aria-hidden="true"><rect class="%s" width="14" height="14" rx="2"/><rect class="pat" width="14" height="14" fill="url(#%s-p%d)"/></svg>`, k, esc(id), i%4)
}

// patterns tell the parts apart where there is no colour: plain, strokes, dots, cross-strokes.
func patterns(id string) string {
	marks := []string{``, `<path class="hatch" d="M-2 2L2-2M0 8L8 0M6 10L10 6"/>`, `<circle cx="4" cy="4" r="1.5" fill="#fff"/>`, `<path class="hatch" d="M0 4H8M4 0V8"/>`}
	var b strings.Builder
	for i, m := range marks {
		fmt.Fprintf(&b, `<pattern id="%s-p%d" width="8" height="8" patternUnits="userSpaceOnUse">%s</pattern>`, esc(id), i, m)
	}
	return b.String()
}

// percentOf rounds half up to a whole per cent; "<1%" says that a part is not nothing.
func percentOf(n, total int64) string {
	if total <= 0 || n <= 0 {
		return "0%"
	}
	v := (200*n + total) / (2 * total)
	if v == 0 {
		return "<1%"
	}
	return strconv.FormatInt(v, 10) + "%"
}
