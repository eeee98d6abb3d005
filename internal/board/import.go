package board

import (
	"context"
	"errors"
	"io"
	"strings"

	"plumbline/internal/authz"
	"plumbline/internal/office/table"
	"plumbline/internal/org"
)

// File is a table of values: CSV or XLSX with a row for each indicator, unit and period.
type File struct {
	Name string
	Data io.ReaderAt
	Size int64
	Gzip bool // accept a gzipped CSV file; only for files from the command line
}

// Taken tells what an import did or, in a dry run or with problems, would do.
type Taken struct {
	Problems  []table.Problem
	Total     int // of problems, also those that are not listed
	Rows      int
	New       int
	Changed   int
	Corrected int // of the changed ones those in settled periods
	Done      bool
}

// Columns are the columns of a file, and the headers that mean the same. An indicator stands by its number or its name.
var Columns = map[string][]string{
	"indicator": {"指标", "指标编号", "指标名称"},
	"unit_code": {"单位编码", "单位代码", "unit"},
	"period":    {"周期", "期间", "时间"},
	"value":     {"数值", "值", "指标值"},
	"reason":    {"理由", "更正理由"},
}

const maxRows = 100_000

// Import reads a table of values and takes it in whole, or, where anything is wrong with it, not at all: Problems then
// names every line. An empty value takes a figure away. With dry nothing is written. The actor needs the right to fill
// every indicator named.
func (s *Service) Import(ctx context.Context, actor authz.Actor, f File, dry bool) (Taken, error) {
	im := &importing{s: s, actor: actor, seen: map[cell]int{}}
	if err := im.read(ctx, f); err != nil {
		return Taken{}, err
	}
	taken := Taken{Rows: im.rows}
	var rows []change
	if im.problems.Empty() {
		var err error
		if rows, err = im.pending(ctx); err != nil {
			return taken, err
		}
	}
	taken.Problems, taken.Total = im.problems.List(), im.problems.Total()
	for _, c := range rows {
		switch {
		case c.value.Source == Corrected:
			taken.Corrected++
			fallthrough
		case im.stood[cell{c.value.Indicator, c.value.Unit, c.value.Period}]:
			taken.Changed++
		default:
			taken.New++
		}
	}
	if dry || taken.Total > 0 || len(rows) == 0 {
		return taken, nil
	}
	err := s.write(ctx, actor, rows[0].indicator.Convenor, rows, map[string]string{"file": f.Name})
	taken.Done = err == nil
	return taken, err
}

// importing is one import under way.
type importing struct {
	s        *Service
	actor    authz.Actor
	problems table.Problems
	rows     int
	seen     map[cell]int
	list     []change
	lines    []int
	reasons  []string
	stood    map[cell]bool
}

func (im *importing) bad(line int, column, code string, pairs ...string) {
	args := map[string]string{}
	for i := 0; i+1 < len(pairs); i += 2 {
		args[pairs[i]] = pairs[i+1]
	}
	im.problems.Add(table.Problem{Line: line, Column: column, Code: code, Args: args})
}

// line is a row of the file.
type line struct {
	at                                     int
	indicator, code, period, value, reason string
}

func (im *importing) read(ctx context.Context, f File) error {
	var bad *table.Problem
	t, err := table.Open(f.Name, f.Data, f.Size, table.Options{MaxRows: maxRows, Gzip: f.Gzip})
	if errors.As(err, &bad) {
		im.problems.Add(*bad)
		return nil
	}
	if err != nil {
		return err
	}
	defer t.Close()
	if problems := t.Map(Columns, "indicator", "unit_code", "period", "value"); len(problems) > 0 {
		im.problems.Add(problems...)
		return nil
	}
	var lines []line
	codes, known := []string{}, map[string]bool{}
	err = t.Each(&im.problems, func(row table.Row) error {
		im.rows++
		l := line{row.Line, row.Get("indicator"), row.Get("unit_code"), row.Get("period"), row.Get("value"), row.Get("reason")}
		if !known[l.code] {
			known[l.code], codes = true, append(codes, l.code)
		}
		lines = append(lines, l)
		return nil
	})
	if err != nil {
		return err
	}
	units, err := org.UnitsByCode(ctx, im.s.db, codes)
	if err != nil {
		return err
	}
	indicators, err := im.s.Indicators(ctx, im.actor)
	if err != nil {
		return err
	}
	for _, l := range lines {
		im.take(l, indicators, units)
	}
	return nil
}

// take checks one line; all that is wrong with it becomes problems.
func (im *importing) take(l line, indicators []Indicator, units map[string]org.Unit) {
	before := im.problems.Total()
	x := im.indicator(l, indicators)
	unit, ok := units[l.code]
	switch {
	case !ok:
		im.bad(l.at, "unit_code", "fault.board.import_unit", "Code", l.code)
	case x.ID != 0 && !inside(unit.Place(), x.Convenor):
		im.bad(l.at, "unit_code", "fault.board.not_below")
	}
	period, ok := ParsePeriod(periodText(l.period))
	if !ok {
		im.bad(l.at, "period", "fault.board.import_period", "Period", l.period)
	} else if key := im.s.wrongPeriod(x, period); x.ID != 0 && key != "" {
		im.bad(l.at, "period", key, "Period", l.period)
	}
	value := ""
	if l.value != "" {
		if value, ok = ParseValue(l.value); !ok {
			im.bad(l.at, "value", "fault.board.value", "Value", l.value)
		}
	}
	if im.problems.Total() > before {
		return
	}
	at := cell{x.ID, unit.ID, period.String()}
	if first := im.seen[at]; first != 0 {
		im.bad(l.at, "indicator", "fault.board.import_twice", "Line", itoa(first))
		return
	}
	im.seen[at] = l.at
	im.list = append(im.list, change{x, Value{Indicator: x.ID, Unit: unit.ID, Period: period.String(), Value: value, Base: NotCounted, Source: Imported}, period})
	im.lines, im.reasons = append(im.lines, l.at), append(im.reasons, strings.TrimSpace(l.reason))
}

// indicator finds the one that a line names, by number or name.
func (im *importing) indicator(l line, indicators []Indicator) (found Indicator) {
	n := 0
	for _, x := range indicators {
		if x.Number == l.indicator || x.Name == l.indicator {
			found = x
			n++
		}
	}
	switch {
	case n == 0:
		im.bad(l.at, "indicator", "fault.board.import_indicator", "Indicator", l.indicator)
	case n > 1:
		im.bad(l.at, "indicator", "fault.board.import_several", "Indicator", l.indicator)
	case found.Counted:
		im.bad(l.at, "indicator", "fault.board.counted")
	case found.Ended:
		im.bad(l.at, "indicator", "fault.board.ended")
	case !im.s.MayFill(im.actor, found):
		im.bad(l.at, "indicator", "fault.board.import_right", "Indicator", l.indicator)
	}
	if n != 1 {
		return Indicator{}
	}
	return found
}

// periodText takes "2026年3月", "2026年一季度" and "2026年" for what they mean, and "2026-3" for "2026-03".
func periodText(s string) string {
	s = strings.NewReplacer(" ", "", "年", "-", "月", "", "第", "", "一季度", "Q1", "二季度", "Q2", "三季度", "Q3", "四季度", "Q4",
		"1季度", "Q1", "2季度", "Q2", "3季度", "Q3", "4季度", "Q4", "/", "-", ".", "-").Replace(strings.TrimSpace(s))
	s = strings.TrimSuffix(s, "-")
	if len(s) == 6 && s[4] == '-' {
		s = s[:5] + "0" + s[5:]
	}
	if len(s) == 10 && strings.HasSuffix(s, "-01") { // a spreadsheet's date for a month
		s = s[:7]
	}
	return s
}

// pending leaves what changes something, each with its own line's reason; a correction without one is a problem.
func (im *importing) pending(ctx context.Context) ([]change, error) {
	reasons := map[cell]string{}
	lines := map[cell]int{}
	for i, c := range im.list {
		at := cell{c.value.Indicator, c.value.Unit, c.value.Period}
		reasons[at], lines[at] = im.reasons[i], im.lines[i]
	}
	rows, err := im.s.pending(ctx, im.list, "")
	if err != nil {
		return nil, err
	}
	for i := range rows {
		v := &rows[i].value
		at := cell{v.Indicator, v.Unit, v.Period}
		if v.Reason = reasons[at]; v.Source == Corrected && v.Reason == "" {
			im.bad(lines[at], "reason", "fault.board.reason")
		}
	}
	return rows, im.standing(ctx, rows)
}

// standing notes which of the values stand there already.
func (im *importing) standing(ctx context.Context, rows []change) error {
	im.stood = map[cell]bool{}
	for _, c := range rows {
		im.stood[cell{c.value.Indicator, c.value.Unit, c.value.Period}] = false
	}
	var indicators []int64
	periods := map[Period]bool{}
	seen := map[int64]bool{}
	for _, c := range rows {
		periods[c.period] = true
		if !seen[c.indicator.ID] {
			seen[c.indicator.ID], indicators = true, append(indicators, c.indicator.ID)
		}
	}
	var list []Period
	for p := range periods {
		list = append(list, p)
	}
	stands, err := valuesIn(ctx, im.s.db, indicators, list)
	for at := range stands {
		im.stood[at] = true
	}
	return err
}
