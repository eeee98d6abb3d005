package web

import (
	"regexp"
	"strings"

	"plumbline/internal/audit"
	"plumbline/internal/ledger"
	"plumbline/internal/pack"
)

// logValue words a value of the log by the field that it stands in; a value that is words already stands for itself.
func (c *Ctx) logValue(e audit.Entry, field, value string, w logWords) string {
	name, _, _ := strings.Cut(field, " ")
	if value == "" {
		return ""
	}
	for _, words := range []func(audit.Entry, string, string, logWords) string{c.keyValue, c.packValue, c.measureValue, c.stepValue, c.promptValue} {
		if word := words(e, name, value, w); word != "" {
			return word
		}
	}
	switch {
	case name == "state":
		return c.stateWord(e.Subject.Kind, value)
	case digests.MatchString(value):
		return digests.ReplaceAllStringFunc(value, func(hex string) string { return hex[:4] + " " + hex[4:8] + " " + hex[8:12] + "…" })
	case len(value) == len("2006-01-02") && value[4] == '-' && value[7] == '-':
		return c.date(value)
	}
	for _, key := range []string{"log.value." + e.Subject.Kind + "." + name + "." + value, "log.value." + value} {
		if c.srv.Words.Has(key) {
			return c.T(key)
		}
	}
	return value
}

// digests are recognised by their shape; twelve digits are enough to compare by eye, the log keeps all sixty-four.
var digests = regexp.MustCompile(`\b[0-9a-f]{32,64}\b`)

// keyValue words what is named by a key of the database or by the code of a unit.
func (c *Ctx) keyValue(e audit.Entry, name, value string, w logWords) string {
	kind := e.Subject.Kind
	switch {
	case name == "ledger":
		if d := c.srv.Ledgers().Types().Current(value); d != nil {
			return d.Name.In(c.Lang)
		}
	case name == "order":
		var units []string
		for _, code := range strings.Fields(value) {
			units = append(units, w.unitCoded(code, c.Lang))
		}
		return strings.Join(units, c.T("history.comma"))
	case kind == "matter" && name == "cycle":
		return c.thing(audit.Subject{Kind: "cycle", ID: parseID(value)}, w)
	case kind == "unit" && (name == "parent" || name == "successor"):
		return w.unitCoded(codeIn(value), c.Lang)
	case kind != "meeting":
	case name == "presider":
		return w.names.People[parseID(value)].In(c.Lang)
	case name == "group":
		return w.things[audit.Subject{Kind: "group", ID: parseID(value)}].name.In(c.Lang)
	case name == "slot" || name == "reporter":
		return w.unitName(w.things[audit.Subject{Kind: name, ID: parseID(value)}].unit, c.Lang)
	case attendance[name]:
		return w.called[parseID(value)]
	}
	return ""
}

// codeIn is the code at the end of "name (code)".
func codeIn(value string) string {
	return strings.TrimSuffix(value[strings.LastIndex(value, "(")+1:], ")")
}

// packValue words the ids of the pack and of the plan.
func (c *Ctx) packValue(e audit.Entry, name, value string, w logWords) string {
	body := w.plan(e).Body
	switch name {
	case "kind":
		kinds := map[string][]pack.Kind{"unit": c.srv.Pack.UnitKinds, "post": c.srv.Pack.PostKinds, "group": c.srv.Pack.GroupKinds}
		return c.kindName(kinds[e.Subject.Kind], value)
	case "role":
		return c.roleText(value, w)
	case "grade":
		return c.gradeName(body, value)
	case "class":
		if class, ok := body.Class(value); ok {
			return class.Name.In(c.Lang)
		}
	case "item":
		if item, ok := body.Item(value); ok {
			return item.Name.In(c.Lang)
		}
	case "remark", "remark_dropped", "aside", "aside_dropped":
		return c.planPlace(e, value, w)
	case "reporter":
		return c.callWord(value)
	case "capacity":
		return c.T("meeting.capacity." + value)
	case "reach":
		return c.T("plan.range." + value)
	}
	return ""
}

// roleText words a role at a unit ("login: role@code", the whole installation is "*").
func (c *Ctx) roleText(value string, w logWords) string {
	login, rest, two := strings.Cut(value, ": ")
	if !two {
		login, rest = "", value
	}
	id, code, _ := strings.Cut(rest, "@")
	role, ok := c.srv.Pack.Role(id)
	if !ok {
		return ""
	}
	at := c.T("account.everywhere")
	if code != "*" {
		at = w.unitCoded(code, c.Lang)
	}
	said := c.T("accounts.role_at", "Role", role.Name.In(c.Lang), "Unit", at)
	if login != "" {
		said = login + c.T("history.colon") + said
	}
	return said
}

// measureValue words figures that need a unit of measure to be understood.
func (c *Ctx) measureValue(e audit.Entry, name, value string, w logWords) string {
	n := int(parseID(value))
	switch {
	case e.Subject.Kind == "report" && (name == "answer" || c.planPlace(e, name, w) != ""):
		return c.T("history.characters", "Count", n)
	case name == "limit":
		return c.T("history.minutes", "Count", n/60)
	case e.Subject.Kind == "meeting" && name == "called" && n != 0:
		return c.T("history.people", "Count", n)
	case e.Subject.Kind == "tally" && name == "class" && strings.Contains(value, " / "):
		parts := strings.SplitN(value+" / / ", " / ", 4)
		return c.T("history.slips", "Entitled", parts[0], "Issued", parts[1], "Returned", parts[2])
	}
	return ""
}

// stepValue words what a matter's step was.
func (c *Ctx) stepValue(e audit.Entry, name, value string, w logWords) string {
	d := w.of(e)
	if d == nil {
		return ""
	}
	switch name {
	case "state":
		if st, ok := d.State(value); ok {
			return st.Name.In(c.Lang)
		}
	case "step":
		if t, ok := d.Step(value); ok {
			return t.Told(c.Lang)
		}
		if key := "ledger.step." + value; c.srv.Words.Has(key) {
			return c.T(key)
		}
	}
	return ""
}

// promptValue words a reminder or an escalation ("type clock whom"): which clock of the ledger, and who was told.
func (c *Ctx) promptValue(_ audit.Entry, name, value string, _ logWords) string {
	if name != ledger.StepRemind && name != ledger.StepEscalate {
		return ""
	}
	of, rest, _ := strings.Cut(value, " ")
	id, whom, escalated := strings.Cut(rest, " ")
	d := c.srv.Ledgers().Types().Current(of)
	if d == nil {
		return ""
	}
	for _, k := range d.Clocks {
		if k.ID == id && escalated {
			return c.T("prompt.escalated", "Clock", k.Name.In(c.Lang), "Whom", c.T("prompt.to."+whom))
		} else if k.ID == id {
			return k.Name.In(c.Lang)
		}
	}
	return ""
}
