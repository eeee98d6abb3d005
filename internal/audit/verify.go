package audit

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"math"

	"golang.org/x/mod/sumdb/tlog"

	"plumbline/internal/store"
)

// Bad is the first entry at which the log does not hold, and why.
type Bad struct {
	Seq    int64
	Reason string
}

func (b *Bad) Error() string { return fmt.Sprintf("entry %d: %s", b.Seq, b.Reason) }

// Tree is a size and the root over that many entries.
type Tree struct {
	Size int64
	Root tlog.Hash
}

// verifyBatch is how many rows are read at a time: one connection can't hold two open lists.
const verifyBatch = 1024

// Verify reads the whole log, works out every hash again and compares it with what is stored. It gives the tree that
// the entries make. A *Bad error names the first entry that was changed, lost or added behind the program's back;
// progress, if given, is told now and then how many entries were read, of how many. The memory it takes does not grow
// with the log. Where the program may be writing meanwhile, r has to be one view (a Snapshot).
func Verify(ctx context.Context, r store.Reader, progress func(n, of int64)) (Tree, error) {
	size, err := Size(ctx, r)
	if err != nil {
		return Tree{}, err
	}
	v := &verifier{ctx: ctx, r: r, hashes: hashList{ctx: ctx, r: r, from: math.MinInt64}, salt: make([]byte, 16)}
	if _, err := rand.Read(v.salt); err != nil {
		return Tree{}, err
	}
	from := int64(math.MinInt64)
	for {
		n, last, err := v.batch(from)
		if err != nil {
			return Tree{}, err
		}
		if n < verifyBatch {
			break
		}
		from = last + 1
		if progress != nil && v.next%(16*verifyBatch) == 0 {
			progress(v.next, size)
		}
	}
	if _, more, err := v.hashes.take(); err != nil {
		return Tree{}, err
	} else if more {
		return Tree{}, &Bad{v.next, "is missing, though the tree holds a hash of it"}
	}
	if err := v.subjects(); err != nil {
		return Tree{}, err
	}
	return Tree{v.next, v.root()}, nil
}

// verifier walks entries and stored hashes side by side: an entry's own hash and those of the subtrees that it
// completes follow each other in the order of entries. Of the tree it keeps one hash a level.
type verifier struct {
	ctx    context.Context
	r      store.Reader
	next   int64       // the entry that must come next
	idx    int64       // the stored hash that must come next
	edge   []tlog.Hash // by level, the last complete subtree
	hashes hashList
	salt   []byte
	listed sum // what entries say about the things they speak of
}

// batch checks the entries from a number on, as many as one list holds, and says how many there were.
func (v *verifier) batch(from int64) (n int, last int64, err error) {
	entries, err := store.List(v.ctx, v.r, `SELECT `+entryColumns+` FROM audit_entry e WHERE e.seq >= $1 ORDER BY e.seq LIMIT $2`,
		[]any{from, verifyBatch}, func(rows *sql.Rows) (Entry, error) {
			e, err := scanEntry(rows)
			if err != nil && v.ctx.Err() == nil {
				err = &Bad{-1, "can't be read"}
			}
			return e, err
		})
	var bad *Bad
	if err != nil && !errors.As(err, &bad) {
		return 0, 0, err
	}
	for i, e := range entries {
		if bad != nil && i == len(entries)-1 {
			return 0, 0, &Bad{v.next, bad.Reason}
		}
		if err := v.add(e); err != nil {
			return 0, 0, err
		}
		last = e.Seq
	}
	return len(entries), last, nil
}

func (v *verifier) add(e Entry) error {
	switch {
	case e.Seq < v.next:
		return &Bad{e.Seq, "was never logged"}
	case e.Seq > v.next:
		return &Bad{v.next, fmt.Sprintf("is missing (the next one there is %d)", e.Seq)}
	}
	h := tlog.RecordHash(e.leaf())
	if err := v.compare(h); err != nil {
		return err
	}
	level := 0
	for ; e.Seq>>level&1 == 1; level++ {
		h = tlog.NodeHash(v.edge[level], h)
		if err := v.compare(h); err != nil {
			return err
		}
	}
	if level == len(v.edge) {
		v.edge = append(v.edge, h)
	}
	v.edge[level] = h
	for s := range e.speaksOf() {
		v.listed.add(v.salt, s, e.Seq)
	}
	v.next++
	return nil
}

// compare takes the next stored hash, which must be this one.
func (v *verifier) compare(want tlog.Hash) error {
	row, ok, err := v.hashes.take()
	switch {
	case err != nil:
		return err
	case !ok || row.idx != v.idx:
		return &Bad{v.next, "has lost its place in the tree"}
	case row.hash != string(want[:]):
		return &Bad{v.next, "does not match what was logged"}
	}
	v.idx++
	return nil
}

// root is the root over all entries that were read.
func (v *verifier) root() tlog.Hash {
	var root tlog.Hash
	if v.next == 0 {
		root, _ = tlog.TreeHash(0, nil)
		return root
	}
	first := true
	for level, h := range v.edge {
		switch {
		case v.next>>level&1 == 0:
		case first:
			root, first = h, false
		default:
			root = tlog.NodeHash(h, root)
		}
	}
	return root
}

// hashList reads the stored hashes in order, a batch at a time.
type hashList struct {
	ctx  context.Context
	r    store.Reader
	rows []hashRow
	from int64
	over bool
}

type hashRow struct {
	idx  int64
	hash string
}

func (l *hashList) take() (row hashRow, ok bool, err error) {
	if len(l.rows) == 0 && !l.over {
		l.rows, err = store.List(l.ctx, l.r, `SELECT idx, hash FROM audit_hash WHERE idx >= $1 ORDER BY idx LIMIT $2`,
			[]any{l.from, verifyBatch}, func(rows *sql.Rows) (h hashRow, err error) {
				var b []byte
				err = rows.Scan(&h.idx, &b)
				h.hash = string(b)
				return h, err
			})
		if err != nil {
			return row, false, err
		}
		l.over = len(l.rows) < verifyBatch
		if n := len(l.rows); n > 0 {
			l.from = l.rows[n-1].idx + 1
		}
	}
	if len(l.rows) == 0 {
		return row, false, nil
	}
	row, l.rows = l.rows[0], l.rows[1:]
	return row, true, nil
}

// sum is a sum of salted digests. It is the same for the same rows in any order; the salt is made anew every time, so
// that nobody can choose rows that cancel out.
type sum [2]uint64

func (s *sum) add(salt []byte, about Subject, seq int64) {
	b := append(append([]byte{}, salt...), about.Kind...)
	b = binary.BigEndian.AppendUint64(append(b, 0), uint64(about.ID))
	d := sha256.Sum256(binary.BigEndian.AppendUint64(b, uint64(seq)))
	s[0] += binary.BigEndian.Uint64(d[:])
	s[1] += binary.BigEndian.Uint64(d[8:])
}

// speaksOf lists the things in whose history the entry stands, each once.
func (e Entry) speaksOf() map[Subject]bool {
	all := map[Subject]bool{e.Subject: true}
	var d storedDetail
	if json.Unmarshal([]byte(e.raw), &d) == nil {
		for _, s := range d.Also {
			all[s] = true
		}
	}
	return all
}

// subjects compares the index of the histories, which is no part of the tree, with what the entries say.
func (v *verifier) subjects() error {
	var stored sum
	err := store.Each(v.ctx, v.r, `SELECT kind, id, seq FROM audit_subject`, nil, func(rows *sql.Rows) error {
		var s Subject
		var seq int64
		if err := rows.Scan(&s.Kind, &s.ID, &seq); err != nil {
			return err
		}
		if seq < 0 || seq >= v.next {
			return &Bad{seq, "stands in a history, but not in the log"}
		}
		stored.add(v.salt, s, seq)
		return nil
	})
	if err != nil || stored == v.listed {
		return err
	}
	return v.firstOutOfHistory()
}

// firstOutOfHistory finds the entry whose place in the histories is wrong, one indexed read an entry.
func (v *verifier) firstOutOfHistory() error {
	for seq := range v.next {
		entries, err := store.List(v.ctx, v.r, `SELECT `+entryColumns+` FROM audit_entry e WHERE e.seq = $1`, []any{seq}, scanEntry)
		if err != nil || len(entries) != 1 {
			return errors.Join(err, ErrNone)
		}
		for s := range entries[0].speaksOf() {
			var n int
			err := v.r.QueryRow(v.ctx, `SELECT COUNT(*) FROM audit_subject WHERE kind = $1 AND id = $2 AND seq = $3`, s.Kind, s.ID, seq).Scan(&n)
			if err != nil {
				return err
			}
			if n != 1 {
				return &Bad{seq, fmt.Sprintf("was taken out of the history of %s %d", s.Kind, s.ID)}
			}
		}
	}
	return v.firstForeign()
}

// firstForeign finds an entry in the history of a thing of which it does not speak.
func (v *verifier) firstForeign() error {
	return store.Each(v.ctx, v.r, `SELECT s.kind, s.id, `+entryColumns+` FROM audit_subject s JOIN audit_entry e ON e.seq = s.seq`, nil,
		func(rows *sql.Rows) error {
			var s Subject
			e, err := scanEntryAfter(rows, &s.Kind, &s.ID)
			if err == nil && !e.speaksOf()[s] {
				err = &Bad{e.Seq, fmt.Sprintf("was put into the history of %s %d", s.Kind, s.ID)}
			}
			return err
		})
}

// RootAt is the root over the first size entries, from the stored hashes.
func RootAt(ctx context.Context, r store.Reader, size int64) (tlog.Hash, error) {
	return tlog.TreeHash(size, reader{ctx, r})
}
