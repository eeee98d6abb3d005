package ledger

import (
	"context"
	"database/sql"
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"time"

	"plumbline/internal/calendar"
	"plumbline/internal/store"
)

// What happens to matters, as figures count it. A matter is opened once; the others are milestones of its history, and
// each may come again.
const (
	Opened      = "opened"
	EndInTime   = "in_time"  // ended as done, no later than the last day in time that it had
	EndLate     = "late"     // ended as done after that
	EndUndated  = "undated"  // ended as done, without a date by which it had to be
	EndNotDone  = "not_done" // ended as not done, whenever
	EndDropped  = "dropped"  // ruled to be no matter at all: no end in the sense of the others
	CameBack    = "reopened"
	ChangedHand = "handed" // another unit had to act from then on
)

// stayed is what figures call the time that matters spent in a state.
const stayed = "stayed"

// milestone is something of an entry of the history that figures count, with the day on which it counts: that of the
// matter's own column, when it was recorded.
type milestone struct {
	Event int64
	Kind  string
	Day   string
}

// entry is what figures need to know of an entry of a history. Ending is how it ended the matter, as it was found then:
// one of the kinds above, "" where it ended nothing or nobody noted it.
type entry struct {
	ID          int64
	Step        string
	From, To    string
	On          string
	At          int64
	Owner       [2]int64 // before and after, where it changed
	TypeVersion [2]int   // the same of the ledger's version
	Ending      string
}

// set reads what figures need of an entry's changes. It looks at the text first: most entries change other things.
func (e *entry) set(changes string) error {
	if !strings.Contains(changes, `"owner"`) && !strings.Contains(changes, `"`+ChangeVersion+`"`) {
		return nil
	}
	var list []Change
	if err := json.Unmarshal([]byte(changes), &list); err != nil {
		return err
	}
	for _, c := range list {
		switch c.Field {
		case "owner":
			e.Owner[0], _ = strconv.ParseInt(c.From, 10, 64)
			e.Owner[1], _ = strconv.ParseInt(c.To, 10, 64)
		case ChangeVersion:
			e.TypeVersion[0], _ = strconv.Atoi(c.From)
			e.TypeVersion[1], _ = strconv.Atoi(c.To)
		}
	}
	return nil
}

// counts is the day on which an entry counts: that on which it was recorded, as in the matter's own columns, and of what
// was registered or brought in that which was said.
func (e entry) counts(cal *calendar.Calendar) string {
	if e.Step == StepRegister || e.Step == StepImport {
		return e.On
	}
	return cal.Today(time.UnixMicro(e.At)).String()
}

// lived is what a matter contributes to the figures: its milestones, and how often what happened in which month.
type lived struct {
	milestones []milestone
	shares     map[share]int64
}

// share is what a figure of a unit and a ledger counts.
type share struct {
	What   string
	Month  string
	State  string // of what stayed: the state, and for how long
	Bucket int
}

// definitions gives the versions of a ledger.
type definitions func(kind string, version int) (*Definition, error)

// live reckons what a matter contributes, from its history alone, so that what is kept step by step and what is made anew
// are the same. Of m are read its ledger, the day on which it came up, and its target.
func live(m Matter, history []entry, defs definitions, cal *calendar.Calendar) (lived, error) {
	out := lived{shares: map[share]int64{{What: Opened, Month: month(m.Opened)}: 1}}
	version := m.TypeVersion
	for _, e := range history {
		if e.TypeVersion[0] != 0 {
			version = e.TypeVersion[0]
			break
		}
	}
	d, err := defs(m.Type, version)
	if err != nil {
		return out, err
	}
	var now, since time.Time // the moment reached, and when the present state was entered
	for _, e := range history {
		now = happenedAt(Event{At: e.At, On: e.On}, cal, now)
		from, _ := d.State(e.From)
		if e.TypeVersion[1] != 0 {
			if d, err = defs(m.Type, e.TypeVersion[1]); err != nil {
				return out, err
			}
		}
		to, _ := d.State(e.To)
		for _, kind := range e.kinds(from.Class, to.Class, m.Target, cal) {
			x := milestone{e.ID, kind, e.counts(cal)}
			out.milestones = append(out.milestones, x)
			out.shares[share{What: kind, Month: month(x.Day)}]++
		}
		if e.From == e.To {
			continue
		}
		if e.From != "" && !Ended(from.Class) {
			out.shares[share{stayed, month(e.counts(cal)), e.From, bucketOf(now.Sub(since))}]++
		}
		since = now
	}
	return out, nil
}

// kinds are the milestones of one entry, by the classes before and after it.
func (e entry) kinds(from, to, target string, cal *calendar.Calendar) (out []string) {
	switch {
	case from != "" && !Ended(from) && Ended(to):
		out = append(out, e.ending(to, target, cal))
	case Ended(from) && to != "" && !Ended(to):
		out = append(out, CameBack)
	}
	if e.Owner[0] != 0 && e.Owner[1] != 0 && e.Owner[0] != e.Owner[1] {
		out = append(out, ChangedHand)
	}
	return out
}

// ending is how an entry ended a matter. Where nobody noted it (the matter was brought in ended, or ended before this was
// noted), its target of today says it.
func (e entry) ending(class, target string, cal *calendar.Calendar) string {
	switch {
	case class == Dropped:
		return EndDropped
	case class == NotDone:
		return EndNotDone
	case e.Ending != "":
		return e.Ending
	case target == "":
		return EndUndated
	case e.counts(cal) > target:
		return EndLate
	}
	return EndInTime
}

// endingOf is how a matter ends that stands as it does at an instant: by its target, the date by which it must be done,
// and in ledgers that set none by the clock that runs.
func (s *Service) endingOf(m Matter, at int64) string {
	now := time.UnixMicro(at)
	late := m.Late(now, s.cal)
	if m.Target != "" {
		late = s.cal.Today(now).String() > m.Target
	}
	switch {
	case m.Target == "" && m.Due == "":
		return EndUndated
	case late:
		return EndLate
	}
	return EndInTime
}

// The scale of lengths of time: one bucket for what is under a minute, then eight for every doubling, so that the middle
// of a bucket is off by less than 4.5 per cent.
const perDoubling = 8

func bucketOf(d time.Duration) int {
	minutes := d.Minutes()
	if minutes < 1 {
		return 0
	}
	return 1 + int(perDoubling*math.Log2(minutes))
}

// lengthOf is the middle of a bucket, as ratios go.
func lengthOf(bucket int) time.Duration {
	if bucket == 0 {
		return 0
	}
	return time.Duration(math.Exp2((float64(bucket)-0.5)/perDoubling) * float64(time.Minute))
}

// entriesOf reads the history of a matter as figures need it.
func entriesOf(ctx context.Context, r store.Reader, id int64) ([]entry, error) {
	return store.List(ctx, r, `SELECT e.id, e.step, e.from_state, e.to_state, e.happened_on, e.recorded_at, e.changes, COALESCE(x.kind, '')
		FROM matter_event e LEFT JOIN matter_milestone x ON x.event_id = e.id AND x.kind IN ('in_time', 'late', 'undated')
		WHERE e.matter_id = $1 ORDER BY e.id`, []any{id}, func(rows *sql.Rows) (e entry, err error) {
		var changes string
		if err = rows.Scan(&e.ID, &e.Step, &e.From, &e.To, &e.On, &e.At, &changes, &e.Ending); err == nil {
			err = e.set(changes)
		}
		return e, err
	})
}
