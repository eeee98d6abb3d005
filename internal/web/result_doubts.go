package web

import (
	"slices"

	"plumbline/internal/review/result"
	"plumbline/internal/web/ui"
)

// doubtList is the order in which pages name what speaks against telling a unit its result.
var doubtList = []result.Doubt{result.NoComment, result.DraftComment, result.OldWords, result.NoReport, result.OpenReport}

// doubtNotices names the units behind every doubt, with the way to where it is settled.
func (c *Ctx) doubtNotices(cycleID int64, doubts map[int64][]result.Doubt, names map[int64]string) []ui.Notice {
	var out []ui.Notice
	for _, d := range doubtList {
		var units []string
		for id, mine := range doubts {
			if slices.Contains(mine, d) {
				units = append(units, names[id])
			}
		}
		if len(units) == 0 {
			continue
		}
		slices.Sort(units)
		out = append(out, ui.Notice{Kind: "warn", Title: c.T("result.doubt."+string(d), "Count", len(units)), Text: c.list(units), Actions: c.doubtActions(cycleID, d)})
	}
	return out
}

func (c *Ctx) doubtActions(cycleID int64, d result.Doubt) []ui.Button {
	switch d {
	case result.NoReport, result.OpenReport:
		return []ui.Button{{Text: c.T("cycle.tab.reports"), Href: cyclePath(cycleID) + "/reports"}}
	case result.OldWords:
		return nil
	}
	return []ui.Button{{Text: c.T("cycle.tab.comments"), Href: cyclePath(cycleID) + "/comments"}}
}
