package docx

import (
	"bytes"
	"encoding/xml"
	"strconv"
)

// markup collects XML. Elements are written in pairs by el, so that what is opened gets closed.
type markup struct{ bytes.Buffer }

const declaration = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"

// el writes an element with attributes given as name, value, name, value; an attribute without a
// value is left out. A nil inside makes an empty element.
func (m *markup) el(name string, inside func(), attributes ...string) {
	m.WriteString("<" + name)
	for i := 0; i+1 < len(attributes); i += 2 {
		if attributes[i+1] == "" {
			continue
		}
		m.WriteString(" " + attributes[i] + `="`)
		m.escape(attributes[i+1])
		m.WriteString(`"`)
	}
	if inside == nil {
		m.WriteString("/>")
		return
	}
	m.WriteString(">")
	inside()
	m.WriteString("</" + name + ">")
}

// val writes the commonest element of all, one with a w:val.
func (m *markup) val(name, value string) { m.el(name, nil, "w:val", value) }

func (m *markup) escape(s string) {
	// Writing to a buffer does not fail; EscapeText replaces what XML cannot hold.
	_ = xml.EscapeText(&m.Buffer, []byte(s))
}

func num(n int) string { return strconv.Itoa(n) }
