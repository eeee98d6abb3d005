package ui

import (
	"fmt"
	"html/template"
	"math"
	"strconv"
	"strings"
	"unicode"
)

// Chart is a picture of numbers, drawn as SVG on the server by the template
// function chart. Positions across are percentages and text keeps its size, so
// one drawing serves phones, projectors and paper. Each has a title that says
// the finding, a description that is read out, and its numbers as a table.
type Chart interface {
	draw(p painter) (template.HTML, error)
}

// ChartHead is what every chart carries.
type ChartHead struct {
	ID    string // unique on the page; ids inside are made from it
	Title string // the finding: "Three districts are late"
	Desc  string // what is shown, of whom, of when
}

// Rule is a line across a chart at a value: a band's edge, a mean.
type Rule struct{ Value, Text string }

// painter knows the reader's language.
type painter struct {
	l Locale
	t Translator
}

// grid is the table behind a chart.
type grid struct {
	head  []string
	rows  [][]string
	links []string
}

// svg collects the inside of a drawing.
type svg struct {
	strings.Builder
	linked bool
}

func (s *svg) put(format string, args ...any) { fmt.Fprintf(&s.Builder, format, args...) }

// link wraps what inside draws into a link, when there is one.
func (s *svg) link(href string, inside func()) {
	if href == "" {
		inside()
		return
	}
	s.linked = true
	s.put(`<a href="%s">`, esc(safeHref(href)))
	inside()
	s.put(`</a>`)
}

// safeHref lets only addresses of this site and http(s) through.
func safeHref(href string) string {
	if strings.HasPrefix(href, "/") || strings.HasPrefix(href, "#") || strings.HasPrefix(href, "?") ||
		strings.HasPrefix(href, "https://") || strings.HasPrefix(href, "http://") {
		return href
	}
	return "#"
}

func esc(s string) string { return template.HTMLEscapeString(s) }

// pct writes a share of the width, two decimals.
func pct(f float64) string { return strconv.FormatFloat(100*f, 'f', 2, 64) + "%" }

// figure puts caption, drawing and table together. With links inside, the
// drawing is a group, because an image may hold nothing to press.
func (p painter) figure(h ChartHead, s *svg, height int, below string, g grid) template.HTML {
	var b strings.Builder
	id := esc(h.ID)
	p.open(&b, h)
	if height > 0 {
		role := "img"
		if s.linked {
			role = "group"
		}
		fmt.Fprintf(&b, `<svg class="plot" role="%s" aria-labelledby="%s-t" aria-describedby="%s-d" width="100%%" height="%d">`, role, id, id, height)
		b.WriteString(s.String())
		b.WriteString(`</svg>`)
	} else {
		b.WriteString(s.String())
	}
	b.WriteString(below)
	p.table(&b, h, g)
	b.WriteString(`</figure>`)
	return template.HTML(b.String())
}

func (p painter) open(b *strings.Builder, h ChartHead) {
	fmt.Fprintf(b, `<figure class="chart" id="%s"><figcaption><strong id="%s-t">%s</strong>`, esc(h.ID), esc(h.ID), esc(h.Title))
	fmt.Fprintf(b, `<span id="%s-d">%s</span></figcaption>`, esc(h.ID), esc(h.Desc))
}

func (p painter) table(b *strings.Builder, h ChartHead, g grid) {
	fmt.Fprintf(b, `<details class="more"><summary>%s</summary><div class="tablewrap" tabindex="0" role="region" aria-label="%s"><table class="table"><caption class="vh">%s</caption><thead><tr>`, esc(p.t("ui.chart.table")), esc(h.Title), esc(h.Title))
	for i, c := range g.head {
		fmt.Fprintf(b, `<th scope="col"%s>%s</th>`, rightAfter(i), esc(c))
	}
	b.WriteString(`</tr></thead><tbody>`)
	for n, row := range g.rows {
		b.WriteString(`<tr>`)
		for i, c := range row {
			if i == 0 {
				text := esc(c)
				if n < len(g.links) && g.links[n] != "" {
					text = `<a href="` + esc(safeHref(g.links[n])) + `">` + text + `</a>`
				}
				b.WriteString(`<th scope="row">` + text + `</th>`)
				continue
			}
			b.WriteString(`<td class="r">` + esc(c) + `</td>`)
		}
		b.WriteString(`</tr>`)
	}
	b.WriteString(`</tbody></table></div></details>`)
}

func rightAfter(i int) string {
	if i == 0 {
		return ""
	}
	return ` class="r"`
}

// number reads a decimal for drawing; false where there is none.
func number(s string) (float64, bool) {
	f, err := strconv.ParseFloat(s, 64)
	return f, err == nil && !math.IsNaN(f) && !math.IsInf(f, 0)
}

// scale maps values to shares of the width.
type scale struct{ min, max float64 }

func (s scale) at(v float64) float64 {
	if s.max <= s.min {
		return 0
	}
	return min(1, max(0, (v-s.min)/(s.max-s.min)))
}

// ticks are three to six round values inside the scale.
func (s scale) ticks() []float64 {
	span := s.max - s.min
	if span <= 0 {
		return nil
	}
	step := math.Pow(10, math.Floor(math.Log10(span/3)))
	for span/step > 6 {
		if span/(step*2) <= 6 {
			step *= 2
		} else if span/(step*5) <= 6 {
			step *= 5
		} else {
			step *= 10
		}
	}
	var out []float64
	for v := math.Ceil(s.min/step) * step; v <= s.max+step/1e6; v += step {
		out = append(out, v)
	}
	return out
}

// clip shortens a label to about ems Chinese characters.
func clip(s string, ems float64) string {
	w := 0.0
	for i, r := range s {
		if unicode.Is(unicode.Han, r) || unicode.Is(unicode.P, r) && r > 0x2e80 {
			w++
		} else {
			w += 0.56
		}
		if w > ems {
			return s[:i] + "…"
		}
	}
	return s
}

// tone is the class of the i-th fill of a series, or of a state.
func tone(state string, i int) string {
	if state != "" {
		return "k-" + state
	}
	return "k" + strconv.Itoa(i%5+1)
}

// shape is the inside of a lamp: one drawing of 14 by 14 for each state.
func shape(state string) string {
	switch state {
	case OnTime:
		return `<circle class="f" cx="7" cy="7" r="5.5"/>`
	case Soon:
		return `<path class="f" d="M7 .8L13.8 13H.2z"/>`
	case Late:
		return `<rect class="f" x="1.5" y="1.5" width="11" height="11"/>`
	case Waiting:
		return `<circle class="o" cx="7" cy="7" r="4.75"/>`
	case Done:
		return `<path class="o" d="M1.5 7.5l3.75 4L12.5 2.5"/>`
	case Draft:
		return `<circle class="o" cx="7" cy="7" r="4.75" stroke-dasharray="2.5 2.5"/>`
	case Info:
		return `<circle class="o" cx="7" cy="7" r="5.75" stroke-width="1.5"/><path class="o" stroke-width="1.5" d="M7 6.5v4.25M7 3.25v1.5"/>`
	}
	return `<path class="o" d="M3 7h8"/>`
}

func lampSVG(state string) string {
	return `<svg class="lamp s-` + esc(state) + `" viewBox="0 0 14 14" aria-hidden="true">` + shape(state) + `</svg>`
}
