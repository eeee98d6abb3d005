package ledger

import (
	"context"
	"database/sql"
	"slices"
	"strconv"

	"plumbline/internal/audit"
	"plumbline/internal/authz"
	"plumbline/internal/calendar"
	"plumbline/internal/fault"
	"plumbline/internal/store"
)

// ChangeVersion is the field under which a matter's history names the versions of its ledger.
const ChangeVersion = "type_version"

// Move is what would become of one open matter under another version of its ledger.
type Move struct {
	Matter  Matter
	State   State   // the state that it stands in, in the words of its own version
	NoState bool    // the other version has no such open state
	Empty   []Field // what is asked for at registration and the matter does not have
	Lost    []Field // fields that hold what the other version can't take; the history keeps it
	NoClock bool    // it has a due date and would have none
	Stays   bool    // it can't move: it would have no name
}

// Stranded says whether the move needs somebody's eye.
func (m Move) Stranded() bool {
	return m.NoState || len(m.Empty) > 0 || len(m.Lost) > 0 || m.NoClock || m.Stays
}

// Moves says which open matters of a ledger would be stranded under a definition, and how many are open. Those of the
// version but are left out.
func (s *Service) Moves(ctx context.Context, actor authz.Actor, d *Definition, but int) (out []Move, open int, err error) {
	if !s.mayDesign(actor) {
		return nil, 0, fault.New(fault.Forbidden, "fault.forbidden")
	}
	err = s.eachOpen(ctx, s.db, d.ID, but, func(m Matter, was *Definition) error {
		open++
		move := d.moveOf(m, was, "", s.cal.Today(s.gate.Now()), s.cal)
		if move.Stranded() {
			out = append(out, move)
		}
		return nil
	})
	return out, open, err
}

// eachOpen goes through the open matters of a ledger that are not of a version.
func (s *Service) eachOpen(ctx context.Context, r store.Reader, kind string, but int, visit func(m Matter, was *Definition) error) error {
	var last int64
	for {
		ms, err := store.List(ctx, r, `SELECT `+matterColumns+` FROM matter m WHERE m.type = $1 AND m.type_version <> $2 AND `+openClasses+` AND m.id > $3 ORDER BY m.id LIMIT $4`,
			[]any{kind, but, last, sweepBatch}, scanMatters)
		if err != nil || len(ms) == 0 {
			return err
		}
		for _, m := range ms {
			was, err := s.types.At(ctx, s.db, m.Type, m.TypeVersion)
			if err != nil {
				return err
			}
			if err := visit(m, was); err != nil {
				return err
			}
			last = m.ID
		}
	}
}

// moveOf looks at what a move would do, and carries it out in the Matter that it gives: with instead as the state that
// takes the place of one that the definition does not have.
func (d *Definition) moveOf(m Matter, was *Definition, instead string, today calendar.Date, cal *calendar.Calendar) Move {
	st, _ := was.State(m.State)
	out := Move{State: st}
	due := m.Due
	to, ok := d.State(m.State)
	if out.NoState = !ok || Ended(to.Class); out.NoState {
		to, ok = d.State(instead)
	}
	m.Values, m.Marks = m.Values.clone(), m.Marks.clone()
	out.Lost = d.adopt(&m, was, today)
	for _, a := range d.Register {
		if f, known := d.Field(a.Field); known && a.Must && m.Values[a.Field].Empty() {
			out.Empty = append(out.Empty, f)
			out.Stays = out.Stays || a.Field == d.Title
		}
	}
	if ok && !Ended(to.Class) {
		if m.State != to.ID {
			m.Marks.mark(MarkEnter, today, 0)
		}
		m.State, m.Class = to.ID, to.Class
	}
	d.compute(m.Values)
	d.settle(&m, cal)
	out.NoClock = !out.NoState && due != "" && m.Due == ""
	out.Matter = m
	return out
}

// adopt makes a matter's values those of the definition: rows by the ids of their columns, and without what it can't take.
func (d *Definition) adopt(m *Matter, was *Definition, today calendar.Date) (lost []Field) {
	for _, f := range d.Fields {
		v := m.Values[f.ID]
		old, had := was.Field(f.ID)
		if v.Empty() || !had || f.Kind == KindComputed || alike(old, f) {
			continue
		}
		sameKind := old.Kind == f.Kind || (textual(old.Kind) && textual(f.Kind)) || (numeric(old.Kind) && numeric(f.Kind))
		if sameKind && f.Kind == KindTable {
			v = Value{Rows: rowsUnder(v.Rows, old.Columns, f.Columns)}
		}
		taken, p := f.canon(v, calendar.Date{})
		if !sameKind || p.key != "" {
			lost = append(lost, old)
			delete(m.Values, f.ID)
			continue
		}
		m.Values[f.ID] = taken
	}
	for _, old := range was.Fields {
		if _, kept := d.Field(old.ID); kept || m.Values[old.ID].Empty() {
			continue
		}
		if old.Kind != KindComputed {
			lost = append(lost, old)
		}
		delete(m.Values, old.ID)
	}
	return lost
}

func textual(kind string) bool { return kind == KindText || kind == KindLong }

// rowsUnder sets rows under other columns.
func rowsUnder(rows [][]string, was, is []Field) [][]string {
	out := make([][]string, len(rows))
	for r, row := range rows {
		out[r] = make([]string, len(is))
		for i, col := range is {
			if k := slices.IndexFunc(was, func(o Field) bool { return o.ID == col.ID }); k >= 0 && k < len(row) {
				out[r][i] = row[k]
			}
		}
	}
	return out
}

// MoveMatters moves the open matters of a ledger to the version in force, all or none: states says which state takes the
// place of one that it does not have. It gives how many moved.
func (s *Service) MoveMatters(ctx context.Context, actor authz.Actor, kind string, states map[string]string) (moved int, err error) {
	d := s.types.Current(kind)
	if d == nil {
		return 0, fault.Missing()
	}
	err = s.design(ctx, actor, LedgerKind, 0, func(tx *store.Tx) (audit.Detail, error) {
		version, err := s.types.keep(ctx, tx, d)
		if err != nil {
			return audit.Detail{}, err
		}
		detail := audit.Detail{Note: map[string]string{"what": "move", "ledger": kind, "edition": strconv.Itoa(version)}}
		detail.Also, err = s.moveTx(ctx, tx, actor, d, version, states)
		moved = len(detail.Also)
		return detail, err
	})
	return moved, err
}

// moveTx moves the open matters of a ledger to a version of it. A matter in a state that the version has not got and for
// which none was chosen stops the whole.
func (s *Service) moveTx(ctx context.Context, tx *store.Tx, actor authz.Actor, d *Definition, version int, states map[string]string) ([]audit.Subject, error) {
	var also []audit.Subject
	cals := map[string]*calendar.Calendar{}
	today := s.todayIn(tx)
	err := s.eachOpen(ctx, tx, d.ID, version, func(m Matter, was *Definition) (err error) {
		if at := m.Place().Path; cals[at] == nil {
			if cals[at], err = s.calendarAt(ctx, tx, m.Place()); err != nil {
				return err
			}
		}
		move := d.moveOf(m, was, states[m.State], today, cals[m.Place().Path])
		if move.Stays {
			return nil
		}
		to, ok := d.State(move.Matter.State)
		if !ok || Ended(to.Class) {
			var form fault.Form
			form.Add("state_"+m.State, "fault.ledger.state_needed", "Number", m.Number)
			return form.Err()
		}
		if err := s.writeMove(ctx, tx, actor, m, move, version); err != nil {
			return err
		}
		also = append(also, audit.Subject{Kind: "matter", ID: m.ID})
		return nil
	})
	return also, err
}

// writeMove writes one matter's move, with what changed in its history.
func (s *Service) writeMove(ctx context.Context, tx *store.Tx, actor authz.Actor, was Matter, move Move, version int) error {
	m := move.Matter
	e := Event{Matter: m.ID, Step: StepMigrate, From: was.State, To: m.State, Who: who(actor), Name: actor.Name, On: s.todayIn(tx).String(),
		Changes: []Change{{Field: ChangeVersion, From: strconv.Itoa(was.TypeVersion), To: strconv.Itoa(version)}}}
	for _, f := range move.Lost {
		e.Changes = append(e.Changes, changeOf(f.ID, was.Values[f.ID], Value{}))
	}
	if was.Due != m.Due {
		e.Changes = append(e.Changes, Change{Field: ChangeDue, From: was.Due, To: m.Due})
	}
	if err := s.record(ctx, tx, was, &m, &e, false, nil); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `UPDATE matter SET type_version = $1 WHERE id = $2`, version, m.ID)
	return err
}

// TypeUse is how a ledger stands: the version in force (0 where none was ever stored), who published it, and how many
// matters are open under which version.
type TypeUse struct {
	Version int
	By      string
	At      int64
	Open    map[int]int64
	Total   int64
}

// TypeUses says how every ledger stands, by id.
func (s *Service) TypeUses(ctx context.Context, actor authz.Actor) (map[string]TypeUse, error) {
	if !s.mayDesign(actor) {
		return nil, fault.New(fault.Forbidden, "fault.forbidden")
	}
	out := map[string]TypeUse{}
	err := store.Each(ctx, s.db, `SELECT type, version, source, actor_name, created_at FROM ledger_type ORDER BY type, version`, nil, func(rows *sql.Rows) error {
		var id, source, by string
		var version int
		var at int64
		err := rows.Scan(&id, &version, &source, &by, &at)
		office := s.types.Published(id)
		if err == nil && (office == version || (office == 0 && source == FromPack)) {
			out[id] = TypeUse{Version: version, By: by, At: at, Open: map[int]int64{}}
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	err = store.Each(ctx, s.db, `SELECT m.type, m.type_version, CAST(SUM(CASE WHEN `+openClasses+` THEN 1 ELSE 0 END) AS BIGINT), COUNT(*) FROM matter m GROUP BY m.type, m.type_version`, nil, func(rows *sql.Rows) error {
		var id string
		var version int
		var open, all int64
		err := rows.Scan(&id, &version, &open, &all)
		u := out[id]
		if u.Open == nil {
			u.Open = map[int]int64{}
		}
		if open > 0 {
			u.Open[version] = open
		}
		u.Total += all
		out[id] = u
		return err
	})
	return out, err
}
