package web_test

import (
	"regexp"
	"strings"
	"testing"

	"plumbline/internal/app/apptest"
)

var filterLink = regexp.MustCompile(`href="(/filters/\d+)"`)

func TestAFilterIsSavedAndSharedWithAUnit(t *testing.T) {
	apptest.Each(t, func(h *apptest.House) {
		x := castOf(h)
		x.register("组织生活不规范")
		colleague := h.As("colleague", "staff@C")
		c := itoa(h.Units["C"].ID)
		form := x.clerk.Page("/filters/new?q=组织&type=rectification&page=3&evil=1")
		if !strings.Contains(form.Body, `name="query" value="q=%E7%BB%84%E7%BB%87&amp;type=rectification"`) || !strings.Contains(form.Body, "甲市人员") {
			t.Errorf("the form keeps what is no filter, or offers no sharing: %s", apptest.Text(form.Body))
		}
		query := "q=组织&type=rectification"
		x.clerk.Must(422, x.clerk.Post("/filters", "name", " ", "query", query, "share", "-1"))
		x.clerk.Must(422, x.clerk.Post("/filters", "name", "越界共享", "query", query, "share", itoa(h.Units["A"].ID)))
		if a := x.clerk.Must(303, x.clerk.Post("/filters", "name", "组织生活问题", "query", query, "share", c)); !strings.HasPrefix(a.Location, "/matters?") {
			t.Errorf("saving leads to %s", a.Location)
		}
		x.clerk.Must(303, x.clerk.Post("/filters", "name", "自己看的", "query", "state=claimed", "share", "-1"))
		if text := apptest.Text(colleague.Page("/matters").Body); !strings.Contains(text, "组织生活问题（clerk共享）") || strings.Contains(text, "自己看的") {
			t.Errorf("a colleague sees: %s", text)
		}
		if text := apptest.Text(x.other.Page("/filters").Body); strings.Contains(text, "组织生活问题") {
			t.Errorf("another unit sees it: %s", text)
		}
		own := x.clerk.Page("/filters")
		link := filterLink.FindAllStringSubmatch(own.Body, -1)
		if len(link) != 2 || filterLink.MatchString(colleague.Page("/filters").Body) {
			t.Fatalf("what may be edited is not one's own: %s", apptest.Text(own.Body))
		}
		at := link[0][1]
		x.clerk.Page(at)
		colleague.Must(404, colleague.Get(at))
		colleague.Must(404, colleague.Post(at+"/delete", "_sure", "1"))
		x.clerk.Must(409, x.clerk.Post(at, "name", "改名", "query", query, "share", "-1", "version", "7"))
		x.clerk.Must(303, x.clerk.Post(at, "name", "改名", "query", query, "share", "-1", "version", "1"))
		for range 2 {
			if text := apptest.Text(colleague.Page("/filters").Body); strings.Contains(text, "改名") || strings.Contains(text, "组织生活问题") {
				t.Errorf("what is no longer shared is shown: %s", text)
			}
			x.clerk.Must(422, x.clerk.Post(at+"/delete"))
		}
		x.clerk.Must(303, x.clerk.Post(at+"/delete", "_sure", "1"))
		x.clerk.Must(404, x.clerk.Get(at))
	})
}

// "Only what names me" keeps the matters that name the reader in a field, that the reader answers for, or asked for.
func TestAListIsNarrowedToWhatNamesItsReader(t *testing.T) {
	apptest.Each(t, func(h *apptest.House) {
		x := castOf(h)
		at, other := x.register("王五要办的"), x.register("别人要办的")
		person, _ := h.AddPerson("赵六", "member", "A", "2020-01-01")
		zhao := h.AsPerson("zhao", person, "staff@A")
		for _, m := range []string{at, other} {
			x.staff.Must(303, step(x.staff, m, "claim"))
			leader := "王五"
			if m == at {
				leader = "赵六"
			}
			x.county.Must(303, step(x.county, m, "plan", "goal", "目标", "measures", "措施", "leader", leader, "lead_unit", "乙县", "responsible", "李四", "due", "2022-04-29"))
		}
		if text := zhao.Page("/matters?mine=1").Body; !strings.Contains(text, "王五要办的") || strings.Contains(text, "别人要办的") {
			t.Errorf("who is named in a field finds: %s", apptest.Text(text))
		}
		if n := strings.Count(x.county.Page("/matters?mine=1&type=rectification").Body, "ZG-2022-"); n != 2 {
			t.Errorf("who answers for two finds %d", n)
		}
		if n := strings.Count(x.verifier.Page("/matters?mine=1").Body, "ZG-2022-"); n != 0 {
			t.Errorf("who is named nowhere finds %d", n)
		}
	})
}
