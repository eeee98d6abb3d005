package web

import (
	"context"
	"database/sql"
	"slices"
	"strings"

	"plumbline/internal/audit"
	"plumbline/internal/authz"
	"plumbline/internal/fault"
	"plumbline/internal/ledger"
	"plumbline/internal/org"
	"plumbline/internal/review/cycle"
	"plumbline/internal/review/plan"
	"plumbline/internal/wording"
)

// logWords is what the entries of the log need to be worded: the names of their things, of the cycles and plans that
// these belong to, and of what their changes mention by key or code.
type logWords struct {
	things map[audit.Subject]logThing
	cycles map[int64]cycle.Cycle
	plans  map[int64]plan.Plan
	defs   map[int64]*ledger.Definition // by matter
	names  ledger.Names                 // units and people by key
	codes  map[string]org.Unit          // units by code
	called map[int64]string             // people called to a meeting, by the key of the call
}

// logWords looks up what the entries mention: one query for each kind of thing, one for each cycle and plan.
func (c *Ctx) logWords(ctx context.Context, entries []audit.Entry, more ...audit.Subject) (w logWords, err error) {
	m := mentioned{subjects: more}
	for _, e := range entries {
		m.entry(e)
	}
	if w.defs, err = c.srv.Ledgers().DefinitionsOf(ctx, m.matters); err != nil {
		return w, err
	}
	for _, e := range entries {
		m.matter(e, w.defs[e.Subject.ID])
	}
	if w.things, err = logThings(ctx, c.srv.Reader, m.subjects); err != nil {
		return w, err
	}
	if err := c.logCycles(ctx, &w, &m); err != nil {
		return w, err
	}
	if w.names, err = ledger.NamesFor(ctx, c.srv.Reader, nil, m.units, m.people); err != nil {
		return w, err
	}
	if w.codes, err = org.UnitsByCode(ctx, c.srv.Reader, slices.Compact(slices.Sorted(slices.Values(m.codes)))); err != nil {
		return w, err
	}
	return w, c.calledNames(ctx, &w, m.calls)
}

// logCycles reads the cycles of the things, their plans and the plans among the things themselves.
func (c *Ctx) logCycles(ctx context.Context, w *logWords, m *mentioned) error {
	w.cycles, w.plans = map[int64]cycle.Cycle{}, map[int64]plan.Plan{}
	var plans []int64
	for s, t := range w.things {
		m.units = append(m.units, t.unit)
		if s.Kind == "plan" {
			plans = append(plans, s.ID)
		}
		if t.cycle == 0 || w.cycles[t.cycle].ID != 0 {
			continue
		}
		cy, err := cycle.ByID(ctx, c.srv.Reader, t.cycle)
		if err != nil && fault.KindOf(err) != fault.NotFound {
			return err
		}
		w.cycles[t.cycle] = cy
		m.units, plans = append(m.units, cy.Unit), append(plans, cy.Plan)
	}
	for _, id := range slices.Compact(slices.Sorted(slices.Values(plans))) {
		p, err := plan.ByID(ctx, c.srv.Reader, id)
		if err != nil && fault.KindOf(err) != fault.NotFound {
			return err
		}
		w.plans[id] = p
	}
	return nil
}

func (c *Ctx) calledNames(ctx context.Context, w *logWords, calls []int64) error {
	w.called = map[int64]string{}
	return eachOf(ctx, c.srv.Reader, `SELECT c.id, c.name, COALESCE(p.name, ''), COALESCE(p.name_en, '') FROM meeting_call c
		LEFT JOIN person p ON p.id = c.person_id WHERE c.id`, calls, func(rows *sql.Rows) error {
		var id int64
		var guest, name, nameEn string
		err := rows.Scan(&id, &guest, &name, &nameEn)
		if w.called[id] = (wording.Text{"zh": name, "en": nameEn}).In(c.Lang); w.called[id] == "" {
			w.called[id] = guest
		}
		return err
	})
}

func (w logWords) unitName(id int64, lang string) string {
	u, ok := w.names.Units[id]
	if !ok {
		return ""
	}
	return u.In(lang)
}

// unitCoded names a unit by its code; a code that nobody has any more stands for itself.
func (w logWords) unitCoded(code, lang string) string {
	if u, ok := w.codes[code]; ok {
		return u.In(lang)
	}
	return code
}

func (w logWords) planOf(t logThing) plan.Plan { return w.plans[w.cycles[t.cycle].Plan] }

// plan is the plan by which an entry is worded: that of its thing's cycle, or the thing itself.
func (w logWords) plan(e audit.Entry) plan.Plan {
	if e.Subject.Kind == "plan" {
		return w.plans[e.Subject.ID]
	}
	return w.planOf(w.things[e.Subject])
}

// of is the definition of the matter that an entry speaks of, nil where it speaks of something else.
func (w logWords) of(e audit.Entry) *ledger.Definition {
	if e.Subject.Kind != "matter" {
		return nil
	}
	return w.defs[e.Subject.ID]
}

// mentioned gathers what entries name by key or code.
type mentioned struct {
	subjects             []audit.Subject
	units, people, calls []int64
	matters              []int64
	codes                []string
}

func (m *mentioned) entry(e audit.Entry) {
	m.subjects = append(m.subjects, e.Subject)
	m.units = append(m.units, e.Unit)
	switch e.Subject.Kind {
	case "unit":
		m.units = append(m.units, e.Subject.ID)
	case "matter":
		m.matters = append(m.matters, e.Subject.ID)
	}
	m.calls = append(m.calls, parseID(e.Note["call"]))
	for _, kind := range []string{"slot", "reporter"} {
		m.subjects = append(m.subjects, audit.Subject{Kind: kind, ID: parseID(e.Note[kind])})
	}
	m.codes = append(m.codes, strings.Fields(e.Note["order"])...)
	for _, ch := range e.Changes {
		name, of, _ := strings.Cut(ch.Field, " ")
		m.units = append(m.units, unitMentioned(ch.Field))
		for _, value := range []string{ch.From, ch.To} {
			m.value(e.Subject.Kind, name, value)
		}
		if id := answered(ch.Field); id != 0 {
			m.subjects = append(m.subjects, audit.Subject{Kind: "matter", ID: id})
		}
		m.codes = append(m.codes, name, of)
	}
}

func (m *mentioned) value(kind, field, value string) {
	_, code, isRole := strings.Cut(value, "@")
	switch {
	case field == "role" && isRole:
		m.codes = append(m.codes, code)
	case kind == "unit" && (field == "parent" || field == "successor"):
		m.codes = append(m.codes, codeIn(value))
	case field == "order":
		m.codes = append(m.codes, strings.Fields(value)...)
	case kind != "meeting":
	case field == "presider":
		m.people = append(m.people, parseID(value))
	case field == "group":
		m.subjects = append(m.subjects, audit.Subject{Kind: "group", ID: parseID(value)})
	case attendance[field]:
		m.calls = append(m.calls, parseID(value))
	}
}

// matter gathers what the changes of a matter name by key.
func (m *mentioned) matter(e audit.Entry, d *ledger.Definition) {
	if e.Subject.Kind != "matter" || d == nil {
		return
	}
	for _, ch := range e.Changes {
		ids := []int64{parseID(ch.From), parseID(ch.To)}
		kind := changeKind(d, ch.Field)
		switch kind {
		case ledger.KindUnit:
			m.units = append(m.units, ids...)
		case ledger.KindPerson:
			m.people = append(m.people, ids...)
		}
		if of := linkedKinds[kind]; of != "" {
			for _, id := range ids {
				m.subjects = append(m.subjects, audit.Subject{Kind: of, ID: id})
			}
		}
		if ch.Field == "cycle" {
			m.subjects = append(m.subjects, audit.Subject{Kind: "cycle", ID: ids[0]}, audit.Subject{Kind: "cycle", ID: ids[1]})
		}
	}
}

// linkedKinds are the things that fields of these kinds name by key.
var linkedKinds = map[string]string{ledger.KindPost: "post", ledger.KindLink: "matter"}

// attendance are the fields of a meeting whose value is one of those called.
var attendance = map[string]bool{"arrive": true, "leave": true, "return": true, "call": true}

// answered is the matter that an answer in a report is about ("answers/m12"), else 0.
func answered(part string) int64 {
	_, item, ok := strings.Cut(part, "/m")
	if !ok {
		return 0
	}
	return parseID(item)
}

// unitMentioned is the key of a unit that a field of the log ends with ("reporter unit 3"), else 0.
func unitMentioned(field string) int64 {
	if _, id, ok := strings.Cut(field, "unit "); ok {
		return parseID(id)
	}
	return 0
}

// readsThing says whether the reader may read the thing itself, wherever the entries about it were written.
func (s *Server) readsThing(c *Ctx, on audit.Subject) bool {
	var err error
	switch on.Kind {
	case "matter":
		_, err = s.Ledgers().Find(c.R.Context(), c.Actor, on.ID)
	case "report":
		_, err = s.Rooms.Reports.Find(c.R.Context(), c.Scope(authz.Read), on.ID)
	default:
		return false
	}
	return err == nil
}
