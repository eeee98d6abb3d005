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
	Type     string  // a type's id; "" is the type that takes findings
	Convenor int64   // the unit that registers it, approves and rules
	Unit     int64   // the unit that has to act; 0 while nobody is named
	Units    []int64 // of a common matter: every unit that has its share; then Unit may be 0
	Common   bool
	Fields   map[string]string // what the type's "register" asks for; references as in In.Values
	Origin   Origin
	On       string         // when it came up, "" is today; the clocks count from here
	Days     map[string]int // days of clocks and of date defaults where the plan differs from the definition
	Repeat   int64          // the earlier matter that this one repeats; NoRepeat: none; 0: look for one
}

// NoRepeat in a Draft says that somebody has looked and the matter repeats nothing.
const NoRepeat = -1

// Register registers a matter for the actor, who needs the right at the convenor. It gives the first matter's key.
func (s *Service) Register(ctx context.Context, actor authz.Actor, in Draft) (id int64, err error) {
	convenor, err := org.UnitByID(ctx, s.db, in.Convenor)
	if err != nil {
		return 0, err
	}
	on := gate.Subject{Kind: "matter", Unit: convenor.Place()}
	err = s.gate.Do(ctx, actor, authz.LedgerRegister, on, func(tx *store.Tx) (audit.Detail, error) {
		made, err := s.register(ctx, tx, actor, in)
		if err != nil {
			return audit.Detail{}, err
		}
		id = made[0].ID
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
	d := s.types.Current(in.Type)
	if in.Type == "" {
		d = s.types.For("finding")
	}
	if d == nil {
		return nil, fault.Bad("fault.ledger.no_type", "Type", in.Type)
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
	m, err := s.newborn(ctx, tx, d, in, unit)
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
	return m, insertHolder(ctx, tx, Holder{Matter: m.ID, Cycle: m.Origin.Cycle, Post: m.Post, Person: m.Person, From: m.Opened})
}

// newborn checks a draft and makes the matter of it that one unit gets.
func (s *Service) newborn(ctx context.Context, tx *store.Tx, d *Definition, in Draft, unit int64) (Matter, error) {
	today := s.todayIn(tx)
	m := Matter{Type: d.ID, State: d.Start, Common: in.Common || len(in.Units) > 1, Origin: in.Origin, Values: Values{}}
	st, _ := d.State(d.Start)
	m.Class = st.Class
	var err error
	if m.Opened, err = happened(in.On, "", today); err != nil {
		return m, err
	}
	m.Marks = Marks{On: map[string]string{"enter": m.Opened}}
	if m.Marks.Days, err = s.days(ctx, tx, in, m.Opened); err != nil {
		return m, err
	}
	convenor, err := org.UnitByID(ctx, tx, in.Convenor)
	if err != nil {
		return m, err
	}
	m.Convenor = convenor.Place()
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
	values, err := s.resolve(ctx, tx, d, m, Texts(in.Fields))
	if err != nil {
		return m, err
	}
	var form fault.Form
	d.fill(&m, d.Register, values, today, s.cal, &form)
	d.settle(&m, s.cal)
	return m, form.Err()
}

// days are the lengths of a new matter's clocks where they differ from the definition: what the draft says, else what
// the cycle has set for what comes from its meeting.
func (s *Service) days(ctx context.Context, r store.Reader, in Draft, opened string) (map[string]int, error) {
	if in.Days != nil || s.Dates == nil || in.Origin.Meeting == 0 {
		return in.Days, nil
	}
	dates, err := s.Dates(ctx, r, in.Origin.Cycle)
	out := map[string]int{}
	for id, date := range dates {
		if n := mustDate(opened).DaysUntil(mustDate(date)); !mustDate(date).IsZero() && n > 0 {
			out[id] = n
		}
	}
	return out, err
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
		in := Draft{Type: first.Type, Convenor: first.Convenor.ID, Common: true, Fields: map[string]string{}, Origin: first.Origin, On: first.Opened, Days: first.Marks.Days}
		for _, a := range d.Register {
			in.Fields[a.Field] = first.Values[a.Field].Text
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
