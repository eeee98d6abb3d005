package ledger

import (
	"context"
	"slices"
	"strings"

	"plumbline/internal/audit"
	"plumbline/internal/authz"
	"plumbline/internal/fault"
	"plumbline/internal/store"
)

// drive takes the step that a step drives, of every matter that the link leads to: as part of what the actor was allowed
// to do, under every other rule; so who took part in doing the other matter can't judge it this way either. What was
// reopened already is left as it is. behind are the matters whose steps led here; none is driven twice.
func (s *Service) drive(ctx context.Context, tx *store.Tx, actor authz.Actor, t Transition, m Matter, note string, behind []int64) ([]audit.Subject, error) {
	if t.Drives == nil {
		return nil, nil
	}
	links, err := linksWhere(ctx, tx, "l.from_id = ? AND l.kind = ?", m.ID, t.Drives.Link)
	if err != nil {
		return nil, err
	}
	if t.Drives.Note != "" {
		note = m.Values[t.Drives.Note].Text
	}
	behind = append(slices.Clone(behind), m.ID)
	var out []audit.Subject
	for _, l := range links {
		if slices.Contains(behind, l.To) {
			continue
		}
		other, err := matterByID(ctx, tx, l.To)
		if err != nil {
			return nil, err
		}
		od, err := s.types.At(ctx, tx, other.Type, other.TypeVersion)
		if err != nil {
			return nil, err
		}
		step, ok := od.Step(t.Drives.Step)
		if ok && step.Has(EffectReopen) && !Ended(other.Class) {
			continue
		}
		if !ok || !slices.Contains(step.From, other.State) {
			return nil, fault.Bad("fault.ledger.driven", "Number", other.Number, "Step", step.Name)
		}
		if _, err := s.step(ctx, tx, actor, other.ID, In{Step: step.ID, Note: cutNote(note)}, behind...); err != nil {
			return nil, driven(err, other, step)
		}
		out = append(append(out, audit.Subject{Kind: "matter", ID: other.ID}), alsoOf(other)...)
	}
	return out, nil
}

// driven words what is wrong with a form that nobody saw; everything else stands as it is.
func driven(err error, m Matter, t Transition) error {
	if f := fault.As(err); f != nil && f.Kind == fault.Invalid {
		return fault.Bad("fault.ledger.driven", "Number", m.Number, "Step", t.Name)
	}
	return err
}

// cutNote is a remark cut to what a step takes.
func cutNote(text string) string {
	if runes := []rune(strings.TrimSpace(text)); len(runes) > maxNote {
		return string(runes[:maxNote-1]) + "…"
	}
	return text
}
