package export

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"
	"net/url"
	"strings"
	"time"

	_ "modernc.org/sqlite" // the driver
)

const ocelTables = `
CREATE TABLE event_map_type (ocel_type TEXT PRIMARY KEY, ocel_type_map TEXT NOT NULL);
CREATE TABLE object_map_type (ocel_type TEXT PRIMARY KEY, ocel_type_map TEXT NOT NULL);
CREATE TABLE event (ocel_id TEXT PRIMARY KEY, ocel_type TEXT NOT NULL REFERENCES event_map_type (ocel_type));
CREATE TABLE object (ocel_id TEXT PRIMARY KEY, ocel_type TEXT NOT NULL REFERENCES object_map_type (ocel_type));
CREATE TABLE event_object (ocel_event_id TEXT NOT NULL REFERENCES event (ocel_id), ocel_object_id TEXT NOT NULL REFERENCES object (ocel_id),
  ocel_qualifier TEXT NOT NULL, PRIMARY KEY (ocel_event_id, ocel_object_id, ocel_qualifier));
CREATE TABLE object_object (ocel_source_id TEXT NOT NULL REFERENCES object (ocel_id), ocel_target_id TEXT NOT NULL REFERENCES object (ocel_id),
  ocel_qualifier TEXT NOT NULL, PRIMARY KEY (ocel_source_id, ocel_target_id, ocel_qualifier));`

// OCELSQLite writes OCEL 2.0 as an SQLite file at path, where nothing may stand yet. It is a document, not a database of
// the program, so it is opened here and knows nothing of the store: no journal, nothing synchronous, one transaction. A
// file that could not be finished is the caller's to remove.
func OCELSQLite(ctx context.Context, path string, events iter.Seq2[Event, error], objects iter.Seq2[Object, error]) (err error) {
	db, err := sql.Open("sqlite", "file:"+(&url.URL{Path: path}).EscapedPath()+"?_pragma=journal_mode(OFF)&_pragma=synchronous(OFF)")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	db.SetMaxOpenConns(1)
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	f := &ocelFile{ctx: ctx, tx: tx, statements: map[string]*sql.Stmt{}}
	if err := f.write(events, objects); err != nil {
		return errors.Join(err, tx.Rollback())
	}
	return tx.Commit()
}

type ocelFile struct {
	ctx        context.Context
	tx         *sql.Tx
	statements map[string]*sql.Stmt
	events     ocelTypes
	objects    ocelTypes
}

// ocelTypes are the types of one sort with the tables of their attributes.
type ocelTypes struct {
	kinds
	maps  map[string]string // type to the end of its table's name
	taken map[string]bool
}

func (f *ocelFile) write(events iter.Seq2[Event, error], objects iter.Seq2[Object, error]) error {
	if _, err := f.tx.ExecContext(f.ctx, ocelTables); err != nil {
		return err
	}
	for e, err := range events {
		if err == nil {
			err = f.event(e)
		}
		if err != nil {
			return err
		}
	}
	for o, err := range objects {
		if err == nil {
			err = f.object(o)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (f *ocelFile) event(e Event) error {
	table, err := f.table("event", &f.events, e.Type, e.Attributes)
	if err != nil {
		return err
	}
	if err := f.exec(`INSERT INTO event VALUES (?, ?)`, e.ID, e.Type); err != nil {
		return err
	}
	names, values := []string{"ocel_id", "ocel_time"}, []any{e.ID, stamp(e.Time)}
	for _, a := range e.Attributes {
		names, values = append(names, a.Name), append(values, stored(a.Value))
	}
	if err := f.insert(table, names, values); err != nil {
		return err
	}
	return f.relate(`INSERT INTO event_object VALUES (?, ?, ?) ON CONFLICT DO NOTHING`, e.ID, e.Relations)
}

// object writes one row with the attributes that an object had first, and one for every later change.
func (f *ocelFile) object(o Object) error {
	table, err := f.table("object", &f.objects, o.Type, o.Attributes)
	if err != nil {
		return err
	}
	if err := f.exec(`INSERT INTO object VALUES (?, ?)`, o.ID, o.Type); err != nil {
		return err
	}
	var begun time.Time
	if len(o.Attributes) > 0 {
		begun = o.Attributes[0].At
	}
	names, values := []string{"ocel_id", "ocel_time"}, []any{o.ID, stamp(orEpoch(begun))}
	var changes []Attribute
	seen := map[string]bool{}
	for _, a := range o.Attributes {
		if seen[a.Name] || !a.At.Equal(begun) {
			changes = append(changes, a)
			continue
		}
		seen[a.Name] = true
		names, values = append(names, a.Name), append(values, stored(a.Value))
	}
	if err := f.insert(table, names, values); err != nil {
		return err
	}
	for _, a := range changes {
		if err := f.insert(table, []string{"ocel_id", "ocel_time", "ocel_changed_field", a.Name}, []any{o.ID, stamp(a.At), a.Name, stored(a.Value)}); err != nil {
			return err
		}
	}
	return f.relate(`INSERT INTO object_object VALUES (?, ?, ?) ON CONFLICT DO NOTHING`, o.ID, o.Relations)
}

// orEpoch is the instant that the format gives to values that always held.
func orEpoch(t time.Time) time.Time {
	if t.IsZero() {
		return time.Unix(0, 0)
	}
	return t
}

func (f *ocelFile) relate(query, id string, relations []Relation) error {
	for _, r := range relations {
		if err := f.exec(query, id, r.Object, r.Qualifier); err != nil {
			return err
		}
	}
	return nil
}

// table gives the table of a type, which is made, or widened, when something new is met.
func (f *ocelFile) table(sort string, types *ocelTypes, name string, attributes []Attribute) (string, error) {
	_, added, err := types.meet(name, attributes)
	if err != nil {
		return "", err
	}
	end, ok := types.maps[name]
	if !ok {
		end = types.mapped(name)
		own := `ocel_id TEXT NOT NULL REFERENCES ` + sort + ` (ocel_id), ocel_time TIMESTAMP NOT NULL`
		if sort == "object" {
			own += `, ocel_changed_field TEXT`
		}
		if _, err := f.tx.ExecContext(f.ctx, `CREATE TABLE `+quoted(sort+"_"+end)+` (`+own+`)`); err != nil {
			return "", err
		}
		if err := f.exec(`INSERT INTO `+sort+`_map_type VALUES (?, ?)`, name, end); err != nil {
			return "", err
		}
	}
	table := sort + "_" + end
	for _, c := range added {
		if _, err := f.tx.ExecContext(f.ctx, `ALTER TABLE `+quoted(table)+` ADD COLUMN `+quoted(c.Name)+` `+columnTypes[c.Kind]); err != nil {
			return "", err
		}
	}
	return table, nil
}

var columnTypes = map[string]string{kindString: "TEXT", kindInteger: "INTEGER", kindFloat: "REAL", kindBoolean: "BOOLEAN", kindTime: "TIMESTAMP"}

// mapped makes the end of a table's name of a type: its Latin letters, digits and underlines, and a number where that
// leaves nothing or what another type has. The names of the format's own tables are taken from the start.
func (t *ocelTypes) mapped(name string) string {
	if t.maps == nil {
		t.maps, t.taken = map[string]string{}, map[string]bool{"": true, "map_type": true, "object": true}
	}
	plain := strings.Map(func(r rune) rune {
		if r == '_' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
			return r
		}
		return -1
	}, name)
	end := plain
	for n := 1; t.taken[strings.ToLower(end)]; n++ {
		end = fmt.Sprintf("%s%d", plain, n)
	}
	t.taken[strings.ToLower(end)] = true
	t.maps[name] = end
	return end
}

func quoted(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

func (f *ocelFile) insert(table string, names []string, values []any) error {
	columns := make([]string, len(names))
	for i, n := range names {
		columns[i] = quoted(n)
	}
	marks := strings.TrimSuffix(strings.Repeat("?, ", len(names)), ", ")
	return f.exec(`INSERT INTO `+quoted(table)+` (`+strings.Join(columns, ", ")+`) VALUES (`+marks+`)`, values...)
}

// exec runs a statement that is kept for the next time.
func (f *ocelFile) exec(query string, args ...any) error {
	st := f.statements[query]
	if st == nil {
		var err error
		if st, err = f.tx.PrepareContext(f.ctx, query); err != nil {
			return err
		}
		f.statements[query] = st
	}
	_, err := st.ExecContext(f.ctx, args...)
	return err
}

// written is a value as a text format holds it.
func written(v any) any {
	if t, ok := v.(time.Time); ok {
		return stamp(t)
	}
	return v
}

// stored is a value as the SQLite file holds it.
func stored(v any) any {
	if b, ok := v.(bool); ok {
		if b {
			return 1
		}
		return 0
	}
	return written(v)
}
