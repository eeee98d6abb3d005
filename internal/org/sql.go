package org

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"plumbline/internal/fault"
	"plumbline/internal/store"
)

const unitColumns = `u.id, u.code, u.parent_id, u.path, u.kind, u.name, u.name_en, u.from_date, u.to_date, u.since, u.successor_id, u.below, u.version`

type row interface{ Scan(...any) error }

func scanUnit(r row) (u Unit, err error) {
	err = r.Scan(&u.ID, &u.Code, &u.Parent, &u.Path, &u.Kind, &u.Name, &u.NameEn, &u.From, &u.To, &u.Since, &u.Successor, &u.Below, &u.Version)
	if errors.Is(err, sql.ErrNoRows) {
		err = fault.Missing()
	}
	return u, err
}

func scanUnits(rows *sql.Rows) (Unit, error) { return scanUnit(rows) }

// UnitByID gives a unit, or NotFound. Names and places of units are no secret inside the organisation.
func UnitByID(ctx context.Context, r store.Reader, id int64) (Unit, error) {
	return scanUnit(r.QueryRow(ctx, `SELECT `+unitColumns+` FROM unit u WHERE u.id = $1`, id))
}

// UnitByCode gives a unit by its code, or NotFound.
func UnitByCode(ctx context.Context, r store.Reader, code string) (Unit, error) {
	return scanUnit(r.QueryRow(ctx, `SELECT `+unitColumns+` FROM unit u WHERE u.code = $1`, code))
}

// UnitsByID gives the units of a list, by id; an unknown id is simply absent.
func UnitsByID(ctx context.Context, r store.Reader, ids []int64) (map[int64]Unit, error) {
	out := map[int64]Unit{}
	for len(ids) > 0 {
		part := ids[:min(500, len(ids))]
		ids = ids[len(part):]
		marks, args := placeholders(part)
		err := store.Each(ctx, r, `SELECT `+unitColumns+` FROM unit u WHERE u.id IN (`+marks+`)`, args, func(rows *sql.Rows) error {
			u, err := scanUnit(rows)
			out[u.ID] = u
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// UnitsByCode gives the units of a list, by code; an unknown code is simply absent.
func UnitsByCode(ctx context.Context, r store.Reader, codes []string) (map[string]Unit, error) {
	out := map[string]Unit{}
	for len(codes) > 0 {
		part := codes[:min(500, len(codes))]
		codes = codes[len(part):]
		marks, args := placeholders(part)
		err := store.Each(ctx, r, `SELECT `+unitColumns+` FROM unit u WHERE u.code IN (`+marks+`)`, args, func(rows *sql.Rows) error {
			u, err := scanUnit(rows)
			out[u.Code] = u
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

func placeholders[K int64 | string](ids []K) (string, []any) {
	marks, args := make([]string, len(ids)), make([]any, len(ids))
	for i, id := range ids {
		marks[i], args[i] = fmt.Sprintf("$%d", i+1), id
	}
	return strings.Join(marks, ","), args
}

// Children lists the units right below a unit that exist at the date, by code.
func Children(ctx context.Context, r store.Reader, parent int64, date string) ([]Unit, error) {
	return store.List(ctx, r, `SELECT `+unitColumns+` FROM unit u WHERE u.parent_id = $1
		AND (u.from_date = '' OR u.from_date <= $2) AND (u.to_date = '' OR u.to_date > $2) ORDER BY u.code`, []any{parent, date}, scanUnits)
}

const holderColumns = `t.id, t.post_id, t.person_id, t.from_date, t.to_date, t.version,
	p.id, p.unit_id, p.kind, p.title, p.title_en, p.from_date, p.to_date, p.version,
	n.id, n.code, n.name, n.name_en, n.version`

const holderTables = `tenure t JOIN post p ON p.id = t.post_id JOIN person n ON n.id = t.person_id`

func scanHolder(rows *sql.Rows) (h Holder, err error) { return scanHolderAnd(rows) }

// scanHolderAnd reads the columns of a holder and those behind them.
func scanHolderAnd(rows *sql.Rows, more ...any) (h Holder, err error) {
	err = rows.Scan(append([]any{&h.Tenure.ID, &h.Tenure.Post, &h.Tenure.Person, &h.Tenure.From, &h.Tenure.To, &h.Tenure.Version,
		&h.Post.ID, &h.Post.Unit, &h.Post.Kind, &h.Post.Title, &h.Post.TitleEn, &h.Post.From, &h.Post.To, &h.Post.Version,
		&h.Person.ID, &h.Person.Code, &h.Person.Name, &h.Person.NameEn, &h.Person.Version}, more...)...)
	return h, err
}

// HoldersAt lists who held which post of a unit at a date: "who was secretary on 25 January 2022?"
func HoldersAt(ctx context.Context, r store.Reader, unit int64, date string) ([]Holder, error) {
	return store.List(ctx, r, `SELECT `+holderColumns+` FROM `+holderTables+` WHERE p.unit_id = $1
		AND (t.from_date = '' OR t.from_date <= $2) AND (t.to_date = '' OR t.to_date > $2) ORDER BY p.id, t.from_date`,
		[]any{unit, date}, scanHolder)
}

// PostsOf lists every post that a person holds at a date.
func PostsOf(ctx context.Context, r store.Reader, person int64, date string) ([]Holder, error) {
	return store.List(ctx, r, `SELECT `+holderColumns+` FROM `+holderTables+` WHERE t.person_id = $1
		AND (t.from_date = '' OR t.from_date <= $2) AND (t.to_date = '' OR t.to_date > $2) ORDER BY p.id, t.from_date`,
		[]any{person, date}, scanHolder)
}

// PersonByID gives a person, or NotFound.
func PersonByID(ctx context.Context, r store.Reader, id int64) (p Person, err error) {
	err = r.QueryRow(ctx, `SELECT id, code, name, name_en, version FROM person WHERE id = $1`, id).Scan(&p.ID, &p.Code, &p.Name, &p.NameEn, &p.Version)
	if errors.Is(err, sql.ErrNoRows) {
		err = fault.Missing()
	}
	return p, err
}

// PeopleByID gives the people of a list, by id.
func PeopleByID(ctx context.Context, r store.Reader, ids []int64) (map[int64]Person, error) {
	out := map[int64]Person{}
	for len(ids) > 0 {
		part := ids[:min(500, len(ids))]
		ids = ids[len(part):]
		marks, args := placeholders(part)
		err := store.Each(ctx, r, `SELECT id, code, name, name_en, version FROM person WHERE id IN (`+marks+`)`, args, func(rows *sql.Rows) error {
			var p Person
			err := rows.Scan(&p.ID, &p.Code, &p.Name, &p.NameEn, &p.Version)
			out[p.ID] = p
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}
