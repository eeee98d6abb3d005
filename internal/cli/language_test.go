package cli

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

func TestTheLanguageOfTheTerminal(t *testing.T) {
	for _, x := range []struct{ env, want string }{
		{"", "en"}, {"LANG=zh_CN.UTF-8", "zh"}, {"LANG=en_GB.UTF-8", "en"}, {"LANG=zh_CN.UTF-8 LC_ALL=C", "en"}, {"LC_MESSAGES=zh_CN LANG=C", "zh"},
		{"PLUMBLINE_LANG=zh LANG=C", "zh"}, {"PLUMBLINE_LANG=en LANG=zh_CN", "en"}, {"PLUMBLINE_LANG=fr LANG=zh_CN", "zh"},
	} {
		vars := map[string]string{}
		for _, pair := range strings.Fields(x.env) {
			name, value, _ := strings.Cut(pair, "=")
			vars[name] = value
		}
		if got := language(func(name string) string { return vars[name] }); got != x.want {
			t.Errorf("%s: %s", x.env, got)
		}
	}
}

// Commands print no sentences of their own: what a person reads comes from the catalogue.
func TestCommandsHoldNoSentences(t *testing.T) {
	sentence := regexp.MustCompile(`(Fprint|Errorf|errors\.New).*"[^"]*[a-z]{3,} [a-z]{2,}`)
	names, err := filepath.Glob("*.go")
	if err != nil || len(names) < 10 {
		t.Fatal(names, err)
	}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for i, line := range strings.Split(string(text), "\n") {
			if sentence.MatchString(line) {
				t.Errorf("%s:%d speaks English only: %s", name, i+1, strings.TrimSpace(line))
			}
		}
	}
}
