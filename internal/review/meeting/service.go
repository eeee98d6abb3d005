package meeting

import (
	"context"
	"strings"
	"unicode/utf8"

	"plumbline/internal/audit"
	"plumbline/internal/authz"
	"plumbline/internal/fault"
	"plumbline/internal/gate"
	"plumbline/internal/org"
	"plumbline/internal/review/cycle"
	"plumbline/internal/review/plan"
	"plumbline/internal/store"
)

// verb does the work of one write on a meeting as it stands inside the transaction.
type verb func(tx *store.Tx, m Meeting) (audit.Detail, error)

// on runs a verb of a meeting at its convenor; a closed cycle is refused.
func (s *Service) on(ctx context.Context, actor authz.Actor, action authz.Action, meeting int64, subject gate.Subject, do verb) error {
	m, err := ByID(ctx, s.db, meeting)
	if err != nil {
		return err
	}
	u, err := org.UnitByID(ctx, s.db, m.Unit)
	if err != nil {
		return err
	}
	if subject.Kind == "" {
		subject = gate.Subject{Kind: Kind, ID: meeting}
	}
	subject.Unit = u.Place()
	return s.gate.Do(ctx, actor, action, subject, func(tx *store.Tx) (audit.Detail, error) {
		m, err := ByID(ctx, tx, meeting)
		if err != nil {
			return audit.Detail{}, err
		}
		if _, err := cycle.OpenTx(ctx, tx, m.Cycle); err != nil {
			return audit.Detail{}, err
		}
		d, err := do(tx, m)
		if subject.Kind != Kind {
			d.Also = append(d.Also, audit.Subject{Kind: Kind, ID: meeting})
		}
		return d, err
	})
}

// run is on for whoever runs the meeting.
func (s *Service) run(ctx context.Context, actor authz.Actor, meeting int64, do verb) error {
	return s.on(ctx, actor, authz.MeetingRun, meeting, gate.Subject{}, do)
}

func note(what string) audit.Detail { return audit.Detail{Note: map[string]string{"what": what}} }

// change notes a field of the log where it changed.
func change(d *audit.Detail, field, from, to string) {
	if from != to {
		d.Changes = append(d.Changes, audit.Change{Field: field, From: from, To: to})
	}
}

// Facts are what can be set of a meeting. Minutes is the limit of each turn, 0 for none.
type Facts struct {
	Version  int
	Start    string
	Place    string
	Presider int64
	Minutes  int
}

func (f *Facts) check() error {
	f.Place = strings.TrimSpace(f.Place)
	var form fault.Form
	form.Check(f.Start == "" || TimeOfDay(f.Start), "start", "fault.meeting.start")
	form.Check(utf8.RuneCountInString(f.Place) <= 200, "place", "fault.meeting.place")
	form.Check(f.Minutes >= 0 && f.Minutes <= 240, "minutes", "fault.meeting.minutes")
	return form.Err()
}

// Create makes the meeting of a cycle: a slot for every reporter who speaks, in the order of the list, with the plan's
// time; the ordinary agenda; the presider and the reporters on the roll; and the seal of the draw, whose digest can be
// published from then on. A cycle has one meeting.
func (s *Service) Create(ctx context.Context, actor authz.Actor, cycleID int64, f Facts) (id int64, err error) {
	if err := f.check(); err != nil {
		return 0, err
	}
	c, err := cycle.ByID(ctx, s.db, cycleID)
	if err != nil {
		return 0, err
	}
	u, err := org.UnitByID(ctx, s.db, c.Unit)
	if err != nil {
		return 0, err
	}
	err = s.gate.Do(ctx, actor, authz.MeetingRun, gate.Subject{Kind: Kind, Unit: u.Place()}, func(tx *store.Tx) (audit.Detail, error) {
		d, err := createTx(ctx, tx, cycleID, f)
		id = d.ID
		return d, err
	})
	return id, err
}

func createTx(ctx context.Context, tx *store.Tx, cycleID int64, f Facts) (audit.Detail, error) {
	d := note("created")
	d.Also = []audit.Subject{{Kind: "cycle", ID: cycleID}}
	c, err := cycle.OpenTx(ctx, tx, cycleID)
	if err != nil {
		return d, err
	}
	if _, err := ByCycle(ctx, tx, cycleID); err == nil {
		return d, fault.Bad("fault.meeting.exists")
	} else if fault.KindOf(err) != fault.NotFound {
		return d, err
	}
	if err := isPerson(ctx, tx, f.Presider); err != nil {
		return d, err
	}
	if f.Minutes == 0 {
		p, err := plan.ByID(ctx, tx, c.Plan)
		if err != nil && fault.KindOf(err) != fault.NotFound {
			return d, err
		}
		f.Minutes = p.Body.Minutes
	}
	m := Meeting{Cycle: cycleID, Unit: c.Unit, Date: c.MeetingDate, Start: f.Start, Place: f.Place, Presider: f.Presider, Limit: f.Minutes * 60, State: Planned}
	if m.ID, err = insertMeeting(ctx, tx, m); err != nil {
		return d, err
	}
	d.ID = m.ID
	return d, furnish(ctx, tx, m)
}

// isPerson refuses a presider whom the organisation does not know; 0 is nobody yet.
func isPerson(ctx context.Context, r store.Reader, id int64) error {
	if id == 0 {
		return nil
	}
	_, err := org.PersonByID(ctx, r, id)
	if fault.KindOf(err) == fault.NotFound {
		var form fault.Form
		form.Add("presider", "fault.meeting.presider")
		return form.Err()
	}
	return err
}

// furnish gives a new meeting what it begins with.
func furnish(ctx context.Context, tx *store.Tx, m Meeting) error {
	if _, err := syncSlots(ctx, tx, m, bySync); err != nil {
		return err
	}
	if err := insertItems(ctx, tx, m.ID, ordinaryAgenda); err != nil {
		return err
	}
	if m.Presider != 0 {
		if _, err := callTx(ctx, tx, m, Call{Person: m.Presider, Unit: m.Unit, Capacity: Presider}); err != nil {
			return err
		}
	}
	if _, err := callReporters(ctx, tx, m); err != nil {
		return err
	}
	_, err := sealTx(ctx, tx, m.ID, 1, "")
	return err
}

var ordinaryAgenda = []Item{{Kind: ItemOpening, Minutes: 5}, {Kind: ItemReview, Minutes: 10}, {Kind: ItemSpeak}, {Kind: ItemWritten},
	{Kind: ItemBallot, Minutes: 15}, {Kind: ItemHigher, Minutes: 15}, {Kind: ItemClosing, Minutes: 15}}

// Edit changes time, place, presider and the time of each turn that has not begun. A stale version is a Stale fault with
// the meeting as it stands.
func (s *Service) Edit(ctx context.Context, actor authz.Actor, meeting int64, f Facts) error {
	if err := f.check(); err != nil {
		return err
	}
	return s.run(ctx, actor, meeting, func(tx *store.Tx, m Meeting) (audit.Detail, error) {
		d := note("edited")
		if err := isPerson(ctx, tx, f.Presider); err != nil {
			return d, err
		}
		ok, err := tx.Change(ctx, `UPDATE meeting SET start = $3, place = $4, presider_id = $5, limit_sec = $6, version = version + 1
			WHERE id = $1 AND version = $2`, m.ID, f.Version, f.Start, f.Place, f.Presider, f.Minutes*60)
		if err == nil && !ok {
			err = fault.Outdated(m)
		}
		if err != nil {
			return d, err
		}
		change(&d, "start", m.Start, f.Start)
		change(&d, "place", m.Place, f.Place)
		change(&d, "presider", key(m.Presider), key(f.Presider))
		change(&d, "limit", key(int64(m.Limit)), key(int64(f.Minutes*60)))
		if f.Presider != m.Presider && f.Presider != 0 {
			if err := presideTx(ctx, tx, m, f.Presider); err != nil {
				return d, err
			}
		}
		_, err = tx.Exec(ctx, `UPDATE meeting_slot SET limit_sec = $2 WHERE meeting_id = $1 AND NOT EXISTS
			(SELECT 1 FROM meeting_event e WHERE e.meeting_id = $1 AND e.slot_id = meeting_slot.id)`, m.ID, f.Minutes*60)
		return d, err
	})
}

// presideTx puts the presider on the roll in that capacity; whoever presided before stays called as a member.
func presideTx(ctx context.Context, tx *store.Tx, m Meeting, person int64) error {
	_, err := tx.Exec(ctx, `UPDATE meeting_call SET capacity = $2, version = version + 1 WHERE meeting_id = $1 AND capacity = $3 AND person_id <> $4`,
		m.ID, Member, Presider, person)
	if err != nil {
		return err
	}
	ok, err := tx.Change(ctx, `UPDATE meeting_call SET capacity = $3, removed = 0, version = version + 1 WHERE meeting_id = $1 AND person_id = $2`, m.ID, person, Presider)
	if err != nil || ok {
		return err
	}
	_, err = callTx(ctx, tx, m, Call{Person: person, Unit: m.Unit, Capacity: Presider})
	return err
}

// SetAgenda puts the items, in this order, in the place of the old ones.
func (s *Service) SetAgenda(ctx context.Context, actor authz.Actor, meeting int64, version int, items []Item) error {
	var form fault.Form
	for i, it := range items {
		n := key(int64(i))
		form.Check(known(it.Kind), "kind_"+n, "fault.meeting.item_kind")
		form.Check(it.Kind != ItemOther || strings.TrimSpace(it.Title) != "", "title_"+n, "fault.meeting.item_title")
		form.Check(utf8.RuneCountInString(it.Title) <= 200, "title_"+n, "fault.meeting.item_long")
		form.Check(it.Minutes >= 0 && it.Minutes <= 600, "minutes_"+n, "fault.meeting.item_minutes")
	}
	form.Check(len(items) <= 50, "", "fault.meeting.items")
	if err := form.Err(); err != nil {
		return err
	}
	return s.run(ctx, actor, meeting, func(tx *store.Tx, m Meeting) (audit.Detail, error) {
		ok, err := tx.Change(ctx, `UPDATE meeting SET version = version + 1 WHERE id = $1 AND version = $2`, m.ID, version)
		if err == nil && !ok {
			err = fault.Outdated(m)
		}
		if err != nil {
			return audit.Detail{}, err
		}
		if _, err := tx.Exec(ctx, `DELETE FROM meeting_item WHERE meeting_id = $1`, m.ID); err != nil {
			return audit.Detail{}, err
		}
		d := note("agenda")
		d.Note["items"] = key(int64(len(items)))
		return d, insertItems(ctx, tx, m.ID, items)
	})
}

func known(k ItemKind) bool {
	for _, x := range ItemKinds {
		if x == k {
			return true
		}
	}
	return false
}
