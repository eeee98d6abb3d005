package org

import (
	"context"
	"database/sql"
	"errors"
	"strings"

	"plumbline/internal/fault"
	"plumbline/internal/store"
)

// PersonByCode gives a person by the code, or NotFound.
func PersonByCode(ctx context.Context, r store.Reader, code string) (p Person, err error) {
	err = r.QueryRow(ctx, `SELECT id, code, name, name_en, version FROM person WHERE code = $1`, code).Scan(&p.ID, &p.Code, &p.Name, &p.NameEn, &p.Version)
	return p, none(err)
}

// none turns "no rows" into NotFound.
func none(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return fault.Missing()
	}
	return err
}

const postColumns = `p.id, p.unit_id, p.kind, p.title, p.title_en, p.from_date, p.to_date, p.version`

func scanPost(r row) (p Post, err error) {
	err = r.Scan(&p.ID, &p.Unit, &p.Kind, &p.Title, &p.TitleEn, &p.From, &p.To, &p.Version)
	return p, none(err)
}

// PostByID gives a post, or NotFound.
func PostByID(ctx context.Context, r store.Reader, id int64) (Post, error) {
	return scanPost(r.QueryRow(ctx, `SELECT `+postColumns+` FROM post p WHERE p.id = $1`, id))
}

// PostsOfUnit lists the posts of a unit that exist on a date, held or vacant.
func PostsOfUnit(ctx context.Context, r store.Reader, unit int64, date string) ([]Post, error) {
	return store.List(ctx, r, `SELECT `+postColumns+` FROM post p WHERE p.unit_id = $1
		AND (p.from_date = '' OR p.from_date <= $2) AND (p.to_date = '' OR p.to_date > $2) ORDER BY p.id`, []any{unit, date},
		func(rows *sql.Rows) (Post, error) { return scanPost(rows) })
}

// TenuresOfPost lists everybody who held, holds or will hold a post, the latest first.
func TenuresOfPost(ctx context.Context, r store.Reader, post int64) ([]Holder, error) {
	return store.List(ctx, r, `SELECT `+holderColumns+` FROM `+holderTables+` WHERE t.post_id = $1 ORDER BY t.from_date DESC, t.id DESC`,
		[]any{post}, scanHolder)
}

// TenuresOfPerson lists every post that a person held, holds or will hold, the latest first.
func TenuresOfPerson(ctx context.Context, r store.Reader, person int64) ([]Holder, error) {
	return store.List(ctx, r, `SELECT `+holderColumns+` FROM `+holderTables+` WHERE t.person_id = $1 ORDER BY t.from_date DESC, t.id DESC`,
		[]any{person}, scanHolder)
}

// TenureByID gives one tenure with post and person, or NotFound.
func TenureByID(ctx context.Context, r store.Reader, id int64) (Holder, error) {
	found, err := store.List(ctx, r, `SELECT `+holderColumns+` FROM `+holderTables+` WHERE t.id = $1`, []any{id}, scanHolder)
	if err != nil {
		return Holder{}, err
	}
	if len(found) == 0 {
		return Holder{}, fault.Missing()
	}
	return found[0], nil
}

// SearchPeople lists people by name and code, PageSize at a time, from behind the key of the page before. text is part
// of a name or the beginning of a code; "" lists all. Names of people are no secret inside the organisation.
func SearchPeople(ctx context.Context, r store.Reader, text string, after int64, limit int) ([]Person, error) {
	where, args := `id > $1`, []any{after}
	if text != "" {
		where += ` AND (code = $2 OR name LIKE $3 ESCAPE '\' OR LOWER(name_en) LIKE $4 ESCAPE '\')`
		args = append(args, text, Like(text), Like(strings.ToLower(text)))
	}
	return store.List(ctx, r, `SELECT id, code, name, name_en, version FROM person WHERE `+where+` ORDER BY id LIMIT `+number(int64(limit)), args,
		func(rows *sql.Rows) (p Person, err error) {
			return p, rows.Scan(&p.ID, &p.Code, &p.Name, &p.NameEn, &p.Version)
		})
}

// CountPeople counts everybody.
func CountPeople(ctx context.Context, r store.Reader) (n int64, err error) {
	err = r.QueryRow(ctx, `SELECT COUNT(*) FROM person`).Scan(&n)
	return n, err
}

// PostsOfPeople lists the posts that the people of a list hold on a date, by person.
func PostsOfPeople(ctx context.Context, r store.Reader, people []int64, date string) (map[int64][]Holder, error) {
	out := map[int64][]Holder{}
	if len(people) == 0 {
		return out, nil
	}
	marks, args := placeholders(people)
	n := number(int64(len(args) + 1))
	err := store.Each(ctx, r, `SELECT `+holderColumns+` FROM `+holderTables+` WHERE t.person_id IN (`+marks+`)
		AND (t.from_date = '' OR t.from_date <= $`+n+`) AND (t.to_date = '' OR t.to_date > $`+n+`) ORDER BY p.id`, append(args, date),
		func(rows *sql.Rows) error {
			h, err := scanHolder(rows)
			out[h.Person.ID] = append(out[h.Person.ID], h)
			return err
		})
	return out, err
}

const groupColumns = `g.id, g.unit_id, g.kind, g.name, g.name_en, g.from_date, g.to_date, g.version`

func scanGroup(r row) (g Group, err error) {
	err = r.Scan(&g.ID, &g.Unit, &g.Kind, &g.Name, &g.NameEn, &g.From, &g.To, &g.Version)
	return g, none(err)
}

// In is the group's name in the reader's language.
func (g Group) In(lang string) string { return pick(lang, g.Name, g.NameEn) }

// GroupByID gives a group, or NotFound.
func GroupByID(ctx context.Context, r store.Reader, id int64) (Group, error) {
	return scanGroup(r.QueryRow(ctx, `SELECT `+groupColumns+` FROM org_group g WHERE g.id = $1`, id))
}

// GroupsOf lists the groups of a unit that exist on a date.
func GroupsOf(ctx context.Context, r store.Reader, unit int64, date string) ([]Group, error) {
	return store.List(ctx, r, `SELECT `+groupColumns+` FROM org_group g WHERE g.unit_id = $1
		AND (g.from_date = '' OR g.from_date <= $2) AND (g.to_date = '' OR g.to_date > $2) ORDER BY g.id`, []any{unit, date},
		func(rows *sql.Rows) (Group, error) { return scanGroup(rows) })
}

// Member is a person's time in a group.
type Member struct {
	ID       int64
	Group    int64
	Person   Person
	Duty     string
	From, To string
}

const memberColumns = `m.id, m.group_id, m.duty, m.from_date, m.to_date, n.id, n.code, n.name, n.name_en, n.version`

func scanMember(rows *sql.Rows) (m Member, err error) {
	err = rows.Scan(&m.ID, &m.Group, &m.Duty, &m.From, &m.To, &m.Person.ID, &m.Person.Code, &m.Person.Name, &m.Person.NameEn, &m.Person.Version)
	return m, err
}

// MembersAt lists who is in a group on a date; an empty date lists everybody who ever was.
func MembersAt(ctx context.Context, r store.Reader, group int64, date string) ([]Member, error) {
	return store.List(ctx, r, `SELECT `+memberColumns+` FROM group_member m JOIN person n ON n.id = m.person_id WHERE m.group_id = $1
		AND ($2 = '' OR ((m.from_date = '' OR m.from_date <= $2) AND (m.to_date = '' OR m.to_date > $2))) ORDER BY m.id`, []any{group, date}, scanMember)
}

// MembershipsOf lists every group that a person was or is in.
func MembershipsOf(ctx context.Context, r store.Reader, person int64) ([]Member, error) {
	return store.List(ctx, r, `SELECT `+memberColumns+` FROM group_member m JOIN person n ON n.id = m.person_id WHERE m.person_id = $1 ORDER BY m.id DESC`,
		[]any{person}, scanMember)
}

// MemberByID gives one membership, or NotFound.
func MemberByID(ctx context.Context, r store.Reader, id int64) (Member, error) {
	found, err := store.List(ctx, r, `SELECT `+memberColumns+` FROM group_member m JOIN person n ON n.id = m.person_id WHERE m.id = $1`, []any{id}, scanMember)
	if err != nil {
		return Member{}, err
	}
	if len(found) == 0 {
		return Member{}, fault.Missing()
	}
	return found[0], nil
}

// PeopleCalled finds the people of a code or a full name.
func PeopleCalled(ctx context.Context, r store.Reader, text string, limit int) ([]Person, error) {
	return store.List(ctx, r, `SELECT id, code, name, name_en, version FROM person WHERE code = $1 OR name = $1 OR name_en = $1 ORDER BY id LIMIT `+number(int64(limit)),
		[]any{text}, func(rows *sql.Rows) (p Person, err error) {
			return p, rows.Scan(&p.ID, &p.Code, &p.Name, &p.NameEn, &p.Version)
		})
}
