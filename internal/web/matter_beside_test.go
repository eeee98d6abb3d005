package web_test

import (
	"strings"
	"testing"

	"plumbline/internal/app/apptest"
)

// TestClaimsStandBesideFigures registers a topic through its form and reads the figures beside its claims, as its office
// and as somebody who may not read the matters of the unit spoken of.
func TestClaimsStandBesideFigures(t *testing.T) {
	apptest.Each(t, func(h *apptest.House) {
		x := castOf(h)
		planned(x.county, x.register("乙县的问题"))
		topic := x.clerk.Must(303, x.clerk.Post("/matters", "type", "topic", "convenor", itoa(x.Units["C"].ID), "unit", "丙县", "topic", "谁在推", "about", "内容", "until", "2022-06-30", "on", "2022-01-10", "cycle", "0",
			"claims.0.0", "转来转去", "claims.0.1", "prevarication", "claims.0.2", "", "claims.0.3", "乙县", "claims.0.4", "",
			"claims.1.0", "没说是谁", "claims.1.1", "slow", "claims.1.2", "lie", "claims.1.3", "", "claims.1.4", "")).Location
		body := x.clerk.Page(topic).Body
		for _, want := range []string{"转手次数", "1 件", "件数少", "未写单位或数据", "/flow/matters?figure=all"} {
			if !strings.Contains(apptest.Text(body)+body, want) {
				t.Errorf("the page does not say %q: %s", want, apptest.Text(body))
			}
		}
		if text := apptest.Text(x.other.Page(topic).Body); !strings.Contains(text, "没有这类事项") || strings.Contains(text, "1 件") {
			t.Errorf("another county reads figures of matters that are not its own: %s", text)
		}
	})
}
