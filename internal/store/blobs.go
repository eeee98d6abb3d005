package store

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"time"

	"plumbline/internal/fault"
)

// Blobs keeps files by the SHA-256 of their content. A file once put is never changed; putting the same content twice
// keeps one copy. Names, dates and owners are the database's.
type Blobs struct{ dir string }

var hashForm = regexp.MustCompile(`^[0-9a-f]{64}$`)

// Put stores what r holds, at most limit bytes, and gives its hash (hex) and size. When it returns, the file is on
// disk. More than limit is a TooLarge fault; a full disk an Unavailable one; neither leaves anything behind.
func (b *Blobs) Put(r io.Reader, limit int64) (hash string, size int64, err error) {
	if err = os.MkdirAll(b.dir, 0o700); err != nil {
		return "", 0, plain(err)
	}
	f, err := os.CreateTemp(b.dir, "incoming-*")
	if err != nil {
		return "", 0, plain(err)
	}
	defer func() { _ = f.Close(); _ = os.Remove(f.Name()) }()
	sum := sha256.New()
	size, err = io.Copy(io.MultiWriter(f, sum), io.LimitReader(r, limit+1))
	if err != nil {
		return "", 0, plain(err)
	}
	if size > limit {
		return "", 0, fault.New(fault.TooLarge, "fault.too_large", "Limit", limit)
	}
	if err = f.Sync(); err != nil {
		return "", 0, plain(err)
	}
	hash = hex.EncodeToString(sum.Sum(nil))
	return hash, size, plain(b.keep(f.Name(), hash))
}

func (b *Blobs) keep(temp, hash string) error {
	path := b.path(hash)
	if err := os.Mkdir(filepath.Dir(path), 0o700); err == nil {
		err = SyncDir(b.dir)
		if err != nil {
			return err
		}
	} else if !errors.Is(err, os.ErrExist) {
		return err
	}
	if err := os.Rename(temp, path); err != nil {
		return err
	}
	return SyncDir(filepath.Dir(path))
}

// Open reads a stored file. An unknown hash is NotFound.
func (b *Blobs) Open(hash string) (io.ReadSeekCloser, error) {
	if !hashForm.MatchString(hash) {
		return nil, fault.Missing()
	}
	f, err := os.Open(b.path(hash))
	if errors.Is(err, os.ErrNotExist) {
		return nil, fault.Missing()
	}
	return f, err
}

// Sweep removes what was left of files whose arrival was broken off before the time, and says how many there were.
func (b *Blobs) Sweep(before time.Time) (n int, err error) {
	left, err := filepath.Glob(filepath.Join(b.dir, "incoming-*"))
	for _, path := range left {
		info, serr := os.Stat(path)
		if serr != nil || !info.ModTime().Before(before) {
			continue
		}
		if rerr := os.Remove(path); rerr != nil {
			err = errors.Join(err, rerr)
			continue
		}
		n++
	}
	return n, err
}

// Each visits every stored file's hash, in order.
func (b *Blobs) Each(visit func(hash string) error) error {
	return filepath.WalkDir(b.dir, func(path string, d os.DirEntry, err error) error {
		if errors.Is(err, os.ErrNotExist) && path == b.dir {
			return filepath.SkipAll
		}
		if err != nil || d.IsDir() || !hashForm.MatchString(d.Name()) {
			return err
		}
		return visit(d.Name())
	})
}

func (b *Blobs) path(hash string) string { return filepath.Join(b.dir, hash[:2], hash) }

// SyncDir makes a rename durable.
func SyncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}
