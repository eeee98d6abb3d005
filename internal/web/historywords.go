package web

import (
	"context"
	"strings"

	"plumbline/internal/audit"
	"plumbline/internal/authz"
	"plumbline/internal/ledger"
)

// logWords is what the entries of the log need to be worded: the definitions of their matters, and the names of the
// units and people that they mention by key.
type logWords struct {
	defs  map[int64]*ledger.Definition // by matter
	names ledger.Names
}

// logWords looks up in a fixed number of queries what the entries mention.
func (c *Ctx) logWords(ctx context.Context, entries []audit.Entry) (w logWords, err error) {
	var matters, units, people []int64
	for _, e := range entries {
		if e.Subject.Kind == "matter" && e.Subject.ID != 0 {
			matters = append(matters, e.Subject.ID)
		}
	}
	if w.defs, err = c.srv.Ledgers().DefinitionsOf(ctx, matters); err != nil {
		return w, err
	}
	for _, e := range entries {
		d := w.of(e)
		for _, ch := range e.Changes {
			switch {
			case d == nil:
				units = append(units, unitMentioned(ch.Field))
			case changeKind(d, ch.Field) == ledger.KindUnit:
				units = append(units, parseID(ch.From), parseID(ch.To))
			case changeKind(d, ch.Field) == ledger.KindPerson:
				people = append(people, parseID(ch.From), parseID(ch.To))
			}
		}
	}
	w.names, err = ledger.NamesFor(ctx, c.srv.Reader, nil, units, people)
	return w, err
}

// of is the definition of the matter that an entry speaks of, nil where it speaks of something else.
func (w logWords) of(e audit.Entry) *ledger.Definition {
	if e.Subject.Kind != "matter" {
		return nil
	}
	return w.defs[e.Subject.ID]
}

// unitMentioned is the key of a unit that a field of the log ends with ("reporter unit 3"), else 0.
func unitMentioned(field string) int64 {
	if _, id, ok := strings.Cut(field, "unit "); ok {
		return parseID(id)
	}
	return 0
}

// changeWords words one change of an entry: what changed, before and after.
func (c *Ctx) changeWords(e audit.Entry, ch audit.Change, w logWords) (field, from, to string) {
	d := w.of(e)
	if d != nil {
		if f, ok := d.Field(ch.Field); ok || ch.Field == "owner" || ch.Field == "person" {
			field = f.Name.In(c.Lang)
			if !ok {
				f.Kind, f.Free, field = changeKind(d, ch.Field), true, c.T("ledger.change."+ch.Field)
			}
			return field, c.fieldText(f, ledger.Value{Text: ch.From}, w.names), c.fieldText(f, ledger.Value{Text: ch.To}, w.names)
		}
	}
	field = c.fieldWord(ch.Field)
	if u, ok := w.names.Units[unitMentioned(ch.Field)]; ok {
		name, _, _ := strings.Cut(ch.Field, " ")
		field = c.fieldWord(name) + c.T("history.space") + u.In(c.Lang)
	}
	return field, c.logValue(e, d, ch.Field, ch.From), c.logValue(e, d, ch.Field, ch.To)
}

// logValue words a value: states and steps of matters by their definition, states of other things by the catalogue.
func (c *Ctx) logValue(e audit.Entry, d *ledger.Definition, field, value string) string {
	switch {
	case value == "":
		return ""
	case field == "state" && d != nil:
		if st, ok := d.State(value); ok {
			return st.Name.In(c.Lang)
		}
	case field == "state":
		for _, of := range []string{e.Subject.Kind, "cycle"} { // many a verb moves its cycle on
			if key := of + ".state." + value; c.srv.Words.Has(key) {
				return c.T(key)
			}
		}
	case field == "step" && d != nil:
		if t, ok := d.Step(value); ok {
			return t.Told(c.Lang)
		}
		if key := "ledger.step." + value; c.srv.Words.Has(key) {
			return c.T(key)
		}
	}
	if len(value) == len("2006-01-02") && value[4] == '-' && value[7] == '-' {
		return c.date(value)
	}
	return c.valueWord(value)
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
