package web_test

import (
	"html"
	"regexp"
	"strings"
	"testing"

	"plumbline/internal/app/apptest"
)

var (
	figureLink = regexp.MustCompile(`href="(/flow/matters\?[^"]+)"`)
	ofMatters  = regexp.MustCompile(`共 (\d+) 件，其中 (\d+) 件符合`)
)

// planned is the form of a plan.
func planned(b *apptest.Browser, at string) {
	b.Must(303, step(b, at, "plan", "goal", "全部整改", "measures", "逐项落实", "leader", "王五", "lead_unit", "乙县", "responsible", "张三", "due", "2022-04-29"))
}

// TestWhoPassesMattersOn lets two findings go different ways and looks at every figure and the matters behind it.
func TestWhoPassesMattersOn(t *testing.T) {
	apptest.Each(t, func(h *apptest.House) {
		x := castOf(h)
		smooth, bumpy := x.register("一次办成的问题"), x.register("来回推转的问题")
		planned(x.county, smooth)
		x.clerk.Must(303, step(x.clerk, smooth, "approve"))
		planned(x.county, bumpy)
		x.clerk.Must(303, step(x.clerk, bumpy, "return_plan", "note", "措施不具体"))
		planned(x.county, bumpy)
		x.clerk.Must(303, step(x.clerk, bumpy, "approve"))
		for _, at := range []string{smooth, bumpy} {
			x.county.Must(303, step(x.county, at, "declare", "result", "已完成"))
			x.verifier.Must(303, step(x.verifier, at, "verify", "note", "看过"))
			x.clerk.Must(303, step(x.clerk, at, "close_once", "note", "立行立改"))
		}
		page := x.clerk.Page("/flow")
		text := apptest.Text(page.Body)
		for _, want := range []string{"50% 1/2 件", "件数少", "谁转给谁", "<svg class=\"plot\""} {
			if !strings.Contains(text+page.Body, want) {
				t.Errorf("the page does not say %q: %s", want, text)
			}
		}
		links := figureLink.FindAllStringSubmatch(page.Body, -1)
		if len(links) < 12 {
			t.Fatalf("%d figures are links: %s", len(links), text)
		}
		for _, l := range links {
			list := x.clerk.Page(html.UnescapeString(l[1]))
			m := ofMatters.FindStringSubmatch(apptest.Text(list.Body))
			if m == nil {
				t.Fatalf("%s does not say how many: %s", l[1], apptest.Text(list.Body))
			}
			if n := strings.Count(list.Body, `<a href="/matters/`); itoa(int64(n)) != m[1] && !(n == 0 && m[1] == "0") {
				t.Errorf("%s says %s and lists %d", l[1], m[0], n)
			}
		}
		back := x.clerk.Page("/flow/matters?figure=back").Body
		if i, j := strings.Index(back, "来回推转的问题"), strings.Index(back, "一次办成的问题"); i < 0 || j < i {
			t.Error("what was sent back does not stand first")
		}
	})
}

// TestFlowKeepsToWhatMayBeRead asks as somebody of another unit, and for what is not there.
func TestFlowKeepsToWhatMayBeRead(t *testing.T) {
	apptest.Each(t, func(h *apptest.House) {
		x := castOf(h)
		at := x.register("别人的问题")
		planned(x.county, at)
		for _, path := range []string{"/flow", "/flow/matters?figure=all", "/flow/matters?figure=passed&by=1&on=2"} {
			if body := x.other.Page(path).Body; strings.Contains(body, "别人的问题") || strings.Contains(body, "乙县") {
				t.Errorf("%s tells the other county: %s", path, apptest.Text(body))
			}
		}
		for format, mark := range map[string]string{"xes": "<trace>", "csv": "ZG-2022-", "ocel-json": "ZG-2022-", "ocel-sqlite": "ZG-2022-"} {
			mine, theirs := x.county.Must(200, x.county.Get("/flow/export?format="+format)), x.other.Must(200, x.other.Get("/flow/export?format="+format))
			if !strings.Contains(mine.Body, mark) || strings.Contains(theirs.Body, mark) || strings.Contains(mine.Body, "别人的问题") {
				t.Errorf("%s: %.200s / %.200s", format, mine.Body, theirs.Body)
			}
		}
		x.clerk.Must(404, x.clerk.Get("/flow/export?format=doc"))
		x.clerk.Must(404, x.clerk.Get("/flow/matters?figure=gossip"))
		x.clerk.Must(404, x.clerk.Get("/flow?under=999"))
		x.clerk.Must(422, x.clerk.Get("/flow?from=soon"))
		x.clerk.Must(422, x.clerk.Get("/flow?unit=nowhere"))
		x.clerk.Must(303, h.Nobody().Get("/flow"))
	})
}

// TestFlowIsNarrowed takes unit, ledger and period from the address.
func TestFlowIsNarrowed(t *testing.T) {
	apptest.Each(t, func(h *apptest.House) {
		x := castOf(h)
		x.register("组织生活记录补写")
		for query, want := range map[string]string{"": "共 1 条", "?unit=乙县": "共 1 条", "?unit=丙县": "没有事项", "?type=promise": "没有事项", "?to=2022-01-09": "没有事项",
			"?from=2022-01-10&to=2022-01-10": "共 1 条"} {
			if text := apptest.Text(x.clerk.Page("/flow" + query).Body); !strings.Contains(strings.ReplaceAll(text, "共1条", "共 1 条"), want) {
				t.Errorf("%s: %s", query, text)
			}
		}
	})
}
