package scoring

import "math/big"

// scheme is a valid plan with its ids looked up and its numbers exact.
type scheme struct {
	plan           Plan
	classes, items []weighed
	parts          []weighed // just the ballot when the plan has none
	classAt        map[string]int
	itemAt         map[string]int
	partAt         map[string]int
	gradeAt        map[string]int
	points         []*big.Rat // by grade
	from           []*big.Rat // by band
	quota          *big.Rat
	needsBallot    bool
}

type weighed struct {
	id     string
	weight *big.Rat
}

// newScheme needs a plan without problems.
func newScheme(p Plan) *scheme {
	s := &scheme{
		plan:    p,
		classAt: map[string]int{}, itemAt: map[string]int{}, partAt: map[string]int{}, gradeAt: map[string]int{},
	}
	for i, c := range p.Classes {
		s.classAt[c.ID] = i
		s.classes = append(s.classes, weighed{c.ID, number(c.Weight)})
	}
	for i, t := range p.Items {
		s.itemAt[t.ID] = i
		s.items = append(s.items, weighed{t.ID, number(t.Weight)})
	}
	for i, t := range p.Parts {
		s.partAt[t.ID] = i
		s.parts = append(s.parts, weighed{t.ID, number(t.Weight)})
	}
	if len(p.Parts) == 0 {
		s.partAt[BallotPart] = 0
		s.parts = []weighed{{BallotPart, one}}
	}
	_, s.needsBallot = s.partAt[BallotPart]
	for i, g := range p.Grades {
		s.gradeAt[g.ID] = i
		s.points = append(s.points, number(g.Points))
	}
	for _, b := range p.Bands {
		s.from = append(s.from, number(b.From))
	}
	if p.Quota != nil {
		s.quota = number(p.Quota.BelowTopAtLeast)
	}
	return s
}

// number reads a decimal that Validate has passed.
func number(text string) *big.Rat {
	n, ok := new(big.Rat).SetString(text)
	if !ok {
		panic("scoring: a plan was used without being validated")
	}
	return n
}

// suggest is the grade of the first band that a rounded composite reaches, and
// whether that is the top one; "" where it reaches none.
func (s *scheme) suggest(composite *big.Rat) (grade string, top bool) {
	for i, from := range s.from {
		if composite.Cmp(from) >= 0 {
			return s.plan.Bands[i].Grade, i == 0
		}
	}
	return "", false
}
