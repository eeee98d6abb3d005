package web

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"plumbline/internal/audit"
	"plumbline/internal/store"
	"plumbline/internal/wording"
)

// logThing is what tells a thing of the log from its like: a name of its own, or the cycle and the unit that it is of,
// and its number there.
type logThing struct {
	cycle, unit int64
	part        string // of the composite, for check-sheets and figures
	name        wording.Text
	no          int
}

// thingQueries read logThings, one text for a kind: id, cycle, unit, part, name, English name, number. They are asked
// only for what entries name that the reader may see, and so ask no scope.
var thingQueries = map[string]string{
	"person":       `SELECT id, 0, 0, '', name, name_en, 0 FROM person`,
	"post":         `SELECT id, 0, unit_id, '', title, title_en, 0 FROM post`,
	"group":        `SELECT id, 0, unit_id, '', name, name_en, 0 FROM org_group`,
	"account":      `SELECT id, 0, 0, '', name, '', 0 FROM account`,
	"plan":         `SELECT id, 0, 0, '', name, '', 0 FROM plan`,
	"cycle":        `SELECT id, id, 0, '', '', '', 0 FROM cycle`,
	"reporter":     `SELECT id, cycle_id, unit_id, '', '', '', 0 FROM cycle_reporter`,
	"report":       `SELECT id, cycle_id, unit_id, '', '', '', 0 FROM cycle_reporter`,
	"meeting":      `SELECT id, cycle_id, 0, '', '', '', 0 FROM meeting`,
	"slot":         `SELECT s.id, m.cycle_id, s.unit_id, '', '', '', 0 FROM meeting_slot s JOIN meeting m ON m.id = s.meeting_id`,
	"comment":      `SELECT id, cycle_id, unit_id, '', '', '', 0 FROM meeting_comment`,
	"tally":        `SELECT id, cycle_id, 0, '', '', '', no FROM ballot_round`,
	"sheet":        `SELECT id, cycle_id, unit_id, part, '', '', 0 FROM check_sheet`,
	"figure":       `SELECT id, cycle_id, unit_id, part, '', '', 0 FROM figure`,
	"result":       `SELECT id, cycle_id, 0, '', '', '', no FROM result`,
	"decision":     `SELECT id, cycle_id, 0, '', '', '', no FROM decision`,
	"letter":       `SELECT id, cycle_id, unit_id, '', number, number, 0 FROM letter`,
	"ledger_draft": `SELECT id, 0, 0, '', name, name_en, 0 FROM ledger_draft`,
	"matter":       `SELECT id, 0, 0, '', number, number, 0 FROM matter`,
}

// logThings reads what the subjects are called, one query a kind; what is gone is absent.
func logThings(ctx context.Context, r store.Reader, subjects []audit.Subject) (map[audit.Subject]logThing, error) {
	byKind := map[string][]int64{}
	for _, s := range subjects {
		if s.ID != 0 && thingQueries[s.Kind] != "" {
			byKind[s.Kind] = append(byKind[s.Kind], s.ID)
		}
	}
	out := map[audit.Subject]logThing{}
	for kind, ids := range byKind {
		err := eachOf(ctx, r, thingQueries[kind]+` WHERE `+keyOf(kind), ids, func(rows *sql.Rows) error {
			var id int64
			var t logThing
			var name, nameEn string
			err := rows.Scan(&id, &t.cycle, &t.unit, &t.part, &name, &nameEn, &t.no)
			t.name = wording.Text{"zh": name, "en": nameEn}
			out[audit.Subject{Kind: kind, ID: id}] = t
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

func keyOf(kind string) string {
	if kind == "slot" {
		return "s.id"
	}
	return "id"
}

// eachOf runs a query that ends with a column over the rows of some keys, each key asked for once; 0 is no key.
func eachOf[K int64 | string](ctx context.Context, r store.Reader, query string, keys []K, scan func(rows *sql.Rows) error) error {
	var none K
	keys = slices.DeleteFunc(slices.Compact(slices.Sorted(slices.Values(keys))), func(k K) bool { return k == none })
	for part := range slices.Chunk(keys, 500) {
		marks, args := make([]string, len(part)), make([]any, len(part))
		for i, k := range part {
			marks[i], args[i] = fmt.Sprintf("$%d", i+1), k
		}
		if err := store.Each(ctx, r, query+` IN (`+strings.Join(marks, ", ")+`)`, args, scan); err != nil {
			return err
		}
	}
	return nil
}

// thing names a subject by its kind and by what tells it from others: never by a key of the database. What is gone has
// its kind alone.
func (c *Ctx) thing(s audit.Subject, w logWords) string {
	kind, name := c.T("kind."+s.Kind), ""
	t, known := w.things[s]
	switch {
	case s.Kind == "unit":
		name = w.unitName(s.ID, c.Lang)
	case s.Kind == "cycle" && known:
		return c.cycleTitle(w.cycles[s.ID], w.names.Units[w.cycles[s.ID].Unit])
	case t.cycle != 0:
		return c.T("history.of", "Kind", kind, "What", joined(w.unitName(t.unit, c.Lang), c.partOf(t, w), c.yearOf(t, w), c.numberOf(s, t)))
	case t.unit != 0:
		return c.T("history.of", "Kind", kind, "What", joined(w.unitName(t.unit, c.Lang), t.name.In(c.Lang)))
	default:
		name = t.name.In(c.Lang)
	}
	if name == "" {
		return kind
	}
	return kind + c.T("history.space") + name
}

func (c *Ctx) partOf(t logThing, w logWords) string {
	if t.part == "" {
		return ""
	}
	return c.partName(w.planOf(t).Body, t.part)
}

func (c *Ctx) yearOf(t logThing, w logWords) string {
	cy := w.cycles[t.cycle]
	if cy.ID == 0 {
		return ""
	}
	return c.T("history.year", "Unit", w.unitName(cy.Unit, c.Lang), "Year", cy.Year)
}

// numberOf is the number of a letter, or the how-manieth round, result or decision it is; the first is alone as a rule.
func (c *Ctx) numberOf(s audit.Subject, t logThing) string {
	switch {
	case s.Kind == "letter":
		return t.name.In(c.Lang)
	case t.no > 1:
		return c.T("history.nth", "No", t.no)
	}
	return ""
}
