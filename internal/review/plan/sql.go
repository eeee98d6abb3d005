package plan

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"plumbline/internal/authz"
	"plumbline/internal/fault"
	"plumbline/internal/store"
)

const columns = `p.id, p.unit_id, p.year, p.name, p.body, p.state, p.digest, p.based_on, p.frozen_at, p.version`

func scan(row interface{ Scan(...any) error }) (p Plan, err error) {
	err = row.Scan(&p.ID, &p.Unit, &p.Year, &p.Name, &p.Text, &p.State, &p.Digest, &p.BasedOn, &p.FrozenAt, &p.Version)
	if errors.Is(err, sql.ErrNoRows) {
		return p, fault.Missing()
	}
	if err != nil {
		return p, err
	}
	if p.Body, err = Parse([]byte(p.Text)); err != nil {
		return p, fmt.Errorf("plan %d: %w", p.ID, err)
	}
	return p, nil
}

func scanRows(rows *sql.Rows) (Plan, error) { return scan(rows) }

// ByID gives a plan, or NotFound. It asks no scope: rooms read the plan of a cycle with it; pages use Find.
func ByID(ctx context.Context, r store.Reader, id int64) (Plan, error) {
	return scan(r.QueryRow(ctx, `SELECT `+columns+` FROM plan p WHERE p.id = $1`, id))
}

// Find gives a plan that the reader may know: a frozen one is announced and open to everyone who is signed in, a draft
// to those whose scope covers its unit.
func Find(ctx context.Context, r store.Reader, scope authz.Scope, id int64) (Plan, error) {
	cond, args := scope.Where("u.path", 2)
	return scan(r.QueryRow(ctx, `SELECT `+columns+` FROM plan p JOIN unit u ON u.id = p.unit_id
		WHERE p.id = $1 AND (p.state = 'frozen' OR `+cond+`)`, append([]any{id}, args...)...))
}

// List gives the plans of the units in the scope, the newest year first.
func List(ctx context.Context, r store.Reader, scope authz.Scope) ([]Plan, error) {
	cond, args := scope.Where("u.path", 1)
	return store.List(ctx, r, `SELECT `+columns+` FROM plan p JOIN unit u ON u.id = p.unit_id
		WHERE `+cond+` ORDER BY p.year DESC, u.path, p.id DESC LIMIT 500`, args, scanRows)
}

// OfUnit gives every plan of one convenor, the newest first. It asks no scope.
func OfUnit(ctx context.Context, r store.Reader, unit int64) ([]Plan, error) {
	return store.List(ctx, r, `SELECT `+columns+` FROM plan p WHERE p.unit_id = $1 ORDER BY p.year DESC, p.id DESC`,
		[]any{unit}, scanRows)
}
