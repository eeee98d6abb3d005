package web_test

import (
	"regexp"
	"strings"
	"testing"

	"plumbline/internal/app/apptest"
)

var hiddenField = regexp.MustCompile(`<input type="hidden" name="((?:m|version\.\d+|step))" value="([^"]*)"`)

// bulkPairs are the hidden values of a form for many matters.
func bulkPairs(body string) (pairs []string) {
	for _, m := range hiddenField.FindAllStringSubmatch(body, -1) {
		pairs = append(pairs, m[1], m[2])
	}
	return pairs
}

func idOf(at string) string { return at[strings.LastIndex(at, "/")+1:] }

func TestManyMattersAreMovedByOneForm(t *testing.T) {
	apptest.Each(t, func(h *apptest.House) {
		x := castOf(h)
		a, b, c := x.register("问题一"), x.register("问题二"), x.register("问题三")
		list := x.staff.Page("/matters")
		if strings.Count(list.Body, `data-pick form="bulk" name="m"`) != 3 {
			t.Fatalf("the rows can't be ticked: %s", apptest.Text(list.Body))
		}
		x.staff.Must(303, x.staff.Get("/matters/bulk"))
		all := "/matters/bulk?m=" + idOf(a) + "&m=" + idOf(b) + "&m=" + idOf(c)
		if text := apptest.Text(x.staff.Page(all).Body); !strings.Contains(text, "3项中有3项可办") || !strings.Contains(text, "认领") {
			t.Fatalf("no step is offered: %s", text)
		}
		if text := apptest.Text(x.verifier.Page(all).Body); !strings.Contains(text, "没有可以一并办理的步骤") {
			t.Errorf("somebody without a right is offered a step: %s", text)
		}
		form := x.staff.Page(all + "&step=rectification.claim")
		x.county.Must(303, step(x.county, c, "dispute", "note", "不属实")) // somebody is quicker with the third
		send := append(bulkPairs(form.Body), "_once", "bulk-1")
		text := apptest.Text(x.staff.Must(200, x.staff.Post("/matters/bulk", send...)).Body)
		if !strings.Contains(text, "2项已办理，1项未办理") || !strings.Contains(text, "您打开后已有他人办理") {
			t.Errorf("the result does not say what was done and what not: %s", text)
		}
		again := apptest.Text(x.staff.Must(200, x.staff.Post("/matters/bulk", send...)).Body)
		if !strings.Contains(again, "2项已办理，1项未办理") {
			t.Errorf("the same form says something else when it comes again: %s", again)
		}
		for _, at := range []string{a, b} {
			history := apptest.Text(x.county.Page(strings.Replace(at, "/matters/", "/history/matter/", 1)).Body)
			if strings.Count(history, "已认领") != 1 {
				t.Errorf("a matter has not one entry of its own: %s", history)
			}
		}
		// The doer never judges, however many matters the form holds.
		for _, at := range []string{a, b} {
			x.county.Must(303, step(x.county, at, "plan", "goal", "目标", "measures", "措施", "leader", "王五", "lead_unit", "乙县", "responsible", "李四", "due", "2022-04-29"))
		}
		two := "/matters/bulk?m=" + idOf(a) + "&m=" + idOf(b) + "&step=rectification."
		form = x.clerk.Page(two + "approve")
		text = apptest.Text(x.clerk.Must(200, x.clerk.Post("/matters/bulk", append(bulkPairs(form.Body), "note", "同意", "_once", "bulk-2")...)).Body)
		if !strings.Contains(text, "2项已办理") {
			t.Errorf("plans are not approved together: %s", text)
		}
		stranger := apptest.Text(x.other.Must(200, x.other.Post("/matters/bulk", "step", "rectification.progress", "m", idOf(a), "version."+idOf(a), "4", "note", "x")).Body)
		if !strings.Contains(stranger, "0项已办理") || strings.Contains(stranger, "问题一") {
			t.Errorf("somebody who may not read a matter is told of it: %s", stranger)
		}
		var many []string
		for i := range 201 {
			many = append(many, "m", itoa(int64(i+1)))
		}
		x.clerk.Must(422, x.clerk.Post("/matters/bulk", append(many, "step", "rectification.approve")...))
	})
}

func TestAnOwnerIsNamedForManyMatters(t *testing.T) {
	apptest.Each(t, func(h *apptest.House) {
		x := castOf(h)
		var ids []string
		for _, problem := range []string{"问题甲", "问题乙"} {
			at := x.clerk.Must(303, x.clerk.Post("/matters", "type", "rectification", "convenor", itoa(x.Units["C"].ID), "problem", problem, "source", "self_check",
				"unit", "", "on", "2022-01-10", "cycle", "0")).Location
			ids = append(ids, "m="+idOf(at))
		}
		form := x.clerk.Page("/matters/bulk?" + strings.Join(ids, "&") + "&step=rectification.assign")
		pairs := bulkPairs(form.Body)
		if bad := x.clerk.Must(422, x.clerk.Post("/matters/bulk", append(pairs, "owner", "无此单位")...)); !strings.Contains(bad.Body, "未找到") || !strings.Contains(bad.Body, "无此单位") {
			t.Errorf("a unit that is not there: %s", apptest.Text(bad.Body))
		}
		text := apptest.Text(x.clerk.Must(200, x.clerk.Post("/matters/bulk", append(pairs, "owner", "丙县", "note", "")...)).Body)
		if !strings.Contains(text, "2项已办理") || strings.Count(text, "丙县") < 2 {
			t.Errorf("the owner is not named for both: %s", text)
		}
	})
}
