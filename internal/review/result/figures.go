package result

import (
	"context"
	"slices"

	"plumbline/internal/audit"
	"plumbline/internal/authz"
	"plumbline/internal/fault"
	"plumbline/internal/gate"
	"plumbline/internal/review/cycle"
	"plumbline/internal/review/plan"
	"plumbline/internal/scoring"
	"plumbline/internal/store"
)

// FigureEdit is one figure as somebody keyed it. An empty score takes the figure away. Version is that of the figure they
// saw, 0 where there was none.
type FigureEdit struct {
	At      Cell
	Score   string
	Note    string
	Version int
}

// SetFigures keys figures in by hand: all of them, or none where one is wrong. What did not change is left alone. Needs
// sheet.fill at the convenor. Fields of the fault are "score-UNIT-PART" and "note-UNIT-PART"; Stale where somebody else
// was quicker, Current is then the Figure that stands there.
func (s *Service) SetFigures(ctx context.Context, actor authz.Actor, cycleID int64, edits []FigureEdit) error {
	return s.setFigures(ctx, actor, cycleID, edits, "", true)
}

func (s *Service) setFigures(ctx context.Context, actor authz.Actor, cycleID int64, edits []FigureEdit, source string, guard bool) error {
	return s.on(ctx, actor, authz.SheetFill, cycleID, gate.Subject{Kind: FigureKind}, func(tx *store.Tx, c cycle.Cycle) (d audit.Detail, err error) {
		in, err := s.gather(ctx, tx, c)
		if err != nil {
			return d, err
		}
		var form fault.Form
		for i := range edits {
			in.checkFigure(&form, &edits[i])
		}
		if err := form.Err(); err != nil {
			return d, err
		}
		for _, e := range edits {
			change, subject, err := in.putFigure(ctx, tx, actor, e, source, guard)
			if err != nil {
				return d, err
			}
			if change != nil {
				d.Changes, d.Also = append(d.Changes, *change), append(d.Also, subject)
			}
		}
		if len(d.Also) > 0 {
			d.ID = d.Also[0].ID
		}
		return d, nil
	})
}

func (in inputs) checkFigure(form *fault.Form, e *FigureEdit) {
	part, known := in.Plan.Body.Part(e.At.Part)
	reports := slices.ContainsFunc(in.Reporters, func(p cycle.Reporter) bool { return p.Unit == e.At.Unit })
	if !known || part.Kind == plan.FromBallot || !reports {
		form.Add(e.At.field("score"), "fault.result.no_cell")
		return
	}
	form.Check(tidy(&e.Note, longNote), e.At.field("note"), "fault.result.long_note", "Max", longNote)
	tidy(&e.Score, longNote)
	if e.Score != "" {
		if _, err := scoring.ParseDecimal(e.Score, 0, 100); err != nil {
			form.Add(e.At.field("score"), "fault.result.score")
		}
	}
	if _, has := in.Sheets[e.At]; has && e.Score != "" {
		form.Add(e.At.field("score"), "fault.result.has_sheet")
	}
}

// putFigure stores one edit; a nil change says that nothing was to be done. guard checks the version.
func (in inputs) putFigure(ctx context.Context, tx *store.Tx, actor authz.Actor, e FigureEdit, source string, guard bool) (*audit.Change, audit.Subject, error) {
	f, has := in.Figures[e.At]
	on := audit.Subject{Kind: FigureKind, ID: f.ID}
	if f.Score == e.Score && f.Note == e.Note || !has && e.Score == "" {
		return nil, on, nil
	}
	if guard && f.Version != e.Version {
		return nil, on, fault.Outdated(f)
	}
	change := &audit.Change{Field: in.Units[e.At.Unit].Code + " " + e.At.Part, From: f.Score, To: e.Score}
	if e.Score == "" {
		_, err := tx.Exec(ctx, `DELETE FROM figure WHERE id = $1`, f.ID)
		return change, on, err
	}
	f.Cycle, f.Unit, f.Part, f.Score, f.Note, f.Source = in.Cycle.ID, e.At.Unit, e.At.Part, e.Score, e.Note, source
	f.Account, f.Name, f.At = actor.Account, actor.Name, tx.Now
	err := putFigure(ctx, tx, &f)
	on.ID = f.ID
	return change, on, err
}
