package ui

import (
	"strings"
	"testing"
)

// A row that is written directly is the same, letter by letter, as one that the template writes.
func TestAPlainRowIsWhatTheTemplateWrites(t *testing.T) {
	cells := []Cell{
		{Text: `"Three" <lists> & 'more'`, Sub: "ZG-1 <b>"}, {Text: "12.50"}, {}, {Status: &Status{State: Late}}, {Text: "unit", Href: "/units/1?a=1&b=2"},
		{Status: &Status{State: Done, Text: "done & so on", Box: true}, Sub: "since"}, {Text: "+1 plus", Sub: "x"},
	}
	columns := []Column{{Head: "Matter <x>"}, {Head: "Score", Unit: "%", Align: "right"}, {Head: "Empty"}, {Head: "State"}, {Head: "Unit"}, {Head: "More", Align: "center"}}
	for _, head := range []Row{{Href: "/matters/1"}, {}, {ID: "row-1", Href: "/a?b=1&c=2"}, {Href: "/a", Pick: &Pick{"bulk", "m", "1", `"Choose" <1>`}}} {
		row, slow := head, head
		row.Cells = cells
		slow.Cells = append(append([]Cell{}, cells...), Cell{Button: &Button{Text: "x"}})
		if !row.Plain() || slow.Plain() {
			t.Fatal("a button is not plain")
		}
		body := func(r Row) string {
			out := component(t, "c-table", Table{Caption: "c", Columns: columns, Rows: []Row{r}})
			_, out, _ = strings.Cut(out, `<tbody role="rowgroup">`)
			return out
		}
		quick, _, _ := strings.Cut(body(row), "</tr>")
		if full := body(slow); !strings.HasPrefix(full, quick) {
			t.Errorf("written directly:\n%s\nby the template:\n%s", quick, full)
		}
	}
	if out := component(t, "c-table", Table{Columns: columns, Rows: []Row{{Href: "javascript:alert(1)", Cells: cells[:1]}}}); strings.Contains(out, "javascript:") {
		t.Error("a script stands as an address")
	}
}
