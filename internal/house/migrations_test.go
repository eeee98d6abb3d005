package house_test

import (
	"path/filepath"
	"strings"
	"testing"
)

// Two migrations of one number would keep every database from opening.
func TestAMigrationsNumberStandsOnce(t *testing.T) {
	names, err := filepath.Glob("../store/migrations/*.sql")
	if err != nil || len(names) == 0 {
		t.Fatal(names, err)
	}
	seen := map[string]string{}
	for _, path := range names {
		name := filepath.Base(path)
		number, _, _ := strings.Cut(name, "_")
		if seen[number] != "" {
			t.Errorf("%s and %s have one number", seen[number], name)
		}
		seen[number] = name
	}
}
