package meeting

import (
	"context"

	"plumbline/internal/authz"
	"plumbline/internal/review/cycle"
	"plumbline/internal/store"
	"plumbline/internal/wording"
)

// Findings is what the meeting needs of whoever keeps the list of findings.
type Findings interface {
	// Register puts one problem of a confirmed comment on the list, inside the confirmation's transaction, and gives the
	// key of the matter that each unit got.
	Register(ctx context.Context, tx *store.Tx, actor authz.Actor, f Finding) (matters map[int64]int64, err error)
	// LastYear gives what was found about a unit before this cycle: the previous cycle's findings, and older ones that are
	// still open.
	LastYear(ctx context.Context, r store.Reader, unit int64, c cycle.Cycle) ([]PastFinding, error)
	// Similar gives earlier findings of the unit that read like the text, the most alike first, none below the measure of
	// a repeat.
	Similar(ctx context.Context, r store.Reader, unit int64, c cycle.Cycle, text string) ([]PastFinding, error)
}

// Finding is one problem of a confirmed comment, put to one unit, or where it is common to several.
type Finding struct {
	Cycle    int64
	Meeting  int64
	Slot     int64 // 0 where the reporter does not speak, or the convenor itself is commented
	Comment  int64
	Item     int // which problem of the comment; it stays the same through corrections
	Convenor int64
	Units    []int64
	Text     string
	Common   bool
	Repeat   int64  // the earlier matter that this one repeats, NoRepeat where somebody said so, 0: look for one
	On       string // the date of the meeting, YYYY-MM-DD
	Voice    Voice
	By       string // who commented
}

// PastFinding is a matter of an earlier year as the chair sees it. Lamp is a state of the house's lamps.
type PastFinding struct {
	Matter int64
	Number string
	Title  string
	State  wording.Text
	Lamp   string
	Ended  bool
	Due    string
	Year   int
	Alike  float64 // only from Similar: 0 to 1
}

// LastYear gives what was found about a unit before the cycle; nothing where no list is kept. The caller asks whether
// the reader may know of it.
func (s *Service) LastYear(ctx context.Context, unit int64, c cycle.Cycle) ([]PastFinding, error) {
	if s.findings == nil {
		return nil, nil
	}
	return s.findings.LastYear(ctx, s.db, unit, c)
}

// Alike gives, by the key of each problem, the earlier finding of the comment's unit that it most resembles. Problems
// for which somebody has already decided are left out.
func (s *Service) Alike(ctx context.Context, r store.Reader, unit int64, c cycle.Cycle, b Body) (map[string]PastFinding, error) {
	out := map[string]PastFinding{}
	if s.findings == nil {
		return out, nil
	}
	for _, p := range b.Problems {
		if p.Repeat != 0 {
			continue
		}
		found, err := s.findings.Similar(ctx, r, unit, c, p.Text)
		if err != nil {
			return nil, err
		}
		if len(found) > 0 {
			out[p.Key] = found[0]
		}
	}
	return out, nil
}
