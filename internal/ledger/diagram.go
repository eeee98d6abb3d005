package ledger

import (
	"fmt"
	"html"
	"strings"
	"unicode/utf8"
)

// Measures of the drawing, in its own units: one character of a state's name is about 14 wide.
const (
	boxWidth  = 168
	boxHeight = 30
	rowHeight = 50
	margin    = 12
	lane      = 16
)

// Diagram draws a life cycle as SVG for a page of the house: states one under the other in the order of the definition,
// steps to the next state straight, all others as arcs, forward ones on the right and backward ones on the left. now is
// the state to pick out, "" for none; been are those already passed. It carries no style of its own but the current
// colour, and is read out as its list of steps.
func (d *Definition) Diagram(lang, now string, been map[string]bool) string {
	at := map[string]int{}
	for i, s := range d.States {
		at[s.ID] = i
	}
	arcs := d.arcs(at)
	left, right := lanes(arcs)
	x0 := margin + float64(left)*lane + 10
	width, height := x0+boxWidth+10+float64(right)*lane+margin, float64(len(d.States)*rowHeight+margin)
	var b strings.Builder
	fmt.Fprintf(&b, `<svg class="lifecycle" viewBox="0 0 %.0f %.0f" width="%.0f" height="%.0f" role="img" aria-label="%s" font-size="13" xmlns="http://www.w3.org/2000/svg">`,
		width, height, width, height, html.EscapeString(d.told(lang)))
	b.WriteString(`<defs><marker id="lc-head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto-start-reverse"><path d="M0 0L8 4L0 8z" fill="currentColor"/></marker></defs>`)
	for _, a := range arcs {
		a.draw(&b, x0, lang)
	}
	for i, s := range d.States {
		drawState(&b, s, x0, float64(margin+i*rowHeight), lang, s.ID == now, been[s.ID])
	}
	b.WriteString(`</svg>`)
	return b.String()
}

func drawState(b *strings.Builder, s State, x, y float64, lang string, now, been bool) {
	stroke, weight := "1.2", "400"
	if now {
		stroke, weight = "3", "700"
	}
	radius := 5
	if Ended(s.Class) {
		radius = boxHeight / 2
	}
	fmt.Fprintf(b, `<rect x="%.0f" y="%.0f" width="%d" height="%d" rx="%d" fill="none" stroke="currentColor" stroke-width="%s"/>`, x, y, boxWidth, boxHeight, radius, stroke)
	name := s.Name.In(lang)
	if been && !now {
		name = "✓ " + name
	}
	fmt.Fprintf(b, `<text x="%.0f" y="%.0f" text-anchor="middle" fill="currentColor" font-weight="%s"%s>%s</text>`, x+boxWidth/2, y+boxHeight/2+4.5, weight, squeeze(name), html.EscapeString(name))
}

// squeeze keeps a long name inside its box.
func squeeze(name string) string {
	wide := 0
	for _, r := range name {
		if r > 0x2E80 {
			wide += 13
		} else {
			wide += 7
		}
	}
	if wide <= boxWidth-14 || utf8.RuneCountInString(name) == 0 {
		return ""
	}
	return fmt.Sprintf(` textLength="%d" lengthAdjust="spacingAndGlyphs"`, boxWidth-14)
}

// arc is every step between the same two states; lane counts from the boxes outwards, 0 is straight down.
type arc struct {
	from, to int
	steps    []Transition
	lane     int
}

func (d *Definition) arcs(at map[string]int) []*arc {
	by := map[[2]int]*arc{}
	var out []*arc
	for _, t := range d.Steps {
		for _, f := range t.From {
			key := [2]int{at[f], at[t.To]}
			if key[0] == key[1] {
				continue // what stays where it is is told, not drawn
			}
			if by[key] == nil {
				by[key] = &arc{from: key[0], to: key[1]}
				out = append(out, by[key])
			}
			by[key].steps = append(by[key].steps, t)
		}
	}
	return out
}

func (a *arc) span() (top, bottom int) { return min(a.from, a.to), max(a.from, a.to) }

// lanes gives every arc the innermost lane on its side that no overlapping arc has, short arcs first.
func lanes(arcs []*arc) (left, right int) {
	for length := 1; length < 100; length++ {
		for _, a := range arcs {
			top, bottom := a.span()
			if bottom-top != length || (length == 1 && a.to > a.from) {
				continue
			}
			a.lane = 1
			for clash(arcs, a) {
				a.lane++
			}
			if a.to > a.from {
				right = max(right, a.lane)
			} else {
				left = max(left, a.lane)
			}
		}
	}
	return left, right
}

func clash(arcs []*arc, a *arc) bool {
	top, bottom := a.span()
	for _, o := range arcs {
		if o == a || o.lane != a.lane || (o.to > o.from) != (a.to > a.from) {
			continue
		}
		oTop, oBottom := o.span()
		if top < oBottom && oTop < bottom {
			return true
		}
	}
	return false
}

func (a *arc) draw(b *strings.Builder, x0 float64, lang string) {
	var names []string
	for _, t := range a.steps {
		names = append(names, t.Name.In(lang))
	}
	middle := func(i int, off float64) float64 { return float64(margin+i*rowHeight) + boxHeight/2 + off }
	path := ""
	switch {
	case a.lane == 0:
		x := x0 + boxWidth/2
		path = fmt.Sprintf("M%.0f %.0fV%.0f", x, middle(a.from, boxHeight/2), middle(a.to, -boxHeight/2))
	case a.to > a.from:
		x := x0 + boxWidth
		path = fmt.Sprintf("M%.0f %.0fh%dV%.0fH%.0f", x, middle(a.from, 5), 10+a.lane*lane-6, middle(a.to, -5), x+1)
	default:
		path = fmt.Sprintf("M%.0f %.0fh-%dV%.0fH%.0f", x0, middle(a.from, -5), 10+a.lane*lane-6, middle(a.to, 5), x0-1)
	}
	fmt.Fprintf(b, `<path d="%s" fill="none" stroke="currentColor" stroke-width="1.2" opacity=".75" marker-end="url(#lc-head)"><title>%s</title></path>`,
		path, html.EscapeString(strings.Join(names, " / ")))
}

// told is the picture in words.
func (d *Definition) told(lang string) string {
	var parts []string
	for _, t := range d.Steps {
		to, _ := d.State(t.To)
		parts = append(parts, t.Name.In(lang)+" → "+to.Name.In(lang))
	}
	return d.Name.In(lang) + ": " + strings.Join(parts, "; ")
}

// Line is the straight way through a life, by the main steps from the start.
func (d *Definition) Line() []State {
	var out []State
	seen := map[string]bool{}
	for at := d.Start; !seen[at]; {
		s, ok := d.State(at)
		if !ok {
			break
		}
		seen[at] = true
		out = append(out, s)
		for _, t := range d.StepsFrom(at) {
			if t.Main && t.To != at {
				at = t.To
				break
			}
		}
	}
	return out
}
