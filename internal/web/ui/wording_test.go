package ui

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"regexp"
	"strings"
	"testing"
	"text/template"
)

func catalogue(t *testing.T, lang string) map[string]any {
	t.Helper()
	b, err := Wording.ReadFile("wording/ui." + lang + ".json")
	if err != nil {
		t.Fatal(err)
	}
	var entries map[string]any
	if err := json.Unmarshal(b, &entries); err != nil {
		t.Fatal(err)
	}
	return entries
}

// words says ui's own catalogue; an unknown key fails the test.
func words(t *testing.T, lang string) Translator {
	t.Helper()
	entries := catalogue(t, lang)
	return func(key string, args ...any) string {
		data := map[string]any{}
		for i := 0; i+1 < len(args); i += 2 {
			data[args[i].(string)] = args[i+1]
		}
		entry := entries[key]
		if forms, plural := entry.(map[string]any); plural {
			entry = forms["other"]
			if one, has := forms["one"]; has && fmt.Sprint(data["Count"]) == "1" {
				entry = one
			}
		}
		text, ok := entry.(string)
		if !ok {
			t.Errorf("%s: no word for %q", lang, key)
			return key
		}
		var b bytes.Buffer
		if err := template.Must(template.New(key).Parse(text)).Execute(&b, data); err != nil {
			t.Error(err)
		}
		return b.String()
	}
}

// Both catalogues have the same keys, every key that templates and code say is
// there, and none is left over.
func TestWordingIsComplete(t *testing.T) {
	zh, en := catalogue(t, "zh"), catalogue(t, "en")
	for key := range en {
		if zh[key] == nil {
			t.Errorf("%s is missing in Chinese", key)
		}
	}
	for key := range zh {
		if en[key] == nil {
			t.Errorf("%s is missing in English", key)
		}
	}
	said := regexp.MustCompile(`"(ui\.[a-z.]+)"`)
	var source strings.Builder
	for _, where := range []string{"templates/frame.html", "templates/forms.html", "templates/lists.html", "templates/states.html", "templates/blocks.html"} {
		b, err := fs.ReadFile(templates, where)
		if err != nil {
			t.Fatal(err)
		}
		source.Write(b)
	}
	for _, m := range said.FindAllStringSubmatch(source.String(), -1) {
		if key := m[1]; en[key] == nil && !strings.HasSuffix(key, ".") {
			t.Errorf("templates say %s, the catalogue does not", key)
		}
	}
	for _, state := range []string{OnTime, Soon, Late, Waiting, Done, Draft, None, Info} {
		if en["ui.status."+state] == nil {
			t.Errorf("state %s has no word", state)
		}
	}
	jsWords(words(t, "zh"))
}
