package result

import (
	"context"
	"crypto/rand"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"math/big"
	"slices"
	"strings"

	"plumbline/internal/authz"
	"plumbline/internal/fault"
	"plumbline/internal/review/plan"
	"plumbline/internal/scoring"
)

// PlanFile writes the plan of a result as PLAN.json of "plumbline score".
func PlanFile(w io.Writer, body plan.Body) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(body.Scoring())
}

// PartsFile writes the scores of a result that do not come from the ballot as PARTS.csv; units go by their code.
func PartsFile(w io.Writer, r Record) error {
	out := csv.NewWriter(w)
	_ = out.Write([]string{"unit", "part", "score"})
	for _, u := range r.Units {
		for _, p := range u.Parts {
			if p.ID != scoring.BallotPart {
				_ = out.Write([]string{u.Code, p.ID, p.Score.Exact})
			}
		}
	}
	out.Flush()
	return out.Error()
}

// BallotsFile writes marks that give the same figures as the tally of a fixed result, as BALLOTS.csv. They are no ballots:
// for every unit and item the values are dealt out anew by chance, so that no line hangs together with another. It is
// refused where some class of some unit is too small to be shown. Invalid lines count nowhere and are left out.
func (s *Service) BallotsFile(ctx context.Context, scope authz.Scope, cycleID, fixed int64, w io.Writer) error {
	c, err := s.found(ctx, scope, cycleID)
	if err != nil {
		return err
	}
	r, err := recordByID(ctx, s.db, fixed)
	if err != nil {
		return err
	}
	if r.Cycle != c.ID {
		return fault.Missing()
	}
	if r.AnyHidden() {
		return fault.Bad("fault.result.small_export", "Small", r.SmallClass)
	}
	return ballotsFile(w, r)
}

func ballotsFile(w io.Writer, r Record) error {
	out := csv.NewWriter(w)
	_ = out.Write([]string{"ballot", "class", "unit", "item", "value"})
	for _, class := range classesOf(r) {
		width := 0 // of the widest cell: so many synthetic ballots
		for _, u := range r.Units {
			for _, item := range u.class(class).Items {
				width = max(width, item.Valid+item.Abstained)
			}
		}
		for _, u := range r.Units {
			for _, item := range u.class(class).Items {
				if err := deal(out, class, u.Code, item, width); err != nil {
					return err
				}
			}
		}
	}
	out.Flush()
	return out.Error()
}

func deal(out *csv.Writer, class, unit string, item ItemRecord, width int) error {
	values := make([]string, item.Abstained, width)
	for _, c := range item.Counts {
		value := c.Grade
		if value == "" {
			value = c.Points
		}
		values = append(values, slices.Repeat([]string{value}, c.N)...)
	}
	ballots, err := shuffled(width)
	if err != nil {
		return err
	}
	chosen := ballots[:len(values)]
	order, err := shuffled(len(values))
	if err != nil {
		return err
	}
	for i, v := range order {
		if err := out.Write([]string{fmt.Sprint("s", chosen[i]+1), class, unit, item.ID, values[v]}); err != nil {
			return err
		}
	}
	return nil
}

// shuffled gives 0 to n-1 in an order by chance.
func shuffled(n int) ([]int, error) {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	for i := n - 1; i > 0; i-- {
		j, err := rand.Int(rand.Reader, big.NewInt(int64(i+1)))
		if err != nil {
			return nil, err
		}
		k := int(j.Int64())
		out[i], out[k] = out[k], out[i]
	}
	return out, nil
}

func classesOf(r Record) []string {
	var out []string
	for _, u := range r.Units {
		for _, c := range u.Classes {
			if !slices.Contains(out, c.ID) {
				out = append(out, c.ID)
			}
		}
	}
	slices.SortFunc(out, strings.Compare)
	return out
}

func (u UnitRecord) class(id string) ClassRecord {
	for _, c := range u.Classes {
		if c.ID == id {
			return c
		}
	}
	return ClassRecord{}
}
