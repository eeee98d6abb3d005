package ui

import (
	"html/template"
	"time"
)

// Locale is how a reader reads: language ("zh" or "en") and the organisation's
// time zone (nil: UTC).
type Locale struct {
	Lang string
	Zone *time.Location
}

// Funcs are the functions that frame and components need. Templates are parsed
// once per language: t says the words of that language.
func Funcs(l Locale, t Translator) template.FuncMap {
	return template.FuncMap{
		"t":          t,
		"lang":       func() string { return l.Lang },
		"asset":      AssetURL,
		"jswords":    func() string { return jsWords(t) },
		"date":       l.Date,
		"datetime":   l.DateTime,
		"clocktime":  l.ClockTime,
		"num":        l.Num,
		"numshort":   l.NumShort,
		"daysleft":   func(n int) string { return DaysLeft(n, t) },
		"iso":        l.ISO,
		"lamp":       func(state, text string) Lamp { return Lamp{State: state, Text: text} },
		"status":     func(state, text string) Status { return Status{State: state, Text: text} },
		"link":       func(text, href string) Link { return Link{Text: text, Href: href} },
		"button":     func(kind, text string) Button { return Button{Kind: kind, Text: text} },
		"goto":       func(kind, text, href string) Button { return Button{Kind: kind, Text: text, Href: href} },
		"notice":     func(kind, text string) Notice { return Notice{Kind: kind, Text: text} },
		"empty":      func(title, text string) EmptyState { return EmptyState{Title: title, Text: text} },
		"heading":    func(text string) Heading { return Heading{Text: text} },
		"facts":      func(items []Fact) DescriptionList { return DescriptionList{Items: items} },
		"asprimary":  asPrimary,
		"autowidth":  autoWidth,
		"alignclass": alignClass,
		"col":        column,
		"paren":      l.paren,
		"plainrow":   l.row(t),
		"shape":      func(state string) template.HTML { return template.HTML(shape(state)) },
		"chart":      func(c Chart) (template.HTML, error) { return c.draw(painter{l: l, t: t}) },
		"diff":       func(a, b string) (template.HTML, error) { return NewDiff(a, b).inline(t) },
	}
}

func asPrimary(b Button) Button {
	if b.Kind == "" {
		b.Kind = "primary"
	}
	return b
}

// autoWidth keeps boxes as wide as what goes into them.
func autoWidth(kind string) string {
	switch kind {
	case "number":
		return "short"
	case "date", "tel":
		return "medium"
	}
	return ""
}

func alignClass(align string) string {
	switch align {
	case "right":
		return "r"
	case "center":
		return "c"
	case "nowrap":
		return "nw"
	}
	return ""
}

// column is the i-th column, or a nameless one for a cell too many.
func column(cols []Column, i int) Column {
	if i < len(cols) {
		return cols[i]
	}
	return Column{}
}

// Blank tells whether a cell shows nothing.
func (c Cell) Blank() bool {
	return c.Text == "" && c.Sub == "" && c.Status == nil && c.Button == nil && c.Field == nil
}
