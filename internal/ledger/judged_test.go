package ledger

import (
	"reflect"
	"testing"
)

func TestAJudgedColumnIsForThoseWhoJudge(t *testing.T) {
	f := Field{ID: "stages", Kind: KindTable, Columns: []Field{{ID: "stage", Kind: KindText}, {ID: "done", Kind: KindDate}, {ID: "accepted", Kind: KindText, Judged: true}}}
	was := Value{Rows: [][]string{{"a", "2022-01-01", "yes"}, {"b", "", ""}}}
	for _, c := range []struct {
		what   string
		given  [][]string
		judges bool
		want   [][]string
	}{
		{"a doer judges nothing", [][]string{{"a", "2022-01-01", "yes"}, {"b", "2022-02-01", "yes"}}, false, [][]string{{"a", "2022-01-01", "yes"}, {"b", "2022-02-01", ""}}},
		{"a form without the column keeps it", [][]string{{" a ", "2022-01-02"}, {"b", ""}}, false, [][]string{{" a ", "2022-01-02", "yes"}, {"b", "", ""}}},
		{"a judgement moves with its row", [][]string{{"b"}, {"a"}}, false, [][]string{{"b", "", ""}, {"a", "", "yes"}}},
		{"a new name is not judged yet", [][]string{{"c", "2022-01-01", "yes"}}, false, [][]string{{"c", "2022-01-01", ""}}},
		{"who judges does not do", [][]string{{"x", "2030-01-01", "no"}, {"", "", "yes"}, {"z", "", "yes"}}, true, [][]string{{"a", "2022-01-01", "no"}, {"b", "", "yes"}}},
		{"what is not judged is empty", [][]string{}, true, [][]string{{"a", "2022-01-01", ""}, {"b", "", ""}}},
	} {
		if got := f.Kept(was, Value{Rows: c.given}, c.judges); !reflect.DeepEqual(got.Rows, c.want) {
			t.Errorf("%s: %q, want %q", c.what, got.Rows, c.want)
		}
	}
	f.Columns[2].Judged = false
	if got := f.Kept(was, Value{Rows: [][]string{{"x"}}}, true); !reflect.DeepEqual(got.Rows, [][]string{{"x"}}) {
		t.Errorf("a table without such a column is kept: %q", got.Rows)
	}
}
