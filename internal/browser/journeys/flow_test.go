package journeys_test

import (
	"testing"

	"plumbline/internal/browser"
)

// TestWhoPassesMattersOn looks at the handover map and at the matters behind a figure, wide and on a phone.
func TestWhoPassesMattersOn(t *testing.T) {
	site, links := browser.City(t, "zh")
	b := site.By(links[0].Path)
	b.Each("/flow", "flow")
	b.Each("/flow/matters?figure=back", "flow-back")
	b.Visit("/matters")
	b.Follow(`a[href="/flow"]`)
	b.Says("Handover map")
}
