package ledger

import (
	"math/big"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"plumbline/internal/calendar"
	"plumbline/internal/fault"
)

// The limits of texts and tables where a definition names none.
const (
	maxText = 200
	maxLong = 4000
	maxRows = 50
)

// FreeName marks a person's name that the organisation does not know, in the canonical text of a person field.
const FreeName = "="

// problem is what is wrong with one value; the zero problem is none.
type problem struct {
	key  string
	args []any
}

func wrong(key string, args ...any) problem { return problem{"fault.ledger." + key, args} }

// canon checks a value and gives its canonical form. References to other things are ids by then, see resolve.
func (f Field) canon(v Value, today calendar.Date) (Value, problem) {
	if f.Kind == KindTable {
		return f.canonTable(v, today)
	}
	s := strings.TrimSpace(strings.ReplaceAll(v.Text, "\r\n", "\n"))
	if s == "" {
		return Value{}, problem{}
	}
	var p problem
	switch f.Kind {
	case KindText, KindLong:
		p = f.checkText(s)
	case KindNumber, KindDecimal, KindMoney:
		s, p = f.canonNumber(s)
	case KindDate:
		p = f.checkDate(s, today)
	case KindChoice:
		p = wrong("choice")
		for _, c := range f.Choices {
			if c.ID == s {
				p = problem{}
			}
		}
	case KindComputed:
		return Value{}, problem{}
	default:
		_, err := strconv.ParseInt(s, 10, 64)
		if err != nil && !(f.Free && strings.HasPrefix(s, FreeName) && utf8.RuneCountInString(s) <= 60) {
			p = wrong("reference")
		}
	}
	return Value{Text: s}, p
}

func (f Field) checkText(s string) problem {
	limit := f.Max
	switch {
	case limit == 0 && f.Kind == KindText:
		limit = maxText
	case limit == 0:
		limit = maxLong
	}
	switch {
	case !utf8.ValidString(s) || strings.ContainsRune(s, 0):
		return wrong("not_text")
	case utf8.RuneCountInString(s) > limit:
		return wrong("too_long", "Max", limit, "Count", utf8.RuneCountInString(s))
	case f.Kind == KindText && strings.Contains(s, "\n"):
		return wrong("one_line")
	}
	return problem{}
}

func (f Field) checkDate(s string, today calendar.Date) problem {
	d, err := calendar.ParseDate(s)
	switch {
	case err != nil:
		return wrong("date")
	case f.Future && !today.IsZero() && d.Before(today):
		return wrong("date_past")
	case f.Past && !today.IsZero() && today.Before(d):
		return wrong("date_ahead")
	}
	return problem{}
}

var numberForm = regexp.MustCompile(`^[+-]?\d{1,15}(\.\d{1,12})?$`)

// places is how many digits stand after the point.
func (f Field) places() int {
	switch f.Kind {
	case KindMoney:
		return 2
	case KindDecimal:
		if f.Places == 0 {
			return 2
		}
		return f.Places
	}
	return 0
}

func (f Field) canonNumber(s string) (string, problem) {
	s = strings.NewReplacer(",", "", "，", "", " ", "").Replace(s)
	if !numberForm.MatchString(s) {
		return s, wrong("number")
	}
	r, _ := new(big.Rat).SetString(s)
	if least, ok := new(big.Rat).SetString(string(f.Least)); ok && r.Cmp(least) < 0 {
		return s, wrong("too_small", "Least", f.Least)
	}
	_, frac, _ := strings.Cut(s, ".")
	if len(strings.TrimRight(frac, "0")) > f.places() {
		return s, wrong("places", "Places", f.places())
	}
	return r.FloatString(f.places()), problem{}
}

// rowHead is what a row with a bad cell is known by: what stands in its first cell, unless that is the bad one or is
// nothing that people typed.
func rowHead(row []string, bad int) string {
	if bad == 0 || strings.HasPrefix(row[0], "#") {
		return ""
	}
	return strings.TrimSpace(row[0])
}

func (f Field) canonTable(v Value, today calendar.Date) (Value, problem) {
	limit := f.Max
	if limit == 0 {
		limit = maxRows
	}
	var rows [][]string
	for _, raw := range v.Rows {
		row, empty := make([]string, len(f.Columns)), true
		for i, col := range f.Columns {
			if i >= len(raw) {
				continue
			}
			cell, p := col.canon(Value{Text: raw[i]}, today)
			if p.key != "" {
				return v, wrong("table_cell", "Row", len(rows)+1, "Head", rowHead(raw, i), "Zh", col.Name.In("zh"), "En", col.Name.In("en"), "Value", strings.TrimPrefix(raw[i], unfound))
			}
			row[i] = cell.Text
			empty = empty && cell.Text == ""
		}
		if !empty {
			rows = append(rows, row)
		}
	}
	if len(rows) > limit {
		return v, wrong("table_rows", "Max", limit)
	}
	return Value{Rows: rows}, problem{}
}

// Prefill is what a form shows before anything is typed: what the matter holds, else the field's default.
func (d *Definition) Prefill(m Matter, f Field, today calendar.Date, cal *calendar.Calendar) Value {
	if v := m.Values[f.ID]; !v.Empty() {
		return v
	}
	switch f.Default {
	case "owner":
		return idValue(m.Owner.ID)
	case "holder":
		if f.Kind == KindPost {
			return idValue(m.Post)
		}
		return idValue(m.Person)
	case "today":
		return Value{Text: today.String()}
	}
	days, ok := defaultDays(f)
	if own, set := m.Marks.Days[f.ID]; set {
		days, ok = own, true
	}
	birth, err := calendar.ParseDate(m.Opened)
	if !ok || err != nil {
		return Value{}
	}
	day := cal.OnOrAfter(birth.AddDays(days))
	if f.Future && day.Before(today) {
		return Value{}
	}
	return Value{Text: day.String()}
}

func idValue(id int64) Value {
	if id == 0 {
		return Value{}
	}
	return Value{Text: strconv.FormatInt(id, 10)}
}

// Kept is what a step leaves of a table of which it is given other rows. One that judges fills in the judged columns of the
// rows that there are. Any other fills in the rest: a judgement stays with its row, known by its first cell, and a new row
// has none. Of fields without such columns it is what was given.
func (f Field) Kept(was, given Value, judges bool) Value {
	if !slices.ContainsFunc(f.Columns, func(c Field) bool { return c.Judged }) || given.Rows == nil {
		return given
	}
	cell := func(rows [][]string, r, i int) string {
		if r >= 0 && r < len(rows) && i < len(rows[r]) {
			return rows[r][i]
		}
		return ""
	}
	work, judged := given.Rows, was.Rows
	if judges {
		work, judged = was.Rows, given.Rows
	}
	out := Value{Rows: [][]string{}}
	for r := range work {
		from := r
		if !judges {
			from = slices.IndexFunc(judged, func(row []string) bool { return row[0] == strings.TrimSpace(cell(work, r, 0)) })
		}
		row := make([]string, len(f.Columns))
		for i, col := range f.Columns {
			if row[i] = cell(work, r, i); col.Judged {
				row[i] = cell(judged, from, i)
			}
		}
		out.Rows = append(out.Rows, row)
	}
	return out
}

// fill checks what a form said of its fields, notes what is wrong, and puts the rest into the matter.
func (d *Definition) fill(m *Matter, asks []Ask, in Values, judges bool, today calendar.Date, cal *calendar.Calendar, form *fault.Form) []Change {
	var changes []Change
	for _, a := range asks {
		f, ok := d.Field(a.Field)
		if !ok {
			continue
		}
		raw, given := in[f.ID]
		if !given {
			raw = d.Prefill(*m, f, today, cal)
		}
		was := m.Values[f.ID]
		since := today
		if raw.Text == was.Text {
			since = calendar.Date{} // a date that was right when it was set stays so
		}
		v, p := f.canon(f.Kept(was, raw, judges), since)
		switch {
		case p.key != "":
			form.Add(f.ID, p.key, p.args...)
			continue
		case a.Must && v.Empty():
			form.Add(f.ID, "fault.ledger.needed")
			continue
		}
		if c := changeOf(f.ID, was, v); c.From != c.To {
			changes = append(changes, c)
		}
		m.Values[f.ID] = v
		if v.Empty() {
			delete(m.Values, f.ID)
		}
	}
	d.compute(m.Values)
	return changes
}

func changeOf(field string, was, is Value) Change {
	return Change{Field: field, From: flat(was), To: flat(is)}
}

// flat is a value on one line, for the history.
func flat(v Value) string {
	if v.Rows == nil {
		return v.Text
	}
	return rowsText(v.Rows)
}

// RowsOf reads the rows of a table from the text of a change.
func RowsOf(text string) [][]string { return textRows(text) }
