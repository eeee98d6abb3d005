package web

import (
	"slices"
	"strconv"
	"strings"

	"plumbline/internal/ledger"
	"plumbline/internal/org"
	"plumbline/internal/web/ui"
)

// stepFields makes the questions of a step: its unit where it names one, its fields, its remark.
func (s *Server) stepFields(c *Ctx, v ledger.View, t ledger.Transition, typed ledger.Values, problems map[string]string) ([]StepField, error) {
	out, err := s.askFields(c, v.Matter, v.Def, t.Ask, t.Judges(), typed, problems)
	if err != nil {
		return nil, err
	}
	if t.Has(ledger.EffectAssign) {
		owner := ui.Field{Name: "owner", Label: c.T("ledger.col.unit"), Hint: c.T("ledger.unit_hint"), Required: true, Value: typed["owner"].Text, Error: problems["owner"], Suggest: s.unitNames(c), Width: "medium"}
		out = append([]StepField{{Field: owner}}, out...)
	}
	if t.Note == ledger.May || t.Note == ledger.Must {
		label := t.NoteName.In(c.Lang)
		if label == "" {
			label = c.T("ledger.note")
		}
		out = append(out, StepField{Field: ui.Field{Type: "textarea", Name: "note", Label: label, Required: t.Note == ledger.Must, Value: typed["note"].Text, Error: problems["note"]}})
	}
	if due := s.earlyUntil(v, t); due != "" {
		out = append(out, StepField{Field: ui.Field{Type: "textarea", Name: "early", Label: c.T("ledger.change.early"), Hint: c.T("ledger.early_hint"), Required: true, Value: typed["early"].Text, Error: problems["early"]}})
	}
	return out, nil
}

// earlyUntil is the date on which a look-back is due that would be early today, else "".
func (s *Server) earlyUntil(v ledger.View, t ledger.Transition) string {
	if due, _ := v.Def.LookBackDue(v.Matter, t); due > s.Ledgers().Today(s.Now()).String() {
		return due
	}
	return ""
}

// askFields makes the questions of a list of asks, filled with what was typed, what the matter holds, or the default.
func (s *Server) askFields(c *Ctx, m ledger.Matter, d *ledger.Definition, asks []ledger.Ask, judges bool, typed ledger.Values, problems map[string]string) ([]StepField, error) {
	near, err := s.nearby(c, m, d, asks)
	if err != nil {
		return nil, err
	}
	today := s.Ledgers().Today(s.Now())
	var out []StepField
	for _, a := range asks {
		f, ok := d.Field(a.Field)
		if !ok {
			continue
		}
		value, wasTyped := typed[f.ID]
		field := ui.Field{Name: f.ID, Label: f.Name.In(c.Lang), Hint: f.Hint.In(c.Lang), Required: a.Must, Error: problems[f.ID]}
		if !wasTyped {
			value = d.Prefill(m, f, today, s.Ledgers().Calendar())
			if m.Values[f.ID].Empty() && !value.Empty() {
				field.Default = c.T("ledger.default." + strings.SplitN(f.Default, ":", 2)[0])
			}
			field.Value = near.text(c, f, value)
		} else {
			field.Value = value.Text
		}
		if f.Kind == ledger.KindTable {
			was := near.rows(c, f, m.Values[f.ID])
			if !wasTyped {
				value = near.rows(c, f, value)
			}
			value = f.Kept(was, value, judges)
		}
		near.judges = judges
		out = append(out, c.questionOf(f, field, value, near))
	}
	return out, nil
}

// questionOf gives a field the box that suits its kind.
func (c *Ctx) questionOf(f ledger.Field, field ui.Field, value ledger.Value, near nearby) StepField {
	field.MaxLength = f.Max
	switch f.Kind {
	case ledger.KindLong:
		field.Type = "textarea"
	case ledger.KindDate:
		field.Type, field.MaxLength = "date", 0
		if f.Future {
			field.Min = c.Today()
		}
	case ledger.KindNumber:
		field.Inputmode, field.Width = "numeric", "short"
	case ledger.KindDecimal:
		field.Inputmode, field.Width, field.Unit = "decimal", "short", f.Measure.In(c.Lang)
	case ledger.KindMoney:
		field.Inputmode, field.Width, field.Unit = "decimal", "medium", c.T("ledger.money_unit")
	case ledger.KindChoice:
		field.Type, field.Options = "select", choiceOptions(c, f)
	case ledger.KindUnit:
		field.Suggest, field.Width = near.unitTexts, "medium"
	case ledger.KindPerson:
		field.Suggest, field.Width = near.personTexts, "medium"
	case ledger.KindPost:
		field.Suggest, field.Width = near.postTexts, "medium"
	case ledger.KindTable:
		return StepField{Field: field, Rows: c.tableQuestion(f, value, near), Fixed: near.judges && judgedIn(f)}
	}
	return StepField{Field: field}
}

func choiceOptions(c *Ctx, f ledger.Field) []ui.Option {
	out := []ui.Option{{Text: c.T("ledger.choose")}}
	for _, ch := range f.Choices {
		out = append(out, ui.Option{Value: ch.ID, Text: ch.Name.In(c.Lang)})
	}
	return out
}

// nearby is what the boxes for units and people propose, and how what they hold is called.
type nearby struct {
	names                             ledger.Names
	unitTexts, personTexts, postTexts []string
	judges                            bool // the step judges: of a table it fills in what is judged
}

func (s *Server) nearby(c *Ctx, m ledger.Matter, d *ledger.Definition, asks []ledger.Ask) (n nearby, err error) {
	wanted := map[string]bool{}
	for _, a := range asks {
		f, _ := d.Field(a.Field)
		wanted[f.Kind] = true
		for _, col := range f.Columns {
			wanted[col.Kind] = true
		}
	}
	ctx := c.R.Context()
	people := []int64{m.Person}
	if n.names, err = s.Ledgers().NamesOf(ctx, []ledger.Matter{m}, nil, people); err != nil {
		return n, err
	}
	if wanted[ledger.KindUnit] {
		near, err := s.Ledgers().Near(ctx, s.Reader, m)
		if err != nil {
			return n, err
		}
		n.unitTexts = unitTexts(near, c.Lang)
	}
	if m.Owner.ID == 0 || !(wanted[ledger.KindPerson] || wanted[ledger.KindPost]) {
		return n, nil
	}
	holders, err := org.HoldersAt(ctx, s.Reader, m.Owner.ID, c.Today())
	for _, h := range holders {
		n.names.Posts[h.Post.ID] = h.Post
		n.personTexts, n.postTexts = append(n.personTexts, h.Person.In(c.Lang)), append(n.postTexts, h.Post.In(c.Lang))
	}
	return n, err
}

// text is how a value stands in a box: names instead of keys.
func (n nearby) text(c *Ctx, f ledger.Field, v ledger.Value) string {
	id := parseID(v.Text)
	switch f.Kind {
	case ledger.KindUnit, ledger.KindPerson:
		return c.fieldText(f, v, n.names)
	case ledger.KindPost:
		if p, ok := n.names.Posts[id]; ok {
			return p.In(c.Lang)
		}
	case ledger.KindLink:
		if number := n.names.Numbers[id]; number != "" {
			return number
		}
	case ledger.KindFile:
		if id != 0 {
			return "#" + v.Text
		}
	}
	return v.Text
}

// rows is a table with names instead of keys.
func (n nearby) rows(c *Ctx, f ledger.Field, v ledger.Value) ledger.Value {
	out := ledger.Value{Rows: make([][]string, len(v.Rows))}
	for r, row := range v.Rows {
		for i, col := range f.Columns[:min(len(row), len(f.Columns))] {
			out.Rows[r] = append(out.Rows[r], n.text(c, col, ledger.Value{Text: row[i]}))
		}
	}
	return out
}

// spareRows is how many empty rows a table offers; there are more at a press of its button.
const spareRows = 3

// tableQuestion is a table to fill in; its boxes are named field.row.column. Of a table with judged columns it asks whoever
// judges for those alone, everybody else for the rest; what it does not ask for it shows.
func (c *Ctx) tableQuestion(f ledger.Field, v ledger.Value, near nearby) *ui.Table {
	t := &ui.Table{Caption: f.Name.In(c.Lang), HideCaption: true, Columns: []ui.Column{{Head: c.T("ledger.row")}}}
	for _, col := range f.Columns {
		t.Columns = append(t.Columns, ui.Column{Head: col.Name.In(c.Lang)})
	}
	shared := judgedIn(f)
	spare := spareRows
	if shared && near.judges {
		spare = 0
	}
	for r := range len(v.Rows) + spare {
		row := ui.Row{Cells: []ui.Cell{ui.T(strconv.Itoa(r + 1))}}
		for i, col := range f.Columns {
			box := ui.Field{Name: cellName(f, r, i), Label: col.Name.In(c.Lang) + " " + strconv.Itoa(r+1), HideLabel: true, Plain: true}
			if r < len(v.Rows) && i < len(v.Rows[r]) {
				box.Value = v.Rows[r][i]
			}
			if shared && col.Judged != near.judges {
				text := box.Value
				if col.Kind == ledger.KindChoice || col.Kind == ledger.KindDate {
					text = c.fieldText(col, ledger.Value{Text: text}, near.names)
				}
				row.Cells = append(row.Cells, ui.T(text))
				continue
			}
			box = c.questionOf(col, box, ledger.Value{}, near).Field
			if col.Kind == ledger.KindText {
				box.Width = "medium"
			}
			row.Cells = append(row.Cells, ui.Cell{Field: &box})
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// judgedIn says whether a table has columns for whoever judges.
func judgedIn(f ledger.Field) bool {
	return slices.ContainsFunc(f.Columns, func(col ledger.Field) bool { return col.Judged })
}

func cellName(f ledger.Field, row, column int) string {
	return f.ID + "." + strconv.Itoa(row) + "." + strconv.Itoa(column)
}

// tableValue reads the rows of a table from a form, as many as came.
func tableValue(c *Ctx, f ledger.Field) ledger.Value {
	v := ledger.Value{Rows: [][]string{}}
	for r := range 1000 {
		row, came := make([]string, len(f.Columns)), false
		for i := range f.Columns {
			if given, ok := c.R.Form[cellName(f, r, i)]; ok {
				row[i], came = given[0], true
			}
		}
		if !came {
			return v
		}
		v.Rows = append(v.Rows, row)
	}
	return v
}
