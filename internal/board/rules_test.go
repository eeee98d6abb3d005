package board

import (
	"fmt"
	"strings"
	"testing"

	"plumbline/internal/calendar"
	"plumbline/internal/org"
)

func TestEqualFiguresShareARankAndNoFigureHasNone(t *testing.T) {
	for _, x := range []struct {
		values string
		down   bool
		want   string
	}{
		{"90 95 95 80", false, "3 1 1 4"},
		{"90 95 95.0 80", true, "2 3 3 1"},
		{"0 - -1 -", false, "1 0 2 0"},
		{"- -", false, "0 0"},
		{"7", true, "1"},
	} {
		values := strings.Fields(x.values)
		for i, v := range values {
			if v == "-" {
				values[i] = ""
			}
		}
		if got := strings.Trim(fmt.Sprint(rank(values, x.down)), "[]"); got != x.want {
			t.Errorf("%s: got %s instead of %s", x.values, got, x.want)
		}
	}
}

func TestLampsStandAgainstTheTarget(t *testing.T) {
	for _, x := range []struct{ target, amber, down, value, want string }{
		{"95", "", "", "95", Green}, {"95", "", "", "94.99", Amber}, {"95", "", "", "85.5", Amber}, {"95", "", "", "85.49", Red},
		{"95", "90", "", "90", Amber}, {"95", "90", "", "89.99", Red},
		{"10", "", "down", "10", Green}, {"10", "", "down", "11", Amber}, {"10", "", "down", "11.01", Red},
		{"0", "", "down", "0", Green}, {"0", "", "down", "1", Red}, {"0", "2", "down", "2", Amber},
		{"-10", "", "", "-11", Amber}, {"-10", "", "", "-11.5", Red},
		{"", "", "", "95", ""}, {"95", "", "", "", ""},
	} {
		got := Indicator{Target: x.target, Amber: x.amber, Down: x.down != ""}.LampOf(x.value)
		if got != x.want {
			t.Errorf("%+v: got %q", x, got)
		}
	}
}

func TestPointsAreExactAndAMissingFigureIsNeverZero(t *testing.T) {
	peers := Peers{Units: []org.Unit{{ID: 1}, {ID: 2}, {ID: 3}}}
	board := func(weight string, down bool, values ...string) Board {
		b := Board{Indicator: Indicator{Weight: weight, Down: down}}
		for i, v := range values {
			b.Rows = append(b.Rows, Row{Unit: peers.Units[i], Value: Value{Value: v}})
		}
		return b
	}
	got := combine([]Board{board("3", false, "90", "80", "80"), board("1", true, "5", "4", ""), board("", false, "", "", "")}, peers)
	// The first outdoes both others (1) and is outdone by the second (0): 100·(3·1 + 1·0)/4; the second ties with the third
	// and is below the first (1/4), and outdoes the first (1): 100·(3/4 + 1)/4; the third has no figure of the second.
	for i, want := range []string{"75.00 1 0", "43.75 2 0", " 0 1"} {
		if s := fmt.Sprintf("%s %d %d", got[i].Points, got[i].Rank, got[i].Missing); s != want {
			t.Errorf("unit %d: got %q instead of %q", i+1, s, want)
		}
	}
	if combine([]Board{board("", false, "1", "2", "3")}, peers) != nil {
		t.Error("a combined board without weights")
	}
}

func TestPeriodsKnowTheirDaysAndNeighbours(t *testing.T) {
	for text, want := range map[string]string{
		"2026-01": "month 2026-01 2025-12 2026-02 2026-01-01 2026-01-31", "2026-Q1": "quarter 2026-Q1 2025-Q4 2026-Q2 2026-01-01 2026-03-31",
		"2026q4": "quarter 2026-Q4 2026-Q3 2027-Q1 2026-10-01 2026-12-31", "2024": "year 2024 2023 2025 2024-01-01 2024-12-31",
	} {
		p, ok := ParsePeriod(text)
		got := fmt.Sprint(p.Every(), " ", p, " ", p.Before(), " ", p.After(), " ", p.First(), " ", p.Last())
		if !ok || got != want {
			t.Errorf("%s: got %s", text, got)
		}
	}
	for _, text := range []string{"", "2026-13", "2026-Q5", "26-01", "2026-1-1", "March"} {
		if p, ok := ParsePeriod(text); ok {
			t.Errorf("%q was read as %s", text, p)
		}
	}
	if p := PeriodAt(Quarter, calendar.MustParse("2026-08-31")); p.String() != "2026-Q3" || fmt.Sprint(p.Back(3)) != "[2026-Q1 2026-Q2 2026-Q3]" {
		t.Error(p, p.Back(3))
	}
}

func TestPeriodsAreReadAsOfficesWriteThem(t *testing.T) {
	for text, want := range map[string]string{"2026年3月": "2026-03", "2026-3": "2026-03", "2026.03": "2026-03", "2026年第一季度": "2026-Q1", "2026年": "2026", "2026/12": "2026-12", "2026-05-01": "2026-05"} {
		if p, _ := ParsePeriod(periodText(text)); p.String() != want {
			t.Errorf("%s: got %q", text, p)
		}
	}
}

func TestValuesAreReadAsPeopleWriteThem(t *testing.T) {
	for text, want := range map[string]string{"1,234.50": "1234.5", "96.5%": "96.5", "-0.0": "0", "007": "7", "": "", "x": "", "1e9": "", "1.23456": "", "９": ""} {
		if got, ok := ParseValue(text); got != want || ok != (want != "") {
			t.Errorf("%q: got %q %v", text, got, ok)
		}
	}
}

// What somebody does inside the program itself never makes a figure.
func TestNothingIsCountedForBeingInTheProgram(t *testing.T) {
	if fmt.Sprint(Sources) != "[counted imported typed corrected]" {
		t.Errorf("sources are %v: a new one must not count log-ins, visits, clicks or the number of records", Sources)
	}
}
