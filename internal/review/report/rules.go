package report

import (
	"plumbline/internal/authz"
	"plumbline/internal/fault"
	"plumbline/internal/review/cycle"
)

// Limits that hold whatever the template says.
const (
	MaxPart     = 60_000   // bytes of one part
	MaxRemark   = 6_000    // bytes of one remark or answer
	MaxPromises = 60       // rows
	MaxFile     = 20 << 20 // bytes of one attachment
	MaxFiles    = 20
	maxDrafts   = 60 // kept drafts of one report; the oldest go first
	// draftEvery is the shortest time between two kept drafts of one author, in microseconds.
	draftEvery = 10 * 60 * 1_000_000
)

// canWrite says whether the working text may change now.
func canWrite(h Head) error {
	switch {
	case h.CycleState == string(cycle.Closed):
		return fault.Bad("fault.report.cycle_closed")
	case h.State == Submitted:
		return fault.Bad("fault.report.is_submitted")
	case h.State == Accepted:
		return fault.Bad("fault.report.is_accepted")
	}
	return nil
}

// canReview says whether a version waits for a decision, and whether it is the one that the reviewer looked at. Nobody
// reviews their own report, whatever roles they hold.
func canReview(h Head, number int, actor authz.Actor) error {
	switch {
	case actor.Person != 0 && actor.Person == h.Person.ID:
		return fault.New(fault.Forbidden, "fault.report.own_review")
	case h.CycleState == string(cycle.Closed):
		return fault.Bad("fault.report.cycle_closed")
	case h.State == Accepted:
		return fault.Bad("fault.report.is_accepted")
	case h.State != Submitted:
		return fault.Bad("fault.report.not_submitted")
	case h.Number != number:
		return fault.Outdated(h)
	}
	return nil
}

// canSubmit says whether the actor may hand the report in: it belongs to the person who held the reporting post. An
// account that stands for no person acts by its role alone.
func canSubmit(h Head, actor authz.Actor) error {
	if err := canWrite(h); err != nil {
		return err
	}
	if h.Person.ID != 0 && actor.Person != 0 && actor.Person != h.Person.ID {
		return fault.New(fault.Forbidden, "fault.report.not_yours", "Name", h.Person.In(actor.Lang))
	}
	return nil
}

// unanswered are the remarks of the last return that still wait for an answer.
func unanswered(remarks []Remark, number int) (out []Remark) {
	for _, r := range remarks {
		if r.Number == number && r.SentAt != 0 && r.Answer == "" {
			out = append(out, r)
		}
	}
	return out
}

// keepsDraft says whether the state before a change is to be kept: at most once in ten minutes for each author, but
// always when the words about to be overwritten are somebody else's.
func keepsDraft(now, lastKept int64, old Part, author int64) bool {
	if old.Body != "" && old.Account != author {
		return true
	}
	return lastKept == 0 || now-lastKept >= draftEvery
}
