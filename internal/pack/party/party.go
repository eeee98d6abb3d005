// Package party is the default pack: the yearly debrief, appraisal and assessment of grass-roots party building.
// It is data alone; docs/pack.md says what each file means.
package party

import (
	"embed"
	"io/fs"
)

//go:embed *.json ledgers letters wording
var files embed.FS

// Files is the pack.
func Files() fs.FS { return files }
