package web

import (
	"strings"

	"plumbline/internal/audit"
	"plumbline/internal/review/plan"
	"plumbline/internal/wording"
)

// stepsLabel words where a change of a plan stands: list, row and field. Rows are called by their names in the bodies,
// the first that knows them; one that none of them knows by its id. A row that came or went as a whole is the value of
// the change and needs no name here.
func (c *Ctx) stepsLabel(steps []string, bodies ...plan.Body) string {
	var parts []string
	for i, step := range steps {
		id, isRow := strings.CutPrefix(step, "#")
		switch {
		case isRow && i == len(steps)-1:
		case isRow:
			parts = append(parts, c.planRow(steps[i-1], id, bodies...))
		case c.srv.Words.Has("plan.path." + step):
			parts = append(parts, c.T("plan.path."+step))
		case c.srv.Words.Has("plan.chapter." + step):
			parts = append(parts, c.T("plan.chapter."+step))
		default:
			parts = append(parts, step)
		}
	}
	return strings.Join(parts, " · ")
}

// planRow names a row of one of a plan's lists.
func (c *Ctx) planRow(list, id string, bodies ...plan.Body) string {
	if list == "calls" {
		if name := c.kindName(c.srv.Pack.UnitKinds, id); name != "" {
			return name
		}
	}
	for _, b := range bodies {
		if name := b.Member(list, id).In(c.Lang); name != "" {
			return name
		}
	}
	return id
}

// planWords are the fields of a plan whose values have words in the catalogue.
var planWords = map[string]string{"mode": "cycle.mode.", "choice": "cycle.choice.", "days": "plan.days.", "who": "plan.who.",
	"empty_class": "plan.empty.", "notify": "plan.range.", "kinds": "plan.section.", "required": "log.value.", "bonus": "log.value."}

// planValue words a value of a plan by the place where it stands.
func (c *Ctx) planValue(steps []string, value string, bodies ...plan.Body) string {
	leaf, list := steps[len(steps)-1], steps[0]
	if list == "ties" {
		return c.tiesText(value, bodies...)
	}
	prefix := planWords[leaf]
	switch {
	case leaf == "kind" && list == "parts":
		prefix = "plan.part."
	case leaf == "kind" && list == "report":
		prefix = "plan.section."
	}
	var out []string
	for _, v := range strings.Split(value, ", ") {
		switch {
		case leaf == "order" && len(steps) > 1:
			v = c.planRow(steps[len(steps)-2], v, bodies...)
		case prefix != "" && c.srv.Words.Has(prefix+v):
			v = c.T(prefix + v)
		case strings.HasPrefix(leaf, "#") && len(steps) > 1:
			v = c.planRow(steps[len(steps)-2], v, bodies...)
		}
		out = append(out, v)
	}
	return strings.Join(out, c.T("history.comma"))
}

// tiesText words the rules for a tie, each "kind ref".
func (c *Ctx) tiesText(value string, bodies ...plan.Body) string {
	var out []string
	for _, rule := range strings.Split(value, ", ") {
		kind, ref, _ := strings.Cut(rule, " ")
		list := map[string]string{string(plan.HigherClass): "classes", string(plan.FewerOfGrade): "grades", string(plan.HigherPart): "parts"}[kind]
		if key := "plan.tie_text." + kind; c.srv.Words.Has(key) {
			rule = c.T(key, "Name", c.planRow(list, ref, bodies...))
		}
		out = append(out, rule)
	}
	return strings.Join(out, c.T("history.comma"))
}

// goneRows are the rows that an edit took away, as far as other rows of the same edit point to them.
func goneRows(changes []audit.Change) (b plan.Body) {
	for _, ch := range changes {
		list, id, _ := strings.Cut(ch.Field, "#")
		name := wording.Text{"zh": ch.From}
		switch {
		case ch.To != "" || strings.Contains(id, "."):
		case list == "grades":
			b.Grades = append(b.Grades, plan.Grade{ID: id, Name: name})
		case list == "classes":
			b.Classes = append(b.Classes, plan.Class{ID: id, Name: name})
		case list == "parts":
			b.Parts = append(b.Parts, plan.Part{ID: id, Name: name})
		}
	}
	return b
}
