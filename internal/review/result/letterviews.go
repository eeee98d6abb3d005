package result

import (
	"context"
	"strings"
	"time"

	"plumbline/internal/authz"
	"plumbline/internal/fault"
	"plumbline/internal/org"
	"plumbline/internal/review/cycle"
	"plumbline/internal/review/plan"
)

// DateOf is the date of a time in UTC, where the organisation's own is not known.
func DateOf(micros int64) string { return time.UnixMicro(micros).UTC().Format(time.DateOnly) }

// LetterView is one letter with what its page says around it.
type LetterView struct {
	Letter   Letter
	Cycle    cycle.Cycle
	Convenor org.Unit
	Unit     org.Unit // the zero Unit for a notification
	Newer    bool     // a newer decision stands: a draft must be worded anew, an issued letter is history
	Doubts   []Doubt  // of feedback, what speaks against issuing it; for the convenor's side alone
	Held     bool     // one of them needs a reason
}

// Letter gives a letter: an issued one to those whose scope covers its unit or the convenor, a draft to the latter. A
// notification has its own page.
func (s *Service) Letter(ctx context.Context, scope authz.Scope, id int64) (v LetterView, err error) {
	if v.Letter, err = letterByID(ctx, s.db, id); err != nil {
		return v, err
	}
	if v.Cycle, err = cycle.ByID(ctx, s.db, v.Letter.Cycle); err != nil {
		return v, err
	}
	if v.Convenor, err = org.UnitByID(ctx, s.db, v.Letter.Convenor); err != nil {
		return v, err
	}
	if v.Letter.Unit != 0 {
		if v.Unit, err = org.UnitByID(ctx, s.db, v.Letter.Unit); err != nil {
			return v, err
		}
	}
	own := v.Letter.Kind == Feedback && v.Letter.State == LetterIssued && scope.Covers(v.Unit.Place())
	if !own && !scope.Covers(v.Convenor.Place()) {
		return LetterView{}, fault.Missing()
	}
	decisions, err := Decisions(ctx, s.db, v.Letter.Cycle)
	if err != nil {
		return v, err
	}
	v.Newer = len(decisions) > 0 && decisions[0].ID != v.Letter.Decision
	if v.Letter.Kind != Feedback || v.Letter.State == LetterIssued {
		return v, nil
	}
	doubts, err := s.doubts(ctx, s.db, v.Letter.Cycle, []int64{v.Unit.ID})
	if err != nil {
		return v, err
	}
	v.Doubts, err = s.doubtsOf(ctx, s.db, v.Letter, doubts[v.Unit.ID])
	v.Held = holds(v.Doubts)
	return v, err
}

// LettersView is the letters of a cycle as one reader may see them.
type LettersView struct {
	Cycle        cycle.Cycle
	Convenor     org.Unit
	Plan         plan.Plan
	Whole        bool // the reader sees drafts and every unit
	Decision     *Decision
	Rows         []LetterRow
	Notification *Letter // the newest; nil for none, or where the reader may not see the draft
}

// LetterRow is the letters to one unit, the newest first; Grade is "" where the reader may not know it.
type LetterRow struct {
	Unit    org.Unit
	Grade   string
	Letters []Letter
	Doubts  []Doubt // for the convenor's side alone, while there is no letter issued about the newest decision
}

// Held says whether the row's letter needs a reason to be issued.
func (r LetterRow) Held() bool { return holds(r.Doubts) }

// LettersOf gives the letters of a cycle: all of them to those whose scope covers the convenor, the issued ones to units
// in the scope to others.
func (s *Service) LettersOf(ctx context.Context, scope authz.Scope, cycleID int64) (v LettersView, err error) {
	if v.Cycle, err = cycle.Find(ctx, s.db, scope, cycleID); err != nil {
		return v, err
	}
	in, err := s.gather(ctx, s.db, v.Cycle)
	if err != nil {
		return v, err
	}
	v.Convenor, v.Plan, v.Whole = in.Convenor, in.Plan, scope.Covers(in.Convenor.Place())
	decisions, err := Decisions(ctx, s.db, cycleID)
	if err != nil {
		return v, err
	}
	letters, err := lettersOf(ctx, s.db, cycleID)
	if err != nil {
		return v, err
	}
	if v.Whole && len(decisions) > 0 {
		v.Decision = &decisions[0]
	}
	for _, p := range in.Reporters {
		if row := v.row(in.Units[p.Unit], letters); v.Whole || scope.Covers(row.Unit.Place()) {
			v.Rows = append(v.Rows, row)
		}
	}
	if v.Decision != nil {
		if err := s.addDoubts(ctx, &v); err != nil {
			return v, err
		}
	}
	for i := range letters {
		if l := &letters[i]; l.Kind == Notification && (v.Whole || l.State == LetterIssued) {
			v.Notification = l
			break
		}
	}
	return v, nil
}

func (s *Service) addDoubts(ctx context.Context, v *LettersView) error {
	var units []int64
	for _, r := range v.Rows {
		units = append(units, r.Unit.ID)
	}
	doubts, err := s.doubts(ctx, s.db, v.Cycle.ID, units)
	if err != nil {
		return err
	}
	for i := range v.Rows {
		r := &v.Rows[i]
		if len(r.Letters) > 0 && r.Letters[0].State == LetterIssued && r.Letters[0].Decision == v.Decision.ID {
			continue
		}
		r.Doubts = doubts[r.Unit.ID]
		if len(r.Letters) == 0 {
			continue
		}
		if r.Doubts, err = s.doubtsOf(ctx, s.db, r.Letters[0], r.Doubts); err != nil {
			return err
		}
	}
	return nil
}

func (v LettersView) row(u org.Unit, letters []Letter) LetterRow {
	row := LetterRow{Unit: u}
	if v.Decision != nil {
		g, _ := v.Decision.Of(u.ID)
		row.Grade = g.Grade
	}
	for _, l := range letters {
		if l.Kind == Feedback && l.Unit == u.ID && (v.Whole || l.State == LetterIssued) {
			row.Letters = append(row.Letters, l)
		}
	}
	return row
}

// NotificationView is a notification as one reader may see it.
type NotificationView struct {
	Letter   Letter
	Cycle    cycle.Cycle
	Convenor org.Unit
	Plan     plan.Plan
	Whole    bool // the reader sees every unit
	Manages  bool // the reader is of the convenor's side
	Newer    bool
	Older    []Letter // issued before, the newest first
	Groups   []GradeGroup
}

// GradeGroup is the units of one decided grade. Heading is the letter's.
type GradeGroup struct {
	Grade   string
	Heading string
	Units   []org.Unit
}

// Notification gives the newest notification of a cycle. The convenor's side sees drafts. Others see an issued one as
// far as its range goes: "unit" shows the units in the scope alone; "reporters" everything, to whoever may read a
// reporting unit; "subtree" everything, to whoever holds a role below the convenor; "public" everything, to anybody.
// NotFound for all others. no is the number of an older one, 0 for the newest.
func (s *Service) Notification(ctx context.Context, actor authz.Actor, cycleID, id int64) (v NotificationView, err error) {
	scope := s.gate.Policy().Scope(actor, authz.Read)
	if v.Cycle, err = cycle.ByID(ctx, s.db, cycleID); err != nil {
		return v, err
	}
	in, err := s.gather(ctx, s.db, v.Cycle)
	if err != nil {
		return v, err
	}
	v.Convenor, v.Plan, v.Manages = in.Convenor, in.Plan, scope.Covers(in.Convenor.Place())
	if err := s.pickNotification(ctx, &v, id); err != nil {
		return v, err
	}
	decisions, err := Decisions(ctx, s.db, cycleID)
	if err != nil {
		return v, err
	}
	v.Newer = len(decisions) > 0 && decisions[0].ID != v.Letter.Decision
	v.Whole = v.Manages || s.reaches(v.Letter.Reach, actor, scope, in)
	for _, d := range decisions {
		if d.ID != v.Letter.Decision {
			continue
		}
		units, err := org.UnitsByID(ctx, s.db, d.units())
		if err != nil {
			return v, err
		}
		v.group(d, units, scope)
	}
	if len(v.Groups) == 0 && !v.Whole {
		return NotificationView{}, fault.Missing()
	}
	return v, nil
}

func (s *Service) pickNotification(ctx context.Context, v *NotificationView, id int64) error {
	letters, err := lettersOf(ctx, s.db, v.Cycle.ID)
	if err != nil {
		return err
	}
	found := false
	for _, l := range letters {
		switch {
		case l.Kind != Notification || !v.Manages && l.State != LetterIssued:
		case !found && (id == 0 || l.ID == id):
			v.Letter, found = l, true
		case l.State == LetterIssued:
			v.Older = append(v.Older, l)
		}
	}
	if !found {
		return fault.Missing()
	}
	return nil
}

// reaches says whether a range shows an actor every unit.
func (s *Service) reaches(reach plan.Range, actor authz.Actor, scope authz.Scope, in inputs) bool {
	switch reach {
	case plan.ToPublic:
		return true
	case plan.ToReporters:
		for _, p := range in.Reporters {
			if scope.Covers(in.Units[p.Unit].Place()) {
				return true
			}
		}
	case plan.ToSubtree:
		for _, g := range actor.Grants {
			if strings.HasPrefix(g.Unit.Path, in.Convenor.Path) {
				return true
			}
		}
	}
	return false
}

func (v *NotificationView) group(d Decision, units map[int64]org.Unit, scope authz.Scope) {
	for _, grade := range v.Plan.Body.Grades {
		g := GradeGroup{Grade: grade.ID, Heading: v.Letter.Content.section(grade.ID).Heading}
		for _, x := range d.Grades {
			if u := units[x.Unit]; x.Grade == grade.ID && (v.Whole || scope.Covers(u.Place())) {
				g.Units = append(g.Units, u)
			}
		}
		if len(g.Units) > 0 {
			if !v.Whole {
				g.Heading = "" // it counts the units of the grade, which this reader may not know
			}
			v.Groups = append(v.Groups, g)
		}
	}
}

// Told is what an issued letter told its unit.
type Told struct {
	Year      int
	Unit      org.Unit
	Plan      plan.Body
	Grade     string
	Composite string
}

// Told reads it from the decision and the result that the letter is about; the caller has found the letter by its scope.
func (s *Service) Told(ctx context.Context, l Letter) (t Told, err error) {
	c, err := cycle.ByID(ctx, s.db, l.Cycle)
	if err != nil {
		return t, err
	}
	if t.Unit, err = org.UnitByID(ctx, s.db, l.Unit); err != nil {
		return t, err
	}
	p, err := plan.ByID(ctx, s.db, c.Plan)
	if err != nil {
		return t, err
	}
	decisions, err := Decisions(ctx, s.db, l.Cycle)
	if err != nil {
		return t, err
	}
	t.Year, t.Plan = c.Year, p.Body
	for _, d := range decisions {
		if d.ID != l.Decision {
			continue
		}
		g, _ := d.Of(l.Unit)
		rec, err := recordByID(ctx, s.db, d.Result)
		if err != nil {
			return t, err
		}
		u, _ := rec.Of(l.Unit)
		t.Grade, t.Composite = g.Grade, u.Composite.Text
	}
	return t, nil
}
