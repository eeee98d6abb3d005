package ballot

import (
	"context"
	"slices"

	"plumbline/internal/authz"
	"plumbline/internal/fault"
	"plumbline/internal/store"
)

// View is a round as those see it who count: how far both tellers are, and how many lines still differ.
type View struct {
	Form        Form
	Round       Round
	Papers      []Paper
	Seats       []Seat
	Differences []Difference // only for those who settle
	Unsettled   int          // how many differences wait; no secret, since it says nothing of any slip
	TurnoutMet  bool
	// Came is what the meeting's roll says of each class; nil where no roll was kept, and once the round is sealed.
	Came map[string]int
}

// Counted says whether the paper was counted yet.
func (v View) Counted() bool {
	return slices.ContainsFunc(v.Papers, func(p Paper) bool { return p.Entitled+p.Issued+p.Returned > 0 })
}

func unsettled(all []Difference) int {
	n := 0
	for _, d := range all {
		if !d.Settled {
			n++
		}
	}
	return n
}

// Look gives the newest round of a cycle to those who key or settle at its convenor; NotFound for anybody else, and
// where no round was opened. Differences are shown only to those who settle: a teller reads the paper, not the other.
func (s *Service) Look(ctx context.Context, actor authz.Actor, cycle int64) (v View, err error) {
	if v.Form, err = s.plans.Form(ctx, s.db, cycle); err != nil {
		return v, err
	}
	settles := s.gate.Policy().Allows(actor, authz.TallySettle, v.Form.Convenor)
	if !settles && !s.gate.Policy().Allows(actor, authz.TallyKey, v.Form.Convenor) {
		return v, fault.Missing()
	}
	if v.Round, err = Latest(ctx, s.db, cycle); err != nil {
		return v, err
	}
	if v.Papers, err = Papers(ctx, s.db, v.Round.ID); err != nil {
		return v, err
	}
	v.TurnoutMet = turnoutMet(v.Papers, v.Form.Turnout)
	if v.Seats, err = Seats(ctx, s.db, v.Round.ID); err != nil || v.Round.State != Open {
		return v, err
	}
	if v.Came, err = s.plans.Came(ctx, s.db, cycle); err != nil {
		return v, err
	}
	all, err := differences(ctx, s.db, v.Form, v.Round)
	v.Unsettled = unsettled(all)
	if settles {
		v.Differences = all
	}
	return v, err
}

// Slip gives what this very teller keyed of a slip, in the order of the form; ok is false where it was not keyed yet.
func (s *Service) Slip(ctx context.Context, actor authz.Actor, f Form, round int64, class string, slip int) (values []string, ok bool, err error) {
	seats, err := Seats(ctx, s.db, round)
	if err != nil {
		return nil, false, err
	}
	for _, seat := range seats {
		if seat.Account != actor.Account {
			continue
		}
		marks, err := slipOf(ctx, s.db, round, seat.No, class, slip)
		if err != nil || len(marks) == 0 {
			return nil, false, err
		}
		at := byLine(marks)
		for _, unit := range f.Units {
			for _, item := range f.Items {
				values = append(values, at[line{class, slip, unit, item}])
			}
		}
		return values, true, nil
	}
	return nil, false, nil
}

// Form gives the form of a cycle's slips to whoever may count them.
func (s *Service) Form(ctx context.Context, r store.Reader, cycle int64) (Form, error) {
	return s.plans.Form(ctx, r, cycle)
}
