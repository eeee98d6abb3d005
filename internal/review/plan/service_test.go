package plan_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"plumbline/internal/audit"
	"plumbline/internal/authz"
	"plumbline/internal/fault"
	"plumbline/internal/gate"
	"plumbline/internal/pack/party"
	"plumbline/internal/review/plan"
	"plumbline/internal/store"
	"plumbline/internal/store/storetest"
)

type stand struct {
	db    *store.DB
	plans *plan.Service
	clerk authz.Actor // may edit plans of the city
	city  int64
	town  int64 // a unit below the city
}

func open(t *testing.T, db *store.DB) stand {
	t.Helper()
	start, err := plan.FromPack(party.Files())
	if err != nil {
		t.Fatal(err)
	}
	policy, err := authz.NewPolicy([]authz.Role{{ID: "clerk", Can: map[authz.Action]authz.Reach{authz.PlanEdit: authz.Here}}})
	if err != nil {
		t.Fatal(err)
	}
	s := stand{db: db, plans: plan.New(gate.New(db, policy), db, start), city: 1, town: 2}
	err = db.Write(context.Background(), func(tx *store.Tx) error {
		for i, path := range []string{"/1/", "/1/2/"} {
			_, err := tx.Exec(context.Background(), `INSERT INTO unit (id, code, parent_id, path, kind, name, name_en, from_date, to_date, since, successor_id, version)
				VALUES ($1, $2, $3, $4, 'city', 'X', '', '', '', '', 0, 1)`, i+1, string(rune('A'+i)), i, path)
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	s.clerk = authz.Actor{Account: 5, Grants: []authz.Grant{{Role: "clerk", Unit: authz.Unit{ID: 1, Path: "/1/"}}}}
	return s
}

func (s stand) create(t *testing.T) plan.Plan {
	t.Helper()
	p, err := s.plans.Create(context.Background(), s.clerk, plan.NewPlan{Unit: s.city, Year: 2022, Name: "2022"})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestAPlanGoesFromPackToFrozen(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		ctx, s := context.Background(), open(t, db)
		p := s.create(t)
		if !slices.Equal(p.Body.Defaults, plan.Chapters) {
			t.Fatalf("a plan from the pack is default throughout, not %v", p.Body.Defaults)
		}
		body := p.Body
		body.Turnout = "0.75"
		body.Defaults = slices.DeleteFunc(slices.Clone(body.Defaults), func(c string) bool { return c == plan.ChapterQuota })
		p, err := s.plans.Save(ctx, s.clerk, p.ID, p.Version, "Plan of 2022", body)
		if err != nil {
			t.Fatal(err)
		}
		if p.Body.IsDefault(plan.ChapterBallot) || p.Body.IsDefault(plan.ChapterQuota) || !p.Body.IsDefault(plan.ChapterSteps) {
			t.Fatalf("defaults after a change: %v", p.Body.Defaults)
		}
		h, err := audit.History(ctx, db, audit.Subject{Kind: "plan", ID: p.ID}, 1)
		if err != nil || h[0].Changes[0] != (audit.Change{Field: "turnout", From: "0.8", To: "0.75"}) {
			t.Fatalf("the log says %v %v", h, err)
		}
		frozen, err := s.plans.Freeze(ctx, s.clerk, p.ID, p.Version)
		if err != nil {
			t.Fatal(err)
		}
		read, err := plan.ByID(ctx, db, p.ID)
		if err != nil || read.State != plan.Frozen || read.Digest != plan.Digest(read.Text) || read.Digest != frozen.Digest || read.FrozenAt != clock.Now().UnixMicro() {
			t.Fatalf("frozen plan %+v %v", read, err)
		}
		h, _ = audit.History(ctx, db, audit.Subject{Kind: "plan", ID: p.ID}, 1)
		if !slices.Contains(h[0].Changes, audit.Change{Field: "digest", To: read.Digest}) {
			t.Fatalf("the digest is not in the log: %v", h[0].Changes)
		}
		if _, err = s.plans.Save(ctx, s.clerk, p.ID, read.Version, "other", body); fault.As(err) == nil || fault.As(err).Key != "fault.plan.frozen" {
			t.Fatalf("a frozen plan was edited: %v", err)
		}
	})
}

func TestSavingGuardsTheVersionAndTheRight(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, _ *storetest.Clock) {
		ctx, s := context.Background(), open(t, db)
		p := s.create(t)
		if _, err := s.plans.Save(ctx, s.clerk, p.ID, p.Version, "first", p.Body); err != nil {
			t.Fatal(err)
		}
		_, err := s.plans.Save(ctx, s.clerk, p.ID, p.Version, "second", p.Body)
		if now, ok := fault.As(err).Current.(plan.Plan); fault.KindOf(err) != fault.Stale || !ok || now.Name != "first" {
			t.Fatalf("the stale form: %v", err)
		}
		if _, err := s.plans.Create(ctx, s.clerk, plan.NewPlan{Unit: s.town, Year: 2022, Name: "x"}); fault.KindOf(err) != fault.Forbidden {
			t.Fatalf("a plan of another unit: %v", err)
		}
		if _, err := s.plans.Create(ctx, s.clerk, plan.NewPlan{Unit: s.city, Year: 22, Name: " "}); len(fault.As(err).Fields) != 2 {
			t.Fatalf("bad input: %v", err)
		}
	})
}

func TestADraftMayHaveProblemsAFrozenPlanMayNot(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, _ *storetest.Clock) {
		ctx, s := context.Background(), open(t, db)
		p := s.create(t)
		body := p.Body
		body.Classes = slices.Clone(body.Classes)
		body.Classes[0].Weight = "0.6"
		p, err := s.plans.Save(ctx, s.clerk, p.ID, p.Version, p.Name, body)
		if err != nil {
			t.Fatal(err)
		}
		_, err = s.plans.Freeze(ctx, s.clerk, p.ID, p.Version)
		if f := fault.As(err); fault.KindOf(err) != fault.Invalid || len(f.Fields) != 1 || f.Fields[0].Name != "classes" {
			t.Fatalf("freezing a plan whose weights sum to 1.1: %v", err)
		}
		err = db.Write(ctx, func(tx *store.Tx) error {
			_, _, err := plan.FreezeTx(ctx, tx, p.ID)
			return err
		})
		if fault.KindOf(err) != fault.Invalid {
			t.Fatalf("frozen from another room: %v", err)
		}
	})
}

func TestCopyingTakesPlansOfTheUnitAndAbove(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, _ *storetest.Clock) {
		ctx, s := context.Background(), open(t, db)
		p := s.create(t)
		body := p.Body
		body.SmallClass = 7
		if _, err := s.plans.Save(ctx, s.clerk, p.ID, p.Version, p.Name, body); err != nil {
			t.Fatal(err)
		}
		child, err := s.plans.Create(ctx, authz.System(), plan.NewPlan{Unit: s.town, Year: 2023, Name: "town", From: p.ID})
		if err != nil || child.Body.SmallClass != 7 || child.BasedOn != p.ID {
			t.Fatalf("the copy: %+v %v", child.Body.SmallClass, err)
		}
		_, err = s.plans.Create(ctx, s.clerk, plan.NewPlan{Unit: s.city, Year: 2023, Name: "city", From: child.ID})
		if fault.KindOf(err) != fault.NotFound {
			t.Fatalf("the city copied a plan of a unit below: %v", err)
		}
		all, err := plan.List(ctx, db, authz.Everything())
		if err != nil || len(all) != 2 || all[0].Year != 2023 {
			t.Fatalf("list: %d %v", len(all), err)
		}
		if _, err := plan.Find(ctx, db, authz.Scope{}, p.ID); fault.KindOf(err) != fault.NotFound {
			t.Fatalf("a draft was shown to anybody: %v", err)
		}
	})
}

func TestTheLogIsNotFloodedByAFreshText(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, _ *storetest.Clock) {
		ctx, s := context.Background(), open(t, db)
		p := s.create(t)
		body := p.Body
		body.Areas = slices.Repeat([]plan.Area{{ID: "a", Name: map[string]string{"zh": strings.Repeat("字", 3000)}}}, 40)
		if _, err := s.plans.Save(ctx, s.clerk, p.ID, p.Version, p.Name, body); fault.KindOf(err) != fault.TooLarge {
			t.Fatalf("a text far too long was kept: %v", err)
		}
	})
}
