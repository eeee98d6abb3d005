package ledger

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"plumbline/internal/authz"
	"plumbline/internal/fault"
	"plumbline/internal/store"
)

// Shown is a matter as outsiders see it. It holds what the projection names and nothing else: number, state and the unit
// that acts are always part of it, everything that people wrote only where the projection names its field.
type Shown struct {
	Number string
	Title  string // "" where the projection does not name the field that holds it
	Def    *Definition
	State  State
	Owner  authz.Unit
	Fields []Field // those that hold something, in the order of the projection
	Values Values  // of Fields
	Way    []Reached
}

// Reached is a public state and the day on which it was reached, YYYY-MM-DD.
type Reached struct {
	State State
	On    string
}

// OutsideQuery asks for a page of what outsiders see; zero values narrow nothing.
type OutsideQuery struct {
	State  string
	Unit   int64
	Text   string
	Limit  int
	Offset int
}

// Outside is a ledger as outsiders see it. Listed says whether search engines may list it.
type Outside struct {
	Def    *Definition
	Listed bool
	places []authz.Unit
}

// ShowsField says whether outsiders see a field: the projection names it, and it holds no file, no link and nobody's name.
func (d *Definition) ShowsField(id string) bool {
	f, ok := d.Field(id)
	return ok && d.Public != nil && slices.Contains(d.Public.Fields, id) && f.impersonal()
}

// impersonal says whether outsiders may see a field at all.
func (f Field) impersonal() bool {
	switch f.Kind {
	case KindPerson, KindFile, KindLink:
		return false
	}
	return !slices.ContainsFunc(f.Columns, func(col Field) bool { return !col.impersonal() })
}

// shownStates are the states in which outsiders see a matter that was born under d: those that its own definition and the
// one in force both show, so that a ledger that shows less from now on shows less of everything.
func (d *Definition) shownStates(now *Definition) (out []string) {
	if d.Public == nil || now.Public == nil {
		return nil
	}
	for _, id := range d.Public.States {
		if slices.Contains(now.Public.States, id) {
			out = append(out, id)
		}
	}
	return out
}

// Outsides lists the ledgers that are open to everybody, in the order of the types.
func (s *Service) Outsides(ctx context.Context) ([]Outside, error) {
	all, err := openings(ctx, s.db, "")
	if err != nil {
		return nil, err
	}
	var out []Outside
	for _, d := range s.types.All() {
		if o := outsideOf(d, all); len(o.places) > 0 {
			out = append(out, o)
		}
	}
	return out, nil
}

// Outside gives a ledger that is open to everybody; others are not found.
func (s *Service) Outside(ctx context.Context, kind string) (Outside, error) {
	d := s.types.Current(kind)
	if d == nil {
		return Outside{}, fault.Missing()
	}
	all, err := openings(ctx, s.db, kind)
	o := outsideOf(d, all)
	if err == nil && len(o.places) == 0 {
		err = fault.Missing()
	}
	return o, err
}

// outsideOf gathers the places at which a ledger is open. Search engines may list it where every place lets them.
func outsideOf(d *Definition, all []Opening) Outside {
	o := Outside{Def: d, Listed: true}
	if d.Public == nil {
		return o
	}
	for _, p := range all {
		if p.Type == d.ID && p.Open() {
			o.places, o.Listed = append(o.places, p.Unit), o.Listed && p.Listed
		}
	}
	return o
}

// Preview is what outsiders would see of a ledger if it were open at a unit, for whoever may open it there.
func (s *Service) Preview(actor authz.Actor, d *Definition, at authz.Unit) (Outside, error) {
	if !s.gate.Policy().Allows(actor, authz.LedgerOpen, at) {
		return Outside{}, fault.Missing()
	}
	if d.Public == nil {
		return Outside{}, fault.Bad("fault.ledger.no_public")
	}
	return Outside{Def: d, places: []authz.Unit{at}}, nil
}

// versions are the definitions under which matters of a type were born.
func (s *Service) versions(ctx context.Context, kind string) (map[int]*Definition, error) {
	list, err := store.List(ctx, s.db, `SELECT version FROM ledger_type WHERE type = $1`, []any{kind}, func(rows *sql.Rows) (v int, err error) {
		err = rows.Scan(&v)
		return v, err
	})
	out := map[int]*Definition{}
	for _, v := range list {
		if out[v], err = s.types.At(ctx, s.db, kind, v); err != nil {
			return nil, err
		}
	}
	return out, err
}

// shown narrows to what outsiders see of the ledger.
func (o Outside) shown(versions map[int]*Definition, q OutsideQuery) *where {
	w := &where{}
	w.add("m.type = ?", o.Def.ID)
	eitherOf(w, o.places, func(u authz.Unit) (string, []any) {
		return "m.place_path >= ? AND m.place_path < ?", []any{u.Path, authz.PathEnd(u.Path)}
	})
	var born, titled []int
	for v, d := range versions {
		if len(d.shownStates(o.Def)) > 0 {
			born = append(born, v)
		}
		if d.ShowsField(d.Title) && o.Def.ShowsField(d.Title) {
			titled = append(titled, v)
		}
	}
	slices.Sort(born)
	slices.Sort(titled)
	eitherOf(w, born, func(v int) (string, []any) {
		states := versions[v].shownStates(o.Def)
		args := []any{v}
		for _, st := range states {
			args = append(args, st)
		}
		return "m.type_version = ? AND m.state IN (?" + strings.Repeat(", ?", len(states)-1) + ")", args
	})
	if q.State != "" {
		w.add("m.state = ?", q.State)
	}
	if q.Unit != 0 {
		w.add("m.unit_id = ?", q.Unit)
	}
	if text := strings.ToLower(strings.TrimSpace(q.Text)); text != "" {
		// Only what is shown is searched: a search that finds by what is hidden would tell it.
		like := "%" + strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(text) + "%"
		words := &where{args: w.args}
		words.add(`LOWER(m.number) LIKE ? ESCAPE '\'`, like)
		for _, v := range titled {
			words.add(`m.type_version = ? AND LOWER(m.title) LIKE ? ESCAPE '\'`, v, like)
		}
		w.args = words.args
		w.conds = append(w.conds, "(("+strings.Join(words.conds, ") OR (")+"))")
	}
	return w
}

// eitherOf joins one condition for each of a list, of which one has to hold; none of an empty list does.
func eitherOf[T any](w *where, list []T, cond func(T) (string, []any)) {
	each := &where{args: w.args}
	for _, x := range list {
		text, args := cond(x)
		each.add(text, args...)
	}
	if len(list) == 0 {
		each.add("1 = 0")
	}
	w.args = each.args
	w.conds = append(w.conds, "(("+strings.Join(each.conds, ") OR (")+"))")
}

// ShownBy gives a page of what outsiders see of a ledger, the newest first, with the names that it mentions.
func (s *Service) ShownBy(ctx context.Context, o Outside, q OutsideQuery) ([]Shown, Names, error) {
	versions, err := s.versions(ctx, o.Def.ID)
	if err != nil {
		return nil, Names{}, err
	}
	w := o.shown(versions, q)
	w.args = append(w.args, q.Limit, q.Offset)
	ms, err := store.List(ctx, s.db, fmt.Sprintf(`SELECT %s FROM matter m WHERE %s ORDER BY m.id DESC LIMIT $%d OFFSET $%d`, matterColumns, w, len(w.args)-1, len(w.args)), w.args, scanMatters)
	if err != nil {
		return nil, Names{}, err
	}
	return s.asShown(ctx, o, versions, ms)
}

// CountShown counts what outsiders see of a ledger, up to most and no further: most+1 means that there are more.
func (s *Service) CountShown(ctx context.Context, o Outside, q OutsideQuery, most int64) (n int64, err error) {
	versions, err := s.versions(ctx, o.Def.ID)
	if err != nil {
		return 0, err
	}
	w := o.shown(versions, q)
	w.args = append(w.args, most+1)
	err = s.db.QueryRow(ctx, fmt.Sprintf(`SELECT COUNT(*) FROM (SELECT 1 FROM matter m WHERE %s LIMIT $%d) x`, w, len(w.args)), w.args...).Scan(&n)
	return n, err
}

// unitsShown is how many units a list offers to choose from.
const unitsShown = 200

// UnitsShown are the units that act in what outsiders see of a ledger.
func (s *Service) UnitsShown(ctx context.Context, o Outside) ([]int64, error) {
	versions, err := s.versions(ctx, o.Def.ID)
	if err != nil {
		return nil, err
	}
	w := o.shown(versions, OutsideQuery{})
	return store.List(ctx, s.db, fmt.Sprintf(`SELECT DISTINCT m.unit_id, m.unit_path FROM matter m WHERE %s AND m.unit_id <> 0 ORDER BY m.unit_path LIMIT %d`, w, unitsShown), w.args, func(rows *sql.Rows) (id int64, err error) {
		var path string
		err = rows.Scan(&id, &path)
		return id, err
	})
}

// ShownByNumber gives one matter as outsiders see it, with the way that it went. What they once saw and see no more is
// withdrawn; what they never saw is not found.
func (s *Service) ShownByNumber(ctx context.Context, kind, number string) (o Outside, m Shown, names Names, withdrawn bool, err error) {
	d := s.types.Current(kind)
	if d == nil {
		return o, m, names, false, fault.Missing()
	}
	all, err := openings(ctx, s.db, kind)
	if err != nil {
		return o, m, names, false, err
	}
	o = outsideOf(d, all)
	is, err := scanMatter(s.db.QueryRow(ctx, `SELECT `+matterColumns+` FROM matter m WHERE m.number = $1 AND m.type = $2`, number, kind))
	if err != nil {
		return o, m, names, false, err
	}
	own, err := s.types.At(ctx, s.db, kind, is.TypeVersion)
	if err != nil {
		return o, m, names, false, err
	}
	states := own.shownStates(d)
	events, err := eventsOf(ctx, s.db, is.ID)
	if err != nil {
		return o, m, names, false, err
	}
	if slices.Contains(states, is.State) && slices.ContainsFunc(o.places, func(u authz.Unit) bool { return strings.HasPrefix(is.Place().Path, u.Path) }) {
		list, names, err := s.asShown(ctx, o, map[int]*Definition{is.TypeVersion: own}, []Matter{is})
		if err != nil {
			return o, m, names, false, err
		}
		m = list[0]
		m.Way = wayShown(own, states, is, events)
		return o, m, names, false, nil
	}
	if own.Public != nil && wasShown(all, own.Public.States, is, events) {
		return o, m, names, true, nil
	}
	return o, m, names, false, fault.Missing()
}

// asShown keeps of matters what outsiders see of them. Names are looked up for that alone.
func (s *Service) asShown(ctx context.Context, o Outside, versions map[int]*Definition, ms []Matter) ([]Shown, Names, error) {
	out, bare := make([]Shown, 0, len(ms)), make([]Matter, 0, len(ms))
	for _, m := range ms {
		d := versions[m.TypeVersion]
		if d == nil {
			return nil, Names{}, fmt.Errorf("ledger: %s was born under version %d of %s, which is not stored", m.Number, m.TypeVersion, m.Type)
		}
		v := Shown{Number: m.Number, Def: d, Owner: m.Owner, Values: Values{}}
		v.State, _ = d.State(m.State)
		for _, id := range o.Def.Public.Fields {
			if !d.ShowsField(id) || !o.Def.ShowsField(id) {
				continue
			}
			if id == d.Title {
				v.Title = m.Title
			}
			if f, _ := d.Field(id); !m.Values[id].Empty() {
				v.Fields, v.Values[id] = append(v.Fields, f), m.Values[id]
			}
		}
		out = append(out, v)
		bare = append(bare, Matter{Type: m.Type, TypeVersion: m.TypeVersion, Owner: m.Owner, Values: v.Values})
	}
	names, err := s.NamesOf(ctx, bare, nil, nil)
	return out, names, err
}

// wayShown lists the public states that a matter came to, with their days, the first first.
func wayShown(d *Definition, states []string, m Matter, events []Event) (out []Reached) {
	for _, e := range events {
		if st, ok := d.State(e.To); ok && e.From != e.To && slices.Contains(states, e.To) {
			out = append(out, Reached{State: st, On: e.On})
		}
	}
	if len(out) == 0 { // brought in as it stands
		if st, ok := d.State(m.State); ok {
			out = append(out, Reached{State: st, On: m.Opened})
		}
	}
	return out
}

// wasShown says whether outsiders ever saw a matter since its ledger was last opened: it was in a public state then.
func wasShown(all []Opening, states []string, m Matter, events []Event) bool {
	for _, o := range all {
		if !strings.HasPrefix(m.Place().Path, o.Unit.Path) {
			continue
		}
		for i, e := range events {
			left := int64(1<<63 - 1)
			for _, next := range events[i+1:] {
				if next.From != next.To {
					left = next.At
					break
				}
			}
			if slices.Contains(states, e.To) && left >= o.Since && (o.Until == 0 || e.At < o.Until) {
				return true
			}
		}
	}
	return false
}
