package scoring

import (
	"fmt"
	"math/big"
	"strconv"
	"strings"
	"unicode"
)

// Validate lists everything that keeps the plan from being used, in the order
// of the fields; an empty list means that the plan can score.
func (p Plan) Validate() []Problem {
	v := &validation{}
	v.weights("classes", len(p.Classes), func(i int) (string, string) { return p.Classes[i].ID, p.Classes[i].Weight })
	v.weights("items", len(p.Items), func(i int) (string, string) { return p.Items[i].ID, p.Items[i].Weight })
	points := v.grades(p.Grades)
	v.trim(p.Trim)
	if p.EmptyClass != Refuse && p.EmptyClass != Renormalise {
		v.add(problem(EmptyClassRule, "empty_class", "value", p.EmptyClass))
	}
	if len(p.Parts) > 0 {
		v.weights("parts", len(p.Parts), func(i int) (string, string) { return p.Parts[i].ID, p.Parts[i].Weight })
	}
	v.bands(p.Bands, points)
	v.quota(p)
	if p.Decimals < 0 || p.Decimals > MaxDecimals {
		v.add(problem(DecimalsRange, "decimals", "n", strconv.Itoa(p.Decimals), "most", strconv.Itoa(MaxDecimals)))
	}
	return v.found
}

type validation struct{ found []Problem }

func (v *validation) add(p *Problem) {
	p.Source = InPlan
	v.found = append(v.found, *p)
}

// number reads a decimal at a path; nil where it is not one.
func (v *validation) number(path, text string, highest int64) *big.Rat {
	n, fault := decimal(text, 0, highest)
	if fault != nil {
		fault.Path = path
		v.add(fault)
		return nil
	}
	return n
}

// id checks that an id is one and stands for the first time.
func (v *validation) id(path, id string, seen map[string]bool) {
	if fault := idFault(id); fault != nil {
		fault.Path = path
		v.add(fault)
		return
	}
	if seen[id] {
		v.add(problem(IDDoubled, path, "id", id))
	}
	seen[id] = true
}

// weights checks a list of ids and weights that must sum to one.
func (v *validation) weights(list string, n int, at func(int) (id, weight string)) {
	if n == 0 {
		v.add(problem(ListEmpty, list))
		return
	}
	seen, sum, complete := map[string]bool{}, new(big.Rat), true
	for i := range n {
		id, weight := at(i)
		v.id(fmt.Sprintf("%s[%d].id", list, i), id, seen)
		if w := v.number(fmt.Sprintf("%s[%d].weight", list, i), weight, 1); w != nil {
			sum.Add(sum, w)
		} else {
			complete = false
		}
	}
	if complete && sum.Cmp(one) != 0 {
		v.add(problem(WeightsSum, list, "sum", Exact(sum)))
	}
}

var one = big.NewRat(1, 1)

// grades returns the points by grade, as far as they can be read.
func (v *validation) grades(grades []Grade) map[string]*big.Rat {
	seen, points := map[string]bool{}, map[string]*big.Rat{}
	for i, g := range grades {
		path := fmt.Sprintf("grades[%d]", i)
		v.id(path+".id", g.ID, seen)
		if looksNumeric(g.ID) {
			v.add(problem(GradeIsNumber, path+".id", "id", g.ID))
		}
		points[g.ID] = v.number(path+".points", g.Points, 100)
	}
	return points
}

func (v *validation) trim(t *Trim) {
	switch {
	case t == nil:
	case t.EachEnd < 1:
		v.add(problem(TrimEachEnd, "trim.each_end", "n", strconv.Itoa(t.EachEnd)))
	case t.WhenMoreThan/2 < t.EachEnd:
		v.add(problem(TrimThreshold, "trim.when_more_than", "n", strconv.Itoa(t.WhenMoreThan),
			"each", strconv.Itoa(t.EachEnd), "least", strconv.Itoa(2*t.EachEnd)))
	}
}

// bands must fall strictly, and must not put a grade of more points lower.
func (v *validation) bands(bands []Band, points map[string]*big.Rat) {
	seen := map[string]bool{}
	var above *big.Rat
	for i, b := range bands {
		path := fmt.Sprintf("bands[%d]", i)
		from := v.number(path+".from", b.From, 100)
		if from != nil && above != nil && from.Cmp(above) >= 0 {
			v.add(problem(BandOrder, path+".from", "from", Exact(from), "above", Exact(above)))
		}
		if from != nil {
			above = from
		}
		worth, known := points[b.Grade]
		switch {
		case !known:
			v.add(problem(BandGrade, path+".grade", "grade", b.Grade))
		case seen[b.Grade]:
			v.add(problem(BandDoubled, path+".grade", "grade", b.Grade))
		case i > 0 && worth != nil && points[bands[i-1].Grade] != nil && worth.Cmp(points[bands[i-1].Grade]) > 0:
			v.add(problem(BandPoints, path+".grade", "grade", b.Grade, "above", bands[i-1].Grade))
		}
		seen[b.Grade] = true
	}
}

func (v *validation) quota(p Plan) {
	if p.Quota == nil {
		return
	}
	v.number("quota.below_top_at_least", p.Quota.BelowTopAtLeast, 1)
	if len(p.Bands) == 0 {
		v.add(problem(QuotaBands, "quota"))
	}
}

// idFault tells why a text can't be an id. A space at an end is refused
// because two units would look the same and be counted apart.
func idFault(id string) *Problem {
	switch {
	case id == "":
		return problem(IDEmpty, "")
	case strings.TrimSpace(id) != id:
		return problem(IDSpace, "", "id", id)
	case strings.ContainsFunc(id, unicode.IsControl) || strings.ContainsAny(id, "\ufeff\u200b"):
		return problem(IDControl, "", "id", id)
	}
	return nil
}
