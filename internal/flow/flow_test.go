package flow

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// logOf makes a log of cases; every case is a text of resources, one event each, a minute apart. A dot is an event
// without a resource.
func logOf(cases ...string) *Log {
	l := NewLog()
	for i, c := range cases {
		for j, r := range c {
			e := Event{Case: string(rune('A' + i)), Activity: string(rune('0' + j)), Time: time.Unix(int64(60*j), 0), Resource: string(r)}
			if r == '.' {
				e.Resource = ""
			}
			l.Add(e)
		}
	}
	return l
}

func TestPathsByDefinition(t *testing.T) {
	for _, c := range []struct {
		trail string
		want  Path
	}{
		{"a", Path{}},
		{".", Path{}},
		{"..", Path{}},
		{"aaa", Path{}},
		{"ab", Path{Handovers: 1}},
		{"aab", Path{Handovers: 1}},
		{"aba", Path{Handovers: 2, PingPong: 1, Returned: true}},
		{"abab", Path{Handovers: 3, PingPong: 2, Returned: true}},
		{"aabbaa", Path{Handovers: 2, PingPong: 1, Returned: true}},
		{"abca", Path{Handovers: 3, Loops: 1, Returned: true}},
		{"abcabc", Path{Handovers: 5, Loops: 3, Returned: true}},
		{"abcab", Path{Handovers: 4, Loops: 2, Returned: true}},
		{"abcba", Path{Handovers: 4, PingPong: 1, Loops: 1, Returned: true}},
		// Nobody known neither hands over nor breaks a run.
		{"a.a", Path{}},
		{".a.b.", Path{Handovers: 1}},
		{"a.b.a", Path{Handovers: 2, PingPong: 1, Returned: true}},
	} {
		logOf(c.trail).Paths(func(_ string, p Path) {
			c.want.Events, c.want.Lasted = len(c.trail), int64(len(c.trail)-1)*60_000_000
			if diff := cmp.Diff(c.want, p); diff != "" {
				t.Errorf("%s: %s", c.trail, diff)
			}
		})
	}
}

func TestReworkCountsRepeatedActivities(t *testing.T) {
	l := NewLog()
	for _, a := range []string{"plan", "return", "plan", "return", "plan", "close"} {
		l.Add(Event{Case: "1", Activity: a, Resource: "x"})
	}
	l.Add(Event{Case: "2", Activity: "plan", Resource: "x"})
	f := l.Measure()
	if f.ReworkEvents != 3 || f.ReworkCases != 1 || f.Cases != 2 {
		t.Errorf("%+v", f)
	}
}

func read(t *testing.T, name string) *Log {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	l, problems, _ := Read(f)
	if problems != nil {
		t.Fatal(problems)
	}
	return l
}

// The running example of the book; the figures were computed apart, by a script that shares nothing with this package.
func TestTheBooksExample(t *testing.T) {
	got, err := json.MarshalIndent(read(t, "testdata/compensation.csv").Measure(), "", " ")
	if err != nil {
		t.Fatal(err)
	}
	want := `{
 "cases": 6,
 "events": 42,
 "handovers": 32,
 "cases_with_handover": 6,
 "max_handovers": 10,
 "ping_pong_cases": 1,
 "ping_pong_occurrences": 2,
 "return_cases": 4,
 "rework_events": 9,
 "rework_cases": 2,
 "duration_days": {
  "all": {
   "mean": 11.190856481,
   "median": 9.44375,
   "n": 6
  },
  "ping_pong": {
   "mean": 9.864583333,
   "median": 9.864583333,
   "n": 1
  },
  "other": {
   "mean": 11.456111111,
   "median": 9.022916667,
   "n": 5
  }
 },
 "duration_by_handovers": {
  "0": {
   "mean": null,
   "n": 0
  },
  "1": {
   "mean": null,
   "n": 0
  },
  "2": {
   "mean": null,
   "n": 0
  },
  "3": {
   "mean": 9.022916667,
   "n": 1
  },
  "4": {
   "mean": 8.011342593,
   "n": 3
  },
  "5": {
   "mean": null,
   "n": 0
  },
  "6+": {
   "mean": 17.044097222,
   "n": 2
  }
 }
}`
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Error(diff)
	}
	var back Figures
	if err := json.Unmarshal(got, &back); err != nil || back.Duration.Other.Median != (Days{true, 9.022916667}) || back.ByHandovers.H0.Mean.Known {
		t.Errorf("%v %+v", err, back)
	}
}

func TestHandoverMap(t *testing.T) {
	h := read(t, "testdata/compensation.csv").Handovers()
	want := []Handover{{"S", "E", 4, 4}, {"E", "M", 3, 2}, {"M", "S", 3, 3}, {"P", "S", 3, 2}, {"M", "E", 2, 2}, {"M", "N", 2, 2}, {"N", "S", 2, 2}, {"P", "M", 2, 2}}
	if diff := cmp.Diff(want, h[:8]); diff != "" {
		t.Error(diff)
	}
	n := 0
	for _, x := range h {
		n += x.Count
	}
	if n != 32 {
		t.Errorf("the map holds %d handovers", n)
	}
}

func TestGroupedKeepsTheBusiest(t *testing.T) {
	all := logOf("abab", "abcd", "cdce").Handovers()
	same, within := Grouped(all, 5, "rest")
	if diff := cmp.Diff(all, same); diff != "" || within != 0 {
		t.Error(diff, within)
	}
	got, within := Grouped(all, 3, "rest")
	total := within
	for _, h := range got {
		total += h.Count
		if !strings.Contains("b c rest", h.From) || !strings.Contains("b c rest", h.To) {
			t.Errorf("%+v", h)
		}
	}
	if total != 9 {
		t.Errorf("%d handovers of 9: %+v, %d", total, got, within)
	}
}

func TestEmptyLog(t *testing.T) {
	got, err := json.Marshal(NewLog().Measure())
	if err != nil || !strings.Contains(string(got), `"all":{"mean":null,"median":null,"n":0}`) {
		t.Errorf("%s %v", got, err)
	}
}

func TestDaysAreRoundedOnce(t *testing.T) {
	l := NewLog()
	for i, micros := range []int64{0, 1, 86_400_000_000 / 3} {
		kase := string(rune('a' + i))
		l.Add(Event{Case: kase, Activity: "x"})
		l.Add(Event{Case: kase, Activity: "y", Time: time.Time{}.Add(time.Duration(micros) * time.Microsecond)})
	}
	got, _ := json.Marshal(l.Measure().Duration.All)
	if string(got) != `{"mean":0.111111111,"median":0,"n":3}` {
		t.Errorf("%s", got)
	}
}
