package wording

import (
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// Words that make sense for one domain alone: its pack has them, and catalogues of the engine name them as [[terms]].
var ofOneDomain = regexp.MustCompile(`(?i)党|书记|述职|点评|整改|回头看|常委|组织部|领导小组|街道|反馈意见书|牵头单位|责任领导|长效机制` +
	`|debrief|rectif|look-?back|\bpledge|secretar|\bparty\b|standing committee|leading group|subdistrict|feedback letter`)

var term = regexp.MustCompile(`\[\[\w+\]\]`)

// The headings that files of offices are known to have are read whatever the pack.
var headings = regexp.MustCompile(`^ledger\.exchange\.\w+_also$`)

// The catalogues of the engine rooms speak of no domain of their own.
func TestCataloguesKnowNoDomain(t *testing.T) {
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		inEngine := strings.Contains(filepath.ToSlash(path), "/wording/") && !strings.Contains(filepath.ToSlash(path), "/pack/")
		if err != nil || d.IsDir() || filepath.Ext(path) != ".json" || !inEngine {
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
			for _, form := range []string{msg.One, msg.Other} {
				if hit := ofOneDomain.FindString(term.ReplaceAllString(form, "")); hit != "" && !headings.MatchString(key) {
					t.Errorf("%s: %s says %q, which is a word of a pack: %s", path, key, hit, form)
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
