// Package authz decides who may do what where. It is pure: it imports nothing of ours and touches no database.
//
// A role is data (a pack names it and says what it may do); an account holds grants: a role at a unit. A role gives an
// action either at that unit alone or in its whole subtree.
package authz

import (
	"fmt"
	"maps"
	"sort"
	"strings"
)

// Action is something that can be done; the whole list stands in actions.go.
type Action string

// Reach says how far down the tree a role's action goes.
type Reach int

const (
	// Here: at the unit of the grant only.
	Here Reach = iota + 1
	// Below: at the unit of the grant and everything under it.
	Below
)

// Role is a bundle of actions with their reach.
type Role struct {
	ID  string
	Can map[Action]Reach
}

// Unit is a place in the tree. Path is the chain of unit ids from the root, "/1/7/31/"; "" is no place at all.
type Unit struct {
	ID   int64
	Path string
}

// Whole is the whole installation, above every root: its path begins every path. The first administrator's role is held
// there, before there is any unit; roots are made there.
var Whole = Unit{Path: "/"}

// Grant is a role held at a unit.
type Grant struct {
	Role string
	Unit Unit
}

// Actor is whoever does something: an account with its grants. The zero Actor is nobody and may do nothing.
type Actor struct {
	Account int64
	Person  int64
	Name    string
	Lang    string
	Grants  []Grant
	system  bool
}

// System is the program itself: migrations, imports from the terminal, clocks. It may do everything; its entries in the
// log carry account 0.
func System() Actor { return Actor{Name: "system", system: true} }

// IsSystem says whether the actor is the program itself.
func (a Actor) IsSystem() bool { return a.system }

// SignedIn says whether the actor is an account.
func (a Actor) SignedIn() bool { return a.Account != 0 }

// Policy is the roles of the pack in force.
type Policy struct{ roles map[string]Role }

// NewPolicy makes a policy; an unknown action or a doubled role is an error.
func NewPolicy(roles []Role) (Policy, error) {
	p := Policy{roles: map[string]Role{}}
	for _, r := range roles {
		if _, dup := p.roles[r.ID]; dup || r.ID == "" {
			return p, fmt.Errorf("authz: role %q is defined twice or has no id", r.ID)
		}
		for act := range r.Can {
			if !known[act] {
				return p, fmt.Errorf("authz: role %q names the unknown action %q", r.ID, act)
			}
		}
		p.roles[r.ID] = r.speaking()
	}
	return p, nil
}

// speaking is the role with the right to speak of what it may read, as far as it may read, unless it says otherwise.
func (r Role) speaking() Role {
	if r.Can[Read] == 0 || r.Can[LedgerTalk] != 0 {
		return r
	}
	r.Can = maps.Clone(r.Can)
	r.Can[LedgerTalk] = r.Can[Read]
	return r
}

// Allows says whether the actor may do act at the unit.
func (p Policy) Allows(a Actor, act Action, at Unit) bool {
	if a.system {
		return true
	}
	for _, g := range a.Grants {
		switch p.roles[g.Role].Can[act] {
		case Here:
			if g.Unit.ID == at.ID && at.Path != "" {
				return true
			}
		case Below:
			if at.Path != "" && strings.HasPrefix(at.Path, g.Unit.Path) {
				return true
			}
		}
	}
	return false
}

// Anywhere says whether the actor may do act at some unit; routes ask it, the gate asks Allows.
func (p Policy) Anywhere(a Actor, act Action) bool {
	if a.system {
		return true
	}
	for _, g := range a.Grants {
		if p.roles[g.Role].Can[act] != 0 {
			return true
		}
	}
	return false
}

// Units lists the units at which the actor may do act (the roots of the reach), in order, each once.
func (p Policy) Units(a Actor, act Action) []Unit {
	seen := map[int64]bool{}
	var out []Unit
	for _, g := range a.Grants {
		if p.roles[g.Role].Can[act] != 0 && !seen[g.Unit.ID] {
			seen[g.Unit.ID] = true
			out = append(out, g.Unit)
		}
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Path < out[j].Path })
	return out
}

// Has says whether there is such a role.
func (p Policy) Has(role string) bool {
	_, ok := p.roles[role]
	return ok
}

// RolesWith lists the roles that give act with that reach, by id.
func (p Policy) RolesWith(act Action, reach Reach) []string {
	var out []string
	for id, r := range p.roles {
		if r.Can[act] == reach {
			out = append(out, id)
		}
	}
	sort.Strings(out)
	return out
}

// Holds says whether the actor holds the role at the unit itself.
func (a Actor) Holds(role string, unit int64) bool {
	for _, g := range a.Grants {
		if g.Role == role && g.Unit.ID == unit {
			return true
		}
	}
	return false
}

// HoldsAny says whether the actor holds the role anywhere.
func (a Actor) HoldsAny(role string) bool {
	for _, g := range a.Grants {
		if g.Role == role {
			return true
		}
	}
	return false
}
