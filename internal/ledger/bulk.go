package ledger

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"plumbline/internal/authz"
	"plumbline/internal/fault"
	"plumbline/internal/gate"
)

// MostTogether is how many matters one form may move.
const MostTogether = 200

// JointStep is a step that may be taken of several matters at once, with those of which the actor may take it now. View is
// the first of them.
type JointStep struct {
	Type    string
	Step    Transition
	View    View
	Matters []int64
}

// Together says which steps the actor may take of the matters, each with those that allow it, and gives the matters that
// the actor may read, in the order of ids. A step that must bring evidence, or fill in a table, is taken of one matter at
// a time and is not among them. More than MostTogether ids are a fault.
func (s *Service) Together(ctx context.Context, actor authz.Actor, ids []int64) ([]JointStep, []Matter, error) {
	if len(ids) > MostTogether {
		return nil, nil, fault.Bad("fault.ledger.too_many_together", "Max", MostTogether, "Count", len(ids))
	}
	var out []JointStep
	var readable []Matter
	found, err := mattersByID(ctx, s.db, append(distinct(ids), -1))
	if err != nil {
		return nil, nil, err
	}
	for _, m := range found {
		if !s.mayRead(actor, m) {
			continue
		}
		readable = append(readable, m)
		v := View{Matter: m}
		if v.Def, err = s.types.At(ctx, s.db, m.Type, m.TypeVersion); err != nil {
			return nil, nil, err
		}
		doers, err := doersOf(ctx, s.db, m.ID)
		if err != nil {
			return nil, nil, err
		}
		v.Parted = v.Def.TookPart(m, who(actor), doers)
		for _, t := range s.Offers(actor, v) {
			if !v.Def.together(t) {
				continue
			}
			i := slices.IndexFunc(out, func(c JointStep) bool { return c.Type == m.Type && c.Step.ID == t.ID })
			if i < 0 {
				i, out = len(out), append(out, JointStep{Type: m.Type, Step: t, View: v})
			}
			out[i].Matters = append(out[i].Matters, m.ID)
		}
	}
	return out, readable, nil
}

// together says whether one form can answer what a step asks of many matters.
func (d *Definition) together(t Transition) bool {
	return t.Evidence != Must && !slices.ContainsFunc(t.Ask, func(a Ask) bool {
		f, _ := d.Field(a.Field)
		return a.Must && f.Kind == KindTable
	})
}

// Bulk is one step for many matters. In is what the form said of all; a field that it leaves empty stays in each matter
// as it is. Owner is the unit as it was typed, found for every matter near that matter. Versions are those that the form
// showed. Form is the form's own token: with it each matter counts once, however often the form arrives.
type Bulk struct {
	Type     string
	In       In
	Owner    string
	Matters  []int64
	Versions map[int64]int
	Form     string
}

// Outcome is what became of one matter of a Bulk: nil where it was done.
type Outcome struct {
	Matter Matter
	Err    error
}

// TakeAll takes a step of every matter, each on its own with its own entry in the log, and says of each what became of
// it: one that is refused holds up none of the others. An error is that of a form with too many matters, or of a request
// that was broken off; what was done by then stays done, and is told by the outcomes.
func (s *Service) TakeAll(ctx context.Context, actor authz.Actor, b Bulk) ([]Outcome, error) {
	ids := distinct(b.Matters)
	if len(ids) > MostTogether {
		return nil, fault.Bad("fault.ledger.too_many_together", "Max", MostTogether, "Count", len(ids))
	}
	var out []Outcome
	for _, id := range ids {
		if err := ctx.Err(); err != nil {
			return out, err
		}
		m, err := s.takeOne(ctx, actor, id, b)
		out = append(out, Outcome{m, err})
	}
	return out, nil
}

func (s *Service) takeOne(ctx context.Context, actor authz.Actor, id int64, b Bulk) (Matter, error) {
	m, d, err := s.find(ctx, actor, id)
	if err != nil {
		return Matter{ID: id}, err
	}
	t, ok := d.Step(b.In.Step)
	if m.Type != b.Type || !ok {
		return m, fault.Bad("fault.ledger.step_not_now")
	}
	if !d.together(t) {
		return m, fault.Bad("fault.ledger.one_at_a_time")
	}
	in := b.In
	in.Version, in.Values = b.Versions[id], Values{}
	for field, v := range b.In.Values {
		if !v.Empty() {
			in.Values[field] = v
		}
	}
	if t.Has(EffectAssign) && strings.TrimSpace(b.Owner) != "" {
		if in.Owner, err = s.FindUnit(ctx, m, b.Owner); err != nil {
			return m, err
		}
		if in.Owner == 0 {
			var form fault.Form
			form.Add("owner", "fault.ledger.reference")
			return m, form.Err()
		}
	}
	token := b.Form
	if token != "" {
		token += "." + strconv.FormatInt(id, 10)
	}
	return m, s.Take(gate.Once(ctx, token), actor, id, in)
}
