package ledger

import "slices"

// RowChange is what became of one row of a table: Was is nil where the row is new, Is where it is gone.
type RowChange struct{ Was, Is []string }

// RowChanges compares a table before and after, as the texts of a change hold them. A row that stands in both is no
// change, wherever it stands; one that kept its first cell has changed in the others. The order is that of the new rows,
// then those that are gone.
func RowChanges(from, to string) (out []RowChange) {
	was, is := RowsOf(from), RowsOf(to)
	same := func(row []string) func([]string) bool {
		return func(other []string) bool { return slices.Equal(row, other) }
	}
	var left [][]string
	for _, row := range is {
		if i := slices.IndexFunc(was, same(row)); i >= 0 {
			was = slices.Delete(was, i, i+1)
		} else {
			left = append(left, row)
		}
	}
	for _, row := range left {
		change := RowChange{Is: row}
		if i := slices.IndexFunc(was, func(other []string) bool { return row[0] != "" && row[0] == other[0] }); i >= 0 {
			change.Was = was[i]
			was = slices.Delete(was, i, i+1)
		}
		out = append(out, change)
	}
	for _, row := range was {
		out = append(out, RowChange{Was: row})
	}
	return out
}
