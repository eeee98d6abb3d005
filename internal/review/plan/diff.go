package plan

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// Change is one difference between two plans. Steps lead from the chapter to the place: field names, and for members of
// a list "#" and the member's id. Where a whole member came or went, From or To is empty and the other its name.
type Change struct {
	Chapter  string
	Steps    []string
	From, To string
}

// Path is the steps as one text, as the log keeps them.
func (c Change) Path() string { return strings.ReplaceAll(strings.Join(c.Steps, "."), ".#", "#") }

// Steps are the steps of a Path.
func Steps(path string) []string { return strings.Split(strings.ReplaceAll(path, "#", ".#"), ".") }

// Diff lists what to says differently from from, in the order of the chapters. The marks of defaults don't count.
func Diff(from, to Body) []Change {
	a, b := generic(from), generic(to)
	d := &differ{}
	for _, field := range sortedKeys(a, b) {
		if chapterOf(field) != "" {
			d.value([]string{field}, a[field], b[field])
		}
	}
	slices.SortStableFunc(d.found, func(x, y Change) int {
		return slices.Index(Chapters, x.Chapter) - slices.Index(Chapters, y.Chapter)
	})
	return d.found
}

// generic gives a body as plain JSON values; a body always marshals.
func generic(b Body) map[string]any {
	var out map[string]any
	if text, err := b.Text(); err == nil {
		_ = json.Unmarshal([]byte(text), &out)
	}
	return out
}

type differ struct{ found []Change }

func (d *differ) note(steps []string, from, to string) {
	d.found = append(d.found, Change{chapterOf(steps[0]), slices.Clone(steps), from, to})
}

func (d *differ) value(steps []string, a, b any) {
	x, xIsMap := a.(map[string]any)
	y, yIsMap := b.(map[string]any)
	if xIsMap && (yIsMap || b == nil) || yIsMap && a == nil {
		for _, k := range sortedKeys(x, y) {
			d.value(append(steps, k), x[k], y[k])
		}
		return
	}
	l, lIsList := a.([]any)
	m, mIsList := b.([]any)
	if (lIsList || a == nil) && (mIsList || b == nil) && (hasIDs(l) || hasIDs(m)) {
		d.list(steps, l, m)
		return
	}
	if from, to := show(a), show(b); from != to {
		d.note(steps, from, to)
	}
}

// list compares members by id; their order counts as one difference of its own.
func (d *differ) list(steps []string, a, b []any) {
	x, y := byID(a), byID(b)
	for _, id := range ids(a) {
		if _, stays := y[id]; !stays {
			d.note(append(steps, "#"+id), label(x[id], id), "")
			continue
		}
		d.value(append(steps, "#"+id), x[id], y[id])
	}
	for _, id := range ids(b) {
		if _, was := x[id]; !was {
			d.note(append(steps, "#"+id), "", label(y[id], id))
		}
	}
	from, to := common(ids(a), y), common(ids(b), x)
	if !slices.Equal(from, to) {
		d.note(append(steps, "order"), strings.Join(from, ", "), strings.Join(to, ", "))
	}
}

// idOf gives the id of a member of a list: its "id", the grade of a band, the kind of units of a call. Ties have none and
// compare as a whole.
func idOf(v any) string {
	m, _ := v.(map[string]any)
	keys := []string{"id", "grade"}
	if _, isCall := m["choice"]; isCall {
		keys = []string{"kind"}
	}
	for _, key := range keys {
		if s, ok := m[key].(string); ok {
			return s
		}
	}
	return ""
}

func hasIDs(list []any) bool { return len(list) > 0 && idOf(list[0]) != "" }

func ids(list []any) []string {
	var out []string
	for _, v := range list {
		out = append(out, idOf(v))
	}
	return out
}

func byID(list []any) map[string]any {
	out := map[string]any{}
	for _, v := range list {
		out[idOf(v)] = v
	}
	return out
}

func common(ids []string, in map[string]any) []string {
	var out []string
	for _, id := range ids {
		if _, ok := in[id]; ok {
			out = append(out, id)
		}
	}
	return out
}

func label(v any, id string) string {
	m, _ := v.(map[string]any)
	names, _ := m["name"].(map[string]any)
	for _, lang := range []string{"zh", "en"} {
		if s, _ := names[lang].(string); s != "" {
			return s
		}
	}
	return id
}

// show gives a plain value as people read it.
func show(v any) string {
	switch x := v.(type) {
	case nil:
		return ""
	case string:
		return x
	case []any:
		var parts []string
		for _, y := range x {
			parts = append(parts, show(y))
		}
		return strings.Join(parts, ", ")
	case map[string]any:
		var parts []string
		for _, k := range sortedKeys(x, nil) {
			if s := show(x[k]); s != "" {
				parts = append(parts, s)
			}
		}
		return strings.Join(parts, " ")
	}
	return fmt.Sprint(v)
}

func sortedKeys(a, b map[string]any) []string {
	var out []string
	for k := range a {
		out = append(out, k)
	}
	for k := range b {
		if _, both := a[k]; !both {
			out = append(out, k)
		}
	}
	slices.Sort(out)
	return out
}
