package ledger

import (
	"context"
	"strings"
	"time"

	"plumbline/internal/audit"
	"plumbline/internal/authz"
	"plumbline/internal/calendar"
	"plumbline/internal/fault"
	"plumbline/internal/gate"
	"plumbline/internal/org"
	"plumbline/internal/pack"
	"plumbline/internal/store"
)

// Service is the verbs and reads of ledgers. It is safe for use by many goroutines.
type Service struct {
	gate    *gate.Gate
	db      store.Reader
	files   Files
	types   *Types
	cal     *calendar.Calendar
	reports map[string]bool // kinds of posts whose holder answers for the unit
	// deputies are the kinds of posts that stand in for those while they are vacant
	deputies map[string]bool
	// Dates gives what a cycle has set for matters that come from its meeting: the date, YYYY-MM-DD, by the id of a clock
	// or of a date field, and that of the look-back by EffectLookBack. It may be nil, and is set before the first request.
	Dates func(ctx context.Context, r store.Reader, cycle int64) (map[string]string, error)
	// Accounts finds whom to tell of reminders and escalations. It is set before the first sweep.
	Accounts Accounts
	// few is how many matters are looked at and sorted rather than met in order, see way.go.
	few int
}

// New makes the service. posts are the pack's kinds of posts; whoever holds one that reports for its unit answers for
// the unit's matters.
func New(g *gate.Gate, db store.Reader, files Files, types *Types, cal *calendar.Calendar, posts []pack.Kind) *Service {
	s := &Service{gate: g, db: db, files: files, types: types, cal: cal, reports: map[string]bool{}, deputies: map[string]bool{}, few: fewEnough}
	for _, k := range posts {
		s.reports[k.ID] = k.Reports
		if k.Reports && k.Deputy != "" {
			s.deputies[k.Deputy] = true
		}
	}
	return s
}

// Types are the ledgers in force.
func (s *Service) Types() *Types { return s.types }

// Today is the business date of an instant.
func (s *Service) Today(now time.Time) calendar.Date { return s.cal.Today(now) }

// Calendar is the working-day calendar that matters run on.
func (s *Service) Calendar() *calendar.Calendar { return s.cal }

func (s *Service) todayIn(tx *store.Tx) calendar.Date { return s.cal.Today(time.UnixMicro(tx.Now)) }

// calendarAt is the calendar by which a unit works; matters run on that of their owner, or of their convenor while they
// have none.
func (s *Service) calendarAt(ctx context.Context, r store.Reader, at authz.Unit) (*calendar.Calendar, error) {
	return org.CalendarAt(ctx, r, s.cal, at)
}

// CalendarOf is the calendar that a matter runs on.
func (s *Service) CalendarOf(ctx context.Context, m Matter) (*calendar.Calendar, error) {
	return s.calendarAt(ctx, s.db, m.Place())
}

func who(a authz.Actor) Who { return Who{Account: a.Account, Person: a.Person} }

// In is a step as a form hands it in. Values are raw texts: of references "#" and an id, or the code, number or name
// that a person would type. Owner is the unit that a step with the effect "assign" names. On is when it happened; ""
// is today. Early is why a look-back is taken before it is due. Version is that of the matter which the form showed.
type In struct {
	Step     string
	Version  int
	Values   Values
	Note     string
	Early    string
	Owner    int64
	On       string
	Evidence []Piece
}

// Take takes a step of a matter. The right is the step's own, asked at the matter's owner, convenor or requester. A matter that
// somebody else has changed since comes back as a Stale fault whose Current is the Matter as it stands.
func (s *Service) Take(ctx context.Context, actor authz.Actor, id int64, in In) error {
	m, d, err := s.find(ctx, actor, id)
	if err != nil {
		return err
	}
	t, ok := d.Step(in.Step)
	if !ok {
		return fault.Missing()
	}
	return s.gate.Do(ctx, actor, t.Action, gate.Subject{Kind: "matter", ID: id, Unit: t.place(m)}, func(tx *store.Tx) (audit.Detail, error) {
		return s.step(ctx, tx, actor, id, in)
	})
}

// place is the unit at which the step's right is asked.
func (t Transition) place(m Matter) authz.Unit {
	switch t.Where() {
	case AtOwner:
		return m.Owner
	case AtRequester:
		return m.Requester
	}
	return m.Convenor
}

// StepTx takes a step inside another room's transaction, as part of what that room's verb was allowed to do: the right
// is not asked again, every other rule holds. in.Version 0 means "whatever version stands there".
func (s *Service) StepTx(ctx context.Context, tx *store.Tx, actor authz.Actor, id int64, in In) error {
	_, err := s.step(ctx, tx, actor, id, in)
	return err
}

// step takes a step and everything that follows from it. behind are the matters whose steps drive this one.
func (s *Service) step(ctx context.Context, tx *store.Tx, actor authz.Actor, id int64, in In, behind ...int64) (audit.Detail, error) {
	was, err := matterByID(ctx, tx, id)
	if err != nil {
		return audit.Detail{}, err
	}
	if in.Version != 0 && in.Version != was.Version {
		return audit.Detail{}, fault.Outdated(was)
	}
	d, err := s.types.At(ctx, tx, was.Type, was.TypeVersion)
	if err != nil {
		return audit.Detail{}, err
	}
	if err := checkPieces(in.Evidence, s.todayIn(tx)); err != nil {
		return audit.Detail{}, err
	}
	taken, err := s.taken(ctx, tx, d, was, in)
	if err != nil {
		return audit.Detail{}, err
	}
	doers, err := doersOf(ctx, tx, id)
	if err != nil {
		return audit.Detail{}, err
	}
	today := s.todayIn(tx)
	place := was
	if taken.Owner != nil {
		place.Owner = taken.Owner.Owner
	}
	cal, err := s.calendarAt(ctx, tx, place.Place())
	if err != nil {
		return audit.Detail{}, err
	}
	t, _ := d.Step(in.Step)
	if taken.Linked, err = s.linkedTo(ctx, tx, t, id); err != nil {
		return audit.Detail{}, err
	}
	m, changes, err := d.Take(was, taken, who(actor), doers, today, cal)
	if err != nil {
		return audit.Detail{}, err
	}
	on, err := happened(in.On, was.Opened, today)
	if err != nil {
		return audit.Detail{}, err
	}
	e := Event{Matter: id, Step: t.ID, From: was.State, To: m.State, Who: who(actor), Name: actor.Name, On: on, Note: strings.TrimSpace(in.Note), Changes: changes}
	// Evidence makes its bringer a doer, except where a judge brings what was seen.
	part := t.Does() || (len(in.Evidence) > 0 && !t.Judges())
	if err := s.record(ctx, tx, was, &m, &e, part, in.Evidence); err != nil {
		return audit.Detail{}, err
	}
	if was.State != m.State {
		if err := s.tellFollowers(ctx, tx, actor, m, t.ID); err != nil {
			return audit.Detail{}, err
		}
	}
	if was.Owner.ID != m.Owner.ID {
		err = insertHolder(ctx, tx, Holder{Matter: id, Cycle: m.Origin.Cycle, Post: m.Post, Person: m.Person, From: today.String()})
		if err != nil {
			return audit.Detail{}, err
		}
	}
	detail := logged(was, m, e)
	also, err := s.follows(ctx, tx, actor, d, t, was, m, e.Note, behind)
	detail.Also = append(detail.Also, also...)
	return detail, err
}

// follows does what a step does beside its own matter: links that its fields hold, matters that it makes, steps that it
// drives. It gives the things concerned, for the log.
func (s *Service) follows(ctx context.Context, tx *store.Tx, actor authz.Actor, d *Definition, t Transition, was, m Matter, note string, behind []int64) ([]audit.Subject, error) {
	if err := s.feed(ctx, tx, actor, d, was, m); err != nil {
		return nil, err
	}
	made, err := s.spawn(ctx, tx, actor, d, t, m)
	if err != nil {
		return nil, err
	}
	moved, err := s.drive(ctx, tx, actor, t, m, note, behind)
	return append(made, moved...), err
}

// happened checks the date on which a step happened: between the matter's beginning and today.
func happened(on, opened string, today calendar.Date) (string, error) {
	if on == "" {
		return today.String(), nil
	}
	day, err := calendar.ParseDate(on)
	if err != nil || day.After(today) || on < opened {
		var form fault.Form
		form.Add("on", "fault.ledger.happened", "From", opened, "To", today.String())
		return "", form.Err()
	}
	return on, nil
}

// record writes the matter, its event and the evidence, and keeps what is counted of it.
func (s *Service) record(ctx context.Context, tx *store.Tx, was Matter, m *Matter, e *Event, part bool, evidence []Piece) error {
	if err := updateMatter(ctx, tx, was, m); err != nil {
		return err
	}
	if err := insertEvent(ctx, tx, e, part); err != nil {
		return err
	}
	for _, p := range evidence {
		if err := insertFile(ctx, tx, p.file(*m, *e)); err != nil {
			return err
		}
	}
	return s.keepStep(ctx, tx, was, *m, *e)
}

// logged is what the log says of an event.
func logged(was, m Matter, e Event) audit.Detail {
	d := audit.Detail{ID: m.ID, Note: map[string]string{"step": e.Step, "number": m.Number}, Also: alsoOf(m)}
	if was.State != m.State {
		d.Changes = append(d.Changes, audit.Change{Field: "state", From: was.State, To: m.State})
	}
	for _, c := range e.Changes {
		d.Changes = append(d.Changes, audit.Change{Field: c.Field, From: c.From, To: c.To})
	}
	if e.Note != "" {
		d.Changes = append(d.Changes, audit.Change{Field: "note", To: e.Note})
	}
	return d
}

func alsoOf(m Matter) []audit.Subject {
	var out []audit.Subject
	if m.Owner.ID != 0 {
		out = append(out, audit.Subject{Kind: "unit", ID: m.Owner.ID})
	}
	return out
}

// taken resolves what a form typed.
func (s *Service) taken(ctx context.Context, tx *store.Tx, d *Definition, m Matter, in In) (Taken, error) {
	values, err := s.resolve(ctx, tx, d, m, in.Values)
	if err != nil {
		return Taken{}, err
	}
	out := Taken{Step: in.Step, Values: values, Note: in.Note, Early: in.Early, Evidence: len(in.Evidence), At: tx.Now}
	if in.Owner != 0 {
		u, err := org.UnitByID(ctx, tx, in.Owner)
		if err != nil {
			return Taken{}, err
		}
		to := Matter{Owner: u.Place()}
		if to.Post, to.Person, err = s.holderOf(ctx, tx, u.ID, s.todayIn(tx).String()); err != nil {
			return Taken{}, err
		}
		out.Owner = &to
	}
	return out, nil
}

// holderOf finds the post that answers for a unit, and who holds it on a date; 0, 0 where there is none.
func (s *Service) holderOf(ctx context.Context, r store.Reader, unit int64, date string) (post, person int64, err error) {
	holders, err := org.HoldersAt(ctx, r, unit, date)
	for _, h := range holders {
		if s.reports[h.Post.Kind] {
			return h.Post.ID, h.Person.ID, nil
		}
	}
	return 0, 0, err
}

// find gives a matter that the actor may read, with the definition that it was born under.
func (s *Service) find(ctx context.Context, actor authz.Actor, id int64) (Matter, *Definition, error) {
	m, err := s.Find(ctx, actor, id)
	if err != nil {
		return m, nil, err
	}
	d, err := s.types.At(ctx, s.db, m.Type, m.TypeVersion)
	return m, d, err
}
