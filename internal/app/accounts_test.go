package app_test

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"plumbline/internal/app/apptest"
)

func city(h *apptest.House) {
	h.AddUnits("C1 - city 甲市", "D1 C1 county 乙县", "D2 C1 county 丙县", "T1 D1 township 东镇", "T2 D2 township 东镇")
}

var slipLink = regexp.MustCompile(`http://example\.com(/setup/[\w-]+)`)

func TestAccountsPages(t *testing.T) {
	apptest.Each(t, func(h *apptest.House) {
		city(h)
		admin := h.As("boss", "admin@C1")
		h.AddPerson("李娜", "staff", "D1", "2020-01-01")
		for _, path := range []string{"/accounts", "/accounts/new", "/accounts/import", "/accounts?q=b&role=admin&state=waiting"} {
			admin.Page(path)
		}
		bad := admin.Must(422, admin.Post("/accounts/new", "login", "x", "name", "", "role", "staff", "unit", "没有", "lang", "zh", "person", "谁"))
		for _, said := range []string{"登录名为2至64个字", "请填写姓名", "没有这个单位", "没有这个人员"} {
			if !strings.Contains(bad.Body, said) {
				t.Errorf("the form does not say %q", said)
			}
		}
		form := []string{"login", "Li.Na", "name", "李娜", "person", "李娜", "role", "staff", "lang", "zh"}
		which := admin.Must(422, admin.Post("/accounts/new", append(form, "unit", "东镇")...))
		if !strings.Contains(which.Body, "乙县 T1") || !strings.Contains(which.Body, "丙县 T2") {
			t.Errorf("two units of one name: %s", apptest.Text(which.Body))
		}
		id := itoa(h.Units["T1"].ID)
		made := admin.Must(200, admin.Post("/accounts/new", append(form, "unit", "东镇", "unit_id", id)...))
		link := slipLink.FindStringSubmatch(made.Body)
		if link == nil {
			t.Fatalf("no link: %s", apptest.Text(made.Body))
		}
		visitor := h.Nobody()
		visitor.Page(link[1])
		list := admin.Page("/accounts?q=li.na")
		at := regexp.MustCompile(`/accounts/\d+`).FindString(list.Body)
		page := admin.Page(at)
		if !strings.Contains(page.Body, "东镇") || !strings.Contains(page.Body, "等待首次登录") {
			t.Errorf("the account: %s", apptest.Text(page.Body))
		}
		admin.Must(422, admin.Post(at+"/grants", "role", "staff", "unit", "东"))
		admin.Must(303, admin.Post(at+"/grants", "role", "verifier", "unit", "D1"))
		revoke := regexp.MustCompile(at + `/grants/\d+/revoke`).FindString(admin.Get(at).Body)
		admin.Must(303, admin.Post(revoke))
		admin.Must(404, admin.Post(revoke))
		admin.Must(303, admin.Post(at, "version", "1", "name", "李娜娜", "person", "", "home", "D1"))
		stale := admin.Must(409, admin.Post(at, "version", "1", "name", "李娜妮", "person", "", "home", "D1"))
		if !strings.Contains(stale.Body, "李娜妮") || !strings.Contains(stale.Body, `<del>妮</del>`) {
			t.Errorf("a stale form: %s", apptest.Text(stale.Body))
		}
		renewed := slipLink.FindStringSubmatch(admin.Must(200, admin.Post(at+"/link")).Body)
		visitor.Must(422, visitor.Get(link[1]))
		visitor.Must(200, visitor.Get(renewed[1]))
		admin.Must(303, admin.Post(at+"/disable"))
		visitor.Must(422, visitor.Get(renewed[1]))
		admin.Must(303, admin.Post(at+"/enable"))
		admin.Must(303, admin.Post(at+"/unlock"))
	})
}

func TestAccountsBeyondTheReach(t *testing.T) {
	h := apptest.SQLite(t)
	city(h)
	county := h.As("county", "admin@D1")
	h.As("staff2", "staff@D2")
	boss := h.As("boss", "admin@C1")
	own := boss.Must(200, boss.Get("/accounts/"+itoa(boss.Actor.Account)))
	if strings.Contains(own.Body, "/disable") || strings.Contains(own.Body, "/revoke") {
		t.Error("an administrator is offered to shut themselves out")
	}
	boss.Must(422, boss.Post("/accounts/"+itoa(boss.Actor.Account)+"/disable"))
	if a := county.Get("/accounts"); strings.Contains(a.Body, "staff2") || strings.Contains(a.Body, "boss") {
		t.Errorf("a county sees others: %s", apptest.Text(a.Body))
	}
	for _, verb := range []string{"", "/grants", "/link", "/unlock", "/disable", "/enable"} {
		county.Must(404, county.Post("/accounts/"+itoa(boss.Actor.Account)+verb, "role", "staff", "unit", "D1", "name", "x", "home", "D1"))
	}
	county.Must(403, county.Post("/accounts/new", "login", "new", "name", "x", "role", "admin", "unit", "*", "lang", "zh"))
	county.Must(422, county.Post("/accounts/new", "login", "new", "name", "x", "role", "admin", "unit", "C1", "lang", "zh"))
}

func upload(t *testing.T, b *apptest.Browser, text, do string) apptest.Answer {
	t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	_ = w.WriteField("do", do)
	part, err := w.CreateFormFile("file", "账号.csv")
	if err != nil {
		t.Fatal(err)
	}
	_, _ = part.Write([]byte(text))
	_ = w.Close()
	return b.Send("/accounts/import", w.FormDataContentType(), &body)
}

func TestImportAccountsPage(t *testing.T) {
	h := apptest.SQLite(t)
	city(h)
	admin := h.As("boss", "admin@C1")
	good := "登录名,姓名,角色,单位编码\nyi,乙,述职人,D1\nbing,丙,staff,D2\n"
	if a := admin.Must(200, upload(t, admin, good, "check")); !strings.Contains(a.Body, "尚未导入") || strings.Contains(a.Body, "/setup/") {
		t.Errorf("the check: %s", apptest.Text(a.Body))
	}
	if a := admin.Must(422, upload(t, admin, good+"xx,,nobody,D9\n", "import")); !strings.Contains(a.Body, "没有角色") {
		t.Errorf("a bad row: %s", apptest.Text(a.Body))
	}
	if a := admin.Must(200, upload(t, admin, good, "import")); len(slipLink.FindAllString(a.Body, -1)) != 2*2 { // in words, and to be copied
		t.Errorf("the slips: %s", apptest.Text(a.Body))
	}
	if a := admin.Must(200, upload(t, admin, good, "import")); !strings.Contains(a.Body, "无需改动") {
		t.Errorf("the same again: %s", apptest.Text(a.Body))
	}
	admin.Must(422, upload(t, admin, "<html><body>x", "check"))
	admin.Must(http.StatusUnprocessableEntity, admin.Post("/accounts/import"))
	if a := admin.Page("/history/account/" + itoa(admin.Actor.Account)); !strings.Contains(a.Body, "新建账号") {
		t.Errorf("the history: %s", apptest.Text(a.Body))
	}
}

// The log is read within one's reach, like everything else.
func TestTheLogIsScoped(t *testing.T) {
	apptest.Each(t, func(h *apptest.House) {
		city(h)
		boss := h.As("boss", "admin@C1")
		for login, unit := range map[string]string{"yi-staff": "D1", "bing-staff": "D2"} {
			boss.Must(200, boss.Post("/accounts/new", "login", login, "name", login, "role", "staff", "unit", unit, "lang", "zh"))
		}
		county, all := h.As("county", "auditor@D1"), h.As("all", "auditor@C1")
		if a := county.Page("/audit"); !strings.Contains(a.Body, "yi-staff") || strings.Contains(a.Body, "bing-staff") {
			t.Errorf("the log of a county: %s", apptest.Text(a.Body))
		}
		if a := all.Page("/audit"); !strings.Contains(a.Body, "yi-staff") || !strings.Contains(a.Body, "bing-staff") || !strings.Contains(a.Body, "标记为演示") {
			t.Errorf("the log of the city: %s", apptest.Text(a.Body))
		}
		bing := regexp.MustCompile(`/accounts/(\d+)`).FindStringSubmatch(boss.Get("/accounts?q=bing").Body)[1]
		if told := apptest.Text(boss.Page("/history/account/" + bing).Body); !strings.Contains(told, "丙县·") || strings.Contains(told, "staff@") {
			t.Errorf("a role in the log: %s", told)
		}
		county.Must(404, county.Get("/history/account/"+bing))
		reader := h.As("reader", "committee@D2")
		reader.Must(404, reader.Get("/history/account/"+bing))
		reader.Page("/history/account/" + itoa(reader.Actor.Account))
	})
}

func TestAdministratorsHome(t *testing.T) {
	apptest.Each(t, func(h *apptest.House) {
		boss := h.As("boss", "admin@")
		if a := boss.Page("/"); !strings.Contains(a.Body, "导入组织机构") {
			t.Errorf("a new house: %s", apptest.Text(a.Body))
		}
		city(h)
		h.As("li", "staff@D1")
		if a := boss.Page("/"); strings.Contains(a.Body, "导入组织机构") || !strings.Contains(a.Body, "/accounts?state=waiting") {
			t.Errorf("a house in use: %s", apptest.Text(a.Body))
		}
	})
}
