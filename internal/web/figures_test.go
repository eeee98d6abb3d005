package web_test

import (
	"html"
	"regexp"
	"strings"
	"testing"

	"plumbline/internal/app/apptest"
)

var (
	cellLink  = regexp.MustCompile(`href="(/matters\?[^"]*happened=[^"]+)"[^>]*>(?:<[^>]+>)*([0-9]+)<`)
	listTotal = regexp.MustCompile(`共 ?(\d+) ?条`)
)

// Every figure of the page leads to a list that is as long as the figure says.
func TestLedgerFiguresLeadToTheirMatters(t *testing.T) {
	apptest.Each(t, func(h *apptest.House) {
		x := castOf(h)
		for _, text := range []string{"问题一", "问题二"} {
			at := x.register(text)
			planned(x.county, at)
			x.clerk.Must(303, step(x.clerk, at, "approve"))
			x.county.Must(303, step(x.county, at, "declare", "result", "已完成"))
			x.verifier.Must(303, step(x.verifier, at, "verify", "note", "看过"))
			x.clerk.Must(303, step(x.clerk, at, "close_once", "note", "立行立改"))
			if text == "问题一" {
				x.verifier.Must(303, step(x.verifier, at, "reopen", "note", "又犯", "due", "2022-05-31"))
			}
		}
		x.register("问题三")
		page := x.clerk.Page("/ledgers/figures")
		text := apptest.Text(page.Body)
		for _, want := range []string{"甲市台账统计", "2022-01至2022-12，与2021-01至2021-12相比", "100%", "件数少", "比上期多3", "乙县", "问题整改台账"} {
			if !strings.Contains(text, want) {
				t.Errorf("the page does not say %q: %s", want, text)
			}
		}
		links := cellLink.FindAllStringSubmatch(page.Body, -1)
		if len(links) < 6 {
			t.Fatalf("%d figures are links: %s", len(links), page.Body)
		}
		for _, l := range links {
			list := x.clerk.Page(html.UnescapeString(l[1]))
			m := listTotal.FindStringSubmatch(apptest.Text(list.Body))
			if m == nil || m[1] != l[2] {
				t.Errorf("%s says %s, its list %v", l[1], l[2], m)
			}
		}
		text = apptest.Text(x.clerk.Page("/ledgers/figures?type=rectification&span=month").Body)
		for _, want := range []string{"甲市：问题整改台账统计", "2022-01，与2021-12相比", "各环节时长", "已申报完成"} {
			if !strings.Contains(text, want) {
				t.Errorf("the page of one ledger does not say %q: %s", want, text)
			}
		}
		if got := x.county.Page("/ledgers/figures").Body; !strings.Contains(got, "乙县台账统计") {
			t.Error("a county does not begin with itself")
		}
		x.county.Must(404, x.county.Get("/ledgers/figures?under="+itoa(h.Units["B"].ID)))
		bad := x.clerk.Must(422, x.clerk.Get("/ledgers/figures?span=other&from=2022-05&to=2022-02"))
		if !strings.Contains(bad.Body, "截止月份不能早于起始月份") {
			t.Errorf("months the wrong way round are not named: %s", apptest.Text(bad.Body))
		}
		x.clerk.Must(422, x.clerk.Get("/ledgers/figures?span=other&from=x&to=2022-02"))
		x.clerk.Must(422, x.clerk.Get("/ledgers/figures?unit=没有的单位"))
		if got := x.clerk.Must(200, x.clerk.Get("/ledgers/figures/export?span=quarter")); !strings.HasPrefix(got.Body, "PK") {
			t.Error("the export is no workbook")
		}
		index := x.clerk.Page("/ledgers").Body
		for _, want := range []string{"述职评议与整改", `href="/matters?class=open&amp;type=rectification"`, `href="/ledgers/figures?type=rectification"`} {
			if !strings.Contains(index, want) {
				t.Errorf("the ledgers do not show %q", want)
			}
		}
	})
}
