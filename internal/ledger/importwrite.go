package ledger

import (
	"context"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"plumbline/internal/office/table"
	"plumbline/internal/store"
)

// tallied is how many new matters count alike, and one of them.
type tallied struct {
	matter Matter
	n      int64
}

// write writes a matter with its beginning, and where it was brought in standing in a state, with that.
func (x *importer) write(ctx context.Context, tx *store.Tx, n *newcomer) (err error) {
	m := &n.matter
	if m.Number == "" {
		if m.Number, err = nextNumber(ctx, tx, x.d, mustDate(m.Opened).Year()); err != nil {
			return err
		}
	}
	if err := writeMatter(ctx, tx, m); err != nil {
		return err
	}
	key := strings.Join([]string{m.Class, m.Due, m.Place().Path}, "\n")
	same := x.tally[key]
	x.tally[key] = tallied{*m, same.n + 1}
	history := x.events(n)
	for i := range history {
		if err := insertEvent(ctx, tx, &history[i], false); err != nil {
			return err
		}
	}
	if err := x.keepBirth(ctx, tx, x.figures, *m, history); err != nil {
		return err
	}
	if err := x.feed(ctx, tx, x.actor, x.d, Matter{}, *m); err != nil {
		return err
	}
	for _, h := range n.holders {
		h.Matter = m.ID
		if err := insertHolder(ctx, tx, h); err != nil {
			return err
		}
	}
	if len(x.made) == 0 {
		x.first = m.Number
	}
	x.made = append(x.made, m.ID)
	if len(n.later) > 0 {
		x.links[m.ID] = n.later
	}
	if m.Owner.ID != 0 {
		x.units[m.Owner.ID] = true
	}
	return nil
}

// link ties the matters of the file to each other, once all have come in.
func (x *importer) link(ctx context.Context, tx *store.Tx) error {
	for _, id := range slices.Sorted(maps.Keys(x.links)) {
		was, err := matterByID(ctx, tx, id)
		if err != nil {
			return err
		}
		m := was
		m.Values = was.Values.clone()
		for field, number := range x.links[id] {
			other, err := matterNamed(ctx, tx, number)
			if err != nil {
				return err
			}
			m.Values[field] = idValue(other)
		}
		if err := updateMatter(ctx, tx, was, &m); err != nil {
			return err
		}
		if err := x.feed(ctx, tx, x.actor, x.d, was, m); err != nil {
			return err
		}
	}
	return nil
}

// events are what the history of a matter that was brought in begins with.
func (x *importer) events(n *newcomer) []Event {
	e := Event{Matter: n.matter.ID, Step: StepRegister, To: x.d.Start, Who: who(x.actor), Name: x.actor.Name, On: n.matter.Opened}
	if !n.given {
		return []Event{e}
	}
	brought := e
	brought.Step, brought.From, brought.To, brought.On = StepImport, x.d.Start, n.matter.State, n.stateOn
	brought.Note = x.report.File
	return []Event{e, brought}
}

// numbers looks through the file once for the numbers that its rows bring along, and the line that has each first.
func (x *importer) numbers() error {
	t, err := x.reader()
	if err != nil {
		return err
	}
	defer t.Close()
	t.Pick(x.places)
	forms := map[string]*regexp.Regexp{}
	for _, d := range x.types.All() {
		forms[d.ID] = d.numberForm()
	}
	return t.Each(&table.Problems{}, func(row table.Row) error { // what is wrong with the file is said when its rows are taken
		number := row.Get(ColNumber)
		if number == "" || x.lines[number] != 0 {
			return nil
		}
		x.lines[number] = row.Line
		for id, form := range forms {
			if parts := form.FindStringSubmatch(number); parts != nil {
				year, _ := strconv.Atoi(parts[form.SubexpIndex("year")])
				seq, _ := strconv.ParseInt(parts[form.SubexpIndex("seq")], 10, 64)
				key := series{id, year}
				x.brought[key] = max(x.brought[key], seq)
			}
		}
		return nil
	})
}

// series is what numbers of one type and year belong to.
type series struct {
	kind string
	year int
}

// numberForm is the pattern of the definition's numbers.
func (d *Definition) numberForm() *regexp.Regexp {
	form := strings.NewReplacer(`\{year\}`, `(?P<year>[0-9]{4})`, `\{seq\}`, `(?P<seq>[0-9]{1,12})`).Replace(regexp.QuoteMeta(d.Number))
	return regexp.MustCompile("^" + form + "$")
}

// keepFree lets no ledger hand out a number that the file brings along.
func (x *importer) keepFree(ctx context.Context, tx *store.Tx) error {
	for s, seq := range x.brought {
		_, err := tx.Exec(ctx, `INSERT INTO ledger_number (type, year, last) VALUES ($1, $2, $3)
			ON CONFLICT (type, year) DO UPDATE SET last = CASE WHEN ledger_number.last < excluded.last THEN excluded.last ELSE ledger_number.last END`,
			s.kind, s.year, seq)
		if err != nil {
			return err
		}
	}
	return nil
}

// count adds the new matters to the tallies, those that count alike at once, and to the figures of months.
func (x *importer) count(ctx context.Context, tx *store.Tx) error {
	for _, t := range x.tally {
		if err := count(ctx, tx, t.matter, t.n); err != nil {
			return err
		}
	}
	if err := x.figures.write(ctx, tx); err != nil {
		return err
	}
	if x.in.Progress != nil {
		x.in.Progress(1000)
	}
	return nil
}
