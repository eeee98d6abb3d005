package ui

import (
	"html/template"
	"strings"
)

// Plain tells whether a row holds words and lamps alone; such rows are written directly, many times faster than a
// template does it, and come out the same.
func (r Row) Plain() bool {
	for _, c := range r.Cells {
		if c.Button != nil || c.Field != nil {
			return false
		}
	}
	return true
}

// row writes a plain row of a table.
func (l Locale) row(t Translator) func([]Column, Row) template.HTML {
	return func(cols []Column, r Row) template.HTML {
		var b strings.Builder
		b.WriteString(`<tr role="row"`)
		attr(&b, "id", r.ID)
		if r.Href != "" {
			attr(&b, "data-href", safeHref(r.Href))
		}
		b.WriteString(`>`)
		for i, c := range r.Cells {
			if i == 0 {
				headCell(&b, column(cols, i), r, c, t)
			} else {
				l.cell(&b, column(cols, i), c, t)
			}
		}
		b.WriteString("</tr>\n")
		return template.HTML(b.String())
	}
}

// escText escapes as html/template does, which hides the plus sign as well.
func escText(s string) string { return strings.ReplaceAll(template.HTMLEscapeString(s), "+", "&#43;") }

func attr(b *strings.Builder, name, value string) {
	if value != "" {
		b.WriteString(` ` + name + `="` + escText(value) + `"`)
	}
}

func headCell(b *strings.Builder, col Column, r Row, c Cell, t Translator) {
	b.WriteString(`<th scope="row" role="rowheader"`)
	attr(b, "class", alignClass(col.Align))
	b.WriteString(`>`)
	if p := r.Pick; p != nil {
		b.WriteString(`<input class="pick" type="checkbox" data-pick form="` + escText(p.Form) + `" name="` + escText(p.Name) + `" value="` + escText(p.Value) + `" aria-label="` + escText(p.Label) + `">`)
	}
	if r.Href == "" {
		fullCell(b, c, t)
	} else {
		b.WriteString(`<a href="` + escText(safeHref(r.Href)) + `" data-item>`)
		cellText(b, c, t)
		b.WriteString(`</a>`)
		sub(b, c)
	}
	b.WriteString(`</th>`)
}

func (l Locale) cell(b *strings.Builder, col Column, c Cell, t Translator) {
	b.WriteString(`<td role="cell" class="` + alignClass(col.Align))
	if c.Blank() {
		b.WriteString(` empty`)
	}
	b.WriteString(`" data-label="` + escText(col.Head))
	if col.Unit != "" {
		b.WriteString(escText(l.paren(col.Unit)))
	}
	b.WriteString(`"><div>`)
	fullCell(b, c, t)
	b.WriteString(`</div></td>`)
}

func fullCell(b *strings.Builder, c Cell, t Translator) {
	if c.Href != "" {
		b.WriteString(`<a href="` + escText(safeHref(c.Href)) + `">`)
		cellText(b, c, t)
		b.WriteString(`</a>`)
	} else {
		cellText(b, c, t)
	}
	sub(b, c)
}

func sub(b *strings.Builder, c Cell) {
	if c.Sub != "" {
		b.WriteString(`<span class="sub">` + escText(c.Sub) + `</span>`)
	}
}

func cellText(b *strings.Builder, c Cell, t Translator) {
	if c.Status == nil {
		b.WriteString(escText(c.Text))
		return
	}
	text := c.Status.Text
	if text == "" {
		text = t("ui.status." + c.Status.State)
	}
	b.WriteString(`<span class="tag s-` + escText(c.Status.State))
	if c.Status.Box {
		b.WriteString(` box`)
	}
	b.WriteString(`">` + lampSVG(c.Status.State) + escText(text) + `</span>`)
}
