package docx

import "strings"

func (t Table) write(b *body) {
	if len(t.Columns) == 0 {
		return
	}
	b.turn(t.Landscape)
	if t.Caption != "" {
		b.para("Caption", paraOptions{}, run{text: oneLine(t.Caption)})
	}
	b.table(t, b.width(b.landscape || b.turned))
	// Two tables in a row would grow together, and pages cannot end in one.
	b.para("TableEnd", paraOptions{})
}

func (b *body) table(t Table, total int) {
	widths := t.widths(total, b.look.table*10)
	b.el("w:tbl", func() {
		b.el("w:tblPr", func() {
			b.el("w:tblW", nil, "w:w", num(total), "w:type", "dxa")
			b.el("w:tblBorders", func() {
				for _, side := range []string{"w:top", "w:left", "w:bottom", "w:right", "w:insideH", "w:insideV"} {
					b.el(side, nil, "w:val", "single", "w:sz", "4", "w:space", "0", "w:color", "000000")
				}
			})
			b.el("w:tblLayout", nil, "w:type", "fixed")
			b.el("w:tblCellMar", func() {
				for _, side := range []string{"w:top", "w:left", "w:bottom", "w:right"} {
					b.el(side, nil, "w:w", map[bool]string{true: "40", false: "80"}[side == "w:top" || side == "w:bottom"], "w:type", "dxa")
				}
			})
		})
		b.el("w:tblGrid", func() {
			for _, w := range widths {
				b.el("w:gridCol", nil, "w:w", num(w))
			}
		})
		if t.hasHead() {
			b.head(t, widths)
		}
		for _, row := range t.Rows {
			b.row(t, row, widths)
		}
		if len(t.Rows) == 0 && !t.hasHead() {
			b.row(t, nil, widths) // a table without a row is not valid
		}
	})
}

func (t Table) hasHead() bool {
	for _, c := range t.Columns {
		if c.Title != "" {
			return true
		}
	}
	return false
}

func (b *body) head(t Table, widths []int) {
	b.el("w:tr", func() {
		b.el("w:trPr", func() {
			b.el("w:cantSplit", nil)
			b.el("w:tblHeader", nil)
		})
		for i, w := range widths {
			b.cell("TableHead", t.Columns[i].Title, "center", w)
		}
	})
}

func (b *body) row(t Table, cells []string, widths []int) {
	b.el("w:tr", func() {
		b.el("w:trPr", func() { b.el("w:cantSplit", nil) })
		for i, w := range widths {
			text := ""
			if i < len(cells) {
				text = cells[i]
			}
			b.cell("TableText", text, alignment(t.Columns[i].Align), w)
		}
	})
}

func (b *body) cell(style, text, align string, width int) {
	b.el("w:tc", func() {
		b.el("w:tcPr", func() {
			b.el("w:tcW", nil, "w:w", num(width), "w:type", "dxa")
			b.val("w:vAlign", "center")
		})
		b.para(style, paraOptions{align: align}, run{text: text})
	})
}

// Widths of columns that have none are taken from their texts, within these bounds in characters.
const (
	narrowest   = 2
	widest      = 400
	sampled     = 200 // rows looked at
	cellPadding = 180 // twips beside the text of a cell, the border included
)

// widths shares the width of the text among the columns; character is the width of one in the table.
func (t Table) widths(total, character int) []int {
	shares := make([]float64, len(t.Columns))
	given := false
	for i, c := range t.Columns {
		shares[i] = float64(t.naturalWidth(i)*character)/100 + cellPadding
		given = given || c.Width > 0
	}
	if given {
		for i, c := range t.Columns {
			shares[i] = c.Width
			if c.Width <= 0 {
				shares[i] = 1
			}
		}
		return proportional(shares, total)
	}
	return proportional(squeeze(shares, float64(total)), total)
}

// squeeze narrows the widest columns only, until all fit: figures, names and dates stay on one line
// while long texts wrap.
func squeeze(shares []float64, total float64) []float64 {
	room, open := total, len(shares)
	fits := make([]bool, len(shares))
	for changed := true; changed && open > 0; {
		changed = false
		for i, s := range shares {
			if fair := room / float64(open); !fits[i] && s <= fair {
				fits[i], changed = true, true
				room -= s
				if open--; open == 0 {
					return shares
				}
			}
		}
	}
	wide := 0.0
	for i, s := range shares {
		if !fits[i] {
			wide += s
		}
	}
	for i := range shares {
		if !fits[i] {
			// Half of the room equally, half by need: no column is starved by a much longer one.
			shares[i] = room/2/float64(open) + room/2*shares[i]/wide
		}
	}
	return shares
}

func proportional(shares []float64, total int) []int {
	sum := 0.0
	for _, s := range shares {
		sum += s
	}
	widths, rest := make([]int, len(shares)), total
	for i, s := range shares {
		widths[i] = int(float64(total) * s / sum)
		rest -= widths[i]
	}
	widths[len(widths)-1] += rest
	return widths
}

// naturalWidth is that of the longest line, in hundredths of a character.
func (t Table) naturalWidth(column int) int {
	longest := textWidth(t.Columns[column].Title)
	for _, row := range t.Rows[:min(len(t.Rows), sampled)] {
		if column < len(row) {
			for line := range strings.SplitSeq(unixLines(row[column]), "\n") {
				longest = max(longest, textWidth(line))
			}
		}
	}
	return min(max(longest, narrowest*100), widest*100)
}
