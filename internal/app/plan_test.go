package app_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"

	"plumbline/internal/app/apptest"
	"plumbline/internal/review/plan"
)

// planForm gives the pairs of a form that saves a body.
func planForm(p plan.Plan, body plan.Body, more ...string) []string {
	out := []string{"name", p.Name, "version", fmt.Sprint(p.Version)}
	for name, values := range body.Encode() {
		for _, v := range values {
			out = append(out, name, v)
		}
	}
	return append(out, more...)
}

func newPlan(t *testing.T, h *apptest.House, b *apptest.Browser) plan.Plan {
	t.Helper()
	a := b.Must(http.StatusSeeOther, b.Post("/plans", "unit", fmt.Sprint(h.Units["C1"].ID), "year", "2021", "name", "2021年度方案", "from", "0"))
	var id int64
	if _, err := fmt.Sscanf(a.Location, "/plans/%d", &id); err != nil {
		t.Fatalf("%q: %v", a.Location, err)
	}
	return planByID(t, h, id)
}

func planByID(t *testing.T, h *apptest.House, id int64) plan.Plan {
	t.Helper()
	p, err := plan.ByID(t.Context(), h.DB, id)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestPlanPages(t *testing.T) {
	apptest.Each(t, func(h *apptest.House) {
		h.AddUnits("C1 - city 甲市", "D1 C1 county 乙县")
		office := h.As("office", "secretariat@C1")
		office.Page("/plans")
		office.Page("/plans/new")
		p := newPlan(t, h, office)
		path := fmt.Sprintf("/plans/%d", p.ID)
		page := office.Page(path)
		if !strings.Contains(page.Body, "默认值，请核对本地方案") {
			t.Error("nothing is marked as default")
		}
		for _, sub := range []string{"/edit", "/preview", "/compare", "/compare?with=0"} {
			office.Page(path + sub)
		}
		if text := office.Page(path + "/preview").Body; !strings.Contains(text, "综合得分") || !strings.Contains(text, "甲县（虚构）") {
			t.Error("the preview shows no result")
		}
		var scored struct{ Classes []struct{ ID, Weight string } }
		if err := json.Unmarshal([]byte(office.Get(path+"/PLAN.json").Body), &scored); err != nil || len(scored.Classes) != 3 || scored.Classes[0].Weight != "0.5" {
			t.Errorf("PLAN.json: %+v %v", scored, err)
		}
		if a := office.Get(path + "/plan.json"); a.Body != p.Text {
			t.Error("the exported text is not the plan's")
		}
		unit := h.As("unit", "debriefer@D1")
		unit.Must(http.StatusNotFound, unit.Get(path))
		unit.Must(http.StatusForbidden, unit.Get(path+"/edit"))
		unit.Must(http.StatusForbidden, unit.Post(path+"/freeze", "version", "1"))
		office.Must(http.StatusSeeOther, office.Post(path+"/freeze", "version", fmt.Sprint(p.Version)))
		office.Page(path)
		office.Must(http.StatusUnprocessableEntity, office.Get(path+"/edit"))
		if a := unit.Page(path); !strings.Contains(a.Body, plan.Digest(p.Text)) {
			t.Error("the announced plan shows no digest")
		}
	})
}

func TestPlanEditing(t *testing.T) {
	h := apptest.SQLite(t)
	h.AddUnits("C1 - city 甲市")
	office := h.As("office", "secretariat@C1")
	p := newPlan(t, h, office)
	path := fmt.Sprintf("/plans/%d", p.ID)
	edit := func(status int, more ...string) apptest.Answer {
		t.Helper()
		p = planByID(t, h, p.ID)
		return office.Must(status, office.Post(path+"/edit", planForm(p, p.Body, more...)...))
	}
	if a := edit(http.StatusSeeOther, "do", "add:classes"); a.Location != path+"/edit#classes" {
		t.Errorf("after adding a row: %s", a.Location)
	}
	if p = planByID(t, h, p.ID); len(p.Body.Classes) != 4 || p.Body.Classes[3].ID != "D" || p.Body.IsDefault(plan.ChapterClasses) || !p.Body.IsDefault(plan.ChapterSteps) {
		t.Fatalf("a row was added: %+v %v", p.Body.Classes, p.Body.Defaults)
	}
	if body := office.Page(path + "/edit").Body; !strings.Contains(body, "classes.3.weight") || !strings.Contains(body, `href="#f-classes.3.weight"`) {
		t.Error("the empty row has no error that leads to it")
	}
	if body := office.Page(path).Body; !strings.Contains(body, "修改后才能定稿") {
		t.Error("the plan does not say that it has problems")
	}
	office.Must(http.StatusUnprocessableEntity, office.Post(path+"/freeze", "version", fmt.Sprint(p.Version)))
	edit(http.StatusSeeOther, "do", "up:classes.1")
	edit(http.StatusSeeOther, "do", "drop:classes.3")
	if p = planByID(t, h, p.ID); len(p.Body.Classes) != 3 || p.Body.Classes[0].ID != "B" {
		t.Fatalf("raised and dropped: %+v", p.Body.Classes)
	}
	edit(http.StatusSeeOther, "do", "save", "confirm.steps", "1")
	if p = planByID(t, h, p.ID); p.Body.IsDefault(plan.ChapterSteps) || !p.Body.IsDefault(plan.ChapterTies) {
		t.Errorf("confirmed: %v", p.Body.Defaults)
	}
}

func TestPlanEditingBadInput(t *testing.T) {
	h := apptest.SQLite(t)
	h.AddUnits("C1 - city 甲市")
	office := h.As("office", "secretariat@C1")
	p := newPlan(t, h, office)
	path := fmt.Sprintf("/plans/%d", p.ID)
	form := planForm(p, p.Body)
	for i, v := range form {
		if v == "steps.0.offset" {
			form[i+1] = "六十天前"
		}
	}
	a := office.Must(http.StatusUnprocessableEntity, office.Post(path+"/edit", form...))
	if !strings.Contains(a.Body, "六十天前") || !strings.Contains(a.Body, "请填整数") {
		t.Error("what was typed is not kept, or nothing is said about it")
	}
	office.Must(http.StatusUnprocessableEntity, office.Post(path+"/edit", append([]string{"name", " "}, planForm(p, p.Body)[2:]...)...))
	office.Must(http.StatusSeeOther, office.Post(path+"/edit", planForm(p, p.Body)...))
	mine := p.Body
	mine.Turnout = "0.6"
	a = office.Must(http.StatusConflict, office.Post(path+"/edit", planForm(p, mine)...))
	if !strings.Contains(a.Body, "0.6") || !strings.Contains(a.Body, "用我的内容覆盖") || !regexp.MustCompile(`name="version" value="2"`).MatchString(a.Body) {
		t.Error("a stale form does not show both")
	}
	for _, pairs := range [][]string{{"unit", "0", "year", "x", "name", ""}, {"unit", "999", "year", "2021", "name", "x"}} {
		if a := office.Post("/plans", pairs...); a.Status != http.StatusUnprocessableEntity && a.Status != http.StatusNotFound {
			t.Errorf("%v: %d", pairs, a.Status)
		}
	}
	office.Must(http.StatusNotFound, office.Get("/plans/99/preview"))
}

// The rules of plans name their words in short; every one of them has words.
func TestPlanProblemsHaveWords(t *testing.T) {
	text, err := os.ReadFile("../review/plan/rules.go")
	if err != nil {
		t.Fatal(err)
	}
	h := apptest.SQLite(t)
	keys := regexp.MustCompile(`c\.(?:add|want)\([^\n]*?, "([a-z_]+)"(?:, "[A-Z][A-Za-z]*"[^\n]*)?\)\n`).FindAllStringSubmatch(string(text), -1)
	if len(keys) < 30 {
		t.Fatalf("only %d keys found", len(keys))
	}
	for _, m := range keys {
		if !h.Words.Has("fault.plan." + m[1]) {
			t.Errorf("fault.plan.%s has no words", m[1])
		}
	}
}
