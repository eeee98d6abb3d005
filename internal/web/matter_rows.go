package web

import (
	"strings"

	"plumbline/internal/ledger"
)

// rowsText tells what changed in a table, a line for each row that did: the other rows stay as they were and say nothing.
func (c *Ctx) rowsText(f ledger.Field, from, to string, value func(ledger.Field, string) string) string {
	cell := func(row []string, i int) string {
		if i < len(row) && row[i] != "" {
			return value(f.Columns[i], row[i])
		}
		return ""
	}
	whole := func(row []string) string {
		var cells []string
		for i, col := range f.Columns {
			if text := cell(row, i); text != "" {
				cells = append(cells, col.Name.In(c.Lang)+c.T("ledger.colon")+text)
			}
		}
		return strings.Join(cells, c.T("ledger.semicolon"))
	}
	var lines []string
	for _, r := range ledger.RowChanges(from, to) {
		switch {
		case r.Was == nil && from == "":
			lines = append(lines, whole(r.Is))
		case r.Was == nil:
			lines = append(lines, c.T("ledger.row.new")+c.T("ledger.colon")+whole(r.Is))
		case r.Is == nil:
			lines = append(lines, c.T("ledger.row.gone")+c.T("ledger.colon")+whole(r.Was))
		default:
			var cells []string
			for i, col := range f.Columns {
				if was, is := cell(r.Was, i), cell(r.Is, i); was != is {
					cells = append(cells, col.Name.In(c.Lang)+c.T("ledger.colon")+otherwise(was, c.T("ledger.row.empty"))+" → "+otherwise(is, c.T("ledger.row.empty")))
				}
			}
			lines = append(lines, cell(r.Is, 0)+c.T("ledger.colon")+strings.Join(cells, c.T("ledger.semicolon")))
		}
	}
	if len(lines) == 0 {
		return c.T("ledger.row.order")
	}
	return strings.Join(lines, "\n")
}
