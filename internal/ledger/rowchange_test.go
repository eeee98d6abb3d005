package ledger_test

import (
	"reflect"
	"testing"

	"plumbline/internal/ledger"
)

func TestRowChangesNameOnlyWhatChanged(t *testing.T) {
	for _, x := range []struct {
		name, from, to string
		want           []ledger.RowChange
	}{
		{"nothing but the order", "a | 1\nb | 2", "b | 2\na | 1", nil},
		{"a cell", "a | 1\nb | 2", "a | 1\nb | 3", []ledger.RowChange{{Was: []string{"b", "2"}, Is: []string{"b", "3"}}}},
		{"one more, one less", "a | 1\nb | 2", "a | 1\nc | 2", []ledger.RowChange{{Is: []string{"c", "2"}}, {Was: []string{"b", "2"}}}},
		{"one of two alike", "a | 1\na | 1", "a | 1", []ledger.RowChange{{Was: []string{"a", "1"}}}},
		{"from nothing", "", "a | 1", []ledger.RowChange{{Is: []string{"a", "1"}}}},
	} {
		if got := ledger.RowChanges(x.from, x.to); !reflect.DeepEqual(got, x.want) {
			t.Errorf("%s: %q, want %q", x.name, got, x.want)
		}
	}
}
