package web_test

import (
	"context"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"plumbline/internal/app/apptest"
	"plumbline/internal/authz"
	"plumbline/internal/ballot"
	"plumbline/internal/review/cycle"
	"plumbline/internal/review/plan"
)

// openCycle opens a cycle of C1 with the units below it as reporters.
func openCycle(h *apptest.House) cycle.Cycle {
	h.T.Helper()
	ctx := context.Background()
	p, err := h.Rooms.Plans.Create(ctx, authz.System(), plan.NewPlan{Unit: h.Units["C1"].ID, Year: 2021, Name: "2021"})
	if err != nil {
		h.T.Fatal(err)
	}
	o, err := h.Rooms.Cycles.Open(ctx, authz.System(), cycle.NewCycle{Unit: h.Units["C1"].ID, Year: 2021, Plan: p.ID, MeetingDate: "2022-01-25"})
	if err != nil {
		h.T.Fatal(err)
	}
	return o.Cycle
}

// The count of a round, as the secretariat and two tellers do it in the browser.
func TestPaperBallotsInTheBrowser(t *testing.T) {
	apptest.Each(t, func(h *apptest.House) {
		h.AddUnits("C1 - city 甲市", "D1 C1 county 一区", "D2 C1 county 二县")
		path := fmt.Sprintf("/cycles/%d/ballots", openCycle(h).ID)
		clerk, one, two := h.As("clerk", "secretariat@C1"), h.As("one", "teller@C1"), h.As("two", "teller@C1")
		stranger := h.As("stranger", "teller@D1")
		stranger.Must(http.StatusNotFound, stranger.Get(path))
		staff := h.As("staff", "staff@D1")
		staff.Must(http.StatusForbidden, staff.Get(path))

		one.Page(path)
		clerk.Page(path)
		clerk.Must(http.StatusSeeOther, clerk.Post(path+"/open"))
		a := clerk.Must(http.StatusUnprocessableEntity, clerk.Post(path+"/paper", "version", "1", "entitled-A", "1", "issued-A", "2", "returned-A", "3",
			"entitled-B", "x", "issued-B", "0", "returned-B", "0", "entitled-C", "0", "issued-C", "0", "returned-C", "0"))
		for _, want := range []string{"发出票数不能多于应到人数", "收回票数不能多于发出票数", "请填写0至"} {
			if !strings.Contains(a.Body, want) {
				t.Errorf("the page does not say %q", want)
			}
		}
		paper := []string{"version", "1", "entitled-A", "2", "issued-A", "2", "returned-A", "2", "entitled-B", "1", "issued-B", "1", "returned-B", "1", "entitled-C", "0", "issued-C", "0", "returned-C", "0"}
		clerk.Must(http.StatusSeeOther, clerk.Post(path+"/paper", paper...))
		clerk.Must(http.StatusConflict, clerk.Post(path+"/paper", paper...))

		one.Page(path + "/key")
		if body := one.Page("/").Body; !strings.Contains(body, path+"/key") {
			t.Error("the teller's first screen does not lead to the slips")
		}
		if a := one.Must(http.StatusUnprocessableEntity, one.Post(path+"/key", "class", "A", "slip", "1", "row", "19")); !strings.Contains(a.Body, "第2个字符") {
			t.Errorf("no word about the character: %s", apptest.Text(a.Body))
		}
		if a := one.Must(http.StatusUnprocessableEntity, one.Post(path+"/key", "class", "A", "slip", "1", "v0", "1", "v1", "7")); !strings.Contains(a.Body, `value="7"`) {
			t.Error("what was typed is lost")
		}
		if a := one.Must(http.StatusUnprocessableEntity, one.Post(path+"/key", "class", "A", "slip", "9", "row", "11")); !strings.Contains(a.Body, "没有该张选票") {
			t.Errorf("no word about the slip: %s", apptest.Text(a.Body))
		}
		key := func(b *apptest.Browser, class, slip, row string) {
			t.Helper()
			b.Must(http.StatusSeeOther, b.Post(path+"/key", "class", class, "slip", slip, "row", row))
		}
		for _, b := range []*apptest.Browser{one, two} {
			key(b, "A", "1", "12")
			key(b, "B", "1", "x0")
		}
		one.Must(http.StatusSeeOther, one.Post(path+"/key", "class", "A", "slip", "2", "v0", "2", "v1", "1"))
		key(two, "A", "2", "22")
		if body := one.Page(path).Body; strings.Contains(body, "计票人1录入") {
			t.Error("a teller sees the differences")
		}
		if body := clerk.Page(path).Body; !strings.Contains(body, "计票人1录入：好；计票人2录入：较好") {
			t.Errorf("no difference is shown: %s", apptest.Text(body))
		}
		unit := fmt.Sprint(h.Units["D2"].ID)
		clerk.Must(http.StatusUnprocessableEntity, clerk.Post(path+"/settle", "class", "A", "slip", "2", "unit", unit, "item", "overall", "value", "9"))
		clerk.Must(http.StatusSeeOther, clerk.Post(path+"/settle", "class", "A", "slip", "2", "unit", unit, "item", "overall", "value", "1"))
		version := "2"
		one.Must(http.StatusForbidden, one.Post(path+"/seal", "version", version))
		clerk.Must(http.StatusSeeOther, clerk.Post(path+"/seal", "version", version))
		clerk.Page(path)
		r, err := ballot.LatestSealed(context.Background(), h.DB, mustID(path))
		if err != nil || r.Digest == "" {
			t.Fatalf("not sealed: %v", err)
		}
		c, err := cycle.ByID(context.Background(), h.DB, r.Cycle)
		if err != nil || c.State != cycle.Appraised {
			t.Errorf("the cycle stands at %s, %v", c.State, err)
		}
		clerk.Must(http.StatusUnprocessableEntity, clerk.Post(path+"/open"))
	})
}

func mustID(path string) (id int64) {
	_, _ = fmt.Sscanf(path, "/cycles/%d/ballots", &id)
	return id
}

// Who came to the meeting stands in the boxes of those entitled until the paper is counted; later the roll is compared.
func TestTheRollFillsInWhoIsEntitled(t *testing.T) {
	apptest.Each(t, func(h *apptest.House) {
		x := newHall(h)
		x.arrange()
		x.draw()
		x.roll()
		path := fmt.Sprintf("/cycles/%d/ballots", x.cycle)
		x.desk.Must(http.StatusSeeOther, x.desk.Post(path+"/open"))
		entitled := func(class string) string {
			tag := regexp.MustCompile(`<input[^>]*name="entitled-` + class + `"[^>]*>`).FindString(x.desk.Page(path).Body)
			return regexp.MustCompile(`value="(\d+)"`).FindStringSubmatch(tag)[1]
		}
		if a, c := entitled("A"), entitled("C"); a == "" || c != "1" {
			t.Errorf("filled in: A %s, C %s", a, c)
		}
		if text := apptest.Text(x.desk.Page(path).Body); !strings.Contains(text, "应到人数已按会议签到填入") {
			t.Errorf("the source is not said: %s", text)
		}
		x.desk.Must(http.StatusSeeOther, x.desk.Post(path+"/paper", "version", "1", "entitled-A", "0", "issued-A", "0", "returned-A", "0",
			"entitled-B", "0", "issued-B", "0", "returned-B", "0", "entitled-C", "3", "issued-C", "1", "returned-C", "1"))
		if c := entitled("C"); c != "3" {
			t.Errorf("what was counted is overwritten by %s", c)
		}
		if text := apptest.Text(x.desk.Page(path).Body); !strings.Contains(text, "与所填应到人数不一致") {
			t.Errorf("the difference is not said: %s", text)
		}
	})
}
