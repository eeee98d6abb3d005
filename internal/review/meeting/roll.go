package meeting

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"
	"unicode/utf8"

	"plumbline/internal/audit"
	"plumbline/internal/authz"
	"plumbline/internal/fault"
	"plumbline/internal/org"
	"plumbline/internal/review/cycle"
	"plumbline/internal/review/plan"
	"plumbline/internal/store"
)

// Capacity is as what somebody is called to the meeting.
type Capacity string

// The capacities, in the order of the register.
const (
	Presider Capacity = "presider"
	Member   Capacity = "member"   // of the body that appraises
	Speaker  Capacity = "reporter" // reports, orally or in writing
	Observer Capacity = "observer" // of the level above
	Rater    Capacity = "rater"    // anybody else who appraises
	Guest    Capacity = "guest"
)

// Capacities lists them all.
var Capacities = []Capacity{Presider, Member, Observer, Speaker, Rater, Guest}

// Call is somebody called to the meeting. Person is 0 for a guest who is no person of the organisation: Name and Place
// then say who it is and from where. Class is the class of ballot, "" for none. Excuse is why somebody stays away.
type Call struct {
	ID       int64
	Meeting  int64
	Seq      int
	Person   int64
	Name     Name
	Unit     int64
	UnitName Name
	Post     int64
	PostName Name
	Place    string
	Capacity Capacity
	Class    string
	Excuse   string
	Version  int
}

// Roll is everybody called, with the times of presence.
type Roll struct {
	Calls []Call
	Marks map[int64][]Mark // by call
}

// Intervals are the times of presence of one of the called.
func (r Roll) Intervals(call int64) []Interval { return Intervals(r.Marks[call]) }

// Present counts who is there now.
func (r Roll) Present() int {
	n := 0
	for _, c := range r.Calls {
		if Present(r.Intervals(c.ID)) {
			n++
		}
	}
	return n
}

// Entitled counts, by class of ballot, the called who came at any time.
func (r Roll) Entitled() map[string]int {
	out := map[string]int{}
	for _, c := range r.Calls {
		if c.Class != "" && len(r.Marks[c.ID]) > 0 {
			out[c.Class]++
		}
	}
	return out
}

// ReadRoll gives the roll in the order of the register: by capacity, then as called. It asks no scope; only pages for
// who runs the meeting or takes part in it show it.
func ReadRoll(ctx context.Context, r store.Reader, meeting int64) (Roll, error) {
	out := Roll{Marks: map[int64][]Mark{}}
	var err error
	out.Calls, err = store.List(ctx, r, `SELECT c.id, c.meeting_id, c.seq, c.person_id, COALESCE(n.name, c.name), COALESCE(n.name_en, ''),
		c.unit_id, COALESCE(u.name, ''), COALESCE(u.name_en, ''), c.post_id, COALESCE(p.title, ''), COALESCE(p.title_en, ''),
		c.place, c.capacity, c.class, c.excuse, c.version
		FROM meeting_call c LEFT JOIN person n ON n.id = c.person_id LEFT JOIN unit u ON u.id = c.unit_id LEFT JOIN post p ON p.id = c.post_id
		WHERE c.meeting_id = $1 AND c.removed = 0 ORDER BY c.seq, c.id`, []any{meeting}, func(rows *sql.Rows) (c Call, err error) {
		err = rows.Scan(&c.ID, &c.Meeting, &c.Seq, &c.Person, &c.Name.Zh, &c.Name.En, &c.Unit, &c.UnitName.Zh, &c.UnitName.En,
			&c.Post, &c.PostName.Zh, &c.PostName.En, &c.Place, &c.Capacity, &c.Class, &c.Excuse, &c.Version)
		return c, err
	})
	if err != nil {
		return out, err
	}
	slices.SortStableFunc(out.Calls, func(a, b Call) int {
		return slices.Index(Capacities, a.Capacity) - slices.Index(Capacities, b.Capacity)
	})
	return out, readMarks(ctx, r, meeting, out.Marks)
}

func readMarks(ctx context.Context, r store.Reader, meeting int64, into map[int64][]Mark) error {
	return store.Each(ctx, r, `SELECT id, call_id, kind, at FROM meeting_attendance WHERE meeting_id = $1 AND void = 0 ORDER BY at, id`,
		[]any{meeting}, func(rows *sql.Rows) error {
			var m Mark
			err := rows.Scan(&m.ID, &m.Call, &m.Kind, &m.At)
			into[m.Call] = append(into[m.Call], m)
			return err
		})
}

func (s *Service) checkCall(ctx context.Context, m Meeting, capacity Capacity, class string, form *fault.Form) error {
	form.Check(slices.Contains(Capacities, capacity), "capacity", "fault.meeting.capacity")
	if class == "" {
		return nil
	}
	c, err := cycle.ByID(ctx, s.db, m.Cycle)
	if err != nil {
		return err
	}
	p, err := plan.ByID(ctx, s.db, c.Plan)
	if err != nil {
		return err
	}
	_, ok := p.Body.Class(class)
	form.Check(ok, "class", "fault.meeting.class")
	return nil
}

// CallIn is somebody to be called by hand: who is a person's code or name; a name that nobody in the organisation has
// is a guest from Place.
type CallIn struct {
	Who      string
	Place    string
	Capacity Capacity
	Class    string
}

// Call puts one person on the roll. A name that several people have is refused with their codes.
func (s *Service) Call(ctx context.Context, actor authz.Actor, meeting int64, in CallIn) error {
	m, err := ByID(ctx, s.db, meeting)
	if err != nil {
		return err
	}
	in.Who, in.Place = strings.TrimSpace(in.Who), strings.TrimSpace(in.Place)
	var form fault.Form
	form.Check(in.Who != "" && utf8.RuneCountInString(in.Who) <= 100, "who", "fault.meeting.who")
	form.Check(utf8.RuneCountInString(in.Place) <= 200, "place", "fault.meeting.place")
	if err := s.checkCall(ctx, m, in.Capacity, in.Class, &form); err != nil {
		return err
	}
	if err := form.Err(); err != nil {
		return err
	}
	return s.run(ctx, actor, meeting, func(tx *store.Tx, m Meeting) (audit.Detail, error) {
		d := note("called")
		c, err := findCalled(ctx, tx, m, in)
		if err != nil {
			return d, err
		}
		added, err := callTx(ctx, tx, m, c)
		if err == nil && !added {
			var form fault.Form
			form.Add("who", "fault.meeting.called")
			err = form.Err()
		}
		d.Changes = []audit.Change{{Field: "called", To: in.Who}, {Field: "capacity", To: string(in.Capacity)}, {Field: "class", To: in.Class}}
		return d, err
	})
}

func findCalled(ctx context.Context, r store.Reader, m Meeting, in CallIn) (Call, error) {
	c := Call{Capacity: in.Capacity, Class: in.Class, Place: in.Place}
	type match struct {
		id         int64
		code, name string
	}
	found, err := store.List(ctx, r, `SELECT id, code, name FROM person WHERE code = $1 OR name = $1 OR name_en = $1 ORDER BY code LIMIT 6`, []any{in.Who},
		func(rows *sql.Rows) (x match, err error) {
			err = rows.Scan(&x.id, &x.code, &x.name)
			return x, err
		})
	if err != nil {
		return c, err
	}
	for _, x := range found {
		if x.code == in.Who {
			found = []match{x}
			break
		}
	}
	switch len(found) {
	case 0:
		c.Name = Name{Zh: in.Who}
		return c, nil
	case 1:
		c.Person = found[0].id
		c.Unit, c.Post, err = placeOf(ctx, r, c.Person, m.Date)
		return c, err
	}
	var codes []string
	for _, x := range found {
		codes = append(codes, x.code)
	}
	var form fault.Form
	form.Add("who", "fault.meeting.several", "Codes", strings.Join(codes, ", "))
	return c, form.Err()
}

// placeOf is the first post that a person holds at a date.
func placeOf(ctx context.Context, r store.Reader, person int64, date string) (unit, post int64, err error) {
	posts, err := org.PostsOf(ctx, r, person, date)
	if err != nil || len(posts) == 0 {
		return 0, 0, err
	}
	return posts[0].Post.Unit, posts[0].Post.ID, nil
}

// callTx puts somebody on the roll; it says false for a person who stands there already.
func callTx(ctx context.Context, tx *store.Tx, m Meeting, c Call) (bool, error) {
	if c.Person != 0 {
		var id int64
		var removed int
		err := tx.QueryRow(ctx, `SELECT id, removed FROM meeting_call WHERE meeting_id = $1 AND person_id = $2`, m.ID, c.Person).Scan(&id, &removed)
		if err == nil && removed == 0 {
			return false, nil
		}
		if err == nil {
			_, err = tx.Exec(ctx, `UPDATE meeting_call SET removed = 0, capacity = $2, class = $3, version = version + 1 WHERE id = $1`, id, string(c.Capacity), c.Class)
			return true, err
		}
		if !errors.Is(err, sql.ErrNoRows) {
			return false, err
		}
		if c.Unit == 0 || c.Post == 0 {
			unit, post, err := placeOf(ctx, tx, c.Person, m.Date)
			if err != nil {
				return false, err
			}
			if c.Unit == 0 || unit == c.Unit {
				c.Unit, c.Post = unit, post
			}
		}
	}
	_, err := tx.Exec(ctx, `INSERT INTO meeting_call (meeting_id, seq, person_id, name, unit_id, post_id, place, capacity, class, excuse, removed, version)
		VALUES ($1, (SELECT COALESCE(MAX(seq), 0) + 1 FROM meeting_call WHERE meeting_id = $1), $2, $3, $4, $5, $6, $7, $8, '', 0, 1)`,
		m.ID, c.Person, c.Name.Zh, c.Unit, c.Post, c.Place, string(c.Capacity), c.Class)
	return err == nil, err
}

// callReporters calls whoever reports in the cycle and is not called yet.
func callReporters(ctx context.Context, tx *store.Tx, m Meeting) (int, error) {
	reporters, err := cycle.Reporters(ctx, tx, m.Cycle)
	if err != nil {
		return 0, err
	}
	n := 0
	for _, r := range reporters {
		if r.Person == 0 {
			continue
		}
		added, err := callTx(ctx, tx, m, Call{Person: r.Person, Unit: r.Unit, Post: r.Post, Capacity: Speaker})
		if err != nil {
			return n, err
		}
		if added {
			n++
		}
	}
	return n, nil
}

// CallEdit is what can be changed of somebody called.
type CallEdit struct {
	Version  int
	Capacity Capacity
	Class    string
	Excuse   string
}

// EditCall changes capacity, class and excuse.
func (s *Service) EditCall(ctx context.Context, actor authz.Actor, call int64, e CallEdit) error {
	return s.onCall(ctx, actor, call, func(tx *store.Tx, m Meeting, c Call) (audit.Detail, error) {
		d := note("call_edited")
		e.Excuse = strings.TrimSpace(e.Excuse)
		var form fault.Form
		form.Check(utf8.RuneCountInString(e.Excuse) <= 200, "excuse", "fault.meeting.excuse")
		if err := s.checkCall(ctx, m, e.Capacity, e.Class, &form); err != nil {
			return d, err
		}
		if err := form.Err(); err != nil {
			return d, err
		}
		ok, err := tx.Change(ctx, `UPDATE meeting_call SET capacity = $3, class = $4, excuse = $5, version = version + 1 WHERE id = $1 AND version = $2`,
			c.ID, e.Version, string(e.Capacity), e.Class, e.Excuse)
		if err == nil && !ok {
			err = fault.Outdated(c)
		}
		d.Note["call"] = key(c.ID)
		change(&d, "capacity", string(c.Capacity), string(e.Capacity))
		change(&d, "class", c.Class, e.Class)
		change(&d, "excuse", c.Excuse, e.Excuse)
		return d, err
	})
}

// Uncall takes somebody off the roll who has not come; whoever was there stays on it.
func (s *Service) Uncall(ctx context.Context, actor authz.Actor, call int64) error {
	return s.onCall(ctx, actor, call, func(tx *store.Tx, m Meeting, c Call) (audit.Detail, error) {
		roll, err := ReadRoll(ctx, tx, m.ID)
		if err != nil {
			return audit.Detail{}, err
		}
		if len(roll.Marks[call]) > 0 {
			return audit.Detail{}, fault.Bad("fault.meeting.was_there")
		}
		_, err = tx.Exec(ctx, `UPDATE meeting_call SET removed = 1, version = version + 1 WHERE id = $1`, call)
		d := note("uncalled")
		d.Note["call"] = key(call)
		return d, err
	})
}

// OfCall gives the meeting that somebody is called to, or NotFound. It asks no scope.
func OfCall(ctx context.Context, r store.Reader, call int64) (meeting int64, err error) {
	err = r.QueryRow(ctx, `SELECT meeting_id FROM meeting_call WHERE id = $1 AND removed = 0`, call).Scan(&meeting)
	if errors.Is(err, sql.ErrNoRows) {
		err = fault.Missing()
	}
	return meeting, err
}

// onCall runs a verb on one of the called.
func (s *Service) onCall(ctx context.Context, actor authz.Actor, call int64, do func(tx *store.Tx, m Meeting, c Call) (audit.Detail, error)) error {
	meeting, err := OfCall(ctx, s.db, call)
	if err != nil {
		return err
	}
	return s.run(ctx, actor, meeting, func(tx *store.Tx, m Meeting) (audit.Detail, error) {
		c := Call{ID: call, Meeting: meeting}
		err := tx.QueryRow(ctx, `SELECT person_id, capacity, class, excuse, version FROM meeting_call WHERE id = $1 AND removed = 0`, call).
			Scan(&c.Person, &c.Capacity, &c.Class, &c.Excuse, &c.Version)
		if errors.Is(err, sql.ErrNoRows) {
			err = fault.Missing()
		}
		if err != nil {
			return audit.Detail{}, err
		}
		d, err := do(tx, m, c)
		if c.Person != 0 {
			d.Also = append(d.Also, audit.Subject{Kind: "person", ID: c.Person})
		}
		return d, err
	})
}
