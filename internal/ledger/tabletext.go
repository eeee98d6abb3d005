package ledger

import "strings"

// A table of rows stands in one cell as lines of "a | b | c". A bar, a line break or a backslash inside a value is
// written "\|", "\n" and "\\", so that every table reads back as it was.

var escapeCell = strings.NewReplacer(`\`, `\\`, `|`, `\|`, "｜", `\｜`, "\n", `\n`, "\r", "")

// rowsText writes rows.
func rowsText(rows [][]string) string {
	lines := make([]string, len(rows))
	for i, row := range rows {
		cells := make([]string, len(row))
		for k, cell := range row {
			cells[k] = escapeCell.Replace(cell)
		}
		lines[i] = strings.Join(cells, " | ")
	}
	return strings.Join(lines, "\n")
}

// textRows reads what rowsText writes, and what people type in its likeness: bars in full width count too.
func textRows(text string) [][]string {
	var rows [][]string
	for line := range strings.Lines(strings.ReplaceAll(text, "\r\n", "\n")) {
		if line = strings.TrimSpace(line); line != "" {
			rows = append(rows, splitCells(line))
		}
	}
	return rows
}

func splitCells(line string) []string {
	var cells []string
	var cell strings.Builder
	escaped := false
	for _, r := range line {
		switch {
		case escaped && r == 'n':
			cell.WriteByte('\n')
		case escaped:
			cell.WriteRune(r)
		case r == '\\':
			escaped = true
			continue
		case r == '|' || r == '｜':
			cells = append(cells, strings.TrimSpace(cell.String()))
			cell.Reset()
			continue
		default:
			cell.WriteRune(r)
		}
		escaped = false
	}
	return append(cells, strings.TrimSpace(cell.String()))
}
