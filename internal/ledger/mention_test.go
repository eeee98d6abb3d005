package ledger

import (
	"slices"
	"testing"
)

func TestNamesBehindAnAt(t *testing.T) {
	for text, want := range map[string][]string{
		"no address: a@b.cn":  nil,
		"@":                   nil,
		"@ 王五":                nil,
		"请@王五":                {"王五"},
		"@Ann, @Bob Lee\n@Li": {"Ann, @Bob Lee", "Bob Lee", "Li"},
		"＠王五":                 {"王五"},
	} {
		if got := mentionsIn(text); !slices.Equal(got, want) {
			t.Errorf("%q names %q, want %q", text, got, want)
		}
	}
	if got := namesIn("Annette x"); !slices.Equal(got, []string{"annette", "annette x"}) {
		t.Errorf("a part of a word counts as a name: %q", got)
	}
	if got := namesIn("王五请"); !slices.Equal(got, []string{"王", "王五", "王五请"}) {
		t.Errorf("%q", got)
	}
	if got := firstWord("无此人 请看"); got != "无此人" {
		t.Errorf("%q", got)
	}
}
