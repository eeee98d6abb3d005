package report

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"

	"plumbline/internal/authz"
	"plumbline/internal/fault"
	"plumbline/internal/store"
	"plumbline/internal/wording"
)

const headColumns = `cr.id, cr.cycle_id, c.previous_id, c.state, c.name, c.name_en, c.year, cr.mode,
	u.id, u.code, u.parent_id, u.path, u.kind, u.name, u.name_en,
	k.id, k.code, k.path, k.kind, k.name, k.name_en,
	COALESCE(n.id, 0), COALESCE(n.name, ''), COALESCE(n.name_en, ''), COALESCE(p.title, ''), COALESCE(p.title_en, ''),
	COALESCE(d.due, ''), COALESCE(r.due, ''), COALESCE(r.state, 'drafting'), COALESCE(r.number, 0), COALESCE(r.warnings, 0),
	COALESCE(r.submitted_at, 0), COALESCE(r.submitted_by, ''), COALESCE(r.decided_at, 0), COALESCE(r.decided_by, ''), COALESCE(r.version, 0)`

const headFrom = `cycle_reporter cr JOIN cycle c ON c.id = cr.cycle_id JOIN unit u ON u.id = cr.unit_id JOIN unit k ON k.id = c.unit_id
	LEFT JOIN person n ON n.id = cr.person_id LEFT JOIN post p ON p.id = cr.post_id
	LEFT JOIN report r ON r.reporter_id = cr.id LEFT JOIN cycle_deadline d ON d.cycle_id = c.id AND d.step = 'report' WHERE cr.state = 'active'`

func scanHead(row interface{ Scan(...any) error }) (h Head, err error) {
	var name, nameEn, post, postEn, own string
	err = row.Scan(&h.Reporter, &h.Cycle, &h.Previous, &h.CycleState, &name, &nameEn, &h.Year, &h.Mode,
		&h.Unit.ID, &h.Unit.Code, &h.Unit.Parent, &h.Unit.Path, &h.Unit.Kind, &h.Unit.Name, &h.Unit.NameEn,
		&h.Convenor.ID, &h.Convenor.Code, &h.Convenor.Path, &h.Convenor.Kind, &h.Convenor.Name, &h.Convenor.NameEn,
		&h.Person.ID, &h.Person.Name, &h.Person.NameEn, &post, &postEn,
		&h.Due, &own, &h.State, &h.Number, &h.Warnings, &h.SubmittedAt, &h.SubmittedBy, &h.DecidedAt, &h.DecidedBy, &h.Version)
	if errors.Is(err, sql.ErrNoRows) {
		return h, fault.Missing()
	}
	if own != "" {
		h.Due = own
	}
	h.CycleName, h.Post = wording.Text{"zh": name, "en": nameEn}, wording.Text{"zh": post, "en": postEn}
	return h, err
}

func findHead(ctx context.Context, r store.Reader, reporter int64) (Head, error) {
	return scanHead(r.QueryRow(ctx, `SELECT `+headColumns+` FROM `+headFrom+` AND cr.id = $1`, reporter))
}

func scopedHead(ctx context.Context, r store.Reader, scope authz.Scope, reporter int64) (Head, error) {
	cond, args := scope.Where("u.path", 2)
	return scanHead(r.QueryRow(ctx, `SELECT `+headColumns+` FROM `+headFrom+` AND cr.id = $1 AND `+cond, append([]any{reporter}, args...)...))
}

func listHeads(ctx context.Context, r store.Reader, where string, args []any) ([]Head, error) {
	return store.List(ctx, r, `SELECT `+headColumns+` FROM `+headFrom+` AND `+where, args,
		func(rows *sql.Rows) (Head, error) { return scanHead(rows) })
}

// touch makes the report's row if need be and counts one change of the working text.
func touch(ctx context.Context, tx *store.Tx, reporter int64) error {
	_, err := tx.Exec(ctx, `INSERT INTO report (reporter_id, state, number, due, warnings, submitted_at, submitted_by, decided_at, decided_by, version)
		VALUES ($1, 'drafting', 0, '', 0, 0, '', 0, '', 1) ON CONFLICT (reporter_id) DO UPDATE SET version = report.version + 1`, reporter)
	return err
}

const partColumns = `part, body, account_id, name, at, version`

func scanPart(row interface{ Scan(...any) error }) (p Part, err error) {
	err = row.Scan(&p.Key, &p.Body, &p.Account, &p.By, &p.At, &p.Version)
	return p, err
}

// findPart gives a part; one that nobody has written yet has version 0.
func findPart(ctx context.Context, r store.Reader, reporter int64, key string) (Part, error) {
	p, err := scanPart(r.QueryRow(ctx, `SELECT `+partColumns+` FROM report_part WHERE reporter_id = $1 AND part = $2`, reporter, key))
	if errors.Is(err, sql.ErrNoRows) {
		return Part{Key: key}, nil
	}
	return p, err
}

func listParts(ctx context.Context, r store.Reader, reporter int64) (map[string]Part, error) {
	out := map[string]Part{}
	err := store.Each(ctx, r, `SELECT `+partColumns+` FROM report_part WHERE reporter_id = $1`, []any{reporter}, func(rows *sql.Rows) error {
		p, err := scanPart(rows)
		out[p.Key] = p
		return err
	})
	return out, err
}

func putPart(ctx context.Context, tx *store.Tx, reporter int64, p Part) error {
	_, err := tx.Exec(ctx, `INSERT INTO report_part (reporter_id, part, body, account_id, name, at, version) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (reporter_id, part) DO UPDATE SET body = excluded.body, account_id = excluded.account_id, name = excluded.name,
		at = excluded.at, version = excluded.version`, reporter, p.Key, p.Body, p.Account, p.By, p.At, p.Version)
	return err
}

func putAside(ctx context.Context, tx *store.Tx, reporter, account int64, key, body string) error {
	_, err := tx.Exec(ctx, `INSERT INTO report_aside (reporter_id, part, account_id, body, at) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (reporter_id, part, account_id) DO UPDATE SET body = excluded.body, at = excluded.at`, reporter, key, account, body, tx.Now)
	return err
}

func dropAside(ctx context.Context, tx *store.Tx, reporter, account int64, key string) error {
	_, err := tx.Exec(ctx, `DELETE FROM report_aside WHERE reporter_id = $1 AND part = $2 AND account_id = $3`, reporter, key, account)
	return err
}

func listAsides(ctx context.Context, r store.Reader, reporter, account int64) ([]Aside, error) {
	return store.List(ctx, r, `SELECT part, body, at FROM report_aside WHERE reporter_id = $1 AND account_id = $2 ORDER BY part`,
		[]any{reporter, account}, func(rows *sql.Rows) (a Aside, err error) {
			return a, rows.Scan(&a.Part, &a.Body, &a.At)
		})
}

const fileColumns = `id, hash, size, kind, name, added_by, added_at, removed_at`

func scanFile(row interface{ Scan(...any) error }) (f File, err error) {
	err = row.Scan(&f.ID, &f.Hash, &f.Size, &f.Kind, &f.Name, &f.By, &f.At, &f.Removed)
	if errors.Is(err, sql.ErrNoRows) {
		err = fault.Missing()
	}
	return f, err
}

func listFiles(ctx context.Context, r store.Reader, reporter int64) ([]File, error) {
	return store.List(ctx, r, `SELECT `+fileColumns+` FROM report_file WHERE reporter_id = $1 AND removed_at = 0 ORDER BY id`,
		[]any{reporter}, func(rows *sql.Rows) (File, error) { return scanFile(rows) })
}

func findFile(ctx context.Context, r store.Reader, reporter, id int64) (File, error) {
	return scanFile(r.QueryRow(ctx, `SELECT `+fileColumns+` FROM report_file WHERE reporter_id = $1 AND id = $2`, reporter, id))
}

const remarkColumns = `id, number, part, body, name, at, sent_at, answer, answered_by, answered_at, version`

func scanRemark(row interface{ Scan(...any) error }) (m Remark, err error) {
	err = row.Scan(&m.ID, &m.Number, &m.Part, &m.Body, &m.By, &m.At, &m.SentAt, &m.Answer, &m.AnsweredBy, &m.AnsweredAt, &m.Version)
	if errors.Is(err, sql.ErrNoRows) {
		err = fault.Missing()
	}
	return m, err
}

func listRemarks(ctx context.Context, r store.Reader, reporter int64) ([]Remark, error) {
	return store.List(ctx, r, `SELECT `+remarkColumns+` FROM report_remark WHERE reporter_id = $1 ORDER BY number, id`,
		[]any{reporter}, func(rows *sql.Rows) (Remark, error) { return scanRemark(rows) })
}

func findRemark(ctx context.Context, r store.Reader, reporter, id int64) (Remark, error) {
	return scanRemark(r.QueryRow(ctx, `SELECT `+remarkColumns+` FROM report_remark WHERE reporter_id = $1 AND id = $2`, reporter, id))
}

func listReceipts(ctx context.Context, r store.Reader, reporter int64) ([]Receipt, error) {
	return store.List(ctx, r, `SELECT number, name, at FROM report_receipt WHERE reporter_id = $1 ORDER BY number, at, account_id`,
		[]any{reporter}, func(rows *sql.Rows) (c Receipt, err error) {
			return c, rows.Scan(&c.Number, &c.By, &c.At)
		})
}

func listVersions(ctx context.Context, r store.Reader, reporter int64) ([]Version, error) {
	return store.List(ctx, r, `SELECT id, number, at, name, digest, checks FROM report_version WHERE reporter_id = $1 ORDER BY id DESC`,
		[]any{reporter}, func(rows *sql.Rows) (v Version, err error) {
			var checks string
			if err = rows.Scan(&v.ID, &v.Number, &v.At, &v.By, &v.Digest, &checks); err == nil && checks != "" {
				err = json.Unmarshal([]byte(checks), &v.Checks)
			}
			return v, err
		})
}

// versionBody gives a kept state by its key, or by its number when id is 0.
func versionBody(ctx context.Context, r store.Reader, reporter, id int64, number int) (v Version, c Content, err error) {
	var body, checks string
	query, arg := `id = $2`, any(id)
	if id == 0 {
		query, arg = `number = $2 AND number > 0`, number
	}
	err = r.QueryRow(ctx, `SELECT id, number, at, name, digest, checks, body FROM report_version WHERE reporter_id = $1 AND `+query,
		reporter, arg).Scan(&v.ID, &v.Number, &v.At, &v.By, &v.Digest, &checks, &body)
	if errors.Is(err, sql.ErrNoRows) {
		return v, c, fault.Missing()
	}
	if err == nil && checks != "" {
		err = json.Unmarshal([]byte(checks), &v.Checks)
	}
	if err == nil {
		err = json.Unmarshal([]byte(body), &c)
	}
	return v, c, err
}

func lastKept(ctx context.Context, r store.Reader, reporter, account int64) (at int64, err error) {
	err = r.QueryRow(ctx, `SELECT COALESCE(MAX(at), 0) FROM report_version WHERE reporter_id = $1 AND account_id = $2 AND number = 0`, reporter, account).Scan(&at)
	return at, err
}
