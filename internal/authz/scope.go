package authz

import (
	"fmt"
	"strings"
)

// Scope is what an actor may read, as part of a query. The zero Scope reads nothing.
type Scope struct {
	all   bool
	exact []Unit
	below []Unit
}

// Everything is the scope of the program itself and of tests.
func Everything() Scope { return Scope{all: true} }

// Scope gives the units at which the actor may do act, as a scope for reading.
func (p Policy) Scope(a Actor, act Action) Scope {
	if a.system {
		return Everything()
	}
	var s Scope
	for _, g := range a.Grants {
		switch p.roles[g.Role].Can[act] {
		case Here:
			s.exact = append(s.exact, g.Unit)
		case Below:
			s.below = append(s.below, g.Unit)
		}
	}
	return s
}

// All says whether the scope leaves nothing out.
func (s Scope) All() bool { return s.all }

// Covers says whether the unit lies in the scope.
func (s Scope) Covers(u Unit) bool {
	if s.all {
		return true
	}
	for _, e := range s.exact {
		if e.ID == u.ID {
			return true
		}
	}
	for _, b := range s.below {
		if u.Path != "" && strings.HasPrefix(u.Path, b.Path) {
			return true
		}
	}
	return false
}

// CoversBelow says whether the unit and everything below it lie in the scope.
func (s Scope) CoversBelow(u Unit) bool {
	if s.all {
		return true
	}
	for _, b := range s.below {
		if u.Path != "" && strings.HasPrefix(u.Path, b.Path) {
			return true
		}
	}
	return false
}

// Where renders the scope as a condition on a column that holds unit paths ("/1/7/31/"). next is the number of the
// first free argument; the condition's arguments follow from there. The condition stands in parentheses and can be
// joined with AND; a scope that reads nothing renders as (1=0). For several columns (owner or convenor) join two of
// them with OR.
func (s Scope) Where(column string, next int) (cond string, args []any) {
	if s.all {
		return "(1=1)", nil
	}
	var parts []string
	for _, e := range s.exact {
		parts = append(parts, fmt.Sprintf("%s = $%d", column, next+len(args)))
		args = append(args, e.Path)
	}
	for _, b := range s.below {
		parts = append(parts, fmt.Sprintf("(%s >= $%d AND %s < $%d)", column, next+len(args), column, next+len(args)+1))
		args = append(args, b.Path, PathEnd(b.Path))
	}
	if len(parts) == 0 {
		return "(1=0)", nil
	}
	return "(" + strings.Join(parts, " OR ") + ")", args
}

// PathEnd is the first path after the whole subtree of path: "/1/7/" gives "/1/70" ('0' follows '/').
func PathEnd(path string) string {
	if path == "" {
		return ""
	}
	return path[:len(path)-1] + "0"
}
