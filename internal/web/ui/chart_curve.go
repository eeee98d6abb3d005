package ui

import (
	"fmt"
	"html/template"
	"math"
	"slices"
	"strconv"
	"time"
)

// Curve shows a few lines over one axis, each named where it ends and drawn in a way of its own, so that grey paper tells
// them apart. Where every X is a date the points stand as far apart as the days are, else evenly.
type Curve struct {
	ChartHead
	X     []string
	Lines []CurveLine
	Unit  string
}

// CurveLine is one line; an empty value is a gap. Mark picks it out in the accent.
type CurveLine struct {
	Label  string
	Values []string
	Mark   bool
}

const (
	curveTop    = 14
	curvePlot   = 170
	curveWide   = 0.70 // of the width; the rest is for the names
	curveLabels = 36   // between the names of two lines
	curveName   = 6.0  // Chinese characters that a phone has room for
)

func (c Curve) draw(p painter) (template.HTML, error) {
	g := grid{head: []string{p.t("ui.chart.date")}}
	for _, ln := range c.Lines {
		g.head = append(g.head, p.withUnit(ln.Label, c.Unit))
	}
	for j, x := range c.X {
		row := []string{c.name(p, x)}
		for _, ln := range c.Lines {
			row = append(row, p.l.Num(at(ln.Values, j)))
		}
		g.rows = append(g.rows, row)
	}
	var s svg
	sc, ok := c.scale()
	if !ok {
		return p.figure(c.ChartHead, &s, 0, "", g), nil
	}
	places := c.places()
	y := func(v float64) float64 { return curveTop + curvePlot*(1-sc.at(v)) }
	for _, v := range sc.ticks() {
		s.put(`<line class="axis" x1="0" x2="%s" y1="%.1f" y2="%.1f"/>`, pct(curveWide), y(v), y(v))
		s.put(`<text class="q" x="0" y="%.1f">%s</text>`, y(v)-3, esc(p.l.Num(strconv.FormatFloat(v, 'f', -1, 64))))
	}
	for i, ln := range c.Lines {
		s.curve(ln, i, places, y)
	}
	c.labels(&s, p, y)
	for _, j := range []int{0, len(c.X) - 1} {
		if j == 0 || len(c.X) > 1 {
			where := "middle"
			if len(c.X) > 1 {
				where = map[bool]string{true: "start", false: "end"}[j == 0]
			}
			s.put(`<text class="q" x="%s" y="%d" text-anchor="%s">%s</text>`, pct(places[j]), curveTop+curvePlot+20, where, esc(c.name(p, c.X[j])))
		}
	}
	return p.figure(c.ChartHead, &s, curveTop+curvePlot+28, "", g), nil
}

// name is what stands along the bottom.
func (c Curve) name(p painter, x string) string {
	if _, err := time.Parse(time.DateOnly, x); err == nil {
		return p.l.Date(x)
	}
	return x
}

// places are the shares of the width at which the points stand.
func (c Curve) places() []float64 {
	out := make([]float64, len(c.X))
	first, last, dated := time.Time{}, time.Time{}, len(c.X) > 1
	days := make([]time.Time, len(c.X))
	for j, x := range c.X {
		d, err := time.Parse(time.DateOnly, x)
		dated = dated && err == nil && (j == 0 || !d.Before(days[j-1]))
		days[j] = d
	}
	if dated {
		first, last = days[0], days[len(days)-1]
		dated = last.After(first)
	}
	for j := range c.X {
		share := 0.5
		switch {
		case dated:
			share = days[j].Sub(first).Hours() / last.Sub(first).Hours()
		case len(c.X) > 1:
			share = float64(j) / float64(len(c.X)-1)
		}
		out[j] = 0.08 + (curveWide-0.1)*share
	}
	return out
}

// scale leaves a little room over and under what is drawn; a curve shows change, so it need not begin at nought.
func (c Curve) scale() (scale, bool) {
	sc := scale{math.Inf(1), math.Inf(-1)}
	for _, ln := range c.Lines {
		for j := range c.X {
			if v, ok := number(at(ln.Values, j)); ok {
				sc.min, sc.max = min(sc.min, v), max(sc.max, v)
			}
		}
	}
	if math.IsInf(sc.min, 0) {
		return scale{}, false
	}
	room := (sc.max - sc.min) * 0.08
	if room == 0 {
		room = max(1, math.Abs(sc.max)*0.1)
	}
	return scale{sc.min - room, sc.max + room}, true
}

// curveDashes tell lines apart without colour.
var curveDashes = []string{"", "7 4", "2 3", "10 3 2 3"}

func (s *svg) curve(ln CurveLine, i int, places []float64, y func(float64) float64) {
	k, dot := "", "k2"
	if ln.Mark {
		k, dot = " k4", "k4"
	}
	dash := ""
	if d := curveDashes[i%len(curveDashes)]; d != "" {
		dash = ` stroke-dasharray="` + d + `"`
	}
	h := curveTop + curvePlot
	values := ln.Values[:min(len(ln.Values), len(places))]
	s.put(`<svg x="0" y="0" width="100%%" height="%d" viewBox="0 0 100 %d" preserveAspectRatio="none"><path class="ln%s"%s d="%s"/></svg>`, h, h, k, dash, linePath(values, func(j int) float64 { return 100 * places[j] }, y))
	for j, text := range values {
		if v, ok := number(text); ok {
			s.put(`<circle class="%s" cx="%s" cy="%.1f" r="3.5"/>`, dot, pct(places[j]), y(v))
		}
	}
}

// labels names each line at the height where it ends, pushed apart where two would touch.
func (c Curve) labels(s *svg, p painter, y func(float64) float64) {
	type label struct {
		name, value string
		at          float64
	}
	var all []label
	for _, ln := range c.Lines {
		_, last := ends(ln.Values[:min(len(ln.Values), len(c.X))])
		if last < 0 {
			continue
		}
		v, _ := number(ln.Values[last])
		all = append(all, label{ln.Label, p.l.Num(ln.Values[last]), y(v)})
	}
	slices.SortStableFunc(all, func(a, b label) int { return compare(a.at, b.at) })
	floor := float64(curveTop)
	for i := range all {
		all[i].at = max(all[i].at, floor)
		floor = all[i].at + curveLabels
	}
	ceiling := float64(curveTop + curvePlot - 10)
	for i := len(all) - 1; i >= 0; i-- {
		all[i].at = min(all[i].at, ceiling)
		ceiling = all[i].at - curveLabels
	}
	for _, l := range all {
		s.put(`<text class="b" x="%s" y="%s">%s</text><text class="q" x="%s" y="%s">%s</text>`, pct(curveWide+0.02), oneDigit(l.at), esc(l.value), pct(curveWide+0.02), oneDigit(l.at+16), esc(clip(l.name, curveName)))
	}
}

func oneDigit(v float64) string { return fmt.Sprintf("%.1f", v) }
