package org

import (
	"context"
	"database/sql"
	"slices"
	"strings"

	"plumbline/internal/authz"
	"plumbline/internal/store"
)

// PageSize is how many units or people a page lists.
const PageSize = 100

// ChildQuery asks for a page of the units right below a unit; Parent 0 asks for the roots.
type ChildQuery struct {
	Parent int64
	Date   string // as of this date
	Past   bool   // Date is not today: names and parents of that time count
	Search string // part of a name, or the beginning of a code
	After  string // the last code of the page before
}

// ChildPage lists at most PageSize units by code, and says whether there are more. Names of units are no secret.
func ChildPage(ctx context.Context, r store.Reader, q ChildQuery) (units []Unit, more bool, err error) {
	there := `(u.from_date = '' OR u.from_date <= $2) AND (u.to_date = '' OR u.to_date > $2)`
	args := []any{q.Parent, q.Date, q.After}
	match := func(name, nameEn string) string { return "" }
	if q.Search != "" {
		args = append(args, q.Search, prefixEnd(q.Search), Like(q.Search), Like(strings.ToLower(q.Search)))
		match = func(name, nameEn string) string {
			return ` AND ((u.code >= $4 AND u.code < $5) OR ` + name + ` LIKE $6 ESCAPE '\' OR LOWER(` + nameEn + `) LIKE $7 ESCAPE '\')`
		}
	}
	now := `SELECT ` + unitColumns + ` FROM unit u WHERE u.parent_id = $1 AND u.code > $3 AND ` + there
	query := now + match("u.name", "u.name_en")
	if q.Past {
		query = now + ` AND u.since <= $2` + match("u.name", "u.name_en") + `
			UNION ALL SELECT u.id, u.code, p.parent_id, u.path, p.kind, p.name, p.name_en, u.from_date, u.to_date, p.from_date, u.successor_id, u.below, u.version
			FROM unit_past p JOIN unit u ON u.id = p.unit_id WHERE p.parent_id = $1 AND u.code > $3 AND p.from_date <= $2 AND p.to_date > $2 AND ` +
			there + match("p.name", "p.name_en")
		query = `SELECT ` + unitColumns + ` FROM (` + query + `) u`
	}
	units, err = store.List(ctx, r, query+` ORDER BY u.code LIMIT `+number(PageSize+1), args, scanUnits)
	if len(units) > PageSize {
		return units[:PageSize], true, err
	}
	return units, false, err
}

// Roots lists the units that have no parent, those that ended included, by code.
func Roots(ctx context.Context, r store.Reader) ([]Unit, error) {
	return store.List(ctx, r, `SELECT `+unitColumns+` FROM unit u WHERE u.parent_id = 0 ORDER BY u.code LIMIT 100`, nil, scanUnits)
}

// SearchUnits finds units whose code begins with the text or whose name holds it, at most limit of them, inside the
// subtree of under ("" or "/": everywhere). Those whose name begins with the text come first.
func SearchUnits(ctx context.Context, r store.Reader, text, under string, limit int) ([]Unit, error) {
	if text == "" {
		return []Unit{}, nil
	}
	byCode, err := store.List(ctx, r, `SELECT `+unitColumns+` FROM unit u WHERE u.code >= $1 AND u.code < $2 ORDER BY u.code LIMIT `+number(int64(limit)),
		[]any{text, prefixEnd(text)}, scanUnits)
	if err != nil {
		return nil, err
	}
	if len(byCode) == limit && depth(under) <= 0 { // the beginning of a code: the names need not be looked through
		return rank(byCode, text, under, limit), nil
	}
	where, args := `(u.name LIKE $1 ESCAPE '\' OR LOWER(u.name_en) LIKE $2 ESCAPE '\')`, []any{Like(text), Like(strings.ToLower(text))}
	if !hasLetter(text) { // no Latin letters: the English names need not be looked through
		where, args = `u.name LIKE $1 ESCAPE '\'`, args[:1]
	}
	if depth(under) > 0 {
		where += ` AND u.path >= $` + number(int64(len(args)+1)) + ` AND u.path < $` + number(int64(len(args)+2))
		args = append(args, under, authz.PathEnd(under))
	}
	byName, err := store.List(ctx, r, `SELECT `+unitColumns+` FROM unit u WHERE `+where+` LIMIT `+number(int64(4*limit)), args, scanUnits)
	if err != nil {
		return nil, err
	}
	return rank(append(byCode, byName...), text, under, limit), nil
}

// rank puts exact hits before beginnings before the rest, higher units before lower ones, and each unit once.
func rank(found []Unit, text, under string, limit int) []Unit {
	seen, classes := map[int64]bool{}, make([][]Unit, 3)
	for _, u := range found {
		if seen[u.ID] || !inside(u.Path, under) {
			continue
		}
		seen[u.ID] = true
		switch {
		case u.Name == text || u.Code == text || strings.EqualFold(u.NameEn, text):
			classes[0] = append(classes[0], u)
		case strings.HasPrefix(u.Name, text) || strings.HasPrefix(u.Code, text) || strings.HasPrefix(strings.ToLower(u.NameEn), strings.ToLower(text)):
			classes[1] = append(classes[1], u)
		default:
			classes[2] = append(classes[2], u)
		}
	}
	out := []Unit{}
	for _, c := range classes {
		byDepth(c)
		out = append(out, c...)
	}
	return out[:min(limit, len(out))]
}

// EachBelow hands over every unit of a subtree, the top first, then by path. Exports use it; it keeps nothing in memory.
func EachBelow(ctx context.Context, r store.Reader, path string, visit func(u Unit, parentCode string) error) error {
	cond, args := `u.path >= $1 AND u.path < $2`, []any{path, authz.PathEnd(path)}
	return store.Each(ctx, r, `SELECT `+unitColumns+`, COALESCE(p.code, '') FROM unit u LEFT JOIN unit p ON p.id = u.parent_id
		WHERE `+cond+` ORDER BY u.path`, args, func(rows *sql.Rows) error {
		var u Unit
		var parent string
		err := rows.Scan(&u.ID, &u.Code, &u.Parent, &u.Path, &u.Kind, &u.Name, &u.NameEn, &u.From, &u.To, &u.Since, &u.Successor, &u.Below, &u.Version, &parent)
		if err != nil {
			return err
		}
		return visit(u, parent)
	})
}

// Like is the pattern that finds a text anywhere; use it with ESCAPE '\'.
func Like(text string) string {
	return "%" + strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(text) + "%"
}

// prefixEnd is a text after everything that begins with the prefix, byte by byte.
func prefixEnd(prefix string) string { return prefix + "\U0010FFFF" }

func hasLetter(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' })
}

// byDepth sorts higher units first and keeps the order inside a level.
func byDepth(units []Unit) {
	slices.SortStableFunc(units, func(a, b Unit) int { return depth(a.Path) - depth(b.Path) })
}

// EachHolderBelow visits whoever holds a post of the unit at a path or of one below it at a date, with the unit's code,
// in the order of the tree.
func EachHolderBelow(ctx context.Context, r store.Reader, path, date string, visit func(h Holder, unit string) error) error {
	return store.Each(ctx, r, `SELECT `+holderColumns+`, u.code FROM `+holderTables+` JOIN unit u ON u.id = p.unit_id
		WHERE u.path >= $1 AND u.path < $2 AND (t.from_date = '' OR t.from_date <= $3) AND (t.to_date = '' OR t.to_date > $3)
		AND (u.to_date = '' OR u.to_date > $3) ORDER BY u.path, p.id, t.from_date, t.id`, []any{path, authz.PathEnd(path), date}, func(rows *sql.Rows) error {
		var unit string
		h, err := scanHolderAnd(rows, &unit)
		if err != nil {
			return err
		}
		return visit(h, unit)
	})
}
