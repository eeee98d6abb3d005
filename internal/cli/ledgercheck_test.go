package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"plumbline/internal/ledger"
	"plumbline/internal/wording"
)

// elsewhere are the mistakes that a file alone can't have.
var elsewhere = map[string]string{
	"id_kept":      "when a draft is published",
	"id_taken":     "when a draft is published",
	"use_kept":     "when a draft is published",
	"unknown_role": "in the facts of a pack",
	"no_words":     "in the facts of a pack",
	"empty_word":   "in the facts of a pack",
	"doubled_word": "in the facts of a pack",
	"fact_page":    "in the facts of a pack",
	"no_meter":     "in the facts of a pack",
	"unreadable":   "when the disk fails",
}

// TestEveryMistakeOfADefinitionIsTold checks a file for each kind of mistake; a kind without a case fails it.
func TestEveryMistakeOfADefinitionIsTold(t *testing.T) {
	words, err := wording.Load(nil, ledger.Wording())
	if err != nil {
		t.Fatal(err)
	}
	told := &mistakes{words: words, seen: map[string]bool{}}
	t.Cleanup(func() {
		for _, kind := range kinds(t) {
			if !told.seen[kind] && elsewhere[kind] == "" {
				t.Errorf("no case for ledger.check.%s", kind)
			}
		}
	})
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/check",
		RequireExplicitExec: true,
		ContinueOnError:     true,
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"case": told.changed, "told": told.file, "roles": told.only, "latin": latin, "status": exits,
		},
	})
}

// kinds lists the mistakes that the checker can tell, as its source names them.
func kinds(t *testing.T) (out []string) {
	t.Helper()
	files, err := filepath.Glob("../ledger/*.go")
	if err != nil || len(files) == 0 {
		t.Fatal("the checker's source is not found", err)
	}
	files = append(files, "ledger.go")
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		for _, m := range regexp.MustCompile(`"ledger\.check\.([a-z0-9_]+)"`).FindAllStringSubmatch(string(text), -1) {
			out = append(out, m[1])
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// mistakes remembers which kinds were told.
type mistakes struct {
	words *wording.Catalogue
	roles []string
	mu    sync.Mutex
	seen  map[string]bool
}

// only sets the roles that the cases after it are checked against: roles [FILE].
func (m *mistakes) only(_ *testscript.TestScript, _ bool, args []string) {
	m.roles = nil
	for _, file := range args {
		m.roles = []string{"--roles", file}
	}
}

// latin writes a file whose second line is not in UTF-8: latin FILE.
func latin(ts *testscript.TestScript, _ bool, args []string) {
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte("{\n \"id\": \"caf\xe9\"\n}\n"), 0o600))
}

// changed changes the sound definition and wants the mistake told where a text then stands: case KIND OLD NEW MARK.
func (m *mistakes) changed(ts *testscript.TestScript, _ bool, args []string) {
	for i := range args {
		args[i] = strings.ReplaceAll(args[i], `\n`, "\n")
	}
	text := ts.ReadFile("thing.json")
	if !strings.Contains(text, args[1]) {
		ts.Fatalf("thing.json does not hold %q", args[1])
	}
	text = strings.Replace(text, args[1], args[2], 1)
	before, _, found := strings.Cut(text, args[3])
	if !found {
		ts.Fatalf("the changed file does not hold %q", args[3])
	}
	ts.Check(os.WriteFile(ts.MkAbs("case.json"), []byte(text), 0o600))
	m.want(ts, args[0], "case.json", 1+strings.Count(before, "\n"))
}

// file wants the mistake of a file told: told KIND FILE LINE.
func (m *mistakes) file(ts *testscript.TestScript, _ bool, args []string) {
	line := 0
	_, err := fmt.Sscan(args[2], &line)
	ts.Check(err)
	m.want(ts, args[0], args[1], line)
}

// want checks a file beside the one that it speaks of, in both languages.
func (m *mistakes) want(ts *testscript.TestScript, kind, file string, line int) {
	for _, lang := range wording.Languages {
		exits(ts, false, append([]string{"2", "plumbline", "ledger", "check", "--lang", lang, file, "other.json"}, m.roles...))
		if out := ts.ReadFile("stdout"); out != "" {
			ts.Fatalf("said on the first stream: %s", out)
		}
		said := ts.ReadFile("stderr")
		for _, l := range strings.Split(strings.TrimSpace(said), "\n") {
			if !regexp.MustCompile(`^(`+regexp.QuoteMeta(file)+`|other\.json):[1-9]\d*: \S`).MatchString(l) || strings.Contains(l, "⟦") {
				ts.Fatalf("no file:line: reason: %q", l)
			}
		}
		if want := fmt.Sprintf(`(?m)^%s:%d: %s$`, regexp.QuoteMeta(file), line, m.reason(kind, lang)); !regexp.MustCompile(want).MatchString(said) {
			ts.Fatalf("%s: wanted %s, got\n%s", kind, want, said)
		}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.seen[kind] = true
}

// reason is what a kind of mistake is told as, whatever it is about.
func (m *mistakes) reason(kind, lang string) string {
	const whatever = "\x00"
	var args []any
	for _, name := range []string{"Action", "At", "Class", "Days", "Effect", "Error", "Field", "From", "ID", "Key", "Kind", "Lang", "List", "Max", "Min", "N", "Name", "Problem", "Rule", "State", "Type", "Value"} {
		args = append(args, name, whatever)
	}
	return strings.ReplaceAll(regexp.QuoteMeta(m.words.T(lang, "ledger.check."+kind, args...)), whatever, ".*")
}
