package ledger

import (
	"context"
	"slices"

	"plumbline/internal/authz"
	"plumbline/internal/org"
	"plumbline/internal/store"
)

// Accounts finds whom to tell. The room of accounts implements it.
type Accounts interface {
	// Holding lists the accounts that may do act at the unit by the nearest right: one held at the unit itself, else one
	// that reaches down from the unit closest above it.
	Holding(ctx context.Context, r store.Reader, act authz.Action, at authz.Unit) ([]int64, error)
	// OfPeople lists the accounts of people.
	OfPeople(ctx context.Context, r store.Reader, people []int64) ([]int64, error)
}

// As whom somebody is told.
const (
	AsLeader   = "leader"   // holder of the post that answers
	AsDeputy   = "deputy"   // holder of the post that stands in for it while it is vacant
	AsStaff    = "staff"    // those who may act at the unit
	AsConvenor = "convenor" // those who approve at the convenor
	AsAsker    = "asker"    // whoever asked for the matter
	AsNobody   = "nobody"   // there was nobody to tell
)

// audience is whom a prompt goes to: as whom, at which unit, who they are, and their accounts.
type audience struct {
	as       string
	unit     int64
	people   []int64
	accounts []int64
}

// recipients finds whom to tell, and remembers units that it has asked about; one sweep uses one.
type recipients struct {
	s     *Service
	r     store.Reader
	today string
	heads map[int64]audience
}

// rememberedUnits is how many units recipients keep in mind before they forget them all.
const rememberedUnits = 5000

// of finds whom a prompt of a matter goes to.
func (x *recipients) of(ctx context.Context, p Prompt, m Matter) (audience, error) {
	switch {
	case p.Step == StepRemind:
		return x.turn(ctx, m)
	case p.To == ToLeader && m.Owner.ID != 0:
		return x.upward(ctx, m, 0)
	case p.To == ToAbove && p.Level > 0:
		return x.upward(ctx, m, p.Level)
	}
	return x.convenor(ctx, m)
}

// turn is those whose turn it is; of the owner, whoever answers for the matter too.
func (x *recipients) turn(ctx context.Context, m Matter) (t audience, err error) {
	switch m.Class {
	case TurnConvenor:
		return x.convenor(ctx, m)
	case TurnVerifier:
		t = audience{as: AsStaff, unit: m.Place().ID}
		t.accounts, err = x.s.Accounts.Holding(ctx, x.r, authz.LedgerVerify, m.Place())
		return t, err
	}
	if m.Class == TurnRequester && m.Requester.ID != 0 {
		t = audience{as: AsAsker, unit: m.Requester.ID}
		t.accounts, err = x.s.Accounts.Holding(ctx, x.r, authz.LedgerAsk, m.Requester)
		t.accounts = distinct(append(t.accounts, m.Asker))
		return t, err
	}
	if m.Owner.ID == 0 {
		return x.convenor(ctx, m)
	}
	t = audience{as: AsStaff, unit: m.Owner.ID}
	if t.accounts, err = x.s.Accounts.Holding(ctx, x.r, authz.LedgerOwn, m.Owner); err != nil || m.Person == 0 {
		return t, err
	}
	more, err := x.s.Accounts.OfPeople(ctx, x.r, []int64{m.Person})
	t.accounts = distinct(append(t.accounts, more...))
	return t, err
}

func (x *recipients) convenor(ctx context.Context, m Matter) (audience, error) {
	t := audience{as: AsConvenor, unit: m.Convenor.ID}
	var err error
	if t.accounts, err = x.s.Accounts.Holding(ctx, x.r, authz.LedgerApprove, m.Convenor); err == nil && len(t.accounts) == 0 {
		t.as = AsNobody
	}
	return t, err
}

// upward is whoever heads the unit so many levels above the owner, or of those above it where it has nobody; at last the
// convenor.
func (x *recipients) upward(ctx context.Context, m Matter, level int) (audience, error) {
	ids := org.PathIDs(m.Owner.Path)
	for i := len(ids) - 1 - level; i >= 0; i-- {
		t, err := x.head(ctx, unitOn(m.Owner.Path, ids[:i+1]))
		if err != nil || t.as != AsNobody {
			return t, err
		}
	}
	return x.convenor(ctx, m)
}

// unitOn is the unit on a path to which the ids lead.
func unitOn(path string, ids []int64) authz.Unit {
	n := 0
	for i, c := range path {
		if c == '/' {
			if n == len(ids) {
				return authz.Unit{ID: ids[n-1], Path: path[:i+1]}
			}
			n++
		}
	}
	return authz.Unit{}
}

// head is who answers for a unit: the holder of its reporting post, else of the post that stands in for it, else those
// who may act there.
func (x *recipients) head(ctx context.Context, u authz.Unit) (audience, error) {
	if t, known := x.heads[u.ID]; known {
		return t, nil
	}
	holders, err := org.HoldersAt(ctx, x.r, u.ID, x.today)
	if err != nil {
		return audience{}, err
	}
	t := audience{as: AsLeader, unit: u.ID, people: x.s.holding(holders, x.s.reports)}
	if len(t.people) == 0 {
		t.as, t.people = AsDeputy, x.s.holding(holders, x.s.deputies)
	}
	if t.accounts, err = x.s.Accounts.OfPeople(ctx, x.r, t.people); err != nil {
		return t, err
	}
	if len(t.accounts) == 0 { // nobody there signs in: those who act for the unit pass it on
		if t.accounts, err = x.s.Accounts.Holding(ctx, x.r, authz.LedgerOwn, u); err != nil {
			return t, err
		}
		switch {
		case len(t.people) > 0:
		case len(t.accounts) > 0:
			t.as = AsStaff
		default:
			t.as = AsNobody
		}
	}
	if len(x.heads) >= rememberedUnits {
		clear(x.heads)
	}
	x.heads[u.ID] = t
	return t, nil
}

// holding are the people among holders whose post is of one of the kinds.
func (s *Service) holding(holders []org.Holder, kinds map[string]bool) (people []int64) {
	for _, h := range holders {
		if kinds[h.Post.Kind] && !slices.Contains(people, h.Person.ID) {
			people = append(people, h.Person.ID)
		}
	}
	return people
}
