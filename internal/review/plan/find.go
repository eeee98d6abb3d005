package plan

import "plumbline/internal/wording"

// Call gives how the units of a kind report.
func (b Body) Call(kind string) Call {
	if c, ok := find(b.Calls, kind, func(c Call) string { return c.Kind }); ok {
		return c
	}
	return Call{kind, Oral, Required}
}

// Step gives a step by its id.
func (b Body) Step(id string) (Step, bool) {
	return find(b.Steps, id, func(s Step) string { return s.ID })
}

// Class gives a class of raters by its id.
func (b Body) Class(id string) (Class, bool) {
	return find(b.Classes, id, func(c Class) string { return c.ID })
}

// Item gives a line of the ballot by its id.
func (b Body) Item(id string) (Item, bool) {
	return find(b.Items, id, func(i Item) string { return i.ID })
}

// Grade gives a grade by its id.
func (b Body) Grade(id string) (Grade, bool) {
	return find(b.Grades, id, func(g Grade) string { return g.ID })
}

// Part gives a part of the composite by its id.
func (b Body) Part(id string) (Part, bool) {
	return find(b.Parts, id, func(p Part) string { return p.ID })
}

// Area gives a content area by its id.
func (b Body) Area(id string) (Area, bool) {
	return find(b.Areas, id, func(a Area) string { return a.ID })
}

// Section gives a section of the report by its id.
func (b Body) Section(id string) (Section, bool) {
	return find(b.Report.Sections, id, func(s Section) string { return s.ID })
}

// SectionsOf gives the sections of a kind, in the order of the report.
func (b Body) SectionsOf(kind SectionKind) []Section {
	var out []Section
	for _, s := range b.Report.Sections {
		if s.Kind == kind {
			out = append(out, s)
		}
	}
	return out
}

func find[T any](list []T, id string, of func(T) string) (T, bool) {
	for _, x := range list {
		if of(x) == id {
			return x, true
		}
	}
	var none T
	return none, false
}

// Member gives the name of a row of one of the plan's lists by its id; nil where there is none. A band has the name of
// its grade.
func (b Body) Member(list, id string) wording.Text {
	switch list {
	case "areas":
		x, _ := b.Area(id)
		return x.Name
	case "classes":
		x, _ := b.Class(id)
		return x.Name
	case "items":
		x, _ := b.Item(id)
		return x.Name
	case "grades", "bands":
		x, _ := b.Grade(id)
		return x.Name
	case "parts":
		x, _ := b.Part(id)
		return x.Name
	case "sections":
		x, _ := b.Section(id)
		return x.Name
	case "steps":
		x, _ := b.Step(id)
		return x.Name
	case "lines":
		return b.line(id)
	}
	return nil
}

func (b Body) line(id string) wording.Text {
	for _, p := range b.Parts {
		if p.Sheet == nil {
			continue
		}
		for _, l := range p.Sheet.Lines {
			if l.ID == id {
				return l.Name
			}
		}
	}
	return nil
}
