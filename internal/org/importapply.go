package org

import (
	"context"
	"runtime/debug"

	"plumbline/internal/audit"
	"plumbline/internal/fault"
	"plumbline/internal/store"
)

// apply writes the plan and says for the log what it is: first what is new, under its parent as it stands; then what
// changes, from the top of the tree as it will be, so that no step in between makes a cycle.
func (im *unitImport) apply(ctx context.Context, tx *store.Tx) (audit.Detail, error) {
	fresh, err := im.number(ctx, tx)
	if err != nil {
		return audit.Detail{}, err
	}
	detail := im.detail()
	if err := im.create(ctx, tx, fresh); err != nil {
		return detail, err
	}
	for _, i := range im.order {
		if r := im.rows.at(i); !r.is(rowNew) && r.is(rowRenamed|rowMoved|rowDated) {
			if err := im.change(ctx, tx, r); err != nil {
				return detail, err
			}
		}
	}
	detail.Changes, detail.Also = append(detail.Changes, im.settled.Changes...), append(detail.Also, im.settled.Also...)
	im.in.progress(1000)
	return detail, nil
}

// number gives the new units their keys, in the order of the tree, so that a subtree lies together; it lists their rows.
func (im *unitImport) number(ctx context.Context, tx *store.Tx) ([]int32, error) {
	if im.report.Created == 0 {
		return nil, nil
	}
	next, err := tx.Reserve(ctx, "unit", im.report.Created)
	fresh := make([]int32, 0, im.report.Created)
	for _, i := range im.order {
		if r := im.rows.at(i); r.is(rowNew) {
			r.id = next
			next++
			fresh = append(fresh, i)
		}
	}
	return fresh, err
}

// create loads the new units in one go.
func (im *unitImport) create(ctx context.Context, tx *store.Tx, fresh []int32) error {
	if len(fresh) == 0 {
		return nil
	}
	paths, err := im.standingPaths(ctx, tx, fresh)
	if err != nil {
		return err
	}
	below, grown := im.counts(fresh)
	if err := im.load(ctx, tx, fresh, paths, below); err != nil {
		return err
	}
	for id, n := range grown {
		if err := addBelow(ctx, tx, PathIDs(paths[id]), n); err != nil {
			return err
		}
	}
	return nil
}

// release lets go of the rows where nothing is left to be done with them, so that the memory is free for the database
// while it builds its indexes.
func (im *unitImport) release() {
	if im.in.Size <= bigFile {
		return
	}
	if im.report.Renamed+im.report.Moved+im.report.Dated == 0 {
		im.rows, im.order = rowList{}, nil
	}
	debug.FreeOSMemory()
}

// standingPaths are the paths of units that stand already and get new ones under them.
func (im *unitImport) standingPaths(ctx context.Context, tx *store.Tx, fresh []int32) (map[int64]string, error) {
	paths := map[int64]string{}
	var ids []int64
	for _, i := range fresh {
		r := im.rows.at(i)
		if r.parent == parentNone || r.parent >= 0 && im.rows.at(r.parent).is(rowNew) {
			continue
		}
		id := im.parentNow(r)
		if _, known := paths[id]; !known {
			paths[id] = ""
			ids = append(ids, id)
		}
	}
	units, err := UnitsByID(ctx, tx, ids)
	for id, u := range units {
		paths[id] = u.Path
	}
	return paths, err
}

// parentNow is the key of a row's parent.
func (im *unitImport) parentNow(r *unitRow) int64 {
	if r.parent >= 0 {
		return im.rows.at(r.parent).id
	}
	return r.parentID
}

// counts says how many open units stand under every new one, and by how many each standing parent grows.
func (im *unitImport) counts(fresh []int32) (below []int64, grown map[int64]int64) {
	below, grown = make([]int64, int(im.rows.n)), map[int64]int64{}
	for k := len(fresh) - 1; k >= 0; k-- {
		r := im.rows.at(fresh[k])
		n := below[fresh[k]]
		if im.end(r) == "" {
			n++
		}
		switch {
		case r.parent >= 0 && im.rows.at(r.parent).is(rowNew):
			below[r.parent] += n
		case r.parent != parentNone:
			grown[im.parentNow(r)] += n
		}
	}
	return below, grown
}

var (
	unitColumnsPlain = []string{"code", "parent_id", "path", "kind", "name", "below"}
	unitColumnsMore  = append(unitColumnsPlain[:6:6], "name_en", "from_date", "to_date", "since")
	unitFixedMore    = []store.Fixed{{Column: "successor_id", Value: 0}, {Column: "version", Value: 1}}
	unitFixedPlain   = append(unitFixedMore[:2:2], store.Fixed{Column: "name_en", Value: ""}, store.Fixed{Column: "from_date", Value: ""},
		store.Fixed{Column: "to_date", Value: ""}, store.Fixed{Column: "since", Value: ""})
)

func (im *unitImport) load(ctx context.Context, tx *store.Tx, fresh []int32, paths map[int64]string, below []int64) error {
	im.byCode = codeIndex{} // from here on the rows know each other by place
	columns, fixed, plain := unitColumnsMore, unitFixedMore, len(im.rows.more) == 0
	if plain {
		columns, fixed = unitColumnsPlain, unitFixedPlain
	}
	last := trail{}
	done := 0
	return tx.LoadNumbered(ctx, "unit", im.rows.at(fresh[0]).id, columns, fixed, func(row []any) (bool, error) {
		if done == len(fresh) {
			im.release()
			return false, nil
		}
		i := fresh[done]
		r := im.rows.at(i)
		if done++; done%4096 == 0 {
			im.in.progress(300 + int64(done)*600/int64(len(fresh)))
		}
		path := im.pathOf(&last, i, paths)
		if depth(path) > MaxDepth {
			return false, fault.Bad("fault.org.deep", "Max", MaxDepth)
		}
		row[0], row[1], row[2], row[3], row[4], row[5] = im.code(r), im.parentNow(r), path, im.pack.UnitKinds[r.kind].ID, im.name(r), below[i]
		if !plain {
			row[6], row[7], row[8], row[9] = im.nameEn(r), im.begin(r), im.end(r), im.begin(r)
		}
		return true, nil
	})
}

// trail keeps the path of the last row on every level: in tree order it is that of the parent, as a rule.
type trail struct {
	row  [256]int32
	path [256]string
}

// pathOf is the path of a new row.
func (im *unitImport) pathOf(last *trail, i int32, paths map[int64]string) string {
	r := im.rows.at(i)
	above := "/"
	switch {
	case r.parent >= 0 && im.rows.at(r.parent).is(rowNew):
		level := im.rows.at(r.parent).depth
		if above = last.path[level]; above == "" || last.row[level] != r.parent {
			above = im.pathOf(last, r.parent, paths)
		}
	case r.parent != parentNone:
		above = paths[im.parentNow(r)]
	}
	path := above + text(r.id) + "/"
	last.row[r.depth], last.path[r.depth] = i, path
	return path
}

// change renames, moves and dates one unit.
func (im *unitImport) change(ctx context.Context, tx *store.Tx, r *unitRow) error {
	if r.is(rowRenamed) {
		u, err := UnitByID(ctx, tx, r.id)
		if err != nil {
			return err
		}
		now := u
		now.Name, now.Kind = im.name(r), im.pack.UnitKinds[r.kind].ID
		if im.nameEn(r) != "" {
			now.NameEn = im.nameEn(r)
		}
		if err := reviseUnit(ctx, tx, u, now, im.from(u)); err != nil {
			return err
		}
	}
	if r.is(rowMoved) {
		u, err := UnitByID(ctx, tx, r.id)
		if err != nil {
			return err
		}
		parent := Unit{Path: "/"}
		if r.parent != parentNone {
			if parent, err = UnitByID(ctx, tx, im.parentNow(r)); err != nil {
				return err
			}
		}
		if err := im.moveUnit(ctx, tx, u, parent, im.from(u)); err != nil {
			return err
		}
	}
	if r.is(rowDated) {
		return im.dateUnit(ctx, tx, r)
	}
	return nil
}

// from is the day from which a change of the unit holds: what was never changed can't have changed before it began.
func (im *unitImport) from(u Unit) string {
	if im.in.Correct {
		return u.Since
	}
	return max(im.date, u.Since)
}

// dateUnit gives a unit another beginning or end.
func (im *unitImport) dateUnit(ctx context.Context, tx *store.Tx, r *unitRow) error {
	u, err := UnitByID(ctx, tx, r.id)
	if err != nil {
		return err
	}
	if from := im.begin(r); from != "" && from != u.From {
		if err := beginUnit(ctx, tx, u, from); err != nil {
			return err
		}
		if u, err = UnitByID(ctx, tx, r.id); err != nil {
			return err
		}
	}
	to := im.end(r)
	if to == "" || to == u.To {
		return nil
	}
	if to <= u.Since && u.Since != "" {
		return fault.Bad("fault.org.changed_since", "Unit", u.Name, "Date", u.Since)
	}
	if err := im.settle(ctx, tx, im.actor, im.alone(u, to), &im.settled); err != nil {
		return err
	}
	return im.endUnit(ctx, tx, u, u.Successor, to)
}

// beginUnit moves a unit's beginning, inside the first period that is known of it.
func beginUnit(ctx context.Context, tx *store.Tx, u Unit, from string) error {
	if u.Since == u.From {
		_, err := tx.Exec(ctx, `UPDATE unit SET from_date = $1, since = $1, version = version + 1 WHERE id = $2`, from, u.ID)
		return err
	}
	done, err := tx.Change(ctx, `UPDATE unit_past SET from_date = $1 WHERE unit_id = $2 AND from_date = $3 AND to_date > $1`, from, u.ID, u.From)
	if err == nil && !done {
		return fault.Bad("fault.org.begins_late", "Unit", u.Name, "Date", from)
	}
	if err == nil {
		_, err = tx.Exec(ctx, `UPDATE unit SET from_date = $1, version = version + 1 WHERE id = $2`, from, u.ID)
	}
	return err
}
