package web

import (
	"strings"

	"plumbline/internal/review/report"
	"plumbline/internal/web/ui"
	"plumbline/internal/wording"
)

// reportStatus is where a report stands, for whoever looks at it. Before it is handed in, its deadline decides the lamp.
func (c *Ctx) reportStatus(h report.Head) *ui.Status {
	status := &ui.Status{Text: c.T("report.state." + string(h.State))}
	switch h.State {
	case report.Submitted:
		status.State = ui.Waiting
	case report.Accepted:
		status.State = ui.Done
	default:
		status.State = ui.Draft
		if due := c.Due(h.Due); due != nil && due.State != ui.OnTime {
			status.State = due.State
		}
		if h.State == report.Returned && status.State == ui.Draft {
			status.State = ui.Soon
		}
	}
	return status
}

// reportCycle names the cycle of a report.
func (c *Ctx) reportCycle(h report.Head) string {
	if name := h.CycleName.In(c.Lang); name != "" {
		return name
	}
	return c.T("report.cycle", "Year", h.Year)
}

// reportPerson is who the report belongs to, with the post.
func (c *Ctx) reportPerson(person, post wording.Text) string {
	name := person.In(c.Lang)
	if name == "" {
		return c.T("report.vacant")
	}
	if title := post.In(c.Lang); title != "" {
		return c.T("report.person", "Name", name, "Post", title)
	}
	return name
}

// CheckLine is one check in words.
type CheckLine struct {
	Status ui.Status
	Href   string
}

// checkLines words the checks, warnings first. Sections are named by the template that the content holds.
func (c *Ctx) checkLines(checks []report.Check, sections []report.Filled) []CheckLine {
	title := map[string]string{}
	for _, s := range sections {
		title[s.ID] = c.T("report.gone_section")
		if !s.Gone {
			title[s.ID] = s.Title.In(c.Lang)
		}
	}
	var warned, fine []CheckLine
	for _, k := range checks {
		line := CheckLine{Status: ui.Status{State: ui.Done, Text: c.checkText(k, title[k.Section])}}
		if k.Section != "" {
			line.Href = "#" + sectionAnchor(k.Section)
		}
		if k.OK {
			fine = append(fine, line)
			continue
		}
		line.Status.State = ui.Soon
		warned = append(warned, line)
	}
	return append(warned, fine...)
}

func (c *Ctx) checkText(k report.Check, section string) string {
	key := "report.check." + k.ID
	if k.OK {
		key += "_ok"
	}
	if k.Section != "" && (k.ID == report.CheckShort || k.ID == report.CheckLong) {
		key = "report.check.section_" + k.ID
	}
	percent := 0
	if k.Of > 0 {
		percent = k.N * 100 / k.Of
	}
	return c.T(key, "N", c.num(k.N), "Of", c.num(k.Of), "Limit", c.num(k.Limit), "Percent", percent, "Section", section,
		"Minutes", (k.N+59)/60, "Allowed", k.Limit/60)
}

func (c *Ctx) num(n int) string { return ui.Locale{Lang: c.Lang}.Num(n) }

func (c *Ctx) locale() ui.Locale { return ui.Locale{Lang: c.Lang, Zone: c.srv.Zone} }

func sectionAnchor(id string) string { return "s-" + strings.ReplaceAll(id, "/", "-") }

// partAnchor names a part's place on the page; "/" stands in no fragment.
func partAnchor(key string) string { return "p-" + strings.ReplaceAll(key, "/", "-") }

// sectionTitle is a section's numbered title.
func (c *Ctx) sectionTitle(i int, s report.Section) string {
	if s.Gone {
		return c.T("report.gone_section")
	}
	return c.ordinal(i) + s.Title.In(c.Lang)
}

// ordinal numbers a section as an office does: 一、二、 in Chinese, 1. 2. in English.
func (c *Ctx) ordinal(i int) string {
	words := strings.Split(c.T("report.ordinals"), " ")
	if i < len(words) {
		return words[i]
	}
	return c.num(i+1) + " "
}

// fileSize words a size in KB or MB.
func (c *Ctx) fileSize(bytes int64) string {
	if bytes >= 1<<20 {
		return c.T("report.mb", "N", c.num(int((bytes+1<<19)>>20)))
	}
	return c.T("report.kb", "N", c.num(int((bytes+1023)>>10)))
}

// itemFacts is what the ledger says of an item of last year.
func (c *Ctx) itemFacts(it report.PastItem) []string {
	var out []string
	if s := it.Source.In(c.Lang); s != "" {
		out = append(out, s)
	}
	if it.Due != "" {
		out = append(out, c.T("report.item.due", "Date", c.locale().Date(it.Due)))
	}
	if it.Kind == "finding" || it.Evidence > 0 {
		out = append(out, c.T("report.item.evidence", "Count", it.Evidence))
	}
	return out
}
