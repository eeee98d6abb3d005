package web_test

import (
	"strings"
	"testing"

	"plumbline/internal/app/apptest"
)

// A village asks, the county does, and the village judges; nobody chooses a convenor.
func TestARequestFromTheSideOfWhoAsks(t *testing.T) {
	apptest.Each(t, func(h *apptest.House) {
		x := castOf(h)
		village := h.As("village", "staff@V")
		form := village.Page("/matters/new?type=request")
		if strings.Contains(form.Body, `name="convenor"`) || strings.Contains(form.Body, `name="cycle"`) || !strings.Contains(form.Body, "甲市") {
			t.Fatalf("the form of who asks: %s", apptest.Text(form.Body))
		}
		if strings.Contains(form.Body, "type=rectification") {
			t.Error("the form offers a ledger that the reader can't register in")
		}
		bad := village.Must(422, village.Post("/matters", "type", "request", "requester", itoa(h.Units["V"].ID), "request", "", "kind", "power", "unit", "没有的单位", "on", "2022-01-10"))
		if !strings.Contains(bad.Body, `href="#f-unit"`) {
			t.Fatalf("came back as %s", apptest.Text(bad.Body))
		}
		at := village.Must(303, village.Post("/matters", "type", "request", "requester", itoa(h.Units["V"].ID), "request", "村道塌方需抢修", "kind", "coordination", "unit", "乙县", "on", "2022-01-10")).Location
		for _, b := range []*apptest.Browser{village, x.county, x.clerk} {
			if body := b.Page(at).Body; !strings.Contains(body, "提出单位") || !strings.Contains(body, "丁村") {
				t.Fatalf("the page: %s", apptest.Text(body))
			}
		}
		x.other.Must(404, x.other.Get(at))
		// The household of another village can't ask in this one's name.
		x.other.Must(403, x.other.Post("/matters", "type", "request", "requester", itoa(h.Units["V"].ID), "request", "冒名", "kind", "power", "on", "2022-01-10"))
		x.county.Must(303, step(x.county, at, "respond", "leader", "王五"))
		x.county.Must(303, step(x.county, at, "answer", "plan", "抢修", "result", "已修通"))
		home := village.Page("/").Body
		if !strings.Contains(home, "待我答复或评判") || !strings.Contains(home, "村道塌方需抢修") {
			t.Errorf("the first screen of who has to judge: %s", apptest.Text(home))
		}
		if body := x.clerk.Page(at).Body; !strings.Contains(body, "正待提出方") {
			t.Errorf("whom it waits for: %s", apptest.Text(body))
		}
		x.county.Must(403, step(x.county, at, "accept", "judgement", "solved"))
		village.Must(303, step(village, at, "accept", "judgement", "solved"))
		if body := village.Page(at).Body; !strings.Contains(body, "已解决") {
			t.Error("it was not closed")
		}
	})
}

// What a unit registers of its own is its own, and the unit above rules on it.
func TestAUnitRegistersItsOwn(t *testing.T) {
	apptest.Each(t, func(h *apptest.House) {
		x := castOf(h)
		form := x.staff.Page("/matters/new?type=project")
		if !strings.Contains(form.Body, "审核单位") || strings.Contains(form.Body, `name="units"`) {
			t.Fatalf("the form of a unit's own matter: %s", apptest.Text(form.Body))
		}
		bad := x.staff.Must(422, x.staff.Post("/matters", "type", "project", "unit", itoa(h.Units["A"].ID), "on", "2022-01-10"))
		if !strings.Contains(bad.Body, "乙县") {
			t.Error("the form that came back lost its unit")
		}
	})
}

// A table names units as people write them, shows them by name, and grows at the press of its button.
func TestATableOfUnits(t *testing.T) {
	apptest.Each(t, func(h *apptest.House) {
		x := castOf(h)
		form := []string{"type", "directive", "convenor", itoa(h.Units["C"].ID), "unit", "甲市", "subject", "整治形式主义", "issuer", "上级", "received", "2022-01-10", "due", "2022-03-10", "on", "2022-01-10", "cycle", "0",
			"clauses.0.0", "精简会议", "clauses.0.1", "乙县", "clauses.0.2", "2022-02-28", "clauses.1.0", "压减文件", "clauses.1.1", "没有的单位", "clauses.1.2", ""}
		more := x.clerk.Must(200, x.clerk.Post("/matters", append(form, "more", "clauses")...))
		if !strings.Contains(more.Body, `name="clauses.4.0"`) || !strings.Contains(more.Body, "压减文件") {
			t.Fatalf("more rows: %s", apptest.Text(more.Body))
		}
		bad := x.clerk.Must(422, x.clerk.Post("/matters", form...))
		if !strings.Contains(bad.Body, "第2行（压减文件）的“责任单位”填的是“没有的单位”") {
			t.Fatalf("an unknown unit in a row: %s", apptest.Text(bad.Body))
		}
		form[len(form)-3] = ""
		at := x.clerk.Must(303, x.clerk.Post("/matters", form...)).Location
		body := x.clerk.Page(at).Body
		if !strings.Contains(body, "<td>乙县") && !strings.Contains(apptest.Text(body), "精简会议 乙县") {
			t.Fatalf("the table on the page: %s", apptest.Text(body))
		}
		edit := x.clerk.Page(at + "/steps/spread").Body
		if !strings.Contains(edit, `name="clauses.0.1" value="乙县"`) && !strings.Contains(edit, `value="乙县"`) {
			t.Error("the form shows a key instead of a name")
		}
		empty := x.clerk.Must(422, step(x.clerk, at, "spread", "clauses.0.0", "", "clauses.0.1", "乙县", "clauses.0.2", ""))
		if !strings.Contains(empty.Body, "每条任务都要写明内容") {
			t.Errorf("the rule's own sentence: %s", apptest.Text(empty.Body))
		}
	})
}
