package ledger

import (
	"bytes"
	"encoding/json"
	"strings"
)

// Text is the definition as a file of a pack would hold it: without what is empty, in lines that people can read.
func (d *Definition) Text() string {
	body, err := json.Marshal(d)
	if err != nil {
		panic(err) // a definition is plain data
	}
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.UseNumber()
	var b strings.Builder
	tidy(dec, 0).write(&b, 0)
	b.WriteByte('\n')
	return b.String()
}

// node is a value of JSON with the order of its members.
type node struct {
	open  json.Delim // 0 of a plain value
	plain string
	keys  []string
	inner []node
}

func tidy(dec *json.Decoder, depth int) node {
	tok, err := dec.Token()
	if err != nil {
		panic(err)
	}
	delim, ok := tok.(json.Delim)
	if !ok {
		var text bytes.Buffer
		enc := json.NewEncoder(&text)
		enc.SetEscapeHTML(false)
		_ = enc.Encode(tok)
		return node{plain: strings.TrimSpace(text.String())}
	}
	n := node{open: delim}
	for dec.More() {
		key := ""
		if delim == '{' {
			k, _ := dec.Token()
			key = k.(string)
		}
		x := tidy(dec, depth+1)
		if delim == '{' && x.empty() {
			continue
		}
		n.keys, n.inner = append(n.keys, key), append(n.inner, x)
	}
	_, _ = dec.Token()
	return n
}

func (n node) empty() bool {
	if n.open != 0 {
		return len(n.inner) == 0
	}
	return n.plain == "null" || n.plain == `""` || n.plain == "0" || n.plain == "false"
}

// lineWidth is how long a line may become before its value is broken.
const lineWidth = 140

func (n node) write(b *strings.Builder, depth int) {
	if n.open == 0 {
		b.WriteString(n.plain)
		return
	}
	var line strings.Builder
	if n.onOneLine(&line); depth > 0 && line.Len() <= lineWidth {
		b.WriteString(line.String())
		return
	}
	b.WriteRune(rune(n.open))
	for i, x := range n.inner {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString("\n" + strings.Repeat(" ", depth+1))
		b.WriteString(n.key(i))
		x.write(b, depth+1)
	}
	b.WriteString("\n" + strings.Repeat(" ", depth))
	b.WriteRune(rune(n.open) + 2) // the closing brackets stand two after the opening ones
}

func (n node) onOneLine(b *strings.Builder) {
	if n.open == 0 {
		b.WriteString(n.plain)
		return
	}
	b.WriteRune(rune(n.open))
	for i, x := range n.inner {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(n.key(i))
		x.onOneLine(b)
	}
	b.WriteRune(rune(n.open) + 2)
}

func (n node) key(i int) string {
	if n.open != '{' {
		return ""
	}
	text, _ := json.Marshal(n.keys[i])
	return string(text) + ": "
}
