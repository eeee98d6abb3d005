package cycle

import (
	"context"

	"plumbline/internal/audit"
	"plumbline/internal/authz"
	"plumbline/internal/fault"
	"plumbline/internal/store"
)

// Advance moves a cycle on by hand, to any later state but the last. When the meeting is over the reporting people are
// written down for good.
func (s *Service) Advance(ctx context.Context, actor authz.Actor, id int64, version int, to State) (Cycle, error) {
	return s.manage(ctx, actor, id, version, func(tx *store.Tx, c *Cycle) (audit.Detail, error) {
		if to.Order() <= c.State.Order() || to == Closed {
			return audit.Detail{}, fault.Bad("fault.cycle.state")
		}
		if err := passMeeting(ctx, tx, *c, to); err != nil {
			return audit.Detail{}, err
		}
		changes := []audit.Change{{Field: "state", From: string(c.State), To: string(to)}}
		c.State = to
		return audit.Detail{Changes: changes}, nil
	})
}

func passMeeting(ctx context.Context, tx *store.Tx, c Cycle, to State) error {
	if c.State.AtLeast(Held) || !to.AtLeast(Held) {
		return nil
	}
	return holdersAtMeeting(ctx, tx, c)
}

// Close ends a cycle. It is refused before the decisions stand, and while a finding has no owner or no date; those
// findings are then the fault's Current, a []Unowned.
func (s *Service) Close(ctx context.Context, actor authz.Actor, id int64, version int) (Cycle, error) {
	return s.manage(ctx, actor, id, version, func(tx *store.Tx, c *Cycle) (audit.Detail, error) {
		if !c.State.AtLeast(Decided) {
			return audit.Detail{}, fault.Bad("fault.cycle.undecided")
		}
		if s.ports.Findings != nil {
			open, err := s.ports.Findings.Unowned(ctx, tx, c.ID)
			if err != nil {
				return audit.Detail{}, err
			}
			if len(open) > 0 {
				return audit.Detail{}, &fault.Error{Kind: fault.Invalid, Key: "fault.cycle.unowned", Args: []any{"Count", len(open)}, Current: open}
			}
		}
		changes := []audit.Change{{Field: "state", From: string(c.State), To: string(Closed)}}
		c.State, c.ClosedAt = Closed, tx.Now
		return audit.Detail{Changes: changes}, nil
	})
}
