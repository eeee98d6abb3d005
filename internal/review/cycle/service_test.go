package cycle_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"plumbline/internal/audit"
	"plumbline/internal/authz"
	"plumbline/internal/fault"
	"plumbline/internal/review/cycle"
	"plumbline/internal/review/plan"
	"plumbline/internal/store"
	"plumbline/internal/store/storetest"
)

var ctx = context.Background()

func TestOpeningCallsTheUnitsBelow(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		s := open(t, db, clock)
		c := s.open(t, 2021, "2022-01-25")
		got := s.reporters(t, c.ID)
		want := map[int64]cycle.Reporter{
			2: {Person: 22, Post: 102, Mode: cycle.Oral, Choice: cycle.Required},
			3: {Person: 13, Post: 103, Mode: cycle.Oral, Choice: cycle.Required},
			4: {Person: 0, Post: 104, Mode: cycle.Oral, Choice: cycle.Required},
			5: {Person: 25, Post: 115, Mode: cycle.Written, Choice: cycle.Selected},
		}
		if len(got) != len(want) {
			t.Fatalf("reporters: %+v", got)
		}
		for unit, w := range want {
			g := got[unit]
			if g.Person != w.Person || g.Post != w.Post || g.Mode != w.Mode || g.Choice != w.Choice {
				t.Errorf("unit %d: %+v", unit, g)
			}
		}
		if due, err := cycle.DeadlineOf(ctx, db, c.ID, plan.StepReport); err != nil || due != "2022-01-14" {
			t.Errorf("the report is due %s %v", due, err)
		}
		_, err := s.cycles.Open(ctx, s.clerk, cycle.NewCycle{Unit: 1, Year: 2021, Plan: s.plan.ID, MeetingDate: "2022-01-25"})
		if f := fault.As(err); f == nil || f.Fields[0].Key != "fault.cycle.year_taken" {
			t.Errorf("the same year twice: %v", err)
		}
	})
}

func TestOpeningRefusesBadInput(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		s := open(t, db, clock)
		good := cycle.NewCycle{Unit: 1, Year: 2021, Plan: s.plan.ID, MeetingDate: "2022-01-25"}
		for name, c := range map[string]struct {
			spoil func(*cycle.NewCycle)
			field string
		}{
			"no date":      {func(n *cycle.NewCycle) { n.MeetingDate = "" }, "meeting_date"},
			"other age":    {func(n *cycle.NewCycle) { n.MeetingDate = "2019-01-25" }, "meeting_date"},
			"year":         {func(n *cycle.NewCycle) { n.Year = 21 }, "year"},
			"no plan":      {func(n *cycle.NewCycle) { n.Plan = 99 }, "plan"},
			"itself":       {func(n *cycle.NewCycle) { n.Reporters = []cycle.Call{{1, cycle.Oral, cycle.Required}} }, "unit-1"},
			"unknown unit": {func(n *cycle.NewCycle) { n.Reporters = []cycle.Call{{77, cycle.Oral, cycle.Required}} }, "unit-77"},
			"twice": {func(n *cycle.NewCycle) {
				n.Reporters = []cycle.Call{{2, cycle.Oral, cycle.Required}, {2, cycle.Oral, cycle.Required}}
			}, "unit-2"},
			"mode":      {func(n *cycle.NewCycle) { n.Reporters = []cycle.Call{{2, "sung", cycle.Required}} }, "unit-2"},
			"long name": {func(n *cycle.NewCycle) { n.Name = strings.Repeat("长", 101) }, "name"},
		} {
			in := good
			c.spoil(&in)
			_, err := s.cycles.Open(ctx, s.clerk, in)
			f := fault.As(err)
			if f == nil || f.Kind != fault.Invalid || len(f.Fields) == 0 || f.Fields[0].Name != c.field {
				t.Errorf("%s: %v", name, err)
			}
		}
		if _, err := s.cycles.Open(ctx, authz.Actor{Account: 9}, good); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("anybody opened a cycle: %v", err)
		}
		if list, _ := cycle.OfUnit(ctx, db, 1); len(list) != 0 {
			t.Errorf("a refused form left a cycle: %v", list)
		}
	})
}

func TestTheNextCycleCarriesOver(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		s := open(t, db, clock)
		first := s.open(t, 2021, "2022-01-25")
		first, err := s.cycles.SetReporters(ctx, s.clerk, first.ID, first.Version, []cycle.Call{
			{3, cycle.Written, cycle.Required}, {6, cycle.Oral, cycle.Selected}})
		if err != nil {
			t.Fatal(err)
		}
		out, err := s.cycles.Open(ctx, s.clerk, cycle.NewCycle{Unit: 1, Year: 2022, Plan: s.plan.ID, MeetingDate: "2023-01-17"})
		if err != nil || out.Carried != 7 || out.Cycle.Previous != first.ID || s.carried.from.ID != first.ID || s.carried.to.ID != out.Cycle.ID {
			t.Fatalf("%+v %v", out, err)
		}
		got := s.reporters(t, out.Cycle.ID)
		// Last year's way of reporting stays, and last year's reporter from further below is proposed again.
		if got[3].Mode != cycle.Written || got[2].Mode != cycle.Oral || got[6].Choice != cycle.Selected || len(got) != 5 {
			t.Errorf("%+v", got)
		}
		if got[2].Person != 22 {
			t.Errorf("who holds the post now reports: %+v", got[2])
		}
	})
}

func TestThePersonIsThatOfTheMeetingAndStays(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		s := open(t, db, clock)
		c := s.open(t, 2021, "2022-01-18")
		if p := s.reporters(t, c.ID)[2]; p.Person != 12 {
			t.Fatalf("on 18 January the post was held by 12: %+v", p)
		}
		c, err := s.cycles.SetMeetingDate(ctx, s.clerk, c.ID, c.Version, "2022-01-25")
		if err != nil || s.reporters(t, c.ID)[2].Person != 22 {
			t.Fatalf("the meeting moved past the change: %+v %v", s.reporters(t, c.ID)[2], err)
		}
		err = db.Write(ctx, func(tx *store.Tx) error {
			if _, err := tx.Exec(ctx, `UPDATE tenure SET to_date = '2022-01-24' WHERE person_id = 13`); err != nil {
				return err
			}
			_, err := cycle.AdvanceTx(ctx, tx, c.ID, cycle.Held)
			return err
		})
		if err != nil || s.reporters(t, c.ID)[3].Person != 0 || s.reporters(t, c.ID)[2].Person != 22 {
			t.Fatalf("at the meeting: %+v %v", s.reporters(t, c.ID), err)
		}
		if _, err = s.cycles.SetReporters(ctx, s.clerk, c.ID, c.Version, nil); fault.As(err) == nil || fault.As(err).Key != "fault.cycle.meeting_over" {
			t.Fatalf("reporters after the meeting: %v", err)
		}
	})
}

func TestMovingTheMeetingKeepsDatesSetByHand(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		s := open(t, db, clock)
		c := s.open(t, 2021, "2022-01-25")
		c, err := s.cycles.SetDeadlines(ctx, s.clerk, c.ID, c.Version, map[string]string{plan.StepClaim: "2022-02-09"})
		if err != nil {
			t.Fatal(err)
		}
		for field, bad := range map[string]map[string]string{"due-claim": {"claim": "2022-02-30"}, "due-moon": {"moon": "2022-02-09"}, "due-meeting": {"meeting": "2022-01-26"}} {
			_, err := s.cycles.SetDeadlines(ctx, s.clerk, c.ID, c.Version, bad)
			if f := fault.As(err); f == nil || len(f.Fields) != 1 || f.Fields[0].Name != field {
				t.Errorf("%v: %v", bad, err)
			}
		}
		if c, err = s.cycles.SetMeetingDate(ctx, s.clerk, c.ID, c.Version, "2022-01-27"); err != nil {
			t.Fatal(err)
		}
		for step, want := range map[string]string{plan.StepClaim: "2022-02-09", plan.StepReport: "2022-01-17", plan.StepMeeting: "2022-01-27"} {
			if due, err := cycle.DeadlineOf(ctx, db, c.ID, step); err != nil || due != want {
				t.Errorf("%s is due %s, not %s %v", step, due, want, err)
			}
		}
	})
}

func TestClosingWaitsForOwnersAndDates(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		s := open(t, db, clock)
		c := s.open(t, 2021, "2022-01-25")
		if _, err := s.cycles.Close(ctx, s.clerk, c.ID, c.Version, ""); fault.As(err) == nil || fault.As(err).Key != "fault.cycle.undecided" {
			t.Fatalf("closed before a decision: %v", err)
		}
		c, err := s.cycles.Advance(ctx, s.clerk, c.ID, c.Version, cycle.Rectifying)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.cycles.Advance(ctx, s.clerk, c.ID, c.Version, cycle.Reporting); fault.KindOf(err) != fault.Invalid {
			t.Fatalf("a cycle moved back: %v", err)
		}
		s.findings.open = []cycle.Unowned{{ID: 4, Title: "x", NoDate: true}}
		_, err = s.cycles.Close(ctx, s.clerk, c.ID, c.Version, "")
		f := fault.As(err)
		if f == nil || f.Key != "fault.cycle.unowned" || len(f.Current.([]cycle.Unowned)) != 1 {
			t.Fatalf("closed with an unowned finding: %v", err)
		}
		s.findings.open = nil
		s.left = []cycle.Obstacle{{Unit: 2, Key: "letter"}, {Unit: 3, Key: "comment", Blocks: true}}
		if x, err := s.cycles.Closing(ctx, c); err != nil || !x.Refused() || x.Obstacles[0].Unit != 3 || !x.NeedsReason() {
			t.Fatalf("the obstacles: %+v %v", x, err)
		}
		if _, err = s.cycles.Close(ctx, s.clerk, c.ID, c.Version, "why not"); fault.As(err) == nil || fault.As(err).Key != "fault.cycle.blocked" {
			t.Fatalf("closed with problems that nobody confirmed: %v", err)
		}
		s.left = s.left[:1]
		if _, err = s.cycles.Close(ctx, s.clerk, c.ID, c.Version, " "); fault.As(err) == nil || len(fault.As(err).Fields) != 1 || fault.As(err).Fields[0].Name != "reason" {
			t.Fatalf("closed without a reason: %v", err)
		}
		clock.Add(1e9)
		if _, err = s.cycles.Close(ctx, s.clerk, c.ID, c.Version, " the unit was dissolved "); err != nil {
			t.Fatal(err)
		}
		if c, err = cycle.ByID(ctx, db, c.ID); err != nil || c.CloseReason != "the unit was dissolved" || c.State != cycle.Closed || c.ClosedAt != clock.Now().UnixMicro() {
			t.Fatalf("%+v %v", c, err)
		}
		if _, err = s.cycles.Rename(ctx, s.clerk, c.ID, c.Version, "x", ""); fault.As(err) == nil || fault.As(err).Key != "fault.cycle.closed" {
			t.Fatalf("a closed cycle was changed: %v", err)
		}
		err = db.Write(ctx, func(tx *store.Tx) error { _, err := cycle.AdvanceTx(ctx, tx, c.ID, cycle.Held); return err })
		if fault.As(err) == nil {
			t.Fatalf("another room wrote in a closed cycle: %v", err)
		}
	})
}

func TestAStaleFormShowsWhatStands(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		s := open(t, db, clock)
		c := s.open(t, 2021, "2022-01-25")
		if _, err := s.cycles.Rename(ctx, s.clerk, c.ID, c.Version, "mine", ""); err != nil {
			t.Fatal(err)
		}
		_, err := s.cycles.Rename(ctx, s.clerk, c.ID, c.Version, "theirs", "")
		if now, ok := fault.As(err).Current.(cycle.Cycle); fault.KindOf(err) != fault.Stale || !ok || now.Name != "mine" {
			t.Fatalf("%v", err)
		}
	})
}

func TestLotsDecideWhoSpeaks(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		s := open(t, db, clock)
		c := s.open(t, 2021, "2022-01-25")
		var calls []cycle.Call
		for unit := int64(2); unit <= 6; unit++ {
			choice := cycle.Selected
			if unit == 4 {
				choice = cycle.Required
			}
			calls = append(calls, cycle.Call{Unit: unit, Mode: cycle.Written, Choice: choice})
		}
		c, err := s.cycles.SetReporters(ctx, s.clerk, c.ID, c.Version, calls)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.cycles.DrawModes(ctx, s.clerk, c.ID, c.Version, "seed of the day", 5); fault.KindOf(err) != fault.Invalid {
			t.Fatalf("five of four: %v", err)
		}
		c, err = s.cycles.DrawModes(ctx, s.clerk, c.ID, c.Version, "seed of the day", 2)
		if err != nil {
			t.Fatal(err)
		}
		order := cycle.LotOrder("seed of the day", []string{"C02", "C03", "C05", "C06"})
		codes := map[int64]string{2: "C02", 3: "C03", 4: "C04", 5: "C05", 6: "C06"}
		for unit, p := range s.reporters(t, c.ID) {
			want := cycle.Written
			if at := slices.Index(order, codes[unit]); at >= 0 && at < 2 {
				want = cycle.Oral
			}
			if p.Mode != want {
				t.Errorf("unit %d is %s", unit, p.Mode)
			}
		}
		draws, err := cycle.Draws(ctx, db, c.ID)
		if err != nil || len(draws) != 1 || !slices.Equal(draws[0].Codes, order) || draws[0].Seed != "seed of the day" {
			t.Errorf("%+v %v", draws, err)
		}
	})
}

func TestReadersSeeWhatConcernsThem(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		s := open(t, db, clock)
		c := s.open(t, 2021, "2022-01-25")
		policy, err := authz.NewPolicy([]authz.Role{{ID: "all", Can: map[authz.Action]authz.Reach{authz.Read: authz.Below}},
			{ID: "here", Can: map[authz.Action]authz.Reach{authz.Read: authz.Here}}})
		if err != nil {
			t.Fatal(err)
		}
		scope := func(role string, id int64, path string) authz.Scope {
			return policy.Scope(authz.Actor{Account: 8, Grants: []authz.Grant{{Role: role, Unit: authz.Unit{ID: id, Path: path}}}}, authz.Read)
		}
		whole, err := s.cycles.View(ctx, scope("all", 1, "/1/"), c.ID, "2022-01-12")
		if err != nil || !whole.Whole || len(whole.Rows) != 4 || len(whole.Dates) != len(s.plan.Body.Steps) {
			t.Fatalf("the convenor sees %d rows, %d dates: %v", len(whole.Rows), len(whole.Dates), err)
		}
		own, err := s.cycles.View(ctx, scope("here", 3, "/1/3/"), c.ID, "2022-01-12")
		if err != nil || own.Whole || len(own.Rows) != 1 || own.Rows[0].Unit.ID != 3 || own.Rows[0].Lamp != cycle.LampLate {
			t.Fatalf("a reporter sees %+v: %v", own.Rows, err)
		}
		for _, d := range own.Dates {
			if d.Step.Who == plan.Convenor {
				t.Errorf("a reporter is told of %s", d.Step.ID)
			}
			if d.Step.ID == plan.StepReport && (d.Left != 2 || !d.Working || d.Lamp != cycle.LampSoon) {
				t.Errorf("two working days are left: %+v", d)
			}
		}
		if _, err := s.cycles.View(ctx, scope("here", 6, "/1/2/6/"), c.ID, "2022-01-12"); fault.KindOf(err) != fault.NotFound {
			t.Errorf("a unit that does not report: %v", err)
		}
		if list, err := cycle.List(ctx, db, scope("here", 3, "/1/3/")); err != nil || len(list) != 1 {
			t.Errorf("list: %v %v", list, err)
		}
	})
}

// One organisation, every level its own: a county reports in the city's cycle and convenes its township's.
func TestCyclesCascade(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		s := open(t, db, clock)
		city := s.open(t, 2021, "2022-01-25")
		county := authz.Actor{Account: 6, Grants: []authz.Grant{{Role: "clerk", Unit: authz.Unit{ID: 2, Path: "/1/2/"}}}}
		if _, err := s.cycles.Rename(ctx, county, city.ID, city.Version, "x", ""); fault.KindOf(err) != fault.Forbidden {
			t.Fatalf("a reporter ran the cycle in which it reports: %v", err)
		}
		out, err := s.cycles.Open(ctx, county, cycle.NewCycle{Unit: 2, Year: 2021, Plan: s.plan.ID, MeetingDate: "2022-02-15"})
		if err != nil || len(s.reporters(t, out.Cycle.ID)) != 1 || s.reporters(t, out.Cycle.ID)[6].Mode != cycle.Oral {
			t.Fatalf("the county's own: %+v %v", s.reporters(t, out.Cycle.ID), err)
		}
		policy, _ := authz.NewPolicy([]authz.Role{{ID: "clerk", Can: map[authz.Action]authz.Reach{authz.Read: authz.Below}}})
		scope := policy.Scope(county, authz.Read)
		for _, c := range []struct {
			q    cycle.Query
			want int
		}{{cycle.Query{}, 2}, {cycle.Query{Year: 2021}, 2}, {cycle.Query{Year: 2020}, 0}, {cycle.Query{Text: "单位2"}, 1}, {cycle.Query{Text: "%"}, 0},
			{cycle.Query{Text: "c01"}, 1}, {cycle.Query{Text: "C0_"}, 0}, {cycle.Query{State: cycle.Closed}, 0}, {cycle.Query{State: cycle.Preparing, Offset: 1}, 2}} {
			c.q.Limit = 10
			list, total, err := cycle.Search(ctx, db, scope, c.q)
			if err != nil || total != c.want || len(list) != max(0, c.want-c.q.Offset) {
				t.Errorf("%+v: %d of %d %v", c.q, len(list), total, err)
			}
		}
		if mine, err := cycle.OfReporter(ctx, db, 2); err != nil || len(mine) != 1 || mine[0].ID != city.ID {
			t.Errorf("where the county reports: %v %v", mine, err)
		}
		if _, err := s.cycles.Open(ctx, s.clerk, cycle.NewCycle{Unit: 2, Year: 2022, Plan: s.plan.ID, MeetingDate: "2023-02-15"}); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("the city opened the county's year: %v", err)
		}
	})
}

func TestTheDeskSaysWhoIsLate(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		s := open(t, db, clock)
		c := s.open(t, 2021, "2022-01-25")
		desks, err := s.cycles.Desks(ctx, []authz.Unit{{ID: 1, Path: "/1/"}, {ID: 2, Path: "/1/2/"}}, "2022-01-12")
		if err != nil || len(desks) != 1 || len(desks[0].Late) != 1 || desks[0].Late[0].Unit.ID != 3 {
			t.Fatalf("%+v %v", desks, err)
		}
		d := desks[0]
		if len(d.Tasks) != 1 || d.Tasks[0].Key != "cycle.task.vacant" || d.Tasks[0].Count != 1 {
			t.Errorf("tasks: %+v", d.Tasks)
		}
		if d.Dates[0].Step.ID != "draft" || d.Dates[0].Lamp != cycle.LampLate {
			t.Errorf("the first date: %+v", d.Dates[0])
		}
		if _, err := s.cycles.MarkStep(ctx, s.clerk, c.ID, c.Version, "draft", true); err != nil {
			t.Fatal(err)
		}
		desks, _ = s.cycles.Desks(ctx, []authz.Unit{{ID: 1, Path: "/1/"}}, "2022-01-12")
		if desks[0].Dates[0].Step.ID == "draft" {
			t.Error("a step ticked off stayed on the desk")
		}
	})
}

func TestTheFeedHasASecretOfItsOwn(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		s := open(t, db, clock)
		s.open(t, 2021, "2022-01-25")
		err := db.Write(ctx, func(tx *store.Tx) error {
			_, err := tx.Exec(ctx, `INSERT INTO account (id, login, person_id, unit_id, name, lang, secret, setup_digest, setup_until, failures, locked_until, disabled, created_at, version)
				VALUES (5, 'clerk', 0, 0, 'Clerk', 'zh', '', '', 0, 0, 0, 0, 0, 1)`)
			if err == nil {
				_, err = tx.Exec(ctx, `INSERT INTO role_grant (account_id, role, unit_id) VALUES (5, 'clerk', 1)`)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		old, err := s.cycles.RenewFeed(ctx, s.clerk)
		if err != nil {
			t.Fatal(err)
		}
		token, err := s.cycles.RenewFeed(ctx, s.clerk)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := cycle.FeedAccount(ctx, db, old); fault.KindOf(err) != fault.NotFound {
			t.Errorf("the old address still works: %v", err)
		}
		a, err := cycle.FeedAccount(ctx, db, token)
		if err != nil || a.Account != 5 || !a.Holds("clerk", 1) || a.Grants[0].Unit.Path != "/1/" {
			t.Errorf("%+v %v", a, err)
		}
		var n int
		_ = db.QueryRow(ctx, `SELECT COUNT(*) FROM calendar_feed WHERE digest = $1`, token).Scan(&n)
		h, _ := audit.History(ctx, db, audit.Subject{Kind: "account", ID: 5}, 9)
		for _, e := range h {
			for _, c := range e.Changes {
				if strings.Contains(c.To+c.From, token) {
					n++
				}
			}
		}
		if n != 0 {
			t.Error("the secret itself was kept")
		}
		if err := s.cycles.DropFeed(ctx, s.clerk); err != nil {
			t.Fatal(err)
		}
		if _, err := cycle.FeedAccount(ctx, db, token); fault.KindOf(err) != fault.NotFound {
			t.Errorf("the ended feed still works: %v", err)
		}
	})
}

func TestICalIsWholeDaysAndEscapes(t *testing.T) {
	text, err := cycle.ICal("Dates", []cycle.Event{{UID: "c1-report@plumbline", Date: "2022-01-31", Title: "Report, final; signed", Text: "a\nb", URL: "http://x/cycles/1"}}, storetest.NewClock().Now())
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"BEGIN:VCALENDAR\r\n", "DTSTART;VALUE=DATE:20220131\r\n", "DTEND;VALUE=DATE:20220201\r\n", `SUMMARY:Report\, final\; signed`, `DESCRIPTION:a\nb`, "UID:c1-report@plumbline\r\n"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	if _, err := cycle.ICal("x", []cycle.Event{{Date: "soon"}}, storetest.NewClock().Now()); err == nil {
		t.Error("a date that is none")
	}
}

func TestStatesOnlyMoveOn(t *testing.T) {
	for i, a := range cycle.States {
		for j, b := range cycle.States {
			if a.AtLeast(b) != (i >= j) {
				t.Errorf("%s %s", a, b)
			}
		}
	}
}

// The dates of the report remind nobody whose reports are in: by the same rule on the cycle's page, on the first page and
// in the calendar. The stand's rooms say that every report is in but that of unit 3.
func TestUpcomingSettlesTheReport(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		s := open(t, db, clock)
		s.open(t, 2021, "2022-01-25")
		policy, err := authz.NewPolicy([]authz.Role{{ID: "staff", Can: map[authz.Action]authz.Reach{authz.ReportWrite: authz.Here}}})
		if err != nil {
			t.Fatal(err)
		}
		for unit, in := range map[int64]bool{2: true, 3: false} {
			who := authz.Actor{Account: 9, Grants: []authz.Grant{{Role: "staff", Unit: authz.Unit{ID: unit, Path: fmt.Sprintf("/1/%d/", unit)}}}}
			views, err := s.cycles.Upcoming(ctx, policy.Scope(who, authz.ReportWrite), "2022-01-10")
			if err != nil || len(views) != 1 {
				t.Fatalf("%+v %v", views, err)
			}
			for _, d := range views[0].Dates {
				if d.Deadline.Step == plan.StepReport && d.Done != in {
					t.Errorf("unit %d, report in: %v; its date is done: %v", unit, in, d.Done)
				}
			}
		}
	})
}
