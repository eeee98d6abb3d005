package wording

import (
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"
)

// A number before a noun or verb in the plural: "{{.Count}} units", "{{.N}} new matters", "{{.There}} were".
var manyOf = regexp.MustCompile(`\{\{\.(\w+)\}\} (?:(?:more|new|other|valid|working|of the|of) )?((?:[a-z]+[^sui\W]s|\[\[\w+s\]\]|are|were|have|people)\b)`)

// Arguments that are words, dates or places in an order, never a number of what stands behind them.
var noNumbers = map[string]bool{"Action": true, "Class": true, "Code": true, "Column": true, "Convenor": true, "Date": true, "File": true, "Login": true, "Name": true, "Number": true, "Parent": true, "Person": true,
	"Score": true, "Section": true, "Time": true, "To": true, "Unit": true, "child": true, "value": true}

// Texts where the number can't be one: the program's own limits, or a range that the text itself names.
var neverOne = map[string]string{
	"ledger.check.days":       "a number of days outside of 0 to 3660",
	"ledger.check.max":        "the verb belongs to what is out of range",
	"plan.preview.tie":        "names of several units",
	"fault.report.bad_date":   "a row is named, not counted",
	"report.locked_submitted": "a version is named, not counted",
}

// Every English text says one thing in the singular: a number with a noun behind it stands in a text of two forms, or
// brings both along by the function count.
func TestOneIsSingular(t *testing.T) {
	texts := 0
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".en.json") {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		var entries map[string]json.RawMessage
		if err := json.Unmarshal(text, &entries); err != nil {
			return err
		}
		for key, raw := range entries {
			msg, err := message(key, raw)
			if err != nil {
				return err
			}
			texts++
			for _, m := range manyOf.FindAllStringSubmatch(msg.Other, -1) {
				if noNumbers[m[1]] || neverOne[key] != "" || m[1] == "Count" && msg.One != "" {
					continue
				}
				t.Errorf("%s: %s: %q has no singular; write {{count .%s \"one\" \"many\"}} or a text of two forms", path, key, m[0], m[1])
			}
		}
		return nil
	})
	if err != nil || texts < 1000 {
		t.Fatalf("%d texts, %v", texts, err)
	}
}

func TestNumbersBringTheirNouns(t *testing.T) {
	dir := t.TempDir()
	for lang, text := range map[string]string{"zh": `{"k": "{{.Rows}}行"}`, "en": `{"k": "{{count .Rows \"row\" \"rows\"}}, {{.There}} {{number .There \"is\" \"are\"}} there"}`} {
		if err := os.WriteFile(filepath.Join(dir, "x."+lang+".json"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	c, err := Load(nil, os.DirFS(dir))
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range []struct {
		rows  any
		there any
		want  string
	}{{1, 2, "1 row, 2 are there"}, {int64(21), "1", "21 rows, 1 is there"}, {0, 0, "0 rows, 0 are there"}} {
		if got := c.T("en", "k", "Rows", x.rows, "There", x.there); got != x.want {
			t.Errorf("%v, %v: %q", x.rows, x.there, got)
		}
	}
}

// A key stands once in its file: of two texts the later one would win in silence.
func TestKeysStandOnce(t *testing.T) {
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.Contains(path, "/wording/") || filepath.Ext(path) != ".json" {
			return err
		}
		f, err := os.Open(path)
		if err != nil {
			return err
		}
		defer f.Close()
		for _, key := range doubled(json.NewDecoder(f)) {
			t.Errorf("%s: %s stands there twice", path, key)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// doubled gives the keys that stand more than once in the object that comes.
func doubled(d *json.Decoder) (keys []string) {
	seen := map[string]bool{}
	_, _ = d.Token()
	for d.More() {
		key, _ := d.Token()
		if name, ok := key.(string); ok && seen[name] {
			keys = append(keys, name)
		} else if ok {
			seen[name] = true
		}
		var value json.RawMessage
		if d.Decode(&value) != nil {
			break
		}
	}
	return keys
}

// A text of one form that mentions the number is worded for every number, one as well.
func TestOneFormWordsEveryNumber(t *testing.T) {
	c, err := Load(nil, fstest.MapFS{
		"a.en.json": {Data: []byte(`{"was": "was {{.Count}}", "rows": {"one": "a row", "other": "{{.Count}} rows"}}`)},
		"a.zh.json": {Data: []byte(`{"was": "原 {{.Count}} 件", "rows": "{{.Count}} 行"}`)},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range []struct {
		lang, key string
		n         int
		want      string
	}{{"en", "was", 0, "was 0"}, {"en", "was", 1, "was 1"}, {"en", "was", 2, "was 2"}, {"en", "rows", 1, "a row"}, {"en", "rows", 2, "2 rows"}, {"zh", "was", 1, "原 1 件"}, {"zh", "rows", 1, "1 行"}} {
		if got := c.T(x.lang, x.key, "Count", x.n); got != x.want {
			t.Errorf("%s %s %d: %q, want %q", x.lang, x.key, x.n, got, x.want)
		}
	}
}
