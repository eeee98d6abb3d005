package ledger

import (
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
)

// Whatever stands in a table reads back from its one cell as it was.
func TestATableReadsBackFromOneCell(t *testing.T) {
	pieces := []string{"甲", "|", "｜", "\\", "\n", `\n`, "n", " ", "2022-01-01", "'", `"`}
	random := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		var rows [][]string
		for range 1 + random.IntN(3) {
			row := []string{"x"} // a row of nothing is no row
			for range random.IntN(4) {
				var cell strings.Builder
				for range random.IntN(6) {
					cell.WriteString(pieces[random.IntN(len(pieces))])
				}
				row = append(row, strings.TrimSpace(cell.String()))
			}
			rows = append(rows, row)
		}
		if got := textRows(rowsText(rows)); !reflect.DeepEqual(got, rows) {
			t.Fatalf("%q was written %q and read %q", rows, rowsText(rows), got)
		}
	}
	if got := textRows("一｜二\r\n\r\n 三 | 四 \n"); !reflect.DeepEqual(got, [][]string{{"一", "二"}, {"三", "四"}}) {
		t.Errorf("typed by hand: %q", got)
	}
}

func TestHeadingsAreKnown(t *testing.T) {
	text := func(zh, en string) map[string]string { return map[string]string{"zh": zh, "en": en} }
	d := &Definition{ID: "x", Title: "what", Register: []Ask{{"what", true}}, Fields: []Field{
		{ID: "what", Kind: KindText, Name: text("事由", "What")},
		{ID: "cost", Kind: KindMoney, Name: text("投资", "Cost"), Measure: text("万元", "10,000 yuan")},
		{ID: "lead", Kind: KindUnit, Name: text("责任单位", "Owner unit")},
		{ID: "total", Kind: KindComputed, Name: text("合计", "Total")},
	}}
	for _, x := range []struct{ titles, keys string }{
		{"序号,事由 *,投资（万元）,责任单位,责任单位（lead）", ",what,cost,@unit,lead"},
		{"WHAT,cost,Owner unit (lead),unit code,Status", "what,cost,lead,@unit_code,@state"},
		{"事由,事由,合计,到期日", "what,,,"}, // taken once; what is computed is not read
		{"整改单位,单位编码,销号时间,编 号", "@unit,@unit_code,@closed,@number"},
	} {
		if got := strings.Join(d.Guess(strings.Split(x.titles, ",")), ","); got != x.keys {
			t.Errorf("%s: %s, not %s", x.titles, got, x.keys)
		}
	}
}
