package ui

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// scheme reads the custom colours of a :root block.
func scheme(t *testing.T, css, from, to string) map[string]string {
	t.Helper()
	_, block, ok := strings.Cut(css, from)
	if !ok {
		t.Fatalf("no %q in app.css", from)
	}
	block, _, _ = strings.Cut(block, to)
	colours := map[string]string{}
	for _, m := range regexp.MustCompile(`--([a-z0-9-]+):(#[0-9a-f]{6})`).FindAllStringSubmatch(block, -1) {
		colours[m[1]] = m[2]
	}
	return colours
}

// luminance is WCAG's relative luminance of #rrggbb.
func luminance(hex string) float64 {
	var sum float64
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		v, _ := strconv.ParseUint(hex[1+2*i:3+2*i], 16, 8)
		c := float64(v) / 255
		if c <= 0.04045 {
			c /= 12.92
		} else {
			c = math.Pow((c+0.055)/1.055, 2.4)
		}
		sum += weight * c
	}
	return sum
}

func contrast(a, b string) float64 {
	x, y := luminance(a), luminance(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

// Text has 4.5:1 on every ground it stands on, shapes and borders of controls 3:1.
func TestContrast(t *testing.T) {
	if got := contrast("#000000", "#ffffff"); math.Abs(got-21) > 0.01 {
		t.Fatalf("black on white is %.2f", got)
	}
	b, err := Static.ReadFile("static/app.css")
	if err != nil {
		t.Fatal(err)
	}
	text := map[string][]string{
		"paper":       {"ink", "ink-2", "ink-3", "accent-text", "ontime", "soon", "late", "wait", "done"},
		"ground":      {"ink", "ink-2", "ink-3", "accent-text", "late", "soon", "ontime"},
		"raise":       {"ink", "ink-2", "ink-3", "accent-text"},
		"accent":      {"on-accent"},
		"accent-deep": {"on-accent"},
		"ontime-soft": {"ink", "ontime"},
		"soon-soft":   {"ink", "soon"},
		"late-soft":   {"ink", "late"},
		"wait-soft":   {"ink", "ink-2", "wait"},
		"ins":         {"ink"},
		"del":         {"ink", "ink-2"},
		"ink":         {"paper"},
		"ink-2":       {"paper"},
		"c1":          {"paper"},
		"c2":          {"paper"},
		"c3":          {"ink"},
		"c4":          {"paper"},
		"c5":          {"ink"},
	}
	shapes := map[string][]string{"paper": {"line-2", "mark", "focus", "accent", "c1", "c2", "c4", "ontime", "late", "wait"}, "soon-soft": {"mark"}, "ground": {"c2", "line-2"}}
	light := scheme(t, string(b), ":root{", "}")
	dark := scheme(t, string(b), "@media (prefers-color-scheme:dark){:root{", "}")
	for name, colours := range map[string]map[string]string{"light": light, "dark": dark} {
		check := func(pairs map[string][]string, least float64) {
			for ground, inks := range pairs {
				for _, ink := range inks {
					a, b := colours[ink], colours[ground]
					if a == "" || b == "" {
						t.Errorf("%s: --%s or --%s is no colour", name, ink, ground)
						continue
					}
					if got := contrast(a, b); got < least {
						t.Errorf("%s: --%s on --%s is %.2f:1, below %.1f", name, ink, ground, got, least)
					}
				}
			}
		}
		check(text, 4.5)
		check(shapes, 3)
	}
	for name := range light {
		if dark[name] == "" {
			t.Errorf("--%s has no dark value", name)
		}
	}
}
