package org

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"runtime/debug"
	"strconv"

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

// unitRow is one row, kept small and without pointers: a country has 665,277 of them.
type unitRow struct {
	code, parentCode, name kept
	id, parentID           int64 // parentID: of the unit's parent as it stands, or of the one outside the file
	line, parent           int32 // parent is the index of the parent's row
	anchor                 int32 // for parentRoom: the row of the nearest unit above that the file names
	more                   int32 // the number of its optional columns and one; 0 where all of them are empty
	kind                   uint16
	depth, state           uint8
}

type unitMore struct{ nameEn, from, to string }

func (r *unitRow) is(state uint8) bool { return r.state&state != 0 }

// unitImport is one import on its way.
type unitImport struct {
	*Service
	in       Import
	actor    authz.Actor
	date     string
	rows     rowList
	byCode   codeIndex
	outside  map[string]Unit // parents that the file does not name, by code
	order    []int32         // every row, parents before children
	problems table.Problems
	report   Report
	settled  audit.Detail // what other rooms did about the ends
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
	at := unitPlaces{code: t.Place("code"), parent: t.Place("parent_code"), kind: t.Place("kind"), name: t.Place("name"), nameEn: t.Place("name_en"),
		dated: t.Has("from") || t.Has("to"), kinds: kindIndex(im.pack.UnitKinds)}
	var lastParent string
	var lastKept kept
	return t.Each(&im.problems, func(row table.Row) error {
		im.report.Rows++
		if im.report.Rows%4096 == 0 {
			im.in.progress(int64(t.Progress() * 300))
		}
		r, sound := im.readRow(row, &at)
		code := row.At(at.code)
		if !sound && code == "" { // rows with another fault still count as parents
			return nil
		}
		if first, doubled := im.byCode.add(&im.rows, code, im.rows.n); doubled {
			im.problems.Add(row.Problem("code", DoubledCode, map[string]string{"value": code, "line": text(int64(im.rows.at(first).line))}))
			return nil
		}
		r.code, r.name = im.rows.text.keep(code), im.rows.text.keep(row.At(at.name))
		if parent := row.At(at.parent); parent != lastParent { // siblings stand together: one text serves all of them
			lastParent, lastKept = parent, im.rows.text.keep(parent)
		}
		r.parentCode = lastKept
		im.rows.add(r)
		return nil
	})
}

// unitPlaces is where the columns stand, and what a kind may be called.
type unitPlaces struct {
	code, parent, kind, name, nameEn int
	dated                            bool // the file has dates
	kinds                            map[string]int
	lastWord                         string // of the kind of the row before
	lastKind                         int
}

func (p *unitPlaces) kindOf(word string) (kind int, ok bool) {
	if word == p.lastWord && word != "" { // siblings stand together
		return p.lastKind, true
	}
	if kind, ok = p.kinds[word]; !ok {
		kind, ok = p.kinds[lower(word)]
	}
	if ok {
		p.lastWord, p.lastKind = word, kind
	}
	return kind, ok
}

// readRow looks at a row by itself; its texts are not kept yet.
func (im *unitImport) readRow(row table.Row, at *unitPlaces) (r unitRow, sound bool) {
	r = unitRow{line: int32(row.Line)}
	code, name, nameEn := row.At(at.code), row.At(at.name), row.At(at.nameEn)
	before := im.problems.Total()
	if key := wrongCode(code); key != "" {
		im.problems.Add(row.Problem("code", BadCode, map[string]string{"value": code, "max": text(MaxCode)}))
	}
	if wrongName(name) != "" {
		im.problems.Add(row.Problem("name", BadName, map[string]string{"value": short(name), "max": text(MaxName)}))
	}
	if nameEn != "" && wrongName(nameEn) != "" {
		im.problems.Add(row.Problem("name_en", BadName, map[string]string{"value": short(nameEn), "max": text(MaxName)}))
	}
	word := row.At(at.kind)
	kind, ok := at.kindOf(word)
	if !ok {
		im.problems.Add(row.Problem("kind", BadKind, kindArgs(word, im.pack.UnitKinds)))
	}
	r.kind = uint16(kind)
	var from, to string
	if at.dated {
		from, to, _ = spans(row, &im.problems)
	}
	if nameEn != "" || from != "" || to != "" {
		im.rows.more = append(im.rows.more, unitMore{nameEn, from, to})
		r.more = int32(len(im.rows.more))
	}
	return r, im.problems.Total() == before
}

// detail is the import's entry in the log.
func (im *unitImport) detail() audit.Detail {
	sum := sha256.New()
	var line []byte
	for i := range im.rows.n {
		r := im.rows.at(i)
		more := im.rows.moreOf(r)
		line = strconv.AppendInt(line[:0], r.id, 10)
		for _, cell := range [...]string{im.code(r), im.parentCode(r), im.pack.UnitKinds[r.kind].ID, im.name(r), more.nameEn, more.from, more.to} {
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

func (im *unitImport) code(r *unitRow) string       { return im.rows.text.of(r.code) }
func (im *unitImport) parentCode(r *unitRow) string { return im.rows.text.of(r.parentCode) }
func (im *unitImport) name(r *unitRow) string       { return im.rows.text.of(r.name) }
func (im *unitImport) nameEn(r *unitRow) string     { return im.rows.moreOf(r).nameEn }
func (im *unitImport) begin(r *unitRow) string      { return im.rows.moreOf(r).from }
func (im *unitImport) end(r *unitRow) string        { return im.rows.moreOf(r).to }

func (im *unitImport) wrong(i int32, column, code string, args ...string) {
	m := map[string]string{}
	for k := 0; k+1 < len(args); k += 2 {
		m[args[k]] = args[k+1]
	}
	im.problems.Add(table.Problem{Line: int(im.rows.at(i).line), Column: column, Code: code, Args: m})
}
