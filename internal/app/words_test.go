package app

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
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

// Every field and every act that the rooms tell the log of has words in the catalogue.
func TestTheLogHasWords(t *testing.T) {
	p, err := pack.Load(party.Files())
	if err != nil {
		t.Fatal(err)
	}
	words, err := Words(p)
	if err != nil {
		t.Fatal(err)
	}
	kinds := []string{"", "unit.", "person.", "post.", "group.", "account.", "job.", "plan.", "cycle.", "report.", "meeting.", "slot.", "comment.", "tally.",
		"sheet.", "figure.", "result.", "decision.", "letter.", "matter."}
	worded := func(prefix, name string) bool {
		return slices.ContainsFunc(kinds, func(kind string) bool { return words.Has(prefix + kind + name) })
	}
	field := regexp.MustCompile(`audit\.Change\{(?:\{)?Field: "(\w+)|\{Field: "(\w+)"|\.Note\["(\w+)"\] =|\bchange\(&d, "(\w+)"|\bnote\("(\w+)", a\.`)
	act := regexp.MustCompile(`\bnote\("(\w+)"\)|"what": "(\w+)"|onSlot\(ctx, actor, slot, "(\w+)"`)
	fields := 0
	for _, top := range []string{"../org", "../account", "../review", "../ballot"} {
		eachSource(t, top, func(path, text string) {
			for _, m := range field.FindAllStringSubmatch(text, -1) {
				fields++
				if name := strings.Join(m[1:], ""); !worded("log.field.", name) {
					t.Errorf("%s: the log's field %q has no words", path, name)
				}
			}
			for _, m := range act.FindAllStringSubmatch(text, -1) {
				if name := strings.Join(m[1:], ""); !worded("log.", name) {
					t.Errorf("%s: the act %q has no words", path, name)
				}
			}
		})
	}
	if fields < 60 {
		t.Errorf("only %d fields were found: the log is written in another way now", fields)
	}
}

func eachSource(t *testing.T, top string, visit func(path, text string)) {
	t.Helper()
	err := filepath.WalkDir(top, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := os.ReadFile(path)
		visit(path, string(text))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
