package ledger

import (
	"slices"
	"strings"

	"plumbline/internal/office/table"
	"plumbline/internal/wording"
)

// The columns of a matter's table that are no fields of its definition. They begin with "@", which no field's id does.
const (
	ColNumber   = "@number"
	ColUnit     = "@unit" // the owner's name
	ColUnitCode = "@unit_code"
	ColConvenor = "@convenor"  // its code or name
	ColAsker    = "@requester" // its code or name; of ledgers whose matters somebody asks for
	ColOpened   = "@opened"
	ColState    = "@state"
	ColStateOn  = "@state_on" // when the state was entered
	ColDue      = "@due"      // written, never read: it follows from the clocks
	ColClosed   = "@closed"
)

// headColumns stand before the fields of a table, tailColumns after them.
var (
	headColumns = []string{ColNumber, ColUnit, ColUnitCode, ColConvenor, ColAsker, ColOpened}
	tailColumns = []string{ColState, ColStateOn, ColDue, ColClosed}
)

// Column is one column of the table in which matters are exchanged. Key is one of those above or a field's id. Read says
// whether an import takes it in; Must that every new matter needs it.
type Column struct {
	Key   string
	Field Field // the zero Field for the columns above
	Read  bool
	Must  bool
}

// Exchange lists the columns in which matters of a type are exchanged, in their order: what stands in an export can be
// imported again.
func (d *Definition) Exchange() []Column {
	var out []Column
	for _, key := range headColumns {
		if key != ColAsker || d.Requester {
			out = append(out, Column{Key: key, Read: true})
		}
	}
	for _, f := range d.Fields {
		read := f.Kind != KindComputed && f.Kind != KindFile
		out = append(out, Column{Key: f.ID, Field: f, Read: read, Must: read && d.mustRegister(f)})
	}
	for _, key := range tailColumns {
		out = append(out, Column{Key: key, Read: key != ColDue})
	}
	return out
}

// mustRegister says whether a new matter needs the field and nothing is filled in by itself.
func (d *Definition) mustRegister(f Field) bool {
	return f.Default == "" && slices.Contains(d.Register, Ask{Field: f.ID, Must: true})
}

// Head is a column's heading in a language: the field's name with its unit of measurement, told apart by its id where
// another column is called the same.
func (d *Definition) Head(c Column, lang string) string {
	name := c.plain(lang)
	for _, other := range d.Exchange() {
		if other.Key != c.Key && normal(other.plain(lang)) == normal(name) && c.Field.ID != "" {
			return name + " (" + c.Field.ID + ")"
		}
	}
	return name
}

func (c Column) plain(lang string) string {
	if c.Field.ID == "" {
		return plainWords().T(lang, "ledger.exchange."+c.Key[1:])
	}
	if measure := c.Field.Measure.In(lang); measure != "" {
		return c.Field.Name.In(lang) + " (" + measure + ")"
	}
	return c.Field.Name.In(lang)
}

// known lists every heading that a column goes by, in either language.
func (c Column) known(d *Definition) []string {
	var out []string
	for _, lang := range wording.Languages {
		out = append(out, d.Head(c, lang), c.plain(lang))
		if c.Field.ID == "" {
			out = append(out, strings.Split(plainWords().T(lang, "ledger.exchange."+c.Key[1:]+"_also"), "|")...)
		} else {
			out = append(out, c.Field.Name.In(lang))
		}
	}
	return append(out, strings.TrimPrefix(c.Key, "@"))
}

// Guess says for every title of a file which column it is taken for: a key, or "" for one that is not read. Each column
// is taken once, from the first title that names it; an exact heading goes before a synonym.
func (d *Definition) Guess(titles []string) []string {
	out, taken := make([]string, len(titles)), map[string]bool{}
	columns := d.Exchange()
	exact, also := make([]map[string]bool, len(columns)), make([]map[string]bool, len(columns))
	for i, c := range columns {
		exact[i], also[i] = normals(d.Head(c, "zh"), d.Head(c, "en")), normals(c.known(d)...)
	}
	for _, words := range [][]map[string]bool{exact, also} {
		for i, title := range titles {
			if out[i] != "" || title == "" {
				continue
			}
			k := slices.IndexFunc(words, func(known map[string]bool) bool { return known[normal(title)] })
			if k >= 0 && !taken[columns[k].Key] {
				out[i], taken[columns[k].Key] = columns[k].Key, true
			}
		}
	}
	for i, key := range out {
		if c, _ := d.column(key); !c.Read {
			out[i] = ""
		}
	}
	return out
}

func normals(words ...string) map[string]bool {
	out := map[string]bool{}
	for _, w := range words {
		out[normal(w)] = true
	}
	return out
}

// column finds a column by its key.
func (d *Definition) column(key string) (Column, bool) {
	for _, c := range d.Exchange() {
		if c.Key == key {
			return c, true
		}
	}
	return Column{}, false
}

// normal is a heading as headings are compared: without case, white space, and the star of what is needed; brackets in
// half width.
func normal(s string) string {
	s = strings.NewReplacer("（", "(", "）", ")", "　", "", " ", "", "\n", "", "\t", "", "\r", "", "*", "", "_", "", "：", "", ":", "").Replace(s)
	return strings.ToLower(s)
}

// Kind is how a written column is to be understood by a spreadsheet.
func (c Column) Kind() table.Kind {
	switch {
	case c.Key == ColOpened || c.Key == ColStateOn || c.Key == ColDue || c.Key == ColClosed:
		return table.Date
	case c.Field.Kind == KindDate:
		return table.Date
	case c.Field.Kind == KindNumber || c.Field.Kind == KindDecimal || c.Field.Kind == KindMoney:
		return table.Number
	}
	return table.Text
}
