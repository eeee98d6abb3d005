package app_test

import (
	"context"
	"strings"
	"testing"

	"plumbline/internal/app/apptest"
	"plumbline/internal/authz"
	"plumbline/internal/ledger"
	"plumbline/internal/org"
	"plumbline/internal/review/cycle"
)

// rolesOf are the roles of an account as "role@unit", by the units' codes.
func rolesOf(h *apptest.House, login string) string {
	h.T.Helper()
	id, err := h.Rooms.Accounts.ByLogin(context.Background(), authz.System(), login)
	if err != nil {
		h.T.Fatal(err)
	}
	a, err := h.Rooms.Accounts.Account(context.Background(), authz.System(), id)
	if err != nil {
		h.T.Fatal(err)
	}
	var out []string
	for _, g := range a.Grants {
		for code, u := range h.Units {
			if u.ID == g.Unit.ID {
				out = append(out, g.Role+"@"+code)
			}
		}
	}
	return strings.Join(out, " ")
}

// busy is a city with a running cycle whose meeting is ahead; county D1 has an open matter, a head, a group, a township
// and accounts.
func busy(h *apptest.House) cycle.Cycle {
	h.T.Helper()
	h.AddUnits("C1 - city 甲市", "D1 C1 county 乙县", "D2 C1 county 丙县", "T1 D1 township 丁镇")
	h.AddPerson("王某", "secretary", "D1", "2020-01-01")
	h.AddPerson("李某", "secretary", "D2", "2020-01-01")
	ctx := context.Background()
	if _, err := h.Rooms.Org.CreateGroup(ctx, authz.System(), org.NewGroup{Unit: h.Units["D1"].ID, Kind: "leading_group", From: "2020-01-01"}); err != nil {
		h.T.Fatal(err)
	}
	for _, m := range []struct{ convenor, owner string }{{"C1", "D1"}, {"D1", "T1"}} {
		_, err := h.Rooms.Ledgers.Register(ctx, authz.System(), ledger.Draft{Convenor: h.Units[m.convenor].ID, Unit: h.Units[m.owner].ID,
			Fields: map[string]string{"problem": "问题" + m.owner, "source": "comment"}, Repeat: ledger.NoRepeat})
		if err != nil {
			h.T.Fatal(err)
		}
	}
	h.Actor("xiaowang", 0, "staff@D1", "verifier@D1")
	h.Actor("zhen", 0, "staff@T1")
	return openYear(h, 2021, "2022-01-25")
}

func TestWhatHangsOnAUnitIsShownAndMerged(t *testing.T) {
	apptest.Each(t, func(h *apptest.House) {
		ctx := context.Background()
		c := busy(h)
		admin := h.As("boss", "admin@", "staff@D1")
		at := "/units/" + itoa(h.Units["D1"].ID) + "/merge"
		page := admin.Page(at)
		says(t, page, "未办结事项", "由其审核的其他单位未办结事项", "甲市2021年度", "王某（", "xiaowang（", "领导小组", "丁镇", "随之转隶")
		for _, link := range []string{`/matters?class=open&amp;under=` + itoa(h.Units["D1"].ID) + `&amp;alone=1`, `/matters?class=open&amp;ruled=` + itoa(h.Units["D1"].ID),
			`/accounts?unit=` + itoa(h.Units["D1"].ID), cycle.PathOf(c.ID) + `"`} {
			if !strings.Contains(page.Body, link) {
				t.Errorf("no link %s", link)
			}
		}
		says(t, admin.Page("/matters?class=open&alone=1&under="+itoa(h.Units["D1"].ID)), "问题D1", "共1条")
		says(t, admin.Page("/matters?class=open&alone=1&ruled="+itoa(h.Units["D1"].ID)), "问题T1", "共1条")
		says(t, admin.Page("/accounts?unit="+itoa(h.Units["D1"].ID)), "xiaowang", "zhen")

		// The secretariat merges too, but leaves accounts alone.
		clerk := h.As("clerk", "secretariat@C1")
		says(t, clerk.Page(at), "您无权管理这些账号")
		says(t, clerk.Must(422, clerk.Post(at, "version", "1", "into", "D2", "date", "2022-01-10", "roles", "move")), "您无权管理该单位的账号")
		admin.Must(409, admin.Post(at, "version", "7", "into", "D2", "date", "2022-01-10", "roles", "move"))
		says(t, admin.Must(422, admin.Post(at, "version", "1", "into", "D2", "date", "2022-01-10", "roles", "sell")), "请选择如何处理账号的角色")
		admin.Must(303, admin.Post(at, "version", "1", "into", "D2", "date", "2022-01-10", "roles", "move"))

		if got := rolesOf(h, "xiaowang"); got != "staff@D2 verifier@D2" {
			t.Errorf("roles after the merger: %s", got)
		}
		if got := rolesOf(h, "boss"); !strings.Contains(got, "staff@D1") {
			t.Errorf("the own roles were changed: %s", got)
		}
		if got := rolesOf(h, "zhen"); got != "staff@T1" {
			t.Errorf("roles below: %s", got)
		}
		reporters, err := cycle.Reporters(ctx, h.DB, c.ID)
		if err != nil || len(reporters) != 1 || reporters[0].Unit != h.Units["D2"].ID {
			t.Errorf("reporters %+v: %v", reporters, err)
		}
		admin.Page("/history/unit/" + itoa(h.Units["D1"].ID))
		says(t, admin.Page("/history/cycle/"+itoa(c.ID)), "乙县")
		says(t, clerk.Page("/matters?under="+itoa(h.Units["D2"].ID)), "问题D1")
		if wrong, err := h.Rooms.Ledgers.CheckCounts(ctx, h.DB); err != nil || len(wrong) > 0 {
			t.Errorf("%v %v", wrong, err)
		}
	})
}

// A unit that the successor replaces in a cycle is called in its place, in its way.
func TestASuccessorReportsInstead(t *testing.T) {
	apptest.Each(t, func(h *apptest.House) {
		ctx := context.Background()
		c := busy(h)
		calls := []cycle.Call{{Unit: h.Units["D1"].ID, Mode: cycle.Oral, Choice: cycle.Required}}
		if _, err := h.Rooms.Cycles.SetReporters(ctx, authz.System(), c.ID, c.Version, calls); err != nil {
			t.Fatal(err)
		}
		if err := h.Rooms.Org.MergeUnit(ctx, authz.System(), org.Merge{Unit: h.Units["D1"].ID, Into: h.Units["D2"].ID, Version: 1, Date: "2022-01-10"}); err != nil {
			t.Fatal(err)
		}
		got, err := cycle.Reporters(ctx, h.DB, c.ID)
		if err != nil || len(got) != 1 || got[0].Unit != h.Units["D2"].ID || got[0].Mode != cycle.Oral || got[0].Person == 0 {
			t.Errorf("%+v %v", got, err)
		}
		if now, err := cycle.ByID(ctx, h.DB, c.ID); err != nil || now.Version != c.Version+2 {
			t.Errorf("a form of the cycle made before is not stale: %d %v", now.Version, err)
		}
	})
}

func TestDissolvingAsksForWhatCannotGoOn(t *testing.T) {
	apptest.Each(t, func(h *apptest.House) {
		ctx := context.Background()
		c := busy(h)
		admin := h.As("boss", "admin@")
		at := func(code string) string { return "/units/" + itoa(h.Units[code].ID) + "/dissolve" }

		says(t, admin.Page(at("C1")), "须先办完", "请先办结并关闭")
		says(t, admin.Must(422, admin.Post(at("C1"), "version", "1", "date", "2022-01-10", "below", "1", "roles", "end")), "2021年度", "请先关闭")
		says(t, admin.Must(422, admin.Post(at("D1"), "version", "1", "date", "2022-01-10", "roles", "end")), "1个下级单位")
		says(t, admin.Must(422, admin.Post(at("D1"), "version", "1", "date", "2022-01-10", "below", "1", "roles", "end")), "请指定承接单位")
		says(t, admin.Must(422, admin.Post(at("D1"), "version", "1", "date", "2022-01-10", "below", "1", "roles", "end", "into", "T1")), "本身或其下级")
		if got := rolesOf(h, "xiaowang"); got != "staff@D1 verifier@D1" {
			t.Errorf("a refusal changed roles: %s", got)
		}
		admin.Must(303, admin.Post(at("D1"), "version", "1", "date", "2022-01-10", "below", "1", "roles", "end", "into", "D2"))
		if got := rolesOf(h, "xiaowang") + rolesOf(h, "zhen"); got != "" {
			t.Errorf("roles after the end: %s", got)
		}
		reporters, err := cycle.Reporters(ctx, h.DB, c.ID)
		if err != nil || len(reporters) != 1 || reporters[0].Unit != h.Units["D2"].ID {
			t.Errorf("reporters %+v: %v", reporters, err)
		}
		var open int
		err = h.DB.QueryRow(ctx, `SELECT COUNT(*) FROM matter WHERE unit_id = $1 AND state_class = 'owner'`, h.Units["D2"].ID).Scan(&open)
		if err != nil || open != 2 {
			t.Errorf("%d matters went over: %v", open, err)
		}
	})
}

// A unit that ends on a day ahead keeps its accounts at work until then, and its place in a meeting that it will see.
func TestAnEndAheadWaitsForItsDay(t *testing.T) {
	apptest.Each(t, func(h *apptest.House) {
		ctx := context.Background()
		c := busy(h)
		end := org.Dissolve{Unit: h.Units["T1"].ID, Version: 1, Date: "2022-02-01", Roles: org.RolesEnd, Into: h.Units["D1"].ID}
		if err := h.Rooms.Org.DissolveUnit(ctx, authz.System(), end); err != nil {
			t.Fatal(err)
		}
		end = org.Dissolve{Unit: h.Units["D2"].ID, Version: 1, Date: "2022-02-01"}
		if err := h.Rooms.Org.DissolveUnit(ctx, authz.System(), end); err != nil {
			t.Fatal(err)
		}
		if got, err := cycle.Reporters(ctx, h.DB, c.ID); err != nil || len(got) != 2 {
			t.Errorf("reporters %+v: %v", got, err)
		}
		h.Jobs.Drain(ctx)
		if got := rolesOf(h, "zhen"); got != "staff@T1" {
			t.Errorf("before the day: %q", got)
		}
		h.Clock.Set(h.Clock.Now().AddDate(0, 1, 0))
		h.Jobs.Drain(ctx)
		if got := rolesOf(h, "zhen"); got != "" {
			t.Errorf("after the day: %q", got)
		}
	})
}

// A file that ends a unit settles what the page would settle, and refuses, with line and reason, what needs somebody who
// takes over.
func TestAFileEndsAUnitByTheSameRules(t *testing.T) {
	apptest.Each(t, func(h *apptest.House) {
		c := busy(h)
		ctx := context.Background()
		take := func(rows string) org.Report {
			text := "code,parent_code,kind,name,from,to\n" + rows
			rep, err := h.Rooms.Org.ImportUnits(ctx, authz.System(), org.Import{Name: "units.csv", File: strings.NewReader(text), Size: int64(len(text))})
			if err != nil && len(rep.Problems) == 0 {
				t.Fatal(err)
			}
			return rep
		}
		for rows, want := range map[string]string{
			"C1,,city,甲市,,2022-01-20\n":       "org.convenes",
			"T1,D1,township,丁镇,,2022-01-20\n": "org.open_matters",
		} {
			var codes []string
			for _, p := range take(rows).Problems {
				codes = append(codes, p.Code)
				if p.Line != 2 || p.Column != "to" {
					t.Errorf("%+v is not at its place", p)
				}
			}
			if !strings.Contains(strings.Join(codes, " "), want) {
				t.Errorf("%q is answered with %v, want %s", rows, codes, want)
			}
		}
		if rep := take("D2,C1,county,丙县,,2022-01-20\n"); len(rep.Problems) != 0 || rep.Dated != 1 {
			t.Fatalf("a unit on which nothing hangs but a report does not end: %+v", rep.Problems)
		}
		var active int
		err := h.DB.QueryRow(ctx, `SELECT COUNT(*) FROM cycle_reporter WHERE cycle_id = $1 AND unit_id = $2 AND state = 'active'`, c.ID, h.Units["D2"].ID).Scan(&active)
		if err != nil || active != 0 {
			t.Errorf("a unit that ended before the meeting is still to report there: %d, %v", active, err)
		}
	})
}
