package web_test

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"plumbline/internal/app/apptest"
	"plumbline/internal/authz"
	"plumbline/internal/ledger"
	"plumbline/internal/review/cycle"
	"plumbline/internal/review/meeting"
	"plumbline/internal/review/plan"
	"plumbline/internal/store"
)

// hall is a city with three counties on the morning of its meeting: two speak, the third writes. One of them was told
// something last year.
type hall struct {
	*apptest.House
	cycle    int64
	path     string // of the meeting
	id       int64
	reporter map[string]int64 // by the unit's code

	desk, chair, member, higher, first, second *apptest.Browser
}

func newHall(h *apptest.House) *hall {
	h.T.Helper()
	ctx := context.Background()
	h.AddUnits("C1 - city 甲市", "D1 C1 county 一区", "D2 C1 county 二县", "D3 C1 county 三县")
	chair, _ := h.AddPerson("王主持", "secretary", "C1", "2019-01-01")
	for i, code := range []string{"D1", "D2", "D3"} {
		h.AddPerson([]string{"李一", "赵二", "孙三"}[i], "secretary", code, "2019-01-01")
	}
	p, err := h.Rooms.Plans.Create(ctx, authz.System(), plan.NewPlan{Unit: h.Units["C1"].ID, Year: 2021, Name: "2021"})
	if err != nil {
		h.T.Fatal(err)
	}
	old, err := h.Rooms.Cycles.Open(ctx, authz.System(), cycle.NewCycle{Unit: h.Units["C1"].ID, Year: 2020, Plan: p.ID, MeetingDate: "2021-01-20"})
	if err != nil {
		h.T.Fatal(err)
	}
	_, err = h.Rooms.Ledgers.Register(ctx, authz.System(), ledger.Draft{Convenor: h.Units["C1"].ID, Unit: h.Units["D1"].ID, On: "2021-01-20",
		Fields: map[string]string{"problem": "软弱涣散党组织整顿不到位，进度偏慢", "source": "comment"}, Origin: ledger.Origin{Cycle: old.Cycle.ID}})
	if err != nil {
		h.T.Fatal(err)
	}
	now, err := h.Rooms.Cycles.Open(ctx, authz.System(), cycle.NewCycle{Unit: h.Units["C1"].ID, Year: 2021, Plan: p.ID, MeetingDate: "2022-01-25",
		Reporters: []cycle.Call{{Unit: h.Units["D1"].ID, Mode: cycle.Oral, Choice: cycle.Required}, {Unit: h.Units["D2"].ID, Mode: cycle.Oral, Choice: cycle.Required},
			{Unit: h.Units["D3"].ID, Mode: cycle.Written, Choice: cycle.Required}}})
	if err != nil {
		h.T.Fatal(err)
	}
	h.Clock.Set(time.Date(2022, 1, 25, 0, 30, 0, 0, time.UTC))
	x := &hall{House: h, cycle: now.Cycle.ID, reporter: map[string]int64{}}
	x.desk, x.chair = h.As("desk", "secretariat@C1"), h.AsPerson("chair", chair, "presider@C1")
	x.member, x.higher = h.As("member", "committee@C1"), h.As("higher", "observer@C1")
	x.first, x.second = h.As("first", "debriefer@D1"), h.As("second", "debriefer@D2")
	list, err := cycle.Reporters(ctx, h.DB, x.cycle)
	if err != nil {
		h.T.Fatal(err)
	}
	for _, r := range list {
		for code, u := range h.Units {
			if u.ID == r.Unit {
				x.reporter[code] = r.ID
			}
		}
	}
	return x
}

// arrange makes the meeting through its page.
func (x *hall) arrange() {
	x.T.Helper()
	at := fmt.Sprintf("/cycles/%d/meeting", x.cycle)
	if a := x.first.Page(at); strings.Contains(a.Body, "<form class=\"form\"") {
		x.T.Error("a reporter is offered to arrange the meeting")
	}
	if a := x.desk.Page(at); !strings.Contains(a.Body, "王主持") {
		x.T.Error("the presider is not offered")
	}
	if a := x.desk.Must(422, x.desk.Post(at, "start", "nine", "place", "会议中心", "minutes", "10")); !strings.Contains(a.Body, "请按24小时制") || !strings.Contains(a.Body, "会议中心") {
		x.T.Errorf("a bad time: %s", apptest.Text(a.Body))
	}
	x.member.Must(403, x.member.Post(at, "start", "09:00"))
	person := regexp.MustCompile(`<option value="(\d+)">王主持`).FindStringSubmatch(x.desk.Get(at).Body)
	a := x.desk.Must(303, x.desk.Post(at, "start", "09:00", "place", "会议中心", "minutes", "8", "presider", person[1]))
	x.path = a.Location
	_, _ = fmt.Sscanf(x.path, "/meetings/%d", &x.id)
	if a := x.desk.Must(303, x.desk.Get(at)); a.Location != x.path {
		x.T.Errorf("the cycle leads to %s", a.Location)
	}
}

func (x *hall) slot(i int) meeting.Slot {
	x.T.Helper()
	slots, err := meeting.Slots(context.Background(), x.DB, x.id)
	if err != nil {
		x.T.Fatal(err)
	}
	return slots[i]
}

func (x *hall) live(step string, slot int64) apptest.Answer {
	return x.desk.Post(x.path+"/live", "step", step, "slot", fmt.Sprint(slot))
}

// Everything that happens on the day, through the pages, by whoever does it.
func TestMeetingDay(t *testing.T) {
	apptest.Each(t, func(h *apptest.House) {
		x := newHall(h)
		x.arrange()
		for _, page := range []string{"", "/edit", "/draw", "/roll", "/console", "/stage", "/register", "/attendance", "/record", "/console?part=now", "/stage?part=now"} {
			x.desk.Page(x.path + page)
		}
		x.first.Page(x.path)
		x.first.Page(x.path + "/draw")
		for _, page := range []string{"/edit", "/roll", "/console", "/stage", "/register"} {
			x.first.Must(403, x.first.Get(x.path+page))
			x.member.Must(403, x.member.Get(x.path+page))
		}
		x.first.Must(403, x.first.Get(x.path+"/record"))
		x.member.Page(x.path + "/record")
		x.draw()
		x.roll()
		x.speak()
		x.comment()
		x.record()
	})
}

// Nothing of a meeting is arranged once its cycle is closed: by its address too it is refused in a sentence. The draw
// stays for everybody to check, without a form.
func TestTheMeetingOfAClosedCycle(t *testing.T) {
	apptest.Each(t, func(h *apptest.House) {
		x := newHall(h)
		x.arrange()
		x.draw()
		x.roll()
		call := regexp.MustCompile(`/calls/\d+`).FindString(x.desk.Page(x.path + "/roll").Body)
		err := h.DB.Write(context.Background(), func(tx *store.Tx) error {
			_, err := tx.Exec(context.Background(), `UPDATE cycle SET state = 'closed' WHERE id = $1`, x.cycle)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, page := range []string{x.path + "/edit", x.path + "/roll", call} {
			if a := x.desk.Must(422, x.desk.Get(page)); !strings.Contains(a.Body, "已办结归档，不能再修改") {
				t.Errorf("%s does not say why: %s", page, apptest.Text(a.Body))
			}
		}
		for _, post := range []string{"/edit", "/agenda", "/draw", "/redraw", "/sync", "/call", "/arrive"} {
			x.desk.Must(422, x.desk.Post(x.path+post, "version", "1", "words", "一", "reason", "一", "who", "某人", "capacity", "guest"))
		}
		if page := x.desk.Page(x.path + "/draw").Body; !strings.Contains(page, "已办结归档，不能再修改") || strings.Contains(page, `action="`+x.path) || strings.Contains(page, "/slots/") {
			t.Error("the draw of a closed cycle offers forms, or does not say why not")
		}
		for _, page := range []string{"", "/register", "/attendance", "/record"} {
			x.desk.Page(x.path + page)
		}
	})
}

func (x *hall) draw() {
	x.T.Helper()
	sealed := regexp.MustCompile(`[0-9a-f]{64}`).FindString(x.first.Get(x.path + "/draw").Body)
	x.first.Must(403, x.first.Post(x.path+"/draw"))
	x.desk.Must(422, x.desk.Post(x.path+"/draw", "words", strings.Repeat("长", 101)))
	x.desk.Must(303, x.desk.Post(x.path+"/draw", "words", "七 十一"))
	var done int64
	if err := x.DB.QueryRow(context.Background(), `SELECT done_at FROM cycle_deadline WHERE cycle_id = $1 AND step = 'draw'`, x.cycle).Scan(&done); err != nil || done == 0 {
		x.T.Errorf("the draw is not ticked off: %d %v", done, err)
	}
	body := x.second.Page(x.path + "/draw").Body
	if !strings.Contains(body, sealed) || !strings.Contains(body, "七 十一") || !strings.Contains(body, "sha256sum") {
		x.T.Error("the draw can't be recomputed from its page")
	}
	x.desk.Must(422, x.desk.Post(x.path+"/redraw", "reason", ""))
	x.desk.Must(422, x.desk.Post(x.path+"/draw"))
	first := x.slot(1)
	x.desk.Must(422, x.desk.Post(fmt.Sprintf("/slots/%d/move", first.ID), "to", "1"))
	x.desk.Must(303, x.desk.Post(fmt.Sprintf("/slots/%d/move", first.ID), "to", "1", "reason", "另有公务"))
	x.member.Must(403, x.member.Post(fmt.Sprintf("/slots/%d/remove", first.ID), "reason", "x"))
	x.desk.Must(303, x.desk.Post(x.path+"/sync"))
}

func (x *hall) roll() {
	x.T.Helper()
	x.desk.Must(422, x.desk.Post(x.path+"/call", "who", "", "capacity", "guest"))
	if a := x.desk.Must(422, x.desk.Post(x.path+"/call", "who", "钱代表", "capacity", "guest", "class", "Z")); !strings.Contains(a.Body, "没有这一票类") || !strings.Contains(a.Body, "钱代表") {
		x.T.Error("an unknown class")
	}
	x.desk.Must(303, x.desk.Post(x.path+"/call", "who", "钱代表", "place", "市人大", "capacity", "rater", "class", "C"))
	body := x.desk.Page(x.path + "/roll").Body
	ids := regexp.MustCompile(`name="call" value="(\d+)"`).FindAllStringSubmatch(body, -1)
	if len(ids) != 5 {
		x.T.Fatalf("%d on the roll", len(ids))
	}
	x.desk.Must(303, x.desk.Post(x.path+"/arrive", "call", ids[0][1], "call", ids[1][1]))
	last := "/calls/" + ids[4][1]
	x.desk.Page(last)
	x.first.Must(403, x.first.Get(last))
	x.desk.Must(422, x.desk.Post(last+"/mark", "kind", "arrive", "at", "8点"))
	x.desk.Must(422, x.desk.Post(last+"/mark", "kind", "arrive", "at", "23:00"))
	x.desk.Must(303, x.desk.Post(last+"/mark", "kind", "arrive", "at", "08:10"))
	x.desk.Must(422, x.desk.Post(last+"/mark", "kind", "arrive", "at", "08:20"))
	x.desk.Must(303, x.desk.Post(last+"/mark", "kind", "leave", "at", "08:25"))
	x.desk.Must(303, x.desk.Post(last, "version", "1", "capacity", "rater", "class", "C", "excuse", "中途请假"))
	x.desk.Must(409, x.desk.Post(last, "version", "1", "capacity", "guest"))
	x.desk.Must(422, x.desk.Post(last+"/remove"))
	if body := x.desk.Page(x.path + "/attendance").Body; !strings.Contains(body, "08:10–08:25") {
		x.T.Error("the interval is not printed")
	}
	if body := x.desk.Page(x.path + "/register").Body; !strings.Contains(body, "钱代表") || !strings.Contains(body, "应到5人") {
		x.T.Error("the register lacks somebody")
	}
}

func (x *hall) speak() {
	x.T.Helper()
	one, two := x.slot(0), x.slot(1)
	x.desk.Must(422, x.live("start", one.ID))
	x.desk.Must(303, x.live("open", 0))
	x.desk.Must(303, x.live("start", one.ID))
	x.Clock.Add(3 * time.Minute)
	x.desk.Must(422, x.live("start", two.ID))
	stage := x.desk.Page(x.path + "/stage?part=now").Body
	if !strings.Contains(stage, one.UnitName.Zh) || !strings.Contains(stage, `data-limit-ms="480000"`) || !strings.Contains(stage, "05:00") || !strings.Contains(stage, `hx-swap-oob="true"`) || strings.Contains(stage, "<html") {
		x.T.Errorf("the stage shows %s", stage)
	}
	x.desk.Must(303, x.live("pause", one.ID))
	x.desk.Must(303, x.live("undo", 0))
	x.Clock.Add(time.Minute)
	other := fmt.Sprintf("%s/hear?part=now&reporter=%d", x.path, two.Reporter)
	if body := x.chair.Page(other).Body; !strings.Contains(body, one.UnitName.Zh) || strings.Contains(x.chair.Page(strings.Replace(other, fmt.Sprint(two.Reporter), fmt.Sprint(one.Reporter), 1)).Body, one.UnitName.Zh) {
		x.T.Error("the chair's page does not say who is on")
	}
	if a := x.chair.Must(303, x.chair.Get(x.path+"/hear")); a.Location != fmt.Sprintf("%s/hear/%d", x.path, one.Reporter) {
		x.T.Errorf("the chair hears %s", a.Location)
	}
	x.desk.Must(422, x.desk.Post(x.path+"/ask", "reporter", fmt.Sprint(one.Reporter), "asker", "", "text", "怎么补上短板？"))
	x.desk.Must(303, x.desk.Post(x.path+"/ask", "reporter", fmt.Sprint(one.Reporter), "asker", "周委员", "text", "怎么补上短板？"))
	body := x.desk.Page(x.path + "/console").Body
	q := regexp.MustCompile(`/questions/(\d+)/answer`).FindStringSubmatch(body)
	x.desk.Must(303, x.desk.Post("/questions/"+q[1]+"/answer", "version", "1", "answered", "1", "answer", "派驻工作队"))
	if a := x.desk.Must(409, x.desk.Post("/questions/"+q[1]+"/answer", "version", "1", "answer", "另一种说法")); !strings.Contains(a.Body, "派驻工作队") || !strings.Contains(a.Body, "另一种说法") {
		x.T.Error("a stale answer does not show both")
	}
	x.desk.Must(303, x.live("stop", one.ID))
	x.desk.Must(303, x.live("start", two.ID))
	x.desk.Must(303, x.live("stop", two.ID))
	x.member.Must(403, x.member.Post(x.path+"/live", "step", "close"))
	x.desk.Must(303, x.live("close", 0))
}

func (x *hall) begin(b *apptest.Browser, code string) string {
	x.T.Helper()
	return strings.TrimSuffix(b.Must(303, b.Post(x.path+"/comments", "reporter", fmt.Sprint(x.reporter[code]))).Location, "/edit")
}

func (x *hall) comment() {
	x.T.Helper()
	hear := fmt.Sprintf("%s/hear/%d", x.path, x.reporter["D1"])
	if body := x.chair.Page(hear).Body; !strings.Contains(body, "软弱涣散党组织整顿不到位") || !strings.Contains(body, "已登记") {
		x.T.Errorf("the chair does not see last year: %s", apptest.Text(body))
	}
	x.first.Must(403, x.first.Get(hear))
	k := x.begin(x.desk, "D1")
	form := []string{"version", "1", "key", "p1", "text_p1", "软弱涣散党组织整顿不到位，进度仍偏慢", "repeat_p1", "0", "key", "p2", "text_p2", "台账更新不及时", "common_p2", "1", "key", "p3", "affirm", "认真"}
	x.desk.Must(303, x.desk.Post(k, form...))
	if body := x.desk.Page(k + "/edit").Body; !strings.Contains(body, "相近，确认时将关联为重复问题") {
		x.T.Error("the repeat is not pointed out")
	}
	if a := x.chair.Must(409, x.chair.Post(k, "version", "1", "key", "p1", "text_p1", "", "affirm", "我的版本")); !strings.Contains(a.Body, "我的版本") || !strings.Contains(a.Body, "台账更新不及时") {
		x.T.Error("a stale comment does not show both")
	}
	x.first.Must(404, x.first.Get(k))
	x.desk.Must(403, x.desk.Post(k+"/confirm", "version", "2"))
	if a := x.chair.Must(422, x.chair.Post(k+"/confirm", "version", "2")); !strings.Contains(a.Body, "共性问题请选择") {
		x.T.Errorf("a common problem without units: %s", apptest.Text(a.Body))
	}
	form[1] = "2"
	x.chair.Must(303, x.chair.Post(k+"/confirm", append(form, "units_p2", fmt.Sprint(x.Units["D3"].ID))...))
	if body := x.first.Page(k).Body; !strings.Contains(body, "台账更新不及时") || !strings.Contains(body, "三县") {
		x.T.Error("the reporter does not read the confirmed comment")
	}
	if body := x.first.Page(k).Body; strings.Contains(body, "三县台账") || !strings.Contains(body, "一区台账") {
		x.T.Error("the links lead where the reporter may not follow")
	}
	x.second.Must(404, x.second.Get(k))
	x.findings(k)
	x.correct(k, form)
	x.others()
	for _, b := range []*apptest.Browser{x.desk, x.chair, x.member, x.first} {
		b.Page(fmt.Sprintf("/cycles/%d/comments", x.cycle))
		b.Page(fmt.Sprintf("/cycles/%d", x.cycle))
		b.Page("/")
	}
	if body := x.chair.Page("/").Body; !strings.Contains(body, "待确认") {
		x.T.Error("the home does not say that comments wait")
	}
	x.desk.Page("/history/meeting/" + fmt.Sprint(x.id))
	x.higher.Page("/")
	x.higher.Page(x.path)
}

// findings looks at what the ledger got.
func (x *hall) findings(k string) {
	x.T.Helper()
	var id int64
	_, _ = fmt.Sscanf(k, "/comments/%d", &id)
	got, err := ledger.ByComment(context.Background(), x.DB, id)
	if err != nil || len(got) != 3 {
		x.T.Fatalf("%d matters, %v", len(got), err)
	}
	for _, m := range got {
		switch {
		case m.Origin.Item == 1 && (m.RepeatOf == 0 || m.Common || m.Origin.Slot == 0 || m.Origin.Meeting != x.id):
			x.T.Errorf("the repeat: %+v", m)
		case m.Origin.Item == 2 && (!m.Common || m.Group == 0 || m.Owner.ID != x.Units["D1"].ID && m.Owner.ID != x.Units["D3"].ID):
			x.T.Errorf("the common problem: %+v", m)
		}
	}
}

// correct changes a confirmed comment: nobody reads the change until it is confirmed.
func (x *hall) correct(k string, form []string) {
	x.T.Helper()
	var id int64
	_, _ = fmt.Sscanf(k, "/comments/%d", &id)
	now, err := meeting.CommentByID(context.Background(), x.DB, id)
	if err != nil {
		x.T.Fatal(err)
	}
	form = append([]string{}, form...)
	form[1] = fmt.Sprint(now.Version)
	form = append(form, "units_p2", fmt.Sprint(x.Units["D3"].ID), "direct", "限期整改到位")
	x.desk.Must(303, x.desk.Post(k, form...))
	if strings.Contains(x.first.Page(k).Body, "限期整改到位") {
		x.T.Error("a correction shows before it is confirmed")
	}
	x.desk.Page(k)
	x.chair.Must(303, x.chair.Post(k+"/confirm", "version", fmt.Sprint(now.Version+1)))
	if body := x.first.Page(k).Body; !strings.Contains(body, "限期整改到位") || !strings.Contains(body, "第1版") {
		x.T.Error("the correction or the earlier text is missing")
	}
	if got, _ := ledger.ByComment(context.Background(), x.DB, id); len(got) != 3 {
		x.T.Errorf("the correction registered again: %d", len(got))
	}
}

// others are the member's comment and that of the level above.
func (x *hall) others() {
	x.T.Helper()
	k := x.begin(x.member, "D3")
	x.member.Page(k + "/edit")
	x.member.Must(303, x.member.Post(k, "version", "1", "key", "p1", "affirm", "分管领域工作扎实"))
	x.member.Must(403, x.member.Post(k+"/confirm", "version", "2"))
	if body := x.chair.Page(k).Body; !strings.Contains(body, "分管领域工作扎实") || !strings.Contains(body, "确认") {
		x.T.Error("the chair can't confirm the member's comment")
	}
	x.chair.Must(303, x.chair.Post(k+"/confirm", "version", "2"))
	up := x.begin(x.higher, "D1")
	x.higher.Page(up + "/edit")
	x.higher.Must(303, x.higher.Post(up, "version", "1", "key", "p1", "text_p1", "市级统筹不够"))
	x.chair.Must(404, x.chair.Get(up))
	x.higher.Must(303, x.higher.Post(up+"/confirm", "version", "2"))
	x.chair.Page(up)
	var id int64
	_, _ = fmt.Sscanf(up, "/comments/%d", &id)
	if got, err := ledger.ByComment(context.Background(), x.DB, id); err != nil || len(got) != 1 || got[0].Owner.ID != x.Units["C1"].ID {
		x.T.Errorf("the finding of the level above is the convenor's own: %+v %v", got, err)
	}
}

func (x *hall) record() {
	x.T.Helper()
	body := x.desk.Page(x.path + "/record").Body
	for _, want := range []string{"已撤销", "怎么补上短板？", "限期整改到位", "市级统筹不够", "散会", "派驻工作队"} {
		if !strings.Contains(body, want) {
			x.T.Errorf("the record lacks %q", want)
		}
	}
	for _, lang := range []string{"zh", "en"} {
		x.desk.Lang = lang
		a := x.desk.Must(200, x.desk.Get(x.path+"/record.docx"))
		z, err := zip.NewReader(bytes.NewReader([]byte(a.Body)), int64(len(a.Body)))
		if err != nil {
			x.T.Fatal(err)
		}
		f, err := z.Open("word/document.xml")
		if err != nil {
			x.T.Fatal(err)
		}
		text, _ := io.ReadAll(f)
		if !strings.Contains(string(text), "限期整改到位") {
			x.T.Error("the document lacks the comment")
		}
	}
	x.desk.Lang = ""
	x.desk.Must(422, x.live("reopen", 0))
	x.desk.Must(303, x.desk.Post(x.path+"/live", "step", "reopen", "reason", "提前散会"))
}

func TestMeetingFormsKeepWhatWasTyped(t *testing.T) {
	x := newHall(apptest.SQLite(t))
	x.arrange()
	edit := x.path + "/edit"
	if a := x.desk.Must(422, x.desk.Post(edit, "version", "1", "start", "9", "place", "二号厅", "minutes", "8")); !strings.Contains(a.Body, "二号厅") || !strings.Contains(a.Body, "f-start-err") {
		t.Error("the form lost what was typed, or the field has no sentence")
	}
	x.desk.Must(303, x.desk.Post(edit, "version", "1", "start", "08:30", "place", "一号厅", "minutes", "8"))
	if a := x.desk.Must(409, x.desk.Post(edit, "version", "1", "start", "10:00", "place", "人民会堂", "minutes", "8")); !strings.Contains(a.Body, "人民会堂") || !strings.Contains(a.Body, "一号厅") {
		t.Errorf("a stale form does not show both: %s", apptest.Text(a.Body))
	}
	agenda := []string{"no", "2", "kind", "speak", "title", "", "item_minutes", "60", "no", "1", "kind", "other", "title", "观看短片", "item_minutes", "x", "no", "3", "kind", "", "title", "", "item_minutes", ""}
	if a := x.desk.Must(422, x.desk.Post(x.path+"/agenda", append(agenda, "version", "2")...)); !strings.Contains(a.Body, "观看短片") || !strings.Contains(a.Body, "时长为0至600") {
		t.Error("the agenda's form")
	}
	agenda[15] = "12"
	x.desk.Must(303, x.desk.Post(x.path+"/agenda", append(agenda, "version", "2")...))
	if a := x.desk.Must(409, x.desk.Post(x.path+"/agenda", append(agenda, "version", "2")...)); !strings.Contains(a.Body, "观看短片") {
		t.Error("a stale agenda does not show both")
	}
	items, err := meeting.Agenda(context.Background(), x.DB, x.id)
	if err != nil || len(items) != 2 || items[0].Title != "观看短片" || items[1].Minutes != 60 {
		t.Errorf("%+v %v", items, err)
	}
}

func TestAutosaveSpendsNoForm(t *testing.T) {
	x := newHall(apptest.SQLite(t))
	x.arrange()
	k := x.begin(x.desk, "D1")
	for i := 1; i <= 3; i++ {
		a := x.desk.Autosave(k, "_once", "same", "version", fmt.Sprint(i), "key", "p1", "text_p1", "写到一半")
		if a.Status != http.StatusNoContent || a.Header.Get("X-Version") != fmt.Sprint(i+1) {
			t.Fatalf("%d, version %s", a.Status, a.Header.Get("X-Version"))
		}
	}
	if a := x.desk.Autosave(k, "version", "2", "key", "p1", "text_p1", "旧"); a.Status != http.StatusConflict {
		t.Errorf("a stale autosave: %d", a.Status)
	}
	x.desk.Must(303, x.desk.Post(k, "_once", "same", "version", "4", "key", "p1", "text_p1", "写完"))
	x.first.Must(403, x.first.Autosave(k, "version", "5", "key", "p1"))
	x.second.Must(404, x.second.Get("/comments/999"))
}
