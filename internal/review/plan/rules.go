package plan

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"plumbline/internal/fault"
	"plumbline/internal/scoring"
	"plumbline/internal/wording"
)

// Problem is one thing that keeps a plan from being used. Path leads to the field ("classes[1].weight"); Key and Args
// word it.
type Problem struct {
	Path string
	Key  string
	Args []any
}

// Chapter is the chapter in which the problem stands.
func (p Problem) Chapter() string {
	field, _, _ := strings.Cut(p.Path, ".")
	field, _, _ = strings.Cut(field, "[")
	return chapterOf(field)
}

// Fault turns problems into one Invalid fault whose fields are the paths; nil where there are none.
func Fault(problems []Problem) error {
	var form fault.Form
	for _, p := range problems {
		form.Add(p.Path, p.Key, p.Args...)
	}
	return form.Err()
}

// most bounds every list of a plan; longestText bounds every text in it, in bytes.
const (
	most        = 100
	longestText = 2000
)

var idForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,31}$`)

type check struct{ found []Problem }

func (c *check) add(path, key string, args ...any) {
	c.found = append(c.found, Problem{path, "fault.plan." + key, args})
}

func (c *check) want(ok bool, path, key string, args ...any) {
	if !ok {
		c.add(path, key, args...)
	}
}

// arithmetic takes over what the scoring room finds; its wordings come along as arguments.
func (c *check) arithmetic(found []scoring.Problem) {
	for i := range found {
		c.add(found[i].Path, "arithmetic", "Zh", found[i].Text("zh"), "En", found[i].Text("en"))
	}
}

// Problems lists everything that keeps the plan from being used, chapter by chapter; none means that it can be frozen.
func (b Body) Problems() []Problem {
	c := &check{}
	c.calls(b)
	c.areas(b)
	c.report(b.Report)
	c.want(b.Minutes >= 0 && b.Minutes <= 180, "minutes", "range", "Min", 0, "Max", 180)
	c.names(b)
	c.arithmetic(b.Scoring().Validate())
	c.want(len(b.Grades) >= 2, "grades", "few_grades")
	c.want(isShare(b.Turnout), "turnout", "share")
	c.want(b.SmallClass >= 0 && b.SmallClass <= 50, "small_class", "range", "Min", 0, "Max", 50)
	c.ties(b)
	c.parts(b)
	c.steps(b)
	c.want(slices.Contains(Ranges, b.Notify), "notify", "choice")
	return c.inOrder()
}

func (c *check) inOrder() []Problem {
	slices.SortStableFunc(c.found, func(a, b Problem) int {
		return slices.Index(Chapters, a.Chapter()) - slices.Index(Chapters, b.Chapter())
	})
	return c.found
}

func isShare(text string) bool {
	_, err := scoring.ParseDecimal(text, 0, 1)
	return err == nil
}

// list checks the length of a list and, where id is given, that every id is one and stands once.
func (c *check) list(path string, n int, id func(i int) string) {
	c.want(n <= most, path, "long_list", "Max", most)
	seen := map[string]bool{}
	for i := range n {
		at := fmt.Sprintf("%s[%d].id", path, i)
		c.want(idForm.MatchString(id(i)), at, "id", "ID", id(i))
		c.want(!seen[id(i)], at, "id_doubled", "ID", id(i))
		seen[id(i)] = true
	}
}

func (c *check) name(path string, name wording.Text) {
	c.want(name.In(wording.Languages[0]) != "", path+".name", "name")
	for _, text := range name {
		c.want(len(text) <= longestText, path+".name", "long_text", "Max", longestText)
	}
}

func (c *check) calls(b Body) {
	c.want(len(b.Calls) <= most, "calls", "long_list", "Max", most)
	seen := map[string]bool{}
	for i, x := range b.Calls {
		path := fmt.Sprintf("calls[%d]", i)
		c.want(x.Kind != "" && !seen[x.Kind], path+".kind", "call_doubled")
		c.want(x.Mode == Oral || x.Mode == Written, path+".mode", "choice")
		c.want(x.Choice == Required || x.Choice == Selected, path+".choice", "choice")
		seen[x.Kind] = true
	}
}

func (c *check) areas(b Body) {
	c.want(len(b.Areas) > 0, "areas", "empty_list")
	c.list("areas", len(b.Areas), func(i int) string { return b.Areas[i].ID })
	for i, a := range b.Areas {
		c.name(fmt.Sprintf("areas[%d]", i), a.Name)
	}
}

// longestReport bounds the lengths that a template may ask for, in characters.
const longestReport = 100_000

func (c *check) lengths(path string, low, high int) {
	c.want(low >= 0 && low <= longestReport, path+".min", "range", "Min", 0, "Max", longestReport)
	c.want(high >= 0 && high <= longestReport, path+".max", "range", "Min", 0, "Max", longestReport)
	c.want(high == 0 || low <= high, path+".max", "min_max", "Min", low, "Max", high)
}

func (c *check) report(r Report) {
	c.want(len(r.Sections) > 0, "report.sections", "empty_list")
	c.list("report.sections", len(r.Sections), func(i int) string { return r.Sections[i].ID })
	there := map[SectionKind]bool{}
	for i, s := range r.Sections {
		path := fmt.Sprintf("report.sections[%d]", i)
		c.want(slices.Contains(SectionKinds, s.Kind), path+".kind", "choice")
		c.name(path, s.Name)
		c.lengths(path, s.Min, s.Max)
		c.want(len(s.Hint["zh"]) <= longestText && len(s.Hint["en"]) <= longestText, path+".hint", "long_text", "Max", longestText)
		there[s.Kind] = true
	}
	c.lengths("report", r.Min, r.Max)
	if r.Share == nil {
		return
	}
	c.want(r.Share.Den >= 1 && r.Share.Den <= 100 && r.Share.Num >= 1 && r.Share.Num < r.Share.Den, "report.share", "fraction")
	c.want(len(r.Share.Kinds) > 0, "report.share", "share_kinds")
	for _, k := range r.Share.Kinds {
		c.want(there[k], "report.share", "share_kind_missing")
	}
}

// names checks what the arithmetic does not look at: that people can read each row.
func (c *check) names(b Body) {
	for i, x := range b.Classes {
		c.name(fmt.Sprintf("classes[%d]", i), x.Name)
	}
	for i, x := range b.Items {
		c.name(fmt.Sprintf("items[%d]", i), x.Name)
	}
	for i, x := range b.Grades {
		c.name(fmt.Sprintf("grades[%d]", i), x.Name)
	}
	for path, n := range map[string]int{"classes": len(b.Classes), "items": len(b.Items), "grades": len(b.Grades), "bands": len(b.Bands), "parts": len(b.Parts)} {
		c.want(n <= most, path, "long_list", "Max", most)
	}
}

func (c *check) ties(b Body) {
	c.want(len(b.Ties) <= most, "ties", "long_list", "Max", most)
	for i, t := range b.Ties {
		path := fmt.Sprintf("ties[%d]", i)
		known := true
		switch t.Kind {
		case HigherClass:
			_, known = b.Class(t.Ref)
		case FewerOfGrade:
			_, known = b.Grade(t.Ref)
		case HigherPart:
			_, known = b.Part(t.Ref)
		case BodyDecides:
			c.want(i == len(b.Ties)-1, path+".kind", "body_last")
		default:
			c.add(path+".kind", "choice")
		}
		c.want(known, path+".ref", "unknown_ref", "ID", t.Ref)
		c.want(!slices.Contains(b.Ties[:i], t), path+".kind", "tie_doubled")
	}
}

func (c *check) parts(b Body) {
	for i, p := range b.Parts {
		path := fmt.Sprintf("parts[%d]", i)
		c.name(path, p.Name)
		c.want(slices.Contains(PartKinds, p.Kind), path+".kind", "choice")
		c.want((p.ID == scoring.BallotPart) == (p.Kind == FromBallot), path+".kind", "ballot_part")
		if p.Kind == FromSheet && p.Sheet == nil {
			c.add(path+".sheet", "no_sheet")
		}
		if p.Kind == FromSheet && p.Sheet != nil {
			c.sheet(path+".sheet", *p.Sheet)
		}
	}
}

func (c *check) sheet(path string, s Sheet) {
	c.list(path+".lines", len(s.Lines), func(i int) string { return s.Lines[i].ID })
	for i, l := range s.Lines {
		at := fmt.Sprintf("%s.lines[%d]", path, i)
		c.name(at, l.Name)
		if _, err := scoring.ParseDecimal(l.Points, 0, 100); err != nil {
			c.add(at+".points", "points")
		}
	}
	if _, err := s.CheckSheet(nil).Score(); err != nil {
		c.add(path+".start", "sheet_scores")
	}
}

// farthest bounds the offset of a step, in days.
const farthest = 730

func (c *check) steps(b Body) {
	c.list("steps", len(b.Steps), func(i int) string { return b.Steps[i].ID })
	for i, s := range b.Steps {
		path := fmt.Sprintf("steps[%d]", i)
		c.name(path, s.Name)
		c.want(s.Offset >= -farthest && s.Offset <= farthest, path+".offset", "range", "Min", -farthest, "Max", farthest)
		c.want(s.Days == CalendarDays || s.Days == WorkingDays, path+".days", "choice")
		c.want(slices.Contains(Whos, s.Who), path+".who", "choice")
		c.want(s.ID != StepMeeting || s.Offset == 0, path+".offset", "meeting_day")
	}
	for _, id := range NeededSteps {
		_, ok := b.Step(id)
		c.want(ok, "steps", "step_missing", "Step", id)
	}
	c.rising(b, StepDraft, StepReport, StepMeeting, StepClaim, StepMatterPlan, StepFirstReport, StepLookBack)
	c.rising(b, StepMeeting, StepDecision)
}

// rising checks that steps which build on each other do not stand in the wrong order.
func (c *check) rising(b Body, ids ...string) {
	for i := 1; i < len(ids); i++ {
		before, ok := b.Step(ids[i-1])
		after, there := b.Step(ids[i])
		if ok && there && after.Offset < before.Offset {
			at := slices.IndexFunc(b.Steps, func(s Step) bool { return s.ID == ids[i] })
			c.add(fmt.Sprintf("steps[%d].offset", at), "step_order", "Zh", before.Name.In("zh"), "En", before.Name.In("en"))
		}
	}
}
