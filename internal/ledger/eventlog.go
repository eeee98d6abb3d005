package ledger

import (
	"context"
	"errors"
	"io"
	"iter"
	"maps"
	"os"
	"slices"
	"strconv"
	"time"

	"plumbline/internal/calendar"
	"plumbline/internal/flow/export"
	"plumbline/internal/office/table"
)

// The formats of an event log.
const (
	LogXES        = "xes"
	LogOCELJSON   = "ocel-json"
	LogOCELSQLite = "ocel-sqlite"
	LogCSV        = "csv"
)

// LogFormats lists the formats with the endings of their files.
var LogFormats = []struct{ ID, Ending string }{{LogXES, ".xes"}, {LogOCELJSON, ".ocel.json"}, {LogOCELSQLite, ".ocel.sqlite"}, {LogCSV, ".csv"}}

// LogWords are the words of an event log: the language of steps and units, and the catalogue for the engine's own steps.
type LogWords struct {
	Lang string
	T    func(key string) string
}

// WriteLog writes a history as an event log in one of LogFormats, to a file that does not exist yet; what could not be
// finished is removed. An event log names units and roles, never people, and holds no text that people typed: no
// titles, no remarks, no fields.
func (h *History) WriteLog(ctx context.Context, format, path string, words LogWords) (err error) {
	defer func() {
		if err != nil && !errors.Is(err, os.ErrExist) {
			_ = os.Remove(path)
		}
	}()
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	l := &eventLog{h, ctx, words}
	switch format {
	case LogXES:
		err = export.XES(f, words.T("ledger.title"), l.traces())
	case LogOCELJSON:
		err = export.OCELJSON(f, l.events(), l.objects())
	case LogOCELSQLite:
		err = export.OCELSQLite(ctx, path, l.events(), l.objects())
	case LogCSV:
		err = l.csv(f)
	default:
		err = errors.New("ledger: no such format of an event log: " + format)
	}
	return errors.Join(err, f.Sync(), f.Close())
}

// eventLog turns trails into what the formats hold.
type eventLog struct {
	h     *History
	ctx   context.Context
	words LogWords
}

// activity is the step in words.
func (l *eventLog) activity(t Trail, turn Turn) string {
	if step, ok := t.Def.Step(turn.Step); ok {
		return step.Told(l.words.Lang)
	}
	return l.words.T("ledger.step." + turn.Step)
}

func (l *eventLog) unitID(id int64) string { return "unit:" + l.h.Unit(id).Code }

func (l *eventLog) traces() iter.Seq2[export.Trace, error] {
	return func(yield func(export.Trace, error) bool) {
		for t, err := range l.h.Trails(l.ctx) {
			if !yield(l.trace(t), err) || err != nil {
				return
			}
		}
	}
}

func (l *eventLog) trace(t Trail) export.Trace {
	out := export.Trace{ID: t.Matter.Number, Attributes: append(facts(t.Matter, time.Time{}), text("closed", t.Matter.Closed), export.Attribute{Name: "reopened", Value: int64(t.Matter.Reopened)})}
	if t.Matter.Closed == "" {
		out.Attributes = slices.DeleteFunc(out.Attributes, func(a export.Attribute) bool { return a.Name == "closed" })
	}
	for _, turn := range t.Turns {
		e := export.Event{Type: l.activity(t, turn), Time: turn.At, Attributes: []export.Attribute{text("step", turn.Step), text("state", turn.To)}}
		if turn.Unit != 0 {
			u := l.h.Unit(turn.Unit)
			e.Attributes = append(e.Attributes, text("org:resource", u.Code), text("org:group", u.In(l.words.Lang)), text("org:role", turn.Role))
		}
		out.Events = append(out.Events, e)
	}
	return out
}

func text(name, value string) export.Attribute { return export.Attribute{Name: name, Value: value} }

// facts are what a matter keeps from its beginning to its end.
func facts(m Matter, from time.Time) []export.Attribute {
	var out []export.Attribute
	for _, a := range []export.Attribute{text("ledger", m.Type), text("opened", m.Opened), text("target", m.Target)} {
		if a.Value != "" {
			a.At = from
			out = append(out, a)
		}
	}
	return append(out, export.Attribute{Name: "common", Value: m.Common, At: from})
}

func (l *eventLog) events() iter.Seq2[export.Event, error] {
	return func(yield func(export.Event, error) bool) {
		for t, err := range l.h.Trails(l.ctx) {
			if err != nil {
				yield(export.Event{}, err)
				return
			}
			for _, turn := range t.Turns {
				if !yield(l.event(t, turn), nil) {
					return
				}
			}
		}
	}
}

func (l *eventLog) event(t Trail, turn Turn) export.Event {
	e := export.Event{ID: "event:" + strconv.FormatInt(turn.ID, 10), Type: l.activity(t, turn), Time: turn.At,
		Attributes: []export.Attribute{text("step", turn.Step), text("state", turn.To)}, Relations: []export.Relation{{Object: t.Matter.Number, Qualifier: "matter"}}}
	if turn.Unit != 0 {
		e.Attributes = append(e.Attributes, text("role", turn.Role))
		e.Relations = append(e.Relations, export.Relation{Object: l.unitID(turn.Unit), Qualifier: "resource"})
	}
	return e
}

// objects gives the matters, then every unit that they and their events name.
func (l *eventLog) objects() iter.Seq2[export.Object, error] {
	return func(yield func(export.Object, error) bool) {
		for t, err := range l.h.Trails(l.ctx) {
			if err != nil {
				yield(export.Object{}, err)
				return
			}
			if !yield(l.matter(t), nil) {
				return
			}
		}
		for _, id := range slices.Sorted(maps.Keys(l.h.units)) {
			u := l.h.Unit(id)
			begun := time.Unix(0, 0) // how the format dates what always held
			o := export.Object{ID: l.unitID(id), Type: "unit", Attributes: []export.Attribute{{Name: "name", Value: u.In(l.words.Lang), At: begun}, {Name: "kind", Value: u.Kind, At: begun}}}
			if id != 0 && !yield(o, nil) {
				return
			}
		}
	}
}

// matter is the object of a matter: its state, its owner, whether it is closed and how often it came back change with
// its events.
func (l *eventLog) matter(t Trail) export.Object {
	m := t.Matter
	o := export.Object{ID: m.Number, Type: m.Type, Relations: []export.Relation{{Object: l.unitID(m.Convenor.ID), Qualifier: "convenor"}}}
	if m.Owner.ID != 0 {
		o.Relations = append(o.Relations, export.Relation{Object: l.unitID(m.Owner.ID), Qualifier: "owner"})
	}
	if t.Repeats != "" {
		o.Relations = append(o.Relations, export.Relation{Object: t.Repeats, Qualifier: "repeats"})
	}
	begun := time.Unix(0, 0)
	if len(t.Turns) > 0 {
		begun = t.Turns[0].At
	}
	o.Attributes = facts(m, begun)
	var state, closed string
	owner, reopened, ended := int64(-1), int64(0), false
	o.Attributes = append(o.Attributes, export.Attribute{Name: "reopened", Value: reopened, At: begun})
	for _, turn := range t.Turns {
		if turn.To != state {
			state = turn.To
			o.Attributes = append(o.Attributes, export.Attribute{Name: "state", Value: state, At: turn.At})
		}
		if turn.Owner != owner {
			owner = turn.Owner
			o.Attributes = append(o.Attributes, export.Attribute{Name: "owner", Value: l.h.Unit(owner).Code, At: turn.At})
		}
		switch now := Ended(turn.Class); {
		case now && !ended:
			closed = turn.On
			o.Attributes = append(o.Attributes, export.Attribute{Name: "closed", Value: closed, At: turn.At})
		case !now && ended:
			reopened, closed = reopened+1, ""
			o.Attributes = append(o.Attributes, export.Attribute{Name: "closed", Value: closed, At: turn.At}, export.Attribute{Name: "reopened", Value: reopened, At: turn.At})
		}
		ended = Ended(turn.Class)
	}
	return o
}

// csv writes the columns that plumbline analyse reads, and a few besides.
func (l *eventLog) csv(w io.Writer) error {
	sheet := table.Sheet{}
	for _, title := range []string{"case", "activity", "time", "resource", "resource_name", "role", "step", "state", "ledger"} {
		sheet.Columns = append(sheet.Columns, table.Column{Title: title})
	}
	sheet.Rows = func(yield func([]string, error) bool) {
		for t, err := range l.h.Trails(l.ctx) {
			if err != nil {
				yield(nil, err)
				return
			}
			for _, turn := range t.Turns {
				u := l.h.Unit(turn.Unit)
				if !yield([]string{t.Matter.Number, l.activity(t, turn), turn.At.In(l.h.s.cal.Location()).Format(time.RFC3339Nano), u.Code, u.In(l.words.Lang), turn.Role,
					turn.Step, turn.To, t.Matter.Type}, nil) {
					return
				}
			}
		}
	}
	return table.WriteCSV(w, sheet)
}

// IsDay says whether a bound of a Period can be understood: a day, or nothing.
func IsDay(s string) bool {
	_, err := calendar.ParseDate(s)
	return s == "" || err == nil
}
