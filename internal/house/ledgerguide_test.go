package house

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/alecthomas/kong"

	"plumbline/internal/cli"
	"plumbline/internal/wording"
)

const (
	ledgerFiles = "../pack/party/ledgers"
	ledgerGuide = "../../docs/guide/ledgers"
)

// guidedLedger is what a page of the guide has to call by its name.
type guidedLedger struct {
	ID     string       `json:"id"`
	Name   wording.Text `json:"name"`
	States []named      `json:"states"`
	Steps  []named      `json:"transitions"`
}

type named struct {
	ID   string       `json:"id"`
	Name wording.Text `json:"name"`
}

// pageEnding is how the file of a page ends in each language.
var pageEnding = map[string]string{"en": ".md", "zh": ".zh.md"}

// Every ledger of the pack has its page in both languages, which calls every state and step by its name.
func TestEveryLedgerHasItsPage(t *testing.T) {
	ledgers := guidedLedgers(t)
	for _, lang := range wording.Languages {
		index := guidePage(t, "README"+pageEnding[lang])
		for _, d := range ledgers {
			name := d.ID + pageEnding[lang]
			if !strings.Contains(index, "]("+name+")") {
				t.Errorf("docs/guide/ledgers/README%s: add a line that links to %s", pageEnding[lang], name)
			}
			page := guidePage(t, name)
			if want := "# " + d.Name.In(lang) + "\n"; page != "" && !strings.HasPrefix(page, want) {
				t.Errorf("docs/guide/ledgers/%s: let it begin with %q", name, want)
			}
			for kind, list := range map[string][]named{"state": d.States, "step": d.Steps} {
				for _, x := range list {
					if page != "" && !strings.Contains(page, x.Name.In(lang)) {
						t.Errorf("docs/guide/ledgers/%s: say what the %s %q (%s) is about, in these words", name, kind, x.Name.In(lang), x.ID)
					}
				}
			}
		}
	}
}

// What is there without a ledger misleads: its name was changed, or the ledger was taken away.
func TestEveryPageHasItsLedger(t *testing.T) {
	known := []string{"README"}
	for _, d := range guidedLedgers(t) {
		known = append(known, d.ID)
	}
	files, err := filepath.Glob(filepath.Join(ledgerGuide, "*.md"))
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		id := strings.TrimSuffix(strings.TrimSuffix(filepath.Base(file), ".md"), ".zh")
		if !slices.Contains(known, id) {
			t.Errorf("docs/guide/ledgers/%s: no ledger has the id %q; rename the page or take it away", filepath.Base(file), id)
		}
	}
}

var (
	commandLine = regexp.MustCompile("`plumbline ([^`]*)`")
	linkTo      = regexp.MustCompile(`\]\(([^)#]+)\)`)
)

// Whoever types what a page says, or follows its links, gets somewhere.
func TestLedgerPagesNameWhatExists(t *testing.T) {
	var root cli.Root
	parser, err := kong.New(&root, kong.Name("plumbline"), kong.Vars{"lang": "en"})
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(ledgerGuide, "*.md"))
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		page := guidePage(t, filepath.Base(file))
		id := strings.TrimSuffix(strings.TrimSuffix(filepath.Base(file), ".md"), ".zh")
		commands := commandLine.FindAllStringSubmatch(page, -1)
		for _, x := range commands {
			words := strings.Fields(x[1])
			if left := descend(parser.Model.Node, words); left != "" {
				t.Errorf("%s: there is no command `plumbline %s` (%q is not known); see plumbline --help", file, x[1], left)
			}
			if id != "README" && (len(words) < 3 || words[0] != "ledger" || words[2] != id) {
				t.Errorf("%s: `plumbline %s` should be about the ledger %s", file, x[1], id)
			}
		}
		for _, verb := range []string{"export", "import"} {
			if !strings.Contains(page, "`plumbline ledger "+verb+" ") {
				t.Errorf("%s: say how `plumbline ledger %s` is called", file, verb)
			}
		}
		for _, x := range linkTo.FindAllStringSubmatch(page, -1) {
			if _, err := os.Stat(filepath.Join(ledgerGuide, x[1])); err != nil {
				t.Errorf("%s: the link to %s leads nowhere", file, x[1])
			}
		}
	}
}

// descend follows the words of a command and gives the first that is unknown: no command, no flag, or an argument that
// the command does not take; "" where all are known.
func descend(at *kong.Node, words []string) string {
	arguments := 0
	for _, word := range words {
		if flag, ok := strings.CutPrefix(word, "--"); ok {
			if !slices.ContainsFunc(at.Flags, func(f *kong.Flag) bool { return f.Name == flag }) {
				return word
			}
			continue
		}
		i := slices.IndexFunc(at.Children, func(n *kong.Node) bool { return n.Name == word })
		switch {
		case i >= 0:
			at = at.Children[i]
		case arguments == len(at.Positional):
			return word
		default:
			arguments++
		}
	}
	return ""
}

func guidedLedgers(t *testing.T) (out []guidedLedger) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(ledgerFiles, "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		var d guidedLedger
		if err == nil {
			err = json.Unmarshal(text, &d)
		}
		if err != nil || len(d.States) == 0 || len(d.Steps) == 0 {
			t.Fatalf("%s: %d states, %d steps, %v", file, len(d.States), len(d.Steps), err)
		}
		out = append(out, d)
	}
	return out
}

// guidePage gives a page of the ledgers' guide; "" where there is none, which is told.
func guidePage(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(ledgerGuide, name))
	if err != nil {
		t.Errorf("docs/guide/ledgers/%s: write the page: what it is for, who does what, its life, its dates, files and a tip", name)
	}
	return string(text)
}
