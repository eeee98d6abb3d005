// Package pace says how often an address may do something: so many times at once, and once more after every while. It
// knows the address alone, holds a bounded number of them in memory, and reads no clock of its own.
package pace

import (
	"container/list"
	"net/netip"
	"sync"
	"time"
)

// Pace is safe for use by many goroutines.
type Pace struct {
	burst float64
	every time.Duration
	most  int

	mu     sync.Mutex
	seen   map[string]*list.Element
	latest *list.List // of *bucket, the one that came last in front
}

// bucket is how much an address has used up at a time.
type bucket struct {
	key  string
	used float64
	at   time.Time
}

// New lets every address come burst times at once and once more after every while. Of more than most addresses, those
// that came longest ago are forgotten, and may come as if for the first time.
func New(burst int, every time.Duration, most int) *Pace {
	return &Pace{burst: float64(burst), every: every, most: most, seen: map[string]*list.Element{}, latest: list.New()}
}

// Take counts that an address came, and gives 0; or counts nothing, and gives how long it has to wait.
func (p *Pace) Take(address string, now time.Time) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	b := p.bucket(network(address), now)
	b.used = max(0, b.used-now.Sub(b.at).Seconds()/p.every.Seconds())
	b.at = now
	if over := b.used + 1 - p.burst; over > 0 {
		return time.Duration(over * float64(p.every))
	}
	b.used++
	return 0
}

// Give takes back what the last Take counted.
func (p *Pace) Give(address string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if e, ok := p.seen[network(address)]; ok {
		b := e.Value.(*bucket)
		b.used = max(0, b.used-1)
	}
}

// bucket finds or makes an address's, and makes room for it.
func (p *Pace) bucket(key string, now time.Time) *bucket {
	if e, ok := p.seen[key]; ok {
		p.latest.MoveToFront(e)
		return e.Value.(*bucket)
	}
	if len(p.seen) >= p.most {
		last := p.latest.Back()
		delete(p.seen, last.Value.(*bucket).key)
		p.latest.Remove(last)
	}
	b := &bucket{key: key, at: now}
	p.seen[key] = p.latest.PushFront(b)
	return b
}

// network is what one household or machine has: an IPv4 address, or the first 64 bits of an IPv6 address.
func network(address string) string {
	ip, err := netip.ParseAddr(address)
	if err != nil {
		return address
	}
	if ip = ip.Unmap(); ip.Is6() {
		if p, err := ip.Prefix(64); err == nil {
			return p.String()
		}
	}
	return ip.String()
}
