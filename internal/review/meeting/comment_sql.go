package meeting

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"plumbline/internal/authz"
	"plumbline/internal/fault"
	"plumbline/internal/store"
)

const commentColumns = `k.id, k.cycle_id, k.meeting_id, k.reporter_id, k.unit_id, k.capacity, k.account_id, k.person_id, k.author, k.author_en, k.post, k.post_en,
	k.body, k.edition, k.pending, k.changed_at, k.changed_by, k.version`

func scanComment(row interface{ Scan(...any) error }) (c Comment, err error) {
	var body string
	var pending int
	err = row.Scan(&c.ID, &c.Cycle, &c.Meeting, &c.Reporter, &c.Unit, &c.Voice, &c.Account, &c.Person, &c.Author.Zh, &c.Author.En, &c.Post.Zh, &c.Post.En,
		&body, &c.Edition, &pending, &c.ChangedAt, &c.ChangedBy, &c.Version)
	if errors.Is(err, sql.ErrNoRows) {
		err = fault.Missing()
	}
	if err != nil {
		return c, err
	}
	c.Pending = pending == 1
	c.Body, err = parseBody(body)
	return c, err
}

// CommentByID gives a comment with its draft, or NotFound. It asks nobody; pages use FindComment.
func CommentByID(ctx context.Context, r store.Reader, id int64) (Comment, error) {
	return scanComment(r.QueryRow(ctx, `SELECT `+commentColumns+` FROM meeting_comment k WHERE k.id = $1`, id))
}

// Reader is who reads comments: everybody reads the confirmed ones on units in Scope; who runs the meeting also the
// drafts of the chair and of members; authors their own.
type Reader struct {
	Account int64
	Runs    bool // the meeting's convenor's: whoever asks has checked it
	Scope   authz.Scope
}

// known renders what the reader may know of comments, with the place of the next argument.
func (v Reader) known(next int) (string, []any) {
	cond, args := v.Scope.Where("u.path", next)
	runs := 0
	if v.Runs {
		runs = 1
	}
	n := next + len(args)
	return fmt.Sprintf(`((k.edition > 0 AND %s) OR (k.account_id = $%d AND k.account_id <> 0) OR (CAST($%d AS INTEGER) = 1 AND k.capacity <> 'higher'))`, cond, n, n+1),
		append(args, v.Account, runs)
}

// drafts says whether the reader may see the draft of a comment that it may know of.
func (v Reader) drafts(c Comment) bool {
	return c.Account != 0 && c.Account == v.Account || v.Runs && c.Voice != Higher
}

const readTables = `meeting_comment k JOIN unit u ON u.id = k.unit_id
	LEFT JOIN meeting_comment_edition e ON e.comment_id = k.id AND e.no = k.edition`

// scanRead scans a comment with its latest edition; whoever may not see the draft gets that in its place.
func scanRead(v Reader, row interface{ Scan(...any) error }) (Comment, error) {
	var latest string
	c, err := scanComment(extra{row, []any{&latest}})
	if err != nil || v.drafts(c) {
		return c, err
	}
	c.Pending = false
	c.Body, err = parseBody(latest)
	return c, err
}

// FindComment gives a comment that the reader may know of, or NotFound. Its Body is the draft for those who may see it,
// for all others the latest edition.
func FindComment(ctx context.Context, r store.Reader, v Reader, id int64) (Comment, error) {
	cond, args := v.known(2)
	return scanRead(v, r.QueryRow(ctx, `SELECT `+commentColumns+`, COALESCE(e.body, '') FROM `+readTables+`
		WHERE k.id = $1 AND `+cond, append([]any{id}, args...)...))
}

// Comments lists the comments of a meeting that the reader may know of, the chair's first; see FindComment.
func Comments(ctx context.Context, r store.Reader, v Reader, meeting int64) ([]Comment, error) {
	cond, args := v.known(2)
	return store.List(ctx, r, `SELECT `+commentColumns+`, COALESCE(e.body, '') FROM `+readTables+`
		WHERE k.meeting_id = $1 AND `+cond+` ORDER BY k.reporter_id, CASE k.capacity WHEN 'chair' THEN 0 ELSE 1 END, k.id`,
		append([]any{meeting}, args...), func(rows *sql.Rows) (Comment, error) { return scanRead(v, rows) })
}

// Confirmed is a comment as everybody reads it: its latest edition.
type Confirmed struct {
	Comment
	Latest Edition
}

// ConfirmedOn gives the confirmed comments of a cycle on one unit, the chair's first; unit 0 is every unit. It asks
// nobody: letters, reports and results read it.
func ConfirmedOn(ctx context.Context, r store.Reader, cycle, unit int64) ([]Confirmed, error) {
	return store.List(ctx, r, `SELECT `+commentColumns+`, e.no, e.body, e.digest, e.at, e.name FROM meeting_comment k
		JOIN meeting_comment_edition e ON e.comment_id = k.id AND e.no = k.edition WHERE k.cycle_id = $1 AND (CAST($2 AS BIGINT) = 0 OR k.unit_id = CAST($2 AS BIGINT))
		ORDER BY k.reporter_id, CASE k.capacity WHEN 'chair' THEN 0 ELSE 1 END, k.id`, []any{cycle, unit},
		func(rows *sql.Rows) (c Confirmed, err error) {
			var body string
			c.Comment, err = scanComment(extra{rows, []any{&c.Latest.No, &body, &c.Latest.Digest, &c.Latest.At, &c.Latest.By}})
			if err != nil {
				return c, err
			}
			c.Latest.Body, err = parseBody(body)
			return c, err
		})
}

// OnUnit is how the comments on a unit stand: one is confirmed; the chair's, or a correction of it, waits to be.
type OnUnit struct{ Confirmed, Draft bool }

// StandingOf says it of every unit that has a comment in a cycle. It asks nobody: letters read it.
func StandingOf(ctx context.Context, r store.Reader, cycle int64) (map[int64]OnUnit, error) {
	out := map[int64]OnUnit{}
	err := store.Each(ctx, r, `SELECT unit_id, MAX(CASE WHEN edition > 0 THEN 1 ELSE 0 END),
		MAX(CASE WHEN capacity = 'chair' AND (edition = 0 OR pending = 1) THEN 1 ELSE 0 END)
		FROM meeting_comment WHERE cycle_id = $1 GROUP BY unit_id`, []any{cycle}, func(rows *sql.Rows) error {
		var unit int64
		var confirmed, draft int
		err := rows.Scan(&unit, &confirmed, &draft)
		out[unit] = OnUnit{confirmed == 1, draft == 1}
		return err
	})
	return out, err
}

// extra scans further columns behind those that a scan function knows.
type extra struct {
	row  interface{ Scan(...any) error }
	more []any
}

func (x extra) Scan(into ...any) error { return x.row.Scan(append(into, x.more...)...) }

// EditionOf gives one confirmed text of a comment, or NotFound. It asks nobody.
func EditionOf(ctx context.Context, r store.Reader, comment int64, no int) (Edition, error) {
	return scanEdition(r.QueryRow(ctx, `SELECT no, body, digest, at, name FROM meeting_comment_edition WHERE comment_id = $1 AND no = $2`, comment, no))
}

// Editions lists the confirmed texts of a comment, the latest first. It asks nobody.
func Editions(ctx context.Context, r store.Reader, comment int64) ([]Edition, error) {
	return store.List(ctx, r, `SELECT no, body, digest, at, name FROM meeting_comment_edition WHERE comment_id = $1 ORDER BY no DESC`,
		[]any{comment}, func(rows *sql.Rows) (Edition, error) { return scanEdition(rows) })
}

func scanEdition(row interface{ Scan(...any) error }) (e Edition, err error) {
	var body string
	err = row.Scan(&e.No, &body, &e.Digest, &e.At, &e.By)
	if errors.Is(err, sql.ErrNoRows) {
		err = fault.Missing()
	}
	if err != nil {
		return e, err
	}
	e.Body, err = parseBody(body)
	return e, err
}

// Links gives the matters that the problems of a comment became: by the problem's key, by unit. It asks nobody.
func Links(ctx context.Context, r store.Reader, comment int64) (map[string]map[int64]int64, error) {
	out := map[string]map[int64]int64{}
	err := store.Each(ctx, r, `SELECT item, unit_id, matter_id FROM meeting_comment_finding WHERE comment_id = $1`, []any{comment}, func(rows *sql.Rows) error {
		var item string
		var unit, matter int64
		err := rows.Scan(&item, &unit, &matter)
		if out[item] == nil {
			out[item] = map[int64]int64{}
		}
		out[item][unit] = matter
		return err
	})
	return out, err
}

func findComment(ctx context.Context, r store.Reader, c Comment) (id int64, err error) {
	err = r.QueryRow(ctx, `SELECT id FROM meeting_comment WHERE meeting_id = $1 AND reporter_id = $2 AND capacity = $3 AND account_id = $4`,
		c.Meeting, c.Reporter, string(c.Voice), c.Account).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return id, err
}

func insertComment(ctx context.Context, tx *store.Tx, c Comment, by string) (int64, error) {
	return tx.Insert(ctx, `INSERT INTO meeting_comment (cycle_id, meeting_id, reporter_id, unit_id, capacity, account_id, person_id, author, author_en, post, post_en,
		body, edition, pending, changed_at, changed_by, version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 0, 1, $13, $14, 1) RETURNING id`,
		c.Cycle, c.Meeting, c.Reporter, c.Unit, string(c.Voice), c.Account, c.Person, c.Author.Zh, c.Author.En, c.Post.Zh, c.Post.En, c.Body.text(), tx.Now, by)
}

func saveDraft(ctx context.Context, tx *store.Tx, id int64, b Body, pending bool, by string) error {
	flag := 0
	if pending {
		flag = 1
	}
	_, err := tx.Exec(ctx, `UPDATE meeting_comment SET body = $2, pending = $3, changed_at = $4, changed_by = $5, version = version + 1 WHERE id = $1`,
		id, b.text(), flag, tx.Now, by)
	return err
}

func confirmTx(ctx context.Context, tx *store.Tx, c Comment, e Edition, actor authz.Actor) error {
	_, err := tx.Exec(ctx, `INSERT INTO meeting_comment_edition (comment_id, no, body, digest, at, account_id, name) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		c.ID, e.No, e.Body.text(), e.Digest, e.At, actor.Account, e.By)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `UPDATE meeting_comment SET edition = $2, pending = 0, version = version + 1 WHERE id = $1`, c.ID, e.No)
	return err
}

func insertLink(ctx context.Context, tx *store.Tx, comment int64, item string, unit, matter int64, edition int) error {
	_, err := tx.Exec(ctx, `INSERT INTO meeting_comment_finding (comment_id, item, unit_id, matter_id, edition) VALUES ($1, $2, $3, $4, $5)`,
		comment, item, unit, matter, edition)
	return err
}

// slotOf is the slot of a reporter, 0 where there is none.
func slotOf(ctx context.Context, r store.Reader, meeting, reporter int64) (id int64, err error) {
	err = r.QueryRow(ctx, `SELECT id FROM meeting_slot WHERE meeting_id = $1 AND reporter_id = $2 AND removed = 0`, meeting, reporter).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return id, err
}

// UsedKeys lists the keys of every problem that a comment has or ever had in a confirmed text. It asks nobody.
func UsedKeys(ctx context.Context, r store.Reader, c Comment) ([]string, error) {
	editions, err := Editions(ctx, r, c.ID)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, p := range c.Body.Problems {
		out = append(out, p.Key)
	}
	for _, e := range editions {
		for _, p := range e.Body.Problems {
			out = append(out, p.Key)
		}
	}
	return out, nil
}
