package org_test

import (
	"testing"

	"plumbline/internal/audit"
	"plumbline/internal/org"
)

const peopleHead = "工号,姓名,unit_code,post_kind,title,from,to\n"

func (r room) people(text string) org.Report {
	r.t.Helper()
	in := file(text)
	in.Name = "people.csv"
	rep, err := r.ImportPeople(r.ctx, system, in)
	r.ok(err)
	return rep
}

func TestPeopleImport(t *testing.T) {
	each(t, func(t *testing.T, r room) {
		u := r.unit(0, "d", "")
		text := peopleHead +
			"k1,甲,d,head,,2019-03-01,\n" +
			"k2,乙,d,校长,,2021.11.20,\n" +
			"k3,丙,d,teacher,数学教师,2020-01-01,\n" +
			"k4,丁,d,teacher,数学教师,2020-01-01,\n" +
			"k5,戊,,,,,\n"
		in := file(text)
		in.DryRun = true
		dry, err := r.ImportPeople(r.ctx, system, in)
		if n, _ := org.CountPeople(r.ctx, r.db); err != nil || dry.Created != 5 || dry.Tenures != 4 || dry.Posts != 3 || n != 0 {
			t.Fatalf("dry run: %+v %v, %d people", dry, err, n)
		}
		rep := r.people(text)
		if rep.Wrong != 0 || rep.Created != 5 || rep.Posts != 3 {
			t.Fatalf("%+v", rep)
		}
		for date, want := range map[string]string{"2021-11-19": "甲", "2021-11-20": "乙"} {
			h, err := org.WhoWas(r.ctx, r.db, u.ID, "head", date)
			if err != nil || len(h) != 1 || h[0].Person.Name != want {
				t.Errorf("%s: %v %v", date, h, err)
			}
		}
		if posts, err := org.PostsOfUnit(r.ctx, r.db, u.ID, "2022-01-10"); err != nil || len(posts) != 3 {
			t.Errorf("posts %v %v", posts, err)
		}
		if again := r.people(text); again.Wrong != 0 || again.Unchanged != 5 {
			t.Errorf("again: %+v", again)
		}
		rep = r.people(peopleHead + "k2,乙某,d,head,,2021-11-20,2022-01-05\nk1,甲,d,head,,2022-01-05,\n")
		if rep.Renamed != 1 || rep.Dated != 1 || rep.Tenures != 1 || rep.Wrong != 0 {
			t.Errorf("%+v", rep)
		}
		p, err := org.PersonByCode(r.ctx, r.db, "k2")
		if h, herr := audit.History(r.ctx, r.db, audit.Subject{Kind: "person", ID: p.ID}, 9); err != nil || herr != nil || len(h) != 2 || h[0].Note["renamed"] != "1" {
			t.Errorf("%v %v %v", h, err, herr)
		}
	})
}

func TestPeopleImportReportsEveryBadRow(t *testing.T) {
	each(t, func(t *testing.T, r room) {
		root := r.unit(0, "d", "")
		r.unit(root.ID, "s", "")
		rep := r.people(peopleHead +
			"k1,甲,d,head,,2019-03-01,2020-01-01\n" +
			"k2,乙,d,head,,2019-12-01,\n" +
			"k1,别名,s,teacher,,,\n" +
			"k3,丙,nowhere,head,,,\n" +
			"k4,丁,d,captain,,,\n" +
			"k5,,d,head,,2021-01-01,\n" +
			"k6,戊,d,,,2021-13-01,\n" +
			"k7,己,,head,,,\n")
		want := "3:from:held 4:name:other_name 5:unit_code:no_unit 6:post_kind:bad_kind 7:name:bad_name 8:post_kind:no_post_kind 8:from:bad_date 9:unit_code:no_unit_for_post"
		if got := codes(rep); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
		if n, _ := org.CountPeople(r.ctx, r.db); n != 0 {
			t.Errorf("%d people were made", n)
		}
	})
}
