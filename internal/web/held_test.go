package web_test

import (
	"context"
	"regexp"
	"strings"
	"testing"

	"plumbline/internal/app/apptest"
	"plumbline/internal/office/table"
)

// asking posts a demand on the county 乙县 by its own hand.
func (x cast) asking(b *apptest.Browser, pairs ...string) apptest.Answer {
	return b.Post("/matters", append(pairs, "type", "burden", "requester", itoa(x.Units["A"].ID), "kind", "form", "by", "甲市",
		"asked_on", "2022-01-05", "answer_by", "2022-01-30", "on", "2022-01-10")...)
}

var addresses = regexp.MustCompile(`href="(/(?:matters\?|matters/export|units/\d+|ledgers/figures|meter/)[^"]*)"`)

// Whoever notes a demand for what the system holds is told so before it is saved, with the way to it, and says what is to
// be done; the unit questions it in one click; the meter tells what could have been avoided and what was.
func TestADemandForWhatIsHeld(t *testing.T) {
	apptest.Each(t, func(h *apptest.House) {
		x := castOf(h)
		a, county := itoa(x.Units["A"].ID), x.county
		if first := county.Page("/matters/new?type=burden"); strings.Contains(first.Body, `name="held"`) || strings.Contains(first.Body, `name="again_why"`) {
			t.Error("the empty form asks about facts that nobody asked for")
		}
		title := []string{"title", "任职情况、项目进度和闲置资产统计表", "hours", "2.5"}
		for lang, words := range map[string][]string{
			"zh": {"系统已有：任职情况、项目进度、闲置资产。", "要的数据系统已有，请选择由系统提供，或者仍要求报送。", "由系统提供，不必再报", "仍要求报送"},
			"en": {"The system already holds this: Posts and holders, Progress of projects, Idle assets.", "say whether it is given from there or asked again", "Given from the system", "Asked again"}} {
			county.Lang = lang
			bad := county.Must(422, x.asking(county, title...))
			holds(t, bad, append(words, `/units/`+a+`/posts/export`, `/matters?class=open&amp;type=project&amp;under=`+a, `/matters/export?format=xlsx&amp;type=asset&amp;under=`+a,
				`value="given"`, `name="held"`, `name="again_why"`, "2.5")...)
			if strings.Contains(bad.Body, `value="open"`) {
				t.Error("somebody may leave it undecided")
			}
		}
		county.Lang = ""
		form := county.Must(422, x.asking(county, "title", "组织机构、花名册、换届时间、诉求清单、述职报告、办结率、减负情况、责任清单"))
		holds(t, form, "乙县还没有提交过", "基层党组织台账“应换届日期”一栏", "/matters?asker="+a+"&amp;type=request", "/meter/burden?under="+a, "/ledgers/figures?under="+a, "state=in_force")
		for _, m := range addresses.FindAllStringSubmatch(form.Body, -1) {
			county.Must(200, county.Get(strings.ReplaceAll(m[1], "&amp;", "&")))
		}
		file := county.Must(200, county.Get("/units/"+a+"/posts/export")).Body
		sheet, err := table.Open("people.xlsx", strings.NewReader(file), int64(len(file)), table.Options{})
		if err != nil {
			t.Fatal(err)
		}
		sheet.Pick(map[string]int{"name": 1, "unit": 3, "kind": 4, "from": 6})
		var rows []string
		if err := sheet.Each(&table.Problems{}, func(r table.Row) error {
			rows = append(rows, r.Get("name")+" "+r.Get("unit")+" "+r.Get("kind")+" "+r.Get("from"))
			return nil
		}); err != nil || len(rows) != 1 || !strings.HasPrefix(rows[0], "王五 A secretary 2020") {
			t.Errorf("who holds which post: %q, %v", rows, err)
		}
		holds(t, county.Must(422, x.asking(county, append(title, "held", "again")...)), "仍要求报送的，请写明理由", `value="again" checked`)
		county.Must(422, x.asking(county, append(title, "held", "open")...))
		if n := x.count(t); n != 0 {
			t.Fatalf("%d matters were registered unanswered", n)
		}
		given := county.Must(303, x.asking(county, append(title, "held", "given")...)).Location
		again := county.Must(303, x.asking(county, "title", "整改进展周报", "hours", "4", "held", "again", "again_why", "口径不同", "unit", "丙县")).Location
		free := county.Must(303, x.asking(county, "title", "花名册", "facts", "none", "hours", "1")).Location

		holds(t, county.Page(given), "系统已有：任职情况、项目进度、闲置资产。", "由系统提供，不必再报")
		holds(t, x.clerk.Page(again), "系统已有：问题整改。", "仍要求报送", "口径不同", "选定数据来源", `/matters?type=rectification&amp;under=`+a)
		if page := county.Page(free); strings.Contains(page.Body, "系统已有：") || strings.Contains(page.Body, free+"/steps/choose") {
			t.Error("what is none of the facts is said to be held")
		}
		// Who may read the demand, but not the county: whom to ask, and no way in.
		theirs := x.other.Page(again)
		holds(t, theirs, "系统已有：问题整改。", "您无权查看，请找组织部(会务组)")
		if strings.Contains(theirs.Body, "type=rectification") || strings.Contains(theirs.Body, "系统已有，提出异议") {
			t.Errorf("another county is led to what it may not read: %s", apptest.Text(theirs.Body))
		}
		x.other.Lang = "en"
		holds(t, x.other.Get(again), "You may not read it; ask this role: Secretariat")

		// One click.
		own := county.Page(again)
		holds(t, own, `action="`+again+`/steps/question"`, `name="complaint" value="held"`, "系统已有，提出异议")
		county.Must(303, county.Post(again+"/steps/question", "version", versionField.FindStringSubmatch(own.Body)[1], "complaint", "held"))
		holds(t, county.Page(again), "系统里已有，不必再报", "待减负办答复")

		// The meter.
		for lang, words := range map[string][]string{"zh": {"本可免：4 小时", "已省下：2.5 小时", "所费工时（本可免）"}, "en": {"Avoidable: 4 hours", "Spared: 2.5 hours", "Hours of work, avoidable"}} {
			x.clerk.Lang = lang
			holds(t, x.clerk.Get("/meter/burden"), words...)
		}
		x.clerk.Lang = ""
		page := x.clerk.Page("/meter/burden")
		if text := apptest.Text(page.Body); !strings.Contains(text, "件数 2 ") || !strings.Contains(text, "所费工时 5 小时") {
			t.Errorf("what was given counts as a burden: %s", text)
		}
		for query, want := range map[string][2]string{"held=again": {"整改进展周报", "任职情况"}, "held=given": {"任职情况、项目进度", "周报"}, "": {"花名册", "任职情况、项目进度"}, "held=open": {"这里没有事项", "周报"}} {
			list := x.clerk.Page("/meter/burden/matters?under=" + itoa(x.Units["C"].ID) + "&" + query).Body
			if (query != "held=open" && !strings.Contains(list, want[0])) || strings.Contains(list, want[1]) {
				t.Errorf("behind %q: %s", query, apptest.Text(list))
			}
		}
		for _, l := range meterLink.FindAllStringSubmatch(page.Body, -1) {
			list := x.clerk.Page(strings.ReplaceAll(l[1], "&amp;", "&"))
			if n := strings.Count(list.Body, `<a href="/matters/`); itoa(int64(n)) != l[2] && l[2] != "0" {
				t.Errorf("%s says %s and lists %d", l[1], l[2], n)
			}
		}
		x.clerk.Must(200, x.clerk.Get("/meter/burden/export"))
	})
}

// A file says of each row what the system holds of it; what says no more is undecided until the office says.
func TestDemandsForWhatIsHeldComeInWithAFile(t *testing.T) {
	apptest.Each(t, func(h *apptest.House) {
		x, ctx := castOf(h), context.Background()
		head := "类别,名称,来自哪个单位,提出单位,日期,系统已有数据,仍要求报送的理由\n"
		wrong := x.clerk.Must(303, hand(t, x.clerk, head+"报表材料,花名册,甲市,乙县,2022-01-05,仍要求报送,\n报表材料,防汛表,甲市,乙县,2022-01-05,仍要求报送,有用\n", "type", "burden")).Location
		h.Jobs.Drain(ctx)
		holds(t, x.clerk.Page(wrong), "仍要求报送的，请写明理由", "这一行要的不是系统已有的数据，此列请留空")
		tried := x.clerk.Must(303, hand(t, x.clerk, head+"报表材料,花名册,甲市,乙县,2022-01-05,,\n报表材料,项目进度表,甲市,乙县,2022-01-05,由系统提供，不必再报,\n报表材料,防汛表,甲市,乙县,2022-01-05,,\n", "type", "burden")).Location
		h.Jobs.Drain(ctx)
		holds(t, x.clerk.Page(tried), "系统已有：任职情况；未选定", "系统已有：项目进度", "要的系统已有，未选定")
		x.clerk.Must(303, x.clerk.Post(tried))
		h.Jobs.Drain(ctx)
		if n := x.count(t); n != 3 {
			t.Fatalf("%d matters", n)
		}
		behind := "/meter/burden/matters?held=open"
		holds(t, x.clerk.Page(behind), "花名册")
		at := regexp.MustCompile(`/matters/\d+`).FindString(x.clerk.Get(behind).Body)
		holds(t, x.county.Page(at), "系统已有：任职情况。", "未选定")
		x.county.Must(403, step(x.county, at, "choose", "held", "given"))
		holds(t, x.clerk.Must(422, step(x.clerk, at, "choose", "held", "open")), "请选择由系统提供，或者仍要求报送")
		x.clerk.Must(303, step(x.clerk, at, "choose", "held", "again", "again_why", "口径不同"))
		holds(t, x.county.Page(at), "仍要求报送", "口径不同")
		if page := x.clerk.Page(behind); strings.Contains(page.Body, "花名册") {
			t.Error("what was decided is still undecided")
		}
	})
}
