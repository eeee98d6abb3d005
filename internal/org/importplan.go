package org

import (
	"context"
	"database/sql"
	"strconv"
	"strings"

	"plumbline/internal/authz"
	"plumbline/internal/store"
)

const codesPerQuery = 400

// match finds the units that the rows name, and the parents that they do not.
func (im *unitImport) match(ctx context.Context, r store.Reader) error {
	var filled bool
	if err := r.QueryRow(ctx, `SELECT EXISTS (SELECT 1 FROM unit)`).Scan(&filled); err != nil {
		return err
	}
	im.outside = map[string]Unit{}
	var codes []any
	ask := func() error {
		if len(codes) == 0 || !filled {
			return nil
		}
		marks := make([]string, len(codes))
		for i := range codes {
			marks[i] = "$" + number(int64(i+1))
		}
		err := store.Each(ctx, r, `SELECT `+unitColumns+` FROM unit u WHERE u.code IN (`+strings.Join(marks, ",")+`)`, codes, im.found)
		codes = codes[:0]
		return err
	}
	want := func(code string) error {
		if codes = append(codes, code); len(codes) < codesPerQuery {
			return nil
		}
		return ask()
	}
	for i := range im.rows.n {
		row := im.rows.at(i)
		row.state, row.id, row.parentID, row.anchor = rowNew, 0, 0, parentNone
		if !filled {
			continue
		}
		if err := want(im.code(row)); err != nil {
			return err
		}
		_, seen := im.outside[im.parentCode(row)]
		if _, inFile := im.byCode.find(&im.rows, im.parentCode(row)); im.parentCode(row) != "" && !inFile && !seen {
			im.outside[im.parentCode(row)] = Unit{}
			if err := want(im.parentCode(row)); err != nil {
				return err
			}
		}
	}
	return ask()
}

// found compares a unit as it stands with its row.
func (im *unitImport) found(rows *sql.Rows) error {
	u, err := scanUnit(rows)
	if err != nil {
		return err
	}
	i, named := im.byCode.find(&im.rows, u.Code)
	if !named {
		im.outside[u.Code] = u
		return nil
	}
	r := im.rows.at(i)
	r.id, r.parentID, r.state = u.ID, u.Parent, 0
	if u.Name != im.name(r) || u.Kind != im.pack.UnitKinds[r.kind].ID || im.nameEn(r) != "" && im.nameEn(r) != u.NameEn {
		r.state |= rowRenamed
	}
	if im.begin(r) != "" && im.begin(r) != u.From || im.end(r) != "" && im.end(r) != u.To {
		r.state |= rowDated
	}
	if !im.in.Correct && im.date < u.Since && u.Since != u.From {
		r.state |= rowLocked
	}
	if u.To != "" && u.To <= im.date {
		r.state |= rowEnded
	}
	if im.mayEdit(im.actor, u.Place()) == nil && inside(u.Path, im.in.Under.Path) {
		r.state |= rowAllowed
	}
	return nil
}

// link gives every row its parent and says which known units move.
func (im *unitImport) link() {
	above := im.namedAbove()
	var (
		asked  string
		j      int32
		inFile bool
	)
	for i := range im.rows.n {
		r := im.rows.at(i)
		standing := r.parentID
		if i == 0 || im.parentCode(r) != asked { // siblings stand together: they ask once
			asked = im.parentCode(r)
			j, inFile = im.byCode.find(&im.rows, asked)
		}
		switch {
		case im.parentCode(r) == "":
			r.parent, r.parentID = parentNone, 0
		case inFile:
			r.parent, r.parentID = j, im.rows.at(j).id
		default:
			u := im.outside[im.parentCode(r)]
			r.parent, r.parentID, r.anchor = parentRoom, u.ID, above(u)
			if u.ID == 0 {
				im.wrong(int32(i), "parent_code", NoParent, "value", short(im.parentCode(r)))
			}
		}
		if !r.is(rowNew) && (r.parentID != standing || r.parent >= 0 && im.rows.at(r.parent).is(rowNew)) {
			r.state |= rowMoved
		}
	}
}

// namedAbove gives a function that finds, above a unit outside the file, the nearest one that the file names: a cycle
// may run through units that it does not.
func (im *unitImport) namedAbove() func(u Unit) int32 {
	wanted := map[int64]int32{}
	for _, u := range im.outside {
		for _, id := range u.Ancestors() {
			wanted[id] = parentNone
		}
	}
	if len(wanted) > 0 {
		for i := range im.rows.n {
			if _, yes := wanted[im.rows.at(i).id]; yes {
				wanted[im.rows.at(i).id] = int32(i)
			}
		}
	}
	return func(u Unit) int32 {
		up := u.Ancestors()
		for k := len(up) - 1; k >= 0; k-- {
			if i := wanted[up[k]]; i != parentNone {
				return i
			}
		}
		return parentNone
	}
}

// climb orders the rows, parents before children, and finds those that no root reaches: cycles.
func (im *unitImport) climb() {
	n := int(im.rows.n)
	first, next := make([]int32, n), make([]int32, n)
	for i := range first {
		first[i] = -1
	}
	var roots int32 = -1
	for i := n - 1; i >= 0; i-- { // backwards, so that lists stand in the file's order
		if p := im.above(int32(i)); p >= 0 {
			next[i], first[p] = first[p], int32(i)
		} else {
			next[i], roots = roots, int32(i)
		}
	}
	im.order = make([]int32, 0, n)
	var stack []int32
	for at := roots; ; {
		if at < 0 {
			if len(stack) == 0 {
				break
			}
			at, stack = next[stack[len(stack)-1]], stack[:len(stack)-1]
			continue
		}
		r := im.rows.at(at)
		r.depth = uint8(min(im.depthAbove(r)+1, 255))
		im.order = append(im.order, at)
		stack = append(stack, at)
		at = first[at]
	}
	if len(im.order) < n {
		im.reportCycles()
	}
}

// above is the row under which a row will stand, be it through units that the file does not name.
func (im *unitImport) above(i int32) int32 {
	if r := im.rows.at(i); r.parent != parentRoom {
		return r.parent
	} else {
		return r.anchor
	}
}

func (im *unitImport) depthAbove(r *unitRow) int {
	switch {
	case r.parent >= 0:
		return int(im.rows.at(r.parent).depth)
	case r.parent == parentRoom:
		return depth(im.outside[im.parentCode(r)].Path)
	}
	return 0
}

// reportCycles names every row that stands in a cycle, not those that merely hang below one.
func (im *unitImport) reportCycles() {
	const unseen, walking, settled = 0, 1, 2
	mark := make([]uint8, int(im.rows.n))
	for _, i := range im.order {
		mark[i] = settled
	}
	for i := range im.rows.n {
		var trail []int32
		at := int32(i)
		for ; at >= 0 && mark[at] == unseen; at = im.above(at) {
			mark[at] = walking
			trail = append(trail, at)
		}
		inCycle := false
		for _, j := range trail {
			inCycle = inCycle || j == at && mark[at] == walking
			if inCycle {
				im.wrong(j, "parent_code", Cycle, "value", im.rows.code(j), "parent", im.parentCode(im.rows.at(j)))
			}
		}
		for _, j := range trail {
			mark[j] = settled
		}
	}
}

// check asks of every row what its neighbours decide: rights, depth, dates.
func (im *unitImport) check() {
	for _, i := range im.order {
		r := im.rows.at(i)
		mayAbove := im.mayAbove(r)
		if r.is(rowNew) && mayAbove {
			r.state |= rowAllowed
		}
		if r.is(rowNew|rowMoved) && !mayAbove || r.is(rowRenamed|rowMoved|rowDated) && !r.is(rowAllowed) {
			im.wrong(i, "code", Outside, "value", im.code(r))
		}
		if int(r.depth) > MaxDepth {
			im.wrong(i, "parent_code", TooDeep, "max", text(MaxDepth))
		}
		if r.is(rowRenamed|rowMoved) && r.is(rowLocked) {
			im.wrong(i, "code", ChangedSince, "value", im.code(r), "date", im.date)
		}
		if r.is(rowRenamed|rowMoved) && r.is(rowEnded) {
			im.wrong(i, "code", Ended, "value", im.code(r))
		}
		im.checkParentEnd(i, r)
	}
}

func (im *unitImport) mayAbove(r *unitRow) bool {
	switch {
	case r.parent >= 0:
		return im.rows.at(r.parent).is(rowAllowed)
	case r.parent == parentRoom:
		u := im.outside[im.parentCode(r)]
		return u.ID == 0 || im.mayEdit(im.actor, u.Place()) == nil && inside(u.Path, im.in.Under.Path)
	}
	return im.mayEdit(im.actor, authz.Whole) == nil && inside("/", im.in.Under.Path)
}

// checkParentEnd refuses a unit that comes under one which has ended.
func (im *unitImport) checkParentEnd(i int32, r *unitRow) {
	if !r.is(rowNew | rowMoved) {
		return
	}
	if r.parent == parentRoom {
		if u := im.outside[im.parentCode(r)]; u.To != "" && (im.end(r) == "" || im.end(r) > u.To) {
			im.wrong(i, "parent_code", Ended, "value", im.parentCode(r))
		}
	}
	if r.parent >= 0 {
		p := im.rows.at(r.parent)
		over := im.end(p) != "" && (im.end(r) == "" || im.end(r) > im.end(p))
		if over || p.is(rowEnded) && im.end(p) == "" && im.end(r) == "" {
			im.wrong(i, "parent_code", Ended, "value", im.parentCode(r))
		}
	}
}

// checkEnds refuses an end that would leave a unit under one that is gone.
func (im *unitImport) checkEnds(ctx context.Context, r store.Reader) error {
	for i := range im.rows.n {
		row := im.rows.at(i)
		if row.is(rowNew) || !row.is(rowDated) || im.end(row) == "" {
			continue
		}
		children, err := livingChildren(ctx, r, row.id, im.end(row))
		if err != nil {
			return err
		}
		for _, c := range children {
			j, named := im.byCode.find(&im.rows, c.Code)
			gone := named && (im.rows.at(j).is(rowMoved) || im.end(im.rows.at(j)) != "" && im.end(im.rows.at(j)) <= im.end(row))
			if !gone {
				im.wrong(int32(i), "to", OpenChildren, "value", im.code(row), "child", c.Code)
				break
			}
		}
		if err := im.checkHanging(ctx, r, int32(i), row); err != nil {
			return err
		}
	}
	return nil
}

// checkHanging refuses an end while something hangs on the unit that somebody has to take over or to finish: a file names
// nobody who does, the page does.
func (im *unitImport) checkHanging(ctx context.Context, r store.Reader, i int32, row *unitRow) error {
	u, err := UnitByID(ctx, r, row.id)
	if err != nil || u.To == im.end(row) {
		return err
	}
	matters := 0
	for _, room := range im.Dependents {
		list, err := room.HangsOn(ctx, im.actor, im.alone(u, im.end(row)))
		if err != nil {
			return err
		}
		for _, h := range list {
			switch h.Kind {
			case HangMatters, HangRuled:
				matters += h.Count
			case HangConvened:
				im.wrong(i, "to", Convenes, "value", im.code(row), "count", strconv.Itoa(h.Count))
			}
		}
	}
	if matters > 0 {
		im.wrong(i, "to", OpenMatters, "value", im.code(row), "count", strconv.Itoa(matters))
	}
	return nil
}

// alone is the end of one unit by its row: those below it have rows of their own.
func (im *unitImport) alone(u Unit, date string) End { return End{Unit: u, Merged: true, Date: date} }

// count fills the report's figures and names the first changes.
func (im *unitImport) count(ctx context.Context, r store.Reader) error {
	rep := &im.report
	rep.Created, rep.Renamed, rep.Moved, rep.Dated, rep.Unchanged, rep.Changes = 0, 0, 0, 0, 0, nil
	for i := range im.rows.n {
		row := im.rows.at(i)
		switch {
		case row.is(rowNew):
			rep.Created++
			rep.note(Changed{Line: int(row.line), What: "created", Code: im.code(row), To: im.name(row)})
			continue
		case !row.is(rowRenamed | rowMoved | rowDated):
			rep.Unchanged++
			continue
		}
		if err := im.countChange(ctx, r, row); err != nil {
			return err
		}
	}
	return nil
}

func (im *unitImport) countChange(ctx context.Context, r store.Reader, row *unitRow) error {
	rep := &im.report
	var was, parent Unit
	if len(rep.Changes) < KeptChanges {
		var err error
		if was, err = UnitByID(ctx, r, row.id); err != nil {
			return err
		}
		if parent, err = parentOf(ctx, r, was); err != nil {
			return err
		}
	}
	if row.is(rowRenamed) {
		rep.Renamed++
		rep.note(Changed{Line: int(row.line), What: "renamed", Code: im.code(row), From: was.Name, To: im.name(row)})
	}
	if row.is(rowMoved) {
		rep.Moved++
		rep.note(Changed{Line: int(row.line), What: "moved", Code: im.code(row), From: parent.Code, To: im.parentCode(row)})
	}
	if row.is(rowDated) {
		rep.Dated++
		rep.note(Changed{Line: int(row.line), What: "dated", Code: im.code(row), From: was.From + " – " + was.To, To: im.begin(row) + " – " + im.end(row)})
	}
	return nil
}
