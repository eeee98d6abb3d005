package cycle

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

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

// Closing is everything that speaks against closing a cycle.
type Closing struct {
	Undecided bool // the decisions do not stand yet
	Unowned   []Unowned
	Obstacles []Obstacle // what blocks first
}

// Blocks counts the obstacles, besides unowned findings, that no reason outweighs.
func (x Closing) Blocks() int {
	n := 0
	for _, o := range x.Obstacles {
		if o.Blocks {
			n++
		}
	}
	return n
}

// Refused says that the cycle can't be closed, whatever the reason.
func (x Closing) Refused() bool { return x.Undecided || len(x.Unowned) > 0 || x.Blocks() > 0 }

// NeedsReason says that something is left which whoever closes the cycle has to answer for.
func (x Closing) NeedsReason() bool { return len(x.Obstacles) > x.Blocks() }

// Closing asks every room what speaks against closing a cycle. It asks no scope: pages ask it for whoever manages it.
func (s *Service) Closing(ctx context.Context, c Cycle) (Closing, error) {
	return s.closing(ctx, s.db, c)
}

func (s *Service) closing(ctx context.Context, r store.Reader, c Cycle) (x Closing, err error) {
	x.Undecided = !c.State.AtLeast(Decided)
	if s.ports.Findings != nil {
		if x.Unowned, err = s.ports.Findings.Unowned(ctx, r, c.ID); err != nil {
			return x, err
		}
	}
	for _, room := range s.ports.Obstacles {
		list, err := room.Obstacles(ctx, r, c)
		if err != nil {
			return x, err
		}
		x.Obstacles = append(x.Obstacles, list...)
	}
	if c.State == Decided {
		x.Obstacles = append(x.Obstacles, Obstacle{Key: "cycle.obstacle.early", Href: "/matters?cycle=" + strconv.FormatInt(c.ID, 10)})
	}
	slices.SortStableFunc(x.Obstacles, func(a, b Obstacle) int {
		switch {
		case a.Blocks == b.Blocks:
			return 0
		case a.Blocks:
			return -1
		}
		return 1
	})
	return x, nil
}

// Close ends a cycle. It is refused before the decisions stand, while a finding has no owner or no date (those findings
// are then the fault's Current, a []Unowned), and while a comment with problems is not confirmed. What else is left
// needs a reason, which is kept.
func (s *Service) Close(ctx context.Context, actor authz.Actor, id int64, version int, reason string) (Cycle, error) {
	return s.manage(ctx, actor, id, version, func(tx *store.Tx, c *Cycle) (audit.Detail, error) {
		x, err := s.closing(ctx, tx, *c)
		if err != nil {
			return audit.Detail{}, err
		}
		if reason, err = x.allow(reason); err != nil {
			return audit.Detail{}, err
		}
		changes := []audit.Change{{Field: "state", From: string(c.State), To: string(Closed)}}
		if reason != "" {
			changes = append(changes, audit.Change{Field: "reason", To: reason})
		}
		c.State, c.ClosedAt, c.CloseReason = Closed, tx.Now, reason
		return audit.Detail{Changes: changes}, nil
	})
}

// closeReason is how many characters a reason may have.
const closeReason = 500

// allow gives the reason as it is kept: "" where none is needed.
func (x Closing) allow(reason string) (string, error) {
	switch {
	case x.Undecided:
		return "", fault.Bad("fault.cycle.undecided")
	case len(x.Unowned) > 0:
		return "", &fault.Error{Kind: fault.Invalid, Key: "fault.cycle.unowned", Args: []any{"Count", len(x.Unowned)}, Current: x.Unowned}
	case x.Blocks() > 0:
		return "", fault.Bad("fault.cycle.blocked", "Count", x.Blocks())
	case !x.NeedsReason():
		return "", nil
	}
	reason = strings.TrimSpace(reason)
	var form fault.Form
	form.Check(reason != "", "reason", "fault.cycle.close_reason")
	form.Check(utf8.RuneCountInString(reason) <= closeReason, "reason", "fault.cycle.close_reason_long", "Max", closeReason)
	return reason, form.Err()
}
