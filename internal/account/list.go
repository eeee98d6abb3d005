package account

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"plumbline/internal/authz"
	"plumbline/internal/org"
	"plumbline/internal/store"
)

// Filter narrows the list of accounts. State is "", "locked", "disabled" or "waiting" (no password yet); After is the
// last login of the page before; Limit is the size of a page.
type Filter struct {
	Text  string // part of a login or name
	Role  string
	State string
	At    authz.Unit // holding a role at it or below; the zero Unit for anywhere
	After string
	Limit int
}

// Accounts lists, by login, the accounts in the reach of the actor's account.manage with their roles, and counts all
// that match the filter.
func (s *Service) Accounts(ctx context.Context, actor authz.Actor, f Filter) (list []Account, total int64, err error) {
	where, args := s.matching(actor, f)
	if err = s.db.QueryRow(ctx, `SELECT COUNT(*) FROM `+accountTables+` WHERE `+where, args...).Scan(&total); err != nil {
		return nil, 0, err
	}
	args = append(args, f.After, f.Limit)
	list, err = store.List(ctx, s.db, fmt.Sprintf(`SELECT %s FROM %s WHERE %s AND a.login > $%d ORDER BY a.login LIMIT $%d`, accountColumns, accountTables,
		where, len(args)-1, len(args)), args, func(rows *sql.Rows) (Account, error) {
		a, err := scanAccount(rows)
		return a.Account, err
	})
	if err != nil {
		return nil, 0, err
	}
	return list, total, addGrants(ctx, s.db, list)
}

// ByLogin gives the id of the account with a login, among those in the reach of the actor; else NotFound.
func (s *Service) ByLogin(ctx context.Context, actor authz.Actor, login string) (int64, error) {
	a, err := byLogin(ctx, s.db, NormalLogin(login))
	if err != nil {
		return 0, err
	}
	got, err := s.Account(ctx, actor, a.ID)
	return got.ID, err
}

func (s *Service) matching(actor authz.Actor, f Filter) (where string, args []any) {
	scope := s.gate.Policy().Scope(actor, authz.AccountManage)
	home, args := scope.Where(`(CASE WHEN a.unit_id = 0 THEN '/' ELSE COALESCE(h.path, '') END)`, 1)
	held, more := scope.Where(`(CASE WHEN g.unit_id = 0 THEN '/' ELSE COALESCE(u.path, '') END)`, len(args)+1)
	args = append(args, more...)
	all := []string{fmt.Sprintf(`(%s OR EXISTS (SELECT 1 FROM role_grant g LEFT JOIN unit u ON u.id = g.unit_id WHERE g.account_id = a.id AND %s))`, home, held)}
	next := func(form string, arg any) {
		args = append(args, arg)
		all = append(all, fmt.Sprintf(form, len(args)))
	}
	if text := NormalLogin(f.Text); text != "" {
		next(`(a.login LIKE $%[1]d ESCAPE '\' OR LOWER(a.name) LIKE $%[1]d ESCAPE '\')`, "%"+likeText.Replace(text)+"%")
	}
	if f.Role != "" {
		next(`EXISTS (SELECT 1 FROM role_grant r WHERE r.account_id = a.id AND r.role = $%d)`, f.Role)
	}
	if f.At.ID != 0 {
		args = append(args, f.At.Path, authz.PathEnd(f.At.Path))
		all = append(all, fmt.Sprintf(`EXISTS (SELECT 1 FROM role_grant r JOIN unit ru ON ru.id = r.unit_id WHERE r.account_id = a.id AND ru.path >= $%d AND ru.path < $%d)`,
			len(args)-1, len(args)))
	}
	switch f.State {
	case "locked":
		next(`a.locked_until > $%d`, micros(s.gate.Now()))
	case "disabled":
		all = append(all, `a.disabled = 1`)
	case "waiting":
		all = append(all, `a.secret = '' AND a.disabled = 0`)
	}
	return strings.Join(all, " AND "), args
}

// Overview counts the accounts in the actor's reach, and says whether there is any unit yet.
type Overview struct {
	Total, Waiting, Locked, Disabled int64
	NoUnits                          bool
}

// Overview answers an administrator's first question: who can't come in?
func (s *Service) Overview(ctx context.Context, actor authz.Actor) (o Overview, err error) {
	where, args := s.matching(actor, Filter{})
	args = append(args, micros(s.gate.Now()))
	var units int64
	err = s.db.QueryRow(ctx, fmt.Sprintf(`SELECT COUNT(*), COALESCE(SUM(CASE WHEN a.secret = '' AND a.disabled = 0 THEN 1 ELSE 0 END), 0),
		COALESCE(SUM(CASE WHEN a.locked_until > $%d THEN 1 ELSE 0 END), 0), COALESCE(SUM(a.disabled), 0),
		(SELECT COUNT(*) FROM (SELECT id FROM unit LIMIT 1) u1) FROM %s WHERE %s`, len(args), accountTables, where), args...).
		Scan(&o.Total, &o.Waiting, &o.Locked, &o.Disabled, &units)
	o.NoUnits = units == 0
	return o, err
}

// likeText makes a text stand for itself in a LIKE pattern.
var likeText = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)

// addGrants fills in the roles of a page of accounts in one query.
func addGrants(ctx context.Context, r store.Reader, list []Account) error {
	at, marks, args := map[int64]int{}, make([]string, len(list)), make([]any, len(list))
	for i, a := range list {
		at[a.ID], marks[i], args[i] = i, fmt.Sprintf("$%d", i+1), a.ID
	}
	if len(list) == 0 {
		return nil
	}
	return store.Each(ctx, r, `SELECT g.account_id, g.id, g.role, g.unit_id, COALESCE(u.path, '') FROM role_grant g LEFT JOIN unit u ON u.id = g.unit_id
		WHERE g.account_id IN (`+strings.Join(marks, ",")+`) ORDER BY u.path, g.role`, args, func(rows *sql.Rows) error {
		var account, unit int64
		var g Grant
		var path string
		err := rows.Scan(&account, &g.ID, &g.Role, &unit, &path)
		g.Unit = place(unit, path)
		list[at[account]].Grants = append(list[at[account]].Grants, g)
		return err
	})
}

// Names gives the names of accounts by id. Who did something is no secret to whoever may see that it was done.
func (s *Service) Names(ctx context.Context, ids []int64) (map[int64]string, error) {
	names := map[int64]string{0: ""}
	var args []any
	var marks []string
	for _, id := range ids {
		if _, have := names[id]; !have {
			names[id] = ""
			args = append(args, id)
			marks = append(marks, fmt.Sprintf("$%d", len(args)))
		}
	}
	if len(args) == 0 {
		return names, nil
	}
	return names, store.Each(ctx, s.db, `SELECT id, name FROM account WHERE id IN (`+strings.Join(marks, ",")+`)`, args, func(rows *sql.Rows) error {
		var id int64
		var name string
		err := rows.Scan(&id, &name)
		names[id] = name
		return err
	})
}

// Place is a unit that a role can be given at, with the name of the unit above it to tell namesakes apart.
type Place struct {
	ID     int64
	Code   string
	Name   string
	NameEn string
	Above  string
}

// FindPlaces looks a unit up by its code or its name among those where the actor manages accounts: the one with that very
// code alone, else those of that very name, else those whose name holds the text; no more than limit.
func (s *Service) FindPlaces(ctx context.Context, actor authz.Actor, text string, limit int) ([]Place, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return []Place{}, nil
	}
	cond, args := s.gate.Policy().Scope(actor, authz.AccountManage).Where(`u.path`, 3)
	for _, try := range []struct{ where, text string }{
		{`u.code = $1`, text}, {`(u.name = $1 OR u.name_en = $1)`, text},
		{`(u.name LIKE $1 ESCAPE '\' OR u.name_en LIKE $1 ESCAPE '\')`, "%" + likeText.Replace(text) + "%"},
	} {
		found, err := store.List(ctx, s.db, `SELECT u.id, u.code, u.name, u.name_en, COALESCE(p.name, '') FROM unit u LEFT JOIN unit p ON p.id = u.parent_id
			WHERE `+try.where+` AND u.to_date = '' AND `+cond+` ORDER BY u.path LIMIT $2`, append([]any{try.text, limit}, args...),
			func(rows *sql.Rows) (p Place, err error) {
				err = rows.Scan(&p.ID, &p.Code, &p.Name, &p.NameEn, &p.Above)
				return p, err
			})
		if err != nil || len(found) > 0 {
			return found, err
		}
	}
	return []Place{}, nil
}

// FindPeople looks a person up by code, else by the very name; no more than limit. People's names are no secret to
// whoever looks after accounts.
func (s *Service) FindPeople(ctx context.Context, text string, limit int) ([]org.Person, error) {
	var found []org.Person
	for _, column := range []string{"code", "name"} {
		var err error
		found, err = store.List(ctx, s.db, `SELECT id, code, name, name_en, version FROM person WHERE `+column+` = $1 ORDER BY id LIMIT $2`,
			[]any{strings.TrimSpace(text), limit}, func(rows *sql.Rows) (p org.Person, err error) {
				err = rows.Scan(&p.ID, &p.Code, &p.Name, &p.NameEn, &p.Version)
				return p, err
			})
		if err != nil || len(found) > 0 {
			return found, err
		}
	}
	return found, nil
}
