package journeys_test

import (
	"strconv"
	"testing"

	"plumbline/internal/browser"
)

// Whoever was told opens a notice from the bell, comes to the matter, and the number goes down.
func TestANoticeLeadsToItsMatter(t *testing.T) {
	site, links := browser.City(t, "zh")
	b := site.By(links[3].Path)
	b.Each("/notices", "notices")
	b.Each("/units/1/calendar", "calendar")
	b.Visit("/")
	before, _ := strconv.Atoi(browser.Eval[string](b, `document.querySelector(".bell .count").textContent`))
	b.Follow("a.bell")
	b.Follow("#content table a")
	b.Until(`location.pathname.startsWith("/matters/")`)
	after, _ := strconv.Atoi(browser.Eval[string](b, `document.querySelector(".bell .count").textContent`))
	if before < 2 || after != before-1 {
		t.Errorf("%d unread before, %d after one was opened", before, after)
	}
}
