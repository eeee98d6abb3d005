// Package org knows the organisation: units in a tree, posts that people hold from one date to another, and groups.
//
// A unit's row holds what is true now; what was true before stands in its past, so that every question can be asked
// "as of" a date. Business dates are text, YYYY-MM-DD; an empty "to" has no end, an empty "from" no beginning. A date
// belongs to an interval when from <= date < to.
//
// Other rooms know each other through this package's small types and its read functions, which take a Reader so that
// they work inside and outside a transaction.
package org

import (
	"strconv"
	"strings"

	"plumbline/internal/authz"
)

// Unit is a place in the organisation. Path is the chain of ids from the root, "/1/7/31/".
type Unit struct {
	ID        int64
	Code      string
	Parent    int64 // 0 at the root
	Path      string
	Kind      string
	Name      string
	NameEn    string
	From, To  string
	Since     string // from when the row's name, kind and parent hold
	Successor int64  // the unit that this one was merged into
	Below     int64  // the units under it that have no end
	Version   int
}

// Place is the unit as the policy knows it.
func (u Unit) Place() authz.Unit { return authz.Unit{ID: u.ID, Path: u.Path} }

// In is the unit's name in the reader's language.
func (u Unit) In(lang string) string { return pick(lang, u.Name, u.NameEn) }

// Ancestors are the ids on the path, from the root down, without the unit itself.
func (u Unit) Ancestors() []int64 {
	ids := PathIDs(u.Path)
	if len(ids) == 0 {
		return nil
	}
	return ids[:len(ids)-1]
}

// PathIDs takes a path apart.
func PathIDs(path string) []int64 {
	var out []int64
	for _, part := range strings.Split(strings.Trim(path, "/"), "/") {
		if id, err := strconv.ParseInt(part, 10, 64); err == nil {
			out = append(out, id)
		}
	}
	return out
}

// Person is somebody who holds posts; no more is kept of a person than the name.
type Person struct {
	ID      int64
	Code    string
	Name    string
	NameEn  string
	Version int
}

// In is the person's name in the reader's language.
func (p Person) In(lang string) string { return pick(lang, p.Name, p.NameEn) }

// Post is a post of a unit, whoever holds it.
type Post struct {
	ID       int64
	Unit     int64
	Kind     string
	Title    string
	TitleEn  string
	From, To string
	Version  int
}

// In is the post's title in the reader's language.
func (p Post) In(lang string) string { return pick(lang, p.Title, p.TitleEn) }

// Tenure is one person's time in one post.
type Tenure struct {
	ID       int64
	Post     int64
	Person   int64
	From, To string
	Version  int
}

// Group is a body of people: a leading group, a standing committee.
type Group struct {
	ID       int64
	Unit     int64
	Kind     string
	Name     string
	NameEn   string
	From, To string
	Version  int
}

// Holder is who holds a post at a date, with both names.
type Holder struct {
	Tenure Tenure
	Post   Post
	Person Person
}

func pick(lang, zh, en string) string {
	if lang == "en" && en != "" {
		return en
	}
	return zh
}

// Holds says whether a date lies in an interval.
func Holds(from, to, date string) bool {
	return (from == "" || from <= date) && (to == "" || date < to)
}
