package web

import (
	"plumbline/internal/pack"
	"plumbline/internal/review/plan"
	"plumbline/internal/web/ui"
)

// What a plan's form asks, chapter by chapter. The same description draws the form and the plan as it is read.

// planCol is one column of a list: its fields stand in one cell, one under the other.
type planCol struct {
	key    string // wording of the head
	fields []planField
	align  string
}

// planField is one field; name is below the row ("weight") or the whole ("turnout").
type planField struct {
	name    string
	key     string
	kind    string // of the control; "" is text
	width   string
	options []ui.Option
}

// planList is a list of rows; path is where it stands in the plan.
type planList struct {
	path   string
	key    string
	cols   []planCol
	hidden []string // fields that travel along unseen
	sum    string   // the field whose sum must be one
}

// planChapter is a chapter: single fields, then lists.
type planChapter struct {
	id     string
	fields []planField
	lists  []planList
}

func namedCol() planCol {
	return planCol{key: "plan.col.name", fields: []planField{{name: "name.zh", key: "plan.field.name_zh"}, {name: "name.en", key: "plan.field.name_en"}}}
}

func col(key, name, kind, width string, options ...ui.Option) planCol {
	align := ""
	if kind == "number" || width == "short" && kind == "" && name != "id" {
		align = "right"
	}
	return planCol{key: key, fields: []planField{{name: name, key: key, kind: kind, width: width, options: options}}, align: align}
}

func number(name, key string) planField {
	return planField{name: name, key: key, kind: "number", width: "short"}
}

func (c *Ctx) options(prefix string, values ...string) []ui.Option {
	var out []ui.Option
	for _, v := range values {
		out = append(out, ui.Option{Value: v, Text: c.T(prefix + v)})
	}
	return out
}

func words[T ~string](list []T) []string {
	var out []string
	for _, x := range list {
		out = append(out, string(x))
	}
	return out
}

// planSpec describes the whole form for a plan; body names the rows that other rows can point to.
func (c *Ctx) planSpec(body plan.Body) []planChapter {
	code := col("plan.col.code", "id", "", "short")
	weight := col("plan.col.weight", "weight", "", "short")
	return []planChapter{
		{id: plan.ChapterCalls, lists: []planList{{path: "calls", key: "plan.list.calls", cols: []planCol{
			col("plan.col.kind_of_unit", "kind", "select", "medium", c.unitKinds(c.srv.Pack.UnitKinds)...),
			col("plan.col.mode", "mode", "select", "", c.options("cycle.mode.", "oral", "written")...),
			col("plan.col.choice", "choice", "select", "", c.options("cycle.choice.", "required", "selected")...)}}}},
		{id: plan.ChapterAreas, lists: []planList{{path: "areas", key: "plan.list.areas", cols: []planCol{namedCol()}, hidden: []string{"id"}}}},
		c.reportSpec(body),
		{id: plan.ChapterClasses, lists: []planList{{path: "classes", key: "plan.list.classes", cols: []planCol{namedCol(), code, weight}, sum: "weight"}}},
		{id: plan.ChapterItems, lists: []planList{{path: "items", key: "plan.list.items", cols: []planCol{namedCol(), code, weight}, sum: "weight"}}},
		{id: plan.ChapterGrades, lists: []planList{{path: "grades", key: "plan.list.grades", cols: []planCol{namedCol(), code, col("plan.col.points", "points", "", "short")}}}},
		{id: plan.ChapterBands, lists: []planList{{path: "bands", key: "plan.list.bands", cols: []planCol{
			col("plan.col.grade", "grade", "select", "medium", c.gradeOptions(body)...), col("plan.col.from", "from", "", "short")}}}},
		{id: plan.ChapterQuota, fields: []planField{{name: "quota.on", key: "plan.field.quota_on", kind: "checkbox"},
			{name: "quota.below_top_at_least", key: "plan.field.quota_share", width: "short"}}},
		{id: plan.ChapterBallot, fields: c.ballotSpec()},
		{id: plan.ChapterTies, lists: []planList{{path: "ties", key: "plan.list.ties", cols: []planCol{
			col("plan.col.tie_kind", "kind", "select", "medium", c.options("plan.tie.", words(plan.TieKinds)...)...),
			col("plan.col.tie_ref", "ref", "select", "medium", c.tieRefs(body)...)}}}},
		c.partsSpec(body),
		{id: plan.ChapterSteps, lists: []planList{{path: "steps", key: "plan.list.steps", hidden: []string{"id"}, cols: []planCol{namedCol(),
			col("plan.col.offset", "offset", "number", "short"),
			col("plan.col.days", "days", "select", "", c.options("plan.days.", "calendar", "working")...),
			col("plan.col.who", "who", "select", "", c.options("plan.who.", words(plan.Whos)...)...)}}}},
		{id: plan.ChapterNotify, fields: []planField{{name: "notify", key: "plan.field.notify", kind: "select", width: "medium",
			options: c.options("plan.range.", words(plan.Ranges)...)}}},
	}
}

func (c *Ctx) reportSpec(plan.Body) planChapter {
	kinds := c.options("plan.section.", words(plan.SectionKinds)...)
	return planChapter{id: plan.ChapterReport,
		fields: []planField{number("report.min", "plan.field.report_min"), number("report.max", "plan.field.report_max"),
			number("minutes", "plan.field.minutes"), {name: "report.share.on", key: "plan.field.share_on", kind: "checkbox"},
			number("report.share.num", "plan.field.share_num"), number("report.share.den", "plan.field.share_den"),
			{name: "report.share.kinds", key: "plan.field.share_kinds", kind: "checkboxes", options: kinds}},
		lists: []planList{{path: "report.sections", key: "plan.list.sections", hidden: []string{"id"}, cols: []planCol{namedCol(),
			col("plan.col.section_kind", "kind", "select", "", kinds...),
			{key: "plan.col.length", align: "right", fields: []planField{number("min", "plan.col.min"), number("max", "plan.col.max")}},
			{key: "plan.col.hint", fields: []planField{{name: "hint.zh", key: "plan.field.hint_zh"}, {name: "hint.en", key: "plan.field.hint_en"}}},
			col("plan.col.required", "required", "checkbox", "")}}}}
}

func (c *Ctx) ballotSpec() []planField {
	return []planField{{name: "turnout", key: "plan.field.turnout", width: "short"}, number("small_class", "plan.field.small_class"),
		number("decimals", "plan.field.decimals"),
		{name: "empty_class", key: "plan.field.empty_class", kind: "select", width: "medium", options: c.options("plan.empty.", "refuse", "renormalise")},
		{name: "trim.on", key: "plan.field.trim_on", kind: "checkbox"},
		number("trim.each_end", "plan.field.trim_each"), number("trim.when_more_than", "plan.field.trim_when")}
}

// partsSpec is the parts of the composite, then a list of lines for every part that has a check-sheet.
func (c *Ctx) partsSpec(body plan.Body) planChapter {
	ch := planChapter{id: plan.ChapterParts, lists: []planList{{path: "parts", key: "plan.list.parts", sum: "weight", cols: []planCol{namedCol(),
		col("plan.col.code", "id", "", "short"),
		col("plan.col.source", "kind", "select", "", c.options("plan.part.", words(plan.PartKinds)...)...),
		col("plan.col.weight", "weight", "", "short")}}}}
	for i, p := range body.Parts {
		if p.Sheet == nil {
			continue
		}
		at := "parts." + itoa(int64(i)) + ".sheet"
		ch.fields = append(ch.fields, planField{name: at + ".start", key: "plan.field.start", width: "short"},
			planField{name: at + ".floor", key: "plan.field.floor", width: "short"}, planField{name: at + ".ceiling", key: "plan.field.ceiling", width: "short"})
		ch.lists = append(ch.lists, planList{path: at + ".lines", key: "plan.list.sheet", hidden: []string{"id"}, cols: []planCol{namedCol(),
			col("plan.col.points", "points", "", "short"), col("plan.col.bonus", "bonus", "checkbox", "")}})
	}
	return ch
}

func (c *Ctx) unitKinds(kinds []pack.Kind) []ui.Option {
	out := []ui.Option{{Value: "", Text: c.T("plan.choose")}}
	for _, k := range kinds {
		out = append(out, ui.Option{Value: k.ID, Text: k.Name.In(c.Lang)})
	}
	return out
}

func (c *Ctx) gradeOptions(body plan.Body) []ui.Option {
	out := []ui.Option{{Value: "", Text: c.T("plan.choose")}}
	for _, g := range body.Grades {
		out = append(out, ui.Option{Value: g.ID, Text: g.Name.In(c.Lang)})
	}
	return out
}

func (c *Ctx) tieRefs(body plan.Body) []ui.Option {
	out := []ui.Option{{Value: "", Text: c.T("plan.tie.no_ref")}}
	for _, x := range body.Classes {
		out = append(out, ui.Option{Value: x.ID, Text: x.Name.In(c.Lang)})
	}
	out = append(out, c.gradeOptions(body)[1:]...)
	for _, x := range body.Parts {
		out = append(out, ui.Option{Value: x.ID, Text: x.Name.In(c.Lang)})
	}
	return out
}
