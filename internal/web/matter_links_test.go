package web_test

import (
	"regexp"
	"strings"
	"testing"

	"plumbline/internal/app/apptest"
)

// From a finding a project is registered that answers it; each page shows the other, and links are made and taken away.
func TestWhereAMatterCameFromAndWhatCameOfIt(t *testing.T) {
	apptest.Each(t, func(h *apptest.House) {
		x := castOf(h)
		finding := x.register("组织生活记录补写")
		menu := regexp.MustCompile(`href="(/matters/new\?type=project&amp;from=\d+&amp;link=(\w+))"`).FindStringSubmatch(x.staff.Page(finding).Body)
		if menu == nil {
			t.Fatalf("no project can be registered from a finding: %s", apptest.Text(x.staff.Get(finding).Body))
		}
		form := x.staff.Page(strings.ReplaceAll(menu[1], "&amp;", "&"))
		if !strings.Contains(form.Body, "ZG-2022-0001") || !strings.Contains(form.Body, ">组织生活记录补写<") && !strings.Contains(form.Body, `value="组织生活记录补写"`) {
			t.Fatalf("the form does not begin with the finding: %s", apptest.Text(form.Body))
		}
		id := finding[strings.LastIndex(finding, "/")+1:]
		x.other.Must(403, x.other.Get("/matters/new?type=rectification"))
		x.other.Must(404, x.other.Get("/matters/new?type=project&from="+id+"&link="+menu[2]))
		x.staff.Must(404, x.staff.Get("/matters/new?type=project&from="+id+"&link=nothing"))
		made := x.staff.Must(303, x.staff.Post("/matters", "type", "innovation", "unit", itoa(h.Units["A"].ID), "on", "2022-01-10", "from", id, "link", "grew_from",
			"name", "支部生活提醒制", "mechanism", "每月提醒", "problem", "补写记录", "evidence", "三个支部试行")).Location
		page := x.staff.Page(made).Body
		if !strings.Contains(page, "源于") || !strings.Contains(page, "ZG-2022-0001") {
			t.Errorf("where it came from: %s", apptest.Text(page))
		}
		if body := x.clerk.Page(finding).Body; !strings.Contains(body, "去向") || !strings.Contains(body, "支部生活提醒制") {
			t.Errorf("what came of it: %s", apptest.Text(body))
		}
		// A link to another matter by its number, and away again.
		x.register("会风不实")
		for number, want := range map[string]int{"": 422, "ZG-2022-0099": 422, "ZG-2022-0001": 422, "ZG-2022-0002": 303} {
			got := x.staff.Must(want, x.staff.Post(made+"/links", "kind", "grew_from", "to", number))
			if want == 422 && !strings.Contains(got.Body, `href="#f-to"`) {
				t.Errorf("%s came back without its reason: %s", number, apptest.Text(got.Body))
			}
		}
		x.staff.Must(422, x.staff.Post(made+"/links", "kind", "nothing", "to", "ZG-2022-0002"))
		x.verifier.Must(403, x.verifier.Post(made+"/links", "kind", "grew_from", "to", "ZG-2022-0002"))
		page = x.staff.Page(made).Body
		if !strings.Contains(page, "会风不实") || !strings.Contains(page, "建立关联") {
			t.Errorf("two origins: %s", apptest.Text(page))
		}
		remove := regexp.MustCompile(`action="(/matters/\d+/links/\d+/remove)"`).FindAllStringSubmatch(page, -1)
		if len(remove) != 2 {
			t.Fatalf("%d links can be taken away", len(remove))
		}
		x.other.Must(404, x.other.Post(remove[1][1]))
		x.staff.Must(303, x.staff.Post(remove[1][1]))
		x.staff.Must(404, x.staff.Post(remove[1][1]))
		if page = x.staff.Page(made).Body; strings.Count(page, "/remove\"") != 1 || !strings.Contains(page, "取消关联") {
			t.Errorf("after a link was taken away: %s", apptest.Text(page))
		}
	})
}

// A directive's clauses become matters of their units; one without a unit shows red, and the directive shows them all.
func TestADirectiveShowsItsClauses(t *testing.T) {
	apptest.Each(t, func(h *apptest.House) {
		x := castOf(h)
		at := x.clerk.Must(303, x.clerk.Post("/matters", "type", "directive", "convenor", itoa(h.Units["C"].ID), "unit", "甲市", "subject", "整治形式主义", "issuer", "上级", "received", "2022-01-10", "due", "2022-03-10",
			"on", "2022-01-10", "cycle", "0", "clauses.0.0", "精简会议", "clauses.0.1", "乙县", "clauses.0.2", "2022-02-28", "clauses.1.0", "压减文件", "clauses.1.1", "", "clauses.1.2", "2022-02-28")).Location
		x.clerk.Must(303, step(x.clerk, at, "spread", "clauses.0.0", "精简会议", "clauses.0.1", "乙县", "clauses.0.2", "2022-02-28", "clauses.1.0", "压减文件", "clauses.1.1", "", "clauses.1.2", "2022-02-28"))
		body := x.clerk.Page(at).Body
		for _, want := range []string{"去向", "尚未指定"} {
			if !strings.Contains(body, want) {
				t.Errorf("the directive's page lacks %s: %s", want, apptest.Text(body))
			}
		}
		if list := x.county.Page("/matters?type=directive_clause").Body; !strings.Contains(list, "精简会议") || strings.Contains(list, "压减文件") {
			t.Errorf("the county's clauses: %s", apptest.Text(list))
		}
		// The county came by its clause, not by the directive's other ones.
		clause := regexp.MustCompile(`href="(/matters/\d+)"[^>]*>精简会议`).FindStringSubmatch(x.county.Get("/matters?type=directive_clause").Body)
		if clause == nil || strings.Contains(x.county.Page(clause[1]).Body, "压减文件") {
			t.Error("the clause's page")
		}
		no := x.clerk.Must(422, step(x.clerk, at, "report", "summary", "已落实", "reported", "2022-01-10"))
		if !strings.Contains(no.Body, "还有任务条目没有办结") {
			t.Errorf("reported with clauses open: %s", apptest.Text(no.Body))
		}
	})
}
