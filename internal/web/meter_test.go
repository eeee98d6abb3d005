package web_test

import (
	"html"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"plumbline/internal/app/apptest"
)

var meterLink = regexp.MustCompile(`href="(/meter/burden/matters\?[^"]+)"[^>]*>(\d+)`)

// demand notes through the form that something was asked of a unit.
func demand(b *apptest.Browser, unit int64, pairs ...string) string {
	return b.Must(303, b.Post("/matters", append(pairs, "type", "burden", "requester", itoa(unit), "kind", "form", "title", "统计表", "by", "甲市",
		"asked_on", "2022-01-05", "answer_by", "2022-01-30", "on", "2022-01-10")...)).Location
}

// TestTheMeter notes demands on two counties and looks at every figure and the matters behind it, the limits and the file.
func TestTheMeter(t *testing.T) {
	apptest.Each(t, func(h *apptest.House) {
		x := castOf(h)
		for range 5 {
			demand(x.county, x.Units["A"].ID, "hours", "1.5")
		}
		demand(x.other, x.Units["B"].ID, "kind", "meeting", "title", "丙县的会", "minutes", "90", "hours", "4")
		page := x.clerk.Page("/meter/burden")
		text := apptest.Text(page.Body)
		for _, want := range []string{"11.5", "1 个单位超限", "乙县 5", "2022年1月最多，共 6 件", "所费工时"} {
			if !strings.Contains(text, want) {
				t.Errorf("the page does not say %q: %s", want, text)
			}
		}
		links := meterLink.FindAllStringSubmatch(page.Body, -1)
		if len(links) < 5 {
			t.Fatalf("%d figures are links: %s", len(links), text)
		}
		for _, l := range links {
			list := x.clerk.Page(html.UnescapeString(l[1]))
			if n := strings.Count(list.Body, `<a href="/matters/`); strconv.Itoa(n) != l[2] {
				t.Errorf("%s says %s and lists %d", l[1], l[2], n)
			}
		}
		if own := apptest.Text(x.county.Page("/meter/burden?under=" + itoa(x.Units["C"].ID)).Body); strings.Contains(own, "丙县") || !strings.Contains(own, "乙县 5") {
			t.Errorf("the county sees: %s", own)
		}
		if own := apptest.Text(x.county.Page("/meter/burden").Body); !strings.Contains(own, "已超 5/4") {
			t.Errorf("the county sees of itself: %s", own)
		}
		for _, b := range []*apptest.Browser{x.county, x.clerk} {
			if file := b.Must(200, b.Get("/meter/burden/export")); !strings.HasPrefix(file.Body, "PK") {
				t.Errorf("no workbook: %.40q", file.Body)
			}
		}
		x.clerk.Must(404, x.clerk.Get("/meter/rectification"))
		x.clerk.Must(422, x.clerk.Get("/meter/burden?unit=没有这个单位"))
	})
}

// TestAnOfficeSetsLimits through the form: a figure for itself, a mistake, and back.
func TestAnOfficeSetsLimits(t *testing.T) {
	apptest.Each(t, func(h *apptest.House) {
		x := castOf(h)
		for range 5 {
			demand(x.county, x.Units["A"].ID)
		}
		const name = "count.form.month"
		x.clerk.Page("/meter/burden/limits")
		bad := x.clerk.Must(422, x.clerk.Post("/meter/burden/limits", name, "很多"))
		if !strings.Contains(bad.Body, "上限应为不超过1000000的整数") || !strings.Contains(bad.Body, "很多") {
			t.Errorf("a mistake is answered: %s", apptest.Text(bad.Body))
		}
		at := x.clerk.Must(303, x.clerk.Post("/meter/burden/limits", name, "8", name+".note", "市里的规定")).Location
		if text := apptest.Text(x.clerk.Page(at).Body); !strings.Contains(text, "市里的规定") || strings.Contains(text, "1 个单位超限") {
			t.Errorf("with the office's own limit: %s", text)
		}
		if log := apptest.Text(x.clerk.Page("/history/unit/" + itoa(x.Units["C"].ID)).Body); !strings.Contains(log, "报表材料件数（每月）") {
			t.Errorf("the log says: %s", log)
		}
		x.clerk.Must(303, x.clerk.Post("/meter/burden/limits", name, "8", name+".default", "1"))
		if text := apptest.Text(x.clerk.Page("/meter/burden").Body); !strings.Contains(text, "1 个单位超限") {
			t.Errorf("back to the ledger's own limit: %s", text)
		}
		x.county.Must(403, x.county.Get("/meter/burden/limits"))
	})
}
