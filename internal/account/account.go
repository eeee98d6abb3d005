// Package account knows who may come in: accounts, the roles that they hold at units, sign-in and sessions.
//
// No password, link or session token is kept, only digests; none of them, and no address, ever stands in the log. An
// account is looked after by whoever manages accounts at its home and at every unit where it holds a role, so that
// nobody comes to more than the own rights by renewing somebody else's link. Nobody changes the own roles.
package account

import (
	"time"

	"plumbline/internal/authz"
	"plumbline/internal/fault"
	"plumbline/internal/gate"
	"plumbline/internal/store"
)

const (
	// Idle ends a session that was not used for so long.
	Idle = 2 * time.Hour
	// Absolute ends every session that long after it began: a working day.
	Absolute = 12 * time.Hour
	// SetupFor is how long a setup link may be used.
	SetupFor = 7 * 24 * time.Hour
)

// Kind is the kind of subject that accounts are in the log.
const Kind = "account"

// Account is somebody who may sign in. Times are UTC microseconds. Home is where the account is looked after.
type Account struct {
	ID          int64
	Login       string
	Name        string
	Person      int64 // 0: no person of the organisation
	Lang        string
	Home        authz.Unit
	HasPassword bool
	SetupUntil  int64 // until when the setup link may be used; 0: there is none
	LockedUntil int64 // 0: not locked
	Disabled    bool
	Created     int64
	Version     int
	Grants      []Grant
}

// Grant is a role held at a unit; authz.Whole is the whole installation.
type Grant struct {
	ID   int64
	Role string
	Unit authz.Unit
}

// Actor is the account as the policy knows it.
func (a Account) Actor() authz.Actor {
	actor := authz.Actor{Account: a.ID, Person: a.Person, Name: a.Name, Lang: a.Lang}
	for _, g := range a.Grants {
		actor.Grants = append(actor.Grants, authz.Grant{Role: g.Role, Unit: g.Unit})
	}
	return actor
}

// Places are the units whose managers together look after the account: its home and where it holds roles.
func (a Account) Places() []authz.Unit {
	out := []authz.Unit{a.Home}
	for _, g := range a.Grants {
		out = append(out, g.Unit)
	}
	return out
}

// Session is one signed-in browser. Times are UTC microseconds; Ends is the end however much it is used.
type Session struct {
	ID      int64
	Account int64
	Login   string
	Name    string
	Lang    string
	Device  string
	Created int64
	Seen    int64
	Ends    int64
}

// From is where a sign-in comes from. Address is used to slow guessing down and is written nowhere. Replaces is the
// token of the session that the browser had before; it ends with the sign-in.
type From struct {
	Address  string
	Device   string
	Replaces string
}

// Service is the verbs of accounts; it is safe for use by many goroutines.
type Service struct {
	gate  *gate.Gate
	db    store.Reader
	hash  *hasher
	guard *guard
	seen  *seen
	floor time.Duration // how long a refused sign-in takes at least
}

// New makes the service; there is one in a program, because it counts failed sign-ins in memory.
func New(g *gate.Gate, db store.Reader) *Service {
	return &Service{gate: g, db: db, hash: newHasher(current), guard: newGuard(), seen: newSeen(), floor: 300 * time.Millisecond}
}

func micros(t time.Time) int64 { return t.UTC().UnixMicro() }

var (
	errSignIn  = fault.New(fault.SignIn, "fault.account.sign_in")
	errRefused = fault.Bad("fault.account.refused")
	errLink    = fault.Bad("fault.account.link")
)
