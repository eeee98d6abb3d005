package web

import (
	"slices"
	"strconv"
	"strings"

	"plumbline/internal/ledger"
	"plumbline/internal/web/ui"
)

// The units in which a form gives lengths of time.
const (
	unitDay      = "day"
	unitWorkday  = "workday"
	unitHour     = "hour"
	unitWorkhour = "workhour"
	unitMonth    = "month"
)

var (
	clockUnits = []string{unitDay, unitWorkday, unitHour, unitWorkhour}
	cycleUnits = []string{unitDay, unitMonth}
)

// lengthOf is a span as a number and its unit.
func lengthOf(s ledger.Span) (n int, unit string) {
	switch {
	case s.Months != 0:
		return s.Months, unitMonth
	case s.Hours != 0 && s.Working:
		return s.Hours, unitWorkhour
	case s.Hours != 0:
		return s.Hours, unitHour
	case s.Working:
		return s.Days, unitWorkday
	}
	return s.Days, unitDay
}

func spanOf(n int, unit string) (s ledger.Span) {
	switch unit {
	case unitMonth:
		s.Months = n
	case unitHour, unitWorkhour:
		s.Hours = n
	default:
		s.Days = n
	}
	s.Working = unit == unitWorkday || unit == unitWorkhour
	return s
}

func clockSpan(k ledger.Clock) ledger.Span {
	return ledger.Span{Days: k.Days, Hours: k.Hours, Working: k.Working}
}

func (c *Ctx) clockNote(d *ledger.Definition, k ledger.Clock) string {
	n, unit := lengthOf(clockSpan(k))
	return c.stateNames(d, k.States) + c.T("design.note_sep") + c.T("design.length."+unit, "Count", n)
}

func (c *Ctx) clockBoxes(d *ledger.Definition, i int) designBoxes {
	k, at := d.Clocks[i], "k."+strconv.Itoa(i)+"."
	from := []ui.Option{{Value: "birth", Text: c.T("design.since.birth")}, {Value: "enter", Text: c.T("design.since.enter")}}
	for _, t := range d.Steps {
		from = append(from, ui.Option{Value: t.ID, Text: c.T("design.since.step", "Step", t.Name.In(c.Lang))})
	}
	for _, o := range c.fieldOptions(d, givesDate) {
		from = append(from, ui.Option{Value: "field:" + o.Value, Text: c.T("design.since.field", "Field", o.Text)})
	}
	b := designBoxes{fields: append(c.designWords(at, k.Name, 40), c.choose(at+"states", "design.runs_in", k.States, c.openStates(d)), c.pick(at+"from", "design.since", k.From, from))}
	b.fields = append(b.fields, c.lengthBoxes(at, "design.len", clockSpan(k), true, clockUnits)...)
	b.fields = append(b.fields, c.figure(at+"grace", "design.grace", howMany(k.Grace)))
	b.groups = []DesignGroup{c.noticeGroup(d, k, at),
		{Title: c.T("design.pauses"), Count: howMany(len(k.Pauses)), Hint: c.T("design.pauses_hint"), Fields: []ui.Field{c.choose(at+"pauses", "design.pauses_in", k.Pauses, c.openStates(d))}},
		c.byGroup(d, at, k.By.Field, k.By.Values, clockUnits)}
	return b
}

// lengthBoxes are a number and its unit; zero says whether 0 is a length, too.
func (c *Ctx) lengthBoxes(at, key string, s ledger.Span, zero bool, units []string) []ui.Field {
	n, unit := lengthOf(s)
	text := howMany(n)
	if zero {
		text = strconv.Itoa(n)
	}
	return []ui.Field{c.figure(at+"len", key, text), c.pick(at+"unit", "design.unit", unit, c.worded("design.unit.", units))}
}

// noticeGroup says who is told of a clock, and when.
func (c *Ctx) noticeGroup(d *ledger.Definition, k ledger.Clock, at string) DesignGroup {
	var before []string
	for _, r := range d.Remind {
		if r.Clock == k.ID {
			before = append(before, strconv.Itoa(r.Before))
		}
	}
	g := DesignGroup{Title: c.T("design.told"), Hint: c.T("design.told_hint"),
		Fields: []ui.Field{{Name: at + "remind", Label: c.T("design.remind"), Hint: c.T("design.remind_hint"), Value: strings.Join(before, ", "), Width: "medium", Plain: true}}}
	var list []ledger.Escalation
	for _, e := range d.Escalation {
		if e.Clock == k.ID {
			list = append(list, e)
		}
	}
	g.Count = howMany(len(before) + len(list))
	for n := range len(list) + blankOthers {
		var e ledger.Escalation
		after, levels := "", ""
		if n < len(list) {
			e = list[n]
			after = strconv.Itoa(e.After)
			levels = howMany(e.Levels)
		}
		key := at + "e." + strconv.Itoa(n)
		g.Items = append(g.Items, DesignItem{Key: key, Label: c.T("design.told_no", "N", n+1), Fields: []ui.Field{
			c.pick(key+".to", "design.told_to", e.To, c.orNone(c.worded("design.told.", []string{ledger.ToLeader, ledger.ToConvenor, ledger.ToAbove}))),
			c.figure(key+".after", "design.told_after", after), c.figure(key+".levels", "design.told_levels", levels)}})
	}
	return g
}

// byGroup gives lengths by the values of a choice field.
func (c *Ctx) byGroup(d *ledger.Definition, at, field string, values map[string]ledger.Span, units []string) DesignGroup {
	g := DesignGroup{Title: c.T("design.by"), Count: howMany(len(values)), Hint: c.T("design.by_hint"), Fields: []ui.Field{c.pick(at+"by", "design.by_field", field, c.orNone(c.fieldOptions(d, isChoice)))}}
	f, _ := d.Field(field)
	for _, ch := range f.Choices {
		s, given := values[ch.ID]
		if !given {
			s = spanOf(0, units[min(1, len(units)-1)])
		}
		key := at + "by." + ch.ID
		g.Items = append(g.Items, DesignItem{Key: key, Label: ch.Name.In(c.Lang), Fields: c.lengthBoxes(key+".", "design.len", s, false, units)})
	}
	return g
}

// designColumns are the columns of a ledger's list and export.
func (c *Ctx) designColumns(d *ledger.Definition) []ui.Field {
	chosen := d.Columns
	if len(chosen) == 0 {
		chosen = ledger.DefaultColumns
	}
	var options []ui.Option
	for _, id := range ledger.ColumnWords {
		if _, isField := d.Field(id); !isField && (id != "requester" || d.Requester) {
			options = append(options, ui.Option{Value: id, Text: c.T("design.column." + id)})
		}
	}
	options = append(options, c.fieldOptions(d, func(f ledger.Field) bool { return f.Kind != ledger.KindTable && f.Kind != ledger.KindFile })...)
	slices.SortStableFunc(options, func(a, b ui.Option) int { return placeIn(chosen, a.Value) - placeIn(chosen, b.Value) })
	return []ui.Field{c.choose("columns", "design.list_columns", chosen, options)}
}

func placeIn(list []string, x string) int {
	if i := slices.Index(list, x); i >= 0 {
		return i
	}
	return len(list)
}

func (c *Ctx) designPublic(d *ledger.Definition) DesignGroup {
	p := ledger.Public{}
	g := DesignGroup{Title: c.T("design.public"), Hint: c.T("design.public_hint")}
	if d.Public != nil {
		p, g.Count = *d.Public, howMany(len(d.Public.Fields))
	}
	g.Fields = []ui.Field{c.choose("public_states", "design.public_states", p.States, c.stateOptions(d)),
		c.choose("public_fields", "design.public_fields", p.Fields, c.fieldOptions(d, func(f ledger.Field) bool { return f.Kind != ledger.KindFile && f.Kind != ledger.KindLink }))}
	return g
}

func (c *Ctx) designRecurrence(d *ledger.Definition) DesignGroup {
	x := ledger.Recurrence{From: "birth"}
	if d.Recurrence != nil {
		x = *d.Recurrence
	}
	at := "recur_"
	g := c.byGroup(d, at, x.Field, x.Values, cycleUnits)
	g.Title, g.Hint = c.T("design.recurrence"), c.T("design.recurrence_hint")
	g.Fields = append([]ui.Field{c.pick(at+"make", "design.make", pairOf(x.Type, x.Link), c.orNone(c.makeOptions(d)))}, g.Fields...)
	if d.Recurrence == nil {
		return g
	}
	from := []ui.Option{{Value: "birth", Text: c.T("design.since.birth")}}
	until := []ui.Option{{Text: c.T("design.nothing")}}
	for _, o := range c.fieldOptions(d, givesDate) {
		o.Value = "field:" + o.Value
		from, until = append(from, o), append(until, o)
	}
	var states []ui.Option
	for i, o := range c.stateOptions(d) {
		if class := d.States[i].Class; !ledger.Ended(class) || class == ledger.Done {
			states = append(states, o)
		}
	}
	g.Fields = append(g.Fields, c.pick(at+"from", "design.since", x.From, from), c.pick(at+"until", "design.until", x.Until, until), c.choose(at+"states", "design.recurs_in", x.States, states))
	g.Fields = append(g.Fields, c.mapBoxes(x.Type, x.Map, d.Fields, at)...)
	return g
}
