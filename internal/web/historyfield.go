package web

import (
	"strings"

	"plumbline/internal/audit"
	"plumbline/internal/review/cycle"
)

// fieldWord is what a reader calls a field of the log. A field may name what it is of: "grade C1" is the grade of the
// unit C1, "due report" the date of a step. The words of a kind of thing go before those of the house.
func (c *Ctx) fieldWord(e audit.Entry, ch audit.Change, w logWords) string {
	kind, field := e.Subject.Kind, ch.Field
	if name := c.planPlace(e, field, w); name != "" {
		return name
	}
	name, of, two := strings.Cut(field, " ")
	if name == "limit" && kind == "unit" {
		return c.limitLogged(of)
	}
	if name == "state" {
		switch whose := c.stateOf(kind, ch.To); {
		case whose == "plan" && kind != "plan":
			return c.T("log.field.state_of_plan")
		case whose == "cycle" && kind != "cycle":
			return c.T("log.field.state_of_cycle")
		}
	}
	word := name
	for _, key := range []string{"log.field." + kind + "." + name, "log.field." + name} {
		if c.srv.Words.Has(key) {
			word = c.T(key)
			break
		}
	}
	if !two {
		return word
	}
	return joined(word, c.fieldOf(e, name, of, w))
}

// planPlace names the fields that are places of a plan: a section of a report, a part of the composite.
func (c *Ctx) planPlace(e audit.Entry, field string, w logWords) string {
	body := w.plan(e).Body
	switch e.Subject.Kind {
	case "report":
		section, _, _ := strings.Cut(field, "/")
		sec, ok := body.Section(section)
		if !ok {
			return ""
		}
		number := w.things[audit.Subject{Kind: "matter", ID: answered(field)}].name.In(c.Lang)
		return joined(sec.Name.In(c.Lang), number)
	case "sheet":
		if part, ok := body.Part(field); ok {
			return part.Name.In(c.Lang)
		}
	case "figure":
		code, part, two := strings.Cut(field, " ")
		if _, ok := body.Part(part); two && ok {
			return joined(w.unitCoded(code, c.Lang), c.partName(body, part))
		}
	}
	return ""
}

// fieldOf names what a field is of.
func (c *Ctx) fieldOf(e audit.Entry, name, of string, w logWords) string {
	body := w.plan(e).Body
	switch name {
	case "due", "step":
		if step, ok := body.Step(of); ok {
			return step.Name.In(c.Lang)
		}
	case "class":
		return c.className(body.Classes, of)
	}
	if unit := w.unitName(unitMentioned(name+" "+of), c.Lang); unit != "" {
		return unit
	}
	return w.unitCoded(of, c.Lang)
}

// stateOf says whose state a value is: the thing's own, or that of a plan or a cycle which the verb moved on.
func (c *Ctx) stateOf(kind, value string) string {
	for _, of := range []string{kind, "plan", "cycle"} {
		if c.srv.Words.Has("log.state."+of+"."+value) || c.srv.Words.Has(of+".state."+value) {
			return of
		}
	}
	return ""
}

// stateWord words a state by the thing whose it is.
func (c *Ctx) stateWord(kind, value string) string {
	of := c.stateOf(kind, value)
	for _, key := range []string{"log.state." + of + "." + value, of + ".state." + value} {
		if of != "" && c.srv.Words.Has(key) {
			return c.T(key)
		}
	}
	return value
}

// callWord words how a unit is called to report ("oral/required").
func (c *Ctx) callWord(value string) string {
	mode, choice, two := strings.Cut(value, "/")
	if !two {
		return value
	}
	return joined(c.T("cycle.mode."+string(cycle.Mode(mode))), c.T("cycle.choice."+choice))
}
