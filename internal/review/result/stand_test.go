package result

import (
	"context"
	"os"
	"testing"

	"plumbline/internal/authz"
	"plumbline/internal/fault"
	"plumbline/internal/gate"
	"plumbline/internal/review/plan"
	"plumbline/internal/scoring"
	"plumbline/internal/store"
	"plumbline/internal/store/storetest"
)

var (
	ctx   = context.Background()
	top   = authz.Unit{ID: 1, Path: "/1/"}
	north = authz.Unit{ID: 2, Path: "/1/2/"}
	south = authz.Unit{ID: 3, Path: "/1/3/"}
	east  = authz.Unit{ID: 4, Path: "/1/4/"}
	below = authz.Unit{ID: 5, Path: "/1/2/5/"} // under north; reports to nobody here
)

func someone(account int64, name, role string, at authz.Unit) authz.Actor {
	return authz.Actor{Account: account, Name: name, Lang: "en", Grants: []authz.Grant{{Role: role, Unit: at}}}
}

var (
	clerk     = someone(11, "Clerk", "clerk", top)
	colleague = someone(12, "Colleague", "clerk", top)
	speaker   = someone(13, "North head", "speaker", north)
	rival     = someone(14, "South head", "speaker", south)
	villager  = someone(15, "Villager", "speaker", below)
	stranger  = authz.Actor{Account: 16, Lang: "en"}
)

// stand is a bureau (1) whose cycle (9) has the units north, south and east; the plan is the pack's with other values.
type stand struct {
	t          *testing.T
	db         *store.DB
	clock      *storetest.Clock
	s          *Service
	policy     authz.Policy
	body       plan.Body
	sealed     *Sealed
	comments   map[int64][3][]string
	drafts     map[int64]bool // chair's comments that wait to be confirmed
	unaccepted map[int64]bool // reports that are not accepted: whether handed in
}

func (s *stand) Sealed(context.Context, store.Reader, int64) (Sealed, bool, error) {
	if s.sealed == nil {
		return Sealed{}, false, nil
	}
	return *s.sealed, true, nil
}

func (s *stand) Of(_ context.Context, _ store.Reader, _, unit int64) (good, bad, next []string, confirmed bool, err error) {
	c, ok := s.comments[unit]
	return c[0], c[1], c[2], ok, nil
}

func (s *stand) Standing(context.Context, store.Reader, int64) (map[int64]Standing, error) {
	out := map[int64]Standing{}
	for u := range s.comments {
		out[u] = Standing{Confirmed: true}
	}
	for u := range s.drafts {
		out[u] = Standing{Confirmed: out[u].Confirmed, Draft: true}
	}
	return out, nil
}

func (s *stand) Open(context.Context, store.Reader, int64) (map[int64]bool, error) {
	return s.unaccepted, nil
}

// confirmed gives every unit a comment without points.
func (s *stand) confirmed() {
	for _, u := range []int64{2, 3, 4} {
		if _, has := s.comments[u]; !has {
			s.comments[u] = [3][]string{{"good work"}, nil, nil}
		}
	}
}

func each(t *testing.T, test func(s *stand)) { eachWith(t, func(*plan.Body) {}, test) }

func eachWith(t *testing.T, change func(*plan.Body), test func(s *stand)) {
	t.Helper()
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		s := &stand{t: t, db: db, clock: clock, comments: map[int64][3][]string{}, drafts: map[int64]bool{}, unaccepted: map[int64]bool{}}
		s.open(change)
		test(s)
	})
}

func (s *stand) open(change func(*plan.Body)) {
	var err error
	s.policy, err = authz.NewPolicy([]authz.Role{
		{ID: "clerk", Can: map[authz.Action]authz.Reach{authz.SheetFill: authz.Here, authz.Decide: authz.Here, authz.LetterIssue: authz.Here, authz.Read: authz.Below}},
		{ID: "speaker", Can: map[authz.Action]authz.Reach{authz.Read: authz.Here}},
	})
	s.must(err)
	files := os.DirFS("../../pack/party")
	letters, err := LettersFromPack(files)
	s.must(err)
	s.s = New(gate.New(s.db, s.policy), s.db, Ports{Ballots: s, Comments: s, Reports: s, Today: DateOf}, letters)
	s.body, err = plan.FromPack(files)
	s.must(err)
	s.body.Parts = append(s.body.Parts, plan.Part{ID: "central", Kind: plan.FromFile, Name: s.body.Parts[0].Name, Weight: "0.1"})
	s.body.Parts[0].Weight = "0.3"
	change(&s.body)
	if p := s.body.Problems(); len(p) > 0 {
		s.t.Fatal(p)
	}
	s.sql(`INSERT INTO unit (id, code, parent_id, path, kind, name, name_en, from_date, to_date, since, successor_id, version) VALUES
		(1, 'T', 0, '/1/', 'city', '市', 'Top', '', '', '', 0, 1), (2, 'N', 1, '/1/2/', 'county', '北', 'North', '', '', '', 0, 1),
		(3, 'S', 1, '/1/3/', 'county', '南', 'South', '', '', '', 0, 1), (4, 'E', 1, '/1/4/', 'county', '东', 'East', '', '', '', 0, 1),
		(5, 'NV', 2, '/1/2/5/', 'township', '北乡', 'North village', '', '', '', 0, 1)`)
	s.sql(`INSERT INTO person (id, code, name, name_en, version) VALUES (21, 'n', '张北', 'Ms North', 1)`)
	text, err := s.body.Text()
	s.must(err)
	s.sql(`INSERT INTO plan (id, unit_id, year, name, body, state, digest, based_on, frozen_at, version) VALUES (7, 1, 2021, 'P', $1, 'draft', '', 0, 0, 1)`, text)
	s.sql(`INSERT INTO cycle (id, unit_id, year, name, name_en, plan_id, previous_id, state, meeting_date, opened_at, closed_at, version)
		VALUES (9, 1, 2021, '', '', 7, 0, 'held', '2022-01-07', 0, 0, 1)`)
	s.sql(`INSERT INTO cycle_deadline (cycle_id, step, due, done_at) VALUES (9, 'matter_plan', '2022-02-09', 0)`)
	for i, u := range []authz.Unit{north, south, east} {
		person := 0
		if u == north {
			person = 21
		}
		s.sql(`INSERT INTO cycle_reporter (cycle_id, unit_id, person_id, post_id, mode, choice, seq, state, version)
			VALUES (9, $1, $2, 0, 'oral', 'required', $3, 'active', 1)`, u.ID, person, i+1)
	}
}

// seal gives a tally: for each unit and class how many ticked each of the plan's grades, best first.
func (s *stand) seal(counts map[int64]map[string][4]int) {
	text, err := s.body.Text()
	s.must(err)
	out := &Sealed{Round: 1, Digest: "tally-1", PlanDigest: plan.Digest(text)}
	for _, u := range []int64{2, 3, 4} {
		for _, class := range []string{"A", "B", "C"} {
			n, ok := counts[u][class]
			if !ok {
				continue
			}
			t := scoring.Tally{Class: class, Unit: unitText(u), Item: "overall", Counts: map[string]int{}, Abstained: 1}
			for i, g := range s.body.Grades {
				t.Counts[g.ID] = n[i]
			}
			out.Tallies = append(out.Tallies, t)
		}
	}
	s.sealed = out
}

func (s *stand) sealPlain() {
	s.seal(map[int64]map[string][4]int{
		2: {"A": {6, 2, 0, 0}, "B": {9, 1, 0, 0}, "C": {6, 0, 0, 0}},
		3: {"A": {6, 2, 0, 0}, "B": {9, 1, 0, 0}, "C": {6, 0, 0, 0}},
		4: {"A": {0, 2, 4, 2}, "B": {0, 2, 6, 2}, "C": {0, 1, 4, 1}},
	})
}

func (s *stand) sheet(unit int64, part string, version int, lock bool, entries map[string]Entry) Sheet {
	s.t.Helper()
	sh, err := s.s.Save(ctx, clerk, SaveSheet{9, Cell{unit, part}, version, entries, lock})
	s.must(err)
	return sh
}

// complete fills every input: north and south tie at the top.
func (s *stand) complete() {
	s.t.Helper()
	s.sealPlain()
	for _, u := range []int64{2, 3, 4} {
		s.sheet(u, "ordinary", 0, true, map[string]Entry{"late": {Times: 1, Note: "one"}})
		s.sheet(u, "field", 0, true, nil)
		s.must(s.s.SetFigures(ctx, clerk, 9, []FigureEdit{{At: Cell{u, "central"}, Score: "91.5"}}))
	}
}

func (s *stand) look(no int) View {
	s.t.Helper()
	v, err := s.s.Look(ctx, s.scope(clerk), 9, no)
	s.must(err)
	return v
}

func (s *stand) fix() Fixed {
	s.t.Helper()
	f, err := s.s.Fix(ctx, clerk, 9, s.look(-1).Now)
	s.must(err)
	return f
}

// decision is a form that takes every suggestion; the quota wants one of three below the top, and east is.
func (s *stand) decision() Decide {
	v := s.look(0)
	d := Decide{Cycle: 9, Result: v.Results[0].No, Body: "The committee", MetOn: "2022-01-10", Grades: map[int64]Choice{}}
	if v.Last != nil {
		d.Previous = v.Last.No
	}
	for _, u := range v.Record.Units {
		d.Grades[u.Unit] = Choice{Grade: u.Suggested}
	}
	return d
}

func (s *stand) decided() Decision {
	s.t.Helper()
	s.complete()
	s.fix()
	d, err := s.s.Decide(ctx, clerk, s.decision())
	s.must(err)
	return d
}

func (s *stand) scope(a authz.Actor) authz.Scope { return s.policy.Scope(a, authz.Read) }

func (s *stand) sql(query string, args ...any) {
	s.t.Helper()
	s.must(s.db.Write(ctx, func(tx *store.Tx) error { _, err := tx.Exec(ctx, query, args...); return err }))
}

func (s *stand) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

// fails checks the kind of a fault and, where given, its key or a field "name:key".
func (s *stand) fails(err error, kind fault.Kind, want string) {
	s.t.Helper()
	f := fault.As(err)
	if f == nil || f.Kind != kind {
		s.t.Fatalf("got %v, want kind %d %s", err, kind, want)
	}
	if want == "" || f.Key == want {
		return
	}
	for _, field := range f.Fields {
		if field.Name+":"+field.Key == want {
			return
		}
	}
	s.t.Fatalf("got %v, want %s", err, want)
}

func (s *stand) state() (state string) {
	s.t.Helper()
	s.must(s.db.QueryRow(ctx, `SELECT state FROM cycle WHERE id = 9`).Scan(&state))
	return state
}
