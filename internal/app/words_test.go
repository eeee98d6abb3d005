package app

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"plumbline/internal/pack"
	"plumbline/internal/pack/party"
)

// Every key that a page, a handler or a fault names stands in the catalogue of every language.
func TestEveryKeyHasWords(t *testing.T) {
	p, err := pack.Load(party.Files())
	if err != nil {
		t.Fatal(err)
	}
	words, err := Words(p)
	if err != nil {
		t.Fatal(err)
	}
	inGo := regexp.MustCompile(`(?:\.T\(|fault\.Bad\(|fault\.New\(fault\.\w+, |\.Add\("[a-z_.]*", |\.Check\([^"]*"[a-z_.]*", |, )"([a-z]+(?:\.[a-z0-9_]+)+)"`)
	inHTML := regexp.MustCompile(`\(?\bt "([a-z]+(?:\.[a-z0-9_]+)+)"`)
	known := map[string]bool{}
	for _, top := range []string{"../web", "../org", "../account", "../review", "../ballot", "../ledger", "../gate", "../store", "../app"} {
		_ = filepath.WalkDir(top, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || strings.HasSuffix(path, "_test.go") {
				return err
			}
			form := inGo
			switch filepath.Ext(path) {
			case ".html":
				form = inHTML
			case ".go":
			default:
				return nil
			}
			text, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			for _, m := range form.FindAllStringSubmatch(string(text), -1) {
				prefix, _, _ := strings.Cut(m[1], ".")
				if form == inGo && !strings.Contains(m[0], ".T(") && prefix != "fault" && prefix != "field" {
					continue
				}
				if !known[m[1]] && !words.Has(m[1]) {
					known[m[1]] = true
					t.Errorf("%s: the key %q has no words", path, m[1])
				}
			}
			return nil
		})
	}
}

// Pages hold no sentences of their own: every string that a person reads comes from a catalogue.
func TestPagesHoldNoSentences(t *testing.T) {
	han := regexp.MustCompile(`\p{Han}`)
	names, err := filepath.Glob("../web/pages/*.html")
	if err != nil {
		t.Fatal(err)
	}
	blocks, _ := filepath.Glob("../web/pages/blocks/*.html")
	action := regexp.MustCompile(`(?s)\{\{.*?\}\}|<[^>]*>|&[a-z]+;`)
	word := regexp.MustCompile(`[A-Za-z]{3,}`)
	for _, name := range append(names, blocks...) {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		rest := action.ReplaceAllString(string(text), " ")
		if han.MatchString(string(text)) || word.MatchString(rest) {
			t.Errorf("%s holds words of its own: %q", name, append(han.FindAllString(string(text), 3), word.FindAllString(rest, 3)...))
		}
	}
}
