package ledger

import (
	"math/big"
	"strconv"
	"strings"

	"plumbline/internal/calendar"
)

// compute fills in the computed fields, in the order of the definition; what can't be computed yet is empty.
func (d *Definition) compute(v Values) {
	for _, f := range d.Fields {
		if f.Kind != KindComputed {
			continue
		}
		if text := d.formula(f.Formula, v); text != "" {
			v[f.ID] = Value{Text: text}
		} else {
			delete(v, f.ID)
		}
	}
}

func (d *Definition) formula(f Formula, v Values) string {
	switch f.Op {
	case "count":
		return strconv.Itoa(len(v[f.Of[0]].Rows))
	case "count_filled":
		n := 0
		for _, cell := range d.cells(f.Of[0], v) {
			n += flag(cell != "")
		}
		return strconv.Itoa(n)
	case "sum":
		return total(d.cells(f.Of[0], v)).FloatString(d.placesOf(f.Of[0]))
	case "weighted":
		return d.weighted(f.Of[0], f.Of[1], v)
	case "days":
		a, ok := dateOf(f.Of[0], v)
		b, ok2 := dateOf(f.Of[1], v)
		if !ok || !ok2 {
			return ""
		}
		return strconv.Itoa(a.DaysUntil(b))
	case "add_years", "add_months":
		return addMonths(f, v)
	}
	a, ok := numberOf(f.Of[0], v)
	b, ok2 := numberOf(f.Of[1], v)
	if !ok || !ok2 {
		return ""
	}
	switch f.Op {
	case "ratio":
		return percent(a, b)
	case "minus":
		b.Neg(b)
	}
	return a.Add(a, b).FloatString(max(d.placesOf(f.Of[0]), d.placesOf(f.Of[1])))
}

// weighted is the share of the weights, in per cent, of the rows in which the other column holds something.
func (d *Definition) weighted(weights, filled string, v Values) string {
	all := d.cells(weights, v)
	var done []string
	for i, cell := range d.cells(filled, v) {
		if cell != "" {
			done = append(done, all[i])
		}
	}
	return percent(total(done), total(all))
}

// percent is a in per cent of b with one digit after the point; "" of nothing.
func percent(a, b *big.Rat) string {
	if b.Sign() == 0 {
		return ""
	}
	a.Quo(a, b)
	return a.Mul(a, big.NewRat(100, 1)).FloatString(1)
}

// addMonths adds years or months to a date; a day that the month does not have becomes its last.
func addMonths(f Formula, v Values) string {
	from, ok := dateOf(f.Of[0], v)
	n, ok2 := numberOf(f.Of[1], v)
	if !ok || !ok2 || !n.IsInt() || n.Num().BitLen() > 20 {
		return ""
	}
	months := int(n.Num().Int64())
	if f.Op == "add_years" {
		months *= 12
	}
	if to := from.AddMonths(months); !to.IsZero() {
		return to.String()
	}
	return ""
}

func dateOf(ref string, v Values) (calendar.Date, bool) {
	d, err := calendar.ParseDate(v[ref].Text)
	return d, err == nil
}

// numberOf is the number that a field holds, or the one that stands in its place.
func numberOf(ref string, v Values) (*big.Rat, bool) {
	if wholeNumber(ref) {
		return new(big.Rat).SetString(ref)
	}
	return new(big.Rat).SetString(v[ref].Text)
}

func total(cells []string) *big.Rat {
	sum := new(big.Rat)
	for _, cell := range cells {
		if x, ok := new(big.Rat).SetString(cell); ok {
			sum.Add(sum, x)
		}
	}
	return sum
}

// cells are what a column ("table.column") holds, row by row.
func (d *Definition) cells(ref string, v Values) []string {
	table, column, _ := strings.Cut(ref, ".")
	f, _ := d.Field(table)
	out := make([]string, len(v[table].Rows))
	for i, col := range f.Columns {
		for r, row := range v[table].Rows {
			if col.ID == column && i < len(row) {
				out[r] = row[i]
			}
		}
	}
	return out
}

// placesOf is how many digits a number field, column or computed field has after the point.
func (d *Definition) placesOf(ref string) int {
	f, _ := d.FieldAt(ref)
	if f.Kind != KindComputed {
		return f.places()
	}
	switch f.Formula.Op {
	case "ratio", "weighted":
		return 1
	case "sum":
		return d.placesOf(f.Formula.Of[0])
	case "plus", "minus":
		return max(d.placesOf(f.Formula.Of[0]), d.placesOf(f.Formula.Of[1]))
	}
	return 0
}
