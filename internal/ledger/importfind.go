package ledger

import (
	"context"
	"database/sql"
	"strings"

	"plumbline/internal/authz"
	"plumbline/internal/calendar"
	"plumbline/internal/fault"
	"plumbline/internal/org"
	"plumbline/internal/store"
)

// finder looks up what the rows of a file refer to, each text once.
type finder struct {
	r      store.Reader
	codes  map[string]org.Unit
	names  map[string][]org.Unit // by place and name
	people map[string][]org.Person
	posts  map[int64][]org.Post
	holder map[string][2]int64 // by unit and date: the post that answers, and who holds it
	days   map[string]*calendar.Calendar
	*Service
}

func newFinder(r store.Reader, s *Service) finder {
	return finder{r, map[string]org.Unit{}, map[string][]org.Unit{}, map[string][]org.Person{}, map[int64][]org.Post{}, map[string][2]int64{}, map[string]*calendar.Calendar{}, s}
}

// mostKept bounds what the finder remembers of each kind.
const mostKept = 50_000

// unitByCode gives the unit of a code, the zero Unit where there is none.
func (x *finder) unitByCode(ctx context.Context, code string) (org.Unit, error) {
	u, known := x.codes[code]
	if known || code == "" {
		return u, nil
	}
	u, err := org.UnitByCode(ctx, x.r, code)
	if fault.KindOf(err) == fault.NotFound {
		u, err = org.Unit{}, nil
	}
	if len(x.codes) < mostKept {
		x.codes[code] = u
	}
	return u, err
}

// unitsCalled gives the units of a name on the path of a place and below it, two at most.
func (x *finder) unitsCalled(ctx context.Context, under authz.Unit, name string) ([]org.Unit, error) {
	key := under.Path + "\n" + name
	found, known := x.names[key]
	if known {
		return found, nil
	}
	ids, err := store.List(ctx, x.r, `SELECT id FROM unit WHERE (name = $1 OR name_en = $1) AND to_date = '' AND path >= $2 AND path < $3 ORDER BY path LIMIT 2`,
		[]any{name, under.Path, authz.PathEnd(under.Path)}, func(rows *sql.Rows) (id int64, err error) { return id, rows.Scan(&id) })
	if err != nil {
		return nil, err
	}
	above, err := org.UnitsByID(ctx, x.r, append(ids, org.PathIDs(under.Path)...))
	for _, id := range ids {
		found = append(found, above[id])
		delete(above, id)
	}
	for _, u := range above {
		if (u.Name == name || u.NameEn == name) && u.To == "" && len(found) == 0 {
			found = append(found, u)
		}
	}
	if len(x.names) < mostKept {
		x.names[key] = found
	}
	return found, err
}

// unit finds a unit by a code, else by a text that is a code or a name near the place. reason is a wording key where it
// can't be told which one is meant.
func (x *finder) unit(ctx context.Context, under authz.Unit, code, text string) (u org.Unit, reason string, err error) {
	if code != "" {
		u, err = x.unitByCode(ctx, code)
		switch {
		case err != nil || u.ID == 0:
			return u, NoSuchUnit, err
		case text != "" && text != u.Name && !strings.EqualFold(text, u.NameEn) && text != u.Code:
			return u, NotTheSame, nil
		}
		return u, "", nil
	}
	if u, err = x.unitByCode(ctx, text); err != nil || u.ID != 0 {
		return u, "", err
	}
	found, err := x.unitsCalled(ctx, under, text)
	switch {
	case err != nil:
		return u, "", err
	case len(found) == 0:
		return u, NoSuchUnit, nil
	case len(found) > 1:
		return u, SeveralUnits, nil
	}
	return found[0], "", nil
}

// person finds somebody by code or full name; of several of a name the one who holds a post at the owner. 0 where it
// can't be told who is meant.
func (x *finder) person(ctx context.Context, m Matter, text string) (int64, error) {
	found, known := x.people[text]
	var err error
	if !known {
		if found, err = org.PeopleCalled(ctx, x.r, text, 20); err != nil {
			return 0, err
		}
		if len(x.people) < mostKept {
			x.people[text] = found
		}
	}
	for _, p := range found {
		if p.Code == text || len(found) == 1 {
			return p.ID, nil
		}
	}
	if len(found) == 0 || m.Owner.ID == 0 {
		return 0, nil
	}
	return personNamed(ctx, x.r, m, x.Service, text)
}

// post finds a post of the owner by its title.
func (x *finder) post(ctx context.Context, m Matter, text, today string) (int64, error) {
	if m.Owner.ID == 0 {
		return 0, nil
	}
	posts, known := x.posts[m.Owner.ID]
	if !known {
		var err error
		if posts, err = org.PostsOfUnit(ctx, x.r, m.Owner.ID, today); err != nil {
			return 0, err
		}
		x.posts[m.Owner.ID] = posts
	}
	for _, p := range posts {
		if p.Title == text || (p.TitleEn != "" && strings.EqualFold(p.TitleEn, text)) {
			return p.ID, nil
		}
	}
	return 0, nil
}

// answers is holderOf, remembered.
func (x *finder) answers(ctx context.Context, unit int64, date string) (post, person int64, err error) {
	key := date + " " + idValue(unit).Text
	if at, known := x.holder[key]; known {
		return at[0], at[1], nil
	}
	post, person, err = x.holderOf(ctx, x.r, unit, date)
	if len(x.holder) < mostKept {
		x.holder[key] = [2]int64{post, person}
	}
	return post, person, err
}

// calendar is calendarAt, remembered.
func (x *finder) calendar(ctx context.Context, at authz.Unit) (*calendar.Calendar, error) {
	cal, known := x.days[at.Path]
	if known {
		return cal, nil
	}
	cal, err := x.calendarAt(ctx, x.r, at)
	if len(x.days) < mostKept {
		x.days[at.Path] = cal
	}
	return cal, err
}
