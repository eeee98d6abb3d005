package result

import (
	"context"

	"plumbline/internal/fault"
	"plumbline/internal/review/cycle"
	"plumbline/internal/store"
)

// Doubt is a reason to look twice before a unit is told its result.
type Doubt string

// The doubts, in the order in which they are listed. Those about the comment keep a letter from being issued without a
// reason; those about the report only warn.
const (
	NoComment    Doubt = "no_comment"    // nobody wrote one
	DraftComment Doubt = "draft_comment" // it, or its correction, is not confirmed
	OldWords     Doubt = "old_words"     // the letter has no points although the comment has some
	NoReport     Doubt = "no_report"     // never handed in
	OpenReport   Doubt = "open_report"   // handed in, not accepted
)

// Holds says whether a letter needs a reason to be issued in spite of the doubt.
func (d Doubt) Holds() bool { return d == NoComment || d == DraftComment || d == OldWords }

func holds(doubts []Doubt) bool {
	for _, d := range doubts {
		if d.Holds() {
			return true
		}
	}
	return false
}

// doubts gives what speaks against telling the units of a cycle, by unit: a fixed number of queries.
func (s *Service) doubts(ctx context.Context, r store.Reader, cycleID int64, units []int64) (map[int64][]Doubt, error) {
	out := map[int64][]Doubt{}
	if s.ports.Comments != nil {
		standing, err := s.ports.Comments.Standing(ctx, r, cycleID)
		if err != nil {
			return nil, err
		}
		for _, u := range units {
			switch st := standing[u]; {
			case st.Draft:
				out[u] = append(out[u], DraftComment)
			case !st.Confirmed:
				out[u] = append(out[u], NoComment)
			}
		}
	}
	if s.ports.Reports == nil {
		return out, nil
	}
	open, err := s.ports.Reports.Open(ctx, r, cycleID)
	if err != nil {
		return nil, err
	}
	for _, u := range units {
		switch handed, still := open[u]; {
		case still && handed:
			out[u] = append(out[u], OpenReport)
		case still:
			out[u] = append(out[u], NoReport)
		}
	}
	return out, nil
}

// doubtsOf adds to a unit's doubts what its draft itself gives cause for: it was worded before the comment was confirmed.
func (s *Service) doubtsOf(ctx context.Context, r store.Reader, l Letter, doubts []Doubt) ([]Doubt, error) {
	if l.Kind != Feedback || l.Unit == 0 || s.ports.Comments == nil || holds(doubts) || l.Content.points() > 0 {
		return doubts, nil
	}
	_, bad, next, confirmed, err := s.ports.Comments.Of(ctx, r, l.Cycle, l.Unit)
	if err == nil && confirmed && len(bad)+len(next) > 0 {
		doubts = append([]Doubt{OldWords}, doubts...)
	}
	return doubts, err
}

// points counts what a letter asks its unit to act upon.
func (c Content) points() int {
	return len(c.section("problems").Items) + len(c.section("directions").Items)
}

// allow refuses a letter to a unit whose comment is missing or open, unless a reason is given; it is kept on the letter.
func (w *writer) allow(ctx context.Context, tx *store.Tx, l *Letter, reason string) error {
	doubts, err := w.s.doubts(ctx, tx, l.Cycle, []int64{l.Unit})
	if err != nil || l.Unit == 0 {
		return err
	}
	if doubts[l.Unit], err = w.s.doubtsOf(ctx, tx, *l, doubts[l.Unit]); err != nil || !holds(doubts[l.Unit]) {
		return err
	}
	var form fault.Form
	form.Check(tidy(&reason, longNote), "reason", "fault.result.long_note", "Max", longNote)
	form.Check(reason != "", "reason", "fault.result."+string(doubts[l.Unit][0]))
	l.Reason = reason
	return form.Err()
}

// unitIDs are the units that report.
func unitIDs(list []cycle.Reporter) []int64 {
	var out []int64
	for _, p := range list {
		out = append(out, p.Unit)
	}
	return out
}
