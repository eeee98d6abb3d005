package docx

// Lengths are in twips, twentieths of a point; type sizes in half points.

// mm gives millimetres in twips.
func mm(n float64) int { return int(n*1440/25.4 + 0.5) }

// look is what a style and a language decide.
type look struct {
	style     Style
	language  Language
	landscape bool // every page
	fonts     Fonts
	// sizes
	title, text, table int
	line               int // the pitch of lines
	exact              bool
	titleGap           int
	// margins of an upright page
	top, right, bottom, left int
	footer                   int // from the edge of the page to the page number
	// tighter is what is taken off between characters: 28 of 16 points are wider than 156 mm.
	tighter int
}

func (d Document) look() look {
	l := look{style: d.Style, language: d.Language, landscape: d.Landscape}
	switch d.Style {
	case Official:
		// 22 lines of 28 characters on 156 by 225 mm.
		l.title, l.text, l.table, l.line, l.exact, l.titleGap = 44, 32, 24, 579, true, 579
		l.top, l.right, l.bottom, l.left, l.footer = mm(37), mm(26), mm(35), mm(28), mm(23)
		l.tighter = 5
		l.fonts = Fonts{"方正小标宋简体", "仿宋_GB2312", "黑体", "楷体_GB2312", "Times New Roman"}
	default:
		l.title, l.text, l.table, l.line, l.titleGap = 36, 24, 21, 400, 240
		l.top, l.right, l.bottom, l.left, l.footer = mm(25), mm(25), mm(25), mm(25), mm(13)
		l.fonts = Fonts{"黑体", "宋体", "黑体", "楷体", "Times New Roman"}
	}
	for _, f := range []struct {
		to   *string
		from string
	}{{&l.fonts.Title, d.Fonts.Title}, {&l.fonts.Body, d.Fonts.Body}, {&l.fonts.Heading, d.Fonts.Heading},
		{&l.fonts.Subheading, d.Fonts.Subheading}, {&l.fonts.Latin, d.Fonts.Latin}} {
		if f.from != "" {
			*f.to = f.from
		}
	}
	return l
}

// character is the width of a full-width character of the text.
func (l look) character() int { return l.text * 10 }

// width of the text on a page.
func (l look) width(landscape bool) int {
	p := l.page(landscape)
	return p.width - p.left - p.right
}

type page struct{ width, height, top, right, bottom, left, footer int }

// page gives the measures of A4. A turned page is read with its head at the left of the bound sheet,
// so the upright page's margins go round with it.
func (l look) page(landscape bool) page {
	const short, long = 11906, 16838
	if !landscape {
		return page{short, long, l.top, l.right, l.bottom, l.left, l.footer}
	}
	return page{long, short, l.left, l.top, l.right, l.bottom, mm(10)}
}

// section writes the properties of a section.
func (l look) section(m *markup, landscape bool) {
	p := l.page(landscape)
	m.el("w:sectPr", func() {
		for _, f := range l.footers() {
			if f.landscape == landscape {
				m.el("w:footerReference", nil, "w:type", f.kind, "r:id", f.id)
			}
		}
		m.el("w:type", nil, "w:val", "nextPage")
		orient := ""
		if landscape {
			orient = "landscape"
		}
		m.el("w:pgSz", nil, "w:w", num(p.width), "w:h", num(p.height), "w:orient", orient)
		m.el("w:pgMar", nil, "w:top", num(p.top), "w:right", num(p.right), "w:bottom", num(p.bottom), "w:left", num(p.left),
			"w:header", num(mm(15)), "w:footer", num(p.footer), "w:gutter", "0")
		if l.style == Official && !landscape {
			// Only lines: a grid of 28 characters, a little narrower than the type, is taken by some
			// programs to give every character two cells. The type is set closer instead, see tighter.
			m.el("w:docGrid", nil, "w:type", "lines", "w:linePitch", "579")
		}
	})
}

// footer is a part that holds the page number.
type footer struct {
	file, id, kind string
	landscape      bool
	data           []byte
}

// footers gives the page numbers: centred in Plain; in Official odd ones right and even ones left, one
// character in, also on turned pages, where they stand as they do on the upright sheet.
func (l look) footers() []footer {
	if l.style != Official {
		return []footer{
			{"footer1.xml", "rIdF1", "default", false, l.footerPart("center", 0)},
			{"footer2.xml", "rIdF2", "default", true, l.footerPart("center", 0)},
		}
	}
	indent := 280 // one character of the footer's size
	return []footer{
		{"footer1.xml", "rIdF1", "default", false, l.footerPart("right", indent)},
		{"footer2.xml", "rIdF2", "even", false, l.footerPart("left", indent)},
		{"footer3.xml", "rIdF3", "default", true, l.turnedFooter("right", indent)},
		{"footer4.xml", "rIdF4", "even", true, l.turnedFooter("left", indent)},
	}
}

const namespaces = `xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" ` +
	`xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"`

func (l look) footerPart(align string, indent int) []byte {
	var m markup
	m.WriteString(declaration + `<w:ftr ` + namespaces + `>`)
	l.pageNumber(&m, align, indent)
	m.WriteString(`</w:ftr>`)
	return m.Bytes()
}

func (l look) pageNumber(m *markup, align string, indent int) {
	m.el("w:p", func() {
		m.el("w:pPr", func() {
			m.val("w:pStyle", "Footer")
			m.el("w:ind", nil, "w:left", num(indent), "w:right", num(indent))
			m.val("w:jc", align)
		})
		m.el("w:r", func() { m.el("w:t", func() { m.escape("— ") }, "xml:space", "preserve") })
		m.el("w:fldSimple", func() {
			m.el("w:r", func() { m.el("w:t", func() { m.escape("1") }) })
		}, "w:instr", " PAGE ")
		m.el("w:r", func() { m.el("w:t", func() { m.escape(" —") }, "xml:space", "preserve") })
	})
}

// turnedFooter puts the number into a frame at the left edge of the turned page, which is the foot of
// the upright sheet, and turns it as well.
func (l look) turnedFooter(align string, indent int) []byte {
	p := l.page(true)
	var m markup
	m.WriteString(declaration + `<w:ftr ` + namespaces + `>`)
	m.el("w:tbl", func() {
		m.el("w:tblPr", func() {
			m.el("w:tblpPr", nil, "w:leftFromText", "0", "w:rightFromText", "0", "w:vertAnchor", "page", "w:horzAnchor", "page",
				"w:tblpX", num(l.footer), "w:tblpY", num(p.top))
			m.el("w:tblW", nil, "w:w", "400", "w:type", "dxa")
			m.el("w:tblLayout", nil, "w:type", "fixed")
			m.el("w:tblCellMar", func() {
				for _, side := range []string{"w:top", "w:left", "w:bottom", "w:right"} {
					m.el(side, nil, "w:w", "0", "w:type", "dxa")
				}
			})
		})
		m.el("w:tblGrid", func() { m.el("w:gridCol", nil, "w:w", "400") })
		m.el("w:tr", func() {
			m.el("w:trPr", func() {
				m.el("w:trHeight", nil, "w:val", num(p.height-p.top-p.bottom), "w:hRule", "exact")
			})
			m.el("w:tc", func() {
				m.el("w:tcPr", func() {
					m.el("w:tcW", nil, "w:w", "400", "w:type", "dxa")
					m.val("w:textDirection", "tbRl")
				})
				l.pageNumber(&m, align, indent)
			})
		})
	})
	m.el("w:p", func() { m.el("w:pPr", func() { m.val("w:pStyle", "Footer") }) })
	m.WriteString(`</w:ftr>`)
	return m.Bytes()
}
