package result

import (
	"context"
	"strconv"

	"plumbline/internal/audit"
	"plumbline/internal/authz"
	"plumbline/internal/fault"
	"plumbline/internal/gate"
	"plumbline/internal/org"
	"plumbline/internal/review/cycle"
	"plumbline/internal/review/plan"
	"plumbline/internal/store"
)

// mostTimes is how often a line of a check-sheet may apply.
const mostTimes = 999

// SaveSheet is what somebody filled in. Version is that of the sheet they saw, 0 where there was none. Lock makes it
// count at once.
type SaveSheet struct {
	Cycle   int64
	At      Cell
	Version int
	Entries map[string]Entry
	Lock    bool
}

// Save keeps a check-sheet, and locks it where asked. Needs sheet.fill at the convenor. Stale where somebody else was
// quicker: Current is then the Sheet that stands there.
func (s *Service) Save(ctx context.Context, actor authz.Actor, in SaveSheet) (sheet Sheet, err error) {
	err = s.onSheet(ctx, actor, in.Cycle, in.At, in.Version, func(tx *store.Tx, part plan.Part, sh *Sheet) ([]audit.Change, error) {
		if sh.State == SheetLocked {
			return nil, fault.Bad("fault.result.locked")
		}
		entries, err := checkEntries(part, in.Entries)
		if err != nil {
			return nil, err
		}
		before, after, err := workedOut(part, sh.Entries, entries)
		if err != nil {
			return nil, err
		}
		changes := []audit.Change{{Field: in.At.Part, From: before, To: after}}
		sh.Entries = entries
		if in.Lock {
			changes = append(changes, lock(sh, actor, tx))
		}
		sheet = *sh
		return changes, nil
	}, &sheet)
	return sheet, err
}

// workedOut gives the score before ("" where there was none) and after.
func workedOut(part plan.Part, old, now map[string]Entry) (before, after string, err error) {
	b, err := WorkOut(part, now)
	if err != nil {
		return "", "", fault.Bad("fault.result.plan")
	}
	if a, err := WorkOut(part, old); err == nil && old != nil {
		before = a.Score
	}
	return before, b.Score, nil
}

// checkEntries keeps the entries of the plan's lines that apply or say something.
func checkEntries(part plan.Part, entries map[string]Entry) (map[string]Entry, error) {
	var form fault.Form
	out := map[string]Entry{}
	for _, l := range part.Sheet.Lines {
		e := entries[l.ID]
		form.Check(e.Times >= 0 && e.Times <= mostTimes, "times-"+l.ID, "fault.result.times", "Max", mostTimes)
		form.Check(tidy(&e.Note, longNote), "note-"+l.ID, "fault.result.long_note", "Max", longNote)
		if e.Times != 0 || e.Note != "" {
			out[l.ID] = e
		}
	}
	return out, form.Err()
}

func lock(sh *Sheet, actor authz.Actor, tx *store.Tx) audit.Change {
	sh.State, sh.LockedBy, sh.LockedAt = SheetLocked, actor.Name, tx.Now
	return audit.Change{Field: "state", From: string(SheetDraft), To: string(SheetLocked)}
}

// Unlock opens a locked check-sheet again, with a reason. Results that were fixed with it stay as they are.
func (s *Service) Unlock(ctx context.Context, actor authz.Actor, cycleID int64, at Cell, version int, reason string) (sheet Sheet, err error) {
	var form fault.Form
	form.Check(tidy(&reason, longNote), "reason", "fault.result.long_note", "Max", longNote)
	form.Check(reason != "", "reason", "fault.result.unlock_reason")
	if err := form.Err(); err != nil {
		return sheet, err
	}
	err = s.onSheet(ctx, actor, cycleID, at, version, func(_ *store.Tx, _ plan.Part, sh *Sheet) ([]audit.Change, error) {
		if sh.State != SheetLocked {
			return nil, fault.Bad("fault.result.not_locked")
		}
		sh.State, sh.LockedBy, sh.LockedAt, sh.Reason = SheetDraft, "", 0, reason
		return []audit.Change{{Field: "state", From: string(SheetLocked), To: string(SheetDraft)}, {Field: "reason", To: reason}}, nil
	}, &sheet)
	return sheet, err
}

// Discard throws a draft away, so that a figure can be keyed instead.
func (s *Service) Discard(ctx context.Context, actor authz.Actor, cycleID int64, at Cell, version int) error {
	return s.on(ctx, actor, authz.SheetFill, cycleID, gate.Subject{Kind: SheetKind}, func(tx *store.Tx, c cycle.Cycle) (d audit.Detail, err error) {
		sh, err := sheetAt(ctx, tx, cycleID, at)
		if err != nil {
			return d, err
		}
		if sh.Version != version {
			return d, fault.Outdated(sh)
		}
		if sh.State == SheetLocked {
			return d, fault.Bad("fault.result.locked")
		}
		d.ID, d.Changes = sh.ID, []audit.Change{{Field: "state", From: string(SheetDraft), To: "discarded"}}
		_, err = tx.Exec(ctx, `DELETE FROM check_sheet WHERE id = $1`, sh.ID)
		return d, err
	})
}

// onSheet runs a change of one check-sheet: its unit reports in the cycle, its part is filled by a sheet, nobody keyed a
// figure there, and the version is the current one.
func (s *Service) onSheet(ctx context.Context, actor authz.Actor, cycleID int64, at Cell, version int, change func(*store.Tx, plan.Part, *Sheet) ([]audit.Change, error), out *Sheet) error {
	return s.on(ctx, actor, authz.SheetFill, cycleID, gate.Subject{Kind: SheetKind}, func(tx *store.Tx, c cycle.Cycle) (d audit.Detail, err error) {
		part, err := s.sheetPart(ctx, tx, c, at)
		if err != nil {
			return d, err
		}
		sh, err := sheetAt(ctx, tx, cycleID, at)
		if fault.KindOf(err) == fault.NotFound {
			sh, err = Sheet{Cycle: cycleID, Unit: at.Unit, Part: at.Part, State: SheetDraft}, noFigure(ctx, tx, cycleID, at)
		}
		if err != nil {
			return d, err
		}
		if sh.Version != version {
			return d, fault.Outdated(sh)
		}
		if d.Changes, err = change(tx, part, &sh); err != nil {
			return d, err
		}
		sh.Account, sh.Name, sh.At = actor.Account, actor.Name, tx.Now
		if err := putSheet(ctx, tx, &sh); err != nil {
			return d, err
		}
		*out = sh
		d.ID, d.Also = sh.ID, []audit.Subject{{Kind: "unit", ID: at.Unit}}
		return d, nil
	})
}

func (s *Service) sheetPart(ctx context.Context, r store.Reader, c cycle.Cycle, at Cell) (plan.Part, error) {
	p, err := plan.ByID(ctx, r, c.Plan)
	if err != nil {
		return plan.Part{}, err
	}
	part, ok := p.Body.Part(at.Part)
	if !ok || part.Sheet == nil {
		return part, fault.Missing()
	}
	_, err = cycle.ReporterOf(ctx, r, c.ID, at.Unit)
	return part, err
}

func noFigure(ctx context.Context, r store.Reader, cycleID int64, at Cell) error {
	figures, err := figuresOf(ctx, r, cycleID)
	if _, has := figures[at]; err == nil && has {
		err = fault.Bad("fault.result.has_figure")
	}
	return err
}

// SheetView is one check-sheet with all that its page shows. Sheet is the zero Sheet (version 0) where none was begun.
type SheetView struct {
	Cycle    cycle.Cycle
	Convenor org.Unit
	Unit     org.Unit
	Part     plan.Part
	Sheet    Sheet
	Worked   SheetRecord
	Figure   *Figure // keyed instead of a sheet
	Next     int64   // the next unit whose sheet is not locked; 0 for none
}

// Sheet gives one check-sheet to those whose scope covers the convenor.
func (s *Service) Sheet(ctx context.Context, scope authz.Scope, cycleID int64, at Cell) (v SheetView, err error) {
	if v.Cycle, err = s.found(ctx, scope, cycleID); err != nil {
		return v, err
	}
	in, err := s.gather(ctx, s.db, v.Cycle)
	if err != nil {
		return v, err
	}
	if v.Part, err = s.sheetPart(ctx, s.db, v.Cycle, at); err != nil {
		return v, err
	}
	v.Convenor, v.Unit, v.Sheet = in.Convenor, in.Units[at.Unit], in.Sheets[at]
	if f, has := in.Figures[at]; has && v.Sheet.ID == 0 {
		v.Figure = &f
	}
	v.Next = in.nextOpen(at)
	if w, err := WorkOut(v.Part, v.Sheet.Entries); err == nil { // a draft of a plan may still have mistakes
		v.Worked = *w
	}
	return v, nil
}

// nextOpen gives the unit after this one, going round, whose sheet of the same part still needs a hand.
func (in inputs) nextOpen(at Cell) int64 {
	n, here := len(in.Reporters), 0
	for i, p := range in.Reporters {
		if p.Unit == at.Unit {
			here = i
		}
	}
	part, _ := in.Plan.Body.Part(at.Part)
	for i := 1; i < n; i++ {
		unit := in.Reporters[(here+i)%n].Unit
		if in.gap(part, unit) != "" {
			return unit
		}
	}
	return 0
}

// Matrix is the units of a cycle against the parts that are not the ballot's.
type Matrix struct {
	Cycle     cycle.Cycle
	Convenor  org.Unit
	Plan      plan.Plan
	Parts     []plan.Part
	Reporters []cycle.Reporter
	Units     map[int64]org.Unit
	Sheets    map[Cell]Sheet
	Figures   map[Cell]Figure
	Scores    map[Cell]string // of sheets, locked or not, and figures
	Gaps      map[Cell]GapKind
}

// Missing counts the cells that still need a hand.
func (m Matrix) Missing() int { return len(m.Gaps) }

// Matrix gives the inputs of a cycle that people fill in, to those whose scope covers the convenor.
func (s *Service) Matrix(ctx context.Context, scope authz.Scope, cycleID int64) (m Matrix, err error) {
	c, err := s.found(ctx, scope, cycleID)
	if err != nil {
		return m, err
	}
	in, err := s.gather(ctx, s.db, c)
	if err != nil {
		return m, err
	}
	return in.matrix(), nil
}

func (in inputs) matrix() Matrix {
	m := Matrix{Cycle: in.Cycle, Convenor: in.Convenor, Plan: in.Plan, Reporters: in.Reporters, Units: in.Units, Sheets: in.Sheets, Figures: in.Figures,
		Scores: map[Cell]string{}, Gaps: map[Cell]GapKind{}}
	for _, part := range in.Plan.Body.Parts {
		if part.Kind == plan.FromBallot {
			continue
		}
		m.Parts = append(m.Parts, part)
		for _, p := range in.Reporters {
			at := Cell{p.Unit, part.ID}
			if kind := in.gap(part, p.Unit); kind != "" {
				m.Gaps[at] = kind
			}
			if sheet, ok := in.Sheets[at]; ok {
				if w, err := WorkOut(part, sheet.Entries); err == nil {
					m.Scores[at] = w.Score
				}
			} else if f, ok := in.Figures[at]; ok {
				m.Scores[at] = f.Score
			}
		}
	}
	return m
}

// field names a form's field of a unit and part.
func (c Cell) field(name string) string {
	return name + "-" + strconv.FormatInt(c.Unit, 10) + "-" + c.Part
}
