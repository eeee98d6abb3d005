package report

import (
	"context"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"plumbline/internal/review/plan"
	"plumbline/internal/wording"
)

func TestLengthCountsAsOfficesDo(t *testing.T) {
	for text, want := range map[string]int{
		"": 0, " \n\t\u3000": 0, "述职报告": 4, "共12个,完成98.5%。": 8, "We don't count blanks.": 4, "3,000 m": 2,
		"第一，抓党建；第二": 9, "A/B": 3, "（一）": 3,
	} {
		if got := Length(text); got != want {
			t.Errorf("%q: %d, want %d", text, got, want)
		}
	}
}

func TestRepeatedCountsSentencesExactly(t *testing.T) {
	before := "我们走访了全部村庄，解决了三个问题。明年继续努力！好的。 They met twice a week in the hall."
	now := "我们走访了全部村庄,解决了三个问题；今年新建了两个图书馆。好的。they met twice  a week in the hall"
	if same, all := Repeated(now, before); same != 2 || all != 3 {
		t.Errorf("%d of %d", same, all)
	}
	if same, all := Repeated("", before); same != 0 || all != 0 {
		t.Errorf("%d of %d", same, all)
	}
}

func TestPiecesAndFill(t *testing.T) {
	ns := []Number{{Key: "open", Label: wording.Text{"zh": "未完成", "en": "open items"}, Value: "4"}}
	for text, want := range map[string]string{
		"": "", "{未完成}件": "4件", "{open} and { open items }": "4 and 4", "{other} {open": "{other} {open", "{{open}}": "{4}", "}{": "}{", "{}": "{}",
	} {
		if got := Fill(text, ns); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	if got := Pieces("a{x}b", ns); !reflect.DeepEqual(got, []Piece{{Text: "a{x}b"}}) {
		t.Errorf("%+v", got)
	}
}

func TestTidy(t *testing.T) {
	if got := tidy("a\r\nb\rc\x00\u0007 \n\u3000"); got != "a\nb\nc" {
		t.Errorf("%q", got)
	}
	if got := tidy("\xff中"); !utf8.ValidString(got) || !strings.HasSuffix(got, "中") {
		t.Errorf("%q", got)
	}
}

func TestExamine(t *testing.T) {
	tpl, _ := (&ports{}).Template(context.Background(), nil, 0)
	text := func(n int) string { return strings.Repeat("字", n) }
	fill := func(results, problems int, answer string, p []Promise) Content {
		return Content{Mode: Oral, Sections: []Filled{
			{Section: tpl.Sections[0], Answers: []Answer{{Text: answer}, {Gone: true}}}, {Section: tpl.Sections[1], Text: text(results)},
			{Section: tpl.Sections[2], Text: text(problems)}, {Section: tpl.Sections[3], Promises: p}}}
	}
	find := func(checks []Check, id string) Check {
		for _, c := range checks {
			if c.ID == id {
				return c
			}
		}
		return Check{}
	}
	good := Examine(fill(200, 100, "", []Promise{{"t", "", "2022-01-01"}}), tpl, "")
	if c := find(good, CheckShare); c.OK || c.N != 100 || c.Of != 301 || c.Limit != 33 {
		t.Errorf("a hair under one third: %+v", c)
	}
	if c := find(Examine(fill(200, 101, "", []Promise{{"t", "", ""}}), tpl, ""), CheckShare); !c.OK {
		t.Errorf("over one third: %+v", c)
	}
	if c := find(good, CheckUnanswered); c.OK || c.N != 1 || c.Of != 1 {
		t.Errorf("%+v", c)
	}
	if c := find(good, CheckUndated); !c.OK {
		t.Errorf("%+v", c)
	}
	long := Examine(fill(2000, 1001, "x", nil), tpl, "")
	if c := find(long, CheckLong); c.OK || c.N != 3002 {
		t.Errorf("%+v", c)
	}
	if c := find(long, CheckOral); c.OK || c.N != 901 || c.Limit != 600 {
		t.Errorf("%+v", c)
	}
	if c := find(long, CheckEmpty); c.OK || c.Section != "next" {
		t.Errorf("%+v", c)
	}
	if Warnings(Examine(Content{}, tpl, "")) != 1 { // the share of nothing
		t.Errorf("%+v", Examine(Content{}, tpl, ""))
	}
}

func TestTemplateFromPlan(t *testing.T) {
	tpl := templateOf(plan.Body{Minutes: 10, Report: plan.Report{Max: 3000, Share: &plan.ShareCheck{Kinds: []plan.SectionKind{plan.Causes}, Num: 1, Den: 3},
		Sections: []plan.Section{{ID: "a", Kind: plan.Answers}, {ID: "r", Kind: plan.Results}, {ID: "c", Kind: plan.Causes, Min: 300, Required: true}, {ID: "p", Kind: plan.Promises}}}})
	var kinds []SectionKind
	for _, s := range tpl.Sections {
		kinds = append(kinds, s.Kind)
	}
	if !reflect.DeepEqual(kinds, []SectionKind{Answers, Text, Text, Promises}) || tpl.Sections[1].Weighs || !tpl.Sections[2].Weighs || tpl.Sections[2].Min != 300 {
		t.Errorf("%+v", tpl)
	}
	if tpl.ShareDen != 3 || tpl.MaxLength != 3000 || tpl.Minutes != 10 || tpl.PerMinute == 0 {
		t.Errorf("%+v", tpl)
	}
}
