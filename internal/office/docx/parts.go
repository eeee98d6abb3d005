package docx

const (
	packageNS  = "http://schemas.openxmlformats.org/package/2006/"
	relationNS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
	mainType   = "application/vnd.openxmlformats-officedocument.wordprocessingml."
)

func contentTypes(l look) []byte {
	var m markup
	m.WriteString(declaration)
	m.el("Types", func() {
		m.el("Default", nil, "Extension", "rels", "ContentType", "application/vnd.openxmlformats-package.relationships+xml")
		m.el("Default", nil, "Extension", "xml", "ContentType", "application/xml")
		part := func(name, kind string) { m.el("Override", nil, "PartName", name, "ContentType", kind) }
		part("/docProps/core.xml", "application/vnd.openxmlformats-package.core-properties+xml")
		part("/word/document.xml", mainType+"document.main+xml")
		part("/word/styles.xml", mainType+"styles+xml")
		part("/word/settings.xml", mainType+"settings+xml")
		part("/word/fontTable.xml", mainType+"fontTable+xml")
		for _, f := range l.footers() {
			part("/word/"+f.file, mainType+"footer+xml")
		}
	}, "xmlns", packageNS+"content-types")
	return m.Bytes()
}

func relations(list [][3]string) []byte {
	var m markup
	m.WriteString(declaration)
	m.el("Relationships", func() {
		for _, r := range list {
			m.el("Relationship", nil, "Id", r[0], "Type", r[1], "Target", r[2])
		}
	}, "xmlns", packageNS+"relationships")
	return m.Bytes()
}

func rootRelations() []byte {
	return relations([][3]string{
		{"rId1", relationNS + "officeDocument", "word/document.xml"},
		{"rId2", packageNS + "relationships/metadata/core-properties", "docProps/core.xml"},
	})
}

func documentRelations(l look) []byte {
	list := [][3]string{
		{"rId1", relationNS + "styles", "styles.xml"},
		{"rId2", relationNS + "settings", "settings.xml"},
		{"rId3", relationNS + "fontTable", "fontTable.xml"},
	}
	for _, f := range l.footers() {
		list = append(list, [3]string{f.id, relationNS + "footer", f.file})
	}
	return relations(list)
}

// coreProperties names the document, and no person and no time: neither is known here.
func coreProperties(d Document) []byte {
	var m markup
	m.WriteString(declaration)
	m.el("cp:coreProperties", func() {
		m.el("dc:title", func() { m.escape(oneLine(d.Title)) })
	}, "xmlns:cp", packageNS+"metadata/core-properties", "xmlns:dc", "http://purl.org/dc/elements/1.1/")
	return m.Bytes()
}

func (l look) settings() []byte {
	var m markup
	m.WriteString(declaration + `<w:settings ` + namespaces + `>`)
	if l.style == Official {
		m.el("w:evenAndOddHeaders", nil)
	}
	m.val("w:characterSpacingControl", "compressPunctuation")
	m.el("w:compat", func() {
		m.el("w:compatSetting", nil, "w:name", "compatibilityMode", "w:uri", "http://schemas.microsoft.com/office/word", "w:val", "15")
	})
	m.el("w:themeFontLang", nil, "w:val", "en-GB", "w:eastAsia", "zh-CN")
	m.WriteString(`</w:settings>`)
	return m.Bytes()
}

// fallbacks names what to use where a font is not installed: the named families are common in offices
// but belong to nobody's system. Word and WPS read the first; others look through the list.
var fallbacks = map[string]string{
	"方正小标宋简体":   "方正小标宋_GBK,FZXiaoBiaoSong-B05S,华文中宋,宋体,SimSun,Noto Serif CJK SC,Source Han Serif SC",
	"仿宋_GB2312": "仿宋,FangSong,FangSong_GB2312,华文仿宋,STFangsong,FandolFang,Noto Serif CJK SC",
	"楷体_GB2312": "楷体,KaiTi,KaiTi_GB2312,华文楷体,STKaiti,FandolKai,LXGW WenKai,Noto Serif CJK SC",
	"楷体":        "KaiTi,楷体_GB2312,华文楷体,STKaiti,LXGW WenKai,Noto Serif CJK SC",
	"黑体":        "SimHei,Microsoft YaHei,微软雅黑,PingFang SC,Noto Sans CJK SC,Source Han Sans SC",
	"宋体":        "SimSun,NSimSun,华文宋体,STSong,Noto Serif CJK SC,Source Han Serif SC",
}

func (l look) fontTable() []byte {
	var m markup
	m.WriteString(declaration + `<w:fonts ` + namespaces + `>`)
	seen := map[string]bool{}
	for _, name := range []string{l.fonts.Title, l.fonts.Body, l.fonts.Heading, l.fonts.Subheading, "宋体", l.fonts.Latin} {
		if seen[name] {
			continue
		}
		seen[name] = true
		charset := "86" // GB 2312
		if name == l.fonts.Latin {
			charset = "00"
		}
		m.el("w:font", func() {
			if alt := fallbacks[name]; alt != "" {
				m.val("w:altName", alt)
			}
			m.val("w:charset", charset)
			m.val("w:family", map[bool]string{true: "roman", false: "auto"}[charset == "00"])
			m.val("w:pitch", "variable")
		}, "w:name", name)
	}
	m.WriteString(`</w:fonts>`)
	return m.Bytes()
}
