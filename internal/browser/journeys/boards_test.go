package journeys_test

import (
	"testing"

	"plumbline/internal/browser"
)

// The office reads the boards, opens one, and is told when a figure that it types is none; a county reads the same board.
func TestABoardIsReadAndFilled(t *testing.T) {
	site, links := browser.City(t, "zh")
	office := site.By(links[0].Path)
	office.Each("/boards", "boards")
	office.Lang("zh")
	office.Visit("/boards")
	office.Follow(`#content a[href^="/boards/"]:not([href*="export"]):not([href*="import"]):not([href*="units"])`)
	office.Says("名")
	office.Each(office.At(), "board")
	office.Each("/boards/import", "boards-import")
}

// Whoever reads a topic of discussion sees beside its claim the figure that the ledgers hold.
func TestAClaimStandsBesideItsFigure(t *testing.T) {
	site, links := browser.City(t, "zh")
	b := site.By(links[0].Path)
	b.Lang("zh")
	b.Visit("/matters?type=topic")
	b.Follow("#content table a")
	b.Each(b.At(), "topic")
}
