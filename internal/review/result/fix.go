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
	"plumbline/internal/scoring"
	"plumbline/internal/store"
)

// View is the result of a cycle: what is missing, what stands computed, what was fixed. Records are masked.
type View struct {
	Cycle    cycle.Cycle
	Convenor org.Unit
	Plan     plan.Plan
	Units    map[int64]org.Unit
	Gaps     []Gap
	Problem  *scoring.Problem // why the arithmetic refuses inputs that have no gap
	Results  []Fixed          // the newest first
	Chosen   *Fixed           // the fixed result that Record is; nil where Record is computed from what stands now
	Record   *Record          // nil where there is none
	Now      string           // digest of what would be fixed now; "" where there are gaps
	Last     *Decision        // the newest decision; nil for none
}

// Changed says whether what stands now would give another result than the newest fixed one.
func (v View) Changed() bool {
	return len(v.Results) > 0 && v.Now != "" && v.Now != v.Results[0].Digest
}

// CanFix says whether there is something to fix: all inputs are there, and they give something new.
func (v View) CanFix() bool {
	return v.Now != "" && (len(v.Results) == 0 || v.Changed())
}

// Look gives the result of a cycle to those whose scope covers its convenor. no is the number of a fixed result; 0 gives
// the newest fixed one, or else what stands computed; -1 what stands computed now.
func (s *Service) Look(ctx context.Context, scope authz.Scope, cycleID int64, no int) (v View, err error) {
	c, err := s.found(ctx, scope, cycleID)
	if err != nil {
		return v, err
	}
	in, err := s.gather(ctx, s.db, c)
	if err != nil {
		return v, err
	}
	v = View{Cycle: c, Convenor: in.Convenor, Plan: in.Plan, Units: in.Units, Gaps: in.gaps()}
	if v.Results, err = Results(ctx, s.db, cycleID); err != nil {
		return v, err
	}
	decisions, err := Decisions(ctx, s.db, cycleID)
	if err != nil {
		return v, err
	}
	if len(decisions) > 0 {
		v.Last = &decisions[0]
	}
	if len(v.Gaps) == 0 {
		if err := v.compute(in); err != nil {
			return v, err
		}
	}
	return v, s.choose(ctx, &v, no)
}

func (v *View) compute(in inputs) error {
	rec, err := in.compute()
	if err != nil {
		if v.Problem = in.problemOf(err); v.Problem != nil {
			return nil
		}
		return err
	}
	masked := rec.Masked()
	v.Record = &masked
	_, v.Now, err = rec.Text()
	return err
}

func (s *Service) choose(ctx context.Context, v *View, no int) error {
	if no < 0 || no == 0 && len(v.Results) == 0 {
		return nil
	}
	if no == 0 {
		no = v.Results[0].No
	}
	for i, f := range v.Results {
		if f.No == no {
			rec, err := recordByID(ctx, s.db, f.ID)
			if err != nil {
				return err
			}
			masked := rec.Masked()
			v.Chosen, v.Record = &v.Results[i], &masked
			return nil
		}
	}
	return fault.Missing()
}

// Fix keeps the result as it stands computed, for good, with the digests of plan and tally; the plan is frozen with it.
// digest is that of the record which the actor looked at: Stale where the inputs have changed since. Needs sheet.fill at
// the convenor. A fault says which inputs are missing by their number.
func (s *Service) Fix(ctx context.Context, actor authz.Actor, cycleID int64, digest string) (f Fixed, err error) {
	err = s.on(ctx, actor, authz.SheetFill, cycleID, gate.Subject{Kind: ResultKind}, func(tx *store.Tx, c cycle.Cycle) (d audit.Detail, err error) {
		rec, err := s.current(ctx, tx, c)
		if err != nil {
			return d, err
		}
		text, now, err := rec.Text()
		if err != nil {
			return d, err
		}
		if now != digest {
			return d, fault.Outdated(nil)
		}
		before, err := Results(ctx, tx, cycleID)
		if err != nil {
			return d, err
		}
		f = Fixed{Cycle: cycleID, No: 1, Digest: now, PlanDigest: rec.PlanDigest, TallyDigest: rec.TallyDigest, Name: actor.Name, At: tx.Now}
		if len(before) > 0 {
			if f.No = before[0].No + 1; before[0].Digest == now {
				return d, fault.Bad("fault.result.same")
			}
		}
		f.ID, err = tx.Insert(ctx, `INSERT INTO result (cycle_id, no, body, digest, plan_digest, tally_digest, account_id, name, at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING id`, f.Cycle, f.No, text, f.Digest, f.PlanDigest, f.TallyDigest, actor.Account, f.Name, f.At)
		if err != nil {
			return d, err
		}
		d.ID = f.ID
		d.Changes = []audit.Change{{Field: "no", To: strconv.Itoa(f.No)}, {Field: "digest", To: f.Digest}, {Field: "plan", To: f.PlanDigest}, {Field: "tally", To: f.TallyDigest}}
		return d, s.carryOn(ctx, tx, c, &d)
	})
	return f, err
}

// current computes what stands, refusing gaps and what the arithmetic refuses.
func (s *Service) current(ctx context.Context, tx *store.Tx, c cycle.Cycle) (Record, error) {
	in, err := s.gather(ctx, tx, c)
	if err != nil {
		return Record{}, err
	}
	if gaps := in.gaps(); len(gaps) > 0 {
		return Record{}, fault.Bad("fault.result.gaps", "Count", len(gaps))
	}
	rec, err := in.compute()
	if err != nil {
		if p := in.problemOf(err); p != nil {
			return rec, &fault.Error{Kind: fault.Invalid, Key: "fault.result.refused", Args: []any{"Zh", p.Text("zh"), "En", p.Text("en")}}
		}
	}
	return rec, err
}

// carryOn freezes the plan and moves the cycle to where its ballots count.
func (s *Service) carryOn(ctx context.Context, tx *store.Tx, c cycle.Cycle, d *audit.Detail) error {
	p, changes, err := plan.FreezeTx(ctx, tx, c.Plan)
	if err != nil {
		return err
	}
	if len(changes) > 0 {
		d.Changes, d.Also = append(d.Changes, changes...), append(d.Also, audit.Subject{Kind: "plan", ID: p.ID})
	}
	moved, err := cycle.AdvanceTx(ctx, tx, c.ID, cycle.Appraised)
	d.Changes = append(d.Changes, moved...)
	return err
}
