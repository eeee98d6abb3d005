package account

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"plumbline/internal/authz"
	"plumbline/internal/store"
)

// lookUp finds everything that the table names: units and people by code, accounts by login with their roles.
func (im *importing) lookUp(ctx context.Context) (units map[string]authz.Unit, people map[string]int64, old map[string]*stored, err error) {
	units, people, old = map[string]authz.Unit{"*": authz.Whole}, map[string]int64{}, map[string]*stored{}
	var codes, persons, logins []string
	for _, a := range im.order {
		logins, codes, persons = append(logins, a.login), append(codes, a.home), append(persons, a.personCode)
		for _, r := range a.roles {
			codes = append(codes, r.code)
		}
	}
	r := im.service.db
	err = eachOf(ctx, r, `SELECT code, id, path FROM unit WHERE code IN (%s)`, codes, func(rows *sql.Rows) error {
		var code string
		var u authz.Unit
		err := rows.Scan(&code, &u.ID, &u.Path)
		units[code] = u
		return err
	})
	if err != nil {
		return nil, nil, nil, err
	}
	err = eachOf(ctx, r, `SELECT code, id FROM person WHERE code IN (%s)`, persons, func(rows *sql.Rows) error {
		var code string
		var id int64
		err := rows.Scan(&code, &id)
		people[code] = id
		return err
	})
	if err != nil {
		return nil, nil, nil, err
	}
	var list []Account
	err = eachOf(ctx, r, `SELECT `+accountColumns+` FROM `+accountTables+` WHERE a.login IN (%s)`, logins, func(rows *sql.Rows) error {
		a, err := scanAccount(rows)
		list = append(list, a.Account)
		return err
	})
	for part := list; err == nil && len(part) > 0; part = part[min(500, len(part)):] {
		err = addGrants(ctx, r, part[:min(500, len(part))])
	}
	for _, a := range list {
		old[a.Login] = &stored{Account: a}
	}
	return units, people, old, err
}

// eachOf runs a query over a list of any length, in parts; empty and doubled words are left out.
func eachOf(ctx context.Context, r store.Reader, query string, words []string, scan func(rows *sql.Rows) error) error {
	seen := map[string]bool{"": true}
	var args []any
	var marks []string
	run := func() error {
		if len(args) == 0 {
			return nil
		}
		err := store.Each(ctx, r, fmt.Sprintf(query, strings.Join(marks, ",")), args, scan)
		args, marks = nil, nil
		return err
	}
	for _, w := range words {
		if seen[w] {
			continue
		}
		seen[w] = true
		args = append(args, w)
		marks = append(marks, fmt.Sprintf("$%d", len(args)))
		if len(args) == 500 {
			if err := run(); err != nil {
				return err
			}
		}
	}
	return run()
}
