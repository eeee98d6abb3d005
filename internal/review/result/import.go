package result

import (
	"bytes"
	"context"
	"errors"

	"plumbline/internal/authz"
	"plumbline/internal/fault"
	"plumbline/internal/office/table"
	"plumbline/internal/org"
	"plumbline/internal/review/plan"
	"plumbline/internal/scoring"
)

// The columns of a file with figures, and the headers that may stand for them besides the names themselves.
var importColumns = map[string][]string{
	"unit_code": {"code", "unit", "单位编码", "单位代码", "编码"},
	"score":     {"得分", "分数", "成绩"},
	"note":      {"备注", "说明", "remark"},
}

// importLimits bound a file with figures: a cycle has hundreds of units, not millions.
var importLimits = table.Options{MaxBytes: 8 << 20, MaxRows: 20_000, MaxColumns: 50}

// MaxImport is the largest file with figures that is taken, in bytes.
const MaxImport = 2 << 20

// The codes of problems that this room finds in a file, besides the table's own; they are wording keys.
const (
	CodeUnknownUnit = "result.import.unknown_unit" // no unit of this code reports in the cycle
	CodeDoubledUnit = "result.import.doubled_unit" // Args["line"]: where it stood before
	CodeBadScore    = "result.import.bad_score"
	CodeNoScore     = "result.import.no_score"
	CodeLongNote    = "result.import.long_note"
	CodeHasSheet    = "result.import.has_sheet"
)

// ImportCodes lists them, so that catalogues can be checked against it.
var ImportCodes = []string{CodeUnknownUnit, CodeDoubledUnit, CodeBadScore, CodeNoScore, CodeLongNote, CodeHasSheet}

// ImportRow is one row of a file as it would be taken.
type ImportRow struct {
	Line  int
	Unit  org.Unit
	Score string
	Note  string
	Old   string // the figure that stands there now, "" for none
}

// Import is what a file would do: every row, or every problem by line. Left are the units of the cycle that the file does
// not name and that have no figure yet.
type Import struct {
	Part     plan.Part
	Rows     []ImportRow
	Problems []table.Problem
	Total    int // of problems; no more than table.KeptProblems are listed
	Left     []org.Unit
}

// Changes counts the rows that say something new.
func (i Import) Changes() int {
	n := 0
	for _, r := range i.Rows {
		if r.Score != r.Old {
			n++
		}
	}
	return n
}

// DryRun reads a file with figures for one part and says what it would change; nothing is written. It is for those who
// may fill in figures: the scope covers the convenor.
func (s *Service) DryRun(ctx context.Context, scope authz.Scope, cycleID int64, part, name string, content []byte) (out Import, err error) {
	c, err := s.found(ctx, scope, cycleID)
	if err != nil {
		return out, err
	}
	in, err := s.gather(ctx, s.db, c)
	if err != nil {
		return out, err
	}
	var known bool
	if out.Part, known = in.Plan.Body.Part(part); !known || out.Part.Kind == plan.FromBallot {
		return out, fault.Missing()
	}
	err = in.read(&out, name, content)
	return out, err
}

// Import takes the figures of a file that has no problem: all rows, in one transaction. What was there is replaced. Needs
// sheet.fill at the convenor.
func (s *Service) Import(ctx context.Context, actor authz.Actor, scope authz.Scope, cycleID int64, part, name string, content []byte) (Import, error) {
	out, err := s.DryRun(ctx, scope, cycleID, part, name, content)
	if err != nil {
		return out, err
	}
	if out.Total > 0 {
		return out, fault.Bad("fault.result.import", "Count", out.Total)
	}
	var edits []FigureEdit
	for _, r := range out.Rows {
		edits = append(edits, FigureEdit{At: Cell{r.Unit.ID, part}, Score: r.Score, Note: r.Note})
	}
	return out, s.setFigures(ctx, actor, cycleID, edits, name, false)
}

func (in inputs) read(out *Import, name string, content []byte) error {
	var problems table.Problems
	defer func() { out.Problems, out.Total = problems.List(), problems.Total() }()
	t, err := table.Open(name, bytes.NewReader(content), int64(len(content)), importLimits)
	var whole *table.Problem
	if errors.As(err, &whole) {
		problems.Add(*whole)
		return nil
	}
	if err != nil {
		return err
	}
	defer t.Close()
	if found := t.Map(importColumns, "unit_code", "score"); len(found) > 0 {
		problems.Add(found...)
		return nil
	}
	byCode := map[string]org.Unit{}
	for _, u := range in.Units {
		byCode[u.Code] = u
	}
	seen := map[int64]int{}
	if err := t.Each(&problems, func(row table.Row) error {
		if r, ok := in.importRow(out.Part, byCode, seen, row, &problems); ok {
			out.Rows = append(out.Rows, r)
		}
		return nil
	}); err != nil {
		return err
	}
	for _, p := range in.Reporters {
		if seen[p.Unit] == 0 && in.gap(out.Part, p.Unit) != "" {
			out.Left = append(out.Left, in.Units[p.Unit])
		}
	}
	return nil
}

func (in inputs) importRow(part plan.Part, byCode map[string]org.Unit, seen map[int64]int, row table.Row, problems *table.Problems) (ImportRow, bool) {
	code, score, note := row.Get("unit_code"), row.Get("score"), row.Get("note")
	ok := true
	bad := func(column, code string, args map[string]string) {
		problems.Add(row.Problem(column, code, args))
		ok = false
	}
	u, known := byCode[code]
	if !known {
		bad("unit_code", CodeUnknownUnit, map[string]string{"value": code})
	} else if line := seen[u.ID]; line != 0 {
		bad("unit_code", CodeDoubledUnit, map[string]string{"value": code, "line": unitText(int64(line))})
	} else {
		seen[u.ID] = row.Line
	}
	if score == "" {
		bad("score", CodeNoScore, nil)
	} else if _, err := scoring.ParseDecimal(score, 0, 100); err != nil {
		bad("score", CodeBadScore, map[string]string{"value": score})
	}
	if !tidy(&note, longNote) {
		bad("note", CodeLongNote, map[string]string{"limit": unitText(longNote)})
	}
	at := Cell{u.ID, part.ID}
	if _, has := in.Sheets[at]; known && has {
		bad("unit_code", CodeHasSheet, map[string]string{"value": code})
	}
	return ImportRow{row.Line, u, score, note, in.Figures[at].Score}, ok
}
