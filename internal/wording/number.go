package wording

import (
	"fmt"

	"github.com/nicksnyder/go-i18n/v2/i18n/template"
)

// Count words a number with its noun: one is the noun for 1, other that for every other number.
func Count(n any, one, other string) string { return fmt.Sprint(n) + " " + Number(n, one, other) }

// Number gives the form of a word that fits a number.
func Number(n any, one, other string) string {
	if fmt.Sprint(n) == "1" {
		return one
	}
	return other
}

// parser knows the functions of texts. They are the same for every call, so that parsed texts can be kept.
var parser = keeping{&template.TextParser{Funcs: map[string]any{"count": Count, "number": Number}}}

type keeping struct{ *template.TextParser }

// Cacheable says that a text is parsed once.
func (keeping) Cacheable() bool { return true }
