package web

import (
	"fmt"
	"strings"

	"plumbline/internal/review/report"
	"plumbline/internal/web/ui"
)

// editSection puts one section of the editor together.
func (c *Ctx) editSection(d report.Draft, i int, back typed, once string) EditSection {
	f := d.Content.Sections[i]
	hint := f.Hint.In(c.Lang)
	if f.Gone {
		hint = c.T("report.gone_hint")
	}
	s := EditSection{Anchor: sectionAnchor(f.ID), Title: c.sectionTitle(i, f.Section), Hint: hint, Remarks: c.remarksOf(d, f.ID, once)}
	switch {
	case f.Max > 0 && f.Min > 0:
		s.Length = c.T("report.length_between", "Min", c.num(f.Min), "Max", c.num(f.Max))
	case f.Max > 0:
		s.Length = c.T("report.length_most", "Max", c.num(f.Max))
	case f.Min > 0:
		s.Length = c.T("report.length_least", "Min", c.num(f.Min))
	}
	switch f.Kind {
	case report.Answers:
		for n, a := range f.Answers {
			s.Parts = append(s.Parts, c.answerPart(d, f.ID, n, a, back))
		}
		if len(f.Answers) == 0 {
			s.Nothing = c.T("report.no_items")
		}
	case report.Promises:
		s.Parts = []EditPart{c.promisePart(d, f, back)}
	default:
		p := c.textPart(d, f.ID, s.Title, 12, back)
		p.Field.HideLabel = true
		s.Parts = []EditPart{p}
	}
	return s
}

// textPart is one text box with its own version.
func (c *Ctx) textPart(d report.Draft, key, label string, rows int, back typed) EditPart {
	now := d.Parts[key]
	p := EditPart{Report: d.Reporter, Open: d.Open(), Anchor: partAnchor(key), Key: key, Version: now.Version, Saved: c.savedBy(now),
		Field: ui.Field{Type: "textarea", Name: "body", ID: "f-" + partAnchor(key), Label: label, Value: now.Body, Rows: rows, Count: true, Plain: true, Readonly: !d.Open()}}
	for _, n := range d.Numbers {
		p.Inserts = append(p.Inserts, ui.Pair{Name: "{" + n.Label.In(c.Lang) + "}", Value: c.T("report.insert", "Name", n.Label.In(c.Lang), "Value", n.Value)})
	}
	if back.part == key {
		p.Field.Value, p.Field.Error = back.body, c.Errors(back.err)["body"]
	}
	p.Conflict = c.conflict(d, key, label)
	return p
}

func (c *Ctx) answerPart(d report.Draft, section string, n int, a report.Answer, back typed) EditPart {
	key := report.PartKey(section, a.Item.Key)
	p := c.textPart(d, key, c.T("report.answer"), 4, back)
	item := &ItemBlock{Number: c.num(n + 1), Text: a.Item.Text, Href: a.Item.Href, Facts: c.itemFacts(a.Item), Gone: a.Gone}
	if a.Item.Kind != "" {
		item.Kind = c.T("report.item." + a.Item.Kind)
	}
	if state := a.Item.State.In(c.Lang); state != "" {
		item.Status = &ui.Status{State: a.Item.Lamp, Text: state}
	}
	p.Item, p.Inserts = item, nil
	if a.Item.Said != "" {
		item.Said = a.Item.Said
		p.Inserts = []ui.Pair{{Name: a.Item.Said, Value: c.T("report.use_said")}}
	}
	return p
}

// blankRows is how many empty rows stand under the promises, so that the table works without JavaScript.
const blankRows = 2

func (c *Ctx) promisePart(d report.Draft, f report.Filled, back typed) EditPart {
	now := d.Parts[f.ID]
	p := EditPart{Report: d.Reporter, Open: d.Open(), Anchor: partAnchor(f.ID), Key: f.ID, Version: now.Version, Saved: c.savedBy(now)}
	rows, errs := f.Promises, map[string]string{}
	if back.part == f.ID {
		rows, errs = report.DecodePromises(back.body), c.Errors(back.err)
	}
	for len(rows) > 0 && rows[len(rows)-1] == (report.Promise{}) {
		rows = rows[:len(rows)-1]
	}
	if d.Open() {
		rows = append(append([]report.Promise{}, rows...), make([]report.Promise, blankRows)...)
	}
	for i, r := range rows {
		field := func(name, kind, value string) ui.Field {
			return ui.Field{Type: kind, Name: name, ID: fmt.Sprintf("f-%s-%s-%d", p.Anchor, name, i+1), Label: c.T("report.promise." + name), HideLabel: true,
				Value: value, Rows: 2, Plain: true, Readonly: !d.Open(), Error: errs[fmt.Sprintf("%s.%d", name, i+1)]}
		}
		p.Rows = append(p.Rows, PromiseRow{field("target", "textarea", r.Target), field("measure", "textarea", r.Measure), field("date", "date", r.Date)})
	}
	p.Field.Error, p.Field.ID = errs[""], "f-"+p.Anchor+"-target-1"
	p.Conflict = c.conflict(d, f.ID, f.Title.In(c.Lang))
	return p
}

func (c *Ctx) savedBy(p report.Part) string {
	if p.Version == 0 {
		return ""
	}
	return c.T("report.saved_by", "Name", p.By, "Time", c.locale().DateTime(p.At))
}

// conflict shows both texts where the reader's own was refused because somebody else had changed the part.
func (c *Ctx) conflict(d report.Draft, key, label string) *ui.Stale {
	for _, a := range d.Asides {
		if a.Part != key {
			continue
		}
		now, path := d.Parts[key], reportPath(d.Reporter)
		part := ui.Pair{Name: "part", Value: key}
		return &ui.Stale{Title: c.T("report.conflict"), Text: c.T("report.conflict_hint"), YoursMeta: c.locale().DateTime(a.At), TheirsMeta: c.savedBy(now),
			Rows: []ui.StaleRow{{Label: label, Yours: readable(a.Body), Theirs: readable(now.Body)}},
			Keep: ui.Button{Text: c.T("report.keep_mine"), Post: path + "/parts",
				Fields: []ui.Pair{part, {Name: "body", Value: a.Body}, {Name: "version", Value: fmt.Sprint(now.Version)}}},
			Discard: ui.Button{Text: c.T("report.keep_theirs"), Post: path + "/aside", Fields: []ui.Pair{part}}}
	}
	return nil
}

// readable gives a part's body as a person reads it: rows of promises a line each.
func readable(body string) string {
	rows := report.DecodePromises(body)
	if len(rows) == 0 {
		return body
	}
	var lines []string
	for _, r := range rows {
		lines = append(lines, strings.Join([]string{r.Target, r.Measure, r.Date}, " | "))
	}
	return strings.Join(lines, "\n")
}

// remarksOf lists the remarks of every return on one section ("" the whole), the newest return first.
func (c *Ctx) remarksOf(d report.Draft, section, once string) []RemarkBlock {
	var out []RemarkBlock
	for i := len(d.Remarks) - 1; i >= 0; i-- {
		m := d.Remarks[i]
		if m.Part != section {
			continue
		}
		b := c.remarkBlock(m)
		if d.State == report.Returned && m.Number == d.Number {
			b.Once = once + "-" + b.Anchor
			b.Action = fmt.Sprintf("%s/answers/%d", reportPath(d.Reporter), m.ID)
			b.Field = &ui.Field{Type: "textarea", Name: "answer", ID: "f-" + b.Anchor, Label: c.T("report.remark_answer"), Value: m.Answer, Rows: 2, Required: true}
		}
		out = append(out, b)
	}
	return out
}

func (c *Ctx) remarkBlock(m report.Remark) RemarkBlock {
	b := RemarkBlock{Anchor: remarkAnchor(m.ID), Text: m.Body, Answer: m.Answer, Version: m.Version,
		Meta: c.T("report.remark_by", "Name", m.By, "N", m.Number, "Time", c.locale().DateTime(m.At))}
	if m.Answer != "" {
		b.AnswerMeta = c.T("report.answered_by", "Name", m.AnsweredBy, "Time", c.locale().DateTime(m.AnsweredAt))
	}
	return b
}

func (c *Ctx) editFiles(d report.Draft) ui.Files {
	var out ui.Files
	for _, f := range d.Content.Files {
		item := c.fileItem(d.Reporter, f)
		if d.Open() {
			item.Remove = &ui.Button{Text: c.T("report.file.remove"), Kind: "quiet", Small: true, Post: fmt.Sprintf("%s/files/%d/remove", reportPath(d.Reporter), f.ID)}
		}
		out.Items = append(out.Items, item)
	}
	return out
}

func (c *Ctx) fileItem(reporter int64, f report.File) ui.File {
	return ui.File{Name: f.Name, Href: fmt.Sprintf("%s/files/%d", reportPath(reporter), f.ID),
		Note: c.fileSize(f.Size) + " · " + f.By + " · " + c.locale().DateTime(f.At)}
}

func remarkAnchor(id int64) string { return "m-" + itoa(id) }
