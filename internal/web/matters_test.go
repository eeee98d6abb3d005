package web_test

import (
	"bytes"
	"mime/multipart"
	"regexp"
	"strings"
	"testing"

	"plumbline/internal/app/apptest"
)

// cast is the people of these tests: a city that convenes, two counties, a verifier.
type cast struct {
	*apptest.House
	clerk, county, staff, verifier, other *apptest.Browser
}

func castOf(h *apptest.House) cast {
	h.AddUnits("C - city 甲市", "A C county 乙县", "B C county 丙县", "V A village 丁村")
	person, _ := h.AddPerson("王五", "secretary", "A", "2020-01-01")
	return cast{h, h.As("clerk", "secretariat@C"), h.AsPerson("county", person, "debriefer@A"), h.As("staff", "staff@A"),
		h.As("verifier", "verifier@C"), h.As("other", "debriefer@B")}
}

// register makes a finding through the form and gives its address.
func (x cast) register(problem string) string {
	x.T.Helper()
	return x.clerk.Must(303, x.clerk.Post("/matters", "type", "rectification", "convenor", itoa(x.Units["C"].ID), "problem", problem, "source", "self_check",
		"unit", "乙县", "on", "2022-01-10", "cycle", "0")).Location
}

func itoa(n int64) string {
	var b []byte
	for ; n > 0; n /= 10 {
		b = append([]byte{byte('0' + n%10)}, b...)
	}
	return string(b)
}

var versionField = regexp.MustCompile(`name="version" value="(\d+)"`)

// step sends the form of a step as it was shown, with more values.
func step(b *apptest.Browser, at, id string, pairs ...string) apptest.Answer {
	page := b.Get(at + "/steps/" + id)
	m := versionField.FindStringSubmatch(page.Body)
	if m == nil {
		m = versionField.FindStringSubmatch(b.Get(at).Body)
	}
	version := "0"
	if m != nil {
		version = m[1]
	}
	return b.Post(at+"/steps/"+id, append([]string{"version", version}, pairs...)...)
}

func TestAFindingOnItsPages(t *testing.T) {
	apptest.Each(t, func(h *apptest.House) {
		x := castOf(h)
		at := x.register("组织生活记录补写")
		for _, b := range []*apptest.Browser{x.clerk, x.county, x.verifier} {
			if body := b.Page(at).Body; !strings.Contains(body, "ZG-2022-0001") || !strings.Contains(body, "组织生活记录补写") {
				t.Fatalf("the page does not show the matter: %s", apptest.Text(body))
			}
			b.Page("/matters")
			b.Page("/")
		}
		x.other.Must(404, x.other.Get(at))
		x.other.Must(404, step(x.other, at, "claim"))
		x.county.Must(303, step(x.county, at, "claim"))
		form := x.county.Page(at + "/steps/plan")
		for _, prefilled := range []string{`value="王五"`, `value="乙县"`, `value="2022-04-11"`} {
			if !strings.Contains(form.Body, prefilled) {
				t.Errorf("the plan's form is not prefilled with %s", prefilled)
			}
		}
		bad := x.county.Must(422, step(x.county, at, "plan", "goal", "写下的目标", "measures", "", "leader", "王五", "lead_unit", "乙县", "responsible", "李四", "due", "2021-01-01"))
		if !strings.Contains(bad.Body, "写下的目标") || !strings.Contains(bad.Body, `href="#f-measures"`) || !strings.Contains(bad.Body, `href="#f-due"`) {
			t.Fatalf("the form came back without what was typed or without its errors: %s", apptest.Text(bad.Body))
		}
		x.county.Must(303, step(x.county, at, "plan", "goal", "目标", "measures", "措施", "leader", "王五", "lead_unit", "乙县", "responsible", "李四", "due", "2022-04-29"))
		x.county.Must(403, step(x.county, at, "approve", "note", ""))
		x.clerk.Must(303, step(x.clerk, at, "approve", "note", "同意"))
		x.staff.Must(303, step(x.staff, at, "progress", "note", "已整改两项"))
		x.county.Must(303, step(x.county, at, "declare", "result", "已全部整改", "mechanism", "出台组织生活月报制度"))
		x.verifier.Must(303, step(x.verifier, at, "verify", "note", "现场核查属实"))
		x.clerk.Must(303, step(x.clerk, at, "close", "mechanism", "出台组织生活月报制度", "check_every", "half_yearly", "note", ""))
		page := x.county.Page(at)
		for _, want := range []string{"已销号", "王五", "李四", "现场核查属实", "2022年4月29日", "出台组织生活月报制度", "已整改两项"} {
			if !strings.Contains(page.Body, want) {
				t.Errorf("the page does not say %s", want)
			}
		}
		history := x.county.Page(strings.Replace(at, "/matters/", "/history/matter/", 1))
		for _, want := range []string{"核查通过 → 已销号", "责任领导：王五", "牵头单位：乙县", "结果", "2022年4月29日"} {
			if !strings.Contains(apptest.Text(history.Body), want) {
				t.Errorf("the history does not say %s: %s", want, apptest.Text(history.Body))
			}
		}
		if strings.Contains(history.Body, "closed_done") || strings.Contains(history.Body, "lead_unit") {
			t.Error("the history shows keys of the definition")
		}
		if !strings.Contains(page.Body, "/history/matter/") {
			t.Error("the matter's own unit is not led to its history")
		}
		x.other.Must(404, x.other.Get(strings.Replace(at, "/matters/", "/history/matter/", 1)))
		if strings.Contains(page.Body, "=李四") {
			t.Error("the page shows the mark of a free name")
		}
	})
}

func TestAStaleStepShowsBoth(t *testing.T) {
	h := apptest.SQLite(t)
	x := castOf(h)
	at := x.register("问题一")
	x.staff.Must(303, step(x.staff, at, "claim"))
	a := x.county.Must(409, x.county.Post(at+"/steps/plan", "version", "1", "goal", "我写的目标", "measures", "措施", "leader", "王五", "lead_unit", "乙县", "responsible", "李四", "due", "2022-04-29"))
	if !strings.Contains(a.Body, "我写的目标") || !strings.Contains(a.Body, `name="version" value="2"`) || !strings.Contains(a.Body, "已认领") {
		t.Fatalf("the stale form loses something: %s", apptest.Text(a.Body))
	}
	once := x.county.Post(at+"/steps/dispute", "version", "2", "note", "不属实", "_once", "token-1")
	x.county.Must(303, once)
	x.county.Must(409, x.county.Post(at+"/steps/dispute", "version", "3", "note", "不属实", "_once", "token-1"))
}

func TestTheListIsFilteredSharedAndExported(t *testing.T) {
	apptest.Each(t, func(h *apptest.House) {
		x := castOf(h)
		x.register("组织生活不规范")
		x.register("发展党员材料不齐")
		for _, c := range []struct {
			query string
			n     int
		}{{"", 2}, {"?q=材料", 1}, {"?q=zg-2022-0001", 1}, {"?state=claimed", 0}, {"?unit=丙县", 0}, {"?unit=A", 2}, {"?queue=late", 0}, {"?class=open&type=rectification&kind=common", 0},
			{"?under=" + itoa(h.Units["C"].ID) + "&page=1&sort=number", 2}, {"?page=2", 0}, {"?cycle=99&page=x", 0}, {"?unplanned=1", 2}} {
			page := x.clerk.Page("/matters" + c.query)
			if n := strings.Count(page.Body, `<span class="sub">ZG-2022-`); n != c.n {
				t.Errorf("%s lists %d, want %d", c.query, n, c.n)
			}
		}
		x.clerk.Must(422, x.clerk.Get("/matters?unit=无此单位"))
		csv := x.clerk.Must(200, x.clerk.Get("/matters/export?format=csv&all=1&type=rectification&q=材料"))
		if lines := strings.Split(strings.TrimSpace(csv.Body), "\n"); len(lines) != 2 || !strings.Contains(lines[0], "整改措施") || !strings.Contains(lines[1], "发展党员材料不齐") {
			t.Errorf("CSV: %q", csv.Body)
		}
		mixed := x.clerk.Must(200, x.clerk.Get("/matters/export?format=csv"))
		if lines := strings.Split(strings.TrimSpace(mixed.Body), "\r\n"); len(lines) != 3 || lines[0] != "\ufeff台账,编号,事项,责任单位,登记单位,提出日期,状态,进度,到期日,办结日期" || !strings.Contains(lines[1], "问题整改台账,ZG-2022-000") {
			t.Errorf("several ledgers at once: %q", mixed.Body)
		}
		if xlsx := x.clerk.Must(200, x.clerk.Get("/matters/export?format=xlsx")); !strings.HasPrefix(xlsx.Body, "PK") {
			t.Error("XLSX is none")
		}
		if other := x.other.Must(200, x.other.Get("/matters/export?format=csv")); strings.Contains(other.Body, "ZG-") {
			t.Error("the export shows matters of others")
		}
	})
}

func send(t *testing.T, b *apptest.Browser, to string, name, content string, pairs ...string) apptest.Answer {
	t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for i := 0; i+1 < len(pairs); i += 2 {
		_ = w.WriteField(pairs[i], pairs[i+1])
	}
	part, err := w.CreateFormFile("file", name)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = part.Write([]byte(content))
	_ = w.Close()
	return b.Send(to, w.FormDataContentType(), &body)
}

func TestEvidenceIsBroughtAndFetched(t *testing.T) {
	h := apptest.SQLite(t)
	x := castOf(h)
	at := x.register("问题一")
	bad := x.staff.Must(422, send(t, x.staff, at+"/evidence/files", "病毒.exe", "MZ\x90", "file_on", "2022-01-05"))
	if !strings.Contains(bad.Body, "不支持此类文件") {
		t.Errorf("a refused file is not explained: %s", apptest.Text(bad.Body))
	}
	x.staff.Must(422, send(t, x.staff, at+"/evidence/files", "a.pdf", "%PDF-1.7", "file_on", "2023-01-05"))
	x.staff.Must(303, send(t, x.staff, at+"/evidence/files", "佐证.pdf", "%PDF-1.7 内容", "file_on", "2022-01-05", "link", "https://example.org/a"))
	page := x.county.Page(at)
	link := regexp.MustCompile(at + `/files/\d+`).FindString(page.Body)
	if link == "" || !strings.Contains(page.Body, "2022年1月5日") || !strings.Contains(page.Body, "https://example.org/a") {
		t.Fatalf("the evidence is not listed: %s", apptest.Text(page.Body))
	}
	got := x.clerk.Must(200, x.clerk.Get(link))
	if got.Body != "%PDF-1.7 内容" || !strings.HasPrefix(got.Header.Get("Content-Disposition"), "attachment") || got.Header.Get("Content-Type") != "application/pdf" {
		t.Errorf("fetched %q as %v", got.Body, got.Header)
	}
	x.other.Must(404, x.other.Get(link))
	x.other.Must(404, send(t, x.other, at+"/evidence/files", "a.pdf", "%PDF-1.7"))
}

func TestRegisteringFromOtherSources(t *testing.T) {
	h := apptest.SQLite(t)
	x := castOf(h)
	x.clerk.Page("/matters/new")
	x.clerk.Page("/matters/new?type=promise")
	x.verifier.Must(403, x.verifier.Get("/matters/new"))
	x.county.Must(403, x.county.Get("/matters/new?type=rectification")) // the convenor's; its own lists it may fill
	convenor := itoa(h.Units["C"].ID)
	bad := x.clerk.Must(422, x.clerk.Post("/matters", "type", "rectification", "convenor", convenor, "problem", "", "source", "audit", "unit", "无此单位", "units", "丙县\n也没有", "on", "2022-01-10"))
	for _, want := range []string{`href="#f-unit"`, "也没有"} {
		if !strings.Contains(bad.Body, want) {
			t.Errorf("the form came back without %s: %s", want, apptest.Text(bad.Body))
		}
	}
	x.clerk.Must(422, x.clerk.Post("/matters", "type", "rectification", "convenor", convenor, "problem", "问题", "source", "audit", "on", "2022-02-10"))
	at := x.clerk.Must(303, x.clerk.Post("/matters", "type", "rectification", "convenor", convenor, "problem", "共性问题一", "source", "audit", "unit", "乙县", "units", "丙县", "on", "2022-01-10")).Location
	if page := x.clerk.Page(at); !strings.Contains(page.Body, "ZG-2022-0002") {
		t.Error("the other unit's share is not shown")
	}
	x.clerk.Must(422, x.clerk.Post(at+"/share", "unit", "乙县"))
	x.clerk.Must(303, x.clerk.Post(at+"/share", "unit", "C"))
	x.clerk.Must(422, x.clerk.Post(at+"/repeat", "repeat_of", "ZG-1999-0001"))
	lone := x.clerk.Must(303, x.clerk.Post("/matters", "type", "rectification", "convenor", convenor, "problem", "谁来负责", "source", "opinion", "on", "2022-01-10")).Location
	x.clerk.Must(303, step(x.clerk, lone, "assign", "owner", "丙县"))
	x.other.Page(lone)
	x.clerk.Must(303, x.clerk.Post(lone+"/repeat", "repeat_of", "ZG-2022-0001"))
	if page := x.clerk.Page(lone); !strings.Contains(page.Body, "与往年问题重复") {
		t.Error("the link to the earlier finding is not shown")
	}
	x.clerk.Must(404, x.clerk.Get("/matters/999"))
	x.clerk.Must(404, x.clerk.Get(lone+"/steps/nothing"))
}

func TestAUnitsPageShowsHowItsLedgersStand(t *testing.T) {
	h := apptest.SQLite(t)
	x := castOf(h)
	x.register("问题一")
	x.register("问题二")
	for code, n := range map[string]int{"C": 1, "A": 1, "B": 0} {
		page := x.clerk.Page("/units/" + itoa(h.Units[code].ID))
		if got := strings.Count(page.Body, "问题整改台账</h2>"); got != n {
			t.Errorf("unit %s shows %d blocks, want %d", code, got, n)
		}
	}
	if page := x.other.Page("/units/" + itoa(h.Units["A"].ID)); strings.Contains(page.Body, "问题整改台账") {
		t.Error("another county sees how the ledgers stand")
	}
}

func TestTextSurvivesAnEndedSession(t *testing.T) {
	h := apptest.SQLite(t)
	x := castOf(h)
	at := x.register("问题一")
	x.county.Must(303, step(x.county, at, "plan", "goal", "目标", "measures", "措施", "leader", "王五", "lead_unit", "乙县", "responsible", "李四", "due", "2022-04-29"))
	x.clerk.Must(303, step(x.clerk, at, "approve", "note", ""))
	nobody := x.Nobody()
	a := nobody.Must(401, send(t, nobody, at+"/steps/progress/files", "佐证.pdf", "%PDF-1.7", "version", "3", "note", "写了很久的进展"))
	if !strings.Contains(a.Body, "写了很久的进展") || !strings.Contains(a.Body, "请重新选择") {
		t.Fatalf("the text is lost: %s", apptest.Text(a.Body))
	}
	// Signing in sends the texts again, without the file.
	x.staff.Must(303, x.staff.Post(at+"/steps/progress/files", "version", "3", "note", "写了很久的进展"))
	if page := x.county.Page(at); !strings.Contains(page.Body, "写了很久的进展") {
		t.Error("the progress was not noted")
	}
}
