package result

import (
	"context"
	"strings"
	"unicode/utf8"

	"plumbline/internal/audit"
	"plumbline/internal/authz"
	"plumbline/internal/fault"
	"plumbline/internal/gate"
	"plumbline/internal/org"
	"plumbline/internal/review/cycle"
	"plumbline/internal/store"
)

// The longest texts, in characters.
const (
	longNote = 500
	longText = 20_000
)

// on runs one verb on an open cycle, or on a closed one where it is about letters: what was decided is told even after
// the cycle is closed. The actor needs the action at the convenor. The entry in the log stands in the
// cycle's history too.
func (s *Service) on(ctx context.Context, actor authz.Actor, action authz.Action, cycleID int64, on gate.Subject, verb func(tx *store.Tx, c cycle.Cycle) (audit.Detail, error)) error {
	c, err := cycle.ByID(ctx, s.db, cycleID)
	if err != nil {
		return err
	}
	unit, err := org.UnitByID(ctx, s.db, c.Unit)
	if err != nil {
		return err
	}
	on.Unit = unit.Place()
	return s.gate.Do(ctx, actor, action, on, func(tx *store.Tx) (audit.Detail, error) {
		find := cycle.OpenTx
		if action == authz.LetterIssue {
			find = func(ctx context.Context, tx *store.Tx, id int64) (cycle.Cycle, error) { return cycle.ByID(ctx, tx, id) }
		}
		c, err := find(ctx, tx, cycleID)
		if err != nil {
			return audit.Detail{}, err
		}
		d, err := verb(tx, c)
		d.Also = append(d.Also, audit.Subject{Kind: "cycle", ID: cycleID})
		return d, err
	})
}

// found gives a cycle to those whose scope covers its convenor: what is computed and drafted is the convenor's.
func (s *Service) found(ctx context.Context, scope authz.Scope, id int64) (cycle.Cycle, error) {
	c, err := cycle.Find(ctx, s.db, scope, id)
	if err != nil {
		return c, err
	}
	unit, err := org.UnitByID(ctx, s.db, c.Unit)
	if err == nil && !scope.Covers(unit.Place()) {
		err = fault.Missing()
	}
	return c, err
}

// tidy trims a text and says whether it is not too long.
func tidy(text *string, most int) bool {
	*text = strings.TrimSpace(strings.ReplaceAll(*text, "\r\n", "\n"))
	return utf8.RuneCountInString(*text) <= most
}
