package report

import (
	"context"

	"plumbline/internal/review/cycle"
	"plumbline/internal/review/plan"
	"plumbline/internal/store"
)

// What the checks take where a plan says nothing: how fast a speaker reads, in characters a minute, and how much of
// last year's wording may stand again, in percent of the sentences.
const (
	readingPace   = 220
	repeatPercent = 30
)

// FromPlan reads the template out of the plan of a cycle.
type FromPlan struct{}

// Template gives what the plan of a cycle asks of its reports.
func (FromPlan) Template(ctx context.Context, r store.Reader, id int64) (Template, error) {
	c, err := cycle.ByID(ctx, r, id)
	if err != nil {
		return Template{}, err
	}
	p, err := plan.ByID(ctx, r, c.Plan)
	if err != nil {
		return Template{}, err
	}
	return templateOf(p.Body), nil
}

func templateOf(b plan.Body) Template {
	t := Template{MinLength: b.Report.Min, MaxLength: b.Report.Max, PerMinute: readingPace, Minutes: b.Minutes, RepeatPercent: repeatPercent}
	weighs := map[plan.SectionKind]bool{}
	if s := b.Report.Share; s != nil {
		t.ShareNum, t.ShareDen = s.Num, s.Den
		for _, k := range s.Kinds {
			weighs[k] = true
		}
	}
	for _, s := range b.Report.Sections {
		sec := Section{ID: s.ID, Kind: Text, Title: s.Name, Hint: s.Hint, Weighs: weighs[s.Kind], Min: s.Min, Max: s.Max, Required: s.Required}
		switch s.Kind {
		case plan.Answers:
			sec.Kind = Answers
		case plan.Promises:
			sec.Kind = Promises
		}
		t.Sections = append(t.Sections, sec)
	}
	return t
}
