package ledger

import (
	"testing"

	"plumbline/internal/calendar"
	"plumbline/internal/fault"
	"plumbline/internal/wording"
)

func TestNeeds(t *testing.T) {
	d := &Definition{Fields: []Field{
		{ID: "what", Kind: KindText}, {ID: "kind", Kind: KindChoice, Choices: []Choice{{ID: "a"}, {ID: "b"}}}, {ID: "n", Kind: KindNumber}, {ID: "all", Kind: KindNumber},
		{ID: "money", Kind: KindMoney}, {ID: "day", Kind: KindDate}, {ID: "end", Kind: KindDate}, {ID: "none", Kind: KindText},
		{ID: "rows", Kind: KindTable, Columns: []Field{{ID: "w", Kind: KindDecimal, Places: 1}, {ID: "r", Kind: KindChoice}, {ID: "why", Kind: KindText}}},
		{ID: "empty", Kind: KindTable, Columns: []Field{{ID: "w", Kind: KindNumber}}}}}
	v := Values{"what": {Text: "x"}, "kind": {Text: "a"}, "n": {Text: "3"}, "all": {Text: "6"}, "money": {Text: "10.00"}, "day": {Text: "2022-03-01"}, "end": {Text: "2022-03-02"},
		"rows": {Rows: [][]string{{"40.5", "yes", ""}, {"59.5", "no", "because"}}}}
	linked := []Linked{{"part", true, Done}, {"part", true, NotDone}, {"open", true, TurnOwner}, {"mine", false, TurnOwner}}
	for _, c := range []struct {
		n    Need
		want bool
	}{
		{Need{Rule: NeedFilled, Field: "what"}, true}, {Need{Rule: NeedFilled, Field: "none"}, false}, {Need{Rule: NeedFilled, Field: "rows"}, true}, {Need{Rule: NeedFilled, Field: "empty"}, false},
		{Need{Rule: NeedEquals, Field: "kind", Value: "a"}, true}, {Need{Rule: NeedEquals, Field: "kind", Value: "b"}, false}, {Need{Rule: NeedEquals, Field: "money", Value: "10"}, true},
		{Need{Rule: NeedNotEquals, Field: "kind", Value: "b"}, true}, {Need{Rule: NeedNotEquals, Field: "none", Value: "b"}, true}, {Need{Rule: NeedNotEquals, Field: "kind", Value: "a"}, false},
		{Need{Rule: NeedAtLeast, Field: "money", Value: "9.5"}, true}, {Need{Rule: NeedAtLeast, Field: "n", Value: "10"}, false}, {Need{Rule: NeedAtMost, Field: "n", Value: "3"}, true},
		{Need{Rule: NeedAtLeast, Field: "none", Value: "1"}, false}, {Need{Rule: NeedAtLeast, Field: "day", Value: "today"}, true}, {Need{Rule: NeedAtMost, Field: "day", Value: "2022-02-28"}, false},
		{Need{Rule: NeedRows, Field: "rows", N: 2}, true}, {Need{Rule: NeedRows, Field: "rows", N: 3}, false},
		{Need{Rule: NeedColumnFilled, Field: "rows.w"}, true}, {Need{Rule: NeedColumnFilled, Field: "rows.why"}, false}, {Need{Rule: NeedColumnFilled, Field: "empty.w"}, true},
		{Need{Rule: NeedColumnIs, Field: "rows.r", Value: "yes"}, false}, {Need{Rule: NeedColumnIs, Field: "empty.w", Value: "1"}, true},
		{Need{Rule: NeedSumIs, Field: "rows.w", Value: "100"}, true}, {Need{Rule: NeedSumIs, Field: "rows.w", Value: "99.9"}, false}, {Need{Rule: NeedSumIs, Field: "empty.w", Value: "100"}, false},
		{Need{Rule: NeedMoreThanHalf, Field: "n", Of: "all"}, false}, {Need{Rule: NeedMoreThanHalf, Field: "all", Of: "n"}, true}, {Need{Rule: NeedMoreThanHalf, Field: "n", Of: "none"}, false},
		{Need{Rule: NeedNotMore, Field: "n", Of: "all"}, true}, {Need{Rule: NeedNotMore, Field: "all", Of: "n"}, false}, {Need{Rule: NeedNotMore, Field: "n", Of: "n"}, true}, {Need{Rule: NeedNotMore, Field: "n", Of: "none"}, true},
		{Need{Rule: NeedNotBefore, Field: "end", Of: "day"}, true}, {Need{Rule: NeedNotBefore, Field: "day", Of: "end"}, false}, {Need{Rule: NeedNotBefore, Field: "day", Of: "none"}, true},
		{Need{Rule: NeedFilledIf, Field: "none", If: "kind", Value: "a"}, false}, {Need{Rule: NeedFilledIf, Field: "none", If: "kind", Value: "b"}, true}, {Need{Rule: NeedFilledIf, Field: "what", If: "kind", Value: "a"}, true},
		{Need{Rule: NeedColumnFilledIf, Field: "rows.why", If: "r", Value: "no"}, true}, {Need{Rule: NeedColumnFilledIf, Field: "rows.why", If: "rows.r", Value: "yes"}, false},
		{Need{Rule: NeedLinksEnded, Link: "part"}, true}, {Need{Rule: NeedLinksEnded, Link: "open"}, false}, {Need{Rule: NeedLinksEnded, Link: "mine"}, true}, {Need{Rule: NeedLinksEnded, Link: "gone"}, true},
		{Need{Rule: NeedHasLink, Link: "mine"}, true}, {Need{Rule: NeedHasLink, Link: "part"}, true}, {Need{Rule: NeedHasLink, Link: "gone"}, false},
	} {
		if got := d.holds(c.n, v, linked, calendar.MustParse("2022-03-01")); got != c.want {
			t.Errorf("%+v is %v", c.n, got)
		}
	}
	step := Transition{Ask: []Ask{{Field: "rows"}}, Need: []Need{{Rule: NeedSumIs, Field: "rows.w", Value: "90", Say: wording.Text{"zh": "甲", "en": "a"}}, {Rule: NeedFilled, Field: "none", Say: wording.Text{"zh": "乙", "en": "b"}}}}
	f := fault.As(d.meets(Matter{Values: v}, step, nil, calendar.Date{}))
	if f == nil || len(f.Fields) != 2 || f.Fields[0].Name != "rows" || f.Fields[1].Name != "" {
		t.Errorf("%+v", f)
	}
}
