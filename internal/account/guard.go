package account

import (
	"sync"
	"time"

	"plumbline/internal/pace"
)

const (
	// guardSize bounds the memory that guessing can take.
	guardSize = 20_000
	// forgetAfter forgets failures that nothing followed.
	forgetAfter = 24 * time.Hour
	// An address may fail addressBurst times at once and once more every addressEvery: a whole office sits behind one
	// address, and only failures count.
	addressBurst = 40
	addressEvery = 5 * time.Second
)

// guard counts failed sign-ins in memory: by login, known or not, so that unknown logins are answered like known ones;
// and by address. A lock of a known account is written to the database as well and outlives the program.
type guard struct {
	mu      sync.Mutex
	logins  map[string]strike
	address *pace.Pace
}

type strike struct {
	n     int
	until time.Time // locked until
	last  time.Time
}

func newGuard() *guard {
	return &guard{logins: map[string]strike{}, address: pace.New(addressBurst, addressEvery, guardSize)}
}

// try counts an attempt as failed before it is made, so that many at once can't pass together; clear takes it back.
// kept is the number of failures that the database knows of. ok is false while the login is locked or the address has
// failed too often, for the time left.
func (g *guard) try(login, address string, kept int, now time.Time) (left time.Duration, ok bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	s := g.logins[login]
	if now.Sub(s.last) > forgetAfter {
		s = strike{}
	}
	if left := s.until.Sub(now); left > 0 {
		return left, false
	}
	if wait := g.address.Take(address, now); wait > 0 {
		return addressEvery, false
	}
	s.n, s.last = max(s.n, kept)+1, now
	s.until = now.Add(lockFor(s.n))
	makeRoom(g.logins)
	g.logins[login] = s
	return 0, true
}

// failed gives how often the login failed in a row and until when it is therefore locked (zero: it is not).
func (g *guard) failed(login string, now time.Time) (n int, until time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	s := g.logins[login]
	if !s.until.After(now) {
		return s.n, time.Time{}
	}
	return s.n, s.until
}

// clear forgets a login's failures and gives the address back what the attempt took.
func (g *guard) clear(login, address string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.logins, login)
	g.address.Give(address)
}

// makeRoom drops the oldest entry of a full map.
func makeRoom(m map[string]strike) {
	if len(m) < guardSize {
		return
	}
	oldest, when := "", time.Time{}
	for k, v := range m {
		if t := v.last; oldest == "" || t.Before(when) {
			oldest, when = k, t
		}
	}
	delete(m, oldest)
}
