package ui

import (
	"fmt"
	"html/template"
	"math"
	"strconv"
	"strings"
)

// Intervals shows a value with the range around it for each unit: a mean and
// its spread, a rank and how sure it is. Low and High may be empty: a dot alone.
type Intervals struct {
	ChartHead
	Items    []Interval
	Min, Max string // "" for the smallest and largest value
	Unit     string
	Rules    []Rule
}

// Interval is one unit; Mark picks it out in the accent.
type Interval struct {
	Label, Low, Mid, High, Href string
	Mark                        bool
}

// Text writes the value with its range.
func (it Interval) text(p painter) string {
	s := p.l.Num(it.Mid)
	if it.Low != "" && it.High != "" {
		s += " (" + p.l.Num(it.Low) + "–" + p.l.Num(it.High) + ")"
	}
	return s
}

func (c Intervals) draw(p painter) (template.HTML, error) {
	sc := c.scale()
	const rowH = 44
	h := len(c.Items) * rowH
	var s svg
	for _, v := range sc.ticks() {
		s.put(`<text class="q" x="%s" y="%d" text-anchor="%s">%s</text>`, pct(sc.at(v)), h+13, anchor(sc.at(v)), esc(p.l.Num(strconv.FormatFloat(v, 'f', -1, 64))))
	}
	g := grid{head: []string{p.t("ui.chart.name"), p.withUnit(p.t("ui.chart.value"), c.Unit), p.t("ui.chart.low"), p.t("ui.chart.high")}}
	for i, it := range c.Items {
		s.bed(sc, c.Rules, i*rowH+22)
		s.link(it.Href, func() { s.interval(it, sc, i*rowH, it.text(p)) })
		g.rows = append(g.rows, []string{it.Label, p.l.Num(it.Mid), p.l.Num(it.Low), p.l.Num(it.High)})
		g.links = append(g.links, it.Href)
	}
	h += 18
	if len(c.Rules) > 0 {
		for _, r := range c.Rules {
			if v, ok := number(r.Value); ok {
				s.put(`<text class="q b" x="%s" y="%d" text-anchor="%s">%s</text>`, pct(sc.at(v)), h+13, anchor(sc.at(v)), esc(r.Text))
			}
		}
		h += 18
	}
	return p.figure(c.ChartHead, &s, h, "", g), nil
}

func (c Intervals) scale() scale {
	sc := scale{math.Inf(1), math.Inf(-1)}
	for _, it := range c.Items {
		for _, x := range []string{it.Low, it.Mid, it.High} {
			if v, ok := number(x); ok {
				sc.min, sc.max = min(sc.min, v), max(sc.max, v)
			}
		}
	}
	if v, ok := number(c.Min); ok {
		sc.min = v
	}
	if v, ok := number(c.Max); ok {
		sc.max = v
	}
	if sc.min >= sc.max || math.IsInf(sc.min, 0) {
		return scale{0, 1}
	}
	return sc
}

// bed is the ground of one row: the scale's ticks, and the rules dashed.
func (s *svg) bed(sc scale, rules []Rule, y int) {
	s.put(`<rect class="bed" x="0" y="%d" width="100%%" height="16" rx="2"/>`, y)
	for _, v := range sc.ticks() {
		s.put(`<line class="axis" x1="%s" x2="%s" y1="%d" y2="%d"/>`, pct(sc.at(v)), pct(sc.at(v)), y, y+16)
	}
	for _, r := range rules {
		if v, ok := number(r.Value); ok {
			s.put(`<line class="rule" x1="%s" x2="%s" y1="%d" y2="%d"/>`, pct(sc.at(v)), pct(sc.at(v)), y-2, y+18)
		}
	}
}

func (s *svg) interval(it Interval, sc scale, y int, text string) {
	k := ""
	if it.Mark {
		k = " k4"
	}
	s.put(`<text x="0" y="%d">%s</text><text class="b" x="100%%" y="%d" text-anchor="end">%s</text>`, y+15, esc(clip(it.Label, 16)), y+15, esc(text))
	lo, okL := number(it.Low)
	hi, okH := number(it.High)
	if okL && okH {
		a, b := pct(sc.at(lo)), pct(sc.at(hi))
		s.put(`<line class="wh%s" x1="%s" x2="%s" y1="%d" y2="%d"/>`, k, a, b, y+30, y+30)
		for _, x := range []string{a, b} {
			s.put(`<line class="wh%s" x1="%s" x2="%s" y1="%d" y2="%d"/>`, k, x, x, y+26, y+34)
		}
	}
	if mid, ok := number(it.Mid); ok {
		fill := "k1"
		if it.Mark {
			fill = "k4"
		}
		s.put(`<circle class="%s" cx="%s" cy="%d" r="5"/>`, fill, pct(sc.at(mid)), y+30)
	}
}

// Lines is a set of small line charts on one scale, one per unit, each labelled
// directly at its ends.
type Lines struct {
	ChartHead
	X      []string // what stands along the bottom: years, rounds
	Panels []Panel
	Unit   string
	Min    string
	Max    string
}

// Panel is one unit's line; an empty value is a gap.
type Panel struct {
	Label, Href string
	Values      []string
	Mark        bool
}

func (c Lines) draw(p painter) (template.HTML, error) {
	sc := c.scale()
	var b strings.Builder
	p.open(&b, c.ChartHead)
	b.WriteString(`<div class="multiples">`)
	g := grid{head: append([]string{p.t("ui.chart.name")}, c.X...)}
	for i, pn := range c.Panels {
		label := esc(pn.Label)
		if pn.Href != "" {
			label = `<a href="` + esc(safeHref(pn.Href)) + `">` + label + `</a>`
		}
		fmt.Fprintf(&b, `<div><p class="small" id="%s-h%d">%s</p>%s</div>`, esc(c.ID), i, label, c.panel(p, pn, sc, i))
		row := []string{pn.Label}
		for j := range c.X {
			row = append(row, p.l.Num(at(pn.Values, j)))
		}
		g.rows = append(g.rows, row)
		g.links = append(g.links, pn.Href)
	}
	b.WriteString(`</div>`)
	p.table(&b, c.ChartHead, g)
	b.WriteString(`</figure>`)
	return template.HTML(b.String()), nil
}

func at(values []string, i int) string {
	if i < len(values) {
		return values[i]
	}
	return ""
}

func (c Lines) scale() scale {
	var iv Intervals
	for _, pn := range c.Panels {
		for _, v := range pn.Values {
			iv.Items = append(iv.Items, Interval{Mid: v})
		}
	}
	iv.Min, iv.Max = c.Min, c.Max
	return iv.scale()
}

// panel draws one line 72 px high: 16 above for labels, 18 below for the axis.
// The line itself lies in a stretched inner drawing whose strokes keep their width.
func (c Lines) panel(p painter, pn Panel, sc scale, i int) string {
	const top, plot = 18, 44
	var s svg
	y := func(v float64) float64 { return top + plot*(1-sc.at(v)) }
	x := func(j int) float64 {
		if len(c.X) < 2 {
			return 0.5
		}
		return 0.02 + 0.96*float64(j)/float64(len(c.X)-1)
	}
	k, dot := "", "k1"
	if pn.Mark {
		k, dot = " k4", "k4"
	}
	s.put(`<svg class="plot" role="img" aria-labelledby="%s-h%d" width="100%%" height="%d">`, esc(c.ID), i, top+plot+20)
	s.put(`<line class="axis" x1="0" x2="100%%" y1="%d" y2="%d"/>`, top+plot, top+plot)
	s.put(`<svg x="0" y="0" width="100%%" height="%d" viewBox="0 0 100 %d" preserveAspectRatio="none"><path class="ln%s" d="%s"/></svg>`, top+plot, top+plot, k, linePath(pn.Values, func(j int) float64 { return 100 * x(j) }, y))
	first, last := ends(pn.Values)
	for _, j := range []int{first, last} {
		if j < 0 || j == last && first == last && j != first {
			continue
		}
		v, _ := number(pn.Values[j])
		s.put(`<circle class="%s" cx="%s" cy="%.1f" r="3.5"/>`, dot, pct(x(j)), y(v))
		s.put(`<text class="%s" x="%s" y="%.1f" text-anchor="%s">%s</text>`, map[bool]string{true: "b", false: "q"}[j == last], pct(x(j)), y(v)-8, anchor(x(j)), esc(p.l.Num(pn.Values[j])))
		s.put(`<text class="q" x="%s" y="%d" text-anchor="%s">%s</text>`, pct(x(j)), top+plot+15, anchor(x(j)), esc(at(c.X, j)))
	}
	s.put(`</svg>`)
	return s.String()
}

// ends are the first and last places that hold a value; -1 when none does.
func ends(values []string) (first, last int) {
	first, last = -1, -1
	for i, v := range values {
		if _, ok := number(v); ok {
			if first < 0 {
				first = i
			}
			last = i
		}
	}
	return first, last
}

func linePath(values []string, x func(int) float64, y func(float64) float64) string {
	var b strings.Builder
	pen := "M"
	for j, s := range values {
		v, ok := number(s)
		if !ok {
			pen = "M"
			continue
		}
		fmt.Fprintf(&b, "%s%.2f %.2f", pen, x(j), y(v))
		pen = "L"
	}
	return b.String()
}
