package house

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "plumbline/"

// floors lists the rooms from the ground up. A room may import rooms of lower floors, and of its own floor only what
// "within" allows. A room that is not named here does not exist: name it when you build it, and say why in an ADR.
var floors = [][]string{
	{"internal/fault", "internal/pace", "internal/authz", "internal/scoring", "internal/flow", "internal/flow/export", "internal/calendar", "internal/wording", "internal/office/table", "internal/office/docx"},
	{"internal/store", "internal/pack", "internal/pack/party", "internal/web/ui"},
	{"internal/audit"},
	{"internal/gate", "internal/job"},
	{"internal/org"},
	{"internal/account", "internal/review/plan", "internal/review/cycle", "internal/review/report", "internal/review/meeting", "internal/review/result", "internal/ballot", "internal/ledger"},
	{"internal/board"},
	{"internal/web"},
	{"internal/app"},
	{"internal/demo"},
	{"internal/cli"},
	{"cmd/plumbline"},
}

// within lists the imports allowed between rooms of one floor: the review wing runs one way, packs know wording, and
// dates read from tables are the calendar's.
var within = map[string][]string{
	"internal/office/table":   {"internal/calendar"},
	"internal/review/cycle":   {"internal/review/plan"},
	"internal/review/report":  {"internal/review/cycle", "internal/review/plan"},
	"internal/review/meeting": {"internal/review/cycle", "internal/review/plan"},
	"internal/review/result":  {"internal/review/cycle", "internal/review/plan"},
}

// only narrows what may be imported from below: the gate and jobs are for whoever writes, main knows the command line.
var only = map[string][]string{
	"cmd/plumbline": {"internal/cli"},
}

func floorOf(room string) int {
	for i, f := range floors {
		for _, r := range f {
			if r == room {
				return i
			}
		}
	}
	return -1
}

func eachGoFile(t *testing.T, visit func(path string, test bool)) {
	t.Helper()
	for _, top := range []string{"../../internal", "../../cmd"} {
		err := filepath.WalkDir(top, func(path string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() && strings.HasSuffix(path, ".go") {
				visit(path, strings.HasSuffix(path, "_test.go"))
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

func roomOf(path string) string {
	return filepath.ToSlash(filepath.Dir(strings.TrimPrefix(path, "../../")))
}

func TestImportsPointOneWay(t *testing.T) {
	eachGoFile(t, func(path string, test bool) {
		room := roomOf(path)
		if test || strings.HasSuffix(room, "test") || room == "internal/browser" || room == "internal/house" || strings.HasPrefix(room, "internal/web/ui/") {
			return
		}
		mine := floorOf(room)
		if mine < 0 {
			t.Errorf("%s: the room %s is not in the plan of the house", path, room)
			return
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			t.Error(err)
			return
		}
		for _, imp := range f.Imports {
			name, _ := strconv.Unquote(imp.Path.Value)
			if other, ours := strings.CutPrefix(name, module); ours && !allowed(room, mine, other) {
				t.Errorf("%s: %s may not import %s", path, room, other)
			}
		}
	})
}

func allowed(room string, mine int, other string) bool {
	if list, narrow := only[room]; narrow {
		return slices.Contains(list, other)
	}
	theirs := floorOf(other)
	return theirs >= 0 && theirs < mine || slices.Contains(within[room], other)
}

// Domain rooms read through a store.Reader and write through the gate; none of them may hold the database itself.
func TestRoomsHoldNoDatabase(t *testing.T) {
	bad := regexp.MustCompile(`\*store\.DB\b|\bsql\.DB\b|\.Write\(ctx`)
	eachGoFile(t, func(path string, test bool) {
		floor := floorOf(roomOf(path))
		if test || floor < floorOf("internal/org") || floor > floorOf("internal/web") {
			return
		}
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for i, line := range strings.Split(string(text), "\n") {
			if bad.MatchString(line) && !strings.HasPrefix(strings.TrimSpace(line), "//") {
				t.Errorf("%s:%d: a domain room holds the database: %s", path, i+1, strings.TrimSpace(line))
			}
		}
	})
}

// A write without an entry in the log is for what is no act of anybody. Who may do so stands here.
func TestHousekeepingIsRare(t *testing.T) {
	may := map[string]bool{"internal/gate": true, "internal/account": true, "internal/review/meeting": true, "internal/ledger": true}
	eachGoFile(t, func(path string, test bool) {
		if test || may[roomOf(path)] {
			return
		}
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(text), ".Housekeep(") {
			t.Errorf("%s: writes past the log", path)
		}
	})
}

// The engine rooms know nothing of parties or of one country: such words belong to a pack.
func TestEngineKnowsNoDomain(t *testing.T) {
	word := regexp.MustCompile(`(?i)\bparty\b|\bprovinc|\bsecretary\b|党|述职|组织部|市委|县委|省委|书记`)
	for _, top := range []string{"../../internal"} {
		err := filepath.WalkDir(top, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || strings.Contains(path, "/pack/party") || strings.Contains(path, "/testdata/") || strings.Contains(path, "/gallery/") || strings.Contains(path, "/internal/house") || strings.Contains(path, "/static/vendor/") {
				return err
			}
			if ext := filepath.Ext(path); (ext != ".go" && ext != ".html" && ext != ".json" && ext != ".sql" && ext != ".css" && ext != ".js") || strings.HasSuffix(path, "_test.go") {
				return nil
			}
			text, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			for i, line := range strings.Split(string(text), "\n") {
				if hit := word.FindString(line); hit != "" && !knowsPack(path, line) {
					t.Errorf("%s:%d: the engine speaks of %q", path, i+1, hit)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// knowsPack excuses the wiring, which names the default pack, and comments that ask the question of a date.
func knowsPack(path, line string) bool {
	return strings.Contains(line, "plumbline/internal/pack/party") || strings.Contains(line, "party.Files()") ||
		strings.Contains(path, "/demo/") || (strings.Contains(line, "//") && strings.Contains(line, "who was"))
}

// No sleeping and no skipping in tests.
func TestTestsNeitherSleepNorSkip(t *testing.T) {
	bad := regexp.MustCompile(`time\.Sleep\(|\bt\.Skip`)
	eachGoFile(t, func(path string, test bool) {
		if !test || strings.Contains(path, "/house/") {
			return
		}
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for i, line := range strings.Split(string(text), "\n") {
			if bad.MatchString(line) {
				t.Errorf("%s:%d: %s", path, i+1, strings.TrimSpace(line))
			}
		}
	})
}
