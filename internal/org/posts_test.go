package org_test

import (
	"testing"

	"plumbline/internal/fault"
	"plumbline/internal/org"
)

func TestOnePostHasOneHolderAtATime(t *testing.T) {
	each(t, func(t *testing.T, r room) {
		u := r.unit(0, "d", "")
		post, err := r.CreatePost(r.ctx, system, org.NewPost{Unit: u.ID, Kind: "head"})
		r.ok(err)
		if post.Title != "校长" || post.TitleEn != "Head" {
			t.Errorf("title %q %q", post.Title, post.TitleEn)
		}
		appoint := func(name, from, to string) (org.Tenure, error) {
			return r.Appoint(r.ctx, system, org.Appointment{Post: post.ID, New: org.NewPerson{Name: name}, From: from, To: to})
		}
		first, err := appoint("甲", "2019-03-01", "")
		r.ok(err)
		_, err = appoint("乙", "2019-03-01", "")
		r.refused(err, "fault.org.held")
		_, err = appoint("乙", "2018-01-01", "2019-03-02")
		r.refused(err, "fault.org.held")
		_, err = appoint("丙", "2018-01-01", "2019-03-01")
		r.ok(err)
		second, err := appoint("乙", "2021-11-20", "")
		r.ok(err)
		_, err = r.Appoint(r.ctx, system, org.Appointment{Post: post.ID, Person: second.Person, From: "2022-01-01"})
		r.refused(err, "fault.org.holds_already")
		for date, want := range map[string]string{"2017-12-31": "", "2018-01-01": "丙", "2019-03-01": "甲", "2021-11-19": "甲", "2021-11-20": "乙", "2022-01-25": "乙"} {
			h, err := org.WhoWas(r.ctx, r.db, u.ID, "head", date)
			got := ""
			if len(h) == 1 {
				got = h[0].Person.Name
			}
			if err != nil || got != want {
				t.Errorf("who was head on %s? %q %v, want %q", date, got, err, want)
			}
		}
		r.refused(r.CorrectTenure(r.ctx, system, first.ID, 2, "2019-03-01", "2021-12-01"), "fault.org.held")
		if err := r.CorrectTenure(r.ctx, system, first.ID, 1, "2019-03-01", "2021-10-01"); fault.KindOf(err) != fault.Stale {
			t.Errorf("a stale form: %v", err)
		}
		r.ok(r.CorrectTenure(r.ctx, system, first.ID, 2, "2019-03-01", "2021-10-01"))
		before, after, err := org.BeforeAndAfter(r.ctx, r.db, post.ID, "2021-10-15")
		if err != nil || before.Person.Name != "甲" || after.Person.Name != "乙" {
			t.Errorf("around the vacancy: %q %q %v", before.Person.Name, after.Person.Name, err)
		}
		r.ok(r.EndTenure(r.ctx, system, second.ID, 1, "2022-02-01"))
		r.ok(r.EndPost(r.ctx, system, post.ID, 1, "2022-03-01"))
		_, err = appoint("丁", "2022-03-01", "")
		r.refused(err, "fault.org.ended")
	})
}

func TestPeopleAreEditedWhereTheyServe(t *testing.T) {
	each(t, func(t *testing.T, r room) {
		root := r.unit(0, "d", "")
		a, b := r.unit(root.ID, "a", ""), r.unit(root.ID, "b", "")
		post, err := r.CreatePost(r.ctx, clerk(a), org.NewPost{Unit: a.ID, Kind: "teacher", From: "2021-01-01"})
		r.ok(err)
		_, err = r.Appoint(r.ctx, clerk(a), org.Appointment{Post: post.ID, New: org.NewPerson{Name: "甲"}, From: "2020-01-01"})
		r.refused(err, "fault.org.post_begins")
		ten, err := r.Appoint(r.ctx, clerk(a), org.Appointment{Post: post.ID, New: org.NewPerson{Name: "甲", Code: "k1"}, From: "2021-01-01"})
		r.ok(err)
		if err := r.RevisePerson(r.ctx, clerk(b), ten.Person, 1, "乙", ""); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("another unit's clerk renamed a person: %v", err)
		}
		r.ok(r.RevisePerson(r.ctx, clerk(a), ten.Person, 1, "甲某", "Jia"))
		_, err = r.CreatePerson(r.ctx, clerk(b), b.Place(), org.NewPerson{Name: "乙", Code: "k1"})
		r.refused(err, "fault.org.code_taken")
		found, err := org.SearchPeople(r.ctx, r.db, "甲", 0, 10)
		if err != nil || len(found) != 1 || found[0].NameEn != "Jia" {
			t.Errorf("search %v %v", found, err)
		}
		held, err := org.PostsOfPeople(r.ctx, r.db, []int64{ten.Person}, "2022-01-10")
		if err != nil || len(held[ten.Person]) != 1 || held[ten.Person][0].Post.Title != "教师" {
			t.Errorf("posts %v %v", held, err)
		}
	})
}

func TestGroups(t *testing.T) {
	each(t, func(t *testing.T, r room) {
		u := r.unit(0, "d", "")
		g, err := r.CreateGroup(r.ctx, system, org.NewGroup{Unit: u.ID, Kind: "board", From: "2021-01-01"})
		r.ok(err)
		r.ok(r.AddMember(r.ctx, system, org.NewMember{Group: g.ID, New: org.NewPerson{Name: "甲"}, Duty: "主任", From: "2021-01-01"}))
		members, err := org.MembersAt(r.ctx, r.db, g.ID, "2021-06-01")
		if err != nil || len(members) != 1 || members[0].Duty != "主任" {
			t.Fatalf("members %v %v", members, err)
		}
		r.refused(r.AddMember(r.ctx, system, org.NewMember{Group: g.ID, Person: members[0].Person.ID, From: "2021-02-01"}), "fault.org.member_already")
		r.ok(r.EndMember(r.ctx, system, members[0].ID, "2021-07-01"))
		r.refused(r.EndMember(r.ctx, system, members[0].ID, "2021-08-01"), "fault.org.ended")
		r.ok(r.ReviseGroup(r.ctx, system, g.ID, 1, "board", "新名", ""))
		r.ok(r.EndGroup(r.ctx, system, g.ID, 2, "2021-12-01"))
		r.refused(r.EndGroup(r.ctx, system, g.ID, 3, "2021-12-02"), "fault.org.ended")
		left, err := org.MembersAt(r.ctx, r.db, g.ID, "2021-07-01")
		if err != nil || len(left) != 0 {
			t.Errorf("members after the end: %v %v", left, err)
		}
	})
}
