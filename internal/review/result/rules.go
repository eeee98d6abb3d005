package result

import (
	"math/big"
	"slices"

	"plumbline/internal/review/plan"
	"plumbline/internal/scoring"
)

// hide says of every class of a unit why it is not shown, "" where it is. A class with fewer valid ballots than small is
// hidden. Where that leaves exactly one class unknown, its mean would follow from the ballot's score and the others by
// subtraction; so the class with the next fewest ballots is hidden with it.
func hide(classes []scoring.ClassResult, small int) []string {
	out := make([]string, len(classes))
	unknown, next := 0, -1
	for i, c := range classes {
		counts := !c.Empty && c.Used.Exact.Sign() > 0
		switch {
		case !untouched(c) && ballots(c) < small:
			out[i] = HiddenSmall
			if counts {
				unknown++
			}
		case counts && (next < 0 || ballots(c) < ballots(classes[next])):
			next = i
		}
	}
	if unknown == 1 && next >= 0 {
		out[next] = HiddenRest
	}
	return out
}

// untouched says that nobody of a class said anything of the unit: there is nothing to hide.
func untouched(c scoring.ClassResult) bool { return c.Valid+c.Abstained+c.Invalid == 0 }

// ballots is the number of valid ballots of a class: the fewest that any item had.
func ballots(c scoring.ClassResult) int {
	n := -1
	for _, i := range c.Items {
		if n < 0 || i.Valid < n {
			n = i.Valid
		}
	}
	return max(n, 0)
}

// tieRecord looks at a tie in the plan's ways, side by side.
func tieRecord(body plan.Body, res scoring.Result, t scoring.Tie) Tie {
	out := Tie{Rank: t.Rank, Composite: t.Composite, Units: []int64{}, Looks: []Look{}}
	var units []scoring.UnitResult
	for _, u := range res.Units {
		if slices.Contains(t.Units, u.Unit) {
			units = append(units, u)
			out.Units = append(out.Units, unitID(u.Unit))
		}
	}
	for _, rule := range body.Ties {
		if rule.Kind != plan.BodyDecides {
			out.Looks = append(out.Looks, look(body, rule, units))
		}
	}
	return out
}

func look(body plan.Body, rule plan.TieRule, units []scoring.UnitResult) Look {
	l := Look{Kind: rule.Kind, Ref: rule.Ref, Values: []string{}, Ahead: []int64{}}
	var best *big.Rat
	values := make([]*big.Rat, len(units))
	for i, u := range units {
		text, value, hidden := criterion(body, rule, u)
		l.Values = append(l.Values, text)
		l.Hidden = l.Hidden || hidden
		values[i] = value
		if value != nil && (best == nil || value.Cmp(best) > 0) {
			best = value
		}
	}
	for i, v := range values {
		if v != nil && v.Cmp(best) == 0 {
			l.Ahead = append(l.Ahead, unitID(units[i].Unit))
		}
	}
	if len(l.Ahead) == len(units) {
		l.Ahead = []int64{}
	}
	return l
}

// criterion gives a unit's figure under a rule, as text and so that more is better; nil where it has none.
func criterion(body plan.Body, rule plan.TieRule, u scoring.UnitResult) (text string, value *big.Rat, hidden bool) {
	why := hide(u.Classes, body.SmallClass)
	switch rule.Kind {
	case plan.HigherClass:
		for i, c := range u.Classes {
			if c.ID == rule.Ref && c.Mean != nil {
				return c.Mean.Text, c.Mean.Exact, why[i] != ""
			}
		}
	case plan.FewerOfGrade:
		n := 0
		for i, c := range u.Classes {
			n += marksOf(c, rule.Ref)
			hidden = hidden || why[i] != ""
		}
		return unitText(int64(n)), big.NewRat(int64(-n), 1), hidden
	case plan.HigherPart:
		for _, p := range u.Parts {
			if p.ID == rule.Ref {
				return p.Score.Text, p.Score.Exact, false
			}
		}
	}
	return "", nil, hidden
}

func marksOf(c scoring.ClassResult, grade string) int {
	n := 0
	for _, item := range c.Items {
		for _, count := range item.Counts {
			if count.Grade == grade {
				n += count.N
			}
		}
	}
	return n
}

// Masked gives the record as it may be shown: hidden classes without counts and means, criteria that would give them
// away without values, and for units with a hidden class the printed figures alone, because an exact fraction tells more
// of small counts than two decimals do.
func (r Record) Masked() Record {
	units := slices.Clone(r.Units)
	for i := range units {
		units[i].Classes = slices.Clone(units[i].Classes)
		for j, c := range units[i].Classes {
			if c.Hidden != "" {
				units[i].Classes[j] = ClassRecord{ID: c.ID, Weight: c.Weight, Used: c.Used, Hidden: c.Hidden}
			}
		}
		if hidesAny(units[i].Classes) {
			units[i] = units[i].printed()
		}
	}
	r.Units = units
	ties := slices.Clone(r.Ties)
	for i := range ties {
		ties[i].Looks = slices.Clone(ties[i].Looks)
		for j, l := range ties[i].Looks {
			if l.Hidden {
				ties[i].Looks[j] = Look{Kind: l.Kind, Ref: l.Ref, Hidden: true}
			}
		}
	}
	r.Ties = ties
	return r
}

func hidesAny(classes []ClassRecord) bool {
	return slices.ContainsFunc(classes, func(c ClassRecord) bool { return c.Hidden != "" })
}

// printed leaves of the figures that the ballot goes into what is printed.
func (u UnitRecord) printed() UnitRecord {
	plain := func(n Num) Num { return Num{n.Text, n.Text} }
	if u.Ballot != nil {
		b := plain(*u.Ballot)
		u.Ballot = &b
	}
	u.Composite = plain(u.Composite)
	u.Parts = slices.Clone(u.Parts)
	for i, p := range u.Parts {
		if p.ID == scoring.BallotPart {
			u.Parts[i].Score, u.Parts[i].Contribution = plain(p.Score), plain(p.Contribution)
		}
	}
	return u
}

// AnyHidden says whether some class of some unit is not shown.
func (r Record) AnyHidden() bool {
	return slices.ContainsFunc(r.Units, func(u UnitRecord) bool { return hidesAny(u.Classes) })
}

// belowTop says whether a decided grade is below that of the top band; the grades of a plan stand best first.
func belowTop(body plan.Body, grade string) bool {
	if len(body.Bands) == 0 {
		return false
	}
	place := func(id string) int {
		return slices.IndexFunc(body.Grades, func(g plan.Grade) bool { return g.ID == id })
	}
	return place(grade) > place(body.Bands[0].Grade)
}

// QuotaOf sets decided grades against the quota of a result; nil where the plan has none.
func QuotaOf(body plan.Body, r Record, grades map[int64]string) *Quota {
	if r.Quota == nil {
		return nil
	}
	q := *r.Quota
	q.Suggested = 0
	for _, g := range grades {
		if belowTop(body, g) {
			q.Suggested++
		}
	}
	q.Met = q.Suggested >= q.Required
	return &q
}
