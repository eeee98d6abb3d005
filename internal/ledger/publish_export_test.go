package ledger

import (
	"context"

	"plumbline/internal/audit"
	"plumbline/internal/authz"
	"plumbline/internal/store"
)

// Exchange puts any definition in force, sound or not, and moves the open matters to it.
func (s *Service) Exchange(actor authz.Actor, d *Definition, states map[string]string) (version, moved int, err error) {
	ctx := context.Background()
	err = s.design(ctx, actor, LedgerKind, 0, func(tx *store.Tx) (audit.Detail, error) {
		if version, err = s.putInForce(ctx, tx, actor, d); err != nil {
			return audit.Detail{}, err
		}
		also, err := s.moveTx(ctx, tx, actor, d, version, states)
		moved = len(also)
		return audit.Detail{Also: also}, err
	})
	if err == nil {
		err = s.types.Refresh(ctx, s.db)
	}
	return version, moved, err
}
