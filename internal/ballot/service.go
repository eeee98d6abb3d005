package ballot

import (
	"context"
	"strconv"
	"strings"

	"plumbline/internal/audit"
	"plumbline/internal/authz"
	"plumbline/internal/fault"
	"plumbline/internal/gate"
	"plumbline/internal/store"
)

// do runs one verb on the newest round of a cycle, which must be open and, unless version is 0, unchanged since.
func (s *Service) do(ctx context.Context, actor authz.Actor, act authz.Action, cycle int64, verb func(tx *store.Tx, f Form, r Round) (audit.Detail, error)) error {
	f, err := s.plans.Form(ctx, s.db, cycle)
	if err != nil {
		return err
	}
	round, err := Latest(ctx, s.db, cycle)
	if err != nil {
		return err
	}
	on := gate.Subject{Kind: Kind, ID: round.ID, Unit: f.Convenor}
	return s.gate.Do(ctx, actor, act, on, func(tx *store.Tx) (audit.Detail, error) {
		r, err := Latest(ctx, tx, cycle)
		if err == nil && r.State != Open {
			err = fault.Bad("fault.ballot.sealed")
		}
		if err != nil {
			return audit.Detail{}, err
		}
		if f, err = s.plans.Form(ctx, tx, cycle); err != nil {
			return audit.Detail{}, err
		}
		d, err := verb(tx, f, r)
		d.Also = append(d.Also, audit.Subject{Kind: "cycle", ID: cycle})
		return d, err
	})
}

// OpenRound opens the first round of a cycle, which freezes the plan, or a further one after a sealed round; a further
// one needs a reason. Needs TallySettle at the convenor.
func (s *Service) OpenRound(ctx context.Context, actor authz.Actor, cycle int64, reason string) error {
	f, err := s.plans.Form(ctx, s.db, cycle)
	if err != nil {
		return err
	}
	reason = strings.TrimSpace(reason)
	return s.gate.Do(ctx, actor, authz.TallySettle, gate.Subject{Kind: Kind, Unit: f.Convenor}, func(tx *store.Tx) (d audit.Detail, _ error) {
		no, err := nextRound(ctx, tx, cycle, reason)
		if err != nil {
			return d, err
		}
		frozen, err := s.plans.Freeze(ctx, tx, cycle)
		if err != nil {
			return d, err
		}
		if f, err = s.plans.Form(ctx, tx, cycle); err != nil {
			return d, err
		}
		if len(f.Units) == 0 {
			return d, fault.Bad("fault.ballot.no_units")
		}
		d.ID, err = tx.Insert(ctx, `INSERT INTO ballot_round (cycle_id, no, plan_id, plan_digest, state, reason, override, digest, opened_at, sealed_at, version)
			VALUES ($1, $2, $3, $4, $5, $6, '', '', $7, 0, 1) RETURNING id`, cycle, no, f.Plan, f.PlanDigest, Open, reason, tx.Now)
		for _, class := range f.Classes {
			if err == nil {
				_, err = tx.Exec(ctx, `INSERT INTO ballot_class (round_id, class, entitled, issued, returned) VALUES ($1, $2, 0, 0, 0)`, d.ID, class)
			}
		}
		d.Changes = append(frozen, audit.Change{Field: "round", To: strconv.Itoa(no)}, audit.Change{Field: "plan", To: f.PlanDigest}, audit.Change{Field: "reason", To: reason})
		d.Also = []audit.Subject{{Kind: "cycle", ID: cycle}}
		return d, err
	})
}

func nextRound(ctx context.Context, tx *store.Tx, cycle int64, reason string) (int, error) {
	last, err := Latest(ctx, tx, cycle)
	switch {
	case fault.KindOf(err) == fault.NotFound:
		return 1, nil
	case err != nil:
		return 0, err
	case last.State == Open:
		return 0, fault.Bad("fault.ballot.open")
	case reason == "":
		var form fault.Form
		form.Add("reason", "fault.ballot.round_reason")
		return 0, form.Err()
	}
	return last.No + 1, nil
}

// SetPaper records how many slips of each class were given out and came back.
func (s *Service) SetPaper(ctx context.Context, actor authz.Actor, cycle int64, version int, papers []Paper) error {
	return s.do(ctx, actor, authz.TallySettle, cycle, func(tx *store.Tx, f Form, r Round) (d audit.Detail, err error) {
		var form fault.Form
		for _, p := range papers {
			checkPaper(&form, p)
		}
		if err = form.Err(); err != nil {
			return d, err
		}
		if ok, err := tx.Change(ctx, `UPDATE ballot_round SET version = version + 1 WHERE id = $1 AND version = $2`, r.ID, version); err != nil || !ok {
			return d, staleOr(err)
		}
		for _, p := range papers {
			ok, err := tx.Change(ctx, `UPDATE ballot_class SET entitled = $3, issued = $4, returned = $5 WHERE round_id = $1 AND class = $2`,
				r.ID, p.Class, p.Entitled, p.Issued, p.Returned)
			if err != nil || !ok {
				return d, missingOr(err)
			}
			d.Changes = append(d.Changes, audit.Change{Field: "class " + p.Class,
				To: strconv.Itoa(p.Entitled) + " / " + strconv.Itoa(p.Issued) + " / " + strconv.Itoa(p.Returned)})
		}
		return d, nil
	})
}

func staleOr(err error) error {
	if err != nil {
		return err
	}
	return fault.Outdated(nil)
}

func missingOr(err error) error {
	if err != nil {
		return err
	}
	return fault.Missing()
}

// Key saves one slip as one teller reads it. The first two accounts that key become the two tellers of the round; a
// third is refused. A slip that the same teller keyed before is replaced. values stand in the order units x items. The
// log says that a slip was keyed, never what stands on it.
func (s *Service) Key(ctx context.Context, actor authz.Actor, cycle int64, class string, slip int, values []string) error {
	return s.do(ctx, actor, authz.TallyKey, cycle, func(tx *store.Tx, f Form, r Round) (d audit.Detail, err error) {
		if err = checkSlip(ctx, tx, f, r, class, slip, values); err != nil {
			return d, err
		}
		seat, err := takeSeat(ctx, tx, r, actor.Account)
		if err != nil {
			return d, err
		}
		if err = putSlip(ctx, tx, f, r, seat, class, slip, values); err != nil {
			return d, err
		}
		d.Note = map[string]string{"what": "keyed", "class": class, "slip": strconv.Itoa(slip)}
		return d, dropSettled(ctx, tx, r, class, slip)
	})
}

func checkSlip(ctx context.Context, tx *store.Tx, f Form, r Round, class string, slip int, values []string) error {
	papers, err := Papers(ctx, tx, r.ID)
	if err != nil {
		return err
	}
	returned := -1
	for _, p := range papers {
		if p.Class == class {
			returned = p.Returned
		}
	}
	var form fault.Form
	form.Check(returned >= 0, "class", "fault.ballot.class")
	form.Check(slip >= 1 && (slip <= returned || returned < 0), "slip", "fault.ballot.slip", "Max", returned)
	form.Check(len(values) == len(f.Units)*len(f.Items), "", "fault.ballot.lines")
	return form.Err()
}

func takeSeat(ctx context.Context, tx *store.Tx, r Round, account int64) (int, error) {
	seats, err := Seats(ctx, tx, r.ID)
	if err != nil {
		return 0, err
	}
	for _, s := range seats {
		if s.Account == account {
			return s.No, nil
		}
	}
	if len(seats) >= 2 {
		return 0, fault.Bad("fault.ballot.two_tellers")
	}
	free := 1
	if len(seats) == 1 && seats[0].No == 1 {
		free = 2
	}
	_, err = tx.Exec(ctx, `INSERT INTO ballot_teller (round_id, seat, account_id) VALUES ($1, $2, $3)`, r.ID, free, account)
	return free, err
}

func putSlip(ctx context.Context, tx *store.Tx, f Form, r Round, seat int, class string, slip int, values []string) error {
	_, err := tx.Exec(ctx, `DELETE FROM ballot_mark WHERE round_id = $1 AND class = $2 AND slip = $3 AND seat = $4`, r.ID, class, slip, seat)
	for i, unit := range f.Units {
		for j, item := range f.Items {
			if err == nil {
				_, err = tx.Exec(ctx, `INSERT INTO ballot_mark (round_id, class, slip, seat, unit_id, item, value) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
					r.ID, class, slip, seat, unit, item, values[i*len(f.Items)+j])
			}
		}
	}
	return err
}

// dropSettled forgets what was settled of a slip that is keyed again: the two readings may agree now.
func dropSettled(ctx context.Context, tx *store.Tx, r Round, class string, slip int) error {
	_, err := tx.Exec(ctx, `DELETE FROM ballot_mark WHERE round_id = $1 AND class = $2 AND slip = $3 AND seat = 0`, r.ID, class, slip)
	return err
}

// RemoveSlip takes back a slip that the teller keyed by mistake, one number too many for instance.
func (s *Service) RemoveSlip(ctx context.Context, actor authz.Actor, cycle int64, class string, slip int) error {
	return s.do(ctx, actor, authz.TallyKey, cycle, func(tx *store.Tx, f Form, r Round) (d audit.Detail, err error) {
		seats, err := Seats(ctx, tx, r.ID)
		if err != nil {
			return d, err
		}
		for _, seat := range seats {
			if seat.Account == actor.Account {
				_, err = tx.Exec(ctx, `DELETE FROM ballot_mark WHERE round_id = $1 AND class = $2 AND slip = $3 AND seat = $4`, r.ID, class, slip, seat.No)
			}
		}
		if err == nil {
			err = dropSettled(ctx, tx, r, class, slip)
		}
		d.Note = map[string]string{"what": "removed", "class": class, "slip": strconv.Itoa(slip)}
		return d, err
	})
}

// Release frees a teller's seat so that somebody else can key in the place of one who can't go on. What that teller
// keyed is removed: nobody finishes somebody else's reading. It needs a reason.
func (s *Service) Release(ctx context.Context, actor authz.Actor, cycle int64, seat int, reason string) error {
	return s.do(ctx, actor, authz.TallySettle, cycle, func(tx *store.Tx, f Form, r Round) (d audit.Detail, err error) {
		reason = strings.TrimSpace(reason)
		var form fault.Form
		form.Check(reason != "", "reason", "fault.ballot.release_reason")
		form.Check(seat == 1 || seat == 2, "seat", "fault.ballot.seat")
		if err = form.Err(); err != nil {
			return d, err
		}
		for _, stmt := range []string{`DELETE FROM ballot_mark WHERE round_id = $1 AND seat IN ($2, 0)`, `DELETE FROM ballot_teller WHERE round_id = $1 AND seat = $2`} {
			if _, err = tx.Exec(ctx, stmt, r.ID, seat); err != nil {
				return d, err
			}
		}
		d.Changes = []audit.Change{{Field: "seat", From: strconv.Itoa(seat)}}
		d.Note = map[string]string{"reason": reason}
		return d, nil
	})
}

// Settle records what really stands on a line on which the tellers differ, after a look at the slip. The log says which
// line was settled, never the value.
func (s *Service) Settle(ctx context.Context, actor authz.Actor, cycle int64, class string, slip int, unit int64, item, value string) error {
	return s.do(ctx, actor, authz.TallySettle, cycle, func(tx *store.Tx, f Form, r Round) (d audit.Detail, err error) {
		diffs, err := differences(ctx, tx, f, r)
		if err != nil {
			return d, err
		}
		for _, diff := range diffs {
			if diff.Class != class || diff.Slip != slip || diff.Unit != unit || diff.Item != item {
				continue
			}
			if diff.First == Missing || diff.Second == Missing {
				return d, fault.Bad("fault.ballot.key_first")
			}
			_, err = tx.Exec(ctx, `INSERT INTO ballot_mark (round_id, class, slip, seat, unit_id, item, value) VALUES ($1, $2, $3, 0, $4, $5, $6)
				ON CONFLICT (round_id, class, slip, seat, unit_id, item) DO UPDATE SET value = $6`, r.ID, class, slip, unit, item, value)
			d.Note = map[string]string{"what": "settled", "class": class, "slip": strconv.Itoa(slip), "item": item}
			d.Also = []audit.Subject{{Kind: "unit", ID: unit}}
			return d, err
		}
		return d, fault.Bad("fault.ballot.no_difference")
	})
}

func differences(ctx context.Context, r store.Reader, f Form, round Round) ([]Difference, error) {
	var sides [3][]Mark
	for seat := range sides {
		var err error
		if sides[seat], err = marksOf(ctx, r, round.ID, seat); err != nil {
			return nil, err
		}
	}
	return compare(f, sides[1], sides[2], sides[0]), nil
}

// Seal ends the round: every returned slip was keyed by both tellers, every difference is settled, and the turnout is
// met or an override gives the reason. From then on only the counts and the digest remain.
func (s *Service) Seal(ctx context.Context, actor authz.Actor, cycle int64, version int, override string) error {
	return s.do(ctx, actor, authz.TallySettle, cycle, func(tx *store.Tx, f Form, r Round) (d audit.Detail, err error) {
		override = strings.TrimSpace(override)
		marks, err := readyToSeal(ctx, tx, f, r, override)
		if err != nil {
			return d, err
		}
		digest := DigestOf(f, marks)
		ok, err := tx.Change(ctx, `UPDATE ballot_round SET state = $3, digest = $4, override = $5, sealed_at = $6, version = version + 1
			WHERE id = $1 AND version = $2`, r.ID, version, Sealed, digest, override, tx.Now)
		if err != nil || !ok {
			return d, staleOr(err)
		}
		for _, c := range count(marks) {
			if _, err = tx.Exec(ctx, `INSERT INTO ballot_tally (round_id, class, unit_id, item, value, n) VALUES ($1, $2, $3, $4, $5, $6)`,
				r.ID, c.Class, c.Unit, c.Item, c.Value, c.N); err != nil {
				return d, err
			}
		}
		if _, err = tx.Exec(ctx, `DELETE FROM ballot_mark WHERE round_id = $1`, r.ID); err != nil {
			return d, err
		}
		d.Changes = []audit.Change{{Field: "state", From: string(Open), To: string(Sealed)}, {Field: "digest", To: digest}, {Field: "override", To: override}}
		moved, err := s.plans.Sealed(ctx, tx, cycle)
		d.Changes = append(d.Changes, moved...)
		return d, err
	})
}

func readyToSeal(ctx context.Context, tx *store.Tx, f Form, r Round, override string) ([]Mark, error) {
	papers, err := Papers(ctx, tx, r.ID)
	if err != nil {
		return nil, err
	}
	seats, err := Seats(ctx, tx, r.ID)
	if err != nil {
		return nil, err
	}
	if len(seats) < 2 {
		return nil, fault.Bad("fault.ballot.one_teller")
	}
	total := 0
	for _, p := range papers {
		total += p.Returned
		for _, seat := range seats {
			if seat.Slips[p.Class] != p.Returned {
				return nil, fault.Bad("fault.ballot.not_all_keyed", "Class", p.Class, "Keyed", seat.Slips[p.Class], "Returned", p.Returned)
			}
		}
	}
	if total == 0 {
		return nil, fault.Bad("fault.ballot.nothing")
	}
	if override == "" && !turnoutMet(papers, f.Turnout) {
		var form fault.Form
		form.Add("override", "fault.ballot.turnout")
		return nil, form.Err()
	}
	var sides [3][]Mark
	for seat := range sides {
		if sides[seat], err = marksOf(ctx, tx, r.ID, seat); err != nil {
			return nil, err
		}
	}
	return agree(f, sides[1], sides[2], sides[0])
}
