package web

import (
	"strings"

	"plumbline/internal/office/table"
	"plumbline/internal/web/ui"
)

// problemTable lists what is wrong with a table that was sent in. A code with a dot is a wording key of the room that
// found the problem; any other is one of the reader of tables.
func (c *Ctx) problemTable(list []table.Problem, total int) *ui.Table {
	t := &ui.Table{Caption: c.T("table.problems"), HideCaption: true, Columns: []ui.Column{{Head: c.T("table.line"), Align: "right"}, {Head: c.T("table.column")}, {Head: c.T("table.reason")}}}
	for _, p := range list {
		line := itoa(int64(p.Line))
		if p.Line == 0 {
			line = c.T("table.whole_file")
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: line}, {Text: p.Column}, {Text: ProblemText(c.T, p)}}})
	}
	if total > len(list) {
		t.Pager = &ui.Pager{Text: c.T("table.more", "Count", total-len(list))}
	}
	return t
}

// ProblemText words a problem of a table.
func ProblemText(t ui.Translator, p table.Problem) string {
	key := p.Code
	if !strings.Contains(key, ".") {
		key = "table." + key
	}
	args := []any{"Column", p.Column}
	for name, value := range p.Args {
		if name == "accepted" || name == "columns" { // lists, as the reader's language writes them
			value = strings.ReplaceAll(value, ", ", t("list.separator"))
		}
		args = append(args, name, value)
	}
	return t(key, args...)
}
