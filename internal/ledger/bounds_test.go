package ledger

import (
	"testing"

	"plumbline/internal/calendar"
)

func TestBoundsOfNumbersAndDates(t *testing.T) {
	today := calendar.MustParse("2022-03-01")
	for _, c := range []struct {
		f    Field
		text string
		want string
	}{
		{Field{Kind: KindNumber, Least: "0"}, "-1", "fault.ledger.too_small"}, {Field{Kind: KindNumber, Least: "0"}, "0", ""}, {Field{Kind: KindNumber}, "-1", ""},
		{Field{Kind: KindMoney, Least: "0"}, "-0.01", "fault.ledger.too_small"}, {Field{Kind: KindNumber, Least: "1"}, "0", "fault.ledger.too_small"},
		{Field{Kind: KindDate, Past: true}, "2022-03-02", "fault.ledger.date_ahead"}, {Field{Kind: KindDate, Past: true}, "2022-03-01", ""}, {Field{Kind: KindDate}, "2022-03-02", ""},
	} {
		if _, p := c.f.canon(Value{Text: c.text}, today); p.key != c.want {
			t.Errorf("%+v of %q: %q, want %q", c.f, c.text, p.key, c.want)
		}
	}
	table := Field{Kind: KindTable, Columns: []Field{{ID: "w", Kind: KindNumber, Least: "0"}}}
	if _, p := table.canon(Value{Rows: [][]string{{"5"}, {"-5"}}}, today); p.key == "" {
		t.Error("a table's column takes less than its least")
	}
}
