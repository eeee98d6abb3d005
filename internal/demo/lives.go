package demo

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"io/fs"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"plumbline/internal/ledger"
	"plumbline/internal/store"
)

// lives is a file of data/lives: what became of the matters of one ledger in a year. Times are days, counted from the
// registration of the matter.
type lives struct {
	Type  string            `json:"type"`
	Paths map[string][]turn `json:"paths"`
	Lives []life            `json:"lives"`
}

// life is one matter. Day is when it is registered, counted from today; By is who registers it, "own" (the default) its
// unit's; Unit its owner, "" while nobody is named. Path is the turns that it takes, Children the paths of the matters
// that come of its rows. Say gives the texts that its path asks for.
type life struct {
	Day       float64         `json:"day"`
	By        string          `json:"by"`
	Unit      string          `json:"unit"`
	Requester string          `json:"requester"`
	Path      string          `json:"path"`
	Fields    map[string]said `json:"fields"`
	Say       map[string]pair `json:"say"`
	Children  []string        `json:"children"`
}

// turn is one step: After days from the registration, Who takes it ("own", "office", "verifier", "ask" or a login).
type turn struct {
	After  float64         `json:"after"`
	Who    string          `json:"who"`
	Step   string          `json:"step"`
	Fields map[string]said `json:"fields"`
	Note   pair            `json:"note"`
	Owner  string          `json:"owner"`
}

// pair is a text in Chinese and in English; one text alone serves both.
type pair []string

func (p pair) in(lang string) string {
	switch {
	case len(p) == 0:
		return ""
	case lang == "en" && len(p) > 1:
		return p[1]
	}
	return p[0]
}

// said is the value of a field: a pair, or the rows of a table. "@12" is the day twelve days after the registration,
// "$plan" what the life says under that name.
type said struct {
	text pair
	rows [][]pair
}

// UnmarshalJSON reads "text", ["中文", "English"] and {"rows": [["text", ["中文", "English"]]]}.
func (s *said) UnmarshalJSON(b []byte) error {
	switch b[0] {
	case '"':
		s.text = pair{""}
		return json.Unmarshal(b, &s.text[0])
	case '[':
		return json.Unmarshal(b, &s.text)
	}
	var table struct {
		Rows [][]said `json:"rows"`
	}
	if err := json.Unmarshal(b, &table); err != nil {
		return err
	}
	s.rows = [][]pair{}
	for _, row := range table.Rows {
		cells := make([]pair, len(row))
		for i, c := range row {
			cells[i] = c.text
		}
		s.rows = append(s.rows, cells)
	}
	return nil
}

// event is something that happens at an instant, in microseconds.
type event struct {
	at int64
	do func() error
}

// schedule puts an event into the order of time; what would happen after today never does.
func (b *builder) schedule(at int64, do func() error) {
	if at >= b.end {
		return
	}
	i, _ := slices.BinarySearchFunc(b.events, at, func(e event, at int64) int {
		if e.at <= at {
			return -1
		}
		return 1
	})
	b.events = slices.Insert(b.events, i, event{at, do})
}

// play lets everything happen that is due until an instant. The first error ends the play, and is kept.
func (b *builder) play(until int64) {
	for b.failed == nil && len(b.events) > 0 && b.events[0].at <= until {
		e := b.events[0]
		b.events = b.events[1:]
		if e.at > b.clock.at.Load() {
			b.clock.at.Store(e.at)
		}
		b.failed = e.do()
	}
}

// rest lets happen what is left.
func (b *builder) rest() error {
	b.play(b.end)
	return nil
}

// ledgers schedules the lives of all ledgers.
func (b *builder) ledgers() error {
	names, err := fs.Glob(data, "data/lives/*.json")
	if err != nil {
		return err
	}
	b.lives = map[string]lives{}
	for _, name := range names {
		text, err := data.ReadFile(name)
		if err != nil {
			return err
		}
		var l lives
		if err := json.Unmarshal(text, &l); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		b.lives[l.Type] = l
	}
	for d := -350.0; d <= 0; d += sweepDays {
		b.schedule(b.moment(d).Add(7*time.Hour).UnixMicro(), b.sweep)
	}
	b.schedule(b.moment(-unreadDays).UnixMicro(), b.readAll)
	b.schedule(b.moment(-340).UnixMicro(), func() error {
		return b.Rooms.Ledgers.SetOpen(b.ctx, b.as("office"), "practical", b.units["WC"].ID, true, false)
	})
	for _, name := range names {
		kind := strings.TrimSuffix(name[strings.LastIndexByte(name, '/')+1:], ".json")
		for i, x := range b.lives[kind].Lives {
			born := b.moment(x.Day).Add(time.Duration(9*60+30+i*17%400) * time.Minute)
			b.schedule(born.UnixMicro(), func() error { return b.born(kind, x, born) })
		}
	}
	return nil
}

// sweepDays is how often the demo's year looks for what has fallen due; the program itself does so all the time.
const sweepDays = 7

// sweep gives the reminders and escalations that have fallen due, and opens what recurs.
func (b *builder) sweep() error {
	var last int64
	if err := b.DB.QueryRow(b.ctx, `SELECT COALESCE(MAX(id), 0) FROM matter`).Scan(&last); err != nil {
		return err
	}
	if _, err := b.Rooms.Ledgers.Sweep(b.ctx, func(int64, int64) {}); err != nil {
		return err
	}
	if _, err := b.Rooms.Ledgers.Recur(b.ctx, func(int64, int64) {}); err != nil {
		return err
	}
	return b.children(last, life{Children: slices.Repeat(recurring, 50)})
}

// unreadDays is how long nobody has looked at their notices.
const unreadDays = 45

// readAll has everybody look at the notices that came in so far.
func (b *builder) readAll() error {
	for _, l := range b.who {
		if err := b.Rooms.Ledgers.ReadAll(b.ctx, l.actor, math.MaxInt64); err != nil {
			return err
		}
	}
	return nil
}

// recurring are the paths that what recurs takes in turn: most of it is done.
var recurring = []string{"closed", "closed", "returned", "closed", "late", "closed", "reopened", "going"}

// moment is the beginning of the day so many days from today.
func (b *builder) moment(days float64) time.Time {
	t, err := time.ParseInLocation(time.DateOnly, b.today, b.Zone)
	if err != nil {
		panic(err) // the demo's own dates
	}
	return t.AddDate(0, 0, int(days))
}

// born registers a matter and schedules what becomes of it.
func (b *builder) born(kind string, x life, born time.Time) error {
	in := ledger.Draft{Type: kind, Convenor: b.units["WC"].ID, Unit: b.units[x.Unit].ID, Requester: b.units[x.Requester].ID, Repeat: ledger.NoRepeat}
	values := b.values(x.Fields, x, born)
	in.Fields, in.Tables = map[string]string{}, map[string][][]string{}
	for id, v := range values {
		if v.Rows != nil {
			in.Tables[id] = v.Rows
		} else {
			in.Fields[id] = v.Text
		}
	}
	id, err := b.Rooms.Ledgers.Register(b.ctx, b.as(b.actorOf(x.By, x)), in)
	if err != nil {
		return fmt.Errorf("%s of %s on day %v: %w", kind, x.Unit, x.Day, err)
	}
	return b.live(kind, id, x, born)
}

// live schedules the turns of a matter's path.
func (b *builder) live(kind string, id int64, x life, born time.Time) error {
	path, ok := b.lives[kind].Paths[x.Path]
	if !ok && x.Path != "" {
		return fmt.Errorf("%s: there is no path %q", kind, x.Path)
	}
	for _, t := range path {
		at := born.Add(time.Duration(t.After * 24 * float64(time.Hour)))
		b.schedule(at.UnixMicro(), func() error { return b.turn(kind, id, x, t, born) })
	}
	return nil
}

// turn takes a step, and lets what came of it live.
func (b *builder) turn(kind string, id int64, x life, t turn, born time.Time) error {
	var last int64
	if err := b.DB.QueryRow(b.ctx, `SELECT COALESCE(MAX(id), 0) FROM matter`).Scan(&last); err != nil {
		return err
	}
	in := ledger.In{Step: t.Step, Values: b.values(t.Fields, x, born), Note: b.fromLife(t.Note.in(b.lang), x), Owner: b.units[t.Owner].ID}
	if err := b.Rooms.Ledgers.Take(b.ctx, b.as(b.actorOf(t.Who, x)), id, in); err != nil {
		return fmt.Errorf("%s of %s on day %v, %s by %s: %w", kind, x.Unit, x.Day, t.Step, t.Who, err)
	}
	return b.children(last, x)
}

// children lets the matters that came of a step live: each on the path that the life names for it.
func (b *builder) children(after int64, x life) error {
	type child struct {
		id         int64
		kind, unit string
	}
	made, err := store.List(b.ctx, b.DB, `SELECT m.id, m.type, COALESCE(u.code, '') FROM matter m LEFT JOIN unit u ON u.id = m.unit_id WHERE m.id > $1 ORDER BY m.id`,
		[]any{after}, func(rows *sql.Rows) (c child, err error) {
			err = rows.Scan(&c.id, &c.kind, &c.unit)
			return c, err
		})
	if err != nil {
		return err
	}
	for i, c := range made {
		if i >= len(x.Children) {
			break
		}
		if err := b.live(c.kind, c.id, life{Unit: c.unit, Path: x.Children[i], Day: x.Day, Say: x.Say}, time.UnixMicro(b.clock.at.Load())); err != nil {
			return err
		}
	}
	return nil
}

// actorOf is the login that stands for a role in a life.
func (b *builder) actorOf(who string, x life) string {
	unit := x.Unit
	switch who {
	case "own", "":
	case "ask":
		unit = x.Requester
	default:
		return who
	}
	switch {
	case unit == "WC" || unit == "":
		return "office"
	case b.who["head-"+unit].id != 0:
		return "head-" + unit
	}
	return "clerk-" + unit
}

func (b *builder) values(in map[string]said, x life, born time.Time) ledger.Values {
	out := ledger.Values{}
	for id, v := range in {
		if v.rows == nil {
			out[id] = ledger.Value{Text: b.written(v.text, x, born)}
			continue
		}
		rows := make([][]string, len(v.rows))
		for i, row := range v.rows {
			for _, c := range row {
				rows[i] = append(rows[i], b.written(c, x, born))
			}
		}
		out[id] = ledger.Value{Rows: rows}
	}
	return out
}

// written is a value as somebody would type it.
func (b *builder) written(p pair, x life, born time.Time) string {
	s := b.fromLife(p.in(b.lang), x)
	if days, err := strconv.Atoi(strings.TrimPrefix(s, "@")); err == nil && strings.HasPrefix(s, "@") {
		return born.AddDate(0, 0, days).Format(time.DateOnly)
	}
	return s
}

// fromLife gives what the life says under a name: "$plan".
func (b *builder) fromLife(s string, x life) string {
	if name, ok := strings.CutPrefix(s, "$"); ok {
		return x.Say[name].in(b.lang)
	}
	return s
}
