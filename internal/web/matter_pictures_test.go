package web_test

import (
	"strings"
	"testing"

	"plumbline/internal/app/apptest"
)

// A project's milestones are drawn with what is done and late, in both languages; the title says how many.
func TestAProjectShowsItsPlanAsAPicture(t *testing.T) {
	apptest.Each(t, func(h *apptest.House) {
		x := castOf(h)
		at := x.staff.Must(303, x.staff.Post("/matters", "type", "project", "unit", itoa(h.Units["A"].ID), "on", "2022-01-10", "name", "便民服务中心", "kind", "project",
			"problem", "群众办事跑多次", "solves", "yes", "content", "建设一站式大厅", "effect", "一次办成", "start", "2021-10-01", "end", "2022-12-31",
			"milestones.0.0", "选址<甲>", "milestones.0.1", "40", "milestones.0.2", "2021-10-01", "milestones.0.3", "2021-11-01", "milestones.0.4", "2021-11-20",
			"milestones.1.0", "招标", "milestones.1.1", "30", "milestones.1.2", "2021-11-01", "milestones.1.3", "2021-12-01",
			"milestones.2.0", "开工", "milestones.2.1", "30", "milestones.2.3", "2022-12-20")).Location
		page := x.staff.Page(at)
		for _, want := range []string{`id="picture-1"`, "里程碑共3项，已完成1项，逾期1项", "选址&lt;甲&gt;", `class="lamp s-late"`, `class="tick"`} {
			if !strings.Contains(page.Body, want) {
				t.Errorf("no %s in %s", want, apptest.Text(page.Body))
			}
		}
		x.county.Page(at)
	})
}

// A benchmark's figures are drawn in the order of their dates, and the title says how far the unit is from whom it looks
// up to.
func TestABenchmarkShowsItsCurve(t *testing.T) {
	apptest.Each(t, func(h *apptest.House) {
		x := castOf(h)
		at := x.staff.Must(303, x.staff.Post("/matters", "type", "benchmark", "unit", itoa(h.Units["A"].ID), "on", "2022-01-10", "indicator", "办结率", "direction", "up",
			"own", "70", "reference_unit", "先进县", "reference", "92", "cause", "流程长", "measure", "压减环节", "due", "2022-12-31")).Location
		if strings.Contains(x.staff.Page(at).Body, `id="picture-1"`) {
			t.Error("a picture of nothing")
		}
		x.clerk.Must(303, step(x.clerk, at, "approve"))
		x.staff.Must(303, step(x.staff, at, "observe", "observations.0.0", "2022-01-09", "observations.0.1", "81.20", "observations.0.2", "92.60",
			"observations.1.0", "2021-12-01", "observations.1.1", "74.40", "observations.1.2", "92.00"))
		body := x.staff.Page(at).Body
		for _, want := range []string{"本单位比标杆低11.40", "差距比首期缩小6.20", "stroke-dasharray"} {
			if !strings.Contains(body, want) {
				t.Errorf("no %s in %s", want, apptest.Text(body))
			}
		}
	})
}

// A figure more in a table says so alone in the history; what stood there before is not told again. A bad cell is named
// by its row and its column's words.
func TestATableTellsItsRows(t *testing.T) {
	h := apptest.SQLite(t)
	x := castOf(h)
	at := x.staff.Must(303, x.staff.Post("/matters", "type", "benchmark", "unit", itoa(h.Units["A"].ID), "on", "2022-01-10", "indicator", "办结率", "direction", "up",
		"own", "70", "reference_unit", "先进县", "reference", "92", "cause", "流程长", "measure", "压减环节", "due", "2022-12-31")).Location
	x.clerk.Must(303, step(x.clerk, at, "approve"))
	bad := x.staff.Must(422, step(x.staff, at, "observe", "observations.0.0", "2022-01-09", "observations.0.1", "八成", "observations.0.2", "92.60"))
	if text := apptest.Text(bad.Body); !strings.Contains(text, "第1行（2022-01-09）的“本单位”填的是“八成”，无法识别") {
		t.Errorf("the bad cell is not named: %s", text)
	}
	x.staff.Must(303, step(x.staff, at, "observe", "observations.0.0", "2021-12-01", "observations.0.1", "74.40", "observations.0.2", "92.00"))
	x.staff.Must(303, step(x.staff, at, "observe", "observations.0.0", "2021-12-01", "observations.0.1", "74.40", "observations.0.2", "92.00",
		"observations.1.0", "2022-01-09", "observations.1.1", "81.20", "observations.1.2", "92.60"))
	x.staff.Must(303, step(x.staff, at, "observe", "observations.0.0", "2021-12-01", "observations.0.1", "75.50", "observations.0.2", "92.00"))
	history := strings.Replace(at, "/matters/", "/history/matter/", 1)
	for _, page := range []string{at, history} {
		text := apptest.Text(x.staff.Page(page).Body)
		for _, want := range []string{"新增：", "74.40 按指标口径 → 75.50", "删去："} {
			if strings.Count(text, want) != 1 {
				t.Errorf("%s does not say %q once: %s", page, want, text)
			}
		}
	}
}
