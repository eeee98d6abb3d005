package org

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"runtime/debug"

	"plumbline/internal/audit"
	"plumbline/internal/authz"
	"plumbline/internal/gate"
	"plumbline/internal/office/table"
	"plumbline/internal/store"
)

var unitFileColumns = map[string][]string{
	"code":        {"编码", "代码", "单位编码", "单位代码", "unit_code"},
	"parent_code": {"上级编码", "上级代码", "上级单位编码", "parent"},
	"kind":        {"类别", "类型", "单位类别"},
	"name":        {"名称", "单位名称", "单位"},
	"name_en":     {"英文名称", "name (en)", "english name"},
	"from":        {"设立日期", "起始日期", "开始日期", "from_date"},
	"to":          {"撤销日期", "终止日期", "结束日期", "to_date"},
}

// What a row of the file does to the organisation.
const (
	rowNew uint8 = 1 << iota
	rowRenamed
	rowMoved
	rowDated
	rowLocked  // its unit was changed after the import's date
	rowEnded   // its unit has ended by then
	rowAllowed // the actor may edit the unit as it stands
)

const (
	parentNone int32 = -1
	parentRoom int32 = -2 // the parent is a unit that the file does not name
)

// unitRow is one row, kept small: a country has 665,277 of them.
type unitRow struct {
	code, parentCode, name string
	more                   *unitMore // nil where the optional columns are empty
	id, parentID           int64     // parentID: of the unit's parent as it stands, or of the one outside the file
	line, parent           int32     // parent is the index of the parent's row
	anchor                 int32     // for parentRoom: the row of the nearest unit above that the file names
	kind                   uint16
	depth, state           uint8
}

type unitMore struct{ nameEn, from, to string }

func (r *unitRow) nameEn() string {
	if r.more == nil {
		return ""
	}
	return r.more.nameEn
}

func (r *unitRow) from() string {
	if r.more == nil {
		return ""
	}
	return r.more.from
}

func (r *unitRow) to() string {
	if r.more == nil {
		return ""
	}
	return r.more.to
}

func (r *unitRow) is(state uint8) bool { return r.state&state != 0 }

// unitImport is one import on its way.
type unitImport struct {
	*Service
	in       Import
	actor    authz.Actor
	date     string
	rows     rowList
	text     texts
	byCode   codeIndex
	outside  map[string]Unit // parents that the file does not name, by code
	order    []int32         // every row, parents before children
	problems table.Problems
	report   Report
}

// bigFile is from how many bytes on the memory manager is told to keep a short rein while a file is taken in: the rows
// of a country live for seconds, and should not double what the program holds.
const bigFile = 2 << 20

// ImportUnits takes in a file of units. Every row names a unit by its code: an unknown one is made, a known one is
// renamed, moved or dated where the row says something else; what the file does not name stays as it is. Where
// anything is wrong with any row, all of it is reported and nothing is changed. Everything stands in one transaction
// and one entry of the log, which commits to the file and to every row. A dry run reads and reports only.
func (s *Service) ImportUnits(ctx context.Context, actor authz.Actor, in Import) (Report, error) {
	im := &unitImport{Service: s, in: in, actor: actor}
	if err := s.mayEdit(actor, in.Under); err != nil {
		return im.report, err
	}
	if in.Size > bigFile {
		defer debug.SetGCPercent(debug.SetGCPercent(40))
	}
	if err := im.read(); err != nil {
		return im.report, err
	}
	if in.DryRun {
		err := im.plan(ctx, s.r, s.dayOf(s.Now()))
		im.report.close(&im.problems)
		return im.report, err
	}
	err := s.gate.Do(ctx, actor, authz.OrgEdit, gate.Subject{Kind: "unit", ID: in.Under.ID, Unit: in.Under}, func(tx *store.Tx) (audit.Detail, error) {
		if err := im.plan(ctx, tx, s.today(tx)); err != nil {
			return audit.Detail{}, err
		}
		if !im.problems.Empty() {
			return audit.Detail{}, errWrong
		}
		return im.apply(ctx, tx)
	})
	im.report.close(&im.problems)
	if errors.Is(err, errWrong) {
		err = nil
	}
	return im.report, err
}

// plan finds out what every row does. It changes nothing.
func (im *unitImport) plan(ctx context.Context, r store.Reader, today string) (err error) {
	if im.date, err = effective(im.in, today); err != nil {
		return err
	}
	if err := im.match(ctx, r); err != nil {
		return err
	}
	im.link()
	im.climb()
	im.check()
	if err := im.checkEnds(ctx, r); err != nil {
		return err
	}
	return im.count(ctx, r)
}

// read takes in the rows and notes what is wrong with each by itself.
func (im *unitImport) read() error {
	t, err := openTable(im.in, &im.report, &im.problems, unitFileColumns, "code", "parent_code", "kind", "name")
	if err != nil || t == nil {
		return err
	}
	defer t.Close()
	kinds := kindIndex(im.pack.UnitKinds)
	var lastParent string
	return t.Each(&im.problems, func(row table.Row) error {
		im.report.Rows++
		if im.report.Rows%4096 == 0 {
			im.in.progress(int64(t.Progress() * 300))
		}
		r, sound := im.readRow(row, kinds)
		if first, doubled := im.byCode.find(&im.rows, r.code); doubled {
			im.problems.Add(row.Problem("code", DoubledCode, map[string]string{"value": r.code, "line": text(int64(im.rows.at(first).line))}))
			return nil
		}
		if !sound && r.code == "" { // rows with another fault still count as parents
			return nil
		}
		r.code, r.name = im.text.keep(r.code), im.text.keep(r.name)
		if r.parentCode != lastParent { // siblings stand together: one text serves all of them
			lastParent = im.text.keep(r.parentCode)
		}
		r.parentCode = lastParent
		im.rows.add(r)
		im.byCode.add(&im.rows)
		return nil
	})
}

func (im *unitImport) readRow(row table.Row, kinds map[string]int) (r unitRow, sound bool) {
	r = unitRow{line: int32(row.Line), code: row.Get("code"), parentCode: row.Get("parent_code"), name: row.Get("name")}
	before := im.problems.Total()
	if key := wrongCode(r.code); key != "" {
		im.problems.Add(row.Problem("code", BadCode, map[string]string{"value": r.code, "max": text(MaxCode)}))
	}
	nameEn := row.Get("name_en")
	if wrongName(r.name) != "" {
		im.problems.Add(row.Problem("name", BadName, map[string]string{"value": short(r.name), "max": text(MaxName)}))
	}
	if nameEn != "" && wrongName(nameEn) != "" {
		im.problems.Add(row.Problem("name_en", BadName, map[string]string{"value": short(nameEn), "max": text(MaxName)}))
	}
	word := row.Get("kind")
	kind, ok := kinds[word]
	if !ok {
		kind, ok = kinds[lower(word)]
	}
	if !ok {
		im.problems.Add(row.Problem("kind", BadKind, map[string]string{"value": short(word), "known": kindNames(im.pack.UnitKinds)}))
	}
	r.kind = uint16(kind)
	from, to, _ := spans(row, &im.problems)
	if nameEn != "" || from != "" || to != "" {
		r.more = &unitMore{nameEn, from, to}
	}
	return r, im.problems.Total() == before
}

// detail is the import's entry in the log.
func (im *unitImport) detail() audit.Detail {
	sum := sha256.New()
	var line []byte
	for i := range im.rows.n {
		r := im.rows.at(i)
		line = append(line[:0], text(r.id)...)
		for _, cell := range []string{r.code, r.parentCode, im.pack.UnitKinds[r.kind].ID, r.name, r.nameEn(), r.from(), r.to()} {
			line = append(append(line, '\t'), cell...)
		}
		sum.Write(append(line, '\n'))
	}
	rep := &im.report
	d := audit.Detail{ID: im.in.Under.ID, Note: map[string]string{"file": rep.File, "file_sha256": rep.Digest, "rows_sha256": hex.EncodeToString(sum.Sum(nil)),
		"rows": text(rep.Rows), "created": text(rep.Created), "renamed": text(rep.Renamed), "moved": text(rep.Moved), "dated": text(rep.Dated),
		"unchanged": text(rep.Unchanged), "date": im.date}}
	for i := range im.rows.n {
		if r := im.rows.at(i); r.is(rowNew|rowRenamed|rowMoved|rowDated) && len(d.Also) < 1000 {
			d.Also = append(d.Also, audit.Subject{Kind: "unit", ID: r.id})
		}
	}
	return d
}

func (im *unitImport) wrong(i int32, column, code string, args ...string) {
	m := map[string]string{}
	for k := 0; k+1 < len(args); k += 2 {
		m[args[k]] = args[k+1]
	}
	im.problems.Add(table.Problem{Line: int(im.rows.at(i).line), Column: column, Code: code, Args: m})
}
