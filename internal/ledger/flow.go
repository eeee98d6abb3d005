package ledger

import (
	"context"
	"database/sql"
	"encoding/json"
	"iter"
	"slices"
	"strconv"
	"time"

	"plumbline/internal/authz"
	"plumbline/internal/calendar"
	"plumbline/internal/org"
	"plumbline/internal/store"
)

// Turn is one event of a matter's history with whose turn it was.
//
// Unit is the unit whose turn ended or went on with the event: the owner in an owner's state, else the convenor, on
// whose behalf matters are ruled on and verified too; an ended matter is taken up again by its convenor. It is 0 for
// what the engine records beside the life cycle and passes nothing on: evidence, carrying over, linking, bringing in.
type Turn struct {
	ID   int64
	Step string
	Role string // TurnOwner, TurnConvenor or TurnVerifier; "" where Unit is 0
	Unit int64
	// At is when it happened: when it was recorded, or, where it was recorded on a later day, the beginning of the day on
	// which it happened; never before the event recorded before it, because a history is in the order of its records.
	At    time.Time
	On    string // the business date on which it happened
	To    string // the state after it …
	Class string // … and its class
	// Owner is the owner after it, 0 while nobody is named.
	Owner int64
}

// Trail is a matter with its turns. Of the matter the short columns are filled: no title, no fields, no marks.
type Trail struct {
	Matter Matter
	// Repeats is the number of the matter that it repeats, "" where there is none in the same history.
	Repeats string
	Def     *Definition
	Turns   []Turn
}

// History is the event history of the matters that somebody may read. Its list of matters does not change, so that
// reading it twice gives the same matters.
type History struct {
	s     *Service
	ids   []int64
	units map[int64]org.Unit
}

// Period narrows a history to matters opened from one day to another, YYYY-MM-DD and both included; "" is no bound.
type Period struct{ From, To string }

// History finds the matters whose history is wanted. Order, limit and offset of the filter mean nothing here.
func (s *Service) History(ctx context.Context, actor authz.Actor, f Filter, p Period, today calendar.Date) (*History, error) {
	w, err := s.where(ctx, actor, f, today)
	if err != nil {
		return nil, err
	}
	if p.From != "" {
		w.add("m.opened_on >= ?", p.From)
	}
	if p.To != "" {
		w.add("m.opened_on <= ?", p.To)
	}
	cond := w.String()
	if w.narrow {
		cond = w.plain()
	}
	ids, err := store.List(ctx, s.db, `SELECT m.id FROM matter m WHERE `+cond+` ORDER BY m.id`, w.args, func(rows *sql.Rows) (id int64, err error) {
		err = rows.Scan(&id)
		return id, err
	})
	return &History{s, ids, map[int64]org.Unit{0: {}}}, err
}

// Len is the number of matters.
func (h *History) Len() int { return len(h.ids) }

// Unit gives a unit that a trail read so far names; the zero Unit for 0 and for what is unknown.
func (h *History) Unit(id int64) org.Unit { return h.units[id] }

// Trails reads the matters in the order of their keys, 200 at a time; between them nothing stays open.
func (h *History) Trails(ctx context.Context) iter.Seq2[Trail, error] {
	return func(yield func(Trail, error) bool) {
		for part := range slices.Chunk(h.ids, listBatch) {
			trails, err := h.batch(ctx, part)
			if err != nil {
				yield(Trail{}, err)
				return
			}
			for _, t := range trails {
				if !yield(t, nil) {
					return
				}
			}
		}
	}
}

func (h *History) batch(ctx context.Context, ids []int64) ([]Trail, error) {
	trails, err := h.matters(ctx, ids)
	if err != nil {
		return nil, err
	}
	at := make(map[int64]int, len(trails))
	for i, t := range trails {
		at[t.Matter.ID] = i
		d, err := h.s.types.At(ctx, h.s.db, t.Matter.Type, t.Matter.TypeVersion)
		if err != nil {
			return nil, err
		}
		trails[i].Def = d.Whole()
	}
	w := &where{}
	in(w, "matter_id", ids)
	events := make([][]Event, len(trails))
	err = store.Each(ctx, h.s.db, `SELECT id, matter_id, step, from_state, to_state, happened_on, recorded_at, changes FROM matter_event WHERE `+w.String()+` ORDER BY id`,
		w.args, func(rows *sql.Rows) error {
			var e Event
			var changes string
			err := rows.Scan(&e.ID, &e.Matter, &e.Step, &e.From, &e.To, &e.On, &e.At, &changes)
			if err == nil && changes != "null" {
				err = json.Unmarshal([]byte(changes), &e.Changes)
			}
			i := at[e.Matter]
			events[i] = append(events[i], e)
			return err
		})
	if err != nil {
		return nil, err
	}
	for i := range trails {
		trails[i].Turns = turns(trails[i].Matter, trails[i].Def, events[i], h.s.cal)
	}
	return trails, h.name(ctx, trails)
}

// matters reads the short columns of matters; what is no more is left out.
func (h *History) matters(ctx context.Context, ids []int64) ([]Trail, error) {
	w := &where{}
	in(w, "id", ids)
	return store.List(ctx, h.s.db, `SELECT id, type, type_version, number, state, state_class, unit_id, unit_path, convenor_id, convenor_path, requester_id,
		common, repeat_of, COALESCE((SELECT r.number FROM matter r WHERE r.id = matter.repeat_of), ''), due_on, target_on, opened_on, closed_on, reopened
		FROM matter WHERE `+w.String()+` ORDER BY id`, w.args, func(rows *sql.Rows) (t Trail, err error) {
		m, common := &t.Matter, 0
		err = rows.Scan(&m.ID, &m.Type, &m.TypeVersion, &m.Number, &m.State, &m.Class, &m.Owner.ID, &m.Owner.Path, &m.Convenor.ID, &m.Convenor.Path, &m.Requester.ID,
			&common, &m.RepeatOf, &t.Repeats, &m.Due, &m.Target, &m.Opened, &m.Closed, &m.Reopened)
		m.Common = common == 1
		if _, here := slices.BinarySearch(h.ids, m.RepeatOf); !here {
			t.Repeats = ""
		}
		return t, err
	})
}

// name looks up the units that trails name for the first time.
func (h *History) name(ctx context.Context, trails []Trail) error {
	var unknown []int64
	note := func(id int64) {
		if _, known := h.units[id]; !known {
			h.units[id] = org.Unit{ID: id}
			unknown = append(unknown, id)
		}
	}
	for _, t := range trails {
		note(t.Matter.Owner.ID)
		note(t.Matter.Convenor.ID)
		for _, turn := range t.Turns {
			note(turn.Unit)
			note(turn.Owner)
		}
	}
	found, err := org.UnitsByID(ctx, h.s.db, unknown)
	for id, u := range found {
		h.units[id] = u
	}
	return err
}

// passesNothing are the events that the engine records beside the life cycle.
var passesNothing = map[string]bool{StepEvidence: true, StepCarry: true, StepRepeat: true, StepImport: true, StepRemind: true, StepEscalate: true,
	StepLink: true, StepUnlink: true, StepRedate: true, StepRecur: true}

// turns finds out whose turn it was at every event. Owner and convenor are followed backwards from those of today, since
// an event holds what it changed.
func turns(m Matter, d *Definition, events []Event, cal *calendar.Calendar) []Turn {
	out := make([]Turn, len(events))
	owner, convenor, requester := m.Owner.ID, m.Convenor.ID, m.Requester.ID
	for i := len(events) - 1; i >= 0; i-- {
		e := events[i]
		t := Turn{ID: e.ID, Step: e.Step, On: e.On, To: e.To, Owner: owner}
		if st, ok := d.State(e.To); ok {
			t.Class = st.Class
		}
		owner, convenor, requester = before(e, "owner", owner), before(e, "convenor", convenor), before(e, "requester", requester)
		if !passesNothing[e.Step] {
			t.Role, t.Unit = holder(d, e, owner, convenor, requester)
		}
		out[i] = t
	}
	var last time.Time
	for i, e := range events {
		if last = happenedAt(e, cal, last); !last.IsZero() {
			out[i].At = last
		}
	}
	return out
}

// before is who stood in a place before an event.
func before(e Event, field string, after int64) int64 {
	for _, c := range e.Changes {
		if c.Field == field {
			was, _ := strconv.ParseInt(c.From, 10, 64)
			return was
		}
	}
	return after
}

func holder(d *Definition, e Event, owner, convenor, requester int64) (role string, unit int64) {
	st, _ := d.State(e.From)
	switch {
	case st.Class == TurnOwner && owner != 0:
		return TurnOwner, owner
	case st.Class == TurnVerifier:
		return TurnVerifier, convenor
	case st.Class == TurnRequester && requester != 0:
		return TurnRequester, requester
	}
	return TurnConvenor, convenor
}

func happenedAt(e Event, cal *calendar.Calendar, last time.Time) time.Time {
	at := time.UnixMicro(e.At)
	if day, err := calendar.ParseDate(e.On); err == nil && cal.Today(at) != day {
		at = day.Start(cal.Location())
	}
	if at.Before(last) {
		return last
	}
	return at
}

// Right says of a matter that ended as done whether it came through without being sent back: no step that returns or
// reopens it was ever taken. counts is false for every other matter.
func (t Trail) Right() (right, counts bool) {
	if t.Matter.Class != Done {
		return false, false
	}
	return !t.took(EffectReturn) && !t.took(EffectReopen), true
}

func (t Trail) took(effect string) bool {
	for _, turn := range t.Turns {
		if step, _ := t.Def.Step(turn.Step); step.Has(effect) {
			return true
		}
	}
	return false
}

// LastDay says of a matter that was declared done, and had a date by which it must be, whether that happened on the last
// day: the date itself, or the last working day before it and the free days between. The declaration that counts is
// the last one. counts is false for every other matter.
func (t Trail) LastDay(cal *calendar.Calendar) (last, counts bool) {
	target, err := calendar.ParseDate(t.Matter.Target)
	if err != nil {
		return false, false
	}
	for _, turn := range slices.Backward(t.Turns) {
		if step, _ := t.Def.Step(turn.Step); !step.Has(EffectDeclare) {
			continue
		}
		on, err := calendar.ParseDate(turn.On)
		if err != nil {
			return false, false
		}
		return !on.After(target) && !on.Before(cal.OnOrBefore(target)), true
	}
	return false, false
}

// SentBack counts the steps that sent a matter back to where it came from: that dispute, return or reopen it. Approval
// and verification in the course of a matter's life take it to the convenor and back too, but send nothing back.
func (t Trail) SentBack() int {
	n := 0
	for _, turn := range t.Turns {
		n += flag(t.sendsBack(turn))
	}
	return n
}

func (t Trail) sendsBack(turn Turn) bool {
	step, _ := t.Def.Step(turn.Step)
	return step.Has(EffectDispute) || step.Has(EffectReturn) || step.Has(EffectReopen)
}

// Owners are the units that the matter had to act, one after the other, equal neighbours once.
func (t Trail) Owners() []int64 {
	var out []int64
	for _, turn := range t.Turns {
		if turn.Owner != 0 && (len(out) == 0 || out[len(out)-1] != turn.Owner) {
			out = append(out, turn.Owner)
		}
	}
	return out
}

// CameRound says whether the matter came back to an owner that had been rid of it.
func (t Trail) CameRound() bool {
	owners := t.Owners()
	return len(distinct(owners)) < len(owners)
}

// Passed is one handover of a matter: from a unit whose turn ended to the one whose turn came next. Back says that the
// step which did it sent the matter back.
type Passed struct {
	From int64
	To   int64
	Back bool
}

// Passed lists the handovers of the matter, by the definition of the room flow: units of turns, one after the other.
func (t Trail) Passed() []Passed {
	var out []Passed
	var last Turn
	for _, turn := range t.Turns {
		if turn.Unit == 0 {
			continue
		}
		if last.Unit != 0 && last.Unit != turn.Unit {
			out = append(out, Passed{last.Unit, turn.Unit, t.sendsBack(last)})
		}
		last = turn
	}
	return out
}

// Matters gives whole matters of the history, in the order of the keys asked for.
func (h *History) Matters(ctx context.Context, ids []int64) ([]Matter, error) {
	var mine []int64
	for _, id := range ids {
		if _, here := slices.BinarySearch(h.ids, id); here {
			mine = append(mine, id)
		}
	}
	out := make([]Matter, 0, len(mine))
	for part := range slices.Chunk(mine, listBatch) {
		ms, err := mattersByID(ctx, h.s.db, part)
		if err != nil {
			return nil, err
		}
		out = append(out, ms...)
	}
	return out, nil
}
