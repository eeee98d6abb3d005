package app

import (
	"context"
	"strconv"
	"time"

	"plumbline/internal/authz"
	"plumbline/internal/ledger"
	"plumbline/internal/review/cycle"
	"plumbline/internal/review/meeting"
	"plumbline/internal/store"
)

// findings is what the meeting asks of the ledgers: a confirmed problem becomes a matter.
type findings struct{ matters }

// sources say in the ledger's own choices for whom a comment spoke.
var sources = map[meeting.Voice]string{meeting.Chair: "comment", meeting.OfMember: "appraisal", meeting.Higher: "higher"}

// Register implements meeting.Findings.
func (f findings) Register(ctx context.Context, tx *store.Tx, actor authz.Actor, in meeting.Finding) (map[int64]int64, error) {
	d := f.Types().For("finding")
	if d == nil {
		return nil, nil
	}
	draft := ledger.Draft{Type: d.ID, Convenor: in.Convenor, Units: in.Units, Common: in.Common, On: in.On, Repeat: in.Repeat,
		Fields: map[string]string{d.Title: in.Text, "source": sources[in.Voice], "source_note": in.By},
		Origin: ledger.Origin{Cycle: in.Cycle, Meeting: in.Meeting, Slot: in.Slot, Comment: in.Comment, Item: in.Item}}
	if f.Today(time.UnixMicro(tx.Now)).String() < in.On {
		draft.On = "" // confirmed before the day of the meeting: it came up today
	}
	made, err := f.RegisterAllTx(ctx, tx, actor, draft)
	if err != nil {
		return nil, err
	}
	out := map[int64]int64{}
	for _, m := range made {
		out[m.Owner.ID] = m.ID
	}
	return out, nil
}

// LastYear implements meeting.Findings.
func (f findings) LastYear(ctx context.Context, r store.Reader, unit int64, c cycle.Cycle) ([]meeting.PastFinding, error) {
	items, err := f.before(ctx, r, unit, c.ID)
	if err != nil {
		return nil, err
	}
	out := []meeting.PastFinding{}
	for _, it := range items {
		if it.Use != "finding" {
			continue
		}
		past, err := f.past(ctx, r, it.Matter)
		if err != nil {
			return nil, err
		}
		out = append(out, past)
	}
	return out, nil
}

// Similar implements meeting.Findings.
func (f findings) Similar(ctx context.Context, r store.Reader, unit int64, c cycle.Cycle, text string) ([]meeting.PastFinding, error) {
	d := f.Types().For("finding")
	if d == nil {
		return nil, nil
	}
	alike, err := f.AlikeBefore(ctx, r, d.ID, unit, c.ID, c.MeetingDate, text)
	if err != nil {
		return nil, err
	}
	out := []meeting.PastFinding{}
	for _, a := range alike {
		past, err := f.past(ctx, r, a.Matter)
		if err != nil {
			return nil, err
		}
		past.Alike = a.Alike
		out = append(out, past)
	}
	return out, nil
}

// past words a matter as the chair sees it.
func (f findings) past(ctx context.Context, r store.Reader, m ledger.Matter) (meeting.PastFinding, error) {
	d, err := f.Types().At(ctx, r, m.Type, m.TypeVersion)
	if err != nil {
		return meeting.PastFinding{}, err
	}
	st, _ := d.State(m.State)
	year, _ := strconv.Atoi(m.Opened[:min(4, len(m.Opened))])
	return meeting.PastFinding{Matter: m.ID, Number: m.Number, Title: m.Title, State: st.Name, Ended: ledger.Ended(m.Class), Due: m.Due, Year: year,
		Lamp: Lamps[m.Lamp(f.app.Now(), f.Calendar())]}, nil
}
