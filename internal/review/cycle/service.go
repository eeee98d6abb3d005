package cycle

import (
	"context"

	"plumbline/internal/audit"
	"plumbline/internal/authz"
	"plumbline/internal/calendar"
	"plumbline/internal/fault"
	"plumbline/internal/gate"
	"plumbline/internal/org"
	"plumbline/internal/store"
)

// Service is the verbs on cycles. It is safe for use by many goroutines.
type Service struct {
	gate  *gate.Gate
	db    store.Reader
	cal   *calendar.Calendar
	posts []string // the kinds of post whose holder reports for a unit, the first preferred
	ports Ports
}

// New makes the service. posts are the pack's kinds of post that report, in its order.
func New(g *gate.Gate, db store.Reader, cal *calendar.Calendar, posts []string, ports Ports) *Service {
	return &Service{g, db, cal, posts, ports}
}

// Calendar is the working-day calendar that dates are counted on.
func (s *Service) Calendar() *calendar.Calendar { return s.cal }

// manage runs one change of a cycle through the gate: the actor needs cycle.manage at the convenor, the version must be
// the current one, a closed cycle takes no change. do sees the cycle as it stands in the transaction and may change its
// fields; they are stored with the next version. Stale where somebody else was quicker; Current is then the Cycle.
func (s *Service) manage(ctx context.Context, actor authz.Actor, id int64, version int, do func(tx *store.Tx, c *Cycle) (audit.Detail, error)) (Cycle, error) {
	c, err := ByID(ctx, s.db, id)
	if err != nil {
		return c, err
	}
	unit, err := org.UnitByID(ctx, s.db, c.Unit)
	if err != nil {
		return c, err
	}
	err = s.gate.Do(ctx, actor, authz.CycleManage, gate.Subject{Kind: "cycle", ID: id, Unit: unit.Place()}, func(tx *store.Tx) (audit.Detail, error) {
		if c, err = OpenTx(ctx, tx, id); err != nil {
			return audit.Detail{}, err
		}
		if c.Version != version {
			return audit.Detail{}, fault.Outdated(c)
		}
		detail, err := do(tx, &c)
		if err != nil {
			return detail, err
		}
		return detail, put(ctx, tx, &c)
	})
	return c, err
}

func put(ctx context.Context, tx *store.Tx, c *Cycle) error {
	c.Version++
	_, err := tx.Exec(ctx, `UPDATE cycle SET name = $1, name_en = $2, state = $3, meeting_date = $4, closed_at = $5, close_reason = $6, version = $7 WHERE id = $8`,
		c.Name, c.NameEn, c.State, c.MeetingDate, c.ClosedAt, c.CloseReason, c.Version, c.ID)
	return err
}

// beforeMeeting refuses what the meeting has settled: who reports, and when the meeting is.
func beforeMeeting(c *Cycle) error {
	if c.State.AtLeast(Held) {
		return fault.Bad("fault.cycle.meeting_over")
	}
	return nil
}
