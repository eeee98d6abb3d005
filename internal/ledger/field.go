package ledger

import "plumbline/internal/wording"

// The kinds of fields: a closed list.
const (
	KindText     = "text"
	KindLong     = "long_text"
	KindNumber   = "number"
	KindDecimal  = "decimal"
	KindMoney    = "money"
	KindDate     = "date"
	KindChoice   = "choice"
	KindUnit     = "unit"
	KindPost     = "post"
	KindPerson   = "person"
	KindFile     = "file"
	KindLink     = "link"
	KindTable    = "table"
	KindComputed = "computed"
)

// Kinds lists them all.
var Kinds = []string{KindText, KindLong, KindNumber, KindDecimal, KindMoney, KindDate, KindChoice, KindUnit, KindPost,
	KindPerson, KindFile, KindLink, KindTable, KindComputed}

// Field is one column of a ledger.
type Field struct {
	ID      string       `json:"id"`
	Kind    string       `json:"kind"`
	Name    wording.Text `json:"name"`
	Hint    wording.Text `json:"hint"`
	Max     int          `json:"max"`     // of texts: characters; of tables: rows
	Places  int          `json:"places"`  // of decimals: digits after the point
	Measure wording.Text `json:"measure"` // of decimals: the unit of measurement
	Choices []Choice     `json:"choices"`
	Columns []Field      `json:"columns"` // of tables
	// Free lets a person field hold a name that the organisation does not know.
	Free bool `json:"free"`
	// Doer marks a person field whose person took part in doing and so never judges.
	Doer bool `json:"doer"`
	// Future refuses dates before today.
	Future bool `json:"future"`
	// Past refuses dates after today: what has happened lies behind.
	Past bool `json:"past,omitempty"`
	// Least is the smallest number that a number, decimal or money field takes; any where it is empty.
	Least Literal `json:"least,omitempty"`
	// Default is filled in where nothing was said: "owner", "holder", "today" or "days:90" (after the birth).
	Default string `json:"default"`
	// Judged marks a table's column that steps which judge fill in, and which they alone fill in: a doer does not write
	// the judgement, nor whoever judges the work. See Kept.
	Judged  bool    `json:"judged,omitempty"`
	Formula Formula `json:"formula"`
}

// Gives is the kind of what the field holds: its own, or of a computed field that of the result.
func (f Field) Gives() string {
	switch {
	case f.Kind != KindComputed:
		return f.Kind
	case f.Formula.Op == "add_years" || f.Formula.Op == "add_months":
		return KindDate
	}
	return KindDecimal
}

// Choice is one of a choice field's values.
type Choice struct {
	ID   string       `json:"id"`
	Name wording.Text `json:"name"`
}

// Formula is how a computed field comes about. Of names fields that stand before it, tables ("table") and their columns
// ("table.column"); where a number is wanted, a whole number may stand itself. Op:
//   - "sum" of a column, "count" of a table's rows, "count_filled" of the rows that hold something in a column
//   - "plus" and "minus" of two numbers; "ratio": the first in per cent of the second, one digit after the point
//   - "weighted" of two columns of one table: the weights (the first) of the rows that hold something in the second, in
//     per cent of all weights, one digit after the point
//   - "days" from one date to another; "add_years" and "add_months": a date and a number; the 31st (29 February) of a
//     month that has none becomes its last day
type Formula struct {
	Op string   `json:"op"`
	Of []string `json:"of"`
}

func fieldIn(fields []Field, id string) (Field, bool) {
	for _, f := range fields {
		if f.ID == id {
			return f, true
		}
	}
	return Field{}, false
}

func (f Field) hasChoice(id string) bool {
	for _, ch := range f.Choices {
		if ch.ID == id {
			return true
		}
	}
	return false
}
