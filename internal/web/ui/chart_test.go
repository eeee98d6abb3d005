package ui

import (
	"encoding/xml"
	"errors"
	"io"
	"regexp"
	"strings"
	"testing"
)

func draw(t *testing.T, c Chart, l Locale) string {
	t.Helper()
	h, err := c.draw(painter{l: l, t: words(t, l.Lang)})
	if err != nil {
		t.Fatal(err)
	}
	return string(h)
}

var someCharts = map[string]Chart{
	"bars": Bars{ChartHead: ChartHead{ID: "x", Title: `A<b>"`, Desc: "d"}, Unit: "points", Rule: &Rule{"3", "mean"},
		Items: []Bar{{Label: "low", Value: "1", Href: "/low"}, {Label: "high", Value: "1234.5", Mark: true}, {Label: "none", Value: ""}, {Label: "late", Value: "7", State: Late}}},
	"share":  Share{ChartHead: ChartHead{ID: "x", Title: "t", Desc: "d"}, Items: []ShareItem{{Label: "Good", Count: 2, Href: "/g"}, {Label: "Fair", Count: 1}, {Label: "Poor"}, {Label: "Late", Count: 5, State: Late}}},
	"lamps":  LampStrip{ChartHead: ChartHead{ID: "x", Title: "t", Desc: "d"}, Items: []LampItem{{"One", Late, "/1"}, {"Two", Done, ""}, {"Three", Late, ""}}},
	"spread": Intervals{ChartHead: ChartHead{ID: "x", Title: "t", Desc: "d"}, Rules: []Rule{{"90", "good"}}, Items: []Interval{{Label: "a", Low: "80", Mid: "85.5", High: "90", Href: "/a"}, {Label: "b", Mid: "70", Mark: true}, {Label: "c"}}},
	"lines":  Lines{ChartHead: ChartHead{ID: "x", Title: "t", Desc: "d"}, X: []string{"2024", "2025", "2026"}, Panels: []Panel{{Label: "a", Values: []string{"1", "", "3"}}, {Label: "b", Values: []string{"", "2"}, Href: "/b", Mark: true}, {Label: "c"}}},
	"dates":  Calendar{ChartHead: ChartHead{ID: "x", Title: "t", Desc: "d"}, From: "2026-01-01", To: "2026-07-01", Today: "2026-02-01", Items: []Milestone{{"2026-01-15", "Report", Done, "/r"}, {"2026-01-16", "Meeting", "", ""}, {"2027-01-01", "Outside", "", ""}}},
	"passes": Passes{ChartHead: ChartHead{ID: "x", Title: "t", Desc: "d"}, Ways: []Pass{{"a", "b<", 3, "/ab", false}, {"b<", "a", 1, "", true}, {"a", "c", 12, "", false}}, Gave: "gave", Got: "got", Rest: "c"},
	"gantt":  Gantt{ChartHead: ChartHead{ID: "x", Title: "t", Desc: "d"}, Today: "2026-03-01", Items: []GanttRow{{"Survey", "2026-01-01", "2026-02-01", "2026-02-10", Done, "/s"}, {"Build<", "2026-02-01", "2026-02-20", "", Late, ""}, {"Open", "", "2026-05-01", "", OnTime, ""}, {"Undated", "", "", "", None, ""}}},
	"curve":  Curve{ChartHead: ChartHead{ID: "x", Title: "t", Desc: "d"}, X: []string{"2026-01-01", "2026-02-01", "2026-05-01"}, Lines: []CurveLine{{"own", []string{"1.5", "", "3"}, true}, {"best<", []string{"3", "3", "3.1"}, false}, {"none", nil, false}}},
	"empty":  Bars{ChartHead: ChartHead{ID: "x", Title: "t", Desc: "d"}},
}

// Each chart is well-formed, has its title, description and table, draws
// nothing that is no number, and is the same every time.
func TestChartsAreSound(t *testing.T) {
	for name, c := range someCharts {
		out := draw(t, c, en)
		if again := draw(t, c, en); again != out {
			t.Errorf("%s: two drawings differ", name)
		}
		d := xml.NewDecoder(strings.NewReader(out))
		ids := map[string]bool{}
		for {
			tok, err := d.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatalf("%s: %v\n%s", name, err, out)
			}
			if el, ok := tok.(xml.StartElement); ok {
				for _, a := range el.Attr {
					if a.Name.Local == "id" && ids[a.Value] {
						t.Errorf("%s: id %s twice", name, a.Value)
					}
					if a.Name.Local == "id" {
						ids[a.Value] = true
					}
					if a.Name.Local == "style" {
						t.Errorf("%s: a style attribute", name)
					}
				}
			}
		}
		for _, id := range []string{"x", "x-t", "x-d"} {
			if !ids[id] {
				t.Errorf("%s: no %s", name, id)
			}
		}
		if !strings.Contains(out, "<details") || !strings.Contains(out, "<th scope=\"row\">") && name != "empty" {
			t.Errorf("%s: no table behind it", name)
		}
		for _, m := range regexp.MustCompile(`aria-(?:labelledby|describedby)="([^"]+)"`).FindAllStringSubmatch(out, -1) {
			if !ids[m[1]] {
				t.Errorf("%s: refers to %s, which is not there", name, m[1])
			}
		}
		if strings.Contains(out, "NaN") || strings.Contains(out, "Inf") {
			t.Errorf("%s: draws what is no number", name)
		}
		if strings.Contains(out, `role="img" aria-labelledby`) && strings.Contains(out, `class="plot" role="img"`) && regexp.MustCompile(`(?s)class="plot" role="img"[^>]*>.*?<a .*?</svg><details`).MatchString(out) {
			t.Errorf("%s: an image holds a link", name)
		}
	}
}

func TestBarsAreSortedUnlessTold(t *testing.T) {
	b := someCharts["bars"].(Bars)
	out := draw(t, b, en)
	if strings.Index(out, ">high<") > strings.Index(out, ">low<") {
		t.Error("the largest does not come first")
	}
	if !strings.Contains(out, "1,234.5") || !strings.Contains(out, `A&lt;b&gt;&#34;`) {
		t.Errorf("numbers or titles are written badly: %s", out)
	}
	b.KeepOrder = true
	if out := draw(t, b, en); strings.Index(out, ">high<") < strings.Index(out, ">low<") {
		t.Error("the given order is not kept")
	}
	if b.Items[0].Label != "low" {
		t.Error("drawing changed the caller's slice")
	}
}

func TestShareCounts(t *testing.T) {
	out := draw(t, someCharts["share"], zh)
	for _, want := range []string{`width="25.00%"`, `width="12.50%"`, `width="62.50%"`, ">25%<", ">13%<", ">63%<", ">0%<"} {
		if !strings.Contains(out, want) {
			t.Errorf("no %s in %s", want, out)
		}
	}
	for _, c := range []struct {
		n, total int64
		want     string
	}{{1, 3, "33%"}, {2, 3, "67%"}, {1, 1000, "<1%"}, {0, 3, "0%"}, {1, 0, "0%"}, {5, 5, "100%"}} {
		if got := percentOf(c.n, c.total); got != c.want {
			t.Errorf("%d of %d is %s, want %s", c.n, c.total, got, c.want)
		}
	}
}

func TestCalendarRefusesNoDates(t *testing.T) {
	for _, c := range []Calendar{{From: "x", To: "2026-01-01"}, {From: "2026-01-01", To: ""}} {
		if _, err := c.draw(painter{l: en, t: words(t, "en")}); err == nil {
			t.Errorf("%+v was drawn", c)
		}
	}
	out := draw(t, someCharts["dates"], zh)
	if !strings.Contains(out, "1月15日") || strings.Count(out, "pin-no") != 2 {
		t.Errorf("dates are missing, or one outside is drawn: %s", out)
	}
}

// A plan is drawn with its lamp's shape and word, the tick of what is done, and today; grey paper hatches what is late.
func TestAPlanIsDrawn(t *testing.T) {
	out := draw(t, someCharts["gantt"], zh)
	for _, want := range []string{`class="lamp s-late"`, `url(#x-p1)`, `class="today"`, ">今天<", ">逾期<", "Build&lt;", "2月20日"} {
		if !strings.Contains(out, want) {
			t.Errorf("no %s in %s", want, out)
		}
	}
	if n := strings.Count(out, `class="tick"`); n != 1 {
		t.Errorf("%d ticks for one thing done", n)
	}
	if n := strings.Count(out, `class="rule"`); n != 1 {
		t.Errorf("%d dashes for one thing done after its day", n)
	}
	// Today stands beside the bars and strikes through no words, which lie in the first 17 px of each row.
	for _, m := range regexp.MustCompile(`class="today"[^>]* y1="(\d+)" y2="(\d+)"`).FindAllStringSubmatch(out, -1) {
		top, _ := number(m[1])
		end, _ := number(m[2])
		if int(top-ganttHead)%ganttRow <= 17 || end-top > ganttRow-18 {
			t.Errorf("today strikes through words from %s to %s", m[1], m[2])
		}
	}
	none := Gantt{ChartHead: ChartHead{ID: "x"}, Today: "2026-03-01", Items: []GanttRow{{Label: "a", State: None}}}
	if out := draw(t, none, en); strings.Contains(out, "<svg class=\"plot\"") || !strings.Contains(out, `<th scope="row">a</th>`) {
		t.Errorf("a plan without dates: %s", out)
	}
}

// Points stand as far apart as their days, lines are named where they end and never one over the other.
func TestACurveIsNamedWhereItEnds(t *testing.T) {
	c := someCharts["curve"].(Curve)
	at := c.places()
	if near, far := at[1]-at[0], at[2]-at[1]; far < 2.5*near || far > 3.2*near {
		t.Errorf("31 and 89 days are %v and %v apart", near, far)
	}
	c.X = []string{"one", "two", "three"}
	if at := c.places(); at[2]-at[1] != at[1]-at[0] && at[2]-at[1]-(at[1]-at[0]) > 1e-9 {
		t.Errorf("what is no date stands at %v", at)
	}
	c.Lines = []CurveLine{{"a", []string{"1", "1", "7"}, true}, {"b", []string{"1", "1", "7"}, false}, {"c", []string{"0", "0", "0"}, false}}
	out := draw(t, c, en)
	var ys []float64
	for _, m := range regexp.MustCompile(`class="b" x="72.00%" y="([0-9.]+)"`).FindAllStringSubmatch(out, -1) {
		v, _ := number(m[1])
		ys = append(ys, v)
	}
	if len(ys) != 3 || ys[1]-ys[0] < curveLabels || ys[2]-ys[1] < curveLabels {
		t.Errorf("the names stand at %v", ys)
	}
	if !strings.Contains(out, "stroke-dasharray") {
		t.Error("lines differ by colour alone")
	}
}

func TestScaleTicks(t *testing.T) {
	for _, s := range []scale{{0, 1}, {60, 100}, {0, 9}, {-3, 1234}, {0.001, 0.002}, {0, 1e7}} {
		n := len(s.ticks())
		if n < 2 || n > 7 {
			t.Errorf("%v has %d ticks", s, n)
		}
	}
	if (scale{1, 1}).ticks() != nil || (scale{1, 1}).at(5) != 0 {
		t.Error("a scale without span draws something")
	}
}

func TestLinksAreSafe(t *testing.T) {
	out := draw(t, Bars{ChartHead: ChartHead{ID: "x"}, Items: []Bar{{Label: "a", Value: "1", Href: "javascript:alert(1)"}}}, en)
	if strings.Contains(out, "javascript:") {
		t.Error("a script got through as a link")
	}
}
