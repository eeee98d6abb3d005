package web

import (
	"maps"
	"slices"
	"strings"

	"plumbline/internal/audit"
	"plumbline/internal/ledger"
	"plumbline/internal/review/plan"
)

// historyLines is how much of one entry a page shows; an import may have changed thousands of things.
const historyLines = 30

// oneLine is how many values of one field a line names.
const oneLine = 20

// changesText words what an entry changed, a line for each field: what came to several things at once stands on one.
// What only a machine reads (the digest of a draft, a count of nothing) is left out; the log itself keeps it.
func (c *Ctx) changesText(e audit.Entry, w logWords) string {
	var lines []string
	key := "log." + e.Subject.Kind + "." + e.Note["what"]
	worded := e.Note["what"] != "" && c.srv.Words.Has(key)
	if worded {
		lines = append(lines, c.T(key))
	}
	changes := slices.Clone(e.Changes)
	for _, k := range slices.Sorted(maps.Keys(e.Note)) {
		if k != "what" || !worded {
			changes = append(changes, audit.Change{Field: k, To: e.Note[k]})
		}
	}
	var fields []string
	values := map[string][]string{}
	for _, ch := range changes {
		if unsaid(e, ch) {
			continue
		}
		field, value := c.changeText(e, ch, w)
		if values[field] == nil {
			fields = append(fields, field)
		}
		if !slices.Contains(values[field], value) {
			values[field] = append(values[field], value)
		}
	}
	for _, field := range fields {
		lines = append(lines, field+c.T("history.colon")+c.several(values[field]))
	}
	if more := len(lines) - historyLines; more > 1 {
		lines = append(lines[:historyLines], c.T("history.more", "Count", more))
	}
	return strings.Join(lines, "\n")
}

// several sets the values of one field in a row, cut where nobody would read on.
func (c *Ctx) several(values []string) string {
	if more := len(values) - oneLine; more > 0 {
		return strings.Join(values[:oneLine], c.T("history.comma")) + c.T("history.and_more", "Count", more)
	}
	return strings.Join(values, c.T("history.comma"))
}

// silent are the fields that say nothing to a reader, by kind of thing and name: what the next page says better, and
// digests of what the entry's own digest covers.
var silent = map[string]bool{"plan.text": true, "comment.digest": true, "matter.digest": true, "tally.plan": true, "result.plan": true, "result.tally": true,
	"unit.rows_sha256": true, "person.rows_sha256": true}

// counts are the fields that stand only where there is something to count.
var counts = map[string]bool{"created": true, "dated": true, "moved": true, "renamed": true, "unchanged": true, "posts": true, "tenures": true,
	"carried_over": true, "changed": true}

// sizes are the fields that count from nothing: that it was 0 before says nothing.
var sizes = map[string]bool{"edition": true, "answer": true}

// unsaid says whether a change has nothing to say to a reader.
func unsaid(e audit.Entry, ch audit.Change) bool {
	number := e.Subject.Kind == "matter" && ch.Field == "number" // the matter is called by it
	return ch.From == ch.To || counts[ch.Field] && ch.To == "0" || silent[e.Subject.Kind+"."+ch.Field] || number
}

// changeText words one change: the field, and its value before and after.
func (c *Ctx) changeText(e audit.Entry, ch audit.Change, w logWords) (field, value string) {
	if ch.From == "0" && (sizes[ch.Field] || e.Subject.Kind == "report") {
		ch.From = ""
	}
	if d := w.of(e); d != nil {
		if field, f, ok := c.matterField(d, ch.Field); ok && f.Kind == ledger.KindTable {
			return field, c.rowsText(f, ch.From, ch.To, func(col ledger.Field, text string) string { return c.matterValue(col, text, w) })
		}
	}
	field, from, to := c.changeWords(e, ch, w)
	if to == "" {
		to = c.T("history.none")
	}
	if from != "" {
		to = from + " → " + to
	}
	return field, to
}

// changeWords words one change of an entry: what changed, before and after.
func (c *Ctx) changeWords(e audit.Entry, ch audit.Change, w logWords) (field, from, to string) {
	if d := w.of(e); d != nil {
		if field, f, ok := c.matterField(d, ch.Field); ok {
			return field, c.matterValue(f, ch.From, w), c.matterValue(f, ch.To, w)
		}
	}
	if e.Subject.Kind == "plan" && !planOwn[ch.Field] {
		steps := plan.Steps(ch.Field)
		now, gone := w.plan(e).Body, goneRows(e.Changes)
		return c.stepsLabel(steps, now, gone), c.planValue(steps, ch.From, now, gone), c.planValue(steps, ch.To, now, gone)
	}
	field = c.fieldWord(e, ch, w)
	return field, c.logValue(e, ch.Field, ch.From, w), c.logValue(e, ch.Field, ch.To, w)
}

// planOwn are the fields of a plan's entries that are no places in its text.
var planOwn = map[string]bool{"name": true, "state": true, "digest": true, "year": true, "meeting_date": true, "carried_over": true, "what": true}

// matterField is a field of a matter with its name; the unit and the person who have to act count as fields.
func (c *Ctx) matterField(d *ledger.Definition, id string) (name string, f ledger.Field, ok bool) {
	if id == "owner" || id == "convenor" || id == "requester" || id == "person" {
		return c.T("ledger.change." + id), ledger.Field{Kind: changeKind(d, id), Free: true}, true
	}
	if kind, isLink := strings.CutPrefix(id, ledger.LinkChange); isLink {
		l, ok := d.LinkKind(kind)
		return l.Name.In(c.Lang), ledger.Field{Kind: ledger.KindLink}, ok
	}
	f, ok = d.Field(id)
	return f.Name.In(c.Lang), f, ok
}

func (c *Ctx) matterValue(f ledger.Field, value string, w logWords) string {
	if of := linkedKinds[f.Kind]; of != "" && parseID(value) != 0 {
		return w.things[audit.Subject{Kind: of, ID: parseID(value)}].name.In(c.Lang)
	}
	return c.changedText(f, value, w.names)
}
