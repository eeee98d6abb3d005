package app_test

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"plumbline/internal/app/apptest"
	"plumbline/internal/review/cycle"
)

// cycleHouse is a city with three counties and a direct unit, its office, and an open cycle of 2021 whose meeting is on
// 25 January 2022; the clock stands at 10 January.
func cycleHouse(t *testing.T, h *apptest.House) (office *apptest.Browser, c cycle.Cycle) {
	t.Helper()
	h.AddUnits("C1 - city 甲市", "D1 C1 county 乙县", "D2 C1 county 丙县", "D3 C1 county 丁区", "E1 C1 direct 教育局", "T1 D1 township 戊镇")
	h.AddPerson("张某", "secretary", "D1", "2020-01-01")
	h.AddPerson("李某", "secretary", "D2", "2020-01-01")
	office = h.As("office", "secretariat@C1")
	p := newPlan(t, h, office)
	var form []string
	for _, code := range []string{"D1", "D2", "E1"} {
		id := fmt.Sprint(h.Units[code].ID)
		form = append(form, "call", id, "mode-"+id, "oral", "choice-"+id, "selected")
	}
	form = append(form, "unit", fmt.Sprint(h.Units["C1"].ID), "year", "2021", "plan", fmt.Sprint(p.ID), "meeting_date", "2022-01-25", "proposed", "1")
	a := office.Must(http.StatusSeeOther, office.Post("/cycles", form...))
	var id int64
	if _, err := fmt.Sscanf(a.Location, "/cycles/%d", &id); err != nil {
		t.Fatalf("%q: %v", a.Location, err)
	}
	return office, cycleByID(t, h, id)
}

func cycleByID(t *testing.T, h *apptest.House, id int64) cycle.Cycle {
	t.Helper()
	c, err := cycle.ByID(t.Context(), h.DB, id)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestCyclePages(t *testing.T) {
	apptest.Each(t, func(h *apptest.House) {
		office, c := cycleHouse(t, h)
		path := fmt.Sprintf("/cycles/%d", c.ID)
		if a := office.Must(http.StatusOK, office.Get(path+"/export?format=csv")); !strings.Contains(a.Body, "D1,乙县,张某,") {
			t.Errorf("the export: %s", a.Body)
		}
		office.Must(http.StatusOK, office.Get(path+"/export"))
		for _, page := range []string{"/cycles", "/cycles?year=2021&state=preparing&text=甲", "/cycles?year=x&from=-3&state=none", "/cycles/new", path, path + "/print", path + "/reporters", path + "/dates", path + "/close", "/calendar", "/"} {
			office.Page(page)
		}
		body := office.Page(path).Body
		for _, want := range []string{"甲市2021年度基层党建工作述职评议考核", "张某", "职务空缺", "2022年1月14日", "还剩4个工作日", "述职评议会"} {
			if !strings.Contains(body, want) {
				t.Errorf("the cycle's page lacks %q", want)
			}
		}
		if body := office.Page("/").Body; !strings.Contains(body, "没有述职人") {
			t.Error("the desk does not say that a post is vacant")
		}
		unit := h.As("unit", "debriefer@D1")
		body = unit.Page(path).Body
		if !strings.Contains(body, "乙县") || strings.Contains(body, "丙县") || strings.Contains(body, "点评要点") {
			t.Error("a reporter sees what is not theirs")
		}
		if !strings.Contains(unit.Page("/cycles").Body, path) {
			t.Error("the reporter's list lacks the cycle")
		}
		unit.Must(http.StatusForbidden, unit.Get(path+"/reporters"))
		unit.Must(http.StatusForbidden, unit.Post(path+"/advance", "version", "1", "state", "held"))
		if home := unit.Page("/").Body; !strings.Contains(home, "述职报告定稿报送") || strings.Contains(home, "点评要点") {
			t.Error("the reporter's first page does not remind of the dates that concern it")
		}
		other := h.As("other", "debriefer@D3")
		other.Must(http.StatusNotFound, other.Get(path))
		county := h.As("county", "secretariat@D1")
		county.Must(http.StatusForbidden, county.Get(path+"/dates"))
		county.Must(http.StatusForbidden, county.Post(path+"/reporters", "version", "1"))
		if !strings.Contains(county.Page("/cycles/new?meeting_date=2022-02-20").Body, "还没有可用的方案") {
			t.Error("a convenor without a plan is not told")
		}
	})
}

func TestOpeningShowsWhoShouldReport(t *testing.T) {
	h := apptest.SQLite(t)
	office, c := cycleHouse(t, h)
	city := fmt.Sprint(h.Units["C1"].ID)
	query := url.Values{"unit": {city}, "year": {"2022"}, "plan": {fmt.Sprint(c.Plan)}, "meeting_date": {"2023-01-17"}}
	body := office.Page("/cycles/new?" + query.Encode()).Body
	for _, want := range []string{"乙县", "丁区", "教育局", "上年度参加"} {
		if !strings.Contains(body, want) {
			t.Errorf("the proposal lacks %q", want)
		}
	}
	for name, form := range map[string][]string{
		"taken":   {"unit", city, "year", "2021", "plan", fmt.Sprint(c.Plan), "meeting_date", "2022-01-25"},
		"no date": {"unit", city, "year", "2022", "plan", fmt.Sprint(c.Plan), "meeting_date", ""},
		"no plan": {"unit", city, "year", "2022", "plan", "", "meeting_date", "2023-01-17"},
		"garbage": {"unit", city, "year", "千", "plan", "x", "meeting_date", "明天", "call", "x", "proposed", "1"},
	} {
		if a := office.Post("/cycles", form...); a.Status != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d", name, a.Status)
		}
	}
}

func TestChangingACycle(t *testing.T) {
	h := apptest.SQLite(t)
	office, c := cycleHouse(t, h)
	path := fmt.Sprintf("/cycles/%d", c.ID)
	post := func(status int, to string, pairs ...string) apptest.Answer {
		t.Helper()
		c = cycleByID(t, h, c.ID)
		return office.Must(status, office.Post(path+to, append([]string{"version", fmt.Sprint(c.Version)}, pairs...)...))
	}
	post(http.StatusSeeOther, "/draw", "seed", "上证指数3521.26", "oral", "1")
	if body := office.Page(path).Body; !strings.Contains(body, "上证指数3521.26") || !strings.Contains(body, "sha256sum") {
		t.Error("the draw is not published")
	}
	post(http.StatusUnprocessableEntity, "/draw", "seed", "x", "oral", "1")
	post(http.StatusUnprocessableEntity, "/draw", "seed", "long enough", "oral", "many")
	post(http.StatusSeeOther, "/meeting-date", "meeting_date", "2022-01-27")
	post(http.StatusUnprocessableEntity, "/meeting-date", "meeting_date", "soon")
	post(http.StatusSeeOther, "/dates", "due-claim", "2022-02-11")
	a := post(http.StatusUnprocessableEntity, "/dates", "due-claim", "2022-02-31")
	if !strings.Contains(a.Body, "请选择正确的日期") {
		t.Error("a wrong date is not answered at its field")
	}
	post(http.StatusSeeOther, "/step", "step", "opinions", "done", "1")
	post(http.StatusSeeOther, "/name", "cycle_name", "二〇二一年度", "cycle_name_en", "")
	if !strings.Contains(office.Page(path).Body, "二〇二一年度") {
		t.Error("the name did not change")
	}
	if a := office.Post(path+"/name", "version", "1", "cycle_name", "x"); a.Status != http.StatusConflict {
		t.Errorf("a stale form: %d", a.Status)
	}
	d1 := fmt.Sprint(h.Units["D1"].ID)
	post(http.StatusSeeOther, "/reporters", "call", d1, "mode-"+d1, "oral", "choice-"+d1, "required", "add", "T1")
	if list, err := cycle.Reporters(t.Context(), h.DB, c.ID); err != nil || len(list) != 2 {
		t.Errorf("reporters: %v %v", list, err)
	}
	if a := post(http.StatusUnprocessableEntity, "/reporters", "call", d1, "mode-"+d1, "oral", "choice-"+d1, "required", "add", "nowhere"); !strings.Contains(a.Body, "nowhere") {
		t.Error("an unknown code is not named")
	}
	post(http.StatusUnprocessableEntity, "/reporters", "add", "C1")
	post(http.StatusSeeOther, "/refresh")
	post(http.StatusUnprocessableEntity, "/close")
	post(http.StatusUnprocessableEntity, "/advance", "state", "closed")
	post(http.StatusSeeOther, "/advance", "state", "decided")
	if body := office.Page(path + "/close").Body; !strings.Contains(body, "没有报送述职报告") || !strings.Contains(body, "尚未进入整改阶段") {
		t.Error("the page does not say what is left undone")
	}
	if a := post(http.StatusUnprocessableEntity, "/close"); !strings.Contains(a.Body, "请说明办结的理由") {
		t.Error("no reason is asked for")
	}
	post(http.StatusSeeOther, "/close", "reason", "机构改革，提前办结")
	if body := office.Page(path).Body; !strings.Contains(body, "机构改革，提前办结") {
		t.Error("the reason is not kept")
	}
	if body := office.Page(path).Body; !strings.Contains(body, "办结归档") || strings.Contains(body, path+"/dates") {
		t.Error("a closed cycle can still be changed on its page")
	}
}

func TestCalendarFeed(t *testing.T) {
	h := apptest.SQLite(t)
	_, c := cycleHouse(t, h)
	unit := h.As("unit", "debriefer@D1")
	a := unit.Must(http.StatusOK, unit.Post("/calendar/renew"))
	found := regexp.MustCompile(`/calendar/([A-Za-z0-9_-]{32}\.ics)`).FindStringSubmatch(a.Body)
	if found == nil {
		t.Fatalf("no address: %s", apptest.Text(a.Body))
	}
	if strings.Contains(unit.Page("/calendar").Body, found[1]) {
		t.Error("the address was shown twice")
	}
	nobody := h.Nobody()
	feed := nobody.Must(http.StatusOK, nobody.Get("/calendar/"+found[1]))
	if !strings.HasPrefix(feed.Header.Get("Content-Type"), "text/calendar") || !strings.Contains(feed.Body, fmt.Sprintf("UID:cycle-%d-report@plumbline\r\n", c.ID)) ||
		!strings.Contains(feed.Body, "SUMMARY:述职报告定稿报送") || strings.Contains(feed.Body, "cycle-"+fmt.Sprint(c.ID)+"-prepare@") {
		t.Errorf("the feed: %s", feed.Body)
	}
	nobody.Must(http.StatusNotFound, nobody.Get("/calendar/"+strings.Repeat("A", 32)+".ics"))
	nobody.Must(http.StatusNotFound, nobody.Get("/calendar/x"))
	unit.Must(http.StatusSeeOther, unit.Post("/calendar/drop"))
	nobody.Must(http.StatusNotFound, nobody.Get("/calendar/"+found[1]))
}
