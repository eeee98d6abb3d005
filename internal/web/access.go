package web

import (
	"plumbline/internal/authz"
	"plumbline/internal/fault"
)

// Access is what a route asks of whoever comes. The zero Access is a mistake: New refuses it.
type Access struct {
	kind    accessKind
	actions []authz.Action
}

type accessKind int

const (
	accessPublic accessKind = iota + 1
	accessSignedIn
	accessMay
)

var (
	// Public is open to everybody.
	Public = Access{kind: accessPublic}
	// SignedIn is open to every account; the handler's scoped reads decide what it sees.
	SignedIn = Access{kind: accessSignedIn}
)

// May is open to accounts that may do one of the actions at some unit; the gate asks for the very unit.
func May(actions ...authz.Action) Access { return Access{accessMay, actions} }

func (a Access) valid() bool {
	return a.kind == accessPublic || a.kind == accessSignedIn || a.kind == accessMay && len(a.actions) > 0
}

// Actions are what May was given.
func (a Access) Actions() []authz.Action { return a.actions }

// Opens says whether the door lets the actor through; the test of every route asks it.
func (a Access) Opens(p authz.Policy, actor authz.Actor) bool { return a.check(p, actor) == nil }

// Open says whether everybody may come, and whether every account may.
func (a Access) Open() (everybody, everyAccount bool) {
	return a.kind == accessPublic, a.kind == accessPublic || a.kind == accessSignedIn
}

func (a Access) check(p authz.Policy, actor authz.Actor) error {
	switch {
	case a.kind == accessPublic:
		return nil
	case !actor.SignedIn():
		return fault.New(fault.SignIn, "fault.sign_in")
	case a.kind == accessSignedIn:
		return nil
	}
	for _, act := range a.actions {
		if p.Anywhere(actor, act) {
			return nil
		}
	}
	return fault.New(fault.Forbidden, "fault.forbidden")
}
