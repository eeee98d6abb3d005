// Package audit keeps the log: one entry for every write, in the write's own transaction, every entry a leaf of a
// Merkle tree (RFC 6962; golang.org/x/mod/sumdb/tlog). A signed checkpoint names the size and root of the tree; kept
// elsewhere, it proves that what stood in the log then still does.
package audit

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"plumbline/internal/authz"
	"plumbline/internal/store"
)

// Subject is a thing that entries speak of. Kind is the table-like name of a thing ("unit", "report", "matter").
type Subject struct {
	Kind string
	ID   int64
}

// Change is one field of the subject, before and after, in words or figures; never a secret, never a ballot.
type Change struct {
	Field string `json:"f"`
	From  string `json:"a,omitempty"`
	To    string `json:"b,omitempty"`
}

// Detail is what a write tells the log. ID is the subject's key where the write made the subject; Also names other
// things in whose history the entry should stand.
type Detail struct {
	ID      int64
	Changes []Change
	Note    map[string]string
	Also    []Subject
}

// Entry is one line of the log. At is UTC microseconds; Actor is an account, 0 for the program itself.
type Entry struct {
	Seq     int64
	At      int64
	Actor   int64
	Action  string
	Subject Subject
	Unit    int64
	Changes []Change
	Note    map[string]string
	raw     string
}

type storedDetail struct {
	Changes []Change          `json:"c,omitempty"`
	Note    map[string]string `json:"n,omitempty"`
	Also    []Subject         `json:"s,omitempty"`
}

// Append writes the entry and its hashes in tx; the entry's Seq and At are set here.
func Append(ctx context.Context, tx *store.Tx, e Entry, also []Subject) (seq int64, err error) {
	detail, err := json.Marshal(storedDetail{e.Changes, e.Note, also})
	if err != nil {
		return 0, err
	}
	e.At, e.raw = tx.Now, string(detail)
	if err := tx.QueryRow(ctx, `SELECT COALESCE(MAX(seq) + 1, 0) FROM audit_entry`).Scan(&e.Seq); err != nil {
		return 0, err
	}
	_, err = tx.Exec(ctx, `INSERT INTO audit_entry (seq, at, actor, action, subject_kind, subject_id, unit_id, detail)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`, e.Seq, e.At, e.Actor, e.Action, e.Subject.Kind, e.Subject.ID, e.Unit, e.raw)
	if err != nil {
		return 0, err
	}
	if err := appendHashes(ctx, tx, e); err != nil {
		return 0, err
	}
	for _, s := range append([]Subject{e.Subject}, also...) {
		_, err = tx.Exec(ctx, `INSERT INTO audit_subject (kind, id, seq) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`, s.Kind, s.ID, e.Seq)
		if err != nil {
			return 0, err
		}
	}
	return e.Seq, nil
}

func appendHashes(ctx context.Context, tx *store.Tx, e Entry) error {
	hashes, err := tlog.StoredHashes(e.Seq, e.leaf(), reader{ctx, tx})
	if err != nil {
		return fmt.Errorf("audit: the log's tree can't take the entry: %w", err)
	}
	at := tlog.StoredHashIndex(0, e.Seq)
	for i, h := range hashes {
		if _, err := tx.Exec(ctx, `INSERT INTO audit_hash (idx, hash) VALUES ($1, $2)`, at+int64(i), h[:]); err != nil {
			return err
		}
	}
	return nil
}

// leaf is the canonical form of an entry, what the tree commits to: a JSON array of every column in order.
func (e Entry) leaf() []byte {
	b, err := json.Marshal([]any{1, e.Seq, e.At, e.Actor, e.Action, e.Subject.Kind, e.Subject.ID, e.Unit, e.raw})
	if err != nil {
		panic(err) // numbers and strings always marshal
	}
	return b
}

// reader gives tlog the stored hashes.
type reader struct {
	ctx context.Context
	r   store.Reader
}

func (h reader) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	for i, idx := range indexes {
		var b []byte
		err := h.r.QueryRow(h.ctx, `SELECT hash FROM audit_hash WHERE idx = $1`, idx).Scan(&b)
		if err != nil {
			return nil, fmt.Errorf("hash %d: %w", idx, err)
		}
		if len(b) != tlog.HashSize {
			return nil, fmt.Errorf("hash %d has %d bytes", idx, len(b))
		}
		copy(out[i][:], b)
	}
	return out, nil
}

// Size is the number of entries.
func Size(ctx context.Context, r store.Reader) (n int64, err error) {
	err = r.QueryRow(ctx, `SELECT COALESCE(MAX(seq) + 1, 0) FROM audit_entry`).Scan(&n)
	return n, err
}

const entryColumns = `e.seq, e.at, e.actor, e.action, e.subject_kind, e.subject_id, e.unit_id, e.detail`

func scanEntry(rows *sql.Rows) (Entry, error) { return scanEntryAfter(rows) }

// scanEntryAfter reads the columns that stand before those of the entry into first.
func scanEntryAfter(rows *sql.Rows, first ...any) (Entry, error) {
	var e Entry
	err := rows.Scan(append(first, &e.Seq, &e.At, &e.Actor, &e.Action, &e.Subject.Kind, &e.Subject.ID, &e.Unit, &e.raw)...)
	if err != nil {
		return e, err
	}
	var d struct { // without the things it also speaks of: an import's may be a thousand
		Changes []Change          `json:"c"`
		Note    map[string]string `json:"n"`
	}
	if json.Unmarshal([]byte(e.raw), &d) == nil { // a damaged detail is Verify's to report
		e.Changes, e.Note = d.Changes, d.Note
	}
	return e, nil
}

// History lists what the log says of a thing, newest first.
func History(ctx context.Context, r store.Reader, s Subject, limit int) ([]Entry, error) {
	return store.List(ctx, r, `SELECT `+entryColumns+` FROM audit_subject s JOIN audit_entry e ON e.seq = s.seq
		WHERE s.kind = $1 AND s.id = $2 ORDER BY e.seq DESC LIMIT $3`, []any{s.Kind, s.ID, limit}, scanEntry)
}

// Heads is History without what changed: enough to know whether there is anything to read. An import's entry names a
// thousand units, and each of their pages asks.
func Heads(ctx context.Context, r store.Reader, s Subject, limit int) ([]Entry, error) {
	return store.List(ctx, r, `SELECT e.seq, e.at, e.actor, e.action, e.subject_kind, e.subject_id, e.unit_id FROM audit_subject s
		JOIN audit_entry e ON e.seq = s.seq WHERE s.kind = $1 AND s.id = $2 ORDER BY e.seq DESC LIMIT $3`, []any{s.Kind, s.ID, limit},
		func(rows *sql.Rows) (e Entry, err error) {
			err = rows.Scan(&e.Seq, &e.At, &e.Actor, &e.Action, &e.Subject.Kind, &e.Subject.ID, &e.Unit)
			return e, err
		})
}

// Filter narrows a list of entries; the zero Filter lets everything through. Below is the number that all must stay
// under, 0 for none.
type Filter struct {
	Kind   string // of the subject
	Action string
	Below  int64
}

// Latest lists the newest entries whose unit lies in the scope, newest first; entries that belong to no unit come with
// house only.
func Latest(ctx context.Context, r store.Reader, scope authz.Scope, house bool, f Filter, limit int) ([]Entry, error) {
	query := `SELECT ` + entryColumns + ` FROM audit_entry e`
	var conds []string
	var args []any
	add := func(cond string, arg any) {
		args = append(args, arg)
		conds = append(conds, fmt.Sprintf(cond, len(args)))
	}
	if f.Below > 0 {
		add(`e.seq < $%d`, f.Below)
	}
	if f.Kind != "" {
		add(`e.subject_kind = $%d`, f.Kind)
	}
	if f.Action != "" {
		add(`e.action = $%d`, f.Action)
	}
	if !scope.All() {
		query += ` LEFT JOIN unit u ON u.id = e.unit_id`
		cond, more := scope.Where(`u.path`, len(args)+1)
		if house {
			cond = `(` + cond + ` OR e.unit_id = 0)`
		}
		conds, args = append(conds, cond), append(args, more...)
	}
	if len(conds) > 0 {
		query += ` WHERE ` + strings.Join(conds, ` AND `)
	}
	args = append(args, limit)
	return store.List(ctx, r, query+fmt.Sprintf(` ORDER BY e.seq DESC LIMIT $%d`, len(args)), args, scanEntry)
}

// ErrNone says that there is no such entry.
var ErrNone = errors.New("audit: no such entry")
