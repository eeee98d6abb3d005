package docx

// paragraphStyle is one entry of the style sheet. Sizes are in half points, distances in twips.
type paragraphStyle struct {
	id, name      string
	font          string // East Asian; the body's where empty
	size          int
	bold          bool
	align         string
	line          int
	exact         bool
	before, after int
	indent        bool // the first line by two characters
	keep          bool // with the next paragraph
	outline       int  // 1 to 4 for headings
}

func (l look) styles() []byte {
	var m markup
	m.WriteString(declaration + `<w:styles ` + namespaces + `>`)
	m.el("w:docDefaults", func() {
		m.el("w:rPrDefault", func() { m.el("w:rPr", func() { l.run(&m, l.fonts.Body, l.text, false) }) })
		m.el("w:pPrDefault", func() { m.el("w:pPr", nil) })
	})
	for i, s := range l.sheet() {
		l.style1(&m, s, i == 0)
	}
	m.el("w:style", func() {
		m.val("w:name", "Normal Table")
		m.el("w:tblPr", func() {
			m.el("w:tblInd", nil, "w:w", "0", "w:type", "dxa")
			m.el("w:tblCellMar", func() {
				m.el("w:top", nil, "w:w", "0", "w:type", "dxa")
				m.el("w:left", nil, "w:w", "108", "w:type", "dxa")
				m.el("w:bottom", nil, "w:w", "0", "w:type", "dxa")
				m.el("w:right", nil, "w:w", "108", "w:type", "dxa")
			})
		})
	}, "w:type", "table", "w:default", "1", "w:styleId", "TableNormal")
	m.WriteString(`</w:styles>`)
	return m.Bytes()
}

// sheet lists the styles; the first is the standard one.
func (l look) sheet() []paragraphStyle {
	body := paragraphStyle{id: "Normal", name: "Normal", size: l.text, align: "both", line: l.line, exact: l.exact}
	text := body
	text.id, text.name, text.indent = "BodyText", "Body Text", l.language == Chinese
	if l.language == English {
		text.after = l.line / 3
	}
	of := func(id, name string, change func(*paragraphStyle)) paragraphStyle {
		s := body
		s.id, s.name = id, name
		change(&s)
		return s
	}
	list := []paragraphStyle{body, text,
		of("Title", "Title", func(s *paragraphStyle) {
			s.font, s.size, s.align, s.after, s.keep = l.fonts.Title, l.title, "center", l.titleGap, true
			s.bold = l.style == Plain
			s.line, s.exact = l.title*15, false // one and a half of the type's height
		}),
		of("DocumentNumber", "Document Number", func(s *paragraphStyle) { s.align, s.after, s.keep = "center", l.titleGap, true }),
		of("Addressee", "Addressee", func(s *paragraphStyle) { s.align, s.keep = "left", true }),
		of("Attachment", "Attachment", func(s *paragraphStyle) { s.align = "left" }),
		of("Signature", "Signature", func(s *paragraphStyle) { s.align = "right" }),
		of("Caption", "caption", func(s *paragraphStyle) {
			s.font, s.align, s.keep, s.before, s.after = l.fonts.Heading, "center", true, l.line/4, l.line/4
		}),
		of("TableHead", "Table Head", func(s *paragraphStyle) {
			s.font, s.size, s.align, s.line, s.exact, s.keep = l.fonts.Heading, l.table, "center", l.table*13, false, true
		}),
		of("TableText", "Table Text", func(s *paragraphStyle) { s.size, s.align, s.line, s.exact = l.table, "left", l.table*13, false }),
		of("TableEnd", "Table End", func(s *paragraphStyle) { s.size, s.line, s.exact = 2, l.line/2, true }),
		of("SectionEnd", "Section End", func(s *paragraphStyle) { s.size, s.line, s.exact = 2, 20, true }),
		of("Footer", "footer", func(s *paragraphStyle) {
			s.font, s.size, s.align, s.line, s.exact = "宋体", min(28, l.text), "center", 280, false
		}),
	}
	for level, font := range []string{l.fonts.Heading, l.fonts.Subheading, l.fonts.Body, l.fonts.Body} {
		list = append(list, of("Heading"+num(level+1), "heading "+num(level+1), func(s *paragraphStyle) {
			s.font, s.keep, s.outline, s.indent = font, true, level+1, text.indent
			s.bold = l.style == Plain && level < 3 || l.style == Official && level == 2
			if l.style == Plain {
				s.before, s.after = l.line/4, l.line/8
			}
		}))
	}
	return list
}

func (l look) style1(m *markup, s paragraphStyle, standard bool) {
	basedOn, isDefault := "Normal", ""
	if standard {
		basedOn, isDefault = "", "1"
	}
	m.el("w:style", func() {
		m.val("w:name", s.name)
		if basedOn != "" {
			m.val("w:basedOn", basedOn)
		}
		if s.outline > 0 {
			m.val("w:next", "BodyText")
		}
		m.el("w:qFormat", nil)
		m.el("w:pPr", func() { l.paragraph(m, s) })
		m.el("w:rPr", func() { l.run(m, s.font, s.size, s.bold) })
	}, "w:type", "paragraph", "w:default", isDefault, "w:styleId", s.id)
}

func (l look) paragraph(m *markup, s paragraphStyle) {
	if s.keep {
		m.el("w:keepNext", nil)
	}
	if !s.exact || s.line != l.line { // the grid is for lines of the text's own size
		m.val("w:snapToGrid", "0")
	}
	rule := "atLeast"
	if s.exact {
		rule = "exact"
	}
	m.el("w:spacing", nil, "w:before", num(s.before), "w:after", num(s.after), "w:line", num(s.line), "w:lineRule", rule)
	if s.indent {
		m.el("w:ind", nil, "w:firstLineChars", "200", "w:firstLine", num(2*l.character()))
	}
	m.val("w:jc", s.align)
	if s.outline > 0 {
		m.val("w:outlineLvl", num(s.outline-1))
	}
}

func (l look) run(m *markup, font string, size int, bold bool) {
	if font == "" {
		font = l.fonts.Body
	}
	m.el("w:rFonts", nil, "w:ascii", l.fonts.Latin, "w:hAnsi", l.fonts.Latin, "w:eastAsia", font, "w:cs", l.fonts.Latin)
	if bold {
		m.el("w:b", nil)
	} else {
		m.val("w:b", "0")
	}
	if size == l.text && l.tighter > 0 {
		m.val("w:spacing", num(-l.tighter))
	} else {
		m.val("w:spacing", "0")
	}
	m.val("w:sz", num(size))
	m.val("w:szCs", num(size))
	m.el("w:lang", nil, "w:val", "en-GB", "w:eastAsia", "zh-CN")
}
