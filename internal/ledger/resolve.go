package ledger

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strconv"
	"strings"

	"plumbline/internal/authz"
	"plumbline/internal/fault"
	"plumbline/internal/org"
	"plumbline/internal/store"
)

// resolve turns what people type for references into ids: "#17", or a unit's code or name nearby, a person's name among
// the post holders of the owner, a post's title, a matter's number. What can't be found is marked so that the check of
// the value refuses it at its field.
func (s *Service) resolve(ctx context.Context, r store.Reader, d *Definition, m Matter, in Values) (Values, error) {
	out := Values{}
	for id, v := range in {
		f, ok := d.Field(id)
		var err error
		switch {
		case !ok:
			out[id] = v
		case f.Kind == KindTable:
			out[id], err = s.resolveRows(ctx, r, f, m, v)
		default:
			v.Text, err = s.resolveText(ctx, r, f, m, []string{m.Values[id].Text}, v.Text)
			out[id] = v
		}
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// resolveRows resolves the cells of a table. People and posts are looked for in the unit that their row names, then
// near the matter.
func (s *Service) resolveRows(ctx context.Context, r store.Reader, f Field, m Matter, v Value) (Value, error) {
	if !slices.ContainsFunc(f.Columns, Field.refers) {
		return v, nil
	}
	rows := make([][]string, len(v.Rows))
	for i, row := range v.Rows {
		rows[i] = slices.Clone(row)
		of := m
		for _, unitsFirst := range []bool{true, false} {
			for k, col := range f.Columns[:min(len(row), len(f.Columns))] {
				if !col.refers() || (col.Kind == KindUnit) != unitsFirst {
					continue
				}
				cell, err := s.resolveCell(ctx, r, col, of, m, column(m.Values[f.ID], k), row[k])
				if err != nil {
					return v, err
				}
				rows[i][k] = cell
				if id, err := strconv.ParseInt(cell, 10, 64); unitsFirst && err == nil {
					if u, err := org.UnitByID(ctx, r, id); err == nil {
						of.Owner = u.Place()
					}
				}
			}
		}
	}
	return Value{Rows: rows}, nil
}

// resolveCell resolves a cell in its row's unit, and where that has nothing of the name, near the matter.
func (s *Service) resolveCell(ctx context.Context, r store.Reader, col Field, row, m Matter, held []string, text string) (string, error) {
	found, err := s.resolveText(ctx, r, col, row, held, text)
	if _, known := strconv.ParseInt(found, 10, 64); err != nil || known == nil || row.Owner == m.Owner {
		return found, err
	}
	return s.resolveText(ctx, r, col, m, held, text)
}

// column is what a table holds in its k-th column.
func column(v Value, k int) []string {
	var out []string
	for _, row := range v.Rows {
		if k < len(row) && !slices.Contains(out, row[k]) {
			out = append(out, row[k])
		}
	}
	return out
}

// refers says whether the field holds the key of something else.
func (f Field) refers() bool {
	return f.Kind == KindUnit || f.Kind == KindPerson || f.Kind == KindPost || f.Kind == KindLink || f.Kind == KindFile
}

// resolveText resolves one reference; held are the keys that stand there already.
func (s *Service) resolveText(ctx context.Context, r store.Reader, f Field, m Matter, held []string, typed string) (string, error) {
	text := strings.TrimSpace(typed)
	if !f.refers() || text == "" {
		return typed, nil
	}
	for _, key := range held {
		if kept, err := stands(ctx, r, f, Value{Text: key}, text); kept || err != nil {
			return key, err
		}
	}
	var found int64
	var err error
	switch f.Kind {
	case KindUnit:
		found, err = s.unitNamed(ctx, r, m, text)
	case KindPerson:
		found, err = personNamed(ctx, r, m, s, text)
	case KindPost:
		found, err = postNamed(ctx, r, m, s, text)
	case KindLink:
		found, err = matterNamed(ctx, r, text)
	case KindFile:
		found, err = fileNamed(ctx, r, m, text)
	}
	return reference(f, found, text).Text, err
}

// stands says whether a text is the name of what the field holds already: a form that was shown a name and hands it
// back changes nothing, even where the name alone would not be found.
func stands(ctx context.Context, r store.Reader, f Field, v Value, text string) (bool, error) {
	if strings.HasPrefix(v.Text, FreeName) {
		return strings.TrimPrefix(v.Text, FreeName) == text, nil
	}
	id, err := strconv.ParseInt(v.Text, 10, 64)
	if err != nil || id == 0 {
		return false, nil
	}
	switch f.Kind {
	case KindPost:
		p, err := org.PostByID(ctx, r, id)
		got, err := exists(p.ID, err)
		return got != 0 && (p.Title == text || p.TitleEn == text), err
	case KindUnit:
		u, err := org.UnitByID(ctx, r, id)
		got, err := exists(u.ID, err)
		return got != 0 && (u.Name == text || u.NameEn == text), err
	case KindPerson:
		p, err := org.PersonByID(ctx, r, id)
		got, err := exists(p.ID, err)
		return got != 0 && (p.Name == text || p.NameEn == text), err
	}
	return false, nil
}

// FindUnit finds the unit that somebody typed: "#17", a code, or a name near the matter; 0 where there is none or
// several.
func (s *Service) FindUnit(ctx context.Context, m Matter, text string) (int64, error) {
	return s.unitNamed(ctx, s.db, m, strings.TrimSpace(text))
}

// unfound marks what was typed for a thing that nobody could find; no kind of reference reads it.
const unfound = "?"

func reference(f Field, found int64, text string) Value {
	switch {
	case found != 0:
		return idValue(found)
	case f.Free && !strings.HasPrefix(text, "#"):
		return Value{Text: FreeName + strings.TrimPrefix(text, FreeName)}
	}
	return Value{Text: unfound + text}
}

func hashID(text string) (int64, bool) {
	digits, ok := strings.CutPrefix(text, "#")
	id, err := strconv.ParseInt(digits, 10, 64)
	return id, ok && err == nil
}

// exists gives the id where err is nil, and 0 where the thing is missing.
func exists(id int64, err error) (int64, error) {
	if fault.KindOf(err) == fault.NotFound || errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	return id, err
}

func (s *Service) unitNamed(ctx context.Context, r store.Reader, m Matter, text string) (int64, error) {
	if id, ok := hashID(text); ok {
		_, err := org.UnitByID(ctx, r, id)
		return exists(id, err)
	}
	u, err := org.UnitByCode(ctx, r, text)
	if id, err := exists(u.ID, err); id != 0 || err != nil {
		return id, err
	}
	near, err := s.Near(ctx, r, m)
	if err != nil {
		return 0, err
	}
	var found int64
	for _, u := range near {
		if strings.EqualFold(u.Name, text) || strings.EqualFold(u.NameEn, text) {
			if found != 0 && found != u.ID {
				return 0, nil
			}
			found = u.ID
		}
	}
	return found, nil
}

// Near lists the units that a form proposes: the owner, its ancestors, what lies right below it and right below the
// convenor (at most 300).
func (s *Service) Near(ctx context.Context, r store.Reader, m Matter) ([]org.Unit, error) {
	var ids []int64
	for _, path := range []string{m.Owner.Path, m.Convenor.Path} {
		ids = append(ids, org.PathIDs(path)...)
	}
	known, err := org.UnitsByID(ctx, r, ids)
	if err != nil {
		return nil, err
	}
	seen := map[int64]bool{}
	var out []org.Unit
	add := func(u org.Unit) {
		if u.ID != 0 && !seen[u.ID] && len(out) < 300 {
			seen[u.ID] = true
			out = append(out, u)
		}
	}
	add(known[m.Owner.ID])
	add(known[m.Convenor.ID])
	for _, parent := range []int64{m.Owner.ID, m.Convenor.ID} {
		if parent == 0 {
			continue
		}
		below, err := org.Children(ctx, r, parent, m.Opened)
		if err != nil {
			return nil, err
		}
		for _, u := range below {
			add(u)
		}
	}
	for _, id := range ids {
		add(known[id])
	}
	return out, nil
}

func holdersNear(ctx context.Context, r store.Reader, m Matter, date string) ([]org.Holder, error) {
	if m.Owner.ID == 0 {
		return nil, nil
	}
	return org.HoldersAt(ctx, r, m.Owner.ID, date)
}

func personNamed(ctx context.Context, r store.Reader, m Matter, s *Service, text string) (int64, error) {
	if id, ok := hashID(text); ok {
		_, err := org.PersonByID(ctx, r, id)
		return exists(id, err)
	}
	holders, err := holdersNear(ctx, r, m, s.dateIn(r, m))
	var found int64
	for _, h := range holders {
		if h.Person.Name == text || (h.Person.NameEn != "" && strings.EqualFold(h.Person.NameEn, text)) {
			if found != 0 && found != h.Person.ID {
				return 0, err
			}
			found = h.Person.ID
		}
	}
	return found, err
}

func postNamed(ctx context.Context, r store.Reader, m Matter, s *Service, text string) (int64, error) {
	holders, err := holdersNear(ctx, r, m, s.dateIn(r, m))
	id, _ := hashID(text)
	for _, h := range holders {
		if h.Post.ID == id || h.Post.Title == text || (h.Post.TitleEn != "" && strings.EqualFold(h.Post.TitleEn, text)) {
			return h.Post.ID, err
		}
	}
	return 0, err
}

// dateIn is the date to ask holders for: today inside a transaction, else the matter's beginning.
func (s *Service) dateIn(r store.Reader, m Matter) string {
	if tx, ok := r.(*store.Tx); ok {
		return s.todayIn(tx).String()
	}
	return m.Opened
}

func matterNamed(ctx context.Context, r store.Reader, text string) (id int64, err error) {
	if want, ok := hashID(text); ok {
		err = r.QueryRow(ctx, `SELECT id FROM matter WHERE id = $1`, want).Scan(&id)
	} else {
		err = r.QueryRow(ctx, `SELECT id FROM matter WHERE number = $1`, text).Scan(&id)
	}
	return exists(id, err)
}

// FindMatter finds a matter that the actor may read by its number or "#17"; an empty text is 0, NotFound what is unknown.
func (s *Service) FindMatter(ctx context.Context, actor authz.Actor, text string) (int64, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return 0, nil
	}
	id, err := matterNamed(ctx, s.db, text)
	if err != nil {
		return 0, err
	}
	_, err = s.Find(ctx, actor, id)
	return id, err
}

func fileNamed(ctx context.Context, r store.Reader, m Matter, text string) (id int64, err error) {
	want, _ := hashID(text)
	err = r.QueryRow(ctx, `SELECT id FROM matter_file WHERE id = $1 AND matter_id = $2`, want, m.ID).Scan(&id)
	return exists(id, err)
}
