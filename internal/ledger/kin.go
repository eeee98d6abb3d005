package ledger

import (
	"context"
	"slices"

	"plumbline/internal/authz"
	"plumbline/internal/wording"
)

// Kin are the matters that one came from, and those that came of it.
type Kin struct {
	Up   []Relative // nearest first; the last ones say by their Origin from which comment or report all came
	Down []Relative
}

// Relative is a matter tied to another by a link. Word is how the nearer of the two says it, Of that nearer one, Depth
// how many links lie between the matter asked about and this one. Loose says that a person may take the link away.
type Relative struct {
	Matter Matter
	Word   wording.Text
	Of     int64
	Depth  int
	Link   int64
	Loose  bool
}

// How far a line is followed, and how many matters it shows at most.
const (
	kinDepth = 6
	MaxKin   = 100
)

// Kin follows the links of a matter both ways as far as the actor may read: beyond what is not readable nothing is known.
func (s *Service) Kin(ctx context.Context, actor authz.Actor, m Matter) (k Kin, err error) {
	if k.Up, err = s.line(ctx, actor, m, true); err != nil {
		return k, err
	}
	k.Down, err = s.line(ctx, actor, m, false)
	return k, err
}

// line follows links one way, generation by generation; each matter stands once, where it is nearest.
func (s *Service) line(ctx context.Context, actor authz.Actor, m Matter, up bool) ([]Relative, error) {
	var out []Relative
	seen, edge := map[int64]bool{m.ID: true}, []Matter{m}
	for depth := 1; depth <= kinDepth && len(edge) > 0 && len(out) < MaxKin; depth++ {
		next, err := s.generation(ctx, actor, edge, up)
		if err != nil {
			return nil, err
		}
		edge = nil
		for _, r := range next {
			if !seen[r.Matter.ID] && len(out) < MaxKin {
				seen[r.Matter.ID] = true
				r.Depth = depth
				out, edge = append(out, r), append(edge, r.Matter)
			}
		}
	}
	return out, nil
}

// generation gives the readable matters that are one link away from those of edge.
func (s *Service) generation(ctx context.Context, actor authz.Actor, edge []Matter, up bool) ([]Relative, error) {
	side := "l.to_id"
	if up {
		side = "l.from_id"
	}
	w, ids := &where{}, make([]int64, len(edge))
	for i, m := range edge {
		ids[i] = m.ID
	}
	in(w, side, ids)
	links, err := linksIn(ctx, s.db, w)
	if err != nil || len(links) == 0 {
		return nil, err
	}
	var far []int64
	for _, l := range links {
		far = append(far, l.far(up))
	}
	known := map[int64]Matter{}
	for part := range slices.Chunk(distinct(far), listBatch) {
		ms, err := mattersByID(ctx, s.db, part)
		if err != nil {
			return nil, err
		}
		for _, m := range append(ms, edge...) {
			known[m.ID] = m
		}
	}
	var out []Relative
	for _, l := range links {
		m, ok := known[l.far(up)]
		if !ok || !s.mayRead(actor, m) {
			continue
		}
		word, err := s.linkWord(ctx, known[l.From], l, up)
		if err != nil {
			return nil, err
		}
		out = append(out, Relative{Matter: m, Word: word, Of: l.far(!up), Link: l.ID, Loose: l.loose()})
	}
	return out, nil
}

// far is the matter at the end of a link that a line going up, or down, comes to.
func (l Link) far(up bool) int64 {
	if up {
		return l.To
	}
	return l.From
}

// linkWord is how one side of a link says it: by the kind of link of the from-side's definition, else by the field that
// holds it.
func (s *Service) linkWord(ctx context.Context, from Matter, l Link, up bool) (wording.Text, error) {
	d, err := s.types.At(ctx, s.db, from.Type, from.TypeVersion)
	if err != nil {
		return nil, err
	}
	kind, ok := d.LinkKind(l.Kind)
	switch {
	case !ok:
		f, _ := d.Field(l.Field)
		return f.Name, nil
	case up:
		return kind.Name, nil
	}
	return kind.Back, nil
}
