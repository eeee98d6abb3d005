package scoring

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
)

// planDecoder turns nodes into a Plan and collects what does not fit.
type planDecoder struct {
	lines map[string]int
	found []Problem
}

func (d *planDecoder) fault(p *Problem, line int) {
	d.found = append(d.found, *p.at(InPlan, line))
}

// A setter takes the value found at a path.
type setter func(path string, value *node)

func (d *planDecoder) plan(root *node) Plan {
	p := Plan{EmptyClass: Refuse, Decimals: 2}
	d.object("", root, []string{"classes", "items"}, map[string]setter{
		"classes": func(path string, v *node) {
			p.Classes = list(d, path, v, false, func(c *Class) map[string]setter {
				return map[string]setter{"id": d.text(&c.ID), "weight": d.text(&c.Weight)}
			})
		},
		"items": func(path string, v *node) {
			p.Items = list(d, path, v, false, func(i *Item) map[string]setter {
				return map[string]setter{"id": d.text(&i.ID), "weight": d.text(&i.Weight)}
			})
		},
		"grades": func(path string, v *node) {
			p.Grades = list(d, path, v, true, func(g *Grade) map[string]setter {
				return map[string]setter{"id": d.text(&g.ID), "points": d.text(&g.Points)}
			})
		},
		"trim": func(path string, v *node) {
			p.Trim = optional(d, path, v, func(t *Trim) map[string]setter {
				return map[string]setter{"each_end": d.whole(&t.EachEnd), "when_more_than": d.whole(&t.WhenMoreThan)}
			})
		},
		"empty_class": d.text(&p.EmptyClass),
		"parts": func(path string, v *node) {
			p.Parts = list(d, path, v, true, func(t *Part) map[string]setter {
				return map[string]setter{"id": d.text(&t.ID), "weight": d.text(&t.Weight)}
			})
		},
		"bands": func(path string, v *node) {
			p.Bands = list(d, path, v, true, func(b *Band) map[string]setter {
				return map[string]setter{"grade": d.text(&b.Grade), "from": d.text(&b.From)}
			})
		},
		"quota": func(path string, v *node) {
			p.Quota = optional(d, path, v, func(q *Quota) map[string]setter {
				return map[string]setter{"below_top_at_least": d.text(&q.BelowTopAtLeast)}
			})
		},
		"decimals": d.whole(&p.Decimals),
	})
	return p
}

// object hands every field to its setter; needed are the fields that must
// stand there.
func (d *planDecoder) object(path string, v *node, needed []string, setters map[string]setter) {
	if path == "" {
		d.lines[path] = v.line
	}
	if v.kind != JSONObject {
		d.fault(problem(JSONObject, path), v.line)
		return
	}
	seen := map[string]bool{}
	for _, f := range v.fields {
		inner := f.name
		if path != "" {
			inner = path + "." + f.name
		}
		set, known := setters[f.name]
		switch {
		case !known:
			d.fault(problem(JSONUnknown, path, "name", f.name), f.line)
			continue
		case seen[f.name]:
			d.fault(problem(JSONDoubled, path, "name", f.name), f.line)
			continue
		}
		seen[f.name] = true
		d.lines[inner] = f.line
		set(inner, f.value)
	}
	for _, name := range needed {
		if !seen[name] {
			d.fault(problem(JSONMissing, path, "name", name), v.line)
		}
	}
}

// list reads a list of objects, all of whose fields are needed; nullable lists
// may be null for none.
func list[T any](d *planDecoder, path string, v *node, nullable bool, setters func(*T) map[string]setter) []T {
	if nullable && v.text == "null" && v.kind == JSONOther {
		return nil
	}
	if v.kind != JSONList {
		d.fault(problem(JSONList, path), v.line)
		return nil
	}
	all := make([]T, len(v.list))
	for i, entry := range v.list {
		inner := fmt.Sprintf("%s[%d]", path, i)
		d.lines[inner] = entry.line
		set := setters(&all[i])
		d.object(inner, entry, names(set), set)
	}
	return all
}

// optional reads an object that may be null.
func optional[T any](d *planDecoder, path string, v *node, setters func(*T) map[string]setter) *T {
	if v.kind == JSONOther && v.text == "null" {
		return nil
	}
	value := new(T)
	set := setters(value)
	d.object(path, v, names(set), set)
	return value
}

func (d *planDecoder) text(to *string) setter {
	return func(path string, v *node) {
		if v.kind != JSONString {
			d.fault(problem(JSONString, path), v.line)
		}
		*to = v.text
	}
}

func (d *planDecoder) whole(to *int) setter {
	return func(path string, v *node) {
		n, err := strconv.Atoi(v.text)
		if v.kind != JSONNumber || err != nil || n > 1_000_000 || n < -1_000_000 {
			d.fault(problem(JSONNumber, path), v.line)
			return
		}
		*to = n
	}
}

// names lists the fields of an object in a fixed order, so that what is missing
// is always said in the same one.
func names(setters map[string]setter) []string { return slices.Sorted(maps.Keys(setters)) }
