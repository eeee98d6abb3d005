package table

import (
	"errors"
	"io"
	"slices"
	"testing"
)

var unitColumns = map[string][]string{
	"code": {"编码", "单位编码"},
	"name": {"名称"},
	"from": {"成立日期"},
}

func TestMap(t *testing.T) {
	r, err := open("\uFEFF 单位编码 ,NAME,备注,\n1, 海州区\u3000,x\n", Options{})
	must(t, err)
	if problems := r.Map(unitColumns, "code", "name"); problems != nil {
		t.Fatalf("%v", problems)
	}
	row, err := r.Next()
	must(t, err)
	if row.Get("code") != "1" || row.Get("name") != "海州区" || row.Get("from") != "" || row.Get("备注") != "" {
		t.Errorf("%q", row.Cells())
	}
	if !r.Has("code") || r.Has("from") || !slices.Equal(r.Unmapped(), []string{"备注"}) {
		t.Errorf("left over %q", r.Unmapped())
	}
}

func TestMapReportsColumns(t *testing.T) {
	r, err := open("\nCode,编码,from\n1,2,3\n", Options{})
	must(t, err)
	problems := r.Map(unitColumns, "code", "name")
	if len(problems) != 2 || problems[0].Code != DoubledColumn || problems[0].Column != "code" || problems[0].Line != 2 ||
		problems[0].Args["columns"] != "Code, 编码" ||
		problems[1].Code != MissingColumn || problems[1].Column != "name" || problems[1].Args["accepted"] != "名称" {
		t.Errorf("%v", problems)
	}
}

func TestEach(t *testing.T) {
	r, err := open("code,name\n1,a\n2,\"b\"c\n3,d,e\n4,f\n5,\"g\n", Options{})
	must(t, err)
	var problems Problems
	var codes []string
	must(t, r.Each(&problems, func(row Row) error {
		codes = append(codes, row.Get("code"))
		if row.Get("code") == "4" {
			problems.Add(row.Problem("name", "unknown_unit", nil))
		}
		return nil
	}))
	var lines []int
	for _, p := range problems.List() {
		lines = append(lines, p.Line)
	}
	if !slices.Equal(codes, []string{"1", "4"}) || !slices.Equal(lines, []int{3, 4, 5, 6}) {
		t.Errorf("codes %q, problems on %v", codes, lines)
	}
	if _, err := r.Next(); !errors.Is(err, io.EOF) {
		t.Errorf("after the end: %v", err)
	}
	stop := errors.New("stop")
	r, err = open("code\n1\n2\n", Options{})
	must(t, err)
	if err := r.Each(&problems, func(Row) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("%v", err)
	}
}

func TestProblemsAreCapped(t *testing.T) {
	var p Problems
	if !p.Empty() {
		t.Error("not empty")
	}
	for line := KeptProblems + 500; line > 0; line-- {
		p.Add(Problem{Line: line, Code: BadQuote})
	}
	if list := p.List(); p.Total() != KeptProblems+500 || len(list) != KeptProblems || list[0].Line != 501 {
		t.Errorf("%d counted, %d kept", p.Total(), len(p.List()))
	}
}

func TestProgressEndsAtOne(t *testing.T) {
	r, err := open("code,name\n1,a\n2,b\n", Options{})
	must(t, err)
	if p := r.Progress(); p <= 0 || p >= 1 {
		t.Errorf("at the start %v", p)
	}
	for err == nil {
		_, err = r.Next()
	}
	if p := r.Progress(); p != 1 {
		t.Errorf("at the end %v", p)
	}
}
