package ledger

import "slices"

// Gone is what earlier versions of a definition had and it has no more.
type Gone struct {
	States []State      `json:"states,omitempty"`
	Steps  []Transition `json:"transitions,omitempty"`
	Fields []Field      `json:"fields,omitempty"`
}

// IsZero says whether there is nothing.
func (g Gone) IsZero() bool { return len(g.States)+len(g.Steps)+len(g.Fields) == 0 }

// Whole is the definition with what earlier versions had, for telling what happened under them. It must not be used to
// decide what may happen.
func (d *Definition) Whole() *Definition {
	if d == nil || d.Gone.IsZero() {
		return d
	}
	w := *d
	w.States = slices.Concat(d.States, d.Gone.States)
	w.Steps = slices.Concat(d.Steps, d.Gone.Steps)
	w.Fields = slices.Concat(d.Fields, d.Gone.Fields)
	w.Gone = Gone{}
	return &w
}

// goneFrom gathers what the versions, the newest first, had and the definition has no more.
func (d *Definition) goneFrom(versions []*Definition) Gone {
	all := *d
	all.Gone = Gone{}
	for _, v := range versions {
		v = v.Whole()
		for _, s := range v.States {
			if _, has := all.Whole().State(s.ID); !has {
				all.Gone.States = append(all.Gone.States, s)
			}
		}
		for _, t := range v.Steps {
			if _, has := all.Whole().Step(t.ID); !has {
				all.Gone.Steps = append(all.Gone.Steps, t)
			}
		}
		for _, f := range v.Fields {
			if _, has := all.Whole().Field(f.ID); !has {
				all.Gone.Fields = append(all.Gone.Fields, f)
			}
		}
	}
	return all.Gone
}
