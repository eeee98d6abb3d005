package cycle_test

import (
	"context"
	"fmt"
	"os"
	"testing"

	"plumbline/internal/audit"
	"plumbline/internal/authz"
	"plumbline/internal/calendar"
	"plumbline/internal/gate"
	"plumbline/internal/pack/party"
	"plumbline/internal/review/cycle"
	"plumbline/internal/review/plan"
	"plumbline/internal/store"
	"plumbline/internal/store/storetest"
)

// stand is a city (1) with three counties (2, 3, 4), one direct unit (5) and a township (6) below county 2. Person 12
// is head of county 2 until 20 January 2022, person 22 from then on; 13 of county 3; county 4's post is vacant.
type stand struct {
	left     []cycle.Obstacle
	db       *store.DB
	clock    *storetest.Clock
	plans    *plan.Service
	cycles   *cycle.Service
	findings *findings
	carried  *carried
	clerk    authz.Actor
	plan     plan.Plan
}

type findings struct{ open []cycle.Unowned }

func (f *findings) Unowned(context.Context, store.Reader, int64) ([]cycle.Unowned, error) {
	return f.open, nil
}

type carried struct{ from, to cycle.Cycle }

func (c *carried) CarryOverTx(ctx context.Context, tx *store.Tx, _ authz.Actor, from, to cycle.Cycle) ([]audit.Subject, error) {
	c.from, c.to = from, to
	_, err := tx.Exec(ctx, `INSERT INTO instance (name, value) VALUES ($1, 'carried')`, fmt.Sprint("carry", to.ID))
	return make([]audit.Subject, 7), err
}

func (c *carried) Progress(_ context.Context, _ store.Reader, _ cycle.Cycle, units []int64) (map[int64]cycle.Cells, error) {
	out := map[int64]cycle.Cells{}
	for _, u := range units {
		lamp := cycle.LampDone
		if u == 3 {
			lamp = cycle.LampLate
		}
		out[u] = cycle.Cells{cycle.ColReport: {Lamp: lamp, Text: fmt.Sprint(u)}}
	}
	return out, nil
}

func open(t *testing.T, db *store.DB, clock *storetest.Clock) *stand {
	t.Helper()
	ctx := context.Background()
	body, err := plan.FromPack(party.Files())
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile("../../pack/party/calendar.json")
	if err != nil {
		t.Fatal(err)
	}
	cal, err := calendar.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	policy, err := authz.NewPolicy([]authz.Role{{ID: "clerk", Can: map[authz.Action]authz.Reach{
		authz.PlanEdit: authz.Here, authz.CycleManage: authz.Here, authz.Read: authz.Below}}})
	if err != nil {
		t.Fatal(err)
	}
	s := &stand{db: db, clock: clock, findings: &findings{}, carried: &carried{}}
	g := gate.New(db, policy)
	s.plans = plan.New(g, db, body)
	s.cycles = cycle.New(g, db, cal, []string{"secretary", "party_head"}, cycle.Ports{Findings: s.findings, CarryOver: s.carried, Progress: []cycle.Progress{s.carried}, Obstacles: []cycle.Obstacles{s}})
	s.clerk = authz.Actor{Account: 5, Grants: []authz.Grant{{Role: "clerk", Unit: authz.Unit{ID: 1, Path: "/1/"}}}}
	if err := db.Write(ctx, func(tx *store.Tx) error { return people(ctx, tx) }); err != nil {
		t.Fatal(err)
	}
	s.plan, err = s.plans.Create(ctx, s.clerk, plan.NewPlan{Unit: 1, Year: 2021, Name: "2021"})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func people(ctx context.Context, tx *store.Tx) error {
	for _, u := range []struct {
		id, parent int64
		path, kind string
	}{{1, 0, "/1/", "city"}, {2, 1, "/1/2/", "county"}, {3, 1, "/1/3/", "county"}, {4, 1, "/1/4/", "county"}, {5, 1, "/1/5/", "direct"}, {6, 2, "/1/2/6/", "township"}} {
		if _, err := tx.Exec(ctx, `INSERT INTO unit (id, code, parent_id, path, kind, name, name_en, from_date, to_date, since, successor_id, version)
			VALUES ($1, $2, $3, $4, $5, $6, '', '', '', '', 0, 1)`, u.id, fmt.Sprintf("C%02d", u.id), u.parent, u.path, u.kind, fmt.Sprint("单位", u.id)); err != nil {
			return err
		}
	}
	for _, p := range []struct {
		post, unit int64
		kind       string
		person     int64
		from, to   string
	}{{102, 2, "secretary", 12, "2020-01-01", "2022-01-20"}, {102, 2, "", 22, "2022-01-20", ""}, {103, 3, "secretary", 13, "", ""},
		{104, 4, "secretary", 0, "", ""}, {105, 5, "staff", 15, "", ""}, {115, 5, "party_head", 25, "", ""}} {
		if p.kind != "" {
			if _, err := tx.Exec(ctx, `INSERT INTO post (id, unit_id, kind, title, title_en, from_date, to_date, version) VALUES ($1, $2, $3, 'x', '', '', '', 1)`, p.post, p.unit, p.kind); err != nil {
				return err
			}
		}
		if p.person == 0 {
			continue
		}
		if _, err := tx.Exec(ctx, `INSERT INTO person (id, code, name, name_en, version) VALUES ($1, $2, '某', '', 1)`, p.person, fmt.Sprint(p.person)); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `INSERT INTO tenure (post_id, person_id, from_date, to_date, version) VALUES ($1, $2, $3, $4, 1)`, p.post, p.person, p.from, p.to); err != nil {
			return err
		}
	}
	return nil
}

func (s *stand) open(t *testing.T, year int, meeting string) cycle.Cycle {
	t.Helper()
	out, err := s.cycles.Open(context.Background(), s.clerk, cycle.NewCycle{Unit: 1, Year: year, Plan: s.plan.ID, MeetingDate: meeting})
	if err != nil {
		t.Fatal(err)
	}
	return out.Cycle
}

func (s *stand) reporters(t *testing.T, id int64) map[int64]cycle.Reporter {
	t.Helper()
	list, err := cycle.Reporters(context.Background(), s.db, id)
	if err != nil {
		t.Fatal(err)
	}
	out := map[int64]cycle.Reporter{}
	for _, p := range list {
		out[p.Unit] = p
	}
	return out
}

// Obstacles is what the other rooms have left undone.
func (s *stand) Obstacles(context.Context, store.Reader, cycle.Cycle) ([]cycle.Obstacle, error) {
	return s.left, nil
}
