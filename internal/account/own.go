package account

import (
	"context"
	"slices"
	"time"

	"plumbline/internal/audit"
	"plumbline/internal/authz"
	"plumbline/internal/fault"
	"plumbline/internal/gate"
	"plumbline/internal/store"
	"plumbline/internal/wording"
)

// ChangePassword changes the actor's password and ends every other session; keep is the id of the one that stays. A
// wrong old password counts like a failed sign-in.
func (s *Service) ChangePassword(ctx context.Context, actor authz.Actor, keep int64, old, password string) error {
	began := time.Now()
	a, err := byID(ctx, s.db, actor.Account)
	if err != nil {
		return err
	}
	_, ok, _, err := s.check(ctx, a.Login, old, "")
	if err != nil {
		return err
	}
	if !ok {
		if err := s.refuse(ctx, a, a.Login, began); err != errRefused {
			return err
		}
		var f fault.Form
		f.Add("old", "fault.account.old_password")
		return f.Err()
	}
	s.guard.clear(a.Login, "")
	secret, err := s.newSecret(ctx, a.Login, password)
	if err != nil {
		return err
	}
	return s.own(ctx, actor, func(tx *store.Tx) (audit.Detail, error) {
		_, err := tx.Exec(ctx, `UPDATE account SET secret = $2, setup_digest = '', setup_until = 0, failures = 0, locked_until = 0 WHERE id = $1`, a.ID, secret)
		if err == nil {
			_, err = endSessions(ctx, tx, a.ID, keep)
		}
		return note("password_changed"), err
	})
}

// SetLanguage sets the language in which the actor reads.
func (s *Service) SetLanguage(ctx context.Context, actor authz.Actor, lang string) error {
	if !slices.Contains(wording.Languages, lang) {
		var f fault.Form
		f.Add("lang", "fault.account.lang")
		return f.Err()
	}
	return s.own(ctx, actor, func(tx *store.Tx) (audit.Detail, error) {
		_, err := tx.Exec(ctx, `UPDATE account SET lang = $2 WHERE id = $1`, actor.Account, lang)
		return audit.Detail{Changes: []audit.Change{{Field: "lang", From: actor.Lang, To: lang}}}, err
	})
}

// own runs a verb of the actor on the own account; its entry stands in the log of the account's home.
func (s *Service) own(ctx context.Context, actor authz.Actor, verb gate.Verb) error {
	a, err := byID(ctx, s.db, actor.Account)
	if err != nil {
		return err
	}
	return s.gate.Do(ctx, actor, authz.OwnAccount, gate.Subject{Kind: Kind, ID: actor.Account, Unit: a.Home}, verb)
}
