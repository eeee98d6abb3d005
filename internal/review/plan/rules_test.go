package plan

import (
	"os"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"plumbline/internal/calendar"
	"plumbline/internal/pack/party"
	"plumbline/internal/scoring"
	"plumbline/internal/wording"
)

func start(t testing.TB) Body {
	t.Helper()
	b, err := FromPack(party.Files())
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// fresh gives a copy that shares nothing with b.
func fresh(t testing.TB, b Body) Body {
	t.Helper()
	text, err := b.Text()
	if err != nil {
		t.Fatal(err)
	}
	out, err := Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestThePacksPlanHasNoProblems(t *testing.T) {
	if p := start(t).Problems(); len(p) != 0 {
		t.Fatalf("%+v", p)
	}
}

func TestProblemsNameTheField(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(*Body)
		path  string
		key   string
	}{
		"call twice":     {func(b *Body) { b.Calls[1].Kind = b.Calls[0].Kind }, "calls[1].kind", "call_doubled"},
		"weights":        {func(b *Body) { b.Classes[1].Weight = "0.31" }, "classes", "arithmetic"},
		"a weight":       {func(b *Body) { b.Parts[0].Weight = "40%" }, "parts[0].weight", "arithmetic"},
		"no area":        {func(b *Body) { b.Areas = nil }, "areas", "empty_list"},
		"doubled area":   {func(b *Body) { b.Areas[1].ID = b.Areas[0].ID }, "areas[1].id", "id_doubled"},
		"id":             {func(b *Body) { b.Areas[1].ID = "a b" }, "areas[1].id", "id"},
		"nameless":       {func(b *Body) { b.Items[0].Name = wording.Text{} }, "items[0].name", "name"},
		"lengths":        {func(b *Body) { b.Report.Sections[0].Min = 900 }, "report.sections[0].max", "min_max"},
		"section kind":   {func(b *Body) { b.Report.Sections[0].Kind = "x" }, "report.sections[0].kind", "choice"},
		"share":          {func(b *Body) { b.Report.Share.Num = 3 }, "report.share", "fraction"},
		"share of none":  {func(b *Body) { b.Report.Sections = b.Report.Sections[:2] }, "report.share", "share_kind_missing"},
		"one grade":      {func(b *Body) { b.Grades, b.Bands, b.Quota = b.Grades[:1], nil, nil }, "grades", "few_grades"},
		"turnout":        {func(b *Body) { b.Turnout = "80" }, "turnout", "share"},
		"small class":    {func(b *Body) { b.SmallClass = -1 }, "small_class", "range"},
		"unknown tie":    {func(b *Body) { b.Ties[0].Ref = "Z" }, "ties[0].ref", "unknown_ref"},
		"body first":     {func(b *Body) { b.Ties = []TieRule{{Kind: BodyDecides}, b.Ties[0]} }, "ties[0].kind", "body_last"},
		"tie twice":      {func(b *Body) { b.Ties[1] = b.Ties[0] }, "ties[1].kind", "tie_doubled"},
		"two ballots":    {func(b *Body) { b.Parts[1].Kind = FromBallot }, "parts[1].kind", "ballot_part"},
		"no sheet":       {func(b *Body) { b.Parts[1].Sheet = nil }, "parts[1].sheet", "no_sheet"},
		"points":         {func(b *Body) { b.Parts[1].Sheet.Lines[0].Points = "-1" }, "parts[1].sheet.lines[0].points", "points"},
		"start":          {func(b *Body) { b.Parts[1].Sheet.Floor = "101" }, "parts[1].sheet.start", "sheet_scores"},
		"meeting moved":  {func(b *Body) { b.Steps[6].Offset = 1 }, "steps[6].offset", "meeting_day"},
		"order":          {func(b *Body) { b.Steps[3].Offset = -30 }, "steps[3].offset", "step_order"},
		"step missing":   {func(b *Body) { b.Steps = b.Steps[:14] }, "steps", "step_missing"},
		"days":           {func(b *Body) { b.Steps[0].Days = "moons" }, "steps[0].days", "choice"},
		"range":          {func(b *Body) { b.Notify = "" }, "notify", "choice"},
		"minutes":        {func(b *Body) { b.Minutes = 500 }, "minutes", "range"},
		"decimals":       {func(b *Body) { b.Decimals = 12 }, "decimals", "arithmetic"},
		"too long a row": {func(b *Body) { b.Areas = slices.Repeat(b.Areas, 30) }, "areas", "long_list"},
	} {
		b := start(t)
		c.spoil(&b)
		found := b.Problems()
		hit := slices.ContainsFunc(found, func(p Problem) bool { return p.Path == c.path && p.Key == "fault.plan."+c.key })
		if !hit {
			t.Errorf("%s: wanted %s at %s, found %+v", name, c.key, c.path, found)
		}
		for _, p := range found {
			if p.Chapter() == "" {
				t.Errorf("%s: %s is in no chapter", name, p.Path)
			}
		}
		if Fault(found) == nil {
			t.Errorf("%s: no fault", name)
		}
	}
}

func TestScoringReadsWhatThePlanExports(t *testing.T) {
	b := start(t)
	p := b.Scoring()
	got, err := scoring.Score(p, []scoring.Mark{
		{Ballot: "1", Class: "A", Unit: "u", Item: "overall", Value: "good"},
		{Ballot: "1", Class: "B", Unit: "u", Item: "overall", Value: "fairly_good"},
		{Ballot: "1", Class: "C", Unit: "u", Item: "overall", Value: "poor"},
	}, []scoring.PartScore{{Unit: "u", Part: "ordinary", Score: "90"}, {Unit: "u", Part: "field", Score: "80"}})
	if err != nil {
		t.Fatal(err)
	}
	// 0.5*100 + 0.3*80 + 0.2*40 = 82; 0.4*82 + 0.3*90 + 0.3*80 = 83.8
	if u := got.Units[0]; u.Ballot.Text != "82.00" || u.Composite.Text != "83.80" || u.Suggested != "fairly_good" {
		t.Errorf("%s %s %s", u.Ballot.Text, u.Composite.Text, u.Suggested)
	}
}

func TestCheckSheetTakesOffAndAdds(t *testing.T) {
	part, _ := start(t).Part("ordinary")
	r, err := part.Sheet.CheckSheet(map[string]int{"studies": 3, "late": 2, "spread": 1}).Score()
	if err != nil || r.Score.Text != "95.5" {
		t.Errorf("100 - 1.5 - 4 + 1 gave %s %v", r.Score.Text, err)
	}
}

func TestPreviewIsTheSameEveryTime(t *testing.T) {
	b, units := start(t), []string{"u1", "u2", "u3", "u4", "u5"}
	one, err := b.Preview(units)
	if err != nil {
		t.Fatal(err)
	}
	two, _ := b.Preview(units)
	if len(one.Result.Units) != 5 || one.Result.Quota == nil || one.Result.Units[0].Composite.Text != two.Result.Units[0].Composite.Text {
		t.Errorf("%+v", one.Result)
	}
	b.Classes[0].Weight = "1"
	if _, err := b.Preview(units); err == nil {
		t.Error("a plan with problems was scored")
	}
}

func TestStepsFallOnWorkingDays(t *testing.T) {
	text, err := os.ReadFile("../../pack/party/calendar.json")
	if err != nil {
		t.Fatal(err)
	}
	cal, err := calendar.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	meeting := calendar.MustParse("2022-01-25")
	for _, c := range []struct {
		offset int
		days   Days
		want   string
	}{
		{0, CalendarDays, "2022-01-25"},
		{-10, CalendarDays, "2022-01-14"}, // the 15th is a Saturday
		{10, CalendarDays, "2022-02-07"},  // the 4th lies in the spring festival
		{4, WorkingDays, "2022-01-29"},    // a Saturday that is worked
		{6, WorkingDays, "2022-02-07"},
		{-1, CalendarDays, "2022-01-24"},
	} {
		s := Step{Offset: c.offset, Days: c.days}
		if got := s.Due(cal, meeting).String(); got != c.want {
			t.Errorf("%d %s: %s, not %s", c.offset, c.days, got, c.want)
		}
	}
}

func TestDiffNamesWhatChanged(t *testing.T) {
	a, b := start(t), start(t)
	if d := Diff(a, b); len(d) != 0 {
		t.Fatalf("no difference became %+v", d)
	}
	b.Classes[0].Weight = "0.6"
	b.Areas = b.Areas[1:]
	b.Steps = append(b.Steps, Step{ID: "extra", Name: wording.Text{"zh": "加", "en": "more"}, Days: WorkingDays, Who: Everyone})
	b.Trim = &Trim{1, 5}
	b.Ties = b.Ties[1:]
	b.Parts[1].Sheet.Lines[0].Points = "1"
	b.Grades[0], b.Grades[1] = b.Grades[1], b.Grades[0]
	b.Defaults = nil
	want := map[string][2]string{
		"areas#study": {a.Areas[0].Name["zh"], ""}, "classes#A.weight": {"0.5", "0.6"}, "trim.each_end": {"", "1"}, "trim.when_more_than": {"", "5"},
		"steps#extra": {"", "加"}, "parts#ordinary.sheet.lines#studies.points": {"0.5", "1"},
		"grades.order": {"good, fairly_good, fair, poor", "fairly_good, good, fair, poor"},
	}
	for _, c := range Diff(a, b) {
		if strings.HasPrefix(c.Path(), "ties") {
			continue
		}
		if w, ok := want[c.Path()]; !ok || w != [2]string{c.From, c.To} {
			t.Errorf("%s: %q to %q", c.Path(), c.From, c.To)
		}
		delete(want, c.Path())
	}
	if len(want) != 0 {
		t.Errorf("not found: %v", want)
	}
}

// Whatever the ids, differences are exactly what is needed: none between a plan and itself, and the same places both
// ways round.
func TestDiffIsSymmetric(t *testing.T) {
	base := start(t)
	rapid.Check(t, func(rt *rapid.T) {
		other := fresh(t, base)
		for range rapid.IntRange(0, 5).Draw(rt, "edits") {
			i := rapid.IntRange(0, 2).Draw(rt, "class")
			switch rapid.IntRange(0, 3).Draw(rt, "kind") {
			case 0:
				other.Classes[i].Weight = rapid.StringMatching(`0\.[0-9]{1,2}`).Draw(rt, "weight")
			case 1:
				other.Steps = slices.Delete(other.Steps, i, i+1)
			case 2:
				other.Areas = append(other.Areas, Area{ID: rapid.StringMatching(`[a-z]{9}`).Draw(rt, "id")})
			case 3:
				other.Report.Sections[i].Max++
			}
		}
		there, back := Diff(base, other), Diff(other, base)
		if len(there) != len(back) {
			rt.Fatalf("%v and %v", there, back)
		}
		for _, c := range there {
			if !slices.ContainsFunc(back, func(d Change) bool { return d.Path() == c.Path() && d.From == c.To && d.To == c.From }) {
				rt.Fatalf("%v has no mirror in %v", c, back)
			}
		}
		if len(Diff(other, fresh(t, other))) != 0 {
			rt.Fatal("a plan differs from itself")
		}
	})
}
