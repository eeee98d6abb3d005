package plan

import "plumbline/internal/wording"

// normal gives the body in the one form that the canonical text takes: lists are never null, texts have no empty
// language. The body itself is left alone.
func (b Body) normal() Body {
	b.Calls = each(b.Calls, func(*Call) {})
	b.Areas = each(b.Areas, func(x *Area) { x.Name = filled(x.Name) })
	b.Report.Sections = each(b.Report.Sections, func(x *Section) { x.Name, x.Hint = filled(x.Name), filled(x.Hint) })
	b.Classes = each(b.Classes, func(x *Class) { x.Name = filled(x.Name) })
	b.Items = each(b.Items, func(x *Item) { x.Name = filled(x.Name) })
	b.Grades = each(b.Grades, func(x *Grade) { x.Name = filled(x.Name) })
	b.Bands = each(b.Bands, func(*Band) {})
	b.Ties = each(b.Ties, func(*TieRule) {})
	b.Steps = each(b.Steps, func(x *Step) { x.Name = filled(x.Name) })
	b.Defaults = each(b.Defaults, func(*string) {})
	if s := b.Report.Share; s != nil {
		share := *s
		share.Kinds = each(share.Kinds, func(*SectionKind) {})
		b.Report.Share = &share
	}
	b.Parts = each(b.Parts, func(x *Part) {
		x.Name = filled(x.Name)
		if x.Sheet != nil {
			sheet := *x.Sheet
			sheet.Lines = each(sheet.Lines, func(l *SheetLine) { l.Name = filled(l.Name) })
			x.Sheet = &sheet
		}
	})
	return b
}

// each copies a list and changes the copy.
func each[T any](list []T, change func(*T)) []T {
	out := make([]T, len(list))
	for i, x := range list {
		change(&x)
		out[i] = x
	}
	return out
}

func filled(t wording.Text) wording.Text {
	out := wording.Text{}
	for lang, s := range t {
		if s != "" {
			out[lang] = s
		}
	}
	return out
}
