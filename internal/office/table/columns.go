package table

import (
	"maps"
	"slices"
	"strings"
)

// Map gives the columns the caller's names: synonyms lists for each name the headers that may stand
// for it; the name itself always may. Comparison ignores case and white space around. It answers
// with a problem for every required name without a column and every name with several; Get then
// knows the caller's names only.
func (t *Reader) Map(synonyms map[string][]string, required ...string) []Problem {
	var problems []Problem
	mapped := map[string]int{}
	for _, name := range slices.Sorted(maps.Keys(synonyms)) {
		found := t.find(name, synonyms[name])
		switch {
		case len(found) > 1:
			var titles []string
			for _, i := range found {
				titles = append(titles, t.titles[i])
			}
			problems = append(problems, Problem{Line: t.headerLine, Column: name, Code: DoubledColumn,
				Args: map[string]string{"columns": strings.Join(titles, ", ")}})
		case len(found) == 1:
			mapped[name] = found[0]
		case slices.Contains(required, name):
			problems = append(problems, Problem{Line: t.headerLine, Column: name, Code: MissingColumn,
				Args: map[string]string{"accepted": strings.Join(synonyms[name], ", ")}})
		}
	}
	t.columns = mapped
	return problems
}

// Pick gives the columns the caller's names by their place, where somebody has said which is which; Get then knows these
// names only.
func (t *Reader) Pick(columns map[string]int) {
	t.columns = map[string]int{}
	for name, i := range columns {
		if i >= 0 && i < len(t.header) {
			t.columns[name] = i
		}
	}
}

func (t *Reader) find(name string, synonyms []string) []int {
	accepted := map[string]bool{normalise(name): true}
	for _, s := range synonyms {
		accepted[normalise(s)] = true
	}
	var found []int
	for i, h := range t.header {
		if h != "" && accepted[h] {
			found = append(found, i)
		}
	}
	return found
}

// Has reports whether the file has a column under this name.
func (t *Reader) Has(column string) bool {
	_, ok := t.columns[column]
	return ok
}

// Unmapped lists the titles of the columns that no name was given to, and that are thus not read.
func (t *Reader) Unmapped() []string {
	used := map[int]bool{}
	for _, i := range t.columns {
		used[i] = true
	}
	var titles []string
	for i, title := range t.titles {
		if !used[i] && title != "" {
			titles = append(titles, title)
		}
	}
	return titles
}
