package web_test

import (
	"bytes"
	"context"
	"fmt"
	"mime/multipart"
	"regexp"
	"strings"
	"testing"

	"plumbline/internal/app/apptest"
	"plumbline/internal/authz"
	"plumbline/internal/org"
	"plumbline/internal/review/cycle"
	"plumbline/internal/review/plan"
)

// judged is the people of a review whose ballots are counted: two counties, the clerk, a member who appraises.
type judged struct {
	*apptest.House
	cycle                                       int64
	path                                        string
	clerk, member, county, other, village, none *apptest.Browser
	d1, d2                                      string
}

var digestField = regexp.MustCompile(`name="digest" value="([0-9a-f]+)"`)

func judgedOf(h *apptest.House) *judged {
	h.Clock.Set(h.Clock.Now().AddDate(0, 1, 0)) // after the meeting
	h.AddUnits("C1 - city 甲市", "D1 C1 county 一区", "D2 C1 county 二县", "V D1 village 丁村")
	cy := openCycle(h)
	x := &judged{House: h, cycle: cy.ID, path: fmt.Sprintf("/cycles/%d", cy.ID), clerk: h.As("clerk", "secretariat@C1"), member: h.As("member", "committee@C1"),
		county: h.As("county", "debriefer@D1"), other: h.As("other", "debriefer@D2"), village: h.As("village", "staff@V"), none: h.Nobody()}
	x.d1, x.d2 = fmt.Sprint(h.Units["D1"].ID), fmt.Sprint(h.Units["D2"].ID)
	return x
}

// count keys a small pile of ballots twice and seals it: class A has two slips, B and C one each.
func (x *judged) count() {
	x.T.Helper()
	at := x.path + "/ballots"
	one, two := x.As("one", "teller@C1"), x.As("two", "teller@C1")
	x.clerk.Must(303, x.clerk.Post(at+"/open"))
	x.clerk.Must(303, x.clerk.Post(at+"/paper", "version", "1", "entitled-A", "2", "issued-A", "2", "returned-A", "2", "entitled-B", "1", "issued-B", "1", "returned-B", "1", "entitled-C", "1", "issued-C", "1", "returned-C", "1"))
	for _, b := range []*apptest.Browser{one, two} {
		for _, slip := range [][3]string{{"A", "1", "12"}, {"A", "2", "22"}, {"B", "1", "13"}, {"C", "1", "11"}} {
			b.Must(303, b.Post(at+"/key", "class", slip[0], "slip", slip[1], "row", slip[2]))
		}
	}
	m := versionField.FindStringSubmatch(x.clerk.Get(at).Body)
	x.clerk.Must(303, x.clerk.Post(at+"/seal", "version", m[1]))
}

func (x *judged) sheets() {
	x.T.Helper()
	for _, unit := range []string{x.d1, x.d2} {
		for _, part := range []string{"ordinary", "field"} {
			x.clerk.Must(303, x.clerk.Post(x.path+"/sheets/"+unit+"/"+part, "version", "0", "do", "lock", "times-late", "1", "note-late", "逾期一项"))
		}
	}
}

func (x *judged) fix() {
	x.T.Helper()
	m := digestField.FindStringSubmatch(x.clerk.Page(x.path + "/result?no=-1").Body)
	if m == nil {
		x.T.Fatal("there is nothing to fix")
	}
	x.clerk.Must(303, x.clerk.Post(x.path+"/result/fix", "digest", m[1]))
}

func (x *judged) decide(pairs ...string) apptest.Answer {
	x.T.Helper()
	return x.clerk.Post(x.path+"/decision", append([]string{"result", "1", "previous", "0", "body", "市委常委会", "met_on", "2022-02-08"}, pairs...)...)
}

func shows(t *testing.T, body string, want ...string) {
	t.Helper()
	for _, w := range want {
		if !strings.Contains(body, w) {
			t.Errorf("the page does not say %q: %s", w, apptest.Text(body))
		}
	}
}

func TestFromSheetsToTheNotification(t *testing.T) {
	apptest.Each(t, func(h *apptest.House) {
		x := judgedOf(h)
		shows(t, x.clerk.Page(x.path+"/result").Body, "还缺5项数据", "测评票未封存", x.path+"/sheets/"+x.d1+"/ordinary")
		shows(t, x.clerk.Page(x.path+"/sheets").Body, "未完成", "平时考核")
		x.member.Page(x.path + "/sheets")
		for _, at := range []string{"/sheets", "/figures", "/result", "/decision", "/sheets/" + x.d1 + "/field"} {
			x.county.Must(403, x.county.Get(x.path+at))
		}
		x.sheetForm(t)
		x.count()
		shows(t, x.clerk.Page(x.path+"/sheets").Body, "97.5", "草稿")
		x.clerk.Must(303, x.clerk.Post(x.path+"/sheets/"+x.d1+"/ordinary/discard", "version", "2"))
		x.sheets()
		x.fix()
		// 一区：A (100+80)/2=90, B 100, C 100 → 95; 0.4×95 + 0.3×98 + 0.3×100 = 97.40
		shows(t, x.clerk.Page(x.path+"/result").Body, "第1次确定", "97.40", "一区", "现为0个，不符合", "有效票不足5张", "录入审定等次")
		body := x.clerk.Page(x.path + "/result/" + x.d1).Body
		shows(t, body, "95.00", "不单独显示", "为避免暴露个人意见", "逾期一项", "29.40", "建议等次“好”")
		if strings.Contains(body, "90.00") {
			t.Error("the mean of a small class is shown")
		}
		x.member.Page(x.path + "/result")
		shows(t, x.member.Page("/").Body, "结果待审定")
		x.files(t)

		good := []string{"grade-" + x.d1, "good", "grade-" + x.d2, "fairly_good", "reason-" + x.d2, "有重点任务逾期"}
		a := x.clerk.Must(422, x.decide("grade-"+x.d1, "fair", "grade-"+x.d2, "good"))
		shows(t, a.Body, "与建议等次不一致，请说明理由", `value="市委常委会"`)
		x.member.Must(403, x.member.Post(x.path+"/decision", good...))
		x.decided(t, good)
		x.letters(t)
		x.notified(t)
	})
}

// sheetForm fills a sheet in badly, keeps a draft, and meets somebody who was quicker.
func (x *judged) sheetForm(t *testing.T) {
	t.Helper()
	at := x.path + "/sheets/" + x.d1 + "/ordinary"
	x.clerk.Page(at)
	shows(t, x.clerk.Must(422, x.clerk.Post(at, "version", "0", "do", "save", "times-late", "many", "note-late", "kept text")).Body, "请填写0至999的整数", "kept text")
	x.clerk.Must(303, x.clerk.Post(at, "version", "0", "do", "save", "times-studies", "3"))
	a := x.clerk.Must(409, x.clerk.Post(at, "version", "0", "do", "save", "times-studies", "1"))
	shows(t, a.Body, "用我的覆盖", "他人已修改此内容")
	shows(t, x.clerk.Must(200, x.clerk.Post(at+"/total", "times-studies", "1", "times-late", "2")).Body, "95.5", "2 × 2")
	x.clerk.Must(303, x.clerk.Post(at, "version", "1", "do", "save", "times-studies", "5"))
}

func (x *judged) files(t *testing.T) {
	t.Helper()
	for name, want := range map[string]string{"result.csv": "97.40", "PLAN.json": `"empty_class"`, "PARTS.csv": "D1,ordinary,98"} {
		shows(t, x.clerk.Must(200, x.clerk.Get(x.path+"/result/files/"+name)).Body, want)
	}
	if a := x.clerk.Must(200, x.clerk.Get(x.path+"/result/files/result.xlsx")); !strings.HasPrefix(a.Body, "PK") {
		t.Error("no workbook")
	}
	shows(t, x.clerk.Must(422, x.clerk.Get(x.path+"/result/files/BALLOTS.csv")).Body, "不能导出票面数据")
	x.clerk.Must(404, x.clerk.Get(x.path+"/result/files/other"))
}

func (x *judged) decided(t *testing.T, good []string) {
	t.Helper()
	form := append([]string{"result", "1", "previous", "0", "body", "市委常委会", "met_on", "2022-02-08"}, good...)
	x.clerk.Must(303, x.clerk.Post(x.path+"/decision", form...))
	shows(t, x.clerk.Page(x.path+"/decision").Body, "市委常委会", "2022年2月8日", "较好")
	shows(t, x.clerk.Must(409, x.clerk.Post(x.path+"/decision", form...)).Body, "有更新的结果或决定")
	x.member.Page(x.path + "/decision")
	shows(t, x.member.Page("/").Body, "等次已审定")
	if body := x.county.Page(x.path).Body; strings.Contains(body, "较好") || !strings.Contains(body, "已审定，未反馈") {
		t.Error("the county learns its grade before the letter")
	}
	x.county.Page("/")
}

var letterLink = regexp.MustCompile(`href="(/letters/\d+)"`)

func (x *judged) letters(t *testing.T) {
	t.Helper()
	at := x.path + "/letters"
	shows(t, x.county.Page(at).Body, "目前没有")
	x.clerk.Must(303, x.clerk.Post(at+"/draft"))
	shows(t, x.clerk.Must(422, x.clerk.Post(at+"/draft")).Body, "没有需要办理的")
	letter := letterLink.FindStringSubmatch(x.clerk.Page(at).Body)[1]
	x.county.Must(404, x.county.Get(letter))
	body := x.clerk.Page(letter).Body
	shows(t, body, "97.40分", "还没有点评意见", "先行印发的理由")
	shows(t, x.clerk.Page(at).Body, "2个单位还没有点评意见", "2个单位没有报送", "待点评确认")
	shows(t, x.clerk.Page(x.path+"/decision").Body, "2个单位还没有点评意见")
	shows(t, x.clerk.Must(422, x.clerk.Post(at+"/issue")).Body, "不能一并印发")
	fields := []string{"title", "反馈意见书", "addressee", "一区", "opening", "等次为好。", "section-problems", "一是慢\n\n二是浅", "closing", "请整改。", "signature", "甲市"}
	shows(t, x.clerk.Must(422, x.clerk.Post(letter, append([]string{"version", "1", "opening", " ", "do", "save"}, fields[:2]...)...)).Body, "需", "正文")
	x.clerk.Must(303, x.clerk.Post(letter, append([]string{"version", "1", "do", "save"}, fields...)...))
	shows(t, x.clerk.Must(409, x.clerk.Post(letter, append([]string{"version", "1", "do", "save"}, fields...)...)).Body, "用我的覆盖")
	shows(t, x.clerk.Must(422, x.clerk.Post(letter, append([]string{"version", "2", "do", "issue"}, fields...)...)).Body, "确需先行印发的，请说明理由")
	x.clerk.Must(303, x.clerk.Post(letter, append([]string{"version", "3", "do", "issue", "reason", "主要负责同志离任在即"}, fields...)...))
	shows(t, x.clerk.Page(letter).Body, "主要负责同志离任在即")
	if strings.Contains(x.county.Page(letter).Body, "离任在即") {
		t.Error("the reason is the convenor's alone")
	}
	x.clerk.Must(422, x.clerk.Post(letter, append([]string{"version", "5", "do", "save"}, fields...)...))
	shows(t, x.county.Page(letter).Body, "二是浅", "反馈〔2022〕1号", "2022年2月10日")
	shows(t, x.county.Page(letter+"/print").Body, "一是慢")
	if a := x.county.Must(200, x.county.Get(letter+"/docx")); !strings.HasPrefix(a.Body, "PK") {
		t.Error("no document")
	}
	x.other.Must(404, x.other.Get(letter))
	x.village.Must(404, x.village.Get(letter))
	shows(t, x.county.Page("/").Body, "2021年度反馈意见书", "97.40")
	if strings.Contains(x.other.Page("/").Body, "反馈意见书") {
		t.Error("another county sees a letter on its first page")
	}
	second := letterLink.FindAllStringSubmatch(x.clerk.Page(at).Body, -1)
	x.clerk.Must(303, x.clerk.Post(second[len(second)-1][1], append([]string{"version", "1", "do", "issue", "reason", "同上"}, fields...)...))
	shows(t, x.other.Page(at).Body, "反馈〔2022〕2号")
	shows(t, x.clerk.Page(at).Body, "2022年2月10日")
}

// A plan may let every unit know of itself alone; the body that decides may be a group; a decision may be corrected.
func TestARangeOfOneUnitAndACorrection(t *testing.T) {
	h := apptest.SQLite(t)
	x := judgedOf(h)
	ctx := context.Background()
	p, err := h.Rooms.Plans.Create(ctx, authz.System(), plan.NewPlan{Unit: h.Units["C1"].ID, Year: 2020, Name: "2020"})
	if err != nil {
		t.Fatal(err)
	}
	p.Body.Notify, p.Body.Parts, p.Body.Ties = plan.ToUnit, nil, nil
	if p, err = h.Rooms.Plans.Save(ctx, authz.System(), p.ID, p.Version, p.Name, p.Body); err != nil {
		t.Fatal(err)
	}
	o, err := h.Rooms.Cycles.Open(ctx, authz.System(), cycle.NewCycle{Unit: h.Units["C1"].ID, Year: 2020, Plan: p.ID, MeetingDate: "2022-01-25"})
	if err != nil {
		t.Fatal(err)
	}
	g, err := h.Rooms.Org.CreateGroup(ctx, authz.System(), org.NewGroup{Unit: h.Units["C1"].ID, Kind: "standing_committee", Name: "甲市常委会"})
	if err != nil {
		t.Fatal(err)
	}
	x.cycle, x.path = o.Cycle.ID, fmt.Sprintf("/cycles/%d", o.Cycle.ID)
	x.clerk.Page(x.path + "/sheets")
	x.clerk.Page(x.path + "/figures")
	x.count()
	x.fix()
	x.clerk.Page(x.path + "/result/" + x.d2)
	shows(t, x.clerk.Page(x.path+"/decision").Body, "甲市常委会")
	grades := []string{"group", fmt.Sprint(g.ID), "result", "1", "met_on", "2022-02-08", "grade-" + x.d1, "good", "grade-" + x.d2, "fair", "reason-" + x.d2, "综合研判", "reason-" + x.d1, "综合研判"}
	x.clerk.Must(303, x.clerk.Post(x.path+"/decision", append([]string{"previous", "0"}, grades...)...))
	shows(t, x.clerk.Page(x.path+"/decision").Body, "甲市常委会", "更正本决定")
	shows(t, x.clerk.Must(422, x.clerk.Post(x.path+"/decision", append([]string{"previous", "1"}, grades...)...)).Body, "请说明更正原决定的理由")
	x.clerk.Must(303, x.clerk.Post(x.path+"/decision", append([]string{"previous", "1", "reason", "补充核查"}, grades...)...))
	shows(t, x.clerk.Page(x.path+"/decision").Body, "补充核查", "已被更正", "第2号决定")
	letter := x.clerk.Must(303, x.clerk.Get(x.clerk.Must(303, x.clerk.Post(x.path+"/notification/draft")).Location)).Location
	shows(t, x.clerk.Page(letter).Body, "（方案规定）")
	x.clerk.Must(422, x.clerk.Post(letter, "version", "1", "do", "save", "title", "通报", "opening", "通报如下。", "reach", "all"))
	x.clerk.Must(303, x.clerk.Post(letter, "version", "1", "do", "issue", "title", "通报", "opening", "通报如下。"))
	for b, own := range map[*apptest.Browser][2]string{x.county: {"一区", "二县"}, x.other: {"二县", "一区"}} {
		for _, at := range []string{"", "/print"} {
			body := b.Page(x.path + "/notification" + at).Body
			main := body[strings.Index(body, "<article"):strings.Index(body, "</article")]
			if !strings.Contains(main, own[0]) || strings.Contains(main, own[1]) || strings.Contains(main, "1个") {
				t.Errorf("a unit should see itself alone: %s", apptest.Text(main))
			}
		}
	}
	shows(t, x.clerk.Page(x.path+"/notification").Body, "一区", "二县")
	x.closed(t)
	history := regexp.MustCompile(`/history/[a-z]+/\d+`)
	for _, at := range []string{"/result", "/decision"} {
		for _, link := range history.FindAllString(x.clerk.Get(x.path+at).Body, -1) {
			x.clerk.Page(link)
		}
	}
	decisions := regexp.MustCompile(`/history/decision/\d+`).FindAllString(x.clerk.Get(x.path+"/decision").Body, -1)
	if told := apptest.Text(x.clerk.Page(decisions[len(decisions)-1]).Body); !strings.Contains(told, "等次 · 二县：") || strings.Contains(told, "good") || strings.Contains(told, "fair") {
		t.Errorf("the history of a decision: %s", told)
	}
}

// closed: nothing offers a change any more, but letters are still drafted and issued.
func (x *judged) closed(t *testing.T) {
	t.Helper()
	ctx := context.Background()
	cy, err := cycle.ByID(ctx, x.DB, x.cycle)
	if err == nil {
		_, err = x.Rooms.Cycles.Close(ctx, authz.System(), cy.ID, cy.Version, "提前办结")
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, at := range []string{"/dates", "/reporters", "/close"} {
		if a := x.clerk.Must(303, x.clerk.Get(x.path+at)); a.Location != x.path {
			t.Errorf("%s of a closed cycle leads to %s", at, a.Location)
		}
	}
	if strings.Contains(x.clerk.Page(x.path+"/figures").Body, `action="`+x.path+`/figures`) {
		t.Error("a closed cycle asks for figures")
	}
	x.clerk.Must(303, x.clerk.Post(x.path+"/letters/draft"))
	letter := letterLink.FindStringSubmatch(x.clerk.Page(x.path + "/letters").Body)[1]
	x.clerk.Must(303, x.clerk.Post(letter, "version", "1", "do", "issue", "title", "意见书", "opening", "如下。", "reason", "会后确认"))
}

// notified: the pack's plan lets all reporting units know.
func (x *judged) notified(t *testing.T) {
	t.Helper()
	at := x.path + "/notification"
	shows(t, x.clerk.Page(at).Body, "起草通报")
	x.county.Must(404, x.county.Get(at))
	letter := x.clerk.Must(303, x.clerk.Get(x.clerk.Must(303, x.clerk.Post(at+"/draft")).Location)).Location
	x.clerk.Page(letter)
	x.county.Must(404, x.county.Get(letter))
	x.clerk.Must(303, x.clerk.Post(letter, "version", "1", "do", "issue", "title", "通报", "opening", "通报如下。"))
	shows(t, x.county.Page(at).Body, "一区", "二县", "通报〔2022〕1号")
	if a := x.county.Must(303, x.county.Get(letter)); !strings.HasPrefix(a.Location, at) {
		t.Errorf("the notification's address leads to %s", a.Location)
	}
	x.village.Must(404, x.village.Get(letter))
	shows(t, x.county.Page("/").Body, "通报〔2022〕1号")
	if strings.Contains(x.village.Page("/").Body, "通报〔2022〕1号") {
		t.Error("a village out of the range is told")
	}
	x.village.Must(404, x.village.Get(at))
	if a := x.none.Must(303, x.none.Get(at)); !strings.HasPrefix(a.Location, "/signin") {
		t.Errorf("nobody is sent to %s", a.Location)
	}
	x.county.Page(at + "/print")
	x.county.Must(200, x.county.Get(at+"/docx"))
	shows(t, x.county.Page(x.path).Body, "好")
}

func TestFiguresInTheBrowser(t *testing.T) {
	apptest.Each(t, func(h *apptest.House) {
		x := judgedOf(h)
		at := x.path + "/figures"
		x.clerk.Page(at + "?part=field")
		x.member.Page(at)
		shows(t, x.clerk.Must(422, x.clerk.Post(at, "part", "field", "score-"+x.d1, "101", "score-"+x.d2, "90")).Body, "请填写0至100的数字", `value="101"`, `value="90"`)
		x.clerk.Must(303, x.clerk.Post(at, "part", "field", "score-"+x.d1, "91", "score-"+x.d2, ""))
		shows(t, x.clerk.Must(409, x.clerk.Post(at, "part", "field", "score-"+x.d1, "92", "version-"+x.d1, "0")).Body, "现为91", `value="92"`)
		shows(t, x.clerk.Page(x.path+"/sheets").Body, "91", "手工录入")
		shows(t, x.clerk.Must(422, x.upload(at+"/import", "field", "x.csv", "unit_code,score\nD1,abc\nZZ,1\n")).Body, "2处错误", "不是0至100的数字", "没有编码为")
		a := x.clerk.Must(200, x.upload(at+"/import", "field", "x.csv", "unit_code,score\nD1,88.5\n"))
		shows(t, a.Body, "共1行", "88.5", "二县")
		content := regexp.MustCompile(`name="content" value="([^"]+)"`).FindStringSubmatch(a.Body)[1]
		x.clerk.Must(303, x.clerk.Post(at+"/take", "part", "field", "name", "x.csv", "content", strings.ReplaceAll(content, "&#43;", "+")))
		shows(t, x.clerk.Page(at+"?part=field").Body, `value="88.5"`, "x.csv")
		x.clerk.Must(422, x.clerk.Post(at+"/take", "part", "field", "name", "x.csv", "content", "%%"))
		x.clerk.Must(422, x.upload(at+"/import", "field", "", ""))
		x.clerk.Must(404, x.upload(at+"/import", "ballot", "x.csv", "unit_code,score\nD1,1\n"))
	})
}

func (x *judged) upload(path, part, name, text string) apptest.Answer {
	x.T.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	_ = w.WriteField("part", part)
	if name != "" {
		f, err := w.CreateFormFile("file", name)
		if err != nil {
			x.T.Fatal(err)
		}
		_, _ = f.Write([]byte(text))
	}
	_ = w.Close()
	return x.clerk.Send(path, w.FormDataContentType(), &b)
}
