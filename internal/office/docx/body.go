package docx

import "strings"

// body writes the document's main part.
type body struct {
	markup
	look
	numbering
	turned bool // the current pages are turned for a wide table, in an upright document
	filled bool // something stands on the current pages
}

// turn makes what follows stand on turned or on upright pages.
func (b *body) turn(turned bool) {
	turned = turned && !b.landscape
	if b.turned == turned {
		return
	}
	if b.filled {
		b.endSection()
	}
	b.turned, b.filled = turned, false
}

// endSection ends the pages so far, in a paragraph as good as invisible.
func (b *body) endSection() {
	b.el("w:p", func() {
		b.el("w:pPr", func() {
			b.val("w:pStyle", "SectionEnd")
			b.section(&b.markup, b.landscape || b.turned)
		})
	})
}

func (d Document) writeBody(l look) []byte {
	b := &body{look: l}
	b.WriteString(declaration + `<w:document ` + namespaces + `><w:body>`)
	if d.Title != "" {
		b.para("Title", paraOptions{}, run{text: d.Title})
	}
	if d.Number != "" {
		b.para("DocumentNumber", paraOptions{}, run{text: oneLine(d.Number)})
	}
	if d.Addressee != "" {
		b.para("Addressee", paraOptions{}, run{text: withColon(oneLine(d.Addressee), d.Language)})
	}
	for _, block := range d.Blocks {
		if block != nil {
			block.write(b)
		}
	}
	b.attachments(d.Attachments)
	b.signature(oneLine(d.Signature), oneLine(d.Date))
	b.section(&b.markup, b.landscape || b.turned)
	b.WriteString(`</w:body></w:document>`)
	return b.Bytes()
}

// run is a stretch of text of one look.
type run struct {
	text string
	bold bool
}

// paraOptions are departures from a paragraph's style; chars are hundredths of a character.
type paraOptions struct {
	align              string
	flush              bool
	before             int
	leftChars, hanging int
	rightChars         int
	keepNext           bool
}

func (b *body) para(style string, o paraOptions, runs ...run) {
	b.filled = true
	b.el("w:p", func() {
		b.el("w:pPr", func() {
			b.val("w:pStyle", style)
			if o.keepNext {
				b.el("w:keepNext", nil)
			}
			if o.before > 0 {
				b.el("w:spacing", nil, "w:before", num(o.before))
			}
			b.indent(o)
			if o.align != "" {
				b.val("w:jc", o.align)
			}
		})
		for _, r := range runs {
			b.run(r)
		}
	})
}

func (b *body) indent(o paraOptions) {
	twips := func(chars int) string { return num(chars * b.character() / 100) }
	switch {
	case o.flush:
		b.el("w:ind", nil, "w:firstLineChars", "0", "w:firstLine", "0")
	case o.leftChars > 0:
		b.el("w:ind", nil, "w:leftChars", num(o.leftChars), "w:left", twips(o.leftChars),
			"w:hangingChars", num(o.hanging), "w:hanging", twips(o.hanging))
	case o.rightChars > 0:
		b.el("w:ind", nil, "w:rightChars", num(o.rightChars), "w:right", twips(o.rightChars))
	}
}

func (b *body) run(r run) {
	if r.text == "" {
		return
	}
	b.el("w:r", func() {
		if r.bold {
			b.el("w:rPr", func() { b.el("w:b", nil) })
		}
		for i, line := range strings.Split(unixLines(r.text), "\n") {
			if i > 0 {
				b.el("w:br", nil)
			}
			for j, piece := range strings.Split(line, "\t") {
				if j > 0 {
					b.el("w:tab", nil)
				}
				if piece != "" {
					b.el("w:t", func() { b.escape(piece) }, "xml:space", "preserve")
				}
			}
		}
	})
}

func (h Heading) write(b *body) {
	b.turn(false)
	level := min(max(h.Level, 1), 4)
	mark := ""
	if !h.Unnumbered {
		mark = b.numbering.next(level, b.language)
	}
	b.para("Heading"+num(level), paraOptions{}, run{text: mark + oneLine(h.Text)})
}

func (p Paragraph) write(b *body) {
	b.turn(false)
	o := paraOptions{flush: p.Flush || p.Align != Standard}
	if p.Align != Standard {
		o.align = alignment(p.Align)
	}
	b.para("BodyText", o, run{text: p.Lead, bold: true}, run{text: p.Text})
}

func (PageBreak) write(b *body) {
	b.turn(false)
	b.filled = true
	b.el("w:p", func() { b.el("w:r", func() { b.el("w:br", nil, "w:type", "page") }) })
}

func alignment(a Align) string {
	return map[Align]string{Left: "left", Center: "center", Right: "right"}[a]
}

// attachments writes the note of what is attached, one line below the text: numbered where there are
// several, the later titles under the first.
func (b *body) attachments(titles []string) {
	word, width := "附件：", 300
	if b.language == English {
		word, width = "Attachments: ", 550
		if len(titles) == 1 {
			word, width = "Attachment: ", 500
		}
	}
	for i, title := range titles {
		b.turn(false)
		title = oneLine(title)
		o := paraOptions{leftChars: 200 + width, hanging: width}
		switch {
		case len(titles) > 1 && i == 0:
			o.leftChars, o.hanging, title = 200+width+125, width+125, word+num(i+1)+".\t"+title
		case len(titles) > 1:
			o.leftChars, o.hanging, title = 200+width+125, 125, num(i+1)+".\t"+title
		default:
			title = word + title
		}
		if i == 0 {
			o.before = b.line
		}
		b.para("Attachment", o, run{text: title})
	}
}

// signature writes who signs, centred over the date, and the date four characters from the right; a
// name too long for that stands two characters from the right, and the date under its middle.
func (b *body) signature(name, date string) {
	if name == "" && date == "" {
		return
	}
	b.turn(false)
	nameRight, dateRight := 400, 400
	if name != "" && date != "" {
		nameRight = 400 + (textWidth(date)-textWidth(name))/2
		if nameRight < 200 {
			nameRight, dateRight = 200, 200+(textWidth(name)-textWidth(date))/2
		}
	}
	before := 2 * b.line
	if name != "" {
		b.para("Signature", paraOptions{rightChars: nameRight, before: before, keepNext: date != ""}, run{text: name})
		before = 0
	}
	if date != "" {
		b.para("Signature", paraOptions{rightChars: dateRight, before: before}, run{text: date})
	}
}

// textWidth estimates a width in hundredths of a character: half for what is not full-width.
func textWidth(s string) int {
	n := 0
	for _, r := range s {
		if r >= 0x2E80 {
			n += 100
		} else {
			n += 50
		}
	}
	return n
}

func withColon(s string, language Language) string {
	if strings.HasSuffix(s, "：") || strings.HasSuffix(s, ":") {
		return s
	}
	if language == English {
		return s + ":"
	}
	return s + "："
}

// oneLine puts a text on one line.
func oneLine(s string) string { return strings.Join(strings.Fields(unixLines(s)), " ") }

func unixLines(s string) string {
	return strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
}
