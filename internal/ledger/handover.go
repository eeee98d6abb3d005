package ledger

import (
	"context"
	"database/sql"

	"plumbline/internal/audit"
	"plumbline/internal/authz"
	"plumbline/internal/fault"
	"plumbline/internal/org"
	"plumbline/internal/store"
)

// HangsOn implements org.Dependents: the open matters that the units have to act upon, and those of others on which they
// rule.
func (s *Service) HangsOn(ctx context.Context, _ authz.Actor, e org.End) ([]org.Hanging, error) {
	owned, ruled, err := openAt(ctx, s.db, e)
	out := []org.Hanging{}
	for _, h := range []org.Hanging{{Kind: org.HangMatters, Count: owned}, {Kind: org.HangRuled, Count: ruled}} {
		if h.Count > 0 {
			out = append(out, h)
		}
	}
	return out, err
}

// openAt counts the open matters of units that end, by the place where they count, and those placed elsewhere on which
// the units rule or for which they asked.
func openAt(ctx context.Context, r store.Reader, e org.End) (owned, ruled int, err error) {
	from, to := e.Span()
	err = r.QueryRow(ctx, `SELECT (SELECT COUNT(*) FROM matter m WHERE m.place_path >= $1 AND m.place_path < $2 AND `+openClasses+`),
		(SELECT COUNT(*) FROM matter m WHERE ((m.convenor_path >= $1 AND m.convenor_path < $2) OR (m.requester_id <> 0 AND m.requester_path >= $1 AND m.requester_path < $2)) AND NOT (m.place_path >= $1 AND m.place_path < $2) AND `+openClasses+`)`,
		from, to).Scan(&owned, &ruled)
	return owned, ruled, err
}

// UnitEndsTx implements org.Dependents: what is open goes to the unit that takes over; without one the unit stays.
func (s *Service) UnitEndsTx(ctx context.Context, tx *store.Tx, actor authz.Actor, e org.End) (d audit.Detail, err error) {
	owned, ruled, err := openAt(ctx, tx, e)
	if err != nil || owned+ruled == 0 {
		return d, err
	}
	if e.Into.ID == 0 {
		var f fault.Form
		f.Add("into", "fault.org.open_matters", "Count", owned+ruled)
		return d, f.Err()
	}
	from, to := e.Span()
	units, err := store.List(ctx, tx, `SELECT u.id FROM unit u WHERE u.path >= $1 AND u.path < $2 ORDER BY u.path`, []any{from, to},
		func(rows *sql.Rows) (id int64, err error) { return id, rows.Scan(&id) })
	if err != nil {
		return d, err
	}
	for _, unit := range units {
		handed, err := s.HandOverTx(ctx, tx, actor, unit, e.Into.ID)
		if err != nil {
			return d, err
		}
		for _, id := range handed {
			d.Also = append(d.Also, audit.Subject{Kind: "matter", ID: id})
		}
	}
	return d, nil
}

// handedOn finds the open matters of a unit, by its key $1 and its path $2: convenors and requesters are indexed by
// their paths.
const handedOn = `(m.unit_id = $1 OR (m.convenor_path = $2 AND m.convenor_id = $1) OR (m.requester_id <> 0 AND m.requester_path = $2 AND m.requester_id = $1)) AND ` + openClasses

// HandOverTx gives the open matters of one unit to another, for units that are merged or dissolved: those that it has to
// act upon, and those that it rules. It is called in the transaction that does so, after paths were set, and gives the
// keys of the matters.
func (s *Service) HandOverTx(ctx context.Context, tx *store.Tx, actor authz.Actor, from, to int64) (handed []int64, err error) {
	of, err := org.UnitByID(ctx, tx, from)
	if err != nil {
		return nil, err
	}
	ms, err := store.List(ctx, tx, `SELECT `+matterColumns+` FROM matter m WHERE `+handedOn+` ORDER BY m.id`, []any{from, of.Path}, scanMatters)
	if err != nil || len(ms) == 0 {
		return nil, err
	}
	into, err := org.UnitByID(ctx, tx, to)
	if err != nil {
		return nil, err
	}
	next := Holder{From: s.todayIn(tx).String()}
	if next.Post, next.Person, err = s.holderOf(ctx, tx, to, next.From); err != nil {
		return nil, err
	}
	for _, was := range ms {
		if err := s.handOver(ctx, tx, actor, was, from, into.Place(), next); err != nil {
			return nil, err
		}
		handed = append(handed, was.ID)
	}
	return handed, nil
}

// handOver puts a unit in the place of another in one matter: as owner, then next answers for it, and as convenor.
func (s *Service) handOver(ctx context.Context, tx *store.Tx, actor authz.Actor, was Matter, from int64, into authz.Unit, next Holder) error {
	m := was
	e := Event{Matter: m.ID, Step: StepHandOver, From: m.State, To: m.State, Who: who(actor), Name: actor.Name, On: next.From}
	if was.Owner.ID == from {
		m.Owner, m.Post, m.Person = into, next.Post, next.Person
		m.Marks = m.Marks.clone()
		m.Marks.mark(MarkOwner, s.todayIn(tx), tx.Now)
		e.Changes = append(e.Changes, changeOf("owner", idValue(from), idValue(into.ID)))
	}
	if was.Convenor.ID == from {
		m.Convenor = into
		e.Changes = append(e.Changes, changeOf("convenor", idValue(from), idValue(into.ID)))
	}
	if was.Requester.ID == from {
		m.Requester = into
		e.Changes = append(e.Changes, changeOf("requester", idValue(from), idValue(into.ID)))
	}
	if err := s.record(ctx, tx, was, &m, &e, false, nil); err != nil {
		return err
	}
	if was.Owner.ID != from {
		return nil
	}
	next.Matter = m.ID
	return insertHolder(ctx, tx, next)
}
