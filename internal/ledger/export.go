package ledger

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"plumbline/internal/authz"
	"plumbline/internal/calendar"
	"plumbline/internal/office/table"
)

// Sheet is the table of the matters of one type that the actor may read and the filter wants, in the columns of
// Exchange, so that Import reads it back. Rows are read as they are written, in bounded memory.
func (s *Service) Sheet(ctx context.Context, actor authz.Actor, f Filter, today calendar.Date, lang string) table.Sheet {
	d := s.types.Current(f.Type)
	sheet, columns := table.Sheet{Name: d.Name.In(lang)}, d.Exchange()
	for _, c := range columns {
		sheet.Columns = append(sheet.Columns, table.Column{Title: d.Head(c, lang), Kind: c.Kind()})
	}
	x := exporter{Service: s, d: d, columns: columns, lang: lang}
	sheet.Rows = func(yield func([]string, error) bool) {
		err := s.pieces(ctx, actor, f, today, func(ms []Matter) error {
			if err := x.look(ctx, ms); err != nil {
				return err
			}
			for _, m := range ms {
				row, err := x.row(ctx, m)
				if err != nil {
					return err
				}
				if !yield(row, nil) {
					return errStopped
				}
			}
			return nil
		})
		if err != nil && !errors.Is(err, errStopped) {
			yield(nil, err)
		}
	}
	return sheet
}

var errStopped = errors.New("ledger: nobody wants more rows")

// exporter writes matters as rows; it keeps the names of one piece at a time.
type exporter struct {
	*Service
	d       *Definition
	columns []Column
	lang    string
	names   Names
}

// look gathers what the references of a piece are called.
func (x *exporter) look(ctx context.Context, ms []Matter) (err error) {
	x.names, err = x.NamesOf(ctx, ms, nil, nil)
	return err
}

// number is the key that a canonical text holds, 0 where it holds none.
func number(text string) int64 {
	id, _ := strconv.ParseInt(text, 10, 64)
	return id
}

func (x *exporter) row(ctx context.Context, m Matter) ([]string, error) {
	born, err := x.types.At(ctx, x.db, m.Type, m.TypeVersion)
	if err != nil {
		return nil, err
	}
	row := make([]string, len(x.columns))
	for i, c := range x.columns {
		if c.Field.ID == "" {
			row[i] = x.fixed(c.Key, m, born)
		} else {
			row[i] = x.value(c.Field, m.Values[c.Field.ID])
		}
	}
	return row, nil
}

func (x *exporter) fixed(key string, m Matter, born *Definition) string {
	switch key {
	case ColNumber:
		return m.Number
	case ColUnit:
		return x.names.Units[m.Owner.ID].In(x.lang)
	case ColUnitCode:
		return x.names.Units[m.Owner.ID].Code
	case ColConvenor:
		return x.names.Units[m.Convenor.ID].Code
	case ColAsker:
		return x.names.Units[m.Requester.ID].Code
	case ColOpened:
		return m.Opened
	case ColState:
		st, _ := born.State(m.State)
		return st.Name.In(x.lang)
	case ColStateOn:
		return m.Marks.On["enter"]
	case ColDue:
		return m.Due
	}
	return m.Closed
}

// value is what a field holds as a text that an import understands: units and people by code, choices by name.
func (x *exporter) value(f Field, v Value) string {
	if f.Kind == KindTable {
		rows := make([][]string, len(v.Rows))
		for i, row := range v.Rows {
			rows[i] = make([]string, len(f.Columns))
			for k, col := range f.Columns {
				if k < len(row) {
					rows[i][k] = x.value(col, Value{Text: row[k]})
				}
			}
		}
		return rowsText(rows)
	}
	switch f.Kind {
	case KindUnit:
		return x.names.Units[number(v.Text)].Code
	case KindPerson:
		if name, free := strings.CutPrefix(v.Text, FreeName); free {
			return name
		}
		return x.names.People[number(v.Text)].Code
	case KindPost:
		return x.names.Posts[number(v.Text)].Title
	case KindLink:
		return x.names.Numbers[number(v.Text)]
	case KindChoice:
		for _, c := range f.Choices {
			if c.ID == v.Text {
				return c.Name.In(x.lang)
			}
		}
	case KindFile:
		return ""
	}
	return v.Text
}
