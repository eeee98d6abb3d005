package app_test

import (
	"bytes"
	"context"
	"mime/multipart"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"plumbline/internal/app/apptest"
	"plumbline/internal/org"
)

func says(t *testing.T, a apptest.Answer, words ...string) {
	t.Helper()
	for _, w := range words {
		if !strings.Contains(apptest.Text(a.Body), w) {
			t.Errorf("the page does not say %q: %s", w, apptest.Text(a.Body))
		}
	}
}

// made follows a form to the page that it leads to, and gives its address.
func made(t *testing.T, b *apptest.Browser, a apptest.Answer) string {
	t.Helper()
	return b.Must(303, a).Location
}

func TestOrganisationPages(t *testing.T) {
	apptest.Each(t, func(h *apptest.House) {
		h.AddUnits("C1 - city 甲市")
		root := "/units/" + itoa(h.Units["C1"].ID)
		admin, staff := h.As("boss", "admin@"), h.As("staff", "staff@C1")

		// Units: make, rename, move, merge, dissolve; the form comes back with what is wrong.
		admin.Page("/units/new?parent=" + itoa(h.Units["C1"].ID))
		bad := admin.Must(422, admin.Post("/units/new?parent="+itoa(h.Units["C1"].ID), "name", "", "code", "C1", "kind", "", "from", "x"))
		says(t, bad, "请填写此项", "编码C1已由“甲市”使用", "请从列表中选择类别", "请填写有效日期")
		add := func(code, name string) string {
			return made(t, admin, admin.Post("/units/new?parent="+itoa(h.Units["C1"].ID), "name", name, "name_en", "Unit "+code, "code", code, "kind", "county", "from", "2020-01-01"))
		}
		d1, d2, d3 := add("D1", "乙县"), add("D2", "丙县"), add("D3", "丁县")
		for _, verb := range []string{"rename", "move", "merge", "dissolve", "posts/new", "groups/new"} {
			admin.Page(d1 + "/" + verb)
			staff.Must(403, staff.Get(d1+"/"+verb))
		}
		made(t, admin, admin.Post(d1+"/rename", "version", "1", "name", "乙区", "kind", "county", "date", "2021-06-01"))
		stale := admin.Must(409, admin.Post(d1+"/rename", "version", "1", "name", "乙市", "kind", "county", "date", "2021-07-01"))
		says(t, stale, "乙市", "保留我的")
		says(t, admin.Must(422, admin.Post(d1+"/rename", "version", "2", "name", "戊", "kind", "county", "date", "2021-05-01")), "已有变动")
		says(t, admin.Must(422, admin.Post(d1+"/move", "version", "2", "parent", "没有", "date", "2021-07-01")), "没有这个单位")
		says(t, admin.Must(422, admin.Post(d1+"/move", "version", "2", "parent", "县", "date", "2021-07-01")), "有多个单位符合", "丙县")
		made(t, admin, admin.Post(d1+"/move", "version", "2", "parent", "县", "parent_id", d2[len("/units/"):], "date", "2021-07-01"))
		says(t, admin.Must(422, admin.Post(d2+"/merge", "version", "1", "into", "D1", "date", "2021-08-01")), "不能并入自己")
		made(t, admin, admin.Post(d3+"/merge", "version", "1", "into", "D2", "date", "2021-08-01"))
		says(t, staff.Page(d3), "已终止", "并入“丙县”")
		says(t, staff.Page(d1), "乙区", "沿革", "丙县")
		says(t, staff.Page(d1+"?date=2021-05-31"), "乙县", "2021年5月31日的情况", "甲市")
		says(t, staff.Page(d1+"?date=2019-01-01"), "不存在")
		says(t, admin.Must(422, admin.Post(d2+"/dissolve", "version", "1", "date", "2021-09-01")), "还有1个下级单位")
		says(t, staff.Page("/units"), "甲市", "丙县")
		says(t, staff.Page(root+"?q=%E4%B8%99"), "丙县")

		// Posts, and who held them.
		post := made(t, admin, admin.Post(d1+"/posts/new", "kind", "secretary"))
		appoint := func(name, from string) apptest.Answer {
			return admin.Post(post+"/appoint", "person", name, "from", from)
		}
		made(t, admin, appoint("王某", "2019-03-01"))
		says(t, admin.Must(422, appoint("李某", "2019-03-01")), "任期不能重叠")
		made(t, admin, appoint("李某", "2021-11-20"))
		says(t, staff.Page(post), "王某", "李某", "在任")
		says(t, staff.Page("/who?unit=D1&kind=secretary&date=2021-11-19"), "王某")
		says(t, staff.Page("/who?unit="+url.QueryEscape("乙区")+"&date=2022-01-25"), "李某")
		says(t, staff.Must(422, staff.Get("/who?unit=zz&date=2022")), "没有这个单位", "请填写有效日期")
		tenure := regexp.MustCompile(`/tenures/\d+`).FindString(admin.Get(post).Body)
		admin.Page(tenure)
		made(t, admin, admin.Post(tenure, "version", "1", "from", "2021-11-20", "to", "2022-01-05"))
		admin.Must(409, admin.Post(tenure, "version", "1", "from", "2021-11-20", "to", "2022-01-06"))
		says(t, staff.Page("/who?unit=D1&date=2022-01-10"), "空缺", "李某任至2022年1月5日")
		says(t, admin.Must(422, appoint("王某", "2022-01-08")), "系统中有同名人员", "新建人员“王某”")
		made(t, admin, appoint("p1", "2022-01-08"))
		admin.Page(post + "/edit")
		made(t, admin, admin.Post(post+"/edit", "version", "1", "kind", "secretary", "title", "区委书记"))
		admin.Page(post + "/end")
		made(t, admin, admin.Post(post+"/end", "version", "2", "date", "2022-01-09"))

		// Groups and people.
		group := made(t, admin, admin.Post(d1+"/groups/new", "kind", "leading_group", "from", "2021-01-01"))
		admin.Page(group + "/members/new")
		made(t, admin, admin.Post(group+"/members/new", "person", "王某", "person_id", "1", "duty", "组长", "from", "2021-01-01"))
		says(t, staff.Page(group), "王某", "组长")
		member := regexp.MustCompile(`/members/\d+/end`).FindString(admin.Get(group).Body)
		admin.Page(member)
		made(t, admin, admin.Post(member, "date", "2021-12-01"))
		says(t, staff.Page(group), "曾任成员")
		admin.Page(group + "/edit")
		made(t, admin, admin.Post(group+"/edit", "version", "1", "kind", "leading_group", "name", "领导小组"))
		made(t, admin, admin.Post(group+"/end", "version", "2", "date", "2022-01-01"))
		says(t, staff.Page("/people"), "王某", "李某")
		person := regexp.MustCompile(`/people/\d+`).FindString(staff.Get("/people?q=" + url.QueryEscape("王某")).Body)
		says(t, staff.Page(person), "区委书记", "领导小组")
		admin.Page(person + "/edit")
		made(t, admin, admin.Post(person+"/edit", "version", "1", "name", "王某某"))
		staff.Must(403, staff.Post(person+"/edit", "version", "2", "name", "坏"))
		says(t, staff.Page("/search?q="+url.QueryEscape("王某")), "王某某")
		says(t, staff.Page("/search?q=D"), "丙县", "已终止")
		says(t, staff.Page("/search?q=zzz"), "没有找到")
		admin.Page(strings.Replace(person, "/people/", "/history/person/", 1))
		if told := apptest.Text(admin.Page("/audit?kind=group").Body); strings.Contains(told, "leading_group") || !strings.Contains(told, "类别：") {
			t.Errorf("kinds in the log: %s", told)
		}

		csv := staff.Must(200, staff.Get(root+"/export?format=csv"))
		if !strings.Contains(csv.Body, "D1,D2,county,乙区,") || !strings.Contains(csv.Body, "2021-08-01") {
			t.Errorf("the export: %s", csv.Body)
		}
		if x := staff.Must(200, staff.Get(root+"/export?format=xlsx")); !strings.HasPrefix(x.Body, "PK") {
			t.Error("no workbook")
		}
	})
}

func sendFile(t *testing.T, b *apptest.Browser, text string, pairs ...string) apptest.Answer {
	t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for i := 0; i+1 < len(pairs); i += 2 {
		_ = w.WriteField(pairs[i], pairs[i+1])
	}
	part, err := w.CreateFormFile("file", "单位.csv")
	if err != nil {
		t.Fatal(err)
	}
	_, _ = part.Write([]byte(text))
	_ = w.Close()
	return b.Send("/imports/new", w.FormDataContentType(), &body)
}

func TestImportPages(t *testing.T) {
	h := apptest.SQLite(t)
	city(h)
	ctx := context.Background()
	admin, county := h.As("boss", "admin@"), h.As("county", "admin@D1")
	admin.Page("/imports/new?what=units")
	county.Page("/imports/new?what=people&under=" + itoa(h.Units["D1"].ID))
	admin.Must(404, admin.Get("/imports/new?what=ships"))
	admin.Must(422, admin.Post("/imports/new", "what", "units"))
	head := "code,parent_code,kind,name\n"
	good := head + "T3,D1,township,西镇\nT1,D2,township,东新镇\n"
	says(t, admin.Must(422, sendFile(t, admin, good, "what", "units", "date", "2999-01-01")), "日期不能晚于今天")
	trial := made(t, admin, sendFile(t, admin, good, "what", "units", "date", "2022-01-10"))
	says(t, admin.Page(trial), "正在处理")
	if a := admin.Must(200, admin.Get(trial+"/progress")); !strings.Contains(a.Body, "<progress") {
		t.Errorf("the bar: %s", a.Body)
	}
	h.Jobs.Drain(ctx)
	if a := admin.Get(trial + "/progress"); a.Header.Get("HX-Redirect") != trial {
		t.Errorf("the bar when done: %v", a.Header)
	}
	says(t, admin.Page(trial), "试运行结果", "西镇", "更名", "确认导入")
	county.Must(404, county.Get(trial))
	done := made(t, admin, admin.Post(trial))
	h.Jobs.Drain(ctx)
	says(t, admin.Page(done), "已导入2行")
	if a := admin.Get(trial); a.Status != 303 || a.Location != done {
		t.Errorf("the confirmed trial opens as %d %q, not as what was done", a.Status, a.Location)
	}
	if again := made(t, admin, admin.Post(trial)); again != done {
		t.Errorf("the trial was carried out twice: %s and %s", done, again)
	}
	if u, err := org.UnitByCode(ctx, h.DB, "T1"); err != nil || u.Name != "东新镇" || u.Parent != h.Units["D2"].ID {
		t.Errorf("%+v %v", u, err)
	}
	admin.Must(422, admin.Post(done))

	wrong := made(t, admin, sendFile(t, admin, head+"X,nobody,township,甲\nT1,D1,ship,乙\n", "what", "units", "date", "2022-01-10"))
	h.Jobs.Drain(ctx)
	says(t, admin.Page(wrong), "文件中有2处错误", "都没有上级“nobody”", "没有类别“ship”")
	outside := made(t, county, sendFile(t, county, head+"T4,D2,township,北镇\n", "what", "units", "under", "D1", "date", "2022-01-10"))
	h.Jobs.Drain(ctx)
	says(t, county.Page(outside), "不在本次导入的权限范围内")
	county.Must(403, sendFile(t, county, good, "what", "units", "under", "D2", "date", "2022-01-10"))
	same := made(t, admin, sendFile(t, admin, head+"C1,,city,甲市\n", "what", "units", "date", "2022-01-10"))
	people := made(t, county, sendFile(t, county, "code,name,unit_code,post_kind,from\np1,王某,D1,secretary,2021-01-01\n", "what", "people", "under", "D1"))
	h.Jobs.Drain(ctx)
	says(t, admin.Page(same), "无需改动")
	says(t, county.Page(people), "任职", "王某")
	made(t, county, county.Post(people))
	h.Jobs.Drain(ctx)
	says(t, county.Page("/who?unit=D1&date=2021-06-01"), "王某")
}

// The rows of the units below are written by hand: what people typed must not become markup.
func TestNamesAreTextNotMarkup(t *testing.T) {
	h := apptest.SQLite(t)
	h.AddUnits("C1 - city 甲市", `D&"1 C1 county <b>乙"&县`)
	a := h.As("staff", "staff@C1").Must(200, h.As("other", "staff@C1").Get("/units/"+itoa(h.Units["C1"].ID)))
	if strings.Contains(a.Body, "<b>乙") || !strings.Contains(a.Body, "&lt;b&gt;乙&#34;&amp;县") || !strings.Contains(a.Body, "D&amp;&#34;1") {
		t.Errorf("the row: %s", a.Body[strings.Index(a.Body, "tbody"):])
	}
}
