package journeys_test

import (
	"testing"

	"plumbline/internal/browser"
)

// A passer-by, without an account, searches what the city promised, opens one thing, and finds its code to scan.
func TestAPasserByReadsWhatIsOpen(t *testing.T) {
	site, _ := browser.City(t, "zh")
	b := site.Nobody()
	b.Each("/open", "open")
	b.Each("/open/practical", "open-list")
	b.Visit("/open/practical?lang=zh")
	b.Fill("q", "没有这样的事")
	b.Follow("main form button")
	b.Says("没有符合条件的事项")
	b.Axe()
	b.Visit("/open/practical?lang=zh")
	b.Follow("#content table a")
	b.Says("办到哪一步了", "手机扫码看这件事")
	b.Each(b.At(), "open-matter")
	b.Follow(`a[href*="/sheet"]`)
	b.Says("扫码看最新进展")
	if n := b.Sheets(); n != 1 {
		t.Errorf("the notice takes %d sheets", n)
	}
}
