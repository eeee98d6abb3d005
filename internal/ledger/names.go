package ledger

import (
	"context"
	"database/sql"

	"plumbline/internal/org"
	"plumbline/internal/store"
)

// Names looks up what the references in matters are called.
type Names struct {
	Units   map[int64]org.Unit
	People  map[int64]org.Person
	Posts   map[int64]org.Post // of NamesOf alone
	Numbers map[int64]string   // of the matters that fields link to; of NamesOf alone
}

// NamesFor gathers the names that a list of matters needs, in two queries: owners, convenors and who answers.
func NamesFor(ctx context.Context, r store.Reader, ms []Matter, units, people []int64) (n Names, err error) {
	for _, m := range ms {
		units = append(units, m.Owner.ID, m.Convenor.ID, m.Requester.ID)
		people = append(people, m.Person)
	}
	if n.Units, err = org.UnitsByID(ctx, r, distinct(units)); err != nil {
		return n, err
	}
	n.People, err = org.PeopleByID(ctx, r, distinct(people))
	return n, err
}

// NamesOf is NamesFor with everything that the fields of the matters refer to, the cells of tables included.
func (s *Service) NamesOf(ctx context.Context, ms []Matter, units, people []int64) (Names, error) {
	refs := map[string][]int64{KindUnit: units, KindPerson: people}
	for _, m := range ms {
		d, err := s.types.Current(m.Type), error(nil)
		if m.TypeVersion != 0 { // one that a form begins with has none yet
			d, err = s.types.At(ctx, s.db, m.Type, m.TypeVersion)
		}
		if err != nil {
			return Names{}, err
		}
		if d != nil { // a sample of a ledger to come mentions nothing
			d.mentions(m, refs)
		}
	}
	n, err := NamesFor(ctx, s.db, ms, refs[KindUnit], refs[KindPerson])
	if err != nil {
		return n, err
	}
	n.Posts, n.Numbers = map[int64]org.Post{}, map[int64]string{}
	for _, id := range distinct(refs[KindPost]) {
		p, err := org.PostByID(ctx, s.db, id)
		if found, err := exists(id, err); err != nil {
			return n, err
		} else if found != 0 {
			n.Posts[id] = p
		}
	}
	ids := distinct(refs[KindLink])
	if len(ids) == 0 {
		return n, nil
	}
	w := &where{}
	in(w, "id", ids)
	return n, store.Each(ctx, s.db, `SELECT id, number FROM matter WHERE `+w.String(), w.args, func(rows *sql.Rows) error {
		var id int64
		var text string
		err := rows.Scan(&id, &text)
		n.Numbers[id] = text
		return err
	})
}

// mentions adds what the matter's fields refer to, by kind.
func (d *Definition) mentions(m Matter, into map[string][]int64) {
	add := func(f Field, text string) {
		switch f.Kind {
		case KindUnit, KindPerson, KindPost, KindLink:
			into[f.Kind] = append(into[f.Kind], number(text))
		}
	}
	for _, f := range d.Fields {
		v := m.Values[f.ID]
		add(f, v.Text)
		for _, row := range v.Rows {
			for i, col := range f.Columns[:min(len(row), len(f.Columns))] {
				add(col, row[i])
			}
		}
	}
}
