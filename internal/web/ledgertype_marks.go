package web

import (
	"slices"
	"strconv"
	"strings"

	"plumbline/internal/ledger"
	"plumbline/internal/web/ui"
)

// designMark is one thing wrong with a draft, at its place in the form.
type designMark struct {
	part, row, box string // row and box are "" where it is about the whole
	name           string // what its row is called
	text           string
}

// designMarks are the things wrong with a draft, and how many each chapter has.
type designMarks struct {
	list  []designMark
	count map[string]int
}

func (c *Ctx) designMarks(d *ledger.Definition, problems []ledger.Problem) designMarks {
	m := designMarks{count: map[string]int{}}
	if d == nil {
		return m
	}
	for _, x := range problems {
		mark := c.designMark(d, x)
		m.list = append(m.list, mark)
		m.count[mark.part]++
	}
	return m
}

// designMark finds the chapter, the row and the box of a problem, and the words of somebody who never sees a file.
func (c *Ctx) designMark(d *ledger.Definition, x ledger.Problem) designMark {
	at := strings.Split(strings.TrimPrefix(x.At, "/"), "/")
	m := designMark{part: partNames, text: c.problemWords(d, x)}
	no, numbered := 0, false
	if len(at) > 1 {
		n, err := strconv.Atoi(at[1])
		no, numbered = n, err == nil
	}
	rest := at[min(2, len(at)):]
	switch at[0] {
	case "fields", "states", "transitions", "clocks", "links":
		m.part = at[0]
	case "register":
		m.part = partFields
		if f := slices.IndexFunc(d.Fields, func(f ledger.Field) bool { return f.ID == d.Title }); x.Key == "ledger.check.title_not_asked" && f >= 0 {
			no, numbered, rest = f, true, []string{"asked"}
		}
	case "remind", "escalation":
		m.part, no, numbered, rest = partClocks, clockOf(d, at[0], no), true, []string{map[string]string{"remind": "remind"}[at[0]]}
	case "public":
		m.part, m.box = partMore, "public_fields"
		if strings.Contains(x.At, "states") {
			m.box = "public_states"
		}
	case "recurrence":
		m.part, m.box = partMore, "recur_"+boxNamed(x, at[1:])
	case "columns":
		m.part, m.box = partMore, "columns"
	case "pictures", "meter", "held", "for", "id", "gone":
		m.part = partNames
	default:
		m.box = boxNamed(x, at)
		switch at[0] {
		case "one", "about":
			m.box = at[0] + "_" + langOf(x)
		case "number":
			m.box = "prefix"
		}
	}
	if letter := partLetter[m.part]; numbered && letter != "" {
		m.row = m.part + "-" + strconv.Itoa(no)
		m.box = letter + "." + strconv.Itoa(no) + "." + boxNamed(x, rest)
		m.name = c.rowName(d, m.part, no)
	}
	return m
}

func clockOf(d *ledger.Definition, list string, n int) int {
	id := ""
	switch {
	case list == "remind" && n < len(d.Remind):
		id = d.Remind[n].Clock
	case list == "escalation" && n < len(d.Escalation):
		id = d.Escalation[n].Clock
	}
	return max(0, slices.IndexFunc(d.Clocks, func(k ledger.Clock) bool { return k.ID == id }))
}

func (c *Ctx) rowName(d *ledger.Definition, part string, n int) string {
	name := ""
	switch {
	case part == partFields && n < len(d.Fields):
		name = d.Fields[n].Name.In(c.Lang)
	case part == partStates && n < len(d.States):
		name = d.States[n].Name.In(c.Lang)
	case part == partSteps && n < len(d.Steps):
		name = d.Steps[n].Name.In(c.Lang)
	case part == partClocks && n < len(d.Clocks):
		name = d.Clocks[n].Name.In(c.Lang)
	case part == partLinks && n < len(d.Links):
		name = d.Links[n].Name.In(c.Lang)
	}
	return otherwise(name, c.T("design.unnamed"))
}

// langOf is the language in which a wording is missing.
func langOf(x ledger.Problem) string {
	for i := 0; i+1 < len(x.Args); i += 2 {
		if lang, ok := x.Args[i+1].(string); ok && x.Args[i] == "Lang" && lang == "en" {
			return lang
		}
	}
	return "zh"
}

// boxNamed is the box that the rest of a path leads to, without the letters of its row.
func boxNamed(x ledger.Problem, rest []string) string {
	if len(rest) == 0 {
		return ""
	}
	last := rest[len(rest)-1]
	inner := ""
	if len(rest) > 2 {
		inner = rest[1]
	}
	switch rest[0] {
	case "name", "id":
		return langOf(x)
	case "hint", "past", "back", "measure":
		return rest[0] + "_" + langOf(x)
	case "note_name":
		return "note_" + langOf(x)
	case "action", "at":
		return "who"
	case "days", "hours":
		return "len"
	case "formula":
		return "op"
	case "choices", "columns":
		if inner != "" && (last == "name" || last == "id") {
			return "c." + inner + "." + langOf(x)
		}
		return "c.0.zh"
	case "need":
		if len(rest) < 2 {
			return ""
		}
		box := map[string]string{"say": "say_" + langOf(x), "n": "rows"}[last]
		if len(rest) == 2 {
			box = "field"
			if slices.Contains(x.Args, any("link")) {
				box = "link"
			}
			if slices.Contains(x.Args, any("value")) {
				box = "value"
			}
			if slices.Contains(x.Args, any("n")) {
				box = "rows"
			}
		}
		return "n." + rest[1] + "." + otherwise(box, last)
	case "spawn":
		return otherwise(map[string]string{"owner": "owner", "table": "table"}[last], "make")
	case "drives":
		return otherwise(map[string]string{"note": "drive_note"}[last], "drive")
	case "by":
		return "by"
	case "field", "values":
		return "by"
	case "type", "link", "map":
		return "make"
	}
	return rest[0]
}

// links are the things wrong, each leading to its place.
func (m designMarks) links(c *Ctx, id int64) (out []ui.Link) {
	for _, x := range m.list {
		text := x.text
		if x.name != "" {
			text = c.T("design.wrong_in", "Name", x.name, "Text", x.text)
		}
		to := chapterPath(id, x.part)
		if x.row != "" {
			to += "&open=" + x.row + "#" + x.row
		} else if x.box != "" {
			to += "#f-" + x.box
		}
		out = append(out, ui.Link{Text: text, Href: to})
	}
	return out
}

// box finds a box of the chapter by its name, and opens what it is folded in.
func (p *DesignPart) box(name string) *ui.Field {
	if f := boxIn(p.Fields, p.Groups, name); f != nil {
		return f
	}
	for i := range p.Rows {
		if f := boxIn(p.Rows[i].Fields, p.Rows[i].Groups, name); f != nil {
			p.Rows[i].Open = true
			return f
		}
	}
	return nil
}

func boxIn(fields []ui.Field, groups []DesignGroup, name string) *ui.Field {
	for i := range fields {
		if fields[i].Name == name {
			return &fields[i]
		}
	}
	for i := range groups {
		g := &groups[i]
		lists := [][]ui.Field{g.Fields}
		for _, it := range g.Items {
			lists = append(lists, it.Fields)
		}
		for _, list := range lists {
			if f := boxIn(list, nil, name); f != nil {
				g.Open = true
				return f
			}
		}
	}
	return nil
}

// place sets what is wrong beside its box, else into its row.
func (p *DesignPart) place(m designMarks) {
	for _, x := range m.list {
		if x.part != p.ID {
			continue
		}
		if f := p.box(x.box); f != nil && x.box != "" {
			f.Error = strings.Trim(f.Error+" "+x.text, " ")
			continue
		}
		for i := range p.Rows {
			if p.Rows[i].ID == x.row {
				p.Rows[i].Problems, p.Rows[i].Open = append(p.Rows[i].Problems, x.text), true
			}
		}
	}
}

// refuse says beside each box what can't be taken, with what was typed.
func (p *DesignPart) refuse(c *Ctx, bad map[string]string) *ui.ErrorSummary {
	var all []ui.Field
	for name, key := range bad {
		if f := p.box(name); f != nil {
			f.Value, f.Error = c.Value(name), c.T(key)
			all = append(all, *f)
		}
	}
	slices.SortFunc(all, func(a, b ui.Field) int { return strings.Compare(a.Name, b.Name) })
	return ui.Errors(all...)
}

func (p *DesignPart) unfold(row string) {
	for i := range p.Rows {
		if p.Rows[i].ID == row {
			p.Rows[i].Open = true
		}
	}
}

// problemWords is what is wrong in the words of the form: names in the place of keys. What a form can't bring about is
// told in the words of the files.
func (c *Ctx) problemWords(d *ledger.Definition, x ledger.Problem) string {
	key := "design.wrong." + strings.TrimPrefix(x.Key, "ledger.check.")
	if !c.srv.Words.Has(key) {
		return x.Reason(c.Lang)
	}
	args := slices.Clone(x.Args)
	for i := 0; i+1 < len(args); i += 2 {
		id, isText := args[i+1].(string)
		if !isText {
			continue
		}
		switch args[i] {
		case "Lang":
			args[i+1] = c.T("design.lang." + map[bool]string{true: "en", false: "zh"}[id == "en"])
		case "Effect":
			args[i+1] = c.T("design.effect." + id)
		case "Class":
			args[i+1] = c.T("design.class." + id)
		case "State":
			args[i+1] = c.stateNames(d, []string{id})
		case "Type", "Name":
			if o := c.srv.Ledgers().Types().Current(id); o != nil {
				args[i+1] = o.Name.In(c.Lang)
			}
		case "ID", "From":
			args[i+1] = c.nameIn(d, x, id)
		}
	}
	return c.T(key, args...)
}

// nameIn is what an id of a problem is called: a field of the ledger that it speaks of, a state, else itself.
func (c *Ctx) nameIn(d *ledger.Definition, x ledger.Problem, id string) string {
	of := d
	for i := 0; i+1 < len(x.Args); i += 2 {
		kind, isText := x.Args[i+1].(string)
		if o := c.srv.Ledgers().Types().Current(kind); x.Args[i] == "Type" && isText && o != nil {
			of = o
		}
	}
	if f, ok := of.FieldAt(id); ok {
		return f.Name.In(c.Lang)
	}
	if st, ok := of.State(id); ok {
		return st.Name.In(c.Lang)
	}
	if t, ok := of.Step(id); ok {
		return t.Name.In(c.Lang)
	}
	if o := c.srv.Ledgers().Types().Current(id); o != nil {
		return o.Name.In(c.Lang)
	}
	return id
}
