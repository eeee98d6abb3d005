package result

import (
	"bytes"
	"strings"
	"testing"

	"plumbline/internal/fault"
	"plumbline/internal/review/plan"
	"plumbline/internal/scoring"
)

func TestAResultIsExplainedFixedAndKept(t *testing.T) {
	each(t, func(s *stand) {
		s.complete()
		v := s.look(0)
		if v.Record == nil || len(v.Gaps) != 0 || !v.CanFix() || v.Chosen != nil {
			t.Fatalf("view: %+v", v)
		}
		// A: (6×100 + 2×80)/8 = 95; B: (900+80)/10 = 98; C: 100. 0.5×95 + 0.3×98 + 0.2×100 = 96.9.
		// 0.3×96.9 + 0.3×98 + 0.3×100 + 0.1×91.5 = 29.07 + 29.4 + 30 + 9.15 = 97.62
		u := v.Record.Units[0]
		if u.Ballot.Text != "96.90" || u.Composite.Text != "97.62" || u.Rank != 1 || len(u.Tied) != 1 || u.Suggested != "good" || u.Composite.Rounded() {
			t.Errorf("unit: %+v", u)
		}
		a := u.Classes[0]
		if a.Mean.Text != "95.00" || a.Contribution.Text != "47.50" || a.Valid != 8 || a.Abstained != 1 || a.Items[0].Sum != "760" || a.Hidden != "" {
			t.Errorf("class A: %+v", a)
		}
		if p := u.Parts[1]; p.Sheet == nil || p.Sheet.Score != "98" || p.Sheet.Lines[0].Amount != "2" || p.Sheet.Lines[0].Note != "one" || p.Contribution.Text != "29.40" {
			t.Errorf("ordinary: %+v", p)
		}
		if p := u.Parts[3]; p.Figure == nil || p.Figure.Name != "Clerk" || p.Contribution.Text != "9.15" {
			t.Errorf("central: %+v", p)
		}
		if q := v.Record.Quota; q == nil || q.Required != 1 || q.Suggested != 1 || !q.Met {
			t.Errorf("quota: %+v", q)
		}
		_, err := s.s.Fix(ctx, clerk, 9, "what somebody saw before")
		s.fails(err, fault.Stale, "")
		_, err = s.s.Fix(ctx, speaker, 9, v.Now)
		s.fails(err, fault.Forbidden, "")
		f := s.fix()
		if f.No != 1 || f.TallyDigest != "tally-1" || s.state() != "appraised" {
			t.Errorf("fixed: %+v %s", f, s.state())
		}
		p, err := plan.ByID(ctx, s.db, 7)
		s.must(err)
		if p.State != plan.Frozen || p.Digest != f.PlanDigest {
			t.Errorf("the plan is %s %s, the result says %s", p.State, p.Digest, f.PlanDigest)
		}
		_, err = s.s.Fix(ctx, clerk, 9, s.look(-1).Now)
		s.fails(err, fault.Invalid, "fault.result.same")

		s.must(s.s.SetFigures(ctx, clerk, 9, []FigureEdit{{At: Cell{4, "central"}, Score: "100", Version: 1}}))
		if v = s.look(0); !v.Changed() || v.Chosen.No != 1 {
			t.Errorf("after a changed figure: %+v", v.Chosen)
		}
		s.fix()
		old, now := s.look(1), s.look(0)
		a1, _ := old.Record.Of(4)
		a2, _ := now.Record.Of(4)
		if old.Chosen.No != 1 || now.Chosen.No != 2 || a1.Composite.Text == a2.Composite.Text {
			t.Errorf("old %s, new %s", a1.Composite.Text, a2.Composite.Text)
		}
		_, err = s.s.Look(ctx, s.scope(clerk), 9, 3)
		s.fails(err, fault.NotFound, "")
		_, err = s.s.Look(ctx, s.scope(speaker), 9, 0)
		s.fails(err, fault.NotFound, "")
	})
}

func TestATieIsShownWithItsCriteria(t *testing.T) {
	each(t, func(s *stand) {
		s.complete()
		// The same mean in class A from other marks.
		s.seal(map[int64]map[string][4]int{
			2: {"A": {6, 2, 0, 0}, "B": {10, 0, 0, 0}, "C": {6, 0, 0, 0}},
			3: {"A": {7, 0, 1, 0}, "B": {10, 0, 0, 0}, "C": {6, 0, 0, 0}},
			4: {"A": {8, 0, 0, 0}, "B": {7, 3, 0, 0}, "C": {5, 0, 0, 1}},
		})
		ties := s.look(0).Record.Ties
		if len(ties) != 1 || ties[0].Rank != 1 || len(ties[0].Units) != 2 || len(ties[0].Looks) != 3 {
			t.Fatalf("ties: %+v", ties)
		}
		for _, l := range ties[0].Looks {
			if l.Hidden || len(l.Values) != 2 || len(l.Ahead) != 0 {
				t.Errorf("a criterion that tells nothing apart: %+v", l)
			}
		}
		s.must(s.s.SetFigures(ctx, clerk, 9, []FigureEdit{{At: Cell{2, "central"}, Score: "90", Version: 1}, {At: Cell{3, "central"}, Score: "93", Version: 1}}))
		if ties = s.look(0).Record.Ties; len(ties) != 0 {
			t.Errorf("no longer a tie: %+v", ties)
		}
	})
}

func (s *stand) sheet2(unit int64, part, line string, times int) Sheet {
	s.t.Helper()
	v, err := s.s.Sheet(ctx, s.scope(clerk), 9, Cell{unit, part})
	s.must(err)
	open, err := s.s.Unlock(ctx, clerk, 9, Cell{unit, part}, v.Sheet.Version, "again")
	s.must(err)
	return s.sheet(unit, part, open.Version, true, map[string]Entry{line: {Times: times}})
}

func TestTieCriteriaTellUnitsApart(t *testing.T) {
	each(t, func(s *stand) {
		s.complete()
		// A of north is 10 below that of south: 0.3×0.5×10 = 1.5 of the composite, made up by the field's 0.3×5.
		s.seal(map[int64]map[string][4]int{
			2: {"A": {4, 4, 0, 0}, "B": {10, 0, 0, 0}, "C": {6, 0, 0, 0}},
			3: {"A": {8, 0, 0, 0}, "B": {10, 0, 0, 0}, "C": {6, 0, 0, 0}},
			4: {"A": {0, 0, 4, 4}, "B": {7, 3, 0, 0}, "C": {5, 0, 0, 1}},
		})
		s.sheet2(2, "field", "base", 0)
		s.sheet2(3, "field", "untrue", 1)
		s.must(s.s.SetFigures(ctx, clerk, 9, []FigureEdit{{At: Cell{2, "central"}, Score: "97.5", Version: 1}}))
		ties := s.look(0).Record.Ties
		if len(ties) != 1 {
			t.Fatalf("units: %+v", s.look(0).Record.Units)
		}
		l := ties[0].Looks
		if l[0].Kind != plan.HigherClass || l[0].Ahead[0] != 3 || l[0].Values[0] != "90.00" || l[0].Values[1] != "100.00" {
			t.Errorf("class: %+v", l[0])
		}
		if l[1].Kind != plan.FewerOfGrade || len(l[1].Ahead) != 0 || l[1].Values[0] != "0" {
			t.Errorf("fewest: %+v", l[1])
		}
		if l[2].Kind != plan.HigherPart || len(l[2].Ahead) != 1 || l[2].Ahead[0] != 2 || l[2].Values[1] != "97.00" {
			t.Errorf("part: %+v", l[2])
		}
	})
}

func TestASmallClassIsNotShownButCounts(t *testing.T) {
	each(t, func(s *stand) {
		s.complete()
		s.seal(map[int64]map[string][4]int{
			2: {"A": {6, 2, 0, 0}, "B": {9, 1, 0, 0}, "C": {3, 1, 0, 0}},
			3: {"A": {6, 2, 0, 0}, "B": {9, 1, 0, 0}, "C": {4, 2, 0, 0}},
			4: {"A": {2, 1, 0, 0}, "B": {9, 1, 0, 0}, "C": {3, 1, 0, 0}},
		})
		s.fix()
		r := *s.look(0).Record
		why := func(unit int64) string {
			u, _ := r.Of(unit)
			var out []string
			for _, c := range u.Classes {
				out = append(out, c.ID+"="+c.Hidden)
				if c.Hidden != "" && (c.Valid+c.Abstained != 0 || c.Mean != nil || c.Contribution != nil || c.Items != nil) {
					t.Errorf("unit %d class %s leaks: %+v", unit, c.ID, c)
				}
				if c.Hidden == "" && c.Mean == nil {
					t.Errorf("unit %d class %s is not shown", unit, c.ID)
				}
			}
			return strings.Join(out, " ")
		}
		// North: C is small, and A has the next fewest; its mean can't be worked out by subtraction.
		for unit, want := range map[int64]string{2: "A=rest B= C=small", 3: "A= B= C=", 4: "A=small B= C=small"} {
			if got := why(unit); got != want {
				t.Errorf("unit %d: %s, not %s", unit, got, want)
			}
		}
		north, _ := r.Of(2)
		if north.Composite.Exact != north.Composite.Text || north.Ballot.Exact != north.Ballot.Text {
			t.Errorf("exact figures of small counts are shown: %+v", north.Composite)
		}
		// 0.5×95 + 0.3×98 + 0.2×95 = 95.9
		if north.Ballot.Text != "95.90" {
			t.Errorf("the arithmetic changed: %s", north.Ballot.Text)
		}
		s.fails(s.s.BallotsFile(ctx, s.scope(clerk), 9, s.look(0).Chosen.ID, &bytes.Buffer{}), fault.Invalid, "fault.result.small_export")
		for _, tie := range r.Ties {
			for _, l := range tie.Looks {
				if l.Kind != plan.HigherPart && (!l.Hidden || l.Values != nil) {
					t.Errorf("a criterion leaks: %+v", l)
				}
			}
		}
	})
}

func TestAnEmptyClassIsRefusedInWords(t *testing.T) {
	each(t, func(s *stand) {
		s.complete()
		s.seal(map[int64]map[string][4]int{
			2: {"A": {6, 2, 0, 0}, "B": {9, 1, 0, 0}, "C": {0, 0, 0, 0}},
			3: {"A": {6, 2, 0, 0}, "B": {9, 1, 0, 0}, "C": {6, 0, 0, 0}},
			4: {"A": {6, 2, 0, 0}, "B": {9, 1, 0, 0}, "C": {6, 0, 0, 0}},
		})
		v := s.look(0)
		if v.Problem == nil || v.Record != nil || v.CanFix() || !strings.Contains(v.Problem.Text("zh"), "北") {
			t.Fatalf("problem: %v", v.Problem)
		}
		_, err := s.s.Fix(ctx, clerk, 9, "")
		s.fails(err, fault.Invalid, "fault.result.refused")
	})
}

func TestExportedFilesReproduceTheFigures(t *testing.T) {
	eachWith(t, func(b *plan.Body) {
		b.Trim = &plan.Trim{EachEnd: 1, WhenMoreThan: 7}
	}, func(s *stand) {
		s.complete()
		f := s.fix()
		var planFile, ballots, parts bytes.Buffer
		s.must(PlanFile(&planFile, s.body))
		r := s.look(0).Record
		s.must(PartsFile(&parts, *r))
		s.must(s.s.BallotsFile(ctx, s.scope(clerk), 9, f.ID, &ballots))
		file, problems := scoring.ReadPlan(&planFile)
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		c, err := scoring.NewCounter(file.Plan)
		s.must(err)
		s.must(addLines(&ballots, func(x []string) error {
			return c.Add(scoring.Mark{Ballot: x[0], Class: x[1], Unit: x[2], Item: x[3], Value: x[4]})
		}))
		s.must(addLines(&parts, func(x []string) error { return c.AddPart(scoring.PartScore{Unit: x[0], Part: x[1], Score: x[2]}) }))
		res, err := c.Result()
		s.must(err)
		for _, u := range res.Units {
			for _, mine := range r.Units {
				if mine.Code != u.Unit {
					continue
				}
				if mine.Composite.Text != u.Composite.Text || mine.Ballot.Text != u.Ballot.Text || mine.Rank != u.Rank || mine.Suggested != u.Suggested {
					t.Errorf("%s: %+v, the files give %s", u.Unit, mine, u.Composite)
				}
				for i, class := range u.Classes {
					if class.Mean.Text != mine.Classes[i].Mean.Text || class.Valid != mine.Classes[i].Valid || class.Abstained != mine.Classes[i].Abstained {
						t.Errorf("%s %s: %v", u.Unit, class.ID, class)
					}
				}
			}
		}
		_, err = s.s.Look(ctx, s.scope(rival), 9, 0)
		s.fails(err, fault.NotFound, "")
		s.fails(s.s.BallotsFile(ctx, s.scope(rival), 9, f.ID, &ballots), fault.NotFound, "")
	})
}

func addLines(b *bytes.Buffer, add func([]string) error) error {
	lines := strings.Split(strings.TrimSpace(b.String()), "\n")
	for _, l := range lines[1:] {
		if err := add(strings.Split(l, ",")); err != nil {
			return err
		}
	}
	return nil
}
