package report

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"plumbline/internal/audit"
	"plumbline/internal/authz"
	"plumbline/internal/fault"
	"plumbline/internal/review/cycle"
)

func TestPartsAreSavedApart(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.ports.items = []PastItem{{Key: "m7", Kind: "finding", Text: "Late"}}
		a := w.save(clerk, 20, "results", "Good.\r\nBetter.\x00 ")
		b := w.save(clerk2, 20, "problems", "Bad.")
		w.save(clerk, 20, "last/m7", "Mended.")
		if a.Body != "Good.\nBetter." || a.Version != 1 || b.Version != 1 {
			t.Fatalf("%+v %+v", a, b)
		}
		d := w.draft(clerk2, 20)
		if d.Content.Sections[0].Answers[0].Text != "Mended." || d.Content.Sections[1].Text != a.Body || d.Parts["problems"].By != "Second clerk" {
			t.Fatalf("%+v", d.Content.Sections)
		}
		if d.Due != "2022-01-15" || d.Person.Name != "班主任" || d.Post["en"] != "Class head" || d.State != Drafting {
			t.Fatalf("%+v", d.Head)
		}
		for _, key := range []string{"nothing", "last", "results/m7", "last/unknown", "", "a\x00b", "last/\xff"} {
			_, err := w.s.Save(ctx, clerk, Save{20, key, "x", 0})
			w.fails(err, fault.NotFound, "")
		}
		w.ports.items = nil // the ledger dropped the item: the answer stays in sight and can be edited
		if got := w.draft(clerk, 20).Content.Sections[0].Answers; len(got) != 1 || !got[0].Gone || got[0].Text != "Mended." {
			t.Fatalf("%+v", got)
		}
		w.save(clerk, 20, "last/m7", "Mended in May.")
		_, err := w.s.Save(ctx, clerk, Save{20, "results", strings.Repeat("长", MaxPart/3+1), 1})
		w.fails(err, fault.Invalid, "fault.report.too_long")
	})
}

func TestWhoMayWriteAndRead(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.save(clerk, 20, "results", "Ours")
		for _, a := range []authz.Actor{bureau, stander, {}} {
			_, err := w.s.Save(ctx, a, Save{20, "results", "Theirs", 1})
			w.fails(err, fault.Forbidden, "fault.forbidden")
			_, err = w.s.Save(ctx, a, Save{20, "results", "Ours", 1}) // what stands there is told to nobody else
			w.fails(err, fault.Forbidden, "fault.forbidden")
			_, err = w.s.Submit(ctx, a, 20, w.head(20).Version)
			w.fails(err, fault.Forbidden, "fault.forbidden")
		}
		_, err := w.s.Submit(ctx, clerk, 20, w.head(20).Version)
		w.fails(err, fault.Forbidden, "fault.forbidden")
		_, err = w.s.Draft(ctx, bureau, w.pol.Scope(bureau, authz.Read), 20, 0)
		w.fails(err, fault.Forbidden, "")
		_, err = w.s.Draft(ctx, stander, w.pol.Scope(stander, authz.Read), 20, 0)
		w.fails(err, fault.NotFound, "")
		_, err = w.s.Sheet(ctx, bureau, w.pol.Scope(bureau, authz.Read), 20, 0)
		w.fails(err, fault.NotFound, "") // nothing handed in yet
		_, vs, err := w.s.Versions(ctx, bureau, all, 20)
		if w.must(err); len(vs) != 0 {
			t.Fatalf("the reviewer sees drafts: %+v", vs)
		}
		_, _, err = w.s.Kept(ctx, bureau, all, 20, 0)
		w.fails(err, fault.NotFound, "")
		successor := person(16, 106, "Successor", "head", class)
		_, err = w.s.Submit(ctx, successor, 20, w.head(20).Version)
		w.fails(err, fault.Forbidden, "fault.report.not_yours")
		mine, err := w.s.Mine(ctx, clerk)
		if w.must(err); len(mine) != 2 || mine[0].Reporter != 20 {
			t.Fatalf("%+v", mine)
		}
		list, err := w.s.OfCycle(ctx, w.pol.Scope(stander, authz.Read), 2)
		if w.must(err); len(list) != 1 || list[0].Reporter != 21 {
			t.Fatalf("%+v", list)
		}
	})
}

func TestTwoPeopleOnOnePart(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		first := w.save(clerk, 20, "results", "Clerk's text")
		_, err := w.s.Save(ctx, clerk2, Save{20, "results", "Second clerk's text", 0})
		w.fails(err, fault.Stale, "fault.stale")
		if now := fault.As(err).Current.(Part); now != first {
			t.Fatalf("%+v is not what stands there", now)
		}
		d := w.draft(clerk2, 20)
		if len(d.Asides) != 1 || d.Asides[0].Body != "Second clerk's text" || len(w.draft(clerk, 20).Asides) != 0 {
			t.Fatalf("what was refused is lost or shown to others: %+v", d.Asides)
		}
		// The same text sent again from a lost answer is no conflict.
		if p, err := w.s.Save(ctx, clerk, Save{20, "results", "Clerk's text", 0}); err != nil || p.Version != 1 {
			t.Fatalf("%+v %v", p, err)
		}
		p, err := w.s.Save(ctx, clerk2, Save{20, "results", "Both texts", 1})
		if w.must(err); p.Version != 2 || len(w.draft(clerk2, 20).Asides) != 0 {
			t.Fatal("the choice was made, yet the text is still aside")
		}
		_, vs, err := w.s.Versions(ctx, clerk, all, 20)
		if w.must(err); len(vs) != 1 {
			t.Fatalf("%d kept drafts", len(vs))
		}
		if _, c, err := w.s.Kept(ctx, clerk, all, 20, vs[0].ID); err != nil || c.Sections[1].Text != "Clerk's text" {
			t.Fatalf("what the clerk wrote was overwritten and not kept: %+v %v", c, err)
		}
		_, err = w.s.Save(ctx, clerk, Save{20, "results", "Old form", 1})
		w.fails(err, fault.Stale, "")
		w.fails(w.s.DropAside(ctx, clerk, 20, "\x00"), fault.NotFound, "")
		w.must(w.s.DropAside(ctx, clerk, 20, "results"))
		if len(w.draft(clerk, 20).Asides) != 0 {
			t.Fatal("not dropped")
		}
	})
}

func TestDraftsAreKeptButNotEndlessly(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		kept := func() int {
			return w.count(`SELECT COUNT(*) FROM report_version WHERE reporter_id = 20 AND number = 0`)
		}
		for i := range 30 {
			w.save(clerk, 20, "results", fmt.Sprintf("Text %d", i))
			w.clock.Add(time.Second)
		}
		if kept() != 1 {
			t.Fatalf("%d drafts kept of half a minute", kept())
		}
		for i := range maxDrafts + 5 {
			w.clock.Add(10 * time.Minute)
			w.save(clerk, 20, "results", fmt.Sprintf("Later %d", i))
		}
		if kept() != maxDrafts {
			t.Fatalf("%d drafts kept", kept())
		}
	})
}

func TestPromisesAreRows(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		rows := []Promise{{"Read more", "A library hour", "2022-06-30"}, {}, {" ", "", ""}, {"Fewer forms", "", ""}}
		w.save(clerk, 20, "next", EncodePromises(rows))
		got := w.draft(clerk, 20).Content.Sections[3].Promises
		if len(got) != 2 || got[0] != rows[0] || got[1].Target != "Fewer forms" {
			t.Fatalf("%+v", got)
		}
		_, err := w.s.Save(ctx, clerk, Save{20, "next", EncodePromises([]Promise{{"a", "b", "2022-02-30"}}), 1})
		w.fails(err, fault.Invalid, "fault.report.bad_date")
		if f := fault.As(err); f.Fields[0].Name != "date.1" {
			t.Fatalf("%+v", f.Fields)
		}
		w.save(clerk, 20, "next", "not json") // rubbish is no row
		if got := w.draft(clerk, 20).Content.Sections[3].Promises; len(got) != 0 {
			t.Fatalf("%+v", got)
		}
	})
}

func TestTheWholeLife(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		_, err := w.s.Submit(ctx, head, 20, 0)
		w.fails(err, fault.Invalid, "fault.report.nothing_written")
		w.save(clerk, 20, "results", "We closed {open items} of them, {unknown} apart.")
		seen := w.head(20).Version
		w.save(clerk2, 20, "problems", "Too little. ")
		_, err = w.s.Submit(ctx, head, 20, seen)
		w.fails(err, fault.Stale, "")
		if n := w.submit(20); n != 1 {
			t.Fatal(n)
		}
		_, err = w.s.Submit(ctx, head, 20, w.head(20).Version)
		w.fails(err, fault.Invalid, "fault.report.is_submitted")
		_, err = w.s.Save(ctx, clerk, Save{20, "results", "More", 1})
		w.fails(err, fault.Invalid, "fault.report.is_submitted")

		v, err := w.s.Sheet(ctx, bureau, w.pol.Scope(bureau, authz.Read), 20, 0)
		w.must(err)
		if got := v.Content.Sections[1].Plain(v.Content.Numbers); got != "We closed 4 of them, {unknown} apart." || v.Content.Numbers[0].Date != "2022-01-10" {
			t.Fatalf("%q %+v", got, v.Content.Numbers)
		}
		if v.Warnings == 0 || v.Version.Number != 1 || len(v.Version.Checks) == 0 || v.SubmittedBy != "Head" {
			t.Fatalf("%+v", v)
		}
		w.must(w.s.Opened(ctx, bureau, v.Head))
		w.must(w.s.Opened(ctx, bureau, v.Head))
		w.must(w.s.Opened(ctx, clerk, v.Head))
		if d := w.draft(clerk, 20); len(d.Receipts) != 1 || d.Receipts[0].By != "Bureau" || d.Receipts[0].Number != 1 {
			t.Fatalf("%+v", d.Receipts)
		}

		w.fails(w.s.Return(ctx, bureau, 20, 1, ""), fault.Invalid, "fault.report.no_remarks")
		w.fails(w.s.Accept(ctx, person(17, 101, "Head", "bureau", school), 20, 1), fault.Forbidden, "fault.report.own_review")
		w.fails(w.s.Remark(ctx, bureau, NewRemark{20, 1, "results", " \n"}), fault.Invalid, "fault.report.remark_empty")
		w.fails(w.s.Remark(ctx, bureau, NewRemark{20, 1, "nowhere", "x"}), fault.NotFound, "")
		w.fails(w.s.Remark(ctx, head, NewRemark{20, 1, "", "x"}), fault.Forbidden, "")
		w.must(w.s.Remark(ctx, bureau, NewRemark{20, 1, "problems", "Be exact."}))
		w.must(w.s.Remark(ctx, bureau, NewRemark{20, 1, "", "Shorter."}))
		if len(w.draft(clerk, 20).Remarks) != 0 {
			t.Fatal("remarks are seen before they are sent")
		}
		w.fails(w.s.Accept(ctx, bureau, 20, 1), fault.Invalid, "fault.report.remarks_unsent")
		w.fails(w.s.Return(ctx, bureau, 20, 1, "2022-01-09"), fault.Invalid, "fault.report.due_past")
		w.fails(w.s.Return(ctx, bureau, 20, 1, "soon"), fault.Invalid, "fault.report.bad_due")
		w.must(w.s.Return(ctx, bureau, 20, 1, "2022-01-12"))
		w.fails(w.s.Return(ctx, bureau, 20, 1, ""), fault.Invalid, "fault.report.not_submitted")
		w.fails(w.s.Accept(ctx, bureau, 20, 1), fault.Invalid, "fault.report.not_submitted")

		d := w.draft(head, 20)
		if d.State != Returned || d.Due != "2022-01-12" || len(d.Remarks) != 2 {
			t.Fatalf("%+v", d)
		}
		w.save(clerk, 20, "problems", "Exactly too little.")
		w.fails(w.s.AnswerRemark(ctx, clerk, 20, d.Remarks[0].ID, " ", 1), fault.Invalid, "")
		w.must(w.s.AnswerRemark(ctx, clerk, 20, d.Remarks[0].ID, "Done.", 1))
		w.fails(w.s.AnswerRemark(ctx, clerk2, 20, d.Remarks[0].ID, "Not so.", 1), fault.Stale, "")
		w.fails(w.s.AnswerRemark(ctx, bureau, 20, d.Remarks[1].ID, "x", 1), fault.Forbidden, "")
		_, err = w.s.Submit(ctx, head, 20, w.head(20).Version)
		w.fails(err, fault.Invalid, "fault.report.remarks_open")
		w.must(w.s.AnswerRemark(ctx, head, 20, d.Remarks[1].ID, "By a third.", 1))
		w.save(clerk, 20, "next", EncodePromises([]Promise{{"Read more", "Library", "2022-06-30"}, {Date: "2022-07-01"}}))
		if n := w.submit(20); n != 2 {
			t.Fatal(n)
		}
		w.fails(w.s.Accept(ctx, bureau, 20, 1), fault.Stale, "") // looked at the first version
		w.ports.refuse = fault.Bad("fault.invalid")
		w.fails(w.s.Accept(ctx, bureau, 20, 2), fault.Invalid, "")
		if w.head(20).State != Submitted {
			t.Fatal("accepted although the ledger refused the promises")
		}
		w.ports.refuse, w.ports.promised = nil, nil
		w.must(w.s.Accept(ctx, bureau, 20, 2))
		if len(w.ports.promised) != 1 || w.ports.promised[0].Measure != "Library" {
			t.Fatalf("%+v", w.ports.promised)
		}
		w.fails(w.s.Accept(ctx, bureau, 20, 2), fault.Invalid, "fault.report.is_accepted")
		_, err = w.s.Save(ctx, clerk, Save{20, "results", "After", 1})
		w.fails(err, fault.Invalid, "fault.report.is_accepted")
		if log, err := audit.History(ctx, w.db, audit.Subject{Kind: "matter", ID: 2001}, 5); err != nil || len(log) != 1 || log[0].Note["number"] != "2" {
			t.Fatalf("%+v %v", log, err)
		}
	})
}

func TestLastYearComesBack(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.save(clerk, 10, "results", "We visited every home in the district twice. We read books every single day of the year.")
		w.save(clerk, 10, "next", EncodePromises([]Promise{{"Visit homes", "Each twice", "2021-12-01"}}))
		w.submit(10)
		if got := w.draft(clerk, 20).Content.Sections[0].Answers; len(got) != 0 {
			t.Fatalf("promises of a report that was not accepted: %+v", got)
		}
		w.must(w.s.Accept(ctx, bureau, 10, 1))
		d := w.draft(clerk, 20)
		item := d.Content.Sections[0].Answers[0].Item
		if item.Text != "Visit homes\nEach twice" || item.Due != "2021-12-01" || item.Key != "promise-10-1" {
			t.Fatalf("%+v", item)
		}
		w.save(clerk, 20, "results", "We visited every home in the district twice. This year was quite different from the others.")
		var repeat Check
		for _, c := range w.draft(clerk, 20).Checks {
			if c.ID == CheckRepeat {
				repeat = c
			}
		}
		if repeat.N != 1 || repeat.Of != 2 || repeat.OK {
			t.Fatalf("%+v", repeat)
		}
		if c, ok, err := w.s.Before(ctx, d.Head); err != nil || !ok || c.Sections[1].Text == "" {
			t.Fatal(err)
		}
	})
}

func TestClosedCycleTakesNothing(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.save(clerk, 20, "results", "x")
		w.submit(20)
		w.sql(`UPDATE cycle SET state = 'closed' WHERE id = 2`)
		_, err := w.s.Save(ctx, clerk, Save{20, "results", "y", 1})
		w.fails(err, fault.Invalid, "fault.report.cycle_closed")
		w.fails(w.s.Accept(ctx, bureau, 20, 1), fault.Invalid, "fault.report.cycle_closed")
	})
}

func TestProgressAndTasks(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		c := cycle.Cycle{ID: 2}
		at := func() cycle.Cell {
			cells, err := w.s.Progress(ctx, w.db, c, []int64{2})
			if w.must(err); len(cells) != 1 {
				t.Fatalf("%+v", cells)
			}
			return cells[2][cycle.ColReport]
		}
		if got := at(); got.Lamp != cycle.LampDraft || got.Key != "report.state.drafting" {
			t.Fatalf("%+v", got)
		}
		w.clock.Add(3 * 24 * time.Hour)
		if got := at(); got.Lamp != cycle.LampSoon {
			t.Fatalf("%+v", got)
		}
		w.clock.Add(3 * 24 * time.Hour)
		if got := at(); got.Lamp != cycle.LampLate || got.Key != "report.state.late" {
			t.Fatalf("%+v", got)
		}
		w.save(clerk, 20, "results", "x")
		w.submit(20)
		if got := at(); got.Lamp != cycle.LampWait || got.Href != "/reports/20" {
			t.Fatalf("%+v", got)
		}
		tasks, err := w.s.Tasks(ctx, w.db, c)
		if w.must(err); len(tasks) != 2 || tasks[0].Count != 1 || tasks[1].Count != 1 || tasks[1].Lamp != cycle.LampLate {
			t.Fatalf("%+v", tasks)
		}
		if items, err := lastPromises(ctx, w.db, 2, 2); err != nil || len(items) != 0 {
			t.Fatal(items, err)
		}
	})
}

// A plan that is changed in the middle of the year takes no text away.
func TestSectionThatThePlanDropped(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.save(clerk, 20, "results", "Here.")
		w.sql(`UPDATE report_part SET part = 'dropped' WHERE reporter_id = 20`)
		got := w.draft(clerk, 20).Content.Sections
		if last := got[len(got)-1]; len(got) != 5 || !last.Gone || last.Text != "Here." {
			t.Fatalf("%+v", got)
		}
		w.save(clerk, 20, "dropped", "")
		if got := w.draft(clerk, 20).Content.Sections; len(got) != 4 {
			t.Fatalf("%+v", got)
		}
		_, err := w.s.Save(ctx, clerk, Save{20, "dropped", "Again", 2})
		w.fails(err, fault.NotFound, "")
	})
}
