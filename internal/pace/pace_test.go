package pace

import (
	"fmt"
	"testing"
	"time"
)

var start = time.Date(2022, 1, 10, 9, 0, 0, 0, time.UTC)

func TestAnAddressComesInBurstsAndThenInSteps(t *testing.T) {
	p := New(3, 2*time.Second, 10)
	for i := range 3 {
		if wait := p.Take("203.0.113.7", start); wait != 0 {
			t.Fatalf("time %d of the burst: wait %v", i+1, wait)
		}
	}
	if wait := p.Take("203.0.113.7", start); wait != 2*time.Second {
		t.Errorf("after the burst: wait %v", wait)
	}
	if wait := p.Take("203.0.113.7", start.Add(1500*time.Millisecond)); wait != 500*time.Millisecond {
		t.Errorf("later: wait %v", wait)
	}
	if wait := p.Take("203.0.113.8", start); wait != 0 {
		t.Errorf("another address waits %v", wait)
	}
	for range 2 { // what was refused took nothing
		if wait := p.Take("203.0.113.7", start.Add(4*time.Second)); wait != 0 {
			t.Errorf("after the wait: %v", wait)
		}
	}
	if p.Take("203.0.113.7", start.Add(4*time.Second)) == 0 {
		t.Error("three in the time of two")
	}
	p.Give("203.0.113.7")
	if wait := p.Take("203.0.113.7", start.Add(4*time.Second)); wait != 0 {
		t.Errorf("what was given back is not there: %v", wait)
	}
}

func TestANetworkIsOneAddress(t *testing.T) {
	p := New(1, time.Second, 10)
	for _, c := range []struct {
		address string
		free    bool
	}{
		{"2001:db8:1:2::1", true}, {"2001:db8:1:2:ffff::9", false}, {"2001:db8:1:3::1", true},
		{"203.0.113.7", true}, {"::ffff:203.0.113.7", false}, {"not an address", true}, {"not an address", false},
	} {
		if got := p.Take(c.address, start) == 0; got != c.free {
			t.Errorf("%s free: %v", c.address, got)
		}
	}
}

func TestMemoryIsBounded(t *testing.T) {
	p := New(1, time.Hour, 100)
	for i := range 1000 {
		p.Take(fmt.Sprintf("10.0.%d.%d", i/250, i%250), start)
		p.Take("203.0.113.7", start) // comes again and again, so it is not forgotten
	}
	if len(p.seen) != 100 || p.latest.Len() != 100 {
		t.Errorf("%d addresses are held", len(p.seen))
	}
	if p.Take("203.0.113.7", start) == 0 {
		t.Error("the one that keeps coming was forgotten")
	}
}
