package account

import (
	"context"
	"maps"
	"sync"
	"time"

	"plumbline/internal/audit"
	"plumbline/internal/authz"
	"plumbline/internal/fault"
	"plumbline/internal/store"
)

// seenEvery is how often it is written down, for all sessions at once, when they were last used.
const seenEvery = time.Minute

// keepEnded is how long it is known whose a session was that ran out, so that a form that was under way then goes back to
// the same person only.
const keepEnded = 7 * 24 * time.Hour

// Owner says whose session a token was, also for some days after it ran out: 0 when that is not known. It gives no rights.
func (s *Service) Owner(ctx context.Context, token string) (account int64, login string, err error) {
	if token == "" {
		return 0, "", nil
	}
	err = store.Each(ctx, s.db, `SELECT a.id, a.login FROM session s JOIN account a ON a.id = s.account_id WHERE s.digest = $1`,
		[]any{digest(token)}, scanInto(&account, &login))
	return account, login, err
}

// seen gathers in memory when sessions were used, so that reading a page writes nothing.
type seen struct {
	mu      sync.Mutex
	at      map[int64]int64
	written int64
	busy    bool
}

func newSeen() *seen { return &seen{at: map[int64]int64{}} }

// latest is when the session was last used, by memory or by the database.
func (s *seen) latest(id, stored int64) int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return max(s.at[id], stored)
}

// note remembers a use; now and then it gives back everything that is to be written, to one caller only.
func (s *seen) note(id, now int64) (due map[int64]int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.at[id] = now
	if s.busy || now-s.written < seenEvery.Microseconds() {
		return nil
	}
	s.busy = true
	return maps.Clone(s.at)
}

func (s *seen) done(written map[int64]int64, now int64, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.busy, s.written = false, now
	for id, at := range written {
		if ok && s.at[id] == at {
			delete(s.at, id)
		}
	}
}

// Session gives the session of a cookie and the actor that it stands for. SignIn fault when there is no such session,
// or it has ended: after Idle without use, Absolute after sign-in, or with the account.
func (s *Service) Session(ctx context.Context, token string) (Session, authz.Actor, error) {
	if token == "" {
		return Session{}, authz.Actor{}, errSignIn
	}
	ses, actor, err := findSession(ctx, s.db, digest(token))
	if err != nil {
		return Session{}, authz.Actor{}, err
	}
	now := micros(s.gate.Now())
	ses.Seen = s.seen.latest(ses.ID, ses.Seen)
	if ses.ID == 0 || ended(ses, now) {
		return Session{}, authz.Actor{}, errSignIn
	}
	if due := s.seen.note(ses.ID, now); due != nil {
		s.writeSeen(ctx, due, now)
	}
	ses.Seen = now
	return ses, actor, nil
}

func ended(ses Session, now int64) bool {
	return now >= ses.Ends || now-ses.Seen >= Idle.Microseconds()
}

// writeSeen never fails the request that happens to do it: what could not be written stays in memory for the next time.
func (s *Service) writeSeen(ctx context.Context, due map[int64]int64, now int64) {
	err := s.gate.Housekeep(ctx, func(tx *store.Tx) error {
		for id, at := range due {
			if _, err := tx.Exec(ctx, `UPDATE session SET seen_at = $1 WHERE id = $2 AND seen_at < $1`, at, id); err != nil {
				return err
			}
		}
		return nil
	})
	s.seen.done(due, now, err == nil)
}

// Sessions lists the actor's own sessions that have not ended, the last used first.
func (s *Service) Sessions(ctx context.Context, actor authz.Actor) ([]Session, error) {
	return s.openSessions(ctx, actor.Account)
}

// SessionsOf lists the sessions of an account that the actor looks after.
func (s *Service) SessionsOf(ctx context.Context, actor authz.Actor, account int64) ([]Session, error) {
	a, err := s.Account(ctx, actor, account)
	if err != nil {
		return nil, err
	}
	if !managesAll(s.gate.Policy(), actor, a.Places()) {
		return []Session{}, nil
	}
	return s.openSessions(ctx, account)
}

func (s *Service) openSessions(ctx context.Context, account int64) ([]Session, error) {
	all, err := sessionsOf(ctx, s.db, account)
	now, out := micros(s.gate.Now()), []Session{}
	for _, ses := range all {
		ses.Seen = s.seen.latest(ses.ID, ses.Seen)
		if !ended(ses, now) {
			out = append(out, ses)
		}
	}
	return out, err
}

// SignOut ends the session of a cookie; one that has ended already is no fault.
func (s *Service) SignOut(ctx context.Context, token string) error {
	ses, actor, err := findSession(ctx, s.db, digest(token))
	if err != nil || ses.ID == 0 {
		return err
	}
	return s.endOwn(ctx, actor, ses.ID)
}

func (s *Service) endOwn(ctx context.Context, actor authz.Actor, id int64) error {
	return s.own(ctx, actor, func(tx *store.Tx) (audit.Detail, error) {
		return note("session_ended"), deleteSession(ctx, tx, id, actor.Account)
	})
}

func deleteSession(ctx context.Context, tx *store.Tx, id, account int64) error {
	ok, err := tx.Change(ctx, `DELETE FROM session WHERE id = $1 AND account_id = $2`, id, account)
	if err == nil && !ok {
		return fault.Missing()
	}
	return err
}

// EndSession ends a session of the actor or of an account that the actor looks after.
func (s *Service) EndSession(ctx context.Context, actor authz.Actor, id int64) error {
	var owner int64
	err := store.Each(ctx, s.db, `SELECT account_id FROM session WHERE id = $1`, []any{id}, scanInto(&owner))
	switch {
	case err != nil:
		return err
	case owner == 0:
		return fault.Missing()
	case owner == actor.Account:
		return s.endOwn(ctx, actor, id)
	}
	return s.manage(ctx, actor, owner, func(tx *store.Tx, _ stored) (audit.Detail, error) {
		return note("session_ended"), deleteSession(ctx, tx, id, owner)
	})
}
