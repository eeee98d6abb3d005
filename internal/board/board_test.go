package board_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"plumbline/internal/app/apptest"
	"plumbline/internal/authz"
	"plumbline/internal/board"
	"plumbline/internal/fault"
	"plumbline/internal/ledger"
	"plumbline/internal/org"
)

// city is a city with three counties; the first has a township.
type city struct {
	*apptest.House
	ctx   context.Context
	clerk authz.Actor
}

func open(h *apptest.House) *city {
	h.AddUnits("C1 - city 甲市", "X1 C1 county 一县", "X2 C1 county 二县", "X3 C1 county 三县", "T1 X1 township 一镇")
	h.Clock.Set(time.Date(2022, 3, 20, 1, 0, 0, 0, time.UTC))
	return &city{h, context.Background(), h.Actor("clerk", 0, "secretariat@C1")}
}

// indicator registers and approves an indicator of the city.
func (c *city) indicator(name string, pairs ...string) int64 {
	c.T.Helper()
	fields := map[string]string{"name": name, "definition": "按月统计，可以复核", "measure": "%", "direction": "up", "source": "import", "period": "month",
		"target": "90", "until": "2022-12-31"}
	for i := 0; i+1 < len(pairs); i += 2 {
		fields[pairs[i]] = pairs[i+1]
	}
	id, err := c.Rooms.Ledgers.Register(c.ctx, c.clerk, ledger.Draft{Type: "indicator", Convenor: c.Units["C1"].ID, Fields: fields, Repeat: ledger.NoRepeat})
	if err == nil {
		err = c.Rooms.Ledgers.Take(c.ctx, c.clerk, id, ledger.In{Step: "approve"})
	}
	if err != nil {
		c.T.Fatal(err)
	}
	return id
}

func (c *city) unit(code string) org.Unit {
	u, err := org.UnitByCode(c.ctx, c.DB, code)
	if err != nil {
		c.T.Fatal(err)
	}
	return u
}

func (c *city) put(id int64, period, reason string, pairs ...string) (int, error) {
	var entries []board.Entry
	for i := 0; i+1 < len(pairs); i += 2 {
		entries = append(entries, board.Entry{Unit: c.unit(pairs[i]), Value: pairs[i+1]})
	}
	p, _ := board.ParsePeriod(period)
	return c.Rooms.Boards.Put(c.ctx, c.clerk, id, p, entries, reason)
}

func (c *city) must(n int, err error) {
	c.T.Helper()
	if err != nil {
		c.T.Fatal(n, err)
	}
}

// line is a board as one line: rank, unit, value, lamp and change.
func (c *city) line(actor authz.Actor, id int64, a board.Ask) string {
	c.T.Helper()
	b, err := c.Rooms.Boards.Board(c.ctx, actor, id, a)
	if err != nil {
		c.T.Fatal(err)
	}
	var out []string
	for _, r := range b.Rows {
		rose, ok := r.Rose()
		change := "?"
		if ok {
			change = sign(rose)
		}
		out = append(out, strings.Join([]string{itoa(r.Rank), r.Unit.Code, r.Value.Value, r.Lamp, change}, " "))
	}
	return b.Period.String() + ": " + strings.Join(out, "; ")
}

func itoa(n int) string { return string(rune('0' + n)) }

func sign(n int) string {
	if n < 0 {
		return "-" + itoa(-n)
	}
	return "+" + itoa(n)
}

func TestABoardRanksPeersAndTellsTheChange(t *testing.T) {
	apptest.Each(t, func(h *apptest.House) {
		c := open(h)
		id := c.indicator("按时办结率")
		c.must(c.put(id, "2022-01", "", "X1", "95", "X2", "90", "X3", "80"))
		c.must(c.put(id, "2022-02", "", "X1", "88%", "X2", "96", "X3", ""))
		if got := c.line(c.clerk, id, board.Ask{}); got != "2022-02: 1 X2 96 green +1; 2 X1 88 amber -1; 0 X3   ?" {
			t.Fatal(got)
		}
		january, _ := board.ParsePeriod("2022-01")
		if got := c.line(c.clerk, id, board.Ask{Period: january}); got != "2022-01: 1 X1 95 green ?; 2 X2 90 green ?; 3 X3 80 red ?" {
			t.Fatal(got)
		}
	})
}

func TestAnIndicatorIsShownToAllItComparesAndToNobodyElse(t *testing.T) {
	apptest.Each(t, func(h *apptest.House) {
		c := open(h)
		h.AddUnits("C9 - city 乙市", "X9 C9 county 九县")
		id := c.indicator("按时办结率")
		c.must(c.put(id, "2022-01", "", "X1", "95"))
		for login, role := range map[string]string{"county": "staff@X2", "township": "staff@T1"} {
			actor := h.Actor(login, 0, role)
			if _, err := c.Rooms.Boards.Find(c.ctx, actor, id); err != nil {
				t.Errorf("%s does not see the board that it is on: %v", login, err)
			}
			if _, err := c.Rooms.Boards.Put(c.ctx, actor, id, board.PeriodAt(board.Month, c.Rooms.Ledgers.Today(h.Clock.Now())), []board.Entry{{Unit: c.unit("X2"), Value: "99"}}, ""); fault.KindOf(err) != fault.Forbidden {
				t.Errorf("%s filled in its own figure: %v", login, err)
			}
		}
		stranger := h.Actor("stranger", 0, "secretariat@C9")
		if _, err := c.Rooms.Boards.Find(c.ctx, stranger, id); fault.KindOf(err) != fault.NotFound {
			t.Errorf("another city sees it: %v", err)
		}
		if found, err := c.Rooms.Boards.Indicators(c.ctx, h.Actor("nobody", 0)); len(found) != 0 || err != nil {
			t.Errorf("an account without a role sees %d, %v", len(found), err)
		}
	})
}

func TestASettledPeriodChangesOnlyWithAReasonAndKeepsWhatStood(t *testing.T) {
	apptest.Each(t, func(h *apptest.House) {
		c := open(h)
		id := c.indicator("按时办结率")
		january, _ := board.ParsePeriod("2022-01")
		c.must(c.put(id, "2022-01", "", "X1", "95", "X2", "90"))
		if err := c.Rooms.Boards.Settle(c.ctx, c.clerk, id, january.After().After()); fault.KindOf(err) != fault.Invalid {
			t.Fatalf("a month under way was settled: %v", err)
		}
		if err := c.Rooms.Boards.Settle(c.ctx, c.clerk, id, january); err != nil {
			t.Fatal(err)
		}
		_, err := c.put(id, "2022-01", " ", "X1", "99", "X2", "90")
		if f := fault.As(err); f == nil || len(f.Fields) != 1 || f.Fields[0].Name != "reason" {
			t.Fatalf("changed without a reason: %v", err)
		}
		if n, err := c.put(id, "2022-01", "县里补报", "X1", "99", "X2", "90"); n != 1 || err != nil {
			t.Fatal(n, err)
		}
		_, list, err := c.Rooms.Boards.Versions(c.ctx, c.clerk, id, c.Units["X1"].ID)
		if err != nil || len(list) != 2 || list[0].Value != "99" || list[0].Source != board.Corrected || list[0].Reason != "县里补报" || list[0].Name != "clerk" ||
			list[1].Value != "95" || list[1].Source != board.Typed {
			t.Fatalf("%+v %v", list, err)
		}
		var entries int
		if err := h.DB.QueryRow(c.ctx, `SELECT COUNT(*) FROM audit_entry WHERE detail LIKE '%board_values%'`).Scan(&entries); err != nil || entries != 2 {
			t.Fatalf("%d entries in the log, %v", entries, err)
		}
	})
}

func TestAFileIsTakenInWholeOrNotAtAll(t *testing.T) {
	apptest.Each(t, func(h *apptest.House) {
		c := open(h)
		id := c.indicator("按时办结率")
		quarterly := c.indicator("满意率", "period", "quarter")
		take := func(text string, dry bool) board.Taken {
			t.Helper()
			got, err := c.Rooms.Boards.Import(c.ctx, c.clerk, board.File{Name: "v.csv", Data: strings.NewReader(text), Size: int64(len(text))}, dry)
			if err != nil {
				t.Fatal(err)
			}
			return got
		}
		bad := take("指标,单位编码,周期,数值\n按时办结率,X1,2022-02,95\n没有的,X1,2022-02,1\n按时办结率,X7,2022-02,1\n满意率,X1,2022-02,90\n按时办结率,X2,2022-12,1\n按时办结率,X2,2022-01,很多\n按时办结率,X1,2022年2月,94\n", false)
		var got []string
		for _, p := range bad.Problems {
			got = append(got, itoa(p.Line)+" "+p.Column+" "+strings.TrimPrefix(p.Code, "fault.board."))
		}
		if want := "3 indicator import_indicator; 4 unit_code import_unit; 5 period period_quarter; 6 period period_future; 7 value value; 8 indicator import_twice"; strings.Join(got, "; ") != want || bad.Done {
			t.Fatalf("got %s", strings.Join(got, "; "))
		}
		good := "指标,单位编码,周期,数值\n按时办结率,X1,2022-02,95\n按时办结率,X2,2022年2月,96.5%\n满意率,X1,2022年一季度,90\n"
		if r := take(good, true); r.New != 3 || r.Done {
			t.Fatalf("%+v", r)
		}
		if n := len(values(c, id)) + len(values(c, quarterly)); n != 0 {
			t.Fatalf("a trial left %d values", n)
		}
		if r := take(good, false); r.New != 3 || !r.Done {
			t.Fatalf("%+v", r)
		}
		if r := take(strings.Replace(good, ",95\n", ",94\n", 1), false); r.Changed != 1 || r.New != 0 {
			t.Fatalf("%+v", r)
		}
		february, _ := board.ParsePeriod("2022-02")
		if err := c.Rooms.Boards.Settle(c.ctx, c.clerk, id, february); err != nil {
			t.Fatal(err)
		}
		if r := take(good, false); r.Total != 1 || r.Problems[0].Line != 2 || r.Problems[0].Column != "reason" {
			t.Fatalf("%+v", r)
		}
		if r := take("指标,单位编码,周期,数值,理由\n按时办结率,X1,2022-02,95,复核\n", false); r.Corrected != 1 || !r.Done {
			t.Fatalf("%+v", r)
		}
	})
}

func values(c *city, id int64) []board.Value {
	_, list, err := c.Rooms.Boards.Versions(c.ctx, c.clerk, id, c.Units["X1"].ID)
	if err != nil {
		c.T.Fatal(err)
	}
	return list
}

func TestFiguresAreCountedFromTheLedgersAndSettleByThemselves(t *testing.T) {
	apptest.Each(t, func(h *apptest.House) {
		c := open(h)
		id := c.indicator("学习场次", "source", "ledger", "figure", "opened", "measure", "次", "target", "2", "of", "study")
		rate := c.indicator("按时办结率", "source", "ledger", "figure", "on_time_rate")
		if _, err := c.put(id, "2022-03", "", "X1", "9"); fault.As(err) == nil || fault.As(err).Fields[0].Key != "fault.board.counted" {
			t.Fatalf("a counted figure was typed in: %v", err)
		}
		study := func(login, code string) {
			t.Helper()
			_, err := c.Rooms.Ledgers.Register(c.ctx, h.Actor(login, 0, "staff@"+code), ledger.Draft{Type: "study", Convenor: c.Units["C1"].ID, Unit: c.Units[code].ID, Repeat: ledger.NoRepeat,
				Fields: map[string]string{"subject": "塔吊现象", "material": "材料", "held_on": "2022-03-18", "place": "会议室"}})
			if err != nil {
				t.Fatal(err)
			}
		}
		study("staff-a", "X1")
		study("staff-b", "T1")
		study("staff-c", "X2")
		keep := func() int {
			t.Helper()
			n, err := c.Rooms.Boards.Keep(c.ctx, func(int64, int64) {})
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
		if keep() == 0 || keep() != 0 {
			t.Fatal("counting twice changes figures, or once changes none")
		}
		// The township's counts for its county too; where nothing was closed, a rate is no figure.
		march, _ := board.ParsePeriod("2022-03")
		if got := c.line(c.clerk, id, board.Ask{Period: march}); got != "2022-03: 1 X1 2 green +0; 2 X2 1 red -1; 3 X3 0 red -2" {
			t.Fatal(got)
		}
		if got := c.line(c.clerk, id, board.Ask{Period: march, Parent: c.Units["X1"].ID}); got != "2022-03: 1 T1 1 red +0" {
			t.Fatal(got)
		}
		if got := c.line(c.clerk, rate, board.Ask{Period: march}); strings.Contains(got, "1 X") {
			t.Fatalf("a rate of nothing: %s", got)
		}
		for day, settled := range []bool{10: false, 11: true} {
			if day < 10 {
				continue
			}
			h.Clock.Set(time.Date(2022, 4, day, 1, 0, 0, 0, time.UTC))
			keep()
			b, err := c.Rooms.Boards.Board(c.ctx, c.clerk, id, board.Ask{Period: march})
			if err != nil || b.Settled != settled {
				t.Fatalf("on day %d settled: %v, %v", day, b.Settled, err)
			}
		}
		study("staff-d", "X3") // of April: March stays as it is
		if n, err := c.Rooms.Boards.Count(c.ctx, c.clerk, id, march, ""); n != 0 || err != nil {
			t.Fatal(n, err)
		}
	})
}
