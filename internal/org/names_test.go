package org

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// The rule, as it is meant: wrongName looks through a name once instead.
func TestWrongNameFindsLengthControlsAndBrokenText(t *testing.T) {
	plain := func(name string) string {
		switch {
		case name == "":
			return "field.required"
		case utf8.RuneCountInString(name) > MaxName:
			return "fault.org.name_long"
		case strings.ContainsFunc(name, unicode.IsControl) || !utf8.ValidString(name):
			return "fault.org.name_control"
		}
		return ""
	}
	names := []string{"", "甲", strings.Repeat("甲", MaxName), strings.Repeat("甲", MaxName+1), "a\xff", "a\uFFFDb", "\xef\xbf", "\uFFFD\xff", "a\u200b", "𠮷村"}
	for r := range rune(0x110) {
		names = append(names, "村"+string(r)+"委")
	}
	for _, name := range names {
		if got, want := wrongName(name), plain(name); got != want {
			t.Errorf("%q: %q, wanted %q", name, got, want)
		}
	}
}
