package scoring

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"strconv"
)

// WriteJSON writes the result in the form that docs/scoring.md fixes: one unit
// a line, fields and classes always in the same order.
func (r Result) WriteJSON(w io.Writer) error {
	b := bufio.NewWriter(w)
	b.WriteString(`{"units":[`)
	for i, u := range r.Units {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteByte('\n')
		u.writeJSON(b)
	}
	b.WriteString("\n],\"quota\":")
	if r.Quota == nil {
		b.WriteString("null")
	} else {
		b.WriteString(`{"below_top_required":` + strconv.Itoa(r.Quota.BelowTopRequired) +
			`,"below_top_suggested":` + strconv.Itoa(r.Quota.BelowTopSuggested) +
			`,"met":` + strconv.FormatBool(r.Quota.Met) + `}`)
	}
	b.WriteString("}\n")
	return b.Flush() // keeps the first error of all
}

func (u UnitResult) writeJSON(b *bufio.Writer) {
	b.WriteString(`{"unit":` + jsonText(u.Unit) + `,"classes":{`)
	for i, c := range u.Classes {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(jsonText(c.ID) + `:{"mean":` + jsonFigure(c.Mean) +
			`,"valid":` + strconv.Itoa(c.Valid) + `,"abstained":` + strconv.Itoa(c.Abstained) + `}`)
	}
	b.WriteByte('}')
	if u.Renormalised {
		b.WriteString(`,"renormalised":true`)
	}
	b.WriteString(`,"ballot":` + jsonFigure(u.Ballot) + `,"parts":{`)
	comma := ""
	for _, p := range u.Parts {
		if p.ID == BallotPart {
			continue
		}
		b.WriteString(comma + jsonText(p.ID) + `:` + jsonText(p.Score.Text))
		comma = ","
	}
	b.WriteString(`},"composite":` + jsonText(u.Composite.Text) + `,"rank":` + strconv.Itoa(u.Rank) + `,"tied_with":[`)
	for i, unit := range u.TiedWith() {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(jsonText(unit))
	}
	b.WriteString(`],"suggested":`)
	if u.Suggested == "" {
		b.WriteString("null}")
	} else {
		b.WriteString(jsonText(u.Suggested) + `}`)
	}
}

func jsonFigure(f *Figure) string {
	if f == nil {
		return "null"
	}
	return jsonText(f.Text)
}

// jsonText quotes a text without escaping <, > and &: this is no web page.
func jsonText(s string) string {
	if plainASCII(s) {
		return `"` + s + `"`
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(s) // a string and a buffer can't fail
	return string(bytes.TrimRight(b.Bytes(), "\n"))
}

// plainASCII tells that a text needs nothing but its quotation marks.
func plainASCII(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < ' ' || s[i] > '~' || s[i] == '"' || s[i] == '\\' {
			return false
		}
	}
	return true
}
