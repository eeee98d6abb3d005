package plan

import (
	"encoding/json"
	"slices"
)

// chapterOf names the chapter of a top-level field of a body; "" where it belongs to none.
func chapterOf(field string) string {
	switch field {
	case "minutes":
		return ChapterReport
	case "trim", "turnout", "empty_class", "decimals", "small_class":
		return ChapterBallot
	}
	if slices.Contains(Chapters, field) {
		return field
	}
	return ""
}

// chapters gives the JSON of every chapter of a body.
func (b Body) chapters() (map[string]string, error) {
	text, err := b.Text()
	if err != nil {
		return nil, err
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal([]byte(text), &fields); err != nil {
		return nil, err
	}
	names := make([]string, 0, len(fields))
	for name := range fields {
		names = append(names, name)
	}
	slices.Sort(names)
	out := map[string]string{}
	for _, name := range names {
		out[chapterOf(name)] += name + string(fields[name])
	}
	return out, nil
}

// IsDefault says whether a chapter still stands as the pack gave it, unconfirmed.
func (b Body) IsDefault(chapter string) bool { return slices.Contains(b.Defaults, chapter) }

// settle works out which chapters of an edited plan are still the pack's: those that were before, that the editor left
// marked, and that were not changed.
func settle(old, edited Body) ([]string, error) {
	before, err := old.chapters()
	if err != nil {
		return nil, err
	}
	after, err := edited.chapters()
	if err != nil {
		return nil, err
	}
	left := []string{}
	for _, c := range Chapters {
		if old.IsDefault(c) && edited.IsDefault(c) && before[c] == after[c] {
			left = append(left, c)
		}
	}
	return left, nil
}
