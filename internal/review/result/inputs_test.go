package result

import (
	"slices"
	"strings"
	"testing"

	"plumbline/internal/fault"
	"plumbline/internal/org"
	"plumbline/internal/review/cycle"
	"plumbline/internal/review/plan"
	"plumbline/internal/scoring"
)

func TestAGapIsNamedUntilItIsFilled(t *testing.T) {
	each(t, func(s *stand) {
		v := s.look(0)
		want := []Gap{{Kind: NoTally}, {NoSheet, 2, "ordinary"}, {NoSheet, 3, "ordinary"}, {NoSheet, 4, "ordinary"},
			{NoSheet, 2, "field"}, {NoSheet, 3, "field"}, {NoSheet, 4, "field"}, {NoFigure, 2, "central"}, {NoFigure, 3, "central"}, {NoFigure, 4, "central"}}
		if len(v.Gaps) != len(want) {
			t.Fatalf("gaps: %v", v.Gaps)
		}
		for i := range want {
			if v.Gaps[i] != want[i] {
				t.Errorf("gap %d is %v, not %v", i, v.Gaps[i], want[i])
			}
		}
		s.complete()
		s.must(s.s.SetFigures(ctx, clerk, 9, []FigureEdit{{At: Cell{2, "central"}, Score: "", Version: 1}}))
		s.sealed.PlanDigest = "another"
		if v = s.look(0); len(v.Gaps) != 2 || v.Gaps[0].Kind != OtherPlan || v.Gaps[1] != (Gap{NoFigure, 2, "central"}) {
			t.Errorf("gaps: %v", v.Gaps)
		}
		_, err := s.s.Fix(ctx, clerk, 9, "")
		s.fails(err, fault.Invalid, "fault.result.gaps")
	})
}

func TestASheetIsFilledLockedAndOpenedAgain(t *testing.T) {
	each(t, func(s *stand) {
		at := Cell{2, "ordinary"}
		first := s.sheet(2, "ordinary", 0, false, map[string]Entry{"studies": {Times: 3, Note: "three missing"}, "spread": {Times: 1}})
		v, err := s.s.Sheet(ctx, s.scope(clerk), 9, at)
		s.must(err)
		if v.Worked.Score != "99.5" || v.Worked.Deducted != "1.5" || v.Worked.Added != "1" || len(v.Worked.Lines) != 2 || v.Next != 3 {
			t.Errorf("worked out: %+v next %d", v.Worked, v.Next)
		}
		_, err = s.s.Save(ctx, colleague, SaveSheet{9, at, 0, nil, false})
		s.fails(err, fault.Stale, "")
		if f := fault.As(err); f.Current.(Sheet).Entries["studies"].Times != 3 {
			t.Errorf("the stale form is not told what stands: %v", f.Current)
		}
		locked := s.sheet(2, "ordinary", first.Version, true, map[string]Entry{"late": {Times: 60}})
		_, err = s.s.Save(ctx, clerk, SaveSheet{9, at, locked.Version, nil, false})
		s.fails(err, fault.Invalid, "fault.result.locked")
		v, err = s.s.Sheet(ctx, s.scope(clerk), 9, at)
		s.must(err)
		if v.Worked.Score != "0" || !v.Worked.AtFloor || v.Worked.Before != "-20" || v.Sheet.LockedBy != "Clerk" {
			t.Errorf("held at the floor: %+v", v.Worked)
		}
		_, err = s.s.Unlock(ctx, clerk, 9, at, locked.Version, " ")
		s.fails(err, fault.Invalid, "reason:fault.result.unlock_reason")
		open, err := s.s.Unlock(ctx, clerk, 9, at, locked.Version, "a slip of the pen")
		s.must(err)
		if open.State != SheetDraft || open.Reason == "" || open.LockedAt != 0 {
			t.Errorf("unlocked: %+v", open)
		}
		s.must(s.s.Discard(ctx, clerk, 9, at, open.Version))
		s.must(s.s.SetFigures(ctx, clerk, 9, []FigureEdit{{At: at, Score: "88"}}))
		_, err = s.s.Save(ctx, clerk, SaveSheet{9, at, 0, nil, false})
		s.fails(err, fault.Invalid, "fault.result.has_figure")
	})
}

func TestASheetRefusesWhatIsNoSheet(t *testing.T) {
	each(t, func(s *stand) {
		for name, c := range map[string]struct {
			in   SaveSheet
			kind fault.Kind
			want string
		}{
			"no part":     {SaveSheet{9, Cell{2, "nothing"}, 0, nil, false}, fault.NotFound, ""},
			"no sheet":    {SaveSheet{9, Cell{2, "central"}, 0, nil, false}, fault.NotFound, ""},
			"no reporter": {SaveSheet{9, Cell{5, "field"}, 0, nil, false}, fault.NotFound, ""},
			"too often":   {SaveSheet{9, Cell{2, "field"}, 0, map[string]Entry{"base": {Times: 1000}}, false}, fault.Invalid, "times-base:fault.result.times"},
			"negative":    {SaveSheet{9, Cell{2, "field"}, 0, map[string]Entry{"base": {Times: -1}}, false}, fault.Invalid, "times-base:fault.result.times"},
			"long note":   {SaveSheet{9, Cell{2, "field"}, 0, map[string]Entry{"base": {1, strings.Repeat("长", 501)}}, false}, fault.Invalid, "note-base:fault.result.long_note"},
		} {
			_, err := s.s.Save(ctx, clerk, c.in)
			s.t.Log(name)
			s.fails(err, c.kind, c.want)
		}
		_, err := s.s.Save(ctx, speaker, SaveSheet{9, Cell{2, "field"}, 0, nil, true})
		s.fails(err, fault.Forbidden, "")
		_, err = s.s.Sheet(ctx, s.scope(speaker), 9, Cell{2, "field"})
		s.fails(err, fault.NotFound, "")
		_, err = s.s.Matrix(ctx, s.scope(rival), 9)
		s.fails(err, fault.NotFound, "")
		s.sql(`UPDATE cycle SET state = 'closed' WHERE id = 9`)
		_, err = s.s.Save(ctx, clerk, SaveSheet{9, Cell{2, "field"}, 0, nil, false})
		s.fails(err, fault.Invalid, "fault.cycle.closed")
	})
}

func TestFiguresAreKeyedAllOrNone(t *testing.T) {
	each(t, func(s *stand) {
		err := s.s.SetFigures(ctx, clerk, 9, []FigureEdit{{At: Cell{2, "central"}, Score: "90"}, {At: Cell{3, "central"}, Score: "100.5"},
			{At: Cell{4, "central"}, Score: "９０"}, {At: Cell{5, "central"}, Score: "1"}, {At: Cell{4, "ballot"}, Score: "1"}})
		for _, want := range []string{"score-3-central:fault.result.score", "score-4-central:fault.result.score", "score-5-central:fault.result.no_cell", "score-4-ballot:fault.result.no_cell"} {
			s.fails(err, fault.Invalid, want)
		}
		m, err := s.s.Matrix(ctx, s.scope(clerk), 9)
		s.must(err)
		if len(m.Figures) != 0 || m.Missing() != 9 {
			t.Fatalf("something was kept: %+v", m.Figures)
		}
		s.must(s.s.SetFigures(ctx, clerk, 9, []FigureEdit{{At: Cell{2, "central"}, Score: "90.25", Note: "by letter"}, {At: Cell{3, "central"}}}))
		m, err = s.s.Matrix(ctx, s.scope(clerk), 9)
		s.must(err)
		f := m.Figures[Cell{2, "central"}]
		if f.Score != "90.25" || f.Note != "by letter" || f.Source != "" || f.Name != "Clerk" || f.Version != 1 || m.Missing() != 8 {
			t.Errorf("figure: %+v, %d missing", f, m.Missing())
		}
		s.fails(s.s.SetFigures(ctx, colleague, 9, []FigureEdit{{At: Cell{2, "central"}, Score: "91"}}), fault.Stale, "")
		s.sheet(3, "ordinary", 0, false, nil)
		s.fails(s.s.SetFigures(ctx, clerk, 9, []FigureEdit{{At: Cell{3, "ordinary"}, Score: "91"}}), fault.Invalid, "score-3-ordinary:fault.result.has_sheet")
		s.fails(s.s.SetFigures(ctx, speaker, 9, nil), fault.Forbidden, "")
	})
}

func TestAFileIsTakenAsAWholeOrNotAtAll(t *testing.T) {
	each(t, func(s *stand) {
		bad := "unit_code,score,note\nN,90,\nX,80,\nS,abc,\nN,70,\nE,,\n"
		out, err := s.s.DryRun(ctx, s.scope(clerk), 9, "central", "f.csv", []byte(bad))
		s.must(err)
		var got []string
		for _, p := range out.Problems {
			got = append(got, unitText(int64(p.Line))+strings.TrimPrefix(p.Code, "result.import."))
		}
		if strings.Join(got, " ") != "3unknown_unit 4bad_score 5doubled_unit 6no_score" {
			t.Errorf("problems: %v", got)
		}
		_, err = s.s.Import(ctx, clerk, s.scope(clerk), 9, "central", "f.csv", []byte(bad))
		s.fails(err, fault.Invalid, "fault.result.import")
		s.must(s.s.SetFigures(ctx, clerk, 9, []FigureEdit{{At: Cell{2, "central"}, Score: "50"}}))
		good := "编码,得分,备注\nN,90.5,x\nS,80,\n"
		out, err = s.s.DryRun(ctx, s.scope(clerk), 9, "central", "考核.csv", []byte(good))
		s.must(err)
		if out.Total != 0 || len(out.Rows) != 2 || out.Rows[0].Old != "50" || out.Changes() != 2 || len(out.Left) != 1 || out.Left[0].Code != "E" {
			t.Errorf("dry run: %+v", out)
		}
		m, err := s.s.Matrix(ctx, s.scope(clerk), 9)
		s.must(err)
		if m.Figures[Cell{2, "central"}].Score != "50" {
			t.Error("a dry run changed something")
		}
		_, err = s.s.Import(ctx, clerk, s.scope(clerk), 9, "central", "考核.csv", []byte(good))
		s.must(err)
		m, err = s.s.Matrix(ctx, s.scope(clerk), 9)
		s.must(err)
		if f := m.Figures[Cell{2, "central"}]; f.Score != "90.5" || f.Source != "考核.csv" || f.Note != "x" {
			t.Errorf("imported: %+v", f)
		}
		_, err = s.s.DryRun(ctx, s.scope(speaker), 9, "central", "f.csv", []byte(good))
		s.fails(err, fault.NotFound, "")
		out, err = s.s.DryRun(ctx, s.scope(clerk), 9, "central", "f.csv", []byte("code\nN\n"))
		s.must(err)
		if out.Total != 1 || out.Problems[0].Code != "missing_column" {
			t.Errorf("without a score: %+v", out.Problems)
		}
	})
}

func TestAPlanMayStillChangeUnderTheInputs(t *testing.T) {
	each(t, func(s *stand) {
		s.complete()
		write := func(change func(*plan.Body)) {
			t.Helper()
			body := s.body
			body.Parts = slices.Clone(s.body.Parts)
			change(&body)
			text, err := body.Text()
			s.must(err)
			s.sql(`UPDATE plan SET body = $1 WHERE id = 7`, text)
		}
		write(func(b *plan.Body) { b.Parts[1].Kind, b.Parts[1].Sheet = plan.FromFile, nil })
		if v := s.look(0); len(v.Gaps) != 4 || v.Gaps[1] != (Gap{NoFigure, 2, "ordinary"}) {
			t.Errorf("a part is no sheet any more: %v", v.Gaps)
		}
		write(func(b *plan.Body) { b.Parts = b.Parts[:3] })
		m, err := s.s.Matrix(ctx, s.scope(clerk), 9)
		s.must(err)
		if len(m.Figures) != 0 || len(m.Parts) != 2 {
			t.Errorf("a part is gone: %v", m.Figures)
		}
		write(func(b *plan.Body) {
			sheet := *b.Parts[1].Sheet
			sheet.Start = "many"
			b.Parts[1].Sheet = &sheet
		})
		m, err = s.s.Matrix(ctx, s.scope(clerk), 9)
		s.must(err)
		if m.Scores[Cell{2, "ordinary"}] != "" || m.Scores[Cell{2, "field"}] != "100" {
			t.Errorf("a sheet with a mistake in its form: %v", m.Scores)
		}
		v, err := s.s.Sheet(ctx, s.scope(clerk), 9, Cell{2, "ordinary"})
		s.must(err)
		open, err := s.s.Unlock(ctx, clerk, 9, Cell{2, "ordinary"}, v.Sheet.Version, "the form changed")
		s.must(err)
		_, err = s.s.Save(ctx, clerk, SaveSheet{9, Cell{2, "ordinary"}, open.Version, nil, true})
		s.fails(err, fault.Invalid, "fault.result.plan")
	})
}

// Whatever a file holds, it is either taken with sound rows alone or answered by problems.
func FuzzImport(f *testing.F) {
	f.Add("unit_code,score\nN,90\n")
	f.Add("编码,得分,备注\nN,90.5,x\nN,1,\n")
	f.Add("unit_code,score,note\n\"N\n,,\n")
	in := inputs{Plan: plan.Plan{Body: plan.Body{Parts: []plan.Part{{ID: "p", Kind: plan.FromFile}}}}, Units: map[int64]org.Unit{2: {ID: 2, Code: "N"}},
		Reporters: []cycle.Reporter{{Unit: 2}}}
	f.Fuzz(func(t *testing.T, text string) {
		out := Import{Part: in.Plan.Body.Parts[0]}
		if err := in.read(&out, "f.csv", []byte(text)); err != nil {
			t.Fatal(err)
		}
		if out.Total == 0 && len(out.Rows) > 1 {
			t.Fatalf("one unit, %d rows", len(out.Rows))
		}
		for _, r := range out.Rows {
			if _, err := scoring.ParseDecimal(r.Score, 0, 100); err != nil || r.Unit.ID != 2 {
				t.Fatalf("row %+v", r)
			}
		}
	})
}
