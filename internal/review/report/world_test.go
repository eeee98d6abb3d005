package report

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"testing"

	"plumbline/internal/audit"
	"plumbline/internal/authz"
	"plumbline/internal/calendar"
	"plumbline/internal/fault"
	"plumbline/internal/gate"
	"plumbline/internal/store"
	"plumbline/internal/store/storetest"
	"plumbline/internal/wording"
)

var (
	school  = authz.Unit{ID: 1, Path: "/1/"}
	class   = authz.Unit{ID: 2, Path: "/1/2/"}
	other   = authz.Unit{ID: 3, Path: "/1/3/"}
	ctx     = context.Background()
	all     = authz.Everything()
	head    = person(11, 101, "Head", "head", class)
	clerk   = person(12, 102, "Clerk", "clerk", class)
	clerk2  = person(13, 103, "Second clerk", "clerk", class)
	bureau  = person(14, 104, "Bureau", "bureau", school)
	stander = person(15, 105, "Stranger", "head", other)
)

func person(account, id int64, name, role string, at authz.Unit) authz.Actor {
	return authz.Actor{Account: account, Person: id, Name: name, Lang: "en", Grants: []authz.Grant{{Role: role, Unit: at}}}
}

// world is a school with two classes, last year's cycle (1) and this year's (2), in which reporter 20 is the class.
type world struct {
	t     *testing.T
	db    *store.DB
	clock *storetest.Clock
	s     *Service
	ports *ports
	pol   authz.Policy
}

type ports struct {
	items    []PastItem
	promised []Promise
	refuse   error
}

func (p *ports) Template(context.Context, store.Reader, int64) (Template, error) {
	text := func(id string, weighs bool) Section {
		return Section{ID: id, Kind: Text, Title: wording.Text{"zh": id, "en": id}, Weighs: weighs, Required: true}
	}
	return Template{Sections: []Section{{ID: "last", Kind: Answers}, text("results", false), text("problems", true),
		{ID: "next", Kind: Promises, Required: true}}, ShareNum: 1, ShareDen: 3, MaxLength: 3000, PerMinute: 200, Minutes: 10, RepeatPercent: 30}, nil
}

func (p *ports) Items(ctx context.Context, r store.Reader, unit, cycle int64) ([]PastItem, error) {
	promises, err := lastPromises(ctx, r, unit, cycle)
	return append(append([]PastItem{}, p.items...), promises...), err
}

// lastPromises gives the promises of the report that the unit had accepted in the cycle before this one.
func lastPromises(ctx context.Context, r store.Reader, unit, cycle int64) ([]PastItem, error) {
	var previous int64
	if err := r.QueryRow(ctx, `SELECT previous_id FROM cycle WHERE id = $1`, cycle).Scan(&previous); err != nil || previous == 0 {
		return nil, err
	}
	heads, err := listHeads(ctx, r, `cr.cycle_id = $1 AND cr.unit_id = $2 AND r.state = 'accepted'`, []any{previous, unit})
	if err != nil || len(heads) == 0 {
		return nil, err
	}
	_, c, err := versionBody(ctx, r, heads[0].Reporter, 0, heads[0].Number)
	if err != nil {
		return nil, err
	}
	var out []PastItem
	for i, p := range c.Promises() {
		out = append(out, PastItem{Key: fmt.Sprintf("promise-%d-%d", heads[0].Reporter, i+1), Kind: "promise", Text: strings.TrimSpace(p.Target + "\n" + p.Measure), Due: p.Date})
	}
	return out, nil
}

func (p *ports) Of(_ context.Context, _ store.Reader, _, _ int64, date string) ([]Number, error) {
	return []Number{{Key: "open", Label: wording.Text{"zh": "未完成", "en": "open items"}, Value: "4", Date: date}}, nil
}

func (p *ports) RegisterTx(_ context.Context, _ *store.Tx, _ authz.Actor, h Head, ps []Promise) ([]audit.Subject, error) {
	p.promised = append(p.promised, ps...)
	return []audit.Subject{{Kind: "matter", ID: h.Reporter*100 + 1}}, p.refuse
}

func newWorld(t *testing.T, db *store.DB, clock *storetest.Clock) *world {
	t.Helper()
	writer := map[authz.Action]authz.Reach{authz.ReportWrite: authz.Here, authz.Read: authz.Here}
	pol, err := authz.NewPolicy([]authz.Role{
		{ID: "head", Can: map[authz.Action]authz.Reach{authz.ReportWrite: authz.Here, authz.ReportSubmit: authz.Here, authz.Read: authz.Here}},
		{ID: "clerk", Can: writer},
		{ID: "bureau", Can: map[authz.Action]authz.Reach{authz.ReportReview: authz.Here, authz.Read: authz.Below}},
	})
	if err != nil {
		t.Fatal(err)
	}
	cal, err := calendar.Parse([]byte(`{"zone":"Asia/Shanghai","weekend":[6,0],"years":{"2022":{"off":[],"work":[]}}}`))
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, db: db, clock: clock, ports: &ports{}, pol: pol}
	w.s = New(gate.New(db, pol), db, db.Blobs, Ports{w.ports, w.ports, w.ports, w.ports, cal, clock.Now})
	w.sql(`INSERT INTO unit (id, code, parent_id, path, kind, name, name_en, from_date, to_date, since, successor_id, version)
		VALUES (1, 'S', 0, '/1/', 'school', '学校', 'School', '', '', '', 0, 1), (2, 'A', 1, '/1/2/', 'class', '一班', 'Class A', '', '', '', 0, 1),
		(3, 'B', 1, '/1/3/', 'class', '二班', '', '', '', '', 0, 1)`)
	w.sql(`INSERT INTO person (id, code, name, name_en, version) VALUES (101, 'h', '班主任', 'Head', 1)`)
	w.sql(`INSERT INTO post (id, unit_id, kind, title, title_en, from_date, to_date, version) VALUES (5, 2, 'head', '主任', 'Class head', '', '', 1)`)
	w.sql(`INSERT INTO cycle (id, unit_id, year, name, name_en, plan_id, previous_id, state, meeting_date, opened_at, closed_at, version)
		VALUES (1, 1, 2020, '2020', '', 0, 0, 'preparing', '', 0, 0, 1), (2, 1, 2021, '2021', '', 0, 1, 'preparing', '', 0, 0, 1)`)
	w.sql(`INSERT INTO cycle_deadline (cycle_id, step, due, done_at) VALUES (2, 'report', '2022-01-15', 0)`)
	w.reporter(10, 1, 2)
	w.reporter(20, 2, 2)
	w.reporter(21, 2, 3)
	return w
}

func (w *world) reporter(id, cycle, unit int64) {
	w.sql(`INSERT INTO cycle_reporter (id, cycle_id, unit_id, person_id, post_id, mode, choice, seq, state, version)
		VALUES ($1, $2, $3, 101, 5, 'oral', 'required', 0, 'active', 1)`, id, cycle, unit)
}

func (w *world) sql(query string, args ...any) {
	w.t.Helper()
	err := w.db.Write(ctx, func(tx *store.Tx) error { _, err := tx.Exec(ctx, query, args...); return err })
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) fails(err error, kind fault.Kind, key string) {
	w.t.Helper()
	f := fault.As(err)
	if f == nil || f.Kind != kind {
		w.t.Fatalf("got %v, want kind %d %s", err, kind, key)
	}
	if f.Key == key || key == "" {
		return
	}
	for _, field := range f.Fields {
		if field.Key == key {
			return
		}
	}
	w.t.Fatalf("got %v, want %s", err, key)
}

func (w *world) save(a authz.Actor, reporter int64, part, body string) Part {
	w.t.Helper()
	now, err := findPart(ctx, w.db, reporter, part)
	w.must(err)
	p, err := w.s.Save(ctx, a, Save{reporter, part, body, now.Version})
	w.must(err)
	return p
}

func (w *world) head(reporter int64) Head {
	w.t.Helper()
	h, err := w.s.Find(ctx, all, reporter)
	w.must(err)
	return h
}

func (w *world) submit(reporter int64) int {
	w.t.Helper()
	n, err := w.s.Submit(ctx, head, reporter, w.head(reporter).Version)
	w.must(err)
	return n
}

func (w *world) draft(a authz.Actor, reporter int64) Draft {
	w.t.Helper()
	d, err := w.s.Draft(ctx, a, w.pol.Scope(a, authz.Read), reporter, w.clock.Now().UnixMicro())
	w.must(err)
	return d
}

func (w *world) count(query string, args ...any) (n int) {
	w.t.Helper()
	if err := w.db.QueryRow(ctx, query, args...).Scan(&n); err != nil && err != sql.ErrNoRows {
		w.t.Fatal(err)
	}
	return n
}

func each(t *testing.T, test func(t *testing.T, w *world)) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) { test(t, newWorld(t, db, clock)) })
}
