package org_test

import (
	"context"
	"fmt"
	"strconv"
	"testing"

	"pgregory.net/rapid"

	"plumbline/internal/fault"
	"plumbline/internal/org"
	"plumbline/internal/store/storetest"
)

type ctx = context.Context

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

const days = 12 // the model's whole calendar: 2022-01-01 is day 0; the clock stands on 2022-01-10

func day(d int) string { return fmt.Sprintf("2022-01-%02d", d+1) }

// truth is what the model knows of one unit on every day.
type truth struct {
	exists [days]bool
	parent [days]int64
	name   [days]string
	since  int // the day of the last change
	begin  int
	end    int // the first day on which it is no more; days where it has no end
}

type model map[int64]*truth

// chain says whether unit stands at or above the unit below, by present parents.
func (m model) chain(below, unit int64) bool {
	for at := below; at != 0; at = m[at].parent[days-1] {
		if at == unit {
			return true
		}
	}
	return false
}

func (m model) path(id int64) string {
	if id == 0 {
		return "/"
	}
	return m.path(m[id].parent[days-1]) + itoa(id) + "/"
}

func (m model) ended(id int64) bool { return m[id].end < days }

// The tree of the room equals a naive model after any sequence of verbs, refused ones included: paths are the chains of
// parents, counts are counted, and every question as of a day has the model's answer.
func TestTreeEqualsANaiveModel(t *testing.T) {
	r, serial := newRoom(t, storetest.OpenSQLite(t, storetest.NewClock())), 0
	rapid.Check(t, func(rt *rapid.T) {
		m, ids := model{}, []int64{}
		pick := func(label string) int64 { return rapid.SampledFrom(ids).Draw(rt, label) }
		for range rapid.IntRange(4, 25).Draw(rt, "steps") {
			serial++
			step := serial
			verb := rapid.SampledFrom([]string{"create", "create", "rename", "move", "move", "merge", "dissolve"}).Draw(rt, "verb")
			if len(ids) == 0 {
				verb = "create"
			}
			d := rapid.IntRange(0, 9).Draw(rt, "day")
			switch verb {
			case "create":
				var parent int64
				if len(ids) > 0 && rapid.IntRange(0, 5).Draw(rt, "root") > 0 {
					parent = pick("parent")
				}
				u, err := r.CreateUnit(r.ctx, system, org.NewUnit{Parent: parent, Code: fmt.Sprint("c", serial), Kind: "class", Name: fmt.Sprint("n", step), From: day(d)})
				m.agree(rt, err, parent == 0 || !m.ended(parent), "create", parent, d)
				if err == nil {
					m[u.ID] = &truth{since: d, begin: d, end: days}
					ids = append(ids, u.ID)
					m.set(u.ID, 0, parent, fmt.Sprint("n", step))
					for i := d; i < days; i++ {
						m[u.ID].exists[i] = true
					}
				}
			case "rename":
				u := pick("unit")
				err := r.RenameUnit(r.ctx, system, org.Rename{Unit: u, Version: r.get(u).Version, Name: fmt.Sprint("n", step), Kind: "class", Date: day(d)})
				m.agree(rt, err, m.open(u, d), "rename", u, d)
				if err == nil {
					m.set(u, d, m[u].parent[days-1], fmt.Sprint("n", step))
				}
			case "move":
				u, to := pick("unit"), pick("to")
				err := r.MoveUnit(r.ctx, system, org.Move{Unit: u, Parent: to, Version: r.get(u).Version, Date: day(d)})
				fine := m.open(u, d) && m[u].parent[days-1] != to && !m.chain(to, u) && !m.ended(to)
				m.agree(rt, err, fine, "move", u, d)
				if err == nil {
					m.set(u, d, to, m[u].name[days-1])
				}
			case "merge":
				u, into := pick("unit"), pick("into")
				err := r.MergeUnit(r.ctx, system, org.Merge{Unit: u, Into: into, Version: r.get(u).Version, Date: day(d)})
				fine := m.open(u, d) && m[into].exists[d] && !m.ended(into) && !m.chain(into, u)
				for _, c := range ids {
					fine = fine && (m[c].parent[days-1] != u || m.endedBy(c, d) || m.open(c, max(d, m[c].begin)))
				}
				m.agree(rt, err, fine, "merge", u, d)
				if err == nil {
					for _, c := range ids {
						if m[c].parent[days-1] == u && !m.endedBy(c, d) {
							m.set(c, max(d, m[c].begin), into, m[c].name[days-1])
						}
					}
					m.close(u, d)
				}
			case "dissolve":
				u := pick("unit")
				err := r.DissolveUnit(r.ctx, system, org.Dissolve{Unit: u, Version: r.get(u).Version, Date: day(d), Below: true})
				fine := m.open(u, d)
				for _, c := range ids {
					if c != u && m.chain(c, u) && !m.endedBy(c, d) {
						fine = fine && m[c].since <= d
					}
				}
				m.agree(rt, err, fine, "dissolve", u, d)
				if err == nil {
					for _, c := range ids {
						if m.chain(c, u) && !m.endedBy(c, d) {
							m.close(c, d)
						}
					}
				}
			}
		}
		m.compare(rt, r, ids)
	})
}

// open says whether a change of the unit can begin on the day.
func (m model) open(u int64, d int) bool {
	return d >= m[u].since && d >= m[u].begin && !m.endedBy(u, d)
}

func (m model) endedBy(u int64, d int) bool { return d >= m[u].end }

func (m model) set(u int64, from int, parent int64, name string) {
	for i := from; i < days; i++ {
		m[u].parent[i], m[u].name[i] = parent, name
	}
	if from > m[u].since {
		m[u].since = from
	}
}

func (m model) close(u int64, d int) {
	m[u].end = d
	for i := d; i < days; i++ {
		m[u].exists[i] = false
	}
}

func (m model) agree(rt *rapid.T, err error, fine bool, verb string, u int64, d int) {
	if fine != (err == nil) || err != nil && fault.KindOf(err) != fault.Invalid {
		rt.Fatalf("%s %d on %s: the model says %v, the room %v", verb, u, day(d), fine, err)
	}
}

func (m model) compare(rt *rapid.T, r room, ids []int64) {
	for _, id := range ids {
		u := r.get(id)
		if u.Path != m.path(id) {
			rt.Fatalf("unit %d: path %s, the chain is %s", id, u.Path, m.path(id))
		}
		below := int64(0)
		for _, c := range ids {
			if c != id && m.chain(c, id) && !m.ended(c) {
				below++
			}
		}
		if u.Below != below {
			rt.Fatalf("unit %d: %d below, counted %d", id, u.Below, below)
		}
		for d := range days {
			at, exists, err := org.UnitAt(r.ctx, r.db, id, day(d))
			if err != nil || exists != m[id].exists[d] || d >= m[id].begin && (at.Parent != m[id].parent[d] || at.Name != m[id].name[d]) {
				rt.Fatalf("unit %d on %s: %v %d %q %v, the model has %v %d %q", id, day(d), exists, at.Parent, at.Name, err,
					m[id].exists[d], m[id].parent[d], m[id].name[d])
			}
			page, _, err := org.ChildPage(r.ctx, r.db, org.ChildQuery{Parent: id, Date: day(d), Past: true})
			n := 0
			for _, c := range ids {
				if m[c].parent[d] == id && m[c].exists[d] {
					n++
				}
			}
			if err != nil || len(page) != n {
				rt.Fatalf("unit %d on %s: %d children %v, the model has %d", id, day(d), len(page), err, n)
			}
		}
	}
}
