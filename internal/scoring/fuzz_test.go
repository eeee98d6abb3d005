package scoring

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"math/big"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

const goodPlan = `{
 "classes": [{"id": "A", "weight": "0.6"}, {"id": "B", "weight": "0.4"}],
 "items": [{"id": "overall", "weight": "1"}],
 "grades": [{"id": "good", "points": "100"}, {"id": "poor", "points": "40"}],
 "trim": {"each_end": 1, "when_more_than": 5},
 "empty_class": "renormalise",
 "parts": [{"id": "ballot", "weight": "0.4"}, {"id": "field", "weight": "0.6"}],
 "bands": [{"grade": "good", "from": "90"}, {"grade": "poor", "from": "0"}],
 "quota": {"below_top_at_least": "0.15"},
 "decimals": 2
}`

// A plan that is accepted scores, and its own JSON reads as the same plan; one
// that is refused is refused on a line that exists.
func FuzzReadPlan(f *testing.F) {
	f.Add([]byte(goodPlan))
	f.Add([]byte("\ufeff" + strings.ReplaceAll(goodPlan, "\n", "\r\n")))
	f.Add([]byte(`{"classes":[],"items":null,"x":1,"x":[[[]]]}`))
	f.Add([]byte(`{"classes":[{"id":"A","weight":"1e0"}],`))
	f.Fuzz(func(t *testing.T, text []byte) {
		file, problems := ReadPlan(bytes.NewReader(text))
		count := bytes.Count(text, []byte("\n")) + 1
		for _, p := range problems {
			if p.Line < 1 || p.Line > count || strings.ContainsAny(p.Error(), "\n\r") {
				t.Fatalf("line %d of %d: %q", p.Line, count, p.Error())
			}
		}
		if len(problems) > 0 {
			return
		}
		var marks []Mark
		for _, c := range file.Classes {
			for _, i := range file.Items {
				marks = append(marks, Mark{"1", c.ID, "u", i.ID, "50"})
			}
		}
		var parts []PartScore
		for _, part := range file.Parts {
			if part.ID != BallotPart {
				parts = append(parts, PartScore{"u", part.ID, "50"})
			}
		}
		r, err := Score(file.Plan, marks, parts)
		if err != nil || r.Units[0].Composite.Exact.Cmp(big.NewRat(50, 1)) != 0 {
			t.Fatalf("all marks are 50, the composite is %+v, %v", r, err)
		}
		again, err := json.Marshal(file.Plan)
		if err != nil {
			t.Fatal(err)
		}
		second, problems := ReadPlan(bytes.NewReader(again))
		if len(problems) > 0 || cmp.Diff(file.Plan, second.Plan, exactly) != "" {
			t.Fatalf("%v: %s", problems, cmp.Diff(file.Plan, second.Plan, exactly))
		}
	})
}

// Whatever the line reader accepts, the reader of the standard library reads
// alike.
func FuzzTable(f *testing.F) {
	f.Add("ballot,class,unit,item,value\n1,A,u,overall,good\n")
	f.Add("\ufeffballot,class,unit,item,value\r\n\r\n1,\"A\",\"u \"\"x\"\"\",overall,\r\n")
	f.Add("ballot,class,unit,item,value\n1,A,\"u,overall,good\n")
	f.Add("")
	f.Fuzz(func(t *testing.T, text string) {
		var got [][]string
		table := newTable(strings.NewReader(text), InBallots, "ballot", "class", "unit", "item", "value")
		fault := table.each(func(fields []string) *Problem {
			got = append(got, append([]string(nil), fields...))
			return nil
		})
		if fault != nil {
			if fault.Line < 1 || fault.Line > strings.Count(text, "\n")+1 || strings.ContainsAny(fault.Error(), "\n\r") {
				t.Fatalf("line %d: %q", fault.Line, fault.Error())
			}
			return
		}
		standard := csv.NewReader(strings.NewReader(strings.TrimPrefix(text, "\ufeff")))
		want, err := standard.ReadAll()
		if err != nil {
			t.Fatalf("accepted, but the standard library says %v", err)
		}
		if d := cmp.Diff(want[1:], got, exactly); d != "" {
			t.Fatal(d)
		}
	})
}

// No text makes a ballot or parts file panic, and what is counted is scored.
func FuzzReadMarks(f *testing.F) {
	f.Add("ballot,class,unit,item,value\n1,A,u,overall,good\n2,A,u,overall,\n1,B,u,overall,99.5\n", "unit,part,score\nu,field,80\n")
	f.Add("ballot,class,unit,item,value\n1,A,u,overall,１００\n", "unit,part,score\nu,ballot,80\n")
	plan, problems := ReadPlan(strings.NewReader(goodPlan))
	if len(problems) > 0 {
		f.Fatal(problems)
	}
	f.Fuzz(func(t *testing.T, ballots, parts string) {
		counter, err := NewCounter(plan.Plan)
		if err != nil {
			t.Fatal(err)
		}
		fault := ReadBallots(strings.NewReader(ballots), counter)
		if fault == nil {
			fault = ReadParts(strings.NewReader(parts), counter)
		}
		var result Result
		if fault == nil {
			result, err = counter.Result()
			if err != nil {
				fault = err.(*Problem)
			}
		}
		if fault != nil {
			if fault.Line < 1 || strings.ContainsAny(fault.Error(), "\n\r") {
				t.Fatalf("line %d: %q", fault.Line, fault.Error())
			}
			return
		}
		var out bytes.Buffer
		if err := result.WriteJSON(&out); err != nil || !json.Valid(out.Bytes()) || !utf8.Valid(out.Bytes()) {
			t.Fatalf("%v: %s", err, out.String())
		}
		for _, u := range result.Units {
			if c := u.Composite.Exact; c.Sign() < 0 || c.Cmp(big.NewRat(100, 1)) > 0 {
				t.Fatalf("composite %v", c)
			}
		}
	})
}

func FuzzParseDecimal(f *testing.F) {
	for _, s := range []string{"0", "100", "92.50", "007", "1e2", "1/2", "５０", "-1", ".5", "5.", " 5", "100.0000001"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		n, err := ParseDecimal(s, 0, 100)
		if err != nil {
			if n != nil || strings.ContainsAny(err.Error(), "\n\r") {
				t.Fatalf("%v, %q", n, err)
			}
			return
		}
		back, err := ParseDecimal(Exact(n), 0, 100)
		if err != nil || back.Cmp(n) != 0 {
			t.Fatalf("%q reads as %v and again as %v, %v", s, n, back, err)
		}
	})
}
