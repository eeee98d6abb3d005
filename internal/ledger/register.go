package ledger

import (
	"context"
	"database/sql"
	"sort"

	"plumbline/internal/audit"
	"plumbline/internal/authz"
	"plumbline/internal/calendar"
	"plumbline/internal/fault"
	"plumbline/internal/gate"
	"plumbline/internal/org"
	"plumbline/internal/store"
)

// Draft is a matter to be registered.
type Draft struct {
	Type string // a type's id; "" is the type that takes findings
	// Convenor is the unit that approves and rules. Where a unit registers from its own side Register finds it.
	Convenor int64
	Unit     int64 // the unit that has to act; 0 while nobody is named
	// Requester is the unit that asked, in a ledger that has requesters; 0 is the convenor.
	Requester int64
	Units     []int64 // of a common matter: every unit that has its share; then Unit may be 0
	Common    bool
	Fields    map[string]string // what the type's "register" asks for; references as in In.Values
	Tables    map[string][][]string
	Origin    Origin
	On        string         // when it came up, "" is today; the clocks count from here
	Days      map[string]int // days of clocks and of date defaults where the plan differs from the definition
	// From is the matter that this one is registered from, 0 if none, and Link the kind of link that leads back to it.
	From   int64
	Link   string
	Repeat int64 // the earlier matter that this one repeats; NoRepeat: none; 0: look for one
}

// NoRepeat in a Draft says that somebody has looked and the matter repeats nothing.
const NoRepeat = -1

// values are the draft's fields.
func (in Draft) values() Values {
	v := Texts(in.Fields)
	for id, rows := range in.Tables {
		v[id] = Value{Rows: rows}
	}
	return v
}

// Register registers a matter for the actor, who needs the type's right: at the convenor, or at the unit that registers
// from its own side. It gives the first matter's key.
func (s *Service) Register(ctx context.Context, actor authz.Actor, in Draft) (id int64, err error) {
	d, err := s.typeOf(in)
	if err != nil {
		return 0, err
	}
	at, err := s.side(ctx, d, &in)
	if err != nil {
		return 0, err
	}
	err = s.gate.Do(ctx, actor, d.RegisteredBy(), gate.Subject{Kind: "matter", Unit: at}, func(tx *store.Tx) (audit.Detail, error) {
		made, err := s.register(ctx, tx, actor, in)
		if err != nil {
			return audit.Detail{}, err
		}
		id = made[0].ID
		if d.Held.Answer(made[0].Values) == HeldOpen { // somebody is there to be asked
			var form fault.Form
			form.Add(d.Held.Choice, "fault.ledger.held_choose")
			return audit.Detail{}, form.Err()
		}
		for _, m := range made {
			if err := follow(ctx, tx, m.ID, actor.Account); err != nil {
				return audit.Detail{}, err
			}
		}
		d := audit.Detail{ID: id, Note: map[string]string{"step": StepRegister, "number": made[0].Number}, Also: alsoOf(made[0]),
			Changes: []audit.Change{{Field: "title", To: made[0].Title}}}
		for _, m := range made[1:] {
			d.Also = append(append(d.Also, audit.Subject{Kind: "matter", ID: m.ID}), alsoOf(m)...)
		}
		return d, nil
	})
	return id, err
}

// RegisterTx registers a matter inside another room's transaction, as part of what that room's verb was allowed to
// do. A common matter with several units becomes one matter for each, tied together; the key is the first one's. A
// matter of the same unit from an earlier cycle that reads alike is linked as repeated.
func (s *Service) RegisterTx(ctx context.Context, tx *store.Tx, actor authz.Actor, in Draft) (int64, error) {
	made, err := s.register(ctx, tx, actor, in)
	if err != nil {
		return 0, err
	}
	return made[0].ID, nil
}

// RegisterAllTx is RegisterTx for callers that want every matter made, in the order of the draft's units.
func (s *Service) RegisterAllTx(ctx context.Context, tx *store.Tx, actor authz.Actor, in Draft) ([]Matter, error) {
	return s.register(ctx, tx, actor, in)
}

func (s *Service) register(ctx context.Context, tx *store.Tx, actor authz.Actor, in Draft) ([]Matter, error) {
	d, err := s.typeOf(in)
	if err != nil {
		return nil, err
	}
	units := in.Units
	if len(units) == 0 {
		units = []int64{in.Unit}
	}
	var made []Matter
	for _, unit := range units {
		var group int64
		if len(made) > 0 {
			group = made[0].ID
		}
		m, err := s.registerOne(ctx, tx, actor, d, in, unit, group)
		if err != nil {
			return nil, err
		}
		made = append(made, m)
	}
	if len(made) > 1 {
		return made, s.tie(ctx, tx, &made[0])
	}
	return made, nil
}

// tie makes a matter the first of its group.
func (s *Service) tie(ctx context.Context, tx *store.Tx, m *Matter) error {
	was := *m
	m.Group, m.Common = m.ID, true
	return updateMatter(ctx, tx, was, m)
}

func (s *Service) registerOne(ctx context.Context, tx *store.Tx, actor authz.Actor, d *Definition, in Draft, unit, group int64) (Matter, error) {
	m, err := s.newborn(ctx, tx, actor, d, in, unit)
	if err != nil {
		return m, err
	}
	m.Group = group
	if m.TypeVersion, err = s.types.keep(ctx, tx, d); err != nil {
		return m, err
	}
	opened, _ := calendar.ParseDate(m.Opened)
	if m.Number, err = nextNumber(ctx, tx, d, opened.Year()); err != nil {
		return m, err
	}
	if m.RepeatOf, err = s.repeats(ctx, tx, d, m, in.Repeat); err != nil {
		return m, err
	}
	if err := insertMatter(ctx, tx, &m); err != nil {
		return m, err
	}
	e := Event{Matter: m.ID, Step: StepRegister, To: m.State, Who: who(actor), Name: actor.Name, On: m.Opened}
	if err := insertEvent(ctx, tx, &e, false); err != nil {
		return m, err
	}
	figures := keeping{}
	if err := s.keepBirth(ctx, tx, figures, m, []Event{e}); err != nil {
		return m, err
	}
	if err := figures.write(ctx, tx); err != nil {
		return m, err
	}
	if err := s.feed(ctx, tx, actor, d, Matter{}, m); err != nil {
		return m, err
	}
	if err := s.linkBorn(ctx, tx, actor, d, m, in); err != nil {
		return m, err
	}
	if err := follow(ctx, tx, m.ID, m.Asker); err != nil {
		return m, err
	}
	return m, insertHolder(ctx, tx, Holder{Matter: m.ID, Cycle: m.Origin.Cycle, Post: m.Post, Person: m.Person, From: m.Opened})
}

// linkBorn links a new matter to the one that it was registered from.
func (s *Service) linkBorn(ctx context.Context, tx *store.Tx, actor authz.Actor, d *Definition, m Matter, in Draft) error {
	if in.From == 0 {
		return nil
	}
	from, err := matterByID(ctx, tx, in.From)
	if err == nil && !s.mayRead(actor, from) {
		err = fault.Missing()
	}
	if err != nil {
		return err
	}
	if err := d.mayLink(m, from, in.Link); err != nil {
		return err
	}
	return insertLink(ctx, tx, actor, Link{From: m.ID, To: from.ID, Kind: in.Link})
}

// newborn checks a draft and makes the matter of it that one unit gets.
func (s *Service) newborn(ctx context.Context, tx *store.Tx, actor authz.Actor, d *Definition, in Draft, unit int64) (Matter, error) {
	today := s.todayIn(tx)
	m := Matter{Type: d.ID, State: d.Start, Common: in.Common || len(in.Units) > 1, Origin: in.Origin, Values: Values{}}
	st, _ := d.State(d.Start)
	m.Class = st.Class
	var err error
	if m.Opened, err = happened(in.On, "", today); err != nil {
		return m, err
	}
	m.Marks = d.born(m, today, tx.Now)
	if err := s.set(ctx, tx, &m, in); err != nil {
		return m, err
	}
	convenor, err := org.UnitByID(ctx, tx, in.Convenor)
	if err != nil {
		return m, err
	}
	m.Convenor = convenor.Place()
	if err := s.asked(ctx, tx, d, &m, in, actor); err != nil {
		return m, err
	}
	if unit != 0 {
		u, err := org.UnitByID(ctx, tx, unit)
		if err != nil {
			return m, err
		}
		m.Owner = u.Place()
		if m.Post, m.Person, err = s.holderOf(ctx, tx, unit, m.Opened); err != nil {
			return m, err
		}
	}
	values, err := s.resolve(ctx, tx, d, m, in.values())
	if err != nil {
		return m, err
	}
	var form fault.Form
	cal, err := s.calendarAt(ctx, tx, m.Place())
	if err != nil {
		return m, err
	}
	d.fill(&m, d.Register, values, false, today, cal, &form)
	if lacks := s.types.answer(d, &m); lacks != "" {
		form.Add(lacks, "fault.ledger.held_reason")
	}
	d.settle(&m, cal)
	return m, form.Err()
}

// set gives a matter what its cycle has set for what comes from its meeting: the lengths of its clocks where they differ
// from the definition, unless the draft says them, and the day of its look-back.
func (s *Service) set(ctx context.Context, r store.Reader, m *Matter, in Draft) error {
	m.Marks.Days = in.Days
	if s.Dates == nil || in.Origin.Meeting == 0 {
		return nil
	}
	dates, err := s.Dates(ctx, r, in.Origin.Cycle)
	if err != nil {
		return err
	}
	m.LookFrom = mustDate(dates[EffectLookBack]).String()
	if in.Days != nil {
		return nil
	}
	m.Marks.Days = map[string]int{}
	for id, date := range dates {
		if n := mustDate(m.Opened).DaysUntil(mustDate(date)); id != EffectLookBack && !mustDate(date).IsZero() && n > 0 {
			m.Marks.Days[id] = n
		}
	}
	return nil
}

// DatesSetTx is told that dates of a cycle were set by hand: the day of the look-back follows, for every matter that came
// from its meeting. Clocks that are running keep the length that they began with.
func (s *Service) DatesSetTx(ctx context.Context, tx *store.Tx, cycle int64) error {
	if s.Dates == nil {
		return nil
	}
	dates, err := s.Dates(ctx, tx, cycle)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `UPDATE matter SET look_from = $1 WHERE cycle_id = $2 AND meeting_id <> 0`, mustDate(dates[EffectLookBack]).String(), cycle)
	return err
}

// repeatReach is how far back a repeat is looked for, in days: last year's cycle, however the meetings fell.
const repeatReach = 800

// repeats says which earlier matter of its unit a new one repeats.
func (s *Service) repeats(ctx context.Context, r store.Reader, d *Definition, m Matter, said int64) (int64, error) {
	if said != 0 || m.Owner.ID == 0 {
		return max(said, 0), nil
	}
	found, err := s.AlikeBefore(ctx, r, d.ID, m.Owner.ID, m.Origin.Cycle, m.Opened, m.Values[d.Title].Text)
	if err != nil || len(found) == 0 {
		return 0, err
	}
	return found[0].Matter.ID, nil
}

// Alike is an earlier matter with how much it reads like another text, from RepeatFrom to 1.
type Alike struct {
	Matter Matter
	Alike  float64
}

// AlikeBefore lists the matters of a unit from before a date and of other cycles that read like the text, the most
// alike first. It reads without asking; the caller shows it to whoever may read the unit's matters.
func (s *Service) AlikeBefore(ctx context.Context, r store.Reader, kind string, unit, cycle int64, date, text string) ([]Alike, error) {
	d, day := s.types.Current(kind), mustDate(date)
	if d == nil || day.IsZero() {
		return nil, nil
	}
	mine, out := bigrams(text), []Alike{}
	err := store.Each(ctx, r, `SELECT `+matterColumns+` FROM matter m WHERE m.unit_id = $1 AND m.type = $2 AND m.cycle_id <> $3
		AND m.opened_on >= $4 AND m.opened_on < $5 AND m.state_class <> 'dropped' ORDER BY m.opened_on DESC, m.id DESC LIMIT 300`,
		[]any{unit, kind, cycle, day.AddDays(-repeatReach).String(), date}, func(rows *sql.Rows) error {
			m, err := scanMatter(rows)
			if like := dice(mine, bigrams(m.Values[d.Title].Text)); like >= RepeatFrom {
				out = append(out, Alike{m, like})
			}
			return err
		})
	sort.SliceStable(out, func(i, j int) bool { return out[i].Alike > out[j].Alike })
	return out, err
}

// mustDate is a stored business date; "no date" where it is none.
func mustDate(s string) calendar.Date {
	d, _ := calendar.ParseDate(s)
	return d
}

// SetRepeat links a matter to the earlier one that it repeats, or takes the link away (of = 0). The right is that of
// registering, at the convenor.
func (s *Service) SetRepeat(ctx context.Context, actor authz.Actor, id, of int64) error {
	m, err := s.Find(ctx, actor, id)
	if err != nil {
		return err
	}
	if of != 0 {
		other, err := s.Find(ctx, actor, of)
		if err != nil {
			return err
		}
		if other.Type != m.Type || of == id || other.Opened > m.Opened {
			return fault.Bad("fault.ledger.not_a_repeat")
		}
	}
	return s.amend(ctx, actor, authz.LedgerRegister, id, StepRepeat, func(tx *store.Tx, m *Matter) ([]Change, error) {
		c := changeOf("repeat_of", idValue(m.RepeatOf), idValue(of))
		m.RepeatOf = of
		return []Change{c}, nil
	})
}

// Share gives another unit its share of a common matter: a matter of its own with the same words and origin. The right
// is that of registering, at the convenor.
func (s *Service) Share(ctx context.Context, actor authz.Actor, id, unit int64) (made int64, err error) {
	m, d, err := s.find(ctx, actor, id)
	if err != nil {
		return 0, err
	}
	err = s.gate.Do(ctx, actor, authz.LedgerRegister, gate.Subject{Kind: "matter", ID: id, Unit: m.Convenor}, func(tx *store.Tx) (audit.Detail, error) {
		first, err := matterByID(ctx, tx, id)
		if err != nil {
			return audit.Detail{}, err
		}
		if first.Group == 0 {
			if err := s.tie(ctx, tx, &first); err != nil {
				return audit.Detail{}, err
			}
		}
		in := Draft{Type: first.Type, Convenor: first.Convenor.ID, Common: true, Fields: map[string]string{}, Origin: first.Origin, On: first.Opened, Days: first.Marks.Days,
			Requester: first.Requester.ID, Tables: map[string][][]string{}}
		for _, a := range d.Register {
			if v := first.Values[a.Field]; v.Rows != nil {
				in.Tables[a.Field] = v.Rows
			} else {
				in.Fields[a.Field] = v.Text
			}
		}
		share, err := s.registerOne(ctx, tx, actor, s.types.Current(first.Type), in, unit, first.Group)
		made = share.ID
		return audit.Detail{ID: made, Note: map[string]string{"step": StepRegister, "number": share.Number},
			Also: append(alsoOf(share), audit.Subject{Kind: "matter", ID: id})}, err
	})
	return made, err
}

// amend changes a matter outside its life cycle and records that.
func (s *Service) amend(ctx context.Context, actor authz.Actor, action authz.Action, id int64, step string, change func(tx *store.Tx, m *Matter) ([]Change, error)) error {
	m, err := s.Find(ctx, actor, id)
	if err != nil {
		return err
	}
	place := m.Convenor
	if action == authz.LedgerOwn {
		place = m.Owner
	}
	return s.gate.Do(ctx, actor, action, gate.Subject{Kind: "matter", ID: id, Unit: place}, func(tx *store.Tx) (audit.Detail, error) {
		was, err := matterByID(ctx, tx, id)
		if err != nil {
			return audit.Detail{}, err
		}
		m := was
		changes, err := change(tx, &m)
		if err != nil {
			return audit.Detail{}, err
		}
		e := Event{Matter: id, Step: step, From: was.State, To: m.State, Who: who(actor), Name: actor.Name, On: s.todayIn(tx).String(), Changes: changes}
		return logged(was, m, e), s.record(ctx, tx, was, &m, &e, false, nil)
	})
}
