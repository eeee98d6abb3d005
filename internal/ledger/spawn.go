package ledger

import (
	"context"
	"strings"

	"plumbline/internal/audit"
	"plumbline/internal/authz"
	"plumbline/internal/fault"
	"plumbline/internal/store"
	"plumbline/internal/wording"
)

// seedling is a matter that a step is about to make: what it is made of (an item of Link), its owner and its fields. Row
// counts from 1, and is 0 where it is made of no row.
type seedling struct {
	row    int
	item   string
	owner  int64
	fields map[string]string
}

// wholeItem is the item of what is made of a matter as a whole.
const wholeItem = "*"

// spawn makes the matters that a step makes, each with its link, and gives them for the log.
func (s *Service) spawn(ctx context.Context, tx *store.Tx, actor authz.Actor, d *Definition, t Transition, m Matter) ([]audit.Subject, error) {
	if t.Spawn == nil {
		return nil, nil
	}
	to := s.types.Current(t.Spawn.Type)
	if to == nil {
		return nil, fault.Bad("fault.ledger.no_type", "Type", t.Spawn.Type)
	}
	seeds := d.seeds(*t.Spawn, m, to)
	made, err := linksWhere(ctx, tx, "l.to_id = ? AND l.kind = ? AND l.item <> ''", m.ID, t.Spawn.Link)
	if err != nil {
		return nil, err
	}
	if t.Spawn.Table == "" {
		if made, err = s.stillOpen(ctx, tx, made); err != nil {
			return nil, err
		}
	}
	var out []audit.Subject
	for _, seed := range unmade(seeds, made) {
		child, err := s.plant(ctx, tx, actor, to, t.Spawn, m, seed)
		if err != nil {
			return nil, err
		}
		out = append(append(out, audit.Subject{Kind: "matter", ID: child.ID}), alsoOf(child)...)
	}
	return out, nil
}

// seeds are the matters that a step would make of a matter as it stands.
func (d *Definition) seeds(sp Spawn, m Matter, to *Definition) []seedling {
	from := func(row []string) func(string) string {
		table, _ := d.Field(sp.Table)
		return func(id string) string {
			for i, col := range table.Columns {
				if col.ID == id {
					if i < len(row) {
						return row[i]
					}
					return ""
				}
			}
			return m.Values[id].Text
		}
	}
	if sp.Table == "" {
		return []seedling{sow(sp, from(nil), 0, wholeItem)}
	}
	var out []seedling
	for i, row := range m.Values[sp.Table].Rows {
		value := from(row)
		out = append(out, sow(sp, value, i+1, value(sp.Map[to.Title])))
	}
	return out
}

func sow(sp Spawn, value func(string) string, row int, item string) seedling {
	seed := seedling{row: row, item: item, fields: map[string]string{}}
	if sp.Owner != "" {
		seed.owner = number(value(sp.Owner))
	}
	for to, from := range sp.Map {
		seed.fields[to] = value(from)
	}
	if row > 0 {
		seed.item = item + itemOwner + idValue(seed.owner).Text
	}
	return seed
}

// itemOwner parts the words of an item from the owner that its row named.
const itemOwner = "\n@"

// unmade are the seeds of which nothing was made yet. A row is known by its words and its owner, whatever else of it has
// changed and wherever it has moved; one that named no owner when its matter was made is known by its words alone.
func unmade(seeds []seedling, made []Link) []seedling {
	left := map[string]int{}
	for _, l := range made {
		left[l.Item]++
	}
	take := func(item string) bool {
		if left[item] == 0 {
			return false
		}
		left[item]--
		return true
	}
	var unknown, out []seedling
	for _, s := range seeds {
		if !take(s.item) {
			unknown = append(unknown, s)
		}
	}
	for _, s := range unknown {
		words, _, ofRow := strings.Cut(s.item, itemOwner)
		if !ofRow || !take(words+itemOwner) {
			out = append(out, s)
		}
	}
	return out
}

// stillOpen keeps the links from matters that have not ended.
func (s *Service) stillOpen(ctx context.Context, r store.Reader, links []Link) ([]Link, error) {
	var out []Link
	for _, l := range links {
		m, err := matterByID(ctx, r, l.From)
		if err != nil {
			return nil, err
		}
		if !Ended(m.Class) {
			out = append(out, l)
		}
	}
	return out, nil
}

// plant registers one matter and links it. Its convenor is the one of the matter that it comes from; whoever asked for
// that, or else the unit that does it, asks for the new one.
func (s *Service) plant(ctx context.Context, tx *store.Tx, actor authz.Actor, to *Definition, sp *Spawn, m Matter, seed seedling) (Matter, error) {
	asks := m.Requester
	if asks.ID == 0 {
		asks = m.Place()
	}
	fields := map[string]string{}
	for id, text := range seed.fields {
		if f, _ := to.Field(id); f.refers() && number(text) != 0 {
			text = "#" + text
		}
		fields[id] = text
	}
	in := Draft{Type: to.ID, Convenor: m.Convenor.ID, Requester: asks.ID, Fields: fields, Repeat: NoRepeat}
	child, err := s.registerOne(ctx, tx, actor, to, in, seed.owner, 0)
	if f := fault.As(err); f != nil && len(f.Fields) > 0 {
		return child, refused(to, sp, seed, f)
	}
	if err != nil {
		return child, err
	}
	return child, insertLink(ctx, tx, actor, Link{From: child.ID, To: m.ID, Kind: sp.Link, Item: seed.item})
}

// refused says at the table, or the form, which row can't become a matter and what of it is wrong.
func refused(to *Definition, sp *Spawn, seed seedling, f *fault.Error) error {
	name := wording.Text{}
	if field, ok := to.Field(f.Fields[0].Name); ok {
		name = field.Name
	}
	var form fault.Form
	form.Add(sp.Table, "fault.ledger.spawn_row", "Row", max(seed.row, 1), "Name", name)
	return form.Err()
}
