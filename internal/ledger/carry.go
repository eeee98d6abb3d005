package ledger

import (
	"context"
	"database/sql"
	"strconv"
	"strings"

	"plumbline/internal/authz"
	"plumbline/internal/fault"
	"plumbline/internal/store"
)

// Item is a matter of a unit as next year's report has to answer it.
type Item struct {
	Matter Matter
	Use    string // "finding" or "promise"
	Text   string // as it was worded
	State  State  // where it stands, with its name
	Note   string // the last remark of the owner, for the pre-filled answer
	Result string // what the field "result" (or "answer") holds
}

// OpenItems lists what a unit has to answer for: every matter of a use ("finding", "promise"; "" is both) that was born
// in the cycle or carried into it, ended or not, and every older one that is still open. It reads without asking; the
// caller shows it to whoever may write or read the unit's report.
func (s *Service) OpenItems(ctx context.Context, r store.Reader, unit, cycle int64, use string) ([]Item, error) {
	ms, err := store.List(ctx, r, `SELECT `+matterColumns+` FROM matter m WHERE m.unit_id = $1 AND m.state_class <> 'dropped'
		AND (m.cycle_id = $2 OR `+openClasses+` OR EXISTS (SELECT 1 FROM matter_holder h WHERE h.matter_id = m.id AND h.cycle_id = $2))
		ORDER BY m.opened_on, m.id`, []any{unit, cycle}, scanMatters)
	if err != nil {
		return nil, err
	}
	out := []Item{}
	var ids []int64
	for _, m := range ms {
		d, err := s.types.At(ctx, r, m.Type, m.TypeVersion)
		if err != nil {
			return nil, err
		}
		if answered := d.For == "finding" || d.For == "promise"; !answered || (use != "" && d.For != use) {
			continue
		}
		st, _ := d.State(m.State)
		it := Item{Matter: m, Use: d.For, Text: m.Values[d.Title].Text, State: st, Result: m.Values["result"].Text}
		if it.Result == "" {
			it.Result = m.Values["answer"].Text
		}
		out, ids = append(out, it), append(ids, m.ID)
	}
	return out, lastNotes(ctx, r, out, ids)
}

func lastNotes(ctx context.Context, r store.Reader, items []Item, ids []int64) error {
	at := map[int64]int{}
	for i, it := range items {
		at[it.Matter.ID] = i
	}
	for len(ids) > 0 {
		part := ids[:min(200, len(ids))]
		ids = ids[len(part):]
		w := &where{}
		in(w, "matter_id", part)
		err := store.Each(ctx, r, `SELECT matter_id, note FROM matter_event WHERE part = 1 AND note <> '' AND `+w.String()+` ORDER BY id`,
			w.args, func(rows *sql.Rows) error {
				var id int64
				var note string
				err := rows.Scan(&id, &note)
				items[at[id]].Note = note
				return err
			})
		if err != nil {
			return err
		}
	}
	return nil
}

func in(w *where, column string, ids []int64) {
	cond, args := column+" IN (", make([]any, len(ids))
	for i, id := range ids {
		if i > 0 {
			cond += ", "
		}
		cond, args[i] = cond+"?", id
	}
	w.add(cond+")", args...)
}

// CarryOver carries the open matters of one cycle into the next: each gets the new cycle and whoever holds its post
// now; the earlier holder stays on record. Matters already carried there stay as they are. It gives the keys
// of those that it carried, for the log, and is called in the transaction that opens the next cycle.
func (s *Service) CarryOver(ctx context.Context, tx *store.Tx, actor authz.Actor, fromCycle, toCycle int64) (carried []int64, err error) {
	ms, err := store.List(ctx, tx, `SELECT `+matterColumns+` FROM matter m WHERE `+openClasses+` AND (m.cycle_id = $1
		OR EXISTS (SELECT 1 FROM matter_holder h WHERE h.matter_id = m.id AND h.cycle_id = $1))
		AND NOT EXISTS (SELECT 1 FROM matter_holder h WHERE h.matter_id = m.id AND h.cycle_id = $2) ORDER BY m.unit_id, m.id`,
		[]any{fromCycle, toCycle}, scanMatters)
	if err != nil {
		return nil, err
	}
	today := s.todayIn(tx).String()
	var unit, post, person int64
	for _, was := range ms {
		if was.Owner.ID != unit {
			unit = was.Owner.ID
			if post, person, err = s.holderOf(ctx, tx, unit, today); err != nil {
				return nil, err
			}
		}
		m := was
		if m.Owner.ID != 0 && post != 0 {
			m.Post, m.Person = post, person
		}
		if err := s.carry(ctx, tx, actor, was, m, toCycle, today); err != nil {
			return nil, err
		}
		carried = append(carried, m.ID)
	}
	return carried, nil
}

func (s *Service) carry(ctx context.Context, tx *store.Tx, actor authz.Actor, was, m Matter, toCycle int64, today string) error {
	e := Event{Matter: m.ID, Step: StepCarry, From: m.State, To: m.State, Who: who(actor), Name: actor.Name, On: today,
		Changes: []Change{{Field: "cycle", To: strconv.FormatInt(toCycle, 10)}}}
	if was.Person != m.Person {
		e.Changes = append(e.Changes, changeOf("person", idValue(was.Person), idValue(m.Person)))
	}
	if err := s.record(ctx, tx, was, &m, &e, false, nil); err != nil {
		return err
	}
	return insertHolder(ctx, tx, Holder{Matter: m.ID, Cycle: toCycle, Post: m.Post, Person: m.Person, From: today})
}

// AnswerTx declares a unit's matter done with a text, inside another room's transaction: the accepted report answers a
// promise. It takes the step that declares from the present state and puts the text into its first long field. A matter
// that is not the unit's, or from whose state nothing can be declared with a text alone, is left as it is; done says
// which.
func (s *Service) AnswerTx(ctx context.Context, tx *store.Tx, actor authz.Actor, id, unit int64, text string) (done bool, err error) {
	m, err := matterByID(ctx, tx, id)
	if fault.KindOf(err) == fault.NotFound || (err == nil && m.Owner.ID != unit) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	d, err := s.types.At(ctx, tx, m.Type, m.TypeVersion)
	if err != nil {
		return false, err
	}
	for _, t := range d.StepsFrom(m.State) {
		if !t.Has(EffectDeclare) {
			continue
		}
		in := In{Step: t.ID, Values: Values{}}
		for _, a := range t.Ask {
			if f, _ := d.Field(a.Field); f.Kind == KindLong && len(in.Values) == 0 {
				in.Values[f.ID] = Value{Text: cut(text, f)}
			}
		}
		err := s.StepTx(ctx, tx, actor, id, in)
		if fault.KindOf(err) == fault.Invalid {
			return false, nil
		}
		return err == nil, err
	}
	return false, nil
}

// cut shortens a text to what a field takes; the whole of it stands where it came from.
func cut(text string, f Field) string {
	limit := f.Max
	if limit == 0 {
		limit = maxLong
	}
	if runes := []rune(strings.TrimSpace(text)); len(runes) > limit {
		return string(runes[:limit-1]) + "…"
	}
	return text
}

// UnownedInCycle lists the matters of a cycle that keep it from being closed: open findings without an owner, or
// without the date by which they must be done.
func (s *Service) UnownedInCycle(ctx context.Context, r store.Reader, cycle int64) ([]Matter, error) {
	d := s.types.For("finding")
	if d == nil {
		return nil, nil
	}
	return store.List(ctx, r, `SELECT `+matterColumns+` FROM matter m WHERE m.cycle_id = $1 AND m.type = $2 AND `+openClasses+`
		AND (m.unit_id = 0 OR m.target_on = '') ORDER BY m.id`, []any{cycle, d.ID}, scanMatters)
}
