package app_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"plumbline/internal/app/apptest"
	"plumbline/internal/authz"
	"plumbline/internal/ledger"
	"plumbline/internal/review/cycle"
	"plumbline/internal/review/plan"
	"plumbline/internal/review/report"
)

func openYear(h *apptest.House, year int, meeting string) cycle.Cycle {
	h.T.Helper()
	ctx := context.Background()
	p, err := h.Rooms.Plans.Create(ctx, authz.System(), plan.NewPlan{Unit: h.Units["C1"].ID, Year: year, Name: "plan"})
	if err != nil {
		h.T.Fatal(err)
	}
	o, err := h.Rooms.Cycles.Open(ctx, authz.System(), cycle.NewCycle{Unit: h.Units["C1"].ID, Year: year, Plan: p.ID, MeetingDate: meeting})
	if err != nil {
		h.T.Fatal(err)
	}
	return o.Cycle
}

// What was promised and found one year stands in the next year's report, with its state and figures, to be answered.
func TestLastYearStandsInThisYearsReport(t *testing.T) {
	apptest.Each(t, func(h *apptest.House) {
		ctx := context.Background()
		h.AddUnits("C1 - city 甲市", "D1 C1 county 一区", "D2 C1 county 二县")
		must := func(err error) {
			h.T.Helper()
			if err != nil {
				h.T.Fatal(err)
			}
		}
		owner, office := h.Actor("owner", 0, "debriefer@D1"), h.Actor("office", 0, "secretariat@C1")
		reporter := func(c cycle.Cycle) int64 {
			r, err := cycle.ReporterOf(ctx, h.DB, c.ID, h.Units["D1"].ID)
			must(err)
			return r.ID
		}
		last := openYear(h, 2021, "2022-01-25")
		first := reporter(last)
		_, err := h.Rooms.Reports.Save(ctx, owner, report.Save{Reporter: first, Part: "promises", Body: report.EncodePromises([]report.Promise{
			{Target: "村村有阅览室", Measure: strings.Repeat("长", 1500), Date: "2022-10-31"}, {Target: "减少报表"}, {Target: "旧日期", Date: "2021-01-01"}})})
		must(err)
		head, err := h.Rooms.Reports.Find(ctx, authz.Everything(), first)
		must(err)
		_, err = h.Rooms.Reports.Submit(ctx, owner, first, head.Version)
		must(err)
		must(h.Rooms.Reports.Accept(ctx, office, first, 1))
		_, err = h.Rooms.Ledgers.Register(ctx, office, ledger.Draft{Convenor: h.Units["C1"].ID, Unit: h.Units["D1"].ID,
			Fields: map[string]string{"problem": "下村太少", "source": "comment"}, Origin: ledger.Origin{Cycle: last.ID}})
		must(err)

		h.Clock.Add(330 * 24 * time.Hour)
		next := openYear(h, 2022, "2023-01-20")
		d, err := h.Rooms.Reports.Draft(ctx, owner, h.Gate.Policy().Scope(owner, authz.Read), reporter(next), h.Clock.Now().UnixMicro())
		must(err)
		answers := d.Content.Sections[0].Answers
		if len(answers) != 4 {
			t.Fatalf("%d items of last year: %+v", len(answers), answers)
		}
		kinds := map[string]int{}
		for _, a := range answers {
			kinds[a.Item.Kind]++
			if a.Item.State["zh"] == "" || a.Item.Lamp == "" || a.Item.Href == "" || a.Item.Text == "" {
				t.Errorf("%+v", a.Item)
			}
		}
		if kinds["finding"] != 1 || kinds["promise"] != 3 {
			t.Errorf("%v", kinds)
		}
		value := map[string]string{}
		for _, n := range d.Numbers {
			value[n.Key] = n.Value
		}
		if value["promise_total"] != "3" || value["finding_open"] != "1" || value["finding_on_time"] != "0" || d.Numbers[0].Date != "2022-12-06" {
			t.Errorf("%v %+v", value, d.Numbers[0])
		}
		if first := d.Checks[0]; first.ID != report.CheckUnanswered || first.OK || first.N != 4 {
			t.Errorf("%+v", d.Checks)
		}
		b := h.As("staff", "staff@D1")
		a := b.Page("/reports/" + itoa(reporter(next)) + "/edit")
		for _, want := range []string{"上年问题", "下村太少", "村村有阅览室", "佐证材料0份", "上年度承诺数 3", `value="{上年度承诺数}"`} {
			if !strings.Contains(a.Body, want) {
				t.Errorf("the editor does not show %q", want)
			}
		}
		b.Must(303, b.Post("/reports/"+itoa(reporter(next))+"/parts", "part", "results", "version", "0", "body", "共有", "insert", "{上年度承诺数}"))
		if a := b.Page("/reports/" + itoa(reporter(next)) + "/submit"); !strings.Contains(a.Body, `共有<span class="num" title="上年度承诺数，2022年12月6日台账数据">3</span>`) {
			t.Errorf("the figure is not filled in: %s", apptest.Text(a.Body))
		}
	})
}
