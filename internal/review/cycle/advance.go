package cycle

import (
	"context"

	"plumbline/internal/audit"
	"plumbline/internal/fault"
	"plumbline/internal/store"
)

// AdvanceTx moves a cycle on to a state inside another room's transaction: a first report saved, the meeting ended, the
// tally sealed, the last grade decided. A cycle that is there already or further stays as it is; it never moves back.
// The change, if any, is for that room's own log detail together with the subject {"cycle", id}.
func AdvanceTx(ctx context.Context, tx *store.Tx, id int64, to State) ([]audit.Change, error) {
	c, err := ByID(ctx, tx, id)
	if err != nil {
		return nil, err
	}
	if c.State == Closed {
		return nil, fault.Bad("fault.cycle.closed")
	}
	if to == Closed || c.State.AtLeast(to) {
		return nil, nil
	}
	if err := passMeeting(ctx, tx, c, to); err != nil {
		return nil, err
	}
	_, err = tx.Exec(ctx, `UPDATE cycle SET state = $1 WHERE id = $2`, to, id)
	return []audit.Change{{Field: "state", From: string(c.State), To: string(to)}}, err
}

// OpenTx gives a cycle for writing in it: a closed one is refused with one sentence.
func OpenTx(ctx context.Context, tx *store.Tx, id int64) (Cycle, error) {
	c, err := ByID(ctx, tx, id)
	if err == nil && c.State == Closed {
		err = fault.Bad("fault.cycle.closed")
	}
	return c, err
}

// TickTx ticks a step of a cycle off inside another room's transaction, where the cycle has that step and nobody has
// ticked it off yet.
func TickTx(ctx context.Context, tx *store.Tx, id int64, step string) error {
	_, err := tx.Exec(ctx, `UPDATE cycle_deadline SET done_at = $3 WHERE cycle_id = $1 AND step = $2 AND done_at = 0`, id, step, tx.Now)
	return err
}
