package meeting_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"plumbline/internal/audit"
	"plumbline/internal/authz"
	"plumbline/internal/fault"
	"plumbline/internal/gate"
	"plumbline/internal/review/cycle"
	"plumbline/internal/review/meeting"
	"plumbline/internal/store"
	"plumbline/internal/store/storetest"
)

var ctx = context.Background()

// list is a list of findings that remembers what it was given.
type list struct {
	got  []meeting.Finding
	past []meeting.PastFinding
	next int64
}

func (l *list) Register(_ context.Context, _ *store.Tx, _ authz.Actor, f meeting.Finding) (map[int64]int64, error) {
	l.got = append(l.got, f)
	out := map[int64]int64{}
	for _, u := range f.Units {
		l.next++
		out[u] = l.next
	}
	return out, nil
}

func (l *list) LastYear(_ context.Context, _ store.Reader, _ int64, _ cycle.Cycle) ([]meeting.PastFinding, error) {
	return l.past, nil
}

func (l *list) Similar(_ context.Context, _ store.Reader, _ int64, _ cycle.Cycle, text string) ([]meeting.PastFinding, error) {
	var out []meeting.PastFinding
	for _, p := range l.past {
		if p.Title == text {
			out = append(out, p)
		}
	}
	return out, nil
}

// hall is a city with three counties, a cycle in which two speak and one writes, and everybody who takes part.
type hall struct {
	t        *testing.T
	db       *store.DB
	clock    *storetest.Clock
	s        *meeting.Service
	findings *list
	id       int64
	cycle    int64
	city     authz.Unit
	units    []authz.Unit
	report   []int64 // reporters: two speak, the third writes

	chair, desk, member, higher, reporter, stranger authz.Actor
}

func newHall(t *testing.T, db *store.DB, clock *storetest.Clock) *hall {
	policy, err := authz.NewPolicy([]authz.Role{
		{ID: "chair", Can: map[authz.Action]authz.Reach{authz.MeetingRun: authz.Here, authz.CommentWrite: authz.Here, authz.CommentConfirm: authz.Here, authz.Read: authz.Below}},
		{ID: "desk", Can: map[authz.Action]authz.Reach{authz.MeetingRun: authz.Here, authz.CommentWrite: authz.Here, authz.Read: authz.Below}},
		{ID: "member", Can: map[authz.Action]authz.Reach{authz.CommentWrite: authz.Here, authz.Read: authz.Below}},
		{ID: "higher", Can: map[authz.Action]authz.Reach{authz.CommentWrite: authz.Here, authz.CommentConfirm: authz.Here}},
		{ID: "reporter", Can: map[authz.Action]authz.Reach{authz.Read: authz.Here}},
	})
	if err != nil {
		t.Fatal(err)
	}
	h := &hall{t: t, db: db, clock: clock, findings: &list{next: 100}}
	h.s = meeting.New(gate.New(db, policy), db, h.findings)
	h.furnish()
	who := func(n int64, role string, at authz.Unit) authz.Actor {
		return authz.Actor{Account: n, Name: role, Grants: []authz.Grant{{Role: role, Unit: at}}}
	}
	h.chair, h.desk, h.member, h.higher = who(1, "chair", h.city), who(2, "desk", h.city), who(3, "member", h.city), who(4, "higher", h.city)
	h.reporter, h.stranger = who(5, "reporter", h.units[0]), who(6, "reporter", h.units[1])
	if h.id, err = h.s.Create(ctx, h.desk, h.cycle, meeting.Facts{Start: "09:00", Place: "Hall 1", Presider: 1, Minutes: 10}); err != nil {
		t.Fatal(err)
	}
	return h
}

func (h *hall) furnish() {
	err := h.db.Write(ctx, func(tx *store.Tx) error {
		unit := func(code, path string, parent int64) authz.Unit {
			id, err := tx.Insert(ctx, `INSERT INTO unit (code, parent_id, path, kind, name, name_en, from_date, to_date, since, successor_id, version)
				VALUES ($1, $2, '', 'x', $3, '', '', '', '', 0, 1) RETURNING id`, code, parent, "单位"+code)
			h.must(err)
			path += itoa(id) + "/"
			_, err = tx.Exec(ctx, `UPDATE unit SET path = $2 WHERE id = $1`, id, path)
			h.must(err)
			return authz.Unit{ID: id, Path: path}
		}
		h.city = unit("C", "/", 0)
		for _, code := range []string{"C01", "C02", "C03"} {
			h.units = append(h.units, unit(code, h.city.Path, h.city.ID))
		}
		for _, name := range []string{"主持", "甲", "乙", "丙", "委员", "重名", "重名"} {
			_, err := tx.Exec(ctx, `INSERT INTO person (code, name, name_en, version) VALUES ((SELECT 'P' || CAST(COUNT(*) + 1 AS TEXT) FROM person), $1, '', 1)`, name)
			h.must(err)
		}
		var err error
		h.cycle, err = tx.Insert(ctx, `INSERT INTO cycle (unit_id, year, name, name_en, plan_id, previous_id, state, meeting_date, opened_at, closed_at, version)
			VALUES ($1, 2021, '', '', 0, 0, 'reporting', '2022-01-25', 1, 0, 1) RETURNING id`, h.city.ID)
		h.must(err)
		for i, u := range h.units {
			mode := "oral"
			if i == 2 {
				mode = "written"
			}
			id, err := tx.Insert(ctx, `INSERT INTO cycle_reporter (cycle_id, unit_id, person_id, post_id, mode, choice, seq, state, version)
				VALUES ($1, $2, $3, 0, $4, 'required', $5, 'active', 1) RETURNING id`, h.cycle, u.ID, i+2, mode, i+1)
			h.must(err)
			h.report = append(h.report, id)
		}
		g, err := tx.Insert(ctx, `INSERT INTO org_group (unit_id, kind, name, name_en, from_date, to_date, version) VALUES ($1, 'x', '班子', '', '', '', 1) RETURNING id`, h.city.ID)
		h.must(err)
		for person := 1; person <= 5; person += 4 {
			_, err = tx.Exec(ctx, `INSERT INTO group_member (group_id, person_id, duty, from_date, to_date) VALUES ($1, $2, '', '', '')`, g, person)
			h.must(err)
		}
		return nil
	})
	h.must(err)
}

func itoa(n int64) string {
	if n < 10 {
		return string(rune('0' + n))
	}
	return itoa(n/10) + itoa(n%10)
}

func (h *hall) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

func (h *hall) refused(err error, kind fault.Kind, key string) {
	h.t.Helper()
	f := fault.As(err)
	if f == nil || f.Kind != kind {
		h.t.Fatalf("got %v, want kind %d %s", err, kind, key)
	}
	if key == "" || f.Key == key {
		return
	}
	for _, x := range f.Fields {
		if x.Key == key {
			return
		}
	}
	h.t.Fatalf("got %v, want %s", err, key)
}

func (h *hall) slots() []meeting.Slot {
	h.t.Helper()
	out, err := meeting.Slots(ctx, h.db, h.id)
	h.must(err)
	return out
}

func (h *hall) stage() meeting.Stage {
	h.t.Helper()
	events, err := meeting.Events(ctx, h.db, h.id)
	h.must(err)
	return meeting.Replay(events)
}

func (h *hall) codes() []string {
	var out []string
	for _, s := range h.slots() {
		out = append(out, s.Code)
	}
	return out
}

func TestCreateFurnishes(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		h := newHall(t, db, clock)
		if got := h.codes(); !slices.Equal(got, []string{"C01", "C02"}) {
			t.Errorf("slots %v", got)
		}
		if h.slots()[0].Limit != 600 {
			t.Errorf("limit %d", h.slots()[0].Limit)
		}
		roll, err := meeting.ReadRoll(ctx, db, h.id)
		h.must(err)
		if len(roll.Calls) != 4 || roll.Calls[0].Capacity != meeting.Presider || roll.Calls[0].Name.Zh != "主持" {
			t.Errorf("roll %+v", roll.Calls)
		}
		reporters, err := meeting.Reporters(ctx, db, meeting.Meeting{ID: h.id, Cycle: h.cycle})
		h.must(err)
		if len(reporters) != 3 || reporters[2].Oral || reporters[2].Slot != 0 || reporters[0].Slot == 0 {
			t.Errorf("reporters %+v", reporters)
		}
		_, err = h.s.Create(ctx, h.desk, h.cycle, meeting.Facts{})
		h.refused(err, fault.Invalid, "fault.meeting.exists")
		_, err = h.s.Create(ctx, h.member, h.cycle, meeting.Facts{})
		h.refused(err, fault.Forbidden, "")
		_, err = h.s.Create(ctx, h.desk, h.cycle, meeting.Facts{Start: "9 o'clock"})
		h.refused(err, fault.Invalid, "fault.meeting.start")
		h.refused(h.s.Edit(ctx, h.desk, h.id, meeting.Facts{Version: 1, Presider: 999}), fault.Invalid, "fault.meeting.presider")
	})
}

func TestEditStaleShowsWhatStands(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		h := newHall(t, db, clock)
		h.must(h.s.Edit(ctx, h.desk, h.id, meeting.Facts{Version: 1, Start: "08:30", Place: "Hall 2", Presider: 5, Minutes: 8}))
		err := h.s.Edit(ctx, h.chair, h.id, meeting.Facts{Version: 1, Start: "10:00", Minutes: 8})
		h.refused(err, fault.Stale, "")
		if m, ok := fault.As(err).Current.(meeting.Meeting); !ok || m.Place != "Hall 2" {
			t.Errorf("current %+v", fault.As(err).Current)
		}
		if h.slots()[0].Limit != 480 {
			t.Errorf("limit %d", h.slots()[0].Limit)
		}
		roll, err := meeting.ReadRoll(ctx, db, h.id)
		h.must(err)
		if roll.Calls[0].Person != 5 || roll.Calls[1].Person != 1 || roll.Calls[1].Capacity != meeting.Member {
			t.Errorf("the old presider stays as a member: %+v", roll.Calls)
		}
		h.must(h.s.SetAgenda(ctx, h.desk, h.id, 2, []meeting.Item{{Kind: meeting.ItemSpeak, Minutes: 90}, {Kind: meeting.ItemOther, Title: "Film"}}))
		h.refused(h.s.SetAgenda(ctx, h.desk, h.id, 3, []meeting.Item{{Kind: meeting.ItemOther}}), fault.Invalid, "fault.meeting.item_title")
		items, err := meeting.Agenda(ctx, db, h.id)
		h.must(err)
		if len(items) != 2 || items[1].Title != "Film" {
			t.Errorf("agenda %+v", items)
		}
	})
}

// Anybody can draw again from what is published, with the documented rule alone.
func TestDrawCanBeRecomputed(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		h := newHall(t, db, clock)
		sealed, err := meeting.Draws(ctx, db, h.id)
		h.must(err)
		if len(sealed) != 1 || sealed[0].Secret != "" || len(sealed[0].Digest) != 64 {
			t.Fatalf("sealed %+v", sealed)
		}
		h.must(h.s.Draw(ctx, h.desk, h.id, "  red   seven "))
		draws, err := meeting.Draws(ctx, db, h.id)
		h.must(err)
		d := draws[0]
		if meeting.Digest(d.Secret) != sealed[0].Digest {
			t.Error("the secret is not what was sealed")
		}
		if d.Seed() != d.Secret+"-red seven" {
			t.Errorf("seed %s", d.Seed())
		}
		want := []string{"C01", "C02"}
		if cycle.LotNumber(d.Seed(), "C02") < cycle.LotNumber(d.Seed(), "C01") {
			want = []string{"C02", "C01"}
		}
		if !slices.Equal(h.codes(), want) || !slices.Equal(d.Codes, want) {
			t.Errorf("order %v, published %v, want %v", h.codes(), d.Codes, want)
		}
		h.refused(h.s.Draw(ctx, h.desk, h.id, ""), fault.Invalid, "fault.meeting.drawn")
		h.refused(h.s.Redraw(ctx, h.desk, h.id, " "), fault.Invalid, "fault.meeting.reason")
		h.must(h.s.Redraw(ctx, h.desk, h.id, "one unit was left out"))
		h.refused(h.s.Redraw(ctx, h.desk, h.id, "again"), fault.Invalid, "fault.meeting.sealed")
		h.must(h.s.Draw(ctx, h.desk, h.id, ""))
		draws, err = meeting.Draws(ctx, db, h.id)
		h.must(err)
		if len(draws) != 2 || draws[0].Reason != "one unit was left out" || draws[0].Secret == draws[1].Secret {
			t.Errorf("%+v", draws)
		}
		h.refused(h.s.Draw(ctx, h.member, h.id, ""), fault.Forbidden, "")
		log, err := audit.History(ctx, db, audit.Subject{Kind: "meeting", ID: h.id}, 10)
		h.must(err)
		if log[0].Note["what"] != "drawn" || len(log) != 4 {
			t.Errorf("the log has %d entries, the last %v", len(log), log[0].Note)
		}
	})
}

func TestTheSecretIsNotInTheLogBeforeTheDraw(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		h := newHall(t, db, clock)
		h.must(h.s.Edit(ctx, h.desk, h.id, meeting.Facts{Version: 1, Presider: 1, Minutes: 10}))
		var secret string
		h.must(db.QueryRow(ctx, `SELECT secret FROM meeting_draw WHERE meeting_id = $1`, h.id).Scan(&secret))
		var n int
		h.must(db.QueryRow(ctx, `SELECT COUNT(*) FROM audit_entry WHERE detail LIKE '%' || $1 || '%'`, secret).Scan(&n))
		if n != 0 {
			t.Error("the log names the secret")
		}
	})
}

func TestConsoleFollowsTheClock(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		h := newHall(t, db, clock)
		first, second := h.slots()[0].ID, h.slots()[1].ID
		live := func(step meeting.Step, slot int64) error { return h.s.Live(ctx, h.desk, h.id, step, slot, "") }
		h.refused(live(meeting.Start, first), fault.Invalid, "fault.meeting.not_now")
		h.must(live(meeting.Open, 0))
		h.must(live(meeting.Start, first))
		clock.Add(3 * time.Minute)
		h.refused(live(meeting.Start, second), fault.Invalid, "fault.meeting.not_now")
		h.must(live(meeting.Pause, first))
		clock.Add(time.Minute)
		h.must(live(meeting.Resume, first))
		clock.Add(2 * time.Minute)
		h.must(live(meeting.Stop, first))
		if got := h.stage().Turns[first].Clock.At(clock.Now().UnixMicro()); got != (5 * time.Minute).Microseconds() {
			t.Errorf("spoke %d", got)
		}
		h.must(live(meeting.Undo, 0)) // the stop was a slip: the clock runs on as if nothing had been pressed
		clock.Add(time.Minute)
		if turn := h.stage().Turns[first]; turn.Phase != meeting.Speaking || turn.Clock.At(clock.Now().UnixMicro()) != (6*time.Minute).Microseconds() {
			t.Errorf("after the undo %+v", turn)
		}
		h.refused(live(meeting.Close, 0), fault.Invalid, "fault.meeting.not_now")
		h.must(live(meeting.Stop, first))
		h.must(h.s.Remove(ctx, h.desk, second, "ill"))
		if got := h.stage().Turns[first].Clock.Elapsed; got != (6 * time.Minute).Microseconds() {
			t.Errorf("a removed slot made the clock jump to %d", got)
		}
		h.refused(live(meeting.Start, second), fault.NotFound, "")
		h.refused(h.s.Draw(ctx, h.desk, h.id, ""), fault.Invalid, "fault.meeting.begun")
		h.refused(h.s.Remove(ctx, h.desk, first, "x"), fault.Invalid, "fault.meeting.slot_begun")
		h.must(live(meeting.Close, 0))
		c, err := cycle.ByID(ctx, db, h.cycle)
		h.must(err)
		if m, err := meeting.ByID(ctx, db, h.id); err != nil || m.State != meeting.Ended || c.State != cycle.Held {
			t.Errorf("meeting %s, cycle %s, %v", m.State, c.State, err)
		}
		h.refused(live(meeting.Undo, 0), fault.Invalid, "fault.meeting.nothing_to_undo")
		h.refused(h.s.Live(ctx, h.desk, h.id, meeting.Reopen, 0, ""), fault.Invalid, "fault.meeting.reason")
		h.must(h.s.Live(ctx, h.desk, h.id, meeting.Reopen, 0, "closed too early"))
		h.refused(h.s.Live(ctx, h.member, h.id, meeting.Close, 0, ""), fault.Forbidden, "")
	})
}

func TestMoveAndSync(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		h := newHall(t, db, clock)
		h.must(h.s.Move(ctx, h.desk, h.slots()[1].ID, 1, "has to leave early"))
		if got := h.codes(); !slices.Equal(got, []string{"C02", "C01"}) {
			t.Errorf("order %v", got)
		}
		h.refused(h.s.Move(ctx, h.desk, h.slots()[0].ID, 3, "x"), fault.Invalid, "fault.meeting.place_in_order")
		h.must(h.s.Remove(ctx, h.desk, h.slots()[0].ID, "ill"))
		h.must(h.s.Draw(ctx, h.desk, h.id, ""))
		if got := h.codes(); !slices.Equal(got, []string{"C01"}) {
			t.Errorf("whoever was taken out by hand is drawn: %v", got)
		}
		h.must(db.Write(ctx, func(tx *store.Tx) error {
			_, err := tx.Exec(ctx, `UPDATE cycle_reporter SET mode = CASE mode WHEN 'oral' THEN 'written' ELSE 'oral' END WHERE cycle_id = $1 AND unit_id <> $2`, h.cycle, h.units[1].ID)
			return err
		}))
		n, err := h.s.Sync(ctx, h.desk, h.id)
		h.must(err)
		if got := h.codes(); n != 3 || !slices.Equal(got, []string{"C02", "C03"}) {
			t.Errorf("%d changed, order %v", n, got)
		}
	})
}

func TestRollAndAttendance(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		h := newHall(t, db, clock)
		added, err := h.s.CallGroup(ctx, h.desk, h.id, 1, meeting.Member, "")
		h.must(err)
		if added != 1 { // the presider was called already
			t.Errorf("added %d", added)
		}
		h.refused(h.s.Call(ctx, h.desk, h.id, meeting.CallIn{Who: "重名", Capacity: meeting.Rater}), fault.Invalid, "fault.meeting.several")
		h.must(h.s.Call(ctx, h.desk, h.id, meeting.CallIn{Who: "P7", Capacity: meeting.Rater}))
		h.must(h.s.Call(ctx, h.desk, h.id, meeting.CallIn{Who: "王代表", Place: "代表团", Capacity: meeting.Guest}))
		h.refused(h.s.Call(ctx, h.desk, h.id, meeting.CallIn{Who: "P7", Capacity: meeting.Rater}), fault.Invalid, "fault.meeting.called")
		h.refused(h.s.Call(ctx, h.desk, h.id, meeting.CallIn{Who: "x", Capacity: "king"}), fault.Invalid, "fault.meeting.capacity")
		h.refused(h.s.Call(ctx, h.member, h.id, meeting.CallIn{Who: "x", Capacity: meeting.Guest}), fault.Forbidden, "")
		roll, err := meeting.ReadRoll(ctx, db, h.id)
		h.must(err)
		guest := roll.Calls[len(roll.Calls)-1]
		if guest.Name.Zh != "王代表" || guest.Place != "代表团" || len(roll.Calls) != 7 {
			t.Fatalf("roll %+v", roll.Calls)
		}
		now := clock.Now().UnixMicro()
		h.must(h.s.Mark(ctx, h.desk, guest.ID, meeting.Arrive, 0))
		h.refused(h.s.Mark(ctx, h.desk, guest.ID, meeting.Arrive, 0), fault.Invalid, "fault.meeting.mark")
		h.refused(h.s.Mark(ctx, h.desk, guest.ID, meeting.Leave, now+60_000_000), fault.Invalid, "fault.meeting.future")
		clock.Add(time.Hour)
		h.must(h.s.Mark(ctx, h.desk, guest.ID, meeting.Leave, now+600_000_000))
		h.must(h.s.Mark(ctx, h.desk, guest.ID, meeting.Arrive, now+1200_000_000))
		n, err := h.s.MarkAll(ctx, h.desk, h.id, []int64{roll.Calls[0].ID, roll.Calls[1].ID, guest.ID})
		h.must(err)
		roll, err = meeting.ReadRoll(ctx, db, h.id)
		h.must(err)
		in := roll.Intervals(guest.ID)
		if n != 2 || roll.Present() != 3 || len(in) != 2 || in[0].To-in[0].From != 600_000_000 || in[1].To != 0 {
			t.Errorf("marked %d, present %d, intervals %v", n, roll.Present(), in)
		}
		if roll.Marks[guest.ID][2].Kind != meeting.Return {
			t.Errorf("came back as %s", roll.Marks[guest.ID][2].Kind)
		}
		h.refused(h.s.Uncall(ctx, h.desk, guest.ID), fault.Invalid, "fault.meeting.was_there")
		h.must(h.s.Unmark(ctx, h.desk, guest.ID))
		roll, err = meeting.ReadRoll(ctx, db, h.id)
		h.must(err)
		if meeting.Present(roll.Intervals(guest.ID)) {
			t.Error("the mark was not voided")
		}
		h.must(h.s.EditCall(ctx, h.desk, guest.ID, meeting.CallEdit{Version: 1, Capacity: meeting.Rater, Excuse: "ill"}))
		h.refused(h.s.EditCall(ctx, h.desk, guest.ID, meeting.CallEdit{Version: 1, Capacity: meeting.Guest}), fault.Stale, "")
	})
}

func TestQuestions(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		h := newHall(t, db, clock)
		id, err := h.s.Ask(ctx, h.desk, h.id, h.report[0], "委员", "为什么?")
		h.must(err)
		_, err = h.s.Ask(ctx, h.desk, h.id, h.report[0], "", "")
		h.refused(err, fault.Invalid, "fault.meeting.asker")
		_, err = h.s.Ask(ctx, h.desk, h.id, 999, "a", "b")
		h.refused(err, fault.NotFound, "")
		h.must(h.s.Answer(ctx, h.desk, id, meeting.Answered{Version: 1, Answered: true, Answer: "因为"}))
		h.refused(h.s.Answer(ctx, h.desk, id, meeting.Answered{Version: 1}), fault.Stale, "")
		qs, err := meeting.Questions(ctx, db, h.id, h.report[0])
		h.must(err)
		if len(qs) != 1 || !qs[0].Answered || qs[0].Answer != "因为" {
			t.Errorf("%+v", qs)
		}
		h.must(h.s.Withdraw(ctx, h.desk, id))
		if qs, err = meeting.Questions(ctx, db, h.id, 0); err != nil || len(qs) != 0 {
			t.Errorf("%v %v", qs, err)
		}
	})
}

func (h *hall) body(c int64) (meeting.Comment, meeting.Body) {
	h.t.Helper()
	k, err := meeting.CommentByID(ctx, h.db, c)
	h.must(err)
	return k, k.Body
}

func (h *hall) sees(who authz.Actor, runs bool, c int64) bool {
	h.t.Helper()
	var scope authz.Scope
	p, _ := authz.NewPolicy([]authz.Role{{ID: "reporter", Can: map[authz.Action]authz.Reach{authz.Read: authz.Here}}, {ID: "member", Can: map[authz.Action]authz.Reach{authz.Read: authz.Below}},
		{ID: "chair", Can: map[authz.Action]authz.Reach{authz.Read: authz.Below}}, {ID: "higher"}})
	scope = p.Scope(who, authz.Read)
	_, err := meeting.FindComment(ctx, h.db, meeting.Reader{Account: who.Account, Runs: runs, Scope: scope}, c)
	if err != nil && fault.KindOf(err) != fault.NotFound {
		h.t.Fatal(err)
	}
	return err == nil
}

func TestCommentFromDraftToFindings(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		h := newHall(t, db, clock)
		id, err := h.s.Begin(ctx, h.desk, h.id, h.report[0])
		h.must(err)
		if same, err := h.s.Begin(ctx, h.chair, h.id, h.report[0]); err != nil || same != id {
			t.Fatalf("the chair and the desk share one comment: %d %d %v", id, same, err)
		}
		b := meeting.Body{Affirm: "good", Problems: []meeting.Problem{{Key: "p1", Text: "late", Repeat: meeting.NoRepeat}, {Key: "p2", Text: "paper", Common: true}}, Direct: "go on"}
		v, err := h.s.Save(ctx, h.desk, id, 1, b)
		h.must(err)
		_, err = h.s.Save(ctx, h.chair, id, 1, meeting.Body{Affirm: "mine"})
		h.refused(err, fault.Stale, "")
		if current, ok := fault.As(err).Current.(meeting.Comment); !ok || current.Body.Affirm != "good" || current.ChangedBy != "desk" {
			t.Errorf("what stands there is %+v", fault.As(err).Current)
		}
		if h.sees(h.reporter, false, id) || h.sees(h.member, false, id) || !h.sees(h.chair, true, id) {
			t.Error("a draft is for those who run the meeting alone")
		}
		h.refused(h.s.Confirm(ctx, h.desk, id, v), fault.Forbidden, "")
		h.refused(h.s.Confirm(ctx, h.higher, id, v), fault.Forbidden, "")
		h.refused(h.s.Confirm(ctx, h.chair, id, v), fault.Invalid, "fault.meeting.common")
		b.Problems[1].Units = []int64{h.units[2].ID}
		v, err = h.s.Autosave(ctx, h.chair, id, v, b)
		h.must(err)
		h.refused(h.s.Confirm(ctx, h.chair, id, v-1), fault.Stale, "")
		h.must(h.s.Confirm(ctx, h.chair, id, v))
		got := h.findings.got
		if len(got) != 2 || got[0].Repeat != meeting.NoRepeat || got[0].Slot != h.slots()[0].ID || got[0].On != "2022-01-25" || !slices.Equal(got[1].Units, []int64{h.units[0].ID, h.units[2].ID}) || !got[1].Common {
			t.Errorf("findings %+v", got)
		}
		if !h.sees(h.reporter, false, id) || h.sees(h.stranger, false, id) || !h.sees(h.member, false, id) {
			t.Error("a confirmed comment is for its unit and for those above")
		}
		links, err := meeting.Links(ctx, db, id)
		h.must(err)
		if links["p2"][h.units[2].ID] == 0 || links["p1"][h.units[0].ID] == 0 {
			t.Errorf("links %v", links)
		}
	})
}

// A confirmed text never changes; a correction is another edition, and registers only what is new.
func TestCorrectionIsAnotherEdition(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		h := newHall(t, db, clock)
		id, err := h.s.Begin(ctx, h.chair, h.id, h.report[2]) // reports in writing, without a slot
		h.must(err)
		v, err := h.s.Save(ctx, h.chair, id, 1, meeting.Body{Affirm: "a", Problems: []meeting.Problem{{Key: "p1", Text: "one"}}})
		h.must(err)
		blocks := func() (n int) {
			t.Helper()
			left, err := h.s.Obstacles(ctx, h.db, cycle.Cycle{ID: h.cycle})
			h.must(err)
			for _, o := range left {
				if o.Blocks {
					n++
				}
			}
			return n
		}
		if n := blocks(); n != 1 {
			t.Errorf("%d drafts with problems block, not one", n)
		}
		h.must(h.s.Confirm(ctx, h.chair, id, v))
		if n := blocks(); n != 0 {
			t.Errorf("%d confirmed comments block", n)
		}
		if h.findings.got[0].Slot != 0 {
			t.Errorf("slot %d", h.findings.got[0].Slot)
		}
		h.refused(h.s.Confirm(ctx, h.chair, id, v+1), fault.Invalid, "fault.meeting.confirmed")
		v, err = h.s.Save(ctx, h.desk, id, v+1, meeting.Body{Affirm: "b", Problems: []meeting.Problem{{Key: "p1", Text: "one, as recorded"}, {Key: "p2", Text: "two"}}})
		h.must(err)
		read, err := meeting.ConfirmedOn(ctx, db, h.cycle, h.units[2].ID)
		h.must(err)
		if len(read) != 1 || read[0].Latest.Body.Affirm != "a" || !read[0].Pending {
			t.Errorf("a correction shows before it is confirmed: %+v", read)
		}
		for runs, want := range map[bool]string{false: "a", true: "b"} {
			k, err := meeting.FindComment(ctx, db, meeting.Reader{Account: 99, Runs: runs, Scope: authz.Everything()}, id)
			if err != nil || k.Body.Affirm != want || k.Pending != runs {
				t.Errorf("runs %v reads %+v, %v", runs, k, err)
			}
		}
		h.must(h.s.Confirm(ctx, h.chair, id, v))
		all, err := meeting.Editions(ctx, db, id)
		h.must(err)
		if len(all) != 2 || all[1].Body.Affirm != "a" || all[0].Body.Affirm != "b" || all[0].Digest == all[1].Digest {
			t.Errorf("editions %+v", all)
		}
		if len(h.findings.got) != 2 || h.findings.got[1].Item != 2 {
			t.Errorf("findings %+v", h.findings.got)
		}
		if k, b := h.body(id); k.Pending || len(b.Problems) != 2 {
			t.Errorf("%+v", k)
		}
	})
}

func TestHigherLevelSpeaksToTheConvenor(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		h := newHall(t, db, clock)
		id, err := h.s.Begin(ctx, h.higher, h.id, h.report[0])
		h.must(err)
		k, _ := h.body(id)
		if k.Voice != meeting.Higher || k.Unit != h.city.ID || k.Reporter != 0 {
			t.Fatalf("%+v", k)
		}
		v, err := h.s.Save(ctx, h.higher, id, 1, meeting.Body{Problems: []meeting.Problem{{Key: "p1", Text: "coordination"}}})
		h.must(err)
		if h.sees(h.chair, true, id) {
			t.Error("the convenor reads a draft of the level above")
		}
		h.refused(h.s.Confirm(ctx, h.chair, id, v), fault.Forbidden, "")
		h.must(h.s.Confirm(ctx, h.higher, id, v))
		if f := h.findings.got[0]; !slices.Equal(f.Units, []int64{h.city.ID}) || f.Voice != meeting.Higher {
			t.Errorf("the finding is the convenor's own: %+v", f)
		}
	})
}

func TestMemberCommentsAndTheChairConfirms(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		h := newHall(t, db, clock)
		id, err := h.s.Begin(ctx, h.member, h.id, h.report[1])
		h.must(err)
		v, err := h.s.Save(ctx, h.member, id, 1, meeting.Body{Affirm: "well done"})
		h.must(err)
		h.refused(h.s.Confirm(ctx, h.member, id, v), fault.Forbidden, "")
		_, err = h.s.Save(ctx, h.chair, id, v, meeting.Body{Affirm: "other words"})
		h.refused(err, fault.Forbidden, "")
		h.must(h.s.Confirm(ctx, h.chair, id, v)) // no problem and no reason: warned of on the page, not refused
		if len(h.findings.got) != 0 {
			t.Errorf("%+v", h.findings.got)
		}
		_, err = h.s.Begin(ctx, h.reporter, h.id, h.report[0])
		h.refused(err, fault.Forbidden, "")
		empty, err := h.s.Begin(ctx, h.chair, h.id, h.report[1])
		h.must(err)
		h.refused(h.s.Confirm(ctx, h.chair, empty, 1), fault.Invalid, "fault.meeting.empty")
		_, err = h.s.Save(ctx, h.chair, empty, 1, meeting.Body{Affirm: strings.Repeat("长", 20001)})
		h.refused(err, fault.Invalid, "fault.meeting.text_long")
		_, err = h.s.Save(ctx, h.chair, empty, 1, meeting.Body{Problems: []meeting.Problem{{Key: "p1", Text: "x", Common: true, Units: []int64{h.units[1].ID}}}})
		h.refused(err, fault.Invalid, "fault.meeting.unit")
	})
}

func TestRepeatIsDetected(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		h := newHall(t, db, clock)
		h.findings.past = []meeting.PastFinding{{Matter: 9, Title: "late"}}
		c, err := cycle.ByID(ctx, db, h.cycle)
		h.must(err)
		alike, err := h.s.Alike(ctx, db, h.units[0].ID, c, meeting.Body{Problems: []meeting.Problem{{Key: "p1", Text: "late"}, {Key: "p2", Text: "late", Repeat: meeting.NoRepeat}, {Key: "p3", Text: "new"}}})
		h.must(err)
		if len(alike) != 1 || alike["p1"].Matter != 9 {
			t.Errorf("%v", alike)
		}
	})
}

func TestClosedCycleTakesNothing(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		h := newHall(t, db, clock)
		h.must(db.Write(ctx, func(tx *store.Tx) error {
			_, err := tx.Exec(ctx, `UPDATE cycle SET state = 'closed' WHERE id = $1`, h.cycle)
			return err
		}))
		h.refused(h.s.Draw(ctx, h.desk, h.id, ""), fault.Invalid, "fault.cycle.closed")
		h.refused(h.s.Live(ctx, h.desk, h.id, meeting.Open, 0, ""), fault.Invalid, "fault.cycle.closed")
	})
}
