package audit

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"

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

// Verify reads the whole log, works out every hash again and compares it with what is stored. It gives the tree that
// the entries make. A *Bad error names the first entry that was changed, lost or added behind the program's back;
// progress, if given, is told how many entries were read.
func Verify(ctx context.Context, r store.Reader, progress func(n int64)) (Tree, error) {
	v := verifier{at: -1}
	next := int64(0)
	err := store.Each(ctx, r, `SELECT `+entryColumns+` FROM audit_entry e ORDER BY e.seq`, nil, func(rows *sql.Rows) error {
		e, err := scanEntry(rows)
		if err != nil {
			return err
		}
		if e.Seq != next {
			return &Bad{next, fmt.Sprintf("is missing (the next one there is %d)", e.Seq)}
		}
		next++
		if progress != nil && next%10000 == 0 {
			progress(next)
		}
		return v.add(e)
	})
	if err != nil {
		return Tree{}, err
	}
	if err := v.compare(ctx, r, next); err != nil {
		return Tree{}, err
	}
	root, err := tlog.TreeHash(next, v)
	return Tree{next, root}, err
}

// verifier rebuilds the stored hashes in memory: 64 bytes an entry.
type verifier struct {
	hashes []tlog.Hash
	owner  []int64
	at     int64
}

func (v *verifier) add(e Entry) error {
	made, err := tlog.StoredHashes(e.Seq, e.leaf(), v)
	if err != nil {
		return err
	}
	for _, h := range made {
		v.hashes = append(v.hashes, h)
		v.owner = append(v.owner, e.Seq)
	}
	return nil
}

func (v verifier) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	for i, idx := range indexes {
		if idx >= int64(len(v.hashes)) {
			return nil, fmt.Errorf("audit: hash %d is not there", idx)
		}
		out[i] = v.hashes[idx]
	}
	return out, nil
}

func (v *verifier) compare(ctx context.Context, r store.Reader, size int64) error {
	next := int64(0)
	err := store.Each(ctx, r, `SELECT idx, hash FROM audit_hash ORDER BY idx`, nil, func(rows *sql.Rows) error {
		var idx int64
		var b []byte
		if err := rows.Scan(&idx, &b); err != nil {
			return err
		}
		switch {
		case idx >= int64(len(v.hashes)):
			return &Bad{size, "is missing, though the tree holds a hash of it"}
		case idx != next:
			return &Bad{v.owner[next], "has lost its place in the tree"}
		case !bytes.Equal(b, v.hashes[idx][:]):
			return &Bad{v.owner[idx], "does not match what was logged"}
		}
		next++
		return nil
	})
	if err == nil && next < int64(len(v.hashes)) {
		err = &Bad{v.owner[next], "has lost its place in the tree"}
	}
	return err
}

// RootAt is the root over the first size entries, from the stored hashes.
func RootAt(ctx context.Context, r store.Reader, size int64) (tlog.Hash, error) {
	return tlog.TreeHash(size, reader{ctx, r})
}
