package result

import (
	"strings"
	"testing"

	"plumbline/internal/audit"
	"plumbline/internal/fault"
	"plumbline/internal/review/plan"
)

func TestADecisionStandsBesideTheResult(t *testing.T) {
	each(t, func(s *stand) {
		_, err := s.s.Decide(ctx, clerk, Decide{Cycle: 9, Body: "x", MetOn: "2022-01-10", Grades: map[int64]Choice{}})
		s.fails(err, fault.Invalid, "fault.result.not_fixed")
		d := s.decided()
		if d.No != 1 || len(d.Grades) != 3 || s.state() != "decided" {
			t.Fatalf("decision: %+v", d)
		}
		v, err := s.s.DecisionOf(ctx, s.scope(clerk), 9)
		s.must(err)
		if v.Decisions[0].Body != "The committee" || v.Record == nil || len(v.Decisions[0].Grades) != 3 {
			t.Errorf("view: %+v", v)
		}
		_, err = s.s.DecisionOf(ctx, s.scope(speaker), 9)
		s.fails(err, fault.NotFound, "")
		entries, err := audit.History(ctx, s.db, audit.Subject{Kind: "cycle", ID: 9}, 1)
		s.must(err)
		if entries[0].Action != "decide" || entries[0].Subject.Kind != DecisionKind {
			t.Errorf("log: %+v", entries[0])
		}
	})
}

func TestADepartureNeedsAReason(t *testing.T) {
	each(t, func(s *stand) {
		s.complete()
		s.fix()
		for name, c := range map[string]struct {
			spoil func(*Decide)
			want  string
		}{
			"no body":       {func(d *Decide) { d.Body = " " }, "body:fault.result.body"},
			"no date":       {func(d *Decide) { d.MetOn = "yesterday" }, "met_on:fault.result.date"},
			"before":        {func(d *Decide) { d.MetOn = "2022-01-06" }, "met_on:fault.result.before_meeting"},
			"future":        {func(d *Decide) { d.MetOn = "2022-01-11" }, "met_on:fault.result.future"},
			"other's group": {func(d *Decide) { d.Group = 5 }, "group:fault.result.group"},
			"no grade":      {func(d *Decide) { delete(d.Grades, 3) }, "grade-3:fault.result.grade"},
			"unknown grade": {func(d *Decide) { d.Grades[3] = Choice{"great", ""} }, "grade-3:fault.result.grade"},
			"departs":       {func(d *Decide) { d.Grades[3] = Choice{"fair", ""} }, "reason-3:fault.result.departs"},
			"quota not met": {func(d *Decide) { d.Grades[4] = Choice{"good", "they did well"} }, "quota_reason:fault.result.quota"},
			"long":          {func(d *Decide) { d.Grades[3] = Choice{"fair", strings.Repeat("x", 501)} }, "reason-3:fault.result.long_note"},
			"long body":     {func(d *Decide) { d.Body = strings.Repeat("会", 201) }, "body:fault.result.long_note"},
		} {
			d := s.decision()
			c.spoil(&d)
			_, err := s.s.Decide(ctx, clerk, d)
			t.Log(name)
			s.fails(err, fault.Invalid, c.want)
		}
		_, err := s.s.Decide(ctx, speaker, s.decision())
		s.fails(err, fault.Forbidden, "")
		if s.state() != "appraised" {
			t.Errorf("the cycle moved on: %s", s.state())
		}
		d := s.decision()
		d.Grades[4] = Choice{"good", "they did well"}
		d.QuotaReason = "a small field"
		got, err := s.s.Decide(ctx, clerk, d)
		s.must(err)
		if g, _ := got.Of(4); g.Reason != "they did well" || g.Suggested != "fairly_good" || got.QuotaReason == "" {
			t.Errorf("departed: %+v", got)
		}
	})
}

func TestACorrectionIsANewDecision(t *testing.T) {
	each(t, func(s *stand) {
		first := s.decided()
		late := s.decision()
		late.Previous = 0
		_, err := s.s.Decide(ctx, colleague, late)
		s.fails(err, fault.Stale, "")
		if was, _ := fault.As(err).Current.(*Decision); was == nil || was.ID != first.ID {
			t.Errorf("the stale form is not told of what stands: %v", fault.As(err).Current)
		}
		d := s.decision()
		d.Grades[3] = Choice{"fairly_good", "an audit came in"}
		_, err = s.s.Decide(ctx, clerk, d)
		s.fails(err, fault.Invalid, "reason:fault.result.correction")
		d.Reason = "new facts"
		_, err = s.s.Decide(ctx, clerk, d)
		s.must(err)
		v, err := s.s.DecisionOf(ctx, s.scope(clerk), 9)
		s.must(err)
		if len(v.Decisions) != 2 || v.Decisions[0].No != 2 || v.Decisions[1].ID != first.ID {
			t.Fatalf("decisions: %+v", v.Decisions)
		}
		if old, _ := v.Decisions[1].Of(3); old.Grade != "good" {
			t.Errorf("the old one changed: %+v", old)
		}
		s.must(s.s.SetFigures(ctx, clerk, 9, []FigureEdit{{At: Cell{4, "central"}, Score: "1", Version: 1}}))
		stale := s.decision()
		stale.Reason = "again"
		s.fix()
		_, err = s.s.Decide(ctx, clerk, stale)
		s.fails(err, fault.Stale, "")
	})
}

func TestQuotaOfCountsWhatIsBelowTheTop(t *testing.T) {
	body := plan.Body{Grades: []plan.Grade{{ID: "a"}, {ID: "b"}, {ID: "c"}}, Bands: []plan.Band{{Grade: "a"}, {Grade: "b"}}}
	r := Record{Quota: &Quota{Units: 4, Required: 2}}
	if q := QuotaOf(body, r, map[int64]string{1: "a", 2: "b", 3: "c", 4: "a"}); q.Suggested != 2 || !q.Met {
		t.Errorf("%+v", q)
	}
	if q := QuotaOf(body, r, map[int64]string{1: "a", 2: "a", 3: "c", 4: "a"}); q.Suggested != 1 || q.Met {
		t.Errorf("%+v", q)
	}
	if q := QuotaOf(body, Record{}, nil); q != nil {
		t.Errorf("%+v", q)
	}
}
