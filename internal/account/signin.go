package account

import (
	"context"
	"time"

	"plumbline/internal/audit"
	"plumbline/internal/authz"
	"plumbline/internal/fault"
	"plumbline/internal/gate"
	"plumbline/internal/store"
)

// SignIn opens a session and gives its token for the cookie. Whatever is wrong (no such login, no password yet, a wrong
// one, an account that is disabled) is one and the same Invalid fault, after the same work and not before a floor of
// time; a lock after too many failures says how long it lasts, for logins that don't exist as well.
func (s *Service) SignIn(ctx context.Context, login, password string, from From) (token string, ses Session, err error) {
	began := time.Now()
	login = NormalLogin(login)
	a, ok, stale, err := s.check(ctx, login, password, from.Address)
	if err != nil {
		return "", ses, err
	}
	if !ok {
		return "", ses, s.refuse(ctx, a, login, began)
	}
	s.guard.clear(login, from.Address)
	secret := ""
	if stale {
		if secret, err = s.hash.make(ctx, password); err != nil {
			return "", ses, err
		}
	}
	return s.begin(ctx, a, from, "signed_in", func(tx *store.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE account SET failures = 0, locked_until = 0, secret = CASE WHEN $2 = '' THEN secret ELSE $2 END WHERE id = $1`, a.ID, secret)
		return err
	})
}

// check compares the password; an error is a lock or a broken machine, a wrong password is ok = false.
func (s *Service) check(ctx context.Context, login, password, address string) (a stored, ok, stale bool, err error) {
	a, err = byLogin(ctx, s.db, login)
	if err != nil && fault.KindOf(err) != fault.NotFound {
		return a, false, false, err
	}
	now := s.gate.Now()
	if left := a.LockedUntil - micros(now); left > 0 {
		return a, false, false, errLocked(time.Duration(left) * time.Microsecond)
	}
	if left, free := s.guard.try(login, address, a.failures, now); !free {
		return a, false, false, errLocked(left)
	}
	if len(password) > maxPassword {
		password = ""
	}
	ok, stale, err = s.hash.verify(ctx, a.secret, password)
	return a, ok && !a.Disabled, stale, err
}

// refuse answers a wrong password: it writes down a lock if there is one now, and waits until the floor of time is over.
func (s *Service) refuse(ctx context.Context, a stored, login string, began time.Time) error {
	now := s.gate.Now()
	n, until := s.guard.failed(login, now)
	if !until.IsZero() && a.ID != 0 {
		err := s.gate.Do(ctx, authz.System(), authz.OwnAccount, gate.Subject{Kind: Kind, ID: a.ID, Unit: a.Home}, func(tx *store.Tx) (audit.Detail, error) {
			_, err := tx.Exec(ctx, `UPDATE account SET failures = $2, locked_until = $3 WHERE id = $1`, a.ID, n, micros(until))
			return note("locked"), err
		})
		if err != nil {
			return err
		}
	}
	if rest := time.NewTimer(s.floor - time.Since(began)); s.floor > 0 {
		defer rest.Stop()
		select {
		case <-rest.C:
		case <-ctx.Done():
		}
	}
	if !until.IsZero() {
		return errLocked(until.Sub(now))
	}
	return errRefused
}

func note(what string) audit.Detail { return audit.Detail{Note: map[string]string{"what": what}} }

// begin opens a session in one transaction with what else the sign-in changes; the old one of the same browser ends.
func (s *Service) begin(ctx context.Context, a stored, from From, what string, also func(tx *store.Tx) error) (token string, ses Session, err error) {
	token, kept := newToken()
	err = s.gate.Do(ctx, a.Actor(), authz.OwnAccount, gate.Subject{Kind: Kind, ID: a.ID, Unit: a.Home}, func(tx *store.Tx) (audit.Detail, error) {
		if err := also(tx); err != nil {
			return audit.Detail{}, err
		}
		_, err := tx.Exec(ctx, `DELETE FROM session WHERE digest = $1 OR ends_at <= $2`, digest(from.Replaces), tx.Now-keepEnded.Microseconds())
		if err != nil {
			return audit.Detail{}, err
		}
		ses = Session{Account: a.ID, Login: a.Login, Name: a.Name, Lang: a.Lang, Device: cut(from.Device, 80), Created: tx.Now, Seen: tx.Now,
			Ends: tx.Now + Absolute.Microseconds()}
		ses.ID, err = tx.Insert(ctx, `INSERT INTO session (digest, account_id, created_at, seen_at, ends_at, device) VALUES ($1, $2, $3, $3, $4, $5) RETURNING id`,
			kept, a.ID, ses.Created, ses.Ends, ses.Device)
		return note(what), err
	})
	if err != nil {
		return "", Session{}, err
	}
	return token, ses, nil
}

func cut(s string, runes int) string {
	if r := []rune(s); len(r) > runes {
		return string(r[:runes])
	}
	return s
}

// SetupFor names the account that a setup link opens, for its page; an Invalid fault when the link was used, renewed or
// has run out.
func (s *Service) SetupFor(ctx context.Context, token string) (Account, error) {
	a, err := bySetup(ctx, s.db, token, micros(s.gate.Now()))
	return a.Account, err
}

// Setup sets the password by a setup link, which is spent by it, ends every session of the account and opens a new one.
func (s *Service) Setup(ctx context.Context, token, password string, from From) (session string, ses Session, err error) {
	a, err := bySetup(ctx, s.db, token, micros(s.gate.Now()))
	if err != nil {
		return "", ses, err
	}
	secret, err := s.newSecret(ctx, a.Login, password)
	if err != nil {
		return "", ses, err
	}
	session, ses, err = s.begin(ctx, a, from, "set_up", func(tx *store.Tx) error {
		ok, err := tx.Change(ctx, `UPDATE account SET secret = $2, setup_digest = '', setup_until = 0, failures = 0, locked_until = 0
			WHERE id = $1 AND setup_digest = $3 AND setup_until > $4 AND disabled = 0`, a.ID, secret, setupDigest(token), tx.Now)
		if err == nil && !ok {
			err = errLink
		}
		if err == nil {
			_, err = endSessions(ctx, tx, a.ID, 0)
		}
		return err
	})
	if err == nil {
		s.guard.clear(a.Login, from.Address)
	}
	return session, ses, err
}

// newSecret checks and hashes a new password.
func (s *Service) newSecret(ctx context.Context, login, password string) (string, error) {
	if key, args := CheckPassword(login, password); key != "" {
		var f fault.Form
		f.Add("password", key, args...)
		return "", f.Err()
	}
	return s.hash.make(ctx, password)
}
