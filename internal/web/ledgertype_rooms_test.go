package web_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"plumbline/internal/app/apptest"
)

// A ledger made in the browser is like one of the pack in every room, in the same running program: in the queues, the
// tables, the counts, the figures, the passing on, the log, the search and the import.
func TestALedgerOfTheOfficeIsInEveryRoom(t *testing.T) {
	apptest.Each(t, func(h *apptest.House) {
		x, ctx := castOf(h), context.Background()
		admin, auditor := h.As("designer", "admin@"), h.As("auditor", "auditor@")
		x.clerk.Page("/matters") // nothing of it may be remembered from before
		draft := admin.Must(303, admin.Post("/ledgers/types/rectification/copy", "name_zh", "督办台账", "name_en", "Supervision", "one_zh", "督办件", "one_en", "Item", "prefix", "DUB")).Location
		form := designForm(admin.Page(draft + "?view=fields").Body)
		admin.Must(303, admin.Post(draft, append(with(form, "f.0.zh", "督办要求", "f.0.en", "What is demanded"), "do", "save")...))
		version := versionField.FindStringSubmatch(admin.Page(draft + "/publish").Body)[1]
		admin.Must(303, admin.Post(draft+"/publish", "version", version))

		made := func(text string) string {
			return x.clerk.Must(303, x.clerk.Post("/matters", "type", "supervision", "convenor", itoa(h.Units["C"].ID), "problem", text, "source", "self_check", "unit", "乙县", "on", "2022-01-10", "cycle", "0")).Location
		}
		waiting, checked, ended := made("待认领的督办"), made("待核查的督办"), made("已办结的督办")
		for _, at := range []string{checked, ended} {
			planned(x.county, at)
			x.clerk.Must(303, step(x.clerk, at, "approve"))
			x.county.Must(303, step(x.county, at, "declare", "result", "已完成"))
		}
		x.verifier.Must(303, step(x.verifier, ended, "verify", "note", "看过"))
		x.clerk.Must(303, step(x.clerk, ended, "close_once", "note", "立行立改"))

		queue := func(b *apptest.Browser, name, want string) {
			t.Helper()
			body := apptest.Text(b.Page("/matters?type=supervision&queue=" + name).Body)
			if !strings.Contains(body, want) || strings.Contains(body, "已办结的督办") {
				t.Errorf("the queue %s: %s", name, body)
			}
		}
		queue(x.county, "do", "待认领的督办")
		queue(x.verifier, "verify", "待核查的督办")
		later := func(day int) {
			h.Clock.Set(time.Date(2022, 1, day, 2, 0, 0, 0, time.UTC))
			for _, b := range []*apptest.Browser{x.clerk, x.county, x.verifier, x.other, admin, auditor} {
				b.Again()
			}
		}
		later(18)
		queue(x.county, "soon", "待认领的督办")
		later(24)
		queue(x.county, "late", "待认领的督办")

		csv := x.clerk.Must(200, x.clerk.Get("/matters/export?type=supervision&format=csv")).Body
		for _, want := range []string{"督办要求", "DUB-2022-0001", "待认领的督办", "全部整改"} {
			if !strings.Contains(csv, want) {
				t.Errorf("the table lacks %q: %s", want, csv)
			}
		}
		if body := x.clerk.Must(200, x.clerk.Get("/matters/export?type=supervision&format=xlsx")).Body; !strings.HasPrefix(body, "PK") {
			t.Error("the export is no workbook")
		}
		for path, want := range map[string][]string{
			"/ledgers": {"督办台账"}, "/ledgers/figures": {"督办台账"}, "/ledgers/figures?type=supervision": {"督办台账统计", "已申报完成"},
			"/units/" + itoa(h.Units["A"].ID): {"督办台账"}, "/flow?type=supervision": {"督办台账", "谁转给谁"}, "/flow": {"督办台账"},
			"/search?q=DUB-2022-0002": {"待核查的督办"}, "/search?q=督办": {"待认领的督办", "已办结的督办"},
			"/matter-imports/new": {"督办台账"}, "/matter-imports/new?type=supervision": {"督办要求"}, waiting: {"认领"}, "/matters/new?type=supervision": {"督办要求"}} {
			body := x.clerk.Page(path).Body
			for _, w := range want {
				if !strings.Contains(body, w) {
					t.Errorf("%s does not say %q: %s", path, w, apptest.Text(body))
				}
			}
		}
		if body := x.other.Page("/search?q=督办").Body; strings.Contains(body, "待认领的督办") {
			t.Error("the search shows matters of another county")
		}
		file := hand(t, x.clerk, "督办要求,问题来源,责任单位\n带来的督办,审计,乙县\n", "type", "supervision")
		trial := x.clerk.Must(303, file).Location
		h.Jobs.Drain(ctx)
		holds(t, x.clerk.Page(trial), "确认登记1件")
		x.clerk.Must(303, x.clerk.Post(trial))
		h.Jobs.Drain(ctx)
		holds(t, x.clerk.Page("/matters?type=supervision"), "带来的督办")
		for path, want := range map[string][]string{"/audit?kind=ledger_draft": {"草稿", "发布台账", "督办台账"}, "/audit?kind=matter": {"待核查的督办", "核查通过", "已申报完成"}} {
			body := auditor.Page(path).Body
			for _, w := range want {
				if !strings.Contains(body, w) {
					t.Errorf("%s does not say %q: %s", path, w, apptest.Text(body))
				}
			}
		}
		if bad, err := h.Rooms.Ledgers.CheckCounts(ctx, h.DB); err != nil || len(bad) > 0 {
			t.Errorf("the counts: %v %v", bad, err)
		}
	})
}
