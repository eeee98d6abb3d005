package org_test

import (
	"strings"
	"testing"

	"plumbline/internal/audit"
	"plumbline/internal/fault"
	"plumbline/internal/org"
	"plumbline/internal/store"
)

func TestCreateSaysEverythingThatIsWrong(t *testing.T) {
	each(t, func(t *testing.T, r room) {
		root := r.unit(0, "d", "")
		_, err := r.CreateUnit(r.ctx, system, org.NewUnit{Parent: root.ID, Code: "d", Kind: "ship", Name: "", NameEn: strings.Repeat("x", 121), From: "2021-02-30"})
		f := fault.As(err)
		if f == nil || len(f.Fields) != 5 {
			t.Fatalf("got %v", err)
		}
		r.refused(err, "fault.org.code_taken")
		r.refused(err, "fault.org.kind")
		r.refused(err, "fault.org.name_long")
		r.refused(err, "fault.org.date")
		_, err = r.CreateUnit(r.ctx, system, org.NewUnit{Parent: 99, Code: "e", Kind: "school", Name: "n"})
		if fault.KindOf(err) != fault.NotFound {
			t.Errorf("a unit under nothing: %v", err)
		}
		if n, _ := audit.Size(r.ctx, r.db); n != 1 {
			t.Errorf("%d entries in the log", n)
		}
	})
}

func TestRenameKeepsTheOldName(t *testing.T) {
	each(t, func(t *testing.T, r room) {
		root := r.unit(0, "d", "")
		u := r.unit(root.ID, "s", "2020-01-01")
		rename := func(version int, name, date string) error {
			return r.RenameUnit(r.ctx, system, org.Rename{Unit: u.ID, Version: version, Name: name, NameEn: "", Kind: "school", Date: date})
		}
		r.ok(rename(1, "二", "2021-06-01"))
		r.refused(rename(2, "三", "2021-05-31"), "fault.org.changed_since")
		r.refused(rename(2, "三", "2022-01-11"), "fault.org.date_future")
		r.refused(rename(2, "二", "2021-06-01"), "fault.org.same")
		if err := rename(1, "三", "2021-07-01"); fault.KindOf(err) != fault.Stale || fault.As(err).Current.(org.Unit).Name != "二" {
			t.Errorf("a stale form: %v", err)
		}
		r.ok(rename(2, "二校", "2021-06-01")) // the same day: put right, no further past
		for date, want := range map[string]string{"2019-01-01": "单位s", "2020-05-05": "单位s", "2021-05-31": "单位s", "2021-06-01": "二校", "2022-01-10": "二校"} {
			at, exists, err := org.UnitAt(r.ctx, r.db, u.ID, date)
			if err != nil || at.Name != want || exists != (date >= "2020-01-01") {
				t.Errorf("%s: %q %v %v, want %q", date, at.Name, exists, err, want)
			}
		}
		past, err := org.History(r.ctx, r.db, r.get(u.ID))
		if err != nil || len(past) != 2 || past[1].Name != "单位s" || past[1].From != "2020-01-01" || past[1].To != "2021-06-01" || past[1].Recorded == 0 {
			t.Errorf("history %+v %v", past, err)
		}
	})
}

func TestMoveTakesTheSubtreeAlong(t *testing.T) {
	each(t, func(t *testing.T, r room) {
		root, _ := r.unit(0, "d", ""), 0
		a, b := r.unit(root.ID, "a", ""), r.unit(root.ID, "b", "")
		x := r.unit(a.ID, "x", "")
		y := r.unit(x.ID, "y", "")
		var told []string
		r.Moved = func(_ ctx, _ *store.Tx, old, now string) error { told = append(told, old+">"+now); return nil }
		move := func(u, to int64, version int) error {
			return r.MoveUnit(r.ctx, system, org.Move{Unit: u, Parent: to, Version: version, Date: "2022-01-01"})
		}
		r.refused(move(x.ID, y.ID, 1), "fault.org.cycle")
		r.refused(move(x.ID, x.ID, 1), "fault.org.cycle")
		r.refused(move(x.ID, a.ID, 1), "fault.org.same_parent")
		r.refused(move(x.ID, 999, 1), "fault.org.no_unit")
		r.ok(move(x.ID, b.ID, 1))
		if got := r.get(y.ID).Path; got != r.get(b.ID).Path+itoa(x.ID)+"/"+itoa(y.ID)+"/" {
			t.Errorf("path %s", got)
		}
		if len(told) != 1 || told[0] != x.Path+">"+r.get(x.ID).Path {
			t.Errorf("the hook heard %v", told)
		}
		if r.get(a.ID).Below != 0 || r.get(b.ID).Below != 2 || r.get(root.ID).Below != 4 {
			t.Errorf("counts %d %d %d", r.get(a.ID).Below, r.get(b.ID).Below, r.get(root.ID).Below)
		}
		then, _, err := org.ChildPage(r.ctx, r.db, org.ChildQuery{Parent: a.ID, Date: "2021-12-31", Past: true})
		if err != nil || len(then) != 1 || then[0].ID != x.ID {
			t.Errorf("children of that time %v %v", then, err)
		}
		now, _, err := org.ChildPage(r.ctx, r.db, org.ChildQuery{Parent: a.ID, Date: "2022-01-10", Past: true})
		if err != nil || len(now) != 0 {
			t.Errorf("children now %v %v", now, err)
		}
		up, err := org.AncestorsAt(r.ctx, r.db, y, "2021-12-31")
		if err != nil || len(up) != 3 || up[1].ID != a.ID {
			t.Errorf("ancestors then %v %v", up, err)
		}
		r.ok(move(x.ID, 0, 2)) // becomes a root
		if got := r.get(y.ID).Path; got != "/"+itoa(x.ID)+"/"+itoa(y.ID)+"/" {
			t.Errorf("path %s", got)
		}
	})
}

func TestRightsAtBothEndsOfAMove(t *testing.T) {
	each(t, func(t *testing.T, r room) {
		root := r.unit(0, "d", "")
		a, b := r.unit(root.ID, "a", ""), r.unit(root.ID, "b", "")
		x := r.unit(a.ID, "x", "")
		in := org.Move{Unit: x.ID, Parent: b.ID, Version: 1, Date: "2022-01-01"}
		for _, actor := range []org.Unit{a, b} {
			if err := r.MoveUnit(r.ctx, clerk(actor), in); fault.KindOf(err) != fault.Forbidden {
				t.Errorf("the clerk of %s moved it: %v", actor.Code, err)
			}
		}
		if _, err := r.CreateUnit(r.ctx, clerk(root), org.NewUnit{Code: "r2", Kind: "school", Name: "n"}); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("a clerk made a root: %v", err)
		}
		r.ok(r.MoveUnit(r.ctx, clerk(root), in))
	})
}

func TestMergeAndDissolve(t *testing.T) {
	each(t, func(t *testing.T, r room) {
		root := r.unit(0, "d", "")
		a, b := r.unit(root.ID, "a", ""), r.unit(root.ID, "b", "")
		x := r.unit(a.ID, "x", "")
		post, err := r.CreatePost(r.ctx, system, org.NewPost{Unit: a.ID, Kind: "head"})
		r.ok(err)
		_, err = r.Appoint(r.ctx, system, org.Appointment{Post: post.ID, New: org.NewPerson{Name: "甲"}, From: "2020-01-01"})
		r.ok(err)
		r.refused(r.DissolveUnit(r.ctx, system, org.Dissolve{Unit: a.ID, Version: 1, Date: "2021-01-01"}), "fault.org.has_children")
		r.refused(r.MergeUnit(r.ctx, system, org.Merge{Unit: a.ID, Into: x.ID, Version: 1, Date: "2021-01-01"}), "fault.org.merge_inside")
		r.ok(r.MergeUnit(r.ctx, system, org.Merge{Unit: a.ID, Into: b.ID, Version: 1, Date: "2021-01-01"}))
		gone := r.get(a.ID)
		if gone.To != "2021-01-01" || gone.Successor != b.ID || r.get(x.ID).Parent != b.ID || r.get(b.ID).Below != 1 || r.get(root.ID).Below != 2 {
			t.Errorf("merged %+v, x %+v, root %d", gone, r.get(x.ID), r.get(root.ID).Below)
		}
		for date, want := range map[string]int{"2019-12-31": 0, "2020-12-31": 1, "2021-01-01": 0} {
			if h, err := org.WhoWas(r.ctx, r.db, a.ID, "head", date); err != nil || len(h) != want {
				t.Errorf("%s: %v %v", date, h, err)
			}
		}
		r.refused(r.DissolveUnit(r.ctx, system, org.Dissolve{Unit: a.ID, Version: gone.Version, Date: "2021-05-01"}), "fault.org.ended")
		_, err = r.CreateUnit(r.ctx, system, org.NewUnit{Parent: a.ID, Code: "late", Kind: "class", Name: "n"})
		r.refused(err, "fault.org.parent_ended")
		r.refused(r.DissolveUnit(r.ctx, system, org.Dissolve{Unit: root.ID, Version: 1, Date: "2020-01-01", Below: true}), "fault.org.changed_below")
		r.ok(r.DissolveUnit(r.ctx, system, org.Dissolve{Unit: root.ID, Version: 1, Date: "2022-01-05", Below: true}))
		if r.get(x.ID).To != "2022-01-05" || r.get(a.ID).To != "2021-01-01" || r.get(root.ID).Below != 0 || r.get(b.ID).Below != 0 {
			t.Errorf("dissolved: %+v %+v", r.get(x.ID), r.get(root.ID))
		}
	})
}

func TestSearchFindsBeginningsFirstAndTakesWildcardsAsTheyAre(t *testing.T) {
	each(t, func(t *testing.T, r room) {
		root := r.unit(0, "d", "")
		for code, name := range map[string]string{"1": "北新邱", "2": "新邱区", "3": "新邱", "4": "100%_好"} {
			_, err := r.CreateUnit(r.ctx, system, org.NewUnit{Parent: root.ID, Code: code, Kind: "school", Name: name, NameEn: "Name" + code})
			r.ok(err)
		}
		for text, want := range map[string]string{"新邱": "新邱,新邱区,北新邱", "%_": "100%_好", "%": "100%_好", "邱%": "", "name2": "新邱区", "": "", "d": "单位d"} {
			found, err := org.SearchUnits(r.ctx, r.db, text, "", 10)
			var names []string
			for _, u := range found {
				names = append(names, u.Name)
			}
			if err != nil || strings.Join(names, ",") != want {
				t.Errorf("%q: %v %v", text, names, err)
			}
			if text != "" {
				page, more, err := org.ChildPage(r.ctx, r.db, org.ChildQuery{Parent: root.ID, Date: "2022-01-10", Search: text})
				if err != nil || more || (len(page) > 0) != (want != "" && text != "d") {
					t.Errorf("children %q: %v %v", text, page, err)
				}
			}
		}
	})
}
