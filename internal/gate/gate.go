// Package gate is the one door to writing: it asks the policy, opens the transaction, runs the verb, appends the log's
// entry in the same transaction and commits. A write without actor, action, subject and detail does not compile.
package gate

import (
	"context"
	"errors"
	"sync"
	"time"

	"plumbline/internal/audit"
	"plumbline/internal/authz"
	"plumbline/internal/fault"
	"plumbline/internal/store"
)

// Subject is what a verb acts upon and the unit whose right is asked. ID is 0 where the verb makes the thing; its key
// then comes back in the Detail. Unit is the zero Unit for what belongs to nobody's place; only the program itself may
// act there, and OwnAccount.
type Subject struct {
	Kind string
	ID   int64
	Unit authz.Unit
}

// Gate is safe for use by many goroutines.
type Gate struct {
	db     *store.DB
	policy authz.Policy
}

// New makes the gate; there is one in a program.
func New(db *store.DB, policy authz.Policy) *Gate { return &Gate{db, policy} }

// Policy is what the gate asks, for pages that show only what can be done.
func (g *Gate) Policy() authz.Policy { return g.policy }

// Verb does the work of one write and says what it did.
type Verb func(tx *store.Tx) (audit.Detail, error)

// Do carries out one verb: all of it, with its entry in the log, or nothing. Forbidden where the policy says no.
func (g *Gate) Do(ctx context.Context, actor authz.Actor, action authz.Action, on Subject, verb Verb) error {
	if !g.allows(actor, action, on) {
		return fault.New(fault.Forbidden, "fault.forbidden")
	}
	return g.db.Write(ctx, func(tx *store.Tx) error {
		if err := spend(ctx, tx); err != nil {
			return err
		}
		detail, err := verb(tx)
		if err != nil {
			return err
		}
		if detail.ID != 0 {
			on.ID = detail.ID
		}
		if held(ctx) {
			return ErrHeld
		}
		return logged(ctx, tx, audit.Entry{
			Actor: actor.Account, Action: string(action), Subject: audit.Subject{Kind: on.Kind, ID: on.ID},
			Unit: on.Unit.ID, Changes: detail.Changes, Note: detail.Note,
		}, detail.Also)
	})
}

// ErrHeld ends a verb that could have been carried out, under a context of Hold. Nothing of it was written.
var ErrHeld = errors.New("gate: the verb was held")

type holdKey struct{}

// Hold lets no verb under ctx be carried out: each is asked, run and rolled back. It fails as it would have failed, and
// with ErrHeld where it would not. So a form can be answered once more, for its sentences alone.
func Hold(ctx context.Context) context.Context { return context.WithValue(ctx, holdKey{}, true) }

func held(ctx context.Context) bool { return ctx.Value(holdKey{}) != nil }

// AlsoLimit is how many other things one entry of the log names; a verb that touched more has several entries.
const AlsoLimit = 500

// logged writes the entry of a verb. What one entry has no room for stands in further ones, each with the verb's first
// entry's action, subject and changes, so that every thing's history tells the same.
func logged(ctx context.Context, tx *store.Tx, e audit.Entry, also []audit.Subject) error {
	for {
		n := min(len(also), AlsoLimit)
		if _, err := audit.Append(ctx, tx, e, also[:n]); err != nil {
			return err
		}
		if also = also[n:]; len(also) == 0 {
			return nil
		}
	}
}

// Housekeep runs a write that is no act of anybody and has no entry in the log: when a session was last seen, a draft
// that its writer has not yet saved. A test of the house names the few places that may call it.
func (g *Gate) Housekeep(ctx context.Context, fn func(tx *store.Tx) error) error {
	return g.db.Write(ctx, fn)
}

// Now is the clock by which every transaction is dated.
func (g *Gate) Now() time.Time { return g.db.Now() }

func (g *Gate) allows(actor authz.Actor, action authz.Action, on Subject) bool {
	if action == authz.OwnAccount {
		return actor.IsSystem() || (on.Kind == "account" && actor.SignedIn() && on.ID == actor.Account)
	}
	return g.policy.Allows(actor, action, on.Unit)
}

type onceKey struct{}

type once struct {
	mu    sync.Mutex
	token string
}

// Once marks ctx with the token of a form. The first verb under that context spends it, in its own transaction; when
// the same form arrives again the verb is refused with a Repeated fault and nothing is written twice.
func Once(ctx context.Context, token string) context.Context {
	if token == "" {
		return ctx
	}
	return context.WithValue(ctx, onceKey{}, &once{token: token})
}

// onceKept is how long it is known that a form arrived. A form that is older than that was forgotten by its sender too.
const onceKept = 7 * 24 * time.Hour

// ForgetForms forgets the tokens of forms that arrived more than a week ago, and says how many there were.
func (g *Gate) ForgetForms(ctx context.Context) (n int64, err error) {
	err = g.Housekeep(ctx, func(tx *store.Tx) error {
		res, err := tx.Exec(ctx, `DELETE FROM once WHERE at < $1`, tx.Now-onceKept.Microseconds())
		if err == nil {
			n, err = res.RowsAffected()
		}
		return err
	})
	return n, err
}

func spend(ctx context.Context, tx *store.Tx) error {
	o, _ := ctx.Value(onceKey{}).(*once)
	if o == nil {
		return nil
	}
	o.mu.Lock()
	token := o.token
	o.token = ""
	o.mu.Unlock()
	if token == "" {
		return nil
	}
	res, err := tx.Exec(ctx, `INSERT INTO once (token, at) VALUES ($1, $2) ON CONFLICT DO NOTHING`, token, tx.Now)
	if err != nil {
		return err
	}
	if n, err := res.RowsAffected(); err != nil || n == 1 {
		return err
	}
	return fault.New(fault.Repeated, "fault.repeated")
}
