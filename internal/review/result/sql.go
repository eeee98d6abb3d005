package result

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"plumbline/internal/authz"
	"plumbline/internal/fault"
	"plumbline/internal/store"
)

type row interface{ Scan(...any) error }

func missing(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return fault.Missing()
	}
	return err
}

const sheetColumns = `id, cycle_id, unit_id, part, state, lines, account_id, name, at, locked_by, locked_at, reason, version`

func scanSheet(r row) (s Sheet, err error) {
	var lines string
	err = r.Scan(&s.ID, &s.Cycle, &s.Unit, &s.Part, &s.State, &lines, &s.Account, &s.Name, &s.At, &s.LockedBy, &s.LockedAt, &s.Reason, &s.Version)
	if err != nil {
		return s, missing(err)
	}
	if err := json.Unmarshal([]byte(lines), &s.Entries); err != nil {
		return s, fmt.Errorf("check-sheet %d: %w", s.ID, err)
	}
	return s, nil
}

// sheetAt gives a check-sheet, or NotFound.
func sheetAt(ctx context.Context, r store.Reader, cycle int64, at Cell) (Sheet, error) {
	return scanSheet(r.QueryRow(ctx, `SELECT `+sheetColumns+` FROM check_sheet WHERE cycle_id = $1 AND unit_id = $2 AND part = $3`, cycle, at.Unit, at.Part))
}

func sheetsOf(ctx context.Context, r store.Reader, cycle int64) (map[Cell]Sheet, error) {
	out := map[Cell]Sheet{}
	err := store.Each(ctx, r, `SELECT `+sheetColumns+` FROM check_sheet WHERE cycle_id = $1`, []any{cycle}, func(rows *sql.Rows) error {
		s, err := scanSheet(rows)
		out[Cell{s.Unit, s.Part}] = s
		return err
	})
	return out, err
}

func putSheet(ctx context.Context, tx *store.Tx, s *Sheet) error {
	lines, err := json.Marshal(s.Entries)
	if err != nil {
		return err
	}
	s.Version++
	if s.ID == 0 {
		s.ID, err = tx.Insert(ctx, `INSERT INTO check_sheet (cycle_id, unit_id, part, state, lines, account_id, name, at, locked_by, locked_at, reason, version)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) RETURNING id`,
			s.Cycle, s.Unit, s.Part, s.State, string(lines), s.Account, s.Name, s.At, s.LockedBy, s.LockedAt, s.Reason, s.Version)
		return err
	}
	_, err = tx.Exec(ctx, `UPDATE check_sheet SET state = $1, lines = $2, account_id = $3, name = $4, at = $5, locked_by = $6, locked_at = $7, reason = $8, version = $9 WHERE id = $10`,
		s.State, string(lines), s.Account, s.Name, s.At, s.LockedBy, s.LockedAt, s.Reason, s.Version, s.ID)
	return err
}

const figureColumns = `id, cycle_id, unit_id, part, score, note, source, account_id, name, at, version`

func figuresOf(ctx context.Context, r store.Reader, cycle int64) (map[Cell]Figure, error) {
	out := map[Cell]Figure{}
	err := store.Each(ctx, r, `SELECT `+figureColumns+` FROM figure WHERE cycle_id = $1`, []any{cycle}, func(rows *sql.Rows) error {
		var f Figure
		err := rows.Scan(&f.ID, &f.Cycle, &f.Unit, &f.Part, &f.Score, &f.Note, &f.Source, &f.Account, &f.Name, &f.At, &f.Version)
		out[Cell{f.Unit, f.Part}] = f
		return err
	})
	return out, err
}

func putFigure(ctx context.Context, tx *store.Tx, f *Figure) (err error) {
	f.Version++
	if f.ID == 0 {
		f.ID, err = tx.Insert(ctx, `INSERT INTO figure (cycle_id, unit_id, part, score, note, source, account_id, name, at, version)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING id`, f.Cycle, f.Unit, f.Part, f.Score, f.Note, f.Source, f.Account, f.Name, f.At, f.Version)
		return err
	}
	_, err = tx.Exec(ctx, `UPDATE figure SET score = $1, note = $2, source = $3, account_id = $4, name = $5, at = $6, version = $7 WHERE id = $8`,
		f.Score, f.Note, f.Source, f.Account, f.Name, f.At, f.Version, f.ID)
	return err
}

const fixedColumns = `id, cycle_id, no, digest, plan_digest, tally_digest, name, at`

// Results lists the fixed results of a cycle, the newest first. It asks no scope.
func Results(ctx context.Context, r store.Reader, cycle int64) ([]Fixed, error) {
	return store.List(ctx, r, `SELECT `+fixedColumns+` FROM result WHERE cycle_id = $1 ORDER BY no DESC`, []any{cycle}, func(rows *sql.Rows) (f Fixed, err error) {
		err = rows.Scan(&f.ID, &f.Cycle, &f.No, &f.Digest, &f.PlanDigest, &f.TallyDigest, &f.Name, &f.At)
		return f, err
	})
}

// recordByID gives the unmasked record of a fixed result.
func recordByID(ctx context.Context, r store.Reader, id int64) (rec Record, err error) {
	var body string
	if err = r.QueryRow(ctx, `SELECT body FROM result WHERE id = $1`, id).Scan(&body); err != nil {
		return rec, missing(err)
	}
	return rec, json.Unmarshal([]byte(body), &rec)
}

const decisionColumns = `id, cycle_id, no, result_id, group_id, body, met_on, reason, quota_reason, name, at`

// Decisions lists the decisions of a cycle with their grades, the newest first. It asks no scope.
func Decisions(ctx context.Context, r store.Reader, cycle int64) ([]Decision, error) {
	list, err := store.List(ctx, r, `SELECT `+decisionColumns+` FROM decision WHERE cycle_id = $1 ORDER BY no DESC`, []any{cycle}, func(rows *sql.Rows) (d Decision, err error) {
		err = rows.Scan(&d.ID, &d.Cycle, &d.No, &d.Result, &d.Group, &d.Body, &d.MetOn, &d.Reason, &d.QuotaReason, &d.Name, &d.At)
		return d, err
	})
	if err != nil || len(list) == 0 {
		return list, err
	}
	at := map[int64]int{}
	for i, d := range list {
		at[d.ID] = i
	}
	err = store.Each(ctx, r, `SELECT g.decision_id, g.unit_id, g.suggested, g.grade, g.reason FROM decision_grade g
		JOIN decision d ON d.id = g.decision_id WHERE d.cycle_id = $1 ORDER BY g.decision_id, g.unit_id`, []any{cycle}, func(rows *sql.Rows) error {
		var id int64
		var g Grade
		err := rows.Scan(&id, &g.Unit, &g.Suggested, &g.Grade, &g.Reason)
		if err == nil {
			list[at[id]].Grades = append(list[at[id]].Grades, g)
		}
		return err
	})
	return list, err
}

const letterColumns = `l.id, l.cycle_id, l.convenor_id, l.unit_id, l.kind, l.decision_id, l.lang, l.reach, l.content, l.state, l.year, l.no, l.number, l.issued_on, l.issued_at, l.issued_by, l.reason, l.name, l.at, l.version`

func scanLetter(r row) (l Letter, err error) {
	var content string
	err = r.Scan(&l.ID, &l.Cycle, &l.Convenor, &l.Unit, &l.Kind, &l.Decision, &l.Lang, &l.Reach, &content, &l.State, &l.Year, &l.No, &l.Number,
		&l.IssuedOn, &l.IssuedAt, &l.IssuedBy, &l.Reason, &l.Name, &l.At, &l.Version)
	if err != nil {
		return l, missing(err)
	}
	return l, json.Unmarshal([]byte(content), &l.Content)
}

func scanLetters(rows *sql.Rows) (Letter, error) { return scanLetter(rows) }

// letterByID gives a letter, or NotFound. It asks no scope.
func letterByID(ctx context.Context, r store.Reader, id int64) (Letter, error) {
	return scanLetter(r.QueryRow(ctx, `SELECT `+letterColumns+` FROM letter l WHERE l.id = $1`, id))
}

// lettersOf lists the letters of a cycle, the newest first. It asks no scope.
func lettersOf(ctx context.Context, r store.Reader, cycle int64) ([]Letter, error) {
	return store.List(ctx, r, `SELECT `+letterColumns+` FROM letter l WHERE l.cycle_id = $1 ORDER BY l.id DESC`, []any{cycle}, scanLetters)
}

func (s *Service) lettersWhere(ctx context.Context, where string, args []any) ([]Letter, error) {
	return store.List(ctx, s.db, `SELECT `+letterColumns+` FROM letter l WHERE `+where, args, scanLetters)
}

// IssuedTo lists the feedback letters that were issued to units in the scope, the newest first.
func IssuedTo(ctx context.Context, r store.Reader, scope authz.Scope, most int) ([]Letter, error) {
	cond, args := scope.Where("u.path", 2)
	return store.List(ctx, r, `SELECT `+letterColumns+` FROM letter l JOIN unit u ON u.id = l.unit_id
		WHERE l.state = 'issued' AND l.kind = 'feedback' AND `+cond+` ORDER BY l.issued_at DESC, l.id DESC LIMIT $1`, append([]any{most}, args...), scanLetters)
}

func putLetter(ctx context.Context, tx *store.Tx, l *Letter) error {
	content, err := json.Marshal(l.Content)
	if err != nil {
		return err
	}
	l.Version++
	if l.ID == 0 {
		l.ID, err = tx.Insert(ctx, `INSERT INTO letter (cycle_id, convenor_id, unit_id, kind, decision_id, lang, reach, content, state, year, no, number,
			issued_on, issued_at, issued_by, reason, name, at, version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, 0, '', '', 0, '', '', $10, $11, $12) RETURNING id`,
			l.Cycle, l.Convenor, l.Unit, l.Kind, l.Decision, l.Lang, l.Reach, string(content), l.State, l.Name, l.At, l.Version)
		return err
	}
	_, err = tx.Exec(ctx, `UPDATE letter SET decision_id = $1, lang = $2, reach = $3, content = $4, state = $5, year = $6, no = $7, number = $8,
		issued_on = $9, issued_at = $10, issued_by = $11, reason = $12, name = $13, at = $14, version = $15 WHERE id = $16`,
		l.Decision, l.Lang, l.Reach, string(content), l.State, l.Year, l.No, l.Number, l.IssuedOn, l.IssuedAt, l.IssuedBy, l.Reason, l.Name, l.At, l.Version, l.ID)
	return err
}
