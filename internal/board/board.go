// Package board compares units by what can be counted: indicators with an open definition, a value for every unit and
// period, the rank among peers, its change, and a lamp against the target.
//
// An indicator is a matter of the ledger whose definition is "for": "indicator"; its fields say what is compared (see
// indicator.go). A value comes from one of the Sources and from nothing else: what somebody does inside the program
// itself (coming in, looking, writing often) is no source, so that nobody is ever ranked by it. Values are never
// changed: a later version follows an earlier one, with who brought it and, once the period is settled, why.
package board

import (
	"plumbline/internal/authz"
	"plumbline/internal/org"
)

// Where a value came from: the closed list.
const (
	FromLedgers = "counted"   // from the ledgers
	Imported    = "imported"  // from a file
	Typed       = "typed"     // by hand, on the page
	Corrected   = "corrected" // put right after the period was settled, with a reason
)

// Sources lists them.
var Sources = []string{FromLedgers, Imported, Typed, Corrected}

// NotCounted is the base of a value that is no share of matters: one that was brought in, or a number of matters itself.
const NotCounted = -1

// Value is what a unit came to in a period: a decimal, "" where there is no figure. At is UTC microseconds.
type Value struct {
	ID        int64
	Indicator int64
	Unit      int64
	Period    string
	Version   int
	Value     string
	Base      int64 // of how many matters it speaks, NotCounted where none were counted
	Source    string
	Reason    string
	Account   int64
	Name      string // the actor's name then
	At        int64
}

// Peers are units that are compared: those of one kind right below one unit.
type Peers struct {
	Parent org.Unit
	Kind   string
	Units  []org.Unit
}

// Row is one unit of a board. Rank is 0 where there is no figure. Was is its rank in the period before, 0 where it had
// none then.
type Row struct {
	Unit  org.Unit
	Value Value
	Rank  int
	Was   int
	Lamp  string
}

// Rose is by how many places the unit came up, negative where it fell; ok is false where it has no rank in one of both.
func (r Row) Rose() (places int, ok bool) { return r.Was - r.Rank, r.Rank != 0 && r.Was != 0 }

// Board is one indicator in one period among peers, those with a figure first, by rank.
type Board struct {
	Indicator Indicator
	Period    Period
	Peers     Peers
	Rows      []Row
	Settled   bool
}

// Standing is one unit of a combined board. Points is "" and Rank 0 where a figure is missing: of Missing indicators.
type Standing struct {
	Unit    org.Unit
	Points  string
	Rank    int
	Was     int
	Missing int
}

// Rose is Row's.
func (s Standing) Rose() (places int, ok bool) { return s.Was - s.Rank, s.Rank != 0 && s.Was != 0 }

// Overview is all indicators of one unit that are compared in one kind of period, side by side. Combined is nil where
// no indicator has a weight.
type Overview struct {
	Period   Period
	Peers    Peers
	Boards   []Board
	Combined []Standing
}

// Of gives the unit's row on one of the boards.
func (b Board) Of(unit int64) Row {
	for _, r := range b.Rows {
		if r.Unit.ID == unit {
			return r
		}
	}
	return Row{}
}

// inside says whether a unit lies at or below a place.
func inside(u, place authz.Unit) bool {
	return place.Path != "" && len(u.Path) >= len(place.Path) && u.Path[:len(place.Path)] == place.Path
}
