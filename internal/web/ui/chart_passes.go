package ui

import (
	"cmp"
	"html/template"
	"slices"
	"strconv"
)

// Passes shows who passes things to whom: on the left who gave, on the right who got, and between them lines as thick
// as often it happened. Both sides stand in the order of how much they gave or got.
type Passes struct {
	ChartHead
	Ways []Pass
	Gave string // head of the left side: "Passed on"
	Got  string // head of the right side
	Unit string // what is counted: "times"
	Rest string // the name of all others taken together: stands last, and quieter
}

// Pass is one way. Mark picks it out in the accent.
type Pass struct {
	From, To string
	Count    int64
	Href     string
	Mark     bool
}

const (
	passRow    = 44
	passHead   = 26
	passThick  = 12.0
	passLeft   = 0.40
	passRight  = 0.60
	passLabel  = 9 // Chinese characters that a phone has room for
	passOffset = 15
)

func (c Passes) draw(p painter) (template.HTML, error) {
	gave := c.side(func(w Pass) string { return w.From })
	got := c.side(func(w Pass) string { return w.To })
	var most int64
	for _, w := range c.Ways {
		if !c.rest(w) {
			most = max(most, w.Count)
		}
	}
	var s svg
	if len(c.Ways) > 0 {
		s.put(`<text class="q" x="%s" y="12" text-anchor="end">%s</text><text class="q" x="%s" y="12">%s</text>`, pct(passLeft-0.015), esc(c.Gave), pct(passRight+0.015), esc(c.Got))
	}
	s.passLines(c, gave, got, most, p)
	s.passNames(gave, passLeft, -0.015, "end", p)
	s.passNames(got, passRight, 0.015, "start", p)
	g := grid{head: []string{p.t("ui.chart.name"), p.withUnit(p.t("ui.chart.value"), c.Unit)}}
	for _, w := range c.Ways {
		g.rows = append(g.rows, []string{w.From + " → " + w.To, p.l.Num(w.Count)})
		g.links = append(g.links, w.Href)
	}
	height := passHead + passRow*max(len(gave), len(got))
	if len(c.Ways) == 0 {
		height = 0
	}
	return p.figure(c.ChartHead, &s, height, "", g), nil
}

// passEnd is one name on one side.
type passEnd struct {
	name  string
	total int64
}

func (c Passes) side(name func(Pass) string) []passEnd {
	at := map[string]int{}
	var out []passEnd
	for _, w := range c.Ways {
		i, ok := at[name(w)]
		if !ok {
			i = len(out)
			at[name(w)] = i
			out = append(out, passEnd{name: name(w)})
		}
		out[i].total += w.Count
	}
	slices.SortStableFunc(out, func(a, b passEnd) int {
		if a.name == c.Rest || b.name == c.Rest {
			return compare(truth(a.name == c.Rest), truth(b.name == c.Rest))
		}
		return cmp.Or(cmp.Compare(b.total, a.total), cmp.Compare(a.name, b.name))
	})
	return out
}

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// rest says whether a way begins or ends at the others taken together; they don't set the scale.
func (c Passes) rest(w Pass) bool { return c.Rest != "" && (w.From == c.Rest || w.To == c.Rest) }

// passLines draws thin lines over thick ones, so that none is hidden.
func (s *svg) passLines(c Passes, gave, got []passEnd, most int64, p painter) {
	row := func(side []passEnd, name string) int {
		return slices.IndexFunc(side, func(e passEnd) bool { return e.name == name })
	}
	ways := slices.Clone(c.Ways)
	slices.SortStableFunc(ways, func(a, b Pass) int { return cmp.Compare(b.Count, a.Count) })
	for _, w := range ways {
		k := ""
		switch {
		case w.Mark:
			k = " k4"
		case c.rest(w):
			k = " rest"
		}
		thick := min(passThick, max(1, passThick*float64(w.Count)/float64(max(1, most))))
		s.put(`<line class="way%s" x1="%s" y1="%d" x2="%s" y2="%d" stroke-width="%s"><title>%s</title></line>`, k,
			pct(passLeft+0.01), passHead+passRow*row(gave, w.From)+passRow/2-4, pct(passRight-0.01), passHead+passRow*row(got, w.To)+passRow/2-4,
			strconv.FormatFloat(thick, 'f', 1, 64), esc(w.From+" → "+w.To+": "+p.l.Num(w.Count)))
	}
}

func (s *svg) passNames(side []passEnd, end, gap float64, anchor string, p painter) {
	for i, e := range side {
		y, x := passHead+passRow*i, pct(end+gap)
		s.put(`<text x="%s" y="%d" text-anchor="%s">%s</text>`, x, y+passOffset, anchor, esc(clip(e.name, passLabel)))
		s.put(`<text class="q" x="%s" y="%d" text-anchor="%s">%s</text>`, x, y+passOffset+17, anchor, esc(p.l.Num(e.total)))
		s.put(`<line class="base" x1="%s" x2="%s" y1="%d" y2="%d"/>`, pct(end), pct(end), y+4, y+passRow-12)
	}
}
