package ledger

import (
	"testing"

	"plumbline/internal/calendar"
)

// Every formula on a small table, worked out by hand.
func TestFormulas(t *testing.T) {
	d := &Definition{Fields: []Field{
		{ID: "parts", Kind: KindTable, Columns: []Field{{ID: "name", Kind: KindText}, {ID: "weight", Kind: KindDecimal, Places: 1}, {ID: "done", Kind: KindDate}}},
		{ID: "a", Kind: KindNumber}, {ID: "b", Kind: KindMoney}, {ID: "day", Kind: KindDate}, {ID: "end", Kind: KindDate},
		{ID: "n", Kind: KindComputed, Formula: Formula{Op: "count", Of: []string{"parts"}}},
		{ID: "ready", Kind: KindComputed, Formula: Formula{Op: "count_filled", Of: []string{"parts.done"}}},
	}}
	v := Values{"parts": {Rows: [][]string{{"x", "20.5", "2022-01-01"}, {"y", "30.0", ""}, {"z", "", "2022-02-01"}, {"w", "49.5", "2022-02-02"}}},
		"a": {Text: "3"}, "b": {Text: "12.00"}, "day": {Text: "2024-02-29"}, "end": {Text: "2024-03-10"}}
	d.compute(v)
	for _, c := range []struct {
		op   string
		of   []string
		want string
	}{
		{"sum", []string{"parts.weight"}, "100.0"}, {"count", []string{"parts"}, "4"}, {"count_filled", []string{"parts.done"}, "3"},
		{"count_filled", []string{"parts.weight"}, "3"}, {"weighted", []string{"parts.weight", "parts.done"}, "70.0"},
		{"plus", []string{"a", "b"}, "15.00"}, {"minus", []string{"a", "b"}, "-9.00"}, {"ratio", []string{"a", "b"}, "25.0"},
		{"ratio", []string{"ready", "n"}, "75.0"}, {"ratio", []string{"a", "0"}, ""}, {"ratio", []string{"gone", "a"}, ""},
		{"days", []string{"day", "end"}, "10"}, {"add_years", []string{"day", "a"}, "2027-02-28"}, {"add_months", []string{"day", "6"}, "2024-08-29"},
		{"add_years", []string{"gone", "a"}, ""}, {"add_years", []string{"day", "gone"}, ""}, {"weighted", []string{"gone.weight", "gone.done"}, ""},
	} {
		if got := d.formula(Formula{Op: c.op, Of: c.of}, v); got != c.want {
			t.Errorf("%s of %v is %q, not %q", c.op, c.of, got, c.want)
		}
	}
}

// A clock may start from a computed date.
func TestAComputedDateWindsAClock(t *testing.T) {
	cal, err := calendar.Parse([]byte(`{"zone":"Asia/Shanghai","weekend":[6,0],"years":{"2022":{"off":[],"work":[]}}}`))
	if err != nil {
		t.Fatal(err)
	}
	d := &Definition{Title: "t", Fields: []Field{{ID: "t", Kind: KindText}, {ID: "from", Kind: KindDate},
		{ID: "next", Kind: KindComputed, Formula: Formula{Op: "add_months", Of: []string{"from", "2"}}}},
		Clocks: []Clock{{ID: "c", States: []string{"s"}, From: "field:next"}}}
	m := Matter{State: "s", Class: TurnOwner, Values: Texts(map[string]string{"t": "x", "from": "2022-01-31"})}
	d.compute(m.Values)
	d.settle(&m, cal)
	if m.Due != "2022-03-31" {
		t.Fatalf("due on %q", m.Due)
	}
}
